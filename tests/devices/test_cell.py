"""Every kind of cell against the product of its elements, and what each is for."""

import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given

from photonn.devices import cell, mzi
from photonn.errors import InputError
from tests import oracles

KINDS = pytest.mark.parametrize("kind", cell.KINDS, ids=lambda kind: kind.name)
ANGLES = st.floats(-10, 10)
SEEDS = st.integers(0, 2**31 - 1)
SWAP = np.array([[0, 1], [1, 0]])


def arms(upper=0.0, lower=0.0):
    return np.diag([np.exp(1j * upper), np.exp(1j * lower)])


def elements(kind, theta, phi, split):
    """What light meets, in order, written out for each kind; `arms` are sections."""
    s = [oracles.splitter(angle) for angle in split]
    return {
        cell.MZI: lambda: [arms(phi), s[0], arms(theta), s[1]],
        cell.DIFFERENTIAL: lambda: [arms(phi), s[0], arms(theta / 2, -theta / 2), s[1]],
        cell.SYMMETRIC: lambda: [s[0], arms(theta, phi), s[1]],
        cell.OUTPUT_PHASE: lambda: [s[0], arms(theta), s[1], arms(phi)],
        cell.THREE_SPLITTER: lambda: [s[0], arms(phi), s[1], arms(theta), s[2]],
        cell.CROSSING: lambda: [arms(phi), s[0], arms(theta), s[1], SWAP],
        cell.COUPLER: lambda: [arms(phi), oracles.splitter(split[0] + theta / 2)],
    }[kind]()


def product(kind, theta, phi, split, split_loss=None, arm_loss=None):
    """Each element with its loss, right to left."""
    total = np.eye(2)
    splitters = iter([] if split_loss is None else split_loss)
    sections = iter([] if arm_loss is None else arm_loss)
    for element in elements(kind, theta, phi, split):
        total = element @ total
        if element is SWAP:
            continue
        diagonal = element[0, 1] == 0  # arms: no light crosses over
        loss = next(sections, [0, 0]) if diagonal else [next(splitters, 0)] * 2
        total = np.diag(10 ** (-np.asarray(loss) / 20)) @ total
    return total


def draw(kind, seed):
    """Angles of splitters near their design, losses up to 3 dB."""
    rng = np.random.default_rng(seed)
    split = np.array(kind.ideal_split) + rng.uniform(0.05, 0.3, kind.splitters)
    return split, rng.uniform(0, 3, kind.splitters), rng.uniform(0, 3, (kind.arms, 2))


@jax.jit(static_argnums=0)
def lossless(kind, theta, phi, split):
    return kind.transfer_matrix(theta, phi, split=split)


@jax.jit(static_argnums=0)
def transfer(kind, theta, phi, split, split_loss, arm_loss):
    return kind.transfer_matrix(
        theta, phi, split=split, split_loss_db=split_loss, arm_loss_db=arm_loss
    )


@KINDS
@given(ANGLES, ANGLES, SEEDS)
def test_is_the_product_of_its_elements(kind, theta, phi, seed):
    split, split_loss, arm_loss = draw(kind, seed)
    # Sines and cosines of angles up to 10 are good to 10 * 1e-16; a handful of products.
    made = lossless(kind, theta, phi, split)
    np.testing.assert_allclose(made, product(kind, theta, phi, split), atol=1e-14)
    np.testing.assert_allclose(made @ made.conj().T, np.eye(2), atol=1e-12)
    made = transfer(kind, theta, phi, split, split_loss, arm_loss)
    want = product(kind, theta, phi, split, split_loss, arm_loss)
    np.testing.assert_allclose(made, want, atol=1e-14)
    # No light gains power: singular values up to 1 and rounding.
    assert np.linalg.norm(made, 2) <= 1 + 1e-14


@KINDS
def test_as_designed(kind):
    made = kind.transfer_matrix(0.7, 0.4)
    np.testing.assert_allclose(made, product(kind, 0.7, 0.4, kind.ideal_split), atol=1e-15)


@KINDS
@given(st.floats(0, 20), ANGLES)
def test_uniform_loss_is_one_factor(kind, loss, theta):
    made = transfer(kind, theta, 0.4, np.array(kind.ideal_split), loss, loss)
    total = 10 ** (-loss * (kind.splitters + kind.arms) / 20)
    want = total * product(kind, theta, 0.4, kind.ideal_split)
    np.testing.assert_allclose(made, want, atol=1e-14)  # as above


