"""Games that are known for their equilibria: 75 isolated ones, one irrational, a curve of mixed ones.

B. von Stengel's game: New lower bounds for the number of equilibria in bimatrix games (1997), and New maximal
numbers of equilibria in bimatrix games, Discrete and Computational Geometry 21 (1999), 557-568.
Nau, R., Gomez Canovas, S. and Hansen, P. (2004), On the geometry of Nash equilibria and correlated
equilibria, International Journal of Game Theory 32, 443-453, sections 4 to 6.
McKelvey, R. D. and McLennan, A. (1997), The maximal number of regular totally mixed Nash equilibria,
Journal of Economic Theory 72, 411-425.  All are in Gambit's catalogue of games.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

import separatrix

FIRST = [
    [9504, -660, 19976, -20526, 1776, -8976],
    [-111771, 31680, -130944, 168124, -8514, 52764],
    [397584, -113850, 451176, -586476, 29216, -178761],
    [171204, -45936, 208626, -263076, 14124, -84436],
    [1303104, -453420, 1227336, -1718376, 72336, -461736],
    [737154, -227040, 774576, -1039236, 48081, -300036],
]
SECOND = [
    [72336, 48081, 29216, 14124, 1776, -8514],
    [-461736, -300036, -178761, -84436, -8976, 52764],
    [1227336, 774576, 451176, 208626, 19976, -130944],
    [-1718376, -1039236, -586476, -263076, -20526, 168124],
    [1303104, 737154, 397584, 171204, 9504, -111771],
    [-453420, -227040, -113850, -45936, -660, 31680],
]

# payoffs of the three players; the first player's strategy changes fastest
NAU_4 = [(3, 0, 2), (0, 1, 0), (0, 2, 0), (1, 0, 0), (1, 0, 0), (0, 3, 0), (0, 1, 0), (2, 0, 3)]
NAU_5 = [(0, 0, 2), (3, 0, 0), (0, 3, 0), (0, 0, 0), (1, 1, 0), (0, 0, 0), (0, 0, 0), (0, 0, 3)]
NAU_6 = [
    (2, 0, 0),
    (0, 2, 1),
    (0, 1, 1),
    (1, 0, 2),
    (1, 0, 2),
    (0, 1, 1),
    (0, 2, 1),
    (2, 0, 0),
    (1, 0, 1),
    (0, 2, 0),
    (0, 1, 2),
    (2, 0, 1),
    (2, 0, 1),
    (0, 1, 2),
    (0, 2, 0),
    (1, 0, 1),
]


def three_players(pay: Sequence[tuple[int, int, int]]) -> Any:
    """The answer for a table of two by two by as many strategies as there are rows for."""
    names = [["top", "bottom"], ["left", "right"], [f"m{k + 1}" for k in range(len(pay) // 4)]]
    order = [(a, b, c) for c, b, a in itertools.product(*(range(len(n)) for n in reversed(names)))]
    return separatrix.analyze(
        separatrix.load(
            {
                "populations": [
                    {"name": f"Player {i + 1}", "share": s, "strategies": names[i]}
                    for i, s in enumerate("xyz")
                ],
                "payoffs": [
                    {"play": [names[i][c] for i, c in enumerate(profile)], "pay": list(earned)}
                    for profile, earned in zip(order, pay, strict=True)
                ],
            }
        )
    )


def test_seventy_five_equilibria() -> None:
    """Von Stengel's 6 × 6 game has exactly 75 Nash equilibria, and their indices add up to one."""
    table = [[[a, b] for a, b in zip(r, s, strict=True)] for r, s in zip(FIRST, SECOND, strict=True)]
    answer = separatrix.analyze(separatrix.load({"bimatrix": table}))
    assert answer.completeness.status == "complete"
    assert not answer.rest_sets
    nash = [p for p in answer.rest_points if p.nash]
    assert len(nash) == 75
    assert sum(p.isolated for p in nash) == 75
    sizes = Counter((len(p.support[0]), len(p.support[1])) for p in nash)
    assert all(a == b for a, b in sizes), "nondegenerate: supports of equal size"
    assert {p.stability for p in nash if len(p.support[0]) == 1} == {"asymptotically stable"}
    assert not any(p.stability == "asymptotically stable" for p in nash if len(p.support[0]) > 1)
    # Shapley (1974): the equilibria at the two ends of a path have opposite indices, so one is left over
    signs = [math.prod((-v for v in p.eigenvalues), start=complex(1)).real > 0 for p in nash]
    assert 2 * sum(signs) - len(signs) == 1


def test_one_irrational_equilibrium() -> None:
    """Nau's game of section 4 has one Nash equilibrium, mixed, with coordinates in the field of √601."""
    answer = three_players(NAU_4)
    assert answer.completeness.status == "complete"
    (nash,) = (p for p in answer.rest_points if p.nash)
    root = math.sqrt(601)
    assert nash.state == pytest.approx(((53 - root) / 46, (root - 13) / 24, (root - 23) / 4), abs=1e-12)
    assert nash.state == pytest.approx(
        (0.6192325794725537, 0.4798042226776053, 0.3788253360656313), abs=1e-12
    )
    assert nash.stability not in ("asymptotically stable", "source")
    assert not any(p.stability == "asymptotically stable" for p in answer.rest_points)


def test_a_curve_of_equilibria() -> None:
    """Nau's game of section 5 has three pure Nash equilibria and a curve of totally mixed ones.

    Players 1 and 2 are indifferent where y(1-z) = 3yz and x(1-z) = 3xz, hence z = 1/4; player 3 where
    2xy = 3(1-x)(1-y).
    """
    answer = three_players(NAU_5)
    assert answer.completeness.status == "complete"
    pure = {p.state for p in answer.rest_points if p.nash and not p.free}
    assert pure == {(1, 0, 1), (0, 1, 1), (0, 0, 0)}
    inside = [s for s in answer.rest_sets if len(s.free) == 3]
    assert inside and {s.dimension for s in inside} == {1}
    for x, y, z in (state for s in inside for state in s.samples):
        assert z == 1 / 4
        assert 2 * x * y == pytest.approx(3 * (1 - x) * (1 - y))
    reach = [state[0] for s in inside for state in s.samples]
    assert (min(reach), max(reach)) == (0, 1), "the curve runs from one edge of the cube to another"


def test_a_segment_of_equilibria() -> None:
    """Nau's 2 × 2 × 4 game of section 6: all Nash equilibria form a segment over x = y = 1/2.

    On it the third player's first two strategies are as frequent as each other, and so are the last two.
    """
    answer = three_players(NAU_6)
    assert answer.completeness.status == "complete"
    assert not any(p.nash for p in answer.rest_points)
    (segment,) = (s for s in answer.rest_sets if len(s.support[2]) == 4)
    assert segment.dimension == 1 and segment.stability == "stable"
    assert sorted(segment.corners) == [(0.5, 0.5, 0, 0, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5, 0, 0)]


def test_nine_equilibria() -> None:
    """McKelvey and McLennan's game has nine Nash equilibria, two of them totally mixed, and four strict."""
    answer = separatrix.analyze(separatrix.load("mckelvey-mclennan"))
    nash = [p for p in answer.rest_points if p.nash]
    assert len(nash) == 9 and sum(p.strict_nash for p in nash) == 4
    mixed = sorted(p.state for p in nash if len(p.free) == 3)
    assert mixed == [pytest.approx((2 / 5, 1 / 2, 1 / 3)), pytest.approx((1 / 2, 2 / 5, 1 / 4))]
