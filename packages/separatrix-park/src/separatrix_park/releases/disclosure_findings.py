"""What an audit found, as the office reads it: which line fails, and who could compute whose value.

A wish as part of an address or a form: sectors to merge and figures to omit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Any
from urllib.parse import urlencode

from separatrix_cluster.disclosure.audit import Disclosure
from separatrix_park.models.people import Enterprise
from separatrix_park.releases.ledger import CHANGE, quantities_of
from separatrix_park.releases.publication_table import QUANTITIES, Checked, Wish, figure_key
from separatrix_park.scope import whole_park

__all__ = ["BY_CARBON", "DisclosureFinding", "MOST", "fields_of", "findings_of", "query_of", "wish_of"]

BY_CARBON = "energy_by_carbon"
"""The quantity of a finding inferred from energy: the sum of both scopes, weighted by energy."""

MOST = 50
"""So many findings are shown; those that need the fewest who collude come first."""


@dataclass(frozen=True)
class DisclosureFinding:
    """A value that could be inferred too precisely; for the office and auditors only.

    Attributes
    ----------
    enterprise : str
        Owner of the value, by name.
    quantities : list of str
        Of the value; several if it is their sum.
    attackers : list of str
        Enterprises that combine their knowledge, by name; empty if any reader can infer the value.
    low, high : float or None
        The bounds they could infer.
    lines : list
        The lines of the table they need: sectors and quantity.
    earlier : list of int
        The earlier publications they need.
    places : bool
        Whether they need the positions shown to enterprises.
    correction : bool
        Whether the inferred quantity is a correction rather than the value itself.
    """

    enterprise: str
    quantities: list[str]
    attackers: list[str]
    low: float
    high: float | None
    lines: list[tuple[list[str], str]]
    earlier: list[int]
    places: bool
    correction: bool = False


def findings_of(checked: Checked) -> list[DisclosureFinding]:
    """Return what an audit found, each once."""
    with whole_park("the office sees whose value a table would reveal"):
        rows = Enterprise.objects.values_list("pk", "name", "key")
        names = {str(pk): name or key for pk, name, key in rows}
    # What energy says of carbon is another way to the same figure where energy is found itself.
    energy = {(d.cell.enterprise, d.attackers) for d in checked.disclosures if _is_of(d) == ["energy"]}
    found = [
        d
        for d in checked.disclosures
        if _is_of(d) != [BY_CARBON] or (d.cell.enterprise, d.attackers) not in energy
    ]
    return [_finding(d, names) for d in found]


def _is_of(found: Disclosure) -> list[str]:
    quantities = quantities_of(found.cell)
    # A weighted sum of both scopes is what energy says of them, in GJ.
    weighted = "×" in found.cell.quantity and set(quantities) <= {"scope_1", "scope_2"}
    return [BY_CARBON] if weighted else quantities


def _finding(found: Disclosure, names: dict[str, str]) -> DisclosureFinding:
    lines: list[tuple[list[str], str]] = []
    earlier: set[int] = set()
    places = False
    told: list[Any] = [figure_key(name) for name in found.figures if name]
    for kind, number, *rest in told:
        if kind != "publication":
            places = True
        elif number is None:
            lines.append((list(rest[0]), str(rest[1])))
        else:
            earlier.add(int(number))
    return DisclosureFinding(
        names.get(found.cell.enterprise, found.cell.enterprise),
        _is_of(found),
        [names.get(a, a) for a in found.attackers],
        found.low,
        None if found.high == inf else found.high,
        lines,
        sorted(earlier),
        places,
        found.cell.quantity.startswith(CHANGE),
    )


WISH_FORM_MOST = 2000
"""So many words of a wish are read; of what is longer, nothing."""


def wish_of(year: int, merged: Iterable[str], withheld: Iterable[str]) -> Wish:
    """Return the wish that words say; what makes no sense is passed over, for the table shows what it holds.

    Examples
    --------
    >>> wish_of(2025, ['["C22", "C31"]', "[]", "no"], ['[[], "energy"]', '[[], "?"]'])
    Wish(year=2025, merged=(('C22', 'C31'),), withheld=frozenset({((), 'energy')}))
    """
    groups: list[tuple[str, ...]] = []
    for word in list(merged)[:WISH_FORM_MOST]:
        group = _group(_read(word))
        # A sector stands in one group; of two that claim it the first has it.
        if group and not any(set(group) & set(other) for other in groups):
            groups.append(group)
    left = set()
    for word in list(withheld)[:WISH_FORM_MOST]:
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
