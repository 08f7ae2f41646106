"""All data sets, by their names."""

from types import ModuleType

from photonn.data import (
    channel,
    cifar10,
    digits,
    fashion_mnist,
    mackey_glass,
    microscopy,
    mnist,
    moons,
    narma,
    phase_objects,
    point_spreads,
    pulses,
    rings,
    santa_fe,
    spin_glasses,
    unitaries,
    vowels,
)
from photonn.data.source import Source
from photonn.errors import check_choice, mistake

PUBLISHED: tuple[ModuleType, ...] = (
    digits,
    vowels,
    mnist,
    fashion_mnist,
    cifar10,
    santa_fe,
    microscopy,
)
MADE: tuple[ModuleType, ...] = (
    rings,
    moons,
    unitaries,
    phase_objects,
    point_spreads,
    pulses,
    narma,
    mackey_glass,
    channel,
    spin_glasses,
)


def name(module: ModuleType) -> str:
    """Of a set: that of its file."""
    return module.__name__.rsplit(".", 1)[-1]


def summary(module: ModuleType) -> str:
    """What a set is, in a line."""
    return (module.__doc__ or "").strip().splitlines()[0].rstrip(".")


def sources() -> dict[str, Source]:
    """The sets that have files of their own."""
    return {name(module): module.SOURCE for module in PUBLISHED if module.SOURCE.files}


def source(wanted: str) -> Source:
    """The files of one set.

    Raises:
        InputError: if there is no set of that name, or it has no files.
    """
    check_choice("NAME", wanted, [name(module) for module in PUBLISHED + MADE])
    known = sources()
    if wanted not in known:
        must = f"be a set with files: {', '.join(known)}"
        raise mistake("NAME", must, f"is {wanted!r}", "That one is always there.")
    return known[wanted]
