"""The weakest programme that works in a wished share of the draws of the uncertain parameters.

For each draw of a first sample the ranges of strengths that work are found.  Where all that is stronger than
the weakest works too, the weakest for a share of all draws is a quantile, and an order statistic of the
sample bounds it without any assumption on its distribution (David, H. A. and Nagaraja, H. N. (2003), Order
Statistics, section 7.1).  Where not, the weakest strength that enough draws have in a range is proposed, and
only the fresh draws show that it suffices.  In which share of the draws the proposal works is always
estimated from fresh draws, for a sample by which something was chosen flatters it.

Answers for every draw of a sample, block by block, computed by this process or by others.

Each block has draws of its own, made from the seed and its number, so the answers do not depend on the
worker.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.fields.registry import at_baseline_values
from separatrix.dynamics.integration.tolerances import DEFAULT_SPAN
from separatrix.dynamics.sensitivity.sobol_indices import Sensitivity, sensitivity
from separatrix.dynamics.statistics import of_draws
from separatrix.errors import InputError
from separatrix.game.distribution import distribution_text
from separatrix.game.instruments import instruments_of
from separatrix.game.model import Game
from separatrix.policy.draws import SuccessShare, independent_draws
from separatrix.policy.required_strength import Needed, needed_duration, needed_strength
from separatrix.policy.uncertain_programmes import (
    IDLE,
    Programme,
    ProgrammeCase,
    decided_by_h,
    lanes_of,
    named_levels,
    outcomes_after,
    programme_case,
    programme_of,
)
from separatrix.run.results import Plotted, Tabled
from separatrix.run.workers import Workers, done, opened, packed
from separatrix.sentences import listed, say

__all__ = ["DrawAnswers", "DrawOrder", "RobustProgramme", "Varied", "answers_of", "robust_programme"]

Array = NDArray[np.float64]

IN_BLOCK = 2_500
"""Draws that one worker takes at a time."""


@dataclass(frozen=True, eq=False)
class DrawAnswers:
    """What was found for draws.

    Attributes
    ----------
    values : array (draws,)
        The weakest part that works; of fresh draws 1 where the programme works, and 2 more where none is
        needed.
    ranges : array (ranges, 2)
        The parts from and to which programmes work, in all draws.
    fails_again, undecided, rejected : int
        How many draws.
    """

    values: Array
    ranges: Array
    fails_again: int
    undecided: int
    rejected: int

    @staticmethod
    def join(parts: Sequence[DrawAnswers]) -> DrawAnswers:
        """Return the answers of several blocks of draws, in their order."""
        return DrawAnswers(
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.ranges for part in parts]),
            sum(part.fails_again for part in parts),
            sum(part.undecided for part in parts),
            sum(part.rejected for part in parts),
        )


@dataclass(frozen=True, eq=False)
class DrawOrder:
    """The task of workers: a case, a programme, and the question for each draw."""

    case: ProgrammeCase
    programme: Programme
    asked: Literal["strength", "duration", "fresh"]
    draws: int
    seed: int

    @property
    def blocks(self) -> int:
        return -(-self.draws // IN_BLOCK)

    def block(self, number: int) -> DrawAnswers:
        """Return what is found for each draw of a block."""
        count = min(IN_BLOCK, self.draws - number * IN_BLOCK)
        stream = "fresh" if self.asked == "fresh" else "search"
        draws, rejected = independent_draws(self.case.uncertainty, count, self.seed, number, stream)
        if self.asked == "fresh":
            names = outcomes_after(self.case, lanes_of(self.case, [self.programme, IDLE], draws))
            with_it, idle = (part == self.case.target for part in np.split(names, 2))
            undecided = int((names[:count] == "undecided").sum())
            return DrawAnswers(with_it + 2.0 * idle, np.zeros((0, 2)), 0, undecided, rejected)
        found = self.needed(draws)
        return DrawAnswers(
            found.values, found.ranges, int(found.fails_again.sum()), int(found.undecided.sum()), rejected
        )

    def needed(self, draws: Mapping[str, Array]) -> Needed:
        """Return what each draw needs."""
        case, programme = self.case, self.programme
        levels = np.array([programme.levels[name] for name in case.names])
        if self.asked == "duration":
            return needed_duration(case, draws, levels, programme.duration)
        return needed_strength(case, draws, levels, np.inf if programme.end is None else programme.end)


def _task(parcel: bytes, number: int) -> bytes:
    return pickle.dumps(opened(parcel).block(number))


def answers_of(order: DrawOrder, workers: Workers, advance: Callable[[int, int], None] | None) -> DrawAnswers:
    """Return the answers of all draws in their order."""
    found: dict[int, DrawAnswers] = {}
    if workers.kind == "serial":
        for number in range(order.blocks):
            found[number] = order.block(number)
            _report_progress(advance, len(found), order.blocks)
    else:
        for number, content in done(_task, packed(order), range(order.blocks), workers):
            found[number] = pickle.loads(content)
            _report_progress(advance, len(found), order.blocks)
    return DrawAnswers.join([found[number] for number in range(order.blocks)])


def _report_progress(advance: Callable[[int, int], None] | None, reached: int, whole: int) -> None:
    if advance is not None:
        advance(reached, whole)


Varied = Literal["strength", "duration"]

SPLIT = 0.0125
"""The error of either of two ways to bound what suffices: 2.5 % together."""

DIGITS, MOST_DIGITS = 4, 16
"""Of the part of the strongest programme that is proposed, rounded up: more where the rounded one fails."""

MOST = 1_000_000
"""Draws of each sample."""

TELLING = 0.05
"""The share of the draws that must need a programme, and benefit from one, for indices to be meaningful."""

INPUTS = 3
"""How many of the uncertain parameters are named that matter most."""


@dataclass(frozen=True, eq=False, repr=False)
class RobustProgramme(Plotted, Tabled):
    """The weakest programme that works in a share of the draws.

    Attributes
    ----------
    case : ProgrammeCase
    varied : str
        ``strength``: levels go from idle to those of the strongest programme; ``duration``: they stand for a
        part of its duration.
    strongest : Programme
    wished : float
        The share of the draws in which the programme shall work.
    programme : Programme or None
        What is proposed; None where none was found that works often enough.
    part : float or None
        Which part of the strongest programme it is.
    tested : Programme
        The one that `share` refers to: the proposed programme; where none is proposed, one that works in most
        draws of the first sample.
    between : (low, high)
        Parts of the strongest programme between which the weakest lies that works in the wished share of all
        draws, with 95 % confidence; infinite where nothing was shown to suffice.
    needed : array (draws,)
        The weakest part of the strongest programme that was found to work in each draw of the first sample,
        in ascending order; infinite where none was.
    ranges : array (ranges, 2)
        From which to which part programmes work, in all draws of the first sample.
    share : SuccessShare
        Of fresh draws in which the tested programme works.
    without : SuccessShare
        Of the same draws in which the target is reached without a programme.
    fails_again : int
        Draws of the first sample in which a stronger programme fails though a weaker one works.
    rejected : int
        Draws that the assumptions of the game forbid.
    drivers : Sensitivity or None
        Sobol indices of what a draw needs, cut off at the strongest programme.
    seed : int
    how_sure : str
    warnings : tuple of str
    """

    case: ProgrammeCase
    varied: Varied
    strongest: Programme
    wished: float
    programme: Programme | None
    part: float | None
    tested: Programme
    between: tuple[float, float]
    needed: Array
    ranges: Array
    share: SuccessShare
    without: SuccessShare
    fails_again: int
    rejected: int
    drivers: Sensitivity | None
    seed: int
    how_sure: str
    warnings: tuple[str, ...]

    @property
    def game(self) -> Game:
        """The game."""
        return self.case.game

    @property
    def inputs(self) -> tuple[str, ...]:
        """The three uncertain parameters on which it depends most what a draw needs, the first one first."""
        if self.drivers is None or self.drivers.total is None:
            return ()
        return self.drivers.names[:INPUTS]

    def works_at(self, parts: ArrayLike) -> Array:
        """Return in which share of the first sample parts of the strongest programme work."""
        return _draws_at(self.ranges, np.asarray(parts, dtype=float)) / len(self.needed)

    def weakest_for(self, share: float) -> float:
        """Return the weakest part that works in a share of the first sample; infinite where none does."""
        return _weakest(self.ranges, math.ceil(share * len(self.needed)))

    def at(self, part: float) -> Programme:
        """Return a part of the strongest programme."""
        return _part(self.case, self.strongest, self.varied, part)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        case, drivers = self.case, self.drivers
        low, high = (None if math.isinf(end) else self.at(end).to_dict() for end in self.between)
        total = None if drivers is None else drivers.total
        return {
            "schema": 1,
            "model": {
                "title": self.game.title,
                "scenario": case.scenario,
                "parameters": {name: value for name, value in case.base.items() if name not in case.names},
            },
            "uncertain": {n: distribution_text(law) for n, law in case.uncertainty.laws.items()},
            "start": dict(zip(self.game.shares, case.start, strict=True)),
            "target": case.target,
            "varied": self.varied,
            "strongest": self.strongest.to_dict(),
            "wished_share": self.wished,
            "programme": None if self.programme is None else self.programme.to_dict(),
            "tested": self.tested.to_dict(),
            "weakest_between": [low, high],
            "works": self.share.to_dict(),
            "works_without": self.without.to_dict(),
            "fails_again": self.fails_again,
            "rejected": self.rejected,
            "inputs": None
            if drivers is None or total is None
            else [
                {
                    "parameter": name,
                    "total": total[name],
                    "interval": list((drivers.total_intervals or {})[name]),
                }
                for name in drivers.names
            ],
            "how_sure": str(self.how_sure),
            "warnings": [str(w) for w in self.warnings],
            "provenance": provenance(self.game) | {"seed": self.seed},
        }


def robust_programme(
    game: Game,
    levels: Mapping[str, object] | Sequence[str] | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    vary: Varied = "strength",
    until: float | None = None,
    share: float = 0.95,
    draws: int = 10_000,
    seed: int = 0,
    inputs: bool = True,
    workers: Workers | None = None,
    target: str | Mapping[str, str] | Sequence[str] | None = None,
    start: Mapping[str, object] | Sequence[object] | None = None,
    over: Sequence[str] | Mapping[str, object] | None = None,
    fixed: Sequence[str] = (),
    spread: object = None,
    advance: Callable[[int, int], None] | None = None,
) -> RobustProgramme:
    """Return the weakest programme by which today's state reaches the target in a share of all draws.

    Parameters
    ----------
    game : Game
        With `instruments` in its file, and `uncertain` at its parameters; or see `over` and `spread`.
    levels : mapping of instrument to level, or names of instruments, optional
        The strongest programme; of instruments without a level the end of their range that is farther from
        idle.  By default all instruments.
    values, scenario, over, fixed, spread
        As in `separatrix.sensitivity`.
    vary : str
        ``strength``: how far levels go from idle towards these, all in the same proportion; ``duration``: how
        long they last, before they are idle again.
    until : float, optional
        When a programme of varied strength ends, by default never; the longest that one of varied duration
        lasts, by default 100 divided by the largest advantage.
    share : float
        In which share of the draws it should work, such as 0.95.
    draws : int
        Of each of the two samples: the one by which the programme is chosen, and the fresh one.
    seed : int
        The same seed gives the same answer, with any number of workers.
    inputs : bool
        Whether to find the uncertain parameters that matter most.
    workers : Workers, optional
        Processes or a Dask cluster.
    target : optional
        The state to reach, by default the first strategy of each population.
    start : mapping of share to number, or one number for each share, optional
        By default today's state of the game.
    advance : callable, optional
        Receives how many blocks of how many are done.

    Returns
    -------
    RobustProgramme

    Raises
    ------
    InputError
        P180 for an impossible level; P181 for a game without instruments; P182 for equations without payoffs;
        P183 for a start on a face; P184 for an instrument without a range and without a level; P185 for a
        share or a number of draws that cannot be; D651 where nothing is uncertain.

    References
    ----------
    Clopper & Pearson (1934); David & Nagaraja (2003), section 7.1; Saltelli et al. (2010), table 2.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["4 - C", "1 - C"], [2, 2]],
    ...         "parameters": {"C": {"value": 3, "uncertain": "uniform(2, 4)"}},
    ...         "today": {"x": 0.5},
    ...         "instruments": {"grant": {"range": [0, 4], "changes": {"C": "C - grant"}}},
    ...     }
    ... )
    >>> found = robust_programme(game, draws=2000, inputs=False)
    >>> (
    ...     round(found.programme.levels["grant"], 1),
    ...     found.share.interval_at(0.999)[0] < 0.95 < found.share.value + 0.02,
    ... )
    (3.4, True)
    """
    if not 0 < share < 1:
        raise InputError(
            "P185",
            say("a share of {share} of the draws; expected a number between 0 and 1", share=share),
            hint=say("as in 0.95"),
        )
    if vary not in ("strength", "duration"):
        raise InputError(
            "P185",
            say("`{vary}` cannot be varied", vary=vary),
            hint=say("write strength or duration"),
        )
    wanted = None if levels is None else list(levels)
    case = programme_case(
        game, wanted, values, scenario, target=target, start=start, over=over, fixed=fixed, spread=spread
    )
    strongest = _strongest(case, levels, vary, until)
    certain = _order(draws, share)
    order = DrawOrder(case, strongest, vary, draws, seed)
    first = answers_of(order, workers or Workers(), advance)
    sorted_needed = np.sort(first.values)
    weakest, shown = _enough(first, share, certain[1])
    part = None if math.isinf(weakest) else _rounded_up(weakest, first.ranges, certain[1])
    tested = _part(case, strongest, vary, _most_common(first.ranges) if part is None else part)
    fresh = answers_of(DrawOrder(case, tested, "fresh", draws, seed), workers or Workers(), advance)
    hits, idle_hits = int((fresh.values % 2 == 1).sum()), int((fresh.values >= 2).sum())
    found = SuccessShare(hits, draws, fresh.undecided)
    shown = shown or found.interval_at(1 - 2 * SPLIT)[0] >= share
    telling = float(((sorted_needed > 0) & np.isfinite(sorted_needed)).mean()) >= TELLING
    drivers = _drivers(case, order, values, scenario, over, fixed, spread) if inputs and telling else None
    programme = None if part is None else tested
    rejected = first.rejected + fresh.rejected
    return RobustProgramme(
        case,
        vary,
        strongest,
        share,
        programme,
        part,
        tested,
        (float(sorted_needed[certain[0] - 1]), weakest if shown else math.inf),
        sorted_needed,
        first.ranges,
        found,
        SuccessShare(idle_hits, draws),
        first.fails_again,
        rejected,
        drivers,
        seed,
        at_baseline_values(game, _sure(case, strongest, draws)),
        tuple(_warnings(case, order, first, found, share, programme, rejected, drivers)),
    )


# --------------------------------------------------------------------------- what works in many draws


def _draws_at(ranges: Array, parts: Array) -> NDArray[np.intp]:
    """Return in how many draws parts lie in a range that works."""
    begun = np.searchsorted(np.sort(ranges[:, 0]), parts, side="right")
    return np.asarray(begun - np.searchsorted(np.sort(ranges[:, 1]), parts, side="left"))


def _weakest(ranges: Array, count: int) -> float:
    """Return the weakest part that works in so many draws; infinite where none does.

    The number of draws grows only where a range begins.
    """
    begins = np.sort(ranges[:, 0])
    enough = np.flatnonzero(_draws_at(ranges, begins) >= count)
    return float(begins[enough[0]]) if enough.size else math.inf


def _enough(first: DrawAnswers, share: float, count: int) -> tuple[float, bool]:
    """Return the weakest part that works in so many draws, and whether the sample shows that it suffices.

    Where stronger programmes fail again in some draw, an order statistic of what draws need bounds a larger
    share: larger by what at most fails again that low, as none of the sample does.
    """
    weakest = _weakest(first.ranges, count)
    if not first.fails_again or math.isinf(weakest):
        return weakest, True
    draws = len(first.values)
    again = 1 - (SPLIT / 2) ** (1 / draws)
    place = _place(draws, share + again, 0, 1 - SPLIT)
    bound = math.inf if place is None else float(np.sort(first.values)[place - 1])
    return (bound, True) if bound <= first.ranges[:, 1].min() else (weakest, False)


def _most_common(ranges: Array) -> float:
    """Return a part that works in most draws: the strongest, else the middle of the weakest such range."""
    if not len(ranges):
        return 1.0
    begins, ends = np.sort(ranges[:, 0]), np.sort(ranges[:, 1])
    counts = _draws_at(ranges, begins)
    if _draws_at(ranges, np.ones(1))[0] == counts.max():
        return 1.0
    begin = float(begins[counts.argmax()])
    return (begin + float(ends[np.searchsorted(ends, begin)])) / 2


# --------------------------------------------------------------------------- what is asked


def _strongest(
    case: ProgrammeCase,
    levels: Mapping[str, object] | Sequence[str] | None,
    vary: Varied,
    until: float | None,
) -> Programme:
    given = dict(levels) if isinstance(levels, Mapping) else {}
    told: dict[str, object] = {}
    for instrument in instruments_of(case.game, case.names):
        if given.get(instrument.name) is not None:
            told[instrument.name] = given[instrument.name]
            continue
        if instrument.range is None:
            raise InputError(
                "P184",
                say(
                    "{name} has no range, so that its strongest level is not known",
                    name=f"`{instrument.name}`",
                ),
                hint=say("give it a `range` in the game file, or a level"),
            )
        told[instrument.name] = max(instrument.range, key=lambda level: abs(level - instrument.idle))
    end: float | None = until
    if vary == "duration" and until is None:
        end = usual_span(case)
    return programme_of(case.game, told, 0, end)


def usual_span(case: ProgrammeCase) -> float:
    """Return how long trajectories are followed by default: 100 over the largest advantage, levels idle."""
    scale = case.field({}, case.idle[None]).scale
    return float(f"{DEFAULT_SPAN / (scale or 1.0):.2g}")


def _part(case: ProgrammeCase, strongest: Programme, vary: Varied, part: float) -> Programme:
    if part == 0:
        return IDLE
    if vary == "duration":
        return Programme(strongest.levels, 0.0, part * strongest.duration)
    full = np.array([strongest.levels[name] for name in case.names])
    levels = case.idle + part * (full - case.idle)
    return Programme(named_levels(case.names, levels.tolist(), case.idle.tolist()), 0.0, strongest.end)


def _rounded_up(part: float, ranges: Array, count: int) -> float:
    """Return a part with few digits, no less than the given one, that works in so many draws as well."""
    if not part:
        return 0.0
    for digits in range(DIGITS, MOST_DIGITS):
        step = 10.0 ** (math.floor(math.log10(part)) + 1 - digits)
        above = math.ceil(part / step - 1e-9) * step  # but for rounding of `step`
        rounded = min(1.0, float(f"{above:.{digits}g}"))
        if rounded >= part and _draws_at(ranges, np.array(rounded)) >= count:
            return rounded
    return part


def _order(draws: int, share: float) -> tuple[int, int]:
    """Return the places in a sorted sample between which a quantile lies, with 95 % confidence."""
    if not isinstance(draws, int) or not 1 <= draws <= MOST:
        raise InputError(
            "P185",
            say("{draws} draws; expected a whole number up to {most}", draws=draws, most=f"{MOST:,}"),
            hint=say("as in 10000"),
        )

    if of_draws(draws, draws)[0] < share:
        fewest = math.ceil(math.log(0.025) / math.log(share))
        raise InputError(
            "P185",
            say(
                "{draws} draws are too few to show a share of {share}, even if all of them succeed",
                draws=f"{draws:,}",
                share=share,
            ),
            hint=say("take {fewest} draws or more", fewest=f"{fewest:,}"),
        )
    return _place(draws, share, 1) or draws, _place(draws, share, 0) or draws


def _place(draws: int, share: float, end: int, confidence: float = 0.95) -> int | None:
    """Return the first place in a sorted sample at which an end of the interval is no less than a share."""
    if of_draws(draws, draws, confidence)[end] < share:
        return None
    low, high = 0, draws
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if of_draws(middle, draws, confidence)[end] >= share else (middle, high)
    return high


def _drivers(
    case: ProgrammeCase,
    order: DrawOrder,
    values: Mapping[str, object] | None,
    scenario: str | None,
    over: Sequence[str] | Mapping[str, object] | None,
    fixed: Sequence[str],
    spread: object,
) -> Sensitivity:
    """Return the Sobol indices of what a draw needs, no more than the strongest programme."""

    def needed_part(given: Mapping[str, Any]) -> Array:
        draws = {name: np.asarray(given[name]) for name in case.uncertainty.names}
        return np.minimum(order.needed(draws).values, 1.0)

    return sensitivity(
        case.acting,
        needed_part,
        values,
        scenario,
        samples=512,
        seed=order.seed,
        over=over,
        fixed=(*fixed, *case.names),
        spread=spread,
        vectorized=True,
    )


# --------------------------------------------------------------------------- telling


def _sure(case: ProgrammeCase, strongest: Programme, draws: int) -> str:
    levels = lanes_of(case, [IDLE, strongest], {}).levels
    if decided_by_h(case, levels if strongest.permanent else levels[:1]):
        how = say("each draw by the conserved quantity H once levels are constant")
    else:
        how = say("each draw by following it until it has arrived")
    return say(
        "estimated: {draws} independent draws select the programme, and as many fresh draws give "
        "the share in which it works, with the Clopper-Pearson interval; in each draw programmes are "
        "searched on a grid of strengths or durations and by bisection, so that a narrow range between two "
        "points may be missed; {how}",
        draws=f"{draws:,}",
        how=how,
    )


def _warnings(
    case: ProgrammeCase,
    order: DrawOrder,
    first: DrawAnswers,
    found: SuccessShare,
    share: float,
    programme: Programme | None,
    rejected: int,
    drivers: Sensitivity | None,
) -> list[str]:
    notes: list[str] = [*case.uncertainty.notes]
    if rejected:
        notes.append(
            say(
                "{rejected} draws break an assumption of the game and were replaced", rejected=f"{rejected:,}"
            )
        )
    if first.fails_again:
        notes.append(
            say(
                "in {count} of {draws} draws a stronger programme fails though a weaker one works: do not "
                "exceed the proposal unchecked",
                count=f"{first.fails_again:,}",
                draws=f"{order.draws:,}",
            )
        )
    if first.undecided or found.undecided:
        notes.append(
            say(
                "in {count} draws no outcome was found for some programme; they count as failures",
                count=f"{max(first.undecided, found.undecided):,}",
            )
        )
    if programme is not None and found.interval[0] < share:
        notes.append(
            say(
                "the fresh draws alone do not show that it works in {wished} % of all: their interval "
                "begins at "
                "{low} %",
                wished=f"{100 * share:g}",
                low=f"{100 * found.interval[0]:.4g}",
            )
        )
    if drivers is not None and drivers.total is not None and not drivers.converged:
        open_ones = [name for name in drivers.leaders if name != drivers.names[0]]
        if open_ones:
            notes.append(
                say(
                    "the most influential parameter could not be determined among {names}: their "
                    "intervals overlap",
                    names=listed([drivers.names[0], *open_ones]),
                )
            )
    return notes
