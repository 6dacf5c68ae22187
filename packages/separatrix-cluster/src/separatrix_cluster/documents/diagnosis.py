"""The diagnosis of a cluster as a document, in the order in which a park manager asks.

The figures of a diagnosis, ready to be drawn in any format.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Draw,
    Figure,
    Heading,
    Line,
    Paragraph,
    Table,
    Words,
    document_in,
    line,
)
from separatrix.errors import InputError
from separatrix.languages import Language
from separatrix.sentences import say
from separatrix_cluster.diagnosis.decomposition import STATES, DecouplingStep, Drivers
from separatrix_cluster.diagnosis.diagnosis import Diagnosis
from separatrix_cluster.diagnosis.indicators import Difficulty
from separatrix_cluster.diagnosis.innovation import Innovation
from separatrix_cluster.documents.accounts import bars_picture, emitting, year_table
from separatrix_cluster.documents.completeness import gaps_table
from separatrix_cluster.documents.data_check import (
    abilities_table,
    closing_blocks,
    frame_blocks,
    remarks_blocks,
    spreadsheet_csv,
    standard_blocks,
)
from separatrix_cluster.documents.summary_page import page_one
from separatrix_cluster.documents.vocabulary import (
    amount,
    carbon_unit,
    credit,
    difficulty_name,
    driver_name,
    indicator_interval,
    indicator_value,
    scores_between,
    share,
    signed_percent,
    size_name,
    span,
)

__all__ = [
    "FigureName",
    "diagnosis_csv",
    "diagnosis_document",
    "figure_of",
    "plane_picture",
    "radar_picture",
    "waterfall_picture",
]

FigureName = Literal["radar", "drivers", "decoupling", "carbon"]


def figure_of(found: Diagnosis, name: FigureName, words: Language) -> Draw:
    """Return one figure of a diagnosis.

    Raises
    ------
    InputError
        K242 where the data do not suffice for it.
    """
    growth = next(d.details for d in found.difficulties if d.name == "growth")
    if name == "radar":
        return radar_picture(found, words)
    if name == "drivers" and "decomposition" in growth:
        return waterfall_picture(found, growth["decomposition"], words)
    if name == "decoupling" and any(s.state is not None for s in growth.get("decoupling", ())):
        return plane_picture(found, growth["decoupling"], words)
    if name == "carbon" and found.year is not None and emitting(found.accounts, found.year):
        return bars_picture(found.cluster, found.completeness, found.year, words)
    needed = {
        "drivers": say("value added by enterprise and emissions of two years"),
        "decoupling": say("value added and emissions of two years"),
        "carbon": say("energy or emissions"),
    }[name]
    raise InputError(
        "K242",
        say("the data do not suffice for the figure `{name}`: it needs {needed}", name=name, needed=needed),
    )


def radar_picture(found: Diagnosis, words: Language) -> Draw:
    """Return the radar of the four difficulties."""
    from separatrix.figures.layout import picture
    from separatrix_cluster.figures.diagnosis import Spoke, draw_radar

    spokes = [Spoke(difficulty_name(d.name, words), d.score, d.low, d.high) for d in found.difficulties]
    said = "; ".join(f"{s.name}: {'–' if s.score is None else f'{s.score:.2f}'}" for s in spokes)
    said = f"{said}. {credit(found.cluster, words)}".strip()
    return picture(lambda: draw_radar(spokes, words.CL_NOT_KNOWN), words.CL_FIGURE_RADAR, said)


def waterfall_picture(found: Diagnosis, split: Drivers, words: Language) -> Draw:
    """Return the decomposition between two years."""
    from separatrix.figures.layout import picture
    from separatrix_cluster.figures.diagnosis import draw_waterfall

    parts = split.decomposition
    unit = carbon_unit([parts.before, parts.after], words)
    names = [driver_name(n, words) for n in parts.factors]
    changes = list(zip(names, (parts.additive / unit.scale).tolist(), strict=True))
    said = "; ".join(f"{name}: {amount(value)} {unit.name}" for name, value in changes)
    said = f"{said}. {credit(found.cluster, words)}".strip()
    return picture(
        lambda: draw_waterfall(
            (str(split.start), parts.before / unit.scale),
            changes,
            (str(split.end), parts.after / unit.scale),
            words.CL_CARBON.format(unit=unit.name, gas=found.completeness.accounts.gas_of_totals),
        ),
        words.CL_FIGURE_WATERFALL.format(start=split.start, end=split.end),
        said,
    )


def plane_picture(found: Diagnosis, steps: Sequence[DecouplingStep], words: Language) -> Draw:
    """Return the plane of decoupling with every step whose state is known."""
    from separatrix.figures.layout import picture
    from separatrix_cluster.figures.diagnosis import draw_decoupling_plane

    shown = [
        (f"{s.start}–{s.end}", s.output_change, s.emissions_change)
        for s in steps
        if s.output_change is not None and s.emissions_change is not None
    ]
    names = {state: words.tell(told) for state, told in STATES.items()}
    said = "; ".join(f"{s.start}–{s.end}: {words.tell(s.state_text)}" for s in steps if s.state is not None)
    said = f"{said}. {credit(found.cluster, words)}".strip()
    return picture(
        lambda: draw_decoupling_plane(shown, names, words.CL_PLANE_ACROSS, words.CL_PLANE_UP),
        words.CL_FIGURE_PLANE,
        said,
    )


def diagnosis_document(found: Diagnosis, words: Language) -> Document:
    """Return the diagnosis of a cluster."""
    cluster = found.cluster
    return document_in(
        words,
        words.CL_DIAGNOSIS_TITLE.format(name=cluster.name),
        cluster.description.place,
        _blocks(found, words),
        floating=True,
    )


def diagnosis_csv(found: Diagnosis, words: Language) -> str:
    """Return the indicators, one a row, as CSV."""
    rows = [
        (
            d.name,
            i.id,
            words.tell(i.name),
            i.value,
            i.unit,
            i.low,
            i.high,
            i.score,
            i.score_low,
            i.score_high,
            i.coverage,
            words.tell(i.source),
            words.tell(i.missing or ""),
            found.cluster.attribution,
        )
        for d in found.difficulties
        for i in d.indicators
    ]
    header = (
        "difficulty indicator name value unit low high score score_low score_high covers method missing "
        "data_source"
    ).split()
    codes: dict[str, str] = {d.name: difficulty_name(d.name, words) for d in found.difficulties}
    return spreadsheet_csv(header, rows, words, codes)


def _blocks(found: Diagnosis, words: Language) -> Iterator[Block]:
    yield from page_one(found, words)
    yield from _difficulty_blocks(found, words)
    yield Heading(words.CL_ENOUGH)
    yield abilities_table(found.abilities, words)
    if found.year is not None:  # else the first sentence has said that nothing is known
        yield Heading(words.CL_STAND)
        if found.accounts.years:
            yield year_table(found.completeness, words)
        gaps = gaps_table(found.completeness, found.cluster, found.year, words)
        if gaps is not None:
            yield gaps
    yield from frame_blocks(found, words)
    yield from _change_blocks(found, words)
    silent = [d for d in found.difficulties if not (d.indicators or d.evidence)]
    for difficulty in found.difficulties:
        if difficulty not in silent:
            yield from _one_difficulty(found, difficulty, words)
    if silent:
        yield from _silent_difficulties(silent, words)
    if found.scorecard is not None:
        yield from standard_blocks(found.scorecard, words)
    yield from remarks_blocks(found.remarks, words)
    methods = [i.source for d in found.difficulties for i in d.indicators]
    yield from closing_blocks(found.cluster, words, methods)


# --------------------------------------------------------------------------- difficulties


def _difficulty_blocks(found: Diagnosis, words: Language) -> Iterator[Block]:
    if all(d.score is None for d in found.difficulties):
        return
    yield Heading(words.CL_DIFFICULTIES)
    rows = []
    for difficulty in found.difficulties:
        known = sum(1 for i in difficulty.indicators if i.score is not None)
        rows.append(
            (
                line(difficulty_name(difficulty.name, words)),
                line(_score(difficulty.score, words)),
                line(_interval(difficulty.low, difficulty.high)),
                line(f"{known}"),
            )
        )
    columns = (
        Column(words.CL_DIFFICULTY),
        Column(words.CL_SCORE, "right"),
        Column(words.CL_SCORE_INTERVAL, "right"),
        Column(words.CL_KNOWN, "right"),
    )
    yield Table(columns, tuple(rows), words.CL_DIFFICULTIES_CAPTION, row_heads=True, title=words.CL_SCORES)
    if sum(d.score is not None for d in found.difficulties) > 2:  # fewer span nothing
        yield Figure(words.CL_FIGURE_RADAR, words.CL_FIGURE_RADAR_CAPTION, radar_picture(found, words))


def _one_difficulty(found: Diagnosis, difficulty: Difficulty, words: Language) -> Iterator[Block]:
    yield Heading(difficulty_name(difficulty.name, words))
    if difficulty.indicators:
        yield _indicator_table(difficulty, words)
    if difficulty.evidence:
        yield Heading(words.CL_EVIDENCE, 2)
        yield Bullets(tuple(line(words.capital(words.tell(e))) for e in difficulty.evidence))
    sizes = difficulty.details.get("by_size")
    if sizes and any(row[k] is not None for row in sizes for k in ("reports", "certified", "trained")):
        yield _sizes(sizes, words)
    composite = difficulty.details.get("innovation")
    if isinstance(composite, Innovation):
        yield _ranks(found, composite, words)
    missing = [*difficulty.missing, *(i.missing for i in difficulty.indicators if i.missing is not None)]
    if missing:
        yield Heading(words.CL_MISSING, 2)
        yield Bullets(tuple(line(words.capital(words.tell(m))) for m in dict.fromkeys(missing)))


def _silent_difficulties(silent: Sequence[Difficulty], words: Language) -> Iterator[Block]:
    """Yield the difficulties without data, each with the data it requires."""
    yield Heading(words.CL_SILENT)
    between = words.separators[" "]
    items = []
    for difficulty in silent:
        told = words.separators["; "].join(words.tell(m) for m in dict.fromkeys(difficulty.missing))
        head = words.CL_SILENT_OF.format(difficulty=difficulty_name(difficulty.name, words))
        what = words.CL_ONE_SAID.format(text=words.capital(told)) if told else "–"
        items.append(line(Words(head, "strong"), between, what))
    yield Bullets(tuple(items))


def _indicator_table(difficulty: Difficulty, words: Language) -> Table:
    rows: list[tuple[Line, ...]] = []
    for i in difficulty.indicators:
        value = indicator_value(i.value, i.unit, words)
        if i.low is not None and i.high is not None:
            value = f"{value} {indicator_interval(i.low, i.high, i.unit, words)}".rstrip(" ")
        rows.append(
            (
                line(words.capital(words.tell(i.name))),
                line(value),
                line(_score(i.score, words)),
                line(_interval(i.score_low, i.score_high)),
                line("" if i.how is None else words.tell(i.how)),
                line("–" if i.coverage is None else share(i.coverage)),
            )
        )
    columns = (
        Column(words.CL_INDICATOR, wide=True),
        Column(words.CL_VALUE),
        Column(words.CL_SCORE, "right"),
        Column(words.CL_SCORE_INTERVAL, "right"),
        Column(words.CL_COMPARED, optional=True, wide=True),
        Column(words.CL_COVERED, "right", optional=True),
    )
    title = words.CL_INDICATORS.format(difficulty=difficulty_name(difficulty.name, words))
    return Table(columns, tuple(rows), row_heads=True, title=title)


def _score(score: float | None, words: Language) -> str:
    return "–" if score is None else f"{score:.2f}"


def _interval(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else scores_between(low, high)


def _sizes(rows: list[dict[str, object]], words: Language) -> Table:
    made = []
    for row in rows:
        name = str(row["size"])
        told = size_name(name, words)
        cells = [
            line(share(v) if isinstance(v, float) else "–")
            for v in (row[k] for k in ("reports", "certified", "trained"))
        ]
        made.append((line(told), line(str(row["enterprises"])), *cells))
    columns = (
        Column(words.CL_SIZE),
        Column(words.CL_COUNT, "right"),
        Column(words.CL_REPORTS, "right"),
        Column(words.CL_CERTIFIED, "right"),
        Column(words.CL_TRAINED, "right"),
    )
    return Table(columns, tuple(made), row_heads=True, title=words.CL_SIZES)


def _ranks(found: Diagnosis, composite: Innovation, words: Language) -> Table:
    ranks = composite.ranks["equal"]
    rows = []
    for i in ranks.rank.argsort()[:10].tolist():
        name = found.cluster.name_of(str(composite.enterprises[i]))
        rows.append(
            (
                line(str(int(ranks.rank[i]))),
                line(name),
                line(f"{ranks.score[i]:.2f}"),
                line(span(str(ranks.low[i]), str(ranks.high[i]))),
            )
        )
    columns = (
        Column(words.CL_RANK, "right"),
        Column(words.CL_ENTERPRISE, wide=True),
        Column(words.CL_SCORE, "right"),
        Column(words.CL_RANK_INTERVAL, "right"),
    )
    caption = words.CL_RANKS_CAPTION.format(count=len(rows), all=len(composite.enterprises))
    return Table(columns, tuple(rows), caption, title=words.CL_RANKS)


# --------------------------------------------------------------------------- change


def _compared(found: Diagnosis, words: Language) -> str:
    """Return why what is compared holds different numbers of enterprises; '' where all hold all."""
    growth = next(d for d in found.difficulties if d.name == "growth")
    count = len(found.cluster.enterprises)
    split = growth.details.get("decomposition")
    efficiency = next((i for i in growth.indicators if i.id == "efficiency"), None)
    years = found.accounts.years
    sets = []
    if found.year is not None and years and years[0] < found.year:
        both = found.completeness.is_whole(years[0]) & found.completeness.is_whole(found.year)
        sets.append((words.CL_SETS_TREND.format(start=years[0], end=found.year), int(both.sum())))
    if split is not None:
        told = words.CL_SETS_DRIVERS.format(start=split.start, end=split.end)
        sets.append((told, len(split.enterprises)))
    if efficiency is not None and efficiency.coverage is not None:
        sets.append((words.CL_SETS_EFFICIENCY, round(efficiency.coverage * count)))
    if all(n == count for _, n in sets):
        return ""
    names = [words.CL_SETS_ONE.format(what=what, count=n, all=count) for what, n in sets]
    return words.CL_SETS.format(sets=words.separators["; "].join(names))


def _change_blocks(found: Diagnosis, words: Language) -> Iterator[Block]:
    if not found.accounts.years:
        return
    yield Heading(words.CL_WHY)
    if len(found.accounts.years) < 2:
        yield Paragraph(line(words.CL_WHY_NOTHING))
        return
    growth = next(d for d in found.difficulties if d.name == "growth")
    steps = growth.details.get("decoupling", ())
    if steps:
        rows = tuple(
            (
                line(f"{s.start}–{s.end}"),
                line(signed_percent(s.output_change)),
                line(signed_percent(s.emissions_change)),
                line("–" if s.elasticity is None else f"{s.elasticity:.2f}".replace("-", "−")),
                line(
                    words.tell(s.why) if s.state is None and s.why is not None else words.tell(s.state_text)
                ),
            )
            for s in steps
        )
        columns = (
            Column(words.CL_YEARS),
            Column(words.CL_PLANE_ACROSS, "right"),
            Column(words.CL_PLANE_UP, "right"),
            Column(words.CL_ELASTICITY, "right"),
            Column(words.CL_STATE, wide=True),
        )
        yield Table(columns, rows, row_heads=True, title=words.CL_DECOUPLING)
    split = growth.details.get("decomposition")
    if split is not None:
        yield Figure(
            words.CL_FIGURE_WATERFALL.format(start=split.start, end=split.end),
            words.count(len(split.enterprises), "CL_FIGURE_WATERFALL_CAPTION"),
            waterfall_picture(found, split, words),
        )
    if any(s.state is not None for s in steps):
        yield Figure(words.CL_FIGURE_PLANE, words.CL_FIGURE_PLANE_CAPTION, plane_picture(found, steps, words))
    why = _compared(found, words)
    if why:
        yield Paragraph(line(why))
    if found.cautions:
        yield Bullets(tuple(line(words.capital(words.tell(c))) for c in found.cautions))
    if found.movers:
        kinds = {"stayed": words.CL_STAYED, "came": words.CL_CAME, "left": words.CL_LEFT}
        unit = carbon_unit([m.change for m in found.movers], words)
        moved = tuple(
            (
                line(found.cluster.name_of(m.enterprise)),
                line(unit.format(m.change, sign=True)),
                line(kinds[m.kind]),
            )
            for m in found.movers
        )
        compared = found.completeness.comparable_years
        title = words.CL_MOVERS.format(start=compared[0], end=compared[-1])
        heads = (
            Column(words.CL_ENTERPRISE, wide=True),
            Column(
                words.CL_CHANGE.format(unit=unit.name, gas=found.completeness.accounts.gas_of_totals), "right"
            ),
            Column(words.CL_PRESENCE),
        )
        caption = words.CL_MOVERS_CAPTION.format(count=len(moved))
        yield Table(heads, moved, caption, row_heads=True, title=title)
