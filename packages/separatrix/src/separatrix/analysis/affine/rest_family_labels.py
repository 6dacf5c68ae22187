"""The labels of rest sets: families cut into pieces on which the label of single states is constant.

The gain of a strategy that is not played is affine in the state, so hyperplanes cut a family into cells
on which the signs of all these gains are constant.  What else decides are signs of a few polynomials: a
cell that is a segment is cut at their roots; on a larger one they must keep their signs.  Cells that turn
out alike are joined.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.affine.label_changes import (
    FaceChart,
    drift_polynomial,
    signs_along_face,
    turning_polynomials,
)
from separatrix.analysis.affine.labels import Judge
from separatrix.analysis.affine.rest_states import RestFamily
from separatrix.analysis.affine_game import AffineGame
from separatrix.analysis.stability.local import localise
from separatrix.analysis.stability.neutral_strategies import drifts
from separatrix.analysis.stability.verdict import Verdict, growing
from separatrix.analysis.theorems import NORMALLY_HYPERBOLIC
from separatrix.exact.algebraic_numbers import Exact, between, distinct_in_order, interpolate, real_roots
from separatrix.exact.bernstein import constant_sign, value_at
from separatrix.exact.matrices import Cell, Point, Polytope, Wall, cells, necessary_walls, separating
from separatrix.sentences import say

__all__ = ["PolytopePiece", "gain_walls", "nash_throughout", "pieces"]


NORMAL = say(
    "rest states fill every direction with eigenvalue zero, and the others contract (normally hyperbolic)"
).by(NORMALLY_HYPERBOLIC)


@dataclass(frozen=True)
class PolytopePiece:
    """Part of a rest family, relatively open, with the verdict on its single states.

    Attributes
    ----------
    corners : of its closure, in all K shares; just the state itself where the dimension is 0
    facets : for each corner, as bits, the facets that it lies on
    nash : whether all of its states are Nash equilibria; False: none is; None: it was not cut where that
        changes
    """

    family: RestFamily
    dimension: int
    corners: tuple[tuple[Exact, ...], ...]
    facets: tuple[int, ...]
    verdict: Verdict
    nash: bool | None


def gain_walls(game: AffineGame, family: RestFamily) -> list[Wall]:
    """Return the gains of unplayed strategies that change sign on a family, one of each hyperplane."""
    return separating(family.closure, _gains(game, family))


def _gains(game: AffineGame, family: RestFamily) -> Iterator[Wall]:
    """What each strategy that is not played earns more than the played ones."""
    width = sum(game.sizes)
    for offset, size, played in zip(game.offsets, game.sizes, family.support, strict=True):
        reference = offset + played[0]
        for b in range(offset, offset + size):
            if b - offset not in played:
                yield tuple(game.matrix[b, c] - game.matrix[reference, c] for c in range(width))


def nash_throughout(game: AffineGame, family: RestFamily, corners: Iterable[Point]) -> bool | None:
    """Return whether all states between some corners are Nash equilibria, False: none; None: some are.

    Parameters
    ----------
    family : the rest states that play one support
    corners : of a closed part of it
    """
    points = tuple(corners)
    undecided = False
    for gain in _gains(game, family):
        values = [sum((g * x for g, x in zip(gain, p, strict=True) if g and x), fmpq(0)) for p in points]
        if any(v > 0 for v in values):
            if all(v >= 0 for v in values):
                return False  # inside the part it is positive
            undecided = True
    return None if undecided else True


def pieces(judge: Judge, family: RestFamily) -> list[PolytopePiece]:
    """Return the pieces of a rest family of dimension 1 or more."""
    return list(_Cut(judge, family).pieces())


class _Cut:
    """One family, and what is known of all of it."""

    def __init__(self, judge: Judge, family: RestFamily) -> None:
        self.judge, self.family = judge, family
        self.chart = FaceChart(family.closure)
        self.turning = turning_polynomials(judge.game, family, self.chart)
        self.always = set(judge.neutral(family.support, family.closure.centre))

    def pieces(self) -> Iterator[PolytopePiece]:
        closure, first = self.family.closure, sum(self.judge.game.sizes)
        walls = gain_walls(self.judge.game, self.family)
        parts = {cell: self._parts(cell.closure) for cell in cells(closure, walls, first)}
        kinds: dict[Cell, Hashable] = {
            cell: (p[0].verdict.label, p[0].verdict.positive, p[0].nash) if len(p) == 1 else cell
            for cell, p in parts.items()
        }
        kept = necessary_walls(len(walls), kinds)
        by_sides: dict[tuple[int, ...], list[PolytopePiece]] = {}
        for cell, found in parts.items():
            by_sides.setdefault(tuple(cell.sides[k] for k in kept), []).extend(found)
        for cell in cells(closure, [walls[k] for k in kept], first):
            found = by_sides[cell.sides]
            verdict = _common(piece.verdict for piece in sorted(found, key=lambda p: -p.dimension))
            if verdict is not None:
                yield self._piece(cell.closure, verdict, found[0].nash)
            else:
                yield from found

    def _parts(self, cell: Polytope) -> list[PolytopePiece]:
        """The verdict on a cell, or on its parts where it is a segment."""
        support = self.family.support
        nash = localise(self.judge.game, support, cell.centre).nash
        if cell.dimension == 0:
            return [self._piece(cell, self.judge.at(support, cell.centre), nash)]
        crossed = [b for b in self.judge.neutral(support, cell.centre) if b not in self.always]
        deciding = {b: drift for b in crossed if (drift := self._drift(cell, b)) is not None}
        if cell.dimension == 1:
            return list(
                self._along(cell, [*self.turning, *deciding.values()], {*self.always, *deciding}, nash)
            )
        inside = cell.map(self.chart.parameters)
        constant = all(constant_sign(p, inside) for p in self.turning)
        alike = {b for b, p in deciding.items() if p.is_constant() or constant_sign(p, inside)}
        everywhere = cell.dimension == self.family.dimension
        verdict = self.judge.on_cell(
            self.family, _samples(cell), constant, {*self.always, *alike}, everywhere
        )
        return [self._piece(cell, verdict, nash)]

    def _drift(self, cell: Polytope, b: int) -> fmpq_mpoly | None:
        """A polynomial whose sign tells what b does beside a wall that its gain crosses, or None."""
        game, family = self.judge.game, self.family
        if drifts(localise(game, family.support, cell.centre), b):
            return drift_polynomial(game, family, self.chart, b)
        if family.dimension == sum(len(played) - 1 for played in family.support):
            # The face is all at rest: nothing depends on the state.
            return self.chart.context.from_dict({}) + 1
        return None

    def _piece(self, cell: Polytope, verdict: Verdict, nash: bool | None) -> PolytopePiece:
        return PolytopePiece(self.family, cell.dimension, cell.vertices, cell.facets, verdict, nash)

    # ----------------------------------------------------------------------- segments

    def _along(
        self, cell: Polytope, deciding: Sequence[fmpq_mpoly], trusted: Collection[int], nash: bool
    ) -> Iterator[PolytopePiece]:
        start, end = cell.vertices
        first, last = self.chart.parameters(start), self.chart.parameters(end)
        cuts: list[Exact] = []
        constant = True
        for polynomial in deciding:
            terms = {e[:-1]: v for e, v in polynomial.to_dict().items()}
            degree = max((sum(e) for e in terms), default=0)
            steps = [fmpq(k, degree + 1) for k in range(degree + 1)]
            values = [value_at(terms, _between(first, last, s)) for s in steps]
            try:
                cuts.extend(real_roots(interpolate(steps, values), fmpq(0), fmpq(1)))
            except ArithmeticError:
                constant = False
        low, high = fmpq(0), fmpq(1)
        ends: list[Exact] = [low, *distinct_in_order(cuts), high]
        parts: list[tuple[Exact, Exact, Verdict]] = []
        for k, (left, right) in enumerate(itertools.pairwise(ends), 2):
            samples = [_between(start, end, s) for s in _inside(left, right)]
            verdict = self.judge.on_cell(self.family, samples, constant, trusted, self.family.dimension == 1)
            parts.append((left, right, verdict))
            if right is not high:
                near = between(left, right), between(right, ends[k])
                parts.append((right, right, self._at(start, end, right, near)))
            joined = _common(v for _, _, v in parts[-3:])
            if len(parts) >= 3 and joined is not None:
                parts[-3:] = [(parts[-3][0], parts[-1][1], joined)]
        for left, right, verdict in parts:
            both = [left] if left is right else [left, right]
            corners = tuple(_exactly_between(start, end, t) for t in both)
            yield PolytopePiece(self.family, len(corners) - 1, corners, (1, 2)[: len(corners)], verdict, nash)

    def _at(self, start: Point, end: Point, t: Exact, beside: tuple[fmpq, fmpq]) -> Verdict:
        """The verdict on a state that cuts a segment, between two parameters to its left and right."""
        support = self.family.support
        if isinstance(t, fmpq):
            return self.judge.at(support, _between(start, end, t))
        gains = self.judge.gains(support, _between(start, end, fmpq(1, 2)))  # of the same signs all along
        first, last = self.chart.parameters(start), self.chart.parameters(end)
        inside = signs_along_face(self.judge.game, self.family, self.chart, _exactly_between(first, last, t))
        negative, zero, positive = inside or (0, 0, 0)
        found = growing(negative or any(v < 0 for v in gains), True, positive or any(v > 0 for v in gains))
        if found is not None:
            return found
        if inside and all(gains) and zero == self.family.dimension:
            return Verdict("stable", NORMAL, attracting=True)
        if inside and zero == self.family.dimension + 1:
            left, right = (
                localise(self.judge.game, support, _between(start, end, s)).spectrum.signs for s in beside
            )
            if left[2] != right[2]:
                return Verdict("unstable", say("a real eigenvalue changes its sign along the set there"))
        return Verdict("undecided", say("an eigenvalue reaches the imaginary axis at this irrational state"))


def _common(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The verdict on neighbours that are alike, with the first one's reason; None where they differ."""
    first, *others = verdicts
    if any((v.label, v.positive) != (first.label, first.positive) for v in others):
        return None
    return replace(first, attracting=first.attracting and all(v.attracting for v in others))


def _between(start: Point, end: Point, t: fmpq) -> Point:
    return tuple(p + t * (q - p) for p, q in zip(start, end, strict=True))


def _exactly_between(start: Point, end: Point, t: Exact) -> tuple[Exact, ...]:
    """A state between two others; what they share stays rational."""
    return tuple(p if p == q else p + t * (q - p) for p, q in zip(start, end, strict=True))


def _inside(left: Exact, right: Exact) -> list[fmpq]:
    """The middle of an interval first, then parameters on both sides of it."""
    middle = between(left, right)
    inner, outer = between(left, middle), between(middle, right)
    return [middle, inner, outer, between(left, inner), between(outer, right)]


def _samples(polytope: Polytope) -> list[Point]:
    """The centre first, then states between it and the corners."""
    centre = polytope.centre
    weights = itertools.cycle((fmpq(1, 2), fmpq(4, 5), fmpq(1, 7)))
    return [centre, *(_between(centre, v, w) for w, v in zip(weights, polytope.vertices[:6], strict=False))]
