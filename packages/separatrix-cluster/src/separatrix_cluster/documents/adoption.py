"""A fit to the adoption history as blocks: its meaning for the game, its uncertainty, and rival curves."""

from __future__ import annotations

import math
from collections.abc import Iterator

from separatrix.document.numerals import percent
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
    document_in,
    line,
)
from separatrix.figures.layout import picture
from separatrix.languages import Language
from separatrix_cluster.adoption.posterior import AdoptionPosterior, GroupPosterior
from separatrix_cluster.adoption.results import AdoptionFit, FittedAdvantage, GroupFit
from separatrix_cluster.adoption.rival_models import AdoptionRivals, RivalCurve
from separatrix_cluster.documents.data_check import remarks_blocks, spreadsheet_csv
from separatrix_cluster.documents.vocabulary import NBSP
from separatrix_cluster.figures.diagnosis import DrawnCurve, draw_rival_curves

__all__ = [
    "SYMBOLS",
    "adoption_blocks",
    "adoption_csv",
    "adoption_document",
    "drawn_curves",
    "rivals_picture",
]


def adoption_document(
    found: AdoptionFit,
    rivals: AdoptionRivals | None,
    words: Language,
    posterior: AdoptionPosterior | None = None,
) -> Document:
    """Return the fit as a document of its own."""
    title = words.CL_ADOPTION_TITLE.format(name=found.history.title or words.CL_ADOPTION_COUNTS)
    blocks = adoption_blocks(found, rivals, words, posterior)
    return document_in(words, title, None, blocks, floating=True)


def adoption_csv(found: AdoptionFit, rivals: AdoptionRivals, words: Language) -> str:
    """Return each fitted value as a row, with the ends of its interval; those of the rivals after them."""
    rows: list[tuple[object, ...]] = [
        (
            "replicator",
            g.history.name,
            name,
            a.value if a.bound is None else None,
            _finite(a.low),
            _finite(a.high),
            None,
            found.history.title,
        )
        for g in found.groups
        for name, a in (
            ("advantage_when_all", g.advantage_when_all),
            ("advantage_when_none", g.advantage_when_none),
        )
    ]
    rows += [
        (c.curve.key, "", name, value, low, high, _finite(c.aicc), found.history.title)
        for c in rivals.curves
        if c.curve.key != "replicator"
        for name, (value, low, high) in c.values.items()
    ]
    return spreadsheet_csv("curve group parameter value low high aicc title".split(), rows, words)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def adoption_blocks(
    found: AdoptionFit,
    rivals: AdoptionRivals | None,
    words: Language,
    posterior: AdoptionPosterior | None = None,
) -> Iterator[Block]:
    """Yield the results of an adoption history: the two advantages, the regime, rivals, and doubts.

    Parameters
    ----------
    rivals : AdoptionRivals, optional
        The other curves on the same history.
    posterior : AdoptionPosterior, optional
        How probable each regime is.
    """
    yield Heading(words.CL_ADOPTION)
    years = found.history.groups[0].years
    yield Paragraph(line(words.CL_ADOPTION_INTRO.format(first=years[0], last=years[-1], n=len(years))))
    several = len(found.groups) > 1
    heads = (
        *((Column(words.CL_ADOPTION_GROUP),) if several else ()),
        Column(words.CL_ADOPTION_WHERE),
        Column(words.CL_ADOPTION_PER_YEAR, "right"),
        Column(words.CL_ADOPTION_INTERVAL.format(level=percent(found.level, 0)), "right"),
    )
    rows = [
        (
            *((line(_group_name(g, words)),) if several else ()),
            line(where),
            line(_estimate(a)),
            _span(a, words),
        )
        for g in found.groups
        for where, a in (
            (words.CL_ADOPTION_ALL, g.advantage_when_all),
            (words.CL_ADOPTION_NONE, g.advantage_when_none),
        )
    ]
    yield Table(heads, tuple(rows), words.CL_ADOPTION_CAPTION, row_heads=True, title=words.CL_ADOPTION_TABLE)
    for group in found.groups:
        name = f"{_group_name(group, words)}{words.COLON}" if several else ""
        yield Paragraph(line(name + _regime(group, words)))
    for belief in () if posterior is None else posterior.groups:
        name = f"{_group_name(belief, words)}{words.COLON}" if several else ""
        yield Paragraph(line(name + _odds(belief, found.level, words)))
    yield Paragraph(line(words.tell(found.open)))
    yield Bullets(tuple(line(text) for text in _checks(found, words)))
    if rivals is not None:
        yield from _rival_blocks(rivals, words)
    yield from remarks_blocks(
        (*found.remarks, *(r for c in (rivals.curves if rivals else ()) for r in c.remarks)), words
    )


def _rival_blocks(rivals: AdoptionRivals, words: Language) -> Iterator[Block]:
    yield Heading(words.CL_RIVALS, level=2)
    verdict = words.tell(rivals.verdict)
    yield Paragraph(line(f"{verdict[:1].upper()}{verdict[1:]}{words.FULL_STOP}"))
    yield Figure(words.CL_RIVALS_FIGURE, words.CL_RIVALS_FIGURE_CAPTION, rivals_picture(rivals, words))
    best = rivals.curves[0].aicc
    heads = (
        Column(words.CL_RIVALS_CURVE),
        Column(words.CL_RIVALS_VALUES),
        Column(words.CL_RIVALS_AICC, "right"),
        Column(words.CL_RIVALS_MISSED.format(n=rivals.held_back), "right"),
    )
    rows = tuple(
        (
            line(words.tell(curve.curve.title)),
            line(_values(curve, words)),
            line(f"{curve.aicc - best:.1f}" if math.isfinite(curve.aicc) else "–"),
            line("–" if curve.missed is None else percent(curve.missed, 1)),
        )
        for curve in rivals.curves
    )
    caption = words.CL_RIVALS_CAPTION.format(n=rivals.held_back)
    yield Table(heads, rows, caption, row_heads=True, title=words.CL_RIVALS_TABLE)


