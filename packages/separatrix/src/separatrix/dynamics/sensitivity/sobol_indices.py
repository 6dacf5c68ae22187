"""What matters most: which uncertain parameter an answer depends on, by Sobol indices.

Sobol, I. M. (2001), Global sensitivity indices for nonlinear mathematical models and their Monte Carlo
estimates, Mathematics and Computers in Simulation 55, 271-280.
Sarrazin, F., Pianosi, F. and Wagener, T. (2016), Global sensitivity analysis of environmental models:
convergence and validation, Environmental Modelling & Software 79, 135-152.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.registry import at_baseline_values
from separatrix.dynamics.observable_types import Function
from separatrix.dynamics.observables import DrawnObservable, drawn_observable
from separatrix.dynamics.parameter_uncertainty.drawn_outcomes import Advance
from separatrix.dynamics.parameter_uncertainty.uncertainty import Uncertainty, uncertainty_of
from separatrix.dynamics.sensitivity.sobol_estimators import (
    SAMPLES,
    Answers,
    Indices,
    answers,
    design,
    indices,
)
from separatrix.errors import InputError
from separatrix.game.distribution import distribution_text
from separatrix.game.model import Game
from separatrix.run.results import Plotted, Tabled
from separatrix.sentences import listed, say

__all__ = ["Interval", "Sensitivity", "sensitivity"]

Array = NDArray[np.float64]

Interval = tuple[float, float]

FEWEST = 16
"""Rows that must be left after some were rejected. Fewer: indices of so little are noise."""

RARE = 100
"""Games with the rarer of two answers below which indices are said to be rough: the relative error of their
number is a tenth. Fewer: rough indices pass without a word."""

SURE = 0.05
"""Half the width of an interval up to which indices count as converged. Smaller: more samples are
requested."""


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity(Plotted, Tabled):
    """How much of the variance of an answer each uncertain parameter explains.

    Attributes
    ----------
    uncertainty : Uncertainty
        Which parameters were drawn, and how.
    scenario : str or None
    measure : str
        The requested measure, such as ``basin:E4``.
    what : str
        The same in words.
    first, total : mapping of parameter to float, or None
        The first-order index is the part of the variance that a parameter explains alone, the total index
        that with all its interactions.  None where the answer is the same in all draws.
    first_intervals, total_intervals : mapping of parameter to (low, high), or None
        95 % bootstrap intervals.
    second, second_intervals : mapping of two parameters to float and to (low, high), or None
        The part that two parameters explain together beyond what each explains alone, if requested.
    mean, variance : float
        Of the answer.
    samples : int
        Rows of the design; each is `evaluations` / `samples` games.
    rows : int
        Rows that count: without the rejected and the undecided ones.
    rejected, undecided : int
        Rows with a draw that the assumptions forbid, and with one that has no answer.
    evaluations : int
        How many games were evaluated.
    seed : int
    converged : bool
        Whether every interval is narrower than ± 0.05.
    how_sure : str
    warnings : tuple of str
    """

    uncertainty: Uncertainty
    scenario: str | None
    measure: str
    what: str
    first: Mapping[str, float] | None
    first_intervals: Mapping[str, Interval] | None
    total: Mapping[str, float] | None
    total_intervals: Mapping[str, Interval] | None
    second: Mapping[tuple[str, str], float] | None
    second_intervals: Mapping[tuple[str, str], Interval] | None
    mean: float
    variance: float
    samples: int
    rows: int
    rejected: int
    undecided: int
    evaluations: int
    seed: int
    converged: bool
    how_sure: str
    warnings: tuple[str, ...]

    @property
    def game(self) -> Game:
        """The game."""
        return self.uncertainty.game

    @property
    def names(self) -> tuple[str, ...]:
        """The uncertain parameters, the one with the largest total index first."""
        if self.total is None:
            return self.uncertainty.names
        total = self.total
        return tuple(sorted(self.uncertainty.names, key=lambda name: -total[name]))

    @property
    def leaders(self) -> tuple[str, ...]:
        """The parameters that may matter most: the first, and those whose intervals reach up to its own."""
        if self.total_intervals is None:
            return ()
        low = self.total_intervals[self.names[0]][0]
        intervals = self.total_intervals
        return tuple(name for name in self.names if intervals[name][1] >= low)

    @property
    def interactions(self) -> float | None:
        """The part of the variance that no parameter explains alone."""
        return None if self.first is None else 1 - sum(self.first.values())

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        drawn = self.uncertainty
        second, second_intervals = self.second, self.second_intervals
        return {
            "schema": 1,
            "model": {
                "title": self.game.title,
                "scenario": self.scenario,
                "parameters": {name: float(value) for name, value in drawn.base.items()},
            },
            "measure": self.measure,
            "uncertain": {name: distribution_text(law) for name, law in drawn.laws.items()},
            "first": None if self.first is None else dict(self.first),
            "first_intervals": _lists(self.first_intervals),
            "total": None if self.total is None else dict(self.total),
            "total_intervals": _lists(self.total_intervals),
            "second": None
            if second is None or second_intervals is None
            else [
                {"parameters": list(pair), "index": index, "interval": list(second_intervals[pair])}
                for pair, index in second.items()
            ],
            "mean": self.mean,
            "variance": self.variance,
            "samples": self.samples,
            "rows": self.rows,
            "rejected": self.rejected,
            "undecided": self.undecided,
            "evaluations": self.evaluations,
            "converged": self.converged,
            "how_sure": str(self.how_sure),
            "warnings": [str(w) for w in self.warnings],
            "provenance": provenance(self.game) | {"seed": self.seed},
        }


def _lists(intervals: Mapping[str, Interval] | None) -> dict[str, list[float]] | None:
    return None if intervals is None else {name: list(own) for name, own in intervals.items()}


def sensitivity(
    game: Game,
    measure: str | Function = "basin",
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    samples: int = SAMPLES,
    seed: int = 0,
    over: Sequence[str] | Mapping[str, object] | None = None,
    fixed: Sequence[str] = (),
    spread: object = None,
    start: Mapping[str, object] | Sequence[object] | None = None,
    second: bool = False,
    vectorized: bool = False,
    advance: Advance | None = None,
) -> Sensitivity:
    """Return which uncertain parameters an answer depends on: Sobol indices with confidence intervals.

    Parameters
    ----------
    game : Game
        With `uncertain` at its parameters; or see `over` and `spread`.
    measure : str or callable
        ``basin:E4`` (the share of all starts that ends there), ``outcome:E4`` (1 where the trajectory from
        the start ends there, else 0), ``stable:E4`` (1 where it is asymptotically stable), ``time`` (from the
        start to within 0.01 of the end of the trajectory); ids as in `separatrix.analyze` at the baseline
        values.  Without an id the outcome of the start is meant.  Or any function from a mapping of all
        parameters to a number.
    values, scenario
        Parameter values, as in `separatrix.analyze`.  A distribution in per cent is around them; one in
        numbers is replaced by them, and the parameter stays fixed.
    samples : int
        Rows of the design, rounded up to a power of two; each evaluates as many games as there are uncertain
        parameters, and two more.
    seed : int
        The same seed gives the same answer.
    over : names, or mapping of name to distribution, optional
        The parameters to draw; by default every parameter with `uncertain` in the file.
    fixed : names
        The parameters not to draw.
    spread : number or text, optional
        For a quick look: every parameter without a distribution is uniform within, say, "10%" of its value.
    start : mapping of share to number, or one number for each share, optional
        By default today's state of the game.
    second : bool
        Whether second-order indices are wanted, for nearly twice the work.
    vectorized : bool
        Whether the function takes arrays (draws,) for the parameters and returns one.
    advance : callable, optional
        Receives the progress of the work, where every draw needs an analysis of its own.

    Returns
    -------
    Sensitivity

    Raises
    ------
    InputError
        D651 where nothing is uncertain; D652 where too few draws are left; D653 for an unknown measure, or
        without a start; D654 for an impossible number of samples; V330, V331 for an impossible distribution.
    NameProblem
        For an unknown parameter or scenario.

    References
    ----------
    Saltelli et al. (2010), table 2: first order (b), total (f, Jansen's); Archer et al. (1997): bootstrap.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("shi-chen-2018")
    >>> found = separatrix.sensitivity(game, "basin:E4", spread="10%", samples=256)
    >>> found.names[0], found.total["pi2"] < found.total["pi1"]
    ('pi1', True)
    """
    uncertainty = uncertainty_of(game, values, scenario, over=over, fixed=fixed, spread=spread)
    asked = drawn_observable(
        measure, uncertainty, start=start, seed=seed, vectorized=vectorized, advance=advance
    )
    found, samples, rejected = _evaluate_admissible_rows(uncertainty, asked, samples, seed, second)
    known = found.finite_rows()
    undecided = int((~known).sum())
    kept = found.select(known)
    rows = len(kept.a)
    if rows < FEWEST:
        raise _too_few(uncertainty, samples, rejected, undecided)
    result = indices(kept, seed=seed)
    if result is not None and kept.rarer is not None:
        result = result.bounded
    names = uncertainty.names
    notes = [*uncertainty.notes, *_sample_notes(uncertainty, samples, rejected, undecided)]
    evaluations = samples * (2 + len(names) * (2 if second else 1))
    common: dict[str, Any] = {
        "uncertainty": uncertainty,
        "scenario": scenario,
        "measure": asked.text,
        "what": asked.what,
        "samples": samples,
        "rows": rows,
        "rejected": rejected,
        "undecided": undecided,
        "evaluations": evaluations,
        "seed": seed,
    }
    if result is None:
        notes.append(
            say(
                "the answer is {value} in all draws: its variance is zero, and the indices are undefined",
                value=f"{float(kept.a.mean()):.6g}",
            )
        )
        return Sensitivity(
            **common,
            first=None,
            first_intervals=None,
            total=None,
            total_intervals=None,
            second=None,
            second_intervals=None,
            mean=float(kept.a.mean()),
            variance=0.0,
            converged=False,
            how_sure=say("undefined: the answer does not vary"),
            warnings=tuple(notes),
        )
    notes += _doubts(names, result, kept.rarer)
    how_sure = at_baseline_values(game, _sure(result, kept, rows, len(names) + 2, seed))
    second_indices, second_intervals = _pairs(names, result)
    return Sensitivity(
        **common,
        first=dict(zip(names, result.first.tolist(), strict=True)),
        first_intervals=_intervals_by_name(names, result.first_interval),
        total=dict(zip(names, result.total.tolist(), strict=True)),
        total_intervals=_intervals_by_name(names, result.total_interval),
        second=second_indices,
        second_intervals=second_intervals,
        mean=result.mean,
        variance=result.variance,
        converged=result.widest <= SURE,
        how_sure=how_sure,
        warnings=tuple(notes),
    )


def _intervals_by_name(names: Sequence[str], intervals: Array) -> dict[str, Interval]:
    return {name: (float(low), float(high)) for name, (low, high) in zip(names, intervals, strict=True)}


def _evaluate_admissible_rows(
    uncertainty: Uncertainty, asked: DrawnObservable, samples: int, seed: int, second: bool
) -> tuple[Answers, int, int]:
    """Return the answers on the rows that the assumptions allow, the number of rows, and of rejected ones."""
    a, b = design(len(uncertainty.names), samples, seed)

    def admissible_rows(cube: Array) -> Array:
        return np.asarray(uncertainty.allowed(uncertainty.draws(cube)), dtype=float)

    allowed = answers(admissible_rows, a, b, second=second)
    kept = np.ones(len(a), dtype=bool)
    for part in (allowed.a, allowed.b, *allowed.ab, *(() if allowed.ba is None else allowed.ba)):
        kept &= part > 0
    if kept.sum() < FEWEST:
        raise _too_few(uncertainty, len(a), int((~kept).sum()), 0)
    inputs: list[Array] = []

    def gathered(cube: Array) -> Array:
        inputs.append(cube)
        return np.zeros(len(cube))

    # All games are asked together: what follows trajectories is quickest with many of them.
    answers(gathered, a[kept], b[kept], second=second)
    found = asked.answer(uncertainty.draws(np.concatenate(inputs))).reshape(len(inputs), -1)
    d = len(uncertainty.names)
    return (
        Answers(found[0], found[1], found[2 : 2 + d], found[2 + d :] if second else None),
        len(a),
        int((~kept).sum()),
    )


def _too_few(uncertainty: Uncertainty, samples: int, rejected: int, undecided: int) -> InputError:
    texts = "; ".join(text for _, text in uncertainty.game.assumptions)
    return InputError(
        "D652",
        f"of {samples} rows of draws {rejected} break an assumption and {undecided} have no answer; too few "
        "are left",
        hint=f"narrow the distributions, or draw fewer parameters; the game assumes {texts or 'nothing'}",
    )


def _sample_notes(uncertainty: Uncertainty, samples: int, rejected: int, undecided: int) -> list[str]:
    notes: list[str] = []
    if rejected:
        notes.append(
            say(
                "{rejected} of {samples} rows break an assumption of the game and were excluded; "
                "indices require independent parameters, and those of the remaining rows are not "
                "quite independent: the intervals state the sampling error alone",
                rejected=f"{rejected:,}",
                samples=f"{samples:,}",
            )
        )
    if undecided:
        notes.append(
            say(
                "{undecided} of {samples} rows contain a draw without an answer and were "
                "excluded; the indices are those of the rest, whose parameters are not quite "
                "independent",
                undecided=f"{undecided:,}",
                samples=f"{samples:,}",
            )
        )
    return notes


def _doubts(names: Sequence[str], found: Indices, rarer: int | None) -> list[str]:
    """Say which estimates are below zero, and why, and whether intervals are too wide."""
    notes: list[str] = []
    if rarer is not None and rarer < RARE:
        notes.append(
            say(
                "the answer is 0 or 1, and only {count} of all games have the rarer of the two: "
                "indices based on so few games are rough, and so are their intervals; use more samples",
                count=f"{rarer:,}",
            )
        )
    below = [n for n, index in zip(names, found.first, strict=True) if index < 0]
    if below:
        sure = [
            n
            for n, index, own in zip(names, found.first, found.first_interval, strict=True)
            if index < 0 and own[1] < 0
        ]
        if sure:
            notes.append(
                say(
                    "the first-order indices of {names} and their intervals are estimated below "
                    "0, although no index is negative: too few samples",
                    names=listed(sure),
                )
            )
        rest = [n for n in below if n not in sure]
        if rest:
            notes.append(
                say(
                    "the first-order indices of {names} are estimated below 0, although no index "
                    "is negative; their intervals contain 0",
                    names=listed(rest),
                )
            )
    above = [n for n, index in zip(names, found.total, strict=True) if index > 1]
    if above:
        notes.append(
            say(
                "the total indices of {names} are estimated above 1, although no index exceeds "
                "1: a few draws with very large answers make up nearly all of the variance",
                names=listed(above),
            )
        )
    if found.widest > SURE:
        notes.append(
            say(
                "not converged: an interval is as wide as ±{half}; four times the samples halve it",
                half=f"{found.widest:.2g}",
            )
        )
    return notes


def _sure(found: Indices, kept: Answers, rows: int, runs: int, seed: int) -> str:
    half = indices(kept.select(slice(0, rows // 2)), resamples=2, seed=seed)
    if half is not None and kept.rarer is not None:
        half = half.bounded
    moved = float("nan")
    if half is not None:
        moved = float(max(np.abs(half.first - found.first).max(), np.abs(half.total - found.total).max()))
    return say(
        "estimated: {rows} rows of {runs} games, from a scrambled Sobol sequence; 95 % bootstrap intervals, "
        "at most ±{half}; with half of the rows no index differs by more than {moved}",
        rows=f"{rows:,}",
        runs=runs,
        half=f"{found.widest:.2g}",
        moved=f"{moved:.2g}",
    )


def _pairs(
    names: Sequence[str], found: Indices
) -> tuple[dict[tuple[str, str], float] | None, dict[tuple[str, str], Interval] | None]:
    if found.second is None or found.second_interval is None:
        return None, None
    pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    return (
        {(names[i], names[j]): float(found.second[i, j]) for i, j in pairs},
        {
            (names[i], names[j]): (
                float(found.second_interval[i, j, 0]),
                float(found.second_interval[i, j, 1]),
            )
            for i, j in pairs
        },
    )
