"""The tables of a cluster that the park office keeps itself: factors, benchmarks, the region, facilities.

Enterprises cannot read them; answers use the newest version of each.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from functools import cache

from django.db import transaction
from django.db.models import Max

from separatrix.errors import InputError
from separatrix.run.csv_output import csv_text
from separatrix.sentences import say
from separatrix_cluster.tables.layout import layouts
from separatrix_park.folder import ParkFolder
from separatrix_park.models import LogEntry, OfficeTable, Person
from separatrix_park.models.people import require
from separatrix_park.reporting.checks import kept_text
from separatrix_park.reporting.description import park_description
from separatrix_park.reporting.park_import import members_of_park
from separatrix_park.reporting.spreadsheet import Spreadsheet, read_spreadsheet
from separatrix_park.reporting.tables import ReportedTable, Row
from separatrix_park.scope import Role

__all__ = ["keep_office_table", "newest_tables", "office_tables", "read_office_table", "table_csv"]

_NAMES = ("factors", "region", "benchmarks", "facilities", "io_sectors", "io")


@cache
def office_tables() -> Mapping[str, ReportedTable]:
    """Return the tables that the office keeps, by name.

    Examples
    --------
    >>> list(office_tables())
    ['factors', 'region', 'benchmarks', 'facilities', 'io_sectors', 'io']
    """
    return {
        name: ReportedTable(layouts()[name], "", False, False, tuple(layouts()[name].columns.values()))
        for name in _NAMES
    }


def newest_tables() -> dict[str, OfficeTable]:
    """Return the newest version of each table that there is."""
    newest = dict(OfficeTable.objects.values_list("name").annotate(version=Max("version")))
    found = OfficeTable.objects.filter(name__in=list(newest))
    return {table.name: table for table in found if newest[table.name] == table.version}


def read_office_table(
    park: ParkFolder, person: Person, table: ReportedTable, name: str, data: bytes
) -> Spreadsheet:
    """Read a spreadsheet of a table of the office; nothing is kept yet.

    Raises
    ------
    PermissionDenied
        For everybody but the office.
    InputError
        See `read_spreadsheet`.
    """
    require(person, Role.OFFICE)
    members, _ = members_of_park()
    return read_spreadsheet(name, data, table, park_description(park), members)


def keep_office_table(person: Person, table: ReportedTable, sheet: Spreadsheet) -> OfficeTable:
    """Keep the rows of a spreadsheet as the next version of a table: it takes the place of the last one.

    Where the last one has these rows, it stays, and is returned.

    Raises
    ------
    PermissionDenied
        For everybody but the office.
    InputError
        W251 where a row is wrong.
    """
    require(person, Role.OFFICE)
    if sheet.errors:
        first = sheet.errors[0]
        raise InputError("W251", say("row {row}: {what}", row=first.row or "–", what=first.what))
    rows = [_stored_row(table, row.cells) for row in sheet.rows]
    with transaction.atomic():
        LogEntry.hold()  # of two at once the second sees what the first has kept
        last = OfficeTable.objects.filter(name=table.name).order_by("-version").first()
        if last is not None and last.rows == rows:
            return last
        version = 1 + (last.version if last else 0)
        made: OfficeTable = OfficeTable.objects.create(name=table.name, version=version, rows=rows)
        LogEntry.append(str(person.pk), "office table set", _subject(table.name, version, rows))
    return made


def _stored_row(table: ReportedTable, row: Row) -> Row:
    return {
        name: text if (column := table.column(name)) is None else kept_text(column, text)
        for name, text in row.items()
    }


def _subject(name: str, version: int, rows: Sequence[Row]) -> str:
    """Return the log entry of a version; its salt is not stored, so that the entry reveals nothing."""
    content = json.dumps([name, version, list(rows)], sort_keys=True)
    return hashlib.sha256(secrets.token_bytes(32) + content.encode()).hexdigest()


def table_csv(table: ReportedTable, rows: Sequence[Row]) -> str:
    """Return rows as the CSV of a cluster folder, which can be changed and sent again."""
    columns = [column.name for column in table.columns_of(rows)]
    return csv_text(columns, [[row.get(column, "") for column in columns] for row in rows])
