"""A large park for the benchmarks: enterprises with monthly energy and yearly accounts, all approved.

`python park_data.py FOLDER ENTERPRISES [PEOPLE]` fills the park of a folder and prints, as JSON, a session
for each person at work: their enterprise, their role and the cookie that a browser would hold.  Amounts are
drawn, so that they differ; they mean nothing.
"""

from __future__ import annotations

import json
import random
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["CARRIERS", "LAST_YEAR", "YEARS", "accounts_of", "energy_of", "key_of"]

YEARS = range(2020, 2025)
LAST_YEAR = YEARS[-1]
SECTORS = ("C13", "C14", "C17", "C22", "C26", "C28", "C30", "C31", "C33", "C34", "C35", "C38")
CARRIERS = (("electricity", "MWh", 900.0), ("natural_gas", "1e4 Nm3", 12.0), ("heat", "GJ", 800.0))
BATCH = 500
APPROVERS = 5
"""Enterprises in which a second person is at work, too."""


def key_of(number: int) -> str:
    """Return the id of an enterprise in the tables."""
    return f"F{number:05d}"


def energy_of(number: int, year: int) -> list[dict[str, str]]:
    """Return the bills of an enterprise's year: each carrier in each month."""
    chance = random.Random(10_000 * number + year)
    size = 2 ** chance.uniform(-3, 5)
    return [
        {
            "month": str(month),
            "carrier": carrier,
            "amount": f"{usual * size * chance.uniform(0.9, 1.1):.1f}",
            "unit": unit,
        }
        for month in range(1, 13)
        for carrier, unit, usual in CARRIERS
    ]


def accounts_of(number: int, year: int) -> list[dict[str, str]]:
    """Return what an enterprise made and spent in a year."""
    chance = random.Random(20_000 * number + year)
    output = 4_000 * 2 ** chance.uniform(-3, 5)
    return [
        {
            "output": f"{output:.0f}",
            "value_added": f"{output * chance.uniform(0.2, 0.35):.0f}",
            "staff": f"{output / 60:.0f}",
            "rd_spend": f"{output * chance.uniform(0, 0.03):.0f}",
        }
    ]


def _reports(members: list[Any], authors: dict[int, Any]) -> Iterator[Any]:
    from django.utils import timezone

    from separatrix_park.models import Report

    for number, member in enumerate(members):
        for year in YEARS:
            for table, rows in (("energy", energy_of(number, year)), ("accounts", accounts_of(number, year))):
                yield Report(
                    enterprise=member,
                    table=table,
                    year=year,
                    version=1,
                    state=Report.State.APPROVED,
                    rows=rows,
                    salt=secrets.token_bytes(32),
                    author=authors.get(number),
                    judged=timezone.now(),
                )


def fill(enterprises: int, people: int) -> list[dict[str, str]]:
    """Fill the park that Django is set up for, and return the sessions of the people at work."""
    from django.db import transaction

    from separatrix_park.models import Enterprise, LogEntry, Person, Report, Role
    from separatrix_park.scope import whole_park

    with whole_park("the benchmarks fill a park of their own"), transaction.atomic():
        members = [
            Enterprise(key=key_of(k), name=f"Enterprise {k}", sector=SECTORS[k % len(SECTORS)])
            for k in range(enterprises)
        ]
        Enterprise.objects.bulk_create(members)
        authors = {k: _person(Role.ENTRY, members[k]) for k in range(min(people, enterprises))}
        judges = [_person(Role.APPROVAL, members[k]) for k in range(min(APPROVERS, enterprises))]
        office = Person.objects.create_user("office@park.example", Role.OFFICE)
        reports = list(_reports(members, authors))
        for begin in range(0, len(reports), BATCH):
            Report.objects.bulk_create(reports[begin : begin + BATCH])
        LogEntry.append("benchmarks", "imported", secrets.token_hex(32))
        return [_session(person) for person in (*authors.values(), *judges, office)]


def _person(role: Any, enterprise: Any) -> Any:
    from separatrix_park.models import Person

    return Person.objects.create_user(f"{role}@{enterprise.key.lower()}.example", role, enterprise.pk)


def _session(person: Any) -> dict[str, str]:
    from django.conf import settings
    from django.test import Client

    from separatrix_park.tokens import issue

    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    name = settings.SESSION_COOKIE_NAME
    _, token = issue(person, "benchmarks", 1, reads_only=False)
    key = person.enterprise.key if person.enterprise else ""
    cookie = browser.cookies[name].value
    return {"role": person.role, "enterprise": key, "name": name, "cookie": cookie, "token": token}


def main() -> None:
    """Fill the park of a folder."""
    from separatrix_park.database import configure
    from separatrix_park.folder import open_park

    configure(open_park(Path(sys.argv[1])))
    people = int(sys.argv[3]) if len(sys.argv) > 3 else 50
    json.dump(fill(int(sys.argv[2]), people), sys.stdout)


if __name__ == "__main__":
    main()
