"""The limit of rare mutation: how long a population spends with everybody playing the same.

Each mutant takes over or is lost before the next one comes, so the chain lives on the states where all of
each population play one strategy, and moves by probabilities of fixation.  Its stationary distribution is
found by the elimination of Grassmann, Taksar and Heyman, which never subtracts, on logarithms: no probability
is too small for it.

References: Fudenberg, D. and Imhof, L. A. (2006), Imitation processes with small mutations, Journal of
Economic Theory 131, 251-262; Grassmann, W. K., Taksar, M. I. and Heyman, D. P. (1985),
Regenerative analysis and steady state distributions for Markov chains, Operations Research 33, 1107-1116.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.schedule_remark import at_baseline_values
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.game.values import evaluate_in
from separatrix.population.finite.elimination import closed_class
from separatrix.population.finite.encounters import Encounters, Profile, encounters
from separatrix.population.finite.exploration import MutantStrategies, exploration_of
from separatrix.population.finite.fixation import Fixation, finite, fixation_in, setting_of
from separatrix.population.finite.processes import SelectionStrength, selection
from separatrix.population.finite.strong_selection import LeadingTerm, strong_fixation, total
from separatrix.run.cached_property import cached_property
from separatrix.run.results import Plotted, Tabled
from separatrix.sentences import Sentence, say

__all__ = ["SmallMutationLimit", "log_stationary", "small_mutation_limit"]

Array = NDArray[np.float64]

TIED = 1e-9
"""Logarithms of weights nearer to each other than this count as equal: elimination rounds below it."""

MOST_STATES = 2_000
"""States where all play the same. The elimination takes the cube of their number."""

MOST_EXACT_STATES = 64
"""Of the exact limit of strong selection, which takes the cube of their number in fractions."""

MOST_EXACT_STEPS = 200_000
"""Players of one exact limit, summed over all invasions: each is a few operations on fractions."""


@dataclass(frozen=True, eq=False, repr=False)
class SmallMutationLimit(Plotted, Tabled):
    """Where finite populations are found when mutants are rare.

    Attributes
    ----------
    met : Encounters
        The game at numbers, and the sizes of its populations.
    selection : SelectionStrength
    exploration : MutantStrategies
        Which strategies mutants try.
    scenario : str or None
    states : tuple of Profile
        The states where all of each population play one strategy.
    invasions : tuple of Fixation
    log_weights : (n,) array
        ln of the long-run share of the time at each state.
    """

    met: Encounters
    selection: SelectionStrength
    exploration: MutantStrategies
    scenario: str | None
    states: tuple[Profile, ...]
    invasions: tuple[Fixation, ...]
    log_weights: Array

    @property
    def game(self) -> Game:
        """The game."""
        return self.met.game

    @property
    def weights(self) -> Array:
        """The long-run share of the time at each state."""
        return np.asarray(np.exp(self.log_weights))

    @property
    def modes(self) -> list[int]:
        """The states at which the population is most often, as indices; several where they tie."""
        return modes(self.log_weights)

    @cached_property
    def _strong(self) -> tuple[tuple[Fraction, ...] | None, Sentence | None]:
        return _strong_limit(self.met, self.selection, self.exploration, self.states)

    @property
    def strong(self) -> tuple[Fraction, ...] | None:
        """The limit of the weights as selection becomes infinitely strong; None where it is not computed."""
        return self._strong[0]

    @property
    def why_not_strong(self) -> Sentence | None:
        """Why that limit is not computed."""
        return self._strong[1]

    @property
    def how_sure(self) -> str:
        """How sure the answer is."""
        if math.isinf(self.selection.beta):
            told = say("the limit of strong selection, exact")
        else:
            told = say(
                "probabilities of fixation in closed form, the long run by elimination without subtraction, "
                "all in logarithms"
            )
        return at_baseline_values(self.game, told)

    @property
    def stochastically_stable(self) -> tuple[int, ...]:
        """The states that keep a share of the time however strong selection is, as indices."""
        return tuple(i for i, share in enumerate(self.strong or ()) if share > 0)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each state is called: what all of each population play."""
        populations = self.game.populations
        return tuple(
            ", ".join(p.strategies[a].name for p, a in zip(populations, state, strict=True))
            for state in self.states
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        strong = self.strong
        return {
            **setting_of(self.met, self.selection, self.scenario),
            "exploration": self.exploration.to_dict(self.game),
            "states": [
                {
                    "profile": [
                        p.strategies[a].name for p, a in zip(self.game.populations, state, strict=True)
                    ],
                    "weight": float(self.weights[i]),
                    "log_weight": finite(self.log_weights[i]),
                    "strong_selection": None if strong is None else str(strong[i]),
                    "stochastically_stable": None if strong is None else strong[i] > 0,
                }
                for i, state in enumerate(self.states)
            ],
            "invasions": [move.details() for move in self.invasions],
            "how_sure": str(self.how_sure),
            "undecided": None if self.why_not_strong is None else str(self.why_not_strong),
            "provenance": provenance(self.game),
        }


def modes(log_weights: Array) -> list[int]:
    """Return where weights, given by their logarithms, are largest, but for rounding.

    Examples
    --------
    >>> modes(np.log([0.4, 0.2, 0.4]))
    [0, 2]
    """
    return [int(i) for i in np.flatnonzero(log_weights >= log_weights.max() - TIED)]


def small_mutation_limit(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    population_size: object = 100,
    beta: object = 1.0,
    process: str = "fermi",
    fitness: str = "exponential",
    exploration: object = None,
    self_meeting: bool = False,
) -> SmallMutationLimit:
    """Return which states finite populations are found at when mutants are rare, and every invasion.

    Parameters
    ----------
    game : Game
        With payoffs; of one population or of several.
    values, scenario
        As in `separatrix.analyze`.
    population_size, beta, process, fitness, self_meeting
        As in `separatrix.fixation_probability`; ``beta=inf`` gives the limit of strong selection, exactly.
    exploration : mapping or matrix, optional
        Which strategies mutants try: weights by strategy or, from each strategy (row) to each other one, a
        matrix; in a game of several populations a mapping from their names to these.  By default all alike.

    Returns
    -------
    SmallMutationLimit

    Notes
    -----
    In games of several populations each player is as likely as any other to mutate, so larger populations see
    more mutants, and so do those with a larger speed.

    Raises
    ------
    InputError
        N201 to N208, as `separatrix.fixation_probability` does; N208 for more than 2,000 states.

    References
    ----------
    Fudenberg, D. and Imhof, L. A. (2006), Imitation processes with small mutations, Journal of Economic
    Theory 131, 251-262.

    Examples
    --------
    Coordination where the better convention wins: EGTTools 0.1.14 says the other one.

    >>> from separatrix import Game
    >>> stag_hunt = Game.from_matrices([[4, 0], [3, 2]], strategies=["stag", "hare"])
    >>> limit = small_mutation_limit(stag_hunt, population_size=100, beta=1)
    >>> [f"{weight:.2g}" for weight in limit.weights], [str(share) for share in limit.strong]
    (['2.6e-23', '1'], ['0', '1'])
    """
    met = encounters(game, population_size, values, scenario, self_meeting)
    chosen = selection(process, beta, fitness)
    tried = exploration_of(game, exploration)
    count = math.prod(met.strategies)
    if count > MOST_STATES:
        raise InputError(
            "N208",
            f"{count:,} states where all of each population play the same; "
            f"the limit of rare mutation is computed for {MOST_STATES:,}",
            hint="leave populations or strategies out",
        )
    states = tuple(game.profiles())
    moves = []
    log_rates = np.full((count, count), -np.inf)
    for i, p, mutant, target in _mutants(states, met.strategies):
        move = fixation_in(met, chosen, scenario, p, mutant, states[i])
        moves.append(move)
        if chance := tried.chance(p, states[i][p], mutant):
            log_rates[i, target] = math.log(met.paces[p] * float(chance)) + move.log_probability
    if math.isinf(chosen.beta):
        exact_limit, why_not = _strong_limit(met, chosen, tried, states)
        if exact_limit is None:
            raise InputError("N207", str(why_not), hint="give a finite beta")
        weights = np.array([float(share) for share in exact_limit])
        log_weights = np.log(weights, out=np.full(count, -np.inf), where=weights > 0)
    else:
        log_weights = log_stationary(log_rates)
    return SmallMutationLimit(met, chosen, tried, scenario, states, tuple(moves), log_weights)


def _mutants(states: Sequence[Profile], strategies: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Return every state with a population, a mutant's strategy in it, and the state if it takes over."""
    index = {state: i for i, state in enumerate(states)}
    return [
        (i, p, mutant, index[(*state[:p], mutant, *state[p + 1 :])])
        for i, state in enumerate(states)
        for p, own in enumerate(strategies)
        for mutant in range(own)
        if mutant != state[p]
    ]


# --------------------------------------------------------------------------- elimination


def log_stationary(log_rates: Array) -> Array:
    """Return ln of the stationary distribution of a chain, from the logarithms of its rates.

    Parameters
    ----------
    log_rates : (n, n) array
        ln of the rate from the first state to the second, minus infinity for none; the diagonal is not read.

    Raises
    ------
    InputError
        N209 where the chain has several parts that it cannot leave.

    Examples
    --------
    >>> rates = np.array([[0, 1e-300], [1e-200, 0]])
    >>> with np.errstate(divide="ignore"):
    ...     log_stationary(np.log(rates)).round(9).tolist()
    [-0.0, -230.258509299]
    """
    possible = log_rates > -np.inf
    np.fill_diagonal(possible, False)
    source, target = np.nonzero(possible)
    stays = closed_class(source, target, len(log_rates))
    logs = np.array(log_rates[np.ix_(stays, stays)], dtype=np.float64)
    count = len(logs)
    for k in range(count - 1, 0, -1):
        leaving = np.logaddexp.reduce(logs[k, :k])
        logs[:k, k] -= leaving
        passing = logs[:k, k, None] + logs[None, k, :k]
        logs[:k, :k] = np.logaddexp(logs[:k, :k], passing)
    result = np.zeros(count)
    for k in range(1, count):
        result[k] = np.logaddexp.reduce(result[:k] + logs[:k, k])
    shares = np.full(len(log_rates), -np.inf)
    shares[stays] = result - np.logaddexp.reduce(result)
    return shares


def _strong_limit(
    met: Encounters, chosen: SelectionStrength, tried: MutantStrategies, states: Sequence[Profile]
) -> tuple[tuple[Fraction, ...] | None, Sentence | None]:
    """Return the exact limit of strong selection, or None and the reason."""
    moves = _mutants(states, met.strategies)
    if len(states) > MOST_EXACT_STATES or sum(met.sizes[p] for _, p, _, _ in moves) > MOST_EXACT_STEPS:
        return None, say("the limit of strong selection is computed for smaller populations only")
    weights = [
        size * evaluate_in(met.game, "a speed", speed, met.known)
        for size, speed in zip(met.sizes, met.game.speeds, strict=True)
    ]
    rates: list[list[LeadingTerm | None]] = [[None] * len(states) for _ in states]
    for i, p, mutant, target in moves:
        chance = tried.chance(p, states[i][p], mutant)
        if not chance:
            continue
        try:
            fixed = strong_fixation(met.contest(p, mutant, states[i][p], states[i]), chosen, met.self_meeting)
        except InputError:
            return None, say(
                "a limit of strong selection needs exact payoffs and a fitness of exp(beta * payoff)"
            )
        rates[i][target] = fixed * LeadingTerm(Fraction(0), weights[p] * chance)
    pairs = [(i, j) for i, row in enumerate(rates) for j, rate in enumerate(row) if rate is not None]
    source, target = np.array(pairs).T
    stays = np.flatnonzero(closed_class(source, target, len(rates)))
    limit = [Fraction(0)] * len(rates)
    found = strong_stationary([[rates[i][j] for j in stays] for i in stays])
    for i, term in zip(stays.tolist(), found, strict=True):
        limit[i] = term.limit()
    return tuple(limit), None


def strong_stationary(rates: list[list[LeadingTerm | None]]) -> list[LeadingTerm]:
    """Return the stationary distribution of a chain of one part; rates are leading terms or None."""
    count = len(rates)
    for k in range(count - 1, 0, -1):
        onward = [(j, rate) for j in range(k) if (rate := rates[k][j]) is not None]
        leaving = total(rate for _, rate in onward)
        for i in range(k):
            entering = rates[i][k]
            if entering is None:
                continue
            entering = rates[i][k] = entering / leaving
            for j, rate in onward:
                through, known = entering * rate, rates[i][j]
                if i != j:
                    rates[i][j] = through if known is None else known + through
    result = [LeadingTerm(Fraction(0), Fraction(1))]
    for k in range(1, count):
        result.append(total(result[i] * rate for i in range(k) if (rate := rates[i][k]) is not None))
    every = total(result)
    return [term / every for term in result]
