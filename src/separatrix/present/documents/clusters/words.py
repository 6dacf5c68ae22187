"""Numbers, places and names of clusters in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.number_text import rounded
from separatrix.present.languages import Language
from separatrix.present.wording.numbers import percent
from separatrix.reading.remark import Remark

__all__ = [
    "CarbonUnit",
    "amount",
    "carbon_unit",
    "credit",
    "difficulty_name",
    "driver_name",
    "factor_shown",
    "indicator_interval",
    "indicator_value",
    "place_of",
    "quantity_name",
    "share",
    "size_name",
    "span",
    "tonnes",
]

NBSP = "\u00a0"
"""Between a number and its unit, and inside a range: a line never breaks there."""


def amount(value: float | None, digits: int = 3) -> str:
    """Return an amount with few digits and thousands set apart.

    Examples
    --------
    >>> amount(21675888.0), amount(0.01234567), amount(12.0), amount(None)
    ('21,675,888', '0.0123', '12', '–')
    """
    if value is None or value != value:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}".replace("-", "−")
    return rounded(value, digits)


def span(low: str, high: str) -> str:
    """Return a range from what its ends look like; one of them where both look alike."""
    return low if low == high else f"{low}{NBSP}–{NBSP}{high}"


def share(value: float | None) -> str:
    """Return a share as a percentage without decimals that nobody needs."""
    if value is None or value != value:
        return "–"
    return percent(value, 1 if 0 < value < 0.1 else 0).replace(" ", NBSP)


def tonnes(value: float) -> str:
    """Return t CO2e as a sentence has it: Mt, kt or t.

    Examples
    --------
    >>> [tonnes(v).replace(NBSP, " ") for v in (21_675_888.0, 934_090.0, 812.4)]
    ['21.68 Mt', '934.1 kt', '812 t']
    """
    for least, scale, unit, places in ((1e6, 1e6, "Mt", 2), (1e4, 1e3, "kt", 1), (0.0, 1.0, "t", 0)):
        if abs(value) >= least:
            return f"{value / scale:,.{places}f}{NBSP}{unit}".replace("-", "−")
    return "–"


@dataclass(frozen=True)
class CarbonUnit:
    """How a table shows t CO2e: how many tonnes its unit is, the name of that, and the decimals."""

    scale: float
    name: str
    places: int

    def tell(self, value: float, *, sign: bool = False) -> str:
        """Return an amount of t CO2e in this unit."""
        shown = value / self.scale + 0.0
        return f"{shown:{'+' if sign else ''},.{self.places}f}".replace("-", "−")


def carbon_unit(values: Iterable[float]) -> CarbonUnit:
    """Return the unit in which a table of these t CO2e reads best.

    Examples
    --------
    >>> carbon_unit([934_090.0, 812.0]).tell(812.0), carbon_unit([4_143_614.0]).tell(4_143_614.0)
    ('0.8', '4,144')
    """
    largest = max((abs(v) for v in values if v == v), default=0.0)
    if largest < 1e4:
        return CarbonUnit(1.0, "t", 0)
    return CarbonUnit(1e3, "kt", 1 if largest < 1e6 else 0)


def indicator_value(value: float | None, unit: str, words: Language) -> str:
    """Return the value of an indicator with its unit."""
    if value is None:
        return "–"
    if unit == "share" and 0 <= value <= 1:
        return share(value)
    told = words.unit("" if unit == "share" else unit)
    between = f"{NBSP}×{NBSP}" if told[:1].isdigit() else NBSP
    return f"{amount(value)}{between}{told}".replace(" ", NBSP) if told else amount(value)


def indicator_interval(low: float, high: float, unit: str) -> str:
    """Return the interval of an indicator, in brackets after its value; '' where it has no width."""
    if unit == "share" and 0 <= low <= high <= 1:
        ends = share(low).removesuffix(f"{NBSP}%"), share(high)
        return "" if ends[0] == ends[1].removesuffix(f"{NBSP}%") else f"({ends[0]}–{ends[1]})"
    ends = amount(low), amount(high)
    return "" if ends[0] == ends[1] else f"({ends[0]}–{ends[1]})"


def factor_shown(carrier: str, value: float, unit: str) -> str:
    """Return an emission factor as it is usually quoted: power by kWh, gas by 10,000 m³."""
    if carrier == "electricity" and unit == "tCO2/GJ":
        value, unit = value * 3.6, "kgCO2/kWh"
    elif unit == "tCO2/m3":
        value, unit = value * 1e4, "tCO2/1e4 m3"
    return f"{amount(value, 4)} {unit}".replace(" ", NBSP)


def credit(cluster: Cluster, words: Language) -> str:
    """Return the attribution of the data, for figures and other outputs with room for one text."""
    told = cluster.attribution
    return words.CL_DATA.format(sources=told) if told else ""


def difficulty_name(name: str, words: Language) -> str:
    """Return a difficulty in the reader's language."""
    return {
        "understanding": words.CL_UNDERSTANDING,
        "growth": words.CL_GROWTH,
        "place": words.CL_PLACE,
        "technology": words.CL_TECHNOLOGY,
    }[name]


def quantity_name(name: str, words: Language) -> str:
    """Return what a weight, a concentration or a location quotient is of."""
    return {
        "output": words.CL_OUTPUT,
        "emissions": words.CL_EMISSIONS,
        "staff": words.CL_STAFF,
        "employment": words.CL_EMPLOYMENT,
        "value_added": words.CL_VALUE_ADDED,
    }[name]


def size_name(name: str, words: Language) -> str:
    """Return a size class in the reader's language."""
    known = {
        "micro": words.CL_MICRO,
        "small": words.CL_SMALL,
        "medium": words.CL_MEDIUM,
        "large": words.CL_LARGE,
    }
    return known.get(name, words.CL_NOT_KNOWN)


def driver_name(name: str, words: Language) -> str:
    """Return a factor of a decomposition in the reader's language."""
    return {
        "activity": words.CL_FACTOR_ACTIVITY,
        "structure": words.CL_FACTOR_STRUCTURE,
        "energy intensity": words.CL_FACTOR_ENERGY_INTENSITY,
        "carbon intensity": words.CL_FACTOR_CARBON_INTENSITY,
        "fuel mix": words.CL_FACTOR_FUEL_MIX,
        "emission factor": words.CL_FACTOR_EMISSION_FACTOR,
        "process intensity": words.CL_FACTOR_PROCESS_INTENSITY,
    }[name]


def place_of(remark: Remark, words: Language) -> str:
    """Return where a remark belongs."""
    told = remark.file
    if remark.row is not None:
        told = words.CL_ROW.format(file=told, row=remark.row)
    if remark.column is not None:
        told = words.CL_COLUMN.format(place=told, column=remark.column)
    return told