@KINDS
def test_single_precision(kind):
    theta = jnp.linspace(-6, 6, 50, dtype=jnp.float32)
    split, split_loss, arm_loss = draw(kind, 0)
    made = kind.transfer_matrix(theta, theta[::-1], split=jnp.asarray(split)[:, None])
    assert made.dtype == jnp.complex64
    power = np.asarray(made) @ np.asarray(made).conj().mT
    np.testing.assert_allclose(power, np.broadcast_to(np.eye(2), power.shape), atol=1e-6)
    losses = {"split_loss_db": split_loss[:, None], "arm_loss_db": arm_loss[..., None]}
    lossy = kind.transfer_matrix(theta, theta[::-1], split=split[:, None], **losses)
    assert lossy.dtype == jnp.complex64
    pairs = zip(np.asarray(theta, float), np.asarray(theta, float)[::-1], strict=True)
    want = [product(kind, *pair, split, split_loss, arm_loss) for pair in pairs]
    np.testing.assert_allclose(lossy, want, atol=2e-6)  # 20 roundings of 6e-8


@KINDS
def test_slopes_are_difference_quotients(kind):
    numbers = (jnp.asarray(0.7), jnp.asarray(1.9), *map(jnp.asarray, draw(kind, 1)))
    weight = oracles.random_complex(np.random.default_rng(0), 2, 2)

    @jax.jit
    def loss(*numbers):
        made = kind.transfer_matrix(
            *numbers[:2], split=numbers[2], split_loss_db=numbers[3], arm_loss_db=numbers[4]
        )
        return jnp.sum(made.real * weight.real + made.imag * weight.imag)

    slopes = jax.jit(jax.grad(loss, argnums=range(5)))(*numbers)
    for argument, slope in enumerate(slopes):
        for place in np.ndindex(slope.shape):

            def along(value, argument=argument, place=place):
                changed = list(numbers)
                changed[argument] = changed[argument].at[place].set(value)
                return loss(*changed)

            # Step 1e-5: error of the quotient 1e-10 (step^2) + 1e-11 (rounding over step).
            want = oracles.difference_quotient(along, numbers[argument][place], 1e-5)
            np.testing.assert_allclose(slope[place], want, atol=1e-9)


@KINDS
def test_everything_broadcasts(kind):
    split = np.array(kind.ideal_split)[:, None, None, None] + np.zeros((1, 3, 1, 1))
    loss = np.zeros((kind.arms, 2, 4, 1))
    made = kind.transfer_matrix(jnp.zeros((3, 1, 5)), 0.3, split=split, arm_loss_db=loss)
    assert made.shape == (3, 4, 5, 2, 2)
    np.testing.assert_allclose(made[1, 2, 3], kind.transfer_matrix(0.0, 0.3), atol=1e-15)
    assert kind.transfer_matrix(0, 0).shape == (2, 2)


@KINDS
def test_forward_mode_and_vmap(kind):
    theta = jnp.linspace(0, 3, 4)
    one = jax.vmap(lambda t: kind.transfer_matrix(t, 0.2))(theta)
    np.testing.assert_allclose(one, kind.transfer_matrix(theta, 0.2), atol=1e-15)
    _, forward = jax.jvp(lambda t: kind.transfer_matrix(t, 0.2).real, (0.5,), (1.0,))
    backward = jax.jacrev(lambda t: kind.transfer_matrix(t, 0.2).real)(0.5)
    np.testing.assert_allclose(forward, backward, atol=1e-15)


def test_counts():
    counts = {kind.name: (kind.phase_shifters, kind.splitters, kind.arms) for kind in cell.KINDS}
    assert counts == {
        "mzi": (2, 2, 2),
        "differential": (3, 2, 2),
        "symmetric": (2, 2, 1),
        "output phase": (2, 2, 2),
        "three splitter": (2, 3, 2),
        "crossing": (2, 2, 2),
        "coupler": (2, 1, 1),
    }
    assert len({*cell.KINDS}) == 7  # hashable, and no two alike


