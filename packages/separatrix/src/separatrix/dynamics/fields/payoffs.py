"""What every strategy earns, on arrays of states: tables by tensor products, formulas node by node.

What the fields have in common: the coordinates of a state, and payoffs that drive it.

What every field takes from a game: names, sizes, speeds and payoffs at numbers.

What every field of motion offers, whatever its rule.

For developers: a new field is one file here with a frozen dataclass that extends
`separatrix.dynamics.fields.payoffs.PayoffField` and writes `rates` alone, a function of the same name that
makes it from a game, and its record `DYNAMIC`, which
`separatrix.dynamics.fields.registry.DYNAMICS` lists.  From
these everything else works: the command line, documents, portraits, integration, rest states.

Payoffs while parameters move: formulas compiled once, for any values of the parameters that move.
"""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar, Protocol, TypedDict, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.errors import InputError
from separatrix.expression.tree import (
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    substitute,
    walk,
)
from separatrix.game.fitness import folded, group_numbers, strategy_payoffs
from separatrix.game.model import Game, PairwiseForm, ProfileTable, ReplicatorForm, SelfMatrix, StateSpace
from separatrix.game.values import evaluate_in, expand, missing, resolve, with_lets, within_range
from separatrix.run.cached_property import cached_property

__all__ = [
    "Driven",
    "ExactSource",
    "FaceField",
    "Formulas",
    "Ingredients",
    "Moving",
    "PayoffField",
    "PayoffFunction",
    "VectorField",
    "compiled",
    "ingredients",
    "moving_formulas",
    "moving_payoffs",
    "numbers",
    "payoff_function",
    "speeds_at",
]

Array = NDArray[np.float64]

PayoffFunction = Callable[[Sequence["Array"]], list["Array"]]
"""From the shares of all strategies, for each population an array (..., k), to payoffs of those shapes."""


def payoff_function(game: Game, known: Mapping[str, Fraction]) -> PayoffFunction:
    """Return the payoffs of `game` at exact values of its parameters and shorthands.

    Raises
    ------
    InputError
        S003, S004 where a payoff has no rational value; V306 for a group of an impossible size.
    """
    match game.form:
        case SelfMatrix(rows):
            return _pairs(game, {(0, 0): rows}, known)
        case PairwiseForm(matrices):
            return _pairs(game, matrices, known)
        case ProfileTable() as form:
            return _profiles(game, form, known)
        case _:
            return _formulas(game, known)


def _number(game: Game, i: int, entry: Expression, known: Mapping[str, Fraction]) -> float:
    return float(evaluate_in(game, f"a payoff of {game.populations[i].name}", entry, known))


def _pairs(
    game: Game,
    matrices: Mapping[tuple[int, int], Sequence[Sequence[Expression]]],
    known: Mapping[str, Fraction],
) -> PayoffFunction:
    return PairPayoffs(
        {
            (i, j): np.array([[_number(game, i, e, known) for e in row] for row in rows])
            for (i, j), rows in matrices.items()
        }
    )


def _profiles(game: Game, form: ProfileTable, known: Mapping[str, Fraction]) -> PayoffFunction:
    tables = []
    for i in range(len(game.populations)):
        table = np.empty([len(p.strategies) for p in game.populations])
        for profile in game.profiles():
            table[profile] = _number(game, i, form.pay[profile][i], known)
        tables.append(table)
    return ProfilePayoffs(tuple(tables))


def _formulas(game: Game, known: Mapping[str, Fraction]) -> PayoffFunction:
    if isinstance(game.form, ReplicatorForm):
        # Growth rates are quotients such as x'/x, which only exact algebra can cancel.
        from separatrix.analysis.payoff_functions import field_of

        rows = [[ratio.expression() for ratio in row] for row in field_of(game, known).payoffs]
    else:
        numbers: dict[str, Expression] = {name: Number(value) for name, value in known.items()}
        rows = [[folded(substitute(u, numbers)) for u in row] for row in strategy_payoffs(game, known)]
    return FormulaPayoffs(tuple(p.shares for p in game.populations), tuple(map(tuple, rows)))


