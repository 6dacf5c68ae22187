"""Which branches meet at a critical value, and which go on on its other side.

What happens where branches meet, by name.

* transcritical: two branches pass through each other and exchange their stability; on the boundary of the
  state space one of them enters the state space, or leaves it;
* saddle-node: two branches meet and vanish;
* pitchfork: a branch meets a pair of branches, which vanish;
* Hopf: a pair of eigenvalues crosses the imaginary axis;
* edge: two pure states exchange their stability along the edge between them, whose points are all
  equilibria: the usual event of populations that do not play themselves;
* continuum: a larger set of states is at equilibrium at the value.

Kuznetsov (2004), Elements of Applied Bifurcation Theory, chapters 3 and 7.  Whatever else is seen stays
unnamed, with the reason.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.rest_state_ids import by_number, support_of
from separatrix.analysis.results import Analysis, RestSet
from separatrix.dynamics.bifurcation.elimination import Support
from separatrix.dynamics.bifurcation.tolerances import NEAR
from separatrix.dynamics.bifurcation.tracks import Signs, Track
from separatrix.dynamics.fields.payoffs import compiled
from separatrix.expression.conditions import All, Condition, Relation
from separatrix.expression.tree import Expression
from separatrix.game.model import Game
from separatrix.sentences import Sentence, listed, say

__all__ = [
    "CRITICALITY_WORDS",
    "Criticality",
    "KIND_WORDS",
    "Kind",
    "Meeting",
    "Named",
    "Resting",
    "in_face",
    "meetings",
    "name_meeting",
    "resting_sets",
]

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


Kind = Literal["transcritical", "saddle-node", "pitchfork", "hopf", "edge", "continuum", "pole", "unnamed"]
Criticality = Literal["supercritical", "subcritical", "degenerate"]


@dataclass(frozen=True)
class Named:
    """The name of what happens, and why.

    Attributes
    ----------
    kind, criticality : see the module; the second one for pitchforks and Hopf points
    reason : a sentence
    hopf : the branch whose pair of eigenvalues crosses the imaginary axis
    """

    kind: Kind
    reason: str
    criticality: Criticality | None = None
    hopf: tuple[Track, Track] | None = None


def name_meeting(meeting: Meeting, called: Callable[[Track], str]) -> Named | None:
    """Return what happens at a meeting; None where nothing does.

    Parameters
    ----------
    meeting : Meeting
    called : what a branch is called in the reason
    """
    changed = [(a, b) for a, b in meeting.joined if a.signs != b.signs or a.label != b.label]
    dying, born = meeting.dying, meeting.born
    if meeting.resting is not None:
        if not changed and not dying and not born:
            return _touching(meeting, called)
        return _with_continuum(meeting.resting, meeting, changed, called)
    if not changed and not dying and not born:
        if len(meeting.joined) < 2:
            return None
        return _unnamed(say("{branches} touch, and nothing else changes", branches=_all(meeting, called)))
    if any(t.signs is None for t in (*meeting.before, *meeting.after)):
        return _unnamed(say("the signs of the eigenvalues are not known"))
    faces = {t.support for t in (*meeting.before, *meeting.after)}
    if len(faces) == 1:
        return _on_one_face(meeting, called)
    return _on_two_faces(meeting, called)


def _all(meeting: Meeting, called: Callable[[Track], str]) -> str:
    return listed(_in_order(called(t) for t in (*meeting.before, *meeting.after)))


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(dict.fromkeys(names), key=by_number)


def _several(tracks: Sequence[Track], called: Callable[[Track], str]) -> dict[str, str]:
    names = _in_order(map(called, tracks))
    return {"branches": listed(names), "s": "s" if len(names) == 1 else ""}


def _unnamed(why: str) -> Named:
    return Named("unnamed", say("unnamed, because {why}", why=why))


def _step(one: Signs | None, other: Signs | None) -> int | None:
    """How many eigenvalues go from the left to the right half-plane between two states; None if it is odd."""
    if one is None or other is None or one[1] != other[1]:
        return None
    return other[2] - one[2]


def _like(signs: Signs | None, known: Signs | None) -> bool:
    """Whether eigenvalues may continue others, if those with real part zero may move."""
    return signs is not None and known is not None and signs[0] >= known[0] and signs[2] >= known[2]


# --------------------------------------------------------------------------- one face


def _on_one_face(meeting: Meeting, called: Callable[[Track], str]) -> Named:
    before, after = meeting.before, meeting.after
    counts = (len(before), len(after))
    if counts in ((2, 0), (0, 2)):
        one, other = before or after
        if _step(one.signs, other.signs) in (1, -1):
            first, second = called(one), called(other)
            told = (
                say("{first} and {second} meet and vanish", first=first, second=second)
                if before
                else say("{first} and {second} appear together", first=first, second=second)
            )
            return Named("saddle-node", told)
    if counts == (2, 2) and len(meeting.joined) == 2:
        (a, b), (c, d) = meeting.joined
        if _step(a.signs, b.signs) in (1, -1) and a.signs == d.signs and b.signs == c.signs:
            return Named("transcritical", _exchange(called(a), called(c)))
    if counts in ((1, 3), (3, 1)):
        named = _pitchfork(meeting, called)
        if named is not None:
            return named
    if counts == (1, 1):
        return _single_branch_change(meeting.joined[0], called)
    if len(before) + len(after) == 1:
        return _unnamed(
            say("{branch} ends without meeting another branch", branch=called((*before, *after)[0]))
        )
    return _unnamed(say("{before} branches meet and {after} go on", before=len(before), after=len(after)))


def _exchange(first: str, second: str) -> str:
    return say(
        "{first} and {second} pass through each other and exchange their stability",
        first=first,
        second=second,
    )


def _pitchfork(meeting: Meeting, called: Callable[[Track], str]) -> Named | None:
    (pair,) = [side for side in (meeting.dying, meeting.born) if side]
    alone, middle = meeting.joined[0]
    if meeting.dying:
        alone, middle = middle, alone
    if len(pair) != 2 or pair[0].signs != pair[1].signs or pair[0].signs != alone.signs:
        return None
    step = _step(alone.signs, middle.signs)
    if step not in (1, -1):
        return None
    first, second = map(called, pair)
    told = (
        say(
            "{first} and {second} branch off from {middle}", first=first, second=second, middle=called(middle)
        )
        if meeting.born
        else say("{first} and {second} end at {middle}", first=first, second=second, middle=called(middle))
    )
    return Named("pitchfork", told, "supercritical" if step == 1 else "subcritical")


def _single_branch_change(pair: tuple[Track, Track], called: Callable[[Track], str]) -> Named:
    """One branch, on both sides, whose eigenvalues change."""
    before, after = pair
    step = _step(before.signs, after.signs)
    name = called(before)
    if step in (2, -2):
        told = say("a pair of eigenvalues of {branch} crosses the imaginary axis", branch=name)
        return Named("hopf", told, hopf=pair)
    if step in (1, -1):
        return _unnamed(
            say("an eigenvalue of {branch} changes its sign, but no other branch meets it", branch=name)
        )
    if before.signs == after.signs:
        return _unnamed(
            say("the label of {branch} changes, and the signs of its eigenvalues do not", branch=name)
        )
    if before.signs is not None and after.signs is not None and abs(before.signs[1] - after.signs[1]) == 4:
        return _unnamed(say("two pairs of eigenvalues of {branch} meet on the imaginary axis", branch=name))
    return _unnamed(say("several eigenvalues of {branch} change their signs at once", branch=name))


# --------------------------------------------------------------------------- the boundary of a face


def _on_two_faces(meeting: Meeting, called: Callable[[Track], str]) -> Named:
    """A branch of a face passes through one on its boundary."""
    size = {t.support: sum(map(len, t.support)) for t in (*meeting.before, *meeting.after)}
    smallest = min(size, key=lambda s: size[s])
    inner = [p for p in meeting.joined if p[0].support == smallest]
    others = [t for t in (*meeting.before, *meeting.after) if t.support != smallest]
    if len(inner) == 1 and len(others) == 1 and size[others[0].support] == size[smallest] + 1:
        before, after = inner[0]
        (other,) = others
        there, beyond = (before, after) if any(t is other for t in meeting.before) else (after, before)
        if _step(there.signs, beyond.signs) in (1, -1) and _like(other.signs, beyond.signs):
            told = (
                say(
                    "{first} leaves the state space through {second}, and they exchange their stability",
                    first=called(other),
                    second=called(before),
                )
                if there is before
                else say(
                    "{first} enters the state space through {second}, and they exchange their stability",
                    first=called(other),
                    second=called(before),
                )
            )
            return Named("transcritical", told)
    return _unnamed(say("{branches} meet in an unclassified bifurcation", branches=_all(meeting, called)))


# --------------------------------------------------------------------------- continua


def _with_continuum(
    resting: Resting, meeting: Meeting, changed: Sequence[tuple[Track, Track]], called: Callable[[Track], str]
) -> Named:
    names = _in_order(called(t) for pair in changed for t in pair)
    if resting.edges:
        told = (
            say("every point of an edge is an equilibrium")
            if len(resting.edges) == 1
            else say("every point of {count} edges is an equilibrium", count=len(resting.edges))
        )
        if names:
            told = say(
                "{what}, and {branches} exchange their stability there",
                what=told,
                branches=listed(names),
            )
        if meeting.dying:
            told = say("{what}; {branches} end{s} there", what=told, **_several(meeting.dying, called))
        if meeting.born:
            told = say("{what}; {branches} begin{s} there", what=told, **_several(meeting.born, called))
        return Named("edge", told)
    told = say("a set of states of dimension {dimension} is at equilibrium", dimension=resting.dimension)
    everybody = _in_order([*names, *(called(t) for t in (*meeting.dying, *meeting.born))])
    if everybody:
        told = say("{what}, and with it {branches} change", what=told, branches=listed(everybody))
    return Named("continuum", told)


def _touching(meeting: Meeting, called: Callable[[Track], str]) -> Named:
    return _unnamed(
        say(
            "a continuum of equilibria exists here, and on both sides {branches} are the same",
            branches=_all(meeting, called),
        )
    )


KIND_WORDS: Mapping[Kind, Sentence] = {
    "transcritical": say("transcritical"),
    "saddle-node": say("saddle-node"),
    "pitchfork": say("pitchfork"),
    "hopf": say("Hopf"),
    "edge": say("edge at rest"),
    "continuum": say("continuum of equilibria"),
    "pole": say("division by zero"),
    "unnamed": say("unnamed"),
}
"""The names as parts of sentences, for translation."""

CRITICALITY_WORDS: Mapping[Criticality, Sentence] = {
    "supercritical": say("supercritical"),
    "subcritical": say("subcritical"),
    "degenerate": say("degenerate"),
}
