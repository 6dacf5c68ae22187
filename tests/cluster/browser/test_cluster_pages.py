"""The pages of a cluster, looked at as a park manager would."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser_page import exported, problems_of, serious

CLUSTER_PAGES = ["Brief", "Carbon", "Difficulties", "Exchanges", "Cost curve", "Diffusion", "Calibration"]


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> str:
    return exported("synthetic-park", tmp_path_factory.mktemp("park")).as_uri()


def test_a_cluster_opens_from_disk_with_all_its_pages_and_its_game(
    page: Page, requests: list[str], park: str
) -> None:
    """Each page says that the data are made up, nothing is fetched, and nothing serious is hard to reach."""
    problems = problems_of(page)
    page.goto(park)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Synthetic park")
    for name in CLUSTER_PAGES:
        tab(page, name)
        expect(page.get_by_role("note").first).to_contain_text("Synthetic")
        assert serious(page) == [], name
    tab(page, "Phase view")
    expect(page.get_by_text("return when both act")).to_be_visible()
    assert [r for r in requests if not r.startswith(("data:", "blob:"))] == [park]
    assert problems == []


def test_a_year_that_is_chosen_stands_in_the_link(page: Page, park: str) -> None:
    """The table by enterprise follows the year, undo takes it back, and the link brings it again."""
    page.goto(park)
    tab(page, "Carbon")
    page.get_by_label("Year", exact=True).select_option("2021")
    expect(page.get_by_role("region", name="Emissions of 2021 by enterprise")).to_be_visible()
    expect(page).to_have_url(re.compile("2021"))
    link = page.url
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("region", name="Emissions of 2024 by enterprise")).to_be_visible()
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_role("region", name="Emissions of 2021 by enterprise")).to_be_visible()


def test_an_enterprise_that_leaves_is_chosen_by_the_keyboard_and_what_is_left_is_told(
    page: Page, park: str
) -> None:
    """Pressing enter on an enterprise of the network tells what is left; once more takes it back."""
    page.goto(park)
    tab(page, "Exchanges")
    node = page.get_by_role("button", name="Golden Chemicals 1 leaves")
    node.press("Enter")
    told = page.get_by_role("status").filter(has_text="Without Golden Chemicals 1 55 %")
    expect(told).to_contain_text("Pine Food 1")
    expect(node).to_have_attribute("aria-pressed", "true")
    node.press("Enter")
    expect(told).to_have_count(0)


def test_evidence_is_reached_by_keys_without_a_stop_at_every_number(page: Page, park: str) -> None:
    """A link leads to the notes, the arrows from one to the next, and each leads back to its number."""
    page.goto(park)
    tab(page, "Brief")
    numbers = page.locator(".sourced")
    assert {n.get_attribute("tabindex") for n in numbers.all()} == {"-1"} and numbers.count() > 10
    page.get_by_role("link", name="Evidence for the numbers").press("Enter")
    expect(page.locator("#brief-note-1")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#brief-note-2")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-note=brief-note-2]").first).to_be_focused()


def test_diffusion_is_played_in_time(page: Page, park: str) -> None:
    """Play moves the clock, Stop holds it; at the end of the slider stands the last state of the run."""
    page.goto(park)
    tab(page, "Diffusion")
    clock = page.get_by_label("decisions of each enterprise")
    page.get_by_role("button", name="Play").click()
    expect(clock).not_to_have_value("0")
    page.get_by_role("button", name="Stop").click()
    held = clock.input_value()
    page.wait_for_timeout(300)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(clock).to_have_value(held)
    clock.press("End")
    expect(page.get_by_text("20.0 – 27 of 28 enterprises act")).to_be_visible()
    expect(page).to_have_url(re.compile("cluster.time,20"))
    page.get_by_label("What spreads").select_option("idea")
    expect(page.get_by_text("0.0 – 3 of 28 enterprises know of it")).to_be_visible()


def test_tables_that_do_not_suffice_are_told_in_the_language_of_the_page(page: Page, tmp_path: Path) -> None:
    """Of a port without measures the page says which table it takes, in English and in Chinese."""
    page.goto(exported("rotterdam", tmp_path).as_uri())
    tab(page, "Cost curve")
    expect(page.get_by_role("note")).to_contain_text("has no table measures")
    page.get_by_role("combobox").first.select_option("zh")
    expect(page.get_by_role("note")).to_contain_text("没有列出可做之事的减排措施（measures）表")
