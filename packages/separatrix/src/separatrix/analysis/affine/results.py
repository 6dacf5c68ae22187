"""Rest states of a game with affine payoffs, in the words of the output.

Connected sets of rest states, and how each behaves as a whole.

The closures of two rest families meet exactly if a chain of vertices joins them: a vertex of one family is a
rest state that plays fewer strategies, so it is a family of its own or lies in one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from flint import fmpq, fmpq_mat

from separatrix.analysis.affine.family_labels import PolytopePiece, gain_walls
from separatrix.analysis.affine.rest_states import RestFamily
from separatrix.analysis.answer import (
    STABLE,
    Gain,
    Groups,
    SetVerdict,
    judge_set,
    labelled_point,
    labelled_set,
    strict_equilibrium_set,
    whole_space,
)
from separatrix.analysis.payoff_functions import AffineGame, Support
from separatrix.analysis.results import RestPoint, RestSet
from separatrix.analysis.stability.centre_manifold import escapes
from separatrix.analysis.stability.classification import Local, Verdict, is_es_set, localise
from separatrix.analysis.stability.degenerate_points import Judgement
from separatrix.exact.algebraic_numbers import Exact, as_expression, as_float, as_rational, sign
from separatrix.exact.matrices import Point, affine_rank, cells
from separatrix.expression.conditions import Condition, Relation
from separatrix.expression.tree import Expression, Name, add, multiply, number
from separatrix.game.model import Game
from separatrix.run.limits import poll, spent

__all__ = [
    "connected",
    "is_strict",
    "rest_point",
    "rest_set",
    "independent_shares",
    "support_of",
    "verdict_on",
]


def support_of(game: AffineGame, state: Point) -> Support:
    """Return the strategies that have a positive share."""
    return tuple(
        tuple(a for a in range(size) if state[offset + a])
        for offset, size in zip(game.offsets, game.sizes, strict=True)
    )


def connected(
    game: AffineGame, families: Sequence[RestFamily], corners: Mapping[Support, tuple[int, ...]]
) -> list[list[RestFamily]]:
    """Return the families of dimension 1 or more, grouped into connected components.

    Parameters
    ----------
    corners : for each family the numbers of its vertices; equal ones have one number
    """
    index = {f.support: k for k, f in enumerate(families)}
    groups = Groups(len(families))
    by_corner: dict[int, int] = {}
    for k, family in enumerate(families):
        poll()
        for corner, vertex in zip(corners[family.support], family.closure.vertices, strict=True):
            if corner in by_corner:
                groups.join(k, by_corner[corner])
                continue
            by_corner[corner] = k
            holder = index.get(support_of(game, vertex))
            if holder is not None:
                groups.join(k, holder)
    return [[families[k] for k in members] for members in groups.members()]


def verdict_on(game: AffineGame, members: Sequence[RestFamily], verdicts: Iterable[Verdict]) -> SetVerdict:
    """Return the verdict on a connected component.

    Parameters
    ----------
    members : its families of dimension 1 or more
    verdicts : of all its pieces and of the pure profiles on it
    """
    one, own_play = len(game.sizes) == 1, any(game.own_play)
    if any(f.dimension == game.space.dimension for f in members):
        return whole_space(True if one or not own_play else None)
    every = list(verdicts)

    @cache
    def kinds() -> tuple[Local, ...]:
        return tuple(kinds_of_states(game, members))

    return judge_set(
        False if one else None if own_play else is_strict(game, members),
        positive=any(v.positive for v in every),
        attracting=all(v.attracting for v in every),
        stable=all(v.label in STABLE for v in every),
        es_set=(lambda: is_es_set(kinds())) if one else None,
        escapes=lambda: any(escapes(local) for local in kinds()),
    )


def kinds_of_states(game: AffineGame, members: Sequence[RestFamily]) -> Iterator[Local]:
    """Yield a state of a component for each choice of played and neutral strategies that occurs on it."""
    supports = {f.support for f in members}
    vertices: set[Point] = set()
    for family in members:
        poll()
        vertices.update(family.closure.vertices)
        for cell in cells(family.closure, gain_walls(game, family), sum(game.sizes)):
            yield localise(game, family.support, cell.closure.centre)
    for vertex in vertices:
        poll()
        support = support_of(game, vertex)
        if support not in supports:
            yield localise(game, support, vertex)


def is_strict(game: AffineGame, members: Sequence[RestFamily]) -> bool:
    """Whether a component is a strict equilibrium set.

    Parameters
    ----------
    game : several populations that do not play themselves
    members : the component's families of dimension 1 or more

    On a face the gain of a strategy is affine: if it is nowhere positive, it is zero on a face, the one on
    which every population plays its most favourable strategies.
    """

    def gains(face: Support) -> Iterator[Gain]:
        for i, (offset, size) in enumerate(zip(game.offsets, game.sizes, strict=True)):
            for b in set(range(size)).difference(face[i]):
                best, where = _largest_gain(game, face, offset + b, offset + face[i][0], i)
                yield i, b, sign(best), where

    faces = [f.support for f in members if f.dimension == sum(len(played) - 1 for played in f.support)]
    return bool(strict_equilibrium_set((f.support for f in members), faces, gains))


def _largest_gain(game: AffineGame, face: Support, b: int, reference: int, own: int) -> tuple[fmpq, Support]:
    """The largest gain of strategy b on a face, and the face on which it is reached."""
    total = fmpq(0)
    where = []
    for j, (offset, played) in enumerate(zip(game.offsets, face, strict=True)):
        gains = {c: game.matrix[b, offset + c] - game.matrix[reference, offset + c] for c in played}
        best = max(gains.values())
        total += best
        where.append(played if j == own else tuple(c for c in played if gains[c] == best))
    return total, tuple(where)


MOST_DRAWN = 64
"""Corners of a piece towards which states are sampled."""

ZERO = number(0)
"""A shared zero: most shares of most states are zero."""


def independent_shares(affine: AffineGame, state: Sequence[Exact]) -> tuple[Exact, ...]:
    """Return the shares that the output names: of two strategies only the first one's."""
    return affine.space.coordinates([state[place] for place in affine.space.strategy_slices])


