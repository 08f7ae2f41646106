"""States on disk: what is saved comes back, what is damaged is never used."""

import errno
import json
import logging
import os
import resource
import shutil
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from photonn.durable import write_atomically
from photonn.errors import InputError, RunError
from photonn.train import manifest, sealed
from photonn.train.checkpoint import Checkpoints


def state(value):
    return {
        "weights": jnp.arange(6.0).reshape(2, 3) + value,
        "single": jnp.float32(value),
        "count": jnp.asarray(value, int),
        "field": jnp.full(2, value + 2j),
        "flags": (jnp.array([True, False]), jnp.ones((1, 1))),
        "key": jax.random.fold_in(jax.random.key(3), value),
    }


def equal(one, two):
    for a, b in zip(*map(jax.tree.leaves, (one, two)), strict=True):
        assert a.dtype == b.dtype
        if jnp.issubdtype(a.dtype, jax.dtypes.prng_key):
            a, b = jax.random.key_data(a), jax.random.key_data(b)
        np.testing.assert_array_equal(a, b)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Three steps, written once."""
    store = Checkpoints(tmp_path_factory.mktemp("store") / "checkpoints")
    for step in (1, 2, 3):
        store.save(step, state(step), {"epochs": [step], "text": "ü"})
    return store.folder


@pytest.fixture
def store(saved, tmp_path):
    """A copy to damage."""
    shutil.copytree(saved, tmp_path / "copy")
    return Checkpoints(tmp_path / "copy")


def test_everything_comes_back(store):
    restored = store.restore(state(0))
    assert (restored.step, restored.notes) == (3, {"epochs": [3], "text": "ü"})
    equal(restored.state, state(3))
    # The key is a key again: it draws what it would have drawn.
    draws = [jax.random.normal(s["key"], (4,)) for s in (restored.state, state(3))]
    np.testing.assert_array_equal(*draws)


def test_an_empty_folder_holds_nothing(tmp_path):
    assert Checkpoints(tmp_path / "none").restore(state(0)) is None
    assert not (tmp_path / "none").exists()


def test_only_the_last_few_are_kept(tmp_path):
    store = Checkpoints(tmp_path, keep=2)
    for step in (1, 2, 10):
        store.save(step, {"a": jnp.ones(2)}, {})
    assert store.steps() == [2, 10]
    assert names_in(tmp_path) == {"10", "10.json", "2", "2.json"}


def test_a_step_can_be_saved_again(tmp_path):
    store = Checkpoints(tmp_path)
    for value in (1.0, 2.0):
        store.save(5, {"a": jnp.full(2, value)}, {"value": value})
    restored = store.restore({"a": jnp.zeros(2)})
    assert restored.notes == {"value": 2.0}
    np.testing.assert_array_equal(restored.state["a"], 2.0)
    store.save(6, {"a": jnp.ones(2)}, {})
    assert names_in(tmp_path) == {"5.1", "5.json", "6", "6.json"}


def test_a_step_that_is_saved_again_in_vain_stays_what_it_was(store, monkeypatch):
    monkeypatch.setattr("photonn.train.sealed.write_atomically", refuse)
    with pytest.raises(RunError, match="could not be written"):
        store.save(3, state(9), {})
    restored = store.restore(state(0))
    assert restored.step == 3
    equal(restored.state, state(3))
    assert names_in(store.folder) == {f"{step}{end}" for step in "123" for end in ("", ".json")}


def refuse(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def names_in(folder):
    return {path.name for path in folder.iterdir()} - {".lock"}


def files_of(folder, step):
    return sorted(p for p in (folder / str(step)).rglob("*") if p.is_file() and p.stat().st_size)


def flip(path, at):
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("which", [0, 1, 2, -1])
@pytest.mark.parametrize("at", [0, -1])
def test_one_flipped_bit_anywhere_and_the_earlier_step_is_used(store, caplog, which, at):
    flip(files_of(store.folder, 3)[which], at)
    with caplog.at_level(logging.WARNING):
        restored = store.restore(state(0))
    assert restored.step == 2
    equal(restored.state, state(2))
    assert "Checkpoint 3 is damaged" in caplog.text
    assert "going back" in caplog.text


def test_every_file_of_a_step_is_guarded(store):
    for path in files_of(store.folder, 3):
        sound = path.read_bytes()
        flip(path, len(sound) // 2)
        assert store.restore(state(0)).step == 2, path
        path.write_bytes(sound)
    assert store.restore(state(0)).step == 3


def half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def other_notes(path):
    content = json.loads(path.read_text())
    content["notes"]["epochs"] = [99]
    path.write_text(json.dumps(content))


def forge(**changes):
    """A manifest that is sound in itself, and says something else."""

    def damage(path):
        sealed.write(path, sealed.read(path) | changes)

    return damage


def not_orbax(path):
    """A folder of something else, with a sound manifest."""
    folder = path.with_suffix("")
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "array.bin").write_bytes(b"1234")
    manifest.write(path.parent, 3, "3", {})


@pytest.mark.parametrize(
    "damage",
    [
        half,
        other_notes,
        lambda path: path.write_text(""),
        lambda path: path.write_text("[]"),
        lambda path: path.write_text("{}"),
        lambda path: path.write_bytes(b"\xff\xfe"),
        lambda path: flip(path, 40),
        lambda path: shutil.rmtree(path.with_suffix("")),
        lambda path: files_of(path.parent, 3)[0].unlink(),
        lambda path: (path.parent / "3" / "new").write_text("more"),
        lambda path: path.write_text("[" * 100_000),
        lambda path: path.write_text('{"body": ' + "9" * 5000 + "}"),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: shutil.copy(path.with_name("2.json"), path),
        forge(files={}),
        forge(files=[]),
        forge(files={"../3/_METADATA": "0" * 64}),
        forge(folder="../2"),
        forge(folder=2),
        forge(notes=None),
        forge(step="3"),
        not_orbax,
    ],
    ids=[
        *("half", "notes", "empty", "list", "object", "bytes", "flip", "folder", "file", "added"),
        *("deep", "digits", "directory", "copied", "no-files", "file-list", "outside"),
        *("other-folder", "number", "no-notes", "step", "not-orbax"),
    ],
)
def test_a_damaged_manifest_or_a_missing_file_is_noticed(store, caplog, damage):
    damage(store.folder / "3.json")
    with caplog.at_level(logging.WARNING):
        restored = store.restore(state(0))
    assert (restored.step, restored.notes["epochs"]) == (2, [2])
    assert "Checkpoint 3 is damaged" in caplog.text


def test_manifests_with_odd_names_are_none(store):
    for name in ("007", "²", "4x", "-4", "9" * 200, "4.1"):
        shutil.copy(store.folder / "3.json", store.folder / f"{name}.json")
    assert store.steps() == [1, 2, 3]
    assert store.restore(state(0)).step == 3


def test_damaged_checkpoints_do_not_push_out_a_sound_one(store):
    for step in (2, 3):
        half(store.folder / f"{step}.json")
    assert store.restore(state(0)).step == 1
    store.keep = 2
    store.save(2, state(2), {})
    assert store.steps() == [1, 2]
    half(store.folder / "2.json")
    assert store.restore(state(0)).step == 1


def test_files_of_others_stay_where_they_are(store):
    (store.folder / "notes.txt").write_text("mine")
    (store.folder / "old.json").write_text("{}")
    store.save(4, state(4), {})
    assert names_in(store.folder) >= {"notes.txt", "old.json"}


def test_notes_come_back_as_json_has_them(tmp_path):
    store = Checkpoints(tmp_path)
    store.save(0, {"a": jnp.ones(1)}, {"nan": float("nan"), "by": {2: 1, 10: 2}, "pair": (1, 2)})
    notes = store.restore({"a": jnp.ones(1)}).notes
    assert np.isnan(notes.pop("nan"))
    assert notes == {"by": {"2": 1, "10": 2}, "pair": [1, 2]}


@pytest.mark.parametrize("room", [0, 10, 200, 700])
def test_a_full_disk_ends_the_run_and_leaves_what_was_there(store, room):
    """The kernel refuses to write further than `room` bytes into any file."""
    before = names_in(store.folder)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        with pytest.raises(RunError, match=r"step 4 could not be written.*run again to go on"):
            store.save(4, state(4), {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert names_in(store.folder) == before
    equal(store.restore(state(0)).state, state(3))
    store.save(4, state(4), {})
    assert store.restore(state(0)).step == 4


def test_two_processes_cannot_save_into_one_folder(store):
    code = (
        "import sys, filelock; lock = filelock.FileLock(sys.argv[1])\n"
        "lock.acquire(); print('mine', flush=True); input()"
    )
    command = [sys.executable, "-c", code, str(store.folder / ".lock")]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "mine\n"
        for attempt in (lambda: store.restore(state(0)), lambda: store.save(4, state(4), {})):
            with pytest.raises(InputError, match="another process fits"):
                attempt()
    finally:
        other.kill()
        other.communicate()
    assert store.restore(state(0)).step == 3  # the kernel took the lock from who was killed


def test_if_none_is_sound_the_run_ends_and_says_so(store):
    for step in (1, 2, 3):
        half(store.folder / f"{step}.json")
    with pytest.raises(RunError, match=r"None of the checkpoints \[1, 2, 3\].*Remove the folder"):
        store.restore(state(0))


def test_a_checkpoint_of_another_model_is_refused(store):
    like = state(0) | {"weights": jnp.zeros((4, 3))}
    with pytest.raises(RunError, match=r"another model.*weights.*\[2, 3\].*\[4, 3\]"):
        store.restore(like)
    with pytest.raises(RunError, match="another model"):
        store.restore({"weights": jnp.zeros((2, 3))})


def test_what_a_killed_save_left_behind_is_ignored_and_removed(store):
    (store.folder / "4.orbax-checkpoint-tmp-12").mkdir()
    (store.folder / "4.orbax-checkpoint-tmp-12" / "half").write_text("x")
    shutil.copytree(store.folder / "3", store.folder / "5")  # whole, but never vouched for
    (store.folder / ".6.json.part").write_text("{")
    assert store.steps() == [1, 2, 3]
    assert store.restore(state(0)).step == 3
    store.save(4, state(4), {})
    assert names_in(store.folder) == {"2", "2.json", "3", "3.json", "4", "4.json"}


def test_a_folder_that_cannot_be_written_ends_the_run(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RunError, match=r"file/checkpoints cannot be written: .*Choose another one"):
        Checkpoints(tmp_path / "file" / "checkpoints").save(1, {"a": jnp.ones(2)}, {})


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    write_atomically(path, "old")
    with pytest.raises(TypeError):
        write_atomically(path, 3)
    assert path.read_text() == "old"
    write_atomically(path, "new")
    assert path.read_text() == "new"
