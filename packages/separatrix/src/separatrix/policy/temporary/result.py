"""The cheapest temporary programme, as it is handed out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Literal

from separatrix.analysis.results import Analysis
from separatrix.game.model import Game
from separatrix.policy.temporary.one_population import LinePassage
from separatrix.policy.temporary.permanent_comparison import PermanentComparison
from separatrix.policy.temporary.pontryagin import Arc, Pontryagin
from separatrix.policy.temporary.safety_margin import SafetyMargin
from separatrix.policy.temporary.supported_trajectory import (
    Steps,
    SupportedTrajectory,
)
from separatrix.policy.temporary.switch_off import SwitchOff
from separatrix.run.results import Result, provenance

__all__ = ["Answer", "Certainty", "Shape", "ShapedProgramme", "TemporaryProgramme", "finite"]

Answer = Literal["found", "already there", "unreachable", "not lasting"]
"""What comes out: a programme; none is needed; none of those tried gets there; none can last."""

Certainty = Literal["proven", "nothing cheaper seen", "best found"]
"""The cheapest by a closed form, or as far as a lattice sees; else no more than the best that was found."""

Shape = Literal["constant", "stepped", "free"]
"""Levels held once; in two steps; free at every time."""


@dataclass(frozen=True)
class ShapedProgramme:
    """The cheapest programme of one shape.

    Attributes
    ----------
    shape : str
        ``constant``, ``stepped`` or ``free``.
    trajectory : SupportedTrajectory
        Its steps, and the shares and costs along the way.
    depth : float
        How far beyond the basin boundary the state is when support ends, as a distance in shares.
    after : SwitchOff
        What happens without support from then on.
    """

    shape: Shape
    trajectory: SupportedTrajectory
    depth: float
    after: SwitchOff

    @property
    def cost(self) -> float:
        """What it costs, discounted."""
        return self.trajectory.cost

    @property
    def steps(self) -> Steps:
        """Its levels and how long they are held."""
        return self.trajectory.steps

    @property
    def end(self) -> float:
        """When support ends."""
        return self.trajectory.end

    def to_dict(self, names: Sequence[str], shares: Sequence[str]) -> dict[str, Any]:
        """Return the programme as plain data."""
        return {
            "shape": self.shape,
            "cost": self.cost,
            "end": self.end,
            "steps": [
                {"start": start, "duration": duration, "levels": dict(zip(names, levels, strict=True))}
                for start, duration, levels in zip(
                    self.steps.starts, self.steps.durations, self.steps.levels, strict=True
                )
            ],
            "state": dict(zip(shares, self.trajectory.state.tolist(), strict=True)),
            "depth": finite(self.depth),
            "after": self.after.to_dict(),
        }


@dataclass(frozen=True, repr=False)
class TemporaryProgramme(Result):
    """The cheapest temporary programme, and how sure that is.

    Attributes
    ----------
    analysis : Analysis
        Of the game without support.
    instruments : tuple of str
    target : str
        The id of the rest point that should be the outcome.
    start : tuple of float
        The state at time 0.
    payer : str
        Whose cost counts: ``public``, ``enterprises``, or ``together``.
    margin : float
        How far beyond the basin boundary the state should be when support ends, as a distance in shares.
    horizon : float or None
        The latest end.
    discount : float
    answer : str
        ``found``; ``already there``; ``unreachable``: no tested programme gets there; ``not
        lasting``: the target does not attract without support.
    programmes : mapping of shape to ShapedProgramme
        With the margin.
    infimum : float or None
        The cost of the cheapest programme to the boundary itself: programmes beyond it come near, none
        attains it.
    to_boundary : SupportedTrajectory or None
        That programme, where it has steps.
    passage : LinePassage or None
        The closed form, for one population of two strategies without discount.
    principle : Pontryagin or None
        The maximum principle for the programme to the boundary.
    lattice : float or None
        The same infimum by the Hamilton-Jacobi-Bellman equation on a coarse lattice.
    certainty : str or None
        That no programme to the boundary costs less than the infimum: ``proven`` by a closed form or by
        intervals;
        ``nothing cheaper seen`` on the lattice; ``best found`` if the lattice has a cheaper one, a longer
        wait may be cheaper, or no lattice was available, as with a horizon.  None if no programme was
        found, or levels are constant.
    nearest : float or None
        The depth of the best tested programme, if none is deep enough; if no intervention is needed, the
        depth of the start.
    how_sure : str
    permanent : PermanentComparison or None
        Permanent support in the same proportions; None if that does not lead to the target.
    safety : SafetyMargin or None
        In how many draws of the uncertain parameters the cheapest programme works; None if none is
        uncertain.
    notes : tuple of str
    """

    analysis: Analysis = dataclass_field(repr=False)
    instruments: tuple[str, ...]
    target: str
    start: tuple[float, ...]
    payer: str
    margin: float
    horizon: float | None
    discount: float
    answer: Answer
    how_sure: str
    programmes: Mapping[Shape, ShapedProgramme] = dataclass_field(default_factory=dict)
    infimum: float | None = None
    to_boundary: SupportedTrajectory | None = None
    passage: LinePassage | None = None
    principle: Pontryagin | None = None
    lattice: float | None = None
    certainty: Certainty | None = None
    nearest: float | None = None
    permanent: PermanentComparison | None = None
    safety: SafetyMargin | None = None
    notes: tuple[str, ...] = ()

    @property
    def game(self) -> Game:
        """The game."""
        return self.analysis.game

    @property
    def cheapest(self) -> ShapedProgramme | None:
        """The cheapest of the programmes; the plainer one of two that cost the same."""
        if not self.programmes:
            return None
        least = min(one.cost for one in self.programmes.values())
        return next(one for one in self.programmes.values() if one.cost <= least + 1e-6 * abs(least))

    @property
    def cheaper_may_exist(self) -> bool:
        """Whether a lattice sees a clearly cheaper programme, or a longer wait may be one."""
        return self.certainty == "best found" and self.lattice is not None

    @property
    def price_of_margin(self) -> float | None:
        """What the margin costs: the cheapest programme beyond the infimum."""
        best = self.cheapest
        return None if best is None or self.infimum is None else best.cost - self.infimum

    @property
    def singular(self) -> tuple[Arc, ...]:
        """Singular arcs of the programme to the boundary."""
        return () if self.principle is None else self.principle.singular

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        shares, best = self.game.shares, self.cheapest
        return {
            "schema": 1,
            "model": self.analysis.heading,
            "kind": "temporary",
            "answer": self.answer,
            "instruments": list(self.instruments),
            "target": self.target,
            "start": dict(zip(shares, self.start, strict=True)),
            "payer": self.payer,
            "margin": self.margin,
            "horizon": self.horizon,
            "discount": self.discount,
            "cheapest": None if best is None else best.shape,
            "programmes": [one.to_dict(self.instruments, shares) for one in self.programmes.values()],
            "infimum": self.infimum,
            "price_of_margin": self.price_of_margin,
            "singular_arcs": [
                {"instrument": arc.instrument, "start": arc.start, "end": arc.end} for arc in self.singular
            ],
            "saving_to_first_order": None if self.principle is None else self.principle.gain,
            "lattice": self.lattice,
            "cheapest_certainty": self.certainty,
            "cheaper_may_exist": self.cheaper_may_exist,
            "nearest": None if self.nearest is None else finite(self.nearest),
            "permanent": None if self.permanent is None else self.permanent.to_dict(self.instruments),
            "safety": None if self.safety is None else self.safety.to_dict(),
            "how_sure": str(self.how_sure),
            "notes": [str(note) for note in self.notes],
            "provenance": provenance(self.game),
        }


def finite(value: float) -> float | None:
    """Return a number, or None for an infinite one, which JSON does not have."""
    return value if math.isfinite(value) else None