# Classes, and not functions within functions: fields and portraits travel to other processes.


@dataclass(frozen=True)
class PairPayoffs:
    """Payoffs from meetings in pairs: ``tables[i, j]`` is what members of i earn against those of j."""

    tables: Mapping[tuple[int, int], Array]

    def __call__(self, shares: Sequence[Array]) -> list[Array]:
        every = self.tables.items()
        return [
            sum((shares[j] @ table.T for (k, j), table in every if k == i), np.zeros_like(shares[i]))
            for i in range(len(shares))
        ]


@dataclass(frozen=True)
class ProfilePayoffs:
    """Expected payoffs of a table: ``tables[i]`` has one axis a population and holds what i earns."""

    tables: tuple[Array, ...]

    def __call__(self, shares: Sequence[Array]) -> list[Array]:
        axes = list(range(len(self.tables)))
        result = []
        for i, table in enumerate(self.tables):
            operands: list[Any] = [table, axes]
            for j in axes:
                if j != i:
                    operands += [shares[j], [..., j]]
            result.append(np.asarray(np.einsum(*operands, [..., i])))
        return result


@dataclass(frozen=True)
class FormulaPayoffs:
    """Payoffs as formulas in the shares: their names, and one formula a strategy, by population."""

    shares: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[Expression, ...], ...]

    @cached_property
    def functions(self) -> list[list[Callable[[Mapping[str, Any]], Any]]]:
        """The formulas, ready to be evaluated."""
        return [[compiled(formula) for formula in row] for row in self.rows]

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "functions"}

    def __call__(self, shares: Sequence[Array]) -> list[Array]:
        at: dict[str, Array] = {}
        for names, part in zip(self.shares, shares, strict=True):
            at.update({name: part[..., k] for k, name in enumerate(names)})
        result = []
        for row, part in zip(self.functions, shares, strict=True):
            values = np.empty_like(part)
            for a, function in enumerate(row):
                values[..., a] = function(at)
            result.append(values)
        return result


