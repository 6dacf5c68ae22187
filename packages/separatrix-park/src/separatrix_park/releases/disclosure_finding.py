"""What an audit found, as the office reads it: which line fails, and who could compute whose value."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

from separatrix_cluster.disclosure.disclosure_audit import Disclosure
from separatrix_park.models import Enterprise
from separatrix_park.releases.ledger import CHANGE, quantities_of
from separatrix_park.releases.publication_table import Checked, figure_key
from separatrix_park.scope import whole_park

__all__ = ["BY_CARBON", "MOST", "DisclosureFinding", "findings_of"]

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
