"""The files of the catalogue, by the short names of its games."""

from __future__ import annotations

import os
from pathlib import Path

from separatrix.errors import NameProblem, nearest
from separatrix.io.files import placed

__all__ = ["FOLDER", "catalogue_path", "catalogue_slugs"]

FOLDER = Path(__file__).with_name("catalogue")


def catalogue_slugs() -> list[str]:
    """Return the names of all games of the catalogue, in alphabetical order.

    Examples
    --------
    >>> "shi-chen-2018" in catalogue_slugs()
    True
    """
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def catalogue_path(slug: str, *, files: bool = True) -> Path:
    """Return the file of the game called `slug`.

    Parameters
    ----------
    slug : str
    files : bool
        Whether the hint may mention a file of this name: only for a user at this machine.

    Raises
    ------
    NameProblem
        C401 if the catalogue has no such game.
    """
    slugs = catalogue_slugs()
    wanted = slug.strip().lower()
    if wanted in slugs:
        return FOLDER / f"{wanted}.yaml"
    meant = nearest(wanted, slugs)
    if meant:
        hint = f"did you mean `{meant}`?"
    elif files and _is_file(slug):
        hint = f"`{slug}` is a file or a folder here; write ./{slug} or give it an ending such as .yaml"
    else:
        hint = "`separatrix examples` lists the catalogue; a file needs its ending, as in game.yaml"
    raise NameProblem("C401", f"the catalogue has no game called `{slug}`", hint=hint)


def _is_file(name: str) -> bool:
    try:
        return os.path.lexists(placed(Path(name)))  # not where a link leads to, which may be anywhere
    except (OSError, ValueError):  # longer than systems take, or with letters that no name has
        return False
