"""What theory says of every answer."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence

import pytest

from .games import profiles, random_profiles, solve

MOST_POINTS = {4: 65, 5: 326, 6: 1957}


@pytest.mark.parametrize(("n", "count"), [(4, 10), (5, 4), (6, 1)])
def test_bounds(n: int, count: int) -> None:
    """Isolated rest points are at most Σ C(n,k)·2^(n-k)·(derangements of k); mixed ones never attract."""
    for k in range(count):
        answer = solve(random_profiles(f"bounds {n} {k}", (2,) * n, 50))
        assert sum(bool(p.isolated) for p in answer.points) <= MOST_POINTS[n]
        for p in answer.points:
            if p.free:
                assert p.stability not in ("asymptotically stable", "source"), (k, p.state)
            elif p.isolated:
                assert (p.stability == "asymptotically stable") == p.strict_nash


@pytest.mark.parametrize("sizes", [(2, 2, 2, 2), (2, 3, 3), (3, 3, 3), (2, 2, 2, 3)])
def test_index_sum(sizes: Sequence[int]) -> None:
    """The indices of the Nash equilibria of a generic game add up to one, and the proof says so."""
    for k in range(4):
        answer = solve(random_profiles(f"index {sizes} {k}", sizes, 1000))
        if answer.sets:
            continue
        assert "add up to 1" in answer.completeness.proof
        total = 0
        for p in answer.points:
            if p.nash:
                assert p.eigenvalues is not None
                product = math.prod((-v for v in p.eigenvalues), start=complex(1))
                total += 1 if product.real > 0 else -1
        assert total == 1


def test_relabelling() -> None:
    """Naming strategies in another order moves the rest points with them."""
    source = random.Random(8)
    pay = [[source.randint(-9, 9) for _ in range(3)] for _ in range(27)]
    mirrored = list(reversed(pay))
    first, second = solve(profiles((3, 3, 3), pay)), solve(profiles((3, 3, 3), mirrored))

    def turned(state: tuple[float, ...]) -> tuple[float, ...]:
        return (*state[2::-1], *state[5:2:-1], *state[8:5:-1])

    ours = sorted((p.state, p.stability) for p in first.points if p.state)
    theirs = sorted((turned(p.state), p.stability) for p in second.points if p.state)
    assert len(ours) == len(theirs)
    for (a, label), (b, other) in zip(ours, theirs, strict=True):
        assert a == pytest.approx(b, abs=1e-14) and label == other


def test_a_population_whose_strategies_are_alike() -> None:
    """Where nobody minds what a population plays, each rest point of the others is a line, with its label."""
    sizes = (2, 2, 2, 2)
    source = random.Random("alike")
    pay = [[source.randint(-99, 99) for _ in sizes] for _ in range(16)]
    alone, beside = (
        solve(profiles(sizes, pay)),
        solve(profiles((*sizes, 2), [[*row, 0] for row in pay for _ in "ab"])),
    )
    assert alone.completeness.status == beside.completeness.status == "complete"
    assert all(p.isolated for p in alone.points) and not any(p.isolated for p in beside.points)
    labels = Counter((p.support, p.stability == "asymptotically stable") for p in alone.points)
    lines = {s.id: s for s in beside.sets if s.dimension == 1}
    found: Counter[tuple[object, bool]] = Counter()
    for component in beside.components:
        (line,) = (lines[piece] for piece in component.pieces if piece in lines)
        found[line.support[:-1], component.set_stability == "asymptotically stable"] += 1
    assert found == labels
