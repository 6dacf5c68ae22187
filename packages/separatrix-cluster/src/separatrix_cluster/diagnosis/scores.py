"""How hard a difficulty binds, from 0 to 1: the share of the sector, or of the cluster, that does better.

Interpolation between quartiles is a convention of this program.  The bounds of a share where some are not
known are those of Manski, C. F. (1995). Identification Problems in the Social Sciences. Harvard University
Press, ch. 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from separatrix_cluster.tables.cell_values import Floats
from separatrix_cluster.tables.cluster import Cluster

__all__ = ["Quartiles", "benchmark", "mean_bounds", "share_interval", "share_that_does_better"]


@dataclass(frozen=True)
class Quartiles:
    """What is usual in a sector, in the indicator's base units, and where it is published."""

    q1: float
    median: float
    q3: float
    source: str


def share_that_does_better(value: float, usual: Quartiles, *, worse: str = "high") -> float:
    """Return which share of the sector does better, by linear interpolation between its quartiles.

    Outside the quartiles the slope of the adjacent quarter continues, until 0 or 1.

    Examples
    --------
    >>> usual = Quartiles(1.0, 2.0, 4.0, "")
    >>> [share_that_does_better(v, usual) for v in (1.0, 2.0, 3.0, 4.0, 9.0)]
    [0.25, 0.5, 0.625, 0.75, 1.0]
    """
    low, high = usual.median - usual.q1, usual.q3 - usual.median
    step = low if value < usual.median else high
    if step <= 0:
        below = 0.5 if value == usual.median else (0.0 if value < usual.median else 1.0)
    else:
        below = 0.5 + 0.25 * (value - usual.median) / step
    below = min(1.0, max(0.0, below))
    return below if worse == "high" else 1.0 - below


def benchmark(cluster: Cluster, indicator: str, sector: str, year: int) -> Quartiles | None:
    """Return the quartiles of an indicator for a sector: its own, a longer code's beginning, or `all`.

    Among several years the latest that is not after `year` counts.
    """
    table = cluster.table("benchmarks")
    chosen: tuple[tuple[int, float], int] | None = None
    sectors, indicators = table.texts("sector"), table.texts("indicator")
    years, medians = table.numbers("year"), table.numbers("median")
    for i in range(len(table)):
        name = str(sectors[i])
        fits = name.casefold() == "all" or (bool(sector) and sector.startswith(name))
        if indicators[i] != indicator or not fits or np.isnan(medians[i]) or years[i] > year:
            continue
        rank = (0 if name.casefold() == "all" else len(name), float(np.nan_to_num(years[i])))
        if chosen is None or rank > chosen[0]:
            chosen = (rank, i)
    if chosen is None:
        return None
    i = chosen[1]
    median = float(medians[i])
    q1, q3 = (float(table.numbers(k)[i]) for k in ("q1", "q3"))
    scale = float(table.numbers("scale")[i])
    return Quartiles(
        (median if np.isnan(q1) else q1) * scale,
        median * scale,
        (median if np.isnan(q3) else q3) * scale,
        str(table.texts("source")[i]) or table.file,
    )


def share_interval(
    known: Floats, weights: Sequence[float] | Floats | None = None
) -> tuple[float, float, float]:
    """Return a share among those known, and the least and most it can be among all.

    Parameters
    ----------
    known : array, shape (enterprises,)
        Values from 0 to 1; `nan` where nothing is known.
    weights : array, optional
        By default all count alike.

    Examples
    --------
    >>> share_interval(np.array([1.0, 0.0, np.nan, 1.0]))
    (0.6666666666666666, 0.5, 0.75)
    """
    weight = np.ones(len(known)) if weights is None else np.nan_to_num(np.asarray(weights, dtype=float))
    told = ~np.isnan(known)
    if not weight[told].sum() > 0:
        return float("nan"), 0.0, 1.0
    sure = float((known[told] * weight[told]).sum())
    whole = float(weight.sum())
    value = min(1.0, sure / float(weight[told].sum()))
    # Sums in another order differ in their last digit.
    return value, min(value, sure / whole), max(value, min(1.0, (sure + float(weight[~told].sum())) / whole))


def mean_bounds(low: Floats, high: Floats, least: Floats, most: Floats) -> tuple[float, float]:
    """Return the least and the most of a weighted mean of values and weights that are known by bounds.

    Such a mean is extreme where each weight is at one of its ends, those of the values beyond the mean itself
    at their upper ones.

    Parameters
    ----------
    low, high : array, shape (n,)
        Bounds of the values.
    least, most : array, shape (n,)
        Bounds of the weights, from 0 up.

    Examples
    --------
    >>> mean_bounds(np.array([0.0, 1.0]), np.array([0.0, 1.0]), np.array([1.0, 1.0]), np.array([1.0, 3.0]))
    (0.5, 0.75)
    """
    ends = []
    for values, sign in ((low, 1), (high, -1)):
        order = np.argsort(sign * values, kind="stable")
        more = (most - least)[order]
        tops = float((values * least).sum()) + np.r_[0.0, np.cumsum(more * values[order])]
        bottoms = float(least.sum()) + np.r_[0.0, np.cumsum(more)]
        known = bottoms > 0
        found = tops[known] / bottoms[known]
        ends.append(float((sign * found).min() * sign) if known.any() else float("nan"))
    return ends[0], ends[1]
