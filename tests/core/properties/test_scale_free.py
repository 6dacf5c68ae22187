"""The same game in another unit of money or of time: the same states and labels, and numbers in that unit.

Payoffs and ranges of instruments are multiplied by one factor, rates of cost by another.  Shares, labels and
basins stay; a tipping value is a payoff, a permanent cost a cost, a time one over a payoff, and so on.  What
does not keep to this has an absolute number in it somewhere.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest

import separatrix
from separatrix.errors import SeparatrixError
from thinning import thinned

FACTORS = [("1e-12", "1e12"), ("1e12", "1e-12")]
MORE_FACTORS = [*FACTORS, ("1e-9", "1"), ("1e9", "1e9"), ("1", "1e-12")]
SIDES = ["new", "old"]

PLAIN, PAYOFF, COST, TIME = (0, 0), (1, 0), (0, 1), (-1, 0)
"""Units: the powers of the factor of payoffs and of that of costs."""
TOTAL, PRICE = (-1, 1), (-1, 1)

UNREAD = {
    "provenance",
    "model",
    "payoffs",
    "equations",
    "advantages",
    "jacobian",
    "eigenvalues_exact",
    "exact",
    "polynomial",
    "infimum_exact",
    "levels_exact",
    "cost_exact",
    "price_exact",
    "short_by_exact",
}
"""Formulas and numbers in words, which hold the factor, and what is written with them."""

NUMBER = re.compile(r"(?<![A-Za-z])[-+]?\d[\d./]*(e[-+]?\d+)?")


# --------------------------------------------------------------------------- games


def _game(raw: dict[str, Any], scale: Fraction, rate: Fraction, cost: str) -> separatrix.Game:
    instrument = {
        "range": [0, str(5 * scale)],
        "changes": {"r": "r + u"},
        "cost": f"{rate / scale}*u*{cost}",
    }
    parameters = {"r": {"value": 0, "range": [str(-scale), str(5 * scale)]}}
    return separatrix.load({**raw, "parameters": parameters, "instruments": {"u": instrument}})


def _one(draw: random.Random, scale: Fraction, rate: Fraction) -> separatrix.Game:
    a, b, c, d = (scale * draw.randint(-3, 6) for _ in range(4))
    raw = {
        "populations": [{"name": "A", "share": "x", "strategies": SIDES}],
        "payoff_matrix": [[f"{a} + r", str(b)], [str(c), str(d)]],
        "today": {"x": str(Fraction(draw.randint(1, 9), 10))},
    }
    return _game(raw, scale, rate, "x")


def _pair(draw: random.Random, scale: Fraction, rate: Fraction) -> separatrix.Game:
    (a, b, c, d), other = ([scale * draw.randint(-3, 6) for _ in range(4)] for _ in range(2))
    raw = {
        "populations": [
            {"name": "A", "share": "x", "strategies": SIDES},
            {"name": "B", "share": "y", "strategies": SIDES},
        ],
        "bimatrix": [
            [[f"{a} + r", str(other[0])], [f"{b} + r", str(other[1])]],
            [[str(c), str(other[2])], [str(d), str(other[3])]],
        ],
        "today": {"x": str(Fraction(draw.randint(1, 9), 10)), "y": str(Fraction(draw.randint(1, 9), 10))},
    }
    return _game(raw, scale, rate, "(x + y)/2")


def _coordination(draw: random.Random, scale: Fraction, rate: Fraction) -> separatrix.Game:
    """Payoffs of which today's state has to be carried across the separatrix."""
    own, alone, old = 6 - draw.randint(0, 1), -1 - draw.randint(0, 1), 3 + draw.randint(0, 1)
    raw = {
        "populations": [
            {"name": "A", "share": "x", "strategies": SIDES},
            {"name": "B", "share": "y", "strategies": SIDES},
        ],
        "bimatrix": [
            [[f"{own * scale} + r", str(6 * scale)], [f"{alone * scale} + r", 0]],
            [[0, str(-scale)], [str(old * scale), str(old * scale)]],
        ],
        "today": {"x": "0.2", "y": "0.3"},
    }
    return _game(raw, scale, rate, "(x + y)/2")


def _three(draw: random.Random, scale: Fraction, rate: Fraction) -> separatrix.Game:
    rows = [[str(scale * draw.randint(-2, 4)) for _ in range(3)] for _ in range(3)]
    rows[0][0] += " + r"
    raw = {
        "populations": [{"name": "A", "share": "x", "strategies": ["a", "b", "c"]}],
        "payoff_matrix": rows,
        "today": {"x_a": "0.2", "x_b": "0.3", "x_c": "0.5"},
    }
    return _game(raw, scale, rate, "x_a")


