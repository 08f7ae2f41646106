"""One virtual environment for each worker, made when it is first asked for."""

import glob
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = "3.12"
THREADS = 2


@dataclass(frozen=True)
class Environment:
    """What a worker needs.

    Attributes:
        packages: as `pip install` takes them.
        python: version of Python, as "3.12".
        old_numpy: whether it needs a NumPy whose OpenBLAS may have to be told the processor.
    """

    packages: tuple[str, ...]
    python: str = PYTHON
    old_numpy: bool = False


ENVIRONMENTS = {
    "photonn": Environment(("--editable", str(HERE.parent))),
    "torch": Environment(("torch", "numpy")),
    "neurophox": Environment(("neurophox", "tensorflow-cpu", "torch", "scipy")),
    "interferometer": Environment(("interferometer", "numpy")),
    "strawberryfields": Environment(
        # Of 2022: needs `scipy.integrate.simps` and `pkg_resources`, which went away since.
        ("strawberryfields==0.23.0", "scipy<1.14", "numpy<2", "setuptools<81"),
        old_numpy=True,
    ),
    "piquasso": Environment(("piquasso",)),
    "perceval": Environment(("perceval-quandela",)),
    "torchoptics": Environment(("torchoptics", "torch", "numpy")),
    # What PyPI has under this name is empty.
    "chromatix": Environment(
        ("chromatix @ git+https://github.com/chromatix-team/chromatix@0.5.0",)
    ),
}


def python(name: str) -> Path:
    """The interpreter of a worker's environment, which is made if it is not there.

    Raises:
        RuntimeError: if there is no such Python, or the packages cannot be installed; the
            message is what pip said last.
    """
    wanted = ENVIRONMENTS[name]
    folder = HERE / ".venv" / name
    stamp, content = folder / ".made", "\n".join((wanted.python, *wanted.packages))
    interpreter = folder / "bin" / "python"
    if stamp.exists() and stamp.read_text() == content:
        return interpreter
    shutil.rmtree(folder, ignore_errors=True)
    with open(log(name), "w") as output:
        for command in (
            [_find(wanted.python), "-m", "venv", folder],
            [interpreter, "-m", "pip", "install", *wanted.packages],
        ):
            if subprocess.run(command, stdout=output, stderr=output).returncode:
                last = (log(name).read_text().splitlines() or ["no output"])[-1]
                raise RuntimeError(f"does not install: {last}"[:200])
    stamp.write_text(content)
    return interpreter


def log(name: str) -> Path:
    """Where pip and the worker write what they have to say."""
    path = HERE / ".venv" / f"{name}.log"
    path.parent.mkdir(exist_ok=True)
    return path


def variables(name: str) -> dict[str, str]:
    """The environment variables of a worker: two threads, no accelerator, nothing of ours.

    Large arrays stand on large pages, where the system has them: with small ones, fresh
    memory costs as much time as the transforms that fill it, for everyone.
    """
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    if not ENVIRONMENTS[name].old_numpy:
        kept = {k: v for k, v in kept.items() if not k.startswith("OPENBLAS_")}
    threads = ("OMP", "MKL", "OPENBLAS", "NUMEXPR")
    return kept | {
        **{f"{library}_NUM_THREADS": str(THREADS) for library in threads},
        "CUDA_VISIBLE_DEVICES": "",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "JAX_PLATFORMS": "cpu",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "PYTHONWARNINGS": "ignore",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _find(version: str) -> str:
    """A Python of this version: on the path, of pyenv, or the one that runs."""
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    candidates = [
        sys.executable,
        f"python{version}",
        *sorted(glob.glob(f"{pyenv}/versions/{version}.*/bin/python"), reverse=True),
    ]
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    for candidate in filter(shutil.which, candidates):
        # A shim on the path may answer that it has no such version.
        said = subprocess.run([candidate, "-c", code], capture_output=True, text=True)
        if said.stdout.strip() == version:
            return candidate
    raise RuntimeError(f"needs Python {version}, and there is none on this machine")
