"""Of random clusters with random gaps the published intervals hold the figures of the complete tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from cluster.random_gaps import random_cluster
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.completeness.completeness import completeness_of
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.tables.reader import load_cluster

SLACK = 1e-9


def test_totals_of_some_random_clusters(tmp_path: Path) -> None:
    """At least 95 % of the totals of the year that is reported lie within their intervals; none is open."""
    held, ratios = [], []
    for seed in range(15):
        whole, gapped = random_cluster(seed).write(tmp_path / str(seed))
        read = load_cluster(gapped)
        found = completeness_of(read, carbon_accounts(read))
        assert found.reporting_year is not None
        published = found.total(found.reporting_year)
        truth = carbon_accounts(load_cluster(whole)).total(found.reporting_year)
        assert np.isfinite(published.high)
        held.append(published.low <= truth * (1 + SLACK) and truth <= published.high * (1 + SLACK))
        if truth > published.counted * (1 + SLACK):
            ratios.append((published.high - published.low) / (truth - published.counted))
    assert np.mean(held) >= 0.95
    assert np.median(ratios) <= 3


@dataclass(frozen=True)
class Figure:
    """What was published of a figure, and what the complete tables say."""

    low: float | None
    value: float | None
    high: float | None
    truth: float

    @property
    def given(self) -> bool:
        """Whether it is there, with ends that are numbers."""
        return self.value is not None and bool(
            np.isfinite([self.low or self.value, self.high or self.value]).all()
        )

    @property
    def held(self) -> bool:
        """Whether the truth lies within."""
        assert self.value is not None
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        return low * (1 - SLACK) <= self.truth <= high * (1 + SLACK)


@pytest.mark.soak
def test_two_hundred_random_clusters(tmp_path: Path) -> None:
    """Intervals hold in 95 % of cases; with a fifth of the rows lost figures are given, and are narrow."""
    totals: list[tuple[float, Figure]] = []
    intensities: list[tuple[float, Figure]] = []
    ratios = []
    for seed in range(200):
        cluster = random_cluster(seed)
        whole, gapped = cluster.write(tmp_path / str(seed))
        found = diagnose(load_cluster(gapped))
        assert found.year is not None
        read = load_cluster(whole)
        truth = carbon_accounts(read).total(found.year)
        published = found.completeness.total(found.year)
        total = published.counted + published.missing
        totals.append((cluster.lost, Figure(published.low, total, published.high, truth)))
        if cluster.lost <= 0.2 and truth > published.counted * (1 + SLACK):
            ratios.append((published.high - published.low) / (truth - published.counted))
        accounts = read.table("accounts")
        made = float(np.nansum(accounts.numbers("value_added")[accounts.numbers("year") == found.year]))
        (shown,) = [
            i for d in found.difficulties for i in d.indicators if i.id == "carbon-per-value-added"
        ] or [None]
        if shown is None:
            intensities.append((cluster.lost, Figure(None, None, None, truth / made * 1e4)))
        else:
            intensities.append((cluster.lost, Figure(shown.low, shown.value, shown.high, truth / made * 1e4)))
        for d in found.difficulties:
            for i in d.indicators:
                if i.score is not None and cluster.lost > 0:
                    assert i.score_low is not None and i.score_high is not None
                    assert i.score_low < i.score_high, (seed, i.id)
    for figures, least in ((totals, 0.9), (intensities, 0.8)):
        assert np.mean([f.held for _, f in figures if f.given]) >= 0.95
        assert np.mean([f.given for lost, f in figures if lost <= 0.2]) >= least
    assert np.median(ratios) <= 3
