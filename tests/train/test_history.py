"""What is left of a fit in files."""

import json
import sys

import pytest

from photonn.errors import InputError
from photonn.train.history import Log, tracked

ROW = {"epoch": 1, "step": 7, "loss": 0.5, "validation_loss": 0.25, "seconds": 0.1, "rate": 9.0}


def test_metrics_are_lines_of_json(tmp_path):
    Log(tmp_path, [ROW], track=False).add(ROW | {"epoch": 2})
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [ROW, ROW | {"epoch": 2}]
    Log(tmp_path, [], track=False)  # what stands behind the checkpoint is run again
    assert (tmp_path / "metrics.jsonl").read_text() == ""


def test_scalars_for_tensorboard_hold_the_same_numbers(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = Log(tmp_path, [], track=True)
    log.add(ROW)
    log.add(ROW | {"epoch": 2, "loss": 0.125})
    log.add(ROW | {"seed": 3})
    found = EventAccumulator(str(tmp_path / "tensorboard"))
    found.Reload()
    values = [(event.step, event.tensor_proto.float_val[0]) for event in found.Tensors("loss")]
    assert values == [(1, 0.5), (2, 0.125)]
    assert found.Tensors("seed 3/rate")[0].tensor_proto.float_val[0] == 9.0
    assert not {"epoch", "step", "seed"} & set(found.Tags()["tensors"])


def test_what_is_run_again_stands_once_on_tensorboard(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    killed = Log(tmp_path, [], track=True)
    for epoch in (1, 2, 3):
        killed.add(ROW | {"epoch": epoch})
    rows = [ROW, ROW | {"epoch": 2}]  # of the checkpoint
    Log(tmp_path, rows, track=True).add(ROW | {"epoch": 3, "loss": 0.25})
    found = EventAccumulator(str(tmp_path / "tensorboard"))
    found.Reload()
    values = [(event.step, event.tensor_proto.float_val[0]) for event in found.Tensors("loss")]
    assert values == [(1, 0.5), (2, 0.5), (3, 0.25)]


def test_the_scalars_of_a_point_stand_under_its_numbers(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    Log(tmp_path, [], track=True).add(ROW | {"seed": 3, "point": {"rate": 0.1}})
    found = EventAccumulator(str(tmp_path / "tensorboard"))
    found.Reload()
    tags = found.Tags()["tensors"]
    assert "seed 3 rate 0.1/loss" in tags and len(tags) == 4


def test_tensorboard_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboard.summary", None)
    with pytest.raises(InputError, match=r"pip install 'photonn\[track\]'"):
        Log(tmp_path, [], track=True)
    with pytest.raises(InputError, match=r"photonn\[track\]"), tracked():
        pass


def test_within_tracked_every_log_with_a_folder_writes_for_tensorboard(tmp_path):
    pytest.importorskip("tensorboard")
    with tracked():
        Log(tmp_path / "fit", [], track=False).add(ROW)
        Log(None, [], track=False).add(ROW)  # as the baselines, which leave no files
    Log(tmp_path / "after", [], track=False).add(ROW)
    assert [path.parts[-3] for path in tmp_path.glob("*/tensorboard/events.*")] == ["fit"]
