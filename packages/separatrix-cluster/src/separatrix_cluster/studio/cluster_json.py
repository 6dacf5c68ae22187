"""A cluster as JSON: its head, and part by part what the pages of a cluster show.

A part has numbers, which are independent of language, and for each language the same content as a document,
with every doubt and everything that is missing. Nothing is computed here.

The exchanges of a cluster: those it has, the plan that brings most, and who gets what of it.

The exchanges of a cluster as a page draws them: who hands what to whom, and who is missed.

The measures of a cluster as a page draws their cost curve.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from separatrix import __version__
from separatrix.document.tree import Document
from separatrix.errors import SeparatrixError
from separatrix.languages import LANGUAGES, Language, language_of
from separatrix.run.results import fingerprint
from separatrix.studio.page_json import document_json
from separatrix_cluster.benefit_sharing.coalition_game import exchange_parts
from separatrix_cluster.benefit_sharing.shared_exchanges import (
    UNASKED,
    Exit,
    SharedExchanges,
    anchor_exit,
    shared_exchanges,
    sharing_work,
)
from separatrix_cluster.completeness.completeness import OPEN, DataCompleteness
from separatrix_cluster.diagnosis.diagnosis import Diagnosis
from separatrix_cluster.diagnosis.indicators import Indicator
from separatrix_cluster.documents.abatement import bundle_called
from separatrix_cluster.documents.accounts import account_document
from separatrix_cluster.documents.diagnosis import diagnosis_document
from separatrix_cluster.documents.exchanges import METHODS as NETWORK
from separatrix_cluster.documents.exchanges import SHARED_EXCHANGES_METHODS as SHARING
from separatrix_cluster.documents.exchanges import (
    network_blocks,
    network_document,
    sharing_blocks,
    sharing_left_out,
)
from separatrix_cluster.documents.measures import measures_document
from separatrix_cluster.documents.symbiosis import (
    category_names,
    flow_category,
    money_words,
    symbiosis_document,
)
from separatrix_cluster.documents.vocabulary import NBSP, amount, carbon_unit, difficulty_name
from separatrix_cluster.figures.exchanges import RADIUS, ExchangeArrow, circle_places
from separatrix_cluster.measures.abatement import Abatement
from separatrix_cluster.measures.cost_curve import CurveStep
from separatrix_cluster.symbiosis.network import AssessedNetwork, assessed_networks
from separatrix_cluster.symbiosis.optimal_exchange import ExchangePlan, optimal_exchange
from separatrix_cluster.symbiosis.problem import exchange_problem
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster
from separatrix_cluster.tables.shipped import shipped_names

__all__ = [
    "ClusterExchanges",
    "MOST_ENTERPRISES",
    "Part",
    "carbon_json",
    "carbon_unit_json",
    "cluster_exchanges",
    "cluster_json",
    "difficulties_json",
    "document_part",
    "exchanges_document",
    "exchanges_json",
    "in_each_language",
    "measures_json",
    "refused_part",
]

MOST_ENTERPRISES = 300
"""The most enterprises listed one by one: a page with thousands of rows for each year would not open."""

Part = dict[str, Any]
"""The content of a page: numbers by name, and under ``told`` their text in each language."""


def cluster_json(cluster: Cluster, parts: Iterable[str]) -> dict[str, Any]:
    """Return what every page of a cluster says of it, and which parts there are to ask for.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> cluster_json(load_cluster("kalundborg"), ["carbon"])["tables"]
    {'enterprises': 20, 'links': 35}
    """
    return {
        "schema": 1,
        "version": __version__,
        "hash": fingerprint(cluster),
        "shipped": _shipped(cluster),
        **cluster.label,
        "attribution": cluster.attribution,
        "tables": {name: len(table) for name, table in sorted(cluster.tables.items())},
        "broken": sorted(cluster.broken),
        "parts": list(parts),
    }


def _shipped(cluster: Cluster) -> str | None:
    """Return the name under which this very cluster comes with the program; None for any other."""
    own = fingerprint(cluster)
    return next((name for name in shipped_names() if fingerprint(load_cluster(name)) == own), None)


def carbon_json(found: Diagnosis) -> Part:
    """Return carbon by enterprise and year, each with its interval, and how much of a year is known.

    Every amount is t CO2e. The supply from other enterprises of the cluster is excluded from an enterprise,
    so that all of them add up to the total.

    Examples
    --------
    >>> from separatrix_cluster.diagnosis.diagnosis import diagnose
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> part = carbon_json(diagnose(load_cluster("rotterdam")))
    >>> part["reporting_year"], part["years"][-1]["share"], len(part["enterprises"])
    (2022, 1.0, 70)
    """
    cluster, books = found.cluster, found.completeness
    shown = _largest(books)

    def carbon_page(words: Language) -> dict[str, Any]:
        totals = [books.accounts.total(y) for y in books.accounts.years]
        largest = [float(v) for y in books.accounts.years for v in books.accounts.by_enterprise(y)]
        return {
            "document": document_json(account_document(cluster, books, words)),
            "unit": carbon_unit_json(totals, words),
            "enterprise_unit": carbon_unit_json(largest, words),
            "cautions": [f"{words.capital(words.tell(c))}{words.FULL_STOP}" for c in found.cautions],
        }

    return {
        "reporting_year": books.reporting_year,
        "enterprises": [cluster.name_of(str(books.enterprises[i])) for i in shown],
        "all": len(books.enterprises),
        "years": [_year(cluster, books, year, shown) for year in books.years],
        "told": in_each_language(carbon_page),
    }


def _largest(books: DataCompleteness) -> list[int]:
    """Return the positions of the enterprises that are listed one by one, in the order of the table."""
    peak = np.zeros(len(books.enterprises))
    for year in books.years:
        peak = np.maximum(peak, np.nan_to_num(books.by_enterprise(year)[2], nan=np.inf))
    return sorted(np.argsort(-peak, kind="stable")[:MOST_ENTERPRISES].tolist())


def _year(cluster: Cluster, books: DataCompleteness, year: int, shown: Sequence[int]) -> dict[str, Any]:
    accounts = books.accounts
    direct, bought = (accounts.by_enterprise(year, scope=s, internal=False) for s in (1, 2))
    least, likely, most = books.by_enterprise(year)
    # What may be many times as much is an open question, and no end of a range.
    most = np.where((likely > 0) & (most > OPEN * likely), np.inf, most)
    whole, seen, away = books.is_comparable(year), books.has_rows(year), books.away(cluster, year)
    total = books.total(year)
    rows: list[list[Any]] = []
    for i in shown:
        known = "away" if away[i] else "whole" if whole[i] else "part" if seen[i] else "none"
        rows.append([_number(direct[i]), _number(bought[i]), known])
        if known != "away" and least[i] != most[i]:
            rows[-1] += [_number(least[i]), _number(most[i])]
    chosen = (accounts.year == year) & ~accounts.internal
    return {
        "year": year,
        "scope_1": float(accounts.location[chosen & (accounts.scope == 1)].sum()),
        "scope_2": float(accounts.location[chosen & (accounts.scope == 2)].sum()),
        "counted": total.counted,
        "missing": _number(total.missing),
        "low": _number(total.low),
        "high": _number(total.high),
        "share": _number(books.share(year)),
        "whole": int(books.is_whole(year).sum()),
        "told_of": int((~np.isnan(accounts.by_enterprise(year))).sum()),
        "in_doubt": books.in_doubt(year),
        "enterprises": rows,
    }


def difficulties_json(found: Diagnosis) -> Part:
    """Return the four difficulties with their intervals, and the indicators that each is based on.

    Examples
    --------
    >>> from separatrix_cluster.diagnosis.diagnosis import diagnose
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> part = difficulties_json(diagnose(load_cluster("houston")))
    >>> [d["score"] for d in part["difficulties"]]
    [None, 0.75, None, None]
    """
    plain = [
        {
            "name": d.name,
            "score": d.score,
            "low": d.low,
            "high": d.high,
            "indicators": [_indicator(i) for i in d.indicators],
        }
        for d in found.difficulties
    ]

    def difficulties_page(words: Language) -> dict[str, Any]:
        return {
            "document": document_json(
                diagnosis_document(found, words),
                lambda f: f.title not in _interactive_figure_titles(found, words),
            ),
            "names": [difficulty_name(d.name, words) for d in found.difficulties],
            "indicators": [
                [words.capital(words.tell(i.name)) for i in d.indicators] for d in found.difficulties
            ],
        }

    return {
        "year": found.year,
        "binding": None if found.binding is None else found.binding.name,
        "difficulties": plain,
        "told": in_each_language(difficulties_page),
    }


def _interactive_figure_titles(found: Diagnosis, words: Language) -> tuple[str, ...]:
    """Return the titles of the figures in whose place the pages have pictures of their own."""
    return words.CL_FIGURE_RADAR, words.CL_FIGURE_BARS.format(year=found.year)


def _indicator(found: Indicator) -> dict[str, Any]:
    return {
        "id": found.id,
        "score": found.score,
        "low": found.score if found.score_low is None else found.score_low,
        "high": found.score if found.score_high is None else found.score_high,
        "coverage": found.coverage,
    }


def document_part(write: Callable[[Language], Document]) -> Part:
    """Return a part that is a document alone.

    Examples
    --------
    >>> part = document_part(lambda words: Document(words.code, "", ()))
    >>> part["told"]["zh"]["document"]["title"]
    'zh'
    """
    return {"told": in_each_language(lambda words: {"document": document_json(write(words))})}


def refused_part(problem: SeparatrixError) -> Part:
    """Return why the tables of a cluster do not suffice for a part, and what would.

    Examples
    --------
    >>> from separatrix.errors import InputError
    >>> refused_part(InputError("K570", "there is no table", hint="add one"))["told"]["en"]
    {'refused': 'there is no table', 'hint': 'add one'}
    """
    return {
        "code": problem.code,
        "told": in_each_language(
            lambda words: {
                "refused": words.tell(problem.message),
                "hint": None if problem.hint is None else words.tell(problem.hint),
            }
        ),
    }


def in_each_language(told: Callable[[Language], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what is said of a part in each language."""
    return {code: told(language_of(code)) for code in LANGUAGES}


