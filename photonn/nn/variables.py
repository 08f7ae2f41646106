"""What a number in a model is. `photonn.hardware` finds variables by these types."""

from flax import nnx


class Phase(nnx.Param):
    """A trainable phase [rad]: a heater, a pixel of a phase mask.

    The metadata `place`, a `photonn.meshes.Placement`, says where the shifters lie on the
    chip; without it they lie on the grid of the array's own axes.
    """


class Gain(nnx.Param):
    """A trainable electronic gain, drive or threshold; fabrication leaves it alone."""


class Imperfection(nnx.Variable):
    """A deviation that was fixed when the chip was made; zero is a perfect chip.

    Not a parameter: an optimiser with `wrt=nnx.Param` leaves it alone.
    """


class SplitterAngle(Imperfection):
    """Deviation of a splitter from its design [rad]."""


class Loss(Imperfection):
    """Loss of light on its power [dB], zero or more."""


class SplitterLoss(Loss):
    """Loss of a splitter [dB]."""


class ArmLoss(Loss):
    """Loss of a waveguide between two splitters, its phase shifter included [dB]."""


class PhaseOffset(Imperfection):
    """What a phase shifter adds without being driven [rad]."""


class TransmissionError(Imperfection):
    """What is wrong with the transmission of a cell, on power [1]."""


class Height(nnx.Param):
    """A trainable height of a relief, held as an angle [rad].

    `photonn.free_space.bounds.enclose` folds it onto the range of heights: one learning rate
    serves every wavelength, and the gradient does not die at the ends of the range.
    """


class Amplitude(nnx.Param):
    """A trainable amplitude between 0 and 1, held as an angle [rad] as a `Height` is."""


class Stretch(nnx.Param):
    """A trainable length, held as the logarithm of its ratio to the designed one."""


class LayerError(Imperfection):
    """What is wrong with a diffractive layer: a `photonn.free_space.Perturbation`.

    An empty one is a perfect layer. The metadata `plane` holds the shape of the mask.
    """
