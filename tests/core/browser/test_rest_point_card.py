"""The card of a rest point judges its conditions exactly, and is reached and read without a mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser_page import exported, problems_of

NO_MATHML = """
const measured = Element.prototype.getBoundingClientRect;
Element.prototype.getBoundingClientRect = function () {
  return this.localName === "math" ? new DOMRect(0, 0, 10, 10) : measured.call(this);
};
"""


@pytest.mark.soak
def test_a_condition_fails_exactly_where_its_two_sides_meet(page: Page, tmp_path: Path) -> None:
    """A millionth below the threshold the inequality holds, at it no more, and the label goes with it."""
    problems = problems_of(page)
    page.goto(exported("shi-chen-2018", tmp_path).as_uri())
    choose = page.get_by_role("table").get_by_role("button", name="Rest point E4")
    choose.focus()
    choose.press("Enter")
    card = page.get_by_role("region", name="Rest point E4")
    cost = page.get_by_role("textbox", name="C1")
    for value, holds in (("5999999/1000000", True), ("6", False), ("6.000001", False), ("5.9", True)):
        cost.fill(value)
        cost.press("Enter")
        condition = card.get_by_role("listitem").filter(has_text="holds" if holds else "does not hold")
        expect(condition).to_have_count(1)
        expect(card.get_by_text("asymptotically stable", exact=True)).to_have_count(int(holds))
    card.get_by_role("button", name="Close the card").click()
    expect(card).to_have_count(0)
    assert problems == []


@pytest.mark.soak
def test_formulas_are_text_where_the_browser_sets_no_mathml(page: Page, tmp_path: Path) -> None:
    """A browser in which a fraction is no taller than a number is shown one line of text instead."""
    page.add_init_script(NO_MATHML)
    page.goto(exported("shi-chen-2018", tmp_path).as_uri())
    page.get_by_role("tab", name="Equations").click()
    page.get_by_label("with the present numbers").check()
    expect(page.get_by_text("x(1 − x)(6y − 4)").first).to_be_visible()
    expect(page.get_by_role("tabpanel").locator("math")).to_have_count(0)
