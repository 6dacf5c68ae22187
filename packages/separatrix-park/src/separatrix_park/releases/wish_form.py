"""A wish as part of an address or a form: sectors to merge and figures to omit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from separatrix_park.releases.publication_table import QUANTITIES, Wish

__all__ = ["fields_of", "query_of", "wish_of"]

MOST = 2000
"""So many words of a wish are read; of what is longer, nothing."""


def wish_of(year: int, merged: Iterable[str], withheld: Iterable[str]) -> Wish:
    """Return the wish that words say; what makes no sense is passed over, for the table shows what it holds.

    Examples
    --------
    >>> wish_of(2025, ['["C22", "C31"]', "[]", "no"], ['[[], "energy"]', '[[], "?"]'])
    Wish(year=2025, merged=(('C22', 'C31'),), withheld=frozenset({((), 'energy')}))
    """
    groups: list[tuple[str, ...]] = []
    for word in list(merged)[:MOST]:
        group = _group(_read(word))
        # A sector stands in one group; of two that claim it the first has it.
        if group and not any(set(group) & set(other) for other in groups):
            groups.append(group)
    left = set()
    for word in list(withheld)[:MOST]:
        told = _read(word)
        if isinstance(told, list) and len(told) == 2:
            group = _group(told[0])
            if group is not None and isinstance(told[1], str) and told[1] in QUANTITIES:
                left.add((group, told[1]))
    return Wish(year, tuple(sorted(groups)), frozenset(left))


def _read(word: str) -> Any:
    try:
        return json.loads(word)
    except (ValueError, RecursionError):
        return None


def _group(told: Any) -> tuple[str, ...] | None:
    if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
        return None
    return tuple(sorted(set(told)))


def fields_of(wish: Wish) -> list[tuple[str, str]]:
    """Return the names and words of a form's fields that say a wish."""
    return [
        ("year", str(wish.year)),
        *(("merged", json.dumps(list(group))) for group in wish.merged),
        *(("withheld", json.dumps([list(group), quantity])) for group, quantity in sorted(wish.withheld)),
    ]


def query_of(wish: Wish) -> str:
    """Return the query of an address that says a wish.

    Examples
    --------
    >>> query_of(Wish(2025))
    'year=2025&chosen=1'
    """
    return urlencode([*fields_of(wish), ("chosen", "1")])
