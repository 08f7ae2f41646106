"""Divisions of a data set."""

import numpy as np
import pytest

from photonn import data
from photonn.errors import InputError


def divided(seed=0):
    labels = np.repeat([0, 1, 2], [100, 60, 40])
    return data.split(np.arange(200), labels, validation=0.2, test=0.1, seed=seed), labels


def test_parts_are_disjoint_and_complete():
    parts, _ = divided()
    assert [len(part.inputs) for part in parts] == [140, 40, 20]
    together = np.concatenate([part.inputs for part in parts])
    assert sorted(together.tolist()) == list(range(200))


def test_labels_stay_with_their_inputs():
    parts, labels = divided()
    for part in parts:
        np.testing.assert_array_equal(part.labels, labels[part.inputs])


def test_every_class_is_in_proportion_in_every_part():
    parts, _ = divided()
    assert np.bincount(parts.test.labels).tolist() == [10, 6, 4]
    assert np.bincount(parts.validation.labels).tolist() == [20, 12, 8]
    assert np.bincount(parts.train.labels).tolist() == [70, 42, 28]


def test_the_seed_decides_and_classes_are_mixed():
    (one, _), (again, _), (other, _) = divided(3), divided(3), divided(4)
    np.testing.assert_array_equal(one.train.inputs, again.train.inputs)
    assert set(one.test.inputs.tolist()) != set(other.test.inputs.tolist())
    assert (np.diff(one.train.labels) < 0).any()


@pytest.mark.parametrize(("validation", "test"), [(0.0, 0.1), (0.5, 0.5), (-0.1, 0.2), (0.1, 1.0)])
def test_fractions_leave_something_to_train_on(validation, test):
    with pytest.raises(InputError, match="must be a fraction above 0 that leaves examples"):
        data.split(np.arange(9), np.zeros(9, int), validation=validation, test=test, seed=0)


def test_digits():
    parts = data.digits.load(seed=1)
    assert sum(len(part.inputs) for part in parts) == 1797
    assert abs(len(parts.test.inputs) - 0.15 * 1797) <= 5  # ten classes, rounded by half each
    for part in parts:
        assert part.inputs.shape[1:] == (8, 8)
        assert (part.inputs.dtype, part.labels.dtype) == (np.float32, np.int32)
        assert 0 <= part.inputs.min() < part.inputs.max() == 1
        assert set(part.labels.tolist()) == set(range(10))
    images = [image.tobytes() for part in parts for image in part.inputs]
    assert len(set(images)) == len(images)  # no image twice, so none in two parts
    flat = parts.flatten()
    np.testing.assert_array_equal(flat.test.inputs[0], parts.test.inputs[0].ravel())
    again = data.digits.load(seed=1)
    np.testing.assert_array_equal(again.test.inputs, parts.test.inputs)


def test_inputs_are_changed_in_every_part():
    parts = data.split(np.arange(40.0), np.arange(40) % 2, validation=0.25, test=0.25, seed=0)
    changed = parts.map(lambda inputs: -inputs)
    for part, was in zip(changed, parts, strict=True):
        np.testing.assert_array_equal(part.inputs, -was.inputs)
        np.testing.assert_array_equal(part.labels, was.labels)


def test_the_training_part_sets_the_scale():
    parts = data.split(np.arange(40.0), np.arange(40) % 2, validation=0.25, test=0.25, seed=0)
    scaled = parts.standardize()
    np.testing.assert_allclose(scaled.train.inputs.mean(), 0, atol=1e-14)
    np.testing.assert_allclose(scaled.train.inputs.std(), 1, rtol=1e-14)
    step = np.diff(scaled.test.inputs) / np.diff(parts.test.inputs)
    np.testing.assert_allclose(step, 1 / parts.train.inputs.std(), rtol=1e-12)
