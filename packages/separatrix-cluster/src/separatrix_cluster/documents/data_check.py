"""`cluster check` as a document: the tables, what can be computed, and the data issues.

The end of every document on a cluster: where the data come from, their licence, and the fingerprint.

CSV for spreadsheets: headings and codes in the reader's language, numbers without noise.

The frame of a diagnosis and the gap to a standard, as blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Heading,
    Note,
    Paragraph,
    Table,
    Words,
    document_in,
    line,
)
from separatrix.io.cells import Remark, by_kind, located
from separatrix.languages import Language
from separatrix.run.csv_output import csv_text
from separatrix.run.results import provenance
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.completeness.coverage import Ability
from separatrix_cluster.diagnosis.diagnosis import Diagnosis
from separatrix_cluster.documents.completeness import completeness_sentences, gaps_table, lead_of
from separatrix_cluster.documents.vocabulary import (
    NBSP,
    indicator_interval,
    indicator_value,
    place_of,
    quantity_name,
    sector_name,
    share,
)
from separatrix_cluster.frame.frame import Concentration, Network
from separatrix_cluster.frame.standards import Scorecard
from separatrix_cluster.tables.carriers import carrier_name, carrier_named
from separatrix_cluster.tables.panel import Cluster

__all__ = [
    "abilities_table",
    "check_document",
    "check_to_dict",
    "closing_blocks",
    "frame_blocks",
    "network_words",
    "remarks_blocks",
    "remarks_csv",
    "spreadsheet_csv",
    "standard_blocks",
    "synthetic_note",
]


def closing_blocks(cluster: Cluster, words: Language, methods: Iterable[str] = ()) -> Iterator[Block]:
    """Yield sources, licence, the publications of the methods, and provenance."""
    description = cluster.description
    if description.sources:
        yield Heading(words.CL_SOURCES)
        yield Bullets(tuple(line(words.source(source)) for source in description.sources))
        if description.licence:
            yield Paragraph(line(words.CL_LICENCE.format(licence=description.licence)))
    told = [words.tell(method) for method in dict.fromkeys(methods) if method]
    if told:
        yield Paragraph(line(words.CL_METHODS.format(methods=words.separators["; "].join(told))))
    origin = provenance(cluster)
    yield Paragraph(line(words.CL_PROVENANCE.format(version=origin["version"], model=origin["model"])))


DIGITS = 10
"""Significant digits of a number: more than any sum needs, fewer than binary fractions show."""

_CODED = frozenset(
    "chosen difficulty figure gas internal factor_verified kind pays place severity source name whole".split()
)
"""Columns whose cells are words of the program, not of the user."""


def spreadsheet_csv(
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    words: Language,
    codes: Mapping[str, str] | None = None,
) -> str:
    """Return a table as CSV, every cell inert.

    Parameters
    ----------
    header : sequence of str
        The headings, as programs read them; a language with its own names for them uses those.
    rows : iterable of sequences
    words : Language
    codes : mapping, optional
        Further codes of this table and what they are called.

    Examples
    --------
    >>> from separatrix.languages import language_of
    >>> rows = [["E01", "raw_coal", 29000.570999999996, True]]
    >>> heads = ["enterprise", "source", "energy_gj", "internal"]
    >>> print(spreadsheet_csv(heads, rows, language_of("en")))
    enterprise,source,energy_gj,internal
    E01,raw_coal,29000.571,True
    <BLANKLINE>
    >>> print(spreadsheet_csv(heads, rows, language_of("zh")))
    企业,来源,能耗（GJ）,集群内部
    E01,原煤,29000.571,是
    <BLANKLINE>
    """
    own = words.headings
    if not own:
        return csv_text(header, ([_plain(cell) for cell in row] for row in rows))
    known = {**own, **(codes or {})}
    told = [
        [_cell_in_language(_plain(cell), name, known, words) for cell, name in zip(row, header, strict=True)]
        for row in rows
    ]
    return csv_text([own.get(name, name) for name in header], told)


def _plain(cell: Any) -> Any:
    """Return a number without the digits that binary fractions add."""
    if not isinstance(cell, float) or cell != cell:
        return cell
    return float(f"{cell:.{DIGITS}g}")


def _cell_in_language(cell: Any, column: str, known: Mapping[str, str], words: Language) -> Any:
    if column == "unit" and isinstance(cell, str):
        return known.get(cell) or words.unit(cell)
    if column == "factor_source" and isinstance(cell, str):
        return words.source(cell)
    if column not in _CODED:
        return words.tell(cell) if isinstance(cell, str) else cell
    if isinstance(cell, bool):
        cell = str(cell)
    if not isinstance(cell, str) or not cell:
        return cell
    if cell in known:
        return known[cell]
    carrier = carrier_named(cell)[0] if column in ("source", "name") else None
    return cell if carrier is None else carrier_name(carrier, words.code)


MOST_KINDS = 40


def check_document(
    cluster: Cluster,
    abilities: Sequence[Ability],
    remarks: Sequence[Remark],
    words: Language,
    left_out: Mapping[str, int],
    books: DataCompleteness,
) -> Document:
    """Return what the data of a cluster are and let be computed; ``left_out`` counts rows by table."""
    return document_in(
        words,
        words.CL_CHECK_TITLE.format(name=cluster.name),
        cluster.description.place,
        _blocks(cluster, abilities, remarks, words, left_out, books),
    )


def check_to_dict(
    cluster: Cluster,
    abilities: Sequence[Ability],
    remarks: Sequence[Remark],
    left_out: Mapping[str, int],
    books: DataCompleteness,
) -> dict[str, Any]:
    """Return the same as plain data."""
    return {
        "cluster": {**cluster.label, "years": list(cluster.years)},
        "tables": {
            name: {"file": table.file, "rows": len(table), "left_out": left_out.get(name, 0)}
            for name, table in cluster.tables.items()
        },
        "broken": dict(cluster.broken),
        "rows_left_out": sum(left_out.values()),
        "completeness": books.to_dict(),
        "abilities": [ability.to_dict() for ability in abilities],
        "remarks": [remark.to_dict() for remark in remarks],
    }


def remarks_csv(remarks: Sequence[Remark], words: Language) -> str:
    """Return every remark, one a row, as CSV."""
    rows = [
        (r.code, r.severity, *located(r.file, r.row), r.column, words.tell(r.what), words.tell(r.hint or ""))
        for r in remarks
    ]
    return spreadsheet_csv(("code", "severity", "file", "row", "column", "what", "hint"), rows, words)


def _blocks(
    cluster: Cluster,
    abilities: Sequence[Ability],
    remarks: Sequence[Remark],
    words: Language,
    left: Mapping[str, int],
    books: DataCompleteness,
) -> Iterator[Block]:
    rows = sum(t.given for t in cluster.tables.values())
    count, tables = len(cluster.enterprises), len(cluster.tables)
    lead = words.count(count, "CL_CHECK_LEAD", tables=tables, left=sum(left.values()), rows=rows)
    if cluster.broken:
        files = words.separators[", "].join(cluster.broken.values())
        lead = f"{lead}{words.separators[' ']}{words.CL_CHECK_BROKEN.format(files=files)}"
    yield Paragraph(line(lead), lead=True)
    yield from synthetic_note(cluster, words)
    year = books.reporting_year
    if year is not None:
        told = [lead_of(books, year, words), *completeness_sentences(books, cluster, year, words)]
        yield Paragraph(line(words.separators[" "].join(told)))
    yield _tables(cluster, words, left)
    yield abilities_table(abilities, words)
    gaps = None if year is None else gaps_table(books, cluster, year, words)
    if gaps is not None:
        yield gaps
    yield from remarks_blocks(remarks, words)
    yield from closing_blocks(cluster, words)


def synthetic_note(cluster: Cluster, words: Language) -> Iterator[Block]:
    """Yield the note that a cluster is made up, where it is."""
    if cluster.description.synthetic:
        yield Note(words.CL_SYNTHETIC, line(words.CL_SYNTHETIC_NOTE))


def _tables(cluster: Cluster, words: Language, left: Mapping[str, int]) -> Table:
    rows = []
    for name, table in cluster.tables.items():
        years = table.years
        span = "" if not years else str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
        rows.append(
            (
                line(words.table(name)),
                line(table.file),
                line(str(table.given - left.get(name, 0))),
                line(str(left.get(name, 0))),
                line(span),
            )
        )
    rows += [
        (line(words.table(name)), line(file), line("–"), line(words.CL_UNREADABLE), line(""))
        for name, file in cluster.broken.items()
    ]
    columns = (
        Column(words.CL_TABLE),
        Column(words.CL_FILE),
        Column(words.CL_ROWS, "right"),
        Column(words.CL_LEFT_OUT, "right"),
        Column(words.CL_YEARS, optional=True),
    )
    return Table(columns, tuple(rows), row_heads=True, title=words.CL_TABLES)


def abilities_table(abilities: Sequence[Ability], words: Language) -> Table:
    """Return what can be computed, and for which share of the cluster."""
    weight = next((a.weighed_by for a in abilities if a.weight is not None), "")
    told = "" if not weight else quantity_name(weight, words)
    columns = [Column(words.CL_ABILITY, wide=True), Column(words.CL_BY_ENTERPRISES, "right")]
    if weight:
        columns.append(Column(words.CL_BY_WEIGHT.format(weight=told), "right"))
    columns.append(Column(words.CL_RESTS_ON, optional=True))
    rows = []
    for ability in abilities:
        row = [line(words.tell(ability.what)), line(share(ability.enterprises))]
        if weight:
            row.append(line(share(ability.weight)))
        rows.append((*row, line(words.tell(ability.needs))))
    caption = words.CL_ABILITIES_CAPTION_WEIGHED.format(weight=told) if weight else words.CL_ABILITIES_CAPTION
    return Table(tuple(columns), tuple(rows), caption, row_heads=True, title=words.CL_ABILITIES)


def remarks_blocks(
    remarks: Sequence[Remark], words: Language, command: str = "separatrix cluster check --format csv"
) -> Iterator[Block]:
    """Yield the remarks, grouped by kind and place; ``command`` lists them one by one."""
    yield Heading(words.CL_REMARKS)
    if not remarks:
        yield Paragraph(line(words.CL_NO_REMARKS))
        return
    kinds = {"error": words.CL_REMARK_ERROR, "warning": words.CL_REMARK_WARNING, "note": words.CL_REMARK_NOTE}
    groups = list(by_kind(remarks).values())
    rows = []
    for group in groups[:MOST_KINDS]:
        first = group[0]
        where = place_of(first, words)
        if len(group) > 1:
            where = words.CL_REMARK_MORE.format(where=where, count=len(group) - 1)
        what = words.tell(first.what)
        if first.hint is not None:
            what = f"{what}{words.separators['; ']}{words.tell(first.hint)}"
        rows.append((line(Words(first.code, "code")), line(kinds[first.severity]), line(where), line(what)))
    columns = (
        Column(""),
        Column(words.CL_REMARK_KIND),
        Column(words.CL_REMARK_WHERE),
        Column(words.CL_REMARK_WHAT, wide=True),
    )
    yield Table(columns, tuple(rows), title=words.CL_REMARKS_TABLE)
    if len(remarks) > len(groups) or len(groups) > MOST_KINDS:
        told = words.CL_REMARK_ALL.format(count=len(remarks))
        yield Paragraph(line(told, Words(command, "code")))


def frame_blocks(found: Diagnosis, words: Language) -> Iterator[Block]:
    """Yield concentration, specialities and the network."""
    frame = found.frame
    yield Heading(words.CL_FRAME)
    if frame.concentrations:
        rows = tuple(
            (
                line(quantity_name(c.of, words)),
                line(str(c.year)),
                line(str(c.enterprises)),
                line(_index(c)),
                line(_part(c.largest_four, c.largest_four_low, c.largest_four_high, words)),
                line(
                    words.CL_NAME_SHARE.format(
                        name=found.cluster.name_of(c.largest),
                        share=_part(c.largest_share, c.largest_share_low, c.largest_share_high, words),
                    )
                ),
            )
            for c in frame.concentrations
        )
        columns = (
            Column(words.CL_OF),
            Column(words.CL_YEAR),
            Column(words.CL_COUNT, "right"),
            Column(words.CL_HHI, "right"),
            Column(words.CL_CR4, "right"),
            Column(words.CL_LARGEST, optional=True),
        )
        caption = words.CL_CONCENTRATION_CAPTION
        if any(c.herfindahl_low is not None for c in frame.concentrations):
            caption = f"{caption}{words.separators[' ']}{words.CL_CONCENTRATION_PART}"
        yield Table(columns, rows, caption, row_heads=True, title=words.CL_CONCENTRATION)
    if frame.specialisations:
        quotients = tuple(
            (
                line(sector_name(found.cluster, s.sector, words)),
                line(str(s.year) if s.year else "–"),
                line(quantity_name(s.measure, words)),
                line(f"{s.quotient:.2f}"),
            )
            for s in frame.specialisations
        )
        heads = (
            Column(words.CL_SECTOR),
            Column(words.CL_YEAR),
            Column(words.CL_MEASURE),
            Column(words.CL_QUOTIENT, "right"),
        )
        yield Table(
            heads, quotients, words.CL_SPECIALITIES_CAPTION, row_heads=True, title=words.CL_SPECIALITIES
        )
    if frame.ellison_glaeser is not None:
        g, h, gamma = frame.ellison_glaeser
        yield Paragraph(line(words.CL_EG.format(g=f"{g:.4f}", h=f"{h:.4f}", gamma=f"{gamma:.4f}")))
    if frame.network is not None:
        yield Paragraph(line(network_words(frame.network, found.cluster, words)))
    if frame.missing:
        yield Heading(words.CL_MISSING, 2)
        yield Bullets(tuple(line(words.capital(words.tell(m))) for m in frame.missing))


def network_words(found: Network, cluster: Cluster, words: Language) -> str:
    """Return how many links there are of those there could be, how cyclic they are, and who has most."""
    return words.CL_NETWORK.format(
        links=found.links,
        arcs=found.arcs,
        nodes=found.nodes,
        pairs=found.pairs,
        connectance=share(found.connectance),
        cycles=_cycles(found.spectral_radius, words),
        busiest=cluster.name_of(found.busiest),
        degree=found.busiest_degree,
    )


def _cycles(radius: float, words: Language) -> str:
    """Return whether links lead in circles, by the spectral radius of who gives to whom."""
    if radius < 0.5:  # 0 or at least 1, but for rounding
        return words.CL_NETWORK_NO_CYCLE
    text = words.CL_NETWORK_CYCLE if radius < 1 + 1e-9 else words.CL_NETWORK_CYCLES
    return text.format(radius=f"{radius:.3f}")


def _index(found: Concentration) -> str:
    """Return the index of enterprises with complete data, and in brackets the bounds of that of all."""
    told = f"{found.herfindahl:.3f}"
    if found.herfindahl_low is None or found.herfindahl_high is None:
        return told
    return f"{told}{NBSP}({found.herfindahl_low:.3f}–{found.herfindahl_high:.3f})"


def _part(value: float, low: float | None, high: float | None, words: Language) -> str:
    """Return a share of enterprises with complete data, and in brackets the bounds of that of all."""
    ends = "" if low is None or high is None else indicator_interval(low, high, "share", words)
    return f"{share(value)}{NBSP}{ends}".strip()


def standard_blocks(card: Scorecard, words: Language) -> Iterator[Block]:
    """Yield the gap to a park standard."""
    verdicts = {
        "met": words.CL_MET,
        "not met": words.CL_NOT_MET,
        "cannot be told": words.CL_CANNOT_BE_TOLD,
        "does not apply": words.CL_DOES_NOT_APPLY,
    }
    title = card.standard.text_in("title", words.code)
    yield Heading(words.CL_STANDARD.format(title=title))
    source = words.CL_STANDARD_SOURCE.format(source=words.source(card.standard.source))
    if not card.standard.verified:
        source = f"{source} {words.CL_STANDARD_UNVERIFIED}"
    note = card.standard.text_in("note", words.code)
    if note:
        source = f"{source}{words.separators[' ']}{note}"
    yield Paragraph(line(source))
    rows, reasons = [], []
    for gap in card.gaps:
        r = gap.requirement
        sign = "≤" if r.op == "<=" else "≥"
        text = r.text_in(words.code)
        verdict = verdicts[gap.verdict]
        if gap.why is not None:
            why = words.CL_VERDICT_WHY.format(requirement=text, verdict=verdict, why=words.tell(gap.why))
            reasons.append(line(words.capital(why)))
        for said in gap.beside:
            told = words.CL_VERDICT_BESIDE.format(requirement=text, said=words.tell(said))
            reasons.append(line(words.capital(told)))
        found = indicator_value(gap.found, r.unit, words)
        threshold = f"{sign}\u00a0{indicator_value(r.value, r.unit, words)}"
        rows.append((line(text), line(threshold), line(found), line(verdict)))
    columns = (
        Column(words.CL_REQUIREMENT, wide=True),
        Column(words.CL_THRESHOLD),
        Column(words.CL_FOUND),
        Column(words.CL_VERDICT),
    )
    yield Table(columns, tuple(rows), title=words.CL_REQUIREMENTS.format(year=card.year))
    reasons = [*(line(words.capital(words.tell(said))) for said in card.said), *reasons]
    if reasons:
        yield Bullets(tuple(reasons))
    if card.yearly_cut is not None:
        cut = f"{100 * card.yearly_cut:.1f}\u00a0%"
        yield Paragraph(line(words.CL_CUT.format(cut=cut, year=card.year, target=card.target_year)))
