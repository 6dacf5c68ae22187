"""Which pure profiles are asymptotically stable, on whole arrays of parameter values.

Populations that do not play themselves: the asymptotically stable states are the strict Nash equilibria, and
these are pure (Ritzberger, K. and Weibull, J. W. (1995), Evolutionary selection in normal-form games,
Econometrica 63, 1371-1399).  At a pure profile each eigenvalue is a speed times the payoff of an absent
strategy minus that of the present one.  Signs are taken from doubles where rounding cannot have changed them
(`separatrix.dynamics.sweeps.rounding_bounds`), and from exact fractions elsewhere.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.sweeps.rounding_bounds import UNKNOWN, Function, bounded, signs
from separatrix.errors import ComesLater, InputError
from separatrix.expression.tree import (
    Call,
    Expression,
    Number,
    Power,
    Quotient,
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

__all__ = ["StrictProfiles", "difference_of", "strict_profiles"]

Array = NDArray[np.float64]
Signs = NDArray[np.int8]

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
        from separatrix.dynamics.fields.ingredients import speeds_at

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
