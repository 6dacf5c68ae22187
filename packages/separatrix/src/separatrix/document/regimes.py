"""States, regimes and borders of a regime map in words, for figures and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.document.numbers import readable
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import Name
from separatrix.formulas.notation import Notation
from separatrix.formulas.plain_math import to_plain
from separatrix.game.model import Game
from separatrix.game.populations import scenario_name
from separatrix.languages import Language
from separatrix.run.cached_property import cached_property

if TYPE_CHECKING:
    from separatrix.dynamics.regime_map import BorderPiece, MapBorder, RegimeMap

__all__ = ["MapWords", "parameter_axis", "standing"]

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
