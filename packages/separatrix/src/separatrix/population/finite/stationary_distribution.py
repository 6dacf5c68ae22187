"""Where a finite population is found in the long run, with mutation or exploration that is not rare.

A chain of two strategies is solved in the logarithm in closed form, every other one by elimination without
subtraction (`elimination`).  Reference: Traulsen, A., Hauert, C., De Silva, H., Nowak, M. A. and Sigmund, K.
(2009), Exploration dynamics in evolutionary games, PNAS 106, 709-712.

The gradient of selection: where a finite population drifts from each state, and how noisy that is.

Reference: Pacheco, J. M., Santos, F. C., Souza, M. O. and Skyrms, B. (2009), Evolutionary dynamics of
collective action in N-person stag hunt dilemmas, Proceedings of the Royal Society B 276, 315-321.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.registry import at_baseline_values
from separatrix.game.model import Game
from separatrix.population.finite.encounters import Encounters, encounters
from separatrix.population.finite.fixation import finite, setting_of
from separatrix.population.finite.processes import SelectionStrength, selection
from separatrix.population.finite.small_mutation_limit import (
    ChainTransitions,
    closed_class,
    layered_stationary,
    modes,
    small_mutation_limit,
)
from separatrix.population.finite.transitions import (
    FiniteChain,
    MutantStrategies,
    exploration_of,
    finite_chain,
    mutation_rate,
)
from separatrix.run.cached_property import cached_property
from separatrix.run.results import Plotted, Tabled
from separatrix.sentences import say

__all__ = [
    "Balance",
    "GradientOfSelection",
    "StationaryDistribution",
    "gradient_in",
    "gradient_of_selection",
    "stationary_distribution",
]

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

NO_DRIFT = 1e-14
"""Of what moves either way: less is the rounding of a difference that is 0."""


@dataclass(frozen=True)
class Balance:
    """Where the gradient of one population of two strategies changes its sign.

    Attributes
    ----------
    after : int
        How many play the first strategy just before: it lies between this number and the next.
    before : int
        That next number; the same where the gradient is 0 exactly there.
    stable : bool
        Whether the population drifts towards it from both sides.
    """

    after: int
    before: int
    stable: bool


@dataclass(frozen=True, eq=False, repr=False)
class GradientOfSelection(Plotted, Tabled):
    """The drift of a finite population at each state.

    Attributes
    ----------
    met : Encounters
        The game at numbers, and the sizes of its populations.
    selection : SelectionStrength
    explored : MutantStrategies
    mu : float
        The probability that an update explores.
    scenario : str or None
    counts : for each population an (n, k) array
        How many play each strategy.
    drift : for each population an (n, k) array
        By how much the share of each strategy is expected to change in a unit of time, in which each player
        is updated once on average.
    noise : for each population an (n, k) array
        The variance of that change.
    """

    met: Encounters
    selection: SelectionStrength
    explored: MutantStrategies
    mu: float
    scenario: str | None
    counts: tuple[Counts, ...]
    drift: tuple[Array, ...]
    noise: tuple[Array, ...]

    @property
    def game(self) -> Game:
        """The game."""
        return self.met.game

    @property
    def balances(self) -> tuple[Balance, ...] | None:
        """Where the drift changes its sign inside; None but for one population of two strategies."""
        if self.met.strategies != (2,):
            return None
        drift = self.drift[0][:, 0]
        signs = np.where(np.abs(drift) <= NO_DRIFT * self._motion(), 0.0, np.sign(drift))
        inside = [(k, s) for k, s in enumerate(signs.tolist()) if 0 < k < len(signs) - 1 or self.mu]
        moving = [(k, s) for k, s in inside if s]
        found = []
        for (k, one), (later, other) in itertools.pairwise(moving):
            if one != other:
                middle = later - 1 if later - k == 2 else None  # a single state of no drift between them
                ends = (k, later) if middle is None else (middle, middle)
                found.append(Balance(*ends, one > 0))
        return tuple(found)

    def _motion(self) -> Array:
        return np.asarray(self.noise[0][:, 0] * self.met.sizes[0])

    def told_balances(self) -> list[dict[str, Any]] | None:
        """Return the balances as plain data."""
        if self.balances is None:
            return None
        return [{"between": [b.after, b.before], "stable": b.stable} for b in self.balances]

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        populations = self.game.populations
        return {
            **setting_of(self.met, self.selection, self.scenario),
            "mu": self.mu,
            "balances": self.told_balances(),
            "states": [
                {
                    "counts": [own[i].tolist() for own in self.counts],
                    "drift": {
                        p.name: own[i].tolist() for p, own in zip(populations, self.drift, strict=True)
                    },
                    "noise": {
                        p.name: own[i].tolist() for p, own in zip(populations, self.noise, strict=True)
                    },
                }
                for i in range(len(self.counts[0]))
            ],
            "provenance": provenance(self.game),
        }


def gradient_of_selection(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    population_size: object = 100,
    beta: object = 1.0,
    mu: object = 0.0,
    exploration: object = None,
    process: str = "fermi",
    fitness: str = "exponential",
    self_meeting: bool = False,
) -> GradientOfSelection:
    """Return where a finite population drifts from each of its states, and the noise of that.

    Parameters
    ----------
    game : Game
        With payoffs; of one population or of several.
    values, scenario
        As in `separatrix.analyze`.
    population_size, beta, process, fitness, self_meeting
        As in `separatrix.fixation_probability`.
    mu, exploration
        As in `separatrix.stationary_distribution`; by default without exploration.

    Returns
    -------
    GradientOfSelection
        With ``drift`` and ``noise`` at each state and, for one population of two strategies, ``balances``.

    Raises
    ------
    InputError
        N201 to N208 as `separatrix.fixation_probability` does; N210 for too many states.
    NameProblem
        N203 for an unknown strategy or population.

    References
    ----------
    Pacheco, J. M., Santos, F. C., Souza, M. O. and Skyrms, B. (2009), Evolutionary dynamics of collective
    action in N-person stag hunt dilemmas, Proceedings of the Royal Society B 276, 315-321.

    Examples
    --------
    >>> from separatrix import Game
    >>> hawk_dove = Game.from_matrices([[-1, 4], [0, 2]], strategies=["hawk", "dove"])
    >>> gradient_of_selection(hawk_dove, population_size=31, beta=0.1).balances
    (Balance(after=21, before=22, stable=True),)
    """
    met = encounters(game, population_size, values, scenario, self_meeting)
    chosen, explored = selection(process, beta, fitness), exploration_of(game, exploration)
    chain = finite_chain(met, chosen, explored, mutation_rate(mu))
    return gradient_in(chain, scenario)


def gradient_in(chain: FiniteChain, scenario: str | None) -> GradientOfSelection:
    """Return the drift and the noise of a chain at each state."""
    players = sum(chain.met.sizes)
    drift, noise = [], []
    for size, spread in zip(chain.met.sizes, chain.spread, strict=True):
        away = spread.sum(axis=2) - np.einsum("nii->ni", spread)
        # Pair by pair: what moves both ways as often cancels exactly.
        net = (spread.transpose(0, 2, 1) - spread).sum(axis=2)
        drift.append(net * players / size)
        noise.append((2 * away + net) * players / size**2)
    return GradientOfSelection(
        chain.met,
        chain.selection,
        chain.explored,
        chain.mu,
        scenario,
        chain.lattice.counts,
        tuple(drift),
        tuple(noise),
    )


MOST_TOLD = 50_000
"""States up to which JSON has every weight."""

LIKELIEST = 10
"""States that an answer on a page names."""


@dataclass(frozen=True, eq=False, repr=False)
class StationaryDistribution(Plotted, Tabled):
    """How long a finite population is at each of its states in the long run.

    Attributes
    ----------
    chain : FiniteChain
        The game at numbers, the sizes of its populations, the process, and what is explored how often.
    scenario : str or None
    log_weights : (n,) array
        ln of the share of the time at each state.
    counts : for each population an (n, k) array
        How many play each strategy at each state.
    """

    chain: FiniteChain
    scenario: str | None
    log_weights: Array
    counts: tuple[Counts, ...]

    @property
    def game(self) -> Game:
        """The game."""
        return self.chain.met.game

    @property
    def met(self) -> Encounters:
        """The game at numbers, and the sizes of its populations."""
        return self.chain.met

    @property
    def selection(self) -> SelectionStrength:
        """The process and the intensity of selection."""
        return self.chain.selection

    @property
    def mu(self) -> float:
        """The probability that an update explores; 0 stands for the limit of rare mutation."""
        return self.chain.mu

    @cached_property
    def weights(self) -> Array:
        """The share of the time at each state; none below 0."""
        return np.asarray(np.exp(self.log_weights))

    @cached_property
    def mean_shares(self) -> tuple[Array, ...]:
        """The share of each strategy, on average over time, for each population."""
        return tuple(
            np.asarray(self.weights @ own / size)
            for own, size in zip(self.counts, self.met.sizes, strict=True)
        )

    @cached_property
    def deviations(self) -> tuple[Array, ...]:
        """The standard deviation of these shares."""
        result = []
        for own, size, mean in zip(self.counts, self.met.sizes, self.mean_shares, strict=True):
            result.append(np.sqrt(self.weights @ (own / size - mean) ** 2))
        return tuple(result)

    @cached_property
    def gradient(self) -> GradientOfSelection:
        """Where it drifts from each state of the whole chain."""
        return gradient_in(self.chain, self.scenario)

    @property
    def how_sure(self) -> str:
        """How sure the answer is."""
        if self.mu == 0:
            told = say("the limit of rare mutation, in closed form and by elimination without a subtraction")
        elif self.met.strategies == (2,) and np.isfinite(self.log_weights).all():
            told = say("closed form of a birth-death chain, in logarithms")
        else:
            told = say(
                "all {states} states, taken out one by one without a subtraction: no entry is below 0, and "
                "small ones are as exact as large ones",
                states=f"{len(self.log_weights):,}",
            )
        return at_baseline_values(self.game, told)

    @property
    def drifts(self) -> bool:
        """Whether the drift of this chain provably changes its sign."""
        return self.met.strategies == (2,) and math.isfinite(self.selection.beta)

    @property
    def uniform(self) -> float:
        """The share of the time at which all of each population play the same."""
        alone = np.ones(len(self.log_weights), dtype=bool)
        for own, size in zip(self.counts, self.met.sizes, strict=True):
            alone &= own.max(axis=1) == size
        return float(self.weights[alone].sum())

    @property
    def modes(self) -> list[int]:
        """The states at which the population is most often, as indices; several where they tie."""
        return modes(self.log_weights)

    def likeliest(self, most: int = LIKELIEST) -> list[int]:
        """Return the states where the population is most often, as indices."""
        return [int(i) for i in np.argsort(-self.log_weights, kind="stable")[:most]]

    def state_of(self, index: int) -> tuple[tuple[int, ...], ...]:
        """Return how many of each population play each strategy at a state."""
        return tuple(tuple(own[index].tolist()) for own in self.counts)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data; states one by one up to 50,000 of them."""
        from separatrix.run.results import provenance

        populations = self.game.populations
        told = range(len(self.log_weights)) if len(self.log_weights) <= MOST_TOLD else self.likeliest()
        return {
            **setting_of(self.met, self.selection, self.scenario),
            "mu": self.mu,
            "exploration": self.chain.explored.to_dict(self.game),
            "mean_shares": {
                p.name: {s.name: float(x) for s, x in zip(p.strategies, mean, strict=True)}
                for p, mean in zip(populations, self.mean_shares, strict=True)
            },
            "standard_deviations": {
                p.name: {s.name: float(x) for s, x in zip(p.strategies, deviation, strict=True)}
                for p, deviation in zip(populations, self.deviations, strict=True)
            },
            "all_play_the_same": self.uniform,
            "balances": self.gradient.told_balances() if self.drifts else None,
            "how_sure": str(self.how_sure),
            "number_of_states": len(self.log_weights),
            "states": [
                {
                    "counts": [list(own) for own in self.state_of(i)],
                    "weight": float(self.weights[i]),
                    "log_weight": finite(self.log_weights[i]),
                }
                for i in told
            ],
            "provenance": provenance(self.game),
        }


