"""What an offline page holds of what takes long."""

from __future__ import annotations

import json

import pytest

import separatrix
from separatrix.studio.page_model import page_model
from separatrix.studio.simulation_tasks import basin_shares, offline_answers, question, regimes, sweep
from separatrix.studio.stability_labels import labels


def unheard(part: float) -> None:
    """Take progress, of which nobody is told."""


def answers(slug: str) -> dict[str, object]:
    """Return what the page of a game holds."""
    model = page_model(separatrix.load(slug))
    return offline_answers(model.game, model.axes)


def test_a_map_is_there_for_the_file_and_for_each_scenario() -> None:
    """The question holds the two parameters and the scenario; the answer is the one of the server."""
    game = separatrix.load("shi-chen-2018")
    found = answers("shi-chen-2018")
    over = list(page_model(game).axes or ())
    for scenario in (None, *game.scenarios):
        here = {"over": over, "parameters": {}, "levels": {}, "scenario": scenario}
        assert found[question("regime_map", here)] == regimes(game, here, unheard)


def test_labels_are_there_where_eigenvalues_leave_them_open() -> None:
    """Matching pennies has a centre; the battle of the sexes has no such state, and needs no answer."""
    here = {"parameters": {}, "levels": {}, "scenario": None}
    game = separatrix.load("matching-pennies")
    assert answers("matching-pennies")[question("labels", here)] == labels(game, here, unheard)
    assert not any(asked.startswith("labels") for asked in answers("battle-of-the-sexes"))


def test_shares_of_basins_are_there_where_they_have_a_formula() -> None:
    """At the file's values, with curves along the first lever of the map; estimates are left out."""
    game = separatrix.load("shi-chen-2018")
    found = answers("shi-chen-2018")
    over = (page_model(game).axes or ("",))[0]
    here = {"parameters": {}, "levels": {}, "scenario": None}
    assert found[question("basin_shares", here)] == basin_shares(game, here, unheard)
    assert found[question("sweep", {**here, "over": over})] == sweep(game, {**here, "over": over}, unheard)
    assert not any(asked.startswith(("basin_shares", "sweep")) for asked in answers("three-parties"))


@pytest.mark.soak
def test_what_depends_on_how_fast_a_machine_is_stays_out() -> None:
    """A map that is found by analyses in a given time is left to the server."""
    assert not any(asked.startswith("regime_map") for asked in answers("collective-risk"))


def test_a_question_is_one_text_whatever_its_order() -> None:
    """Keys are sorted, names stand as they are: the page writes the same."""
    assert question("a", {"y": "成本", "x": None}) == 'a {"x":null,"y":"成本"}'
    assert json.loads(question("a", {"y": [1], "x": {}})[2:]) == {"x": {}, "y": [1]}
