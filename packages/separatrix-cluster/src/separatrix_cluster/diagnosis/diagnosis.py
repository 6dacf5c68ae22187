"""The diagnosis of a cluster: its frame, the four difficulties, the gap to a standard, and what changed.

The four difficulties of Shi & Chen (2018), section 3.1, each by the rules of its indicators.

Low understanding, extensive growth, a place at the low end of the chain, weak technology and innovation.

Difficulty 2, extensive growth: more output by more energy and carbon instead of by better use of them.

Shi & Chen (2018), section 3.1 (2).  Intensities, decoupling (Tapio 2005), what drove the change (LMDI-I) and
how far the enterprises are from the best of the cluster (slacks-based efficiency, carbon as a bad output).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from separatrix.errors import InputError
from separatrix.io.cells import Remark
from separatrix.languages.number_text import rounded
from separatrix.run.results import Tabled
from separatrix.sentences import Sentence, Tonnes, say, together
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.accounts.uncertainty import Spread, spread_of_total
from separatrix_cluster.completeness.bounds import carbon_of, column_of, energy_of, undoubted
from separatrix_cluster.completeness.completeness import DataCompleteness, completeness_of
from separatrix_cluster.completeness.coverage import Ability, abilities
from separatrix_cluster.completeness.doubt import whole_energy
from separatrix_cluster.diagnosis import awareness as low_carbon_awareness
from separatrix_cluster.diagnosis import innovation as innovation_capacity
from separatrix_cluster.diagnosis import value_chain
from separatrix_cluster.diagnosis.change_bounds import (
    ChangeBounds,
    EmissionTrend,
    GrowthSeries,
    Mover,
    boundary_cautions,
    change_bounds,
    emission_trend,
    growth_series,
    movers,
)
from separatrix_cluster.diagnosis.data_envelopment import slacks_based_efficiency
from separatrix_cluster.diagnosis.decomposition import (
    FACTORS,
    STATES,
    Decomposition,
    DecouplingStep,
    decoupling_series,
    drivers,
)
from separatrix_cluster.diagnosis.indicators import (
    Difficulty,
    DifficultyName,
    Indicator,
    Measured,
    Rule,
    difficulty,
    quotient,
)
from separatrix_cluster.frame.frame import Frame, frame_of
from separatrix_cluster.frame.standards import Scorecard, scorecard, standard_named
from separatrix_cluster.tables.cells import Floats
from separatrix_cluster.tables.panel import Cluster, by_enterprise, constant_prices, panel_of

__all__ = ["DIFFICULTIES", "Diagnosis", "RULES", "diagnose"]

TCE = 29.307  # GJ in a tonne of coal equivalent (GB/T 2589)


def _years(cluster: Cluster, books: DataCompleteness) -> list[int]:
    """Return the years with any data on both carbon and value added, up to the reporting year."""
    years = books.comparable_years
    value = panel_of(cluster, "accounts", "value_added", years)
    return [years[j] for j in np.flatnonzero((~np.isnan(value)).sum(axis=0)).tolist()]


# --------------------------------------------------------------------------- intensities


def _intensities(cluster: Cluster, books: DataCompleteness) -> Measured:
    """Return carbon, energy and staff per value added."""
    years = _years(cluster, books)
    if not years:
        return Measured.of(
            say("value added by enterprise (table accounts), of a year with energy or emissions")
        )
    year = years[-1]
    value, staff = (column_of(cluster, books, c, year) for c in ("value_added", "staff"))
    money = cluster.description.money_unit
    unit = cluster.description.money_factor
    made = [
        quotient(
            cluster,
            "carbon-per-value-added",
            say("carbon per value added"),
            carbon_of(books, year),
            value,
            year,
            unit=f"t/{money}",
            scale=unit,
            usual="carbon per value added",
            once=books.accounts.by_enterprise(year, internal=False),
        ),
        quotient(
            cluster,
            "energy-per-value-added",
            say("energy per value added"),
            energy_of(cluster, books, year),
            value,
            year,
            unit=f"tce/{money}",
            scale=unit / TCE,
            usual="energy per value added",
            once=books.accounts.energy_by_enterprise(year, internal=False),
        ),
        quotient(
            cluster,
            "value-added-per-worker",
            say("value added per worker"),
            value,
            staff,
            year,
            unit=f"{money}/worker",
            scale=1 / unit,
            usual="value added per worker",
            worse="low",
        ),
    ]
    return Measured(tuple(indicator for indicator in made if indicator is not None))


def _regional(cluster: Cluster, series: GrowthSeries) -> Indicator:
    money = cluster.description.money_factor
    return Indicator(
        id="carbon-per-regional-value-added",
        name=say("carbon of the cluster per value added of its sector in the area"),
        value=series.emissions[-1] / series.value_added[-1] * money,
        unit=f"t/{cluster.description.money_unit}",
        source=say("quotient of sums, where the value added includes enterprises whose carbon is not known"),
        missing=say("value added by enterprise, to score it"),
    )


# --------------------------------------------------------------------------- decoupling


_STATE_SCORES = {
    "strong decoupling": 0.0,
    "weak decoupling": 0.25,
    "recessive decoupling": 0.25,
    "recessive coupling": 0.5,
    "expansive coupling": 0.75,
    "weak negative decoupling": 0.75,
    "expansive negative decoupling": 1.0,
    "strong negative decoupling": 1.0,
}


def _decoupling(cluster: Cluster, books: DataCompleteness) -> Measured:
    """Return whether emissions went on growing with value added."""
    # Who lacks a year in between still counts from the first to the last.
    ends, years = growth_series(cluster, books, ends=True), _years(cluster, books)
    series = growth_series(cluster, books) or ends
    missing = []
    if series is None and len(years) > 1:
        missing.append(say("enterprises with known emissions and value added in every year"))
    without = [y for y in books.accounts.years if np.isnan(constant_prices(cluster, y))]
    if without and years:
        missing.append(
            say(
                "price levels of {years} (deflators in cluster.yaml); these years are not compared",
                years=", ".join(map(str, without)),
            )
        )
    lacking = [y for y in books.years if y not in books.comparable_years]
    if lacking and (years or series is not None):
        missing.append(
            say(
                "more rows of {years}; these years hold too little of the emissions to be compared",
                years=", ".join(map(str, lacking)),
            )
        )
    if series is None:
        return Measured(missing=tuple(missing))
    steps = decoupling_series(series.years, series.emissions, series.value_added)
    evidence = [say("growth compares {whom}", whom=series.of)]
    if ends is not None and ends.coverage != series.coverage:
        evidence.append(
            say(
                "from the first year to the last it compares the {share} of the enterprises that are known "
                "in both",
                share=f"{rounded(100 * (ends.coverage or 0.0))} %",
            )
        )
    if not cluster.description.deflators and len(series.years) > 1:
        evidence.append(say("value added is in current prices, for cluster.yaml gives no deflators"))
    indicators = [
        _regional(cluster, series) if series.coverage is None else None,
        _elasticity(steps, ends or series, change_bounds(cluster, books, series.years[0], series.years[-1])),
    ]
    return Measured(
        tuple(indicator for indicator in indicators if indicator is not None),
        tuple(evidence),
        tuple(missing),
        {"series": series, "decoupling": steps},
    )


def _between_states(elasticity: float, grows: bool) -> float:
    """Return the score of an elasticity, on the line through the scores of the states at their middles."""
    scores = [0.0, 0.25, 0.75, 1.0] if grows else [1.0, 0.75, 0.5, 0.25]
    return float(np.interp(elasticity, [-0.4, 0.4, 1.0, 1.6], scores))


def _elasticity(
    steps: tuple[DecouplingStep, ...], series: GrowthSeries, bounds: ChangeBounds | None
) -> Indicator | None:
    known = [s.state for s in steps if s.state is not None]
    if not known:
        return None
    years, emitted, made = series.years, series.emissions, series.value_added
    whole = decoupling_series((years[0], years[-1]), (emitted[0], emitted[-1]), (made[0], made[-1]))[0]
    scores = [_STATE_SCORES[state] for state in known]
    state = whole.state or known[-1]
    low = high = None
    if bounds is not None and series.coverage is not None:
        if not bounds.sure:
            return Indicator(
                id="decoupling",
                name=say(
                    "elasticity of emissions to value added, {start} to {end}", start=years[0], end=years[-1]
                ),
                value=None,
                source="Tapio (2005)",
                coverage=series.coverage,
                missing=say(
                    "what is missing or in doubt of both years; it may be more than the growth of value added"
                ),
            )
        # What is missing may have changed in any way that its bounds allow.
        scores += [_STATE_SCORES[s] for s in bounds.states()]
        low, high = bounds.elasticities()
        if low is not None and high is not None:
            # Within a state, too, more or less emissions for the same growth make a difference.
            grows = bounds.value_added[0] > 1
            scores += [_between_states(low, grows), _between_states(high, grows)]
        if whole.elasticity is not None and low is not None and high is not None:
            low, high = min(low, whole.elasticity), max(high, whole.elasticity)
    return Indicator(
        id="decoupling",
        name=say(
            "elasticity of emissions to value added, {start} to {end}: {state}",
            start=years[0],
            end=years[-1],
            state=STATES[state],
        ),
        value=whole.elasticity,
        unit="",
        low=low,
        high=high,
        score=_STATE_SCORES[state],
        score_low=min(*scores, _STATE_SCORES[state]),
        score_high=max(*scores, _STATE_SCORES[state]),
        how=say(
            "0 strong decoupling, 0.25 weak, 0.75 coupling, 1 faster than value added; interval over years"
        ),
        source="Tapio (2005)",
        coverage=series.coverage,
    )


# --------------------------------------------------------------------------- drivers


def _drivers(cluster: Cluster, books: DataCompleteness) -> Measured:
    """Return what changed the emissions, and how much of the growth was made up for."""
    split = drivers(cluster, books)
    if split is None:
        few = len(books.comparable_years) < 2
        return Measured.of(say("energy or emissions of a second year") if few else None)
    evidence = [_decomposition_sentence(split.decomposition, split.start, split.end)]
    if len(split.enterprises) < len(cluster.enterprises):
        evidence.append(
            say(
                "enterprises whose change that is, for their data of both years suffice: {n} of {all}",
                n=len(split.enterprises),
                all=len(cluster.enterprises),
            )
        )
    told = len(split.enterprises) / len(cluster.enterprises)
    offset = _offset(split.decomposition, change_bounds(cluster, books, split.start, split.end), told)
    return Measured(() if offset is None else (offset,), tuple(evidence), details={"decomposition": split})


def _decomposition_sentence(parts: Decomposition, start: int, end: int) -> Sentence:
    if not parts.additive.any():
        return say("from {start} to {end} emissions did not change", start=start, end=end)
    order = np.argsort(-np.abs(parts.additive))
    largest = [
        say(
            "{name} {amount}",
            name=FACTORS[parts.factors[k]],
            amount=_kilotonnes(float(parts.additive[k])),
        )
        for k in order
        if abs(parts.additive[k]) >= 5e-4 * abs(parts.additive).max()
    ]
    return say(
        "from {start} to {end} emissions changed by {change}: {parts}",
        start=start,
        end=end,
        change=_kilotonnes(parts.after - parts.before),
        parts=together(largest, ", "),
    )


def _kilotonnes(tonnes: float) -> Tonnes:
    return Tonnes(tonnes, f"{rounded(tonnes / 1000, sign=True)} kt")


def _offset(parts: Decomposition, bounds: ChangeBounds | None, told: float) -> Indicator | None:
    """Return how much of the growth of activity was made up for by everything else."""
    if "activity" not in parts.factors:
        return None
    k = parts.factors.index("activity")
    activity = float(parts.additive[k])
    rest = float(parts.additive.sum() - activity)
    if activity <= 0:
        return None
    share = -rest / activity
    score = min(1.0, max(0.0, 1 - share))
    low = high = None
    least = most = score
    if bounds is not None:
        ends = bounds.growth_not_offset()
        name = say("share of the effect of growth that all other drivers offset")
        if ends is None:
            missing = say(
                "what is missing or in doubt of both years; it may be more than the growth of value added"
            )
            return Indicator(
                id="growth-made-up-for",
                name=name,
                value=None,
                unit="share",
                source="Ang (2005)",
                missing=missing,
            )
        low, high = min(share, 1 - ends[1]), max(share, 1 - ends[0])
        # Of those of whom something is missing nothing is told.
        least = min(score, max(0.0, ends[0]), score * told)
        most = max(score, min(1.0, ends[1]), score * told + 1 - told)
    return Indicator(
        id="growth-made-up-for",
        name=say("share of the effect of growth that all other drivers offset"),
        value=share,
        low=low,
        high=high,
        unit="share",
        score=score,
        score_low=least,
        score_high=most,
        how=say("the share that was not offset"),
        source="Ang (2005)",
    )


# --------------------------------------------------------------------------- frontier


def _frontier(cluster: Cluster, books: DataCompleteness) -> Measured:
    """Return how far the enterprises are from the best of the cluster (data envelopment analysis)."""
    years = _years(cluster, books)
    return Measured.of(_efficiency(cluster, books, years[-1]) if years else None)


def _efficiency(cluster: Cluster, books: DataCompleteness, year: int) -> Indicator | Sentence:
    value, staff = (
        undoubted(books, column, year, by_enterprise(cluster, "accounts", column, year))
        for column in ("value_added", "staff")
    )
    energy, carbon = whole_energy(books.accounts, year), books.accounts.by_enterprise(year)
    with np.errstate(invalid="ignore"):
        whole = books.is_comparable(year) & (value > 0) & (staff > 0) & (energy > 0) & (carbon > 0)
    count = int(whole.sum())
    if count < 12:  # three times the number of goods: with fewer almost everyone is on the frontier
        return say(
            "value added, staff, energy and carbon of 12 enterprises or more, for a frontier (now {n})",
            n=count,
        )
    try:
        scores = slacks_based_efficiency(
            np.c_[staff[whole], energy[whole]], value[whole], carbon[whole], returns="variable"
        ).clip(0.0, 1.0)
    except InputError as problem:
        return say("a frontier: {why}", why=problem.message)
    if scores.min() > 1 - 1e-9:
        # Where nobody does better than anybody, the best of the cluster is no yardstick.
        return say("enterprises that differ in what they make of staff, energy and carbon")
    means = [_mean(scores, value[whole])]
    # An error of a factor is common to all who burn its carrier: all of it one way, or all the other way.
    for end in books.doubted().by_enterprise(year, len(value)):
        doubted = (carbon + end)[whole]
        if end[whole].any() and np.isfinite(doubted).all() and (doubted > 0).all():
            goods = np.c_[staff[whole], energy[whole]], value[whole], doubted
            other = slacks_based_efficiency(*goods, returns="variable").clip(0.0, 1.0)
            means.append(_mean(other, value[whole]))
    mean, least, most = means[0], min(means), max(means)
    # Of those who are not known any efficiency is thought possible, weighted by their value added.
    made = column_of(cluster, books, "value_added", year)
    others = float(made.high[~whole & ~books.away(cluster, year)].clip(min=0).sum())
    low, high = (None, None) if least == most else (least, most)
    if others > 0 and np.isfinite(others):
        known = float(value[whole].sum())
        low, high = least * known / (known + others), (most * known + others) / (known + others)
    return Indicator(
        id="efficiency",
        name=say("efficiency in staff, energy and carbon, against the best of {n} enterprises", n=count)
        if others > 0 and np.isfinite(others)
        else say("efficiency in staff, energy and carbon, against the cluster's own best"),
        value=mean,
        low=low,
        high=high,
        unit="",
        score=1 - mean,
        score_low=min(1 - float(scores.max()), 1 - most),
        score_high=max(1 - float(scores.min()), 1 - least),
        how=say("the distance to the cluster's own frontier; interval over enterprises"),
        source=say("Tone (2003), variable returns to scale"),
        coverage=count / len(value),
    )


def _mean(scores: Floats, weights: Floats) -> float:
    return min(float(scores.max()), max(float(scores.min()), float(np.average(scores, weights=weights))))


RULES: tuple[Rule, ...] = (_intensities, _decoupling, _drivers, _frontier)
"""How extensive the growth of the cluster is."""


DIFFICULTIES: Mapping[DifficultyName, tuple[Rule, ...]] = {
    "understanding": low_carbon_awareness.RULES,
    "growth": RULES,
    "place": value_chain.RULES,
    "technology": innovation_capacity.RULES,
}


@dataclass(frozen=True, repr=False)
class Diagnosis(Tabled):
    """What the data of a cluster say of it.

    Attributes
    ----------
    cluster : Cluster
    accounts : CarbonAccounts
    totals : mapping of int to Spread
        t CO2e of each year, location-based, with the interval of what is stated to be uncertain.
    abilities : tuple of Ability
        What could be computed, and for how much of the cluster.
    frame : Frame
    difficulties : tuple of Difficulty
        The four, in the paper's order.
    scorecard : Scorecard or None
        The gap to the standard that cluster.yaml names.
    movers : tuple of Mover
        Whose emissions changed most between the first year and `year`.
    completeness : DataCompleteness
        What is missing from the accounts, and how large it is.
    cautions : tuple of Sentence
        Between which years what the data cover may have changed, so that changes are not all real.
    trend : EmissionTrend or None
        How emissions changed from the base year, else the first, to `year`.
    """

    cluster: Cluster
    accounts: CarbonAccounts
    totals: dict[int, Spread]
    abilities: tuple[Ability, ...]
    frame: Frame
    difficulties: tuple[Difficulty, ...]
    scorecard: Scorecard | None
    movers: tuple[Mover, ...]
    completeness: DataCompleteness
    cautions: tuple[Sentence, ...] = ()
    trend: EmissionTrend | None = None

    @property
    def year(self) -> int | None:
        """The year that is reported: see `DataCompleteness.reporting_year`."""
        return self.completeness.reporting_year

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Everything that was amiss in the data."""
        return (*self.cluster.remarks, *self.accounts.remarks, *self.completeness.remarks)

    @property
    def binding(self) -> Difficulty | None:
        """The difficulty that binds most, if two or more have a score and its interval lies above theirs."""
        scored = sorted(
            (d for d in self.difficulties if d.score is not None), key=lambda d: -(d.score or 0.0)
        )
        if len(scored) < 2 or (scored[0].low or 0.0) <= max(d.high or 0.0 for d in scored[1:]):
            return None
        return scored[0]

    def to_dict(self) -> dict[str, Any]:
        """Return the diagnosis as plain data."""
        from separatrix.run.results import provenance

        return {
            "cluster": self.cluster.label,
            "year": self.year,
            "completeness": self.completeness.to_dict(),
            "totals": {
                str(y): {**s.to_dict(), "with_missing_and_doubt": self.completeness.total(y).to_dict()}
                for y, s in self.totals.items()
            },
            "trend": None if self.trend is None else self.trend.to_dict(),
            "abilities": [a.to_dict() for a in self.abilities],
            "frame": self.frame.to_dict(),
            "difficulties": [_plain(x.to_dict()) for x in self.difficulties],
            "binding": None if self.binding is None else self.binding.name,
            "standard": None if self.scorecard is None else self.scorecard.to_dict(),
            "movers": [m.to_dict() for m in self.movers],
            "cautions": [str(c) for c in self.cautions],
            "remarks": [r.to_dict() for r in self.remarks],
            "provenance": provenance(self.cluster),
        }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


