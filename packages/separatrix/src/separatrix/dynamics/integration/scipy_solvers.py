"""One trajectory by a method of scipy's: quick for smooth fields, for stiff ones, or the most exact.

Petzold, L. (1983), Automatic selection of methods for solving stiff and nonstiff systems of ordinary
differential equations, SIAM Journal on Scientific and Statistical Computing 4, 136-148 (LSODA); Hairer, E.
and Wanner, G. (1996), Solving Ordinary Differential Equations II, section IV.8 (Radau); Hairer, E., Nørsett,
S. P. and Wanner, G. (1993), Solving Ordinary Differential Equations I, section II.5 (DOP853).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.coordinates import LogOddsCoordinates
from separatrix.dynamics.integration.step_control import Motion, Scratch, longest_length
from separatrix.dynamics.integration.tolerances import AT_REST, BESIDE, EXACT, GROWING, LSODA_FINEST
from separatrix.dynamics.tolerances import LARGEST_LOG_ODDS
from separatrix.run.console import quiet

__all__ = ["Dense", "dense_solution", "scipy_states", "usual_method"]

Array = NDArray[np.float64]
Slope = Callable[[float, Any], Any]
Dense = Callable[[Any], Array]
"""From a time or times (points,) to values (m,) or (m, points)."""

LONGEST = 5.0
"""The longest step, in units of the time in which the fastest log-odds change by one: LSODA looks at one
state a step, and must not pass a share that returns from 1e-300 unseen. Longer: such a share is missed;
shorter: rest takes more steps."""

STRETCH = 200.0
"""In the same units, the time of the first check whether a trajectory is at rest; each later check is at
twice the time. Shorter: the checks cost more than they save."""

SHARE = 0.1
"""The part of the time in which a share returns that a step may take. Larger: its return is passed over."""

LEAST_LOG_ODDS = -LARGEST_LOG_ODDS
"""Below which a share is the exponential itself."""

MOST_STEPS = 1_000_000
"""Steps between two requested times, after which a method has failed."""


def usual_method(tolerance: float) -> Literal["lsoda", "dop853"]:
    """Return the method for a smooth field and a trajectory without events."""
    return "lsoda" if tolerance >= EXACT else "dop853"


def dense_solution(
    slope: Slope,
    first: Array,
    end: float,
    *,
    method: str = "DOP853",
    tolerance: float,
    least: float = 1.0,
    times: Array | None = None,
    still: float | None = None,
) -> tuple[Array, Array, Dense] | None:
    """Follow what moves at `slope` from `first` at time 0, or the first of `times`; None where that fails.

    Parameters
    ----------
    slope : callable
        From a time and values (m,) to their rates of change.
    end : float
    tolerance, least : float
        The error of a step is relative for values larger than `least`.
    times : array (points,), optional
        Those at which values are wanted; by default those of the steps.
    still : float, optional
        The speed at which it ends sooner.

    Returns
    -------
    times (points,), values (m, points), and the values at any time
    """
    from scipy.integrate import solve_ivp

    def speed(time: float, at: Array) -> float:
        return float(np.linalg.norm(slope(time, at))) - (still or 0.0)

    speed.terminal, speed.direction = True, -1  # type: ignore[attr-defined]  # as scipy asks for
    begin = 0.0 if times is None else float(times[0])
    solved: Any = solve_ivp(  # type: ignore[call-overload]  # its types want one kind of each argument
        slope,
        (begin, end),
        first,
        method=method,
        t_eval=times,
        rtol=tolerance,
        atol=tolerance * least,
        dense_output=times is None,
        events=None if still is None else speed,
    )
    if not solved.success or not np.isfinite(solved.y[:, -1]).all():
        return None
    return solved.t, solved.y, solved.sol


def scipy_states(motion: Motion, first: Array, times: Array, tolerance: float, method: str) -> Array | None:
    """Return the coordinates (points, m) at `times` from those of a start (m,); None where the method fails.

    ``lsoda``, ``radau``, ``bdf``, or ``dop853``: scipy's, for one trajectory; that of
    `separatrix.dynamics.integration.batch` is for many, and for events.
    """
    free = np.flatnonzero(np.isfinite(first))
    result = np.tile(first, (len(times), 1))
    if not free.size:
        return result
    slope = slope_of(motion, first, free)
    if method in ("lsoda", "dop853"):
        reached = _in_stretches(motion, slope, first, free, times, tolerance, method)
    else:
        found = dense_solution(
            slope,
            first[free],
            times[-1],
            method="Radau" if method == "radau" else "BDF",
            tolerance=max(tolerance, LSODA_FINEST),
            least=_smallest_log_odds(motion),
            times=times,
        )
        reached = None if found is None else found[1].T
    if reached is None:
        return None
    result[:, free] = reached
    return (
        motion.normalised(result.T).T
        if isinstance(motion, LogOddsCoordinates)
        else motion.project(result.T).T
    )


def _smallest_log_odds(motion: Motion) -> float:
    return getattr(motion, "least", 1.0)


def _in_stretches(
    motion: Motion,
    slope: Slope,
    first: Array,
    free: NDArray[np.intp],
    times: Array,
    tolerance: float,
    method: str,
) -> Array | None:
    """Return the coordinates `free` at `times`, in steps of unlimited length once a trajectory is at rest.

    A step must not be long while a share may return; how long a trajectory goes on at rest costs nothing.
    """
    result = np.tile(first[free], (len(times), 1))
    forward = 1.0 if times[-1] >= times[0] else -1.0
    start, here, done, length = float(times[0]), first[free], 1, STRETCH / motion.pace
    begun, still = False, isinstance(motion, LogOddsCoordinates) and motion.moving is None
    while done < len(times):
        slack = _rests(motion, slope, first, free, here, forward) if begun and still else 0.0
        longest = max(slack, LONGEST / motion.pace)
        length = max(length, slack / SHARE)
        border = start + forward * length
        stop = max(done, int(np.searchsorted(forward * times, forward * border, side="right")))
        grid = np.array([start, *times[done:stop], *([border] if stop < len(times) else [])])
        if method == "lsoda" or slack:
            reached = _lsoda(slope, here, grid, tolerance, longest, _smallest_log_odds(motion))
        else:
            reached = _dop853(slope, here, grid, tolerance, longest, _smallest_log_odds(motion))
        if reached is None:
            return None
        result[done:stop] = reached[1 : 1 + stop - done]
        start, here, done, length, begun = float(grid[-1]), reached[-1], stop, 2 * length, True
    return result


def _rests(
    motion: Motion,
    slope: Slope,
    first: Array,
    free: NDArray[np.intp],
    here: Array,
    forward: float,
) -> float:
    """Return the largest step for a trajectory at rest at an attracting state, else zero.

    They are unbounded unless a share returns: then they are a part of the time that it needs.
    """
    at = first[:, None].copy()
    at[free, 0] = here
    rates = np.zeros_like(at)
    rates[free, 0] = forward * np.asarray(slope(0.0, here))
    with np.errstate(all="ignore"):
        moving = motion.unsettled(at, motion.shares(at), rates)[0]
    if not moving <= AT_REST * motion.pace:
        return 0.0
    steps = BESIDE * np.eye(free.size)
    change = [
        (np.asarray(slope(0.0, here + step)) - np.asarray(slope(0.0, here - step))) / (2 * BESIDE)
        for step in steps
    ]
    values = np.linalg.eigvals(forward * np.array(change).T)
    if not (np.isfinite(values).all() and values.real.max() <= GROWING * motion.pace):
        return 0.0
    with np.errstate(divide="ignore"):
        return SHARE * float(longest_length(at[free], rates[free], 1.0 + np.abs(at[free]))[0])


def _lsoda(
    slope: Slope, first: Array, times: Array, tolerance: float, longest: float, least: float
) -> Array | None:
    from scipy.integrate import ODEintWarning, odeint

    tightest = max(tolerance, LSODA_FINEST)
    with quiet("", ODEintWarning):  # it is told besides
        found, told = odeint(
            slope,
            first,
            times,
            rtol=tightest,
            atol=tightest * least,
            tfirst=True,
            full_output=True,
            hmax=0.0 if math.isinf(longest) else longest,
            mxstep=MOST_STEPS,
        )
    if told["message"] != "Integration successful." or not np.isfinite(found).all():
        return None
    return np.asarray(found)


def _dop853(
    slope: Slope, first: Array, times: Array, tolerance: float, longest: float, least: float
) -> Array | None:
    from scipy.integrate import ode

    own = tolerance / math.sqrt(first.size)  # the root of the mean square is what it compares
    solver = ode(slope).set_integrator(
        "dop853", rtol=own, atol=own * least, nsteps=MOST_STEPS, max_step=longest
    )
    solver.set_initial_value(first, float(times[0]))
    result = np.tile(first, (len(times), 1))
    with quiet("dop853: "):
        for k in range(1, len(times)):
            if times[k] != times[k - 1]:
                solver.integrate(float(times[k]))
            result[k] = solver.y
            if not solver.successful() or not np.isfinite(result[k]).all():
                return None
    return result


def slope_of(motion: Motion, first: Array, free: NDArray[np.intp]) -> Slope:
    """Return the rates of change of the coordinates `free`, the others being infinite."""
    coefficients = getattr(motion, "coefficients", None)
    if coefficients is not None and free.size == first.size and motion.moving is None:
        return _plain(coefficients.tolist())
    at, out, scratch = first[:, None].copy(), np.empty((first.size, 1)), Scratch()

    def slope(time: float, values: Array) -> Array:
        at[free, 0] = values
        with np.errstate(all="ignore"):
            motion.now(time).rates(motion.project(at), out, scratch)
        return np.asarray(out[free, 0])

    return slope


def _share(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds)) if log_odds > LEAST_LOG_ODDS else math.exp(log_odds)


def _plain(rows: list[list[float]]) -> Callable[[float, Sequence[float]], list[float]]:
    """Return the slopes of one to three log-odds in plain numbers, for which arrays are too slow."""
    if len(rows) == 1:
        ((a0, a1),) = rows
        return lambda _, at: [a0 + a1 * _share(at[0])]
    if len(rows) == 2:
        (a0, _, a1), (b0, b1, _) = rows

        def pair(_: float, at: Sequence[float]) -> list[float]:
            u, v = at
            return [a0 + a1 * _share(v), b0 + b1 * _share(u)]

        return pair
    (a0, _, ay, az, ayz, _, _), (b0, bx, _, bz, _, bxz, _), (c0, cx, cy, _, _, _, cxy) = rows

    def triple(_: float, at: Sequence[float]) -> list[float]:
        u, v, w = at
        x, y, z = _share(u), _share(v), _share(w)
        return [
            a0 + ay * y + (az + ayz * y) * z,
            b0 + bx * x + (bz + bxz * x) * z,
            c0 + cx * x + (cy + cxy * x) * y,
        ]

    return triple
