"""What separates a chip from its equations: one source of error, one file.

    phase_noise      PhaseNoise(sigma)
    splitter_error   SplitterError(sigma)
    wafer_variation  WaferVariation(sigma): splitters that differ smoothly across the chip
    component_loss   ComponentLoss(splitter_db, arm_db, spread)
    thermal_crosstalk  ThermalCrosstalk(neighbour): heat that reaches other phase shifters
    quantization     Quantization(bits): drivers with steps, even in phase or in voltage
    drift            PhaseDrift(diffusion, time), TemperatureShift(kelvin)
    layer_errors     LayerErrors(tolerances): diffractive layers off their places and heights
    chip_plan        ChipPlan(column, mode): where parts lie on the chip
    fabricate        one chip: `fabricate(model, process, key)`
    vaccination      `Vaccinated(model, process, rngs=)`: new errors at every step of training
    process          Process: error sources with the numbers behind them, each with its source
    processes        ready-made ones: `processes.silicon_thermo_optic`, ...
    parts            what a model is made of, counted
    budget           loss, power, time, place, energy of a MAC: `budget(model, process)`
    monte_carlo      many chips: `monte_carlo(model, process, measure, key=, chips=)`

A process is a sequence of error sources. A source changes variables of one type and
so works on any model that says what its numbers are (`photonn.nn.variables`).
"""

from photonn.hardware import parts as parts
from photonn.hardware import processes as processes
from photonn.hardware.budget import Budget as Budget
from photonn.hardware.budget import budget as budget
from photonn.hardware.budget import budget_against_size as budget_against_size
from photonn.hardware.chip_plan import ChipPlan as ChipPlan
from photonn.hardware.component_loss import ComponentLoss as ComponentLoss
from photonn.hardware.drift import PhaseDrift as PhaseDrift
from photonn.hardware.drift import TemperatureShift as TemperatureShift
from photonn.hardware.fabrication import fabricate as fabricate
from photonn.hardware.layer_errors import LayerErrors as LayerErrors
from photonn.hardware.monte_carlo import monte_carlo as monte_carlo
from photonn.hardware.phase_noise import PhaseNoise as PhaseNoise
from photonn.hardware.process import Process as Process
from photonn.hardware.process import Value as Value
from photonn.hardware.quantization import Quantization as Quantization
from photonn.hardware.splitter_error import SplitterError as SplitterError
from photonn.hardware.thermal_crosstalk import ThermalCrosstalk as ThermalCrosstalk
from photonn.hardware.vaccination import Vaccinated as Vaccinated
from photonn.hardware.wafer_variation import WaferVariation as WaferVariation
