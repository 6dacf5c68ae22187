"""Core, least core, nucleolus and the least support: published numbers, another route, and properties."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cluster.benefit_sharing.games import NAMES, as_costs, games, lexicographic_nucleolus
from separatrix.errors import InputError
from separatrix_cluster.benefit_sharing.coalition_game import CoalitionGame, coalition_game
from separatrix_cluster.benefit_sharing.core import core, core_test, cost_of_stability
from separatrix_cluster.benefit_sharing.nucleolus import is_nucleolus, nucleolus

FIFTEEN = [0, 0, 0, 0, 5, 5, 8, 9, 10, 8, 13, 15, 16, 17, 21]
MAJORITY = coalition_game("abc", lambda who: len(who) > 1)
FEW = settings(max_examples=25)


def fractions(*texts: str) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, texts))


# --------------------------------------------------------------------------- published numbers


def test_the_nucleolus_of_fifteen_numbers() -> None:
    """The case of the packages CoopGame and GameTheoryAllocation of R: 3.5, 4.5, 5.5 and 7.5."""
    game = coalition_game("abcd", FIFTEEN)
    assert nucleolus(game).allocation == fractions("7/2", "9/2", "11/2", "15/2")
    costs = coalition_game("abcd", FIFTEEN, costs=True)
    found = nucleolus(costs, individually_rational=False)
    assert found.allocation == fractions("5", "16/3", "16/3", "16/3")


def test_an_estate_is_divided_as_in_the_talmud() -> None:
    """Aumann & Maschler 1985: claims of 100, 200 and 300 on 100, 200 and 300."""
    claims = {"a": 100, "b": 200, "c": 300}
    for estate, shares in ((100, ("100/3",) * 3), (200, ("50", "75", "75")), (300, ("50", "100", "150"))):
        game = coalition_game(
            "abc",
            lambda who, estate=estate: max(0, estate - sum(c for n, c in claims.items() if n not in who)),
        )
        assert nucleolus(game).allocation == fractions(*shares)


def test_the_airport_has_the_nucleolus_of_littlechild() -> None:
    """Littlechild 1974: each group of the smallest pays min over i of c_i/(i + 1) at first."""
    runways = {"a": 1, "b": 2, "c": 4, "d": 7}
    game = coalition_game(list(runways), lambda who: max(runways[name] for name in who), costs=True)
    assert nucleolus(game).allocation == fractions("1/2", "3/4", "11/8", "35/8")


def test_three_enterprises_of_which_two_suffice_have_no_core() -> None:
    """Bondareva and Shapley: weights of one half on the three pairs are worth 3/2, more than all together."""
    found = core(MAJORITY)
    assert found.empty
    assert found.excess == Fraction(1, 3)
    assert sorted(found.balanced) == [((a, b), Fraction(1, 2)) for a, b in ("ab", "ac", "bc")]
    needed = cost_of_stability(MAJORITY)
    assert needed.support == Fraction(1, 2)
    assert needed.allocation == (Fraction(1, 2),) * 3


@pytest.mark.parametrize(("quota", "weights"), [(3, (2, 1, 1, 1)), (4, (1,) * 6), (5, (3, 2, 2, 1))])
def test_support_of_majorities(quota: int, weights: tuple[int, ...]) -> None:
    """The support is what is missing to the greatest worth of weights that cover each player once."""
    weight = dict(zip(NAMES, weights, strict=False))
    game = coalition_game(list(weight), lambda who: sum(weight[name] for name in who) >= quota)
    found = cost_of_stability(game)
    covered = {
        name: sum((w for who, w in found.balanced if name in who), Fraction(0)) for name in game.players
    }
    assert set(covered.values()) == {1}
    assert sum((w * game.value(*who) for who, w in found.balanced), Fraction(0)) == 1 + found.support


# --------------------------------------------------------------------------- another route


@given(games())
@FEW
def test_the_nucleolus_is_that_of_programmes_with_every_row(game: CoalitionGame) -> None:
    """Settling all coalitions that are tight at every optimum, one programme each, ends there too."""
    assert nucleolus(game).allocation == lexicographic_nucleolus(game)


@given(games(most=5))
@FEW
def test_kohlberg_tells_the_nucleolus_from_its_neighbours(game: CoalitionGame) -> None:
    """The criterion holds at the nucleolus alone."""
    shares = list(nucleolus(game).allocation)
    assert is_nucleolus(game, shares)
    if len(shares) > 1:
        shares[0] += Fraction(1, 7)
        shares[-1] -= Fraction(1, 7)
        assert not is_nucleolus(game, shares)


# --------------------------------------------------------------------------- properties


@given(games(most=5))
@FEW
def test_core_nucleolus_and_support_agree(game: CoalitionGame) -> None:
    """The nucleolus is in the core where that is not empty, which is just where no support is needed."""
    found, shares, needed = core(game), nucleolus(game).allocation, cost_of_stability(game)
    assert sum(shares) == game.total
    assert all(x >= v for x, v in zip(shares, game.stand_alone_values, strict=True))
    assert core_test(game, shares).inside == (not found.empty) == (needed.support == 0)
    if len(game.players) > 1:
        assert core_test(game, found.allocation).excess == found.excess
    supported = CoalitionGame(game.players, (*game.values[:-1], game.total + needed.support))
    assert core_test(supported, needed.allocation).inside
    if found.empty:
        less = CoalitionGame(game.players, (*game.values[:-1], game.total + needed.support * 99 / 100))
        assert core(less).empty
        worth = sum((w * game.value(*who) for who, w in found.balanced), Fraction(0))
        assert worth > game.total


@given(games(), st.integers(1, 5), st.lists(st.integers(-5, 5), min_size=4, max_size=4))
@FEW
def test_strategic_equivalence(game: CoalitionGame, factor: int, own: list[int]) -> None:
    """Another unit, and something of one's own for everybody, change the shares by just these."""
    mine = dict(zip(game.players, own, strict=False))
    moved = CoalitionGame(
        game.players,
        tuple(factor * v + sum(mine[n] for n in game.members(m)) for m, v in enumerate(game.values)),
    )
    wanted = tuple(
        factor * x + mine[n] for n, x in zip(game.players, nucleolus(game).allocation, strict=True)
    )
    assert nucleolus(moved).allocation == wanted


