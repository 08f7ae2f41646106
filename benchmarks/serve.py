"""A worker: keeps one package in memory and does what it is told, line by line.

    python serve.py NAME

`workers/NAME.py` holds a function for each task it can do. A request and its answer are
one line of JSON each:

    {"do": "versions"}                                  {"python": "3.12.1", "torch": ...}
    {"do": "prepare", "task": ..., "size": {...}, ...}  {"first_s": ..., "notes": {...}}
    {"do": "time", "seconds": 0.3}                      {"seconds": [...]}
    {"do": "check"}                                     {"error": ...}
    {"do": "memory"}                                    {"rise_bytes": ...}

What goes wrong is an answer too: {"failure": "..."}.
"""

import contextlib
import importlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import resource
import sys
import time
from pathlib import Path


def load(name):
    """The module `workers/NAME.py`, under a name that hides no package.

    Neither must the files here hide one: but for the tasks they are out of sight.
    """
    here = str(Path(__file__).parent)
    for shared in ("task", "diffraction"):
        importlib.import_module(shared)
    sys.path[:] = [folder for folder in sys.path if folder != here]
    path = Path(__file__).parent / "workers" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"worker_{name}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Worker:
    """Answers requests; every method but these is an internal matter."""

    def __init__(self, name):
        self.module = load(name)
        self.tasks, self.results = {}, {}

    def answer(self, request):
        """The answer to one request, as a dictionary."""
        request = dict(request)
        return getattr(self, request.pop("do"))(**request)

    def versions(self):
        """Of Python and of the packages that the worker names."""
        versions = {p: importlib.metadata.version(p) for p in self.module.PACKAGES}
        return {"python": platform.python_version(), **versions}

    def prepare(self, task, size, method=None):
        """Set up a task and do it once; compilation falls in here."""
        start = time.perf_counter()
        extra = {} if method is None else {"method": method}
        ready = getattr(self.module, task)(**size, **extra)
        reset_peak()
        before = resident()
        result = ready.run()
        rise = peak() - before
        self.tasks[method], self.results[method] = ready, result
        first = time.perf_counter() - start
        return {"first_s": first, "rise_bytes": rise, "notes": dict(ready.notes)}

    def time(self, seconds, method=None, warm=True):
        """Seconds that each of several runs took."""
        run, taken = self.tasks[method].run, []
        if warm:
            run()
        while not taken or (sum(taken) < seconds and len(taken) < 1000):
            start = time.perf_counter()
            run()
            taken.append(time.perf_counter() - start)
        return {"seconds": taken}

    def check(self, method=None):
        """How far the first result is from the truth."""
        result = self.results.pop(method)
        return {"error": float(self.tasks[method].error(result))}

    def forget(self):
        """Let go of all tasks."""
        self.tasks.clear()
        self.results.clear()
        return {}


def _status(key):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key))


def reset_peak():
    """Forget the highest use of memory so far, where the system (Linux) can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak():
    """Highest use of memory since it was last forgotten [bytes]."""
    try:
        return _status("VmHWM")
    except OSError:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def resident():
    """Memory in use [bytes]; where the system does not say, the highest use so far."""
    try:
        return _status("VmRSS")
    except OSError:
        return peak()


def main():
    """Answer until the input ends. What a package prints goes to the log, not to the answers."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    try:
        worker = Worker(sys.argv[1])
        answers.write(json.dumps({}) + "\n")
    except Exception as error:
        answers.write(json.dumps({"failure": describe(error)}) + "\n")
        return
    for line in sys.stdin:
        try:
            answer = worker.answer(json.loads(line))
        except Exception as error:
            answer = {"failure": describe(error)}
        answers.write(json.dumps(answer) + "\n")


def describe(error):
    """An exception on one short line."""
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]


if __name__ == "__main__":
    main()
