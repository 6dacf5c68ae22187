"""The registry of emission factors: by carrier, kind, area, year and source; those of the user first.

What is shipped (`factors/`) names its publication and whether it was verified against it.  A factor that is
only quoted by a secondary source is used and marked, never shown as verified.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

import numpy as np

from separatrix.errors import InputError, nearest
from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.factor import (
    Factor,
    Kind,
    areas_of,
    country_of_grid,
    grid_area,
    grid_factors,
    likely_grids,
)
from separatrix_cluster.tables.carriers import (
    carrier_called,
    carrier_entries,
    carrier_named,
    carrier_spellings,
    plain_name,
    shipped_lines,
)
from separatrix_cluster.tables.cells import short
from separatrix_cluster.tables.description import FACTOR_SETS
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.units import BASE, unit_of

__all__ = [
    "FactorRegistry",
    "is_biogenic",
    "own_factor",
    "registry_of",
    "shipped_factors",
]

CO2_PER_C = 44.0 / 12.0
HEAT_DEFAULT = 0.11  # t CO2/GJ
HEAT_SOURCE = (
    "default of the enterprise guidelines of NDRC, China, for bought heat; quoted from two secondary sources "
    "and not verified"
)


@dataclass
class FactorRegistry:
    """The factors for one cluster: those of its table `factors`, then those of its factor set.

    `remarks` gathers what had to be decided: a neighbouring year, a country in place of a region; `used` the
    own factors that some row needed; `own_rows` where in the table `factors` each own factor stands, and
    `asked` the carriers that rows are of.
    """

    factor_set: str
    grid_area: str
    own: tuple[Factor, ...] = ()
    remarks: list[Remark] = field(default_factory=list)
    used: set[Factor] = field(default_factory=set)
    own_rows: list[tuple[str, int]] = field(default_factory=list)
    energy_file: str = "energy"
    asked: set[str] = field(default_factory=set)
    country: str = ""

    @property
    def counts_other_gases(self) -> bool:
        """Whether scope 1 holds CH4 and N2O of burning: guidelines of NDRC and MEE count CO2 alone."""
        return self.factor_set == "ipcc-2006"

    def all_remarks(self) -> list[Remark]:
        """Return what is to be said of the factors when all is accounted for."""
        idle = [
            Remark(
                "K219",
                # A list of factors may well hold more than is needed; another year or unit is a slip.
                "warning" if factor.carrier in self.asked else "note",
                file,
                row,
                "carrier",
                say("no row of the table energy needs this factor; those shipped were used")
                if factor.carrier in self.asked
                else say(
                    "the table energy has no row of {carrier}, so this factor is not used", carrier=name
                ),
                say("its carrier, year, area and unit must be those of the rows it is for"),
            )
            for factor, (file, row) in zip(self.own, self.own_rows, strict=True)
            if factor not in self.used and not self._elsewhere(factor)
            for name in (carrier_called(factor.carrier),)
        ]
        return [*self.remarks, *idle]

    def _elsewhere(self, factor: Factor) -> bool:
        """Return whether a factor is of another area, in a list that has one for the cluster's, too."""
        return not self._applies_in_area(factor) and any(
            self._applies_in_area(f) and (f.carrier, f.kind) == (factor.carrier, factor.kind)
            for f in self.own
        )

    def _applies_in_area(self, factor: Factor) -> bool:
        area = grid_area(self.grid_area) or self.grid_area
        return factor.area == "" or factor.area.casefold() == area.casefold()

    def fuel(self, carrier: str, dimension: str, year: int) -> Factor | Sentence:
        """Return the factor of a fuel whose amount is a mass, a volume or an energy, or why there is none."""
        self.asked.add(carrier)
        own = self._own_factor(carrier, "combustion", year, dimension)
        if own is not None:
            return own
        shipped = {f.dimension: f for f in _fuels(self.factor_set) if f.carrier == carrier}
        if not shipped:
            return say(
                "{set} has no factor for {carrier}",
                set=self.factor_set,
                carrier=carrier_called(carrier),
            )
        found = shipped.get(dimension)
        if found is None:
            measured = ", ".join(BASE[d] for d in shipped)
            return say(
                "the factor of {carrier} is for {units}, and the amount is in {unit}",
                carrier=carrier_called(carrier),
                units=measured,
                unit=BASE.get(dimension, say("another unit")),
            )
        return found

    def knows(self, carrier: str) -> bool:
        """Return whether the factor set has any factor of a fuel, in whatever unit."""
        return any(f.carrier == carrier for f in _fuels(self.factor_set))

    def bought(self, carrier: str, kind: Literal["location", "market"], year: int) -> Factor | Sentence:
        """Return the factor of bought electricity or heat, t CO2/GJ, or why there is none.

        Where no market-based factor is known, the location-based one is used, as the GHG Protocol Scope 2
        Guidance (2015, ch. 6) requires where no residual mix is published.
        """
        self.asked.add(carrier)
        own = self._own_factor(carrier, kind, year, "energy")
        if own is not None:
            return own
        if carrier == "electricity":
            grid = self._grid(kind, year)
            if grid is not None:
                return grid
        if kind == "market":
            return self.bought(carrier, "location", year)
        if carrier == "heat":
            return Factor(
                "heat",
                kind,
                "",
                None,
                "energy",
                HEAT_DEFAULT,
                HEAT_DEFAULT,
                HEAT_DEFAULT,
                1.0,
                HEAT_SOURCE,
                False,
            )
        if not self.grid_area:
            return say("cluster.yaml does not say which grid the electricity comes from")
        return say("no grid factor is shipped for {area}", area=short(self.grid_area))

    def _own_factor(self, carrier: str, kind: str, year: int, dimension: str) -> Factor | None:
        fits = [
            f
            for f in self.own
            if f.carrier == carrier
            and f.kind == kind
            and f.dimension == dimension
            and f.year in (None, year)
            and self._applies_in_area(f)
        ]
        # The most particular one: of that year, of that area.
        best = max(fits, key=lambda f: (f.year is not None, f.area != ""), default=None)
        if best is not None:
            self.used.add(best)
        return best

    def _grid(self, kind: str, year: int) -> Factor | None:
        for area in areas_of(self.grid_area):
            fits = [f for f in grid_factors() if f.area == area and f.kind == kind]
            # Of a grid with both, the factor in the quantity of scope 1.
            fits = [f for f in fits if f.equivalent == self.counts_other_gases] or fits
            if not fits:
                continue
            foreign = country_of_grid(self.grid_area, self.country)
            if foreign is not None:
                self._remark_once(
                    Remark(
                        "K233",
                        "warning",
                        self.energy_file,
                        None,
                        "carrier",
                        say(
                            "grid_area is `{area}`, a grid of {of}, and the country is {country}",
                            area=short(self.grid_area),
                            of=foreign,
                            country=short(self.country),
                        ),
                        say("correct one of them in cluster.yaml; the factor of that grid was used"),
                    )
                )
            if fits[0].equivalent:
                what = say(
                    "the factor of the grid {area} is published in CO2e: it counts CH4 and N2O of power "
                    "stations with their CO2",
                    area=area,
                )
                hint = say("give a factor in CO2 in the table factors where totals of CO2 alone are required")
                self._remark_once(Remark("K263", "note", self.energy_file, None, "carrier", what, hint))
            exact = [f for f in fits if f.year == year]
            if exact:
                return exact[0]
            near = min(fits, key=lambda f: (abs((f.year or 0) - year), f.year or 0))
            self._remark_once(
                Remark(
                    "K210",
                    "warning",
                    self.energy_file,
                    None,
                    "year",
                    _other_year(kind, area, year, near.year),
                    say("give the factor of that year in the table factors"),
                )
            )
            return near
        return None

    def _remark_once(self, remark: Remark) -> None:
        if remark not in self.remarks:
            self.remarks.append(remark)


