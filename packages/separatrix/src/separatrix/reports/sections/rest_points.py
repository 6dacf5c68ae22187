"""Rest points at numbers, why they have their labels, and whether the list is whole.

Continua of rest points, and cycles on the boundary.

The sentence that a hurried reader must see.

The portrait of the flow, or why there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from separatrix.analysis.results import BoundaryCycle, NashComponent, RestComponent, RestPoint, RestSet
from separatrix.document.numerals import eigenvalue_texts, readable
from separatrix.document.tree import (
    Badge,
    Block,
    Bullets,
    Column,
    Details,
    Figure,
    Heading,
    Line,
    Note,
    Paragraph,
    Table,
    Words,
    line,
)
from separatrix.expression.conditions import All, Condition, Relation, all_of
from separatrix.formulas.layout import Layout, Text
from separatrix.reports.sections.context import Context

__all__ = [
    "answer_of",
    "broad_sets_section",
    "completeness_section",
    "component_name",
    "cycle_name",
    "cycles_section",
    "nash_section",
    "portrait_section",
    "reasons",
    "rest_points_section",
    "rest_sets_section",
]

MANY_POINTS, MOST_POINTS = 30, 400
"""Rest points past which only those that matter are shown at once, and past which no report lists them."""

MANY_EIGENVALUES = 6
"""Number of eigenvalues from which only their range is shown."""

Support = tuple[tuple[str, ...], ...]

_TOLD = ("asymptotically stable", "centre", "stable", "undecided")


def rest_points_section(
    context: Context, name: str = "", told: frozenset[tuple[str, Support]] = frozenset()
) -> Iterator[Block]:
    """Yield the table of rest points at the given values, and the reasons for their labels.

    `name` distinguishes the tables of the cases; points with ids in `told` get no strategy profiles.
    """
    points = [p for p in context.analysis.rest_points if p.state is not None and p.stability is not None]
    if not points or context.analysis.values is None:
        return
    known = bool(points) and all((p.id, p.support) in told for p in points)
    yield Heading(context.words.REST_POINTS_HERE if context.analysis.symbolic else context.words.REST_POINTS)
    if len(points) <= MANY_POINTS:
        yield _points_table(context, points, name, known)
        yield from reasons(context, [(p.id, p.reason) for p in points])
        return
    apart = [p for p in points if p.nash or p.stability in _TOLD]
    count = context.words.count(len(points) - len(apart), "FURTHER_POINT")
    shown = apart[:MANY_POINTS]
    if shown:
        yield _points_table(context, shown, name, known)
        yield from reasons(context, [(p.id, p.reason) for p in shown])
    if len(apart) > len(shown):
        yield Paragraph(line(context.words.MORE_POINTS.format(count=len(apart) - len(shown))))
    if len(points) > len(apart):
        lead = Paragraph(line(context.words.FURTHER_LEAD.format(count=count)))
        listed = points[:MOST_POINTS]
        blocks: tuple[Block, ...] = (
            _points_table(context, listed, name, known),
            *reasons(context, [(p.id, p.reason) for p in listed]),
        )
        if len(points) > len(listed):
            blocks = (
                *blocks,
                Paragraph(line(context.words.MORE_POINTS.format(count=len(points) - len(listed)))),
            )
        yield Details(context.words.ALL_POINTS.format(count=len(points)), blocks, (lead,))


def _points_table(context: Context, points: Sequence[RestPoint], name: str, known: bool) -> Table:
    profile = () if known else (Column(context.words.PROFILE, wide=True, optional=True),)
    columns = (
        Column(""),
        Column(context.words.STATE),
        *profile,
        Column(context.words.EIGENVALUES),
        Column(context.words.STABILITY),
        Column(context.words.IN_GAME),
    )
    rows = tuple(
        (
            line(Words(p.id, "strong")),
            context.state_line(p),
            *(() if known else (line(context.plays(p.support)),)),
            _eigenvalues(context, p),
            line(context.badge(p.stability)),
            line(_game_words(context, p)),
        )
        for p in points
    )
    title = f"{context.words.POINTS_TABLE}{context.words.COLON}{name}" if name else context.words.POINTS_TABLE
    return Table(columns, rows, row_heads=True, title=title)


def _eigenvalues(context: Context, point: RestPoint) -> Line:
    if point.eigenvalues is None:
        return line("–")
    if len(point.eigenvalues) > MANY_EIGENVALUES:
        reals = sorted(v.real for v in point.eigenvalues)
        return line(
            context.words.EIGENVALUE_RANGE.format(
                count=len(reals), low=readable(reals[0]), high=readable(reals[-1])
            )
        )
    texts = [t.replace(" ", "\u00a0") for t in eigenvalue_texts(point.eigenvalues)]
    return line((",\u00a0" if len(texts) <= 3 else ", ").join(texts))


def _game_words(context: Context, point: RestPoint) -> str:
    """Return what the point is in the game, the strongest notion first."""
    words = []
    if point.ess:
        words.append(context.words.ESS)
    elif point.nss:
        words.append(context.words.NSS)
    if point.strict_nash:
        words.append(context.words.STRICT_NASH)
    elif point.nash:
        words.append(context.words.NASH)
    if not words:
        return "–" if point.nash is None else context.words.NOT_NASH
    return context.words.separators[", "].join(words)


def reasons(context: Context, pairs: Sequence[tuple[str, str]]) -> Iterator[Block]:
    by_reason: dict[str, list[str]] = {}
    for name, reason in pairs:
        if reason:
            by_reason.setdefault(reason, []).append(name)
    if by_reason:
        yield Heading(context.words.REASONS, 2)
        yield Bullets(tuple(_reason(context, n, r) for r, n in by_reason.items()))


def _reason(context: Context, names: Sequence[str], reason: str) -> Line:
    named = Words(context.words.separators[", "].join(names), "strong")
    return line(named, context.words.COLON, context.words.tell(reason))


def completeness_section(context: Context) -> Iterator[Block]:
    """Yield whether the list of rest points is whole, and the argument."""
    found = context.analysis.completeness
    whole = found.status == "complete"
    status = Words(context.words.COMPLETE if whole else context.words.INCOMPLETE, "strong")
    text = line(status, context.words.separators[" "], context.words.tell(found.proof))
    if whole:
        yield Heading(context.words.COMPLETENESS)
        yield Paragraph(text)
    else:
        yield Note(context.words.COMPLETENESS, text)


MANY = 16
"""Rest sets past which the terminal only counts them."""

MANY_CORNERS = 6
"""Corners of a rest set past which its equations say more."""


def rest_sets_section(context: Context) -> Iterator[Block]:
    """Yield the continua of rest points: those that exist here, then the degenerate ones."""
    symbolic = context.analysis.symbolic
    here = [r for r in context.analysis.rest_sets if r.stability is not None or not symbolic]
    broad = [r for r in context.analysis.rest_sets if r not in here and not _on_an_equality(r)]
    degenerate = [r for r in context.analysis.rest_sets if r not in here and r not in broad]
    if here:
        yield Heading(context.words.REST_SETS)
        yield Paragraph(line(context.words.REST_SETS_LEAD))
        if len(here) <= MANY:
            yield _sets_table(context, here)
            yield from _components(context)
            yield from reasons(context, [(r.id, r.reason) for r in here])
        else:
            listed = here[:MOST_POINTS]
            blocks: tuple[Block, ...] = (
                _sets_table(context, listed),
                *reasons(context, [(r.id, r.reason) for r in listed]),
            )
            if len(here) > len(listed):
                blocks = (
                    *blocks,
                    Paragraph(line(context.words.MORE_SETS.format(count=len(here) - len(listed)))),
                )
            lead = (Paragraph(line(context.words.MANY_SETS.format(count=len(here)))),)
            yield Details(context.words.ALL_SETS.format(count=len(here)), blocks, lead)
            yield from _components(context)
    yield from _broad(context, broad)
    if degenerate:
        yield from _degenerate(context, degenerate)


def broad_sets_section(context: Context) -> Iterator[Block]:
    """Yield the continua of rest points in symbols that exist without an equality between parameters."""
    yield from _broad(context, [r for r in context.analysis.rest_sets if not _on_an_equality(r)])


def _broad(context: Context, broad: Sequence[RestSet]) -> Iterator[Block]:
    if broad:
        yield Heading(context.words.REST_SETS, 2)
        yield Paragraph(line(context.words.REST_SETS_LEAD))
        yield _existence_table(
            context, broad, Column(context.words.EXISTS_IF, wide=True), context.words.REST_SETS
        )


def _on_an_equality(piece: RestSet) -> bool:
    """Whether a set exists only where an equality between parameters holds, as far as is known."""
    return piece.exists is None or _needs_equality(piece.exists)


def _needs_equality(condition: Condition) -> bool:
    if isinstance(condition, Relation):
        return condition.operator == "=="
    found = [_needs_equality(part) for part in condition.parts]
    return any(found) if isinstance(condition, All) else all(found)


def _sets_table(context: Context, sets: Sequence[RestSet]) -> Table:
    columns = (
        Column(""),
        Column(context.words.WHAT),
        Column(context.words.WHERE, wide=True),
        Column(context.words.ITS_POINTS),
        Column(context.words.IN_GAME),
    )
    rows = tuple(
        (
            line(Words(r.id, "strong")),
            line(_shape(context, r)),
            _piece_location(context, r),
            line(context.badge(r.stability)) if r.stability else line("–"),
            line(_in_game(context, r)),
        )
        for r in sets
    )
    return Table(columns, rows, row_heads=True, title=context.words.REST_SETS)


def _in_game(context: Context, piece: RestSet) -> str:
    """Return whether the points of a piece are Nash equilibria."""
    if piece.nash is None:
        return "–"
    return context.words.NASH if piece.nash else context.words.NOT_NASH


def _shape(context: Context, piece: RestSet) -> str:
    shapes = context.words.SHAPES.split()
    if piece.dimension < len(shapes):
        return shapes[piece.dimension]
    return context.words.DIMENSIONAL.format(count=piece.dimension)


def _piece_location(context: Context, piece: RestSet) -> Line:
    if context.several_strategies and (told := _by_corners(context, piece)):
        return told
    described = line(context.plays(piece.support))
    if piece.equations:
        described = (
            *described,
            Words(context.words.separators["; "]),
            *context.condition(all_of(*piece.equations)),
        )
    return described


def _by_corners(context: Context, piece: RestSet) -> Line:
    """Return a flat piece as what lies between its corners; nothing where that is not known, or long."""
    corners = piece.corners
    if not corners or len(corners) > MANY_CORNERS:
        return ()
    states = [context.state_of([Text(readable(v)) for v in corner]) for corner in corners]
    if piece.dimension == 0:
        return line(states[0])
    if piece.dimension == 1 and len(states) == 2:
        before, middle, after = context.words.BETWEEN.split("{}")
        return line(before, states[0], middle, states[1], after)
    return line(context.words.CORNERS, *context.comma_separated(states))


def component_name(component: RestComponent) -> str:
    """Return the pieces of a component; of many, the first and the last."""
    return _names(component.pieces)


def _names(pieces: Sequence[str]) -> str:
    return " ∪ ".join(pieces if len(pieces) <= 6 else (*pieces[:2], "…", pieces[-1]))


def _components(context: Context) -> Iterator[Block]:
    items = []
    for component in context.analysis.rest_components:
        words: list[Words | Badge | str] = [Words(component_name(component), "strong")]
        words += [context.words.AS_A_WHOLE, context.badge(component.set_stability)]
        if component.es_set:
            words.append(context.words.ES_SET)
        if component.reason:
            words.append(context.words.BECAUSE.format(reason=context.words.tell(component.reason)))
        items.append(line(*words))
    if items:
        yield Heading(context.words.COMPONENTS_LEAD, 2)
        yield Bullets(tuple(items))


def _degenerate(context: Context, sets: Sequence[RestSet]) -> Iterator[Block]:
    count = context.words.count(len(sets), "FURTHER_SET")
    only = Column(context.words.ONLY_WHERE, wide=True)
    table = _existence_table(context, sets, only, context.words.DEGENERATE_SETS_TABLE)
    lead = Paragraph(line(context.words.DEGENERATE_SETS_LEAD.format(count=count)))
    brief: tuple[Block, ...] = (Heading(context.words.DEGENERATE_SETS), lead)
    if len(sets) <= MANY and not context.shortener.active:
        brief = (*brief, table)
    yield Details(f"{context.words.DEGENERATE_SETS} ({len(sets)})", (lead, table), brief)


def _existence_table(context: Context, sets: Sequence[RestSet], condition: Column, title: str) -> Table:
    rows = tuple(
        (
            line(Words(r.id, "strong")),
            line(_shape(context, r)),
            line(context.spanned(r.support)),
            _only_where(context, r),
        )
        for r in sets
    )
    columns = (
        Column(""),
        Column(context.words.WHAT),
        Column(context.words.PROFILE, wide=True),
        condition,
    )
    return Table(columns, rows, row_heads=True, title=title)


def _only_where(context: Context, piece: RestSet) -> Line:
    if piece.exists is not None:
        return context.condition(piece.exists)
    if piece.possible_when is not None:
        return line(Words(context.words.AT_MOST, "muted"), *context.condition(piece.possible_when))
    return line("–")


def nash_section(context: Context) -> Iterator[Block]:
    """Yield the maximal Nash subsets of two players, where some of them is more than a point."""
    found = context.analysis.nash_components or ()
    if all(n.dimension == 0 for n in found):
        return
    yield Heading(context.words.NASH_SETS)
    yield Paragraph(line(context.words.NASH_SETS_LEAD))
    rows = tuple(_nash_row(context, n) for n in found[:MANY])
    columns = (
        Column(""),
        Column(context.words.NASH_CORNERS, wide=True),
        Column(context.words.NASH_CONNECTED),
        Column(context.words.NASH_PIECES),
    )
    yield Table(columns, rows, row_heads=True, title=context.words.NASH_SETS)
    if len(found) > MANY:
        yield Paragraph(line(context.words.MORE_SETS.format(count=len(found) - MANY)))


def _nash_row(context: Context, component: NashComponent) -> tuple[Line, ...]:
    corners = [context.state_of([Text(readable(v)) for v in c]) for c in component.corners[:MANY_CORNERS]]
    more = ", …" if len(component.corners) > MANY_CORNERS else ""
    return (
        line(Words(component.id, "strong")),
        line(*context.comma_separated(corners), more),
        line(str(component.connected)),
        line(_names(component.pieces)),
    )


def cycles_section(context: Context) -> Iterator[Block]:
    """Yield the rings of pure states on the boundary, and whether they attract."""
    cycles = context.analysis.cycles
    if not cycles:
        return
    yield Heading(context.words.CYCLES)
    items = []
    for cycle in cycles:
        verdict = {
            True: context.words.CYCLE_ATTRACTS,
            False: context.words.CYCLE_REPELS,
            None: context.words.CYCLE_UNDECIDED,
        }
        reason = context.words.BECAUSE.format(reason=context.words.tell(cycle.reason)) if cycle.reason else ""
        items.append(
            line(
                Words(cycle_name(context, cycle), "strong"),
                f"{context.words.COLON}{verdict[cycle.attracting]}{reason}",
            )
        )
    yield Bullets(tuple(items))


def cycle_name(context: Context, cycle: BoundaryCycle) -> str:
    """Return a cycle as the strategies that are played in turn: ``rock → paper → scissors → rock``."""
    names = []
    for state in cycle.states:
        played = []
        shares = context.analysis.game.space.shares(state)
        for population, own in zip(context.populations, shares, strict=True):
            played.append(population.strategies[own.index(max(own))].name)
        names.append(played[0] if len(played) == 1 else f"({', '.join(played)})")
    return " → ".join([*names, names[0]])


def answer_of(context: Context) -> Line:
    """Return what is asymptotically stable, at the values or by regimes."""
    analysis = context.analysis
    numbers: Line = ()
    if analysis.values is not None:
        numbers = _answer_in_numbers(context)
    if not analysis.symbolic or not analysis.regimes:
        return numbers or line(context.words.tell(analysis.completeness.proof))
    degenerate = sum(not r.generic for r in analysis.regimes)
    found = analysis.regimes_completeness
    whole = found is None or found.status == "complete"
    told = context.words.ANSWER_REGIMES if whole else context.words.ANSWER_REGIMES_SO_FAR
    text = told.format(count=context.words.count(len(analysis.regimes), "REGIME"))
    if degenerate:
        text += (
            context.words.ANSWER_DEGENERATE_ONE if degenerate == 1 else context.words.ANSWER_DEGENERATE
        ).format(count=context.words.numeral(degenerate))
    if not numbers:
        return line(text)
    first = numbers[0]
    lowered = Words(first.text[:1].lower() + first.text[1:]) if isinstance(first, Words) else first
    return line(text, context.words.separators[" "], context.words.AT_VALUES, lowered, *numbers[1:])


def _answer_in_numbers(context: Context) -> Line:
    analysis = context.analysis
    whole = sum(len(p.strategies) - 1 for p in context.populations)
    if any(r.dimension == whole and r.stability is not None for r in analysis.rest_sets):
        return line(context.words.ANSWER_ALL)
    stable = [p for p in analysis.rest_points if p.stability == "asymptotically stable"]
    centres = [p for p in analysis.rest_points if p.stability == "centre"]
    named: Line = ()
    separators = context.words.separators
    for index, point in enumerate(stable):
        between = "" if index == 0 else separators[" and " if index == len(stable) - 1 else ", "]
        named = (
            *named,
            *line(
                between,
                context.quoted(point),
                context.words.BECAUSE.format(reason=context.plays(point.support)),
            ),
        )
    if not stable:
        answer: Line = line(context.words.ANSWER_NONE)
    else:
        template = context.words.ANSWER_ONE if len(stable) == 1 else context.words.ANSWER_SEVERAL
        before, after = template.format(count=context.words.numeral(len(stable)), points="\0").split("\0")
        answer = (Words(before), *named, Words(after))
    if centres:
        before, after = context.words.ANSWER_CENTRE.split("{points}")
        where = [context.quoted(c) for c in centres]
        answer = (*answer, *line(before, *_and(context, where), after))
    for component in analysis.rest_components:
        if component.set_stability == "asymptotically stable":
            answer = (*answer, *line(context.words.ANSWER_SET.format(sets=component_name(component))))
    for cycle in analysis.cycles:
        if cycle.attracting:
            answer = (*answer, *line(context.words.ANSWER_CYCLE.format(cycle=cycle_name(context, cycle))))
    if analysis.completeness.status == "incomplete":
        answer = (*answer, *line(context.words.ANSWER_INCOMPLETE))
    return answer


def _and(context: Context, layouts: list[Layout]) -> list[Words | Layout]:
    parts: list[Words | Layout] = []
    for index, item in enumerate(layouts):
        if index:
            between = " and " if index == len(layouts) - 1 else ", "
            parts.append(Words(context.words.separators[between]))
        parts.append(item)
    return parts


def portrait_section(context: Context, title: str = "") -> Iterator[Block]:
    """Yield the figure, or a folded sentence that says why there is none."""
    # The figures wing loads matplotlib only when the portrait is written.
    from separatrix.figures.phase_portrait import Portrait, caption_of, why_no_figure

    words = context.words
    reason = why_no_figure(context.analysis, words)
    if reason is None:
        name = title or words.FIGURE
        portrait = Portrait(context.analysis, words)
        yield Figure(name, caption_of(context.analysis, words), portrait.write)
    else:
        yield Details(words.FIGURE, (Paragraph(line(reason)),))
