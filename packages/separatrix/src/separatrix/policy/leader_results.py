"""The cheapest leaders that were found, what they reach by the date, and what remains after the support.

Runs of a game on a network whose leaders are supported for a time, and what remains afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.statistics import CONFIDENCE, of_draws
from separatrix.policy.leader_search import LeaderOutcome
from separatrix.population.networks.ensemble import marks_of, simulated
from separatrix.population.networks.model import NetworkModel
from separatrix.population.seeding import MeanShare, mean_share, won
from separatrix.run.block_store import seed_at
from separatrix.run.results import Plotted, Tabled, provenance
from separatrix.sentences import Sentence, say

__all__ = [
    "Chance",
    "Lasting",
    "LeadersPlan",
    "OrderBeginning",
    "Status",
    "SupportEnd",
    "SupportedRuns",
    "allowed_error",
    "chance_of",
    "support_end",
]

Floats = NDArray[np.float64]
Status = Literal["reached", "none needed", "over budget", "not reached", "undecided"]
Lasting = Literal["lasts", "slides back", "undecided"]


@dataclass(frozen=True)
class Chance:
    """In how many of some runs something happened, with the interval of its chance.

    Attributes
    ----------
    hits, runs : int
    low, high : float
        By Clopper and Pearson.
    confidence : float
        Of the interval.
    """

    hits: int
    runs: int
    low: float
    high: float
    confidence: float = CONFIDENCE

    @property
    def share(self) -> float:
        """The share of the runs."""
        return self.hits / self.runs

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "share": self.share,
            "low": self.low,
            "high": self.high,
            "hits": self.hits,
            "runs": self.runs,
            "confidence": self.confidence,
        }


def allowed_error(attempt: int) -> float:
    """Return the chance with which an attempt may wrongly be taken for a success: 5 % in all of them.

    Examples
    --------
    >>> [round(allowed_error(attempt), 5) for attempt in (1, 2, 3)]
    [0.025, 0.0125, 0.00625]
    """
    return float((1 - CONFIDENCE) / 2**attempt)


def chance_of(hits: int, runs: int, confidence: float = CONFIDENCE) -> Chance:
    """Return a chance with its interval; of no runs it may be anything.

    Examples
    --------
    >>> round(chance_of(99, 100).low, 3), chance_of(0, 0).high
    (0.946, 1.0)
    """
    low, high = of_draws(hits, runs, confidence) if runs else (0.0, 1.0)
    return Chance(hits, runs, low, high, confidence)


@dataclass(frozen=True)
class SupportEnd:
    """What happens when the support of the leaders ends, on fresh random numbers.

    Attributes
    ----------
    support, until : float
        When it ends, and when the runs do.
    lasting : float or None
        Where the share does not certainly last: the shortest tested support after which it does;
        None if none was found, or none was searched for.
    tried_to : float
        The longest tested support.
    verdict : str
        ``lasts`` if the share is still reached at the end with the required probability, ``slides back`` if
        it certainly is not, else ``undecided``.
    kept : Chance
        That the share is reached at the end.
    lost : Chance
        That it is not, among the runs in which it was reached when the support ended.
    supported : Chance
        That the share is reached at the end if the support continues.
    times : ndarray, shape (M,)
    curves : mapping of str to tuple of MeanShare
        The share at these times: ``ended``, ``supported`` where it continues, ``without`` any leaders.
    """

    support: float
    until: float
    verdict: Lasting
    kept: Chance
    lost: Chance
    supported: Chance
    lasting: float | None
    tried_to: float
    times: Floats
    curves: Mapping[str, tuple[MeanShare, ...]]


@dataclass(frozen=True)
class OrderBeginning:
    """The smallest beginning of an order that reached the share in the search.

    Attributes
    ----------
    name : str
        Of the order.
    title : Sentence
        For people.
    leaders : tuple of str
    cost : float
    """

    name: str
    title: Sentence
    leaders: tuple[str, ...]
    cost: float


@dataclass(frozen=True, eq=False, repr=False)
class LeadersPlan(Plotted, Tabled):
    """The cheapest leaders that were found, what they reach, and what remains after the support.

    Attributes
    ----------
    model : NetworkModel
        Without the leaders.
    status : str
        ``reached``; ``none needed`` if the share is reached without leaders; ``over budget`` if the
        cheapest sets found cost more; ``not reached`` if not even all enterprises that can be recruited
        reach it; ``undecided`` if none of the tested sets certainly does.
    share, by, chance : float
        The goal: the share of all enterprises, the date, and the probability.
    priced : bool
        Whether costs were given; else each enterprise counts 1.
    unit : str
        Of the costs, '' if not given.
    cautions : tuple of Sentence
        What a reader must know of the game.
    names : tuple of str
        The leaders, the dearest first; for a negative answer those who reach most.
    costs, incentives : tuple of float
        Of the leaders: the cost of each, and by how much it earns less with the idea than with its best other
        strategy in the beginning.
    budget : float or None
    affordable : (tuple of str, Chance) or None
        If the leaders exceed the budget: the affordable set that reaches the share most often, of the sets
        tried, and how often it does on fresh runs.
    reached : Chance
        That the share is reached, on fresh runs.
    at_date : MeanShare
        The share at the date, on the same runs.
    without : Chance
        That it is reached without leaders.
    by_order : tuple of OrderBeginning
        Of each order that reached the share in the search.
    sets_tried : int
    cheaper : int or None
        How many sets cost less; all were tried then, and none reached the share. None where they were too
        many.
    attempts : int
        How many sets were tested on fresh runs.
    support_end : SupportEnd or None
        None without leaders.
    replicas, fresh, seed : int
        Runs of each set in the search, fresh runs, and the seed of their random numbers.
    """

    model: NetworkModel
    status: Status
    share: float
    by: float
    chance: float
    priced: bool
    unit: str
    cautions: tuple[Sentence, ...]
    names: tuple[str, ...]
    costs: tuple[float, ...]
    incentives: tuple[float, ...]
    budget: float | None
    affordable: tuple[tuple[str, ...], Chance] | None
    reached: Chance
    at_date: MeanShare
    without: Chance
    by_order: tuple[OrderBeginning, ...]
    sets_tried: int
    cheaper: int | None
    attempts: int
    support_end: SupportEnd | None
    replicas: int
    fresh: int
    seed: int

    @property
    def cost(self) -> float:
        """What the leaders cost together."""
        return math.fsum(self.costs)

    @property
    def unseen(self) -> tuple[str, ...]:
        """The leaders that no enterprise has as a partner or a model: they add only their own share."""
        seen = [np.diff(graph.targets_of.indptr) for graph in (self.model.interaction, self.model.imitation)]
        counts = dict(zip(self.model.members.names, (seen[0] + seen[1]).tolist(), strict=True))
        return tuple(name for name in self.names if not counts[name])

    @property
    def how_sure(self) -> Sentence:
        """How sure the answer is."""
        if self.status == "none needed":
            return say("measured on {runs} runs", runs=f"{self.fresh:,}")
        if self.cheaper is not None and self.status in ("reached", "over budget"):
            return say(
                "that they reach the share was tested on {runs} fresh runs; all {n} cheaper sets "
                "were tried in up to {replicas} runs each, and none reached it",
                runs=f"{self.fresh:,}",
                n=f"{self.cheaper:,}",
                replicas=f"{self.replicas:,}",
            )
        if self.status == "not reached":
            return say(
                "that leaders do not reach the share was tested on {runs} fresh runs, for the "
                "best of {n} sets tried",
                runs=f"{self.fresh:,}",
                n=f"{self.sets_tried:,}",
            )
        return say(
            "that they reach the share was tested on {runs} fresh runs; that no other set costs "
            "less is not proven: {n} sets were tried",
            runs=f"{self.fresh:,}",
            n=f"{self.sets_tried:,}",
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        model, end = self.model, self.support_end
        return {
            "schema": 1,
            "model": {"title": model.game.title},
            "network": {
                "enterprises": model.size,
                "links": model.imitation.links,
                "rule": model.rule.key,
                "beta": model.beta,
                "mu": model.mu,
                "payoffs": model.earning,
            },
            "idea": model.idea_names,
            "asked": {
                "share": self.share,
                "by": self.by,
                "chance": self.chance,
                "budget": self.budget,
            },
            "status": self.status,
            "leaders": [
                {"name": name, "cost": cost, "incentive": incentive}
                for name, cost, incentive in zip(self.names, self.costs, self.incentives, strict=True)
            ],
            "unseen": list(self.unseen),
            "cost": self.cost,
            "unit": self.unit or None,
            "within_budget": None
            if self.affordable is None
            else {"leaders": list(self.affordable[0]), "reached": self.affordable[1].to_dict()},
            "reached": self.reached.to_dict(),
            "share_at_date": _plain(self.at_date),
            "without_leaders": self.without.to_dict(),
            "orders": [
                {"order": own.name, "leaders": list(own.leaders), "cost": own.cost} for own in self.by_order
            ],
            "sets_tried": self.sets_tried,
            "cheaper_sets_all_tried": self.cheaper,
            "measured_anew": self.attempts,
            "replicas": self.replicas,
            "fresh_replicas": self.fresh,
            "support_end": None
            if end is None
            else {
                "support": end.support,
                "until": end.until,
                "verdict": end.verdict,
                "kept": end.kept.to_dict(),
                "lost": end.lost.to_dict(),
                "if_supported": end.supported.to_dict(),
                "lasting_support": end.lasting,
                "longest_support_tried": end.tried_to,
                "times": end.times.tolist(),
                "shares": {name: [_plain(point) for point in curve] for name, curve in end.curves.items()},
            },
            "how_sure": str(self.how_sure),
            "warnings": [str(warning) for warning in (*model.warnings, *self.cautions)],
            "provenance": {**provenance(model.game), "seed": self.seed},
        }


def _plain(share: MeanShare) -> dict[str, float]:
    return {"mean": share.mean, "low": share.low, "high": share.high}


Nodes = NDArray[np.int64]

POINTS = 40
"""Times at which shares are written down, for the curves."""

FIRST, RULED_OUT = 32, 0.9998
"""Runs after which a set is rejected if the interval of this confidence lies below the required
probability: most sets are far from it."""

DOUBLINGS = 4
"""How often the support is doubled, in search of one that lasts. Each has half of the chance to err of the
one before."""

MOST_WORK = 2_000_000_000
"""Revisions for one length of support, about a minute."""


class SupportedRuns:
    """Runs of the model with leaders, until the date and beyond it."""

    def __init__(
        self, model: NetworkModel, share: float, by: float, support: float, last: float, workers: int | None
    ) -> None:
        size, whole = model.size, model.synchronous
        self.model, self.workers = model, workers
        self.least = math.ceil(share * size - 1e-9)
        self.until_date = marks_of(size, by, 1, whole=whole)
        ends = [int(marks_of(size, time, 1, whole=whole)[-1]) for time in (by, support)]
        self.marks = np.union1d(marks_of(size, last, POINTS, whole=whole), ends)
        self.date, self.end = (int(np.searchsorted(self.marks, end)) for end in ends)

    def curves(self, nodes: Nodes, runs: int, seed: int, end: int | None) -> Floats:
        """Return the share at all marks, run by run; the support ends at a mark, or never."""
        return self.at(nodes, self.marks, runs, seed, end)

    def outcome(self, nodes: Nodes, runs: int, seed: int, chance: float) -> LeaderOutcome:
        """Return what leaders give at the date; after few runs where these rule the chance out."""
        marks = self.marks[: self.date + 1] if self.end < self.date else self.until_date
        end = self.end if self.end < self.date else None
        for count in (min(FIRST, runs), runs):
            shares = self.at(nodes, marks, count, seed, end)
            hits = int(self.hits(shares, -1).sum())
            if count == runs or of_draws(hits, count, RULED_OUT)[1] < chance:
                break
        return LeaderOutcome(hits / count, float(shares[:, -1].mean()))

    def hits(self, shares: Floats, mark: int) -> NDArray[np.bool_]:
        """Return in which runs the share is there at a mark."""
        return np.rint(shares[:, mark] * self.model.size) >= self.least

    def at(self, nodes: Nodes, marks: Nodes, runs: int, seed: int, end: int | None) -> Floats:
        """Return the share at some marks, run by run."""
        model = self.model
        if model.hearing is not None and not len(nodes) and model.hearing.silent:
            return np.zeros((runs, len(marks)))
        led = won(model, nodes)
        later = None if end is None or not len(nodes) else (end, replace(led, codes=model.codes))
        counts = simulated(led, marks, runs, seed, workers=self.workers, later=later).record
        return np.asarray(counts[:, :, list(model.idea)].sum(axis=2) / model.size)


def support_end(
    runs: SupportedRuns, nodes: Nodes, ended: Floats, without: Floats, seed: int, chance: float
) -> SupportEnd:
    """Return what happens after the support, compared with longer support and no leaders, on the same
    numbers.

    Parameters
    ----------
    runs : SupportedRuns
    nodes : ndarray of int64
        The leaders, sorted.
    ended, without : ndarray, shape (runs, marks)
        The shares where the support ends, and without leaders.
    seed : int
        Of these runs.
    chance : float
        The required probability that the share lasts.
    """
    fresh = len(ended)
    held = runs.curves(nodes, fresh, seed, None)
    there, left = runs.hits(ended, runs.end), runs.hits(ended, -1)
    kept = chance_of(int(left.sum()), fresh)
    verdict: Lasting = "undecided"
    if kept.low >= chance:
        verdict = "lasts"
    elif kept.high < chance:
        verdict = "slides back"
    size = runs.model.size
    supported = chance_of(int(runs.hits(held, -1).sum()), fresh)
    lasting, tried_to = None, float(runs.marks[runs.end] / size)
    if verdict != "lasts" and supported.high >= chance:
        lasting, tried_to = _lasting(runs, nodes, fresh, seed, chance)
    return SupportEnd(
        float(runs.marks[runs.end] / size),
        float(runs.marks[-1] / size),
        verdict,
        kept,
        chance_of(int((there & ~left).sum()), int(there.sum())),
        supported,
        lasting,
        tried_to,
        runs.marks / size,
        {
            name: tuple(mean_share(shares[:, k], size) for k in range(shares.shape[1]))
            for name, shares in (("ended", ended), ("supported", held), ("without", without))
        },
    )


def _lasting(
    runs: SupportedRuns, nodes: Nodes, fresh: int, seed: int, chance: float
) -> tuple[float | None, float]:
    """Return the shortest support after which the share lasts, of twice, four times … that of the answer."""
    size = runs.model.size
    support, tail = int(runs.marks[runs.end]), int(runs.marks[-1] - runs.marks[runs.end])
    tried_to = support

    def lasts(end: int, number: int) -> bool:
        marks = np.array([0, end, end + tail], np.int64)
        shares = runs.at(nodes, marks, fresh, seed_at(seed, number, "support"), 1)
        hits = int(runs.hits(shares, -1).sum())
        return chance_of(hits, fresh, 1 - 2 * allowed_error(number)).low >= chance

    for number in range(1, DOUBLINGS + 1):
        longer = 2 * tried_to
        if (longer + tail) * fresh > MOST_WORK:
            break
        tried_to = longer
        if lasts(longer, number):
            return longer / size, tried_to / size
    return None, tried_to / size
