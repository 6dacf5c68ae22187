"""One name for one state, in every command and for every value of the parameters."""

import itertools
import random
from collections.abc import Iterator, Mapping
from fractions import Fraction

import pytest

import separatrix
from published_cases import EVERY_RUN
from separatrix import Analysis, Game
from separatrix.analysis.analyze import with_fixed
from separatrix.analysis.rest_state_ids import RestStateIds, ids_of
from separatrix.analysis.symbolic.substitution import solve_symbolic
from separatrix.game.catalogue import catalogue
from thinning import thinned

Support = tuple[tuple[str, ...], ...]
Named = dict[str, Support]

SHORT = 3.0
"""Seconds for an analysis: of regimes only the ids of their states matter here, which come first."""

SLUGS = [entry.slug for entry in catalogue()]


def _base(name: str) -> str:
    """An id without the letters of several states on one support."""
    return name.rstrip("abcdefghijklmnopqrstuvwxyz")


def _names(analysis: Analysis) -> Named:
    named = {p.id: p.support for p in analysis.rest_points} | {s.id: s.support for s in analysis.rest_sets}
    assert len(named) == len(analysis.rest_points) + len(analysis.rest_sets)
    return named


def _agree(known: Named, found: Named) -> None:
    """Hold that the same id never stands for two supports, nor two ids for one."""
    for name, support in found.items():
        base = _base(name)
        assert known.setdefault(base, support) == support, base
    for letter in "ES":
        own = {name: support for name, support in known.items() if name[0] == letter}
        assert len(set(own.values())) == len(own)


def _cases(game: Game) -> Iterator[Mapping[str, object]]:
    full = {n: p.value for n, p in game.parameters.items() if p.value is not None}
    if len(full) == len(game.parameters):
        yield {}
    for values in game.scenarios.values():
        if len({**full, **values}) == len(game.parameters):
            yield {**full, **values}


@thinned("slug", SLUGS, each_run=EVERY_RUN)
def test_a_published_game_has_one_id_for_one_state(slug: str) -> None:
    """Symbols, numbers in every scenario, basins and portraits give the same id to the same support."""
    game = separatrix.load(slug)
    known: Named = {}
    for k, values in enumerate(itertools.islice(_cases(game), 3)):
        numbers = separatrix.analyze(game, values, budget=SHORT)
        _agree(known, _names(numbers))
        ids = {p.id for p in numbers.rest_points}
        if game.space.shape in ("square", "triangle"):
            assert {
                p.id for p in separatrix.portrait(game, values, grid=3, trajectories=False).rest_points
            } <= ids
        if game.space.dimension < 3:
            found = separatrix.basins(game, values, samples=64, seed=1)
            told = {name for name in found.endings if name[0] in "ES"}
            assert told <= ids | {s.id for s in numbers.rest_sets}
        if k:
            continue
        try:
            both = separatrix.analyze(game, values, symbolic=True, budget=SHORT)
        except separatrix.ComesLater:
            continue
        _agree(known, _names(both))
        if numbers.completeness.status == "complete":
            states = {p.id: p.state for p in both.rest_points}
            assert {p.id: p.state for p in numbers.rest_points}.items() <= states.items()
            assert {s.id for s in numbers.rest_sets} <= {s.id for s in both.rest_sets}


def _random_game(random_: random.Random, sizes: tuple[int, ...]) -> Game:
    """Payoffs with a parameter here and there, whose values are small, so that ties are common."""
    names = [f"a{k}" for k in range(4)]
    rows = []
    for profile in itertools.product(*(range(size) for size in sizes)):
        pay = [f"{random_.choice(names)}*{random_.randint(-2, 2)} + {random_.randint(-3, 3)}" for _ in sizes]
        rows.append({"play": [f"s{a}" for a in profile], "pay": pay})
    return separatrix.load(
        {
            "title": "Drawn",
            "populations": [
                {
                    "name": f"Party {i}",
                    "share": "xyz"[i],
                    "strategies": [{"id": f"s{a}", "name": f"s{a}"} for a in range(size)],
                }
                for i, size in enumerate(sizes)
            ],
            "parameters": {name: {} for name in names},
            "payoffs": rows,
        }
    )