def _other_year(kind: str, area: str, year: int, other: int | None) -> Sentence:
    if kind == "market":
        return say(
            "no market-based grid factor of {area} is shipped for {year}; that of {other} was used",
            area=area,
            year=year,
            other=other,
        )
    return say(
        "no grid factor of {area} is shipped for {year}; that of {other} was used",
        area=area,
        year=year,
        other=other,
    )


# --------------------------------------------------------------------------- what is shipped


@cache
def _fuels(factor_set: str) -> tuple[Factor, ...]:
    if factor_set not in FACTOR_SETS:
        meant = nearest(factor_set, list(FACTOR_SETS))
        raise InputError(
            "K201",
            f"unknown factor set `{factor_set}`",
            hint=f"did you mean `{meant}`?" if meant else f"shipped are {', '.join(FACTOR_SETS)}",
        )
    return tuple(_ipcc() if factor_set == "ipcc-2006" else _cn())


def _ipcc() -> Iterator[Factor]:
    """Amount × NCV × carbon content × oxidation (1 by default) × 44/12: IPCC 2006, vol. 2, eq. 2.1."""
    names: dict[str, set[str]] = {}
    for name, entry in carrier_entries().items():
        if "ipcc" in entry:
            names.setdefault(entry["ipcc"], set()).add(name)
    for line in shipped_lines("ipcc-2006.csv"):
        carbon, low, high = (float(line[k]) for k in ("carbon", "carbon_low", "carbon_high"))
        per_gj = carbon / 1000 * CO2_PER_C, low / 1000 * CO2_PER_C, high / 1000 * CO2_PER_C
        source, bio = FACTOR_SETS["ipcc-2006"], line["origin"] == "biogenic"
        for carrier in sorted({line["carrier"], *names.get(line["carrier"], ())}):
            yield Factor(carrier, "combustion", "", None, "energy", *per_gj, 1.0, source, True, bio)
            if line["ncv"]:
                ncv, least, most = (float(line[k] or line["ncv"]) for k in ("ncv", "ncv_low", "ncv_high"))
                # Heating value and carbon content are independent: their relative half-widths add in squares.
                below = math.hypot(1 - least / ncv, 1 - low / carbon)
                above = math.hypot(most / ncv - 1, high / carbon - 1)
                value = ncv * per_gj[0]
                mass = value, value * max(0.0, 1 - below), value * (1 + above)
                yield Factor(carrier, "combustion", "", None, "mass", *mass, ncv, source, True, bio)


