"""Numbers that are each well formed and can hardly be: another unit, a digit too many, a name twice.

Both are used unchanged, because the data do not show which is wrong; each remark names the conflicting row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import say
from separatrix_cluster.tables.bill_checks import SuspectRows
from separatrix_cluster.tables.cells import carrier_in_words, short
from separatrix_cluster.tables.consistency_checks import COLUMNS_CALLED
from separatrix_cluster.tables.layout import layout_of
from separatrix_cluster.tables.members import plain_name_of
from separatrix_cluster.tables.mergers import successors
from separatrix_cluster.tables.table import ClusterTable, empty_table
from separatrix_cluster.tables.units import unit_of

__all__ = ["digits_written", "implausible", "same_amounts"]

_FAR = 10.0
"""So many times another year's amount is a slip of the hand more often than a year's work."""
_FAR_VERIFIED = 100.0
"""What a verifier has seen is wrong less often, and plants do stop and start."""
_AGREE = 3.0
"""Years within this factor of each other agree, so that one far from both of them is the odd one."""
_ALONE = 100.0
"""So many times smaller than all others an amount is in the wrong unit more often than small."""


_SLIP = 5.0
"""An error by a factor of ten, in a year of growth or decline: reported where all other years agree
closely."""
_SLIP_OF_MONEY = 7.0
"""Money and staff swing more from year to year."""
_CLOSE = 1.5
"""Years within this factor of each other agree closely."""


def implausible(tables: Mapping[str, ClusterTable]) -> list[Remark]:
    """Return remarks on names that stand twice, amounts in another unit, and years that differ tenfold."""

    def table(name: str) -> ClusterTable:
        return tables[name] if name in tables else empty_table(name)

    remarks = [*_same_names(table("enterprises")), *_other_units(table("energy"))]
    for name, columns, keys in (
        ("energy", ("amount",), ("enterprise", "carrier", "use", "supplier", "dimension")),
        ("emissions", ("amount",), ("enterprise", "kind", "gas")),
        ("accounts", ("output", "value_added", "staff"), ("enterprise",)),
    ):
        for column in columns:
            remarks.extend(_odd_years(table(name), column, keys, table("enterprises")))
    return remarks


def _same_names(table: ClusterTable) -> Iterator[Remark]:
    seen: dict[str, int] = {}
    ids = table.texts("id")
    for row, name in enumerate(table.texts("name")):
        plain = plain_name_of(str(name))
        if plain and seen.setdefault(plain, row) != row:
            yield Remark(
                "K152",
                "warning",
                table.file,
                int(table.rows[row]),
                "name",
                say("`{name}` is also the name of {other}", name=short(name), other=short(ids[seen[plain]])),
                say("if they are one enterprise, keep one row; data under both ids count twice"),
            )


_SAME_ROWS = 3
"""This number of equal amounts in the same years is not a coincidence."""
_SAME_SHARE = 0.8
"""Two enterprises are one if this share of the rows of either is also under the other."""


def same_amounts(tables: Mapping[str, ClusterTable]) -> list[SuspectRows]:
    """Return the rows of enterprises that are another one under a second name: the same amounts again."""
    found: list[SuspectRows] = []
    for name in ("energy", "emissions"):
        table = tables[name] if name in tables else empty_table(name)
        found.extend(_same_amounts(table))
    return found


def _same_amounts(table: ClusterTable) -> Iterator[SuspectRows]:
    amounts, years = table.numbers("amount"), table.numbers("year")
    names, who = table.codes("enterprise")
    counted = np.flatnonzero((amounts > 0) & ~np.isnan(years))
    rows_of = np.bincount(who[counted], minlength=len(names))
    shared: dict[tuple[int, int], list[tuple[int, int]]] = {}
    members = max(int((rows_of > 0).sum()), 2)
    couples = members * (members - 1) / 2
    # So many amounts of each couple are held against each other.
    of_couple = len(counted) ** 2 / max(_facts(table, counted), 1) / 2 / couples
    for first, second in _pairs_of_a_fact(table, counted):
        shared.setdefault((int(who[first]), int(who[second])), []).append((first, second))
    digits = digits_written(table, [first for pairs in shared.values() for first, _ in pairs])
    for couple, pairs in shared.items():
        whole = len(pairs) >= _SAME_ROWS and len(pairs) >= _SAME_SHARE * max(rows_of[list(couple)])
        chances = [min(1.0, of_couple * 10.0 ** (1 - digits[first])) for first, _ in pairs]
        if whole or couples * float(np.prod(chances)) <= _BY_CHANCE:
            one, other = names[list(couple)]
            yield from _shared_amounts(table, str(one), str(other), pairs, whole=whole)


def _facts(table: ClusterTable, counted: npt.NDArray[np.int64]) -> int:
    """Return the number of carriers, years and months in a table."""
    month = np.nan_to_num(table.numbers("month"))
    keys = (table.codes("carrier")[1] * 10_000 + np.nan_to_num(table.numbers("year"))) * 100 + month
    return len(np.unique(keys[counted]))


def _shared_amounts(
    table: ClusterTable, one: str, other: str, pairs: Sequence[tuple[int, int]], *, whole: bool
) -> Iterator[SuspectRows]:
    years = table.numbers("year")
    if whole:
        what = say(
            "{n} amounts of {other} are those of {one} in the same years: one enterprise under two names "
            "counts twice",
            n=len(pairs),
            one=short(one),
            other=short(other),
        )
        hint = say("if they are one enterprise, keep one; else check whose amounts these are")
    else:
        what = say(
            "amounts of {other} are those of {one} to the last digit (rows: {n}, years: {years}): one may be "
            "a copy of the other",
            n=len(pairs),
            one=short(one),
            other=short(other),
            years=", ".join(str(y) for y in sorted({int(years[second]) for _, second in pairs})),
        )
        hint = say("check whose amounts these are; they were taken as they stand")
    place, column = int(table.rows[pairs[0][1]]), "enterprise" if whole else "amount"
    remark = Remark("K159" if whole else "K166", "warning", table.file, place, column, what, hint)
    for year in sorted({int(years[second]) for _, second in pairs}):
        firsts, seconds = zip(*(pair for pair in pairs if years[pair[1]] == year), strict=True)
        yield SuspectRows(remark, table.name, year, seconds, -1.0, 0.0)
        # The first may be the copy as well, and its own amount any other.
        yield SuspectRows(remark, table.name, year, firsts, 0.0 if whole else -1.0, 0.0)


_BY_CHANCE = 0.02
"""So many couples of a table have such equal amounts by chance, were all their digits drawn."""


def digits_written(table: ClusterTable, rows: Sequence[int]) -> dict[int, int]:
    """Return how many significant digits amounts have in the units in which they were written, by row."""
    names, codes = table.codes("unit")
    units = [unit_of(str(name)) for name in names]
    factors = np.array([unit.factor if unit else 1.0 for unit in units])
    places = np.array(rows, dtype=np.int64)
    amounts = table.numbers("amount")[places] / factors[codes[places]]
    return {
        row: len(f"{amount:.12g}".split("e")[0].replace(".", "").strip("0"))
        for row, amount in zip(rows, amounts.tolist(), strict=True)
    }


def _pairs_of_a_fact(table: ClusterTable, counted: npt.NDArray[np.int64]) -> list[list[int]]:
    """Return the rows, two by two, of amounts that two enterprises share and no third one has."""
    kind = np.zeros(len(table), dtype=np.int64)
    for name in ("carrier", "kind", "gas", "use"):
        names, codes = table.codes(name)
        kind = kind * len(names) + codes
    month = np.nan_to_num(table.numbers("month"))
    facts = kind[counted], month[counted], table.numbers("amount")[counted], table.numbers("year")[counted]
    order = np.lexsort((counted, *facts))
    new = np.zeros(max(len(order) - 1, 0), dtype=bool)
    for fact in facts:
        new |= np.diff(fact[order]) != 0
    starts = np.flatnonzero(np.r_[True, new]) if len(order) else order
    pairs = starts[np.diff(np.r_[starts, len(order)]) == 2]
    rows = counted[order[pairs[:, None] + np.arange(2)]]
    who = table.codes("enterprise")[1][rows]
    rows = rows[who[:, 0] != who[:, 1]]
    found: list[list[int]] = rows[np.argsort(rows[:, 0])].tolist()
    return found


def _other_units(table: ClusterTable) -> Iterator[Remark]:
    """Yield remarks on amounts that fit the others of their carrier only in the unit that those are in."""
    carriers, amounts = table.texts("carrier"), table.numbers("amount")
    years = table.numbers("year")
    for by_unit in _rows_by_unit(table):
        usual = max(by_unit, key=lambda name: len(by_unit[name]))
        size = unit_of(usual)
        like = amounts[by_unit[usual]]
        like = like[like > 0]
        if len(like) < 3 or size is None:
            continue
        least, most = like.min(), like.max()
        for name, rows in by_unit.items():
            unit = unit_of(name)
            if name == usual or unit is None or unit.dimension != size.dimension:
                continue
            for row in rows.tolist():
                meant = amounts[row] / unit.factor * size.factor
                if 0 < amounts[row] < least / _ALONE and least <= meant <= most:
                    yield Remark(
                        "K153",
                        "warning",
                        table.file,
                        int(table.rows[row]),
                        "unit",
                        say(
                            "{number} {unit} is less than a hundredth of every other amount of it in {usual}",
                            number=rounded(float(amounts[row] / unit.factor), 6),
                            unit=name,
                            usual=usual,
                            ratio=size.factor / unit.factor,  # of what was counted, were it in the usual unit
                            name=carriers[row],
                            year=int(years[row]) if years[row] == years[row] else 0,
                        ),
                        say("check whether {usual} was meant", usual=usual),
                    )


def _rows_by_unit(table: ClusterTable) -> Iterator[dict[str, npt.NDArray[np.int64]]]:
    """Yield the rows of each carrier that is given in several units, by unit, in the order of the table."""
    (names, units), carrier = table.codes("unit"), table.codes("carrier")[1]
    found, first = np.unique(carrier * len(names) + units, return_index=True)
    of_carrier: dict[int, list[int]] = {}
    for pair in found[np.argsort(first)].tolist():
        of_carrier.setdefault(pair // len(names), []).append(pair % len(names))
    for one, several in of_carrier.items():
        if len(several) > 1:
            yield {str(names[unit]): np.flatnonzero((carrier == one) & (units == unit)) for unit in several}


def _odd_years(
    table: ClusterTable, column: str, keys: Sequence[str], enterprises: ClusterTable
) -> Iterator[Remark]:
    """Yield remarks on years whose amount is ten times that of adjacent years, or a tenth of it."""
    verified = table.texts("kind") == "verified"
    called = {**COLUMNS_CALLED, "amount": say("the amount")}
    who = table.texts("enterprise")
    ends = zip(enterprises.numbers("opened"), enterprises.numbers("closed"), strict=True)
    partial = dict(zip(enterprises.texts("id").tolist(), ends, strict=True))
    ids, closed = enterprises.texts("id"), enterprises.numbers("closed")
    for before, after in successors(enterprises).items():
        partial[ids[after]] = (*partial[ids[after]], closed[before])
    usual = _FAR_VERIFIED if verified.all() else _FAR
    least = {"energy": _SLIP, "accounts": _SLIP_OF_MONEY}.get(table.name, usual)
    for rows, years, values in _uneven_series(table, column, keys, least):
        checked = bool(verified[rows[0]])
        far = _FAR_VERIFIED if checked else _FAR
        slip = {"energy": _SLIP, "accounts": _SLIP_OF_MONEY}.get(table.name, far)
        for place in _odd(values, pairs=not checked, far=far, slip=slip):
            other = place - 1 if place else place + 1
            smaller = min(place, other, key=values.__getitem__)
            if years[smaller] in partial.get(who[rows[place]], ()):
                continue  # it worked for a part of its first or last year
            ratio = values[place] / values[other]
            row = rows[place]
            units = _units_confused(max(ratio, 1 / ratio), table, column, row)
            at_end = place in (0, len(values) - 1)
            if checked and (units is None or (at_end and ratio < 1)):
                continue  # a third party looked: it started or stopped, or was idle for a year
            yield Remark(
                "K154",
                "warning",
                table.file,
                int(table.rows[row]),
                column,
                say(
                    "{name}: {year} is {times} times {other}",
                    name=carrier_in_words(table.texts("carrier")[row])
                    if "carrier" in keys
                    else called.get(column, column),
                    column=column,
                    year=years[place],
                    times=rounded(ratio, 2),
                    other=years[other],
                ),
                say("check both, and their units")
                if units is None
                else say("as if one were in another unit ({units}): check both", units=units),
            )


def _uneven_series(
    table: ClusterTable, column: str, keys: Sequence[str], least: float
) -> Iterator[tuple[list[int], list[int], list[float]]]:
    """Yield rows, years and sums of each key with two adjacent years that differ by the factor ``least``."""
    amounts, years = table.numbers(column), table.numbers("year")
    rows = np.flatnonzero((amounts > 0) & ~np.isnan(years))
    if not len(rows):
        return
    codes = np.zeros(len(rows), dtype=np.int64)
    for key in keys:
        names, of_key = table.codes(key)
        of_key = of_key[rows]
        found, first = np.unique(of_key, return_index=True)
        rank = np.zeros(len(names), dtype=np.int64)  # as the table has them
        rank[found[np.argsort(first)]] = np.arange(len(found))
        codes = codes * len(found) + rank[of_key]
    codes = np.unique(codes, return_inverse=True)[1]
    order = np.lexsort((years[rows], codes))
    rows, codes = rows[order], codes[order]
    when = years[rows].astype(np.int64)
    new = np.flatnonzero(np.r_[True, (np.diff(codes) != 0) | (np.diff(when) != 0)])
    rows, codes, when, sums = rows[new], codes[new], when[new], np.add.reduceat(amounts[rows], new)
    far = (np.abs(np.diff(np.log10(sums))) >= np.log10(least) - 1e-9) & (np.diff(codes) == 0)
    starts = np.flatnonzero(np.r_[True, np.diff(codes) != 0])
    ends = np.r_[starts[1:], len(codes)]
    for code in np.unique(codes[:-1][far]).tolist():
        part = slice(int(starts[code]), int(ends[code]))
        yield rows[part].tolist(), when[part].tolist(), sums[part].tolist()


def _odd(values: Sequence[float], *, pairs: bool, far: float = _FAR, slip: float = _FAR) -> Iterator[int]:
    """Yield the places of values that are far from both neighbours, on the same side; of two, the second.

    Where all others agree closely ``slip`` is far.
    """
    if len(values) < 3:
        if pairs and len(values) == 2 and max(values) >= far * min(values):
            yield 1
        return
    ordered = sorted(values)
    for place, value in enumerate(values):
        least, most = ordered[value == ordered[0]], ordered[-2 if value == ordered[-1] else -1]
        if len(values) > 3 and most <= _CLOSE * least:  # the others agree
            if value >= slip * most or least >= slip * value:
                yield place
            continue
        near = [values[k] for k in (place - 1, place + 1) if 0 <= k < len(values)]
        if len(near) == 1:  # at an end the next two must agree with each other
            near = [values[1], values[2]] if place == 0 else [values[-2], values[-3]]
            if max(near) > _AGREE * min(near):
                continue
        if all(value >= far * other for other in near) or all(other >= far * value for other in near):
            yield place


_CONFUSED = {
    "energy": {1e4: "kWh, 万kWh", 1e3: "kWh, MWh"},
    "mass": {1e4: "t, 万t", 1e3: "kg, t"},
    "volume": {1e4: "m3, 万m3", 1e3: "m3, 1000 m3"},
    "money": {1e4: "CNY, 10k CNY", 1e3: "CNY, thousand CNY"},
}
"""Units that are taken for each other, by what they measure and how many of one the other is."""


def _units_confused(ratio: float, table: ClusterTable, column: str, row: int) -> str | None:
    """Return which units may have been taken for each other, where amounts differ by about their ratio."""
    money = layout_of(table.name).columns[column].kind == "money"
    measured = "money" if money else str(table.texts("dimension")[row])
    for size, units in _CONFUSED.get(measured, {}).items():
        if size / _AGREE <= ratio <= size * _AGREE:
            return units
    return None
