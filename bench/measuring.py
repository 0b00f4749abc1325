"""Time, processor time and memory of this process, and how noisy the machine is."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TURNS = 2_000_000


class Watch:
    """Seconds of a block, by the wall and by the processor (all threads of this process)."""

    wall_s = 0.0
    cpu_s = 0.0


@contextmanager
def watch() -> Iterator[Watch]:
    made = Watch()
    wall, cpu = time.perf_counter(), time.process_time()
    yield made
    made.wall_s = time.perf_counter() - wall
    made.cpu_s = time.process_time() - cpu


def peak_mb() -> float:
    """The most memory that this process has held.

    Linux keeps it for the program alone; elsewhere what the process held before it became this
    program may count too.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def held_mb(process: int) -> float:
    """The memory that a process of this machine holds now."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    found = dict(line.split(":", 1) for line in lines)
    return int(found["VmRSS"].split()[0]) / 1024


def used_s(process: int) -> float:
    """The processor time, its own and the system's, that a process has used so far."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def fixed_work() -> Watch:
    """What a fixed piece of work takes: by the wall more when others use the machine, by the
    processor more when others share its caches and threads."""
    total = 0
    with watch() as spent:
        for number in range(_TURNS):
            total += number * number % 7
    assert total
    return spent
