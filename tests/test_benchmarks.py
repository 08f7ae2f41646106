"""The side-by-side, without its peers: the worker of photonn here, tables of made-up numbers."""

import sys
from pathlib import Path

import jax
import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture(scope="module", autouse=True)
def on_path():
    """The files of the benchmark import each other by name, as a script's do."""
    before, loaded = list(sys.path), set(sys.modules)
    sys.path.insert(0, str(BENCHMARKS))
    yield
    sys.path[:] = before
    for name in set(sys.modules) - loaded:
        if Path(getattr(sys.modules[name], "__file__", None) or "/").parent == BENCHMARKS:
            del sys.modules[name]


@pytest.fixture(scope="module")
def worker(on_path):
    import serve

    path = list(sys.path)
    worker = serve.Worker("photonn")
    sys.path[:] = path
    return worker


def step(modes, depth, **made_up):
    size = {"modes": modes, "batch": 2}
    if depth:
        size["depth"] = depth
    return {"task": "mesh_step", "size": size, **made_up}


def record(table, worker, method, modes, seconds, depth=None):
    made_up = {"table": table, "worker": worker, "method": method, "first_s": 1.0, "error": 1e-7}
    notes = {"temp_bytes": 1e6 * modes} if worker == "photonn" else {}
    times = {"median_s": seconds, "min_s": seconds / 2, "notes": notes, "rise_bytes": 1e6 * modes}
    return step(modes, depth, **made_up, **times)


def results():
    records = [
        {**record("growth", "torch", "sum", 64, 0.0), "failure": "the process ended"},
    ]
    for modes in (4, 8, 16):
        for table in ("step", "growth", "unitary", "decompose"):
            method = "auto" if table in ("step", "growth") else None
            records.append(record(table, "photonn", method, modes, 1e-6 * modes**2))
            records.append(record(table, "torch", "sum", modes, 4e-6 * modes**2))
            records.append(record(table, "neurophox", "torch", modes, 9e-6 * modes**2))
    wider = {"size": {"modes": 8, "batch": 4}}
    records.append(record("growth", "photonn", "auto", 8, 1e-3) | wider)
    for depth in (8, 16):
        records.append(record("memory", "photonn", "auto", 8, 1e-3, depth))
        records.append(record("growth", "photonn", "auto", 8, 1e-3, depth))
    return {
        "machine": {"processor": "one", "cores": 2, "threads": 2},
        "versions": {"photonn": {"python": "3.12.1", "jax": "0.12"}},
        "failures": {"perceval": "does not install"},
        "complete": False,
        "minutes": 12.3,
        "records": records,
    }


@pytest.mark.parametrize(("method", "depth"), [("auto", None), ("columns", 3), ("reversible", 9)])
def test_photonn_steps_as_the_reference(worker, method, depth):
    size = {"modes": 5, "batch": 3} | ({"depth": depth} if depth else {})
    request = {"do": "prepare", "task": "mesh_step", "size": size, "method": method}
    prepared = worker.answer(request)
    assert prepared["notes"]["temp_bytes"] >= 0
    # Single precision, a few columns.
    assert worker.answer({"do": "check", "method": method})["error"] < 1e-5
    assert worker.answer({"do": "time", "seconds": 0.0, "method": method})["seconds"]


@pytest.mark.parametrize("name", ["mesh_unitary", "mesh_decompose"])
def test_photonn_makes_unitaries_as_asked(worker, name):
    worker.answer({"do": "prepare", "task": name, "size": {"modes": 4}})
    assert worker.answer({"do": "check"})["error"] < 1e-12


def test_reference_gradient_is_the_slope_of_the_loss(on_path):
    import task

    modes, batch, depth = 4, 3, 5
    phases, start = task.phases(modes, depth), task.field(modes, batch).T
    ends = np.cumsum([len(p) for p in phases])[:-1]

    def loss(flat):
        mesh = task._Mesh(modes, depth, np.split(flat, ends))
        out = mesh.forward(start.astype(complex))
        return np.sum(np.abs(out - task.target(modes, batch).T) ** 2) / batch

    flat = np.concatenate(phases)
    moves = 1e-6 * np.eye(len(flat))
    slopes = [(loss(flat + m) - loss(flat - m)) / 2e-6 for m in moves]
    np.testing.assert_allclose(task.gradient(modes, batch, depth), slopes, atol=1e-8)


def test_page_tells_ratio_exponent_and_failures(on_path):
    import tables

    page = tables.mesh(results())
    assert "| best peer / photonn | 4.0 | 4.0 | 4.0 |" in page
    assert "Geometric mean of 3 sizes: **4.0** by medians" in page
    assert "| photonn auto | 0.0160 | 0.0640 | 0.256 | - | 2.00 |" in page
    assert "12 minutes, stopped early." in page
    assert "perceval: does not install" in page
    assert "torch sum, growth, modes 64, batch 2: the process ended" in page


