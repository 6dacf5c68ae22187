"""What park standards ask for, measured from the tables of a cluster: a value, and what gaps leave open.

Energy that the accounts of a year do not hold, and between which bounds it leaves a quotient of energy.

Energy is uncertain for four reasons: a gap of the accounts, a doubt about counted amounts, fuel without a
known heating value, and a verified or reported total without rows of fuel or purchases. In each case the
energy follows from the carbon, by the carbon per energy of the possible carriers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.factor import OWN_USE
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.accounts.supply_checks import doubtful_own_power, sold_outside
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.completeness.doubt import carbon_per_energy, untold_carbon, without_fuels
from separatrix_cluster.tables.carriers import carrier_named
from separatrix_cluster.tables.cells import Floats
from separatrix_cluster.tables.panel import Cluster, by_enterprise, size_of

__all__ = [
    "MEASURES",
    "MissingEnergy",
    "ParkValue",
    "TCE",
    "energy_used",
    "missing_energy",
    "quotient_bounds",
    "stream_category",
]

Truths = npt.NDArray[np.bool_]

_BOUGHT = ("electricity", "heat")
_UNBOUNDED = 1e15  # GJ, where nothing can be said of how much


@dataclass(frozen=True)
class MissingEnergy:
    """What leaves energy open, a position for each thing; every array has a least and a most, shape (n, 2).

    Attributes
    ----------
    energy : array of float
        GJ.
    carbon, clean, electric : array of float
        t CO2 for a GJ of it, and which share of it is clean energy, and electricity.
    fixed : array of float
        t CO2 that do not depend on the energy.
    with_process : array of bool, shape (n,)
        Whether what is fixed holds process emissions, and so counts only with them; then `carbon` only
        without them.
    """

    energy: Floats
    carbon: Floats
    clean: Floats
    electric: Floats
    fixed: Floats
    with_process: Truths

    def __len__(self) -> int:
        return len(self.energy)


def missing_energy(
    accounts: CarbonAccounts, completeness: DataCompleteness | None, year: int
) -> MissingEnergy:
    """Return the energy that the accounts of a year leave open."""
    found: list[tuple[tuple[float, float], ...]] = []
    processes: list[bool] = []

    def add(
        energy: tuple[float, float],
        carbon: tuple[float, float],
        clean: tuple[float, float],
        electric: tuple[float, float],
        fixed: tuple[float, float] = (0.0, 0.0),
        process: bool = False,
    ) -> None:
        found.append((energy, carbon, clean, electric, fixed))
        processes.append(process)

    fuels, bought = carbon_per_energy(accounts, fuels=True), carbon_per_energy(accounts, fuels=False)
    no, maybe, yes = (0.0, 0.0), (0.0, 1.0), (1.0, 1.0)
    now = accounts.year == year
    # Fuel without a heating value: its carbon is known.
    for i in np.flatnonzero(now & (accounts.kind == "combustion") & np.isnan(accounts.energy)).tolist():
        carbon = float(accounts.factor_location[i])
        add((carbon / fuels[1], carbon / fuels[0]), no, no, no, (carbon, carbon))
    for carbon in untold_carbon(accounts, year).tolist():
        if carbon > 0:
            add((0.0, carbon / fuels[0]), fuels, maybe, no, (carbon, carbon), True)
    reported = np.flatnonzero(now & (accounts.kind == "reported") & (accounts.location > 0))
    for i in reported.tolist():
        own = now & (accounts.enterprise == accounts.enterprise[i]) & (accounts.scope == 2)
        if not (own & np.isin(accounts.carrier.astype(str), _BOUGHT)).any():
            carbon = float(accounts.location[i])
            add((carbon / bought[1], carbon / bought[0]), no, maybe, maybe, (carbon, carbon))
    if completeness is not None:
        c = completeness.columns
        for i in np.flatnonzero(c.year == year).tolist():
            source = str(c.source[i])
            low, high = float(np.nan_to_num(c.low[i])), float(c.high[i])
            if source == "process":
                add(no, no, no, no, (low, high if np.isfinite(high) else _UNBOUNDED), True)
                continue
            by_place = bought if source in _BOUGHT else fuels if source else (fuels[0], bought[1])
            same = _known_lines(accounts, source)
            per = accounts.factor_location[same] / accounts.energy[same]
            if len(per) and per.max() > 0:
                by_place = float(per.min()), float(per.max())
            if len(per) and per.max() == 0:  # it emits nothing, and its energy counts
                other = same & (accounts.enterprise == c.enterprise[i])
                most = float(accounts.energy[other if other.any() else same].max())
                add((0.0, most), no, yes, no)
                continue
            energy = (
                low / by_place[1],
                high / by_place[0] if np.isfinite(high) and by_place[0] > 0 else _UNBOUNDED,
            )
            if source in _BOUGHT:
                stated = accounts.factor_stated[same] / accounts.energy[same]
                ends = (float(stated.min()), float(stated.max())) if len(stated) else by_place
                power = source == "electricity"
                add(energy, ends, maybe, yes if power else no)
            elif source and source not in ("verified", "reported"):
                add(energy, by_place, no, no)
            else:
                add(energy, (0.0, by_place[1]), maybe, maybe)
        for one in _doubted(accounts, completeness, year, (fuels, bought)):
            add(*one)
    values = np.array(found, dtype=float).reshape(len(found), 5, 2)
    energy_, carbon_, clean_, electric_, fixed_ = (values[:, k] for k in range(5))
    return MissingEnergy(
        energy_, carbon_, clean_, electric_, fixed_, np.array(processes, dtype=bool).reshape(len(found))
    )


Ends = tuple[float, float]


def _doubted(
    accounts: CarbonAccounts, completeness: DataCompleteness, year: int, per: tuple[Ends, Ends]
) -> Iterator[tuple[Ends, Ends, Ends, Ends, Ends, bool]]:
    """Yield what doubts leave open: energy, its carbon, clean and electric share, fixed carbon, processes."""
    no, maybe, yes = (0.0, 0.0), (0.0, 1.0), (1.0, 1.0)
    fuels, bought = per
    doubts = completeness.doubted()
    for i in np.flatnonzero(doubts.year == year).tolist():
        source = str(doubts.source[i])
        carbon = _clip_ends(doubts.low[i], doubts.high[i])
        if source in ("process", "verified", "reported"):
            yield no, no, no, no, carbon, True
            continue
        usual = bought if source in _BOUGHT else fuels if source else (fuels[0], bought[1])
        ends = _carbon_per_line(accounts, (accounts.year == year) & (accounts.carrier == source)) or usual
        used = _clip_ends(doubts.energy_low[i], doubts.energy_high[i])
        if np.isnan(used[0]):  # it follows from the carbon
            used = (carbon[0] / ends[0], carbon[1] / ends[0]) if ends[0] > 0 else no
        if used == no:  # a factor: the carbon alone
            yield no, no, no, no, carbon, False
            continue
        clean = yes if ends[1] == 0 else no if source and source not in _BOUGHT else maybe
        yield used, ends, clean, yes if source == "electricity" else no if source else maybe, no, False


def _clip_ends(low: float, high: float) -> Ends:
    return float(np.clip(low, -_UNBOUNDED, _UNBOUNDED)), float(np.clip(high, -_UNBOUNDED, _UNBOUNDED))


def _carbon_per_line(accounts: CarbonAccounts, chosen: Truths) -> tuple[float, float] | None:
    """Return the least and the most t CO2/GJ of lines; None where none has both."""
    known = chosen & (accounts.energy > 0) & ~np.isnan(accounts.factor_stated)
    per = accounts.factor_stated[known] / accounts.energy[known]
    return (float(per.min()), float(per.max())) if len(per) else None


def _known_lines(accounts: CarbonAccounts, source: str) -> Truths:
    """Return the lines of a carrier, in all years, whose energy and carbon are known."""
    return np.asarray(
        (accounts.carrier == source)
        & (accounts.energy > 0)
        & ~np.isnan(accounts.factor_location)
        & ~accounts.internal
    )


def quotient_bounds(
    over: tuple[float, float], under: float, energy: Floats, per: Floats
) -> tuple[float, float]:
    """Return the least and the most of (over + Σ energy·per) / (under + Σ energy).

    Such a quotient is extreme where each energy is at one of its ends, and those at their upper ends are the
    ones whose `per` lies beyond the quotient itself: a row of them in order.

    Examples
    --------
    >>> quotient_bounds((10.0, 10.0), 10.0, np.array([[0.0, 10.0]]), np.array([[2.0, 3.0]]))
    (1.0, 2.0)
    """
    ends = []
    for side, order in ((0, 1), (1, -1)):
        start = over[side] + float((energy[:, 0] * per[:, side]).sum())
        first = under + float(energy[:, 0].sum())
        by = np.argsort(order * per[:, side], kind="stable")
        more = energy[by, 1] - energy[by, 0]
        tops = start + np.r_[0.0, np.cumsum(more * per[by, side])]
        bottoms = first + np.r_[0.0, np.cumsum(more)]
        known = bottoms > 0
        if not known.any():
            return float("nan"), float("nan")
        quotients = tops[known] / bottoms[known]
        ends.append(float(quotients.min() if side == 0 else quotients.max()))
    return ends[0], ends[1]


TCE = 29.307  # GJ in a tonne of coal equivalent (GB/T 2589)


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
