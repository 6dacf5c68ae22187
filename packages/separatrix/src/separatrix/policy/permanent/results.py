"""The cheapest permanent programme, as it is handed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from separatrix.game.model import Game, Profile
from separatrix.policy.externality_price import named_profile
from separatrix.run.results import Tabled
from separatrix.sentences import Sentence

__all__ = ["Demand", "Levels", "PermanentProgramme", "Shortfall", "Verdict"]

Verdict = Literal["found", "already", "unreachable", "undecided"]


@dataclass(frozen=True)
class Levels:
    """Levels of all instruments, and what they cost per unit of time at the target.

    Attributes
    ----------
    levels : mapping of instrument to number
    exact : bool
        Whether the numbers are exact; else they are rounded to 17 digits.
    costs : mapping of payer to number
        Below 0 where the payer earns.
    total : number
        The minimised quantity: the cost of the selected payer.
    emissions : number or None
    """

    levels: Mapping[str, Fraction]
    exact: bool
    costs: Mapping[str, Fraction]
    total: Fraction
    emissions: Fraction | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "levels": {name: float(value) for name, value in self.levels.items()},
            "levels_exact": {n: str(v) for n, v in self.levels.items()} if self.exact else None,
            "costs": {payer: float(value) for payer, value in self.costs.items()},
            "cost": float(self.total),
            "cost_exact": str(self.total) if self.exact else None,
            "emissions": None if self.emissions is None else float(self.emissions),
        }


@dataclass(frozen=True)
class Demand:
    """A condition that the programme satisfies, or a limit, and what it costs.

    Attributes
    ----------
    kind : str
        ``gain``, ``left``, ``selected``, ``basin``, ``dominant``, ``budget``, ``emissions``, ``least`` or
        ``most`` (the ends of a range).
    told : Sentence
    value : float
        By how much it is cleared at the infimum: 0 where it binds.
    price : Fraction or None
        How much the least cost rises if the condition is to be cleared by one unit more; for a limit, how
        much it falls if the limit is relaxed by one unit.  None if it was not computed, or if the condition
        cannot be cleared any further.
    """

    kind: str
    told: Sentence
    value: float
    price: Fraction | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "kind": self.kind,
            "condition": str(self.told),
            "cleared_by": self.value,
            "price": None if self.price is None else float(self.price),
            "price_exact": None if self.price is None else str(self.price),
        }


@dataclass(frozen=True)
class Shortfall:
    """A condition that is infeasible, alone or together with those before it.

    Attributes
    ----------
    kind : str
    told : Sentence
    by : Fraction or None
        The least violation; 0 where it is reached with equality only, or only in the limit; None
        if it was not computed.
    alone : bool
        Whether it fails by itself; else only together with the conditions before it.
    """

    kind: str
    told: Sentence
    by: Fraction | None
    alone: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "kind": self.kind,
            "condition": str(self.told),
            "short_by": None if self.by is None else float(self.by),
            "short_by_exact": None if self.by is None else str(self.by),
            "alone": self.alone,
        }


@dataclass(frozen=True, repr=False)
class PermanentProgramme(Tabled):
    """The cheapest permanent levels of instruments that meet the requirements.

    Attributes
    ----------
    game : Game
        With the instruments in force.
    scenario : str or None
    target : Profile
    payer : str
        Whose cost was minimised: ``public``, ``enterprises`` or ``together``.
    asked : tuple of str
        The requirements beyond a strict target: ``only-stable``, ``selected``, ``basin``, ``only-outcome``.
    verdict : str
        ``found``; ``already`` if no intervention is needed; ``unreachable``; ``undecided`` if the search
        ended without a programme, and without a proof that none exists.
    infimum : Fraction or None
        The greatest lower bound of the cost, where it is exact; else the upper one of its bounds, which is
        the cost of the cheapest programme that the search found.
    bounds : (float, float) or None
        Bounds of the infimum, both equal where it is exact.
    attained : bool or None
        Whether the levels of `limit` are a programme, which has exactly that cost; None if unknown.
    limit : Levels or None
        Where the infimum lies; not a programme itself where it is not attained.
    margin : Fraction
        By how much the recommended programme clears every strict condition, in the unit of payoffs.
    safety : Fraction or None
        How much smaller today's shares may be for it; None where they do not matter.
    recommended : Levels or None
    demands : tuple of Demand
        The conditions and limits, with their prices.
    shortfalls : tuple of Shortfall
        The failing conditions, where the target cannot be reached.
    stable : tuple of Profile
        The pure states that are strict Nash equilibria under the recommended programme.
    only_outcome : Sentence or None
        Why every interior trajectory converges to the target under it; None if that was not proven.
    today : str or None
        The outcome of today's state under it: `target`, or the name of another; None if the game has no
        state today, or it was not computed.
    by, reach : float or None
        The date, and the share of each population that should play the target's strategy by then.
    reached : float or None
        The least of these shares by then at the levels of `limit`; without such levels, the largest least
        one among the tested levels.
    programmes : int
        Linear programmes solved, parts of a box, or trajectories followed.
    how_sure : Sentence
    remarks : tuple of Sentence
    """

    game: Game = field(repr=False)
    scenario: str | None
    target: Profile
    payer: str
    asked: tuple[str, ...]
    verdict: Verdict
    infimum: Fraction | None
    bounds: tuple[float, float] | None
    attained: bool | None
    limit: Levels | None
    margin: Fraction
    safety: Fraction | None
    recommended: Levels | None
    demands: tuple[Demand, ...]
    shortfalls: tuple[Shortfall, ...]
    stable: tuple[Profile, ...]
    only_outcome: Sentence | None
    today: str | None
    by: float | None
    reach: float | None
    reached: float | None
    programmes: int
    how_sure: Sentence
    remarks: tuple[Sentence, ...] = ()

    @property
    def price_of_margin(self) -> Fraction | None:
        """What the recommended programme costs above the infimum."""
        if self.recommended is None or self.infimum is None:
            return None
        return self.recommended.total - self.infimum

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        return {
            "schema": 1,
            "title": self.game.title,
            "scenario": self.scenario,
            "target": named_profile(self.game, self.target),
            "payer": self.payer,
            "asked": ["stable", *self.asked],
            "verdict": self.verdict,
            "infimum": None if self.infimum is None else float(self.infimum),
            "infimum_exact": str(self.infimum)
            if self.infimum is not None and (self.limit is None or self.limit.exact)
            else None,
            "infimum_bounds": None if self.bounds is None else list(self.bounds),
            "attained": self.attained,
            "limit": None if self.limit is None else self.limit.to_dict(),
            "margin": float(self.margin),
            "safety": None if self.safety is None else float(self.safety),
            "programme": None if self.recommended is None else self.recommended.to_dict(),
            "price_of_margin": None if self.price_of_margin is None else float(self.price_of_margin),
            "conditions": [demand.to_dict() for demand in self.demands],
            "shortfalls": [shortfall.to_dict() for shortfall in self.shortfalls],
            "stable_pure_states": [named_profile(self.game, profile) for profile in self.stable],
            "only_outcome": None if self.only_outcome is None else str(self.only_outcome),
            "today": self.today,
            "by": self.by,
            "reach": self.reach,
            "reached": self.reached,
            "programmes": self.programmes,
            "how_sure": str(self.how_sure),
            "remarks": [str(remark) for remark in self.remarks],
            "provenance": provenance(self.game),
        }
