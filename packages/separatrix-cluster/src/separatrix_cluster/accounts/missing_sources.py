"""Emission sources that are missing from every year of an enterprise although its peers report them.

A gap in one year is detected by comparison with the other years. A gap in all years is detected only by
comparison with peers: an enterprise that makes cement without fuel, while all others of the sector burn it,
has most likely omitted it (an analytical procedure of auditors: ISA 520, International Auditing and
Assurance Standards Board).

Enterprises with direct emissions but without electricity data, although all production uses electricity.

Their use may be estimated from enterprises with data; the lower bound is zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.run.cached_property import keep
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.emission_factors import is_biogenic
from separatrix_cluster.accounts.peer_ratios import deviations, has_few_peers, slip_evidence
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.accounts.supply_checks import power_plants
from separatrix_cluster.tables.carriers import carrier_called, carrier_named
from separatrix_cluster.tables.cells import Floats, short
from separatrix_cluster.tables.panel import Cluster, panel_of, rows_of_members, sectors_of

__all__ = [
    "AbsentSource",
    "BURNERS",
    "absent_sources",
    "as_fossil",
    "electricity_remarks",
    "lines_of_source",
    "without_electricity",
]

Truths = npt.NDArray[np.bool_]

_OTHERS = {"direct": 3, "process": 2}
"""From so many others of a sector on what all of them have is usual in it."""
_MOSTLY = {"direct": 0.5, "process": 0.35}
"""Each of them has at least this share of its carbon from there: of energy alone, or of all."""
_SURE = 7.0
"""Decisive evidence by the mix of energy, as in `separatrix_cluster.accounts.peer_ratios`, ..."""
_AGREES = 1.0
"""... with which output and staff agree."""
_ALIKE = 0.75
"""Peers with this log deviation or less have the same mix."""
_SHORT = 1.3
"""By so many times the spread of its peers all energy for its size is less."""
_REST = (10.0, 30.0, 100.0)
"""Where another fuel is reported, such as for vehicles, it is at most this part of what peers burn."""

_NEXT_TO_NONE = 0.2
"""Such a share of its carbon from fuel is that of vehicles and canteens, in a sector of furnaces."""

BURNERS = {
    "CN": re.compile(r"C?-?(25\d*|30|30[14578]\d?|311\d?)", re.IGNORECASE),
    "": re.compile(r"C?-?(19[\d.]*|23|23\.?[1-5][\d.]*)", re.IGNORECASE),
}
"""Sectors of furnaces: coke and oil, cement, glass, ceramics, pig iron (GB/T 4754; ISIC and NACE)."""

SMELTERS = {
    "CN": re.compile(r"C?-?3[12]\d*", re.IGNORECASE),
    "": re.compile(r"C?-?24[\d.]*", re.IGNORECASE),
}
"""Sectors of metals where some enterprises only roll and draw: checked for biomass, not for missing fuel."""


@dataclass(frozen=True)
class AbsentSource:
    """A source that an enterprise lacks in every year.

    Attributes
    ----------
    remark : Remark
    enterprise : int
        Its position.
    source : str
        direct (fuels, with what gives heat in their place) or process.
    by_peers : bool
        Whether it can be estimated from others of its sector.
    by_trade : bool
        Whether it is a biomass fuel, unusual for furnaces: it is estimated as fossil fuel.
    """

    remark: Remark
    enterprise: int
    source: str
    by_peers: bool
    by_trade: bool = False


def lines_of_source(accounts: CarbonAccounts, source: str) -> Truths:
    """Return which lines are of a source: direct with bought heat, or process."""
    if source == "process":
        return np.asarray((accounts.kind == "process") | (accounts.kind == "verified"))
    burned = (accounts.scope == 1) & ((accounts.carrier != "") | (accounts.kind == "verified"))
    return np.asarray(burned | (accounts.carrier == "heat"))


def absent_sources(cluster: Cluster, accounts: CarbonAccounts) -> tuple[AbsentSource, ...]:
    """Return what single enterprises lack in every year that all others of their sector have."""
    return keep(accounts, "_absent_sources", lambda: _find_absent_sources(cluster, accounts))


def _find_absent_sources(cluster: Cluster, accounts: CarbonAccounts) -> tuple[AbsentSource, ...]:
    if not len(accounts.year):
        return ()
    carbon = _carbon(accounts)
    codes = sectors_of(cluster).astype(str)
    texts = np.array([code.strip()[:3] for code in codes], dtype=str)
    sectors = np.where(texts == "", -1, np.unique(texts, return_inverse=True)[1])
    told = carbon["all"] > 0
    named = {source: _enterprises_with_refused_rows(cluster, accounts, source) for source in _MOSTLY}
    found: list[AbsentSource] = []
    for source, least in _MOSTLY.items():
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(told, carbon[source] / carbon["energy" if source == "direct" else "all"], np.nan)
        of_source = lines_of_source(accounts, source)
        none = of_source & (accounts.location == 0) & (np.nan_to_num(accounts.energy) == 0)
        has, said = (np.bincount(accounts.enterprise[k], minlength=len(told)) > 0 for k in (of_source, none))
        open_ = told & ~np.array([str(e) in named[source] for e in accounts.enterprises], dtype=bool)
        asked = open_ & ~said  # an amount of 0 says that there is none
        lacking = asked & ~has
        usual = (share >= least) & told & (sectors >= 0)
        n, most = (np.bincount(sectors[k] + 1, minlength=len(told) + 1) for k in (told, usual))
        others = n[sectors + 1] - told
        all_do = (sectors >= 0) & (others >= _OTHERS[source]) & (most[sectors + 1] - usual == others)
        chosen = lacking & all_do
        if source == "direct":
            alike, little = _mix(cluster, accounts, carbon, sectors)
            chosen = all_do & asked & np.where(has, little, alike)
            grown = told & all_do & ~said & ~chosen & ~(share > _NEXT_TO_NONE)
            found += _zero_rated(cluster, accounts, grown, others)
            burn, smelt = (_of_sectors(cluster, codes, patterns) for patterns in (BURNERS, SMELTERS))
            fossil = _as_fossil(cluster).sum(axis=1)
            wood = (burn | smelt) & (fossil > 0) & (fossil >= _MUCH * carbon["energy"])
            # Who only mixes or cuts needs little power; mills and fans of furnaces need much.
            burn &= _much_power(cluster, accounts, carbon)
            bare = (lacking | (asked & (share <= _NEXT_TO_NONE))) & burn & ~chosen
            bare |= wood & ~chosen
            bare[[one.enterprise for one in found]] = False
            found += [
                _by_trade(cluster, accounts, e, str(codes[e]), by_peers=bool(others[e] >= _OTHERS[source]))
                for e in np.flatnonzero(bare).tolist()
            ]
        found += [_beside_peers(accounts, source, e, int(others[e])) for e in np.flatnonzero(chosen).tolist()]
    return tuple(found)


def _carbon(accounts: CarbonAccounts) -> Mapping[str, Floats]:
    """Return t CO2e of each enterprise in all years together; what a verified total holds counts once."""
    n = len(accounts.enterprises)
    by_factor = np.fmax(np.nan_to_num(accounts.factor_location), accounts.location)
    amounts = np.where(accounts.carrier == "", accounts.location, by_factor).clip(min=0.0)

    def sums(chosen: Truths) -> Floats:
        return np.bincount(accounts.enterprise[chosen], amounts[chosen], n).astype(np.float64)

    verified = sums(accounts.kind == "verified")
    fuels = sums((accounts.scope == 1) & (accounts.carrier != ""))
    process, heat = sums(accounts.kind == "process"), sums(accounts.carrier == "heat")
    power = sums(accounts.carrier == "electricity") + sums(accounts.kind == "reported")
    direct = np.fmax(fuels, verified) + heat
    rest = np.maximum(0.0, verified - fuels)
    return {
        "direct": direct,
        "process": process + rest,
        "power": power,
        "energy": direct + power,
        "all": direct + process + power,
    }


def _of_sectors(
    cluster: Cluster, codes: npt.NDArray[np.str_], patterns: Mapping[str, re.Pattern[str]]
) -> Truths:
    pattern = patterns["CN" if cluster.description.country in ("", "CN") else ""]
    return np.array([bool(pattern.fullmatch(code.strip())) for code in codes], dtype=bool)


_FOSSIL = {"mass": 3.0, "volume": 0.0022, "energy": 0.1}
"""t CO2 of as much coke (t), natural gas (m3) or coal (GJ), in place of a fuel that grew."""
_MUCH = 0.5
"""Biomass is questioned in furnace and metal sectors if, as fossil fuel, it would be this share of the
emissions."""


def _as_fossil(cluster: Cluster) -> Floats:
    """Return the CO2 of fuels that grew if they were fossil, t, shape (enterprises, years of the table)."""
    table = cluster.table("energy")
    years = np.array(table.years, dtype=np.int64)
    found: Floats = np.zeros((len(cluster.enterprises), len(years)))
    rows = np.flatnonzero(_grown(cluster) & np.isin(table.numbers("year"), years))
    each = np.array([_FOSSIL.get(str(d), 0.0) for d in table.texts("dimension")[rows]])
    at = rows_of_members(cluster, "energy")[rows], np.searchsorted(years, table.numbers("year")[rows])
    np.add.at(found, at, np.nan_to_num(table.numbers("amount")[rows]) * each)
    return found


def as_fossil(cluster: Cluster, enterprise: int) -> dict[int, float]:
    """Return the CO2 of the fuels that grew of an enterprise if they were fossil, t, by year."""
    years = cluster.table("energy").years
    return dict(zip(years, _as_fossil(cluster)[enterprise].tolist(), strict=True))


def _much_power(cluster: Cluster, accounts: CarbonAccounts, carbon: Mapping[str, Floats]) -> Truths:
    """Return whose electricity is more for the output than that of most others."""
    output = np.nansum(panel_of(cluster, "accounts", "output", list(accounts.years)), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        level = np.where((output > 0) & (carbon["power"] > 0), carbon["power"] / output, np.nan)
    known = level[~np.isnan(level)]
    return np.asarray(level > np.median(known)) if len(known) else np.zeros(len(level), dtype=bool)


def _mix(
    cluster: Cluster, accounts: CarbonAccounts, carbon: Mapping[str, Floats], sectors: npt.NDArray[np.int64]
) -> tuple[Truths, Truths]:
    """Return whose peers burn alike for their electricity, and who burns almost nothing in comparison."""
    years = list(accounts.years)
    with np.errstate(invalid="ignore", divide="ignore"):
        mix = carbon["direct"] / carbon["power"]
        sizes = [np.nansum(panel_of(cluster, "accounts", c, years), axis=1) for c in ("output", "staff")]
        by_size = [carbon["direct"] / size for size in sizes]
    # Who burns nothing at all is held against the spread of the others, too.
    known = mix[np.isfinite(mix) & (mix > 0)]
    filled = np.where(carbon["direct"] > 0, mix, np.median(known) if len(known) else np.nan)
    scale = deviations(filled, sectors)[1]
    alike = (scale <= _ALIKE) & ~has_few_peers(filled, sectors)
    bare = alike.copy()
    little = np.zeros(len(mix), dtype=bool)
    for rest in _REST:
        agree = [np.nan_to_num(slip_evidence(q, sectors, 1 / rest), nan=np.inf) >= _AGREES for q in by_size]
        little |= (slip_evidence(mix, sectors, 1 / rest) >= _SURE) & np.all(agree, axis=0)
    # Who needs no fuel needs power in its place; who left it out has little energy for what is made.
    for size in sizes:
        with np.errstate(invalid="ignore", divide="ignore"):
            away, spread, _ = deviations(carbon["energy"] / size, sectors)
        bare &= np.isnan(away) | (away <= -_SHORT * spread)
    return np.asarray(bare), np.asarray(alike & little)


def _enterprises_with_refused_rows(cluster: Cluster, accounts: CarbonAccounts, source: str) -> set[str]:
    """Return the enterprises with an excluded row of energy or emissions: its gap is already reported.

    A fuel that grew stands for nothing that is missing, with or without a factor.
    """
    found: set[str] = set()
    for name in ("energy", "emissions"):
        table = cluster.table(name)
        rows = list(accounts.refused.get(name, ()))
        if name == "energy" and source == "direct":
            grown = _grown(cluster)
            rows = [i for i in rows if not grown[i]]
        found |= {str(e) for e in table.texts("enterprise")[rows]} if rows else set()
        if table.left_out is not None:
            found |= {str(e) for e in table.left_out.texts("enterprise")}
    sold = cluster.table("energy")
    rows = np.flatnonzero(sold.texts("use") == "generated").tolist()
    names = zip(sold.texts("enterprise")[rows], sold.texts("carrier")[rows], strict=True)
    return found | {str(who) for who, what in names if carrier_named(str(what))[0] in ("electricity", "heat")}


def _place(accounts: CarbonAccounts, e: int) -> tuple[str, int | None]:
    at = np.flatnonzero(accounts.enterprise == e)
    i = int(at[np.argmax(accounts.location[at])])
    return str(accounts.file[i]), int(accounts.row[i])


def _beside_peers(accounts: CarbonAccounts, source: str, e: int, others: int) -> AbsentSource:
    name = short(str(accounts.enterprises[e]))
    what: Sentence = (
        say(
            "{enterprise} reports no or almost no fuel or heat in any year, although these cause "
            "most emissions of all {count} other enterprises of its sector",
            enterprise=name,
            count=others,
        )
        if source == "direct"
        else say(
            "{enterprise} reports no process emissions in any year, although all {count} other "
            "enterprises of its sector do",
            enterprise=name,
            count=others,
        )
    )
    hint = say("add what is missing, or rows with an amount of 0 where there is none")
    return AbsentSource(
        Remark("K244", "warning", *_place(accounts, e), "carrier", what, hint), e, source, True
    )


def _zero_rated(
    cluster: Cluster, accounts: CarbonAccounts, chosen: Truths, others: npt.NDArray[np.int64]
) -> Iterator[AbsentSource]:
    """Yield enterprises whose only fuel is biomass, counted or excluded, where all peers burn fossil fuel."""
    table, fuel = cluster.table("energy"), _grown(cluster)
    for e in np.flatnonzero(chosen).tolist():
        mine = np.flatnonzero(fuel & (table.texts("enterprise") == accounts.enterprises[e]))
        if not len(mine):
            continue
        what = say(
            "nearly all fuel of {enterprise} is {carrier}, which counts for nothing, and all {count} others "
            "of its sector have most of their carbon from fuel or heat",
            carrier=carrier_called(carrier_named(str(table.texts("carrier")[mine[0]]))[0] or ""),
            enterprise=short(str(accounts.enterprises[e])),
            count=int(others[e]),
        )
        hint = say("check whether another fuel was meant; the row was used unchanged")
        remark = Remark("K244", "warning", table.file, int(table.rows[mine[0]]), "carrier", what, hint)
        yield AbsentSource(remark, e, "direct", True)


def _grown(cluster: Cluster) -> Truths:
    """Return which rows of energy are of a fuel that grew."""
    carriers = cluster.table("energy").texts("carrier").tolist()
    grown = {str(c): is_biogenic(carrier_named(str(c))[0]) for c in dict.fromkeys(carriers)}
    return np.array([grown[str(c)] for c in carriers], dtype=bool)


def _by_trade(
    cluster: Cluster, accounts: CarbonAccounts, e: int, sector: str, *, by_peers: bool
) -> AbsentSource:
    table = cluster.table("energy")
    mine = np.flatnonzero(_grown(cluster) & (table.texts("enterprise") == accounts.enterprises[e]))
    if len(mine):
        what = say(
            "nearly all fuel of {enterprise} is {carrier}, which counts for nothing, and furnaces of its "
            "sector {sector} burn fossil fuel as a rule",
            carrier=carrier_called(carrier_named(str(table.texts("carrier")[mine[0]]))[0] or ""),
            enterprise=short(str(accounts.enterprises[e])),
            sector=short(sector),
        )
        hint = say("check whether another fuel was meant; the row was used unchanged")
        remark = Remark("K244", "warning", table.file, int(table.rows[mine[0]]), "carrier", what, hint)
        return AbsentSource(remark, e, "direct", by_peers, by_trade=True)
    what = say(
        "{enterprise} reports no or almost no fuel or heat in any year, although production in "
        "its sector {sector} requires fuel",
        enterprise=short(str(accounts.enterprises[e])),
        sector=short(sector),
    )
    hint = say("add what is missing, or rows with an amount of 0 where there is none")
    remark = Remark("K244", "warning", *_place(accounts, e), "carrier", what, hint)
    return AbsentSource(remark, e, "direct", by_peers)


_NAMED = 3
_SEVERAL = 5
"""If this number of enterprises report fuel but no electricity, the table lacks it."""


def without_electricity(cluster: Cluster, accounts: CarbonAccounts, year: int) -> npt.NDArray[np.bool_]:
    """Return which enterprises emit directly and have no row of electricity in any year, though others have.

    Or though several report fuels and none reports electricity. Excluded are those who make power for
    others, who report a total of scope 2, or have an excluded row that may be electricity.
    """
    n = len(accounts.enterprises)
    power = keep(
        accounts,
        "_of_electricity",
        lambda: (accounts.carrier == "electricity") | (accounts.kind == "reported"),
    )
    now = accounts.year == year
    burned = now & (accounts.scope == 1) & (accounts.carrier != "")
    nobody = not power.any() and len(np.unique(accounts.enterprise[burned])) >= _SEVERAL
    if not (power & now).any() and not nobody:
        return np.zeros(n, dtype=bool)
    emitted = now & (accounts.scope == 1) & ((accounts.carrier != "") | (accounts.location > 0))
    found = np.asarray(np.bincount(accounts.enterprise[emitted], minlength=n) > 0)
    found &= np.bincount(accounts.enterprise[power], minlength=n) == 0
    makers = power_plants(cluster).copy()
    makers[accounts.supplier[power & (accounts.supplier >= 0)]] = True
    found &= ~makers
    if not found.any():
        return found
    named = _enterprises_with_refused_electricity(cluster, accounts) | _sellers(cluster)
    return np.asarray(found & ~np.array([str(e) in named for e in accounts.enterprises], dtype=bool))


def _sellers(cluster: Cluster) -> set[str]:
    table = cluster.table("energy")
    rows = np.flatnonzero(table.texts("use") == "sold")
    sold = zip(table.texts("enterprise")[rows], table.texts("carrier")[rows], strict=True)
    return {str(who) for who, what in sold if carrier_named(str(what))[0] == "electricity"}


def _enterprises_with_refused_electricity(cluster: Cluster, accounts: CarbonAccounts) -> set[str]:
    table = cluster.table("energy")
    rows = list(accounts.refused.get("energy", ()))
    pairs = list(zip(table.texts("enterprise")[rows], table.texts("carrier")[rows], strict=True))
    if table.left_out is not None:
        gone = table.left_out
        pairs += list(zip(gone.texts("enterprise"), gone.texts("carrier"), strict=True))
    return {str(who) for who, what in pairs if carrier_named(str(what))[0] in (None, "electricity")}


def electricity_remarks(cluster: Cluster, accounts: CarbonAccounts) -> list[Remark]:
    """Return a warning a year."""
    found = []
    for year in accounts.years:
        lacking = np.flatnonzero(without_electricity(cluster, accounts, year))
        if not len(lacking):
            continue
        names = ", ".join(str(accounts.enterprises[e]) for e in lacking[:_NAMED])
        what = (
            say(
                "no electricity data in any year for {names}, despite direct emissions in {year}",
                names=names,
                year=year,
            )
            if len(lacking) <= _NAMED
            else say(
                "no electricity data in any year for {names} and {more} more, despite direct "
                "emissions in {year}",
                names=names,
                more=len(lacking) - _NAMED,
                year=year,
            )
        )
        hint = say("add their electricity, with an amount of 0 for who uses none")
        found.append(Remark("K227", "warning", cluster.table("energy").file, None, "carrier", what, hint))
    return found
