"""What varies in a set of trajectories, in words: its axes, and where a trajectory stands on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from separatrix.expression.tree import Name
from separatrix.game.translation import scenario_name
from separatrix.present.formulas.notation import Notation
from separatrix.present.formulas.plain_math import to_plain
from separatrix.present.languages import Language
from separatrix.present.wording.numbers import readable
from separatrix.present.wording.regimes import parameter_axis

if TYPE_CHECKING:
    from separatrix.dynamics.sweeps.trajectory_set import Curve, TrajectorySet
    from separatrix.dynamics.sweeps.varied_axes import VariedAxis
    from separatrix.game.model import Game

__all__ = ["axis_in_words", "curve_in_words", "symbol_text", "value_on_axis"]

PLACES = 4
"""Decimals of parameters and shares."""


def symbol_text(game: Game, name: str) -> str:
    """Return the symbol of a parameter or a share as text.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> symbol_text(load("shi-chen-2018"), "pi1")
    'π₁'
    """
    return to_plain(Notation.of(game).layout(Name(name)))


def axis_in_words(game: Game, axis: VariedAxis, words: Language) -> str:
    """Return what varies along an axis: a parameter with its meaning, the scenario, or the start."""
    match axis.kind:
        case "parameter":
            return parameter_axis(game, axis.name, words)
        case "share":
            return words.VARY_SHARE.format(share=symbol_text(game, axis.name))
        case "scenario":
            return words.VARY_SCENARIO
        case _:
            shares = words.separators[", "].join(symbol_text(game, s) for s in game.shares)
            return words.VARY_START.format(shares=f"({shares})" if len(game.shares) > 1 else shares)


def value_on_axis(game: Game, axis: VariedAxis, value: Any) -> str:
    """Return one value of an axis: ``2``, the name of a scenario, or ``(0.2, 0.3)``."""
    if axis.kind == "scenario":
        return scenario_name(game, value)
    if axis.kind == "start":
        told = ", ".join(readable(v, PLACES) for v in value)
        return f"({told})" if len(value) > 1 else told
    return readable(value, PLACES)


def curve_in_words(found: TrajectorySet, curve: Curve, words: Language) -> str:
    """Return at what a trajectory runs: ``C₁ = 2, from (0.2, 0.3)``."""
    told = []
    for axis in found.axes:
        value = value_on_axis(found.game, axis, curve.at[axis.name])
        if axis.kind in ("parameter", "share"):
            value = f"{symbol_text(found.game, axis.name)}\u00a0=\u00a0{value}"
        elif axis.kind == "start":
            value = words.VARY_FROM.format(start=value)
        told.append(value)
    return words.separators[", "].join(told)
