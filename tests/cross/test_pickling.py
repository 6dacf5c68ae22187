"""Games, results and errors travel to other processes with what Python itself brings, no cloudpickle."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from typing import Any

import pytest

import separatrix

SLUGS = (
    "shi-chen-2018",
    "wang-2023",
    "hawk-dove-one-population",
    "dynamic-penalty",
    "collective-risk",
    "zeeman-1980",
    "hypercycle-four",
)
CUBE = {
    "title": "Three",
    "populations": [{"name": name, "share": name.lower()} for name in ("X", "Y", "Z")],
    "advantages": {"x": "3*y*z - 1", "y": "3*x*z - 1", "z": "3*x*y - 1"},
}
PAPER = separatrix.load("shi-chen-2018")
RESULTS: Mapping[str, Callable[[], Any]] = {
    "analysis": lambda: separatrix.analyze(PAPER),
    "symbolic analysis": lambda: separatrix.analyze(separatrix.load("wang-2023"), symbolic=True),
    "findings": lambda: separatrix.check(separatrix.load("coal-safety")),
    "basins": lambda: separatrix.basins(PAPER),
    "shock": lambda: separatrix.critical_shock(PAPER),
    "trajectory": lambda: separatrix.trajectory(PAPER, [0.2, 0.3]),
    "fate": lambda: separatrix.outcome(PAPER, [0.2, 0.3]),
    "portrait": lambda: separatrix.portrait(PAPER),
    "portrait of formulas": lambda: separatrix.portrait(separatrix.load("dynamic-penalty")),
    "separatrix": lambda: separatrix.separatrix_curve(PAPER),
    "separatrices": lambda: separatrix.separatrix_curves(separatrix.load("zeeman-1980")),
    "surface": lambda: separatrix.separatrix_surface(separatrix.load(CUBE), cells=6),
    "regime map": lambda: separatrix.regime_map(PAPER, {"C1": (0, 8), "C2": (0, 4)}, grid=(8, 8)),
    "tipping surface": lambda: separatrix.tipping_surface(PAPER, ["C1=0:4", "C2=0:4"], points=3),
    "tipping values": lambda: separatrix.tipping_values(PAPER, "C1=0:4"),
    "bifurcation diagram": lambda: separatrix.bifurcation_diagram(PAPER, ("C1", 0, 8)),
    "sensitivity": lambda: separatrix.sensitivity(PAPER, "basin:E4", spread="10%", samples=16),
    "trajectories": lambda: separatrix.trajectories(PAPER, {"C1": [2, 4]}),
    "examples": lambda: separatrix.examples(),
    "vector field": lambda: separatrix.vector_field(PAPER),
    "fan chart": lambda: separatrix.fan_chart(PAPER, spread="10%", samples=8),
    "network": lambda: separatrix.network(
        PAPER, separatrix.link_graph(3, [("1", "2"), ("2", "3")]), start=[0.5, 0.5], until=2, replicas=2
    ),
    "front": lambda: separatrix.pareto_front(PAPER, ["subsidy"], samples=2, horizon=5),
    "robust programme": lambda: separatrix.robust_programme(
        PAPER, ["subsidy"], spread="10%", draws=100, inputs=False
    ),
    "leaders": lambda: separatrix.leaders(
        PAPER,
        separatrix.link_graph(3, [("1", "2"), ("2", "3")], undirected=True),
        start=[0, 0],
        share=1.0,
        by=9,
        replicas=20,
        fresh=40,
        sets=9,
    ),
    "finite programme": lambda: separatrix.finite_programme(
        separatrix.finite_population({"payoff_matrix": [[3, 0], [5, 1]]}, population_size=9), 0.9
    ),
    "sweep": lambda: separatrix.sweep(PAPER, {"C1": "0:8:3"}),
    "cluster": lambda: separatrix.load_cluster("synthetic-park"),
    "game of coalitions": lambda: separatrix.coalition_game("abc", lambda who: len(who) ** 2),
    "nucleolus": lambda: separatrix.nucleolus(separatrix.coalition_game("ab", [1, 2, 4])),
    "exchanges": lambda: separatrix.optimal_exchange(separatrix.exchange_problem("synthetic-park")),
    "accounts": lambda: separatrix.carbon_accounts(separatrix.load_cluster("synthetic-park")),
    "rivals": lambda: separatrix.adoption_rivals("synthetic-park", draws=29),
    "fit to history": lambda: separatrix.fit_adoption("synthetic-park", draws=29),
    "diagnosis": lambda: separatrix.diagnose(separatrix.load_cluster("synthetic-park")),
}


def through_pickle(thing: Any) -> Any:
    """Return what another process would get."""
    return pickle.loads(pickle.dumps(thing))


@pytest.mark.parametrize("slug", SLUGS)
def test_a_game_comes_back_equal_and_gives_the_same_answer(slug: str) -> None:
    """A game that was pickled equals the first one, cannot be changed, and has the same analysis."""
    game = separatrix.load(slug)
    again = through_pickle(game)
    assert again == game
    assert separatrix.analyze(again).to_dict() == separatrix.analyze(game).to_dict()
    with pytest.raises(TypeError):
        again.parameters["new"] = None


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_comes_back_with_the_same_data(name: str) -> None:
    """Every public result is pickled without help, and tells the same afterwards."""
    result = RESULTS[name]()
    again = through_pickle(result)
    assert type(again) is type(result)
    if hasattr(result, "to_dict"):
        assert again.to_dict() == result.to_dict()


def test_a_portrait_that_was_pickled_still_has_its_field() -> None:
    """The vector field of a portrait gives the same rates of change after a journey."""
    portrait = separatrix.portrait(separatrix.load("dynamic-penalty"))
    again = through_pickle(portrait)
    assert (again.flow(portrait.grid) == portrait.flow(portrait.grid)).all()


def test_an_error_keeps_its_code_place_and_hint() -> None:
    """An error that is raised in another process reads there as here."""
    with pytest.raises(separatrix.SeparatrixError) as raised:
        separatrix.analyze(PAPER, {"C7": 1})
    again = through_pickle(raised.value)
    assert (again.code, again.where, again.hint) == (raised.value.code, raised.value.where, raised.value.hint)
    assert str(again) == str(raised.value)


def test_public_functions_take_what_is_read_as_a_game_and_can_be_pickled() -> None:
    """A name, a path or data in place of a game give the same answer; what is none of them is refused."""
    by_name = separatrix.analyze("shi-chen-2018").to_dict()
    assert by_name == separatrix.analyze(game=separatrix.load("shi-chen-2018")).to_dict()
    for wrong, code in (("shi-chen-2081", "C401"), ("missing.yaml", "G100"), (3, "G106")):
        for function in (separatrix.analyze, separatrix.check, separatrix.basins, separatrix.cite):
            with pytest.raises(separatrix.SeparatrixError) as refused:
                function(wrong)
            assert refused.value.code == code
    assert pickle.loads(pickle.dumps(separatrix.analyze)) is separatrix.analyze


def test_works_are_cited_of_a_source_as_of_its_analysis() -> None:
    """`cite` takes a name, data, a game or its analysis alike; without any it cites the program alone."""
    data = {"title": "Hawk and dove", "payoff_matrix": [[-1, 4], [0, 2]]}
    game = separatrix.load(data)
    of_analysis = separatrix.cite(separatrix.analyze(game))
    assert separatrix.cite(data) == separatrix.cite(analysis=game) == of_analysis
    assert separatrix.cite("hawk-dove-one-population") != separatrix.cite("shi-chen-2018")
    assert of_analysis.startswith(separatrix.cite().strip())
    assert separatrix.cite(None) == separatrix.cite()


def test_a_cluster_may_be_named_where_one_is_asked_for() -> None:
    """The name and the folder of a cluster stand for the cluster; what is neither is refused."""
    park = separatrix.load_cluster("synthetic-park")
    accounts = separatrix.carbon_accounts(park).to_dict()
    assert separatrix.carbon_accounts("synthetic-park").to_dict() == accounts
    for wrong in ("roterdam", 42, None, object(), b"nothing/there"):
        for function in (separatrix.load_cluster, separatrix.carbon_accounts, separatrix.diagnose):
            with pytest.raises(separatrix.SeparatrixError) as refused:
                function(wrong)
            assert refused.value.code == "K100"


@pytest.mark.parametrize("wrong", [42, None, object(), "matrix", {"a": 1}, [], [1, 2], [[1, 2]], [["a"]]])
def test_what_is_no_payoff_matrix_is_refused(wrong: object) -> None:
    """The search for evolutionarily stable strategies tells what is wrong with a matrix that is none."""
    with pytest.raises(separatrix.InputError) as refused:
        separatrix.ess_search(wrong)
    assert refused.value.code in {"G119", "V301"}