def _formulas(draw: random.Random, scale: Fraction, rate: Fraction) -> separatrix.Game:
    a, b, c, d = (draw.randint(1, 4) for _ in range(4))
    raw = {
        "populations": [
            {"name": "A", "share": "x", "strategies": SIDES},
            {"name": "B", "share": "y", "strategies": SIDES},
        ],
        "payoff_functions": {
            "A": {"new": f"({scale})*({a}*x*y - {b}*x^2) + r", "old": f"({scale})*(1 - y)"},
            "B": {"new": f"({scale})*{c}*x", "old": f"({scale})*(1 + {d}*y^2)"},
        },
        "today": {"x": "0.3", "y": "0.4"},
    }
    return _game(raw, scale, rate, f"u/({scale})")


GAMES: Mapping[str, Callable[[random.Random, Fraction, Fraction], separatrix.Game]] = {
    "one": _one,
    "pair": _pair,
    "coordination": _coordination,
    "three": _three,
    "formulas": _formulas,
}


# --------------------------------------------------------------------------- verbs


@dataclass(frozen=True)
class Verb:
    """How a question is put, and in which unit the numbers of its answer are: by the last name that has one.

    Attributes
    ----------
    ask : from a game and the factor of payoffs to an answer
    units : mapping of name to unit
        Other numbers stay.
    games : tuple of str
    unread : set of str
        What depends on rounding: how many steps a search took.
    near : float
        Up to which numbers agree, relative to their size.
    """

    ask: Callable[[separatrix.Game, float], dict[str, Any]]
    units: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    games: tuple[str, ...] = ("one", "pair", "three")
    unread: frozenset[str] = frozenset()
    near: float = 1e-6


LEVELS = dict.fromkeys(
    ("levels", "tipping_value", "hysteresis", "range", "noise_and_risk_dominance_differ"), PAYOFF
)
PERMANENT = dict.fromkeys(("levels", "margin", "cleared_by", "short_by"), PAYOFF) | dict.fromkeys(
    ("infimum", "infimum_bounds", "cost", "costs", "price_of_margin"), COST
)
NOISE = {"beta": TIME}
SEARCHED = frozenset({"programmes", "how_sure"})


def _invaded(game: separatrix.Game, scale: float) -> dict[str, Any]:
    first, second = (s.name for s in game.populations[0].strategies[:2])
    return dict(separatrix.fixation(game, second, first, population_size=9, beta=1 / scale).to_dict())


def _best(game: separatrix.Game, scale: float) -> dict[str, Any]:
    front = separatrix.pareto_front(
        game, objectives=["public_cost", "time"], samples=6, draws=100, horizon=20 / scale
    )
    best = front.to_dict()["best"]
    return {name: None if own is None else own[name] for name, own in best.items()}


VERBS: Mapping[str, Verb] = {
    "analyze": Verb(
        lambda game, scale: separatrix.analyze(game).to_dict(),
        {"eigenvalues": PAYOFF},
        ("one", "pair", "three", "formulas"),
    ),
    "basins": Verb(lambda game, scale: separatrix.basins(game, samples=256).to_dict()),
    "basins, logit": Verb(
        lambda game, scale: separatrix.basins(game, samples=256, field="logit", eta=0.3 * scale).to_dict()
    ),
    "basins, best response": Verb(
        lambda game, scale: separatrix.basins(game, samples=256, field="best-response").to_dict()
    ),
    "shock": Verb(lambda game, scale: separatrix.shock(game).to_dict(), {"time": TIME}, ("coordination",)),
    "tip": Verb(
        lambda game, scale: separatrix.tipping_values(game, beta=1 / scale).to_dict(),
        {**LEVELS, **NOISE, "cost_at_target": COST},
        ("one", "coordination"),
    ),
    "programme": Verb(
        lambda game, scale: separatrix.permanent_programme(game).to_dict(),
        {**PERMANENT, "price": PRICE},
        ("one", "pair", "three"),
    ),
    "programme, only stable": Verb(
        lambda game, scale: separatrix.permanent_programme(game, require=["only-stable"]).to_dict(),
        {**PERMANENT, "price": PRICE},
        ("one", "pair"),
    ),
    "programme, basin": Verb(
        lambda game, scale: separatrix.permanent_programme(game, require=["basin"]).to_dict(),
        {**PERMANENT, "price": PRICE},
        ("one", "coordination"),
        SEARCHED,
        1e-3,
    ),
    "programme, by a date": Verb(
        lambda game, scale: separatrix.permanent_programme(game, by=Fraction(4) / Fraction(scale)).to_dict(),
        {**PERMANENT, "price": PRICE, "by": TIME},
        ("coordination",),
        SEARCHED,
        1e-3,
    ),
    # Welfare is payoffs less costs: both would have to be multiplied by the same.
    "pareto": Verb(
        _best, {"public_cost": TOTAL, "time": TIME}, ("coordination",), frozenset({"welfare"}), 0.05
    ),
    "regimes": Verb(
        lambda game, scale: separatrix.regime_map(game, ["r", "u"], grid=(8, 8)).to_dict(),
        dict.fromkeys(("points", "high", "low", "at"), PAYOFF),
        ("coordination",),
    ),
    "bifurcation": Verb(
        lambda game, scale: separatrix.bifurcation(game, "r").to_dict(),
        dict.fromkeys(("high", "low", "value", "values", "today", "frequency"), PAYOFF),
        ("one", "pair", "formulas"),
        frozenset({"how_sure"}),
    ),
    "bifurcation, by numbers": Verb(
        lambda game, scale: separatrix.bifurcation(game, "r", method="numerical", steps=12).to_dict(),
        dict.fromkeys(("high", "low", "value", "values", "today", "frequency"), PAYOFF),
        ("one", "pair"),
        frozenset({"how_sure"}),
        1e-5,
    ),
    "fixation": Verb(_invaded, NOISE, ("one", "three")),
    "stationary": Verb(
        lambda game, scale: separatrix.stationary_distribution(
            game, beta=1 / scale, population_size=7
        ).to_dict(),
        NOISE,
    ),
    "stationary, rare mutation": Verb(
        lambda game, scale: separatrix.small_mutation_limit(
            game, beta=1 / scale, population_size=7
        ).to_dict(),
        NOISE,
    ),
}


