"""Fixation and rare mutation for people, as documents; for tables, as CSV."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from separatrix.document.document import Block, Bullets, Column, Document, Line, Paragraph, Table, Words, line
from separatrix.document.finite_states import tied_states
from separatrix.document.numbers import bar, percent, readable
from separatrix.document.parts import certainty, document_in, scenario_words
from separatrix.document.tiny_probabilities import probability_text
from separatrix.languages import Language
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.population.finite.encounters import Encounters
    from separatrix.population.finite.fixation import Fixation
    from separatrix.population.finite.processes import SelectionStrength
    from separatrix.population.finite.small_mutation_limit import SmallMutationLimit
    from separatrix.population.finite.stationary_distribution import StationaryDistribution

__all__ = ["ending", "fixation_csv", "fixation_document", "invasions_document", "population_subtitle"]

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
