"""A PACT record as shown on pages: in the reader's language, with units, days and missing data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from separatrix.languages.number_text import rounded
from separatrix_cluster.footprints.pact_kinds import GEOGRAPHIES, instant

__all__ = ["UNITS", "RecordSummary"]

UNITS = {
    "liter": _("litre"),
    "kilogram": _("kg"),
    "cubic meter": _("m³"),
    "kilowatt hour": _("kWh"),
    "megajoule": _("MJ"),
    "ton kilometer": _("tonne-kilometre"),
    "square meter": _("m²"),
    "piece": _("piece"),
    "hour": _("hour"),
    "megabit second": _("megabit second"),
}
"""What people call the declared units of the protocol."""

FROM_2025 = instant("2025-01-01T00:00:00Z")
"""Since when the protocol wants the share of primary data and the ratings of data."""


@dataclass(frozen=True)
class RecordSummary:
    """A record as shown on a page.

    Attributes
    ----------
    carbon, amount, unit : str
        kg CO2e per amount of a unit, as in the record.
    start, end : date or None
        The first and the last day of its period, as the record counts days.
    geography, company : str
    primary_share : str
        Percentage, in few digits.
    exempted, left_out : str
        Percentage of the emissions that is excluded, and the reason.
    lacking : tuple of str
        Data that the protocol requires for its period, and the record does not include.
    """

    carbon: str
    amount: str
    unit: Any
    start: date | None
    end: date | None
    geography: str
    company: str
    primary_share: str
    exempted: str
    left_out: str
    lacking: tuple[Any, ...]

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> RecordSummary:
        """Return the summary of a record."""
        pcf = record.get("pcf", {})
        start, end = (_moment(pcf.get(f"referencePeriod{name}")) for name in ("Start", "End"))
        lacking: list[Any] = []
        if end is not None and end > FROM_2025:
            lacking += [] if "primaryDataShare" in pcf else [_("the share of primary data")]
            lacking += [] if "dqi" in pcf else [_("the data quality ratings")]
        unit = str(pcf.get("declaredUnitOfMeasurement", ""))
        return cls(
            str(pcf.get("pcfExcludingBiogenicUptake", "–")),
            str(pcf.get("declaredUnitAmount", "1")),
            UNITS.get(unit, unit),
            None if start is None else start.date(),
            None if end is None else (end - timedelta(seconds=1)).date(),
            next((str(pcf[name]) for name in GEOGRAPHIES if name in pcf), ""),
            str(record.get("companyName", "")),
            _few_digits(pcf.get("primaryDataShare")),
            _few_digits(pcf.get("exemptedEmissionsPercent")),
            str(pcf.get("exemptedEmissionsDescription", "")),
            tuple(lacking),
        )


def _few_digits(told: Any) -> str:
    """Return a percentage for readers, '' if none is given."""
    try:
        return "" if told is None else rounded(float(told), 3)
    except (TypeError, ValueError):
        return ""


def _moment(text: Any) -> datetime | None:
    """Return a moment in the record's own zone, by which it counts its days."""
    try:
        moment = datetime.fromisoformat(str(text).upper())
    except ValueError:
        return None
    return None if moment.tzinfo is None or moment.year < 2 else moment
