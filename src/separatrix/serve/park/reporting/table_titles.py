"""What people call the tables that they report, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as told
from django.utils.translation import gettext_lazy as _

from separatrix.serve.park.reporting.reported_table import STANDING

__all__ = ["TITLES", "period_of_report", "title_of"]

TITLES: Mapping[str, Promise] = {
    "energy": _("Energy"),
    "emissions": _("Process and verified emissions"),
    "accounts": _("Output and staff"),
    "products": _("Products"),
    "purchases": _("Purchases"),
    "awareness": _("Awareness survey"),
    "adoption": _("Low-carbon cooperation"),
    "trade": _("Exports"),
    "streams": _("Streams on offer and wanted"),
    "measures": _("Measures"),
    "links": _("Links to others"),
    "enterprises": _("The enterprise itself"),
    "factors": _("Emission factors of one's own"),
    "region": _("Totals of the region"),
    "benchmarks": _("Benchmarks"),
    "facilities": _("Shared facilities"),
    "io_sectors": _("Sectors of the input-output table"),
    "io": _("Input-output coefficients"),
}


def title_of(table: str) -> Any:
    """Return what a table is called."""
    return TITLES.get(table, table)


def period_of_report(year: int) -> str:
    """Return the year of a report as people read it; a list that holds for no one year says so."""
    return told("standing list") if year == STANDING else str(year)
