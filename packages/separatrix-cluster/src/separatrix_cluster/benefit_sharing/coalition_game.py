"""Cooperative games with transferable utility: what each coalition of players is worth, or has to pay.

The game of a cluster's exchanges: what the best plan among the members of a coalition brings in a year.

Matches that share no stream and no facility have nothing to do with each other; a coalition is worth the sum
of what it is worth in each such part, where only those matter who can exchange something (players without
candidates add nothing), so that few problems have to be solved.

References
----------
von Neumann, J. & Morgenstern, O. (1944). Theory of Games and Economic Behavior. Princeton (characteristic
functions).
Peleg, B. & Sudhölter, P. (2007). Introduction to the Theory of Cooperative Games, 2nd ed., Springer (games
and cost games, chapter 2).
Yazdanpanah, V., Yazan, D. M. & Zijm, W. H. M. (2019). FISOF: a formal industrial symbiosis opportunity
filtering method. Eng. Appl. Artif. Intell. 81, 247–259 (games of exchange, their core and Shapley value).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations
from typing import Any

from separatrix.errors import InputError
from separatrix.game.values import exact
from separatrix.run.results import Result
from separatrix.sentences import say
from separatrix_cluster.symbiosis.mixed_integer_program import connected_parts, fraction_of, worth_of
from separatrix_cluster.symbiosis.optimal_exchange import exchange_value
from separatrix_cluster.symbiosis.problem import ExchangeProblem, restricted_to

__all__ = [
    "CoalitionGame",
    "ExchangeGame",
    "ExchangePart",
    "MOST_PLAYERS",
    "coalition_game",
    "exchange_games",
    "exchange_parts",
]

MOST_PLAYERS = 16
"""The most players for which all coalitions are stored: 65,536 of them."""

Worth = Mapping[Any, Any] | Callable[[frozenset[str]], Any] | Sequence[Any]


@dataclass(frozen=True, repr=False)
class CoalitionGame(Result):
    """What each coalition of players is worth on its own.

    Attributes
    ----------
    players : tuple of str
    values : tuple of Fraction
        Of all 2^n coalitions, the empty one first; player k is in coalition number m where bit k of m
        is 1.
    costs : bool
        Whether the members share costs, not gains.
    """

    players: tuple[str, ...]
    values: tuple[Fraction, ...]
    costs: bool = False

    @property
    def everyone(self) -> int:
        """The number of the coalition of all players."""
        return len(self.values) - 1

    @property
    def total(self) -> Fraction:
        """What all of them together are worth, or pay."""
        return self.values[self.everyone]

    @property
    def gains(self) -> tuple[Fraction, ...]:
        """The values as gains: costs with the opposite sign."""
        return tuple(-v for v in self.values) if self.costs else self.values

    @property
    def stand_alone_values(self) -> tuple[Fraction, ...]:
        """What each player is worth, or pays, alone."""
        return tuple(self.values[1 << k] for k in range(len(self.players)))

    def members(self, coalition: int) -> tuple[str, ...]:
        """Return the names of the members of a coalition, by its number."""
        return tuple(name for k, name in enumerate(self.players) if coalition >> k & 1)

    def number(self, members: Iterable[str]) -> int:
        """Return the number of a coalition, by the names of its members."""
        return _number(members, {name: k for k, name in enumerate(self.players)})

    def value(self, *members: str) -> Fraction:
        """Return what these players are worth, or pay, together."""
        return self.values[self.number(members)]

    def split(self) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """Return two disjoint coalitions that do better apart than together, or None.

        There are none where the game is superadditive; a cost game is judged by its savings.
        """
        gains = self.gains
        for whole in range(1, len(gains)):
            part = (whole - 1) & whole
            while part > whole ^ part:  # each pair of parts once
                if gains[part] + gains[whole ^ part] > gains[whole]:
                    return self.members(part), self.members(whole ^ part)
                part = (part - 1) & whole
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return the game as plain data, coalitions by size, then in the order of the players."""
        return {
            "players": list(self.players),
            "costs": self.costs,
            "coalitions": [
                {"members": list(self.members(m)), "value": float(self.values[m])}
                for m in _by_size(len(self.players))
            ],
        }


