"""The control problem behind a temporary programme: the motion of the shares under levels, and what they
cost.

States move in the logarithms of ratios of shares, v_a = ln(x_a/x_k) with v_a' = c(U_a - U_k) (Hofbauer &
Sigmund 1998, section 7.1): no step leaves the state space, and rates stay as smooth as payoffs.  All
functions take complex numbers, too: a derivative by an imaginary step loses no digits (Squire & Trapp 1998).

Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics.
Squire, W. and Trapp, G. (1998), Using complex variables to estimate derivatives of real functions, SIAM
Review 40, 110-112.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.payoffs import Formulas, compiled, moving_formulas, numbers
from separatrix.errors import ComesLater, InputError
from separatrix.expression.polynomial import degree_in
from separatrix.expression.tree import Expression, Number, Sum, multiply, substitute, subtract
from separatrix.game.distributions import with_idle_levels
from separatrix.game.fitness import folded, strategy_payoffs
from separatrix.game.instruments import cost_of, instruments_of, with_instruments
from separatrix.game.model import PAYERS, Game, Instrument
from separatrix.game.values import evaluate_in, exact, expand
from separatrix.policy.permanent.problem import TOGETHER
from separatrix.policy.temporary.polynomial_motion import PolynomialMotion, polynomial_motion
from separatrix.run.cached_property import cached_property
from separatrix.sentences import say

__all__ = ["ROUNDING", "ControlProblem", "ControlLevel", "control_problem"]

Array = NDArray[Any]

LARGEST_EXPONENT = 500.0
"""Of a logarithm of a ratio of shares whose exponential is taken: nothing of the smaller share is left."""

PROBES = 24
"""Random states and levels at which it is seen whether an instrument earns."""

EXAMPLE = "`cost: {public: 'C1*subsidy*(x + y)'}`"

UNRELATED = (7, 11, 13)
"""Of what states and levels are made at which it is seen whether a cost has a value at all."""

ROUNDING = 1e-9
"""What a cost may lie below zero, relative to the largest of them, and be none that earns."""


@dataclass(frozen=True)
class ControlLevel:
    """The level of one instrument: its range, and its value when idle.

    An instrument without a range may go up from its idle level without limit.
    """

    name: str
    low: float
    high: float
    idle: float

    @property
    def bounded(self) -> bool:
        """Whether there is a highest level."""
        return math.isfinite(self.high)


@dataclass(frozen=True)
class ControlProblem:
    """The replicator dynamics under levels that can be chosen at every time, and a cost per unit of time.

    Attributes
    ----------
    game : Game
        With the instruments in force: their levels are parameters.
    known : mapping of parameter to Fraction
        The values of all parameters, with idle levels.
    levels : tuple of ControlLevel
    cost : Expression
        Per unit of time, in shares and levels.
    discount : float
        The rate per unit of time at which later costs count less.
    """

    game: Game
    known: Mapping[str, Fraction]
    levels: tuple[ControlLevel, ...]
    cost: Expression
    discount: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the levels."""
        return tuple(level.name for level in self.levels)

    @property
    def idle(self) -> Array:
        """The levels (m,) when nothing is done."""
        return np.array([level.idle for level in self.levels])

    @property
    def low(self) -> Array:
        """The lowest levels (m,)."""
        return np.array([level.low for level in self.levels])

    @property
    def high(self) -> Array:
        """The highest levels (m,), infinite where no limit is known."""
        return np.array([level.high for level in self.levels])

    @property
    def bounded(self) -> bool:
        """Whether every level has limits."""
        return all(level.bounded for level in self.levels)

    @property
    def dimension(self) -> int:
        """The number n of free shares, and of coordinates."""
        return self.game.space.dimension

    def vertices(self) -> Array:
        """Return the corners (2^m, m) of the box of levels."""
        return np.array(list(itertools.product(*((v.low, v.high) for v in self.levels))), dtype=float)

    # ----------------------------------------------------------------------- compiled formulas

    @cached_property
    def _formulas(self) -> Formulas:
        made = moving_formulas(self.game, self.known, self.names)
        if made is None:
            raise ComesLater(
                "P140",
                say(
                    "the growth rates are given as equations, or a level is the size of a group: "
                    "the payoffs cannot follow the levels in time"
                ),
                hint=say("give the payoffs of the game in another form"),
            )
        return made

    @cached_property
    def cost_at(self) -> Callable[[Mapping[str, Any]], Any]:
        """The cost per unit of time, of arrays by the names of shares and levels."""
        return compiled(self.cost)

    @cached_property
    def gains(self) -> tuple[Expression, ...]:
        """The rates of all coordinates, in shares and levels."""
        fixed: dict[str, Expression] = {
            name: Number(value) for name, value in self.known.items() if name not in self.names
        }
        formulas: list[Expression] = []
        for speed, row in zip(self.game.speeds, strategy_payoffs(self.game, self.known), strict=True):
            formulas += [multiply(speed, subtract(payoff, row[-1])) for payoff in row[:-1]]
        return tuple(folded(substitute(expand(self.game, one), fixed)) for one in formulas)

    @cached_property
    def line_gain(self) -> Callable[[Mapping[str, Any]], Any]:
        """The rate of the only coordinate, of arrays by the names of shares and levels."""
        return compiled(self.gains[0])

    @cached_property
    def polynomials(self) -> PolynomialMotion | None:
        """Motion and cost as polynomials, where machine code can follow them."""
        names = (*self.game.shares, *self.names)
        return polynomial_motion(names, self.game.space.sizes, [*self.gains, self.cost], self.discount)

    def advance(
        self, at: Array, levels: Array, lengths: Array, count: int, time: Array
    ) -> tuple[Array, Array]:
        """Return coordinates (lanes, n) after steps of the Runge-Kutta method, and what they cost,
        discounted.

        Levels (lanes, m) are held for ``count`` steps of the given lengths (lanes,), from times (lanes,) on.
        """
        if self.polynomials is not None:
            return self.polynomials.advance(at, levels, lengths, count, time)
        spent: Array = np.zeros(len(at))
        h = lengths[:, None]
        for _ in range(count):
            k1, c1 = self.rates_and_costs(at, levels)
            k2, c2 = self.rates_and_costs(at + h / 2 * k1, levels)
            k3, c3 = self.rates_and_costs(at + h / 2 * k2, levels)
            k4, c4 = self.rates_and_costs(at + h * k3, levels)
            first, middle, last = (np.exp(-self.discount * (time + part * lengths)) for part in (0, 0.5, 1))
            spent = spent + lengths / 6 * (c1 * first + 2 * (c2 + c3) * middle + c4 * last)
            at, time = at + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), time + lengths
        return at, spent

    def slope(self, at: Array, levels: Array) -> Array:
        """Return the rates of one state's coordinates (n,), and behind them the cost per unit of time."""
        if self.polynomials is not None:
            return self.polynomials.slope(at, levels)
        if self.game.space.sizes == (2,):
            share = 1 / (1 + math.exp(-min(max(float(at[0]), -LARGEST_EXPONENT), LARGEST_EXPONENT)))
            here = {self.game.shares[0]: share, **dict(zip(self.names, levels.tolist(), strict=True))}
            return np.array([self.line_gain(here), self.cost_at(here)], dtype=float)
        return np.append(*self.rates_and_costs(at, levels))

    def __getstate__(self) -> dict[str, Any]:
        made = ("_formulas", "cost_at", "line_gain", "polynomials")
        return {name: value for name, value in self.__dict__.items() if name not in made}

    # ----------------------------------------------------------------------- coordinates

    def coordinates(self, states: Any) -> Array:
        """Return the coordinates (..., n) of states (..., shares) inside the state space."""
        x = np.asarray(states, dtype=float)
        parts = []
        with np.errstate(divide="ignore"):
            for own in self.game.space.share_arrays(x):
                logarithms = np.log(own)
                parts.append(logarithms[..., :-1] - logarithms[..., -1:])
        return np.concatenate(parts, axis=-1)

    def states(self, at: Array) -> Array:
        """Return the states (..., shares) at coordinates (..., n)."""
        return self.game.space.coordinate_arrays(self._shares(at))

    def _shares(self, at: Array) -> list[Array]:
        """Return the shares of all strategies, an array (..., k) a population."""
        result, begin = [], 0
        for size in self.game.space.sizes:
            own = at[..., begin : begin + size - 1]
            begin += size - 1
            if np.iscomplexobj(own):
                own = np.clip(own.real, -LARGEST_EXPONENT, LARGEST_EXPONENT) + 1j * own.imag
            else:
                own = np.clip(own, -LARGEST_EXPONENT, LARGEST_EXPONENT)
            every = np.concatenate([own, np.zeros_like(own[..., :1])], axis=-1)
            every = np.exp(every - every.real.max(axis=-1, keepdims=True))
            result.append(every / every.sum(axis=-1, keepdims=True))
        return result

    def _values_by_name(self, shares: Sequence[Array], levels: Array) -> dict[str, Any]:
        here: dict[str, Any] = {name: levels[..., k] for k, name in enumerate(self.names)}
        for population, part in zip(self.game.populations, shares, strict=True):
            here.update({name: part[..., k] for k, name in enumerate(population.shares)})
        return here

    # ----------------------------------------------------------------------- motion and cost

    def growth(self, states: Array, levels: Array) -> list[Array]:
        """Return speed times payoff of all strategies at states (..., shares), (..., k) a population."""
        return self._growth(self._values_by_name(self.game.space.share_arrays(states), levels))

    def _growth(self, here: Mapping[str, Any]) -> list[Array]:
        rows, speeds = self._formulas
        shape = np.broadcast(*here.values()).shape
        return [
            np.stack([np.broadcast_to(speed(here) * payoff(here), shape) for payoff in row], axis=-1)
            for row, speed in zip(rows, speeds, strict=True)
        ]

    def rates(self, at: Array, levels: Array) -> Array:
        """Return the rates of change of coordinates (..., n) under levels (..., m)."""
        return self.rates_and_costs(at, levels)[0]

    def rates_and_costs(self, at: Array, levels: Array) -> tuple[Array, Array]:
        """Return the rates (..., n) of coordinates, and the cost (...) per unit of time, not discounted."""
        here = self._values_by_name(self._shares(at), levels)
        grown = self._growth(here)
        rates = np.concatenate([own[..., :-1] - own[..., -1:] for own in grown], axis=-1)
        return rates, np.asarray(self.cost_at(here)) + np.zeros(rates.shape[:-1])

    def costs(self, states: Array, levels: Array) -> Array:
        """Return the cost (...) per unit of time at states (..., shares), not discounted."""
        here = self._values_by_name(self.game.space.share_arrays(states), levels)
        return np.asarray(self.cost_at(here)) + np.zeros(np.broadcast(*here.values()).shape)

    @cached_property
    def scale(self) -> float:
        """The fastest rate of a coordinate at pure profiles and in the middle, under extreme levels."""
        space = self.game.space
        states = [space.coordinates([[1 / k] * k for k in space.sizes])]
        states += [space.corner(profile) for profile in itertools.islice(space.profiles(), 256)]
        levels = self.vertices() if self.bounded else self.idle[None]
        levels = np.concatenate([levels, self.idle[None]])
        grid = np.array(states, dtype=float)[:, None, :], levels[None]
        with np.errstate(all="ignore"):
            grown = self.growth(*_pair(*grid))
        spread = np.concatenate([np.ptp(own, axis=-1).ravel() for own in grown])
        return float(spread[np.isfinite(spread)].max(initial=0.0)) or 1.0

    @cached_property
    def affine(self) -> bool:
        """Whether rates and cost are affine in the levels, as they are written."""
        degrees = [degree_in(one, self.names) for one in (*self.gains, self.cost)]
        return all(degree is not None and degree <= 1 for degree in degrees)

    @cached_property
    def earners(self) -> tuple[str, ...]:
        """The instruments by which the payer earns, each by itself, at some of many random states.

        To spend less than without support is not to earn.
        """
        rng = np.random.default_rng(0)
        at = rng.normal(size=(PROBES, self.dimension))
        low, high = self.low, np.where(np.isfinite(self.high), self.high, self.low + self.unit)
        drawn = low + (high - low) * rng.random((PROBES, len(self.levels)))
        earning = []
        for k, level in enumerate(self.levels):
            alone = np.where(np.arange(len(self.levels)) == k, drawn, self.idle)
            cost = self.rates_and_costs(at, alone)[1]
            more = cost - self.rates_and_costs(at, self.idle)[1]
            sizes = float(np.abs(cost).max(initial=0.0)), float(np.abs(more).max(initial=0.0))
            if ((cost < -ROUNDING * sizes[0]) & (more < -ROUNDING * sizes[1])).any():
                earning.append(level.name)
        return tuple(earning)

    @cached_property
    def unit(self) -> Array:
        """A level (m,) of each instrument that changes rates about as much as the game itself does.

        It stands where a level has no limit: no absolute number fits payoffs of every unit.
        """
        at = np.zeros((1, self.dimension))
        size = np.array([1.0 if abs(v.idle) == 0 else abs(v.idle) for v in self.levels])
        with np.errstate(all="ignore"):
            here = self.rates_and_costs(at, self.idle[None])[0]
            moved = np.array(
                [
                    np.abs(self.rates_and_costs(at, (self.idle + size * row)[None])[0] - here).max()
                    for row in np.eye(len(self.levels))
                ]
            )
            unit = size * self.scale / moved
        return np.where(np.isfinite(unit) & (unit > 0), unit, size)

    @cached_property
    def cost_scale(self) -> float:
        """The dearest cost per unit of time at pure profiles and in the middle, under extreme levels."""
        space = self.game.space
        states = [space.coordinates([[1 / k] * k for k in space.sizes])]
        states += [space.corner(profile) for profile in itertools.islice(space.profiles(), 256)]
        levels = self.vertices() if self.bounded else (self.idle + self.unit)[None]
        grid = np.array(states, dtype=float)[:, None, :], np.concatenate([levels, self.idle[None]])[None]
        with np.errstate(all="ignore"):
            costs = np.abs(self.costs(*_pair(*grid)))
        return float(costs[np.isfinite(costs)].max(initial=0.0)) or 1.0


