"""How a cost is measured: wall time, CPU time and peak memory, of a step in this process or of a whole process.

What belongs here: measuring. What does not: what is measured (`county`, `stages`, `bare_sql`).

Memory is the peak of the resident set. Linux lets a process set that mark back, so a step has a peak of its own there;
elsewhere a step's peak is the process's so far.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

CLEAR_PEAK = Path("/proc/self/clear_refs")
STATUS = Path("/proc/self/status")
MEBIBYTE = 1024 * 1024


class StepFailedError(Exception):
    """A process that was to be measured ended badly; its last lines are the reason."""


@dataclass(frozen=True)
class Cost:
    """What a step took: seconds of wall and of CPU (user and system, children included), peak memory in MiB."""

    step: str
    wall: float
    cpu: float
    peak_mib: float

    def as_json(self) -> dict[str, str | float]:
        """Return the cost with its numbers rounded to what a stopwatch can tell."""
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(self).items()}


@contextmanager
def measured(step: str, costs: list[Cost]) -> Iterator[None]:
    """Append to `costs` what the body costs in this process."""
    if CLEAR_PEAK.exists():
        CLEAR_PEAK.write_text("5")
    wall, cpu = time.perf_counter(), _cpu()
    yield
    costs.append(Cost(step, time.perf_counter() - wall, _cpu() - cpu, _peak_mib()))


def run_measured(
    step: str, command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None, ok: Sequence[int] = (0,)
) -> tuple[Cost, str]:
    """Run a command; return what its process cost and its standard output. Its standard error passes through.

    Raises StepFailedError when it ends with an exit code that is not in `ok`.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
    )
    assert process.stdout is not None  # noqa: S101 - for the type checker; the pipe was asked for
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode not in ok:
        last = "\n".join(output.splitlines()[-15:])
        raise StepFailedError(f"{step} ended with exit code {process.returncode}.\n{last}")
    return Cost(step, wall, used.ru_utime + used.ru_stime, used.ru_maxrss * _maxrss_unit() / MEBIBYTE), output


@contextmanager
def peak_of_children() -> Iterator[list[float]]:
    """Yield a list of one number, which is at the end the most MiB that all processes below this one had resident.

    They are looked at ten times a second: Spark's Java machine is nobody's child to wait for, so that no system call
    tells of its peak.
    """
    peak, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            resident = 0
            for child in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    resident += child.memory_info().rss
            peak[0] = max(peak[0], resident / MEBIBYTE)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield peak
    finally:
        over.set()
        looking.join()


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak_mib() -> float:
    if STATUS.exists():
        for line in STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _maxrss_unit() / MEBIBYTE


def _maxrss_unit() -> int:
    """Bytes in a unit of `ru_maxrss`, which is kibibytes everywhere but on macOS."""
    return 1 if sys.platform == "darwin" else 1024
