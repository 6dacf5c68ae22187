"""The inventory as a document: boundaries, gases, biogenic carbon apart, base year, evidence."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Heading,
    Line,
    Paragraph,
    Table,
    Words,
    document_in,
    line,
)
from separatrix.io.cells import located
from separatrix.languages import Language
from separatrix.sentences import say
from separatrix_cluster.completeness.completeness import REASONS, DataCompleteness
from separatrix_cluster.completeness.doubt import CARBON
from separatrix_cluster.documents.accounts import (
    DOUBT_COLUMNS,
    GAP_COLUMNS,
    doubt_numbers,
    doubt_place,
    factor_blocks,
    gap_numbers,
)
from separatrix_cluster.documents.completeness import (
    completeness_sentences,
    gaps_table,
    lacks,
    lead_of,
)
from separatrix_cluster.documents.data_check import (
    closing_blocks,
    remarks_blocks,
    spreadsheet_csv,
    synthetic_note,
)
from separatrix_cluster.documents.vocabulary import (
    CarbonUnit,
    carbon_unit,
    kind_name,
    share,
    signed_percent,
    signed_percents_between,
    span,
    tonnes,
)
from separatrix_cluster.reporting.inventory import (
    EVIDENCE,
    RECALCULATED_FROM,
    Inventory,
    InventoryFigure,
    evidence_of,
    row_ranges,
)
from separatrix_cluster.tables.panel import Cluster

__all__ = ["evidence_csv", "inventory_document"]

MOST_MOVED = 8
MOST_RANGES = 60


def inventory_document(
    cluster: Cluster, books: DataCompleteness, found: Inventory, words: Language
) -> Document:
    """Return the inventory of a cluster."""
    return document_in(
        words,
        words.CL_INV_TITLE.format(name=cluster.name, year=found.year),
        cluster.description.place,
        _blocks(cluster, books, found, words),
    )


def evidence_csv(cluster: Cluster, books: DataCompleteness, found: Inventory, words: Language) -> str:
    """Return a row for every line that a figure is the sum of, then one for each thing missing, as CSV.

    The estimates have columns of their own, so that no sum of a column includes them.
    """
    rows = [(*row, cluster.attribution, None, None, None) for row in evidence_of(found)]
    for year in sorted({found.base_year, found.year}):
        for gap in books.gaps_of(year):
            known = dict.fromkeys(EVIDENCE)
            known |= {"figure": "", "year": year, "enterprise": gap.enterprise, "source": gap.source}
            file, row = located(gap.file, gap.row)
            known |= {"file": file, "row": row, "not_counted": say("missing: {why}", why=REASONS[gap.reason])}
            rows.append((*known.values(), cluster.attribution, *gap_numbers(gap)))
    rows = [(*row, None, None, "") for row in rows]
    for year in sorted({found.base_year, found.year}):
        for doubt in books.doubts_of(year):
            if doubt.of == CARBON:
                known = dict.fromkeys(EVIDENCE) | {"figure": ""} | doubt_place(doubt)
                rows.append(
                    (*known.values(), cluster.attribution, None, None, None, *doubt_numbers(doubt, words))
                )
    codes = {f.id: _figure_name(f, words) for f in (*found.base, *found.figures)}
    heads = (*EVIDENCE, "data_source", *GAP_COLUMNS, *DOUBT_COLUMNS)
    return spreadsheet_csv(heads, rows, words, codes)


def _blocks(cluster: Cluster, books: DataCompleteness, found: Inventory, words: Language) -> Iterator[Block]:
    yield from synthetic_note(cluster, words)
    yield Paragraph(line(lead_of(books, found.year, words)), lead=True)
    yield Paragraph(line(words.CL_INV_LAID_OUT))
    yield Heading(words.CL_INV_BOUNDARIES)
    yield Bullets(tuple(_boundaries(cluster, books, found, words)))
    for year in dict.fromkeys((found.year, found.base_year)):
        gaps = gaps_table(books, cluster, year, words)
        if gaps is not None:
            yield gaps
    yield Heading(words.CL_INV_EMISSIONS)
    yield _figures(found, words)
    if any(f.category == 2 for f in found.figures):
        yield _second(found, words)
    yield Heading(words.CL_INV_BASE)
    yield Bullets(tuple(line(text) for text in _base(books, found, words)))
    moved = _change_table(cluster, found, words)
    if moved is not None:
        yield moved
    yield Heading(words.CL_INV_METHODS)
    stated = [words.capital(words.tell(s)) for s in found.accounts.statements(found.year)]
    report = cluster.description.gwp
    if not any(report in text for text in stated):
        stated.append(words.CL_INV_GWP.format(report=report))
    yield Bullets(tuple(line(text) for text in (*stated, words.CL_INV_METHOD)))
    if found.accounts.factors:
        yield from factor_blocks(found.accounts, words)
    yield Heading(words.CL_INV_EVIDENCE)
    yield _evidence(found, words)
    command = Words("separatrix cluster account --inventory --format csv", "code")
    yield Paragraph(line(words.CL_INV_EVIDENCE_ALL, command))
    yield from remarks_blocks((*cluster.remarks, *found.accounts.remarks, *books.remarks), words)
    yield Heading(words.CL_INV_BESIDES)
    yield Bullets(tuple(line(text) for text in _besides(words)))
    yield from closing_blocks(cluster, words)


def _boundaries(
    cluster: Cluster, books: DataCompleteness, found: Inventory, words: Language
) -> Iterator[Line]:
    between = words.separators[" "]

    def headed_line(head: str, text: str) -> Line:
        return line(Words(head, "strong"), between, text)

    yield headed_line(
        words.CL_INV_ORGANIZATION,
        words.count(len(cluster.enterprises), "CL_INV_ORGANIZATION_OF", name=cluster.name),
    )
    yield headed_line(words.CL_INV_PERIOD, words.CL_INV_PERIOD_OF.format(year=found.year))
    yield headed_line(words.CL_INV_REPORTED, words.CL_INV_REPORTED_OF)
    yield headed_line(words.CL_INV_EXCLUDED, words.CL_INV_EXCLUDED_OF)
    complete = between.join(completeness_sentences(books, cluster, found.year, words))
    yield headed_line(words.CL_ONE_COMPLETE, complete)


# --------------------------------------------------------------------------- emissions


def _told_kind(kind: str, words: Language) -> str:
    named = {
        "combustion": words.CL_INV_COMBUSTION,
        "biogenic": words.CL_INV_BIOMASS,
        "electricity": words.CL_INV_ELECTRICITY,
        "heat": words.CL_INV_HEAT,
    }
    return named.get(kind) or kind_name(kind, words)


def _told_gas(gas: str, words: Language) -> str:
    return {"others": words.CL_INV_OTHERS, "not separated": words.CL_INV_NOT_SEPARATED}.get(gas, gas)


def _figure_name(figure: InventoryFigure, words: Language) -> str:
    """Return a figure as the rows of the tables call it: its category, kind and gas."""
    name = words.CL_INV_CATEGORY_1 if figure.category == 1 else words.CL_INV_CATEGORY_2
    gas = _told_gas(figure.gas, words)
    kind = _told_kind(figure.kind, words)
    return words.separators[", "].join(part for part in (name, kind, gas) if part)


def _figures(found: Inventory, words: Language) -> Table:
    """Return both years by category, kind and gas, then the total, then biogenic carbon apart."""
    unit = carbon_unit([found.total(found.year), found.total(found.base_year)], words)
    before = {f.id: f for f in found.base}
    now = {f.id: f for f in found.figures}
    rows: list[tuple[Line, ...]] = []
    exact = True
    for category, name in ((1, words.CL_INV_CATEGORY_1), (2, words.CL_INV_CATEGORY_2)):
        ids = list(dict.fromkeys(f.id for f in (*found.figures, *found.base) if f.category == category))
        if not ids:
            continue
        sums = [found.total(y, category) for y in (found.base_year, found.year)]
        for of, whole in ((before, sums[0]), (now, sums[1])):
            exact &= unit.adds_up([of[i].location for i in ids if i in of], whole)
        rows.append(_row(name, "", (sums[0], sums[1]), unit, strong=True))
        for i in ids:
            f = now.get(i) or before[i]
            then, later = (of[i].location if i in of else 0.0 for of in (before, now))
            rows.append(_row(_told_kind(f.kind, words), _told_gas(f.gas, words), (then, later), unit))
    whole_of = (found.total(found.base_year), found.total(found.year))
    rows.append(_row(words.CL_TOTAL, "", whole_of, unit, strong=True))
    if not found.complete:
        # Parts of years of which something is missing are no change.
        rows = [(*row[:-1], line("–")) for row in rows]
        rows += _missing_rows(found, unit, words)
    organic = (found.biogenic(found.base_year), found.biogenic(found.year))
    row = _row(words.CL_INV_BIOGENIC, "CO2", organic, unit)
    rows.append(row if found.complete else (*row[:-1], line("–")))
    for y in (found.base_year, found.year):
        exact &= unit.adds_up([found.total(y, 1), found.total(y, 2)], found.total(y))
    columns = (
        Column(words.CL_INV_CATEGORY, wide=True),
        Column(words.CL_INV_GAS),
        Column(words.CL_INV_BASE_IN.format(year=found.base_year), "right"),
        Column(str(found.year), "right"),
        Column(words.CL_INV_CHANGE, "right"),
    )
    caption = words.CL_INV_FIGURES_CAPTION.format(unit=unit.name, gas=found.accounts.gas_of_totals)
    if not found.complete:
        caption = f"{caption}{words.separators[' ']}{words.CL_BY_YEAR_MISSING}"
    if not exact:
        caption = f"{caption}{words.separators[' ']}{words.CL_ROUNDED}"
    return Table(columns, tuple(rows), caption, row_heads=True, title=words.CL_INV_FIGURES)


def _missing_rows(found: Inventory, unit: CarbonUnit, words: Language) -> list[tuple[Line, ...]]:
    """Return what is estimated to be missing of both years, then the intervals of both and of the change."""
    years = [found.whole[y] for y in (found.base_year, found.year)]
    missing = [words.CL_NOT_KNOWN if math.isnan(w.missing) else unit.format(w.missing) for w in years]
    within = [
        words.CL_AT_LEAST.format(low=unit.format(w.low))
        if math.isinf(w.high)
        else unit.format_range(w.low, w.high)
        for w in years
    ]
    change = "–" if found.change is None else span(*signed_percents_between(*found.change))
    lacking = [w.missing != 0 for w in years]  # unknown is not none
    return [
        *([tuple(line(c) for c in (words.CL_INV_ESTIMATED, "", *missing, "–"))] if any(lacking) else []),
        tuple(line(Words(c, "strong")) for c in (words.CL_INV_WITHIN, "", *within, change)),
    ]


def _row(
    name: str, gas: str, pair: tuple[float, float], unit: CarbonUnit, *, strong: bool = False
) -> tuple[Line, ...]:
    before, now = pair
    change = signed_percent(now / before - 1) if before > 0 else "–"
    cells = (name, gas, unit.format(before), unit.format(now), change)
    return tuple(line(Words(c, "strong") if strong else c) for c in cells)


def _second(found: Inventory, words: Language) -> Table:
    figures = [f for f in found.figures if f.category == 2]
    unit = carbon_unit([f.location for f in figures], words)
    rows: list[tuple[Line, ...]] = [
        (
            line(_told_kind(f.kind, words)),
            line(unit.format(f.location)),
            line(unit.format(f.market)),
        )
        for f in figures
    ]
    sums = [sum(f.location for f in figures), sum(f.market for f in figures)]
    rows.append((line(words.CL_TOTAL), *(line(unit.format(s)) for s in sums)))
    exact = unit.adds_up([f.location for f in figures], sums[0])
    exact &= unit.adds_up([f.market for f in figures], sums[1])
    columns = (
        Column(words.CL_SOURCE),
        Column(words.CL_BY_LOCATION, "right"),
        Column(words.CL_BY_MARKET, "right"),
    )
    caption = words.CL_CARBON.format(unit=unit.name, gas=found.accounts.gas_of_totals)
    if not exact:
        caption = f"{caption}. {words.CL_ROUNDED}"
    title = words.CL_INV_SECOND.format(year=found.year)
    return Table(columns, tuple(rows), caption, row_heads=True, title=title)


# --------------------------------------------------------------------------- base year, methods


def _base_year(books: DataCompleteness, found: Inventory, words: Language) -> Iterator[str]:
    """Yield which year it is and why, and what is missing of it."""
    lacking = lacks(books, found.base_year)
    if found.chosen:
        text = words.CL_INV_BASE_CHOSEN
    elif found.named is not None:
        text = words.CL_INV_BASE_NAMED
    else:
        text = words.CL_INV_BASE_NONE if lacking else words.CL_INV_BASE_FIRST
    total = tonnes(found.total(found.base_year), words)
    yield text.format(year=found.base_year, total=total, gas=found.accounts.gas_of_totals, named=found.named)
    if lacking:
        yield lead_of(books, found.base_year, words)


def _base(books: DataCompleteness, found: Inventory, words: Language) -> list[str]:
    whole = found.whole[found.base_year]
    likely = whole.counted + (0.0 if math.isnan(whole.missing) else whole.missing)
    size = tonnes(RECALCULATED_FROM * likely, words)
    rule = words.CL_INV_RULE.format(threshold=share(RECALCULATED_FROM), size=size, year=found.base_year)
    return [
        *_base_year(books, found, words),
        rule,
        words.CL_INV_NO_RULE,
    ]


def _change_table(cluster: Cluster, found: Inventory, words: Language) -> Table | None:
    moved = [(e, v, words.CL_CAME) for e, v in found.came] + [(e, v, words.CL_LEFT) for e, v in found.left]
    if not moved or found.year == found.base_year:
        return None
    moved.sort(key=lambda m: -m[1])
    unit = carbon_unit([v for _, v, _ in moved], words)
    rows = tuple(
        (line(cluster.name_of(e)), line(kind), line(unit.format(v))) for e, v, kind in moved[:MOST_MOVED]
    )
    columns = (
        Column(words.CL_ENTERPRISE, wide=True),
        Column(words.CL_PRESENCE),
        Column(words.CL_CARBON.format(unit=unit.name, gas=found.accounts.gas_of_totals), "right"),
    )
    caption = words.CL_INV_MOVED_CAPTION.format(count=len(rows), all=len(moved))
    title = words.CL_INV_MOVED.format(base=found.base_year, year=found.year)
    return Table(columns, rows, caption, row_heads=True, title=title)


def _besides(words: Language) -> Sequence[str]:
    return (
        words.CL_INV_BESIDES_PERSON,
        words.CL_INV_BESIDES_PURPOSE,
        words.CL_INV_BESIDES_SIGNIFICANT,
        words.CL_INV_BESIDES_REMOVALS,
        words.CL_INV_BESIDES_VERIFIED,
    )


# --------------------------------------------------------------------------- evidence


def _evidence(found: Inventory, words: Language) -> Table:
    rows = []
    for f in found.figures:
        files = row_ranges(found.accounts, f.lines)
        where = words.separators["; "].join(
            words.CL_INV_ROWS.format(file=file, rows=_short(ranges)) for file, ranges in files.items()
        )
        # As the CSV calls it, where the rows stand one by one.
        name = Words(_figure_name(f, words)) if words.headings else Words(f.id, "code")
        rows.append((line(name), line(str(len(f.lines))), line(where)))
    columns = (
        Column(words.CL_INV_FIGURE),
        Column(words.CL_ROWS, "right"),
        Column(words.CL_REMARK_WHERE, wide=True),
    )
    title = words.CL_INV_EVIDENCE_TABLE.format(year=found.year)
    return Table(columns, tuple(rows), words.CL_INV_EVIDENCE_CAPTION, row_heads=True, title=title)


def _short(ranges: str) -> str:
    parts = ranges.split(", ")
    return ranges if len(parts) <= MOST_RANGES else ", ".join([*parts[:MOST_RANGES], "…"])
