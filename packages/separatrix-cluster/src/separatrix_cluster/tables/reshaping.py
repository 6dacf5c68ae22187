"""A table as an office has it, brought into long form: one amount a row, with its year, carrier and unit.

Adjacent columns of years or carriers become rows, units of headings are placed with their amounts, and a
year of the title in every row. Rows that sum others are set aside, for comparison with what they sum.
Nothing is filled in: an empty cell of a wide table is not a row.

What the title of a table, its file or its sheet says of all rows: time, unit, carrier, enterprise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from separatrix.errors import nearest
from separatrix.io.cells import Cells
from separatrix.sentences import say
from separatrix_cluster.tables.cells import (
    MISSING,
    OF_WHICH,
    carrier_in_words,
    is_total,
    looks_like_total,
    short,
)
from separatrix_cluster.tables.description import money_of
from separatrix_cluster.tables.energy_balance_form import (
    balance_rows,
    is_balance_form,
    is_day,
    period_in,
    period_of,
)
from separatrix_cluster.tables.headings import (
    Arrangement,
    Meaning,
    TableInWork,
    apply_published_layout,
    carriers_in,
    in_coal_equivalent,
    meaning_of,
    people,
    published_of,
    stated_units,
    sums_energy,
    years_in,
)
from separatrix_cluster.tables.layout import FieldLayout, TableLayout, layout_of
from separatrix_cluster.tables.members import Members, plain_name_of
from separatrix_cluster.tables.sheets import notes_that_tell, without_notes
from separatrix_cluster.tables.units import unit_of

__all__ = ["arranged", "with_titles"]

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


_ASIDE = frozenset("序号 备注 说明 no no. nr # note notes remarks comment comments".split())
"""Headings of columns that are for the reader alone."""


_OF_YEARS = ("energy", "emissions", "accounts")
_NO_FACT = re.compile(
    r"计划|预计|预测|预算|规划|目标值|[上去]年同期|同比|环比|增速|增长率|\b(?:plan|planned|forecast|budget|prognose)\b"
    r"|previous year|year before|vorjahr",
    re.IGNORECASE,
)
"""What no amount of the year is: a plan, what was a year ago, how much it changed."""


def arranged(cells: Cells, layout: TableLayout, members: Members | None = None) -> Arrangement:
    """Return a table in long form; what is not understood of its headings is among the remarks.

    `members` are the enterprises of the cluster, whose names are never those of totals.
    """
    cells = without_notes(cells)
    published = published_of(cells.header)
    if published is not None:
        cells = apply_published_layout(cells, published, layout)
    form = published is None and layout.name == "energy" and is_balance_form(cells)
    table = TableInWork(balance_rows(cells) if form else cells, layout)
    _understand(table, strangers=published is None and not form)
    if layout.name == "enterprises" and "id" not in table.fixed and "name" in table.fixed:
        table.fixed["id"] = (layout.columns["id"], table.fixed["name"][1])
    _names_of_the_whole(table, members)
    _names_of_blocks(table)
    made = _long(table) if table.spread else _narrow(table)
    made = with_titles(table, made)
    totals = _totals(table, made, members) | _totals_of_months(table, made)
    remarks = (*made.cells.remarks, *table.remarks)
    return replace(made, cells=replace(made.cells, remarks=remarks), totals=totals, published=published)


def _understand(table: TableInWork, *, strangers: bool = True) -> None:
    """Distinguish the columns of the table from adjacent amounts, and report `strangers` among them."""
    meanings: list[tuple[int, Meaning | None]] = [
        (place, _meaning(table, place)) for place, heading in enumerate(table.cells.header) if heading
    ]
    named = {m.column.name for _, m in meanings if m and m.column and not m.spread}
    measure = _measure(table)
    seen: set[tuple[str, int | None, str, str]] = set()
    summed = False
    for k, (place, meaning) in enumerate(meanings):
        after = meanings[k + 1][1] if k + 1 < len(meanings) else None
        if meaning and looks_like_total(meaning.carrier) and after and after.part and after.carrier:
            meaning = replace(meaning, total=True)
        heading = table.cells.header[place]
        if table.layout.name in _OF_YEARS and _NO_FACT.search(heading):
            what = say("the column contains a plan, a change or the previous year and was not read")
            table.note("K125", "note", heading, what)
            continue
        if meaning is not None and meaning.part and not summed:
            what = say("the column is a part of the one before it, and was not added to it")
            table.note("K125", "note", heading, what)
            continue
        summed = meaning is not None and (meaning.total or (summed and meaning.part))
        if meaning is not None and meaning.total:
            table.note(
                "K125",
                "note",
                heading,
                say("the column sums others and was not read"),
            )
        elif (
            meaning is None
            or _is_repeated_key(meaning, named)
            or (meaning.spread and not (meaning.column or measure))
        ):
            if strangers:
                _unknown(table, heading)
        elif meaning.spread and (column := meaning.column or measure) is not None:
            key = (column.name, meaning.year, meaning.carrier, meaning.period + meaning.use)
            if key in seen and table.layout.name not in ("energy", "emissions"):
                _twice(table, heading, column)
                continue
            seen.add(key)
            table.spread.append((place, meaning, column))
        elif meaning.column is None:
            if strangers:
                _unknown(table, heading)
        elif meaning.column.name in table.fixed and meaning.column.kind == "enterprise":
            # By number and by name: the number tells apart what has one name.
            if _is_id(heading) and not _is_id(table.cells.header[table.fixed[meaning.column.name][1]]):
                table.fixed[meaning.column.name] = (meaning.column, place)
        elif meaning.column.name in table.fixed:
            if strangers:
                _twice(table, heading, meaning.column)
        else:
            table.fixed[meaning.column.name] = (meaning.column, place)
            if meaning.unit:
                table.units[place] = meaning.unit


_WHOLE = frozenset(
    "全园区 整个园区 全园 全区 园区整体 本园区 全集群 整个集群 全部企业 所有企业 全体企业 "
    "wholepark wholecluster thewholepark thewholecluster allenterprises gesamterpark alleunternehmen".split()
)
"""What people write for the enterprise of what is of all of them."""


def _names_of_the_whole(table: TableInWork, members: Members | None) -> None:
    """Empty the enterprise of rows of the whole cluster, in a table that may leave it empty."""
    if "enterprise" not in table.fixed or table.fixed["enterprise"][0].required:
        return
    place = table.fixed["enterprise"][1]
    names = table.cells.columns[place]
    whole = {n for n in set(names) if plain_name_of(n) in _WHOLE and not (members and members.has(n))}
    if whole:
        texts = tuple("" if name in whole else name for name in names)
        columns = tuple(texts if k == place else c for k, c in enumerate(table.cells.columns))
        table.cells = replace(table.cells, columns=columns)
        what = say("{names} was read as the whole cluster", names=", ".join(sorted(whole)))
        table.note("K127", "note", table.cells.header[place], what)


_DITTO = frozenset({"〃", "″", "“", "”", '"', "''", "同上", "ditto", "dto", "dto.", "ebenso", "↑", "、、"})


def _names_of_blocks(table: TableInWork) -> None:
    """Write the name of an enterprise into every row of its block, where only the first row has it.

    Ditto marks always mean the name above; empty cells only where most names head a block whose rows differ
    by year, part of a year or carrier, because otherwise such a row may be of any enterprise. Where a table
    may leave the column empty, as for a measure of the whole cluster, an empty cell has that meaning and
    stays.
    """
    if "enterprise" not in table.fixed:
        return
    column, place = table.fixed["enterprise"]
    names = table.cells.columns[place]
    if _DITTO.isdisjoint(names) and "" not in names:
        return
    blocks = column.required and _are_blocks(table, names)
    filled, above = list[int](), ""
    texts = list(names)
    for row, name in enumerate(names):
        if name in _DITTO or (not name and blocks):
            told = [column[row] for column in table.cells.columns if column[row]]
            if above and not any(map(is_total, told)):
                texts[row] = above
                filled.append(table.cells.rows[row])
        elif not is_total(name):
            above = name
        else:
            above = ""
    if filled:
        columns = tuple(tuple(texts) if k == place else c for k, c in enumerate(table.cells.columns))
        table.cells = replace(table.cells, columns=columns)
        what = say(
            "the enterprise was taken from the row above (rows: {rows})",
            rows=_ranges(filled),
        )
        hint = say("write the enterprise into every row where this is wrong")
        table.note("K173", "note", table.cells.header[place], what, hint)


def _ranges(numbers: Sequence[int]) -> str:
    """Return numbers in order as ranges: 3-5, 9."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ", ".join("-".join(map(str, part)) for part in parts)


