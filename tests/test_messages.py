"""What a user reads who makes a mistake: with ordinary settings, not those of the tests.

With shapes and types checked at every door, as the other tests do, some of these calls
would be stopped before photonn can say what is wrong.
"""

import json

import pytest

from tests import beginners, oracles
from tests.free_space import mistakes

CASES = {
    "__import__('photonn').photons.permanent(np.ones((2, 3)))": ["`matrix`", "square", "(2, 3)"],
    "clements.decompose(np.ones((2, 3)))": ["`unitary`", "square", "(2, 3)"],
    "reck.decompose(np.ones((3, 3, 2)))": ["`unitary`", "square", "(3, 3, 2)"],
    "meshes.unitary(np.zeros(3), np.zeros(6), np.zeros(4), clements.layout(4))": [
        "`theta`",
        "(..., cells=6)",
        "(3,)",
    ],
    "meshes.unitary(np.zeros(6), np.zeros(6), np.zeros(3), clements.layout(4))": [
        "`gamma`",
        "(..., modes=4)",
    ],
    "meshes.matrix(np.zeros((5, 2, 2), complex), clements.layout(4))": [
        "`cells`",
        "(..., 6, 2, 2)",
    ],
    "Layout('4', [])": ["`modes`", "integer of at least 2", "'4'"],
    "Layout(True, [])": ["`modes`", "True"],
    "Layout(4, [[('a', 'b')]])": ["Column 0", "pairs of mode numbers"],
    "clements.layout(4) and clements.layout(4.0)": ["`modes`", "integer", "4.0"],
    "butterfly.layout(8.0)": ["`modes`", "integer", "8.0"],
    "redundant.layout(4, 1.5)": ["`extra`", "integer", "1.5"],
    "permuting.layout(8, 2.0)": ["`blocks`", "integer", "2.0"],
    "tree.layout('8')": ["`modes`", "integer", "'8'"],
    "tree.decompose(3.0)": ["`vector`", "two entries or more", "()"],
    "phase_masks.propagate(np.ones(3), np.zeros((2, 4)), np.eye(3))": ["`phases`", "modes=3"],
    "phase_masks.propagate(np.ones(3), np.zeros((2, 3)), np.eye(4))": [
        "`mixer`",
        "(3, 3)",
        "(4, 4)",
    ],
    "clements.layout(4).count(2.5)": ["`phase_shifters`", "integer", "2.5"],
    "Grid((4, 4, 4), 1e-6)": ["`shape`", "a pair (y, x)", "(4, 4, 4)"],
    "Grid(4.5, 1e-6)": ["`shape`", "integer", "4.5"],
    "Grid(4, '8 um')": ["`pitch`", "number", "'8 um'"],
    "masks.modulate_phase(np.ones((3, 4, 5)), np.zeros((5, 4)))": [
        "`field`",
        "(..., 5, 4)",
        "grid",
    ],
    "masks.modulate(np.ones((3, 4, 5)), np.zeros((5, 4)))": ["`field`", "(..., 5, 4)", "grid"],
    "free_space.four_f.image(np.ones((4, 4)), np.ones((3, 4)))": ["`filter`", "4 x 4", "(3, 4)"],
    "free_space.materials.BK7.index(532)": ["`wavelength`", "BK7", "is 532", "as a number"],
    "free_space.Tolerances(shift=-1e-6)": ["`shift`", "zero or more", "[m]", "-1e-06"],
    "free_space.levels.round_phase(0.3, 1)": ["`levels`", "at least 2", "2 bits are 4 levels"],
    "nn.Diffractive(Grid(4, 1e-6), distance=1.0, wavelength=1e-6, mode='heights')": [
        "`mode`",
        "Did you mean `height`?",
    ],
    "nn.Diffractive(Grid(4, 1e-6), distance=1.0, wavelength=1e-6, mode='height', material=1.0)": [
        "`index`",
        "is 1.0 too",
        "material",
    ],
    "photodetector.detect_regions(np.ones((5, 4), complex), np.ones((1, 4, 4)))": [
        "`field`",
        "(..., 4, 4)",
        "regions",
    ],
    "nn.Encode(4, method='phases')": [
        "`method`",
        "amplitude, pairs, phase",
        "Did you mean `phase`?",
    ],
    "nn.Regions(Grid(20, 8e-6), 2, mode='difference')": [
        "`mode`",
        "differential, fraction",
        "Did you mean `differential`?",
    ],
    "nn.Regions(Grid(4, 8e-6), 10)": ["`grid`", "4 x 3 detectors", "more pixels"],
    "train.fit(nn.Encode(2), *[data.Dataset(np.ones((3, 2)), np.ones(3, int))] * 2, "
    "optax.adam(1.0), epochs=2.5, batch=2)": ["`epochs`", "integer", "2.5"],
    "cell.MZI.transfer_matrix(1j, 0.0)": ["`theta`", "real [rad]", "complex"],
    "meshes.unitary(np.ones(6), 1j * np.ones(6), np.ones(4), clements.layout(4))": [
        "`phi`",
        "real [rad]",
        "complex128",
    ],
    "meshes.unitary(np.ones(6), np.ones(6), 1j * np.ones(4), clements.layout(4))": [
        "`gamma`",
        "real",
        "complex128",
    ],
    "phase_masks.matrix(1j * np.ones((2, 3)), np.eye(3))": ["`phases`", "real", "complex"],
    "conventions.from_cells(np.eye(2)[None], clements.layout(2), gamma=1j)": ["`gamma`", "real"],
    "nn.MZIMesh(clements.layout(2), dispersion=waveguide.Dispersion(1e-6, 2.0, 4.0), "
    "rngs=nnx.Rngs(0))(np.ones(2), wavelength=1e-6 + 0j)": ["`wavelength`", "real [m]"],
    "waveguide.phase_at(1.0, 1j, waveguide.Dispersion(1e-6, 2.0, 4.0))": ["`wavelength`", "real"],
    "mzi.transfer_matrix(np.ones(3), np.ones(4))": ["`theta` (3,)", "`phi` (4,)"],
    "mzi.transfer_matrix(np.ones(3), 0.0, split_in=np.ones(4))": ["`theta` (3,)", "`split` (4,)"],
    "mzi.transfer_matrix(0.0, 0.0, split_in=np.ones(4), split_out=np.ones(3))": [
        "`split_in` (4,)",
        "`split_out` (3,)",
    ],
    "conventions.from_clements(np.ones(5), np.ones(6), 0.0, clements.layout(4))": [
        "`theta` (5,)",
        "`phi` (6,)",
    ],
    "phase_masks.propagate(np.ones(3), np.ones(3), np.eye(3))": ["`phases`", "masks, modes)"],
    "phase_masks.matrix(np.ones(3), np.eye(3))": ["`phases`", "masks, modes"],
    "phase_masks.propagate(1.0, np.ones((2, 3)), np.eye(3))": ["`field`", "(..., modes)"],
    "phase_masks.propagate(np.ones((4, 3)), np.ones((5, 2, 3)), np.eye(3))": [
        "`field` (4, 3)",
        "`mask` (5, 3)",
    ],
    "nn.MZIMesh(clements.layout(2), rngs=nnx.Rngs(0)).trace(np.ones((3, 2)))": [
        "`field`",
        "no leading axes",
        "(3,)",
    ],
    "coupler.transfer_matrix(0.3, loss_db=-1)": ["`loss_db`", "zero or more", "[dB]", "-1"],
    "nn.MZIMesh(clements.layout(4), cell='mzi', rngs=None)": ["`cell`", "'mzi'", "cell.MZI"],
    "packages.from_strawberry_fields(([], [], None), 'rectangle')": ["`name`", "Did you mean"],
    "packages.from_strawberry_fields(([], np.ones(3), None), 'triangular')": ["at least one"],
    "packages.from_strawberry_fields(([[2, 3, 0.1, 0.2, 3]], np.ones(3), None), 'rectangular')": [
        "`decomposition`",
        "modes 0 to 2",
        "[2, 3, 0.1, 0.2, 3]",
    ],
    "packages.from_neurophox(0.5, np.ones((3, 1)), np.ones(3))": ["`theta`", "(layers, 1)", "()"],
    "packages.from_perceval([0.0] * 5, 3)": ["`parameters`", "6 numbers, or 3 more", "holds 5"],
    "packages.from_neurophox(np.ones((3, 2)), np.ones((3, 2)), np.ones(3))": [
        "`theta`",
        "(layers, 1)",
        "(3, 2)",
        "rectangular",
    ],
    "train.ridge.solve(np.ones((3, 2)), np.ones((4, 1)))": ["`targets`", "(4, 1)", "(3, 2)"],
    "nn.Reservoir(6, kind='sin', rngs=nnx.Rngs(0))": ["`kind`", "Did you mean `sine`?"],
    "fibre.propagate(1.0, fibre.SMF28, length=1.0, interval=1e-12)": ["`field`", "two or more"],
    "fibre.propagate(np.ones(8), fibre.SMF28, length=-1.0, interval=1e-12)": ["`length`", "[m]"],
    "hardware.PhaseNoise('0.02')": ["`sigma`", "zero or more", "[rad]", "is '0.02'"],
    "hardware.PhaseNoise(-0.02)": ["`sigma`", "zero or more", "[rad]", "-0.02"],
}
CASES |= mistakes.CASES | beginners.CASES

