"""What a page is given of a game."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import separatrix
from separatrix.expression.evaluation import evaluate
from separatrix.studio.page_model import page_model

PARTIES = [
    {"name": name, "share": share, "strategies": ["p", "q"]} for name, share in zip("AB", "xy", strict=True)
]
THREE = [{"name": "A", "share": "x", "strategies": ["p", "q", "r"]}]
ROCK = {"x_p": "x_p*(x_r - x_q)", "x_q": "x_q*(x_p - x_r)", "x_r": "x_r*(x_q - x_p)"}


@pytest.mark.parametrize(
    ("document", "state", "gain"),
    [
        (
            {"populations": PARTIES, "replicator": {"x": "x*(1-x)*(a*y-1)", "y": "y*(1-y)*(x-1/2)"}},
            {"x": 0, "y": 1},
            Fraction(2),
        ),
        ({"populations": THREE, "replicator": ROCK}, {"x_p": 0, "x_q": 1, "x_r": 0}, Fraction(-1)),
    ],
)
def test_growth_rates_are_told_on_faces_too(
    document: dict[str, Any], state: dict[str, int], gain: Fraction
) -> None:
    """Where equations are given, what they are divided by is cancelled: on no face a payoff is 0/0."""
    game = separatrix.load({"title": "Given equations", "parameters": {"a": 3}, **document})
    first, second = page_model(game).payoffs[0][:2]
    values = {"a": Fraction(3), **{share: Fraction(value) for share, value in state.items()}}
    # Of three strategies the second is played, and earns nothing here.
    assert evaluate(first, values) - evaluate(second, values) == gain
