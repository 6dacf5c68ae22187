"""How whole the accounts of a cluster are, in words: what was counted, what is missing, and from whom."""

from __future__ import annotations

import math

import numpy as np

from separatrix.document.tree import Column, Table, line
from separatrix.io.cells import located
from separatrix.languages import Language
from separatrix.languages.number_text import digits_outward
from separatrix_cluster.completeness.completeness import BASES, REASONS, DataCompleteness, DataGap
from separatrix_cluster.completeness.doubt import CARBON, DataDoubt
from separatrix_cluster.documents.vocabulary import (
    NBSP,
    amount,
    carbon_unit,
    kind_name,
    place_of,
    share,
    tonnes,
    tonnes_apart,
    tonnes_between,
)
from separatrix_cluster.tables.carriers import carrier_name
from separatrix_cluster.tables.panel import Cluster

__all__ = [
    "about",
    "about_end",
    "completeness_sentences",
    "gaps_table",
    "lacks",
    "lead_of",
    "missing_by_enterprise",
    "named_with_size",
    "no_carbon_sentence",
    "source_name",
]

NAMED = 3
MOST_GAPS = 12
MOST_DOUBTS = 2


def lead_of(books: DataCompleteness, year: int, words: Language) -> str:
    """Return the sentence with the total of a year: counted, then missing, then the interval of both.

    Where something may be so much that the interval leaves it out, a second sentence names it.
    """
    beside = [_open_question(question, words) for question in books.open_questions(year)]
    told = [_total_of(books, year, words)]
    if beside:
        names = words.listed(beside[:NAMED])
        if len(beside) > NAMED:
            names = words.CL_ONE_MORE.format(
                names=words.separators[", "].join(beside[:NAMED]), count=len(beside) - NAMED
            )
        told.append(words.CL_OPEN_BESIDE.format(names=names))
    return words.separators[" "].join(told)


def _open_question(question: DataGap | DataDoubt, words: Language) -> str:
    """Return the open questions, by enterprise, with their possible size."""
    who = question.enterprise or words.CL_NOT_KNOWN
    size = words.CL_OPEN_UP_TO.format(high=about_end(question.high, words, 3))
    what = f"{who}{words.separators[' ']}({source_name(question.source, words)})"
    return words.CL_NAME_SHARE.format(name=what, share=size)


def _total_of(books: DataCompleteness, year: int, words: Language) -> str:
    found, gas = books.total(year), books.accounts.gas_of_totals
    counted, low = tonnes_apart((found.counted, found.low), words)
    if math.isnan(found.missing):
        return words.CL_LEAD_UNKNOWN.format(year=year, gas=gas, counted=counted, low=low)
    if not math.isfinite(found.high):
        return words.CL_LEAD_OPEN.format(year=year, gas=gas, counted=counted, low=low)
    counted, low, high = tonnes_between(found.counted, found.low, found.high, words)
    doubt = books.in_doubt(year)
    certain = found.low == found.high
    # Wood that is missing adds nothing to the total.
    may_be = float(books.columns.sums(books.columns.year == year)[2])
    if lacks(books, year) and found.high > found.counted and may_be > 0:
        missing = about(found.missing, words)
        text = words.CL_LEAD_DOUBT_MISSING if doubt else words.CL_LEAD_MISSING
        if certain:
            low = high = counted
            text = words.CL_LEAD_MISSING_ONE
        return text.format(year=year, gas=gas, counted=counted, missing=missing, low=low, high=high)
    if doubt:
        return words.CL_LEAD_DOUBT.format(year=year, gas=gas, counted=counted, low=low, high=high)
    if found.high > found.low:
        return words.CL_ACCOUNT_LEAD.format(year=year, gas=gas, total=counted, low=low, high=high)
    exact = bool(books.accounts.told_spread[books.accounts.year == year].any())
    lead = words.CL_ACCOUNT_LEAD_EXACT if exact else words.CL_ACCOUNT_LEAD_SURE
    return lead.format(year=year, gas=gas, total=counted)


