"""The gap to a park standard: which indicators are met, which are not, which cannot be told.

A standard is a YAML file (`standards/`, or one of the user's own): indicators with a threshold, when each
applies, and what it measures.  A threshold that was not compared with its publication says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import numpy as np

from separatrix.cluster.accounts.result import CarbonAccounts
from separatrix.cluster.tables.cluster import Cluster
from separatrix.cluster.tables.number_text import rounded
from separatrix.cluster.tables.panel import by_enterprise, size_of
from separatrix.errors import InputError, NameProblem, Place, nearest
from separatrix.game.document_reading import Reading
from separatrix.reading.yaml_source import read_yaml
from separatrix.sentence import Sentence, say

__all__ = ["Gap", "Requirement", "Scorecard", "scorecard", "standard_named", "standards"]

TCE = 29.307  # GJ in a tonne of coal equivalent (GB/T 2589)
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

    ``note`` says how what is measured here differs from the standard's own rules, as far as is known.
    """

    id: str
    title: str
    source: str
    verified: bool
    requirements: tuple[Requirement, ...]
    title_zh: str = ""
    note: str = ""
    note_zh: str = ""

    def told(self, what: Literal["title", "note"], language: str) -> str:
        """Return its title or its note, in a language that it is written in, else in its own."""
        return getattr(self, f"{what}_{language}", "") or str(getattr(self, what))