def _cn() -> Iterator[Factor]:
    """Amount × NCV × carbon content × oxidation × 44/12, as the enterprise guidelines have it."""
    names = {entry["cn"]: name for name, entry in carrier_entries().items() if "cn" in entry}
    for line in shipped_lines("cn-guideline.csv"):
        unit = unit_of(line["unit"])
        assert unit is not None
        ncv = float(line["ncv"]) / unit.factor
        per_gj = float(line["carbon"]) / 1000 * float(line["oxidation"]) * CO2_PER_C
        carrier = names.get(line["carrier"], line["carrier"])
        source = f"{FACTOR_SETS['cn-guideline']} ({line['note']})"
        for dimension, energy in ((unit.dimension, ncv), ("energy", 1.0)):
            value = energy * per_gj
            yield Factor(
                carrier, "combustion", "", None, dimension, value, value, value, energy, source, False
            )
    # A set that lacks a fuel takes the international default, named so; liquefied natural gas is natural gas.
    for factor in _ipcc():
        if factor.carrier in _AS_IPCC:
            called = _AS_IPCC[factor.carrier]
            like = f"{factor.source}, {called}, since {FACTOR_SETS['cn-guideline']} has no {factor.carrier}"
            yield replace(factor, source=like)


_AS_IPCC = {
    "lng": "natural gas",
    "biodiesel": "biodiesels",
    "wood": "wood and wood waste",
    "biomass": "other primary solid biomass",
    "biogas": "other biogas",
    "coking_coal": "coking coal",
}


