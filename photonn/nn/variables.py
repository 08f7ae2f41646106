"""What a number in a model is. `photonn.hardware` finds variables by these types."""

from flax import nnx


class Phase(nnx.Param):
    """A trainable phase [rad]: a heater, a pixel of a phase mask."""


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


class PhaseOffset(Imperfection):
    """What a phase shifter adds without being driven [rad]."""
