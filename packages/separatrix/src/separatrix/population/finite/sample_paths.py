"""Sample paths of finite populations, which skip the updates that change nothing.

Most updates of a finite population are idle: a player looks at one that plays the same, or does not copy it.
How many pass before the next move is geometrically distributed, and is drawn at once.

References: Gillespie, D. T. (1977), Exact stochastic simulation of coupled chemical reactions, Journal of
Physical Chemistry 81, 2340-2361; Bortz, A. B., Kalos, M. H. and Lebowitz, J. L. (1975), Journal of
Computational Physics 17, 10-18 (in steps).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.game.model import Game, SelfMatrix
from separatrix.game.values import exact
from separatrix.io.yaml_output import without_arrays
from separatrix.population.finite.encounters import Encounters, encounters, whole_tables
from separatrix.population.finite.fixation import setting_of
from separatrix.population.finite.processes import PROCESSES, SelectionStrength, selection
from separatrix.population.finite.transitions import (
    CompositionLattice,
    FiniteChain,
    MutantStrategies,
    exploration_of,
    finite_chain,
    mutation_rate,
)
from separatrix.run.results import Plotted, Tabled

__all__ = ["FinitePath", "finite_path"]

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

MOST_LISTED = 50_000
"""States that are listed for a path of a game in pairs. More: listing them takes longer than a short path."""

MOST_UPDATES = 10**15
"""Updates of a path; so many are still whole numbers as floats."""

MOST_POINTS = 1_000_001
"""Recorded states."""


@dataclass(frozen=True, eq=False, repr=False)
class FinitePath(Plotted, Tabled):
    """One path of a finite population.

    Attributes
    ----------
    met : Encounters
    selection : SelectionStrength
    explored : MutantStrategies
    mu : float
        The probability that an update explores.
    scenario : str or None
    updates : (r,) array
        After how many updates each state was recorded.
    counts : for each population an (r, k) array
        How many played each strategy then.
    mean_shares : for each population a (k,) array
        The share of each strategy, on average over all updates.
    moves : int
        Updates that changed something.
    seed : int
    """

    met: Encounters
    selection: SelectionStrength
    explored: MutantStrategies
    mu: float
    scenario: str | None
    updates: Counts
    counts: tuple[Counts, ...]
    mean_shares: tuple[Array, ...]
    moves: int
    seed: int

    @property
    def game(self) -> Game:
        """The game."""
        return self.met.game

    @property
    def times(self) -> Array:
        """When each state was recorded; in one unit of time each player is updated once on average."""
        return np.asarray(self.updates / sum(self.met.sizes))

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        populations = self.game.populations
        return {
            **setting_of(self.met, self.selection, self.scenario),
            "mu": self.mu,
            "exploration": self.explored.to_dict(self.game),
            "updates": self.updates.tolist(),
            "counts": {p.name: own.tolist() for p, own in zip(populations, self.counts, strict=True)},
            "mean_shares": {
                p.name: {s.name: float(x) for s, x in zip(p.strategies, mean, strict=True)}
                for p, mean in zip(populations, self.mean_shares, strict=True)
            },
            "moves": self.moves,
            "provenance": provenance(self.game) | {"seed": self.seed},
        }


def finite_path(
    game: Game,
    start: object = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    updates: object = 1_000_000,
    points: int = 1001,
    seed: int = 0,
    population_size: object = 100,
    beta: object = 1.0,
    mu: object = 0.01,
    exploration: object = None,
    process: str = "fermi",
    fitness: str = "exponential",
    self_meeting: bool = False,
) -> FinitePath:
    """Follow one path of a finite population.

    Parameters
    ----------
    game : Game
        With payoffs; of one population or of several.
    start : sequence of int, or one such for each population; optional
        How many play each strategy at first; by default all alike, the first strategies one more if need be.
    values, scenario
        As in `separatrix.analyze`.
    updates : int
        The number of updates, one player at a time.
    points : int
        How many states are recorded, the first and the last among them.
    seed : int
        The same seed gives the same path.
    population_size, beta, mu, exploration, process, fitness, self_meeting
        As in `separatrix.stationary_distribution`; ``mu=0`` ends where all play the same.

    Returns
    -------
    FinitePath

    Raises
    ------
    InputError
        N201 to N208 as `separatrix.fixation_probability` does; N210 for a game that is not played in pairs
        and has too many states; N211 for a start, a number of updates or of points that cannot be.
    NameProblem
        N203 for an unknown strategy or population.

    References
    ----------
    Gillespie, D. T. (1977), Exact stochastic simulation of coupled chemical reactions, Journal of Physical
    Chemistry 81, 2340-2361.

    Examples
    --------
    >>> from separatrix import Game
    >>> hawk_dove = Game.from_matrices([[-1, 4], [0, 2]], strategies=["hawk", "dove"])
    >>> path = finite_path(hawk_dove, [1, 99], updates=10**7, mu=0.001)
    >>> round(float(path.mean_shares[0][0]), 1)
    0.7
    """
    met = encounters(game, population_size, values, scenario, self_meeting)
    chosen, explored, rate = (
        selection(process, beta, fitness),
        exploration_of(game, exploration),
        mutation_rate(mu),
    )
    if math.isinf(chosen.beta):
        raise InputError("N207", "a path needs a finite beta", hint="give a finite beta, such as 100")
    length = _whole(updates, 1, MOST_UPDATES, "updates")
    recorded = _whole(points, 2, MOST_POINTS, "points")
    first = _start(met, start)
    every = max(1, length // (recorded - 1))
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(_whole(seed, 0, 2**63, "seed"))))
    held = min(recorded, length // every + 1)
    lattice = CompositionLattice(met.sizes, met.strategies)
    in_pairs = isinstance(game.form, SelfMatrix) and not chosen.linear
    if in_pairs and lattice.count > MOST_LISTED:
        states, spent, moves = _unlisted(met, chosen, explored, rate, first[0], length, every, held, rng)
        counts: tuple[Counts, ...] = (states,)
        means: tuple[Array, ...] = (spent / (float(length) * met.sizes[0]),)
    else:
        chain = finite_chain(met, chosen, explored, rate)
        numbers, spent, moves = _listed(chain, first, length, every, held, rng)
        counts = tuple(own[numbers] for own in lattice.counts)
        means = tuple(
            np.asarray(spent @ own / (float(length) * size))
            for own, size in zip(lattice.counts, met.sizes, strict=True)
        )
    at = np.arange(held, dtype=np.int64) * every
    return FinitePath(met, chosen, explored, rate, scenario, at, counts, means, moves, int(seed))


def _listed(
    chain: FiniteChain, first: Sequence[Counts], length: int, every: int, held: int, rng: np.random.Generator
) -> tuple[Counts, Array, int]:
    from separatrix.population.finite.kernels import listed_path

    count, moves = chain.lattice.count, chain.moves
    columns = max(len(moves), 1)  # one strategy alone has no move
    targets = np.tile(np.arange(count)[:, None], (1, columns))
    summed = np.zeros((count, columns))
    for k, move in enumerate(moves):
        targets[move.source, k] = move.target
        summed[move.source, k] = move.probability
    np.cumsum(summed, axis=1, out=summed)
    likely = summed[:, -1]
    with np.errstate(divide="ignore"):  # in a state without moves, and where every update moves
        waits = np.where(likely < 1, -1 / np.log1p(-np.minimum(likely, 1.0)), 0.0)
    states, spent = np.empty(held, dtype=np.int64), np.zeros(count)
    start = int(chain.lattice.number([own[None, :] for own in first])[0])
    done = listed_path(rng, start, length, targets, summed, waits, every, states, spent)
    return states, spent, int(done)


def _unlisted(
    met: Encounters,
    chosen: SelectionStrength,
    explored: MutantStrategies,
    mu: float,
    first: Counts,
    length: int,
    every: int,
    held: int,
    rng: np.random.Generator,
) -> tuple[Counts, Array, int]:
    from separatrix.population.finite.kernels import pairwise_path

    k = len(first)
    states, spent = np.empty((held, k), dtype=np.int64), np.zeros(k)
    size = met.sizes[0]
    tables, denominator = whole_tables({0: met.table(0, 0)}, size)
    moves = pairwise_path(
        rng,
        first.copy(),
        length,
        tables[0],
        chosen.beta / (denominator * (size - (not met.self_meeting))),
        mu,
        explored.matrix(0),
        list(PROCESSES).index(chosen.process.name),
        met.self_meeting,
        every,
        states,
        spent,
    )
    return states, spent, int(moves)


def _whole(given: object, least: int, most: int, what: str) -> int:
    number = exact(given, what)
    if number.denominator != 1 or not least <= number <= most:
        raise InputError("N211", f"`{what}` is {given}; expected a whole number from {least:,} to {most:,}")
    return int(number)


def _start(met: Encounters, given: object) -> list[Counts]:
    """Return how many of each population play each strategy at first."""
    if given is None:
        return [
            np.array([size // k + (a < size % k) for a in range(k)], dtype=np.int64)
            for size, k in zip(met.sizes, met.strategies, strict=True)
        ]
    plain: Any = without_arrays(given)
    try:
        nested = isinstance(next(iter(plain)), Sequence)
        counts = [[exact(value, "the start") for value in part] for part in (plain if nested else [plain])]
    except (TypeError, StopIteration, InputError):
        counts = []
    fits = len(counts) == len(met.sizes) and all(
        len(own) == k and sum(own) == size and all(n >= 0 and n.denominator == 1 for n in own)
        for own, size, k in zip(counts, met.sizes, met.strategies, strict=True)
    )
    if not fits:
        told = "; ".join(
            f"{k} numbers for {p.name} that add up to {size:,}"
            for p, size, k in zip(met.game.populations, met.sizes, met.strategies, strict=True)
        )
        raise InputError(
            "N211", f"the start is {given}; expected the number of players of each strategy: {told}"
        )
    return [np.array([int(n) for n in own], dtype=np.int64) for own in counts]
