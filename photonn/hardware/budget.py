"""What a network costs on a chip: light, power, time, place, and energy for each product.

Conventions. A MAC is one multiplication with accumulation of a matrix, real or complex, and
counts as two operations. The laser feeds every photodiode of the read-out through the worst
path, at full scale. Noise is that of the bandwidth rate / 2. The energy of a conversion goes
with the bits b: as 2^b / (b + 1) for DACs, as b for (successive approximation) ADCs, from the
values of a process, which are those of 8 bits. What an activation does to the light beyond
its tap is not counted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from flax import nnx

from photonn.devices import link
from photonn.devices.constants import LIGHT_SPEED
from photonn.devices.receiver import Receiver
from photonn.errors import check_choice, check_integer, check_positive, mistake
from photonn.hardware.parts import Part, parts
from photonn.hardware.process import Process

BITS = 8  # of the converters whose energies the processes hold


@dataclass(frozen=True)
class Line:
    """One line of a budget.

    Attributes:
        name: what it is.
        value: how much, in `unit`.
        unit: SI, or dB.
        how: what was multiplied with what.
        source: where the numbers come from.
        confirmed: all of them were seen there.
    """

    name: str
    value: float
    unit: str
    how: str
    source: str
    confirmed: bool


@dataclass(frozen=True)
class Budget:
    """The lines of a budget, by name too; `print` shows them as a table.

    Attributes:
        model: what was counted.
        process: name of the process.
        lines: all of it.
        missing: quantities for which the process has no value; what needs them is left out.
    """

    model: str
    process: str
    lines: tuple[Line, ...]
    missing: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> float:
        """Value of a line."""
        check_choice("name", name, [line.name for line in self.lines])
        return next(line.value for line in self.lines if line.name == name)

    def get(self, name: str, default: float = 0.0) -> float:
        """Value of a line, or a default where there is none of that name."""
        return next((line.value for line in self.lines if line.name == name), default)

    def __contains__(self, name: object) -> bool:
        return any(line.name == name for line in self.lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def __str__(self) -> str:
        width = max(len(line.name) for line in self.lines)
        rows = [f"{self.model}, {self.process}"]
        for line in self.lines:
            mark = "" if line.confirmed else " (unconfirmed)"
            number = f"{line.value:>11.4g} {line.unit:<8}"
            rows.append(f"  {line.name:<{width}}{number}{line.how}; {line.source}{mark}")
        if self.missing:
            rows.append(f"  not in this process: {', '.join(self.missing)}")
        return "\n".join(rows)

    def rows(self) -> list[dict[str, Any]]:
        """The lines as plain data, for a table."""
        return [asdict(line) for line in self.lines]


def budget(
    model: nnx.Module, process: Process, *, bits: int = BITS, rate: float | None = None
) -> Budget:
    """The budget of a model made of photonn's modules.

    A model without an encoder or a read-out, such as a bare mesh, is given one with as many
    modulators and photodiodes as it has modes.

    Args:
        model: any NNX model; it is read, not run. Its phases are those that heaters hold.
        process: with the values of the devices.
        bits: of the converters, and effective bits that the read-out must have.
        rate: samples in a second [Hz]; by default that of the process.

    Raises:
        InputError: if there is nothing to count, if the process is for another kind of
            model, or if no laser is enough for so many bits.
    """
    if not isinstance(process, Process):
        hint = "For example hardware.processes.silicon_thermo_optic."
        raise mistake("process", "be a photonn.hardware.Process", f"is {process!r}", hint)
    check_integer("bits", bits, 1)
    check_positive("rate", rate, "Hz")
    found = _complete(parts(model))
    _check_kind(found, process)
    ledger = _Ledger(process)
    rate = _rate(ledger, rate)
    count = {
        name: sum(getattr(part, name) for part in found)
        for name in ("modulators", "converters", "detectors", "amplifiers", "readings", "macs")
    }
    _count(ledger, found, count)
    loss = _light(ledger, found)
    _laser(ledger, count["detectors"], loss, bits, rate)
    _power(ledger, found, count, bits, rate)
    _time_and_place(ledger, found, count, rate)
    _figures(ledger, count["macs"], rate)
    names = ", ".join(part.name for part in found)
    return Budget(names, process.name, tuple(ledger.lines), tuple(sorted(ledger.missing)))


def budget_against_size(
    model: Callable[[int], nnx.Module],
    sizes: Sequence[int],
    process: Process,
    *,
    bits: int = BITS,
    rate: float | None = None,
) -> dict[str, np.ndarray]:
    """Every line of the budget against the size of a matrix, by name.

    Args:
        model: makes the model of a size.
        sizes: for example numbers of modes.
        process: with the values of the devices.
        bits: of converters and read-out.
        rate: samples in a second [Hz].

    Returns:
        `size`, and the lines that all sizes have, each an array `(sizes,)`.
    """
    if not len(sizes):
        raise mistake("sizes", "hold at least one", "is empty")
    budgets = [budget(model(size), process, bits=bits, rate=rate) for size in sizes]
    names = [line.name for line in budgets[0] if all(line.name in b for b in budgets)]
    return {"size": np.asarray(sizes)} | {n: np.array([b[n] for b in budgets]) for n in names}


class _Ledger:
    """Lines as they are written, and the values that each of them used."""

    def __init__(self, process: Process):
        self.process = process
        self.lines: list[Line] = []
        self.missing: set[str] = set()
        self._used: list[str] = []

    def value(self, name: str) -> float:
        """Typical value; it becomes a source of the next line."""
        if name not in self.process.values:
            self.missing.add(name)
            return 0.0
        self._used.append(name)
        return self.process.get(name)

    def add(self, name: str, value: float, unit: str, how: str, *, of: Sequence[str] = ()) -> float:
        """Write a line and give its value back; `of` names the lines that it is made of."""
        values = [self.process.values[used] for used in dict.fromkeys(self._used)]
        sources = list(dict.fromkeys(f"{v.source} {v.url}".rstrip() for v in values))
        sources += ["lines above"] if of else []
        source = "; ".join(sources) or "counted"
        above = [line.confirmed for line in self.lines if line.name in of]
        confirmed = all(v.confirmed for v in values) and all(above)
        self.lines.append(Line(name, float(value), unit, how, source, confirmed))
        self._used.clear()
        return float(value)

    def total(self, name: str, of: Sequence[str], unit: str) -> float:
        """A line that is the sum of others, as far as they were written."""
        lines = [line for line in self.lines if line.name in of]
        how = " + ".join(line.name for line in lines if line.value) or "nothing"
        return self.add(name, sum(line.value for line in lines), unit, how, of=of)


def _rate(ledger: _Ledger, wanted: float | None) -> float:
    if wanted is not None:
        return ledger.add("samples in a second", wanted, "Hz", "as given")
    usual = ledger.value("rate")
    if not usual:
        hint = f"The process {ledger.process.name} has none: for example rate=1e9."
        raise mistake("rate", "be given [Hz]", "is None", hint)
    return ledger.add("samples in a second", usual, "Hz", "as usual in this process")


def _complete(found: list[Part]) -> list[Part]:
    """The parts, with an encoder and a read-out."""
    filled = [part for part in found if part.modes]
    if not filled:
        hint = "Describe modules of your own with hardware.parts.describe.register."
        raise mistake("model", "hold modules that a budget knows", "holds none", hint)
    guided = any(part.columns for part in found)
    if guided and not any(part.modulators and part.converters for part in found):
        modes = filled[0].modes
        found = [Part("encoder", modes, modulators=modes, converters=modes), *found]
    if guided and not any(part.detectors for part in found):
        modes = filled[-1].modes
        found = [*found, Part("read-out", detectors=modes, amplifiers=modes, readings=modes)]
    return found


def _check_kind(found: list[Part], process: Process) -> None:
    for kind, needs in (("columns", "splitter_db"), ("layers", "layer_db")):
        if any(getattr(p, kind) for p in found) and needs not in process.values:
            named = next(part.name for part in found if getattr(part, kind))
            hint = "Meshes want a chip's process, masks one of layers, or `ideal`."
            raise mistake("process", f"have `{needs}` for the {named}", f"{process} has not", hint)


def _count(ledger: _Ledger, found: list[Part], count: dict[str, int]) -> None:
    shifters = sum(part.phases.size for part in found)
    ledger.add("phase shifters", shifters, "1", "counted in the model")
    ledger.add("detectors", count["detectors"], "1", "counted in the model")
    ledger.add("MACs in a sample", count["macs"], "1", "inputs x outputs of every matrix")


def _light(ledger: _Ledger, found: list[Part]) -> float:
    """Loss on the worst path [dB]."""
    splitters, arms = (sum(getattr(p, n) for p in found) for n in ("splitters", "arms"))
    encoders = sum(bool(part.modulators) for part in found)
    layers = sum(part.layers for part in found)
    if arms:
        facets = 2 * ledger.value("coupling_db")
        ledger.add("loss of coupling", facets, "dB", "into the chip and out of it")
    if encoders:
        modulator = encoders * ledger.value("modulator_db")
        ledger.add("loss of modulators", modulator, "dB", f"{encoders} in a row")
    if arms:
        lost = splitters * ledger.value("splitter_db")
        ledger.add("loss of splitters", lost, "dB", f"{splitters} on the worst path")
        shifter, guide = ledger.value("shifter_db"), ledger.value("waveguide_db_per_m")
        arm = shifter + guide * ledger.value("cell_length") / 2
        ledger.add("loss of arms", arms * arm, "dB", f"{arms} of {arm:.3g} dB on the worst path")
    taps = [part.tap for part in found if part.tap]
    if taps:
        lost = 10 * sum(-np.log10(1 - tap) for tap in taps)
        ledger.add("loss of taps", lost, "dB", "light taken by activations")
    if layers:
        ledger.add("loss of layers", layers * ledger.value("layer_db"), "dB", f"{layers} masks")
    names = [f"loss of {x}" for x in ("coupling", "modulators", "splitters", "arms")]
    names += ["loss of taps", "loss of layers"]
    worst = ledger.total("insertion loss, worst path", names, "dB")
    process = ledger.process
    fewer = sum(
        (part.splitters - part.mean_splitters) * process.get("splitter_db")
        + (part.arms - part.mean_arms) * process.arm_db
        for part in found
    )
    how = "as many cells as light meets"
    ledger.add("insertion loss, mean path", worst - fewer, "dB", how, of=names)
    return worst


def _laser(ledger: _Ledger, detectors: int, loss: float, bits: int, rate: float) -> None:
    bandwidth = ledger.process.get("detector_bandwidth")
    if bandwidth and rate > 2 * bandwidth:
        must = f"be at most {2 * bandwidth:.4g}, twice the bandwidth of the photodiode [Hz]"
        raise mistake("rate", must, f"is {rate:.4g}")
    names = ("dark_current", "rin", "amplifier_noise")
    values = {name: ledger.value(name) for name in names}
    values["responsivity"] = ledger.value("responsivity") or 1.0
    receiver = Receiver(bandwidth=rate / 2, **values)
    power = link.required_power(link.signal_to_noise_of(bits), receiver)
    needed = f"{bits} effective bits at {rate:.4g} samples/s"
    each = ledger.add("power on a detector", float(power), "W", needed)
    how = f"{detectors} detectors through {loss:.4g} dB"
    of = ("power on a detector", "insertion loss, worst path")
    light = ledger.add("laser, light", detectors * each * 10 ** (loss / 10), "W", how, of=of)
    efficiency = ledger.value("laser_efficiency") or 1.0
    how = f"light / {efficiency:.3g}"
    ledger.add("laser", light / efficiency, "W", how, of=["laser, light"])


def _power(
    ledger: _Ledger, found: list[Part], count: dict[str, int], bits: int, rate: float
) -> None:
    phases = np.concatenate([part.phases for part in found])
    if phases.size:
        turns = float(np.sum(phases / np.pi))
        held = turns * ledger.value("pi_power")
        how = f"{phases.size} phases, {turns:.4g} pi in all"
        ledger.add("heating of phases", held, "W", how)
    layers = sum(part.layers for part in found)
    if layers and "layer_power" in ledger.process.values:  # reliefs are not driven
        ledger.add("displays", layers * ledger.value("layer_power"), "W", f"{layers} layers")
    amplifiers = count["amplifiers"]
    ledger.add("amplifiers", amplifiers * ledger.value("amplifier_power"), "W", f"{amplifiers}")
    steady = ["laser", "heating of phases", "displays", "amplifiers"]
    ledger.total("power held", steady, "W")
    energies = {
        "modulators": (count["modulators"], "modulator_energy", 1.0),
        "DACs": (count["converters"], "dac_energy", 2**bits / (bits + 1) * (BITS + 1) / 2**BITS),
        "ADCs": (count["readings"], "adc_energy", bits / BITS),
    }
    for name, (number, quantity, factor) in energies.items():
        if number:
            energy = factor * ledger.value(quantity)
            ledger.add(name, number * energy * rate, "W", f"{number} x {energy:.3g} J x rate")
    ledger.total("power by rate", list(energies), "W")
    ledger.total("power", ["power held", "power by rate"], "W")


def _time_and_place(ledger: _Ledger, found: list[Part], count: dict[str, int], rate: float) -> None:
    columns, modes = (sum(p.columns for p in found), max(p.modes for p in found))
    free = sum(part.path for part in found)
    time, places = free / LIGHT_SPEED, []
    if columns:
        length = columns * ledger.value("cell_length")
        time += length * ledger.value("group_index") / LIGHT_SPEED
    how = f"{columns} columns, {free:.3g} m of free space"
    time = ledger.add("time of light", time, "s", how)
    how = "time of light, one sample in, one out"
    ledger.add("latency", time + 2 / rate, "s", how, of=["time of light"])
    if any(part.phases.size for part in found):
        ledger.add("setting the phases", ledger.value("response_time"), "s", "all at once")
    if columns:
        area = columns * ledger.value("cell_length") * modes * ledger.value("mode_pitch")
        places.append("area of meshes")
        ledger.add(places[-1], area, "m^2", f"{columns} columns x {modes} modes")
        area = count["converters"] * ledger.value("dac_area")
        area += count["readings"] * ledger.value("adc_area")
        places.append("area of converters")
        ledger.add(places[-1], area, "m^2", f"{count['converters']} DACs, {count['readings']} ADCs")
    if masks := max((part.area for part in found), default=0.0):
        places.append("area of masks")
        ledger.add(places[-1], masks, "m^2", "the largest")
    ledger.total("footprint", places, "m^2")


def _figures(ledger: _Ledger, macs: int, rate: float) -> None:
    if not macs:
        return
    speed = macs * rate
    ledger.add("MACs in a second", speed, "1/s", f"{macs} x {rate:.4g} samples/s")
    lines = {line.name: line.value for line in ledger.lines}
    for kind in ("held", "by rate"):
        power = f"power {kind}"
        name, each = f"energy of a MAC, {kind}", lines[power] / speed
        ledger.add(name, each, "J", f"{power} / MACs in a second", of=[power])
    both = ["energy of a MAC, held", "energy of a MAC, by rate"]
    each = ledger.total("energy of a MAC", both, "J")
    ledger.add("throughput", 2 * speed / 1e12, "TOPS", "two operations a MAC")
    if each:
        ledger.add("efficiency", 2 / each / 1e12, "TOPS/W", "operations / energy", of=both)
