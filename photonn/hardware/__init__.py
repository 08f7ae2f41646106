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
    correction       `correct(model, chip)`: phases set anew for splitters that are known
    configuration    `configure(model, chip)`: phases found by nulling, errors unknown
    calibration      `calibrate(mesh, measurement)`: a digital twin with its uncertainty; `track`
    vaccination      `Vaccinated(model, process, rngs=)`: new errors at every step of training
    monte_carlo      many chips: `monte_carlo(model, process, measure, key=, chips=)`

A process is a sequence of error sources. A source changes variables of one type and
so works on any model that says what its numbers are (`photonn.nn.variables`).
"""

from photonn.hardware.calibration import Measurement as Measurement
from photonn.hardware.calibration import Prior as Prior
from photonn.hardware.calibration import Twin as Twin
from photonn.hardware.calibration import calibrate as calibrate
from photonn.hardware.calibration import predict as predict
from photonn.hardware.calibration import track as track
from photonn.hardware.chip_plan import ChipPlan as ChipPlan
from photonn.hardware.component_loss import ComponentLoss as ComponentLoss
from photonn.hardware.configuration import configure as configure
from photonn.hardware.configuration import configure_triangle as configure_triangle
from photonn.hardware.correction import correct as correct
from photonn.hardware.correction import fabricate_corrected as fabricate_corrected
from photonn.hardware.correction import program as program
from photonn.hardware.correction import set_meshes as set_meshes
from photonn.hardware.drift import PhaseDrift as PhaseDrift
from photonn.hardware.drift import TemperatureShift as TemperatureShift
from photonn.hardware.fabrication import fabricate as fabricate
from photonn.hardware.layer_errors import LayerErrors as LayerErrors
from photonn.hardware.monte_carlo import monte_carlo as monte_carlo
from photonn.hardware.phase_noise import PhaseNoise as PhaseNoise
from photonn.hardware.quantization import Quantization as Quantization
from photonn.hardware.splitter_error import SplitterError as SplitterError
from photonn.hardware.thermal_crosstalk import ThermalCrosstalk as ThermalCrosstalk
from photonn.hardware.vaccination import Vaccinated as Vaccinated
from photonn.hardware.wafer_variation import WaferVariation as WaferVariation
