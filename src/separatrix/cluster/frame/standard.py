"""The gap to a park standard: which indicators are met, which are not, which cannot be told.

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

from separatrix.cluster.accounts.result import CarbonAccounts
from separatrix.cluster.frame.park_measures import MEASURES, Measured, energy_used
from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.number_text import rounded
from separatrix.errors import InputError, NameProblem, Place, nearest
from separatrix.game.document_reading import Reading
from separatrix.reading.yaml_source import read_yaml
from separatrix.sentence import Sentence, say

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

    def told(self, language: str) -> str:
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

    def told(self, what: Literal["title", "note"], language: str) -> str:
        """Return its title or its note, in a language that it is written in, else in its own."""
        return getattr(self, f"{what}_{language}", "") or str(getattr(self, what))


@dataclass(frozen=True)
class Gap:
    """Where the cluster stands against one requirement; ``found`` is None where it cannot be told.

    ``beside`` is what readers should know of it, ``other_way`` the same by the other way to count: without
    process emissions where the standard counts with them, and with them where it does not.
    """

    requirement: Requirement
    verdict: Verdict
    found: float | None
    why: Sentence | None = None
    beside: tuple[Sentence, ...] = ()
    other_way: float | None = None

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
        }


@dataclass(frozen=True)
class Scorecard:
    """The gaps to a standard, and the cut a year that would close the first of carbon per energy.

    Attributes
    ----------
    year : int
        Of the data.
    yearly_cut : float or None
        The share by which carbon per unit of energy must fall every year until `target_year`; None where
        that requirement is met, cannot be told, or there is no target year after `year`.
    said : tuple of Sentence
        What the verdicts mean as a whole, where that does not go without saying.
    """

    standard: Standard
    year: int
    gaps: tuple[Gap, ...]
    target_year: int | None
    yearly_cut: float | None
    said: tuple[Sentence, ...] = ()

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
            "requirements": [g.to_dict() for g in self.gaps],
            "said": [str(said) for said in self.said],
        }


def standards() -> list[str]:
    """Return the names of the standards that are shipped."""
    root = Path(str(files("separatrix.cluster.frame").joinpath("standards")))
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
            f"there is no park standard `{name}`",
            hint=f"did you mean `{meant}`?"
            if meant
            else f"shipped are {', '.join(standards())}; name a .yaml file for one of your own",
        )
    return _read(path)


@cache
def _shipped(name: str) -> Standard:
    return _read(Path(str(files("separatrix.cluster.frame").joinpath("standards", f"{name}.yaml"))))


_KEYS = ("id", "text", "unit", "kind", "op", "value", "applies_if", "measure", "text_zh")


_STANDARD_KEYS = (
    "id",
    "title",
    "title_zh",
    "source",
    "verified",
    "note",
    "note_zh",
    "process",
    "indicators",
)


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


def _applies(condition: str, energy: float | None) -> bool | None:
    """Return whether `a <= energy < b` holds (energy in tce); None where energy is not known."""
    if not condition:
        return True
    if energy is None:
        return None
    match = _CONDITION.fullmatch(condition)
    if match is None:  # a standard is read with conditions of this form alone
        return None
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
) -> Scorecard | None:
    """Return the gaps to the standard that `cluster.yaml` (or ``name``) names; None where none is named.

    The data are those of ``year``, by default the last.

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
            "there is no year with energy or emissions to compare with a standard",
            where=Place(cluster.origin),
        )
    when = accounts.years[-1] if year is None else year
    used = energy_used(cluster, accounts, when)
    energy = used if used > 0 else None
    gaps = tuple(_gap(r, standard, cluster, accounts, when, energy) for r in standard.requirements)
    goal = target_year or cluster.description.target_year
    said = _no_core(gaps, standard, cluster, accounts, when, energy)
    return Scorecard(standard, when, gaps, goal, _cut(gaps, when, goal), said)


def _gap(
    requirement: Requirement,
    standard: Standard,
    cluster: Cluster,
    accounts: CarbonAccounts,
    year: int,
    energy: float | None,
) -> Gap:
    measured = MEASURES[requirement.measure](cluster, accounts, year)
    found = None if isinstance(measured, Sentence) else _by_method(measured, standard)
    applies = _applies(requirement.applies_if, energy)
    if applies is False:
        told = say(
            "the enterprises whose energy is known use {energy} tce a year", energy=rounded(energy or 0.0)
        )
        return Gap(requirement, "does not apply", None, told)
    if found is None:
        return Gap(requirement, "cannot be told", None, measured if isinstance(measured, Sentence) else None)
    if applies is None:
        why = say("the energy use of the cluster is not known")
        return Gap(requirement, "cannot be told", found.value, why)
    at_ends = {_meets(requirement, v) for v in (found.low, found.high)}
    if len(at_ends) == 2:
        return Gap(requirement, "cannot be told", found.value, found.why, found.beside, found.with_process)
    verdict: Verdict = "met" if at_ends == {True} else "not met"
    return Gap(requirement, verdict, found.value, None, found.beside, found.with_process)


def _meets(requirement: Requirement, value: float) -> bool:
    return value <= requirement.value if requirement.op == "<=" else value >= requirement.value


def _by_method(measured: Measured, standard: Standard) -> Measured:
    """Return the measure as the standard counts, with the other way beside it.

    In `with_process` of what is returned stands the other way: without where the standard counts with.
    """
    whole = measured.with_process
    if whole is None:
        return measured
    if math.isclose(whole, measured.value):
        return replace(measured, with_process=None)
    shown, less = rounded(whole), rounded(measured.value)
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
    return Measured(whole, whole, whole, None, (told, *measured.beside), measured.value)


def _no_core(
    gaps: tuple[Gap, ...],
    standard: Standard,
    cluster: Cluster,
    accounts: CarbonAccounts,
    year: int,
    energy: float | None,
) -> tuple[Sentence, ...]:
    """Return what it means that no core requirement applies."""
    core = [gap for gap in gaps if gap.requirement.kind == "core"]
    if energy is None or not core or any(gap.verdict != "does not apply" for gap in core):
        return ()
    strictest = min((gap.requirement for gap in core), key=lambda r: r.value)
    measured = MEASURES[strictest.measure](cluster, accounts, year)
    said = [
        say(
            "the standard sets no core requirement for a cluster that uses {energy} tce a year, so this one "
            "can neither meet nor miss it",
            energy=rounded(energy),
        )
    ]
    if not isinstance(measured, Sentence):
        said.append(
            say(
                "for comparison: {found} {unit} here, and at most {value} {unit} for the size next to it",
                found=rounded(_by_method(measured, standard).value),
                value=rounded(strictest.value),
                unit=strictest.unit,
            )
        )
    return tuple(said)


def _cut(gaps: tuple[Gap, ...], year: int, goal: int | None) -> float | None:
    """Return the constant yearly rate r with found (1 − r)ⁿ = threshold."""
    for gap in gaps:
        if gap.requirement.measure == "carbon_per_energy" and gap.verdict == "not met":
            if goal is None or goal <= year or not gap.found or gap.requirement.value <= 0:
                return None
            return float(1 - (gap.requirement.value / gap.found) ** (1 / (goal - year)))
    return None
