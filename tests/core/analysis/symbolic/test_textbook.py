"""Textbook games in symbols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import separatrix
from separatrix.expression.conditions import condition_text
from separatrix.expression.tree import to_text


def symbolic(content: dict[str, Any], parameters: str, assume: Sequence[str] = ()) -> Any:
    """The symbolic answer of a game whose parameters have no values."""
    given: dict[str, Any] = {n: {} for n in parameters.split()}
    game = separatrix.load({"title": "test", **content, "parameters": given, "assume": list(assume)})
    return separatrix.analyze(game, symbolic=True)


def texts(expressions: Sequence[Any]) -> list[str]:
    """Expressions as text."""
    return [to_text(e) for e in expressions]


RING = {"payoff_matrix": [[0, "-lose", "win"], ["win", 0, "-lose"], ["-lose", "win", 0]]}


def test_rock_paper_scissors_is_stable_inside_where_winning_pays_more_than_losing_costs() -> None:
    """Hofbauer & Sigmund (1998), section 7.7: a sink for win > lose, never one of the pure strategies."""
    analysis = symbolic(RING, "win lose", ["win > 0", "lose > 0"])
    *pure, inside = analysis.rest_points
    assert [p.stability for p in pure] == ["saddle"] * 3
    assert all(p.stable_when is None for p in pure)
    assert texts(inside.exact) == ["1/3"] * 3 and inside.state == pytest.approx([1 / 3] * 3)
    assert condition_text(inside.stable_when) == "win - lose > 0"
    assert texts(inside.eigenvalues_exact)[0] == "(lose - win + I*(lose + win)*sqrt(3))/6"
    assert inside.nash and inside.isolated and inside.strict_nash is False
    assert [condition_text(r.condition) for r in analysis.regimes] == ["win - lose > 0", "win - lose <= 0"]
    assert analysis.completeness.status == analysis.regimes_completeness.status == "complete"


def test_zero_sum_rock_paper_scissors_is_a_centre_for_all_stakes() -> None:
    """Where winning and losing cancel, the label is the same for every size of the stakes."""
    rows = [[0, "-s", "s"], ["s", 0, "-s"], ["-s", "s", 0]]
    inside = symbolic({"payoff_matrix": rows}, "s", ["s > 0"]).rest_points[-1]
    assert inside.stability == "centre"
    assert inside.stable_when is None


def test_hawk_dove_retaliator_settles_on_hawks_and_doves() -> None:
    """Doves and retaliators rest side by side; only the hawk-dove mixture attracts, and it is an ESS."""
    rows = [["(v-c)/2", "v", "(v-c)/2"], [0, "v/2", "v/2"], ["(v-c)/2", "v/2", "v/2"]]
    content = {
        "populations": [{"name": "Animals", "share": "x", "strategies": ["hawk", "dove", "retaliator"]}],
        "payoff_matrix": rows,
    }
    analysis = symbolic(content, "v c", ["0 < v", "v < c"])
    mixed = analysis.rest_points[-1]
    assert texts(mixed.exact) == ["v/c", "(c - v)/c", "0"]
    assert mixed.stability == "asymptotically stable" and mixed.ess and mixed.nss
    (edge,) = analysis.rest_sets
    assert edge.support == (("dove", "retaliator"),)
    assert condition_text(edge.exists) == "True"
    (regime,) = analysis.regimes
    assert [texts(s) for s in regime.stable] == [["v/c", "(c - v)/c", "0"]]


def test_three_conventions_are_strict_equilibria_and_all_mixtures_are_not() -> None:
    """A 3x3 coordination game of two populations: three sinks, four saddles and their like in between."""
    names = "a1 a2 a3 b1 b2 b3"
    cells = [[[f"a{i}", f"b{i}"] if i == j else [0, 0] for j in (1, 2, 3)] for i in (1, 2, 3)]
    analysis = symbolic({"bimatrix": cells}, names, [f"{n} > 0" for n in names.split()])
    stable = [p for p in analysis.rest_points if p.stable_when is not None]
    assert [p.support for p in stable] == [((str(k),), (str(k),)) for k in (1, 2, 3)]
    assert all(p.stability == "asymptotically stable" and p.ess for p in stable)
    halves = [p for p in analysis.rest_points if [len(s) for s in p.support] == [2, 2]]
    assert [p.stability for p in halves] == ["saddle"] * 3
    whole = analysis.rest_points[-1]
    assert texts(whole.exact)[0] == "b2*b3/(b1*(b2 + b3) + b2*b3)"
    assert whole.nash and whole.ess is False
    assert [len(r.stable) for r in analysis.regimes] == [3]


def test_reciprocity_in_the_repeated_prisoners_dilemma() -> None:
    """Defection always attracts; cooperators and reciprocators drift; the threshold is T + (m-1) P < m R."""
    rows = [
        ["m*R", "m*S", "m*R"],
        ["m*T", "m*P", "T + (m-1)*P"],
        ["m*R", "S + (m-1)*P", "m*R"],
    ]
    content = {
        "populations": [{"name": "Players", "share": "x", "strategies": ["ALLC", "ALLD", "TFT"]}],
        "payoff_matrix": rows,
    }
    analysis = symbolic(content, "T R P S m", ["T > R", "R > P", "P > S", "m > 1"])
    by_support = {p.support: p for p in analysis.rest_points}
    assert by_support[("ALLD",),].stability == "asymptotically stable"
    # Reciprocators alone are never asymptotically stable: unconditional cooperators drift in.
    assert by_support[("TFT",),].stable_when is None
    threshold = by_support[("ALLD", "TFT"),]
    assert threshold.stability == "saddle"
    assert condition_text(threshold.exists) == "T - m*R + (m - 1)*P < 0"
    assert [s.support for s in analysis.rest_sets] == [(("ALLC", "TFT"),)]


@pytest.mark.soak
def test_nine_symbols_of_a_three_strategy_game_give_twenty_one_regimes() -> None:
    """Every payoff a symbol: the answer is whole."""
    names = [f"a{i}{j}" for i in range(3) for j in range(3)]
    analysis = symbolic({"payoff_matrix": [names[:3], names[3:6], names[6:]]}, " ".join(names))
    assert analysis.regimes_completeness.status == "complete"
    assert len(analysis.regimes) == 21
    assert len(analysis.rest_points) == 7


def test_speeds_enter_eigenvalues_and_are_positive() -> None:
    """Two speeds multiply the eigenvalues; nothing needs to be assumed of them."""
    content = {
        "populations": [
            {"name": "A", "share": "x", "strategies": ["up", "down"]},
            {"name": "B", "share": "y", "strategies": ["left", "mid", "right"]},
        ],
        "speeds": {"A": "c", "B": "d"},
        "bimatrix": [[["a", "b"], [0, 0], [0, 0]], [[0, 0], ["a", "b"], [0, 0]]],
    }
    analysis = symbolic(content, "a b c d", ["a > 0", "b > 0"])
    first = next(p for p in analysis.rest_points if p.support == (("up",), ("left",)))
    assert texts(first.eigenvalues_exact) == ["-a*c", "-b*d", "-b*d"]
    assert first.stability == "asymptotically stable"


def test_values_fill_the_numeric_keys() -> None:
    """Where values exist too, candidates carry their numbers, and those that do not exist say so."""
    given = {"win": {"value": 2}, "lose": {"value": 1}}
    game = separatrix.load({"title": "test", **RING, "parameters": given})
    analysis = separatrix.analyze(game, symbolic=True)
    inside = analysis.rest_points[-1]
    assert inside.stability == "asymptotically stable"
    assert inside.eigenvalues is not None and inside.stable_when is not None
    pairs = [p for p in analysis.rest_points if len(p.support[0]) == 2]
    assert pairs and all(p.state is None and "does not exist" in p.reason for p in pairs)


def test_a_candidate_on_a_rest_set_is_no_isolated_point() -> None:
    """At a = b the mixtures of 1 and 2, and of 2 and 3, are ends of a line of rest points."""
    rows = [["a", 0, "b"], [0, "a", 0], ["b", 0, "a"]]
    given = {"a": {"value": 1}, "b": {"value": 1}}
    game = separatrix.load({"title": "test", "payoff_matrix": rows, "parameters": given})
    analysis = separatrix.analyze(game, symbolic=True)
    end = next(p for p in analysis.rest_points if p.support == (("1", "2"),))
    assert end.state == pytest.approx((0.5, 0.5, 0))
    assert end.isolated is False
    assert "continuum of equilibria" in end.reason


def test_a_contradiction_is_named() -> None:
    """Assumptions that cannot hold together are refused for games of more than two strategies too."""
    with pytest.raises(separatrix.InputError) as caught:
        symbolic(RING, "win lose", ["win > lose", "lose > win"])
    assert caught.value.code == "A504"


def test_a_fraction_of_parameters_keeps_its_pole_out() -> None:
    """A payoff 1/q warns, and no regime holds at q = 0."""
    rows = [["1/q", 0, 0], [0, 1, 0], [0, 0, 1]]
    analysis = symbolic({"payoff_matrix": rows}, "q", ["q >= 0"])
    assert [w.code for w in analysis.warnings] == ["A506"]
    assert all(r.witness["q"] > 0 for r in analysis.regimes)
