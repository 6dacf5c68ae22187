"""A straightforward compiled kernel of Fermi imitation on a network; knows nothing of separatrix.

Reads one JSON object from standard input: `rows` (an .npz file with `indptr` and `indices`, whom each node
sees), `payoffs` (a matrix), `beta`, `start` (an .npy file with the strategies), `sweeps`, `repeats`.  Prints
`{"seconds": [...], "ends": [...]}`, compilation left out.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np


def kernel() -> Any:
    """Return the compiled function: an update draws a node and a neighbour, and compares their payoffs."""
    import math

    from numba import njit

    def play(indptr: Any, indices: Any, plays: Any, payoffs: Any, beta: float, steps: int, seed: int) -> None:
        np.random.seed(seed)
        n = len(plays)
        for _ in range(steps):
            i = np.random.randint(0, n)
            first = indptr[i]
            degree = indptr[i + 1] - first
            if degree == 0:
                continue
            j = indices[first + np.random.randint(0, degree)]
            if plays[i] == plays[j]:
                continue
            own = 0.0
            for q in range(first, first + degree):
                own += payoffs[plays[i], plays[indices[q]]]
            other = 0.0
            for q in range(indptr[j], indptr[j + 1]):
                other += payoffs[plays[j], plays[indices[q]]]
            if np.random.random() < 1.0 / (1.0 + math.exp(-beta * (other - own))):
                plays[i] = plays[j]

    return njit(nogil=True)(play)


def main() -> None:
    """Play, some times."""
    order = json.load(sys.stdin)
    play = kernel()
    rows = np.load(order["rows"])
    indptr, indices = rows["indptr"].astype(np.int64), rows["indices"].astype(np.int64)
    payoffs, start = np.array(order["payoffs"], float), np.load(order["start"]).astype(np.int64)
    play(indptr, indices, start.copy(), payoffs, order["beta"], 1000, 1)
    taken, ends = [], []
    for repeat in range(order["repeats"]):
        plays = start.copy()
        begun = time.perf_counter()
        play(indptr, indices, plays, payoffs, order["beta"], order["sweeps"] * len(plays), repeat)
        taken.append(time.perf_counter() - begun)
        ends.append(float((plays == 0).mean()))
    json.dump({"seconds": taken, "ends": ends}, sys.stdout)


if __name__ == "__main__":
    main()