def carbon_unit_json(values: Iterable[float], words: Language) -> dict[str, Any]:
    """Return the unit in which a picture of these t CO2e reads best."""
    unit = carbon_unit(values, words)
    return {"scale": unit.scale, "name": unit.name, "places": unit.places}


def _number(value: float) -> float | None:
    """Return a number of tonnes to the kilogram; None where nothing can be said."""
    return round(float(value), 3) if math.isfinite(value) else None


@dataclass(frozen=True)
class ClusterExchanges:
    """What is known of the exchanges of a cluster.

    Attributes
    ----------
    cluster : Cluster
    plan : ExchangePlan or None
        None without streams.
    today, planned : AssessedNetwork or None
        None without exchanges, and without planned ones.
    shared : SharedExchanges or None
        What each would get of the plan; None where computing it takes long, or nothing is planned.
    anchor : Exit or None
        In its place: the enterprise whose leaving costs most.
    """

    cluster: Cluster
    plan: ExchangePlan | None
    today: AssessedNetwork | None
    planned: AssessedNetwork | None
    shared: SharedExchanges | None
    anchor: Exit | None


def cluster_exchanges(cluster: Cluster) -> ClusterExchanges:
    """Return what is known of the exchanges of a cluster, as ``separatrix cluster symbiosis`` shows it.

    Raises
    ------
    InputError
        As `separatrix_cluster.symbiosis.problem.exchange_problem` does where a cluster has neither
        streams nor exchanges.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> found = cluster_exchanges(load_cluster("kalundborg"))
    >>> found.plan is None, len(found.today.network.links)
    (True, 35)
    """
    today, _ = assessed_networks(cluster, None)
    if not cluster.table("streams") and today is not None:
        return ClusterExchanges(cluster, None, today, None, None, None)
    problem = exchange_problem(cluster)
    plan = optimal_exchange(problem)
    today, planned = assessed_networks(cluster, plan)
    shared, anchor = None, None
    parts = exchange_parts(problem)
    if sharing_work(parts)[1] <= UNASKED:
        shared = shared_exchanges(plan, parts)
    else:
        anchor = anchor_exit(plan)
    return ClusterExchanges(cluster, plan, today, planned, shared, anchor)


