"""Calls, values, refusals and the shape of the answer."""

import json
from fractions import Fraction

import numpy as np
import pytest

from core.analysis.helpers import document
from separatrix import InputError, NameProblem, analyze, load
from separatrix.analysis.symbolic.substitution import approximate
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import to_text


def test_one_population_and_two_give_different_answers_to_anti_coordination() -> None:
    """The mixed point of hawk and dove is an ESS in one population and a saddle between two."""
    one = analyze(load("hawk-dove-one-population")).rest_points[-1]
    two = analyze(load("hawk-dove-two-populations")).rest_points[-1]
    assert (one.stability, one.ess) == ("asymptotically stable", True)
    assert (two.stability, two.ess) == ("saddle", False)


@pytest.mark.parametrize(
    ("matrix", "labels", "ess"),
    [
        ([[0, 0], [0, 0]], ["stable", "stable"], [False, False]),
        ([[1, 0], [1, 1]], ["asymptotically stable", "source"], [True, False]),
        ([[1, 1], [1, 1]], ["stable", "stable"], [False, False]),
        ([[2, 0], [0, 1]], ["asymptotically stable", "asymptotically stable", "source"], [True, True, False]),
    ],
)
def test_zero_eigenvalues_of_one_population_are_decided_by_the_advantage_beside(
    matrix: list[list[int]], labels: list[str], ess: list[bool]
) -> None:
    """States are listed as share 0, share 1, mixed; neutral ends are decided by their neighbourhood."""
    points = analyze(load({"payoff_matrix": matrix, "title": "t"})).rest_points
    assert [p.stability for p in points] == labels
    assert [p.ess for p in points] == ess


def test_values_may_be_any_kind_of_number() -> None:
    """Floats mean their shortest decimal; fractions, text and numpy numbers are taken exactly."""
    game = load("shi-chen-2018")
    for value in (0.1, "0.1", "1/10", Fraction(1, 10), np.float64(0.1)):
        assert analyze(game, {"C1": value}).values["C1"] == Fraction(1, 10)
    assert analyze(game, {"C1": np.int64(3)}).values["C1"] == 3


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None, "pi", True, [1], "1/0"])
def test_values_that_are_no_finite_numbers_are_refused(value: object) -> None:
    """The message names the parameter or the division."""
    with pytest.raises(InputError) as caught:
        analyze(load("shi-chen-2018"), {"C1": value})
    assert caught.value.code in ("V301", "S003")


def test_unknown_names_get_a_suggestion() -> None:
    """Parameters and scenarios are matched with what the game has."""
    game = load("shi-chen-2018")
    with pytest.raises(NameProblem, match="did you mean `R1`"):
        analyze(game, {"Rl": 3})
    with pytest.raises(NameProblem, match="did you mean `bistable`"):
        analyze(game, scenario="bistabel")


def test_a_parameter_without_value_is_an_error_only_in_numbers() -> None:
    """The hint says how to give one; in symbols the answer needs none."""
    game = load({**document(x="a*y", y="x"), "parameters": {"a": {}}})
    with pytest.raises(InputError) as caught:
        analyze(game)
    assert caught.value.code == "V304" and "--set a=VALUE" in str(caught.value)
    assert analyze(game, symbolic=True).values is None


@pytest.mark.parametrize(
    ("advantages", "mixed"),
    [
        ({"x": "9*y^2 - 1", "y": "2*x - 1"}, ("1/2", "1/3")),
        ({"x": "2*x + y - 1", "y": "3*x - 1"}, ("1/3", "1/3")),
        ({"x": "1/(1 + y) - 2/3", "y": "1 - 4*x"}, ("1/4", "1/2")),
    ],
)
def test_curved_own_share_and_fractional_advantages(
    advantages: dict[str, str], mixed: tuple[str, str]
) -> None:
    """The only interior rest point is found in exact numbers, and the list is complete."""
    answer = analyze(load(document(**advantages)))
    inside = [p for p in answer.rest_points if p.free == (0, 1)]
    assert [tuple(to_text(e) for e in p.exact or ()) for p in inside] == [mixed]
    assert answer.completeness.status == "complete"


def test_replicator_equations_alone_are_analysed() -> None:
    """x(1-x)·f as an equation gives what f as an advantage gives; payoffs are empty."""
    base = document(x="4*y - 2", y="2 - 4*x")
    equations = {**base, "replicator": {"x": "x*(1-x)*(4*y - 2)", "y": "y*(1 - y)*(2 - 4*x)"}}
    del equations["advantages"]
    from_equations, from_advantages = analyze(load(equations)), analyze(load(base))
    assert from_equations.rest_points == from_advantages.rest_points
    assert from_equations.to_dict()["payoffs"] == {}


def test_values_that_break_an_assumption_are_analysed_with_a_warning() -> None:
    """The answer at such values is right; the warning quotes the assumption."""
    analysis = analyze(load("shi-chen-2018"), {"C1": -1})
    assert [w.code for w in analysis.warnings] == ["A505"]
    assert "C1 > 0" in analysis.warnings[0].text


def test_the_answer_is_json_with_the_keys_of_the_contract() -> None:
    """Both modes give plain data; numbers stand for parameters in numeric texts only."""
    game = load("shi-chen-2018")
    for symbolic in (False, True):
        data = json.loads(json.dumps(analyze(game, symbolic=symbolic).to_dict()))
        assert {
            "schema",
            "model",
            "payoffs",
            "equations",
            "rest_points",
            "rest_sets",
            "rest_components",
            "completeness",
            "regimes",
            "regimes_completeness",
            "warnings",
        } <= set(data)
        assert {
            "id",
            "state",
            "exact",
            "support",
            "isolated",
            "eigenvalues",
            "eigenvalues_exact",
            "stability",
            "reason",
            "stable_when",
            "exists",
            "nash",
            "strict_nash",
            "ess",
            "nss",
        } <= set(data["rest_points"][0])
        assert ("pi1" in data["equations"]["x"]) is symbolic


def test_symbolic_answers_take_numbers_where_values_exist_and_null_where_a_candidate_does_not() -> None:
    """In the cooperation-dominant scenario the mixed candidate stays listed, without a state."""
    points = analyze(load("shi-chen-2018"), scenario="cooperation-dominant", symbolic=True).rest_points
    assert [p.stability for p in points[:4]].count("asymptotically stable") == 1
    assert points[4].exact is not None and points[4].exists is not None
    assert points[4].state is None and points[4].stability is None


def test_formulas_without_a_real_value_have_none() -> None:
    """Poles and roots of negative numbers are not states."""
    for text in ("1/a", "sqrt(a - 1)"):
        assert approximate(parse_expression(text), {"a": Fraction(0)}) is None


def test_values_that_cannot_be_used_are_said_to_be_unused() -> None:
    """In symbols a value is no use while another parameter has none; the answer says so."""
    game = load({**document(x="a*y", y="b*x"), "parameters": {"a": {}, "b": {}}})
    analysis = analyze(game, {"a": 7}, symbolic=True)
    assert analysis.values is None
    assert [w.code for w in analysis.warnings] == ["A507"]
    assert "`b`" in analysis.warnings[0].text
