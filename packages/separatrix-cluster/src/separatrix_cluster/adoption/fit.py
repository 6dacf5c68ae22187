"""Adoption fitted to history: the yearly gain of cooperating where all others do and where none does.

The replicator equation of the paper's game reads ``x' = x (1 - x) (A y + D (1 - y))`` with

    A = β (π1 − C1 − R2 + C2)      the yearly gain of cooperating with those who cooperate
    D = β (R1 − C1 − π2 + C2)      and with those who do not

and a history of shares determines only A and D. The six parameters separately, and β alone, require other
data: what the measures cost and save, and how soon enterprises follow an advantage.

Checks of a fit to history: runs of signs, noise beyond imitation, short histories, adopters who leave.

Wald, A. & Wolfowitz, J. (1940). On a test whether two samples are from the same population. Ann. Math. Stat.
11, 147-162 (runs).

Intervals by profile likelihood, whose level a bootstrap holds in short histories.

A value is in the interval of a parameter if the sum of squares, minimized over all other parameters, grows
by less than ``F s²`` when the parameter has this value. In long histories F is the quantile of Fisher's
distribution with 1 and n - k degrees of freedom. In short ones the past shares are not a fixed design and
the fit is biased towards a rest point (Hurwicz's bias). F is then the quantile of the same ratio in
histories simulated with the same years, enterprises and answers: from the fit, and from each end of the
interval with all other parameters at their best for it (Hansen's grid bootstrap). The bias grows as the
drift of a history decreases, so the fit alone does not show how large it would be without drift.

References
----------
Shi, Y. & Chen, M. (2018), Table 1 and equations 1-4.
Taylor, P. D. & Jonker, L. B. (1978). Evolutionary stable strategies and game dynamics. Math. Biosci. 40,
145-156.
Helbing, D. (1992). Interrelations between stochastic equations for systems with pair interactions. Physica A
181, 29-52 (imitation in finite populations).
Venzon, D. J. & Moolgavkar, S. H. (1988). A method for computing profile-likelihood-based confidence
intervals. Applied Statistics 37, 87-94.
Hurwicz, L. (1950). Least-squares bias in time series. In: Koopmans (ed.), Statistical Inference in Dynamic
Economic Models, Wiley, 365-383.
Hansen, B. E. (1999). The grid bootstrap and the autoregressive model. Review of Economics and Statistics 81,
594-607.
Davison, A. C. & Hinkley, D. V. (1997). Bootstrap Methods and their Application. Cambridge, ch. 4-5.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError
from separatrix.io.cells import Remark
from separatrix.sentences import say
from separatrix_cluster.adoption.history import LEADERS, OTHERS, AdoptionHistory, GroupHistory, history_of
from separatrix_cluster.adoption.results import (
    AdoptionFit,
    CurveEstimate,
    FittedAdvantage,
    GroupFit,
    curve_estimate,
)
from separatrix_cluster.adoption.transitions import (
    REPLICATOR,
    LeastSquares,
    Transitions,
    innovations,
    least_squares,
    simulated,
    transitions_of,
)
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.table import ClusterTable

__all__ = [
    "BootstrapFits",
    "HELD",
    "LONG",
    "bootstrap_fits",
    "doubts_of_fit",
    "exposure_of",
    "fisher_quantile",
    "fit_adoption",
    "fit_history",
    "inverted_interval",
    "profile_interval",
    "refits",
    "refuse_idle",
    "runs_chance",
    "yearly_transitions",
]

Floats = NDArray[np.float64]

LONG = 10
"""Years of history from which on the intervals held their level in the simulations of the tests."""
HELD = {5: 93, 6: 95, 8: 94}
"""Per cent of 300 simulated histories of so many years in which intervals of 95 % held the advantages (the
rarer of the two); `tests/cluster/adoption/test_coverage.py` measures it."""
ROUGH = 3.0
"""Times the noise of imitation from which on the years differ by more than that can explain."""

FEWEST_CHANGES = 4
"""Two advantages and the noise are estimated; with fewer changes hardly anything is left to judge by."""


def yearly_transitions(group: GroupHistory, exposure: Floats | None = None) -> Transitions:
    """Return the year-on-year changes of a group."""
    return transitions_of(group.shares, group.asked, group.population, np.array(group.years, float), exposure)


def refuse_level(level: float) -> None:
    """Refuse a level of intervals that is none.

    Raises
    ------
    InputError
        K584.
    """
    if not 0 < level < 1:
        raise InputError(
            "K584",
            say("the level of an interval is {level:g}; between 0 and 1 was expected", level=level),
            hint=say("write 0.95 for 95 %"),
        )


def refuse_idle(group: GroupHistory) -> None:
    """Refuse a history without information on imitation.

    Raises
    ------
    InputError
        K586 where it is too short, K587 where nothing moved.
    """
    hint = say("a fit needs years in which enterprises began or stopped")
    if len(group.years) < 2:
        raise InputError(
            "K586",
            say(
                "only one year ({year}) of history; at least {least} are needed",
                year=group.years[0],
                least=FEWEST_CHANGES + 1,
            ),
            hint=say("add earlier years; ten give intervals to rely on"),
        )
    shares = group.shares
    if not shares.any():
        raise InputError(
            "K587",
            say("no enterprise had adopted in any year: imitation has no example to start from"),
            hint=hint,
        )
    if (shares == 1).all():
        raise InputError(
            "K587", say("all enterprises had adopted in all years: none remains to follow"), hint=hint
        )
    if np.ptp(shares) == 0:
        raise InputError(
            "K587", say("the share of adopters is the same in all years: nothing moved"), hint=hint
        )
    telling = int(yearly_transitions(group).telling.sum())
    if telling < FEWEST_CHANGES:
        raise InputError(
            "K586",
            say(
                "{n} year-to-year changes show imitation; two advantages require at least {least}",
                n=telling,
                least=FEWEST_CHANGES,
            ),
            hint=say(
                "add years; those that start with no adopters or with all enterprises as adopters do "
                "not count"
            ),
        )


def runs_chance(signs: Sequence[bool]) -> float:
    """Return how likely the number of runs of equal signs is at least as far from its mean by chance alone.

    Exact, two-sided, given how many of each sign there are; nan where all are alike.

    Examples
    --------
    >>> round(runs_chance([True] * 5 + [False] * 5), 4)
    0.0159
    """
    more, less = sum(signs), len(signs) - sum(signs)
    if not more or not less:
        return math.nan
    runs = 1 + sum(a != b for a, b in pairwise(signs))
    ways = {r: _ways(r, more, less) for r in range(2, len(signs) + 1)}
    total, mean = sum(ways.values()), 1 + 2 * more * less / len(signs)
    far = abs(runs - mean) - 1e-9
    return sum(n for r, n in ways.items() if abs(r - mean) >= far) / total


def _ways(runs: int, more: int, less: int) -> int:
    half = runs // 2
    if runs % 2 == 0:
        return 2 * math.comb(more - 1, half - 1) * math.comb(less - 1, half - 1)
    return math.comb(more - 1, half) * math.comb(less - 1, half - 1) + math.comb(
        more - 1, half - 1
    ) * math.comb(less - 1, half)


def doubts_of_fit(fit: GroupFit) -> list[Remark]:
    """Return what is in doubt."""
    group = fit.history
    told = partial(Remark, file="", row=None, column=None)
    remarks = []
    shares = group.shares
    begun = [y for y, a, b in zip(group.years[1:], shares, shares[1:], strict=False) if a == 0 < b]
    if begun:
        what = say(
            "in {year} the first enterprises adopted without an example to follow, which "
            "imitation cannot explain; this change is excluded",
            year=begun[0],
        )
        remarks.append(told("K593", "note", what=what))
    fewer = [y for y, a, b in zip(group.years[1:], group.adopters, group.adopters[1:], strict=False) if b < a]
    if fewer:
        what = say(
            "adopters left, by the counts of {years}; Bass's model and thresholds have no word for that",
            years=", ".join(map(str, fewer)),
        )
        remarks.append(told("K594", "note", what=what))
    bounds = [a.bound for a in (fit.advantage_when_all, fit.advantage_when_none) if a.bound is not None]
    if bounds:
        what = say(
            "an advantage lies at the bound of the search, {bound:g} per year: the history does not "
            "determine it, and no estimate of it is shown",
            bound=bounds[0],
        )
        remarks.append(told("K579", "warning", what=what))
    if len(group.years) < LONG:
        years = max(y for y in HELD if y <= max(len(group.years), min(HELD)))
        what = say(
            "the history has {n} years: of simulated ones of {years} years, intervals of 95 % held what "
            "made them in {held} %",
            n=len(group.years),
            years=years,
            held=HELD[years],
        )
        remarks.append(told("K595", "warning", what=what))
    if fit.dispersion > ROUGH:
        what = say(
            "the share varies {times:.0f} times as much from year to year as imitation among "
            "this number of enterprises explains: one cause moved many at once, or years were "
            "reported in round numbers",
            times=fit.dispersion,
        )
        remarks.append(told("K596", "warning", what=what))
    if fit.runs < 0.05:
        what = say(
            "the deviations keep their sign for longer, or change it more often, than chance does "
            "(p = {p:.3f}): the curve does not have the form of the data",
            p=fit.runs,
        )
        remarks.append(told("K597", "warning", what=what))
    return remarks


REACH = (0.15, 0.3, 0.5, 0.75, 1.0, 1.3, 1.7, 2.2, 3.0, 4.5, 7.0, 12.0, 25.0, 60.0)
"""Where an interval's end is sought first, in units of the half-width that curvature alone gives."""
INVERSIONS = 3
"""Times that an end is sought again by the histories of the end before; most stay after two."""
CELLS = 12
"""Into how many parts the stretch that holds the end is divided then."""


