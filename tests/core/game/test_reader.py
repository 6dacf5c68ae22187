"""Reading games: every form, every section, exact numbers."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy
import pytest

from separatrix.errors import InputError, NameProblem
from separatrix.expression.conditions import condition_text
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import Name, Number, to_text
from separatrix.game.model import (
    AdvantageForm,
    FunctionForm,
    GroupForm,
    PairwiseForm,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
)
from separatrix.game.reader import load, read_document
from separatrix.io.yaml import parse_yaml


def two(**more: Any) -> dict[str, Any]:
    """Return a game of two populations with some sections exchanged."""
    return {
        "populations": [
            {"name": "A", "share": "x", "strategies": ["c", "d"]},
            {"name": "B", "strategies": ["c", "d"]},
        ],
        "parameters": {"R": 3, "C": None},
        "payoffs": [{"play": list(p), "pay": ["R - C", 0]} for p in itertools.product("cd", repeat=2)],
        **more,
    }


def without_payoffs(**more: Any) -> dict[str, Any]:
    """Return the same game with other payoffs."""
    game = two(**more)
    del game["payoffs"]
    return game


def test_profiles_become_a_table() -> None:
    """Profiles are found by the names of their strategies, in any order."""
    document = two()
    document["payoffs"] = [
        {"play": [a, b], "pay": [f"{i}", i + 1]} for i, (a, b) in enumerate(itertools.product("dc", repeat=2))
    ]
    game = load(document)
    assert isinstance(game.form, ProfileTable)
    assert game.form.pay[1, 1] == (Number(Fraction(0)), Number(Fraction(1)))
    assert game.form.pay[0, 1] == (Number(Fraction(2)), Number(Fraction(3)))


def test_defaults() -> None:
    """Without names, strategies are yes and no (or numbered), and shares x, y, z."""
    assert load({"payoff_matrix": [[1, 2], [3, 4]]}).populations[0].strategies[0].name == "yes"
    game = load({"bimatrix": [[[1, 2], [3, 4], [5, 6]]] * 2})
    assert game.shares == ("x", "y_1", "y_2", "y_3")
    assert [s.name for s in game.populations[1].strategies] == ["1", "2", "3"]


def test_shares_of_many_strategies() -> None:
    """With more than two strategies each has a share, called after its id, its name or its place."""
    document = {
        "populations": [
            {"name": "A", "share": "z", "strategies": ["石头", {"id": "P", "name": "paper bag"}, "a b"]}
        ],
        "payoff_matrix": [[0, 1, 2]] * 3,
        "today": {"z_石头": 0.5, "z_P": "1/4", "z_3": 0.25},
    }
    game = load(document)
    assert game.shares == ("z_石头", "z_P", "z_3")
    assert game.today == {"z_石头": Fraction(1, 2), "z_P": Fraction(1, 4), "z_3": Fraction(1, 4)}


def test_one_population_in_profiles_is_a_matrix() -> None:
    """For one population a profile is its own strategy and the one it meets."""
    document = {
        "populations": [{"name": "Birds", "strategies": ["hawk", "dove"]}],
        "payoffs": [
            {"play": ["hawk", "hawk"], "pay": [-1]},
            {"play": ["hawk", "dove"], "pay": [4]},
            {"play": ["dove", "hawk"], "pay": [0]},
            {"play": ["dove", "dove"], "pay": [2]},
        ],
    }
    assert load(document).form == load({"payoff_matrix": [[-1, 4], [0, 2]]}).form


def test_bimatrix_and_pairwise_matrices_are_the_same_game() -> None:
    """A bimatrix, and pairwise matrices without own play, give the same table."""
    bimatrix = load(without_payoffs(bimatrix=[[["R", 1], [0, 2]], [[5, 3], [1, "C"]]]))
    pairwise = load(without_payoffs(payoff_matrices={"A,B": [["R", 0], [5, 1]], "B, A": [[1, 3], [2, "C"]]}))
    assert isinstance(bimatrix.form, ProfileTable)
    assert bimatrix.form == pairwise.form


def test_pairwise_matrices_of_three_populations_add_up() -> None:
    """With three populations a payoff is the sum over the two others."""
    names = "ABC"
    matrices = {f"{a},{b}": [[i, i], [0, 0]] for i, (a, b) in enumerate(itertools.permutations(names, 2), 1)}
    game = load({"populations": list(names), "payoff_matrices": matrices})
    assert isinstance(game.form, ProfileTable)
    assert to_text(game.form.pay[0, 0, 0][0]) == "1 + 2"


def test_advantages_and_equations() -> None:
    """Advantages and equations may use shares, parameters and shorthands."""
    game = load(without_payoffs(let={"P": "R*y"}, advantages={"x": "P - C", "y": "x"}))
    assert isinstance(game.form, AdvantageForm)
    assert to_text(game.form.by_share["x"]) == "P - C"
    equations = load({"replicator": {"p": "p*(1-p)"}})
    assert isinstance(equations.form, ReplicatorForm)
    assert equations.shares == ("p",)


def test_payoffs_that_depend_on_the_shares() -> None:
    """Functions of the state, and tables with such entries, are expected payoffs."""
    functions = {"A": {"c": "x*R", "d": 1}, "B": {"c": 1, "d": 0}}
    given = load(without_payoffs(payoff_functions=functions))
    assert isinstance(given.form, FunctionForm)
    assert to_text(given.form.payoffs[0][0]) == "x*R"
    table = load(without_payoffs(bimatrix=[[["x", 1], [0, 2]], [[5, 3], [1, 1]]]))
    assert isinstance(table.form, FunctionForm)
    assert [to_text(u) for u in table.form.payoffs[0]] == ["y*x", "5*y + 1 - y"]
    met = load({"populations": ["A"], "payoff_matrix": [["x", 0], [1, 2]]})
    assert isinstance(met.form, FunctionForm)
    assert to_text(met.form.payoffs[0][1]) == "x + 2*(1 - x)"


def test_populations_that_also_play_themselves() -> None:
    """Matrices of several populations with own play are kept as encounters in pairs."""
    matrices = {"A,B": [[1, 2], [3, 4]], "B,A": [[1, 2], [3, 4]], "A,A": [["R", 2], [3, 4]]}
    game = load(without_payoffs(payoff_matrices=matrices))
    assert isinstance(game.form, PairwiseForm)
    assert set(game.form.matrices) == {(0, 1), (1, 0), (0, 0)}


def test_groups_are_read() -> None:
    """A game in groups is read; k counts the cooperators among the others, and is no other name."""
    group = {"size": 5, "payoff": {"yes": "r*(k+1)/5 - 1", "no": "r*k/5"}}
    game = load({"populations": ["A"], "parameters": {"r": 3}, "group": group})
    assert isinstance(game.form, GroupForm)
    assert game.form.size == Number(Fraction(5))
    with pytest.raises(NameProblem, match="S012"):
        load(
            {
                "populations": ["A"],
                "parameters": {"r": 3},
                "group": {**group, "payoff": {"yes": "kk", "no": 0}},
            }
        )
    with pytest.raises(InputError, match="G114"):
        load({"populations": [{"name": "A", "share": "k"}], "parameters": {"r": 3}, "group": group})
    with pytest.raises(InputError, match="V301"):
        load({"populations": ["A"], "parameters": {"r": 3}, "group": {**group, "size": "5/2"}})


def test_constant_payoff_functions_are_a_table() -> None:
    """Payoff functions that use no share are a table like any other."""
    game = load(without_payoffs(payoff_functions={"A": {"c": "R", "d": 1}, "B": {"c": 1, "d": 0}}))
    assert isinstance(game.form, ProfileTable)
    assert game.form.pay[0, 1] == (Name("R"), Number(Fraction(0)))


@pytest.mark.parametrize(
    ("speeds", "read"),
    [
        ({"A": 1, "y": "1"}, ["1", "1"]),
        ({"A": 2}, ["2", "1"]),
        ({"y": "R"}, ["1", "R"]),
        ({"A": "1/2 + 1"}, ["3/2", "1"]),
    ],
)
def test_speeds(speeds: dict[str, Any], read: list[str]) -> None:
    """Speeds are read by the name of a population or its share; what is left out is one."""
    game = load(two(speeds=speeds))
    assert [to_text(speed) for speed in game.speeds] == read
    assert game.equal_speeds is (read == ["1", "1"])


def test_a_speed_is_given_once() -> None:
    """A population has one speed, whether it is called by its name or by its share."""
    with pytest.raises(InputError, match="G117"):
        load(two(speeds={"A": 1, "x": 2}))


def test_later_sections_are_kept() -> None:
    """What no verb uses yet is kept in `raw` and named in `later`."""
    game = load(two(starts=[{"x": 0, "y": 1}], published={"complete": {"regimes": True}}))
    assert game.later == ("published", "starts")
    assert game.raw["starts"] == [{"x": 0, "y": 1}]


def test_shorthands_come_in_order() -> None:
    """Shorthands are sorted so that each uses earlier ones only."""
    game = load(two(let={"P": "Q + 1", "Q": "S*2", "S": "R"}))
    assert list(game.lets) == ["S", "Q", "P"]


def test_long_chains_of_shorthands_are_sorted_without_recursion() -> None:
    """A chain of thousands of shorthands is no matter of the stack."""
    chain = {f"a{i}": f"a{i + 1}" for i in range(1500)} | {"a1500": "R"}
    assert next(iter(load(two(let=chain)).lets)) == "a1500"


def test_assumptions_may_be_chains() -> None:
    """A chain of comparisons is all of them."""
    condition, text = load(two(assume=["0 < R <= C"])).assumptions[0]
    assert condition_text(condition) == "0 < R and R <= C"
    assert text == "0 < R <= C"


@pytest.mark.parametrize(
    ("given", "exact"),
    [
        (0.1, Fraction(1, 10)),
        ("0.1", Fraction(1, 10)),
        ("1/3", Fraction(1, 3)),
        (7, Fraction(7)),
        ("1e-3", Fraction(1, 1000)),
        (Fraction(2, 7), Fraction(2, 7)),
        (numpy.float32(0.1), Fraction(1, 10)),
        (numpy.float64(0.1), Fraction(1, 10)),
        (numpy.int64(3), Fraction(3)),
        ("-2*3", Fraction(-6)),
    ],
)
def test_numbers_are_exact(given: object, exact: Fraction) -> None:
    """A float means its shortest decimal; texts may be expressions without names."""
    assert load(two(parameters={"R": given, "C": {}})).parameters["R"].value == exact
    form = load({"payoff_matrix": [[given, 0], [0, 0]]}).form
    assert isinstance(form, SelfMatrix)
    assert evaluate(form.rows[0][0], {}) == exact


def test_numpy_arrays_are_lists() -> None:
    """A payoff matrix may be a numpy array."""
    assert (
        load({"payoff_matrix": numpy.array([[0.1, 2], [3, 4]])}).form
        == load({"payoff_matrix": [["1/10", 2], [3, 4]]}).form
    )


def test_yaml_numbers_are_read_from_their_text() -> None:
    """0.1 in YAML is 1/10, yes is a text, and nothing is a parameter without value."""
    document, source = parse_yaml(
        "populations: [{name: A, strategies: [yes, no]}]\n"
        "parameters: {a: 0.1, b: 1e-3, c: , d: 0x10, e: {value: 12345678901234567890.5}}\n"
        "payoff_matrix: [[a, b], [-1.50, '1/3']]\n"
    )
    game = read_document(document, source)
    assert [p.value for p in game.parameters.values()] == [
        Fraction(1, 10),
        Fraction(1, 1000),
        None,
        16,
        Fraction("12345678901234567890.5"),
    ]
    assert isinstance(game.form, SelfMatrix)
    assert game.form.rows[1] == (Number(Fraction(-3, 2)), Number(Fraction(1, 3)))
    assert game.populations[0].strategies[0].name == "yes"


def test_a_slug_a_path_and_a_mapping_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A word without suffix or separator is a name in the catalogue, anything else a path."""
    (tmp_path / "game.yaml").write_text("payoff_matrix: [[1, 2], [3, 4]]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load("game.yaml").title == "game"
    assert load(Path("game.yaml")).title == "game"
    assert load("shi-chen-2018").origin == "shi-chen-2018"
    with pytest.raises(NameProblem, match="did you mean `shi-chen-2018`"):
        load("shi-chn-2018")
    with pytest.raises(InputError, match="G106"):
        load(3)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"parameters": {"x": 1}}, "G114"),
        ({"let": {"R": "1"}}, "G114"),
        ({"let": {"y": "1"}}, "G114"),
        ({"let": {"P": "P"}}, "S013"),
        ({"parameters": {"exp": 1}}, "G113"),
        ({"parameters": {"a b": 1}}, "G113"),
        ({"parameters": {"R": float("nan"), "C": 1}}, "V301"),
        ({"parameters": {"R": float("inf"), "C": 1}}, "V301"),
        ({"parameters": {"R": "C", "C": 1}}, "V301"),
        ({"parameters": {"R": True, "C": 1}}, "V301"),
        ({"parameters": {"R": {"range": [2, 1]}, "C": 1}}, "V310"),
        ({"parameters": {"R": {"range": [1]}, "C": 1}}, "G119"),
        ({"parameters": {"R": {"valeu": 2}, "C": 1}}, "G107"),
        ({"parameters": {"R": "1/0", "C": 1}}, "S003"),
        ({"populations": []}, "G115"),
        ({"populations": ["A", "A"]}, "G114"),
        ({"populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "x"}]}, "G114"),
        ({"populations": [{"name": "A", "strategies": []}, "B"]}, "G115"),
        ({"populations": [{"name": "A", "strategies": ["a", "a"]}, "B"]}, "G114"),
        ({"populations": [{"share": "x"}]}, "G111"),
        ({"payoffs": []}, "G116"),
        ({"payoffs": None}, "G110"),
        ({"payoffs": [{"play": ["c", "c"]}]}, "G111"),
        ({"payoffs": [{"play": ["c", "q"], "pay": [1, 2]}]}, "G118"),
        ({"payoffs": [{"play": ["c"], "pay": [1, 2]}]}, "G119"),
        ({"payoffs": [{"play": ["c", "c"], "pay": [1]}]}, "G119"),
        ({"payoffs": [{"play": ["c", "c"], "pay": [1, 2]}] * 2}, "G117"),
        ({"bimatrix": [[[1, 2]]]}, "G112"),
        ({"scenarios": {"s": {"Q": 1}}}, "G120"),
        ({"assume": ["x > 0"]}, "S014"),
        ({"assume": ["R"]}, "S001"),
        ({"today": {"x": 2, "y": 0}}, "V311"),
        ({"today": {"x": 1}}, "G111"),
        ({"today": {"x": 1, "q": 1}}, "G120"),
        ({"format": 2}, "G109"),
        ({"formt": 1}, "G107"),
        ({"title": []}, "G110"),
        ({"title": "a\x00"}, "G110"),
        ({"speeds": {"A": 0}}, "V301"),
        ({"speeds": {"Q": 1}}, "G118"),
        ({"published": {"restpoints": []}}, "G107"),
        ({"parameters": {"R": {"uncertain": {"triangular": [1, 2]}}, "C": 1}}, "G119"),
        ({"starts": [{"x": 1}]}, "G111"),
        ({"parameters": {"R": 10**2000, "C": 1}}, "V301"),
        ({"payoffs": [{"play": ["c", "c"], "pay": ["9" * 11000, 1]}]}, "S002"),
    ],
)
def test_faults_are_refused(change: dict[str, Any], code: str) -> None:
    """Each fault in a game has its own code, and a place."""
    with pytest.raises(InputError if code not in ("G118", "G120", "G107") else NameProblem) as caught:
        load(two(**change))
    assert caught.value.code == code
    assert caught.value.where is not None


