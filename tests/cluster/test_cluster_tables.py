"""The documentation's tables of clusters are made from what the program reads."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest

from separatrix_cluster.tables.layout import layouts

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))
from cluster_tables import MAKERS

PAGES = list((Path(__file__).resolve().parents[2] / "docs").rglob("*.md"))


def test_every_column_of_every_table_is_listed() -> None:
    """Each table is named, each of its columns below it, and those that are needed say so."""
    lines = MAKERS["tables"]()
    for layout in layouts().values():
        start = next(i for i, line in enumerate(lines) if line.startswith(f"**`{layout.name}`**"))
        rows = lines[start + 4 : start + 4 + len(layout.columns)]
        for row, column in zip(rows, layout.columns.values(), strict=True):
            assert row.startswith(f"| `{column.name}`{' (needed)' if column.required else ''} |")


@pytest.mark.parametrize("name", list(MAKERS))
def test_every_row_has_as_many_cells_as_its_head(name: str) -> None:
    """No cell breaks its table, and each table stands on a page."""
    counts = [line.replace("\\|", "").count("|") for line in MAKERS[name]()]
    for before, here in pairwise(counts):
        assert here == before or 0 in (before, here)
    assert any(f"```{{cluster}} {name}\n" in page.read_text("utf-8") for page in PAGES)


def test_what_is_not_verified_says_so_on_the_page() -> None:
    """The Chinese fuel defaults, bought heat and two standards are marked."""
    factors = "\n".join(MAKERS["factors"]())
    assert "**`cn-guideline`**" in factors
    assert "; **not verified**." in factors.partition("**`cn-guideline`**")[2]
    heat = [line for line in MAKERS["factors"]() if "| heat, " in line]
    assert heat and all(line.endswith("| **no** |") for line in heat)
    assert "\n".join(MAKERS["standards"]()).count("**not verified**") == 2
