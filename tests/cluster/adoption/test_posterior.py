"""What a history of adoption leaves to believe: the density against another route, and what it must obey."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

import separatrix
from separatrix.cli.app import run
from separatrix.errors import InputError
from separatrix_cluster.adoption.history import AdoptionHistory, GroupHistory
from separatrix_cluster.adoption.posterior import adoption_posterior

COUNTS = (6, 7, 9, 12, 14, 20, 27, 36, 43, 49, 54)
HISTORY = {2014 + k: (n, 60) for k, n in enumerate(COUNTS)}


def by_hand(
    counts: tuple[int, ...], of: int, low: tuple[float, float], high: tuple[float, float]
) -> np.ndarray:
    """Return the density on a grid of A and D: Euler's small steps, and a sum over s² that is not closed."""
    a, d = np.meshgrid(np.linspace(low[0], high[0], 81), np.linspace(low[1], high[1], 81), indexing="ij")
    x = np.array(counts) / of
    scales = np.exp(np.linspace(np.log(1e-3), np.log(1e3), 161))
    logs = np.zeros((len(scales), *a.shape))
    for before, after in pairwise(x):
        y = np.full(a.shape, before)
        for _ in range(400):
            y = y + y * (1 - y) * (a * y + d * (1 - y)) / 400
        variance = scales[:, None, None] * before * (1 - before) / of
        logs += -((after - y) ** 2) / (2 * variance) - np.log(variance) / 2
    mass = np.exp(logs - logs.max()).sum(0)  # equal steps of log s²: the prior 1/s²
    return np.asarray(mass / mass.sum())


def test_it_is_the_density_that_is_summed_by_hand() -> None:
    """Means, ends and odds are those of a plain sum over all three numbers, on a grid of its own."""
    found = separatrix.adoption_posterior(HISTORY).groups[0]
    low, high = (0.2, -0.25), (1.4, 0.7)
    mass = by_hand(COUNTS, 60, low, high)
    for k in range(2):
        axis, own = np.linspace(low[k], high[k], 81), mass.sum(1 - k)
        assert found.mean[k] == pytest.approx(float(axis @ own), abs=2e-3)
        ends = np.interp([0.025, 0.975], np.cumsum(own) - own / 2, axis)
        assert (found.low[k], found.high[k]) == pytest.approx(tuple(ends), abs=4e-3)
    assert found.regimes["bistable"] == pytest.approx(
        mass[:, np.linspace(low[1], high[1], 81) < 0].sum(), abs=2e-3
    )


def test_odds_are_odds() -> None:
    """The four regimes exhaust all games, and the means lie within the intervals."""
    found = separatrix.adoption_posterior(HISTORY).groups[0]
    assert sum(found.regimes.values()) == pytest.approx(1, abs=1e-12)
    assert all(low < mean < high for low, mean, high in zip(found.low, found.mean, found.high, strict=True))


def test_ten_times_the_enterprises_do_not_change_what_is_believed_of_the_same_shares() -> None:
    """s² is free, so the same shares of more enterprises tell the same; only a smoother path tells more."""
    few = separatrix.adoption_posterior(HISTORY).groups[0]
    many = separatrix.adoption_posterior({y: (10 * n, 600) for y, (n, _) in HISTORY.items()}).groups[0]
    assert many.low == pytest.approx(few.low, abs=2e-3)


def test_it_agrees_with_the_fit_where_the_years_tell_much() -> None:
    """With flat priors credible intervals are close to those by profile likelihood."""
    found = separatrix.adoption_posterior(HISTORY).groups[0]
    fit = separatrix.fit_adoption(HISTORY, draws=19)
    for k, advantage in enumerate((fit.advantage_when_all, fit.advantage_when_none)):
        width = found.high[k] - found.low[k]
        assert abs(found.mean[k] - advantage.value) < 0.1 * width


def test_what_the_years_never_visit_is_bounded_by_the_prior_alone() -> None:
    """Where all but everybody cooperates from the beginning, nothing is known of nobody cooperating."""
    counts = (9900, 9905, 9925, 9931, 9947)
    found = separatrix.adoption_posterior({2018 + k: (n, 10_000) for k, n in enumerate(counts)}).groups[0]
    assert found.bounded[1]
    assert found.high[1] - found.low[1] > 30


@pytest.mark.soak
def test_a_sample_tells_less_than_all() -> None:
    """The same shares among thirty that were asked leave wider intervals than among all of six hundred."""
    years = tuple(HISTORY)
    counts = np.array(COUNTS, float)

    def believed(asked: float) -> float:
        group = GroupHistory("", years, counts * asked / 60, np.full(11, asked), np.full(11, 600.0))
        found = adoption_posterior(AdoptionHistory("", (group,))).groups[0]
        return found.high[0] - found.low[0]

    assert believed(60.0) > 1.2 * believed(600.0)


def test_a_level_is_a_share() -> None:
    """95 is refused, by the fit as well."""
    for function in (separatrix.adoption_posterior, separatrix.fit_adoption):
        with pytest.raises(InputError) as caught:
            function(HISTORY, level=95)
        assert caught.value.code == "K584"


def test_the_command_tells_it(capsys: pytest.CaptureFixture[str]) -> None:
    """`calibrate --history` gives the odds as JSON, and says them."""
    assert run(["calibrate", "synthetic-park", "--history", "--format", "json"]) in (0, 1)
    told = json.loads(capsys.readouterr().out)["posterior"][0]["regimes"]
    assert max(told, key=told.get) == "bistable"
    assert run(["calibrate", "synthetic-park", "--history"]) in (0, 1)
    assert f"{told['bistable']:.0%}".replace("%", " %") in " ".join(capsys.readouterr().out.split())
