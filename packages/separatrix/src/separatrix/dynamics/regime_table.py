"""The regimes of a map in the order in which they are listed."""

from __future__ import annotations

import string
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.free_letters import free_letters
from separatrix.dynamics.regime_map import MapRegime, PieceKind, RegimeKind
from separatrix.dynamics.sign_verdicts import OPEN, OUTSIDE, POLE, members
from separatrix.exact.bernstein import GridAxis
from separatrix.game.model import Game

__all__ = ["areas_of", "in_order", "kind_of", "piece_kind", "regimes_of"]


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
