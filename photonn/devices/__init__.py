"""Light in one component: pure functions from arrays to arrays, one device a file.

    phase_shifter   the factor exp(i phase)
    waveguide       loss, and phases at other wavelengths
    heater          thermal crosstalk
    coupler         splitter of two waveguides
    cell            the kinds of cell of a mesh: splitters and phase shifters in order
    mzi             Mach-Zehnder interferometer, 2 x 2
    modulator       numbers into light
    electro_optic   activation by tapped power (Williamson)
    opto_electronic activation by a detector that drives fresh light (ReLU)
    saturable_absorber, photorefractive, kerr, carrier_ring,
    semiconductor_amplifier
                    activation by the light itself, in a medium
    saturation, steady_state
                    what these have in common: balances and their gradients
    modrelu         activation by threshold on the amplitude
    z_relu, cardioid
                    activation by phase
    photodetector   light into numbers
    product         signed numbers times a matrix that devices realise
    homodyne        products of two lights, counted photon by photon
    time_wavelength convolution by a comb and a dispersive fibre
    circulant       products between a Fourier transform and its inverse
    multiport       Fourier transform, multimode coupler, star coupler
    ring            ring resonator with one or two buses
    weight_bank     rings along one bus, a weight for each wavelength
    ladder          couplers along a waveguide that share its light
    phase_change,
    coherent_crossbar  crossbars of phase-change cells (powers), of amplitudes
    photon_counter  photons one by one: counts and clicks
    converter       a finite number of levels: ADC and DAC
    low_pass        a finite bandwidth in time
    link            how much light a read-out needs
    receiver        the current of a photodiode with its noise
    fibre           pulses in a fibre: the nonlinear Schroedinger equation
    pulse           shapes, spectra and FROG traces of pulses
    delay_line      one nonlinear node and a delay: a reservoir

Amplitudes are in sqrt(W): the power of a mode is |a|^2 [W].
"""

from photonn.devices import cardioid as cardioid
from photonn.devices import carrier_ring as carrier_ring
from photonn.devices import cell as cell
from photonn.devices import circulant as circulant
from photonn.devices import coherent_crossbar as coherent_crossbar
from photonn.devices import converter as converter
from photonn.devices import coupler as coupler
from photonn.devices import delay_line as delay_line
from photonn.devices import electro_optic as electro_optic
from photonn.devices import fibre as fibre
from photonn.devices import heater as heater
from photonn.devices import homodyne as homodyne
from photonn.devices import kerr as kerr
from photonn.devices import ladder as ladder
from photonn.devices import link as link
from photonn.devices import low_pass as low_pass
from photonn.devices import modrelu as modrelu
from photonn.devices import modulator as modulator
from photonn.devices import multiport as multiport
from photonn.devices import mzi as mzi
from photonn.devices import opto_electronic as opto_electronic
from photonn.devices import phase_change as phase_change
from photonn.devices import phase_shifter as phase_shifter
from photonn.devices import photodetector as photodetector
from photonn.devices import photon_counter as photon_counter
from photonn.devices import photorefractive as photorefractive
from photonn.devices import product as product
from photonn.devices import pulse as pulse
from photonn.devices import receiver as receiver
from photonn.devices import ring as ring
from photonn.devices import saturable_absorber as saturable_absorber
from photonn.devices import saturation as saturation
from photonn.devices import semiconductor_amplifier as semiconductor_amplifier
from photonn.devices import shifted_softplus as shifted_softplus
from photonn.devices import steady_state as steady_state
from photonn.devices import time_wavelength as time_wavelength
from photonn.devices import waveguide as waveguide
from photonn.devices import weight_bank as weight_bank
from photonn.devices import z_relu as z_relu
