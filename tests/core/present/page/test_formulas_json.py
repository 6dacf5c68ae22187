"""The page is given formulas that say the same as the analysis, in names that it can look up."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

import separatrix
from separatrix.errors import InputError
from separatrix.expression.conditions import SIGNS, holds
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import (
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    names_in,
    substitute,
)
from separatrix.formulas.abbreviations import IMAGINARY_UNIT
from separatrix.game.values import with_lets
from separatrix.studio.page_json import formulas_json, model_json, variant_formulas_json
from separatrix.studio.page_model import PageModel, page_model
from thinning import thinned

GAMES = [
    "shi-chen-2018",
    "shi-chen-2018-asymmetric",
    "wang-2023",
    "three-parties",
    "dynamic-penalty",
    "coal-safety",
]


@cache
def told_of(slug: str) -> tuple[PageModel, dict[str, Any]]:
    """Return a game with its answer, and its formulas as the page has them."""
    model = page_model(separatrix.load(slug))
    return model, formulas_json(model)


def read(tree: Any) -> Expression:
    """Read a tree as the page does."""
    match tree:
        case str():
            return Name(tree)
        case ["n", text]:
            return Number(Fraction(text))
        case ["+", *terms]:
            return Sum(tuple(map(read, terms)))
        case ["*", *factors]:
            return Product(tuple(map(read, factors)))
        case ["/", above, below]:
            return Quotient(read(above), read(below))
        case ["^", base, exponent]:
            return Power(read(base), read(exponent))
        case ["f", function, *arguments]:
            return Call(function, tuple(map(read, arguments)))
    raise AssertionError(tree)


def written_out(tree: Any, names: Mapping[str, Any]) -> Expression:
    """Read a tree, with what names stand for in their place."""
    expression = read(tree)
    while used := set(names) & set(names_in(expression)):
        expression = substitute(expression, {n: read(names[n]["tree"]) for n in used})
    return expression


def shares_of(told: Mapping[str, Any], point: str, shares: Sequence[str]) -> dict[str, Any]:
    """Return what the shares stand for in the formulas of a point: its coordinates."""
    return dict(zip(shares, told["points"][point]["exact"] or (), strict=False))


def true(condition: Any, names: Mapping[str, Any], values: Mapping[str, Fraction]) -> bool:
    """Return whether a condition of the page holds."""
    if isinstance(condition, list):
        parts = [true(part, names, values) for part in condition[1:]]
        return all(parts) if condition[0] == "and" else any(parts)
    left, right = (evaluate(written_out(condition[side], names), values) for side in ("left", "right"))
    return (left > right) - (left < right) in SIGNS[condition["operator"]]


def trees(part: Any) -> Iterator[Any]:
    """Yield every tree in the formulas."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("tree", "left", "right"):
                yield value
            elif key not in ("layout", "symbol", "symbols"):
                yield from trees(value)
    elif isinstance(part, list):
        for value in part:
            yield from trees(value)


@thinned("slug", GAMES, each_run=3)
def test_conditions_hold_exactly_where_those_of_the_analysis_do(slug: str) -> None:
    """A comparison that is solved for a term, or written in short names, is true at the same parameters."""
    model, told = told_of(slug)
    assert model.answer is not None
    definitions = model.answer.definitions
    draw = random.Random(7)
    seen = set()
    for _ in range(8):
        values = {n: Fraction(draw.randint(1, 12), draw.choice((1, 2, 5))) for n in model.game.parameters}
        known = with_lets(model.game, values)
        for name, meaning in definitions.items():
            known[name] = evaluate(meaning, known)
        for point in model.answer.rest_points:
            for key in ("exists", "stable_when", "open_when"):
                original, shown = getattr(point, key), told["points"][point.id][key]
                assert (original is None) == (shown is None)
                if original is not None:
                    expected = holds(original, known)
                    names = told["names"] | shares_of(told, point.id, model.game.shares)
                    try:
                        assert true(shown, names, values) == expected
                    except InputError:
                        continue  # a coordinate divides by zero: the point is not there
                    seen.add(expected)
    assert seen == {True, False}


@pytest.mark.parametrize("slug", GAMES)
def test_every_name_in_a_formula_can_be_looked_up(slug: str) -> None:
    """It is a share, a parameter, or a short name whose meaning is told; and it has a symbol."""
    model, told = told_of(slug)
    known = {*model.game.parameters, *model.game.shares, *told["names"]}
    used = {name for tree in trees(told) for name in names_in(read(tree))}
    assert used <= known | {IMAGINARY_UNIT}
    assert used <= set(told["symbols"])
    assert known <= set(told["symbols"])


def test_coordinates_and_equations_are_those_of_the_analysis() -> None:
    """Evaluated at numbers, the trees that the page is given agree with the expressions of the analysis."""
    model, told = told_of("wang-2023")
    assert model.answer is not None
    draw = random.Random(3)
    values = {n: Fraction(draw.randint(1, 9)) for n in model.game.parameters}
    known = with_lets(model.game, values)
    for name, meaning in model.answer.definitions.items():
        known[name] = evaluate(meaning, known)
    for point in model.answer.rest_points:
        names = told["names"] | shares_of(told, point.id, model.game.shares)
        for shown, expression in zip(told["points"][point.id]["exact"] or (), point.exact or (), strict=True):
            assert evaluate(written_out(shown["tree"], names), values) == evaluate(expression, known)
    at = known | {share: Fraction(draw.randint(1, 9), 10) for share in model.game.shares}
    for shown, rate in zip(told["equations"], model.answer.equations.values(), strict=True):
        assert evaluate(written_out(shown["tree"], told["names"]), at) == evaluate(rate, at)
    for row, entries in zip(told["jacobian"], model.answer.jacobian, strict=True):
        for shown, entry in zip(row, entries, strict=True):
            assert evaluate(written_out(shown["tree"], told["names"]), at) == evaluate(entry, at)


def test_a_game_without_an_answer_in_symbols_still_has_equations() -> None:
    """The size of a group is a number that the equations need; no candidates are told then."""
    model = page_model(separatrix.load("n-person-stag-hunt"))
    told = formulas_json(model)
    assert told["points"] == {}
    assert len(told["equations"]) == 1 and told["jacobian"] is not None
    refused = model_json(model)["refused"]
    assert "size of a group" in refused["en"] and "群体规模" in refused["zh"]


@pytest.mark.parametrize("slug", ["n-person-stag-hunt", "volunteers-dilemma"])
def test_equations_follow_the_numbers_that_a_scenario_fixes(slug: str) -> None:
    """With another size of the group or another threshold the equations are those of the payoffs there."""
    model, _ = told_of(slug)
    assert model.variants
    share = model.game.shares[0]
    for fixed, ((first, second),) in model.variants:
        told = variant_formulas_json(model, fixed)
        at = (
            {n: Fraction(k + 2) for k, n in enumerate(model.game.parameters)}
            | fixed
            | {share: Fraction(2, 7)}
        )
        rate = at[share] * (1 - at[share]) * (evaluate(first, at) - evaluate(second, at))
        assert evaluate(read(told["equations"][0]["tree"]), at) == rate