def shipped_factors() -> tuple[Factor, ...]:
    """Return shipped factors of these carriers: of both sets of fuels, of recent grids, of bought heat."""
    named = set(carrier_spellings())
    found = [f for name in FACTOR_SETS for f in _fuels(name) if f.carrier in named]
    heat = FactorRegistry("", "").bought("heat", "location", 0)
    return (*found, *likely_grids(), *((heat,) if isinstance(heat, Factor) else ()))


# --------------------------------------------------------------------------- the user's own


def registry_of(cluster: Cluster) -> FactorRegistry:
    """Return the registry for a cluster; invalid own factors are excluded, with a remark."""
    description = cluster.description
    _fuels(description.factor_set)
    registry = FactorRegistry(description.factor_set, description.grid_area, country=description.country)
    table = cluster.table("factors")
    made: list[Factor] = []
    for i in range(len(table)):
        factor = own_factor(cluster, i)
        place = table.file, int(table.rows[i])
        if isinstance(factor, Sentence):
            registry.remarks.append(
                Remark(
                    "K211",
                    "error",
                    *place,
                    "unit",
                    factor,
                    say("write tCO2/t, tCO2/GJ, tCO2/1e4 Nm3 or kgCO2/kWh"),
                )
            )
        elif not factor.low <= factor.value <= factor.high:
            registry.remarks.append(
                Remark(
                    "K211",
                    "error",
                    *place,
                    "factor",
                    say("the factor lies outside its own interval"),
                    say("low is at most, high at least the factor"),
                )
            )
        else:
            first = next((k for k, other in enumerate(made) if _alike(factor, other)), None)
            row = None if first is None else registry.own_rows[first][1]
            registry.remarks.extend(_doubts(factor, str(table.texts("origin")[i]), place, row))
            # Without a word of its kind it may be that of a contract.
            if row is None and table.texts("kind")[i] == "location":
                registry.remarks.extend(_beside_grid(factor, registry.grid_area, place))
            if first is None:
                made.append(factor)
                registry.own_rows.append(place)
    registry.own = tuple(made)
    return registry


_USUAL = 3.0
"""A factor beyond the range of those shipped by more than this is in another unit, most likely."""


def _alike(one: Factor, other: Factor) -> bool:
    return all(getattr(one, k) == getattr(other, k) for k in ("carrier", "kind", "area", "year", "dimension"))


_CO2_OF_CARBON = 44 / 12
_LIKE = 1.15


def _is_near_usual(value: float, usual: list[float]) -> bool:
    return bool(usual) and min(usual) / _LIKE <= value <= max(usual) * _LIKE


def _doubts(factor: Factor, origin: str, place: tuple[str, int], first: int | None) -> Iterator[Remark]:
    """Yield what is to be doubted in a factor of the user's own; ``first`` is the row of one like it."""
    named = carrier_called(factor.carrier)
    if first is not None:
        what = say(
            "row {row} has a factor of the same carrier, area, year and kind, and that one counts", row=first
        )
        yield Remark("K225", "warning", *place, "carrier", what, say("keep one of them"))
        return
    # Power that was sold by contract leaves any value down to 0.
    like = [f for f in shipped_factors() if f.carrier == factor.carrier and f.dimension == factor.dimension]
    usual = [f.value for f in like if f.value > 0]
    power = factor.carrier in ("electricity", "heat")
    least = 0.0 if power else min(usual, default=0.0) / _USUAL
    # Carbon in place of CO2 is a slip within that range.
    carbon = (
        not power
        and _is_near_usual(factor.value * _CO2_OF_CARBON, usual)
        and not _is_near_usual(factor.value, usual)
    )
    if usual and (carbon or not least <= factor.value <= max(usual) * _USUAL):
        what = say(
            "{carrier}: {own} {unit}, and those shipped lie between {low} and {high} {unit}",
            carrier=named,
            own=rounded(factor.value),
            low=rounded(min(usual)),
            high=rounded(max(usual)),
            unit=f"t CO2/{BASE[factor.dimension]}",
        )
        hint = say("check the unit; the factor was used unchanged")
        yield Remark("K225", "warning", *place, "factor", what, hint)
    if factor.biogenic and not origin:
        what = say("{carrier} is biogenic, so its CO2 stands apart", carrier=named)
        yield Remark(
            "K225", "note", *place, "factor", what, say("enter fossil in the column origin if it is not")
        )


