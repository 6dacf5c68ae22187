"""Named points whose place and name are known in closed form."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

import separatrix
from core.dynamics.bifurcation.games import cubic, own_shares, ring_of_four, rock_paper_scissors
from separatrix.dynamics.bifurcation.result import BifurcationDiagram
from separatrix.expression.tree import Number, to_text


def told(diagram: BifurcationDiagram) -> list[tuple[str, str | None, float]]:
    """The named points in short."""
    return [(p.kind, p.criticality, p.value) for p in diagram.points]


def test_two_populations_exchange_along_edges() -> None:
    """In the coal-safety game a centre crosses the square between H = 1.2 and 9, from edge to edge."""
    diagram = separatrix.bifurcation_diagram(separatrix.load("coal-safety"), ("H", 0, 15))
    assert told(diagram) == [("edge", None, 1.2), ("edge", None, 9.0)]
    first, second = diagram.points
    assert first.exact == Number(Fraction(6, 5)) and first.bounds == (Fraction(6, 5), Fraction(6, 5))
    assert first.branches == ("E1", "E2", "E5") and second.branches == ("E3", "E4", "E5")
    assert first.edges == ((("do not invest",), ("strict supervision", "lax supervision")),)
    centre = diagram.branch("E5")
    assert [p.stability for p in centre.pieces] == ["centre"]
    assert (centre.low, centre.high) == (1.2, 9.0)
    assert centre.formula is not None and [to_text(e) for e in centre.formula] == ["5/39*H - 2/13", "2/3"]
    assert [s.stable for s in diagram.stretches] == [("E1",), (), ("E4",)]


def test_two_edges_that_share_a_corner_are_one_point() -> None:
    """Where the mixed saddle of Shi and Chen reaches the corner (1, 1) both edges at it rest."""
    game = separatrix.load("shi-chen-2018")
    for over, value in (("pi1", 8.0), ("C1", 6.0)):
        (point,) = separatrix.bifurcation_diagram(game, (over, 0, 20)).points
        assert (point.kind, point.value, len(point.edges)) == ("edge", value, 2)
        assert point.branches == ("E2", "E3", "E4", "E5")


def test_snowdrift() -> None:
    """The mixed point of the snowdrift game leaves through defection where c = b."""
    game = separatrix.load(
        {"payoff_matrix": [["b - c/2", "b - c"], ["b", 0]], "parameters": {"b": 3, "c": 2}, "title": "S"}
    )
    diagram = separatrix.bifurcation_diagram(game, ("c", 1, 5))
    assert told(diagram) == [("transcritical", None, 3.0)]
    assert diagram.points[0].label == "asymptotically stable"
    mixed = diagram.branch("E3").formula
    assert mixed is not None and to_text(mixed[0]) == "(2*c - 6)/(c - 6)"


def test_fold_of_an_edge() -> None:
    """x - x² = t has two roots for t < 1/4, which meet at x = 1/2."""
    diagram = separatrix.bifurcation_diagram(cubic("x*(1 - x) - t"), ("t", "1/10", 1))
    assert told(diagram) == [("saddle-node", None, 0.25)]
    assert diagram.points[0].states[0] == pytest.approx((0.5,), abs=1e-12)
    ends = {b.pieces[0].stability: b.pieces[0].states[-1][0] for b in diagram.branches if not b.pure}
    assert ends == pytest.approx({"asymptotically stable": 0.5, "source": 0.5}, abs=1e-12)
    formulas = {to_text(b.formula[0]) for b in diagram.branches if not b.pure and b.formula is not None}
    assert formulas == {"(1 + sqrt(1 - 4*t))/2", "(1 - sqrt(1 - 4*t))/2"}


@pytest.mark.parametrize(
    ("payoff", "criticality", "labels"),
    [
        ("(x - 1/2)*(t - (x - 1/2)^2)", "supercritical", ["asymptotically stable", "source"]),
        ("(x - 1/2)*(t + (x - 1/2)^2)", "subcritical", ["asymptotically stable", "source"]),
    ],
)
def test_pitchfork(payoff: str, criticality: str, labels: list[str]) -> None:
    """A symmetric pair leaves the middle, on the side on which this repels if it is supercritical."""
    diagram = separatrix.bifurcation_diagram(cubic(payoff), ("t", "-1/8", "1/8"))
    (point,) = diagram.points
    assert (point.kind, point.criticality, point.value) == ("pitchfork", criticality, 0.0)
    middle = next(b for b in diagram.branches if len(b.pieces) == 2)
    assert [p.stability for p in middle.pieces] == labels
    pair = [b for b in diagram.branches if not b.pure and b is not middle]
    assert len(pair) == 2
    outer = "asymptotically stable" if criticality == "supercritical" else "source"
    assert {p.stability for b in pair for p in b.pieces} == {outer}


def test_branches_that_cross_inside_a_face() -> None:
    """Two roots of an edge's polynomial pass through each other: transcritical, without leaving the face."""
    diagram = separatrix.bifurcation_diagram(cubic("(x - 1/2)*(x - 1/2 - t)"), ("t", "-1/4", "1/4"))
    (point,) = diagram.points
    assert (point.kind, point.value) == ("transcritical", 0.0)
    straight, slanted = (diagram.branch(b) for b in point.branches)
    if straight.pieces[0].states[0] != pytest.approx((0.5,)):
        straight, slanted = slanted, straight
    assert [s for p in straight.pieces for (s,) in p.states] == pytest.approx([0.5] * 66)
    assert [p.stability for p in straight.pieces] == ["source", "asymptotically stable"]
    assert [p.stability for p in slanted.pieces] == ["asymptotically stable", "source"]


