"""What is measured on a grid of one or two parameters or instruments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from separatrix.dynamics.sweeps.sweep import sweep as measured
from separatrix.game.instruments import with_instruments
from separatrix.game.model import Game
from separatrix.serve.studio.tasks.arguments import (
    Arguments,
    PlacedGame,
    Progress,
    count_in,
    not_understood,
    placed,
)

__all__ = ["sweep"]

_POINTS, _MOST_POINTS = 41, 10_000
_MEASURES = ("stable", "basin", "time", "shock", "rest")


def sweep(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return what is measured on a grid of one or two parameters.

    Beside where the other levers stand, ``over`` lists ``[name, low, high]``, ``points`` says how many values
    each has, and ``measure`` what is measured: see ``separatrix sweep --help``.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> asked = {"over": [["C1", "3", "9"]], "points": 3, "measure": ["rest"]}
    >>> answer = sweep(load("shi-chen-2018"), asked, lambda part: None)
    >>> answer["over"], answer["measured"]["rest"]["values"]
    ({'C1': [3.0, 6.0, 9.0]}, [5.0, 1.0, 4.0])
    """
    there, over = _swept(game, arguments)
    most = _MOST_POINTS if len(over) == 1 else int(_MOST_POINTS**0.5)
    points = count_in(arguments, "points", min(_POINTS, most), 2, most)
    asked = arguments.get("measure", ["stable"])
    if not isinstance(asked, list) or not asked or not all(name in _MEASURES for name in asked):
        raise not_understood("measure")
    spans = {name: f"{low}:{high}:{points}" for name, (low, high) in over.items()}
    found = measured(there.game, spans, asked, samples=1024, **there.known)
    return {
        "over": {name: found[name].values.tolist() for name in over},
        "measured": {
            str(name): {
                "over": [str(axis) for axis in variable.dims],
                "values": variable.values.tolist(),
                "meanings": str(variable.attrs.get("flag_meanings", "")).split() or None,
            }
            for name, variable in found.data_vars.items()
        },
    }


def _swept(game: Game, arguments: Arguments) -> tuple[PlacedGame, Mapping[str, tuple[str, str]]]:
    """Return the game with its other levers placed, and what varies; raises W111 for anything else."""
    given = arguments.get("over")
    over: dict[str, tuple[str, str]] = {}
    for part in given if isinstance(given, list) else ():
        if not isinstance(part, list) or len(part) != 3 or not all(isinstance(p, str) for p in part):
            raise not_understood("over")
        over[part[0]] = (part[1], part[2])
    if not 1 <= len(over) <= 2:
        raise not_understood("over")
    there = placed(game, arguments)
    acting = [name for name in over if name in game.instruments and name not in there.game.in_force]
    playing = with_instruments(there.game, acting) if acting else there.game
    values = {name: text for name, text in there.values.items() if name not in over}
    return PlacedGame(playing, values, there.scenario), over
