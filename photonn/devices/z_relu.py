"""zReLU: passes the first quadrant of the complex plane."""

from jax import Array
from jaxtyping import ArrayLike, Complex

from photonn.precision import complex_array, scale


def activate(field: Complex[ArrayLike, "..."]) -> Complex[Array, "..."]:
    """The zReLU of every mode: z if its phase is between 0 and pi/2, else zero.

    An abstract activation (no device has exactly this curve). The edges belong to what
    passes; the slope at zero is one.

    Args:
        field: amplitudes [sqrt(W)].

    References:
        Guberman, "On complex valued convolutional neural networks", arXiv:1602.09046 (2016).
    """
    field = complex_array(field)
    passes = (field.real >= 0) & (field.imag >= 0)
    return scale(field, passes.astype(field.real.dtype))
