"""Laws of matrix errors: their limits, and chips that obey them."""

import jax
import numpy as np
import pytest

from photonn.devices import cell
from photonn.hardware import error_laws
from photonn.meshes import clements


def test_large_meshes_obey_the_short_forms():
    many, sigma = 4000, 0.003
    laws = (error_laws.uncorrected, error_laws.corrected, error_laws.corrected_three_splitter)
    short = np.sqrt(2 * many) * sigma, np.sqrt(2 / 3) * many * sigma**2, np.sqrt(32) * sigma**2
    for law, want in zip(laws, short, strict=True):
        np.testing.assert_allclose(law(many, sigma), want, rtol=1e-3)  # of order 1 / N
    assert error_laws.uncorrected(2, sigma) == pytest.approx(np.sqrt(2) * sigma)


@pytest.mark.parametrize(
    ("kind", "law"),
    [
        (cell.MZI, error_laws.corrected),
        (cell.THREE_SPLITTER, error_laws.corrected_three_splitter),
    ],
    ids=["mzi", "three splitters"],
)
def test_chips_obey_the_laws(kind, law):
    modes, sigmas, chips = 8, np.array([0.01, 0.04]), 1500
    layout = clements.layout(modes)
    found = error_laws.measure(layout, sigmas, kind=kind, key=jax.random.key(0), chips=chips)
    made, corrected = found.rms
    want = error_laws.uncorrected(modes, sigmas, kind.splitters)
    # Statistics of so many chips 1 %, and the next order of the law.
    np.testing.assert_allclose(made, want, rtol=0.03)
    # Some 400 chips out of reach, whose misses differ: 8 %.
    np.testing.assert_allclose(corrected[1], law(modes, sigmas[1]), rtol=0.2)
    exact = np.mean(np.asarray(found.corrected) < 1e-9, axis=1)
    assert (exact >= error_laws.covered(modes, sigmas) - 0.06).all()
    if kind == cell.MZI:
        # N^3 / 3 is N (N^2 - 1) / 3 for cross states, and bar states add 2 (N - 1).
        rate = modes * (modes**2 - 1) / 3 + 2 * (modes - 1)
        np.testing.assert_allclose(exact, np.exp(-rate * sigmas**2), atol=0.05)


def test_a_law_holds_is_off_or_there_are_too_few_chips():
    rng = np.random.default_rng(0)
    errors = np.abs(rng.normal(size=(3, 20000)))  # root mean square 1
    found = error_laws.root_mean_square(errors)
    np.testing.assert_allclose(found.value, 1, rtol=0.03)
    # The square of a normal number has variance 2; half of it is left in the root.
    margin = 1.96 * np.sqrt(2 / 20000) / 2
    np.testing.assert_allclose(found.high - found.value, margin, rtol=0.05)
    laws = np.array([1.0, 2.0, 0.95])
    assert error_laws.verdict(errors, laws).tolist() == ["holds", "off", "holds"]
    few = errors[:, :40]
    law = error_laws.root_mean_square(few).value / 1.15
    assert (error_laws.verdict(few, law) == "undecided").all()
    rare = np.zeros(1000)
    assert error_laws.verdict(rare, 1.0) == "undecided"  # not one chip out of reach


@pytest.mark.slow  # test_configuration has it for more layouts
def test_nulling_reaches_the_corrected_error_without_knowing_the_errors():
    layout = clements.layout(4)
    found = error_laws.measure(layout, [0.05], configured=True, key=jax.random.key(0), chips=60)
    made, corrected, configured = found.rms
    assert made > 5 * corrected
    # Nulling makes up in the next cells for some of what one lacks.
    np.testing.assert_allclose(configured, corrected, rtol=0.15)