def diagnose(
    cluster: Cluster,
    accounts: CarbonAccounts | None = None,
    *,
    standard: str | None = None,
    year: int | None = None,
) -> Diagnosis:
    """Return the diagnosis of a cluster.

    Parameters
    ----------
    cluster : Cluster
    accounts : CarbonAccounts, optional
        By default computed here.
    standard : str, optional
        A park standard in place of the one that cluster.yaml names.
    year : int, optional
        Which year is reported; by default the last one that holds 90 % of the last known emissions.

    Returns
    -------
    Diagnosis
        Scores run from 0 (does not bind) to 1 (binds fully); carbon is in t CO2e.

    Raises
    ------
    InputError
        K230 for an unknown standard, K240 for a year without data.

    References
    ----------
    Shi & Chen (2018), section 3.1; each indicator names the source of its method.

    Examples
    --------
    >>> from separatrix_cluster.tables.reader import load_cluster
    >>> found = diagnose(load_cluster("kalundborg"))
    >>> [d.score for d in found.difficulties], found.frame.network.arcs
    ([None, None, None, None], 30)
    """
    books = carbon_accounts(cluster) if accounts is None else accounts
    chosen = standard or cluster.description.park_standard
    if chosen:
        standard_named(chosen, cluster.origin)  # a name that is wrong is told even where no year is known
    whole = completeness_of(cluster, books, year=year)
    return Diagnosis(
        cluster,
        books,
        {year: spread_of_total(books, year) for year in books.years},
        abilities(cluster, books, whole),
        frame_of(cluster, books, whole),
        tuple(difficulty(name, rules, cluster, whole) for name, rules in DIFFICULTIES.items()),
        scorecard(cluster, books, chosen, year=whole.reporting_year, completeness=whole)
        if chosen and books.years
        else None,
        movers(cluster, whole),
        whole,
        boundary_cautions(cluster, whole),
        emission_trend(cluster, whole),
    )
