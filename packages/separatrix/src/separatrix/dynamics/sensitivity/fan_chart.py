"""A fan chart: the trajectories from one start in many draws of the parameters, and where they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.heteroclinic_cycles import CYCLE, SEPARATRIX, UNDECIDED
from separatrix.dynamics.fields.registry import at_baseline_values
from separatrix.dynamics.integration.tolerances import DEFAULT_SPAN, MANY
from separatrix.dynamics.observables import start_or_today
from separatrix.dynamics.parameter_uncertainty.drawn_outcomes import (
    Advance,
    DrawnGame,
    outcomes_of,
    played_at,
)
from separatrix.dynamics.parameter_uncertainty.drawn_trajectories import drawn_trajectories
from separatrix.dynamics.parameter_uncertainty.uncertainty import Uncertainty, uncertainty_of, unit_cube
from separatrix.dynamics.statistics import of_draws
from separatrix.errors import InputError
from separatrix.game.distribution import distribution_text
from separatrix.game.model import Game
from separatrix.run.results import Gridded, Plotted, Tabled
from separatrix.sentences import say

__all__ = ["LEVELS", "FanChart", "fan_chart"]

Array = NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The quantiles of the shares."""

FEWEST_DRAWS = 20
"""Draws with one outcome from which they get quantiles of their own. Fewer: tails are guessed."""

MOST_STEPS = 100_000
"""Steps after which the states of a draw are unknown. Fewer: fast draws are excluded."""

MOST_NUMBERS = 40_000_000
"""Of all trajectories together, past which memory does not suffice."""


@dataclass(frozen=True, eq=False, repr=False)
class FanChart(Plotted, Tabled, Gridded):
    """Trajectories from one start in many draws of the parameters.

    Attributes
    ----------
    uncertainty : Uncertainty
    scenario : str or None
    start : tuple of float
    times : array (points,)
    levels : tuple of float
        Of the quantiles.
    quantiles : array (levels, points, n)
        Of each share at each time: below it lies that part of the draws.  The lines are not trajectories.
    outcomes : mapping of str to float
        The part of the draws whose trajectory ends at each rest point, by its id at the baseline values;
        ``cycle``, ``separatrix``, ``undecided``, and ``other`` for ends that are not rest points at the
        baseline values.
    intervals : mapping of str to (low, high)
        95 % intervals of Clopper and Pearson.
    stable : mapping of str to float, or None
        The part of the draws in which each pure state is asymptotically stable.
    states : mapping of str to tuple of float
        Of the ends that are rest points, at the baseline values.
    draws : int
        How many draws count.
    rejected : int
        Draws that the assumptions forbid.
    lost : int
        Trajectories that could not be followed; the quantiles exclude them.
    seed : int
    how_sure : str
    warnings : tuple of str
    by_outcome : mapping of str to array (levels, points, n)
        The quantiles of the draws with each outcome that at least twenty have: where draws end in different
        places, bands of all of them cover the space in between, where hardly any trajectory runs.
    """

    uncertainty: Uncertainty
    scenario: str | None
    start: tuple[float, ...]
    times: Array
    levels: tuple[float, ...]
    quantiles: Array
    outcomes: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    stable: Mapping[str, float] | None
    states: Mapping[str, tuple[float, ...]]
    draws: int
    rejected: int
    lost: int
    seed: int
    how_sure: str
    warnings: tuple[str, ...]
    by_outcome: Mapping[str, Array] = field(default_factory=dict)

    @property
    def game(self) -> Game:
        """The game."""
        return self.uncertainty.game

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        shares = self.game.shares
        return {
            "schema": 1,
            "model": {
                "title": self.game.title,
                "scenario": self.scenario,
                "parameters": {name: float(value) for name, value in self.uncertainty.base.items()},
            },
            "uncertain": {n: distribution_text(law) for n, law in self.uncertainty.laws.items()},
            "start": dict(zip(shares, self.start, strict=True)),
            "outcomes": dict(self.outcomes),
            "intervals": {name: list(own) for name, own in self.intervals.items()},
            "stable": None if self.stable is None else dict(self.stable),
            "states": {n: dict(zip(shares, s, strict=True)) for n, s in self.states.items()},
            "times": self.times.tolist(),
            "levels": list(self.levels),
            "quantiles": {
                share: [line.tolist() for line in self.quantiles[:, :, k]] for k, share in enumerate(shares)
            },
            "quantiles_by_outcome": {
                name: {share: [line.tolist() for line in own[:, :, k]] for k, share in enumerate(shares)}
                for name, own in self.by_outcome.items()
            },
            "draws": self.draws,
            "rejected": self.rejected,
            "lost": self.lost,
            "how_sure": str(self.how_sure),
            "warnings": [str(w) for w in self.warnings],
            "provenance": provenance(self.game) | {"seed": self.seed},
        }


