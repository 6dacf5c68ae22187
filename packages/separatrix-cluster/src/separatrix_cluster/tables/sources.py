"""Which names on the command line mean a cluster, and which of its files a page is given."""

from __future__ import annotations

from pathlib import Path

from separatrix_cluster.tables.shipped import shipped_cluster, shipped_names

__all__ = ["is_cluster", "uploaded_files"]


def is_cluster(source: str) -> bool:
    """Return whether a name means a cluster: a shipped one, a folder, or a cluster.yaml."""
    path = Path(source)
    return source in shipped_names() or path.is_dir() or path.name in ("cluster.yaml", "cluster.yml")


def uploaded_files(source: str) -> list[Path]:
    """Return the files of a cluster's folder, which is read once so that a broken one is refused here."""
    from separatrix_cluster.tables.reader import load_cluster

    path = Path(source)
    folder = shipped_cluster(source) if not path.exists() else path if path.is_dir() else path.parent
    load_cluster(folder)
    return sorted(p for p in folder.iterdir() if p.is_file() and p.name[0] != ".")
