"""Light in one component: pure functions from arrays to arrays, one device a file.

    phase_shifter   the factor exp(i phase)
    mzi             Mach-Zehnder interferometer, 2 x 2
    modulator       numbers into light
    electro_optic   activation by tapped power (Williamson)
    modrelu         activation by threshold on the amplitude
    photodetector   light into numbers

Amplitudes are in sqrt(W): the power of a mode is |a|^2 [W].
"""

from photonn.devices import electro_optic as electro_optic
from photonn.devices import modrelu as modrelu
from photonn.devices import modulator as modulator
from photonn.devices import mzi as mzi
from photonn.devices import phase_shifter as phase_shifter
from photonn.devices import photodetector as photodetector
