"""The long run of finite populations for people, as documents; for tables, as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from separatrix.document.document import Block, Column, Document, Line, Paragraph, Table, Words, line
from separatrix.document.finite_states import balance_words, state_in_words, stationary_lead
from separatrix.document.numbers import bar, percent, readable
from separatrix.document.parts import document_in
from separatrix.document.tiny_probabilities import probability_text
from separatrix.languages import Language
from separatrix.reports.fixation import ending, population_subtitle
from separatrix.run.csv_output import csv_text

if TYPE_CHECKING:
    from separatrix.population.finite.stationary_distribution import StationaryDistribution

__all__ = ["stationary_csv", "stationary_document"]


def stationary_document(found: StationaryDistribution, words: Language) -> Document:
    """Return the long run as a document."""
    subtitle = population_subtitle(found.met, found.selection, found.scenario, words)
    told = words.STATIONARY_MU.format(mu=readable(found.mu, 6)) if found.mu else words.STATIONARY_RARE
    return document_in(
        words,
        words.STATIONARY_TITLE.format(title=found.game.title),
        words.separators[" "].join((subtitle, told)),
        _blocks(found, words),
    )


def _blocks(found: StationaryDistribution, words: Language) -> Iterator[Block]:
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
