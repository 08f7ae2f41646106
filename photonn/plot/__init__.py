"""Figures: every function takes `ax` and returns `ax`.

    mesh       a mesh with the light in it
    fields     masks, irradiance, detectors
    sampling   what a grid can propagate, over the distance
    detection  what limits a receiver
    training   learning curves, confusion matrix

Without `ax` a new figure is made.
"""

from photonn.plot.detection import effective_bits as effective_bits
from photonn.plot.fields import diffractive as diffractive
from photonn.plot.fields import field as field
from photonn.plot.fields import mask as mask
from photonn.plot.mesh import mesh as mesh
from photonn.plot.sampling import sampling as sampling
from photonn.plot.training import confusion as confusion
from photonn.plot.training import learning_curve as learning_curve
