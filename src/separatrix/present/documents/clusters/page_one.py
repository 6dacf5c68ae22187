"""The first page of a diagnosis: a line for each question that a park manager asks, in that order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from separatrix.cluster.diagnosis.diagnose import Diagnosis
from separatrix.cluster.diagnosis.indicator import Difficulty, Indicator
from separatrix.cluster.frame.park_measures import TCE
from separatrix.cluster.frame.standard import Gap, Scorecard
from separatrix.present.document import Block, Bullets, Line, Paragraph, Words, line
from separatrix.present.documents.clusters.account import bars_figure, emitting, lead_of
from separatrix.present.documents.clusters.check import synthetic_note
from separatrix.present.documents.clusters.words import (
    carbon_by_source,
    difficulty_name,
    indicator_value,
    share,
    signed_percent,
    span,
)
from separatrix.present.languages import Language

__all__ = ["page_one"]

NAMED = 3
"""So many enterprises, sources and tables are named on the first page; the rest stands further on."""


def page_one(found: Diagnosis, words: Language) -> Iterator[Block]:
    """Yield the answers of the first page."""
    yield from synthetic_note(found.cluster, words)
    if found.accounts.years:
        year = found.accounts.years[-1]
        yield Paragraph(line(lead_of(found.totals[year], year, words)), lead=True)
    else:
        yield Paragraph(line(words.CL_NO_CARBON), lead=True)
    answers = (
        (words.CL_ONE_STAND, _stand(found, words)),
        (words.CL_ONE_GAP, _gap(found, words)),
        (words.CL_ONE_LARGEST, _largest(found, words)),
        (words.CL_ONE_DIFFICULTY, _difficulty(found, words)),
        (words.CL_ONE_NEXT, _next(found, words)),
        (words.CL_ONE_FILL, _fill(found, words)),
    )
    between = words.separators[" "]
    yield Bullets(tuple(_answer(head, between.join(told), between) for head, told in answers if told))
    if found.accounts.years and emitting(found.accounts, found.accounts.years[-1]):
        year = found.accounts.years[-1]
        yield bars_figure(found.cluster, found.accounts, year, words)


def _answer(head: str, told: str, between: str) -> Line:
    return line(Words(head, "strong"), between, told)


# --------------------------------------------------------------------------- where we stand


def _stand(found: Diagnosis, words: Language) -> list[str]:
    told = []
    intensity = _indicator(found, "growth", "carbon-per-value-added")
    if intensity is not None and intensity.value is not None:
        told.append(
            words.CL_ONE_INTENSITY.format(value=indicator_value(intensity.value, intensity.unit, words))
        )
    trend = _trend(found, words)
    if trend:
        told.append(trend)
    return told


def _trend(found: Diagnosis, words: Language) -> str:
    """Return how emissions changed, over the enterprises that both years tell of."""
    years = found.accounts.years
    if len(years) < 2:
        return ""
    start, end = years[0], years[-1]
    before, after = (found.accounts.by_enterprise(y, internal=False) for y in (start, end))
    both = ~np.isnan(before) & ~np.isnan(after)
    if not both.any() or not before[both].sum() > 0:
        return ""
    change = float(after[both].sum() / before[both].sum() - 1)
    yearly = (1 + change) ** (1 / (end - start)) - 1 if change > -1 else -1.0
    return words.CL_ONE_TREND.format(
        start=start,
        end=end,
        count=int(both.sum()),
        all=len(found.cluster.enterprises),
        change=signed_percent(change),
        yearly=signed_percent(yearly),
    )


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
    title = card.standard.told("title", words.code)
    told = [words.CL_ONE_MET.format(title=title, met=met, applied=met + missed)]
    if untold:
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
    return told


def _carbon_gap(card: Scorecard) -> Gap | None:
    return next(
        (g for g in card.gaps if g.requirement.measure == "carbon_per_energy" and g.verdict == "not met"),
        None,
    )


# --------------------------------------------------------------------------- who emits


def _largest(found: Diagnosis, words: Language) -> list[str]:
    if not found.accounts.years:
        return []
    year = found.accounts.years[-1]
    carbon = np.nan_to_num(found.accounts.by_enterprise(year, internal=False))
    whole = float(carbon.sum())
    if whole <= 0:
        return []
    order = np.argsort(-carbon, kind="stable")[: min(NAMED, int((carbon > 0).sum()))]
    names = [_called(found, i, share(float(carbon[i]) / whole), words) for i in order.tolist()]
    told = words.CL_ONE_LARGEST_NAMES.format(
        names=words.listed(names), together=share(float(carbon[order].sum()) / whole)
    )
    return [told if len(names) > 1 else words.CL_ONE_LARGEST_NAME.format(name=names[0])]


def _called(found: Diagnosis, i: int, told: str, words: Language) -> str:
    name = found.cluster.called(str(found.accounts.enterprises[i]))
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
    score, low, high = (f"{v or 0.0:.2f}" for v in (d.score, d.low, d.high))
    text = words.CL_ONE_SCORED_SURE if low == high else words.CL_ONE_SCORED
    return text.format(difficulty=difficulty_name(d.name, words), score=score, interval=span(low, high))


# --------------------------------------------------------------------------- what to do


def _next(found: Diagnosis, words: Language) -> list[str]:
    told = []
    needed = _indispensable(found, words)
    if needed:
        told.append(needed)
    sources = _sources(found, words)
    if sources:
        told.append(words.CL_ONE_SOURCES.format(sources=sources))
    worst = _worst(found)
    if worst is not None:
        told.append(words.CL_ONE_WORST.format(indicator=words.tell(worst.name), score=f"{worst.score:.2f}"))
    return told


def _indispensable(found: Diagnosis, words: Language) -> str:
    """Return who alone emits more than the standard leaves to all, at today's use of energy.

    By the same measure as the standard's: fuels and bought energy, power by its contract.
    """
    card = found.scorecard
    gap = None if card is None else _carbon_gap(card)
    if card is None or gap is None or not gap.found:
        return ""
    accounts = found.accounts
    chosen = (accounts.year == card.year) & ~accounts.internal & ~np.isnan(accounts.energy)
    left = gap.requirement.value * float(accounts.energy[chosen].sum()) / TCE
    own = np.bincount(accounts.enterprise[chosen], accounts.factor_stated[chosen], len(accounts.enterprises))
    order = [i for i in np.argsort(-own, kind="stable").tolist() if own[i] > left]
    if not order:
        return ""
    names = [found.cluster.called(str(accounts.enterprises[i])) for i in order[:NAMED]]
    rest = len(order) - len(names)
    listed = words.listed(names) if not rest else words.CL_ONE_MORE.format(names=", ".join(names), count=rest)
    return words.CL_ONE_INDISPENSABLE.format(names=listed)


def _sources(found: Diagnosis, words: Language) -> str:
    if not found.accounts.years:
        return ""
    sums = carbon_by_source(found.accounts, found.accounts.years[-1], words)
    whole = sum(carbon for _, carbon in sums.values())
    if whole <= 0 or len(sums) < 2:
        return ""
    largest = sorted(sums.items(), key=lambda item: -item[1][1])
    names = [
        words.CL_NAME_SHARE.format(name=name, share=share(carbon / whole))
        for name, (_, carbon) in largest[:NAMED]
        if carbon > 0
    ]
    return words.listed(names)


def _worst(found: Diagnosis) -> Indicator | None:
    """Return the indicator with the highest score of the difficulty with the highest."""
    scored = [d for d in found.difficulties if d.score is not None]
    if not scored:
        return None
    first = max(scored, key=lambda d: d.score or 0.0)
    return max((i for i in first.indicators if i.score is not None), key=lambda i: i.score or 0.0)


# --------------------------------------------------------------------------- what to fill in


def _fill(found: Diagnosis, words: Language) -> list[str]:
    names = {
        "carbon": words.CL_FILL_CARBON,
        "intensity": words.CL_FILL_VALUE_ADDED,
        "energy": words.CL_FILL_ENERGY,
        "chain": words.CL_FILL_OUTPUT,
        "reporting": words.CL_FILL_REPORTS,
        "innovation": words.CL_FILL_INNOVATION,
        "network": words.CL_FILL_LINKS,
    }
    all_of_them = len(found.cluster.enterprises)
    told = []
    for ability in found.abilities:
        lacking = round((1 - ability.enterprises) * all_of_them)
        if lacking and ability.id in names:
            told.append(words.CL_FILL_OF.format(what=names[ability.id], count=lacking, all=all_of_them))
    if not told:
        return [words.CL_FILL_NOTHING]
    return [words.CL_FILL_FIRST.format(what=words.capital(words.separators["; "].join(told[:NAMED])))]
