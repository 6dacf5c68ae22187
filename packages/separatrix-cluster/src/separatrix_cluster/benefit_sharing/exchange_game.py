"""The game of a cluster's exchanges: what the best plan among the members of a coalition brings in a year.

Matches that share no stream and no facility have nothing to do with each other; a coalition is worth the sum
of what it is worth in each such part, where only those matter who can exchange something (players without
candidates add nothing), so that few problems have to be solved.

References
----------
Yazdanpanah, V., Yazan, D. M. & Zijm, W. H. M. (2019). FISOF: a formal industrial symbiosis opportunity
filtering method. Eng. Appl. Artif. Intell. 81, 247–259 (games of exchange, their core and Shapley value).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from separatrix_cluster.symbiosis.exact_plan import fraction_of, worth_of
from separatrix_cluster.symbiosis.mixed_integer_program import connected_parts
from separatrix_cluster.symbiosis.optimal_exchange import exchange_value
from separatrix_cluster.symbiosis.problem import ExchangeProblem, restricted_to

__all__ = ["ExchangeGame", "ExchangePart", "exchange_games", "exchange_parts"]

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
    >>> from separatrix_cluster.symbiosis.stream import Stream
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
