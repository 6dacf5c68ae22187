"""The exact front where all is linear, against all vertices, and against points inside."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import separatrix
from core.policy.games import supported
from core.policy.pareto_front.test_dominance import dominates
from separatrix.policy.linear_front import LinearFront, linear_front
from separatrix.policy.uncertain_programmes import programme_case

SMALL = st.integers(-3, 3)


def game_with(gains: list[list[int]], public: list[int], enterprises: list[int]) -> Any:
    """Return a game of two parties whose target gains -4 and -3 + gains·levels, with costs per level."""
    names = ["u", "v", "w"][: len(public)]

    changes = [
        {"g": f"g + ({gains[0][k]})*{name}", "h": f"h + ({gains[1][k]})*{name}"}
        for k, name in enumerate(names)
    ]
    return separatrix.load(
        {
            "title": "Two parties",
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "parameters": {"g": -4, "h": -3},
            "bimatrix": [[["g", "h"], [0, 0]], [[0, 0], [0, 0]]],
            "today": {"x": "0.5", "y": "0.5"},
            "instruments": {
                name: {
                    "range": [0, 3],
                    "changes": changes[k],
                    "cost": {"public": f"({public[k]})*{name}", "enterprises": f"({enterprises[k]})*{name}"},
                }
                for k, name in enumerate(names)
            },
        }
    )


def vertices(gains: list[list[int]]) -> list[tuple[Fraction, ...]]:
    """Return all vertices of three levels from 0 to 3 with both gains of at least 0, by brute force."""
    rows = [([Fraction(g) for g in row], Fraction(c)) for row, c in zip(gains, (4, 3), strict=True)]
    for k in range(3):
        unit = [Fraction(int(j == k)) for j in range(3)]
        rows += [(unit, Fraction(0)), ([-v for v in unit], Fraction(-3))]
    found = set()
    for three in itertools.combinations(rows, 3):
        point = solved([r for r, _ in three], [c for _, c in three])
        if point and all(sum(a * u for a, u in zip(r, point, strict=True)) >= c for r, c in rows):
            found.add(point)
    return list(found)


def solved(rows: list[list[Fraction]], right: list[Fraction]) -> tuple[Fraction, ...] | None:
    """Return the solution of three equations by Cramer's rule."""

    def determinant(m: list[list[Fraction]]) -> Fraction:
        (a, b, c), (d, e, f), (g, h, i) = m
        return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)

    whole = determinant(rows)
    if not whole:
        return None
    columns = []
    for k in range(3):
        replaced = [[right[r] if j == k else rows[r][j] for j in range(3)] for r in range(3)]
        columns.append(determinant(replaced) / whole)
    return tuple(columns)


def costs_at(
    points: list[tuple[Fraction, ...]], public: list[int], enterprises: list[int]
) -> list[tuple[Fraction, ...]]:
    """Return what both payers pay at levels."""
    return [
        tuple(sum((c * u for c, u in zip(own, p, strict=True)), Fraction(0)) for own in (public, enterprises))
        for p in points
    ]


def front_of(game: Any) -> LinearFront | None:
    """Return the exact front of public cost and enterprise cost."""
    case = programme_case(game, uncertain=False)
    return linear_front(case, ["public_cost", "enterprise_cost"])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(SMALL, min_size=3, max_size=3), min_size=2, max_size=2),
    st.lists(SMALL, min_size=3, max_size=3),
    st.lists(SMALL, min_size=3, max_size=3),
)
def test_the_front_is_that_of_all_vertices(
    gains: list[list[int]], public: list[int], enterprises: list[int]
) -> None:
    """Its ends are the best vertices, no vertex dominates a corner, and each vertex lies on or above it."""
    front = front_of(game_with(gains, public, enterprises))
    known = vertices(gains)
    if front is None:  # nothing makes the target strict: no level, or ties on its border alone
        inside = [sum(p) / len(known) for p in zip(*known, strict=True)]
        assert not known or any(
            sum(g * u for g, u in zip(row, inside, strict=True)) == least
            for row, least in zip(gains, (4, 3), strict=True)
        )
        return
    for corner in front.corners:  # the same values at levels that make the target strict, if there are any
        same = [
            p for p, c in zip(known, costs_at(known, public, enterprises), strict=True) if c == corner.values
        ]
        middle = [sum(p) / len(same) for p in zip(*same, strict=True)]
        for levels, strict in ((middle, corner.attained), (list(corner.levels.values()), None)):
            gained = [
                sum(g * u for g, u in zip(row, levels, strict=True)) - least
                for row, least in zip(gains, (4, 3), strict=True)
            ]
            assert all(g > 0 for g in gained) == (corner.attained if strict is None else strict)
    costs = costs_at(known, public, enterprises)
    least = {min(costs), min(costs, key=lambda v: (v[1], v[0]))}
    values = [corner.values for corner in front.corners]
    assert {values[0], values[-1]} == least and set(values) <= set(costs)
    for value, cost in itertools.product(values, costs):
        assert not dominates([float(c) for c in cost], [float(v) for v in value])
    for one, two in itertools.pairwise(values):
        weights = (one[1] - two[1], two[0] - one[0])
        assert weights[0] > 0 and weights[1] > 0
        level = weights[0] * one[0] + weights[1] * one[1]
        assert all(weights[0] * c[0] + weights[1] * c[1] >= level for c in costs)


def test_a_corner_on_the_border_is_an_infimum() -> None:
    """Stability is an open condition."""
    front = front_of(game_with([[2, 1, 0], [1, 2, 0]], [1, 3, 1], [2, 1, 1]))
    assert front is not None and not front.corners[0].attained
    assert all(isinstance(v, Fraction) for corner in front.corners for v in corner.values)


def test_a_corner_that_a_free_instrument_makes_strict_is_attained() -> None:
    """What costs nobody anything clears both gains, so that doing without the others is a programme."""
    front = front_of(game_with([[1, 0, 2], [0, 1, 2]], [1, 1, 0], [1, 2, 0]))
    assert front is not None
    (corner,) = front.corners
    assert corner.values == (0, 0) and corner.attained and corner.levels["w"] > 2


def test_a_target_that_ties_at_best_has_no_front() -> None:
    """The highest level gives a gain of 0, and none near it makes the target a strict Nash state."""
    front = front_of(game_with([[2, 0, 0], [1, 0, 0]], [1, 1, 1], [2, 1, 1]))
    assert front is None


@pytest.mark.parametrize(
    "instrument",
    [
        {"range": [0, 3], "changes": {"C1": "C1 - u"}, "cost": {"public": "u^2", "enterprises": "u"}},
        {"range": [0, 3], "changes": {"C1": "C1 - u^2"}, "cost": {"public": "u", "enterprises": "u"}},
        {"changes": {"C1": "C1 - u"}, "cost": {"public": "u", "enterprises": "u"}},
        {"range": [0, 3], "changes": {"C1": "C1 - u"}, "cost": {"public": "u"}},
    ],
)
def test_what_is_not_linear_or_not_told_has_no_exact_front(instrument: dict[str, Any]) -> None:
    """Squares of levels, levels without limits, and a payer of whom nothing is told."""
    game = separatrix.load({**supported().raw, "instruments": {"u": instrument}})
    assert front_of(game) is None
