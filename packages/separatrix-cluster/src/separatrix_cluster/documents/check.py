"""`cluster check` as a document: the tables, what can be computed, and the data issues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from separatrix.document.document import (
    Block,
    Column,
    Document,
    Heading,
    Note,
    Paragraph,
    Table,
    Words,
    line,
)
from separatrix.document.parts import document_in
from separatrix.io.cells import Remark, by_kind, located
from separatrix.languages import Language
from separatrix_cluster.completeness.completeness import DataCompleteness
from separatrix_cluster.completeness.coverage import Ability
from separatrix_cluster.documents.closing import closing_blocks
from separatrix_cluster.documents.completeness import completeness_sentences, gaps_table, lead_of
from separatrix_cluster.documents.spreadsheet import spreadsheet_csv
from separatrix_cluster.documents.words import place_of, quantity_name, share
from separatrix_cluster.tables.cluster import Cluster

__all__ = [
    "abilities_table",
    "check_document",
    "check_to_dict",
    "remarks_blocks",
    "remarks_csv",
    "synthetic_note",
]

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
