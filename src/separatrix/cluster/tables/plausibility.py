"""Numbers that are each well formed and can hardly be: another unit, a digit too many, a name twice.

They are taken as they are, for nothing tells which of two is wrong; each is named with what it stands
against.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from separatrix.cluster.tables.cell_values import short
from separatrix.cluster.tables.members import plain_name_of
from separatrix.cluster.tables.number_text import rounded
from separatrix.cluster.tables.table import ClusterTable, empty_table
from separatrix.cluster.tables.units import unit_of
from separatrix.reading.remark import Remark
from separatrix.sentence import Sentence, say

__all__ = ["implausible"]

_FAR = 10.0
"""So many times another year's amount is a slip of the hand more often than a year's work."""
_AGREE = 3.0
"""Years within this factor of each other agree, so that one far from both of them is the odd one."""
_ALONE = 100.0
"""So many times smaller than all others an amount is in the wrong unit more often than small."""

_Series = dict[tuple[str, ...], dict[int, tuple[float, int]]]


def implausible(tables: Mapping[str, ClusterTable]) -> list[Remark]:
    """Return remarks on names that stand twice, amounts in another unit, and years that differ tenfold."""

    def table(name: str) -> ClusterTable:
        return tables.get(name) or empty_table(name)

    remarks = [*_same_names(table("enterprises")), *_other_units(table("energy"))]
    for name, columns, keys in (
        ("energy", ("amount",), ("enterprise", "carrier", "use", "supplier", "dimension")),
        ("emissions", ("amount",), ("enterprise", "kind", "gas")),
        ("accounts", ("output", "value_added", "staff"), ("enterprise",)),
    ):
        for column in columns:
            remarks.extend(_odd_years(table(name), column, keys))
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
                say("if they are one enterprise, keep one row; what stands under both ids counts twice"),
            )


def _other_units(table: ClusterTable) -> Iterator[Remark]:
    """Yield remarks on amounts that fit the others of their carrier only in the unit that those are in."""
    rows: dict[str, list[int]] = {}
    for row, carrier in enumerate(table.texts("carrier")):
        rows.setdefault(str(carrier), []).append(row)
    units, amounts = table.texts("unit"), table.numbers("amount")
    for found in rows.values():
        names = [str(units[row]) for row in found]
        usual = max(set(names), key=names.count)
        size = unit_of(usual)
        if len(set(names)) == 1 or names.count(usual) < 3 or size is None:
            continue
        like = np.array([amounts[row] for row, name in zip(found, names, strict=True) if name == usual])
        like = like[like > 0]
        for row, name in zip(found, names, strict=True):
            unit = unit_of(name)
            if name == usual or unit is None or unit.dimension != size.dimension or not len(like):
                continue
            written = amounts[row] / unit.factor
            meant = written * size.factor
            if 0 < amounts[row] < like.min() / _ALONE and like.min() <= meant <= like.max():
                yield Remark(
                    "K153",
                    "warning",
                    table.file,
                    int(table.rows[row]),
                    "unit",
                    say(
                        "{number} {unit} is less than a hundredth of every other amount of it in {usual}",
                        number=rounded(float(written), 6),
                        unit=name,
                        usual=usual,
                    ),
                    say("check whether {usual} was meant", usual=usual),
                )


def _odd_years(table: ClusterTable, column: str, keys: Sequence[str]) -> Iterator[Remark]:
    """Yield remarks on years whose amount is ten times, or a tenth, of those beside it."""
    verified = table.name == "emissions"
    for key, years in _series(table, column, keys).items():
        name = key[keys.index("carrier")] if "carrier" in keys else column
        order = sorted(years)
        values = [years[year][0] for year in order]
        for place in _odd(values, pairs=not verified):
            other = place - 1 if place else place + 1
            ratio = values[place] / values[other]
            yield Remark(
                "K154",
                "warning",
                table.file,
                int(table.rows[years[order[place]][1]]),
                column,
                say(
                    "{name}: {year} is {times} times {other}",
                    name=short(name),
                    year=order[place],
                    times=rounded(ratio, 2),
                    other=order[other],
                ),
                _guess(max(ratio, 1 / ratio)),
            )


def _series(table: ClusterTable, column: str, keys: Sequence[str]) -> _Series:
    """Return the sum of a column by key and year, with the row of each."""
    series: _Series = {}
    texts = [table.texts(key).tolist() for key in keys]
    years, amounts = table.numbers("year").tolist(), table.numbers(column).tolist()
    for row, (*key, year, amount) in enumerate(zip(*texts, years, amounts, strict=True)):
        if year == year and amount == amount and amount > 0:
            of_year = series.setdefault(tuple(key), {})
            before, first = of_year.get(int(year), (0.0, row))
            of_year[int(year)] = (before + amount, first)
    return series


def _odd(values: Sequence[float], *, pairs: bool) -> Iterator[int]:
    """Yield the places of values that are far from both neighbours, on the same side; of two, the second."""
    if len(values) < 3:
        if pairs and len(values) == 2 and _far(values[0], values[1]):
            yield 1
        return
    for place, value in enumerate(values):
        near = [values[k] for k in (place - 1, place + 1) if 0 <= k < len(values)]
        if len(near) == 1:  # at an end the next two must agree with each other
            near = [values[1], values[2]] if place == 0 else [values[-2], values[-3]]
            if max(near) > _AGREE * min(near):
                continue
        if all(value >= _FAR * other for other in near) or all(other >= _FAR * value for other in near):
            yield place


def _far(a: float, b: float) -> bool:
    return max(a, b) >= _FAR * min(a, b)


def _guess(ratio: float) -> Sentence:
    for size, units in ((1e4, "kWh, 万kWh; CNY, 10k CNY"), (1e3, "kg, t; kWh, MWh")):
        if size / _AGREE <= ratio <= size * _AGREE:
            return say("as if one were in another unit ({units}): check both", units=units)
    return say("check both, and their units")