def compiled(expression: Expression) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function from numbers or arrays for the names in `expression` to its value.

    Without a value, as at a pole, it is infinite or not a number, without a warning.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> float(compiled(parse_expression("(1 - x)^2/2"))({"x": 0.25}))
    0.28125
    >>> float(compiled(parse_expression("1/x"))({"x": 0.0}))
    inf
    """
    value = _compiled(expression)
    if not any(isinstance(part, Quotient | Power | Call) for part in walk(expression)):
        return value

    def silent(at: Mapping[str, Any]) -> Any:
        with np.errstate(all="ignore"):
            return value(at)

    return silent


def _compiled(expression: Expression) -> Callable[[Mapping[str, Any]], Any]:
    match expression:
        case Number(value):
            constant = float(within_range(value, "a number in the payoffs"))
            return lambda at: constant
        case Name(name):
            return lambda at: at[name]
        case Sum(terms):
            parts = [_compiled(t) for t in terms]
            return lambda at: sum((p(at) for p in parts[1:]), parts[0](at))
        case Product(factors):
            parts = [_compiled(f) for f in factors]
            return lambda at: math.prod((p(at) for p in parts[1:]), start=parts[0](at))
        case Quotient(numerator, denominator):
            above, below = _compiled(numerator), _compiled(denominator)
            return lambda at: _divide(above(at), below(at))
        case Power(base, Number(value)) if value.denominator == 1:
            inner, exponent = _compiled(base), int(value)
            return lambda at: _raise(inner(at), exponent)
        case Power(base, power):
            inner, raised = _compiled(base), _compiled(power)
            return lambda at: _raise(inner(at), raised(at))
        case Call(function, arguments):
            evaluate, given = _function(function), [_compiled(a) for a in arguments]
            return lambda at: evaluate(*(g(at) for g in given))


def _divide(above: Any, below: Any) -> Any:
    try:
        return above / below
    except ZeroDivisionError:  # a float, where an array has an infinite element
        return float(np.float64(above) / np.float64(below))


def _raise(base: Any, power: Any) -> Any:
    # A float has no infinite power, and a complex root where an array has none.
    return (np.float64(base) if isinstance(base, float) else base) ** power


def _function(name: str) -> Callable[..., Any]:
    import functools

    if name in ("min", "max"):
        pairwise = np.minimum if name == "min" else np.maximum
        return lambda *given: functools.reduce(pairwise, given) + 0.0
    if name == "binomial":
        from scipy.special import binom

        return lambda n, k: binom(n, k)
    return {"exp": np.exp, "log": np.log, "sqrt": np.sqrt}[name]


MOST_PROFILES = 2_000
"""Pure profiles up to which all are looked at for the scale of a field. Fewer: the scale of large games rests
on their middle alone."""


@dataclass(frozen=True)
class ExactSource:
    """A game at exact values of its parameters.

    Attributes
    ----------
    game : Game
    values : mapping of parameter to number
    """

    game: Game
    values: Mapping[str, Fraction]


def excess(part: Array, earned: Array) -> Array:
    """Return what strategies with shares (..., k) and payoffs (..., k) earn more than their population."""
    return np.asarray(earned - (part * earned).sum(axis=-1, keepdims=True))


@dataclass(frozen=True)
class PayoffField(ABC):
    """A field whose rates follow from the shares and from what every strategy earns.

    A state has one share for a population of two strategies, that of the first, and k shares for one of
    k > 2 strategies, which add up to one.  For developers: a field that extends this writes `rates`, and
    `log_rates` if it keeps faces.

    Attributes
    ----------
    shares : tuple of str
        The names of the n coordinates.
    sizes : tuple of int
        The number of strategies of each population.
    speeds : tuple of float
        The factor of each population's rates.
    payoffs : callable
        From the shares of all strategies, an array (..., k) a population, to what each of them earns.
    exact : ExactSource or None
        The game with the exact numbers behind them, where these are known.
    """

    kind: ClassVar[str]
    keeps_faces: ClassVar[bool] = False
    smooth: ClassVar[bool] = True
    continuous: ClassVar[bool] = True

    shares: tuple[str, ...]
    sizes: tuple[int, ...]
    speeds: tuple[float, ...]
    payoffs: PayoffFunction
    exact: ExactSource | None = field(default=None, kw_only=True, repr=False, compare=False)

    @abstractmethod
    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""

    def __call__(self, states: ArrayLike) -> Array:
        """Return the rates of change at `states`, an array (..., n), as an array of the same shape."""
        return self.state(self.rates(self.weights(states)))

    @property
    def inward(self) -> bool:
        """Whether it is certain that the field points inwards at every face: what is unplayed is taken up."""
        return False

    @cached_property
    def space(self) -> StateSpace:
        """The state space."""
        return StateSpace(self.sizes)

    @property
    def slices(self) -> tuple[slice, ...]:
        """The coordinates of each population, as slices of a state."""
        return self.space.slices

    def weights(self, states: ArrayLike) -> list[Array]:
        """Return the shares of all strategies at `states`, an array (..., n): (..., k) a population."""
        x = np.asarray(states, dtype=float)
        if x.ndim == 0 or x.shape[-1] != len(self.shares):
            raise InputError(
                "D601",
                f"states have {len(self.shares)} numbers each, for {', '.join(self.shares)}; "
                f"found an array of shape {x.shape}",
            )
        return self.space.share_arrays(x)

    def state(self, weights: Sequence[Array]) -> Array:
        """Return the states (..., n) in which the strategies have these shares: the inverse of `weights`."""
        return self.space.coordinate_arrays(weights)

    @cached_property
    def probes(self) -> Array:
        """The pure profiles (the first 2,000 of them) and the middle, as states (points, n)."""
        states = [self.state([np.full(size, 1 / size) for size in self.sizes])]
        profiles = itertools.islice(self.space.profiles(), MOST_PROFILES)
        states += [np.array(self.space.corner(profile), dtype=float) for profile in profiles]
        return np.array(states)

    @cached_property
    def scale(self) -> float:
        """The fastest rate of change at the pure profiles and in the middle, per unit of time."""
        with np.errstate(all="ignore"):
            rates = np.concatenate(self.motions(self.weights(self.probes)), axis=-1)
        rates = np.abs(rates)
        return float(rates[np.isfinite(rates)].max(initial=0.0))

    def motions(self, weights: Sequence[Array]) -> list[Array]:
        """Return what `scale` measures: rates of change that do not vanish at pure profiles."""
        return self.rates(weights)


class Driven(TypedDict):
    """What every `PayoffField` is made of."""

    shares: tuple[str, ...]
    sizes: tuple[int, ...]
    speeds: tuple[float, ...]
    payoffs: PayoffFunction
    exact: ExactSource


@dataclass(frozen=True)
class Ingredients:
    """A game at numbers.

    Attributes
    ----------
    game : Game
    known : mapping of parameter or shorthand to its exact value
    driven : mapping
        The arguments that every field takes.
    """

    game: Game
    known: Mapping[str, Fraction]
    driven: Driven


def ingredients(
    game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None
) -> Ingredients:
    """Return what a field of `game` needs.

    Raises
    ------
    ComesLater
        If the game has only equations, and they are not replicator equations of rational payoffs.
    InputError
        V304 where a parameter has no value; V301 for a speed that is not positive; V306 for a group of an
        impossible size.
    NameProblem
        For an unknown parameter or scenario.
    """
    known = numbers(game, values, scenario)
    driven = Driven(
        shares=game.shares,
        sizes=game.space.sizes,
        speeds=speeds_at(game, known),
        payoffs=payoff_function(game, known),
        exact=ExactSource(game, {name: known[name] for name in game.parameters}),
    )
    return Ingredients(game, known, driven)


def numbers(game: Game, values: Mapping[str, object] | None, scenario: str | None) -> dict[str, Fraction]:
    """Return the value of every parameter and of every shorthand without shares; raise V304 without one."""
    resolved = resolve(game, values, scenario)
    lacking = missing(resolved)
    if lacking:
        raise InputError(
            "V304",
            f"no value for {', '.join(f'`{n}`' for n in lacking)}",
            hint="give every parameter a value, or choose a scenario that does",
        )
    return with_lets(game, {n: v for n, v in resolved.items() if v is not None})


def speeds_at(game: Game, known: Mapping[str, Fraction]) -> tuple[float, ...]:
    """Return the speed of each population; raise V301 for one that is not positive."""
    speeds = []
    for population, expression in zip(game.populations, game.speeds, strict=True):
        speed = evaluate_in(game, f"the speed of {population.name}", expression, known)
        if speed <= 0:
            raise InputError("V301", f"the speed of {population.name} is {speed}; speeds are positive")
        speeds.append(float(speed))
    return tuple(speeds)


class VectorField(Protocol):
    """The motion of the shares, dx/dt at any states.

    Attributes
    ----------
    shares : tuple of str
        The names of the n coordinates: one of a population of two strategies (the share of the first), k
        of one of k > 2.
    sizes : tuple of int
        The number of strategies of each population.
    slices : tuple of slice
        The positions of each population's coordinates in a state.
    keeps_faces : bool
        Whether unused strategies stay unused; then the field is a `FaceField`, and can be
        integrated in the logarithms of shares.
    smooth : bool
        Whether the rates have derivatives wherever the payoffs have.
    continuous : bool
        Whether they are continuous wherever the payoffs are.
    scale : float
        The typical rate of change per unit of time; slow rates are measured relative to it.
    """

    @property
    def shares(self) -> tuple[str, ...]: ...
    @property
    def sizes(self) -> tuple[int, ...]: ...
    @property
    def slices(self) -> tuple[slice, ...]: ...
    @property
    def keeps_faces(self) -> bool: ...
    @property
    def smooth(self) -> bool: ...
    @property
    def continuous(self) -> bool: ...
    @property
    def scale(self) -> float: ...

    def __call__(self, states: ArrayLike) -> Array:
        """Return the rates of change at `states`, an array (..., n), as an array of the same shape."""
        ...

    def weights(self, states: ArrayLike) -> list[Array]:
        """Return the shares of all strategies at `states`, an array (..., n): (..., k) a population."""
        ...

    def state(self, weights: Sequence[Array]) -> Array:
        """Return the states (..., n) in which the strategies have these shares."""
        ...

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        ...


@runtime_checkable
class FaceField(VectorField, Protocol):
    """A field that keeps faces, with the rates of the logarithms of shares."""

    def log_rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return d ln x_a / dt for all strategies, an array (..., k) a population.

        It is finite where x_a is zero too.  The log-odds ln(x_a/x_k) move at the difference of two.
        """
        ...


