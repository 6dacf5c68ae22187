"""The carbon section of a brief: how complete the data are, the emissions, the largest emitters, the causes
of change, and the gap to the standard."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from separatrix.io.cells import located
from separatrix.sentences import Sentence, listed, say
from separatrix_cluster.brief.statements import (
    BriefAnswer,
    Provenance,
    SourcedValue,
    ValueInterval,
    table_rows,
)
from separatrix_cluster.diagnosis.diagnosis import Diagnosis
from separatrix_cluster.diagnosis.indicators import Indicator
from separatrix_cluster.frame.concentration import concentration_ratio
from separatrix_cluster.frame.standards import Scorecard, standards
from separatrix_cluster.tables.panel import by_enterprise

__all__ = ["change_answer", "data_answer", "gap_answer", "indicator_of", "stand_answer"]

NAMED = 3
"""So many enterprises and causes are named."""
LARGEST = 10
"""The number of emitters reported together."""
SLIGHT = 0.005
"""The share of the emissions below which their basis is not stated."""

Rows = tuple[tuple[str, tuple[int, ...]], ...]

CAUSES = {
    "activity": say("growth of value added"),
    "structure": say("shifts between enterprises"),
    "energy intensity": say("energy per value added"),
    "carbon intensity": say("carbon per value added"),
    "fuel mix": say("the mix of fuels"),
    "emission factor": say("carbon per unit of fuel and power"),
    "process intensity": say("process emissions per value added"),
}
"""The factors of `separatrix_cluster.diagnosis.decomposition`, in the words of a first page."""


class _Sources:
    """What the answers on carbon share: the diagnosis, its command, and the rows of its years."""

    def __init__(self, name: str, found: Diagnosis) -> None:
        self.found = found
        self.name = name

    def at(self, place: str, rows: Rows = ()) -> Provenance:
        return Provenance(("cluster", "diagnose", self.name, "--format", "json"), place, rows)

    def of_lines(self, *years: int) -> Provenance:
        return Provenance(
            ("cluster", "account", self.name, "--format", "json"), "lines", self.carbon_rows(*years)
        )

    def carbon_rows(self, *years: int) -> Rows:
        """Return the rows that emissions of some years were counted from."""
        accounts = self.found.accounts
        found: dict[str, set[int]] = {}
        chosen = np.isin(accounts.year, years)
        for file, row in zip(accounts.file[chosen].tolist(), accounts.row[chosen].tolist(), strict=True):
            of, own = located(str(file), int(row))
            found.setdefault(of, set()).update(() if own is None else (own,))
        return tuple((file, tuple(sorted(rows))) for file, rows in sorted(found.items()))

    def account_rows(self, *years: int) -> Rows:
        """Return the rows of value added of some years."""
        table = self.found.cluster.table("accounts")
        return table_rows(table, np.flatnonzero(np.isin(table.numbers("year"), years)).tolist())

    def carbon(
        self, tonnes: float, place: str, *years: int, interval: ValueInterval | None = None
    ) -> SourcedValue:
        source = self.at(place, self.carbon_rows(*years))
        return SourcedValue("tonnes", float(tonnes), source, interval=interval)

    def year(self, year: int, place: str = "year") -> SourcedValue:
        return SourcedValue("year", year, self.at(place, self.carbon_rows(year)))


# --------------------------------------------------------------------------- are the data enough


def data_answer(name: str, found: Diagnosis) -> BriefAnswer:
    """Return whether the data are sufficient: what is counted, what is missing, and the basis of the
    factors."""
    sources, year = _Sources(name, found), found.year
    broken = tuple(_broken(name, found))
    if year is None:
        return BriefAnswer("data", (), (_no_carbon(), *broken))
    accounts = found.accounts
    without_power = not ((accounts.year == year) & (accounts.scope == 2)).any()
    power = (say("Bought power and heat are not in it (table `energy`)."),) if without_power else ()
    coverage = _coverage(sources, year, without_power=without_power)
    told = (*coverage, *_grade(sources, year), *_doubts(sources, year))
    return BriefAnswer("data", told, (*power, *broken))


def _broken(name: str, found: Diagnosis) -> Iterator[Sentence]:
    """Yield the files that cannot be read, so that their tables are not assumed missing."""
    check = Provenance(("cluster", "check", name))
    for file in dict.fromkeys(found.cluster.broken.values()):
        yield say(
            "A file {file} that can be read: the one that is there cannot.",
            file=SourcedValue("text", file, check),
        )


def _no_carbon() -> Sentence:
    return say("Energy or emissions of the enterprises (table `energy` or `emissions`).")


def _coverage(sources: _Sources, year: int, *, without_power: bool) -> Iterator[Sentence]:
    books, place = sources.found.completeness, f"completeness.years.{year}"
    rows, share = sources.carbon_rows(year), sources.found.completeness.share(year)
    whole = SourcedValue(
        "count", int(books.is_whole(year).sum()), sources.at(f"{place}.enterprises_whole", rows)
    )
    everyone = SourcedValue("count", len(books.enterprises), sources.at("cluster.enterprises"))
    when = sources.year(year)
    if math.isnan(share):
        yield say(
            "How much of the emissions of {year} is counted is not known; the data of {whole} of {all} "
            "enterprises are whole.",
            year=when,
            whole=whole,
            all=everyone,
        )
        return
    covered = SourcedValue("share", share, sources.at(f"{place}.share", rows))
    if share < 1:
        yield say(
            "{share} of the emissions of {year} are counted; the data of {whole} of {all} enterprises are "
            "whole.",
            share=covered,
            year=when,
            whole=whole,
            all=everyone,
        )
    elif without_power:
        yield say(
            "But for bought power and heat, nothing is known to be missing from the emissions of {year}, of "
            "{all} enterprises.",
            year=when,
            all=everyone,
        )
    else:
        yield say(
            "Nothing is known to be missing from the emissions of {year}, of {all} enterprises.",
            year=when,
            all=everyone,
        )


def _grade(sources: _Sources, year: int) -> Iterator[Sentence]:
    """Yield the shares based on verified reports, on compared factors and on factors only quoted."""
    accounts = sources.found.accounts
    lines = (accounts.year == year) & ~accounts.internal
    whole = float(accounts.location[lines].sum())
    if whole <= 0:
        return
    quoted = np.array([k >= 0 and not accounts.factors[k]["verified"] for k in accounts.factor])
    of_factor = lines & (accounts.factor >= 0)

    def part(chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> SourcedValue | None:
        share = float(accounts.location[chosen].sum()) / whole
        return None if share < SLIGHT else SourcedValue("share", share, sources.of_lines(year))

    verified = part(lines & (accounts.kind == "verified"))
    if verified is not None:
        yield say("{share} is based on verified reports.", share=verified)
    compared, other = part(of_factor & ~quoted), part(of_factor & quoted)
    if compared is not None:
        yield say(
            "{share} is based on emission factors that were checked against their publication.",
            share=compared,
        )
    if other is not None:
        yield say("{share} is based on emission factors from secondary sources.", share=other)


def _doubts(sources: _Sources, year: int) -> Iterator[Sentence]:
    doubts = len(sources.found.completeness.remarked(year))
    count = SourcedValue("count", doubts, sources.at("completeness.doubts"))
    if doubts == 1:
        yield say("{count} place in the data is in doubt.", count=count)
    elif doubts:
        yield say("{count} places in the data are in doubt.", count=count)


# --------------------------------------------------------------------------- where we stand


def stand_answer(name: str, found: Diagnosis) -> BriefAnswer:
    """Return how much is emitted, how that changed, per value added and energy, and by whom."""
    sources, year = _Sources(name, found), found.year
    if year is None or year not in found.accounts.years:
        return BriefAnswer("stand", (), (_no_carbon(),))
    lead = (*_total(sources, year), *_trend(sources))
    told = (*lead, *_intensities(sources, year), *_largest(sources, year))
    needs = []
    if indicator_of(found, "growth", "carbon-per-value-added") is None:
        missing = int(np.isnan(by_enterprise(found.cluster, "accounts", "value_added", year)).sum())
        if missing:
            needs.append(
                say(
                    "Value added of {count} of {all} enterprises (table `accounts`), for carbon per value "
                    "added.",
                    count=SourcedValue("count", missing, sources.at("", sources.account_rows(year))),
                    all=SourcedValue(
                        "count", len(found.cluster.enterprises), sources.at("cluster.enterprises")
                    ),
                )
            )
        else:
            needs.append(say("Value added and emissions that are in no doubt, for carbon per value added."))
    return BriefAnswer("stand", told, tuple(needs), lead)


def _total(sources: _Sources, year: int) -> Iterator[Sentence]:
    total, place = sources.found.completeness.total(year), f"completeness.years.{year}"
    gas = sources.found.completeness.accounts.gas_of_totals
    counted, when = sources.carbon(total.counted, f"{place}.counted", year), sources.year(year)
    if not math.isfinite(total.high):
        yield say(
            "{total} {gas} are counted in {year}; the missing amount cannot be estimated.",
            total=counted,
            gas=gas,
            year=when,
        )
    elif total.high > total.low:
        ends = partial(ValueInterval, total.counted, total.low, total.high)
        values = {
            "gas": gas,
            "total": replace(counted, interval=ends("counted")),
            "year": when,
            "low": sources.carbon(total.low, f"{place}.low", year, interval=ends("low")),
            "high": sources.carbon(total.high, f"{place}.high", year, interval=ends("high")),
        }
        # What is missing for sure can lift the lower end above all that is counted.
        if total.low <= total.counted <= total.high:
            yield say("{total} {gas} in {year} (between {low} and {high}).", **values)
        else:
            yield say(
                "{total} {gas} are counted in {year}; with what is missing, between {low} and {high}.",
                **values,
            )
    else:
        yield say("{total} {gas} in {year}.", total=counted, gas=gas, year=when)
    count = len(sources.found.completeness.open_questions(year))
    if count:
        where = sources.at(f"{place}.open_questions")
        yield say(
            "Questions that are open and in no interval: {count}.", count=SourcedValue("count", count, where)
        )


def _trend(sources: _Sources) -> Iterator[Sentence]:
    trend = sources.found.trend
    if trend is None:
        return
    rows = sources.carbon_rows(trend.start, trend.end)
    start = SourcedValue("year", trend.start, sources.at("trend.start", rows))
    if trend.change is None:
        if trend.bounds is not None and np.isfinite(trend.bounds).all():
            low, high = trend.bounds
            ends = partial(ValueInterval, math.nan, low, high)
            yield say(
                "Since {start} they changed by between {low} and {high}.",
                start=start,
                low=SourcedValue("change", low, sources.at("trend.low", rows), interval=ends("low")),
                high=SourcedValue("change", high, sources.at("trend.high", rows), interval=ends("high")),
            )
        return
    change = SourcedValue("change", trend.change, sources.at("trend.change", rows))
    if trend.among.all():
        yield say("{change} since {start}.", change=change, start=start)
    else:
        count = SourcedValue("count", int(trend.among.sum()), sources.at("trend.enterprises", rows))
        yield say(
            "{change} since {start}, over the {count} enterprises that can be compared.",
            change=change,
            start=start,
            count=count,
        )
    if sources.found.cautions:
        yield say("Not all of it is real: which enterprises the data cover changed in between.")


def indicator_of(found: Diagnosis, difficulty: str, name: str) -> tuple[Indicator, str] | None:
    """Return an indicator that has a value, with its place in the JSON of the diagnosis."""
    for k, part in enumerate(found.difficulties):
        for j, indicator in enumerate(part.indicators):
            if (part.name, indicator.id) == (difficulty, name) and indicator.value is not None:
                return indicator, f"difficulties[{k}].indicators[{j}]"
    return None


def _intensities(sources: _Sources, now: int) -> Iterator[Sentence]:
    pair = indicator_of(sources.found, "growth", "carbon-per-value-added")
    if pair is not None:
        indicator, place = pair
        year = indicator.year or now
        rows = sources.carbon_rows(year) + sources.account_rows(year)
        value = SourcedValue("amount", indicator.value, sources.at(f"{place}.value", rows), indicator.unit)
        if year == now:
            yield say("Carbon per value added: {value}.", value=value)
        else:
            of = SourcedValue("year", year, sources.at(f"{place}.year", rows))
            yield say("Carbon per value added in {year}: {value}.", year=of, value=value)
    card = sources.found.scorecard
    for k, gap in enumerate(() if card is None else card.gaps):
        if gap.requirement.measure == "carbon_per_energy" and gap.found is not None:
            place = f"standard.requirements[{k}].found"
            value = SourcedValue("amount", gap.found, sources.at(place), gap.requirement.unit)
            yield say("Carbon per energy: {value}.", value=value)
            return


def _largest(sources: _Sources, year: int) -> Iterator[Sentence]:
    found = sources.found
    carbon = np.nan_to_num(found.accounts.by_enterprise(year, internal=False))
    whole, emitting = float(carbon.sum()), int((carbon > 0).sum())
    if whole <= 0 or emitting < 2:
        return
    source = sources.of_lines(year)
    named = [
        say(
            "{name} ({share})",
            name=SourcedValue("name", found.cluster.name_of(str(found.accounts.enterprises[i])), source),
            share=SourcedValue("share", float(carbon[i]) / whole, source),
        )
        for i in np.argsort(-carbon, kind="stable")[: min(NAMED, emitting)].tolist()
    ]
    yield say("Largest: {names}.", names=listed(named))
    if emitting > LARGEST:
        ten = SourcedValue("count", LARGEST, source)
        part = SourcedValue("share", concentration_ratio(carbon, LARGEST), source)
        of = next((k for k, c in enumerate(found.frame.concentrations) if c.of == "emissions"), None)
        if of is None:
            yield say("The {count} largest emit {share}.", count=ten, share=part)
        else:
            place = sources.at(f"frame.concentrations[{of}].herfindahl", sources.carbon_rows(year))
            index = SourcedValue("number", found.frame.concentrations[of].herfindahl, place)
            yield say(
                "The {count} largest emit {share} (Herfindahl index {index}).",
                count=ten,
                share=part,
                index=index,
            )


# --------------------------------------------------------------------------- why it changed


def change_answer(name: str, found: Diagnosis) -> BriefAnswer:
    """Return what drove the change of emissions, and whether they were decoupled from value added."""
    sources = _Sources(name, found)
    told = (*_drivers(sources), *_decoupling(sources))
    if told:
        return BriefAnswer("change", told)
    needs = say("Energy and value added of two years (tables `energy` and `accounts`), for the causes.")
    return BriefAnswer("change", tuple(_movers(sources)), (needs,))


def _drivers(sources: _Sources) -> Iterator[Sentence]:
    found = sources.found
    k = next(k for k, part in enumerate(found.difficulties) if part.name == "growth")
    split = found.difficulties[k].details.get("decomposition")
    if split is None:
        return
    place = f"difficulties[{k}].details.decomposition"
    rows = sources.carbon_rows(split.start, split.end) + sources.account_rows(split.start, split.end)
    parts = split.decomposition
    causes = [
        say(
            "{cause} {amount}",
            cause=CAUSES[parts.factors[j]],
            amount=SourcedValue(
                "tonnes_change",
                float(parts.additive[j]),
                sources.at(f"{place}.additive.{parts.factors[j]}", rows),
            ),
        )
        for j in np.argsort(-np.abs(parts.additive))[:NAMED].tolist()
        if parts.additive[j]
    ]
    if not causes:
        return
    values = {
        "start": SourcedValue("year", split.start, sources.at(f"{place}.start", rows)),
        "end": SourcedValue("year", split.end, sources.at(f"{place}.end", rows)),
        "change": SourcedValue("tonnes_change", float(parts.after - parts.before), sources.at(place, rows)),
        "causes": listed(causes),
    }
    count = len(split.enterprises)
    if count < len(found.cluster.enterprises):
        # The totals of both years, which cover more enterprises, differ by something else.
        yield say(
            "From {start} to {end} emissions of the {count} enterprises whose data of both years suffice "
            "changed by {change}, most by {causes}.",
            count=SourcedValue("count", count, sources.at(f"{place}.enterprises", rows)),
            **values,
        )
    else:
        yield say("From {start} to {end} emissions changed by {change}, most by {causes}.", **values)


def _decoupling(sources: _Sources) -> Iterator[Sentence]:
    pair = indicator_of(sources.found, "growth", "decoupling")
    k, growth = next((k, d) for k, d in enumerate(sources.found.difficulties) if d.name == "growth")
    series = growth.details.get("series")
    if pair is None or series is None:
        return
    indicator, _ = pair
    years = series.years[0], series.years[-1]
    rows = sources.carbon_rows(*years) + sources.account_rows(*years)
    emitted, made = (
        SourcedValue(
            "change", float(of[-1] / of[0] - 1), sources.at(f"difficulties[{k}].details.series", rows)
        )
        for of in (series.emissions, series.value_added)
    )
    yield say(
        "Value added changed by {made}, emissions by {emitted}: {state}.",
        made=made,
        emitted=emitted,
        state=indicator.name.values["state"],
    )


def _movers(sources: _Sources) -> Iterator[Sentence]:
    found, years = sources.found, sources.found.completeness.comparable_years
    if not found.movers:
        return
    rows = sources.carbon_rows(years[0], years[-1])
    moved = [
        say(
            "{name} ({amount})",
            name=SourcedValue("name", found.cluster.name_of(m.enterprise), sources.at(f"movers[{k}]", rows)),
            amount=SourcedValue("tonnes_change", m.change, sources.at(f"movers[{k}].change", rows)),
        )
        for k, m in enumerate(found.movers[:NAMED])
    ]
    yield say(
        "Who changed most from {start} to {end}: {names}.",
        start=sources.year(years[0], "completeness.years"),
        end=sources.year(years[-1], "completeness.years"),
        names=listed(moved),
    )


# --------------------------------------------------------------------------- the gap to the standard


def gap_answer(name: str, found: Diagnosis) -> BriefAnswer:
    """Return which requirements of the standard are met, and the yearly cut that it takes."""
    sources, card = _Sources(name, found), found.scorecard
    if card is None:
        known = ", ".join(standards())
        return BriefAnswer(
            "gap", (), (say("A standard (park_standard in cluster.yaml), such as {known}.", known=known),)
        )
    verdicts = [gap.verdict for gap in card.gaps]
    untold = verdicts.count("cannot be told")
    source = sources.at("standard.requirements", sources.carbon_rows(card.year))
    count = SourcedValue("count", untold, source)
    needs = []
    if untold:
        needs.append(
            say(
                "Data for {count} more of its requirements (`separatrix cluster diagnose` names them).",
                count=count,
            )
        )
    met, shortfall = tuple(_met(sources, card, source)), tuple(_shortfall(sources, card))
    return BriefAnswer("gap", (*met, *shortfall), tuple(needs), shortfall or met)


def _met(sources: _Sources, card: Scorecard, source: Provenance) -> Iterator[Sentence]:
    """Say how many requirements of the standard are met."""
    verdicts = [gap.verdict for gap in card.gaps]
    met, missed = verdicts.count("met"), verdicts.count("not met")
    title = SourcedValue("standard", card.standard, sources.at("standard.title"))
    applied = SourcedValue("count", met + missed, source)
    if not met + missed:
        yield say("The data do not show whether any requirement is met ({title}).", title=title)
    elif met:
        yield say(
            "{met} of the {applied} applicable requirements with data are met ({title}).",
            met=SourcedValue("count", met, source),
            applied=applied,
            title=title,
        )
    else:
        yield say(
            "None of the {applied} applicable requirements with data is met ({title}).",
            applied=applied,
            title=title,
        )


def _shortfall(sources: _Sources, card: Scorecard) -> Iterator[Sentence]:
    """Say how far carbon per energy is from the standard, and how fast it must fall."""
    for k, gap in enumerate(card.gaps):
        asked = gap.requirement
        if asked.measure == "carbon_per_energy" and gap.verdict == "not met":
            place, rows = f"standard.requirements[{k}]", sources.carbon_rows(card.year)
            yield say(
                "Carbon per energy is {found}; the standard allows {limit}.",
                found=SourcedValue("amount", gap.found, sources.at(f"{place}.found", rows), asked.unit),
                limit=SourcedValue("amount", asked.value, sources.at(f"{place}.threshold"), asked.unit),
            )
    if card.yearly_cut is not None:
        yield say(
            "To reach it by {year}, carbon per energy must fall by {cut} a year.",
            cut=SourcedValue("share", card.yearly_cut, sources.at("standard.yearly_cut")),
            year=SourcedValue("year", card.target_year, sources.at("standard.target_year")),
        )
