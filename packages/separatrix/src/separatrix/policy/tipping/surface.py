"""The tipping surface of two or three instruments: which levels together make a target the outcome.

The last instrument is solved for, as `separatrix.tipping_values` does, at each level of the others: exactly
where that does.  Where the number of intervals changes between two levels of the one before, levels between
are added, so that the border is followed to where it ends.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from separatrix.errors import ComesLater, InputError
from separatrix.exact.rational_functions import Ring
from separatrix.expression.tree import Expression, Number, names_in, substitute, to_text
from separatrix.game.fitness import strategy_payoffs
from separatrix.game.model import Game, Profile
from separatrix.game.values import ParameterInterval, expand
from separatrix.policy.tipping.initial_basin import TodayBasin
from separatrix.policy.tipping.levels import InstrumentLevels, LevelSet
from separatrix.policy.tipping.pure_states import PureStates, pure_id
from separatrix.policy.tipping.results import ConditionName
from separatrix.policy.tipping.stochastic_selection import Selection
from separatrix.policy.tipping.tipping import TippingProblem, tipping_problem
from separatrix.run.cached_property import cached_property
from separatrix.run.results import Plotted, Tabled

__all__ = ["LossFormula", "SurfaceColumn", "TippingSurface", "tipping_surface"]

POINTS, FEW_POINTS = 25, 5
"""Levels of the last instrument but one, and of the first of three."""

MOST_POINTS = 1_000

HALVINGS = 5
"""How often a step is halved in which the number of intervals changes. Fewer: borders end a little early."""

STEPS, NARROW = 16, Fraction(1, 10**4)
"""Of the grid over the last instrument where it is answered by numbers, and to which part of its range."""


@dataclass(frozen=True)
class LossFormula:
    """What a member of a population loses by leaving the target alone, as a function of the levels."""

    population: str
    strategy: str
    loss: Expression


@dataclass(frozen=True)
class SurfaceColumn:
    """The levels of the last instrument at which each condition holds, at given levels of the others."""

    at: tuple[Fraction, ...]
    levels: Mapping[ConditionName, LevelSet]


@dataclass(frozen=True, repr=False)
class TippingSurface(Plotted, Tabled):
    """Where two or three instruments tip a game together.

    Attributes
    ----------
    game : Game
        With the instruments in force.
    target : Profile
    target_id : str
    today : mapping of share to Fraction, or None
    scenario : str or None
    values : mapping of all parameters to their numbers, the levels idle
    instruments : tuple of ParameterInterval
        Their names and ranges; the last one is solved for.
    columns : tuple of SurfaceColumn
        By ascending levels of the others.
    formulas : tuple of LossFormula
        The target is stable exactly where all of them are positive; empty where they have no closed form.
    methods : mapping of condition to ``exact``, ``certified`` or ``numerical``
    how_sure : mapping of condition to a sentence
    """

    game: Game
    target: Profile
    target_id: str
    today: Mapping[str, Fraction] | None
    scenario: str | None
    values: Mapping[str, Fraction]
    instruments: tuple[ParameterInterval, ...]
    columns: tuple[SurfaceColumn, ...]
    formulas: tuple[LossFormula, ...]
    methods: Mapping[ConditionName, str]
    how_sure: Mapping[ConditionName, str]

    @property
    def target_names(self) -> tuple[str, ...]:
        """What each population plays at the target."""
        return tuple(p.strategies[a].name for p, a in zip(self.game.populations, self.target, strict=True))

    @property
    def goal(self) -> ConditionName:
        """The condition that counts."""
        return "stable" if self.today is None else "basin"

    @property
    def tips(self) -> bool:
        """Whether the condition that counts holds at some levels together."""
        return any(column.levels[self.goal].intervals for column in self.columns)

    @cached_property
    def planes(self) -> tuple[tuple[Fraction | None, tuple[SurfaceColumn, ...]], ...]:
        """The columns by the level of the first of three instruments; of two all in one."""
        if len(self.instruments) == 2:
            return ((None, self.columns),)
        return tuple(
            (level, tuple(group)) for level, group in itertools.groupby(self.columns, key=lambda c: c.at[0])
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the surface as plain data (schema 1; keys are added, never renamed)."""
        from separatrix.run.results import provenance

        others = [i.name for i in self.instruments[:-1]]
        return {
            "schema": 1,
            "model": {
                "title": self.game.title,
                "scenario": self.scenario,
                "parameters": {name: float(value) for name, value in self.values.items()},
            },
            "target": {"id": self.target_id, "profile": list(self.target_names)},
            "today": None if self.today is None else {name: float(v) for name, v in self.today.items()},
            "instruments": [
                {"instrument": i.name, "range": [float(i.low), float(i.high)]} for i in self.instruments
            ],
            "goal": self.goal,
            "tips": self.tips,
            "stable_where_all_are_positive": [
                {"population": f.population, "strategy": f.strategy, "loss": to_text(f.loss)}
                for f in self.formulas
            ],
            "methods": dict(self.methods),
            "how_sure": {name: str(told) for name, told in self.how_sure.items()},
            "columns": [
                {
                    "at": {name: float(level) for name, level in zip(others, column.at, strict=True)},
                    "levels": {name: found.to_dict() for name, found in column.levels.items()},
                }
                for column in self.columns
            ],
            "provenance": provenance(self.game),
        }


