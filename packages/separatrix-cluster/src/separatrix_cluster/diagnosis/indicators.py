"""The nouns of a diagnosis: an indicator, what a rule finds, a difficulty.

For developers
--------------
An indicator comes from a rule: a function of the cluster and its accounts, with what is missing from them,
that returns what it found as `Measured`.  A new one is written in the file of its difficulty and named in the
``RULES`` there; a new difficulty is a file with ``RULES`` and a line in
`separatrix_cluster.diagnosis.diagnosis`.

How hard a difficulty binds, from 0 to 1: the share of the sector, or of the cluster, that does better.

Interpolation between quartiles is a convention of this program.  The bounds of a share where some are not
known are those of Manski, C. F. (1995). Identification Problems in the Social Sciences. Harvard University
Press, ch. 2.

A quotient of the cluster's sums, such as carbon per value added, scored against the sectors' quartiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from separatrix.sentences import Sentence, say
from separatrix_cluster.completeness.bounds import KnownAmounts
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.tables.cells import Floats
from separatrix_cluster.tables.panel import Cluster, sectors_of

__all__ = [
    "Difficulty",
    "DifficultyName",
    "Indicator",
    "Measured",
    "Quartiles",
    "Rule",
    "benchmark",
    "difficulty",
    "mean_bounds",
    "quotient",
    "share_interval",
    "share_that_does_better",
]

DifficultyName = Literal["understanding", "growth", "place", "technology"]


@dataclass(frozen=True)
class Indicator:
    """One thing that was measured, and what it says of a difficulty.

    Attributes
    ----------
    id : str
        Short name, as ``carbon-per-value-added``.
    name : Sentence
        For people.
    value : float or None
        None where it cannot be computed; then `missing` says why.
    low, high : float or None
        The interval in which it lies: from the uncertainty of the data and, for shares of enterprises,
        from those without data.
    unit : str
        Its unit; '' for a pure number.
    score, score_low, score_high : float or None
        How severe the difficulty is by this indicator, from 0 (not) to 1 (fully); None without a
        reference.
    how : Sentence or None
        What the score compares with.
    source : str
        The publication of the method.
    coverage : float or None
        The share of the enterprises (from 0 to 1) whose data the value is based on.
    missing : Sentence or None
        What would be needed to compute or to score it.
    year : int or None
        The year of a ratio of sums; None where it is based on several years or none.
    """

    id: str
    name: Sentence
    value: float | None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    score: float | None = None
    score_low: float | None = None
    score_high: float | None = None
    how: Sentence | None = None
    source: str = ""
    coverage: float | None = None
    missing: Sentence | None = None
    year: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the indicator as plain data."""
        return {
            "id": self.id,
            "name": str(self.name),
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "score": self.score,
            "score_low": self.score_low,
            "score_high": self.score_high,
            "how": None if self.how is None else str(self.how),
            "source": str(self.source),
            "coverage": self.coverage,
            "missing": None if self.missing is None else str(self.missing),
            "year": self.year,
        }


@dataclass(frozen=True)
class Measured:
    """The result of a rule: indicators, facts for the reader, data that would improve it, and details."""

    indicators: tuple[Indicator, ...] = ()
    evidence: tuple[Sentence, ...] = ()
    missing: tuple[Sentence, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Indicator | Sentence | None) -> Measured:
        """Return an indicator, or what is missing for it, or nothing."""
        if isinstance(found, Indicator):
            return cls((found,))
        return cls() if found is None else cls(missing=(found,))


Rule = Callable[[Cluster, DataCompleteness], Measured]
"""A cluster and its accounts, with what is missing from them, to what an indicator, or several of one method,
say of a difficulty."""


