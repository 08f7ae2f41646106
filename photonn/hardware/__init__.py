"""What separates a chip from its equations: one source of error, one file.

    phase_noise      PhaseNoise(sigma)
    splitter_error   SplitterError(sigma)
    wafer_variation  WaferVariation(sigma): splitters that differ smoothly across the chip
    component_loss   ComponentLoss(splitter_db, arm_db, spread)
    thermal_crosstalk  ThermalCrosstalk(neighbour): heat that reaches other phase shifters
    quantization     Quantization(bits): drivers with steps, even in phase or in voltage
    drift            PhaseDrift(diffusion, time), TemperatureShift(kelvin)
    write_error      WriteError(sigma): cells of a crossbar that were not written exactly
    layer_errors     LayerErrors(tolerances): diffractive layers off their places and heights
    chip_plan        ChipPlan(column, mode): where parts lie on the chip
    fabricate        one chip: `fabricate(model, process, key)`
    chip             Chip(model, process, key): one chip that is set again and again
    correction       `correct(model, chip)`: phases set anew for splitters that are known
    configuration    `configure(model, chip)`: phases found by nulling, errors unknown
    calibration      `calibrate(mesh, measurement)`: a digital twin with its uncertainty; `track`
    vaccination      `Vaccinated(model, process, rngs=)`: new errors at every step of training
    process          Process: error sources with the numbers behind them, each with its source
    processes        ready-made ones: `processes.silicon_thermo_optic`, ...
    parts            what a model is made of, counted
    budget           loss, power, time, place, energy of a MAC: `budget(model, process)`
    monte_carlo      many chips: `monte_carlo(model, process, measure, key=, chips=)`
    mesh_chips       many chips of one mesh: error, loss, and over wavelength
    metrics          matrix error, fidelity, insertion loss, crosstalk, extinction
    statistics       `summarize`: quantiles with intervals; `bootstrap`; `yield_of`
    sensitivity      which error costs most; corners, tolerance curves, largest error
    error_laws       how matrix errors grow with the size of a mesh: theory and chips
    memory           how many chips fit in memory at one time

A process is a sequence of error sources. A source changes variables of one type and
so works on any model that says what its numbers are (`photonn.nn.variables`).
"""

from photonn.hardware import error_laws as error_laws
from photonn.hardware import parts as parts
from photonn.hardware import processes as processes
from photonn.hardware.budget import Budget as Budget
from photonn.hardware.budget import budget as budget
from photonn.hardware.budget import budget_against_size as budget_against_size
from photonn.hardware.calibration import Measurement as Measurement
from photonn.hardware.calibration import Prior as Prior
from photonn.hardware.calibration import Twin as Twin
from photonn.hardware.calibration import calibrate as calibrate
from photonn.hardware.calibration import predict as predict
from photonn.hardware.calibration import track as track
from photonn.hardware.chip import Chip as Chip
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
from photonn.hardware.mesh_chips import MeshChips as MeshChips
from photonn.hardware.mesh_chips import mesh_chips as mesh_chips
from photonn.hardware.mesh_chips import mesh_over_wavelength as mesh_over_wavelength
from photonn.hardware.metrics import crosstalk_db as crosstalk_db
from photonn.hardware.metrics import extinction_db as extinction_db
from photonn.hardware.metrics import fidelity as fidelity
from photonn.hardware.metrics import insertion_loss_db as insertion_loss_db
from photonn.hardware.metrics import matrix_error as matrix_error
from photonn.hardware.metrics import transfer_matrix as transfer_matrix
from photonn.hardware.monte_carlo import FailedChips as FailedChips
from photonn.hardware.monte_carlo import monte_carlo as monte_carlo
from photonn.hardware.parts import Part as Part
from photonn.hardware.phase_noise import PhaseNoise as PhaseNoise
from photonn.hardware.process import Process as Process
from photonn.hardware.process import Value as Value
from photonn.hardware.quantization import Quantization as Quantization
from photonn.hardware.sensitivity import Sensitivity as Sensitivity
from photonn.hardware.sensitivity import corners as corners
from photonn.hardware.sensitivity import largest_size as largest_size
from photonn.hardware.sensitivity import sensitivity as sensitivity
from photonn.hardware.sensitivity import tolerance_curve as tolerance_curve
from photonn.hardware.splitter_error import SplitterError as SplitterError
from photonn.hardware.statistics import Estimate as Estimate
from photonn.hardware.statistics import Summary as Summary
from photonn.hardware.statistics import bootstrap as bootstrap
from photonn.hardware.statistics import summarize as summarize
from photonn.hardware.statistics import yield_of as yield_of
from photonn.hardware.thermal_crosstalk import ThermalCrosstalk as ThermalCrosstalk
from photonn.hardware.vaccination import Vaccinated as Vaccinated
from photonn.hardware.wafer_variation import WaferVariation as WaferVariation
from photonn.hardware.write_error import WriteError as WriteError
