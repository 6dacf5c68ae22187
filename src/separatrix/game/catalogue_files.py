"""The files of the catalogue, by the short names of its games."""

from __future__ import annotations

from pathlib import Path

from separatrix.errors import NameProblem, nearest

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


def catalogue_path(slug: str) -> Path:
    """Return the file of the game called `slug`.

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
    elif Path(slug).exists():
        hint = f"`{slug}` is a file or a folder here; write ./{slug} or give it an ending such as .yaml"
    else:
        hint = "`separatrix examples` lists the catalogue; a file needs its ending, as in game.yaml"
    raise NameProblem("C401", f"the catalogue has no game called `{slug}`", hint=hint)
