"""Where a continuum of rest states ends on a face: its last state has the label that the game gives it."""

from __future__ import annotations

import pytest
import sympy

import separatrix
from separatrix.game.model import Game

from .games import advantages


def game(*, x: str, y: str = "0", x_other: str = "0", y_other: str = "0") -> Game:
    """Two populations of two strategies by what each strategy earns."""
    return separatrix.load(
        {
            "title": "ends",
            "populations": [
                {"name": "A", "share": "x", "strategies": ["a", "b"]},
                {"name": "B", "share": "y", "strategies": ["a", "b"]},
            ],
            "payoff_functions": {"A": {"a": x, "b": x_other}, "B": {"a": y, "b": y_other}},
        }
    )


def slope_across(payoff: str, x: str, y: str) -> sympy.Expr:
    """The derivative of x' by x where only the first population moves."""
    share, other = sympy.symbols("x y")
    rate = share * (1 - share) * sympy.sympify(payoff, rational=True)
    return rate.diff(share).subs({share: sympy.Rational(x), other: sympy.Rational(y)})


@pytest.mark.parametrize(
    ("payoff", "ends"),
    [
        ("x*(1-2*x)*(1+y)", [("1/2", "0"), ("1/2", "1")]),
        ("x*(y-3*x)", [("1/3", "1")]),
        ("(1+x)*(y-2*x)", [("1/2", "1")]),
        ("x*(1/2+y-2*x)", [("1/4", "0"), ("3/4", "1")]),
        ("(2-x)*(x-1/2)*(1+y)", [("1/2", "0"), ("1/2", "1")]),  # repels
        ("(1-2*x)*(1+y)/(2-x)", [("1/2", "0"), ("1/2", "1")]),
    ],
)
def test_ends_have_the_label_of_the_game(payoff: str, ends: list[tuple[str, str]]) -> None:
    """The sign of the derivative across the curve, by sympy from the payoffs, is that of the label."""
    answer = separatrix.analyze(game(x=payoff))
    assert answer.completeness.status == "complete"
    labels = {
        tuple(round(v, 12) for v in s.samples[0]): s.stability for s in answer.rest_sets if not s.dimension
    }
    for x, y in ends:
        slope = slope_across(payoff, x, y)
        place = (round(float(sympy.Rational(x)), 12), round(float(sympy.Rational(y)), 12))
        assert labels[place] == ("stable" if slope < 0 else "unstable"), (x, y, slope)


def test_a_line_that_attracts_up_to_its_ends() -> None:
    """A segment across the square whose states all attract is asymptotically stable as a set."""
    answer = separatrix.analyze(game(x="x*(1-2*x)*(1+y)"))
    (middle,) = (s for s in answer.rest_sets if len(s.free) == 2)
    (component,) = (c for c in answer.rest_components if middle.id in c.pieces)
    assert len(component.pieces) == 3
    assert component.set_stability == "asymptotically stable"


def test_irrational_ends() -> None:
    """A curve between two states with square roots is cut and labelled, and its ends lie on both edges.

    Only y moves, so that each state's label is that of a line: where y = 0 it earns (3x-2)(1+x) - (2-2x).
    """
    answer = separatrix.analyze(game(x="2-2*x", x_other="2-2*x", y="(3*x-2)*(1+3*y+x)", y_other="2-2*x"))
    assert answer.completeness.status == "complete"
    x, y = sympy.symbols("x y")
    advantage = (3 * x - 2) * (1 + 3 * y + x) - (2 - 2 * x)
    expected = {}
    for share in (0, 1):
        (place,) = (r for r in sympy.solve(advantage.subs(y, share), x) if 0 < r < 1)
        expected[share] = float(place)
        for stretch in [
            s for s in answer.rest_sets if s.dimension == 1 and s.support[1] == (["b", "a"][share],)
        ]:
            middle = sum(sample[0] for sample in stretch.samples) / len(stretch.samples)
            gain = advantage.subs({x: middle, y: share})
            assert stretch.stability == ("stable" if (gain < 0) == (share == 0) else "unstable")
    (curve,) = (s for s in answer.rest_sets if len(s.free) == 2)
    assert curve.stability == "unstable"  # more y earns more than the second strategy wherever x > 2/3
    tips = sorted((curve.samples[0], curve.samples[-1]))
    assert tips[0] == pytest.approx((expected[1], 1)) and tips[1] == pytest.approx((expected[0], 0))


def test_a_curve_on_which_a_pair_of_eigenvalues_crosses_the_axis() -> None:
    """Across the line x = y = z = 1/2 the eigenvalues solve λ³ + λ² + λ + c = 0 up to a factor 4.

    With c = 1/2 + 3w/2 all coefficients stay positive, but a complex pair crosses the axis where c = 1.
    """
    answer = separatrix.analyze(
        advantages(x="y - 1/2", y="z - 1/2", z="(1 - y - z) - (1/2 + 3/2*w)*(x - 1/2)", w="0")
    )
    line = [s for s in answer.rest_sets if s.samples[0][:3] == (0.5, 0.5, 0.5)]
    third = pytest.approx(1 / 3)
    spans = {
        (s.samples[0][3], s.samples[-1][3]): s.stability for s in line if len(s.free) == 4 and s.dimension
    }
    assert len(spans) == 2
    for (low, high), label in spans.items():
        assert (low, high) in ((0.0, third), (third, 1.0))
        assert label == ("stable" if low == 0 else "saddle")
