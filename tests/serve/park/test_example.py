"""The example of a park: what `park admin seed` fills in, and what people may see of it."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from separatrix.cluster.tables.shipped_clusters import shipped_cluster
from separatrix.errors import InputError
from serve.park.conftest import PASSWORD


def test_the_example_shows_every_state_and_can_be_filled_in_once(park: Any) -> None:
    """Reports of five years in all states, deadlines and sharings; a second time is refused."""
    from separatrix.serve.park.example.park import fill_with_example
    from separatrix.serve.park.models import Deadline, LogEntry, Report, Sharing
    from separatrix.serve.park.scope import whole_park

    filled = fill_with_example()
    with whole_park("tests count"):
        states = Counter(Report.objects.values_list("state", flat=True))
        assert set(states) == set(Report.State.values)
        assert states == filled.reports
        assert {2020, 2021, 2022, 2023, 2024} <= set(Report.objects.values_list("year", flat=True))
        assert Deadline.objects.exists()
        assert Sharing.objects.exists()
        entries = list(LogEntry.objects.order_by("number"))
    assert [e.before for e in entries[1:]] == [e.digest for e in entries[:-1]]
    with pytest.raises(InputError, match="W290"):
        fill_with_example()


def test_nobody_can_be_those_who_reported_and_guests_join_by_their_links(park: Any) -> None:
    """The authors have no password that works; each guest's link makes an account of the role it says."""
    from django.test import Client

    from separatrix.serve.park.example.park import fill_with_example
    from separatrix.serve.park.models import Person
    from separatrix.serve.park.scope import whole_park

    filled = fill_with_example()
    with whole_park("tests look at people"):
        assert not any(person.has_usable_password() for person in Person.objects.all())
    for guest in filled.guests[1:4]:
        browser = Client(SERVER_NAME="localhost")
        assert browser.post(f"/join/{guest.token}/", {"password": PASSWORD}).status_code == 302
        with whole_park("tests look at people"):
            person = Person.objects.get(email=guest.email)
            assert (person.role, person.enterprise.key if person.enterprise else "") == (
                guest.role,
                guest.enterprise,
            )


def test_what_was_approved_of_closed_years_is_what_the_shipped_tables_say(park: Any) -> None:
    """Newest approved versions add up to the same electricity as the file, though one was corrected."""
    from separatrix.serve.park.example.park import fill_with_example
    from separatrix.serve.park.models import Report
    from separatrix.serve.park.scope import whole_park

    fill_with_example()
    newest = {}
    with whole_park("tests add up"):
        for report in Report.objects.filter(state="approved", table="energy").order_by("version"):
            newest[report.enterprise_id, report.year] = report.rows
    told = Counter[int]()
    for (_, year), rows in newest.items():
        told[year] += sum(Decimal(r["amount"]) for r in rows if r["carrier"] == "electricity")
    in_file = Counter[int]()
    with (shipped_cluster("synthetic-park") / "energy.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["carrier"] == "electricity":
                in_file[int(row["year"])] += Decimal(row["amount"])
    assert {y: told[y] for y in range(2020, 2024)} == {y: in_file[y] for y in range(2020, 2024)}
    assert 0 < told[2024] < in_file[2024]


@pytest.mark.parametrize("months", [0, 1, 9, 12])
def test_bills_of_months_are_those_of_the_year_in_parts(months: int) -> None:
    """Twelve add up to the year, to the last digit; fewer are the first of them."""
    from separatrix.serve.park.example.reports import monthly

    rows = ({"carrier": "natural_gas", "amount": "12.7"}, {"carrier": "other", "amount": "5"})
    year, part = monthly(rows), monthly(rows, months)
    assert part == year[: 2 * months]
    for row in rows:
        bills = [Decimal(b["amount"]) for b in year if b["carrier"] == row["carrier"]]
        assert sum(bills) == Decimal(row["amount"])
    assert monthly(()) == ()
