"""The replicator dynamics of many draws of the parameters at once: every orbit has parameters of its own.

The batch integrator supports only one field. Here that field has one additional population, which is never
played and never moves: its share identifies the draw of a trajectory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.payoffs import Formulas, moving_formulas
from separatrix.dynamics.integration.polynomial_rates import (
    PolynomialRates,
    polynomial_rates,
    share_polynomials,
)
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.run.cached_property import cached_property

if TYPE_CHECKING:
    from separatrix.dynamics.parameter_uncertainty.uncertainty import Draws, Uncertainty

__all__ = ["COMPILED_FROM", "MIDDLE", "DrawnField", "drawn_field"]

Array = NDArray[np.float64]

MIDDLE, AROUND = 0.5, 0.004
"""The share that identifies the draw, and the width of its range: below the distance of an arrival."""


COMPILED_FROM = 200
"""Draws from which on machine code follows them. Fewer: loading it takes longer than it saves."""


@dataclass(eq=False)
class DrawnField:
    """A field that keeps faces, as `log_odds.KeepsFaces` wants it, with one share more.

    Attributes
    ----------
    game : Game
    draws : mapping of parameter to array (draws,)
    formulas : what every strategy earns, and the speeds
    compiled_from : int
        As `COMPILED_FROM`; 1 where many groups of draws are followed, some of them small.
    """

    game: Game
    draws: Draws
    formulas: Formulas
    compiled_from: int = COMPILED_FROM
    _last: tuple[Any, dict[str, Any]] | None = field(default=None, repr=False)

    @property
    def shares(self) -> tuple[str, ...]:
        """The names of the coordinates; the last one identifies the draw."""
        return (*self.game.shares, "draw")

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of strategies of each population, and the one that never moves."""
        return (*(len(p.strategies) for p in self.game.populations), 2)

    @cached_property
    def count(self) -> int:
        """How many draws there are."""
        return len(next(iter(self.draws.values())))

    def starts(self, states: Array, rows: Any = None) -> Array:
        """Return starts (orbits, n + 1) from states (n,) or (orbits, n) in the draws `rows`, or in all."""
        which = np.arange(self.count) if rows is None else np.asarray(rows)
        told = MIDDLE - AROUND / 2 + AROUND * (which + 0.5) / self.count
        return np.column_stack([np.broadcast_to(states, (len(which), np.shape(states)[-1])), told])

    def log_rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the growth rates of all strategies, each trajectory with the parameters of its draw."""
        told = (weights[-1][..., 0] - (MIDDLE - AROUND / 2)) / AROUND * self.count - 0.5
        here = dict(self._parameters(np.clip(np.rint(told).astype(np.intp), 0, self.count - 1)))
        return [*self._growth(here, weights[:-1]), np.zeros_like(weights[-1])]

    def _parameters(self, rows: NDArray[np.intp]) -> dict[str, Any]:
        if self._last is None or not np.array_equal(self._last[0], rows):
            self._last = rows, {name: values[rows] for name, values in self.draws.items()}
        return self._last[1]

    def _growth(self, here: dict[str, Any], weights: Sequence[Array]) -> list[Array]:
        for population, part in zip(self.game.populations, weights, strict=True):
            here.update({name: part[..., k] for k, name in enumerate(population.shares)})
        result = []
        payoffs, speeds = self.formulas
        for row, speed, part in zip(payoffs, speeds, weights, strict=True):
            rates = np.empty_like(part)
            for a, payoff in enumerate(row):
                rates[..., a] = payoff(here)
            result.append(rates * np.asarray(speed(here))[..., None])
        return result

    @cached_property
    def polynomials(self) -> PolynomialRates | None:
        """The rates in each draw as polynomials in the shares, where machine code can follow them."""
        sizes = self.sizes[:-1]

        def growth() -> list[list[Any]]:
            here: dict[str, Any] = dict(self.draws)
            for population, part in zip(self.game.populations, share_polynomials(sizes), strict=True):
                here.update(zip(population.shares, part, strict=False))
            payoffs, speeds = self.formulas
            return [
                [speed(here) * payoff(here) for payoff in row]
                for row, speed in zip(payoffs, speeds, strict=True)
            ]

        with np.errstate(all="ignore"):
            return polynomial_rates(sizes, growth, self.count)

    def growth_at(self, state: Sequence[Sequence[float] | Array]) -> list[Array]:
        """Return speed times payoff of all strategies at one state, an array (draws, k) a population.

        ``state`` holds the shares of all strategies, a sequence a population.
        """
        weights = [np.tile(np.asarray(part, dtype=float), (self.count, 1)) for part in state]
        with np.errstate(all="ignore"):
            return self._growth(dict(self.draws), weights)

    def invasion(self, played: Sequence[int]) -> Array:
        """Return the largest eigenvalue (draws,) at the pure profile in which these strategies are played.

        There the eigenvalues are what absent strategies earn more than the present one, times the speed.
        """
        sizes = [len(p.strategies) for p in self.game.populations]
        state = [np.eye(size)[a] for size, a in zip(sizes, played, strict=True)]
        gains = [
            np.delete(rates, a, axis=1) - rates[:, a : a + 1]
            for rates, a in zip(self.growth_at(state), played, strict=True)
        ]
        return np.asarray(np.concatenate(gains, axis=1).max(axis=1))

    @cached_property
    def rates(self) -> Array:
        """The fastest growth rate of each draw (draws,), at pure profiles and in the middle."""
        import itertools

        sizes = [len(p.strategies) for p in self.game.populations]
        states = [[np.full(size, 1 / size) for size in sizes]]
        for profile in itertools.islice(itertools.product(*(range(size) for size in sizes)), 256):
            states.append([np.eye(size)[a] for size, a in zip(sizes, profile, strict=True)])
        fastest = np.zeros(self.count)
        for state in states:
            for rates in self.growth_at(state):
                with np.errstate(invalid="ignore"):  # where payoffs have no value in a draw
                    spread = rates.max(axis=1) - rates.min(axis=1)
                fastest = np.maximum(fastest, np.where(np.isfinite(spread), spread, 0.0))
        return fastest

    @cached_property
    def scale(self) -> float:
        """The fastest growth rate of all draws."""
        return float(self.rates.max(initial=0.0))


def drawn_field(
    uncertainty: Uncertainty, draws: Draws, compiled_from: int = COMPILED_FROM
) -> DrawnField | None:
    """Return the replicator dynamics in every draw, or None where exact algebra has to be done in each.

    Raises
    ------
    InputError
        V301 for a speed that is not positive in some draw.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.dynamics.integration.batch import batch
    >>> from separatrix.dynamics.parameter_uncertainty.uncertainty import uncertainty_of
    >>> from separatrix.game.reader import load
    >>> game = load({"parameters": {"v": 2}, "payoff_matrix": [["v", 0], [0, 1]], "title": "Coordination"})
    >>> made = drawn_field(uncertainty_of(game, over={"v": "uniform(1, 3)"}), {"v": np.array([1.0, 3.0])})
    >>> batch(made, made.starts(np.array([0.4])), 50.0).ends[:, 0].round(6).tolist()
    [0.0, 1.0]
    """
    formulas = moving_formulas(uncertainty.game, uncertainty.base, list(draws))
    if formulas is None:
        return None
    for population, speed in zip(uncertainty.game.populations, formulas[1], strict=True):
        values = np.asarray(speed(draws), dtype=float)
        if not (values > 0).all():
            raise InputError(
                "V301",
                f"the speed of {population.name} is {values.min():g} in a draw; speeds are positive",
                hint="add an assumption to the game file that keeps it above 0",
            )
    return DrawnField(uncertainty.game, draws, formulas, compiled_from)
