"""Regime maps for people: as a document, as text, as JSON and as CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from separatrix.document.document import Block, Column, Document, Heading, Line, Paragraph, Table, line
from separatrix.document.numbers import percent, readable
from separatrix.document.parts import certainty, document_in, scenario_words
from separatrix.document.regimes import MapWords, standing
from separatrix.expression.tree import to_text
from separatrix.languages import Language, language_of
from separatrix.run.csv_output import csv_text
from separatrix.writers.terminal_document import plain_text

if TYPE_CHECKING:
    from separatrix.dynamics.regime_map import BorderPiece, MapBorder, RegimeMap

__all__ = ["regime_map_csv", "regime_map_document", "regime_map_json", "regime_map_text"]


def regime_map_document(found: RegimeMap, words: Language) -> Document:
    """Return a regime map as a document."""
    return document_in(
        words,
        MapWords(found, words).title(),
        scenario_words(found.game, found.scenario, words),
        _blocks(MapWords(found, words)),
    )


def _blocks(told: MapWords) -> Iterator[Block]:
    found, words = told.found, told.words
    listed = [k for k, r in enumerate(found.regimes) if r.generic]
    if len(listed) == 1:
        lead = words.MAP_LEAD_ONE.format(regime=told.stable(listed[0]))
    else:
        lead = words.MAP_LEAD.format(regimes=words.separators["; "].join(told.regime(k) for k in listed))
    yield Paragraph(line(lead), lead=True)
    yield _regimes(told)
    if any(state.shares and any(len(names) > 1 for names in state.support) for state in found.states):
        yield Heading(words.MAP_STATES, 2)
        yield _states(told)
    borders = [b for b in found.borders if any(p.kind in ("stability", "pole") for p in b.pieces)]
    if borders:
        yield Heading(words.MAP_BORDERS, 2)
        yield _borders(told, borders)
    if found.points:
        places = [_point(told, k) for k in range(len(found.points))]
        yield Paragraph(line(words.MAP_POINTS.format(points=words.separators["; "].join(places))))
    if found.today is not None and found.today_regime is not None:
        yield Paragraph(
            line(
                words.MAP_TODAY.format(
                    standing=words.capital(standing(found.game, found.scenario, words)),
                    place=told.place(found.today),
                    regime=told.regime(found.today_regime),
                )
            )
        )
    yield certainty(found.how_sure, words)


def _regimes(told: MapWords) -> Table:
    words = told.words
    columns = (
        Column(words.MAP_COLUMN),
        Column(words.MAP_STABLE),
        Column(words.MAP_SHARE, align="right"),
        Column(words.MAP_WITNESS, optional=True),
    )
    rows: list[tuple[Line, ...]] = []
    for k, regime in enumerate(told.found.regimes):
        if regime.kind != "stable" and not (regime.generic or regime.nodes):
            continue
        stable = told.stable(k)
        if regime.kind == "stable" and not regime.generic:
            beside = any(k in (p.negative, p.positive) for b in told.found.borders for p in b.pieces)
            template = words.MAP_BEYOND if beside and not regime.nodes else words.MAP_ON_LINES
            stable = template.format(states=stable)
        witness = "" if regime.witness is None else told.place([float(v) for v in regime.witness.values()])
        rows.append((line(regime.letter or "–"), line(stable), line(percent(regime.share, 1)), line(witness)))
    return Table(columns, tuple(rows), row_heads=True)


def _states(told: MapWords) -> Table:
    rows: list[tuple[Line, ...]] = []
    for k, state in enumerate(told.found.states):
        where = told.words.separators[", "].join(
            f"{share} = {told.formula(to_text(value))}" for share, value in (state.shares or {}).items()
        )
        rows.append((line(told.state(k)), line(where)))
    return Table((Column(told.words.MAP_STATE), Column(told.words.MAP_AT)), tuple(rows), row_heads=True)


def _borders(told: MapWords, borders: list[MapBorder]) -> Table:
    words = told.words
    columns = (
        Column(words.MAP_BORDER),
        Column(words.MAP_BETWEEN),
        Column(words.MAP_CHANGE),
        Column(words.MAP_FROM_TO, optional=True),
    )
    rows: list[tuple[Line, ...]] = []
    for border in borders:
        name = told.equation(border)
        for piece in border.pieces:
            if piece.kind not in ("stability", "pole"):
                continue
            sides = f"{told.short(piece.negative)} | {told.short(piece.positive)}"
            rows.append((line(name), line(sides), line(_change(told, border, piece)), line(told.ends(piece))))
    return Table(columns, tuple(rows), row_heads=True)


def _change(told: MapWords, border: MapBorder, piece: BorderPiece) -> str:
    words = told.words
    parts = []
    if piece.gained:
        parts.append(words.MAP_GAINED.format(states=told.states(piece.gained)))
    if piece.lost:
        parts.append(words.MAP_LOST.format(states=told.states(piece.lost)))
    changes = words.separators["; "].join(parts)
    if border.polynomial is None or not changes:
        return changes
    return words.MAP_CHANGED.format(border=told.formula(border.polynomial), changes=changes)


def _point(told: MapWords, index: int) -> str:
    point = told.found.points[index]
    if point.exact is not None:
        return f"({', '.join(readable(v, 4) if v.denominator > 999 else str(v) for v in point.exact)})"
    return f"({', '.join(readable(v, 4) for v in point.at)})"


# --------------------------------------------------------------------------- text, JSON, CSV


def regime_map_text(found: RegimeMap, language: Language | None = None) -> str:
    """Return a regime map as text of 100 columns.

    Parameters
    ----------
    found : RegimeMap
    language : Language, optional
        English by default.

    Returns
    -------
    str

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("hawk-dove-one-population")
    >>> found = separatrix.regime_map(game, {"V": (1, 2), "C": (1, 3)}, grid=(2, 2))
    >>> "hawk + dove" in regime_map_text(found)
    True
    """
    return plain_text(regime_map_document(found, language or language_of("en")), 100)


def regime_map_json(found: RegimeMap) -> str:
    """Return a regime map as JSON.

    Parameters
    ----------
    found : RegimeMap

    Returns
    -------
    str
        Its `to_dict` on one line.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("hawk-dove-one-population")
    >>> found = separatrix.regime_map(game, {"V": (1, 2), "C": (1, 3)}, grid=(2, 2))
    >>> json.loads(regime_map_json(found)) == json.loads(json.dumps(found.to_dict()))
    True
    """
    return json.dumps(found.to_dict(), ensure_ascii=False) + "\n"


def regime_map_csv(found: RegimeMap) -> str:
    """Return one line for each node: the two parameters, the regime and its stable states.

    The regime is a letter, or ``outside``, ``pole`` or ``undecided``.  What a spreadsheet would take for
    a formula begins with an apostrophe.

    Parameters
    ----------
    found : RegimeMap

    Returns
    -------
    str
        A row for each node of the grid.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("hawk-dove-one-population")
    >>> found = separatrix.regime_map(game, {"V": (1, 2), "C": (1, 3)}, grid=(2, 2))
    >>> print(regime_map_csv(found), end="")
    V,C,regime,stable
    1.0,1.0,B,hawk
    1.0,3.0,A,hawk + dove
    2.0,1.0,B,hawk
    2.0,3.0,A,hawk + dove
    """
    told = [
        (regime.letter or regime.kind, "; ".join(found.stable_names(k)))
        for k, regime in enumerate(found.regimes)
    ]
    first, second = (axis.floats.tolist() for axis in found.axes)
    rows = (
        [a, b, *told[k]]
        for a, row in zip(first, found.labels.tolist(), strict=True)
        for b, k in zip(second, row, strict=True)
    )
    return csv_text([*found.over, "regime", "stable"], rows)
