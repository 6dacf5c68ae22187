"""Fields whose parameters change in time, so that a policy can start and end.

The dynamics of a game as a function of time and state, for any solver.
"""

from __future__ import annotations

import bisect
import dataclasses
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.fields.payoffs import Moving, moving_payoffs, numbers
from separatrix.dynamics.fields.registry import dynamic_of, field
from separatrix.dynamics.fields.registry import field as field_of_kind
from separatrix.errors import InputError
from separatrix.game.documents import Reading, Vocabulary, read_schedule, schedule_document
from separatrix.game.model import Game, ParameterPath
from separatrix.io.yaml import SourceDocument
from separatrix.run.cached_property import cached_property

if TYPE_CHECKING:
    from separatrix.dynamics.fields.payoffs import PayoffField

__all__ = ["SchedulePiece", "ScheduledField", "VectorFunction", "scheduled_field", "vector_field"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Recipe:
    """All that makes a field, but for the values of the parameters that move."""

    game: Game
    values: Mapping[str, object]
    scenario: str | None
    kind: str
    options: Mapping[str, Any]

    def make(self, moved: Mapping[str, Fraction]) -> PayoffField:
        return field(self.game, {**self.values, **moved}, self.scenario, self.kind, **self.options)

    def moving(self, moved: Mapping[str, Fraction], names: list[str]) -> Moving | None:
        return moving_payoffs(self.game, numbers(self.game, {**self.values, **moved}, self.scenario), names)


@dataclass(frozen=True)
class SchedulePiece:
    """A stretch of time on which no parameter jumps or bends.

    Attributes
    ----------
    start, end : float
        The first starts at minus infinity, the last ends at infinity.
    values : mapping of parameter to (number, number)
        What each scheduled parameter is worth at the start and just before the end, exactly; in between it
        goes in a straight line.  A parameter that has its baseline value is not here.
    """

    start: float
    end: float
    values: Mapping[str, tuple[Fraction, Fraction]]
    recipe: _Recipe = dataclasses.field(repr=False)

    @property
    def constant(self) -> bool:
        """Whether no parameter moves here, so that there is one field for the whole piece."""
        return all(low == high for low, high in self.values.values())

    def at(self, time: float) -> dict[str, float]:
        """Return the values of the scheduled parameters; at the end of the piece those just before it."""
        if self.constant:
            return {name: float(low) for name, (low, _) in self.values.items()}
        passed = min(max((time - self.start) / (self.end - self.start), 0.0), 1.0)
        return {
            name: float(low) if low == high else (1 - passed) * float(low) + passed * float(high)
            for name, (low, high) in self.values.items()
        }

    def field_at(self, time: float) -> PayoffField:
        """Return the field at `time`, from the start to the end of the piece, both included.

        At the end it is the limit from before, which an integrator needs for its last stage.  Where the
        piece is constant the same object is returned at all times.
        """
        if self.constant:
            return self._first
        values = self.at(time)
        if self._moving is None:
            # Twelve digits keep the fractions that exact algebra works with short.
            return self.recipe.make({name: Fraction(f"{value:.12g}") for name, value in values.items()})
        speeds, payoffs = self._moving(values)
        for speed in speeds:
            if not speed > 0:
                raise InputError("V301", f"the speed of a population is {speed:g} at time {time:g}")
        changed: dict[str, Any] = {"speeds": speeds, "payoffs": payoffs, "exact": None}
        if hasattr(self._first, "corners"):
            changed["corners"] = None
        return dataclasses.replace(self._first, **changed)

    @cached_property
    def scale(self) -> float:
        """The larger of the scales of the field at the start and at the end."""
        if self.constant:
            return self._first.scale
        return max(self._first.scale, self.field_at(self.end).scale)

    @cached_property
    def _first(self) -> PayoffField:
        return self.recipe.make({name: low for name, (low, _) in self.values.items()})

    @cached_property
    def _moving(self) -> Moving | None:
        first = {name: low for name, (low, _) in self.values.items()}
        return self.recipe.moving(first, [name for name, (low, high) in self.values.items() if low != high])


@dataclass(frozen=True)
class ScheduledField:
    """A field that changes in time.

    Attributes
    ----------
    pieces : tuple of SchedulePiece
        In order; they cover all times.
    breakpoints : tuple of float
        Where pieces meet: an integrator stops there and starts again, because rates jump or bend.
    """

    pieces: tuple[SchedulePiece, ...]
    breakpoints: tuple[float, ...]

    def piece(self, time: float) -> SchedulePiece:
        """Return the piece at `time`; at a breakpoint that which starts there."""
        return self.pieces[bisect.bisect_right(self.breakpoints, time)]

    def values_at(self, time: float) -> dict[str, float]:
        """Return the values of the scheduled parameters at `time`, where not the baseline."""
        return self.piece(time).at(time)

    def field_at(self, time: float) -> PayoffField:
        """Return the field at `time`; where it jumps, that from then on."""
        return self.piece(time).field_at(time)

    def __call__(self, time: float, states: ArrayLike) -> Array:
        """Return the rates of change at one time and at `states`, an array (..., n)."""
        return self.field_at(time)(states)

    def pieces_between(self, start: float, end: float) -> list[tuple[float, float, SchedulePiece]]:
        """Return the stretches from `start` to a later `end`: (from, to, piece), one after the other."""
        stops = [start, *(t for t in self.breakpoints if start < t < end), end]
        return [(a, b, self.piece(a)) for a, b in itertools.pairwise(stops)]


def scheduled_field(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    kind: str = "replicator",
    schedule: Mapping[str, object] | None = None,
    **options: Any,
) -> ScheduledField:
    """Return the dynamics of `game` while its parameters change in time.

    Parameters
    ----------
    game, values, scenario, kind, options
        As in `separatrix.dynamics.fields.registry.field`; the values are the baseline, which a parameter
        has where its schedule is silent, before its first step.
    schedule : mapping of parameter to ParameterPath, or to what a game file says, optional
        By default the game's own.  For a parameter in both this one counts.

    Returns
    -------
    ScheduledField

    Raises
    ------
    InputError, NameProblem
        Those of `read_schedule` for the schedule, V320 for an unknown kind.  Errors in a field that occur
        only at some time (V304, V301, V322) are raised when that time is evaluated.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "title": "A subsidy from time 2 to time 10",
    ...         "parameters": {"s": 0},
    ...         "payoff_matrix": [["s + 2", "s"], [1, 1]],
    ...         "schedule": {"s": {"steps": [[2, 1], [10, 0]]}},
    ...     }
    ... )
    >>> flow = scheduled_field(game)
    >>> flow.breakpoints
    (2.0, 10.0)
    >>> [round(float(flow(t, [0.25])[0]), 6) for t in (0, 2, 10)]
    [-0.09375, 0.09375, -0.09375]
    >>> flow = scheduled_field(game, schedule={"s": {"ramp": {"from": 0, "to": 1, "start": 0, "end": 4}}})
    >>> flow.values_at(1), flow.values_at(99)
    ({'s': 0.25}, {'s': 1.0})
    """
    dynamic_of(kind)
    plans = {**game.schedule, **_read(game, schedule or {})}
    recipe = _Recipe(game, dict(values or {}), scenario, kind, options)
    times = sorted({time for plan in plans.values() for time in plan.times})
    ends = [None, *times, None]
    pieces = []
    for start, end in itertools.pairwise(ends):
        worth: dict[str, tuple[Fraction, Fraction]] = {}
        for name, plan in plans.items():
            low = plan.at(start) if start is not None else plan.value_before(times[0]) if times else None
            high = plan.value_before(end) if end is not None else low
            if low is not None and high is not None:
                worth[name] = low, high
        pieces.append(
            SchedulePiece(
                -math.inf if start is None else float(start),
                math.inf if end is None else float(end),
                worth,
                recipe,
            )
        )
    return ScheduledField(tuple(pieces), tuple(float(time) for time in times))


def _read(game: Game, schedule: Mapping[str, object]) -> dict[str, ParameterPath]:
    """Return the plans of a schedule given in Python, checked as those of a file are."""
    plans = {name: item for name, item in schedule.items() if isinstance(item, ParameterPath)}
    written = {**schedule, **schedule_document(plans)}
    words = Vocabulary(game.parameters, game.lets, frozenset(game.shares))
    return read_schedule(Reading(SourceDocument("schedule")), written, words)


@dataclass(frozen=True, eq=False)
class VectorFunction:
    """Rates of change at a time and a state, as solvers call them: ``f(t, y)``.

    Attributes
    ----------
    shares : tuple of str
        The names of the coordinates of a state.
    field : VectorField or ScheduledField
        The dynamics behind it.
    """

    shares: tuple[str, ...]
    field: Any

    def __call__(self, t: float, y: ArrayLike) -> NDArray[np.float64]:
        """Return dy/dt for a state (n,), or for several as columns (n, k)."""
        states = np.moveaxis(np.asarray(y, dtype=float), 0, -1)
        if isinstance(self.field, ScheduledField):
            return np.moveaxis(self.field(t, states), -1, 0)
        return np.moveaxis(self.field(states), -1, 0)


def vector_field(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    field: str = "replicator",
    **options: Any,
) -> VectorFunction:
    """Return the dynamics of a game as a function f(t, y), as `scipy.integrate.solve_ivp` and others take it.

    Parameters
    ----------
    game : Game
        Where it has a schedule, the function follows it.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    field : str
        The dynamics, as in `separatrix.trajectory`.
    **options
        Of the dynamics, such as ``eta`` for logit.

    Returns
    -------
    VectorFunction
        It can be pickled, and takes several states as columns too (``vectorized=True``).

    Raises
    ------
    InputError
        V304 where a parameter has no value; V320, V321 and V322 for dynamics or an option that cannot be.
    NameProblem
        V302, V303 for unknown parameters or scenarios.

    References
    ----------
    Taylor & Jonker (1978); of other dynamics Sandholm (2010), Population Games and Evolutionary Dynamics.

    Examples
    --------
    >>> import separatrix
    >>> from scipy.integrate import solve_ivp
    >>> f = separatrix.vector_field("shi-chen-2018")
    >>> f(0.0, [0.2, 0.3]).round(4).tolist()
    [-0.352, -0.588]
    >>> solve_ivp(f, (0, 10), [0.7, 0.7], rtol=1e-9, atol=1e-9).y[:, -1].round(6).tolist()
    [1.0, 1.0]
    """
    if game.schedule:
        flow: Any = scheduled_field(game, values, scenario, field, **options)
    else:
        flow = field_of_kind(game, values, scenario, kind=field, **options)
    return VectorFunction(game.shares, flow)
