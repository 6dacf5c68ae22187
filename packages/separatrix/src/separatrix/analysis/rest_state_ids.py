"""One name for one state: the ids of rest states, by the strategies that are played.

A rest point is ``E`` and the rank of its support among the supports of the game that can have an isolated
rest point: pure profiles first, then by dimension, then in the order of the strategies. A piece of a rest
set is ``S`` and the rank of its support among all faces of positive dimension. Several on one support get
letters, in the order of their first share, then the next. The ranks come from the form of the game in
symbols, so no value of a parameter changes them: E5 is the same state in every command, scenario and sweep.

Where the payoffs are linear in the shares of each other population and do not depend on the own, the states
of one support are, for population i, the solutions of linear equations in its own shares, at most as many as
the other populations have shares that move.  Where i has more of these than all others together they are a
continuum or none, so such a support holds no isolated point (McKelvey & McLennan 1997, The maximal number of
regular totally mixed Nash equilibria, Journal of Economic Theory 72, 411-425); that of a face on which a
single population mixes is the simplest case.  Two parties of two strategies have E1 to E5 then, three E1 to
E15.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from separatrix.analysis.answer import RestStateAnswer
from separatrix.analysis.payoff_functions import Support
from separatrix.analysis.replicator_equations import Formulas, formulas_of
from separatrix.analysis.results import RestPoint, RestSet
from separatrix.errors import ComesLater, InputError
from separatrix.expression.polynomial import term_count
from separatrix.expression.tree import Call, Expression, names_in, walk
from separatrix.game.fitness import last_shares, strategy_payoffs
from separatrix.game.model import Game, GroupForm, PairwiseForm, ProfileTable, SelfMatrix
from separatrix.run.cached_property import cached_property, keep
from separatrix.run.limits import OutOfTime, afresh

__all__ = ["RestStateIds", "by_number", "ids_of", "keep_ids", "letter", "with_rest_state_ids", "support_of"]

MOST_COUNTED = 10_000
"""Products of supports up to which they are counted. More: ids are numbers with too many digits to check;
fewer: more ids are spelled out."""

MOST_TERMS = 20_000
"""Terms of a payoff up to which it is expanded to see whether it is linear.  More: such games take longer to
begin; fewer: their faces are all counted."""

EXPANSION = 20.0
"""Seconds for that, whatever the budget around: an id must not depend on it."""

KEPT = "rest_state_ids"

SINGLE_DIGITS = 9
"""Strategies of a population up to which their numbers are written side by side."""

Item = TypeVar("Item", bound=RestPoint | RestSet)


@dataclass(frozen=True, eq=False)
class RestStateIds:
    """The ids of a game's rest states, but for the letters of several on one support.

    Attributes
    ----------
    sizes : strategies of each population
    balanced : whether the payoffs are linear in the shares of each other population and without own share

    Examples
    --------
    >>> three = RestStateIds((2, 2, 2), True)
    >>> three.point(((1,), (1,), (1,))), three.point(((0,), (0,), (0,)))
    ('E1', 'E8')
    >>> three.point(((1,), (0, 1), (0, 1))), three.point(((0, 1), (0, 1), (0, 1)))
    ('E9', 'E15')
    >>> three.rest_set(((1,), (1,), (0, 1)))
    'S1'
    >>> many = RestStateIds((20, 20), True)
    >>> many.point(((0,), (3,))), many.point(((2, 6), (1, 8)))
    ('E4', 'E3-7.2-9')
    """

    sizes: tuple[int, ...]
    balanced: bool

    def point(self, support: Support) -> str:
        """Return the id of a rest point, the only one that plays a support."""
        if all(len(played) == 1 for played in support):
            return f"E{self._pure_rank(support) + 1}"
        rank = self._ranks[0].get(support)
        return f"E{rank}" if rank is not None else f"E{self._spelled(support)}"

    def rest_set(self, support: Support) -> str:
        """Return the id of a piece of a rest set, the only one that plays a support."""
        rank = self._ranks[1].get(support)
        return f"S{rank}" if rank is not None else f"S{self._spelled(support)}"

    def order(self, support: Support) -> tuple[int, list[tuple[int, ...]]]:
        """Return what sorts supports by their rank."""
        return sum(map(len, support)) - len(support), [
            self._played(i, played) for i, played in enumerate(support)
        ]

    def _played(self, i: int, played: Sequence[int]) -> tuple[int, ...]:
        # Of two strategies the first has the share 1, so it comes last, as papers list the corners.
        ranks = (1 - played[0],) if self.sizes[i] == 2 and len(played) == 1 else played
        return (len(played), *ranks)

    def _pure_rank(self, support: Support) -> int:
        rank = 0
        for i, (size, played) in enumerate(zip(self.sizes, support, strict=True)):
            rank = rank * size + self._played(i, played)[1]
        return rank

    @cached_property
    def _ranks(self) -> tuple[Mapping[Support, int], Mapping[Support, int]]:
        """The ranks of mixed supports as points and as sets; empty where there are too many to count."""
        if math.prod(2**size - 1 for size in self.sizes) > MOST_COUNTED:
            return {}, {}
        own = [
            [played for k in range(1, size + 1) for played in itertools.combinations(range(size), k)]
            for size in self.sizes
        ]
        every = sorted((s for s in itertools.product(*own) if max(map(len, s)) > 1), key=self.order)
        isolated = (s for s in every if not self.balanced or self._can_be_isolated(s))
        points = {s: k for k, s in enumerate(isolated, math.prod(self.sizes) + 1)}
        return points, {s: k for k, s in enumerate(every, 1)}

    def _can_be_isolated(self, support: Support) -> bool:
        moving = [len(played) - 1 for played in support]
        return 2 * max(moving) <= sum(moving)

    def _spelled(self, support: Support) -> str:
        """The strategies by their numbers, ``-`` between those of one population, ``.`` between populations.

        Numbers of one digit that are played alone stand side by side.
        """
        short = max(self.sizes) <= SINGLE_DIGITS
        parts = ["-".join(str(a + 1) for a in played) for played in support]
        if not short:
            return ".".join(parts)
        runs = itertools.groupby(parts, key=len)
        return ".".join(p for size, run in runs for p in (["".join(run)] if size == 1 else run))


def ids_of(game: Game) -> RestStateIds:
    """Return the ids of a game's rest states.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> ids_of(load("shi-chen-2018")).point(((0, 1), (0, 1)))
    'E5'
    """
    return keep(game, KEPT, lambda: RestStateIds(game.space.sizes, _balanced(game)))


def support_of(game: Game, names: Sequence[Sequence[str]]) -> Support:
    """Return a support from the names of its strategies."""
    return tuple(
        tuple(a for a, s in enumerate(p.strategies) if s.name in played)
        for p, played in zip(game.populations, names, strict=True)
    )


def keep_ids(case: Game, game: Game) -> None:
    """Give the rest states of `case`, which is `game` with numbers for some parameters, the ids of `game`."""
    keep(case, KEPT, lambda: ids_of(game))


def letter(index: int) -> str:
    """Return ``a`` to ``z``, then ``a2`` and so on.

    Examples
    --------
    >>> letter(0), letter(26)
    ('a', 'a2')
    """
    return "abcdefghijklmnopqrstuvwxyz"[index % 26] + (str(index // 26 + 1) if index >= 26 else "")


def by_number(name: str) -> list[tuple[int, str]]:
    """Return what sorts ids: by the numbers in them, then by the letters.

    Examples
    --------
    >>> sorted(["E15b", "E9", "E15a", "E2"], key=by_number)
    ['E2', 'E9', 'E15a', 'E15b']
    """
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]


# --------------------------------------------------------------------------- the form of a game


def _balanced(game: Game) -> bool:
    """Whether payoffs are linear in the shares of each other population and do not depend on the own."""
    match game.form:
        case ProfileTable():
            return True
        case SelfMatrix() | GroupForm():
            return False
        case PairwiseForm(matrices):
            return not any(i == j and _depends(rows) for (i, j), rows in matrices.items())
    if any(_has_function(u) or term_count(u) > MOST_TERMS for row in strategy_payoffs(game) for u in row):
        return False
    try:
        with afresh(EXPANSION):
            formulas = formulas_of(game)
            return formulas is not None and _linear(formulas)
    except (ComesLater, InputError, OutOfTime):
        return False


def _depends(rows: Sequence[Sequence[Expression]]) -> bool:
    """Whether it matters against whom a population of these strategies plays itself."""
    return any(len(set(row)) > 1 for row in rows) and any(row != rows[0] for row in rows)


def _has_function(expression: Expression) -> bool:
    return any(isinstance(node, Call) and names_in(node) for node in walk(expression))


def _linear(formulas: Formulas) -> bool:
    """Whether every advantage is linear in the shares of each other population, and without own share."""
    game, ring = formulas.game, formulas.ring
    rest = last_shares(game, ring)
    images = [
        rest[name].numerator if name in rest else variable
        for name, variable in zip(ring.names, ring.context.gens(), strict=True)
    ]
    slices = game.space.slices
    for i, payoffs in enumerate(formulas.payoffs):
        for payoff in payoffs[1:]:
            advantage = payoff - payoffs[0]
            if any(advantage.denominator.degrees()[: len(game.shares)]):
                return False
            for exponents in advantage.numerator.compose(*images).to_dict():
                if any(sum(exponents[place]) > (i != j) for j, place in enumerate(slices)):
                    return False
    return True


# --------------------------------------------------------------------------- the names of an answer


def with_rest_state_ids(game: Game, found: RestStateAnswer, absent: Collection[str] = ()) -> RestStateAnswer:
    """Return an answer with the ids that its rest states have everywhere, in their order.

    Parameters
    ----------
    game : Game
    found : the rest states, each with a name of its own
    absent : candidates among them that are not rest states at the values; they get letters after all others
    """
    ids = ids_of(game)
    names: dict[str, str] = {}

    def with_ids(items: Iterable[Item], called: Callable[[Support], str]) -> tuple[Item, ...]:
        alike: dict[Support, list[Item]] = {}
        for item in items:
            alike.setdefault(support_of(game, item.support), []).append(item)
        result: list[Item] = []
        for played in sorted(alike, key=ids.order):
            there: list[Item] = [item for item in alike[played] if item.id not in absent]
            if all(_place(item) for item in there):
                there.sort(key=_place)
            others: list[Item] = [item for item in alike[played] if item.id in absent]
            alone = len(there) == 1 or len(alike[played]) == 1
            for k, one in enumerate([*there, *others]):
                names[one.id] = called(played) + ("" if alone and k == 0 else letter(k))
                result.append(replace(one, id=names[one.id]))
        return tuple(result)

    points, sets = with_ids(found.points, ids.point), with_ids(found.sets, ids.rest_set)
    places = {name: k for k, name in enumerate([*(s.id for s in sets), *(p.id for p in points)])}

    def renamed(pieces: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted((names[p] for p in pieces), key=places.__getitem__))

    nash = found.nash_components
    return replace(
        found,
        points=points,
        sets=sets,
        components=tuple(replace(c, pieces=renamed(c.pieces)) for c in found.components),
        nash_components=None if nash is None else tuple(replace(n, pieces=renamed(n.pieces)) for n in nash),
        places={names[name]: corners for name, corners in found.places.items()},
    )


def _place(item: RestPoint | RestSet) -> tuple[float, ...]:
    """Where a rest point lies, or the middle of what is known of a rest set; empty where nothing is."""
    if isinstance(item, RestPoint):
        return item.state or ()
    states = item.corners or item.samples
    return tuple(sum(shares) / len(states) for shares in zip(*states, strict=True))
