"""How often the intervals hold what made a history of imitation among few and many enterprises."""

from __future__ import annotations

import numpy as np
import pytest

import separatrix
from cluster.adoption.imitation_histories import Imitation, coverage, imitation_histories, sampled
from separatrix.cluster.adoption.fit import fit_history
from separatrix.cluster.adoption.history import AdoptionHistory, GroupHistory


def test_most_intervals_hold_the_truth() -> None:
    """Of 6 histories of 12 years, nearly all intervals hold what made them."""
    held = coverage(12, 6, draws=19)
    assert min(held[:2]) >= 4


@pytest.mark.parametrize("made", list(imitation_histories(15, 4, seed=3)), ids="abcd")
def test_the_same_regime_comes_back(made: Imitation) -> None:
    """Simulate and fit: where both signs are certain, the regime is the one that was simulated."""
    group = separatrix.fit_adoption(made.counts, draws=39).groups[0]
    if group.certain:
        assert (group.advantage_when_all.value > 0) == (made.all_do > 0)
        assert (group.advantage_when_none.value > 0) == (made.none_do > 0)
    for advantage, true in (
        (group.advantage_when_all, made.all_do),
        (group.advantage_when_none, made.none_do),
    ):
        assert advantage.low - 1 < true < advantage.high + 1


@pytest.mark.soak
@pytest.mark.parametrize("years", [10, 12, 15, 20])
def test_long_histories_hold_their_level(years: int) -> None:
    """Of 600 histories of ten years or more, 93 to 97 % of the intervals of 95 % hold each advantage."""
    all_do, none_do, count = coverage(years, 600)
    assert 0.93 <= all_do / count <= 0.97
    assert 0.93 <= none_do / count <= 0.97


@pytest.mark.soak
@pytest.mark.parametrize("years", [5, 6, 8])
def test_short_histories_hold_it_nearly(years: int) -> None:
    """Of 600 shorter ones, nine in ten do; the how-to on fits states the rates."""
    all_do, none_do, count = coverage(years, 600)
    assert min(all_do, none_do) / count >= 0.9


@pytest.mark.soak
def test_samples_hold_their_level() -> None:
    """Where a third of the enterprises is asked each year, intervals are no narrower than they may be."""
    rng, held, count = np.random.default_rng(11), 0, 0
    for made in imitation_histories(12, 100, seed=9):
        told = sampled(made, 0.33, rng)
        size = next(iter(made.counts.values()))[1]
        held += _held(told, size, made.none_do)
        count += 1
    assert held / count >= 0.9


def _held(told: dict[int, tuple[int, int]], size: int, true: float) -> bool:
    adopters, asked = np.array(list(told.values()), float).T
    group = GroupHistory("", tuple(told), adopters, asked, np.full(len(told), float(size)))
    found = fit_history(AdoptionHistory("", (group,)), draws=49).advantage_when_none
    return found.low <= true <= found.high
