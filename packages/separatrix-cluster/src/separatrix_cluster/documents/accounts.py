"""Carbon accounts as a document: by year, by source, by enterprise, and the factors that were used."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Draw,
    Figure,
    Paragraph,
    Table,
    document_in,
    line,
)
from separatrix.io.cells import located
from separatrix.languages import Language
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.accounts.uncertainty import monte_carlo_total, spread_of_total
from separatrix_cluster.completeness.completeness import REASONS, CarbonEstimate, DataCompleteness, DataGap
from separatrix_cluster.completeness.doubt import CARBON, DataDoubt
from separatrix_cluster.documents.completeness import (
    completeness_sentences,
    gaps_table,
    lacks,
    lead_of,
    no_carbon_sentence,
)
from separatrix_cluster.documents.data_check import (
    closing_blocks,
    remarks_blocks,
    spreadsheet_csv,
    synthetic_note,
)
from separatrix_cluster.documents.vocabulary import (
    NBSP,
    CarbonUnit,
    amount,
    carbon_by_source,
    carbon_unit,
    credit,
    factor_shown,
    share,
    tonnes,
)
from separatrix_cluster.tables.carriers import carrier_name
from separatrix_cluster.tables.panel import Cluster

__all__ = [
    "GAP_COLUMNS",
    "MOST_BARS",
    "account_csv",
    "account_document",
    "bars_figure",
    "bars_picture",
    "emitting",
    "enterprise_table",
    "factor_blocks",
    "gap_numbers",
    "year_table",
]

MOST_BARS = 12
TCE = 29.307
DRAWS = 5_000


def account_document(cluster: Cluster, books: DataCompleteness, words: Language) -> Document:
    """Return the carbon accounts of a cluster; details of the year that is reported."""
    return document_in(
        words,
        words.CL_ACCOUNT_TITLE.format(name=cluster.name),
        cluster.description.place,
        _blocks(cluster, books, words),
        floating=True,
    )


def _blocks(cluster: Cluster, books: DataCompleteness, words: Language) -> Iterator[Block]:
    accounts, year = books.accounts, books.reporting_year
    yield from synthetic_note(cluster, words)
    if year is None:
        yield Paragraph(line(no_carbon_sentence(cluster, words)), lead=True)
        yield from remarks_blocks((*cluster.remarks, *accounts.remarks), words)
        yield from closing_blocks(cluster, words)
        return
    yield Paragraph(line(lead_of(books, year, words)), lead=True)
    yield Paragraph(line(words.separators[" "].join(completeness_sentences(books, cluster, year, words))))
    if accounts.years:
        yield year_table(books, words)
    gaps = gaps_table(books, cluster, year, words)
    if gaps is not None:
        yield gaps
    if year not in accounts.years:  # all its rows were left out
        yield from remarks_blocks((*cluster.remarks, *accounts.remarks), words)
        yield from closing_blocks(cluster, words)
        return
    spread = spread_of_total(accounts, year)
    said = [*accounts.statements(year)]
    # Else the interval is that of what is missing or in doubt.
    plain = not lacks(books, year) and not books.in_doubt(year)
    if spread.why is not None and plain:
        said.append(spread.why)
    if said:
        yield Bullets(tuple(line(words.capital(words.tell(s))) for s in said))
    if spread.high > spread.low and not books.in_doubt(year):
        drawn = monte_carlo_total(accounts, year, draws=DRAWS)
        yield Paragraph(
            line(
                words.CL_MONTE_CARLO.format(
                    draws=f"{DRAWS:,}",
                    year=year,
                    low=tonnes(drawn.low, words),
                    high=tonnes(drawn.high, words),
                )
            )
        )
    if (accounts.year == year).any():
        yield _source_table(books, year, words)
    if emitting(accounts, year):
        yield bars_figure(cluster, books, year, words)
        yield enterprise_table(cluster, books, year, words)
    if accounts.factors:
        yield from factor_blocks(accounts, words)
    yield from remarks_blocks((*cluster.remarks, *accounts.remarks), words)
    yield from closing_blocks(cluster, words)


GAP_COLUMNS = ("missing_t_co2e", "missing_low", "missing_high")
"""The columns of CSV files in which estimates of what is missing stand, so that no other sum holds them."""


def gap_numbers(gap: DataGap) -> tuple[float | None, ...]:
    """Return the values of `GAP_COLUMNS`; None where unknown."""
    return tuple(v if math.isfinite(v) else None for v in (gap.estimate, gap.low, gap.high))


def account_csv(cluster: Cluster, books: DataCompleteness, words: Language) -> str:
    """Return a line for each enterprise, year and source, then one for each thing missing, as CSV."""
    names = books.accounts.line_names()
    rows = [(*entry, cluster.attribution, None, None, None, "") for entry in books.accounts.lines()]
    for gap in books.gaps:
        known: dict[str, object] = dict.fromkeys(names)
        known |= {"enterprise": gap.enterprise, "year": gap.year, "kind": "missing", "source": gap.source}
        known |= dict(zip(("file", "row"), located(gap.file, gap.row), strict=True))
        rows.append(
            (*known.values(), cluster.attribution, *gap_numbers(gap), words.tell(REASONS[gap.reason]))
        )
    rows = [(*row, *_NO_DOUBT) for row in rows]
    for doubt in books.doubts:
        if doubt.of == CARBON:
            known = dict.fromkeys(names) | doubt_place(doubt) | {"kind": "doubt"}
            told = doubt_numbers(doubt, words)
            rows.append((*known.values(), cluster.attribution, None, None, None, "", *told))
    heads = (*names, "data_source", *GAP_COLUMNS, "missing_because", *DOUBT_COLUMNS)
    return spreadsheet_csv(heads, rows, words, {"missing": words.CL_GAP_MISSING, "doubt": words.CL_DOUBTED})


DOUBT_COLUMNS = ("doubt_low_t_co2e", "doubt_high_t_co2e", "doubt_because")
"""Columns of CSV files: by how much what was counted may be too high (negative) and too low, and why."""

_NO_DOUBT = (None, None, "")


def doubt_place(doubt: DataDoubt) -> dict[str, object]:
    """Return whose, when, of what and where a doubt is, by the names of columns."""
    file, row = located(doubt.remark.file, doubt.remark.row)
    return {
        "enterprise": doubt.enterprise,
        "year": doubt.year,
        "source": doubt.source,
        "file": file,
        "row": row,
    }


def doubt_numbers(doubt: DataDoubt, words: Language) -> tuple[object, ...]:
    """Return the values of `DOUBT_COLUMNS`; no number where unknown."""
    ends = (v if math.isfinite(v) else None for v in (doubt.low, doubt.high))
    return (*ends, f"{doubt.remark.code} {words.tell(doubt.remark.what)}")


def year_table(books: DataCompleteness, words: Language) -> Table:
    """Return the sums of every year; scope 2 only where the data include it.

    Columns that add up are adjacent and are never dropped for lack of space; further information follows
    their total: the estimate of missing emissions, and the interval of both.
    """
    accounts = books.accounts
    totals = {y: books.total(y) for y in accounts.years}
    inside = bool(accounts.internal.any())
    bought = inside or bool((accounts.scope == 2).any())
    spread = any(t.high > t.low for t in totals.values())
    lacking = {y: lacks(books, y) for y in accounts.years}
    unit = carbon_unit([accounts.total(y) for y in accounts.years], words)
    known = {y: int((~np.isnan(accounts.by_enterprise(y))).sum()) for y in accounts.years}
    # Totals of years in which not the same number is known must not be compared in silence.
    counted = len(set(known.values())) > 1
    columns = [Column(words.CL_YEAR)]
    if counted:
        columns.append(Column(words.CL_COUNT, "right"))
    columns.append(Column(words.CL_SCOPE_1, "right"))
    if bought:
        columns += [Column(words.CL_SCOPE_2, "right"), Column(words.CL_TOTAL, "right")]
    if any(lacking.values()):
        columns.append(Column(words.CL_GAP_MISSING, "right"))
    if spread:
        columns.append(Column(words.CL_INTERVAL, "right"))
    if bought:
        columns.append(Column(words.CL_SCOPE_2_MARKET, "right", optional=True))
        if inside:
            columns.append(Column(words.CL_INTERNAL, "right", optional=True))
    rows = []
    exact = True
    for year in accounts.years:
        lines = accounts.year == year
        counted_once = lines & ~accounts.internal
        outside = counted_once & (accounts.scope == 2)
        parts = [float(accounts.location[counted_once & (accounts.scope == 1)].sum())]
        sums = list(parts)
        if bought:
            parts.append(float(accounts.location[outside].sum()))
            exact &= unit.adds_up(parts, accounts.total(year))
            sums = [*parts, accounts.total(year)]
        count = [line(str(known[year]))] if counted else []
        row = [line(str(year)), *count, *(line(unit.format(v)) for v in sums)]
        whole = totals[year]
        if any(lacking.values()):
            row.append(line(words.CL_NOT_KNOWN if math.isnan(whole.missing) else unit.format(whole.missing)))
        if spread:
            row.append(line(_interval(whole, unit, words)))
        if bought:
            row.append(line(unit.format(float(accounts.market[outside].sum()))))
            if inside:
                row.append(line(unit.format(float(accounts.location[lines & accounts.internal].sum()))))
        rows.append(tuple(row))
    caption = (words.CL_BY_YEAR_CAPTION if bought else words.CL_BY_YEAR_CAPTION_SCOPE_1).format(
        unit=unit.name, gas=accounts.gas_of_totals
    )
    if any(lacking.values()):
        caption = f"{caption}{words.separators[' ']}{words.CL_BY_YEAR_MISSING}"
    if any(books.in_doubt(y) for y in accounts.years):
        caption = f"{caption}{words.separators[' ']}{words.CL_BY_YEAR_DOUBT}"
    if not exact:
        caption = f"{caption}{words.separators[' ']}{words.CL_ROUNDED}"
    return Table(tuple(columns), tuple(rows), caption, row_heads=True, title=words.CL_BY_YEAR)


def _interval(whole: CarbonEstimate, unit: CarbonUnit, words: Language) -> str:
    if math.isinf(whole.high):
        return words.CL_AT_LEAST.format(low=unit.format(whole.low))
    return unit.format_range(whole.low, whole.high)


def _source_table(books: DataCompleteness, year: int, words: Language) -> Table:
    sums = carbon_by_source(books.accounts, year, words)
    whole = sum(v[1] for v in sums.values())
    energetic = any(energy for energy, _ in sums.values())
    unit = carbon_unit([v[1] for v in sums.values()], words)
    columns = [Column(words.CL_SOURCE)]
    if energetic:
        columns.append(Column(words.CL_ENERGY_TCE, "right"))
    heading = words.CL_CARBON.format(unit=unit.name, gas=books.accounts.gas_of_totals)
    columns += [Column(heading, "right"), Column(words.CL_SHARE, "right")]
    ordered = sorted(sums.items(), key=lambda item: -item[1][1])
    ordered.append((words.CL_TOTAL, (sum(v[0] for v in sums.values()), whole)))
    rows = []
    for name, (energy, carbon) in ordered:
        row = [line(name)]
        if energetic:
            row.append(line(amount(energy / TCE) if energy else "–"))
        row += [line(unit.format(carbon)), line(share(carbon / whole) if whole else "–")]
        rows.append(tuple(row))
    notes = [words.CL_AS_COUNTED] if books.in_doubt(year) else []
    if not unit.adds_up([v[1] for v in sums.values()], whole):
        notes.append(words.CL_ROUNDED)
    return Table(
        tuple(columns),
        tuple(rows),
        words.separators[" "].join(notes),
        row_heads=True,
        title=words.CL_BY_CARRIER.format(year=year),
    )


def enterprise_table(cluster: Cluster, books: DataCompleteness, year: int, words: Language) -> Table:
    """Return the largest emitters of a year, then all others, then their total."""
    accounts, sure = books.accounts, books.is_comparable(year)
    first, second, order = _ranked(accounts, year)
    whole = float(np.nansum(first) + np.nansum(second))
    bought = bool((accounts.scope == 2).any())
    unit = carbon_unit([whole, *(first + second).tolist()], words)
    shown = order[:MOST_BARS].tolist()
    rest = [i for i in range(len(first)) if i not in shown]
    told = [(_marked(cluster, books, i, sure), [i]) for i in shown]
    if len(order) > len(shown):
        told.append((words.CL_OTHERS.format(count=len(order) - len(shown)), rest))
    told.append((words.CL_TOTAL, list(range(len(first)))))
    rows, parts = [], []
    for name, members in told:
        direct, other = float(first[members].sum()), float(second[members].sum())
        parts.append(direct + other)
        numbers = [direct, other, direct + other] if bought else [direct]
        cells = [line(unit.format(v)) for v in numbers]
        rows.append((line(name), *cells, line(share((direct + other) / whole) if whole else "–")))
    both = (Column(words.CL_SCOPE_2, "right"), Column(words.CL_TOTAL, "right")) if bought else ()
    columns = (
        Column(words.CL_ENTERPRISE, wide=True),
        Column(words.CL_SCOPE_1, "right"),
        *both,
        Column(words.CL_SHARE, "right"),
    )
    caption = (
        words.CL_BY_ENTERPRISE_CAPTION if len(order) > len(shown) else words.CL_BY_ENTERPRISE_CAPTION_ALL
    )
    captions = [caption.format(unit=unit.name, gas=accounts.gas_of_totals, count=len(shown), all=len(order))]
    if bool(accounts.internal[accounts.year == year].any()):
        captions.append(words.CL_BY_ENTERPRISE_INTERNAL)
    columns_add_up = unit.adds_up(parts[:-1], parts[-1])
    if bought:
        columns_add_up &= all(
            unit.adds_up([float(first[m].sum()), float(second[m].sum())], p)
            for (_, m), p in zip(told, parts, strict=True)
        )
    if not sure[shown].all():
        captions.append(words.CL_MARKED_PART)
    if books.in_doubt(year):
        captions.append(words.CL_AS_COUNTED)
    if not columns_add_up:
        captions.append(words.CL_ROUNDED)
    return Table(
        columns,
        tuple(rows),
        words.separators[" "].join(captions),
        row_heads=True,
        title=words.CL_BY_ENTERPRISE.format(year=year),
    )


def _marked(cluster: Cluster, books: DataCompleteness, i: int, sure: np.ndarray) -> str:
    """Return how an enterprise is called, with a mark where something of it is missing or in doubt."""
    return cluster.name_of(str(books.enterprises[i])) + ("" if sure[i] else f"{NBSP}*")


def _ranked(accounts: CarbonAccounts, year: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scope 1 and 2 by enterprise, as the total counts them, and who emits, the largest first."""
    first, second = (np.nan_to_num(accounts.by_enterprise(year, scope=s, internal=False)) for s in (1, 2))
    order = np.argsort(-(first + second), kind="stable")
    return first, second, order[(first + second)[order] > 0]


