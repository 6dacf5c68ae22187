"""The parts that the answers in symbols are made of."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

import pytest
from flint import fmpq, fmpq_mat

import separatrix
from separatrix.analysis.regime_conditions import (
    Formula,
    Sign,
    SignPolynomials,
    any_formula,
    every_formula,
    negation,
    propagated,
    restricted,
    satisfied,
)
from separatrix.analysis.regimes import met_by_chance
from separatrix.analysis.symbolic.classification import Deduction, natural_coordinates
from separatrix.analysis.symbolic.cramer import oriented
from separatrix.analysis.symbolic.factorization import affine_symbols, read_formulas
from separatrix.exact.matrices import determinant, kernel
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.conditions import FALSE, SIGNS, TRUE


def with_parameters(names: str, assume: list[str]) -> Any:
    """A game whose parameters matter and nothing else."""
    given: dict[str, Any] = {n: {} for n in names.split()}
    return separatrix.load(
        {"title": "test", "payoff_matrix": [[1, 0], [0, 1]], "parameters": given, "assume": assume}
    )


def polynomial(ring: Ring, text: str) -> Any:
    """A polynomial from text."""
    from separatrix.expression.parser import parse_expression

    return ring.read(parse_expression(text)).numerator


def random_formula(rng: random.Random, depth: int) -> Formula:
    """Some formula in three polynomials."""
    if depth == 0 or rng.random() < 0.3:
        return Sign(rng.randrange(3), SIGNS[rng.choice(list(SIGNS))])
    join = rng.choice((every_formula, any_formula))
    return join(*(random_formula(rng, depth - 1) for _ in range(rng.randint(1, 3))))


@pytest.mark.parametrize("seed", range(40))
def test_formulas_are_what_they_say(seed: int) -> None:
    """Negation, restriction and propagation agree with the truth at every pattern of signs."""
    formula = random_formula(random.Random(seed), 3)
    opposite = negation(formula)
    positive = restricted(formula, lambda k: SIGNS[">"] if k == 0 else SIGNS["<="])
    forced = propagated([formula])
    for signs in itertools.product((-1, 0, 1), repeat=3):
        truth = satisfied(formula, signs)
        assert satisfied(opposite, signs) != truth
        if signs[0] == 1 and signs[1] < 1 and signs[2] < 1:
            assert satisfied(positive, signs) == truth
        if truth:
            assert forced is not None
            assert all(signs[k] in allowed for k, allowed in forced.items())


def test_determinants_and_kernels_are_those_of_numbers() -> None:
    """Laplace's expansion gives FLINT's determinant, and the kernel's entries are annihilated by the rows."""
    ring = Ring(["a", "b", "c"])
    one = ring.constant(1)
    rng = random.Random(0)
    variables = [ring.variable(n) for n in "abc"]
    at = {"a": Fraction(3), "b": Fraction(-2), "c": Fraction(5)}

    def entry() -> Ratio:
        return rng.choice(variables) * ring.constant(rng.randint(-2, 2)) + ring.constant(rng.randint(-3, 3))

    for size in range(1, 5):
        rows = [[entry() for _ in range(size)] for _ in range(size)]
        numbers = fmpq_mat([[fmpq(int(v.evaluate(at))) for v in row] for row in rows])
        assert determinant(rows, one).evaluate(at) == Fraction(int(numbers.det()))
    rows = [[entry() for _ in range(4)] for _ in range(3)]
    vector = kernel(rows, 4, one)
    for row in rows:
        total = one - one
        for value, entry_ in zip(vector, row, strict=True):
            total = total + value * entry_
        assert total.is_zero
    total = one - one
    for value in vector:
        total = total + value
    assert total == determinant([*rows, [one] * 4], one)


def test_orientation_drops_a_denominator_of_known_sign() -> None:
    """n/(d·e) has the sign of n·e where d > 0 and of -n·e where d < 0."""
    ring = Ring(["n", "d", "e"])
    n, d, e = (ring.variable(v) for v in "nde")
    value = n / (d * e)
    assert oriented(value, d.numerator, 1) == (n * e).numerator
    assert oriented(value, d.numerator, -1) == -(n * e).numerator
    assert oriented(value, -d.numerator, 1) == -(n * e).numerator


def test_deduction_follows_chains_that_are_not_seen_at_sight() -> None:
    """From T > R > P > S follows T > S, and that T + P > R + S is possible but not certain."""
    ring = Ring("TRPS")
    deduction = Deduction(with_parameters("T R P S", ["T > R", "R > P", "P > S"]), ring, 10.0)
    assert deduction.signs(polynomial(ring, "T - S")) == {1}
    assert deduction.signs(polynomial(ring, "S - T")) == {-1}
    assert deduction.signs(polynomial(ring, "T + P - R - S")) == {1}
    assert deduction.signs(polynomial(ring, "T - 2*R + P")) == {-1, 0, 1}
    polynomials = SignPolynomials(deduction)
    impossible = every_formula(
        polynomials.sign(polynomial(ring, "T - 2*R + P"), ">"),
        polynomials.sign(polynomial(ring, "T - R"), "=="),
    )
    assert impossible == FALSE


def test_signs_of_squares_are_simplified() -> None:
    """A square is positive where its root does not vanish."""
    ring = Ring("ab")
    polynomials = SignPolynomials(Deduction(with_parameters("a b", []), ring, 1.0))
    square = polynomial(ring, "(a - b)^2")
    (difference,) = [polynomials.sign(polynomial(ring, "a - b"), "!=")]
    assert polynomials.sign(square, ">") == difference
    assert polynomials.sign(square, ">=") == TRUE
    assert polynomials.sign(square, "<") == FALSE


def test_regimes_met_by_chance_are_met() -> None:
    """Every sampled set of formulas holds at its parameters, which are admissible."""
    ring = Ring("ab")
    polynomials = SignPolynomials(Deduction(with_parameters("a b", ["a > 0"]), ring, 1.0))
    texts = ("a*b - 2", "a - b", "b")
    formulas = [polynomials.sign(polynomial(ring, t), ">") for t in texts]
    met = met_by_chance(polynomials, formulas)
    assert set(met) == {(1,), (0, 2), (0, 1, 2)}  # all that whole numbers can meet
    for chosen, values in met.items():
        assert values["a"] > 0
        a, b = values["a"], values["b"]
        truths = (a * b - 2 > 0, a - b > 0, b > 0)
        assert chosen == tuple(k for k, truth in enumerate(truths) if truth)


def test_natural_coordinates_can_be_undone() -> None:
    """New parameters and back give the old ones; a game without spare parameters keeps its own."""
    names = [f"a{k}" for k in range(9)]
    content = {"title": "t", "payoff_matrix": [names[:3], names[3:6], names[6:]]}
    game = separatrix.load({**content, "parameters": {n: {} for n in names}})
    table = affine_symbols(read_formulas(game))
    assert table is not None
    coordinates = natural_coordinates(table)
    assert coordinates is not None
    for form, name in zip(coordinates.forms, coordinates.new.names, strict=True):
        assert coordinates.polynomial(form) == coordinates.new.variable(name).numerator
    assert coordinates.values({n: Fraction(k) for k, n in enumerate(names)})["\0000"] == 3
    few = separatrix.load({"payoff_matrix": [["v", 0], [0, "c"]], "parameters": {"v": {}, "c": {}}})
    small = affine_symbols(read_formulas(few))
    assert small is not None and natural_coordinates(small) is None
