"""Random streams of modules: first parameters, and noise at every call."""

from flax import nnx
from flax.errors import TraceContextError
from jax import Array

from photonn.errors import InputError, mistake


def parameters(rngs: nnx.Rngs) -> nnx.RngStream:
    """The stream `params`, or the default one."""
    if not isinstance(rngs, nnx.Rngs) or not hasattr(rngs, "params"):
        must = "be flax.nnx.Rngs with a stream `params`, or a default one"
        raise mistake("rngs", must, f"is {rngs!r}", "Pass nnx.Rngs(0).")
    return rngs["params"]


def noise_stream(rngs: nnx.Rngs | None, source: str) -> nnx.RngStream:
    """A fork of the stream `noise`, so that every read-out has draws of its own.

    Args:
        rngs: with a stream `noise`, or a default one.
        source: the argument that asked for noise, named if there is no stream for it.
    """
    if not isinstance(rngs, nnx.Rngs) or not hasattr(rngs, "noise"):
        must = f"be given with `{source}`, with a stream `noise`"
        raise mistake("rngs", must, f"is {rngs!r}", "Pass nnx.Rngs(noise=0).")
    return rngs["noise"].fork()


def draw_key(stream: nnx.RngStream) -> Array:
    """The next key of a stream; says the way out if the stream cannot count on here."""
    try:
        return stream()
    except TraceContextError as error:
        raise InputError(
            "`model` has noise and must be an argument of the transformation that calls it, but "
            "came into `jit`, `grad` or `vmap` from outside. Pass it to nnx.jit, nnx.grad or "
            "nnx.vmap; with nnx.split, use nnx.merge(..., copy=True)."
        ) from error
