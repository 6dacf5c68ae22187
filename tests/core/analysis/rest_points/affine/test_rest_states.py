"""Every rest state of every support, against other ways to find them."""

from __future__ import annotations

import itertools
import random

import pytest
import sympy
from flint import fmpq

from core.analysis.rest_points.affine.games import bimatrix, one_population, random_game
from separatrix.analysis.affine.rest_states import (
    AffineRestStates,
    RestFamily,
    positive_solutions,
    supports,
)
from separatrix.analysis.payoff_functions import AffineGame, Support


def families(game: AffineGame) -> dict[Support, RestFamily]:
    """All rest families, by support."""
    states = AffineRestStates(game)
    found = ((s, states.on(s)) for s in supports(game.sizes))
    return {s: f for s, f in found if f is not None}


def closure_holds(game: AffineGame, support: Support, state: tuple[fmpq, ...]) -> bool:
    """Whether the strategies of a support earn the same at a state that plays no others."""
    payoffs = game.payoffs(state)
    indices = set(game.indices(support))
    if any(v < 0 or (v > 0 and a not in indices) for a, v in enumerate(state)):
        return False
    return all(
        sum(state[o : o + k], fmpq(0)) == 1 and len({payoffs[o + a] for a in played}) == 1
        for o, k, played in zip(game.offsets, game.sizes, support, strict=True)
    )


def with_sympy(game: AffineGame, support: Support) -> tuple[int, set[tuple[sympy.Rational, ...]]]:
    """The dimension and the vertices of a support's closed rest set, -1 where no share vector is positive.

    Vertices are the feasible basic solutions: every choice of shares to be zero is tried.
    """
    indices = list(game.indices(support))
    z = sympy.symbols(f"z0:{len(indices)}")
    matrix = [
        [sympy.Rational(int(game.matrix[a, b].p), int(game.matrix[a, b].q)) for b in indices] for a in indices
    ]
    equations = []
    start = 0
    for played in support:
        mine = range(start, start + len(played))
        start += len(played)
        equations.append(sum(z[k] for k in mine) - 1)
        for k in list(mine)[1:]:
            equations.append(sum((matrix[k][m] - matrix[mine[0]][m]) * z[m] for m in range(len(z))))
    a, b = sympy.linear_eq_to_matrix(equations, z)
    if a.rank() != a.row_join(b).rank():
        return -1, set()
    dimension = len(z) - a.rank()
    vertices = set()
    for zeros in itertools.combinations(range(len(z)), dimension):
        kept = [k for k in range(len(z)) if k not in zeros]
        part = a[:, kept]
        if part.rank() < len(kept):
            continue
        solution = (part.T * part).LUsolve(part.T * b)
        if part * solution == b and all(v >= 0 for v in solution):
            full = [sympy.Integer(0)] * len(z)
            for k, v in zip(kept, solution, strict=True):
                full[k] = v
            vertices.add(tuple(full))
    covered = all(any(v[k] for v in vertices) for k in range(len(z)))
    return (dimension, vertices) if vertices and covered else (-1, set())


@pytest.mark.parametrize("sizes", [(3,), (4,), (2, 3), (2, 2, 2)])
@pytest.mark.parametrize("own_play", [False, True])
def test_against_basic_solutions_in_sympy(sizes: tuple[int, ...], own_play: bool) -> None:
    """Dimension and vertices of every support equal those found by trying all choices of zeros."""
    rng = random.Random(len(sizes) * 10 + own_play)
    for _ in range(2):
        game = random_game(rng, sizes, 1, own_play)
        states = AffineRestStates(game)
        for support in supports(sizes):
            dimension, vertices = with_sympy(game, support)
            found = states.on(support)
            if found is None:
                assert dimension == -1
                continue
            assert found.dimension == dimension
            indices = list(game.indices(support))
            ours = {
                tuple(sympy.Rational(int(v[a].p), int(v[a].q)) for a in indices)
                for v in found.closure.vertices
            }
            assert ours == vertices


@pytest.mark.parametrize("sizes", [(5,), (3, 3), (4, 3), (2, 2, 3)])
def test_vertices_are_at_rest_and_positive_inside(sizes: tuple[int, ...]) -> None:
    """Every vertex equalises the payoffs of the whole support; the centre plays all of it."""
    rng = random.Random(3)
    for _ in range(6):
        game = random_game(rng, sizes, 1)
        for support, family in families(game).items():
            assert all(closure_holds(game, support, v) for v in family.closure.vertices)
            centre = family.closure.centre
            assert all(centre[a] > 0 for a in game.indices(support))
            for vertex, facets in zip(family.closure.vertices, family.closure.facets, strict=True):
                assert all((facets >> a & 1) == (v == 0) for a, v in enumerate(vertex))


def test_two_populations_are_a_product() -> None:
    """The fast way for two populations gives the same as the general one for three with an idle third."""
    rng = random.Random(8)
    for _ in range(6):
        game = random_game(rng, (3, 3), 1)
        idle = [[*row, fmpq(0)] for row in game.matrix.tolist()] + [[fmpq(0)] * 7]
        wider = AffineGame((3, 3, 1), (fmpq(1),) * 3, type(game.matrix)(idle))
        narrow, wide = families(game), families(wider)
        assert {(*s, (0,)) for s in narrow} == set(wide)
        for support, family in narrow.items():
            other = wide[(*support, (0,))]
            assert other.dimension == family.dimension
            assert {v[:-1] for v in other.closure.vertices} == set(family.closure.vertices)


def test_known_rest_sets() -> None:
    """A duplicated strategy makes a line through the mixed point; a dominated one adds nothing."""
    game = one_population([[-1, 4, 4], [0, 2, 2], [0, 2, 2]])  # hawk, and two doves that are the same
    found = families(game)
    assert found[((0, 1, 2),)].dimension == 1
    third, two = fmpq(1, 3), fmpq(2, 3)
    assert set(found[((0, 1, 2),)].closure.vertices) == {(two, third, fmpq(0)), (two, fmpq(0), third)}
    pennies = families(bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]]))
    assert len(pennies) == 5


def test_positive_solutions_need_every_coordinate() -> None:
    """A system whose solutions touch zero in some coordinate throughout has none."""
    assert positive_solutions([[1, 1, 1], [1, 1, 0]], [1, 1], [0, 1, 2]) is None
    assert positive_solutions([[1, 1], [1, 1]], [1, 2], [0, 1]) is None
