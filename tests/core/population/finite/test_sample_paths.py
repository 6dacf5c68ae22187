"""Sample paths: their law is that of the chain, equal seeds give equal paths, idle updates are skipped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import separatrix.population.finite.sample_paths as sample_paths
from separatrix import Game, InputError, finite_path, load, stationary_distribution
from thinning import thinned

GAME = Game.from_matrices([[4, 0, 1], [3, 2, 0], [1, 3, 2]], strategies=list("abc"))
SETTING: dict[str, Any] = {
    "population_size": 24,
    "beta": 0.3,
    "mu": 0.1,
    "exploration": [[0, 1, 2], [1, 0, 0], [1, 1, 0]],
}


@pytest.mark.parametrize("listed", [True, False])
@thinned("process", ["fermi", "birth-death", "death-birth", "imitation"], each_run=2)
def test_time_averages_are_those_of_the_stationary_distribution(
    process: str, listed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long path spends its time as the stationary distribution says, its states listed or not."""
    if not listed:
        monkeypatch.setattr(sample_paths, "MOST_LISTED", 0)
    found = finite_path(GAME, process=process, updates=1_500_000, seed=5, **SETTING)
    exact = stationary_distribution(GAME, process=process, **SETTING)
    assert found.mean_shares[0] == pytest.approx(exact.mean_shares[0], abs=0.015)
    # Updates that move: the mean over states of the probability of a move.
    likely = np.zeros(len(exact.weights))
    for move in exact.chain.moves:
        likely[move.source] += move.probability
    assert found.moves / 1_500_000 == pytest.approx(float(exact.weights @ likely), rel=0.02)


def test_a_path_update_by_update_has_the_same_law(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where few updates are idle the chain is followed one by one, and spends its time alike."""
    setting = SETTING | {"mu": 0.6, "beta": 1.0}
    exact = stationary_distribution(GAME, **setting)
    monkeypatch.setattr(sample_paths, "MOST_LISTED", 0)
    found = finite_path(GAME, updates=1_500_000, **setting)
    assert found.mean_shares[0] == pytest.approx(exact.mean_shares[0], abs=0.003)


@pytest.mark.parametrize("process", ["fermi", "birth-death", "death-birth", "imitation"])
@pytest.mark.parametrize("listed", [True, False])
def test_paths_of_huge_payoffs_have_the_law_of_the_chain(
    process: str, listed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where fitness differs by hundreds of orders of magnitude, time averages are those of the chain."""
    game = Game.from_matrices([[800, 800], [0, 0]], strategies=["a", "b"])
    setting: dict[str, Any] = {"population_size": 2, "mu": 0.1, "process": process}
    if not listed:
        monkeypatch.setattr(sample_paths, "MOST_LISTED", 0)
    found = finite_path(game, updates=400_000, **setting)
    exact = stationary_distribution(game, **setting)
    assert found.mean_shares[0] == pytest.approx(exact.mean_shares[0], abs=0.015)


def test_equal_seeds_give_equal_paths() -> None:
    """The same seed gives the same path bit for bit, another one another path."""
    one, same, other = (finite_path(GAME, updates=100_000, seed=seed, **SETTING) for seed in (1, 1, 2))
    assert (one.counts[0] == same.counts[0]).all()
    assert one.to_dict() == same.to_dict()
    assert not (one.counts[0] == other.counts[0]).all()


def test_a_path_without_exploration_ends_where_all_play_the_same() -> None:
    """With mu = 0 the last state is a corner and stays so; the start is the first state that is recorded."""
    found = finite_path(GAME, [8, 8, 8], updates=10**12, points=11, mu=0, population_size=24)
    assert found.counts[0][0].tolist() == [8, 8, 8]
    assert found.counts[0][-1].max() == 24
    assert found.updates[-1] == 10**12
    assert found.moves < 10**6


def test_several_populations_have_paths_too() -> None:
    """Players of all populations are updated, in proportion to how many they are."""
    game = load("shi-chen-2018")
    setting: dict[str, Any] = {"population_size": [6, 12], "beta": 0.1, "mu": 0.2}
    found = finite_path(game, [[3, 3], [6, 6]], updates=2_000_000, **setting)
    exact = stationary_distribution(game, **setting)
    for mine, theirs in zip(found.mean_shares, exact.mean_shares, strict=True):
        assert mine == pytest.approx(theirs, abs=0.015)


@pytest.mark.parametrize(
    ("start", "options", "code"),
    [
        ([1, 2, 3], {}, "N211"),
        ([-1, 13, 12], {}, "N211"),
        ("many", {}, "N211"),
        (None, {"updates": 0}, "N211"),
        (None, {"points": 1}, "N211"),
        (None, {"seed": -1}, "N211"),
        (None, {"beta": "inf"}, "N207"),
    ],
)
def test_impossible_paths_are_refused(start: object, options: dict[str, Any], code: str) -> None:
    """A start that does not add up, and numbers that cannot be, are named."""
    with pytest.raises(InputError) as caught:
        finite_path(GAME, start, **(SETTING | options))
    assert caught.value.code == code
