"""Who belongs to a cluster, by id and by name: tables name an enterprise either way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from separatrix.errors import nearest

__all__ = ["Members", "members_of", "plain_name_of"]

_MOST_COMPARED = 5000


@dataclass(frozen=True)
class Members:
    """The enterprises of a cluster.

    Attributes
    ----------
    ids : set of str
    named : mapping of str to tuple of str
        The ids of the enterprises of a name, as `plain_name_of` has it; several where they share it.
    """

    ids: frozenset[str]
    named: Mapping[str, tuple[str, ...]]

    def has(self, text: str) -> bool:
        """Return whether a text is the id or the name of an enterprise."""
        return text in self.ids or plain_name_of(text) in self.named

    def nearest(self, text: str) -> str | None:
        """Return the id or name that a text was most likely meant to be."""
        # A set has another order in every run.
        return nearest(text, [*sorted(self.ids)[:_MOST_COMPARED], *list(self.named)[:_MOST_COMPARED]])


def plain_name_of(name: str) -> str:
    """Return a name without what differs from table to table: blanks, capitals, width of brackets.

    Examples
    --------
    >>> plain_name_of("东湖水泥（集团） 有限公司") == plain_name_of("东湖水泥(集团)有限公司")
    True
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()


def members_of(ids: Iterable[str], names: Iterable[str] = ()) -> Members:
    """Return the enterprises of these ids and names, in the same order.

    Examples
    --------
    >>> members_of(["E01", "E02"], ["East Lake Cement", ""]).named
    {'eastlakecement': ('E01',)}
    """
    known = list(ids)
    named: dict[str, tuple[str, ...]] = {}
    for identity, name in zip(known, names, strict=False):
        if name:
            plain = plain_name_of(name)
            named[plain] = (*named.get(plain, ()), identity)
    return Members(frozenset(known), named)