def _agrees_at_all_values(sizes: tuple[int, ...], games: int, draws: int) -> None:
    random_ = random.Random(str(sizes))
    for _ in range(games):
        game = _random_game(random_, sizes)
        known: Named = {}
        found = solve_symbolic(game, None, 0.0).found
        _agree(known, {p.id: p.support for p in found.points} | {s.id: s.support for s in found.sets})
        for k in range(draws):
            values = {name: Fraction(random_.randint(-2, 2)) for name in game.parameters}
            numbers = separatrix.analyze(game, values)
            _agree(known, _names(numbers))
            if k % 5:
                continue
            both = separatrix.analyze(game, values, symbolic=True, budget=SHORT)
            _agree(known, _names(both))
            states = {p.id: p.state for p in both.rest_points}
            assert {p.id: p.state for p in numbers.rest_points}.items() <= states.items()
            for component in both.rest_components:
                assert set(component.pieces) <= set(_names(both))


@pytest.mark.parametrize("sizes", [(2, 2), (2, 2, 2), (3, 2)])
def test_ids_of_random_games_agree_by_support_at_all_values(sizes: tuple[int, ...]) -> None:
    """At every draw of the parameters, numeric and symbolic, an id stands for one support."""
    _agrees_at_all_values(sizes, games=1, draws=5)


@pytest.mark.soak
@pytest.mark.parametrize("sizes", [(2, 2), (2, 2, 2), (3, 2), (3, 3), (2, 2, 2, 2)])
def test_ids_of_many_random_games_agree_by_support_at_all_values(sizes: tuple[int, ...]) -> None:
    """The same for ten games each, at ten values."""
    _agrees_at_all_values(sizes, games=10, draws=10)


def test_papers_of_two_and_three_parties_number_their_points_so() -> None:
    """Two parties have E5 inside; three have E1 to E8 pure, E9 to E14 on faces and E15 inside."""
    two, three = RestStateIds((2, 2), True), RestStateIds((2, 2, 2), True)
    pure = [((1 - a,), (1 - b,), (1 - c,)) for a, b, c in itertools.product((0, 1), repeat=3)]
    both = (0, 1)
    assert two.point((both, both)) == "E5"
    assert [three.point(s) for s in pure] == [f"E{k}" for k in range(1, 9)]
    faces = [((1,), both, both), ((0,), both, both), (both, (1,), both), (both, (0,), both)]
    faces += [(both, both, (1,)), (both, both, (0,))]
    assert [three.point(s) for s in faces] == [f"E{k}" for k in range(9, 15)]
    assert three.point((both, both, both)) == "E15"


def test_own_shares_let_an_edge_hold_an_isolated_point() -> None:
    """With own play each edge is counted too, so the inside of two populations is E9."""
    game = separatrix.load(
        {
            "populations": [
                {"name": "A", "share": "x", "strategies": ["a", "b"]},
                {"name": "B", "share": "y", "strategies": ["a", "b"]},
            ],
            "payoff_matrices": {
                "A,A": [["k", 0], [0, "k"]],
                "A,B": [[1, 0], [0, 1]],
                "B,A": [[1, 0], [0, 1]],
                "B,B": [["k", 0], [0, "k"]],
            },
            "parameters": {"k": {}},
        }
    )
    for k in (-2, 0, 3):  # without effect at 0, where the form is what it was
        inside = [p for p in separatrix.analyze(game, {"k": k}).rest_points if p.state == (0.5, 0.5)]
        assert [p.id for p in inside] == ["E9"], k


