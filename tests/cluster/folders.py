"""Cluster folders made for a test."""

from __future__ import annotations

from pathlib import Path

from separatrix.io.cells import Remark
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster

DESCRIPTION = "name: Test park\ncountry: CN\ngrid_area: East\nmoney_unit: 10k CNY\nfactor_set: cn-guideline\n"
THREE = "id,name\nE01,First\nE02,Second\nE03,Third\n"
ENERGY = "enterprise,year,carrier,amount,unit\n"


def write(folder: Path, description: str = DESCRIPTION, **tables: str | bytes) -> Path:
    """Write `cluster.yaml` and a CSV file for each table; `enterprises` has three rows by default."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cluster.yaml").write_text(description, encoding="utf-8")
    for name, text in {"enterprises": THREE, **tables}.items():
        path = folder / f"{name}.csv"
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text, encoding="utf-8")
    return folder


def park(folder: Path, description: str = DESCRIPTION, **tables: str | bytes) -> Cluster:
    """Write the folder and read it."""
    return load_cluster(write(folder, description, **tables))


def found(remarks: tuple[Remark, ...], code: str) -> list[tuple[str, int | None, str | None, str]]:
    """Return file, row, column and severity of the remarks with a code."""
    return [(r.file, r.row, r.column, r.severity) for r in remarks if r.code == code]


def codes(remarks: tuple[Remark, ...]) -> set[str]:
    """Return the codes of remarks that are no mere notes."""
    return {r.code for r in remarks if r.severity != "note"}
