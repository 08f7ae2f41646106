"""The lines of a spectrum are its data."""

import numpy as np

from photonn import plot


def test_a_line_for_each_port_and_a_mark_for_each_channel():
    wavelengths = np.linspace(1540e-9, 1560e-9, 5)
    power = np.linspace(0, 1, 5)
    ports = {"through": power, "drop": 1 - power}
    ax = plot.spectrum(wavelengths, ports, channels=(1545e-9, 1550e-9))
    assert len(ax.lines) == 4
    drop = next(line for line in ax.lines if line.get_label() == "drop")
    np.testing.assert_allclose(drop.get_xdata(), [1540, 1545, 1550, 1555, 1560])
    np.testing.assert_allclose(drop.get_ydata(), 1 - power)
    np.testing.assert_allclose([line.get_xdata()[0] for line in ax.lines[:2]], [1545, 1550])
    assert plot.spectrum(wavelengths, ports, ax=ax) is ax
