"""The exact outcomes of starts in games of two populations with two strategies each."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from separatrix.dynamics.bimatrix_basins import CYCLE, PLACES, SEPARATRIX, STILL, areas, limits, outcomes
from separatrix.dynamics.bimatrix_separatrix import Planar, Rates, Rise, divide_of
from separatrix.errors import InputError

SIGNS = list(itertools.product((-1.0, 0.0, 1.0), repeat=4))

GOLDEN = [
    ((2, 1, 2, 1), 0.5),
    ((3, 1, 2, 1), 0.6333333333),
    ((5, 1, 4, 3), 0.5641201651),
    ((3, 2, 3, 2), 0.263600141281),
]


def game(f: Rates, g: Rates) -> Planar:
    """Return a planar game from gains that may be whole numbers."""
    return Planar((float(f[0]), float(f[1])), (float(g[0]), float(g[1])))


def followed(planar: Planar, start: np.ndarray, until: float) -> np.ndarray:
    """Return where scipy says that a trajectory has come, in log-odds and to many digits."""

    def share(odds: float) -> float:
        return 0.5 * (1 + np.tanh(odds / 2))

    def slope(_: float, odds: np.ndarray) -> list[float]:
        x, y = share(odds[0]), share(odds[1])
        (f0, f1), (g0, g1) = planar.f, planar.g
        return [f0 + (f1 - f0) * y, g0 + (g1 - g0) * x]

    odds = np.log(start) - np.log1p(-start)
    end = solve_ivp(slope, (0, until), odds, method="DOP853", rtol=1e-11, atol=1e-11).y[:, -1]
    return np.array([share(end[0]), share(end[1])])


def agreement(planar: Planar, starts: np.ndarray) -> None:
    """Compare the outcomes of starts with those that integration finds."""
    codes = outcomes(planar, starts[:, 0], starts[:, 1])
    ends = limits(planar, starts[:, 0], starts[:, 1])
    for start, code, end in zip(starts, codes, ends, strict=True):
        if code == SEPARATRIX:
            continue
        came = followed(planar, start, 3000.0)
        if code == CYCLE:
            corner = np.minimum(came, 1 - came).max() < 1e-6
            assert planar.image.kind == "centre" and not corner
        else:
            assert came == pytest.approx(end, abs=2e-3), (planar, start, code)


@pytest.mark.parametrize(("coefficients", "expected"), GOLDEN)
def test_golden_areas_of_the_basin_of_the_upper_corner(
    coefficients: tuple[int, int, int, int], expected: float
) -> None:
    """The share of starts that ends at (1, 1) is the published one, and its error bound is small."""
    p, q, r, s = coefficients
    shares, error = areas(game((-q, p - q), (-s, r - s)))
    assert shares[PLACES.index((1.0, 1.0))] == pytest.approx(expected, abs=1e-10)
    assert sum(shares.values()) == pytest.approx(1, abs=1e-15)
    assert error < 1e-12


def test_areas_beside_sides_at_rest_agree_with_their_closed_forms() -> None:
    """Where the dividing line is a power of x, or an incomplete beta function, the quadrature finds it."""
    from scipy.special import beta, betainc

    shares, _ = areas(game((0, 2), (-3, 0)))
    assert shares[PLACES.index((1.0, None))] == pytest.approx(1 / (1 + 3 / 2), abs=1e-13)
    f1, g0, g1 = 2.0, -3.0, 1.5
    a, b, m = -g0 / f1, g1 / f1, 2 / 3
    below = m - m**-a * (1 - m) ** -b * betainc(a + 1, b + 1, m) * beta(a + 1, b + 1)
    shares, _ = areas(game((0, f1), (g0, g1)))
    assert shares[PLACES.index((None, 0.0))] == pytest.approx(below, abs=1e-13)


def test_areas_agree_with_a_fine_grid_for_every_pattern_of_signs() -> None:
    """The share of midpoints of a grid with an outcome is nearly the area of that outcome, in all 81 sign
    cases."""
    grid = (np.arange(400) + 0.5) / 400
    for f0, f1, g0, g1 in SIGNS:
        planar = game((1.3 * f0, f1), (g0, 0.7 * g1))
        codes = outcomes(planar, grid[:, None], grid[None, :])
        shares, error = areas(planar)
        assert error < 1e-12
        assert sum(shares.values()) == pytest.approx(1)
        for code, share in shares.items():
            assert np.mean(codes == code) == pytest.approx(share, abs=4e-3), (planar, code)


def test_every_pattern_of_signs_agrees_with_integration() -> None:
    """In all 81 sign cases, dominated strategies and sides at rest included, orbits end as they should."""
    rng = np.random.default_rng(5)
    for f0, f1, g0, g1 in SIGNS:
        scale = rng.choice([0.5, 1.0, 2.0], 4)
        agreement(game((f0 * scale[0], f1 * scale[1]), (g0 * scale[2], g1 * scale[3])), rng.random((3, 2)))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(6))
def test_a_thousand_starts_in_random_games_agree_with_integration(seed: int) -> None:
    """In games with small whole numbers, many of them degenerate, each of 1000 starts ends as it should."""
    rng = np.random.default_rng(seed)
    f, g = rng.integers(-2, 3, 2), rng.integers(-2, 3, 2)
    agreement(game((f[0], f[1]), (g[0], g[1])), rng.random((1000, 2)))


@settings(max_examples=40)
@given(
    st.floats(0.05, 0.95),
    st.floats(0.05, 0.95),
    st.floats(0.1, 10),
    st.floats(0.1, 10),
    st.floats(1e-9, 1e-3),
    st.floats(0.02, 0.98),
)
def test_starts_a_hair_beside_the_separatrix_end_on_its_two_sides(
    x: float, y: float, up: float, across: float, hair: float, where: float
) -> None:
    """However near to the curve, above it is above and below it is below."""
    planar = game((-up * y, up * (1 - y)), (-across * x, across * (1 - x)))
    divide = divide_of(planar)
    assert divide is not None
    curve = divide.curve(201)
    state = curve[int(where * 200)]
    if min(*state, *(1 - state)) < 0.01:
        return
    beside = [state + np.array([sign * hair, sign * hair]) * min(*state, *(1 - state)) for sign in (-1, 1)]
    codes = outcomes(planar, [b[0] for b in beside], [b[1] for b in beside])
    assert [PLACES[c] for c in codes] == [(0.0, 0.0), (1.0, 1.0)]


def test_starts_on_the_separatrix_are_said_to_lie_on_it() -> None:
    """By symmetry the antidiagonal is the separatrix of a stag hunt with its saddle in the middle."""
    planar = game((-1, 1), (-1, 1))
    x = np.array([0.1, 0.25, 0.3, 0.49, 0.7, 1e-12])
    assert (outcomes(planar, x, 1 - x) == SEPARATRIX).all()
    assert outcomes(planar, 0.5, 0.5) == STILL
    assert limits(planar, [0.3], [0.7]).tolist() == [[0.5, 0.5]]


def test_starts_on_faces_have_the_outcome_of_the_face() -> None:
    """A side is invariant: starts on it run along it, rest on it, or are corners."""
    planar = game((-1, 2), (-1, 1))
    ends = limits(planar, [0, 0, 1, 0.3, 0.3, 0, 1], [0.2, 1, 0.2, 0, 1, 0, 1])
    assert ends.tolist() == [[0, 0], [0, 1], [1, 1], [0, 0], [1, 1], [0, 0], [1, 1]]
    resting = game((0, 1), (-1, 1))
    assert limits(resting, [0.3], [0.0]).tolist() == [[0.3, 0.0]]


def test_starts_outside_the_square_are_refused() -> None:
    """Shares below 0, above 1, or no numbers have no outcome."""
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(InputError, match="D601"):
            outcomes(game((-1, 1), (-1, 1)), [0.5, wrong], 0.5)


@pytest.mark.parametrize(("down", "up"), [(1.0, 2.0), (1e-3, 5.0), (4.0, 0.02), (0.0, 1.0), (2.0, 0.0)])
def test_heights_stay_within_their_error_bounds(down: float, up: float) -> None:
    """Both ways of computing a height agree with many digits within the bound they state."""
    mpmath = pytest.importorskip("mpmath", reason="comes with sympy, an oracle of the tests")
    rise = Rise(down, up)
    near = np.clip(rise.bottom * (1 + np.array([1e-12, -1e-9, 1e-6, -1e-3, 0.2])), 1e-9, 1 - 1e-9)
    shares = np.concatenate([near, [1e-300, 1e-12, 0.1, 0.5, 0.9, 1 - 1e-12]])
    with mpmath.workdps(330):
        a, b = mpmath.mpf(down), mpmath.mpf(up)

        def height(x: mpmath.mpf) -> mpmath.mpf:
            return (-a * mpmath.log(x) if a else 0) - (b * mpmath.log(1 - x) if b else 0)

        lowest = height(a / (a + b)) if a and b else 0
        for way in (rise.rough, rise.fine):
            found, bounds = way(shares, 1 - shares)
            for x, value, bound in zip(shares, found, bounds, strict=True):
                assert abs(height(mpmath.mpf(float(x))) - lowest - float(value)) <= float(bound)
