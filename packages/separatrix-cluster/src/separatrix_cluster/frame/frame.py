"""The frame of a diagnosis: how large, how concentrated, how linked the cluster is, and its specialities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from separatrix.errors import InputError
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.completeness.known_amounts import (
    KnownAmounts,
    carbon_of,
    column_of,
    column_year,
)
from separatrix_cluster.frame.concentration import (
    concentration_ratio,
    ellison_glaeser,
    herfindahl,
    herfindahl_bounds,
    location_quotient,
    ratio_bounds,
    share_bounds,
)
from separatrix_cluster.frame.network import Network, network_of
from separatrix_cluster.tables.cell_values import is_total
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import by_enterprise

__all__ = ["Concentration", "Frame", "Specialisation", "frame_of"]


@dataclass(frozen=True)
class Concentration:
    """The shares of the largest in emissions, output or staff, among those with complete data.

    What ends in ``low`` and ``high`` bounds the same of all enterprises where something is missing or in
    doubt: the index, the share of the four largest, the share of the one that is named.
    """

    of: str
    year: int
    enterprises: int
    herfindahl: float
    largest_four: float
    largest: str
    largest_share: float
    herfindahl_low: float | None = None
    herfindahl_high: float | None = None
    largest_four_low: float | None = None
    largest_four_high: float | None = None
    largest_share_low: float | None = None
    largest_share_high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**self.__dict__}


@dataclass(frozen=True)
class Specialisation:
    """The location quotient of a sector: its share in the area over its share in the country."""

    sector: str
    year: int
    measure: str
    quotient: float

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {**self.__dict__}


@dataclass(frozen=True)
class Frame:
    """The frame of a diagnosis; what cannot be determined is in `missing`.

    Attributes
    ----------
    enterprises : int
    concentrations : tuple of Concentration
        Of emissions, output and staff, as far as they are known.
    specialisations : tuple of Specialisation
        Of the sectors of the table `region`, the highest first.
    ellison_glaeser : tuple of float, or None
        G, H and γ, for areas that cover the country.
    network : Network or None
        Of all links.
    missing : tuple of Sentence
    """

    enterprises: int
    concentrations: tuple[Concentration, ...]
    specialisations: tuple[Specialisation, ...]
    ellison_glaeser: tuple[float, float, float] | None
    network: Network | None
    missing: tuple[Sentence, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the frame as plain data."""
        eg = self.ellison_glaeser
        return {
            "enterprises": self.enterprises,
            "concentrations": [c.to_dict() for c in self.concentrations],
            "specialisations": [s.to_dict() for s in self.specialisations],
            "ellison_glaeser": None if eg is None else {"G": eg[0], "H": eg[1], "gamma": eg[2]},
            "network": None if self.network is None else self.network.to_dict(),
            "missing": [str(m) for m in self.missing],
        }


def frame_of(cluster: Cluster, accounts: CarbonAccounts, books: DataCompleteness | None = None) -> Frame:
    """Return the frame of a cluster; what is missing from its accounts is looked up where it is not given.

    Examples
    --------
    >>> from separatrix_cluster.accounts.account import carbon_accounts
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> port = load_cluster("rotterdam")
    >>> of_emissions = frame_of(port, carbon_accounts(port)).concentrations[0]
    >>> of_emissions.enterprises, round(of_emissions.herfindahl, 3), round(of_emissions.largest_four, 3)
    (48, 0.109, 0.592)
    """
    missing: list[Sentence] = []
    concentrations = []
    books = completeness_of(cluster, accounts) if books is None else books
    year = books.reporting_year
    if year is not None and year in accounts.years:
        concentrations.append(_concentration(cluster, "emissions", year, carbon_of(books, year)))
    for column in ("output", "staff"):
        year = column_year(cluster, books, column)
        if year is not None:
            amounts = column_of(cluster, books, column, year)
            concentrations.append(_concentration(cluster, column, year, amounts))
    specialised = _specialisations(cluster)
    if not specialised:
        missing.append(
            say(
                "employment or value added by sector, of this area and of the country (table region; "
                "region_country in cluster.yaml), for what the area is specialised in"
            )
        )
    spread = _ellison_glaeser(cluster)
    if isinstance(spread, Sentence):
        missing.append(spread)
    links = network_of(cluster)
    if links is None:
        missing.append(say("who supplies whom (table links), for the network"))
    return Frame(
        len(cluster.enterprises),
        tuple(c for c in concentrations if c is not None),
        specialised,
        None if isinstance(spread, Sentence) else spread,
        links,
        tuple(missing),
    )


