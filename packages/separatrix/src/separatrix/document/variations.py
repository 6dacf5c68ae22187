"""What varies in a set of trajectories, in words: its axes, and where a trajectory stands on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from separatrix.document.numbers import readable
from separatrix.document.regimes import parameter_axis
from separatrix.expression.tree import Name
from separatrix.formulas.notation import Notation
from separatrix.formulas.plain_math import to_plain
from separatrix.game.populations import scenario_name
from separatrix.languages import Language
from separatrix.sentences import Sentence, Together

if TYPE_CHECKING:
    from separatrix.dynamics.sweeps.trajectory_set import Curve, TrajectorySet
    from separatrix.dynamics.sweeps.varied_axes import VariedAxis
    from separatrix.game.model import Game

__all__ = ["axis_in_words", "curve_in_words", "in_symbols", "share_meanings", "symbol_text", "value_on_axis"]

PLACES = 4
"""Decimals of parameters and shares."""

NAMING = ("names", "over")
"""What is filled into a sentence under these names are parameters; elsewhere ``E1`` may be a state."""


def symbol_text(game: Game, name: str) -> str:
    """Return the symbol of a parameter or a share as text.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> symbol_text(load("shi-chen-2018"), "pi1")
    'π₁'
    """
    return to_plain(Notation.of(game).layout(Name(name)))


def share_meanings(game: Game, words: Language) -> list[str]:
    """Return what each share is of: ``x: share of Enterprise A that plays “cooperate”``.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.languages import language_of
    >>> share_meanings(load("shi-chen-2018"), language_of("en"))[0]
    'x: share of Enterprise A that plays “cooperate”'
    """
    return [
        words.FIGURE_SHARE.format(
            share=symbol_text(game, share), name=population.name, strategy=strategy.name
        )
        for population in game.populations
        for share, strategy in zip(population.shares, population.strategies, strict=False)
    ]


def in_symbols(game: Game, text: str) -> str:
    """Return what a computing wing says, with the symbols of parameters for their names.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.sentences import say
    >>> in_symbols(load("shi-chen-2018"), say("{over} moves {state}", over="pi1", state="C1"))
    'π₁ moves C1'
    """
    if isinstance(text, Sentence):
        values = {
            name: _parameter_symbols(game, value) if name in NAMING else in_symbols(game, value)
            for name, value in text.values.items()
        }
        return Sentence(text.template, values, text.keys)
    if isinstance(text, Together):
        return Together((in_symbols(game, part) for part in text.parts), text.between)
    return text


def _parameter_symbols(game: Game, text: str) -> str:
    """Return a parameter, or several in a list, as symbols."""
    if isinstance(text, Sentence):
        return Sentence(
            text.template, {k: _parameter_symbols(game, v) for k, v in text.values.items()}, text.keys
        )
    if isinstance(text, Together):
        return Together((_parameter_symbols(game, part) for part in text.parts), text.between)
    return symbol_text(game, text) if text in game.parameters else text


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
