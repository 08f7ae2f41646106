"""Every source of error: nothing at zero, the same chip by the same key, its own law."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from photonn import hardware, meshes, nn
from photonn.devices import heater, weight_bank
from photonn.devices.weight_bank import Bank
from photonn.errors import InputError
from photonn.hardware import (
    ChipPlan,
    ComponentLoss,
    PhaseDrift,
    Quantization,
    TemperatureShift,
    ThermalCrosstalk,
    WaferVariation,
)

KEY = jax.random.key(0)


def mesh(modes=6, seed=0):
    return nn.MZIMesh(meshes.clements.layout(modes), rngs=nnx.Rngs(seed))


def made(source, model=None, key=KEY):
    return hardware.fabricate(mesh() if model is None else model, [source], key)


def numbers(model):
    return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(nnx.state(model))])


NOTHING = [
    WaferVariation(0.0),
    ThermalCrosstalk(0.0),
    ComponentLoss(0.0, 0.0, 0.5),
    PhaseDrift(0.0, 100.0),
    PhaseDrift(0.1, 0.0),
    TemperatureShift(0.0),
]
SOMETHING = [
    WaferVariation(0.02),
    ThermalCrosstalk(0.01),
    ComponentLoss(0.1, 0.2, 0.1),
    PhaseDrift(1e-4, 100.0),
    TemperatureShift(5.0),
    Quantization(4),
]


@pytest.mark.parametrize("source", NOTHING, ids=repr)
def test_nothing_changes_nothing(source):
    np.testing.assert_array_equal(numbers(made(source)), numbers(mesh()))


@pytest.mark.parametrize("source", SOMETHING, ids=lambda s: type(s).__name__)
def test_the_same_key_gives_the_same_chip(source):
    once, again = numbers(made(source)), numbers(made(source))
    np.testing.assert_array_equal(once, again)
    assert (once != numbers(mesh())).any()


def test_the_gradient_goes_through_every_source():
    model, field = mesh(4), jnp.ones(4) / 2

    def power(theta, process, model=model):
        graph, state = nnx.split(model)
        state["theta"] = state["theta"].replace(theta)
        chip = hardware.fabricate(nnx.merge(graph, state), process, KEY)
        return jnp.abs(chip(field)[0]) ** 2

    theta = model.theta[...]
    smooth = [source for source in SOMETHING if not isinstance(source, Quantization)]
    both = jax.jit(jax.value_and_grad(lambda t: power(t, smooth)))
    step = 1e-5 * np.eye(len(theta))[2]
    want = (both(theta + step)[0] - both(theta - step)[0]) / 2e-5
    np.testing.assert_allclose(both(theta)[1][2], want, rtol=1e-6)  # the quotient errs by 1e-10
    # Straight through: that of the same chip without steps, taken at the phases it sets.
    quantised = Quantization(5)
    slope = jax.jit(jax.grad(lambda t: power(t, [quantised])))(theta)
    stepped = made(quantised, model)
    want = jax.jit(jax.grad(lambda t: power(t, [], stepped)))(stepped.theta[...])
    np.testing.assert_allclose(slope, want, atol=1e-12)


def test_crosstalk_is_the_double_sum():
    """All heaters of a mesh, one by one, from their places on the chip."""
    model, plan = mesh(), ChipPlan(column=200e-6, mode=80e-6)
    chip = made(ThermalCrosstalk(0.03, length=150e-6, plan=plan), model)
    layout, names = model.layout, ("theta", "phi", "gamma")
    spots = {"theta": [], "phi": [], "gamma": [(layout.depth, m) for m in range(layout.modes)]}
    for column, pairs in enumerate(layout.columns()):
        spots["phi"] += [(column, min(pair)) for pair in pairs]
        spots["theta"] += [(column + 0.5, min(pair)) for pair in pairs]
    place = np.concatenate([spots[name] for name in names]) * (plan.column, plan.mode)
    phase = np.concatenate([getattr(model, name)[...] for name in names])
    distance = np.linalg.norm(place[:, None] - place, axis=-1)
    share = 0.03 * np.exp((plan.mode - distance) / 150e-6) * (1 - np.eye(len(phase)))
    got = np.concatenate([getattr(chip, name)[...] for name in names])
    np.testing.assert_allclose(got, phase + share @ (phase % (2 * np.pi)), atol=1e-13)


def test_an_array_without_places_lies_on_its_own_grid():
    model = nn.PhaseMasks(4, 3, rngs=nnx.Rngs(0))
    source = ThermalCrosstalk(0.1, length=1e-6)  # half a column, 150 um, is out of reach
    added = np.asarray(made(source, model).phase[...] - model.phase[...])
    drive = np.pad(np.asarray(model.phase[...]) % (2 * np.pi), [(0, 0), (1, 1)])
    np.testing.assert_allclose(added, 0.1 * (drive[:, :-2] + drive[:, 2:]), atol=1e-13)


def test_a_wafer_varies_smoothly():
    """Variance, and correlation over the distance, of one splitter with its neighbours."""
    model, source = mesh(8), WaferVariation(0.02, length=400e-6)
    keys = jax.random.split(KEY, 4000)
    angles = jax.jit(jax.vmap(lambda key: made(source, model, key).split[0]))(keys)
    place = np.stack([model.layout.column * 300e-6, model.layout.pairs[:, 0] * 100e-6], -1)
    distance = np.linalg.norm(place[:, None] - place, axis=-1)
    want = 0.02**2 * np.exp(-(distance**2) / (2 * 400e-6**2))
    got = np.cov(np.asarray(angles).T)
    # A covariance of 4000 draws errs by sqrt(2 / 4000) of the variance at most; five times.
    np.testing.assert_allclose(got, want, atol=5 * np.sqrt(2 / 4000) * 0.02**2)


def test_losses_have_their_mean_and_are_never_gain():
    chip = made(ComponentLoss(0.3, 0.2, spread=2.0), mesh(16))
    for loss, mean in ((chip.split_loss[...], 0.3), (chip.arm_loss[...], 0.2)):
        assert (loss >= 0).all()
        # E max(1 + 2 z, 0) = Phi(1/2) + 2 phi(1/2) = 1.3956, deviation below 2.
        want = mean * 1.39559
        assert abs(loss.mean() - want) < 5 * 2 * mean / np.sqrt(loss.size)
    even = made(ComponentLoss(0.3, 0.2), mesh())
    np.testing.assert_allclose(even.split_loss[...], 0.3, rtol=1e-15)
    np.testing.assert_allclose(even.arm_loss[...], 0.2, rtol=1e-15)


@pytest.mark.parametrize("bits", [1, 2, 8])
def test_a_driver_has_two_to_the_bits_levels(bits):
    phases = np.random.default_rng(0).uniform(-7, 14, 20000)
    for curve, power in (("phase", 1), ("voltage", 2)):
        set_phase = np.asarray(Quantization(bits, curve=curve).nearest(jnp.asarray(phases)))
        levels = 2 * np.pi * np.linspace(0, 1, 2**bits) ** power
        distance = np.abs(np.exp(1j * set_phase)[:, None] - np.exp(1j * levels))
        np.testing.assert_allclose(distance.min(axis=1), 0, atol=1e-13)
        # The nearest of them, on the circle.
        wanted = np.abs(np.exp(1j * phases)[:, None] - np.exp(1j * levels)).min(axis=1)
        np.testing.assert_allclose(np.abs(np.exp(1j * phases) - np.exp(1j * set_phase)), wanted)
        # Levels stay as they are, all of them; the last just below a turn, which counts as zero.
        exact = np.minimum(levels, 2 * np.pi * (1 - 1e-12))
        kept = np.asarray(Quantization(bits, curve=curve).nearest(jnp.asarray(exact)))
        np.testing.assert_allclose(kept, levels, atol=1e-11)
        assert len(np.unique(np.round(kept, 9))) == 2**bits


def test_steps_of_a_voltage_are_twice_as_coarse_at_the_top():
    top = np.linspace(2 * np.pi - 0.2, 2 * np.pi - 1e-9, 4001)
    widths = {}
    for curve in ("phase", "voltage"):
        set_phase = np.asarray(Quantization(8, curve=curve).nearest(jnp.asarray(top)))
        widths[curve] = np.diff(np.unique(np.round(set_phase, 9)))[-1]
    # phi = 2 pi (1 - s)^2 for a step s = 1 / 255: 2 s (1 - s / 2) of the span.
    np.testing.assert_allclose(widths["voltage"] / widths["phase"], 2 - 1 / 255, rtol=1e-6)


def test_more_bits_than_a_float_resolves_change_nothing():
    phases = jnp.linspace(0.1, 6.0, 50)
    np.testing.assert_allclose(Quantization(64).nearest(phases), phases, rtol=1e-15)


def test_a_short_span_chooses_the_nearer_end():
    source = Quantization(3, span=np.pi)
    got = source.nearest(jnp.asarray([np.pi + 0.1, 2 * np.pi - 0.1, -0.1]))
    np.testing.assert_allclose(got, [np.pi, 0, 0], atol=1e-12)


def test_drift_grows_with_the_root_of_time():
    model = mesh(16)
    for time in (1.0, 100.0):
        moved = made(PhaseDrift(1e-4, time), model).theta[...] - model.theta[...]
        want = np.sqrt(1e-4 * time)
        assert abs(moved.std() / want - 1) < 5 / np.sqrt(2 * moved.size)
    slope = jax.grad(lambda d: made(PhaseDrift(d, 1.0), model).theta[0])(0.0)
    assert np.isfinite(slope)


def test_warm_phases_grow_by_the_same_share():
    model = mesh()
    chip = made(TemperatureShift(10.0, coefficient=1e-4), model)
    np.testing.assert_allclose(chip.theta[...], model.theta[...] * 1.001, rtol=1e-15)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: WaferVariation(-0.1), "`sigma` must be zero or more"),
        (lambda: hardware.PhaseNoise(float("inf")), "`sigma` must be zero or more and finite"),
        (lambda: hardware.SplitterError(float("nan")), "`sigma` must be zero or more and finite"),
        (lambda: WaferVariation(0.1, length=0.0), "`length` must be positive"),
        (lambda: ThermalCrosstalk(-0.1), "`neighbour` must be zero or more"),
        (lambda: ComponentLoss(-0.1), "`splitter_db` must be zero or more"),
        (lambda: ComponentLoss(0.1, spread=-1.0), "`spread` must be zero or more"),
        (lambda: Quantization(0), "`bits` must be an integer of at least 1, but is 0"),
        (lambda: Quantization(8, curve="volt"), "Did you mean `voltage`"),
        (lambda: PhaseDrift(1e-4, -1.0), "`time` must be zero or more"),
        (lambda: TemperatureShift(float("nan")), "`kelvin` must be finite"),
        (lambda: ChipPlan(column=-1.0), "`column` must be positive"),
    ],
)
def test_what_cannot_be_is_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        wrong()


def test_heat_in_a_bank_of_rings_is_that_of_the_matrix_in_the_bank():
    """One law: the source on the phases, or `heater.crosstalk` in the module."""
    pitch, decay = 40e-6, 30e-6
    bank = nn.WeightBank(Bank(weight_bank.grid(4)), outputs=1, rngs=nnx.Rngs(0))
    plan = hardware.ChipPlan(mode=pitch)
    source = ThermalCrosstalk(float(np.exp(-pitch / decay)), length=decay, plan=plan)
    warmed = hardware.fabricate(bank, [source], jax.random.key(0))
    known = nnx.clone(bank)
    known.crosstalk[...] = heater.crosstalk(pitch * np.arange(4), decay=decay) - jnp.eye(4)
    matrix = nnx.jit(lambda bank: bank.matrix())
    assert np.abs(matrix(warmed) - matrix(bank)).max() > 0.01
    np.testing.assert_allclose(matrix(warmed), matrix(known), atol=1e-12)


def test_cells_of_a_crossbar_are_not_written_exactly():
    crossbar = nn.Crossbar(40, 50, rngs=nnx.Rngs(0))
    chip = hardware.fabricate(crossbar, [hardware.WriteError(0.02)], jax.random.key(0))
    off = chip.cells() - crossbar.cells()
    np.testing.assert_allclose(off.std(), 0.02, rtol=0.05)  # 2040 draws: 1.6 %
    same = hardware.fabricate(crossbar, [hardware.WriteError(0.0)], jax.random.key(0))
    np.testing.assert_array_equal(same.cells(), crossbar.cells())
