"""Measures that cut emissions, as the table `measures` lists them, with what keeps a row from being taken.

The yearly cost of a measure is I·CRF + O&M, its net cost that less the saving, per tonne of yearly abatement
(Blank & Tarquin, 2012; Sathaye & Meyers, 1995, Greenhouse Gas Mitigation Assessment: A Guidebook, ch. 2).
Amounts are rational numbers, so that what a solver finds can be recomputed without rounding.

What an investment costs a year over its life.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from separatrix.errors import InputError, nearest
from separatrix.io.cells import Remark, Severity, located
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.carriers import carrier_named
from separatrix_cluster.tables.cells import short
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.table import ClusterTable

__all__ = [
    "AbatementMeasure",
    "PROCESS",
    "USUAL_DISCOUNT_RATE",
    "capital_recovery_factor",
    "exact",
    "listed_measures",
    "with_possible_links",
]

USUAL_DISCOUNT_RATE = 0.08
"""Used where no `discount_rate` is given, and marked as assumed wherever it counts: the social discount
rate of NDRC and MOC (2006), Economic Evaluation of Construction Projects: Methods and Parameters, 3rd
ed., China."""


def capital_recovery_factor(rate: float, life: float) -> float:
    """Return the equal yearly payment, at the end of each year, that one of money at once is worth.

    Parameters
    ----------
    rate : float
        The interest, as a share a year; 0 or more.
    life : float
        Years; above 0.

    Raises
    ------
    InputError
        K500 for a rate below 0 or a life of no years.

    References
    ----------
    Blank, L. & Tarquin, A. (2012). Engineering Economy, 7th ed., McGraw-Hill, eq. 2.6 (A/P factor).

    Examples
    --------
    >>> round(capital_recovery_factor(0.10, 10), 6), capital_recovery_factor(0, 4)
    (0.162745, 0.25)
    """
    if not (math.isfinite(rate) and math.isfinite(life) and rate >= 0 and life > 0):
        raise InputError(
            "K500", f"a rate of {rate:g} over {life:g} years; a rate of 0 or more and a life above 0 expected"
        )
    # expm1 and log1p keep the digits where rate × life is small.
    return 1 / life if rate == 0 else rate / -math.expm1(-life * math.log1p(rate))


PROCESS = "process"
"""What a measure names in place of a carrier where it cuts the emissions of a process."""

_PROCESSES = frozenset("process processes 工艺 过程 工艺过程 工业过程 prozess".split())


def exact(value: float) -> Fraction:
    """Return a number of a table as the decimal that was written, without the noise of binary fractions.

    Examples
    --------
    >>> exact(0.1 * 3), exact(26_000_000.0)
    (Fraction(3, 10), Fraction(26000000, 1))
    """
    return Fraction(f"{value:.15g}")


@dataclass(frozen=True)
class AbatementMeasure:
    """One measure; money in the cluster's currency, carbon in t CO2e a year.

    Attributes
    ----------
    id, name : str
    enterprise : str
        Its id; '' for a measure of the whole cluster.
    investment : Fraction
        Paid once, at its start.
    running_cost, saving : Fraction
        A year; a negative saving is a cost.
    abatement : Fraction
        The claimed abatement, acting alone; 0 for a measure that others require.
    abatement_low, abatement_high : Fraction
        Its interval; the abatement itself where none is given.
    life : Fraction
        Years.
    annual_cost : Fraction
        Investment spread over the life, and running cost: gross, before savings.
    carriers : tuple of str
        Whose emissions it cuts; all of the enterprise where empty.
    excludes, requires : frozenset of str
        Ids.  Exclusion holds for both, whichever row says it.
    earliest : int or None
        The first year in which it can start.
    lead_time : int
        Years from its start until it cuts.
    support : Fraction
        The share of the yearly cost that the public bears.
    energy_saved, energy_dimension : Fraction or None, str
        In the base unit of what it measures (GJ, t, m³).
    file, row : str, int
        Its place in the files.
    """

    id: str
    name: str
    enterprise: str
    investment: Fraction
    running_cost: Fraction
    saving: Fraction
    abatement: Fraction
    abatement_low: Fraction
    abatement_high: Fraction
    life: Fraction
    annual_cost: Fraction
    carriers: tuple[str, ...] = ()
    excludes: frozenset[str] = frozenset()
    requires: frozenset[str] = frozenset()
    earliest: int | None = None
    lead_time: int = 0
    support: Fraction = Fraction(0)
    energy_saved: Fraction | None = None
    energy_dimension: str = ""
    file: str = field(default="", compare=False)
    row: int = field(default=0, compare=False)

    @property
    def net_cost(self) -> Fraction:
        """The yearly cost less the saving, acting alone."""
        return self.annual_cost - self.saving

    def to_dict(self) -> dict[str, Any]:
        """Return what the row says, as plain data."""
        file, row = located(self.file, self.row)
        return {
            "id": self.id,
            "name": self.name,
            "enterprise": self.enterprise or None,
            "investment": float(self.investment),
            "running_cost": float(self.running_cost),
            "saving": float(self.saving),
            "annual_cost": float(self.annual_cost),
            "abatement_claimed": float(self.abatement),
            "abatement_low": float(self.abatement_low),
            "abatement_high": float(self.abatement_high),
            "life": float(self.life),
            "carriers": list(self.carriers),
            "excludes": sorted(self.excludes),
            "requires": sorted(self.requires),
            "earliest": self.earliest,
            "lead_time": self.lead_time,
            "support": float(self.support),
            "energy_saved": None if self.energy_saved is None else float(self.energy_saved),
            "energy_dimension": self.energy_dimension or None,
            "file": file,
            "row": row,
        }


def listed_measures(
    cluster: Cluster, discount_rate: Fraction
) -> tuple[tuple[AbatementMeasure, ...], list[Remark]]:
    """Return the usable measures of the table, and remarks on the others.

    A row is excluded where the yearly cost or the tonnes are unknown: no investment, no life or one of zero
    years, no abatement, unknown carriers or ids. Only a missing running cost and saving are taken as zero.
    """
    table = cluster.table("measures")
    remarks: list[Remark] = []
    known = {str(i) for i in table.texts("id")}
    if table.left_out is not None:
        known |= {str(i) for i in table.left_out.texts("id")} - {""}
    usual = exact(cluster.description.support or 0.0)
    found = []
    for i in range(len(table)):
        amiss = _Row(table, i, remarks)
        measure = _measure(amiss, i, known, discount_rate, usual)
        if measure is not None:
            found.append(measure)
    return with_possible_links(found, remarks), remarks


@dataclass(frozen=True)
class _Row:
    """A row of the table, with the place for its remarks."""

    table: ClusterTable
    place: int
    remarks: list[Remark]

    def note(
        self, code: str, severity: Severity, column: str, what: Sentence, hint: Sentence | None = None
    ) -> None:
        row = int(self.table.rows[self.place])
        self.remarks.append(Remark(code, severity, self.table.file, row, column, what, hint))

    def number(self, column: str) -> Fraction | None:
        value = float(self.table.numbers(column)[self.place])
        return exact(value) if math.isfinite(value) else None

    def text(self, column: str) -> str:
        return str(self.table.texts(column)[self.place])


def _measure(
    row: _Row, place: int, known: set[str], rate: Fraction, support: Fraction
) -> AbatementMeasure | None:
    identity = row.text("id")
    investment, life, abatement = (row.number(c) for c in ("investment", "life", "abatement"))
    sound = True
    if investment is None:
        row.note(
            "K550",
            "error",
            "investment",
            say("{measure} has no investment, so its yearly cost is not known", measure=short(identity)),
            say("enter 0 where nothing has to be bought"),
        )
        sound = False
    if life is None or life == 0:
        zero = say("{measure} has a life of 0 years: it would end as it begins", measure=short(identity))
        none = say("{measure} has no life, so its yearly cost is not known", measure=short(identity))
        hint = say("enter the years that it lasts; 10 to 20 are usual for equipment")
        row.note("K550", "error", "life", none if life is None else zero, hint)
        sound = False
    if abatement is None:
        row.note(
            "K551",
            "error",
            "abatement",
            say("{measure} does not state its abatement", measure=short(identity)),
            say("enter t CO2e a year; 0 for a measure that only lets others act"),
        )
        sound = False
    carriers = _carriers(row, identity)
    links = [_ids(row, column, identity, known) for column in ("excludes", "requires")]
    if not sound or carriers is None or None in links:
        return None
    if investment is None or life is None or abatement is None:  # told above
        return None
    excludes, requires = (frozenset(ids or ()) for ids in links)
    running, saving = (row.number(c) or Fraction(0) for c in ("running_cost", "saving"))
    _signs(row, identity, running, saving)
    low, high = _interval(row, identity, abatement)
    lead, earliest = row.number("lead_time") or Fraction(0), row.number("earliest")
    own = row.number("support")
    return AbatementMeasure(
        identity,
        row.text("name") or identity,
        row.text("enterprise"),
        investment,
        running,
        saving,
        abatement,
        low,
        high,
        life,
        investment * _recovery(rate, life) + running,
        carriers,
        excludes,
        requires,
        None if earliest is None else int(earliest),
        -int(-lead // 1),  # what is ready within a year cuts from the next one on
        support if own is None else own,
        row.number("energy_saved"),
        row.text("dimension") if row.number("energy_saved") is not None else "",
        row.table.file,
        int(row.table.rows[place]),
    )


def _recovery(rate: Fraction, life: Fraction) -> Fraction:
    """Return the capital recovery factor; exact where the life is a whole number of years."""
    if life.denominator != 1:
        return exact(capital_recovery_factor(float(rate), float(life)))
    return 1 / life if rate == 0 else rate / (1 - 1 / (1 + rate) ** int(life))


def _signs(row: _Row, identity: str, running: Fraction, saving: Fraction) -> None:
    if saving < 0:
        row.note(
            "K557",
            "warning",
            "saving",
            say(
                "the saving of {measure} is negative and counts as a cost of {amount} a year",
                measure=short(identity),
                amount=rounded(-float(saving)),
            ),
            say("enter savings without a sign; additional energy can be entered in `running_cost`"),
        )
    if running < 0:
        row.note(
            "K557",
            "warning",
            "running_cost",
            say(
                "the running cost of {measure} is negative and counts as a saving of {amount} a year",
                measure=short(identity),
                amount=rounded(-float(running)),
            ),
            say("enter what is saved in `saving`"),
        )


def _interval(row: _Row, identity: str, abatement: Fraction) -> tuple[Fraction, Fraction]:
    low, high = row.number("abatement_low"), row.number("abatement_high")
    ends = abatement if low is None else low, abatement if high is None else high
    if ends[0] <= abatement <= ends[1]:
        return ends
    row.note(
        "K558",
        "warning",
        "abatement_low" if ends[0] > abatement else "abatement_high",
        say(
            "the abatement of {measure} lies outside its own interval, which was not used",
            measure=short(identity),
        ),
        say("the lower end is at most the abatement, and the upper end at least"),
    )
    return abatement, abatement


def _carriers(row: _Row, identity: str) -> tuple[str, ...] | None:
    found = []
    for text in filter(None, map(str.strip, re.split(r"[;,；，、|]+", row.text("carrier")))):
        if text.casefold() in _PROCESSES:
            found.append(PROCESS)
            continue
        carrier, meant = carrier_named(text)
        if carrier is None:
            row.note(
                "K559",
                "error",
                "carrier",
                say(
                    "`{text}` of {measure} is not an energy carrier",
                    text=short(text),
                    measure=short(identity),
                ),
                say("did you mean `{name}`?", name=meant)
                if meant
                else say("write a carrier of the table energy, or process; several with ; between them"),
            )
            return None
        found.append(carrier)
    return tuple(dict.fromkeys(found))


def _ids(row: _Row, column: str, identity: str, known: set[str]) -> tuple[str, ...] | None:
    """Return the ids of a cell; none where one of them is unknown or is the measure's own."""
    found = tuple(filter(None, re.split(r"[\s;,；，、|]+", row.text(column))))
    for name in found:
        if name == identity:
            row.note(
                "K553",
                "error",
                column,
                say("{measure} excludes itself, so it could never be taken", measure=short(identity))
                if column == "excludes"
                else say("{measure} requires itself", measure=short(identity)),
                say("delete its own id"),
            )
            return None
        if name not in known:
            meant = nearest(name, sorted(known))
            row.note(
                "K552",
                "error",
                column,
                say("the table has no measure `{name}`", name=short(name)),
                say("did you mean `{name}`?", name=meant)
                if meant
                else say("write ids of the table, with blanks between them"),
            )
            return None
    return found


