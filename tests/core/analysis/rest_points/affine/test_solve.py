"""The whole answer for games with affine payoffs: order, proofs, limits of time, interruption."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from typing import Any

import pytest
from flint import fmpq, fmpq_mat

from core.analysis.rest_points.affine.games import bimatrix, named, one_population, random_game, solved
from separatrix.analysis.affine import solve as solving
from separatrix.analysis.affine.family_labels import Judge
from separatrix.analysis.affine.rest_states import supports
from separatrix.analysis.affine.solve import search, solve_affine
from separatrix.analysis.answer import RestStateAnswer
from separatrix.analysis.binary.solve import find_rest_states
from separatrix.analysis.payoff_functions import AffineGame
from separatrix.analysis.replicator_equations import Multilinear


def test_pure_profiles_first() -> None:
    """Pure profiles are listed first, those of two strategies by their share."""
    found = solved(random_game(random.Random(1), (2, 3), 9))
    pure = [p for p in found.points if not p.free]
    assert [p.state[0] for p in pure if p.state] == [0, 0, 0, 1, 1, 1]
    assert [p.state[1:] for p in pure if p.state][:3] == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert found.points[: len(pure)] == tuple(pure)


def test_states_have_a_share_a_strategy_but_for_two() -> None:
    """Populations of two strategies show one share, others all of theirs."""
    found = solved(random_game(random.Random(2), (2, 3), 9))
    assert all(p.state is not None and len(p.state) == 4 for p in found.points)
    assert all(p.eigenvalues is not None and len(p.eigenvalues) == 3 for p in found.points)


@pytest.mark.parametrize("populations", [2, 3])
def test_agrees_with_the_solver_for_two_strategies(populations: int) -> None:
    """Two strategies a population: the same answer as by factors of multilinear equations."""
    rng = random.Random(populations)
    sizes = (2,) * populations
    for _ in range(60 if populations == 2 else 25):
        game = random_game(rng, sizes, 1)
        tables: list[dict[tuple[int, ...], fmpq]] = []
        for i in range(populations):
            table = {}
            for profile in itertools.product((0, 1), repeat=populations):
                payoffs = game.payoffs(tuple(v for s in profile for v in (fmpq(s), fmpq(1 - s))))
                table[profile[:i] + profile[i + 1 :]] = payoffs[2 * i] - payoffs[2 * i + 1]
            tables.append(table)
        ours, theirs = solved(game), find_rest_states(named(sizes), Multilinear(tuple(tables)))
        first, second = ({p.exact: p for p in found.points} for found in (ours, theirs))
        assert set(first) == set(second)
        for exact, point in first.items():
            other = second[exact]
            assert point.isolated == other.isolated
            assert (point.nash, point.strict_nash, point.ess) == (other.nash, other.strict_nash, other.ess)
            if "undecided" not in (point.stability, other.stability):
                assert point.stability == other.stability, (game.matrix, point.state)
        assert _labels(ours) == _labels(theirs)
        assert _kinds(ours) == _kinds(theirs) or _undecided(ours) or _undecided(theirs)


def _labels(found: RestStateAnswer) -> Counter[Any]:
    return Counter((c.set_stability, c.es_set) for c in found.components)


def _kinds(found: RestStateAnswer) -> Counter[Any]:
    return Counter((s.dimension, s.support, s.stability) for s in found.sets)


def _undecided(found: RestStateAnswer) -> bool:
    return any(s.stability == "undecided" for s in found.sets)


def test_indices_of_regular_games_add_up() -> None:
    """In regular games the indices of the Nash rest points add up to one, and the proof says so."""
    rng = random.Random(4)
    for sizes in ((5,), (3, 3), (2, 2, 2, 2)):
        for own_play in (False, True):
            for _ in range(4):
                found = solved(random_game(rng, sizes, 1000, own_play))
                assert found.completeness.status == "complete"
                assert not found.sets
                assert "add up to 1" in found.completeness.proof


def test_no_mixed_sinks_without_own_play() -> None:
    """Two populations: asymptotically stable is strict Nash (Ritzberger & Weibull 1995)."""
    rng = random.Random(6)
    for _ in range(30):
        for point in solved(random_game(rng, (3, 3), 2)).points:
            assert (point.stability == "asymptotically stable") == point.strict_nash


def test_too_large_a_game_ends_in_time() -> None:
    """Six populations with six strategies: what was found is returned, as incomplete, with an estimate."""
    game = random_game(random.Random(1), (6,) * 6, 5)
    found = solved(game, budget=0.5)
    assert found.completeness.status == "incomplete"
    assert "of the 62,523,502,209 combinations" in found.completeness.proof
    assert "years" in found.completeness.proof or "days" in found.completeness.proof
    assert found.points
    assert all(p.isolated is not False for p in found.points)


def test_no_budget_at_all() -> None:
    """A budget of nothing is an empty answer, not an error."""
    found = solved(one_population([[0, 1], [1, 0]]), budget=0.0)
    assert found.completeness.status == "incomplete"


def test_interrupted_search_keeps_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C during the search ends it; the states found so far are judged and returned."""
    game = random_game(random.Random(1), (4, 4), 3)
    honest = supports

    def interrupted(sizes: tuple[int, ...]) -> Any:
        for k, support in enumerate(honest(sizes)):
            if k == 60:
                raise KeyboardInterrupt
            yield support

    monkeypatch.setattr(solving, "supports", interrupted)
    found = solved(game)
    assert found.completeness.status == "incomplete"
    assert found.completeness.proof.startswith("60 of the 225 combinations")
    assert "interrupted" in found.completeness.proof
    assert len(found.points) >= 16
    assert all(p.stability != "undecided" for p in found.points)


