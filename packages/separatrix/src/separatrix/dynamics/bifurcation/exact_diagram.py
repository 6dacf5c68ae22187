"""The diagram of a game whose payoffs are rational in the shares and in the parameter.

Continua of rest points at an irrational value of the parameter, where no exact analysis is possible.

On an edge every state rests where the polynomial of the edge vanishes.  On a face with linear equations a
segment rests where these have a line of solutions that meets the face: decided in the field of the value.

Whether a Hopf point gives birth to attracting or to repelling cycles: the first Lyapunov coefficient.

It is the first focal value (`analysis.stability.focal_values`) in the scale of Kuznetsov (2004), equation
(5.39): with A the Jacobian along the face, A q = iω q and ⟨q, q⟩ = 1, the squared length r of the component
along q changes by r' = 2ωl·r² + ….

Everything is computed in Arb's balls, around a rest point that a Krawczyk test has enclosed, so a sign is
certain.  l < 0: attracting cycles appear (supercritical); l > 0: repelling ones (subcritical).

One population of three strategies has no isolated cycle at all (Zeeman 1980; Hofbauer & Sigmund 1998,
sections 4.2 and 7.5): there l = 0, and at the critical value closed orbits fill a neighbourhood.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from flint import acb_mat, arb, arb_mat, fmpq, fmpq_poly
from numpy.typing import NDArray

from separatrix.analysis.affine.solve import boundary_cycles
from separatrix.analysis.payoff_functions import affine_table
from separatrix.analysis.results import Analysis, RestPoint, Warning
from separatrix.analysis.stability.focal_values import Series, WeakFocus, divide_series, evaluate_series
from separatrix.analysis.theorems import HETEROCLINIC_CYCLE
from separatrix.dynamics.bifurcation.branch_assembly import Happening, Value
from separatrix.dynamics.bifurcation.branch_points import (
    Meeting,
    Named,
    Resting,
    in_face,
    meetings,
    resting_sets,
)
from separatrix.dynamics.bifurcation.continuation import (
    ContinuedRestPoint,
    CriticalValues,
    critical_values,
    value_at,
)
from separatrix.dynamics.bifurcation.elimination import (
    Face,
    GameFamily,
    LinearSolution,
    Support,
    family_of,
    univariate,
)
from separatrix.dynamics.bifurcation.tolerances import (
    END_BITS,
    HOPF_BITS,
    INSIDE,
    INTO_FACE,
    NEAR,
    PRINTED_BITS,
)
from separatrix.dynamics.bifurcation.tracks import (
    FaceSolution,
    RegularInterval,
    Track,
    exact_tracks,
    float_of,
    free_of_state,
)
from separatrix.errors import ComesLater, InputError
from separatrix.exact.algebraic_numbers import AlgebraicNumber, rational
from separatrix.exact.number_field import power_of_ten, simplest_between
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.precision import precision
from separatrix.game.model import Game
from separatrix.sentences import Sentence, say, together

__all__ = [
    "ExactRoute",
    "Hopf",
    "Route",
    "exchange_with_cycle",
    "hopf_point",
    "never_isolated",
    "resting_at",
]

Array = NDArray[np.float64]

Rows = list[list[fmpq_poly]]


def resting_at(
    family: GameFamily, solutions: Mapping[Support, LinearSolution], value: AlgebraicNumber
) -> list[Resting]:
    """Return the edges and segments on which every state rests at a value, but not at nearby values."""
    found = []
    for support, face in family.faces.items():
        solution = solutions.get(support)
        if face.dimension == 1 and face.equations[0].numerator:
            if _vanishes(face, value):
                found.append(Resting((support,), 1, holds=_on_edge(face)))
        elif solution is not None and any(value.is_root_of(univariate(p)) for p in solution.special):
            line = None if solution.free is None and solution.many else _line(face, value)
            if line is not None:
                found.append(Resting((support,), 1, holds=_on_line(face, *line)))
    return found


def _vanishes(face: Face, value: AlgebraicNumber) -> bool:
    parts: dict[int, dict[int, fmpq]] = {}
    for exponents, coefficient in face.equations[0].numerator.to_dict().items():
        parts.setdefault(int(exponents[0]), {})[int(exponents[1])] = coefficient
    polynomials = (_polynomial(part) for part in parts.values())
    return all(value.is_root_of(p) for p in polynomials)


def _polynomial(part: Mapping[int, fmpq]) -> fmpq_poly:
    return fmpq_poly([part.get(k, fmpq(0)) for k in range(max(part, default=-1) + 1)])


def _on_edge(face: Face) -> Callable[[Array], bool]:
    return lambda place: in_face(face.family.game, place, face.support)


# --------------------------------------------------------------------------- lines


def _line(face: Face, value: AlgebraicNumber) -> tuple[list[float], list[float]] | None:
    """A solution and a direction where the solutions of the face's equations are a line; else None."""
    size, modulus = face.dimension, value.polynomial
    rows: Rows = []
    for equation in face.equations:
        parts: list[dict[int, fmpq]] = [{} for _ in range(size + 1)]
        for exponents, coefficient in equation.numerator.to_dict().items():
            k = next((k for k in range(size) if exponents[k]), size)
            parts[k][int(exponents[-1])] = coefficient if k < size else -coefficient
        rows.append([_polynomial(part) % modulus for part in parts])
    order: list[int] = []
    for column in range(size):
        pivot = next((k for k in range(len(order), size) if rows[k][column].degree() >= 0), None)
        if pivot is None:
            continue
        top = len(order)
        rows[top], rows[pivot] = rows[pivot], rows[top]
        inverse = _inverse(rows[top][column], modulus)
        rows[top] = [v * inverse % modulus for v in rows[top]]
        for k in range(size):
            if k != top:
                factor = rows[k][column]
                rows[k] = [(a - factor * b) % modulus for a, b in zip(rows[k], rows[top], strict=True)]
        order.append(column)
    if len(order) != size - 1 or any(row[-1].degree() >= 0 for row in rows[len(order) :]):
        return None
    (loose,) = (k for k in range(size) if k not in order)
    base, direction = [0.0] * size, [0.0] * size
    direction[loose] = 1.0
    for row, column in zip(rows, order, strict=False):
        base[column] = _float(row[-1], value)
        direction[column] = -_float(row[loose], value)
    return base, direction


