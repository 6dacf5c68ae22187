"""The first page of a diagnosis: a line for each question that a park manager asks, in that order."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from separatrix.document.tree import Block, Bullets, Line, Paragraph, Words, line
from separatrix.languages import Language
from separatrix_cluster.completeness.doubt import untold_energy
from separatrix_cluster.diagnosis.diagnosis import Diagnosis
from separatrix_cluster.diagnosis.indicators import Difficulty, Indicator
from separatrix_cluster.documents.accounts import bars_figure, emitting
from separatrix_cluster.documents.completeness import (
    completeness_sentences,
    lacks,
    lead_of,
    missing_by_enterprise,
    named_with_size,
    no_carbon_sentence,
    source_name,
)
from separatrix_cluster.documents.data_check import synthetic_note
from separatrix_cluster.documents.vocabulary import (
    carbon_by_source,
    difficulty_name,
    indicator_interval,
    indicator_value,
    scores_between,
    share,
    shares_between,
    signed_percent,
    signed_percents_between,
)
from separatrix_cluster.frame.park_indicators import energy_used
from separatrix_cluster.frame.standards import Gap, Scorecard
from separatrix_cluster.tables.cells import Floats
from separatrix_cluster.tables.panel import by_enterprise

__all__ = ["page_one"]

NAMED = 3
"""So many enterprises, sources and tables are named on the first page; the rest stands further on."""

_USUAL = frozenset({"K134", "K210"})
"""What good tables have, too: several bills of a year, and power without a factor of contracts."""


_UNREAD = ("K105", "K120")
"""Codes of remarks on sheets, files and tables below others that were not read."""
MOST_UNREAD = 3


def page_one(found: Diagnosis, words: Language) -> Iterator[Block]:
    """Yield the answers of the first page."""
    yield from synthetic_note(found.cluster, words)
    year = found.year
    lead = (
        no_carbon_sentence(found.cluster, words) if year is None else lead_of(found.completeness, year, words)
    )
    yield Paragraph(line(lead), lead=True)
    answers = (
        (words.CL_ONE_STAND, _stand(found, words)),
        (words.CL_ONE_COMPLETE, _complete(found, words)),
        (words.CL_ONE_GAP, _gap(found, words)),
        (words.CL_ONE_LARGEST, _largest(found, words)),
        (words.CL_ONE_DIFFICULTY, _difficulty(found, words)),
        (words.CL_ONE_NEXT, _next(found, words)),
        (words.CL_ONE_FILL, _fill(found, words)),
    )
    between = words.separators[" "]
    yield Bullets(tuple(_answer(head, between.join(told), between) for head, told in answers if told))
    if year is not None and emitting(found.accounts, year):
        yield bars_figure(found.cluster, found.completeness, year, words)


def _answer(head: str, told: str, between: str) -> Line:
    return line(Words(head, "strong"), between, told)


# --------------------------------------------------------------------------- where we stand


def _stand(found: Diagnosis, words: Language) -> list[str]:
    told = []
    intensity = _indicator(found, "growth", "carbon-per-value-added")
    if intensity is not None and intensity.value is not None:
        value = indicator_value(intensity.value, intensity.unit, words)
        if intensity.low is not None and intensity.high is not None:
            value = (
                f"{value} {indicator_interval(intensity.low, intensity.high, intensity.unit, words)}".rstrip()
            )
        if intensity.year in (None, found.year):
            told.append(words.CL_ONE_INTENSITY.format(value=value))
        else:
            told.append(words.CL_ONE_INTENSITY_OF.format(value=value, year=intensity.year, now=found.year))
    elif intensity is not None and intensity.missing is not None:
        told.append(words.CL_ONE_INTENSITY_OPEN)
    trend = _trend(found, words)
    if trend:
        told.append(trend)
    if found.year is None and found.frame.network is not None:
        n = found.frame.network
        told.append(words.CL_ONE_LINKS.format(links=n.links, nodes=n.nodes, pairs=n.pairs))
    if trend and found.cautions:
        told.append(words.CL_ONE_BOUNDARY.format(section=words.CL_WHY))
    return told


def _trend(found: Diagnosis, words: Language) -> str:
    """Return how emissions changed, over the enterprises that can be compared, and the bounds of all."""
    trend = found.trend
    if trend is None:
        return ""
    if trend.change is None and trend.bounds is not None:
        low, high = signed_percents_between(*trend.bounds)
        return words.CL_ONE_TREND_ONLY.format(start=trend.start, end=trend.end, low=low, high=high)
    text, counts = words.CL_ONE_TREND, (0, 0)
    if not trend.among.all():
        text = words.CL_ONE_TREND_OF
    elif found.cautions:
        # What the data cover may have changed: how many they are of then and now belongs to the figure.
        text = words.CL_ONE_TREND_COVER
        counts = _count_with_data(found, trend.start), _count_with_data(found, trend.end)
    told = text.format(
        start=trend.start,
        end=trend.end,
        before=counts[0],
        after=counts[1],
        count=int(trend.among.sum()),
        all=len(trend.among),
        change=signed_percent(trend.change),
        yearly=signed_percent(trend.yearly),
    )
    if trend.bounds is None:
        return told
    low, high = signed_percents_between(*trend.bounds)
    if not np.isfinite(trend.bounds).all():
        return f"{told}{words.separators[' ']}{words.CL_ONE_TREND_OPEN}"
    if len({signed_percent(end) for end in trend.bounds}) == 1:
        return told  # no more than what is rounded away
    return f"{told}{words.separators[' ']}{words.CL_ONE_TREND_BOUNDS.format(low=low, high=high)}"


def _count_with_data(found: Diagnosis, year: int) -> int:
    """Return the number of enterprises with data in a year."""
    return int((~np.isnan(found.accounts.by_enterprise(year))).sum())


def _complete(found: Diagnosis, words: Language) -> list[str]:
    if found.year is None:
        return []
    told = completeness_sentences(found.completeness, found.cluster, found.year, words)
    zero = _taken_for_zero(found, found.year)
    if zero:
        count = len(found.completeness.enterprises)
        told.append(words.count(zero, "CL_ONE_ZERO", all=count, year=found.year))
    unread = [r for r in found.cluster.remarks if r.code in _UNREAD and r.severity != "note"]
    told.extend(
        words.CL_ONE_UNREAD.format(file=r.file, text=words.tell(r.what)) for r in unread[:MOST_UNREAD]
    )
    doubted = {d.remark for d in found.completeness.doubts} | set(unread[:MOST_UNREAD])  # told by name
    doubtful = sum(
        r.severity == "warning" and r.code not in _USUAL and r not in doubted for r in found.remarks
    )
    if doubtful:
        told.append(words.count(doubtful, "CL_ONE_DOUBT"))
    return told


def _taken_for_zero(found: Diagnosis, year: int) -> int:
    """Return the number of enterprises without a row, which a year declared complete counts as zero."""
    books = found.completeness
    silent = np.isnan(found.accounts.by_enterprise(year)) & books.is_whole(year)
    return int((silent & ~books.away(found.cluster, year)).sum())


def _indicator(found: Diagnosis, difficulty: str, name: str) -> Indicator | None:
    part = next(d for d in found.difficulties if d.name == difficulty)
    return next((i for i in part.indicators if i.id == name), None)


# --------------------------------------------------------------------------- the gap to the standard


def _gap(found: Diagnosis, words: Language) -> list[str]:
    card = found.scorecard
    if card is None:
        return [words.CL_ONE_NO_STANDARD]
    verdicts = [gap.verdict for gap in card.gaps]
    met, missed, untold = (verdicts.count(v) for v in ("met", "not met", "cannot be told"))
    title = card.standard.text_in("title", words.code)
    if met + missed:
        told = [words.CL_ONE_MET.format(title=title, met=met, applied=met + missed)]
    else:
        told = [words.CL_ONE_NONE_TOLD.format(title=title)]
    if untold and met + missed:
        told.append(words.CL_ONE_UNTOLD.format(count=untold))
    carbon = _carbon_gap(card)
    if carbon is not None:
        r = carbon.requirement
        told.append(
            words.CL_ONE_CARBON_GAP.format(
                found=indicator_value(carbon.found, r.unit, words),
                allowed=indicator_value(r.value, r.unit, words),
            )
        )
    if card.yearly_cut is not None:
        cut = signed_percent(card.yearly_cut).lstrip("+")
        told.append(words.CL_ONE_CUT.format(cut=cut, target=card.target_year))
    told.extend(words.CL_ONE_SAID.format(text=words.capital(words.tell(s))) for s in card.said)
    return told


def _carbon_gap(card: Scorecard) -> Gap | None:
    return next(
        (g for g in card.gaps if g.requirement.measure == "carbon_per_energy" and g.verdict == "not met"),
        None,
    )


# --------------------------------------------------------------------------- who emits


def _largest(found: Diagnosis, words: Language) -> list[str]:
    year = found.year
    if year is None:
        return []
    carbon = np.nan_to_num(found.accounts.by_enterprise(year, internal=False))
    whole = float(carbon.sum())
    if whole <= 0:
        return []
    order = np.argsort(-carbon, kind="stable")[: min(NAMED, int((carbon > 0).sum()))]
    ends = found.completeness.counted_bounds(year)
    names = [_name_with_share(found, i, _share_of(carbon, ends, [i]), words) for i in order.tolist()]
    part = lacks(found.completeness, year)
    text = words.CL_ONE_LARGEST_COUNTED if part else words.CL_ONE_LARGEST_NAMES
    told = text.format(names=words.listed(names), together=_share_of(carbon, ends, order.tolist()))
    only = words.CL_ONE_LARGEST_NAME.format(name=names[0])
    answer = [told if len(names) > 1 or part else only]
    unsure = _perhaps_largest(found, year, float(carbon[order[-1]]))
    if unsure:
        names_of = named_with_size(unsure, found.cluster, words)
        answer.append(words.CL_ONE_LARGEST_LACKING.format(names=names_of))
    return answer


def _share_of(carbon: Floats, ends: tuple[Floats, Floats], members: list[int]) -> str:
    """Return which share of the total some have; where it is in doubt, between which it lies."""
    value = float(carbon[members].sum() / carbon.sum())
    if (ends[0] == ends[1]).all():
        return share(value)
    low, high = (float(end[members].sum()) for end in ends)
    others = float(ends[0].sum()) - low, float(ends[1].sum()) - high
    least = low / (low + others[1]) if low > 0 else 0.0
    most = high / (high + others[0]) if high + others[0] > 0 else 1.0
    return shares_between(min(value, least), max(value, most))


def _perhaps_largest(found: Diagnosis, year: int, least: float) -> dict[str, float]:
    """Return enterprises whose missing emissions may place them among the largest, with the estimate."""
    books = found.completeness
    _, _, most = books.by_enterprise(year)
    with np.errstate(invalid="ignore"):
        unsure = ~books.is_whole(year) & ~(most < least)
    names = {str(books.enterprises[i]) for i in np.flatnonzero(unsure)}
    return {name: size for name, size in missing_by_enterprise(books, year).items() if name in names}


def _name_with_share(found: Diagnosis, i: int, told: str, words: Language) -> str:
    name = found.cluster.name_of(str(found.accounts.enterprises[i]))
    return words.CL_NAME_SHARE.format(name=name, share=told)


# --------------------------------------------------------------------------- difficulties


def _difficulty(found: Diagnosis, words: Language) -> list[str]:
    scored = sorted(
        (d for d in found.difficulties if d.score is not None), key=lambda d: d.score or 0.0, reverse=True
    )
    if not scored:
        return [words.CL_BINDS_NOTHING, words.CL_MONEY_WARNING]
    first = _scored(scored[0], words)
    if len(scored) == 1:
        return [words.CL_BINDS_ONE.format(difficulty=first)]
    second = _scored(max(scored[1:], key=lambda d: d.high or 0.0), words)
    text = words.CL_BINDS if found.binding is not None else words.CL_BINDS_UNSURE
    told = [text.format(difficulty=first, second=second)]
    if len(scored) < len(found.difficulties):
        rest = [difficulty_name(d.name, words) for d in found.difficulties if d.score is None]
        told.append(words.CL_ONE_UNSCORED.format(difficulties=words.listed(rest)))
    return told


def _scored(d: Difficulty, words: Language) -> str:
    score, low, high = (v or 0.0 for v in (d.score, d.low, d.high))
    text = words.CL_ONE_SCORED_SURE if math.isclose(low, high) else words.CL_ONE_SCORED
    interval = scores_between(low, high)
    return text.format(difficulty=difficulty_name(d.name, words), score=f"{score:.2f}", interval=interval)


# --------------------------------------------------------------------------- what to do


def _next(found: Diagnosis, words: Language) -> list[str]:
    told = []
    needed = _indispensable(found, words) or _first_to_ask(found, words)
    if needed:
        told.append(needed)
    sources = _sources(found, words)
    if sources:
        told.append(words.CL_ONE_SOURCES.format(sources=sources))
    worst = _worst(found)
    if worst is not None:
        value = indicator_value(worst.value, worst.unit, words)
        name = words.CL_NAME_SHARE.format(name=words.tell(worst.name), share=value)
        told.append(words.CL_ONE_WORST.format(indicator=name, score=f"{worst.score:.2f}"))
    return told


def _indispensable(found: Diagnosis, words: Language) -> str:
    """Return who alone emits more than the standard leaves to all, at today's use of energy.

    By the same measure as the standard's: fuels and bought energy, power by its contract, and processes where
    it counts them.
    """
    card = found.scorecard
    gap = None if card is None else _carbon_gap(card)
    if card is None or gap is None or not gap.found:
        return ""
    accounts = found.accounts
    chosen = (accounts.year == card.year) & ~accounts.internal & ~np.isnan(accounts.energy)
    left = gap.requirement.value * energy_used(found.cluster, accounts, card.year)
    count = len(accounts.enterprises)
    own = np.bincount(accounts.enterprise[chosen], accounts.factor_stated[chosen], count)
    if card.standard.process:
        made = (accounts.year == card.year) & (accounts.kind == "process")
        own = own + np.bincount(accounts.enterprise[made], accounts.location[made], count)
    own[~found.completeness.is_comparable(card.year)] = 0.0  # of a slip nothing follows
    # In the order of the largest emitters, which stand on the same page.
    emitted = np.nan_to_num(accounts.by_enterprise(card.year, internal=False))
    order = [i for i in np.lexsort((-own, -emitted)).tolist() if own[i] > left]
    if not order:
        return ""
    names = [found.cluster.name_of(str(accounts.enterprises[i])) for i in order[:NAMED]]
    rest = len(order) - len(names)
    listed = (
        words.listed(names)
        if not rest
        else words.CL_ONE_MORE.format(names=words.separators[", "].join(names), count=rest)
    )
    return words.CL_ONE_INDISPENSABLE.format(names=listed)


def _first_to_ask(found: Diagnosis, words: Language) -> str:
    """Return with how few enterprises half of the emissions is reached; without any, who has most links."""
    year, network = found.year, found.frame.network
    if year is None:
        if network is None or not network.arcs:
            return ""
        name = found.cluster.name_of(network.busiest)
        return words.CL_ONE_BUSIEST.format(name=name, count=network.busiest_degree, all=network.arcs)
    ends = found.completeness.counted_bounds(year)
    carbon = np.nan_to_num(found.accounts.by_enterprise(year, internal=False))
    order = np.argsort(-carbon, kind="stable")
    carbon = carbon[order]
    whole = float(carbon.sum())
    if len(carbon) < 2 or whole <= 0:
        return ""
    part = np.cumsum(carbon) / whole
    count = 1 + int(np.searchsorted(part, 0.5))
    if not found.completeness.is_comparable(year)[order[:count]].all():
        return ""  # who they are rests on what may be a slip
    reached = _share_of(carbon, (ends[0][order], ends[1][order]), list(range(count)))
    return words.count(count, "CL_ONE_HALF", all=int((carbon > 0).sum()), share=reached)


def _sources(found: Diagnosis, words: Language) -> str:
    if found.year is None:
        return ""
    sums = carbon_by_source(found.accounts, found.year, words)
    whole = sum(carbon for _, carbon in sums.values())
    if whole <= 0 or len(sums) < 2:
        return ""
    largest = sorted(sums.items(), key=lambda item: -item[1][1])
    carbon = np.array([v for _, (_, v) in largest])
    doubts = found.completeness.doubted()
    now = doubts.year == found.year
    named = np.array([source_name(str(s), words) for s in doubts.source], dtype=object)
    ends = [
        np.maximum(0.0, carbon + [float(end[now & (named == name)].sum()) for name, _ in largest])
        for end in (doubts.low, doubts.high)
    ]
    names = [
        words.CL_NAME_SHARE.format(name=name, share=_share_of(carbon, (ends[0], ends[1]), [k]))
        for k, (name, (_, v)) in enumerate(largest[:NAMED])
        if v > 0
    ]
    return words.listed(names)


def _worst(found: Diagnosis) -> Indicator | None:
    """Return the indicator with the highest score of the difficulty with the highest."""
    scored = [d for d in found.difficulties if d.score is not None]
    if not scored:
        return None
    first = max(scored, key=lambda d: d.score or 0.0)
    worst = max((i for i in first.indicators if i.score is not None), key=lambda i: i.score or 0.0)
    return worst if worst.score else None  # 0 is no difficulty


# --------------------------------------------------------------------------- what to fill in


def _fill(found: Diagnosis, words: Language) -> list[str]:
    """Return what is missing from the accounts, by its size, then which columns lack the most enterprises."""
    books, told = found.completeness, []
    # Of the year that is reported, and of the next that is not for lack of data.
    for year in [y for y in books.years if found.year is not None and y >= found.year][:2]:
        gaps = missing_by_enterprise(books, year)
        if gaps:
            of = named_with_size(gaps, found.cluster, words)
            told.append(words.CL_FILL_GAPS.format(year=year, names=of))
    count = int(_active_enterprises(found).sum())
    for what, lacking in _lacking(found, words):
        if lacking:
            told.append(words.CL_FILL_OF.format(what=what, count=lacking, all=count))
    if not told:
        return [words.CL_FILL_NOTHING]
    return [words.CL_FILL_FIRST.format(what=words.capital(words.separators["; "].join(told[:NAMED])))]


def _active_enterprises(found: Diagnosis) -> npt.NDArray[np.bool_]:
    """Return which enterprises are at work in the year that is reported."""
    if found.year is None:
        return np.ones(len(found.cluster.enterprises), dtype=bool)
    return ~found.completeness.away(found.cluster, found.year)


def _lacking(found: Diagnosis, words: Language) -> Iterator[tuple[str, int]]:
    """Yield the number of enterprises with unknown input data, in the order of the page's questions."""
    cluster, year, there = found.cluster, found.year, _active_enterprises(found)
    if not found.accounts.years:
        yield words.CL_FILL_CARBON, len(cluster.enterprises)
    for column, what in (("value_added", words.CL_FILL_VALUE_ADDED), ("output", words.CL_FILL_OUTPUT)):
        yield what, int(np.isnan(by_enterprise(cluster, "accounts", column, year)[there]).sum())
    if found.accounts.years and year is not None:
        emitted, used = found.accounts.by_enterprise(year), found.accounts.energy_by_enterprise(year)
        dark = np.isnan(used) | untold_energy(found.accounts, year).there
        yield words.CL_FILL_ENERGY, int((~np.isnan(emitted) & dark).sum())
    yield words.CL_FILL_REPORTS, int(np.isnan(by_enterprise(cluster, "awareness", "reports")[there]).sum())
    research = [by_enterprise(cluster, "accounts", c) for c in ("rd_spend", "patents")]
    yield words.CL_FILL_INNOVATION, int(np.isnan(np.array(research)[:, there]).all(axis=0).sum())
    if not len(cluster.table("links")):
        yield words.CL_FILL_LINKS, int(there.sum())
