"""The tasks of policy: what they take for granted, and what they refuse."""

from __future__ import annotations

import pytest

import separatrix
from separatrix.errors import InputError
from separatrix.studio.model_tasks import programme, tip

FIRMS = {
    "payoff_functions": {"Firms": {"join": "r + 60*x - 30", "stay": "0"}},
    "populations": [{"name": "Firms", "share": "x", "strategies": ["join", "stay"]}],
    "parameters": {"r": 0},
    "today": {"x": 0.2},
    "instruments": {
        "reward": {"range": [0, 30], "changes": {"r": "r + reward"}, "cost": {"public": "reward*x"}},
        "advice": {"range": [0, 30], "changes": {"r": "r + 2*advice"}, "cost": {"public": "advice*x"}},
    },
}


def quiet(part: float) -> None:
    """Hear of progress, and say nothing."""


def test_a_level_that_stands_is_kept_and_not_chosen_anew() -> None:
    """Instruments in force keep their level, and the others are asked: at a reward of 6, advice tips at 6."""
    game = separatrix.load(FIRMS)
    found = tip(game, {"levels": {"reward": "6"}}, quiet)
    assert [one["instrument"] for one in found["instruments"]] == ["advice"]
    # Today's 0.2 is beyond the boundary where 6 + 2a + 60·0.2 - 30 > 0.
    assert found["instruments"][0]["conditions"]["basin"]["tipping_value"]["value"] == pytest.approx(6)


def test_a_programme_starts_where_the_page_says() -> None:
    """The start of the page replaces today's state: from beyond the boundary nothing needs to be done."""
    game = separatrix.load(FIRMS)
    assert (
        programme(game, {"instruments": ["reward"], "start": {"x": "3/5"}}, quiet)["answer"]
        == "already there"
    )
    found = programme(game, {"instruments": ["reward"]}, quiet)
    assert found["answer"] == "found"
    assert set(found["told"]) == {"en", "zh"}


def test_tipping_values_tell_why_in_each_language() -> None:
    """What makes a tipping value sure is told in English and Chinese, by instrument and condition."""
    found = tip(separatrix.load(FIRMS), {"instruments": ["reward"]}, quiet)
    assert "reward basin" in found["told"]["en"]
    assert found["told"]["en"].keys() == found["told"]["zh"].keys()


@pytest.mark.parametrize(
    "wrong", [{"instruments": "reward"}, {"target": 4}, {"by": 3}, {"start": {"x": 0.2}}]
)
def test_arguments_of_another_kind_are_refused(wrong: dict[str, object]) -> None:
    """Names are a list of texts, numbers are exact texts: anything else is W111."""
    with pytest.raises(InputError) as refused:
        programme(separatrix.load(FIRMS), wrong, quiet)
    assert refused.value.code == "W111"


def test_levels_below_nothing_are_answered() -> None:
    """A subsidy that takes leaves cycles about the middle, at whose border no tipping value is looked for."""
    game = separatrix.load("shi-chen-2018")
    found = tip(game, {"levels": {"subsidy": "-1"}}, quiet)
    assert found["instruments"]
