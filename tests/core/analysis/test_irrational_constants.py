"""Games whose payoffs hold irrational constants: answers against nearby rationals and closed forms."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from typing import Any

import pytest

import separatrix
from separatrix.analysis.results import Analysis
from separatrix.expression.conditions import holds
from thinning import thinned

POOL = ("sqrt(2)", "p^g", "(1-p)^g", "exp(-1)", "log(3)", "S^a", "1", "2", "0", "sqrt(2)*p^g", "w*S^a", "3/2")
VALUES = {"p": Fraction(3, 10), "g": Fraction(61, 100), "S": Fraction(5), "a": Fraction(22, 25)}
NUMBERS = {n: float(v) for n, v in VALUES.items()}
LETS = {"w": "p^g/(p^g + (1 - p)^g)^(1/g)"}
ASSUMED = ["0 < p", "p < 1", "g > 0", "S > 0", "a > 0"]


def as_decimal(text: str) -> str:
    """The entry at the values, as a rational within 1e-15 of it."""
    p, g, big, a = (NUMBERS[n] for n in "pgSa")
    names = {
        **{"p": p, "g": g, "S": big, "a": a, "w": p**g / (p**g + (1 - p) ** g) ** (1 / g)},
        **{"sqrt": math.sqrt, "exp": math.exp, "log": math.log},
    }
    # The entries are those of the pool above.
    return f"{eval(text.replace('^', '**'), {'__builtins__': {}}, names):.17f}"


def document(populations: int, generator: random.Random, near: bool) -> dict[str, Any]:
    names = "ABC"[:populations]
    table = []
    for k in range(2**populations):
        play = ["yes" if k >> (populations - 1 - i) & 1 == 0 else "no" for i in range(populations)]
        pay = [generator.choice(POOL) for _ in range(populations)]
        table.append({"play": play, "pay": [as_decimal(u) for u in pay] if near else pay})
    return {
        "populations": [{"name": n, "share": s} for n, s in zip(names, "xyz", strict=False)],
        "parameters": {} if near else {n: {"value": str(v)} for n, v in VALUES.items()},
        "let": {} if near else LETS,
        "payoffs": table,
    }


def labels(analysis: Analysis) -> list[tuple[tuple[float, ...], str | None]]:
    return sorted(
        (tuple(round(v, 6) for v in p.state or ()), p.stability) for p in analysis.rest_points if p.isolated
    )


@thinned(("populations", "count"), [(2, 60), (3, 30)], each_run=1)
def test_labels_are_those_of_nearby_rationals(populations: int, count: int) -> None:
    """Regular games with constants have the rest points and labels of the same game at close rationals."""
    compared = 0
    for seed in range(count):
        true = separatrix.analyze(
            separatrix.load(document(populations, random.Random(seed), False)), budget=60
        )
        near = separatrix.analyze(separatrix.load(document(populations, random.Random(seed), True)))
        assert all(p.stability != "undecided" or not p.isolated for p in true.rest_points)
        if not true.rest_sets:  # a continuum dissolves beside its constants
            assert labels(true) == labels(near), seed
            assert true.completeness.status == "complete"
            compared += 1
    assert compared >= count // 3


def test_a_relation_between_roots_is_seen() -> None:
    """sqrt(2)² = 2 makes an edge of rest points, which no rational beside sqrt(2) does."""
    game = separatrix.load(
        {
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "payoffs": [
                {"play": ["yes", "yes"], "pay": ["sqrt(2)*sqrt(2)", 1]},
                {"play": ["yes", "no"], "pay": [1, 0]},
                {"play": ["no", "yes"], "pay": [2, 0]},
                {"play": ["no", "no"], "pay": [0, 1]},
            ],
        }
    )
    analysis = separatrix.analyze(game)
    assert {s.dimension for s in analysis.rest_sets} == {0, 1}
    assert analysis.completeness.status == "complete"


def test_a_hidden_zero_leaves_the_label_open() -> None:
    """A payoff difference that is zero in disguise gives no label, and the reason says why."""
    game = separatrix.load({"payoff_matrix": [["sqrt(3 + 2*sqrt(2)) - 1 - sqrt(2)", "1"], ["0", "0"]]})
    analysis = separatrix.analyze(game)
    assert {p.stability for p in analysis.rest_points} == {"undecided"}
    assert analysis.completeness.status == "incomplete"


@pytest.mark.parametrize(("loss", "label"), [("-sqrt(2)", "source"), ("-1/sqrt(2)", "asymptotically stable")])
def test_three_strategies_are_certified_one_by_one(loss: str, label: str) -> None:
    """The interior point of rock-paper-scissors is repelling exactly if losses exceed gains."""
    rows = [["0", loss, "1"], ["1", "0", loss], [loss, "1", "0"]]
    analysis = separatrix.analyze(separatrix.load({"payoff_matrix": rows}))
    (inner,) = (p for p in analysis.rest_points if len(p.support[0]) == 3)
    assert inner.stability == label
    assert inner.state == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert [p.stability for p in analysis.rest_points if len(p.support[0]) == 1] == ["saddle"] * 3


@thinned(("sizes", "count"), [((3,), 60), ((4,), 40), ((3, 3), 40), ((2, 3), 40)], each_run=2)
def test_tables_of_more_strategies_have_no_further_rest_points(sizes: tuple[int, ...], count: int) -> None:
    """A complete list is that of the same game at close rationals; a continuum leaves it incomplete."""
    complete = 0
    for seed in range(count):
        true, near = (
            separatrix.analyze(separatrix.load(table_of(sizes, random.Random(seed), close)))
            for close in (False, True)
        )
        if true.completeness.status == "complete":
            complete += 1
            assert not near.rest_sets
            for (place, label), (other, known) in zip(labels(true), labels(near), strict=True):
                assert place == other and label in (known, "undecided"), seed
    assert complete >= count // 6  # the others hold equal entries, and most of them continua


def table_of(sizes: tuple[int, ...], generator: random.Random, near: bool) -> dict[str, Any]:
    cells = [[[generator.choice(POOL) for _ in sizes] for _ in range(sizes[-1])] for _ in range(sizes[0])]
    if near:
        cells = [[[as_decimal(u) for u in cell] for cell in row] for row in cells]
    kept = {
        "parameters": {} if near else {n: {"value": str(v)} for n, v in VALUES.items()},
        "let": {} if near else LETS,
    }
    if len(sizes) == 1:
        return {**kept, "payoff_matrix": [[cell[0] for cell in row] for row in cells]}
    populations = [
        {"name": name, "strategies": [f"{name}{k}" for k in range(size)]}
        for name, size in zip("AB", sizes, strict=True)
    ]
    return {**kept, "populations": populations, "bimatrix": cells}


def test_payoffs_that_move_with_the_state_are_certified() -> None:
    """State-dependent payoffs with constants have their regular rest points labelled."""
    game = separatrix.load(
        {
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "payoff_functions": {
                "A": {"yes": "sqrt(2)*x*y", "no": "log(2)*y"},
                "B": {"yes": "x", "no": "exp(-1)"},
            },
        }
    )
    analysis = separatrix.analyze(game)
    by_state = {tuple(round(v, 4) for v in p.state or ()): p.stability for p in analysis.rest_points}
    assert by_state[1.0, 1.0] == "asymptotically stable"
    assert by_state[round(math.log(2) / math.sqrt(2), 4), 1.0] == "saddle"
    assert by_state[0.0, 1.0] == "saddle"


def prospect() -> separatrix.Game:
    return separatrix.load(
        {
            "title": "Prospect theory",
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "parameters": {**{n: {"value": str(v)} for n, v in VALUES.items()}, "c": {"value": 1}},
            "let": LETS,
            "assume": [*ASSUMED, "c > 0"],
            "payoffs": [
                {"play": ["yes", "yes"], "pay": ["w*S^a", "w*S^a"]},
                {"play": ["yes", "no"], "pay": ["w*S^a - c", "0"]},
                {"play": ["no", "yes"], "pay": ["0", "w*S^a - c"]},
                {"play": ["no", "no"], "pay": ["c/2", "c/2"]},
            ],
            "today": {"x": "0.4", "y": "0.3"},
        }
    )


def test_prospect_theory_in_numbers_and_symbols() -> None:
    """Regimes of a game of prospect theory have true witnesses, at which the numeric answer agrees."""
    game = prospect()
    analysis = separatrix.analyze(game, symbolic=True)
    assert analysis.regimes
    for regime in analysis.regimes:
        assert set(regime.witness) == set(game.parameters)
        assert holds(regime.condition, {**regime.witness, **with_weight(regime.witness)})
        stable = {
            p.state
            for p in separatrix.analyze(game, values=regime.witness).rest_points
            if p.stability == "asymptotically stable"
        }
        assert stable == {tuple(float(getattr(e, "value", 0)) for e in s) for s in regime.stable}


ALIKE = [
    ("exp(g*log(p))", "p^g"),
    ("p^g*p^(1-g)", "p"),
    ("p^(1 - 2*g)", "p/(p^g)^2"),
    ("exp(-g)*exp(g)", "1"),
    ("exp(2*g + log(p))", "p*exp(g)^2"),
    ("(p*S)^g", "p^g*S^g"),
    ("(S/p)^(-g)", "p^g/S^g"),
    ("log(p*S)", "log(p) + log(S)"),
    ("log(p^g)", "g*log(p)"),
    ("(p^a)^g", "p^(g*a)"),
    ("exp(g*(log(p) - log(S)))", "(p/S)^g"),
    ("exp(log(p)/2)", "sqrt(p)"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_equal_constants_are_seen_as_equal_in_symbols(one: str, other: str) -> None:
    """A payoff that is 0 by the rules of powers leaves the conditions and regimes of one that is 0."""

    def answer(payoff: str) -> Any:
        rows = [[payoff, "c"], ["0", "0"]]
        names = dict.fromkeys([*VALUES, "c"])
        game = separatrix.load({"payoff_matrix": rows, "parameters": names, "assume": ASSUMED})
        return separatrix.analyze(game, symbolic=True).to_dict()

    found, plain = answer(f"{one} - ({other})"), answer("0")
    assert found["regimes_completeness"]["status"] == "complete"
    assert [(r["stable"], r["condition"], r["generic"]) for r in found["regimes"]] == [
        (r["stable"], r["condition"], r["generic"]) for r in plain["regimes"]
    ]


@pytest.mark.parametrize("written", ["exp(log(p))", "exp(2*log(p))", "exp(log(p) - log(p))", "p^(p - p)"])
def test_no_rule_of_powers_hides_where_a_payoff_is_real(written: str) -> None:
    """Without assumptions exp(log(p)) is real for p > 0 alone."""
    rows = [[written, "0"], ["0", "0"]]
    game = separatrix.load({"payoff_matrix": rows, "parameters": {"p": None}})
    analysis = separatrix.analyze(game, symbolic=True)
    assert "A506" in {w.code for w in analysis.warnings}


def test_a_power_of_a_share_of_one_lies_on_the_right_side_of_it() -> None:
    """p^g lies above p where 0 < p < 1 and g < 1, and the regimes are complete."""
    names = dict.fromkeys("pg")
    rows = [["p^g - p", "0"], ["0", "1"]]
    document = {"payoff_matrix": rows, "parameters": names, "assume": ["0 < p", "p < 1", "0 < g"]}
    for more, count in (("g < 1", 2), ("g > 1", 1)):
        game = separatrix.load({**document, "assume": [*document["assume"], more]})
        analysis = separatrix.analyze(game, symbolic=True)
        assert analysis.regimes_completeness is not None
        assert analysis.regimes_completeness.status == "complete"
        assert [len(r.stable) for r in analysis.regimes] == [count]


def with_weight(values: Any) -> dict[str, Fraction]:
    p, g = float(values["p"]), float(values["g"])
    return {"w": Fraction(p**g / (p**g + (1 - p) ** g) ** (1 / g))}


def test_prospect_theory_goes_through_every_command() -> None:
    """Trajectories, basins and the audit take constants as numbers."""
    game = prospect()
    fractions = separatrix.basins(game).fractions
    assert sum(fractions.values()) == pytest.approx(1)
    end = separatrix.trajectory(game, start={"x": 0.9, "y": 0.9}).states[-1]
    assert end == pytest.approx((1, 1), abs=1e-3)
    assert separatrix.check(game) == []


def test_a_parameter_may_be_an_irrational_number() -> None:
    """A value such as sqrt(2) is written as it is, never as a rational beside it."""
    rows = [["r", "0"], ["1", "s"]]
    game = separatrix.load(
        {"payoff_matrix": rows, "parameters": {"r": {"value": "sqrt(2)"}, "s": {"value": 0.5}}}
    )
    answer = separatrix.analyze(game).to_dict()
    (share,) = game.shares
    (payoffs,) = answer["payoffs"].values()
    assert payoffs["yes"] == f"sqrt(2)*{share}"
    assert "sqrt(2)" in answer["rest_points"][2]["exact"][share]


def test_a_regime_map_over_a_parameter_under_a_real_power_follows_its_border() -> None:
    """All decline as a stable outcome exactly where c/2 exceeds w·S^a − c, over p and S."""
    found = separatrix.regime_map(prospect(), {"p": (0.2, 0.8), "S": (1, 4)}, grid=(5, 5), budget=10)
    assert found.method == "numerical"
    (border,) = found.borders
    for piece in border.pieces:
        for p, big in piece.points:
            g, a = NUMBERS["g"], NUMBERS["a"]
            weight = p**g / (p**g + (1 - p) ** g) ** (1 / g)
            assert weight * big**a == pytest.approx(1.5, abs=2e-2)


def test_a_regime_map_of_a_game_with_roots_is_not_exact_by_rationals() -> None:
    """Borders at sqrt(2) are no roots of polynomials with rational coefficients beside it."""
    game = separatrix.load(
        {
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "parameters": {"r": {"value": 1}, "s": {"value": 1}},
            "payoffs": [
                {"play": ["yes", "yes"], "pay": ["r", "s"]},
                {"play": ["yes", "no"], "pay": ["0", "sqrt(2)"]},
                {"play": ["no", "yes"], "pay": ["sqrt(2)", "0"]},
                {"play": ["no", "no"], "pay": ["1", "1"]},
            ],
        }
    )
    found = separatrix.regime_map(game, {"r": (0, 3), "s": (0, 2)}, grid=(5, 5), budget=10)
    assert found.method == "numerical"
    corners = {
        point for border in found.borders for piece in border.pieces for point in map(tuple, piece.points)
    }
    assert all(min(abs(r - math.sqrt(2)), abs(s - math.sqrt(2))) < 1e-3 for r, s in corners)


def between_roots() -> separatrix.Game:
    """Return a game in which all act as a strict equilibrium where r > √2 and √2·r < 2: nowhere."""
    return separatrix.load(
        {
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "parameters": {"r": {"value": 1, "range": [0, 3]}},
            "payoffs": [
                {"play": ["yes", "yes"], "pay": ["r", "2"]},
                {"play": ["yes", "no"], "pay": ["0", "sqrt(2)*r"]},
                {"play": ["no", "yes"], "pay": ["sqrt(2)", "0"]},
                {"play": ["no", "no"], "pay": ["1", "1"]},
            ],
            "today": {"x": 0.5, "y": 0.5},
            "instruments": {"u": {"range": [0, 2], "changes": {"r": "r + u"}}},
        }
    )


def test_no_level_lies_between_a_root_and_itself() -> None:
    """Rationals beside √2 and 2/√2 leave a gap; no interval of it is called stable, and no value exact."""
    game = between_roots()
    (levels,) = separatrix.tipping_values(game, noise=False).to_dict()["instruments"]
    stable = levels["conditions"]["stable"]
    assert stable["levels"]["intervals"] == []
    assert stable["tipping_value"] is None
    diagram = separatrix.bifurcation(game, {"r": (0, 3)})
    assert diagram.method == "numerical"
