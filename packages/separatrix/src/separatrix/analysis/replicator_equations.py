"""Expected payoffs, advantages, replicator equations and Jacobian, written as papers write them.

Reference: Taylor & Jonker (1978), Mathematical Biosciences 40, 145-156; for several populations Hofbauer
& Sigmund (1998), chapter 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from separatrix.analysis.corner_advantages import CornerTable
from separatrix.analysis.multilinear import Corner, differences
from separatrix.analysis.payoff_quotients import Formulas, formulas_of, too_long
from separatrix.errors import InputError
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import (
    Expression,
    Name,
    Number,
    add,
    multiply,
    names_in,
    number,
    substitute,
    subtract,
)
from separatrix.game.fitness import folded, strategy_payoffs, table_payoffs, weights
from separatrix.game.model import AdvantageForm, Game, GroupForm, ReplicatorForm
from separatrix.game.values import expand, expand_moving, with_lets

__all__ = ["Payoff", "advantages", "coefficients", "expected_payoffs", "jacobian", "replicator_equations"]

ONE, ZERO = number(1), number(0)

MOST_SHARES = 24
"""Shares past which nobody reads a Jacobian."""

Values = Mapping[str, Fraction] | None


@dataclass(frozen=True)
class Payoff:
    """Expected payoffs of one population: a strategy each, and their average."""

    strategies: Mapping[str, Expression]
    average: Expression


def expected_payoffs(game: Game, values: Values = None, at: Values = None) -> dict[str, Payoff]:
    """Return U of each strategy and the average of each population; empty without a payoff table.

    In symbols the shorthands of the file stand as they are.

    Empty, too, where the size of a group is a symbol: then the number of terms is open.

    Parameters
    ----------
    game : Game
    values : mapping of parameter to number, optional
        Where given, payoffs are in numbers.
    at : mapping of parameter to number, optional
        Used in symbols, for what must be a number: the size of a group.
    """
    if isinstance(game.form, AdvantageForm | ReplicatorForm) or _size_is_open(game, values or at):
        return {}
    known = None if values is None else with_lets(game, values)
    shares = set(game.shares)
    numbers = {name: Number(value) for name, value in (known or {}).items()}

    def written(pay: Expression) -> Expression:
        if known is None:
            return expand_moving(game, pay)
        full = expand(game, pay)
        if shares.isdisjoint(names_in(full)):
            return number(evaluate(full, known))
        return folded(substitute(full, numbers))

    result: dict[str, Payoff] = {}
    rows = table_payoffs(game, written, values or at)
    for population, row in zip(game.populations, rows, strict=True):
        average = add(*(multiply(w, u) for w, u in zip(weights(population), row, strict=True)))
        expected = {s.name: u for s, u in zip(population.strategies, row, strict=True)}
        result[population.name] = Payoff(expected, average)
    return result


def advantages(game: Game, values: Values = None, at: Values = None) -> dict[str, Expression]:
    """Return, for each population of two strategies, the payoff of the first minus that of the second.

    Keys are shares.  In symbols, or with `values` in numbers; `at` as in `expected_payoffs`.  Empty where
    that gives more than 20,000 terms, or where the size of a group is a symbol.
    """
    if too_long(game) or _size_is_open(game, values or at):
        return {}
    return _advantages(game, _readable(game, values, at), values, at)


def _readable(game: Game, values: Values, at: Values) -> Formulas | None:
    """The payoffs multiplied out; None where they are not, or where that has too many terms."""
    try:
        return formulas_of(game, values, at)
    except InputError as problem:
        if problem.code != "S002":
            raise
        return None


def _size_is_open(game: Game, known: Values) -> bool:
    """Whether payoffs come from groups whose size is a symbol without a value."""
    if not isinstance(game.form, GroupForm):
        return False
    return any(name not in (known or {}) for name in names_in(expand(game, game.form.size)))


def _advantages(game: Game, formulas: Formulas | None, values: Values, at: Values) -> dict[str, Expression]:
    two = [i for i, p in enumerate(game.populations) if p.binary]
    if formulas is not None:
        return {game.populations[i].share: formulas.written(_advantage(formulas, i)) for i in two}
    if isinstance(game.form, GroupForm) and two:
        first, second = game.form.payoffs
        between = GroupForm(game.form.size, (subtract(first, second), ZERO))
        rows = _plain(game, between, values, at)
    else:
        rows = _plain(game, None, values, at) if two else ()
    return {game.populations[i].share: subtract(*rows[i]) for i in two}


def _advantage(formulas: Formulas, i: int) -> Ratio:
    first, second = formulas.payoffs[i]
    return first - second


def _plain(
    game: Game, form: GroupForm | None, values: Values, at: Values
) -> tuple[tuple[Expression, ...], ...]:
    """Expected payoffs as sums over what can be met, neither multiplied out nor collected."""
    from dataclasses import replace

    shown = game if form is None else replace(game, form=form)
    if values is None:
        return tuple(tuple(expand(game, u) for u in row) for row in strategy_payoffs(shown, at))
    known: dict[str, Expression] = {n: Number(v) for n, v in with_lets(game, values).items()}
    rows = strategy_payoffs(shown, values)
    return tuple(tuple(folded(substitute(u, known)) for u in row) for row in rows)


def replicator_equations(game: Game, values: Values = None, at: Values = None) -> dict[str, Expression]:
    """Return the rate of change of each share.

    For two strategies x(1-x) times the advantage of the first; for more, the share of a strategy times
    what it earns above the average of its population.  In symbols, or with `values` in numbers; `at` as in
    `expected_payoffs`.  Empty where that gives more than 20,000 terms.

    References
    ----------
    Taylor & Jonker (1978), equation 1; Hofbauer & Sigmund (1998), sections 7.1 and 10.1.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [[0, "-a", "b"], ["b", 0, "-a"], ["-a", "b", 0]],
    ...         "parameters": {"a": None, "b": None},
    ...     }
    ... )
    >>> to_text(replicator_equations(game, {"a": Fraction(1), "b": Fraction(1)})["x_1"])
    'x_1*(x_3 - x_2)'
    """
    if too_long(game) or _size_is_open(game, values or at):
        return {}
    formulas = _readable(game, values, at)
    advantage = _advantages(game, formulas, values, at)
    rows = _plain(game, None, values, at) if formulas is None else ()
    result: dict[str, Expression] = {}
    for i, population in enumerate(game.populations):
        speed = _speed(game, i, values)
        if population.binary:
            x, f = Name(population.share), advantage[population.share]
            result[population.share] = multiply(speed, x, subtract(ONE, x), f) if f != ZERO else ZERO
            continue
        for a, share in enumerate(population.shares):
            if formulas is not None:
                gain = formulas.written(_excess(formulas, i, a), rising=True)
            else:
                own = weights(population)
                average = add(*(multiply(w, u) for w, u in zip(own, rows[i], strict=True)))
                gain = subtract(rows[i][a], average)
            result[share] = multiply(speed, Name(share), gain)
    return result


def _excess(formulas: Formulas, i: int, a: int) -> Ratio:
    """What a strategy earns above the average; equations give growth rates, whose average is zero."""
    if isinstance(formulas.game.form, ReplicatorForm):
        return formulas.payoffs[i][a]
    return formulas.payoffs[i][a] - formulas.averages[i]


def _speed(game: Game, i: int, values: Values) -> Expression:
    speed = expand(game, game.speeds[i])
    return speed if values is None else number(evaluate(speed, values))


def jacobian(game: Game, values: Values = None, at: Values = None) -> tuple[tuple[Expression, ...], ...]:
    """Return d(rate of row)/d(share of column), in symbols or with `values` in numbers.

    Rows and columns are ``game.shares``.  The k shares of a population of more than two strategies count
    as k coordinates of the formula in `replicator_equations`: applied to a direction whose entries add up
    to zero in each population it is the derivative within the state space, whatever multiple of that sum
    one adds to the formula.  Empty where a payoff is no rational function of the shares.
    """
    formulas = None if _size_is_open(game, values or at) else _readable(game, values, at)
    if formulas is None:
        return ()
    rows = []
    for i, population in enumerate(game.populations):
        speed = formulas.written(formulas.speeds[i])
        for a, share in enumerate(population.shares):
            if population.binary:
                gain = _advantage(formulas, i)
                spread: tuple[Expression, ...] = (Name(share), subtract(ONE, Name(share)))
                slope: tuple[Expression, ...] = (subtract(ONE, multiply(number(2), Name(share))),)
            else:
                gain, spread, slope = _excess(formulas, i, a), (Name(share),), ()
            row = []
            for other in game.shares:
                entry: Expression = formulas.written(gain.derivative(other))
                if entry != ZERO:
                    entry = multiply(speed, *spread, entry)
                if other == share and not gain.is_zero:
                    entry = add(multiply(speed, *slope, formulas.written(gain)), entry)
                row.append(entry)
            rows.append(tuple(row))
    return tuple(rows)


def coefficients(table: CornerTable) -> tuple[dict[Corner, Ratio], ...]:
    """Return the coefficients of each advantage: from exponents of the variables (0 or 1) to quotients."""
    return tuple(
        {c: v for c, v in differences(corners).items() if not v.is_zero} for corners in table.corners
    )
