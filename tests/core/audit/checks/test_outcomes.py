"""Claimed outcomes."""

from __future__ import annotations

from core.audit.derivations import tripartite, two_by_two, with_claims
from core.audit.findings import codes, errors, everything
from thinning import thinned


def outcome(to, starts=None, **more):
    """Return the claim of one outcome."""
    return {"outcomes": [{"to": to, **({"from": starts} if starts else {}), **more}]}


SYMMETRIC = {"D1": 4}


def test_true_ends_from_both_sides_of_the_separatrix_are_right() -> None:
    """Starts below and above the dividing line end at (0, 0) and (1, 1)."""
    game = two_by_two()
    below, above = [[0.1, 0.1], [0.2, 0.4], [0.01, 0.7]], [[0.9, 0.9], [0.5, 0.8], [0.6, 0.6]]
    assert everything(with_claims(game, outcome([0, 0], below))) == []
    assert everything(with_claims(game, outcome([1, 1], above))) == []


def test_a_false_end_is_found_with_its_starts_and_what_happens() -> None:
    """From one of two starts the trajectory ends elsewhere; that start and its end are told."""
    (found,) = errors(with_claims(two_by_two(), outcome([1, 1], [[0.1, 0.1], [0.9, 0.9]])))
    assert found.code == "P613" and "Of the trajectories from 2 claimed starts, 1" in found.text
    assert "(0.1, 0.1)" in found.text and "(0, 0)" in found.text


def test_without_starts_all_interior_states_are_meant() -> None:
    """A bistable game does not always end at (1, 1), and one with a dominant strategy does."""
    (found,) = errors(with_claims(two_by_two(), outcome([1, 1])))
    assert found.code == "P613" and "grid" in found.text
    game = two_by_two()
    game["parameters"].update(R1=9, R2=3)
    assert everything(with_claims(game, outcome([1, 1]))) == []


def test_two_ends_without_starts_share_the_interior() -> None:
    """Two outcomes of one setting, both without starts, say that every trajectory ends at one of them."""
    claims = {"outcomes": [{"to": [0, 0]}, {"to": [1, 1]}]}
    assert everything(with_claims(two_by_two(), claims)) == []


def test_a_path_on_the_stable_manifold_of_a_saddle_ends_there() -> None:
    """On the diagonal of a symmetric anti-coordination game paths do end at the saddle."""
    game = two_by_two()
    game["parameters"].update(pi1=8, C1=3, D1=3, R1=6, R2=8, C2=1, pi2=3)
    starts = [[0.1, 0.1], [0.3, 0.3], [0.9, 0.9]]
    assert everything(with_claims(game, outcome(["1/3", "1/3"], starts))) == []
    assert everything(with_claims(game, outcome([0.333, 0.333], starts))) == []
    (found,) = errors(with_claims(game, outcome(["1/3", "1/3"], [[0.2, 0.7]])))
    assert "(0, 1)" in found.text


def test_closed_orbits_are_named() -> None:
    """Matching pennies never settles: every interior path runs round the centre."""
    game = {"bimatrix": [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]}
    for to in (["1/2", "1/2"], [1, 1]):
        (found,) = errors(with_claims(game, outcome(to, [[0.2, 0.3]])))
        assert found.code == "P613" and "closed orbit" in found.text


def test_slow_convergence_is_not_taken_for_none() -> None:
    """Near a zero eigenvalue paths approach like 1/t, which is an approach."""
    game = {"payoff_matrix": [[1, 1], [1, 0]]}
    assert errors(with_claims(game, outcome([1]))) == []
    game = {
        "populations": ["A", "B"],
        "advantages": {"x": "1 - y", "y": "1"},
    }
    # y runs to 1, and the advantage of x dies out on the way: where x ends depends on the start.
    (found,) = errors(with_claims(game, outcome([1, 1], [[0.1, 0.5]])))
    assert "continuum" in found.text


def test_a_good_rock_paper_scissors_game_spirals_in_slowly() -> None:
    """Weak spirals converge, and are given the time for it."""
    game = {
        "populations": [{"name": "P", "share": "x", "strategies": ["a", "b", "c"]}],
        "payoff_matrix": [[0, -1, "11/10"], ["11/10", 0, -1], [-1, "11/10", 0]],
    }
    at = ["1/3", "1/3", "1/3"]
    assert everything(with_claims(game, outcome(at))) == []
    assert codes(with_claims(game, outcome([1, 0, 0]))) == ["P613"]
    zero_sum = {**game, "payoff_matrix": [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]}
    assert codes(with_claims(zero_sum, outcome(at, [[0.2, 0.3, 0.5]]))) == ["P613"]


def test_an_outcome_that_is_degenerate_is_an_error_only_if_it_is_false() -> None:
    """Where F = C an edge rests: what ends elsewhere is right, what should end on the edge is wrong."""
    game = {
        "populations": ["A", "B"],
        "parameters": {"F": 2, "C": 2},
        "advantages": {"x": "3 + 8*y", "y": "F - C - 8*x"},
    }
    assert codes(with_claims(game, outcome([1, 0]))) == []
    game["advantages"]["x"] = "-3 - 8*y"
    (found,) = errors(with_claims(game, outcome([0, 0])))
    assert "is degenerate" in found.text and "F = C" in found.text


def test_a_resting_edge_may_be_the_end() -> None:
    """A trajectory that ends on an edge of rest points fulfils the claim of the edge."""
    game = {
        "populations": ["A", "B"],
        "parameters": {"F": 2, "C": 2},
        "advantages": {"x": "-3 - 8*y", "y": "F - C - 8*x"},
    }
    assert codes(with_claims(game, outcome([0, "y"]))) == []


def test_pure_starts_stay_on_their_face() -> None:
    """A population that starts pure stays pure."""
    assert everything(with_claims(two_by_two(), outcome([0, 0], [[0, 0.3]]))) == []
    (found,) = errors(with_claims(two_by_two(), outcome([1, 1], [[0, 0.9]])))
    assert "(0, 0)" in found.text or "(0, 1)" in found.text


@thinned("corner", [[0, 0, 0], [1, 1, 1], [0, 1, 0]], each_run=1)
def test_three_parties_agree_with_an_independent_integration(corner) -> None:
    """What is found of each start agrees with an integration by scipy."""
    import numpy as np
    from scipy.integrate import solve_ivp

    from separatrix.dynamics.fields.replicator import replicator
    from separatrix.game.reader import load

    game = tripartite()
    starts = [[a, b, c] for a in (0.2, 0.7) for b in (0.3, 0.8) for c in (0.1, 0.6)]
    field = replicator(load(game))
    reached = []
    for start in starts:
        path = solve_ivp(lambda t, x: field(x), (0, 400), start, rtol=1e-9, atol=1e-12)
        reached.append(bool(np.abs(path.y[:, -1] - corner).max() < 1e-3))
    found = errors(with_claims(game, outcome(corner, starts)))
    if all(reached):
        assert found == []
    else:
        (only,) = found
        missed = len(starts) - sum(reached)
        some = f"Of the trajectories from 8 claimed starts, {missed} do not end"
        assert ("None of the trajectories from 8" if missed == 8 else some) in only.text
