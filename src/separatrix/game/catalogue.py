"""The catalogue: published games, addressed by a short name, each with its citation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from separatrix.errors import NameProblem, nearest

__all__ = ["FOLDER", "Entry", "catalogue", "catalogue_path", "catalogue_slugs"]

FOLDER = Path(__file__).with_name("catalogue")


@dataclass(frozen=True)
class Entry:
    """A game of the catalogue.

    Attributes
    ----------
    slug : str
        The short name that `load` and every command take.
    title, source : str
        What it is, and whom to cite.
    size : str
        How many strategies each population has, as in ``2 × 2``.
    """

    slug: str
    title: str
    source: str
    size: str

    @property
    def short_source(self) -> str:
        """The source as far as its year."""
        found = re.match(r".{1,200}?\([0-9]{4}\)", self.source, re.DOTALL)
        return found[0] if found else self.source


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


def catalogue() -> list[Entry]:
    """Return an entry for each game of the catalogue, in alphabetical order of their names."""
    from separatrix.game.reader import load

    entries = []
    for slug in catalogue_slugs():
        game = load(slug)
        counts = [len(p.strategies) for p in game.populations]
        size = " × ".join(map(str, counts)) if len(counts) > 1 else f"{counts[0]} (one population)"
        entries.append(Entry(slug, game.title, game.source or "", size))
    return entries
