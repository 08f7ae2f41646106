"""Training: fit any NNX model with any Optax optimiser; runs that survive.

    fit           compiled epochs, validation, early stop, moving average, resume
    fit_seeds     several seeds side by side in one compiled program
    fit_points    the same with rates, temperatures, starts that differ: a sweep
    optimizers    Adam with a decaying rate; one optimiser for each kind of parameter
    ridge         read-outs of reservoirs in closed form
    losses        what to minimise, what to report
    checkpoint    states on disk, with hashes (`manifest`, `sealed`)
    sharding      one fit over many devices and hosts
    termination   SIGTERM as a request to save and stop
    baselines     a linear model and a multilayer perceptron to compare with

Where the gradient comes from, `estimate(loss, model, batch, key) -> (value, gradients)`:

    gradients       autodiff: exact, of a chip that is known; the interface
    in_situ         InSitu: powers at the phase shifters of the chip
    physics_aware   PhysicsAware(twin): the chip forward, its model backward
    direct_feedback   DirectFeedback: the error at the outputs, times random matrices
    forward_only    ForwardOnly: a loss for every mesh, by fixed random read-outs
    gradient_free   SPSA, Coordinate: the loss alone

The same seed gives the same parameters, bit for bit on one machine.
"""

from photonn.train import baselines as baselines
from photonn.train import checkpoint as checkpoint
from photonn.train import losses as losses
from photonn.train import optimizers as optimizers
from photonn.train import ridge as ridge
from photonn.train import sharding as sharding
from photonn.train.direct_feedback import DirectFeedback as DirectFeedback
from photonn.train.fit import fit as fit
from photonn.train.forward_only import ForwardOnly as ForwardOnly
from photonn.train.gradient_free import SPSA as SPSA
from photonn.train.gradient_free import Coordinate as Coordinate
from photonn.train.gradients import Estimator as Estimator
from photonn.train.gradients import autodiff as autodiff
from photonn.train.history import History as History
from photonn.train.in_situ import InSitu as InSitu
from photonn.train.losses import accuracy as accuracy
from photonn.train.losses import predict as predict
from photonn.train.optimizers import adam as adam
from photonn.train.optimizers import steps as steps
from photonn.train.physics_aware import PhysicsAware as PhysicsAware
from photonn.train.points import fit_points as fit_points
from photonn.train.seeds import fit_seeds as fit_seeds
from photonn.train.termination import termination as termination
