"""The nouns of a diagnosis: an indicator, what a rule finds, a difficulty.

For developers
--------------
An indicator comes from a rule: a function of the cluster and its accounts, with what is missing from them,
that returns what it found as `Measured`.  A new one is written in the file of its difficulty and named in the
``RULES`` there; a new difficulty is a file with ``RULES`` and a line in
`separatrix_cluster.diagnosis.registry`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from separatrix.sentences import Sentence
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["Difficulty", "DifficultyName", "Measured", "Indicator", "Rule", "difficulty"]

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
        One of `separatrix_cluster.diagnosis.registry.DIFFICULTIES`.
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