def rest_point(
    game: Game,
    affine: AffineGame,
    name: str,
    support: Support,
    state: Point,
    verdict: Verdict,
    isolated: bool | None,
    tabled: bool,
) -> RestPoint:
    """Return a rest point in the words of the output.

    Parameters
    ----------
    tabled : whether the payoffs are those of a game; else what the game says of the state is not known
    """
    exact = independent_shares(affine, state)
    known: dict[str, Any] = {}
    local: Judgement | Local | None = None
    if isinstance(verdict, Judgement):
        local = verdict
        known = {"eigenvalues": verdict.eigenvalues, "eigenvalues_exact": verdict.eigenvalues_exact}
        if tabled:
            known |= {"ess": verdict.ess, "nss": verdict.nss}
    elif not spent():  # there was no time to judge it, but there is to compare its payoffs
        local = localise(affine, support, state)
    return labelled_point(
        game,
        name,
        support,
        verdict,
        state=tuple(as_float(v) if v else 0.0 for v in exact),
        exact=tuple(as_expression(v) if v else ZERO for v in exact),
        isolated=isolated,
        nash=local and local.nash,
        strict_nash=local and local.strict_nash,
        **known,
    )


def rest_set(
    game: Game, affine: AffineGame, name: str, placed: tuple[int | None, PolytopePiece], brief: bool
) -> RestSet:
    """Return a piece of a rest family, with the number of its connected set, in the words of the output."""
    component, piece = placed
    corners = [independent_shares(affine, corner) for corner in piece.corners]
    floats = tuple(tuple(as_float(v) for v in corner) for corner in corners)
    return labelled_set(
        game,
        name,
        piece.family.support,
        piece.verdict,
        dimension=piece.dimension,
        equations=() if brief else _equations(game.shares, corners, piece),
        corners=floats,
        samples=() if brief else tuple(_samples(floats, piece.dimension)),
        component=component,
        nash=piece.nash,
    )


def _samples(corners: tuple[tuple[float, ...], ...], dimension: int) -> Iterator[tuple[float, ...]]:
    """States for drawing: the ends of a segment, a cloud on a larger piece."""
    if dimension < 2:
        yield from corners
        return
    centre = tuple(sum(values) / len(corners) for values in zip(*corners, strict=True))
    yield centre
    for k, corner in enumerate(corners[:MOST_DRAWN]):
        following = corners[(k + 1) % len(corners)]
        for w in (0.25, 0.5, 0.75, 1.0):
            yield tuple(c + w * (p - c) for c, p in zip(centre, corner, strict=True))
            yield tuple(c + w * ((p + q) / 2 - c) for c, p, q in zip(centre, corner, following, strict=True))


# --------------------------------------------------------------------------- equations


