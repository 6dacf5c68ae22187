"""Curves in a window: their order, their pieces, and the signs between them."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest
from flint import fmpq, fmpq_mpoly

from separatrix.exact.columns import IrreducibleCurve, Window, columns_of
from separatrix.exact.cylindrical_decomposition import Line, Strip, lines_of, strips_of
from separatrix.exact.number_field import real_roots, simplest_well_between
from separatrix.exact.rational_functions import Ring

RING = Ring(["a", "b"])
A, B = RING.context.gens()
ONE = RING.one
SQUARE = Window(fmpq(-2), fmpq(2), fmpq(-2), fmpq(2))


def positive_ones(signs: tuple[int, ...]) -> int:
    """Return which polynomials are positive, one bit each."""
    return sum((s > 0) << k for k, s in enumerate(signs))


def cut(*polynomials: fmpq_mpoly, window: Window = SQUARE) -> tuple[list[Strip], list[Line]]:
    """Return the strips and the pieces of the window, told apart by which polynomials are positive."""
    curves = [IrreducibleCurve(p) for p in polynomials]
    columns = columns_of(curves, window)
    strips = strips_of(curves, window, columns, positive_ones)
    return strips, lines_of(curves, window, columns, strips, positive_ones)


def length(points: Any) -> float:
    """Return the length of a polyline."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def area(outline: Any) -> float:
    """Return the area of a polygon."""
    x, y = outline.T
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def test_a_circle_is_one_closed_piece_on_the_circle() -> None:
    """Its arcs are joined where it turns back, every point lies on it, and it is as long as it should be."""
    _, lines = cut(A**2 + B**2 - ONE)
    assert len(lines) == 1
    points = lines[0].points
    assert points[0].tolist() == points[-1].tolist()
    assert np.abs(np.hypot(*points.T) - 1).max() < 1e-15
    assert length(points) == pytest.approx(2 * np.pi, rel=1e-4)


def test_cells_fill_the_window_and_have_the_right_areas() -> None:
    """Inside the circle lies π, and everything together is the window."""
    strips, _ = cut(A**2 + B**2 - ONE)
    sizes: dict[int, float] = {}
    for code, outline in itertools.chain.from_iterable(s.outlines() for s in strips):
        sizes[code] = sizes.get(code, 0.0) + area(outline)
    assert sizes[0] == pytest.approx(np.pi, rel=1e-3)
    assert sum(sizes.values()) == pytest.approx(16)


def test_pieces_end_where_curves_cross() -> None:
    """A line through the circle is cut into three, the circle into two arcs, all with common ends."""
    _, lines = cut(A**2 + B**2 - ONE, A - B)
    assert sorted(line.curve for line in lines) == [0, 0, 1, 1, 1]
    ends = {tuple(np.round(line.points[k], 12)) for line in lines for k in (0, -1)}
    half = round(0.5**0.5, 12)
    assert ends == {(half, half), (-half, -half), (2.0, 2.0), (-2.0, -2.0)}


def test_a_cusp_joins_its_two_branches_and_a_double_point_does_not() -> None:
    """b² = a³ turns at the origin; b² = a²(a + 1) crosses itself there, so its loop is a piece of its own."""
    _, cusp = cut(B**2 - A**3)
    assert len(cusp) == 1
    assert any(np.abs(p).max() < 1e-15 for p in cusp[0].points)
    _, node = cut(B**2 - A**2 * (A + 1))
    at_origin = [k for line in node for k in (0, -1) if np.abs(line.points[k]).max() < 1e-12]
    assert len(at_origin) == 4
    assert len(node) == 3


def test_a_hyperbola_runs_off_and_a_vertical_line_stays() -> None:
    """Poles of branches and lines at one value of the first variable are cut to the window."""
    _, lines = cut(A * B - ONE, 2 * A - ONE)
    assert sorted(line.curve for line in lines) == [0, 0, 1]
    branches = [line.points for line in lines if line.curve == 0]
    assert sorted(tuple(p[0]) for p in branches) == [(-2.0, -0.5), (0.5, 2.0)]
    (vertical,) = (line.points for line in lines if line.curve == 1)
    assert vertical.tolist() == [[0.5, -2.0], [0.5, 2.0]]