def answer(verb: str, kind: str, seed: int, factors: tuple[str, str]) -> dict[str, Any]:
    """Return what is said of a game with its payoffs and its costs multiplied, or the code of an error."""
    scale, rate = (Fraction(factor) for factor in factors)
    game = GAMES[kind](random.Random(f"{kind} {seed}"), scale, rate)
    try:
        return VERBS[verb].ask(game, float(scale))
    except SeparatrixError as error:
        return {"error": error.code}


def differences(
    before: Any, after: Any, verb: Verb, factors: tuple[float, float], path: tuple[str, ...] = ()
) -> Iterator[str]:
    """Yield what is neither the same nor in its unit."""
    units = [verb.units[name] for name in path if name in verb.units]
    unit = units[-1] if units else PLAIN
    times = factors[0] ** unit[0] * factors[1] ** unit[1]
    match before, after:
        case dict(), dict():
            for name in sorted({*before, *after} - UNREAD - verb.unread):
                if name in before and name in after:
                    yield from differences(before[name], after[name], verb, factors, (*path, str(name)))
                else:
                    yield f"{path}: {name} is in one answer only"
        case list() | tuple(), list() | tuple() if len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                yield from differences(one, other, verb, factors, path)
        case bool(), bool():
            if before is not after:
                yield f"{path}: {before} and {after}"
        case int() | float(), int() | float():
            # The factor is that of the unit alone, in which what is nothing but rounding is small.
            if abs(before * times - after) > verb.near * abs(before * times) + 1e-9 * times:
                yield f"{path}: {before} times {times:.3g}, and {after}"
        case str(), str():
            if NUMBER.sub("#", before) != NUMBER.sub("#", after):
                yield f"{path}: {before!r} and {after!r}"
        case _:
            if before != after:
                yield f"{path}: {before!r} and {after!r}"


def compare(verb: str, kind: str, seed: int, factors: tuple[str, str]) -> list[str]:
    """Return how the answers of a game and of the same in other units differ."""
    numbers = (float(Fraction(factors[0])), float(Fraction(factors[1])))
    before, after = (answer(verb, kind, seed, own) for own in (("1", "1"), factors))
    return [f"{kind} {seed} at {factors}: {d}" for d in differences(before, after, VERBS[verb], numbers)]


CASES = [(verb, kind) for verb, own in VERBS.items() for kind in own.games]


@thinned(("verb", "kind"), CASES, each_run=13)
def test_another_unit(verb: str, kind: str) -> None:
    """Payoffs and costs a million million times larger or smaller: the same answer in the other unit."""
    wrong = [text for factors in FACTORS for text in compare(verb, kind, 0, factors)]
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.soak
@pytest.mark.parametrize(("verb", "kind"), CASES)
def test_another_unit_of_many_games(verb: str, kind: str) -> None:
    """The same of games drawn at random, degenerate ones among them, in more units."""
    wrong = [
        text
        for seed in range(1, 16)
        for factors in MORE_FACTORS
        for text in compare(verb, kind, seed, factors)
    ]
    assert not wrong, "\n".join(wrong[:20])