def _are_blocks(table: TableInWork, names: Sequence[str]) -> bool:
    keys = [table.fixed[name][1] for name in ("year", "month", "carrier", "use") if name in table.fixed]
    if not keys:
        return False
    headed, seen, own = 0, set[tuple[str, ...]](), False
    for row, name in enumerate(names):
        key = tuple(table.cells.columns[place][row] for place in keys)
        if name:
            seen, own = {key}, False
            continue
        if key in seen:
            return False
        headed += not own
        own = True
        seen.add(key)
    return 2 * headed >= sum(map(bool, names))


def _meaning(table: TableInWork, place: int) -> Meaning | None:
    column = table.layout.column_of(table.cells.header[place])
    if column is not None:
        return Meaning(column)
    levels = table.cells.levels[place] if table.cells.levels else (table.cells.header[place],)
    return meaning_of(levels, table.layout)


def _is_id(heading: str) -> bool:
    column = layout_of("enterprises").column_of(heading)
    return column is not None and column.name == "id"


def _is_repeated_key(meaning: Meaning, named: set[str]) -> bool:
    """Return whether a heading names a year or a carrier that a column of the table names already."""
    return (
        (meaning.year is not None and "year" in named)
        or (meaning.carrier != "" and "carrier" in named)
        or (meaning.period != "" and "month" in named)
        or (meaning.use != "" and "use" in named)
    )


