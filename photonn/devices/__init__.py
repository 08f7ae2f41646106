"""Light in one component: pure functions from arrays to arrays, one device a file.

    phase_shifter   the factor exp(i phase)
    waveguide       loss, and phases at other wavelengths
    coupler         splitter of two waveguides
    cell            the kinds of cell of a mesh: splitters and phase shifters in order
    mzi             Mach-Zehnder interferometer, 2 x 2
    modulator       numbers into light
    electro_optic   activation by tapped power (Williamson)
    modrelu         activation by threshold on the amplitude
    photodetector   light into numbers
    fibre           pulses in a fibre: the nonlinear Schroedinger equation
    pulse           shapes, spectra and FROG traces of pulses
    delay_line      one nonlinear node and a delay: a reservoir

Amplitudes are in sqrt(W): the power of a mode is |a|^2 [W].
"""

from photonn.devices import cell as cell
from photonn.devices import coupler as coupler
from photonn.devices import delay_line as delay_line
from photonn.devices import electro_optic as electro_optic
from photonn.devices import fibre as fibre
from photonn.devices import modrelu as modrelu
from photonn.devices import modulator as modulator
from photonn.devices import mzi as mzi
from photonn.devices import phase_shifter as phase_shifter
from photonn.devices import photodetector as photodetector
from photonn.devices import pulse as pulse
from photonn.devices import waveguide as waveguide
