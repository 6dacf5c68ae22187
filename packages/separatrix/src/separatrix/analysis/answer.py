"""What every route hands back: the rest states in the words of the output, and why none is missing.

A route finds rest states and labels them in its own way; that there may be no time for all of it, how the
parts are numbered and put together, and what a proof ends with, is the same for all.

Connected sets of rest states: which parts touch, strict equilibrium sets, and the label of the whole.

However a route finds its rest sets, it says here what it knows of their states and takes the label.
The routes label the single states along a rest line or a rest face themselves: `affine.rest_family_labels`,
`binary.labels` on the pieces of `binary.rest_branch_pieces`, `certified.curve_labels` and `patch_labels`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from separatrix.analysis.payoff_functions import Support, mixing
from separatrix.analysis.results import (
    BoundaryCycle,
    Completeness,
    Label,
    NashComponent,
    RestComponent,
    RestPoint,
    RestSet,
    Warning,
)
from separatrix.analysis.stability.classification import Verdict
from separatrix.analysis.theorems import (
    CENTRE_MANIFOLD,
    ES_SET,
    INDEX,
    INDEX_OF_ONE,
    LINEARISATION,
    NASH,
    NORMALLY_HYPERBOLIC,
    STRICT_EQUILIBRIUM_SET,
)
from separatrix.exact.algebraic_numbers import Exact
from separatrix.expression.conditions import Condition
from separatrix.expression.tree import number
from separatrix.game.model import Game
from separatrix.run.limits import LATE, OutOfTime, afresh, expire, poll, spent
from separatrix.sentences import say, together

__all__ = [
    "Groups",
    "Labelling",
    "RestStateAnswer",
    "STABLE",
    "SetVerdict",
    "completeness",
    "counted_sets",
    "counts",
    "index_sum",
    "judge_set",
    "labelled_point",
    "labelled_set",
    "only_pure",
    "plural",
    "point_number",
    "rest_components",
    "set_number",
    "strict_equilibrium_set",
    "whole_space",
    "is_subset",
]

STABLE = frozenset(("stable", "centre", "asymptotically stable"))
"""Labels of Lyapunov stable states."""

NOTHING_MORE = say("no state of it has a positive eigenvalue; more is not proven")


class Groups:
    """Things that are joined two by two fall into groups (union-find)."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def root(self, k: int) -> int:
        """Return the first member of the group of k."""
        while self._parent[k] != k:
            self._parent[k] = k = self._parent[self._parent[k]]
        return k

    def join(self, k: int, m: int) -> None:
        """Let two belong to one group."""
        low, high = sorted((self.root(k), self.root(m)))
        self._parent[high] = low

    def members(self) -> list[list[int]]:
        """Return the groups, each in ascending order, by their first members.

        Examples
        --------
        >>> groups = Groups(4)
        >>> groups.join(3, 1)
        >>> groups.members()
        [[0], [1, 3], [2]]
        """
        found: dict[int, list[int]] = {}
        for k in range(len(self._parent)):
            found.setdefault(self.root(k), []).append(k)
        return list(found.values())


@dataclass(frozen=True)
class SetVerdict:
    """The label of a connected set of rest states; ``es_set`` is None where the notion is not defined."""

    label: Label
    es_set: bool | None
    reason: str


def whole_space(es_set: bool | None) -> SetVerdict:
    """Return the verdict on a set that is everything."""
    why = say("it is the whole state space, so nothing is outside")
    return SetVerdict("asymptotically stable", es_set, why)


def judge_set(
    strict: bool | None,
    *,
    positive: bool,
    attracting: bool,
    stable: bool,
    es_set: Callable[[], bool] | None = None,
    leaves: bool = False,
    escapes: Callable[[], bool] = lambda: False,
    otherwise: str = NOTHING_MORE,
) -> SetVerdict:
    """Return the verdict on a connected set of rest states.

    An eigenvalue with positive real part at one state makes the set unstable: an orbit leaves from there.
    Where at every state all eigenvalues are negative but for one zero a dimension of the rest set, the
    nearby orbits end on the set (normally hyperbolic).  A compact set of stable states is stable.

    Parameters
    ----------
    strict : whether it is a strict equilibrium set; None where that is not defined or not known
    positive : whether some state has an eigenvalue with positive real part
    attracting : whether all eigenvalues at every state are negative but for one zero a dimension of the set
    stable : whether every single state is `STABLE`
    es_set : returns whether a set of one population is an ES set
    leaves : whether nearby orbits are known to lead to states that are not at rest
    escapes : returns whether a neutral strategy spreads from some state of it
    otherwise : the reason if nothing is known
    """
    if strict:
        why = say("strict equilibrium set (Balkenborg & Schlag 2007)").resting_on(STRICT_EQUILIBRIUM_SET)
        return SetVerdict("asymptotically stable", True, why)
    if positive:
        why = say("some state of it has an eigenvalue with positive real part").resting_on(LINEARISATION)
        return SetVerdict("unstable", strict, why)
    if es_set is not None:
        strict = es_set()
        if strict:
            return SetVerdict("asymptotically stable", True, say("ES set (Thomas 1985)").resting_on(ES_SET))
    if leaves:
        why = say("orbits that start near some state of it lead to states that are not at rest")
        return SetVerdict("unstable", strict, why)
    if attracting:
        why = say("every direction away from it contracts at every state (normally hyperbolic)")
        return SetVerdict("asymptotically stable", strict, why.resting_on(NORMALLY_HYPERBOLIC))
    if stable:
        return SetVerdict("stable", strict, say("every single state of it is stable"))
    if escapes():
        why = say("from some state of it a neutral strategy spreads, and that orbit leaves it")
        return SetVerdict("unstable", strict, why.resting_on(CENTRE_MANIFOLD))
    return SetVerdict("undecided", strict, otherwise)


