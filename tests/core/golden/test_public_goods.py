"""Games among N: the collective-risk dilemma and the volunteer's dilemma, one well-mixed population.

Santos, F. C. and Pacheco, J. M. (2011), Risk of collective failure provides an escape from the tragedy of the
commons, PNAS 108, 10421-10425: the sign of the change is that of
C(N-1, M-1) x^(M-1) (1-x)^(N-M) r - c (endowment 1), whose first term is greatest at x = (M-1)/(N-1).
Diekmann, A. (1985), Volunteer's dilemma, Journal of Conflict Resolution 29, 605-610:
x* = 1 - (c/b)^(1/(N-1)).
"""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import Any

import pytest

import separatrix


def risk_dilemma(size: int, threshold: int, cost: str, risk: str) -> Any:
    """The answer where a group of `size` keeps its endowment if `threshold` pay, else with luck."""
    return separatrix.analyze(
        separatrix.load(
            {
                "populations": [{"name": "Members", "share": "x", "strategies": ["pay", "keep"]}],
                "parameters": {"c": cost, "r": risk},
                "group": {
                    "size": size,
                    # max(0, min(1, k + 1 - M + 1)) is 1 from M payers on, the payer included
                    "payoff": {
                        "pay": f"1 - c - r*(1 - max(0, min(1, k - {threshold - 2})))",
                        "keep": f"1 - r*(1 - max(0, min(1, k - {threshold - 1})))",
                    },
                },
            }
        )
    )


def split(answer: Any) -> tuple[list[float], list[float]]:
    """Mixed states that attract, and those that repel."""
    mixed = [p for p in answer.rest_points if p.free]
    labels = {"asymptotically stable": 0, "source": 1}
    found: tuple[list[float], list[float]] = ([], [])
    for p in sorted(mixed, key=lambda p: p.state):
        found[labels[p.stability]].append(p.state[0])
    return found


@pytest.mark.parametrize(
    ("size", "threshold", "risk", "repelling", "attracting"),
    [
        (6, 3, "1", [0.1214333336], [0.7356180923]),
        (6, 3, "1/2", [0.1962670096], [0.631050042]),
        (6, 3, "1/5", [], []),
        (6, 3, "3/20", [], []),
        (6, 6, "1", [0.6309573445], []),
        (4, 2, "9/10", [0.0402049195], [0.7824321184]),
    ],
)
def test_collective_risk(
    size: int, threshold: int, risk: str, repelling: list[float], attracting: list[float]
) -> None:
    """With enough risk a mixed state attracts beyond a threshold, or where all must pay the pure one."""
    answer = risk_dilemma(size, threshold, "1/10", risk)
    assert answer.completeness.status == "complete"
    assert split(answer) == (pytest.approx(attracting, abs=1e-9), pytest.approx(repelling, abs=1e-9))
    pure = {p.state[0]: p.stability for p in answer.rest_points if not p.free}
    assert pure == {
        0.0: "asymptotically stable",
        1.0: "asymptotically stable" if threshold == size else "source",
    }


@pytest.mark.parametrize(
    ("above", "count"), [(Fraction(1, 10**6), 2), (Fraction(-1, 10**6), 0), (Fraction(0), 1)]
)
def test_critical_risk(above: Fraction, count: int) -> None:
    """At r = c/(C(5,2)(2/5)²(3/5)³) the two mixed states of N = 6, M = 3 meet at 2/5 and vanish."""
    critical = Fraction(1, 10) / (comb(5, 2) * Fraction(2, 5) ** 2 * Fraction(3, 5) ** 3)
    assert float(critical) == pytest.approx(0.28935185185)
    answer = risk_dilemma(6, 3, "1/10", str(critical + above))
    mixed = [p for p in answer.rest_points if p.free]
    assert len(mixed) == count
    if count == 1:
        # x' <= 0 on both sides of it: orbits come from above and leave below
        assert mixed[0].state == pytest.approx((0.4,))
        assert mixed[0].stability == "unstable"
        assert mixed[0].eigenvalues == (0,)


@pytest.mark.parametrize(
    ("size", "place"),
    [(2, 0.7), (3, 0.45227744249483393), (5, 0.25991719550771475), (10, 0.12521291707606708)],
)
def test_volunteers(size: int, place: float) -> None:
    """The mixed state is the only one that attracts, and volunteering becomes rarer in larger groups."""
    answer = separatrix.analyze(
        separatrix.load(
            {
                "populations": [{"name": "Bystanders", "share": "x", "strategies": ["help", "wait"]}],
                "parameters": {"b": 1, "c": "3/10"},
                "group": {"size": size, "payoff": {"help": "b - c", "wait": "b*min(k, 1)"}},
            }
        )
    )
    assert answer.completeness.status == "complete"
    assert split(answer) == ([pytest.approx(place, abs=1e-12)], [])
    assert place == pytest.approx(1 - 0.3 ** (1 / (size - 1)), abs=1e-9)
    assert {p.stability for p in answer.rest_points if not p.free} == {"source"}
    nobody = (1 - place) ** size
    assert nobody == pytest.approx(0.3 ** (size / (size - 1)), abs=1e-9)
