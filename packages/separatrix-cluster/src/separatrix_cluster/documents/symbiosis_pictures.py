"""The figures of a plan of exchanges: its network, what each one brings, and the temperatures of heat."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from separatrix.document.document import Draw, Figure
from separatrix.errors import InputError
from separatrix.languages import Language
from separatrix.sentences import say
from separatrix_cluster.documents.words import amount, credit
from separatrix_cluster.symbiosis.optimal_exchange import ExchangePlan, Flow
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["SymbiosisFigure", "category_names", "flow_category", "symbiosis_figure_of", "symbiosis_figures"]

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
    from separatrix.figures.picture import picture
    from separatrix_cluster.figures.exchange_network import ExchangeArrow, draw_exchange_network

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
    from separatrix.figures.picture import picture
    from separatrix_cluster.figures.exchange_bars import draw_exchange_bars

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
    from separatrix.figures.picture import picture
    from separatrix_cluster.figures.heat_profiles import HeatExchange, draw_heat_profiles

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
