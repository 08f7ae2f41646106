"""A few photons: what they do in a linear network, where they interfere with each other.

    permanents          permanent of a matrix
    states              occupations: counting, all of them in order, their row
    interference        amplitude and probability of one outcome
    fock                amplitudes of all outcomes; any state through a network
    sampling            outcomes drawn one by one (boson sampling)
    distinguishability  photons that can be told apart, in part or altogether
    loss                photons that get lost
    kerr                phases by the number of photons
    heralding           some modes are measured: what is left in the others
    detection           threshold detectors, and those that count

A network is a unitary matrix with `out = unitary @ in`, as `photonn.meshes.unitary` makes
it. An occupation is the number of photons in each mode, such as `(1, 1, 0)`.
"""

from photonn.photons import detection as detection
from photonn.photons import distinguishability as distinguishability
from photonn.photons import fock as fock
from photonn.photons import heralding as heralding
from photonn.photons import interference as interference
from photonn.photons import kerr as kerr
from photonn.photons import loss as loss
from photonn.photons import permanents as permanents
from photonn.photons import sampling as sampling
from photonn.photons import states as states
from photonn.photons.fock import probabilities as probabilities
from photonn.photons.interference import amplitude as amplitude
from photonn.photons.interference import probability as probability
from photonn.photons.permanents import permanent as permanent
from photonn.photons.sampling import sample as sample
