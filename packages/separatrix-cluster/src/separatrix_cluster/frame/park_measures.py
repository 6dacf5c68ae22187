"""What park standards ask for, measured from the tables of a cluster: a value, and what gaps leave open."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.combustion_gases import OWN_USE
from separatrix_cluster.accounts.energy_sold import sold_outside
from separatrix_cluster.accounts.own_power import doubtful_own_power
from separatrix_cluster.accounts.result import CarbonAccounts
from separatrix_cluster.completeness.untold_energy import without_fuels
from separatrix_cluster.frame.missing_energy import MissingEnergy, quotient_bounds
from separatrix_cluster.tables.carriers import carrier_named
from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.cluster import Cluster
from separatrix_cluster.tables.panel import by_enterprise, size_of

__all__ = ["MEASURES", "TCE", "ParkValue", "energy_used", "stream_category"]

TCE = 29.307  # GJ in a tonne of coal equivalent (GB/T 2589)

Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ParkValue:
    """A value with the bounds left by unknown data, notes on it, and the other way to count.

    Attributes
    ----------
    value, low, high : float
        The known value, and its bounds over all unknown data.
    why : Sentence or None
        The unknown data, where the bounds differ.
    beside : tuple of Sentence
        Notes for readers on the value.
    with_process : ParkValue or None
        The same with process emissions, of carbon per energy.
    gaps : tuple of float or None
        Least and most where the accounts of the year leave energy or carbon open; then `low` and `high` hold
        these.
    """

    value: float
    low: float
    high: float
    why: Sentence | None = None
    beside: tuple[Sentence, ...] = ()
    with_process: ParkValue | None = None
    gaps: tuple[float, float] | None = None


Measure = Callable[[Cluster, CarbonAccounts, int, MissingEnergy], "ParkValue | Sentence"]


def energy_used(cluster: Cluster, accounts: CarbonAccounts, year: int) -> float:
    """Return tce that the cluster used in a year, without what it sold outside; 0 where nothing is known."""
    return (accounts.energy_total(year) - sold_outside(cluster, year).energy) / TCE


def _carbon_per_energy(
    cluster: Cluster, accounts: CarbonAccounts, year: int, missing: MissingEnergy
) -> ParkValue | Sentence:
    """Return t CO2 per tce: fuels, and bought power by its contract, else its grid, less what was sold.

    By location alone power from a direct green line would count as that of the grid, about 4.5 t a tce, and
    a park that meets the share of clean energy could never meet this one.  Process emissions come on top in
    `with_process`, of the enterprises whose energy is known; a verified total above what its fuels give holds
    them already.
    """
    chosen = (accounts.year == year) & ~accounts.internal & ~np.isnan(accounts.energy)
    sold = sold_outside(cluster, year)
    if not float(accounts.energy[chosen].sum()) > 0:
        return say("energy use is not known")
    energy = energy_used(cluster, accounts, year)
    if not energy > 0:
        return say("the cluster sold more energy outside than it used")
    carbon = float(accounts.factor_stated[chosen].sum()) - sold.carbon
    whole = carbon + _process(accounts, chosen, year)
    beside = []
    if sold.carbon > 0:
        beside.append(
            say(
                "{carbon} t CO2 of {energy} tce of electricity and heat sold outside are taken off",
                carbon=rounded(sold.carbon),
                energy=rounded(sold.energy / TCE),
            )
        )
    fixed = np.where(missing.with_process[:, None], 0.0, missing.fixed).sum(axis=0)
    less = (carbon + float(fixed[0]), carbon + float(fixed[1]))
    plain = _emission_intensity_range(carbon / energy, less, energy, missing.energy, missing.carbon)
    fixed = missing.fixed.sum(axis=0)
    more = (whole + float(fixed[0]), whole + float(fixed[1]))
    per = np.where(missing.with_process[:, None], 0.0, missing.carbon)
    both = _emission_intensity_range(whole / energy, more, energy, missing.energy, per)
    return replace(plain, beside=tuple(beside), with_process=replace(both, beside=tuple(beside)))


def _emission_intensity_range(
    value: float, over: tuple[float, float], under: float, energy: Floats, per: Floats
) -> ParkValue:
    """Return t CO2 per tce with what gaps leave open; ``energy`` is in GJ, ``per`` in t CO2/GJ."""
    if not len(energy):
        return ParkValue(value, value, value)
    low, high = quotient_bounds(over, under, energy / TCE, per * TCE)
    low, high = min(low, value), max(high, value)
    return ParkValue(value, low, high, gaps=(low, high))


def _process(accounts: CarbonAccounts, chosen: Truths, year: int) -> float:
    """Return t CO2 of processes of the enterprises whose energy is known."""
    known = np.unique(accounts.enterprise[chosen])
    # Where a total stands for fuels that no row tells, it cannot be split.
    known = known[~without_fuels(accounts, year)[known]]
    members = np.isin(accounts.enterprise, known) & (accounts.year == year)
    carbonic = np.isin(accounts.gas.astype(str), ["CO2", "CO2E", "CO2EQ"])
    found = float(accounts.location[members & (accounts.kind == "process") & carbonic].sum())
    verified = members & (accounts.kind == "verified")
    burned = members & (accounts.scope == 1) & ~np.isnan(accounts.energy)
    count = len(accounts.enterprises)
    totals = np.bincount(accounts.enterprise[verified], accounts.location[verified], count)
    fuels = np.bincount(accounts.enterprise[burned], accounts.factor_location[burned], count)
    whole = np.isin(np.arange(count), accounts.enterprise[verified])
    found += float(np.maximum(0.0, totals - fuels)[whole].sum())
    return found


def _clean_energy(
    cluster: Cluster, accounts: CarbonAccounts, year: int, missing: MissingEnergy
) -> ParkValue | Sentence:
    """Return the share of energy without fossil carbon: biomass, own solar and wind, green contracts."""
    chosen = (accounts.year == year) & ~accounts.internal & ~np.isnan(accounts.energy)
    energy = accounts.energy[chosen]
    if energy.sum() <= 0:
        return say("energy use is not known")
    # By factors, for a verified total says nothing of the carriers it holds.
    clean = accounts.factor_market[chosen] == 0
    unclear = doubtful_own_power(accounts, cluster.table("energy"))[chosen]
    bought = (accounts.carrier[chosen] == "electricity") & (accounts.factor[chosen] >= 0) & ~clean
    return _share(
        float(energy[clean & ~unclear].sum()),
        float(energy[clean & unclear].sum()),
        0.0 if _states_energy_purchases(cluster, year) else float(energy[bought].sum()),
        float(energy.sum()),
        missing.energy,
        missing.clean,
    )


_UNCLEAR = say(
    "enterprises that burn fuel generated electricity or heat, and the table energy does not "
    "state that it is green (market_factor 0)"
)
_SILENT = say("no row of the table energy says how electricity was bought (column market)")


def _share(
    sure: float, unclear: float, silent: float, whole: float, energy: Floats, per: Floats
) -> ParkValue:
    """Return a share with its unclear part, which no row attributes, and its missing part."""
    least, most = sure / whole, (sure + unclear + silent) / whole
    why = _UNCLEAR if unclear else _SILENT if silent else None
    if not len(energy):
        return ParkValue(least, least, most, why)
    # In units of energy on both sides, and nothing is larger than the whole.
    low, high = quotient_bounds((sure, sure + unclear + silent), whole, energy, per)
    low, high = min(low, least), min(1.0, max(high, most))
    return ParkValue(least, low, high, why, gaps=(low, high))


def _states_energy_purchases(cluster: Cluster, year: int) -> bool:
    """Return whether any row of a year says how energy was bought; where some do, none means the grid."""
    table = cluster.table("energy")
    return bool(np.any((table.numbers("year") == year) & (table.texts("market") != "")))


def _direct_green(
    cluster: Cluster, accounts: CarbonAccounts, year: int, missing: MissingEnergy
) -> ParkValue | Sentence:
    table = cluster.table("energy")
    power = (table.texts("dimension") == "energy") & (table.numbers("year") == year)
    texts = table.texts("carrier")
    electric = {
        text for text in dict.fromkeys(texts.tolist()) if carrier_named(str(text))[0] == "electricity"
    }
    power &= np.array([text in electric for text in texts.tolist()], dtype=bool)
    power &= np.isin(table.texts("use").astype(str), ["", *OWN_USE, "generated"]) & (
        table.texts("supplier") == ""
    )
    amounts = np.nan_to_num(table.numbers("amount"))
    total = float(amounts[power].sum())
    if total <= 0:
        return say("electricity use is not known")
    direct = (table.texts("market") == "direct") & (table.numbers("market_factor") == 0)
    lines = doubtful_own_power(accounts, table)
    unclear = np.isin(table.rows, accounts.row[lines])
    generated = power & (table.texts("use") == "generated")
    bought = power & ~generated
    kept = missing.electric[:, 1] > 0
    return _share(
        float(amounts[(generated & ~unclear) | (power & direct)].sum()),
        float(amounts[generated & unclear & ~direct].sum()),
        0.0 if _states_energy_purchases(cluster, year) else float(amounts[bought].sum()),
        total,
        missing.energy[kept],
        missing.clean[kept],
    )


# --------------------------------------------------------------------------- streams

_SOLID = frozenset(
    "slag ash ashes gypsum scrap sludge tailings gangue dust cinder cinders waste wastes".split()
)
_FLUID = frozenset(
    "water wastewater effluent brine gas gases air oil oils acid alkali lye solvent heat steam".split()
)
_ENERGY = frozenset("heat steam cold cooling pressure".split())
_WATER = frozenset("water wastewater effluent condensate".split())
_SOLID_ZH: tuple[str, ...] = (
    "渣",
    "粉煤灰",
    "炉灰",
    "飞灰",
    "底灰",
    "石膏",
    "固废",
    "固体废",
    "污泥",
    "尾矿",
    "矸石",
)
_SOLID_ZH += ("废钢", "废铁", "废铝", "废铜", "废料", "废纸", "废塑", "废玻璃", "废木", "粉尘", "赤泥")
_FLUID_ZH = ("水", "液", "气", "汽", "热", "油", "酸", "碱")
_ENERGY_ZH = ("热", "蒸汽", "冷", "压")
_WATER_ZH = ("水",)


def stream_category(name: str, dimension: str, declared: str = "") -> str:
    """Return the category of a stream: as declared, else by the whole words of its name; '' if unknown.

    Examples
    --------
    >>> stream_category("fly ash", "mass"), stream_category("wash water", "mass")
    ('solid waste', 'water')
    >>> stream_category("废水", "volume"), stream_category("石灰", "mass"), stream_category("余热", "energy")
    ('water', '', 'waste energy')
    """
    if declared:
        return declared
    words = set(re.findall(r"[a-z]+", name.casefold()))

    def says(latin: frozenset[str], chinese: tuple[str, ...]) -> bool:
        return bool(words & latin) or any(c in name for c in chinese)

    if dimension == "energy":
        return "waste energy" if says(_ENERGY, _ENERGY_ZH) else ""
    if says(_WATER, _WATER_ZH) and not says(_SOLID - {"waste", "wastes"}, _SOLID_ZH):
        return "water"
    if dimension == "mass" and says(_SOLID, _SOLID_ZH) and "soda" not in words:
        mixed = says(_FLUID, _FLUID_ZH) and not says(_SOLID - {"waste", "wastes"}, _SOLID_ZH)
        return "" if mixed else "solid waste"
    return ""


def _reused(category: str, dimensions: tuple[str, ...], named: Sentence) -> Measure:
    def measured(
        cluster: Cluster, accounts: CarbonAccounts, year: int, missing: MissingEnergy
    ) -> ParkValue | Sentence:
        table = cluster.table("streams")
        kinds = [
            stream_category(str(n), str(d), str(c))
            for n, d, c in zip(
                table.texts("stream"), table.texts("dimension"), table.texts("category"), strict=True
            )
        ]
        chosen = (table.texts("direction") == "offered") & (np.array(kinds, dtype=object) == category)
        chosen &= np.isin(table.texts("dimension").astype(str), dimensions)
        amounts, shares = np.nan_to_num(table.numbers("amount")[chosen]), table.numbers("reused")[chosen]
        known = ~np.isnan(shares)
        whole = float(amounts.sum())
        if not amounts[known].sum() > 0:
            return say("the table streams does not state how much {words} is reused", words=named)
        used = float((amounts[known] * shares[known]).sum())
        open_ = float(amounts[~known].sum())
        why = say("the table streams does not state for some {words} how much is reused", words=named)
        return ParkValue(
            used / float(amounts[known].sum()), used / whole, (used + open_) / whole, why if open_ else None
        )

    return measured


def _certified_large(
    cluster: Cluster, accounts: CarbonAccounts, year: int, missing: MissingEnergy
) -> ParkValue | Sentence:
    large = size_of(cluster) == "large"
    known = by_enterprise(cluster, "awareness", "certified")[large]
    if not large.any() or np.isnan(known).all():
        return say("certification of large enterprises is not known")
    least, most = float(np.nan_to_num(known).mean()), float(np.nan_to_num(known, nan=1.0).mean())
    why = say("of some large enterprises certification is not known") if most > least else None
    return ParkValue(float(np.nanmean(known)), least, most, why)


def _not_measured(
    cluster: Cluster, accounts: CarbonAccounts, year: int, missing: MissingEnergy
) -> ParkValue | Sentence:
    return say("no table of a cluster holds it")


MEASURES: Mapping[str, Measure] = {
    "carbon_per_energy": _carbon_per_energy,
    "clean_energy_share": _clean_energy,
    "direct_green_power": _direct_green,
    "solid_waste_used": _reused("solid waste", ("mass",), say("solid waste")),
    "waste_heat_used": _reused("waste energy", ("energy",), say("heat, cold and pressure")),
    # A tonne of water is a cubic metre.
    "water_reused": _reused("water", ("volume", "mass"), say("water")),
    "certified_large": _certified_large,
    "product_energy_share": _not_measured,
}