def _equations(
    shares: tuple[str, ...], corners: list[tuple[Exact, ...]], piece: PolytopePiece
) -> Iterator[Condition]:
    names = [Name(s) for s in shares]
    if piece.dimension == 0:
        yield from (Relation(n, "==", as_expression(v)) for n, v in zip(names, corners[0], strict=True))
    elif piece.dimension == 1:
        yield from _segment(names, *corners)
    else:
        # Only ends of segments can be irrational.
        yield from _polytope(names, [tuple(map(as_rational, corner)) for corner in corners], piece)


def _segment(names: list[Name], start: tuple[Exact, ...], end: tuple[Exact, ...]) -> Iterator[Condition]:
    """Every other share by the first one that changes, and that one's range."""
    t = next(k for k, (p, q) in enumerate(zip(start, end, strict=True)) if p != q)
    width = end[t] - start[t]
    for k, (p, q) in enumerate(zip(start, end, strict=True)):
        if k == t:
            continue
        slope = (q - p) / width  # rational: the segment lies on a line through rational points
        constant = p - slope * start[t]
        yield Relation(names[k], "==", add(multiply(as_expression(slope), names[t]), as_expression(constant)))
    low, high = (start[t], end[t]) if sign(width) > 0 else (end[t], start[t])
    yield Relation(as_expression(low), "<", names[t])
    yield Relation(names[t], "<", as_expression(high))


def _polytope(names: list[Name], corners: list[Point], piece: PolytopePiece) -> Iterator[Condition]:
    parameters = _parameters(corners, piece.dimension)
    base = _independent([tuple(c[k] for k in parameters) for c in corners], piece.dimension)
    inverse = fmpq_mat([[fmpq(1), *(corners[i][k] for k in parameters)] for i in base]).inv()

    def affine(values: list[fmpq]) -> Expression:
        """The affine function of the parameters that takes given values at the corners."""
        column = inverse * fmpq_mat([[values[i]] for i in base])
        terms = [multiply(as_expression(column[m + 1, 0]), names[k]) for m, k in enumerate(parameters)]
        return add(*terms, as_expression(column[0, 0]))

    for k, name in enumerate(names):
        if k not in parameters:
            yield Relation(name, "==", affine([c[k] for c in corners]))
    for values in _facets(corners, piece):
        yield Relation(affine(values), ">", number(0))


def _parameters(corners: list[Point], dimension: int) -> list[int]:
    """The first shares by which all others are fixed."""
    chosen: list[int] = []
    for k in range(len(corners[0])):
        poll()
        if len(chosen) < dimension and affine_rank(
            [tuple(c[m] for m in (*chosen, k)) for c in corners]
        ) > len(chosen):
            chosen.append(k)
    return chosen


def _independent(points: list[Point], dimension: int) -> list[int]:
    """The first dimension + 1 points that are affinely independent."""
    chosen = [0]
    for k in range(1, len(points)):
        poll()
        if len(chosen) <= dimension and affine_rank([points[i] for i in (*chosen, k)]) == len(chosen):
            chosen.append(k)
    return chosen


def _facets(corners: list[Point], piece: PolytopePiece) -> Iterator[list[fmpq]]:
    """For each facet the values at the corners of a function that is zero on it, else positive."""
    bits = 0
    for facets in piece.facets:
        bits |= facets
    seen: set[tuple[int, ...]] = set()
    for k in range(bits.bit_length()):
        poll()
        on = tuple(i for i, facets in enumerate(piece.facets) if facets >> k & 1)
        if on in seen or len(on) < piece.dimension or len(on) == len(corners):
            continue
        seen.add(on)
        if affine_rank([corners[i] for i in on]) != piece.dimension - 1:
            continue
        yield _vanishing(corners, on, piece.dimension)


def _vanishing(corners: list[Point], on: tuple[int, ...], dimension: int) -> list[fmpq]:
    """The affine function that is zero at the given corners and positive at the others, scaled to size 1."""
    other = next(i for i in range(len(corners)) if i not in on)
    base = [on[m] for m in _independent([corners[i] for i in on], dimension - 1)]
    origin = corners[base[0]]

    def offset(point: Point) -> list[fmpq]:
        return [p - q for p, q in zip(point, origin, strict=True)]

    edges = [offset(corners[i]) for i in (*base[1:], other)]
    columns = _parameters([corners[i] for i in (*base, other)], dimension)
    frame = fmpq_mat([[edge[k] for edge in edges] for k in columns]).inv()
    last = len(edges) - 1
    return [sum((frame[last, m] * offset(c)[k] for m, k in enumerate(columns)), fmpq(0)) for c in corners]
