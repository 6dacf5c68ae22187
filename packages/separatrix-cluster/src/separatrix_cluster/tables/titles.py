"""What the title of a table, its file or its sheet says of all rows: time, unit, carrier, enterprise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from separatrix.sentences import say
from separatrix_cluster.tables.cell_values import MISSING, carrier_in_words
from separatrix_cluster.tables.description import money_of
from separatrix_cluster.tables.headings import carriers_in, people, stated_units, years_in
from separatrix_cluster.tables.layout import TableLayout
from separatrix_cluster.tables.periods import is_day, period_in, period_of
from separatrix_cluster.tables.table_in_work import Arrangement, TableInWork
from separatrix_cluster.tables.units import unit_of

__all__ = ["with_titles"]

_DECEMBER = 12

_WHOSE = re.compile(
    r"(?:单位详细名称|单位名称|企业名称|填报单位|公司名称|company)\s*[:：]\s*(\S.*?)\s*$", re.IGNORECASE
)


def with_titles(table: TableInWork, made: Arrangement) -> Arrangement:
    """Return the arrangement with what its titles say, where no column and no heading does."""
    made = _with_unit(table, _with_enterprise(table, made))
    made = _with_year(table, _with_periods(table, _with_money(table, made)))
    return _with_carrier(table, made)


def _with_unit(table: TableInWork, made: Arrangement) -> Arrangement:
    """Return the arrangement with a column `unit` that holds what headings and titles say of amounts."""
    if "unit" not in table.layout.columns:
        return made
    amount = next((n for n, (c, _) in made.placed.items() if c.kind == "quantity"), None)
    if amount is None:
        return made
    place = made.placed[amount][1]
    titles = [u for t in table.cells.above for u in stated_units(t) if unit_of(u) is not None]
    title = titles[0] if len(set(titles)) == 1 else ""
    stated = made.units.get(place) or ((title,) * len(made.cells.rows) if title else None)
    if stated is None:
        return made
    if "unit" not in made.placed:
        return _column(made, "unit", table.layout, stated, place)
    at = made.placed["unit"][1]
    texts = list(made.cells.columns[at])
    for row, (own, other) in enumerate(zip(texts, stated, strict=True)):
        if own.casefold() in MISSING:
            texts[row] = other
        elif other and other != title and _size(own) != _size(other):
            texts[row] = f"{own} ≠ {other}"
    columns = tuple(tuple(texts) if k == at else c for k, c in enumerate(made.cells.columns))
    return replace(made, cells=replace(made.cells, columns=columns))


def _with_money(table: TableInWork, made: Arrangement) -> Arrangement:
    """Return the arrangement with the unit of money that the title states, where a heading states none."""
    told = [unit for text in table.cells.above for unit in stated_units(text)]
    units = dict(made.units)
    for kinds, title in (
        (("money",), " ≠ ".join(dict.fromkeys(u for u in told if money_of(u) is not None))),
        (("number",), next((u for u in told if people(u) is not None), "")),
    ):
        columns = [c for c in made.placed.values() if c[0].kind in kinds] if title else []
        blank = ("",) * len(made.cells.rows)
        silent = [(c, place) for c, place in columns if not all(units.get(place, blank))]
        for column, place in silent:
            if column.kind == "money" or column.name in ("staff", "rd_staff"):
                units[place] = [unit or title for unit in units.get(place, blank)]
        if silent and "money" in kinds:
            names = ", ".join(dict.fromkeys(column.name for column, _ in silent))
            what = say("the unit {unit} of {columns} was taken from the title", unit=title, columns=names)
            table.note("K127", "note", None, what)
    return replace(made, units=units)


def _size(text: str) -> tuple[str, float] | None:
    unit = unit_of(text)
    return None if unit is None else (unit.dimension, unit.factor)


def _with_periods(table: TableInWork, made: Arrangement) -> Arrangement:
    """Return the arrangement with year and month apart where one column holds both, as 2024年1-9月."""
    if "month" not in table.layout.columns:
        return made
    told = "year" if "year" in made.placed else "month"
    if told not in made.placed:
        return _of_title(table, made)
    if "year" in made.placed and "month" in made.placed:
        return _of_title(table, made)
    place = made.placed[told][1]
    texts = made.cells.columns[place]
    periods = {text: period_of(text) for text in set(texts)}
    dated = {text: p for text, p in periods.items() if p is not None and p.year is not None}
    if told == "year" and any(is_day(text) and p.last != _DECEMBER for text, p in dated.items()):
        dated = {text: p for text, p in dated.items() if not is_day(text)}  # of a day, not of a year
    if not any((p.first, p.last) != (1, 12) or told == "month" for p in dated.values()):
        return _of_title(table, made)
    years = [str(dated[text].year) if text in dated else text if told == "year" else "" for text in texts]
    parts = [text if text in dated or told == "month" else "" for text in texts]
    if told == "year":
        columns = tuple(tuple(years) if k == place else c for k, c in enumerate(made.cells.columns))
        made = replace(made, cells=replace(made.cells, columns=columns))
        return _column(made, "month", table.layout, parts, place)
    return _column(made, "year", table.layout, years, place)


def _sheet(table: TableInWork) -> str:
    """Return the name of the sheet; '' where the file has none."""
    file = table.cells.file
    return file.rpartition("[")[2].rstrip("]") if file.endswith("]") else ""


def _of_title(table: TableInWork, made: Arrangement) -> Arrangement:
    """Return the arrangement with the part of the year that the title, or the name of the sheet, states."""
    stated = [(text, period_in(text)) for text in (*table.cells.above, _sheet(table))]
    parts = {(p.first, p.last): text for text, p in stated if p is not None}
    if len(parts) != 1:
        return made
    if "month" in made.placed:
        return _months(made, *next(iter(parts)))
    ((first, last),) = parts
    part = f"{last}月" if first is None else f"{first}-{last}月"
    what = say("the part of the year, {part}, was taken from the title or the sheet", part=part)
    table.note("K127", "note", "month", what)
    return _column(made, "month", table.layout, (part,) * len(made.cells.rows), None)


def _months(made: Arrangement, first: int | None, last: int) -> Arrangement:
    """Return the arrangement with 本月 and 累计 of headings as what the title says they are."""
    place = made.placed["month"][1]
    meant = {"本月": f"{last}月", "累计": f"1-{last}月"}
    texts = made.cells.columns[place]
    if (first is not None and first != 1) or meant.keys().isdisjoint(texts):
        return made
    columns = tuple(
        tuple(meant.get(t, t) for t in texts) if k == place else c for k, c in enumerate(made.cells.columns)
    )
    return replace(made, cells=replace(made.cells, columns=columns))


def _with_carrier(table: TableInWork, made: Arrangement) -> Arrangement:
    """Return the arrangement with the carrier of the title, where no column and no heading names one."""
    column = table.layout.columns.get("carrier")
    if column is None or table.layout.name != "energy" or "carrier" in made.placed:
        return made
    names = {name for text in table.cells.above for name in carriers_in(text)}
    if len(names) != 1:
        return made
    name = names.pop()
    what = say("the carrier {carrier} was taken from the title", carrier=carrier_in_words(name))
    table.note("K127", "note", "carrier", what)
    return _column(made, "carrier", table.layout, (name,) * len(made.cells.rows), None)


def _with_year(table: TableInWork, made: Arrangement) -> Arrangement:
    """Return the arrangement with the year of the title, or of the file's name, where no column holds it."""
    column = table.layout.columns.get("year")
    if column is None or not column.required or "year" in made.placed:
        return made
    sheet = years_in(_sheet(table))
    above = {year for text in table.cells.above for year in years_in(text)}
    if len(sheet) == len(above) == 1 and above != set(sheet):
        what = say(
            "the sheet is named {year} and its title {other}; the year of the name was taken",
            year=sheet[0],
            other=above.pop(),
        )
        table.note("K127", "warning", "year", what, say("correct the title or the name of the sheet"))
        return _column(made, "year", table.layout, (str(sheet[0]),) * len(made.cells.rows), None)
    for texts, where in (
        (table.cells.above, say("the title")),
        ((table.cells.file,), say("the name of the file")),
    ):
        years = {year for text in texts for year in years_in(text)}
        if len(years) == 1:
            year = years.pop()
            table.note(
                "K127", "note", "year", say("the year {year} was taken from {where}", year=year, where=where)
            )
            return _column(made, "year", table.layout, (str(year),) * len(made.cells.rows), None)
    return made


def _with_enterprise(table: TableInWork, made: Arrangement) -> Arrangement:
    """Return the arrangement with the enterprise whose form it is, where the title names it and no column."""
    column = table.layout.columns.get("enterprise")
    if column is None or not column.required or "enterprise" in made.placed:
        return made
    names = {match[1] for text in table.cells.above if (match := _WHOSE.search(text)) is not None}
    if len(names) != 1:
        return made
    return _column(made, "enterprise", table.layout, (names.pop(),) * len(made.cells.rows), None)


def _column(
    made: Arrangement, name: str, layout: TableLayout, texts: Sequence[str], like: int | None
) -> Arrangement:
    """Return the arrangement with one more column, whose cells are those of another column in the file."""
    place = len(made.cells.columns)
    cells = replace(
        made.cells, header=(*made.cells.header, name), columns=(*made.cells.columns, tuple(texts))
    )
    headings = dict(made.headings)
    if like is not None:
        headings[place] = [made.heading(like, row) for row in range(len(texts))]
    return replace(
        made, cells=cells, placed={**made.placed, name: (layout.columns[name], place)}, headings=headings
    )