def _concentration(cluster: Cluster, of: str, year: int, amounts: KnownAmounts) -> Concentration | None:
    positive = np.nan_to_num(amounts.value) > 0
    if not positive.any():
        return None
    kept = amounts.value[positive]
    first = int(np.argmax(kept))
    index = herfindahl(kept)
    four, largest = concentration_ratio(kept), float(kept[first] / kept.sum())
    ends: list[float | None] = [None] * 6
    if not amounts.whole and np.isfinite(amounts.high).all():
        # What was counted of each is known; what is missing or in doubt lies within its bounds.
        least, most = amounts.low.clip(min=0), amounts.high.clip(min=0)
        who = int(np.flatnonzero(positive)[first])
        bounds = herfindahl_bounds(least, most), ratio_bounds(least, most), share_bounds(least, most, who)
        for k, (value, (low, high)) in enumerate(zip((index, four, largest), bounds, strict=True)):
            ends[2 * k : 2 * k + 2] = min(value, low), max(value, high)
    return Concentration(
        of,
        year,
        len(kept),
        index,
        four,
        str(cluster.enterprises[positive][first]),
        largest,
        *ends,
    )


_COUNTRIES = frozenset({"country", "nation", "national", "全国"})


def _country(cluster: Cluster) -> str | None:
    """Return the area that is the country: as cluster.yaml names it, else one called so or by its code."""
    description = cluster.description
    areas = sorted({str(a) for a in cluster.table("region").texts("area")})
    if description.region_country:
        return description.region_country if description.region_country in areas else None
    return next(
        (
            a
            for a in areas
            if a.casefold() in _COUNTRIES or (description.country and a == description.country)
        ),
        None,
    )


def _specialisations(cluster: Cluster) -> tuple[Specialisation, ...]:
    table = cluster.table("region")
    area, country = cluster.description.region_area, _country(cluster)
    if not area or country is None or area == country or not len(table):
        return ()
    found = []
    for measure in ("employment", "value_added"):
        values: dict[tuple[str, str, int], float] = {}
        numbers = table.numbers(measure)
        for i in range(len(table)):
            if not np.isnan(numbers[i]):
                sector = str(table.texts("sector")[i])
                key = (
                    str(table.texts("area")[i]),
                    "total" if is_total(sector) else sector,
                    int(np.nan_to_num(table.numbers("year")[i])),
                )
                values[key] = float(numbers[i])
        sectors = {s for a, s, _ in values if a == area and s != "total"}
        for sector in sorted(sectors):
            years = sorted((y for a, s, y in values if a == area and s == sector), reverse=True)
            for year in years:
                keys = [(a, s, year) for a in (area, country) for s in (sector, "total")]
                four = [values.get(k) for k in keys]
                if all(v is not None and v > 0 for v in four):
                    part, whole, everywhere, all_ = (v for v in four if v is not None)
                    quotient = location_quotient(part, whole, everywhere, all_)
                    found.append(Specialisation(sector, year, measure, quotient))
                    break
    return tuple(sorted(found, key=lambda s: -s.quotient))


def _ellison_glaeser(cluster: Cluster) -> tuple[float, float, float] | Sentence:
    if not cluster.description.region_covers_country:
        return say(
            "staff by sector of all areas of the country (region_covers_country in cluster.yaml), for how "
            "much an industry gathers in few places"
        )
    staff = by_enterprise(cluster, "accounts", "staff")
    cities = cluster.table("enterprises").texts("city")
    table = cluster.table("region")
    rows = [
        (float(np.nan_to_num(table.numbers("year")[i])), str(table.texts("area")[i]), float(people))
        for i, people in enumerate(table.numbers("employment"))
        if is_total(str(table.texts("sector")[i])) and not np.isnan(people)
    ]
    latest = max((year for year, _, _ in rows), default=0.0)
    totals = {area: people for year, area, people in rows if year == latest}
    whole = totals.pop(_country(cluster) or "", None)
    if whole is not None and abs(sum(totals.values()) - whole) > 0.01 * whole:
        return say(
            "areas that cover the country: those of the table region add up to {share} of it",
            share=f"{sum(totals.values()) / whole:.0%}",
        )
    told = ~np.isnan(staff) & np.array([str(c) in totals for c in cities], dtype=bool)
    if told.sum() < 2:
        return say("staff of enterprises whose city is an area of the table region")
    try:
        return ellison_glaeser(staff[told].tolist(), [str(c) for c in cities[told]], totals)
    except InputError as problem:
        return say("the index of Ellison and Glaeser is not defined: {why}", why=problem.message)
