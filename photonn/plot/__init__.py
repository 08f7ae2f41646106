"""Figures: every function takes `ax` and returns `ax`.

    mesh       a mesh with the light in it
    fields     masks, irradiance, detectors
    spectra    transmission over the wavelength
    sampling   what a grid can propagate, over the distance
    training   learning curves, confusion matrix

Without `ax` a new figure is made.
"""

from photonn.plot.fields import diffractive as diffractive
from photonn.plot.fields import field as field
from photonn.plot.fields import mask as mask
from photonn.plot.mesh import mesh as mesh
from photonn.plot.sampling import sampling as sampling
from photonn.plot.spectra import spectrum as spectrum
from photonn.plot.training import confusion as confusion
from photonn.plot.training import learning_curve as learning_curve
