"""Light between planes: one propagator, one file.

    grid               shape and pitch of a sampled plane
    angular_spectrum   exact scalar propagation between parallel planes
    sources            light that enters
    masks              thin phase masks, and where detectors lie

A field is `complex[..., y, x]` on a `Grid`; |u|^2 dy dx is the power of a pixel [W].
"""

from photonn.free_space import angular_spectrum as angular_spectrum
from photonn.free_space import grid as grid
from photonn.free_space import masks as masks
from photonn.free_space import sources as sources
from photonn.free_space.grid import Grid as Grid
