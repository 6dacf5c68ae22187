"""The leaders section of a brief: which enterprises to support so that enough act by a date, and which to
inform first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from separatrix.errors import InputError
from separatrix.policy.leaders import leaders
from separatrix.policy.leaders_plan import LeadersPlan
from separatrix.population.opim import certified_seeds
from separatrix.sentences import Sentence, listed, say
from separatrix_cluster.brief.statements import BriefAnswer, Locate, Provenance, SourcedValue, table_rows
from separatrix_cluster.calibration.network_game import CLUSTER_RULES, cluster_game
from separatrix_cluster.frame.enterprise_network import enterprise_network
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["leaders_answer"]

SEEDS = 3
"""The number of enterprises to inform first."""
SETS, REPLICAS, FRESH = 100, 50, 400
"""Sets of leaders that are tried, runs of each, and runs that measure the answer: some seconds."""
SHARE, ROUNDS = 0.8, 20
"""Which share of the enterprises is to act, and after how many revisions of each."""
NAMED = 5
"""So many leaders are named."""


def leaders_answer(name: str, cluster: Cluster, *, calibrated: bool = False) -> BriefAnswer:
    """Return which enterprises to support so that most act, and which to inform first so that information
    spreads.

    Parameters
    ----------
    name : str
        What the command line is given for the cluster.
    cluster : Cluster
    calibrated : bool
        Whether its tables give a game; without, only the enterprises to inform are found.
    """
    lacking = say("Who deals with whom (table `links`).")
    if not cluster.table("links"):
        return BriefAnswer("leaders", (), (lacking,))
    try:
        told = [*(_won(name, cluster) if calibrated else ()), *_told_first(name, cluster)]
    except InputError:
        return BriefAnswer("leaders", (), (lacking,))
    needs = (
        ()
        if calibrated
        else (
            say(
                "The data that question 7 requires, to choose which enterprises to support and at what cost."
            ),
        )
    )
    return BriefAnswer("leaders", tuple(told), needs)


def _won(name: str, cluster: Cluster) -> Iterator[Sentence]:
    """Yield which enterprises to support on the cluster's own network, in its calibrated game."""
    own = cluster_game(cluster)
    rules: dict[str, Any] = dict(CLUSTER_RULES)
    found = leaders(
        own.game,
        own.links,
        own.members,
        share=SHARE,
        by=ROUNDS,
        costs="incentive",
        sets=SETS,
        replicas=REPLICAS,
        fresh=FRESH,
        unit=own.unit,
        cautions=own.cautions,
        **rules,
    )
    asked = {"share": SHARE, "by": ROUNDS, "sets": SETS, "replicas": REPLICAS, "fresh": FRESH}
    options = tuple(part for key, value in asked.items() for part in (f"--{key}", f"{value:g}"))
    rows = table_rows(cluster.table("links"))

    def source(at: str) -> Provenance:
        return Provenance(("leaders", "--cluster", name, *options, "--format", "json"), at, rows)

    yield from _plan(cluster, found, source)


def _plan(cluster: Cluster, found: LeadersPlan, source: Locate) -> Iterator[Sentence]:
    asked = {
        "share": SourcedValue("share", found.share, source("asked.share")),
        "rounds": SourcedValue("count", ROUNDS, source("asked.by")),
    }
    if found.status == "none needed":
        yield say(
            "No intervention needed: {share} act after {rounds} decision rounds (probability at "
            "least {chance}).",
            chance=SourcedValue("share", found.without.low, source("without_leaders.low")),
            **asked,
        )
        return
    if found.status != "reached":
        yield say(
            "No leaders are known by whom {share} surely act after {rounds} decisions of each.", **asked
        )
        return
    named = [
        say("{name}", name=SourcedValue("name", cluster.name_of(one), source(f"leaders[{k}].name")))
        for k, one in enumerate(found.names[:NAMED])
    ]
    yield say(
        "To win ({count}): {names}. With a chance of {chance} or more {share} then act after {rounds} "
        "decisions of each.",
        count=SourcedValue("count", len(found.names), source("leaders")),
        names=listed(named) if len(found.names) <= NAMED else listed([*named, say("others")]),
        chance=SourcedValue("share", found.reached.low, source("reached.low")),
        **asked,
    )
    if found.support_end is not None:
        kept = SourcedValue("share", found.support_end.kept.low, source("support_end.kept.low"))
        yield say("With a chance of {chance} or more that holds when their support has ended.", chance=kept)


def _told_first(name: str, cluster: Cluster) -> Iterator[Sentence]:
    """Yield which enterprises to inform first, so that the information reaches as many as possible."""
    _, graph = enterprise_network(cluster)
    found = certified_seeds(graph, min(SEEDS, graph.size))
    command = ("seed", "--cluster", name, "--count", str(len(found.names)), "--format", "json")
    rows = table_rows(cluster.table("links"))
    names = [
        say(
            "{name}",
            name=SourcedValue("name", cluster.name_of(one), Provenance(command, f"seeds[{k}].name", rows)),
        )
        for k, one in enumerate(found.names)
    ]
    yield say(
        "Inform {names} first: their information reaches {reached} of {all} enterprises on "
        "average, if each link passes it on according to its weight.",
        names=listed(names),
        reached=SourcedValue("number", found.reached, Provenance(command, "reached", rows)),
        all=SourcedValue("count", found.enterprises, Provenance(command, "enterprises", rows)),
    )
