"""A regime map as data: its states, regimes, areas, borders and points.

Points of a regime map at which borders cross, begin, or change over into each other.

The regimes of a map in the order in which they are listed.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.rest_state_ids import ids_of, letter, support_of
from separatrix.dynamics.sign_verdicts import OPEN, OUTSIDE, POLE, members
from separatrix.dynamics.statistics import free_letters
from separatrix.dynamics.tolerances import SAME
from separatrix.exact.bernstein import GridAxis
from separatrix.expression.tree import Expression, to_text
from separatrix.game.model import Game
from separatrix.run.results import Gridded, Plotted, Tabled

__all__ = [
    "BorderPiece",
    "Condition",
    "MapBorder",
    "MapPoint",
    "MapRegime",
    "MapState",
    "PieceKind",
    "RegimeKind",
    "RegimeMap",
    "areas_of",
    "crossings",
    "in_order",
    "kind_of",
    "map_to_dict",
    "piece_kind",
    "regimes_of",
]

Array = NDArray[np.float64]

RegimeKind = Literal["stable", "outside", "pole", "undecided"]


PieceKind = Literal["stability", "line", "assumption", "pole", "undecided"]


@dataclass(frozen=True)
class MapState:
    """A state that is asymptotically stable somewhere in the window.

    Attributes
    ----------
    name : str
        What is played: ``cooperate, decline``; strategies that are mixed are joined by ``+``.
    shares : mapping of share to Expression, or None
        Where it is, in the two parameters; None where that is known only in numbers.
    support : for each population, the names of the strategies played
    number : int or None
        Where several states play the same, which of them, from 1.
    """

    name: str
    shares: Mapping[str, Expression] | None
    support: tuple[tuple[str, ...], ...]
    number: int | None = None

    @property
    def text(self) -> str:
        """``x = 1, y = 0``; for a mixed state ``x = V/C``."""
        return ", ".join(f"{share} = {to_text(value)}" for share, value in (self.shares or {}).items())


@dataclass(frozen=True)
class MapRegime:
    """Parameters at which the same states are asymptotically stable, or a class of its own.

    Attributes
    ----------
    letter : str
        A, B, C, … for regimes; empty for the other classes.
    kind : str
        ``stable``; ``outside`` the assumptions of the game; at a ``pole``, where a payoff has no value;
        ``undecided``.
    stable : tuple of int
        The states, as indices of ``RegimeMap.states``; empty where no state is asymptotically stable.
    generic : bool
        Whether it holds on an area, and not on lines alone.
    witness : mapping of parameter to Fraction, or None
        Values at which it holds.
    share : float
        The share of the window's area in which it holds.
    nodes : int
        At how many nodes it holds.
    """

    letter: str
    kind: RegimeKind
    stable: tuple[int, ...]
    generic: bool
    witness: Mapping[str, Fraction] | None
    share: float
    nodes: int


@dataclass(frozen=True, eq=False)
class BorderPiece:
    """A part of a curve with the same regimes on its sides.

    Attributes
    ----------
    points : array (points, 2)
        Values of the two parameters, from one end to the other.
    kind : str
        ``stability``: two regimes meet; ``line``: the same regime on both sides, another one on the line;
        ``assumption``: the admissible parameters end here; ``pole``: a payoff has no value here;
        ``undecided``: stability on the line is left open, or on one of its sides.
    negative, positive : int
        The regimes, as indices of ``RegimeMap.regimes``, where the polynomial of the curve is negative and
        where it is positive.
    on : int or None
        The regime on the line itself; None where that is not known.
    gained, lost : tuple of int
        States that become, or cease to be, asymptotically stable as the polynomial becomes positive.
    """

    points: Array
    kind: PieceKind
    negative: int
    positive: int
    on: int | None
    gained: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class MapBorder:
    """A curve that bounds regimes.

    Attributes
    ----------
    polynomial : str or None
        Irreducible over the rationals, in the two parameters; the curve is where it vanishes.  None for
        borders that are known in numbers only.
    solved : str or None
        The same as ``C1 = C2 + 5``, where one of the two parameters can be isolated.
    pieces : tuple of BorderPiece
    """

    polynomial: str | None
    solved: str | None
    pieces: tuple[BorderPiece, ...]


@dataclass(frozen=True)
class Condition:
    """A polynomial whose sign decides about stability.

    Attributes
    ----------
    text : str
        As a product of irreducible factors.
    factors : tuple of str
    states : tuple of int
        The states about which it decides.
    """

    text: str
    factors: tuple[str, ...]
    states: tuple[int, ...]


@dataclass(frozen=True)
class MapPoint:
    """A point at which borders cross, begin or change over into each other.

    Attributes
    ----------
    at : (float, float)
    exact : (Fraction, Fraction) or None
        None if the coordinates are not both fractions.
    borders : tuple of int
    regimes : tuple of int
        The regimes round it.
    """

    at: tuple[float, float]
    exact: tuple[Fraction, Fraction] | None
    borders: tuple[int, ...]
    regimes: tuple[int, ...]


@dataclass(frozen=True, eq=False, repr=False)
class RegimeMap(Plotted, Tabled, Gridded):
    """Which states are asymptotically stable over two parameters; made by `regime_map`.

    Attributes
    ----------
    game : Game
    scenario : str or None
    fixed : mapping of parameter to Fraction
        The values of all other parameters.
    over : (str, str)
        The two parameters.
    axes : (GridAxis, GridAxis)
        Their nodes.
    labels : array (nodes of the first, nodes of the second)
        The regime at each node, as an index of `regimes`.
    states : tuple of MapState
    regimes : tuple of MapRegime
        Those with an area first.
    borders : tuple of MapBorder
    conditions : tuple of Condition
        What decides; empty where that is known in numbers only.
    points : tuple of MapPoint
    regions : tuple of (regime, array (points, 2))
        Polygons that fill the window.
    method : str
        ``exact`` or ``numerical``.
    how_sure : str
        The argument, in a sentence.
    error : (float, float) or None
        How far a border may be off, along each parameter; None where it is exact to rounding.
    today : (float, float) or None
        The values of the two parameters in the game, its scenario, or as given, where they lie in the window.
    today_regime : int or None
        The regime there.
    """

    game: Game
    scenario: str | None
    fixed: Mapping[str, Fraction]
    over: tuple[str, str]
    axes: tuple[GridAxis, GridAxis]
    labels: NDArray[np.int16]
    states: tuple[MapState, ...]
    regimes: tuple[MapRegime, ...]
    borders: tuple[MapBorder, ...]
    conditions: tuple[Condition, ...]
    points: tuple[MapPoint, ...]
    regions: tuple[tuple[int, Array], ...]
    method: Literal["exact", "numerical"]
    how_sure: str
    error: tuple[float, float] | None = None
    today: tuple[float, float] | None = None
    today_regime: int | None = None

    @property
    def window(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The ends of both parameters."""
        first, second = self.axes
        return (float(first.low), float(first.high)), (float(second.low), float(second.high))

    @property
    def state_ids(self) -> tuple[str, ...]:
        """The ids that the states have in an analysis; letters distinguish several with the same support."""
        ids = ids_of(self.game)
        return tuple(
            ids.point(support_of(self.game, state.support))
            + ("" if state.number is None else letter(state.number - 1))
            for state in self.states
        )

    def stable_names(self, regime: int) -> list[str]:
        """Return the names of the states that are asymptotically stable in a regime."""
        return [self.states[k].name for k in self.regimes[regime].stable]

    def to_dict(self) -> dict[str, Any]:
        """Return the map as plain data (schema 1; keys are added, never renamed)."""

        return map_to_dict(self)


