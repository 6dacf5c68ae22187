"""Copositivity on cones, its degenerate cases, and weights that make a form copositive."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from scipy.optimize import linprog

from separatrix.exact.copositivity import copositive_weights, copositivity, maximise, value_at

HORN = [
    [1, -1, 1, 1, -1],
    [-1, 1, -1, 1, 1],
    [1, -1, 1, -1, 1],
    [1, 1, -1, 1, -1],
    [-1, 1, 1, -1, 1],
]


def _hadeler(matrix: fmpq_mat) -> str:
    """Hadeler's criterion in determinants and adjugates, for the orthant (Hadeler 1983, theorem 2)."""
    n = matrix.nrows()
    kind = "strict"
    for size in range(1, n + 1):
        for part in itertools.combinations(range(n), size):
            block = fmpq_mat([[matrix[i, j] for j in part] for i in part])
            adjugate = [(-1) ** (i + j) * _minor(block, i, j) for i in range(size) for j in range(size)]
            if block.det() < 0 and all(v >= 0 for v in adjugate):
                return "no"
            if block.det() <= 0 and all(v > 0 for v in adjugate):
                kind = "weak"
    return kind


def _minor(block: fmpq_mat, i: int, j: int) -> fmpq:
    size = block.nrows()
    if size == 1:
        return fmpq(1)
    return fmpq_mat([[block[a, b] for b in range(size) if b != j] for a in range(size) if a != i]).det()


def _random_form(rng: random.Random, n: int) -> list[list[int]]:
    if rng.random() < 0.5:  # often semidefinite: the degenerate case
        rows = [[rng.randint(-2, 2) for _ in range(n)] for _ in range(rng.randint(1, n))]
        form = [[sum(r[i] * r[j] for r in rows) for j in range(n)] for i in range(n)]
    else:
        form = [[0] * n for _ in range(n)]
        for i in range(n):
            form[i][i] = rng.randint(0, 3)
            for j in range(i):
                form[i][j] = form[j][i] = rng.randint(-2, 2)
    return form


def test_agrees_with_the_criterion_in_determinants() -> None:
    """On the orthant the answer is Hadeler's, degenerate cases included."""
    rng = random.Random(5)
    kinds = []
    for _ in range(250):
        matrix = fmpq_mat(_random_form(rng, rng.randint(1, 4)))
        kinds.append(copositivity(matrix).kind)
        assert kinds[-1] == _hadeler(matrix), matrix
    assert min(kinds.count(kind) for kind in ("strict", "weak", "no")) > 30


@pytest.mark.parametrize("free", [1, 2, 3])
def test_witnesses_and_free_coordinates(free: int) -> None:
    """A witness lies in the cone and has the value it is said to have; no sampled vector contradicts."""
    rng = random.Random(free)
    draw = np.random.default_rng(free)
    for _ in range(150):
        n = free + rng.randint(0, 3)
        rows = _random_form(rng, n)
        found = copositivity(fmpq_mat(rows), free)
        if found.witness is not None:
            value = value_at(fmpq_mat(rows), found.witness)
            assert any(found.witness) and all(x >= 0 for x in found.witness[free:])
            assert value < 0 if found.kind == "no" else value == 0
        if found.kind != "no":
            sample = draw.normal(size=(2000, n)) * (draw.random((2000, n)) < 0.7)
            sample[:, free:] = np.abs(sample[:, free:])
            values = np.einsum("ki,ij,kj->k", sample, np.array(rows, float), sample)
            assert values.min() > -1e-9
            if found.kind == "strict":
                assert (values[np.abs(sample).max(1) > 0] > 0).all()


def test_horn_form_and_its_neighbours() -> None:
    """Horn's form is copositive, not strictly, and no sum of a definite and a non-negative form."""
    horn = fmpq_mat(HORN)
    assert copositivity(horn).kind == "weak"
    tiny = fmpq(1, 10**20)
    ones = fmpq_mat([[int(i == j) for j in range(5)] for i in range(5)])
    assert copositivity(horn + ones * tiny).kind == "strict"
    assert copositivity(horn - ones * tiny).kind == "no"


def test_a_free_direction_without_curvature_must_be_flat() -> None:
    """2xy is negative somewhere as soon as x may have either sign."""
    product = fmpq_mat([[0, 1], [1, 0]])
    assert copositivity(product, 0).kind == "weak"
    assert copositivity(product, 1).kind == "no"
    assert copositivity(fmpq_mat([[0, 0], [0, 1]]), 1).kind == "weak"


def test_linear_programmes_agree_with_scipy() -> None:
    """The exact optimum is the one that floating point finds; so are infeasible and unbounded."""
    rng = random.Random(1)
    for _ in range(150):
        n = rng.randint(1, 4)
        objective = [rng.randint(-3, 3) for _ in range(n)]
        at_most = [
            ([rng.randint(-3, 3) for _ in range(n)], rng.randint(-3, 5)) for _ in range(rng.randint(0, 4))
        ]
        equal = [
            ([rng.randint(-2, 2) for _ in range(n)], rng.randint(-2, 3)) for _ in range(rng.randint(0, 2))
        ]
        found = maximise(
            [fmpq(v) for v in objective],
            [([fmpq(v) for v in row], fmpq(b)) for row, b in at_most],
            [([fmpq(v) for v in row], fmpq(b)) for row, b in equal],
        )
        other = linprog(
            [-v for v in objective],
            A_ub=[r for r, _ in at_most] or None,
            b_ub=[b for _, b in at_most] or None,
            A_eq=[r for r, _ in equal] or None,
            b_eq=[b for _, b in equal] or None,
        )
        if other.status == 2:
            assert found is None
        else:
            assert found is not None
            assert (found.value is None) == (other.status == 3)
            if found.value is not None:
                assert abs(int(found.value.p) / int(found.value.q) + other.fun) < 1e-7


def test_weights_of_a_rescaled_zero_sum_game_are_found_exactly() -> None:
    """Where only one ratio of the weights makes the form vanish, it is found: here 355 : 113."""
    first = fmpq_mat([[0, 113], [113, 0]])
    second = fmpq_mat([[0, -355], [-355, 0]])
    found = copositive_weights([first, second], 2)
    assert found is not None
    assert found.weights[0] * 113 == found.weights[1] * 355
    assert not any(found.form.entries())


def test_no_weights_where_there_are_none() -> None:
    """Two forms that are both negative on the first axis have no copositive combination."""
    forms = [fmpq_mat([[-1, 0], [0, 1]]), fmpq_mat([[-2, 0], [0, 5]])]
    assert copositive_weights(forms, 0) is None
