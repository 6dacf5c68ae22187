"""Shares of all starts, in the legend of the phase view and along one lever, as a person sees them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

import separatrix
from browser_page import exported, problems_of, serious

pytestmark = pytest.mark.soak


def row(page: Page, position: str) -> Locator:
    """Return the cells of a position in the table of shares."""
    head = page.get_by_role("rowheader", name=position, exact=True)
    return page.locator(".along-table tr").filter(has=head).locator("td")


def test_shares_of_the_file_are_exact_and_others_are_not_in_it(page: Page, tmp_path: Path) -> None:
    """The legend, the table and the moved position; the link keeps them; other levers have a command."""
    problems = problems_of(page)
    page.goto(exported("shi-chen-2018", tmp_path).as_uri())
    page.get_by_label("Basins", exact=True).check()
    game = separatrix.load("shi-chen-2018")
    for name, share in separatrix.basins(game).fractions.items():
        told = f"basin of {name}: {100 * share:.2f} % of all starts (exact)"
        expect(page.locator(".phase-legend li").filter(has_text=told)).to_be_visible()
    page.get_by_role("tab", name="Regime map").click()
    page.get_by_label("One lever: outcomes").check()
    expect(page.get_by_text("Exact at each of 40 positions")).to_be_visible()
    at = separatrix.basins(game, {"pi1": 12}).fractions
    expect(row(page, "12")).to_have_text([f"{100 * at[name]:g} %" for name in ("E1", "E4")] + ["exact"])
    expect(row(page, "0")).to_have_text(["–", "–", "–"])
    expect(page.locator(".along-change")).to_have_count(1)
    slider = page.get_by_role("slider", name="Current position")
    slider.focus()
    slider.press("ArrowLeft")
    expect(page.locator("#parameter-pi1-box")).to_have_value("9.9")
    expect(row(page, "12")).to_have_count(3)
    assert serious(page) == []
    page.reload()
    expect(row(page, "12")).to_have_count(3)
    page.locator("#parameter-C1-box").fill("3")
    page.locator("#parameter-C1-box").press("Enter")
    expect(page.get_by_text("Not in this file")).to_be_visible()
    expect(page.locator(".along-table")).to_have_count(0)
    command = shlex.split(page.locator("details code").inner_text())
    assert command[:3] == ["separatrix", "sweep", "shi-chen-2018"]
    assert "pi1=0:20:41" in command and command[-2:] == ["--set", "C1=3"]
    assert problems == []


def test_shares_that_are_followed_can_be_stopped_and_have_their_error(
    page: Page, studio: Callable[..., str]
) -> None:
    """Three parties: progress, a stop, going on; in Chinese the same table without asking anew."""
    page.goto(studio("battery-recycling"))
    page.get_by_role("tab", name="Regime map").click()
    page.get_by_label("One lever: outcomes").check()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("Stopped.")).to_be_visible()
    expect(page.locator(".along-table")).to_have_count(0)
    page.get_by_role("button", name="Compute", exact=True).click()
    expect(page.get_by_text("Estimated at 41 positions")).to_be_visible()
    cells = row(page, "3")
    expect(cells.last).to_have_text(re.compile(r"^± 0\.\d+ %$"))
    alone = separatrix.basins(separatrix.load("battery-recycling"), {"R4": 3}).fractions
    assert alone == {"E8": 1.0}
    expect(cells.nth(1)).to_have_text("100 %")
    page.get_by_label("Language").select_option("zh")
    expect(row(page, "3").nth(1)).to_have_text("100 %")
    expect(page.get_by_role("region", name="沿 R₄ 占全部起点的比例")).to_be_visible()
    assert serious(page) == []
