"""The remedies section of a brief: what binds a cluster, and its options: measures, and exchanges of
streams."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

from separatrix.sentences import Sentence, listed, say
from separatrix_cluster.benefit_sharing.shared_exchanges import Exit
from separatrix_cluster.brief.statements import (
    BriefAnswer,
    Locate,
    Provenance,
    SourcedValue,
    ValueInterval,
    table_rows,
)
from separatrix_cluster.diagnosis.diagnosis import Diagnosis
from separatrix_cluster.diagnosis.indicators import Difficulty
from separatrix_cluster.measures.abatement import Abatement
from separatrix_cluster.symbiosis.network import AssessedNetwork
from separatrix_cluster.symbiosis.optimal_exchange import ExchangePlan, Flow
from separatrix_cluster.tables.panel import Cluster

__all__ = ["difficulty_answer", "exchanges_answer", "measures_answer"]

NAMED = 3
"""So many measures and exchanges are named."""


# --------------------------------------------------------------------------- difficulties


def difficulty_answer(name: str, found: Diagnosis) -> BriefAnswer:
    """Return which of the four difficulties binds most, with its range and the indicator that stands out."""
    scored = sorted(
        ((k, d) for k, d in enumerate(found.difficulties) if d.score is not None),
        key=lambda pair: -(pair[1].score or 0.0),
    )
    if not scored:
        needs = say(
            "The accounts of the enterprises, something to compare them with, and a survey (tables "
            "`accounts`, `benchmarks` and `awareness`)."
        )
        return BriefAnswer("difficulty", (), (needs,))

    def source(at: str) -> Provenance:
        return Provenance(("cluster", "diagnose", name, "--format", "json"), at)

    told, (k, first) = [], scored[0]
    reached = [(j, d) for j, d in scored[1:] if (d.high or 0.0) >= (first.low or 0.0)]
    highest = _scored(source, k, first)
    if found.binding is not None:
        told.append(
            say("{difficulty}, on a scale from 0 to 1: its range lies above all others.", difficulty=highest)
        )
    elif not reached:
        told.append(say("{difficulty}, on a scale from 0 to 1.", difficulty=highest))
    else:
        others = listed([_scored(source, j, d) for j, d in reached])
        told.append(
            say(
                "None for sure. On a scale from 0 to 1 the highest is {difficulty}, but the ranges of "
                "{others} reach as high.",
                difficulty=highest,
                others=others,
            )
        )
    worst = max(
        ((j, i) for j, i in enumerate(first.indicators) if i.score),
        key=lambda pair: pair[1].score or 0.0,
        default=None,
    )
    if worst is not None:
        place, indicator = f"difficulties[{k}].indicators[{worst[0]}]", worst[1]
        told.append(
            say(
                "Furthest behind what it is compared with: {indicator}, {value}.",
                indicator=SourcedValue("text", indicator.name, source(f"{place}.name")),
                value=SourcedValue("amount", indicator.value, source(f"{place}.value"), indicator.unit),
            )
        )
    unknown = [
        SourcedValue("difficulty", d.name, source("difficulties"))
        for d in found.difficulties
        if d.score is None
    ]
    needs_more = tuple(say("Data on {difficulty}.", difficulty=one) for one in unknown)
    return BriefAnswer("difficulty", tuple(told), needs_more)


def _scored(source: Locate, k: int, found: Difficulty) -> Sentence:
    place, low, high = f"difficulties[{k}]", found.low or 0.0, found.high or 0.0
    what = SourcedValue("difficulty", found.name, source(f"{place}.name"))
    score = SourcedValue("score", found.score, source(f"{place}.score"))
    if math.isclose(low, high):
        return say("“{difficulty}” ({score})", difficulty=what, score=score)
    ends = partial(ValueInterval, math.nan if found.score is None else found.score, low, high)
    return say(
        "“{difficulty}” ({score}; {low} to {high})",
        difficulty=what,
        score=score,
        low=SourcedValue("score", low, source(f"{place}.low"), interval=ends("low")),
        high=SourcedValue("score", high, source(f"{place}.high"), interval=ends("high")),
    )


# --------------------------------------------------------------------------- measures


def measures_answer(command: tuple[str, ...], found: Abatement) -> BriefAnswer:
    """Return what the measures cut together, which pay by themselves, and which fit the budget."""
    rows = table_rows(found.cluster.table("measures"))

    def source(at: str) -> Provenance:
        return Provenance(command, at, rows)

    told = [*_together(found, source), *_largest_measures(found, source)]
    chosen = found.chosen
    if chosen is None:
        return BriefAnswer(
            "measures",
            tuple(told),
            (say("A budget (`--budget`), for which of them to take within it."),),
        )
    if chosen.budget is not None:
        told.append(
            say(
                "Within {budget} the most is cut by {count} of them: {cut} a year, at {money} a year.",
                budget=SourcedValue("money", float(chosen.budget), source("set.budget")),
                count=SourcedValue("count", len(chosen.ids), source("set.measures")),
                cut=SourcedValue("tonnes", float(chosen.abatement), source("set.abatement")),
                money=SourcedValue("money", float(chosen.net_cost), source("set.net_cost")),
            )
        )
    return BriefAnswer("measures", tuple(told))


def _together(found: Abatement, source: Locate) -> Iterator[Sentence]:
    count = SourcedValue("count", len(found.curve), source("curve"))
    cut = SourcedValue("tonnes", float(found.together.abatement), source("together.abatement"))
    if found.share is None:
        yield say("{count} measures together cut {cut} a year.", count=count, cut=cut)
    else:
        share = SourcedValue("share", found.share, source("together.share_of_emissions"))
        yield say("{count} measures together cut {cut} a year ({share}).", count=count, cut=cut, share=share)
    if found.paying:
        yield say(
            "{count} of them save more than they cost: {cut} a year at a gain of {money} a year.",
            count=SourcedValue("count", len(found.paying), source("together.pays")),
            cut=SourcedValue("tonnes", float(sum(s.abatement for s in found.paying)), source("curve")),
            money=SourcedValue("money", -float(sum(s.net_cost for s in found.paying)), source("curve")),
        )


def _largest_measures(found: Abatement, source: Locate) -> Iterator[Sentence]:
    steps = sorted(enumerate(found.curve), key=lambda pair: -pair[1].abatement)
    named = [
        say(
            "{name} ({cut} at {price})",
            name=SourcedValue("name", step.measure.name, source(f"curve[{k}].name")),
            cut=SourcedValue("tonnes", float(step.abatement), source(f"curve[{k}].abatement")),
            price=SourcedValue("price", float(step.cost_per_tonne), source(f"curve[{k}].cost_per_tonne")),
        )
        for k, step in steps
        if step.cost_per_tonne is not None
    ]
    if named:
        yield say("The largest: {names}.", names=listed(named[:NAMED]))


# --------------------------------------------------------------------------- exchanges


def exchanges_answer(
    name: str,
    cluster: Cluster,
    plan: ExchangePlan | None,
    networks: tuple[AssessedNetwork | None, AssessedNetwork | None],
    exits: Sequence[Exit] = (),
) -> BriefAnswer:
    """Return which exchanges bring most, who pays whom, and what breaks where the anchor leaves."""
    streams, links = (table_rows(cluster.table(table)) for table in ("streams", "links"))

    def of_streams(at: str) -> Provenance:
        return Provenance(("cluster", "symbiosis", name, "--format", "json"), at, streams)

    def of_links(at: str) -> Provenance:
        return Provenance(("cluster", "symbiosis", name, "--format", "json"), at, links)

    told, needs = [], []
    if plan is None:
        needs.append(say("What enterprises have to give and want (table `streams`), for new exchanges."))
    else:
        told += list(_planned(cluster, plan, of_streams))
    if exits:
        k, worst = max(enumerate(exits), key=lambda pair: pair[1].lost)
        place = f"sharing.exits[{k}]"
        told.append(
            say(
                "If {name} leaves, {money} a year of it are lost.",
                name=SourcedValue(
                    "name", cluster.name_of(worst.enterprise), of_streams(f"{place}.enterprise")
                ),
                money=SourcedValue("money", float(worst.lost), of_streams(f"{place}.lost")),
            )
        )
    else:
        told += list(_links_lost(cluster, networks, of_links))
    return BriefAnswer("exchanges", tuple(told), tuple(needs))


def _planned(cluster: Cluster, plan: ExchangePlan, source: Locate) -> Iterator[Sentence]:
    if not plan.flows:
        yield say("No exchange is possible and worth its cost.")
        return
    yield say(
        "{count} exchanges bring {money} a year, all costs paid, and avoid {cut} a year.",
        count=SourcedValue("count", len(plan.flows), source("flows")),
        money=SourcedValue("money", plan.net_benefit, source("net_benefit")),
        cut=SourcedValue("tonnes", plan.abatement, source("abatement")),
    )
    named = [_flow(cluster, k, flow, source) for k, flow in enumerate(plan.flows[:NAMED])]
    yield say("The largest: {names}.", names=listed(named))
    k, paid = max(enumerate(plan.flows), key=lambda pair: abs(pair[1].paid))
    if paid.paid:
        payer, payee = (paid.taker, paid.giver) if paid.paid > 0 else (paid.giver, paid.taker)
        yield say(
            "The largest payment: {payer} pays {money} a year to {payee}.",
            payer=SourcedValue("name", cluster.name_of(payer), source(f"flows[{k}]")),
            money=SourcedValue("money", abs(paid.paid), source(f"flows[{k}].paid_by_taker")),
            payee=SourcedValue("name", cluster.name_of(payee), source(f"flows[{k}]")),
        )


def _flow(cluster: Cluster, k: int, flow: Flow, source: Locate) -> Sentence:
    return say(
        "{stream} from {giver} to {taker} ({money})",
        stream=SourcedValue("name", flow.stream, source(f"flows[{k}].stream")),
        giver=SourcedValue("name", cluster.name_of(flow.giver), source(f"flows[{k}].from")),
        taker=SourcedValue("name", cluster.name_of(flow.taker), source(f"flows[{k}].to")),
        money=SourcedValue("money", flow.benefit, source(f"flows[{k}].benefit")),
    )


def _links_lost(
    cluster: Cluster,
    networks: tuple[AssessedNetwork | None, AssessedNetwork | None],
    source: Locate,
) -> Iterator[Sentence]:
    """Yield the remaining links after the most damaging departure of one enterprise."""
    today, planned = networks
    network, when = (planned, "planned") if planned is not None else (today, "today")
    if network is None:
        return
    if planned is None:
        yield say(
            "Today {count} exchanges join {nodes} partners.",
            count=SourcedValue("count", network.measures.links, source("network.today.links")),
            nodes=SourcedValue("count", network.measures.nodes, source("network.today.nodes")),
        )
    anchor = network.fragility.anchor
    if anchor is not None:
        place = f"fragility.{when}.departures[0]"
        yield say(
            "If {name} leaves, {share} of the exchanges are left.",
            name=SourcedValue("name", cluster.name_of(anchor.node), source(f"{place}.enterprise")),
            share=SourcedValue("share", anchor.links_left, source(f"{place}.links_left")),
        )
