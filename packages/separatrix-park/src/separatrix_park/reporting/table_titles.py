"""What people call the tables that they report and their columns, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as told
from django.utils.translation import gettext_lazy as _

from separatrix_cluster.tables.layout import layouts
from separatrix_park.language import library_language
from separatrix_park.reporting.reported_table import STANDING, column_name

__all__ = ["TITLES", "column_title", "period_of_report", "title_of"]

TITLES: Mapping[str, Promise] = {
    "energy": _("Energy"),
    "emissions": _("Process and verified emissions"),
    "accounts": _("Output and staff"),
    "products": _("Products"),
    "purchases": _("Purchases"),
    "awareness": _("Awareness survey"),
    "adoption": _("Low-carbon cooperation"),
    "trade": _("Exports"),
    "streams": _("Streams offered and wanted"),
    "measures": _("Measures"),
    "links": _("Links to others"),
    "enterprises": _("The enterprise itself"),
    "factors": _("Your own emission factors"),
    "region": _("Regional totals"),
    "benchmarks": _("Benchmarks"),
    "facilities": _("Shared facilities"),
    "io_sectors": _("Sectors of the input-output table"),
    "io": _("Input-output coefficients"),
}


def title_of(table: str) -> Any:
    """Return what a table is called."""
    return TITLES.get(table, table)


def column_title(table: str, column: str) -> str:
    """Return what a column of a table is called; a heading that it does not know as it is.

    Examples
    --------
    >>> from django.utils.translation import override
    >>> with override("zh-hans"):
    ...     column_title("energy", "carrier"), column_title("energy", "Bemerkung")
    ('能源品种', 'Bemerkung')
    """
    layout = layouts().get(table)
    found = None if layout is None else layout.column_of(column)
    return column if found is None else column_name(found, library_language())


def period_of_report(year: int) -> str:
    """Return the year of a report as people read it; a list that holds for no one year says so."""
    return told("permanent list") if year == STANDING else str(year)
