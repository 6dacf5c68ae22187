"""What pages tell of a record of PACT: its days as it counts them, and what is lacking."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z", (date(2024, 1, 1), date(2024, 12, 31))),
        ("2024-01-01T00:00:00+08:00", "2025-01-01T00:00:00+08:00", (date(2024, 1, 1), date(2024, 12, 31))),
        ("2024-01-01t00:00:00z", "2024-12-31T23:59:59-05:00", (date(2024, 1, 1), date(2024, 12, 31))),
        ("yesterday", None, (None, None)),
        ("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", (None, date(9999, 12, 30))),
    ],
)
def test_a_period_is_told_by_its_first_and_last_day(start: Any, end: Any, days: tuple[Any, Any]) -> None:
    """In the record's own zone: a year of China is no other year in Greenwich."""
    from separatrix_park.views.footprints import RecordSummary

    told = RecordSummary.of({"pcf": {"referencePeriodStart": start, "referencePeriodEnd": end}})
    assert (told.start, told.end) == days


def test_what_the_protocol_wants_from_2025_on_is_told_where_it_is_lacking() -> None:
    """Of earlier periods it wants less."""
    from separatrix_park.views.footprints import RecordSummary

    for end, lacking in (("2025-01-01T00:00:00Z", 0), ("2026-01-01T00:00:00Z", 2)):
        pcf = {"referencePeriodStart": "2024-01-01T00:00:00Z", "referencePeriodEnd": end}
        assert len(RecordSummary.of({"pcf": pcf}).lacking) == lacking
        full = pcf | {"primaryDataShare": "50", "dqi": {}}
        assert RecordSummary.of({"pcf": full}).lacking == ()


def test_a_record_of_nothing_is_told_as_that() -> None:
    """No page fails for it."""
    from separatrix_park.views.footprints import RecordSummary

    told = RecordSummary.of({})
    assert (told.carbon, told.start, told.company) == ("–", None, "")