def _measure(table: TableInWork) -> FieldLayout | None:
    """Return what amounts are whose heading names a year or a carrier alone, from the table or its title."""
    needed = [c for c in table.layout.columns.values() if c.required and c.kind in ("quantity", "number")]
    if len(needed) == 1:
        return needed[0]
    for text in table.cells.above:
        found = meaning_of((text,), table.layout)
        if found is not None and found.column is not None and found.column.kind in ("money", "number"):
            return found.column
    return None


def _unknown(table: TableInWork, heading: str) -> None:
    if heading.strip().casefold() in _ASIDE:
        column = table.cells.columns[table.cells.header.index(heading)]
        table.remarks.extend(notes_that_tell(table.cells, enumerate(column), heading))
        return
    if table.layout.name == "energy" and in_coal_equivalent(heading):
        what = say("the column repeats the amounts in coal equivalent and was not read")
        table.note("K125", "note", heading, what)
        return
    # A column of one's own is as usual as a misspelt one, so the guess must be a good one.
    free = [name for name in table.layout.columns if name not in table.cells.header]
    meant = nearest(heading, free, least=0.7)
    hint = say("did you mean `{name}`?", name=meant) if meant else None
    table.note("K121", "warning", heading, say("no such column is known; it was not read"), hint)


def _twice(table: TableInWork, heading: str, column: FieldLayout) -> None:
    table.note(
        "K122",
        "warning",
        heading,
        say("the column `{name}` stands twice; the first was read", name=column.name),
    )


def _narrow(table: TableInWork) -> Arrangement:
    rows = len(table.cells.rows)
    units = {place: (unit,) * rows for place, unit in table.units.items()}
    return Arrangement(table.cells, dict(table.fixed), {}, units)


def _long(table: TableInWork) -> Arrangement:
    """Set the amounts that stand side by side below each other."""
    cells = table.cells
    groups: dict[tuple[int | None, str, str, str, str], dict[str, int]] = {}
    several = []
    for place, meaning, column in table.spread:
        unit = meaning.unit if column.kind == "quantity" else ""
        key = (meaning.year, meaning.carrier, unit, meaning.period, meaning.use)
        measures = groups.setdefault(key, {})
        if column.name in measures:  # two bills of one carrier side by side
            several.append((key, {column.name: place}))
        else:
            measures[column.name] = place
    values = list(dict.fromkeys(column.name for _, _, column in table.spread))
    fixed = [(name, place) for name, (_, place) in table.fixed.items()]
    units = {place: meaning.unit for place, meaning, _ in table.spread}
    keys = [
        name
        for name, told in (
            ("year", any(m.year is not None for _, m, _ in table.spread)),
            ("carrier", any(m.carrier for _, m, _ in table.spread)),
            ("month", any(m.period for _, m, _ in table.spread)),
            ("use", any(m.use for _, m, _ in table.spread)),
        )
        if told
    ]
    names = [name for name, _ in fixed] + keys + values
    texts: list[list[str]] = [[] for _ in names]
    headings: list[list[str]] = [[] for _ in names]
    stated: list[list[str]] = [[] for _ in names]
    rows: list[int] = []
    spoilt: set[int] = set()
    empty: set[tuple[int, int]] = set()
    nothing = 0
    whole = [*groups.items(), *several]
    needed = {column.name for _, _, column in table.spread if column.required}
    for i, number in enumerate(cells.rows):
        before = len(rows)
        for (year, carrier, _, period, use), places in whole:
            held = {
                name: place
                for name, place in places.items()
                if cells.columns[place][i].casefold() not in MISSING or (i, place) in cells.empty
            }
            # Without what it is needed for, as an amount beside its allowances, it is no row.
            if not held or any(name not in held for name in needed.intersection(places)):
                if i not in cells.spoilt:
                    continue
            first = next(iter(places.values()))
            own = {"year": "" if year is None else str(year), "carrier": carrier, "month": period, "use": use}
            for at, name in enumerate(names):
                if at < len(fixed):
                    place, text = fixed[at][1], cells.columns[fixed[at][1]][i]
                elif name in keys:
                    place, text = first, own[name]
                else:
                    place = held.get(name, first)
                    text = cells.columns[place][i] if name in held else ""
                texts[at].append(text)
                headings[at].append(cells.header[place])
                stated[at].append(units.get(place) or table.units.get(place, ""))
                if (i, place) in cells.empty:
                    empty.add((len(rows), at))
            if i in cells.spoilt:
                spoilt.add(len(rows))
            rows.append(number)
            if i in cells.spoilt:
                break
        nothing += len(rows) == before
    if nothing:
        table.note("K124", "note", None, say("rows without any amount ({n}) were passed over", n=nothing))
    table.note(
        "K124",
        "note",
        None,
        say("amounts that stand side by side ({n} columns) were read one by one", n=len(table.spread)),
    )
    made = replace(
        cells,
        header=tuple(names),
        columns=tuple(map(tuple, texts)),
        rows=rows,
        spoilt=frozenset(spoilt),
        empty=frozenset(empty),
        levels=(),
    )
    placed = {name: (table.layout.columns[name], names.index(name)) for name in keys}
    placed |= {n: (c, names.index(n)) for n, (c, _) in table.fixed.items()}
    placed |= {c.name: (c, names.index(c.name)) for _, _, c in table.spread}
    return Arrangement(
        made, placed, dict(enumerate(headings)), {k: u for k, u in enumerate(stated) if any(u)}
    )


