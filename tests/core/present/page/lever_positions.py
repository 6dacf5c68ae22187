"""Positions of levers, knife edges among them, and small games with many ties."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

from separatrix.game.fitness import group_numbers
from separatrix.game.model import Game

__all__ = ["Position", "positions", "small_game"]

Position = tuple[dict[str, Fraction], dict[str, Fraction]]
"""Values of parameters, and levels of the instruments that are in use."""


def positions(game: Game, count: int, draw: random.Random) -> list[Position]:
    """Return the file's own values, its scenarios, and positions as sliders and boxes give them.

    Ends of ranges, fractions with small denominators and values that another parameter has too are frequent.
    """
    base = {name: p.value or Fraction(0) for name, p in game.parameters.items()}
    starts = [base, *({**base, **values} for values in game.scenarios.values())]
    found: list[Position] = [(dict(start), {}) for start in starts]
    movable = [name for name in game.parameters if name not in group_numbers(game)]
    while len(found) < count:
        at = dict(draw.choice(starts))
        some = draw.sample(movable, draw.randint(0, min(3, len(movable))))
        for name in movable if draw.random() < 0.5 else some:
            at[name] = _position(draw, game.parameters[name].range or (Fraction(0), Fraction(10)), at)
        if len(movable) > 1 and draw.random() < 0.2:
            one, other, third = (draw.choice(movable) for _ in range(3))
            at[one] = at[other] + draw.choice((0, at[third], -at[third]))
        found.append((at, _levels(game, draw)))
    return found[:count]


def _position(draw: random.Random, interval: tuple[Fraction, Fraction], at: dict[str, Fraction]) -> Fraction:
    low, high = interval
    parts = draw.choice((1, 4, 97, 200, 200, 0))
    if not parts:
        return draw.choice(list(at.values()))
    return low + (high - low) * Fraction(draw.randint(0, parts), parts)


def _levels(game: Game, draw: random.Random) -> dict[str, Fraction]:
    if not game.instruments or draw.random() < 0.4:
        return {}
    levels = {}
    for name in draw.sample(list(game.instruments), draw.randint(1, 3)):
        instrument = game.instruments[name]
        low, high = instrument.range or (Fraction(0), Fraction(1))
        level = low + (high - low) * Fraction(draw.randint(0, 8), 8)
        if level != instrument.idle:
            levels[name] = level
    return levels


KINDS = (
    "two",
    "three",
    "four",
    "3x2x2",
    "self3",
    "self4",
    "2x3",
    "3x3",
    "own",
    "curve",
    "curves",
    "equations",
)


def small_game(kind: str, draw: random.Random) -> dict[str, Any]:
    """Return a game with few different payoffs, as a mapping that `load` takes."""
    numbers = draw.choice(([-1, 0, 1], [-2, -1, 0, 1, 2], [0, 1], [-3, -2, -1, 1, 2, 3]))
    if kind in ("two", "three", "four", "3x2x2"):
        sizes = {"two": (2, 2), "three": (2, 2, 2), "four": (2, 2, 2, 2), "3x2x2": (3, 2, 2)}[kind]
        count = len(sizes)
        idle = [i for i in range(count) if draw.random() < 0.15]
        return {
            "title": kind,
            "populations": [
                {"name": "ABCD"[i], "share": "xyzw"[i], "strategies": list("abc"[:size])}
                for i, size in enumerate(sizes)
            ],
            "payoffs": [
                {
                    "play": list(profile),
                    "pay": [
                        0 if i in idle or draw.random() < 0.25 else draw.choice(numbers) for i in range(count)
                    ],
                }
                for profile in itertools.product(*("abc"[:size] for size in sizes))
            ],
        }
    if kind.startswith("self"):
        size = int(kind[4:])
        return {"title": kind, "payoff_matrix": _table(draw, numbers, size, size)}
    if kind in ("2x3", "3x3"):
        first, second = map(int, kind.split("x"))
        rows = [[[draw.choice(numbers) for _ in "AB"] for _ in range(second)] for _ in range(first)]
        return {"title": kind, "bimatrix": rows}
    two = [
        {"name": "A", "share": "x", "strategies": ["a", "b"]},
        {"name": "B", "share": "y", "strategies": ["a", "b"]},
    ]
    if kind == "equations":
        shares = "xyz"[: draw.choice((2, 3))]

        def rate(share: str) -> str:
            others = shares.replace(share, "")
            terms = ("1", *others, "*".join(others))
            return " + ".join(f"({draw.choice(numbers)})*{term}" for term in terms)

        return {
            "title": kind,
            "populations": [
                {"name": name, "share": share, "strategies": ["a", "b"]}
                for name, share in zip("ABC", shares, strict=False)
            ],
            "replicator": {share: f"{share}*(1 - {share})*({rate(share)})" for share in shares},
        }
    if kind == "own":
        tables = {f"{i},{j}": _table(draw, numbers, 2, 2) for i in "AB" for j in "AB"}
        return {"title": kind, "populations": two, "payoff_matrices": tables}
    if kind == "curve":
        terms = [f"({draw.choice(numbers)})*x**{k}" for k in range(draw.randint(3, 6))]
        return {
            "title": kind,
            "populations": two[:1],
            "payoff_functions": {"A": {"a": " + ".join(terms), "b": 0}},
        }

    def curved() -> str:
        kept = [term for term in ("1", "x", "y", "x*y", "x**2", "y**2") if draw.random() < 0.6]
        return " + ".join(f"({draw.choice(numbers)})*{term}" for term in kept) or "1"

    return {
        "title": kind,
        "populations": two,
        "payoff_functions": {name: {"a": curved(), "b": 0} for name in "AB"},
    }


def _table(draw: random.Random, numbers: list[int], rows: int, columns: int) -> list[list[int]]:
    return [[draw.choice(numbers) for _ in range(columns)] for _ in range(rows)]
