"""Derivatives of expressions against differences."""

from __future__ import annotations

import numpy as np
import pytest

from separatrix.errors import ComesLater
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import derivative, to_text


@pytest.mark.parametrize(
    "text",
    ["x^3*a - 2*x", "exp(x*a)/x", "log(x + a)", "sqrt(x)*a", "x^a", "a^x", "(x + a)/(x*x + 1)", "x^-2", "a"],
)
def test_derivatives_are_slopes(text: str) -> None:
    """Each rule against a central difference, in floating point."""
    expression = parse_expression(text)
    slope = to_text(derivative(expression, "x")).replace("^", "**")

    def at(source: str, x: float) -> float:
        names = {"x": x, "a": 1.7, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "__builtins__": {}}
        return float(eval(source, names))

    plain = to_text(expression)
    for x in (0.3, 1.1):
        difference = (at(plain, x + 1e-6) - at(plain, x - 1e-6)) / 2e-6
        assert at(slope, x) == pytest.approx(difference, rel=1e-6, abs=1e-8)
    with pytest.raises(ComesLater, match="A501"):
        derivative(parse_expression("min(x, 1)"), "x")
