"""Which share of all starts ends where.

Two populations of two strategies without own play: in closed form (`separatrix.dynamics.bimatrix_basins`).
One population of two strategies: between neighbouring rest points a trajectory runs one way. Where a relative
entropy never grows, one argument gives the outcome of every start
(`separatrix.analysis.stability.lyapunov_functions`). All others: many starts are followed until they have
arrived (`separatrix.dynamics.attractors.omega_limits`).

Starts spread evenly over the state space, in replicates whose differences give the error of a share.

Each replicate is a Sobol sequence with a random linear scrambling and a random digital shift of its own: its
share of starts is an unbiased estimate, and the replicates are independent.

Owen, A. B. (1998), Scrambling Sobol' and Niederreiter-Xing points, Journal of Complexity 14, 466-489.
L'Ecuyer, P. and Lemieux, C. (2002), Recent advances in randomized quasi-Monte Carlo methods, in: Modeling
Uncertainty, 419-474, section 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.results import Analysis
from separatrix.dynamics.attractors.heteroclinic_cycles import ATTRACTOR, CYCLE, UNDECIDED, OmegaLimit
from separatrix.dynamics.attractors.omega_limits import SCOUTS, NumericalOutcomes
from separatrix.dynamics.basins.outcomes import OutcomeProblem, outcome_problem
from separatrix.dynamics.statistics import of_replicates
from separatrix.dynamics.tolerances import UNIFORM_EDGE
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.run.limits import seconds_left, seconds_of, time_limit
from separatrix.run.results import Plotted, Tabled
from separatrix.sentences import say, together

__all__ = ["Basins", "REPLICATES", "basins", "starts"]

SAMPLES = 16_384
"""Starts by default. Errors fall by the root of their number, or faster."""


@dataclass(frozen=True, repr=False)
class Basins(Plotted, Tabled):
    """The basins of attraction of a game.

    Attributes
    ----------
    analysis : Analysis
        The rest states, and which of them attract.
    fractions : mapping of str to float
        The share of all starts that ends at each rest point or rest set, by its id; ``cycle`` for those that
        converge to a cycle (``cycle 2`` for a second cycle), ``centre`` for those that a conserved quantity
        keeps at their distance, ``attractor 1`` for those on a chaotic attractor, ``separatrix`` for those on
        the basin boundary, ``undecided``.  They add up to one.  Rest states that are not those of the
        replicator are called R1, R2, ….
    endings : mapping of str to OmegaLimit
        The kind of each of these: a rest point, a rest set, an attracting cycle inside or along the boundary,
        a chaotic attractor, closed orbits, and whether that is proven.
    intervals : mapping of str to (low, high), or None
        95 % confidence intervals of the fractions; None where these are exact.  Where a budget ran out, they
        allow for every end of the starts that were left.
    ranges : mapping of str to ((low, high), ...), or None
        For one population of two strategies: the shares from which each is reached.
    method : str
        ``exact`` or ``sampled``.
    how_sure : str
        The argument, and the error, in a sentence.
    error : float
        A bound of the error of an exact fraction, or half the widest confidence interval.
    samples, seed : int or None
        The number of starts followed, and the seed that drew them; None where none was followed.
    today : str or None
        The outcome of the cluster's current state, as a key of `fractions`; None where the game has no such
        state.
    field : str
        The dynamic.
    schedule_end : float or None
        When the schedule that the starts followed was over; None without a schedule.
    today_without : str or None
        The outcome of the cluster's current state without the schedule that the starts followed.
    """

    analysis: Analysis = dataclass_field(repr=False)
    fractions: Mapping[str, float]
    method: Literal["exact", "sampled"]
    how_sure: str
    error: float
    intervals: Mapping[str, tuple[float, float]] | None = None
    ranges: Mapping[str, tuple[tuple[float, float], ...]] | None = None
    samples: int | None = None
    seed: int | None = None
    today: str | None = None
    endings: Mapping[str, OmegaLimit] = dataclass_field(default_factory=dict)
    field: str = "replicator"
    schedule_end: float | None = None
    today_without: str | None = None

    @property
    def game(self) -> Game:
        """The game."""
        return self.analysis.game

    def state_of(self, name: str) -> dict[str, float] | None:
        """Return the state of a rest point by its id; None for everything else."""
        known = self.endings.get(name)
        if known is not None and known.state is not None:
            return dict(zip(self.game.shares, known.state, strict=True))
        for point in self.analysis.rest_points:
            if point.id == name and point.state is not None:
                return dict(zip(self.game.shares, point.state, strict=True))
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        from separatrix.run.results import provenance

        return {
            "schema": 1,
            "model": self.analysis.heading,
            "fractions": dict(self.fractions),
            "intervals": None if self.intervals is None else {k: list(v) for k, v in self.intervals.items()},
            "ranges": None
            if self.ranges is None
            else {k: [list(r) for r in v] for k, v in self.ranges.items()},
            "states": {name: self.state_of(name) for name in self.fractions},
            "endings": {name: ending.to_dict(self.game.shares) for name, ending in self.endings.items()},
            "field": self.field,
            "schedule_end": self.schedule_end,
            "method": self.method,
            "how_sure": str(self.how_sure),
            "error": self.error,
            "samples": self.samples,
            "today": self.today,
            "today_without_schedule": self.today_without,
            "provenance": provenance(self.game) | {"seed": self.seed},
        }


def basins(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    samples: int = SAMPLES,
    seed: int = 0,
    field: str = "replicator",
    scheduled: bool = False,
    budget: float | None = None,
    advance: Callable[[int, int], None] | None = None,
    **options: object,
) -> Basins:
    """Compute the basin of attraction of each rest point and its share of the state space.

    Parameters
    ----------
    game : Game
        Any number of populations and strategies, payoffs rational in the shares.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    samples : int
        Starts to follow where no closed form is known, from 64 on; each of 16 replicates has a power of two.
    seed : int
        Of the starts: the same seed gives the same answer.
    field : str
        The dynamic, as in `separatrix.dynamics.fields.field`: "replicator", "smith",
        "bnn", "logit", "best-response", "payoff-adjusted", "replicator-mutator".
    scheduled : bool
        Whether each start first follows the schedule of the game: the answer is where it ends up after
        the last change of parameters.  Otherwise the schedule is ignored.
    budget : float, optional
        Time limit in seconds, by default none; starts that have not arrived by then are ``undecided``.
    advance : callable, optional
        Receives about how many of how many starts are done, while they are followed.
    **options
        Of the field, such as ``eta`` for logit.

    Returns
    -------
    Basins
        Starts are spread evenly over the state space.

    Raises
    ------
    ComesLater
        For games that `separatrix.analyze` cannot analyse.
    InputError
        V304 where a parameter has no value; D624 for an impossible number of samples; D626 for `scheduled`
        without a schedule; V305 for an impossible budget; V320, V321, V322 for the field.
    NameProblem
        For an unknown parameter or scenario.

    References
    ----------
    Hofbauer & Sigmund (1998), section 11.2; L'Ecuyer & Lemieux (2002), section 2.

    Examples
    --------
    >>> import separatrix
    >>> found = separatrix.basins(separatrix.load("shi-chen-2018-asymmetric"))
    >>> {name: round(share, 4) for name, share in found.fractions.items()}, found.method
    ({'E1': 0.5586, 'E4': 0.4414}, 'exact')
    >>> bad = {"title": "Bad rock, paper, scissors", "payoff_matrix": [[0, -2, 1], [1, 0, -2], [-2, 1, 0]]}
    >>> found = separatrix.basins(separatrix.load(bad), field="smith", samples=256)
    >>> found.fractions, found.endings["cycle"].kind
    ({'cycle': 1.0}, 'inner cycle')
    """
    seconds = seconds_of(budget, math.inf)
    with time_limit(seconds) as limit:
        question = outcome_problem(game, values, scenario, field, scheduled, options)
    exact = question.exact
    if exact is not None and question.plan is None:
        fractions, error, ranges = exact.fractions()
        return Basins(
            question.analysis,
            fractions,
            "exact",
            question.with_remarks(exact.reason()),
            error,
            ranges=ranges,
            today=_today(question),
            endings={name: exact.ending(name) for name in fractions},
            field=question.kind,
        )
    _ = question.outcomes  # soon known, and needed to say anything
    if advance is not None and isinstance(question.final_outcomes, NumericalOutcomes):
        question.final_outcomes.advance = advance
    with time_limit(limit.seconds_left):
        found = _sampled(question, samples, seed)
    if limit.seconds_left <= 0:
        late = say(
            "{estimate}; the budget of {seconds:.3g} seconds ran out",
            estimate=found.how_sure,
            seconds=seconds,
        )
        return replace(found, how_sure=late)
    if question.plan is None or game.today is None:
        return found
    from separatrix.dynamics.basins.outcomes import outcome_without_schedule, start_of

    usual = outcome_without_schedule(game, start_of(game, None), values, scenario, question.kind, options)
    return replace(found, today_without=usual.name)


def _today(question: OutcomeProblem) -> str | None:
    """Return where the trajectory from today's state ends, on a face too."""
    from separatrix.dynamics.basins.outcomes import ending_of, start_of

    game = question.analysis.game
    return None if game.today is None else ending_of(question, start_of(game, None)).name


