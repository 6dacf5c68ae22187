"""The measures of a cluster as a document: what they can do, what a tonne costs, and which to take."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Draw,
    Heading,
    Paragraph,
    Table,
    Words,
    document_in,
    line,
)
from separatrix.errors import InputError
from separatrix.io.cells import Remark
from separatrix.languages import Language
from separatrix.sentences import say
from separatrix_cluster.documents.abatement import (
    alternative_sentences,
    bundle_called,
    carbon_price_text,
    curve_figure,
    curve_picture,
    curve_table,
    measure_called,
    path_blocks,
    path_picture,
    path_sentences,
)
from separatrix_cluster.documents.completeness import lacks
from separatrix_cluster.documents.data_check import (
    closing_blocks,
    remarks_blocks,
    spreadsheet_csv,
    synthetic_note,
)
from separatrix_cluster.documents.vocabulary import carbon_unit, money, money_unit, share, tonnes
from separatrix_cluster.measures.abatement import Abatement
from separatrix_cluster.measures.cost_curve import CurveStep
from separatrix_cluster.measures.portfolio import MeasureSet

__all__ = ["measures_csv", "measures_document", "measures_figure"]

FIRST = 3
"""So many measures are named on the first page."""

METHODS = (
    "Taylor (2012), Energy Policy 48, 430-438",
    "McCormick (1976), Mathematical Programming 10, 147-175",
    "Blank & Tarquin (2012), Engineering Economy, eq. 2.6",
)


def measures_document(found: Abatement, words: Language) -> Document:
    """Return what the measures of a cluster can do."""
    return document_in(
        words,
        words.CL_MEASURES_TITLE.format(name=found.cluster.name),
        found.cluster.description.place,
        _blocks(found, words),
        floating=True,
    )


def measures_csv(found: Abatement, words: Language) -> str:
    """Return the curve, one measure a row, as CSV; then what is not on it."""
    chosen = () if found.chosen is None else found.chosen.ids
    begun = {} if found.path is None else found.path.begun
    rows: list[tuple[object, ...]] = [
        (
            k,
            step.measure.id,
            step.measure.enterprise,
            step.measure.name,
            float(step.abatement),
            float(step.alone),
            float(step.measure.abatement),
            None if step.cost_per_tonne is None else float(step.cost_per_tonne),
            float(step.net_cost),
            float(step.measure.annual_cost),
            float(step.measure.investment),
            step.pays,
            step.measure.id in chosen,
            " ".join(map(str, begun.get(step.measure.id, ()))),
            found.cluster.attribution,
        )
        for k, step in enumerate(found.curve, 1)
    ]
    rows += [
        (
            *(None, m.id, m.enterprise, m.name, None, None, float(m.abatement), None, None),
            *(float(m.annual_cost), float(m.investment), None, m.id in chosen),
            *(" ".join(map(str, begun.get(m.id, ()))), found.cluster.attribution),
        )
        for m in found.alternatives
    ]
    header = (
        "rank measure_id enterprise name t_co2e t_co2e_alone t_co2e_claimed cost_per_t net_cost annual_cost "
        "investment pays chosen begun data_source"
    ).split()
    return spreadsheet_csv(header, rows, words)


def _blocks(found: Abatement, words: Language) -> Iterator[Block]:
    yield from _page_one(found, words)
    yield curve_figure(found, words)
    yield curve_table(found, words)
    if found.alternatives:
        yield Paragraph(line(alternative_sentences(found, words)))
    if found.chosen is not None:
        yield from _chosen_blocks(found, found.chosen, words)
    if found.path is not None:
        yield from path_blocks(found, found.path, words)
    yield Heading(words.CL_MEASURES_HOW)
    yield Bullets(tuple(map(line, _how(found, words))))
    yield from remarks_blocks(
        (*_table_remarks(found), *found.remarks), words, "separatrix cluster measures --format json"
    )
    yield from closing_blocks(found.cluster, words, METHODS)


def _table_remarks(found: Abatement) -> list[Remark]:
    """Return the remarks that the reading of the table made."""
    file = found.cluster.table("measures").file
    return [r for r in found.cluster.remarks if r.file == file]


# --------------------------------------------------------------------------- page one


def _page_one(found: Abatement, words: Language) -> Iterator[Block]:
    yield from synthetic_note(found.cluster, words)
    cut = tonnes(float(found.together.abatement), words)
    text = words.CL_MEASURES_LEAD
    if found.share is not None and found.year is not None:
        text = words.CL_MEASURES_LEAD_SHARE
        if lacks(found.completeness, found.year):
            text = words.CL_MEASURES_LEAD_COUNTED
    can = text.format(count=len(found.curve), cut=cut, share=share(found.share), year=found.year)
    asked = (
        _question_sentences(found, words) if found.path is None else path_sentences(found, found.path, words)
    )
    # What was asked for is the answer; what all of them can do is one only where nothing was.
    yield Paragraph(line(asked[0] if asked else can), lead=True)
    if found.path is None:
        sets, years = asked[1:], []
    else:
        sets, years = _question_sentences(found, words), asked[1:]
    answers = (
        (words.CL_MEASURES_ONE_ASKED, sets),
        (words.CL_MEASURES_ONE_WHEN, years),
        (words.CL_MEASURES_ONE_CAN, [*([can] if asked else []), *_can(found, words)]),
        (words.CL_MEASURES_ONE_PAY, _pay(found, words)),
        (words.CL_MEASURES_ONE_FIRST, _first(found, words)),
        (words.CL_MEASURES_ONE_ASSUMED, _assumed(found, words)),
        (words.CL_MEASURES_ONE_LACKING, _lacking(found, words)),
    )
    between = words.separators[" "]
    yield Bullets(
        tuple(line(Words(head, "strong"), between, between.join(told)) for head, told in answers if told)
    )


def _can(found: Abatement, words: Language) -> list[str]:
    low, high = (float(found.joint.at(end).abatement(found.together.ids)) for end in ("low", "high"))
    claimed = float(sum(step.measure.abatement for step in found.curve))
    told = []
    if low < high:
        told.append(words.CL_MEASURES_BETWEEN.format(low=tonnes(low, words), high=tonnes(high, words)))
    if claimed > float(found.together.abatement) * 1.0005:
        told.append(words.CL_MEASURES_CLAIMED.format(claimed=tonnes(claimed, words)))
    told.append(
        words.CL_MEASURES_WHOLE.format(
            investment=_money(found, found.together.investment, words),
            cost=_yearly(found, found.together, words),
        )
    )
    return told + _supported(found, words)


def _supported(found: Abatement, words: Language) -> list[str]:
    """Return the public share of the yearly cost, where it is given."""
    borne = sum((s.measure.annual_cost * s.measure.support for s in found.curve), Fraction(0))
    if borne <= 0:
        return []
    part = share(float(borne / found.together.annual_cost))
    return [words.CL_MEASURES_SUPPORT.format(amount=_money(found, borne, words), share=part)]


def _pay(found: Abatement, words: Language) -> list[str]:
    paying = found.paying
    if not paying:
        return [words.CL_MEASURES_NONE_PAYS]
    told = [
        words.count(
            len(paying),
            "CL_MEASURES_PAY",
            all=len(found.curve),
            cut=tonnes(float(sum(s.abatement for s in paying)), words),
            earned=_money(found, -sum(s.net_cost for s in paying), words),
        )
    ]
    if found.carbon_price > 0:
        worth = [s for s in found.curve if not s.pays and _worth(s, found.carbon_price)]
        price = carbon_price_text(found, words)
        if worth:
            told.append(words.count(len(worth), "CL_MEASURES_WORTH", price=price))
    return told


def _worth(step: CurveStep, price: Fraction) -> bool:
    return step.bundle_net_cost <= price * step.bundle_abatement


def _question_sentences(found: Abatement, words: Language) -> list[str]:
    chosen = found.chosen
    if chosen is None:
        return []
    invested = _money(found, chosen.investment, words)
    cut = tonnes(float(chosen.abatement), words)
    if chosen.target is None:
        budget = _money(found, chosen.budget or 0, words)
        if not chosen.ids:
            least = min((m.investment for m in found.joint.measures), default=0)
            return [words.CL_MEASURES_BUDGET_NOTHING.format(budget=budget, least=_money(found, least, words))]
        return [
            words.count(
                len(chosen.ids),
                "CL_MEASURES_BUDGET",
                budget=budget,
                cut=cut,
                invested=invested,
                cost=_yearly(found, chosen, words),
            )
        ]
    target = tonnes(float(chosen.target.amount), words)
    said = chosen.target.said
    note = [] if said is None else [words.CL_ONE_SAID.format(text=words.capital(words.tell(said)))]
    told = []
    if not chosen.missing:
        told.append(
            words.count(
                len(chosen.ids),
                "CL_MEASURES_TARGET",
                target=target,
                invested=invested,
                cost=_yearly(found, chosen, words),
                cut=cut,
            )
        )
        return told + note
    lacking = tonnes(float(chosen.missing), words)
    if chosen.budget_needed is not None:
        told.append(
            words.CL_MEASURES_SHORT_OF_MONEY.format(
                target=target,
                budget=_money(found, chosen.budget or 0, words),
                missing=lacking,
                needed=_money(found, chosen.budget_needed, words),
            )
        )
    else:
        reach = tonnes(float(chosen.reachable or chosen.counted), words)
        told.append(words.CL_MEASURES_OUT_OF_REACH.format(target=target, reach=reach, missing=lacking))
    return told + note


def _first(found: Abatement, words: Language) -> list[str]:
    """Return the first measures: those that start first, or those with the highest return of the requested
    set."""
    wanted = None if found.chosen is None or not found.chosen.ids else set(found.chosen.ids)
    first = None if found.path is None else next((y for y in found.path.years if y.begun), None)
    if first is not None:
        wanted = set(first.begun)
    steps = [s for s in found.curve if s.bundle_abatement and (wanted is None or s.measure.id in wanted)]
    if not steps:
        return []
    if first is not None:
        names = [measure_called(found, s.measure, words) for s in steps[:FIRST]]
        rest = len(first.begun) - len(names)
        told = words.CL_PATH_MORE.format(names=words.separators[", "].join(names), count=rest) if rest else ""
        return [words.CL_PATH_FIRST.format(year=first.year, names=told or words.listed(names))]
    # A bundle is named once, by its last measure that is wanted.
    last = {s.bundle: s for s in steps}
    names = [bundle_called(found, s, words) for s in list(last.values())[:FIRST]]
    text = words.CL_MEASURES_FIRST_PAY if steps[0].pays else words.CL_MEASURES_FIRST_COST
    return [text.format(names=words.listed(names))]


def _assumed(found: Abatement, words: Language) -> list[str]:
    rate = share(float(found.discount_rate))
    told = [
        words.CL_MEASURES_RATE.format(rate=rate)
        if "discount_rate" in found.told
        else words.CL_MEASURES_RATE_ASSUMED.format(rate=rate)
    ]
    if found.carbon_price > 0:
        price = carbon_price_text(found, words)
        told.append(words.CL_MEASURES_PRICE.format(price=price))
    else:
        told.append(words.CL_MEASURES_NO_PRICE)
    told.append(
        words.CL_MEASURES_STEADY
        if found.year is None
        else words.CL_MEASURES_STEADY_YEAR.format(year=found.year)
    )
    if found.path is not None:
        told.append(words.CL_MEASURES_NO_GROWTH)
    return told


def _lacking(found: Abatement, words: Language) -> list[str]:
    left = found.listed - len(found.joint.measures)
    told = []
    if left:
        told.append(words.CL_MEASURES_LEFT_OUT.format(left=left, listed=found.listed))
    doubtful = sum(r.severity == "warning" for r in found.remarks)
    if doubtful:
        told.append(words.count(doubtful, "CL_ONE_DOUBT"))
    return told


# --------------------------------------------------------------------------- the curve


def measures_figure(found: Abatement, name: Literal["curve", "path"], words: Language) -> Draw:
    """Return one figure of the measures of a cluster.

    Raises
    ------
    InputError
        K242 for that of the years without a target year, or without emissions.
    """
    if name == "curve":
        return curve_picture(found, words)
    if found.path is None or found.path.emissions is None:
        raise InputError(
            "K242",
            say("the figure of the years needs a target year"),
            hint=say("give the target year, as --by {year}", year=(found.year or 2024) + 6),
        )
    return path_picture(found, found.path, words)


# --------------------------------------------------------------------------- the set


def _chosen_blocks(found: Abatement, chosen: MeasureSet, words: Language) -> Iterator[Block]:
    yield Heading(words.CL_MEASURES_SET)
    if chosen.ids:
        yield _set_table(found, chosen, words)
    told = []
    if not chosen.proven:
        gap = share(chosen.gap(found.carbon_price))
        told.append(words.CL_MEASURES_UNPROVEN.format(gap=gap))
    told.append(words.CL_MEASURES_EXACT)
    yield Paragraph(line(words.separators[" "].join(told)))


def _set_table(found: Abatement, chosen: MeasureSet, words: Language) -> Table:
    ids = frozenset(chosen.ids)
    cuts = found.joint.cuts(ids)
    saved = found.joint.savings(cuts, ids)
    lines = [
        (m, cut, m.annual_cost - saving)
        for m, cut, saving in zip(found.joint.measures, cuts, saved, strict=True)
        if m.id in ids
    ]
    unit = carbon_unit([float(chosen.abatement)], words)
    whole = money_unit([float(chosen.investment)], found.cluster.description.currency, words)
    yearly = money_unit([float(net) for _, _, net in lines], found.cluster.description.currency, words)
    rows = [
        (
            line(measure_called(found, m, words)),
            line(whole.format(float(m.investment))),
            line(yearly.format(float(net))),
            line(unit.format(float(cut))),
        )
        for m, cut, net in lines
    ]
    rows.append(
        (
            line(Words(words.CL_MEASURES_TOGETHER, "strong")),
            line(whole.format(float(chosen.investment))),
            line(yearly.format(float(chosen.net_cost))),
            line(unit.format(float(chosen.abatement))),
        )
    )
    columns = (
        Column(words.CL_MEASURES_MEASURE, wide=True),
        Column(words.CL_MEASURES_INVESTMENT.format(unit=whole.name), "right"),
        Column(words.CL_MEASURES_NET.format(unit=yearly.name), "right"),
        Column(words.CL_MEASURES_CUT.format(unit=unit.name), "right"),
    )
    return Table(
        columns, tuple(rows), words.CL_MEASURES_SET_CAPTION, row_heads=True, title=words.CL_MEASURES_SET
    )


def _how(found: Abatement, words: Language) -> Iterator[str]:
    yield words.CL_MEASURES_HOW_COST
    yield words.CL_MEASURES_HOW_JOINT
    yield words.CL_MEASURES_HOW_RANK


# --------------------------------------------------------------------------- money


def _money(found: Abatement, value: Fraction | int, words: Language) -> str:
    return money(float(value), found.cluster.description.currency, words)


def _yearly(found: Abatement, chosen: MeasureSet, words: Language) -> str:
    """Return what a set costs a year, or what it earns."""
    net = chosen.net_cost
    text = words.CL_MEASURES_COSTS if net > 0 else words.CL_MEASURES_EARNS
    return text.format(amount=_money(found, abs(net), words))