def tipping_surface(
    game: Game,
    instruments: object = None,
    *,
    target: str | Mapping[str, str] | Sequence[str] | None = None,
    start: Mapping[str, object] | Sequence[object] | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    noise: bool = False,
    population_size: object = 100,
    beta: float = 1.0,
    points: int = POINTS,
    advance: Callable[[int, int], None] | None = None,
) -> TippingSurface:
    """Return the levels at which two or three instruments together tip a game.

    Parameters
    ----------
    game, instruments, target, start, values, scenario, population_size, beta
        As in `separatrix.tipping_values`; two or three instruments; the last one is solved for.
    noise : bool
        Whether to compute which state finite populations are found at.
    points : int
        Levels of the last instrument but one; of the first of three there are five.
    advance : callable, optional
        Receives how many columns of how many are done.

    Returns
    -------
    TippingSurface

    Raises
    ------
    InputError
        P104 for another number of instruments, P105 for a number of levels that is none; and as
        `separatrix.tipping_values` does.
    NameProblem
        As there.

    References
    ----------
    Those of `separatrix.tipping_values`.

    Examples
    --------
    A subsidy and a price on carbon: half of the cost paid, a price of about 52 is enough.

    >>> import separatrix
    >>> game = separatrix.load("shi-chen-2018")
    >>> found = tipping_surface(game, ["subsidy=0:1", "carbon_price=0:400"], points=3)
    >>> [
    ...     round(c.levels["basin"].intervals[0].low.value, 2)
    ...     for c in found.columns
    ...     if c.at == (Fraction(1, 2),)
    ... ]
    [51.36]
    """
    problem = tipping_problem(
        game, instruments, target, start, values, scenario, population_size if noise else None, beta
    )
    if len(problem.intervals) not in (2, 3):
        raise InputError(
            "P104",
            f"{len(problem.intervals)} instruments; a surface is of two or three",
            hint="name them: -i subsidy -i carbon_price",
        )
    if not (isinstance(points, int) and 2 <= points <= MOST_POINTS):
        raise InputError(
            "P105",
            f"{points!r} levels; whole numbers from 2 to {MOST_POINTS:,} are possible",
            hint="as in 25",
        )
    *outer, inner = problem.intervals[:-1]
    planes = [tuple(level) for level in itertools.product(*(_grid(i, FEW_POINTS) for i in outer))]
    done, count = 0, len(planes) * points
    columns: list[SurfaceColumn] = []
    for before in planes:
        own: list[SurfaceColumn] = []
        for level in _grid(inner, points):
            own.append(_column(problem, (*before, level)))
            done += 1
            if advance is not None:
                advance(done, count)
        columns += _refined(problem, own)
    first = problem.levels(problem.intervals[-1])
    methods, how_sure = _methods(problem, first)
    return TippingSurface(
        game=problem.game,
        target=problem.target,
        target_id=pure_id(problem.game, problem.target),
        today=problem.today,
        scenario=scenario,
        values=problem.resolved,
        instruments=problem.intervals,
        columns=tuple(columns),
        formulas=_formulas(problem),
        methods=methods,
        how_sure=how_sure,
    )


def _grid(interval: ParameterInterval, points: int) -> list[Fraction]:
    whole = interval.high - interval.low
    return [interval.low + whole * k / (points - 1) for k in range(points)]


