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
    photon_counter  photons one by one: counts and clicks
    converter       a finite number of levels: ADC and DAC
    low_pass        a finite bandwidth in time
    link            how much light a read-out needs
    receiver        the current of a photodiode with its noise

Amplitudes are in sqrt(W): the power of a mode is |a|^2 [W].
"""

from photonn.devices import cell as cell
from photonn.devices import converter as converter
from photonn.devices import coupler as coupler
from photonn.devices import electro_optic as electro_optic
from photonn.devices import link as link
from photonn.devices import low_pass as low_pass
from photonn.devices import modrelu as modrelu
from photonn.devices import modulator as modulator
from photonn.devices import mzi as mzi
from photonn.devices import phase_shifter as phase_shifter
from photonn.devices import photodetector as photodetector
from photonn.devices import photon_counter as photon_counter
from photonn.devices import receiver as receiver
from photonn.devices import waveguide as waveguide
