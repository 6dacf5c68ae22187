"""Rest points, rest sets, and whether the list is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from separatrix.analysis.result import BoundaryCycle, RestComponent, RestPoint, RestSet
from separatrix.game.condition import FALSE, TRUE, Condition, all_of
from separatrix.game.expression import Number
from separatrix.present.document import (
    Badge,
    Block,
    Bullets,
    Column,
    Details,
    Equation,
    Equations,
    Formula,
    Heading,
    Line,
    Note,
    Paragraph,
    Table,
    Words,
    line,
)
from separatrix.present.formula import Layout, Operator, Row, Text
from separatrix.present.numbers import eigenvalue_texts, readable
from separatrix.present.sections.context import Context
from separatrix.present.writers.plain_math import to_plain

__all__ = [
    "completeness_section", "component_name", "conditions_section", "cycle_name", "cycles_section",
    "rest_points_section", "rest_sets_section",
]  # fmt: skip

LONGEST_COORDINATE = 46
"""Characters of a coordinate past which a rest point gets a paragraph of its own."""

MANY = 16
"""Rest sets past which the terminal only counts them."""

MANY_POINTS, MOST_POINTS = 30, 400
"""Rest points past which only those that matter are shown at once, and past which no report lists them."""

MANY_EIGENVALUES = 6
"""Eigenvalues past which only their range is told."""

MANY_CORNERS = 6
"""Corners of a rest set past which its equations say more."""

_TOLD = ("asymptotically stable", "centre", "stable", "undecided")


def rest_points_section(context: Context) -> Iterator[Block]:
    """Yield the table of rest points at the given values, and the reasons for their labels."""
    points = [p for p in context.analysis.rest_points if p.state is not None and p.stability is not None]
    if not points or context.analysis.values is None:
        return
    yield Heading(context.words.REST_POINTS_HERE if context.analysis.symbolic else context.words.REST_POINTS)
    if len(points) <= MANY_POINTS:
        yield _points_table(context, points)
        yield from _reasons(context, [(p.id, p.reason) for p in points])
        return
    told = [p for p in points if p.nash or p.stability in _TOLD]
    count = context.words.count(len(points) - len(told), "FURTHER_POINT")
    shown = told[:MANY_POINTS]
    if shown:
        yield _points_table(context, shown)
        yield from _reasons(context, [(p.id, p.reason) for p in shown])
    if len(told) > len(shown):
        yield Paragraph(line(context.words.MORE_POINTS.format(count=len(told) - len(shown))))
    if len(points) > len(told):
        lead = Paragraph(line(context.words.FURTHER_LEAD.format(count=count)))
        listed = points[:MOST_POINTS]
        blocks: tuple[Block, ...] = (
            _points_table(context, listed),
            *_reasons(context, [(p.id, p.reason) for p in listed]),
        )
        if len(points) > len(listed):
            blocks = (
                *blocks,
                Paragraph(line(context.words.MORE_POINTS.format(count=len(points) - len(listed)))),
            )
        yield Details(context.words.ALL_POINTS.format(count=len(points)), blocks, (lead,))


def _points_table(context: Context, points: Sequence[RestPoint]) -> Table:
    columns = (
        Column(""), Column(context.words.STATE), Column(context.words.PROFILE, wide=True, optional=True),
        Column(context.words.EIGENVALUES), Column(context.words.STABILITY), Column(context.words.IN_GAME),
    )  # fmt: skip
    rows = tuple(
        (
            line(Words(p.id, "strong")),
            context.state_line(p),
            line(context.plays(p.support)),
            _eigenvalues(context, p),
            line(context.badge(p.stability)),
            line(_game_words(context, p)),
        )
        for p in points
    )
    return Table(columns, rows, row_heads=True)


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


def _reasons(context: Context, pairs: Sequence[tuple[str, str]]) -> Iterator[Block]:
    by_reason: dict[str, list[str]] = {}
    for name, reason in pairs:
        if reason:
            by_reason.setdefault(reason, []).append(name)
    if by_reason:
        yield Heading(context.words.REASONS, 2)
        yield Bullets(tuple(_reason(context, n, r) for r, n in by_reason.items()))


# --------------------------------------------------------------------------- symbols


def conditions_section(context: Context) -> Iterator[Block]:
    """Yield every candidate with its existence and stability conditions."""
    if not context.analysis.symbolic:
        return
    yield Heading(context.words.REST_SYMBOLIC)
    pure = [p for p in context.analysis.rest_points if not p.free and p.exact is not None]
    mixed = [p for p in context.analysis.rest_points if p.free and p.exact is not None]
    if pure:
        yield Heading(context.words.PURE_POINTS, 2)
        columns = (Column(""), Column(context.words.STATE), Column(context.words.PROFILE, optional=True),
                   Column(context.words.STABLE_IF, wide=True))  # fmt: skip
        rows = tuple(
            (
                line(Words(p.id, "strong")),
                line(context.symbolic_state(p.exact or ())),
                line(context.plays(p.support)),
                _stable_when(context, p),
            )
            for p in pure
        )
        yield Table(columns, rows, row_heads=True)
    if mixed:
        yield Heading(context.words.MIXED_POINTS, 2)
        if all(p.stable_when is None and p.open_when is None for p in mixed) and len(context.populations) > 1:
            yield Paragraph(line(context.words.MIXED_NEVER))
        told = [_Mixed.of(context, p) for p in mixed]
        short = [m for m in told if m.short]
        if short:
            columns = (
                Column(""), Column(context.words.PROFILE, optional=True),
                Column(context.words.STATE, wide=True), Column(context.words.EXISTS_IF, wide=True),
            )  # fmt: skip
            rows = tuple(
                (
                    line(Words(m.point.id, "strong")),
                    line(context.plays(m.point.support)),
                    m.state(context),
                    m.exists,
                )
                for m in short
            )
            yield Table(columns, rows, row_heads=True)
        for one in told:
            if not one.short:
                yield from one.blocks(context)
        for point in mixed:
            if point.stable_when is not None:
                condition = _stable_when(context, point)
                yield Paragraph(line(Words(point.id, "strong"), context.words.STABLE_WHEN, *condition))
            elif point.open_when is not None:
                yield Paragraph(
                    line(Words(point.id, "strong"), context.words.COLON, *_open_when(context, point))
                )
    yield from _eigenvalue_details(context, [*pure, *mixed])


def _reason(context: Context, names: Sequence[str], reason: str) -> Line:
    named = Words(context.words.separators[", "].join(names), "strong")
    return line(named, context.words.COLON, context.words.tell(reason))


def _stable_when(context: Context, point: RestPoint) -> Line:
    open_ = _open_when(context, point)
    if point.stable_when is None:
        return open_ or line(context.words.NEVER)
    condition = context.condition(point.stable_when)
    return line(*condition, context.words.separators["; "], *open_) if open_ else condition


def _open_when(context: Context, point: RestPoint) -> Line:
    if point.open_when is None:
        return ()
    if point.open_when == TRUE:
        return line(Words(context.words.LEFT_OPEN, "muted"))
    return line(Words(context.words.OPEN_WHEN, "muted"), *context.condition(point.open_when))


@dataclass(frozen=True)
class _Mixed:
    """A mixed rest point in symbols: its mixed coordinates and when it exists."""

    point: RestPoint
    coordinates: tuple[tuple[Layout, Layout], ...]
    exists: Line

    @classmethod
    def of(cls, context: Context, point: RestPoint) -> _Mixed:
        coordinates = []
        for share, expression in zip(context.analysis.game.shares, point.exact or (), strict=True):
            if not (isinstance(expression, Number) and expression.value in (0, 1)):
                symbol = context.notation.symbol(share)
                coordinates.append((symbol, context.shortener.layout(expression)))
                # From here on the symbol stands for the formula.
                context.shortener.let(symbol, expression)
        exists = _existence(context, point.exists) if point.exists is not None else line("–")
        context.shortener.forget()
        return cls(point, tuple(coordinates), exists)

    @property
    def short(self) -> bool:
        """Whether it fits a row of a table."""
        lengths = [len(to_plain(value)) for _, value in self.coordinates]
        told = sum(len(to_plain(i.layout)) for i in self.exists if isinstance(i, Formula))
        return max(lengths, default=0) <= LONGEST_COORDINATE and told <= 3 * LONGEST_COORDINATE

    def state(self, context: Context) -> Line:
        equalities = [Row((symbol, Operator("=", "relation"), value)) for symbol, value in self.coordinates]
        return _comma_separated(context, equalities)

    def blocks(self, context: Context) -> Iterator[Block]:
        yield Paragraph(line(Words(self.point.id, "strong"), f"  {context.plays(self.point.support)}"))
        yield Equations(tuple(Equation(symbol, value) for symbol, value in self.coordinates))
        yield Paragraph(line(Words(context.words.EXISTS_WHEN, "muted"), *self.exists))


def _existence(context: Context, condition: Condition) -> Line:
    if condition == TRUE:
        return line(context.words.ALWAYS)
    if condition == FALSE:
        return line(context.words.NEVER)
    return context.condition(condition)


def _eigenvalue_details(context: Context, points: Sequence[RestPoint]) -> Iterator[Block]:
    known = [p for p in points if p.eigenvalues_exact]
    if not known:
        return
    rows = tuple(
        (
            line(Words(p.id, "strong")),
            line(context.symbolic_state(p.exact or ()) if not p.free else context.plays(p.support)),
            _comma_separated(context, [context.shortener.layout(e) for e in p.eigenvalues_exact or ()]),
        )
        for p in known
    )
    columns = (Column(""), Column(context.words.STATE), Column(context.words.EIGENVALUES, wide=True))
    yield Details(context.words.EIGENVALUES_IN_SYMBOLS, (Table(columns, rows, row_heads=True),))


def _comma_separated(context: Context, layouts: Sequence[Layout]) -> Line:
    parts: list[Words | Layout] = []
    for item in layouts:
        if parts:
            parts.append(Words(context.words.separators[", "]))
        parts.append(item)
    return line(*parts)


# --------------------------------------------------------------------------- continua


def rest_sets_section(context: Context) -> Iterator[Block]:
    """Yield the continua of rest points: those that exist here, then those on a knife edge."""
    symbolic = context.analysis.symbolic
    here = [r for r in context.analysis.rest_sets if r.stability is not None or not symbolic]
    knife = [r for r in context.analysis.rest_sets if r not in here]
    if here:
        yield Heading(context.words.REST_SETS)
        yield Paragraph(line(context.words.REST_SETS_LEAD))
        if len(here) <= MANY:
            yield _sets_table(context, here)
            yield from _components(context)
            yield from _reasons(context, [(r.id, r.reason) for r in here])
        else:
            listed = here[:MOST_POINTS]
            blocks: tuple[Block, ...] = (
                _sets_table(context, listed), *_reasons(context, [(r.id, r.reason) for r in listed])
            )  # fmt: skip
            if len(here) > len(listed):
                blocks = (
                    *blocks,
                    Paragraph(line(context.words.MORE_SETS.format(count=len(here) - len(listed)))),
                )
            lead = (Paragraph(line(context.words.MANY_SETS.format(count=len(here)))),)
            yield Details(context.words.ALL_SETS.format(count=len(here)), blocks, lead)
            yield from _components(context)
    if knife:
        yield from _knife_edges(context, knife)


def _sets_table(context: Context, sets: Sequence[RestSet]) -> Table:
    columns = (
        Column(""),
        Column(context.words.WHAT),
        Column(context.words.WHERE, wide=True),
        Column(context.words.ITS_POINTS),
    )
    rows = tuple(
        (
            line(Words(r.id, "strong")),
            line(_shape(context, r)),
            _where(context, r),
            line(context.badge(r.stability)) if r.stability else line("–"),
        )
        for r in sets
    )
    return Table(columns, rows, row_heads=True)


def _shape(context: Context, piece: RestSet) -> str:
    shapes = context.words.SHAPES.split()
    if piece.dimension < len(shapes):
        return shapes[piece.dimension]
    return context.words.DIMENSIONAL.format(count=piece.dimension)


def _where(context: Context, piece: RestSet) -> Line:
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
    corners = piece.corners or (piece.samples if piece.dimension == 0 else ())
    if not corners or len(corners) > MANY_CORNERS:
        return ()
    states = [context.state_of([Text(readable(v)) for v in corner]) for corner in corners]
    if piece.dimension == 0:
        return line(states[0])
    if piece.dimension == 1 and len(states) == 2:
        before, middle, after = context.words.BETWEEN.split("{}")
        return line(before, states[0], middle, states[1], after)
    return line(context.words.CORNERS, *_comma_separated(context, states))


def component_name(component: RestComponent) -> str:
    """Return the pieces of a component; of many, the first and the last."""
    pieces = component.pieces
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


def _knife_edges(context: Context, sets: Sequence[RestSet]) -> Iterator[Block]:
    count = context.words.count(len(sets), "FURTHER_SET")
    rows = tuple(
        (
            line(Words(r.id, "strong")),
            line(_shape(context, r)),
            line(context.plays(r.support)),
            _only_where(context, r),
        )
        for r in sets
    )
    columns = (
        Column(""),
        Column(context.words.WHAT),
        Column(context.words.PROFILE),
        Column(context.words.ONLY_WHERE, wide=True),
    )
    table = Table(columns, rows, row_heads=True)
    lead = Paragraph(line(context.words.KNIFE_SETS_LEAD.format(count=count)))
    brief: tuple[Block, ...] = (Heading(context.words.KNIFE_SETS), lead)
    if len(sets) <= MANY and not context.shortener.active:
        brief = (*brief, table)
    yield Details(f"{context.words.KNIFE_SETS} ({len(sets)})", (lead, table), brief)


def _only_where(context: Context, piece: RestSet) -> Line:
    if piece.exists is not None:
        return context.condition(piece.exists)
    if piece.possible_when is not None:
        return line(Words(context.words.AT_MOST, "muted"), *context.condition(piece.possible_when))
    return line("–")


# --------------------------------------------------------------------------- whole or not


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


# --------------------------------------------------------------------------- cycles


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
        at, played = 0, []
        for population in context.populations:
            width = len(population.shares)
            part = state[at : at + width]
            at += width
            index = (0 if part[0] > 0.5 else 1) if width == 1 else max(range(width), key=part.__getitem__)
            played.append(population.strategies[index].name)
        names.append(played[0] if len(played) == 1 else f"({', '.join(played)})")
    return " → ".join([*names, names[0]])
