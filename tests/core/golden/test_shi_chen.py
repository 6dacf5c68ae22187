"""The paper's own game: payoffs, equations, rest points, regimes and degenerate values."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
import sympy
import z3

import separatrix
from core.oracles.bridge import condition_to_z3, equivalent, to_sympy
from core.oracles.strict_sets import possible_stable_sets
from separatrix.expression.conditions import Condition, holds, parse_condition
from separatrix.expression.evaluation import evaluate

NAMES = ["x", "y", "pi1", "pi2", "R1", "R2", "C1", "C2"]
A = "pi1 - C1 - R2 + C2"
B = "R1 - C1 - pi2 + C2"

REGIMES = {
    frozenset({(1, 1)}): lambda a, b: a > 0 and b >= 0,
    frozenset({(0, 0)}): lambda a, b: a <= 0 and b < 0,
    frozenset({(0, 0), (1, 1)}): lambda a, b: a > 0 and b < 0,
    frozenset({(0, 1), (1, 0)}): lambda a, b: a < 0 and b > 0,
    frozenset(): lambda a, b: (a == 0 and b >= 0) or (a <= 0 and b == 0),
}


@pytest.fixture(scope="module")
def symbolic() -> Any:
    """The answer in symbols, as data classes."""
    return separatrix.analyze(separatrix.load("shi-chen-2018"), symbolic=True)


@pytest.fixture(scope="module")
def unvalued() -> Any:
    """The answer in symbols for parameters without values."""
    game = dict(separatrix.load("shi-chen-2018").raw)
    game["parameters"] = {n: {} for n in NAMES[2:]}
    game.pop("scenarios")
    game.pop("translations")
    return separatrix.analyze(separatrix.load(game), symbolic=True)


def same(expression: Any, text: str) -> bool:
    """Whether two expressions are equal as rational functions."""
    return bool(sympy.simplify(to_sympy(expression, NAMES) - to_sympy(text, NAMES)) == 0)


def grid() -> list[dict[str, Fraction]]:
    """Exact parameter values in which both signs and zeros of a and b occur in all combinations."""
    choices = itertools.product((1, 2, 5), (1, 3), (1, 2, 4), (1, 2, 3), (1, 2), (1, 3))
    return [{n: Fraction(v) for n, v in zip(NAMES[2:], c, strict=True)} for c in choices]


def signs(values: dict[str, Fraction]) -> tuple[Fraction, Fraction]:
    """The paper's two differences: of cooperating beside a cooperator, and beside none."""
    a = values["pi1"] - values["C1"] - values["R2"] + values["C2"]
    b = values["R1"] - values["C1"] - values["pi2"] + values["C2"]
    return a, b


def test_payoffs_are_those_of_the_paper(symbolic: Any) -> None:
    """The expected payoffs U_A1, U_A2, U_B1, U_B2 and the averages are the paper's."""
    first, second = symbolic.payoffs["Enterprise A"], symbolic.payoffs["Enterprise B"]
    assert same(first.strategies["cooperate"], "y*(pi1 - C1) + (1 - y)*(R1 - C1)")
    assert same(first.strategies["decline"], "y*(R2 - C2) + (1 - y)*(pi2 - C2)")
    assert same(second.strategies["cooperate"], "x*(pi1 - C1) + (1 - x)*(R1 - C1)")
    assert same(second.strategies["decline"], "x*(R2 - C2) + (1 - x)*(pi2 - C2)")
    assert same(
        first.average,
        "x*(y*(pi1 - C1) + (1 - y)*(R1 - C1)) + (1 - x)*(y*(R2 - C2) + (1 - y)*(pi2 - C2))",
    )
    assert same(
        second.average,
        "y*(x*(pi1 - C1) + (1 - x)*(R1 - C1)) + (1 - y)*(x*(R2 - C2) + (1 - x)*(pi2 - C2))",
    )


def test_equations_are_those_of_the_paper(symbolic: Any) -> None:
    """The replicator equations equal F(x) and F(y) as printed."""
    assert same(symbolic.equations["x"], "x*(1 - x)*((pi1 - R2 + pi2 - R1)*y - (pi2 - C2 - R1 + C1))")
    assert same(symbolic.equations["y"], "y*(1 - y)*(x*(pi1 - R1 - R2 + pi2) - (pi2 - C2 - R1 + C1))")


