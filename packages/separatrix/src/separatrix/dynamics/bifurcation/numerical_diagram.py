"""The diagram of a game that is not polynomial in the parameter: analyses on a grid, and bisection.

Each analysis is exact, but a pair of events between two neighbouring values of the grid would be missed.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from separatrix.analysis.rest_state_ids import support_of
from separatrix.analysis.results import Analysis, RestPoint
from separatrix.dynamics.bifurcation.bifurcation_kinds import Named
from separatrix.dynamics.bifurcation.branch_assembly import Happening, Value
from separatrix.dynamics.bifurcation.branch_points import Meeting, meetings, resting_sets
from separatrix.dynamics.bifurcation.exact_diagram import Analyse, Route
from separatrix.dynamics.bifurcation.tolerances import CLOSEST_MEETING, NEAR
from separatrix.dynamics.bifurcation.tracks import Track, signs_of
from separatrix.exact.number_field import power_of_ten, simplest_between
from separatrix.expression.tree import number
from separatrix.game.model import Game, apart
from separatrix.sentences import say

__all__ = ["NumericalRoute"]

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

MOST_EVENTS = 12
"""Between two neighbouring values of the grid. Fewer: events close together are missed."""

Key = tuple[object, ...]


class NumericalRoute:
    """A game along a parameter, by analyses on a grid.

    Parameters
    ----------
    game, over, low, high, analyse
        As for the exact route.
    steps : int
        Of the grid.
    """

    def __init__(
        self, game: Game, over: str, low: Fraction, high: Fraction, analyse: Analyse, steps: int
    ) -> None:
        self.game, self.over, self.low, self.high, self.steps = game, over, low, high, steps
        self.analyse = analyse

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
        rows: list[list[tuple[Fraction, Analysis]]] = [[(grid[0], self.analyse(grid[0]))]]
        between: list[tuple[Fraction, Fraction]] = []
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
                between.append(bounds)
            if rows[-1][-1][0] < value:
                rows[-1].append((value, analysis))
        tracks = [self._tracks(row) for row in rows]
        happenings = [
            self._happening(bounds, rows[k][-1][1], rows[k + 1][0][1], tracks[k], tracks[k + 1])
            for k, bounds in enumerate(between)
        ]
        samples = [
            (float(row[0][0]), float(row[-1][0]), row[len(row) // 2][0], row[len(row) // 2][1])
            for row in rows
        ]
        how = say(
            "numerical: exact analyses at {steps} values of {over}; each event by bisection to within "
            "{width:.2g}; two events between neighbouring values of the grid may be missed",
            steps=self.steps + 1,
            over=self.over,
            width=float(self.high - self.low) / self.steps / 2**HALVINGS,
        )
        return Route(tracks, samples, happenings, how, ())

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

    def _tracks(self, row: Sequence[tuple[Fraction, Analysis]]) -> list[Track]:
        """Each rest point of a stretch, matched from value to value by its nearest neighbour."""
        values = np.array([float(v) for v, _ in row])
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

    def _happening(
        self,
        bounds: tuple[Fraction, Fraction],
        below: Analysis,
        above: Analysis,
        before: Sequence[Track],
        after: Sequence[Track],
    ) -> Happening:
        exact, analysis = self._exactly(bounds, below, above)
        resting = [] if analysis is None else resting_sets(self.game, analysis, [below, above])
        middle = sum(bounds, Fraction(0)) / 2 if exact is None else exact
        at = Value(
            float(middle),
            None if exact is None else number(exact),
            None,
            bounds if exact is None else (exact, exact),
            analysis,
        )
        # At a fold two branches are as far apart as the root of the distance to it.
        near = CLOSEST_MEETING * float((bounds[1] - bounds[0]) / (self.high - self.low)) ** 0.5
        return Happening(at, tuple(meetings(self.game, before, after, resting, max(near, NEAR))))

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
        """A Hopf point by numbers alone: the kind of cycles stays open."""
        values = track.point.eigenvalues or ()
        frequency = max((abs(v.imag) for v in values), default=0.0)
        why = say("which cycles it has was not computed")
        return replace(named, reason=say("{what}; {why}", what=named.reason, why=why)), frequency, None


def _is_point(point: RestPoint) -> bool:
    return point.state is not None
