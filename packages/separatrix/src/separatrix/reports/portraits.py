"""Phase portraits for people: rest points, nullclines and separatrices, as a document that every format can
show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.document.document import Badge, Block, Column, Document, Heading, Line, Paragraph, Table, line
from separatrix.document.parts import certainty, document_in, state_words
from separatrix.document.profiles import profile_words
from separatrix.document.rest_sets import rest_set_text
from separatrix.dynamics.fields.registry import dynamic_of
from separatrix.languages import Language

if TYPE_CHECKING:
    from separatrix.analysis.results import RestSet
    from separatrix.dynamics.basin_boundaries.curve import SeparatrixCurve
    from separatrix.dynamics.nullclines import Nullcline
    from separatrix.dynamics.portraits import PhasePortrait

__all__ = ["portraits_document", "portraits_json"]

PLACES = 4
"""Decimals of shares."""


def portraits_document(portraits: Sequence[PhasePortrait], names: Sequence[str], words: Language) -> Document:
    """Return portraits of one game as a document; with several of them each has a heading.

    Examples
    --------
    >>> import separatrix
    >>> from separatrix.languages import language_of
    >>> game = separatrix.load("shi-chen-2018")
    >>> portraits_document([separatrix.portrait(game)], [""], language_of("zh")).title[:3]
    '相图：'
    """
    blocks: list[Block] = []
    for portrait, name in zip(portraits, names, strict=True):
        if len(portraits) > 1:
            blocks.append(Heading(name))
        blocks += _blocks(portrait, words)
    game = portraits[0].game
    return document_in(
        words,
        words.FIGURE_TITLE_SQUARE.format(title=game.title),
        names[0] if len(portraits) == 1 else "",
        blocks,
    )


def portraits_json(portraits: Sequence[PhasePortrait]) -> str:
    """Return one portrait as JSON, or several under ``portraits``."""
    told: Any = portraits[0].to_dict()
    if len(portraits) > 1:
        told = {"schema": 1, "portraits": [portrait.to_dict() for portrait in portraits]}
    return json.dumps(told, ensure_ascii=False, allow_nan=False) + "\n"


def _blocks(portrait: PhasePortrait, words: Language) -> Iterator[Block]:
    count = len(portrait.rest_sets)
    told = words.PORTRAIT_LEAD.format(
        dynamics=words.tell(dynamic_of(portrait.kind).title),
        points=words.count(len(portrait.rest_points), "PORTRAIT_POINT"),
        sets=words.count(count, "PORTRAIT_SET") if count else "",
    )
    yield Paragraph(line(told), lead=True)
    rest = [_point(portrait, k, words) for k in range(len(portrait.rest_points))]
    rest += [_set(portrait, piece, words) for piece in portrait.rest_sets]
    if rest:
        profile = Column(words.PROFILE, wide=True, optional=True)
        heads = (Column(""), Column(words.BASINS_STATE), profile, Column(words.BASINS_LABEL))
        yield Table(heads, tuple(rest))
    rows = list(_still(portrait, words))
    if rows:
        where = Column(words.PORTRAIT_WHERE, wide=True)
        columns = (Column(words.PORTRAIT_SHARE), where, Column(words.PORTRAIT_SHOWN))
        yield Table(columns, tuple(rows), row_heads=True)
    for dividing in portrait.separatrices:
        yield Paragraph(line(_dividing(portrait, dividing, words)))
    yield certainty(portrait.how_sure, words)


def _point(portrait: PhasePortrait, index: int, words: Language) -> tuple[Line, ...]:
    point = portrait.rest_points[index]
    label: Line = line("–")
    if point.stability is not None:
        label = (Badge(point.stability, words.labels[point.stability]),)
    profile = profile_words(portrait.game.populations, point.support, words)
    state = state_words(PLACES, portrait.shares, point.state or ())
    return line(point.id), line(state), line(profile), label


def _set(portrait: PhasePortrait, piece: RestSet, words: Language) -> tuple[Line, ...]:
    label: Line = line("–")
    if piece.stability is not None:
        label = (Badge(piece.stability, words.labels[piece.stability]),)
    profile = profile_words(portrait.game.populations, piece.support, words)
    return line(piece.id), line(rest_set_text(piece)), line(profile), label


def _still(portrait: PhasePortrait, words: Language) -> Iterator[tuple[Line, ...]]:
    """Yield a row for each part of each nullcline; the faces of a share share one row."""
    for share in portrait.shares:
        own = [null for null in portrait.nullclines if null.share == share]
        faces = [_equation(null) for null in own if null.kind == "face"]
        if faces:
            yield line(share), line(words.separators["; "].join(faces)), line(words.PORTRAIT_FACE)
        for null in own:
            if null.kind == "everywhere":
                yield line(share), line(words.PORTRAIT_EVERYWHERE), line("")
            elif null.kind == "advantage":
                yield line(share), line(_equation(null)), line(_nullcline_extent(null, words))


def _equation(null: Nullcline) -> str:
    return (null.solved or null.equation).replace(" ", "\u00a0")


def _nullcline_extent(null: Nullcline, words: Language) -> str:
    """Return how much of a nullcline there is: lines, isolated points, or a surface."""
    if null.ruled or null.slices:
        return words.PORTRAIT_SURFACE
    told = []
    if null.lines:
        told.append(words.count(len(null.lines), "PORTRAIT_LINE"))
    if null.points:
        told.append(words.count(len(null.points), "PORTRAIT_ALONE"))
    if null.crossings:
        told.append(words.count(len(null.crossings), "PORTRAIT_CROSSING"))
    return words.separators[", "].join(told)


def _dividing(portrait: PhasePortrait, dividing: SeparatrixCurve, words: Language) -> str:
    start, end = (state_words(PLACES, portrait.shares, dividing.states[k].tolist()) for k in (0, -1))
    if dividing.saddle is None or dividing.saddle == tuple(dividing.states[0].tolist()):
        return words.PORTRAIT_DIVIDE.format(start=start, end=end)
    saddle = state_words(PLACES, portrait.shares, dividing.saddle)
    return words.PORTRAIT_SEPARATRIX.format(start=start, saddle=saddle, end=end)
