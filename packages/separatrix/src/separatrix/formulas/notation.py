"""The symbols of one game."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from separatrix.expression.tree import Expression
from separatrix.formulas.layout import Layout, Text, Word, layout
from separatrix.formulas.symbol import symbol_of_latex, symbol_of_name
from separatrix.game.model import Game

__all__ = ["Notation"]

IMAGINARY_UNIT = "I"
"""The name of the imaginary unit in eigenvalues; a parameter of that name keeps it."""


@dataclass(frozen=True)
class Notation:
    """How each name of a game is written."""

    symbols: Mapping[str, Layout] = field(default_factory=dict)

    @classmethod
    def of(cls, game: Game) -> Notation:
        """Return the notation of `game`: its ``latex`` forms where readable, else its names."""
        symbols: dict[str, Layout] = {}
        for parameter in game.parameters.values():
            given = symbol_of_latex(parameter.latex) if parameter.latex else None
            symbols[parameter.name] = given or symbol_of_name(parameter.name)
        if IMAGINARY_UNIT not in game.shares:
            symbols.setdefault(IMAGINARY_UNIT, Word("i", upright=True))
        return cls(symbols)

    def symbol(self, name: str) -> Layout:
        """Return the symbol of a parameter, a share or a shorthand."""
        if name[0].isdigit():  # a decimal that stands for itself; nobody's name begins so
            return Text(name)
        return self.symbols.get(name) or symbol_of_name(name)

    def layout(self, expression: Expression) -> Layout:
        """Return `expression` in these symbols, in full."""
        return layout(expression, self.symbol)
