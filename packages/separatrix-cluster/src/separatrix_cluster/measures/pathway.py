"""When to do what: measures begun year by year, so that a target is met in its year at the least cost.

A mixed-integer program over years and measures: what is begun cuts after its lead time and until its life
ends, a year's investments keep within the yearly budget, and the discounted yearly costs (annuity and running
cost less savings, less the carbon price of what is cut) are least.  Investments are charged as annuities over
the years in which a measure acts, so that what outlives the target year is not charged in full.  What the
solver finds is recomputed in rational numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.measures.portfolio import Linear, MeasureProgram, Solution, Start, cheapest_set
from separatrix_cluster.measures.target import AbatementTarget, JointAbatement, weights_of

__all__ = ["AbatementPath", "PathYear", "abatement_path"]

TRIES = 50
"""So many answers of the solver may fail in rational numbers; none did in the tests."""

LONGEST = 40
"""Years; emissions that stay as they are say nothing of what lies beyond."""


@dataclass(frozen=True)
class PathYear:
    """One year of a path.

    Attributes
    ----------
    year : int
    begun, ended : tuple of str
        Ids of what is begun in it, and of what acted the year before and no longer does.
    cuts : mapping of str to Fraction
        t CO2e that each measure cuts, by its id.
    counted : Fraction
        Of these, what counts for the target.
    wanted : Fraction
        What would have to count on a straight line to the target.
    investment : Fraction
        Currency, for what is begun.
    net_cost : Fraction
        Currency: annuities and running costs of what acts, less what it saves.
    """

    year: int
    begun: tuple[str, ...]
    ended: tuple[str, ...]
    cuts: Mapping[str, Fraction]
    counted: Fraction
    wanted: Fraction
    investment: Fraction
    net_cost: Fraction

    @property
    def abatement(self) -> Fraction:
        """t CO2e that all cut together."""
        return sum(self.cuts.values(), Fraction(0))

    @property
    def behind(self) -> Fraction:
        """Tonnes that the year lacks of the straight line; below 0 where it is ahead."""
        return self.wanted - self.counted


@dataclass(frozen=True)
class AbatementPath:
    """What is begun when, and what becomes of the emissions.

    Attributes
    ----------
    base_year : int
        Of the emissions, which else stay as they are; the straight line begins there.
    years : tuple of PathYear
        From the year after it to that of the target.
    emissions : Fraction or None
        t CO2e of the base year; None where something is begun whose emissions are not known.
    target : AbatementTarget
    budget, yearly_budget : Fraction or None
        The most that may be invested in all, and in one year.
    missing : Fraction
        Tonnes that the target lacks in its year; 0 where it is met.
    without_budget : Fraction or None
        What would count in the target year without a limit to money, where the target is missed with one.
    with_time : Fraction or None
        What all measures together would count once every one of them acts, where the target is missed.
    present_value : Fraction
        Currency of the first year: the net costs of all years, discounted.
    bound : float or None
        The solver's bound on that less the carbon price of what is cut.
    proven : bool
    """

    base_year: int
    years: tuple[PathYear, ...]
    emissions: Fraction | None
    target: AbatementTarget
    budget: Fraction | None
    yearly_budget: Fraction | None
    missing: Fraction
    without_budget: Fraction | None
    with_time: Fraction | None
    present_value: Fraction
    bound: float | None
    proven: bool

    @property
    def begun(self) -> dict[str, tuple[int, ...]]:
        """The years in which each measure is begun, by its id, in the order of the years."""
        found: dict[str, tuple[int, ...]] = {}
        for year in self.years:
            for identity in year.begun:
                found[identity] = (*found.get(identity, ()), year.year)
        return found

    @property
    def investment(self) -> Fraction:
        """Currency, over all years."""
        return sum((y.investment for y in self.years), Fraction(0))

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""

        def remaining_emissions(cut: Fraction) -> float | None:
            return None if self.emissions is None else float(self.emissions - cut)

        return {
            "base_year": self.base_year,
            "emissions": remaining_emissions(Fraction(0)),
            "target_year": self.years[-1].year,
            "target": self.target.to_dict(),
            "budget": None if self.budget is None else float(self.budget),
            "yearly_budget": None if self.yearly_budget is None else float(self.yearly_budget),
            "missing": float(self.missing),
            "counted_without_budget": None if self.without_budget is None else float(self.without_budget),
            "counted_with_time": None if self.with_time is None else float(self.with_time),
            "investment": float(self.investment),
            "present_value": float(self.present_value),
            "solver_bound": self.bound,
            "proven": self.proven,
            "begun": {identity: list(years) for identity, years in self.begun.items()},
            "years": [
                {
                    "year": y.year,
                    "begun": list(y.begun),
                    "ended": list(y.ended),
                    "investment": float(y.investment),
                    "net_cost": float(y.net_cost),
                    "abatement": float(y.abatement),
                    "counted": float(y.counted),
                    "wanted": float(y.wanted),
                    "behind": float(y.behind),
                    "emissions_without": remaining_emissions(Fraction(0)),
                    "emissions": remaining_emissions(y.abatement),
                    "emissions_wanted": remaining_emissions(y.wanted),
                    "cuts": {identity: float(cut) for identity, cut in y.cuts.items() if cut},
                }
                for y in self.years
            ],
        }


def abatement_path(
    joint: JointAbatement,
    target: AbatementTarget,
    by: int,
    *,
    discount_rate: Fraction,
    carbon_price: Fraction = Fraction(0),
    budget: Fraction | None = None,
    yearly_budget: Fraction | None = None,
    begin: int | None = None,
) -> AbatementPath:
    """Return what to begin when, so that the target is met in its year at the least discounted cost.

    Constraints that cannot be met are met as far as possible, and the result states the shortfall.

    Parameters
    ----------
    joint : JointAbatement
        Its emissions are those of every year without measures.
    target : AbatementTarget
    by : int
        The target year.
    discount_rate, carbon_price : Fraction
    budget, yearly_budget : Fraction, optional
        The most that may be invested in all, and in one year; currency.
    begin : int, optional
        The first year in which anything can be begun; by default the one after that of the emissions.

    Raises
    ------
    InputError
        K560 for a target year that does not lie after the year of the emissions, or lies too far after it.
    """
    base = joint.inventory.year
    if base is None or not base < by <= base + LONGEST:
        raise InputError(
            "K560",
            say("the emissions of no year are known, so no year follows them")
            if base is None
            else say(
                "the target year is {by}, and emissions are known of {year}; one of the {longest} years "
                "after it was expected",
                by=by,
                year=base,
                longest=LONGEST,
            ),
            hint=say("write for example --by {year}", year=(base or by) + 6),
        )
    if begin is not None and begin > by:
        raise InputError(
            "K560",
            say("nothing can be begun before {begin}, and the target year is {by}", begin=begin, by=by),
            hint=say("choose a later target year or an earlier beginning"),
        )
    search = _search(joint, target, base, by, discount_rate, carbon_price, begin or base + 1)
    limits = _Limits(joint, budget, yearly_budget)

    def meets(starts: frozenset[Start]) -> bool:
        return search.counted_in(by, starts) >= target.amount

    wanted = (search.counted, float(target.amount), _MUCH)
    best = search.minimize(search.cost, [*limits.rows(search), wanted], lambda s: limits.hold(s) and meets(s))
    if best is not None:
        return search.to_path(best[0], limits, best[1].bound, best[1].proven, None, None)
    starts, proven = search.maximize_abatement(limits)
    free = _Limits(joint, None, None)
    limited = budget is not None or yearly_budget is not None
    reach = search.counted_in(by, search.maximize_abatement(free)[0]) if limited else None
    return search.to_path(starts, limits, None, proven, reach, _total_potential(search))


@dataclass(frozen=True)
class _Limits:
    """What may be spent in all and in one year."""

    joint: JointAbatement
    budget: Fraction | None
    yearly_budget: Fraction | None

    def rows(self, search: _Search) -> list[tuple[Linear, float, float]]:
        found = []
        if self.budget is not None:
            found.append((search.invested(None), -_MUCH, float(self.budget)))
        if self.yearly_budget is not None:
            found += [(search.invested(y), -_MUCH, float(self.yearly_budget)) for y in search.years]
        return found

    def hold(self, starts: frozenset[Start]) -> bool:
        """Return whether starts keep within them, in rational numbers."""
        spent: dict[int, Fraction] = {}
        for place, year in starts:
            spent[year] = spent.get(year, Fraction(0)) + self.joint.measures[place].investment
        return (self.budget is None or sum(spent.values()) <= self.budget) and (
            self.yearly_budget is None or all(s <= self.yearly_budget for s in spent.values())
        )


@dataclass(frozen=True)
class _Search:
    """The program of the years, and its sums by name."""

    joint: JointAbatement
    target: AbatementTarget
    base: int
    years: range
    rate: Fraction
    program: MeasureProgram
    counted: Linear
    cost: Linear

    def invested(self, year: int | None) -> Linear:
        """Return the sum of investments, of one year or all."""
        return self.program.per_start(
            {
                start: float(self.joint.measures[start[0]].investment)
                for start in self.program.starts
                if year in (None, start[1])
            }
        )

    def acting(self, starts: frozenset[Start], year: int) -> frozenset[str]:
        """Return the ids of what acts in a year."""
        return frozenset(self.joint.measures[s[0]].id for s in starts if year in self.program.lasts[s])

    def counted_in(self, year: int, starts: frozenset[Start]) -> Fraction:
        """Return what counts for the target in a year, in rational numbers."""
        return self.target.counted_tonnes(self.joint, self.acting(starts, year))

    def possible(self, starts: frozenset[Start]) -> bool:
        """Return whether all years hold what is required and nothing that is excluded, each measure once."""
        ever = {self.joint.measures[place].id for place, _ in starts}
        if any(m.excludes & ever for m in self.joint.measures if m.id in ever):
            return False
        for year in self.years:
            acting = [self.joint.measures[s[0]].id for s in starts if year in self.program.lasts[s]]
            if len(set(acting)) < len(acting) or not self.joint.possible(acting):
                return False
        return True

    def minimize(
        self,
        objective: Linear,
        conditions: list[tuple[Linear, float, float]],
        holds: Callable[[frozenset[Start]], bool],
    ) -> tuple[frozenset[Start], Solution] | None:
        """Return the best starts that fulfil the conditions in rational numbers, too."""
        forbidden: list[frozenset[Start]] = []
        for _ in range(TRIES):
            found = self.program.solve(objective, conditions, forbidden)
            if found is None:
                return None
            if self.possible(found.starts) and holds(found.starts):
                return found.starts, found
            forbidden.append(found.starts)
        return None

    def maximize_abatement(self, limits: _Limits) -> tuple[frozenset[Start], bool]:
        """Return the starts with which most counts in the target year, and of these the cheapest."""
        by, rows = self.years[-1], limits.rows(self)
        far = self.minimize({k: -v for k, v in self.counted.items()}, rows, limits.hold)
        if far is None:
            return frozenset(), True
        best = self.counted_in(by, far[0])
        again = self.minimize(
            self.cost,
            [*rows, (self.counted, float(best) * (1 - 1e-9), _MUCH)],
            lambda s: limits.hold(s) and self.counted_in(by, s) >= best,
        )
        return (far if again is None else again)[0], far[1].proven

    def to_path(
        self,
        starts: frozenset[Start],
        limits: _Limits,
        bound: float | None,
        proven: bool,
        without_budget: Fraction | None,
        with_time: Fraction | None,
    ) -> AbatementPath:
        """Return the path of starts, all of it recomputed in rational numbers."""
        measures, by = self.joint.measures, self.years[-1]
        found, value, before = [], Fraction(0), frozenset[str]()
        for year in self.years:
            acting = self.acting(starts, year)
            cuts = self.joint.cuts(acting)
            saved = sum(self.joint.savings(cuts, acting), Fraction(0))
            cost = sum((m.annual_cost for m in measures if m.id in acting), Fraction(0)) - saved
            value += cost / (1 + self.rate) ** (year - self.years[0])
            begun = sorted(place for place, when in starts if when == year)
            found.append(
                PathYear(
                    year,
                    tuple(measures[place].id for place in begun),
                    tuple(m.id for m in measures if m.id in before - acting),
                    {m.id: cut for m, cut in zip(measures, cuts, strict=True) if m.id in acting},
                    self.target.counted_tonnes(self.joint, acting),
                    self.target.amount * (year - self.base) / (by - self.base),
                    sum((measures[place].investment for place in begun), Fraction(0)),
                    cost,
                )
            )
            before = acting
        ever = {measures[place].id for place, _ in starts}
        total = self.joint.inventory.total
        return AbatementPath(
            self.base,
            tuple(found),
            None if not total or self.joint.blind(ever) else total,
            self.target,
            limits.budget,
            limits.yearly_budget,
            max(Fraction(0), self.target.amount - found[-1].counted),
            without_budget,
            with_time,
            value,
            bound,
            proven,
        )


def _search(
    joint: JointAbatement,
    target: AbatementTarget,
    base: int,
    by: int,
    rate: Fraction,
    carbon_price: Fraction,
    begin: int,
) -> _Search:
    years = range(base + 1, by + 1)
    lasts: dict[Start, range] = {}
    for place, m in enumerate(joint.measures):
        for year in years:
            acts = range(year + m.lead_time, min(by + 1, year + m.lead_time + max(1, -(-m.life // 1))))
            if year >= max(begin, m.earliest or begin) and acts:
                lasts[place, year] = acts
    program = MeasureProgram(joint, list(lasts), list(years), lasts)
    cost: Linear = {}
    worth = {
        i: -float(m.saving / m.abatement if m.abatement else 0) - float(carbon_price)
        for i, m in enumerate(joint.measures)
    }
    fixed: dict[Start, float] = {}
    for year in years:
        worn = float((1 + rate) ** (years[0] - year))
        cost.update({k: v * worn for k, v in program.per_cut(year, worth).items()})
        for start, acts in lasts.items():
            m = joint.measures[start[0]]
            if year in acts:
                yearly = float(m.annual_cost - (0 if m.abatement else m.saving))
                fixed[start] = fixed.get(start, 0.0) + worn * yearly
    cost.update(program.per_start(fixed))
    weights = dict(enumerate(map(float, weights_of(target, joint))))
    counted = program.per_cut(by, weights, energy=target.energy_only)
    return _Search(joint, target, base, years, rate, program, counted, cost)


def _total_potential(search: _Search) -> Fraction:
    """Return what would count if every measure could act at once, whatever its lead time and first year."""
    return cheapest_set(search.joint, target=search.target).counted


_MUCH = float("inf")