Gain = tuple[int, int, int | None, Support]
"""A population, a strategy not played on a face, the sign of its gain on a smaller face, and that face."""


def strict_equilibrium_set(
    members: Iterable[Support], faces: Sequence[Support], gains: Callable[[Support], Iterable[Gain]]
) -> bool | None:
    """Return whether a connected set is a strict equilibrium set (Balkenborg & Schlag 2007).

    Then every state of it is Nash, and the set is closed under every move to an alternative best reply; so
    it is a union of whole faces.

    Parameters
    ----------
    members : the supports of its parts
    faces : those of them that are whole faces
    gains : yields what decides on a face: where unplayed strategies gain most; None as a sign leaves it open
    """
    if not all(any(is_subset(member, face) for face in faces) for member in members):
        return False
    for face in faces:
        poll()
        for i, b, turn, where in gains(face):
            if turn is None:
                return None
            if turn > 0:
                return False
            larger = tuple(tuple(sorted((*kept, b))) if j == i else kept for j, kept in enumerate(where))
            if turn == 0 and not any(is_subset(larger, other) for other in faces):
                return False
    return True


def is_subset(small: Support, large: Support) -> bool:
    """Return whether every strategy of one support belongs to another one."""
    return all(set(a) <= set(b) for a, b in zip(small, large, strict=True))


MOST_PURE = 4_096
GROUPING = 0.2
"""Seconds, however late, to find the connected rest sets."""

NO_TIME = say("there was time for the pure profiles only")

T = TypeVar("T")
P = TypeVar("P")


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


def only_pure(game: Game, why: str = NO_TIME, reason: str = LATE) -> RestStateAnswer:
    """Return the pure profiles, unlabelled: where everyone plays alike, no share can change.

    The answer if the payoffs could not be expanded in time, or for `why`; `reason` is the reason for the
    missing labels.
    """
    points = []
    for k, profile in enumerate(itertools.islice(game.profiles(), MOST_PURE), 1):
        state = game.space.corner(profile)
        points.append(
            labelled_point(
                game,
                point_number(k),
                tuple((a,) for a in profile),
                Verdict("undecided", reason),
                state=tuple(map(float, state)),
                exact=tuple(map(number, state)),
            )
        )
    return RestStateAnswer(
        tuple(points), (), (), completeness([], missing=[say("Not complete: {why}.", why=why)])
    )


# --------------------------------------------------------------------------- in the words of the output


def point_number(k: int) -> str:
    """Return what a route calls the k-th rest point, until `with_rest_state_ids` gives it its one name."""
    return f"point {k}"


def set_number(k: int) -> str:
    """Return what a route calls the k-th piece of a rest set, until then."""
    return f"set {k}"


def labelled_point(game: Game, name: str, support: Support, verdict: Verdict, **known: Any) -> RestPoint:
    """Return a rest point that plays a support; for what else is known of it see `RestPoint`."""
    return RestPoint(
        name,
        game.strategy_names(support),
        mixing(support),
        stability=verdict.label,
        reason=verdict.reason,
        **known,
    )


def labelled_set(
    game: Game, name: str, support: Support, verdict: Verdict, equations: Iterable[Condition], **known: Any
) -> RestSet:
    """Return a piece of a rest set that plays a support; for what else is known of it see `RestSet`.

    If the time is up, it has no equations.
    """
    try:
        written = tuple(equations)
    except OutOfTime:
        written = ()
    return RestSet(
        name,
        game.strategy_names(support),
        mixing(support),
        equations=written,
        stability=verdict.label,
        reason=verdict.reason,
        **known,
    )


def rest_components(
    points: Sequence[RestPoint],
    sets: Sequence[RestSet],
    on_sets: Iterable[tuple[int, int]],
    verdicts: Iterable[SetVerdict],
    whole: bool = True,
    tabled: bool = True,
) -> tuple[RestComponent, ...]:
    """Return the connected sets.

    Parameters
    ----------
    sets : the pieces of all of them
    on_sets : the number of a connected set and the place of a listed point on it
    verdicts : one a connected set
    whole : whether the search came to its end
    tabled : whether the payoffs are those of a game; else no notion of the game applies
    """
    names: dict[int | None, list[str]] = {}
    for piece in sets:
        names.setdefault(piece.component, []).append(piece.id)
    for component, k in on_sets:
        names.setdefault(component, []).append(points[k].id)
    result = []
    for k, verdict in enumerate(verdicts, 1):
        if not whole and verdict.label != "unstable" and verdict.reason is not LATE:
            why = say("the search did not end, so there may be more of it")
            verdict = SetVerdict("undecided", None, why)
        es_set = verdict.es_set if tabled else None
        result.append(RestComponent(k, tuple(names[k]), verdict.label, es_set, verdict.reason))
    return tuple(result)