@pytest.mark.parametrize(
    ("advantages", "inside"),
    [
        ({"x": "y*(a + b) - b", "y": "x*(a + b) - b"}, "E5"),
        ({"x": "y*(a + b) - b + c*x", "y": "x*(a + b) - b"}, "E9"),
        ({"x": "a*y^2 - b", "y": "x*(a + b) - b"}, "E9"),
    ],
)
def test_the_form_of_advantages_decides_which_faces_count(advantages: dict[str, str], inside: str) -> None:
    """Advantages linear in the other share leave edges out; own shares and squares count them."""
    strategies = ["yes", "no"]
    game = separatrix.load(
        {
            "populations": [
                {"name": "A", "share": "x", "strategies": strategies},
                {"name": "B", "share": "y", "strategies": strategies},
            ],
            "parameters": {"a": 1, "b": 1, "c": 0},
            "advantages": advantages,
        }
    )
    assert ids_of(game).point(((0, 1), (0, 1))) == inside
    names = {p.id for p in separatrix.analyze(game).rest_points if 0 < (p.state or (0,))[0] < 1}
    assert names <= {inside, "E5", "E6", "E7", "E8"}


def test_fixed_parameters_leave_ids_as_they_are() -> None:
    """A coefficient that is set to zero does not change the form that ids come from."""
    game = separatrix.load(
        {
            "populations": [
                {"name": "A", "share": "x", "strategies": ["yes", "no"]},
                {"name": "B", "share": "y", "strategies": ["yes", "no"]},
            ],
            "parameters": {"a": {}, "c": {}},
            "advantages": {"x": "y*a - 1 + c*x", "y": "2*x - 1"},
        }
    )
    fixed = with_fixed(game, {"c": Fraction(0)})
    assert ids_of(fixed).point(((0, 1), (0, 1))) == ids_of(game).point(((0, 1), (0, 1))) == "E9"


def test_several_points_on_one_support_are_lettered_by_their_first_share() -> None:
    """Two rest points inside the cube of three parties are E15a and E15b, the smaller first share first."""
    game = separatrix.load(TWO_INSIDE)
    inside = [p for p in separatrix.analyze(game).rest_points if len(p.free) == 3]
    assert len(inside) == 2
    assert [p.id for p in inside] == ["E15a", "E15b"]
    first, second = (p.state for p in inside)
    assert first is not None and second is not None and first < second


TWO_INSIDE = {
    "populations": [{"name": n, "share": n, "strategies": ["yes", "no"]} for n in ("x", "y", "z")],
    # y = x and z = y inside; x(1 - x) = 3/16 at 1/4 and at 3/4.
    "advantages": {"x": "y - y*z - 3/16", "y": "z - x", "z": "x - y"},
}


def test_branches_of_a_diagram_have_the_ids_of_their_rest_points() -> None:
    """At a value inside each piece of each branch, the analysis has a rest point of that id there."""
    game = separatrix.load("shi-chen-2018")
    diagram = separatrix.bifurcation_diagram(game, ("C1", 0, 12), scenario="bistable")
    for branch in diagram.branches:
        for piece in branch.pieces:
            k = len(piece.values) // 2
            values = {**game.scenarios["bistable"], "C1": Fraction(piece.values[k])}
            points = {p.id: p for p in separatrix.analyze(game, values).rest_points}
            assert points[branch.id].support == branch.support
            assert points[branch.id].state == pytest.approx(piece.states[k], abs=1e-7)


def test_many_strategies_have_short_ids_of_what_is_played() -> None:
    """Where supports are too many to count, an id spells what is played, and tells all apart."""
    ids = RestStateIds((14,), False)
    assert ids.point(((6,),)) == "E7" and ids.point(((1, 12),)) == "E2-13"
    ten = RestStateIds((2,) * 10, True)
    pure, both = (1,), (0, 1)
    assert ten.point((pure,) * 3 + (both,) + (pure,) * 4 + (both, (0,))) == "E222.1-2.2222.1-2.1"
    assert ten.point((pure,) * 10) == "E1" and ten.point(((0,),) * 10) == "E1024"
    supports = list(itertools.product(((0,), (1,), both), repeat=5))
    five = RestStateIds((2,) * 5, False)
    assert len({five.point(s) for s in supports}) == len({five._spelled(s) for s in supports}) == 243
