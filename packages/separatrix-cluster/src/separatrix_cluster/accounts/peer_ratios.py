"""Amounts out of all proportion to those of peers in every year: a unit that is wrong throughout.

An error in one year is detected by comparison with the other years. An error in all years is detected only
by comparison with other enterprises: an amount a hundred times that of every enterprise of its sector,
relative to its money, its staff and its other energy alike (an analytical procedure of auditors: ISA 520,
International Auditing and Assurance Standards Board). Where peers are close to each other a smaller factor
suffices: the evidence for a confused unit is computed from their spread.

How much likelier an amount is a unit that was taken for another than an amount like those of its peers.

Logarithms of amounts relative to size are assumed normal among peers, with a weak prior for their spread,
so that a further one follows Student's t. The evidence is the logarithm of the ratio of two densities: of
the amount divided (or multiplied) by a hundred, a thousand or ten thousand, and of the amount unchanged.
Peers that differ much give little evidence, so that a spread of tens is not reported as an error.

References
----------
Gelman, A. et al. (2013). Bayesian Data Analysis, 3rd ed. CRC Press, ch. 3.2 (the predictive distribution of a
normal sample) and 7.4 (Bayes factors).
Jeffreys, H. (1961). Theory of Probability, 3rd ed. Oxford University Press, app. B (grades of evidence).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.run.cached_property import keep
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.results import CarbonAccounts, Ints
from separatrix_cluster.tables.carriers import carrier_called
from separatrix_cluster.tables.cells import Floats, short, text_codes
from separatrix_cluster.tables.panel import Cluster, panel_of, row_medians, sectors_of

__all__ = [
    "PeerRatio",
    "SLIPS",
    "deviations",
    "has_few_peers",
    "least_evidence",
    "odd_ratios",
    "slip_evidence",
]

SLIPS = (1e2, 1e3, 1e4)
"""The ratios of units that are confused with each other: hundreds, kg and t, t and 10,000 t."""

_PRIOR_WEIGHT, _THOUGHT = 4.0, 0.5
"""What is thought of the log deviation of enterprises of one trade, and how many of them that is worth."""
_OF_SECTOR, _OF_ALL = 3, 6
"""The least number of others in its sector to compare an amount with; else of all enterprises."""


def deviations(amount: Floats, sectors: Ints) -> tuple[Floats, Floats, Floats]:
    """Return how far the logarithm of each amount is from that of its peers, the scale, and the freedom.

    Each without itself; `nan` where there are too few others.

    Parameters
    ----------
    amount : array, shape (enterprises,)
        For its size; `nan` or 0 where not known.
    sectors : array of int, shape (enterprises,)
        -1 for none.

    Examples
    --------
    >>> away, scale, _ = deviations(np.array([1.0, 1.1, 0.9, 1.0, 1.05, 0.95, 1000.0]), np.full(7, -1))
    >>> bool(away[-1] > 10 * scale[-1])
    True
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where((amount > 0) & np.isfinite(amount), np.log(amount), np.nan)
    known = ~np.isnan(logs)
    found = [np.full(len(logs), np.nan) for _ in range(3)]
    groups = ((sectors, _OF_SECTOR, sectors >= 0), (np.zeros_like(sectors), _OF_ALL, known))
    for codes, least, among in groups:
        chosen = np.flatnonzero(known & among)
        if len(chosen) <= least:  # nobody has so many others
            continue
        # Sums without each one itself: its own share is taken out of those of all.
        of, x = codes[chosen], logs[chosen] - logs[chosen].mean()
        count, first, second = (np.bincount(of, w)[of] for w in (np.ones(len(x)), x, x * x))
        others, rest = count - 1, second - x * x
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = (first - x) / others
            squares = np.maximum(0.0, rest - others * mean * mean) + _PRIOR_WEIGHT * _THOUGHT**2
            freedom = others - 1 + _PRIOR_WEIGHT
            scale = np.sqrt(squares / freedom * (1 + 1 / others))
        open_ = np.isnan(found[0][chosen]) & (others >= least)
        for column, values in zip(found, (x - mean, scale, freedom), strict=True):
            column[chosen[open_]] = values[open_]
    return found[0], found[1], found[2]


