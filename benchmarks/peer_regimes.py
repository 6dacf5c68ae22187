"""The labels of a regime map by numpy: the Jacobians of a 2×2×2 game at its eight pure states, at every node.

Runs in the peers' own environment.  Reads an order from standard input and prints an answer, both JSON: the
advantage of each population at each corner, as a polynomial in two parameters; the window; how many nodes;
and a file for the labels, one bit for each stable state.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from typing import Any

import numpy as np


def labels(order: dict[str, Any]) -> Any:
    """Return which of the eight pure states have eigenvalues with negative real parts alone."""
    (left, right), (bottom, top) = order["window"]
    a, b = np.meshgrid(
        np.linspace(left, right, order["nodes"]), np.linspace(bottom, top, order["nodes"]), indexing="ij"
    )

    def at(terms: list[list[float]]) -> Any:
        return sum((value * a**m * b**n for m, n, value in terms), np.zeros_like(a))

    # The advantage of each population at the corners of the others' square, worked out once.
    corner = [[[at(order["corners"][i][2 * j + k]) for k in (0, 1)] for j in (0, 1)] for i in range(3)]

    def advantage(i: int, u: float, v: float) -> Any:
        c = corner[i]
        return (1 - u) * ((1 - v) * c[0][0] + v * c[0][1]) + u * ((1 - v) * c[1][0] + v * c[1][1])

    def slope(i: int, which: int, u: float, v: float) -> Any:
        c = corner[i]
        if which == 0:
            return (1 - v) * (c[1][0] - c[0][0]) + v * (c[1][1] - c[0][1])
        return (1 - u) * (c[0][1] - c[0][0]) + u * (c[1][1] - c[1][0])

    result = np.zeros(a.shape, dtype=np.int16)
    jacobian = np.empty((*a.shape, 3, 3))
    for index, state in enumerate(itertools.product((0.0, 1.0), repeat=3)):
        for i, share in enumerate(state):
            others = [k for k in range(3) if k != i]
            u, v = (state[k] for k in others)
            jacobian[..., i, i] = (1 - 2 * share) * advantage(i, u, v)
            for which, k in enumerate(others):
                jacobian[..., i, k] = share * (1 - share) * slope(i, which, u, v)
        stable = (np.linalg.eigvals(jacobian).real < 0).all(axis=-1)
        result |= stable.astype(np.int16) << index
    return result


def main() -> None:
    """Answer one order."""
    order = json.load(sys.stdin)
    found = labels(order)
    times = []
    for _ in range(order["repeats"]):
        begun = time.perf_counter()
        found = labels(order)
        times.append(time.perf_counter() - begun)
    np.save(order["labels"], found)
    print(json.dumps({"seconds": times}))


if __name__ == "__main__":
    main()