def _inverse(element: fmpq_poly, modulus: fmpq_poly) -> fmpq_poly:
    common, factor, _ = element.xgcd(modulus)
    return factor / common[0] % modulus


def _float(element: fmpq_poly, value: AlgebraicNumber) -> float:
    result = element(rational(value.enclosure(END_BITS)[0]))
    return int(result.p) / int(result.q)


def _on_line(face: Face, base: Sequence[float], direction: Sequence[float]) -> Callable[[Array], bool]:
    """Whether a state is on the line, and the line runs from there into the open face."""
    at, along = np.array(base), np.array(direction)

    def whole(free: Array) -> list[float]:
        given = dict(zip(face.free, free.tolist(), strict=True))
        shares = []
        for i, played in enumerate(face.support):
            row = [given[i, a] for a in played[:-1]]
            shares += [*row, 1 - sum(row)]
        return shares

    def holds(place: Array) -> bool:
        from separatrix.dynamics.bifurcation.tracks import free_of_state

        if not in_face(face.family.game, place, face.support):
            return False
        free = np.array(free_of_state(face, place.tolist()))
        step = float((free - at) @ along / (along @ along))
        if float(np.max(np.abs(free - at - step * along))) > NEAR:
            return False
        return any(min(whole(free + s * along)) > INSIDE for s in (INTO_FACE, -INTO_FACE))

    return holds