def exchanges_json(found: ClusterExchanges) -> Part:
    """Return the network of exchanges with positions to draw it, and what remains if an enterprise leaves.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> from separatrix_cluster.studio.cluster_json import cluster_exchanges
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


def measures_json(found: Abatement) -> Part:
    """Return the steps of the cost curve, each with its intervals where they are known.

    A step is a bundle, which its last measure gives the name: the others are what that requires.

    Examples
    --------
    >>> from separatrix_cluster.measures.abatement import abatement
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> part = measures_json(abatement(load_cluster("synthetic-park")))
    >>> len(part["steps"]), part["steps"][0]["pays"]
    (12, True)
    """
    steps = [s for s in found.curve if s.bundle[-1] == s.measure.id and s.bundle_cost_per_tonne is not None]

    def measures_page(words: Language) -> dict[str, Any]:
        return {
            "document": document_json(measures_document(found, words)),
            "names": [bundle_called(found, step, words) for step in steps],
            "unit": carbon_unit_json([float(found.together.abatement)], words),
            "per_tonne": words.CL_MEASURES_PER_TONNE.format(
                currency=words.unit(found.cluster.description.currency)
            ),
        }

    return {
        "year": found.year,
        "carbon_price": float(found.carbon_price),
        "price_told": "carbon_price" in found.told,
        "steps": [_step(found, step) for step in steps],
        "told": in_each_language(measures_page),
    }


def _step(found: Abatement, step: CurveStep) -> dict[str, Any]:
    alone = len(step.bundle) == 1
    ends = step.cost_interval if alone else None
    return {
        "abatement": float(step.bundle_abatement),
        # Of a bundle no interval is known: those of its measures may not simply be added.
        "low": float(step.low) if alone else None,
        "high": float(step.high) if alone else None,
        "cost": _float(step.bundle_cost_per_tonne),
        "cost_low": None if ends is None else float(ends[0]),
        "cost_high": None if ends is None else float(ends[1]),
        "pays": step.pays,
    }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
