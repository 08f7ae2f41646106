"""Convolution of images by a comb of lines and a dispersive fibre."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.devices import time_wavelength, waveguide
from photonn.errors import check_integer, mistake
from photonn.nn.streams import parameters
from photonn.nn.variables import Gain, Imperfection, Loss


class TimeWavelength(nnx.Module):
    """Images correlated with trained kernels; see `photonn.devices.time_wavelength`.

    A signal is an image of one row. Every imperfection is zero until it is set.

    Example:
        >>> layer = TimeWavelength(6, (3, 3), rngs=nnx.Rngs(0))
        >>> layer(jnp.ones((32, 8, 8))).shape
        (32, 6, 6, 6)

    Attributes:
        setting: signed transmissions of the shaper, `(kernels, height * width)`, in the order
            of the lines, trainable; beyond [-1, 1] they are clipped.
        gain: electronic factor of every kernel, `(kernels,)`, trainable.
        loss: of every line [dB]: the comb is not flat.
        late: of every line, beyond its place [symbols]: the fibre does not fit.
        stride: rows from strip to strip.
    """

    def __init__(
        self,
        kernels: int,
        shape: tuple[int, int],
        *,
        stride: int = 1,
        gain: float = 1.0,
        rngs: nnx.Rngs,
    ):
        """Draw the first kernels.

        Args:
            kernels: how many, a comb each or one after the other.
            shape: height and width of a kernel.
            stride: rows from strip to strip; the height sends every pixel once.
            gain: at the start.
            rngs: the stream `params` gives the key.
        """
        check_integer("kernels", kernels, 1)
        check_integer("stride", stride, 1)
        if not isinstance(shape, (tuple, list)) or len(shape) != 2:
            must = "be a pair (height, width)"
            raise mistake("shape", must, f"is {shape!r}", "For 3 x 3 pixels: (3, 3).")
        for side in shape:
            check_integer("shape", side, 1, "A kernel has height and width.")
        lines = shape[0] * shape[1]
        self.shape, self.stride = shape, stride
        start = parameters(rngs).uniform((kernels, lines), float, minval=-1.0) * 0.5
        self.setting = Gain(start)
        self.gain = Gain(jnp.full(kernels, gain, float))
        self.loss = Loss(jnp.zeros(lines))
        self.late = Imperfection(jnp.zeros(lines))

    def kernels(self) -> Float[Array, "kernels height width"]:
        """What the lines contribute to a window, without their delays."""
        power = waveguide.attenuate(2 * self.loss[...])  # of power, not of amplitude
        lines = time_wavelength.weights(self.setting[...], power=power)
        return time_wavelength.kernels(lines, self.shape)

    def __call__(self, images: Float[ArrayLike, "*batch y x"]) -> Float[Array, "*batch k y2 x2"]:
        """Signals of all windows for brightnesses."""
        late = self.late[...]
        delays = jnp.arange(late.size, dtype=late.dtype) + late
        out = time_wavelength.convolve_images(
            images, self.kernels(), stride=self.stride, delays=delays
        )
        gain = self.gain[...].astype(out.dtype)[:, None, None]
        return out * jnp.broadcast_to(gain, out.shape)