def test_too_many_profiles_are_refused_at_once() -> None:
    """Forty populations are not unrolled into a million million profiles."""
    with pytest.raises(InputError, match="G119"):
        load({"populations": [f"P{i}" for i in range(40)], "payoffs": []})


def test_a_list_without_end_is_refused_before_the_rest_is_read(tmp_path: Path) -> None:
    """A population of 130,000 strategies is refused where the list has become too long, not at its end."""
    names = ",".join(f"s{k}" for k in range(130_000))
    file = tmp_path / "long.game.yaml"
    file.write_text(f"populations:\n  - {{name: A, share: x, strategies: [{names}]}}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(file)
    assert caught.value.code == "G101"
    where = caught.value.where
    assert where is not None and where.line == 2
    assert file.read_text(encoding="utf-8").splitlines()[1][where.column - 1 :].startswith("s5000,")


def test_a_file_of_too_many_entries_is_refused_where_they_have_become_too_many(tmp_path: Path) -> None:
    """Of more than 100,000 texts, numbers and lists, each list short enough, the rest is not read."""
    file = tmp_path / "long.game.yaml"
    row = "[" + ",".join(["1"] * 999) + "]"  # the list itself counts too
    file.write_text("".join(f"k{n}: {row}\n" for n in range(1, 300)), encoding="utf-8")
    with pytest.raises(InputError, match="more than 100,000 texts, numbers and lists") as caught:
        load(file)
    where = caught.value.where
    assert caught.value.code == "G101" and caught.value.hint
    assert where is not None and where.line == 100
