"""How the benchmarks measure: contestants take turns, medians are reported."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Plan", "Row", "in_turn", "peak_memory", "process", "seconds", "shown"]


@dataclass(frozen=True)
class Row:
    """One line of the table: what was done, how long it took, and beside what."""

    work: str
    ours: str
    peer: str
    ratio: str
    goal: str = ""


@dataclass(frozen=True)
class Plan:
    """How much to measure: repeats of a process, random games a round, seconds that a peer is given."""

    peer: str
    repeats: int
    games: int
    patience: float


def seconds(action: Callable[[], object]) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def in_turn(actions: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Return the median time of each action; they take turns, after one round that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(repeats + 1):
        for name, action in actions.items():
            taken = seconds(action)
            if turn:
                times[name].append(taken)
    return {name: statistics.median(taken) for name, taken in times.items()}


def peak_memory() -> int:
    """Return the most memory that this process has held, in bytes.

    On Linux `ru_maxrss` counts what the process held from which this one was started, too.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(row for row in status.read_text("ascii").splitlines() if row.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024)


def process(*command: str) -> Callable[[], object]:
    """Return an action that runs a whole process and throws its output away."""
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def shown(taken: float) -> str:
    """Return a duration as people write it."""
    return (
        f"{taken:.2f} s"
        if taken >= 1
        else f"{taken * 1000:.0f} ms"
        if taken >= 0.01
        else f"{taken * 1000:.2f} ms"
    )
