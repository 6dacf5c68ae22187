"""Answers on what was approved: the cluster folder of the approved reports, and what is said of it."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from separatrix.cluster.accounts.account import carbon_accounts
from separatrix.cluster.accounts.result import CarbonAccounts
from separatrix.cluster.tables.folder import load_cluster
from separatrix.run.csv_text import csv_text
from separatrix.serve.park.models.people import Enterprise
from separatrix.serve.park.models.reports import Report

__all__ = ["ApprovedData", "approved", "page_one", "write_cluster"]


@dataclass(frozen=True)
class ApprovedData:
    """The newest approved version of each report, and the version of the whole."""

    reports: tuple[Report, ...]
    version: str


def approved() -> ApprovedData:
    """Return what is approved now."""
    newest: dict[tuple[object, str, int], Report] = {}
    for report in Report.objects.filter(state=Report.State.APPROVED).order_by("version"):
        newest[report.enterprise_id, report.table, report.year] = report
    reports = tuple(sorted(newest.values(), key=lambda r: (str(r.enterprise_id), r.table, r.year)))
    told = [[str(r.enterprise_id), r.table, r.year, r.version] for r in reports]
    return ApprovedData(reports, hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16])


def write_cluster(data: ApprovedData, folder: Path, name: str) -> None:
    """Write the cluster folder of what is approved, as `load_cluster` reads it."""
    members = list(Enterprise.objects.order_by("key"))
    keys = {e.pk: e.key for e in members}
    # JSON is YAML, and needs no thought about names with colons.
    described = {"format": 1, "name": name, "sources": [f"reports of the platform, version {data.version}"]}
    (folder / "cluster.yaml").write_text(json.dumps(described, ensure_ascii=False), "utf-8")
    table = csv_text(["id", "name", "sector"], [[e.key, e.name, e.sector] for e in members])
    (folder / "enterprises.csv").write_text(table, "utf-8")
    for kind in sorted({r.table for r in data.reports}):
        rows = [
            {"enterprise": keys[r.enterprise_id], "year": r.year, **row}
            for r in data.reports
            if r.table == kind
            for row in r.rows
        ]
        columns = list(dict.fromkeys(["enterprise", "year", *(c for row in rows for c in row)]))
        text = csv_text(columns, [[row.get(c, "") for c in columns] for row in rows])
        (folder / f"{kind}.csv").write_text(text, "utf-8")


def page_one(name: str) -> tuple[ApprovedData, CarbonAccounts]:
    """Return the accounts of the park on the data approved so far."""
    data = approved()
    with tempfile.TemporaryDirectory() as folder:
        write_cluster(data, Path(folder), name)
        return data, carbon_accounts(load_cluster(Path(folder) / "cluster.yaml"))
