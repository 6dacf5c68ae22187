"""Reports of many enterprises from one spreadsheet of the office: all of them, or none.

They wait for the approval of each enterprise, or are imported as approved historical data, with a reason.
Unknown enterprises are listed; those confirmed by the office are admitted with the file.

Only the enterprise itself corrects a report that it approved. Historical data may replace historical data
once the office has confirmed which reports; a report with the same rows stays unchanged.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from separatrix.errors import InputError
from separatrix.io.cells import Remark
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.carriers import carrier_named, plain_name
from separatrix_cluster.tables.members import Members, members_of, plain_name_of
from separatrix_park.folder import ParkFolder
from separatrix_park.members import KEY, admit, current_members, take_sectors
from separatrix_park.models.people import Enterprise, Person, require
from separatrix_park.models.records import LogEntry
from separatrix_park.models.reports import Report
from separatrix_park.reporting.checks import MOST_ROWS, form_findings, kept_text
from separatrix_park.reporting.description import park_description
from separatrix_park.reporting.spreadsheet import SheetRow, Spreadsheet, read_spreadsheet
from separatrix_park.reporting.tables import STANDING, ReportedTable, Row
from separatrix_park.reporting.versions import own_factors
from separatrix_park.scope import Role, whole_park

__all__ = [
    "Newcomer",
    "ParkImport",
    "Replaced",
    "keep_import",
    "members_of_park",
    "read_import",
]

_OPEN = (Report.State.DRAFT, Report.State.SUBMITTED)
_A_BATCH = 500
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Newcomer:
    """An enterprise that a spreadsheet names and the park does not have.

    Attributes
    ----------
    text : str
        How the file calls it.
    key, name : str
        The id and the name under which it is admitted, or may be.
    rows : tuple of int
        Of the file; known of proposals alone.
    like : str
        The id or the name of a member that may be meant; empty where none is near.
    """

    text: str
    key: str
    name: str
    rows: tuple[int, ...] = ()
    like: str = ""


@dataclass(frozen=True)
class Replaced:
    """An approved report in whose place a spreadsheet puts another.

    Attributes
    ----------
    enterprise, name : str
    year, version : int
    rows : int
        How many it has.
    by_enterprise : bool
        Whether people of the enterprise approved it, and not the office as history.
    """

    enterprise: str
    name: str
    year: int
    version: int
    rows: int
    by_enterprise: bool


@dataclass(frozen=True)
class _Comparison:
    """The reports of a spreadsheet compared with the existing ones.

    ``content`` has the rows of the reports that are new or differ; ``versions`` the last number of each.
    """

    content: Mapping[tuple[str, int], list[Row]]
    versions: Mapping[tuple[str, int], int]
    in_the_way: tuple[tuple[str, int], ...]
    replaced: tuple[Replaced, ...]
    unchanged: tuple[tuple[str, int], ...]

    @property
    def confirmation(self) -> str:
        """The hash of what would be replaced, and by which rows; '' where nothing is."""
        if not self.replaced:
            return ""
        named = [(r.enterprise, r.year, r.version) for r in self.replaced]
        text = json.dumps([[*key, self.content[key[:2]]] for key in named], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class ParkImport:
    """What a spreadsheet of the office holds.

    Attributes
    ----------
    table : ReportedTable
    sheet : Spreadsheet
    in_the_way : tuple of (enterprise, year)
        Reports that are being edited or wait for approval; they are not overwritten.
    replaced : tuple of Replaced
        Approved reports with other rows.
    unchanged : tuple of (enterprise, year)
        Reports with the same rows that are approved or wait for approval; they stay unchanged.
    confirmation : str
        Value that the office sends back to confirm the replacement of exactly these reports.
    newcomers : tuple of Newcomer
        Enterprises confirmed by the office; they are admitted when the file is imported.
    proposals : tuple of Newcomer
        Enterprises not confirmed yet, with free ids.
    names : mapping of str to str
        Of the members, by their ids.
    """

    table: ReportedTable
    sheet: Spreadsheet
    in_the_way: tuple[tuple[str, int], ...] = ()
    replaced: tuple[Replaced, ...] = ()
    unchanged: tuple[tuple[str, int], ...] = ()
    confirmation: str = ""
    newcomers: tuple[Newcomer, ...] = ()
    proposals: tuple[Newcomer, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Sentence, ...]:
        """Reasons against the import, in addition to the errors of rows."""
        return tuple(
            say(
                "{enterprise}, {table}, {year}: a report waits for approval or is being written",
                enterprise=self.names.get(enterprise, enterprise),
                table=self.table.name,
                year=year or "–",
            )
            for enterprise, year in self.in_the_way
        )

    @property
    def sound(self) -> bool:
        """Whether the whole file can be imported."""
        return not self.sheet.errors and not self.in_the_way


def members_of_park() -> tuple[Members, dict[str, UUID]]:
    """Return the enterprises that the current scope sees, and their keys in the database by their ids."""
    known = list(current_members().values_list("key", "name", "pk"))
    return members_of([k for k, _, _ in known], [n for _, n, _ in known]), {k: pk for k, _, pk in known}


def read_import(
    park: ParkFolder,
    person: Person,
    table: ReportedTable,
    name: str,
    data: bytes,
    year: int = STANDING,
    newcomers: Iterable[Newcomer] = (),
) -> ParkImport:
    """Read a spreadsheet of many enterprises; nothing is kept yet.

    Parameters
    ----------
    park : ParkFolder
    person : Person
        Of the office.
    table : ReportedTable
    name : str
    data : bytes
    year : int, optional
        For rows without a year.
    newcomers : iterable of Newcomer, optional
        Enterprises confirmed by the office; existing members and enterprises without rows are ignored.

    Raises
    ------
    PermissionDenied
        Unless the person is of the office.
    InputError
        See `read_spreadsheet`.
    """
    require(person, Role.OFFICE)
    members, keys = members_of_park()
    new = [n for n in newcomers if not members.has(n.text)]
    sheet = read_spreadsheet(
        name, data, table, park_description(park), _members_with_newcomers(new), year=year
    )
    # A person who enters a report sees these errors in the form; an import has no form.
    sheet = replace(
        sheet, remarks=(*sheet.remarks, *_form_errors(sheet, table), *_carrier_errors(sheet, table))
    )
    reported = {key for key, _ in sheet.reports()}
    admitted = tuple(n for n in new if n.key in reported)
    proposals = _proposals(sheet, members, {n.key for n in new})
    names = dict(current_members().values_list("key", "name"))
    compared = _compared(table, sheet, keys, names)
    return ParkImport(
        table,
        sheet,
        compared.in_the_way,
        compared.replaced,
        compared.unchanged,
        compared.confirmation,
        admitted,
        proposals,
        names,
    )


def _compared(
    table: ReportedTable, sheet: Spreadsheet, keys: Mapping[str, UUID], names: Mapping[str, str]
) -> _Comparison:
    """Hold the reports of a spreadsheet against the newest and the approved version of each."""
    content = {key: _canonical(table, rows) for key, rows in sheet.reports().items()}
    known = {(keys[key], year): (key, year) for key, year in content if key in keys}
    newest: dict[tuple[str, int], Report] = {}
    standing: dict[tuple[str, int], Report] = {}
    versions = Report.objects.filter(table=table.name, year__in={year for _, year in content})
    for report in versions.order_by("version").defer("rows", "salt", "reasons").iterator():
        if (key := known.get((report.enterprise_id, report.year))) is not None:
            newest[key] = report
            if report.state == Report.State.APPROVED:
                standing[key] = report
    same = _same_as(content, {**standing, **{k: r for k, r in newest.items() if r.state in _OPEN}})
    waits = {k for k in same if newest[k].state == Report.State.SUBMITTED}
    in_the_way = {k for k, r in newest.items() if r.state in _OPEN} - waits
    unchanged = waits | {k for k in same if k in standing and k not in in_the_way}
    replaced = sorted(standing.keys() - unchanged)
    counts = _counts_of_rows(standing[key].pk for key in replaced)
    return _Comparison(
        {key: rows for key, rows in content.items() if key not in unchanged},
        {key: report.version for key, report in newest.items()},
        tuple(sorted(in_the_way)),
        tuple(
            Replaced(
                key,
                names.get(key, key),
                year,
                standing[key, year].version,
                counts[standing[key, year].pk],
                standing[key, year].origin != Report.Origin.HISTORY,
            )
            for key, year in replaced
        ),
        tuple(sorted(unchanged)),
    )


def _same_as(
    content: Mapping[tuple[str, int], Sequence[Row]], reports: Mapping[tuple[str, int], Report]
) -> set[tuple[str, int]]:
    """Return which reports have the rows that a spreadsheet has, in whatever order."""
    by_number = {report.pk: key for key, report in reports.items()}
    return {
        by_number[number]
        for number, rows in _rows_of(by_number)
        if _in_any_order(rows) == _in_any_order(content[by_number[number]])
    }


def _counts_of_rows(numbers: Iterable[int]) -> dict[int, int]:
    return {number: len(rows) for number, rows in _rows_of(numbers)}


def _rows_of(numbers: Iterable[int]) -> Iterator[tuple[int, list[Row]]]:
    listed = list(numbers)
    for start in range(0, len(listed), _A_BATCH):
        batch = listed[start : start + _A_BATCH]
        yield from Report.objects.filter(pk__in=batch).values_list("pk", "rows")


def _in_any_order(rows: Iterable[Row]) -> list[list[tuple[str, str]]]:
    return sorted(sorted(row.items()) for row in rows)


def _form_errors(sheet: Spreadsheet, table: ReportedTable) -> Iterator[Remark]:
    """Yield the errors that the form of a report would reject, such as a yearly amount together with
    monthly ones."""
    reports: dict[tuple[str, int], list[SheetRow]] = {}
    for row in sheet.rows:
        reports.setdefault((row.enterprise, row.year), []).append(row)
    amiss = {remark.row for remark in sheet.errors}
    for rows in reports.values():
        for found in form_findings(table, _canonical(table, [row.cells for row in rows])):
            number = None if found.row is None else rows[found.row].number
            if number not in amiss:
                yield Remark(found.code, "error", sheet.name, number, found.column, found.what, found.hint)


def _carrier_errors(sheet: Spreadsheet, table: ReportedTable) -> Iterator[Remark]:
    """Yield the first row of each unknown carrier: no answer could count it."""
    first: dict[str, int] = {}
    for row in sheet.rows if table.name == "energy" else ():
        if text := row.cells.get("carrier", ""):
            first.setdefault(text, row.number)
    meant = {text: near for text in first for known, near in [carrier_named(text)] if known is None}
    own: set[str] = set()
    if meant:
        own = {plain_name(str(row.get("carrier", ""))) for row in own_factors()}
    for text, near in meant.items():
        if plain_name(text) not in own:
            what = say("`{text}` is not a known carrier", text=text[:40])
            hint = say("did you mean `{name}`?", name=near) if near else None
            yield Remark("K214", "error", sheet.name, first[text], "carrier", what, hint)


def _members_with_newcomers(newcomers: Sequence[Newcomer]) -> Members:
    """Return the members of the park and newcomers, each of these by its id, its name and its text."""
    known = list(current_members().values_list("key", "name"))
    for new in newcomers:
        known += [(new.key, name) for name in {plain_name_of(n): n for n in (new.text, new.name)}.values()]
    return members_of([key for key, _ in known], [name for _, name in known])


def _proposals(sheet: Spreadsheet, members: Members, taken: set[str]) -> tuple[Newcomer, ...]:
    """Return the unknown enterprises of a sheet with free ids; the office may change both id and name."""
    taken = taken | set(Enterprise.objects.values_list("key", flat=True))
    proposed = []
    for unknown in sheet.unknown:
        key = _free_id(unknown.text, taken)
        taken.add(key)
        like = members.nearest(unknown.name) or members.nearest(unknown.text) or ""
        proposed.append(Newcomer(unknown.text, key, unknown.name[:_LONGEST_NAME], unknown.rows, like))
    return tuple(proposed)


def _free_id(text: str, taken: set[str]) -> str:
    """Return an unused id made from a text.

    Examples
    --------
    >>> (
    ...     _free_id("E09", set()),
    ...     _free_id("New Works, Ltd.", set()),
    ...     _free_id("东湖水泥（集团）", {"东湖水泥-集团"}),
    ... )
    ('E09', 'New-Works-Ltd', '东湖水泥-集团-2')
    """
    stem = re.sub(r"[^\w.-]+", "-", text).strip("-.")[:36] or "new"
    if KEY.fullmatch(text) and text not in taken:
        return text
    return next(
        key for n in range(1, len(taken) + 2) if (key := stem if n == 1 else f"{stem}-{n}") not in taken
    )


def keep_import(person: Person, found: ParkImport, *, history: bool, why: str, confirmation: str = "") -> int:
    """Admit the confirmed new enterprises, save the reports of a spreadsheet, and return how many reports.

    Those that have the same rows already are left as they are.

    Parameters
    ----------
    person : Person
        Of the office.
    found : ParkImport
    history : bool
        Whether they are approved as they stand; else each enterprise approves its own.
    why : str
        Of history, why it is imported without their approval; of corrections, why they are made.
    confirmation : str
        `ParkImport.confirmation` as the office looked at it.

    Raises
    ------
    PermissionDenied
        Unless the person is of the office.
    InputError
        W251 if a row is wrong, a report exists already, or a reason is missing; W294 if a new enterprise
        cannot have its id; W295 if history would replace approved reports, and the office has not confirmed
        these; W296 if it would replace one that people of the enterprise approved.  Then nothing is saved and
        no enterprise is admitted.
    """
    require(person, Role.OFFICE)
    why = why.strip()
    if history and not why:
        raise InputError("W251", say("importing historical data requires a reason"))
    if found.sheet.errors:
        first = found.sheet.errors[0]
        what = say("row {row}: {what}", row=first.row or "–", what=first.what)
        raise InputError("W251", what)
    try:
        with transaction.atomic(), whole_park("the office imports reports of many enterprises"):
            for new in found.newcomers:
                admit(new.key, new.name, "", person)
            _, keys = members_of_park()
            compared = _compared(found.table, found.sheet, keys, found.names)
            _require_correct(compared, found, history=history, why=why, confirmation=confirmation)
            made = _reports(person, found.table, compared, keys, history=history, why=why)
            for start in range(0, len(made), _A_BATCH):
                Report.objects.bulk_create(made[start : start + _A_BATCH])
            action = "history taken in" if history else "taken in"
            LogEntry.append_all(str(person.pk), action, [(r.digest(), r.enterprise_id) for r in made])
            if history:
                take_sectors(made)
    except IntegrityError:  # somebody else made one of these versions in the same moment
        raise InputError(
            "W251",
            say("another person saved one of these reports at the same moment; nothing was imported"),
            hint=say("upload the file again"),
        ) from None
    return len(made)


def _require_correct(
    compared: _Comparison, found: ParkImport, *, history: bool, why: str, confirmation: str
) -> None:
    """Refuse what may not take the place of the reports that there are now."""
    for key, year in compared.in_the_way[:1]:
        raise _import_error(found.names.get(key, key), found.table, year)
    if len(most := max(compared.content.values(), key=len, default=[])) > MOST_ROWS:
        what = say("this report has {n} rows; the maximum is {most}", most=MOST_ROWS, n=len(most))
        raise InputError("W251", what)
    if compared.replaced and not why:
        raise InputError("W251", say("a correction requires a reason"))
    if not history:
        return
    for own in (r for r in compared.replaced if r.by_enterprise):
        raise InputError(
            "W296",
            say(
                "{enterprise}, {table}, {year}: the enterprise approved version {version} itself",
                enterprise=own.name,
                table=found.table.name,
                year=own.year or "–",
                version=own.version,
            ),
            hint=say("import it as a report that waits for approval, or remove its rows from the file"),
        )
    if compared.replaced and compared.confirmation != confirmation:
        raise InputError(
            "W295",
            say("this would replace approved reports: {n}", n=len(compared.replaced)),
            hint=say("check the list, and confirm the replacement; nothing was imported"),
        )


def _reports(
    person: Person,
    table: ReportedTable,
    compared: _Comparison,
    keys: Mapping[str, UUID],
    *,
    history: bool,
    why: str,
) -> list[Report]:
    """Return the reports to keep."""
    now = timezone.now()
    return [
        Report(
            enterprise_id=keys[key],
            table=table.name,
            year=year,
            version=compared.versions.get((key, year), 0) + 1,
            state=Report.State.APPROVED if history else Report.State.SUBMITTED,
            rows=rows,
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
        for (key, year), rows in compared.content.items()
    ]


def _import_error(enterprise: str, table: ReportedTable, year: int) -> InputError:
    what = say(
        "{enterprise}, {table}, {year}: a report waits for approval or is being written",
        enterprise=enterprise,
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
