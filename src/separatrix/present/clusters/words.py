"""Numbers, places and names of clusters in words."""

from __future__ import annotations

from separatrix.cluster.cluster import Cluster
from separatrix.cluster.panel import name_of
from separatrix.cluster.remark import Remark
from separatrix.present.languages import Language
from separatrix.present.percent import percent

__all__ = [
    "amount", "difficulty_name", "driver_name", "firm_name", "indicator_value", "place_of", "quantity_name",
    "share", "size_name",
]  # fmt: skip


def amount(value: float | None, digits: int = 3) -> str:
    """Return an amount with few digits and thousands set apart.

    Examples
    --------
    >>> amount(21675888.0), amount(0.01234567), amount(12.0), amount(None)
    ('21,675,888', '0.0123', '12', '–')
    """
    if value is None or value != value:
        return "–"
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}".replace("-", "−")
    text = f"{value:.{digits}g}"
    return (f"{float(text):g}" if "e" not in text else text).replace("-", "−")


def share(value: float | None) -> str:
    """Return a share as a percentage without decimals that nobody needs."""
    return "–" if value is None or value != value else percent(value, 1 if 0 < value < 0.1 else 0)


def indicator_value(value: float | None, unit: str) -> str:
    """Return the value of an indicator with its unit."""
    if value is None:
        return "–"
    return share(value) if unit == "share" and 0 <= value <= 1 else f"{amount(value)} {unit}".strip()


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


def firm_name(cluster: Cluster, identity: str) -> str:
    """Return the full name of an enterprise, or its id where it has none."""
    return name_of(cluster, identity)


def place_of(remark: Remark, words: Language) -> str:
    """Return where a remark belongs."""
    told = remark.file
    if remark.row is not None:
        told = words.CL_ROW.format(file=told, row=remark.row)
    if remark.column is not None:
        told = words.CL_COLUMN.format(place=told, column=remark.column)
    return told
