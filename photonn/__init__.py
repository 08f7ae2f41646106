"""photonn: a differentiable simulator of photonic neural networks.

Light goes encode, propagate, activate, detect. Rooms, from left to right (an import
may only point left):

    devices     light in one component
    meshes      how interferometers are wired
    free_space  light between planes
    photons     a few photons and their interference
    nn          physics with parameters: Flax NNX modules
    hardware    what separates a chip from its equations
    compile     from weights to settings and files
    data        one data set, one file
    train       fit, losses, checkpoints
    plot        figures: take `ax`, return `ax`
    report      run folders and results

Rooms load on first use, so that `import photonn` is quick and touches no device.
"""

import importlib.util
import sys
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

ROOMS = (
    "devices",
    "meshes",
    "free_space",
    "photons",
    "nn",
    "hardware",
    "compile",
    "data",
    "train",
    "plot",
    "report",
)

try:
    __version__ = version("photonn")
except PackageNotFoundError:  # run from a folder that was never installed
    __version__ = "0+unknown"


def __getattr__(name: str) -> ModuleType:
    if name not in ROOMS:
        raise AttributeError(f"module 'photonn' has no attribute '{name}'")
    return _lazy(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted([*globals(), *ROOMS])


def _lazy(name: str) -> ModuleType:
    """A module that runs its code when its first attribute is read."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ImportError(f"{name} is not part of this installation")
    loader = importlib.util.LazyLoader(spec.loader)
    spec.loader = loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    return module
