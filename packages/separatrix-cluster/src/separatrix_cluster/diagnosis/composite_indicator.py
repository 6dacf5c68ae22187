"""A composite of indicators: normalise, weight, add up, and see how far ranks depend on the weights.

References
----------
OECD & JRC (2008). Handbook on Constructing Composite Indicators. OECD Publishing.
Shannon, C. E. (1948). Bell Syst. Tech. J. 27, 379–423; Hwang, C.-L. & Yoon, K. (1981). Multiple Attribute
Decision Making. Springer (entropy weights, TOPSIS).
Lahdelma, R., Hokkanen, J. & Salminen, P. (1998). SMAA – Stochastic multiobjective acceptability analysis.
EJOR 106, 137–143 (ranks over weights drawn at random).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix_cluster.tables.amounts import amounts
from separatrix_cluster.tables.cell_values import Floats

__all__ = ["Ranks", "entropy_weights", "rank_interval", "rank_intervals", "scaled", "topsis"]


@dataclass(frozen=True)
class Ranks:
    """The ranks of alternatives over weights drawn at random.

    Attributes
    ----------
    score : array, shape (alternatives,)
        At the given weights; `nan` where these give no weight to what is known of an alternative.
    rank : array of int
        At the given weights, from 1 (best).
    low, high : array of int
        Between which 95 % of the ranks lie.
    """

    score: Floats
    rank: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    high: npt.NDArray[np.int64]

    def to_dict(self) -> dict[str, Any]:
        """Return the ranks as plain data."""
        scores = [None if s != s else s for s in self.score.tolist()]
        return {"score": scores, **{k: getattr(self, k).tolist() for k in ("rank", "low", "high")}}


def scaled(values: npt.ArrayLike, benefit: npt.ArrayLike | None = None) -> Floats:
    """Return each column from 0 (worst) to 1 (best) of those that are there; a column of equals is 0.5.

    Parameters
    ----------
    values : array_like, shape (alternatives, criteria)
        `nan` where not known.
    benefit : array_like of bool, shape (criteria,), optional
        Whether more is better; by default it is.
    """
    table = np.asarray(values, dtype=float)
    low, high = np.nanmin(table, axis=0), np.nanmax(table, axis=0)
    span = high - low
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = np.where(span > 0, (table - low) / span, np.where(np.isnan(table), np.nan, 0.5))
    if benefit is not None:
        unit = np.where(np.asarray(benefit, dtype=bool), unit, 1 - unit)
    return np.asarray(unit)


def entropy_weights(values: npt.ArrayLike) -> Floats:
    """Return the weights of criteria by entropy: w_j = (1 − e_j)/Σ(1 − e), e_j = −Σ p ln p / ln m.

    They reward spread, not importance: a criterion in which the alternatives differ most weighs most.

    Parameters
    ----------
    values : array_like, shape (alternatives, criteria)
        Numbers from 0 up, of any units, each column in one; 0 ln 0 is 0.

    Returns
    -------
    array, shape (criteria,)
        From 0 up; they sum to 1.

    Raises
    ------
    InputError
        K305 for fewer than two alternatives, for a number that is negative or unknown, for a column that
        sums to zero, or where all columns are constant: entropy is then not comparable.

    References
    ----------
    Shannon (1948), Bell Syst. Tech. J. 27, 379–423; Hwang & Yoon (1981), Multiple Attribute Decision Making,
    Springer.

    Examples
    --------
    >>> entropy_weights([[1, 1], [1, 3]]).round(3).tolist()
    [0.0, 1.0]
    """
    table = amounts(values, "K305", "the criteria", (None, None))
    if len(table) < 2:
        raise InputError(
            "K305",
            "entropy weights compare alternatives, and there are fewer than two",
            hint="use equal weights, or weights of your own",
        )
    sums = table.sum(axis=0)
    if (sums <= 0).any():
        raise InputError("K305", f"criterion {int(np.argmin(sums)) + 1} is zero for all: it has no entropy")
    p = table / sums
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * np.log(p), 0.0)
    spread = 1 + terms.sum(axis=0) / np.log(len(table))
    spread = np.where(spread < 1e-12, 0.0, spread)
    if spread.sum() <= 0:
        raise InputError(
            "K305",
            "all criteria are equal for all alternatives: entropy weights are undefined",
            hint="use equal weights, or weights of your own",
        )
    return np.asarray(spread / spread.sum())


def topsis(values: npt.ArrayLike, weights: npt.ArrayLike, benefit: npt.ArrayLike | None = None) -> Floats:
    """Return the closeness of each alternative to the ideal, from 0 to 1.

    Parameters
    ----------
    values : array_like, shape (alternatives, criteria)
        Known numbers, of any units, each column in one.
    weights : array_like, shape (criteria,)
        From 0 up.
    benefit : array_like of bool, shape (criteria,), optional
        Whether more is better; by default it is.

    Returns
    -------
    array, shape (alternatives,)
        1 for the best in all criteria, 0 for the worst in all, 0.5 where alternatives do not differ.

    Raises
    ------
    InputError
        K305 for shapes that do not fit, a number that is not known, a negative weight, or a criterion that
        is zero for all.

    References
    ----------
    Hwang & Yoon (1981), Multiple Attribute Decision Making, Springer.

    Examples
    --------
    >>> topsis([[1, 1], [3, 3]], [0.5, 0.5]).tolist()
    [0.0, 1.0]
    """
    table = amounts(values, "K305", "the criteria", (None, None), low=None)
    w = amounts(weights, "K305", "the weights", (table.shape[1],))
    norms = np.sqrt((table**2).sum(axis=0))
    if (norms == 0).any():
        raise InputError("K305", "a criterion is zero for all alternatives")
    weighted = w * table / norms
    more = _directions(benefit, table.shape[1])
    best = np.where(more, weighted.max(axis=0), weighted.min(axis=0))
    worst = np.where(more, weighted.min(axis=0), weighted.max(axis=0))
    to_best = np.sqrt(((weighted - best) ** 2).sum(axis=1))
    to_worst = np.sqrt(((weighted - worst) ** 2).sum(axis=1))
    whole = to_best + to_worst
    return np.asarray(np.divide(to_worst, whole, out=np.full(len(table), 0.5), where=whole > 0))


def rank_interval(unit: npt.ArrayLike, weights: npt.ArrayLike, *, draws: int = 2000, seed: int = 0) -> Ranks:
    """Return scores and ranks, with the interval of ranks over weights from a flat Dirichlet distribution.

    Parameters
    ----------
    unit : array_like, shape (alternatives, criteria)
        Scaled from 0 to 1; `nan` where not known (the weights of the others are stretched).
    weights : array_like, shape (criteria,)
        The chosen weights, from 0 up.
    draws : int
        How many weights are drawn.
    seed : int

    Returns
    -------
    Ranks
        Of each alternative: its score from 0 to 1 at the chosen weights, its rank, and between which ranks
        95 % of the draws put it.

    Raises
    ------
    InputError
        K305 for shapes that do not fit, a number below 0, or fewer than one draw.

    References
    ----------
    Lahdelma, Hokkanen & Salminen (1998), SMAA, EJOR 106, 137–143.

    Examples
    --------
    >>> ranks = rank_interval([[1.0, 0.2], [0.0, 1.0], [0.0, 0.1]], [0.5, 0.5])
    >>> ranks.rank.tolist(), ranks.low.tolist(), ranks.high.tolist()
    ([1, 2, 3], [1, 1, 3], [2, 2, 3])
    """
    return rank_intervals(unit, [weights], draws=draws, seed=seed)[0]


def rank_intervals(
    unit: npt.ArrayLike, weights: Sequence[npt.ArrayLike], *, draws: int = 2000, seed: int = 0
) -> list[Ranks]:
    """Return the same for several choices of weights, over the same draws."""
    table = amounts(unit, "K305", "the criteria", (None, None), gaps=True)
    chosen = [amounts(w, "K305", "the weights", (table.shape[1],)) for w in weights]
    if draws < 1 or not table.size:
        raise InputError("K305", f"{draws} draws of the weights of {table.size} numbers give no rank")
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    drawn = rng.dirichlet(np.ones(table.shape[1]), size=draws)
    known = ~np.isnan(table)
    filled = np.where(known, table, 0.0)
    ranks = np.empty((draws, len(table)), dtype=np.int32)
    for k in range(0, draws, _DRAWN):  # in portions, for the scores of all draws would fill the memory
        for row, drawn_scores in enumerate(_scores(filled, known, drawn[k : k + _DRAWN]), start=k):
            ranks[row] = _rank(drawn_scores)
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0, method="nearest", overwrite_input=True)
    ends = low.astype(np.int64), high.astype(np.int64)
    scores = [_scores(filled, known, w[None, :])[0] for w in chosen]
    return [Ranks(score, _rank(score), *ends) for score in scores]


_DRAWN = 100


def _directions(benefit: npt.ArrayLike | None, criteria: int) -> npt.NDArray[np.bool_]:
    """Return of each criterion whether more is better."""
    found = np.ones(criteria, dtype=bool) if benefit is None else np.asarray(benefit, dtype=bool)
    if found.shape != (criteria,):
        raise InputError("K305", f"{found.size} directions are given for {criteria} criteria")
    return found


def _scores(filled: Floats, known: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((weights @ filled.T) / (weights @ known.T.astype(float)))


def _rank(scores: Floats) -> npt.NDArray[np.int64]:
    values = -np.nan_to_num(scores, nan=-1.0)
    order = np.argsort(values)
    ordered = values[order]
    if (ordered[1:] == ordered[:-1]).any():  # of equals the first comes first
        order = np.argsort(values, kind="stable")
    ranks = np.empty(len(scores), dtype=np.int64)
    ranks[order] = np.arange(1, len(scores) + 1)
    return ranks
