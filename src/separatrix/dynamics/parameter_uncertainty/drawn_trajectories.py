"""Trajectories from one state in many draws, by machine code where payoffs are polynomials."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.integrate.batch import batch
from separatrix.dynamics.integrate.coordinates import motion_of
from separatrix.dynamics.integrate.polynomial_rates import PolynomialRates
from separatrix.dynamics.integrate.record import Order, recorded_compiled
from separatrix.dynamics.parameter_uncertainty.drawn_field import DrawnField

__all__ = ["compiled_rates", "drawn_trajectories"]

Array = NDArray[np.float64]

COMPILED_FROM = 200
"""Draws from which on machine code follows them. Fewer: loading it takes longer than it saves."""


def compiled_rates(field: DrawnField) -> PolynomialRates | None:
    """Return the rates of all draws where machine code is to follow them."""
    return field.polynomials if field.count >= COMPILED_FROM else None


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
    asked = np.zeros(0) if times is None else times
    rates, starts = compiled_rates(field), field.starts(np.asarray(state, dtype=float), which)
    if rates is None:
        found = batch(field, starts, until, times=asked, tolerance=tolerance, most_steps=most_steps)
        return found.states[:, :, :-1], found.ends[:, :-1]
    motion = motion_of(field)
    order = Order(motion, until, asked, (), tolerance, most_steps)
    with np.errstate(all="ignore"):
        record = recorded_compiled(order, motion.of(starts)[:-1].T, np.ones(len(which)), rates, which)
        states, ends = (
            np.moveaxis(motion.shares(_with_draw(coordinates)), 0, -1)[..., :-1]
            for coordinates in (record.samples, record.ends)
        )
    return states, ends


def _with_draw(coordinates: Array) -> Array:
    """Return coordinates (m + 1, ...) with one of the share that tells the draw."""
    moved = np.moveaxis(coordinates, -1, 0)
    return np.concatenate([moved, np.zeros((1, *moved.shape[1:]))])
