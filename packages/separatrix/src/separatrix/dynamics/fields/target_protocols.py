"""The logit dynamics: players occasionally revise their strategy, and choose better ones more often.

Fudenberg, D. and Levine, D. K. (1998), The Theory of Learning in Games, chapter 4; Hofbauer, J. and
Sandholm, W. H. (2007), Evolution in games with randomly disturbed payoffs, Journal of Economic Theory 132,
47-69.

A dynamic as one record: what it is called, what makes it, and what rests under it.

The best response dynamics: players occasionally revise their strategy and choose a best response.

Gilboa, I. and Matsui, A. (1991), Social stability and equilibrium, Econometrica 59, 859-867; Matsui, A.
(1992), Best response dynamics and socially stable strategies, Journal of Economic Theory 57, 343-362;
Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, section 8.4.  The slow
selection is that of Aubin, J.-P. and Cellina, A. (1984), Differential Inclusions.

The Brown-von Neumann-Nash dynamics: players turn to strategies that earn more than the average.

Brown, G. W. and von Neumann, J. (1950), Solutions of games by differential equations, Annals of
Mathematics Studies 24, 73-79; Nash, J. (1951), Non-cooperative games, Annals of Mathematics 54, 286-295;
as excess payoff dynamics Sandholm, W. H. (2010), Population Games and Evolutionary Dynamics, section 5.5.

Smith's dynamics: players compare the payoff of one other strategy with their own.

Smith, M. J. (1984), The stability of a dynamic model of traffic assignment: an application of a method of
Lyapunov, Transportation Science 18, 245-252; as a game dynamic Sandholm, W. H. (2010), Population Games
and Evolutionary Dynamics, section 5.6 (pairwise comparison).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.payoffs import PayoffField, excess, ingredients
from separatrix.dynamics.tolerances import TIE
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.game.values import exact
from separatrix.sentences import Sentence, say

__all__ = [
    "BNN_DYNAMIC",
    "BestResponse",
    "BrownVonNeumannNash",
    "DYNAMIC",
    "Dynamic",
    "LOGIT_DYNAMIC",
    "Logit",
    "SMITH_DYNAMIC",
    "Smith",
    "best_response",
    "bnn",
    "logit",
    "smith",
]


@dataclass(frozen=True)
class Dynamic:
    """A dynamic.

    Attributes
    ----------
    field : class
        That of its fields; it gives the name of the dynamic, and whether it preserves faces.
    make : callable
        From a game, values, a scenario and options to such a field.
    title : str
        The name shown to the reader.
    rests : str
        Its rest states: the rest points of the "replicator", the "nash" equilibria, or states of its
        "own", which are found numerically.
    aliases : tuple of str
        Other names of the dynamic.
    """

    field: type[PayoffField]
    make: Callable[..., PayoffField]
    title: Sentence
    rests: Literal["replicator", "nash", "own"]
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name under which users select it."""
        return self.field.kind

    @property
    def keeps_faces(self) -> bool:
        """Whether unused strategies stay unused."""
        return self.field.keeps_faces

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the options that it takes."""
        parameters: Any = inspect.signature(self.make).parameters.values()
        return tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)

    def has_orbits_of_replicator(self, game: Game) -> bool:
        """Whether its orbits are those of the replicator, at another pace if need be.

        One population with a positive factor of pace (Hofbauer & Sigmund 1998, section 7.1).
        """
        return self.name == "replicator" or (self.rests == "replicator" and len(game.populations) == 1)


Array = NDArray[np.float64]


@dataclass(frozen=True)
class BestResponse(PayoffField):
    """The differential inclusion x' ∈ c [best replies(x) - x], and of it the slowest motion.

    Where one strategy earns most the motion is single-valued, straight towards it.  Where several do, every
    mixture of them is a best reply; `rates` takes the one nearest to the shares as they are: who plays a
    best reply stays, the others spread evenly over the best replies.  So a state is at rest exactly where
    the inclusion allows rest, at the Nash equilibria.  From one single state trajectories may go several
    ways; this is one of them.
    """

    kind: ClassVar[str] = "best-response"
    smooth: ClassVar[bool] = False
    continuous: ClassVar[bool] = False

    def best_replies(self, weights: Sequence[Array]) -> list[NDArray[np.bool_]]:
        """Return which strategies are best replies, an array (..., k) a population; several in a tie."""
        result = []
        for earned in self.payoffs(weights):
            slack = TIE * np.abs(earned).max(axis=-1, keepdims=True)
            result.append(earned >= earned.max(axis=-1, keepdims=True) - slack)
        return result

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        result = []
        for part, best, speed in zip(weights, self.best_replies(weights), self.speeds, strict=True):
            leaving = np.where(best, 0.0, part)
            arriving = leaving.sum(axis=-1, keepdims=True) / np.maximum(best.sum(axis=-1, keepdims=True), 1)
            result.append(speed * np.where(best, arriving, -part))
        return result


def best_response(
    game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None
) -> BestResponse:
    """Return the best response dynamics of `game` at the given parameter values.

    Parameters
    ----------
    game, values, scenario
        As in `separatrix.dynamics.fields.replicator.replicator`, which lists the errors.

    References
    ----------
    Gilboa & Matsui (1991); Hofbauer & Sigmund (1998), section 8.4.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> flow = best_response(load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"}))
    >>> flow([[0.25], [2 / 3], [0.75]]).tolist()
    [[0.75], [0.0], [-0.75]]
    """
    return BestResponse(**ingredients(game, values, scenario).driven)


DYNAMIC = Dynamic(BestResponse, best_response, say("best response dynamics"), "nash", ("best-reply",))


@dataclass(frozen=True)
class BrownVonNeumannNash(PayoffField):
    """The field x_a' = c [(U_a - average)+ - x_a sum_b (U_b - average)+], where z+ = max(z, 0).

    Its rest points are the Nash equilibria, because players also discover better strategies that are not in
    use.
    """

    kind: ClassVar[str] = "bnn"
    smooth: ClassVar[bool] = False

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        result = []
        for part, earned, speed in zip(weights, self.payoffs(weights), self.speeds, strict=True):
            better = np.maximum(excess(part, earned), 0.0)
            result.append(speed * (better - part * better.sum(axis=-1, keepdims=True)))
        return result


def bnn(
    game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None
) -> BrownVonNeumannNash:
    """Return the Brown-von Neumann-Nash dynamics of `game` at the given parameter values.

    Parameters
    ----------
    game, values, scenario
        As in `separatrix.dynamics.fields.replicator.replicator`, which lists the errors.

    References
    ----------
    Brown & von Neumann (1950); Sandholm (2010), section 5.5.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> flow = bnn(load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"}))
    >>> flow([[0.0], [2 / 3], [1.0]]).round(12).tolist()
    [[2.0], [0.0], [-1.0]]
    """
    return BrownVonNeumannNash(**ingredients(game, values, scenario).driven)


BNN_DYNAMIC = Dynamic(
    BrownVonNeumannNash, bnn, say("Brown-von Neumann-Nash dynamics"), "nash", ("brown-von-neumann-nash",)
)


@dataclass(frozen=True)
class Logit(PayoffField):
    """The field x_a' = c [exp(U_a/eta) / sum_b exp(U_b/eta) - x_a].

    Its rest points are the quantal response equilibria: all strategies are played there.  For eta → 0 they
    approach Nash equilibria, for eta → ∞ all strategies are played alike.

    Attributes
    ----------
    eta : float
        The temperature, in payoff units; positive.
    """

    kind: ClassVar[str] = "logit"

    eta: float = 1.0

    @property
    def inward(self) -> bool:
        """Whether the field points inwards at every face: each strategy is chosen now and then."""
        return True

    def replies(self, weights: Sequence[Array]) -> list[Array]:
        """Return the logit choice at a state, shares (..., k) a population."""
        result = []
        for earned in self.payoffs(weights):
            # Against the best, so that no exponential overflows at small temperatures.
            raised = np.exp((earned - earned.max(axis=-1, keepdims=True)) / self.eta)
            result.append(raised / raised.sum(axis=-1, keepdims=True))
        return result

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        return [
            speed * (reply - part)
            for part, reply, speed in zip(weights, self.replies(weights), self.speeds, strict=True)
        ]


def logit(
    game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None, *, eta: object = 1
) -> Logit:
    """Return the logit dynamics of `game` at the given parameter values.

    Parameters
    ----------
    game, values, scenario
        As in `separatrix.dynamics.fields.replicator.replicator`, which lists the errors.
    eta : number
        The temperature, in payoff units: differences in payoff well below it hardly matter.

    Raises
    ------
    InputError
        V321 for a temperature that is not positive; also those of `replicator`.

    References
    ----------
    Fudenberg & Levine (1998), chapter 4; Hofbauer & Sandholm (2007).

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> logit(game, eta=0.01)([[0.0], [1.0]]).round(6).tolist()
    [[1.0], [-1.0]]
    >>> logit(game, eta=1000)([[0.0], [1.0]]).round(2).tolist()
    [[0.5], [-0.5]]
    """
    temperature = float(exact(eta, "eta"))
    if temperature <= 0:
        raise InputError(
            "V321",
            f"the temperature `eta` is {temperature:g}; expected a positive number, in payoff units",
            hint='for a temperature of zero use the kind "best-response"',
        )
    return Logit(**ingredients(game, values, scenario).driven, eta=temperature)


LOGIT_DYNAMIC = Dynamic(Logit, logit, say("logit dynamics"), "own")


@dataclass(frozen=True)
class Smith(PayoffField):
    """The field x_a' = c [sum_b x_b (U_a - U_b)+ - x_a sum_b (U_b - U_a)+], where z+ = max(z, 0).

    Its rest points are the Nash equilibria, because players also discover better strategies that are not in
    use.
    """

    kind: ClassVar[str] = "smith"
    smooth: ClassVar[bool] = False

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        result = []
        for part, earned, speed in zip(weights, self.payoffs(weights), self.speeds, strict=True):
            gain = np.maximum(earned[..., :, None] - earned[..., None, :], 0.0)  # of a over b
            moved = part[..., None, :] * gain  # from b to a
            result.append(speed * (moved.sum(axis=-1) - moved.sum(axis=-2)))
        return result


def smith(game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None) -> Smith:
    """Return Smith's dynamics of `game` at the given parameter values.

    Parameters
    ----------
    game, values, scenario
        As in `separatrix.dynamics.fields.replicator.replicator`, which lists the errors.

    References
    ----------
    Smith (1984); Sandholm (2010), section 5.6.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> flow = smith(load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"}))
    >>> flow([[0.0], [2 / 3], [1.0]]).round(12).tolist()
    [[2.0], [0.0], [-1.0]]
    """
    return Smith(**ingredients(game, values, scenario).driven)


SMITH_DYNAMIC = Dynamic(Smith, smith, say("Smith dynamics"), "nash", ("pairwise-comparison",))
