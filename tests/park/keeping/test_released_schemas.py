"""A park of every released version becomes one of this version, on both databases, with every row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from park.keeping.released_schema import RELEASED, packed
from park.keeping.test_backup import elsewhere
from separatrix_park.folder import ParkFolder
from separatrix_park.records.archive import read_archive

VERSIONS = sorted(p.name for p in RELEASED.iterdir())


@pytest.mark.parametrize("version", VERSIONS)
def test_a_park_of_a_released_version_becomes_one_of_this_version(
    park: ParkFolder, version: str, tmp_path: Path
) -> None:
    """Its rows are there, its reports are those that the log speaks of, and the chain holds.

    Where this fails for a version that was not released yet, `released_schema.py` writes its folder anew.
    """
    from separatrix_park.models import LogEntry, Report
    from separatrix_park.records.chain import verified
    from separatrix_park.records.health import applied_steps, lines_of, migrate_to, tables_at
    from separatrix_park.records.restore import restore_tables
    from separatrix_park.scope import whole_park_on

    archive = read_archive(packed(RELEASED / version, tmp_path / "backup.zip"))
    with elsewhere(tmp_path) as alias:
        restore_tables(archive, alias)
        migrate_to(alias)
        with whole_park_on(alias, "the tests look at what became of a released park"):
            tables = {str(m._meta.label_lower): m for m in tables_at(alias, applied_steps(alias))}
            rows = {name: [json.loads(x) for x in lines_of(m, alias)] for name, m in tables.items()}
    for name, told in archive.manifest["tables"].items():
        if name.startswith("park."):
            assert len(rows[name]) == told["rows"], name
    log = [LogEntry(**row) for row in _typed(LogEntry, rows["park.logentry"])]
    assert verified(log).whole and f"{log[-1].number}:{log[-1].digest}" == archive.manifest["head"]
    subjects = {entry.subject for entry in log}
    reports = [Report(**row) for row in _typed(Report, rows["park.report"])]
    assert len(reports) >= 3 and {report.digest() for report in reports} <= subjects


def _typed(model: type, rows: list[dict[str, object]]) -> list[dict[str, object]]:
    from separatrix_park.records.health import typed

    fields = {f.attname: f for f in model._meta.concrete_fields}  # type: ignore[attr-defined]
    return [{name: typed(fields[name], value) for name, value in row.items()} for row in rows]


def test_there_is_a_park_of_this_version() -> None:
    """A release cannot be made without the park that later versions will have to migrate."""
    from separatrix import __version__

    assert __version__ in VERSIONS
