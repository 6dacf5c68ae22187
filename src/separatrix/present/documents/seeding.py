"""Whom to win first: for people, as a document; for tables, as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from separatrix.present.document import Block, Bullets, Column, Document, Paragraph, Table, line
from separatrix.present.documents.parts import certainty, document_in
from separatrix.present.languages import Language
from separatrix.present.wording.numbers import readable
from separatrix.run.csv_text import csv_text

if TYPE_CHECKING:
    from separatrix.population.seeding.certified import CertifiedSeeds

__all__ = ["seeds_csv", "seeds_document"]

PLACES = 1
NAMED = 5
"""Seeds that the first sentence names."""

DIGITS = 3
"""Of a ratio, rounded down: a rounding never says more than is proven."""


def seeds_document(found: CertifiedSeeds, words: Language) -> Document:
    """Return seeds with their certificate as a document."""
    subtitle = words.SEEDS_SIZE.format(enterprises=f"{found.enterprises:,}", links=f"{found.links:,}")
    return document_in(words, words.SEEDS_TITLE, subtitle, _blocks(found, words))


def _blocks(found: CertifiedSeeds, words: Language) -> Iterator[Block]:
    first = words.listed(list(found.names[:NAMED]))
    if len(found.names) > NAMED:
        first = words.SEEDS_MORE.format(names=first, count=len(found.names) - NAMED)
    told = {
        "names": first,
        "reached": _amount(found.reached),
        "whole": _amount(found.whole),
        "low": _amount(found.reached_low),
        "high": _amount(found.reached_high),
        "value": found.value,
    }
    lead = words.SEEDS_LEAD_VALUE if found.value else words.SEEDS_LEAD
    if found.aware:
        lead = words.SEEDS_LEAD_AWARE
    yield Paragraph(line(lead.format(**told)), lead=True)
    yield Paragraph(
        line(
            words.SEEDS_CERTIFICATE.format(
                ratio=ratio_text(found.ratio),
                low=_amount(found.low),
                high=_amount(found.high),
                failure=readable(found.failure, 6),
                sets=f"{2 * found.sets:,}",
            )
        )
    )
    yield _table(found, words)
    yield Paragraph(line(words.SEEDS_MODEL.format(model=words.capital(words.tell(found.model.title)))))
    yield certainty(found.how_sure, words)
    if found.warnings:
        yield Bullets(
            tuple(line(words.capital(words.tell(warning)) + words.FULL_STOP) for warning in found.warnings)
        )


def ratio_text(ratio: float) -> str:
    """Return a proven ratio, rounded down.

    Examples
    --------
    >>> ratio_text(0.60069), ratio_text(1.0)
    ('0.600', '1.000')
    """
    return f"{int(ratio * 10**DIGITS + 1e-9) / 10**DIGITS:.{DIGITS}f}"


def _amount(value: float) -> str:
    return readable(value, PLACES) if value < 1000 else f"{value:,.0f}"


def _table(found: CertifiedSeeds, words: Language) -> Table:
    priced = any(cost != 1 for cost in found.costs)
    columns = [
        Column(words.SEEDS_PLACE, align="right"),
        Column(words.SEEDS_ENTERPRISE, wide=True),
        Column(words.SEEDS_ADDS, align="right"),
        Column(words.SEEDS_TOGETHER, align="right"),
    ]
    if priced:
        columns.insert(2, Column(words.SEEDS_COST, align="right"))
    rows = []
    before = 0.0
    for place, (name, cost, reach) in enumerate(zip(found.names, found.costs, found.reach, strict=True), 1):
        row = [line(str(place)), line(name), line(_amount(reach - before)), line(_amount(reach))]
        if priced:
            row.insert(2, line(readable(cost)))
        rows.append(tuple(row))
        before = reach
    return Table(tuple(columns), tuple(rows))


def seeds_csv(found: CertifiedSeeds) -> str:
    """Return one line for each seed, in full precision."""
    rows = [
        [place, name, cost, reach]
        for place, (name, cost, reach) in enumerate(
            zip(found.names, found.costs, found.reach, strict=True), 1
        )
    ]
    return csv_text(["place", "enterprise", "cost", "reach"], rows)
