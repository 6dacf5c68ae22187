"""The share of all starts with each outcome, at positions of one lever while the others stay."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from separatrix.dynamics.state_labels import id_of
from separatrix.dynamics.sweeps.sweep import sweep as measured
from separatrix.errors import SeparatrixError
from separatrix.game.model import Game
from separatrix.studio.arguments import (
    Arguments,
    Progress,
    count_in,
    not_understood,
    placed,
    texts_of,
)
from separatrix.studio.map_axes import window

if TYPE_CHECKING:
    import xarray

__all__ = ["SAMPLES", "sweep"]

_POINTS, _MOST_POINTS = 41, 401

_TOGETHER = 4
"""Positions that are measured together between two words on progress."""

SAMPLES = 1024
"""Starts at each position where no closed form is known: errors of about one per cent."""


def sweep(game: Game, arguments: Arguments, progress: Progress) -> dict[str, Any]:
    """Return which share of all starts has which outcome along the lever named under ``over``.

    In addition to the positions of the other levers, ``points`` is a number of even steps of the lever.

    Returns
    -------
    dict
        ``at``, the positions as exact texts; ``outcomes``, each with its ``id``, None where it has none, and
        its ``name`` in ``separatrix sweep``; ``shares`` of each outcome at each position; ``errors``, bounds
        or half the widest 95 % interval; ``missing``, the reason at each position without a number.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> answer = sweep(load("shi-chen-2018"), {"over": "C1", "points": 5}, lambda part: None)
    >>> answer["at"], answer["outcomes"][0]
    (['0', '5', '10', '15', '20'], {'id': 'E1', 'name': 'x=0,y=0'})
    >>> answer["missing"][0], [round(share, 3) for share in answer["shares"][0][1:]]
    ('breaks_assumption', [0.922, 1.0, 1.0, 1.0])
    """
    over = arguments.get("over")
    if not isinstance(over, str) or over not in {*game.parameters, *game.instruments}:
        raise not_understood("over")
    points = count_in(arguments, "points", _POINTS, 2, _MOST_POINTS)
    idle = {over: str(game.instruments[over].idle)} if over in game.instruments else {}
    there = placed(game, {**arguments, "levels": {**idle, **texts_of(arguments, "levels")}})
    values = {name: text for name, text in there.values.items() if name != over}
    low, high = window(game, over)
    at = [low + (high - low) * Fraction(k, points - 1) for k in range(points)]
    shares: dict[str, list[float | None]] = {}
    errors: list[float | None] = []
    missing: list[str | None] = []
    refused: SeparatrixError | None = None
    for begin in range(0, points, _TOGETHER):
        part = at[begin : begin + _TOGETHER]
        try:
            found = measured(there.game, {over: part}, "basin", values, there.scenario, samples=SAMPLES)
        except SeparatrixError as problem:  # none of these positions makes a game
            refused = problem
            missing.extend([problem.code] * len(part))
            errors.extend([None] * len(part))
        else:
            why = _missing(found)
            missing.extend(why)
            errors.extend(_numbers(found, "basin_error", why))
            for name in _names(found) if None in why else ():
                own = _numbers(found.sel(basin_of=name), "basin", why)
                shares.setdefault(name, [0.0] * begin).extend(own)
        for own in shares.values():  # an outcome that is not named here has no starts
            own.extend([0.0] * (begin + len(part) - len(own)))
        progress((begin + len(part)) / points)
    if refused is not None and not shares:
        raise refused
    ids = {name: id_of(game, name) for name in shares}
    order = sorted(shares, key=lambda name: (ids[name] is None, ids[name] or name))
    blank = [why is not None for why in missing]
    return {
        "over": over,
        "at": [str(value) for value in at],
        "outcomes": [{"id": ids[name], "name": name} for name in order],
        "shares": [
            [None if gone else share for share, gone in zip(shares[name], blank, strict=True)]
            for name in order
        ],
        "errors": errors,
        "missing": missing,
    }


def _names(found: xarray.Dataset) -> list[str]:
    return [str(name) for name in found["basin_of"].values] if "basin" in found else []


def _missing(found: xarray.Dataset) -> list[str | None]:
    """Return at each position why nothing was measured; None where something was."""
    told = found["status"].attrs
    words = dict(zip(map(int, told["flag_values"]), str(told["flag_meanings"]).split(), strict=True))
    measured_at = [words.get(int(code), "no_value") for code in found["status"].values]
    return [None if word == "measured" else word for word in measured_at]


def _numbers(found: xarray.Dataset, name: str, missing: list[str | None]) -> list[float | None]:
    """Return numbers; None where there are none."""
    if name not in found:
        return [None] * len(missing)
    values = [float(value) for value in found[name].values]
    return [None if math.isnan(value) else value for value in values]
