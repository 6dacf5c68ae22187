"""Fronts of programmes, and the robust one: for people, as documents; for tables, as CSV.

Supported leaders at least cost and the outcome after the support: as a document, and as CSV.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from separatrix.document.numerals import objective_words, percent, readable, share_text, shortened_names
from separatrix.document.regime_names import in_symbols, symbol_text
from separatrix.document.state_names import index_text
from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Paragraph,
    Table,
    certainty,
    document_in,
    line,
    scenario_words,
    state_words,
)
from separatrix.game.distribution import distribution_text
from separatrix.languages import Language
from separatrix.policy.externality_price import named_profile
from separatrix.policy.objectives import OBJECTIVES
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.policy.draws import SuccessShare
    from separatrix.policy.leader_results import Chance, LeadersPlan, SupportEnd
    from separatrix.policy.linear_front import LinearFront
    from separatrix.policy.pareto_front import ParetoFront
    from separatrix.policy.pareto_search import EvaluatedProgramme
    from separatrix.policy.robust_programme import RobustProgramme

__all__ = [
    "leaders_csv",
    "leaders_document",
    "pareto_csv",
    "pareto_document",
    "robust_csv",
    "robust_document",
]


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


PLACES = 4

MOST_ROWS = 12
"""Programmes of the front that a page shows."""

CURVE = (0.5, 0.75, 0.9, 0.95, 0.99)
"""Shares of the draws for which the required strength of a programme is reported."""

COOPERATION = ("public_cost", "cooperation", "welfare")
"""Objectives whose best programmes are compared in words."""


# --------------------------------------------------------------------------- fronts


def pareto_document(found: ParetoFront, words: Language) -> Document:
    """Return the front as a document: what was looked at, the front, the best by each objective."""
    title = words.PARETO_PAGE.format(title=found.game.title)
    return document_in(
        words, title, scenario_words(found.game, found.case.scenario, words), _front_blocks(found, words)
    )


def _front_blocks(found: ParetoFront, words: Language) -> Iterator[Block]:
    listed = words.listed([objective_words(o.name, words) for o in found.objectives])
    lead = words.PARETO_LEAD if found.front else words.PARETO_EMPTY
    told = lead.format(
        count=f"{len(found.front):,}", evaluated=f"{len(found.evaluated):,}", objectives=listed
    )
    yield Paragraph(line(told), lead=True)
    frame = words.PARETO_FRAME.format(
        start=state_words(PLACES, found.game.shares, found.case.start),
        target=named_profile(found.game, found.case.profile),
        horizon=readable(found.horizon, PLACES),
        rate=_plain(found.discount),
    )
    if found.limits:
        limits = []
        for name, value in found.limits.items():
            sign = "≤" if OBJECTIVES[name].better == "less" else "≥"
            told = _plain(value) if name in ("probability", "cooperation") else readable(value, PLACES)
            limits.append(f"{objective_words(name, words)} {sign} {told}")
        frame += words.PARETO_LIMITS.format(limits=words.listed(limits))
    yield Paragraph(line(frame))
    if found.front:
        yield Paragraph(line(words.PARETO_TABLE))
        yield _programme_table(found, found.displayed(MOST_ROWS), words)
    if found.best:
        yield Paragraph(line(_disagreement(found, words)))
        yield _best_table(found, words)
    if found.linear is not None and len(found.linear.corners) > 1:
        yield Paragraph(line(words.PARETO_EXACT))
        yield _corner_table(found.linear, words)
    yield from _ending(found, words)


def _disagreement(found: ParetoFront, words: Language) -> str:
    """Return whether least cost, most cooperation and most welfare are one programme."""
    places = {name: found.best[name] for name in COOPERATION if name in found.best}
    told = words.listed([objective_words(name, words) for name in places])
    if len(places) < 2:
        return str(words.PARETO_BEST)
    different = len(set(places.values()))
    template = words.PARETO_BEST_SAME if different == 1 else words.PARETO_BEST_DIFFERENT
    return str(words.PARETO_BEST) + template.format(objectives=told)


def _programme_table(found: ParetoFront, rows: Sequence[EvaluatedProgramme], words: Language) -> Table:
    columns = [Column(words.PARETO_PROGRAMME, wide=True)]
    columns += [Column(objective_words(name, words), align="right") for name in found.known_objectives]
    cells = [
        (line(words.tell(own.programme.to_sentence)), *(line(t) for t in _values(found, own, words)))
        for own in (*rows, *(() if found.evaluated[0] in rows else (found.evaluated[0],)))
    ]
    return Table(tuple(columns), tuple(cells), row_heads=True)


def _best_table(found: ParetoFront, words: Language) -> Table:
    columns = [Column(words.PARETO_BEST_BY), Column(words.PARETO_PROGRAMME, wide=True)]
    columns += [Column(objective_words(name, words), align="right") for name in found.known_objectives]
    cells = []
    for place in dict.fromkeys(found.best.values()):
        own = found.evaluated[place]
        names = [objective_words(name, words) for name, best in found.best.items() if best == place]
        cells.append(
            (
                line(words.separators[", "].join(names)),
                line(words.tell(own.programme.to_sentence)),
                *(line(text) for text in _values(found, own, words)),
            )
        )
    return Table(tuple(columns), tuple(cells), row_heads=True)


def _values(found: ParetoFront, own: EvaluatedProgramme, words: Language) -> list[str]:
    texts = []
    for name in found.known_objectives:
        value = own.values[name]
        if value is None:
            texts.append(words.PARETO_NEVER if name == "time" else "–")
        elif name == "probability":
            texts.append(_share(own.share, value))
        elif name == "cooperation":
            texts.append(percent(value, 1))
        else:
            texts.append(readable(float(f"{value:.4g}"), PLACES))
    return texts


def _share(share: SuccessShare | None, value: float) -> str:
    if share is None:
        return percent(value, 1)
    low, high = (f"{100 * end:.3g}" for end in share.interval)
    return f"{percent(value, 1)} ({low}–{high})"


def _corner_table(front: LinearFront, words: Language) -> Table:
    columns = [Column(words.PARETO_LEVELS, wide=True)]
    for name in front.objectives:
        heading = words.PARETO_EMISSIONS if name == "tonnes_avoided" else objective_words(name, words)
        columns.append(Column(heading, align="right"))
    columns.append(Column(words.PARETO_ATTAINED))
    rows = []
    for corner in front.corners:
        levels = words.separators[", "].join(f"{name} = {value}" for name, value in corner.levels.items())
        rows.append(
            (
                line(levels),
                *(line(str(value)) for value in corner.values),
                line(words.PARETO_YES if corner.attained else words.PARETO_INFIMUM),
            )
        )
    return Table(tuple(columns), tuple(rows), row_heads=True)


def _ending(found: ParetoFront | RobustProgramme, words: Language) -> Iterator[Block]:
    yield certainty(in_symbols(found.game, found.how_sure), words)
    if found.warnings:
        items = [words.capital(words.tell(in_symbols(found.game, warning))) for warning in found.warnings]
        yield Bullets(tuple(line(item + words.FULL_STOP) for item in items))


def pareto_csv(found: ParetoFront) -> str:
    """Return one line for each programme that was followed: levels, times, values, on the front or not."""
    names = found.case.names
    idle = dict(zip(names, found.case.idle.tolist(), strict=True))
    header = ["front", *names, "start", "end", *found.known_objectives, "works"]
    header += ["probability_low", "probability_high"] if "probability" in found.known_objectives else []
    on_front = set(found.front)
    rows: list[list[float | str]] = []
    for place, own in enumerate(found.evaluated):
        cells: list[float | str] = [str(int(place in on_front))]
        cells += [own.programme.levels.get(name, idle[name]) for name in names]
        cells += [own.programme.start, "" if own.programme.end is None else own.programme.end]
        values = [own.values[name] for name in found.known_objectives]
        cells += ["" if value is None else value for value in values]
        cells.append(str(int(own.works)))
        if "probability" in found.known_objectives:
            cells += ["", ""] if own.share is None else list(own.share.interval)
        rows.append(cells)
    return csv_text(header, rows)


# --------------------------------------------------------------------------- the robust programme


def robust_document(found: RobustProgramme, words: Language) -> Document:
    """Return the robust programme as a document: what works how surely, and which inputs matter most."""
    title = words.ROBUST_PAGE.format(title=found.game.title)
    return document_in(
        words, title, scenario_words(found.game, found.case.scenario, words), _robust_blocks(found, words)
    )


def _robust_blocks(found: RobustProgramme, words: Language) -> Iterator[Block]:
    low, high = found.share.interval
    told = {
        "wished": _plain(found.wished),
        "share": percent(found.share.value, 2),
        "low": percent(low, 2),
        "high": percent(high, 2),
        "draws": f"{found.share.draws:,}",
    }
    if found.programme is None:
        strongest, tested = (words.tell(p.to_sentence) for p in (found.strongest, found.tested))
        lead = words.ROBUST_NONE.format(programme=strongest, tested=tested, **told)
    elif not found.programme.levels:
        lead = words.ROBUST_IDLE.format(**told)
    else:
        lead = words.ROBUST_LEAD.format(programme=words.tell(found.programme.to_sentence), **told)
    yield Paragraph(line(lead), lead=True)
    yield Paragraph(
        line(
            words.ROBUST_FRAME.format(
                start=state_words(PLACES, found.game.shares, found.case.start),
                target=named_profile(found.game, found.case.profile),
                without=percent(found.without.value, 2),
                wide_low=percent(found.share.interval_at(0.999)[0], 2),
                wide_high=percent(found.share.interval_at(0.999)[1], 2),
            )
        )
    )
    if found.programme is not None and found.programme.levels:
        ends = ["" if math.isinf(p) else words.tell(found.at(p).to_sentence) for p in found.between]
        frame = words.ROBUST_BETWEEN if ends[1] else words.ROBUST_ABOVE
        yield Paragraph(line(frame.format(low=ends[0], high=ends[1], wished=told["wished"])))
    yield _curve_table(found, words)
    if found.inputs:
        yield Paragraph(line(_inputs(found, words)))
        yield _input_table(found, words)
    yield from _ending(found, words)


def _plain(share: float) -> str:
    """Return a chosen share, as a percentage."""
    return f"{100 * share:.6g} %"


def _curve_table(found: RobustProgramme, words: Language) -> Table:
    """Return how strong a programme must be for several shares of the first sample."""
    columns = (Column(words.ROBUST_SHARE, align="right"), Column(words.ROBUST_NEEDED, wide=True))
    rows = []
    for share in sorted({*CURVE, found.wished}):
        part = found.weakest_for(share)
        needed = words.ROBUST_NOT_FOUND if math.isinf(part) else words.tell(found.at(part).to_sentence)
        rows.append((line(_plain(share)), line(needed)))
    return Table(columns, tuple(rows), row_heads=True)


def _inputs(found: RobustProgramme, words: Language) -> str:
    names = [symbol_text(found.game, name) for name in found.inputs]
    return str(words.ROBUST_INPUTS.format(names=words.listed(names)))


def _input_table(found: RobustProgramme, words: Language) -> Table:
    drivers = found.drivers
    total = (drivers.total if drivers else None) or {}
    intervals = (drivers.total_intervals if drivers else None) or {}
    columns = (
        Column(words.SENSITIVITY_PARAMETER),
        Column(words.SENSITIVITY_DISTRIBUTION, optional=True),
        Column(words.SENSITIVITY_TOTAL, align="right"),
        Column(words.SENSITIVITY_INTERVAL),
    )
    rows = []
    for name in found.inputs:
        low, high = intervals[name]
        rows.append(
            (
                line(symbol_text(found.game, name)),
                line(distribution_text(found.case.uncertainty.laws[name])),
                line(index_text(total[name])),
                line(f"{index_text(low)} – {index_text(high)}"),
            )
        )
    return Table(columns, tuple(rows), row_heads=True)


def robust_csv(found: RobustProgramme) -> str:
    """Return one line for each draw of the first sample: what it needs, and the share that needs no more.

    The last column is the share in which this works: less where stronger programmes fail again.
    """
    names = found.case.names
    header = ["share", "part", *(["end"] if found.varied == "duration" else names), "works"]
    count, works = len(found.needed), found.works_at(found.needed)
    rows: list[list[float | str]] = []
    for place, part in enumerate(found.needed.tolist(), 1):
        cells: list[float | str] = [place / count, "" if np.isinf(part) else part]
        if np.isinf(part):
            cells += [""] * (len(header) - 3)
        elif found.varied == "duration":
            cells.append(part * found.strongest.duration)
        else:
            levels = found.at(part).levels
            rest = dict(zip(names, found.case.idle.tolist(), strict=True))
            cells += [levels.get(name, rest[name]) for name in names]
        rows.append([*cells, "" if np.isinf(part) else float(works[place - 1])])
    return csv_text(header, rows)
