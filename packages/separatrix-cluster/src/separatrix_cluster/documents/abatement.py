"""The marginal abatement cost curve in a document: its figure, and the measures in its order.

When to begin what: the path to a target year as blocks, with its figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_lowercase

from separatrix.document.tree import Block, Column, Draw, Figure, Heading, Line, Paragraph, Table, line
from separatrix.languages import Language
from separatrix_cluster.documents.vocabulary import (
    NBSP,
    amount,
    carbon_unit,
    cost_per_tonne,
    credit,
    money,
    money_unit,
    tonnes,
)
from separatrix_cluster.measures.abatement import Abatement
from separatrix_cluster.measures.cost_curve import CurveStep
from separatrix_cluster.measures.measures import AbatementMeasure
from separatrix_cluster.measures.pathway import AbatementPath

__all__ = [
    "alternative_sentences",
    "bundle_called",
    "carbon_price_text",
    "curve_figure",
    "curve_picture",
    "curve_table",
    "measure_called",
    "path_blocks",
    "path_picture",
    "path_sentences",
]


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
    from separatrix.figures.layout import picture
    from separatrix_cluster.figures.abatement import MOST_WEDGES, Wedge, draw_wedges

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
            words.CL_PATH_UPWARDS.format(unit=unit.name, gas=found.completeness.accounts.gas_of_totals),
            lines,
        ),
        words.CL_PATH_FIGURE.format(by=path.years[-1].year),
        f"{said}. {credit(found.cluster, words)}".strip(),
    )


def curve_figure(found: Abatement, words: Language) -> Figure:
    """Return the curve with its caption."""
    return Figure(words.CL_MEASURES_FIGURE, _figure_caption(found, words), curve_picture(found, words))


def carbon_price_text(found: Abatement, words: Language) -> str:
    """Return the carbon price with its unit."""
    return f"{amount(float(found.carbon_price))}{NBSP}{_per_tonne(found, words)}"


def measure_called(found: Abatement, measure: AbatementMeasure, words: Language) -> str:
    """Return a measure by its name and whose it is."""
    if not measure.enterprise:
        return words.CL_NAME_SHARE.format(name=measure.name, share=words.CL_MEASURES_ALL)
    return words.CL_NAME_SHARE.format(name=measure.name, share=found.cluster.name_of(measure.enterprise))


def curve_picture(found: Abatement, words: Language) -> Draw:
    """Return the marginal abatement cost curve."""
    from separatrix.figures.layout import picture
    from separatrix_cluster.figures.abatement import CostBar, draw_cost_curve

    steps = _bars(found)
    unit = carbon_unit([float(found.together.abatement)], words)
    per = _per_tonne(found, words)
    bars = [
        CostBar(
            words.CL_MEASURES_BAR.format(
                name=bundle_called(found, s, words),
                cut=tonnes(float(s.bundle_abatement), words),
                cost=f"{_bundle_cost(s)}{NBSP}{per}",
            ),
            float(s.bundle_abatement) / unit.scale,
            float(s.bundle_cost_per_tonne or 0),
        )
        for s in steps
    ]
    price = None
    if found.carbon_price > 0:
        told = carbon_price_text(found, words)
        price = float(found.carbon_price), words.CL_MEASURES_PRICE_LINE.format(price=told)
    said = "; ".join(bar.name for bar in bars)
    return picture(
        lambda: draw_cost_curve(
            bars,
            words.CL_MEASURES_ACROSS.format(unit=unit.name),
            words.CL_MEASURES_UPWARDS.format(unit=per),
            price,
        ),
        words.CL_MEASURES_FIGURE,
        f"{said}. {credit(found.cluster, words)}".strip(),
    )


def _bars(found: Abatement) -> list[CurveStep]:
    """Return the steps that have a bar: a bundle has one, which its last measure gives the name."""
    return [s for s in found.curve if s.bundle[-1] == s.measure.id and s.bundle_cost_per_tonne is not None]


def _bar_numbers(found: Abatement) -> dict[str, str]:
    """Return the number that each measure's bar has in the figure; measures of one bar have letters, too."""
    numbers = {}
    for k, bar in enumerate(_bars(found), 1):
        for letter, measure in zip(ascii_lowercase, bar.bundle, strict=False):
            numbers[measure] = f"{k}{letter}" if len(bar.bundle) > 1 else str(k)
    return numbers


