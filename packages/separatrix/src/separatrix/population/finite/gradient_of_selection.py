"""The gradient of selection: where a finite population drifts from each state, and how noisy that is.

Reference: Pacheco, J. M., Santos, F. C., Souza, M. O. and Skyrms, B. (2009), Evolutionary dynamics of
collective action in N-person stag hunt dilemmas, Proceedings of the Royal Society B 276, 315-321.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.game.model import Game
from separatrix.population.finite.encounters import Encounters, encounters
from separatrix.population.finite.exploration import MutantStrategies, exploration_of, mutation_rate
from separatrix.population.finite.fixation import setting_of
from separatrix.population.finite.processes import SelectionStrength, selection
from separatrix.population.finite.transitions import FiniteChain, finite_chain
from separatrix.run.results import Plotted, Tabled

__all__ = ["Balance", "GradientOfSelection", "gradient_in", "gradient_of_selection"]

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
