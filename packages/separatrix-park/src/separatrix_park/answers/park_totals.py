"""The sums of the park from the kept accounts of its enterprises, and how much of each is known.

A sum includes reported data only. If an enterprise is missing or its year is incomplete, the sum is a lower
bound (≥). If reports contradict themselves, for example nine bills in a year, it may be too high or too low
(~). The reporting year, the bounds of its total and the reported share are decided in one place, the
library's check of all reports together (`separatrix_cluster.completeness`), so that page one, the
diagnosis, budgets and publications agree. Until that check has run on the present data, the park's own
accounts are used, and ``checked`` is false. Only comparable data are compared: an intensity or a trend
includes only enterprises with both figures complete.

A year of an enterprise as shown: tce, t CO2e, and the uncertainty of each figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Sum

from separatrix_cluster.completeness.completeness import GATE
from separatrix_cluster.frame.park_indicators import TCE
from separatrix_park.answers.approved_data import ApprovedData, Member
from separatrix_park.answers.jobs import whole_check
from separatrix_park.models.people import AccountLine, AccountYear, Answer, EnterpriseAccount
from separatrix_park.models.reports import Report
from separatrix_park.reporting.description import park_description

__all__ = [
    "Carrier",
    "DOUBTED",
    "Emitter",
    "LEAST",
    "Missing",
    "ParkSums",
    "ParkYear",
    "Sector",
    "carbon_sign",
    "carriers_of",
    "energy_sign",
    "park_sums",
    "sum_sign",
    "year_data",
]

MOST_EMITTERS = 10

MOST_LOOKED_AT = 500
"""Of so many enterprises, those that emitted the most first, it is looked up what their reports lack."""

LEAST, DOUBTED = "≥", "~"
"""How a sum is marked that lacks something, and one of rows that contradict themselves."""


@dataclass(frozen=True)
class ParkYear:
    """A year of the park: t CO2e, tce, currency.

    Attributes
    ----------
    year : int
    total, scope_1, scope_2 : float
        Reported emissions; scope 2 without supplies between enterprises of the park.
    energy : float
        tce, without transfers between enterprises of the park.
    told, whole, members, doubted : int
        Number of enterprises with any data, with complete data free of contradictions, in total, and with
        contradictory reports.
    nothing_missing : int
        Number of enterprises without missing data, doubtful or not, as in the diagnosis.
    sign, energy_sign : str
        '' if no data are missing or doubtful, else `LEAST` or `DOUBTED`.
    held : float
        Upper bound of the year's share in the last known emissions: enterprises without data are missing
        from it, and the gaps of incomplete ones are unknown.
    low, high, share : float or None
        Bounds of the total including missing or doubtful data, t CO2e, and the reported share of it, from the
        check of all reports together; None if the check has not run or has no result.
    intensity : float or None
        t CO2e per money unit of value added, of ``intensity_of`` enterprises.
    energy_intensity : float or None
        tce per money unit, of ``energy_intensity_of`` enterprises.
    change : float or None
        From the previous year, of the ``change_of`` enterprises with complete data in both.
    """

    year: int
    total: float
    scope_1: float
    scope_2: float
    energy: float
    told: int
    whole: int
    members: int
    doubted: int
    held: float
    intensity: float | None
    intensity_of: int
    energy_intensity: float | None
    energy_intensity_of: int
    change: float | None
    change_of: int
    sign: str
    energy_sign: str
    nothing_missing: int
    low: float | None = None
    high: float | None = None
    share: float | None = None

    @property
    def ends(self) -> dict[str, float | None] | None:
        """The interval of the total, for pages that show it; None before the check."""
        return None if self.low is None else {"counted": self.total, "low": self.low, "high": self.high}

    @property
    def complete(self) -> bool:
        """Whether nothing of any enterprise is missing."""
        return self.whole == self.members

    @property
    def in_doubt(self) -> int:
        """The number of enterprises without missing data whose reports are doubtful."""
        return self.nothing_missing - self.whole

    @property
    def held_told(self) -> bool:
        """Whether a lower bound for the missing part is known: every missing enterprise has reported
        before."""
        return self.held < 1.0


@dataclass(frozen=True)
class Emitter:
    """An enterprise in a year; its emissions without what others of the park supplied."""

    member: Member
    carbon: float
    share: float
    sign: str


@dataclass(frozen=True)
class Sector:
    """The enterprises of a sector in a year."""

    code: str
    carbon: float
    energy: float
    told: int
    whole: int
    members: int
    sign: str


@dataclass(frozen=True)
class Carrier:
    """A carrier, or another source of emissions, in a year: tce and t CO2e."""

    carrier: str
    kind: str
    energy: float | None
    carbon: float


@dataclass(frozen=True)
class Missing:
    """An enterprise with missing data in a year, and its unapproved reports.

    ``missing`` lists reports it made in the previous year; ``doubted`` marks contradictory reports.
    ``lacks`` describes in each language the missing or doubtful data of this year.
    """

    member: Member
    reports: tuple[tuple[str, str], ...]
    last: float | None
    doubted: bool
    lacks: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class ParkSums:
    """What is known of the park: its years, and of the one that is shown the parts.

    ``checked`` says whether all these reports were checked together; ``reporting_year`` is the year that the
    diagnosis reports, too.
    """

    years: tuple[ParkYear, ...]
    year: ParkYear | None
    emitters: tuple[Emitter, ...]
    sectors: tuple[Sector, ...]
    carriers: tuple[Carrier, ...]
    missing: tuple[Missing, ...]
    reporting_year: int | None
    checked: bool


@dataclass(frozen=True)
class _Row:
    enterprise: UUID
    year: int
    energy: float | None
    scope_1: float | None
    scope_2: float | None
    inside: float
    energy_inside: float
    value_added: float | None
    whole: bool
    energy_whole: bool
    low: float | None

    @property
    def doubted(self) -> bool:
        return self.low is not None

    @property
    def sure(self) -> bool:
        return self.whole and not self.doubted

    @property
    def carbon(self) -> float | None:
        if self.scope_1 is None and self.scope_2 is None:
            return None
        return (self.scope_1 or 0.0) + (self.scope_2 or 0.0) - self.inside

    @property
    def used(self) -> float:
        return (self.energy or 0.0) - self.energy_inside


def park_sums(data: ApprovedData, year: int | None = None) -> ParkSums:
    """Return the sums of the park.

    Parameters
    ----------
    data : ApprovedData
        With the accounts brought up to date.
    year : int, optional
        Which one is shown in parts; by default the reporting year.
    """
    members = {m.id: m for m in data.members}
    columns = (
        "enterprise_id", "year", "energy", "scope_1", "scope_2", "inside", "energy_inside", "value_added",
        "whole", "energy_whole", "low",
    )  # fmt: skip
    rows = [_Row(*row) for row in AccountYear.objects.values_list(*columns).iterator(chunk_size=5000)]
    by_year: dict[int, dict[UUID, _Row]] = {}
    for row in rows:
        by_year.setdefault(row.year, {})[row.enterprise] = row
    known = sorted(by_year)
    last, factor = _last_known(rows), park_description(settings.PARK).money_factor
    check = whole_check()
    checked = check is not None and check.data_version == data.version
    ends = check.result["value"]["years"] if check is not None and checked else {}
    years = tuple(_with_check(_year(y, by_year, members, last, factor), ends.get(str(y))) for y in known)
    reported = _reporting_year(years, check)
    chosen = next((y for y in years if y.year == (reported if year is None else year)), None)
    if chosen is None:
        return ParkSums(years, None, (), (), (), (), reported, checked)
    now = by_year[chosen.year]
    return ParkSums(
        years,
        chosen,
        tuple(_emitters(now, members, chosen.total)),
        tuple(_sectors(now, members)),
        carriers_of(chosen.year),
        tuple(_missing(chosen.year, now, members, last, ends.get(str(chosen.year), {}))),
        reported,
        checked,
    )


def _reporting_year(years: Sequence[ParkYear], check: Answer | None) -> int | None:
    """Return the year of the newest check; before the first one, that by the park's own accounts."""
    if check is not None and any(y.year == check.result["value"]["year"] for y in years):
        return int(check.result["value"]["year"])
    enough = [y for y in years if y.held >= GATE and y.told]
    best = enough[-1] if enough else max(years, key=lambda y: (y.held, y.year), default=None)
    return None if best is None else best.year


