"""Programmes that are not linear: both bounds hold, and they come near each other."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction

import pytest

from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import Call, Name, Number
from separatrix.policy.permanent.branch_and_bound import Box, global_answer
from separatrix.policy.permanent.conditions import RISE, Either, LevelConstraint, enclosure, sign_at
from separatrix.policy.permanent.level_functions import LevelFunction
from separatrix.sentences import say

ONE, NONE = Fraction(1), Fraction(0)
SQUARE: Box = ((NONE, Fraction(2)), (NONE, Fraction(2)))


def function(text: str, *levels: str) -> LevelFunction:
    """Return a function of levels."""
    return LevelFunction(parse_expression(text), levels or ("s", "t"), None)


def above(text: str, *levels: str) -> LevelConstraint:
    """Return that a function is above 0."""
    return LevelConstraint("gain", function(text, *levels), say("it is above 0"))


def test_an_enclosure_holds_every_value_and_slope() -> None:
    """At random points of random boxes values and differences lie within the bounds."""
    rng = random.Random(5)
    texts = ("s^2*t - s/(1 + t)", "exp(s*t) - log(1 + s)", "max(s, 1 - t)*sqrt(1 + t)", "min(s^2, t)")
    for text in texts * 10:
        expression = parse_expression(text)
        corners = [sorted(rng.sample(range(9), 2)) for _ in range(2)]
        box = tuple((Fraction(a, 4), Fraction(b, 4)) for a, b in corners)
        found = enclosure(expression, ("s", "t"), box)
        assert found.low is not None and found.high is not None and None not in found.slopes
        for _ in range(5):
            s, t = (a + (b - a) * Fraction(rng.randint(0, 8), 8) for a, b in box)
            here = enclosure(expression, ("s", "t"), ((s, s), (t, t)))
            assert here.low is not None and here.high is not None
            assert found.low <= here.high and here.low <= found.high
            for whole, part in zip(found.slopes, here.slopes, strict=True):
                assert whole is not None and (part is None or (whole[0] <= part[1] and part[0] <= whole[1]))


def test_a_root_is_enclosed_from_zero_on() -> None:
    """A range that begins at 0 bounds a root, and leaves the slopes by other levels known."""
    for text in ("sqrt(s) + t", "(s/3)^(1/2)*sqrt(3) + t"):
        found = enclosure(parse_expression(text), ("s", "t"), ((NONE, Fraction(4)), (NONE, ONE)))
        assert found.low is not None and found.high is not None
        assert -1e-6 < float(found.low) <= 0 and 3 <= float(found.high) < 3 + 1e-6
        assert found.slopes[0] is None and found.slopes[1] == (1, 1)
    below = enclosure(parse_expression("sqrt(s - 1)"), ("s",), ((NONE, Fraction(4)),))
    assert below.low is None and below.high is None  # it has no value for some of the levels


def test_a_rise_lies_between_its_bounds() -> None:
    """Of levels in a box the enclosed rise of H holds what it is at each of them, and no more at the ends."""
    rise = Call(RISE, (Name("s"), Name("t"), Number(Fraction(1, 4))))
    for box in (((NONE, Fraction(2)), (NONE, ONE)), ((ONE, Fraction(2)), (ONE, Fraction(3)))):
        found = enclosure(rise, ("s", "t"), box)
        assert found.low is not None and found.high is not None
        values = []
        for j, k in itertools.product(range(1, 40), repeat=2):
            down, up = (float(a) + float(b - a) * i / 40 for (a, b), i in zip(box, (j, k), strict=True))
            values.append(down * math.log(down / (down + up) / 0.25) + up * math.log(up / (down + up) / 0.75))
        assert float(found.low) <= min(values) + 1e-15 and max(values) <= float(found.high)
        assert min(values) - float(found.low) < 0.1 and float(found.high) - max(values) < 0.3


def test_signs_at_points_are_certain_or_not_told() -> None:
    """A number that is no more than rounding away from zero has a sign; zero itself has the sign 0."""
    assert sign_at(parse_expression("exp(1) - 2718281828459045/10^15"), (), ()) == 1
    assert sign_at(parse_expression("s - s"), ("s",), (ONE,)) == 0
    assert sign_at(parse_expression("log(s)"), ("s",), (NONE,)) is None


@pytest.mark.parametrize(
    ("cost", "demands", "expected"),
    [
        ("s + t", [above("s*t - 1")], 2.0),
        ("s + 2*t", [above("s^2 + t^2 - 1")], 1.0),
        ("s*s + t", [above("s + t - 1")], 0.75),
        ("s + t", [above("exp(s) + t - 2")], math.log(2)),
        ("exp(s) + exp(t)", [above("s + t - 2")], 2 * math.e),
    ],
)
def test_least_costs_known_by_hand(cost: str, demands: list[LevelConstraint], expected: float) -> None:
    """Products, circles, powers and exponentials, on either side of what is convex."""
    told: list[Either] = [((demand,),) for demand in demands]
    found = global_answer(("s", "t"), SQUARE, function(cost), told)
    assert found.low is not None and found.high is not None and found.point is not None
    assert float(found.low) <= expected + 1e-12 and expected - 1e-12 <= float(found.high)
    assert float(found.high - found.low) < 1e-5


@pytest.mark.parametrize("scale", ["10^9", "1/10^9"])
def test_costs_in_another_unit_are_searched_alike(scale: str) -> None:
    """How costs are counted, beside what conditions count, decides neither the bounds nor the parts."""
    demands: list[Either] = [((above("s*t - 1"),),)]
    one = global_answer(("s", "t"), SQUARE, function("s + 2*t - t^2/10"), demands)
    other = global_answer(("s", "t"), SQUARE, function(f"({scale})*(s + 2*t - t^2/10)"), demands)
    assert one.high is not None and one.low is not None and one.high - one.low < 3e-6
    assert other.parts == pytest.approx(one.parts, rel=0.2)
    assert other.high is not None and other.low is not None
    assert float((other.high - other.low) / other.high) < 1e-6


def test_a_grid_knows_no_cheaper_programme() -> None:
    """Of random polynomials with alternatives no point of a grid costs less than the bound."""
    rng = random.Random(2)
    decided = 0
    for _ in range(6):

        def random_text() -> str:
            a, b, c = (rng.randint(-3, 3) for _ in range(3))
            return f"{a}*s*t + {b}*s^2 + {c}*t + {rng.choice((-2, -1, 1))}"

        demands: list[Either] = [
            ((above(random_text()),), (above(random_text()),)),
            ((above(random_text()),),),
        ]
        cost = function(f"{rng.randint(1, 3)}*s + {rng.randint(1, 3)}*t + s*t")
        found = global_answer(("s", "t"), SQUARE, cost, demands, precise=Fraction(1, 1000))
        grid = [Fraction(k, 10) for k in range(21)]
        best = None
        for point in itertools.product(grid, grid):
            values = dict(zip(("s", "t"), point, strict=True))
            if all(
                any(all(evaluate(c.function.expression, values) > 0 for c in way) for way in either)
                for either in demands
            ):
                value = evaluate(cost.expression, values)
                best = value if best is None else min(best, value)
        if best is not None:
            assert found.low is not None and found.low <= best
            assert found.high is not None and found.high <= best
            decided += 1
    assert decided >= 3


def test_what_no_levels_satisfy_is_excluded_for_certain() -> None:
    """A circle that the box does not reach leaves neither a bound nor a point."""
    found = global_answer(("s", "t"), SQUARE, function("s"), [((above("s^2 + t^2 - 9"),),)])
    assert found.low is None and found.point is None
