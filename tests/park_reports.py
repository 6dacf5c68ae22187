"""Approved reports for the tests of answers, put into the store without the pages that they come by."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["approve", "cluster_of_park", "monthly_bills"]

MONTHS = range(1, 13)


def approve(
    key: str, table: str, year: int, rows: Sequence[Mapping[str, str]], *, sector: str = "C30"
) -> Any:
    """Return a report of an enterprise, approved now; the enterprise is made where there is none.

    Without rows it says that there is nothing to report.
    """
    from django.db.models import Max
    from django.utils import timezone

    from separatrix_park.models import Enterprise, Report
    from separatrix_park.scope import whole_park

    with whole_park("reports of a test"):
        enterprise, _ = Enterprise.objects.get_or_create(key=key, defaults={"name": key, "sector": sector})
        told = Report.objects.filter(enterprise=enterprise, table=table, year=year)
        return Report.objects.create(
            enterprise=enterprise,
            table=table,
            year=year,
            version=(told.aggregate(last=Max("version"))["last"] or 0) + 1,
            state=Report.State.APPROVED,
            rows=list(rows),
            nothing=not rows,
            salt=secrets.token_bytes(32),
            judged=timezone.now(),
        )


def monthly_bills(amount: float, months: Sequence[int] = MONTHS) -> list[dict[str, str]]:
    """Return bills of natural gas, in 10,000 m³, and of as many 100 MWh of electricity."""
    told = [(m, amount + m * m % 7) for m in months]
    return [
        {"month": str(m), "carrier": carrier, "amount": f"{much * each:.2f}", "unit": unit}
        for carrier, unit, each in (("natural_gas", "1e4 Nm3", 1.0), ("electricity", "MWh", 100.0))
        for m, much in told
    ]


def cluster_of_park(folder: Any) -> Any:
    """Return the cluster of all that is approved, read by the library from its files."""
    from separatrix_cluster.tables.reader import load_cluster
    from separatrix_park.answers.approved_data import approved, cluster_files
    from separatrix_park.scope import whole_park

    with whole_park("the cluster of a test"):
        for name, content in cluster_files(approved()):
            (folder / name).write_bytes(content)
    return load_cluster(folder)
