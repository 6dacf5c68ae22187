"""Rest states of games with irrational constants that no closed form solves: certified one by one, by balls.

The rest states of the game with rational approximations of the constants (closer than 2**-250) are starting
points. A Krawczyk test on the true payoffs, with the constants in balls, proves that a true rest state lies
near each and is regular; the signs of the eigenvalues over the ball around it give its label. What balls
leave open stays undecided. Where payoffs are tables of one or two populations, the linear equations of
every face are solved in balls too, so that no rest state is missing; elsewhere that is not claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

from flint import acb_mat, arb, arb_mat

from separatrix.analysis.affine.rest_states import count_supports, supports
from separatrix.analysis.answer import RestStateAnswer
from separatrix.analysis.branch_and_prune.faces import Locus
from separatrix.analysis.branch_and_prune.krawczyk import isolate
from separatrix.analysis.payoff_functions import Support, field_speeds, is_constant_table
from separatrix.analysis.results import Completeness, RestComponent, RestPoint, RestSet
from separatrix.analysis.stability.classification import Verdict, growing
from separatrix.analysis.theorems import LINEARISATION
from separatrix.errors import SeparatrixError
from separatrix.expression.evaluation import ball_of, enclose
from separatrix.expression.precision import precision
from separatrix.expression.tree import (
    ONE,
    ZERO,
    Expression,
    Name,
    add,
    derivative,
    negate,
    substitute,
    subtract,
)
from separatrix.game.fitness import strategy_payoffs
from separatrix.game.model import AdvantageForm, Game, ReplicatorForm, SelfMatrix
from separatrix.game.values import evaluate_in
from separatrix.run.limits import poll
from separatrix.sentences import say

__all__ = ["certify"]

RADIUS = 1e-8
"""Of the box in which a rest state is proven: far more than a float is off, far less than shares differ."""

UNDECIDED = say(
    "the payoffs contain irrational constants, and a decisive sign could not be distinguished from 0"
)
INCOMPLETE = say(
    "Not complete: the payoffs contain irrational constants, and nearby rational numbers were searched. Each "
    "listed rest point is certified; further rest points are not excluded."
)
COMPLETE = say(
    "Complete: on every face the linear equations were solved with intervals around the irrational constants."
    " Each face has one rest point, which is listed, or certainly none."
)

MOST_SUPPORTS = 4_096
"""Faces whose equations are solved in balls; more take seconds."""


def certify(game: Game, known: Mapping[str, Fraction], beside: RestStateAnswer) -> RestStateAnswer:
    """Return an answer for rational approximations of the constants, with the facts that balls prove.

    Parameters
    ----------
    game : Game
    known : mapping of parameter and shorthand to number
        Constants among them are `Irrational`.
    beside : RestStateAnswer
        The rest states at the rational approximations of the constants.
    """
    points = tuple(_Face(game, known, point).certified() for point in beside.points)
    sets = tuple(_open_set(s) for s in beside.sets)
    components = tuple(_open_component(c) for c in beside.components)
    complete = not sets and _nothing_missing(game, known, beside.points)
    if complete:  # as many rest states as faces at most, so none is on a continuum
        points = tuple(replace(point, isolated=True) for point in points)
    return replace(
        beside,
        points=points,
        sets=sets,
        components=components,
        completeness=Completeness("complete", COMPLETE)
        if complete
        else Completeness("incomplete", INCOMPLETE),
        nash_components=None,
        places={},
    )


def _open_set(piece: RestSet) -> RestSet:
    return replace(piece, stability="undecided", reason=UNDECIDED, nash=None)


def _open_component(component: RestComponent) -> RestComponent:
    return replace(component, set_stability="undecided", es_set=None, reason=UNDECIDED)


def _nothing_missing(game: Game, known: Mapping[str, Fraction], points: Sequence[RestPoint]) -> bool:
    """Whether balls prove that every face has at most the one rest state that is listed."""
    sizes = game.space.sizes
    if len(sizes) > 2 or not is_constant_table(game) or count_supports(sizes) > MOST_SUPPORTS:
        return False
    listed: dict[Support, int] = {}
    for point in points:
        played = tuple(
            tuple(a for a, s in enumerate(population.strategies) if s.name in names)
            for population, names in zip(game.populations, point.support, strict=True)
        )
        listed[played] = listed.get(played, 0) + 1
    with precision():
        if not all(ball_of(speed) > 0 for speed in field_speeds(game, known)):
            return False
        tables = _tables(game, known)
        for support in supports(sizes):
            poll()
            met = support if game.plays_itself else (support[1], support[0])
            counts = [_solutions(*block) for block in zip(tables, support, met, strict=True)]
            expected = 0 if 0 in counts else None if None in counts else 1
            if expected != listed.get(support, 0):
                return False
    return True


def _tables(game: Game, known: Mapping[str, Fraction]) -> list[list[list[arb]]]:
    """What each strategy of each population earns against each that it meets."""
    form, sizes = game.form, game.space.sizes
    result = []
    for i, (population, size) in enumerate(zip(game.populations, sizes, strict=True)):
        met = sizes[i if game.plays_itself else 1 - i]
        what = f"a payoff of {population.name}"
        rows = []
        for a in range(size):
            entries = (
                form.rows[a][b] if isinstance(form, SelfMatrix) else game.pay[(a, b) if i == 0 else (b, a)][i]
                for b in range(met)
            )
            rows.append([ball_of(evaluate_in(game, what, entry, known)) for entry in entries])
        result.append(rows)
    return result


def _solutions(table: Sequence[Sequence[arb]], own: Sequence[int], met: Sequence[int]) -> int | None:
    """How many positive shares of those met make all own strategies earn alike: 0, 1, or unknown (None)."""
    if len(own) < len(met):
        return None
    rows = [[arb(1)] * len(met), *([table[a][b] - table[own[0]][b] for b in met] for a in own[1:])]
    right = [arb(1), *([arb(0)] * (len(own) - 1))]
    n = len(met)
    try:
        found = arb_mat(rows[:n]).solve(arb_mat([[v] for v in right[:n]]))
    except ZeroDivisionError:
        return None
    shares = [found[k, 0] for k in range(n)]
    if any(share < 0 for share in shares):
        return 0
    for row in rows[n:]:
        if not sum((v * share for v, share in zip(row, shares, strict=True)), arb(0)).contains(0):
            return 0
    return 1 if len(own) == n and all(share > 0 for share in shares) else None


class _Face:
    """The payoffs near one rest state, as expressions in the free shares of its face."""

    def __init__(self, game: Game, known: Mapping[str, Fraction], point: RestPoint) -> None:
        self.game, self.known, self.point = game, known, point
        self.played = [
            [a for a, s in enumerate(p.strategies) if s.name in names]
            for p, names in zip(game.populations, point.support, strict=True)
        ]

    def certified(self) -> RestPoint:
        """The rest point with the label that balls prove."""
        poll()
        try:
            with precision():
                found = self._label()
        except (SeparatrixError, KeyError, ZeroDivisionError, ValueError):
            found = None
        if found is None:
            return replace(
                self.point,
                exact=self.point.exact if not self.point.free else None,
                eigenvalues_exact=None,
                stability="undecided",
                reason=UNDECIDED,
                isolated=None,
                nash=None,
                strict_nash=None,
                ess=None,
                nss=None,
            )
        verdict, values, nash, regular = found
        strict = bool(nash) and not self.point.free if nash is not None else None
        table = not isinstance(self.game.form, AdvantageForm | ReplicatorForm)
        return replace(
            self.point,
            exact=self.point.exact if not self.point.free else None,
            eigenvalues=values,
            eigenvalues_exact=None,
            stability=verdict.label,
            reason=verdict.reason,
            isolated=True if regular else None,
            nash=nash if table else None,
            strict_nash=strict if table else None,
            ess=strict if table and (strict or len(self.game.populations) > 1) else None,
            nss=True if table and strict and len(self.game.populations) == 1 else None,
        )

    # ----------------------------------------------------------------- expressions

    def _shares(self) -> Iterator[tuple[str, Expression]]:
        """What each share is on the face, in its free shares."""
        for population, played in zip(self.game.populations, self.played, strict=True):
            if population.binary:
                (name,) = population.shares
                yield name, Name(name) if len(played) == 2 else ONE if played == [0] else ZERO
                continue
            free = [population.shares[a] for a in played[:-1]]
            for a, name in enumerate(population.shares):
                if name in free:
                    yield name, Name(name)
                elif a == played[-1]:
                    yield name, subtract(ONE, add(*map(Name, free))) if free else ONE
                else:
                    yield name, ZERO

    def _label(self) -> tuple[Verdict, tuple[complex, ...], bool | None, bool] | None:
        on_face = dict(self._shares())
        payoffs = [[substitute(u, on_face) for u in row] for row in strategy_payoffs(self.game, self.known)]
        free = [
            (i, a, population.shares[a])
            for i, (population, played) in enumerate(zip(self.game.populations, self.played, strict=True))
            for a in played[:-1]
        ]
        names = [name for *_, name in free]
        parameters = {name: ball_of(value) for name, value in self.known.items()}
        equations = [add(payoffs[i][a], negate(payoffs[i][self.played[i][-1]])) for i, a, _ in free]
        box: list[arb] = []
        if free:
            place = dict(zip(self.game.shares, self.point.state or (), strict=True))
            middle = [place[name] for name in names]
            locus = _Zeros(equations, names, parameters)
            found = isolate(cast(Locus, locus), middle, [RADIUS] * len(names))
            if found is None:
                return None
            box = found
        balls = {**parameters, **dict(zip(names, box, strict=True))}
        shares = {name: enclose(value, balls) for name, value in on_face.items()}
        if not all(shares[name] > 0 for name in names):
            return None
        speeds = [enclose(speed, balls) for speed in self.game.speeds]
        outer: list[arb] = []
        turns: list[bool] = []
        for i, (population, played) in enumerate(zip(self.game.populations, self.played, strict=True)):
            best = enclose(payoffs[i][played[-1]], balls)
            for a in range(len(population.strategies)):
                if a not in played:
                    outer.append(speeds[i] * (enclose(payoffs[i][a], balls) - best))
                    turns.append(bool(outer[-1] < 0))
        inner = self._block(free, payoffs, balls, speeds) if free else []
        parts = [*(v.real for v in inner), *outer]
        negative, positive = sum(bool(v < 0) for v in parts), sum(bool(v > 0) for v in parts)
        neither = len(parts) - negative - positive
        if neither and (not positive or not all(v > 0 or v < 0 for v in parts[: len(inner)])):
            return None
        values = tuple(
            [complex(float(v.real.mid()), float(v.imag.mid())) for v in inner]
            + [complex(float(v.mid())) for v in outer]
        )
        verdict = growing(negative, neither, positive) or Verdict(
            "asymptotically stable",
            say(
                "every eigenvalue has negative real part, certified with balls around the constants"
            ).resting_on(LINEARISATION),
        )
        nash = all(turns) if not neither else False if any(v > 0 for v in outer) else None
        return verdict, values, nash, not neither

    def _block(
        self,
        free: Sequence[tuple[int, int, str]],
        payoffs: Sequence[Sequence[Expression]],
        balls: Mapping[str, arb],
        speeds: Sequence[arb],
    ) -> list[Any]:
        """The eigenvalues along the face: x_a' has the derivatives x_a·(du_a - Σ x_c du_c) at rest."""
        on_face = dict(self._shares())
        rows = []
        for i, a, _ in free:
            population, row = self.game.populations[i], []
            for *_, by in free:
                slopes = {c: enclose(derivative(payoffs[i][c], by), balls) for c in self.played[i]}
                mean = arb(0)
                for c in self.played[i]:
                    mean = mean + self._share(i, c, on_face, balls) * slopes[c]
                row.append(speeds[i] * enclose(Name(population.shares[a]), balls) * (slopes[a] - mean))
            rows.append(row)
        return list(acb_mat(arb_mat(rows)).eig())

    def _share(self, i: int, c: int, on_face: Mapping[str, Expression], balls: Mapping[str, arb]) -> arb:
        population = self.game.populations[i]
        if not population.binary:
            return enclose(on_face[population.shares[c]], balls)
        first = enclose(on_face[population.share], balls)
        return first if c == 0 else 1 - first


class _Zeros:
    """Expressions in names, as what a Krawczyk test asks of a system of equations."""

    def __init__(
        self, equations: Sequence[Expression], names: Sequence[str], parameters: Mapping[str, arb]
    ) -> None:
        self.equations, self.names, self.parameters = equations, names, parameters
        self.slopes = [[derivative(e, name) for name in names] for e in equations]

    def _values_at(self, point: Sequence[arb]) -> dict[str, arb]:
        return {**self.parameters, **dict(zip(self.names, point, strict=True))}

    def values(self, point: Sequence[arb]) -> list[arb]:
        """The equations' values at a point."""
        at = self._values_at(point)
        return [enclose(e, at) for e in self.equations]

    def jacobian(self, point: Sequence[arb]) -> arb_mat:
        """Their derivatives (rows) by the names (columns)."""
        at = self._values_at(point)
        return arb_mat([[enclose(e, at) for e in row] for row in self.slopes])
