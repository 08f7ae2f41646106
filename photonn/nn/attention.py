"""Attention whose products are done by light."""

import jax.numpy as jnp
from flax import nnx
from jax import Array
from jaxtyping import ArrayLike, Float

from photonn.devices import homodyne
from photonn.errors import check_integer, check_last_axis, mistake
from photonn.nn.homodyne import HomodyneProduct, round_to
from photonn.nn.streams import draw_key, noise_stream


class OpticalAttention(nnx.Module):
    """Self-attention of many heads: projections, scores and answers are homodyne products.

    The softmax is electronic. There are no biases and there is no mask.

    Example:
        >>> layer = OpticalAttention(16, heads=4, photons=1.0, bits=8, rngs=nnx.Rngs(0))
        >>> layer(jnp.ones((32, 10, 16))).shape
        (32, 10, 16)

    Attributes:
        query, key, value, out: the projections, `HomodyneProduct` layers.
        heads: number of heads.
        photons: detected for each multiplication; `None` is light without end.
        bits: of the converters of all operands; `None` has no steps.
    """

    def __init__(
        self,
        features: int,
        *,
        heads: int = 1,
        photons: float | None = None,
        bits: int | None = None,
        rngs: nnx.Rngs,
    ):
        """Draw the first projections.

        Args:
            features: numbers of a token, a multiple of `heads`.
            heads: number of heads.
            photons: detected for each multiplication; `None` is light without end.
            bits: of the converters of all operands; `None` has no steps.
            rngs: `params` gives the projections, `noise` the photon counts.
        """
        check_integer("heads", heads, 1)
        check_integer("features", features, 1)
        if features % heads:
            raise mistake("features", f"be a multiple of {heads} heads", f"is {features}")
        self.query, self.key, self.value, self.out = (
            HomodyneProduct(features, features, photons=photons, bits=bits, rngs=rngs)
            for _ in range(4)
        )
        self.heads, self.photons, self.bits = heads, photons, bits
        self.noise = nnx.data(None if photons is None else noise_stream(rngs, "photons"))

    def __call__(
        self, tokens: Float[ArrayLike, "*batch tokens features"]
    ) -> Float[Array, "*batch tokens features"]:
        """What every token hears from all of them, with the noise of photons."""
        features = self.query.weight.shape[-1]
        check_last_axis("tokens", jnp.shape(tokens), features, "features")
        if jnp.ndim(tokens) < 2:
            must = "have shape (..., tokens, features)"
            hint = "For one token: tokens[None]."
            raise mistake("tokens", must, f"has shape {jnp.shape(tokens)}", hint)
        heads = (self._split(project(tokens)) for project in (self.query, self.key, self.value))
        key = None if self.noise is None else draw_key(self.noise)
        heard = homodyne.attend(*heads, photons=self.photons, key=key)
        joined = heard.swapaxes(-2, -3).reshape(jnp.shape(tokens))
        return self.out(joined)

    def _split(self, tokens: Float[Array, "*batch tokens features"]) -> Float[Array, "..."]:
        """Heads in front of tokens, rounded as their modulators have it."""
        parts = tokens.reshape(*tokens.shape[:-1], self.heads, -1).swapaxes(-2, -3)
        return round_to(parts, self.bits)
