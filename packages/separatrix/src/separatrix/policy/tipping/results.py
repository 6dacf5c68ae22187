"""Tipping values, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from separatrix.analysis.results import Warning
from separatrix.game.model import Game, Profile
from separatrix.policy.tipping.levels import InstrumentLevel, LevelSet
from separatrix.run.results import Plotted, Tabled

__all__ = [
    "CONDITIONS",
    "ConditionName",
    "Hysteresis",
    "InstrumentTipping",
    "TippingCondition",
    "TippingValues",
]

ConditionName = Literal["stable", "only", "basin", "selected", "strong", "risk"]

CONDITIONS: tuple[ConditionName, ...] = ("stable", "only", "basin", "selected", "strong", "risk")
"""Conditions on the target at a level: it is stable; it is the only stable pure state; today's state
converges to it; noise selects it; strong selection does; it is risk dominant."""


@dataclass(frozen=True)
class TippingCondition:
    """At which levels of an instrument something holds of the target.

    Attributes
    ----------
    name : str
        One of `CONDITIONS`.
    levels : LevelSet
    tipping : InstrumentLevel or None
        The nearest of them to the idle level; None where it holds when idle, or at no level.
    idle : bool
        Whether it holds at the idle level.
    method : str
        ``exact``, ``certified`` or ``numerical``.
    how_sure : str
        The argument, in a sentence.
    shortfall : str or None
        Where it holds at no level: what fails at the best one, and by how much.
    """

    name: ConditionName
    levels: LevelSet
    tipping: InstrumentLevel | None
    idle: bool
    method: Literal["exact", "certified", "numerical"]
    how_sure: str
    shortfall: str | None = None

    @property
    def attained(self) -> bool:
        """Whether it holds at the tipping value itself, and not only beyond it."""
        return any(
            (interval.closed_low and interval.low == self.tipping)
            or (interval.closed_high and interval.high == self.tipping)
            for interval in self.levels.intervals
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the condition as plain data."""
        return {
            "name": self.name,
            "tipping_value": None if self.tipping is None else self.tipping.to_dict(),
            "attained": None if self.tipping is None else self.attained,
            "holds_when_idle": self.idle,
            "levels": self.levels.to_dict(),
            "method": self.method,
            "how_sure": str(self.how_sure),
            "shortfall": None if self.shortfall is None else str(self.shortfall),
        }


@dataclass(frozen=True)
class Hysteresis:
    """Where the state tips to the target, and where it tips back.

    Attributes
    ----------
    forward : InstrumentLevel or None
        Where it tips, on the way from the idle level; None where it need not, or does not.
    back : InstrumentLevel or None
        Where the target loses its stability on the way back; None where it keeps it down to the idle level.
    stays : bool
        Whether the target is stable at the idle level: a programme may end once the state is there.
    """

    forward: InstrumentLevel | None
    back: InstrumentLevel | None
    stays: bool


@dataclass(frozen=True)
class InstrumentTipping:
    """What one instrument does.

    Attributes
    ----------
    name : str
    low, high, idle : Fraction
    conditions : tuple of TippingCondition
    hysteresis : Hysteresis
    goal : str
        The condition that counts: ``basin`` if today's state is known, else ``stable``.
    also_stable : tuple of str
        Ids of mixed rest points and rest sets that attract just beyond the tipping value of ``only``.
    differs : LevelSet or None
        Where noise selects the target and risk dominance does not, or vice versa; None if one of
        them was not computed.
    cost : mapping of payer to number, or None
        Per unit of time at the target, at the tipping value of the goal; None where no cost is known.
    """

    name: str
    low: Fraction
    high: Fraction
    idle: Fraction
    conditions: tuple[TippingCondition, ...]
    hysteresis: Hysteresis
    goal: ConditionName
    also_stable: tuple[str, ...] = ()
    differs: LevelSet | None = None
    cost: Mapping[str, float] | None = None

    def condition(self, name: str) -> TippingCondition:
        """Return a condition by its name; `KeyError` for one that was not requested."""
        return {c.name: c for c in self.conditions}[name]  # type: ignore[index]

    @property
    def tips(self) -> bool:
        """Whether the condition that counts holds at some level, or when idle."""
        main = self.condition(self.goal)
        return main.idle or bool(main.levels.intervals)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        turn = self.hysteresis
        return {
            "instrument": self.name,
            "range": [float(self.low), float(self.high)],
            "idle": float(self.idle),
            "goal": self.goal,
            "tips": self.tips,
            "conditions": {c.name: c.to_dict() for c in self.conditions},
            "hysteresis": {
                "forward": None if turn.forward is None else turn.forward.to_dict(),
                "back": None if turn.back is None else turn.back.to_dict(),
                "stays_when_withdrawn": turn.stays,
            },
            "also_stable": list(self.also_stable),
            "noise_and_risk_dominance_differ": None if self.differs is None else self.differs.to_dict(),
            "cost_at_target": None if self.cost is None else dict(self.cost),
        }


@dataclass(frozen=True, repr=False)
class TippingValues(Plotted, Tabled):
    """The tipping values of instruments, one after the other: all others stay idle.

    Attributes
    ----------
    game : Game
        With the instruments in force.
    target : Profile
    target_id : str
    today : mapping of share to Fraction, or None
    scenario : str or None
    values : mapping
        Of all parameters but the instrument at hand; levels of the others are idle.
    sizes : tuple of int or None
        Members of the finite populations under noise; None where it was not asked.
    beta : float or None
    instruments : tuple of InstrumentTipping
    warnings : tuple of Warning
        Assumptions of the game that do not hold at all levels of a range.
    """

    game: Game
    target: Profile
    target_id: str
    today: Mapping[str, Fraction] | None
    scenario: str | None
    values: Mapping[str, Fraction]
    sizes: tuple[int, ...] | None
    beta: float | None
    instruments: tuple[InstrumentTipping, ...]
    warnings: tuple[Warning, ...] = ()

    def instrument(self, name: str) -> InstrumentTipping:
        """Return the result for one instrument; `KeyError` for one that was not requested."""
        return {i.name: i for i in self.instruments}[name]

    @property
    def tips(self) -> bool:
        """Whether some instrument reaches its goal at some level."""
        return any(i.tips for i in self.instruments)

    @property
    def target_names(self) -> tuple[str, ...]:
        """What each population plays at the target."""
        return tuple(p.strategies[a].name for p, a in zip(self.game.populations, self.target, strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Return the tipping values as plain data (schema 1; keys are added, never renamed)."""
        from separatrix.run.results import provenance

        return {
            "schema": 1,
            "model": {
                "title": self.game.title,
                "scenario": self.scenario,
                "parameters": {name: float(value) for name, value in self.values.items()},
            },
            "target": {"id": self.target_id, "profile": list(self.target_names)},
            "today": None if self.today is None else {name: float(v) for name, v in self.today.items()},
            "noise": None
            if self.sizes is None
            else {
                "population_sizes": dict(
                    zip((p.name for p in self.game.populations), self.sizes, strict=True)
                ),
                "beta": self.beta,
            },
            "instruments": [i.to_dict() for i in self.instruments],
            "warnings": [{"code": w.code, "text": str(w.text)} for w in self.warnings],
            "provenance": provenance(self.game),
        }
