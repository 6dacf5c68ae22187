"""The clusters that come with the program, by name."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from separatrix.errors import NameProblem, nearest

__all__ = ["shipped_cluster", "shipped_names"]


def shipped_names() -> list[str]:
    """Return the names of the clusters that come with the program."""
    root = Path(str(files("separatrix.cluster").joinpath("shipped")))
    return sorted(p.name for p in root.iterdir() if (p / "cluster.yaml").is_file())


def shipped_cluster(name: str) -> Path:
    """Return the folder of a shipped cluster.

    Raises
    ------
    NameProblem
        K100 where there is none of that name.
    """
    known = shipped_names()
    if name not in known:
        meant = nearest(name, known)
        raise NameProblem(
            "K100",
            f"there is no cluster `{name}`",
            hint=f"did you mean `{meant}`?"
            if meant
            else f"shipped are {', '.join(known)}; a folder of your own is named as ./{name}",
        )
    return Path(str(files("separatrix.cluster").joinpath("shipped", name)))
