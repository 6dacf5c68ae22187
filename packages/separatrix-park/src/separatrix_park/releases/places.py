"""What enterprises are told of their place among others: audited before it is told, and kept.

A group's average is known to as many as the group has members, and is taken to be known to everybody.  What
would give somebody away is left out.  It is told anew only now and then: each time tells more of what has
changed.

A place says whether fewer than half of the others do better, and not who.  It is told in groups so large that
those who collude can conclude of none of the others on which side of them it stands: with the k − 1 others
that they know themselves taken away, one more at least may do better, and one worse.  A place that changed
because one of them was corrected would tell where that one stands: so it is told anew only where enough
others have changed, and until then not at all, whether it changed or not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import inf, isclose
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from separatrix.sentences import Sentence, say
from separatrix.studio.sentences import in_every_language
from separatrix_cluster.disclosure.released_figure import Cell, rounding_interval
from separatrix_cluster.frame.park_measures import TCE
from separatrix_cluster.reporting.peer_comparison import DIGITS
from separatrix_park.models import AccountYear, Comparison, Release
from separatrix_park.releases.ledger import Ledger, RatioAverage
from separatrix_park.releases.open_lines import plain_figures
from separatrix_park.reporting.description import park_description

__all__ = ["AGAIN", "PlacesDraft", "ReportedData", "due", "places_draft", "tell_places"]

AGAIN = timedelta(days=30)
"""So long what was told of places stands before it is told anew."""

PARTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "carbon-per-value-added": (("scope_1", "scope_2", "inside"), "value_added"),
    "energy-per-value-added": (("energy", "energy_inside"), "value_added"),
    "value-added-per-worker": (("value_added",), "staff"),
}
"""Of which values each figure that is compared is the ratio."""

EQUAL = 1e-6
"""Relative: how exactly what is compared has to be what the accounts of an enterprise say."""


@dataclass(frozen=True)
class ReportedData:
    """The approved data that places rest on.

    Attributes
    ----------
    version : str
    ids : mapping of str to UUID
        Of the enterprises, by key.
    own : mapping of UUID to str
        What the approved reports of each are called.
    """

    version: str
    ids: Mapping[str, UUID]
    own: Mapping[UUID, str]


@dataclass(frozen=True)
class PlacesDraft:
    """What is to be told of places in a year, before it is audited.

    Attributes
    ----------
    ledger : Ledger
    lines : mapping of str to RatioAverage
        By name; those first that are told rather.
    found : mapping
        As the worker of places returned it.
    """

    ledger: Ledger
    lines: Mapping[str, RatioAverage]
    found: Mapping[str, Any]

    def arguments(self) -> dict[str, Any]:
        """Return what `open_lines` is asked."""
        mine = [figure for told in self.lines.values() for figure in self.ledger.average(told)]
        protection = settings.PARK.publication
        return {
            **plain_figures([*self.ledger.figures(), *mine], self.ledger.values),
            "lines": list(self.lines),
            "protection": protection.protection,
            "colluders": protection.colluders,
        }


def due(year: int) -> bool:
    """Return whether places of a year are told now: for the first time, or after a while."""
    if not Comparison.objects.filter(year=year).exclude(average=None).exists():
        return True
    last = Release.objects.filter(year=year, publication=None).order_by("pk").last()
    return last is None or last.made < timezone.now() - AGAIN


def places_draft(data: ReportedData, found: Mapping[str, Any]) -> PlacesDraft:
    """Return what is to be told of places, as figures over what enterprises have in their accounts."""
    year = found["year"]
    ledger = Ledger(year)
    lines: dict[str, RatioAverage] = {}
    some = {
        (one["measure"], tuple(one["sectors"]))
        for told in found["places"].values()
        for one in told
        if one["average"] is not None
    }
    groups = [g for g in found["groups"] if (g["measure"], tuple(g["sectors"])) in some]
    if not ledger.gone:
        cells = _cells(data, ledger, groups)
        factor = park_description(settings.PARK).money_factor
        for group in groups:
            line = _line(group, cells, factor)
            if line is not None:
                lines[line.name] = line
    return PlacesDraft(ledger, lines, found)


def line_name(sectors: Sequence[str], measure: str) -> str:
    """Return by which name a line is known."""
    return json.dumps(["places", None, list(sectors), measure])


Cells = Mapping[tuple[str, str], tuple[tuple[Cell, ...], Cell]]


def _cells(data: ReportedData, ledger: Ledger, groups: Sequence[Mapping[str, Any]]) -> Cells:
    """Return the cells of each member's ratio, by measure and key, where its accounts say the same.

    What its accounts do not say is compared with nobody's: an audit would look at another value.
    """
    ids = data.ids
    rows = {row.enterprise_id: row for row in AccountYear.objects.filter(year=ledger.year)}
    factor = park_description(settings.PARK).money_factor
    units = {"energy": TCE, "energy_inside": TCE, "value_added": factor}
    known: dict[tuple[str, str], tuple[tuple[Cell, ...], Cell]] = {}
    for group in groups:
        parts, below = PARTS[group["measure"]]
        for key, above, under in group["members"]:
            values = _values(rows.get(ids[key]))
            told = sum(values.get(p, inf) / units.get(p, 1.0) for p in parts)
            base = values.get(below, inf) / units.get(below, 1.0)
            if isclose(told, above, rel_tol=EQUAL, abs_tol=EQUAL) and isclose(base, under, rel_tol=EQUAL):
                own = data.own.get(ids[key], "")
                above_cells = tuple(ledger.cell(ids[key], p, values[p], own) for p in parts)
                known[group["measure"], key] = above_cells, ledger.cell(ids[key], below, values[below], own)
    return known


def _values(row: AccountYear | None) -> dict[str, float]:
    if row is None:
        return {}
    found = {
        "scope_1": row.scope_1 or 0.0,
        "scope_2": (row.scope_2 or 0.0) - row.inside,
        "inside": row.inside,
        "energy": (row.energy or 0.0) - row.energy_inside,
        "energy_inside": row.energy_inside,
    }
    if row.value_added is not None:
        found["value_added"] = row.value_added
    if row.staff is not None:
        found["staff"] = row.staff
    return found


def _line(group: Mapping[str, Any], cells: Cells, factor: float) -> RatioAverage | None:
    measure, average = group["measure"], group["average"]
    keys = [key for key, _, _ in group["members"]]
    if average <= 0 or any((measure, key) not in cells for key in keys):
        return None
    parts = [cells[measure, key] for key in keys]
    least, most = rounding_interval(average, DIGITS)
    # What is told is in tce and money units; values are in GJ and currency.
    unit = {"energy-per-value-added": TCE / factor, "value-added-per-worker": factor}.get(
        measure, 1.0 / factor
    )
    return RatioAverage(
        line_name(group["sectors"], measure),
        tuple(c for above, _ in parts for c in above),
        tuple(below for _, below in parts),
        least * unit,
        most * unit,
    )


def tell_places(data: ReportedData, draft: PlacesDraft, answered: Mapping[str, Any]) -> None:
    """Keep what every enterprise is told of its place, without the lines that would give somebody away.

    It is in the caller's transaction, which holds the log.  Where something else was told of the year while
    it was audited, nothing is told: the next time will do.
    """
    found, ledger = draft.found, draft.ledger
    if Ledger(ledger.year).last != ledger.last:
        return
    withheld = set(answered["withheld"])
    shown = [name for name in draft.lines if name not in withheld]
    changed = {name: ledger.changed_since_places(draft.lines[name]) for name in shown}
    # Whoever colludes knows of themselves how they changed; of the others two at least must have.
    fresh = {
        name: who is None or len(who) > settings.PARK.publication.colluders for name, who in changed.items()
    }
    ids = data.ids
    Comparison.objects.all().delete()
    Comparison.objects.bulk_create(
        Comparison(
            enterprise_id=ids[key],
            data_version=data.version,
            year=found["year"],
            **_figure_for_enterprise(one, set(shown), ledger.gone, str(ids[key]), fresh, changed),
        )
        for key, told in found["places"].items()
        if key in ids
        for one in told
    )
    new = [
        replace(draft.lines[name], places=fresh[name]) for name in shown if not ledger.says(draft.lines[name])
    ]
    if new:
        ledger.keep(new, "platform")


def _figure_for_enterprise(
    one: Mapping[str, Any],
    shown: set[str],
    gone: bool,
    reader: str,
    fresh: Mapping[str, bool],
    changed: Mapping[str, frozenset[str] | None],
) -> dict[str, Any]:
    """Return what an enterprise is told of one figure, without what is withheld."""
    if one["average"] is None:
        return dict(one)
    name = line_name(one["sectors"], one["measure"])
    if name not in shown:
        return {
            **one,
            "average": None,
            "others": 0,
            "sectors": [],
            "place": "",
            "why": _withheld_reason(gone),
        }
    fewest = 2 * settings.PARK.publication.colluders + 1
    same = fresh[name] or not (changed[name] or frozenset()) - {reader}
    return dict(one) if one["others"] >= fewest and same else {**one, "place": ""}


def _withheld_reason(gone: bool) -> dict[str, str]:
    why: Sentence | str = say("together with earlier averages, this one would reveal an enterprise's figures")
    if gone:
        why = say("data behind earlier averages have been deleted; a new average would reveal them")
    return {language: told["why"] for language, told in in_every_language({"why": why}).items()}
