"""Irrational constants: what algebra and balls say of their signs."""

from __future__ import annotations

import math
import pickle
import random
from fractions import Fraction

import pytest

from separatrix.errors import InputError
from separatrix.expression.constants import Irrational, Unseparated
from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import to_text

VALUES = {"p": Fraction(3, 10), "g": Fraction(61, 100), "S": Fraction(5), "a": Fraction(22, 25)}


def value(text: str) -> Fraction:
    return evaluate(parse_expression(text), VALUES)


@pytest.mark.parametrize(
    "text",
    [
        "sqrt(2)^2 - 2",
        "sqrt(6) - sqrt(2)*sqrt(3)",
        "sqrt(8) - 2*sqrt(2)",
        "exp(g*log(p)) - p^g",
        "1/(1 + sqrt(2)) - sqrt(2) + 1",
        "log(4) - 2*log(2)",
        "log(1/2) + log(2)",
        "exp(2)/exp(1) - exp(1)",
        "exp(-a)*exp(a) - 1",
        "2^(1/3)*2^(2/3) - 2",
        "(p^g/(1 - p^g))*(1 - p^g) - p^g",
    ],
)
def test_equal_constants_are_zero_apart(text: str) -> None:
    """What algebra shows to be zero is the rational number 0."""
    assert value(text) == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("p^g/(p^g + (1 - p)^g)^(1/g)", 0.3**0.61 / (0.3**0.61 + 0.7**0.61) ** (1 / 0.61)),
        ("S^a", 5**0.88),
        ("exp(a) - log(S)", math.exp(0.88) - math.log(5)),
        ("(sqrt(2) - 1)^(-3)", (math.sqrt(2) - 1) ** -3),
        ("sqrt(3 + sqrt(2))", math.sqrt(3 + math.sqrt(2))),
        ("max(sqrt(2), 7/5)", math.sqrt(2)),
    ],
)
def test_the_float_is_that_of_the_formula(text: str, number: float) -> None:
    """A constant passes for the number that floating point computes."""
    assert isinstance(value(text), Irrational)
    assert float(value(text)) == pytest.approx(number, rel=1e-14)


def test_signs_are_certified_where_floats_fail() -> None:
    """Constants that differ by 1e-40 are told apart."""
    close = value("sqrt(2)") - Fraction(math.isqrt(2 * 10**80), 10**40)
    assert 0 < close < Fraction(1, 10**40)


def test_a_hidden_zero_has_no_sign() -> None:
    """A nested root that is zero in disguise is never given a sign."""
    hidden = value("sqrt(3 + 2*sqrt(2)) - 1 - sqrt(2)")
    with pytest.raises(Unseparated) as trouble:
        assert hidden > 0
    assert trouble.value.code == "S005"


@pytest.mark.parametrize(
    ("text", "code"),
    [("sqrt(-2)", "S004"), ("log(-p)", "S004"), ("log(0)", "S004"), ("(-2)^g", "S004"), ("0^(-g)", "S003")],
)
def test_what_is_not_real_is_refused(text: str, code: str) -> None:
    """Roots, powers and logarithms outside their domain are refused."""
    with pytest.raises(InputError) as trouble:
        value(text)
    assert trouble.value.code == code


def test_powers_of_zero() -> None:
    """0 to a positive power is 0, and anything to the power 0 is 1."""
    assert value("0^g") == 0
    assert value("(1 - p)^(g - 61/100)") == 1


def test_random_formulas_agree_with_floats() -> None:
    """Two hundred random formulas have the float of the standard library, and the sign of it."""
    generator = random.Random(5)
    atoms = ["p^g", "sqrt(2)", "log(3)", "exp(-1)", "S^a", "(1 - p)^a", "2/3", "sqrt(S)"]
    names = {"sqrt": math.sqrt, "log": math.log, "exp": math.exp, **{n: float(v) for n, v in VALUES.items()}}
    for _ in range(200):
        text = generator.choice(atoms)
        for _ in range(4):
            text = f"({text}){generator.choice('+-*/')}({generator.choice(atoms)})"
        # The formulas are made above, of eight atoms: nothing else is evaluated.
        expected = eval(text.replace("^", "**"), {"__builtins__": {}}, names)
        if abs(expected) > 1e-9:
            assert float(value(text)) == pytest.approx(expected, rel=1e-9)
            assert (value(text) > 0) == (expected > 0)


def test_constants_travel_and_print() -> None:
    """A constant survives pickling, and its text is read back as the same constant."""
    for text in ("p^g/(p^g + (1 - p)^g)^(1/g)", "1/(1 + sqrt(2))", "exp(-a) + log(3)*sqrt(S)"):
        one = value(text)
        assert isinstance(one, Irrational)
        assert pickle.loads(pickle.dumps(one)) == one
        assert evaluate(parse_expression(to_text(one.constant.expression())), {}) == one
