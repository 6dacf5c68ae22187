"""Basins and critical shocks for people, as documents that every format can show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from separatrix.document.document import Badge, Block, Column, Document, Line, Paragraph, Table, Words, line
from separatrix.document.numbers import bar, percent, readable
from separatrix.document.parts import certainty, document_in, scenario_words, state_words
from separatrix.document.profiles import profile_words
from separatrix.document.rest_sets import rest_set_text
from separatrix.dynamics.attractors.outcome import SEPARATRIX, UNDECIDED
from separatrix.dynamics.fields.registry import dynamic_of
from separatrix.languages import Language

if TYPE_CHECKING:
    from separatrix.analysis.results import Analysis
    from separatrix.dynamics.attractors.outcome import OmegaLimit
    from separatrix.dynamics.basin_boundaries.critical_shock import CriticalShock
    from separatrix.dynamics.basin_boundaries.ray_search import Push
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
    from separatrix.dynamics.basins.fractions import Basins

__all__ = ["basins_document", "shock_document"]

PLACES = 4
"""Decimals of shares."""

FOR_EVER = (
    "inner cycle",
    "boundary cycle",
    "boundary network",
    "chaotic attractor",
    "closed orbits",
    "centre",
)
"""The kinds of outcomes that are not rest points."""


def basins_document(found: Basins, words: Language, surface: SeparatrixSurface | None = None) -> Document:
    """Return the basins of a game as a document, with the surface between them where given."""
    from separatrix.reports.surface import surface_blocks

    more = () if surface is None else tuple(surface_blocks(surface, words))
    return document_in(
        words,
        words.BASINS_TITLE.format(title=found.game.title),
        _subtitle(found.analysis, words, found.field),
        (*_basins_blocks(found, words), *more),
    )


def _subtitle(analysis: Analysis, words: Language, rule: str) -> str:
    parts = [scenario_words(analysis.game, analysis.scenario, words)] if analysis.scenario else []
    if rule != "replicator":
        parts.append(words.BASINS_RULE.format(rule=words.tell(dynamic_of(rule).title)))
    return words.separators[" "].join(parts)


def _basins_blocks(found: Basins, words: Language) -> Iterator[Block]:
    outcomes = [_lead(name, share, found.endings.get(name), words) for name, share in found.fractions.items()]
    yield Paragraph(line(words.BASINS_LEAD.format(outcomes=words.separators["; "].join(outcomes))), lead=True)
    columns = [
        Column(words.BASINS_OUTCOME),
        Column(words.BASINS_STATE),
        Column(words.BASINS_LABEL, optional=True),
    ]
    columns.append(Column(words.BASINS_SHARE, align="right"))
    if found.intervals is not None:
        columns.append(Column(words.BASINS_INTERVAL))
    if found.ranges is not None:
        columns.append(Column(words.BASINS_RANGE))
    columns.append(Column("", optional=True))
    yield Table(tuple(columns), tuple(_row(found, name, words) for name in found.fractions), row_heads=True)
    played = {p.id: p.support for p in found.analysis.rest_points}
    played |= {s.id: s.support for s in found.analysis.rest_sets}
    profiles = [
        f"{name}{words.COLON}{profile_words(found.game.populations, played[name], words)}"
        for name in found.fractions
        if name in played
    ]
    if profiles:
        yield Paragraph(line(words.separators["; "].join(profiles)))
    yield certainty(found.how_sure, words)
    if found.today is not None and found.game.today is not None:
        yield Paragraph(line(_today(found, found.game.today, found.today, words)))


def _today(found: Basins, today: Mapping[str, Fraction], outcome: str, words: Language) -> str:
    state = state_words(PLACES, found.game.shares, [float(today[share]) for share in found.game.shares])
    if found.today_without is not None:
        usual = _outcome(found.today_without, words)
        return words.BASINS_WITHOUT.format(state=state, outcome=_outcome(outcome, words), usual=usual)
    ending = found.endings.get(outcome)
    if outcome == UNDECIDED:
        return words.BASINS_TODAY_OPEN.format(state=state)
    if outcome == SEPARATRIX:
        return words.BASINS_TODAY_LINE.format(state=state)
    if ending is not None and ending.kind in FOR_EVER:
        return words.BASINS_TODAY_GOES_ON.format(state=state, outcome=_nature(ending, words))
    if dynamic_of(found.field).keeps_faces and (face := [s for s in found.game.shares if today[s] in (0, 1)]):
        told = state_words(PLACES, face, [float(today[share]) for share in face])
        return words.BASINS_TODAY_FACE.format(state=state, face=told, outcome=_outcome(outcome, words))
    return words.BASINS_TODAY.format(state=state, outcome=_outcome(outcome, words))


def _lead(name: str, share: float, ending: OmegaLimit | None, words: Language) -> str:
    kind = "rest point" if ending is None else ending.kind
    if kind == "undecided":
        return words.BASINS_OPEN.format(share=percent(share))
    if kind in FOR_EVER:
        return words.BASINS_GO_ON.format(share=percent(share), outcome=_nature(ending, words))
    return words.BASINS_OF.format(share=percent(share), outcome=_outcome(name, words))


def _nature(ending: OmegaLimit | None, words: Language) -> str:
    """Return a description of an outcome that is not a rest point."""
    kinds = {
        "inner cycle": words.OUTCOME_INNER_CYCLE,
        "boundary cycle": words.OUTCOME_BOUNDARY_CYCLE,
        "boundary network": words.OUTCOME_BOUNDARY_NETWORK,
        "chaotic attractor": words.OUTCOME_CHAOTIC,
        "closed orbits": words.OUTCOME_CLOSED_ORBITS,
        "centre": words.OUTCOME_LEVELS,
    }
    told = "" if ending is None else kinds.get(ending.kind, "")
    if ending is not None and ending.period is not None:
        told = words.OUTCOME_PERIOD.format(cycle=told, period=readable(ending.period, PLACES))
    if ending is not None and ending.lyapunov_exponent is not None and ending.lyapunov_error is not None:
        told = words.OUTCOME_LYAPUNOV.format(
            attractor=told,
            exponent=readable(ending.lyapunov_exponent, PLACES),
            error=readable(ending.lyapunov_error, PLACES),
        )
    return told


def _row(found: Basins, name: str, words: Language) -> tuple[Line, ...]:
    share = found.fractions[name]
    state = found.state_of(name)
    nature = _nature(found.endings.get(name), words)
    where = nature if state is None else state_words(PLACES, list(state), list(state.values()))
    piece = next((s for s in found.analysis.rest_sets if s.id == name), None)
    if piece is not None:
        where = rest_set_text(piece)
    point = next((p for p in found.analysis.rest_points if p.id == name), None)
    stability = point.stability if point is not None else piece.stability if piece is not None else None
    label: Line = ()
    if stability is not None:
        label = (Badge(stability, words.labels[stability]),)
    cells = [line(_outcome(name, words)), line(where), label, line(percent(share))]
    if found.intervals is not None:
        low, high = found.intervals[name]
        cells.append(line(f"{percent(low)} – {percent(high)}"))
    if found.ranges is not None:
        own = [f"{readable(low, PLACES)} – {readable(high, PLACES)}" for low, high in found.ranges[name]]
        cells.append(line(words.separators[", "].join(own)))
    cells.append((Words(bar(share), "code"),))
    return tuple(cells)


def _outcome(name: str, words: Language) -> str:
    known = {
        "cycle": words.OUTCOME_CYCLE,
        "attractor": words.OUTCOME_ATTRACTOR,
        "centre": words.OUTCOME_CENTRE,
        "separatrix": words.OUTCOME_SEPARATRIX,
        "undecided": words.OUTCOME_UNDECIDED,
    }
    base, _, number = name.partition(" ")
    if number and base in known:
        return words.OUTCOME_NUMBERED.format(outcome=known[base], number=number)
    return known.get(name, name)


# --------------------------------------------------------------------------- shocks


def shock_document(shock: CriticalShock, words: Language) -> Document:
    """Return a critical shock as a document."""
    return document_in(
        words,
        words.SHOCK_TITLE.format(title=shock.game.title),
        _subtitle(shock.analysis, words, shock.field),
        _shock_blocks(shock, words),
    )


def _shock_blocks(shock: CriticalShock, words: Language) -> Iterator[Block]:
    start = state_words(PLACES, shock.game.shares, shock.start)
    sampled = shock.method == "sampled"
    told = words.SHOCK_OUTCOME.format(start=start, outcome=_outcome(shock.outcome, words))
    if shock.ending is not None and shock.ending.kind in FOR_EVER:
        told = words.SHOCK_GOES_ON.format(start=start, outcome=_nature(shock.ending, words))
    if shock.outcome in (SEPARATRIX, UNDECIDED):
        told = (words.SHOCK_LINE if shock.outcome == SEPARATRIX else words.SHOCK_OPEN).format(start=start)
    elif shock.smallest is None:
        told += words.SHOCK_NONE_FOUND if sampled else words.SHOCK_NONE
    else:
        told += (words.SHOCK_FOUND if sampled else words.SHOCK_LEAD).format(
            size=readable(shock.smallest.size, PLACES), beyond=_outcome(shock.smallest.beyond, words)
        )
    yield Paragraph(line(told), lead=True)
    if shock.smallest is not None and shock.outcome != SEPARATRIX:
        rows = [_push(shock, words.SHOCK_ALL, shock.smallest, words)]
        if len(shock.alone) > 1:
            rows += [
                _push(shock, words.SHOCK_ALONE.format(name=name), push, words)
                for name, push in shock.alone.items()
            ]
        columns = (
            Column(words.SHOCK_WHO),
            Column(words.SHOCK_CHANGE),
            Column(words.SHOCK_SIZE, align="right"),
            Column(words.SHOCK_TO, optional=True),
            Column(words.SHOCK_BEYOND),
        )
        yield Table(columns, tuple(rows), row_heads=True)
    if shock.time is not None:
        yield Paragraph(
            line(words.SHOCK_TIME.format(outcome=_outcome(shock.outcome, words), time=readable(shock.time)))
        )
    if shock.without is not None and shock.schedule_end is not None:
        told = words.SHOCK_STAYS if shock.without == shock.outcome else words.SHOCK_CROSSES
        usual = _outcome(shock.without, words)
        yield Paragraph(line(told.format(time=readable(shock.schedule_end), usual=usual)))
    yield certainty(shock.how_sure, words)


def _push(shock: CriticalShock, who: str, push: Push | None, words: Language) -> tuple[Line, ...]:
    if push is None:
        told = words.SHOCK_NOT_FOUND if shock.method == "sampled" else words.SHOCK_CANNOT
        return (line(who), line(told), (), (), ())
    changes = []
    for share, before, after in zip(shock.game.shares, shock.start, push.to, strict=True):
        change = after - before
        if abs(change) > 1e-12:
            sign = "+" if change > 0 else ""
            changes.append(f"{share}\u00a0{sign}{readable(change, PLACES)}")
    return (
        line(who),
        line(", ".join(changes)),
        line(readable(push.size, PLACES)),
        line(state_words(PLACES, shock.game.shares, push.to)),
        line(_outcome(push.beyond, words)),
    )
