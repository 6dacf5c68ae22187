"""An emission factor: t CO2 for one unit of a carrier, its interval, its publication and what it holds.

CH4 and N2O emissions of fuel combustion, in addition to CO2.

By the defaults of IPCC (2006), vol. 2, per GJ of net heating value: for manufacturing (table 2.3), and
for vehicles on roads (table 3.2.2).

Grids with shipped emission factors: China and its provinces, subregions of the US, the EU, the UK.

CO2 of industrial processes by stoichiometry: what was made or used, times the CO2 that comes of it.

E = amount × content × CO2 per tonne of what it holds (IPCC 2006, vol. 3): lime, carbonates, carbon.  A
content that was measured goes before the default of the process.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np

from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.carriers import carrier_entries, gwp100, plain_name, shipped_lines
from separatrix_cluster.tables.cells import Floats, short
from separatrix_cluster.tables.members import misspelt
from separatrix_cluster.tables.table import ClusterTable
from separatrix_cluster.tables.units import BASE

__all__ = [
    "Factor",
    "KWH_IN_GJ",
    "Kind",
    "OWN_USE",
    "areas_of",
    "country_of_grid",
    "grid_area",
    "grid_area_meant",
    "grid_factors",
    "likely_grids",
    "methane_and_nitrous_oxide",
    "other_gases",
    "process_factor",
    "process_factors",
    "process_meant",
    "process_rows",
]

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


OWN_USE = ("used", "transport")
"""What the column `use` says of energy that an enterprise used itself."""

_ROAD = {"gasoline": (3.8, 5.7), "diesel": (3.9, 3.9)}
"""kg of CH4 and N2O per TJ on roads; of gasoline in light vehicles of 1995 or later."""

_LIKE = {
    "raw_coal": "other_bituminous_coal",
    "coal_gangue": "other_bituminous_coal",
    "coal_slime": "other_bituminous_coal",
    "washed_coal": "other_bituminous_coal",
    "other_washed_coal": "other_bituminous_coal",
    "coal_middlings": "other_bituminous_coal",
    "other_coal_gas": "gas_works_gas",
}
"""Carriers that the guidelines do not name, each with one of the same group of the table."""


@cache
def _defaults() -> dict[str, tuple[float, float]]:
    lines = {
        line["carrier"]: (float(line["ch4"]), float(line["n2o"])) for line in shipped_lines("ipcc-2006.csv")
    }
    entries = carrier_entries()
    named = {n: lines[e["ipcc"]] for n, e in entries.items() if "ipcc" in e}
    return {**lines, **named, **{name: lines[other] for name, other in _LIKE.items()}}


def other_gases(carrier: str, report: str) -> float:
    """Return t CO2e of CH4 and N2O per GJ of a fuel; 0 where no default is known.

    Examples
    --------
    >>> round(1000 * other_gases("raw_coal", "AR5"), 4), round(1000 * other_gases("natural_gas", "AR5"), 4)
    (0.6775, 0.0545)
    """
    return sum(methane_and_nitrous_oxide(carrier, report))


def methane_and_nitrous_oxide(carrier: str, report: str, *, road: bool = False) -> tuple[float, float]:
    """Return t CO2e of CH4 and of N2O per GJ of a fuel, by the potentials of a report; 0 without a default.

    Of a fuel that is burned on roads and has no default there, that for manufacturing counts.

    Examples
    --------
    >>> [round(1e6 * gas, 3) for gas in methane_and_nitrous_oxide("wood", "AR5")]
    [840.0, 1060.0]
    """
    methane, nitrous = (_ROAD if road else {}).get(carrier) or _defaults().get(carrier, (0.0, 0.0))
    potentials = gwp100(report)
    return methane * potentials["CH4"] * 1e-6, nitrous * potentials["N2O"] * 1e-6


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


@cache
def _processes() -> dict[str, dict[str, Any]]:
    return {
        line["process"]: {**line, "names": line["names"].split("|")}
        for line in shipped_lines("processes.csv")
    }


@cache
def _process_emissions_spellings() -> dict[str, str]:
    return {plain_name(n): key for key, line in _processes().items() for n in (key, *line["names"])}


def process_factor(activity: str, content: float = math.nan) -> Factor | None:
    """Return t CO2 of a tonne of what a process makes or uses; None where the process is not known.

    Parameters
    ----------
    activity : str
        Its name, as ``clinker`` or ``石灰石``.
    content : float
        What share of a tonne is the substance that the CO2 comes of; `nan` for the default.

    Examples
    --------
    >>> round(process_factor("clinker").value, 3), round(process_factor("limestone", 0.9).value, 4)
    (0.52, 0.3957)
    """
    name = _process_emissions_spellings().get(plain_name(activity))
    if name is None:
        return None
    line = _processes()[name]
    share = float(line["content"]) if math.isnan(content) else content
    value = float(line["per_tonne"]) * share
    source = line["source"] if math.isnan(content) else f"{line['source']}; here {share:.1%} {line['of']}"
    return Factor(
        name, "process", "", None, "mass", value, value, value, math.nan, source, line["verified"] == "yes"
    )


def process_factors() -> tuple[tuple[Factor, float, str, tuple[str, ...]], ...]:
    """Return every process with its default content, of what that is the share, and its other names."""
    found = []
    for name, line in _processes().items():
        factor = process_factor(name)
        if factor is not None:
            found.append((factor, float(line["content"]), str(line["of"]), tuple(line["names"])))
    return tuple(found)


def process_meant(activity: str) -> str | None:
    """Return the process that a misspelt name is a slip of, or nothing."""
    return misspelt(activity, {n: key for key, line in _processes().items() for n in (key, *line["names"])})


def process_rows(table: ClusterTable) -> tuple[Floats, dict[int, Factor], dict[int, Sentence]]:
    """Return t CO2 per tonne of the rows of `emissions` with an activity, and what is wrong with others.

    The first is 1 where no activity is stated and `nan` where it makes no sense.
    """
    per_tonne = np.ones(len(table))
    factors: dict[int, Factor] = {}
    wrong: dict[int, Sentence] = {}
    activities = table.texts("activity")
    for i in np.flatnonzero(activities != "").tolist():
        factor = process_factor(str(activities[i]), float(table.numbers("content")[i]))
        if factor is None:
            wrong[i] = say("`{text}` is not a known process", text=short(str(activities[i])))
        elif str(table.texts("kind")[i]) not in ("", "process"):
            wrong[i] = say("an activity stands for process emissions, not for a total")
        elif str(table.texts("gas")[i]).upper() not in ("", "CO2"):
            wrong[i] = say(
                "an activity gives CO2, and the gas is {gas}", gas=short(str(table.texts("gas")[i]))
            )
        else:
            factors[i] = factor
            per_tonne[i] = factor.value
            continue
        per_tonne[i] = np.nan
    return per_tonne, factors, wrong
