"""The numbers at which a game is analysed: base values, a scenario's, the caller's.

What parameters run over, in one form for sweeps, diagrams and maps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Rational, Real
from typing import Any

from separatrix.errors import InputError, NameProblem, Place, nearest
from separatrix.expression.conditions import holds
from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import Expression, substitute, to_text, walk
from separatrix.game.model import Game

__all__ = [
    "ParameterInterval",
    "evaluate_in",
    "exact",
    "expand",
    "expand_moving",
    "missing",
    "parameter_intervals",
    "place_of",
    "resolve",
    "unknown_parameter",
    "violated",
    "with_lets",
    "within_range",
]

MAX_NODES = 20_000
MOST_SHOWN = 80
"""Characters of an expression that a place quotes."""

DIGITS = 50
LARGEST = 10**DIGITS
"""Of payoffs, speeds and parameters: eigenvalues multiply a few of them, and floats end at 1e308."""


def exact(value: object, name: str) -> Fraction:
    """Return `value` as an exact rational; floats and text mean their decimal.

    Raises
    ------
    InputError
        V301 for a value that is not a finite real number.

    Examples
    --------
    >>> exact(0.1, "C1"), exact("1/3", "C1")
    (Fraction(1, 10), Fraction(1, 3))
    """
    if isinstance(value, bool):
        pass
    elif isinstance(value, Rational):  # whole numbers too, also numpy's
        return Fraction(int(value.numerator), int(value.denominator))
    elif isinstance(value, str):
        expression = parse_expression(value)
        try:
            return evaluate(expression, {})
        except KeyError as unknown:
            raise InputError("V301", f"`{name}` is set to `{value}`, and {unknown} is not a number") from None
    elif isinstance(value, Decimal) and value.is_finite():
        return Fraction(value)
    elif isinstance(value, Real):
        number = float(value)
        if number - number == 0:  # neither infinite nor not-a-number
            return Fraction(repr(number))
    raise InputError(
        "V301",
        f"`{name}` is set to {value!r}; expected a finite number",
        hint="numbers look like 0.25, 3, 1/3",
    )


def resolve(
    game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None
) -> dict[str, Fraction | None]:
    """Return each parameter's value: the caller's, else the scenario's, else the file's, else None.

    Raises
    ------
    NameProblem
        V302 for a parameter that the game does not have, V303 for an unknown scenario.
    InputError
        V301 for a value that is not a finite number and for values without names, V307 for one that is too
        large.
    """
    if values is not None and not isinstance(values, Mapping):
        raise InputError(
            "V301",
            f"the values of parameters are {values!r}; a mapping from names to numbers was expected",
            hint="write values={'C1': 2}",
        )
    result: dict[str, Fraction | None] = {name: p.value for name, p in game.parameters.items()}
    if scenario is not None:
        if scenario not in game.scenarios:
            close = nearest(scenario, list(game.scenarios))
            known = ", ".join(game.scenarios) or "none"
            raise NameProblem(
                "V303",
                f"no scenario `{scenario}`; the game has: {known}",
                hint=f"did you mean `{close}`?" if close else None,
            )
        result.update(game.scenarios[scenario])
    for name, value in (values or {}).items():
        if name not in game.parameters:
            raise unknown_parameter(game, str(name))
        result[name] = exact(value, name)
    for name, number in result.items():
        if number is not None:
            within_range(number, f"`{name}`")
    return result


def unknown_parameter(game: Game, name: str, found: str = "") -> NameProblem:
    """Return the error V302 for an unknown parameter; `found` replaces its sentence.

    The levels of instruments that are not in force are none either, but can become some.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> print(unknown_parameter(load("shi-chen-2018"), "c1").hint)
    did you mean `C1` (cost of cooperating)?
    """
    if name in game.instruments:
        hint = f"`{name}` is an instrument: with_instruments(game, ['{name}']) makes its level a parameter"
    elif close := nearest(name, [*game.parameters, *game.instruments]):
        meant = game.parameters.get(close) or game.instruments[close]
        hint = f"did you mean `{close}`{f' ({meant.meaning})' if meant.meaning else ''}?"
    else:
        hint = f"the parameters are: {', '.join(game.parameters) or 'none'}"
    return NameProblem("V302", found or f"no parameter `{name}`", hint=hint)


def missing(values: Mapping[str, Fraction | None]) -> list[str]:
    """Return the parameters without a value."""
    return [name for name, value in values.items() if value is None]


def no_value_for(lacking: Sequence[str], ways: str = "or choose a scenario") -> InputError:
    """Return the error of parameters without a value, and the ways to give one to them."""
    names, more = ", ".join(f"`{n}`" for n in lacking[:6]), " and others" if len(lacking) > 6 else ""
    return InputError(
        "V304", f"no value for {names}{more}", hint=f"give one with --set {lacking[0]}=VALUE, {ways}"
    )


def with_lets(game: Game, values: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Return `values` extended by the values of the game's shorthands, but those that use shares.

    Raises
    ------
    InputError
        S003, S004 where a shorthand divides by zero or is not rational at these values.
    """
    result = dict(values)
    for name, expression in game.lets.items():
        if name in game.moving_lets:
            continue
        result[name] = evaluate_in(game, f"the shorthand `{name}`", expression, result)
    return result


def evaluate_in(game: Game, what: str, expression: Expression, values: Mapping[str, Fraction]) -> Fraction:
    """Return the value of an expression; an error names the game and what the expression is there.

    Raises
    ------
    InputError
        S002, S003, S004 as `evaluate` does, V307 for a value that is too large.
    """
    try:
        return within_range(evaluate(expression, values), what)
    except InputError as problem:
        if problem.where is None:
            problem.where = place_of(game, what, expression)
        raise


