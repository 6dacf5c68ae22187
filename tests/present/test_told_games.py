"""Reports on games that are told in another language than their file's."""

from __future__ import annotations

import separatrix
from present.rendered import render_html, render_markdown


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
