"""A compiled Runge-Kutta classification of a grid of starts; knows nothing of separatrix.

Reads one JSON object from standard input: `f` and `g` (what a population gains where the other's share is 0
and 1), `side` (starts a side), `step`, `repeats`, `labels` (a file to write).  Follows x' = x(1-x)f(y),
y' = y(1-y)g(x) by the classical method of order four until a share of both is within 1e-2 of a corner, writes
the corners as an array of int8, and prints `{"seconds": [...]}`, compilation left out.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np


def classifier() -> Any:
    """Return the compiled function."""
    from numba import njit

    def classify(f0: float, f1: float, g0: float, g1: float, side: int, h: float) -> Any:
        labels = np.full((side, side), -1, np.int8)
        for i in range(side):
            for j in range(side):
                x, y = (i + 0.5) / side, (j + 0.5) / side
                for _ in range(4000):
                    a1 = x * (1 - x) * (f0 + (f1 - f0) * y)
                    b1 = y * (1 - y) * (g0 + (g1 - g0) * x)
                    u, v = x + h / 2 * a1, y + h / 2 * b1
                    a2 = u * (1 - u) * (f0 + (f1 - f0) * v)
                    b2 = v * (1 - v) * (g0 + (g1 - g0) * u)
                    u, v = x + h / 2 * a2, y + h / 2 * b2
                    a3 = u * (1 - u) * (f0 + (f1 - f0) * v)
                    b3 = v * (1 - v) * (g0 + (g1 - g0) * u)
                    u, v = x + h * a3, y + h * b3
                    a4 = u * (1 - u) * (f0 + (f1 - f0) * v)
                    b4 = v * (1 - v) * (g0 + (g1 - g0) * u)
                    x += h / 6 * (a1 + 2 * a2 + 2 * a3 + a4)
                    y += h / 6 * (b1 + 2 * b2 + 2 * b3 + b4)
                    if x + y < 1e-2:
                        labels[i, j] = 0
                        break
                    if x + y > 2 - 1e-2:
                        labels[i, j] = 3
                        break
        return labels

    return njit(fastmath=True)(classify)


def main() -> None:
    """Classify the grid, some times."""
    order = json.load(sys.stdin)
    classify = classifier()
    game = [float(v) for v in (*order["f"], *order["g"])]
    classify(*game, 8, order["step"])
    seconds = []
    labels = np.empty(0, np.int8)
    for _ in range(order["repeats"]):
        started = time.perf_counter()
        labels = classify(*game, order["side"], order["step"])
        seconds.append(time.perf_counter() - started)
    np.save(order["labels"], labels)
    json.dump({"seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main()
