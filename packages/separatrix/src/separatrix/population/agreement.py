"""Whether the wings agree about one game: mean field, exact finite chain, and simulation on a network.

On a complete graph with averaged payoffs the simulation draws from the finite chain, and its mean has to
lie in a confidence interval around what the chain expects; the chain in turn approaches the mean field
as enterprises become many (Kurtz, T. G. (1970), Solutions of ordinary differential equations as limits
of pure jump Markov processes, Journal of Applied Probability 7, 49-58).  Intervals hold together with 95
%: means by the empirical Bernstein bound, which needs no normal distribution (Maurer, A. and Pontil, M.
(2009), Empirical Bernstein bounds and sample-variance penalization, Conference on Learning Theory,
theorem 4), shares by Clopper and Pearson.

Results of different methods for one game, side by side.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.batch import batch
from separatrix.dynamics.integration.trajectory import read_start
from separatrix.errors import InputError
from separatrix.game.instrument_sets import game_of_matrices
from separatrix.game.model import Game
from separatrix.population.finite.fixation import fixation
from separatrix.population.finite.small_mutation_limit import small_mutation_limit
from separatrix.population.finite.stationary_distribution import stationary_distribution
from separatrix.population.mean_field import (
    MEAN_FIELDS,
    EncounterPayoffs,
    best_response_path,
    expected_shares,
    moves_on_complete_graph,
    pair_payoffs,
    require_finite,
)
from separatrix.population.networks.link_graph import LinkGraph, link_graph
from separatrix.population.networks.network import NetworkEnsemble, network
from separatrix.population.networks.update_rules import UPDATE_RULES
from separatrix.run.limits import poll
from separatrix.run.results import Tabled
from separatrix.sentences import Sentence, say

__all__ = ["Agreement", "CONFIDENCE", "Compared", "agree"]

CONFIDENCE = 0.95
"""Of all intervals together."""

NEAR = 1e-3
"""Gaps between chain and mean field below this are not asked to shrink further."""


@dataclass(frozen=True)
class Compared:
    """One number, by as many routes as there are.

    Attributes
    ----------
    kind : str
        ``share``, ``fixation`` or ``rare mutation``.
    rule : str
        The update rule.
    strategy : str
        The strategy whose share it is, that takes over, or that all play.
    size : int
        Enterprises.
    time : float or None
        Of a share: in units of one update an enterprise.
    limit : float or None
        The mean field, or the limit of rare mutation.
    chain : float or None
        What the finite chain expects, exactly; None where there is none.
    larger : float or None
        The same with four times as many enterprises.
    simulated, low, high : float
        The mean of the simulation and the ends of its interval.
    runs : int
        Of the simulation.
    """

    kind: Literal["share", "fixation", "rare mutation"]
    rule: str
    strategy: str
    size: int
    time: float | None
    limit: float | None
    chain: float | None
    larger: float | None
    simulated: float
    low: float
    high: float
    runs: int

    @property
    def agrees(self) -> bool | None:
        """Whether the interval of the simulation holds what the chain expects; None without a chain."""
        return None if self.chain is None else self.low <= self.chain <= self.high

    @property
    def closes(self) -> bool | None:
        """Whether the gap between chain and limit shrinks with four times as many enterprises."""
        if self.limit is None or self.chain is None or self.larger is None:
            return None
        gap, next_gap = abs(self.chain - self.limit), abs(self.larger - self.limit)
        return next_gap < max(0.75 * gap, NEAR)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "kind": self.kind,
            "rule": self.rule,
            "strategy": self.strategy,
            "size": self.size,
            "time": self.time,
            "limit": self.limit,
            "chain": self.chain,
            "chain_larger": self.larger,
            "simulated": self.simulated,
            "low": self.low,
            "high": self.high,
            "runs": self.runs,
            "agrees": self.agrees,
            "closes": self.closes,
        }


@dataclass(frozen=True, repr=False)
class Agreement(Tabled):
    """Comparison of different methods for the same quantities.

    Attributes
    ----------
    game : Game
    scenario : str or None
    strategies : tuple of str
    size : int
        Enterprises of the comparison of shares.
    beta : float
    start : tuple of float
        The share of each strategy at first.
    replicas, seed : int
    rows : tuple of Compared
    settled : mapping of rule to shares
        The long-run state of the mean field of imitation, logit choice and best response.
    notes : tuple of Sentence
        What was not compared, and why.
    merged : bool
        Whether two populations of a symmetric game became one.
    """

    game: Game = field(repr=False)
    scenario: str | None
    strategies: tuple[str, ...]
    size: int
    beta: float
    start: tuple[float, ...]
    replicas: int
    seed: int
    rows: tuple[Compared, ...]
    settled: Mapping[str, tuple[float, ...]]
    notes: tuple[Sentence, ...]
    merged: bool

    @property
    def agrees(self) -> bool:
        """Whether every simulation agrees with its finite chain."""
        return all(row.agrees is not False for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        return {
            "schema": 1,
            "model": {"title": self.game.title},
            "strategies": list(self.strategies),
            "size": self.size,
            "beta": self.beta,
            "start": list(self.start),
            "replicas": self.replicas,
            "confidence": CONFIDENCE,
            "agrees": self.agrees,
            "rows": [row.to_dict() for row in self.rows],
            "settled": {rule: list(shares) for rule, shares in self.settled.items()},
            "notes": [str(note) for note in self.notes],
            "provenance": provenance(self.game) | {"seed": self.seed},
        }


Array = NDArray[np.float64]

MARKS = (0.1, 0.3, 1.0)
"""Parts of the time at which shares are compared."""

LARGER = 4
"""How many times more enterprises there are where the chain is to come nearer to the mean field."""

SMALL = 20
"""Enterprises of the comparison of fixation; with more, hardly any run is decided in a feasible time."""

RARE, RARE_SIZE = 1e-3, 8
"""The probability of exploring, and the enterprises, of the comparison with the limit of rare mutation."""

RELAXED = 6
"""Relaxation times that simulations of rare mutation run: what is left of the start is e^-6."""

MOST_UPDATES, FEWEST = 2e7, 300
"""Updates in one simulation, and the fewest informative runs: long ones are run less often."""

LONG = 500.0
"""Units of time after which mean fields count as settled."""

IMITATE_BEST = "imitate-best"
BEST_REPLIES = (IMITATE_BEST, "best-response")
"""Rules whose mean field is the best response dynamics, among played strategies and among all."""

IMITATION, CHOICE, REPLY = "fermi", "logit", "best-response"
"""The rules that stand side by side."""


def agree(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    size: int = 50,
    beta: float = 1.0,
    start: Mapping[str, object] | Sequence[object] | None = None,
    until: float = 10.0,
    replicas: int = 2_000,
    seed: int = 0,
) -> Agreement:
    """Hold mean fields, exact finite chains and simulations of one game against each other.

    Parameters
    ----------
    game : Game
        One population that plays itself in pairs, or a symmetric game of two populations.
    values, scenario
        As in `separatrix.analyze`.
    size : int
        Enterprises on the complete graph on which shares are compared.
    beta : float
        The intensity of selection, finite.
    start : shares, optional
        As in `separatrix.trajectory`; by default ``today``, else all strategies alike.
    until : float
        How long shares are followed, in units of one update an enterprise.
    replicas, seed : int
        Runs of each simulation, and of what they are drawn.

    Returns
    -------
    Agreement

    Raises
    ------
    InputError
        N301 for payoffs that are not a matrix of pairs; N501 for invalid sizes, times and replicas; N502 for
        an infinite beta; D601 for an invalid initial state.

    References
    ----------
    Kurtz (1970); Maurer & Pontil (2009), theorem 4.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load({"title": "Coordination", "payoff_matrix": [[4, 0], [3, 2]]})
    >>> found = agree(game, size=20, start=[0.6], until=2, replicas=200)
    >>> sorted(found.settled)
    ['best-response', 'fermi', 'logit']
    """
    require_finite(beta)
    _check(size, until, replicas)
    pairs = pair_payoffs(game, values, scenario)
    names = tuple(strategy.name for strategy in pairs.strategies)
    played = _as_one(game, pairs)
    shares = _start(game, pairs, start)
    matrix = np.array([[float(entry) for entry in row] for row in pairs.matrix])
    setting = _Setting(played, names, shares, size, float(beta), until, replicas, seed, matrix)
    rows = _shares(setting)
    notes: list[Sentence] = []
    for more in (_fixation, _rare_mutation):
        found, note = more(setting)
        rows += found
        notes += note
    return Agreement(
        game,
        scenario,
        names,
        size,
        float(beta),
        shares,
        replicas,
        seed,
        tuple(rows),
        {rule: _mean_field(setting, rule, [LONG])[-1] for rule in (IMITATION, CHOICE, REPLY)},
        tuple(notes),
        pairs.merged,
    )


@dataclass(frozen=True)
class _Setting:
    game: Game
    names: tuple[str, ...]
    start: tuple[float, ...]
    size: int
    beta: float
    until: float
    replicas: int
    seed: int
    matrix: Array

    @property
    def comparisons(self) -> int:
        """How many intervals there are at most, which hold together."""
        return (
            len(UPDATE_RULES) * len(MARKS) * (len(self.names) if len(self.names) > 2 else 1)
            + 3
            + len(self.names)
        )

    @property
    def doubt(self) -> float:
        """The probability with which one interval may miss."""
        return (1 - CONFIDENCE) / self.comparisons

    def runs(self, updates: float) -> int:
        """Return how many runs of so many updates are made; 0 where they would be too few."""
        runs = min(self.replicas, int(MOST_UPDATES / updates)) if updates < MOST_UPDATES else 0
        return runs if runs >= min(FEWEST, self.replicas) else 0


def _check(size: int, until: float, replicas: int) -> None:
    if not (4 <= size <= 2_000 and 0 < until <= 1_000 and 10 <= replicas <= 1_000_000):
        raise InputError(
            "N501",
            f"{size:,} enterprises, {until:g} units of time, {replicas:,} runs; expected 4 to 2,000 "
            "enterprises, a time above 0 up to 1,000, and 10 to 1,000,000 runs",
            hint="as in --size 50 --until 10 --replicas 2000",
        )


def _as_one(game: Game, pairs: EncounterPayoffs) -> Game:
    """Return the game of one population in numbers, whatever form it had."""
    return game_of_matrices(
        [list(row) for row in pairs.matrix],
        title=game.title,
        strategies=[strategy.id for strategy in pairs.strategies],
    )


def _start(
    game: Game, pairs: EncounterPayoffs, start: Mapping[str, object] | Sequence[object] | None
) -> tuple[float, ...]:
    """Return the share of each strategy; of two populations that became one, their mean."""
    count = len(pairs.strategies)
    told = game.today if start is None else start
    if told is None:
        return (1 / count,) * count
    at = np.array(read_start(game, told))
    own = [np.asarray(part, dtype=float) for part in game.space.share_arrays(at)]
    return tuple(float(x) for x in np.mean(own, axis=0))


# --------------------------------------------------------------------------- intervals


def _of_means(values: Array, doubt: float) -> tuple[float, float, float]:
    """Return the mean of numbers between 0 and 1, and an interval that misses with at most `doubt`."""
    count = len(values)
    mean, spread = float(values.mean()), float(values.var(ddof=1))
    log = math.log(4 / doubt)
    reach = math.sqrt(2 * spread * log / count) + 7 * log / (3 * (count - 1))
    return mean, max(mean - reach, 0.0), min(mean + reach, 1.0)


def _of_hits(hits: int, count: int, doubt: float) -> tuple[float, float, float]:
    from scipy.stats import binomtest

    interval = binomtest(hits, count).proportion_ci(1 - doubt, method="exact")
    return hits / count, float(interval.low), float(interval.high)


# --------------------------------------------------------------------------- shares in time


def _complete(size: int) -> LinkGraph:
    pairs = np.array([(i, j) for i in range(size) for j in range(size) if i != j])
    return link_graph(size, pairs)


def _simulated(
    setting: _Setting,
    graph: LinkGraph,
    rule: str,
    start: Sequence[float],
    until: float,
    replicas: int,
    *,
    points: int = 1,
    mu: float = 0.0,
) -> NetworkEnsemble:
    state = [start[0]] if len(start) == 2 else list(start)
    return network(
        setting.game,
        graph,
        rule=rule,
        beta=setting.beta,
        earning="averaged",
        start=state,
        until=until,
        points=points,
        frames=0,
        replicas=replicas,
        seed=setting.seed,
        mu=mu,
    )


def _mean_field(setting: _Setting, rule: str, times: Sequence[float]) -> list[tuple[float, ...]]:
    """Return the shares of all strategies at some times, by the mean field of a rule."""
    if rule in BEST_REPLIES:
        played = np.array(setting.start) > 0 if rule == IMITATE_BEST else np.ones(len(setting.start), bool)
        found = []
        part = setting.matrix[np.ix_(played, played)]
        for state in best_response_path(part, np.array(setting.start)[played].tolist(), times):
            whole = np.zeros(len(played))
            whole[played] = math.nan if state is None else state
            found.append(tuple(whole.tolist()))
        return found
    motion = MEAN_FIELDS[rule](setting.game, setting.beta)
    start = motion.state([np.array(setting.start)])
    states = batch(motion, start[None, :], max(times), times=list(times)).states[0]
    return [tuple(float(x) for x in motion.weights(state)[0]) for state in states]


def _shares(setting: _Setting) -> list[Compared]:
    graph, rows = _complete(setting.size), []
    times = [part * setting.until for part in MARKS]
    binary = len(setting.names) == 2
    for rule in UPDATE_RULES:
        poll()
        points = round(1 / MARKS[0])
        ensemble = _simulated(
            setting, graph, rule, setting.start, setting.until, setting.replicas, points=points
        )
        marks = [int(np.argmin(np.abs(ensemble.times - time))) for time in times]
        times_of = [float(ensemble.times[mark]) for mark in marks]
        fields = _mean_field(setting, rule, times_of)
        chains: list[Array | None] = [None, None]
        if binary:
            begun = [round(setting.start[0] * n) for n in (setting.size, LARGER * setting.size)]
            begun[0] = round(float(ensemble.shares(0)[0, 0]) * setting.size)
            chains = [
                expected_shares(
                    moves_on_complete_graph(setting.game, rule, n, setting.beta),
                    players,
                    np.rint(np.array(times_of) * n).astype(np.int64),
                )
                for n, players in zip((setting.size, LARGER * setting.size), begun, strict=True)
            ]
        for strategy in range(1 if binary else len(setting.names)):
            shares = ensemble.shares(strategy)
            for k, mark in enumerate(marks):
                field = fields[k][strategy]
                mean, low, high = _of_means(shares[:, mark], setting.doubt)
                rows.append(
                    Compared(
                        "share",
                        rule,
                        setting.names[strategy],
                        setting.size,
                        times_of[k],
                        None if math.isnan(field) else field,
                        None if chains[0] is None else float(chains[0][k]),
                        None if chains[1] is None else float(chains[1][k]),
                        mean,
                        low,
                        high,
                        setting.replicas,
                    )
                )
    return rows


# --------------------------------------------------------------------------- fixation


def _fixation(setting: _Setting) -> tuple[list[Compared], list[Sentence]]:
    """Compare how often the first strategy takes over a few enterprises with the probability of the chain."""
    if len(setting.names) > 2:
        return [], [say("fixation is compared for two strategies")]
    graph, rows, notes = _complete(SMALL), [], []
    for rule in ("fermi", "birth-death", "death-birth"):
        poll()
        first, second = (strategy.id for strategy in setting.game.populations[0].strategies)
        known = [
            fixation(
                setting.game, first, second, population_size=SMALL, beta=setting.beta, process=rule, mutants=k
            )
            for k in range(1, SMALL)
        ]
        # From where either may well win: rare events would take too many runs to be seen.
        best = min(known, key=lambda found: abs(found.probability - 0.5))
        updates = RELAXED * (best.times.unconditional if best.times is not None else math.inf)
        runs = setting.runs(updates)
        if not runs:
            notes.append(
                say(
                    "fixation by {rule} is not simulated: it takes {updates} updates",
                    rule=UPDATE_RULES[rule].title,
                    updates=f"{updates / RELAXED:.2g}",
                )
            )
            continue
        share = best.mutants / SMALL
        ensemble = _simulated(setting, graph, rule, (share, 1 - share), updates / SMALL, runs)
        ends = ensemble.shares(0)[:, -1]
        won, lost = int((ends == 1).sum()), int((ends == 0).sum())
        # Runs that are not decided yet may end either way: both ends of the interval know.
        mean, low, _ = _of_hits(won, runs, setting.doubt)
        _, _, high = _of_hits(runs - lost, runs, setting.doubt)
        known_as, name = (None, None, best.probability, None), setting.names[0]
        rows.append(Compared("fixation", rule, name, SMALL, *known_as, mean, low, high, runs))
    return rows, notes


# --------------------------------------------------------------------------- rare mutation


def _rare_mutation(setting: _Setting) -> tuple[list[Compared], list[Sentence]]:
    """Compare how often all play one strategy with the stationary distribution and its limit."""
    limit = small_mutation_limit(setting.game, population_size=RARE_SIZE, beta=setting.beta)
    exact = stationary_distribution(setting.game, population_size=RARE_SIZE, beta=setting.beta, mu=RARE)
    relaxation = _relaxation(exact.chain.moves, len(exact.log_weights))
    updates = RELAXED * relaxation
    runs = setting.runs(updates)
    if not runs:
        return [], [
            say(
                "rare mutation is not simulated: what is left of the start fades over {updates} updates",
                updates=f"{relaxation:.2g}",
            )
        ]
    start = [1 / len(setting.names)] * len(setting.names)
    graph = _complete(RARE_SIZE)
    ensemble = _simulated(setting, graph, IMITATION, start, updates / RARE_SIZE, runs, mu=RARE)
    order = [state[0] for state in limit.states]
    rows = []
    for strategy, name in enumerate(setting.names):
        alone = exact.counts[0][:, strategy] == RARE_SIZE
        hits = int((ensemble.shares(strategy)[:, -1] == 1).sum())
        mean, low, high = _of_hits(hits, runs, setting.doubt)
        known = (float(limit.weights[order.index(strategy)]), float(exact.weights[alone].sum()), None)
        rows.append(
            Compared("rare mutation", IMITATION, name, RARE_SIZE, None, *known, mean, low, high, runs)
        )
    return rows, []


def _relaxation(moves: Sequence[Any], count: int) -> float:
    """Return the updates over which a chain forgets its start: by its second eigenvalue."""
    step = np.eye(count)
    for move in moves:
        np.add.at(step, (move.source, move.target), move.probability)
        np.add.at(step, (move.source, move.source), -move.probability)
    sizes = np.sort(np.abs(np.linalg.eigvals(step)))
    return math.inf if sizes[-2] >= 1 else -1 / math.log(float(sizes[-2]))
