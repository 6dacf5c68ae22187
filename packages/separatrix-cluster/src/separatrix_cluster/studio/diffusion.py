"""How things spread in a cluster: acting, in its calibrated game, and an idea, along its links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from separatrix.errors import InputError
from separatrix.population.awareness import Awareness, awareness
from separatrix.population.certified import CertifiedSeeds
from separatrix.population.networks.link_graph import LinkGraph
from separatrix.population.networks.network import NetworkEnsemble, network
from separatrix.population.opim import certified_seeds
from separatrix.sentences import Sentence
from separatrix_cluster.calibration.calibrate import calibrate
from separatrix_cluster.calibration.calibration import Calibration
from separatrix_cluster.calibration.network_game import CLUSTER_RULES, cluster_game
from separatrix_cluster.frame.enterprise_network import enterprise_network
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["ActingSpread", "ClusterDiffusion", "cluster_diffusion"]

SEEDS = 3
"""The number of enterprises to inform first, as in a brief."""

ROUNDS, REPLICAS, FRAMES = 20, 200, 61
"""Decisions of each enterprise, runs, and states of the first run that are kept."""

RUNS = 1000
"""Of an idea."""


@dataclass(frozen=True)
class ActingSpread:
    """How acting spreads in the calibrated game, with what a reader must know of it before using it."""

    runs: NetworkEnsemble
    calibration: Calibration
    cautions: tuple[Sentence, ...]


@dataclass(frozen=True)
class ClusterDiffusion:
    """How things spread in a cluster.

    Attributes
    ----------
    cluster : Cluster
    links : LinkGraph
    seeds : CertifiedSeeds
        The enterprises to inform first of an idea.
    idea : Awareness
        When each enterprise hears of it, from these.
    acting : ActingSpread or None
        None where the tables do not give a game.
    refused : InputError or None
        Why they do not.
    """

    cluster: Cluster
    links: LinkGraph
    seeds: CertifiedSeeds
    idea: Awareness
    acting: ActingSpread | None
    refused: InputError | None


def cluster_diffusion(cluster: Cluster, *, seed: int = 0) -> ClusterDiffusion:
    """Return how an idea gets about in a cluster and, where its tables make a game, how acting spreads.

    Raises
    ------
    InputError
        N121 for a cluster without links.

    Examples
    --------
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> found = cluster_diffusion(load_cluster("kalundborg"))
    >>> len(found.seeds.names), found.idea.times.shape, found.acting is None
    (3, (1000, 20), True)
    """
    _, links = enterprise_network(cluster)
    seeds = certified_seeds(links, min(SEEDS, links.size), seed=seed)
    idea = awareness(links, seeds.names, runs=RUNS, seed=seed)
    try:
        acting = _acting(cluster, seed)
    except InputError as problem:
        return ClusterDiffusion(cluster, links, seeds, idea, None, problem)
    return ClusterDiffusion(cluster, links, seeds, idea, acting, None)


def _acting(cluster: Cluster, seed: int) -> ActingSpread:
    own, calibration = cluster_game(cluster), calibrate(cluster)
    rules: dict[str, Any] = dict(CLUSTER_RULES)
    runs = network(
        own.game,
        own.links,
        own.members,
        until=ROUNDS,
        replicas=REPLICAS,
        frames=FRAMES,
        points=10 * ROUNDS,
        seed=seed,
        **rules,
    )
    return ActingSpread(runs, calibration, own.cautions)
