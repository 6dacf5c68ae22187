"""The catalogue: published games, addressed by a short name, each with its citation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.run.result import Tabled

__all__ = ["CatalogueEntry", "Examples", "catalogue", "examples"]


@dataclass(frozen=True)
class CatalogueEntry:
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


class Examples(Tabled, list[CatalogueEntry]):
    """The catalogue as a list that is told in one screen, and as a table."""


def examples(language: str = "en") -> Examples:
    """Return the published games that come with the program; `load` takes the name of each.

    Parameters
    ----------
    language : str
        Of titles and sources, where the file of a game translates them.

    Returns
    -------
    Examples
        A list of `CatalogueEntry`, in alphabetical order of their names.

    Raises
    ------
    InputError
        If a file of the catalogue cannot be read, which no installation should have.

    Examples
    --------
    >>> import separatrix
    >>> entry = separatrix.examples()[0]
    >>> separatrix.load(entry.slug).title == entry.title
    True
    """
    return Examples(catalogue(language))


def catalogue(language: str = "en") -> list[CatalogueEntry]:
    """Return an entry for each game of the catalogue, in alphabetical order of their names.

    Titles and sources are in a language where the file of a game translates them.
    """
    from separatrix.game.reader import load
    from separatrix.game.translation import translate

    entries = []
    for slug in catalogue_slugs():
        game = translate(load(slug), language)
        counts = [len(p.strategies) for p in game.populations]
        size = " × ".join(map(str, counts)) if len(counts) > 1 else f"{counts[0]} (one population)"
        entries.append(CatalogueEntry(slug, game.title, game.source or "", size))
    return entries