def _with_check(year: ParkYear, ends: Mapping[str, Any] | None) -> ParkYear:
    """Return a year with what the check of all reports together says of it.

    Reports that are whole each by itself may contradict those of others; the check alone sees that.
    """
    if ends is None:  # the check has not been made, or read nothing of this year
        return year
    more = max(0, year.whole - int(ends["sure"]))
    return replace(
        year,
        whole=year.whole - more,
        doubted=year.doubted + more,
        sign=DOUBTED if more else year.sign,
        energy_sign=DOUBTED if more else year.energy_sign,
        nothing_missing=int(ends.get("whole", year.nothing_missing)),  # checks of former versions lack it
        low=ends["low"],
        high=ends["high"],
        share=ends["share"],
    )


def _last_known(rows: Iterable[_Row]) -> Mapping[UUID, list[tuple[int, float]]]:
    """Return what was counted of each enterprise, by year."""
    found: dict[UUID, list[tuple[int, float]]] = {}
    for row in rows:
        if row.carbon is not None:
            found.setdefault(row.enterprise, []).append((row.year, row.carbon))
    return {e: sorted(told) for e, told in found.items()}


def _expected(told: Sequence[tuple[int, float]], year: int) -> float | None:
    """Return what was counted of an enterprise in the last year before, or else in the first after."""
    before = [carbon for y, carbon in told if y < year]
    after = [carbon for y, carbon in told if y > year]
    return before[-1] if before else after[0] if after else None


