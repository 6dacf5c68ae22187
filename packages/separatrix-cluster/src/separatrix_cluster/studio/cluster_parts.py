"""The parts of a cluster's pages: what each shows, computed on request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix_cluster.brief.brief import brief_of_cluster
from separatrix_cluster.brief.document import brief_document
from separatrix_cluster.calibration.calibrate import calibrate
from separatrix_cluster.diagnosis.diagnose import diagnose
from separatrix_cluster.documents.calibration import calibration_document
from separatrix_cluster.measures.abatement import abatement
from separatrix_cluster.studio.cluster_json import (
    Part,
    carbon_json,
    cluster_json,
    difficulties_json,
    document_part,
    refused_part,
)
from separatrix_cluster.studio.cluster_opening import game_of_cluster
from separatrix_cluster.studio.diffusion import cluster_diffusion
from separatrix_cluster.studio.diffusion_json import diffusion_json
from separatrix_cluster.studio.exchanges import cluster_exchanges
from separatrix_cluster.studio.exchanges_json import exchanges_json
from separatrix_cluster.studio.measures_json import measures_json
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["PARTS", "cluster_game_of", "part_json", "whole_cluster_json"]


def _calibration(cluster: Cluster, called: str) -> Part:
    found = calibrate(cluster)
    found = replace(found, cluster=replace(found.cluster, origin=called))
    return document_part(lambda words: calibration_document(found, words))


def _brief(cluster: Cluster, called: str) -> Part:
    found = brief_of_cluster(cluster, called)
    return document_part(lambda words: brief_document(found, words))


PARTS: Mapping[str, Callable[[Cluster, str], Part]] = {
    "brief": _brief,
    "carbon": lambda cluster, _: carbon_json(diagnose(cluster)),
    "difficulties": lambda cluster, _: difficulties_json(diagnose(cluster)),
    "exchanges": lambda cluster, _: exchanges_json(cluster_exchanges(cluster)),
    "measures": lambda cluster, _: measures_json(abatement(cluster)),
    "diffusion": lambda cluster, _: diffusion_json(cluster_diffusion(cluster)),
    "calibration": _calibration,
}
"""By the name that a page asks with: functions of a cluster, and of what commands call it."""


def part_json(cluster: Cluster, name: str, called: str = "") -> Part:
    """Return a part of a cluster's pages; where its tables do not suffice, what would.

    Parameters
    ----------
    cluster : Cluster
    name : str
        One of `PARTS`.
    called : str
        What commands that a page names call the cluster; by default where it was read from.

    Examples
    --------
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> part_json(load_cluster("rotterdam"), "calibration")["code"]
    'K570'
    """
    try:
        return PARTS[name](cluster, called or cluster.origin)
    except InputError as problem:
        return refused_part(problem)


def cluster_game_of(cluster: Cluster) -> Game | None:
    """Return the game that the tables of a cluster make; None where they make none.

    Examples
    --------
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> cluster_game_of(load_cluster("rotterdam")) is None
    True
    """
    try:
        return game_of_cluster(cluster)
    except InputError:
        return None


def whole_cluster_json(cluster: Cluster, called: str = "") -> dict[str, Any]:
    """Return a cluster with all its parts, as a file that opens from disk holds them.

    Parameters
    ----------
    cluster : Cluster
    called : str
        As `part_json` takes it.

    Examples
    --------
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> data = whole_cluster_json(load_cluster("kalundborg"))
    >>> data["content"]["carbon"]["reporting_year"], data["parts"][:2]
    (None, ['brief', 'carbon'])
    """
    return {
        **cluster_json(cluster, PARTS),
        "content": {name: part_json(cluster, name, called) for name in PARTS},
    }
