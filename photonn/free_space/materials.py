"""Refractive indices: a small table, each entry with its source and its range.

Coefficients are those of the refractiveindex.info database (CC0), file by file. Absorption
that matters for a relief of a few wavelengths is in the index as n + i kappa; where the
source gives less than 1e-5, or nothing, kappa is zero.
"""

from dataclasses import dataclass
from typing import Literal

import jax.core
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jaxtyping import ArrayLike, Complex, Float

from photonn.errors import mistake
from photonn.precision import real_array


@dataclass(frozen=True)
class Material:
    """A dispersion formula with its constants and its range.

    With the wavelength in um, as formulas are printed:
    `sellmeier` n^2 = 1 + sum of B l^2 / (l^2 - C) over pairs (B, C); `cauchy`
    n = A + B / l^2 + C / l^4; `constant` n = A.

    Example:
        >>> round(BK7.index(587.56e-9).real.item(), 4)
        1.5168

    Attributes:
        name: of the material.
        formula: how the constants give the index.
        constants: of the formula, in powers of um.
        shortest, longest: wavelengths between which it holds, in vacuum [m].
        extinction: kappa, the same over the whole range.
        source: where the constants were published.
    """

    name: str
    formula: Literal["sellmeier", "cauchy", "constant"]
    constants: tuple[float, ...]
    shortest: float
    longest: float
    source: str
    extinction: float = 0.0

    def index(self, wavelength: Float[ArrayLike, "*batch"]) -> Complex[Array, "*batch"]:
        """Complex index n + i kappa.

        Args:
            wavelength: in vacuum [m]. A traced one is not checked.

        Raises:
            InputError: outside the range of the formula.
        """
        self._check(wavelength)
        length = real_array(wavelength) * 1e6
        real = FORMULAS[self.formula](length, self.constants)
        return lax.complex(real, jnp.full_like(real, self.extinction))

    def _check(self, wavelength: ArrayLike) -> None:
        if isinstance(wavelength, jax.core.Tracer):
            return
        shortest, longest = np.min(wavelength), np.max(wavelength)
        if not (self.shortest <= shortest and longest <= self.longest):
            must = f"lie between {self.shortest:.4g} and {self.longest:.4g} m for {self.name}"
            raise mistake("wavelength", must, f"is {wavelength}", "Give the index as a number.")


def _sellmeier(length: Array, constants: tuple[float, ...]) -> Array:
    squared = length**2
    pairs = zip(constants[::2], constants[1::2], strict=True)
    return jnp.sqrt(1 + sum(b * squared / (squared - c) for b, c in pairs))


def _cauchy(length: Array, constants: tuple[float, ...]) -> Array:
    return jnp.asarray(sum(c / length ** (2 * power) for power, c in enumerate(constants)))


def _constant(length: Array, constants: tuple[float, ...]) -> Array:
    return jnp.full_like(length, constants[0])


FORMULAS = {"sellmeier": _sellmeier, "cauchy": _cauchy, "constant": _constant}

BK7 = Material(
    "BK7",
    "sellmeier",
    (1.03961212, 0.00600069867, 0.231792344, 0.0200179144, 1.01046945, 103.560653),
    0.3e-6,
    2.5e-6,
    "SCHOTT N-BK7, Zemax catalogue of 2017-01-20",
)
FUSED_SILICA = Material(
    "fused silica",
    "sellmeier",
    (0.6961663, 0.0684043**2, 0.4079426, 0.1162414**2, 0.8974794, 9.896161**2),
    0.21e-6,
    3.71e-6,
    "Malitson, J. Opt. Soc. Am. 55, 1205 (1965), at 20 C",
)
SILICON = Material(
    "silicon",
    "sellmeier",
    (10.6684293, 0.301516485**2, 0.0030434748, 1.13475115**2, 1.54133408, 1104.0**2),
    1.357e-6,
    11.04e-6,
    "data of Salzberg and Villa, J. Opt. Soc. Am. 47, 244 (1957), fit of Tatian, "
    "Appl. Opt. 23, 4477 (1984), at 26 C",
)
SILICON_NITRIDE = Material(
    "silicon nitride",
    "sellmeier",
    (3.0249, 0.1353406**2, 40314.0, 1239.842**2),
    0.31e-6,
    5.504e-6,
    "Luke et al., Opt. Lett. 40, 4823 (2015), film of Si3N4",
)
SU8 = Material(
    "SU-8",
    "cauchy",
    (1.5525, 0.00629, 0.0004),
    0.32e-6,
    1.7e-6,
    "Microchem SU-8 3000 data sheet, 2011",
)
EPOCORE = Material(
    "EpoCore",
    "cauchy",
    (1.572, 0.0076, 0.00046),
    0.45e-6,
    1.55e-6,
    "Micro resist EpoCore and EpoClad data sheet, 2015",
)
# Measured from 0.2 to 1 mm; within the ranges here n stays to 4e-4 and kappa to 3e-4.
_TERAHERTZ = (
    "Mavrona et al., Opt. Mater. Express 13, 3355 (2023), cured, interpolated at 0.75 mm (0.4 THz)"
)
IP_DIP_TERAHERTZ = Material(
    "IP-Dip at 0.4 THz",
    "constant",
    (1.6270,),
    0.74e-3,
    0.76e-3,
    _TERAHERTZ,
    extinction=0.02894,
)
IP_S_TERAHERTZ = Material(
    "IP-S at 0.4 THz",
    "constant",
    (1.6130,),
    0.74e-3,
    0.76e-3,
    _TERAHERTZ,
    extinction=0.02878,
)
TABLE = {
    material.name: material
    for material in (
        BK7,
        FUSED_SILICA,
        SILICON,
        SILICON_NITRIDE,
        SU8,
        EPOCORE,
        IP_DIP_TERAHERTZ,
        IP_S_TERAHERTZ,
    )
}