def _year(
    year: int,
    by_year: Mapping[int, Mapping[UUID, _Row]],
    members: Mapping[UUID, Member],
    last: Mapping[UUID, list[tuple[int, float]]],
    factor: float,
) -> ParkYear:
    now, before = by_year[year], by_year.get(year - 1, {})
    told = {e: row for e, row in now.items() if row.carbon is not None}
    total = sum(row.carbon or 0.0 for row in told.values())
    sure = {e: row for e, row in told.items() if row.sure}
    doubted = sum(row.doubted for row in told.values())
    lacking = sum(_expected(last.get(e, ()), year) or 0.0 for e in members if e not in told)
    valued = {e: row for e, row in sure.items() if row.value_added and row.value_added > 0}
    worth = sum(row.value_added or 0.0 for row in valued.values()) / factor
    measured = {e: row for e, row in valued.items() if row.energy_whole}
    worth_measured = sum(row.value_added or 0.0 for row in measured.values()) / factor
    both = [e for e in sure if e in before and before[e].sure]
    then = sum(before[e].carbon or 0.0 for e in both)
    return ParkYear(
        year,
        total,
        sum(row.scope_1 or 0.0 for row in told.values()),
        sum((row.scope_2 or 0.0) - row.inside for row in told.values()),
        sum(row.used for row in told.values()) / TCE,
        len(told),
        len(sure),
        len(members),
        doubted,
        total / (total + lacking) if lacking > 0 else 1.0,
        sum(row.carbon or 0.0 for row in valued.values()) / worth if worth else None,
        len(valued),
        sum(row.used for row in measured.values()) / TCE / worth_measured if worth_measured else None,
        len(measured),
        sum(sure[e].carbon or 0.0 for e in both) / then - 1 if then > 0 else None,
        len(both),
        _sign(len(sure) == len(members), doubted),
        _sign(len(sure) == len(members) and all(row.energy_whole for row in told.values()), doubted),
        sum(row.whole for row in told.values()),
    )


def _sign(complete: bool, doubted: int) -> str:
    return DOUBTED if doubted else "" if complete else LEAST


def carbon_sign(row: Any) -> str:
    """Return how the emissions of an `AccountYear` are marked."""
    return _sign(row.whole, row.low is not None)


def energy_sign(row: Any) -> str:
    """Return how the energy of an `AccountYear` is marked."""
    return _sign(row.energy_whole, row.low is not None)


def sum_sign(signs: Iterable[str]) -> str:
    """Return how a sum of marked figures is marked."""
    parts = set(signs)
    return _sign(LEAST not in parts, DOUBTED in parts)


def _emitters(now: Mapping[UUID, _Row], members: Mapping[UUID, Member], total: float) -> Iterable[Emitter]:
    told = [(row.carbon, row) for e, row in now.items() if row.carbon is not None and e in members]
    for carbon, row in sorted(told, key=lambda pair: -pair[0])[:MOST_EMITTERS]:
        yield Emitter(members[row.enterprise], carbon, carbon / total if total > 0 else 0.0, carbon_sign(row))


