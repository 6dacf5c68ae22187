"""A person opens the paper's game, looks, moves levers, schedules a subsidy, and takes the result along."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, TimeoutError, expect

from browser_page import problems_of, serious
from real_browser import Studio


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Return where on the screen a state of the unit square is, from where its corners are drawn."""

    def middle(name: str) -> tuple[float, float]:
        box = page.get_by_role("button", name=f"{name}:").locator("path, circle, rect").first.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    (left, bottom), (right, top) = middle("E1"), middle("E4")
    return left + x * (right - left), bottom + y * (top - bottom)


def stability(page: Page, name: str) -> str:
    """Return the label of a rest point in the list."""
    return page.get_by_role("row", name=f"Rest point {name} ").get_by_role("cell").nth(3).inner_text().strip()


def at_link(page: Page, link: str) -> Page:
    """Return another tab that opened a link to the page of time.

    Once, on a full machine, it stood at the first page; what it complained of is printed then, and it is
    loaded anew.
    """
    again = page.context.new_page()
    complaints = problems_of(again)
    again.goto(link)
    shown = again.get_by_role("tab", name="Time", selected=True)
    try:
        shown.wait_for()
    except TimeoutError:
        print("the link was not followed:", complaints, again.url, again.locator("body").inner_text())
        again.reload()
        shown.wait_for()
    return again


def test_a_person_walks_through_the_paper_s_game(
    page: Page, studio: Studio, requests: list[str], tmp_path: Path
) -> None:
    """Everything that a first visit does works, asks this machine alone, and can be used without sight."""
    problems = problems_of(page)
    page.goto(studio("shi-chen-2018"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cooperative innovation")
    assert "token" not in page.url
    assert serious(page) == []

    # Click: a trajectory through that state; drag: it starts elsewhere.
    page.mouse.click(*place(page, 0.8, 0.9))
    started = page.get_by_role("list", name="Started trajectories").get_by_role("listitem")
    expect(started).to_have_count(1)
    at = place(page, 0.8, 0.9)
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(*place(page, 0.3, 0.2), steps=8)
    page.mouse.up()
    expect(started).to_have_count(1)
    expect(started.first).to_contain_text("0.3")

    # The card of the saddle: exact numbers and the reason.
    page.get_by_role("button", name="E5: saddle").click()
    card = page.get_by_role("region", name="Rest point E5")
    expect(card).to_contain_text("2/3")
    expect(card).to_contain_text("saddle")
    assert serious(page) == []
    card.get_by_role("button", name="Close the card").click()

    # Across a regime mark: at R1 = 8 cooperating alone pays, and nobody's declining lasts.
    assert stability(page, "E1") == "asymptotically stable"
    lever = page.get_by_role("slider", name="R1")
    lever.focus()
    for _ in range(8):
        page.keyboard.press("PageUp")
    expect(page.get_by_role("row", name="Rest point E1 ")).not_to_contain_text("asymptotically")
    page.get_by_role("button", name="Reset all").click()
    expect(page.get_by_role("row", name="Rest point E1 ")).to_contain_text("asymptotically stable")

    # A temporary subsidy takes today's state across the separatrix, or it falls back.
    page.get_by_role("tab", name="Time").click()
    told = page.get_by_role("tabpanel").get_by_role("status").first
    expect(told).to_contain_text("settles in E1")
    page.get_by_label("Add a temporary instrument").select_option("subsidy")
    expect(page.get_by_role("group", name="Schedule of subsidy")).to_be_visible()
    strength = page.get_by_role("slider", name="subsidy: strength")
    strength.focus()
    page.keyboard.press("End")
    expect(told).to_contain_text("No lasting effect")
    page.get_by_role("textbox", name="subsidy: end").fill("3")
    page.keyboard.press("Enter")
    expect(told).to_contain_text("settles in E4")
    assert serious(page) == []

    # The link holds all of it; asked of the page itself, since what the driver knows of it may lag behind.
    page.wait_for_function("location.hash.includes('page=time') && location.hash.includes('subsidy')")
    link = page.evaluate("location.href")
    again = at_link(page, link)
    expect(again.get_by_role("group", name="Schedule of subsidy")).to_be_visible()
    expect(again.get_by_role("tabpanel").get_by_role("status").first).to_contain_text("settles in E4")
    again.close()

    # Taken along: the page as one file, which opens from disk in the same state.
    page.get_by_role("button", name="Share").click()
    with page.expect_download(timeout=120_000) as download:
        page.get_by_role("button", name="This page as a file that opens without a server").click()
    file = tmp_path / "page.html"
    download.value.save_as(file)
    apart = page.context.new_page()
    apart.goto(file.as_uri())
    expect(apart.get_by_role("heading", level=1)).to_contain_text("Cooperative innovation")
    expect(apart.get_by_role("row", name="Rest point E5 ")).to_contain_text("saddle")
    apart.close()
    page.keyboard.press("Escape")

    # In Chinese.
    page.get_by_label("Language").select_option("zh")
    expect(page.get_by_role("heading", level=1)).to_contain_text("产业集群")
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    assert serious(page) == []

    assert {urlsplit(r).hostname for r in requests if r.startswith("http")} == {"127.0.0.1"}
    assert problems == []
