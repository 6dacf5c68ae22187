"""The diagram of a game that is not polynomial in the parameter: analyses on a grid, and bisection.

Each analysis is exact, but a pair of events between two neighbouring values of the grid would be missed.

A bifurcation diagram of a game.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

import numpy as np

from separatrix.analysis.analyze import analyze
from separatrix.analysis.payoff_functions import is_constant_table
from separatrix.analysis.rest_state_ids import support_of
from separatrix.analysis.results import Analysis, RestPoint, Warning
from separatrix.dynamics.bifurcation.branch_assembly import Happening, Value, assembled
from separatrix.dynamics.bifurcation.branch_points import Meeting, Named, Resting, meetings, resting_sets
from separatrix.dynamics.bifurcation.exact_diagram import Analyse, ExactRoute, Route, exchange_with_cycle
from separatrix.dynamics.bifurcation.result import BifurcationDiagram
from separatrix.dynamics.bifurcation.tolerances import CLOSEST_MEETING, NEAR
from separatrix.dynamics.bifurcation.tracks import Track, signs_of
from separatrix.errors import ComesLater, InputError
from separatrix.exact.number_field import power_of_ten, simplest_between
from separatrix.expression.tree import number
from separatrix.game.model import Game, apart
from separatrix.game.values import (
    ParameterInterval,
    missing,
    no_value_for,
    parameter_intervals,
    resolve,
    violated,
)
from separatrix.sentences import say

__all__ = ["NumericalRoute", "bifurcation_diagram"]

HALVINGS = 30
"""Of a step of the grid around an event. Fewer: critical values are known less exactly."""

ASIDE = 997
"""The part of a step by which the grid is shifted from round numbers, where critical values lie. Smaller:
events at round numbers lie on the grid itself."""

ORDERS = 6
"""Rest points of one face from which on only one order is tried to match them. More: matching takes longer
than analysing."""

LARGEST_DENOMINATOR = 10_000
"""Of a fraction that may be the critical value itself. Larger: a fraction that happens to be near is
tried."""

SHORTEST = 2**-20
"""Of a stretch between two events, as a part of a step of the grid. Smaller: rounding takes the signs of the
eigenvalues next to an event, and this event becomes several."""

MOST_EVENTS = 12
"""Between two neighbouring values of the grid. Fewer: events close together are missed."""

Key = tuple[object, ...]

Analysed = tuple[Fraction, Analysis]
"""A value of the parameter and the analysis there."""


class NumericalRoute:
    """A game along a parameter, by analyses on a grid.

    Parameters
    ----------
    game, known, over, low, high, analyse
        As for the exact route.
    steps : int
        Of the grid.
    """

    def __init__(
        self,
        game: Game,
        known: Mapping[str, Fraction],
        over: str,
        low: Fraction,
        high: Fraction,
        analyse: Analyse,
        steps: int,
    ) -> None:
        self.game, self.over, self.low, self.high, self.steps = game, over, low, high, steps
        self.known, self.analyse = known, analyse
        self.beside: dict[int, tuple[Fraction, Fraction]] = {}

    def _key(self, analysis: Analysis) -> Key:
        points = sorted(
            (str(p.support), p.stability or "", str(signs_of(p)), p.isolated is True)
            for p in analysis.rest_points
        )
        return (*points, *sorted((str(s.support), s.dimension) for s in analysis.rest_sets))

    def run(self) -> Route:
        """Return the branches between all events that the grid shows, and who meets at these."""
        grid = [self.low + (self.high - self.low) * Fraction(k, self.steps) for k in range(self.steps + 1)]
        off = (self.high - self.low) / (self.steps * ASIDE)
        grid = [grid[0] + off, *(g + off for g in grid[1:-1]), grid[-1] - off]
        rows: list[list[Analysed]] = [[(grid[0], self.analyse(grid[0]))]]
        for value in grid[1:]:
            analysis = self.analyse(value)
            for _ in range(MOST_EVENTS):
                last, before = rows[-1][-1]
                if self._key(before) == self._key(analysis):
                    break
                bounds = self._first_change(last, before, value, analysis)
                if bounds[0] > last:
                    rows[-1].append((bounds[0], self.analyse(bounds[0])))
                rows.append([(bounds[1], self.analyse(bounds[1]))])
            if rows[-1][-1][0] < value:
                rows[-1].append((value, analysis))
        rows = self._to_the_ends(self._without_slivers(rows))
        between = [(before[-1], after[0]) for before, after in itertools.pairwise(rows)]
        events = [self._event(before, after) for before, after in between]
        middles = [row[len(row) // 2][0] for row in rows]
        self.beside = {id(e): pair for e, pair in zip(events, itertools.pairwise(middles), strict=True)}
        ends = [float(rows[0][0][0]), *(event.value for event in events), float(rows[-1][-1][0])]
        tracks = [self._tracks(row, *span) for row, span in zip(rows, itertools.pairwise(ends), strict=True)]
        happenings = [
            self._happening(event, before, after, tracks[k], tracks[k + 1])
            for k, (event, (before, after)) in enumerate(zip(events, between, strict=True))
        ]
        samples = [
            (*span, *row[len(row) // 2]) for row, span in zip(rows, itertools.pairwise(ends), strict=True)
        ]
        how = say(
            "numerical: exact analyses at {steps} values of {over}; each event by bisection to within "
            "{width:.2g}; two events between neighbouring values of the grid may be missed",
            steps=self.steps + 1,
            over=self.over,
            width=float(self.high - self.low) / self.steps / 2**HALVINGS,
        )
        return Route(tracks, samples, happenings, how, ())

    def _without_slivers(self, rows: Sequence[list[Analysed]]) -> list[list[Analysed]]:
        """Omit stretches between two events that are so short that only rounding makes them."""
        shortest = (self.high - self.low) / self.steps * Fraction(SHORTEST)
        inner = [row for row in rows[1:-1] if row[-1][0] - row[0][0] >= shortest]
        return [rows[0], *inner, *rows[1:][-1:]]

    def _to_the_ends(self, rows: Sequence[list[Analysed]]) -> list[list[Analysed]]:
        """Add the ends of the interval where nothing happens at these."""
        for row, at, position in ((rows[0], self.low, 0), (rows[-1], self.high, len(rows[-1]))):
            try:
                analysis = self.analyse(at)
            except (ComesLater, InputError):
                continue
            if self._key(analysis) == self._key(row[-1][1]):
                row.insert(position, (at, analysis))
        return list(rows)

    def _first_change(
        self, low: Fraction, before: Analysis, high: Fraction, after: Analysis
    ) -> tuple[Fraction, Fraction]:
        """Values around the first event after `low`, as near as bisection brings them."""
        key = self._key(before)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if self._key(self.analyse(middle)) == key:
                low = middle
            else:
                high = middle
        return low, high

    def _tracks(self, row: Sequence[Analysed], begin: float, end: float) -> list[Track]:
        """Each rest point of a stretch, matched from value to value by its nearest neighbour."""
        values = np.array([float(v) for v, _ in row])
        values[0], values[-1] = begin, end
        middle = row[len(row) // 2][1]
        chains: list[list[RestPoint]] = [[p] for p in row[0][1].rest_points if _is_point(p)]
        for _, analysis in row[1:]:
            for support in dict.fromkeys(c[0].support for c in chains):
                mine = [c for c in chains if c[0].support == support]
                points = [p for p in analysis.rest_points if p.support == support and _is_point(p)]
                if len(points) != len(mine):
                    continue
                orders = itertools.permutations(points) if len(points) < ORDERS else [tuple(points)]
                best = min(
                    orders,
                    key=lambda o: sum(
                        apart(c[-1].state or (), p.state or ()) for c, p in zip(mine, o, strict=True)
                    ),
                )
                for chain, point in zip(mine, best, strict=True):
                    chain.append(point)
        tracks = []
        for chain in chains:
            if len(chain) != len(row):
                continue
            point = chain[len(row) // 2]
            if point not in middle.rest_points:
                continue
            states = np.array([p.state for p in chain], dtype=float)
            tracks.append(
                Track(support_of(self.game, point.support), point, signs_of(point), values, states, None)
            )
        return tracks

    def _event(self, before: Analysed, after: Analysed) -> Value:
        bounds = (before[0], after[0])
        exact, analysis = self._exactly(bounds, before[1], after[1])
        middle = sum(bounds, Fraction(0)) / 2 if exact is None else exact
        return Value(
            float(middle),
            None if exact is None else number(exact),
            None,
            bounds if exact is None else (exact, exact),
            analysis,
        )

    def _happening(
        self,
        event: Value,
        before: Analysed,
        after: Analysed,
        tracks_before: Sequence[Track],
        tracks_after: Sequence[Track],
    ) -> Happening:
        resting: list[Resting] = []
        if event.analysis is not None:
            resting = resting_sets(self.game, event.analysis, [before[1], after[1]])
        # At a fold two branches are as far apart as the root of the distance to it.
        near = CLOSEST_MEETING * float((after[0] - before[0]) / (self.high - self.low)) ** 0.5
        return Happening(
            event, tuple(meetings(self.game, tracks_before, tracks_after, resting, max(near, NEAR)))
        )

    def _exactly(
        self, bounds: tuple[Fraction, Fraction], below: Analysis, above: Analysis
    ) -> tuple[Fraction | None, Analysis | None]:
        """The critical value, where it is a simple fraction whose analysis differs from both sides."""
        unit = power_of_ten(self.high - self.low)
        fraction = simplest_between(bounds[0] / unit, bounds[1] / unit)
        guess = unit * fraction
        if fraction.denominator > LARGEST_DENOMINATOR:
            return None, None
        analysis = self.analyse(guess)
        if self._key(analysis) in (self._key(below), self._key(above)):
            return None, None
        return guess, analysis

    def judge(
        self, named: Named, track: Track, meeting: Meeting, at: Value
    ) -> tuple[Named, float | None, float | None]:
        """A Hopf point by numbers alone: the kind of cycles stays open, unless a theorem excludes them."""
        frequency = self._frequency(track, meeting, at)
        if self.game.space.sizes == (3,) and is_constant_table(self.game):
            why = say(
                "closed orbits surround the state at this value alone: one population of three strategies "
                "has no isolated cycle (Zeeman 1980)"
            )
            named = replace(named, reason=say("{what}; {why}", what=named.reason, why=why))
            named = exchange_with_cycle(self.game, self.known, self.over, self.beside[id(at)], named)
            return replace(named, criticality="degenerate"), frequency, 0.0
        why = say("which cycles it has was not computed")
        return replace(named, reason=say("{what}; {why}", what=named.reason, why=why)), frequency, None

    def _frequency(self, track: Track, meeting: Meeting, at: Value) -> float:
        """The largest imaginary part of an eigenvalue at the event."""
        analysis = at.analysis or self.analyse(Fraction(at.value))
        points = [p for p in analysis.rest_points if p.support == track.point.support and _is_point(p)]
        place = tuple(float(x) for x in meeting.places[0])
        nearest = min(points, key=lambda p: apart(place, p.state or ()), default=track.point)
        return max((abs(v.imag) for v in nearest.eigenvalues or ()), default=0.0)


def _is_point(point: RestPoint) -> bool:
    return point.state is not None


BUDGET = 60.0
"""Seconds, by default, after which the exact route gives way to numbers."""

STEPS, FEWER_STEPS = 120, 40
"""Of the grid by numbers alone, the fewer past `MANY_FACES`. Fewer: pairs of events between two values are
missed."""

MANY_FACES = 30
"""Past which each value takes long."""

MOST_STEPS = 10_000
"""Largest number of steps allowed."""


def bifurcation_diagram(
    game: Game,
    over: object,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    method: Literal["exact", "numerical"] | None = None,
    steps: int | None = None,
    budget: float = BUDGET,
) -> BifurcationDiagram:
    """Return every rest point as a function of one parameter, and every value at which something happens.

    Parameters
    ----------
    game : Game
        That `separatrix.analyze` can analyse at numbers.
    over : mapping of parameter to ``"LOW:HIGH"`` or (low, high), or text such as ``"C1=0:8"``
        The parameter and the interval, as everywhere; its ends are numbers or texts such as ``"1/3"``.  With
        ``"LOW:HIGH:STEPS"`` the third number is `steps`.  Also (name, low, high).
    values, scenario
        The other parameters, as in `separatrix.analyze`.
    method : {"exact", "numerical"}, optional
        By default exact where payoffs are rational in the shares and the parameter, and the shares can be
        eliminated; else numerical.
    steps : int
        Of the grid of the numerical method; by default 120, or 40 where analyses take long: with more than
        30 faces.
    budget : float
        Seconds that eliminating the shares may take, and each analysis.

    Returns
    -------
    BifurcationDiagram

    Raises
    ------
    ComesLater
        For games that `separatrix.analyze` cannot analyse; D663 where `method` is exact and cannot be.
    InputError
        D661 for an interval that is none, D662 for an impossible grid; V304 where another parameter has no
        value.
    NameProblem
        V302, V303 for unknown parameters or scenarios.

    References
    ----------
    Kuznetsov (2004), Elements of Applied Bifurcation Theory, chapters 3, 5 and 7.

    Examples
    --------
    A stag hunt: once hunting costs more than the stag is worth, it is no longer an equilibrium.

    >>> import separatrix
    >>> game = separatrix.load({"payoff_matrix": [["4 - c", "-c"], [0, 0]], "parameters": {"c": 1}})
    >>> diagram = separatrix.bifurcation_diagram(game, over={"c": "-2:6"})
    >>> [(p.id, p.kind, p.value, p.branches) for p in diagram.points]
    [('a', 'transcritical', 0.0, ('E1', 'E3')), ('b', 'transcritical', 4.0, ('E2', 'E3'))]
    >>> from separatrix.expression.tree import to_text
    >>> to_text(diagram.branch("E3").formula[0]), diagram.branch("E3").pieces[0].stability
    ('1/4*c', 'source')
    """
    interval = _interval(game, over)
    name, low, high = interval.name, interval.low, interval.high
    steps = interval.count if steps is None else steps
    resolved = resolve(game, values, scenario)
    today = resolved.get(name)
    lacking = [n for n in missing(resolved) if n != name]
    if lacking:
        raise no_value_for(lacking)
    if steps is None:
        steps = STEPS if _faces(game) <= MANY_FACES else FEWER_STEPS
    if not (isinstance(steps, int) and 2 <= steps <= MOST_STEPS):
        raise InputError(
            "D662", f"a grid of {steps!r} steps; whole numbers from 2 to {MOST_STEPS:,} are possible"
        )
    known = {n: v for n, v in resolved.items() if v is not None and n != name}
    analysed: dict[Fraction, Analysis] = {}

    def analyse(value: Fraction) -> Analysis:
        if value not in analysed:
            analysed[value] = analyze(game, {**known, name: value}, budget=budget)
        return analysed[value]

    route: ExactRoute | NumericalRoute
    found: Route
    if method == "numerical":
        route = NumericalRoute(game, known, name, low, high, analyse, steps)
        found = route.run()
    else:
        try:
            route = ExactRoute(game, known, name, low, high, analyse, budget)
            found = route.run()
        except (ArithmeticError, ComesLater, InputError) as problem:
            if not _no_polynomials(problem):
                raise
            if method == "exact":
                raise ComesLater(
                    "D663",
                    f"no exact diagram over `{name}`: {_problem_text(problem)}",
                    hint="the numerical method follows the rest points on a grid",
                ) from None
            route = NumericalRoute(game, known, name, low, high, analyse, steps)
            found = route.run()
    branches, points, stretches = assembled(
        game, found.stretches, found.samples, found.happenings, route.judge
    )
    return BifurcationDiagram(
        game=game,
        over=name,
        low=low,
        high=high,
        values=known,
        scenario=scenario,
        branches=branches,
        points=points,
        stretches=stretches,
        method="exact" if isinstance(route, ExactRoute) else "numerical",
        how_sure=found.how_sure,
        today=today,
        warnings=(*found.warnings, *_assumptions(game, known, name, [s.sample for s in stretches])),
    )


def _interval(game: Game, over: object) -> ParameterInterval:
    intervals = parameter_intervals(game, over, "D661")
    if len(intervals) != 1:
        raise InputError(
            "D661",
            f"{len(intervals)} parameters to vary; a diagram has one",
            hint="write over={'H': '0:15'}; `regime_map` goes over two",
        )
    return intervals[0]


def _faces(game: Game) -> int:
    return math.prod(2 ** len(p.strategies) - 1 for p in game.populations)


def _no_polynomials(problem: Exception) -> bool:
    """Whether a problem means that polynomials do not apply, and not that the game is invalid."""
    if isinstance(problem, ArithmeticError):
        return True
    return getattr(problem, "code", "") in ("A501", "A503", "S002")


def _problem_text(problem: Exception) -> str:
    return str(getattr(problem, "message", problem))


def _assumptions(
    game: Game, known: Mapping[str, Fraction], over: str, samples: list[Fraction]
) -> tuple[Warning, ...]:
    broken = dict.fromkeys(text for s in samples for text in violated(game, {**known, over: s}))
    return tuple(
        Warning(
            "A505", say("the assumption `{assumption}` does not hold in the whole interval", assumption=text)
        )
        for text in broken
    )
