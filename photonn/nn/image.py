"""Images into free space."""

from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.errors import check_integer, check_not_negative
from photonn.free_space import Grid, sources


class Image(nnx.Module):
    """An amplitude image in the middle of a plane; see `photonn.free_space.sources.image`.

    Attributes:
        grid: sampling of the plane.
        magnification: every value fills a square of so many pixels a side.
        power: total power of every image [W].
    """

    def __init__(self, grid: Grid, *, magnification: int = 1, power: float = 1.0):
        check_integer("magnification", magnification, 1)
        check_not_negative("power", power, "W")
        self.grid = grid
        self.magnification = magnification
        self.power = power

    def __call__(
        self, values: Float[ArrayLike, "*batch rows columns"]
    ) -> Complex[Array, "*batch y x"]:
        """Field on the grid for an image of amplitudes."""
        return sources.image(values, self.grid, magnification=self.magnification, power=self.power)
