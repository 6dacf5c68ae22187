"""The gap to a park standard: which indicators are met, not met, or cannot be determined.

A standard is a YAML file (`standards/`, or one of the user's own): indicators with a threshold, when each
applies, and what it measures.  A threshold that was not compared with its publication says so.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from separatrix.errors import InputError, NameProblem, Place, nearest
from separatrix.game.documents import Reading
from separatrix.io.yaml import read_yaml
from separatrix.languages.number_text import rounded
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.frame.park_indicators import (
    MEASURES,
    TCE,
    MissingEnergy,
    ParkValue,
    energy_used,
    missing_energy,
)
from separatrix_cluster.tables.panel import Cluster

__all__ = ["Gap", "Requirement", "Scorecard", "scorecard", "standard_named", "standards"]

Verdict = Literal["met", "not met", "cannot be told", "does not apply"]


@dataclass(frozen=True)
class Requirement:
    """One line of a standard."""

    id: str
    text: str
    unit: str
    kind: str
    op: str
    value: float
    measure: str
    applies_if: str = ""
    text_zh: str = ""

    def text_in(self, language: str) -> str:
        """Return what it asks for, in a language that it is written in, else in its own."""
        return getattr(self, f"text_{language}", "") or self.text


@dataclass(frozen=True)
class Standard:
    """A standard: its lines, its publication, whether its thresholds were compared with it.

    ``note`` says how what is measured here differs from the standard's own rules, as far as is known;
    ``process`` whether its carbon per energy holds process emissions.
    """

    id: str
    title: str
    source: str
    verified: bool
    requirements: tuple[Requirement, ...]
    title_zh: str = ""
    note: str = ""
    note_zh: str = ""
    process: bool = False

    def text_in(self, what: Literal["title", "note"], language: str) -> str:
        """Return its title or its note, in a language that it is written in, else in its own."""
        return getattr(self, f"{what}_{language}", "") or str(getattr(self, what))


@dataclass(frozen=True)
class Gap:
    """The position of the cluster on one requirement; ``found`` is None where it cannot be determined.

    ``beside`` has notes for readers, ``other_way`` the result of the other way to count: without process
    emissions where the standard counts them, and with them where it does not. ``low`` and ``high`` are the
    bounds left by unknown data.
    """

    requirement: Requirement
    verdict: Verdict
    found: float | None
    why: Sentence | None = None
    beside: tuple[Sentence, ...] = ()
    other_way: float | None = None
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        r = self.requirement
        return {
            "id": r.id,
            "text": r.text,
            "kind": r.kind,
            "op": r.op,
            "threshold": r.value,
            "unit": r.unit,
            "verdict": self.verdict,
            "found": self.found,
            "why": None if self.why is None else str(self.why),
            "beside": [str(said) for said in self.beside],
            "other_way": self.other_way,
            "low": self.low,
            "high": self.high,
        }


@dataclass(frozen=True)
class Scorecard:
    """The gaps to a standard, and the cut a year that would close the first of carbon per energy.

    Attributes
    ----------
    year : int
        Of the data.
    yearly_cut : float or None
        The share by which carbon per unit of energy must fall every year until `target_year`; None
        where that requirement is met or cannot be determined, or without a target year after `year`.
    yearly_cut_interval : tuple of float or None
        The same at the bounds left by gaps.
    said : tuple of Sentence
        The meaning of the verdicts as a whole, where it is not obvious.
    """

    standard: Standard
    year: int
    gaps: tuple[Gap, ...]
    target_year: int | None
    yearly_cut: float | None
    said: tuple[Sentence, ...] = ()
    yearly_cut_interval: tuple[float, float] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "standard": self.standard.id,
            "title": self.standard.title,
            "source": self.standard.source,
            "verified": self.standard.verified,
            "note": self.standard.note,
            "year": self.year,
            "target_year": self.target_year,
            "yearly_cut": self.yearly_cut,
            "yearly_cut_interval": self.yearly_cut_interval,
            "requirements": [g.to_dict() for g in self.gaps],
            "said": [str(said) for said in self.said],
        }


def standards() -> list[str]:
    """Return the names of the standards that are shipped."""
    root = Path(str(files("separatrix_cluster.frame").joinpath("standards")))
    return sorted(p.stem for p in root.glob("*.yaml"))


def standard_named(name: str, folder: str = "") -> Standard:
    """Return a standard: a file in the cluster's folder if the name ends in .yaml, else one that is shipped.

    Raises
    ------
    InputError, NameProblem
        K230 where there is none, or it makes no sense.
    """
    if name.endswith((".yaml", ".yml")):
        path = Path(folder) / name
    elif name in standards():
        return _shipped(name)
    else:
        meant = nearest(name, standards())
        raise NameProblem(
            "K230",
            f"unknown park standard `{name}`",
            hint=f"did you mean `{meant}`?"
            if meant
            else f"shipped are {', '.join(standards())}; name a .yaml file for one of your own",
        )
    return _read(path)


@cache
def _shipped(name: str) -> Standard:
    return _read(Path(str(files("separatrix_cluster.frame").joinpath("standards", f"{name}.yaml"))))


_KEYS = ("id", "text", "unit", "kind", "op", "value", "applies_if", "measure", "text_zh")
_STANDARD_KEYS = ("id", "title", "title_zh", "source", "verified", "note", "note_zh", "process", "indicators")


def _read(path: Path) -> Standard:
    data, source = read_yaml(path)
    reading = Reading(source)
    given = reading.mapping(data, (), "a standard")
    reading.only(given, (), _STANDARD_KEYS, "a standard")
    lines = []
    for i, item in enumerate(reading.items(given.get("indicators") or [], ("indicators",), "`indicators`")):
        here = ("indicators", i)
        entry = reading.mapping(item, here, "an indicator")
        reading.only(entry, here, _KEYS, "an indicator")
        for key in ("id", "text", "op", "value", "measure"):
            if entry.get(key) is None:
                raise reading.fault("K230", f"the indicator needs `{key}`", here)
        if str(entry["op"]) not in ("<=", ">="):
            raise reading.fault("K230", "`op` is <= or >=", (*here, "op"))
        if str(entry["measure"]) not in MEASURES:
            meant = nearest(str(entry["measure"]), list(MEASURES))
            raise reading.fault(
                "K230",
                f"nothing measures `{entry['measure']}`",
                (*here, "measure"),
                hint=f"did you mean `{meant}`?" if meant else f"measured are {', '.join(MEASURES)}",
            )
        names = ("id", "text", "unit", "kind", "op", "measure", "applies_if", "text_zh")
        texts = {k: "" if entry.get(k) is None else str(entry[k]) for k in names}
        condition = _CONDITION.fullmatch(texts["applies_if"])
        if texts["applies_if"] and not (condition and (condition[1] or condition[4])):
            raise reading.fault(
                "K230",
                "`applies_if` compares `energy` with numbers of tce",
                (*here, "applies_if"),
                hint="write for example 200000 <= energy < 1000000",
            )
        lines.append(
            Requirement(value=float(reading.number(entry["value"], (*here, "value"), "`value`")), **texts)
        )
    if not lines:
        raise reading.fault("K230", "the standard has no `indicators`", ())
    return Standard(
        str(given.get("id") or path.stem),
        str(given.get("title") or path.stem),
        str(given.get("source") or ""),
        given.get("verified") is True,
        tuple(lines),
        str(given.get("title_zh") or ""),
        str(given.get("note") or ""),
        str(given.get("note_zh") or ""),
        given.get("process") is True,
    )


_NUMBER = r"(\d+(?:\.\d+)?)"
_CONDITION = re.compile(rf"\s*(?:{_NUMBER}\s*(<=|<)\s*)?energy(?:\s*(>=|>|<=|<)\s*{_NUMBER})?\s*", re.ASCII)


def _applies(condition: str, energy: tuple[float, float] | None) -> bool | None:
    """Return whether `a <= energy < b` holds (energy in tce, least and most); None where it is not known."""
    if not condition:
        return True
    if energy is None:
        return None
    match = _CONDITION.fullmatch(condition)
    if match is None:  # a standard is read with conditions of this form alone
        return None
    bounds = [float(number) for number in (match[1], match[4]) if number]
    # What lies between the ends may hold where neither end does, so the bounds within are tried, too.
    tried = [*energy, *(b for b in bounds if energy[0] < b < energy[1])]
    answers = {_holds(match, value) for value in tried}
    return answers.pop() if len(answers) == 1 else None


def _holds(match: re.Match[str], energy: float) -> bool:
    holds = True
    if match[1]:
        holds &= float(match[1]) <= energy if match[2] == "<=" else float(match[1]) < energy
    if match[4]:
        bound = float(match[4])
        holds &= {">=": energy >= bound, ">": energy > bound, "<=": energy <= bound, "<": energy < bound}[
            match[3]
        ]
    return holds


def scorecard(
    cluster: Cluster,
    accounts: CarbonAccounts,
    name: str | None = None,
    *,
    target_year: int | None = None,
    year: int | None = None,
    completeness: DataCompleteness | None = None,
) -> Scorecard | None:
    """Return the gaps to the standard that `cluster.yaml` (or ``name``) names; None where none is named.

    The data are those of ``year``, by default the last.  What ``completeness`` (by default computed here)
    knows to be missing bounds each value, and a verdict is given only where both ends agree.

    Raises
    ------
    InputError
        K230 for an unknown or senseless standard; K231 where the accounts hold no year.
    """
    chosen = name or cluster.description.park_standard
    if not chosen:
        return None
    standard = standard_named(chosen, cluster.origin)
    if not accounts.years:
        raise InputError(
            "K231",
            say("no year has energy or emissions data to compare with a standard"),
            where=Place(cluster.origin),
        )
    when = accounts.years[-1] if year is None else year
    whole = completeness_of(cluster, accounts) if completeness is None else completeness
    park = _Park(cluster, accounts, when, missing_energy(accounts, whole, when))
    gaps = tuple(_gap(r, standard, park) for r in standard.requirements)
    goal = target_year or cluster.description.target_year
    cut, interval = _cut(gaps, when, goal)
    said = (*_no_core(gaps, standard, park), *_cut_between(interval))
    return Scorecard(standard, when, gaps, goal, cut, said, interval)


@dataclass(frozen=True)
class _Park:
    """What is measured: a cluster in a year, and the energy that its accounts leave open."""

    cluster: Cluster
    accounts: CarbonAccounts
    year: int
    missing: MissingEnergy

    def measured(self, requirement: Requirement, standard: Standard) -> ParkValue | Sentence:
        """Return what a requirement measures, as the standard counts."""
        found = MEASURES[requirement.measure](self.cluster, self.accounts, self.year, self.missing)
        return found if isinstance(found, Sentence) else _by_method(found, standard)

    @property
    def energy(self) -> tuple[float, float] | None:
        """The least and the most tce that it used; None where nothing is known."""
        used = energy_used(self.cluster, self.accounts, self.year)
        if not used > 0:
            return None
        more = self.missing.energy.sum(axis=0) / TCE
        return used + float(more[0]), used + float(more[1])


def _gap(requirement: Requirement, standard: Standard, park: _Park) -> Gap:
    measured, energy = park.measured(requirement, standard), park.energy
    applies = _applies(requirement.applies_if, energy)
    if applies is False and energy is not None:
        return Gap(requirement, "does not apply", None, _energy_range_sentence(energy))
    if isinstance(measured, Sentence):
        return Gap(requirement, "cannot be told", None, measured)
    ends = measured.low, measured.high
    if applies is None:
        why = (
            say("the energy use of the cluster is not known")
            if energy is None
            else say(
                "what is missing or in doubt leaves open whether it applies: energy use lies between "
                "{low} and {high} tce",
                low=rounded(energy[0]),
                high=_or_any(energy[1]),
            )
        )
        return Gap(requirement, "cannot be told", measured.value, why, measured.beside, None, *ends)
    at_ends = {_meets(requirement, v) for v in ends}
    other = None if measured.with_process is None else measured.with_process.value
    if len(at_ends) == 2:
        why, *rest = [
            *([measured.why] if measured.why is not None else []),
            *_left_open(requirement, measured),
        ]
        return Gap(
            requirement, "cannot be told", measured.value, why, (*measured.beside, *rest), other, *ends
        )
    verdict: Verdict = "met" if at_ends == {True} else "not met"
    told = next(iter(_left_open(requirement, measured)), None)
    return Gap(requirement, verdict, measured.value, told, measured.beside, other, *ends)


def _energy_range_sentence(energy: tuple[float, float]) -> Sentence:
    low, high = rounded(energy[0]), _or_any(energy[1])
    if low == high:
        return say("the enterprises whose energy is known use {energy} tce a year", energy=low)
    return say(
        "with what is missing or in doubt energy use lies between {low} and {high} tce a year",
        low=low,
        high=high,
    )


def _left_open(requirement: Requirement, measured: ParkValue) -> tuple[Sentence, ...]:
    """Return between which bounds gaps of the accounts leave a value, if they do."""
    if measured.gaps is None:
        return ()
    low, high = (_quantity_text(v, requirement.unit) for v in measured.gaps)
    if low == high:
        return ()
    return (say("with what is missing or in doubt it lies between {low} and {high}", low=low, high=high),)


def _quantity_text(value: float, unit: str) -> str:
    return f"{100 * value:.0f}\u00a0%" if unit == "share" else f"{rounded(value)} {unit}".rstrip()


def _or_any(value: float) -> str:
    return rounded(value) if value < 1e12 else "∞"


def _meets(requirement: Requirement, value: float) -> bool:
    return value <= requirement.value if requirement.op == "<=" else value >= requirement.value


def _by_method(measured: ParkValue, standard: Standard) -> ParkValue:
    """Return the measure as the standard counts, with the other way as an alternative.

    In `with_process` of what is returned stands the other way: without where the standard counts with.
    """
    whole = measured.with_process
    if whole is None:
        return measured
    if math.isclose(whole.value, measured.value):
        return replace(whole if standard.process else measured, with_process=None)
    shown, less = rounded(whole.value), rounded(measured.value)
    if not standard.process:
        told = say(
            "{without} t CO2 per tce without process emissions, on which the verdict rests, and {whole} with "
            "them",
            whole=shown,
            without=less,
        )
        return replace(measured, beside=(told, *measured.beside))
    told = say(
        "{whole} t CO2 per tce with process emissions, on which the verdict rests, and {without} without "
        "them",
        whole=shown,
        without=less,
    )
    return replace(whole, beside=(told, *measured.beside), with_process=replace(measured, with_process=None))


def _no_core(gaps: tuple[Gap, ...], standard: Standard, park: _Park) -> tuple[Sentence, ...]:
    """Return what it means that no core requirement applies."""
    core, energy = [gap for gap in gaps if gap.requirement.kind == "core"], park.energy
    if energy is None or not core or any(gap.verdict != "does not apply" for gap in core):
        return ()
    strictest = min((gap.requirement for gap in core), key=lambda r: r.value)
    measured = park.measured(strictest, standard)
    said = [
        say(
            "the standard sets no core requirement for a cluster that uses {energy} tce a year, so this one "
            "can neither meet nor miss it",
            energy=_or_between(*energy),
        )
    ]
    if not isinstance(measured, Sentence):
        said.append(
            say(
                "for comparison: {found} {unit} here, and at most {value} {unit} for the size next to it",
                found=_or_between(*(measured.gaps or (measured.value,) * 2)),
                value=rounded(strictest.value),
                unit=strictest.unit,
            )
        )
    return tuple(said)


def _or_between(low: float, high: float) -> str | Sentence:
    ends = rounded(low), _or_any(high)
    return ends[0] if ends[0] == ends[1] else say("{low} to {high}", low=ends[0], high=ends[1])


def _cut(
    gaps: tuple[Gap, ...], year: int, goal: int | None
) -> tuple[float | None, tuple[float, float] | None]:
    """Return the constant yearly rate r with found (1 − r)ⁿ = threshold, and the same at both ends."""
    for gap in gaps:
        if gap.requirement.measure == "carbon_per_energy" and gap.verdict == "not met":
            if goal is None or goal <= year or not gap.found or gap.requirement.value <= 0:
                return None, None
            rates = [
                float(1 - (gap.requirement.value / found) ** (1 / (goal - year)))
                for found in (gap.found, gap.low or gap.found, gap.high or gap.found)
            ]
            return rates[0], (rates[1], rates[2]) if rates[1] < rates[2] else None
    return None, None


def _cut_between(interval: tuple[float, float] | None) -> tuple[Sentence, ...]:
    if interval is None:
        return ()
    low, high = (f"{100 * rate:.1f}\u00a0%" for rate in interval)
    if low == high:
        return ()
    return (
        say(
            "with what is missing or in doubt the cut that is needed a year lies between {low} and {high}",
            low=low,
            high=high,
        ),
    )
