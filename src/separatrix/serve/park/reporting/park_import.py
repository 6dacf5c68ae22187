"""Reports of many enterprises from one spreadsheet of the office: all of them, or none.

They wait for the approval of each enterprise, or are history that is taken in as approved, with the reason.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from separatrix.cluster.tables.members import Members, members_of
from separatrix.errors import InputError
from separatrix.sentence import Sentence, say
from separatrix.serve.park.folder import ParkFolder
from separatrix.serve.park.members import current_members, take_sectors
from separatrix.serve.park.models.log import LogEntry
from separatrix.serve.park.models.people import Person, require
from separatrix.serve.park.models.reports import Report
from separatrix.serve.park.reporting.park_description import park_description
from separatrix.serve.park.reporting.report_row import MOST_ROWS, kept_text
from separatrix.serve.park.reporting.reported_table import STANDING, ReportedTable, Row
from separatrix.serve.park.reporting.spreadsheet import Spreadsheet, read_spreadsheet
from separatrix.serve.park.scope import Role, whole_park

__all__ = ["ParkImport", "keep_import", "members_of_park", "read_import"]

_OPEN = (Report.State.DRAFT, Report.State.SUBMITTED)
_A_BATCH = 500


@dataclass(frozen=True)
class ParkImport:
    """What a spreadsheet of the office holds.

    Attributes
    ----------
    table : ReportedTable
    sheet : Spreadsheet
    in_the_way : tuple of (enterprise, year)
        Reports that are being written or wait for approval: nothing is put over them.
    """

    table: ReportedTable
    sheet: Spreadsheet
    in_the_way: tuple[tuple[str, int], ...] = ()

    @property
    def problems(self) -> tuple[Sentence, ...]:
        """What keeps it from being taken in, beside the errors of rows."""
        return tuple(
            say(
                "{enterprise}, {table}, {year}: a report waits for approval or is being written",
                enterprise=enterprise,
                table=self.table.name,
                year=year or "–",
            )
            for enterprise, year in self.in_the_way
        )

    @property
    def sound(self) -> bool:
        """Whether all of it can be taken in."""
        return not self.sheet.errors and not self.in_the_way


def members_of_park() -> tuple[Members, dict[str, UUID]]:
    """Return the enterprises that the current scope sees, and their keys in the database by their ids."""
    known = list(current_members().values_list("key", "name", "pk"))
    return members_of([k for k, _, _ in known], [n for _, n, _ in known]), {k: pk for k, _, pk in known}


def read_import(
    park: ParkFolder, person: Person, table: ReportedTable, name: str, data: bytes, year: int = STANDING
) -> ParkImport:
    """Read a spreadsheet of many enterprises; nothing is kept yet.

    Raises
    ------
    PermissionDenied
        For everybody but the office.
    InputError
        See `read_spreadsheet`.
    """
    require(person, Role.OFFICE)
    members, keys = members_of_park()
    sheet = read_spreadsheet(name, data, table, park_description(park), members, year=year)
    found = sheet.reports()
    named = {pk: key for key, pk in keys.items()}
    open_now = Report.objects.filter(table=table.name, state__in=_OPEN).values_list("enterprise_id", "year")
    in_the_way = sorted({(named[pk], y) for pk, y in open_now if pk in named and (named[pk], y) in found})
    return ParkImport(table, sheet, tuple(in_the_way))


def keep_import(person: Person, found: ParkImport, *, history: bool, why: str) -> int:
    """Keep the reports of a spreadsheet, and return how many they are.

    Parameters
    ----------
    person : Person
        Of the office.
    found : ParkImport
    history : bool
        Whether they are approved as they stand; else each enterprise approves its own.
    why : str
        For history: why it is taken in without their approval.

    Raises
    ------
    PermissionDenied
        For everybody but the office.
    InputError
        W251 where a row is wrong, a report is in the way, or history has no reason.
    """
    require(person, Role.OFFICE)
    why = why.strip()
    if history and not why:
        raise InputError("W251", say("history is taken in with the reason"))
    if found.sheet.errors:
        first = found.sheet.errors[0]
        what = say("row {row}: {what}", row=first.row or "–", what=first.what)
        raise InputError("W251", what)
    _, keys = members_of_park()
    with transaction.atomic(), whole_park("the office takes in reports of many enterprises"):
        made = _reports(person, found, keys, history=history, why=why)
        for start in range(0, len(made), _A_BATCH):
            Report.objects.bulk_create(made[start : start + _A_BATCH])
        action = "history taken in" if history else "taken in"
        LogEntry.append_all(str(person.pk), action, [(r.digest(), r.enterprise_id) for r in made])
        if history:
            take_sectors(made)
    return len(made)


def _reports(
    person: Person, found: ParkImport, keys: Mapping[str, UUID], *, history: bool, why: str
) -> list[Report]:
    """Return the reports to keep; looked at again, within the transaction that keeps them."""
    table, now = found.table, timezone.now()
    content = found.sheet.reports()
    newest: dict[tuple[UUID, int], tuple[int, str]] = {}
    versions = Report.objects.filter(table=table.name, year__in={year for _, year in content})
    for pk, year, version, state in versions.order_by("version").values_list(
        "enterprise_id", "year", "version", "state"
    ):
        newest[pk, year] = version, state
    made = []
    for (key, year), rows in content.items():
        version, state = newest.get((keys[key], year), (0, ""))
        if state in _OPEN or len(rows) > MOST_ROWS:
            raise _refused(key, table, year, len(rows))
        made.append(
            Report(
                enterprise_id=keys[key],
                table=table.name,
                year=year,
                version=version + 1,
                state=Report.State.APPROVED if history else Report.State.SUBMITTED,
                rows=_canonical(table, rows),
                salt=secrets.token_bytes(32),
                origin=Report.Origin.HISTORY if history else Report.Origin.OFFICE,
                author=person,
                editor=person,
                submitter=person,
                submitted=now,
                hands=[person.pk],
                why=why,
                judge=person if history else None,
                judged=now if history else None,
            )
        )
    return made


def _refused(key: str, table: ReportedTable, year: int, rows: int) -> InputError:
    if rows > MOST_ROWS:
        return InputError(
            "W251", say("a report holds at most {most} rows, and this one has {n}", most=MOST_ROWS, n=rows)
        )
    what = say(
        "{enterprise}, {table}, {year}: a report waits for approval or is being written",
        enterprise=key,
        table=table.name,
        year=year or "–",
    )
    return InputError("W251", what, hint=say("wait until it is judged, or ask the enterprise to withdraw it"))


def _canonical(table: ReportedTable, rows: Sequence[Row]) -> list[Row]:
    """Return rows with choices and carriers in the words of the library; numbers are plain already."""
    kinds = {c.name: c for c in table.columns if c.kind in ("choice", "yes") or c.name == "carrier"}
    known: dict[tuple[str, str], str] = {}
    for row in rows:
        for name in kinds.keys() & row.keys():
            if (name, row[name]) not in known:
                known[name, row[name]] = kept_text(kinds[name], row[name])
    return [{name: known.get((name, text), text) for name, text in row.items()} for row in rows]
