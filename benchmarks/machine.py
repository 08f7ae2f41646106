"""What the numbers were measured on: kind of processor and number of cores, no names."""

import os
import platform
from pathlib import Path

from environments import THREADS


def describe() -> dict:
    """Processor, cores of the machine, threads that each worker had."""
    return {"processor": _processor(), "cores": os.cpu_count(), "threads": THREADS}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
