"""The platform's pages in a real browser: by keyboard, on a phone, without script, in print, read aloud."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser_page import problems_of, serious
from park_browser import join
from served_park import ServedPark, served_park

PHONE = {"width": 390, "height": 800}
OFFICE, AUDITOR, ENTERS, APPROVES = (
    "office@park.example",
    "auditor@park.example",
    "entry@e05.example",
    "approval@e05.example",
)
NOT_OURS = ("/studio/", "/programs/try/", "/admin/")
"""The studio has tests of its own; the others show a library and Django's own pages as they come."""

Enter = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPark]:
    """Serve a park that has only the first person of its office."""
    with served_park(tmp_path_factory.mktemp("parks") / "fresh") as park:
        yield park


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPark]:
    """Serve a park that is filled with the example."""
    with served_park(tmp_path_factory.mktemp("parks") / "example", filled=True) as park:
        yield park


@pytest.fixture(scope="module")
def sessions() -> dict[str, Any]:
    """Keep who has joined: a link works once."""
    return {}


@pytest.fixture
def enter(browser: Browser, sessions: dict[str, Any]) -> Iterator[Enter]:
    """Return how a person of a park comes in, with a browser as it is asked for."""
    opened: list[BrowserContext] = []

    def entered(park: ServedPark, email: str = "", language: str = "en", **more: Any) -> BrowserContext:
        link = park.at(park.links[email])
        if link not in sessions:
            context = browser.new_context()
            join(context.new_page(), link)
            sessions[link] = context.storage_state()
            context.close()
        context = browser.new_context(storage_state=sessions[link], **more)
        context.add_cookies([{"name": "django_language", "value": language, "url": park.address}])
        opened.append(context)
        return context

    yield entered
    for context in opened:
        context.close()


def kind_of(address: str) -> str:
    """Return the kind of a page: addresses that differ by a number or a query alone show the same page."""
    return re.sub(r"/(\d+|[0-9a-f-]{36})(?=/|$)", "/N", re.sub(r"[?#].*", "", address))


def unsound(page: Page, home: str) -> list[str]:
    """Follow every link of a person once a kind of page; return what is wrong, page by page."""
    problems = problems_of(page)
    wrong, seen, waiting = [], set(), ["/"]
    while waiting:
        path = waiting.pop(0)
        if kind_of(path) in seen or any(part in path for part in NOT_OURS):
            continue
        seen.add(kind_of(path))
        head = page.request.head(home + path)
        if not head.headers.get("content-type", "text/html").startswith("text/html"):
            continue
        answer = page.goto(home + path)
        assert answer is not None
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        headings = page.locator("h1").count()
        told = [
            *([f"status {answer.status}"] if answer.status != 200 else []),
            *([f"{width} px wider than the window"] if width > 0 else []),
            *([f"{headings} main headings"] if headings != 1 else []),
            *([] if page.title().strip(" ·") and not page.title().startswith(" ·") else ["no title"]),
            *problems,
            *serious(page),
        ]
        problems.clear()
        wrong += [f"{path}: {what}" for what in told]
        links = "[...document.querySelectorAll('main a[href], nav a[href]')].map(a => a.getAttribute('href'))"
        waiting += [link for link in page.evaluate(links) if link.startswith("/")]
    assert len(seen) > 8, "hardly a page was seen"
    return wrong


@pytest.mark.parametrize("language", ["zh-hans", pytest.param("en", marks=pytest.mark.soak)])
def test_every_page_of_a_new_park_is_sound_on_a_phone(enter: Enter, fresh: ServedPark, language: str) -> None:
    """With nothing in it yet each page fits the screen, has one heading, and nothing serious to axe."""
    page = enter(fresh, language=language, viewport=PHONE).new_page()
    assert unsound(page, fresh.address.rstrip("/")) == []


@pytest.mark.soak
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("email", [OFFICE, AUDITOR, ENTERS, APPROVES])
def test_every_page_of_a_role_is_sound_on_a_phone(
    enter: Enter, example: ServedPark, email: str, language: str
) -> None:
    """The same where there are reports and answers, for each role."""
    page = enter(example, email, language, viewport=PHONE).new_page()
    assert unsound(page, example.address.rstrip("/")) == []


