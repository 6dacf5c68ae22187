"""The parts of a cluster's pages: what each shows, computed when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from separatrix.cluster.diagnosis.diagnose import diagnose
from separatrix.cluster.tables.cluster import Cluster
from separatrix.present.page.cluster_json import Part, carbon_json, cluster_json, difficulties_json

__all__ = ["PARTS", "whole_cluster_json"]

PARTS: Mapping[str, Callable[[Cluster], Part]] = {
    "carbon": lambda cluster: carbon_json(diagnose(cluster)),
    "difficulties": lambda cluster: difficulties_json(diagnose(cluster)),
}
"""By the name that a page asks with."""


def whole_cluster_json(cluster: Cluster) -> dict[str, Any]:
    """Return a cluster with all its parts, as a file that opens from disk holds them.

    Examples
    --------
    >>> from separatrix.cluster.tables.folder import load_cluster
    >>> data = whole_cluster_json(load_cluster("kalundborg"))
    >>> data["content"]["carbon"]["reporting_year"], data["parts"][:2]
    (None, ['carbon', 'difficulties'])
    """
    return {
        **cluster_json(cluster, PARTS),
        "content": {name: compute(cluster) for name, compute in PARTS.items()},
    }