@pytest.mark.parametrize("which", ["symbolic", "unvalued"])
def test_five_rest_points_with_exact_forms(which: str, request: pytest.FixtureRequest) -> None:
    """Four pure profiles that always exist, and the mixed point where a and b have opposite signs."""
    answer = request.getfixturevalue(which)
    assert len(answer.rest_points) == 5
    assert answer.completeness.status == "complete"
    pure = [p for p in answer.rest_points if not p.free]
    assert {tuple(int(evaluate(e, {})) for e in p.exact) for p in pure} == {
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    }
    (mixed,) = (p for p in answer.rest_points if p.free)
    for coordinate in mixed.exact:
        assert same(coordinate, "(pi2 - C2 - R1 + C1)/(pi1 - R2 + pi2 - R1)")
    for values in grid():
        a, b = signs(values)
        assert holds(mixed.exists, values) == (a * b < 0)
        assert all(holds(p.exists, values) for p in pure)
    assert mixed.stable_when is None


def test_eigenvalues_of_the_mixed_point(symbolic: Any) -> None:
    """They are plus and minus x(1-x)(pi1 + pi2 - R1 - R2) at the mixed point."""
    (mixed,) = (p for p in symbolic.rest_points if p.free)
    star = "(pi2 - C2 - R1 + C1)/(pi1 - R2 + pi2 - R1)"
    expected = f"{star}*(1 - {star})*(pi1 + pi2 - R1 - R2)"
    first, second = mixed.eigenvalues_exact
    assert (same(first, expected) and same(second, f"-({expected})")) or (
        same(second, expected) and same(first, f"-({expected})")
    )


def test_stability_of_the_pure_profiles(unvalued: Any) -> None:
    """(0,0) is stable where b < 0, (1,1) where a > 0, the others where a < 0 and b > 0."""
    expected = {
        (0, 0): lambda a, b: b < 0,
        (1, 1): lambda a, b: a > 0,
        (0, 1): lambda a, b: a < 0 and b > 0,
        (1, 0): lambda a, b: a < 0 and b > 0,
    }
    for point in unvalued.rest_points:
        if not point.free:
            rule = expected[tuple(int(evaluate(e, {})) for e in point.exact)]
            for values in grid():
                assert holds(point.stable_when, values) == rule(*signs(values))


def _stable(regime: Any) -> frozenset[tuple[int, ...]]:
    return frozenset(tuple(int(evaluate(e, {})) for e in state) for state in regime.stable)


@pytest.mark.parametrize("which", ["symbolic", "unvalued"])
def test_five_regimes(which: str, request: pytest.FixtureRequest) -> None:
    """The regimes are the five of theory, at every point of a grid of exact values."""
    answer = request.getfixturevalue(which)
    assert answer.regimes_completeness.status == "complete"
    found = {_stable(r): r for r in answer.regimes}
    assert set(found) == set(REGIMES)
    for values in grid():
        a, b = signs(values)
        for stable, regime in found.items():
            assert holds(regime.condition, values) == REGIMES[stable](a, b)
    assert {stable for stable, r in found.items() if not r.generic} == {frozenset()}


def test_regimes_are_equivalent_to_theory(symbolic: Any) -> None:
    """z3 proves each regime's condition equivalent to the one derived by hand."""

    def both(*texts: str) -> Any:
        return z3.And([condition_to_z3(parse_condition(t)) for t in texts])

    expected = {
        frozenset({(1, 1)}): both(f"{A} > 0", f"{B} >= 0"),
        frozenset({(0, 0)}): both(f"{A} <= 0", f"{B} < 0"),
        frozenset({(0, 0), (1, 1)}): both(f"{A} > 0", f"{B} < 0"),
        frozenset({(0, 1), (1, 0)}): both(f"{A} < 0", f"{B} > 0"),
        frozenset(): z3.Or(both(f"{A} = 0", f"{B} >= 0"), both(f"{A} <= 0", f"{B} = 0")),
    }
    given = [z3.Real(n) > 0 for n in NAMES[2:]]
    for regime in symbolic.regimes:
        assert equivalent(condition_to_z3(regime.condition), expected[_stable(regime)], given)


def test_witnesses_lie_in_their_regimes(symbolic: Any) -> None:
    """Each witness is admissible, satisfies its own condition and gives the stable states it stands for."""
    game = separatrix.load("shi-chen-2018")
    for regime in symbolic.regimes:
        assert holds(regime.condition, regime.witness)
        assert all(holds(c, regime.witness) for c, _ in game.assumptions)
        answer = separatrix.analyze(game, values=dict(regime.witness))
        stable = {p.state for p in answer.rest_points if p.stability == "asymptotically stable"}
        assert stable == _stable(regime)