_NEAR = 4.0
"""Factors of one grid by several methods and years differ less than this."""


def _of_grid(area: str) -> tuple[Factor, ...]:
    """Return the shipped factors of a grid by location: of its own area, else of that which it lies in."""
    located = [f for f in grid_factors() if f.kind == "location" and f.value > 0]
    return next((found for a in areas_of(area) if (found := tuple(f for f in located if f.area == a))), ())


def _beside_grid(factor: Factor, area: str, place: tuple[str, int]) -> Iterator[Remark]:
    """Yield a doubt where an own factor of the grid is far from those shipped of the same area."""
    if factor.carrier != "electricity" or factor.kind != "location":
        return
    known = [f.value for f in _of_grid(factor.area or area)]
    usual = max((f.value for f in shipped_factors() if f.carrier == "electricity"), default=0.0)
    if not known or min(known) / _NEAR <= factor.value <= max(known) * _NEAR or factor.value > _USUAL * usual:
        return  # beyond what any grid has it is told already
    what = say(
        "{carrier}: {own} {unit}, and those shipped of this grid lie between {low} and {high} {unit}",
        carrier=carrier_called(factor.carrier),
        own=rounded(factor.value),
        low=rounded(min(known)),
        high=rounded(max(known)),
        unit=f"t CO2/{BASE[factor.dimension]}",
    )
    yield Remark(
        "K225", "warning", *place, "factor", what, say("check the unit; the factor was used unchanged")
    )


def is_biogenic(carrier: str | None) -> bool:
    """Return whether the carbon of a carrier is of recent biological origin in any shipped set."""
    return any(f.carrier == carrier and f.biogenic for name in FACTOR_SETS for f in _fuels(name))


def own_factor(cluster: Cluster, i: int) -> Factor | Sentence:
    """Return the factor at a position of the table `factors`, or why it is none."""
    table = cluster.table("factors")
    text = str(table.texts("unit")[i])
    match = re.fullmatch(r"\s*(k?g|t|lb)\s*CO2(e?)\s*/\s*(.+)", text)
    unit = None if match is None else unit_of(match[3])
    if match is None or unit is None:
        return say("`{text}` is not a unit of an emission factor", text=short(text))
    weight = {"kg": 0.001, "g": 1e-6, "t": 1.0, "lb": 0.00045359237}[match[1]] / unit.factor
    carrier = carrier_named(str(table.texts("carrier")[i]))[0] or plain_name(str(table.texts("carrier")[i]))
    value = float(table.numbers("factor")[i]) * weight
    low, high = (float(table.numbers(k)[i]) * weight for k in ("low", "high"))
    year, area = table.numbers("year")[i], str(table.texts("area")[i])
    kind = str(table.texts("kind")[i]) or "combustion"
    if kind == "combustion" and carrier in ("electricity", "heat"):
        kind = "location"
    dimension = unit.dimension
    return Factor(
        carrier,
        _KINDS.get(kind, "combustion"),
        grid_area(area) or area,
        None if np.isnan(year) else int(year),
        dimension,
        value,
        value if np.isnan(low) else low,
        value if np.isnan(high) else high,
        1.0 if dimension == "energy" else _energy_of(cluster.description.factor_set, carrier, dimension),
        str(table.texts("source")[i]) or table.file,
        False,
        # A laboratory measures how much carbon there is, not whether it grew.
        kind == "combustion"
        and (
            str(table.texts("origin")[i]) == "biogenic" if table.texts("origin")[i] else is_biogenic(carrier)
        ),
        kind == "combustion" and match[2] == "e",
    )


_KINDS: dict[str, Kind] = {"location": "location", "market": "market", "residual": "market"}


def _energy_of(factor_set: str, carrier: str, dimension: str) -> float:
    return next(
        (f.energy for f in _fuels(factor_set) if f.carrier == carrier and f.dimension == dimension),
        float("nan"),
    )
