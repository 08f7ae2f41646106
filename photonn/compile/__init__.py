"""From weights to settings and files. One format, one file.

lower         a network of free matrices as the meshes that realise it
stablehlo     a trained model as one program, which runs without photonn
safetensors   the numbers of a model, safe to read from strangers
"""

from photonn.compile import lower as lower
from photonn.compile import safetensors as safetensors
from photonn.compile import stablehlo as stablehlo
