"""The page computes with the formulas that it is given as the analysis does, and as its own labels say."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

import separatrix
from separatrix.errors import InputError
from separatrix.expression.conditions import holds
from separatrix.expression.evaluation import evaluate
from separatrix.formulas import layout as layouts
from separatrix.formulas.layout import Layout, to_plain
from separatrix.game.values import with_lets
from separatrix.studio.page_json import model_json
from separatrix.studio.page_model import PageModel, page_model
from thinning import thinned

from .page_computing import asked

GAMES = ["shi-chen-2018", "shi-chen-2018-one-population", "coal-safety", "three-parties", "wang-2023"]


@cache
def shown(slug: str) -> tuple[PageModel, dict[str, Any]]:
    model = page_model(separatrix.load(slug))
    return model, model_json(model)


def drawn(model: PageModel, count: int) -> list[dict[str, Fraction]]:
    """Return positions of the levers, some of which make parameters equal."""
    draw = random.Random(11)
    return [
        {n: Fraction(draw.randint(1, 9), draw.choice((1, 1, 2, 3))) for n in model.game.parameters}
        for _ in range(count)
    ]


@thinned("slug", GAMES, each_run=2)
def test_the_page_judges_conditions_as_the_analysis_does(slug: str) -> None:
    """A condition holds in the page where it holds in Python, and a state is stable where its two hold."""
    model, data = shown(slug)
    assert model.answer is not None
    positions = drawn(model, 12)
    texts = [{n: str(v) for n, v in at.items()} for at in positions]
    question = [{"model": data, "positions": texts}]
    answer = asked("answer.ts", {"conditions": question, "labels": question})
    compared = 0
    for at, told, labelled in zip(positions, answer["conditions"][0], answer["labels"][0], strict=True):
        known = with_lets(model.game, at)
        for name, meaning in model.answer.definitions.items():
            known[name] = evaluate(meaning, known)
        labels = {p["id"]: p["label"] for p in labelled["points"]}
        admissible = all(holds(c, at) for c, _ in model.game.assumptions)
        for point in model.answer.rest_points:
            here = told[point.id]
            for key in ("exists", "stable_when"):
                condition = getattr(point, key)
                if condition is None:
                    assert here[key] is None
                elif here[key] is not None:
                    assert here[key] == holds(condition, known)
                    compared += 1
                elif key == "stable_when":
                    with pytest.raises(InputError):
                        holds(condition, known)
            if admissible and labelled["complete"] and here["exists"] is not None:
                assert here["exists"] == (point.id in labels)
            if admissible and here["exists"] and labels.get(point.id) and point.open_when is None:
                stable = here["stable_when"] or False
                assert stable == (labels[point.id] == "asymptotically stable")
    assert compared > 20


def laid(data: Any) -> Layout:
    """Read a layout as the page does."""
    match data:
        case str():
            return layouts.Letter(data)
        case ["w" | "u" as kind, text]:
            return layouts.Word(text, upright=kind == "u")
        case ["t", text]:
            return layouts.Text(text)
        case ["o", text, kind]:
            return layouts.Operator(text, kind)
        case ["r", *items]:
            return layouts.Row(tuple(map(laid, items)))
        case ["/", top, bottom]:
            return layouts.Fraction(laid(top), laid(bottom))
        case ["_", base, sub]:
            return layouts.Script(laid(base), sub=laid(sub))
        case ["^", base, sup]:
            return layouts.Script(laid(base), sup=laid(sup))
        case ["_^", base, sub, sup]:
            return layouts.Script(laid(base), sub=laid(sub), sup=laid(sup))
        case ["a", kind, body]:
            return layouts.Accent(kind, laid(body))
        case ["q", body]:
            return layouts.SquareRoot(laid(body))
        case ["f", left, body, right]:
            return layouts.Fence(left, laid(body), right)
    raise AssertionError(data)


def test_formulas_read_the_same_as_text_in_the_page_and_in_the_terminal() -> None:
    """Where a browser sets no MathML, the page writes what the program writes in a terminal."""
    every: list[Any] = []

    def collect(part: Any) -> None:
        if isinstance(part, dict):
            for key, value in part.items():
                if key in ("layout", "symbol"):
                    every.append(value)
                elif key == "symbols":
                    every.extend(value.values())
                elif key not in ("tree", "left", "right"):
                    collect(value)
        elif isinstance(part, list):
            for value in part:
                collect(value)

    for slug in (*GAMES, "rock-paper-scissors-one-population", "dynamic-penalty"):
        collect(shown(slug)[1]["formulas"])
    assert len(every) > 500
    assert asked("answer.ts", {"plain": every})["plain"] == [to_plain(laid(one)) for one in every]
