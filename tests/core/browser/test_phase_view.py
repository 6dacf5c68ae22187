"""The phase view, driven with a pointer and with keys."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from separatrix.game.reader import load
from separatrix.studio.offline import offline_page
from separatrix.studio.page_json import model_json
from separatrix.studio.page_model import page_model

COUNT = """(canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
    .reduce((count, value, k) => count + (k % 4 === 3 && value > 0), 0)"""


def opened(page: Page, folder: Path, slug: str) -> None:
    """Open the offline file of a game."""
    file = folder / f"{slug}.html"
    file.write_text(offline_page(model_json(page_model(load(slug)))), "utf-8")
    page.goto(file.as_uri())


def at(page: Page, x: float, y: float) -> dict[str, float]:
    """Return a place of the picture, in parts of its width and height."""
    box = page.locator(".phase-picture svg").first.bounding_box()
    assert box is not None
    return {"x": x * box["width"], "y": y * box["height"]}


def painted(page: Page) -> int:
    """Return how many pixels of the canvas are not white."""
    count: int = page.locator(".phase-picture canvas").first.evaluate(COUNT)
    return count


def test_trajectories_start_by_click_and_by_exact_numbers_and_are_dragged(page: Page, tmp_path: Path) -> None:
    """With shift a click runs forward only; Escape removes the last; a drag is one step of undo."""
    opened(page, tmp_path, "shi-chen-2018")
    picture = page.locator(".phase-picture svg").first
    picture.click(position=at(page, 0.4, 0.4))  # type: ignore[arg-type]
    picture.click(position=at(page, 0.7, 0.3), modifiers=["Shift"])  # type: ignore[arg-type]
    listed = page.locator(".phase-starts li")
    expect(listed).to_have_count(2)
    expect(listed.first).to_contain_text("E1")
    page.get_by_label(re.compile("^Start at")).fill("1/3, 0.9")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(listed.nth(2)).to_contain_text("1/3, 0.9")
    page.get_by_label(re.compile("^Start at")).fill("2, x")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="0.25 or 1/3")).to_be_visible()
    page.locator("[data-start='0']").scroll_into_view_if_needed()
    handle = page.locator("[data-start='0']").bounding_box()
    assert handle is not None
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    before = listed.first.inner_text()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y - 60, steps=5)
    page.mouse.up()
    expect(listed.first).not_to_have_text(before)
    page.keyboard.press("Control+z")
    expect(listed.first).to_have_text(before)
    picture.press("Escape")
    expect(listed).to_have_count(2)


UNCHANGED = """() => {
  if (window.lastAddress !== location.hash) {
    [window.lastAddress, window.changedAt] = [location.hash, performance.now()];
  }
  return performance.now() - window.changedAt > 2000;
}"""  # the address of the page was the same for two seconds


def test_a_cube_turns_by_keys_and_drag_and_the_link_keeps_it(page: Page, tmp_path: Path) -> None:
    """Turning moves the marks, starts no trajectory, and comes back with the link."""
    opened(page, tmp_path, "three-parties")
    mark = page.locator("[data-rest='E8']")
    first = mark.get_attribute("transform")
    picture = page.locator(".phase-picture svg").first
    picture.focus()
    picture.press("ArrowRight")
    expect(mark).not_to_have_attribute("transform", first or "")
    box = picture.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 230, steps=4)
    page.mouse.up()
    expect(page.locator(".phase-starts li")).to_have_count(0)
    page.wait_for_function(UNCHANGED)  # the address follows a drag once it rests
    expect(page).to_have_url(re.compile("phase\\.turn"))
    turned = mark.get_attribute("transform") or ""
    page.reload()
    expect(mark).to_have_attribute("transform", turned)


def test_layers_paint_and_basins_come_once_the_levers_rest(page: Page, tmp_path: Path) -> None:
    """Each layer paints more than there was without it, and the basins fill most of the triangle."""
    opened(page, tmp_path, "zeeman-1980")
    page.get_by_label("Sample trajectories", exact=True).uncheck()
    page.wait_for_timeout(100)
    before = painted(page)
    for layer in ("Field", "Nullclines"):
        page.get_by_label(layer, exact=True).check()
        page.wait_for_timeout(100)
        now = painted(page)
        assert now > before
        before = now
    page.get_by_label("Basins", exact=True).check()
    for _ in range(200):  # the page allows no text to be run, which waiting for a function would need
        if painted(page) > 2 * before:
            break
        page.wait_for_timeout(100)
    assert painted(page) > 2 * before
