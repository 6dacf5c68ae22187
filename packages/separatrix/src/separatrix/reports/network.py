"""How a strategy spread on a network of enterprises: for people, as a document; for tables, as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from separatrix.document.document import Block, Bullets, Column, Document, Paragraph, Table, line
from separatrix.document.numbers import percent
from separatrix.document.parts import certainty, document_in
from separatrix.languages import Language
from separatrix.population.networks.network import LEVELS
from separatrix.run.csv_output import csv_text
from separatrix.sentences import say

if TYPE_CHECKING:
    from separatrix.population.networks.network import NetworkEnsemble

__all__ = ["adoption_csv", "enterprises_csv", "network_document"]

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
        words, words.NETWORK_TITLE.format(title=model.game.title), subtitle, _blocks(found, words)
    )


def _blocks(found: NetworkEnsemble, words: Language) -> Iterator[Block]:
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