def emitting(accounts: CarbonAccounts, year: int) -> bool:
    """Return whether anyone emits anything in a year, so that there is something to draw."""
    return len(_ranked(accounts, year)[2]) > 0


def bars_figure(cluster: Cluster, books: DataCompleteness, year: int, words: Language) -> Figure:
    """Return the bars with their caption."""
    count = len(_ranked(books.accounts, year)[2])
    caption = "" if count <= MOST_BARS else words.CL_FIGURE_BARS_CAPTION.format(count=MOST_BARS, all=count)
    if not books.is_comparable(year).all():
        caption = f"{caption}{words.separators[' ']}{words.CL_FIGURE_BARS_PART}".strip()
    picture = bars_picture(cluster, books, year, words)
    return Figure(words.CL_FIGURE_BARS.format(year=year), caption, picture)


def bars_picture(cluster: Cluster, books: DataCompleteness, year: int, words: Language) -> Draw:
    """Return the bars of the largest emitters of a year, marking those with incomplete data."""
    from separatrix.figures.layout import picture
    from separatrix_cluster.figures.diagnosis import Bar, draw_emission_bars

    accounts, sure = books.accounts, books.is_comparable(year)
    first, second, order = _ranked(accounts, year)
    unit = carbon_unit((first + second).tolist(), words)
    bars = [
        Bar(
            _marked(cluster, books, i, sure),
            float(first[i]) / unit.scale,
            float(second[i]) / unit.scale,
        )
        for i in order[:MOST_BARS].tolist()
    ]
    title = words.CL_FIGURE_BARS.format(year=year)
    told = "; ".join(f"{b.name}: {amount(b.direct + b.bought)} {unit.name}" for b in bars)
    said = f"{told}. {credit(cluster, words)}".strip()
    axis = words.CL_CARBON.format(unit=unit.name, gas=accounts.gas_of_totals)
    return picture(lambda: draw_emission_bars(bars, axis, words.CL_SCOPE_1, words.CL_SCOPE_2), title, said)