@given(ANGLES, ANGLES)
def test_closed_forms(theta, phi):
    s, c, e = np.sin(theta / 2), np.cos(theta / 2), np.exp(1j * phi)
    want = 1j * np.array([[e * s, c], [e * c, -s]])
    made = lossless(cell.DIFFERENTIAL, theta, phi, np.full(2, np.pi / 4))
    np.testing.assert_allclose(made, want, atol=1e-14)
    sigma, d = (theta + phi) / 2, (theta - phi) / 2
    want = 1j * np.exp(1j * sigma) * np.array([[np.sin(d), np.cos(d)], [np.cos(d), -np.sin(d)]])
    made = lossless(cell.SYMMETRIC, theta, phi, np.full(2, np.pi / 4))
    np.testing.assert_allclose(made, want, atol=1e-14)
    want = np.array([[e * c, 1j * s], [1j * e * s, c]])
    made = lossless(cell.COUPLER, theta, phi, np.zeros(1))
    np.testing.assert_allclose(made, want, atol=1e-14)


@given(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2))
def test_a_third_splitter_reaches_the_cross_state(alpha, beta):
    """|bar| of an MZI is at least |sin(a + b)|; with a third splitter it can vanish.

    As long as the other two reach |bar| = sin(pi/4 + a), up to errors of 0.26 rad.
    """
    theta = np.linspace(0, 2 * np.pi, 201)
    split = np.pi / 4 + np.array([alpha, beta])
    bar = np.abs(cell.MZI.transfer_matrix(theta, 0.0, split=split)[:, 0, 0])
    want = [abs(np.sin(alpha + beta)), np.cos(alpha - beta)]
    # At an amplitude near zero the root of a rounded power is good to sqrt(1e-16) at worst.
    np.testing.assert_allclose([bar.min(), bar.max()], want, atol=2e-8)

    # T11 = 0: behind the first splitter and phi, the field (e^{i phi} cos, i sin) of the
    # first splitter has to be what the other two, run backwards, give for the lower port.
    first, second, third = (oracles.splitter(np.pi / 4 + x) for x in (alpha, beta, alpha))
    ratio = np.abs(first[0, 0] / first[1, 0])
    theta = np.linspace(0, 2 * np.pi, 40001)
    # Row (third . arms(theta) . second)[0]: |row[0]| |first[0,0]| = |row[1]| |first[1,0]|.
    row0 = third[0, 0] * np.exp(1j * theta) * second[0, 0] + third[0, 1] * second[1, 0]
    row1 = third[0, 0] * np.exp(1j * theta) * second[0, 1] + third[0, 1] * second[1, 1]
    best = np.argmin(np.abs(np.abs(row0) * ratio - np.abs(row1)))
    through, across = row0[best] * first[0, 0], row1[best] * first[1, 0]
    phi = np.angle(-across / through)
    split = np.pi / 4 + np.array([alpha, beta, alpha])
    made = cell.THREE_SPLITTER.transfer_matrix(theta[best], phi, split=split)
    assert np.abs(made[0, 0]) < 2e-4  # the step of theta


def test_the_fast_form_of_an_mzi_has_losses():
    losses = {"split_loss_db": np.array([0.1, 0.2]), "arm_loss_db": 0.3}
    made = mzi.transfer_matrix(0.4, 0.5, split_in=0.7, split_out=0.9, **losses)
    want = cell.MZI.transfer_matrix(0.4, 0.5, split=np.array([0.7, 0.9]), **losses)
    np.testing.assert_array_equal(made, want)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"split": np.ones(3)}, r"`split` must have first axes \(2,\).*\(3,\)"),
        ({"arm_loss_db": np.ones(2)}, r"`arm_loss_db` must have first axes \(2, 2\)"),
        ({"arm_loss_db": -0.1}, r"`arm_loss_db` must be zero or more.*-0.1.*positive"),
        ({"split_loss_db": np.array([0.1, -0.2])}, r"`split_loss_db` .* is -0.2"),
        ({"split_loss_db": np.nan}, r"`split_loss_db` must be zero or more and finite"),
    ],
)
def test_mistakes_are_named(options, message):
    with pytest.raises(InputError, match=message):
        cell.MZI.transfer_matrix(0.0, 0.0, **options)
