"""What a sample of reverse reachable sets proves: bounds that fail with a chance that is known.

Tang, J., Tang, X., Xiao, X. and Yuan, J. (2018), Online processing algorithms for influence maximization,
SIGMOD 2018, 991-1005: lemmas 4.2 and 4.3, and theorem 5.1 (how many sets are enough).
"""

from __future__ import annotations

import math

__all__ = ["at_least", "at_most", "enough_sets"]


def at_least(covered: float, sets: int, failure: float) -> float:
    """Return what part of all sets seeds cover at least, by a sample that they did not come from.

    Parameters
    ----------
    covered : float
        How many of the sample they cover.
    sets : int
        Of the sample.
    failure : float
        The chance that the bound does not hold.

    Examples
    --------
    >>> round(at_least(500, 1000, 1e-3), 3)
    0.421
    """
    given = math.log(1 / failure)
    root = math.sqrt(covered + 2 * given / 9) - math.sqrt(given / 2)
    return max((root * root if root > 0 else 0.0) - given / 18, 0.0) / sets


def at_most(covered: float, sets: int, failure: float) -> float:
    """Return an upper bound on the part of all sets that a choice covers, given its part of a sample.

    Examples
    --------
    >>> round(at_most(500, 1000, 1e-3), 3)
    0.59
    """
    given = math.log(1 / failure)
    root = math.sqrt(covered + given / 2) + math.sqrt(given / 2)
    return min(root * root / sets, 1.0)


def enough_sets(share: float, choices: float, slack: float, failure: float) -> float:
    """Return how many sets are enough for a ratio of 1 - 1/e - slack, however the links are.

    Parameters
    ----------
    share : float
        A part of all value that the best choice reaches at least.
    choices : float
        The logarithm of the number of choices.
    slack, failure : float
    """
    part = 1 - 1 / math.e
    given = math.log(6 / failure)
    return 2 * (part * math.sqrt(given) + math.sqrt(part * (choices + given))) ** 2 / (slack**2 * share)
