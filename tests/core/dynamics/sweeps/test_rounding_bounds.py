"""Signs from doubles are never wrong: where rounding could have changed one, it is unknown."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from separatrix.dynamics.sweeps.strict_equilibria import UNKNOWN, bounded, condition_signs, signs
from separatrix.expression.conditions import holds, parse_condition
from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import parse_expression

NUMBERS = st.one_of(
    st.integers(-4, 4).map(Fraction),
    st.fractions(-3, 3, max_denominator=12),
    st.builds(lambda n, e: Fraction(n) * Fraction(10) ** e, st.integers(-99, 99), st.integers(-30, 30)),
)
LEAVES = st.one_of(st.sampled_from("abc"), st.sampled_from(["1", "1/3", "0.1", "7"]))


def _joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, parts, st.sampled_from("+-*/"), parts),
        st.builds("({})^{}".format, parts, st.sampled_from(["2", "3", "(-1)"])),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), parts, parts),
    )


EXPRESSIONS = st.recursive(LEAVES, _joined, max_leaves=12)
VALUES = st.fixed_dictionaries(dict.fromkeys("abc", NUMBERS))


@given(EXPRESSIONS, st.lists(VALUES, min_size=1, max_size=6))
def test_a_known_sign_is_that_of_the_exact_value(text: str, values: list[dict[str, Fraction]]) -> None:
    """For any expression and any values, near a zero and far from it; at a pole nothing is known."""
    expression = parse_expression(text)
    at = {name: np.array([float(value[name]) for value in values]) for name in "abc"}
    for sign, value in zip(signs(bounded(expression), at).tolist(), values, strict=True):
        if sign == UNKNOWN:
            continue
        exact = evaluate(expression, value)
        assert sign == (exact > 0) - (exact < 0)


def test_a_pole_that_cancels_is_no_value() -> None:
    """0/a is nothing where a is 0, however it may be simplified elsewhere."""
    at = {"a": np.array([0.0, 2.0]), "b": np.array([1.0, 1.0])}
    for text, known in (("1 < (1 - 1)/a", -1), ("0 < b + 0*(1/a)", 1)):
        assert condition_signs(parse_condition(text))(at).tolist() == [UNKNOWN, known]


@given(EXPRESSIONS, st.sampled_from(["<", "<=", "==", "!=", ">=", ">"]), EXPRESSIONS, VALUES)
def test_a_known_condition_is_as_the_exact_one(
    left: str, operator: str, right: str, values: dict[str, Fraction]
) -> None:
    """Whether a condition holds is never mistaken."""
    condition = parse_condition(f"{left} {operator} {right}")
    at = {name: np.array([float(value)]) for name, value in values.items()}
    found = int(condition_signs(condition)(at)[0])
    if found != UNKNOWN:
        assert (found == 1) == holds(condition, values)


def test_signs_far_from_zero_are_known() -> None:
    """The bound is no excuse: nearly everything is decided without exact arithmetic."""
    rng = np.random.default_rng(1)
    at = {name: rng.uniform(-5, 5, 10_000) for name in "abc"}
    function = bounded(parse_expression("(a*b - c)*(a - 2*b)/(c^2 + 1) + a*b*c/7 - 0.3"))
    assert (signs(function, at) == UNKNOWN).mean() < 1e-3
