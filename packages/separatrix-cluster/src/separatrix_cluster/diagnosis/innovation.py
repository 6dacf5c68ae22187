"""Difficulty 4, weak technology and innovation: research, patents, new products, projects.

Shi & Chen (2018), section 3.1 (4).  Steps of OECD & JRC (2008): indicators, scaling, weights, sum, and how
far the ranks depend on the weights.

A composite of indicators: normalise, weight, add up, and see how far ranks depend on the weights.

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
from separatrix.sentences import Sentence, say
from separatrix_cluster.completeness.bounds import column_of, column_year
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.diagnosis.indicators import Indicator, Measured, Rule, quotient
from separatrix_cluster.tables.amounts import amounts
from separatrix_cluster.tables.cells import Floats, Texts
from separatrix_cluster.tables.description import CRITERIA
from separatrix_cluster.tables.panel import Cluster, by_enterprise

__all__ = [
    "Innovation",
    "RULES",
    "Ranks",
    "entropy_weights",
    "innovation",
    "rank_interval",
    "rank_intervals",
    "scaled",
    "topsis",
]


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


@dataclass(frozen=True)
class Innovation:
    """The composite of innovation over the enterprises with data.

    Attributes
    ----------
    year : int
        Of the accounts.
    enterprises : array of str
        Those that take part.
    criteria : tuple of str
        The criteria that are known of at least two of them.
    values : array, shape (enterprises, criteria)
        `nan` where not known.
    weights : mapping of str to array
        ``equal``, ``entropy`` and ``given``, as far as each is defined.
    ranks : mapping of str to Ranks
        By weights.
    notes : tuple of Sentence
        Why some weights are not there.
    """

    year: int
    enterprises: Texts
    criteria: tuple[str, ...]
    values: Floats
    weights: dict[str, Floats]
    ranks: dict[str, Ranks]
    notes: tuple[Sentence, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "year": self.year,
            "enterprises": self.enterprises.tolist(),
            "criteria": list(self.criteria),
            "values": [[None if np.isnan(v) else float(v) for v in row] for row in self.values],
            "weights": {k: w.tolist() for k, w in self.weights.items()},
            "ranks": {k: r.to_dict() for k, r in self.ranks.items()},
            "notes": [str(n) for n in self.notes],
        }


_COLUMNS = ("value_added", "output", "staff", "rd_spend", "rd_staff", "patents", "new_product_sales")


def _criteria(cluster: Cluster, year: int) -> Floats:
    get = {c: by_enterprise(cluster, "accounts", c, year) for c in _COLUMNS}
    with np.errstate(divide="ignore", invalid="ignore"):

        def per(top: str, bottom: str) -> Floats:
            return np.asarray(np.where(get[bottom] > 0, get[top] / get[bottom], np.nan))

        joint = np.full(len(cluster.enterprises), np.nan)
        links = cluster.table("links")
        chosen = links.texts("kind") == "joint project"
        if chosen.any():
            ends = np.r_[links.texts("from")[chosen], links.texts("to")[chosen]]
            place = {name: i for i, name in enumerate(cluster.enterprises)}
            joint = np.bincount([place[end] for end in ends], minlength=len(place)).astype(float)
        return np.column_stack(
            [
                per("rd_spend", "value_added"),
                per("rd_staff", "staff"),
                1000 * per("patents", "staff"),
                per("new_product_sales", "output"),
                joint,
            ]
        )


def innovation(cluster: Cluster, books: DataCompleteness) -> Innovation | None:
    """Return the composite of the year of the accounts, or None without data."""
    years = [column_year(cluster, books, name) for name in _COLUMNS]
    year = next((y for y in years if y is not None), None)
    if year is None:
        return None
    values = _criteria(cluster, year)
    accounted = ~np.isnan(values[:, :4]).all(axis=1)
    if not accounted.any():
        return None
    values = values[accounted]
    told = [k for k in range(len(CRITERIA)) if (~np.isnan(values[:, k])).sum() >= min(2, len(values))]
    criteria = tuple(CRITERIA[k] for k in told)
    values = values[:, told]
    left = ~np.isnan(values).all(axis=1)  # some may be known by criteria alone that nobody else tells
    if not left.any():
        return None
    values, names = values[left], cluster.enterprises[accounted][left]
    notes: list[Sentence] = []
    weights = {"equal": np.full(len(criteria), 1 / len(criteria))}
    whole = ~np.isnan(values).any(axis=1)
    try:
        weights["entropy"] = entropy_weights(values[whole])
        if not whole.all():
            notes.append(
                say("entropy weights are based on the {n} enterprises with complete data", n=int(whole.sum()))
            )
    except InputError as problem:
        notes.append(say("no entropy weights: {why}", why=problem.message))
    given = cluster.description.weights
    if given:
        chosen = np.array([given.get(name, 0.0) for name in criteria])
        if chosen.sum() > 0:
            weights["given"] = chosen / chosen.sum()
        else:
            notes.append(say("the weights in cluster.yaml name none of {names}", names=", ".join(criteria)))
    unit = scaled(values)
    ranks = dict(zip(weights, rank_intervals(unit, list(weights.values())), strict=True))
    return Innovation(year, names, criteria, values, weights, ranks, tuple(notes))


def _composite(cluster: Cluster, books: DataCompleteness) -> Measured:
    """Return what is spent on and comes of innovation, and how far it is from the best of the cluster."""
    composite = innovation(cluster, books)
    missing = (
        [say("patents, R&D and new products by enterprise (table accounts)")] if composite is None else []
    )
    if not (cluster.table("links").texts("kind") == "joint project").any():
        missing.append(say("who develops with whom (kind joint project in the table links)"))
    if composite is None:
        return Measured(missing=tuple(missing))
    indicators = [*_sums(cluster, books, composite.year), _against_best(composite, len(cluster.enterprises))]
    evidence = list(composite.notes)
    first = composite.ranks["equal"]
    order = np.argsort(first.rank)
    # Nobody is first alone, or first of those who are all alike.
    if len(order) > 1 and first.score[order[0]] > first.score[order[1]] + 1e-12:
        evidence.append(
            say(
                "first of the composite: {name} (rank {low} to {high} over all weights)",
                name=cluster.name_of(str(composite.enterprises[order[0]])),
                low=int(first.low[order[0]]),
                high=int(first.high[order[0]]),
            )
        )
    return Measured(tuple(indicators), tuple(evidence), tuple(missing), {"innovation": composite})


def _sums(cluster: Cluster, books: DataCompleteness, year: int) -> list[Indicator]:
    get = {c: column_of(cluster, books, c, year) for c in _COLUMNS}
    made = [
        quotient(
            cluster,
            "rd-intensity",
            say("R&D spending per value added"),
            get["rd_spend"],
            get["value_added"],
            year,
            usual="R&D intensity",
            worse="low",
        ),
        quotient(cluster, "rd-staff", say("R&D staff per staff"), get["rd_staff"], get["staff"], year),
        quotient(
            cluster,
            "patents",
            say("patents per 1000 staff"),
            get["patents"],
            get["staff"],
            year,
            unit="",
            scale=1000.0,
        ),
        quotient(
            cluster,
            "new-products",
            say("sales of new products per output"),
            get["new_product_sales"],
            get["output"],
            year,
        ),
    ]
    return [indicator for indicator in made if indicator is not None]


"""So many draws at once: all scores of all draws would fill the memory."""


def _means(unit: Floats, known: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """Return the mean composite of the enterprises for each choice of weights."""
    scores = weights @ np.where(known, unit, 0.0).T / (weights @ known.T.astype(float))
    return np.asarray(scores.mean(axis=1))


def _against_best(composite: Innovation, everyone: int) -> Indicator:
    unit = scaled(composite.values)
    known = ~np.isnan(unit)
    if len(unit) < 2 or np.nanmax(unit) == np.nanmin(unit):
        # Nobody differs from anybody, so the best of the cluster is no yardstick.
        return Indicator(
            id="innovation",
            name=say("composite of innovation, mean over enterprises; 1 is the cluster's best in everything"),
            value=None,
            source="OECD & JRC (2008)",
            coverage=len(composite.enterprises) / everyone,
            missing=say("enterprises that differ in what is known of innovation"),
        )
    rng = np.random.default_rng(np.random.SeedSequence(0))
    drawn = rng.dirichlet(np.ones(unit.shape[1]), size=2000)
    means = np.concatenate([_means(unit, known, drawn[k : k + _DRAWN]) for k in range(0, len(drawn), _DRAWN)])
    value = min(1.0, max(0.0, float(composite.ranks["equal"].score.mean())))
    low, high = (min(1.0, max(0.0, float(q))) for q in np.quantile(means, [0.025, 0.975]))
    # Those of whom nothing is known could be anywhere.
    told = len(composite.enterprises) / everyone
    low, high = min(low, value) * told, max(high, value) * told + 1 - told
    return Indicator(
        id="innovation",
        name=say("composite of innovation, mean over enterprises; 1 is the cluster's best in everything"),
        value=value,
        low=low,
        high=high,
        score=1 - value,
        score_low=1 - high,
        score_high=1 - low,
        how=say("the distance to the cluster's own best; interval over all weights"),
        source=say("OECD & JRC (2008), weights drawn from a flat Dirichlet distribution"),
        coverage=len(composite.enterprises) / everyone,
    )


RULES: tuple[Rule, ...] = (_composite,)
"""How weak technology and innovation of the cluster are."""
