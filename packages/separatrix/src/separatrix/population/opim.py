"""Seeds for an idea, with a proven ratio of their reach to the best possible reach.

Two samples of reverse reachable sets are drawn. Seeds are chosen on the first one, which gives an upper
bound on the reach of any other choice; the second one, independent of the seeds, gives a lower bound on
their reach. Both double until the ratio of the bounds is large enough.

Tang, J., Tang, X., Xiao, X. and Yuan, J. (2018), Online processing algorithms for influence maximization,
SIGMOD 2018, 991-1005: OPIM-C, algorithm 2, with the bound over all steps of section 5.

What a sample of reverse reachable sets proves: bounds that fail with a chance that is known.

Tang, J., Tang, X., Xiao, X. and Yuan, J. (2018), Online processing algorithms for influence maximization,
SIGMOD 2018, 991-1005: lemmas 4.2 and 4.3, and theorem 5.1 (how many sets are enough).

Seeds with a certificate, as they are handed out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.statistics import CONFIDENCE, of_draws
from separatrix.errors import InputError
from separatrix.population.diffusion_models import DiffusionModel, activation, diffusion_model
from separatrix.population.reverse_reachable_sets import ReverseSample, RootSource
from separatrix.population.seed_heuristics import Choice, covered, greedy_choice
from separatrix.population.seed_task import SeedTask, seed_task
from separatrix.run.limits import OutOfTime, afresh, seconds_of, time_limit
from separatrix.run.results import Result, Tabled
from separatrix.sentences import Sentence, say

if TYPE_CHECKING:
    from separatrix.population.networks.link_graph import LinkGraph

__all__ = ["CertifiedSeeds", "at_least", "at_most", "certified_seeds", "enough_sets"]


def at_least(covered: float, sets: int, failure: float) -> float:
    """Return what part of all sets seeds cover at least, by a sample that they did not come from.

    Parameters
    ----------
    covered : float
        How many of the sample they cover.
    sets : int
        Of the sample.
    failure : float
        The chance that the bound does not hold.

    Examples
    --------
    >>> round(at_least(500, 1000, 1e-3), 3)
    0.421
    """
    given = math.log(1 / failure)
    root = math.sqrt(covered + 2 * given / 9) - math.sqrt(given / 2)
    return max((root * root if root > 0 else 0.0) - given / 18, 0.0) / sets


def at_most(covered: float, sets: int, failure: float) -> float:
    """Return an upper bound on the part of all sets that a choice covers, given its part of a sample.

    Examples
    --------
    >>> round(at_most(500, 1000, 1e-3), 3)
    0.59
    """
    given = math.log(1 / failure)
    root = math.sqrt(covered + given / 2) + math.sqrt(given / 2)
    return min(root * root / sets, 1.0)


def enough_sets(share: float, choices: float, slack: float, failure: float) -> float:
    """Return how many sets are enough for a ratio of 1 - 1/e - slack, however the links are.

    Parameters
    ----------
    share : float
        A part of all value that the best choice reaches at least.
    choices : float
        The logarithm of the number of choices.
    slack, failure : float
    """
    part = 1 - 1 / math.e
    given = math.log(6 / failure)
    return 2 * (part * math.sqrt(given) + math.sqrt(part * (choices + given))) ** 2 / (slack**2 * share)


@dataclass(frozen=True, eq=False, repr=False)
class CertifiedSeeds(Tabled, Result):
    """Seeds, and what is proven of them.

    Attributes
    ----------
    model : DiffusionModel
    probability : float or None
        Of every link, where it was given.
    names : tuple of str
        The seeds, in the order in which they were chosen.
    costs : tuple of float
        Of each of them.
    reach : tuple of float
        What the first one reaches, the first two, and so on: estimates, the seeds themselves counted.
    ratio : float
        What the seeds reach is at least this part of what the best choice reaches.
    low, high : float
        What the seeds reach at least, and any choice at most.
    failure : float
        The chance, over the draws of the samples, that one of these two bounds does not hold.
    asked : float
        The required ratio.
    reached, reached_low, reached_high : float
        What all seeds reach in the mean, and the interval of 95 %: from a sample of its own.
    enterprises : int
    links : int
    value : str
        What is counted; '' where it is the enterprises themselves.
    whole : float
        The total.
    aware : tuple of str
        Those who know already; what they reach without seeds is not counted.
    budget : float
        The budget for all seeds; their number where no costs were given.
    sets : int
        Reverse reachable sets in each sample.
    seed : int
    how_sure : str
    warnings : tuple of str
    """

    model: DiffusionModel
    probability: float | None
    names: tuple[str, ...]
    costs: tuple[float, ...]
    reach: tuple[float, ...]
    ratio: float
    low: float
    high: float
    failure: float
    asked: float
    reached: float
    reached_low: float
    reached_high: float
    enterprises: int
    links: int
    value: str
    whole: float
    aware: tuple[str, ...]
    budget: float
    sets: int
    seed: int
    how_sure: Sentence
    warnings: tuple[Sentence, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix import __version__

        return {
            "schema": 1,
            "model": self.model.name,
            "probability": self.probability,
            "seeds": [
                {"name": name, "cost": cost, "reach": reach}
                for name, cost, reach in zip(self.names, self.costs, self.reach, strict=True)
            ],
            "ratio": self.ratio,
            "ratio_asked": self.asked,
            "reach_at_least": self.low,
            "best_at_most": self.high,
            "failure_probability": self.failure,
            "reached": self.reached,
            "reached_interval": [self.reached_low, self.reached_high],
            "confidence": CONFIDENCE,
            "enterprises": self.enterprises,
            "links": self.links,
            "value": self.value or None,
            "value_of_all": self.whole,
            "aware": list(self.aware),
            "budget": self.budget,
            "sets": self.sets,
            "how_sure": str(self.how_sure),
            "warnings": [str(warning) for warning in self.warnings],
            "provenance": {"program": "separatrix", "version": __version__, "seed": self.seed},
        }


Floats = NDArray[np.float64]
Advance = Callable[[int, int], None]

RATIO = 0.6
"""The required ratio: near 1 - 1/e, which no fast method exceeds on all networks. Higher: some networks
need all the memory that is allowed; lower: worse seeds where better ones take a second more."""

MOST_MEMBERS = 200_000_000
"""Members of both samples together, of 4 bytes each and as many again for looking them up. More: memory of a
laptop runs out; fewer: hard networks end with a smaller ratio."""

FIRST = 64
"""Sets of the first round. More: easy networks wait for nothing; fewer: a round that proves nothing."""

LEAST_MEMBERS = 100_000
"""Members of both samples below which they grow on although the ratio is proven: that takes a moment, and all
numbers become closer. More: simple questions take seconds; fewer: wide intervals for small networks."""

SELDOM = 0.01
"""The chance of failure that is allowed at most where none is given. Larger: certificates of small networks
say little; smaller: they need more sets."""

MOST_ROUNDS = 30
"""Limit on doublings, where theory does not guarantee the required ratio. More: each bound has to hold with
a higher chance; fewer: the samples end too early."""


def certified_seeds(
    links: LinkGraph,
    count: int | None = None,
    model: str = "weighted-cascade",
    *,
    probability: float | None = None,
    costs: Mapping[str, float] | Sequence[float] | None = None,
    budget: float | None = None,
    values: Mapping[str, float] | Sequence[float] | None = None,
    value: str = "",
    aware: Sequence[str] = (),
    ratio: float = RATIO,
    failure: float | None = None,
    seed: int = 0,
    seconds: float | None = None,
    advance: Advance | None = None,
) -> CertifiedSeeds:
    """Return the seeds from which an idea reaches as many enterprises as possible, with a certificate.

    Parameters
    ----------
    links : LinkGraph
        A link from i to j: j learns from i.
    count : int, optional
        How many seeds; either this or a budget.
    model : str
        ``weighted-cascade``, ``independent-cascade``, ``linear-threshold`` or ``given-threshold``.
    probability : float, optional
        With which each link of an independent cascade passes the idea on, whatever its weight.
    costs : mapping of name to float, or sequence of float; optional
        The cost of recruiting each enterprise, above 0; infinite if that is impossible.
    budget : float, optional
        What all seeds may cost together.
    values : mapping of name to float, or sequence of float; optional
        What reaching each enterprise counts, 0 or more; by default 1.
    value : str
        What these are called.
    aware : sequence of str
        Enterprises that know already: the seeds count by what is reached beyond what these reach.
    ratio : float
        Ends once this part of the best reach is proven.  Up to about 0.63 = 1 - 1/e it is always reached
        in the end; above, often.
    failure : float, optional
        The chance that the certificate may be wrong; by default 1 / number of enterprises,
        and 0.01 at most.
    seed : int
    seconds : float, optional
        Ends after these with the ratio that is proven then; by default 60.
    advance : callable, optional
        Called with the numbers of drawn and of all sets.

    Returns
    -------
    CertifiedSeeds

    Raises
    ------
    InputError
        N402 for weights that the model cannot take; N403 for a number of seeds, a budget, a cost, a value, a
        ratio or a chance that makes no sense.
    NameProblem
        N401 for an unknown model; N404 for a cost, a value or an aware enterprise that is not in the network.

    References
    ----------
    Tang, J., Tang, X., Xiao, X. and Yuan, J. (2018), Online processing algorithms for influence maximization,
    SIGMOD 2018, 991-1005.

    Examples
    --------
    >>> from separatrix.population.networks.link_graph import link_graph
    >>> star = link_graph(["hub", *"abcde"], [("hub", leaf) for leaf in "abcde"], undirected=True)
    >>> found = certified_seeds(star, 1, "independent-cascade", probability=0.1)
    >>> found.names, found.ratio > 0.6, found.low <= 1.5 <= found.high
    (('hub',), True, True)
    """
    kind = diffusion_model(model)
    if seed < 0:
        raise InputError("N403", f"a seed of {seed}; expected a whole number of 0 or more")
    if kind.kind == "bass":
        raise InputError(
            "N402",
            "in Bass's model an idea finally reaches every enterprise that it can reach, whatever the seeds",
            hint="use a cascade or thresholds, where seeds decide how many it reaches",
        )
    task = seed_task(links, count, costs, budget, values, aware)
    chance = min(1 / links.size, SELDOM) if failure is None else failure
    if not 0 < ratio < 1:
        raise InputError("N403", f"a ratio of {ratio:g}; expected a number between 0 and 1, as in 0.6")
    if not 0 < chance < 1:
        raise InputError("N403", f"a chance of failure of {chance:g}; expected a number between 0 and 1")
    passing = activation(links, kind, probability)
    roots = None if task.even else task.values
    sources = [RootSource(passing, kind, roots, seed, stream) for stream in (1, 2, 3)]
    with time_limit(seconds_of(seconds)):
        found = _search(task, sources, ratio, chance, advance)
    return _certified_seeds(links, task, kind, probability, found, sources[2], ratio, chance, value, seed)


# --------------------------------------------------------------------------- the search


@dataclass(frozen=True, eq=False)
class _Found:
    choice: Choice
    sets: int
    low: float
    high: float
    ended: str

    @property
    def ratio(self) -> float:
        return self.low / self.high if self.high else 1.0


def _search(
    task: SeedTask, sources: list[RootSource], ratio: float, chance: float, advance: Advance | None
) -> _Found:
    """Draw until the ratio is proven, or until time or memory ends it; the bounds hold in all rounds."""
    most, size = task.max_seeds(), len(task.open)
    floor = float(np.sort(task.values[task.open])[::-1][: max(most, 1)].max()) / task.whole
    if not task.priced:
        floor = float(np.sort(task.values[task.open])[::-1][:most].sum()) / task.whole
    choices = math.lgamma(size + 1) - math.lgamma(most + 1) - math.lgamma(size - most + 1)
    slack = 1 - 1 / math.e - ratio
    rounds = MOST_ROUNDS
    if slack > 0 and floor > 0:
        doublings = math.log2(max(enough_sets(floor, choices, slack, chance) / FIRST, 1.0))
        rounds = min(rounds, math.ceil(doublings) + 1)
    own = chance / (3 * rounds)
    sets = FIRST
    with afresh(math.inf):  # there is always an answer
        samples = [source.sample(0, sets) for source in sources[:2]]
    best = _judged(task, samples, own)
    for number in range(rounds):
        try:
            for k in range(2):
                samples[k] = samples[k].followed_by(sources[k].sample(samples[k].sets, sets))
        except OutOfTime:
            return _ended(best, ratio, "time")
        best = max(best, _judged(task, samples, own), key=lambda found: found.ratio)
        if advance is not None:
            advance(number + 1, rounds)
        members = sum(len(sample.nodes) for sample in samples)
        if best.ratio >= ratio and members >= LEAST_MEMBERS:
            return best
        if 2 * members > MOST_MEMBERS:
            return _ended(best, ratio, "memory")
        sets *= 2
    return _ended(best, ratio, "rounds")


def _ended(best: _Found, ratio: float, why: str) -> _Found:
    if best.ratio >= ratio:
        return best
    return _Found(best.choice, best.sets, best.low, best.high, why)


def _judged(task: SeedTask, samples: list[ReverseSample], failure: float) -> _Found:
    """Choose on the first sample; bound the best choice by it, and this one by the second."""
    price = task.costs.copy()
    price[task.aware] = math.inf
    choice = _filled(task, greedy_choice(samples[0].nodes, samples[0].ends, price, task.budget, task.aware))
    bound = choice.bound
    if not task.priced and len(choice.covered):
        k = int(task.budget)
        bound = min(bound, choice.covered[-1] / (1 - (1 - 1 / k) ** k))
    held = task.whole - float(task.values[task.aware].sum())
    high = min(at_most(bound, samples[0].sets, failure) * task.whole, held)
    hit = covered(samples[1].nodes, samples[1].ends, choice.nodes, task.aware, len(task.costs))
    low = at_least(float(hit[-1]), samples[1].sets, failure) * task.whole
    if not len(task.aware):  # else a seed may be reached anyway
        low = max(low, float(task.values[choice.nodes].sum()))
    return _Found(choice, samples[0].sets, min(low, high), high, "")


def _filled(task: SeedTask, choice: Choice) -> Choice:
    """Return a choice of as many nodes as can be paid for: those that add nothing in the sample come last."""
    left = task.budget - float(task.costs[choice.nodes].sum())
    chosen = set(choice.nodes.tolist())
    rest = []
    for node in task.open[np.lexsort((-task.values[task.open], task.costs[task.open]))]:
        if task.costs[node] > left * (1 + 1e-12):
            break
        if int(node) not in chosen:
            rest.append(int(node))
            left -= task.costs[node]
    last = choice.covered[-1] if len(choice.covered) else 0.0
    return Choice(
        np.concatenate([choice.nodes, np.array(rest, np.int64)]),
        np.concatenate([choice.covered, np.full(len(rest), last)]),
        choice.bound,
    )


# --------------------------------------------------------------------------- what is told


def _certified_seeds(
    links: LinkGraph,
    task: SeedTask,
    model: DiffusionModel,
    probability: float | None,
    found: _Found,
    source: RootSource,
    asked: float,
    failure: float,
    value: str,
    seed: int,
) -> CertifiedSeeds:
    sample = source.sample(0, found.sets)
    hit = covered(sample.nodes, sample.ends, found.choice.nodes, task.aware, links.size)
    ends = of_draws(int(hit[-1]), sample.sets)
    scale = task.whole / found.sets
    warnings = []
    if found.ended:
        warnings.append(_stop_reason(found, asked))
    isolated = int((np.diff(links.sources_of.indptr) + np.diff(links.targets_of.indptr) == 0).sum())
    if isolated:
        warnings.append(
            say("{count} enterprises have no link: each is reached only where it is a seed", count=isolated)
        )
    how_sure = say(
        "certified by OPIM-C: with a chance of at least {sure}, what the seeds reach is {ratio:.3f} "
        "of the best reach or more",
        sure=f"1 - {failure:.2g}",
        ratio=math.floor(1000 * found.ratio) / 1000,
    )
    return CertifiedSeeds(
        model=model,
        probability=probability,
        names=tuple(links.names[node] for node in found.choice.nodes),
        costs=tuple(float(task.costs[node]) for node in found.choice.nodes),
        reach=tuple(float(count) * scale for count in hit),
        ratio=found.ratio,
        low=found.low,
        high=found.high,
        failure=failure,
        asked=asked,
        reached=float(hit[-1]) * scale,
        reached_low=ends[0] * task.whole,
        reached_high=ends[1] * task.whole,
        enterprises=links.size,
        links=links.links,
        value=value,
        whole=task.whole,
        aware=tuple(links.names[node] for node in task.aware),
        budget=task.budget,
        sets=found.sets,
        seed=seed,
        how_sure=how_sure,
        warnings=tuple(warnings),
    )


def _stop_reason(found: _Found, asked: float) -> Sentence:
    match found.ended:
        case "time":
            return say(
                "the time ran out before a ratio of {asked:g} was proven; more seconds may prove it",
                asked=asked,
            )
        case "memory":
            return say(
                "the samples grew as large as memory allows before a ratio of {asked:g} was proven",
                asked=asked,
            )
        case _:
            return say("a ratio of {asked:g} was not proven; it may be more than can be had", asked=asked)
