"""Levers, link, undo and the regime map as a person uses them."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from browser_page import exported, problems_of, serious
from separatrix.game.reader import load
from separatrix.run.results import fingerprint

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the paper's game as an offline file, once."""
    return exported("shi-chen-2018", tmp_path_factory.mktemp("levers"))


def box(page: Page, name: str) -> Locator:
    """Return what finds the box of a lever."""
    return page.locator(f"#parameter-{name}-box")


def test_a_lever_moves_by_keys_and_is_undone_in_one_step(page: Page, file: Path) -> None:
    """The arrows move a slider by short exact steps; undo takes the whole gesture back."""
    problems = problems_of(page)
    page.goto(file.as_uri())
    slider = page.get_by_role("slider", name="C1")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(box(page, "C1")).to_have_value("4.3")
    page.keyboard.press("Control+z")
    expect(box(page, "C1")).to_have_value("4")
    page.keyboard.press("Control+Shift+z")
    expect(box(page, "C1")).to_have_value("4.3")
    page.get_by_role("button", name="Reset C1").click()
    expect(box(page, "C1")).to_have_value("4")
    assert problems == []


def test_what_is_no_number_stays_in_the_box_and_is_not_applied(page: Page, file: Path) -> None:
    """An exact fraction is taken; nonsense keeps its place with a message, and the old value holds."""
    page.goto(file.as_uri())
    field = box(page, "C1")
    field.fill("7/2")
    field.press("Enter")
    expect(page.get_by_role("slider", name="C1")).to_have_attribute("aria-valuetext", "7/2")
    field.fill("seven")
    field.press("Enter")
    expect(field).to_have_value("seven")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#parameter-C1-box-wrong")).to_contain_text("7/2 still holds")
    expect(page.get_by_role("slider", name="C1")).to_have_attribute("aria-valuetext", "7/2")


def test_a_link_brings_everything_back(page: Page, file: Path) -> None:
    """Levers, page, helper expressions, what is pinned and the language come back from the address."""
    page.goto(file.as_uri())
    page.get_by_role("button", name="Pin", exact=True).click()
    page.get_by_role("button", name="anti-coordination").click()
    box(page, "C1").fill("1/3")
    box(page, "C1").press("Enter")
    page.get_by_label("Helper expression").last.fill("pi1 - C1")
    page.get_by_label("Helper expression").last.press("Enter")
    page.get_by_role("tab", name="Regime map").click()
    page.get_by_label("Language").select_option("zh")
    expect(page).to_have_url(re.compile("lang=zh"))
    page.goto("about:blank")
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("产业集群企业的合作创新")
    expect(page.get_by_role("tab", name="参数区图")).to_have_attribute("aria-selected", "true")
    expect(box(page, "C1")).to_have_value("1/3")
    expect(page.get_by_role("button", name="反协调")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("23/3")).to_be_visible()
    expect(page.get_by_role("button", name="取消固定")).to_be_visible()


def test_an_old_link_opens_and_says_which_label_changed(page: Page, file: Path) -> None:
    """What fits of a link of another version is shown, with the labels of the same model that changed."""
    page.goto(f"{file.as_uri()}#v1={fingerprint(load('shi-chen-2018'))}&by=0.0.1&at=C1,5;Q9,1&said=E1,a;E5,c")
    notice = page.get_by_role("status").filter(has_text="version 0.0.1")
    expect(notice).to_contain_text("Q9")
    expect(notice).to_contain_text("E5 was centre, is saddle")
    expect(box(page, "C1")).to_have_value("5")


def test_the_present_point_is_dragged_over_the_regime_map(page: Page, file: Path) -> None:
    """A click on the map moves both levers; the sentence below says the regime."""
    problems = problems_of(page)
    page.goto(f"{file.as_uri()}#v1=x&by=x&page=regimes")
    picture = page.locator(".regimes-picture svg")
    where = page.get_by_text(re.compile(r"The current point is in regime"))
    expect(where).to_be_visible()
    before = where.text_content()
    bounds = picture.bounding_box()
    assert bounds is not None
    page.mouse.move(bounds["x"] + 120, bounds["y"] + 60)
    page.mouse.down()
    page.mouse.move(bounds["x"] + 100, bounds["y"] + 70)
    page.mouse.up()
    expect(where).not_to_have_text(before or "")
    point = page.get_by_role("slider", name="Current point")
    point.focus()
    told = point.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowUp")
    expect(point).not_to_have_attribute("aria-valuetext", told or "")
    assert problems == []
    assert serious(page) == []


@pytest.mark.parametrize(("width", "height"), [(390, 844), (768, 1024), (640, 450)])
def test_nothing_is_wider_than_the_screen(page: Page, file: Path, width: int, height: int) -> None:
    """On a phone, on a tablet and at 200 % no page has to be scrolled sideways."""
    page.set_viewport_size({"width": width, "height": height})
    page.goto(file.as_uri())
    for tab in page.get_by_role("tab").all():
        tab.click()
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, tab.text_content()


def test_the_page_says_when_the_server_is_gone(page: Page) -> None:
    """A page whose server was ended says so, and goes on computing by itself."""
    command = [sys.executable, "-m", "separatrix", "studio", "shi-chen-2018", "--no-browser", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
    assert server.stdout is not None
    try:
        page.goto(server.stdout.readline().strip())
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
    page.get_by_role("tab", name="Regime map").click()
    expect(page.get_by_text("The server does not answer")).to_be_visible()
    expect(page.get_by_text(re.compile("Exact at the centre"))).to_be_visible()
