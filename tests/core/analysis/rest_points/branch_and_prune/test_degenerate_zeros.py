"""Rest sets and degenerate zeros outside the exact routes."""

from __future__ import annotations

from collections import Counter

import pytest

import separatrix
from separatrix.analysis.answer import RestStateAnswer
from separatrix.expression.conditions import condition_text

from ..certified.games import advantages, profiles, solve


def inside(found: RestStateAnswer) -> list[tuple[int, list[str]]]:
    """Dimension and equations of the rest sets in which everybody mixes."""
    return [
        (s.dimension, [condition_text(c) for c in s.equations if "==" in condition_text(c)])
        for s in found.sets
        if len(s.free) == len(s.support)
    ]


def test_whole_space() -> None:
    """Where nothing depends on what anybody does, every state is at rest, and the space is stable."""
    answer = solve(profiles((2, 2, 2, 2), [[1, 2, 3, 4]] * 16))
    assert {s.dimension for s in answer.sets} == {1, 2, 3, 4}
    (component,) = answer.components
    assert component.set_stability == "asymptotically stable" and component.es_set
    assert not any(p.isolated for p in answer.points)


def test_curve_of_four_populations() -> None:
    """Four populations of which one is indifferent throughout have a curve of mixed rest states."""
    answer = solve(advantages(x="0", y="3*x - 1 - z*x", z="w - x", w="2*y - x*y - 1/2"))
    assert [d for d, _ in inside(answer)].count(1) >= 1


def test_product_of_lines() -> None:
    """Factors of the equations give one rest set each."""
    answer = solve(advantages(x="(y - 1/2)*(x - 1/3)", y="(y - 1/2)*(x + y - 1/3)"))
    sets = inside(answer)
    assert any(d == 1 and "2*y - 1 == 0" in e for d, e in sets)
    assert not any(len(p.free) == 2 and p.isolated for p in answer.points)


def test_two_affine_equations_of_the_same_shares() -> None:
    """What an affine equation says is not lost when the next one is solved for a share of it."""
    game = {
        "populations": [{"name": "P", "share": "x", "strategies": ["a", "b", "c"]}],
        "payoff_functions": {
            "P": {
                "a": "(1 + x_c - 2*x_a)*(2*x_a - 3*x_b*x_b)",
                "b": "x_b*(2 - 3*x_a - 3*x_c)",
                "c": "0",
            }
        },
    }
    answer = separatrix.analyze(separatrix.load(game))
    assert not answer.rest_sets
    mixed = {tuple(map(str, p.exact or ())) for p in answer.rest_points if len(p.support[0]) == 3}
    assert len(mixed) == 2


def test_circle() -> None:
    """A rest set without a rational parameter is described by its equation, and cut where orbits touch it."""
    answer = solve(
        advantages(
            x="((x - 1/2)^2 + (y - 1/2)^2 - 1/8)*(1 + y)", y="((x - 1/2)^2 + (y - 1/2)^2 - 1/8)*(2 - x)"
        )
    )
    arcs, turns = inside(answer)[:2], inside(answer)[2:]
    assert all(d == 1 and "8*x**2 - 8*x + 8*y**2 - 8*y + 3 == 0" in equations for d, equations in arcs)
    assert {s.stability for s in answer.sets if s.dimension} == {"stable", "unstable"}
    # orbits run along it where it has the direction of the flow, in opposite corners
    assert sorted(turns) == [(0, ["x == 1/4", "y == 3/4"]), (0, ["x == 3/4", "y == 1/4"])]
    assert not answer.points[-1].free


def test_empty_oval() -> None:
    """An equation without zeros in the face leaves nothing, though its curve passes close by."""
    answer = solve(
        advantages(x="((x - 1/2)^2 + (y - 1/2)^2 + 1/1000)*(1 + y)", y="((x - 1/2)^2 + (y - 1/2)^2 + 1/1000)")
    )
    assert not answer.sets and all(not p.free for p in answer.points)


def test_pieces_of_a_resting_face() -> None:
    """A face that is all at rest is cut where another population's advantage changes its sign."""
    answer = solve(advantages(x="z", y="z", z="x*y - 1/3 - z/9"))
    face = [s for s in answer.sets if s.free == (0, 1)]
    assert Counter((s.dimension, s.stability) for s in face if s.dimension == 2) == {
        (2, "stable"): 1,
        (2, "unstable"): 1,
    }
    (component,) = answer.components
    assert component.set_stability == "unstable"


def test_strict_equilibrium_set() -> None:
    """An edge that nobody wants to leave is a strict equilibrium set, also with four populations."""
    answer = solve(advantages(x="0 - y", y="0 - 1 - x", z="0 - 1", w="0 - 2 - z"))
    assert len(answer.components) == 4, "one edge for each choice of the two who always prefer one strategy"
    (component,) = (c for c in answer.components if c.set_stability == "asymptotically stable")
    assert component.es_set is None
    assert "strict equilibrium set" in component.reason
    assert {c.set_stability for c in answer.components} == {"asymptotically stable", "unstable"}


def test_tangent_curves() -> None:
    """Where two advantages vanish along curves that touch, the state is found, exact and once."""
    answer = solve(advantages(x="(x - 1/2)^2 + (y - 1/2)^2 - 1/8", y="x + y - 3/2"))
    (middle,) = (p for p in answer.points if len(p.free) == 2)
    assert middle.state == (0.75, 0.75) and middle.isolated
    answer = solve(advantages(x="(x - 1/3)^2 - (y - 1/3)^3", y="(y - 1/3)^2"))
    (middle,) = (p for p in answer.points if len(p.free) == 2)
    assert middle.state == (1 / 3, 1 / 3) and middle.stability == "undecided"


@pytest.mark.parametrize("shift", ["0", "1/1000"])
def test_zero_on_the_border(shift: str) -> None:
    """A zero of a face's equations on its border belongs to a smaller face, and is listed once."""
    answer = solve(advantages(x="y - 1/2", y=f"z*(x + y) - {shift}", z="x - 2*y + 1 - z", w="z - 1/3"))
    states = [p.state for p in answer.points]
    assert len(states) == len(set(states))


@pytest.mark.parametrize(
    ("advantage", "components"),
    [
        ("(x*y - 3*y + 1)*(3*x + 2*y^2 - 1)", 2),  # they cross, at a state of degree three; one edge is apart
        ("(2*x^2 + 2*x - 3)*(x*y - 3*y + 1)", 1),  # a line at an irrational share and a curve
        ("x^3 + y^3 + x*y - 1 - (1/10)*x^2*y", 1),  # a cubic runs from corner to corner of the square
    ],
)
def test_sets_that_meet_are_one_component(advantage: str, components: int) -> None:
    """Rest sets that cross inside a face, or reach others on its border, are connected."""
    answer = solve(advantages(x="0", y=advantage))
    assert len(answer.components) == components
    assert sum(s.dimension == 1 and len(s.free) == 2 for s in answer.sets) >= 1
