"""What is asked of a fit, checked before anything is compiled."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np
from flax import nnx

from photonn.data import Dataset
from photonn.errors import check_integer, check_kind, check_not_negative, check_real, mistake
from photonn.train import losses
from photonn.train.samples import PART


def check_numbers(
    train: Dataset,
    *,
    epochs: int,
    batch: int,
    patience: int | None,
    ema: float | None,
    save: float,
) -> None:
    """Raise unless the numbers of a fit can be used."""
    check_integer("epochs", epochs, 1)
    check_integer("batch", batch, 1)
    check_not_negative("save_seconds", save, "s")
    if patience is not None:
        check_integer("patience", patience, 1)
    if ema is not None:
        check_real("ema", ema, "1")
        if not 0 < ema < 1:
            raise mistake("ema", "be above 0 and below 1", f"is {ema}", "0.999 is common.")
    if batch > len(train.inputs):
        must = f"be at most the {len(train.inputs)} training samples"
        raise mistake("batch", must, f"is {batch}")


def check_points(points: Sequence[Any]) -> list[dict[str, Any]]:
    """Points as plain numbers, each with a seed.

    Raises:
        InputError: unless they are different, of the same names, and have numbers alone.
    """
    found = [_plain(point) for point in points]
    if not found:
        raise mistake("points", "be one or more", "is empty")
    for point in found:
        if point.keys() != found[0].keys():
            must = f"have one set of names, {', '.join(found[0])}"
            raise mistake("points", must, f"has {', '.join(point)}")
    if any(point in found[:number] for number, point in enumerate(found)):
        raise mistake("points", "be different from each other", "has one twice")
    return found


def _plain(point: object) -> dict[str, Any]:
    if not isinstance(point, Mapping):
        hint = "For example [{'seed': 0, 'rate': 0.01}, {'seed': 0, 'rate': 0.03}]."
        raise mistake("points", "be mappings from names to numbers", f"has {point!r}", hint)
    plain = {"seed": 0} | {
        k: v.item() if isinstance(v, np.generic) else v for k, v in point.items()
    }
    for name, value in plain.items():
        if type(value) not in (int, float) or not np.isfinite(value):
            hint = "What is no number makes a sweep in processes: photonn sweep."
            raise mistake("points", "have finite numbers", f"has {name} = {value!r}", hint)
    check_integer("seed", plain["seed"], 0)
    return plain


def check_model(
    model: nnx.Module, loss: Callable, train: Dataset, validation: Dataset, *, classes: bool
) -> None:
    """Raise unless a model has something to train, and outputs that fit labels and loss."""
    check_kind("model", model, nnx.Module, "Flax NNX modules can be trained.")
    if not callable(model):
        raise mistake("model", "have a method `__call__`", f"is {type(model).__name__} without")
    if not jax.tree.leaves(nnx.state(model, nnx.Param)):
        raise mistake("model", "have an nnx.Param to train", f"is {type(model).__name__} without")
    if not callable(loss):
        must = "be a function of outputs and labels"
        raise mistake("loss", must, f"is {loss!r}", "Such as train.losses.cross_entropy.")
    shapes = np.shape(train.inputs)[1:], np.shape(validation.inputs)[1:]
    if shapes[0] != shapes[1]:
        must = f"have inputs of the shape {shapes[0]}, as `train`"
        raise mistake("validation", must, f"has {shapes[1]}")
    first = losses.standard_float(train.inputs[:1])
    outputs = nnx.eval_shape(lambda one: one(first), nnx.clone(model))
    if not hasattr(outputs, "dtype"):
        raise mistake("model", "give an array", f"gives {type(outputs).__name__}")
    if np.issubdtype(outputs.dtype, np.complexfloating):
        hint = "End it in a read-out, such as nn.Intensity(10)."
        raise mistake("model", "give real outputs", "gives amplitudes", hint)
    largest = max(int(np.max(part.labels)) for part in (train, validation)) if classes else -1
    if largest >= outputs.shape[-1]:
        must = f"be below the {outputs.shape[-1]} outputs of the model"
        raise mistake("labels", must, f"are up to {largest}", "Classes count from 0.")


def check_data(train: Dataset, validation: Dataset) -> bool:
    """Raise unless both sets can be used; whether their labels are class numbers."""
    kinds = [_has_classes("train", train), _has_classes("validation", validation)]
    if kinds[0] != kinds[1]:
        must = "have the same kind of labels as `train`: class numbers, or targets"
        raise mistake("validation", must, f"has {np.asarray(validation.labels).dtype}")
    return kinds[0]


def _has_classes(name: str, data: Dataset) -> bool:
    check_kind(name, data, Dataset, "Pass data.Dataset(inputs, labels).")
    inputs, labels = np.asarray(data.inputs), np.asarray(data.labels)
    if len(inputs) == 0 or len(inputs) != len(labels):
        must = "hold one label for each of one or more inputs"
        raise mistake(name, must, f"holds {len(inputs)} inputs and {len(labels)} labels")
    parts = (inputs[start : start + PART] for start in range(0, len(inputs), PART))
    if not all(np.isfinite(part).all() for part in parts):
        raise mistake(name, "have finite inputs", "holds NaN or infinity")
    classes = np.issubdtype(labels.dtype, np.integer) and labels.ndim == 1
    if classes and labels.min() < 0:
        hint = "Targets that are no classes are floats."
        must = "have class numbers 0, 1, 2, ... as labels"
        raise mistake(name, must, f"has the label {labels.min()}", hint)
    if labels.dtype.kind not in "iufcb" or not np.isfinite(labels).all():
        must = "have class numbers or finite targets as labels"
        raise mistake(name, must, f"has {labels.dtype} of shape {labels.shape}")
    return classes