def has_few_peers(amount: Floats, sectors: Ints) -> npt.NDArray[np.bool_]:
    """Return which amounts have too few others of their sector, and are therefore compared with all."""
    known = np.where((amount > 0) & (sectors >= 0), 1, 0)
    others = np.bincount(sectors + 1, known)[sectors + 1] - known
    return np.asarray((others < _OF_SECTOR) | (sectors < 0))


def slip_evidence(quotient: Floats, sectors: Ints, factor: float) -> Floats:
    """Return the evidence that amounts are ``factor`` times what they should be.

    Parameters
    ----------
    quotient : array, shape (enterprises,)
        The amount over a measure of size.
    sectors : array of int, shape (enterprises,)
    factor : float
        Above 1 for amounts that are too large, below for those that are too small.

    Returns
    -------
    array, shape (enterprises,)
        Natural logarithms; `nan` where there are too few others.
    """
    away, scale, freedom = deviations(quotient, sectors)
    now, then = away / scale, (away - np.log(factor)) / scale
    return np.asarray(
        (freedom + 1) / 2 * (np.log1p(now**2 / freedom) - np.log1p(then**2 / freedom)), dtype=np.float64
    )


def least_evidence(quotients: Sequence[Floats], sectors: Ints, factor: float) -> Floats:
    """Return the smallest evidence over the measures of size; `nan` where fewer than two have data."""
    table = np.array([slip_evidence(quotient, sectors, factor) for quotient in quotients])
    told = (~np.isnan(table)).sum(axis=0) >= 2
    found = np.full(table.shape[1], np.nan)
    found[told] = np.nanmin(table[:, told], axis=0)
    return found


_FAR = 100.0
"""So many times the farthest of its sector, or of all where it has none, is a unit: others differ by tens."""
_FAR_OF_ALL = 10.0
"""And so many times the farthest of all others, for a sector may hold two trades."""
_OTHERS = 4
"""With fewer others nothing is reported."""
_MARGIN = 10.0
"""How far beyond its peers the true amount may still be."""


@dataclass(frozen=True)
class PeerRatio:
    """An amount of an enterprise far from that of its peers.

    Attributes
    ----------
    remark : Remark
    enterprise : int
        Its position.
    amount : str
        A carrier, fuels, direct (scope 1 in all), or a column of `accounts`: output, value_added, staff.
    low, high : float
        By which share of what it adds up to it may be too high (low) or too low (high).
    """

    remark: Remark
    enterprise: int
    amount: str
    low: float
    high: float


_CALLED = {
    "electricity": say("electricity"),
    "fuels": say("fuels"),
    "direct": say("direct emissions"),
    "process": say("process emissions"),
    "output": say("output"),
    "value_added": say("value added"),
    "staff": say("staff"),
}

_BESIDE = {
    "electricity": ("output", "staff"),
    "fuels": ("output", "staff"),
    "direct": ("output", "staff"),
    "output": ("staff", "electricity", "fuels"),
    "value_added": ("staff", "electricity", "fuels"),
    "staff": ("output", "electricity", "fuels"),
}
"""The reference of each measure. Output and value added have the same errors, so neither checks the other."""

_LOW_TOO = frozenset({"output", "value_added", "staff"})
"""None of these can be a hundredth of its usual value; a single carrier can be close to zero."""


def odd_ratios(cluster: Cluster, accounts: CarbonAccounts) -> list[PeerRatio]:
    """Return the amounts that stand out from those of all peers, by each of two measures or more."""
    return keep(accounts, "_odd_ratios", lambda: _find_peer_ratios(cluster, accounts))