# --------------------------------------------------------------------------- map data


def map_to_dict(found: RegimeMap) -> dict[str, Any]:
    """Return what ``--format json`` prints."""
    from separatrix.run.results import provenance

    return {
        "schema": 1,
        "model": {
            "title": found.game.title,
            "scenario": found.scenario,
            "parameters": {name: float(value) for name, value in found.fixed.items()},
        },
        "over": [
            {"parameter": name, "low": float(axis.low), "high": float(axis.high), "nodes": axis.count}
            for name, axis in zip(found.over, found.axes, strict=True)
        ],
        "states": [
            {
                "id": name,
                "name": state.name,
                "support": [list(played) for played in state.support],
                "shares": None
                if state.shares is None
                else {share: to_text(value) for share, value in state.shares.items()},
            }
            for name, state in zip(found.state_ids, found.states, strict=True)
        ],
        "regimes": [_regime(regime) for regime in found.regimes],
        "borders": [
            {
                "polynomial": border.polynomial,
                "solved": border.solved,
                "pieces": [_piece(piece) for piece in border.pieces],
            }
            for border in found.borders
        ],
        "conditions": [
            {"text": c.text, "factors": list(c.factors), "states": list(c.states)} for c in found.conditions
        ],
        "points": [
            {
                "at": list(point.at),
                "exact": None if point.exact is None else [str(v) for v in point.exact],
                "borders": list(point.borders),
                "regimes": list(point.regimes),
            }
            for point in found.points
        ],
        "labels": found.labels.tolist(),
        "method": found.method,
        "how_sure": str(found.how_sure),
        "error": None if found.error is None else list(found.error),
        "today": None if found.today is None else {"at": list(found.today), "regime": found.today_regime},
        "provenance": provenance(found.game),
    }


def _regime(regime: MapRegime) -> dict[str, Any]:
    witness = None
    if regime.witness is not None:
        witness = {name: str(value) for name, value in regime.witness.items()}
    return {
        "letter": regime.letter,
        "kind": regime.kind,
        "stable": list(regime.stable),
        "generic": regime.generic,
        "witness": witness,
        "share": regime.share,
        "nodes": regime.nodes,
    }


def _piece(piece: BorderPiece) -> dict[str, Any]:
    return {
        "kind": piece.kind,
        "negative": piece.negative,
        "positive": piece.positive,
        "on": piece.on,
        "gained": list(piece.gained),
        "lost": list(piece.lost),
        "points": piece.points.tolist(),
    }


