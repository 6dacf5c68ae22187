"""What the ministry lists: each item of the page in the documentation leads somewhere, or says why not."""

from __future__ import annotations

import re
from pathlib import Path

from park.conftest import Join

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "park.md"
LISTED = (
    "query",
    "totals",
    "analysis",
    "benchmarking",
    "energy flow",
    "optimisation",
    "budget",
    "footprints",
)


def items() -> dict[str, tuple[str, str]]:
    """Return where each item is answered, and what is not done."""
    text = PAGE.read_text("utf-8")
    table = text[text.index("| item | where |") :].split("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()[2:]]
    return {item.strip(): (where, lacks) for item, where, lacks in rows}


def test_each_item_has_a_page_that_opens_or_a_reason(join: Join) -> None:
    """The addresses open for those whose pages they are, also while nothing is approved yet."""
    told = items()
    for word in LISTED:
        assert any(word in item for item in told), word
    office = join("office@example.org", "office")
    entry = join("a@e1.example", "entry", "E01", office)
    for item, (where, lacks) in told.items():
        pages = [page for page in re.findall(r"`(/[^`]*)`", where) if not page.startswith("/api/")]
        assert pages or len(lacks) > 20, item
        for page in pages:
            reader = entry if page == "/enterprise/" else office
            assert reader.get(page).status_code == 200, (item, page)
