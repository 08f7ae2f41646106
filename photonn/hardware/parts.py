"""What a model is made of: phase shifters, splitters, detectors, ... counted part by part.

`parts(model)` walks through a model in the order in which its modules stand. A module of
your own is counted by what it says:

    @parts.describe.register
    def _(module: MyMesh) -> Part: ...
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import cast

import jax
import numpy as np
from flax import nnx

from photonn import nn
from photonn.devices.cell import Arms, Cell, Splitter


@dataclass(frozen=True)
class Part:
    """What one module adds to a budget.

    Attributes:
        name: of the module.
        modes: waveguides, or pixels, that it fills.
        macs: multiplications with accumulation that it does for one sample.
        phases: what every phase shifter is set to [rad].
        splitters, arms: that light meets on the worst path.
        mean_splitters, mean_arms: on the mean path.
        columns: cells in a row.
        layers: masks in free space.
        path: length of free space, times the index [m].
        area: of a mask [m^2].
        tap: share of the power that is taken out for detection.
        modulators: driven for every sample, each by `converters` DACs in all.
        converters: DACs that work for every sample.
        detectors: photodiodes that need light.
        amplifiers: of photocurrents.
        readings: ADCs that work for every sample.
    """

    name: str
    modes: int = 0
    macs: int = 0
    phases: np.ndarray = field(default_factory=lambda: np.zeros(0))
    splitters: int = 0
    arms: int = 0
    mean_splitters: float = 0.0
    mean_arms: float = 0.0
    columns: int = 0
    layers: int = 0
    path: float = 0.0
    area: float = 0.0
    tap: float = 0.0
    modulators: int = 0
    converters: int = 0
    detectors: int = 0
    amplifiers: int = 0
    readings: int = 0


def parts(model: nnx.Module) -> list[Part]:
    """The parts of a model, in order; those of a bare mesh too.

    Args:
        model: any NNX model. Modules without a description are looked into; those that have
            nothing inside are left out.
    """
    found: list[Part] = []
    for part in _walk(model):
        if part.tap:  # every mode has a photodiode and a modulator of its own
            modes = next((p.modes for p in reversed(found) if p.modes), 0)
            part = replace(part, modes=modes, amplifiers=modes, modulators=modes)
        found.append(part)
    return found


@singledispatch
def describe(module: nnx.Module) -> Part | list[Part]:
    """The part, or parts, that a module is; register your own kinds here."""
    return []


@describe.register
def _(module: nn.MZIMesh) -> Part:
    count = module.layout.count()
    cell, modes = module.cell, module.layout.modes
    drives = _drives(cell, np.asarray(module.theta[...]), np.asarray(module.phi[...]))
    return Part(
        f"{module.layout.name} mesh, {modes} modes",
        modes=modes,
        macs=modes**2,
        phases=_turn(np.concatenate([drives, np.asarray(module.gamma[...])])),
        splitters=cell.splitters * count.worst_path,
        arms=cell.arms * count.worst_path,
        mean_splitters=cell.splitters * count.mean_path,
        mean_arms=cell.arms * count.mean_path,
        columns=count.depth,
    )


@describe.register
def _(module: nn.SVDMesh) -> list[Part]:
    first, second = (cast(Part, describe(mesh)) for mesh in (module.first, module.second))
    phases = np.asarray(module.attenuation[...])
    # The attenuators are a column of interferometers.
    middle = Part(
        "attenuators",
        modes=phases.size,
        phases=_turn(phases),
        splitters=2,
        arms=1,
        mean_splitters=2.0,
        mean_arms=1.0,
        columns=1,
    )
    inputs, outputs = module.first.layout.modes, module.second.layout.modes
    # Together they are one matrix.
    return [replace(first, macs=0), middle, replace(second, macs=inputs * outputs)]


@describe.register
def _(module: nn.PhaseMasks) -> Part:
    phases = np.asarray(module.phase[...])
    masks, modes = phases.shape
    # A mixer counts as one column of splitters: what it really loses is not known here.
    return Part(
        f"phase masks, {modes} modes",
        modes=modes,
        macs=modes**2,
        phases=_turn(phases),
        splitters=masks - 1,
        arms=masks,
        mean_splitters=float(masks - 1),
        mean_arms=float(masks),
        columns=masks,
    )


@describe.register
def _(module: nn.Encode) -> Part:
    # Pairs set amplitude and phase: two converters for a mode.
    converters = module.modes * (2 if module.method == "pairs" else 1)
    return Part("encoder", modes=module.modes, modulators=module.modes, converters=converters)


@describe.register
def _(module: nn.Image) -> Part:
    return Part("input display", modes=int(np.prod(module.grid.shape)), layers=1)


@describe.register
def _(module: nn.ElectroOptic) -> Part:
    return Part("electro-optic activation", tap=float(module.tap))


@describe.register
def _(module: nn.Diffractive) -> Part:
    pixels = int(np.prod(module.grid.shape))
    path = abs(float(module.distance)) * float(np.max(module.index))
    area = pixels * float(module.grid.pixel_area)
    return Part("mask", modes=pixels, layers=1, path=path, area=area)


@describe.register
def _(module: nn.Propagate) -> Part:
    return Part("free space", path=abs(float(module.distance)) * float(module.index))


@describe.register
def _(module: nn.FourF) -> Part:
    return Part("4f filter", modes=int(np.prod(module.grid.shape)), layers=1)


@describe.register(nn.Intensity)
@describe.register(nn.PhotonCounts)
@describe.register(nn.Clicks)
def _(module: nn.Intensity) -> Part:
    return _read_out(module.classes, module.classes)


@describe.register
def _(module: nn.Balanced) -> Part:
    return _read_out(2 * module.classes, module.classes)


@describe.register
def _(module: nn.Quadratures) -> Part:
    signals = module.classes * (2 if module.both else 1)
    return _read_out(2 * signals, signals)


@describe.register(nn.Regions)
@describe.register(nn.ClassSpecific)
def _(module: nn.Regions) -> Part:
    count, *shape = module.regions.shape
    networks = module.classes if isinstance(module, nn.ClassSpecific) else 1
    # What stands in front is one matrix from pixels to detectors.
    detectors = count * networks
    return _read_out(detectors, detectors, macs=detectors * int(np.prod(shape)))


def _walk(module: nnx.Module) -> Iterator[Part]:
    if describe.dispatch(type(module)) is describe.dispatch(object):
        for child in _children(module):
            yield from _walk(child)
        return
    described = describe(module)
    yield from described if isinstance(described, list) else [described]


def _read_out(detectors: int, readings: int, macs: int = 0) -> Part:
    return Part("read-out", macs=macs, detectors=detectors, amplifiers=readings, readings=readings)


def _drives(cell: Cell, theta: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """What every phase shifter and every tunable coupler of the cells is set to [rad]."""
    found = []
    for stage in cell.stages:
        if isinstance(stage, Arms):
            shares = zip(stage.theta, stage.phi, strict=True)
            found += [a * theta + b * phi for a, b in shares if a or b]
        elif isinstance(stage, Splitter) and stage.share:
            found.append(theta)
    return np.concatenate(found)


def _turn(phases: np.ndarray) -> np.ndarray:
    """Within one turn: a heater can only heat, and takes the least that does."""
    return np.mod(np.ravel(phases), 2 * np.pi)


def _children(module: object) -> Iterator[nnx.Module]:
    """Modules inside a module, in the order in which they were set."""
    held = vars(module).values() if isinstance(module, nnx.Module) else [module]
    for value in held:
        leaves = jax.tree.leaves(value, is_leaf=lambda x: isinstance(x, nnx.Module))
        for leaf in leaves:
            if isinstance(leaf, nnx.Module):
                yield leaf