def _find_peer_ratios(cluster: Cluster, accounts: CarbonAccounts) -> list[PeerRatio]:
    usual = _usual(cluster, accounts)
    sectors = np.array([str(code).strip()[:3] for code in sectors_of(cluster)], dtype=object)
    found = []
    for name, measures in _BESIDE.items():
        high = [_beyond(usual[name], usual[m], sectors) for m in measures]
        found += _ratio_outliers(cluster, accounts, name, np.array(high), up=True)
        if name in _LOW_TOO:
            low = [_beyond(usual[m], usual[name], sectors) for m in measures]
            found += _ratio_outliers(cluster, accounts, name, np.array(low), up=False)
    found += _tiny(cluster, accounts, usual)
    told = {(odd.enterprise, odd.amount) for odd in found}
    return [*found, *(s for s in _slips(cluster, accounts, usual) if (s.enterprise, s.amount) not in told)]


_CONFUSED = (1e3, 1e4, 1e6)
"""The ratios of units that are confused with each other."""
_NEAR = 3.0
_ABOVE = 10.0
"""In the right unit an amount lies within this factor of the least of its peers, and of the largest."""
_ROUNDED = 1.05
"""A small number has fewer digits than the large one that it stands for."""
_USERS = 3
"""With fewer other users of a carrier nothing is reported."""


def _tiny(cluster: Cluster, accounts: CarbonAccounts, usual: Mapping[str, Floats]) -> list[PeerRatio]:
    """Return amounts of a carrier below a hundredth of everybody's that fit among them in another unit.

    By amount, by output and by staff alike, where the enterprise has no other fuel, or it is its electricity.
    """
    years, found, count = list(accounts.years), [], len(accounts.enterprises)
    bought = (accounts.carrier == "electricity") | (accounts.carrier == "heat")
    used = (accounts.carrier != "") & (np.nan_to_num(accounts.energy) > 0)
    names, codes = text_codes(accounts.carrier)
    burns = np.zeros((count, len(names)), dtype=bool)
    burns[accounts.enterprise[used & ~bought], codes[used & ~bought]] = True
    fuels = burns.sum(axis=1)
    for carrier in sorted({*names[np.unique(codes[used])].tolist()} - {"heat"}):
        at = np.flatnonzero(used & (accounts.carrier == carrier))
        table = np.zeros((count, len(years)))
        np.add.at(
            table, (accounts.enterprise[at], np.searchsorted(years, accounts.year[at])), accounts.energy[at]
        )
        amount = _median(table)
        levels = [amount, amount / usual["output"], amount / usual["staff"]]
        known = [np.sort(level[level > 0]) for level in levels]
        for e in np.flatnonzero(~np.isnan(amount)).tolist():
            if carrier != "electricity" and fuels[e] != 1:
                continue
            times = [
                _short_of_others(float(level[e]), others)
                for level, others in zip(levels, known, strict=True)
                if not np.isnan(level[e])
            ]
            fit = [s for s in _CONFUSED if len(times) > 1 and all(a <= s <= b for a, b in times)]
            if not fit:
                continue
            size = max(fit)
            what = say(
                "{carrier} of {enterprise} is less than a hundredth of that of every other that uses it, by "
                "its size, too, and as large as theirs if it were {times} times as much",
                carrier=carrier_called(carrier),
                enterprise=short(str(accounts.enterprises[e])),
                times=f"{size:,.0f}",
            )
            mine = at[accounts.enterprise[at] == e]
            place = str(accounts.file[mine[0]]), int(accounts.row[mine[0]])
            remark = Remark("K229", "warning", *place, "amount", what, say("check the unit in all years"))
            found.append(PeerRatio(remark, e, carrier, 0.0, _ROUNDED * size - 1))
    return found


_SURE = 5.0
"""e to this power times likelier: decisive by Jeffreys, with some hundred amounts looked at."""
_SURE_OF_ALL = 8.0
"""Required in comparisons across all sectors, since some burn what others hardly use."""
_ALIKE = 0.85
"""Peers with this log deviation or less need the same of it: two thirds of them within a factor of 2.3."""
_HUNDREDS = 100.0
_CLOSE_SECOND = 4.0
"""A larger slip that is nearly as likely as the likeliest is bounded, too."""


