"""The cheapest temporary programme, as it is handed out.

Permanent support compared with a temporary programme: its least level, and its cost over the same time.

What happens when support ends: the trajectory without it, followed until it arrives.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis
from separatrix.dynamics.attractors.tolerances import ARRIVAL_DISTANCE
from separatrix.dynamics.basin_boundaries.critical_shock import time_to_arrive
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.trajectory import follow
from separatrix.expression.tree import negate
from separatrix.game.model import Game
from separatrix.policy.temporary.bang_bang import LinePassage, SafetyMargin
from separatrix.policy.temporary.box_bounds import Boxes, is_nonnegative, jet_of
from separatrix.policy.temporary.control_problem import ControlProblem
from separatrix.policy.temporary.pontryagin import Arc, Pontryagin
from separatrix.policy.temporary.supported_trajectory import Steps, SupportedTrajectory, supported_trajectory
from separatrix.run.results import Result, provenance

__all__ = [
    "Answer",
    "Certainty",
    "PermanentComparison",
    "Shape",
    "ShapedProgramme",
    "SwitchOff",
    "TemporaryProgramme",
    "after_switch_off",
    "finite",
    "permanent_comparison",
]

Array = NDArray[np.float64]

POINTS = 201
"""Times at which the states after the end are kept."""

OPEN_END = 60.0
"""How long the trajectory is shown where it does not arrive, in units of the fastest rate."""


@dataclass(frozen=True)
class SwitchOff:
    """The trajectory after support has ended.

    Attributes
    ----------
    arrives : bool
        Whether it came within 0.01 of the target in every share, and stayed.
    time : float or None
        When, after the end of support.
    times : array (points,)
        After the end of support.
    states : array (points, shares)
    """

    arrives: bool
    time: float | None
    times: Array
    states: Array

    def to_dict(self) -> dict[str, Any]:
        """Return what counts as plain data."""
        return {"arrives": self.arrives, "time": self.time}


def after_switch_off(problem: ControlProblem, analysis: Analysis, target: str, state: Array) -> SwitchOff:
    """Return the trajectory from the end of support on, at the values without it."""
    here = np.asarray(state, dtype=float)
    time = time_to_arrive(analysis, here.tolist(), target)
    span = OPEN_END / problem.scale if time is None else max(1.2 * time, 1 / problem.scale)
    field = replicator(analysis.game, analysis.values)
    orbit = follow(field, here.tolist(), until=span, points=POINTS)
    goal = next(p.state for p in analysis.rest_points if p.id == target)
    near = time is not None and goal is not None
    arrives = near and bool(np.abs(orbit.states[-1] - np.array(goal)).max() <= ARRIVAL_DISTANCE)
    return SwitchOff(arrives, time, np.asarray(orbit.times), np.asarray(orbit.states))


TRIED = 65
"""Levels that are followed at once; each round narrows the least one down to the room between two of them."""

ROUNDS = 5
"""Of narrowing down: 64 to the fifth power is a thousand million."""

FOLLOWED = 400.0
"""How long they are followed, in units of the fastest rate. Smaller: a level that only just suffices is taken
for one that does not."""

STEP = 0.25
"""Of the Runge-Kutta method, in the same units."""

SHARES = 129
"""At which the gain of levels is compared on a line, and again between the neighbours of the least."""

CLOSER = 4
"""How often. Narrower dips are left to intervals."""

DIPS = 12
"""Of those that intervals see, at most."""

DIP = 1e-6
"""The part of a share around a dip in which it is looked at more closely."""

PIECES = 24
"""Into which the time is cut in which costs add up. Fewer: the time of breaking even is rougher."""

NEAR = 0.01
"""The distance in every share at which the target counts as reached."""

CLEARED = 0.01
"""By how much the level that is costed is above the least one, as a part of the way to the highest."""


@dataclass(frozen=True)
class PermanentComparison:
    """Permanent levels in the proportions of the temporary programme.

    Attributes
    ----------
    least : tuple of float
        The levels above which today's state converges to the target; they do not suffice themselves.
    levels : tuple of float
        The levels whose cost is computed: 1 % of the way from there to the strongest.
    rate : float
        Their cost per unit of time once the target is reached.
    cost : float or None
        Their cost until the horizon, discounted; None without one.
    break_even : float or None
        When their cost equals the total cost of the temporary programme; None if it never does.
    """

    least: tuple[float, ...]
    levels: tuple[float, ...]
    rate: float
    cost: float | None
    break_even: float | None

    def to_dict(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "least_levels": dict(zip(names, self.least, strict=True)),
            "levels": dict(zip(names, self.levels, strict=True)),
            "cost_per_time_at_target": self.rate,
            "cost": self.cost,
            "break_even": self.break_even,
        }


def permanent_comparison(
    problem: ControlProblem,
    state: Array,
    target: Array,
    strongest: Array,
    temporary: float,
    horizon: float | None,
) -> PermanentComparison | None:
    """Return the cost of permanent levels, or None if even the strongest do not suffice.

    Parameters
    ----------
    problem : ControlProblem
    state, target : arrays (shares,)
    strongest : array (m,)
        Levels that are scaled between idle ones and these.
    temporary : float
        What the temporary programme costs.
    horizon : float or None
    """
    dips: list[float] = []
    high = 1.0
    for _ in range(DIPS):
        least_part = _least_part(problem, state, target, strongest, dips)
        if least_part is None:
            return None
        high = least_part
        dip = _dip(problem, state, target, problem.idle + high * (strongest - problem.idle))
        if dip is None:
            break
        dips.append(dip)
    part = high + CLEARED * (1 - high)
    least, levels = (problem.idle + p * (strongest - problem.idle) for p in (high, part))
    rate = float(problem.costs(target[None], levels[None])[0])
    held = tuple(float(v) for v in levels)
    span = horizon if horizon is not None else FOLLOWED / problem.scale
    for part in (1.0,) if horizon is not None else (1 / 64, 1 / 16, 1 / 4, 1.0):
        pieces = Steps((held,) * PIECES, (part * span / PIECES,) * PIECES)
        made, _ = supported_trajectory(problem, state, pieces)
        if made.cost >= temporary:  # it has broken even: what follows says nothing more
            break
    past = np.flatnonzero(made.costs >= temporary)
    even: float | None = None
    if past.size:
        even = float(np.interp(temporary, made.costs[: past[0] + 1], made.times[: past[0] + 1]))
    elif rate > 0 and horizon is None:
        even = made.end + (temporary - made.cost) / rate
    return PermanentComparison(
        tuple(float(v) for v in least), held, rate, made.cost if horizon is not None else None, even
    )


def _least_part(
    problem: ControlProblem, state: Array, target: Array, strongest: Array, dips: list[float]
) -> float | None:
    """Return the least part of the way to the strongest levels that suffices, to a thousand-millionth."""
    low, high = 0.0, 1.0
    for _ in range(ROUNDS):
        parts = np.linspace(low, high, TRIED)
        levels = problem.idle + parts[:, None] * (strongest - problem.idle)
        suffice = _suffice(problem, state, target, levels, dips)
        if not suffice[-1] or suffice.all():
            return None
        first = int(np.flatnonzero(~suffice)[-1]) + 1
        low, high = float(parts[first - 1]), float(parts[first])
    return high


def _suffice(
    problem: ControlProblem, state: Array, target: Array, levels: Array, dips: list[float]
) -> NDArray[np.bool_]:
    if problem.game.space.sizes == (2,):
        return _suffice_on_line(problem, float(state[0]), float(target[0]), levels, dips)
    at = np.tile(problem.coordinates(state), (len(levels), 1))
    lengths, count = np.full(len(levels), STEP / problem.scale), round(FOLLOWED / STEP)
    ends, _ = problem.advance(at, levels, lengths, count, np.zeros(len(levels)))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(problem.states(ends) - target).max(axis=1) <= NEAR)


def _dip(problem: ControlProblem, state: Array, target: Array, levels: Array) -> float | None:
    """Return a share at which levels certainly lead away from a line's target, however narrow the dip."""
    if problem.game.space.sizes != (2,):
        return None
    start, end = float(state[0]), float(target[0])
    up = end >= start
    if abs(end - start) <= NEAR:
        return None
    low, high = sorted((start, end - NEAR if up else end + NEAR))
    gain = problem.gains[0] if up else negate(problem.gains[0])
    ends = np.array([low]), np.array([high])
    boxes = Boxes(ends[0][None], ends[1][None], levels[None])
    _, point = is_nonnegative(jet_of(gain, [problem.game.shares[0]], problem.names), boxes, *ends)
    return None if point is None else float(point[0])


