"""What is expected of a game of two strategies on a complete graph, exactly: a Markov chain.

With payoffs averaged over the N - 1 others, all who play the same earn the same, so that how many play the
first strategy is a Markov chain for each update rule.

Trajectories of the best response dynamics of one population in pairs, straight line by straight line.

While one strategy earns most, shares go straight to it, as x + (1 - e^-t)(e_b - x); payoffs are linear on
the way, so that the time at which another one earns as much is known exactly.  Where no single strategy can
be followed from there, a mixture of them is at rest, or slid along: the first is followed, and the second is
left open.

Reference: Gaunersdorfer, A. and Hofbauer, J. (1995), Fictitious play, Shapley polygons, and the replicator
equation, Games and Economic Behavior 11, 279-303, section 2.

The mean field of each update rule but the best replies: how shares change where very many meet each other.

One unit of time is as many updates as there are enterprises.

What a strategy earns in one encounter with another, as exact numbers, where one population plays itself.

On a graph and in a finite population payoffs are sums over encounters of two; a game says them as one matrix,
or as the two tables of a symmetric game of two populations, whose members may as well be one population's.

References
----------
Traulsen, A., Claussen, J. C. and Hauert, C. (2005), Coevolutionary dynamics: from finite to infinite
populations, Physical Review Letters 95, 238701 (Fermi and Moran); Sandholm, W. H. (2010), Population Games
and Evolutionary Dynamics, chapter 4 (revision protocols and mean dynamics).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.payoffs import PayoffField, ingredients, numbers
from separatrix.dynamics.fields.target_protocols import Logit
from separatrix.dynamics.tolerances import TIE
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.expression.tree import Expression, names_in
from separatrix.game.model import Game, ProfileTable, SelfMatrix, Strategy
from separatrix.game.values import evaluate_in
from separatrix.population.finite.encounters import encounters
from separatrix.population.finite.processes import selection
from separatrix.population.finite.transitions import exploration_of, finite_chain
from separatrix.run.limits import poll

__all__ = [
    "EncounterPayoffs",
    "FermiField",
    "MEAN_FIELDS",
    "MoranField",
    "best_response_path",
    "expected_shares",
    "moves_on_complete_graph",
    "pair_payoffs",
    "require_finite",
    "strategy_index",
]

Array = NDArray[np.float64]

MOST_TURNS = 10_000
"""Changes of the best reply: near a rest point that is spiralled into they come ever faster."""


def best_response_path(matrix: Array, start: Sequence[float], times: Sequence[float]) -> list[Array | None]:
    """Return the shares at some times, in order; None where they are not determined.

    Parameters
    ----------
    matrix : ndarray, shape (k, k)
        What each strategy earns when it meets each other one.
    start : sequence of k floats
    times : sequence of float

    Examples
    --------
    >>> hawk_dove = np.array([[-1.0, 4.0], [0.0, 2.0]])
    >>> path = best_response_path(hawk_dove, [0.5, 0.5], [0.1, 5.0])
    >>> [round(float(x[0]), 6) for x in path]
    [0.547581, 0.666667]
    """
    at, clock = np.array(start, dtype=float), 0.0
    result: list[Array | None] = []
    waiting = list(times)
    for _ in range(MOST_TURNS):
        reply = _followed(matrix, at)
        if reply is None:
            rest = _is_rest(matrix, at)
            return [*result, *([at.copy() if rest else None] * len(waiting))]
        ahead = np.eye(len(at))[reply] - at
        part = _until_tied(matrix, at, ahead, reply)
        duration = math.inf if part >= 1 else -math.log1p(-part)
        while waiting and waiting[0] <= clock + duration:
            result.append(at - ahead * math.expm1(clock - waiting.pop(0)))
        if not waiting:
            return result
        at, clock = at + part * ahead, clock + duration
    return [*result, *([None] * len(waiting))]


def _best_replies(matrix: Array, at: Array) -> NDArray[np.bool_]:
    earned = matrix @ at
    return np.asarray(earned >= earned.max() - TIE * np.abs(matrix).max())


def _followed(matrix: Array, at: Array) -> int | None:
    """Return a best reply that stays one when shares move towards it; None where none does."""
    best = np.flatnonzero(_best_replies(matrix, at))
    for reply in best:
        gain = matrix @ (np.eye(len(at))[reply] - at)
        others = best[best != reply]
        if (gain[reply] > gain[others]).all() or (at[reply] == 1 and len(best) == 1):
            return int(reply)
    return None


def _is_rest(matrix: Array, at: Array) -> bool:
    """Return whether every played strategy is a best reply, so that the state is at rest."""
    return bool(_best_replies(matrix, at)[at > 0].all())


def _until_tied(matrix: Array, at: Array, ahead: Array, reply: int) -> float:
    """Return the part of the way after which another strategy earns as much; 1 where none does."""
    gap, closing = matrix @ at, matrix @ ahead
    gap, closing = gap[reply] - gap, closing - closing[reply]
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(closing > 0, gap / closing, np.inf)
    parts[reply] = np.inf
    # What is tied already and does not catch up was left behind by the choice of the reply.
    parts[gap <= 0] = np.inf
    return float(min(parts.min(), 1.0))


Moves = tuple[Array, Array]
"""For each number of players of the first strategy, 0 ... N, the probabilities of one more and one fewer."""


def moves_on_complete_graph(game: Game, rule: str, size: int, beta: float) -> Moves:
    """Return the chain of an update rule on a complete graph.

    Parameters
    ----------
    game : Game
        Of one population of two strategies.
    rule : str
        A key of `separatrix.population.networks.update_rules.UPDATE_RULES`.
    size : int
        The number N of enterprises, 2 or more.
    beta : float
        The intensity of selection.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load({"title": "Coordination", "payoff_matrix": [[4, 0], [3, 2]]})
    >>> up, down = moves_on_complete_graph(game, "best-response", 5, 1.0)
    >>> up.tolist(), down.tolist()
    ([0.0, 0.0, 0.0, 0.4, 0.2, 0.0], [0.0, 0.2, 0.4, 0.6, 0.0, 0.0])
    """
    if rule in _CHOICES:
        return _CHOICES[rule](_payoffs(game, size), beta)
    chain = finite_chain(encounters(game, size), selection(rule, beta), exploration_of(game, None), 0.0)
    spread, counts = chain.spread[0], chain.lattice.counts[0][:, 0]
    up, down = np.empty(size + 1), np.empty(size + 1)
    up[counts], down[counts] = spread[:, 1, 0], spread[:, 0, 1]
    return up, down


def expected_shares(moves: Moves, players: int, updates: NDArray[np.int64]) -> Array:
    """Return the expected share of the first strategy after some updates.

    Parameters
    ----------
    moves : as of `moves_on_complete_graph`
    players : int
        How many play it at first.
    updates : ndarray
        In order.
    """
    up, down = moves
    size = len(up) - 1
    chance = np.zeros(size + 1)
    chance[players] = 1.0
    share, stay = np.arange(size + 1) / size, 1 - up - down
    result, done = [], 0
    for end in updates.tolist():
        for _ in range(end - done):
            moved = chance * stay
            moved[1:] += chance[:-1] * up[:-1]
            moved[:-1] += chance[1:] * down[1:]
            chance = moved
        poll()
        done = end
        result.append(float(chance @ share))
    return np.array(result)


# --------------------------------------------------------------------------- rules that choose


def _payoffs(game: Game, size: int) -> Array:
    """Return what strategy s would earn one who plays a among the others, (N + 1, a, s)."""
    weights = [np.array([[1.0, 0.0], [0.0, 1.0]])]
    earned = np.asarray(ingredients(game).driven["payoffs"](weights)[0])  # against all first, all second
    players = np.arange(size + 1)
    result = np.empty((size + 1, 2, 2))
    for own in (0, 1):
        first = np.clip(players - (own == 0), 0, size - 1) / (size - 1)
        result[:, own, :] = first[:, None] * earned[0] + (1 - first)[:, None] * earned[1]
    return result


def _gap(one: Array, other: Array) -> Array:
    """Return by how much one earns more than another; 0 where that is but the rounding of a tie."""
    gap = one - other
    return np.where(np.abs(gap) <= TIE * np.maximum(np.abs(one), np.abs(other)), 0.0, gap)


def _imitate_best(payoffs: Array, beta: float) -> Moves:
    size = len(payoffs) - 1
    players = np.arange(size + 1)
    better = _gap(payoffs[:, 0, 0], payoffs[:, 1, 1])
    both = (players > 0) & (players < size)
    return (size - players) / size * (both & (better > 0)), players / size * (both & (better < 0))


def _best_response(payoffs: Array, beta: float) -> Moves:
    size = len(payoffs) - 1
    players = np.arange(size + 1)
    gain = _gap(payoffs[..., 0], payoffs[..., 1])
    return (size - players) / size * (gain[:, 1] > 0), players / size * (gain[:, 0] < 0)


def _logit(payoffs: Array, beta: float) -> Moves:
    size = len(payoffs) - 1
    players = np.arange(size + 1)
    first = 0.5 * (1 + np.tanh(beta * (payoffs[..., 0] - payoffs[..., 1]) / 2))
    return (size - players) / size * first[:, 1], players / size * (1 - first[:, 0])


_CHOICES: Mapping[str, Callable[[Array, float], Moves]] = {
    "imitate-best": _imitate_best,
    "best-response": _best_response,
    "logit": _logit,
}


COLDEST = 1e300
"""The temperature that stands for no selection: all strategies are then chosen alike."""


@dataclass(frozen=True)
class FermiField(PayoffField):
    """The field x_a' = x_a sum_b x_b tanh(beta (U_a - U_b)/2), of pairwise comparison.

    Attributes
    ----------
    beta : float
        The intensity of selection.
    """

    kind: ClassVar[str] = "fermi"
    keeps_faces: ClassVar[bool] = True

    beta: float = 1.0

    def log_rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return d ln x_a / dt for all strategies, an array (..., k) a population."""
        result = []
        for part, earned, speed in zip(weights, self.payoffs(weights), self.speeds, strict=True):
            more = np.tanh(self.beta * (earned[..., :, None] - earned[..., None, :]) / 2)
            result.append(speed * (more * part[..., None, :]).sum(axis=-1))
        return result

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        return [part * growth for part, growth in zip(weights, self.log_rates(weights), strict=True)]


