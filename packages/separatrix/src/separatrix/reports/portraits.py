"""Phase portraits for people: rest points, nullclines and separatrices, as a document that every format can
show.

Bifurcation diagrams for people: as a document that every format can show, as CSV and as plain data.

Regime maps for people: as a document, as text, as JSON and as CSV.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from separatrix.document.numerals import percent, readable
from separatrix.document.regime_names import MapWords, in_symbols, standing, symbol_text
from separatrix.document.state_names import (
    PLACES,
    kind_in_words,
    profile_words,
    rest_set_text,
    value_in_words,
)
from separatrix.document.tree import (
    Badge,
    Block,
    Column,
    Document,
    Heading,
    Line,
    Note,
    Paragraph,
    Table,
    certainty,
    document_in,
    line,
    scenario_words,
    state_words,
)
from separatrix.dynamics.fields.registry import dynamic_of
from separatrix.expression.tree import to_text
from separatrix.formulas.abbreviations import Notation
from separatrix.formulas.layout import Layout, Operator, Row
from separatrix.languages import Language, language_of
from separatrix.run.csv_output import csv_text
from separatrix.writers.terminal import plain_text

if TYPE_CHECKING:
    from separatrix.analysis.results import RestSet
    from separatrix.dynamics.basin_boundaries.stable_manifold import SeparatrixCurve
    from separatrix.dynamics.bifurcation.result import BifurcationBranch, BifurcationDiagram, NamedPoint
    from separatrix.dynamics.nullclines import Nullcline
    from separatrix.dynamics.portraits import PhasePortrait
    from separatrix.dynamics.regime_maps import BorderPiece, MapBorder, RegimeMap

__all__ = [
    "bifurcation_csv",
    "bifurcation_document",
    "bifurcation_json",
    "portraits_document",
    "portraits_json",
    "regime_map_csv",
    "regime_map_document",
    "regime_map_json",
    "regime_map_text",
]

LONGEST_OF_BRANCH = 60
"""Characters of the closed form of a share along a branch that still fits in a table."""


# --------------------------------------------------------------------------- documents


def bifurcation_document(diagram: BifurcationDiagram, words: Language) -> Document:
    """Return a bifurcation diagram as a document."""
    subtitle = scenario_words(diagram.game, diagram.scenario, words)
    return document_in(
        words, words.BIFURCATION_TITLE.format(title=diagram.game.title), subtitle, _blocks(diagram, words)
    )


def _blocks(diagram: BifurcationDiagram, words: Language) -> Iterator[Block]:
    over = symbol_text(diagram.game, diagram.over)
    yield Paragraph(
        line(
            words.BIFURCATION_LEAD.format(
                over=over,
                low=readable(diagram.low),
                high=readable(diagram.high),
                branches=words.count(len(diagram.branches), "BIFURCATION_LINE"),
                points=words.count(len(diagram.points), "BIFURCATION_EVENT"),
            )
        ),
        lead=True,
    )
    heads: tuple[Column, ...]
    if diagram.points:
        heads = (
            Column(""),
            Column(over, align="right"),
            Column(words.BIFURCATION_WHAT),
            Column(words.BIFURCATION_WHERE, optional=True),
            Column(words.BIFURCATION_HAPPENS, wide=True),
        )
        rows = tuple(_point(diagram, p, words) for p in diagram.points)
        yield Table(heads, rows, row_heads=True)
    heads = (
        Column(""),
        Column(words.BIFURCATION_STATE, wide=True),
        Column(words.PROFILE, optional=True),
        Column(over),
        Column(words.BASINS_LABEL),
    )
    yield Table(heads, tuple(_branch_rows(diagram, words)), row_heads=True)
    heads = (Column(over), Column(words.BIFURCATION_STABLE, wide=True))
    yield Table(heads, tuple(_stretch_rows(diagram, words)))
    if diagram.unnamed:
        yield Paragraph(line(words.count(diagram.unnamed, "BIFURCATION_UNNAMED")))
    yield certainty(in_symbols(diagram.game, diagram.how_sure), words)
    for warning in diagram.warnings:
        yield Note(warning.code, line(words.tell(in_symbols(diagram.game, warning.text))))


def _point(diagram: BifurcationDiagram, point: NamedPoint, words: Language) -> tuple[Line, ...]:
    told = words.tell(point.reason)
    if point.lyapunov:
        told += words.BIFURCATION_LYAPUNOV.format(value=readable(point.lyapunov))
    if point.frequency:
        told += words.BIFURCATION_PERIOD.format(period=readable(6.283185307179586 / point.frequency))
    where = words.separators["; "].join(_state(diagram, s) for s in point.states)
    return (
        line(point.id),
        line(value_in_words(point, words)),
        line(kind_in_words(point, words)),
        line(where),
        line(told),
    )


def _state(diagram: BifurcationDiagram, state: tuple[float, ...]) -> str:
    shares = diagram.game.shares
    if len(shares) == 1:
        return f"{symbol_text(diagram.game, shares[0])}\u00a0=\u00a0{readable(state[0], PLACES)}"
    return "(" + ", ".join(readable(x, 3) for x in state) + ")"


def _branch_rows(diagram: BifurcationDiagram, words: Language) -> Iterator[tuple[Line, ...]]:
    for branch in diagram.branches:
        for k, piece in enumerate(branch.pieces):
            yield (
                line(branch.id if k == 0 else ""),
                _branch_location(diagram, branch, words) if k == 0 else line(""),
                line(profile_words(diagram.game.populations, branch.support, words) if k == 0 else ""),
                line(_range(piece.low, piece.high)),
                (Badge(piece.stability, words.labels[piece.stability]),),
            )


def _range(low: float, high: float) -> str:
    return f"{readable(low, PLACES)} – {readable(high, PLACES)}"


def _branch_location(diagram: BifurcationDiagram, branch: BifurcationBranch, words: Language) -> Line:
    """Where a branch lies: in closed form where that is short, else from where to where it goes."""
    if branch.formula is not None and all(len(to_text(e)) <= LONGEST_OF_BRANCH for e in branch.formula):
        notation = Notation.of(diagram.game)
        parts: list[str | Layout] = []
        for share, value in zip(diagram.game.shares, branch.formula, strict=True):
            parts += [words.separators[", "]] if parts else []
            parts.append(Row((notation.symbol(share), Operator("=", "relation"), notation.layout(value))))
        return line(*parts)
    first = _state(diagram, branch.pieces[0].states[0])
    last = _state(diagram, branch.pieces[-1].states[-1])
    return line(first if first == last else words.BIFURCATION_FROM_TO.format(first=first, last=last))


def _stretch_rows(diagram: BifurcationDiagram, words: Language) -> Iterator[tuple[Line, ...]]:
    """The attractors on each stretch; neighbouring stretches with equal descriptions form one row."""
    rows: list[tuple[float, float, str]] = []
    for stretch in diagram.stretches:
        told = words.listed(stretch.stable) if stretch.stable else words.BIFURCATION_NONE
        if stretch.sets:
            told += words.count(len(stretch.sets), "BIFURCATION_SET")
        if rows and rows[-1][2] == told:
            rows[-1] = (rows[-1][0], stretch.high, told)
        else:
            rows.append((stretch.low, stretch.high, told))
    for low, high, told in rows:
        yield line(_range(low, high)), line(told)


# --------------------------------------------------------------------------- data


def bifurcation_csv(diagram: BifurcationDiagram) -> str:
    """Return one line for each sample of each branch: its label, the parameter and the shares.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load({"payoff_matrix": [["4 - c", "-c"], [0, 0]], "parameters": {"c": 1}})
    >>> bifurcation_csv(separatrix.bifurcation_diagram(game, ("c", 1, 3))).splitlines()[:2]
    ['branch,stability,c,x', 'E1,asymptotically stable,1.0,0.0']
    """
    rows = (
        [branch.id, piece.stability, value, *state]
        for branch in diagram.branches
        for piece in branch.pieces
        for value, state in zip(piece.values, piece.states, strict=True)
    )
    return csv_text(["branch", "stability", diagram.over, *diagram.game.shares], rows)


def bifurcation_json(diagram: BifurcationDiagram) -> str:
    """Return the diagram as JSON (schema 1; keys are added, never renamed)."""
    return json.dumps(diagram.to_dict(), ensure_ascii=False, indent=2) + "\n"


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
        blocks += _portraits_blocks(portrait, words)
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


def _portraits_blocks(portrait: PhasePortrait, words: Language) -> Iterator[Block]:
    count = len(portrait.rest_sets)
    told = words.PORTRAIT_LEAD.format(
        dynamics=words.tell(dynamic_of(portrait.kind).title),
        points=words.count(len(portrait.rest_points), "PORTRAIT_POINT"),
        sets=words.count(count, "PORTRAIT_SET") if count else "",
    )
    yield Paragraph(line(told), lead=True)
    rest = [_portraits_point(portrait, k, words) for k in range(len(portrait.rest_points))]
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


def _portraits_point(portrait: PhasePortrait, index: int, words: Language) -> tuple[Line, ...]:
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


def regime_map_document(found: RegimeMap, words: Language) -> Document:
    """Return a regime map as a document."""
    return document_in(
        words,
        MapWords(found, words).title(),
        scenario_words(found.game, found.scenario, words),
        _regime_maps_blocks(MapWords(found, words)),
    )


def _regime_maps_blocks(told: MapWords) -> Iterator[Block]:
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
        places = [_regime_maps_point(told, k) for k in range(len(found.points))]
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


def _regime_maps_point(told: MapWords, index: int) -> str:
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