def _suffice_on_line(
    problem: ControlProblem, start: float, target: float, levels: Array, dips: list[float]
) -> NDArray[np.bool_]:
    """Return which levels lead from a share to another: the sign of the gain on the way decides.

    Where the gain is least among shares it is looked at again between their neighbours, ever closer.
    """
    up = target >= start

    def least_gain_between(low: Array, high: Array) -> tuple[Array, Array, Array]:
        shares = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, SHARES)
        at = np.stack([shares, 1 - shares], axis=-1)[..., :1]
        (grown,) = problem.growth(at, np.broadcast_to(levels[:, None], (*shares.shape, levels.shape[1])))
        gain = (grown[..., 0] - grown[..., 1]) * (1.0 if up else -1.0)
        place = np.where(np.isfinite(gain), gain, -np.inf).argmin(axis=1)
        rows = np.arange(len(levels))
        before, behind = np.maximum(place - 1, 0), np.minimum(place + 1, SHARES - 1)
        return gain[rows, place], shares[rows, before], shares[rows, behind]

    def lowest_gain_over(low: float, high: float) -> Array:
        ends = np.full(len(levels), low), np.full(len(levels), high)
        lowest, *around = least_gain_between(*ends)
        rounds = [around] + [[np.full(len(levels), d * (1 + s)) for s in (-DIP, DIP)] for d in dips]
        for ends_around in rounds:
            for _ in range(CLOSER):
                closer, *ends_around = least_gain_between(*ends_around)
                lowest = np.minimum(lowest, closer)
        return lowest

    near, beyond = (target - NEAR, target + NEAR) if up else (target + NEAR, target - NEAR)
    passes = (
        np.ones(len(levels), dtype=bool) if abs(target - start) <= NEAR else lowest_gain_over(start, near) > 0
    )
    if not 0 < beyond < 1:
        return np.asarray(passes)
    return np.asarray(passes & (lowest_gain_over(near, beyond) <= 0))


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
