"""Training: fit any NNX model with any Optax optimiser; runs that survive.

    fit           epochs in one compiled scan, validation, early stop, resume
    optimizers    Adam with a decaying rate
    ridge         read-outs of reservoirs in closed form
    losses        what to minimise, what to report
    checkpoint    states on disk, with hashes
    baselines     a linear model and a multilayer perceptron to compare with

The same seed gives the same parameters, bit for bit on one machine.
"""

from photonn.train import baselines as baselines
from photonn.train import checkpoint as checkpoint
from photonn.train import losses as losses
from photonn.train import ridge as ridge
from photonn.train.fit import History as History
from photonn.train.fit import fit as fit
from photonn.train.losses import accuracy as accuracy
from photonn.train.losses import predict as predict
from photonn.train.optimizers import adam as adam
from photonn.train.optimizers import steps as steps
