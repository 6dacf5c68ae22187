"""Sobol indices: which part of the variance of an answer each uncertain input explains.

The first-order index of an input is the part of the variance that goes away when it becomes known; the total
index is the part that stays when all others become known, its interactions included.

Saltelli, A. et al. (2010), Variance based sensitivity analysis of model output, Computer Physics
Communications 181, 259-270, table 2 (b: first order; f, Jansen's: total).
Saltelli, A. (2002), Making best use of model evaluations to compute sensitivity indices, Computer Physics
Communications 145, 280-297, theorem 2 (second order).
Archer, G. E. B., Saltelli, A. and Sobol, I. M. (1997), Sensitivity measures, ANOVA-like techniques and the
use of bootstrap, Journal of Statistical Computation and Simulation 58, 99-120.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.statistics import CONFIDENCE
from separatrix.dynamics.tolerances import INVARIABLE
from separatrix.errors import InputError

__all__ = ["SAMPLES", "Answers", "Indices", "design", "indices", "sobol_indices"]

Array = NDArray[np.float64]

SAMPLES = 1_024
"""Rows of each matrix of draws, by default. Errors of indices fall by the root of their number, or faster."""

RESAMPLES = 1_000
"""Of the bootstrap. Fewer: the ends of intervals are noisier."""

CHUNK = 1 << 22
"""Counts of a bootstrap that are held at once. Larger: more memory."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What a function answers on a design of rows.

    Attributes
    ----------
    a, b : array (rows,)
        At two independent samples A and B of the inputs.
    ab : array (inputs, rows)
        ``ab[i]`` at A with input i taken from B.
    ba : array (inputs, rows) or None
        ``ba[i]`` at B with input i taken from A; for second-order indices only.
    """

    a: Array
    b: Array
    ab: Array
    ba: Array | None = None

    def finite_rows(self) -> NDArray[np.bool_]:
        """Return the rows in which every answer is a finite number."""
        parts = [self.a, self.b, *self.ab, *(() if self.ba is None else self.ba)]
        return np.asarray(np.isfinite(np.array(parts)).all(axis=0))

    @property
    def every(self) -> Array:
        """All answers."""
        parts = (self.a, self.b, self.ab.ravel(), *(() if self.ba is None else (self.ba.ravel(),)))
        return np.concatenate(parts)

    @property
    def rarer(self) -> int | None:
        """How many answers are the rarer of 0 and 1; None where others occur, too."""
        every = self.every
        ones = int((every == 1).sum())
        return min(ones, every.size - ones) if ones + int((every == 0).sum()) == every.size else None

    def select(self, rows: NDArray[np.bool_] | slice) -> Answers:
        """Return the answers in some rows."""
        return Answers(
            self.a[rows], self.b[rows], self.ab[:, rows], None if self.ba is None else self.ba[:, rows]
        )


@dataclass(frozen=True, eq=False)
class Indices:
    """Sobol indices with 95 % intervals.

    Attributes
    ----------
    first, total : array (inputs,)
    first_interval, total_interval : array (inputs, 2)
    second : array (inputs, inputs) or None
        Above the diagonal what two inputs explain together beyond what each does alone, NaN elsewhere.
    second_interval : array (inputs, inputs, 2) or None
    mean, variance : float
        Of the answer.
    """

    first: Array
    first_interval: Array
    total: Array
    total_interval: Array
    mean: float
    variance: float
    second: Array | None = None
    second_interval: Array | None = None

    @property
    def bounded(self) -> Indices:
        """The same with estimates and intervals cut off at 0 and 1, beyond which no index lies."""
        return replace(
            self,
            first=np.clip(self.first, 0.0, 1.0),
            first_interval=np.clip(self.first_interval, 0.0, 1.0),
            total=np.clip(self.total, 0.0, 1.0),
            total_interval=np.clip(self.total_interval, 0.0, 1.0),
        )

    @property
    def widest(self) -> float:
        """Half the width of the widest interval of a first-order or total index."""
        both = np.concatenate([self.first_interval, self.total_interval])
        return float((both[:, 1] - both[:, 0]).max() / 2)


def design(inputs: int, samples: int, seed: int) -> tuple[Array, Array]:
    """Return two independent samples A and B of uniform numbers, arrays (rows, inputs).

    They are the two halves of one scrambled Sobol sequence; the rows are the next power of two.

    Raises
    ------
    InputError
        D654 for fewer than 16 samples, more than 4,194,304, or an impossible seed.
    """
    from separatrix.dynamics.parameter_uncertainty.uncertainty import MOST_DRAWS, unit_cube

    if not 16 <= samples <= MOST_DRAWS:
        raise InputError(
            "D654",
            f"{samples} samples; expected a number from 16 to {MOST_DRAWS:,}",
            hint="1024 give most indices to ± 0.1",
        )
    cube = unit_cube(2 * inputs, 1 << math.ceil(math.log2(samples)), seed, "sobol")
    return cube[:, :inputs], cube[:, inputs:]


def answers(function: Callable[[Array], Array], a: Array, b: Array, *, second: bool = False) -> Answers:
    """Return what `function`, from inputs (rows, inputs) to (rows,), answers on the design of `a` and `b`."""

    def mixed(into: Array, source: Array) -> Array:
        rows = []
        for i in range(a.shape[1]):
            changed = into.copy()
            changed[:, i] = source[:, i]
            rows.append(np.asarray(function(changed), dtype=float))
        return np.array(rows)

    return Answers(
        np.asarray(function(a), dtype=float),
        np.asarray(function(b), dtype=float),
        mixed(a, b),
        mixed(b, a) if second else None,
    )


def indices(found: Answers, *, resamples: int = RESAMPLES, seed: int = 0) -> Indices | None:
    """Return the Sobol indices, or None where the answer does not vary.

    Intervals are percentiles of a bootstrap over rows.

    Parameters
    ----------
    found : Answers
        Finite; see `Answers.known`.
    resamples, seed : int
        Of the bootstrap.
    """
    # Mean and variance are of the same answers, all of them: of zeros and ones no variance is above p(1 - p).
    every = found.every
    mean, variance = float(every.mean()), float(every.var())
    squares = float((every**2).mean())
    if variance <= INVARIABLE * squares or not math.isfinite(squares):
        return None
    features, shape = _features(found, mean)
    count = len(found.a)
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    drawn = []
    for size in _chunks(resamples, max(1, CHUNK // count)):
        weights = rng.multinomial(count, np.full(count, 1 / count), size=size) / count
        drawn.append(_indices(weights @ features, shape))
    here = _indices(features.mean(axis=0, keepdims=True), shape)[0]
    tail = (1 - CONFIDENCE) / 2
    low, high = np.nanquantile(np.concatenate(drawn), [tail, 1 - tail], axis=0)
    intervals = np.stack([low, high], axis=-1)
    d = len(found.ab)
    result = Indices(here[:d], intervals[:d], here[d : 2 * d], intervals[d : 2 * d], mean, variance)
    if found.ba is None:
        return result
    second, second_interval = np.full((d, d), np.nan), np.full((d, d, 2), np.nan)
    for k, (i, j) in enumerate(itertools.combinations(range(d), 2), start=2 * d):
        second[i, j], second_interval[i, j] = here[k], intervals[k]
    return Indices(
        result.first,
        result.first_interval,
        result.total,
        result.total_interval,
        mean,
        variance,
        second,
        second_interval,
    )


def _chunks(total: int, size: int) -> list[int]:
    return [min(size, total - begin) for begin in range(0, total, size)]


def _features(found: Answers, mean: float) -> tuple[Array, tuple[int, bool]]:
    """Return what is averaged over rows, an array (rows, features): estimators are made of means alone."""
    a, b, ab = found.a - mean, found.b - mean, found.ab - mean
    rows = [a, b, *ab]
    if found.ba is not None:
        ba = found.ba - mean
        rows += [*ba]
    # The variance is that of all answers of a row: from A and B alone it is noisier, and with it each index.
    every = np.array(rows)
    columns = [every.mean(axis=0), (every**2).mean(axis=0), *(b * (ab - a)), *((a - ab) ** 2 / 2)]
    if found.ba is not None:
        columns += [ba[i] * ab[j] - a * b for i, j in itertools.combinations(range(len(ab)), 2)]
    return np.array(columns).T, (len(ab), found.ba is not None)


def _indices(means: Array, shape: tuple[int, bool]) -> Array:
    """Return first-order, total and second-order indices (sets, …) from means (sets, features)."""
    d, second = shape
    with np.errstate(all="ignore"):
        variance = means[:, 1:2] - means[:, 0:1] ** 2
        parts = means[:, 2:] / np.where(variance > 0, variance, np.nan)
    if second:
        for k, (i, j) in enumerate(itertools.combinations(range(d), 2), start=2 * d):
            parts[:, k] -= parts[:, i] + parts[:, j]
    return np.asarray(parts)


def sobol_indices(
    function: Callable[[Array], Array],
    inputs: int,
    *,
    samples: int = SAMPLES,
    seed: int = 0,
    second: bool = False,
    resamples: int = RESAMPLES,
) -> Indices | None:
    """Return the Sobol indices of any function of independent inputs that are uniform from 0 to 1.

    Parameters
    ----------
    function : callable
        From an array (rows, inputs) to one (rows,).
    inputs : int
    samples : int
        Rows; the function is evaluated ``inputs + 2`` times as often, ``2 * inputs + 2`` with ``second``.
    seed : int
    second : bool
        Whether second-order indices are wanted too.
    resamples : int
        Of the bootstrap.

    Returns
    -------
    Indices or None
        None where the function does not vary.

    Raises
    ------
    InputError
        D654 for an impossible number of samples or seed.

    References
    ----------
    Saltelli et al. (2010), table 2.

    Examples
    --------
    >>> found = sobol_indices(lambda x: x[:, 0] + 2 * x[:, 1], 2, samples=4096)
    >>> found.first.round(2).tolist(), found.total.round(2).tolist()
    ([0.2, 0.8], [0.2, 0.8])
    """
    a, b = design(inputs, samples, seed)
    return indices(answers(function, a, b, second=second), resamples=resamples, seed=seed)
