"""Read-outs by pairs of photodiodes: signed numbers from light."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import photodetector
from photonn.devices.receiver import Receiver
from photonn.errors import check_integer, check_positive, mistake
from photonn.nn.receive import Receive
from photonn.nn.variables import Gain


class Balanced(nnx.Module):
    """Pairs of photodiodes: power of one mode less that of another.

    The first `classes` modes are the positive ones, the next as many the negative ones.

    Attributes:
        classes: number of pairs.
        gain: signal per power [1/W], or per current [1/A] of a receiver, trainable.
        receive: photodiodes and their noise.
    """

    def __init__(
        self,
        classes: int,
        *,
        gain: float = 1.0,
        receiver: Receiver | None = None,
        rngs: nnx.Rngs | None = None,
    ):
        check_integer("classes", classes, 1)
        self.classes = classes
        self.gain = Gain(jnp.asarray(gain, float))
        self.receive = Receive(receiver, rngs=rngs)

    def __call__(self, field: Complex[ArrayLike, "*batch modes"]) -> Float[Array, "*batch classes"]:
        """Signals for amplitudes [sqrt(W)]."""
        powers = photodetector.detect(first_modes(field, 2 * self.classes))
        plus, minus = jnp.split(powers, 2, axis=-1)
        return self.gain[...] * self.receive.balanced(plus - minus, plus + minus)


class Quadratures(nnx.Module):
    """Homodyne detection: amplitudes of the first `classes` modes beside a local oscillator.

    Without noise the signal is `gain` times the real part of the amplitude, or with `both`
    the real parts of all modes and then their imaginary parts.

    Attributes:
        classes: number of modes that are read.
        local: power of the local oscillator at each of them [W].
        both: read both quadratures behind a 90-degree hybrid, with half the light each.
        gain: signal per amplitude [1/sqrt(W)], trainable.
        receive: photodiodes and their noise.
    """

    def __init__(
        self,
        classes: int,
        *,
        local: float = 1.0,
        both: bool = False,
        gain: float = 1.0,
        receiver: Receiver | None = None,
        rngs: nnx.Rngs | None = None,
    ):
        check_integer("classes", classes, 1)
        check_positive("local", local, "W")
        self.classes, self.local, self.both = classes, local, both
        self.gain = Gain(jnp.asarray(gain, float))
        self.receive = Receive(receiver, rngs=rngs)

    def __call__(self, field: Complex[ArrayLike, "*batch modes"]) -> Float[Array, "*batch signals"]:
        """Signals for amplitudes [sqrt(W)]."""
        field = first_modes(field, self.classes)
        local = self.local**0.5
        if not self.both:
            current = self.receive.balanced(*photodetector.beat(field, local))
            return self.gain[...] * current / (2 * local)
        current = self.receive.balanced(*photodetector.beat_quadratures(field, local))
        current = jnp.concatenate([current[..., 0], current[..., 1]], axis=-1)
        return self.gain[...] * current / local


def first_modes(field: Complex[ArrayLike, "*batch modes"], needed: int) -> Array:
    """The modes that are read; an error if there are too few."""
    modes = jnp.shape(field)[-1]
    if modes < needed:
        must = f"have at least {needed} modes, one for each detector"
        raise mistake("field", must, f"has {modes}", "Use a mesh with more modes.")
    return jnp.asarray(field)[..., :needed]