Moving = Callable[[Mapping[str, float]], tuple[tuple[float, ...], PayoffFunction]]
"""From the values of the parameters that move to the speeds and the payoffs."""

Function = Callable[[Mapping[str, Any]], Any]
Formulas = tuple[list[list[Function]], list[Function]]
"""For each population what each strategy earns, and its speed: from names to numbers or arrays."""


def moving_formulas(game: Game, known: Mapping[str, Fraction], moving: Collection[str]) -> Formulas | None:
    """Return the payoffs and the speeds of `game` as formulas in the shares and the parameters `moving`.

    Like `moving_payoffs`, whose arguments these are, it returns None if exact algebra must be repeated.
    """
    if isinstance(game.form, ReplicatorForm) or set(moving).intersection(group_numbers(game)):
        return None
    fixed: dict[str, Expression] = {
        name: Number(known[name]) for name in game.parameters if name in known and name not in moving
    }

    def function(expression: Expression) -> Function:
        return compiled(folded(substitute(expand(game, expression), fixed)))

    rows = [[function(u) for u in row] for row in strategy_payoffs(game, known)]
    return rows, [function(speed) for speed in game.speeds]


def moving_payoffs(game: Game, known: Mapping[str, Fraction], moving: Collection[str]) -> Moving | None:
    """Return the speeds and payoffs of `game` as functions of the parameters `moving`.

    Parameters
    ----------
    game : Game
    known : mapping of parameter to number
        The values of all parameters, of those that move some value.
    moving : collection of str

    Returns
    -------
    callable or None
        None if exact algebra must be repeated at each value: for growth rates given as equations, and for
        parameters that give the size of a group.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.game.reader import load
    >>> game = load({"parameters": {"v": 2}, "payoff_matrix": [["v", 0], [0, 1]], "title": "Coordination"})
    >>> speeds, payoffs = moving_payoffs(game, {"v": Fraction(2)}, ["v"])({"v": 2.5})
    >>> payoffs([np.array([0.5, 0.5])])[0].tolist()
    [1.25, 0.5]
    """
    formulas = moving_formulas(game, known, moving)
    if formulas is None:
        return None
    rows, speeds = formulas

    def speeds_and_payoffs(values: Mapping[str, float]) -> tuple[tuple[float, ...], PayoffFunction]:
        def payoffs(shares: Sequence[Array]) -> list[Array]:
            here: dict[str, Any] = dict(values)
            for population, part in zip(game.populations, shares, strict=True):
                here.update({name: part[..., k] for k, name in enumerate(population.shares)})
            result = []
            for row, part in zip(rows, shares, strict=True):
                earned = np.empty_like(part)
                for a, payoff in enumerate(row):
                    earned[..., a] = payoff(here)
                result.append(earned)
            return result

        return tuple(float(speed(values)) for speed in speeds), payoffs

    return speeds_and_payoffs