def fan_chart(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    start: Mapping[str, object] | Sequence[object] | None = None,
    until: float | None = None,
    points: int = 201,
    samples: int = 4_000,
    seed: int = 0,
    over: Sequence[str] | Mapping[str, object] | None = None,
    fixed: Sequence[str] = (),
    spread: object = None,
    advance: Advance | None = None,
) -> FanChart:
    """Follow the trajectories from one start in many draws of the parameters, and report their outcomes.

    Parameters
    ----------
    game : Game
        With `uncertain` at its parameters; or see `over` and `spread`.
    values, scenario, over, fixed, spread, advance
        As in `separatrix.sensitivity`.
    start : mapping of share to number, or one number for each share, optional
        By default today's state of the game.
    until : float, optional
        The last time; by default 100 divided by the largest advantage at the baseline values.
    points : int
        How many equally spaced times, at least 2.
    samples : int
        Independent draws, so that the intervals of the outcomes are valid.
    seed : int
        The same seed gives the same answer.

    Returns
    -------
    FanChart

    Raises
    ------
    InputError
        D602 for an impossible time or number of points; D651 where nothing is uncertain; D652 where no draw
        is left; D653 without a start; D654 for an impossible number of samples.

    References
    ----------
    Clopper & Pearson (1934).

    Examples
    --------
    >>> import separatrix
    >>> chart = separatrix.fan_chart(separatrix.load("shi-chen-2018"), spread="10%", samples=200)
    >>> chart.quantiles.shape, list(chart.outcomes)
    ((5, 201, 2), ['E1'])
    """
    from separatrix.analysis.analyze import analyze
    from separatrix.dynamics.fields.replicator import replicator
    from separatrix.dynamics.integration.results import check_asked

    uncertainty = uncertainty_of(game, values, scenario, over=over, fixed=fixed, spread=spread)
    state = start_or_today(game, start)
    usual = replicator(game, uncertainty.base)
    end = DEFAULT_SPAN / (usual.scale or 1.0) if until is None else float(until)
    check_asked(end, points, "auto", ())
    if end < 0:
        raise InputError(
            "D602",
            f"a fan chart until t = {end:g}; expected a time above 0",
            hint="`separatrix trajectory` goes back in time, without uncertainty",
        )
    if samples * points * len(state) > MOST_NUMBERS:
        raise InputError(
            "D602",
            f"{samples:,} trajectories of {points:,} points; {MOST_NUMBERS:,} numbers are the most",
            hint="ask for fewer points or fewer samples",
        )
    draws = uncertainty.draws(unit_cube(len(uncertainty.names), samples, seed, "random"))
    allowed = uncertainty.allowed(draws)
    if not allowed.any():
        texts = "; ".join(text for _, text in game.assumptions)
        raise InputError(
            "D652",
            f"all {samples} draws break an assumption of the game",
            hint=f"narrow the distributions, or draw fewer parameters; the game assumes {texts}",
        )
    drawn = DrawnGame(
        uncertainty, analyze(game, uncertainty.base), {n: v[allowed] for n, v in draws.items()}, advance
    )
    times = np.linspace(0.0, end, points)
    trajectories = _trajectories(drawn, state, times)
    whole = np.isfinite(trajectories).all(axis=(1, 2))
    quantiles = (
        np.quantile(trajectories[whole], LEVELS, axis=0)
        if whole.any()
        else np.full((len(LEVELS), points, len(state)), np.nan)
    )
    names = outcomes_of(drawn, state)
    outcomes, intervals = _outcomes(drawn, names)
    rejected, lost = int((~allowed).sum()), int((~whole).sum())
    notes = [*uncertainty.notes, *_notes(samples, rejected, lost, outcomes)]
    ends = {p.id: p.state for p in drawn.analysis.rest_points if p.id in outcomes and p.state is not None}
    return FanChart(
        uncertainty,
        scenario,
        state,
        times,
        LEVELS,
        np.clip(quantiles, 0.0, 1.0),
        outcomes,
        intervals,
        _stable(drawn),
        ends,
        drawn.count,
        rejected,
        lost,
        seed,
        at_baseline_values(
            game,
            say(
                "estimated: {draws} independent draws; 95 % intervals of Clopper and Pearson, "
                "which are never too narrow; they state the sampling error, not whether the "
                "distributions are right",
                draws=f"{drawn.count:,}",
            ),
        ),
        tuple(notes),
        _by_outcome(trajectories, whole, names, outcomes),
    )


