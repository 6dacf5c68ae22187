"""The chosen seeds: as a document, and as CSV.

Fixation on a graph for people, as a document; for tables, as CSV.

How a strategy spread on a network of enterprises: for people, as a document; for tables, as CSV.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from separatrix.document.numerals import (
    amount,
    bar,
    percent,
    probability_text,
    ratio_text,
    readable,
    share_text,
    shortened_names,
)
from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Line,
    Paragraph,
    Table,
    Words,
    certainty,
    document_in,
    line,
    scenario_words,
)
from separatrix.languages import Language
from separatrix.population.finite.processes import PROCESSES
from separatrix.population.networks.network import LEVELS
from separatrix.population.opim import CertifiedSeeds
from separatrix.run.csv_output import csv_text
from separatrix.sentences import say

if TYPE_CHECKING:
    from separatrix.population.exact_graphs.fixation import GraphFixation, GraphStart
    from separatrix.population.exact_graphs.processes import CertifiedNumber
    from separatrix.population.exact_graphs.weak_selection import WeakSelection
    from separatrix.population.networks.network import NetworkEnsemble
    from separatrix.population.seeding import MeanShare, TargetedSeeds

__all__ = [
    "adoption_csv",
    "enterprises_csv",
    "graph_fixation_csv",
    "graph_fixation_document",
    "network_document",
    "seeds_csv",
    "seeds_document",
]

MOST_ROWS = 60
"""Starts that a table on a page shows; CSV and JSON have them all."""

NAMED = 4
"""Nodes of one row of the table: those that a symmetry of the graph takes into each other share it."""

LONGEST_FRACTION = 24
"""Length up to which a fraction is shown in addition to its decimals."""


def graph_fixation_document(found: Sequence[GraphFixation], words: Language) -> Document:
    """Return what becomes of mutants on a graph as a document, one part for each invasion."""
    first = found[0]
    told = words.GRAPH_FIXATION_SETTING.format(
        nodes=first.graph.size,
        links=sum(weight > 0 for row in first.graph.replacement for weight in row),
        process=words.tell(PROCESSES[first.process].title),
        payoffs=words.GRAPH_AVERAGED if first.payoffs == "averaged" else words.GRAPH_ACCUMULATED,
        beta=readable(float(first.beta)),
        fitness=words.FIXATION_LINEAR if first.fitness == "linear" else "",
    )
    scenario = scenario_words(first.game, first.scenario, words)
    return document_in(
        words,
        words.GRAPH_FIXATION_TITLE.format(title=first.game.title),
        words.separators[" "].join(part for part in (scenario, told, words.GRAPH_LINK_MEANING) if part),
        (block for one in found for block in _blocks(one, words)),
    )


def _blocks(found: GraphFixation, words: Language) -> Iterator[Block]:
    leading = found.starts[0] if found.uniform is None else found.uniform
    lead = words.GRAPH_FIXATION_LEAD if found.uniform is not None else words.GRAPH_FIXATION_FROM
    yield Paragraph(
        line(
            lead.format(
                invader=found.invader,
                resident=found.resident,
                nodes=words.listed(list(leading.nodes)) if leading.nodes else "",
                probability=probability_text(leading.probability.log),
                verdict=_verdicts(words)[leading.verdict],
            )
        ),
        lead=True,
    )
    groups: dict[int, list[GraphStart]] = {}
    for start in found.starts:
        groups.setdefault(start.state, []).append(start)
    columns = (
        Column(words.GRAPH_FIXATION_START),
        Column(words.FIXATION_PROBABILITY, align="right"),
        Column(words.GRAPH_FIXATION_NEUTRAL, align="right", optional=True),
        Column("", optional=True),
        Column(words.GRAPH_FIXATION_FIXING, align="right"),
        Column(words.GRAPH_FIXATION_DECIDING, align="right", optional=True),
        Column("", optional=True),
    )
    rows = [_row(found, alike, words) for alike in list(groups.values())[:MOST_ROWS]]
    yield Table(columns, tuple(rows), row_heads=True)
    if len(groups) > MOST_ROWS:
        yield Paragraph(line(words.GRAPH_FIXATION_MORE.format(count=len(groups) - MOST_ROWS)))
    if found.weak is not None and found.advantage is not None and found.uniform is not None:
        yield Paragraph(line(_weak(found, found.weak, found.advantage, words)))
    yield Paragraph(line(words.GRAPH_FIXATION_TIMES.format(nodes=found.graph.size)))
    if lone := found.graph.lone:
        yield Paragraph(line(words.GRAPH_FIXATION_LONE.format(count=len(lone), name=lone[0])))
    if found.graph.roots > 1:
        yield Paragraph(line(words.GRAPH_FIXATION_ROOTS.format(count=found.graph.roots)))
    if found.merged:
        yield Paragraph(line(words.GRAPH_FIXATION_MERGED))
    yield certainty(found.how_sure, words)


def _weak(found: GraphFixation, weak: WeakSelection, advantage: Fraction, words: Language) -> str:
    told = words.GRAPH_WEAK_NEITHER
    if advantage:
        won = found.invader if advantage > 0 else found.resident
        told = words.GRAPH_WEAK_ONE.format(strategy=won)
    if weak.sigma is None:
        return told
    return words.separators[" "].join(
        [told, words.GRAPH_WEAK_SIGMA.format(first=found.invader, second=found.resident, sigma=weak.sigma)]
    )


def _verdicts(words: Language) -> dict[str, str]:
    return {
        "favoured": words.FIXATION_FAVOURED,
        "opposed": words.FIXATION_OPPOSED,
        "neutral": words.FIXATION_NEUTRAL,
        "undecided": words.GRAPH_FIXATION_UNDECIDED,
    }


def _row(found: GraphFixation, alike: Sequence[GraphStart], words: Language) -> tuple[Line, ...]:
    start = alike[0]
    if len(start.nodes) == 1:
        names = [one.nodes[0] for one in alike]
        where = words.separators[", "].join(names[:NAMED])
        if len(names) > NAMED:
            where = words.GRAPH_FIXATION_ALIKE.format(names=where, count=len(names) - NAMED)
    else:
        where = words.listed(list(start.nodes))
    exact = start.probability.exact
    told = probability_text(start.probability.log)
    if exact is not None and exact.denominator > 1 and len(str(exact)) <= LONGEST_FRACTION:
        told = f"{told} ({exact})"
    return (
        line(where),
        line(told),
        line("" if start.neutral is None else readable(float(start.neutral), 4)),
        (Words(bar(start.probability.value), "code"),),
        line(_generations(start.fixing, found)),
        line(_generations(start.deciding, found)),
        line(_verdicts(words)[start.verdict]),
    )


def _generations(updates: CertifiedNumber | None, found: GraphFixation) -> str:
    return "–" if updates is None else readable(updates.value / found.graph.size, 2)


def graph_fixation_csv(found: Sequence[GraphFixation]) -> str:
    """Return one line for each start, in full precision; times are in updates."""
    header = (
        "invader resident nodes probability probability_low probability_high log_probability fraction "
        "neutral verdict fixing_updates fixing_low fixing_high deciding_updates deciding_low deciding_high"
    ).split()
    rows: list[list[float | str | None]] = []
    for one in found:
        for start in one.starts:
            chance = start.probability
            row: list[float | str | None] = [
                one.invader,
                one.resident,
                "; ".join(start.nodes),
                chance.value,
                chance.low,
                chance.high,
                chance.log,
                None if chance.exact is None else str(chance.exact),
                None if start.neutral is None else float(start.neutral),
                start.verdict,
            ]
            for time in (start.fixing, start.deciding):
                row += [None] * 3 if time is None else [time.value, time.low, time.high]
            rows.append(row)
    return csv_text(header, rows)


SHOWN = 10
"""Enterprises in the table of those after whom others adopted."""

ROWS = 10
"""Rows of the table in time."""


def network_document(found: NetworkEnsemble, words: Language) -> Document:
    """Return the runs as a document."""
    model = found.model
    subtitle = words.NETWORK_SUBTITLE.format(
        rule=words.tell(model.rule.title),
        n=f"{model.size:,}",
        links=f"{model.interaction.links:,}",
        beta=f"{model.beta:g}",
        mu=f"{model.mu:g}",
        earning=words.NETWORK_AVERAGED if model.earning == "averaged" else words.NETWORK_ACCUMULATED,
    )
    return document_in(
        words, words.NETWORK_TITLE.format(title=model.game.title), subtitle, _network_blocks(found, words)
    )


def _network_blocks(found: NetworkEnsemble, words: Language) -> Iterator[Block]:
    middle, _, _ = found.mean()
    share, (least, most) = found.full_share
    reached = found.full_times[~np.isnan(found.full_times)]
    lead = words.NETWORK_LEAD.format(
        until=f"{found.times[-1]:g}",
        share=percent(float(middle[-1]), 1),
        start=percent(float(middle[0]), 1),
        idea=words.listed(found.model.idea_names),
        replicas=f"{found.replicas:,}",
    )
    yield Paragraph(line(lead), lead=True)
    told = words.NETWORK_FULL.format(
        share=percent(share, 1), low=percent(least, 1), high=percent(most, 1), until=f"{found.times[-1]:g}"
    )
    if len(reached):
        told += words.NETWORK_FULL_TIME.format(median=f"{float(np.median(reached)):.3g}")
    yield Paragraph(line(told))
    yield _in_time(found, words)
    if found.adoptions.tips.any():
        yield _after_whom(found, words)
    how_sure = say(
        "estimated from {replicas} runs with seed {seed}; a unit of time is one revision an enterprise",
        replicas=f"{found.replicas:,}",
        seed=found.seed,
    )
    yield certainty(how_sure, words)
    yield Paragraph(line(words.NETWORK_DIRECTION))
    if found.model.warnings:
        items = [words.capital(words.tell(warning)) for warning in found.model.warnings]
        yield Bullets(tuple(line(item + words.FULL_STOP) for item in items))


def _in_time(found: NetworkEnsemble, words: Language) -> Table:
    middle, low, high = found.mean()
    bands = found.quantiles()
    columns = (
        Column(words.TRAJECTORY_TIME, align="right"),
        Column(words.NETWORK_MEAN, align="right"),
        Column(words.SENSITIVITY_INTERVAL),
        Column(words.NETWORK_SPREAD),
    )
    last = len(found.times) - 1
    rows = []
    for k in sorted({round(last * part / ROWS) for part in range(ROWS + 1)}):
        interval = "" if np.isnan(low[k]) else f"{percent(float(low[k]), 1)} – {percent(float(high[k]), 1)}"
        rows.append(
            (
                line(f"{found.times[k]:.4g}"),
                line(percent(float(middle[k]), 1)),
                line(interval),
                line(f"{percent(float(bands[0, k]), 1)} – {percent(float(bands[-1, k]), 1)}"),
            )
        )
    return Table(columns, tuple(rows), row_heads=True)


def _after_whom(found: NetworkEnsemble, words: Language) -> Table:
    columns = (
        Column(words.NETWORK_ENTERPRISE),
        Column(words.NETWORK_TIPS, align="right"),
        Column(words.NETWORK_ADOPTED, align="right"),
        Column(words.NETWORK_WHEN, align="right"),
    )
    order = np.argsort(-found.adoptions.tips, kind="stable")[:SHOWN]
    rows = []
    for i in order.tolist():
        if not found.adoptions.tips[i]:
            break
        when = found.adoption_times[i]
        rows.append(
            (
                line(found.model.members.names[i]),
                line(f"{found.tips[i]:.2f}"),
                line(percent(float(found.adopted[i]), 1)),
                line("" if np.isnan(when) else f"{when:.3g}"),
            )
        )
    return Table(columns, tuple(rows), row_heads=True, caption=words.NETWORK_AFTER)


def adoption_csv(found: NetworkEnsemble) -> str:
    """Return one line for each time: mean, interval, quantiles of the share with the idea; types."""
    middle, low, high = found.mean()
    bands = found.quantiles()
    header = ["time", "mean", "mean_low", "mean_high", *(f"q{round(100 * level):02d}" for level in LEVELS)]
    header += list(found.model.types)
    shares = [found.shares(k).mean(axis=0) for k in range(len(found.model.types))]
    rows = []
    for k, time in enumerate(found.times.tolist()):
        ends: list[float | str] = [float(e) if not np.isnan(e) else "" for e in (low[k], high[k])]
        rows.append(
            [
                time,
                float(middle[k]),
                *ends,
                *(float(v) for v in bands[:, k]),
                *(float(own[k]) for own in shares),
            ]
        )
    return csv_text(header, rows)


def enterprises_csv(found: NetworkEnsemble) -> str:
    """Return one line for each enterprise: how often and when it adopted, how many did from it, and run 0."""
    header = "enterprise adopted mean_time tips final first_run_time first_run_after".split()
    names, size = found.model.members.names, found.model.size
    whole, first = found.adoptions, found.adoptions.at
    rows: list[list[float | str]] = []
    for i, name in enumerate(names):
        mean, at, by = found.adoption_times[i], int(first[i]), int(whole.by[i])
        rows.append(
            [
                name,
                float(found.adopted[i]),
                "" if np.isnan(mean) else float(mean),
                float(found.tips[i]),
                float(whole.final[i] / found.replicas),
                "" if at < 0 else at / size,
                "" if by < 0 else names[by],
            ]
        )
    return csv_text(header, rows)


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