def _slips(cluster: Cluster, accounts: CarbonAccounts, usual: Mapping[str, Floats]) -> Iterator[PeerRatio]:
    """Yield amounts of a carrier that are far likelier in another unit, by output, staff and other energy."""
    years = np.array(accounts.years, dtype=np.int64)
    texts = np.array([str(code).strip()[:3] for code in sectors_of(cluster)], dtype=str)
    codes = np.where(texts == "", -1, np.unique(texts, return_inverse=True)[1])
    used = (accounts.carrier != "") & (np.nan_to_num(accounts.energy) > 0)
    at = accounts.enterprise, np.searchsorted(years, accounts.year)
    whole = np.zeros((len(accounts.enterprises), len(years)))
    np.add.at(whole, (at[0][used], at[1][used]), accounts.energy[used])
    total = _median(whole)
    lacking = np.ones(len(total), dtype=bool)
    for measure in (usual["output"], usual["staff"]):
        away, scale, _ = deviations(total / measure, codes)
        lacking &= np.isnan(away) | (away <= -scale)
    for carrier in sorted({*accounts.carrier[used].tolist()}):
        mine = used & (accounts.carrier == carrier)
        table = np.zeros(whole.shape)
        np.add.at(table, (at[0][mine], at[1][mine]), accounts.energy[mine])
        amount, others = _median(table), _median(np.where(whole - table > _LEFT * whole, whole - table, 0.0))
        quotients = [amount / usual["output"], amount / usual["staff"], amount / others]
        scales = np.nan_to_num([deviations(q, codes)[1] for q in quotients]).max(axis=0)
        for up in (True, False):
            # A hundredth is no unit of energy or mass; a digit too many is a slip of the hand.
            sizes = [s for s in SLIPS if up or s > _HUNDREDS]
            evidence = np.array([least_evidence(quotients, codes, s if up else 1 / s) for s in sizes])
            evidence = np.nan_to_num(evidence, nan=-np.inf)
            best = evidence.max(axis=0)
            odd = best >= np.where(has_few_peers(amount, codes), _SURE_OF_ALL, _SURE)
            if not up:  # a little of it may be all that is needed, unless all peers need as much
                odd &= (scales <= _ALIKE) & (lacking | (carrier == "electricity"))
            for e in np.flatnonzero(odd).tolist():
                least = max(0.0, best[e] - _CLOSE_SECOND)
                near = [s for s, v in zip(sizes, evidence[:, e], strict=True) if v >= least]
                rows = np.flatnonzero(mine & (accounts.enterprise == e))
                yield _slip(accounts, carrier, e, int(rows[0]), max(near), up=up)
    yield from _slips_of_gases(accounts, usual, codes)


def _slips_of_gases(
    accounts: CarbonAccounts, usual: Mapping[str, Floats], codes: Ints
) -> Iterator[PeerRatio]:
    """Yield process emissions, and direct ones with rows of gases, far likelier in another unit: kg for t.

    Process emissions are compared within the sector, all direct emissions across all sectors.
    """
    measured = (accounts.scope == 1) & (accounts.carrier == "") & (accounts.location > 0)
    process = measured & (accounts.kind == "process")
    for name, chosen, ups in (("process", process, (True, False)), ("direct", measured, (True,))):
        amount = usual["direct"] if name == "direct" else _median(_by_year(accounts, chosen))
        has = np.bincount(accounts.enterprise[chosen], minlength=len(amount)) > 0
        energy = np.fmax(np.nan_to_num(usual["electricity"]), np.nan_to_num(usual["fuels"]))
        others = np.where(energy > 0, energy, np.nan)
        quotients = [amount / usual["output"], amount / usual["staff"], amount / others]
        for up in ups:
            sizes = [s for s in SLIPS if up or s > _HUNDREDS]
            evidence = np.array([least_evidence(quotients, codes, s if up else 1 / s) for s in sizes])
            evidence = np.nan_to_num(evidence, nan=-np.inf)
            best = evidence.max(axis=0)
            odd = has & (best >= np.where(has_few_peers(amount, codes), _SURE_OF_ALL, _SURE))
            for e in np.flatnonzero(odd & ~(has_few_peers(amount, codes) & (name == "process"))).tolist():
                near = [s for s, v in zip(sizes, evidence[:, e], strict=True) if v >= best[e] - _CLOSE_SECOND]
                rows = np.flatnonzero(chosen & (accounts.enterprise == e))
                yield _slip(
                    accounts, name, e, int(rows[np.argmax(accounts.location[rows])]), max(near), up=up
                )