def coalition_game(players: Sequence[str], values: Worth, *, costs: bool = False) -> CoalitionGame:
    """Return a game from what its coalitions are worth.

    Parameters
    ----------
    players : sequence of str
        Their names, at most 16.
    values : mapping, function or sequence
        A mapping of every coalition (a name, or a tuple or set of names) to a number; a function of a
        frozenset of names; or the 2^n - 1 numbers of all coalitions by size, and in each size in the
        order of the players: a, b, c, ab, ac, bc, abc. Numbers may be fractions or texts such as "1/3";
        floats mean their decimal. The empty coalition is worth 0.
    costs : bool
        Whether the numbers are costs to be shared, not gains.

    Returns
    -------
    CoalitionGame

    Raises
    ------
    InputError
        K530 for no players, too many or repeated names; K531 for missing, surplus or unknown coalitions, or
        an empty coalition with a value; V301 for invalid numbers.

    References
    ----------
    von Neumann & Morgenstern (1944), Theory of Games and Economic Behavior.

    Examples
    --------
    >>> gloves = coalition_game(["left", "r1", "r2"], lambda who: "left" in who and len(who) > 1)
    >>> gloves.value("left", "r2"), gloves.value("r1", "r2")
    (Fraction(1, 1), Fraction(0, 1))
    >>> coalition_game(["a", "b"], [1, 2, "7/2"]).total
    Fraction(7, 2)
    """
    names = tuple(str(name) for name in players)
    if not names or len(names) > MOST_PLAYERS or len(set(names)) < len(names):
        twice = next((name for name in names if names.count(name) > 1), None)
        raise InputError(
            "K530",
            say("the player {name} is named twice", name=twice)
            if twice is not None
            else say(
                "{count} players; a game of all coalitions has 1 to {most}",
                count=len(names),
                most=MOST_PLAYERS,
            ),
            hint=None if twice is not None else say("beyond, the Shapley value is had from samples"),
        )
    table: list[Fraction | None] = [None] * (1 << len(names))
    if isinstance(values, Mapping):
        _of_mapping(names, values, table)
    elif callable(values):
        for m in range(1, len(table)):
            members = frozenset(name for k, name in enumerate(names) if m >> k & 1)
            table[m] = _number_of(values(members), members)
    else:
        _of_sequence(names, values, table)
    table[0] = Fraction(0)
    missing = [m for m in _by_size(len(names)) if table[m] is None]
    if missing:
        first = ", ".join(name for k, name in enumerate(names) if missing[0] >> k & 1)
        raise InputError(
            "K531",
            say(
                "{missing} of {count} coalitions have no value, that of {members} among them",
                missing=len(missing),
                count=len(table) - 1,
                members=first,
            ),
            hint=say("give each coalition a number; one that brings nothing is worth 0"),
        )
    return CoalitionGame(names, tuple(v for v in table if v is not None), costs)


def _of_mapping(names: tuple[str, ...], values: Mapping[Any, Any], table: list[Fraction | None]) -> None:
    place = {name: k for k, name in enumerate(names)}
    for key, given in values.items():
        members = (key,) if isinstance(key, str) else tuple(key)
        m = _number(members, place)
        value = _number_of(given, members)
        if table[m] is not None or (m == 0 and value != 0):
            raise InputError(
                "K531",
                say("a coalition without members is worth 0, not {value}", value=str(value))
                if m == 0
                else say("the coalition of {members} has two values", members=", ".join(map(str, members))),
            )
        table[m] = value


