"""What EGTTools, and a plain kernel in numba, do with finite populations; runs in the peers' own environment.

Reads `{"task": ..., "matrix": [[...]], "size": Z, "beta": b, ...}` from standard input and prints
`{"seconds": s, ...}`, compilation left out, or `{"missing": "..."}` where the peer is not installed.
"""

from __future__ import annotations

import contextlib
import json
import math
import sys
import time
from typing import Any

import numpy as np


def fixation(order: dict[str, Any]) -> dict[str, Any]:
    """Return the probability of fixation of the first strategy, as EGTTools has it."""
    from egttools.analytical import PairwiseComparison
    from egttools.games import Matrix2PlayerGameHolder

    game = Matrix2PlayerGameHolder(2, np.array(order["matrix"], dtype=float))
    evolver = PairwiseComparison(order["size"], game)
    taken = []
    for _ in range(order["repeats"]):
        started = time.perf_counter()
        value = evolver.calculate_fixation_probability(0, 1, order["beta"])
        taken.append(time.perf_counter() - started)
    return {"seconds": sorted(taken)[len(taken) // 2], "value": value}


def stationary(order: dict[str, Any]) -> dict[str, Any]:
    """Return the stationary distribution as EGTTools finds it: assembly, then dense eigenvectors."""
    from egttools.analytical import PairwiseComparison
    from egttools.games import Matrix2PlayerGameHolder
    from egttools.utils import calculate_stationary_distribution

    matrix = np.array(order["matrix"], dtype=float)
    game = Matrix2PlayerGameHolder(len(matrix), matrix)
    started = time.perf_counter()
    evolver = PairwiseComparison(order["size"], game)
    chain = evolver.calculate_transition_matrix(order["beta"], order["mu"])
    found = calculate_stationary_distribution(chain.transpose())
    return {"seconds": time.perf_counter() - started, "largest": float(np.max(found))}


def plain_path() -> Any:
    """Return the compiled kernel: update by update, as one would write it at first."""
    from numba import njit

    def follow(counts: Any, table: Any, beta: float, mu: float, updates: int, seed: int) -> Any:
        np.random.seed(seed)
        k, size = len(counts), counts.sum()
        spent = np.zeros(k)
        for _ in range(updates):
            for a in range(k):
                spent[a] += counts[a]
            drawn = np.random.randint(size)
            own = 0
            while drawn >= counts[own]:
                drawn -= counts[own]
                own += 1
            if np.random.random() < mu:
                other = np.random.randint(k - 1)
                if other >= own:
                    other += 1
                counts[own] -= 1
                counts[other] += 1
                continue
            drawn = np.random.randint(size - 1)
            model = 0
            left = counts[0] - (own == 0)
            while drawn >= left:
                drawn -= left
                model += 1
                left = counts[model] - (own == model)
            if model == own:
                continue
            more = 0.0
            for a in range(k):
                more += counts[a] * (table[model, a] - table[own, a])
            more = (more - table[model, model] + table[own, own]) / (size - 1)
            if np.random.random() < 1 / (1 + math.exp(-beta * more)):
                counts[own] -= 1
                counts[model] += 1
        return spent / (updates * size)

    return njit(follow)


def path(order: dict[str, Any]) -> dict[str, Any]:
    """Follow a path update by update, in compiled code."""
    follow = plain_path()
    table = np.array(order["matrix"], dtype=float)
    k, size = len(table), order["size"]
    start = np.array([size // k + (a < size % k) for a in range(k)])
    follow(start.copy(), table, order["beta"], order["mu"], 10, 1)
    taken = []
    for turn in range(order["repeats"]):
        started = time.perf_counter()
        means = follow(start.copy(), table, order["beta"], order["mu"], order["updates"], turn)
        taken.append(time.perf_counter() - started)
    return {"seconds": sorted(taken)[len(taken) // 2], "means": means.tolist()}


def main() -> None:
    """Do what is asked for."""
    order = json.load(sys.stdin)
    tasks = {"fixation": fixation, "stationary": stationary, "path": path}
    with contextlib.redirect_stdout(sys.stderr):
        try:
            answer = tasks[order["task"]](order)
        except ImportError as problem:
            answer = {"missing": str(problem)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