def test_interrupted_judging_keeps_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while states are judged leaves the rest of them undecided, and the list whole."""
    game = random_game(random.Random(1), (3, 3), 3)
    whole = solved(game)
    calls = itertools.count()
    honest = Judge.judge_state

    def interrupted(self: Any, support: Any, state: Any) -> Any:
        if next(calls) == 3:
            raise KeyboardInterrupt
        return honest(self, support, state)

    monkeypatch.setattr(Judge, "judge_state", interrupted)
    found = solved(game)
    assert [p.exact for p in found.points] == [p.exact for p in whole.points]
    assert [p.stability for p in found.points[:3]] == [p.stability for p in whole.points[:3]]
    assert all(p.stability == "undecided" and p.eigenvalues is None for p in found.points[3:])


def test_rest_sets_with_hundreds_of_corners_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rest set that is too large to be described makes the list incomplete, and says so."""
    monkeypatch.setattr("separatrix.exact.matrices.MOST_CORNERS", 3)
    found = solved(one_population([[0] * 5] * 5))
    assert found.completeness.status == "incomplete"
    assert "corners" in found.completeness.proof


def test_without_a_table_evolutionary_stability_is_unknown() -> None:
    """Where only equations were given, what the game says of invaders is left open."""
    game = AffineGame((3,), (fmpq(1),), fmpq_mat([[0, 1, 2], [2, 0, 1], [1, 2, 0]]))
    found = solve_affine(named((3,)), game, False, 60.0)
    assert all(p.ess is None and p.nss is None for p in found.points)
    assert any(p.stability == "asymptotically stable" for p in found.points)


def test_speeds_change_eigenvalues_only() -> None:
    """A faster population has larger eigenvalues at the same rest states."""
    rng = random.Random(9)
    slow = random_game(rng, (2, 3), 4)
    fast = AffineGame(slow.sizes, (fmpq(3), fmpq(1)), slow.matrix)
    for one, other in zip(solved(slow).points, solved(fast).points, strict=True):
        assert one.exact == other.exact and one.stability == other.stability
    pure = [(p, q) for p, q in zip(solved(slow).points, solved(fast).points, strict=True) if not p.free]
    assert any(p.eigenvalues != q.eigenvalues for p, q in pure)


def test_rock_paper_scissors_cycles() -> None:
    """The boundary cycle of a bad rock-paper-scissors game is named, with its states in order."""
    found = solved(one_population([[0, -2, 1], [1, 0, -2], [-2, 1, 0]]))
    (cycle,) = found.cycles
    assert cycle.attracting is True
    assert set(cycle.states) == {(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)}


def test_search_visits_every_support() -> None:
    """Of two populations with three strategies each there are 49 combinations."""
    result = search(bimatrix([[1, 2, 0]] * 3, [[0, 1, 2]] * 3), 60)
    assert (result.done, result.total, result.stopped) == (49, 49, "")
