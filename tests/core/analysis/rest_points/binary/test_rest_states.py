"""All rest states, face by face."""

import pytest
from flint import fmpq

from core.analysis.helpers import corner_game, document
from separatrix import analyze, load
from separatrix.analysis.binary.rest_states import branches, faces
from separatrix.exact.algebraic_numbers import Surd


def test_a_regular_two_by_two_game_has_its_five_points() -> None:
    """Four pure profiles and the mixed point, as rational numbers."""
    found = branches(corner_game([-4, 2], [-1, 3]))
    assert [b.dimension for b in found] == [0] * 5
    assert found[-1].state({}) == (fmpq(1, 4), fmpq(2, 3))


def test_every_face_is_visited_once() -> None:
    """27 faces for three populations, the pure profiles first."""
    all_faces = list(faces(3))
    assert len(set(all_faces)) == 27
    assert all(None not in f for f in all_faces[:8])


def test_irrational_interior_points_are_exact() -> None:
    """x = y = z = golden section: f = 1 - x_other - x_other·x_third has quadratic irrational zeros."""
    game = load(document(x="1 - y - y*z", y="1 - z - z*x", z="1 - x - x*y"))
    inside = [p for p in analyze(game).rest_points if len(p.free) == 3]
    assert len(inside) == 1
    assert inside[0].state == pytest.approx([(5**0.5 - 1) / 2] * 3, abs=1e-15)


def test_a_hyperbola_of_rest_points_is_found_in_two_branches() -> None:
    """(y - 1/2)(z - 1/2) = 1/100 meets the cube on both sides of its pole."""
    game = load(document(x="(y - 1/2)*(z - 1/2) - 1/100", y="0", z="0"))
    inside = [s for s in analyze(game).rest_sets if len(s.free) == 3]
    assert [s.dimension for s in inside] == [2, 2]


def test_a_curve_inside_the_cube_is_found_with_its_ends() -> None:
    """x = y = z is at rest where each advantage compares the two others."""
    game = load(document(x="y - z", y="z - x", z="x - y"))
    diagonal = [s for s in analyze(game).rest_sets if len(s.free) == 3]
    assert len(diagonal) == 1
    assert diagonal[0].dimension == 1
    assert diagonal[0].samples[0] == (0.0, 0.0, 0.0) and diagonal[0].samples[-1] == (1.0, 1.0, 1.0)
    assert (
        diagonal[0].stability == "stable"
    )  # zero-sum: the entropy relative to any of its states is conserved


def test_points_on_a_larger_set_are_not_listed_again() -> None:
    """Where one population is always indifferent, the mixed point is part of a line."""
    found = branches(corner_game([0, 0], [-1, 1]))
    mixed = [b for b in found if len(b.free) == 2]
    assert [b.dimension for b in mixed] == [1]


def test_coordinates_of_one_point_share_one_quadratic_field() -> None:
    """A pair of conjugate interior points is returned as two points with surd coordinates."""
    game = corner_game([3, -9, 9, -3], [-5, 3, 1, -1], [1, -2, -3, 2])
    for branch in branches(game):
        roots = {c.d for c in branch.coordinates if isinstance(c, Surd)}
        assert len(roots) <= 1
        state = branch.state({}) if branch.dimension == 0 else None
        if state is not None:
            for i in branch.free:
                assert game.at(i, state) == 0