def test_figure_has_every_panel(on_path):
    import figures

    figure = figures.mesh(results())
    assert len(figure.axes) == 6
    assert all(axes.get_title(loc="left") for axes in figure.axes)


def in_free_space():
    """Every table of a page on free space, with peers that take three times as long."""
    found, size = [], {"pixels": 8, "batch": 2, "pad": True}
    for table in ("step", "periodic", "propagation", "growth", "memory"):
        pad = {"pad": False} if table == "periodic" else {}
        for name, method, seconds in (
            ("photonn", "auto", 1e-3),
            ("photonn", "dense_fresnel", 5e-4),
            ("torch", None, 3e-3),
        ):
            for pixels in (8, 16):
                own = size | pad | {"pixels": pixels}
                if table == "propagation":
                    own = {"pixels": pixels}
                made_up = record(table, name, method, pixels, seconds * pixels**2)
                found.append(made_up | {"size": own})
    return results() | {"records": found}


def test_free_space_has_a_page_and_a_figure(on_path):
    import free_space_figure
    import free_space_tables

    page = free_space_tables.page(in_free_space())
    assert "| best peer / photonn | 3.0 | 3.0 |" in page
    assert "| best peer / photonn dense_fresnel | 6.0 | 6.0 |" in page
    assert len(free_space_figure.draw(in_free_space()).axes) == 6


@pytest.mark.parametrize("method", ["auto", "layer", "dense_fresnel"])
def test_photonn_diffracts_as_the_reference(worker, method):
    # From 40 pixels on, photonn too finds twice the window enough.
    size = {"pixels": 48, "batch": 2}
    request = {"do": "prepare", "task": "diffractive_step", "size": size, "method": method}
    assert worker.answer(request)["notes"]["temp_bytes"] >= 0
    assert worker.answer({"do": "check", "method": method})["error"] < 1e-5


def test_reference_of_a_diffractive_step_is_the_slope_of_the_loss(on_path, monkeypatch):
    import diffraction

    start, way = diffraction.phases(4).astype(float), 1e-6
    _, slopes = diffraction.step(4, 2, True)
    moved = []
    for sign in (1, -1):
        diffraction.step.cache_clear()
        changed = start + sign * way * slopes / np.linalg.norm(slopes)
        monkeypatch.setattr(diffraction, "phases", lambda _, changed=changed: changed)
        moved.append(diffraction.step(4, 2, True)[0])
    diffraction.step.cache_clear()
    slope = (moved[0] - moved[1]) / (2 * way)
    np.testing.assert_allclose(slope, np.linalg.norm(slopes), rtol=1e-6)


@pytest.mark.parametrize("name", ["mesh", "free_space"])
@pytest.mark.parametrize("plan", ["FULL", "QUICK"])
def test_every_worker_can_do_what_is_planned(on_path, name, plan):
    import importlib

    import environments

    run = importlib.import_module(name)
    for piece in run.pieces(getattr(run, plan)):
        assert piece.table in run.TABLES
        for entrant in piece.entrants:
            assert entrant.worker in environments.ENVIRONMENTS
            source = (BENCHMARKS / "workers" / f"{entrant.worker}.py").read_text()
            assert f"def {piece.task}(" in source


def test_slow_peers_are_left_out_and_photonn_is_not(on_path):
    import session

    before = [record("unitary", w, None, 16, 1.0) for w in ("photonn", "torch")]
    before = [r | {"task": "mesh_unitary"} for r in before]
    entrants = tuple(session.Entrant(w) for w in ("photonn", "torch"))
    kept, left_out = session.hopeful(
        session.Piece("unitary", "mesh_unitary", {"modes": 64}, entrants, power=4), before
    )
    assert [e.worker for e in kept] == ["photonn"]
    assert [r["worker"] for r in left_out] == ["torch"]


def test_what_fails_is_an_answer(on_path):
    import serve

    assert serve.describe(ValueError("no\nmore")) == "ValueError: no"
    assert jax.config.jax_enable_x64


class Workers:
    """Two workers, made up: one errs."""

    def __init__(self):
        self.asked = []

    def ask(self, worker, do, **request):
        self.asked.append((worker, do))
        error = 0.5 if worker == "wrong" else 1e-7
        answers = {"prepare": {"first_s": 0.1, "notes": {}}, "check": {"error": error}}
        return answers.get(do, {"seconds": [0.1, 0.2, 0.4]})

    def forget(self):
        pass


def test_workers_take_turns_and_what_is_wrong_is_not_timed(on_path):
    import race

    workers, entrants = Workers(), [race.Entrant(n) for n in ("first", "wrong", "second")]
    records = race.run(workers, "mesh_step", {}, entrants, race.Race(rounds=2, rest=0.0))
    assert [w for w, do in workers.asked if do == "time"] == ["first", "second"] * 2
    assert [r.get("median_s") for r in records] == [0.2, None, 0.2]
    assert records[1]["failure"] == "is wrong: error 0.5"
