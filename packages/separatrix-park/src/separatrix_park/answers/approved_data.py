"""The approved data: which version of each report counts, and the cluster of tables that they make."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max

from separatrix.run.cached_property import cached_property
from separatrix.run.csv_output import csv_text
from separatrix_cluster.tables.description import DESCRIPTION
from separatrix_cluster.tables.layout import layouts
from separatrix_park.models import Enterprise, OfficeTable, Report
from separatrix_park.reporting.tables import reported_table, reported_tables

__all__ = [
    "Approval",
    "ApprovedData",
    "Member",
    "approved",
    "cluster_files",
]

AT_ONCE = 500
"""So many reports are fetched by their numbers in one query."""


@dataclass(frozen=True)
class Approval:
    """The newest approved version of a report."""

    report: int
    table: str
    year: int
    version: int


@dataclass(frozen=True)
class Member:
    """An enterprise of the park."""

    id: UUID
    key: str
    name: str
    sector: str


@dataclass(frozen=True)
class ApprovedData:
    """What is approved: by enterprise the newest approved version of each of its reports.

    Attributes
    ----------
    members : tuple of Member
    of : mapping of enterprise id to tuple of Approval
    office : tuple of (name, version, number)
        The tables that the office keeps, in their newest versions.
    description : str
        What the park says of itself is called: the hash of its cluster.yaml, '' where it has none.
    until : datetime or None
        When the newest approval was given.
    """

    members: tuple[Member, ...]
    of: Mapping[UUID, tuple[Approval, ...]]
    office: tuple[tuple[str, int, int], ...]
    description: str
    until: datetime | None

    @cached_property
    def version(self) -> str:
        """What the whole of it is called: another name after each approval, deletion, and new member.

        It is made of numbers of versions and of no value, so that nothing can be tried out against it.
        """
        members = [[m.key, m.name, m.sector, self.version_of(m.id)] for m in self.members]
        return _hash([members, self.shared])[:16]

    @cached_property
    def shared(self) -> str:
        """Names of the office tables; all accounts depend on them."""
        return _hash([[name, version] for name, version, _ in self.office])

    @cached_property
    def _place(self) -> Mapping[UUID, int]:
        return {member.id: place for place, member in enumerate(self.members)}

    def listed(self, only: Iterable[UUID]) -> list[Member]:
        """Return some enterprises in the order of the members, without a look at all others."""
        return [self.members[place] for place in sorted(self._place[e] for e in only if e in self._place)]

    def version_of(self, enterprise: UUID) -> str:
        """Return what the approved reports of one enterprise are called; '' where it has none."""
        told = self.of.get(enterprise, ())
        return _hash([[a.table, a.year, a.version, a.report] for a in told]) if told else ""

    @property
    def reports(self) -> int:
        """How many reports are approved."""
        return sum(map(len, self.of.values()))


def approved(
    only: Collection[UUID] | None = None,
    *,
    all_listed: bool = False,
    members: tuple[Member, ...] | None = None,
) -> ApprovedData:
    """Return what is approved now, as far as the scope in force reads it.

    Parameters
    ----------
    only : collection of UUID, optional
        Enterprises to read; by default all.
    all_listed : bool
        Whether the others are listed as members anyway.
    members : tuple of Member, optional
        Members to list instead, so that neither they nor the time of the last approval are looked up.
    """
    newest: dict[UUID, dict[tuple[str, int], Approval]] = {}
    until: datetime | None = None
    told = Report.objects.filter(state=Report.State.APPROVED).order_by("version")
    listed = Enterprise.objects.order_by("key")
    if only is not None:
        told = told.filter(enterprise_id__in=only)
        listed = listed if all_listed else listed.filter(pk__in=only)
    # No sorting in the database beyond the version: rows of ten thousands go through here for each page.
    for number, enterprise, table, year, version in told.values_list(
        "pk", "enterprise_id", "table", "year", "version"
    ).iterator(chunk_size=5000):
        newest.setdefault(enterprise, {})[table, year] = Approval(number, table, year, version)
    if members is None:
        until = told.aggregate(last=Max("judged"))["last"]
        members = tuple(Member(*row) for row in listed.values_list("id", "key", "name", "sector"))
    of = {e: tuple(reports[k] for k in sorted(reports)) for e, reports in newest.items()}
    try:
        described = hashlib.sha256((settings.PARK.path / DESCRIPTION).read_bytes()).hexdigest()
    except OSError:
        described = ""
    return ApprovedData(members, of, _office_tables(), described, until)


def _office_tables() -> tuple[tuple[str, int, int], ...]:
    rows = OfficeTable.objects.order_by("name", "version").values_list("name", "version", "pk")
    return tuple({row[0]: row for row in rows}.values())  # later versions overwrite earlier ones


def _hash(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()


# --------------------------------------------------------------------------- as a cluster folder


def _description(data: ApprovedData) -> bytes:
    """Return the cluster.yaml of the park, or one that says what it is called."""
    path = settings.PARK.path / DESCRIPTION
    try:
        content: bytes = path.read_bytes()
    except OSError:
        sources = [f"reports of the platform, version {data.version}"]
        # JSON is YAML, and needs no thought about names with colons.
        told = {"format": 1, "name": settings.PARK.name, "sources": sources}
        content = json.dumps(told, ensure_ascii=False).encode()
    return content


def cluster_files(data: ApprovedData, only: Collection[UUID] | None = None) -> tuple[tuple[str, bytes], ...]:
    """Return the files of a cluster folder of what is approved, as `load_cluster` reads it.

    Parameters
    ----------
    data : ApprovedData
    only : collection of UUID, optional
        Enterprises whose reports are included; others are listed if these may name them.
    """
    those = data.members if only is None else data.listed(only)
    chosen = {
        approval.report: (member.key, approval) for member in those for approval in data.of.get(member.id, ())
    }
    rows: dict[str, list[dict[str, Any]]] = {}
    about: dict[str, dict[str, Any]] = {}
    contents = dict(_rows_of(Report, list(chosen)))
    of_table: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for number, (key, approval) in chosen.items():
        of_table.setdefault((key, approval.table), []).extend(contents.get(number, ()))
    for number, (key, approval) in chosen.items():
        if approval.table not in reported_tables():
            continue
        table = reported_table(approval.table)
        # What is approved without rows says that there was nothing to report.
        content = contents.get(number) or table.zero_rows(of_table[key, approval.table])
        told = table.cluster_rows(key, approval.year, content)
        if approval.table == "enterprises":
            about.setdefault(key, {}).update((n, t) for row in told for n, t in row.items() if n != "name")
        else:
            rows.setdefault(approval.table, []).extend(told)
    of_office = {number: name for name, _, number in data.office}
    for number, told in _rows_of(OfficeTable, list(of_office)):
        rows.setdefault(of_office[number], []).extend(told)
    named = only is None or any(
        row.get("supplier") for name in ("energy", "purchases") for row in rows.get(name, ())
    )
    # Ids of enterprises are those of one park: beyond it footprints need names that no other park has.
    members = [
        {
            "urn": m.id.urn,
            **about.get(m.key, {}),
            **({"sector": m.sector} if m.sector else {}),
            "id": m.key,
            "name": m.name or m.key,
        }
        for m in (data.members if named else those)
    ]
    # A file without a row would be one that cannot be read.
    tables = {"enterprises": members, **{name: told for name, told in rows.items() if told}}
    return (
        (DESCRIPTION, _description(data)),
        *((f"{name}.csv", _csv(name, tables[name])) for name in sorted(tables)),
    )


def _rows_of(model: Any, numbers: Sequence[int]) -> Iterable[tuple[int, list[dict[str, Any]]]]:
    for k in range(0, len(numbers), AT_ONCE):
        yield from model.objects.filter(pk__in=numbers[k : k + AT_ONCE]).values_list("pk", "rows")


def _csv(table: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    known = list(layouts()[table].columns) if table in layouts() else []
    told = dict.fromkeys(column for row in rows for column in row)
    columns = [c for c in known if c in told] + [c for c in told if c not in known]
    return csv_text(columns, [[row.get(c, "") for c in columns] for row in rows]).encode()