def stationary_distribution(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    population_size: object = 100,
    beta: object = 1.0,
    mu: object = 0.01,
    exploration: object = None,
    process: str = "fermi",
    fitness: str = "exponential",
    self_meeting: bool = False,
    advance: Callable[[int, int], None] | None = None,
) -> StationaryDistribution:
    """Return how long a finite population is at each of its states in the long run.

    Parameters
    ----------
    game : Game
        With payoffs; of one population or of several.
    values, scenario
        As in `separatrix.analyze`.
    population_size, beta, process, fitness, self_meeting
        As in `separatrix.fixation_probability`.
    mu : number
        The probability that an update explores: that a player tries a strategy instead of copying one or, in
        the Moran processes and in imitation, that what is passed on changes.  0 gives the limit of rare
        mutation.
    exploration : mapping or matrix, optional
        Which strategies are tried, as in `separatrix.small_mutation_limit`.
    advance : callable, optional
        Called with the amounts of finished and of all work.

    Returns
    -------
    StationaryDistribution
        No entry is below 0, and each is right to many digits, however small it is.

    Raises
    ------
    InputError
        N201 to N208 as `separatrix.fixation_probability` does; N209 where the chain
        has several parts that it never leaves; N210 for too many states.
    NameProblem
        N203 for an unknown strategy or population.

    References
    ----------
    Grassmann, W. K., Taksar, M. I. and Heyman, D. P. (1985), Regenerative analysis and steady state
    distributions for Markov chains, Operations Research 33, 1107-1116.

    Examples
    --------
    >>> from separatrix import Game
    >>> stag_hunt = Game.from_matrices([[4, 0], [3, 2]], strategies=["stag", "hare"])
    >>> found = stationary_distribution(stag_hunt, population_size=100, mu=0.001)
    >>> f"{found.weights[-1]:.2g}", found.mean_shares[0].round(4).tolist()  # where all hunt the stag
    ('9.7e-23', [0.0013, 0.9987])
    """
    rate = mutation_rate(mu)
    explored = exploration_of(game, exploration)
    met = encounters(game, population_size, values, scenario, self_meeting)
    chosen = selection(process, beta, fitness)
    if rate == 0:
        limit = small_mutation_limit(
            game,
            values,
            scenario,
            population_size=population_size,
            beta=beta,
            process=process,
            fitness=fitness,
            exploration=exploration,
            self_meeting=self_meeting,
        )
        chain = FiniteChain(met, chosen, explored, 0.0)
        return StationaryDistribution(chain, scenario, limit.log_weights, _corners(met, limit.states))
    chain = finite_chain(met, chosen, explored, rate)
    return StationaryDistribution(chain, scenario, log_stationary_of(chain, advance), chain.lattice.counts)