def test_irrational_values_are_roots_of_their_polynomial() -> None:
    """An algebraic value comes with its polynomial and rational bounds around it."""
    diagram = separatrix.bifurcation_diagram(own_shares(), ("m", 2, 3))
    point = next(p for p in diagram.points if p.kind == "saddle-node")
    assert point.exact is None and point.polynomial is not None
    from separatrix.expression.evaluation import evaluate

    low, high = (evaluate(point.polynomial, {"m": b}) for b in point.bounds)
    assert low * high < 0
    assert point.bounds[1] - point.bounds[0] < Fraction(1, 10**15)


def test_rock_paper_scissors_has_no_cycle_of_its_own() -> None:
    """At a = 1 closed orbits fill the triangle: the Hopf point of three strategies is degenerate (Zeeman)."""
    diagram = separatrix.bifurcation_diagram(rock_paper_scissors(), ("a", "1/2", 2))
    assert told(diagram) == [("hopf", "degenerate", 1.0)]
    (point,) = diagram.points
    assert point.label == "centre"
    assert point.frequency == pytest.approx(1 / math.sqrt(3))


@pytest.mark.parametrize(("win", "loss"), [("a", "-1"), ("1", "-a")])
def test_rock_paper_scissors_exchanges_its_stability_with_the_cycle_of_its_corners(
    win: str, loss: str
) -> None:
    """The corners' cycle is named where it turns, whichever side it attracts on."""
    matrix = [["0", loss, win], [win, "0", loss], [loss, win, "0"]]
    game = separatrix.load(
        {
            "populations": [{"name": "P", "share": "x", "strategies": ["R", "S", "T"]}],
            "parameters": {"a": {"value": 1}},
            "payoff_matrix": matrix,
        }
    )
    (point,) = separatrix.bifurcation_diagram(game, ("a", "1/2", 2)).points
    assert (point.kind, point.criticality, point.value) == ("hopf", "degenerate", 1.0)
    assert "R → S → T → R" in point.reason
    below = separatrix.analyze(game, {"a": Fraction(2, 3)}).to_dict()["rest_points"][-1]["stability"]
    assert ("attracts below" in point.reason) == (below == "source")


def test_ring_of_four_has_a_proper_hopf_point() -> None:
    """The hypercycle's interior point is the Hopf point of a ring in which opposite molecules interact."""
    diagram = separatrix.bifurcation_diagram(ring_of_four(), ("m", "-1/2", "1/2"))
    (point,) = [p for p in diagram.points if p.kind == "hopf"]
    assert (point.criticality, point.value, point.frequency) == ("supercritical", 0.0, 0.25)
    assert point.lyapunov == pytest.approx(-16 / 15)
    assert point.label == "asymptotically stable"  # Schuster, Sigmund & Wolff 1978


def test_three_populations() -> None:
    """A mixed point of three populations passes through one of two (McKelvey & McLennan's kind of game)."""
    payoffs = {"x": "(y - 1/2)", "y": "(x - 1/2) + (z - 1/2)/4", "z": "(x - 1/2) - (y - 1/2)/2 + t"}
    populations = [{"name": n, "share": s} for n, s in zip("ABC", "xyz", strict=True)]
    game = separatrix.load(
        {"title": "T", "populations": populations, "parameters": {"t": 0}, "advantages": payoffs}
    )
    diagram = separatrix.bifurcation_diagram(game, ("t", -1, 1))
    values = [(p.kind, p.value) for p in diagram.points if p.kind == "transcritical"]
    # On z = 1 the mixed point of x and y is (3/8, 1/2), on z = 0 it is (5/8, 1/2).
    assert values == [("transcritical", -0.125), ("transcritical", 0.125)]


def test_what_happens_at_an_end_is_said() -> None:
    """An event at the first value cannot be named from one side, and a warning says that there is one."""
    game = separatrix.load("coal-safety")
    assert [w.code for w in separatrix.bifurcation_diagram(game, ("H", "6/5", 5)).warnings] == ["D664"]
    assert separatrix.bifurcation_diagram(game, ("H", 2, 5)).warnings == ()


def test_a_pole_is_a_point() -> None:
    """Where a payoff divides by zero branches are not joined by a name."""
    game = separatrix.load({"payoff_matrix": [["1/t", 1], [0, 2]], "parameters": {"t": 1}, "title": "Pole"})
    diagram = separatrix.bifurcation_diagram(game, ("t", -1, 1))
    assert [(p.kind, p.value) for p in diagram.points] == [("pole", 0.0)]


def test_unnamed_points_are_counted() -> None:
    """Two events at one place and value have no name of their own, and are counted."""
    game = separatrix.load(
        {
            "title": "Twice",
            "payoff_matrix": [[0, 0, 0], ["t", -1, 0], ["t", 0, -1]],
            "parameters": {"t": 1},
        }
    )
    diagram = separatrix.bifurcation_diagram(game, ("t", -1, 2))
    assert diagram.unnamed == sum(p.kind == "unnamed" for p in diagram.points) > 0
    assert all(str(p.reason).startswith("unnamed, because ") for p in diagram.points if p.kind == "unnamed")


@pytest.mark.parametrize(
    ("over", "code"),
    [(("H", 3, 3), "D661"), (("H", 4, 3), "D661"), (("H", "x", 3), "V301"), (("Hh", 0, 3), "V302")],
)
def test_impossible_intervals(over: tuple[str, object, object], code: str) -> None:
    """What cannot be an interval of a parameter is refused with a code."""
    with pytest.raises(separatrix.SeparatrixError) as problem:
        separatrix.bifurcation_diagram(separatrix.load("coal-safety"), over)
    assert problem.value.code == code
