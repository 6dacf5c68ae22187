"""When to begin what: the path to a target year as blocks, with its figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from separatrix.document.document import Block, Column, Draw, Figure, Heading, Line, Paragraph, Table, line
from separatrix.languages import Language
from separatrix_cluster.documents.money import money, money_unit
from separatrix_cluster.documents.words import carbon_unit, credit, tonnes
from separatrix_cluster.measures.abatement import Abatement
from separatrix_cluster.measures.pathway import AbatementPath

__all__ = ["path_blocks", "path_picture", "path_sentences"]


def path_sentences(found: Abatement, path: AbatementPath, words: Language) -> list[str]:
    """Return whether the target is met in its year, and what it takes or lacks, for the first page."""
    last = path.years[-1]
    currency = found.cluster.description.currency
    target, reach = tonnes(float(path.target.amount), words), tonnes(float(last.counted), words)
    invested = money(float(path.investment), currency, words)
    begun = words.listed(
        [words.CL_PATH_COUNT.format(year=y.year, count=len(y.begun)) for y in path.years if y.begun]
    )
    told = []
    if not path.missing:
        told.append(words.CL_PATH_MET.format(target=target, by=last.year, investment=invested, begun=begun))
    else:
        text = words.CL_PATH_MISSED if begun else words.CL_PATH_NOTHING
        told.append(
            text.format(
                target=target,
                by=last.year,
                reach=reach,
                missing=tonnes(float(path.missing), words),
                investment=invested,
                begun=begun,
            )
        )
        if path.without_budget is not None and path.without_budget > last.counted:
            free = tonnes(float(path.without_budget), words)
            told.append(words.CL_PATH_FREE.format(reach=free, by=last.year))
        most = last.counted if path.without_budget is None else path.without_budget
        if path.with_time is not None and path.with_time > most:
            told.append(words.CL_PATH_TIME.format(reach=tonnes(float(path.with_time), words)))
    behind = [y for y in path.years if y.behind > 0]
    if behind and not path.missing:
        text = words.CL_PATH_BEHIND
        most_behind = max(behind, key=lambda y: y.behind)
        told.append(
            text.format(
                count=len(behind),
                all=len(path.years),
                year=most_behind.year,
                behind=tonnes(float(most_behind.behind), words),
            )
        )
    return told


def path_blocks(found: Abatement, path: AbatementPath, words: Language) -> Iterator[Block]:
    """Yield the figure, the years, and what is begun in each."""
    yield Heading(words.CL_PATH.format(by=path.years[-1].year))
    if path.emissions is not None:
        yield Figure(
            words.CL_PATH_FIGURE.format(by=path.years[-1].year),
            words.CL_PATH_FIGURE_CAPTION,
            path_picture(found, path, words),
        )
    yield _years(found, path, words)
    yield Paragraph(line(words.CL_PATH_HOW))


def _years(found: Abatement, path: AbatementPath, words: Language) -> Table:
    names = {m.id: m.name for m in found.joint.measures}
    left = path.emissions
    unit = carbon_unit([float(y.abatement) for y in path.years] + [float(path.target.amount)], words)
    whole = money_unit([float(y.investment) for y in path.years], found.cluster.description.currency, words)
    rows: list[tuple[Line, ...]] = []
    for y in path.years:
        told = [words.listed([names[i] for i in y.begun])] if y.begun else []
        if y.ended:
            told.append(words.CL_PATH_ENDED.format(names=words.listed([names[i] for i in y.ended])))
        cells = [
            line(str(y.year)),
            line(words.separators["; "].join(told) or "–"),
            line(whole.format(float(y.investment))),
            line(unit.format(float(y.abatement))),
        ]
        if left is not None:
            cells.append(line(unit.format(float(left - y.abatement))))
        cells.append(line(unit.format(float(y.behind)) if y.behind > 0 else "–"))
        rows.append(tuple(cells))
    columns = [
        Column(words.CL_YEAR),
        Column(words.CL_PATH_BEGUN, wide=True),
        Column(words.CL_MEASURES_INVESTMENT.format(unit=whole.name), "right"),
        Column(words.CL_PATH_CUT.format(unit=unit.name), "right"),
    ]
    if left is not None:
        columns.append(Column(words.CL_PATH_LEFT.format(unit=unit.name), "right"))
    columns.append(Column(words.CL_PATH_LAG.format(unit=unit.name), "right"))
    return Table(
        tuple(columns), tuple(rows), words.CL_PATH_CAPTION, row_heads=True, title=words.CL_PATH_TABLE
    )


def path_picture(found: Abatement, path: AbatementPath, words: Language) -> Draw:
    """Return the wedges of a path."""
    from separatrix.figures.picture import picture
    from separatrix_cluster.figures.wedges import MOST_WEDGES, Wedge, draw_wedges

    whole = float(path.emissions or 0)
    unit = carbon_unit([whole], words)
    ids = [m.id for m in found.joint.measures if any(y.cuts.get(m.id) for y in path.years)]
    sums = {i: sum(float(y.cuts.get(i, 0)) for y in path.years) for i in ids}
    large = sorted(ids, key=lambda i: -sums[i])
    own = large if len(large) <= MOST_WEDGES else large[: MOST_WEDGES - 1]
    names = {m.id: m.name for m in found.joint.measures}

    def cuts(some: Sequence[str]) -> list[float]:
        return [0.0, *(sum(float(y.cuts.get(i, 0)) for i in some) / unit.scale for y in path.years)]

    def labelled_wedge(name: str, some: Sequence[str]) -> Wedge:
        by = cuts(some)
        cut = tonnes(by[-1] * unit.scale, words)
        return Wedge(words.CL_PATH_WEDGE.format(name=name, cut=cut, by=path.years[-1].year), by)

    wedges = [labelled_wedge(names[i], [i]) for i in ids if i in own]
    rest = [i for i in ids if i not in own]
    if rest:
        wedges.append(labelled_wedge(words.CL_PATH_OTHERS.format(count=len(rest)), rest))
    years = [path.base_year, *(y.year for y in path.years)]
    wanted = [whole / unit.scale, *((whole - float(y.wanted)) / unit.scale for y in path.years)]
    lines = (words.CL_PATH_WITHOUT, words.CL_PATH_WITH, words.CL_PATH_LINE)
    said = "; ".join(w.name for w in wedges)
    return picture(
        lambda: draw_wedges(
            years,
            [whole / unit.scale] * len(years),
            wedges,
            wanted,
            words.CL_PATH_UPWARDS.format(unit=unit.name),
            lines,
        ),
        words.CL_PATH_FIGURE.format(by=path.years[-1].year),
        f"{said}. {credit(found.cluster, words)}".strip(),
    )
