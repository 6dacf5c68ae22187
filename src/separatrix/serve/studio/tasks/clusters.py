"""What a page is given of a cluster: its head first, then part by part what its pages show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from separatrix.cluster.tables.cluster import Cluster
from separatrix.present.page.cluster_json import Part, cluster_json
from separatrix.serve.studio.cluster_parts import PARTS, part_json
from separatrix.serve.studio.tasks.arguments import Arguments, Progress, not_understood

__all__ = ["cluster", "part"]


def cluster(opened: Cluster, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return what every page of a cluster says of it, and which parts there are to ask for."""
    return cluster_json(opened, PARTS)


def part(opened: Cluster, arguments: Arguments, progress: Progress) -> Part:
    """Return the part of the pages that is named; raises W111 where there is none of this name."""
    wanted = arguments.get("part")
    if not isinstance(wanted, str) or wanted not in PARTS:
        raise not_understood("part")
    # The folder that the files lie in is nobody's business; its last part is what they were called.
    return part_json(opened, wanted, Path(opened.origin).name)
