"""The grids of which factors are shipped: provinces, regions and the whole of China, subregions of the US."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from separatrix.cluster.accounts.factor import KWH_IN_GJ, Factor
from separatrix.cluster.tables.carriers import shipped_lines
from separatrix.cluster.tables.misspelling import misspelt

__all__ = ["areas_of", "country_of_grid", "grid_area", "grid_area_meant", "grid_factors"]

_PER_KWH = {"kgCO2/kWh": 0.001, "lbCO2/MWh": 0.45359237e-6}
"""t CO2 per kWh."""


@cache
def _areas() -> dict[str, dict[str, Any]]:
    text = files("separatrix.cluster").joinpath("accounts", "factors", "grid_areas.toml")
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
    >>> grid_area("江苏省"), grid_area("cn-js"), grid_area("East"), grid_area("CAMX"), grid_area("Germany")
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
    "CN": ("cn", "chn", "prc", "china", "people's republic of china", "中国", "中华人民共和国"),
    "US": ("us", "usa", "united states", "united states of america", "美国"),
}


def country_of_grid(area: str, country: str) -> str | None:
    """Return the country of a shipped grid where it is not the one that is named; else nothing.

    Examples
    --------
    >>> country_of_grid("East", "NL"), country_of_grid("East", "China"), country_of_grid("Germany", "NL")
    ('CN', None, None)
    """
    known = grid_area(area)
    if known is None or not country.strip():
        return None
    return None if country.strip().casefold() in _COUNTRIES.get(known[:2], ()) else known[:2]


@cache
def grid_factors() -> tuple[Factor, ...]:
    """Return the shipped factors of electricity, t CO2/GJ."""
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
                )
            )
    return tuple(made)
