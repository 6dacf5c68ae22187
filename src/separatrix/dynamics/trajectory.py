"""One course of the replicator dynamics from a start.

The log-odds u = ln(x/(1-x)) of a share obey du/dt = f(x), the advantage alone; among k strategies the
log-ratios u_a = ln(x_a/x_k) obey du_a/dt = U_a - U_k (Hofbauer & Sigmund 1998, section 7.5).  Integrated
in u, a share cannot leave [0, 1] however large the step, and stays accurate where it all but vanishes; a
strategy that nobody plays stays unplayed, because it is imitated by nobody.

Hairer, E., Nørsett, S. P. and Wanner, G. (1993), Solving Ordinary Differential Equations I, section II.10
(DOP853).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from separatrix.errors import InputError
from separatrix.game.model import Game

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from separatrix.dynamics.replicator import Replicator

    Array = NDArray[np.float64]

__all__ = ["Trajectory", "follow", "trajectory"]

TOLERANCE = 1e-10
STILL = 1e-9
"""Speed, relative to the largest advantage, below which a state counts as at rest."""

ROUNDING = 1e-9
"""How far from one the shares of a population may add up, for numbers that were rounded."""


@dataclass(frozen=True)
class Trajectory:
    """States along a course.

    Attributes
    ----------
    shares : tuple of str
        The names of the n coordinates.
    times : array (points,)
        In the unit of time in which payoffs are paid.
    states : array (points, n)
        Shares between 0 and 1.
    at_rest : bool
        Whether the course has all but stopped at its end.
    message : str
        What happened, for people.
    """

    shares: tuple[str, ...]
    times: Array
    states: Array
    at_rest: bool
    message: str


def trajectory(
    game: Game,
    start: Mapping[str, object] | Sequence[object],
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    until: float | None = None,
    points: int = 401,
) -> Trajectory:
    """Follow the replicator dynamics from `start`.

    Parameters
    ----------
    game : Game
        Of any form, with any number of strategies.
    start : mapping of share to number, or one number for each share
        From 0 to 1; the k shares of a population of more than two strategies add up to one.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    until : float, optional
        The last time; by default 100 divided by the largest advantage, in which most courses settle.
    points : int
        How many equally spaced times to return, at least 2.

    Raises
    ------
    InputError
        D601 for a start outside the state space or with a wrong number of shares; D602 for a time or a
        number of points that is not positive.
    NameProblem
        For an unknown parameter or scenario.

    References
    ----------
    Taylor & Jonker (1978); Hofbauer & Sigmund (1998), section 10.1.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> course = trajectory(load("shi-chen-2018"), [0.7, 0.7])
    >>> course.states[-1].round(6).tolist(), course.message
    ([1.0, 1.0], 'at rest at the end')
    """
    from separatrix.dynamics.replicator import replicator

    return follow(replicator(game, values, scenario), read_start(game, start), until=until, points=points)


def read_start(game: Game, start: Mapping[str, object] | Sequence[object]) -> tuple[float, ...]:
    """Return `start` as one number from 0 to 1 for each share; raise D601 for anything else.

    The k shares of a population are scaled to add up to one exactly where rounding alone kept them from
    it.
    """
    from separatrix.game.values import exact

    shares = game.shares
    if isinstance(start, Mapping):
        unknown = [str(k) for k in start if k not in shares]
        absent = [s for s in shares if s not in start]
        if unknown or absent:
            found = f"names {', '.join(unknown)}" if unknown else f"lacks {', '.join(absent)}"
            raise InputError("D601", f"the start {found}; the shares are {', '.join(shares)}")
        given = [start[s] for s in shares]
    else:
        given = list(start)
        if len(given) != len(shares):
            raise InputError(
                "D601",
                f"the start has {len(given)} numbers; expected {len(shares)}, for {', '.join(shares)}",
            )
    numbers = [exact(value, share) for share, value in zip(shares, given, strict=True)]
    for share, number in zip(shares, numbers, strict=True):
        if not 0 <= number <= 1:
            raise InputError(
                "D601",
                f"the start has {share} = {float(number):g}; a share lies between 0 and 1",
                hint="give a fraction, as in 0.3 for 30 %",
            )
    named = dict(zip(shares, numbers, strict=True))
    for population in game.populations:
        if len(population.shares) == 1:
            continue
        total = sum((named[s] for s in population.shares), Fraction(0))
        if abs(total - 1) > ROUNDING:
            raise InputError(
                "D601",
                f"the shares of {population.name} in the start add up to {float(total):g}, not to 1",
            )
        named.update({s: named[s] / total for s in population.shares})
    return tuple(float(named[s]) for s in shares)


def follow(
    field: Replicator,
    start: Sequence[float],
    *,
    until: float | None = None,
    points: int = 401,
    tolerance: float = TOLERANCE,
) -> Trajectory:
    """Follow `field` from `start` as `trajectory` does; negative `until` goes back in time.

    ``tolerance`` bounds the error of a step, relative and absolute, in log-odds; a figure needs less.
    """
    import math

    import numpy as np
    from scipy.integrate import solve_ivp

    scale = field.scale or 1.0
    end = 100.0 / scale if until is None else float(until)
    if not math.isfinite(end) or end == 0:
        raise InputError(
            "D602", f"a course until t = {until} cannot be followed; expected a finite time, not 0"
        )
    if points < 2:
        raise InputError("D602", f"{points} points were asked for; a course has at least 2")
    first = np.asarray(start, dtype=float)
    times = np.linspace(0.0, end, points)
    ratios = _LogRatios.of(field, first)
    if ratios.count == 0:
        return Trajectory(field.shares, times, np.tile(first, (points, 1)), True, "every population is pure")
    solution = solve_ivp(
        ratios.slope, (0.0, end), ratios.first, method="DOP853", t_eval=times, rtol=tolerance, atol=tolerance
    )
    states = ratios.states(solution.y.T)
    at_rest = bool(np.abs(field(states[-1])).max() <= STILL * scale)
    message = "at rest at the end" if at_rest else "still moving at the end"
    if not solution.success:
        message = f"stopped early: {solution.message}"
    return Trajectory(field.shares, np.asarray(solution.t), states, at_rest, message)


@dataclass(frozen=True)
class _LogRatios:
    """The coordinates ln(x_a/x_b) of the strategies played at a start, b the last of each population."""

    field: Replicator
    played: tuple[NDArray[np.intp], ...]
    first: Array

    @classmethod
    def of(cls, field: Replicator, start: Array) -> _LogRatios:
        import numpy as np

        own = field.weights(start)
        played = tuple(np.flatnonzero(part > 0) for part in own)
        logs = [np.log(part[used]) for part, used in zip(own, played, strict=True)]
        return cls(field, played, np.concatenate([part[:-1] - part[-1] for part in logs]))

    @property
    def count(self) -> int:
        return len(self.first)

    def weights(self, ratios: Array) -> list[Array]:
        """Return the shares (..., k) of all strategies at log-ratios (..., count)."""
        import numpy as np
        from scipy.special import softmax

        result, at = [], 0
        for size, used in zip(self.field.sizes, self.played, strict=True):
            part = np.zeros((*ratios.shape[:-1], size))
            logs = np.zeros((*ratios.shape[:-1], len(used)))
            logs[..., :-1] = ratios[..., at : at + len(used) - 1]
            part[..., used] = softmax(logs, axis=-1)
            at += len(used) - 1
            result.append(part)
        return result

    def states(self, ratios: Array) -> Array:
        """Return states (..., n) at log-ratios (..., count)."""
        import numpy as np

        own = self.weights(ratios)
        return np.concatenate([part[..., :1] if part.shape[-1] == 2 else part for part in own], axis=-1)

    def slope(self, _: float, ratios: Array) -> Array:
        """Return the rates of change of log-ratios (count,)."""
        import numpy as np

        earned = self.field.payoffs(self.weights(ratios))
        rates = [
            speed * (part[used[:-1]] - part[used[-1]])
            for speed, part, used in zip(self.field.speeds, earned, self.played, strict=True)
        ]
        return np.concatenate(rates)
