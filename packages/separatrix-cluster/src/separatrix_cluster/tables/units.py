"""Units of measurement: what a unit measures, and how much of the base unit it is.

A table of spellings (`units.toml`), not a parser of units: a parser reads ``Nm3`` as newton times cubic
metres, and cannot read a bill that says ``万立方米``. Only a multiplier before a unit is computed: 千升 is a
thousand 升, 10^3 t a thousand t.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import prod

from separatrix_cluster.tables.cells import Floats, Texts
from separatrix_cluster.tables.members import misspelt

__all__ = ["BASE", "RowUnits", "Unit", "known_units", "likely", "unit_of"]

BASE = {"mass": "t", "energy": "GJ", "volume": "m3", "distance": "km", "count": "piece"}
"""The unit to which amounts of each dimension are converted."""


@dataclass(frozen=True)
class Unit:
    """A unit: its spelling, what it measures, and how many of `BASE` of that it is."""

    name: str
    dimension: str
    factor: float


@dataclass(frozen=True)
class RowUnits:
    """What the unit of each row measures, '' where none is known, and how many of its base one is (`nan`)."""

    dimension: Texts
    factor: Floats


@cache
def _units() -> dict[str, Unit]:
    text = files("separatrix_cluster.tables").joinpath("units.toml").read_text(encoding="utf-8")
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


_MULTIPLE = re.compile(r"(10\^\d|1e\d|10k|10{1,9}|[十百千万亿]+)\s*[×x*·]?\s*(?=\D)(.+)", re.IGNORECASE)
_DIGITS = {"十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "亿": 1e8}


@cache
def unit_of(text: str) -> Unit | None:
    """Return the unit that a text spells, or nothing.

    Examples
    --------
    >>> unit_of("MWh").factor, unit_of("万吨").factor, unit_of("parsec") is None
    (3.6, 10000.0, True)
    >>> unit_of("千升"), unit_of("10^3 t").factor
    (Unit(name='千升', dimension='volume', factor=1.0), 1000.0)
    """
    written = " ".join(text.split())
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    return _listed(written) or _listed(plain) or _multiple(plain)


def _listed(text: str) -> Unit | None:
    return _units().get(text) or _folded().get(text.casefold().replace(" ", ""))


def _multiple(text: str) -> Unit | None:
    """Return the unit of a text that is a listed one with a multiplier before it."""
    match = _MULTIPLE.fullmatch(text)
    unit = None if match is None else _listed(match[2])
    if match is None or unit is None:
        return None
    count = match[1].casefold().replace("10^", "1e").replace("10k", "1e4")
    factor = float(count) if count[0] == "1" else prod(_DIGITS[sign] for sign in count)
    return Unit(text, unit.dimension, unit.factor * factor)


def likely(text: str) -> str | None:
    """Return the unit that a misspelt one was meant to be; never one of another magnitude.

    Examples
    --------
    >>> likely("tonen"), likely("百升升"), likely("ktce")
    ('tonne', None, None)
    """
    return misspelt(text, {name: (unit.dimension, unit.factor) for name, unit in _units().items()})
