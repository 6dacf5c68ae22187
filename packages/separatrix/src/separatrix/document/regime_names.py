"""States, regimes and borders of a regime map in words, for figures and tables.

What varies in a set of trajectories, in words: its axes, and where a trajectory stands on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from separatrix.document.numerals import readable
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import Name
from separatrix.formulas.abbreviations import Notation
from separatrix.formulas.layout import to_plain
from separatrix.game.model import Game
from separatrix.game.populations import scenario_name
from separatrix.languages import Language
from separatrix.run.cached_property import cached_property
from separatrix.sentences import Sentence, Together

if TYPE_CHECKING:
    from separatrix.dynamics.regime_maps import BorderPiece, MapBorder, RegimeMap
    from separatrix.dynamics.sweeps.axes import VariedAxis
    from separatrix.dynamics.sweeps.trajectory_set import Curve, TrajectorySet

__all__ = [
    "MapWords",
    "axis_in_words",
    "curve_in_words",
    "in_symbols",
    "parameter_axis",
    "share_meanings",
    "standing",
    "symbol_text",
    "value_on_axis",
]

PLACES = 4
"""Decimals of parameters."""


def parameter_axis(game: Game, name: str, words: Language) -> str:
    """Return what an axis along a parameter shows: symbol, meaning and unit.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.languages import language_of
    >>> parameter_axis(load("shi-chen-2018"), "C1", language_of("en"))
    'C₁: cost of cooperating'
    """
    parameter = game.parameters[name]
    symbol = to_plain(Notation.of(game).layout(Name(name)))
    if not parameter.meaning:
        return symbol if not parameter.unit else f"{symbol} ({parameter.unit})"
    template = words.MAP_AXIS_UNIT if parameter.unit else words.MAP_AXIS
    return template.format(symbol=symbol, meaning=parameter.meaning, unit=parameter.unit)


def standing(game: Game, scenario: str | None, words: Language) -> str:
    """Return what the values of a game are called: those of a scenario, today's, or else the baseline.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.languages import language_of
    >>> standing(load("shi-chen-2018"), None, language_of("en"))
    'today'
    >>> standing(load("hawk-dove-one-population"), None, language_of("en"))
    'baseline'
    """
    if scenario is not None:
        return words.STANDING_SCENARIO.format(name=scenario_name(game, scenario))
    # Parameters alone tell of no day: only a file that says where things stand today does.
    return words.STANDING_TODAY if game.today is not None else words.STANDING_BASELINE


@dataclass(frozen=True, eq=False)
class MapWords:
    """A map in one language."""

    found: RegimeMap
    words: Language

    @cached_property
    def notation(self) -> Notation:
        """The symbols of the game."""
        return Notation.of(self.found.game)

    def formula(self, text: str) -> str:
        """Return an expression, or an equation, as people write it."""
        sides = [to_plain(self.notation.layout(parse_expression(side))) for side in text.split(" = ")]
        return " = ".join(sides)

    def today(self) -> str:
        """Return what the star marks, its position, and its regime."""
        if self.found.today is None:
            return ""
        letter = ""
        if self.found.today_regime is not None:
            letter = self.found.regimes[self.found.today_regime].letter
        template = self.words.MAP_STAR_IN if letter else self.words.MAP_STAR
        return template.format(
            standing=standing(self.found.game, self.found.scenario, self.words),
            place=self.place(self.found.today),
            letter=letter,
        )

    def symbol(self, name: str) -> str:
        """Return the symbol of a parameter."""
        return to_plain(self.notation.layout(Name(name)))

    def axis(self, index: int) -> str:
        """Return what an axis shows: symbol, meaning and unit."""
        return parameter_axis(self.found.game, self.found.over[index], self.words)

    def title(self) -> str:
        """Return a description of the map and its game."""
        first, second = (self.symbol(name) for name in self.found.over)
        return self.words.MAP_TITLE.format(first=first, second=second, title=self.found.game.title)

    def equation(self, border: MapBorder) -> str:
        """Return the shorter of a border's two equations."""
        if border.polynomial is None:
            return self.words.MAP_BISECTED
        zero = f"{self.formula(border.polynomial)} = 0"
        if border.solved is None:
            return zero
        solved = self.formula(border.solved)
        return solved if len(solved) <= len(zero) else zero

    # ------------------------------------------------------------------ states and regimes

    def state(self, index: int) -> str:
        """Return the id of a state and what is played in it: ``E3 (cooperate, decline)``."""
        state = self.found.states[index]
        played = [" + ".join(names) for names in state.support]
        name = self.words.separators[", "].join(played)
        name = self.words.MAP_PLAYED.format(strategies=name) if len(played) > 1 else name
        return f"{self.found.state_ids[index]} {name}"

    def states(self, indices: Sequence[int]) -> str:
        """Return several states."""
        return self.words.listed([self.state(k) for k in indices])

    def stable(self, regime: int) -> str:
        """Return the states that are stable in a regime, or what else it is."""
        own = self.found.regimes[regime]
        if own.kind == "stable":
            return self.states(own.stable) if own.stable else self.words.MAP_NONE
        return {
            "outside": self.words.MAP_OUTSIDE,
            "pole": self.words.MAP_POLE,
            "undecided": self.words.MAP_UNDECIDED,
        }[own.kind]

    def regime(self, index: int) -> str:
        """Return a regime with its letter."""
        own = self.found.regimes[index]
        told = self.stable(index)
        return self.words.MAP_REGIME.format(letter=own.letter, states=told) if own.letter else told

    def short(self, index: int) -> str:
        """Return a regime's letter, or what else it is."""
        return self.found.regimes[index].letter or self.stable(index)

    # ------------------------------------------------------------------ places

    def place(self, at: Sequence[float]) -> str:
        """Return ``C1 = 4, C2 = 1``."""
        return self.words.separators[", "].join(
            f"{self.symbol(name)}\u00a0=\u00a0{readable(value, PLACES)}"
            for name, value in zip(self.found.over, at, strict=True)
        )

    def ends(self, piece: BorderPiece) -> str:
        """Return the two ends of a piece."""
        first, last = (f"({', '.join(readable(float(v), PLACES) for v in piece.points[k])})" for k in (0, -1))
        return f"{first} – {last}"


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
