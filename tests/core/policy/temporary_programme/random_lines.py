"""Random temporary programmes of one population, and their least cost by an optimisation of its own.

The motion is x' = x(1-x) g(x, u), so the least cost is the integral of the least of c(x, u)/(x(1-x) g(x, u))
over all levels at each share: levels on fine lattices, narrowed around every valley, and Gauss and Legendre's
rule on stretches that are halved until they agree.  Python reads the formulas, not the package.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

import separatrix
from separatrix.game.model import Game

__all__ = ["RandomLine", "random_line"]

Array = NDArray[np.float64]

LATTICE = {1: 6_000, 2: 90, 3: 24}
VALLEYS = {1: 6, 2: 4, 3: 3}
FUNCTIONS: dict[str, Any] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "max": lambda *of: np.maximum.reduce(np.broadcast_arrays(*of)),
    "min": lambda *of: np.minimum.reduce(np.broadcast_arrays(*of)),
}

SHAPES = {
    "affine": ("{v}",),
    "quadratic": ("{v}^2", "({v} + {v}^2)", "({v}^2 + {v}/10)", "({v} - {v}^2/3)"),
    "cubic": (
        "{v}^3",
        "(2*{v}^2 - {v}^3)",
        "({v} - {v}^2 + {v}^3)",
        "({v}^3 + {v}/20)",
        "(3*{v} - 3*{v}^2 + {v}^3)",
    ),
    "power": ("{v}^1.5", "sqrt({v})", "{v}^2.5", "{v}^4", "({v}^(4/3) + {v}/5)"),
    "transcendental": (
        "(exp({v}) - 1)",
        "(exp(3*{v}) - 1)",
        "log(1 + {v})",
        "log(1 + 9*{v})",
        "(exp({v}^2) - 1)",
        "{v}*exp({v})",
    ),
    "rational": ("{v}/(2 - {v})", "({v} + {v}/(1 + 20*{v}))", "{v}^2/(1 + {v})"),
    "fixed": ("({v} + 1/20)", "({v}^2 + 1/10)", "({v}^3 + 1/7)", "(exp({v}) - 9/10)"),
    "kink": (
        "max(0, {v} - 3/10)",
        "max({v}, 2*{v} - 1/2)",
        "min({v}, 1/4 + {v}/5)",
        "max({v}/10, {v}^2)",
        "({v}^2 + max(0, {v} - 1/2))",
    ),
}
"""Costs of a level `v` from 0 to 1, by their kind."""

WEIGHTS = ("x", "(1 - x)", "1", "(1 + x^2)", "(2 - x)", "max(x, 1/2)", "exp(-x)")
EFFECTS = (
    "u",
    "u",
    "u",
    "u*(1 + x)/2",
    "u*(2 - {v})",
    "u/(1 + {v})",
    "u*{v}",
    "{h}*log(1 + {v})",
    "max(0, u - {h}/10)",
)
ADVANTAGES = (
    "{s}*(x - {b})",
    "{s}*(x - {b})",
    "{s}*(x - {b})*(1 + x)",
    "{s}*(x - {b})*(2 - x^2)",
    "{s}*(x - {b})*(x + 1/10)",
    "{s}*(x - {b})^3",
    "4*{s}*(x - {b})*(x - {a})",
    "{s}*(x - {b})/(1 + x)",
)


def reading(text: str, names: tuple[str, ...]) -> Callable[..., Array]:
    """Return a formula as a function of arrays, read by Python."""
    code = compile(text.replace("^", "**"), "formula", "eval")
    return lambda *values: np.asarray(eval(code, {**FUNCTIONS, **dict(zip(names, values, strict=True))}))


@dataclass(frozen=True)
class RandomLine:
    """A game of one population, with the formulas of its motion and cost.

    Attributes
    ----------
    game : Game
    kinds : tuple of str
        The kinds of its costs, a key of `SHAPES` each.
    gain, cost : str
        In the share and the levels.
    highest : tuple of float
        The highest level of each instrument; the lowest is 0.
    start, boundary : float
        Today's share, and the one from which on it comes to the target by itself.
    """

    game: Game
    kinds: tuple[str, ...]
    gain: str
    cost: str
    highest: tuple[float, ...]
    start: float
    boundary: float

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the levels."""
        return ("u", "v", "w")[: len(self.highest)]

    @property
    def target(self) -> str:
        """The strategy that should prevail."""
        return "join" if self.boundary > self.start else "stay"

    def least(self, accurate: float = 1e-6) -> float:
        """Return what the cheapest levels cost from the start to the boundary, infinite where none leads."""
        nodes, weights = np.polynomial.legendre.leggauss(3)
        width = self.boundary - self.start
        parts = np.array([1e-6, *(1 + nodes) / 2, 1 - 1e-6])  # close to the ends a jump would not be seen

        def part(a: float, b: float) -> tuple[float, float, float]:
            places = a + (b - a) * parts
            ratios = np.array([self.least_ratio(self.start + width * place) for place in places])
            return float(weights @ ratios[1:-1]) * abs(width) * (b - a) / 2, ratios.min(), ratios.max()

        # Stretches halve towards both ends, where the ratio may fade or grow, and wherever it jumps or bends.
        halves = 0.5 ** np.arange(3, 30)
        edges = np.unique(np.concatenate([[0.0], halves, np.linspace(0, 1, 9), 1 - halves, [1.0]]))
        pending = [(a, b, part(a, b)[0]) for a, b in itertools.pairwise(edges)]
        total = sum(value for _, _, value in pending)
        if math.isinf(total):
            return math.inf
        least, small = 0.0, accurate * total / 100
        while pending:
            a, b, whole = pending.pop()
            middle = (a + b) / 2
            (left, *one), (right, *other) = part(a, middle), part(middle, b)
            if math.isinf(left + right):
                return math.inf
            # Where it jumps both sums may agree by chance.
            even = max(one[1], other[1]) <= 2 * min(one[0], other[0])
            most = max(one[1], other[1]) * abs(width) * (b - a)
            if (even and abs(left + right - whole) <= small) or most <= small:
                least += left + right
            else:
                pending += [(a, middle, left), (middle, b, right)]
        return least

    @cached_property
    def _lattice(self) -> tuple[Array, Array, Array]:
        """Return levels, the room of each to its neighbours, and moves in this room."""
        count = len(self.highest)
        points = LATTICE[count]
        axis = np.unique(np.concatenate([np.linspace(0, 1, points + 1), np.geomspace(1e-9, 1, points // 3)]))
        gaps = np.maximum(np.diff(axis, prepend=0.0), np.diff(axis, append=1.0))
        moves = np.linspace(-1, 1, {1: 17, 2: 7, 3: 5}[count])
        lattice, rooms, every = (
            np.stack(np.meshgrid(*[one] * count, indexing="ij"), axis=-1).reshape(-1, count)
            for one in (axis, gaps, moves)
        )
        return lattice * np.array(self.highest), rooms * np.array(self.highest), every

    @cached_property
    def _formulas(self) -> tuple[Callable[..., Array], Callable[..., Array]]:
        gain, cost = (reading(text, ("x", *self.names)) for text in (self.gain, self.cost))
        return gain, cost

    def _ratio(self, share: float, levels: Array) -> Array:
        """Return the cost per share gained of levels (..., m), infinite where the share does not move on."""
        gain, cost = self._formulas
        own = [levels[..., k] for k in range(len(self.highest))]
        with np.errstate(all="ignore"):
            rate = math.copysign(share * (1 - share), self.boundary - self.start) * gain(share, *own)
            return np.where(rate > 0, cost(share, *own) / np.where(rate > 0, rate, 1.0), np.inf)

    def least_ratio(self, share: float) -> float:
        """Return the least cost per share gained at a share."""
        count = len(self.highest)
        lattice, rooms, moves = self._lattice
        values = self._ratio(share, lattice)
        if count == 1:
            inner = np.concatenate([[np.inf], values, [np.inf]])
            valleys = np.flatnonzero((values <= inner[:-2]) & (values <= inner[2:]) & np.isfinite(values))
        else:
            valleys = np.flatnonzero(np.isfinite(values))
        valleys = valleys[np.argsort(values[valleys])[: VALLEYS[count]]]
        if not len(valleys):
            return math.inf
        own, room, here = lattice[valleys], rooms[valleys], values[valleys]
        rows = np.arange(len(own))
        for _ in range(22 if count == 1 else 40):
            tried = np.clip(own[:, None] + moves * room[:, None], 0.0, self.highest)
            seen = self._ratio(share, tried)
            best = seen.argmin(axis=1)
            better = seen[rows, best] < here
            here = np.where(better, seen[rows, best], here)
            own = np.where(better[:, None], tried[rows, best], own)
            room = room * (0.35 if count == 1 else 0.6)
        return float(here.min())


def random_line(seed: int) -> RandomLine:
    """Return a random game of one bistable boundary, in random units."""
    rng = random.Random(seed)
    unit, price = 10 ** rng.uniform(-9, 9), 10 ** rng.uniform(-9, 9)
    boundary = rng.choice((0.3, 0.4, 0.5, 0.6, 0.75))
    slope = rng.choice((1, 7, 60))
    falls = rng.random() < 0.25
    count = rng.choices((1, 2, 3), (85, 12, 3))[0]
    away = 1 - boundary if falls else boundary
    highest = tuple(
        slope * away * rng.choice((1.3, 2, 4)) * unit / (1 if k == 0 else 2) for k in range(count)
    )
    start = round(boundary + (away if falls else -away) * rng.uniform(0.1, 0.9), 4)
    other = round(rng.uniform(0.05, 0.6) * boundary, 3)
    advantage = rng.choice(ADVANTAGES if not falls else ADVANTAGES[:6])
    base = advantage.format(s=f"{slope * unit!r}", b=boundary, a=other)
    names = ("u", "v", "w")[:count]
    instruments: dict[str, Any] = {}
    kinds, costs, effects = [], [], []
    for name, top in zip(names, highest, strict=True):
        level = f"({name}/{top!r})"
        kind = rng.choice(tuple(SHAPES) if count == 1 else ("affine", "quadratic", "cubic", "transcendental"))
        weight = rng.choice(WEIGHTS)
        cost = f"{price!r}*{rng.choice(SHAPES[kind]).format(v=level)}*{weight}"
        effect = rng.choice(EFFECTS).format(v=level, h=f"{top!r}").replace("u", name)
        if count > 1 and name != "u" and rng.random() < 0.3:
            effect = f"{name}*(1 + (u/{highest[0]!r}))/2"
        kinds.append(kind)
        costs.append(cost)
        effects.append(effect)
        instruments[name] = {
            "range": [0, top],
            "changes": {f"r{name}": f"r{name} {'-' if falls else '+'} {effect}"},
            "cost": {"public": cost},
        }
    document = {
        "title": "A random line",
        "populations": [{"name": "Firms", "share": "x", "strategies": ["join", "stay"]}],
        "parameters": {f"r{name}": 0 for name in names},
        "payoff_functions": {
            "Firms": {"join": " + ".join([base, *(f"r{name}" for name in names)]), "stay": "0"}
        },
        "today": {"x": start},
        "instruments": instruments,
    }
    pushed = "".join(f" {'-' if falls else '+'} ({effect})" for effect in effects)
    return RandomLine(
        separatrix.load(document), tuple(kinds), base + pushed, " + ".join(costs), highest, start, boundary
    )
