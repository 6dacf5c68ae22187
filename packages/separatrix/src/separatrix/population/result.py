"""Results of different methods for one game, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from separatrix.game.model import Game
from separatrix.run.results import Tabled
from separatrix.sentences import Sentence

__all__ = ["CONFIDENCE", "Agreement", "Compared"]

CONFIDENCE = 0.95
"""Of all intervals together."""

NEAR = 1e-3
"""Gaps between chain and mean field below this are not asked to shrink further."""


@dataclass(frozen=True)
class Compared:
    """One number, by as many routes as there are.

    Attributes
    ----------
    kind : str
        ``share``, ``fixation`` or ``rare mutation``.
    rule : str
        The update rule.
    strategy : str
        The strategy whose share it is, that takes over, or that all play.
    size : int
        Enterprises.
    time : float or None
        Of a share: in units of one update an enterprise.
    limit : float or None
        The mean field, or the limit of rare mutation.
    chain : float or None
        What the finite chain expects, exactly; None where there is none.
    larger : float or None
        The same with four times as many enterprises.
    simulated, low, high : float
        The mean of the simulation and the ends of its interval.
    runs : int
        Of the simulation.
    """

    kind: Literal["share", "fixation", "rare mutation"]
    rule: str
    strategy: str
    size: int
    time: float | None
    limit: float | None
    chain: float | None
    larger: float | None
    simulated: float
    low: float
    high: float
    runs: int

    @property
    def agrees(self) -> bool | None:
        """Whether the interval of the simulation holds what the chain expects; None without a chain."""
        return None if self.chain is None else self.low <= self.chain <= self.high

    @property
    def closes(self) -> bool | None:
        """Whether the gap between chain and limit shrinks with four times as many enterprises."""
        if self.limit is None or self.chain is None or self.larger is None:
            return None
        gap, next_gap = abs(self.chain - self.limit), abs(self.larger - self.limit)
        return next_gap < max(0.75 * gap, NEAR)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "kind": self.kind,
            "rule": self.rule,
            "strategy": self.strategy,
            "size": self.size,
            "time": self.time,
            "limit": self.limit,
            "chain": self.chain,
            "chain_larger": self.larger,
            "simulated": self.simulated,
            "low": self.low,
            "high": self.high,
            "runs": self.runs,
            "agrees": self.agrees,
            "closes": self.closes,
        }


@dataclass(frozen=True, repr=False)
class Agreement(Tabled):
    """Comparison of different methods for the same quantities.

    Attributes
    ----------
    game : Game
    scenario : str or None
    strategies : tuple of str
    size : int
        Enterprises of the comparison of shares.
    beta : float
    start : tuple of float
        The share of each strategy at first.
    replicas, seed : int
    rows : tuple of Compared
    settled : mapping of rule to shares
        The long-run state of the mean field of imitation, logit choice and best response.
    notes : tuple of Sentence
        What was not compared, and why.
    merged : bool
        Whether two populations of a symmetric game became one.
    """

    game: Game = field(repr=False)
    scenario: str | None
    strategies: tuple[str, ...]
    size: int
    beta: float
    start: tuple[float, ...]
    replicas: int
    seed: int
    rows: tuple[Compared, ...]
    settled: Mapping[str, tuple[float, ...]]
    notes: tuple[Sentence, ...]
    merged: bool

    @property
    def agrees(self) -> bool:
        """Whether every simulation agrees with its finite chain."""
        return all(row.agrees is not False for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        return {
            "schema": 1,
            "model": {"title": self.game.title},
            "strategies": list(self.strategies),
            "size": self.size,
            "beta": self.beta,
            "start": list(self.start),
            "replicas": self.replicas,
            "confidence": CONFIDENCE,
            "agrees": self.agrees,
            "rows": [row.to_dict() for row in self.rows],
            "settled": {rule: list(shares) for rule, shares in self.settled.items()},
            "notes": [str(note) for note in self.notes],
            "provenance": provenance(self.game) | {"seed": self.seed},
        }
