"""Phase masks and fixed mixers with parameters."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Num

from photonn.errors import check_integer, check_last_axis, check_shape
from photonn.meshes import phase_masks
from photonn.nn.streams import parameters
from photonn.nn.variables import Phase


class PhaseMasks(nnx.Module):
    """A programmable unitary without interferometers: phase masks, fixed mixers between them.

    Example:
        >>> layer = PhaseMasks(4, rngs=nnx.Rngs(0))
        >>> layer(jnp.ones(4)).shape
        (4,)

    Attributes:
        phase: of every mask, shape `(masks, modes)` [rad], trainable.
        mixer: matrix between two masks, not trained.
    """

    def __init__(
        self,
        modes: int,
        masks: int | None = None,
        *,
        mixer: Num[ArrayLike, "modes modes"] | None = None,
        rngs: nnx.Rngs,
    ):
        """Draw the first phases.

        Args:
            modes: number of waveguides.
            masks: how many; with the default `modes + 2` fits reach any unitary in practice.
            mixer: matrix between two masks, `phase_masks.dft(modes)` by default. It may
                lose light and must not give any.
            rngs: the stream `params` gives the key.
        """
        check_integer("modes", modes, 2)
        masks = modes + 2 if masks is None else masks
        mixer = phase_masks.dft(modes) if mixer is None else jnp.asarray(mixer)
        check_shape("mixer", mixer.shape, (modes, modes))
        phase_masks.check_passive(mixer)
        self.phase = Phase(phase_masks.start(parameters(rngs)(), masks, modes))
        self.mixer = nnx.Variable(mixer)

    def __call__(self, field: Num[ArrayLike, "*batch modes"]) -> Complex[Array, "*batch modes"]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        hint = "Encode features into modes with photonn.nn.Encode."
        check_last_axis("field", jnp.shape(field), self.phase.shape[-1], "modes", hint)
        return phase_masks.propagate(field, self.phase[...], self.mixer[...])