def no_carbon_sentence(cluster: Cluster, words: Language) -> str:
    """Return why nothing at all can be said of carbon."""
    files = [cluster.broken[name] for name in ("energy", "emissions") if name in cluster.broken]
    if files:
        return words.CL_CARBON_UNREADABLE.format(files=words.separators[", "].join(files))
    return words.CL_NO_CARBON


def completeness_sentences(
    books: DataCompleteness, cluster: Cluster, year: int, words: Language
) -> list[str]:
    """Return how much was counted, whose data are missing, and which later years are not reported."""
    told = []
    lacking = missing_by_enterprise(books, year)
    doubts = books.remarked(year)
    if not lacks(books, year):
        told.append(
            words.CL_COMPLETE_DOUBT if books.in_doubt(year) else words.CL_COMPLETE_ALL.format(year=year)
        )
    else:
        whole, count = int(books.is_whole(year).sum()), len(books.enterprises)
        counted = books.share(year)
        # That all of it is counted is not said of what is in doubt.
        told.append(
            words.CL_COMPLETE_UNKNOWN.format(whole=whole, all=count)
            if math.isnan(counted)
            else words.CL_COMPLETE_NONE_DOUBT.format(whole=whole, all=count)
            if counted == 1 and books.in_doubt(year)
            else words.CL_COMPLETE_SHARE.format(share=share(counted), whole=whole, all=count)
        )
        if lacking:
            told.append(words.CL_COMPLETE_FROM.format(names=named_with_size(lacking, cluster, words)))
    told.extend(_doubted(doubt, words) for doubt in doubts[:MOST_DOUBTS])
    if len(doubts) > MOST_DOUBTS:
        told.append(words.CL_DOUBTS_MORE.format(count=len(doubts) - MOST_DOUBTS))
    accounts = books.accounts
    if year in accounts.years and not ((accounts.year == year) & (accounts.scope == 2)).any():
        told.append(words.CL_NO_SCOPE_2)
    for later in books.years:
        if later > year and books.share_held(later) < books.gate:
            held = share(books.share_held(later))
            told.append(words.CL_COMPLETE_LATER.format(year=later, share=held, gate=share(books.gate)))
    return told


def _doubted(doubt: DataDoubt, words: Language) -> str:
    """Return the contradictions, their places, and the possible error of the total."""
    told = words.CL_DOUBT.format(where=place_of(doubt.remark, words), what=words.tell(doubt.remark.what))
    if doubt.of != CARBON and not math.isfinite(doubt.size):
        size = words.CL_DOUBT_OTHER_OPEN
    elif doubt.of != CARBON or doubt.low == doubt.high == 0:
        size = words.CL_DOUBT_OTHER
    elif math.isnan(doubt.size) or math.isinf(doubt.size):
        size = words.CL_DOUBT_OPEN
    else:
        text = (
            words.CL_DOUBT_HIGHER
            if doubt.low == 0
            else words.CL_DOUBT_LOWER
            if doubt.high == 0
            else words.CL_DOUBT_BOTH
        )
        size = text.format(low=about_end(-doubt.low, words, 3), high=about_end(doubt.high, words, 3))
    return f"{told}{words.separators[' ']}{size}"


def about(value: float, words: Language, digits: int = 2) -> str:
    """Return an estimate of t CO2e in the digits that it is good for, without the zeros of finer ones.

    Examples
    --------
    >>> from separatrix.languages import language_of
    >>> en, zh = language_of("en"), language_of("zh")
    >>> [about(v, en).replace(NBSP, " ") for v in (8_672.0, 104_000.0, 0.55, 0.0)]
    ['8,700 t', '100 kt', '0.55 t', '0 t']
    >>> about(104_000.0, zh, 3).replace(NBSP, " ")
    '10.4 万吨'
    """
    number, blank, unit = tonnes(float(f"{value:.{digits}g}"), words).partition(NBSP)
    if 0 < abs(value) < 10:  # whole tonnes would tell half of one as one
        return f"{amount(value, digits)}{blank}{unit}"
    return (number.rstrip("0").rstrip(".") if "." in number else number) + blank + unit


