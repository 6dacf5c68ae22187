"""Years that are hardly whole: all of a cluster halves at full output, or one amount doubles alone.

Energy, output and value added of an enterprise move together, and those of many do not move alike.  Where all
enterprises have the same part of their other years' energy at the output of always, the year is not whole, or
holds cumulative amounts; where one has twice as much, or half, with no change of what it makes, a figure is a
slip more often than a year's work (an analytical procedure of auditors: ISA 520, International Auditing and
Assurance Standards Board).

Years that were copied from the year before: all amounts of an enterprise, or a column of most of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.run.cached_property import keep
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.intensity_checks import intensity_jumps, process_emissions
from separatrix_cluster.accounts.results import AMOUNTS_CALLED, CarbonAccounts, SuspectYear, place_of
from separatrix_cluster.tables.carriers import carrier_called, carrier_named
from separatrix_cluster.tables.cells import Floats, short
from separatrix_cluster.tables.mergers import successors
from separatrix_cluster.tables.panel import Cluster, panel_of, row_medians, rows_of_members

__all__ = ["copied_columns", "copied_energy", "uneven_years"]

_SEVERAL, _MOST = 3, 0.8
"""Of so many enterprises such a share shows it."""
_DIGITS = 3
"""Amounts of fewer significant digits are equal by chance."""


def copied_energy(cluster: Cluster, accounts: CarbonAccounts) -> Iterator[SuspectYear]:
    """Yield enterprises whose amounts of a year are those of the year before to the last digit."""
    pairs, same = _years_alike(cluster)
    # Where most are so, the amounts are contracts or estimates that stay, and say so themselves.
    if 2 * len(same) > pairs:
        return
    several = {y for _, y, count in same if count > 1}  # one amount alone may be equal by chance
    for year in sorted(several):
        members = [e for e, y, _ in same if y == year]
        what: Sentence = say(
            "all amounts of {enterprises} in {year} are those of {before} to the last digit",
            enterprises=", ".join(short(str(accounts.enterprises[i])) for i in members[:3]),
            year=year,
            before=year - 1,
        )
        file, at, column = place_of(cluster, accounts, "energy", members[0], accounts.years.index(year))
        hint = say("enter what was used in {year}, or leave the cells empty", year=year)
        remark = Remark("K237", "warning", file, at, column, what, hint)
        yield SuspectYear(remark, "energy", year, tuple(members))


def _years_alike(cluster: Cluster) -> tuple[int, list[tuple[int, int, int]]]:
    """Return how many years of enterprises have a year before them, and which have the same amounts as that.

    Each with the position of its enterprise and how many amounts it has, as the table has them.
    """
    table = cluster.table("energy")
    amounts, when = table.numbers("amount"), table.numbers("year")
    rows = np.flatnonzero((amounts > 0) & ~np.isnan(when))
    if not len(rows):
        return 0, []
    fact = np.zeros(len(table), dtype=np.int64)
    for name in ("carrier", "use", "unit"):
        names, codes = table.codes(name)
        fact = fact * len(names) + codes
    who = rows_of_members(cluster, "energy")
    rows = rows[np.lexsort((amounts[rows], fact[rows], when[rows], who[rows]))]
    who, year, fact, amount = who[rows], when[rows].astype(np.int64), fact[rows], amounts[rows]
    starts = np.flatnonzero(np.r_[True, (np.diff(who) != 0) | (np.diff(year) != 0)])
    counts = np.diff(np.r_[starts, len(rows)])
    after = 1 + np.flatnonzero((np.diff(who[starts]) == 0) & (np.diff(year[starts]) == 1))
    alike = after[counts[after] == counts[after - 1]]
    # All facts of these years, each beside the one that has its place in the year before.
    at = np.repeat(starts[alike], counts[alike])
    at += np.arange(len(at)) - np.repeat(np.cumsum(counts[alike]) - counts[alike], counts[alike])
    beside = at - np.repeat(counts[alike], counts[alike])
    equal = (fact[at] == fact[beside]) & (amount[at] == amount[beside])
    wrong = np.bincount(np.repeat(np.arange(len(alike)), counts[alike]), ~equal, len(alike))
    same = [
        g for g in alike[wrong == 0].tolist() if all(map(_precise, amount[starts[g] : starts[g] + counts[g]]))
    ]
    same.sort(key=lambda g: int(rows[starts[g] : starts[g] + counts[g]].min()))
    return len(after), [(int(who[starts[g]]), int(year[starts[g]]), int(counts[g])) for g in same]


def copied_columns(
    cluster: Cluster, accounts: CarbonAccounts, amounts: Mapping[str, Floats]
) -> Iterator[SuspectYear]:
    """Yield columns of a year that are those of the year before in most enterprises, to the last digit."""
    for name in ("output", "value_added"):
        table = amounts[name]
        equal, told = table[:, 1:] == table[:, :-1], ~np.isnan(table[:, 1:]) & ~np.isnan(table[:, :-1])
        pasted = (told.sum(axis=0) >= _SEVERAL) & (equal.sum(axis=0) >= _MOST * told.sum(axis=0))
        if pasted.all() and len(pasted) > 1:
            continue  # plans or estimates that stay say so themselves
        for k in np.flatnonzero(pasted).tolist():
            who = np.flatnonzero(equal[:, k])
            if accounts.years[k + 1] - accounts.years[k] != 1 or not all(map(_precise, table[who, k])):
                continue
            what = say(
                "{amount} of {year} is that of {before} to the last digit in {count} of {all} enterprises",
                amount=AMOUNTS_CALLED[name],
                year=accounts.years[k + 1],
                before=accounts.years[k],
                count=len(who),
                all=int(told[:, k].sum()),
            )
            file, row, column = place_of(cluster, accounts, name, int(who[0]), k + 1)
            hint = say("check from when to when the amounts of {year} are", year=accounts.years[k + 1])
            remark = Remark("K237", "warning", file, row, column, what, hint)
            yield SuspectYear(remark, name, accounts.years[k + 1], tuple(who.tolist()))


def _precise(amount: float) -> bool:
    return len(f"{amount:.12g}".replace(".", "").strip("0")) >= _DIGITS


Truths = npt.NDArray[np.bool_]

_PART, _MORE = 0.7, 1.4
"""An uneven year is at or below the first, or at or above the second, multiple of the others."""
_LEAST, _CALM, _DEVIATIONS = 1.2, 8.0, 20
"""The first factor suffices where it is the second multiple of at least the third number of deviations."""
_LEAST_OF_MEDIAN, _ERRORS, _ENOUGH, _ALONE = 1.25, 6.0, 8, 3.0
"""The least factor of a median, its multiple of the error, the least number, and its ratio to other years."""
_OF_MEDIAN = 1.4826 * 1.2533
"""The error of a median of normal variables, by their median deviation and the root of their number."""
_ALIKE = 1.3
"""Those of all enterprises lie within this factor of each other."""
_UNEVEN_YEARS_MOST = 0.8
"""The share of the enterprises that must show it."""
_UNEVEN_YEARS_SEVERAL = 3
"""Of fewer enterprises nothing is common."""
_LEVEL = 0.85
"""Output is level if its ratio to the other years is between this and its inverse."""
_TWICE = 2.0
"""One amount that is so many times its other years, or so small a part, at level output."""
_CLOSE = 1.3
"""The other years lie within this factor of each other."""

_BESIDE = {
    "energy": ("output", "staff"),
    "output": ("energy", "staff"),
    "value_added": ("energy", "staff"),
}
"""What must be level in the year for the other to be odd, in all enterprises together."""
_ONE_BESIDE = {
    "energy": ("output", "value_added"),
    "output": ("energy", "value_added"),
    "value_added": ("output", "energy"),
    "process": ("output", "energy"),
}
"""The same in one enterprise."""


def uneven_years(cluster: Cluster, accounts: CarbonAccounts) -> list[SuspectYear]:
    """Return the years that are hardly whole, of all together and of single enterprises."""
    return keep(accounts, "_uneven_years", lambda: _find_suspect_years(cluster, accounts))


def _find_suspect_years(cluster: Cluster, accounts: CarbonAccounts) -> list[SuspectYear]:
    years = list(accounts.years)
    if len(years) < 2 or not len(cluster.table("accounts")):
        return [*copied_energy(cluster, accounts)]
    amounts = {
        c: _positive(panel_of(cluster, "accounts", c, years)) for c in ("output", "value_added", "staff")
    }
    amounts["energy"] = _positive(np.array([accounts.energy_by_enterprise(y) for y in years]).T)
    amounts["process"] = _positive(process_emissions(accounts))
    quotients = {name: _over_other_years(table) for name, table in amounts.items()}
    found: list[SuspectYear] = []
    common: dict[str, set[int]] = {name: set() for name in _ONE_BESIDE}
    for name in _BESIDE:
        for k in range(len(years)):
            one = _of_all(cluster, accounts, name, k, quotients, _agreeing(amounts[name], k))
            if one is not None:
                found.append(one)
                common[name].add(k)
    for k in range(len(years)):
        found += (part := _partial_years(cluster, accounts, k, amounts, quotients))
        for name in common if part else ():
            common[name].add(k)
    found += _of_carriers(cluster, accounts, amounts, quotients, common["energy"])
    settled = _steady_years(cluster, years)
    lacking = _left_out(cluster, accounts)
    for name in _ONE_BESIDE:
        for e, k in _lone_outliers(amounts[name], quotients, name, settled):
            if name == "energy" and _explained(accounts, lacking.get((e, years[k])), e, k):
                continue
            if k not in common[name] and not any(k in common[b] for b in _ONE_BESIDE[name]):
                found.append(_one(cluster, accounts, name, e, k, float(quotients[name][e, k])))
    shared = {years[k] for k in set().union(*common.values())}
    shared |= {one.year for one in found if one.carrier and one.remark.code == "K235"}
    seen = {(e, one.year) for one in found for e in one.enterprises} | _far_years(cluster, accounts)
    found += [
        one
        for one in _for_output(cluster, accounts, amounts, settled)
        if one.year not in shared
        and (one.enterprises[0], one.year) not in seen
        and (
            one.carrier
            or not _explained(
                accounts,
                lacking.get((one.enterprises[0], one.year)),
                one.enterprises[0],
                years.index(one.year),
            )
        )
    ]
    found += _renamed(accounts)
    return [*found, *copied_energy(cluster, accounts), *copied_columns(cluster, accounts, amounts)]


def _positive(table: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.where(table > 0, table, np.nan)


def _over_other_years(table: Floats) -> Floats:
    """Return each amount over the median of the other years of the same; `nan` without any."""
    found = np.full(table.shape, np.nan)
    for k in range(table.shape[1]):
        found[:, k] = table[:, k] / row_medians(np.delete(table, k, axis=1))
    return found


def _agreeing(table: Floats, k: int) -> Truths:
    """Return whose other years agree; a single other year agrees with itself."""
    others = np.delete(table, k, axis=1)
    told = ~np.isnan(others)
    low, high = (np.where(told, others, end) for end in (np.inf, -np.inf))
    return np.asarray(told.any(axis=1) & (high.max(axis=1) <= _CLOSE * low.min(axis=1)))


def _odd_in_calm(quotient: Floats, k: int) -> tuple[float, float]:
    """Return up to which part of other years, and from how many times on, a year of all is odd.

    Where the other years of all are calm, less is enough.
    """
    logs = np.abs(np.log(np.delete(quotient, k, axis=1)))
    known = logs[~np.isnan(logs)]
    if len(known) < _DEVIATIONS:
        return _PART, _MORE
    least = max(np.log(_LEAST), _CALM * float(np.median(known)))
    return max(_PART, float(np.exp(-least))), min(_MORE, float(np.exp(least)))


def _median_shifted(quotient: Floats, k: int) -> bool:
    """Return whether the median of all is far from its other years for the spread that it has among them.

    However much single enterprises vary: the error of a median falls with their number.
    """
    logs = np.log(quotient)
    now = logs[:, k][~np.isnan(logs[:, k])]
    if len(now) < _ENOUGH:
        return False
    middle = float(np.median(now))
    error = _OF_MEDIAN * float(np.median(np.abs(now - middle))) / np.sqrt(len(now))
    others = [c[~np.isnan(c)] for c in np.delete(logs, k, axis=1).T]
    calm = all(
        abs(float(np.median(c))) <= abs(middle) / _ALONE for c in others if len(c) >= _UNEVEN_YEARS_SEVERAL
    )
    one_way = (np.sign(now) == np.sign(middle)).mean() >= _UNEVEN_YEARS_MOST
    return bool(calm and one_way and abs(middle) >= max(np.log(_LEAST_OF_MEDIAN), _ERRORS * error))


def _of_all(
    cluster: Cluster,
    accounts: CarbonAccounts,
    name: str,
    k: int,
    quotients: Mapping[str, Floats],
    agreeing: Truths,
) -> SuspectYear | None:
    years = accounts.years
    if len(years) == 2 and k == 0:
        return None  # the newest is the one that is not whole yet
    now = quotients[name][:, k]
    shifted = _median_shifted(quotients[name], k)
    told = np.flatnonzero(~np.isnan(now) & (agreeing | shifted))
    if len(told) < _UNEVEN_YEARS_SEVERAL:
        return None
    beside = [quotients[b][told, k] for b in _BESIDE.get(name, _BESIDE["energy"])]
    known = [q[~np.isnan(q)] for q in beside if 2 * (~np.isnan(q)).sum() >= len(told)]
    if not known or not all(_LEVEL <= float(np.median(q)) <= 1 / _LEVEL for q in known):
        return None
    low, middle, high = (float(q) for q in np.quantile(now[told], (0.1, 0.5, 0.9)))
    part, more = _odd_in_calm(quotients[name], k)
    odd = now[told] <= part if middle < 1 else now[told] >= more
    if shifted:
        odd = np.ones(len(told), dtype=bool)
    elif odd.sum() < max(_UNEVEN_YEARS_SEVERAL, _UNEVEN_YEARS_MOST * len(told)) or high > _ALIKE * low:
        return None
    what = say(
        "{amount} of {year} is {times} times that of other years in {count} of {all} enterprises, and their "
        "other figures are as always: the year is not whole, or counted more than once",
        amount=AMOUNTS_CALLED[name] if name in AMOUNTS_CALLED else carrier_called(name),
        year=years[k],
        times=rounded(middle, 2),
        count=int(odd.sum()),
        all=len(told),
    )
    hint = say("check from when to when the amounts of {year} are", year=years[k])
    table = name if name in AMOUNTS_CALLED else "energy"
    file, row, column = place_of(cluster, accounts, table, int(told[0]), k)
    remark = Remark("K235", "warning", file, row, column, what, hint)
    # Of whose other years differ among themselves nothing tells that theirs is whole.
    open_ = np.flatnonzero(~np.isnan(now) & ~agreeing)
    return SuspectYear(remark, name, years[k], tuple(sorted({*told[odd].tolist(), *open_.tolist()})))


def _partial_years(
    cluster: Cluster,
    accounts: CarbonAccounts,
    k: int,
    amounts: Mapping[str, Floats],
    quotients: Mapping[str, Floats],
) -> list[SuspectYear]:
    """Return that energy and money of a year are but a part of it: less of both in nearly all, alike."""
    year, both = accounts.years[k], ("energy", "output")
    now = [quotients[name][:, k] for name in both]
    told = np.all([~np.isnan(q) & _agreeing(amounts[n], k) for n, q in zip(both, now, strict=True)], axis=0)
    staff = quotients["staff"][told, k]
    if (
        told.sum() < _UNEVEN_YEARS_SEVERAL
        or not 2 * (~np.isnan(staff)).sum() >= told.sum()
        or (len(accounts.years) == 2 and k == 0)
    ):
        return []
    if not _LEVEL <= float(np.nanmedian(staff)) <= 1 / _LEVEL:
        return []
    ends = [np.quantile(q[told], (0.1, 0.5, 0.9)) for q in now]
    odd = told & (now[0] <= _PART) & (now[1] <= _PART)
    alike = (
        all(high <= _ALIKE * low for low, _, high in ends) and _LEVEL <= ends[0][1] / ends[1][1] <= 1 / _LEVEL
    )
    if not alike or odd.sum() < max(_UNEVEN_YEARS_SEVERAL, _UNEVEN_YEARS_MOST * told.sum()):
        return []
    what = say(
        "energy and output of {year} are {times} times those of other years in {count} of {all} enterprises, "
        "with as many people at work: the year is not whole",
        year=year,
        times=rounded(float(ends[0][1]), 2),
        count=int(odd.sum()),
        all=int(told.sum()),
    )
    hint = say("check from when to when the amounts of {year} are", year=year)
    # Of whose other years differ among themselves nothing tells that theirs is whole.
    who = tuple(np.flatnonzero(odd | (~told & ~np.isnan(now).any(axis=0))).tolist())
    file, row, column = place_of(cluster, accounts, "energy", who[0], k)
    remark = Remark("K235", "warning", file, row, column, what, hint)
    return [SuspectYear(remark, of, year, who) for of in ("energy", "output", "value_added")]


def _of_carriers(
    cluster: Cluster,
    accounts: CarbonAccounts,
    amounts: Mapping[str, Floats],
    quotients: Mapping[str, Floats],
    whole: set[int],
) -> Iterator[SuspectYear]:
    """Yield carriers with incomplete data in one year of nearly all enterprises, whose other energy is as
    usual.

    Where others take its place they are no more as always.
    """
    years = np.array(accounts.years, dtype=np.int64)
    at = accounts.enterprise, np.searchsorted(years, accounts.year)
    energy = np.nan_to_num(accounts.energy)
    all_of_it = np.zeros((len(accounts.enterprises), len(years)))
    np.add.at(all_of_it, at, energy)
    for carrier in sorted({str(c) for c in accounts.carrier} - {""}):
        mine = accounts.carrier == carrier
        table = np.zeros(all_of_it.shape)
        np.add.at(table, (at[0][mine], at[1][mine]), energy[mine])
        others = all_of_it - table
        rest = _over_other_years(_positive(np.where(others > 1e-9 * all_of_it, others, 0.0)))
        table = _positive(table)
        per_output = table / amounts["output"]
        table = np.where(np.isnan(per_output).all(), table, per_output)
        q = {**quotients, carrier: _over_other_years(table)}
        for k in range(len(years)):
            told = ~np.isnan(q[carrier][:, k]) & ~np.isnan(rest[:, k])
            level = not told.any() or _LEVEL <= float(np.median(rest[told, k])) <= 1 / _LEVEL
            one = _of_all(cluster, accounts, carrier, k, q, _agreeing(table, k)) if level else None
            if k not in whole and one is not None:
                yield replace(one, of="energy", carrier=carrier)


_AS_MUCH = 3.0
"""The energy of a fuel under another name is that of its other years within this factor."""


def _renamed(accounts: CarbonAccounts) -> Iterator[SuspectYear]:
    """Yield a fuel of one year alone, in which another one of all the other years has no row."""
    years = np.array(accounts.years, dtype=np.int64)
    fuel = (accounts.scope == 1) & (accounts.carrier != "") & (np.nan_to_num(accounts.energy) > 0)
    names, code = np.unique(accounts.carrier.astype(str), return_inverse=True)
    table = np.zeros((len(accounts.enterprises), len(names), len(years)))
    at = accounts.enterprise, code, np.searchsorted(years, accounts.year)
    np.add.at(table, tuple(part[fuel] for part in at), accounts.energy[fuel])
    told = np.zeros(table.shape, dtype=bool)
    told[at] = True  # an amount of 0 says that the fuel was not used
    number = (table > 0).any(axis=1).sum(axis=1)
    once = (table > 0) & (told.sum(axis=2) == 1)[:, :, None]
    for e, new, k in np.argwhere(once & (number >= _UNEVEN_YEARS_SEVERAL)[:, None, None]).tolist():
        others = np.flatnonzero(
            (told[e].sum(axis=1) == number[e] - 1) & ~told[e, :, k] & (table[e].sum(axis=1) > 0)
        )
        usual = [float(np.median(table[e, old][table[e, old] > 0])) for old in others.tolist()]
        near = [
            o
            for o, u in zip(others.tolist(), usual, strict=True)
            if 1 / _AS_MUCH <= table[e, new, k] / u <= _AS_MUCH
        ]
        if not near:
            continue
        i = int(np.flatnonzero((accounts.enterprise == e) & (accounts.year == years[k]) & (code == new))[0])
        what = say(
            "{enterprise} reports {carrier} in {year} only, and {other} in all other years: "
            "these may be one carrier under two names",
            carrier=carrier_called(str(names[new])),
            other=carrier_called(str(names[near[0]])),
            enterprise=short(str(accounts.enterprises[e])),
            year=int(years[k]),
        )
        hint = say("check the carrier; if it is right, enter an amount of 0 for the other")
        remark = Remark("K236", "warning", str(accounts.file[i]), int(accounts.row[i]), "carrier", what, hint)
        yield SuspectYear(remark, "energy", int(years[k]), (e,), str(names[new]))


def _steady_years(cluster: Cluster, years: list[int]) -> Truths:
    """Return in which years an enterprise is as in the others: not in its first, its last, or of a merger."""
    table, when = cluster.table("enterprises"), np.array(years)
    if not len(table):
        return np.ones((len(cluster.enterprises), len(years)), dtype=bool)
    opened, closed = table.numbers("opened")[:, None], table.numbers("closed")[:, None]
    found = ~((when[None, :] == opened) | (when[None, :] == closed))
    for before, after in successors(table).items():
        found[[before, after]] = False
    return np.asarray(found)


def _lone_outliers(
    table: Floats, quotients: dict[str, Floats], name: str, settled: Truths
) -> Iterator[tuple[int, int]]:
    """Yield the enterprise and year of an amount that is far from all its other years, which agree."""
    if table.shape[1] < _UNEVEN_YEARS_SEVERAL:
        return
    beside = [quotients[b] for b in _ONE_BESIDE[name]]
    with np.errstate(invalid="ignore"):
        level = [(q >= _LEVEL) & (q <= 1 / _LEVEL) for q in beside]
        odd = (quotients[name] >= _TWICE) | (quotients[name] <= 1 / _TWICE)
    for e, k in np.argwhere(odd & level[0] & (level[1] | np.isnan(beside[1])) & settled).tolist():
        others = np.delete(table[e], k)
        if (~np.isnan(others)).sum() >= 2 and _agreeing(table, k)[e]:
            yield e, k


def _left_out(cluster: Cluster, accounts: CarbonAccounts) -> dict[tuple[int, int], set[str]]:
    """Return the carriers of rows that are in no sum, by enterprise and year; '' where not known."""
    table = cluster.table("energy")
    place = {str(name): e for e, name in enumerate(accounts.enterprises)}
    found: dict[tuple[int, int], set[str]] = {}
    for part, rows in ((table, accounts.refused.get("energy", ())), (table.left_out, None)):
        if part is None:
            continue
        years, who, carriers = part.numbers("year"), part.texts("enterprise"), part.texts("carrier")
        for i in range(len(part)) if rows is None else rows:
            if str(who[i]) in place and years[i] == years[i]:
                named = carrier_named(str(carriers[i]))[0] if carriers[i] else None
                found.setdefault((place[str(who[i])], int(years[i])), set()).add(named or "")
    return found


def _explained(accounts: CarbonAccounts, lacking: set[str] | None, e: int, k: int) -> bool:
    """Return whether energy is lower in a year by no more than carriers with an excluded row."""
    if lacking is None:
        return False
    mine = (accounts.enterprise == e) & ~np.isin(accounts.carrier, list(lacking)) & ~accounts.internal
    energy = np.nan_to_num(accounts.energy)
    sums = np.array([float(energy[mine & (accounts.year == y)].sum()) for y in accounts.years])
    usual = np.delete(sums, k)
    usual = usual[usual > 0]
    if "" in lacking or not len(usual) or not sums[k]:
        return True
    return bool(1 / _TWICE < sums[k] / float(np.median(usual)) < _TWICE)


def _one(cluster: Cluster, accounts: CarbonAccounts, name: str, e: int, k: int, times: float) -> SuspectYear:
    what = say(
        "{amount} of {enterprise} in {year} is {times} times that of its other years, and its other figures "
        "are as always",
        amount=AMOUNTS_CALLED[name],
        enterprise=short(str(accounts.enterprises[e])),
        year=accounts.years[k],
        times=rounded(times, 2),
    )
    file, row, column = place_of(cluster, accounts, name, e, k)
    remark = Remark("K236", "warning", file, row, column, what, say("check both, and their units"))
    carrier = "process" if name == "process" else ""
    return SuspectYear(remark, "energy" if carrier else name, accounts.years[k], (e,), carrier)


def _far_years(cluster: Cluster, accounts: CarbonAccounts) -> set[tuple[int, int]]:
    """Return enterprises and years with an amount already reported as far from its other years."""
    places = {
        (r.file, r.row, int(r.what.values.get("year", 0)))
        for r in cluster.remarks
        if r.code == "K154" and isinstance(r.what, Sentence)
    }
    if not places:
        return set()
    lines = zip(accounts.file, accounts.row, accounts.year, accounts.enterprise, strict=True)
    return {(int(e), int(y)) for file, row, y, e in lines if (str(file), int(row), int(y)) in places}


def _for_output(
    cluster: Cluster, accounts: CarbonAccounts, amounts: Mapping[str, Floats], settled: Truths
) -> Iterator[SuspectYear]:
    """Yield energy, or a carrier, that changes for what is made by more than that of others ever does."""
    years = np.array(accounts.years, dtype=np.int64)
    seen: set[tuple[int, int]] = set()
    for jump in intensity_jumps(accounts, amounts["output"], amounts["value_added"], settled):
        e, k = jump.enterprise, jump.place
        if (e, k) in seen:
            continue  # all of its energy is told first
        seen.add((e, k))
        what = say(
            "{amount} of {enterprise} for what it makes is {times} times in {year} what it is in its other "
            "years, and nothing changed so much elsewhere",
            amount=AMOUNTS_CALLED.get(jump.carrier or "energy") or carrier_called(jump.carrier),
            enterprise=short(str(accounts.enterprises[e])),
            year=accounts.years[k],
            times=rounded(jump.times, 2),
        )
        of = "process" if jump.carrier == "process" else "energy"
        file, row, column = place_of(cluster, accounts, of, e, k)
        at = np.flatnonzero(
            (accounts.enterprise == e) & (accounts.year == years[k]) & (accounts.carrier == jump.carrier)
        )
        if len(at):
            file, row = str(accounts.file[at[0]]), int(accounts.row[at[0]])
        remark = Remark("K236", "warning", file, row, column, what, say("check both, and their units"))
        yield SuspectYear(remark, "energy", accounts.years[k], (e,), jump.carrier)