def with_possible_links(
    found: Iterable[AbatementMeasure], remarks: list[Remark]
) -> tuple[AbatementMeasure, ...]:
    """Return the measures that can be taken, each with its prerequisites; the others are reported.

    A measure that requires an excluded one is excluded as well; of measures that require one another in a
    circle none can be the first; a measure that requires two that exclude each other, or one that it
    excludes, can never be taken.
    """
    measures = {m.id: m for m in found}
    for circle in _circles(measures):
        for identity in circle:
            others = ", ".join(i for i in circle if i != identity)
            what = say(
                "{measure} and {others} require one another, so none of them can be the first",
                measure=short(identity),
                others=short(others),
            )
            _add_requirement_error(
                remarks, measures[identity], what, say("list as one measure what is only done together")
            )
    for identity in {i for circle in _circles(measures) for i in circle}:
        del measures[identity]
    while gone := [(m, r) for m in measures.values() for r in sorted(m.requires) if r not in measures]:
        for measure, lacking in gone:
            if measures.pop(measure.id, None) is not None:
                what = say(
                    "{measure} requires {other}, which was excluded",
                    measure=short(measure.id),
                    other=short(lacking),
                )
                _add_requirement_error(
                    remarks, measure, what, say("mend the row of {other}", other=short(lacking))
                )
    while clash := next(_clashes(measures), None):
        measure, first, second = clash
        del measures[measure.id]
        what = say(
            "{measure} can never be taken: it needs {first} and {second}, which exclude each other",
            measure=short(measure.id),
            first=short(first),
            second=short(second),
        )
        _add_requirement_error(remarks, measure, what, say("correct `requires` or `excludes`"))
        measures = {m.id: m for m in with_possible_links(measures.values(), remarks)}
    return tuple(measures.values())


