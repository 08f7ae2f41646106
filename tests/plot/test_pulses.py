"""Figures of pulses: what stands on their axes."""

import numpy as np

from photonn import plot
from photonn.devices import pulse


def test_figures_of_pulses():
    times = pulse.times(16, 0.2e-12)
    field = pulse.gaussian(times, duration=0.5e-12, power=1.0)
    planes = np.array([0.0, 1.0])
    power = np.abs(np.stack([field, field])) ** 2
    ax = plot.evolution(power, times, planes, decibels=30.0)
    assert ax.get_xlabel() == "Time (ps)"
    assert plot.evolution(power, times * 1e24, planes).get_xlabel().endswith("(THz)")
    trace = plot.frog(pulse.frog(field), 0.2e-12)
    shown = trace.collections[0].get_array().reshape(16, 16)
    assert np.unravel_index(np.argmax(shown), (16, 16)) == (8, 8)  # both zeros in the middle
    line = plot.pulse_spectrum(pulse.spectrum(field, 0.2e-12), 0.2e-12, label="a").lines[0]
    assert np.argmax(line.get_ydata()) == 8
