"""Rest states of a game with affine payoffs, in the words of the output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flint import fmpq, fmpq_mat

from separatrix.analysis.affine.rest_family_labels import PolytopePiece
from separatrix.analysis.affine_game import AffineGame, Support
from separatrix.analysis.answer import labelled_point, labelled_set
from separatrix.analysis.results import RestPoint, RestSet
from separatrix.analysis.stability.label import Judgement
from separatrix.analysis.stability.local import Local, localise
from separatrix.analysis.stability.verdict import Verdict
from separatrix.exact.algebraic_numbers import Exact, as_expression, as_float, as_rational, sign
from separatrix.exact.matrices import Point, affine_rank
from separatrix.expression.conditions import Condition, Relation
from separatrix.expression.tree import Expression, Name, add, multiply, number
from separatrix.game.model import Game
from separatrix.run.deadline import poll, spent

__all__ = ["rest_point", "rest_set", "shown"]

MOST_DRAWN = 64
"""Corners of a piece towards which states are sampled."""

ZERO = number(0)
"""Most shares of most states: no need to make it anew."""


def shown(affine: AffineGame, state: Sequence[Exact]) -> tuple[Exact, ...]:
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
    exact = shown(affine, state)
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
    corners = [shown(affine, corner) for corner in piece.corners]
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
