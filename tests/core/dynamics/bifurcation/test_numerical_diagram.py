"""The numerical method, against the exact one and where there is no exact one."""

from __future__ import annotations

import pytest

import separatrix
from core.dynamics.bifurcation.games import cubic, own_shares
from separatrix.dynamics.bifurcation.result import BifurcationDiagram


def told(diagram: BifurcationDiagram) -> list[tuple[str, float, tuple[str, ...]]]:
    """Names, values and numbers of branches."""
    return [(p.kind, round(p.value, 8), p.branches) for p in diagram.points]


def test_it_finds_what_the_exact_method_finds() -> None:
    """On a game with folds, exchanges and a Hopf point both methods name the same points."""
    exact = separatrix.bifurcation_diagram(own_shares(), ("m", 0, 4))
    numerical = separatrix.bifurcation_diagram(own_shares(), ("m", 0, 4), method="numerical", steps=50)
    assert (exact.method, numerical.method) == ("exact", "numerical")
    assert told(numerical) == told(exact)
    assert str(numerical.how_sure).startswith("numerical: ")


def test_simple_fractions_are_recognised() -> None:
    """Bisection ends beside 6/5, and the analysis at 6/5 itself shows the edge at rest."""
    diagram = separatrix.bifurcation_diagram(
        separatrix.load("coal-safety"), ("H", 0, 15), method="numerical", steps=20
    )
    assert [(p.kind, p.value, p.bounds[0] == p.bounds[1]) for p in diagram.points] == [
        ("edge", 1.2, True),
        ("edge", 9.0, True),
    ]


def test_what_is_no_polynomial_is_followed_on_a_grid() -> None:
    """A payoff with a maximum of the parameter takes the numerical method by itself."""
    game = cubic("max(t, -1/4) - x", t="1/2")
    diagram = separatrix.bifurcation_diagram(game, ("t", "-1/2", "1/2"), steps=20)
    assert diagram.method == "numerical"
    assert [(p.kind, p.value) for p in diagram.points] == [("transcritical", 0.0)]


def test_an_exact_diagram_that_cannot_be_is_refused() -> None:
    """Asked for exactness, the program says why there is none."""
    with pytest.raises(separatrix.ComesLater) as problem:
        separatrix.bifurcation_diagram(cubic("max(t, 0) - x"), ("t", -1, 1), method="exact")
    assert problem.value.code == "D663"


def test_impossible_grids() -> None:
    """A grid has from 2 to 10,000 steps."""
    with pytest.raises(separatrix.InputError) as problem:
        separatrix.bifurcation_diagram(separatrix.load("coal-safety"), ("H", 0, 1), steps=1)
    assert problem.value.code == "D662"


def irrational_rock_paper_scissors() -> separatrix.Game:
    """Return a game whose interior state attracts while losses are below √2, which no polynomial says."""
    rows = [["0", "-a", "sqrt(2)"], ["sqrt(2)", "0", "-a"], ["-a", "sqrt(2)", "0"]]
    return separatrix.load({"title": "RPS", "parameters": {"a": 1}, "payoff_matrix": rows})


def test_stretches_end_at_each_event() -> None:
    """Nothing is called stable past the value at which it becomes a source."""
    diagram = separatrix.bifurcation_diagram(irrational_rock_paper_scissors(), ("a", "1/2", "5/2"), steps=8)
    assert diagram.method == "numerical"
    assert [s.stable for s in diagram.stretches] == [("E7",), ()]
    below, above = diagram.stretches
    assert below.high == pytest.approx(2**0.5, abs=1e-8) == above.low
    (point,) = diagram.points  # three strategies of one population have no isolated cycle (Zeeman 1980)
    assert (point.kind, point.criticality, point.lyapunov) == ("hopf", "degenerate", 0.0)


def test_numbers_find_the_exchange_with_the_heteroclinic_cycle_that_polynomials_find() -> None:
    # Beside w = 1 rounding takes the signs of the real parts: one event looked like three.
    game = separatrix.load("rock-paper-scissors-one-population")
    exact, numerical = (
        separatrix.bifurcation_diagram(game, over="w=0.5:2", method=method)
        for method in ("exact", "numerical")
    )
    (known,), (found,) = exact.points, numerical.points
    assert (found.value, found.kind, found.criticality) == (1.0, "hopf", "degenerate")
    assert found.frequency == pytest.approx(known.frequency)
    assert found.reason == known.reason
    for branch in ("E1", "E7"):
        pieces = [[(p.low, p.high, p.stability) for p in d.branch(branch).pieces] for d in (exact, numerical)]
        assert pieces[0] == pieces[1]
