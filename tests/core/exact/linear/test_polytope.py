"""Polytopes by their vertices, cells, and polynomials on them."""

from __future__ import annotations

import itertools
import random

import numpy
import pytest
from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly_ctx
from scipy.spatial import HalfspaceIntersection

from separatrix.exact.bernstein import constant_sign, triangulation
from separatrix.exact.matrices import Polytope, affine_rank, cells, necessary_walls, separating, simplex


def square() -> Polytope:
    """The unit square."""
    return simplex(1).times(simplex(1))


def linear(polytope: Polytope, wall: tuple[int, ...], constant: fmpq) -> list[fmpq]:
    """The values of an affine function at the vertices."""
    return [sum((c * x for c, x in zip(wall, v, strict=True)), fmpq(0)) - constant for v in polytope.vertices]


@pytest.mark.parametrize("dimension", [2, 3, 4])
def test_cuts_agree_with_qhull(dimension: int) -> None:
    """Random half-spaces leave the vertices that Qhull finds, in floating-point numbers."""
    rng = random.Random(dimension)
    for _ in range(12):
        polytope: Polytope | None = simplex(dimension)
        rows = [[-1.0 if m == k else 0.0 for m in range(dimension)] + [0.0] for k in range(dimension)]
        rows.append([1.0] * dimension + [-1.0])
        centre = [fmpq(1, dimension + 1)] * dimension
        for facet in range(4):
            normal = tuple(rng.randint(-4, 4) for _ in range(dimension))
            at_centre = sum((c * x for c, x in zip(normal, centre, strict=True)), fmpq(0))
            bound = at_centre - fmpq(rng.randint(1, 5), 20)
            assert polytope is not None
            polytope = polytope.split(linear(polytope, normal, bound), dimension + 1 + facet)[2]
            rows.append([-float(c) for c in normal] + [int(bound.p) / int(bound.q)])
        assert polytope is not None
        ours = sorted(tuple(int(x.p) / int(x.q) for x in v) for v in polytope.vertices)
        inner = [1 / (dimension + 1)] * dimension
        theirs = HalfspaceIntersection(numpy.array(rows), numpy.array(inner)).intersections
        for one, other in ((ours, theirs), (theirs, ours)):
            assert all(min(max(abs(p - q)) for q in numpy.array(other)) < 1e-9 for p in numpy.array(one))


def test_splitting_a_square() -> None:
    """A diagonal has two triangles beside it; a line through a corner alone has nothing on one side."""
    below, level, above = square().split(linear(square(), (1, -1), fmpq(0)), 9)
    assert below is not None and level is not None and above is not None
    assert (len(below.vertices), len(level.vertices), len(above.vertices)) == (3, 2, 3)
    assert level.dimension == 1
    below, level, above = square().split(linear(square(), (1, 1), fmpq(0)), 9)
    assert below is None and level is not None and above is not None
    assert level.dimension == 0 and above.vertices is not None


def test_too_many_corners_are_refused() -> None:
    """The time grows fast with the number of vertices, so there is a limit."""
    cube = simplex(1)
    for _ in range(8):
        cube = cube.times(simplex(1))
    with pytest.raises(OverflowError, match="corners"):
        cube.split(linear(cube, (1,) * 9, fmpq(4)), 99)


def test_cells_of_lines_fill_the_square() -> None:
    """Lines that cross at a corner of the square make three cells with two segments between them."""
    walls = separating(
        square(), [(fmpq(2), fmpq(-2)), (fmpq(1), fmpq(-1)), (fmpq(3), fmpq(-1)), (fmpq(1), fmpq(1))]
    )
    assert len(walls) == 2  # two of them are one line, and one only touches the square
    every = cells(square(), walls, 10)
    by_dimension = [sum(c.closure.dimension == d for c in every) for d in range(3)]
    assert by_dimension == [0, 2, 3]  # they cross at a corner of the square
    assert len({c.sides for c in every}) == len(every)
    kinds = {c: c.sides[0] for c in every}
    assert necessary_walls(2, kinds) == [0]
    assert necessary_walls(2, dict.fromkeys(every, "alike")) == []


def test_triangulation_fills_a_polytope() -> None:
    """The volumes of the simplices of a cut cube add up to the exact volume."""
    cube = simplex(1).times(simplex(1)).times(simplex(1))
    cut = cube.split(linear(cube, (1, 1, 1), fmpq(1)), 9)[2]
    assert cut is not None
    total = fmpq(0)
    for corners in triangulation(cut):
        first, *others = (p for p, _ in corners)
        edges = fmpq_mat([[x - y for x, y in zip(p, first, strict=True)] for p in others])
        total += abs(edges.det()) / 6
    assert total == 1 - fmpq(1, 6)


def test_signs_of_polynomials() -> None:
    """A polynomial that is positive inside, also where it is zero at the boundary, keeps its sign there."""
    x, y = fmpq_mpoly_ctx.get(["x", "y"], Ordering.lex).gens()
    assert constant_sign(x * (1 - x) + x * y, square()) == 1
    assert constant_sign(-x * y, square()) == -1
    assert constant_sign((x - y) ** 2 + fmpq(1, 100), square()) == 1
    assert constant_sign((x - y) ** 2, square()) == 0
    assert constant_sign(x - y, square()) == 0
    assert constant_sign(0 * x, square()) == 0


def test_affine_rank() -> None:
    """Collinear points have rank one."""
    points = [(fmpq(k), fmpq(2 * k)) for k in range(4)]
    assert affine_rank(points) == 1
    assert affine_rank(itertools.chain(points, [(fmpq(0), fmpq(1))])) == 2
