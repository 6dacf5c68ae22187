"""What energy reveals about carbon: the multiples of the scopes between which it lies in every enterprise
of a park.

Emission factors are public. For an enterprise that burns only gas and takes power from the grid, energy is
a weighted sum of both scopes with public weights, so a figure of energy is also a figure of carbon. Fuels
differ, though. An attacker is assumed to know the closest planes below and above all enterprises. The lower
one is exact if all have the same carriers.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np

from separatrix_cluster.disclosure.released_figure import Cell, ReleasedFigure

__all__ = ["Plane", "carbon_by_energy", "energy_planes"]

Plane = tuple[float, float]
"""How much energy for each tonne of scope 1, and of scope 2."""


def energy_planes(told: Sequence[Sequence[float]]) -> tuple[Plane, Plane | None]:
    """Return the closest planes under and over energy.

    Parameters
    ----------
    told : sequence of (float, float, float)
        Scope 1, scope 2 and energy of each enterprise.

    Returns
    -------
    (Plane, Plane or None)
        None where some have energy and no carbon.

    Examples
    --------
    >>> gas_and_power = [(56.1, 0.0, 1000.0), (0.0, 147.0, 1000.0), (112.2, 147.0, 3000.0)]
    >>> [[round(slope, 2) for slope in plane] for plane in energy_planes(gas_and_power)]
    [[17.83, 6.8], [17.83, 6.8]]
    >>> energy_planes([(56.1, 0.0, 1000.0), (0.0, 0.0, 5.0)])[1] is None
    True
    """
    from scipy.optimize import linprog

    rows = np.array([row for row in told if row[0] + row[1] > 0], dtype=float).reshape(-1, 3)
    if not len(rows):
        return (0.0, 0.0), None
    parts, ratio = rows[:, :2] / rows[:, :2].sum(1, keepdims=True), rows[:, 2] / rows[:, :2].sum(1)
    found = []
    for sign in (-1.0, 1.0):
        plane = linprog(sign * parts.sum(0), A_ub=-sign * parts, b_ub=-sign * ratio, method="highs").x
        slopes = np.zeros(2) if plane is None else plane
        over = parts @ slopes
        # A programme keeps to its limits nearly; a figure has to be true.
        if sign < 0:
            fits = min((r / o for r, o in zip(ratio, over, strict=True) if o > 0), default=0.0)
        else:
            fits = max(
                (r / o if o > 0 else inf for r, o in zip(ratio, over, strict=True) if r > 0), default=0.0
            )
        found.append(None if fits == inf else (float(slopes[0] * fits), float(slopes[1] * fits)))
    bare = any(row[2] > 0 and row[0] + row[1] <= 0 for row in told)
    return found[0] or (0.0, 0.0), None if bare else found[1]


def carbon_by_energy(
    figure: ReleasedFigure, scopes: Sequence[tuple[Cell, Cell]], under: Plane, over: Plane | None
) -> list[ReleasedFigure]:
    """Return what a sum of energy says of the carbon of the same enterprises.

    Parameters
    ----------
    figure : ReleasedFigure
        The sum.
    scopes : sequence of (Cell, Cell)
        Scope 1 and 2 of each.
    under, over : Plane
        As `energy_planes` returns them.

    Examples
    --------
    >>> energy = ReleasedFigure("energy", {Cell("A", "energy"): 1.0}, 999.5, 1000.5)
    >>> scopes = [(Cell("A", "scope 1"), Cell("A", "scope 2"))]
    >>> below, above = carbon_by_energy(energy, scopes, (10.0, 0.0), (17.8, 6.8))
    >>> below.high, list(below.terms.values()), above.low, list(above.terms.values())
    (1000.5, [10.0], 999.5, [17.8, 6.8])
    """
    sides = [(under, -inf, figure.high), (over or (0.0, 0.0), figure.low, inf)]
    terms = [
        {cell: slope for cells in scopes for cell, slope in zip(cells, plane, strict=True) if slope > 0}
        for plane, _, _ in sides
    ]
    return [
        ReleasedFigure(figure.name, weights, low, high, figure.reader)
        for weights, (_, low, high) in zip(terms, sides, strict=True)
        if weights
    ]
