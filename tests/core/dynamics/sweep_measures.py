"""Functions that tests measure; in a module of their own, so that other processes can load them."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

Values = Mapping[str, Fraction]


def total(values: Values) -> float:
    """Return the sum of all values."""
    return float(sum(values.values()))


def drawn(values: Values, seed: int) -> dict[str, float]:
    """Return numbers that depend on the seed of the point."""
    import numpy as np

    first, second = np.random.default_rng(seed).random(2)
    return {"first": float(first), "second": float(second)}


def root(values: Values) -> float | None:
    """Return a root where it is real."""
    return math.sqrt(values["C1"] - 4) if values["C1"] >= 4 else None


def slow(values: Values) -> float:
    """Return a number after a while."""
    time.sleep(0.01)
    return float(values["C1"]) / 3


def failing(values: Values) -> float:
    """Fail at one place."""
    return float(1 / (values["C1"] - Fraction(51, 10)))


class Deadly:
    """Kills its own process, once for each of some files; then measures."""

    def __init__(self, folder: Path, times: int = 1) -> None:
        self.folder = folder
        self.times = times

    def __call__(self, values: Values) -> float:
        """Return a number, or never come back."""
        for k in range(self.times):
            try:
                (self.folder / f"killed-{k}").touch(exist_ok=False)
            except FileExistsError:
                continue
            os.kill(os.getpid(), signal.SIGKILL)
        return float(values["C1"]) / 7
