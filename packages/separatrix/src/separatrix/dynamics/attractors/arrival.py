"""Where many trajectories settle: each is followed until it has arrived somewhere, and no further."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.candidates import KnownAttractor
from separatrix.dynamics.integration.butcher_tableaus import DORMAND_PRINCE, Tableau
from separatrix.dynamics.integration.compiled_ensemble import CompiledEnsemble, Ended
from separatrix.dynamics.integration.ensemble import Ensemble
from separatrix.dynamics.integration.motion import Motion
from separatrix.dynamics.integration.tolerances import LABEL
from separatrix.run.deadline import OutOfTime

__all__ = ["UNSETTLED", "settle"]

Array = NDArray[np.float64]
Codes = NDArray[np.int16]

UNSETTLED = -1
"""The code of a trajectory that has not arrived anywhere."""

CHUNK = 8_192
"""Trajectories that are followed together, so that they stay in the processor's cache. Only the time that it
takes depends on it."""

COMPILED_FROM = 32_768
"""Trajectories that machine code follows, and no fewer: loading it takes as long as these do without."""

EVERY = 30
"""Steps between two checks for trajectories that have stopped. Fewer: the checks cost more than they save."""


def settle(
    motion: Motion,
    starts: Array,
    attractors: Sequence[KnownAttractor],
    *,
    turning: tuple[Array, int] | None = None,
    method: Tableau = DORMAND_PRINCE,
    tolerance: float | None = None,
    patience: int | None = None,
    still: float | None = None,
    advance: Callable[[int], None] = lambda done: None,
) -> tuple[Codes, Array]:
    """Return which of `attractors` the trajectory of each start comes to, or `UNSETTLED`, and where it ended.

    Parameters
    ----------
    motion : Motion
    starts : array (coordinates, trajectories)
        In the coordinates of the motion.
    attractors : sequence of KnownAttractor
    turning : (state (n,), code), optional
        In a plane: a centre, and the code of trajectories that have gone once around it.
    method, tolerance
        As in `Ensemble`.
    patience : int, optional
        Steps after which a trajectory is given up, by default those of the motion.
    still : float, optional
        Those slower than this fraction of the pace are given up: they have run into a saddle.
    advance : callable
        Gets about how many of the trajectories are done.

    Returns
    -------
    codes : array (trajectories,)
    ends : array (coordinates, trajectories)
        Where each trajectory had arrived, or was given up.
    """
    codes = np.full(starts.shape[1], UNSETTLED, dtype=np.int16)
    most = motion.patience if patience is None else patience
    rates = motion.polynomials if turning is None and starts.shape[1] >= COMPILED_FROM else None
    if rates is not None:
        under_way = CompiledEnsemble(
            rates,
            starts,
            pace=motion.pace,
            method=method,
            tolerance=LABEL if tolerance is None else tolerance,
            regions=[[region for attractor in attractors for region in attractor.regions]],
        )
        with np.errstate(all="ignore"):
            _settled_compiled(under_way, motion, attractors, most, still or 0.0, codes, advance)
        return codes, under_way.at
    ends = np.array(starts)
    for begin in range(0, starts.shape[1], CHUNK):
        part = slice(begin, begin + CHUNK)
        with np.errstate(all="ignore"):
            ensemble = Ensemble(motion, starts[:, part], method=method, tolerance=tolerance)
            _classify_arrivals(
                ensemble,
                attractors,
                turning,
                most,
                still,
                codes[part],
                ends[:, part],
                lambda done, begin=begin: advance(begin + done),  # type: ignore[misc]
            )
    return codes, ends


def _settled_compiled(
    under_way: CompiledEnsemble,
    motion: Motion,
    attractors: Sequence[KnownAttractor],
    most: int,
    still: float,
    codes: Codes,
    advance: Callable[[int], None],
) -> None:
    """Follow trajectories in compiled code; where a box alone does not decide, ask the attractors."""
    owners = [(code, region) for code, one in enumerate(attractors) for region in one.regions]
    whole = np.array(
        [code if region.whole else UNSETTLED for code, region in owners] or [UNSETTLED], np.int16
    )
    rows, late = np.arange(len(codes)), False
    while rows.size and not late:
        try:
            under_way.run(most, rows, still, EVERY)
        except OutOfTime:
            late = True  # what has arrived by now has; what was not followed to its end is unsettled
        inside = rows[under_way.ended[rows] == Ended.REGION]
        codes[inside] = whole[under_way.region[inside]]
        rows = inside[codes[inside] == UNSETTLED]
        if rows.size:
            codes[rows] = _arrived(motion, under_way.at[:, rows], under_way.slope[:, rows], attractors)
            rows = rows[(codes[rows] == UNSETTLED) & (under_way.steps[rows] < most)]
        advance(len(codes) - rows.size)


def _classify_arrivals(
    under_way: Ensemble,
    attractors: Sequence[KnownAttractor],
    turning: tuple[Array, int] | None,
    patience: int,
    still: float | None,
    codes: Codes,
    ends: Array,
    advance: Callable[[int], None],
) -> None:
    motion, turned = under_way.motion, np.zeros(len(codes))
    for made in range(1, patience + 1):
        before = under_way.at.copy() if turning is not None else under_way.at
        try:
            under_way.advance()
        except OutOfTime:
            break  # what was not followed to its end is unsettled
        at = under_way.at
        found = _arrived(motion, at, under_way.slope, attractors)
        if turning is not None:
            turned += _angle(motion, before, at, turning[0])
            found[(found == UNSETTLED) & (np.abs(turned) > 2.1 * np.pi)] = turning[1]
        done = found != UNSETTLED
        if made % EVERY == 0:
            # Those under way take at most the steps that are left.
            advance(int(len(codes) - len(found) * (1 - made / patience)))
        if still is not None and made % EVERY == 0:
            done |= motion.unsettled(at, motion.shares(at), under_way.slope) <= still * motion.pace
        if done.any():
            codes[under_way.rows[done]], ends[:, under_way.rows[done]] = found[done], at[:, done]
            under_way.keep(~done)
            turned = turned[~done]
            if not under_way.rows.size:
                break
    ends[:, under_way.rows] = under_way.at
    advance(len(codes))


def _arrived(motion: Motion, at: Array, slope: Array, attractors: Sequence[KnownAttractor]) -> Codes:
    states = motion.states(at)
    speeds = motion.speeds(states, slope)
    found = np.full(len(states), UNSETTLED, dtype=np.int16)
    for code, attractor in enumerate(attractors):
        found[(found == UNSETTLED) & attractor.reached(states, speeds)] = code
    return found


def _angle(motion: Motion, before: Array, after: Array, centre: Array) -> Array:
    """Return the angle (orbits,) by which a step turns around a centre, in the plane of the first shares."""
    first, second = ((motion.states(at)[:, :2] - centre[:2]).T for at in (before, after))
    cross = first[0] * second[1] - first[1] * second[0]
    return np.asarray(np.arctan2(cross, (first * second).sum(axis=0)))
