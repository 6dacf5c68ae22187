"""Attempts to sign in: slowed down by address, and nobody keeps another out."""

from __future__ import annotations

import re
import statistics
import time
from typing import Any

import pytest

from park.accounts.conftest import log_in
from park.conftest import Join

FAR, OWN = "203.0.113.9", "198.51.100.7"

pytestmark = pytest.mark.parametrize("park", ["sqlite"], indirect=True)  # the same code on both


def browser(address: str) -> Any:
    from django.test import Client

    return Client(SERVER_NAME="localhost", REMOTE_ADDR=address)


def test_whoever_fails_often_is_locked_out_and_nobody_else(join: Join) -> None:
    """From there the right password is refused, too; from elsewhere its owner comes in all the while."""
    join("office@example.org", "office")
    last = [log_in(browser(FAR), "office@example.org", "wrong password").status_code for _ in range(12)][-1]
    assert last in (200, 429)
    assert log_in(browser(FAR), "office@example.org").status_code in (200, 429)
    assert log_in(browser(OWN), "office@example.org").status_code == 302


def test_a_lock_out_is_kept_by_the_database(join: Join) -> None:
    """A process that knows nothing of the attempts refuses as well."""
    from django.core.cache import cache

    join("office@example.org", "office")
    for _ in range(9):
        log_in(browser(FAR), "office@example.org", "wrong password")
        cache.clear()
    assert log_in(browser(FAR), "OFFICE@example.org").status_code == 429
    assert log_in(browser(OWN), "office@example.org").status_code == 302


def test_many_names_from_one_address_are_slowed_down(join: Join) -> None:
    """Trying one password on many addresses meets an end; another address goes on."""
    join("office@example.org", "office")
    pages = [log_in(browser(FAR), f"p{k}@example.org", "wrong password") for k in range(25)]
    assert "Too many" in pages[-1].content.decode()
    assert "Too many" not in pages[5].content.decode()
    assert log_in(browser(FAR), "office@example.org").status_code in (200, 429)
    assert log_in(browser(OWN), "office@example.org").status_code == 302


def test_who_asks_without_end_is_told_to_wait(join: Join) -> None:
    """After thirty attempts in a minute from one address nothing is looked at; the page is the platform's."""
    for k in range(30):
        log_in(browser(FAR), f"not an address {k}", "x")
    told = log_in(browser(FAR), "office@example.org")
    assert told.status_code == 429
    assert told["Retry-After"] == "60"
    assert 'id="content"' in told.content.decode()


def test_a_customer_of_ipv6_is_one_address(join: Join) -> None:
    """Whoever has a whole network of addresses is counted as one; a neighbour's network is another."""
    from django.core.cache import cache

    join("office@example.org", "office")
    for k in range(9):
        log_in(browser(f"2001:db8:1:2::{k + 1:x}"), "office@example.org", "wrong password")
        cache.clear()
    assert log_in(browser("2001:db8:1:2:ffff::1"), "office@example.org").status_code == 429
    assert log_in(browser("2001:db8:1:3::1"), "office@example.org").status_code == 302


def test_a_header_that_anybody_can_write_is_not_believed(join: Join) -> None:
    """Attempts with another X-Forwarded-For each time are counted as those of one address."""
    from django.core.cache import cache

    join("office@example.org", "office")
    for k in range(9):
        log_in(
            browser(FAR), "office@example.org", "wrong password", headers={"x-forwarded-for": f"10.0.0.{k}"}
        )
        cache.clear()
    spoofed = {"x-forwarded-for": OWN, "forwarded": f"for={OWN}", "x-real-ip": OWN}
    assert log_in(browser(FAR), "office@example.org", headers=spoofed).status_code == 429
    assert log_in(browser(OWN), "office@example.org").status_code == 302


def test_whether_somebody_has_an_account_shows_in_no_text(join: Join) -> None:
    """A wrong password and an unknown address get the same page, but for what was typed."""
    join("office@example.org", "office")
    pages = []
    for email in ("office@example.org", "nobody@example.org"):
        page = log_in(browser(OWN), email, "wrong password")
        pages.append((page.status_code, _without_tokens(page.content.decode().replace(email, ""))))
    assert pages[0] == pages[1]


def test_whether_somebody_has_an_account_shows_in_no_time(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown address takes as long as a wrong password, within what hashing itself varies by."""
    from django.core.cache import cache

    from separatrix_park.accounts.password import ParkHasher

    monkeypatch.setattr(ParkHasher, "memory_cost", 65_536)
    monkeypatch.setattr(ParkHasher, "time_cost", 3)
    join("office@example.org", "office")
    taken: dict[str, list[float]] = {"office@example.org": [], "nobody@example.org": []}
    for _ in range(5):
        for email, times in taken.items():
            start = time.perf_counter()
            log_in(browser(f"198.51.100.{len(times)}"), email, "wrong password")
            times.append(time.perf_counter() - start)
            cache.clear()
    known, unknown = (statistics.median(times) for times in taken.values())
    assert 0.5 < known / unknown < 2


@pytest.mark.parametrize(
    "address", ["/account/signup/", "/account/email/", "/account/password/reset/", "/account/login/code/"]
)
def test_pages_that_nobody_needs_are_not_there(join: Join, address: str) -> None:
    """Of allauth's pages only those are served that were chosen."""
    office = join("office@example.org", "office")
    assert office.get(address).status_code == 404
    assert office.post(address, {"email": "x@example.org"}).status_code == 404


def _without_tokens(page: str) -> str:
    return re.sub(r"[A-Za-z0-9]{64}", "", page)