def _of_sequence(names: tuple[str, ...], values: Any, table: list[Fraction | None]) -> None:
    given = list(values) if isinstance(values, Iterable) and not isinstance(values, str) else None
    if given is None:
        raise InputError(
            "K531",
            say("{given} says nothing of coalitions", given=repr(values)),
            hint=say("give a mapping, a function, or a list of numbers"),
        )
    if len(given) != len(table) - 1:
        raise InputError(
            "K531",
            say(
                "{given} values; {players} players form {count} coalitions",
                given=len(given),
                players=len(names),
                count=len(table) - 1,
            ),
            hint=say(
                "list them by size, and in each size in the order of the players: a, b, c, ab, ac, bc, abc"
            ),
        )
    for m, value in zip(_by_size(len(names)), given, strict=True):
        table[m] = _number_of(value, [name for k, name in enumerate(names) if m >> k & 1])


def _by_size(count: int) -> list[int]:
    """Return the numbers of all coalitions with members, by size, then lexicographically."""
    return [
        sum(1 << k for k in chosen)
        for size in range(1, count + 1)
        for chosen in combinations(range(count), size)
    ]


def _number(members: Iterable[Any], place: Mapping[str, int]) -> int:
    whole = 0
    for name in members:
        if name not in place:
            raise InputError(
                "K531",
                say("a coalition includes {name}, which is not a player", name=str(name)),
                hint=say("the players are {players}", players=", ".join(place)),
            )
        whole |= 1 << place[name]
    return whole


def _number_of(value: Any, members: Iterable[Any]) -> Fraction:
    if isinstance(value, bool):
        return Fraction(int(value))
    return exact(value, f"v({', '.join(sorted(map(str, members)))})")


CENTS = 100
"""Values are rounded to hundredths of the currency; the solver knows them less well."""


@dataclass
class ExchangePart:
    """Matches that have nothing to do with any others, and what coalitions make of them.

    Attributes
    ----------
    problem : ExchangeProblem
        With these matches alone.
    players : tuple of str
        The enterprises on one side of a match that may have a gain.
    solved : callable or None
        Called with 1 whenever the problem of a coalition was solved.
    known : mapping of frozenset to Fraction
        The computed values, by the members of a coalition that can exchange something.
    """

    problem: ExchangeProblem
    players: tuple[str, ...]
    solved: Callable[[int], None] | None = None
    known: dict[frozenset[str], Fraction] = field(default_factory=dict)

    def worth(self, coalition: frozenset[str]) -> Fraction:
        """Return what the best plan of a coalition brings in a year, in currency."""
        own = restricted_to(self.problem, coalition)
        active = _active(own)
        if not active:
            return Fraction(0)
        if active not in self.known:
            self.known[active] = Fraction(round(exchange_value(own) * CENTS), CENTS)
            if self.solved is not None:
                self.solved(1)
        return self.known[active]


@dataclass(frozen=True)
class ExchangeGame:
    """Enterprises that exchange with one another, directly or through others, and with no one else.

    Attributes
    ----------
    players : tuple of str
    parts : tuple of ExchangePart
    """

    players: tuple[str, ...]
    parts: tuple[ExchangePart, ...]

    def worth(self, coalition: frozenset[str]) -> Fraction:
        """Return what a coalition makes of all parts together, in currency a year."""
        return sum((part.worth(coalition.intersection(part.players)) for part in self.parts), Fraction(0))

    def has_at_most(self, players: int) -> bool:
        """Return whether no part has more players than these."""
        return all(len(part.players) <= players for part in self.parts)

    def contribution_bound(self, player: str) -> Fraction:
        """Return a bound of what a player can add to any coalition: each of its streams at its best match.

        Without its flows the plan of a coalition with it is one of the coalition without it.
        """
        return sum((_most_of_streams(part.problem, player) for part in self.parts), Fraction(0))


