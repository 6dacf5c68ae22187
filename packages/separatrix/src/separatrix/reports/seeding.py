"""The chosen seeds: as a document, and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from separatrix.document.document import Block, Bullets, Column, Document, Paragraph, Table, line
from separatrix.document.numbers import readable
from separatrix.document.parts import certainty, document_in
from separatrix.document.seeds import amount, ratio_text, share_text, shortened_names
from separatrix.languages import Language
from separatrix.population.certified import CertifiedSeeds
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.population.seeding import MeanShare, TargetedSeeds

__all__ = ["seeds_csv", "seeds_document"]


def seeds_document(found: CertifiedSeeds | TargetedSeeds, words: Language) -> Document:
    """Return seeds as a document: with their certificate, or with those of other orders."""
    if isinstance(found, CertifiedSeeds):
        subtitle = words.SEEDS_SIZE.format(enterprises=f"{found.enterprises:,}", links=f"{found.links:,}")
        return document_in(words, words.SEEDS_TITLE, subtitle, _certified(found, words))
    model = found.model
    subtitle = words.NETWORK_SUBTITLE.format(
        rule=words.tell(model.rule.title),
        n=f"{model.size:,}",
        links=f"{model.interaction.links:,}",
        beta=f"{model.beta:g}",
        mu=f"{model.mu:g}",
        earning=words.NETWORK_AVERAGED if model.earning == "averaged" else words.NETWORK_ACCUMULATED,
    )
    title = f"{words.SEEDS_TITLE}: {model.game.title}"
    return document_in(words, title, subtitle, _targeted(found, words))


# --------------------------------------------------------------------------- with a certificate


def _certified(found: CertifiedSeeds, words: Language) -> Iterator[Block]:
    told = {
        "names": shortened_names(found.names, words),
        "reached": amount(found.reached),
        "whole": amount(found.whole),
        "low": amount(found.reached_low),
        "high": amount(found.reached_high),
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
                low=amount(found.low),
                high=amount(found.high),
                failure=readable(found.failure, 6),
                sets=f"{2 * found.sets:,}",
            )
        )
    )
    yield _reach(found, words)
    yield Paragraph(line(words.SEEDS_MODEL.format(model=words.capital(words.tell(found.model.title)))))
    yield certainty(found.how_sure, words)
    if found.warnings:
        yield _bullets(found.warnings, words)


def _reach(found: CertifiedSeeds, words: Language) -> Table:
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
        row = [line(str(place)), line(name), line(amount(reach - before)), line(amount(reach))]
        if priced:
            row.insert(2, line(readable(cost)))
        rows.append(tuple(row))
        before = reach
    return Table(tuple(columns), tuple(rows))


# --------------------------------------------------------------------------- beside other orders


def _targeted(found: TargetedSeeds, words: Language) -> Iterator[Block]:
    yield Paragraph(
        line(
            words.SEEDS_GAME_LEAD.format(
                names=shortened_names(found.names, words),
                idea=words.listed(found.model.idea_names),
                share=share_text(found.share),
                without=share_text(found.without),
                until=f"{found.until:g}",
            )
        ),
        lead=True,
    )
    told = words.SEEDS_ORDER.format(
        order=words.tell(found.best_order.order.title), replicas=f"{found.replicas:,}"
    )
    same, others = found.ties
    for template, orders in ((words.SEEDS_SAME, same), (words.SEEDS_TIES, others)):
        if orders:
            listed = words.separators["; "].join(words.tell(tried.order.title) for tried in orders)
            told += template.format(orders=listed)
    yield Paragraph(line(told))
    yield _orders(found, words)
    yield _chosen(found, words)
    yield certainty(found.how_sure, words)
    yield Paragraph(line(words.NETWORK_DIRECTION))
    if found.model.warnings:
        yield _bullets(found.model.warnings, words)


def _orders(found: TargetedSeeds, words: Language) -> Table:
    columns = (
        Column(words.SEEDS_WON, wide=True),
        Column(words.SEEDS_END),
        Column(words.SEEDS_OVER_TIME, optional=True),
        Column(words.SEEDS_BEHIND),
    )
    rows = [
        (
            line(words.capital(words.tell(tried.order.title))),
            line(share_text(tried.share)),
            line(share_text(tried.over_time)),
            line("" if tried is found.best_order else _points(tried.behind)),
        )
        for tried in found.tried
    ]
    return Table(columns, tuple(rows))


def _chosen(found: TargetedSeeds, words: Language) -> Table:
    columns = [
        Column(words.SEEDS_PLACE, align="right"),
        Column(words.SEEDS_ENTERPRISE, wide=True),
        Column(words.SEEDS_INCENTIVE, align="right"),
    ]
    priced = any(cost != 1 for cost in found.costs)
    if priced:
        columns.append(Column(words.SEEDS_COST, align="right"))
    rows = []
    for place, (name, cost, need) in enumerate(
        zip(found.names, found.costs, found.incentives, strict=True), 1
    ):
        row = [line(str(place)), line(name), line(readable(need))]
        rows.append(tuple([*row, line(readable(cost))] if priced else row))
    return Table(tuple(columns), tuple(rows), caption=words.SEEDS_INCENTIVE_LONG)


# --------------------------------------------------------------------------- parts


def _bullets(warnings: tuple[str, ...], words: Language) -> Bullets:
    return Bullets(tuple(line(words.capital(words.tell(warning)) + words.FULL_STOP) for warning in warnings))


def _points(difference: MeanShare) -> str:
    """Return a difference of shares in percentage points, with its interval."""
    mean, low, high = (
        f"{round(100 * part, 1) + 0.0:.1f}" for part in (difference.mean, difference.low, difference.high)
    )
    return f"{mean} ({low} – {high})".replace("-", "−")


def seeds_csv(found: CertifiedSeeds | TargetedSeeds) -> str:
    """Return one line for each seed, in full precision; for a game those of every order."""
    if isinstance(found, CertifiedSeeds):
        rows = zip(range(1, len(found.names) + 1), found.names, found.costs, found.reach, strict=True)
        return csv_text(["place", "enterprise", "cost", "reach"], rows)
    return csv_text(
        ["order", "place", "enterprise", "share", "share_low", "share_high"],
        [
            [tried.order.name, place, name, tried.share.mean, tried.share.low, tried.share.high]
            for tried in found.tried
            for place, name in enumerate(tried.names, 1)
        ],
    )
