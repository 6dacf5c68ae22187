"""Every page of the filled example in Chinese: no English is left of what people read."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from park.conftest import PASSWORD
from park_set_up import park_set_up
from separatrix.languages import language_of
from separatrix_cluster.tables.carriers import carrier_spellings
from separatrix_cluster.tables.layout import layouts
from separatrix_cluster.tables.shipped import shipped_cluster

NOT_OURS = ("/studio/", "/programs/try/", "/admin/", "/account/logout", "/api/", "/tables/")
"""They have tests of their own, or show Django's own pages, or are files."""
SEVERAL = re.compile(r"[A-Za-z][A-Za-z'-]+(?:[ _][A-Za-z][A-Za-z'-]+){2}")
FILE = re.compile(r"（`?[a-z_]+`?）|表 `?[a-z_]+|\S+\.\w+")
"""The name of a table's file stands behind what people call the table."""
FILE = re.compile(r"（`?[a-z_]+`?）|表 `?[a-z_]+|\S+\.\w+")
"""The name of a table's file stands behind what people call the table."""
TOLD_OTHERWISE = {
    *(name for name in carrier_spellings()),
    *(column for layout in layouts().values() for column in layout.columns),
    *layouts(),
    *("CNY", "worker", "seeding", "platform", "outbox", "piece"),
} - {"km", "urn", "id", "code", "to", "from", "name"}
"""Words by which the platform keeps what a page has to call by its Chinese name."""


def english_in(page: str, names: list[str]) -> Iterator[str]:
    """Yield runs of three Latin words, and words of the program's own, from what a page shows."""
    page = re.sub(r"(?s)<(script|style|code|pre|head)\b.*?</\1>", "<br>", page)
    told = re.findall(r'\b(?:alt|title|aria-label|placeholder|data-label)="([^"]*)"', page)
    for text in (*re.split(r"<[^>]*>", page), *told):
        shown = " ".join(unescape(text).split())
        for name in names:
            if name in shown:
                shown = re.sub(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", "·", shown)
        shown = re.sub(r"\S+@\S+|https?://\S+|urn:\S+", "·", shown)
        yield from (found[0] for found in SEVERAL.finditer(shown))
        bare = re.sub(
            r"（`?[a-z_]+`?）表?|表 `?[a-z_]+|\S+\.\w+", "·", shown
        )  # a file stands behind its title
        yield from (word for word in re.findall(r"[A-Za-z_]+", bare) if word in TOLD_OTHERWISE)


def kind_of(path: str) -> str:
    """Return the kind of a page: addresses that differ by a number or a query show the same."""
    return re.sub(r"/(\d+|[0-9a-f-]{36}|E\d\d)(?=/|$)", "/N", re.sub(r"[?#].*", "", path))


def names_of_the_example() -> set[str]:
    """Return what enterprises of the example call themselves and their own things."""
    found = {"Synthetic data", "Test park", "Separatrix", "Bay Refinery", "Coast Packaging"}
    for path in shipped_cluster("synthetic-park").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells = {cell for row in csv.DictReader(file) for cell in row.values() if " " in cell}
        found |= {part for cell in cells for part in (cell, *cell.split("; "))}
    return {name for name in found if re.search("[A-Za-z]{2}", name)}


def pages_of(browser: Any) -> Iterator[tuple[str, str]]:
    """Follow every link of a person once a kind of page; yield addresses and pages."""
    seen, waiting = set(), ["/"]
    while waiting:
        path = waiting.pop(0)
        if kind_of(path) in seen or any(part in path for part in NOT_OURS):
            continue
        seen.add(kind_of(path))
        answer = browser.get(path, follow=True)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        assert answer.status_code == 200, path
        page = answer.content.decode()
        assert '<html lang="zh-hans">' in page
        yield path, page
        links = re.findall(r'href="([^"]+)"', page)
        waiting += [unescape(link) for link in links if link.startswith("/") and "/static/" not in link]


@pytest.mark.parametrize("park", ["sqlite"], indirect=True)
def test_no_page_of_the_example_has_english_in_it(park: Any) -> None:
    """But for the enterprises' own names, files and codes all is told in Chinese, to every role."""
    from django.test import Client
    from django.utils.translation import override

    from separatrix_park.answers.jobs import end_process
    from separatrix_park.answers.workers import do_waiting
    from separatrix_park.park import fill_with_example

    with override("zh-hans"):
        filled = fill_with_example(park)
    names = sorted(names_of_the_example(), key=len, reverse=True)
    links = {guest.email: guest.token for guest in filled.guests}
    left, seen = {}, 0
    for email in ("office@park.example", "approval@e05.example"):
        browser = Client(SERVER_NAME="localhost")
        browser.cookies.load({"django_language": "zh-hans"})
        assert browser.post(f"/join/{links[email]}/", {"password": PASSWORD}).status_code == 302
        if not seen:
            browser.get("/answers/")
            do_waiting()
            end_process()
        for path, page in pages_of(browser):
            seen += 1
            for words in english_in(page, names):
                left.setdefault(words, f"{email}: {path}")
    assert left == {}
    assert seen > 60


def test_pages_and_reports_call_a_table_by_the_same_title() -> None:
    """Whoever reads a page and then a report of the library meets one name for one table."""
    park_set_up()
    from django.utils.translation import override

    from separatrix_park.reporting.tables import TITLES

    with override("zh-hans"):
        assert {name: str(title) for name, title in TITLES.items()} == language_of("zh").tables
