"""A spreadsheet of one enterprise, read into its drafts: all of them, or none."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.tables.members import Members, members_of
from separatrix_park.folder import ParkFolder
from separatrix_park.models.people import Enterprise, Person
from separatrix_park.models.reports import Report
from separatrix_park.reporting.description import park_description
from separatrix_park.reporting.spreadsheet import Spreadsheet, read_spreadsheet
from separatrix_park.reporting.tables import ReportedTable
from separatrix_park.reporting.versions import members_named, newest_report, save_draft

__all__ = ["keep_own_spreadsheet", "read_own_spreadsheet"]


def read_own_spreadsheet(
    park: ParkFolder, enterprise: Enterprise, table: ReportedTable, name: str, data: bytes, year: int
) -> Spreadsheet:
    """Read a spreadsheet of one's own enterprise; nothing is kept yet.

    Raises
    ------
    InputError
        See `read_spreadsheet`.
    """
    description = park_description(park)

    def read(members: Members) -> Spreadsheet:
        return read_spreadsheet(name, data, table, description, members, enterprise=enterprise.key, year=year)

    found = read(members_of([enterprise.key], [enterprise.name]))
    named = {t for row in found.rows for n, t in row.cells.items() if n in ("supplier", "to")}
    others = members_named(named) - {enterprise.key, enterprise.name}
    if not others:
        return found
    # Those that are named and are there may be named; who else is a member is told nobody.
    return read(members_of([enterprise.key, *sorted(others)], [enterprise.name]))


def keep_own_spreadsheet(
    person: Person, table: ReportedTable, sheet: Spreadsheet, *, replace: bool
) -> list[Report]:
    """Save the rows of each year as a draft: all of them, or none.

    Parameters
    ----------
    person : Person
    table : ReportedTable
    sheet : Spreadsheet
        Without errors.
    replace : bool
        Whether the rows may take the place of those of a draft.

    Raises
    ------
    InputError
        W251 where a draft holds rows that may not be replaced; W247 where a report waits for approval.
    """
    if person.enterprise_id is None:
        raise PermissionDenied
    kept = []
    with transaction.atomic():
        for (_key, year), rows in sheet.reports().items():
            newest = newest_report(person.enterprise_id, table.name, year)
            draft = newest if newest is not None and newest.state == Report.State.DRAFT else None
            if draft is not None and draft.rows and not replace:
                what = say("a draft of {year} holds rows already", year=year or "–")
                raise InputError("W251", what, hint=say("tick that it may be replaced, or throw it away"))
            kept.append(
                save_draft(
                    person,
                    table.name,
                    year,
                    rows,
                    newest.stamp if newest else "",
                    why=draft.why if draft else "",
                    origin=Report.Origin.SPREADSHEET,
                )
            )
    return kept
