"""Diffractive layers with parameters."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Num

from photonn.errors import check_shape
from photonn.free_space import Grid, angular_spectrum, masks
from photonn.nn.variables import Phase


class Diffractive(nnx.Module):
    """A phase mask and the space behind it.

    Example:
        >>> layer = Diffractive(Grid(32, 8e-6), distance=5e-3, wavelength=532e-9)
        >>> layer(jnp.ones((32, 32))).shape
        (32, 32)

    Attributes:
        grid: sampling of the mask and of the plane behind it.
        distance: from the mask to the next plane [m].
        wavelength: in vacuum [m].
        index: refractive index of the space.
        phase: of the mask at every pixel [rad], trainable.
    """

    def __init__(
        self,
        grid: Grid,
        *,
        distance: float,
        wavelength: float,
        index: float = 1.0,
        rngs: nnx.Rngs | None = None,
    ):
        """Start with a flat mask, or a random one.

        Args:
            grid: sampling of the planes.
            distance: to the next plane [m].
            wavelength: in vacuum [m].
            index: refractive index of the space.
            rngs: if given, the mask starts with random phases.
        """
        self.grid = grid
        self.distance = distance
        self.wavelength = wavelength
        self.index = index
        if rngs is None:
            self.phase = Phase(jnp.zeros(grid.shape))
        else:
            self.phase = Phase(rngs.params.uniform(grid.shape, maxval=2 * jnp.pi))

    def __call__(self, field: Num[ArrayLike, "*batch y x"]) -> Complex[Array, "*batch y x"]:
        """Field in the next plane for a field in front of the mask."""
        hint = "Put images onto the layer's grid with photonn.nn.Image."
        check_shape("field", jnp.shape(field), self.grid.shape, hint)
        behind = masks.modulate_phase(field, self.phase[...])
        return angular_spectrum.propagate(
            behind,
            self.grid,
            distance=self.distance,
            wavelength=self.wavelength,
            index=self.index,
        )