def difficulty(
    name: DifficultyName, rules: Iterable[Rule], cluster: Cluster, books: DataCompleteness
) -> Difficulty:
    """Return a difficulty: what its rules found, in their order."""
    found = [rule(cluster, books) for rule in rules]
    return Difficulty(
        name,
        tuple(i for part in found for i in part.indicators),
        tuple(e for part in found for e in part.evidence),
        tuple(m for part in found for m in part.missing),
        {key: value for part in found for key, value in part.details.items()},
    )


@dataclass(frozen=True)
class Difficulty:
    """One of the four difficulties: its score with an interval, its basis, and missing data.

    Attributes
    ----------
    name : str
        One of `separatrix_cluster.diagnosis.diagnosis.DIFFICULTIES`.
    score, low, high : float or None
        From 0 (does not bind) to 1 (binds fully), the mean of the scores of its indicators, each of equal
        weight; the interval joins those of the indicators.  None where no indicator has a score.
    indicators : tuple of Indicator
        What was measured.
    evidence : tuple of Sentence
        What a reader should know: who leads, what changed, what stands out.
    missing : tuple of Sentence
        Data that would improve the result.
    details : mapping
        Results of its methods for figures and tables, by name (a decomposition, a frontier …).
    """

    name: DifficultyName
    indicators: tuple[Indicator, ...]
    evidence: tuple[Sentence, ...] = ()
    missing: tuple[Sentence, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def score(self) -> float | None:
        """The mean score of the indicators that have one."""
        return _mean([i.score for i in self.indicators])

    @property
    def low(self) -> float | None:
        """The lower end of the interval of the score."""
        return _mean([i.score if i.score_low is None else i.score_low for i in self.indicators])

    @property
    def high(self) -> float | None:
        """The upper end of the interval of the score."""
        return _mean([i.score if i.score_high is None else i.score_high for i in self.indicators])

    def to_dict(self) -> dict[str, Any]:
        """Return the difficulty as plain data; `details` in their own `to_dict`."""
        return {
            "name": self.name,
            "score": self.score,
            "low": self.low,
            "high": self.high,
            "indicators": [i.to_dict() for i in self.indicators],
            "evidence": [str(e) for e in self.evidence],
            "missing": [str(m) for m in self.missing],
            "details": {k: v.to_dict() if hasattr(v, "to_dict") else v for k, v in self.details.items()},
        }


def _mean(scores: list[float | None]) -> float | None:
    known = [s for s in scores if s is not None]
    return sum(known) / len(known) if known else None


@dataclass(frozen=True)
class Quartiles:
    """What is usual in a sector, in the indicator's base units, and where it is published."""

    q1: float
    median: float
    q3: float
    source: str


def share_that_does_better(value: float, usual: Quartiles, *, worse: str = "high") -> float:
    """Return which share of the sector does better, by linear interpolation between its quartiles.

    Outside the quartiles the slope of the adjacent quarter continues, until 0 or 1.

    Examples
    --------
    >>> usual = Quartiles(1.0, 2.0, 4.0, "")
    >>> [share_that_does_better(v, usual) for v in (1.0, 2.0, 3.0, 4.0, 9.0)]
    [0.25, 0.5, 0.625, 0.75, 1.0]
    """
    low, high = usual.median - usual.q1, usual.q3 - usual.median
    step = low if value < usual.median else high
    if step <= 0:
        below = 0.5 if value == usual.median else (0.0 if value < usual.median else 1.0)
    else:
        below = 0.5 + 0.25 * (value - usual.median) / step
    below = min(1.0, max(0.0, below))
    return below if worse == "high" else 1.0 - below


def benchmark(cluster: Cluster, indicator: str, sector: str, year: int) -> Quartiles | None:
    """Return the quartiles of an indicator for a sector: its own, a longer code's beginning, or `all`.

    Among several years the latest that is not after `year` counts.
    """
    table = cluster.table("benchmarks")
    chosen: tuple[tuple[int, float], int] | None = None
    sectors, indicators = table.texts("sector"), table.texts("indicator")
    years, medians = table.numbers("year"), table.numbers("median")
    for i in range(len(table)):
        name = str(sectors[i])
        fits = name.casefold() == "all" or (bool(sector) and sector.startswith(name))
        if indicators[i] != indicator or not fits or np.isnan(medians[i]) or years[i] > year:
            continue
        rank = (0 if name.casefold() == "all" else len(name), float(np.nan_to_num(years[i])))
        if chosen is None or rank > chosen[0]:
            chosen = (rank, i)
    if chosen is None:
        return None
    i = chosen[1]
    median = float(medians[i])
    q1, q3 = (float(table.numbers(k)[i]) for k in ("q1", "q3"))
    scale = float(table.numbers("scale")[i])
    return Quartiles(
        (median if np.isnan(q1) else q1) * scale,
        median * scale,
        (median if np.isnan(q3) else q3) * scale,
        str(table.texts("source")[i]) or table.file,
    )


def share_interval(
    known: Floats, weights: Sequence[float] | Floats | None = None
) -> tuple[float, float, float]:
    """Return a share among those known, and the least and most it can be among all.

    Parameters
    ----------
    known : array, shape (enterprises,)
        Values from 0 to 1; `nan` where nothing is known.
    weights : array, optional
        By default all count alike.

    Examples
    --------
    >>> share_interval(np.array([1.0, 0.0, np.nan, 1.0]))
    (0.6666666666666666, 0.5, 0.75)
    """
    weight = np.ones(len(known)) if weights is None else np.nan_to_num(np.asarray(weights, dtype=float))
    told = ~np.isnan(known)
    if not weight[told].sum() > 0:
        return float("nan"), 0.0, 1.0
    sure = float((known[told] * weight[told]).sum())
    whole = float(weight.sum())
    value = min(1.0, sure / float(weight[told].sum()))
    # Sums in another order differ in their last digit.
    return value, min(value, sure / whole), max(value, min(1.0, (sure + float(weight[~told].sum())) / whole))


def mean_bounds(low: Floats, high: Floats, least: Floats, most: Floats) -> tuple[float, float]:
    """Return the least and the most of a weighted mean of values and weights that are known by bounds.

    Such a mean is extreme where each weight is at one of its ends, those of the values beyond the mean itself
    at their upper ones.

    Parameters
    ----------
    low, high : array, shape (n,)
        Bounds of the values.
    least, most : array, shape (n,)
        Bounds of the weights, from 0 up.

    Examples
    --------
    >>> mean_bounds(np.array([0.0, 1.0]), np.array([0.0, 1.0]), np.array([1.0, 1.0]), np.array([1.0, 3.0]))
    (0.5, 0.75)
    """
    ends = []
    for values, sign in ((low, 1), (high, -1)):
        order = np.argsort(sign * values, kind="stable")
        more = (most - least)[order]
        tops = float((values * least).sum()) + np.r_[0.0, np.cumsum(more * values[order])]
        bottoms = float(least.sum()) + np.r_[0.0, np.cumsum(more)]
        known = bottoms > 0
        found = tops[known] / bottoms[known]
        ends.append(float((sign * found).min() * sign) if known.any() else float("nan"))
    return ends[0], ends[1]


_SAME = 1e-9
"""Sums in another order differ by less than this."""


def quotient(
    cluster: Cluster,
    key: str,
    name: Sentence,
    top: KnownAmounts,
    bottom: KnownAmounts,
    year: int,
    *,
    unit: str = "share",
    scale: float = 1.0,
    usual: str = "",
    worse: str = "high",
    once: Floats | None = None,
) -> Indicator | None:
    """Return Σ top / Σ bottom over the enterprises with both known; None where there are none.

    Where something is missing the interval holds the quotient of all enterprises.

    Parameters
    ----------
    cluster : Cluster
    key, name : str, Sentence
        Of the indicator.
    top, bottom : KnownAmounts
        In base units.
    year : int
        Of both, and for which benchmarks are looked up.
    unit, scale : str, float
        How the value is shown.
    usual : str
        The indicator of the table `benchmarks` to score against; '' for none.
    worse : str
        Whether ``high`` or ``low`` values are worse.
    once : array, shape (enterprises,), optional
        `top` without what the enterprises sold to one another, which would count twice in their sum; each of
        them is compared with its sector as a whole.
    """
    both = ~np.isnan(top.value) & ~np.isnan(bottom.value)
    if both.any() and bottom.value[both].sum() > 0:
        value = float((top.value if once is None else once)[both].sum() / bottom.value[both].sum()) * scale
    elif _in_doubt(top, bottom):
        value = top.usual / bottom.usual * scale  # where nobody is beyond doubt, of all as they were counted
    else:
        return None
    ends = _bounds(top, bottom, value, scale)
    if ends is None:
        return Indicator(
            id=key,
            name=name,
            value=None,
            unit=unit,
            source=say("quotient of sums"),
            coverage=float(both.mean()),
            missing=say("what is missing or in doubt, for nothing bounds it"),
            year=year,
        )
    low, high = ends
    plain = Indicator(
        id=key,
        name=name,
        value=value,
        low=low,
        high=high,
        unit=unit,
        source=say("quotient of sums"),
        coverage=float(both.mean()),
        year=year,
    )
    if not usual:
        return plain
    sectors = sectors_of(cluster)
    scores, weights, sources = [], [], []
    scored = np.flatnonzero(both & (bottom.value > 0))
    of_sector = {
        sector: benchmark(cluster, usual, str(sector), year) for sector in set(sectors[scored].tolist())
    }
    for i in scored.tolist():
        quartiles = of_sector[sectors[i]]
        if quartiles is not None:
            own = float(top.value[i] / bottom.value[i])
            scores.append(share_that_does_better(own, quartiles, worse=worse))
            weights.append(float(bottom.value[i]))
            sources.append(quartiles.source)
    if not scores:
        return replace(
            plain,
            missing=say(
                "to score {name}, what is usual in the sectors (`{key}` in the table benchmarks)",
                name=name,
                key=usual,
            ),
        )
    score = min(1.0, max(0.0, float(np.average(scores, weights=weights))))
    # Those without a benchmark, or of which something is missing, could be anywhere in their sectors.
    untold = np.where(both, bottom.value, bottom.high).clip(min=0)
    everyone = float(untold.sum())
    told = min(1.0, sum(weights) / everyone) if np.isfinite(everyone) else 0.0
    return replace(
        plain,
        score=score,
        score_low=score * told,
        score_high=max(score, min(1.0, score * told + 1 - told)),
        how=say("the share of their sectors that does better, weighted by size"),
        source=say(
            "quotients by sector against benchmarks, {sources}", sources=", ".join(dict.fromkeys(sources))
        ),
    )


def _in_doubt(top: KnownAmounts, bottom: KnownAmounts) -> bool:
    """Return whether both are reported for some enterprise, but all comparisons are excluded as suspected
    errors."""
    there = (top.likely > 0) & (bottom.likely > 0) & (top.low > 0)
    finite = np.isfinite([top.usual, bottom.usual]).all()
    return bool(there.any() and finite and bottom.usual > 0 and not (top.whole and bottom.whole))


def _bounds(
    top: KnownAmounts, bottom: KnownAmounts, value: float, scale: float
) -> tuple[float | None, float | None] | None:
    """Return between which ends the quotient of all enterprises lies: no ends where that is the value.

    None where nothing bounds it.
    """
    if not np.isfinite([top.least, top.most, bottom.least, bottom.most]).all() or bottom.least <= 0:
        return (None, None) if top.whole and bottom.whole else None
    ends = [t / b * scale for t in (top.least, top.most) for b in (bottom.least, bottom.most)]
    low, high = min(value, *ends), max(value, *ends)
    return (None, None) if high - low <= _SAME * abs(value) else (low, high)
