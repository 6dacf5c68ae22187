"""Continua of rest points, and cycles on the boundary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from separatrix.analysis.results import BoundaryCycle, NashComponent, RestComponent, RestSet
from separatrix.document.document import (
    Badge,
    Block,
    Bullets,
    Column,
    Details,
    Heading,
    Line,
    Paragraph,
    Table,
    Words,
    line,
)
from separatrix.document.numbers import readable
from separatrix.expression.conditions import All, Condition, Relation, all_of
from separatrix.formulas.layout import Text
from separatrix.reports.sections.context import Context
from separatrix.reports.sections.rest_points import MOST_POINTS, reasons

__all__ = [
    "broad_sets_section",
    "component_name",
    "cycle_name",
    "cycles_section",
    "nash_section",
    "rest_sets_section",
]

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