def _by_year(accounts: CarbonAccounts, chosen: npt.NDArray[np.bool_]) -> Floats:
    table: Floats = np.zeros((len(accounts.enterprises), len(accounts.years)))
    at = accounts.enterprise[chosen], np.searchsorted(accounts.years, accounts.year[chosen])
    np.add.at(table, at, accounts.location[chosen])
    return table


_LEFT = 1e-9
"""What is left of a sum after its only part is taken out is rounding."""


def _slip(accounts: CarbonAccounts, carrier: str, e: int, line: int, size: float, *, up: bool) -> PeerRatio:
    name = _CALLED.get(carrier) or carrier_called(carrier)
    who, times = short(str(accounts.enterprises[e])), f"{size:,.0f}"
    what: Sentence = (
        say(
            "{carrier} of {enterprise} is far above that of its peers for output, staff and other energy "
            "alike, and as theirs if it were 1/{times} of it",
            carrier=name,
            enterprise=who,
            times=times,
        )
        if up
        else say(
            "{carrier} of {enterprise} is far below that of its peers for output, staff and other energy "
            "alike, and as theirs if it were {times} times as much",
            carrier=name,
            enterprise=who,
            times=times,
        )
    )
    hint = say("check the unit in all years; the values were used unchanged")
    place = str(accounts.file[line]), int(accounts.row[line])
    remark = Remark("K229", "warning", *place, "amount", what, hint)
    ends = (1 / (_ROUNDED * size) - 1, 0.0) if up else (0.0, _ROUNDED * size - 1)
    return PeerRatio(remark, e, carrier, *ends)


def _short_of_others(level: float, known: Floats) -> tuple[float, float]:
    """Return from how many times as much on, and up to how many, an amount would be as those of others.

    ``known`` are all amounts above zero, itself included, in order.
    """
    own = int(level > 0)
    if len(known) - own < _USERS or level * _FAR > (least := float(known[int(own and level == known[0])])):
        return np.inf, 0.0
    most = float(known[-2 if own and level == known[-1] else -1])
    return least / _NEAR / level, most * _ABOVE / level


def _usual(cluster: Cluster, accounts: CarbonAccounts) -> Mapping[str, Floats]:
    """Return the median over the years of each amount of every enterprise; `nan` where there is none."""
    years = list(accounts.years)
    found: dict[str, Floats] = {}
    power = accounts.carrier == "electricity"
    fuel = (accounts.scope == 1) & (accounts.carrier != "")
    for name, chosen, amounts in (
        ("electricity", power, accounts.energy),
        ("fuels", fuel, accounts.energy),
        ("direct", accounts.scope == 1, accounts.location),
    ):
        table = np.zeros((len(accounts.enterprises), len(years)))
        at = np.flatnonzero(chosen & ~np.isnan(amounts))
        np.add.at(table, (accounts.enterprise[at], np.searchsorted(years, accounts.year[at])), amounts[at])
        found[name] = _median(table)
    for name in ("output", "value_added", "staff"):
        found[name] = _median(panel_of(cluster, "accounts", name, years))
    return found