def test_borders_on_the_edges_of_the_window_are_pieces_too() -> None:
    """Lines that are the window's own edges separate what is inside from what lies beyond."""
    _, lines = cut(A + 2, B - 2)
    assert sorted(line.points.tolist() for line in lines) == [
        [[-2.0, -2.0], [-2.0, 2.0]],
        [[-2.0, 2.0], [2.0, 2.0]],
    ]
    assert {line.key for line in lines} == {(0, 1, 0), (1, 3, 1)}


def test_a_point_of_a_curve_alone_is_no_piece() -> None:
    """a² + b² = 0 holds at a point: nothing is separated there."""
    strips, lines = cut(A**2 + B**2)
    assert lines == []
    assert len(strips) == 1


def random_polynomial(source: random.Random) -> fmpq_mpoly:
    """Return an irreducible polynomial of low degree that depends on something."""
    while True:
        total = RING.zero
        for m, n in itertools.product(range(3), repeat=2):
            if m + n <= 2 and source.random() < 0.6:
                total = total + A**m * B**n * source.randint(-4, 4)
        _, factors = total.factor() if total else (0, [])
        if factors and not total.is_constant():
            factor = factors[0][0]
            return factor if factor.leading_coefficient() > 0 else -factor


@pytest.mark.parametrize("seed", range(12))
def test_random_curves_have_the_signs_that_they_have(seed: int) -> None:
    """In every cell of every column each polynomial has the sign that the decomposition says."""
    source = random.Random(seed)
    polynomials = list({str(p): p for p in (random_polynomial(source) for _ in range(4))}.values())
    for column in columns_of([IrreducibleCurve(p) for p in polynomials], SQUARE):
        for cell, signs in enumerate(column.signs):
            values = [p(column.a, column.level(cell)) for p in polynomials]
            assert [(v > 0) - (v < 0) for v in values] == list(signs)


@pytest.mark.parametrize("seed", range(12))
def test_random_pieces_lie_on_their_curves_and_cells_fill_the_window(seed: int) -> None:
    """Points are zeros to rounding, beside them the signs are those of the key, and areas add up."""
    source = random.Random(100 + seed)
    polynomials = list({str(p): p for p in (random_polynomial(source) for _ in range(3))}.values())
    strips, lines = cut(*polynomials)
    total = sum(area(outline) for strip in strips for _, outline in strip.outlines())
    assert total == pytest.approx(16, rel=1e-3)
    for line in lines:
        own = polynomials[line.curve]
        k = len(line.points) // 2
        middle = (line.points[k - 1] + line.points[k]) / 2 if len(line.points) == 2 else line.points[k]
        x, y = (fmpq(*float(v).as_integer_ratio()) for v in middle)
        slope = [float(fmpq_float(own.derivative(n)(x, y))) for n in (0, 1)]
        size = np.hypot(*slope)
        assert abs(fmpq_float(own(x, y))) < 1e-13 * max(1.0, size) * 4
        if length(line.points) > 1e-3:
            for step, code in ((-1e-7, line.key[0]), (1e-7, line.key[1])):
                at = (
                    fmpq(*float(v + step * s / size).as_integer_ratio())
                    for v, s in zip(middle, slope, strict=True)
                )
                place = list(at)
                assert positive_ones(tuple(sign(p(*place)) for p in polynomials)) == code


def fmpq_float(value: fmpq) -> float:
    """Return a fraction as a float."""
    return int(value.p) / int(value.q)


def sign(value: fmpq) -> int:
    """Return -1, 0 or 1."""
    return (value > 0) - (value < 0)


def test_roots_are_enclosed_and_simple_fractions_chosen() -> None:
    """√2 lies in its interval, and between two numbers the fraction with the least denominator is taken."""
    from flint import fmpq_poly

    low, high = real_roots(fmpq_poly([-2, 0, 1]))[1]
    assert low * low < 2 < high * high
    assert simplest_well_between(fmpq(0), fmpq(1)) == fmpq(1, 2)
    assert simplest_well_between(fmpq(-5), fmpq(9)) == 0
    assert simplest_well_between(fmpq(314, 100), fmpq(315, 100)) == fmpq(22, 7)