def test_the_keyboard_reaches_and_leaves_everything_of_the_frame(enter: Enter, fresh: ServedPark) -> None:
    """The first Tab offers to skip the navigation; what folds out opens by Enter and closes by Escape."""
    page = enter(fresh).new_page()
    page.goto(fresh.address)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    summary = page.locator("details.more summary")
    summary.focus()
    page.keyboard.press("Enter")
    account = page.locator("details.more").get_by_role("link", name="People")
    expect(account).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(account).to_be_hidden()
    expect(summary).to_be_focused()
    chinese = page.get_by_role("button", name="中文")
    chinese.focus()
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")


def test_the_navigation_of_a_phone_opens_by_its_button(enter: Enter, fresh: ServedPark) -> None:
    """It is closed at first, says whether it is open, and closes by Escape."""
    page = enter(fresh, viewport=PHONE).new_page()
    page.goto(fresh.address)
    button, entry = page.get_by_role("button", name="Menu"), page.locator("#menu a").first
    expect(entry).to_be_hidden()
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(entry).to_be_visible()
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    expect(button).to_be_focused()


def test_a_browser_without_script_can_do_the_same(enter: Enter, fresh: ServedPark) -> None:
    """The navigation is there, and the language is chosen by a button that is part of a form."""
    page = enter(fresh, viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(fresh.address)
    expect(page.locator("#menu a").first).to_be_visible()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")


def test_a_printed_page_is_the_page_alone(enter: Enter, fresh: ServedPark) -> None:
    """Navigation and buttons stay on the screen; the name of the park stands on the paper."""
    page = enter(fresh).new_page()
    page.goto(fresh.address)
    page.emulate_media(media="print")
    expect(page.locator("#menu")).to_be_hidden()
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()
    expect(page.locator(".brand")).to_be_visible()


def test_a_page_at_twice_its_size_is_the_same_page(enter: Enter, fresh: ServedPark) -> None:
    """A window of 1280 px at 200 % has 640 px; nothing is wider."""
    page = enter(fresh, viewport={"width": 640, "height": 480}, device_scale_factor=2).new_page()
    page.goto(fresh.address)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_studio_leads_back_to_the_park(enter: Enter, fresh: ServedPark) -> None:
    """It opens from the navigation, shows a game, complains of nothing, and has a link home."""
    page = enter(fresh).new_page()
    problems = problems_of(page)
    page.goto(f"{fresh.address.rstrip('/')}/studio/")
    expect(page.get_by_role("tab").first).to_be_visible()
    page.get_by_role("link", name="The park").click()
    expect(page).to_have_url(re.compile(re.escape(fresh.address)))
    assert problems == []


def test_checks_speak_while_one_types_and_two_at_one_form_see_both(enter: Enter, example: ServedPark) -> None:
    """The error leads to its field, the keyboard stays where it is, and nothing that was typed is lost."""
    one, other = (enter(example, email).new_page() for email in (ENTERS, APPROVES))
    for page in (one, other):
        page.goto(example.at("/reports/energy/2026/"))
    one.locator("#carrier-1").fill("diesel")
    one.locator("#unit-1").select_option("t")
    one.locator("#m1-1").fill("a few")
    one.locator("#m1-1").press("Tab")
    link = one.locator("#checks a[href='#m1-1']")
    expect(link).to_be_visible()
    expect(one.locator("#m2-1")).to_be_focused()
    link.click()
    one.locator("#m1-1").fill("12")
    one.locator("#m1-1").press("Tab")
    expect(link).to_have_count(0)
    expect(one.locator("#checks table.sums")).to_contain_text("diesel")
    one.locator("button[value=save]").click()
    expect(one.locator("#m1-1")).to_have_value("12")

    other.locator("#carrier-1").fill("natural gas")
    other.locator("#unit-1").select_option("GJ")
    other.locator("#m1-1").fill("77")
    other.locator("button[value=save]").click()
    expect(other.locator(".notice.wrong:not(#trouble)")).to_contain_text(ENTERS)
    expect(other.locator("#carrier-1")).to_have_value("natural gas")
    assert serious(other) == []
    other.locator("button[value=save]").click()
    expect(other.locator(".notice.wrong:not(#trouble)")).to_have_count(0)
    one.goto(example.at("/reports/energy/2026/"))
    expect(one.locator("#carrier-1")).to_have_value("natural gas")
