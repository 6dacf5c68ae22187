"""Connected sets of rest states, and how each behaves as a whole.

The closures of two rest families meet exactly if a chain of vertices joins them: a vertex of one family is a
rest state that plays fewer strategies, so it is a family of its own or lies in one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from flint import fmpq

from separatrix.analysis.affine.rest_family_labels import gain_walls
from separatrix.analysis.affine.rest_states import RestFamily
from separatrix.analysis.affine_game import AffineGame, Support
from separatrix.analysis.rest_set_labels import (
    STABLE,
    Gain,
    Groups,
    SetVerdict,
    judge_set,
    strict_equilibrium_set,
    whole_space,
)
from separatrix.analysis.stability.es_sets import is_es_set
from separatrix.analysis.stability.local import Local, localise
from separatrix.analysis.stability.neutral_strategies import escapes
from separatrix.analysis.stability.verdict import Verdict
from separatrix.exact.algebraic_numbers import sign
from separatrix.exact.matrices import Point, cells
from separatrix.run.deadline import poll

__all__ = ["connected", "is_strict", "support_of", "verdict_on"]


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
        for number, vertex in zip(corners[family.support], family.closure.vertices, strict=True):
            if number in by_corner:
                groups.join(k, by_corner[number])
                continue
            by_corner[number] = k
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
