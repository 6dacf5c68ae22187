"""Positions shown to enterprises: audited before release, and stored.

As many enterprises see a group's average as the group has members, so it is treated as public. Lines that
would reveal an enterprise's data are omitted. Updates are rare, because each one reveals something about
the changes.

A position states whether fewer than half of the others do better, without names. The group is so large that
colluding enterprises cannot infer the side of any other enterprise: after removing the k − 1 others they
know, at least one more may do better and one worse. A position that changed because of one correction would
reveal that enterprise's side. So a new position is shown only after enough others have changed, and until
then none at all.

Pages that show figures about several enterprises to readers other than the office, and the audits before
release.

The office and auditors see all figures and need no audit. A page for other readers that changes with a
neighbour's figures is either listed here or a leak; a test looks for such pages.
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
from separatrix.studio.tasks import in_every_language
from separatrix_cluster.disclosure.released_figure import Cell, rounding_interval
from separatrix_cluster.frame.park_indicators import TCE
from separatrix_cluster.reporting.benchmarking import DIGITS
from separatrix_park.models.people import AccountYear, Comparison
from separatrix_park.models.records import Release
from separatrix_park.releases import publication_table
from separatrix_park.releases.ledger import Ledger, RatioAverage
from separatrix_park.releases.open_lines import plain_figures
from separatrix_park.reporting.description import park_description

__all__ = [
    "AGAIN",
    "PlacesDraft",
    "RELEASERS",
    "ReportedData",
    "due",
    "places_draft",
    "tell_places",
]


AGAIN = timedelta(days=30)
"""Time after which released positions are updated."""

PARTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "carbon-per-value-added": (("scope_1", "scope_2", "inside"), "value_added"),
    "energy-per-value-added": (("energy", "energy_inside"), "value_added"),
    "value-added-per-worker": (("value_added",), "staff"),
}
"""The values whose ratio each compared figure is."""

EQUAL = 1e-6
"""Relative: how exactly what is compared has to be what the accounts of an enterprise say."""


@dataclass(frozen=True)
class ReportedData:
    """The approved data behind positions.

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
    """The positions of a year before the audit.

    Attributes
    ----------
    ledger : Ledger
    lines : mapping of str to RatioAverage
        By name, in order of priority.
    found : mapping
        Result of the positions worker.
    """

    ledger: Ledger
    lines: Mapping[str, RatioAverage]
    found: Mapping[str, Any]

    def arguments(self) -> dict[str, Any]:
        """Return the arguments for `open_lines`."""
        mine = [figure for told in self.lines.values() for figure in self.ledger.average(told)]
        protection = settings.PARK.publication
        return {
            **plain_figures([*self.ledger.figures(), *mine], self.ledger.values),
            "lines": list(self.lines),
            "protection": protection.protection,
            "colluders": protection.colluders,
        }


def due(year: int) -> bool:
    """Return whether positions of a year are due: the first time, or after a while."""
    if not Comparison.objects.filter(year=year).exclude(average=None).exists():
        return True
    last = Release.objects.filter(year=year, publication=None).order_by("pk").last()
    return last is None or last.made < timezone.now() - AGAIN


def places_draft(data: ReportedData, found: Mapping[str, Any]) -> PlacesDraft:
    """Return the positions to release, as figures over values in the enterprises' accounts."""
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

    Figures not contained in the accounts are not compared: an audit would use another value.
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
    """Store the position of every enterprise, without the lines that would reveal another enterprise's
    data.

    This is in the caller's transaction, which locks the log. If other figures of the year were released
    during the audit, nothing is stored until the next time.
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
    """Return an enterprise's position for one figure, without withheld parts."""
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


_PUBLICATION, _PLACES = publication_table.__name__, __name__

RELEASERS: Mapping[str, str] = {
    "publications": _PUBLICATION,
    "publication": _PUBLICATION,
    "list_publications": _PUBLICATION,
    "publish_figures": _PUBLICATION,  # at the same address as they are listed
    "get_publication": _PUBLICATION,
    "enterprise": _PLACES,
    "enterprise_page": _PLACES,
}
"""The module that audits the figures before release, by name of the page or operation."""
