"""Non-dominated points, against a comparison of all pairs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from separatrix.policy.pareto_search import non_dominated

POINTS = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0, float("inf")]), min_size=width, max_size=width),
        min_size=1,
        max_size=25,
    )
)


def dominates(one: list[float], other: list[float]) -> bool:
    """Return whether a point is nowhere worse and somewhere better."""
    pairs = list(zip(one, other, strict=True))
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


@given(POINTS)
def test_the_front_is_that_of_all_pairs(points: list[list[float]]) -> None:
    """No point of it is dominated, and every other one is, or is the same as one of it."""
    found = [int(k) for k in non_dominated(np.array(points))]
    front = {tuple(p) for p in points if not any(dominates(q, p) for q in points)}
    assert {tuple(points[k]) for k in found} == front
    assert len(found) == len(front)


def test_the_front_goes_along_the_first_objective() -> None:
    """From the least on, as a curve is drawn."""
    stream = np.random.default_rng(0)
    points = stream.random((500, 2))
    first = points[non_dominated(points), 0]
    assert (np.diff(first) > 0).all()
