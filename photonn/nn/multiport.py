"""Fixed multiports with phase shifters in front of them."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Complex, Num

from photonn.devices import phase_shifter, product
from photonn.errors import check_last_axis, mistake
from photonn.meshes import phase_masks
from photonn.nn.streams import parameters
from photonn.nn.variables import Phase
from photonn.precision import complex_array


class Multiport(nnx.Module):
    """A phase shifter on every input, then a fixed mixer: one layer of diffraction on a chip.

    Example:
        >>> layer = Multiport(multiport.mmi(4), rngs=nnx.Rngs(0))
        >>> layer(jnp.ones(4)).shape
        (4,)

    Attributes:
        phase: in front of every input, shape `(inputs,)` [rad], trainable.
        mixer: transfer matrix of the multiport, `(outputs, inputs)`, not trained.
    """

    def __init__(self, mixer: Num[ArrayLike, "outputs inputs"], *, rngs: nnx.Rngs):
        """Draw the first phases.

        Args:
            mixer: any matrix that gives no light, from `photonn.devices.multiport` or measured.
            rngs: the stream `params` gives the key.
        """
        mixer = complex_array(mixer)
        if mixer.ndim != 2:
            raise mistake("mixer", "have shape (outputs, inputs)", f"has shape {mixer.shape}")
        phase_masks.check_passive(mixer)
        self.phase = Phase(parameters(rngs).uniform((mixer.shape[1],), float, maxval=2 * jnp.pi))
        self.mixer = nnx.Variable(mixer)

    def matrix(self) -> Complex[Array, "outputs inputs"]:
        """Transfer matrix of phases and mixer."""
        phases = phase_shifter.transmission(self.phase[...])
        return self.mixer[...] * phases.astype(self.mixer[...].dtype)[None]

    def __call__(self, field: Num[ArrayLike, "*batch modes"]) -> Complex[Array, "*batch outputs"]:
        """Amplitudes out for amplitudes in [sqrt(W)]."""
        inputs = self.phase.shape[-1]
        hint = "Encode features into modes with photonn.nn.Encode."
        check_last_axis("field", jnp.shape(field), inputs, "inputs", hint)
        return product.multiply(self.matrix(), complex_array(field))