@dataclass(frozen=True)
class Gap:
    """Where the cluster stands against one requirement; ``found`` is None where it cannot be told."""

    requirement: Requirement
    verdict: Verdict
    found: float | None
    why: Sentence | None = None

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
    """

    standard: Standard
    year: int
    gaps: tuple[Gap, ...]
    target_year: int | None
    yearly_cut: float | None

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


_STANDARD_KEYS = ("id", "title", "title_zh", "source", "verified", "note", "note_zh", "indicators")


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
        if str(entry["measure"]) not in _MEASURES:
            meant = nearest(str(entry["measure"]), list(_MEASURES))
            raise reading.fault(
                "K230",
                f"nothing measures `{entry['measure']}`",
                (*here, "measure"),
                hint=f"did you mean `{meant}`?" if meant else f"measured are {', '.join(_MEASURES)}",
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
    year = accounts.years[-1] if year is None else year
    joules = accounts.energy_total(year)
    energy = joules / TCE if joules > 0 else None
    gaps = tuple(_gap(r, cluster, accounts, year, energy) for r in standard.requirements)
    goal = target_year or cluster.description.target_year
    return Scorecard(standard, year, gaps, goal, _cut(gaps, year, goal))


def _gap(
    requirement: Requirement, cluster: Cluster, accounts: CarbonAccounts, year: int, energy: float | None
) -> Gap:
    applies = _applies(requirement.applies_if, energy)
    if applies is False:
        told = say(
            "the enterprises whose energy is known use {energy} tce a year", energy=rounded(energy or 0.0)
        )
        return Gap(requirement, "does not apply", None, told)
    found = _MEASURES[requirement.measure](cluster, accounts, year)
    if isinstance(found, Sentence):
        return Gap(requirement, "cannot be told", None, found)
    if applies is None:
        return Gap(requirement, "cannot be told", found, say("the energy use of the cluster is not known"))
    met = found <= requirement.value if requirement.op == "<=" else found >= requirement.value
    return Gap(requirement, "met" if met else "not met", found)


def _cut(gaps: tuple[Gap, ...], year: int, goal: int | None) -> float | None:
    """Return the constant yearly rate r with found (1 − r)ⁿ = threshold."""
    for gap in gaps:
        if gap.requirement.measure == "carbon_per_energy" and gap.verdict == "not met":
            if goal is None or goal <= year or not gap.found or gap.requirement.value <= 0:
                return None
            return float(1 - (gap.requirement.value / gap.found) ** (1 / (goal - year)))
    return None


# --------------------------------------------------------------------------- what is measured

Measure = Callable[[Cluster, CarbonAccounts, int], "float | Sentence"]


def _carbon_per_energy(cluster: Cluster, accounts: CarbonAccounts, year: int) -> float | Sentence:
    """Return t CO2 per tce of the energy used: of fuels, and of bought power by its contract, else its grid.

    By location alone power from a direct green line would count as that of the grid, about 4.5 t a tce, and
    a park that meets the share of clean energy could never meet this one.
    """
    chosen = (accounts.year == year) & ~accounts.internal & ~np.isnan(accounts.energy)
    energy = float(accounts.energy[chosen].sum()) / TCE
    if energy <= 0:
        return say("energy use is not known")
    return float(accounts.factor_stated[chosen].sum()) / energy


def _clean_energy(cluster: Cluster, accounts: CarbonAccounts, year: int) -> float | Sentence:
    """Return the share of energy without fossil carbon: biomass, own solar and wind, green contracts."""
    chosen = (accounts.year == year) & ~accounts.internal & ~np.isnan(accounts.energy)
    energy = accounts.energy[chosen]
    if energy.sum() <= 0:
        return say("energy use is not known")
    # By factors, for a verified total says nothing of the carriers it holds.
    clean = accounts.factor_market[chosen] == 0
    return float(energy[clean].sum() / energy.sum())


def _direct_green(cluster: Cluster, accounts: CarbonAccounts, year: int) -> float | Sentence:
    table = cluster.table("energy")
    power = (table.texts("dimension") == "energy") & (table.numbers("year") == year)
    from separatrix.cluster.tables.carriers import carrier_named

    power &= np.array([carrier_named(str(c))[0] == "electricity" for c in table.texts("carrier")], dtype=bool)
    power &= np.isin(table.texts("use").astype(str), ["", "used", "generated"]) & (
        table.texts("supplier") == ""
    )
    amounts = table.numbers("amount")
    total = float(np.nansum(amounts[power]))
    if total <= 0:
        return say("electricity use is not known")
    direct = (table.texts("market") == "direct") & (table.numbers("market_factor") == 0)
    green = power & ((table.texts("use") == "generated") | direct)
    return float(np.nansum(amounts[green])) / total


def _reused(words: tuple[str, ...], dimension: str, named: Sentence) -> Measure:
    def measured(cluster: Cluster, accounts: CarbonAccounts, year: int) -> float | Sentence:
        table = cluster.table("streams")
        names = np.char.lower(table.texts("stream").astype(str)) if len(table) else np.zeros(0, dtype=str)
        chosen = table.texts("direction") == "offered"
        chosen &= np.array([any(w in n for w in words) for n in names], dtype=bool)
        chosen &= (table.texts("dimension") == dimension) & ~np.isnan(table.numbers("reused"))
        amounts = table.numbers("amount")[chosen]
        if not amounts.sum() > 0:
            return say("the table streams does not tell how much {words} is reused", words=named)
        return float((amounts * table.numbers("reused")[chosen]).sum() / amounts.sum())

    return measured


def _certified_large(cluster: Cluster, accounts: CarbonAccounts, year: int) -> float | Sentence:
    large = size_of(cluster) == "large"
    known = by_enterprise(cluster, "awareness", "certified")[large]
    if not large.any() or np.isnan(known).all():
        return say("certification of large enterprises is not known")
    return float(np.nanmean(known))


def _not_measured(cluster: Cluster, accounts: CarbonAccounts, year: int) -> float | Sentence:
    return say("no table of a cluster holds it")


_MEASURES: Mapping[str, Measure] = {
    "carbon_per_energy": _carbon_per_energy,
    "clean_energy_share": _clean_energy,
    "direct_green_power": _direct_green,
    "solid_waste_used": _reused(
        ("slag", "ash", "waste", "gypsum", "scrap", "渣", "灰", "废"), "mass", say("solid waste")
    ),
    "waste_heat_used": _reused(
        ("heat", "steam", "cold", "pressure", "热", "蒸汽", "冷", "压"),
        "energy",
        say("heat, cold and pressure"),
    ),
    "water_reused": _reused(("water", "水"), "volume", say("water")),
    "certified_large": _certified_large,
    "product_energy_share": _not_measured,
}
