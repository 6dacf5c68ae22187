"""The Monte Carlo of Nguyen and Trinh (2026): the share of draws in which E4 is reached.

They draw every parameter from a symmetric triangular distribution of ±20 % around its value, 10,000 times,
and print 79.14 % at H = 10 and 98.14 % at H = 14.  That is so only if H is drawn too; with H fixed it is
87.4 %.
"""

from __future__ import annotations

import pytest

import separatrix
from thinning import thinned

GAME = separatrix.load("coal-safety")


@thinned(
    ("scenario", "fixed", "share"),
    [("H10", [], 0.790), ("H10", ["H"], 0.874), ("H14", [], 0.981)],
    each_run=1,
)
def test_the_share_of_e4(scenario: str, fixed: list[str], share: float) -> None:
    """Both as the outcome of the trajectory from today and as the sign test of the paper, within 0.9 %."""
    chart = separatrix.fan_chart(GAME, scenario=scenario, fixed=fixed, samples=40_000, points=2, until=1)
    assert chart.outcomes["E4"] == pytest.approx(share, abs=0.009)
    assert chart.stable is not None and chart.stable["E4"] == chart.outcomes["E4"]
    low, high = chart.intervals["E4"]
    assert high - low < 0.009


def test_the_threshold_alone_traps_nobody() -> None:
    """Without the reward from above (H = 0) no draw makes E4 stable, as the paper says uncomputed."""
    chart = separatrix.fan_chart(GAME, scenario="H0", samples=2_000, points=2, until=1)
    assert chart.stable is not None and chart.stable["E4"] == 0
    assert "H" not in chart.uncertainty.names


def test_reward_and_cost_of_supervision_decide() -> None:
    """E4 depends on H and Cr, then on delta; q and Lr do nothing: they stand in no eigenvalue of E4."""
    found = separatrix.sensitivity(GAME, "stable:E4", scenario="H10", samples=2048)
    assert set(found.names[:2]) == {"H", "Cr"} and found.names[2] == "delta"
    assert found.total is not None and found.total["q"] == found.total["Lr"] == 0
    assert found.mean == pytest.approx(0.790, abs=0.012)
