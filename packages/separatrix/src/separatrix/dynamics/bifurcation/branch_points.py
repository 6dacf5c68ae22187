"""Which branches meet at a critical value, and which go on on its other side."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.rest_state_ids import support_of
from separatrix.analysis.results import Analysis, RestSet
from separatrix.dynamics.bifurcation.family import Support
from separatrix.dynamics.bifurcation.tolerances import NEAR
from separatrix.dynamics.bifurcation.tracks import Track
from separatrix.dynamics.fields.payoffs import compiled
from separatrix.expression.conditions import All, Condition, Relation
from separatrix.expression.tree import Expression
from separatrix.game.model import Game

__all__ = ["Meeting", "Resting", "in_face", "meetings", "resting_sets"]

Array = NDArray[np.float64]

KINK = 0.02
"""How far on both sides of a value a branch is looked at, over the way to the next: small enough to be
straight. Larger: bends are taken for kinks, and branches are joined otherwise."""


@dataclass(frozen=True)
class Resting:
    """A continuum of rest points that exists at a critical value but not at nearby values.

    Attributes
    ----------
    supports : the strategies played on its pieces
    dimension : the largest of its pieces
    pieces : those found by the analysis; empty where the value is irrational
    holds : without pieces, whether a state belongs to it
    """

    supports: tuple[Support, ...]
    dimension: int
    pieces: tuple[RestSet, ...] = ()
    holds: Callable[[Array], bool] | None = None

    @property
    def edges(self) -> tuple[Support, ...]:
        """The edges that it consists of; empty where it is more than edges, or less."""
        if self.dimension != 1 or any(sum(len(p) - 1 for p in s) != 1 for s in self.supports):
            return ()
        return self.supports


@dataclass(frozen=True, eq=False)
class Meeting:
    """What comes together at one place at one critical value.

    Attributes
    ----------
    game : Game
    places : the states at which; more than one where a continuum joins them
    before, after : the branches that end there, and those that begin
    joined : pairs of these that are one branch
    resting : the continuum, if there is one
    """

    game: Game
    places: tuple[Array, ...]
    before: tuple[Track, ...]
    after: tuple[Track, ...]
    joined: tuple[tuple[Track, Track], ...]
    resting: Resting | None = None

    @property
    def dying(self) -> tuple[Track, ...]:
        """Branches that are not there any more beyond the value."""
        kept = {id(a) for a, _ in self.joined}
        return tuple(t for t in self.before if id(t) not in kept)

    @property
    def born(self) -> tuple[Track, ...]:
        """Branches that were not there before the value."""
        kept = {id(b) for _, b in self.joined}
        return tuple(t for t in self.after if id(t) not in kept)


def meetings(
    game: Game,
    before: Sequence[Track],
    after: Sequence[Track],
    resting: Sequence[Resting],
    near: float = NEAR,
) -> list[Meeting]:
    """Return who comes together at a value that separates two stretches.

    Parameters
    ----------
    game : Game
    before, after : every branch below and above the value
    resting : continua that are there at the value only
    near : distance of states up to which they are taken for one
    """
    groups: list[tuple[list[Track], list[Track], list[Array]]] = []
    for side, tracks in enumerate((before, after)):
        for track in tracks:
            place = track.begin if side else track.end
            group = next((g for g in groups if any(_distance(place, p) < near for p in g[2])), None)
            if group is None:
                group = ([], [], [place])
                groups.append(group)
            (group[1] if side else group[0]).append(track)
    result = []
    left = list(groups)
    for continuum in resting:
        members = [g for g in left if _belongs(game, g[2][0], continuum)]
        if members:
            left = [g for g in left if not any(g is m for m in members)]
            result.append(_meeting(game, members, continuum))
    return result + [_meeting(game, [g], None) for g in left]


def _distance(one: Array, other: Array) -> float:
    return float(max(abs(one - other)))


def _meeting(
    game: Game, groups: Sequence[tuple[list[Track], list[Track], list[Array]]], resting: Resting | None
) -> Meeting:
    joined = [pair for g in groups for pair in _matched_branches(g[0], g[1])]
    return Meeting(
        game,
        tuple(g[2][0] for g in groups),
        tuple(t for g in groups for t in g[0]),
        tuple(t for g in groups for t in g[1]),
        tuple(joined),
        resting,
    )


# --------------------------------------------------------------------------- going on


def _matched_branches(before: Sequence[Track], after: Sequence[Track]) -> Iterator[tuple[Track, Track]]:
    """Branches of one face are the same where one continues the other smoothly."""
    for support in dict.fromkeys(t.support for t in before):
        ones = [t for t in before if t.support == support]
        others = [t for t in after if t.support == support]
        fewer, more = sorted((ones, others), key=len)
        if not fewer or (len(fewer) > 1 and len(more) > 4) or len(more) > 8:
            continue
        best = min(
            itertools.permutations(more, len(fewer)),
            key=lambda chosen: sum(
                _kink(*(pair if fewer is ones else pair[::-1])) for pair in zip(fewer, chosen, strict=True)
            ),
        )
        for one, other in zip(fewer, best, strict=True):
            yield (one, other) if fewer is ones else (other, one)


def _kink(before: Track, after: Track) -> float:
    """How far a branch is from going straight on through the value."""
    at = float(before.values[-1])
    reach = KINK * min(at - float(before.values[0]), float(after.values[-1]) - at)
    left = np.array([np.interp(at - reach, before.values, column) for column in before.states.T])
    right = np.array([np.interp(at + reach, after.values, column) for column in after.states.T])
    return float(np.max(np.abs(left + right - before.end - after.begin)))


# --------------------------------------------------------------------------- continua


def resting_sets(game: Game, analysis: Analysis, beside: Sequence[Analysis]) -> list[Resting]:
    """Return the components of rest sets of an analysis that the analyses at nearby values do not have."""
    known = {(s.support, s.dimension) for a in beside for s in a.rest_sets}
    found = []
    for component in dict.fromkeys(s.component for s in analysis.rest_sets):
        pieces = tuple(s for s in analysis.rest_sets if s.component == component)
        new = tuple(p for p in pieces if (p.support, p.dimension) not in known)
        if not new or max(p.dimension for p in new) < 1:
            continue
        supports = tuple(dict.fromkeys(support_of(game, p.support) for p in new if p.dimension))
        found.append(Resting(supports, max(p.dimension for p in new), new))
    return found


def _belongs(game: Game, place: Array, resting: Resting) -> bool:
    """Whether a state lies on a continuum or at its end."""
    if resting.holds is not None:
        return resting.holds(place)
    return any(_satisfies(game, place, piece) for piece in resting.pieces)


def in_face(game: Game, place: Array, support: Support) -> bool:
    """Whether a state lies on a face or its boundary."""
    return not any(
        abs(x) > NEAR
        for own, played in zip(game.space.shares(place), support, strict=True)
        for a, x in enumerate(own)
        if a not in played
    )


def _satisfies(game: Game, place: Array, piece: RestSet) -> bool:
    """Whether the equations of a piece hold, or nearly do: its ends belong to it."""
    shares = dict(zip(game.shares, (float(x) for x in place), strict=True))

    def holds(condition: Condition) -> bool:
        match condition:
            case All(parts):
                return all(holds(p) for p in parts)
            case Relation(left, operator, right):
                miss, allowed = number(left, shares) - number(right, shares), NEAR * size(left, right)
                if operator == "==":
                    return abs(miss) < allowed
                return miss < allowed if operator in ("<", "<=") else miss > -allowed
            case _:
                return False

    def size(left: Expression, right: Expression) -> float:
        """How large the difference of two sides is anywhere: they may be in the unit of payoffs."""
        states = [[float(x) for x in game.space.corner(profile)] for profile in game.profiles()]
        differences = [
            abs(number(left, at) - number(right, at))
            for at in (dict(zip(game.shares, state, strict=True)) for state in states)
        ]
        return max((d for d in differences if np.isfinite(d)), default=0.0) or 1.0

    def number(expression: Expression, at: Mapping[str, float]) -> float:
        try:
            return float(compiled(expression)(at))
        except ZeroDivisionError:
            return float("nan")

    return in_face(game, place, support_of(game, piece.support)) and all(holds(e) for e in piece.equations)
