"""The exchanges of a cluster as a page draws them: who hands what to whom, and who is missed."""

from __future__ import annotations

from collections.abc import Iterable, Set
from itertools import pairwise
from typing import Any

from separatrix.document.document import Document
from separatrix.languages import Language
from separatrix.studio.document_json import document_json
from separatrix_cluster.documents.exchange_network import METHODS as NETWORK
from separatrix_cluster.documents.exchange_network import network_blocks, network_document
from separatrix_cluster.documents.shared_exchanges import METHODS as SHARING
from separatrix_cluster.documents.shared_exchanges import sharing_blocks, sharing_left_out
from separatrix_cluster.documents.symbiosis import money_words, symbiosis_document
from separatrix_cluster.documents.symbiosis_pictures import category_names, flow_category
from separatrix_cluster.documents.words import NBSP, amount
from separatrix_cluster.figures.exchange_network import RADIUS, ExchangeArrow, circle_places
from separatrix_cluster.studio.cluster_json import Part, in_each_language
from separatrix_cluster.studio.exchanges import ClusterExchanges
from separatrix_cluster.symbiosis.fragility import AssessedNetwork
from separatrix_cluster.symbiosis.optimal_exchange import ExchangePlan

__all__ = ["exchanges_document", "exchanges_json"]


def exchanges_json(found: ClusterExchanges) -> Part:
    """Return the network of exchanges with positions to draw it, and what remains if an enterprise leaves.

    Examples
    --------
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> from separatrix_cluster.studio.exchanges import cluster_exchanges
    >>> part = exchanges_json(cluster_exchanges(load_cluster("kalundborg")))
    >>> len(part["nodes"]), len(part["links"]), part["links"][0]["when"]
    (20, 35, 'today')
    """
    cluster, plan = found.cluster, found.plan
    now = (
        set() if found.today is None else {(k.giver, k.taker, k.resource) for k in found.today.network.links}
    )
    then = set() if plan is None else {(f.giver, f.taker, f.stream) for f in plan.flows}
    links = [*_today(found.today, now & then), *_planned(plan, now & then)]
    facilities = list(dict.fromkeys(k["through"] for k in links if k["through"] is not None))
    enterprises = [
        str(who)
        for who in cluster.enterprises
        if any(str(who) in (link["from"], link["to"]) for link in links)
    ]
    places = circle_places(enterprises, facilities, _arcs(links))
    called = {} if plan is None else {f.key: f.name for f in plan.problem.facilities}

    def exchanges_page(words: Language) -> dict[str, Any]:
        return {
            "document": document_json(
                exchanges_document(found, words), lambda f: f.title == words.CL_SYM_HEAT
            ),
            "links": [*_said_today(found.today), *_said_planned(found, words)],
            "categories": category_names(words),
        }

    return {
        "nodes": [
            {
                "id": who,
                "name": called.get(who) or cluster.name_of(who),
                "facility": who in facilities,
                "x": round(places[who][0] / RADIUS, 4),
                "y": round(places[who][1] / RADIUS, 4),
            }
            for who in (*enterprises, *facilities)
        ],
        "links": links,
        "departures": {"today": _departures(found.today), "planned": _departures(found.planned)},
        "told": in_each_language(exchanges_page),
    }


Exchange = tuple[str, str, str]


def _today(network: AssessedNetwork | None, both: Set[Exchange]) -> list[dict[str, Any]]:
    if network is None:
        return []
    of = network.network
    largest = max((one.size for one in of.links), default=0.0) or 1.0
    return [
        {
            "from": one.giver,
            "to": one.taker,
            "through": None,
            "when": "today",
            "both": (one.giver, one.taker, one.resource) in both,
            "category": "other",
            "part": one.size / largest if of.sized else None,
        }
        for one in of.links
    ]


def _planned(plan: ExchangePlan | None, both: Set[Exchange]) -> list[dict[str, Any]]:
    if plan is None:
        return []
    largest = max((flow.benefit for flow in plan.flows), default=0.0) or 1.0
    return [
        {
            "from": flow.giver,
            "to": flow.taker,
            "through": flow.facility,
            "when": "planned",
            "both": (flow.giver, flow.taker, flow.stream) in both,
            "category": flow_category(plan, flow),
            "part": max(0.0, flow.benefit) / largest,
        }
        for flow in plan.flows
    ]


def _arcs(links: Iterable[dict[str, Any]]) -> list[ExchangeArrow]:
    return [
        ExchangeArrow(start, end, link["category"], link["part"] or 0.0)
        for link in links
        for start, end in pairwise(
            stop for stop in (link["from"], link["through"], link["to"]) if stop is not None
        )
    ]


def _said_today(network: AssessedNetwork | None) -> list[str]:
    return [] if network is None else [one.resource for one in network.network.links]


def _said_planned(found: ClusterExchanges, words: Language) -> list[str]:
    """Return what each flow of the plan is: its stream, its amount, what it brings a year."""
    if found.plan is None:
        return []
    between = words.separators[", "]
    return [
        between.join(
            (
                flow.stream,
                f"{amount(flow.amount)}{NBSP}{words.unit(flow.unit)}",
                money_words(found.cluster, flow.benefit, words),
            )
        )
        for flow in found.plan.flows
    ]


def _departures(network: AssessedNetwork | None) -> list[dict[str, Any]] | None:
    return None if network is None else [one.to_dict() for one in network.fragility.departures]


def exchanges_document(found: ClusterExchanges, words: Language) -> Document:
    """Return the known exchanges of a cluster as a document."""
    networks = (found.today, found.planned)
    if found.plan is None:
        return network_document(found.cluster, networks, words)
    if found.shared is None:
        sharing = [sharing_left_out(found.cluster, found.anchor, words)]
    else:
        sharing = list(sharing_blocks(found.cluster, found.shared, words))
    more = [*sharing, *network_blocks(found.cluster, networks, words)]
    return symbiosis_document(found.cluster, found.plan, words, more, (*SHARING, *NETWORK))
