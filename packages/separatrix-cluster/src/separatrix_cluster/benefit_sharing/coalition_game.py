"""Cooperative games with transferable utility: what each coalition of players is worth, or has to pay.

References
----------
von Neumann, J. & Morgenstern, O. (1944). Theory of Games and Economic Behavior. Princeton (characteristic
functions).
Peleg, B. & Sudhölter, P. (2007). Introduction to the Theory of Cooperative Games, 2nd ed., Springer (games
and cost games, chapter 2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from separatrix.errors import InputError
from separatrix.game.values import exact
from separatrix.run.results import Result
from separatrix.sentences import say

__all__ = ["MOST_PLAYERS", "CoalitionGame", "coalition_game"]

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
