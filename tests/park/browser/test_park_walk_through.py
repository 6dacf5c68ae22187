"""The first days of a park: the office invites, enterprises report, others approve, the office reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from browser_page import problems_of, serious
from park_browser import join
from served_park import ServedPark, served_park

YEAR = 2024
ENGLISH, CHINESE = "en", "zh-hans"
WITH_ERRORS = "能源品种,单位,1月,2月,3月\n电力,MWh,300,二百,310\n天然气,万 Nm3,4.1,3.9,-1\n"
MENDED = "能源品种,单位,1月,2月,3月\n电力,MWh,300,290,310\n天然气,万 Nm3,4.1,3.9,3.6\n"


@pytest.fixture
def park(tmp_path: Path) -> Iterator[ServedPark]:
    """Serve a park in which there is nobody yet."""
    with served_park(tmp_path / "park", name="Sanjiang park") as served:
        yield served


@dataclass
class People:
    """Each person has a browser of their own; what pages complain of and ask for is kept of all."""

    browser: Browser
    park: ServedPark
    problems: list[list[str]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    looked_at: set[tuple[str, str, bool]] = field(default_factory=set)

    def come(self, link: str, language: str = ENGLISH) -> Page:
        """Join by a link, in a language."""
        page = self.browser.new_context(locale="zh-CN" if language == CHINESE else "en-GB").new_page()
        self.problems.append(problems_of(page))
        page.on("request", lambda request: self.requests.append(request.url))
        join(page, self.park.at(link))
        return page

    def open(self, page: Page, path: str) -> None:
        """Open a page of the park, which has to be one that everybody can use."""
        page.goto(self.park.address.rstrip("/") + path)
        self.look(page)

    def look(self, page: Page) -> None:
        """Hold the page that is open to what everybody needs; each kind of page once a language."""
        kind = (
            re.sub(r"\d+", "N", urlsplit(page.url).path),
            page.title(),
            page.locator(".errorlist").count() > 0,
        )
        if kind not in self.looked_at:
            self.looked_at.add(kind)
            assert serious(page) == [], kind


def speak(page: Page, language: str) -> None:
    """Change the language of the pages, if they are in another one."""
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f"form.languages button[value={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def invited(office: Page, people: People, email: str, role: str, key: str, name: str) -> str:
    """Invite somebody of an enterprise, and return the link that is handed over."""
    people.open(office, "/invitations/")
    office.locator("#id_email").fill(email)
    office.locator("#id_role").select_option(role)
    office.locator("#id_key").fill(key)
    office.locator("#id_name").fill(name)
    office.get_by_role("button", name="Invite", exact=True).click()
    link = office.locator("code.secret")
    expect(link).to_be_visible()
    return link.inner_text()


def report_by_form(page: Page, people: People, bills: list[tuple[str, str, str]]) -> None:
    """Fill energy in by hand, for the year as a whole, and submit it with a reason for each doubt."""
    people.open(page, f"/reports/energy/{YEAR}/")
    for k, (carrier, unit, amount) in enumerate(bills, start=1):
        page.locator(f"#carrier-{k}").fill(carrier)
        page.locator(f"#unit-{k}").select_option(unit)
        page.locator(f"#m0-{k}").fill(amount)
        page.locator(f"#m0-{k}").press("Tab")
    submit(page)


def submit(page: Page) -> None:
    """Submit the report that is open; where doubts stand, say why and submit it again."""
    send = page.locator("button[name=action][value=submit]")
    with page.expect_navigation():
        send.click()
    for reason in page.locator("input[name^='reason:']").all():
        reason.fill("Read off the meters of a new building.")
    if send.count():
        with page.expect_navigation():
            send.click()
    expect(page.locator("#entry"), page.locator("main").inner_text()).to_have_count(0)


def judged(page: Page, people: People, verdict: str, reason: str = "") -> None:
    """Look at what waits for one's judgement, and judge it."""
    people.open(page, "/reports/")
    page.locator("ul.todo a").first.click()
    people.look(page)
    page.locator("#reason").fill(reason)
    page.locator(f"button[name=verdict][value={verdict}]").click()
    expect(page.locator("button[name=verdict]")).to_have_count(0)


