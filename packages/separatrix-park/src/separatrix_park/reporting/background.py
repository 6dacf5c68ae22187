"""The background for checking a report: the park, the enterprise's other reports, and the enterprises it
names."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from separatrix_cluster.tables.members import plain_name_of
from separatrix_park.folder import ParkFolder
from separatrix_park.members import current_members
from separatrix_park.models.accounts import OfficeTable
from separatrix_park.models.people import Enterprise
from separatrix_park.reporting.description import park_description
from separatrix_park.reporting.duties import DONE
from separatrix_park.reporting.examination import Background
from separatrix_park.reporting.report_versions import reports_of
from separatrix_park.reporting.reported_table import Row, reported_tables
from separatrix_park.scope import whole_park

__all__ = ["background_of", "members_named", "own_factors"]


def background_of(park: ParkFolder, enterprise: Enterprise, rows: Iterable[Row]) -> Background:
    """Return the background for checking the rows of a report.

    What the enterprise reported otherwise is there as it counts: the newest version of each report that is
    approved or waits for it.
    """
    before: dict[tuple[str, int], list[Row]] = {}
    for report in reports_of(enterprise.pk).filter(state__in=DONE).order_by("version"):
        if report.table in reported_tables():
            before[report.table, report.year] = list(report.rows)
    profile = dict(next(iter(before.get(("enterprises", 0), ())), {}))
    named = {"name": enterprise.name, "sector": enterprise.sector}
    told = [*rows, *(row for other in before.values() for row in other)]
    return Background(
        park_description(park),
        enterprise.key,
        {name: text for name, text in {**profile, **named}.items() if text},
        members_named(_references(told)),
        before,
        timezone.localtime().year,
        tuple(own_factors()),
    )


def own_factors() -> list[Row]:
    """Return the emission factors that the park keeps itself, in their newest version.

    No enterprise reads them; the checks of its report count with them, as its accounts do.
    """
    with whole_park("the checks of a report count with the factors of the park, as its accounts do"):
        newest = OfficeTable.objects.filter(name="factors").order_by("-version").first()
        return list(newest.rows) if newest else []


def _references(rows: Iterable[Row]) -> set[str]:
    return {text for row in rows for name, text in row.items() if name in ("supplier", "to") and text}


def members_named(texts: Iterable[str]) -> frozenset[str]:
    """Return those of some texts that are the id or the name of an enterprise of the park.

    An enterprise does not see the list of members. It may name its business partners and needs to know if a
    name does not exist. Nothing else about them is read.
    """
    asked = {text: plain_name_of(text) for text in texts}
    if not asked:
        return frozenset()
    with whole_park("whether those exist whom a report names; nothing else of them is read"):
        known = current_members().values_list("key", "name")
        plain = {plain_name_of(text) for pair in known for text in pair}
    return frozenset(text for text, name in asked.items() if name in plain)
