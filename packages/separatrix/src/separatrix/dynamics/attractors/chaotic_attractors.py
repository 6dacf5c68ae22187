"""Chaotic attractors: neither points nor cycles, on which neighbours depart from one another.

The largest Lyapunov exponent of a trajectory is the mean rate at which the distance to a neighbour grows,
when the neighbour is moved back close again and again (Benettin, G., Galgani, L., Giorgilli, A. and
Strelcyn, J.-M. (1980), Lyapunov characteristic exponents for smooth dynamical systems, Meccanica 15, 9-20).
The result is numerical, not a proof. Where distances grow as a power of time, as on tori, around centres
and near heteroclinic cycles, their growth in the second of two windows is too small. Chaos that is not
attracting, as in zero-sum games, is excluded by the divergence: an attractor contracts volumes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.tolerances import FAR_GONE, NEIGHBOUR
from separatrix.dynamics.integration.butcher_tableaus import DOP853
from separatrix.dynamics.integration.compiled_ensemble import CompiledEnsemble, Ended
from separatrix.dynamics.integration.step_control import Motion
from separatrix.dynamics.integration.tolerances import BESIDE, EXACT
from separatrix.run.limits import poll

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

    from separatrix.dynamics.integration.polynomial_rates import PolynomialRates

__all__ = ["ChaoticAttractor", "chaotic_attractor", "log_weights"]

Array = NDArray[np.float64]

STEPS_BETWEEN = 24
"""Steps between two times at which neighbours are brought back. More: distances become large."""

BLOCK, BLOCKS, FIRST_BLOCKS = 64, 16, 4
"""Stretches between such times in a block, blocks in a window, and blocks before the first window. Fewer:
errors are less certain."""

GROWTH = 20.0
"""The logarithm of the growth of distances in each of two windows, one after the other, from which on it
shows, and of the contraction of volumes. A power of the time grows by 0.7 times its exponent in the second
one. Smaller: tori and slow cycles are taken for chaos, and slow transients for attractors."""

SURE = 4.0
"""By how many standard errors an exponent is positive, a divergence negative, and two exponents differ."""

AGREEING = 3
"""Trajectories that must share an attractor. Fewer: an exponent may be that of one transient."""

RARER = 0.05
"""How much farther down the logarithm of a share may go in the second window, over its range. Larger: slow
heteroclinic cycles count as staying inside."""

RETURNS = 0.05
"""How near to the states of the first window those of the second lie, over the range of both, in the median.
Larger: transients that drift count as recurrent."""

ON_IT = (0.8, 0.4, 0.1)
"""The parts of its own states that are on an attractor, tried in turn. Larger ones make answers quick;
without the small ones attractors near the border of their basin are undecided."""

LOOKS = 512
"""Stretches within which starts near an attractor must have converged to it, not counting the first of
`BLOCK`. Fewer: attractors with few known states are undecided."""

STARTS_BESIDE = 64
"""Starts near the attractor that must converge to it. Fewer: a set that repels in places may count as one."""

MOST_STEPS = 5_000
"""Steps in a stretch, at most: a trajectory that takes more shows nothing."""


@dataclass(frozen=True, eq=False)
class ChaoticAttractor:
    """An attractor on which neighbours depart from one another exponentially.

    Attributes
    ----------
    exponent, error : float
        The largest Lyapunov exponent and its standard error, from means of blocks.
    states : array (points, n)
        States on it.
    reach : float
        How near to one of them, in the logarithm of every share, a state is on it.
    """

    exponent: float
    error: float
    states: Array
    reach: float


@dataclass(frozen=True, eq=False)
class _Window:
    """What is seen of trajectories: at the end of each stretch, by blocks of stretches.

    Attributes
    ----------
    growth, divergence : arrays (blocks, trajectories)
        Means over each block, in a stretch: of the logarithm of the growth of distances, and of volumes.
    logs : array (stretches, trajectories, strategies)
    states : array (stretches, trajectories, n)
    last, aside : arrays (coordinates, trajectories)
        Where trajectories are in the end, and in which directions their neighbours are.
    """

    growth: Array
    divergence: Array
    logs: Array
    states: Array
    last: Array
    aside: Array


def chaotic_attractor(motion: Motion, pilots: Array) -> ChaoticAttractor | None:
    """Return the chaotic attractor that several of some trajectories share, or None where none shows.

    Parameters
    ----------
    motion : Motion
    pilots : array (coordinates, trajectories)
        Where trajectories are after a long time.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.dynamics.integration.coordinates import motion_of
    >>> from separatrix.game.reader import load
    >>> rows = [[0, -12, 0, 22], [20, 0, 0, -10], [-21, -4, 0, 35], [10, -2, 2, 0]]
    >>> motion = motion_of(field(load({"title": "Chaos", "payoff_matrix": rows})))
    >>> near = np.array([[0.24, 0.26, 0.25, 0.25], [0.26, 0.25, 0.24, 0.25], [0.25, 0.24, 0.25, 0.26]])
    >>> found = chaotic_attractor(motion, motion.to_coordinates(near))
    >>> 0.1 < found.exponent < 0.3, found.error < 0.02
    (True, True)
    """
    # In a plane there is no chaos (Poincaré and Bendixson).
    if sum(size - 1 for size in motion.field.sizes) < 3 or pilots.shape[1] < AGREEING:
        return None
    rates = motion.polynomials
    if rates is None:
        return None
    with np.errstate(all="ignore"):
        begun = CompiledEnsemble(rates, pilots, pace=motion.pace, method=DOP853, tolerance=EXACT)
        begun.run(STEPS_BETWEEN)
        stretch = float(np.median(begun.time))
        aside = np.random.default_rng(0).standard_normal(pilots.shape)
        before = _window(motion, rates, begun.at, aside, stretch, FIRST_BLOCKS)
        if before is None:
            return None
        least = GROWTH * FIRST_BLOCKS / BLOCKS / 2
        growing = before.growth.sum(axis=0) * BLOCK >= least
        if growing.sum() < AGREEING:
            return None
        one = _window(motion, rates, before.last[:, growing], before.aside[:, growing], stretch, BLOCKS)
        two = None if one is None else _window(motion, rates, one.last, one.aside, stretch, BLOCKS)
        if one is None or two is None:
            return None
        shared = _sharing(one, two)
        if shared.size < AGREEING:
            return None
        return _attracting(motion, rates, one, two, shared, stretch)


def log_weights(motion: Motion, states: Array) -> Array:
    """Return the logarithms (trajectories, strategies) of all shares at states (trajectories, n)."""
    with np.errstate(all="ignore"):
        return np.asarray(np.log(np.concatenate(motion.field.weights(states), axis=1)))


def _flow(motion: Motion, rates: PolynomialRates, at: Array, stretch: float) -> Array | None:
    """Return where trajectories are a stretch later; None where one is lost."""
    poll()
    under_way = CompiledEnsemble(rates, at, pace=motion.pace, method=DOP853, tolerance=EXACT, end=stretch)
    under_way.run(MOST_STEPS)
    if not (under_way.ended == Ended.END).all():
        return None
    return _centred(motion, under_way.at)


def _centred(motion: Motion, at: Array) -> Array:
    """Return coordinates without what is the same for all strategies of a population, and means nothing."""
    result = np.array(at)
    for place in motion.many:
        result[place] -= result[place].mean(axis=0)
    return result


def _window(
    motion: Motion, rates: PolynomialRates, at: Array, aside: Array, stretch: float, blocks: int
) -> _Window | None:
    count = at.shape[1]
    growth, logs, states = np.empty((blocks * BLOCK, count)), [], []
    aside = _centred(motion, aside)
    aside /= np.linalg.norm(aside, axis=0)
    for k in range(blocks * BLOCK):
        later = _flow(motion, rates, np.hstack([at, at + NEIGHBOUR * aside]), stretch)
        if later is None:
            return None
        at, aside = later[:, :count], later[:, count:] - later[:, :count]
        distance = np.linalg.norm(aside, axis=0)
        growth[k] = np.log(distance / NEIGHBOUR)
        aside = aside / distance
        states.append(motion.states(at))
        logs.append(log_weights(motion, states[-1]))
    seen = np.array(states)
    flat = np.swapaxes(seen, 0, 1).reshape(-1, seen.shape[2])
    divergence = _divergence(motion, motion.to_coordinates(flat)).reshape(count, -1).T
    if not (np.isfinite(growth).all() and np.isfinite(divergence).all()):
        return None
    shape = (blocks, BLOCK, count)
    return _Window(
        growth.reshape(shape).mean(axis=1),
        divergence.reshape(shape).mean(axis=1) * stretch,
        np.array(logs),
        seen,
        at,
        aside,
    )


def _divergence(motion: Motion, at: Array) -> Array:
    """Return how fast volumes in logarithms of the shares grow (trajectories,)."""
    total = np.zeros(at.shape[1])
    for i in range(at.shape[0]):
        moved = np.zeros((at.shape[0], 1))
        moved[i] = BESIDE
        total += (motion.slopes(at + moved)[i] - motion.slopes(at - moved)[i]) / (2 * BESIDE)
    return total


def _mean(blocks: Array) -> tuple[Array, Array]:
    """Return means over blocks, and their standard errors."""
    return blocks.mean(axis=0), blocks.std(axis=0, ddof=1) / np.sqrt(len(blocks))


def _sharing(one: _Window, two: _Window) -> NDArray[np.intp]:
    """Return the trajectories that are chaotic, stay inside, come back, and share one attractor."""
    from scipy.spatial import cKDTree

    good = np.ones(one.growth.shape[1], dtype=bool)
    for window in (one, two):
        mean, error = _mean(window.growth)
        good &= (mean > SURE * error) & (mean * len(window.growth) * BLOCK >= GROWTH)
        mean, error = _mean(window.divergence)
        good &= (mean < -SURE * error) & (mean * len(window.divergence) * BLOCK <= -GROWTH)
    (first, before), (second, after) = _mean(one.growth), _mean(two.growth)
    good &= np.abs(first - second) <= SURE * np.hypot(before, after)
    low, lower = one.logs.min(axis=0), two.logs.min(axis=0)
    span = np.maximum(one.logs.max(axis=0), two.logs.max(axis=0)) - np.minimum(low, lower)
    good &= (lower >= low - RARER * span).all(axis=1) & (lower >= np.log(FAR_GONE)).all(axis=1)
    mean, error = (first + second) / 2, np.hypot(before, after) / 2
    for k in np.flatnonzero(good):
        tree, size = cKDTree(one.logs[:, k]), float(span[k].max())
        near = np.array(
            [np.median(tree.query(two.logs[:, j], p=np.inf)[0]) <= RETURNS * size for j in range(len(good))]
        )
        if not near[k]:
            continue
        same = good & near & (np.abs(mean - mean[k]) <= SURE * np.hypot(error, error[k]))
        if same.sum() >= AGREEING:
            return np.flatnonzero(same)
    return np.empty(0, dtype=np.intp)


def _attracting(
    motion: Motion,
    rates: PolynomialRates,
    one: _Window,
    two: _Window,
    shared: NDArray[np.intp],
    stretch: float,
) -> ChaoticAttractor | None:
    """Return the attractor that trajectories share, if all starts near it converge to it."""
    from scipy.spatial import cKDTree

    others, own = shared[1:], shared[:1]
    logs, held = (
        np.concatenate([w.logs[:, some].reshape(-1, w.logs.shape[2]) for w in (one, two)])
        for some in (others, own)
    )
    tree = cKDTree(logs)
    states = np.concatenate([w.states[:, others].reshape(-1, w.states.shape[2]) for w in (one, two)])
    near = tree.query(held, p=np.inf)[0]
    for part in ON_IT:
        reach = float(np.quantile(near, part))
        if _come_back(motion, rates, tree, states, reach, stretch):
            break
    else:
        return None
    blocks = np.concatenate([one.growth[:, shared], two.growth[:, shared]]) / stretch
    mean, error = _mean(blocks.ravel())
    return ChaoticAttractor(float(mean), float(error), states, reach)


def _come_back(
    motion: Motion, rates: PolynomialRates, tree: cKDTree, states: Array, reach: float, stretch: float
) -> bool:
    """Return whether starts near states on an attractor all come nearer to it than they were."""
    stream = np.random.default_rng(1)
    at = motion.to_coordinates(states[stream.integers(0, len(states), STARTS_BESIDE)])
    at = at + reach * stream.uniform(-1, 1, at.shape)
    low, high = tree.mins, tree.maxes
    margin = RETURNS * (high - low) + 2 * reach
    nearest = np.full(STARTS_BESIDE, np.inf)
    for k in range(LOOKS):
        later = _flow(motion, rates, at, stretch)
        if later is None:
            return False
        at = later
        here = log_weights(motion, motion.states(at))
        if not ((here >= low - margin) & (here <= high + margin)).all():
            return False
        if k >= BLOCK:
            nearest = np.minimum(nearest, tree.query(here, p=np.inf)[0])
    return bool((nearest <= reach / 2).all())
