"""The budget beside sums done by hand, the simulated loss of a mesh, and its laws in size."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from scipy import constants

from photonn import hardware, meshes, nn
from photonn.devices import cell, receiver
from photonn.devices.receiver import Receiver
from photonn.errors import InputError
from photonn.free_space import Grid
from photonn.hardware import Part, parts, processes

SILICON = processes.silicon_thermo_optic


def mesh(layout, kind=cell.MZI):
    return nn.MZIMesh(layout, cell=kind, rngs=nnx.Rngs(0))


def flat(phase, modes=4):
    """A mesh whose phases are all alike."""
    made = mesh(meshes.clements.layout(modes))
    for name in ("theta", "phi", "gamma"):
        getattr(made, name)[...] = jnp.full(getattr(made, name).shape, phase)
    return made


def test_a_small_mesh_as_done_by_hand():
    b = hardware.budget(flat(np.pi), SILICON, bits=8, rate=10e9)
    assert b["phase shifters"] == 2 * 6 + 4
    assert b["heating of phases"] == pytest.approx(16 * 21.4e-3)
    assert b["MACs in a sample"] == 16
    assert b["loss of splitters"] == pytest.approx(4 * 2 * 0.1)
    assert b["loss of arms"] == pytest.approx(4 * 2 * 0.019)
    assert b["loss of coupling"] == pytest.approx(3.0)
    assert b["insertion loss, worst path"] == pytest.approx(3 + 3 + 0.8 + 0.152)
    assert b["DACs"] == pytest.approx(4 * 3.57e-12 * 10e9)
    assert b["ADCs"] == pytest.approx(4 * 1.48e-12 * 10e9)
    light = 4 * b["power on a detector"] * 10 ** (b["insertion loss, worst path"] / 10)
    assert b["laser"] == pytest.approx(light / 0.2)
    assert b["power"] == pytest.approx(b["power held"] + b["power by rate"])
    assert b["energy of a MAC"] == pytest.approx(b["power"] / (16 * 10e9))
    assert b["efficiency"] == pytest.approx(2e-12 / b["energy of a MAC"])
    assert b["time of light"] == pytest.approx(4 * 120e-6 * 4.2 / constants.c)
    assert b["latency"] == pytest.approx(b["time of light"] + 2e-10)
    assert b["area of meshes"] == pytest.approx(4 * 120e-6 * 4 * 50e-6)


def test_the_light_on_a_detector_gives_the_bits():
    b = hardware.budget(flat(1.0), SILICON, bits=6, rate=2e9)
    diode = Receiver(
        responsivity=1.1, bandwidth=1e9, dark_current=25e-9, rin=1e-15, amplifier_noise=1e-11
    )
    ratio = receiver.signal_to_noise(b["power on a detector"], diode)
    np.testing.assert_allclose(receiver.effective_bits(ratio), 6, rtol=1e-6)


def test_the_loss_is_that_of_the_simulated_mesh():
    """In a butterfly all paths have as many cells."""
    made = mesh(meshes.butterfly.layout(8))
    made.split_loss[...] = jnp.full(made.split_loss.shape, 0.3)
    made.arm_loss[...] = jnp.full(made.arm_loss.shape, 0.05)
    simulated = hardware.insertion_loss_db(hardware.transfer_matrix(made, 8))
    process = SILICON.replaced(splitter_db=0.3, shifter_db=0.05, waveguide_db_per_m=0)
    b = hardware.budget(made, process)
    counted = b["loss of splitters"] + b["loss of arms"]
    np.testing.assert_allclose(simulated, counted, rtol=1e-6)
    assert b["insertion loss, mean path"] == pytest.approx(b["insertion loss, worst path"])


def test_heat_for_a_mac_does_not_fall_with_size_and_conversion_does():
    lines = hardware.budget_against_size(flat_of_size, [4, 8, 16], SILICON, rate=10e9)
    heat = lines["heating of phases"] / lines["MACs in a second"]
    # N^2 phases of pi for N^2 MACs: one P_pi over the rate for each.
    np.testing.assert_allclose(heat, 21.4e-3 / 10e9, rtol=1e-12)
    conversion = lines["energy of a MAC, by rate"]
    np.testing.assert_allclose(conversion * lines["size"], conversion[0] * 4, rtol=1e-12)
    assert (np.diff(lines["insertion loss, worst path"]) > 0).all()


def flat_of_size(modes):
    return flat(np.pi, modes)


def test_every_line_names_its_source_and_what_is_unconfirmed_stays_so():
    b = hardware.budget(flat(1.0), SILICON)
    assert all(line.source and line.how for line in b)
    confirmed = {line.name: line.confirmed for line in b}
    assert confirmed["heating of phases"] and not confirmed["loss of coupling"]
    assert not confirmed["laser"] and not confirmed["energy of a MAC"]
    assert "10.3390/mi13091509" in str(b) and "(unconfirmed)" in str(b)
    assert b.rows()[0]["name"] == "samples in a second"
    assert b.missing == ()


def test_an_ideal_chip_costs_only_light():
    b = hardware.budget(flat(1.0), processes.ideal, bits=8)
    assert b["power"] == b["laser"] > 0
    # Shots alone: S = R P / (2 q B).
    wanted = 10 ** ((6.02 * 8 + 1.76) / 10) * 2 * constants.e * 5e9 / 1.25
    assert b["power on a detector"] == pytest.approx(wanted)


def test_a_whole_network_is_counted_part_by_part():
    layout, rngs = meshes.clements.layout(4), nnx.Rngs(0)
    optics = [
        nn.MZIMesh(layout, rngs=rngs),
        nn.ElectroOptic(tap=0.1),
        nn.SVDMesh(layout, rngs=rngs),
    ]
    model = nnx.Sequential(nn.Encode(4, method="pairs"), *optics, nn.Quadratures(2, both=True))
    b = hardware.budget(model, SILICON, rate=1e9)
    assert b["phase shifters"] == 16 + 16 + 4 + 16
    assert b["MACs in a sample"] == 2 * 16
    assert b["detectors"] == 2 * 4
    assert b["loss of taps"] == pytest.approx(-10 * np.log10(0.9))
    assert b["loss of modulators"] == pytest.approx(2 * 3.0)
    assert b["DACs"] == pytest.approx(8 * 3.57e-12 * 1e9)
    assert b["amplifiers"] == pytest.approx((4 + 4) * 3e-3)
    assert b["modulators"] == pytest.approx((4 + 4) * 450e-15 * 1e9)


def test_drives_of_other_cells():
    for kind in cell.KINDS:
        made = mesh(meshes.clements.layout(4), kind)
        (part,) = parts.parts(made)
        assert part.phases.size == kind.phase_shifters * 6 + 4
        assert (part.phases >= 0).all() and (part.phases < 2 * np.pi).all()


def test_free_space():
    grid = Grid(8, 8e-6)
    layers = [nn.Diffractive(grid, distance=1e-2, wavelength=532e-9) for _ in range(2)]
    model = nnx.Sequential(nn.Image(grid), *layers, nn.Regions(grid, 3))
    b = hardware.budget(model, processes.slm)
    assert b["loss of layers"] == pytest.approx(3 * 1.0)
    assert b["displays"] == pytest.approx(3 * 10.0)
    assert b["MACs in a sample"] == 64 * 3
    assert b["time of light"] == pytest.approx(2e-2 / constants.c)
    assert b["samples in a second"] == 60
    printed = hardware.budget(model, processes.glass, rate=1e3)
    assert "displays" not in printed and printed.get("displays") == 0


def test_a_module_of_ones_own():
    class Mine(nnx.Module):
        pass

    @parts.describe.register
    def _(module: Mine) -> Part:
        return Part("mine", modes=3, macs=9, columns=1, arms=1)

    assert hardware.budget(Mine(), SILICON)["MACs in a sample"] == 9


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: hardware.budget(flat(1.0), SILICON, bits=0), "`bits` must be an integer"),
        (lambda: hardware.budget(flat(1.0), SILICON, bits=16), "8.5 bits"),
        (lambda: hardware.budget_against_size(flat, [], SILICON), "`sizes` must hold at least one"),
        (lambda: hardware.budget(flat(1.0), SILICON, rate=1e12), "twice the bandwidth"),
        (lambda: hardware.budget(flat(1.0), SILICON, rate=-1.0), "`rate` must be positive"),
        (lambda: hardware.budget(flat(1.0), processes.slm), "`splitter_db` for the clements"),
        (lambda: hardware.budget(flat(1.0), [hardware.PhaseNoise(0.1)]), "a photonn.hardware.Pro"),
        (lambda: hardware.budget(nn.ModReLU(4), SILICON), "holds none"),
        (lambda: hardware.budget(flat(1.0), SILICON)["lasr"], "Did you mean `laser`"),
    ],
)
def test_mistakes_are_named(call, words):
    with pytest.raises(Exception) as caught:  # a list is refused at the door, by its type
        call()
    if not isinstance(caught.value, InputError):
        assert "Process" in str(caught.value)
    else:
        assert words in str(caught.value)
