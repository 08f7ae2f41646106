"""Published sets: their loaders on made files, and the ones that are always there."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photonn.data import (
    cifar10,
    digits,
    fashion_mnist,
    folders,
    hold_out,
    microscopy,
    mnist,
    santa_fe,
    vowels,
)
from photonn.data.dataset import Dataset
from photonn.errors import InputError, RunError
from tests.data.archive_files import tar
from tests.data.made_sources import idx_files, instead


@pytest.fixture(autouse=True)
def nowhere_else(tmp_path, monkeypatch):
    monkeypatch.delenv(folders.VARIABLE, raising=False)
    monkeypatch.setattr(folders.platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "no")
    monkeypatch.setattr(folders, "SYSTEM", ())


def put(folder, files):
    for name, content in files.items():
        (folder / name).write_bytes(content)


@pytest.mark.parametrize("module", [mnist, fashion_mnist])
def test_mnist_and_fashion_mnist(module, tmp_path, monkeypatch):
    files = idx_files(mnist.NAMES, np.random.default_rng(0))
    monkeypatch.setattr(module, "SOURCE", instead(module.SOURCE, files))
    put(tmp_path, files)
    parts = module.load(root=tmp_path, seed=1, validation=1 / 3)
    assert [part.inputs.shape for part in parts] == [(40, 4, 3), (20, 4, 3), (20, 4, 3)]
    assert {(p.inputs.dtype.name, p.labels.dtype.name) for p in parts} == {("float32", "int32")}
    images, labels = mnist.NAMES[1]
    pixels = np.frombuffer(files[images][16:], np.uint8).reshape(20, 4, 3)
    np.testing.assert_allclose(parts.test.inputs, pixels / 255, rtol=1e-6)
    assert parts.test.labels.tolist() == list(files[labels][8:])
    both = np.concatenate([part.inputs for part in parts[:2]])
    pixels = np.frombuffer(files[mnist.NAMES[0][0]][16:], np.uint8).reshape(60, -1)
    assert sorted(both.reshape(60, -1).tolist()) == sorted((pixels / np.float32(255)).tolist())
    with pytest.raises(RunError, match="not there"):
        module.load()


def test_parts_that_do_not_go_together_are_refused():
    files = idx_files(mnist.NAMES, np.random.default_rng(0))
    with pytest.raises(RunError, match="do not go together"):
        mnist.images_of(files, mnist.NAMES[0][0], mnist.NAMES[1][1])


def records(rng, count=20):
    made = rng.integers(0, 256, (count, cifar10.RECORD), dtype=np.uint8)
    made[:, 0] = np.arange(count) % 10
    return made


@pytest.mark.parametrize("archive", [True, False])
def test_cifar10_in_a_made_archive(archive, tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    made = {file.name: records(rng) for file in cifar10.SOURCE.files}
    files = {name: part.tobytes() for name, part in made.items()}
    monkeypatch.setattr(cifar10, "SOURCE", instead(cifar10.SOURCE, files))
    if archive:
        members = [(f"cifar-10-batches-bin/{name}", content) for name, content in files.items()]
        put(
            tmp_path,
            {"cifar-10-binary.tar.gz": tar([("cifar-10-batches-bin/readme", b""), *members])},
        )
    else:
        put(tmp_path, files)
    parts = cifar10.load(root=tmp_path)
    assert [part.inputs.shape for part in parts] == [
        (90, 3, 32, 32),
        (10, 3, 32, 32),
        (20, 3, 32, 32),
    ]
    last = made["test_batch.bin"]
    np.testing.assert_array_equal(parts.test.labels, last[:, 0])
    # Red comes first, row by row: the second pixel of the first row, and the blue of the last.
    np.testing.assert_allclose(parts.test.inputs[:, 0, 0, 1], last[:, 2] / 255, rtol=1e-6)
    np.testing.assert_allclose(parts.test.inputs[:, 2, 31, 31], last[:, -1] / 255, rtol=1e-6)


@given(content=st.binary(max_size=50), whole=st.booleans(), place=st.integers(0, 2 * 3073 - 1))
def test_cifar10_records_are_whole_and_have_labels(content, whole, place):
    good = records(np.random.default_rng(0), 2).tobytes()
    content = good[:place] + content[:1] + good[place + 1 :] if whole else content
    try:
        got = cifar10.parse(content)
    except InputError:
        sound = content and len(content) % cifar10.RECORD == 0
        assert not sound or max(content[0], content[3073]) > 9
        return
    assert got.labels.tolist() == [content[0], content[3073]]


def test_santa_fe(tmp_path, monkeypatch):
    stream = io.BytesIO()
    steps = np.arange(200)[:, None] % 256
    np.save(stream, steps)
    files = {santa_fe.FILE.name: stream.getvalue()}
    monkeypatch.setattr(santa_fe, "SOURCE", instead(santa_fe.SOURCE, files))
    put(tmp_path, files)
    parts = santa_fe.load(root=tmp_path, train=100, validation=50, test=40, ahead=2)
    assert [len(part.inputs) for part in parts] == [100, 50, 40]
    starts = [0, 102, 154]
    for part, start in zip(parts, starts, strict=True):
        np.testing.assert_allclose(
            255 * part.inputs, start + np.arange(len(part.inputs)), rtol=1e-6
        )
        np.testing.assert_allclose(255 * part.labels, 255 * part.inputs + 2, rtol=1e-6)
        assert part.inputs.dtype == part.labels.dtype == np.float32
    with pytest.raises(InputError, match=r"leave 200 steps or fewer in all.*makes 203"):
        santa_fe.load(root=tmp_path, train=100, validation=50, test=50)


@given(content=st.one_of(st.binary(max_size=200), st.just(b"\x93NUMPY\x01\x00v\x00{'descr': '|O'")))
def test_any_other_npy_is_refused(tmp_path_factory, content):
    """Objects that would be unpickled, too: the hash comes before NumPy."""
    folder = tmp_path_factory.getbasetemp() / "npy"
    folder.mkdir(exist_ok=True)
    put(folder, {santa_fe.FILE.name: content})
    with pytest.raises(RunError, match=r"Passed over, because .*santafe_laser\.npy"):
        santa_fe.load(root=folder)


def test_vowels_by_speaker():
    inputs, labels, speakers = vowels.table()
    assert inputs.shape == (990, 10) and inputs.dtype == np.float32
    assert np.bincount(speakers).tolist() == [66] * 15
    pairs = np.bincount(11 * speakers + labels)
    assert pairs.tolist() == [6] * 165  # each speaker says each vowel six times
    first = [-3.639, 0.418, -0.670, 1.779, -0.168, 1.627, -0.388, 0.529, -0.874, -0.814]
    np.testing.assert_allclose(inputs[0], first, rtol=1e-6)

    parts = vowels.load(seed=3)
    assert [len(part.labels) for part in parts] == [528 - 132, 132, 462]
    np.testing.assert_array_equal(parts.test.inputs, inputs[528:])
    assert np.bincount(parts.validation.labels).tolist() == [12] * 11
    held = {
        speaker
        for speaker in range(8)
        if (inputs[speakers == speaker][0] == parts.validation.inputs).all(1).any()
    }
    assert len(held) == 2
    rows = np.concatenate([part.inputs for part in parts])
    assert sorted(rows.tolist()) == sorted(inputs.tolist())
    assert not np.array_equal(vowels.load(seed=4).train.inputs, parts.train.inputs)
    np.testing.assert_array_equal(vowels.load(seed=3).train.inputs, parts.train.inputs)
    with pytest.raises(InputError, match="`validation` must leave one of 8 speakers"):
        vowels.load(validation=8)


def test_some_vowels_by_speaker_and_mixed():
    words = ("hud", "hid", "hAd")  # numbers 9, 0 and 3
    inputs, labels, speakers = vowels.table()
    parts = vowels.load(seed=3, words=words, features=4)
    assert [part.inputs.shape for part in parts] == [(108, 4), (36, 4), (126, 4)]
    kept = np.isin(labels, (9, 0, 3)) & (speakers >= 8)
    np.testing.assert_array_equal(parts.test.inputs, inputs[kept][:, :4])
    renamed = np.array([{9: 0, 0: 1, 3: 2}[label] for label in labels[kept]])
    np.testing.assert_array_equal(parts.test.labels, renamed)

    mixed = vowels.load_mixed(seed=3, words=words, features=4)
    assert [np.bincount(part.labels).tolist() for part in mixed] == [[36] * 3, [9] * 3, [45] * 3]
    rows = np.concatenate([part.inputs for part in mixed]).tolist()
    assert sorted(rows) == sorted(np.concatenate([part.inputs for part in parts]).tolist())
    again = vowels.load_mixed(seed=4, words=words, features=4)
    assert not np.array_equal(again.test.inputs, mixed.test.inputs)


@pytest.mark.parametrize("load", [vowels.load, vowels.load_mixed])
@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"words": ("hid", "hod ")}, "Did you mean `hod`"),
        ({"words": ("hid", "hid")}, "each once"),
        ({"words": ("hid",)}, "two vowels or more"),
        ({"features": 11}, "at most 10"),
        ({"features": 0}, "`features`"),
    ],
)
def test_vowels_that_are_none_are_refused(load, what, message):
    with pytest.raises(InputError, match=message):
        load(**what)


def test_vowels_are_as_hard_as_published():
    """Nearest neighbour: 56 % of the test, as in the description of the set (260 of 462)."""
    inputs, labels, speakers = vowels.table()
    train, test = speakers < 8, speakers >= 8
    distances = ((inputs[test][:, None] - inputs[train]) ** 2).sum(-1)
    right = labels[train][distances.argmin(1)] == labels[test]
    assert right.sum() == 260


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("cell", (660, 550)),
        ("microaneurysms", (102, 102)),
        ("immunohistochemistry", (3, 512, 512)),
        ("retina", (3, 1411, 1411)),
    ],
)
def test_microscopy_images(name, shape):
    pytest.importorskip("skimage")
    image = microscopy.load(name)
    assert image.shape == shape and image.dtype == np.float32
    assert 0 <= image.min() < image.max() <= 1
    if name == "retina":  # red tissue on black
        assert image[0].mean() > 1.5 * image[1].mean() > image[2].mean()


def test_microscopy_says_which_there_are(monkeypatch):
    with pytest.raises(InputError, match="Did you mean `cell`"):
        microscopy.load("cel")


def test_hold_out_keeps_classes_in_proportion():
    labels = np.repeat([0, 1], [40, 20])
    train, held = hold_out(Dataset(np.arange(60), labels), validation=0.25, seed=0)
    assert sorted([*train.inputs, *held.inputs]) == list(range(60))
    assert np.bincount(held.labels).tolist() == [10, 5]
    np.testing.assert_array_equal(held.labels, labels[held.inputs])
    for share in (0.1, 0.37, 0.9):  # the exact share in all, and of each class to one example
        held = hold_out(Dataset(np.arange(60), labels), validation=share, seed=0)[1]
        assert len(held.labels) == round(60 * share)
        assert np.abs(np.bincount(held.labels) - share * np.array([40, 20])).max() <= 1
    with pytest.raises(InputError, match="leaves examples"):
        hold_out(Dataset(np.arange(60), labels), validation=1.0, seed=0)
    assert digits.SOURCE.licence
