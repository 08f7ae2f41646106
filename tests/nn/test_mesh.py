"""Meshes as modules."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from photonn import meshes
from photonn.devices import cell, waveguide
from photonn.errors import InputError
from photonn.meshes import clements, reck
from photonn.nn import (
    ArmLoss,
    Imperfection,
    Loss,
    MZIMesh,
    Phase,
    PhaseOffset,
    SplitterAngle,
    SplitterLoss,
    SVDMesh,
)
from tests import oracles

call = nnx.jit(lambda module, field: module(field))


def mesh_of(modes, seed=0, **options):
    return MZIMesh(clements.layout(modes), rngs=nnx.Rngs(seed), **options)


def test_conserves_power_with_any_splitters():
    mesh = mesh_of(5)
    mesh.split[...] = 0.1 * jax.random.normal(jax.random.key(1), mesh.split.shape)
    field = oracles.random_complex(np.random.default_rng(0), 3, 2, 5)
    out = call(mesh, field)
    assert out.shape == field.shape
    power = [np.sum(np.abs(a) ** 2, axis=-1) for a in (out, field)]
    np.testing.assert_allclose(*power, rtol=1e-13)  # 5 columns of rounding


def test_is_linear():
    mesh, rng = mesh_of(4), np.random.default_rng(1)
    one, two = oracles.random_complex(rng, 2, 4)
    both = call(mesh, 2j * one - 3 * two)
    np.testing.assert_allclose(both, 2j * call(mesh, one) - 3 * call(mesh, two), atol=1e-13)


def test_is_the_unitary_of_its_phases():
    mesh = mesh_of(4)
    want = meshes.unitary(mesh.theta[...], mesh.phi[...], mesh.gamma[...], mesh.layout)
    np.testing.assert_allclose(call(mesh, np.eye(4)).T, want, atol=1e-14)  # 4 columns


def test_splitters_are_those_of_the_cells():
    mesh = mesh_of(3)
    mesh.split[...] = jnp.array([[0.1, 0.2, 0.3], [-0.1, -0.2, -0.3]])
    numbers = zip(*np.asarray([mesh.theta[...], mesh.phi[...], *mesh.split[...]]), strict=True)
    want = [oracles.mzi(t, p, np.pi / 4 + a, np.pi / 4 + b) for t, p, a, b in numbers]
    np.testing.assert_allclose(mesh.cells(), want, atol=1e-14)  # two matrix products


def test_what_its_numbers_are():
    mesh = MZIMesh(reck.layout(5), rngs=nnx.Rngs(0))
    assert {type(v) for v in (mesh.theta, mesh.phi, mesh.gamma)} == {Phase}
    assert type(mesh.split) is SplitterAngle
    assert issubclass(SplitterAngle, Imperfection)
    assert not issubclass(Imperfection, nnx.Param)
    assert issubclass(Phase, nnx.Param)
    assert mesh.theta.shape == mesh.phi.shape == (10,)
    assert (mesh.gamma.shape, mesh.split.shape) == ((5,), (2, 10))
    np.testing.assert_array_equal(mesh.split[...], 0)


def test_a_stream_gives_every_mesh_phases_of_its_own():
    rngs = nnx.Rngs(0)
    one, two = (MZIMesh(clements.layout(4), rngs=rngs) for _ in range(2))
    assert (one.theta[...] != two.theta[...]).all()
    np.testing.assert_array_equal(one.theta[...], mesh_of(4).theta[...])


def test_starts_as_it_is_told():
    def cross(key, layout):
        return meshes.Phases(
            jnp.zeros(layout.size), jnp.zeros(layout.size), jnp.zeros(layout.modes), layout
        )

    mesh = mesh_of(4, init=cross)
    np.testing.assert_array_equal(mesh.theta[...], 0)
    # In the cross state each mode crosses the chip: the order of the modes is reversed.
    power = np.abs(call(mesh, np.eye(4))) ** 2
    np.testing.assert_allclose(power, np.eye(4)[::-1], atol=1e-15)


def test_trace_ends_where_the_call_does():
    mesh = mesh_of(4)
    field = oracles.random_complex(np.random.default_rng(0), 4)
    light = mesh.trace(field)
    assert light.shape == (mesh.layout.depth + 1, 4)
    np.testing.assert_array_equal(light[0], field)
    out = light[-1] * jnp.exp(1j * mesh.gamma[...].astype(complex))
    np.testing.assert_allclose(out, call(mesh, field), atol=1e-15)  # one product


def test_a_trace_at_another_wavelength():
    mesh = mesh_of(3, dispersion=SILICON)
    field = oracles.random_complex(np.random.default_rng(0), 3)
    light = mesh.trace(field, wavelength=1560e-9)
    power = np.abs(mesh(field, wavelength=1560e-9)) ** 2
    np.testing.assert_allclose(np.abs(light[-1]) ** 2, power, atol=1e-14)  # 3 columns
    assert np.abs(light[-1] - mesh.trace(field)[-1]).max() > 1e-3


def test_every_phase_has_a_gradient_and_no_splitter():
    mesh = mesh_of(3)
    target = oracles.random_unitary(np.random.default_rng(0), 3, 3)

    def loss(mesh):
        return jnp.sum(jnp.abs(mesh(jnp.eye(3)) - target) ** 2)

    slopes = nnx.jit(nnx.grad(loss))(mesh)
    leaves = jax.tree.leaves_with_path(slopes)
    assert {path[0].key for path, _ in leaves} == {"theta", "phi", "gamma"}
    assert all((np.abs(leaf) > 1e-9).any() for _, leaf in leaves)


def test_an_optimiser_moves_phases_and_leaves_splitters_alone():
    mesh = mesh_of(3)
    mesh.split[...] = jnp.full((2, 3), 0.05)
    optimizer = nnx.Optimizer(mesh, optax.sgd(0.5), wrt=nnx.Param)
    target = oracles.random_unitary(np.random.default_rng(0), 3, 3)

    @nnx.jit
    def step(mesh, optimizer):
        def loss(mesh):
            return jnp.sum(jnp.abs(mesh(jnp.eye(3)) - target) ** 2)

        value, slopes = nnx.value_and_grad(loss)(mesh)
        optimizer.update(mesh, slopes)
        return value

    before = np.asarray(mesh.theta[...])
    values = [float(step(mesh, optimizer)) for _ in range(5)]
    assert values[-1] < values[0]
    assert (np.asarray(mesh.theta[...]) != before).any()
    np.testing.assert_array_equal(mesh.split[...], 0.05)


def test_many_meshes_under_vmap():
    @nnx.vmap(in_axes=0, out_axes=0)
    def make(key):
        return MZIMesh(clements.layout(3), rngs=nnx.Rngs(params=key))

    stack = make(jax.random.split(jax.random.key(0), 4))
    out = nnx.vmap(lambda mesh, field: mesh(field), in_axes=(0, None))(stack, jnp.eye(3))
    assert out.shape == (4, 3, 3)
    product = np.asarray(out) @ np.asarray(out).conj().mT
    np.testing.assert_allclose(product, np.stack([np.eye(3)] * 4), atol=1e-14)  # 3 columns
    assert np.abs(out[0] - out[1]).max() > 1e-3


@pytest.mark.parametrize(("inputs", "outputs"), [(4, 4), (5, 3), (3, 5)])
@pytest.mark.parametrize("gain", [1.0, 2.5])
def test_any_matrix_up_to_its_gain(inputs, outputs, gain):
    layer = SVDMesh(clements.layout(inputs), clements.layout(outputs), gain=gain, rngs=nnx.Rngs(0))
    rank = min(inputs, outputs)
    theta = np.linspace(0.2, np.pi, rank)
    layer.attenuation[...] = jnp.asarray(theta)
    matrix = call(layer, np.eye(inputs)).T
    assert matrix.shape == (outputs, inputs)
    values = np.linalg.svd(matrix, compute_uv=False)
    np.testing.assert_allclose(values, gain * np.sort(np.sin(theta / 2))[::-1], atol=1e-13)


@pytest.mark.parametrize("seed", [0, 1])
def test_attenuators_never_amplify(seed):
    layer = SVDMesh(clements.layout(4), rngs=nnx.Rngs(seed))
    layer.attenuation[...] = 10 * jax.random.normal(jax.random.key(seed), (4,))
    matrix = call(layer, np.eye(4))
    assert np.linalg.svd(matrix, compute_uv=False).max() <= 1 + 1e-14  # rounding


def test_an_svd_mesh_has_gradients_everywhere():
    layer = SVDMesh(clements.layout(3), clements.layout(2), rngs=nnx.Rngs(0))
    assert type(layer.attenuation) is Phase
    field = oracles.random_complex(np.random.default_rng(0), 6, 3)
    slopes = nnx.jit(nnx.grad(lambda m: jnp.abs(m(field)[:, 0]).sum()))(layer)
    # Two meshes of three kinds of phases, and the attenuators.
    assert len(jax.tree.leaves(slopes)) == 7
    assert np.abs(slopes["attenuation"][...]).min() > 1e-9


def test_fields_that_do_not_fit_are_named():
    with pytest.raises(InputError, match=r"`field` must have shape \(..., modes=4\).*nn.Encode"):
        mesh_of(4)(jnp.ones((2, 5)))
    with pytest.raises(InputError, match=r"modes=4\), but has shape \(3,\)"):
        mesh_of(4).trace(jnp.ones(3))
    with pytest.raises(InputError, match=r"`field` must have shape \(..., modes=3\)"):
        SVDMesh(clements.layout(3), clements.layout(4), rngs=nnx.Rngs(0))(jnp.ones(4))


KINDS = pytest.mark.parametrize("kind", cell.KINDS, ids=lambda kind: kind.name)
SILICON = waveguide.Dispersion(1550e-9, index=2.4, group_index=4.2, split_slope=3e6)
WAVELENGTHS = np.array([1540e-9, 1550e-9, 1565e-9])


def made(mesh, seed=1):
    """The mesh with every imperfection in it."""
    rng = np.random.default_rng(seed)
    for name in ("split", "theta_offset", "phi_offset", "gamma_offset"):
        variable = getattr(mesh, name)
        variable[...] = jnp.asarray(rng.normal(0, 0.1, variable.shape))
    for name in ("split_loss", "arm_loss"):
        variable = getattr(mesh, name)
        variable[...] = jnp.asarray(rng.uniform(0, 0.5, variable.shape))
    return mesh


@KINDS
def test_every_kind_of_cell(kind):
    """Every imperfection enters, every phase has a gradient, and wavelengths are a batch."""
    mesh = mesh_of(3, cell=kind, dispersion=SILICON)
    ideal = call(mesh, np.eye(3)).T
    np.testing.assert_allclose(ideal @ ideal.conj().T, np.eye(3), atol=1e-14)  # 3 columns
    if kind not in (cell.OUTPUT_PHASE, cell.SYMMETRIC):
        # The phases of an MZI mesh become those of the equal mesh of this kind.
        np.testing.assert_allclose(ideal, call(mesh_of(3), np.eye(3)).T, atol=1e-14)

    made(mesh)
    total = {name: np.asarray(getattr(mesh, name)[...]) for name in ("theta", "phi", "gamma")}
    total |= {name: x + np.asarray(getattr(mesh, f"{name}_offset")) for name, x in total.items()}
    cells = kind.transfer_matrix(
        total["theta"],
        total["phi"],
        split=np.array(kind.ideal_split)[:, None] + np.asarray(mesh.split[...]),
        split_loss_db=mesh.split_loss[...],
        arm_loss_db=mesh.arm_loss[...],
    )
    dense = oracles.dense_mesh(np.asarray(cells), mesh.layout.pairs, 3)
    want = np.exp(1j * total["gamma"])[:, None] * dense
    np.testing.assert_allclose(call(mesh, np.eye(3)).T, want, atol=1e-14)
    assert np.linalg.norm(want, 2) < 1

    target = oracles.random_unitary(np.random.default_rng(0), 3, 3)

    def loss(mesh, wavelength):
        out = mesh(jnp.eye(3), wavelength=wavelength)
        return jnp.sum(jnp.abs(out - jnp.broadcast_to(target, out.shape)) ** 2)

    spectrum = nnx.jit(lambda mesh, field, w: mesh(field, wavelength=w))
    many = spectrum(mesh, np.eye(3), WAVELENGTHS[:, None])
    one_by_one = [spectrum(mesh, np.eye(3), w) for w in WAVELENGTHS]
    assert many.shape == (3, 3, 3)
    np.testing.assert_allclose(many, np.stack(one_by_one), atol=1e-14)
    np.testing.assert_allclose(many[1], call(mesh, np.eye(3)), atol=1e-14)
    assert np.abs(many[0] - many[1]).max() > 1e-3

    slope = nnx.jit(nnx.grad(loss))
    slopes = slope(mesh, WAVELENGTHS[:, None])
    for name in ("theta", "phi", "gamma"):
        assert np.abs(slopes[name][...]).min() > 1e-9
    if kind == cell.MZI:  # light of every wavelength has its share in the gradient
        each = [slope(mesh, w) for w in WAVELENGTHS]
        want = sum(np.asarray(s["theta"][...]) for s in each)
        np.testing.assert_allclose(slopes["theta"][...], want, atol=1e-12)  # sums of a few


def test_losses_and_offsets_say_what_they_are():
    mesh = mesh_of(4)
    kinds = {type(v) for v in (mesh.split_loss, mesh.arm_loss)}
    assert kinds == {SplitterLoss, ArmLoss}
    assert all(issubclass(kind, Loss) for kind in kinds) and issubclass(Loss, Imperfection)
    kinds = {type(v) for v in (mesh.theta_offset, mesh.phi_offset, mesh.gamma_offset)}
    assert kinds == {PhaseOffset} and issubclass(PhaseOffset, Imperfection)
    assert (mesh.split_loss.shape, mesh.arm_loss.shape) == ((2, 6), (2, 2, 6))


def test_a_batch_at_many_wavelengths():
    mesh = mesh_of(4, dispersion=SILICON)
    field = oracles.random_complex(np.random.default_rng(0), 5, 4)

    def shape(field, wavelength):
        return nnx.eval_shape(lambda mesh: mesh(field, wavelength=wavelength), mesh).shape

    assert shape(field, WAVELENGTHS[:, None]) == (3, 5, 4)
    assert shape(field[0], WAVELENGTHS) == (3, 4)
    assert shape(field, 1551e-9) == (5, 4)


def test_a_decomposed_unitary_on_other_cells():
    target = oracles.random_unitary(np.random.default_rng(0), 4, 4)
    layer = mesh_of(4, cell=cell.COUPLER, init=lambda key, layout: clements.decompose(target))
    np.testing.assert_allclose(call(layer, np.eye(4)).T, target, atol=1e-13)  # N^2 rotations


def test_cells_of_your_own_start_with_the_phases_as_they_are():
    mine = cell.Cell("mine", (*cell.MZI.stages, *cell.MZI.stages[2:]))
    mesh = mesh_of(3, cell=mine)
    np.testing.assert_array_equal(mesh.theta[...], mesh_of(3).theta[...])
    matrix = call(mesh, np.eye(3))
    np.testing.assert_allclose(matrix @ matrix.conj().T, np.eye(3), atol=1e-14)  # 3 columns


def test_an_svd_mesh_of_other_cells():
    layer = SVDMesh(clements.layout(3), cell=cell.SYMMETRIC, rngs=nnx.Rngs(0))
    assert layer.first.cell == layer.second.cell == cell.SYMMETRIC
    assert np.linalg.norm(call(layer, np.eye(3)), 2) <= 1 + 1e-14


def test_an_svd_mesh_at_many_wavelengths():
    layer = SVDMesh(clements.layout(3), clements.layout(2), dispersion=SILICON, rngs=nnx.Rngs(0))
    matrices = layer(np.eye(3), wavelength=WAVELENGTHS[:, None])
    assert matrices.shape == (3, 3, 2)
    np.testing.assert_allclose(matrices[1], layer(np.eye(3)), atol=1e-14)  # the design
    each = layer(np.eye(3), wavelength=WAVELENGTHS[0])
    first, second = (
        mesh(np.eye(mesh.layout.modes), wavelength=WAVELENGTHS[0])
        for mesh in (layer.first, layer.second)
    )
    want = np.asarray(first)[:, :2] * np.sin(np.pi / 4) @ np.asarray(second)
    np.testing.assert_allclose(each, want, atol=1e-14)
    np.testing.assert_allclose(matrices[0], want, atol=1e-14)


def test_mistakes_about_cells_and_wavelengths_are_named():
    with pytest.raises(InputError, match=r"`wavelength` must be left out.*dispersion="):
        mesh_of(3)(jnp.ones(3), wavelength=1550e-9)
    with pytest.raises(InputError, match=r"`wavelength` must be positive"):
        mesh_of(3, dispersion=SILICON)(jnp.ones(3), wavelength=-1.0)
    for wrong in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(InputError, match=rf"`wavelength` must be positive.* is {wrong}"):
            mesh_of(3, dispersion=SILICON)(jnp.ones(3), wavelength=np.array([1550e-9, wrong]))
    mesh = mesh_of(3)
    mesh.arm_loss[...] = jnp.full((2, 2, 3), -0.1)
    with pytest.raises(InputError, match=r"`arm_loss_db` must be zero or more"):
        mesh(jnp.ones(3))