def _by_outcome(
    trajectories: Array, whole: Any, names: Any, outcomes: Mapping[str, float]
) -> dict[str, Array]:
    found = {}
    for name in outcomes:
        own = whole & (np.asarray(names) == name)
        if own.sum() >= FEWEST_DRAWS:
            found[name] = np.clip(np.quantile(trajectories[own], LEVELS, axis=0), 0.0, 1.0)
    return found


def _trajectories(drawn: DrawnGame, start: Sequence[float], times: Array) -> Array:
    """Return the states (draws, points, n); NaN where a trajectory could not be followed."""
    from separatrix.dynamics.fields.replicator import replicator
    from separatrix.dynamics.integration.trajectory import follow

    state = np.asarray(start, dtype=float)
    if drawn.field is not None:
        states, _ = drawn_trajectories(
            drawn.field, state, float(times[-1]), times=times, tolerance=MANY, most_steps=MOST_STEPS
        )
        return states
    result = np.full((drawn.count, len(times), len(state)), np.nan)
    for k in range(drawn.count):
        try:
            field = replicator(drawn.uncertainty.game, drawn.uncertainty.at(drawn.draws, k))
            result[k] = follow(field, start, until=float(times[-1]), points=len(times), tolerance=MANY).states
        except InputError:  # payoffs without a value
            continue
        finally:
            drawn.report_progress(k + 1, drawn.count)
    return result


def _outcomes(drawn: DrawnGame, names: Any) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    count = len(names)
    found = {str(name) for name in names}
    points = drawn.analysis.rest_points
    known = [p.id for p in points] + [s.id for s in drawn.analysis.rest_sets] + [CYCLE, SEPARATRIX, UNDECIDED]
    order = sorted(sorted(found), key=lambda name: known.index(name) if name in known else len(known))
    outcomes, intervals = {}, {}
    for name in order:
        hits = int((names == name).sum())
        outcomes[name], intervals[name] = hits / count, of_draws(hits, count)
    return outcomes, intervals


def _stable(drawn: DrawnGame) -> dict[str, float] | None:
    """Return the part of the draws in which each pure state has negative eigenvalues only."""
    if drawn.field is None:
        return None
    result = {}
    for point in drawn.analysis.rest_points:
        played = played_at(drawn.analysis, point)
        if played is not None:
            result[point.id] = float((drawn.field.invasion(played) < 0).mean())
    return result


def _notes(samples: int, rejected: int, lost: int, outcomes: Mapping[str, float]) -> list[str]:
    notes: list[str] = []
    if rejected:
        notes.append(
            say(
                "{rejected} of {samples} draws break an assumption of the game and were rejected",
                rejected=f"{rejected:,}",
                samples=f"{samples:,}",
            )
        )
    if lost:
        notes.append(
            say(
                "{lost} trajectories could not be followed to the end and are not in the quantiles",
                lost=f"{lost:,}",
            )
        )
    if outcomes.get("undecided"):
        notes.append(
            say(
                "{share} % of the trajectories had not arrived anywhere in the end, and are undecided",
                share=f"{100 * outcomes['undecided']:.3g}",
            )
        )
    return notes
