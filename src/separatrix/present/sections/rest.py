"""Rest points, rest sets, and whether the list is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from separatrix.analysis.result import BoundaryCycle, RestComponent, RestPoint, RestSet
from separatrix.game.condition import FALSE, TRUE, Condition, all_of
from separatrix.game.expression import Number
from separatrix.present import phrases
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
from separatrix.present.writers.plain_math import to_plain
from separatrix.present.sections.context import Context

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
    yield Heading(phrases.REST_POINTS_HERE if context.analysis.symbolic else phrases.REST_POINTS)
    if len(points) <= MANY_POINTS:
        yield _points_table(context, points)
        yield from _reasons([(p.id, p.reason) for p in points])
        return
    told = [p for p in points if p.nash or p.stability in _TOLD]
    count = phrases.plural(len(points) - len(told), "further rest point")
    shown = told[:MANY_POINTS]
    if shown:
        yield _points_table(context, shown)
        yield from _reasons([(p.id, p.reason) for p in shown])
    if len(told) > len(shown):
        yield Paragraph(line(phrases.MORE_POINTS.format(count=len(told) - len(shown))))
    if len(points) > len(told):
        lead = Paragraph(line(phrases.FURTHER_POINTS.format(count=count)))
        listed = points[:MOST_POINTS]
        blocks: tuple[Block, ...] = (
            _points_table(context, listed),
            *_reasons([(p.id, p.reason) for p in listed]),
        )
        if len(points) > len(listed):
            blocks = (*blocks, Paragraph(line(phrases.MORE_POINTS.format(count=len(points) - len(listed)))))
        yield Details(phrases.ALL_POINTS.format(count=len(points)), blocks, (lead,))


def _points_table(context: Context, points: Sequence[RestPoint]) -> Table:
    columns = (
        Column(""), Column("state"), Column(phrases.PROFILE, wide=True, optional=True),
        Column("eigenvalues"),
        Column("stability"), Column("game"),
    )  # fmt: skip
    rows = tuple(
        (
            line(Words(p.id, "strong")),
            context.state_line(p),
            line(context.plays(p.support)),
            _eigenvalues(p),
            line(Badge(p.stability or "undecided")),
            line(_game_words(p)),
        )
        for p in points
    )
    return Table(columns, rows, row_heads=True)


def _eigenvalues(point: RestPoint) -> Line:
    if point.eigenvalues is None:
        return line("–")
    if len(point.eigenvalues) > MANY_EIGENVALUES:
        reals = sorted(v.real for v in point.eigenvalues)
        return line(
            phrases.EIGENVALUE_RANGE.format(
                count=len(reals), low=readable(reals[0]), high=readable(reals[-1])
            )
        )
    texts = [t.replace(" ", "\u00a0") for t in eigenvalue_texts(point.eigenvalues)]
    return line((",\u00a0" if len(texts) <= 3 else ", ").join(texts))


def _game_words(point: RestPoint) -> str:
    """Return what the point is in the game, the strongest notion first."""
    words = []
    if point.ess:
        words.append("ESS")
    elif point.nss:
        words.append("neutrally stable")
    if point.strict_nash:
        words.append("strict Nash")
    elif point.nash:
        words.append("Nash")
    if not words:
        return "–" if point.nash is None else "not\u00a0Nash"
    return ", ".join(words)


def _reasons(pairs: Sequence[tuple[str, str]]) -> Iterator[Block]:
    by_reason: dict[str, list[str]] = {}
    for name, reason in pairs:
        if reason:
            by_reason.setdefault(reason, []).append(name)
    if by_reason:
        yield Heading(phrases.REASONS, 2)
        yield Bullets(tuple(line(Words(", ".join(n), "strong"), f": {r}") for r, n in by_reason.items()))


# --------------------------------------------------------------------------- symbols


def conditions_section(context: Context) -> Iterator[Block]:
    """Yield every candidate with its existence and stability conditions."""
    if not context.analysis.symbolic:
        return
    yield Heading(phrases.REST_SYMBOLIC)
    pure = [p for p in context.analysis.rest_points if not p.free and p.exact is not None]
    mixed = [p for p in context.analysis.rest_points if p.free and p.exact is not None]
    if pure:
        yield Heading(phrases.PURE_POINTS, 2)
        columns = (Column(""), Column("state"), Column(phrases.PROFILE, optional=True),
                   Column("asymptotically stable when", wide=True))  # fmt: skip
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
        yield Heading(phrases.MIXED_POINTS, 2)
        if all(p.stable_when is None and p.open_when is None for p in mixed) and len(context.populations) > 1:
            yield Paragraph(line(phrases.MIXED_NEVER))
        told = [_Mixed.of(context, p) for p in mixed]
        short = [m for m in told if m.short]
        if short:
            columns = (
                Column(""), Column(phrases.PROFILE, optional=True), Column("state", wide=True),
                Column("exists when", wide=True),
            )  # fmt: skip
            rows = tuple(
                (line(Words(m.point.id, "strong")), line(context.plays(m.point.support)), m.state(), m.exists)
                for m in short
            )
            yield Table(columns, rows, row_heads=True)
        for one in told:
            if not one.short:
                yield from one.blocks(context)
        for point in mixed:
            if point.stable_when is not None:
                condition = _stable_when(context, point)
                yield Paragraph(line(Words(point.id, "strong"), phrases.STABLE_WHEN, *condition))
            elif point.open_when is not None:
                yield Paragraph(line(Words(point.id, "strong"), ": ", *_open_when(context, point)))
    yield from _eigenvalue_details(context, [*pure, *mixed])


def _stable_when(context: Context, point: RestPoint) -> Line:
    open_ = _open_when(context, point)
    if point.stable_when is None:
        return open_ or line(phrases.NEVER)
    condition = context.condition(point.stable_when)
    return line(*condition, "; ", *open_) if open_ else condition


def _open_when(context: Context, point: RestPoint) -> Line:
    if point.open_when is None:
        return ()
    if point.open_when == TRUE:
        return line(Words(phrases.LEFT_OPEN, "muted"))
    return line(Words(phrases.OPEN_WHEN, "muted"), *context.condition(point.open_when))


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

    def state(self) -> Line:
        equalities = [Row((symbol, Operator("=", "relation"), value)) for symbol, value in self.coordinates]
        return _comma_separated(equalities)

    def blocks(self, context: Context) -> Iterator[Block]:
        yield Paragraph(line(Words(self.point.id, "strong"), f"  {context.plays(self.point.support)}"))
        yield Equations(tuple(Equation(symbol, value) for symbol, value in self.coordinates))
        yield Paragraph(line(Words(phrases.EXISTS_WHEN, "muted"), *self.exists))


def _existence(context: Context, condition: Condition) -> Line:
    if condition == TRUE:
        return line(phrases.ALWAYS)
    if condition == FALSE:
        return line(phrases.NEVER)
    return context.condition(condition)


def _eigenvalue_details(context: Context, points: Sequence[RestPoint]) -> Iterator[Block]:
    known = [p for p in points if p.eigenvalues_exact]
    if not known:
        return
    rows = tuple(
        (
            line(Words(p.id, "strong")),
            line(context.symbolic_state(p.exact or ()) if not p.free else context.plays(p.support)),
            _comma_separated([context.shortener.layout(e) for e in p.eigenvalues_exact or ()]),
        )
        for p in known
    )
    columns = (Column(""), Column("state"), Column("eigenvalues", wide=True))
    yield Details("Eigenvalues in symbols", (Table(columns, rows, row_heads=True),))


def _comma_separated(layouts: Sequence[Layout]) -> Line:
    parts: list[Words | Layout] = []
    for item in layouts:
        if parts:
            parts.append(Words(", "))
        parts.append(item)
    return line(*parts)


# --------------------------------------------------------------------------- continua


def rest_sets_section(context: Context) -> Iterator[Block]:
    """Yield the continua of rest points: those that exist here, then those on a knife edge."""
    symbolic = context.analysis.symbolic
    here = [r for r in context.analysis.rest_sets if r.stability is not None or not symbolic]
    knife = [r for r in context.analysis.rest_sets if r not in here]
    if here:
        yield Heading(phrases.REST_SETS)
        yield Paragraph(line(phrases.REST_SETS_LEAD))
        if len(here) <= MANY:
            yield _sets_table(context, here)
            yield from _components(context)
            yield from _reasons([(r.id, r.reason) for r in here])
        else:
            listed = here[:MOST_POINTS]
            blocks: tuple[Block, ...] = (
                _sets_table(context, listed), *_reasons([(r.id, r.reason) for r in listed])
            )  # fmt: skip
            if len(here) > len(listed):
                blocks = (*blocks, Paragraph(line(phrases.MORE_SETS.format(count=len(here) - len(listed)))))
            lead = (Paragraph(line(phrases.MANY_SETS.format(count=len(here)))),)
            yield Details(phrases.ALL_SETS.format(count=len(here)), blocks, lead)
            yield from _components(context)
    if knife:
        yield from _knife_edges(context, knife)


def _sets_table(context: Context, sets: Sequence[RestSet]) -> Table:
    columns = (Column(""), Column("what"), Column("where", wide=True), Column("its points are"))
    rows = tuple(
        (
            line(Words(r.id, "strong")),
            line(_shape(r)),
            _where(context, r),
            line(Badge(r.stability)) if r.stability else line("–"),
        )
        for r in sets
    )
    return Table(columns, rows, row_heads=True)


def _shape(piece: RestSet) -> str:
    return {0: "point", 1: "line", 2: "surface", 3: "volume"}.get(
        piece.dimension, f"{piece.dimension}-dimensional"
    )


def _where(context: Context, piece: RestSet) -> Line:
    if context.several_strategies and (told := _by_corners(context, piece)):
        return told
    described = line(context.plays(piece.support))
    if piece.equations:
        described = (*described, Words("; "), *context.condition(all_of(*piece.equations)))
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
        return line("between ", states[0], " and ", states[1])
    return line("corners ", *_comma_separated(states))


def component_name(component: RestComponent) -> str:
    """Return the pieces of a component; of many, the first and the last."""
    pieces = component.pieces
    return " ∪ ".join(pieces if len(pieces) <= 6 else (*pieces[:2], "…", pieces[-1]))


def _components(context: Context) -> Iterator[Block]:
    items = []
    for component in context.analysis.rest_components:
        words: list[Words | Badge | str] = [Words(component_name(component), "strong"), ": as a whole "]
        words.append(Badge(component.set_stability or "undecided"))
        if component.es_set:
            words.append(", an evolutionarily stable set")
        if component.reason:
            words.append(f" ({component.reason})")
        items.append(line(*words))
    if items:
        yield Heading(phrases.COMPONENTS_LEAD, 2)
        yield Bullets(tuple(items))


def _knife_edges(context: Context, sets: Sequence[RestSet]) -> Iterator[Block]:
    count = phrases.plural(len(sets), "further set of states", "further sets of states")
    rows = tuple(
        (
            line(Words(r.id, "strong")),
            line(_shape(r)),
            line(context.plays(r.support)),
            _only_where(context, r),
        )
        for r in sets
    )
    columns = (Column(""), Column("what"), Column(phrases.PROFILE), Column("only where", wide=True))
    table = Table(columns, rows, row_heads=True)
    lead = Paragraph(line(phrases.KNIFE_SETS_LEAD.format(count=count)))
    brief: tuple[Block, ...] = (Heading(phrases.KNIFE_SETS), lead)
    if len(sets) <= MANY and not context.shortener.active:
        brief = (*brief, table)
    yield Details(f"{phrases.KNIFE_SETS} ({len(sets)})", (lead, table), brief)


def _only_where(context: Context, piece: RestSet) -> Line:
    if piece.exists is not None:
        return context.condition(piece.exists)
    if piece.possible_when is not None:
        return line(Words(phrases.AT_MOST, "muted"), *context.condition(piece.possible_when))
    return line("–")


# --------------------------------------------------------------------------- whole or not


def completeness_section(context: Context) -> Iterator[Block]:
    """Yield whether the list of rest points is whole, and the argument."""
    found = context.analysis.completeness
    whole = found.status == "complete"
    text = line(Words(phrases.COMPLETE if whole else phrases.INCOMPLETE, "strong"), f" {found.proof}")
    if whole:
        yield Heading(phrases.COMPLETENESS)
        yield Paragraph(text)
    else:
        yield Note(phrases.COMPLETENESS, text)


# --------------------------------------------------------------------------- cycles


def cycles_section(context: Context) -> Iterator[Block]:
    """Yield the rings of pure states on the boundary, and whether they attract."""
    cycles = context.analysis.cycles
    if not cycles:
        return
    yield Heading(phrases.CYCLES)
    items = []
    for cycle in cycles:
        verdict = {True: phrases.CYCLE_ATTRACTS, False: phrases.CYCLE_REPELS, None: phrases.CYCLE_UNDECIDED}
        reason = f" ({cycle.reason})" if cycle.reason else ""
        items.append(
            line(Words(cycle_name(context, cycle), "strong"), f": {verdict[cycle.attracting]}{reason}")
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
