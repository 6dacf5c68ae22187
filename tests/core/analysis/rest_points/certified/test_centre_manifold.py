"""Labels of states whose own face contracts while an unplayed strategy earns as much: known by hand."""

from __future__ import annotations

from random import Random

import pytest

import separatrix
from core.oracles.answers import Piece, ask
from core.oracles.degenerate_corpus import PARTS
from separatrix.analysis.results import Analysis


def game(**advantages: str) -> Analysis:
    """Return the answer about populations of two strategies by what the first one of each earns more.

    A common factor 1 + xy > 0 changes no label, and keeps the exact routes from taking the game.
    """
    populations = [
        {"name": f"of {share}", "share": share, "strategies": ["a", "b"]} for share in sorted(advantages)
    ]
    functions = {f"of {share}": {"a": f"({text})*(1 + x*y)", "b": "0"} for share, text in advantages.items()}
    return separatrix.analyze(
        separatrix.load({"title": "t", "populations": populations, "payoff_functions": functions})
    )


@pytest.mark.parametrize(
    ("own", "adapted", "label"),
    [
        (-1, 2, "unstable"),
        (1, -2, "asymptotically stable"),
        (-2, 1, "asymptotically stable"),
        (2, -1, "unstable"),
    ],
)
def test_the_played_strategies_adapt(own: int, adapted: int, label: str) -> None:
    """Beside (1/2, 0) x follows 1/2 + y, so that y' = (own + adapted) y² + …, however `own` falls."""
    answer = game(x="1/2 - x + y", y=f"({own})*y + ({adapted})*(x - 1/2)")
    (point,) = (p for p in answer.rest_points if p.state == (0.5, 0.0))
    assert point.stability == label


@pytest.mark.parametrize(
    ("drift", "own", "label"),
    [("0", -3, "stable"), ("0", 3, "unstable"), ("y", -3, "unstable"), ("-y", -3, "unstable")],
)
def test_drift_along_a_line(drift: str, own: int, label: str) -> None:
    """On x = 1/2, y = 0 a share that falls like 1/t carries z without end if z' is of its order."""
    answer = game(x="1/2 - x", y=f"({own})*y", z=drift)
    (line,) = (s for s in answer.rest_sets if s.dimension == 1 and s.samples[0][:2] == (0.5, 0.0))
    assert line.stability == label


@pytest.mark.parametrize(("drift", "label"), [("-y", "stable"), ("y", "unstable")])
def test_a_line_on_which_a_payoff_changes_its_sign(drift: str, label: str) -> None:
    """At z = 1/3 of x = 1/2, y = 0 the strategy ties; if z falls while it is played, it vanishes again."""
    answer = game(x="1/2 - x", y="z - 1/3", z=drift)
    states = (s for s in answer.rest_sets if s.dimension == 0 and s.samples[0][:2] == (0.5, 0.0))
    (state,) = (s for s in states if s.samples[0][2] == pytest.approx(1 / 3))
    assert state.stability == label


def test_a_circle_without_a_parameter() -> None:
    """The circle attracts where its eigenvalue 2y²(1-y) - 2x²(1-x) is negative, and is cut at its zero."""
    answer = game(x="1/2 - x^2 - y^2", y="x^2 + y^2 - 1/2")
    arcs = [s for s in answer.rest_sets if s.dimension == 1 and len(s.equations) > 4]
    states = [s for s in answer.rest_sets if s.dimension == 0]
    assert sorted(s.stability for s in arcs) == ["stable", "unstable"]
    # on the circle the field without the common factor is (x(1-x), -y(1-y)), a tangent at x = y
    assert [(s.samples[0], s.stability) for s in states] == [((0.5, 0.5), "unstable")]


def test_a_line_at_an_irrational_share() -> None:
    """Where x solves 3x² + 3x = 1 every y rests; the line attracts or not as the factor before it says."""
    answer = game(x="(1 - 3*x - 3*x^2)*(2*y - 1)", y="0")
    lines = {
        s["stability"]
        for s in answer.to_dict()["rest_sets"]
        if s["dimension"] == 1 and "3*x**2 + 3*x - 1 == 0" in s["equations"]
    }
    assert lines == {"stable", "unstable"}


@pytest.mark.parametrize("kind, number", [("small", 22), ("zero or one", 16)])
def test_drift_that_equations_prove_on_a_whole_segment(kind: str, number: int) -> None:
    """Equations of degree two that hold at three states of a segment hold on it, and all of it drifts."""
    answer = ask(PARTS["2x3x3"][kind](Random(f"degenerate-2x3x3-{kind}-{number}")))
    drifting = [p for p in answer.pieces if "rests while the other one drifts" in str(p.entry["reason"])]
    assert any(p.dimension == 1 for p in drifting)
    assert {p.label for p in drifting} == {"unstable"}
    assert not [p for p in answer.pieces if _open(p)]


def _open(piece: Piece) -> bool:
    return piece.dimension == 1 and piece.label == "undecided"
