"""What a strategy earns in one encounter with another, as exact numbers, where one population plays itself.

On a graph and in a finite population payoffs are sums over encounters of two; a game says them as one matrix,
or as the two tables of a symmetric game of two populations, whose members may as well be one population's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from separatrix.dynamics.fields.ingredients import numbers
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.expression.tree import Expression, names_in
from separatrix.game.model import Game, ProfileTable, SelfMatrix, Strategy
from separatrix.game.values import evaluate_in

__all__ = ["EncounterPayoffs", "pair_payoffs", "strategy_index"]


@dataclass(frozen=True)
class EncounterPayoffs:
    """The payoff matrix of one population that plays itself, at exact numbers.

    Attributes
    ----------
    strategies : tuple of Strategy
        The k strategies.
    matrix : k rows of k Fractions
        ``matrix[a][b]`` is what a earns when it meets b.
    merged : bool
        Whether two populations of a symmetric game became one.
    """

    strategies: tuple[Strategy, ...]
    matrix: tuple[tuple[Fraction, ...], ...]
    merged: bool = False


def pair_payoffs(
    game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None
) -> EncounterPayoffs:
    """Return the payoff matrix of the population of `game`, at the given parameter values.

    Raises
    ------
    InputError
        N301 for a game whose payoffs are not a matrix of encounters within one population; V304 where a
        parameter has no value.
    NameProblem
        V302, V303 for an unknown parameter or scenario.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> pair_payoffs(load({"title": "Hawk and dove", "payoff_matrix": [[-1, 4], [0, 2]]})).matrix[0]
    (Fraction(-1, 1), Fraction(4, 1))
    """
    form = game.form
    symmetric = isinstance(form, ProfileTable) and len(game.populations) == 2
    if not isinstance(form, SelfMatrix) and not symmetric:
        raise InputError(
            "N301",
            "the payoffs are not a matrix of encounters within one population",
            hint="write `payoff_matrix`, or a table of two populations with the same payoffs",
        )
    known = numbers(game, values, scenario)
    strategies = game.populations[0].strategies
    if isinstance(form, SelfMatrix):
        return EncounterPayoffs(strategies, _numbers(game, form.rows, known))
    size = len(strategies)
    if len(game.populations[1].strategies) != size:
        raise _asymmetric(game)
    own, other = (
        _numbers(game, [[game.pay[_profile(i, a, b)][i] for b in range(size)] for a in range(size)], known)
        for i in range(2)
    )
    if own != other:
        raise _asymmetric(game)
    return EncounterPayoffs(strategies, own, merged=True)


def _profile(i: int, a: int, b: int) -> tuple[int, int]:
    """Return the profile in which population i plays a and the other b."""
    return (a, b) if i == 0 else (b, a)


def _numbers(
    game: Game, rows: Sequence[Sequence[Expression]], known: Mapping[str, Fraction]
) -> tuple[tuple[Fraction, ...], ...]:
    shares = set(game.shares)

    def value(entry: Expression) -> Fraction:
        if shares.intersection(names_in(entry)):
            raise InputError(
                "N301",
                "a payoff depends on the shares of strategies, which an encounter of two does not know",
                hint="payoffs of encounters are numbers and parameters",
            )
        return evaluate_in(game, "a payoff", entry, known)

    return tuple(tuple(value(entry) for entry in row) for row in rows)


def _asymmetric(game: Game) -> InputError:
    one, other = (population.name for population in game.populations)
    return InputError(
        "N301",
        f"{one} and {other} earn different payoffs, and are no one population that plays itself",
        hint="give both the same strategies and payoffs, or write `payoff_matrix`",
    )


def strategy_index(payoffs: EncounterPayoffs, asked: str) -> int:
    """Return which strategy is meant, by its name or id.

    Raises
    ------
    NameProblem
        N302 for one that the population does not have.
    """
    for index, strategy in enumerate(payoffs.strategies):
        if asked in (strategy.name, strategy.id):
            return index
    names = [strategy.name for strategy in payoffs.strategies]
    close = nearest(asked, names)
    raise NameProblem(
        "N302",
        f"no strategy `{asked}`; the strategies are: {', '.join(names)}",
        hint=f"did you mean `{close}`?" if close else None,
    )