def _levels(problem: TippingProblem, at: Sequence[Fraction]) -> InstrumentLevels:
    names = [i.name for i in problem.intervals[:-1]]
    return problem.levels(problem.intervals[-1], dict(zip(names, at, strict=True)))


def _basin(problem: TippingProblem, levels: InstrumentLevels) -> TodayBasin | None:
    if problem.today is None:
        return None
    return TodayBasin(levels, problem.today, problem.target, steps=STEPS, width=NARROW)


def _selection(problem: TippingProblem, levels: InstrumentLevels) -> Selection | None:
    if problem.sizes is None or problem.beta is None:
        return None
    return Selection(levels, problem.target, problem.sizes, problem.beta, steps=STEPS, width=NARROW)


def _column(problem: TippingProblem, at: tuple[Fraction, ...]) -> SurfaceColumn:
    levels = _levels(problem, at)
    pure = PureStates(levels)
    found: dict[ConditionName, LevelSet] = {
        "stable": pure.stable(problem.target),
        "only": pure.only(problem.target),
    }
    basin, selection = _basin(problem, levels), _selection(problem, levels)
    if basin is not None:
        found["basin"] = basin.level_set
    if selection is not None:
        found["selected"] = selection.selected()
    return SurfaceColumn(at, found)


def _methods(
    problem: TippingProblem, levels: InstrumentLevels
) -> tuple[dict[ConditionName, str], dict[ConditionName, str]]:
    pure, basin, selection = PureStates(levels), _basin(problem, levels), _selection(problem, levels)
    methods: dict[ConditionName, str] = {"stable": pure.method, "only": pure.method}
    sure: dict[ConditionName, str] = {"stable": pure.how_sure(), "only": pure.how_sure()}
    if basin is not None:
        methods["basin"], sure["basin"] = basin.method, basin.how_sure()
    if selection is not None:
        methods["selected"] = "exact" if selection.criterion else "numerical"
        sure["selected"] = selection.how_sure()
    return methods, sure


def _refined(problem: TippingProblem, own: list[SurfaceColumn]) -> list[SurfaceColumn]:
    """Add columns between two neighbours with different numbers of intervals."""
    result = [own[0]]
    for column in own[1:]:
        low, high = result[-1], column
        between: list[SurfaceColumn] = []
        for _ in range(HALVINGS):
            if _shape(low) == _shape(high):
                break
            at = (*low.at[:-1], (low.at[-1] + high.at[-1]) / 2)
            middle = _column(problem, at)
            between.append(middle)
            if _shape(middle) == _shape(low):
                low = middle
            else:
                high = middle
        result += [*sorted(between, key=lambda c: c.at), column]
    return result


def _shape(column: SurfaceColumn) -> tuple[tuple[tuple[bool, bool], ...], ...]:
    """Which intervals there are, and which of them end with the range."""
    return tuple(
        tuple((i.closed_low, i.closed_high) for i in found.intervals) for found in column.levels.values()
    )


def _formulas(problem: TippingProblem) -> tuple[LossFormula, ...]:
    """Return what each deviation from the target costs, in the levels; none where that has no closed form."""
    game, names = problem.game, [i.name for i in problem.intervals]
    known: dict[str, Expression] = {
        name: Number(value) for name, value in problem.resolved.items() if name not in names
    }
    for population, a in zip(game.populations, problem.target, strict=True):
        at = (float(k == a) for k in range(len(population.strategies)))
        known |= {s: Number(Fraction(v)) for s, v in zip(population.shares, at, strict=False)}
    ring = Ring(names)
    found: list[LossFormula] = []
    try:
        payoffs = strategy_payoffs(game, {n: v for n, v in problem.resolved.items() if n not in names})
        for population, row, a in zip(game.populations, payoffs, problem.target, strict=True):
            earned = [ring.read(substitute(expand(game, pay), known)) for pay in row]
            for b, strategy in enumerate(population.strategies):
                if b != a:
                    loss = (earned[a] - earned[b]).expression()
                    found.append(LossFormula(population.name, strategy.name, loss))
    except (ArithmeticError, ComesLater, InputError):
        return ()
    return (
        tuple(f for f in found if names_in(f.loss))
        if all(_is_always_positive(f) for f in found)
        else tuple(found)
    )


def _is_always_positive(formula: LossFormula) -> bool:
    """Whether a loss that depends on no level is positive, so that it excludes nothing."""
    return bool(names_in(formula.loss)) or (isinstance(formula.loss, Number) and formula.loss.value > 0)
