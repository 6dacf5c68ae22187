"""Ways of moving many courses one step on, each with a step of its own: in log-odds, or in shares.

Fields that keep faces move in log-odds, so that a share of 1e-300 still counts; those that leave faces
move in the shares themselves.  The best response dynamics go straight towards the best reply until
another one is as good.

Dormand, J. R. and Prince, P. J. (1980), A family of embedded Runge-Kutta formulae, Journal of Computational
and Applied Mathematics 6, 19-26, RK5(4)7M.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from separatrix.dynamics.fields.replicator import Replicator
from separatrix.dynamics.integrate.arc_length import ERRORS, STAGES
from separatrix.run.cached import cached_property

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from separatrix.dynamics.fields.base import PayoffField

    Array = NDArray[np.float64]

__all__ = [
    "InLogOdds",
    "InShares",
    "Motion",
    "Step",
    "TowardsReplies",
    "log_shares",
    "motion_of",
    "next_length",
    "steps_of",
]

TOLERANCE = 1e-6
"""Error of a step, relative and absolute, in log-odds: it moves the line between two fates by as much."""

IN_SHARES = 1e-8
"""The same in shares."""

LONGEST = 1e200
"""The longest step, for courses at rest."""

LEAST, MOST = 4e-3, 0.1
"""How much of the way to the best reply a step goes: at least, where replies change at once, and at most."""


class Step(NamedTuple):
    """Where courses are after one step each.

    Attributes
    ----------
    at, slopes : array (coordinates, courses)
    error : array (courses,)
        In units of the tolerance: above one the step is to be made again, shorter.
    length : array (courses,)
        How much time passed.
    """

    at: Array
    slopes: Array
    error: Array
    length: Array


class Motion(Protocol):
    """How courses move.  Coordinates are arrays (coordinates, courses), states arrays (courses, n).

    Attributes
    ----------
    field : PayoffField
    pace : float
        How fast things move, per unit of time; never zero.
    patience : int
        Steps after which a course that has arrived nowhere is given up.
    accuracy : float
        The distance in shares below which courses do not come nearer to where they go.
    """

    @property
    def field(self) -> PayoffField: ...
    @property
    def pace(self) -> float: ...
    @property
    def patience(self) -> int: ...
    @property
    def accuracy(self) -> float: ...

    def of(self, states: Array) -> Array:
        """Return the coordinates of states."""
        ...

    def states(self, at: Array) -> Array:
        """Return the states at coordinates."""
        ...

    def slopes(self, at: Array) -> Array:
        """Return the rates of change of coordinates."""
        ...

    def speeds(self, states: Array, slopes: Array) -> Array:
        """Return how fast the fastest share of each course changes."""
        ...

    def kept(self, at: Array) -> Array:
        """Return coordinates inside the state space, where rounding or the error of a step left it."""
        ...

    def step(self, at: Array, slopes: Array, length: Array) -> Step:
        """Return where courses are after steps of `length` each."""
        ...


def motion_of(field: PayoffField) -> Motion:
    """Return how courses of a field are followed.

    Examples
    --------
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> [
    ...     type(motion_of(field(game, kind=kind))).__name__
    ...     for kind in ("replicator", "smith", "best-response")
    ... ]
    ['InLogOdds', 'InShares', 'TowardsReplies']
    """
    if field.keeps_faces:
        return InLogOdds(field)
    return InShares(field) if field.continuous else TowardsReplies(field)


def next_length(error: Array, length: Array) -> Array:
    """Return the length of the next step of each course, from the error of the last one."""
    import numpy as np

    factor = 0.9 * np.maximum(error, 1e-8) ** -0.2
    longer = length * np.clip(np.where(np.isfinite(factor), factor, 0.2), 0.2, 5.0)
    return np.asarray(np.minimum(longer, LONGEST))


def steps_of(motion: Motion, at: Array, longest: float = math.inf) -> Iterator[tuple[Array, Array]]:
    """Yield the coordinates (m, courses) and times (courses,) of courses, step by step, without end."""
    import numpy as np

    slope = motion.slopes(at)
    length = np.full(at.shape[1], min(0.1 / motion.pace, longest))
    time = np.zeros(at.shape[1])
    while True:
        made = motion.step(at, slope, length)
        good = made.error <= 1
        at = np.where(good, made.at, at)
        slope = np.where(good, made.slopes, slope)
        time = time + np.where(good, made.length, 0.0)
        length = np.minimum(next_length(made.error, length), longest)
        yield at, time


# --------------------------------------------------------------------------- log-odds


@dataclass(frozen=True)
class InLogOdds:
    """Log-odds of two strategies, logarithms of more."""

    field: PayoffField
    patience: int = 1_500
    accuracy: float = 1e-5

    @cached_property
    def pace(self) -> float:
        """The fastest growth rate of a strategy."""
        return self.field.scale or 1.0

    @cached_property
    def corners(self) -> tuple[Array, ...] | None:
        """The advantages at the corners where these tell all."""
        return self.field.corners if isinstance(self.field, Replicator) else None

    def of(self, states: Array) -> Array:
        """Return the coordinates of states (courses, n)."""
        import numpy as np

        with np.errstate(divide="ignore"):
            logs = np.log(states)
            for place, size in zip(self.field.slices, self.field.sizes, strict=True):
                if size == 2:
                    logs[:, place] -= np.log1p(-states[:, place])
        return np.ascontiguousarray(logs.T)

    def states(self, at: Array) -> Array:
        """Return the states (courses, n) at coordinates."""
        return self.shares(at).T

    def shares(self, at: Array) -> Array:
        """Return the states (n, courses) at coordinates."""
        import numpy as np

        result = np.empty_like(at)
        with np.errstate(over="ignore"):
            if self.corners is not None:
                return np.asarray(1 / (1 + np.exp(-at)))
            for place, size in zip(self.field.slices, self.field.sizes, strict=True):
                part = at[place]
                if size == 2:
                    result[place] = 1 / (1 + np.exp(-part))
                else:
                    raised = np.exp(part - part.max(axis=0))
                    result[place] = raised / raised.sum(axis=0)
        return result

    def slopes(self, at: Array) -> Array:
        """Return their rates of change."""
        import numpy as np

        states = self.shares(at)
        if self.corners is not None:
            return _multilinear(self.corners, states)
        own = self.field.weights(states.T)
        rates = np.empty_like(at)
        field: Any = self.field
        for place, part, growth in zip(self.field.slices, own, field.log_rates(own), strict=True):
            if part.shape[-1] == 2:
                rates[place] = growth[:, 0] - growth[:, 1]
            else:
                rates[place] = growth.T
        return rates

    def speeds(self, states: Array, slopes: Array) -> Array:
        """Return how fast the fastest share changes, at states (courses, n)."""
        import numpy as np

        moved = np.abs(slopes) * states.T
        for place, size in zip(self.field.slices, self.field.sizes, strict=True):
            if size == 2:
                moved[place] *= 1 - states.T[place]
        return np.asarray(moved.max(axis=0))

    def kept(self, at: Array) -> Array:
        """Return the coordinates as they are: no share leaves the state space."""
        return at

    def step(self, at: Array, slopes: Array, length: Array) -> Step:
        """Return where courses are after steps of `length` each."""
        import numpy as np

        trial, last, error = _runge_kutta(self.slopes, at, slopes, length)
        size = TOLERANCE * (1 + np.maximum(np.abs(at), np.abs(trial)))
        return Step(trial, last, _largest(error / size), length)


def log_shares(field: PayoffField, at: Array) -> Array:
    """Return the logarithms of all shares (strategies, courses), at coordinates of `InLogOdds`.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> log_shares(field(game), np.array([[-1000.0]])).round(3).tolist()
    [[-1000.0], [-0.0]]
    """
    import numpy as np

    parts = []
    for place, size in zip(field.slices, field.sizes, strict=True):
        part = at[place]
        if size == 2:
            parts += [-np.logaddexp(0.0, -part), -np.logaddexp(0.0, part)]
        else:
            parts.append(part - np.logaddexp.reduce(part, axis=0))
    return np.concatenate(parts)


def _multilinear(corners: Sequence[Array], states: Array) -> Array:
    """Return advantages that are linear in each share they depend on, from those at the corners."""
    import numpy as np

    rates = np.empty_like(states)
    for i, table in enumerate(corners):
        met = [i] if len(corners) == 1 else [j for j in range(len(corners)) if j != i]
        first = states[met[0]]
        if len(met) == 1:
            rates[i] = table[0] + (table[1] - table[0]) * first
            continue
        second = states[met[1]]
        low = table[0, 0] + (table[0, 1] - table[0, 0]) * second
        high = table[1, 0] + (table[1, 1] - table[1, 0]) * second
        rates[i] = low + (high - low) * first
    return rates


def _runge_kutta(
    rate: Callable[[Array], Array], at: Array, slopes: Array, length: Array
) -> tuple[Array, Array, Array]:
    """Return the values and slopes after one step of Dormand and Prince's, and its error."""
    import numpy as np

    stages = np.empty((7, *at.shape))
    stages[0] = slopes
    flat = stages.reshape(7, -1)
    trial = at
    for k, weights in enumerate(STAGES, start=1):
        trial = at + length * (np.array(weights) @ flat[:k]).reshape(at.shape)
        stages[k] = rate(trial)
    return trial, stages[6], np.abs(length * (np.array(ERRORS) @ flat).reshape(at.shape))