def place_of(game: Game, what: str, expression: Expression) -> Place:
    """Return the place of an expression in a game: what it is there, and how it begins."""
    text = to_text(expression)
    shown = text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"
    return Place(source=f"{game.origin}, {what}: `{shown}`")


def within_range(value: Fraction, what: str) -> Fraction:
    """Return `value` where floats hold it and its products.

    Raises
    ------
    InputError
        V307 where it is larger than `LARGEST`.

    Examples
    --------
    >>> within_range(Fraction(3, 2), "the payoff")
    Fraction(3, 2)
    """
    if abs(value.numerator) > LARGEST * value.denominator:
        digits = round((value.numerator.bit_length() - value.denominator.bit_length()) * math.log10(2))
        sign = "-" if value < 0 else ""
        raise InputError(
            "V307",
            f"{what} is about {sign}1e{digits}; numbers up to 1e{DIGITS} are computed with",
            hint="choose a larger unit",
        )
    return value


def violated(game: Game, values: Mapping[str, Fraction]) -> list[str]:
    """Return the assumptions, as written, that do not hold at `values`."""
    known = with_lets(game, values)
    return [text for condition, text in game.assumptions if not holds(condition, known)]


def expand(game: Game, expression: Expression) -> Expression:
    """Return `expression` with the game's shorthands written out.

    Raises
    ------
    InputError
        S002 where that gives more than 20,000 parts.
    """
    return _written_out(expression, game.lets)


def expand_moving(game: Game, expression: Expression) -> Expression:
    """Return `expression` with the shorthands that move with the shares written out, as `expand` does."""
    return _written_out(expression, {name: game.lets[name] for name in game.moving_lets})


def _written_out(expression: Expression, meanings: Mapping[str, Expression]) -> Expression:
    for name, meaning in reversed(list(meanings.items())):
        expression = substitute(expression, {name: meaning})
        if sum(1 for _ in zip(walk(expression), range(MAX_NODES + 1), strict=False)) > MAX_NODES:
            raise InputError(
                "S002", f"written out, the shorthands under `let` give more than {MAX_NODES:,} parts"
            )
    return expression


WRITTEN = "over={{'{name}': '{low}:{high}'}}"
"""How an interval is written, as hints show it."""


@dataclass(frozen=True)
class ParameterInterval:
    """From where to where a parameter runs, and over how many values, where that is said."""

    name: str
    low: Fraction
    high: Fraction
    count: int | None = None


def parameter_intervals(
    game: Game, over: object, code: str, written: str = WRITTEN
) -> tuple[ParameterInterval, ...]:
    """Return what parameters run over.

    Parameters
    ----------
    game : Game
    over : mapping of parameter to ``"LOW:HIGH"``, ``"LOW:HIGH:COUNT"`` or (low, high)
        Or the same as text, ``"C1=0:8"``, or several of these; or (name, low, high).  A parameter alone, or
        None for its interval, means its range in the game file.
    code : str
        Code of the error for an invalid interval.
    written : str
        How an interval is written, with {name}, {low} and {high}, for the hints of errors.

    Raises
    ------
    InputError
        With `code`; V301 for an end that is not a finite number.
    NameProblem
        V302 for a parameter that the game does not have.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("shi-chen-2018")
    >>> one, same = (parameter_intervals(game, over, "D661") for over in ({"C1": "0:8"}, "C1=0:8"))
    >>> one == same, one[0].name, one[0].high
    (True, 'C1', Fraction(8, 1))
    """
    return tuple(_interval(game, name, told, code, written) for name, told in _pairs(over, code))


def _pairs(over: object, code: str) -> list[tuple[str, object]]:
    if isinstance(over, Mapping):
        return [(str(name), told) for name, told in over.items()]
    if isinstance(over, str):
        name, separator, told = (part.strip() for part in over.partition("="))
        return [(name, told if separator else None)]
    if isinstance(over, Sequence):
        if over and all(isinstance(part, str) and "=" in part for part in over):
            return [pair for part in over for pair in _pairs(part, code)]
        if len(over) == 3 and isinstance(over[0], str):
            return [(over[0], (over[1], over[2]))]
        if over and all(isinstance(part, str) for part in over):
            return [(part, None) for part in over]
    raise InputError(code, f"{over!r} is not an interval", hint="write over={'H': '0:15'}, or 'H=0:15'")


def _interval(game: Game, name: str, told: object, code: str, written: str) -> ParameterInterval:
    if name not in game.parameters:
        raise unknown_parameter(game, name)
    count: int | None = None
    ends: Sequence[Any]
    if told is None:
        limits = game.parameters[name].range
        if limits is None:
            raise InputError(
                code,
                f"`{name}` has no range in the game file",
                hint=f"give its ends: {written.format(name=name, low=0, high=1)}",
            )
        ends = limits
    elif isinstance(told, str):
        ends = [part.strip() for part in told.split(":")]
        if len(ends) == 3 and ends[2].isdecimal():
            count, ends = int(ends[2]), ends[:2]
    elif isinstance(told, Sequence):
        ends = told
    else:
        ends = ()
    if len(ends) != 2 or not all(str(end) for end in ends):
        raise InputError(
            code,
            f"the ends of `{name}` are {told!r}; expected two numbers",
            hint=f"write {written.format(name=name, low=0, high=8)}",
        )
    low, high = exact(ends[0], name), exact(ends[1], name)
    if low >= high:
        least, most = min(low, high), max(low, high) + (low == high)
        raise InputError(
            code,
            f"the interval of `{name}` runs from {low} to {high}; the lower end comes first",
            hint=f"write {written.format(name=name, low=least, high=most)}",
        )
    return ParameterInterval(name, low, high, count)
