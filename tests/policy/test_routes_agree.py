"""Two routes to one answer: with a single instrument the cheapest programme lies at the tipping value."""

from __future__ import annotations

from typing import Any

import pytest

import separatrix
from separatrix.game.model import Game
from thinning import thinned

POPULATIONS = [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}]


def dilemma(beside: int = 5) -> Game:
    """Return two parties who decline without support, unequal in what that brings beside an actor."""
    return separatrix.load(
        {
            "title": "Dilemma",
            "populations": POPULATIONS,
            "parameters": {"cost": 8},
            "bimatrix": [
                [["10 - cost", "10 - cost"], ["3 - cost", beside]],
                [[5, "3 - cost"], [3, 3]],
            ],
            "instruments": {
                "subsidy": {
                    "range": [0, 2],
                    "changes": {"cost": "cost*(1 - subsidy)"},
                    "cost": {"public": "cost*subsidy*(x + y)"},
                }
            },
            "today": {"x": 0.2, "y": 0.3},
        }
    )


@thinned("beside", [5, 6], each_run=1)
@pytest.mark.parametrize(
    ("condition", "require"),
    [("stable", ()), ("only", ("only-stable",)), ("basin", ("basin",)), ("strong", ("selected",))],
)
def test_the_infimum_of_a_programme_is_the_tipping_value(
    beside: int, condition: str, require: tuple[str, ...]
) -> None:
    """Stability, sole stability, today's basin and selection begin where the least cost lies."""
    game = dilemma(beside)
    sizes: Any = [20, 8]
    found = separatrix.tipping_values(game, population_size=sizes).instruments[0]
    tipping = found.condition(condition).tipping
    programme = separatrix.permanent_programme(game, require=require, population_size=sizes)
    assert tipping is not None and programme.limit is not None
    assert float(programme.limit.levels["subsidy"]) == pytest.approx(tipping.value, rel=1e-6)


def test_the_cost_at_the_tipping_value_is_the_least_cost() -> None:
    """What the public purse pays at the target is told alike."""
    found = separatrix.tipping_values(dilemma(), start=[1, 1], noise=False).instruments[0]
    assert found.goal == "basin" and found.condition("basin").idle and found.cost is None
    today = separatrix.tipping_values(dilemma(), noise=False).instruments[0]
    programme = separatrix.permanent_programme(dilemma(), require=("basin",))
    assert today.cost is not None and programme.infimum is not None
    assert today.cost["public"] == pytest.approx(float(programme.infimum), rel=1e-6)
