"""Which tables a cluster folder may hold and what their columns mean (`tables.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from separatrix.run.cached_property import cached_property

__all__ = ["FieldLayout", "TableLayout", "layout_of", "layouts"]


@dataclass(frozen=True)
class FieldLayout:
    """A column: its name, its kind (see `tables.toml`), its bounds, what it means.

    ``also`` has other words for its choices, such as Chinese ones. A cell of a ``decisive`` column may be
    empty, but a row with an unreadable one is excluded: with the default meaning instead, a misspelt `sold`
    would count as burned. ``meaning_zh`` is '' where no form asks for the column.
    """

    name: str
    kind: str
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    names: tuple[str, ...] = ()
    example: str = ""
    also: Mapping[str, str] = field(default_factory=dict, hash=False)
    decisive: bool = False
    meaning_zh: str = ""


@dataclass(frozen=True)
class TableLayout:
    """A table: its columns, the key that names a row once, and families of columns by prefix."""

    name: str
    meaning: str
    meaning_zh: str
    key: tuple[str, ...]
    columns: Mapping[str, FieldLayout]
    patterns: tuple[FieldLayout, ...]

    def column_of(self, heading: str) -> FieldLayout | None:
        """Return the column that a heading names, in its own or another known spelling."""
        return self._spellings.get(_folded(heading)) or self._of_pattern(heading)

    @cached_property
    def _spellings(self) -> Mapping[str, FieldLayout]:
        spellings = {_folded(column.name): column for column in self.columns.values()}
        for column in self.columns.values():
            for name in column.names:
                spellings.setdefault(_folded(name), column)
        return spellings

    def _of_pattern(self, heading: str) -> FieldLayout | None:
        for pattern in self.patterns:
            for prefix in (pattern.name, *pattern.names):
                if _folded(heading).startswith(prefix) and len(_folded(heading)) > len(prefix):
                    name = pattern.name + _folded(heading)[len(prefix) :].lstrip("_")
                    return replace(pattern, name=name, names=())
        return None


def _folded(heading: str) -> str:
    return "_".join(heading.strip().casefold().replace("-", " ").split())


@cache
def layouts() -> Mapping[str, TableLayout]:
    """Return the layout of every table, by name.

    Examples
    --------
    >>> "energy" in layouts(), layouts()["energy"].column_of("能源品种").name
    (True, 'carrier')
    """
    text = files("separatrix_cluster.tables").joinpath("tables.toml").read_text(encoding="utf-8")
    return {name: _layout(name, table) for name, table in tomllib.loads(text).items()}


def layout_of(name: str) -> TableLayout:
    """Return the layout of a table."""
    return layouts()[name]


def _layout(name: str, table: dict[str, Any]) -> TableLayout:
    return TableLayout(
        name,
        table["meaning"],
        table["meaning_zh"],
        tuple(table["key"]),
        {c["name"]: _column(c) for c in table["columns"]},
        tuple(_column({**p, "name": p["prefix"]}) for p in table.get("patterns", ())),
    )


def _column(entry: dict[str, Any]) -> FieldLayout:
    return FieldLayout(
        entry["name"],
        entry["kind"],
        entry["meaning"],
        entry.get("required", False),
        tuple(entry.get("choices", ())),
        entry.get("low"),
        entry.get("high"),
        tuple(entry.get("names", ())),
        entry.get("example", ""),
        entry.get("also", {}),
        entry.get("decisive", False),
        entry.get("meaning_zh", ""),
    )