def _sampled(question: OutcomeProblem, samples: int, seed: int) -> Basins:

    if not isinstance(seed, int) or seed < 0:
        raise InputError("D624", f"a seed of {seed!r}; expected a whole number of 0 or more")
    analysis, outcomes = question.analysis, question.outcomes
    drawn = starts(analysis.game.space.sizes, samples, seed)
    replicates, points, n = drawn.shape
    names = outcomes.names(drawn.reshape(-1, n)).reshape(replicates, points)
    keys = question.order(np.unique(names).tolist())
    shares = {key: (names == key).mean(axis=1) for key in keys}
    intervals = {key: of_replicates(own, points) for key, own in shares.items()}
    if seconds_left() <= 0 and UNDECIDED in shares:
        # Those that time did not suffice for may end anywhere, and slow ones are more of them than fast ones.
        highest = {key: of_replicates(own + shares[UNDECIDED], points)[1] for key, own in shares.items()}
        intervals = {
            key: (0.0, high) if key == UNDECIDED else (low, highest[key])
            for key, (low, high) in intervals.items()
        }
    widest = max(((high - low) / 2 for low, high in intervals.values()), default=0.0)
    endings = {key: outcomes.ending(key) for key in keys}
    return Basins(
        analysis,
        {key: float(own.mean()) for key, own in shares.items()},
        "sampled",
        question.with_remarks(_estimated(names, replicates, widest, endings, question)),
        widest,
        intervals=intervals,
        samples=int(names.size),
        seed=seed,
        today=_today(question),
        endings=endings,
        field=question.kind,
        schedule_end=None if question.plan is None else question.plan.end,
    )


