"""A regime map from numerical analyses: one at each node of a coarse grid, and bisection between nodes."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.registry import at_baseline_values
from separatrix.dynamics.regime_maps import (
    BorderPiece,
    MapBorder,
    MapState,
    RegimeMap,
    areas_of,
    crossings,
    in_order,
    piece_kind,
    regimes_of,
)
from separatrix.dynamics.sign_verdicts import OPEN, OUTSIDE, POLE, members
from separatrix.errors import InputError
from separatrix.exact.bernstein import GridAxis
from separatrix.game.model import Game
from separatrix.game.values import violated
from separatrix.sentences import say

__all__ = ["Cuts", "contours", "numerical_map"]

FEWEST, MOST = 9, 65
"""Nodes a side. The fewer where time runs out: small regimes are missed."""

HALVINGS, FEWEST_HALVINGS = 12, 3
"""Of a step of the grid, to find a border; the fewer where time runs out."""

ASIDE = Fraction(1, 10007)
"""Of a step of the grid."""

Played = tuple[tuple[str, ...], ...]


@dataclass(eq=False)
class _Judge:
    """Asks for an analysis at parameter values, each once."""

    game: Game
    fixed: Mapping[str, Fraction]
    names: tuple[str, str]
    patience: float
    states: dict[tuple[Played, int], int] = field(default_factory=dict)
    known: dict[tuple[Fraction, Fraction], int] = field(default_factory=dict)

    def at(self, a: Fraction, b: Fraction) -> int:
        """Return the verdict at two values."""
        if (a, b) not in self.known:
            self.known[a, b] = self._judge({**self.fixed, self.names[0]: a, self.names[1]: b})
        return self.known[a, b]

    def _judge(self, values: Mapping[str, Fraction]) -> int:
        from separatrix.analysis.analyze import analyze

        try:
            if violated(self.game, values):
                return OUTSIDE
            found = analyze(self.game, values, budget=self.patience)
        except InputError as problem:
            if problem.code == "S003":
                return POLE
            raise
        open_ = any(p.stability in (None, "undecided") for p in found.rest_points)
        if open_ or found.completeness.status != "complete":
            return OPEN
        stable = sorted(
            (p.support, p.state or ()) for p in found.rest_points if p.stability == "asymptotically stable"
        )
        total = 0
        for support, group in itertools.groupby(stable, key=lambda item: item[0]):
            for k, _ in enumerate(group):
                total |= 1 << self.states.setdefault((support, k), len(self.states))
        return total


def numerical_map(
    game: Game,
    scenario: str | None,
    fixed: Mapping[str, Fraction],
    names: tuple[str, str],
    axes: tuple[GridAxis, GridAxis],
    today: tuple[Fraction, Fraction] | None,
    budget: float,
) -> RegimeMap:
    """Return the map on a grid as fine as the time allows, but no finer than requested."""
    started = time.monotonic()
    judge = _Judge(game, fixed, names, max(1.0, budget / 10))
    first, second = _grid(judge, axes, budget)
    codes = np.array(
        [[judge.at(first.node(i), second.node(j)) for j in range(second.count)] for i in range(first.count)]
    )
    beside, places = _off_borders(judge, first, second, codes)
    halvings = HALVINGS
    cuts = {}
    for edge in _edges(beside):
        if time.monotonic() > started + budget:
            halvings = FEWEST_HALVINGS
        cuts[edge] = _bisected(judge, places, edge, halvings)
    lines, shapes = contours(beside, first.floats, second.floats, cuts)
    now = None if today is None else judge.at(*today)

    present, counts = np.unique(codes, return_counts=True)
    nodes = dict(zip(present.tolist(), counts.tolist(), strict=True))
    areas = areas_of(shapes, (first, second))
    order = in_order(set(areas) | set(nodes) | (set() if now is None else {now}), areas)
    number = {code: k for k, code in enumerate(order)}
    used = sorted({k for code in order for k in members(code)})
    states = _states(judge, used)
    witnesses: dict[int, Mapping[str, Fraction]] = {}
    for a, b in judge.known:
        witnesses.setdefault(judge.known[a, b], dict(zip(names, (a, b), strict=True)))
    regimes = regimes_of(game, order, areas, nodes, witnesses, {k: n for n, k in enumerate(used)})
    pieces: dict[tuple[int, int], list[BorderPiece]] = {}
    for (one, other), points in lines:
        kind = piece_kind(one, other, None)
        if kind is not None:
            low, high = sorted((number[one], number[other]))
            before, after = set(regimes[low].stable), set(regimes[high].stable)
            both = regimes[low].kind == regimes[high].kind == "stable"
            pieces.setdefault((low, high), []).append(
                BorderPiece(
                    points,
                    kind,
                    low,
                    high,
                    None,
                    gained=tuple(sorted(after - before)) if both else (),
                    lost=tuple(sorted(before - after)) if both else (),
                )
            )
    borders = tuple(MapBorder(None, None, tuple(own)) for own in pieces.values())
    error = tuple(float(axis.step) / 2**halvings for axis in (first, second))
    return RegimeMap(
        game=game,
        scenario=scenario,
        fixed=dict(fixed),
        over=names,
        axes=(first, second),
        labels=np.array([number[c] for c in present.tolist()], dtype=np.int16)[
            np.searchsorted(present, codes)
        ],
        states=states,
        regimes=regimes,
        borders=borders,
        conditions=(),
        points=crossings(borders, (first, second)),
        regions=tuple((number[code], shape) for code, shape in shapes),
        method="numerical",
        how_sure=at_baseline_values(game, _how_sure(names, (first, second), error)),
        error=(error[0], error[1]),
        today=None if today is None else (float(today[0]), float(today[1])),
        today_regime=None if now is None else number[now],
    )


def _how_sure(names: tuple[str, str], axes: tuple[GridAxis, GridAxis], error: tuple[float, ...]) -> str:
    off = [f"{name} {size:.2g}" for name, size in zip(names, error, strict=True)]
    return say(
        "numerical, to ±{first} and ±{second}: each of {count} nodes was analysed exactly, and "
        "borders between nodes were found by bisection and joined by straight lines; structures "
        "finer than the grid of {wide} × {high} may be missed",
        first=off[0],
        second=off[1],
        count=f"{axes[0].count * axes[1].count:,}",
        wide=axes[0].count,
        high=axes[1].count,
    )


def _grid(judge: _Judge, axes: tuple[GridAxis, GridAxis], budget: float) -> tuple[GridAxis, GridAxis]:
    """Return a grid for which there is time, by what the first analyses take."""
    started = time.monotonic()
    places = list(itertools.product((Fraction(2, 7), Fraction(5, 7)), repeat=2))
    for s, t in places:
        judge.at(*(axis.low + u * (axis.high - axis.low) for axis, u in zip(axes, (s, t), strict=True)))
    each = (time.monotonic() - started) / len(places)
    # Borders take about as many analyses again for each three halvings.
    side = math.isqrt(int(budget / (2 * each)) + 1)
    counts = [min(axis.count, max(FEWEST, min(MOST, side))) for axis in axes]
    first, second = (GridAxis(axis.low, axis.high, n) for axis, n in zip(axes, counts, strict=True))
    return first, second


def _edges(codes: NDArray[np.int64]) -> Iterator[tuple[int, int, int]]:
    """The edges of the grid whose ends differ."""
    for direction, differ in ((0, codes[1:] != codes[:-1]), (1, codes[:, 1:] != codes[:, :-1])):
        for i, j in np.argwhere(differ).tolist():
            yield direction, i, j


def _off_borders(
    judge: _Judge, first: GridAxis, second: GridAxis, codes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], dict[tuple[int, int], tuple[Fraction, Fraction]]]:
    """Return verdicts slightly off the nodes that may lie on a border, and where each was evaluated.

    What holds on a line alone would else take up an area: at the edges of the window, where parameters vanish
    that must be positive, and at nodes that differ from both their neighbours.
    """
    beside = codes.copy()
    places = {}
    for i, j in np.ndindex(codes.shape):
        a, b = first.node(i), second.node(j)
        edges = i in (0, first.count - 1) or j in (0, second.count - 1)
        if edges or _is_isolated(codes[i - 1 : i + 2, j], codes[i, j - 1 : j + 2]):
            # Different shifts, so that no line of slope one is followed.
            a += first.step * ASIDE * (-1 if i == first.count - 1 else 1)
            b += second.step * ASIDE / 3 * (-1 if j == second.count - 1 else 1)
            beside[i, j] = judge.at(a, b)
        places[i, j] = (a, b)
    return beside, places


def _is_isolated(*lines: NDArray[np.int64]) -> bool:
    """Whether the middle of three differs from both others, in some direction."""
    return any(line[1] != line[0] and line[1] != line[2] for line in lines)


def _bisected(
    judge: _Judge,
    places: Mapping[tuple[int, int], tuple[Fraction, Fraction]],
    edge: tuple[int, int, int],
    halvings: int,
) -> tuple[float, float]:
    """Return where on an edge the verdict of its first node ends."""
    direction, i, j = edge
    low, high = places[i, j], places[i + 1 - direction, j + direction]
    here = judge.at(*low)
    for _ in range(halvings):
        middle = ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2)
        if judge.at(*middle) == here:
            low = middle
        else:
            high = middle
    return float((low[0] + high[0]) / 2), float((low[1] + high[1]) / 2)


def _states(judge: _Judge, used: list[int]) -> tuple[MapState, ...]:
    """The states; those in which the same strategies are played are numbered."""
    listed = list(judge.states)
    several = {support for support, k in listed if k}
    result = []
    for index in used:
        support, k = listed[index]
        name = ", ".join(" + ".join(played) for played in support)
        if support in several:
            result.append(MapState(f"{name} ({k + 1})", None, support, k + 1))
        else:
            result.append(MapState(name, None, support))
    return tuple(result)


# --------------------------------------------------------------------------- label contours

Array = NDArray[np.float64]

Place = tuple[float, float]

Cuts = Mapping[tuple[int, int, int], Place]
"""Where the label changes from node (i, j): to (i + 1, j) for direction 0, to (i, j + 1) for direction 1."""

Pair = tuple[int, int]


def contours(
    codes: NDArray[np.int64], first: Array, second: Array, cuts: Cuts
) -> tuple[list[tuple[Pair, Array]], list[tuple[int, Array]]]:
    """Return polylines, each with the labels on its two sides, and polygons, each with its label.

    Parameters
    ----------
    codes : array (n, m)
        The label of each node.
    first, second : arrays (n,) and (m,)
        The nodes.
    cuts : mapping
        One place for each edge whose ends differ.
    """
    segments: dict[Pair, list[tuple[Place, Place]]] = {}
    shapes: list[tuple[int, Array]] = []
    for i in range(len(first) - 1):
        for j in range(len(second) - 1):
            ring = list(_ring(codes, first, second, cuts, i, j))
            changes = [k for k, (_, code) in enumerate(ring) if code is None]
            if not changes:
                shapes.append((ring[0][1] or 0, np.array([place for place, _ in ring])))
                continue
            middle = None
            if len(changes) > 2:
                middle = tuple(float(np.mean([ring[k][0][axis] for k in changes])) for axis in (0, 1))
            for n, k in enumerate(changes):
                following = changes[(n + 1) % len(changes)]
                run = [ring[(k + step) % len(ring)] for step in range((following - k) % len(ring) + 1)]
                places = [place for place, _ in run] + ([] if middle is None else [(middle[0], middle[1])])
                code = run[1][1] or 0  # a node lies between two changes
                shapes.append((code, np.array(places)))
                if middle is not None or n == 0:
                    before = ring[k - 1][1] or 0  # and beside each
                    end = ring[following][0] if middle is None else (middle[0], middle[1])
                    pair = (min(before, code), max(before, code))
                    segments.setdefault(pair, []).append((ring[k][0], end))
    lines = [(pair, line) for pair, own in segments.items() for line in _join_segments(own)]
    return lines, shapes


def _ring(
    codes: NDArray[np.int64], first: Array, second: Array, cuts: Cuts, i: int, j: int
) -> Iterator[tuple[Place, int | None]]:
    """The corners of a square in turn, each with its label, and the changes between them, without."""
    corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
    edges = [(0, i, j), (1, i + 1, j), (0, i, j + 1), (1, i, j)]
    for (a, b), edge in zip(corners, edges, strict=True):
        yield (float(first[a]), float(second[b])), int(codes[a, b])
        if edge in cuts:
            yield cuts[edge], None


def _join_segments(segments: list[tuple[Place, Place]]) -> Iterator[Array]:
    """Join segments at common ends, but not where more than two meet."""
    at: dict[Place, list[int]] = {}
    for k, segment in enumerate(segments):
        for end in segment:
            at.setdefault(end, []).append(k)
    left = set(range(len(segments)))

    def follow(k: int, end: Place) -> list[Place]:
        places = [end]
        while True:
            here = [n for n in at[places[-1]] if n in left]
            if len(at[places[-1]]) != 2 or not here:
                return places
            (k,) = here[:1]
            left.discard(k)
            one, other = segments[k]
            places.append(other if one == places[-1] else one)

    while left:
        k = left.pop()
        one, other = segments[k]
        yield np.array([*reversed(follow(k, one)), *follow(k, other)])
