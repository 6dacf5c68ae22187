"""Regime maps over any two levers, parameters or instruments, at the present position of all others."""

from __future__ import annotations

from typing import Any

from separatrix.dynamics.build import regime_map
from separatrix.dynamics.regime_map import RegimeMap
from separatrix.game.model import Game
from separatrix.studio.arguments import Arguments, Progress, not_understood, placed, texts_of
from separatrix.studio.map_axes import window
from separatrix.studio.regime_map_json import regime_map_json

__all__ = ["found_map", "regimes"]

_GRID = (60, 60)
"""Of analyses, where a game has no exact map."""

_SECONDS = 25.0


def regimes(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return the regime map over the two levers named under ``over``.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> found = regimes(load("shi-chen-2018"), {"over": ["C1", "subsidy"]}, lambda part: None)
    >>> found["over"][1], found["method"]
    ({'name': 'subsidy', 'range': ['0', '1']}, 'exact')
    """
    return regime_map_json(found_map(game, arguments, _GRID, _SECONDS))


def found_map(game: Game, arguments: Arguments, grid: tuple[int, int], seconds: float) -> RegimeMap:
    """Return the map that arguments ask for; nodes and seconds as for `separatrix.regime_map`."""
    over = arguments.get("over")
    if not isinstance(over, list) or len(over) != 2 or not all(isinstance(name, str) for name in over):
        raise not_understood("over")
    levers = {**dict.fromkeys(game.parameters), **dict.fromkeys(game.instruments)}
    if over[0] == over[1] or any(name not in levers for name in over):
        raise not_understood("over")
    idle = {name: str(game.instruments[name].idle) for name in over if name in game.instruments}
    there = placed(game, {**arguments, "levels": {**idle, **texts_of(arguments, "levels")}})
    values = {name: value for name, value in there.values.items() if name not in over}
    windows = {name: window(game, name) for name in over}
    return regime_map(there.game, windows, values, there.scenario, grid=grid, budget=seconds)
