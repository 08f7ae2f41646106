"""From plane to plane: one function, by the method that fits or the one that is named."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from jax import Array
from jaxtyping import ArrayLike, Complex, Float, Num

from photonn.errors import check_choice, mistake
from photonn.free_space import (
    angular_spectrum,
    band_limited,
    chirp_z,
    dense_fresnel,
    fraunhofer,
    fresnel,
    fresnel_impulse,
    fresnel_single,
    rayleigh_sommerfeld,
    sampling,
)
from photonn.free_space.grid import Grid
from photonn.free_space.request import Shift, check_grids, check_lengths

METHODS = MappingProxyType(
    {
        "angular_spectrum": angular_spectrum.propagate,
        "band_limited": band_limited.propagate,
        "fresnel": fresnel.propagate,
        "fresnel_impulse": fresnel_impulse.propagate,
        "fresnel_single": fresnel_single.propagate,
        "fraunhofer": fraunhofer.propagate,
        "rayleigh_sommerfeld": rayleigh_sommerfeld.propagate,
        "chirp_z": chirp_z.propagate,
        "dense_fresnel": dense_fresnel.propagate,
    }
)

PERIODIC = ("angular_spectrum", "fresnel")


def by_name(method: str | Callable[..., Any]) -> Callable[..., Any]:
    """The propagator of a name, `auto` or one of `METHODS`; a function as it is."""
    if callable(method):
        return method
    check_choice("method", method, ["auto", *METHODS])
    return propagate if method == "auto" else METHODS[method]


def propagate(
    field: Num[ArrayLike, "*batch y x"],
    grid: Grid,
    *,
    distance: Float[ArrayLike, "..."],
    wavelength: Float[ArrayLike, "..."],
    index: Float[ArrayLike, "..."] = 1.0,
    output: Grid | None = None,
    shift: Shift = (0.0, 0.0),
    method: str = "auto",
    pad: bool = True,
) -> Complex[Array, "... out_y out_x"]:
    """Field in a parallel plane, without the common factor exp(i k distance).

    `auto` takes an exact method wherever the output has the pitch of the field: the
    angular spectrum up to the critical distance, the Rayleigh-Sommerfeld kernel beyond it,
    the band-limited angular spectrum in between or if a length is traced (it suits every
    distance). For an output of another pitch it takes the Fresnel approximation: `chirp_z`,
    or `dense_fresnel` where the distance is short. `sampling_report` says which and why.

    Example:
        >>> grid = Grid(64, 8e-6)
        >>> propagate(jnp.ones((64, 64)), grid, distance=5e-3, wavelength=532e-9).shape
        (64, 64)

    Args:
        field: field in the first plane.
        grid: its sampling.
        distance: from plane to plane [m]; negative goes back. May be traced, as may the
            wavelength, index, shift and pitch.
        wavelength: in vacuum [m]. Distance, wavelength and index may have axes that
            broadcast against the leading axes of the field.
        index: refractive index between the planes.
        output: grid of the result; by default that of the field. `fresnel_single` and
            `fraunhofer` have one of their own, `fresnel_single.output_grid(...)`.
        shift: of the centre of the output plane, (y, x) [m].
        method: `auto` or one of `METHODS`.
        pad: without it the window is periodic, and light that leaves on one side comes back
            on the other. For `angular_spectrum`, which `auto` then takes, and `fresnel`.

    Raises:
        InputError: for an unknown method, a field that is not on the grid, a length that is
            not positive, or an output that the method cannot give.
    """
    check_choice("method", method, ["auto", *METHODS])
    periodic = {} if pad else {"pad": False}
    if not pad:
        method = "angular_spectrum" if method == "auto" else method
        if method not in PERIODIC:
            must = f"be True for {method}, whose window cannot be periodic"
            raise mistake("pad", must, "is False", f"Use one of {', '.join(PERIODIC)}.")
    if method == "auto":
        check_grids(grid, output)
        check_lengths(distance, wavelength, index, shift)
        lengths = {"distance": distance, "wavelength": wavelength, "index": index, "shift": shift}
        light = sampling.known(grid, output, **lengths)
        method, _ = sampling.choose(grid, output or grid, light)
    return METHODS[method](
        field,
        grid,
        distance=distance,
        wavelength=wavelength,
        index=index,
        output=output,
        shift=shift,
        **periodic,
    )