@pytest.mark.parametrize(
    ("scenario", "stable", "mixed"),
    [
        ("bistable", {(0, 0), (1, 1)}, (2 / 3, 2 / 3)),
        ("cooperation-dominant", {(1, 1)}, None),
        ("decline-dominant", {(0, 0)}, None),
        ("anti-coordination", {(0, 1), (1, 0)}, (1 / 3, 1 / 3)),
    ],
)
def test_scenarios(scenario: str, stable: set[Any], mixed: Any) -> None:
    """The four scenarios are what their names say; a mixed point is always a saddle."""
    game = separatrix.load("shi-chen-2018")
    assert list(game.scenarios) == [
        "bistable",
        "cooperation-dominant",
        "decline-dominant",
        "anti-coordination",
    ]
    answer = separatrix.analyze(game, scenario=scenario)
    found = {p.state for p in answer.rest_points if p.stability == "asymptotically stable"}
    assert found == stable
    inner = [p for p in answer.rest_points if p.free]
    if mixed is None:
        assert not inner
    else:
        assert inner[0].state == pytest.approx(mixed)
        assert inner[0].stability == "saddle"


@pytest.mark.parametrize(
    ("values", "pinned", "stable"),
    [
        ({"pi1": 10, "pi2": 4, "R1": 7, "R2": 5, "C1": 4, "C2": 1}, 0, {(1, 1)}),
        ({"pi1": 10, "pi2": 6, "R1": 5, "R2": 8, "C1": 3, "C2": 1}, 1, {(0, 0)}),
    ],
)
def test_degenerate_values(values: dict[str, int], pinned: int, stable: set[Any]) -> None:
    """With b = 0 the edges x = 0 and y = 0 rest, with a = 0 the edges x = 1 and y = 1; none is a sink."""
    answer = separatrix.analyze(separatrix.load("shi-chen-2018"), values=values)
    assert answer.completeness.status == "complete"
    edges = set()
    for piece in answer.rest_sets:
        assert piece.dimension <= 1
        assert piece.stability != "asymptotically stable"
        for state in piece.samples:
            fixed = [i for i, v in enumerate(state) if v == pinned and i not in piece.free]
            assert len(fixed) == 1 or not piece.free
            edges.update(fixed)
    assert edges == {0, 1}
    for point in answer.rest_points:
        on_edge = pinned in point.state
        assert point.isolated is not on_edge
        if on_edge:
            assert point.stability != "asymptotically stable"
    found = {p.state for p in answer.rest_points if p.stability == "asymptotically stable"}
    assert found == stable


def test_asymmetric_form_has_seven_regimes() -> None:
    """With six symbols for each enterprise all seven sets of stable profiles of a 2 x 2 game occur."""
    game = separatrix.load("shi-chen-2018-asymmetric")
    assert len(game.parameters) == 12
    answer = separatrix.analyze(game, symbolic=True)
    assert {_stable(r) for r in answer.regimes} == possible_stable_sets(game)
    assert len(answer.regimes) == 7
    (mixed,) = (p for p in separatrix.analyze(game).rest_points if p.free)
    assert mixed.state == pytest.approx((2 / 5, 2 / 3))
    assert mixed.stability == "saddle"


def test_one_population_form() -> None:
    """One population settles at the mixed state in which two populations have a saddle."""
    game = separatrix.load("shi-chen-2018-one-population")
    answer = separatrix.analyze(game, scenario="anti-coordination")
    (mixed,) = (p for p in answer.rest_points if p.free)
    assert mixed.state == pytest.approx((1 / 3,))
    assert (mixed.stability, mixed.ess, mixed.nash, mixed.strict_nash) == (
        "asymptotically stable",
        True,
        True,
        False,
    )
    answer = separatrix.analyze(game, scenario="bistable")
    assert [p.stability for p in answer.rest_points if not p.free] == ["asymptotically stable"] * 2
    (mixed,) = (p for p in answer.rest_points if p.free)
    assert mixed.state == pytest.approx((2 / 3,))
    assert (mixed.stability, mixed.ess, mixed.nash) == ("source", False, True)


def test_conditions_can_be_evaluated(symbolic: Any) -> None:
    """Every existence condition can be evaluated at admissible values without a division by zero."""
    for item in (*symbolic.rest_points, *symbolic.rest_sets):
        condition: Condition | None = item.exists
        assert condition is not None
        for values in grid():
            holds(condition, values)