def _is_sum(name: str, members: Members | None) -> bool:
    """Return whether a row sums others by its name, which no enterprise has."""
    if members is not None and name in members.ids:
        return False
    if members is None or is_total(name):
        return is_total(name)
    return not members.has(OF_WHICH.sub("", name, count=1)) and looks_like_total(name)


def _energy_totals(made: Arrangement) -> dict[int, bool]:
    """Return the rows that sum the carriers of an enterprise."""
    if "carrier" not in made.placed:
        return {}
    carriers = made.cells.columns[made.placed["carrier"][1]]
    sums = {name for name in set(carriers) if sums_energy(name)}
    return {row: False for row, name in enumerate(carriers) if name in sums} if sums else {}


def _totals_of_months(table: TableInWork, made: Arrangement) -> dict[int, bool]:
    """Return the rows that sum the months of an enterprise above them: 全年合计, 上半年小计."""
    if not {"month", "enterprise"} <= table.fixed.keys():
        return {}
    cells = table.cells
    texts, names = (cells.columns[table.fixed[name][1]] for name in ("month", "enterprise"))
    sums = {text for text in set(texts) if text and period_of(text) is None and looks_like_total(text)}
    if not sums:
        return {}
    told = {name for name, text in zip(names, texts, strict=True) if text and period_of(text) is not None}
    own = {
        number
        for number, name, text in zip(cells.rows, names, texts, strict=True)
        if text in sums and name in told
    }
    return {row: False for row, number in enumerate(made.cells.rows) if number in own}


def _totals(table: TableInWork, made: Arrangement, members: Members | None) -> dict[int, bool]:
    """Return the rows that are not data: headings, and rows that sum others, with whether they sum all."""
    found = table.fixed.get("enterprise")
    if found is None:
        return {}
    cells = table.cells
    names = cells.columns[found[1]]
    heading = cells.header[found[1]]
    sums = {name for name in set(names) if _is_sum(name, members)}
    if not sums and not any(name.casefold() in MISSING or name == heading for name in set(names)):
        return _energy_totals(made)
    odd = [short(name) for name in dict.fromkeys(names) if name in sums and not is_total(name)]
    if odd:
        what = say(
            "{names}: no enterprise is called so, and the name is that of a total", names=", ".join(odd[:5])
        )
        table.note("K125", "note", heading, what)
    totals = {}
    for row, name in enumerate(names):
        if name == heading and all(
            c[row] in ("", h) for c, h in zip(cells.columns, cells.header, strict=True)
        ):
            totals[cells.rows[row]] = False  # the heading of a second list below the first
        blank = name.casefold() in MISSING
        told = [column[row] for column in cells.columns if column[row]] if blank else [name]
        if name in sums or any(map(is_total, told)):
            totals[cells.rows[row]] = any(is_total(text, partial=False) for text in told)
    by_name = {row: totals[number] for row, number in enumerate(made.cells.rows) if number in totals}
    return _energy_totals(made) | by_name
