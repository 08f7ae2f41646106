"""Processes: every number has a source, a unit and a range; a process is its error sources."""

import jax
import numpy as np
import pytest
from flax import nnx

from photonn import hardware, meshes, nn
from photonn.errors import InputError
from photonn.hardware import Process, Value, processes
from photonn.hardware.process import QUANTITIES

CHIPS = ["silicon_thermo_optic", "silicon_thermo_optic_undercut", "silicon_carrier", "mems", "pcm"]
CHIPS += ["silicon_nitride", "lithium_niobate", "bto"]
PROMISED = [*CHIPS, "slm", "dmd", "printed_terahertz", "glass", "ideal"]


def test_all_promised_processes_are_there():
    assert processes.names() == sorted(PROMISED)
    assert [processes.find(name).name for name in PROMISED] == PROMISED


@pytest.mark.parametrize("name", PROMISED)
def test_every_value_names_its_source(name):
    process = processes.find(name)
    for row in process.rows():
        assert row["source"].strip(), row
        assert row["low"] <= row["typical"] <= row["high"]
        assert row["unit"] == QUANTITIES[row["quantity"]][0]
        assert row["url"] == "" or row["url"].startswith("https://")
    assert set(process.unconfirmed) <= set(process.values)
    assert process.summary.endswith(".") and name in repr(process)


def test_a_process_is_a_sequence_of_its_error_sources():
    process = processes.silicon_thermo_optic
    kinds = [type(source).__name__ for source in process]
    wanted = "SplitterError WaferVariation Quantization ThermalCrosstalk PhaseNoise ComponentLoss"
    assert kinds == wanted.split()
    assert len(process) == 6 and process[0] == hardware.SplitterError(0.01)
    assert process[2].curve == "voltage" and processes.pcm[2].bits == 5
    mesh = nn.MZIMesh(meshes.clements.layout(4), rngs=nnx.Rngs(0))
    chip = nnx.jit(lambda m: hardware.fabricate(m, process, jax.random.key(0)))(mesh)
    assert (chip.split[...] != 0).all() and (chip.arm_loss[...] > 0).all()
    # A shifter of 0.01 dB and half of a cell of 120 um at 150 dB/m.
    assert process.arm_db == pytest.approx(0.01 + 60e-6 * 150)


def test_the_ideal_process_changes_nothing():
    assert list(processes.ideal) == []
    assert processes.ideal.arm_db == 0


def test_layers_get_their_tolerances():
    (errors,) = processes.glass
    assert errors.tolerances.height == 15e-9
    assert errors.tolerances.phase is None


def test_own_numbers_and_corners():
    process = processes.silicon_thermo_optic
    own = process.replaced(pi_power=1e-3, splitter_sigma=0.0)
    assert own.get("pi_power") == 1e-3
    assert own.values["pi_power"].source == "set by the user"
    assert len(own) == len(process) - 1
    best, worst = process.corner("best"), process.corner("worst")
    assert (best.get("splitter_sigma"), worst.get("splitter_sigma")) == (0.005, 0.02)
    assert (best.get("responsivity"), worst.get("responsivity")) == (1.1, 1.0)
    assert worst.get("wavelength") == process.get("wavelength")
    mesh = nn.MZIMesh(meshes.clements.layout(4), rngs=nnx.Rngs(0))
    costs = [hardware.budget(mesh, p, bits=6)["power"] for p in (best, process, worst)]
    assert costs == sorted(costs) and costs[0] < costs[2]


def test_mistakes_are_named():
    with pytest.raises(InputError, match="Did you mean `silicon_thermo_optic`") as caught:
        processes.silicon_thermo_optics  # noqa: B018
    assert all(name in str(caught.value) for name in PROMISED)
    assert not hasattr(processes, "tin")
    with pytest.raises(InputError, match="`process` must be one of bto, dmd"):
        processes.find("tin")
    with pytest.raises(InputError, match="Did you mean `pi_power`"):
        processes.mems.replaced(pi_powr=1e-3)
    with pytest.raises(InputError, match="zero or more"):
        processes.mems.replaced(pi_power=-1e-3)
    for bits in (0, 0.4, 2.6):
        with pytest.raises(InputError, match="`phase_bits` must be an integer of at least 1"):
            processes.mems.replaced(phase_bits=bits)
    with pytest.raises(InputError, match="`laser_efficiency` must be positive"):
        processes.mems.replaced(laser_efficiency=0.0)
    with pytest.raises(InputError, match="rise from low over typical to high"):
        Value(2.0, 3.0, 4.0, "here")
    with pytest.raises(InputError, match="splitter_db"):
        Process("mine", "Mine.", {"splitter_bd": Value(1.0, 1.0, 1.0, "here")})


def test_dispersion_is_that_of_the_values():
    dispersion = processes.silicon_thermo_optic.dispersion
    assert (dispersion.index, dispersion.group_index, dispersion.split_slope) == (2.4, 4.2, 3e6)
    assert processes.glass.dispersion is None
    np.testing.assert_equal(processes.mems.plan.mode, 90e-6)
