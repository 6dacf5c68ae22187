"""Formulas in the author's grouping: the same functions, written as the payoff table writes them."""

from __future__ import annotations

import itertools
from fractions import Fraction
from random import Random
from typing import Any

import pytest

import separatrix
from published_cases import EVERY_RUN, analysed
from separatrix.analysis.author_notation import AuthorForm
from separatrix.analysis.replicator_equations import advantages, jacobian, replicator_equations
from separatrix.analysis.symbolic.substitution import solve_symbolic
from separatrix.audit.evidence.algebra import Algebra
from separatrix.expression.conditions import Condition, Relation, leaves
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import Expression, Name, names_in, to_text, walk
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.game.model import Game
from separatrix.game.reader import load
from thinning import thinned


def game_of(payoffs: list[list[str]], names: str, **more: Any) -> Game:
    """A game of one population with payoffs in symbols."""
    return load({"payoff_matrix": payoffs, "parameters": dict.fromkeys(names.split()), **more})


def form_of(payoff: str, names: str, **more: Any) -> AuthorForm:
    """The form of an author who wrote one payoff."""
    return AuthorForm(game_of([[payoff, "0"], ["0", "0"]], names, **more))


def written(form: AuthorForm, text: str) -> str:
    """A formula in an author's form, as text."""
    return to_text(form.regroup(parse_expression(text)))


@pytest.mark.parametrize(
    ("payoff", "names", "formula", "expected"),
    [
        ("WP1*ab", "WP1 WP2 ab C", "WP1*ab - WP2*ab + C", "(WP1 - WP2)*ab + C"),
        ("RB*(1 - th)", "RB th C", "-RB*(th - 1)", "RB*(1 - th)"),
        ("C + RB*(1 - th)", "RB th C", "RB - RB*th - C", "RB*(1 - th) - C"),
        ("R - C + S", "S C R", "S + R - C", "R - C + S"),
        ("e*(1 - g)*C", "e g C R", "R - e*C + e*g*C", "R - e*(1 - g)*C"),
        ("a", "a b c d", "a*c + a*d + b*c + b*d", "(a + b)*(c + d)"),
        ("a", "a b", "-(a - b)*a", "a*(b - a)"),
        ("a", "a b c", "(a - b)/(a - c) - 0", "(a - b)/(a - c)"),
        ("a - b", "a b c", "(b - a - c)/(b - a)", "(a - b + c)/(a - b)"),
        ("2*a", "a b", "2*a - 2*b", "2*(a - b)"),
    ],
)
def test_formulas_are_grouped_as_in_the_table(payoff: str, names: str, formula: str, expected: str) -> None:
    """Common factors are taken out, brackets of the table are kept, and terms come in its order."""
    assert written(form_of(payoff, names), formula) == expected


@pytest.mark.parametrize(
    ("shorthands", "formula", "expected"),
    [
        ({"P": "a + (1 - b)*c"}, "d*a + d*c - d*b*c + a", "a + d*P"),
        ({"P": "a + (1 - b)*c"}, "e*a + d*a + d*c + e*c - d*b*c - e*b*c", "P*(d + e)"),
        ({"P": "a*b"}, "a*b*c - d", "c*P - d"),
        ({"P": "a - b", "Q": "P*c"}, "a*c - b*c + d", "d + Q"),
        ({"P": "a/b"}, "a*c + a*d", "a*(c + d)"),
    ],
)
def test_shorthands_are_kept(shorthands: dict[str, str], formula: str, expected: str) -> None:
    """A sum that the author gave a name stands under its name, wherever all its terms are there."""
    form = form_of("a", "a b c d e", let=shorthands)
    assert written(form, formula) == expected


def same(game: Game, one: Expression, other: Expression) -> bool:
    """Whether two formulas are one function, shorthands written out."""
    ring = Algebra(game.shares, game.parameters, {n for e in (one, other) for n in names_in(e)})
    lets = {}
    for name, meaning in game.lets.items():
        lets[name] = ring.read(meaning, lets)
    return (ring.read(one, lets) - ring.read(other, lets)).is_zero


