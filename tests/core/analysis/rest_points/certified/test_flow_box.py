"""Rest states where a factor that all rates share vanishes: the flow beside them decides."""

from __future__ import annotations

import pytest

import separatrix

from .test_ends_of_curves import game


def labels(x: str, y: str) -> dict[tuple[float, ...], str]:
    """The label of every rest state that stands alone in the answer, and of the middle of every stretch."""
    answer = separatrix.analyze(game(x=x, y=y))
    assert answer.completeness.status == "complete"
    found = {p.state: p.stability for p in answer.rest_points}
    for piece in answer.rest_sets:
        ends = piece.samples[0], piece.samples[-1]
        found[tuple(round((a + b) / 2, 9) for a, b in zip(*ends, strict=True))] = piece.stability
    return {tuple(float(v) for v in state): label for state, label in found.items() if state is not None}


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ("x", "unstable"),  # x' = x²(1-x): leaves the edge, though the eigenvalue is 0
        ("-x", "stable"),
        ("x*(y+1/4)", "unstable"),
        ("-x*x/(2-y)", "stable"),
    ],
)
def test_an_edge_that_all_rates_leave_at_rest(x: str, expected: str) -> None:
    """One share moves only; beside the edge it grows or falls as the next power tells."""
    found = labels(x, "0")
    assert found[0.0, 0.5] == expected


def test_an_edge_with_drift_along_it() -> None:
    """Where the other share moves in proportion, orbits beside the edge run along it, and all leave."""
    found = labels("-x", "x*(1+y)")
    assert found[0.0, 0.5] == "unstable"
    assert found[0.0, 0.0] == "unstable"


def test_an_edge_cut_where_the_flow_turns() -> None:
    """With x' = x²(1-x)(y-1/3) the edge x = 0 holds back orbits below 1/3 only."""
    answer = separatrix.analyze(game(x="x*(y-1/3)"))
    on_edge = {
        tuple(s.samples[0][1:] + s.samples[-1][1:]): s.stability
        for s in answer.rest_sets
        if s.samples[0][0] == s.samples[-1][0] == 0.0
    }
    labels = {tuple(sorted(round(v, 3) for v in places)): label for places, label in on_edge.items()}
    assert labels == {(0.0, 0.333): "stable", (0.333, 0.333): "unstable", (0.333, 1.0): "unstable"}


def test_a_curve_that_orbits_cross() -> None:
    """Both rates share a factor with a curve of zeros: orbits end on it from both sides, or leave it."""
    attracted = separatrix.analyze(game(x="(1-x-y)*(1+x)", y="(1-x-y)*(1+y)"))
    (curve,) = (s for s in attracted.rest_sets if len(s.free) == 2)
    assert curve.stability == "stable"
    touched = separatrix.analyze(game(x="(1-x-y)^2*(1+x)", y="(1-x-y)^2*(1+y)"))
    (curve,) = (s for s in touched.rest_sets if len(s.free) == 2)
    assert curve.stability == "unstable"
    (component,) = (c for c in touched.rest_components if curve.id in c.pieces)
    assert component.set_stability == "unstable"


def test_a_line_along_which_the_other_share_moves() -> None:
    """All of x = 1/2 rests, and beside it y moves one way on either side: every state of it is unstable."""
    answer = separatrix.analyze(game(x="0", y="(1-2*x)*(1+x*y)"))
    line = [s for s in answer.rest_sets if {v[0] for v in s.samples} == {0.5}]
    assert len(line) == 3 and {s.stability for s in line} == {"unstable"}


@pytest.mark.parametrize("rest", ["3*x-2", "2-3*x", "1-2*x+{share}", "x*(1/2-x)", "(3*x-2)*(1+{share})"])
def test_a_factor_vanishes_with_the_share_of_either_strategy(rest: str) -> None:
    """Where no orbit moves on an edge, those beside it decide, whichever strategy is extinct there."""
    first, second = (labels(f"2*{share}*({rest.format(share=share)})", "0") for share in ("y", "(1-y)"))
    assert first == {(x, 1.0 - y): label for (x, y), label in second.items()}
    assert "undecided" not in first.values()


def test_denominators_that_populations_share() -> None:
    """All rates keep their direction where payoffs divide by the same quantities, whatever their signs.

    Beside (1/2, 0, 1) x' has the sign of 1/2 - x and y' that of -y; with w = 1 - z the last rate is
    w' = -w·(2w + y/2 + …), so that every orbit beside it is drawn in.
    """
    populations = [
        {"name": n, "share": s, "strategies": ["a", "b"]} for n, s in zip("PQR", "xyz", strict=True)
    ]
    payoffs = {
        "P": {"a": "2", "b": "6*x/(2 - x + 2*y)"},
        "Q": {"a": "-(1 - y)*(2*x - y*y)/(4 - 2*z - x)", "b": "0"},
        "R": {"a": "2*(1 - y)", "b": "(2 - y + x*y)*z/(1 + y)"},
    }
    answer = separatrix.analyze({"populations": populations, "payoff_functions": payoffs})
    (mixed,) = (p for p in answer.rest_points if p.state == (0.5, 0.0, 1.0))
    assert mixed.stability in ("asymptotically stable", "stable")
