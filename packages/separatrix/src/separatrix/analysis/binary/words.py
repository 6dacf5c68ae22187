"""The numeric answer in the words of the output: rest points, rest sets, components, and the proof."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress

from flint import fmpq

from separatrix.analysis.answer import (
    RestStateAnswer,
    completeness,
    counted_sets,
    labelled_point,
    labelled_set,
    plural,
    point_number,
    rest_components,
    set_number,
)
from separatrix.analysis.binary.family_labels import CubePiece
from separatrix.analysis.binary.rest_states import Face, Free, Linked, RestBranch, played
from separatrix.analysis.binary.solve import BinarySolution, LabelledPiece, LabelledPoint, solve
from separatrix.analysis.multilinear import Multilinear
from separatrix.analysis.results import Completeness, RestPoint, RestSet
from separatrix.exact.algebraic_numbers import Exact, as_expression, as_float, sign
from separatrix.expression.conditions import Condition, Relation
from separatrix.expression.constants import MOST_BITS, Unseparated
from separatrix.expression.tree import Expression, Name, add, divide, multiply, number
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["find_rest_states", "support_of"]


def support_of(game: Game, face: Face) -> tuple[tuple[str, ...], ...]:
    """Return the strategies played on an open face, by population."""
    return game.strategy_names(played(face))


def find_rest_states(game: Game, numbers: Multilinear) -> RestStateAnswer:
    """Return every rest state of an n-population game at given numbers, in the words of the output."""
    answer = solve(numbers)
    points = tuple(_point(game, k, p) for k, p in enumerate(answer.points, 1))
    numbered = list(enumerate(answer.components, 1))
    home = {place: k for k, component in numbered for place in component.pieces}
    sets = tuple(_set(game, numbers, k, p, home.get(k - 1)) for k, p in enumerate(answer.pieces, 1))
    corners = ((k, place) for k, component in numbered for place in component.corners)
    components = rest_components(points, sets, corners, (c.verdict for c in answer.components))
    places: dict[str, tuple[tuple[Exact, ...], ...]] = {
        p.id: (q.state,) for p, q in zip(points, answer.points, strict=True)
    }
    for piece, labelled in zip(sets, answer.pieces, strict=True):
        places[piece.id] = tuple(_exact_corners(numbers, labelled.piece))
    proof = _completeness(numbers.n, answer)
    return RestStateAnswer(points, sets, components, proof, places=places)


def _point(game: Game, k: int, point: LabelledPoint) -> RestPoint:
    values = list(point.local.pure.values())
    nash: bool | None = None
    strict: bool | None = None
    with suppress(Unseparated):
        nash = all(sign(v) <= 0 for v in values)
        strict = not point.local.free and all(sign(v) < 0 for v in values)
    return labelled_point(
        game,
        point_number(k),
        played(point.face),
        point.verdict,
        state=tuple(as_float(v) for v in point.state),
        exact=_closed_forms(point.state),
        isolated=point.isolated,
        eigenvalues=point.local.eigenvalues(),
        eigenvalues_exact=_exact_eigenvalues(point),
        nash=nash,
        strict_nash=strict,
        ess=strict,
    )


def _closed_forms(state: tuple[Exact, ...]) -> tuple[Expression, ...] | None:
    """A state in formulas; None where they would be too long."""
    try:
        return tuple(as_expression(v) for v in state)
    except ValueError:
        return None


def _exact_eigenvalues(point: LabelledPoint) -> tuple[Expression, ...] | None:
    try:
        return point.local.eigenvalues_exact()
    except ValueError:
        return None


def _set(game: Game, numbers: Multilinear, k: int, labelled: LabelledPiece, component: int | None) -> RestSet:
    piece = labelled.piece
    return labelled_set(
        game,
        set_number(k),
        played(piece.branch.face),
        labelled.verdict,
        dimension=piece.dimension,
        equations=_equations(game, numbers, piece),
        corners=tuple(_floats(c) for c in _exact_corners(numbers, piece)),
        samples=tuple(_samples(numbers, piece)),
        component=component,
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
        *counted_sets(len(answer.pieces), len(answer.components)),
    ]
    missing = []
    if answer.open_faces:
        missing.append(
            say(
                "Not complete: on {count} of the faces the sign of an irrational constant could not be "
                "separated from 0 at {bits} bits.",
                count=len(answer.open_faces),
                bits=MOST_BITS,
            )
        )
    return completeness(parts, missing=missing)