def about_end(value: float, words: Language, digits: int = 2, *, up: bool = True) -> str:
    """Return the end of an interval in as few digits, rounded outwards."""
    return about(digits_outward(value, digits, up=up), words, digits)


def lacks(books: DataCompleteness, year: int) -> bool:
    """Return whether anything is missing of a year."""
    return bool((books.columns.year == year).any())


def missing_by_enterprise(books: DataCompleteness, year: int) -> dict[str, float]:
    """Return the ids of enterprises with missing data, with the estimate in t CO2e; the largest first.

    Those without an estimate come first.
    """
    c = books.columns
    chosen = (c.year == year) & (c.enterprise >= 0)
    sums = np.bincount(c.enterprise[chosen], c.estimate[chosen], len(books.enterprises))
    members = np.unique(c.enterprise[chosen])
    order = members[np.argsort(-np.nan_to_num(sums[members], nan=np.inf), kind="stable")]
    return {str(books.enterprises[i]): float(sums[i]) for i in order.tolist()}


def named_with_size(lacking: dict[str, float], cluster: Cluster, words: Language) -> str:
    """Return the largest of them by name, with what is missing from each, and how many more there are."""
    names = [
        words.CL_NAME_SHARE.format(
            name=cluster.name_of(identity),
            share=words.CL_SIZE_UNKNOWN
            if math.isnan(size)
            else words.CL_ABOUT.format(size=about(size, words))
            if size > 0
            else words.CL_SIZE_NONE,
        )
        for identity, size in list(lacking.items())[:NAMED]
    ]
    rest = len(lacking) - len(names)
    if not rest:
        return words.listed(names)
    return words.CL_ONE_MORE.format(names=words.separators[", "].join(names), count=rest)


def gaps_table(books: DataCompleteness, cluster: Cluster, year: int, words: Language) -> Table | None:
    """Return what is missing of a year, the largest first; none where nothing is."""
    if not lacks(books, year):
        return None
    gaps = books.gaps_of(year)
    unit = carbon_unit([g.estimate for g in gaps], words)
    # Of an enterprise that a row tells of, counted or refused, what no row tells of are its other sources.
    partly = {str(e) for e in books.enterprises[books.has_rows(year)]} | {
        g.enterprise for g in gaps if g.source
    }
    rows = []
    for gap in gaps[:MOST_GAPS]:
        file, row = located(gap.file, gap.row)
        where = words.CL_ROW.format(file=file, row=row) if file and row is not None else ""
        reason = words.tell(REASONS[gap.reason])
        if where:
            reason = words.CL_NAME_SHARE.format(name=reason, share=where)
        known = not math.isnan(gap.estimate)
        rows.append(
            (
                line(cluster.name_of(gap.enterprise) if gap.enterprise else words.CL_NOT_KNOWN),
                line(
                    words.CL_GAP_REST
                    if not gap.source and gap.enterprise in partly
                    else source_name(gap.source, words)
                ),
                line(reason),
                line(unit.format(gap.estimate) if known else "–"),
                line(unit.format_range(gap.low, gap.high) if math.isfinite(gap.high) else "–"),
                line(words.tell(BASES[gap.basis])),
            )
        )
    columns = (
        Column(words.CL_ENTERPRISE, wide=True),
        Column(words.CL_SOURCE),
        Column(words.CL_GAP_REASON, wide=True),
        Column(words.CL_GAP_ESTIMATE.format(unit=unit.name, gas=books.accounts.gas_of_totals), "right"),
        Column(words.CL_INTERVAL, "right"),
        Column(words.CL_GAP_BASIS, optional=True),
    )
    text = words.CL_GAPS_CAPTION if len(rows) < len(gaps) else words.CL_GAPS_CAPTION_ALL
    caption = text.format(count=len(rows), all=len(gaps))
    return Table(columns, tuple(rows), caption, row_heads=True, title=words.CL_GAPS.format(year=year))


def source_name(source: str, words: Language) -> str:
    """Return what is missing: a carrier, a kind of emissions, or all."""
    if not source:
        return words.CL_GAP_ALL
    if source in ("process", "verified", "reported"):
        return kind_name(source, words)
    return carrier_name(source, words.code)