def _largest(error: Array) -> Array:
    import numpy as np

    worst = error.max(axis=0)
    return np.where(np.isfinite(worst), worst, np.inf)


# --------------------------------------------------------------------------- shares


@dataclass(frozen=True)
class InShares:
    """The shares themselves."""

    field: PayoffField
    patience: int = 1_500
    accuracy: float = 1e-6

    @cached_property
    def pace(self) -> float:
        """The fastest rate of change of a share."""
        return self.field.scale or 1.0

    def of(self, states: Array) -> Array:
        """Return the coordinates of states (courses, n)."""
        import numpy as np

        return np.array(states.T)

    def states(self, at: Array) -> Array:
        """Return the states (courses, n) at coordinates."""
        return at.T

    def slopes(self, at: Array) -> Array:
        """Return their rates of change."""
        return self.field(at.T).T

    def speeds(self, states: Array, slopes: Array) -> Array:
        """Return how fast the fastest share changes."""
        import numpy as np

        return np.asarray(np.abs(slopes).max(axis=0))

    def kept(self, at: Array) -> Array:
        """Return coordinates with shares that are not negative and add up to one."""
        import numpy as np

        result = np.clip(at, 0.0, 1.0)
        for place, size in zip(self.field.slices, self.field.sizes, strict=True):
            if size != 2:
                result[place] /= result[place].sum(axis=0)
        return result

    def step(self, at: Array, slopes: Array, length: Array) -> Step:
        """Return where courses are after steps of `length` each.

        What a step takes out of the state space by its error is brought back onto it: some fields drive
        away from there what does not add up to one.
        """
        trial, _, error = _runge_kutta(self.slopes, at, slopes, length)
        trial = self.kept(trial)
        return Step(trial, self.slopes(trial), _largest(error / IN_SHARES), length)


