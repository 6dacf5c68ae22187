"""The page's rates and fixed steps, bit for bit: Python's floats, in the order that the trees fix."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest

import separatrix
from separatrix.errors import ComesLater
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.game.model import Game
from separatrix.studio import page_model as gathered
from separatrix.studio.page_json import model_json
from separatrix.studio.page_model import page_model

from .lever_positions import positions
from .page_computing import asked

Field = Callable[[Sequence[float]], list[float]]


@pytest.fixture(autouse=True)
def _without_symbols(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps need no formulas, which take long."""

    def refuse(*_: object, **__: object) -> None:
        raise ComesLater("A503", "not wanted here")

    monkeypatch.setattr(gathered, "analyze", refuse)


def value(tree: Any, known: Mapping[str, float]) -> float:
    """Return the value of a tree of the page: one rounding an operation, from left to right."""
    if isinstance(tree, str):
        return known[tree]
    kind, *parts = tree
    if kind == "n":
        return float(Fraction(parts[0]))
    if kind == "f":
        return _called(parts[0], [value(part, known) for part in parts[1:]])
    if kind == "^":
        base, exponent = (value(part, known) for part in parts)
        if exponent != int(exponent):
            return float(base**exponent)
        result = 1.0
        for _ in range(abs(int(exponent))):
            result *= base
        return 1 / result if exponent < 0 else result
    first, *others = (value(part, known) for part in parts)
    for other in others:
        first = {"+": first.__add__, "*": first.__mul__, "/": first.__truediv__}[kind](other)
    return first


def _called(name: str, of: Sequence[float]) -> float:
    functions: Mapping[str, Callable[..., float]] = {
        "exp": math.exp,
        "log": math.log,
        "sqrt": math.sqrt,
        "min": min,
        "max": max,
    }
    return float(functions[name](*of))


def field_of(model: Mapping[str, Any], settings: Mapping[str, Fraction]) -> Field:
    """Return the replicator of a model of the page: x_a' = speed · x_a · (payoff of a - average)."""
    numbers = {name: float(number) for name, number in settings.items()}
    shares = [share for population in model["populations"] for share in population["shares"]]

    def rates(state: Sequence[float]) -> list[float]:
        known = {**numbers, **dict(zip(shares, state, strict=True))}
        result: list[float] = []
        for row, speed_tree in zip(model["payoffs"], model["speeds"], strict=True):
            speed, earned = value(speed_tree, known), [value(u, known) for u in row]
            at = len(result)
            if len(row) == 2:
                x = state[at]
                result.append(speed * x * (1 - x) * (earned[0] - earned[1]))
                continue
            average = 0.0
            for x, u in zip(state[at : at + len(row)], earned, strict=True):
                average += x * u
            result.extend(
                speed * x * (u - average) for x, u in zip(state[at : at + len(row)], earned, strict=True)
            )
        return result

    return rates


def path_of(field: Field, start: Sequence[float], step: float, count: int) -> list[float]:
    """Return the states that the classical Runge-Kutta method leads to (Kutta 1901), one after the other."""
    x, path = list(start), list(start)
    for _ in range(count):
        k1 = field(x)
        k2 = field([v + (step / 2) * k for v, k in zip(x, k1, strict=True)])
        k3 = field([v + (step / 2) * k for v, k in zip(x, k2, strict=True)])
        k4 = field([v + step * k for v, k in zip(x, k3, strict=True)])
        x = [
            v + (step / 6) * (a + 2 * b + 2 * c + d) for v, a, b, c, d in zip(x, k1, k2, k3, k4, strict=True)
        ]
        path.extend(x)
    return path


def states_of(game: Game, draw: random.Random) -> list[list[float]]:
    """Return states, corners and faces among them."""
    found = []
    for _ in range(4):
        state: list[float] = []
        for size in game.space.sizes:
            parts = [draw.choice((0.0, draw.random(), draw.random())) for _ in range(size)]
            total = sum(parts) or 1.0
            state.extend([parts[0]] if size == 2 else [part / total for part in parts])
        found.append(state)
    return found


def test_polynomial_payoffs_give_the_same_bits() -> None:
    """Rates and a hundred steps of every game of the catalogue, at drawn values: not one bit differs."""
    draw = random.Random(64)
    questions, expected = [], []
    for slug in catalogue_slugs():
        game = separatrix.load(slug)
        model = model_json(page_model(game))
        free = {p["name"] for p in model["parameters"] if not p["fixed"]}
        base = {name: p.value or Fraction(0) for name, p in game.parameters.items()}
        drawn = positions(game, 12, draw)[-1][0]
        settings = {name: drawn[name] if name in free else number for name, number in base.items()}
        states = states_of(game, draw)
        field = field_of(model, settings)
        largest = max(1.0, *(abs(rate) for state in states for rate in field(state)))
        step = draw.choice((0.01, 0.03, -0.01)) / largest
        texts = {name: str(number) for name, number in settings.items()}
        questions.append({"model": model, "settings": texts, "states": states, "step": step, "count": 100})
        expected.append(
            {"rates": [field(state) for state in states], "path": path_of(field, states[0], step, 100)}
        )
    answers = asked("answer.ts", {"steps": questions})["steps"]
    for slug, answer, own in zip(catalogue_slugs(), answers, expected, strict=True):
        assert answer == own, slug
    # A path that stands still would be no test, nor one that leaves every bound.
    assert all(math.isfinite(x) for own in expected for x in own["path"])
    assert sum(own["path"][0] != own["path"][-1] for own in expected) > 10


def test_functions_agree_to_a_part_in_a_million_million() -> None:
    """With exp, log, roots and powers libraries round differently, by little."""
    game = separatrix.load(
        {
            "title": "Curved",
            "populations": [{"name": "A", "share": "x", "strategies": ["a", "b"]}],
            "parameters": {"p": {"value": "7/3"}},
            "payoff_functions": {
                "A": {"a": "exp(-p*x) + log(1 + x)/p + sqrt(x + 1/7)", "b": "min(x, 1/3) + max(x, p)^(1/2)"}
            },
        }
    )
    model = model_json(page_model(game))
    settings = {"p": Fraction(7, 3)}
    states = [[k / 17] for k in range(1, 17)]
    field = field_of(model, settings)
    question = {"model": model, "settings": {"p": "7/3"}, "states": states, "step": 0.01, "count": 100}
    (answer,) = asked("answer.ts", {"steps": [question]})["steps"]
    for told, state in zip(answer["rates"], states, strict=True):
        assert told == pytest.approx(field(state), rel=1e-12, abs=1e-12)
    assert answer["path"] == pytest.approx(path_of(field, states[0], 0.01, 100), rel=1e-12)


def test_texts_of_many_digits_are_rounded_once() -> None:
    """A parameter becomes the nearest float, also where numerator and denominator are none."""
    draw = random.Random(15)
    game = separatrix.load({"title": "One", "payoff_matrix": [["p", 0], [0, 0]], "parameters": {"p": 1}})
    model = model_json(page_model(game))
    numbers = [Fraction(draw.randint(1, 10**40), draw.randint(1, 10**40)) for _ in range(50)]
    questions = [
        {"model": model, "settings": {"p": str(p)}, "states": [[0.5]], "step": 0.0, "count": 0}
        for p in numbers
    ]
    answers = asked("answer.ts", {"steps": questions})["steps"]
    assert [answer["rates"][0][0] for answer in answers] == [
        1.0 * 0.5 * (1 - 0.5) * (0.5 * float(p) - 0.0) for p in numbers
    ]