def of_condition(condition: Condition | None) -> list[Expression]:
    """Every formula in a condition."""
    return [] if condition is None else [e for r in leaves(condition) for e in (r.left, r.right)]


@thinned("slug", catalogue_slugs(), each_run=EVERY_RUN)
def test_grouped_formulas_of_the_catalogue_equal_the_expanded_ones(slug: str) -> None:
    """By exact subtraction: equations, Jacobian, rest points, eigenvalues and every condition."""
    game = load(slug)
    form = AuthorForm(game)
    formulas: list[Expression] = []
    for found in (advantages(game), replicator_equations(game)):
        formulas += found.values()
    formulas += itertools.chain(*jacobian(game))
    try:
        answer = solve_symbolic(game, None, 1.0)
    except separatrix.SeparatrixError:
        answer = None
    if answer is not None:
        for point in answer.found.points:
            formulas += [*(point.exact or ()), *(point.eigenvalues_exact or ())]
            for condition in (point.exists, point.stable_when, point.open_when):
                formulas += of_condition(condition)
        for regime in answer.regimes[:20]:
            formulas += of_condition(regime.condition)
        formulas += answer.definitions.values()
    for formula in dict.fromkeys(formulas):
        told = form.regroup(formula)
        assert same(game, formula, told), (to_text(formula), to_text(told))
        assert not any("\0" in name for name in names_in(told))


def random_sum(rng: Random, names: list[str], brackets: list[str]) -> str:
    """A sum of products of names and of brackets."""
    terms = []
    for _ in range(rng.randint(1, 5)):
        factors = rng.sample(names, rng.randint(0, 2)) + rng.sample(brackets, rng.randint(0, 2))
        size = rng.choice(["1", "1", "2", "1/2", "3"])
        terms.append(rng.choice(["+", "-"]) + "*".join([size, *factors]))
    return "".join(terms)


@thinned("seed", range(30), each_run=8)
def test_random_formulas_equal_their_grouped_form_and_are_no_longer(seed: int) -> None:
    """Products, quotients and sums of random brackets and shorthands stay what they are."""
    rng = Random(seed)
    names = list("abcdefg")
    brackets = [
        f"({rng.choice(names)} {rng.choice('+-')} {rng.choice([*names, '1', '2'])})" for _ in range(4)
    ]
    lets = {"P": random_sum(rng, names, brackets), "Q": f"P*{rng.choice(names)} - {rng.choice(names)}"}
    rows = [[random_sum(rng, [*names, "P", "Q"], brackets) for _ in range(2)] for _ in range(2)]
    game = game_of(rows, " ".join(names), let=lets)
    form = AuthorForm(game)
    for _ in range(8):
        one, other = (random_sum(rng, [*names, "P", "Q"], brackets) for _ in range(2))
        for text in (one, f"({one})*({other})", f"({one})/({other} + 11*a*b)", f"-a*({one})*({other})"):
            formula = parse_expression(text)
            told = form.regroup(formula)
            assert same(game, formula, told), (text, to_text(told))
        expanded = Algebra([], [*names, "P", "Q"]).read(parse_expression(one)).expression()
        assert leaves_of(form.regroup(expanded)) <= leaves_of(expanded)
    for share, gain in advantages(game).items():
        assert same(game, gain, form.regroup(gain)), share


def leaves_of(expression: Expression) -> int:
    """How many symbols a reader meets."""
    return sum(isinstance(node, Name) for node in walk(expression))


def test_wang_and_others_find_their_own_brackets() -> None:
    """Subsidy and fine are reckoned on the revenue P, as in the payoff table of the paper."""
    analysis = analysed("wang-2023", symbolic=True)
    assert to_text(analysis.advantages["x"]) == (
        "eta*PA*y + (alpha + beta)*P*z + eA*(Rc - (1 - gov)*Pe - (1 - gamma)*CA)"
    )


def test_values_do_not_change_numbers() -> None:
    """At numbers there is nothing to group."""
    analysis = separatrix.analyze(load("wang-2023"), scenario="stage-4")
    assert analysis.numbers["Pe"] == Fraction(10)
    assert all(isinstance(c, Relation) for s in analysis.rest_sets for c in s.equations)
