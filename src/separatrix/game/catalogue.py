"""The catalogue: published games, addressed by a short name, each with its citation."""

from __future__ import annotations

from pathlib import Path

from separatrix.errors import NameProblem, nearest

__all__ = ["FOLDER", "catalogue_path", "catalogue_slugs"]

FOLDER = Path(__file__).with_name("catalogue")


def catalogue_slugs() -> list[str]:
    """Return the names of all games of the catalogue, in alphabetical order."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def catalogue_path(slug: str) -> Path:
    """Return the file of the game called `slug`.

    Raises
    ------
    NameProblem
        C401 if the catalogue has no such game.
    """
    slugs = catalogue_slugs()
    if slug in slugs:
        return FOLDER / f"{slug}.yaml"
    meant = nearest(slug, slugs)
    hint = f"did you mean `{meant}`?" if meant else "`separatrix examples` lists the catalogue"
    raise NameProblem(
        "C401", f"the catalogue has no game called `{slug}`", hint=f"{hint} A file needs its suffix, as in {slug}.yaml"
    )