NEWTON_STEPS = 40
"""Of Newton's method, from sixteen digits to all that `HOPF_BITS` hold."""


@dataclass(frozen=True)
class Hopf:
    """What is known of a Hopf point.

    Attributes
    ----------
    frequency : float
        ω: cycles nearby take about 2π/ω.
    lyapunov : float
        The first Lyapunov coefficient, scaled so that ⟨q, q⟩ = 1 in the free shares.
    turn : int or None
        Its sign; None if the sign could not be determined.
    """

    frequency: float
    lyapunov: float
    turn: int | None


def never_isolated(face: Face) -> bool:
    """Whether a theorem excludes isolated cycles: one population, three strategies, linear payoffs."""
    linear = all(
        not any(u.denominator.degrees()[:-1]) and all(sum(e[:-1]) <= 1 for e in u.numerator.monoms())
        for u in face.family.payoffs[0]
    )
    return len(face.support) == 1 and face.dimension == 2 and linear


def hopf_point(
    face: Face, solution: LinearSolution | None, value: AlgebraicNumber, near: Sequence[float]
) -> Hopf | None:
    """Return the frequency and the first Lyapunov coefficient at a Hopf point.

    Parameters
    ----------
    face : Face
        On whose open part the rest point lies.
    solution : LinearSolution or None
        Of the face, where its equations are linear.
    value : AlgebraicNumber
        Of the parameter.
    near : the free shares, nearly

    Returns
    -------
    Hopf or None
        None where the balls did not become small enough.
    """
    with precision(HOPF_BITS):
        at = value.ball(HOPF_BITS - 60)
        try:
            state = _enclosed(face, solution, at, near)
            return _coefficient(face, [*state, at])
        except (ArithmeticError, ValueError):
            return None