def _corners(met: Encounters, states: tuple[tuple[int, ...], ...]) -> tuple[Counts, ...]:
    result = []
    for p, (size, k) in enumerate(zip(met.sizes, met.strategies, strict=True)):
        own = np.zeros((len(states), k), dtype=np.int64)
        own[np.arange(len(states)), [state[p] for state in states]] = size
        result.append(own)
    return tuple(result)


def log_stationary_of(chain: FiniteChain, advance: Callable[[int, int], None] | None = None) -> Array:
    """Return ln of the stationary distribution of a chain; raise N209 where it has none of its own."""
    lattice, moves = chain.lattice, chain.moves
    if not moves:  # one strategy alone has one state
        return np.zeros(lattice.count)
    if lattice.strategies == (2,):
        spread = chain.spread[0]
        up, down = spread[:-1, 1, 0], spread[1:, 0, 1]
        if (up > 0).all() and (down > 0).all():
            return normalised(np.concatenate([[0.0], np.cumsum(np.log(up) - np.log(down))]))
    order, starts = lattice.layers()
    place = np.empty(lattice.count, dtype=np.int64)
    place[order] = np.arange(lattice.count)
    links = ChainTransitions(
        np.concatenate([place[move.source] for move in moves]),
        np.concatenate([place[move.target] for move in moves]),
        np.concatenate([move.probability for move in moves]),
    )
    possible = links.probability > 0
    stays = closed_class(links.source[possible], links.target[possible], lattice.count)
    # A class hangs together through neighbouring layers, so that those without a state of it lie at the ends.
    held = np.add.reduceat(stays, starts[:-1], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(held[held > 0])])
    shares, scales = layered_stationary(_subchain(links, stays), starts, advance)
    with np.errstate(divide="ignore"):  # what is smaller than 1e-308 of the largest of its layer
        logs = np.log(shares) + np.repeat(scales, np.diff(starts))
    result = np.full(lattice.count, -np.inf)
    result[order[stays]] = logs
    return normalised(result)


def _subchain(links: ChainTransitions, stays: NDArray[np.bool_]) -> ChainTransitions:
    """Return the moves between some of the states, numbered among these."""
    if stays.all():
        return links
    chosen = stays[links.source] & stays[links.target]
    place = np.cumsum(stays) - 1
    return ChainTransitions(
        place[links.source[chosen]], place[links.target[chosen]], links.probability[chosen]
    )


def normalised(logs: Array) -> Array:
    """Return logarithms of weights such that the weights add up to one."""
    largest = float(logs.max())
    return np.asarray(logs - largest - math.log(float(np.exp(logs - largest).sum())))
