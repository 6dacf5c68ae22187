"""Estimates of amounts without a row, with an interval: from other years, or from the sector.

The interval is that of the method's own errors on this cluster: every known amount is estimated as if it were
missing too (at the same distance in years, or without its own enterprise), and the quotients of what is known
and what was estimated are the sample.  With 39 quotients or more their order statistics hold 95 % of new ones
whatever their distribution; with fewer it is the prediction interval of a normal sample of their logarithms,
as far as ten times the farthest of them.

References
----------
Vovk, V., Gammerman, A. & Shafer, G. (2005). Algorithmic Learning in a Random World. Springer (order
statistics of errors that are exchangeable).
Barber, R. F., Candès, E. J., Ramdas, A. & Tibshirani, R. J. (2021). Predictive inference with the jackknife+.
Ann. Statist. 49, 486–507.
Gelman, A. et al. (2013). Bayesian Data Analysis, 3rd ed. CRC Press, ch. 2.6 (a weak prior for a variance).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from separatrix_cluster.tables.cell_values import Floats, Texts

__all__ = ["OF_NOBODY", "Estimates", "from_other_years", "from_peers", "from_sector", "quotient_interval"]

Truths = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_PRIOR_WEIGHT = 2.0
"""What is thought of a spread before any quotient is seen has the weight of two of them."""

OF_YEARS, OF_SIZE, OF_NOBODY = 0.2, 0.5, 1.0
"""Log deviations thought of: of years of one enterprise, of enterprises for their size, without a size."""

_ENOUGH = 39
"""From here on order statistics reach to 95 %: 2/(n + 1) ≤ 5 %."""

_TAIL = 10.0
"""So many times the farthest quotient that was seen: beyond it the tail of a few logarithms says nothing."""

_FEW = 3
"""Fewer peers than this make no sector."""


@dataclass(frozen=True)
class Estimates:
    """Amounts and their 95 % intervals, each of one shape; `nan` where nothing can be said."""

    value: Floats
    low: Floats
    high: Floats

    @classmethod
    def none(cls, *shape: int) -> Estimates:
        """Return estimates of nothing."""
        return cls(*(np.full(shape, np.nan) for _ in range(3)))

    def put(self, chosen: Truths, other: Estimates) -> None:
        """Take the chosen ones from others of the same shape."""
        for name in ("value", "low", "high"):
            getattr(self, name)[chosen] = getattr(other, name)[chosen]


def quotient_interval(quotients: Floats, thought: float = OF_YEARS) -> tuple[float, float]:
    """Return between which numbers 95 % of further quotients lie: amounts over their estimates, from 0 up.

    ``thought`` is the log deviation that is thought of before any is seen.

    Examples
    --------
    >>> low, high = quotient_interval(np.array([0.9, 1.0, 1.1]))
    >>> 0.5 < low < 0.9 and 1.1 < high < 2
    True
    >>> quotient_interval(np.zeros(50))
    (0.0, 0.0)
    """
    known = np.sort(quotients[np.isfinite(quotients)])
    n = len(known)
    if n >= _ENOUGH:
        # A sample without any spread still does not say that there is none.
        least = 1.96 * thought * np.sqrt(_PRIOR_WEIGHT / n)
        below, above = int(np.floor(0.025 * (n + 1))) - 1, int(np.ceil(0.975 * (n + 1))) - 1
        low, high = float(known[max(below, 0)]), float(known[min(above, n - 1)])
        middle = float(known[(n - 1) // 2 : n // 2 + 1].mean())
        return min(low, middle * np.exp(-least)), max(high, middle * np.exp(least))
    from scipy.special import stdtrit

    logs = np.log(known[known > 0])
    centre = float(logs.mean()) if len(logs) else 0.0
    freedom = max(len(logs) - 1, 0) + _PRIOR_WEIGHT
    squares = float(((logs - centre) ** 2).sum()) + _PRIOR_WEIGHT * thought**2
    half = float(stdtrit(freedom, 0.975)) * np.sqrt(squares / freedom * (1 + 1 / max(len(logs), 1)))
    ends = np.r_[known[known > 0], 1.0]
    low = float(max(np.exp(centre - half), ends.min() / _TAIL))
    high = float(min(np.exp(centre + half), ends.max() * _TAIL))
    if n:
        low, high = min(low, float(known[0])), max(high, float(known[-1]))
    return low, high


def from_other_years(table: Floats, years: Ints, asked: Truths | None = None) -> Estimates:
    """Return an estimate of every amount from the same series' nearest other years.

    Between two known years it is on the line through them, else the nearest one.

    Parameters
    ----------
    table : array, shape (series, years)
        `nan` where unknown.
    years : array of int, shape (years,)
        In order.
    asked : array of bool, shape (series, years), optional
        The unknown amounts for which an interval is needed; by default all.

    Returns
    -------
    Estimates
        Also of those that are known; `nan` for a series without any other year.

    Examples
    --------
    >>> found = from_other_years(np.array([[10.0, np.nan, 14.0]]), np.array([2020, 2021, 2022]))
    >>> float(found.value[0, 1]), bool(found.low[0, 1] < 12 < found.high[0, 1])
    (12.0, True)
    """
    found = Estimates.none(*table.shape)
    if not table.size:
        return found
    panel = np.ascontiguousarray(table.T)  # a year is one piece of memory, and so is what lies so many behind
    count, told = len(panel), ~np.isnan(panel)
    places = np.arange(count)[:, None]
    before = np.maximum.accumulate(np.where(told, places, -1))
    after = np.minimum.accumulate(np.where(told, places, count)[::-1])[::-1]
    near = _NearestYears.of(panel, years, before, after)
    value, sides = near.predicted(1)
    away = np.full(panel.shape, count)
    away[1:] = np.where(before[:-1] >= 0, places[1:] - before[:-1], count)
    away[:-1] = np.minimum(away[:-1], np.where(after[1:] < count, after[1:] - places[:-1], count))
    low, high = found.low.T, found.high.T
    found.value.T[:] = value
    lacking = ~told if asked is None else ~told & asked.T
    for distance in np.unique(away[(sides > 0) & lacking]).tolist():
        guessed, guessed_sides = near.predicted(distance)
        with np.errstate(divide="ignore", invalid="ignore"):
            quotients = np.where(told & (guessed > 0), panel / guessed, np.nan)
        for side in (1, 2):
            chosen = lacking & (sides == side) & (away == distance)
            if not chosen.any():
                continue
            sample = quotients[(guessed_sides == side) & ~np.isnan(quotients)]
            if len(sample) < _FEW:  # errors of the other kind say more than none
                sample = quotients[~np.isnan(quotients)]
            ends = np.outer(value[chosen], quotient_interval(sample))
            low[chosen], high[chosen] = np.sort(ends, axis=1).T  # a credit is negative
    known = told & (sides > 0)
    low[known], high[known] = value[known], value[known]
    return found


@dataclass(frozen=True)
class _NearestYears:
    """The nearest known amount before and after each place of a panel, itself included, and its year.

    Shape (years, series); amounts are `nan` where there is none.
    """

    years: Floats
    first: Floats
    start: Floats
    last: Floats
    end: Floats

    @classmethod
    def of(cls, panel: Floats, years: Ints, before: Ints, after: Ints) -> _NearestYears:
        """Return them by the places of the nearest known years, -1 and behind the last for none."""
        left, right = np.maximum(before, 0), np.minimum(after, len(panel) - 1)
        when = years.astype(np.float64)
        first, last = (np.take_along_axis(panel, places, axis=0) for places in (left, right))
        return cls(when[:, None], first, when[left], last, when[right])

    def predicted(self, distance: int) -> tuple[Floats, npt.NDArray[np.int8]]:
        """Return the prediction from years at this distance or farther, and the number of sides."""
        value, sides = np.full(self.first.shape, np.nan), np.zeros(self.first.shape, dtype=np.int8)
        count = len(value)
        if distance >= count:
            return value, sides
        value[distance:] = self.first[:-distance]
        sides[distance:] = ~np.isnan(value[distance:])
        sides[:-distance] += ~np.isnan(self.last[distance:])
        np.copyto(value[:-distance], self.last[distance:], where=np.isnan(value[:-distance]))
        if 2 * distance < count:
            inner = slice(distance, count - distance)
            first, start = self.first[: -2 * distance], self.start[: -2 * distance]
            last, end = self.last[2 * distance :], self.end[2 * distance :]
            with np.errstate(divide="ignore", invalid="ignore"):
                between = first + (last - first) * ((self.years[inner] - start) / (end - start))
            np.copyto(value[inner], between, where=sides[inner] == 2)
        return value, sides


def from_sector(amounts: Floats, sizes: Floats, sectors: Texts, chosen: Truths) -> Estimates:
    """Return an estimate of the chosen ones' amounts from those of their sectors, by size where it is known.

    Parameters
    ----------
    amounts, sizes : array, shape (enterprises,)
        `nan` where not known.
    sectors : array of str, shape (enterprises,)
    chosen : array of bool, shape (enterprises,)
        Whose amounts are wanted.

    Returns
    -------
    Estimates
        Of each, shape (enterprises,); `nan` where no amount is known, or all are zero.

    Examples
    --------
    >>> found = from_sector(
    ...     np.array([10.0, 20.0, 30.0, np.nan]),
    ...     np.array([1.0, 2.0, 3.0, 4.0]),
    ...     np.array(["C1"] * 4, dtype=object),
    ...     np.array([False, False, False, True]),
    ... )
    >>> round(float(found.value[3]))
    40
    """
    found = Estimates.none(len(amounts))
    named = sectors.astype(str)
    with np.errstate(invalid="ignore"):
        sized = sizes > 0
    for sector in np.unique(named[chosen]):
        for by_size in (True, False):
            wanted = chosen & (named == sector) & (sized == by_size)
            if not wanted.any():
                continue
            known = ~np.isnan(amounts)
            peers = known & sized if by_size else known
            groups = [g for g in (peers & (named == sector), peers) if g.sum() >= _FEW]
            group = groups[0] if groups else known
            if not group.any():
                continue
            measure = sizes if by_size and sized[group].all() else np.ones(len(amounts))
            top, bottom = float(amounts[group].sum()), float(measure[group].sum())
            if not amounts[group].any():
                continue  # that others have nothing does not tell how much one has of whom nothing is known
            value = measure * (top / bottom)
            with np.errstate(divide="ignore", invalid="ignore"):
                others = (top - amounts[group]) / (bottom - measure[group])
                quotients = amounts[group] / (measure[group] * others)
                low, high = quotient_interval(quotients, OF_SIZE if by_size else OF_NOBODY)
                most = _TAIL * float(np.max(amounts[group] / measure[group]))
            found.value[wanted], found.low[wanted] = value[wanted], value[wanted] * low
            found.high[wanted] = np.maximum(value, np.minimum(value * high, measure * most))[wanted]
    return found


def from_peers(amounts: Floats, sizes: Sequence[Floats], sectors: Texts) -> tuple[Floats, Floats]:
    """Return the likely amount of every enterprise and the most of it, by the size that foretells peers best.

    Of several sizes the narrowest interval is used, or none where no size of an enterprise is known. The
    largest known amount is never considered impossible.
    """
    everyone = np.ones(len(amounts), dtype=bool)
    measures = [*sizes, np.full(len(amounts), np.nan)]
    found = [from_sector(amounts, size, sectors, everyone) for size in measures]
    value, low, high = (np.array([getattr(f, n) for f in found]) for n in ("value", "low", "high"))
    sized = ~np.isnan(np.array(measures))
    sized[-1] = True
    with np.errstate(divide="ignore", invalid="ignore"):
        width = np.where(sized, high / low, np.inf)
    best = np.argmin(np.nan_to_num(width, nan=np.inf), axis=0), np.arange(len(amounts))
    largest = float(np.nanmax(amounts)) if (amounts > 0).any() else np.nan
    return value[best], np.fmax(high[best], largest)
