"""Which pure profiles are asymptotically stable, on whole arrays of parameter values.

Populations that do not play themselves: the asymptotically stable states are the strict Nash equilibria, and
these are pure (Ritzberger, K. and Weibull, J. W. (1995), Evolutionary selection in normal-form games,
Econometrica 63, 1371-1399).  At a pure profile each eigenvalue is a speed times the payoff of an absent
strategy minus that of the present one.  Signs are taken from doubles where rounding cannot have changed them
(`separatrix.dynamics.sweeps.strict_equilibria`), and from exact fractions elsewhere.

Values of an expression on arrays, each with a bound of its rounding error: so that a sign is certain.

Where the bound is smaller than the value, the sign is that of the exact value; elsewhere nothing is known,
and exact arithmetic has to decide.

Higham, N. J. (2002), Accuracy and Stability of Numerical Algorithms, section 3.3 (running error analysis).
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import ComesLater, InputError
from separatrix.expression.conditions import All, Condition, Either, Relation, holds
from separatrix.expression.tree import (
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    names_in,
    number,
    substitute,
    subtract,
    walk,
)
from separatrix.game.fitness import folded
from separatrix.game.model import AdvantageForm, FunctionForm, Game, Profile, ProfileTable
from separatrix.game.values import evaluate_in, expand, with_lets
from separatrix.run.cached_property import cached_property

if TYPE_CHECKING:
    from separatrix.exact.rational_functions import Ratio

__all__ = [
    "Function",
    "StrictProfiles",
    "UNKNOWN",
    "bounded",
    "condition_signs",
    "difference_of",
    "signs",
    "strict_profiles",
]

Array = NDArray[np.float64]
Bounded = tuple[Array, Array]
Signs = NDArray[np.int8]

UNIT = 2.0**-53
"""The unit roundoff of a double, a constant of the arithmetic."""

GENEROUS = 1 + 2.0**-10
"""Bounds are rounded themselves; this much more outweighs it in any expression that is allowed."""

TINY = 2.0**-1000
"""Below this, products may lose digits that the bound does not cover: no conclusion is drawn there."""

LEAST = 2.0**-1074
"""The error of a number that is rounded to a double though it is all but zero."""

UNKNOWN = 2
"""The sign that is not known."""

Function = Callable[[Mapping[str, "Array"]], "Bounded"]


def signs(function: Function, at: Mapping[str, Array]) -> Signs:
    """Return the signs -1 and 1 of an expression where they are certain, else `UNKNOWN`.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.expression.parser import parse_expression
    >>> function = bounded(parse_expression("a*a - 2*a + 1"))
    >>> signs(function, {"a": np.array([0.5, 1.0, 1 + 1e-9, 3.0])}).tolist()
    [1, 2, 2, 1]
    """
    with np.errstate(all="ignore"):
        value, error = function(at)
        # NaN compares false, so it is unknown.
        sure = np.abs(value) > error * GENEROUS + TINY
    result = np.where(sure, np.sign(value), UNKNOWN).astype(np.int8)
    return np.broadcast_to(result, _everywhere(at, 0).shape).copy()


def _everywhere(at: Mapping[str, Array], sign: int) -> Signs:
    """Return one sign at all points."""
    return np.full(next((np.shape(part) for part in at.values()), ()), sign, dtype=np.int8)


def bounded(expression: Expression) -> Function:
    """Return a function from arrays for the names, each exact or rounded once, to values and error bounds.

    Only the four operations, whole powers, `min` and `max` are known: of anything else the bound is infinite.
    """
    match expression:
        case Number(number):
            constant = np.array(float(number))
            return lambda at: (constant, np.abs(constant) * UNIT + LEAST)
        case Name(name):
            return lambda at: (at[name], np.abs(at[name]) * UNIT + LEAST)
        case Sum(terms):
            parts = [bounded(term) for term in terms]
            return lambda at: functools.reduce(_sum, (part(at) for part in parts))
        case Product(factors):
            parts = [bounded(factor) for factor in factors]
            return lambda at: functools.reduce(_product, (part(at) for part in parts))
        case Quotient(numerator, denominator):
            above, below = bounded(numerator), bounded(denominator)
            return lambda at: _quotient(above(at), below(at))
        case Power(base, Number(number)) if number.denominator == 1 and abs(number) <= 64:
            return _power(bounded(base), int(number))
        case Call("min" | "max" as which, arguments):
            parts = [bounded(argument) for argument in arguments]
            choose = np.minimum if which == "min" else np.maximum
            return lambda at: functools.reduce(
                lambda a, b: (choose(a[0], b[0]), np.maximum(a[1], b[1])), (part(at) for part in parts)
            )
        case _:
            return lambda at: (np.array(0.0), np.array(np.inf))


def _sum(a: Bounded, b: Bounded) -> Bounded:
    value = a[0] + b[0]
    return value, (a[1] + b[1]) + abs(value) * UNIT


def _product(a: Bounded, b: Bounded) -> Bounded:
    value = a[0] * b[0]
    return value, abs(a[0]) * b[1] + abs(b[0]) * a[1] + a[1] * b[1] + abs(value) * UNIT + TINY


def _quotient(a: Bounded, b: Bounded) -> Bounded:
    room = abs(b[0]) - b[1]
    value = a[0] / b[0]
    error = (a[1] + abs(value) * b[1]) / room + abs(value) * UNIT * 2 + TINY
    return value, np.where(room > 0, error, np.inf)


def _power(base: Function, exponent: int) -> Function:
    def raised(at: Mapping[str, Array]) -> Bounded:
        one = (np.array(1.0), np.array(0.0))
        if not exponent:
            return one
        found = base(at)
        result = functools.reduce(_product, [found] * abs(exponent))
        return result if exponent > 0 else _quotient(one, result)

    return raised


# --------------------------------------------------------------------------- conditions


def condition_signs(condition: Condition) -> Callable[[Mapping[str, Array]], Signs]:
    """Return a function from arrays for the names to 1 where a condition holds, -1 where not, or `UNKNOWN`.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.expression.conditions import parse_condition
    >>> decide = condition_signs(parse_condition("0 < d < 1"))
    >>> decide({"d": np.array([-1.0, 0.0, 0.5, 2.0])}).tolist()
    [-1, 2, 1, -1]
    """
    match condition:
        case Relation(left, operator, right):
            # Not simplified: 0/a would be 0 where a is 0, too.
            difference = Sum((left, Product((Number(Fraction(-1)), right))))
            if not names_in(difference):
                always = 1 if holds(condition, {}) else -1
                return lambda at: _everywhere(at, always)
            function = bounded(difference)
            up = 1 if operator in (">", ">=", "!=") else -1
            down = 1 if operator in ("<", "<=", "!=") else -1

            def decide(at: Mapping[str, Array]) -> Signs:
                found = signs(function, at)
                return np.select([found == 1, found == -1], [up, down], UNKNOWN).astype(np.int8)

            return decide
        case All(parts) | Either(parts):
            rules = [condition_signs(part) for part in parts]
            settling = -1 if isinstance(condition, All) else 1

            def combine_signs(at: Mapping[str, Array]) -> Signs:
                result = _everywhere(at, -settling)
                for rule in rules:
                    found = rule(at)
                    result = np.where(
                        (result == settling) | (found == settling),
                        settling,
                        np.where((result == UNKNOWN) | (found == UNKNOWN), UNKNOWN, -settling),
                    ).astype(np.int8)
                return result

            return combine_signs


MOST_PROFILES = 62
"""The most that a 64-bit integer can encode."""

Pair = tuple[Expression, Expression]
"""The payoffs of two strategies against the same profile of the others."""


Key = tuple[int, int, int, Profile]
"""A population, two of its strategies, and what the others play."""


@dataclass(frozen=True)
class _Difference:
    """A payoff minus another one; what they have in common is cancelled where that is possible."""

    ratio: Ratio | None
    function: Function | None

    @classmethod
    def of(cls, difference: Expression) -> _Difference:
        """Prepare a difference; without a function it vanishes everywhere."""
        from separatrix.exact.rational_functions import Ring

        ratio = None
        with contextlib.suppress(ComesLater, InputError):
            ratio = Ring(names_in(difference)).read(difference)
            difference = ratio.expression()
        if isinstance(difference, Number) and not difference.value:
            return cls(ratio, None)
        return cls(ratio, bounded(difference))

    def signs(self, at: Mapping[str, Array], count: int) -> Signs:
        """Return the signs at points, `UNKNOWN` where rounding hides them."""
        return np.zeros(count, dtype=np.int8) if self.function is None else signs(self.function, at)

    def sign(self, values: Mapping[str, Fraction]) -> int | None:
        """Return the exact sign at a point where payoffs have values; None where algebra cannot decide it."""
        if self.ratio is None:
            return None
        value = self.ratio.evaluate(values)
        return (value > 0) - (value < 0)


def difference_of(difference: Expression) -> Function | None:
    """Return the value of a difference of payoffs with its bound; None where it vanishes everywhere."""
    return _Difference.of(difference).function


@dataclass(frozen=True)
class StrictProfiles:
    """The pure profiles of a game and what decides which of them are strict.

    Attributes
    ----------
    game : Game
    fixed : mapping of parameter to number
        The parameters that do not vary.
    profiles : tuple of profiles
    pairs : mapping of (population, strategies a and b, what the others play) to payoffs
        For ``a < b``.
    """

    game: Game
    fixed: Mapping[str, Fraction]
    profiles: tuple[Profile, ...]
    pairs: Mapping[Key, Pair]

    @cached_property
    def _numbers(self) -> dict[str, Expression]:
        return {name: Number(value) for name, value in self.fixed.items()}

    def plain(self, expression: Expression) -> Expression:
        """Return an expression with the numbers of the parameters that do not vary."""
        return folded(substitute(expand(self.game, expression), self._numbers))

    @cached_property
    def _differences(self) -> dict[Key, _Difference]:
        return {key: _Difference.of(self.plain(subtract(*pair))) for key, pair in self.pairs.items()}

    @cached_property
    def speeds(self) -> list[Any]:
        """The speed of each population with its bound of rounding."""
        return [bounded(self.plain(speed)) for speed in self.game.speeds]

    @cached_property
    def _guards(self) -> list[Any]:
        """What must not be zero, so that payoffs and speeds have values at all."""
        expressions = [e for pair in self.pairs.values() for e in pair] + list(self.game.speeds)
        expressions += list(self.game.lets.values())
        below: dict[Expression, None] = {}
        for expression in expressions:
            # Not folded: that drops what is multiplied by 0, and a pole with it.
            for node in walk(substitute(expand(self.game, expression), self._numbers)):
                if isinstance(node, Quotient):
                    below[folded(node.denominator)] = None
                elif isinstance(node, Power) and not _positive(node.exponent):
                    below[folded(node.base)] = None
        return [bounded(e) for e in below if not (isinstance(e, Number) and e.value)]

    def doubtful(self, at: Mapping[str, Array], count: int) -> NDArray[np.bool_]:
        """Return at which points payoffs may have no value, or a speed may not be positive."""
        result = np.zeros(count, dtype=bool)
        for guard in self._guards:
            result |= signs(guard, at) == UNKNOWN
        for speed in self.speeds:
            result |= signs(speed, at) != 1
        return result

    def masks(
        self, at: Mapping[str, Array], exactly: Callable[[int], Mapping[str, Fraction]]
    ) -> list[int | str]:
        """Return for each point the sum of ``2**k`` over the stable profiles, or the code of an error.

        Parameters
        ----------
        at : mapping of varying parameter to array (points,)
            Values, each rounded once.
        exactly : callable
            From the number of a point to the exact values of all parameters.
        """
        count = len(next(iter(at.values())))
        doubtful = self.doubtful(at, count)
        found = {}
        for key, difference in self._differences.items():
            sign = found[key] = difference.signs(at, count)
            for k in np.flatnonzero((sign == UNKNOWN) & ~doubtful).tolist():
                exact = difference.sign(exactly(k))
                doubtful[k] |= exact is None
                sign[k] = exact or 0
        masks = np.zeros(count, dtype=np.int64)
        for k, profile in enumerate(self.profiles):
            stable = np.ones(count, dtype=bool)
            for key, wanted in _needed(self.game, profile):
                stable &= found[key] == wanted
            masks |= stable.astype(np.int64) << k
        result: list[int | str] = list(masks.tolist())
        for k in np.flatnonzero(doubtful).tolist():
            result[k] = self.mask(exactly(k))
        return result

    def mask(self, values: Mapping[str, Fraction]) -> int | str:
        """Return the same at one point, in exact arithmetic."""
        from separatrix.dynamics.fields.payoffs import speeds_at

        try:
            known = with_lets(self.game, values)
            speeds_at(self.game, known)
            sign = {}
            for key, (first, second) in self.pairs.items():
                what = f"a payoff of {self.game.populations[key[0]].name}"
                gain = evaluate_in(self.game, what, first, known) - evaluate_in(
                    self.game, what, second, known
                )
                sign[key] = (gain > 0) - (gain < 0)
        except InputError as problem:
            return problem.code
        return sum(
            1 << k
            for k, profile in enumerate(self.profiles)
            if all(sign[key] == wanted for key, wanted in _needed(self.game, profile))
        )


def _positive(exponent: Expression) -> bool:
    return isinstance(exponent, Number) and exponent.value > 0


def _needed(game: Game, profile: Profile) -> Iterator[tuple[Key, int]]:
    """Yield what each population must gain by its strategy over every other: the pair, and the sign of it."""
    for i, population in enumerate(game.populations):
        others = (*profile[:i], *profile[i + 1 :])
        for b in range(len(population.strategies)):
            if b > profile[i]:
                yield (i, profile[i], b, others), 1
            elif b < profile[i]:
                yield (i, b, profile[i], others), -1


def strict_profiles(
    game: Game, fixed: Mapping[str, Fraction], varying: Sequence[str]
) -> StrictProfiles | None:
    """Return the pure profiles of a game in which they alone can be asymptotically stable; else None.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.game.reader import load
    >>> game = load("shi-chen-2018")
    >>> fixed = {name: p.value for name, p in game.parameters.items() if name != "C1"}
    >>> strict_profiles(game, fixed, ["C1"]).masks({"C1": np.array([4.0, 9.5])}, lambda k: {})
    [9, 8]
    """
    if len(game.populations) < 2 or game.moving_lets:
        return None
    profiles = tuple(itertools.islice(game.profiles(), MOST_PROFILES + 1))
    if len(profiles) > MOST_PROFILES:
        return None
    pairs: dict[Key, Pair] = {}
    for profile in profiles:
        for key, _ in _needed(game, profile):
            if key not in pairs:
                found = _payoffs(game, *key)
                if found is None:
                    return None
                pairs[key] = found
    result = StrictProfiles(game, fixed, profiles, pairs)
    known = set(varying)
    every = [e for pair in pairs.values() for e in pair] + list(game.speeds)
    for expression in (result.plain(e) for e in every):
        if not known.issuperset(names_in(expression)):
            return None
        if any(isinstance(n, Call) and n.function not in ("min", "max") for n in walk(expression)):
            return None
    return result


def _payoffs(game: Game, i: int, a: int, b: int, others: Profile) -> Pair | None:
    """Return what two strategies of a population earn where each other population plays one strategy."""
    form, shares = game.form, set(game.shares)
    if isinstance(form, ProfileTable):
        first, second = (form.pay[(*others[:i], own, *others[i:])][i] for own in (a, b))
        return None if shares.intersection((*names_in(first), *names_in(second))) else (first, second)
    at: dict[str, Expression] = {}
    met = [p for j, p in enumerate(game.populations) if j != i]
    for population, played in zip(met, others, strict=True):
        for k, share in enumerate(population.shares):
            at[share] = number(int(k == played))
    own = set(game.populations[i].shares)
    if isinstance(form, AdvantageForm):
        gained = form.by_share[game.populations[i].share]
        return (substitute(gained, at), number(0)) if _smooth(gained, shares, own) else None
    if isinstance(form, FunctionForm) and form.table is None:
        one, two = form.payoffs[i][a], form.payoffs[i][b]
        if _smooth(one, shares, own) and _smooth(two, shares, own):
            return substitute(one, at), substitute(two, at)
    return None


def _smooth(expression: Expression, shares: set[str], own: set[str]) -> bool:
    """Whether a payoff is a polynomial in the shares of the other populations, and has no own share."""
    if own.intersection(names_in(expression)):
        return False
    for node in walk(expression):
        inner: tuple[str, ...] = ()
        if isinstance(node, Quotient):
            inner = names_in(node.denominator)
        elif isinstance(node, Call) or (isinstance(node, Power) and not _positive(node.exponent)):
            inner = names_in(node)
        if shares.intersection(inner):
            return False
    return True
