"""What a brief tells of leaders: which enterprises to win first, and how many others they reach."""

from __future__ import annotations

from separatrix.cluster.frame.enterprise_network import enterprise_network
from separatrix.cluster.tables.cluster import Cluster
from separatrix.errors import InputError
from separatrix.population.seeding.opim import certified_seeds
from separatrix.sentence import listed, say
from separatrix.study.brief.statement import Answer, Quantity, Source, table_rows

__all__ = ["leaders_answer"]

SEEDS = 3
"""So many are won first."""


def leaders_answer(name: str, cluster: Cluster) -> Answer:
    """Return who is to be won first, so that what they know reaches as many others as possible."""
    lacking = say("Who deals with whom (table `links`).")
    if not cluster.table("links"):
        return Answer("leaders", (), (lacking,))
    try:
        _, graph = enterprise_network(cluster)
        found = certified_seeds(graph, min(SEEDS, graph.size))
    except InputError:
        return Answer("leaders", (), (lacking,))
    command = ("seed", "--cluster", name, "--count", str(len(found.names)), "--format", "json")
    rows = table_rows(cluster.table("links"))
    names = [
        say("{name}", name=Quantity("name", cluster.called(one), Source(command, f"seeds[{k}].name", rows)))
        for k, one in enumerate(found.names)
    ]
    told = say(
        "First {names}: what they know reaches {reached} of {all} enterprises in the mean, if each link "
        "passes it on by its weight.",
        names=listed(names),
        reached=Quantity("number", found.reached, Source(command, "reached", rows)),
        all=Quantity("count", found.enterprises, Source(command, "enterprises", rows)),
    )
    return Answer("leaders", (told,))
