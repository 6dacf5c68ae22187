"""The limit of rare mutation: how long a population spends with everybody playing the same.

Each mutant takes over or is lost before the next one comes, so the chain lives on the states where all of
each population play one strategy, and moves by probabilities of fixation.  Its stationary distribution is
found by the elimination of Grassmann, Taksar and Heyman, which never subtracts, on logarithms: no probability
is too small for it.

References: Fudenberg, D. and Imhof, L. A. (2006), Imitation processes with small mutations, Journal of
Economic Theory 131, 251-262; Grassmann, W. K., Taksar, M. I. and Heyman, D. P. (1985),
Regenerative analysis and steady state distributions for Markov chains, Operations Research 33, 1107-1116.

The stationary distribution of a chain by blocks of states, without a single subtraction.

A layer of states is left by moves to its neighbours alone.  Layer by layer, panel by panel, states are taken
out of the chain and their neighbours linked by where it goes from there; what remains is a chain again.  One
minus the probability to stay is never formed as such: it is the sum of the moves away (Grassmann, Taksar and
Heyman 1985).  So each number is a sum of products and quotients of positive numbers; no entry can be
negative, and its relative error is that of the operations on it, however small it is (O'Cinneide 1993).
Products of matrices do nearly all of the work.

References: Grassmann, W. K., Taksar, M. I. and Heyman, D. P. (1985), Operations Research 33, 1107-1116;
O'Cinneide, C. A. (1993), Entrywise perturbation theory and error analysis for Markov chains, Numerische
Mathematik 65, 109-120; Gaver, D. P., Jacobs, P. A. and Latouche, G. (1984), Finite birth-and-death models in
randomly changing environments, Advances in Applied Probability 16, 715-731 (blocks).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.registry import at_baseline_values
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.game.values import evaluate_in
from separatrix.population.finite.encounters import Encounters, Profile, encounters
from separatrix.population.finite.fixation import Fixation, finite, fixation_in, setting_of
from separatrix.population.finite.kernels import closed_inverse
from separatrix.population.finite.processes import (
    LeadingTerm,
    SelectionStrength,
    selection,
    strong_fixation,
    total,
)
from separatrix.population.finite.transitions import MutantStrategies, exploration_of
from separatrix.run.cached_property import cached_property
from separatrix.run.results import Plotted, Tabled
from separatrix.sentences import Sentence, say

__all__ = [
    "ChainTransitions",
    "SmallMutationLimit",
    "closed_class",
    "layered_stationary",
    "log_stationary",
    "small_mutation_limit",
]

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

PANEL = 48
"""States that are taken out at once. More: more work in loops; fewer: matrices too small to be fast."""

MOST_BYTES = 4_000_000_000
"""Of the matrices that are kept for the way back: the squares of the sizes of all layers."""


@dataclass(frozen=True, eq=False)
class ChainTransitions:
    """Moves of a chain: from which state to which, and how likely; each an array (m,)."""

    source: Counts
    target: Counts
    probability: Array


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer that has been taken out of the chain.

    ``links`` holds, above the panels on its diagonal, the moves into them and, below, where each panel is
    left to; ``visits`` how often each panel is at each of its states before it is left.
    """

    links: Array
    visits: Sequence[Array]