def test_a_park_begins_reports_and_reads_its_brief(
    browser: Browser, park: ServedPark, tmp_path: Path
) -> None:
    """Three enterprises report, one from a spreadsheet with errors; what was approved is read and true."""
    people = People(browser, park)

    # The office comes by the first link, which works once, and needs a second factor.
    office = people.come(park.links[""])
    expect(office.locator("#codes")).to_be_visible()
    office.get_by_role("link", name="I have saved them").click()
    expect(office.get_by_role("heading", name="First steps")).to_be_visible()
    stranger = browser.new_context().new_page()
    stranger.goto(park.at(park.links[""]))
    expect(stranger.locator("input[type=password]")).to_have_count(0)

    # It invites two people of each of three enterprises, and says what is due by when.
    links = {
        (key, role): invited(office, people, f"{role}@{key.lower()}.example", role, key, name)
        for key, name in (("E01", "River Cement"), ("E02", "江北化工"), ("E03", "Pine Food"))
        for role in ("entry", "approval")
    }
    people.open(office, "/deadlines/")
    office.locator("select[name=table]").select_option("energy")
    year = office.locator("[name=year]")
    year.select_option(str(YEAR)) if year.evaluate("e => e.tagName") == "SELECT" else year.fill(str(YEAR))
    office.locator("input[name^=due]").first.fill("2099-03-31")
    office.get_by_role("button", name="Set deadline").click()
    expect(office.get_by_role("cell", name="31 March 2099")).to_be_visible()

    # The first enterprise fills the form in; the second person approves it.
    entry_1 = people.come(links["E01", "entry"])
    report_by_form(entry_1, people, [("raw_coal", "t", "5200"), ("electricity", "MWh", "9100")])
    approval_1 = people.come(links["E01", "approval"])
    judged(approval_1, people, "approve")

    # The second one sends a spreadsheet with errors, mends it, and sends it again; in Chinese.
    entry_2 = people.come(links["E02", "entry"], CHINESE)
    speak(entry_2, CHINESE)
    for name, text in (("errors.csv", WITH_ERRORS), ("mended.csv", MENDED)):
        (tmp_path / name).write_text(text, "utf-8")
        people.open(entry_2, f"/reports/energy/{YEAR}/upload/")
        entry_2.locator("#file").set_input_files(tmp_path / name)
        entry_2.locator("main form[enctype] button.first").click()
        if name == "errors.csv":
            told = entry_2.locator("main")
            for found in ("二百", "-1", "errors.csv"):
                expect(told).to_contain_text(found)
            people.look(entry_2)
            people.open(entry_2, f"/reports/energy/{YEAR}/")
            expect(entry_2.locator("#carrier-1")).to_have_value("")  # nothing half-stored
    people.open(entry_2, f"/reports/energy/{YEAR}/")
    expect(entry_2.locator("#m2-1")).to_have_value("290")
    submit(entry_2)
    approval_2 = people.come(links["E02", "approval"], CHINESE)
    judged(approval_2, people, "approve")

    # The third one's report is returned with the reason, corrected, and approved.
    entry_3, approval_3 = people.come(links["E03", "entry"]), people.come(links["E03", "approval"])
    report_by_form(entry_3, people, [("electricity", "MWh", "720000")])
    judged(approval_3, people, "return", "The bill says kWh.")
    people.open(entry_3, f"/reports/energy/{YEAR}/")
    expect(entry_3.locator("main")).to_contain_text("The bill says kWh.")
    report_by_form(entry_3, people, [("electricity", "MWh", "720")])
    judged(approval_3, people, "approve")

    # Nobody sees a neighbour's report, whichever number is asked for.
    statuses = {entry_1.goto(f"{park.address}reports/{k}/").status for k in (2, 3, 4)}  # type: ignore[union-attr]
    assert statuses == {404}

    # The office reads what follows from the approved reports, on one version of the data; in both languages.
    people.open(office, "/answers/")
    expect(office.locator("main")).to_contain_text("River Cement")
    version = office.locator(".version code").first.inner_text()
    for language, told in ((ENGLISH, "ten answers"), (CHINESE, "十")):
        speak(office, language)
        people.open(office, "/answers/brief/")
        expect(office.locator("#running")).to_have_count(0, timeout=240_000)
        expect(office.locator("article.document h2.title")).to_contain_text(told)
        expect(office.locator(".version code").first).to_have_text(version)
        people.look(office)

    # Each enterprise has a page of its own, on which nobody else's figures stand.
    people.open(entry_3, "/enterprise/")
    expect(entry_3.locator("main")).to_contain_text("Pine Food")
    expect(entry_3.locator("main")).not_to_contain_text("River Cement")

    assert {urlsplit(r).hostname for r in people.requests if r.startswith("http")} == {"127.0.0.1"}
    refused = ("404", "422")  # what was asked for above and is not there, or was sent and has to be mended
    assert [p for own in people.problems for p in own if not any(code in p for code in refused)] == []
