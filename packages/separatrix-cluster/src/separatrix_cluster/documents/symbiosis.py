"""Industrial symbiosis as a document: what to exchange and build, who pays whom, and why not the rest.

The figures of a plan of exchanges: its network, what each one brings, and the temperatures of heat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Literal

from separatrix.document.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Draw,
    Figure,
    Paragraph,
    Table,
    Words,
    document_in,
    line,
)
from separatrix.errors import InputError
from separatrix.languages import Language
from separatrix.languages.number_text import rounded
from separatrix.sentences import say
from separatrix_cluster.documents.data_check import (
    closing_blocks,
    remarks_blocks,
    spreadsheet_csv,
    synthetic_note,
)
from separatrix_cluster.documents.vocabulary import NBSP, amount, credit, share, tonnes
from separatrix_cluster.symbiosis.matching import Rejection
from separatrix_cluster.symbiosis.optimal_exchange import ExchangePlan, Flow
from separatrix_cluster.tables.panel import Cluster

__all__ = [
    "SymbiosisFigure",
    "category_names",
    "flow_category",
    "money_words",
    "symbiosis_csv",
    "symbiosis_document",
    "symbiosis_figure_of",
    "symbiosis_figures",
]

SymbiosisFigure = Literal["network", "benefits", "heat"]

MOST_BARS = 15
MOST_ENTERPRISES = 30
"""More of them on a circle could not be read."""

MOST_PROFILES = 10


def symbiosis_figures(cluster: Cluster, plan: ExchangePlan, words: Language) -> Iterator[Figure]:
    """Yield the figures for which there is something to show."""
    if plan.flows:
        if len(_enterprises(plan)) <= MOST_ENTERPRISES:
            yield Figure(
                words.CL_SYM_NETWORK, words.CL_SYM_NETWORK_CAPTION, _network_picture(cluster, plan, words)
            )
        caption = words.CL_SYM_BARS_CAPTION
        if len(plan.flows) > MOST_BARS:
            largest = words.CL_SYM_BARS_LARGEST.format(shown=MOST_BARS, count=len(plan.flows))
            caption = f"{largest}{words.separators[' ']}{caption}"
        yield Figure(words.CL_SYM_BARS, caption, _bars_picture(cluster, plan, words))
    if _with_temperatures(plan):
        caption = words.CL_SYM_HEAT_CAPTION.format(approach=f"{plan.problem.minimum_approach:g}")
        yield Figure(words.CL_SYM_HEAT, caption, _heat_picture(cluster, plan, words))


def symbiosis_figure_of(cluster: Cluster, plan: ExchangePlan, name: SymbiosisFigure, words: Language) -> Draw:
    """Return one figure.

    Raises
    ------
    InputError
        K514 where there is nothing to show.
    """
    if name == "heat" and _with_temperatures(plan):
        return _heat_picture(cluster, plan, words)
    if name == "benefits" and plan.flows:
        return _bars_picture(cluster, plan, words)
    if name == "network" and plan.flows and len(_enterprises(plan)) <= MOST_ENTERPRISES:
        return _network_picture(cluster, plan, words)
    raise InputError(
        "K514",
        say("the plan has nothing for the figure `{name}`", name=name),
        hint=say(
            "the network shows at most {n} enterprises, heat only exchanges with temperatures",
            n=MOST_ENTERPRISES,
        ),
    )


def _with_temperatures(plan: ExchangePlan) -> list[Flow]:
    """Return exchanges of heat between stated temperatures."""
    return [f for f in plan.flows if f.intervals and all(min(i, j) >= 0 for i, j, _ in f.intervals)]


def _enterprises(plan: ExchangePlan) -> list[str]:
    return list(dict.fromkeys(who for flow in plan.flows for who in (flow.giver, flow.taker)))


def flow_category(plan: ExchangePlan, flow: Flow) -> str:
    """Return what kind of stream a flow is: waste energy, water, solid waste or other."""
    match = plan.problem.matches[flow.match]
    found = plan.problem.offers[match.offer].category or plan.problem.wants[match.want].category
    return found or "other"


def category_names(words: Language) -> dict[str, str]:
    """Return what each kind of stream is called."""
    return {
        "waste energy": words.CL_SYM_ENERGY,
        "water": words.CL_SYM_WATER,
        "solid waste": words.CL_SYM_SOLID,
        "other": words.CL_SYM_OTHER,
    }


def _network_picture(cluster: Cluster, plan: ExchangePlan, words: Language) -> Draw:
    from separatrix.figures.layout import picture
    from separatrix_cluster.figures.exchanges import ExchangeArrow, draw_exchange_network

    arcs: dict[tuple[str, str, str], float] = {}
    for flow in plan.flows:
        stops = [flow.giver, flow.taker] if flow.facility is None else [flow.giver, flow.facility, flow.taker]
        for start, end in pairwise(stops):
            key = (start, end, flow_category(plan, flow))
            arcs[key] = arcs.get(key, 0.0) + flow.benefit
    called = category_names(words)
    occurring = dict.fromkeys(category for _, _, category in arcs)
    used = [f for f in plan.facilities if any(f in key[:2] for key in arcs)]
    names = {who: cluster.name_of(who) for who in _enterprises(plan)}
    names |= {f.key: f.name for f in plan.problem.facilities}
    said = "; ".join(
        f"{cluster.name_of(f.giver)} → {cluster.name_of(f.taker)}: {f.stream}" for f in plan.flows
    )
    return picture(
        lambda: draw_exchange_network(
            _enterprises(plan),
            used,
            [ExchangeArrow(*key, worth) for key, worth in arcs.items()],
            names,
            {category: called[category] for category in occurring},
            words.CL_ENTERPRISE,
            words.CL_SYM_FACILITY,
        ),
        words.CL_SYM_NETWORK,
        f"{said}. {credit(cluster, words)}".strip(),
    )


def _bars_picture(cluster: Cluster, plan: ExchangePlan, words: Language) -> Draw:
    from separatrix.figures.layout import picture
    from separatrix_cluster.figures.exchanges import draw_exchange_bars

    factor = cluster.description.money_factor
    bars = [
        (
            f"{flow.stream}: {cluster.name_of(flow.giver)} → {cluster.name_of(flow.taker)}",
            flow_category(plan, flow),
            flow.benefit / factor,
            amount(flow.benefit / factor),
        )
        for flow in plan.flows[:MOST_BARS]
    ]
    axis = words.CL_SYM_BARS_AXIS.format(money=words.unit(cluster.description.money_unit))
    said = "; ".join(f"{name}: {told}" for name, _, _, told in bars)
    return picture(
        lambda: draw_exchange_bars(bars, axis),
        words.CL_SYM_BARS,
        f"{said}. {credit(cluster, words)}".strip(),
    )


def _heat_picture(cluster: Cluster, plan: ExchangePlan, words: Language) -> Draw:
    from separatrix.figures.layout import picture
    from separatrix_cluster.figures.exchanges import HeatExchange, draw_heat_profiles

    bounds, half = plan.problem.cascade.bounds, plan.problem.minimum_approach / 2
    warm = sorted(_with_temperatures(plan), key=lambda f: -f.amount)[:MOST_PROFILES]
    shown = []
    for flow in warm:
        hot: dict[int, float] = {}
        cold: dict[int, float] = {}
        for i, j, part in flow.intervals:
            hot[i] = hot.get(i, 0.0) + part
            cold[j] = cold.get(j, 0.0) + part
        name = f"{cluster.name_of(flow.giver)} → {cluster.name_of(flow.taker)} ({amount(flow.amount)} GJ)"
        shown.append(
            HeatExchange(
                name,
                tuple((hot[i], bounds[i][1] + half, bounds[i][0] + half) for i in sorted(hot, reverse=True)),
                tuple(
                    (cold[j], bounds[j][1] - half, bounds[j][0] - half) for j in sorted(cold, reverse=True)
                ),
            )
        )
    said = "; ".join(e.name for e in shown)
    return picture(
        lambda: draw_heat_profiles(
            shown, words.CL_SYM_HEAT_ACROSS, words.CL_SYM_HEAT_UP, words.CL_SYM_HOT, words.CL_SYM_COLD
        ),
        words.CL_SYM_HEAT,
        f"{said}. {credit(cluster, words)}".strip(),
    )


MOST_NAMED = 4
"""So many exchanges stand on the first page."""

MOST_REJECTED = 40
"""The most failed pairs shown in a document; JSON and CSV have all."""


def symbiosis_document(
    cluster: Cluster,
    plan: ExchangePlan,
    words: Language,
    more: Iterable[Block] = (),
    methods: Sequence[str] = (),
) -> Document:
    """Return the plan of exchanges of a cluster, with `more` that is said of it, by methods of its own."""
    return document_in(
        words,
        words.CL_SYM_TITLE.format(name=cluster.name),
        cluster.description.place,
        _blocks(cluster, plan, words, more, methods),
    )


def _blocks(
    cluster: Cluster, plan: ExchangePlan, words: Language, more: Iterable[Block], methods: Sequence[str]
) -> Iterator[Block]:
    yield from synthetic_note(cluster, words)
    yield Paragraph(line(_lead(cluster, plan, words)), lead=True)
    between = words.separators[" "]
    answers = _answers(cluster, plan, words)
    yield Bullets(
        tuple(line(Words(head, "strong"), between, between.join(told)) for head, told in answers if told)
    )
    yield from symbiosis_figures(cluster, plan, words)
    if plan.flows:
        yield _flows(cluster, plan, words)
        yield _settlement(cluster, plan, words)
    if plan.problem.facilities:
        yield _facilities(cluster, plan, words)
    yield from more
    near = [r for r in plan.problem.rejected if r.near]
    if near:
        yield _rejected(cluster, plan, near, words)
    others = len(plan.problem.rejected) - len(near)
    if others:
        yield Paragraph(line(words.CL_SYM_OTHERS.format(count=others)))
    yield from remarks_blocks(cluster.remarks, words)
    own = ("Cerda et al. (1983)", "Balinski (1961)", "HiGHS (Huangfu & Hall 2018)")
    yield from closing_blocks(cluster, words, (*own, *methods))


def money_words(cluster: Cluster, value: float, words: Language) -> str:
    """Return money in the unit of the cluster where the language has a word for that, else in whole units."""
    description = cluster.description
    unit = words.unit(description.money_unit)
    if unit != description.money_unit:
        return f"{amount(value / description.money_factor)}{NBSP}{unit}"
    return f"{rounded(value, 4)}{NBSP}{words.unit(description.currency)}"


def _lead(cluster: Cluster, plan: ExchangePlan, words: Language) -> str:
    problem = plan.problem
    if not plan.flows:
        if not plan.feasible:
            return words.CL_SYM_LEAD_NOT_MET
        if not problem.matches:
            return words.CL_SYM_LEAD_NO_PAIR
        if problem.budget is not None:
            return words.CL_SYM_LEAD_NONE_WITHIN.format(money=money_words(cluster, problem.budget, words))
        return words.CL_SYM_LEAD_NONE
    count = len(plan.flows)
    told: dict[str, Any] = {
        "money": money_words(cluster, plan.net_benefit, words),
        "carbon": tonnes(plan.abatement, words),
    }
    if plan.feasible:
        return words.count(count, "CL_SYM_LEAD", **told)
    return words.count(count, "CL_SYM_LEAD_NEAREST", **told)


def _answers(cluster: Cluster, plan: ExchangePlan, words: Language) -> Iterator[tuple[str, list[str]]]:
    problem = plan.problem
    yield (
        words.CL_SYM_HINDERED,
        [words.CL_ONE_SAID.format(text=words.capital(words.tell(s))) for s in plan.shortfalls],
    )
    yield words.CL_SYM_WHAT, _plan_lines(cluster, plan, words)
    yield words.CL_SYM_BUILD, _built(cluster, plan, words)
    if plan.flows:
        yield words.CL_SYM_WHO, _paid(cluster, plan, words)
        if plan.feasible:
            yield words.CL_SYM_SURE, [_sure(cluster, plan, words)]
    yield words.CL_SYM_ALONE, _unmatched_streams(cluster, plan, words)
    assumed = [words.CL_ONE_SAID.format(text=words.capital(words.tell(s))) for s in problem.assumed]
    distances = {flow.kilometres for flow in plan.flows if flow.assumed_distance}
    assumed += [words.CL_SYM_DISTANCE.format(km=f"{km:g}") for km in distances]
    yield words.CL_SYM_ASSUMED, assumed


def _plan_lines(cluster: Cluster, plan: ExchangePlan, words: Language) -> list[str]:
    told = [
        words.CL_SYM_ONE.format(
            stream=words.capital(flow.stream),
            giver=cluster.name_of(flow.giver),
            taker=cluster.name_of(flow.taker),
            amount=f"{amount(flow.amount)}{NBSP}{words.unit(flow.unit)}",
            money=money_words(cluster, flow.benefit, words),
        )
        for flow in plan.flows[:MOST_NAMED]
    ]
    rest = len(plan.flows) - MOST_NAMED
    return [*told, words.CL_SYM_MORE.format(count=rest)] if rest > 0 else told


def _unmatched_streams(cluster: Cluster, plan: ExchangePlan, words: Language) -> list[str]:
    """Return what is offered or wanted and has no partner at all."""
    problem = plan.problem
    paired = {("offered", m.offer) for m in problem.matches} | {("wanted", m.want) for m in problem.matches}
    near = [r for r in problem.rejected if r.near]
    paired |= {("offered", r.offer) for r in near} | {("wanted", r.want) for r in near}
    lonely = [
        words.CL_SYM_ALONE_ONE.format(stream=stream.name, enterprise=cluster.name_of(stream.enterprise))
        for side, streams in (("offered", problem.offers), ("wanted", problem.wants))
        for k, stream in enumerate(streams)
        if (side, k) not in paired and stream.enterprise in problem.members
    ]
    if not lonely:
        return []
    told = [words.CL_ONE_SAID.format(text=words.capital(words.listed(lonely[:MOST_NAMED])))]
    rest = len(lonely) - MOST_NAMED
    return [*told, words.CL_SYM_MORE_ALONE.format(count=rest)] if rest > 0 else told


def _built(cluster: Cluster, plan: ExchangePlan, words: Language) -> list[str]:
    problem = plan.problem
    told = []
    for k, facility in enumerate(problem.facilities):
        if facility.key in plan.facilities:
            joined = [cluster.name_of(who) for who, key in plan.connections if key == facility.key]
            told.append(
                words.CL_SYM_BUILT.format(
                    facility=facility.name,
                    count=len(joined),
                    money=money_words(cluster, problem.facility_costs[k], words),
                )
            )
        elif problem.budget is None and plan.feasible:
            told.append(words.CL_SYM_NOT_BUILT.format(facility=facility.name))
    if plan.investment:
        told.append(words.CL_SYM_INVESTMENT.format(money=money_words(cluster, plan.investment, words)))
    return told


def _paid(cluster: Cluster, plan: ExchangePlan, words: Language) -> list[str]:
    told = []
    for flow in sorted(plan.flows, key=lambda f: -abs(f.paid))[:MOST_NAMED]:
        payer, paid = (flow.taker, flow.giver) if flow.paid >= 0 else (flow.giver, flow.taker)
        if flow.paid:
            told.append(
                words.CL_SYM_PAYS.format(
                    payer=cluster.name_of(payer),
                    paid=cluster.name_of(paid),
                    money=money_words(cluster, abs(flow.paid), words),
                    stream=flow.stream,
                )
            )
    return told


def _sure(cluster: Cluster, plan: ExchangePlan, words: Language) -> str:
    if plan.gap < 5e-5:
        return words.CL_SYM_BEST
    return words.CL_SYM_GAP.format(bound=money_words(cluster, plan.bound, words), gap=share(plan.gap))


def _flows(cluster: Cluster, plan: ExchangePlan, words: Language) -> Table:
    factor = cluster.description.money_factor
    rows = []
    for flow in plan.flows:
        way = words.CL_SYM_DIRECT if flow.facility is None else flow.facility
        rows.append(
            (
                line(flow.stream),
                line(cluster.name_of(flow.giver)),
                line(cluster.name_of(flow.taker)),
                line(f"{_six(flow.amount)}{NBSP}{words.unit(flow.unit)}"),
                line(way),
                line(amount(flow.benefit / factor)),
                line(_price(flow)),
                line(amount(flow.abatement)),
            )
        )
    money = words.unit(cluster.description.money_unit)
    columns = (
        Column(words.CL_SYM_STREAM, wide=True),
        Column(words.CL_SYM_FROM),
        Column(words.CL_SYM_TO),
        Column(words.CL_SYM_AMOUNT, "right"),
        Column(words.CL_SYM_WAY, optional=True),
        Column(words.CL_SYM_BENEFIT.format(money=money), "right"),
        Column(words.CL_SYM_PRICE.format(currency=words.unit(cluster.description.currency)), "right"),
        Column(words.CL_SYM_CARBON, "right"),
    )
    return Table(columns, tuple(rows), words.CL_SYM_FLOWS_CAPTION, row_heads=True, title=words.CL_SYM_FLOWS)


def _price(flow: Flow) -> str:
    """Return what the taker pays for a unit that leaves the giver; marked where the gain is halved."""
    told = amount(flow.paid / flow.amount)
    return told if flow.as_asked else f"{told}*"


def _six(value: float) -> str:
    """Return a flow with all the digits it has: what is printed is what was checked."""
    return f"{value:,.12g}"


def _settlement(cluster: Cluster, plan: ExchangePlan, words: Language) -> Table:
    factor = cluster.description.money_factor
    rows = tuple(
        (
            line(cluster.name_of(s.enterprise)),
            line(amount(s.gain / factor)),
            line(amount(-s.paid / factor)),
            line(amount(-s.facilities / factor)),
            line(amount(s.net / factor)),
        )
        for s in sorted(plan.settlement, key=lambda s: -s.net)
    )
    columns = (
        Column(words.CL_ENTERPRISE, wide=True),
        Column(words.CL_SYM_GAIN, "right"),
        Column(words.CL_SYM_PAID, "right"),
        Column(words.CL_SYM_SHARED, "right"),
        Column(words.CL_SYM_NET, "right"),
    )
    caption = words.CL_SYM_SETTLEMENT_CAPTION.format(money=words.unit(cluster.description.money_unit))
    return Table(columns, rows, caption, row_heads=True, title=words.CL_SYM_SETTLEMENT)


def _facilities(cluster: Cluster, plan: ExchangePlan, words: Language) -> Table:
    problem, factor = plan.problem, cluster.description.money_factor
    rows = []
    for k, facility in enumerate(problem.facilities):
        built = facility.key in plan.facilities
        through = sum(f.amount for f in plan.flows if f.facility == facility.key)
        rows.append(
            (
                line(facility.name if facility.name == facility.key else f"{facility.key}: {facility.name}"),
                line(words.CL_YES if built else words.CL_NO),
                line(amount(facility.fixed_cost / factor)),
                line(amount(problem.facility_costs[k] / factor)),
                line(
                    words.listed(
                        [cluster.name_of(who) for who, key in plan.connections if key == facility.key]
                    )
                    if built
                    else "–"
                ),
                line(share(through / facility.capacity) if built and facility.capacity else "–"),
            )
        )
    money = words.unit(cluster.description.money_unit)
    columns = (
        Column(words.CL_SYM_FACILITY, wide=True),
        Column(words.CL_SYM_IS_BUILT),
        Column(words.CL_SYM_COST.format(money=money), "right"),
        Column(words.CL_SYM_YEARLY.format(money=money), "right"),
        Column(words.CL_SYM_CONNECTED, wide=True),
        Column(words.CL_SYM_USED, "right"),
    )
    return Table(columns, tuple(rows), row_heads=True, title=words.CL_SYM_FACILITIES)


def _rejected(cluster: Cluster, plan: ExchangePlan, near: Sequence[Rejection], words: Language) -> Table:
    problem = plan.problem
    rows = tuple(
        (
            line(problem.offers[r.offer].name),
            line(cluster.name_of(problem.offers[r.offer].enterprise)),
            line(cluster.name_of(problem.wants[r.want].enterprise)),
            line(words.tell(r.reason)),
        )
        for r in near[:MOST_REJECTED]
    )
    columns = (
        Column(words.CL_SYM_STREAM),
        Column(words.CL_SYM_FROM),
        Column(words.CL_SYM_TO),
        Column(words.CL_SYM_REASON, wide=True),
    )
    caption = words.CL_SYM_REJECTED_CAPTION.format(shown=len(rows), count=len(near))
    return Table(columns, rows, caption, row_heads=True, title=words.CL_SYM_REJECTED)


def symbiosis_csv(cluster: Cluster, plan: ExchangePlan, words: Language) -> str:
    """Return a line for each flow, and one for each pair that was rejected, as CSV."""
    heads = (
        "status",
        "from",
        "to",
        "stream",
        "wanted",
        "facility",
        "amount",
        "received",
        "unit",
        "benefit",
        "paid_by_taker",
        "abatement",
        "investment",
        "kilometres",
        "reason",
        "data_source",
    )
    problem, credit = plan.problem, cluster.attribution
    rows: list[tuple[object, ...]] = [
        (
            "exchange",
            f.giver,
            f.taker,
            f.stream,
            f.wanted,
            f.facility or "",
            f.amount,
            f.received,
            f.unit,
            f.benefit,
            f.paid,
            f.abatement,
            f.investment,
            "" if f.kilometres is None else f.kilometres,
            words.separators["; "].join(words.tell(note) for note in f.notes),
            credit,
        )
        for f in plan.flows
    ]
    rows += [
        (
            "rejected",
            problem.offers[r.offer].enterprise,
            problem.wants[r.want].enterprise,
            problem.offers[r.offer].name,
            problem.wants[r.want].name,
            *[""] * 9,
            words.tell(r.reason),
            credit,
        )
        for r in problem.rejected
    ]
    return spreadsheet_csv(heads, rows, words)