PROGRAM = f"""
import json
import jax
import numpy as np
import optax
from flax import nnx
from photonn import data, free_space, hardware, meshes, nn, train
from photonn.devices import carrier_ring, cell, coupler, fibre, heater, mzi, photodetector
from photonn.devices import photon_counter, waveguide, weight_bank
from photonn.devices.receiver import Receiver
from photonn.errors import InputError
from photonn import free_space as fs
from photonn.free_space import Grid, Perturbation, Tolerances, masks, sampling_report
from photonn.meshes import Layout, butterfly, clements, conventions, packages, permuting
from photonn.meshes import phase_masks, reck, redundant, tree

def message(case):
    try:
        eval(case)
    except InputError as error:
        return str(error)
    except Exception as error:
        return f"not an InputError: {{error!r}}"
    return "no error"

print(json.dumps({{case: message(case) for case in {list(CASES)!r}}}))
"""


@pytest.fixture(scope="module")
def messages():
    done = oracles.python("-c", PROGRAM)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_named_with_what_it_must_be_and_what_it_is(case, messages):
    assert not [word for word in CASES[case] if word not in messages[case]], messages[case]


def test_rooms_are_loaded_on_first_use():
    code = (
        "import sys, photonn\n"
        "assert 'jax' not in sys.modules\n"
        "assert {'nn', 'train', 'meshes'} <= set(dir(photonn)) and photonn.__version__\n"
        "nn = photonn.nn\n"
        "assert 'jax' not in sys.modules, 'a room was loaded before its use'\n"
        "nn.Encode(2)\n"
        "assert 'jax' in sys.modules and photonn.nn is nn\n"
        "try: photonn.rooms\n"
        "except AttributeError as error: assert \"'rooms'\" in str(error)\n"
        "else: raise SystemExit('no error')\n"
    )
    done = oracles.python("-c", code)
    assert done.returncode == 0, done.stderr
