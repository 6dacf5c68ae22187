"""The nouns of a diagnosis: an indicator, a difficulty, the whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from separatrix.sentence import Sentence

__all__ = ["DIFFICULTIES", "Difficulty", "DifficultyName", "Indicator"]

DifficultyName = Literal["understanding", "growth", "place", "technology"]

DIFFICULTIES: tuple[DifficultyName, ...] = ("understanding", "growth", "place", "technology")
"""The four difficulties of Shi & Chen (2018), section 3.1: low understanding, extensive growth, a place at
the low end of the chain, weak technology and innovation."""


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
        The interval in which it lies: from the uncertainty of the data and, for shares of enterprises, from
        those of which nothing is known.
    unit : str
        Its unit; '' for a pure number.
    score, score_low, score_high : float or None
        How hard the difficulty binds by this indicator, from 0 (not) to 1 (fully); None where there is
        nothing to compare with.
    how : Sentence or None
        What the score compares with.
    source : str
        The publication of the method.
    coverage : float or None
        The share of the enterprises (from 0 to 1) whose data the value rests on.
    missing : Sentence or None
        What would be needed to compute or to score it.
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
        }


@dataclass(frozen=True)
class Difficulty:
    """One of the four difficulties: its score with an interval, what it rests on, what is missing.

    Attributes
    ----------
    name : str
        One of `DIFFICULTIES`.
    score, low, high : float or None
        From 0 (does not bind) to 1 (binds fully), the mean of the scores of its indicators, each of equal
        weight; the interval joins those of the indicators.  None where no indicator has a score.
    indicators : tuple of Indicator
        What was measured.
    evidence : tuple of Sentence
        What a reader should know: who leads, what changed, what stands out.
    missing : tuple of Sentence
        Which data would tell more.
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
