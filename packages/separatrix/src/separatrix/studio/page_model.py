"""A game with its answer in symbols: what a page needs at every position of its levers.

The page finds the rest points itself, in exact numbers, from payoffs, speeds and the form of the game; for
what it cannot prove it calls `separatrix.analyze`. The symbolic answer gives the formulas shown with them.

Which two parameters a regime map opens with: a pair over which regimes change, and the window of each.

The page only names the two parameters: the window is the same wherever a map is made, so that a precomputed
map is found again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from separatrix.analysis.analyze import analyze
from separatrix.analysis.rest_state_ids import ids_of
from separatrix.analysis.results import Analysis
from separatrix.dynamics.exact_regime_maps import regime_map
from separatrix.errors import ComesLater, InputError, SeparatrixError
from separatrix.exact.rational_functions import Ring
from separatrix.expression.conditions import Condition, leaves, with_sides
from separatrix.expression.tree import Expression, names_in, subtract
from separatrix.game.fitness import Payoffs, group_numbers, strategy_payoffs
from separatrix.game.instruments import before_instruments
from separatrix.game.model import Game, ReplicatorForm
from separatrix.game.values import expand

__all__ = ["PageModel", "map_axes", "page_model", "window"]

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


@dataclass(frozen=True)
class PageModel:
    """A game as a page takes it.

    Attributes
    ----------
    game : Game
    played : Game
        The same before any instrument acts: the page itself applies instruments, also those in force.
    payoffs : for each population the payoff of each strategy, in parameters and shares alone
    variants : the payoffs again, with other numbers for the parameters of `fixed`, as scenarios have them
    speeds : of each population, in parameters alone
    assumptions : in parameters alone, each with its text as written
    balanced : whether payoffs are linear in the shares of each other population and without the own share
    answer : Analysis or None
        In symbols; None where symbols are not supported.
    refused : str
        Why the answer in symbols is missing; empty otherwise.
    fixed : mapping of parameter to number
        Parameters that must be numbers before the payoffs can be written, such as the size of a group.
    axes : (str, str) or None
        The two parameters with which a regime map opens.
    """

    game: Game
    played: Game
    payoffs: Payoffs
    variants: tuple[tuple[Mapping[str, Fraction], Payoffs], ...]
    speeds: tuple[Expression, ...]
    assumptions: tuple[tuple[Condition, str], ...]
    balanced: bool
    answer: Analysis | None
    refused: str
    fixed: Mapping[str, Fraction]
    axes: tuple[str, str] | None


def page_model(game: Game, budget: float | None = None) -> PageModel:
    """Return what a page needs of a game.

    Parameters
    ----------
    game : Game
        A translated one is used in its original language: the page itself changes between languages.
    budget : float, optional
        Seconds for the answer in symbols; 60 by default.

    Returns
    -------
    PageModel

    Raises
    ------
    InputError, ComesLater
        Where payoffs cannot be written even at the game's own values.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> model = page_model(load("shi-chen-2018"))
    >>> [point.id for point in model.answer.rest_points]
    ['E1', 'E2', 'E3', 'E4', 'E5']
    """
    game = game.told_from or game
    played = before_instruments(game)
    fixed: dict[str, Fraction] = {}
    variants: list[tuple[Mapping[str, Fraction], Payoffs]] = []
    try:
        payoffs = strategy_payoffs(played)
    except (ComesLater, InputError):
        known = {n: p.value for n, p in game.parameters.items() if p.value is not None}
        payoffs = strategy_payoffs(played, known)
        fixed = {n: known[n] for n in group_numbers(played) if n in known}
        variants = list(_variants(played, known, fixed))
    answer, refused = None, ""
    try:
        answer = analyze(played, symbolic=True, budget=budget)
    except (ComesLater, InputError) as why:
        refused = why.message
    return PageModel(
        game,
        played,
        _written_out(played, payoffs),
        tuple(variants),
        tuple(expand(played, speed) for speed in played.speeds),
        tuple((with_sides(c, lambda side: expand(played, side)), text) for c, text in game.assumptions),
        ids_of(game).balanced,
        answer,
        refused,
        fixed,
        map_axes(played, answer, leaving=fixed),
    )


def _variants(
    game: Game, known: Mapping[str, Fraction], fixed: Mapping[str, Fraction]
) -> Iterator[tuple[Mapping[str, Fraction], Payoffs]]:
    """The payoffs at each other choice of the fixed parameters that a scenario makes."""
    seen = [dict(fixed)]
    for values in game.scenarios.values():
        chosen = {name: values.get(name, number) for name, number in fixed.items()}
        if chosen not in seen:
            seen.append(chosen)
            yield chosen, _written_out(game, strategy_payoffs(game, {**known, **chosen}))


def _written_out(game: Game, payoffs: Payoffs) -> Payoffs:
    rows = tuple(tuple(expand(game, payoff) for payoff in row) for row in payoffs)
    if not isinstance(game.form, ReplicatorForm):
        return rows
    # Growth rates are rates over shares: what is 0/0 on the faces until common factors are cancelled.
    ring = Ring([*game.parameters, *(share for p in game.populations for share in p.shares)])
    try:
        return tuple(tuple(ring.read(payoff).expression() for payoff in row) for row in rows)
    except ComesLater:
        return rows
