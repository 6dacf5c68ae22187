"""The page that one enterprise gets back: its data, its place among others, what is missing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np

from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Heading,
    Paragraph,
    Table,
    document_in,
    line,
)
from separatrix.io.cells import located
from separatrix.languages import Language
from separatrix.run.results import provenance
from separatrix_cluster.completeness.completeness import REASONS, DataCompleteness, DataGap
from separatrix_cluster.completeness.doubt import CARBON
from separatrix_cluster.documents.completeness import about_end, source_name
from separatrix_cluster.documents.data_check import spreadsheet_csv, synthetic_note
from separatrix_cluster.documents.vocabulary import (
    NBSP,
    amount,
    carbon_unit,
    indicator_value,
    kind_name,
    place_of,
    sector_name,
    share,
    signed_percent,
    span,
    tonnes,
)
from separatrix_cluster.frame.park_indicators import TCE
from separatrix_cluster.reporting.benchmarking import PeerComparison
from separatrix_cluster.reporting.feedback import Feedback, untold_by_enterprise
from separatrix_cluster.tables.carriers import carrier_name
from separatrix_cluster.tables.panel import Cluster

__all__ = ["feedback_csv", "feedback_document", "lacking_sentences", "missing_sentences"]

MOST_YEARS = 5
MOST_REMARKS = 8


def feedback_document(cluster: Cluster, told: Feedback, words: Language) -> Document:
    """Return the page of an enterprise."""
    title = words.CL_FEEDBACK_TITLE.format(name=told.name)
    return document_in(words, title, cluster.name, _blocks(cluster, told, words))


def feedback_csv(told: Feedback, words: Language) -> str:
    """Return the comparisons, one a row, as CSV."""
    rows = [
        (
            told.enterprise,
            told.year,
            c.id,
            words.tell(c.name),
            c.own,
            c.unit,
            c.average,
            c.others,
            " ".join(c.sectors),
            c.place,
            words.tell(c.why or ""),
        )
        for c in told.comparisons
    ]
    header = "enterprise year measure name own unit average others sectors place why".split()
    return spreadsheet_csv(header, rows, words)


def _blocks(cluster: Cluster, told: Feedback, words: Language) -> Iterator[Block]:
    yield from synthetic_note(cluster, words)
    yield Paragraph(line(_lead(told, words)), lead=True)
    if told.years:
        yield _years(cluster, told, words)
    if told.sources and told.year is not None:
        yield _sources(told, told.year, words)
    if told.comparisons and told.year is not None:
        yield _compared(cluster, told, told.year, words)
        yield Paragraph(line(words.CL_FEEDBACK_SECRECY))
    yield Heading(words.CL_FEEDBACK_MISSING)
    lacking = missing_sentences(told, words)
    if lacking:
        yield Bullets(tuple(line(one) for one in lacking))
    remarks = [_remark(told, k, words) for k in range(min(MOST_REMARKS, len(told.remarks)))]
    if remarks:
        yield Paragraph(line(words.CL_FEEDBACK_REMARKS))
        yield Bullets(tuple(line(r) for r in remarks))
    if len(told.remarks) > MOST_REMARKS:
        yield Paragraph(line(words.CL_FEEDBACK_MORE.format(count=len(told.remarks) - MOST_REMARKS)))
    if not lacking and not remarks and told.away is None:
        yield Paragraph(line(words.CL_FEEDBACK_WHOLE))
    elif not lacking and told.away is not None:
        away = words.capital(words.tell(told.away))
        yield Paragraph(line(words.CL_FEEDBACK_AWAY.format(away=away, year=told.year)))
    # The fingerprint of the data is not told here: with it one could try out figures of the others.
    yield Paragraph(line(words.CL_FEEDBACK_CLOSING.format(version=provenance(cluster)["version"])))


def _lead(told: Feedback, words: Language) -> str:
    now = next((y for y in told.years if y.year == told.year), None)
    if told.away is not None and (now is None or now.total is None):
        return words.CL_FEEDBACK_AWAY.format(away=words.capital(words.tell(told.away)), year=told.year)
    if now is None or now.total is None:
        return (
            words.CL_FEEDBACK_NOTHING
            if told.year is None
            else words.CL_FEEDBACK_NO_YEAR.format(year=told.year)
        )
    if not now.whole:
        sources = dict.fromkeys(source_name(g.source, words) for g in told.gaps if g.year == told.year)
        return words.CL_FEEDBACK_PART.format(
            year=told.year,
            gas=told.gas,
            counted=tonnes(now.total, words),
            sources=words.listed(list(sources)),
        )
    if now.low is not None and now.high is not None:
        if not math.isfinite(now.high):
            low = about_end(now.low, words, up=False)
            return words.CL_FEEDBACK_OPEN.format(
                year=told.year, gas=told.gas, counted=tonnes(now.total, words), low=low
            )
        ends = {"low": about_end(now.low, words, up=False), "high": about_end(now.high, words)}
        return words.CL_FEEDBACK_DOUBT.format(
            year=told.year, gas=told.gas, counted=tonnes(now.total, words), **ends
        )
    parts = [words.CL_FEEDBACK_LEAD.format(year=told.year, gas=told.gas, total=tonnes(now.total, words))]
    for c in told.comparisons:
        if c.own is not None and c.average and c.place is not None:
            parts.append(
                words.CL_FEEDBACK_PLACE.format(
                    measure=words.tell(c.name),
                    difference=signed_percent(c.own / c.average - 1),
                    others=c.others,
                    place=_place(c, words),
                )
            )
            break
    return words.separators[" "].join(parts)


def missing_sentences(told: Feedback, words: Language) -> list[str]:
    """Return what an enterprise has not reported, each as one sentence."""
    # What is missing of all of the year `missing` says.
    gaps = (gap for gap in told.gaps if gap.source or gap.year != told.year)
    return [*_gaps(gaps, words), *(words.capital(words.tell(m)) for m in told.missing)]


def lacking_sentences(
    cluster: Cluster, complete: DataCompleteness, year: int, words: Language
) -> dict[str, list[str]]:
    """Return, of each enterprise that cannot be compared in a year, why: one sentence for each reason."""
    keys = [str(e) for e in complete.enterprises]
    lacking = np.flatnonzero(~complete.is_comparable(year)).tolist()
    untold = untold_by_enterprise(cluster, complete, year, lacking)
    gaps: dict[str, list[DataGap]] = {}
    for gap in complete.gaps_of(year):
        if gap.source:  # what is missing of all `untold` says
            gaps.setdefault(gap.enterprise, []).append(gap)
    slips: dict[str, list[str]] = {}
    for doubt in complete.remarked(year):
        if doubt.of == CARBON and not doubt.comparable:
            slips.setdefault(doubt.enterprise, []).append(doubt.remark.what)
    found = {}
    for at, rest in untold.items():
        texts = [words.capital(words.tell(text)) for text in (*slips.get(keys[at], ()), *rest)]
        found[keys[at]] = [*_gaps(gaps.get(keys[at], ()), words), *texts]
    return found


def _gaps(gaps: Iterable[DataGap], words: Language) -> list[str]:
    """Return what is missing from energy and emissions, a line for each source and reason.

    The estimates are excluded: those based on the sector would disclose figures of the others.
    """
    years: dict[tuple[str, str], list[int]] = {}
    for gap in gaps:
        where = words.tell(REASONS[gap.reason])
        if gap.file and gap.row is not None:
            file, number = located(gap.file, gap.row)
            row = words.CL_ROW.format(file=file, row=number)
            where = words.CL_NAME_SHARE.format(name=where, share=row)
        years.setdefault((source_name(gap.source, words), where), []).append(gap.year)
    return [
        words.capital(
            words.CL_FEEDBACK_GAP.format(
                source=source,
                years=words.separators[", "].join(map(str, sorted(set(of)))),
                reason=reason,
            )
        )
        for (source, reason), of in years.items()
    ]


def _place(c: PeerComparison, words: Language) -> str:
    if c.place is None:
        return "–"
    return {
        "better half": words.CL_BETTER_HALF,
        "middle": words.CL_MIDDLE,
        "worse half": words.CL_WORSE_HALF,
    }[c.place]


def _years(cluster: Cluster, told: Feedback, words: Language) -> Table:
    d = cluster.description
    shown = told.years[-MOST_YEARS:]
    unit = carbon_unit([y.total for y in shown if y.total is not None], words)
    money = words.unit(d.money_unit)
    columns = [
        Column(words.CL_YEAR),
        Column(words.CL_ENERGY_TCE, "right"),
        Column(words.CL_SCOPE_1, "right"),
        Column(words.CL_SCOPE_2_ALL, "right"),
        Column(words.CL_CARBON.format(unit=unit.name, gas=told.gas), "right"),
        Column(words.CL_VALUE_ADDED_IN.format(unit=money), "right"),
        Column(words.CL_STAFF, "right", optional=True),
    ]
    rows, exact = [], True
    for y in shown:
        parts = [y.scope_1, y.scope_2]
        known = [p for p in parts if p is not None]
        if y.total is not None:
            exact &= unit.adds_up(known, y.total)
        least, doubt = "" if y.whole else f"≥{NBSP}", f"{NBSP}*" if y.in_doubt else ""
        total = "–" if y.total is None else least + unit.format(y.total)
        if y.low is not None and y.high is not None and math.isfinite(y.high):
            total = span(unit.format(y.low), unit.format(y.high))
        elif y.in_doubt:
            total += doubt
        cells = [
            str(y.year),
            "–" if y.energy is None else least + amount(y.energy / TCE) + doubt,
            *("–" if v is None else unit.format(v) + doubt for v in parts),
            total,
            "–" if y.value_added is None else amount(y.value_added / d.money_factor),
            "–" if y.staff is None else amount(y.staff),
        ]
        rows.append(tuple(line(c) for c in cells))
    caption = words.CL_FEEDBACK_YEARS_CAPTION.format(unit=unit.name, gas=told.gas)
    if not all(y.whole for y in shown):
        caption = f"{caption}{words.separators[' ']}{words.CL_FEEDBACK_LEAST}"
    if any(y.in_doubt for y in shown):
        caption = f"{caption}{words.separators[' ']}{words.CL_FEEDBACK_DOUBTED}"
    if not exact:
        caption = f"{caption}{words.separators[' ']}{words.CL_ROUNDED}"
    return Table(tuple(columns), tuple(rows), caption, row_heads=True, title=words.CL_FEEDBACK_YEARS)


def _sources(told: Feedback, year: int, words: Language) -> Table:
    whole = sum(carbon for *_, carbon in told.sources)
    unit = carbon_unit([whole], words)
    rows = [
        (
            line(carrier_name(carrier, words.code) if carrier else kind_name(kind, words)),
            line("–" if energy is None else amount(energy / TCE)),
            line(unit.format(carbon)),
            line(share(carbon / whole) if whole else "–"),
        )
        for carrier, kind, energy, carbon in told.sources
    ]
    columns = (
        Column(words.CL_SOURCE),
        Column(words.CL_ENERGY_TCE, "right"),
        Column(words.CL_CARBON.format(unit=unit.name, gas=told.gas), "right"),
        Column(words.CL_SHARE, "right"),
    )
    exact = unit.adds_up([carbon for *_, carbon in told.sources], whole)
    title = words.CL_BY_CARRIER.format(year=year)
    return Table(columns, tuple(rows), "" if exact else words.CL_ROUNDED, row_heads=True, title=title)


def _compared(cluster: Cluster, told: Feedback, year: int, words: Language) -> Table:
    rows = []
    for c in told.comparisons:
        sectors = [sector_name(cluster, s, words, coded=False) for s in c.sectors if s]
        between = "–" if c.average is None else indicator_value(c.average, c.unit, words)
        of = (
            words.tell(c.why)
            if c.why is not None
            else words.CL_FEEDBACK_OF.format(
                count=c.others, sectors=words.separators["; "].join(dict.fromkeys(sectors)) or "–"
            )
        )
        rows.append(
            (
                line(words.capital(words.tell(c.name))),
                line(indicator_value(c.own, c.unit, words)),
                line(between),
                line(_place(c, words)),
                line(of),
            )
        )
    columns = (
        Column(words.CL_INDICATOR, wide=True),
        Column(words.CL_FEEDBACK_YOURS, "right"),
        Column(words.CL_FEEDBACK_AVERAGE, "right"),
        Column(words.CL_FEEDBACK_YOUR_PLACE),
        Column(words.CL_FEEDBACK_OTHERS, wide=True),
    )
    title = words.CL_FEEDBACK_COMPARED.format(year=year)
    return Table(columns, tuple(rows), row_heads=True, title=title)


def _remark(told: Feedback, k: int, words: Language) -> str:
    remark = told.remarks[k]
    what = words.tell(remark.what)
    if remark.hint is not None:
        what = f"{what}{words.separators['; ']}{words.tell(remark.hint)}"
    return words.CL_FEEDBACK_REMARK.format(where=place_of(remark, words), what=what)