def _estimated(
    names: NDArray[np.str_],
    replicates: int,
    widest: float,
    endings: Mapping[str, OmegaLimit],
    question: OutcomeProblem,
) -> str:
    how_sure = say(
        "estimated: {count} starts in {replicates} scrambled Sobol sequences were followed until they "
        "arrived; 95 % confidence intervals from the differences between the sequences, at most ±{half} %",
        count=f"{names.size:,}",
        replicates=replicates,
        half=f"{100 * widest:.2g}",
    )
    numerical = [key for key, ending in endings.items() if not ending.proven and key in question.attracting]
    if numerical:
        how_sure = say(
            "{estimate}; attracting according to trajectories, not proven: {ids}",
            estimate=how_sure,
            ids=together([_outcome_phrase(key) for key in numerical], ", "),
        )
    undecided = int((names == UNDECIDED).sum())
    if undecided:
        how_sure = say(
            "{estimate}; {open} of the starts ({share} %) did not converge in time",
            estimate=how_sure,
            open=f"{undecided:,}",
            share=f"{100 * undecided / names.size:.3g}",
        )
        how_sure = question.without_cycles(how_sure)
    skipped = question.final_outcomes.skipped if isinstance(question.final_outcomes, NumericalOutcomes) else 0
    if skipped:
        how_sure = say(
            "{estimate}; {skipped} of the starts were not followed, because none of {looked} "
            "others converged",
            estimate=how_sure,
            looked=2 * SCOUTS,
            skipped=f"{skipped:,}",
        )
    return how_sure


