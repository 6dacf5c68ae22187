"""How much likelier an amount is a unit that was taken for another than an amount like those of its peers.

Logarithms of amounts relative to size are assumed normal among peers, with a weak prior for their spread,
so that a further one follows Student's t. The evidence is the logarithm of the ratio of two densities: of
the amount divided (or multiplied) by a hundred, a thousand or ten thousand, and of the amount unchanged.
Peers that differ much give little evidence, so that a spread of tens is not reported as an error.

References
----------
Gelman, A. et al. (2013). Bayesian Data Analysis, 3rd ed. CRC Press, ch. 3.2 (the predictive distribution of a
normal sample) and 7.4 (Bayes factors).
Jeffreys, H. (1961). Theory of Probability, 3rd ed. Oxford University Press, app. B (grades of evidence).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from separatrix_cluster.accounts.result import Ints
from separatrix_cluster.tables.cell_values import Floats

__all__ = ["SLIPS", "has_few_peers", "deviations", "least_evidence", "slip_evidence"]

SLIPS = (1e2, 1e3, 1e4)
"""The ratios of units that are confused with each other: hundreds, kg and t, t and 10,000 t."""

_PRIOR_WEIGHT, _THOUGHT = 4.0, 0.5
"""What is thought of the log deviation of enterprises of one trade, and how many of them that is worth."""
_OF_SECTOR, _OF_ALL = 3, 6
"""The least number of others in its sector to compare an amount with; else of all enterprises."""


def deviations(amount: Floats, sectors: Ints) -> tuple[Floats, Floats, Floats]:
    """Return how far the logarithm of each amount is from that of its peers, the scale, and the freedom.

    Each without itself; `nan` where there are too few others.

    Parameters
    ----------
    amount : array, shape (enterprises,)
        For its size; `nan` or 0 where not known.
    sectors : array of int, shape (enterprises,)
        -1 for none.

    Examples
    --------
    >>> away, scale, _ = deviations(np.array([1.0, 1.1, 0.9, 1.0, 1.05, 0.95, 1000.0]), np.full(7, -1))
    >>> bool(away[-1] > 10 * scale[-1])
    True
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where((amount > 0) & np.isfinite(amount), np.log(amount), np.nan)
    known = ~np.isnan(logs)
    found = [np.full(len(logs), np.nan) for _ in range(3)]
    groups = ((sectors, _OF_SECTOR, sectors >= 0), (np.zeros_like(sectors), _OF_ALL, known))
    for codes, least, among in groups:
        chosen = np.flatnonzero(known & among)
        if len(chosen) <= least:  # nobody has so many others
            continue
        # Sums without each one itself: its own share is taken out of those of all.
        of, x = codes[chosen], logs[chosen] - logs[chosen].mean()
        count, first, second = (np.bincount(of, w)[of] for w in (np.ones(len(x)), x, x * x))
        others, rest = count - 1, second - x * x
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = (first - x) / others
            squares = np.maximum(0.0, rest - others * mean * mean) + _PRIOR_WEIGHT * _THOUGHT**2
            freedom = others - 1 + _PRIOR_WEIGHT
            scale = np.sqrt(squares / freedom * (1 + 1 / others))
        open_ = np.isnan(found[0][chosen]) & (others >= least)
        for column, values in zip(found, (x - mean, scale, freedom), strict=True):
            column[chosen[open_]] = values[open_]
    return found[0], found[1], found[2]


def has_few_peers(amount: Floats, sectors: Ints) -> npt.NDArray[np.bool_]:
    """Return which amounts have too few others of their sector, and are therefore compared with all."""
    known = np.where((amount > 0) & (sectors >= 0), 1, 0)
    others = np.bincount(sectors + 1, known)[sectors + 1] - known
    return np.asarray((others < _OF_SECTOR) | (sectors < 0))


def slip_evidence(quotient: Floats, sectors: Ints, factor: float) -> Floats:
    """Return the evidence that amounts are ``factor`` times what they should be.

    Parameters
    ----------
    quotient : array, shape (enterprises,)
        The amount over a measure of size.
    sectors : array of int, shape (enterprises,)
    factor : float
        Above 1 for amounts that are too large, below for those that are too small.

    Returns
    -------
    array, shape (enterprises,)
        Natural logarithms; `nan` where there are too few others.
    """
    away, scale, freedom = deviations(quotient, sectors)
    now, then = away / scale, (away - np.log(factor)) / scale
    return np.asarray(
        (freedom + 1) / 2 * (np.log1p(now**2 / freedom) - np.log1p(then**2 / freedom)), dtype=np.float64
    )


def least_evidence(quotients: Sequence[Floats], sectors: Ints, factor: float) -> Floats:
    """Return the smallest evidence over the measures of size; `nan` where fewer than two have data."""
    table = np.array([slip_evidence(quotient, sectors, factor) for quotient in quotients])
    told = (~np.isnan(table)).sum(axis=0) >= 2
    found = np.full(table.shape[1], np.nan)
    found[told] = np.nanmin(table[:, told], axis=0)
    return found
