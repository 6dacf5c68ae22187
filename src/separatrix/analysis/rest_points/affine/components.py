"""Connected sets of rest states, and how each behaves as a whole.

The closures of two rest families meet exactly if a chain of vertices joins them: a vertex of one family is a
rest state that plays fewer strategies, so it is a family of its own or lies in one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq

from separatrix.analysis.equations.affine_game import AffineGame, Support
from separatrix.analysis.rest_points.affine.labels import Verdict, within
from separatrix.analysis.rest_points.affine.pieces import gain_walls
from separatrix.analysis.rest_points.affine.rest_states import RestFamily
from separatrix.analysis.result import Label
from separatrix.analysis.stability.es_sets import is_es_set
from separatrix.analysis.stability.local import Local, localise
from separatrix.analysis.stability.neutral_strategies import escapes
from separatrix.analysis.theorems import (
    CENTRE_MANIFOLD,
    ES_SET,
    LINEARISATION,
    NORMALLY_HYPERBOLIC,
    STRICT_EQUILIBRIUM_SET,
)
from separatrix.exact.linear.arrangement import cells
from separatrix.exact.linear.polytope import Point
from separatrix.run.deadline import poll
from separatrix.sentence import say

__all__ = ["SetVerdict", "connected", "judge_set", "strict_equilibrium_set", "support_of"]


@dataclass(frozen=True)
class SetVerdict:
    """The label of a connected set of rest states; ``es_set`` is None where the notion is not defined."""

    label: Label
    es_set: bool | None
    reason: str


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
    parent = list(range(len(families)))
    by_corner: dict[int, int] = {}

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    def join(k: int, m: int) -> None:
        low, high = sorted((root(k), root(m)))
        parent[high] = low

    for k, family in enumerate(families):
        poll()
        for number, vertex in zip(corners[family.support], family.closure.vertices, strict=True):
            if number in by_corner:
                join(k, by_corner[number])
                continue
            by_corner[number] = k
            holder = index.get(support_of(game, vertex))
            if holder is not None:
                join(k, holder)
    groups: dict[int, list[RestFamily]] = {}
    for k, family in enumerate(families):
        groups.setdefault(root(k), []).append(family)
    return list(groups.values())


def judge_set(game: AffineGame, members: Sequence[RestFamily], verdicts: Iterable[Verdict]) -> SetVerdict:
    """Return the verdict on a connected component.

    Parameters
    ----------
    members : its families of dimension 1 or more
    verdicts : of all its pieces and of the pure profiles on it

    An eigenvalue with positive real part at one state makes the set unstable: an orbit leaves from there.
    Where at every state all eigenvalues are negative but for one zero a dimension of the rest set, the
    nearby orbits end on the set (normally hyperbolic).  A compact set of stable states is stable.
    """
    whole = sum(game.sizes) - len(game.sizes)
    if any(f.dimension == whole for f in members):
        defined = len(game.sizes) == 1 or not any(game.own_play)
        return SetVerdict(
            "asymptotically stable", True if defined else None,
            say("it is the whole state space, so nothing is outside"),
        )  # fmt: skip
    es_set: bool | None = None
    if len(game.sizes) > 1 and not any(game.own_play):
        es_set = strict_equilibrium_set(game, members)
        if es_set:
            return SetVerdict(
                "asymptotically stable",
                True,
                say("strict equilibrium set (Balkenborg & Schlag 2007)").by(STRICT_EQUILIBRIUM_SET),
            )
    every = list(verdicts)
    if any(v.positive for v in every):
        es_set = False if len(game.sizes) == 1 else es_set
        return SetVerdict(
            "unstable",
            es_set,
            say("some state of it has an eigenvalue with positive real part").by(LINEARISATION),
        )
    kinds = list(kinds_of_states(game, members))
    if len(game.sizes) == 1:
        es_set = is_es_set(kinds)
        if es_set:
            return SetVerdict("asymptotically stable", True, say("ES set (Thomas 1985)").by(ES_SET))
    if all(v.attracting for v in every):
        return SetVerdict(
            "asymptotically stable",
            es_set,
            say("every direction away from it contracts at every state (normally hyperbolic)").by(
                NORMALLY_HYPERBOLIC
            ),
        )
    if all(v.label in ("stable", "centre", "asymptotically stable") for v in every):
        return SetVerdict("stable", es_set, say("every single state of it is stable"))
    if any(escapes(local) for local in kinds):
        return SetVerdict(
            "unstable",
            es_set,
            say("from some state of it a neutral strategy spreads, and that orbit leaves it").by(
                CENTRE_MANIFOLD
            ),
        )
    return SetVerdict(
        "undecided", es_set, say("no state of it has a positive eigenvalue; more is not proven")
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


def strict_equilibrium_set(game: AffineGame, members: Sequence[RestFamily]) -> bool:
    """Whether a component is a strict equilibrium set (Balkenborg & Schlag 2007).

    Parameters
    ----------
    game : several populations that do not play themselves
    members : the component's families of dimension 1 or more

    Then every state of it is Nash, and whoever is indifferent anywhere on it may move without leaving
    it; so it is a union of whole faces.  On a face the gain of a strategy is affine: if it is nowhere
    positive, it is zero on a face, the one on which every population plays its most favourable strategies.
    """
    faces = [f.support for f in members if f.dimension == sum(len(played) - 1 for played in f.support)]
    if not all(any(within(f.support, face) for face in faces) for f in members):
        return False
    for face in faces:
        poll()
        for i, (offset, size) in enumerate(zip(game.offsets, game.sizes, strict=True)):
            reference = offset + face[i][0]
            for b in range(size):
                if b in face[i]:
                    continue
                best, where = _largest_gain(game, face, offset + b, reference, i)
                if best > 0:
                    return False
                larger = tuple(
                    tuple(sorted((*face[i], b))) if j == i else kept for j, kept in enumerate(where)
                )
                if best == 0 and not any(within(larger, other) for other in faces):
                    return False
    return True


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