def _median(table: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        known = np.where(table > 0, table, np.nan)
    return row_medians(known)


def _beyond(amount: Floats, measure: Floats, sectors: npt.NDArray[np.object_]) -> Floats:
    """Return how many times that of the farthest peer each quotient is; `nan` without, 0 where near."""
    quotient = amount / measure
    known = ~np.isnan(quotient)
    found = np.full(len(quotient), np.nan)
    if known.sum() <= _OTHERS:
        return found
    of_all = _largest_other(np.where(known, quotient, 0.0), np.zeros(len(quotient), dtype=np.int64))
    codes = text_codes(sectors)[1]
    of_sector = _largest_other(np.where(known, quotient, 0.0), codes)
    peers = (of_sector > 0) & (sectors != "")
    with np.errstate(divide="ignore", invalid="ignore"):
        times, times_all = quotient / of_sector, quotient / of_all
        odd = np.where(
            peers, (times >= _FAR) & (times_all >= _FAR_OF_ALL), (of_all > 0) & (times_all >= _FAR)
        )
        found[known] = np.where(odd, np.where(peers, times, times_all), 0.0)[known]
    return found


def _largest_other(values: Floats, codes: Ints) -> Floats:
    """Return of each the largest value of the others of its code; 0 where there is none."""
    order = np.lexsort((-values, codes))
    starts = np.flatnonzero(np.r_[True, np.diff(codes[order]) != 0])
    sizes = np.diff(np.r_[starts, len(order)])
    first = np.repeat(order[starts], sizes)
    second = np.where(sizes > 1, values[order[np.minimum(starts + 1, len(order) - 1)]], 0.0)
    largest = np.empty(len(values))
    largest[order] = np.where(order == first, np.repeat(second, sizes), values[first])
    return largest


def _ratio_outliers(
    cluster: Cluster, accounts: CarbonAccounts, name: str, times: Floats, *, up: bool
) -> list[PeerRatio]:
    told = ~np.isnan(times)
    odd = (told.sum(axis=0) >= 2) & np.all(~told | (times > 0), axis=0)
    found = []
    for e in np.flatnonzero(odd).tolist():
        least = float(np.nanmin(times[:, e]))
        identity = str(accounts.enterprises[e])
        count = "{:,.0f}".format(float(rounded(least, 2).replace(",", "")))
        what: Sentence = (
            say(
                "{amount} of {enterprise} is {times} times that of the next of its peers, in the median of "
                "its years and by every measure of its size",
                amount=_CALLED[name],
                enterprise=short(identity),
                times=count,
            )
            if up
            else say(
                "{amount} of {enterprise} is less than 1/{times} of that of the next of its peers, in the "
                "median of its years and by every measure of its size",
                amount=_CALLED[name],
                enterprise=short(identity),
                times=count,
            )
        )
        file, row, column = _place(cluster, accounts, name, e)
        hint = say("check the unit in all years; the values were used unchanged")
        remark = Remark("K229", "warning", file, row, column, what, hint)
        ends = (1 / (least * _MARGIN) - 1, 0.0) if up else (0.0, least * _MARGIN - 1)
        found.append(PeerRatio(remark, e, name, *ends))
    return found


def _place(cluster: Cluster, accounts: CarbonAccounts, name: str, e: int) -> tuple[str, int | None, str]:
    """Return the first row of what is out of proportion."""
    if name in ("output", "value_added", "staff"):
        table = cluster.table("accounts")
        rows = table.rows[table.texts("enterprise") == accounts.enterprises[e]]
        return table.file, int(rows[0]) if len(rows) else None, name
    mine = accounts.enterprise == e
    chosen = {
        "electricity": mine & (accounts.carrier == "electricity"),
        "fuels": mine & (accounts.scope == 1) & (accounts.carrier != ""),
        "direct": mine & (accounts.scope == 1),
    }[name]
    at = np.flatnonzero(chosen)
    i = int(at[np.argmax(np.nan_to_num(accounts.location[at]))])
    return str(accounts.file[i]), int(accounts.row[i]), "amount"
