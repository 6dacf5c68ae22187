"""What an audit found, as the office reads it: which line fails, and who could compute whose value."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

from separatrix.cluster.disclosure.disclosure_audit import Disclosure
from separatrix.serve.park.models import Enterprise
from separatrix.serve.park.releases.ledger import quantities_of
from separatrix.serve.park.releases.publication_table import Checked, named
from separatrix.serve.park.scope import whole_park

__all__ = ["DisclosureFinding", "findings_of"]

MOST = 50
"""So many findings are told; those that need the fewest who collude come first."""


@dataclass(frozen=True)
class DisclosureFinding:
    """A value that somebody could compute too narrowly; for the office and auditors alone.

    Attributes
    ----------
    enterprise : str
        Whose value, by name.
    quantities : list of str
        Of what: of several where it is their sum.
    attackers : list of str
        Who puts together what they know, by name; empty for everybody who reads.
    low, high : float or None
        Between which they would know it to be.
    lines : list
        The lines of the table that they need: sectors and quantity.
    earlier : list of int
        The earlier publications that they need.
    places : bool
        Whether they need what enterprises were told of their place among others.
    """

    enterprise: str
    quantities: list[str]
    attackers: list[str]
    low: float
    high: float | None
    lines: list[tuple[list[str], str]]
    earlier: list[int]
    places: bool


def findings_of(checked: Checked) -> list[DisclosureFinding]:
    """Return what an audit found."""
    with whole_park("the office is told whose value a table would give away"):
        rows = Enterprise.objects.values_list("pk", "name", "key")
        names = {str(pk): name or key for pk, name, key in rows}
    return [_finding(d, names) for d in checked.disclosures[:MOST]]


def _finding(found: Disclosure, names: dict[str, str]) -> DisclosureFinding:
    lines: list[tuple[list[str], str]] = []
    earlier: set[int] = set()
    places = False
    told: list[Any] = [named(name) for name in found.figures if name]
    for kind, number, *rest in told:
        if kind != "publication":
            places = True
        elif number is None:
            lines.append((list(rest[0]), str(rest[1])))
        else:
            earlier.add(int(number))
    return DisclosureFinding(
        names.get(found.cell.enterprise, found.cell.enterprise),
        quantities_of(found.cell),
        [names.get(a, a) for a in found.attackers],
        found.low,
        None if found.high == inf else found.high,
        lines,
        sorted(earlier),
        places,
    )