def _figure_caption(found: Abatement, words: Language) -> str:
    text = words.CL_MEASURES_FIGURE_CAPTION
    order = words.CL_MEASURES_BY_FRONTS if found.order == "pareto" else words.CL_MEASURES_BY_BENEFIT
    return f"{text}{words.separators[' ']}{order}"


def curve_table(found: Abatement, words: Language) -> Table:
    """Return the measures in the order of the curve."""
    unit = carbon_unit([float(s.abatement) for s in found.curve], words)
    whole = money_unit(
        [float(s.measure.investment) for s in found.curve], found.cluster.description.currency, words
    )
    yearly = money_unit([float(s.net_cost) for s in found.curve], found.cluster.description.currency, words)
    rows: list[tuple[Line, ...]] = []
    numbers = _bar_numbers(found)
    for step in found.curve:
        m = step.measure
        rows.append(
            (
                line(numbers.get(m.id, "–")),
                line(_with_links(found, step, words)),
                line(unit.format(float(step.abatement))),
                line(unit.format_range(float(step.low), float(step.high))),
                line(_cost(step)),
                line(yearly.format(float(step.net_cost))),
                line(whole.format(float(m.investment))),
            )
        )
    columns = (
        Column("", "right"),
        Column(words.CL_MEASURES_MEASURE, wide=True),
        Column(words.CL_MEASURES_CUT.format(unit=unit.name), "right"),
        Column(words.CL_MEASURES_RANGE.format(unit=unit.name), "right", optional=True),
        Column(words.CL_MEASURES_COST.format(unit=_per_tonne(found, words)), "right"),
        Column(words.CL_MEASURES_NET.format(unit=yearly.name), "right"),
        Column(words.CL_MEASURES_INVESTMENT.format(unit=whole.name), "right"),
    )
    return Table(columns, tuple(rows), words.CL_MEASURES_TABLE_CAPTION, title=words.CL_MEASURES_TABLE)


def _cost(step: CurveStep) -> str:
    return cost_per_tonne(None if step.cost_per_tonne is None else float(step.cost_per_tonne))


def _bundle_cost(step: CurveStep) -> str:
    cost = step.bundle_cost_per_tonne
    return cost_per_tonne(None if cost is None else float(cost))


def bundle_called(found: Abatement, step: CurveStep, words: Language) -> str:
    """Return a measure together with those that stand on the curve as one with it."""
    names = {m.id: m.name for m in found.joint.measures}
    told = measure_called(found, step.measure, words)
    others = [names[i] for i in step.bundle if i != step.measure.id]
    return words.CL_MEASURES_WITH.format(name=told, others=words.listed(others)) if others else told


def _with_links(found: Abatement, step: CurveStep, words: Language) -> str:
    """Return a measure with its requirements, its exclusions, and the cost of its bundle."""
    measure = step.measure
    called = measure_called(found, measure, words)
    names = {m.id: m.name for m in found.joint.measures}
    needs = [names[i] for i in sorted(measure.requires) if i in names]
    without = [m.name for m in found.joint.measures if m.id in measure.excludes or measure.id in m.excludes]
    told = [words.CL_MEASURES_NEEDS.format(names=words.listed(needs))] if needs else []
    told += [words.CL_MEASURES_NOT_WITH.format(names=words.listed(without))] if without else []
    if len(step.bundle) > 1 and step.bundle[-1] == measure.id and step.bundle_cost_per_tonne is not None:
        cost = f"{_bundle_cost(step)}{NBSP}{_per_tonne(found, words)}"
        told.append(words.CL_MEASURES_BUNDLE.format(count=len(step.bundle), cost=cost))
    links = words.separators["; "].join(told)
    return words.CL_MEASURES_BESIDE.format(name=called, links=links) if told else called


def alternative_sentences(found: Abatement, words: Language) -> str:
    """Return which measures are not on the curve, and why."""
    names = words.listed([measure_called(found, m, words) for m in found.alternatives])
    return words.count(len(found.alternatives), "CL_MEASURES_NOT_ON", names=names)


def _per_tonne(found: Abatement, words: Language) -> str:
    return words.CL_MEASURES_PER_TONNE.format(currency=words.unit(found.cluster.description.currency))
