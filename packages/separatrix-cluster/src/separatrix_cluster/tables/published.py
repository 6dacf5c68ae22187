"""Tables in the layouts in which registries publish them (`published.toml`).

The headings of their columns stand among the names of `tables.toml`; here is what they leave unsaid: the
parts of an id, the unit, that the emissions are verified.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from separatrix.io.cells import Cells
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.layout import TableLayout

__all__ = ["PublishedLayout", "apply_published_layout", "published_layouts", "published_of"]


_TITLES = {
    "eu_ets": say("verified emissions of the EU ETS, as the European Commission publishes them"),
    "eutl_export": say("installations of the EU Transaction Log, one a row"),
    "us_ghgrp": say("the data summary of the US Greenhouse Gas Reporting Program, as EPA publishes it"),
    "egrid": say("subregions of eGRID, as EPA publishes them"),
    "eea": say(
        "emission intensity of electricity by member state, as the European Environment Agency has it"
    ),
    "us_ghgrp_export": say("facilities of the US Greenhouse Gas Reporting Program, years side by side"),
}


@dataclass(frozen=True)
class PublishedLayout:
    """A layout in which others publish.

    Attributes
    ----------
    name : str
    title : Sentence
    marks : tuple of str
        Headings that only this layout has together.
    id : tuple of str
        Headings of the columns whose texts together are the id.
    not_known : tuple of str
        What stands for a number that is not known, in small letters.
    constants : mapping of str to str
        What holds for every row, by column of the table.
    """

    name: str
    title: Sentence
    marks: tuple[str, ...]
    id: tuple[str, ...]
    not_known: tuple[str, ...]
    constants: Mapping[str, str]


@cache
def published_layouts() -> tuple[PublishedLayout, ...]:
    """Return every layout that is known.

    Examples
    --------
    >>> [layout.name for layout in published_layouts()][:2]
    ['eu_ets', 'eutl_export']
    """
    text = files("separatrix_cluster.tables").joinpath("published.toml").read_text(encoding="utf-8")
    return tuple(
        PublishedLayout(
            name,
            _TITLES[name],
            tuple(entry["marks"]),
            tuple(entry["id"]),
            tuple(entry["not_known"]),
            entry["constants"],
        )
        for name, entry in tomllib.loads(text).items()
    )


def published_of(header: Sequence[str]) -> PublishedLayout | None:
    """Return the layout whose marks are all among the headings, or nothing."""
    found = {heading.strip().casefold() for heading in header}
    return next((p for p in published_layouts() if all(m.casefold() in found for m in p.marks)), None)


def apply_published_layout(cells: Cells, published: PublishedLayout, layout: TableLayout) -> Cells:
    """Return the cells with the id in one column, what is not known empty, and what is left unsaid said."""
    place = {heading.strip().casefold(): k for k, heading in reversed(list(enumerate(cells.header)))}
    parts = [place[heading.casefold()] for heading in published.id]
    ids = ["-".join(texts) for texts in zip(*(cells.columns[k] for k in parts), strict=True)]
    columns = [
        tuple("" if text.casefold() in published.not_known else text for text in column)
        if k not in parts
        else column
        for k, column in enumerate(cells.columns)
    ]
    named = "id" if layout.name == "enterprises" else "enterprise"
    added = {named: tuple(ids)} if named in layout.columns else {}
    for name, value in published.constants.items():
        if name in layout.columns and name.casefold() not in place:
            added[name] = (value,) * len(cells.rows)
    # The id goes before columns of its parts, which are told to nobody.
    header = tuple("" if k in parts else heading for k, heading in enumerate(cells.header))
    return replace(
        cells,
        header=(*header, *added),
        columns=(*columns, *added.values()),
        levels=(*cells.levels, *((name,) for name in added)),
    )
