"""Imitation, Bass and thresholds on the same history, and Bass's model of yearly sales."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

import separatrix
from separatrix_cluster.adoption.fit import fit_history, yearly_transitions
from separatrix_cluster.adoption.history import AdoptionHistory, GroupHistory, history_of
from separatrix_cluster.adoption.transitions import BASS, REPLICATOR, THRESHOLD, AdoptionCurve, innovations

FARMERS = Path(__file__).parent / "brazilian_farmers.csv"
RECORDERS = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]


@pytest.mark.parametrize(
    ("method", "market", "innovation", "imitation"),
    [
        ("density", 67_981, 0.006594, 0.63809),
        ("differences", 67_660, 0.00879, 0.64216),
        ("cumulative", 66_148, 0.00769, 0.66995),
    ],
)
def test_video_recorders(method: str, market: float, innovation: float, imitation: float) -> None:
    """Bass's model of VCR sales 1979-88: each way to read a year's sales gives its published numbers."""
    found = separatrix.fit_bass_sales(RECORDERS, method)
    assert round(found.market) == market
    assert found.innovation == pytest.approx(innovation, abs=5e-6)
    assert found.imitation == pytest.approx(imitation, abs=5e-6)
    assert not found.remarks


def test_standard_errors_of_video_recorders() -> None:
    """They are those of R's nls: 3127.5, 0.00143026 and 0.04139597."""
    assert separatrix.fit_bass_sales(RECORDERS).errors == pytest.approx(
        (3127.5, 0.00143026, 0.04139597), rel=1e-5
    )


def test_before_the_peak_the_market_is_not_told() -> None:
    """The first five years leave the market open, and the fit says so."""
    assert [remark.code for remark in separatrix.fit_bass_sales(RECORDERS[:5]).remarks] == ["K598"]


@pytest.mark.parametrize("sales", [[], [1, 2, 3], [0, 0, 0, 0], [1, -2, 3, 4], [1, 2, float("nan"), 4]])
def test_sales_that_tell_nothing_are_refused(sales: list[float]) -> None:
    """Too few years, negative ones and nothing sold are told in words, as is an unknown method."""
    with pytest.raises(separatrix.InputError, match="K599"):
        separatrix.fit_bass_sales(sales)
    with pytest.raises(separatrix.NameProblem, match="density"):
        separatrix.fit_bass_sales(RECORDERS, "densty")


def test_farmers_are_right_censored() -> None:
    """Of 692 farmers 540 had adopted by 1964, 0.29 to 0.98 by village as the source says; 1965 is no year."""
    whole = history_of(FARMERS).groups[0]
    assert (whole.years[0], whole.years[-1]) == (1946, 1964)
    assert (whole.adopters[-1], whole.asked[-1]) == (540, 692)
    rows = [line.split(",") for line in FARMERS.read_text().splitlines() if ",1964," in line]
    shares = [int(row[2]) / int(row[3]) for row in rows]
    assert (len(rows), round(min(shares), 2), round(max(shares), 2)) == (11, 0.29, 0.98)


def test_farmers_by_all_three() -> None:
    """Imitation and Bass cannot be told apart on 692 farmers; thresholds are far worse."""
    found = separatrix.adoption_rivals(FARMERS, draws=49)
    assert [c.curve.key for c in found.plausible] == ["replicator", "bass"]
    assert "cannot be distinguished" in found.verdict
    fit = separatrix.fit_adoption(FARMERS, draws=49)
    assert fit.advantage_when_none.low >= 0  # pure drift is not excluded
    assert {r.code for r in fit.remarks} == {"K596"}
    assert found.curves[0].values["advantage_when_all"][0] == pytest.approx(fit.advantage_when_all.value)


@pytest.mark.parametrize("curve", [REPLICATOR, BASS, THRESHOLD], ids=lambda curve: str(curve.key))
def test_the_least_squares_are_those_of_another_search(curve: AdoptionCurve) -> None:
    """Nelder and Mead, from the fit and from beside it, find no better values."""
    history = history_of(FARMERS)
    found = next(c for c in separatrix.adoption_rivals(history, draws=9).curves if c.curve is curve)
    seen = yearly_transitions(history.groups[0])

    def squares(at: np.ndarray) -> float:
        inside = np.clip(at, found.curve.lower, found.curve.upper)
        off, variance = innovations(found.curve, inside[None, :], seen)
        return float((off**2 / variance).sum())

    best = np.array([v for v, _, _ in found.values.values()])
    for start in (best, best * 1.1):
        assert minimize(squares, start, method="Nelder-Mead", options={"maxiter": 400}).fun >= squares(
            best
        ) * (1 - 1e-4)


def test_a_curve_knows_its_own() -> None:
    """A history that thresholds made is best told by thresholds, and not by Bass's model."""
    rng = np.random.default_rng(5)
    share, counts = 0.22, {}
    for year in range(2008, 2022):
        counts[year] = (round(400 * share), 400)
        share = float(THRESHOLD.step(np.array([[0.35, 0.2]]), np.array([[share]]), np.ones(1), None)[0, 0])
        share = min(max(share + 0.01 * float(rng.standard_normal()), 0.01), 0.99)
    found = separatrix.adoption_rivals(counts, draws=49)
    assert found.curves[0].curve is THRESHOLD
    assert BASS not in [c.curve for c in found.plausible]
    low, high = found.curves[0].values["mean"][1:]
    assert low < 0.35 < high


def test_a_short_history_compares_nothing() -> None:
    """Five years fit two advantages, and no criterion can charge for them."""
    found = separatrix.adoption_rivals({2019 + k: (n, 60) for k, n in enumerate((5, 8, 14, 20, 31))}, draws=9)
    assert "too short" in found.verdict
    assert all(curve.missed is None for curve in found.curves)


@pytest.mark.soak
def test_samples_are_noisier_than_counts() -> None:
    """A tenth of the enterprises asked leaves wider intervals than all of them with the same shares."""
    years, size = tuple(range(2012, 2024)), 600
    shares = np.array([0.1, 0.12, 0.15, 0.2, 0.25, 0.32, 0.38, 0.47, 0.57, 0.68, 0.77, 0.85])
    counted = {y: (round(size * x), size) for y, x in zip(years, shares, strict=True)}
    asked = np.full(len(years), 60.0)
    group = GroupHistory("", years, np.round(60 * shares), asked, np.full(len(years), float(size)))
    few = fit_history(AdoptionHistory("", (group,)), draws=9).advantage_when_none
    all_asked = separatrix.fit_adoption(counted, draws=9).advantage_when_none
    assert few.high - few.low > all_asked.high - all_asked.low