def _sectors(now: Mapping[UUID, _Row], members: Mapping[UUID, Member]) -> Iterable[Sector]:
    by_sector: dict[str, list[UUID]] = {}
    for member in members.values():
        by_sector.setdefault(member.sector, []).append(member.id)
    found = []
    for code, those in by_sector.items():
        rows = [now[e] for e in those if e in now and now[e].carbon is not None]
        found.append(
            Sector(
                code,
                sum(row.carbon or 0.0 for row in rows),
                sum(row.used for row in rows) / TCE,
                len(rows),
                sum(row.whole for row in rows),
                len(those),
                _sign(sum(row.sure for row in rows) == len(those), sum(row.doubted for row in rows)),
            )
        )
    return sorted(found, key=lambda s: -s.carbon)


def carriers_of(year: int, enterprise: UUID | None = None) -> tuple[Carrier, ...]:
    """Return what was used of each carrier in a year, without what the park's enterprises handed on."""
    lines = AccountLine.objects.filter(year=year, inside=False)
    if enterprise is not None:
        lines = AccountLine.objects.filter(year=year, enterprise_id=enterprise)
    rows = lines.values_list("carrier", "kind").annotate(energy=Sum("energy"), carbon=Sum("carbon"))
    sums: dict[tuple[str, str], list[Any]] = {}
    for carrier, kind, energy, carbon in rows:
        # One carrier may be burned and be bought: it stands once, whatever became of it.
        key = (carrier, "" if carrier else kind)
        kept = sums.setdefault(key, [None, 0.0])
        kept[0] = kept[0] if energy is None else (kept[0] or 0.0) + energy / TCE
        kept[1] += carbon
    found = (Carrier(*key, *values) for key, values in sums.items())
    return tuple(sorted(found, key=lambda c: (-c.carbon, -(c.energy or 0.0))))


def _missing(
    year: int,
    now: Mapping[UUID, _Row],
    members: Mapping[UUID, Member],
    last: Mapping[UUID, list[tuple[int, float]]],
    check: Mapping[str, Any],
) -> Iterable[Missing]:
    """Return enterprises with missing data, largest last emissions first, with the state of their reports.

    Why is what the check of all reports together says of the year, else what the enterprise's own reports do.
    """
    lacks: dict[UUID, Any] = {e: check.get("lacking", {}).get(m.key) for e, m in members.items()}
    lacking = [e for e in members if lacks[e] or not (e in now and now[e].sure)]
    kept = EnterpriseAccount.objects.filter(enterprise_id__in=[e for e in lacking if not lacks[e]])
    for e, told in kept.values_list("enterprise_id", "told"):
        lacks[e] = told.get("lacking", {}).get(str(year), {})
    lacking.sort(key=lambda e: -(_expected(last.get(e, ()), year) or 0.0))
    states: dict[tuple[UUID, str], str] = {}
    # The year before first, so that what stands in the year itself overwrites it.
    reports = Report.objects.filter(year__in=(year - 1, year), enterprise_id__in=lacking[:MOST_LOOKED_AT])
    for enterprise, table, of, state in reports.order_by("year", "version").values_list(
        "enterprise_id", "table", "year", "state"
    ):
        states[enterprise, table] = state if of == year else "missing"
    open_ones: dict[UUID, list[tuple[str, str]]] = {}
    for (enterprise, table), state in sorted(states.items(), key=lambda item: item[0][1]):
        if state != Report.State.APPROVED:
            open_ones.setdefault(enterprise, []).append((table, state))
    found = [
        Missing(
            members[e],
            tuple(open_ones.get(e, ())),
            _expected(last.get(e, ()), year),
            e in now and now[e].doubted,
            lacks[e] or {},
        )
        for e in lacking
    ]
    return sorted(found, key=lambda m: (-(m.last or 0.0), m.member.key))


def year_data(year: AccountYear, factor: float) -> dict[str, Any]:
    """Return a year as it is shown: tce, t CO2e, and value added in the money unit of the park."""
    known = [part for part in (year.scope_1, year.scope_2) if part is not None]
    total = sum(known) if known else None
    worth = None if year.value_added is None else year.value_added / factor
    sure = year.whole and year.low is None and worth is not None and worth > 0
    return {
        "year": year.year,
        "energy": None if year.energy is None else year.energy / TCE,
        "energy_sign": energy_sign(year),
        "scope_1": year.scope_1,
        "scope_2": year.scope_2,
        "total": total,
        "whole": year.whole,
        "sign": carbon_sign(year),
        "low": year.low,
        "high": year.high,
        "value_added": worth,
        "intensity": total / worth if sure and total is not None and worth else None,
        "staff": year.staff,
        "months": sum(1 for carbon in year.months[0] if carbon) if year.months else None,
    }
