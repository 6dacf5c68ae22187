"""A cluster's tables `enterprises` and `links` as a network on which games are played."""

from __future__ import annotations

import numpy as np

from separatrix.errors import InputError
from separatrix.population.networks.enterprises import Enterprises
from separatrix.population.networks.link_graph import LinkGraph, link_graph
from separatrix.sentences import say
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["enterprise_network"]

MUTUAL = "joint project"
"""The kind of link in which the order of the two does not matter."""

MADE = ("output", "value_added", "exports", "staff", "rd_spend", "rd_staff", "patents", "new_product_sales")
"""Columns of `accounts` that become columns of the enterprises."""


def enterprise_network(cluster: Cluster, year: int | None = None) -> tuple[Enterprises, LinkGraph]:
    """Return the enterprises of a cluster and their links.

    Leading enterprises are leaders, and what each made and spent in the year are columns of numbers, so that
    a game with a parameter called ``output`` takes each enterprise's own.  A link of supply or information
    leads from the giver to the receiver, a joint project both ways; rows that differ in their stream or year
    alone are one link, and their weights add.

    Parameters
    ----------
    cluster : Cluster
    year : int, optional
        Whose accounts, members and links are taken; by default the last one of the accounts.

    Raises
    ------
    InputError
        N121 for a cluster without links.

    Examples
    --------
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> park, links = enterprise_network(load_cluster("synthetic-park"))
    >>> len(park) == links.size, "information" in links.kinds
    (True, True)
    """
    table = cluster.table("enterprises")
    years = cluster.table("accounts").years
    when = year if year is not None else (years[-1] if years else None)
    ids = [str(one) for one in table.texts("id")]
    here = np.ones(len(ids), dtype=bool)
    if when is not None:
        # Comparisons with an empty cell are false.
        here &= ~(table.numbers("opened") > when) & ~(table.numbers("closed") < when)
    names = [name for name, stays in zip(ids, here, strict=True) if stays]
    where = {name: k for k, name in enumerate(names)}
    texts = {
        column: tuple(str(text) for text, stays in zip(table.texts(column), here, strict=True) if stays)
        for column in ("sector", "size")
    }
    leading = table.numbers("leader")[here] == 1.0
    texts["leader"] = tuple("yes" if leads else "" for leads in leading)
    numbers = {}
    accounts = cluster.table("accounts")
    for column in MADE:
        if accounts.has(column):
            values = np.full(len(names), np.nan)
            told = accounts.texts("enterprise"), accounts.numbers("year"), accounts.numbers(column)
            for one, of, value in zip(*told, strict=True):
                if str(one) in where and of == when:
                    values[where[str(one)]] = value
            numbers[column] = values
    members = Enterprises(tuple(names), numbers, texts, table.file or None)
    return members, _links(cluster, names, when)


def _links(cluster: Cluster, names: list[str], when: int | None) -> LinkGraph:
    table = cluster.table("links")
    known = set(names)
    added: dict[tuple[str, str, str], float] = {}
    since = table.numbers("year")
    for k in range(len(table)):
        source, target, kind = (str(table.texts(name)[k]) for name in ("from", "to", "kind"))
        later = when is not None and since[k] > when
        if source == target or later or source not in known or target not in known:
            continue
        weight = float(table.numbers("weight")[k])
        ways = ((source, target), (target, source)) if kind == MUTUAL else ((source, target),)
        for one, other in ways:
            key = (one, other, kind)
            added[key] = added.get(key, 0.0) + (1.0 if np.isnan(weight) else weight)
    if not added:
        raise InputError(
            "N121",
            say("{name} has no links between its enterprises, and no network", name=cluster.name),
            hint=say("write a table `links` with the columns from, to and kind"),
        )
    return link_graph(
        names,
        [(source, target) for source, target, _ in added],
        list(added.values()),
        kinds=[kind for _, _, kind in added],
    )
