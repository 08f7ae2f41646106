"""Indices against numbers from data sheets and handbooks, and their ranges."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.errors import InputError
from photonn.free_space import materials
from tests import oracles

# Data sheets and tabulated data, all to the last digit given.
KNOWN = [
    (materials.BK7, 587.5618e-9, 1.5168, 5e-5),  # SCHOTT data sheet, n_d
    (materials.BK7, 1.0141e-6, 1.50731, 1e-5),  # the same, n_t (1013.98 nm)
    (materials.FUSED_SILICA, 587.5618e-9, 1.45846, 1e-5),  # Malitson's n_d
    (materials.SILICON, 4e-6, 3.4255, 5e-4),  # Salzberg and Villa's own datum
    (materials.SILICON_NITRIDE, 1.55e-6, 1.9963, 1e-4),  # as quoted for this fit
    (materials.SU8, 1e-6, 1.5525 + 0.00629 + 0.0004, 1e-12),  # at 1 um a sum
    (materials.EPOCORE, 1e-6, 1.572 + 0.0076 + 0.00046, 1e-12),
    # Tabulated at both ends of the range in which one number stands for all.
    (materials.IP_DIP_TERAHERTZ, 0.740358e-3, 1.62670301 + 0.0290569j, 5e-4),
    (materials.IP_DIP_TERAHERTZ, 0.759841e-3, 1.62730028 + 0.0288401j, 5e-4),
    (materials.IP_S_TERAHERTZ, 0.740358e-3, 1.61276274 + 0.0288621j, 5e-4),
    (materials.IP_S_TERAHERTZ, 0.759841e-3, 1.61323355 + 0.0286988j, 5e-4),
]


@pytest.mark.parametrize(("material", "wavelength", "index", "error"), KNOWN)
def test_known_indices(material, wavelength, index, error):
    got = material.index(wavelength)
    assert abs(complex(got) - index) < error
    assert got.imag == material.extinction


@pytest.mark.parametrize("material", materials.TABLE.values(), ids=materials.TABLE)
def test_outside_its_range_a_material_is_refused(material):
    assert material.source
    for wavelength in (material.shortest * 0.99, material.longest * 1.01, float("nan")):
        with pytest.raises(InputError, match=f"`wavelength` must lie between.*{material.name}"):
            material.index(wavelength)
    with pytest.raises(InputError):
        material.index(np.array([material.shortest, 2 * material.longest]))
    assert material.index(np.array([material.shortest, material.longest])).shape == (2,)


def test_dispersion_is_normal_and_differentiable():
    wavelengths = jnp.linspace(0.45e-6, 1.55e-6, 50)
    for material in (materials.BK7, materials.FUSED_SILICA, materials.SU8, materials.EPOCORE):
        indices = np.asarray(material.index(wavelengths)).real
        assert (np.diff(indices) < 0).all()
        assert (indices > 1.4).all()
        assert (indices < 1.8).all()

    def index(wavelength):
        return materials.BK7.index(wavelength).real

    slope = jax.jit(jax.grad(index))(532e-9)
    want = oracles.difference_quotient(lambda w: float(index(w)), 532e-9, 1e-10)
    np.testing.assert_allclose(slope, want, rtol=1e-5)  # step over the scale of 0.3 um, squared
