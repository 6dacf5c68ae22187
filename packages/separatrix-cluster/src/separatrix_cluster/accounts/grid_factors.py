"""Grids with shipped emission factors: China and its provinces, subregions of the US, the EU, the UK."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from separatrix_cluster.accounts.factor import KWH_IN_GJ, Factor
from separatrix_cluster.tables.carriers import shipped_lines
from separatrix_cluster.tables.misspelling import misspelt

__all__ = ["areas_of", "country_of_grid", "grid_area", "grid_area_meant", "grid_factors", "likely_grids"]

_PER_KWH = {"kgCO2/kWh": 0.001, "kgCO2e/kWh": 0.001, "gCO2e/kWh": 1e-6, "lbCO2/MWh": 0.45359237e-6}
"""t CO2, or CO2e, per kWh."""


@cache
def _areas() -> dict[str, dict[str, Any]]:
    text = files("separatrix_cluster").joinpath("accounts", "factors", "grid_areas.toml")
    return tomllib.loads(text.read_text(encoding="utf-8"))


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").split())


@cache
def _spellings() -> dict[str, str]:
    return {_plain(n): area for area, entry in _areas().items() for n in (area, *entry["names"])}


def grid_area(text: str) -> str | None:
    """Return the area of the shipped factors that a text names, or nothing.

    Examples
    --------
    >>> grid_area("江苏省"), grid_area("cn-js"), grid_area("East"), grid_area("CAMX"), grid_area("Brazil")
    ('CN-Jiangsu', 'CN-Jiangsu', 'CN-East', 'US-CAMX', None)
    """
    return _spellings().get(_plain(text))


def grid_area_meant(text: str) -> str | None:
    """Return the name that a misspelt one is a slip of, or nothing."""
    return misspelt(text, {n: area for area, entry in _areas().items() for n in entry["names"]})


def areas_of(text: str) -> Iterator[str]:
    """Yield the areas whose factors stand for a grid: its own, then those that it lies in."""
    area = grid_area(text)
    while area is not None:
        yield area
        area = _areas()[area].get("within")


_COUNTRIES = {
    "CN": ("cn", "chn", "prc", "people's republic of china", "中华人民共和国"),
    "US": ("us", "united states of america"),
}
"""Further names of countries, besides those of their grids."""


@cache
def _countries() -> dict[str, str]:
    known = {name: code for code, names in _COUNTRIES.items() for name in names}
    return known | {name: area for name, area in _spellings().items() if len(area) == len("CN")}


def country_of_grid(area: str, country: str) -> str | None:
    """Return the country of a shipped grid where it is not the one that is named; else nothing.

    Examples
    --------
    >>> country_of_grid("East", "NL"), country_of_grid("East", "China"), country_of_grid("Brazil", "NL")
    ('CN', None, None)
    >>> country_of_grid("EU", "NL"), country_of_grid("Germany", "NL")
    (None, 'DE')
    """
    known = grid_area(area)
    if known is None or not country.strip():
        return None
    code = _countries().get(_plain(country), "")
    return None if known[:2] == code or known in areas_of(code) else known[:2]


_RECENT = 2015


@cache
def likely_grids(country: str = "") -> tuple[Factor, ...]:
    """Return recent location-based factors: of this country's grids if any are shipped, else of all grids.

    They bound electricity from an unknown grid; factors of long ago would bound it too widely.
    """
    found = [f for f in grid_factors() if f.kind == "location" and f.value > 0 and (f.year or 0) >= _RECENT]
    here = tuple(f for f in found if country and country_of_grid(f.area, country) is None)
    return here or tuple(found)


@cache
def grid_factors() -> tuple[Factor, ...]:
    """Return the shipped factors of electricity, t CO2/GJ or t CO2e/GJ."""
    made = []
    for line in shipped_lines("electricity.csv"):
        value = float(line["factor"]) * _PER_KWH[line["unit"]] / KWH_IN_GJ
        if line["kind"] in ("location", "market"):
            made.append(
                Factor(
                    "electricity",
                    "market" if line["kind"] == "market" else "location",
                    line["area"],
                    int(line["year"]),
                    "energy",
                    value,
                    value,
                    value,
                    1.0,
                    line["source"],
                    line["verified"] == "yes",
                    equivalent="CO2e" in line["unit"],
                )
            )
    return tuple(made)