def closed_class(source: Counts, target: Counts, count: int) -> NDArray[np.bool_]:
    """Return which of `count` states are in the one closed class, from the pairs that moves link.

    All other states are transient and have weight 0 in the long run: with a Moran process in which every
    copy changes, for one, a population never returns to a monomorphic state.

    Raises
    ------
    InputError
        N209 where there are several closed classes: where the chain ends depends on where it begins.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    graph = csr_matrix((np.ones(len(source), np.int8), (source, target)), shape=(count, count))
    parts, part = connected_components(graph, directed=True, connection="strong")
    closed = np.ones(parts, dtype=bool)
    closed[part[source[part[source] != part[target]]]] = False
    if int(closed.sum()) > 1:
        raise InputError(
            "N209",
            f"the chain has {int(closed.sum())} parts that it never leaves again, so that its long run "
            "depends on where it begins",
            hint="let --exploration give every strategy a weight above 0, or give a smaller --beta",
        )
    return np.asarray(closed[part])


def layered_stationary(
    links: ChainTransitions, starts: Counts, advance: Callable[[int, int], None] | None = None
) -> tuple[Array, Array]:
    """Return the stationary distribution of a chain whose layers are linked to their neighbours alone.

    Parameters
    ----------
    links : ChainTransitions
        All moves between different states, numbered layer by layer; none twice.
    starts : (layers + 1,) array
        Where each layer begins, and where the last one ends.
    advance : callable, optional
        Called with the numbers of eliminated and of all states.

    Returns
    -------
    (n,) array
        The distribution, divided by the largest entry of each layer; none below 0.
    (layers,) array
        The logarithm of that entry, up to a constant that is the same for all layers.

    Raises
    ------
    InputError
        N210 for layers that are too large; N209 where some states are never left in floating point.
    """
    from scipy.sparse import csr_matrix

    sizes = np.diff(starts).tolist()
    if 8 * sum(size**2 for size in sizes) > MOST_BYTES:
        raise InputError(
            "N210",
            f"{int(starts[-1]):,} states in layers of up to {max(sizes):,} take more than "
            f"{MOST_BYTES / 1e9:g} GB",
            hint="take smaller populations or fewer strategies",
        )
    blocks = _Blocks.of(links, starts)
    layers: list[Layer] = []
    through: Array | None = None
    for k in range(len(sizes) - 1, -1, -1):
        matrix = blocks.dense(k, 0)
        if through is not None:
            matrix += through
        if k == 0:  # a single state stays, from which all are counted
            onward, matrix = matrix[1:, :1].copy(), matrix
            first_row = matrix[0, 1:].copy()
            layer, _ = _taken_out(np.ascontiguousarray(matrix[1:, 1:]), onward)
            layers.append(layer)
            break
        layer, reached = _taken_out(matrix, blocks.dense(k, -1))
        layers.append(layer)
        if advance is not None:
            advance(int(starts[-1] - starts[k]), int(starts[-1]))
        source, target, probability = blocks.part(k - 1, 1)
        into = csr_matrix((probability, (source, target)), shape=(sizes[k - 1], sizes[k]))
        through = np.asarray(into @ reached)
    layers.reverse()
    own = np.append(1.0, _layer_visits(layers[0], first_row))
    shares, scales = [own / own.max()], [float(np.log(own.max()))]
    for k in range(1, len(sizes)):
        source, target, probability = blocks.part(k - 1, 1)
        inflow = np.bincount(target, weights=shares[-1][source] * probability, minlength=sizes[k])
        largest = float(inflow.max())
        if largest == 0.0:  # as far as floats tell, the chain never comes to the layers beyond
            rest = int(starts[-1] - starts[k])
            shares.append(np.zeros(rest))
            return np.concatenate(shares), np.array(scales + [0.0] * (len(sizes) - k))
        own = _layer_visits(layers[k], inflow / largest)
        shares.append(own / own.max())
        scales.append(scales[-1] + float(np.log(largest)) + float(np.log(own.max())))
    return np.concatenate(shares), np.array(scales)


@dataclass(frozen=True, eq=False)
class _Blocks:
    """The moves by the layer they leave (index) and by whether they go a layer up, down, or stay in it."""

    parts: Mapping[int, tuple[Counts, Counts, Array, Counts]]
    starts: Counts

    @classmethod
    def of(cls, links: ChainTransitions, starts: Counts) -> _Blocks:
        left = np.searchsorted(starts, links.source, side="right") - 1
        reached = np.searchsorted(starts, links.target, side="right") - 1
        parts = {}
        for step in (-1, 0, 1):
            chosen = np.flatnonzero(reached - left == step)
            chosen = chosen[np.argsort(left[chosen], kind="stable")]
            bounds = np.searchsorted(left[chosen], np.arange(len(starts)))
            own = left[chosen]
            parts[step] = (
                links.source[chosen] - starts[own],
                links.target[chosen] - starts[own + step],
                links.probability[chosen],
                bounds,
            )
        return cls(parts, starts)

    def part(self, layer: int, step: int) -> tuple[Counts, Counts, Array]:
        """Return the moves from a layer to itself or to a neighbour, numbered within the two."""
        source, target, probability, bounds = self.parts[step]
        own = slice(bounds[layer], bounds[layer + 1])
        return source[own], target[own], probability[own]

    def dense(self, layer: int, step: int) -> Array:
        """Return the same as a matrix."""
        sizes = np.diff(self.starts)
        source, target, probability = self.part(layer, step)
        result = np.zeros((int(sizes[layer]), int(sizes[layer + step])))
        result[source, target] = probability
        return result


def _panels(count: int) -> list[tuple[int, int]]:
    return [(first, min(first + PANEL, count)) for first in range(0, count, PANEL)]


def _taken_out(matrix: Array, onward: Array) -> tuple[Layer, Array]:
    """Take a layer out of the chain: return what it leaves, and where it is left to, from each of its states.

    Parameters
    ----------
    matrix : (m, m) array
        The moves within the layer; its diagonal is not read.  Changed.
    onward : (m, l) array
        The moves to the next layer.  Changed.
    """
    panels = _panels(len(matrix))
    visits: list[Array] = []
    for first, last in reversed(panels):
        leaving = matrix[first:last, :first].sum(axis=1) + onward[first:last].sum(axis=1)
        inside = closed_inverse(matrix[first:last, first:last].copy(), leaving)
        if not np.isfinite(inside).all():
            raise InputError(
                "N209",
                "the chain has states that it never leaves: the probabilities of leaving are below 1e-308",
                hint="let every strategy be explored, or give a smaller beta",
            )
        visits.append(inside)
        onward[first:last] = inside @ onward[first:last]
        if first:
            matrix[first:last, :first] = inside @ matrix[first:last, :first]
            entering = matrix[:first, first:last]
            matrix[:first, :first] += entering @ matrix[first:last, :first]
            onward[:first] += entering @ onward[first:last]
    for first, last in panels[1:]:
        onward[first:last] += matrix[first:last, :first] @ onward[:first]
    visits.reverse()
    return Layer(matrix, visits), onward


def _layer_visits(layer: Layer, inflow: Array) -> Array:
    """Return how often the chain is at each state of a layer, from where it enters it."""
    result = inflow.copy()
    panels = _panels(len(result))
    for first, last in reversed(panels[1:]):
        result[:first] += result[first:last] @ layer.links[first:last, :first]
    for (first, last), inside in zip(panels, layer.visits, strict=True):
        result[first:last] = (result[first:last] + result[:first] @ layer.links[:first, first:last]) @ inside
    return result


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
