"""The page of time as a person uses it: instruments raised for a while, by pointer, keys and boxes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from browser_page import exported, problems_of, serious

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the paper's game as an offline file, once."""
    return exported("shi-chen-2018", tmp_path_factory.mktemp("time"))


def opened(page: Page, file: Path) -> Page:
    """Open the page of time."""
    page.goto(file.as_uri())
    page.get_by_role("tab", name="Time").click()
    return page


def drag(page: Page, handle: Locator, right: float, down: float) -> None:
    """Drag by pixels, in small steps."""
    place = handle.bounding_box()
    assert place is not None
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=12)
    page.mouse.up()


def test_a_subsidy_is_dragged_until_the_path_crosses_the_separatrix(page: Page, file: Path) -> None:
    """Too short it falls back; its end dragged to the right it crosses, and one undo takes the drag back."""
    problems = problems_of(page)
    opened(page, file).get_by_label("Add a temporary instrument").select_option("subsidy")
    verdict = page.locator(".time-verdict")
    until = page.get_by_label("subsidy: end").and_(page.locator("input"))
    until.fill("0.3")
    until.press("Enter")
    expect(verdict).to_contain_text("No lasting effect")
    drag(page, page.get_by_role("slider", name="subsidy: end").locator(".handle-mark"), 200, 0)
    expect(verdict).to_contain_text("Crosses the separatrix")
    expect(verdict).to_contain_text("From t = 0.7251 on it is across")
    expect(page).to_have_url(re.compile("pulses=subsidy,1,0,"))
    page.keyboard.press("Control+z")
    expect(until).to_have_value("0.3")
    expect(verdict).to_contain_text("No lasting effect")
    assert problems == []


def test_handles_move_by_keys_and_levels_stay_in_their_range(page: Page, file: Path) -> None:
    """Arrows move a handle by a step, with shift by ten; Delete removes the block."""
    opened(page, file).get_by_label("Add a temporary instrument").select_option("subsidy")
    strength = page.get_by_role("slider", name="subsidy: strength")
    strength.focus()
    page.keyboard.press("ArrowUp")
    expect(strength).to_have_attribute("aria-valuetext", "1")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(strength).to_have_attribute("aria-valuetext", "0.89")
    page.keyboard.press("Delete")
    expect(strength).to_have_count(0)
    expect(page.locator(".time-verdict")).to_contain_text("From today: settles in E1")


def test_the_link_holds_the_schedule_and_costs_are_those_of_the_program(page: Page, file: Path) -> None:
    """Reloaded, the schedule and what it costs are the same: 2.4568 for the cheapest constant subsidy."""
    opened(page, file).get_by_label("Add a temporary instrument").select_option("subsidy")
    until = page.get_by_label("subsidy: end").and_(page.locator("input"))
    until.fill("0.733102")
    until.press("Enter")
    spent = page.get_by_role("row", name=re.compile("Spent: the public purse"))
    expect(spent).to_contain_text("2.457")
    expect(page).to_have_url(re.compile("pulses=subsidy,1,0,0.733102"))
    page.reload()
    expect(spent).to_contain_text("2.457")
    expect(until).to_have_value("0.733102")


def test_nothing_serious_stands_in_the_way_of_anybody(page: Page, file: Path) -> None:
    """With a schedule, starts and both languages axe-core finds nothing serious."""
    opened(page, file).get_by_label("Add a temporary instrument").select_option("fine")
    assert serious(page) == []
    page.get_by_label("Language").select_option("zh")
    expect(page.get_by_role("tab", name="时间")).to_be_visible()
    assert serious(page) == []


def test_what_the_file_does_not_hold_is_said(page: Page, file: Path) -> None:
    """An offline file has no server to ask for the cheapest programme, and says so."""
    opened(page, file).get_by_label("Add a temporary instrument").select_option("subsidy")
    page.get_by_role("button", name="Find the cheapest temporary programme").click()
    expect(page.get_by_text("Not in this file")).to_be_visible()


def test_the_cheapest_programme_is_asked_for_and_scheduled(page: Page, studio: object) -> None:
    """The studio finds it, and its steps become the schedule, which crosses the separatrix."""
    assert callable(studio)
    page.goto(studio("shi-chen-2018"))
    page.get_by_role("tab", name="Time").click()
    page.get_by_label("Add a temporary instrument").select_option("subsidy")
    page.get_by_role("button", name="Find the cheapest temporary programme").click()
    put = page.get_by_role("button", name="Schedule it").first
    put.click(timeout=60_000)
    expect(page.locator(".time-verdict")).to_contain_text("Crosses the separatrix")
    expect(page.get_by_role("row", name=re.compile("Spent: the public purse"))).to_contain_text("2.457")
