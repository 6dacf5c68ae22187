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


def test_an_idle_level_that_changes_something_counts_in_every_programme() -> None:
    """An idle level of 30 adds 30: the game with 60 less, and costs from there on, has the same answers."""

    def game(advantage: str, cost: str, low: int) -> separatrix.Game:
        return separatrix.load(
            {
                "populations": [{"name": "Firms", "share": "x", "strategies": ["join", "stay"]}],
                "payoff_functions": {"Firms": {"join": advantage, "stay": "0"}},
                "parameters": {"r": 0},
                "today": {"x": "0.2"},
                "instruments": {
                    "u": {
                        "range": [low, low + 60],
                        "idle": low,
                        "changes": {"r": "r + u"},
                        "cost": {"public": cost},
                    }
                },
            }
        )

    plain, moved = game("60*x - 30 + r", "u*x", 0), game("60*x - 60 + r", "(u - 30)*x", 30)
    for_ever = [separatrix.permanent_programme(g, require=["basin"]) for g in (plain, moved)]
    assert [f.infimum for f in for_ever] == [18, 18]
    ended = [separatrix.temporary_programme(g, draws=0) for g in (plain, moved)]
    assert [f.answer for f in ended] == ["found", "found"]
    assert ended[1].infimum == pytest.approx(ended[0].infimum, rel=1e-9)
    fronts = [separatrix.pareto_front(g, samples=4, horizon=5.0) for g in (plain, moved)]
    assert len(fronts[0].front) > 0
    costs = [[own.values["public_cost"] for own in front.programmes] for front in fronts]
    assert min(costs[1]) == pytest.approx(min(costs[0]), rel=1e-2)
