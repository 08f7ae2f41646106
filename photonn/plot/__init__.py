"""Figures: every function takes `ax` and returns `ax`.

    mesh       a mesh with the light in it
    fields     masks, irradiance, detectors
    spectra    transmission over the wavelength
    activations power and phase behind an activation
    photons    outcomes and their probabilities
    sampling   what a grid can propagate, over the distance
    detection  what limits a receiver
    pulses     pulses along a fibre, spectra, FROG traces
    budget     power of the parts, costs against size, errors of chips
    chips      tolerance curves, yield, sensitivity, laws
    training   learning curves, accuracies beside published ones, confusion matrix

Without `ax` a new figure is made.
"""

from photonn.plot.activations import transfer_curve as transfer_curve
from photonn.plot.budget import against_size as against_size
from photonn.plot.budget import error_over as error_over
from photonn.plot.budget import error_shares as error_shares
from photonn.plot.budget import power as power
from photonn.plot.chips import chips_by_stage as chips_by_stage
from photonn.plot.chips import law_ratios as law_ratios
from photonn.plot.chips import laws as laws
from photonn.plot.chips import sensitivity as sensitivity
from photonn.plot.chips import tolerance_curve as tolerance_curve
from photonn.plot.chips import yield_curve as yield_curve
from photonn.plot.detection import effective_bits as effective_bits
from photonn.plot.fields import diffractive as diffractive
from photonn.plot.fields import field as field
from photonn.plot.fields import mask as mask
from photonn.plot.mesh import mesh as mesh
from photonn.plot.photons import outcomes as outcomes
from photonn.plot.pulses import evolution as evolution
from photonn.plot.pulses import frog as frog
from photonn.plot.pulses import pulse_spectrum as pulse_spectrum
from photonn.plot.sampling import sampling as sampling
from photonn.plot.spectra import spectrum as spectrum
from photonn.plot.training import beside_published as beside_published
from photonn.plot.training import confusion as confusion
from photonn.plot.training import ladder as ladder
from photonn.plot.training import learning_curve as learning_curve
