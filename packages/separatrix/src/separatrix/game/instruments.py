"""A game with instruments in force, and what they cost at a state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from separatrix.errors import InputError, NameProblem, nearest
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import Expression, Sum
from separatrix.game.distributions import with_idle_levels
from separatrix.game.formats.document import document_of
from separatrix.game.model import Game, Instrument
from separatrix.game.reader import read_document
from separatrix.game.values import expand, resolve

__all__ = ["before_instruments", "cost_of", "game_at_idle", "instruments_of", "with_instruments"]

BESIDE_PLAY = (
    "assume",
    "calibration",
    "in_force",
    "instruments",
    "published",
    "scenarios",
    "schedule",
    "today",
    "translations",
)
"""Sections that say nothing of payoffs, speeds, shorthands and emissions before instruments."""


def instruments_of(game: Game, names: Iterable[str]) -> tuple[Instrument, ...]:
    """Return instruments of a game by name.

    Raises
    ------
    NameProblem
        V308 for an unknown instrument.
    """
    chosen = []
    for name in names:
        if name not in game.instruments:
            close = nearest(name, list(game.instruments))
            known = ", ".join(game.instruments) or "none"
            raise NameProblem(
                "V308",
                f"no instrument `{name}`; the game has: {known}",
                hint=f"did you mean `{close}`?"
                if close
                else "describe it under `instruments` in the game file",
            )
        chosen.append(game.instruments[name])
    return tuple(chosen)


def game_at_idle(
    game: Game, names: Iterable[str], values: Mapping[str, object] | None = None, scenario: str | None = None
) -> Game:
    """Return the game while instruments are idle: with them in force where an idle level changes something.

    An idle level of 30 of an instrument that makes `r` to ``r + u`` adds 30 as long as nothing is done.
    """
    chosen = instruments_of(game, names)
    known = {name: value for name, value in resolve(game, values, scenario).items() if value is not None}
    known |= {i.name: i.idle for i in game.instruments.values() if i.name not in known}
    for instrument in chosen:
        for name, change in instrument.changes.items():
            try:
                if evaluate(expand(game, change), known) != known.get(name):
                    return with_instruments(game, [i.name for i in chosen])
            except (InputError, KeyError):  # it has no value there, or a shorthand is changed
                continue
    return game


def with_instruments(game: Game, names: Iterable[str]) -> Game:
    """Return the same game with additional instruments in force: their levels become parameters.

    Parameters
    ----------
    game : Game
    names : iterable of str
        Instruments of the game; they act one after the other, in the order of its file.

    Returns
    -------
    Game
        What its payoffs, speeds, shorthands and emissions make of parameters follows the levels, which are
        idle at first.

    Raises
    ------
    NameProblem
        V308 for an unknown instrument.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["4 - C", 1], [2, 2]],
    ...         "parameters": {"C": 3},
    ...         "instruments": {"subsidy": {"range": [0, 1], "changes": {"C": "C*(1 - subsidy)"}}},
    ...     }
    ... )
    >>> supported = with_instruments(game, ["subsidy"])
    >>> list(supported.parameters), supported.parameters["subsidy"].value
    (['C', 'subsidy'], Fraction(0, 1))
    """
    wanted = [i.name for i in instruments_of(game, dict.fromkeys((*game.in_force, *names)))]
    told = game.told_from or game
    acting = read_document({**document_of(told), "in_force": wanted}, told.places, origin=told.origin)
    if told is game:
        return acting
    # The words stay those of the translation; what is played is the game in force.
    levels = {
        i.name: replace(acting.parameters[i.name], meaning=i.meaning, unit=i.unit)
        for i in instruments_of(game, acting.in_force)
    }
    return replace(
        game,
        form=acting.form,
        parameters={**game.parameters, **levels},
        lets=acting.lets,
        speeds=acting.speeds,
        in_force=acting.in_force,
        emissions=acting.emissions,
        told_from=acting,
    )


def before_instruments(game: Game) -> Game:
    """Return the same game as it is played before any instrument acts, also of those in force.

    Parameters
    ----------
    game : Game

    Returns
    -------
    Game
        Its payoffs, speeds and shorthands follow no level; the emissions follow the levels that they name, of
        instruments that are not in force too.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["4 - C", 1], [2, 2]],
    ...         "parameters": {"C": 3},
    ...         "instruments": {"subsidy": {"changes": {"C": "C*(1 - subsidy)"}}},
    ...         "in_force": ["subsidy"],
    ...     }
    ... )
    >>> to_text(before_instruments(game).form.rows[0][0]), list(game.parameters)
    ('4 - C', ['C', 'subsidy'])
    """
    if not game.instruments:
        return game
    told = game.told_from or game
    document = {key: part for key, part in document_of(told).items() if key not in BESIDE_PLAY}
    document["parameters"] = {**(document.get("parameters") or {}), **dict.fromkeys(game.instruments)}
    played = read_document(document, told.places, origin=told.origin)
    return replace(
        game,
        form=played.form,
        lets=played.lets,
        speeds=played.speeds,
        in_force=(),
        emissions=played.emissions,
    )


def cost_of(game: Game, names: Iterable[str]) -> Mapping[str, Expression]:
    """Return what instruments cost each payer per unit of time, together.

    Parameters
    ----------
    game : Game
    names : iterable of str
        The instruments in use; the levels of all others are idle.

    Returns
    -------
    mapping of payer, one of `separatrix.game.model.PAYERS`, to Expression
        In parameters, shares and the levels of these instruments.  A payer without a given cost is absent.

    Raises
    ------
    NameProblem
        V308 for an unknown instrument.

    Examples
    --------
    >>> from separatrix.expression.tree import to_text
    >>> from separatrix.game.reader import load
    >>> to_text(cost_of(load("shi-chen-2018"), ["subsidy"])["public"])
    'C1*subsidy*(x + y)'
    """
    chosen = instruments_of(game, names)
    in_use = [i.name for i in chosen]
    terms: dict[str, list[Expression]] = {}
    for instrument in chosen:
        for payer, cost in instrument.cost.items():
            terms.setdefault(payer, []).append(with_idle_levels(cost, game.instruments, in_use))
    return {payer: costs[0] if len(costs) == 1 else Sum(tuple(costs)) for payer, costs in terms.items()}
