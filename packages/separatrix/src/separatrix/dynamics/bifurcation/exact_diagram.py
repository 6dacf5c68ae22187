"""The diagram of a game whose payoffs are rational in the shares and in the parameter."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from separatrix.analysis.affine.solve import Cycle, boundary_cycles
from separatrix.analysis.payoff_functions import affine_table
from separatrix.analysis.results import Analysis, RestPoint, Warning
from separatrix.analysis.theorems import HETEROCLINIC_CYCLE
from separatrix.dynamics.bifurcation.bifurcation_kinds import Named
from separatrix.dynamics.bifurcation.branch_assembly import Happening, Value
from separatrix.dynamics.bifurcation.branch_points import Meeting, Resting, meetings, resting_sets
from separatrix.dynamics.bifurcation.continua import resting_at
from separatrix.dynamics.bifurcation.continuation import ContinuedRestPoint
from separatrix.dynamics.bifurcation.critical_values import CriticalValues, critical_values
from separatrix.dynamics.bifurcation.family import GameFamily, Support, family_of
from separatrix.dynamics.bifurcation.hopf_criticality import hopf_point, never_isolated
from separatrix.dynamics.bifurcation.linear_faces import FaceSolution
from separatrix.dynamics.bifurcation.tolerances import PRINTED_BITS
from separatrix.dynamics.bifurcation.tracks import (
    RegularInterval,
    Track,
    exact_tracks,
    float_of,
    free_of_state,
)
from separatrix.errors import ComesLater, InputError
from separatrix.exact.algebraic_numbers import AlgebraicNumber
from separatrix.exact.number_field import power_of_ten, simplest_between
from separatrix.game.model import Game
from separatrix.sentences import Sentence, say, together

__all__ = ["ExactRoute", "Route"]

MOST_SAMPLES = 12
"""That are listed in the argument."""

Analyse = Callable[[Fraction], Analysis]


@dataclass(frozen=True, eq=False)
class Route:
    """What a route hands over to be put together."""

    stretches: Sequence[Sequence[Track]]
    samples: Sequence[tuple[float, float, Fraction, Analysis]]
    happenings: Sequence[Happening]
    how_sure: str
    warnings: tuple[Warning, ...]


class ExactRoute:
    """A game along a parameter, solved by polynomials.

    Parameters
    ----------
    game : Game
    known : the other parameters
    over : the parameter
    low, high : the interval
    analyse : from a value to the rest states there
    budget : seconds that eliminating may take

    Raises
    ------
    ComesLater, InputError, ArithmeticError
        If the payoffs are not polynomials, or the polynomials are too large.
    """

    def __init__(
        self,
        game: Game,
        known: Mapping[str, Fraction],
        over: str,
        low: Fraction,
        high: Fraction,
        analyse: Analyse,
        budget: float,
    ) -> None:
        self.game, self.over, self.low, self.high, self.analyse = game, over, low, high, analyse
        self.known = known
        self.family: GameFamily = family_of(game, known, over)
        self.critical: CriticalValues = critical_values(self.family, low, high, budget)
        self.followed: dict[Support, ContinuedRestPoint] = {}
        self.solved: dict[Support, FaceSolution] = {}
        self.thrice = False
        self.samples: list[Fraction] = []
        self.faces: dict[int, AlgebraicNumber] = {}

    def run(self) -> Route:
        """Return the branches between all critical values, and who meets at these."""
        ends: list[AlgebraicNumber | Fraction] = [self.low, *self.critical.values, self.high]
        stretches = []
        for begin, end in itertools.pairwise(ends):
            low = begin if isinstance(begin, Fraction) else begin.high
            high = end if isinstance(end, Fraction) else end.low
            sample = self._simplest(low, high)
            stretches.append(RegularInterval(begin, end, sample, self.analyse(sample)))
        self.samples = [stretch.sample for stretch in stretches]
        tracks = [
            [
                self._checked(t, s)
                for t in exact_tracks(self.family, self.critical, s, self.followed, self.solved)
            ]
            for s in stretches
        ]
        happenings = [
            self._happening(k, value, stretches[k : k + 2], tracks[k : k + 2])
            for k, value in enumerate(self.critical.values)
        ]
        samples = [(float_of(s.low), float_of(s.high), s.sample, s.analysis) for s in stretches]
        return Route(tracks, samples, happenings, self._how_sure(stretches), tuple(self._warnings(stretches)))

    def _simplest(self, low: Fraction, high: Fraction) -> Fraction:
        """Return a number of few digits between two values, whatever the unit of the parameter."""
        unit = power_of_ten(self.high - self.low)
        return unit * simplest_between(low / unit, high / unit)

    def _tracks(self, stretch: RegularInterval) -> list[Track]:
        return exact_tracks(self.family, self.critical, stretch, self.followed, self.solved)

    def _checked(self, track: Track, stretch: RegularInterval) -> Track:
        """Where an eigenvalue has real part zero throughout, signs alone do not carry the label on."""
        if track.signs is not None and (not track.signs[1] or (track.signs[0] and track.signs[2])):
            return track
        # The theorems that prove centres speak of signs that do not change between critical values.
        self.thrice = self.thrice or track.label != "centre"
        low = stretch.low if isinstance(stretch.low, Fraction) else stretch.low.high
        high = stretch.high if isinstance(stretch.high, Fraction) else stretch.high.low
        for one, other in ((low, stretch.sample), (stretch.sample, high)):
            value = self._simplest(one, other)
            analysis = self.analyse(value)
            twin = self._twin(track, value, analysis)
            if twin is None or twin.stability != track.point.stability:
                why = say("its label is not the same everywhere between two critical values")
                return replace(track, point=replace(track.point, stability="undecided", reason=why))
        return track

    def _twin(self, track: Track, value: Fraction, analysis: Analysis) -> RestPoint | None:
        at = np.array([np.interp(float(value), track.values, column) for column in track.states.T])
        near = [p for p in analysis.rest_points if p.state is not None and p.support == track.point.support]
        return min(near, key=lambda p: float(np.max(np.abs(np.array(p.state) - at))), default=None)

    def _happening(
        self,
        k: int,
        value: AlgebraicNumber,
        stretches: Sequence[RegularInterval],
        tracks: Sequence[Sequence[Track]],
    ) -> Happening:
        pole = k in self.critical.poles
        analysis = None
        resting: list[Resting] = []
        if not pole:
            if value.rational is not None:
                analysis = self.analyse(value.rational)
                resting = resting_sets(self.game, analysis, [s.analysis for s in stretches])
            else:
                resting = resting_at(self.family, self.critical.solutions, value)
        at = Value(
            value.value, value.exact, value.equation(self.over), value.enclosure(PRINTED_BITS), analysis, pole
        )
        self.faces[id(at)] = value
        return Happening(at, tuple(meetings(self.game, tracks[0], tracks[1], resting)))

    def judge(
        self, named: Named, track: Track, meeting: Meeting, at: Value
    ) -> tuple[Named, float | None, float | None]:
        """Say which cycles a Hopf point gives birth to."""
        face = self.family.faces[track.support]
        place = [float(x) for x in meeting.places[0]]
        found = hopf_point(
            face, self.critical.solutions.get(track.support), self.faces[id(at)], free_of_state(face, place)
        )
        if found is None:
            return (
                replace(
                    named, reason=_reason_with_cause(named, say("which cycles it has could not be computed"))
                ),
                None,
                None,
            )
        if never_isolated(face):
            why = say(
                "closed orbits surround the state at this value alone: one population of three strategies "
                "has no isolated cycle (Zeeman 1980)"
            )
            named = replace(named, reason=_reason_with_cause(named, why))
            if (cycle := self._turning_cycle(self.faces[id(at)])) is not None:
                named = replace(named, reason=_reason_with_cause(named, cycle))
            return replace(named, criticality="degenerate"), found.frequency, 0.0
        if found.turn is None:
            why = say("the sign of the first Lyapunov coefficient could not be determined")
            kind = replace(
                named,
                kind="unnamed",
                reason=say("unnamed, because {why}", why=_reason_with_cause(named, why)),
            )
            return kind, found.frequency, 0.0
        if found.turn < 0:
            why = say("attracting cycles (within its face) are born, on the side on which it repels")
            return (
                replace(named, criticality="supercritical", reason=_reason_with_cause(named, why)),
                found.frequency,
                found.lyapunov,
            )
        why = say("repelling cycles (within its face) surround it, on the side on which it attracts")
        return (
            replace(named, criticality="subcritical", reason=_reason_with_cause(named, why)),
            found.frequency,
            found.lyapunov,
        )

    def _turning_cycle(self, value: AlgebraicNumber) -> Sentence | None:
        """Return what a cycle of pure states does where the interior state changes its stability, or None.

        Of three strategies that beat each other in turn the sign of one determinant decides on both: the
        cycle attracts where the interior state repels (Hofbauer & Sigmund 1998, theorem 7.7.2).  Within a
        stretch no eigenvalue of a corner changes its sign, so one value of it speaks for all.
        """
        if self.game.space.sizes != (3,):
            return None
        at = next(k for k, one in enumerate(self.critical.values) if one is value)
        beside: list[Cycle | None] = []
        for sample in self.samples[at : at + 2]:
            table = affine_table(self.game, {**self.known, self.over: sample})
            beside.append(next(iter(boundary_cycles(table)), None) if table is not None else None)
        before, after = beside
        if before is None or after is None or before.states != after.states:
            return None
        if {before.attracting, after.attracting} != {True, False}:
            return None
        corners = [self.game.populations[0].strategies[k].name for (k,) in before.states]
        path = " → ".join([*corners, corners[0]])
        if before.attracting:
            return say(
                "the heteroclinic cycle {orbit} on the boundary attracts below this value and repels above "
                "it: it exchanges its stability with the interior state "
                "(Hofbauer & Sigmund 1998, theorem 7.7.2)",
                orbit=path,
            ).resting_on(HETEROCLINIC_CYCLE)
        return say(
            "the heteroclinic cycle {orbit} on the boundary repels below this value and attracts above "
            "it: it exchanges its stability with the interior state (Hofbauer & Sigmund 1998, theorem 7.7.2)",
            orbit=path,
        ).resting_on(HETEROCLINIC_CYCLE)

    def _how_sure(self, stretches: Sequence[RegularInterval]) -> str:
        more = ["…"] if len(stretches) > MOST_SAMPLES else []
        parts: list[str] = [
            say(
                "exact: bifurcations occur only where a polynomial in {over} vanishes; these "
                "polynomials have {count} root{s} in the interval, and one exact analysis each, "
                "at {samples}, holds for the stretches between them",
                over=self.over,
                count=len(self.critical.values),
                s="" if len(self.critical.values) == 1 else "s",
                samples=together([*(str(s.sample) for s in stretches[:MOST_SAMPLES]), *more], ", "),
            )
        ]
        if any(s.analysis.completeness.status != "complete" for s in stretches):
            parts.append(say("but some of these analyses are incomplete"))
        if self.thrice:
            parts.append(
                say(
                    "where an eigenvalue has real part zero for all values, the label was compared at three "
                    "values of each stretch"
                )
            )
        if self.critical.continua:
            parts.append(say("continua of equilibria that exist for all values are listed by stretch"))
        return together(parts, "; ")

    def _warnings(self, stretches: Sequence[RegularInterval]) -> list[Warning]:
        """Something may happen at an end of the interval, where only one side is seen."""
        return [
            Warning(
                "D664",
                say(
                    "a bifurcation also occurs at the end {over} = {value} of the interval; a "
                    "wider interval identifies it",
                    over=self.over,
                    value=str(end),
                ),
            )
            for end, stretch in ((self.low, stretches[0]), (self.high, stretches[-1]))
            if any(v.rational == end for v in self.critical.ends) and self._census_differs(end, stretch)
        ]

    def _census_differs(self, end: Fraction, stretch: RegularInterval) -> bool:
        try:
            analysis = self.analyse(end)
        except (ComesLater, InputError):
            return True
        return _census(analysis) != _census(stretch.analysis)


def _census(analysis: Analysis) -> list[tuple[str, ...]]:
    """What rests, and its labels, whatever the numbers are."""
    points = [(str(p.support), str(p.stability)) for p in analysis.rest_points]
    return sorted([*points, *((str(s.support), str(s.dimension)) for s in analysis.rest_sets)])


def _reason_with_cause(named: Named, why: Sentence) -> str:
    return say("{what}; {why}", what=named.reason, why=why)
