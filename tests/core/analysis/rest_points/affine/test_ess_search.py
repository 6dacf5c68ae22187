"""The search for evolutionarily stable strategies, against published counts and the definition."""

from __future__ import annotations

import random

import pytest
from flint import fmpq, fmpq_mat

import separatrix
from core.analysis.rest_points.affine.games import one_population
from core.analysis.rest_points.affine.states import rest_states
from separatrix.analysis.affine.ess_search import ess_search
from separatrix.analysis.stability.degenerate_points import judge

# Counts as published in FracESSA (R. Ullrich), python/verification/verification_matrices.json.  A row of a
# circulant symmetric matrix with zero diagonal: its entries at the distances 1, 2, … .
CIRCULANT = [
    (5, "1 3", 5),
    (6, "1 -1 1", 9),
    (7, "1 5 8", 14),
    (7, "8 13 2", 14),
    (8, "5 5 13 11", 20),
    (9, "1 5 10 13", 30),
    (10, "13 19 25 7 5", 50),
    (11, "1 4 6 6 5", 66),
    (11, "15 1/100 14 11/10 38/5", 55),
    (12, "533 118 326 357 118 477", 105),
    (12, "287 50 200 150 113 200", 12),
    (12, "292 -1 293 -1 293 -1", 24),
    (12, "16029525 4007380 9088537 12022143 2147548 16029525", 105),
]
TRIANGLES = [
    (2, "0 1 0", 1),
    (2, "3 3/2 4", 2),
    (3, "4 13/2 1/2 5 11/2 3", 1),
    (3, "1 2 1 1 1 1", 1),
    (3, "0 0 1/2 0 1/2 0", 0),
    (3, "0 2 -1 0 3 1/2", 1),
    (4, "-1 1 0 0 -1 0 0 0 -1 0", 0),
    (5, "1 0 2 2 2 1 2 2 2 1 0 0 1 0 1", 6),
    (4, "0 0 0 0 -53 33/2 73/2 -85/2 26 -125/2", 0),
    (4, "0 0 0 0 -7/2 2 3/2 -9/2 5/2 -4", 0),
    (2, "0 1/100000000000000000000 0", 1),
    (2, "1 1 0", 1),
    (2, "0 0 0", 0),
    (1, "0", 1),
]


def _numbers(text: str) -> list[fmpq]:
    pairs = [word.partition("/") for word in text.split()]
    return [fmpq(int(top), int(below or 1)) for top, _, below in pairs]


@pytest.mark.parametrize(("n", "row", "count"), CIRCULANT, ids=[f"{n}: {r}" for n, r, _ in CIRCULANT])
def test_circulant_matrices_have_the_published_counts(n: int, row: str, count: int) -> None:
    """Circulant symmetric matrices with many evolutionarily stable strategies."""
    entries = _numbers(row)
    matrix = fmpq_mat(n, n)
    for i in range(n):
        for j in range(n):
            distance = min((i - j) % n, (j - i) % n)
            if distance:
                matrix[i, j] = entries[distance - 1]
    found = ess_search(matrix)
    assert len(found) == count
    rotated = {tuple(sorted((a + 1) % n for a in ess.support)) for ess in found}
    assert rotated == {ess.support for ess in found}


@pytest.mark.parametrize(("n", "entries", "count"), TRIANGLES, ids=[f"{n}: {r}" for n, r, _ in TRIANGLES])
def test_symmetric_matrices_have_the_published_counts(n: int, entries: str, count: int) -> None:
    """Symmetric matrices, given by their upper triangles; some are degenerate."""
    values = iter(_numbers(entries))
    matrix = fmpq_mat(n, n)
    for i in range(n):
        for j in range(i, n):
            matrix[i, j] = matrix[j, i] = next(values)
    assert len(ess_search(matrix)) == count


def test_agrees_with_judging_every_rest_state() -> None:
    """For matrices that are not symmetric, the strategies found are those that the judge calls ESS."""
    rng = random.Random(8)
    some = 0
    for _ in range(60):
        n = rng.randint(2, 4)
        game = one_population([[rng.randint(-2, 2) for _ in range(n)] for _ in range(n)])
        judged = {
            state
            for support, state, along in rest_states(game, rng)
            if judge(game, support, state, along).ess
        }
        found = {ess.state for ess in ess_search(game.matrix)}
        assert found == judged
        some += len(found)
    assert some > 40


def test_rows_of_numbers_and_texts_are_exact() -> None:
    """Decimals and fractions mean themselves; hawk and dove has one mixed ESS."""
    (mixed,) = separatrix.ess_search([[-0.5, "1/2"], [0, 0.25]])
    assert mixed.state == (fmpq(1, 3), fmpq(2, 3))


@pytest.mark.parametrize(("rows", "code"), [([[1, 2]], "G119"), ([], "G119"), ([[float("nan")]], "V301")])
def test_a_matrix_that_is_none_is_refused(rows: list[list[float]], code: str) -> None:
    """Ragged and empty matrices and entries that are no numbers are refused in words."""
    with pytest.raises(separatrix.InputError) as caught:
        separatrix.ess_search(rows)
    assert caught.value.code == code
