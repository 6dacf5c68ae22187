"""Supported leaders at least cost and the outcome after the support: as a document, and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from separatrix.document.document import Block, Bullets, Column, Document, Paragraph, Table, line
from separatrix.document.numbers import percent, readable
from separatrix.document.parts import certainty, document_in
from separatrix.document.seeds import share_text, shortened_names
from separatrix.languages import Language
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.policy.leaders_plan import Chance, LeadersPlan, SupportEnd

__all__ = ["leaders_csv", "leaders_document"]


def leaders_document(found: LeadersPlan, words: Language) -> Document:
    """Return the cheapest leaders as a document."""
    model = found.model
    subtitle = words.NETWORK_SUBTITLE.format(
        rule=words.tell(model.rule.title),
        n=f"{model.size:,}",
        links=f"{model.interaction.links:,}",
        beta=f"{model.beta:g}",
        mu=f"{model.mu:g}",
        earning=words.NETWORK_AVERAGED if model.earning == "averaged" else words.NETWORK_ACCUMULATED,
    )
    title = f"{words.LEADERS_TITLE}: {model.game.title}"
    return document_in(words, title, subtitle, _blocks(found, words))


def chance_text(chance: Chance, words: Language) -> str:
    """Return a chance with its interval."""
    return words.LEADERS_CHANCE.format(
        share=percent(chance.share, 1),
        confidence=f"{100 * chance.confidence:.4g} %",
        low=percent(chance.low, 1),
        high=percent(chance.high, 1),
    )


def _blocks(found: LeadersPlan, words: Language) -> Iterator[Block]:
    yield Paragraph(line(_lead(found, words)), lead=True)
    if found.affordable is not None:
        names, chance = found.affordable
        template = words.LEADERS_AFFORDABLE if names else words.LEADERS_AFFORDABLE_NONE
        told = template.format(
            names=shortened_names(names, words),
            budget=_money(found.budget or 0.0, found, words),
            chance=chance_text(chance, words),
        )
        yield Paragraph(line(told))
    if found.status != "none needed":
        yield Paragraph(line(words.LEADERS_WITHOUT.format(chance=chance_text(found.without, words))))
    if found.names:
        yield _chosen(found, words)
    if found.unseen:
        yield Paragraph(line(words.LEADERS_UNSEEN.format(names=shortened_names(found.unseen, words))))
    if found.support_end is not None:
        yield Paragraph(line(_lasting_support_sentence(found, found.support_end, words)))
        yield _in_time(found, found.support_end, words)
    if found.by_order and found.status != "none needed":
        yield _orders(found, words)
    yield certainty(found.how_sure, words)
    yield Paragraph(line(words.LEADERS_UNITS + words.separators[" "] + words.NETWORK_DIRECTION))
    warnings = (*found.model.warnings, *found.cautions)
    if warnings:
        items = [words.capital(words.tell(warning)) + words.FULL_STOP for warning in warnings]
        yield Bullets(tuple(line(item) for item in items))


def _lead(found: LeadersPlan, words: Language) -> str:
    template = {
        "reached": words.LEADERS_REACHED,
        "none needed": words.LEADERS_NONE_NEEDED,
        "over budget": words.LEADERS_OVER_BUDGET,
        "not reached": words.LEADERS_NOT_REACHED,
        "undecided": words.LEADERS_UNDECIDED,
    }[found.status]
    together = words.LEADERS_COST if found.priced else words.LEADERS_COUNT
    return template.format(
        names=shortened_names(found.names, words),
        together=together.format(
            cost=_money(found.cost, found, words), count=len(found.names), n=f"{found.model.size:,}"
        ),
        share=f"{100 * found.share:g} %",
        by=f"{found.by:g}",
        idea=words.listed(found.model.idea_names),
        chance=chance_text(found.reached, words),
        asked=f"{100 * found.chance:g} %",
        mean=share_text(found.at_date),
        budget=_money(found.budget or 0.0, found, words),
        attempts=found.attempts,
    )


def _money(amount: float, found: LeadersPlan, words: Language) -> str:
    return f"{readable(amount)} {words.unit(found.unit)}" if found.unit else readable(amount)


def _lasting_support_sentence(found: LeadersPlan, end: SupportEnd, words: Language) -> str:
    template = {
        "lasts": words.LEADERS_LASTS,
        "slides back": words.LEADERS_SLIDES,
        "undecided": words.LEADERS_MAY_SLIDE,
    }[end.verdict]
    told = template.format(
        support=f"{end.support:g}",
        until=f"{end.until:g}",
        share=f"{100 * found.share:g} %",
        kept=chance_text(end.kept, words),
        lost=chance_text(end.lost, words),
        supported=chance_text(end.supported, words),
    )
    if end.verdict == "lasts":
        return told
    if end.supported.high < found.chance:
        more = words.LEADERS_NOT_EVEN_SUPPORTED
    elif end.lasting is not None:
        more = words.LEADERS_LONGER
    elif end.tried_to > end.support:
        more = words.LEADERS_NO_SUPPORT
    else:
        return told
    longer = f"{end.lasting:g}" if end.lasting is not None else ""
    return told + words.separators[" "] + more.format(lasting=longer, tried=f"{end.tried_to:g}")


def _chosen(found: LeadersPlan, words: Language) -> Table:
    columns = [
        Column(words.SEEDS_PLACE, align="right"),
        Column(words.SEEDS_ENTERPRISE, wide=True),
        Column(words.SEEDS_INCENTIVE, align="right"),
    ]
    if found.priced:
        columns.append(Column(words.SEEDS_COST, align="right"))
    rows = []
    for place, (name, cost, need) in enumerate(
        zip(found.names, found.costs, found.incentives, strict=True), 1
    ):
        row = [line(str(place)), line(name), line(readable(need))]
        rows.append(tuple([*row, line(readable(cost))] if found.priced else row))
    return Table(tuple(columns), tuple(rows), caption=words.SEEDS_INCENTIVE_LONG)


def _in_time(found: LeadersPlan, end: SupportEnd, words: Language) -> Table:
    columns = (
        Column(words.TRAJECTORY_TIME, align="right"),
        Column(words.LEADERS_ENDED),
        Column(words.LEADERS_SUPPORTED),
        Column(words.LEADERS_WITHOUT_ANY, optional=True),
    )
    last = len(end.times) - 1
    shown = {round(last * part / ROWS) for part in range(ROWS + 1)}
    shown |= {int(np.argmin(abs(end.times - time))) for time in (found.by, end.support)}
    rows = [
        (
            line(f"{end.times[k]:.4g}"),
            *(line(share_text(end.curves[name][k])) for name in ("ended", "supported", "without")),
        )
        for k in sorted(shown)
    ]
    return Table(columns, tuple(rows), row_heads=True, caption=words.LEADERS_IN_TIME)


ROWS = 6
"""Times in the table, in addition to the date and the end of the support."""


def _orders(found: LeadersPlan, words: Language) -> Table:
    columns = [Column(words.SEEDS_WON, wide=True), Column(words.LEADERS_NEEDED, align="right")]
    if found.priced:
        columns.append(Column(words.SEEDS_COST, align="right"))
    rows = []
    for own in sorted(found.by_order, key=lambda own: own.cost):
        row = [line(words.capital(words.tell(own.title))), line(str(len(own.leaders)))]
        rows.append(tuple([*row, line(readable(own.cost))] if found.priced else row))
    return Table(tuple(columns), tuple(rows), caption=words.LEADERS_BY_ORDER)


def leaders_csv(found: LeadersPlan) -> str:
    """Return one line for each leader, in full precision."""
    rows = zip(range(1, len(found.names) + 1), found.names, found.costs, found.incentives, strict=True)
    return csv_text(["place", "enterprise", "cost", "incentive"], rows)
