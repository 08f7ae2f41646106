"""Physics with parameters: Flax NNX modules, thin shells over the pure rooms.

    Encode, Image             numbers into light
    MZIMesh, SVDMesh          a unitary, any matrix
    PhaseMasks                phase masks and fixed mixers
    ElectroOptic, ModReLU     activations
    Diffractive               a trainable mask and the space behind it
    Propagate, Lens, FourF    free space, a lens, a convolution by light
    Intensity, Regions,
    ClassSpecific             light into numbers
    Balanced, Quadratures     pairs of photodiodes: signed numbers, amplitudes
    PhotonCounts, Clicks      photons one by one
    Receive                   photocurrents with noise
    trace                     light behind every layer

`Phase`, `Gain` and `Imperfection` say what a number is (see `photonn.nn.variables`);
`photonn.hardware` finds them by type in any model.
"""

from photonn.nn.activations import ElectroOptic as ElectroOptic
from photonn.nn.activations import ModReLU as ModReLU
from photonn.nn.balanced import Balanced as Balanced
from photonn.nn.balanced import Quadratures as Quadratures
from photonn.nn.detectors import ClassSpecific as ClassSpecific
from photonn.nn.detectors import Intensity as Intensity
from photonn.nn.detectors import Regions as Regions
from photonn.nn.diffractive import Diffractive as Diffractive
from photonn.nn.encode import Encode as Encode
from photonn.nn.image import Image as Image
from photonn.nn.mesh import MZIMesh as MZIMesh
from photonn.nn.mesh import SVDMesh as SVDMesh
from photonn.nn.optics import FourF as FourF
from photonn.nn.optics import Lens as Lens
from photonn.nn.optics import Propagate as Propagate
from photonn.nn.phase_masks import PhaseMasks as PhaseMasks
from photonn.nn.photon_counters import Clicks as Clicks
from photonn.nn.photon_counters import PhotonCounts as PhotonCounts
from photonn.nn.receive import Receive as Receive
from photonn.nn.trace import trace as trace
from photonn.nn.variables import Amplitude as Amplitude
from photonn.nn.variables import ArmLoss as ArmLoss
from photonn.nn.variables import Gain as Gain
from photonn.nn.variables import Height as Height
from photonn.nn.variables import Imperfection as Imperfection
from photonn.nn.variables import LayerError as LayerError
from photonn.nn.variables import Loss as Loss
from photonn.nn.variables import Phase as Phase
from photonn.nn.variables import PhaseOffset as PhaseOffset
from photonn.nn.variables import SplitterAngle as SplitterAngle
from photonn.nn.variables import SplitterLoss as SplitterLoss
