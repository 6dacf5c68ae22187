"""Seeds with a certificate, as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from separatrix.dynamics.confidence_intervals import CONFIDENCE
from separatrix.population.activation import DiffusionModel
from separatrix.run.results import Result, Tabled
from separatrix.sentences import Sentence

__all__ = ["CertifiedSeeds"]


@dataclass(frozen=True, eq=False, repr=False)
class CertifiedSeeds(Tabled, Result):
    """Seeds, and what is proven of them.

    Attributes
    ----------
    model : DiffusionModel
    probability : float or None
        Of every link, where it was given.
    names : tuple of str
        The seeds, in the order in which they were chosen.
    costs : tuple of float
        Of each of them.
    reach : tuple of float
        What the first one reaches, the first two, and so on: estimates, the seeds themselves counted.
    ratio : float
        What the seeds reach is at least this part of what the best choice reaches.
    low, high : float
        What the seeds reach at least, and any choice at most.
    failure : float
        The chance, over the draws of the samples, that one of these two bounds does not hold.
    asked : float
        The required ratio.
    reached, reached_low, reached_high : float
        What all seeds reach in the mean, and the interval of 95 %: from a sample of its own.
    enterprises : int
    links : int
    value : str
        What is counted; '' where it is the enterprises themselves.
    whole : float
        The total.
    aware : tuple of str
        Those who know already; what they reach without seeds is not counted.
    budget : float
        The budget for all seeds; their number where no costs were given.
    sets : int
        Reverse reachable sets in each sample.
    seed : int
    how_sure : str
    warnings : tuple of str
    """

    model: DiffusionModel
    probability: float | None
    names: tuple[str, ...]
    costs: tuple[float, ...]
    reach: tuple[float, ...]
    ratio: float
    low: float
    high: float
    failure: float
    asked: float
    reached: float
    reached_low: float
    reached_high: float
    enterprises: int
    links: int
    value: str
    whole: float
    aware: tuple[str, ...]
    budget: float
    sets: int
    seed: int
    how_sure: Sentence
    warnings: tuple[Sentence, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix import __version__

        return {
            "schema": 1,
            "model": self.model.name,
            "probability": self.probability,
            "seeds": [
                {"name": name, "cost": cost, "reach": reach}
                for name, cost, reach in zip(self.names, self.costs, self.reach, strict=True)
            ],
            "ratio": self.ratio,
            "ratio_asked": self.asked,
            "reach_at_least": self.low,
            "best_at_most": self.high,
            "failure_probability": self.failure,
            "reached": self.reached,
            "reached_interval": [self.reached_low, self.reached_high],
            "confidence": CONFIDENCE,
            "enterprises": self.enterprises,
            "links": self.links,
            "value": self.value or None,
            "value_of_all": self.whole,
            "aware": list(self.aware),
            "budget": self.budget,
            "sets": self.sets,
            "how_sure": str(self.how_sure),
            "warnings": [str(warning) for warning in self.warnings],
            "provenance": {"program": "separatrix", "version": __version__, "seed": self.seed},
        }
