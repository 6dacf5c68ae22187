"""The fit of the game's two advantages to a history of adoption."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import separatrix
from separatrix_cluster.adoption.fit import runs_chance
from separatrix_cluster.adoption.transitions import BASS, replicator_step

YEARS = range(2010, 2025)


def path(all_do: float, none_do: float, first: float, years: int) -> list[float]:
    """Return the shares of the replicator equation, by another integrator."""
    found = solve_ivp(
        lambda _, x: x * (1 - x) * (all_do * x + none_do * (1 - x)),
        (0, years - 1),
        [first],
        t_eval=range(years),
        rtol=1e-10,
        atol=1e-12,
    )
    return [float(x) for x in found.y[0]]


@pytest.mark.parametrize(
    ("all_do", "none_do"), [(0.9, -0.5), (-0.4, 0.6), (0.5, 0.5), (2.0, 0.0), (-1.5, -3.0)]
)
def test_a_year_is_that_of_another_integrator(all_do: float, none_do: float) -> None:
    """Runge-Kutta in the odds and LSODA in the shares agree, from any share, over one year and over three."""
    for first in (0.02, 0.3, 0.57, 0.95):
        expected = path(all_do, none_do, first, 4)
        found = replicator_step(
            np.array([[all_do, none_do]]), np.array([[first] * 3]), np.array([1.0, 2.0, 3.0]), None
        )
        assert found[0] == pytest.approx(expected[1:], abs=3e-5)


def test_odds_obey_the_closed_form() -> None:
    """Time is ``ln(x)/D - ln(1-x)/A - (A-D)/(AD) ln|D + (A-D)x|`` up to a constant, by partial fractions."""
    a, d = 1.1, -0.7

    def clock(x: float) -> float:
        return math.log(x) / d - math.log(1 - x) / a - (a - d) / (a * d) * math.log(abs(d + (a - d) * x))

    later = float(replicator_step(np.array([[a, d]]), np.array([[0.5]]), np.array([2.0]), None)[0, 0])
    assert clock(later) - clock(0.5) == pytest.approx(2.0, abs=2e-4)


def test_smooth_histories_give_their_advantages_back() -> None:
    """A history of very many enterprises that follows the equation gives the values it was made with."""
    shares = path(0.9, -0.4, 0.4, 15)
    counts = {y: (round(1e6 * x), 1e6) for y, x in zip(YEARS, shares, strict=True)}
    found = separatrix.fit_adoption(counts, draws=49)
    assert found.advantage_when_all.value == pytest.approx(0.9, abs=1e-3)
    assert found.advantage_when_none.value == pytest.approx(-0.4, abs=1e-3)
    assert found.groups[0].threshold == pytest.approx(0.4 / 1.3, abs=1e-3)
    assert found.groups[0].regime == "bistable"


def test_the_made_up_park_is_bistable() -> None:
    """Its history is that of a game with 0.9 and -0.6 a year, and the intervals hold both."""
    found = separatrix.fit_adoption("synthetic-park", draws=99)
    for advantage, true in ((found.advantage_when_all, 0.9), (found.advantage_when_none, -0.6)):
        assert advantage.low < true < advantage.high
    assert found.groups[0].regime == "bistable"
    assert "β alone" in found.to_dict()["not_told"]


def test_bass_moves_in_closed_form() -> None:
    """A step of one year after another is the step of two, and the ceiling is never passed."""
    values, one = np.array([[0.03, 0.4, 0.8]]), np.array([1.0])
    twice = BASS.step(values, BASS.step(values, np.array([[0.1]]), one, None), one, None)
    assert twice == pytest.approx(BASS.step(values, np.array([[0.1]]), 2 * one, None))
    assert BASS.step(values, np.array([[0.79]]), np.array([50.0]), None)[0, 0] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("history", "code", "words"),
    [
        ({2024: (3, 40)}, "K586", "one year"),
        (dict.fromkeys(YEARS, (0, 40)), "K587", "no enterprise"),
        (dict.fromkeys(YEARS, (40, 40)), "K587", "all enterprises"),
        (dict.fromkeys(YEARS, (7, 40)), "K587", "same in all years"),
        ({2020: (1, 40), 2021: (2, 40), 2022: (4, 40)}, "K586", "2 year-to-year changes"),
        ({2020: (41, 40)}, "K588", "more than there are"),
        ({2020: (-1, 40)}, "K588", "counts from 0"),
        ({2020: (1.5, 40)}, "K588", "whole"),
        ({2020: 3}, "K590", "two counts"),
        ({}, "K585", "no data"),
    ],
)
def test_histories_that_tell_nothing_are_refused(
    history: dict[int, tuple[float, float]], code: str, words: str
) -> None:
    """One year, no variation, and counts that cannot be are told in words."""
    with pytest.raises(separatrix.InputError) as caught:
        separatrix.fit_adoption(history)
    assert caught.value.code == code
    assert words in caught.value.message


def test_what_is_in_doubt_is_told() -> None:
    """Unordered years, a first adopter without example, adopters who left and a short history are remarks."""
    history = {2019: (2, 40), 2018: (0, 40), 2020: (5, 40), 2021: (4, 40), 2023: (11, 40), 2024: (20, 40)}
    found = separatrix.fit_adoption(history, draws=49)
    assert {"K592", "K593", "K594", "K595"} <= {remark.code for remark in found.remarks}
    assert found.history.groups[0].years == (2018, 2019, 2020, 2021, 2023, 2024)


def test_runs_are_counted_exactly() -> None:
    """Of three and two signs ten orders are possible, of which two have two runs."""
    assert runs_chance([True, True, True, False, False]) == pytest.approx(0.3)
    assert math.isnan(runs_chance([True, True]))


def test_two_groups_follow_each_other(tmp_path: Path) -> None:
    """Leaders and others of very many enterprises give the four advantages back that made them."""
    values = {"leaders": (1.2, -0.2), "others": (0.8, -0.6)}
    found = solve_ivp(
        lambda _, s: [
            s[k] * (1 - s[k]) * (a * s[1 - k] + d * (1 - s[1 - k]))
            for k, (a, d) in enumerate(values.values())
        ],
        (0, 12),
        [0.35, 0.3],
        t_eval=range(13),
        rtol=1e-9,
    )
    rows = [
        f"{2010 + t},{round(1e6 * found.y[k][t])},1000000,{name}"
        for t in range(13)
        for k, name in enumerate(values)
    ]
    file = tmp_path / "adoption.csv"
    file.write_text("\n".join(["year,adopters,of,group", *rows]))
    fit = separatrix.fit_adoption(file, by_group=True, draws=19)
    for group in fit.groups:
        all_do, none_do = values[group.history.name]
        assert group.advantage_when_all.value == pytest.approx(all_do, abs=0.02)
        assert group.advantage_when_none.value == pytest.approx(none_do, abs=0.02)
    with pytest.raises(separatrix.InputError, match="K591"):
        _ = fit.advantage_when_all
    together = separatrix.fit_adoption(file, draws=19)
    assert len(together.groups) == 1 and together.history.groups[0].asked[0] == 2_000_000


def test_tables_that_cannot_be_understood_are_refused(tmp_path: Path) -> None:
    """Years of adoption in place of a panel, mixed rows, no word of how many were asked, and too many."""
    for rows, code in (
        ("enterprise,year,adopted\nA,2019,yes\nB,2020,yes", "K590"),
        ("enterprise,year,adopted,adopters,of\nA,2019,yes,,\n,2020,,4,9", "K590"),
        ("year,adopters\n2020,1\n2021,2", "K588"),
        ("year,adopters,of\n2020,12,9", "K588"),
    ):
        file = tmp_path / "adoption.csv"
        file.write_text(rows)
        with pytest.raises(separatrix.InputError) as caught:
            separatrix.fit_adoption(file)
        assert caught.value.code == code


def test_a_year_is_told_once(tmp_path: Path) -> None:
    """Of two rows of a year the second is left out, and that is told; two keys of a year are refused."""
    file = tmp_path / "adoption.csv"
    rows = [f"{2015 + k},{n},60" for k, n in enumerate((6, 9, 14, 20, 30, 41))]
    file.write_text("\n".join(["year,adopters,of", *rows, "2020,12,60"]))
    found = separatrix.fit_adoption(file, draws=19)
    assert found.history.groups[0].adopters[-1] == 41
    assert any(remark.severity == "error" and remark.row == 8 for remark in found.remarks)
    twice: dict[Any, tuple[float, float]] = {2020: (3, 40), "2020": (4, 40)}
    with pytest.raises(separatrix.InputError, match="K589"):
        separatrix.fit_adoption(twice)


def test_of_two_groups_the_idle_one_is_named() -> None:
    """All leaders of the made-up park cooperate in all years, so that they cannot be fitted apart."""
    with pytest.raises(separatrix.InputError, match="K587") as caught:
        separatrix.fit_adoption("synthetic-park", by_group=True)
    assert caught.value.message.startswith("leaders: ")


def test_one_year_of_yes_and_no_is_called_one_year(tmp_path: Path) -> None:
    """Rows that tell of each enterprise in the same year are no table of years of adoption, only too few."""
    path = tmp_path / "adoption.csv"
    path.write_text("enterprise,year,adopted\nA,2024,yes\nB,2024,no\nC,2024,no\n", "utf-8")
    with pytest.raises(separatrix.InputError) as caught:
        separatrix.fit_adoption(path)
    assert caught.value.code == "K586"
    assert "only one year (2024) of history; at least 5 are needed" in str(caught.value)


def test_an_advantage_at_the_bound_of_the_search_is_no_estimate() -> None:
    """Where the best value lies at the bound, K579 names the bound, and no number is given for it."""
    counts = [99, 98, 97, 60, 2, 1, 1, 1]
    found = separatrix.fit_adoption({2000 + k: (n, 100) for k, n in enumerate(counts)}, draws=19)
    group = found.groups[0]
    at = [a for a in (group.advantage_when_all, group.advantage_when_none) if a.bound is not None]
    assert at
    assert "K579" in {remark.code for remark in found.remarks}
    assert group.threshold is None
    for advantage in at:
        assert advantage.to_dict()["value"] is None
        assert None in (advantage.to_dict()["low"], advantage.to_dict()["high"])
