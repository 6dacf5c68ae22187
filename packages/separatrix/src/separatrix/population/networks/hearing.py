"""When the idea reaches each enterprise along information links, before which it cannot adopt it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.population.activation import diffusion_model
from separatrix.population.awareness import awareness_times
from separatrix.population.networks.link_graph import LinkGraph

__all__ = ["NEVER", "Hearing"]

NEVER = 2**62
"""The revision at which one hears who never does."""


@dataclass(frozen=True, eq=False)
class Hearing:
    """How the idea spreads among enterprises, whether they take it up or not.

    Attributes
    ----------
    links : LinkGraph
        A link from -> to means that ``to`` hears from ``from``.
    aware : ndarray of int64
        Positions of those who know at time 0.
    model : str
        A key of `separatrix.population.activation.DIFFUSION_MODELS`.
    probability : float or None
        Of every link of an independent cascade.
    bass : (float, float)
        Of Bass's model: innovation and imitation.
    pace : float
        Rounds, or units of Bass's time, in a unit of time of the game.
    """

    links: LinkGraph
    aware: NDArray[np.int64]
    model: str
    probability: float | None
    bass: tuple[float, float]
    pace: float

    @property
    def silent(self) -> bool:
        """Whether no enterprise knows of the idea, and none learns of it spontaneously."""
        return not len(self.aware) and not (self.model == "bass" and self.bass[0] > 0)

    def times(self, seed: int) -> Callable[[range], NDArray[np.int64]]:
        """Return a function for the revisions after which each enterprise hears, by replicas; (replicas,
        N).

        Raises
        ------
        InputError, NameProblem
            N401, N402, N405 as in `awareness_times`; N120 if no enterprise can ever hear.
        """
        kind = diffusion_model(self.model)
        if self.silent:
            raise InputError(
                "N120",
                "no enterprise knows of the idea, so none can hear of it",
                hint="give leaders, a column `aware`, or Bass's model with innovation above 0",
            )
        draw = awareness_times(self.links, self.aware, kind, seed, self.probability, *self.bass)
        size, pace = self.links.size, self.pace

        def hearing_times(replicas: range) -> NDArray[np.int64]:
            found = np.empty((len(replicas), size), np.int64)
            rounds = np.empty(size)
            for k, replica in enumerate(replicas):
                draw(replica, rounds)
                heard = np.isfinite(rounds)
                found[k] = np.where(heard, np.ceil(np.where(heard, rounds, 0.0) / pace * size), NEVER)
            return found

        return hearing_times

    def __getstate__(self) -> dict[str, Any]:
        # What is worked out of the links is worked out anew where they arrive.
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}
