"""Linear programmes with bounds: each answer carries its own proof, whatever the solver of floats says."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from flint import fmpq

from separatrix.exact.copositivity import dot, maximise
from separatrix.exact.linear_programming import (
    CertifiedOptimum,
    Infeasible,
    Start,
    Unbounded,
    certified_minimum,
    minimum,
)

Rows = list[tuple[list[fmpq], fmpq]]


def random_programme(rng: random.Random) -> tuple[list[fmpq], Rows, list[fmpq | None], list[fmpq | None]]:
    """Return objective, rows and bounds with many ties among them."""
    n, m = rng.randint(1, 6), rng.randint(0, 9)

    def some() -> fmpq:
        return fmpq(rng.randint(-4, 4), rng.randint(1, 3))

    rows = [([some() for _ in range(n)], some()) for _ in range(m)]
    lower = [rng.choice([None, fmpq(0), some()]) for _ in range(n)]
    upper = [rng.choice([None, None if low is None else low + abs(some())]) for low in lower]
    return [some() for _ in range(n)], rows, lower, upper


def proven(
    objective: list[fmpq],
    rows: Rows,
    lower: list[fmpq | None],
    upper: list[fmpq | None],
    found: CertifiedOptimum | Infeasible | Unbounded,
) -> str:
    """Return what was found after checking that it proves itself."""

    def within(x: tuple[fmpq, ...]) -> bool:
        inside = all(
            (a is None or v >= a) and (b is None or v <= b) for v, a, b in zip(x, lower, upper, strict=True)
        )
        return inside and all(dot(row, x) >= right for row, right in rows)

    if isinstance(found, Unbounded):
        far = tuple(v + 1000 * d for v, d in zip(found.x, found.direction, strict=True))
        assert within(found.x) and within(far) and dot(objective, found.direction) < 0
        return "unbounded"
    if isinstance(found, CertifiedOptimum):
        weights, of_bounds, sums = found.row_prices, found.bound_prices, objective
        assert within(found.x) and dot(objective, found.x) == found.value
    else:
        weights, of_bounds, sums = found.row_weights, found.bound_weights, [fmpq(0)] * len(objective)
    total = fmpq(0)
    for w, (_, right) in zip(weights, rows, strict=True):
        assert w >= 0
        total += w * right
    for j, w in enumerate(of_bounds):
        assert sum((v * row[j] for v, (row, _) in zip(weights, rows, strict=True)), w) == sums[j]
        if w != 0:
            bound = lower[j] if w > 0 else upper[j]
            assert bound is not None
            total += w * bound
    if isinstance(found, CertifiedOptimum):
        assert total == found.value
        return "optimum"
    assert total > 0
    return "infeasible"


def test_every_answer_proves_itself() -> None:
    """Primal and dual, a proof that nothing is feasible, or a ray: by the solver's basis and without it."""
    rng = random.Random(11)
    kinds = set()
    for _ in range(150):
        told = random_programme(rng)
        with_solver, alone = certified_minimum(*told, small=0), minimum(*told)
        kind = proven(*told, with_solver)
        assert kind == proven(*told, alone)
        if isinstance(with_solver, CertifiedOptimum) and isinstance(alone, CertifiedOptimum):
            assert with_solver.value == alone.value
        kinds.add(kind)
    assert kinds == {"optimum", "infeasible", "unbounded"}


def test_the_other_simplex_finds_the_same() -> None:
    """In numbers of 0 or more the optimum is that of the tableau with artificial variables."""
    rng = random.Random(3)
    compared = 0
    for _ in range(250):
        objective, rows, _, _ = random_programme(rng)
        zero, free = [fmpq(0)] * len(objective), [None] * len(objective)
        mine = minimum(objective, rows, zero, free)
        other = maximise([-c for c in objective], [([-v for v in row], -right) for row, right in rows])
        assert isinstance(mine, Infeasible) == (other is None)
        if isinstance(mine, CertifiedOptimum):
            assert other is not None and other.value == -mine.value
            compared += 1
    assert compared > 20


@pytest.mark.parametrize("at_bound", [(0, 1), (2, 3), (0, 3), (1, 2)])
def test_any_basis_leads_to_the_optimum(at_bound: tuple[int, ...]) -> None:
    """A wrong start costs pivots and changes nothing; a right one costs none."""
    one = fmpq(1)
    rows: Rows = [([one, one], one), ([one, -one], fmpq(-1, 3))]
    objective, low, high = [fmpq(2), one], [fmpq(0)] * 2, [one] * 2
    found = minimum(objective, rows, low, high, Start(at_bound))
    assert isinstance(found, CertifiedOptimum)
    assert found.x == (fmpq(1, 3), fmpq(2, 3)) and found.value == fmpq(4, 3)
    again = minimum(objective, rows, low, high, found.basis)
    assert isinstance(again, CertifiedOptimum) and again.pivots == 0


def test_the_basis_of_the_solver_saves_exact_pivots() -> None:
    """From the basis of HiGHS a programme of forty variables needs next to none, from the rows alone many."""
    rng = random.Random(8)
    n = 40
    rows: Rows = [
        ([fmpq(rng.randint(0, 9), 7) for _ in range(n)], fmpq(rng.randint(5, 50))) for _ in range(n)
    ]
    objective, low, high = [fmpq(rng.randint(1, 9)) for _ in range(n)], [fmpq(0)] * n, [fmpq(9)] * n
    found, alone = certified_minimum(objective, rows, low, high), minimum(objective, rows, low, high)
    assert proven(objective, rows, low, high, found) == "optimum"
    assert isinstance(found, CertifiedOptimum) and isinstance(alone, CertifiedOptimum)
    assert found.value == alone.value
    assert found.pivots <= 2 < alone.pivots


def test_numbers_that_floats_cannot_tell_apart_are() -> None:
    """Two rows that differ in the thirtieth digit bind where they do, not where floats put them."""
    tiny = fmpq(1, 10**30)
    rows: Rows = [([fmpq(1)], fmpq(1, 3)), ([fmpq(1)], fmpq(1, 3) + tiny)]
    found = certified_minimum([fmpq(1)], rows, [fmpq(0)], [None], small=0)
    assert isinstance(found, CertifiedOptimum)
    assert found.value - fmpq(1, 3) == tiny
    assert found.row_prices == (0, 1)
    assert Fraction(int(found.x[0].p), int(found.x[0].q)) > Fraction(1, 3)


def test_nothing_to_decide_is_decided() -> None:
    """Without rows the bounds alone decide; where they are missing, nothing does; 0 is never above 0."""
    one = fmpq(1)
    found = certified_minimum([one, -one], [], [fmpq(2), None], [None, fmpq(5)])
    assert isinstance(found, CertifiedOptimum) and found.x == (2, 5)
    assert isinstance(certified_minimum([one], [], [None], [None]), Unbounded)
    assert isinstance(certified_minimum([one], [([fmpq(0)], one)], [fmpq(0)], [one]), Infeasible)