@dataclass(frozen=True)
class MoranField(PayoffField):
    """The field x_a' = x_a (f_a / average f - 1), of birth-death and of death-birth.

    Attributes
    ----------
    beta : float
        The intensity of selection.
    linear : bool
        Whether the fitness f is 1 + beta U; else exp(beta U).
    """

    kind: ClassVar[str] = "moran"
    keeps_faces: ClassVar[bool] = True

    beta: float = 1.0
    linear: bool = False

    def log_rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return d ln x_a / dt for all strategies, an array (..., k) a population."""
        result = []
        for part, earned, speed in zip(weights, self.payoffs(weights), self.speeds, strict=True):
            if self.linear:
                fit = 1 + self.beta * earned
            else:
                fit = np.exp(self.beta * (earned - earned.max(axis=-1, keepdims=True)))
            result.append(speed * (fit / (part * fit).sum(axis=-1, keepdims=True) - 1))
        return result

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        return [part * growth for part, growth in zip(weights, self.log_rates(weights), strict=True)]


def _fermi(game: Game, beta: float) -> PayoffField:
    return FermiField(**ingredients(game).driven, beta=beta)


def _moran(game: Game, beta: float) -> PayoffField:
    return MoranField(**ingredients(game).driven, beta=beta)


def _mean_fields_logit(game: Game, beta: float) -> PayoffField:
    return Logit(**ingredients(game).driven, eta=1 / beta if beta else COLDEST)


MEAN_FIELDS: Mapping[str, Callable[[Game, float], PayoffField]] = {
    "fermi": _fermi,
    "death-birth": _moran,
    "birth-death": _moran,
    "logit": _mean_fields_logit,
}
"""From a game and the intensity of selection to the mean field, by update rule; `best_response_path` has the
two rules that take what is best."""


def require_finite(beta: float) -> None:
    """Refuse an intensity of selection whose mean field is not a function of the shares.

    Raises
    ------
    InputError
        N502 where it is infinite, negative or no number.
    """
    if not 0 <= beta < float("inf"):
        raise InputError(
            "N502",
            f"an intensity of selection of {beta:g}; mean fields are compared for finite ones of 0 or more",
            hint="choose a large beta, or look at best response, which is the limit",
        )


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
