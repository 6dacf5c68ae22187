"""The calibrated game of a cluster on its own network: each enterprise with its own numbers and position.

The data of each enterprise become a column: the six parameters of those with measures, and whether it acts
already. An enterprise compares the mean payoffs of acting and of waiting over its partners, because the
calibrated payoffs are those of a year.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from separatrix.policy.leaders import NetworkGame
from separatrix.population.networks.enterprises import Enterprises
from separatrix.sentences import say
from separatrix_cluster.calibration.calibrate import calibrate
from separatrix_cluster.calibration.calibration import STRATEGIES
from separatrix_cluster.calibration.parameters import acting_today, paper_parameters
from separatrix_cluster.frame.frame import enterprise_network
from separatrix_cluster.tables.panel import Cluster

__all__ = ["CLUSTER_RULES", "cluster_game"]

CLUSTER_RULES = {"rule": "best-response", "earning": "averaged"}
"""How enterprises revise by default: base returns differ, so that copying the most successful would compare
sizes, and payoffs are those of a year, however many partners there are."""


MIDDLE = say(
    "the calibrated values are used without their intervals: the reported probabilities do not "
    "include that uncertainty"
)


def cluster_game(cluster: Cluster, **options: Any) -> NetworkGame:
    """Return the calibrated game of a cluster on its own network.

    Parameters
    ----------
    cluster : Cluster
    **options
        As `separatrix.calibrate` takes them: year, carbon_price, support and so on.

    Raises
    ------
    InputError
        N121 for a cluster without links; and what `separatrix.calibrate` raises where the tables do not make
        a game.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> found = cluster_game(load_cluster("synthetic-park"))
    >>> found.unit, found.members.text("strategy")[:2], round(float(found.members.number("C1", 0)[0]), 2)
    ('10k CNY/a', ('cooperate', 'cooperate'), 793.11)
    """
    found = calibrate(cluster, "enterprises", **options)
    members, links = enterprise_network(cluster, options.get("year"))
    where = {name: k for k, name in enumerate(members.names)}
    numbers = dict(members.numbers)
    for side in found.own:
        at = where.get(side.members[0])
        if at is None:
            continue
        for p in paper_parameters(side.components, "", found.grid):
            numbers.setdefault(p.name, np.full(len(members), np.nan))[at] = float(p.estimate.value)
    act, wait = STRATEGIES
    known = acting_today(cluster, members.names, found.year)
    strategies = tuple("" if name not in known else act if known[name] else wait for name in members.names)
    texts = {**members.texts, "strategy": strategies}
    game = found.game
    return NetworkGame(
        game,
        links,
        Enterprises(members.names, numbers, texts, members.source, members.rows),
        found.unit,
        (*found.cautions, MIDDLE),
    )
