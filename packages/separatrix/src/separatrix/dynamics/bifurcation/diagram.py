"""A bifurcation diagram of a game."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from separatrix.analysis.analyze import analyze
from separatrix.analysis.results import Analysis, Warning
from separatrix.dynamics.bifurcation.branch_assembly import assembled
from separatrix.dynamics.bifurcation.exact_diagram import ExactRoute, Route
from separatrix.dynamics.bifurcation.numerical_diagram import NumericalRoute
from separatrix.dynamics.bifurcation.result import BifurcationDiagram
from separatrix.errors import ComesLater, InputError
from separatrix.game.model import Game
from separatrix.game.values import (
    ParameterInterval,
    missing,
    no_value_for,
    parameter_intervals,
    resolve,
    violated,
)
from separatrix.sentences import say

__all__ = ["bifurcation_diagram"]

BUDGET = 60.0
"""Seconds, by default, after which the exact route gives way to numbers."""

STEPS, FEWER_STEPS = 120, 40
"""Of the grid by numbers alone, the fewer past `MANY_FACES`. Fewer: pairs of events between two values are
missed."""

MANY_FACES = 30
"""Past which each value takes long."""

MOST_STEPS = 10_000
"""Largest number of steps allowed."""


def bifurcation_diagram(
    game: Game,
    over: object,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    method: Literal["exact", "numerical"] | None = None,
    steps: int | None = None,
    budget: float = BUDGET,
) -> BifurcationDiagram:
    """Return every rest point as a function of one parameter, and every value at which something happens.

    Parameters
    ----------
    game : Game
        That `separatrix.analyze` can analyse at numbers.
    over : mapping of parameter to ``"LOW:HIGH"`` or (low, high), or text such as ``"C1=0:8"``
        The parameter and the interval, as everywhere; its ends are numbers or texts such as ``"1/3"``.  With
        ``"LOW:HIGH:STEPS"`` the third number is `steps`.  Also (name, low, high).
    values, scenario
        The other parameters, as in `separatrix.analyze`.
    method : {"exact", "numerical"}, optional
        By default exact where payoffs are rational in the shares and the parameter, and the shares can be
        eliminated; else numerical.
    steps : int
        Of the grid of the numerical method; by default 120, or 40 where analyses take long: with more than
        30 faces.
    budget : float
        Seconds that eliminating the shares may take, and each analysis.

    Returns
    -------
    BifurcationDiagram

    Raises
    ------
    ComesLater
        For games that `separatrix.analyze` cannot analyse; D663 where `method` is exact and cannot be.
    InputError
        D661 for an interval that is none, D662 for an impossible grid; V304 where another parameter has no
        value.
    NameProblem
        V302, V303 for unknown parameters or scenarios.

    References
    ----------
    Kuznetsov (2004), Elements of Applied Bifurcation Theory, chapters 3, 5 and 7.

    Examples
    --------
    A stag hunt: once hunting costs more than the stag is worth, it is no longer an equilibrium.

    >>> import separatrix
    >>> game = separatrix.load({"payoff_matrix": [["4 - c", "-c"], [0, 0]], "parameters": {"c": 1}})
    >>> diagram = separatrix.bifurcation_diagram(game, over={"c": "-2:6"})
    >>> [(p.id, p.kind, p.value, p.branches) for p in diagram.points]
    [('a', 'transcritical', 0.0, ('E1', 'E3')), ('b', 'transcritical', 4.0, ('E2', 'E3'))]
    >>> from separatrix.expression.tree import to_text
    >>> to_text(diagram.branch("E3").formula[0]), diagram.branch("E3").pieces[0].stability
    ('1/4*c', 'source')
    """
    interval = _interval(game, over)
    name, low, high = interval.name, interval.low, interval.high
    steps = interval.count if steps is None else steps
    resolved = resolve(game, values, scenario)
    today = resolved.get(name)
    lacking = [n for n in missing(resolved) if n != name]
    if lacking:
        raise no_value_for(lacking)
    if steps is None:
        steps = STEPS if _faces(game) <= MANY_FACES else FEWER_STEPS
    if not (isinstance(steps, int) and 2 <= steps <= MOST_STEPS):
        raise InputError(
            "D662", f"a grid of {steps!r} steps; whole numbers from 2 to {MOST_STEPS:,} are possible"
        )
    known = {n: v for n, v in resolved.items() if v is not None and n != name}
    analysed: dict[Fraction, Analysis] = {}

    def analyse(value: Fraction) -> Analysis:
        if value not in analysed:
            analysed[value] = analyze(game, {**known, name: value}, budget=budget)
        return analysed[value]

    route: ExactRoute | NumericalRoute
    found: Route
    if method == "numerical":
        route = NumericalRoute(game, name, low, high, analyse, steps)
        found = route.run()
    else:
        try:
            route = ExactRoute(game, known, name, low, high, analyse, budget)
            found = route.run()
        except (ArithmeticError, ComesLater, InputError) as problem:
            if not _no_polynomials(problem):
                raise
            if method == "exact":
                raise ComesLater(
                    "D663",
                    f"no exact diagram over `{name}`: {_problem_text(problem)}",
                    hint="the numerical method follows the rest points on a grid",
                ) from None
            route = NumericalRoute(game, name, low, high, analyse, steps)
            found = route.run()
    branches, points, stretches = assembled(
        game, found.stretches, found.samples, found.happenings, route.judge
    )
    return BifurcationDiagram(
        game=game,
        over=name,
        low=low,
        high=high,
        values=known,
        scenario=scenario,
        branches=branches,
        points=points,
        stretches=stretches,
        method="exact" if isinstance(route, ExactRoute) else "numerical",
        how_sure=found.how_sure,
        today=today,
        warnings=(*found.warnings, *_assumptions(game, known, name, [s.sample for s in stretches])),
    )


def _interval(game: Game, over: object) -> ParameterInterval:
    intervals = parameter_intervals(game, over, "D661")
    if len(intervals) != 1:
        raise InputError(
            "D661",
            f"{len(intervals)} parameters to vary; a diagram has one",
            hint="write over={'H': '0:15'}; `regime_map` goes over two",
        )
    return intervals[0]


def _faces(game: Game) -> int:
    return math.prod(2 ** len(p.strategies) - 1 for p in game.populations)


def _no_polynomials(problem: Exception) -> bool:
    """Whether a problem means that polynomials do not apply, and not that the game is invalid."""
    if isinstance(problem, ArithmeticError):
        return True
    return getattr(problem, "code", "") in ("A501", "A503", "S002")


def _problem_text(problem: Exception) -> str:
    return str(getattr(problem, "message", problem))


def _assumptions(
    game: Game, known: Mapping[str, Fraction], over: str, samples: list[Fraction]
) -> tuple[Warning, ...]:
    broken = dict.fromkeys(text for s in samples for text in violated(game, {**known, over: s}))
    return tuple(
        Warning(
            "A505", say("the assumption `{assumption}` does not hold in the whole interval", assumption=text)
        )
        for text in broken
    )
