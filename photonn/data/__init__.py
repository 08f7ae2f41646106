"""One data set, one file: arrays out, never a silent download.

    digits   8 x 8 handwritten digits, always there (scikit-learn)
    narma    NARMA10, a time series with memory
    rings    two rings of points in a plane
    channel  symbols sent over a nonlinear radio channel

`Dataset` is inputs with labels, `Split` its training, validation and test part.
"""

from photonn.data import channel as channel
from photonn.data import digits as digits
from photonn.data import narma as narma
from photonn.data import rings as rings
from photonn.data.dataset import Dataset as Dataset
from photonn.data.dataset import Split as Split
from photonn.data.dataset import split as split