@given(games(least=2))
@FEW
def test_costs_are_gains_with_the_opposite_sign(game: CoalitionGame) -> None:
    """What is found of a cost game is what is found of its savings."""
    costs = as_costs(game)
    assert nucleolus(costs).allocation == tuple(-x for x in nucleolus(game).allocation)
    assert core(costs).excess == core(game).excess
    assert cost_of_stability(costs).support == cost_of_stability(game).support
    shares = core(costs).allocation
    assert core_test(costs, shares).excess == core(game).excess


@given(games(most=3))
@FEW
def test_an_idle_player_gets_nothing_and_changes_nothing(game: CoalitionGame) -> None:
    """A player who adds nothing to anyone has a share of 0 in the nucleolus of a game with a core."""
    assume(not core(game).empty)
    with_idle = CoalitionGame((*game.players, "idle"), game.values * 2)
    assert nucleolus(with_idle).allocation == (*nucleolus(game).allocation, 0)


# --------------------------------------------------------------------------- degenerate and bad


def test_one_player_keeps_all() -> None:
    """Alone there is nothing to share."""
    game = coalition_game(["only"], ["7/3"])
    assert nucleolus(game).allocation == (Fraction(7, 3),)
    assert not core(game).empty
    assert cost_of_stability(game).support == 0
    assert core_test(game, [2]).inside is False


def test_a_game_of_nothing_is_shared_out() -> None:
    """Where no coalition is worth anything, everybody gets nothing, and nobody objects."""
    game = coalition_game("abcdef", lambda who: 0)
    assert set(nucleolus(game).allocation) == {0}
    assert not core(game).empty


def test_a_game_that_is_worth_less_than_its_players_alone() -> None:
    """Nobody can be kept from leaving: the nucleolus does not exist, the prenucleolus does."""
    game = coalition_game("ab", [3, 2, 4])
    assert game.split() == (("b",), ("a",))
    with pytest.raises(InputError) as problem:
        nucleolus(game)
    assert problem.value.code == "K533"
    assert nucleolus(game, individually_rational=False).allocation == fractions("5/2", "3/2")
    assert cost_of_stability(game).support == 1


def test_the_coalition_that_objects_most_is_named() -> None:
    """Outside the core some coalition gains by leaving; an allocation that wastes is outside too."""
    game = coalition_game("abcd", FIFTEEN)
    test = core_test(game, {"a": 21, "b": 0, "c": 0, "d": 0})
    assert (test.inside, test.objection, test.excess) == (False, ("b", "c", "d"), 17)
    wasted = core_test(game, [5, 5, 5, 5])
    assert (wasted.inside, wasted.left_over) == (False, 1)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: coalition_game([], []), "K530"),
        (lambda: coalition_game(["a", "a"], [1, 2, 3]), "K530"),
        (lambda: coalition_game([str(k) for k in range(17)], len), "K530"),
        (lambda: coalition_game("ab", [1, 2]), "K531"),
        (lambda: coalition_game("ab", {"a": 1, "b": 2}), "K531"),
        (lambda: coalition_game("ab", {"a": 1, "b": 2, ("a", "c"): 2}), "K531"),
        (lambda: coalition_game("ab", {"a": 1, "b": 2, "": 3}), "K531"),
        (lambda: coalition_game("ab", {"a": 1, "b": 2, ("a", "b"): 2, ("b", "a"): 3}), "K531"),
        (lambda: coalition_game("ab", {"a": 1, "b": 2, (): 3, ("a", "b"): 2}), "K531"),
        (lambda: coalition_game("ab", [1, 2, float("nan")]), "V301"),
        (lambda: coalition_game("ab", None), "K531"),  # type: ignore[arg-type]
        (lambda: coalition_game("ab", "123"), "K531"),
        (lambda: core_test(MAJORITY, 3), "K532"),  # type: ignore[arg-type]
        (lambda: core_test(MAJORITY, "100"), "K532"),
        (lambda: core_test(MAJORITY, [1, 0]), "K532"),
        (lambda: core_test(MAJORITY, {"a": 1, "b": 0}), "K532"),
        (lambda: core_test(MAJORITY, {"a": 1, "b": 0, "c": 0, "d": 0}), "K532"),
        (lambda: core_test(MAJORITY, {"a": 1, "b": 0, "c": "much"}), "V301"),
    ],
)
def test_what_is_no_game_or_allocation_is_refused(make: object, code: str) -> None:
    """Players named twice or not at all, coalitions missing or of strangers, and what is no number."""
    with pytest.raises(InputError) as problem:
        make()  # type: ignore[operator]
    assert problem.value.code == code


def test_fifteen_enterprises_are_shared_exactly() -> None:
    """32,768 coalitions, each worth the square of what its members weigh: the criterion holds at the end."""
    weights = {f"E{k:02}": k % 5 + 1 for k in range(15)}
    game = coalition_game(list(weights), lambda who: sum(weights[name] for name in who) ** 2)
    found = nucleolus(game)
    assert sum(found.allocation) == game.total
    alike = {
        w: {x for n, x in zip(game.players, found.allocation, strict=True) if weights[n] == w}
        for w in range(1, 6)
    }
    assert all(len(shares) == 1 for shares in alike.values())