@dataclass(frozen=True)
class TowardsReplies(InShares):
    """Straight towards the best reply, up to where another strategy is as good.

    Where the best replies change to and fro at once the course slides along the states at which they
    are equally good; it is then followed in small steps beside these, each `LEAST` of the way.
    """

    patience: int = 5_000
    accuracy: float = LEAST

    @cached_property
    def pace(self) -> float:
        """The speed of the fastest population."""
        return max(self.field.speeds)

    def step(self, at: Array, slopes: Array, length: Array) -> Step:
        """Return where courses are after steps of at most `length` each; none is refused."""
        import numpy as np

        part = np.minimum(MOST, 1 - np.exp(-self.pace * length))
        meet = self._meeting(at, self._moved(at, slopes, part))
        part *= np.clip(meet * (1 + 1e-9), np.minimum(1.0, LEAST / np.maximum(part, 1e-300)), 1.0)
        trial = self._moved(at, slopes, part)
        nothing = np.zeros(at.shape[1])
        return Step(trial, self.slopes(trial), nothing, -np.log1p(-part) / self.pace)

    def _moved(self, at: Array, slopes: Array, part: Array) -> Array:
        """Return where courses are when the fastest population has gone `part` of its way."""
        import numpy as np

        result = np.empty_like(at)
        for place, speed in zip(self.field.slices, self.field.speeds, strict=True):
            gone = 1 - (1 - part) ** (speed / self.pace)
            result[place] = at[place] + slopes[place] / speed * gone
        return result

    def _meeting(self, at: Array, ahead: Array) -> Array:
        """Return which part of the way to `ahead` passes before another reply is as good; one where none is.

        Exact where payoffs are linear in the shares and all populations have one speed.
        """
        import numpy as np

        meet = np.ones(at.shape[1])
        before, after = (self.field.payoffs(self.field.weights(x.T)) for x in (at, ahead))
        for now, then in zip(before, after, strict=True):
            best = now.argmax(axis=-1)[:, None]
            lead = np.take_along_axis(now, best, axis=-1) - now
            later = np.take_along_axis(then, best, axis=-1) - then
            with np.errstate(all="ignore"):
                crossing = np.where((lead > 0) & (later < 0), lead / (lead - later), 1.0)
            meet = np.minimum(meet, crossing.min(axis=-1))
        return meet
