"""The clusters that come with the program, by name."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from separatrix.errors import NameProblem, nearest
from separatrix.sentences import say

__all__ = ["shipped_cluster", "shipped_names"]


def shipped_names() -> list[str]:
    """Return the names of the clusters that come with the program."""
    root = Path(str(files("separatrix_cluster").joinpath("shipped")))
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
            say("unknown cluster `{name}`", name=name),
            hint=say("did you mean `{name}`?", name=meant)
            if meant
            else say(
                "shipped are {known}; a folder of your own is named as ./{name}",
                known=", ".join(known),
                name=name,
            ),
        )
    return Path(str(files("separatrix_cluster").joinpath("shipped", name)))