def factor_blocks(accounts: CarbonAccounts, words: Language) -> Iterator[Block]:
    """Yield the factors that were used, then a list of their sources, too long for a column."""
    kinds = {"location": words.CL_BY_LOCATION, "market": words.CL_BY_MARKET}
    rows, sources = [], dict[str, int]()
    for factor in sorted(accounts.factors, key=lambda f: (f["carrier"], f["kind"], f["year"] or 0)):
        carrier = str(factor["carrier"])
        told = [kinds.get(factor["kind"]), factor["area"]]
        source = sources.setdefault(words.source(str(factor["source"])), len(sources) + 1)
        rows.append(
            (
                line(carrier_name(carrier, words.code)),
                line(factor_shown(carrier, factor["value"], factor["unit"], words)),
                line(words.separators[", "].join(t for t in told if t)),
                line(words.CL_ANY if factor["year"] is None else str(factor["year"])),
                line(words.CL_YES if factor["verified"] else words.CL_NO),
                line(str(source)),
            )
        )
    columns = (
        Column(words.CL_CARRIER),
        Column(words.CL_FACTOR, "right"),
        Column(words.CL_FACTOR_WHERE, wide=True),
        Column(words.CL_YEAR),
        Column(words.CL_VERIFIED),
        Column(words.CL_FACTOR_SOURCE, "right"),
    )
    yield Table(columns, tuple(rows), words.CL_FACTORS_CAPTION, title=words.CL_FACTORS)
    yield Bullets(tuple(line(source) for source in sources), numbered=True)
