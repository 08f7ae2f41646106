"""A process: what a fabrication, its devices and its electronics are like, with sources.

A `Process` is a sequence of error sources, so `fabricate` and `monte_carlo` take it as it
is. Beside them it holds the numbers they were made of, and those that a budget needs: every
one with its unit, a range and where it stands.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, overload

from photonn.devices.waveguide import Dispersion
from photonn.errors import (
    check_choice,
    check_integer,
    check_not_negative,
    check_positive,
    check_real,
    mistake,
)
from photonn.hardware.chip_plan import ChipPlan
from photonn.hardware.component_loss import ComponentLoss
from photonn.hardware.layer_errors import LayerErrors
from photonn.hardware.phase_noise import PhaseNoise
from photonn.hardware.quantization import Quantization
from photonn.hardware.splitter_error import SplitterError
from photonn.hardware.thermal_crosstalk import ThermalCrosstalk
from photonn.hardware.wafer_variation import WaferVariation

# Every quantity: its unit, and whether `more` or `less` of it is worse.
QUANTITIES = {
    "wavelength": ("m", None),
    "index": ("1", None),
    "group_index": ("1", None),
    "split_slope": ("rad/m", "more"),
    "splitter_sigma": ("rad", "more"),
    "wafer_sigma": ("rad", "more"),
    "wafer_length": ("m", None),
    "phase_sigma": ("rad", "more"),
    "phase_bits": ("bits", "less"),
    "crosstalk": ("1", "more"),
    "crosstalk_length": ("m", "more"),
    "splitter_db": ("dB", "more"),
    "shifter_db": ("dB", "more"),
    "waveguide_db_per_m": ("dB/m", "more"),
    "loss_spread": ("1", "more"),
    "coupling_db": ("dB", "more"),
    "cell_length": ("m", "more"),
    "mode_pitch": ("m", "more"),
    "pi_power": ("W", "more"),
    "response_time": ("s", "more"),
    "layer_db": ("dB", "more"),
    "layer_power": ("W", "more"),
    "layer_shift": ("m", "more"),
    "layer_distance": ("m", "more"),
    "layer_height": ("m", "more"),
    "layer_blur": ("m", "more"),
    "rate": ("Hz", "less"),
    "modulator_db": ("dB", "more"),
    "modulator_energy": ("J", "more"),
    "dac_energy": ("J", "more"),
    "adc_energy": ("J", "more"),
    "dac_area": ("m^2", "more"),
    "adc_area": ("m^2", "more"),
    "amplifier_power": ("W", "more"),
    "amplifier_noise": ("A/sqrt(Hz)", "more"),
    "responsivity": ("A/W", "less"),
    "detector_bandwidth": ("Hz", "less"),
    "dark_current": ("A", "more"),
    "rin": ("1/Hz", "more"),
    "laser_efficiency": ("1", "less"),
}


@dataclass(frozen=True)
class Value:
    """One number of a process: from the least to the most that is seen.

    Attributes:
        typical: what is taken, in the unit of `QUANTITIES`.
        low: the least.
        high: the most.
        source: where it stands.
        url: where that can be read.
        confirmed: the typical value was seen there, or follows from what was; otherwise it
            is from memory, to be checked before use.
    """

    typical: float
    low: float
    high: float
    source: str
    url: str = ""
    confirmed: bool = True

    def __post_init__(self):
        check_real("value", self.typical, "the unit of the quantity")
        if not self.low <= self.typical <= self.high:
            numbers = f"is {self.low}, {self.typical}, {self.high}"
            raise mistake("value", "rise from low over typical to high", numbers)
        check_not_negative("value", self.low, "the unit of the quantity")


@dataclass(frozen=True, repr=False)
class Process(Sequence):
    """A sequence of error sources, with the numbers behind them.

    Example:
        >>> process = hardware.processes.silicon_thermo_optic
        >>> chip = hardware.fabricate(model, process, key)
        >>> better = process.replaced(splitter_sigma=0.005)

    Attributes:
        name: what to call it.
        summary: one line about it.
        values: every number by its name in `QUANTITIES`.
        curve: what the levels of the drivers are even in, `phase` or `voltage`.
    """

    name: str
    summary: str
    values: Mapping[str, Value] = field(hash=False)
    curve: Literal["phase", "voltage"] = "phase"

    def __post_init__(self):
        for name, value in self.values.items():
            check_choice("values", name, QUANTITIES)
            if name in ("laser_efficiency", "responsivity"):  # power is divided by them
                check_positive(name, value.low, QUANTITIES[name][0])
            if name == "phase_bits":
                for bits in (value.low, value.typical, value.high):
                    check_integer(name, bits, 1, "24 are as good as no steps.")
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def get(self, name: str, default: float = 0.0) -> float:
        """The typical value of a quantity, or a default where the process has none."""
        check_choice("name", name, QUANTITIES)
        return self.values[name].typical if name in self.values else default

    def replaced(self, **numbers: float) -> "Process":
        """The same process with numbers of your own; they name you as their source.

        Args:
            numbers: quantities by name, in the units of `QUANTITIES`.
        """
        for name in numbers:
            check_choice("quantity", name, QUANTITIES)
        own = {n: Value(x, x, x, "set by the user") for n, x in numbers.items()}
        return replace(self, values={**self.values, **own})

    def corner(self, which: Literal["best", "worst"]) -> "Process":
        """All quantities at the better or at the worse end of their ranges, all at once."""
        check_choice("which", which, ("best", "worst"))
        ends = {"more": "high", "less": "low"} if which == "worst" else {"more": "low"}
        values = {}
        for name, value in self.values.items():
            worse = QUANTITIES[name][1]
            end = ends.get(worse, "high") if worse else "typical"
            values[name] = replace(value, typical=getattr(value, end))
        return replace(self, name=f"{self.name}, {which}", values=values)

    @property
    def plan(self) -> ChipPlan:
        """Where parts lie on the chip."""
        usual = ChipPlan()
        return ChipPlan(
            self.get("cell_length") or usual.column, self.get("mode_pitch") or usual.mode
        )

    @property
    def arm_db(self) -> float:
        """Loss of one arm: a phase shifter and half the length of a cell [dB]."""
        path = self.get("waveguide_db_per_m") * self.get("cell_length") / 2
        return self.get("shifter_db") + path

    @property
    def dispersion(self) -> Dispersion | None:
        """How the chip depends on the wavelength; `None` if the process does not say."""
        if not {"wavelength", "index", "group_index"} <= set(self.values):
            return None
        names = ("wavelength", "index", "group_index", "split_slope")
        return Dispersion(*(self.get(name) for name in names))

    @cached_property
    def sources(self) -> tuple[Callable[..., Any], ...]:
        """The error sources whose sizes are not zero, in the order in which they come."""
        has, plan = self.get, self.plan
        made: dict[str, Callable[[float], Any]] = {
            "splitter_sigma": lambda x: SplitterError(x),
            "wafer_sigma": lambda x: WaferVariation(x, self.get("wafer_length", 1e-3), plan),
            "phase_bits": lambda x: Quantization(int(x), self.curve),
            "crosstalk": lambda x: ThermalCrosstalk(x, has("crosstalk_length", 100e-6), plan),
            "phase_sigma": lambda x: PhaseNoise(x),
        }
        found = [make(size) for name, make in made.items() if (size := has(name))]
        if has("splitter_db") or self.arm_db:
            found.append(ComponentLoss(has("splitter_db"), self.arm_db, has("loss_spread")))
        names = {"shift": "shift", "distance": "axial", "height": "height", "blur": "blur"}
        layers = {to: has(f"layer_{name}") for name, to in names.items() if has(f"layer_{name}")}
        if layers:
            from photonn.free_space import Tolerances

            found.append(LayerErrors(Tolerances(**layers)))
        return tuple(found)

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """Names of the values that nobody has checked in their sources."""
        return tuple(name for name, value in self.values.items() if not value.confirmed)

    def __len__(self) -> int:
        return len(self.sources)

    @overload
    def __getitem__(self, index: int) -> Callable[..., Any]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Callable[..., Any], ...]: ...
    def __getitem__(self, index):
        return self.sources[index]

    def __iter__(self) -> Iterator[Callable[..., Any]]:
        return iter(self.sources)

    def __repr__(self) -> str:
        return f"Process({self.name!r}, sources={len(self)}, values={len(self.values)})"

    def rows(self) -> list[dict[str, Any]]:
        """Every value with its name and unit, as plain data for a table."""
        return [
            {"quantity": name, "unit": QUANTITIES[name][0], **asdict(value)}
            for name, value in self.values.items()
        ]
