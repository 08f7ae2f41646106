"""Physics with parameters: Flax NNX modules, thin shells over the pure rooms.

    Encode, EncodeIntensity,
    EncodeFourier,
    EncodeTimeBins, Image     numbers into light
    DAC                       numbers into the levels of a converter
    MZIMesh, SVDMesh          a unitary, any matrix
    PhaseMasks, Multiport     phase masks and fixed mixers
    Product                   numbers times a matrix that devices realise; of its kind are
    WeightBank, Crossbar,
    CoherentCrossbar,
    HomodyneProduct           rings, crossbars, products counted photon by photon
    TimeWavelength            convolution by a comb
    BlockCirculant,
    FourierFilter             products between two Fourier transforms
    OpticalAttention          attention by homodyne products
    ComplexDense, PowerNorm   complex layers that no device bounds
    ElectroOptic,
    OptoElectronic,
    SaturableAbsorber,
    Photorefractive, Kerr,
    CarrierRing,
    SemiconductorAmplifier,
    ModReLU, ZReLU, Cardioid,
    ShiftedSoftplus           activations
    Fibre, Reservoir          pulses in a fibre, a delay line with a linear read-out
    QuantumLayer              photons: features into probabilities of outcomes
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

from photonn.nn.activations import Cardioid as Cardioid
from photonn.nn.activations import ElectroOptic as ElectroOptic
from photonn.nn.activations import ModReLU as ModReLU
from photonn.nn.activations import OptoElectronic as OptoElectronic
from photonn.nn.activations import ShiftedSoftplus as ShiftedSoftplus
from photonn.nn.activations import ZReLU as ZReLU
from photonn.nn.attention import OpticalAttention as OpticalAttention
from photonn.nn.balanced import Balanced as Balanced
from photonn.nn.balanced import Quadratures as Quadratures
from photonn.nn.circulant import BlockCirculant as BlockCirculant
from photonn.nn.circulant import FourierFilter as FourierFilter
from photonn.nn.crossbar import CoherentCrossbar as CoherentCrossbar
from photonn.nn.crossbar import Crossbar as Crossbar
from photonn.nn.dense import ComplexDense as ComplexDense
from photonn.nn.dense import PowerNorm as PowerNorm
from photonn.nn.detectors import ClassSpecific as ClassSpecific
from photonn.nn.detectors import Intensity as Intensity
from photonn.nn.detectors import Regions as Regions
from photonn.nn.diffractive import Diffractive as Diffractive
from photonn.nn.encode import DAC as DAC
from photonn.nn.encode import Encode as Encode
from photonn.nn.encode import EncodeFourier as EncodeFourier
from photonn.nn.encode import EncodeIntensity as EncodeIntensity
from photonn.nn.encode import EncodeTimeBins as EncodeTimeBins
from photonn.nn.fibre import Fibre as Fibre
from photonn.nn.homodyne import HomodyneProduct as HomodyneProduct
from photonn.nn.image import Image as Image
from photonn.nn.mesh import MZIMesh as MZIMesh
from photonn.nn.mesh import SVDMesh as SVDMesh
from photonn.nn.multiport import Multiport as Multiport
from photonn.nn.nonlinear_media import CarrierRing as CarrierRing
from photonn.nn.nonlinear_media import Kerr as Kerr
from photonn.nn.nonlinear_media import Photorefractive as Photorefractive
from photonn.nn.nonlinear_media import SaturableAbsorber as SaturableAbsorber
from photonn.nn.nonlinear_media import SemiconductorAmplifier as SemiconductorAmplifier
from photonn.nn.optics import FourF as FourF
from photonn.nn.optics import Lens as Lens
from photonn.nn.optics import Propagate as Propagate
from photonn.nn.phase_masks import PhaseMasks as PhaseMasks
from photonn.nn.photon_counters import Clicks as Clicks
from photonn.nn.photon_counters import PhotonCounts as PhotonCounts
from photonn.nn.photons import QuantumLayer as QuantumLayer
from photonn.nn.product import Product as Product
from photonn.nn.receive import Receive as Receive
from photonn.nn.reservoir import Reservoir as Reservoir
from photonn.nn.time_wavelength import TimeWavelength as TimeWavelength
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
from photonn.nn.variables import Stretch as Stretch
from photonn.nn.variables import TransmissionError as TransmissionError
from photonn.nn.weight_bank import WeightBank as WeightBank