class Labelling:
    """Labels what a search found as far as the time goes.

    Attributes
    ----------
    late : why not everything was labelled, else empty
    over : whether no more is to be begun
    connected : whether it is known which rest sets are parts of one connected set
    """

    late = ""
    over = False
    connected = True

    def in_time(self, work: Callable[[], T], otherwise: T) -> T:
        """Return the result of `work`, or `otherwise` if the time is up."""
        if self.over:
            return otherwise
        try:
            poll()
            return work()
        except OutOfTime:
            self.over = spent()
            self.late = say("the time ran out before everything that was found was judged")
        except KeyboardInterrupt:
            self._interrupt()
        return otherwise

    def _interrupt(self) -> None:
        expire()
        self.over = True
        self.late = say("the judging of the rest states was interrupted")

    def grouped(self, work: Callable[[], list[T]], alone: list[T]) -> list[T]:
        """Return groups of what is connected, else everything alone; then `connected` is false.

        Sets that touch must not be reported as several, so this short step has time of its own.
        """
        try:
            with afresh(GROUPING):
                return work()
        except OutOfTime:
            pass
        except KeyboardInterrupt:
            self._interrupt()
        self.connected = False
        return alone

    def rest_sets(self, pieces: Iterable[P], told: Callable[[str, P, bool], RestSet]) -> list[RestSet]:
        """Return pieces of rest sets in the words of the output.

        Parameters
        ----------
        told : writes a piece under a name, briefly if time is too short for its equations
        """
        result: list[RestSet] = []
        brief = False
        for k, piece in enumerate(pieces, 1):
            brief = brief or spent()
            result.append(told(set_number(k), piece, brief))
        if not all(piece.equations for piece in result):
            self.late = say(
                "the time ran out before all equations of its continua of equilibria were written"
            )
        return result


# --------------------------------------------------------------------------- whole or not


def counts(points: Sequence[RestPoint], pieces: int, components: int | None) -> list[str]:
    """Return how many isolated rest points, pieces of rest sets and connected sets there are."""
    isolated = sum(p.isolated is True for p in points)
    found = say("{count:,} isolated rest point{s}.", count=isolated, s=plural(isolated))
    return [found, *counted_sets(pieces, components)]


def counted_sets(pieces: int, components: int | None) -> list[str]:
    """Return how many pieces of rest sets and connected components there are, where there are some.

    Parameters
    ----------
    components : None if there was not enough time to count them
    """
    if not pieces:
        return []
    if components is None:
        return [
            say(
                "The continua of equilibria are {pieces:,} piece{s}; there was not enough time "
                "to determine which of them are connected.",
                pieces=pieces,
                s=plural(pieces),
            )
        ]
    return [
        say(
            "The continua of equilibria are {pieces:,} piece{s} in {sets:,} connected component{t}.",
            pieces=pieces,
            s=plural(pieces),
            sets=components,
            t=plural(components),
        )
    ]


def index_sum(indices: Iterable[int | None]) -> int | None:
    """Return Σ sign det(-J) over the Nash rest points, None where that is zero or not known for one of them.

    It is 1 if the list of Nash rest points is whole (Hofbauer & Sigmund 1998, theorem 13.4.1; Ritzberger
    1994 for several populations).
    """
    total = 0
    for index in indices:
        poll()
        if not index:
            return None
        total += index
    return total


def completeness(
    parts: Sequence[str],
    indices: int | None = None,
    alone: bool = False,
    *,
    missing: Sequence[str] = (),
    late: str = "",
) -> Completeness:
    """Return a proof, and what the sum of the indices of the Nash rest points adds to it.

    Parameters
    ----------
    parts : the sentences of the proof
    indices : that `index_sum`
    alone : whether there is one population
    missing : sentences that say why rest states may be missing
    late : why some results have no label, else empty
    """
    if late and not missing:
        missing = [say("No rest state is missing, but not complete: {why}.", why=late)]
    if missing:
        return Completeness("incomplete", together([*parts, *missing]))
    if indices is None:
        return Completeness("complete", together(parts))
    index = INDEX_OF_ONE if alone else INDEX
    if indices != 1:
        failure = say(
            "But the indices of the Nash rest points add up to {total}, not to 1.", total=indices
        ).resting_on(INDEX, NASH)
        return Completeness("incomplete", together([*parts, failure]))
    right = say("The indices of the Nash rest points add up to 1, as they must.").resting_on(index, NASH)
    return Completeness("complete", together([*parts, right]))


def plural(count: int) -> str:
    """Return the ending of an English noun; other languages leave it out."""
    return "" if count == 1 else "s"
