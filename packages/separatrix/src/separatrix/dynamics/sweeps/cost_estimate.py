"""How long a sweep will take and how large its result will be, from a few of its points."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.sweeps.block import ASSUMED, FINE, STATUS, Sweep, measured
from separatrix.dynamics.tolerances import NOT_ZERO
from separatrix.errors import SeparatrixError
from separatrix.run.block_store import Tiling
from separatrix.run.columns import WordColumn, encoded

__all__ = ["LARGEST", "LONGEST", "SweepCost", "estimate"]

Places = tuple[NDArray[np.int64], ...]

LONGEST = 600.0
"""Seconds that a sweep may take without confirmation."""
LARGEST = 1_000_000_000
"""Bytes of the result, likewise."""

PATIENCE = 0.4
"""Seconds after which no larger sample is tried."""
FIRST = 5.0
"""Seconds of the first point after which no second one is tried."""
SAMPLES = (1, 1, 3, 16, 128, 1024)
"""Points that are tried in turn, the first one twice: it loads what all need."""

SURE = 2
"""The sample after which a larger one is tried only if it is quick."""

BLOCK_SECONDS = 2.0
"""How long a block of points may take: what is lost when a sweep is stopped."""

MOST_IN_BLOCK = 1 << 16
"""Points of a block that take hardly any time: more would take more memory."""


@dataclass(frozen=True)
class SweepCost:
    """What a sweep will cost.

    Attributes
    ----------
    points : int
    seconds : float
        With all workers, of the points that are not finished yet.
    bytes : float
        Of the result, and as much again for its blocks until it is assembled.
    in_block : int
        Points that are best computed together.
    """

    points: int
    seconds: float
    bytes: float
    in_block: int

    @property
    def too_large(self) -> bool:
        """Whether to ask for confirmation."""
        return self.seconds > LONGEST or self.bytes > LARGEST


def estimate(sweep: Sweep, workers: int = 1) -> SweepCost:
    """Return what a sweep will cost; takes about half a second, and a few points at least.

    Raises
    ------
    SeparatrixError
        Where none of the points that were tried can be measured: the error of one of them.
    """
    tiling = Tiling.of(sweep.shape, MOST_IN_BLOCK)
    words: set[str] = set()
    begun, taken, size, tried = time.perf_counter(), 0.0, 0, 1
    for k, count in enumerate(SAMPLES):
        tried = min(count, tiling.size)
        places = _spread(sweep.shape, tried)
        started = time.perf_counter()
        columns = measured(sweep, tiling, places)
        taken = (time.perf_counter() - started) / tried
        size = len(encoded(columns, "", 0)) - len(encoded({}, "", 0))
        status = columns[STATUS]
        if isinstance(status, WordColumn):
            words.update(status.words)
        if k == 0 and time.perf_counter() - begun < FIRST:
            begun = time.perf_counter()  # the first point loads and compiles what all need
        elif time.perf_counter() - begun > PATIENCE or tried == tiling.size:
            break
        elif k >= SURE and taken * SAMPLES[min(k + 1, len(SAMPLES) - 1)] > PATIENCE:
            break  # the next sample alone would take longer
    if words and not words & {FINE, ASSUMED}:
        _fail(sweep, tiling, _spread(sweep.shape, 1))
    in_block = max(1, min(MOST_IN_BLOCK, int(BLOCK_SECONDS / max(taken, NOT_ZERO))))
    if workers > 1:  # enough blocks that none of them waits for the last one
        in_block = max(1, min(in_block, math.ceil(tiling.size / (4 * workers))))
    # A description of the columns comes once a block, not once a point.
    each = max(4.0, (size - 400.0 * len(columns)) / tried)
    whole = each * tiling.size + 8.0 * sum(sweep.shape)
    return SweepCost(tiling.size, taken * tiling.size / workers, whole, in_block)


def _spread(shape: Sequence[int], count: int) -> Places:
    """Return places all over a grid: Kronecker's sequence of the square roots of primes."""
    steps = np.sqrt([2.0, 3.0, 5.0, 7.0, 11.0, 13.0, 17.0, 19.0, 23.0, 29.0])
    k = np.arange(count)
    return tuple(
        np.minimum((((0.5 + k * steps[i % 10]) % 1.0) * n).astype(np.int64), n - 1)
        for i, n in enumerate(shape)
    )


def _fail(sweep: Sweep, tiling: Tiling, places: Places) -> None:
    """Raise the error that a point has met."""
    place = [int(own[0]) for own in places]
    point = sweep.point(place, tiling.at(place))
    for measure in sweep.measures:
        try:
            measure.at(point)
        except SeparatrixError as problem:
            where = ", ".join(f"{axis.name} = {point.values[axis.name]}" for axis in sweep.axes)
            again = f"at {where}, and at every other point that was tried"
            problem.hint = (
                f"{problem.hint}; this was met {again}" if problem.hint else f"this was met {again}"
            )
            raise