def _outcome_phrase(key: str) -> str:
    """Return a key as part of a sentence."""
    base, _, number = key.partition(" ")
    if base == ATTRACTOR:
        return say("attractor {number}", number=number)
    if base != CYCLE:
        return key
    return say("cycle {number}", number=number) if number else say("cycle")


Array = NDArray[np.float64]

REPLICATES = 16
"""Independent scramblings, whose spread gives the interval. Fewer: it is wider and less reliable."""

KEPT = 10
"""Powers of two of the starts of a replicate up to which they are kept for the next game. Larger: more memory
is held."""

MOST = 1 << 24
"""Starts past which memory does not suffice."""


def starts(sizes: Sequence[int], samples: int, seed: int) -> Array:
    """Return starts as an array (replicates, points, n), uniform on the product of simplices.

    Parameters
    ----------
    sizes : sequence of int
        The number of strategies of each population.
    samples : int
        At least this many in all; each replicate has a power of two.
    seed : int

    Raises
    ------
    InputError
        D624 for a number of samples that is not between 64 and 16,777,216.

    Examples
    --------
    >>> starts((2, 3), 100, seed=0).shape
    (16, 8, 4)
    """
    if not 4 * REPLICATES <= samples <= MOST:
        raise InputError(
            "D624",
            f"{samples} samples; expected a number from {4 * REPLICATES} to {MOST:,}",
            hint="16384 give most shares to half a percentage point",
        )
    power = int(np.ceil(np.log2(samples / REPLICATES)))
    if power <= KEPT:
        return _cached_starts(tuple(sizes), power, seed)
    return _sobol_states(sizes, power, seed)


@lru_cache(maxsize=8)
def _cached_starts(sizes: tuple[int, ...], power: int, seed: int) -> Array:
    result = _sobol_states(sizes, power, seed)
    result.flags.writeable = False
    return result


def _sobol_states(sizes: Sequence[int], power: int, seed: int) -> Array:
    from scipy.stats import qmc

    result = []
    for child in np.random.SeedSequence(seed).spawn(REPLICATES):
        sobol = qmc.Sobol(sum(sizes) - len(sizes), rng=np.random.default_rng(child))
        cube = np.clip(sobol.random_base2(power), UNIFORM_EDGE, 1 - UNIFORM_EDGE)
        result.append(_on_simplices(cube, sizes))
    return np.array(result)


def _on_simplices(cube: Array, sizes: Sequence[int]) -> Array:
    """Return uniform states from uniform numbers: of k shares each is what it leaves of the rest, in turn."""
    parts, at = [], 0
    for size in sizes:
        own = cube[:, at : at + size - 1]
        at += size - 1
        if size == 2:
            parts.append(own)
            continue
        if size == 1:
            parts.append(np.ones((len(cube), 1)))
            continue
        kept = own ** (1 / np.arange(size - 1, 0, -1))
        rest = np.cumprod(kept, axis=1)
        before = np.hstack([np.ones((len(own), 1)), rest[:, :-1]])
        parts.append(np.hstack([before * (1 - kept), rest[:, -1:]]))
    return np.hstack(parts)
