"""What a page is given of a cluster: its head first, then part by part what its pages show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from separatrix.studio.arguments import Arguments, Progress, not_understood
from separatrix.studio.files import page_file, page_language
from separatrix.studio.offline import offline_page
from separatrix.studio.offline_answers import game_page
from separatrix_cluster.studio.cluster_json import Part, cluster_json
from separatrix_cluster.studio.cluster_parts import PARTS, cluster_game_of, part_json, whole_cluster_json
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["cluster", "cluster_page", "offline_cluster", "part"]


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


def offline_cluster(cluster: Cluster, arguments: Arguments, progress: Progress) -> dict[str, str]:
    """Return the pages of a cluster as one file that opens from disk."""
    # The folder that the files lie in is nobody's business; its last part is what they were called.
    return page_file(cluster_page(cluster, page_language(arguments), Path(cluster.origin).name))


def cluster_page(cluster: Cluster, language: str, called: str = "") -> str:
    """Return the pages of a cluster as one file that opens from disk, with the game that its tables make.

    Parameters
    ----------
    cluster : Cluster
    language : str
        In which the page opens.
    called : str
        What commands that a page names call the cluster; by default where it was read from.

    Examples
    --------
    >>> from separatrix_cluster.tables.folder import load_cluster
    >>> cluster_page(load_cluster("kalundborg"), "zh")[:31]
    '<!DOCTYPE html>\\n<html lang="zh"'
    """
    told, game = whole_cluster_json(cluster, called), cluster_game_of(cluster)
    return offline_page(None, language, told) if game is None else game_page(game, language, told)