def _values(curve: RivalCurve, words: Language) -> str:
    told = []
    for name, (value, low, high) in curve.values.items():
        symbol = SYMBOLS[name]
        ends = words.CL_ADOPTION_FROM_TO.format(low=_number(low), high=_number(high))
        told.append(f"{symbol}{NBSP}={NBSP}{_number(value)} ({ends})")
    return words.separators["; "].join(told)


SYMBOLS = {
    "advantage_when_all": "A",
    "advantage_when_none": "D",
    "innovation": "p",
    "imitation": "q",
    "ceiling": "M",
    "mean": "μ",
    "deviation": "σ",
}


def _number(value: float) -> str:
    if value == 0 or abs(value) >= 0.01:
        return f"{value:.2f}".replace("-", "−")
    return f"{value:.2g}".replace("-", "−")


def _estimate(advantage: FittedAdvantage) -> str:
    if advantage.bound is None:
        return _number(advantage.value)
    return f"{'<' if advantage.bound < 0 else '>'}{NBSP}{advantage.bound:g}".replace("-", "−")


def _span(advantage: FittedAdvantage, words: Language) -> Line:
    low, high = (
        _number(end) if math.isfinite(end) else words.CL_ADOPTION_OPEN
        for end in (advantage.low, advantage.high)
    )
    return line(words.CL_ADOPTION_FROM_TO.format(low=low, high=high))


def _group_name(group: GroupFit | GroupPosterior, words: Language) -> str:
    known = {"leaders": words.CL_ADOPTION_LEADERS, "others": words.CL_ADOPTION_OTHERS}
    name = group.name if isinstance(group, GroupPosterior) else group.history.name
    return known.get(name, name)


def _odds(belief: GroupPosterior, level: float, words: Language) -> str:
    """Return how probable each regime is, from half a percent on."""
    texts = {
        "bistable": words.CL_POSTERIOR_BISTABLE,
        "coexistence": words.CL_POSTERIOR_COEXISTENCE,
        "all cooperate": words.CL_POSTERIOR_ALL_COOPERATE,
        "none cooperates": words.CL_POSTERIOR_NONE_COOPERATES,
    }
    ranked = sorted(belief.regimes.items(), key=lambda item: -item[1])
    parts = [texts[name].format(share=percent(p, 0)) for name, p in ranked if p >= 0.005]
    told = [words.CL_POSTERIOR.format(regimes=words.listed(parts))]
    if belief.threshold is not None:
        low, high = (percent(end, 0) for end in belief.threshold)
        told.append(words.CL_POSTERIOR_THRESHOLD.format(low=low, high=high, level=percent(level, 0)))
    if any(belief.bounded):
        told.append(words.CL_POSTERIOR_OPEN)
    return words.separators[" "].join(told)


def _regime(group: GroupFit, words: Language) -> str:
    told = {
        "bistable": words.CL_ADOPTION_BISTABLE,
        "coexistence": words.CL_ADOPTION_COEXISTENCE,
        "all cooperate": words.CL_ADOPTION_ALL_COOPERATE,
        "none cooperates": words.CL_ADOPTION_NONE_COOPERATES,
    }[group.regime]
    share = "" if group.threshold is None else percent(group.threshold, 0)
    today = percent(float(group.history.shares[-1]), 0)
    sure = words.CL_ADOPTION_SURE if group.certain else words.CL_ADOPTION_UNSURE
    now = sure.format(today=today, year=group.history.years[-1])
    return f"{told.format(share=share)}{words.separators[' ']}{now}"


def _checks(found: AdoptionFit, words: Language) -> Iterator[str]:
    for group in found.groups:
        worst = max(group.residuals, key=lambda year: abs(group.residuals[year]))
        yield words.CL_ADOPTION_WORST.format(year=worst, off=_number(group.residuals[worst]))
        if not math.isnan(group.runs):
            yield words.CL_ADOPTION_RUNS.format(p=f"{group.runs:.2f}")
        yield words.CL_ADOPTION_NOISE.format(times=_number(group.dispersion))


def drawn_curves(found: AdoptionRivals, words: Language) -> list[DrawnCurve]:
    """Return the curves as the figure takes them."""
    return [
        DrawnCurve(words.tell(c.curve.title), c.path, c.quantiles[0], c.quantiles[-1]) for c in found.curves
    ]


def rivals_picture(found: AdoptionRivals, words: Language) -> Draw:
    """Return the figure, to be drawn in any format."""
    group = found.group
    title = words.CL_RIVALS_SHARE
    description = words.CL_RIVALS_DESCRIPTION.format(
        first=group.years[0],
        last=group.years[-1],
        start=percent(float(group.shares[0]), 0),
        share=percent(float(group.shares[-1]), 0),
        verdict=words.tell(found.verdict),
    )
    return picture(
        lambda: draw_rival_curves(
            group.years,
            group.shares,
            drawn_curves(found, words),
            title,
            words.CL_RIVALS_DOTS,
            words.CL_RIVALS_BAND,
        ),
        words.CL_RIVALS_FIGURE,
        description,
    )
