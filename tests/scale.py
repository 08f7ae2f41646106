"""A digits run on many devices and processes, beside one on a single device.

    python -m tests.scale [EPOCHS]

prints, for the chip of the digits experiment, how far parameters and accuracy are from those
of one device; then the same for fits that were begun on so many devices and ended on others.
In float64: Adam divides by the size of the gradient, so that phases on which no output depends
go wherever rounding sends them, in float32 as far as the learning rate takes them.
"""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

FIT = """
import os, sys
folder, epochs, modes, hosts = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
import jax
from photonn.train import sharding
if hosts:
    sharding.connect(hosts)
import numpy as np
from flax import nnx
from photonn import data, meshes, nn, train

split = data.digits.load(seed=0).flatten()
parts = [part._replace(inputs=part.inputs[:, 32 - modes // 2 :][:, :modes]) for part in split]
layout, rngs = meshes.clements.layout(modes), nnx.Rngs(0)
model = nnx.Sequential(
    nn.Encode(modes, power=64.0), nn.MZIMesh(layout, rngs=rngs), nn.ElectroOptic(gain=0.157),
    nn.MZIMesh(layout, rngs=rngs), nn.Intensity(10),
)
with sharding.over(jax.devices()):
    history = train.fit(model, parts[0], parts[1], train.adam(0.01, steps=200), epochs=epochs,
                        batch=64, folder=folder, save_seconds=0.0)
outputs = train.predict(model, parts[2].inputs)
leaves = [np.asarray(leaf).ravel() for leaf in jax.tree.leaves(nnx.state(model, nnx.Param))]
if jax.process_index() == 0:
    np.savez(folder + "/final.npz", parameters=np.concatenate(leaves), outputs=outputs,
             accuracy=train.accuracy(model, parts[2]), devices=jax.device_count(),
             losses=[row["loss"] for row in history.epochs])
"""


def fit(folder, *, devices=1, processes=1, epochs=2, modes=10):
    """The result of a fit over so many virtual devices, divided over processes of their own."""
    port = free_port()
    started = []
    for number in range(processes):
        hosts = f"127.0.0.1:{port},{processes},{number}" if processes > 1 else ""
        # Only the first process may write, so only it gets the folder.
        own = Path(folder) if number == 0 else Path(folder) / f"process{number}"
        count = devices // processes
        flags = f"--xla_force_host_platform_device_count={count}"
        environment = {**os.environ, "JAX_PLATFORMS": "cpu", "XLA_FLAGS": flags}
        environment["JAX_ENABLE_X64"] = "1"
        command = [sys.executable, "-c", FIT, str(own), str(epochs), str(modes), hosts]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdout=pipe, stderr=pipe, env=environment))
    for process in started:
        _, errors = process.communicate(timeout=500)
        assert process.returncode == 0, errors.decode()
    assert not list(Path(folder).glob("process*")), "another process than the first wrote"
    return dict(np.load(Path(folder) / "final.npz"))


def apart(one, other):
    """Largest differences of parameters, outputs and accuracy."""
    names = ("parameters", "outputs", "accuracy")
    return {name: float(np.max(np.abs(one[name] - other[name]))) for name in names}


def free_port():
    """A port of the loop-back address that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def main(epochs=4):
    """Print the table."""
    ways = {"1": {}, "2": {"devices": 2}, "8": {"devices": 8}}
    ways["8 in 2 processes"] = {"devices": 8, "processes": 2}
    with tempfile.TemporaryDirectory() as root:
        print(f"{'devices':>28} {'parameters':>11} {'outputs':>11} {'accuracy':>11}")
        found = {}
        for name, how in ways.items():
            (Path(root) / name).mkdir()
            found[name] = fit(Path(root) / name, **how, epochs=epochs, modes=64)
            _show(name, found["1"], found[name])
        print(f"test accuracy on one device: {found['1']['accuracy']:.4f}")
        for before, after in (("8", "1"), ("1", "8"), ("8", "8 in 2 processes")):
            folder = Path(root) / f"{before} then {after}"
            folder.mkdir()
            fit(folder, **ways[before], epochs=epochs // 2, modes=64)
            ended = fit(folder, **ways[after], epochs=epochs, modes=64)
            assert len(ended["losses"]) == epochs
            _show(folder.name, found["1"], ended)


def _show(name, one, other):
    values = apart(one, other)
    print(f"{name:>28} " + " ".join(f"{value:11.1e}" for value in values.values()), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
