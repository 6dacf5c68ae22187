"""The certified route against the exact ones, on games that both can solve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

import pytest

import separatrix
from separatrix.analysis.branch_and_prune.cells import layout_of
from separatrix.analysis.branch_and_prune.enumeration import compare
from separatrix.analysis.branch_and_prune.faces import FaceSystem, families, forms_of
from separatrix.analysis.branch_and_prune.search import Clock, search
from separatrix.analysis.payoff_functions import field_of
from separatrix.analysis.results import RestPoint

from .games import random_profiles, solve


def place(point: RestPoint) -> tuple[float, ...]:
    assert point.state is not None
    return tuple(round(x, 9) for x in point.state)


@pytest.mark.parametrize(
    ("sizes", "most", "count"),
    [((2, 2, 2), 9, 12), ((2, 2, 2), 1, 25), ((3, 3), 2, 15), ((2, 4), 1, 15), ((3, 4), 9, 5)],
)
def test_same_answer(sizes: Sequence[int], most: int, count: int) -> None:
    """Points, labels, flags and connected sets are those of the exact route."""
    for k in range(count):
        game = random_profiles(f"agree {sizes} {most} {k}", sizes, most)
        exact, found = separatrix.analyze(game), solve(game)
        ours = {place(p): p for p in found.points}
        theirs = {place(p): p for p in exact.rest_points}
        assert ours.keys() == theirs.keys(), k
        for key, point in ours.items():
            other = theirs[key]
            for what in ("support", "isolated", "nash", "strict_nash", "ess", "exact"):
                assert getattr(point, what) == getattr(other, what), (k, key, what)
            assert point.stability == other.stability, (k, key, point.reason, other.reason)
        sets, others = (
            Counter((c.set_stability, c.es_set) for c in components)
            for components in (found.components, exact.rest_components)
        )
        assert sum(sets.values()) == sum(others.values()), k
        assert all(label == "undecided" for label, _ in sets - others), k


@pytest.mark.parametrize(("sizes", "count"), [((2, 2, 2), 30), ((3, 3), 20)])
def test_search_finds_what_algebra_finds(sizes: Sequence[int], count: int) -> None:
    """Branch and prune alone finds every interior rest point that the exact route finds, and no other."""
    total = 0
    for k in range(count):
        game = random_profiles(f"search {sizes} {k}", sizes, 9)
        field = field_of(game, {})
        numerators = compare(game, field).numerators
        exact = [p for p in separatrix.analyze(game).rest_points if tuple(map(len, p.support)) == sizes]
        (family,) = families(forms_of(field, numerators), [tuple(sizes)])
        family = family.only(~family.vanishing)
        if not family.faces:
            continue

        system = partial(FaceSystem, field, numerators)
        (outcome,), _ = search([family], system, Clock(60))
        assert layout_of(family).unknowns == sum(sizes) - len(sizes)
        assert outcome.finished and not outcome.stuck and not outcome.exhausted
        inside = [r for r in outcome.roots if r.place == "inside"]
        states = sorted(
            tuple(x for row in r.shares for x in (row[:1] if len(row) == 2 else row)) for r in inside
        )
        assert len(states) == len(exact), k
        for state, other in zip(states, sorted(p.state or () for p in exact), strict=True):
            assert state == pytest.approx(other, abs=1e-15)
        total += len(states)
    assert total
