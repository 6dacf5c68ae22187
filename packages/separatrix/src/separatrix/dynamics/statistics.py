"""Confidence intervals of shares: of replicates, and of independent draws.

Clopper, C. J. and Pearson, E. S. (1934), The use of confidence or fiducial limits illustrated in the case of
the binomial, Biometrika 26, 404-413: intervals of shares of independent draws, never too narrow.

Letters for the labels of a figure that the game does not use otherwise.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from separatrix.game.model import Game

__all__ = ["CONFIDENCE", "free_letters", "of_draws", "of_replicates"]

CONFIDENCE = 0.95
"""Of every interval that an answer shows; its sentences and figures say 95 %."""


def of_replicates(shares: NDArray[np.float64], points: int) -> tuple[float, float]:
    """Return the interval of a share from those of independent replicates (replicates,).

    By Student's t on the replicates.  Where all agree that a share is 0 or 1, the rule of three: up to
    3/points may have been missed.

    Parameters
    ----------
    shares : array (replicates,)
    points : int
        In each replicate.

    Examples
    --------
    >>> [round(end, 3) for end in of_replicates(np.array([0.5, 0.52, 0.48, 0.5]), 1000)]
    [0.474, 0.526]
    >>> of_replicates(np.zeros(4), 1000)
    (0.0, 0.00075)
    """
    mean = float(shares.mean())
    if np.ptp(shares) == 0 and mean in (0.0, 1.0):
        missed = 3 / (points * len(shares))
        return (0.0, missed) if mean == 0 else (1 - missed, 1.0)
    error = float(shares.std(ddof=1)) / len(shares) ** 0.5
    half = _student(len(shares) - 1) * max(error, 1 / (points * len(shares)))
    return max(0.0, mean - half), min(1.0, mean + half)


@lru_cache(maxsize=16)
def _student(degrees: int) -> float:
    """Return the quantile of Student's t at the upper end of the interval."""
    from scipy.stats import t

    return float(t.ppf((1 + CONFIDENCE) / 2, degrees))


@lru_cache(maxsize=4096)
def of_draws(hits: int, count: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the interval of a share from independent draws, by Clopper and Pearson.

    Parameters
    ----------
    hits, count : int
    confidence : float
        By default that of every interval that an answer shows; above it where several answers share it.

    Examples
    --------
    >>> of_draws(0, 100)[0], round(of_draws(0, 100)[1], 4)
    (0.0, 0.0362)
    """
    from scipy.stats import binomtest

    own = binomtest(hits, count).proportion_ci(confidence, method="exact")
    return float(own.low), float(own.high)


def free_letters(game: Game, alphabet: str) -> Iterator[str]:
    """Yield the letters of an alphabet, then each with 2, 3, …, but none that is a symbol of the game.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> letters = free_letters(
    ...     load({"payoff_matrix": [["A", "C"], [0, 1]], "parameters": {"A": 1, "C": 1}}), "ABCD"
    ... )
    >>> [next(letters) for _ in range(4)]
    ['B', 'D', 'A2', 'B2']
    """
    used = {*game.parameters, *game.shares, *game.lets}
    used |= {p.latex.strip() for p in game.parameters.values() if p.latex}
    for round_ in itertools.count(1):
        for letter in alphabet:
            name = letter if round_ == 1 else f"{letter}{round_}"
            if name not in used:
                yield name
