"""Analyses of many kinds of games: what they say must be tellable in every language."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import separatrix
from core.oracles import affine_kinds, own_share, special_games
from core.oracles.bridge import to_mapping
from core.oracles.share_games import own_matrix, polynomial_square, random_integers, random_profiles
from published_cases import CASES, analysed
from separatrix.analysis.results import Analysis
from separatrix.errors import ComesLater, InputError
from separatrix.game.model import Game

__all__ = ["Asked", "asked", "said"]


@dataclass(frozen=True)
class Asked:
    """A game, and how it is to be analysed."""

    name: str
    game: Game
    options: Mapping[str, Any]
    case: str | None = None

    def answer(self) -> Analysis | None:
        """Return the analysis, or None where this version refuses it."""
        try:
            if self.case is not None:
                return analysed(self.case, **self.options)
            return separatrix.analyze(self.game, **self.options)
        except (ComesLater, InputError):
            return None


def asked() -> Iterator[Asked]:
    """Yield published games, special ones and random ones, in numbers and in symbols, also without time."""
    for name, game, case in itertools.chain(_published(), ((*each, None) for each in _special())):
        if name not in LONG:
            yield Asked(f"{name} in symbols", game, {"symbolic": True}, case)
        yield Asked(f"{name} in numbers", game, {}, case)
    for name, game in _special():
        yield Asked(f"{name} without time", game, {"symbolic": True, "budget": 0})
    for name, game in _without_values():
        yield Asked(f"{name} in symbols alone", game, {"symbolic": True})
    for k, (name, file) in enumerate(_random()):
        game = separatrix.load(file)
        yield Asked(name, game, {})
        if k % 25 == 0:
            yield Asked(f"{name} without time", game, {"budget": 0})
            yield Asked(f"{name} in symbols", game, {"symbolic": True})


def said(analysis: Analysis) -> Iterator[tuple[str, str]]:
    """Yield what an analysis says, each with the place where it says it."""
    for point in analysis.rest_points:
        yield f"{point.id}.reason", point.reason
    for piece in analysis.rest_sets:
        yield f"{piece.id}.reason", piece.reason
    for component in analysis.rest_components:
        yield f"component {component.id}.reason", component.reason
    for k, cycle in enumerate(analysis.cycles):
        yield f"cycle {k}.reason", cycle.reason
    yield "completeness.proof", analysis.completeness.proof
    if analysis.regimes_completeness is not None:
        yield "regimes_completeness.proof", analysis.regimes_completeness.proof
    for warning in analysis.warnings:
        yield warning.code, warning.text


def _published() -> Iterator[tuple[str, Game, str]]:
    for case in CASES:
        yield Path(case).stem, separatrix.load(case), case


# --------------------------------------------------------------------------- games with parameters


def _symbols(*names: str) -> dict[str, dict[str, int]]:
    return {name: {"value": k + 1} for k, name in enumerate(names)}


def _populations(count: int) -> list[dict[str, Any]]:
    return [{"name": f"P{i}", "share": s, "strategies": ["a", "b"]} for i, s in enumerate("xyzwvu"[:count])]


def _many(count: int) -> dict[str, Any]:
    """Populations of two strategies, in each of which the first pays only if all others play theirs."""
    shares = "xyzwvu"[:count]
    advantages = {s: f"c{i}*{'*'.join(shares.replace(s, ''))} - 1" for i, s in enumerate(shares)}
    return {
        "populations": _populations(count),
        "parameters": _symbols(*(f"c{i}" for i in range(count))),
        "advantages": advantages,
    }


def _advantages(**by_share: str) -> dict[str, Any]:
    populations = [{"name": f"P{share}", "share": share} for share in by_share]
    return {"populations": populations, "advantages": by_share}


FILES: Mapping[str, dict[str, Any]] = {
    "one mixed": {"payoff_matrix": [["a", "b"], ["c", "d"]], "parameters": _symbols(*"abcd")},
    "three strategies": {
        "payoff_matrix": [["a", "b", 0], [0, "a", "c"], ["d", 0, "b"]],
        "parameters": _symbols(*"abcd"),
    },
    "a ring of three": {
        "payoff_matrix": [[0, "-b", "a"], ["a", 0, "-b"], ["-b", "a", 0]],
        "parameters": _symbols(*"ab"),
        "assume": ["a > 0", "b > 0"],
    },
    "four strategies": {
        "payoff_matrix": [["a", 0, 0, "b"], ["b", "a", 0, 0], [0, "b", "a", 0], [0, 0, "b", "a"]],
        "parameters": _symbols(*"ab"),
    },
    "twins": {"payoff_matrix": [["a", "b", "b"], ["c", 0, 0], ["c", 0, 0]], "parameters": _symbols(*"abc")},
    "two of three": {
        "bimatrix": [[["a", 1], [0, "b"], [0, 0]], [[0, 0], ["c", 1], [1, "a"]], [[1, 1], [0, 0], [1, "b"]]],
        "parameters": _symbols(*"abc"),
    },
    "strict or not": {
        "bimatrix": [[["a", "a"], [0, 0]], [[0, 0], ["b", "c"]]],
        "parameters": _symbols(*"abc"),
        "assume": ["a > 0"],
    },
    "always circling": {
        "bimatrix": [[["a", 0], [0, "a"]], [[0, "b"], ["b", 0]]],
        "parameters": _symbols(*"ab"),
        "assume": ["a > 0", "b > 0"],
    },
    "always strict": {
        "bimatrix": [[["a", "a"], [0, 0]], [[0, 0], ["b", "b"]]],
        "parameters": _symbols(*"ab"),
        "assume": ["a > 0", "b > 0"],
    },
    "a pole": {"bimatrix": [[["1/a", 1], [0, 0]], [[0, 0], ["b", "c"]]], "parameters": _symbols(*"abc")},
    "cube": _many(3),
    "four populations": _many(4),
    "five populations": _many(5),
    "own play": {
        "populations": _populations(2),
        "parameters": _symbols(*"abc"),
        "payoff_matrices": {
            "P0,P0": [["a", 0], [0, 1]],
            "P0,P1": [[1, 0], [0, "b"]],
            "P1,P0": [["c", 0], [0, 1]],
            "P1,P1": [[0, 1], [1, "a"]],
        },
    },
    "quadratic": {
        "populations": _populations(2),
        "parameters": _symbols(*"ab"),
        "payoff_functions": {"P0": {"a": "a*x*y", "b": "y^2"}, "P1": {"a": "b*x^2", "b": "1"}},
    },
    "cubic": {
        "populations": _populations(2),
        "parameters": _symbols(*"ab"),
        "payoff_functions": {"P0": {"a": "a*y^2 - 1", "b": "0"}, "P1": {"a": "b*x^3", "b": "1"}},
    },
    "kinked": {
        "populations": _populations(2),
        "parameters": _symbols(*"ab"),
        "payoff_functions": {"P0": {"a": "a*min(y, 1/2)", "b": "1"}, "P1": {"a": "b*x", "b": "1"}},
    },
    "a group": {
        "populations": [{"name": "P", "share": "x", "strategies": ["C", "D"]}],
        "parameters": _symbols("r", "c"),
        "group": {"size": 5, "payoff": {"C": "r*(k+1)/5 - c", "D": "r*k/5"}},
    },
    "a group of symbols": {
        "populations": [{"name": "P", "share": "x", "strategies": ["C", "D"]}],
        "parameters": {"r": {"value": 3}, "N": {"value": 4}},
        "group": {"size": "N", "payoff": {"C": "r*(k+1)/N - 1", "D": "r*k/N"}},
    },
    "some values": {
        "bimatrix": [[["a", 1], [0, 0]], [[0, 0], ["b", "c"]]],
        "parameters": {"a": {"value": 1}, "b": {}, "c": {}},
        "scenarios": {"some": {"a": 2}},
    },
    "a surface at rest": _advantages(x="z - 1/2", y="(z - 1/2)*(1 - 2*x)", z="0"),
    "a layered cube": _advantages(x="y - 1/2", y="1/2 - x", z="0"),
    "nothing changes": _advantages(x="0", y="0", z="0", w="0"),
    "a curve": _advantages(x="0", y="3*x - 1 - z*x", z="w - x", w="2*y - x*y - 1/2"),
    "lines": _advantages(x="(y - 1/2)*(x - 1/3)", y="(y - 1/2)*(x + y - 1/3)"),
    "a circle": _advantages(
        x="((x - 1/2)^2 + (y - 1/2)^2 - 1/8)*(1 + y)", y="((x - 1/2)^2 + (y - 1/2)^2 - 1/8)*(2 - x)"
    ),
    "pieces": _advantages(x="z", y="z", z="x*y - 1/3 - z/9"),
    "edges": _advantages(x="0 - y", y="0 - 1 - x", z="0 - 1", w="0 - 2 - z"),
    "touching": _advantages(x="(x - 1/3)^2 - (y - 1/3)^3", y="(y - 1/3)^2"),
    "an end of degree three": _advantages(x="0", y="z - 1/2", z="(x - 1/2)*y + x/3 - 1/7"),
    "against its assumption": {
        "bimatrix": [[["a", 1], [0, 0]], [[0, 0], ["b", 1]]],
        "parameters": _symbols("a", "b"),
        "assume": ["a > b"],
    },
}


LONG = {"three strategies", "four strategies", "two of three", "own play"}
"""Games whose answer in symbols takes seconds, and is the same with values: it is asked for once."""


def _special() -> Iterator[tuple[str, Game]]:
    for name, file in FILES.items():
        yield name, separatrix.load({"title": name, **file})


def _without_values() -> Iterator[tuple[str, Game]]:
    for name, file in FILES.items():
        if "parameters" in file:
            yield (
                name,
                separatrix.load({"title": name, **file, "parameters": {n: {} for n in file["parameters"]}}),
            )


# --------------------------------------------------------------------------- random games


def _one(rng: Random) -> dict[str, Any]:
    return dict(own_matrix(random_integers(rng, 2, 2, 1)).file)


def _profiles(*sizes: int) -> Callable[[Random], dict[str, Any]]:
    return lambda rng: dict(random_profiles(rng, sizes, rng.choice((1, 3))).file)


def _random() -> Iterator[tuple[str, dict[str, Any]]]:
    kinds: dict[str, tuple[int, Callable[[Random], dict[str, Any]]]] = {
        **{name: (12, lambda rng, f=f: dict(f(rng).file)) for name, f in affine_kinds.KINDS.items()},
        **{name: (24, lambda rng, f=f: to_mapping(f(rng))) for name, f in special_games.KINDS.items()},
        "one of two": (9, _one),
        "on a line": (24, lambda rng: own_share.draw(rng).file),
        "quadratic": (16, lambda rng: dict(polynomial_square(rng, 2, 2).file)),
        "three by two by two": (6, _profiles(3, 2, 2)),
        "four": (3, _profiles(2, 2, 2, 2)),
    }
    for kind, (count, draw) in kinds.items():
        for k in range(count):
            yield f"{kind} {k}", draw(Random(f"said {kind} {k}"))