def _most_of_streams(problem: ExchangeProblem, player: str) -> Fraction:
    """Return what the streams of an enterprise could bring if each had its best match to itself."""
    all_at_once: dict[tuple[str, int], Fraction] = {}
    unit: dict[tuple[str, int], Fraction] = {}
    for m, match in enumerate(problem.matches):
        worth, most = worth_of(problem, m), fraction_of(match.upper)
        for key, owner, each in (
            (("offer", match.offer), problem.offers[match.offer], worth),
            (("want", match.want), problem.wants[match.want], worth / fraction_of(match.conversion)),
        ):
            if owner.enterprise == player:
                all_at_once[key] = all_at_once.get(key, Fraction(0)) + worth * most
                unit[key] = max(unit.get(key, Fraction(0)), each)
    amounts = {"offer": problem.cascade.offered, "want": problem.cascade.wanted}
    return sum(
        (
            min(whole, unit[side, k] * sum(map(fraction_of, amounts[side][k].values()), Fraction(0)))
            for (side, k), whole in all_at_once.items()
        ),
        Fraction(0),
    )


def exchange_parts(
    problem: ExchangeProblem, solved: Callable[[int], None] | None = None
) -> tuple[ExchangePart, ...]:
    """Return the parts of a problem of exchange that have nothing to do with each other; none is solved yet.

    A budget, a target and required facilities are excluded: they apply to the whole cluster only.

    Parameters
    ----------
    problem : ExchangeProblem
    solved : callable, optional
        Called with 1 whenever the problem of a coalition was solved.

    Examples
    --------
    >>> from separatrix_cluster.symbiosis.problem import problem_of
    >>> from separatrix_cluster.symbiosis.streams import Stream
    >>> slag = Stream("A", "slag", 2, "mass", "", 500.0, price=10.0, disposal_cost=5.0)
    >>> (part,) = exchange_parts(problem_of([slag], [Stream("B", "slag", 3, "mass", "", 400.0, price=30.0)]))
    >>> part.players, part.worth(frozenset("AB")), part.worth(frozenset("A"))
    (('A', 'B'), Fraction(14000, 1), Fraction(0, 1))
    """
    paying = [
        match
        for m, match in enumerate(problem.matches)
        if worth_of(problem, m) * fraction_of(match.upper) > fraction_of(match.yearly_cost)
    ]
    free = replace(problem, matches=tuple(paying), budget=None, target=None, required=())
    parts = []
    for chosen in connected_parts(free):
        own = replace(free, matches=tuple(free.matches[m] for m in chosen))
        active = _active(own)
        parts.append(ExchangePart(own, tuple(n for n in free.members if n in active), solved))
    return tuple(parts)


def exchange_games(parts: Sequence[ExchangePart]) -> tuple[ExchangeGame, ...]:
    """Return the games of all enterprises who gain by exchanging, largest first.

    Parameters
    ----------
    parts : sequence of ExchangePart
        Parts without any gain are excluded.
    """
    gaining = [part for part in parts if part.worth(frozenset(part.players)) > 0]
    order = list(dict.fromkeys(name for part in gaining for name in part.problem.members))
    games = [
        ExchangeGame(tuple(n for n in order if n in together), tuple(own))
        for together, own in _connected_parts(gaining)
    ]
    return tuple(sorted(games, key=lambda game: -len(game.players)))


def _active(problem: ExchangeProblem) -> frozenset[str]:
    """Return who is on one side of some match."""
    return frozenset(
        name
        for m in problem.matches
        for name in (problem.offers[m.offer].enterprise, problem.wants[m.want].enterprise)
    )


def _connected_parts(parts: Sequence[ExchangePart]) -> list[tuple[set[str], list[ExchangePart]]]:
    """Return parts in groups that share no player."""
    groups: list[tuple[set[str], list[ExchangePart]]] = []
    for part in parts:
        touched = [g for g in groups if g[0].intersection(part.players)]
        groups = [g for g in groups if not g[0].intersection(part.players)]
        members = set(part.players).union(*(g[0] for g in touched))
        groups.append((members, [*(p for g in touched for p in g[1]), part]))
    return groups
