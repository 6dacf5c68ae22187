"""Many courses of the replicator dynamics at once, as lines: followed by their length, not by time.

dx/ds = F/|F| has the courses of dx/dt = F, and its solution goes one unit of length in one unit of s, however
slow the flow.  As in `separatrix.dynamics.integrate.trajectory` the logarithms of the shares are integrated,
so that no share leaves [0, 1] and what nobody plays stays unplayed.

Dormand, J. R. and Prince, P. J. (1980), A family of embedded Runge-Kutta formulae, Journal of Computational
and Applied Mathematics 6, 19-26, RK5(4)7M.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from separatrix.dynamics.fields.replicator import Replicator

    Array = NDArray[np.float64]

__all__ = ["bundle"]

TOLERANCE = 1e-5
"""Error of a step, relative and absolute, in the logarithms of shares."""

STILL = 1e-5
"""Speed, relative to the fastest growth rate, below which a course ends."""

MOST_STEPS = 2_000

SPOT = 1 / 40
"""The step, relative to the distance between points, below which a course ends: it turns on one spot."""

STAGES = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
ERRORS = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)


def bundle(
    flow: Replicator, starts: ArrayLike, length: ArrayLike, *, points: int = 101, tolerance: float = TOLERANCE
) -> Array:
    """Return the courses from many starts as lines of equally spaced states.

    Parameters
    ----------
    flow : Replicator
    starts : array (courses, n)
    length : float or array (courses,)
        How far each course is followed, in the space of states; backwards where it is negative.
    points : int
        How many states are returned of each course, the start among them.

    Returns
    -------
    array (courses, points, n)
        A course that comes to rest earlier, or turns on a spot too small for the points to show, stays
        there.

    References
    ----------
    Dormand & Prince (1980).

    Examples
    --------
    >>> from separatrix.dynamics.fields.replicator import replicator
    >>> from separatrix.game.reader import load
    >>> flow = replicator(load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"}))
    >>> bundle(flow, [[0.1], [0.9]], 0.5)[:, ::50].round(3).tolist()
    [[[0.1], [0.35], [0.6]], [[0.9], [0.667], [0.667]]]
    """
    import numpy as np

    first = np.asarray(starts, dtype=float)
    if not first.size:
        return np.empty((len(first), points, first.shape[-1]))
    coordinates = _Logarithms.of(flow, first)
    lengths = np.broadcast_to(np.asarray(length, dtype=float), (len(first),))
    knots = _integrated(coordinates, lengths, SPOT / max(points - 1, 1), tolerance)
    return coordinates.states(_sampled(knots, np.linspace(0.0, np.abs(lengths), points).T))


@dataclass(frozen=True)
class _Logarithms:
    """The coordinates ln x_a of all strategies, those of unplayed ones being idle."""

    flow: Replicator
    first: Array
    played: NDArray[np.bool_]
    cuts: tuple[int, ...]

    @classmethod
    def of(cls, flow: Replicator, starts: Array) -> _Logarithms:
        import numpy as np

        shares = np.concatenate(flow.weights(starts), axis=-1)
        played = shares > 0
        cuts = tuple(int(c) for c in np.cumsum(flow.sizes)[:-1])
        return cls(flow, np.log(np.where(played, shares, 1.0)), played, cuts)

    def weights(self, logs: Array, rows: slice | NDArray[np.intp]) -> list[Array]:
        """Return the shares of all strategies of the courses `rows`, an array (..., k) a population."""
        import numpy as np

        result = []
        played = np.split(self.played[rows], self.cuts, axis=-1)
        for part, used in zip(np.split(logs, self.cuts, axis=-1), played, strict=True):
            part = np.where(used, part, -np.inf)
            raised = np.exp(part - part.max(axis=-1, keepdims=True))
            result.append(raised / raised.sum(axis=-1, keepdims=True))
        return result

    def slopes(self, logs: Array, rows: NDArray[np.intp]) -> tuple[Array, Array]:
        """Return d ln x_a / ds, an array like `logs`, and the speeds |dx/dt|."""
        import numpy as np

        own = self.weights(logs, rows)
        growth, squares = [], np.zeros(len(logs))
        for part, earned, speed in zip(own, self.flow.payoffs(own), self.flow.speeds, strict=True):
            rate = speed * (earned - (part * earned).sum(axis=-1, keepdims=True))
            moved = (part * rate) ** 2
            squares += moved[:, 0] if part.shape[-1] == 2 else moved.sum(axis=-1)
            growth.append(rate)
        speeds = np.sqrt(squares)
        # The little that is added keeps a course at rest from dividing by zero.
        slope = np.concatenate(growth, axis=-1) / (speeds + STILL / 10 * (self.flow.scale or 1.0))[:, None]
        return np.where(self.played[rows], slope, 0.0), speeds

    def states(self, logs: Array) -> Array:
        """Return states (courses, points, n) at logarithms (courses, points, strategies)."""
        import numpy as np

        count = logs.shape[1]
        rows = np.repeat(np.arange(len(logs)), count)
        own = self.weights(logs.reshape(-1, logs.shape[-1]), rows)
        parts = [part[:, :1] if part.shape[-1] == 2 else part for part in own]
        return np.concatenate(parts, axis=-1).reshape(len(logs), count, -1)


@dataclass
class _Knots:
    """Where the steps of all courses ended: lengths (courses,), values and slopes (courses, strategies)."""

    lengths: list[Array] = field(default_factory=list)
    values: list[Array] = field(default_factory=list)
    slopes: list[Array] = field(default_factory=list)

    def add(self, lengths: Array, values: Array, slopes: Array) -> None:
        self.lengths.append(lengths.copy())
        self.values.append(values.copy())
        self.slopes.append(slopes.copy())


def _integrated(coordinates: _Logarithms, lengths: Array, least: float, tolerance: float) -> _Knots:
    """Follow every course with steps of its own; each round makes one step of each that is under way.

    ``least`` is the shortest step, relative to the length of the course.
    """
    import numpy as np

    y = coordinates.first.copy()
    s = np.zeros(len(y))
    ends, sign = np.abs(lengths), np.sign(lengths)[:, None]
    still = STILL * (coordinates.flow.scale or 1.0)
    with np.errstate(all="ignore"):
        slope, speeds = coordinates.slopes(y, np.arange(len(y)))
        slope *= sign
        step = np.minimum(ends, 0.05)
        going = np.isfinite(slope).all(axis=-1) & (speeds > still)
        slope[~going] = 0.0
        knots = _Knots()
        knots.add(s, y, slope)
        for _ in range(MOST_STEPS):
            rows = np.flatnonzero(going)
            if not rows.size:
                break
            h = np.minimum(step[rows], ends[rows] - s[rows])
            trial, last, speeds, error = _step(
                coordinates, y[rows], slope[rows], h, rows, sign[rows], tolerance
            )
            good = error <= 1.0
            factor = 0.9 * np.maximum(error, 1e-8) ** -0.2
            step[rows] = h * np.clip(np.where(np.isfinite(factor), factor, 0.2), 0.2, 5.0)
            moved = rows[good]
            s[moved] += h[good]
            y[moved], slope[moved] = trial[good], last[good]
            ended = (step[rows] < least * ends[rows]) | (good & ((speeds <= still) | (s[rows] >= ends[rows])))
            going[rows[ended]] = False
            if moved.size:
                knots.add(s, y, slope)
    return knots


def _step(
    coordinates: _Logarithms, y: Array, slope: Array, h: Array, rows: NDArray[np.intp], sign: Array,
    tolerance: float,
) -> tuple[Array, Array, Array, Array]:  # fmt: skip
    """Return the values, slopes and speeds after one step, and its error in units of the tolerance."""
    import numpy as np

    stages = [slope]
    speeds = np.zeros(len(y))
    trial = y
    for weights in STAGES:
        trial = y + h[:, None] * _sum(weights, stages)
        rate, speeds = coordinates.slopes(trial, rows)
        stages.append(sign * rate)
    size = tolerance * (1.0 + np.maximum(np.abs(y), np.abs(trial)))
    error = np.abs(h[:, None] * _sum(ERRORS, stages) / size).max(axis=-1)
    return trial, stages[-1], speeds, np.where(np.isfinite(error), error, np.inf)


def _sum(weights: Sequence[float], stages: Sequence[Array]) -> Array:
    total = weights[0] * stages[0]
    for weight, stage in zip(weights[1:], stages[1:], strict=True):
        if weight:
            total = total + weight * stage
    return total


def _sampled(knots: _Knots, at: Array) -> Array:
    """Return values (courses, points, strategies) at lengths (courses, points), by cubic interpolation."""
    import numpy as np

    lengths = np.array(knots.lengths)
    values, slopes = np.array(knots.values), np.array(knots.slopes)
    count = len(lengths)
    if count == 1:
        return np.repeat(values[0][:, None], at.shape[1], axis=1)
    courses = np.arange(lengths.shape[1])[:, None]
    found = [np.searchsorted(own, to, side="right") - 1 for own, to in zip(lengths.T, at, strict=True)]
    after = np.minimum(np.array(found) + 1, count - 1)
    before = np.maximum(after - 1, 0)
    low, high = lengths[before, courses], lengths[after, courses]
    h = high - low
    t = np.clip(np.where(h > 0, (at - low) / np.where(h > 0, h, 1.0), 1.0), 0.0, 1.0)[..., None]
    h = h[..., None]
    return np.asarray(
        (1 + 2 * t) * (1 - t) ** 2 * values[before, courses]
        + t * (1 - t) ** 2 * h * slopes[before, courses]
        + t**2 * (3 - 2 * t) * values[after, courses]
        + t**2 * (t - 1) * h * slopes[after, courses]
    )
