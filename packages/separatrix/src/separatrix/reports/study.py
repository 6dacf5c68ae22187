"""What a report is about: a game, what holds for all parameters, the cases in numbers, a paper's claims.

A study gathers the results of the computations; the report only has to present them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from separatrix.analysis.results import Analysis
from separatrix.audit.evidence.findings import Finding
from separatrix.dynamics.sweeps.axes import usual_starts
from separatrix.dynamics.sweeps.trajectory_set import TrajectorySet, trajectories
from separatrix.errors import ComesLater, InputError
from separatrix.game.model import Game

__all__ = ["Case", "Study", "study"]

MOST_SHARES = 12
"""Shares past which trajectories in time are too many panels for a page."""

MOST_REGIMES = 6
"""Limit on the regimes of a game without values for which examples are computed."""

Kind = Literal["scenario", "values", "regime"]


@dataclass(frozen=True)
class Case:
    """The game at numbers.

    Attributes
    ----------
    kind : 'scenario', 'values' or 'regime'
        Where the numbers come from: a scenario of the game, its own values with what the user set, or an
        example that lies inside a regime.
    name : str
        The scenario, or the number of the regime; empty for values.
    analysis : Analysis
    trajectories : TrajectorySet or None
        From today's state and from starts from one corner of the state space to the other,
        until all have settled; None where there are too many shares to be shown.
    """

    kind: Kind
    name: str
    analysis: Analysis
    trajectories: TrajectorySet | None = None


@dataclass(frozen=True)
class Study:
    """All data of a report.

    Attributes
    ----------
    game : Game
    general : Analysis or None
        In symbols where the game has parameters, else at its numbers; None if symbols are not supported.
    general_refused : str
        Why a general analysis is missing.
    cases : tuple of Case
    findings : tuple of Finding
        What `separatrix.check` found; empty also without claims.
    claims : int
        How many claims of a paper were read.
    """

    game: Game
    general: Analysis | None
    cases: tuple[Case, ...]
    general_refused: str = ""
    findings: tuple[Finding, ...] = ()
    claims: int = 0

    @property
    def model(self) -> Analysis:
        """The analysis that provides payoffs and equations."""
        return self.general if self.general is not None else self.cases[0].analysis

    @property
    def analyses(self) -> tuple[Analysis, ...]:
        """Every analysis, the general one first."""
        first = () if self.general is None else (self.general,)
        return (*first, *(case.analysis for case in self.cases))


def study(
    game: Game,
    *,
    scenarios: Sequence[str] | None = None,
    values: Mapping[str, Any] | None = None,
    check: bool = True,
    budget: float | None = None,
) -> Study:
    """Analyse a game in symbols and in every case, and compare what its paper claims.

    Parameters
    ----------
    game : Game
    scenarios : sequence of str, optional
        Those to analyse; by default all of the game.  A game without scenarios is analysed at its own
        values, or where it has none, at an example inside each regime.
    values : mapping, optional
        Values that override those of the game, in every case.
    check : bool
        Compare the claims under ``published``.
    budget : float, optional
        Seconds that one analysis may take, and the comparison of all claims.

    Returns
    -------
    Study

    Raises
    ------
    InputError
        As `separatrix.analyze` and `separatrix.check` do.

    Examples
    --------
    >>> import separatrix
    >>> from separatrix.reports.study import study
    >>> found = study(separatrix.load("shi-chen-2018"))
    >>> [case.name for case in found.cases]
    ['bistable', 'cooperation-dominant', 'decline-dominant', 'anti-coordination']
    """
    from separatrix.analysis.analyze import analyze

    general, refused = _general(game, budget)
    cases: list[Case] = []
    chosen = list(game.scenarios) if scenarios is None and not values else list(scenarios or ())
    for name in dict.fromkeys(chosen):
        cases.append(Case("scenario", name, _in_scenario(game, name, values, budget)))
    if not chosen and game.parameters:
        if values or all(p.value is not None for p in game.parameters.values()):
            cases.append(Case("values", "", analyze(game, values=values, budget=budget)))
        elif general is not None:
            cases += _inside_regimes(game, general, budget)
    cases = [replace(case, trajectories=_in_time(game, case.analysis)) for case in cases]
    findings, claims = _checked(game, budget) if check else ((), 0)
    return Study(game, general, tuple(cases), refused, findings, claims)


def _in_time(game: Game, analysis: Analysis) -> TrajectorySet | None:
    if analysis.values is None or len(game.shares) > MOST_SHARES:
        return None
    starts = list(usual_starts(game))
    if game.today is not None:
        starts = list(dict.fromkeys([tuple(game.today[share] for share in game.shares), *starts]))
    return trajectories(game, {"start": starts}, values=analysis.values)


def _in_scenario(game: Game, name: str, values: Mapping[str, Any] | None, budget: float | None) -> Analysis:
    from separatrix.analysis.analyze import analyze

    try:
        return analyze(game, values=values, scenario=name, budget=budget)
    except InputError as problem:
        if problem.code != "V304":
            raise
        raise InputError(
            "V304",
            f"{problem.message} in the scenario `{name}`",
            where=problem.where,
            hint="add it to the scenario, give it with --set NAME=VALUE, or choose others with --scenario",
        ) from None


def _general(game: Game, budget: float | None) -> tuple[Analysis | None, str]:
    from separatrix.analysis.analyze import analyze

    # Without values, so that nothing it says depends on them.
    free = {name: replace(p, value=None) for name, p in game.parameters.items()}
    try:
        found = analyze(replace(game, parameters=free), symbolic=bool(free), budget=budget)
        return found, ""
    except ComesLater as reason:
        return None, str(reason).splitlines()[0]


def _inside_regimes(game: Game, general: Analysis, budget: float | None) -> list[Case]:
    from separatrix.analysis.analyze import analyze

    cases: list[Case] = []
    for number, regime in enumerate((r for r in general.regimes if r.generic), 1):
        witness: dict[str, Fraction] = dict(regime.witness)
        if len(cases) < MOST_REGIMES and set(game.parameters) <= set(witness):
            cases.append(Case("regime", str(number), analyze(game, values=witness, budget=budget)))
    return cases


def _checked(game: Game, budget: float | None) -> tuple[tuple[Finding, ...], int]:
    from separatrix.audit.check import check
    from separatrix.audit.claims.reader import read_published

    claims = sum(1 for _ in read_published(game).claims())
    return (tuple(check(game, notes=True, budget=budget)), claims) if claims else ((), 0)
