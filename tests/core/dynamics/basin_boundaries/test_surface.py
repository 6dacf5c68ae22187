"""The separatrix of three dimensions as a surface: against closed forms, symmetry, sampling and the shock."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
from separatrix.dynamics.basins.exact_outcomes import InSquare, exact_outcomes
from separatrix.errors import ComesLater, InputError
from thinning import thinned

PLAYERS = [{"name": name, "share": share} for name, share in (("A", "x"), ("B", "y"), ("C", "z"))]

STAG = {"x": "3*y - 2", "y": "3*x - 2"}
UPPER = 0.263600141281
"""The share of the square that ends at (1, 1) in the stag hunt."""

BESIDE = 3e-9
"""A little more than the largest error of a vertex that is known to the precision."""


def game_of(advantages: dict[str, str], **more: Any) -> separatrix.Game:
    """Return a game of populations of two strategies from its advantages."""
    return separatrix.load({"populations": PLAYERS[: len(advantages)], "advantages": advantages, **more})


@cache
def three() -> SeparatrixSurface:
    """Return the surface of a stag hunt of three parties, each of whom needs both others."""
    game = game_of({"x": "3*y*z - 1", "y": "3*x*z - 1", "z": "3*x*y - 1"})
    return separatrix.separatrix_surface(game, cells=12)


def sides(game: separatrix.Game, states: np.ndarray) -> tuple[list[str], list[str]]:
    """Return the exact outcomes a little below and a little above states of a game in the square."""
    exact = exact_outcomes(separatrix.analyze(game))
    assert isinstance(exact, InSquare)
    inside = states[((states > 1e-6) & (states < 1 - 1e-6)).all(axis=1)]  # the line ends in the corners
    assert len(inside) > 10
    return exact.names(inside - BESIDE / 2).tolist(), exact.names(inside + BESIDE / 2).tolist()


# --------------------------------------------------------------------------- closed forms


def test_where_a_third_party_follows_the_surface_stands_on_the_exact_line() -> None:
    """Every vertex lies within its error of the line of two, and the volumes are its areas."""
    surface = separatrix.separatrix_surface(game_of(STAG | {"z": "1 + x"}), cells=12)
    below, above = sides(game_of(STAG), surface.states[:, :2])
    assert set(below) == {"E1"} and set(above) == {"E4"}
    assert surface.errors.max() < 1e-9
    assert surface.fractions["E8"] == pytest.approx(UPPER, abs=1e-5)
    assert abs(surface.fractions["E8"] - UPPER) < surface.fractions_error
    (piece,) = surface.pieces
    saddle = next(p for p in surface.analysis.rest_points if p.id == "E14")
    assert piece.outcomes == ("E2", "E8") and dict(piece.comes_to) == {"E14": 1.0}
    assert saddle.state == pytest.approx((2 / 3, 2 / 3, 1))
    assert piece.approach is not None and piece.approach < 1e-3


@pytest.mark.soak
def test_two_independent_borders_make_a_product_of_basins() -> None:
    """A party that plays within itself has a threshold of its own, and four basins meet along a curve."""
    game = separatrix.load(
        {
            "populations": PLAYERS,
            "replicator": {
                "x": "x*(1-x)*(3*y - 2)",
                "y": "y*(1-y)*(3*x - 2)",
                "z": "z*(1-z)*(2*z - 1)",
            },
        }
    )
    surface = separatrix.separatrix_surface(game, cells=10, flatness=1)
    found = sorted(surface.fractions.values())
    assert surface.fractions_error < 0.05
    assert found == pytest.approx(sorted([UPPER / 2, UPPER / 2, (1 - UPPER) / 2, (1 - UPPER) / 2]), abs=1e-3)
    flat = [k for k, piece in enumerate(surface.pieces) if piece.outcomes in (("E1", "E2"), ("E7", "E8"))]
    vertices = np.unique(surface.triangles[np.isin(surface.piece_of, flat)])
    sure = vertices[surface.errors[vertices] < 1e-9]
    assert len(sure) > 100
    assert np.abs(surface.states[sure, 2] - 0.5).max() < BESIDE


@pytest.mark.soak
def test_four_standards_divide_the_tetrahedron_by_symmetry() -> None:
    """Of four equal standards the one most used at first prevails: borders are where two shares are equal."""
    matrix = np.eye(4, dtype=int).tolist()
    surface = separatrix.separatrix_surface(
        separatrix.load({"title": "Four", "payoff_matrix": matrix}), cells=8
    )
    assert list(surface.fractions.values()) == pytest.approx([0.25] * 4, abs=1e-4)
    assert len(surface.pieces) == 6
    for k, piece in enumerate(surface.pieces):
        i, j = (int(name[1:]) - 1 for name in piece.outcomes)
        own = np.unique(surface.triangles[surface.piece_of == k])
        states, error = surface.states[own], surface.errors[own]
        assert (np.abs(states[:, i] - states[:, j]) <= 2 * error + 1e-12).all()
        assert (states[:, i] >= states.max(axis=1) - 2 * error - 1e-12).all()
        (end,) = piece.comes_to
        state = next(p.state for p in surface.analysis.rest_points if p.id == end)
        assert state == pytest.approx([0.5 if m in (i, j) else 0.0 for m in range(4)])
    sharp = np.sort(surface.states, axis=1)
    middle = np.abs(sharp[:, 3] - sharp[:, 1]) < BESIDE
    assert middle.sum() > 5, "vertices on the lines along which three basins meet"


@pytest.mark.soak
def test_three_strategies_beside_two_make_a_prism() -> None:
    """Of three standards and a party that follows the basins are those of the triangle: a third each."""
    game = separatrix.load(
        {
            "populations": [
                {"name": "A", "share": "a", "strategies": ["one", "two", "three"]},
                {"name": "B", "share": "z"},
            ],
            "payoff_matrices": {
                "A,A": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
                "A,B": [[0, 0]] * 3,
                "B,A": [[1, 1, 1], [0, 0, 0]],
                "B,B": [[0, 0], [0, 0]],
            },
        }
    )
    surface = separatrix.separatrix_surface(game, cells=6, flatness=1)
    assert list(surface.fractions.values()) == pytest.approx([1 / 3] * 3, abs=1e-3)
    assert len(surface.pieces) == 3
    assert surface.states.shape[1] == 4 and surface.places.shape[1] == 3


# --------------------------------------------------------------------------- what it is made of


@pytest.mark.parametrize(("axis", "end"), list(itertools.product(range(3), (0, 1))))
def test_on_a_face_the_surface_is_the_line_of_the_game_there(axis: int, end: int) -> None:
    """Where one party stands at an end the other two play a game of their own, whose line is exact."""
    surface = three()
    trace = surface.states[np.abs(surface.states[:, axis] - end) < 1e-12]
    if end == 0:
        # Nobody else profits from a party that does not play: only the corners of the surface are there.
        assert (trace.max(axis=1) > 1 - 1e-6).all()
        return
    two = np.delete(trace, axis, axis=1)
    below, above = sides(game_of({"x": "3*y - 1", "y": "3*x - 1"}), two)
    assert set(below) == {"E1"} and set(above) == {"E4"}


def test_the_surface_is_tangent_to_the_stable_plane_of_its_saddle() -> None:
    """The mixed saddle of three equal parties lies on the surface, whose normal there is (1, 1, 1)."""
    surface = three()
    (end,) = surface.pieces[0].comes_to
    saddle = next(p.state for p in surface.analysis.rest_points if p.id == end)
    assert saddle == pytest.approx([3**-0.5] * 3)
    distance, _ = surface.nearest(saddle)
    assert distance < 1e-3
    corners = surface.states[surface.triangles]
    near = np.abs(corners.mean(axis=1) - np.array(saddle)).max(axis=1) < 0.08
    normals = np.cross(corners[near, 1] - corners[near, 0], corners[near, 2] - corners[near, 0]).sum(axis=0)
    assert normals / np.linalg.norm(normals) == pytest.approx([3**-0.5] * 3, abs=0.01)


def test_the_surface_has_no_holes() -> None:
    """Each edge of a triangle belongs to a second one, or lies on a face of the cube."""
    surface = three()
    edges = np.sort(surface.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    unique, counts = np.unique(edges, axis=0, return_counts=True)
    assert counts.max() == 2
    rim = surface.states[unique[counts == 1]]
    assert ((rim < 1e-6).all(axis=1) | (rim > 1 - 1e-6).all(axis=1)).any(axis=1).all()


def test_a_line_of_rest_points_may_hold_a_surface() -> None:
    """Where a third party never moves, the border consists of the stable arms of a whole line of saddles."""
    surface = separatrix.separatrix_surface(game_of(STAG | {"z": "0"}), cells=6, flatness=1)
    (piece,) = surface.pieces
    sets = {s.id: s for s in surface.analysis.rest_sets}
    assert [sets[name].stability for name in piece.outcomes] == ["stable", "stable"]
    ((name, share),) = piece.comes_to.items()
    assert sets[name].stability == "saddle" and share == 1.0
    assert np.array(sets[name].corners)[:, :2] == pytest.approx(2 / 3)


@pytest.mark.soak
def test_what_trajectories_come_to_is_not_invented() -> None:
    """Where basins wind around each other a piece is said to be not attributed, and vertices to be rough."""
    surface = separatrix.separatrix_surface(separatrix.load("mckelvey-mclennan"), cells=8, flatness=1)
    by_outcomes = {piece.outcomes: piece for piece in surface.pieces}
    assert set(by_outcomes[("E2", "E8")].comes_to) == {"E14"}
    assert by_outcomes[("E2", "E5")].elsewhere == 1.0 and not by_outcomes[("E2", "E5")].comes_to
    assert surface.errors.max() > 1e-3
    assert "a basin thinner than" in surface.how_sure


# --------------------------------------------------------------------------- other routes


def test_volumes_are_the_shares_of_sampled_starts() -> None:
    """The volume on each side of the surface lies in the interval that followed starts give."""
    surface = three()
    sampled = separatrix.basins(surface.game, samples=4096, seed=2)
    assert sampled.intervals is not None
    for name, share in surface.fractions.items():
        low, high = sampled.intervals[name]
        assert low - 2e-3 <= share <= high + 2e-3
    assert sum(surface.fractions.values()) == pytest.approx(1)


@thinned("start", [(0.3, 0.4, 0.5), (0.9, 0.8, 0.7)], each_run=1)
def test_the_critical_shock_ends_on_the_surface(start: tuple[float, float, float]) -> None:
    """No shock that works is smaller than the distance from the surface, and the one found is about that."""
    surface = three()
    shock = separatrix.critical_shock(surface.game, start)
    assert shock.smallest is not None
    distance, place = surface.nearest(start, shock.outcome)
    bulge = float(np.nanmax(np.abs(surface.deviations)))
    assert shock.smallest.size >= distance - bulge - 1e-6
    assert shock.smallest.size == pytest.approx(distance, abs=bulge + 2e-3)
    assert surface.nearest(shock.smallest.to)[0] < bulge + 1e-4
    assert np.linalg.norm(np.array(place) - start) == pytest.approx(distance)


@pytest.mark.soak
def test_a_finer_lattice_agrees_within_the_errors() -> None:
    """Vertices of a fine surface lie within its bulge of a coarse one."""
    coarse = three()
    fine = separatrix.separatrix_surface(coarse.game, cells=18)
    bulge = float(np.nanmax(np.abs(coarse.deviations)))
    away = [coarse.nearest(state)[0] for state in fine.states[::200]]
    assert max(away) < 2 * bulge
    assert fine.fractions["E8"] == pytest.approx(coarse.fractions["E8"], abs=2e-5)


def test_where_all_starts_share_an_outcome_there_is_no_surface() -> None:
    """The answer has no pieces and says so."""
    surface = separatrix.separatrix_surface(separatrix.load("wang-2023"), scenario="stage-4", cells=6)
    assert surface.pieces == () and len(surface.triangles) == 0
    assert dict(surface.fractions) == {"E7": 1.0}
    assert "343 of 343, have one outcome" in surface.how_sure
    with pytest.raises(ValueError, match="no piece"):
        surface.nearest((0.5, 0.5, 0.5))


def test_what_is_undecided_is_said_to_be() -> None:
    """Where trajectories arrive nowhere no border is invented, and the reader learns how much that is."""
    game = game_of(
        {
            "x": "4*y*z + 2*(1-y)*(1-z) - 1.6*y*(1-z) - 2*z*(1-y)",
            "y": "3*x - 1.2 - z*(1-x)",
            "z": "2*x - 1 + 0.3*(1-x)*(1-y) - 0.5*y",
        }
    )
    surface = separatrix.separatrix_surface(game, cells=4)
    assert sum(surface.fractions.values()) == pytest.approx(1)
    assert ("undecided" in surface.fractions) == ("% of the state space is undecided" in surface.how_sure)
    assert not any("undecided" in piece.outcomes for piece in surface.pieces)


# --------------------------------------------------------------------------- as data


def test_it_is_given_as_plain_data() -> None:
    """JSON holds vertices, triangles, errors, pieces and where it comes from."""
    import json

    told = json.loads(json.dumps(three().to_dict(), allow_nan=False))
    assert len(told["vertices"]) == len(told["errors"]) == len(three().states)
    assert len(told["triangles"]) == len(told["deviations"]) == len(told["piece_of"])
    assert told["pieces"][0]["fates"] == ["E1", "E8"] and told["provenance"]["program"] == "separatrix"
    assert "vertices" not in three().to_dict(mesh=False)


@pytest.mark.parametrize(
    "wrong", [{"cells": 3}, {"cells": 10**6}, {"cells": 8.5}, {"precision": 0.0}, {"flatness": 0.0}]
)
def test_impossible_wishes_are_refused(wrong: dict[str, Any]) -> None:
    """The error says which numbers can be had."""
    with pytest.raises(InputError, match="D647"):
        separatrix.separatrix_surface(separatrix.load("mckelvey-mclennan"), **wrong)


@pytest.mark.parametrize("name", ["shi-chen-2018", "zeeman-1980", "rock-paper-scissors-two-populations"])
def test_other_dimensions_are_refused(name: str) -> None:
    """A surface divides a space of three dimensions only."""
    with pytest.raises(ComesLater, match="D646"):
        separatrix.separatrix_surface(separatrix.load(name))
