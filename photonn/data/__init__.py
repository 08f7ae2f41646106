"""One data set, one file: arrays out, never a silent download.

    digits         8 x 8 handwritten digits, always there (scikit-learn)
    vowels         eleven vowels by fifteen speakers, always there
    mnist          28 x 28 handwritten digits
    fashion_mnist  28 x 28 pictures of clothes
    cifar10        32 x 32 photographs in colour
    santa_fe       a laser in chaos
    microscopy     images of cells and tissue

Made from a seed:

    rings          two rings of points in a plane
    moons          two half circles of points
    unitaries      Haar-random matrices
    phase_objects  transparent cells
    point_spreads  images of a point through an aberrated lens
    pulses         ultrashort pulses
    narma          NARMA10, a time series with memory
    mackey_glass   a chaotic time series
    channel        symbols sent over a nonlinear radio channel
    spin_glasses   couplings of spins

`Dataset` is inputs with labels, `Split` its training, validation and test part; `split` and
`hold_out` divide, and `augment` moves and turns images. The files of a set are found by
`folders`, `locate` and `archives`, and got by `fetch` and `download`; `idx` reads such files
of your own. `catalogue` knows all sets.
"""

from photonn.data import archives as archives
from photonn.data import augment as augment
from photonn.data import catalogue as catalogue
from photonn.data import channel as channel
from photonn.data import cifar10 as cifar10
from photonn.data import digits as digits
from photonn.data import download as download
from photonn.data import fashion_mnist as fashion_mnist
from photonn.data import fetch as fetch
from photonn.data import folders as folders
from photonn.data import idx as idx
from photonn.data import locate as locate
from photonn.data import mackey_glass as mackey_glass
from photonn.data import microscopy as microscopy
from photonn.data import mnist as mnist
from photonn.data import moons as moons
from photonn.data import narma as narma
from photonn.data import phase_objects as phase_objects
from photonn.data import point_spreads as point_spreads
from photonn.data import pulses as pulses
from photonn.data import rings as rings
from photonn.data import santa_fe as santa_fe
from photonn.data import source as source
from photonn.data import spin_glasses as spin_glasses
from photonn.data import unitaries as unitaries
from photonn.data import vowels as vowels
from photonn.data.dataset import Dataset as Dataset
from photonn.data.dataset import Split as Split
from photonn.data.dataset import hold_out as hold_out
from photonn.data.dataset import split as split
from photonn.data.source import File as File
from photonn.data.source import Source as Source