def _pair(states: Array, levels: Array) -> tuple[Array, Array]:
    """Return states and levels of the same leading shape."""
    shape = np.broadcast_shapes(states.shape[:-1], levels.shape[:-1])
    return (
        np.broadcast_to(states, (*shape, states.shape[-1])),
        np.broadcast_to(levels, (*shape, levels.shape[-1])),
    )


def control_problem(
    game: Game,
    instruments: Sequence[str],
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    payer: str = PAYERS[0],
    discount: float = 0.0,
    limits: Mapping[str, tuple[object, object]] | None = None,
) -> ControlProblem:
    """Return the control problem of a game and some of its instruments.

    Parameters
    ----------
    game : Game
    instruments : names
        Those that the programme may use.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    payer : str, of `separatrix.game.model.PAYERS`, or ``together``
        Whose cost counts.
    discount : float
        Per unit of time.
    limits : mapping of instrument to (lowest, highest), optional
        Levels that are allowed, within the range of the instrument; either end may be None.

    Raises
    ------
    InputError
        P141 if no relevant cost is given; P150 if limits allow no level; S003 for a cost that
        divides by zero; V304 where a parameter has no value.
    NameProblem
        V308 for an unknown instrument; V302, V303 for unknown parameters or scenarios.
    """
    chosen = instruments_of(game, instruments)
    acting = with_instruments(game, [i.name for i in chosen])
    chosen = tuple(i for i in acting.instruments.values() if i in chosen)
    idle = {i.name: i.idle for i in chosen}
    known = numbers(acting, {**(values or {}), **idle}, scenario)
    counted = PAYERS if payer == TOGETHER else (payer,)
    costs = cost_of(game, idle)
    own = [costs[one] for one in counted if one in costs]
    if not own or not all(i.cost for i in chosen):
        raise InputError(
            "P141",
            say(
                "no relevant cost is given for {names}, so no cheapest programme exists",
                names=", ".join(f"`{i.name}`" for i in chosen if not any(one in i.cost for one in counted)),
            ),
            hint=say("write what it costs per unit of time, as in {example}", example=EXAMPLE),
        )
    for instrument in chosen:
        for one in counted:
            if one in instrument.cost:
                formula = with_idle_levels(instrument.cost[one], game.instruments, idle)
                _refuse_no_value(game, f"the cost of {instrument.name}", expand(game, formula), known, idle)
    fixed: dict[str, Expression] = {
        name: Number(known[name]) for name in acting.parameters if name in known and name not in idle
    }
    total = Sum(tuple(own)) if len(own) > 1 else own[0]
    levels = tuple(_level(i, (limits or {}).get(i.name, (None, None))) for i in chosen)
    cost = folded(substitute(expand(game, total), fixed))
    return ControlProblem(acting, known, levels, cost, float(discount))


