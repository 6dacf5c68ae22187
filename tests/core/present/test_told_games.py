"""Reports on games that are told in another language than their file's."""

from __future__ import annotations

import separatrix
from core.present.rendered import render_html, render_markdown
from separatrix.dynamics.sweeps.sweep import estimate, planned, work
from separatrix.languages import language_of
from separatrix.reports.dynamics import basins_document, shock_document
from separatrix.reports.portraits import bifurcation_document, regime_map_document
from separatrix.reports.sweeps import fan_document, sensitivity_document, sweep_document
from separatrix.run.workers import Workers


def test_a_report_shows_the_words_of_the_told_game() -> None:
    """Title, source, names, meanings and the scenario stand in the report as the told game has them."""
    game = separatrix.translate(separatrix.load("shi-chen-2018"), "zh")
    shown = render_html(separatrix.analyze(game, scenario="bistable"))
    for text in ("产业集群企业的合作创新", "表 1", "企业A", "不合作", "双方合作时的收益", "双稳态"):
        assert text in shown
    for text in ("Enterprise", "cooperate", "decline", "bistable"):
        assert text not in shown


def test_payoffs_are_indexed_by_the_letter_at_the_end_of_a_name() -> None:
    """Enterprise A and 企业A both give U_A1."""
    game = separatrix.load("shi-chen-2018")
    for told in (game, separatrix.translate(game, "zh")):
        shown = render_markdown(separatrix.analyze(told))
        for index in ("A1", "A2", "B1", "B2"):
            assert rf"U_{{\text{{{index}}}}}" in shown


def test_every_document_names_the_scenario_as_the_told_game_does() -> None:
    """Basins, shocks, diagrams, maps, sweeps, indices and fans say 双稳态 and not the key of the file."""
    words = language_of("zh")
    game = separatrix.translate(separatrix.load("shi-chen-2018"), "zh")
    name, scenario = "双稳态", "bistable"
    few = {"over": {"C1": "uniform(10%)"}, "samples": 64, "seed": 1}
    plane = {"C1": (3, 9), "C2": (3, 9)}
    asked = planned(game, {"C1": [3, 4]}, ["stable"], None, scenario)
    swept = work(asked, estimate(asked, 1), None, Workers.of(1, "local"))
    documents = [
        basins_document(separatrix.basins(game, scenario=scenario), words),
        shock_document(separatrix.critical_shock(game, [0.7, 0.7], scenario=scenario), words),
        bifurcation_document(separatrix.bifurcation_diagram(game, ("C1", 3, 9), scenario=scenario), words),
        regime_map_document(separatrix.regime_map(game, plane, scenario=scenario, grid=(2, 2)), words),
        sweep_document(swept, game, words),
        sensitivity_document(separatrix.sensitivity(game, scenario=scenario, **few), words),
        fan_document(separatrix.fan_chart(game, start=[0.7, 0.7], scenario=scenario, **few), words),
    ]
    for document in documents:
        assert name in document.subtitle and scenario not in document.subtitle
        assert document.language == "zh" and document.words == words.names