LONGEST = 10**6
"""Denominators past which a float is not taken for a fraction."""


def crossings(
    borders: Sequence[MapBorder],
    axes: tuple[GridAxis, GridAxis],
    on: Callable[[int, Fraction, Fraction], bool] = lambda border, a, b: False,
) -> tuple[MapPoint, ...]:
    """Return the points inside the window at which borders of stability meet.

    ``on`` decides exactly whether a point lies on a border.
    """
    first, second = axes
    wide, high = float(first.high - first.low), float(second.high - second.low)
    ends: list[tuple[float, float, int, tuple[int, int]]] = []
    for k, border in enumerate(borders):
        for piece in border.pieces:
            if piece.kind != "stability" or _closed(piece.points):
                continue
            for x, y in (piece.points[0], piece.points[-1]):
                inside = (
                    SAME < (x - float(first.low)) / wide < 1 - SAME
                    and SAME < (y - float(second.low)) / high < 1 - SAME
                )
                if inside:
                    ends.append((float(x), float(y), k, (piece.negative, piece.positive)))
    groups: list[list[tuple[float, float, int, tuple[int, int]]]] = []
    for end in sorted(ends):
        for group in groups:
            if abs(end[0] - group[0][0]) < SAME * wide and abs(end[1] - group[0][1]) < SAME * high:
                group.append(end)
                break
        else:
            groups.append([end])
    result = []
    for group in groups:
        met = tuple(sorted({k for _, _, k, _ in group}))
        if len(met) < 2 and len(group) < 3:
            continue
        x, y = group[0][:2]
        result.append(
            MapPoint(
                at=(x, y),
                exact=_exact(met, x, y, on),
                borders=met,
                regimes=tuple(sorted({r for _, _, _, pair in group for r in pair})),
            )
        )
    return tuple(result)


def _closed(points: NDArray[np.float64]) -> bool:
    return bool((points[0] == points[-1]).all())


def _exact(
    met: Sequence[int], x: float, y: float, on: Callable[[int, Fraction, Fraction], bool]
) -> tuple[Fraction, Fraction] | None:
    """The pair of fractions at the point, if it lies exactly on all borders that meet there."""
    a, b = (Fraction(v).limit_denominator(LONGEST) for v in (x, y))
    return (a, b) if all(on(k, a, b) for k in met) else None


def kind_of(code: int) -> RegimeKind:
    """Return the kind of a verdict."""
    kinds: dict[int, RegimeKind] = {OUTSIDE: "outside", POLE: "pole", OPEN: "undecided"}
    return kinds.get(code, "stable")


def piece_kind(negative: int, positive: int, on: int | None) -> PieceKind | None:
    """Return what the border between two verdicts is; None where nothing is admissible at all."""
    key = {negative, positive} | (set() if on is None else {on})
    if key == {OUTSIDE}:
        return None
    if OUTSIDE in key:
        return "assumption"
    if POLE in key:
        return "pole"
    if OPEN in (negative, positive) or (on == OPEN and negative == positive):
        return "undecided"
    return "line" if negative == positive else "stability"


def areas_of(
    shapes: Iterable[tuple[int, NDArray[np.float64]]], axes: tuple[GridAxis, GridAxis]
) -> dict[int, float]:
    """Return the share of the window that polygons with each label fill."""
    whole = float(axes[0].high - axes[0].low) * float(axes[1].high - axes[1].low)
    result: dict[int, float] = {}
    for label, outline in shapes:
        x, y = (outline - outline[0]).T
        twice = abs(float(np.dot(x[:-1], y[1:]) - np.dot(y[:-1], x[1:])))
        result[label] = result.get(label, 0.0) + twice / (2 * whole)
    return {label: min(1.0, round(area, 9)) for label, area in result.items()}


def in_order(found: Collection[int], areas: Mapping[int, float]) -> list[int]:
    """Return verdicts: regimes first, those with an area before those on lines, the larger first."""
    # Rounded, so that areas which are the same do not change places by a rounding error.
    return sorted(
        found,
        key=lambda code: (
            code < 0,
            code not in areas,
            -round(areas.get(code, 0.0), 6),
            -len(members(code)),
            code,
        ),
    )


def regimes_of(
    game: Game,
    order: Sequence[int],
    areas: Mapping[int, float],
    nodes: Mapping[int, int],
    witnesses: Mapping[int, Mapping[str, Fraction]],
    numbers: Mapping[int, int],
) -> tuple[MapRegime, ...]:
    """Return the regimes; ``numbers`` gives the index of each state among those listed."""
    letters = free_letters(game, string.ascii_uppercase)
    return tuple(
        MapRegime(
            letter=next(letters) if code >= 0 else "",
            kind=kind_of(code),
            stable=tuple(numbers[s] for s in members(code)),
            generic=code in areas,
            witness=witnesses.get(code),
            share=areas.get(code, 0.0),
            nodes=nodes.get(code, 0),
        )
        for code in order
    )
