"""The example of a park: what `park admin seed` fills in, and what people may see of it."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import pytest

from park.conftest import PASSWORD
from separatrix.errors import InputError
from separatrix_cluster.tables.shipped import shipped_cluster


def electricity_in_file() -> dict[int, Decimal]:
    """Return the electricity of each year as the shipped table tells it."""
    total: dict[int, Decimal] = defaultdict(Decimal)
    with (shipped_cluster("synthetic-park") / "energy.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["carrier"] == "electricity":
                total[int(row["year"])] += Decimal(row["amount"])
    return total


def electricity_approved() -> dict[int, Decimal]:
    """Return the electricity of each year in the newest approved versions."""
    from separatrix_park.models import Report

    newest = {}
    for report in Report.objects.filter(state="approved", table="energy").order_by("version"):
        newest[report.enterprise_id, report.year] = report.rows
    total: dict[int, Decimal] = defaultdict(Decimal)
    for (_, year), rows in newest.items():
        total[year] += sum(Decimal(r["amount"]) for r in rows if r["carrier"] == "electricity")
    return total


def test_the_example_is_a_park_in_which_every_state_is_seen(park: Any) -> None:
    """It holds what the shipped tables say, once; its authors cannot sign in, and its guests can join."""
    from django.test import Client

    from separatrix_park.models import (  # fmt: skip
        Deadline,
        Evidence,
        FootprintRequest,
        LogEntry,
        OfficeTable,
        Partner,
        Person,
        PublishedFootprint,
        ReceivedFootprint,
        Report,
        SentEvent,
        Sharing,
        YearBudget,
    )
    from separatrix_park.park import fill_with_example
    from separatrix_park.scope import whole_park

    filled = fill_with_example(park)
    with whole_park("tests look at all of it"):
        assert filled.reports == Counter(Report.objects.values_list("state", flat=True))
        assert set(filled.reports) == {"draft", "submitted", "approved", "returned"}
        assert all(rows.objects.exists() for rows in (Deadline, Evidence, OfficeTable, Sharing, YearBudget))
        assert {p.state for p in Partner.objects.all()} == {"approved"} and not SentEvent.objects.exists()
        assert [f.state for f in PublishedFootprint.objects.all()] == ["published"]
        assert ReceivedFootprint.objects.exists() and FootprintRequest.objects.get().state == "open"
        entries = list(LogEntry.objects.order_by("number"))
        assert [e.before for e in entries[1:]] == [e.digest for e in entries[:-1]]
        assert not any(person.has_usable_password() for person in Person.objects.all())
        told, in_file = electricity_approved(), electricity_in_file()
        assert {y: told[y] for y in range(2020, 2024)} == {y: in_file[y] for y in range(2020, 2024)}
        assert 0 < told[2024] < in_file[2024]
    for guest in filled.guests[1:4]:
        browser = Client(SERVER_NAME="localhost")
        assert browser.post(f"/join/{guest.token}/", {"password": PASSWORD}).status_code == 302
        with whole_park("tests look at people"):
            person = Person.objects.get(email=guest.email)
            key = person.enterprise.key if person.enterprise else ""
            assert (person.role, key) == (guest.role, guest.enterprise)
        assert "Fictional" in browser.get("/").content.decode()
    with pytest.raises(InputError, match="W208"):
        fill_with_example(park)


@pytest.mark.parametrize("months", [0, 1, 9, 12])
def test_bills_of_months_are_those_of_the_year_in_parts(months: int) -> None:
    """Twelve add up to the year, to the last digit; fewer are the first of them."""
    from separatrix_park.reports import monthly

    rows = ({"carrier": "natural_gas", "amount": "12.7"}, {"carrier": "other", "amount": "5"})
    year, part = monthly(rows), monthly(rows, months)
    assert part == year[: 2 * months]
    for row in rows:
        bills = [Decimal(b["amount"]) for b in year if b["carrier"] == row["carrier"]]
        assert sum(bills) == Decimal(row["amount"])
    assert monthly(()) == ()
