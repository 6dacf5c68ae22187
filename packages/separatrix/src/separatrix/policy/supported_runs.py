"""Runs of a game on a network whose leaders are supported for a time, and what remains afterwards."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.confidence_intervals import of_draws
from separatrix.policy.leader_search import LeaderOutcome
from separatrix.policy.leaders_plan import Lasting, SupportEnd, allowed_error, chance_of
from separatrix.population.networks.ensemble import marks_of, simulated
from separatrix.population.networks.network_model import NetworkModel
from separatrix.population.seeding import mean_share, won
from separatrix.run.block_store import seed_at

__all__ = ["SupportedRuns", "support_end"]

Floats = NDArray[np.float64]
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
