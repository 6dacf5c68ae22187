"""Which two parameters a regime map opens with: a pair over which regimes change, and the window of each.

The page only names the two parameters: the window is the same wherever a map is made, so that a precomputed
map is found again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fractions import Fraction
from itertools import combinations

from separatrix.analysis.results import Analysis
from separatrix.dynamics.build import regime_map
from separatrix.errors import SeparatrixError
from separatrix.expression.conditions import leaves
from separatrix.expression.tree import names_in, subtract
from separatrix.game.model import Game

__all__ = ["map_axes", "window"]

_TRIED = 5
"""Parameters whose pairs are tried, those that affect most states first."""

_SECONDS = 30.0
"""For one trial.  An exact map of a textbook game takes a hundredth, so that this decides nothing on a slow
machine: the same game has to give the same page."""


def window(game: Game, name: str) -> tuple[Fraction, Fraction]:
    """Return the range of a lever: the model's own; else from nothing to twice the value; of an instrument
    from idle to one more.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> window(load("shi-chen-2018"), "C1"), window(load("three-parties"), "A3")
    ((Fraction(0, 1), Fraction(20, 1)), (Fraction(0, 1), Fraction(1, 2)))
    """
    if name in game.instruments:
        instrument = game.instruments[name]
        return instrument.range or (instrument.idle, instrument.idle + 1)
    parameter = game.parameters[name]
    if parameter.range is not None:
        return parameter.range
    if not parameter.value:
        return Fraction(-1), Fraction(1)
    ends = Fraction(0), 2 * parameter.value
    return ends if parameter.value > 0 else (ends[1], ends[0])


def map_axes(game: Game, answer: Analysis | None, leaving: Collection[str] = ()) -> tuple[str, str] | None:
    """Return the pair of parameters with which a regime map opens.

    Parameters
    ----------
    game : Game
    answer : Analysis or None
        In symbols.
    leaving : collection of str
        Parameters that no lever moves.

    Returns
    -------
    (str, str) or None
        The pair over which most regimes have an area, among those that decide about most states; None where
        the game has no two parameters with values.

    Examples
    --------
    >>> from separatrix.analysis.analyze import analyze
    >>> from separatrix.game.reader import load
    >>> game = load("hawk-dove-one-population")
    >>> map_axes(game, analyze(game, symbolic=True))
    ('V', 'C')
    """
    known = [name for name, p in game.parameters.items() if p.value is not None and name not in leaving]
    if len(known) < 2:
        return None
    decides = dict.fromkeys(known, 0)
    for point in answer.rest_points if answer else ():
        if point.stable_when is not None:
            for name in {n for r in leaves(point.stable_when) for n in names_in(subtract(r.left, r.right))}:
                if name in decides:
                    decides[name] += 1
    ranked = sorted(known, key=lambda name: -decides[name])
    if answer is None or not decides[ranked[0]]:
        return known[0], known[1]
    return max(combinations(sorted(ranked[:_TRIED], key=known.index), 2), key=_Areas(game))


class _Areas:
    """How many regimes have an area over a pair of parameters; 0 once the time is over."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.slow = False

    def __call__(self, pair: Iterable[str]) -> int:
        if self.slow:
            return 0
        over = {name: window(self.game, name) for name in pair}
        try:
            found = regime_map(self.game, over, grid=(8, 8), budget=_SECONDS)
        except SeparatrixError:
            return 0
        self.slow = found.method != "exact"
        return sum(1 for regime in found.regimes if regime.kind == "stable" and regime.generic)
