"""The numeric answer in the words of the output: rest points, rest sets, components, and the proof."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from flint import fmpq

from separatrix.analysis.equations.multilinear import Multilinear
from separatrix.analysis.rest_points.binary.rest_branch_pieces import CubePiece
from separatrix.analysis.rest_points.binary.rest_states import Face, Free, Linked, RestBranch, played
from separatrix.analysis.rest_points.binary.solve import BinarySolution, LabelledPiece, LabelledPoint, solve
from separatrix.analysis.rest_points.completeness import plural
from separatrix.analysis.result import (
    BoundaryCycle,
    Completeness,
    NashComponent,
    RestComponent,
    RestPoint,
    RestSet,
    Warning,
)
from separatrix.exact.surd import Exact, as_expression, as_float, sign
from separatrix.expression.condition import Condition, Relation
from separatrix.expression.tree import Expression, Name, add, divide, multiply, number
from separatrix.game.model import Game
from separatrix.run.deadline import LATE
from separatrix.sentence import say, together

__all__ = ["RestStateAnswer", "find_rest_states", "only_pure", "support_of"]

MOST_PURE = 4_096


@dataclass(frozen=True)
class RestStateAnswer:
    """Rest points, rest sets and their components, with the argument that nothing is missing.

    ``places`` holds the exact corners of the flat ones by their names, as shares like those of ``state``.
    """

    points: tuple[RestPoint, ...]
    sets: tuple[RestSet, ...]
    components: tuple[RestComponent, ...]
    completeness: Completeness
    cycles: tuple[BoundaryCycle, ...] = ()
    nash_components: tuple[NashComponent, ...] | None = None
    warnings: tuple[Warning, ...] = ()
    places: Mapping[str, tuple[tuple[Exact, ...], ...]] = field(default_factory=dict)


def support_of(game: Game, face: Face) -> tuple[tuple[str, ...], ...]:
    """Return the strategies played on an open face, by population."""
    return game.strategy_names(played(face))


NO_TIME = say("there was no time for more than the pure profiles")


def only_pure(game: Game, why: str = NO_TIME, reason: str = LATE) -> RestStateAnswer:
    """Return the pure profiles, unlabelled: where everyone plays alike, no share can change.

    What is known of a game whose payoffs there was no time to expand, or `why` else they are not, which is
    the `reason` why no label is given.
    """
    points = []
    for k, profile in enumerate(itertools.islice(game.profiles(), MOST_PURE), 1):
        state = game.space.corner(profile)
        points.append(
            RestPoint(
                id=f"E{k}",
                support=game.strategy_names([(a,) for a in profile]),
                free=(),
                state=tuple(map(float, state)),
                exact=tuple(map(number, state)),
                isolated=None,
                stability="undecided",
                reason=reason,
            )
        )
    proof = say("Not complete: {why}.", why=why)
    return RestStateAnswer(tuple(points), (), (), Completeness("incomplete", proof))


def find_rest_states(game: Game, numbers: Multilinear) -> RestStateAnswer:
    """Return every rest state of an n-population game at given numbers, in the words of the output."""
    answer = solve(numbers)
    points = tuple(_point(game, k, p) for k, p in enumerate(answer.points, 1))
    sets = [_set(game, numbers, k, p) for k, p in enumerate(answer.pieces, 1)]
    components = []
    for k, component in enumerate(answer.components, 1):
        for index in component.pieces:
            sets[index] = replace(sets[index], component=k)
        names = [sets[i].id for i in component.pieces] + [points[i].id for i in component.corners]
        whole = component.verdict
        components.append(RestComponent(k, tuple(names), whole.label, whole.es_set, whole.reason))
    places: dict[str, tuple[tuple[Exact, ...], ...]] = {
        p.id: (q.state,) for p, q in zip(points, answer.points, strict=True)
    }
    for piece, labelled in zip(sets, answer.pieces, strict=True):
        places[piece.id] = tuple(_exact_corners(numbers, labelled.piece))
    completeness = _completeness(numbers.n, answer)
    return RestStateAnswer(points, tuple(sets), tuple(components), completeness, places=places)


def _point(game: Game, k: int, point: LabelledPoint) -> RestPoint:
    values = list(point.local.pure.values())
    nash = all(sign(v) <= 0 for v in values)
    strict = not point.local.free and all(sign(v) < 0 for v in values)
    exact = point.local.eigenvalues_exact()
    return RestPoint(
        id=f"E{k}",
        support=support_of(game, point.face),
        free=point.local.free,
        state=tuple(as_float(v) for v in point.state),
        exact=tuple(as_expression(v) for v in point.state),
        isolated=point.isolated,
        eigenvalues=point.local.eigenvalues(),
        eigenvalues_exact=exact,
        stability=point.verdict.label,
        reason=point.verdict.reason,
        nash=nash,
        strict_nash=strict,
        ess=strict,
    )


def _set(game: Game, numbers: Multilinear, k: int, labelled: LabelledPiece) -> RestSet:
    piece = labelled.piece
    return RestSet(
        id=f"S{k}",
        support=support_of(game, piece.branch.face),
        free=piece.branch.free,
        dimension=piece.dimension,
        equations=tuple(_equations(game, numbers, piece)),
        corners=tuple(_floats(c) for c in _exact_corners(numbers, piece)),
        samples=tuple(_samples(numbers, piece)),
        stability=labelled.verdict.label,
        reason=labelled.verdict.reason,
        nash=labelled.nash,
    )


def _equations(game: Game, numbers: Multilinear, piece: CubePiece) -> Iterator[Condition]:
    shares = [Name(s) for s in game.shares]
    branch = piece.branch
    if piece.dimension == 0:
        for share, value in zip(shares, piece.sample, strict=True):
            yield Relation(share, "==", as_expression(value))
        return
    for i, coordinate in enumerate(branch.coordinates):
        if isinstance(coordinate, Linked):
            t = shares[coordinate.master]
            yield Relation(
                shares[i],
                "==",
                divide(_linear(coordinate.p, coordinate.q, t), _linear(coordinate.r, coordinate.s, t)),
            )
        elif not isinstance(coordinate, Free):
            yield Relation(shares[i], "==", as_expression(coordinate))
    for i in branch.moving:
        ends: tuple[Exact, Exact] = branch.range(i)
        if piece.dimension == 1 and piece.low is not None and piece.high is not None:
            ends = piece.low, piece.high
        yield Relation(as_expression(ends[0]), "<", shares[i])
        yield Relation(shares[i], "<", as_expression(ends[1]))
    if piece.side and piece.dimension == 2 and len(branch.free) == 2:
        (w,) = (i for i in range(numbers.n) if i not in branch.free)
        yield Relation(_advantage(numbers, w, branch.face, shares), "<" if piece.side < 0 else ">", number(0))


def _linear(constant: fmpq, slope: fmpq, variable: Expression) -> Expression:
    return add(multiply(as_expression(slope), variable), as_expression(constant))


def _advantage(numbers: Multilinear, w: int, face: Face, shares: list[Name]) -> Expression:
    fixed = {i: fmpq(pure) for i, pure in enumerate(face) if pure is not None}
    terms = numbers.restricted(w, fixed)
    ordered = sorted(terms.items(), key=lambda t: (-len(t[0]), sorted(t[0])))
    return add(*(multiply(as_expression(v), *(shares[j] for j in sorted(s))) for s, v in ordered))


def _floats(state: tuple[Exact, ...]) -> tuple[float, ...]:
    return tuple(as_float(v) for v in state)


def _grid(numbers: Multilinear, branch: RestBranch, steps: int) -> Iterator[tuple[Exact, ...]]:
    axes = []
    for i in branch.moving:
        low, high = branch.range(i)
        axes.append([low + (high - low) * fmpq(k, steps) for k in range(steps + 1)])
    for values in itertools.product(*axes):
        yield branch.state(dict(zip(branch.moving, values, strict=True)))


def _exact_corners(numbers: Multilinear, piece: CubePiece) -> Iterator[tuple[Exact, ...]]:
    """The ends or corners of a piece that is a polytope, or a single state."""
    branch = piece.branch
    if piece.dimension == 0:
        yield piece.sample
        return
    if any(isinstance(c, Linked) for c in branch.coordinates):
        return
    if piece.low is not None and piece.high is not None:
        (t,) = branch.moving
        yield branch.state({t: piece.low})
        yield branch.state({t: piece.high})
        return
    corners = list(_grid(numbers, branch, 1))
    if piece.side and len(branch.free) == 2:
        (w,) = (i for i in range(numbers.n) if i not in branch.free)
        if any(sign(numbers.at(w, c)) == -piece.side for c in corners):
            return  # cut by a line on which the third population is indifferent
    yield from corners


def _samples(numbers: Multilinear, piece: CubePiece) -> Iterator[tuple[float, ...]]:
    """States for drawing: the state itself, a polyline along a curve, a cloud on a surface."""
    branch = piece.branch
    if piece.dimension == 0:
        yield _floats(piece.sample)
    elif piece.low is not None and piece.high is not None:
        straight = not any(isinstance(c, Linked) for c in branch.coordinates)
        steps = 1 if straight else 40
        low, high = as_float(piece.low), as_float(piece.high)
        for k in range(steps + 1):
            value = low + (high - low) * k / steps
            yield tuple(
                (as_float(c.p) + as_float(c.q) * value) / (as_float(c.r) + as_float(c.s) * value)
                if isinstance(c, Linked)
                else value
                if isinstance(c, Free)
                else as_float(c)
                for c in branch.coordinates
            )
    else:
        w = next((i for i in range(numbers.n) if i not in branch.free), None)
        for state in _grid(numbers, branch, 10 if piece.dimension == 2 else 4):
            if w is None or not piece.side or sign(numbers.at(w, state)) == piece.side:
                yield _floats(state)


_FACES = {2: "9", 3: "27"}
_BOUND = {2: 5, 3: 16}


def _completeness(n: int, answer: BinarySolution) -> Completeness:
    isolated = sum(p.isolated for p in answer.points)
    parts = [
        say(
            "Each of the {faces} faces of the state space was solved exactly: on a face the advantages of "
            "the mixing populations vanish, each is a product of factors linear in one share or "
            "one-to-one between two, and every choice of factors was followed to its solutions in rational "
            "or quadratic numbers.",
            faces=_FACES[n],
        ),
        say(
            "{count} isolated rest point{s}; the bound is {bound}.",
            count=isolated,
            s=plural(isolated),
            bound=_BOUND[n],
        ),
    ]
    if answer.pieces:
        pieces, components = len(answer.pieces), len(answer.components)
        parts.append(
            say(
                "The continua are {pieces} piece{s} in {sets} connected component{t}.",
                pieces=pieces,
                s=plural(pieces),
                sets=components,
                t=plural(components),
            )
        )
    return Completeness("complete", together(parts))