def _refuse_no_value(
    game: Game,
    told: str,
    formula: Expression,
    known: Mapping[str, Fraction],
    idle: Mapping[str, Fraction],
) -> None:
    """Raise S003 for a formula that divides by zero at each of several states and levels."""
    refused: InputError | None = None
    for of in UNRELATED:
        here = dict(known)
        here |= {name: level + Fraction(j + 2, of) for j, (name, level) in enumerate(idle.items())}
        for j, population in enumerate(game.populations):
            weights = [of + 3 * j + 5 * a for a in range(len(population.strategies))]
            shares = [Fraction(w, sum(weights)) for w in weights]
            here |= dict(zip(population.shares, shares, strict=False))
        try:
            evaluate_in(game, told, formula, here)
        except InputError as problem:
            if problem.code != "S003":
                return
            refused = problem
        else:
            return
    if refused is not None:
        raise refused


def _level(instrument: Instrument, allowed: tuple[object, object]) -> ControlLevel:
    """Return the levels of an instrument that are allowed; raise P150 where there are none."""
    name, idle = instrument.name, float(instrument.idle)
    low, high = (idle, math.inf) if instrument.range is None else map(float, instrument.range)
    least = low if allowed[0] is None else max(low, float(exact(allowed[0], name)))
    most = high if allowed[1] is None else min(high, float(exact(allowed[1], name)))
    if least > most:
        raise InputError(
            "P150",
            say(
                "no level of `{name}` is allowed: its range is from {low} to {high}",
                name=name,
                low=f"{low:g}",
                high=f"{high:g}",
            ),
            hint=say("choose a level within its range"),
        )
    return ControlLevel(name, least, most, idle)