def _add_requirement_error(
    remarks: list[Remark], measure: AbatementMeasure, what: Sentence, hint: Sentence
) -> None:
    remarks.append(Remark("K553", "error", measure.file, measure.row, "requires", what, hint))


def _circles(measures: Mapping[str, AbatementMeasure]) -> list[tuple[str, ...]]:
    """Return the sets of measures that require one another, each in the order of the table."""
    reach = {i: _required(measures, i) for i in measures}
    found = {tuple(j for j in measures if j in reach[i] and i in reach[j]) for i in measures if i in reach[i]}
    return sorted(found)


def _required(measures: Mapping[str, AbatementMeasure], identity: str) -> set[str]:
    """Return what a measure requires, and what that requires, and so on."""
    found: set[str] = set()
    open_ = list(measures[identity].requires)
    while open_:
        name = open_.pop()
        if name not in found and name in measures:
            found.add(name)
            open_.extend(measures[name].requires)
    return found


def _clashes(
    measures: Mapping[str, AbatementMeasure],
) -> Iterator[tuple[AbatementMeasure, str, str]]:
    """Yield measures that need two that exclude each other, themselves included."""
    for identity, measure in measures.items():
        needed = [i for i in measures if i == identity or i in _required(measures, identity)]
        for first in needed:
            for second in needed:
                if second in measures[first].excludes:
                    yield measure, first, second