@dataclass(frozen=True)
class BootstrapFits:
    """Fits to histories simulated from a fit.

    Attributes
    ----------
    values : ndarray, shape (histories, parameters)
    ratios : ndarray, shape (histories, parameters)
        By how much the sum of squares grows where a parameter is held at the value simulated with, over s².
    """

    values: Floats
    ratios: Floats

    def quantile(self, parameter: int, level: float) -> float:
        """Return the ratio that a part of the histories stays below; 0 where none of them can be fitted."""
        told = self.ratios[:, parameter]
        told = told[np.isfinite(told)]
        return float(np.quantile(told, level, method="higher")) if len(told) else 0.0


def fisher_quantile(level: float, freedom: int) -> float:
    """Return the quantile of Fisher's distribution with 1 and some degrees of freedom.

    Examples
    --------
    >>> round(fisher_quantile(0.95, 10), 3)
    4.965
    """
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + level / 2)) ** 2


def bootstrap_fits(
    found: CurveEstimate,
    times: Floats,
    draws: int,
    seed: int,
    *,
    at: LeastSquares | None = None,
    of: Sequence[int] | None = None,
) -> BootstrapFits:
    """Return the fits to histories simulated from an estimate.

    Parameters
    ----------
    times : ndarray, shape (T,)
        The years of the history.
    at : LeastSquares, optional
        The values that histories are simulated with; by default the best ones.
    of : sequence of int, optional
        The parameters whose ratios are computed; by default all. The others are infinite.
    """
    curve, seen = found.curve, found.seen
    rng = np.random.default_rng(seed)
    at = found.best if at is None else at
    noise = found.noise
    if seen.is_complete:  # the noise that these values leave, in the degrees of freedom of the best ones
        noise *= float(at.squares[0] / found.best.squares[0]) if found.best.squares[0] > 0 else 1.0
    values = np.repeat(at.values, draws, 0)
    first = np.repeat(seen.shares[:, :1], draws, 0)
    paths = simulated(curve, values, noise, first, seen, rng)
    drawn = transitions_of(paths, seen.asked, seen.population, times, seen.exposure)
    drawn = replace(drawn, telling=drawn.telling & _varied(paths))
    count = drawn.telling.sum(1)
    free = least_squares(curve, drawn, values, noise=found.weighed)
    kept = count > values.shape[1] + 1
    over = np.full(values.shape, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = free.squares / (count - values.shape[1])
        for k in range(values.shape[1]) if of is None else of:
            held = least_squares(curve, drawn, values, noise=found.weighed, held=(k,))
            over[:, k] = (held.squares - free.squares) / scale
    return BootstrapFits(free.values[kept], over[kept])


def refits(found: CurveEstimate, draws: int, seed: int) -> Floats:
    """Return the values fitted again after other chances in the same years, shape (draws, parameters).

    The deviations of the fit are exchanged for normal ones; the shares that changes begin from stay.
    """
    off, variance = innovations(found.curve, found.best.values, found.seen, found.weighed)
    chance = np.random.default_rng(seed).standard_normal((draws, off.shape[1]))
    shift = np.where(found.seen.telling, math.sqrt(found.scale) * chance - off / np.sqrt(variance), 0.0)
    start = np.repeat(found.best.values, draws, 0)
    return least_squares(found.curve, found.seen, start, noise=found.weighed, shift=shift).values


def _varied(paths: Floats) -> NDArray[np.bool_]:
    return np.asarray((np.ptp(paths, 1) > 0)[:, None])


def profile_interval(found: CurveEstimate, parameter: int, grows: float) -> tuple[float, float]:
    """Return between which values of a parameter the sum of squares grows by less than some amount.

    An end that is not found within the bounds of the parameter is infinite: the history leaves it open.
    """
    return _profile_end(found, parameter, grows, -1.0), _profile_end(found, parameter, grows, 1.0)


def _profile_end(found: CurveEstimate, parameter: int, grows: float, side: float) -> float:
    curve, seen, best = found.curve, found.seen, found.best
    value, least = best.values[0], float(best.squares[0])
    width = _half_width(found, parameter, grows)
    offsets = width * np.array(REACH)
    last = 0.0
    grown = np.zeros(0)
    for _ in range(3):
        start = np.repeat(value[None, :], len(offsets), 0)
        start[:, parameter] += side * offsets
        held = least_squares(curve, seen, start, noise=found.weighed, held=(parameter,))
        grown = held.squares - least
        beyond = np.flatnonzero(grown > grows)
        if not len(beyond):
            break
        k = int(beyond[0])
        low = offsets[k - 1] if k else last
        below, above = (float(grown[k - 1]) if k else 0.0), float(grown[k])
        high = offsets[k]
        last = low
        # The root of the growth is nearly linear in the offset.
        part = (math.sqrt(grows) - math.sqrt(max(below, 0.0))) / max(
            math.sqrt(above) - math.sqrt(max(below, 0.0)), 1e-300
        )
        end = low + part * (high - low)
        if high - low < 1e-3 * width:
            break
        offsets = np.linspace(low, high, CELLS + 1)[1:]
    if not len(beyond) or abs(value[parameter] + side * end) > 2 * max(
        abs(curve.lower[parameter]), abs(curve.upper[parameter])
    ):
        return side * math.inf
    return float(value[parameter] + side * end)


def inverted_interval(
    found: CurveEstimate, parameter: int, times: Floats, level: float, draws: int, seed: int, grows: float
) -> tuple[float, float]:
    """Return the values of a parameter that a test of each, by histories simulated with it, does not reject.

    Parameters
    ----------
    grows : float
        The growth of the sum of squares, in s², that the interval allows at least.
    """
    least, value = float(found.best.squares[0]), found.best.values[0]

    def allowed(at: float) -> tuple[float, float]:
        """Return by how much the sum of squares grows there, and by how much it may."""
        start = np.array([value, np.zeros(len(value))])
        start[:, parameter] = at
        held = least_squares(
            found.curve, found.seen, start, noise=found.weighed, held=(parameter,)
        ).best_start()
        ratios = bootstrap_fits(found, times, draws, seed, at=held, of=(parameter,))
        return float(held.squares[0]) - least, max(grows, ratios.quantile(parameter, level))

    ends = list(profile_interval(found, parameter, found.scale * grows))
    for side, sign in ((0, -1), (1, 1)):
        for _ in range(INVERSIONS):
            if not math.isfinite(ends[side]):
                break
            _, most = allowed(ends[side])
            wider = _profile_end(found, parameter, found.scale * most, float(sign))
            settled = abs(wider - ends[side]) <= 0.02 * abs(ends[1] - ends[0])
            ends[side] = wider
            if settled:
                break
        # Nothing moves by itself at 0: what the history of a drift looks like is asked of it directly.
        if math.isfinite(ends[side]) and sign * ends[side] < 0:
            grown, most = allowed(0.0)
            if grown <= found.scale * most:
                ends[side] = 0.0
    return ends[0], ends[1]


def _half_width(found: CurveEstimate, parameter: int, grows: float) -> float:
    """Return the half-width that the growth close to the best value suggests."""
    best = found.best
    step = 1e-2 * (1 + abs(float(best.values[0, parameter])))
    start = np.repeat(best.values, 2, 0)
    start[:, parameter] += [-step, step]
    held = least_squares(found.curve, found.seen, start, noise=found.weighed, held=(parameter,))
    grown = float(np.mean(np.maximum(held.squares - best.squares[0], 0.0)))
    return step * math.sqrt(grows / max(grown, 1e-12 * max(grows, 1e-300)))


AT_BOUND = 0.01
"""A value this close to a bound of the search, relative to it, is the bound's: steps end short of it."""


def fit_adoption(
    source: Cluster | ClusterTable | Mapping[int, tuple[float, float]] | str | os.PathLike[str],
    *,
    by_group: bool = False,
    level: float = 0.95,
    draws: int = 199,
    seed: int = 0,
) -> AdoptionFit:
    """Fit the advantages of cooperating to a history of adoption.

    Parameters
    ----------
    source : Cluster, ClusterTable, mapping, str or path
        A cluster with a table `adoption`, or its folder or name; that table alone, or its file; or
        ``{year: (adopters, asked)}``.
    by_group : bool
        Two groups that each follow the other: those that the column `group` names, or leaders and
        others of a cluster.
    level : float
        Of the intervals.
    draws : int
        Simulated histories that calibrate the intervals.
    seed : int

    Returns
    -------
    AdoptionFit
        Advantages per year: speed times payoff.

    Raises
    ------
    InputError
        K584 for a level that is none; K585 to K591 for a history that cannot be read; K586 for one that is
        too short, K587 for one that never moves.

    References
    ----------
    Shi & Chen (2018), equations 1-4; Venzon & Moolgavkar (1988) for the intervals.

    Examples
    --------
    >>> counts = [6, 7, 9, 12, 14, 20, 27, 36, 43, 49, 54]
    >>> found = fit_adoption({2014 + k: (n, 60) for k, n in enumerate(counts)}, draws=99)
    >>> found.advantage_when_all.sign, found.groups[0].threshold is None
    (1, True)
    """
    return fit_history(history_of(source, by_group=by_group), level=level, draws=draws, seed=seed)


def fit_history(
    history: AdoptionHistory, *, level: float = 0.95, draws: int = 199, seed: int = 0
) -> AdoptionFit:
    """Fit the advantages of cooperating to a history that was read; see `fit_adoption`.

    Raises
    ------
    InputError
        K584 for a level that is none; K586, K587 and K591.

    Examples
    --------
    >>> counts = {2015 + k: (n, 60) for k, n in enumerate([6, 9, 14, 20, 30, 41])}
    >>> fit_history(history_of(counts), draws=19).groups[0].regime
    'all cooperate'
    """
    refuse_level(level)
    remarks = list(history.remarks)
    groups = []
    for k, group in enumerate(history.groups):
        try:
            refuse_idle(group)
        except InputError as problem:
            if len(history.groups) == 1:
                raise
            why = say("{group}: {why}", group=_group_name(group.name), why=problem.message)
            raise InputError(problem.code, why, hint=problem.hint) from None
        groups.append(_group_fit(group, exposure_of(history, k), level, draws, seed))
        remarks.extend(doubts_of_fit(groups[-1]))
    return AdoptionFit(history, tuple(groups), level, seed, tuple(remarks))


def exposure_of(history: AdoptionHistory, k: int) -> Floats | None:
    """Return the mean share of the other group during each change, shape (T - 1,); None of the only group.

    Raises
    ------
    InputError
        K591 where not all enterprises of two groups were asked.
    """
    if len(history.groups) == 1:
        return None
    group, other = history.groups[k], history.groups[1 - k]
    _refuse_samples(group)
    _refuse_samples(other)
    return np.asarray((other.shares[1:] + other.shares[:-1]) / 2)


def _group_name(name: str) -> str:
    """Return a group's name; those that the program gives are sentences."""
    return {LEADERS: say("leaders"), OTHERS: say("others")}.get(name, name)


def _refuse_samples(group: GroupHistory) -> None:
    if (group.asked < group.population).any():
        year = group.years[int(np.argmax(group.asked < group.population))]
        raise InputError(
            "K591",
            say(
                "in {year} {asked:g} of {all:g} enterprises of a group were asked; two groups are fitted "
                "only where all were",
                year=year,
                asked=group.asked[group.years.index(year)],
                all=group.population[group.years.index(year)],
            ),
            hint=say("fit the cluster as one group, which allows for samples"),
        )


def _group_fit(group: GroupHistory, exposure: Floats | None, level: float, draws: int, seed: int) -> GroupFit:
    seen = yearly_transitions(group, exposure)
    found = curve_estimate(REPLICATOR, seen)
    times = np.array(group.years, float)
    simulate = bootstrap_fits(found, times, draws, seed)
    limits = []
    for k in range(2):
        # The larger of the two: what holds for a fixed design, and what simulated histories ask for.
        grows = max(simulate.quantile(k, level), fisher_quantile(level, found.freedom))
        limits.append(inverted_interval(found, k, times, level, draws, seed, grows))
    values = found.best.values[0].tolist()
    off, variance = innovations(REPLICATOR, found.best.values, seen, found.weighed)
    standard = off[0] / np.sqrt(variance[0] * found.scale)
    residuals = {y: float(r) for y, r, t in zip(group.years[1:], standard, seen.telling[0], strict=True) if t}
    return GroupFit(
        group,
        _advantage(0, values[0], limits[0]),
        _advantage(1, values[1], limits[1]),
        found.noise,
        found.noise / max(abs(values[0]), abs(values[1]), 1e-3),
        residuals,
        runs_chance([r > 0 for r in residuals.values()]),
        simulate.values,
    )


def _advantage(k: int, value: float, ends: tuple[float, float]) -> FittedAdvantage:
    """Return an advantage; one at a bound of the search is open on that side."""
    low, high = ends
    bound = next(
        (b for b in (REPLICATOR.lower[k], REPLICATOR.upper[k]) if abs(value - b) <= AT_BOUND * abs(b)), None
    )
    if bound is not None:
        low, high = (-math.inf, high) if bound < 0 else (low, math.inf)
    return FittedAdvantage(value, low, high, bound)
