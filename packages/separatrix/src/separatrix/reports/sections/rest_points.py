"""Rest points at numbers, why they have their labels, and whether the list is whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from separatrix.analysis.results import RestPoint
from separatrix.document.document import (
    Block,
    Bullets,
    Column,
    Details,
    Heading,
    Line,
    Note,
    Paragraph,
    Table,
    Words,
    line,
)
from separatrix.document.numbers import eigenvalue_texts, readable
from separatrix.reports.sections.context import Context

__all__ = ["completeness_section", "reasons", "rest_points_section"]

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
