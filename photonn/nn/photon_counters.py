"""Read-outs by photons one by one."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Float

from photonn.devices import photodetector, photon_counter
from photonn.errors import check_integer, check_not_negative, check_positive
from photonn.nn.balanced import first_modes
from photonn.nn.receive import noise_stream
from photonn.nn.variables import Gain


class PhotonCounts(nnx.Module):
    """Photon counters on the first `classes` modes.

    The signal is the power that the counts stand for, so that a model keeps its scale while
    the light is dimmed. The gradient is that of the mean (straight-through).

    Attributes:
        classes: number of counters.
        photons: counts in a sample for each watt, eta T lambda / (h c) [1/W]
            (`devices.photon_counter.photons` of 1 W has it); `None` for no noise.
        dark_counts: mean number of counts in a sample without light.
        gain: signal per power [1/W], trainable.
    """

    def __init__(
        self,
        classes: int,
        *,
        photons: float | None = None,
        dark_counts: float = 0.0,
        gain: float = 1.0,
        rngs: nnx.Rngs | None = None,
    ):
        check_integer("classes", classes, 1)
        check_positive("photons", photons, "1/W")
        check_not_negative("dark_counts", dark_counts, "1")
        self.classes, self.photons, self.dark_counts = classes, photons, dark_counts
        self.gain = Gain(jnp.asarray(gain, float))
        self.stream = nnx.data(None if photons is None else noise_stream(rngs, "photons"))

    def __call__(self, field: Complex[ArrayLike, "*batch modes"]) -> Float[Array, "*batch classes"]:
        """Signals for amplitudes [sqrt(W)]."""
        power = photodetector.detect(first_modes(field, self.classes))
        if self.photons is None or self.stream is None:
            return self.gain[...] * power
        mean = self.photons * power + self.dark_counts
        counts = photon_counter.count(mean, key=self.stream())
        return self.gain[...] * (counts - self.dark_counts) / self.photons


class Clicks(nnx.Module):
    """Single-photon detectors on the first `classes` modes, which click or do not.

    Without `rngs` the signal is the probability of a click, with it 1 or 0; the gradient is
    that of the probability in either case.

    Attributes:
        classes: number of detectors.
        photons: mean number of photons that are seen in a sample for each watt [1/W].
        dark_counts: mean number of counts in a sample without light.
        gain: signal of a click, trainable.
    """

    def __init__(
        self,
        classes: int,
        *,
        photons: float,
        dark_counts: float = 0.0,
        gain: float = 1.0,
        rngs: nnx.Rngs | None = None,
    ):
        check_integer("classes", classes, 1)
        check_positive("photons", photons, "1/W")
        check_not_negative("dark_counts", dark_counts, "1")
        self.classes, self.photons, self.dark_counts = classes, photons, dark_counts
        self.gain = Gain(jnp.asarray(gain, float))
        self.stream = nnx.data(None if rngs is None else noise_stream(rngs, "rngs"))

    def __call__(self, field: Complex[ArrayLike, "*batch modes"]) -> Float[Array, "*batch classes"]:
        """Signals for amplitudes [sqrt(W)]."""
        power = photodetector.detect(first_modes(field, self.classes))
        probability = photon_counter.click_probability(
            self.photons * power, dark_counts=self.dark_counts
        )
        if self.stream is None:
            return self.gain[...] * probability
        return self.gain[...] * photon_counter.click(probability, key=self.stream())
