"""What separates a chip from its equations: one source of error, one file.

    phase_noise      PhaseNoise(sigma)
    splitter_error   SplitterError(sigma)
    layer_errors     LayerErrors(tolerances): diffractive layers off their places and heights
    fabricate        one chip: `fabricate(model, process, key)`
    vaccination      `Vaccinated(model, process, rngs=)`: new errors at every step of training
    monte_carlo      many chips: `monte_carlo(model, process, measure, key=, chips=)`

A process is a sequence of error sources. A source changes variables of one type and
so works on any model that says what its numbers are (`photonn.nn.variables`).
"""

from photonn.hardware.fabrication import fabricate as fabricate
from photonn.hardware.layer_errors import LayerErrors as LayerErrors
from photonn.hardware.monte_carlo import monte_carlo as monte_carlo
from photonn.hardware.phase_noise import PhaseNoise as PhaseNoise
from photonn.hardware.splitter_error import SplitterError as SplitterError
from photonn.hardware.vaccination import Vaccinated as Vaccinated
