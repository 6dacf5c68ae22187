"""Publications: sums of a year over the enterprises of the park, for everybody, with the head of the log.

What may be published is settled by `disclosure`: by sector where that is safe, else merged, else only the
total, else nothing; and never so that an earlier publication of the same year gives somebody away by the
difference.  What each enterprise has in the sums is kept apart for that, and goes with its data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from separatrix.errors import InputError
from separatrix.sentence import say
from separatrix.serve.park.answers.accounts import bring_up_to_date
from separatrix.serve.park.answers.approved_data import ApprovedData
from separatrix.serve.park.answers.jobs import ask_for_accounts
from separatrix.serve.park.keeping.disclosure import difference_is_safe, merged
from separatrix.serve.park.models import AccountYear, LogEntry, Person, Publication, PublishedValue
from separatrix.serve.park.scope import whole_park

__all__ = ["Figures", "figures", "publish", "withdraw", "years"]

FAMILIES: tuple[tuple[str, ...], ...] = (
    ("scope_1", "scope_2", "total", "energy"),
    ("total", "energy"),
    ("total",),
    ("energy",),
)
"""Which quantities are published together, the most telling first; two of the first three give the third."""

TOTAL = ""
"""The group that is the rest, or everybody."""


@dataclass(frozen=True)
class Figures:
    """What would be published of a year.

    Attributes
    ----------
    content : dict
        As it is published.
    values : mapping of UUID to (group, amounts)
        What each enterprise has in it; for nobody but the platform.
    data_version : str
        Of the approved data.
    """

    content: dict[str, Any]
    values: Mapping[UUID, tuple[str, dict[str, float]]]
    data_version: str


@dataclass(frozen=True)
class _Year:
    """The figures of a year by enterprise: amounts, sector, and whether nothing of them is missing."""

    amounts: Mapping[str, Mapping[str, float]]
    sectors: Mapping[str, str]
    whole: Mapping[str, bool]
    members: int
    data_version: str

    def table(self, quantities: Sequence[str]) -> dict[str, list[float]]:
        return _table(self.amounts, quantities)


def years() -> list[int]:
    """Return the years of which anything is approved.

    Raises
    ------
    InputError
        W265 while accounts are being worked out anew.
    """
    _fresh()
    with whole_park("which years there are figures of"):
        return sorted(AccountYear.objects.values_list("year", flat=True).distinct(), reverse=True)


def figures(year: int) -> Figures:
    """Return what may be published of a year.

    Raises
    ------
    InputError
        W265 with why nothing may; no enterprise is named in it.
    """
    data = _fresh()
    with whole_park("the sums of a year, and whether they give an enterprise away"):
        now = _year(year, {m.id: m.sector for m in data.members}, data.version)
        earlier = _earlier(year)
    if not now.amounts:
        raise _refused(say("no enterprise has approved figures of {year}", year=year))
    for quantities in FAMILIES:
        groups = _groups(now, quantities, earlier)
        if groups is not None:
            return _figures(year, now, quantities, groups)
    raise _why_not(now, earlier)


def publish(year: int, title: str, by: Person) -> Publication:
    """Publish the figures of a year.

    Raises
    ------
    InputError
        W265 where they may not be published.
    """
    with whole_park("sums are published, and what each has in them is kept apart"), transaction.atomic():
        LogEntry.hold()  # else two publications at once would not see each other
        found = figures(year)
        number = 1 + (Publication.objects.aggregate(last=Max("number"))["last"] or 0)
        made = Publication(
            number=number,
            title=title.strip(),
            year=year,
            content=found.content,
            data_version=found.data_version,
            made=timezone.now(),
            by=by,
        )
        entry = LogEntry.append(str(by.pk), "published", made.digest())
        made.chain_number, made.chain_head = entry.number, entry.digest
        made.save(force_insert=True)
        PublishedValue.objects.bulk_create(
            PublishedValue(publication=made, enterprise_id=enterprise, group=group, amounts=amounts)
            for enterprise, (group, amounts) in found.values.items()
        )
    return made


def withdraw(publication: Publication, why: str, by: Person) -> None:
    """Withdraw a publication: it stays, says so, and still counts, since others have seen it.

    Raises
    ------
    InputError
        W265 where no reason is given, or it was withdrawn before.
    """
    if not why.strip() or publication.withdrawn is not None:
        raise _refused(say("a publication is withdrawn once, with a reason"))
    with transaction.atomic():
        publication.withdrawn, publication.why_withdrawn = timezone.now(), why.strip()
        publication.save(update_fields=["withdrawn", "why_withdrawn"])
        LogEntry.append(str(by.pk), "publication withdrawn", publication.digest())


def _fresh() -> ApprovedData:
    """Return what is approved, with the accounts of all enterprises up to date."""
    data, waiting = bring_up_to_date()
    if waiting:
        ask_for_accounts(data.version)
        raise InputError(
            "W265",
            say("the accounts of {count} enterprises are being worked out anew", count=waiting),
            hint=say("try again in a moment"),
        )
    return data


def _year(year: int, sectors: Mapping[UUID, str], data_version: str) -> _Year:
    amounts: dict[str, dict[str, float]] = {}
    whole: dict[str, bool] = {}
    for row in AccountYear.objects.filter(year=year):
        if row.enterprise_id not in sectors or (row.scope_1 is None and row.scope_2 is None):
            continue
        scope_1, scope_2 = row.scope_1 or 0.0, (row.scope_2 or 0.0) - row.inside
        amounts[str(row.enterprise_id)] = {
            "scope_1": scope_1,
            "scope_2": scope_2,
            "total": scope_1 + scope_2,
            "energy": (row.energy or 0.0) - row.energy_inside,
        }
        whole[str(row.enterprise_id)] = row.whole and row.energy_whole
    return _Year(amounts, {str(k): v for k, v in sectors.items()}, whole, len(sectors), data_version)


@dataclass(frozen=True)
class _Earlier:
    """An earlier publication of the year; ``gone`` where data of it were deleted."""

    quantities: Sequence[str]
    amounts: Mapping[str, Mapping[str, float]]
    group: Mapping[str, str]
    gone: bool


def _earlier(year: int) -> list[_Earlier]:
    found = []
    for publication in Publication.objects.filter(year=year).order_by("number"):
        rows = PublishedValue.objects.filter(publication=publication)
        kept = {str(row.enterprise_id): row for row in rows}
        found.append(
            _Earlier(
                publication.content["quantities"],
                {key: row.amounts for key, row in kept.items()},
                {key: row.group for key, row in kept.items()},
                publication.deleted > 0 or len(kept) != publication.content["told"],
            )
        )
    return found


def _groups(
    now: _Year, quantities: Sequence[str], earlier: Sequence[_Earlier]
) -> dict[str, tuple[str, ...]] | None:
    """Return groups that may be published: by sector, or the total alone; None where neither may."""
    if any(one.gone for one in earlier):
        return None
    table = now.table(quantities)
    everybody = {TOTAL: tuple(sorted(table))}
    split = next((one.group for one in reversed(earlier) if set(one.group.values()) != {TOTAL}), None)
    if split is None:
        by_sector: dict[str, list[str]] = {}
        for key in table:
            by_sector.setdefault(now.sectors[key], []).append(key)
        wanted = merged(table, by_sector)
    else:  # two ways to group the same enterprises would give smaller groups by their differences
        by_group: dict[str, list[str]] = {}
        for key in table:
            by_group.setdefault(split.get(key, TOTAL), []).append(key)
        wanted = {name: tuple(sorted(members)) for name, members in sorted(by_group.items())}
        again = merged(table, wanted)
        wanted = wanted if again == wanted else {}
    for groups in (wanted, merged(table, everybody)):
        if groups and all(_beside(table, quantities, one, groups) for one in earlier):
            return groups
    return None


def _beside(
    table: Mapping[str, Sequence[float]],
    quantities: Sequence[str],
    one: _Earlier,
    groups: Mapping[str, Sequence[str]],
) -> bool:
    """Return whether groups may stand beside an earlier publication."""
    both = [k for k, name in enumerate(quantities) if name in one.quantities]
    now = {key: [values[k] for k in both] for key, values in table.items()}
    before = _table(one.amounts, [quantities[k] for k in both])
    if not both:
        return True
    placed = {key: one.group.get(key, TOTAL) for key in {*now, *before}}
    placed |= {key: name for name, members in groups.items() for key in members}
    in_groups: dict[str, list[str]] = {}
    for key, name in placed.items():
        in_groups.setdefault(name, []).append(key)
    fine = in_groups if len(groups) > 1 and set(one.group.values()) != {TOTAL} else {}
    return difference_is_safe(now, before, {TOTAL: list(placed)}) and difference_is_safe(now, before, fine)


def _figures(
    year: int, now: _Year, quantities: Sequence[str], groups: Mapping[str, Sequence[str]]
) -> Figures:
    def told(members: Iterable[str]) -> dict[str, Any]:
        those = list(members)
        return {
            "told": len(those),
            "whole": sum(now.whole[key] for key in those),
            "amounts": {q: round(sum(now.amounts[key][q] for key in those)) for q in quantities},
        }

    def members_of(name: str) -> int:
        """Count the enterprises of a sector, or of all that do not stand by themselves."""
        return sum((sector if sector in groups else TOTAL) == name for sector in now.sectors.values())

    parts = [
        {"sector": name, "members": members_of(name), **told(members)} for name, members in groups.items()
    ]
    content = {
        "year": year,
        "quantities": list(quantities),
        "members": now.members,
        **told(now.amounts),
        "groups": parts if len(parts) > 1 else [],
    }
    group = {key: name for name, members in groups.items() for key in members}
    if len(parts) == 1:
        group = dict.fromkeys(group, TOTAL)
    values = {UUID(key): (group[key], dict(amounts)) for key, amounts in now.amounts.items()}
    return Figures(content, values, now.data_version)


def _table(amounts: Mapping[str, Mapping[str, float]], quantities: Sequence[str]) -> dict[str, list[float]]:
    return {key: [told[name] for name in quantities] for key, told in amounts.items()}


def _why_not(now: _Year, earlier: Sequence[_Earlier]) -> InputError:
    if any(one.gone for one in earlier):
        return _refused(
            say(
                "data that an earlier publication of this year rests on were deleted; another one would show "
                "by the difference what they were"
            )
        )
    if earlier and any(_groups(now, quantities, []) for quantities in FAMILIES):
        return _refused(
            say(
                "too little has changed since an earlier publication of this year; the difference would give "
                "an enterprise away"
            )
        )
    return _refused(
        say("the sum would give an enterprise away: it is of fewer than three, or one has almost all of it")
    )


def _refused(why: str) -> InputError:
    return InputError("W265", why)
