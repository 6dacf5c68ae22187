"""Trajectories from one state in many draws, by machine code where payoffs are polynomials."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.integration.batch import recorded
from separatrix.dynamics.integration.coordinates import motion_of
from separatrix.dynamics.integration.polynomial_rates import PolynomialRates
from separatrix.dynamics.integration.results import Order, Status, recorded_compiled
from separatrix.dynamics.parameter_uncertainty.drawn_field import MIDDLE, DrawnField

__all__ = ["compiled_rates", "drawn_trajectories", "followed", "shares_at"]

Array = NDArray[np.float64]


def compiled_rates(field: DrawnField) -> PolynomialRates | None:
    """Return the rates of all draws where machine code is to follow them."""
    return field.polynomials if field.count >= field.compiled_from else None


def drawn_trajectories(
    field: DrawnField,
    state: ArrayLike,
    until: float,
    *,
    rows: NDArray[np.intp] | None = None,
    times: Array | None = None,
    tolerance: float,
    most_steps: int,
) -> tuple[Array, Array]:
    """Return states (draws, points, n) at times and the last ones (draws, n), from one state in draws.

    Where a trajectory could not be followed its states are NaN from then on.

    Examples
    --------
    >>> from separatrix.dynamics.parameter_uncertainty.drawn_field import drawn_field
    >>> from separatrix.dynamics.parameter_uncertainty.uncertainty import uncertainty_of
    >>> from separatrix.game.reader import load
    >>> game = load({"parameters": {"v": 2}, "payoff_matrix": [["v", 0], [0, 1]], "title": "Coordination"})
    >>> draws = {"v": np.array([1.0, 3.0])}
    >>> made = drawn_field(uncertainty_of(game, over={"v": "uniform(1, 3)"}), draws)
    >>> drawn_trajectories(made, [0.4], 50.0, tolerance=1e-8, most_steps=1000)[1].round(6).tolist()
    [[0.0], [1.0]]
    """
    which = np.arange(field.count) if rows is None else rows
    starts = field.starts(np.asarray(state, dtype=float), which)
    samples, ends, _ = followed(
        field,
        motion_of(field).to_coordinates(starts)[:-1],
        until,
        rows=which,
        times=times,
        tolerance=tolerance,
        most_steps=most_steps,
    )
    return shares_at(field, samples), shares_at(field, ends)


def followed(
    field: DrawnField,
    first: Array,
    until: float,
    *,
    rows: NDArray[np.intp],
    times: Array | None = None,
    factor: Array | None = None,
    tolerance: float,
    most_steps: int,
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return coordinates at times, the last ones, and which trajectories were followed to their end.

    Parameters
    ----------
    field : DrawnField
    first : array (m, rows)
        Coordinates of the motion from which each starts, without the one that identifies the draw.
    until : float
    rows : array (rows,)
        The draw of each.
    times : array (points,), optional
    factor : array (rows,), optional
        The factor of the rates of each: with an end at 1 its span of time.
    tolerance, most_steps
        As in `batch`.

    Returns
    -------
    samples : array (rows, points, m)
    ends : array (rows, m)
    whole : array (rows,) of bool
    """
    rates, motion = compiled_rates(field), motion_of(field)
    order = Order(motion, until, np.zeros(0) if times is None else times, (), tolerance, most_steps)
    faster = np.ones(len(rows)) if factor is None else factor
    with np.errstate(all="ignore"):
        if rates is not None:
            record = recorded_compiled(order, np.ascontiguousarray(first.T), faster, rates, rows)
            return record.samples, record.ends, record.status < Status.TOO_MANY_STEPS
        told = motion.to_coordinates(field.starts(np.full(len(field.shares) - 1, MIDDLE), rows))[-1:]
        record = recorded(order, np.concatenate([first, told]).T, faster)
        return record.samples[..., :-1], record.ends[..., :-1], record.status < Status.TOO_MANY_STEPS


def shares_at(field: DrawnField, coordinates: Array) -> Array:
    """Return the shares (..., n) at coordinates (..., m) of the motion without the one that identifies the
    draw."""
    with np.errstate(all="ignore"):
        moved = _with_draw(coordinates)
        return np.moveaxis(motion_of(field).shares(moved), 0, -1)[..., :-1]


def _with_draw(coordinates: Array) -> Array:
    """Return coordinates (m + 1, ...), with that of the share that identifies the draw."""
    moved = np.moveaxis(coordinates, -1, 0)
    return np.concatenate([moved, np.zeros((1, *moved.shape[1:]))])