def _enclosed(face: Face, solution: LinearSolution | None, at: arb, near: Sequence[float]) -> list[arb]:
    """Balls around the rest point."""
    if solution is not None and solution.free is not None:
        return [_quotient(share, [at]) for share in solution.free]
    polynomials = [g.numerator for g in face.equations]
    size = face.dimension
    slopes = [[p.derivative(k) for k in range(size)] for p in polynomials]
    middle = [arb(x) for x in near]
    inverse = arb_mat(size, size)
    for _ in range(NEWTON_STEPS):
        here = [*middle, at.mid()]
        inverse = arb_mat([[value_at(p, here) for p in row] for row in slopes]).mid().inv().mid()
        step = inverse * arb_mat([[value_at(p, here)] for p in polynomials])
        middle = [(x - step[k, 0]).mid() for k, x in enumerate(middle)]
    radius = arb(2) ** (-HOPF_BITS // 3)
    around = [x + arb(0, radius) for x in middle]
    value = inverse * arb_mat([[value_at(p, [*middle, at])] for p in polynomials])
    wide = inverse * arb_mat([[value_at(p, [*around, at]) for p in row] for row in slopes])
    result = []
    for k in range(size):
        total = middle[k] - value[k, 0]
        for j in range(size):
            total = total + (int(k == j) - wide[k, j]) * arb(0, radius)
        if not around[k].contains(total):
            raise ArithmeticError("the rest point was not enclosed")
        result.append(total)
    return result


def _quotient(value: Ratio, point: Sequence[arb]) -> arb:
    return value_at(value.numerator, point) / value_at(value.denominator, point)


def _coefficient(face: Face, point: Sequence[arb]) -> Hopf | None:
    size = face.dimension
    jacobian = [[_quotient(rate.derivative(j), point) for j in range(size)] for rate in face.rates]
    matrix = acb_mat(arb_mat(jacobian))
    values = matrix.eig()
    pairs = [v for v in values if v.real.contains(0) and v.imag > 0]
    if len(pairs) != 1:
        return None
    omega = pairs[0].imag
    rest = [arb(1)]
    for value in values:  # times λ - value, or times the pair's λ² - 2·Re·λ + |value|²
        if value.imag.contains(0):
            rest = _times(rest, [-value.real, arb(1)])
        elif value.imag > 0 and not value.real.contains(0):
            rest = _times(rest, [abs(value) ** 2, -2 * value.real, arb(1)])

    def rates(change: Sequence[Series], degree: int) -> list[Series]:
        at: list[Series] = [{(0, 0): x, **series} for x, series in zip(point, change, strict=False)]
        at.append({(0, 0): point[-1]})
        return [
            divide_series(
                evaluate_series(rate.numerator, at, degree),
                evaluate_series(rate.denominator, at, degree),
                degree,
            )
            for rate in face.rates
        ]

    focus = WeakFocus(jacobian, omega**2, rest, rates)
    value = next(focus.focal_values(1))
    # with z·q the component along the eigenvector q of length one, p² + ω²q² is 4ω²|z|²/(|Ae|² + ω²|e|²)
    first, second = (sum((x * x for x in vector), arb(0)) for vector in focus.plane)
    total = 2 * omega * value / (second + omega**2 * first)
    turn = 1 if total > 0 else -1 if total < 0 else None
    return Hopf(float(omega.mid()), float(total.mid()) if turn else 0.0, turn)


def _times(a: Sequence[arb], b: Sequence[arb]) -> list[arb]:
    result = [arb(0)] * (len(a) + len(b) - 1)
    for (i, x), (j, y) in itertools.product(enumerate(a), enumerate(b)):
        result[i + j] = result[i + j] + x * y
    return result


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
            event = self.critical.values.index(self.faces[id(at)])
            beside = (self.samples[event], self.samples[event + 1])
            named = exchange_with_cycle(self.game, self.known, self.over, beside, named)
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


def exchange_with_cycle(
    game: Game, known: Mapping[str, Fraction], over: str, beside: tuple[Fraction, Fraction], named: Named
) -> Named:
    """Add to a Hopf point that the heteroclinic cycle on the boundary changes its stability there too.

    Of three strategies that beat each other in turn the sign of one determinant decides on both: the cycle
    attracts where the interior state repels (Hofbauer & Sigmund 1998, theorem 7.7.2).

    Parameters
    ----------
    game : Game
    known : the other parameters
    over : the parameter
    beside : values below and above; in between only the interior state changes
    named : the Hopf point
    """
    if game.space.sizes != (3,):
        return named
    tables = [affine_table(game, {**known, over: value}) for value in beside]
    cycles = [None if table is None else next(iter(boundary_cycles(table)), None) for table in tables]
    before, after = cycles
    if before is None or after is None or before.states != after.states:
        return named
    if {before.attracting, after.attracting} != {True, False}:
        return named
    corners = [game.populations[0].strategies[k].name for (k,) in before.states]
    path = " → ".join([*corners, corners[0]])
    if before.attracting:
        why = say(
            "the heteroclinic cycle {orbit} on the boundary attracts below this value and repels above "
            "it: it exchanges its stability with the interior state "
            "(Hofbauer & Sigmund 1998, theorem 7.7.2)",
            orbit=path,
        )
    else:
        why = say(
            "the heteroclinic cycle {orbit} on the boundary repels below this value and attracts above "
            "it: it exchanges its stability with the interior state (Hofbauer & Sigmund 1998, theorem 7.7.2)",
            orbit=path,
        )
    return replace(named, reason=_reason_with_cause(named, why.resting_on(HETEROCLINIC_CYCLE)))


def _census(analysis: Analysis) -> list[tuple[str, ...]]:
    """What rests, and its labels, whatever the numbers are."""
    points = [(str(p.support), str(p.stability)) for p in analysis.rest_points]
    return sorted([*points, *((str(s.support), str(s.dimension)) for s in analysis.rest_sets)])


def _reason_with_cause(named: Named, why: Sentence) -> str:
    return say("{what}; {why}", what=named.reason, why=why)
