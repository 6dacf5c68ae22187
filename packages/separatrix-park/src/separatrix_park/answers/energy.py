"""Energy use: by enterprise and carrier, by month, and from carriers into sectors.

The energy flow as a picture: carriers on the left, sectors on the right, ribbons as wide as the energy.

Reference: Schmidt, M. (2008). The Sankey diagram in energy and material flow management. Journal of
Industrial Ecology 12(1), 82-94.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from separatrix_cluster.frame.park_indicators import TCE
from separatrix_park.answers.park_totals import DOUBTED, LEAST
from separatrix_park.models.people import AccountLine, AccountYear

__all__ = [
    "Benchmark",
    "EnergyFlow",
    "Month",
    "Use",
    "absent_years",
    "benchmarks",
    "energy_flow",
    "flow_picture",
    "months_of",
    "sign_of_years",
    "signs_of",
    "uses",
]

MONTHS = 12

LEAST_COMPARED = 3
"""Minimum number of enterprises in a sector for quartiles."""


@dataclass(frozen=True)
class Use:
    """What an enterprise used of a carrier in a year: tce, t CO2e; ``inside`` is what others supplied."""

    key: str
    name: str
    year: int
    carrier: str
    kind: str
    scope: int
    inside: bool
    energy: float | None
    carbon: float


@dataclass(frozen=True)
class Month:
    """A month of the enterprises with monthly bills: tce, t CO2e, None without bills.

    ``sign`` is `LEAST` where a bill of it is missing or may be, `DOUBTED` where the year contradicts itself.
    """

    month: int
    energy: float | None
    carbon: float | None
    sign: str


@dataclass(frozen=True)
class EnergyFlow:
    """How much of a carrier goes into a sector in a year, tce."""

    carrier: str
    sector: str
    energy: float
    kind: str = ""


@dataclass(frozen=True)
class Benchmark:
    """An enterprise compared with the others of its sector in the park, in a year; ratios per money unit.

    ``quartiles`` are those of the sector, None where too few enterprises are complete.
    """

    enterprise: UUID
    key: str
    name: str
    sector: str
    carbon: float | None
    energy: float | None
    compared: int
    carbon_quartiles: tuple[float, float, float] | None
    energy_quartiles: tuple[float, float, float] | None

    @property
    def worst(self) -> float:
        """How far it is above the middle of its sector, in the figure in which it is farther."""
        pairs = ((self.carbon, self.carbon_quartiles), (self.energy, self.energy_quartiles))
        return max((own / q[1] for own, q in pairs if own is not None and q and q[1] > 0), default=0.0)


def uses(year: int | None = None, carrier: str = "", enterprise: str = "") -> Any:
    """Return the rows of the energy query, as the scope in force reads them: a query of `AccountLine`."""
    asked = Q()
    if year is not None:
        asked &= Q(year=year)
    if carrier:
        asked &= Q(carrier=carrier)
    if enterprise:
        asked &= Q(enterprise__key=enterprise)
    return AccountLine.objects.filter(asked).order_by("-year", "enterprise__key", "carrier", "kind", "scope")


def as_uses(rows: Any) -> Iterable[Use]:
    """Return rows of `uses` with their names, in tce."""
    columns = (
        "enterprise__key", "enterprise__name", "year", "carrier", "kind", "scope", "inside", "energy",
        "carbon",
    )  # fmt: skip
    for row in rows.values_list(*columns):
        key, name, year, carrier, kind, scope, inside, energy, carbon = row
        tce = None if energy is None else energy / TCE
        yield Use(key, name, year, carrier, kind, scope, inside, tce, carbon)


def months_of(year: int, enterprise: str = "") -> tuple[tuple[Month, ...], int, int]:
    """Return a year by month, of how many enterprises that is, and of how many the year is known."""
    rows = AccountYear.objects.filter(year=year)
    if enterprise:
        rows = rows.filter(enterprise__key=enterprise)
    told = list(rows.values_list("months", "whole", "low"))
    monthly = [months for months, _, _ in told if months]
    sign = _sign_of((whole, low) for months, whole, low in told if months)
    found = []
    for k in range(MONTHS):
        carbon, energy = ([m[i][k] for m in monthly if m[i][k] is not None] for i in (0, 1))
        lacks = sign or (LEAST if len(carbon) < len(monthly) else "")
        if carbon:
            found.append(Month(k + 1, sum(energy) / TCE, sum(carbon), lacks))
        else:
            found.append(Month(k + 1, None, None, lacks))
    return (tuple(found) if monthly else ()), len(monthly), len(told)


def signs_of(rows: Iterable[Use]) -> dict[tuple[str, int], str]:
    """Return how the figures of rows are marked, by enterprise and year; those that are sure stay out."""
    keys = {row.key for row in rows}
    unsure = AccountYear.objects.filter(enterprise__key__in=keys).exclude(whole=True, low=None)
    found = unsure.values_list("enterprise__key", "year", "whole", "low")
    return {(key, year): _sign_of([(whole, low)]) for key, year, whole, low in found}


def absent_years(years: Any, members: Any) -> int:
    """Return how many years of members `AccountYear` lacks, of those years that it has at all."""
    of_members = years.filter(enterprise__in=members.order_by())
    return int(members.count()) * int(years.order_by().values("year").distinct().count()) - int(
        of_members.count()
    )


def sign_of_years(years: Any, absent: int) -> str:
    """Return the sign of a sum over `AccountYear`, given the number of missing enterprises."""
    return _sign_of(years.values_list("whole", "low")) or (LEAST if absent else "")


def _sign_of(years: Iterable[tuple[bool, float | None]]) -> str:
    told = list(years)
    if any(low is not None for _, low in told):
        return DOUBTED
    return "" if all(whole for whole, _ in told) else LEAST


def energy_flow(year: int) -> tuple[EnergyFlow, ...]:
    """Return which carriers go into which sectors, without what enterprises passed to one another."""
    rows = AccountLine.objects.filter(year=year, inside=False).exclude(carrier="")
    sums = rows.values_list("carrier", "enterprise__sector").annotate(energy=Sum("energy"))
    found = (EnergyFlow(c, s, e / TCE) for c, s, e in sums.order_by() if e is not None and e > 0)
    return tuple(sorted(found, key=lambda f: -f.energy))


def benchmarks(year: int, factor: float) -> tuple[Benchmark, ...]:
    """Return the enterprises of a year compared with their sectors, largest excess over the median first.

    Only enterprises with complete emissions, energy and value added are compared.

    Parameters
    ----------
    year : int
    factor : float
        What one money unit is in the currency.
    """
    columns = (
        "enterprise_id", "enterprise__key", "enterprise__name", "enterprise__sector", "scope_1", "scope_2",
        "energy", "energy_whole", "value_added",
    )  # fmt: skip
    complete = AccountYear.objects.filter(year=year, whole=True, low=None, value_added__gt=0)
    rows = []
    for who, key, name, sector, one, two, energy, whole, worth in complete.values_list(*columns):
        units = worth / factor
        used = energy / TCE / units if whole and energy is not None else None
        rows.append((who, key, name, sector, ((one or 0.0) + (two or 0.0)) / units, used))
    by_sector: dict[str, list[Any]] = {}
    for row in rows:
        by_sector.setdefault(row[3], []).append(row)
    found = [
        Benchmark(
            *row,
            len(by_sector[row[3]]),
            _quartiles([r[4] for r in by_sector[row[3]]]),
            _quartiles([r[5] for r in by_sector[row[3]] if r[5] is not None]),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda b: (-b.worst, b.key)))


def _quartiles(values: Sequence[float]) -> tuple[float, float, float] | None:
    if len(values) < LEAST_COMPARED:
        return None
    low, middle, high = quantiles(values, n=4, method="inclusive")
    return low, middle, high


WIDTH, HEIGHT, BAR, GAP, MARGIN = 760.0, 420.0, 14.0, 10.0, 190.0
COLOURS = ("#0b57a4", "#8a4b00", "#1d6b2f", "#6b3fa0", "#a8071a", "#0f7173", "#7a6a00", "#5b5b5b")
LEAST_LABEL = 11.0
"""Points that a label needs; narrower bars share none."""


@dataclass(frozen=True)
class _Bar:
    name: str
    energy: float
    top: float
    height: float


def flow_picture(
    flows: Sequence[EnergyFlow],
    carrier: Callable[[str], str],
    sector: Callable[[str], str],
    described: str,
) -> SafeString:
    """Return a picture of flows as SVG, with presentation attributes only; a table must show the same data.

    Parameters
    ----------
    flows : sequence of EnergyFlow
    carrier, sector : callable
        What people call them.
    described : str
        What the picture shows, for those who cannot see it.
    """
    if not flows:
        return SafeString("")
    left, right = _bars([(f.carrier, f.energy) for f in flows]), _bars([(f.sector, f.energy) for f in flows])
    scale = _scale(left, right)
    begins, ends = _placed(left, scale), _placed(right, scale)
    colours = {bar.name: COLOURS[k % len(COLOURS)] for k, bar in enumerate(begins)}
    from_, to = {b.name: b.top for b in begins}, {b.name: b.top for b in ends}
    ribbons = []
    for flow in flows:
        high = flow.energy * scale
        ribbons.append((_ribbon(from_[flow.carrier], to[flow.sector], high), colours[flow.carrier]))
        from_[flow.carrier] += high
        to[flow.sector] += high
    height = max(bar.top + bar.height for bar in (*begins, *ends)) + GAP
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" class="flow"><title>{}</title>{}{}{}</svg>',
        f"{WIDTH:.0f}",
        f"{height:.0f}",
        described,
        format_html_join("", '<path d="{}" fill="{}" fill-opacity="0.35"/>', ribbons),
        _labels(begins, MARGIN - BAR, lambda b: colours[b.name], carrier, left=True),
        _labels(ends, WIDTH - MARGIN, lambda _: "#3a3a3a", sector, left=False),
    )


def _bars(parts: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    sums: dict[str, float] = {}
    for name, energy in parts:
        sums[name] = sums.get(name, 0.0) + energy
    return sorted(sums.items(), key=lambda item: -item[1])


def _scale(*sides: Sequence[tuple[str, float]]) -> float:
    """Return points per tce, so that both sides fit."""
    return min((HEIGHT - GAP * (len(side) - 1)) / sum(e for _, e in side) for side in sides)


def _placed(side: Sequence[tuple[str, float]], scale: float) -> list[_Bar]:
    found, top = [], GAP / 2
    for name, energy in side:
        found.append(_Bar(name, energy, top, energy * scale))
        top += max(energy * scale, 1.0) + GAP
    return found


def _ribbon(begin: float, end: float, high: float) -> str:
    x0, x1 = MARGIN, WIDTH - MARGIN
    middle = (x0 + x1) / 2
    return (
        f"M{x0:.1f},{begin:.1f}C{middle:.1f},{begin:.1f} {middle:.1f},{end:.1f} {x1:.1f},{end:.1f}"
        f"V{end + high:.1f}C{middle:.1f},{end + high:.1f} {middle:.1f},{begin + high:.1f} "
        f"{x0:.1f},{begin + high:.1f}Z"
    )


def _labels(
    bars: Sequence[_Bar],
    x: float,
    colour: Callable[[_Bar], str],
    called: Callable[[str], str],
    *,
    left: bool,
) -> SafeString:
    rects = [(f"{x:.1f}", f"{b.top:.1f}", f"{BAR:.1f}", f"{max(b.height, 1.0):.1f}", colour(b)) for b in bars]
    at, anchor = (x - 6, "end") if left else (x + BAR + 6, "start")
    texts, free = [], 0.0
    for b in bars:
        place = max(b.top + b.height / 2 + 4, free)
        free = place + LEAST_LABEL
        texts.append((f"{at:.1f}", f"{place:.1f}", anchor, called(b.name)))
    return format_html(
        "{}{}",
        format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>', rects),
        format_html_join(
            "", '<text x="{}" y="{}" text-anchor="{}" font-size="12" fill="currentColor">{}</text>', texts
        ),
    )
