"""The innermost loops of the elimination of states, in machine code."""

from __future__ import annotations

from typing import Any

from separatrix.run.compilation import compiled

__all__ = ["closed_inverse"]


@compiled(kept=True)
def closed_inverse(inner: Any, leaving: Any) -> Any:
    """Return the inverse of I - P, P the moves within a block of states, without a subtraction.

    Parameters
    ----------
    inner : (b, b) array
        The probabilities of moves within the block; changed, and its diagonal is not read.
    leaving : (b,) array
        The probability that a move leaves the block; changed.

    Returns
    -------
    (b, b) array
        How often the block is at each state before it is left, from each state; none below 0.

    Notes
    -----
    1 - P(i, i) is taken as the sum of all other moves (Grassmann, Taksar and Heyman 1985), so that every
    entry is a sum of products and quotients of positive numbers.
    """
    count = len(leaving)
    visits = 0.0 * inner
    for i in range(count):
        visits[i, i] = 1.0
    for k in range(count - 1, -1, -1):
        away = leaving[k]
        for j in range(k):
            away += inner[k, j]
        inner[k, k] = away
        for i in range(k):
            share = inner[i, k] / away
            if share > 0.0:
                for j in range(k):
                    inner[i, j] += share * inner[k, j]
                for j in range(k, count):
                    visits[i, j] += share * visits[k, j]
                leaving[i] += share * leaving[k]
    for k in range(count):
        for i in range(k):
            share = inner[k, i]
            if share > 0.0:
                for j in range(count):
                    visits[k, j] += share * visits[i, j]
        for j in range(count):
            visits[k, j] /= inner[k, k]
    return visits
