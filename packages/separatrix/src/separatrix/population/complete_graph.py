"""What is expected of a game of two strategies on a complete graph, exactly: a Markov chain.

With payoffs averaged over the N - 1 others, all who play the same earn the same, so that how many play the
first strategy is a Markov chain for each update rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.ingredients import ingredients
from separatrix.dynamics.tolerances import TIE
from separatrix.game.model import Game
from separatrix.population.finite.encounters import encounters
from separatrix.population.finite.exploration import exploration_of
from separatrix.population.finite.processes import selection
from separatrix.population.finite.transitions import finite_chain
from separatrix.run.deadline import poll

__all__ = ["expected_shares", "moves_on_complete_graph"]

Array = NDArray[np.float64]
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
