"""An emission factor: t CO2 for one unit of a carrier, its interval, its publication and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from separatrix_cluster.tables.units import BASE

__all__ = ["KWH_IN_GJ", "Factor", "Kind"]

Kind = Literal["combustion", "process", "location", "market"]

KWH_IN_GJ = 0.0036


@dataclass(frozen=True)
class Factor:
    """An emission factor: t CO2 for one base unit (t, m3 or GJ) of a carrier.

    Attributes
    ----------
    carrier, kind, area : str
        What it is for, and where.
    year : int or None
        For which year; None for any.
    dimension : str
        Of the amount it multiplies: mass, volume or energy.
    value, low, high : float
        t CO2 per base unit, with its 95 % interval where one is published (else all three are equal).
    energy : float
        GJ in one base unit; `nan` where not known.
    source : str
        The publication, or the user's own words.
    verified : bool
        Whether the number was compared with its publication.
    biogenic : bool
        Whether its CO2 is of recent biological origin, and so listed apart.
    equivalent : bool
        Whether its unit is CO2e, so that it holds the other gases of burning, too.
    """

    carrier: str
    kind: Kind
    area: str
    year: int | None
    dimension: str
    value: float
    low: float
    high: float
    energy: float
    source: str
    verified: bool
    biogenic: bool = False
    equivalent: bool = False

    @property
    def spread(self) -> float:
        """Half-width of the 95 % interval as a share of the value."""
        return (self.high - self.low) / 2 / self.value if self.value > 0 else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the factor as plain data."""
        return {
            "carrier": self.carrier,
            "kind": self.kind,
            "area": self.area,
            "year": self.year,
            "value": self.value,
            # No interval is published: null, which is not the same as an interval of no width.
            "low": None if self.low == self.high else self.low,
            "high": None if self.low == self.high else self.high,
            "unit": f"tCO2{'e' if self.equivalent else ''}/{BASE[self.dimension]}",
            "source": self.source,
            "verified": self.verified,
            "biogenic": self.biogenic,
            "heating_value": "net" if self.kind == "combustion" else None,
        }
