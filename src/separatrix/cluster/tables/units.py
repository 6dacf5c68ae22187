"""Units of measurement: what a unit measures, and how much of the base unit it is.

A table of spellings (`units.toml`), not a parser of units: a parser reads ``Nm3`` as newton times cubic
metres, and a bill that says ``万立方米`` it reads not at all.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from separatrix.errors import nearest

__all__ = ["BASE", "Unit", "known_units", "likely", "unit_of"]

BASE = {"mass": "t", "energy": "GJ", "volume": "m3", "distance": "km", "count": "piece"}
"""The unit to which amounts of each dimension are converted."""


@dataclass(frozen=True)
class Unit:
    """A unit: its spelling, what it measures, and how many of `BASE` of that it is."""

    name: str
    dimension: str
    factor: float


@cache
def _units() -> dict[str, Unit]:
    text = files("separatrix.cluster.tables").joinpath("units.toml").read_text(encoding="utf-8")
    return {
        name: Unit(name, dimension, float(factor))
        for dimension, table in tomllib.loads(text).items()
        for name, factor in table.items()
    }


def known_units() -> tuple[Unit, ...]:
    """Return every unit that is understood."""
    return tuple(_units().values())


@cache
def _folded() -> dict[str, Unit]:
    # A spelling that is right but for its capitals is understood where it can mean one thing only: mj and
    # MJ are the same, mt and Mt (a million apart in some hands) are not, so `t` folds to itself alone.
    folded: dict[str, list[Unit]] = {}
    for name, unit in _units().items():
        folded.setdefault(name.casefold().replace(" ", ""), []).append(unit)
    return {
        key: found[0]
        for key, found in folded.items()
        if len({(u.dimension, u.factor) for u in found}) == 1 and key not in ("mt", "gg", "pj")
    }


@cache
def unit_of(text: str) -> Unit | None:
    """Return the unit that a text spells, or nothing.

    Examples
    --------
    >>> unit_of("MWh").factor, unit_of("万吨").factor, unit_of("parsec") is None
    (3.6, 10000.0, True)
    """
    written = " ".join(text.split())
    return _units().get(written) or _folded().get(written.casefold().replace(" ", ""))


def likely(text: str) -> str | None:
    """Return the unit that a misspelt one was most likely meant to be."""
    return nearest(text, list(_units()))
