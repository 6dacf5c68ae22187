"""Contractions keep every zero, and each equation alone cuts a cell where it has one sign on a face."""

from __future__ import annotations

import numpy as np
import pytest

from separatrix.analysis.branch_and_prune.cells import CellLayout, SearchCells, bounds
from separatrix.exact.bernstein import basis


def _cells(systems: list[np.ndarray], sizes: list[int]) -> SearchCells:
    """Cells of populations with payoffs affine in each other population's shares."""
    bases = tuple(basis(k, 1) for k in sizes)
    uses = tuple(tuple(s.shape[2 + q] > 1 for q in range(len(sizes))) for s in systems)
    return SearchCells.whole(CellLayout(bases, uses), systems, range(len(systems[0])))


@pytest.mark.parametrize("sizes", [[2, 2, 2, 2], [2, 3, 2], [3, 4]])
def test_no_zero_is_cut_off(sizes: list[int]) -> None:
    """Equations that vanish at a chosen state have it within the bounds of every cell, and of its parts."""
    rng = np.random.default_rng(5)
    cut = 0
    for _ in range(40):
        state = [rng.dirichlet(np.ones(k)) for k in sizes]
        systems = []
        for p, k in enumerate(sizes):
            shape = [1 if q == p else sizes[q] for q in range(len(sizes))]
            system = rng.uniform(-1, 1, (1, k - 1, *shape))
            value = system
            for q in range(len(sizes)):
                weights = np.ones(1) if q == p else state[q]
                value = np.tensordot(value, weights, axes=([2], [0]))
            systems.append((system - value.reshape(1, k - 1, *[1] * len(sizes))) / 4)
        cells = _cells(systems, sizes)
        for _ in range(8):
            found = bounds(cells)
            inside = [
                state[q] @ np.linalg.inv(cells.corners[q][0]) for q in range(len(sizes))
            ]  # barycentric in the cell
            assert not found.empty[0]
            for low, high, there in zip(found.low, found.high, inside, strict=True):
                assert (low[0] <= there + 1e-9).all() and (there - 1e-9 <= high[0]).all()
            cut += sum(float(low.sum()) > 0.01 for low in found.low)
            halves = cells.halves(0.4837)
            kept = [
                k
                for k in range(2)
                if all(
                    (state[q] @ np.linalg.inv(halves.corners[q][k]) > -1e-12).all() for q in range(len(sizes))
                )
            ]
            cells = halves.take(np.array(kept[:1]))
    assert cut > 40


def test_one_equation_bounds_a_coordinate_up_to_where_it_can_vanish_first() -> None:
    """Of 0.3 - 0.5y and 0.3 - 0.5y - 0.2xy, one for each of two populations, the first gives y = 0.6."""
    first = np.array([0.3, -0.2]).reshape(1, 1, 1, 2)
    second = np.array([-0.1, -0.3]).reshape(1, 1, 2, 1)
    found = bounds(_cells([first, second], [2, 2]))
    assert found.empty[0]
    second = np.array([0.1, -0.3]).reshape(1, 1, 2, 1)
    found = bounds(_cells([first, second], [2, 2]))
    assert not found.empty[0]
    assert found.low[1][0] == pytest.approx([0.4, 0.6])
    assert found.low[0][0] == pytest.approx([0.75, 0.25])


def test_where_no_multiplier_of_the_centre_helps_one_equation_alone_does() -> None:
    """Three equations whose Jacobian vanishes at the centre: each keeps off a face of the cell."""
    shape = (1, 1, 1, 2, 2)
    first = np.array([0.5, 0.1, 0.1, -0.3]).reshape(shape)
    second = np.array([0.5, -0.5, -0.5, 0.5]).reshape(1, 1, 2, 1, 2)
    third = np.array([0.5, -0.5, -0.5, 0.5]).reshape(1, 1, 2, 2, 1)
    found = bounds(_cells([first, second, third], [2, 2, 2]))
    assert not found.empty[0]
    assert found.low[1][0, 1] >= 0.25 - 1e-9 and found.low[2][0, 1] >= 0.25 - 1e-9
