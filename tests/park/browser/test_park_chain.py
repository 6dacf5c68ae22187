"""Footprints along a chain through two running parks, and what an office may publish of one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from browser_page import problems_of, serious
from park_browser import join
from served_park import ServedPark
from two_parks import CHAIN_YEAR, Member, TwoParks, maker, product_id, two_parks

CEMENT, LIME, GLASS = "cement", "lime", "glass"
ONE = (
    maker("E01", "River Cement", CEMENT, 3000, lime=(100, 1.2)),
    maker("E02", "Pine Glass", GLASS, 500, lime=(150, 1.2)),
)
TWO = (
    maker("E01", "Hill Lime", LIME, 1000, cement=(200, 0.8)),
    *(maker(f"E1{k}", f"Brick {k}", "brick", 900 - 50 * k) for k in range(5)),
    *(maker(f"E2{k}", f"Dye {k}", "dye", 700 - 90 * k, sector="C26") for k in range(3)),
    *(maker(f"E3{k}", f"Cloth {k}", "cloth", 600 - 80 * k, sector="C17") for k in range(3)),
)
PATIENCE = 240
"""Looks within which what one park sends has arrived at the other, also on a busy machine."""


@dataclass
class People:
    """Each person has a browser of their own; what pages complain of and ask for is kept of all."""

    browser: Browser
    problems: list[list[str]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    looked_at: set[tuple[str, str]] = field(default_factory=set)

    def come(self, park: ServedPark, email: str, locale: str) -> Person:
        """Join a park by the link that stands under an address, in a language."""
        page = self.browser.new_context(locale=locale, ignore_https_errors=True).new_page()
        self.problems.append(problems_of(page))
        page.on("request", lambda request: self.requests.append(request.url))
        join(page, park.at(park.links[email]))
        return Person(page, park.address.rstrip("/"), self)

    def pair(self, park: ServedPark, key: str, locale: str = "en-GB") -> Enterprise:
        """Return two people of an enterprise: one enters, another approves."""
        return Enterprise(
            *(self.come(park, f"{role}@{key}.example", locale) for role in ("entry", "approval"))
        )


@dataclass
class Person:
    """Somebody who is signed in at a park."""

    page: Page
    home: str
    people: People

    def open(self, path: str) -> None:
        """Open a page, and hold it to what everybody needs; each kind of page once a language."""
        self.page.goto(self.home + path)
        self.look()

    def look(self) -> None:
        """Hold the page that is open to what everybody needs."""
        kind = (re.sub(r"\d+|[0-9a-f-]{36}", "N", urlsplit(self.page.url).path), self.page.title())
        if kind not in self.people.looked_at:
            self.people.looked_at.add(kind)
            assert serious(self.page) == [], kind

    def press(self, action: str) -> None:
        """Send the form whose address ends so, and look at what comes."""
        with self.page.expect_navigation():
            self.form(action).locator("button").first.click()
        expect(self.page.locator(".errorlist")).to_have_count(0)
        self.look()

    def form(self, action: str) -> Locator:
        """Return the form whose address ends so."""
        return self.page.locator(f'form[action$="{action}"]')

    def go(self, link: str) -> None:
        """Follow the first link that a selector finds."""
        self.page.locator(link).first.click()
        self.look()

    def await_at(self, path: str, what: str) -> Locator:
        """Open a page again and again until something stands on it, that a process beside the server does."""
        for _ in range(PATIENCE):
            self.page.goto(self.home + path)
            if self.page.locator(what).count():
                self.look()
                return self.page.locator(what).first
            self.page.wait_for_timeout(500)
        raise AssertionError(f"{path} never showed {what}: {self.page.locator('main').inner_text()[:2000]}")


@dataclass
class Enterprise:
    """The two people of an enterprise, and what they do with its partners and footprints."""

    enters: Person
    approves: Person

    def propose_partner(self, name: str, connection: str = "") -> str:
        """Propose a partner, and return the address of its page."""
        self.enters.open("/partners/")
        form = self.enters.form("/partners/")
        form.locator("#id_name").fill(name)
        form.locator("#id_connection").fill(connection)
        self.enters.press("/partners/")
        return urlsplit(self.enters.page.url).path

    def approve_partner(self, path: str) -> str:
        """Approve what waits on the page of a partner; return the connection text where one was made."""
        self.approves.open(path)
        self.approves.press("/approve/")
        text = self.approves.page.locator("#connection")
        return text.inner_text() if text.count() else ""

    def ask(self, partner: str, product: str) -> None:
        """Ask a partner for the footprint of a product."""
        self.enters.open(partner)
        self.enters.form("/ask/").locator("#id_products").fill(product_id(product))
        self.enters.press("/ask/")

    def fulfil(self) -> None:
        """Answer the request of a partner with what is published."""
        self.approves.await_at("/footprints/requests/", "ul.todo a").click()
        self.approves.look()
        with self.approves.page.expect_navigation():
            self.approves.page.locator("button[value=fulfil]").click()

    def choose_supplier(self, product: str) -> None:
        """Let what a partner sent stand for what is bought."""
        self.enters.open("/products/")
        self.enters.go(f'a[href*="products/supplier/"][href*="input={product}"]')
        option = self.enters.page.locator(f'#id_stands option[value*="{product_id(product)}"]')
        self.enters.page.locator("#id_stands").select_option(option.get_attribute("value"))
        with self.enters.page.expect_navigation():
            self.enters.page.locator("main form button.first").click()

    def worked_out(self, product: str) -> float:
        """Open the footprint of a product as it was worked out, and return what its page shows of it."""
        self.enters.open("/products/")
        self.enters.go(f'tbody a[href^="/products/"]:text-is("{product}")')
        return number_in(self.enters.page.locator("p.figure").inner_text())

    def pass_on(self, product: str, why: str = "") -> float:
        """Propose the footprint of a product, have the second person publish it, and return it."""
        self.worked_out(product)
        form = self.enters.form("/propose/")
        form.locator('input[value="PACT-3.0"]').check()
        form.locator("#id_why").fill(why)
        self.enters.press("/propose/")
        self.approves.open("/footprints/")
        self.approves.go("ul.todo a")
        self.approves.press("/publish/")
        return number_in(self.approves.page.locator("main dd").first.inner_text(), " kg CO2e")

    def received(self, partner: str, count: int) -> None:
        """Wait until so many footprints of a partner have come."""
        self.enters.await_at(partner, f'table:has(a[href^="/received/"]) tbody tr:nth-child({count})')

    def awaits_change(self, product: str, version: int) -> None:
        """Wait until a footprint was worked out anew, because what goes into it has changed."""
        row = f'tbody tr:has(a:text-is("{product}"))'
        self.enters.await_at("/products/", f'{row}:has(td:nth-of-type(4):text-matches("^{version}[^0-9]"))')

    def correct(self, emits: float) -> None:
        """Correct what the enterprise emitted: entered by one person, approved by the other."""
        self.enters.open(f"/reports/emissions/{CHAIN_YEAR}/?correct=1")
        page = self.enters.page
        page.locator("#amount-1").fill(f"{emits:g}")
        page.locator("#why").fill("A kiln was forgotten.")
        send = page.locator("button[name=action][value=submit]")
        with page.expect_navigation():
            send.click()
        for reason in page.locator("input[name^='reason:']").all():
            reason.fill("Read off the meters of the second kiln.")
        if send.count():
            with page.expect_navigation():
                send.click()
        self.approves.open("/reports/")
        self.approves.go("ul.todo a")
        with self.approves.page.expect_navigation():
            self.approves.page.locator("button[name=verdict][value=approve]").click()


def number_in(text: str, before: str = "") -> float:
    """Return the first number of a text, or the one that stands before something."""
    found = re.search(rf"(\d+(?:\.\d+)?){re.escape(before)}", text.replace(",", ""))
    assert found is not None, text
    return float(found[1])


@pytest.fixture(scope="module")
def parks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoParks]:
    """Serve two parks: one of them makes cement and glass, the other lime, bricks, dyes and cloth."""
    with two_parks(tmp_path_factory.mktemp("parks"), ONE, TWO) as running:
        yield running


def connect(one: Enterprise, other: Enterprise, name: str, other_name: str) -> tuple[str, str]:
    """Have two enterprises want each other; return where each finds the other."""
    here = one.propose_partner(other_name)
    invitation = one.approve_partner(here)
    there = other.propose_partner(name, invitation)
    answer = other.approve_partner(there)
    one.enters.open(here)
    one.enters.form("/connection/").locator("textarea").fill(answer)
    one.enters.press("/connection/")
    assert one.approve_partner(here) == ""  # it was told once how to come in
    return here, there


@pytest.mark.soak
def test_a_footprint_goes_along_a_chain_with_a_circle_and_so_does_its_correction(
    browser: Browser, parks: TwoParks
) -> None:
    """Cement needs lime and lime needs cement, in two parks; what glass takes of them is right in the end."""
    people = People(browser)
    cement, glass = (people.pair(parks.one, key) for key in ("e01", "e02"))
    lime = people.pair(parks.two, "e01", "zh-CN")

    # Two people on each side want the other, and hand over how their node is reached.
    at_cement, at_lime = connect(cement, lime, "River Cement", "Hill Lime")

    # Each tells what it knows by itself, with an average of a database for what it buys.
    assert cement.pass_on(CEMENT) == pytest.approx(3.12)
    assert lime.pass_on(LIME) == pytest.approx(1.16)

    # Lime asks for cement; a person of the other park decides; what came takes the place of the average.
    lime.ask(at_lime, CEMENT)
    cement.fulfil()
    lime.received(at_lime, 1)
    lime.choose_supplier(CEMENT)
    assert lime.pass_on(LIME) == pytest.approx(1 + 0.2 * 3.12)

    # Cement asks for lime: the circle closes.  Who has an older version is told, and fetches the new one.
    cement.ask(at_cement, LIME)
    lime.fulfil()
    cement.received(at_cement, 1)
    cement.choose_supplier(LIME)
    assert cement.pass_on(CEMENT) == pytest.approx(3 + 0.1 * 1.624)
    lime.received(at_lime, 2)
    lime.awaits_change(LIME, 3)
    assert lime.pass_on(LIME) == pytest.approx(1 + 0.2 * 3.1624)

    # What comes back by the circle changes cement by immaterial: nobody need be told.
    cement.received(at_cement, 2)
    cement.awaits_change(CEMENT, 3)
    assert cement.worked_out(CEMENT) == pytest.approx(155 / 49, abs=0.005)
    cement.enters.open("/products/")
    expect(cement.enters.page.locator("main")).to_contain_text("immaterial")

    # Lime has another customer, which stands in the first park and knows nothing of its neighbour.
    at_lime_2, _ = connect(glass, lime, "Pine Glass", "Hill Lime")
    glass.ask(at_lime_2, LIME)
    lime.fulfil()
    glass.received(at_lime_2, 1)
    glass.choose_supplier(LIME)
    assert glass.worked_out(GLASS) == pytest.approx(0.5 + 0.15 * 80 / 49, rel=0.005)
    answer = glass.enters.page.goto(parks.one.address.rstrip("/") + at_cement)
    assert answer is not None and answer.status == 404
    glass.enters.open("/partners/")
    expect(glass.enters.page.locator("main")).not_to_contain_text("River Cement")

    # A correction of what cement emitted reaches lime, and by lime both of its customers.
    cement.correct(3300)
    corrected = cement.pass_on(CEMENT, why="A kiln was forgotten.")
    assert corrected == pytest.approx(3.3 + 0.1 * 1.63248)
    lime.received(at_lime, 3)
    lime.awaits_change(LIME, 4)
    told = lime.pass_on(LIME)
    assert told == pytest.approx(1 + 0.2 * corrected)
    glass.received(at_lime_2, 2)
    glass.awaits_change(GLASS, 3)
    assert glass.worked_out(GLASS) == pytest.approx(0.5 + 0.15 * told, rel=0.005)
    cement.received(at_cement, 3)

    assert {urlsplit(r).hostname for r in people.requests if r.startswith("http")} == {"127.0.0.1"}
    assert [p for own in people.problems for p in own if "404" not in p] == []


def test_an_office_publishes_what_gives_nobody_away(browser: Browser, parks: TwoParks) -> None:
    """A sum of three tells two of them of the third: it is refused, and why; merged it passes."""
    people = People(browser)
    office = people.come(parks.two, "", "en-GB")
    office.await_at(f"/published/new/?year={CHAIN_YEAR}", "a.button[href*=merged]")
    told = office.page.locator("main")
    expect(told).to_contain_text("These figures are not published")
    table = office.page.locator("table:has(th:text-is('Whose figure'))")
    for those in ("Cloth", "Dye"):
        row = table.get_by_role("row").filter(has=office.page.locator(f"th[scope=row]:has-text('{those} 2')"))
        for other in (0, 1):
            expect(row.first.get_by_role("cell").first).to_contain_text(f"{those} {other}")
    # Nothing is there by which to publish it all the same.
    expect(office.form("/published/new/")).to_have_count(0)

    office.go("a.button[href*=merged]")
    expect(told).to_contain_text("no one can infer the figures of a single enterprise")
    office.page.locator("#id_title").fill("Emissions of the year")
    office.press("/published/new/")

    # Everybody reads it, and it names and tells of no enterprise.
    reader = browser.new_context(ignore_https_errors=True).new_page()
    reader.goto(office.page.url)
    read = reader.locator("main")
    expect(read.get_by_role("row").filter(has_text="C17")).to_contain_text("C26")
    expect(read.get_by_role("row").filter(has_text="Together")).to_contain_text(f"{sum_of(TWO):,.0f}")
    for member in TWO:
        expect(read).not_to_contain_text(member.name)
    assert [p for own in people.problems for p in own] == []


def sum_of(members: Sequence[Member]) -> float:
    """Return what members emit together, in tonnes."""
    return sum(float(member.tables["emissions"][0]["amount"]) for member in members)
