"""Fixation and rare mutation for people, as documents; for tables, as CSV.

Agreement of mean fields, finite chains and simulations, as a document; for tables, as CSV.

The long run of finite populations for people, as documents; for tables, as CSV.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from separatrix.document.numerals import bar, percent, probability_text, readable
from separatrix.document.state_names import balance_words, state_in_words, stationary_lead, tied_states
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
from separatrix.population.networks.update_rules import UPDATE_RULES
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.population.agreement import Agreement, Compared
    from separatrix.population.finite.encounters import Encounters
    from separatrix.population.finite.fixation import Fixation
    from separatrix.population.finite.processes import SelectionStrength
    from separatrix.population.finite.small_mutation_limit import SmallMutationLimit
    from separatrix.population.finite.stationary_distribution import StationaryDistribution

__all__ = [
    "agreement_csv",
    "agreement_document",
    "ending",
    "fixation_csv",
    "fixation_document",
    "invasions_document",
    "population_subtitle",
    "stationary_csv",
    "stationary_document",
]

PLACES = 4


def agreement_document(found: Agreement, words: Language) -> Document:
    """Return what agrees, and what does not, as a document."""
    told = words.AGREEMENT_SETTING.format(
        size=found.size, beta=readable(found.beta), runs=f"{found.replicas:,}"
    )
    scenario = scenario_words(found.game, found.scenario, words)
    return document_in(
        words,
        words.AGREEMENT_TITLE.format(title=found.game.title),
        words.separators[" "].join(part for part in (scenario, told) if part),
        _blocks(found, words),
    )


def _blocks(found: Agreement, words: Language) -> Iterator[Block]:
    judged = [row for row in found.rows if row.agrees is not None]
    wrong = sum(not row.agrees for row in judged)
    lead = words.AGREEMENT_ALL.format(count=len(judged))
    if wrong:
        lead = words.AGREEMENT_NOT.format(wrong=wrong, count=len(judged))
    elif not judged:
        lead = words.AGREEMENT_NONE
    yield Paragraph(line(lead), lead=True)
    for kind, heading, limit in (
        ("share", words.AGREEMENT_SHARES, words.AGREEMENT_MEAN_FIELD),
        ("fixation", words.AGREEMENT_FIXATION, ""),
        ("rare mutation", words.AGREEMENT_RARE, words.AGREEMENT_LIMIT),
    ):
        rows = [row for row in found.rows if row.kind == kind]
        if rows:
            yield Paragraph(line(heading.format(size=rows[0].size, larger=4 * rows[0].size)))
            yield _table(rows, limit, found, words)
    yield Paragraph(line(words.AGREEMENT_SIDE))
    yield _side(found, words)
    yield Paragraph(line(words.AGREEMENT_EXPERIMENTS))
    if found.merged:
        yield Paragraph(line(words.GRAPH_FIXATION_MERGED))
    if found.notes:
        yield Bullets(tuple(line(words.capital(words.tell(note)) + words.FULL_STOP) for note in found.notes))
    yield Paragraph(line(words.AGREEMENT_SURE))


def _table(rows: Sequence[Compared], limit: str, found: Agreement, words: Language) -> Table:
    shares, several = rows[0].kind == "share", len({row.strategy for row in rows}) > 1
    columns = [Column(words.AGREEMENT_RULE)]
    if several:
        columns.append(Column(words.AGREEMENT_STRATEGY))
    if shares:
        columns.append(Column(words.AGREEMENT_TIME, align="right"))
    if limit:
        columns.append(Column(limit, align="right"))
    columns.append(Column(words.AGREEMENT_CHAIN, align="right"))
    if shares:
        columns.append(
            Column(words.AGREEMENT_LARGER.format(size=4 * found.size), align="right", optional=True)
        )
    columns += [Column(words.AGREEMENT_SIMULATED), Column("")]
    table = []
    for row in rows:
        cells: list[Line] = [line(words.tell(UPDATE_RULES[row.rule].title))]
        if several:
            cells.append(line(row.strategy))
        if shares:
            cells.append(line(readable(row.time or 0.0, 2)))
        if limit:
            cells.append(line(_number(row.limit)))
        cells.append(line(_number(row.chain)))
        if shares:
            cells.append(line(_number(row.larger)))
        interval = f"{_number(row.simulated)} ({_number(row.low)} – {_number(row.high)})"
        verdict = {True: words.AGREEMENT_YES, False: words.AGREEMENT_NO, None: "–"}[row.agrees]
        table.append((*cells, line(interval), line(verdict)))
    return Table(tuple(columns), tuple(table), row_heads=True)


def _number(value: float | None) -> str:
    return "–" if value is None else readable(value, PLACES)


def _side(found: Agreement, words: Language) -> Table:
    columns = (
        Column(words.AGREEMENT_RULE),
        *(Column(name, align="right") for name in found.strategies),
    )
    rows = [
        (
            line(words.tell(UPDATE_RULES[rule].title)),
            *(line("–" if share != share else readable(share, PLACES)) for share in shares),
        )
        for rule, shares in found.settled.items()
    ]
    return Table(columns, tuple(rows), row_heads=True)


def agreement_csv(found: Agreement) -> str:
    """Return one line for each number that is compared, in full precision."""
    header = (
        "kind rule strategy size time limit chain chain_larger simulated low high runs agrees closes".split()
    )
    rows: list[list[float | str | None]] = [
        [
            row.kind,
            row.rule,
            row.strategy,
            row.size,
            row.time,
            row.limit,
            row.chain,
            row.larger,
            row.simulated,
            row.low,
            row.high,
            row.runs,
            None if row.agrees is None else str(row.agrees).lower(),
            None if row.closes is None else str(row.closes).lower(),
        ]
        for row in found.rows
    ]
    return csv_text(header, rows)


ROUNDING = 1e-12
"""A logarithm this small is what rounding leaves of 0."""

MOST_ROWS = 60
"""Invasions that a table on a page shows; CSV and JSON have them all."""


def _setting(met: Encounters, chosen: SelectionStrength, words: Language) -> str:
    """Return the populations, the process and the intensity of selection, as a sentence."""
    sizes = [
        words.FIXATION_SIZE.format(name=p.name, size=f"{size:,}")
        for p, size in zip(met.game.populations, met.sizes, strict=True)
    ]
    told = words.FIXATION_SETTING.format(
        sizes=words.listed(sizes),
        process=words.tell(chosen.process.title),
        beta=readable(chosen.beta),
        fitness=words.FIXATION_LINEAR if chosen.linear else "",
    )
    return told + (words.FIXATION_ITSELF if met.self_meeting else "")


def ending(found: Fixation | SmallMutationLimit | StationaryDistribution, words: Language) -> Iterator[Block]:
    """Return how sure an answer is, and what has to be said of the game."""
    yield certainty(found.how_sure, words)
    if found.met.warnings:
        told = [words.capital(words.tell(warning)) + words.FULL_STOP for warning in found.met.warnings]
        yield Bullets(tuple(line(text) for text in told))


def population_subtitle(
    met: Encounters, chosen: SelectionStrength, scenario: str | None, words: Language
) -> str:
    """Return the scenario, the populations and the process of an answer."""
    parts = [scenario_words(met.game, scenario, words), _setting(met, chosen, words)]
    return words.separators[" "].join(part for part in parts if part)


def _state(names: Sequence[str], words: Language) -> str:
    return words.separators[", "].join(names)


def _times(value: float) -> str:
    """Return a number of times, from its logarithm."""
    if abs(value) < ROUNDING:
        return "1"
    return readable(math.exp(value), 3) if abs(value) < 600 else probability_text(value)


# --------------------------------------------------------------------------- one invasion


def fixation_document(found: Fixation, words: Language) -> Document:
    """Return what becomes of mutants as a document."""
    return document_in(
        words,
        words.FIXATION_TITLE.format(title=found.game.title),
        population_subtitle(found.met, found.selection, found.scenario, words),
        _fixation_blocks(found, words),
    )


def _fixation_blocks(found: Fixation, words: Language) -> Iterator[Block]:
    own = found.game.populations[found.population]
    verdicts = {
        "favoured": words.FIXATION_FAVOURED,
        "opposed": words.FIXATION_OPPOSED,
        "neutral": words.FIXATION_NEUTRAL,
        "undecided": words.FIXATION_UNDECIDED,
    }
    told = words.FIXATION_LEAD.format(
        mutants=f"{found.mutants:,}",
        invader=own.strategies[found.invader].name,
        population=own.name,
        residents=_state(found.names(found.origin), words),
        probability=probability_text(found.log_probability),
        verdict=verdicts[found.verdict],
    )
    yield Paragraph(line(told), lead=True)
    rows: list[tuple[Line, ...]] = [
        (line(words.FIXATION_PROBABILITY), line(probability_text(found.log_probability))),
        (line(words.FIXATION_LOG), line(readable(found.log_probability, 6))),
        (line(words.FIXATION_RELATIVE), line(_times(found.log_relative))),
    ]
    if found.times is not None:
        for name, time in (
            (words.FIXATION_UNCONDITIONAL, found.times.unconditional),
            (words.FIXATION_CONDITIONAL, found.times.conditional),
            (words.FIXATION_EXTINCTION, found.times.extinction),
        ):
            rows.append(
                (
                    line(name),
                    line(
                        words.FIXATION_TIME.format(
                            updates=readable(time, 2), units=readable(time / found.size, 2)
                        )
                    ),
                )
            )
    yield Table((Column(""), Column("", align="right")), tuple(rows), row_heads=True)
    yield from ending(found, words)


# --------------------------------------------------------------------------- rare mutation


def invasions_document(found: SmallMutationLimit, words: Language) -> Document:
    """Return every invasion and the limit of rare mutation as a document."""
    return document_in(
        words,
        words.INVASIONS_TITLE.format(title=found.game.title),
        population_subtitle(found.met, found.selection, found.scenario, words),
        _invasion_blocks(found, words),
    )


def _invasion_blocks(found: SmallMutationLimit, words: Language) -> Iterator[Block]:
    weights = found.weights
    tied = found.modes
    told = (words.INVASIONS_LEAD if len(tied) == 1 else words.INVASIONS_TIED).format(
        share=percent(float(weights[tied[0]])),
        state=tied_states(tied, lambda i: _state(_state_strategies(found, i), words), words),
    )
    yield Paragraph(line(told), lead=True)
    strong = found.strong
    columns = [
        Column(words.INVASIONS_STATE),
        Column(words.INVASIONS_WEIGHT, align="right"),
        Column("", optional=True),
    ]
    if strong is not None:
        columns.insert(2, Column(words.INVASIONS_STRONG, align="right"))
    rows = []
    order = sorted(range(len(found.states)), key=lambda i: -float(found.log_weights[i]))
    for i in order[:MOST_ROWS]:
        cells: list[Line] = [
            line(_state(_state_strategies(found, i), words)),
            line(probability_text(float(found.log_weights[i]))),
            (Words(bar(float(weights[i])), "code"),),
        ]
        if strong is not None:
            cells.insert(2, line(readable(strong[i], 4)))
        rows.append(tuple(cells))
    yield Table(tuple(columns), tuple(rows), row_heads=True)
    yield from _stable(found, words)
    yield Table(
        (
            Column(words.INVASIONS_FROM),
            Column(words.INVASIONS_INVADER),
            Column(words.FIXATION_PROBABILITY, align="right"),
            Column(words.FIXATION_RELATIVE, align="right"),
            Column(words.INVASIONS_TIME, align="right", optional=True),
        ),
        tuple(_invasion(move, words) for move in found.invasions[:MOST_ROWS]),
        row_heads=True,
    )
    if len(found.invasions) > MOST_ROWS or len(found.states) > MOST_ROWS:
        yield Paragraph(line(words.INVASIONS_MORE))
    yield from ending(found, words)


def _stable(found: SmallMutationLimit, words: Language) -> Iterator[Block]:
    if found.why_not_strong is not None:
        yield Paragraph(line(words.capital(words.tell(found.why_not_strong)) + words.FULL_STOP))
        return
    stable = [_state(_state_strategies(found, i), words) for i in found.stochastically_stable]
    yield Paragraph(line(words.INVASIONS_STABLE.format(states=words.separators["; "].join(stable))))


def _state_strategies(found: SmallMutationLimit, state: int) -> tuple[str, ...]:
    return tuple(
        p.strategies[a].name for p, a in zip(found.game.populations, found.states[state], strict=True)
    )


def _invasion(move: Fixation, words: Language) -> tuple[Line, ...]:
    own = move.game.populations[move.population]
    name = own.strategies[move.invader].name
    if len(move.game.populations) > 1:
        name = words.PLAYS.format(name=own.name, strategy=name)
    return (
        line(_state(move.names(move.origin), words)),
        line(name),
        line(probability_text(move.log_probability)),
        line(_times(move.log_relative)),
        line("" if move.times is None else readable(move.times.conditional / move.size, 1)),
    )


# --------------------------------------------------------------------------- CSV


def fixation_csv(invasions: Sequence[Fixation]) -> str:
    """Return one line for each invasion, in full precision."""
    header = (
        "from population invader to probability log_probability neutral verdict "
        "unconditional_updates conditional_updates extinction_updates"
    ).split()
    rows: list[list[float | str | None]] = []
    for move in invasions:
        own, times = move.game.populations[move.population], move.times
        row: list[float | str | None] = [
            "; ".join(move.names(move.origin)),
            own.name,
            own.strategies[move.invader].name,
            "; ".join(move.names(move.target)),
            move.probability,
            move.log_probability,
            move.mutants / move.size,
            move.verdict,
        ]
        row += [None] * 3 if times is None else [times.unconditional, times.conditional, times.extinction]
        rows.append(row)
    return csv_text(header, rows)


def stationary_document(found: StationaryDistribution, words: Language) -> Document:
    """Return the long run as a document."""
    subtitle = population_subtitle(found.met, found.selection, found.scenario, words)
    told = words.STATIONARY_MU.format(mu=readable(found.mu, 6)) if found.mu else words.STATIONARY_RARE
    return document_in(
        words,
        words.STATIONARY_TITLE.format(title=found.game.title),
        words.separators[" "].join((subtitle, told)),
        _stationary_blocks(found, words),
    )


def _stationary_blocks(found: StationaryDistribution, words: Language) -> Iterator[Block]:
    likeliest = found.likeliest()
    yield Paragraph(line(stationary_lead(found, words)), lead=True)
    rows: list[tuple[Line, ...]] = []
    for p, mean, deviation in zip(found.game.populations, found.mean_shares, found.deviations, strict=True):
        for strategy, share, spread in zip(p.strategies, mean.tolist(), deviation.tolist(), strict=True):
            rows.append(
                (
                    line(p.name),
                    line(strategy.name),
                    line(percent(share)),
                    line(percent(spread)),
                    (Words(bar(share), "code"),),
                )
            )
    yield Table(
        (
            Column(words.STATIONARY_POPULATION),
            Column(words.STATIONARY_STRATEGY),
            Column(words.STATIONARY_MEAN, align="right"),
            Column(words.STATIONARY_DEVIATION, align="right"),
            Column("", optional=True),
        ),
        tuple(rows),
        row_heads=True,
    )
    yield Table(
        (Column(words.STATIONARY_STATE), Column(words.INVASIONS_WEIGHT, align="right")),
        tuple(
            (
                line(state_in_words(found, i, words)),
                line(probability_text(float(found.log_weights[i]))),
            )
            for i in likeliest
        ),
        row_heads=True,
    )
    balances = found.gradient.balances if found.drifts else None
    if balances is not None:
        name = found.game.populations[0].strategies[0].name
        told = [balance_words(balance, words) for balance in balances]
        yield Paragraph(
            line(
                words.STATIONARY_BALANCES.format(strategy=name, balances=words.separators["; "].join(told))
                if told
                else words.STATIONARY_ONE_WAY
            )
        )
    yield from ending(found, words)


def stationary_csv(found: StationaryDistribution) -> str:
    """Return one line for each state: how many play each strategy, its weight, and the drift there."""
    several = len(found.game.populations) > 1
    names = [
        f"{p.name}: {s.name}" if several else s.name for p in found.game.populations for s in p.strategies
    ]
    header = [*names, "weight", "log_weight"]
    limit = found.mu == 0
    if not limit:
        header += [f"drift {name}" for name in names]
    rows = []
    weights, logs = found.weights.tolist(), found.log_weights.tolist()
    for i in range(len(weights)):
        row: list[float] = [count for own in found.state_of(i) for count in own]
        row += [weights[i], logs[i]]
        if not limit:
            row += [float(x) for own in found.gradient.drift for x in own[i]]
        rows.append(row)
    return csv_text(header, rows)
