"""Two parties with the same payoffs as one population, in which every enterprise may meet every other one."""

from __future__ import annotations

from typing import Any

from separatrix.errors import ComesLater, InputError
from separatrix.exact.rational_functions import Ring
from separatrix.expression.tree import Expression, Name, names_in, substitute, subtract, to_text
from separatrix.game.formats.document import document_of, expression_cell, table_of
from separatrix.game.model import Game, ProfileTable
from separatrix.game.reader import load
from separatrix.sentences import say

__all__ = ["one_population", "one_share"]


def one_population(game: Game) -> Game:
    """Return a game of one population: itself, or that of two parties with the same payoffs, merged.

    Parameters
    ----------
    game : Game

    Raises
    ------
    InputError
        P164 for two parties with different payoffs, for more of them, and for more strategies than two.

    Examples
    --------
    >>> merged = one_population(load("shi-chen-2018"))
    >>> len(merged.populations), to_text(merged.form.rows[0][1])
    (1, 'R1 - C1')
    """
    if len(game.populations) == 1 and len(game.populations[0].strategies) == 2:
        return game
    rows = _rows(game)
    if rows is None:
        raise InputError(
            "P164",
            say(
                "a game of {n} populations with {k} strategies in all; the cost of an incentive in a finite "
                "population is known for one population of two strategies, or two parties with the same "
                "payoffs",
                n=len(game.populations),
                k=sum(len(p.strategies) for p in game.populations),
            ),
            hint=say("write the game of one population with the strategy that is to spread, and the other"),
        )
    document = document_of(game)
    kept: dict[str, Any] = {
        key: document[key] for key in ("title", "let", "assume", "scenarios") if key in document
    }
    own = game.populations[0]
    return load(
        {
            **kept,
            "populations": [
                {
                    "name": own.name,
                    "share": own.share,
                    "strategies": [{"id": s.id, "name": s.name} for s in own.strategies],
                }
            ],
            "parameters": {
                name: None if p.value is None else {"value": p.value} for name, p in game.parameters.items()
            },
            "payoff_matrix": [[expression_cell(entry) for entry in row] for row in rows],
        }
    )


def one_share(game: Game, expression: Expression) -> Expression:
    """Return an expression of a game of two parties at states in which both have the same shares."""
    first = game.populations[0].share
    return substitute(expression, {p.share: Name(first) for p in game.populations[1:]})


def _rows(game: Game) -> list[list[Expression]] | None:
    """Return what either party earns from the other, or None where they differ."""
    form = table_of(game)
    if (
        not isinstance(form, ProfileTable)
        or len(game.populations) != 2
        or any(len(p.strategies) != 2 for p in game.populations)
        or not game.equal_speeds
    ):
        return None
    one, other = (p.share for p in game.populations)
    swapped: dict[str, Expression] = {one: Name(other), other: Name(one)}
    for a in range(2):
        for b in range(2):
            if not _same(form.pay[a, b][0], substitute(form.pay[b, a][1], swapped)):
                return None
    return [[one_share(game, form.pay[a, b][0]) for b in range(2)] for a in range(2)]


def _same(first: Expression, second: Expression) -> bool:
    if first == second:
        return True
    difference = subtract(first, second)
    try:
        return Ring(names_in(difference)).read(difference).is_zero
    except ComesLater:
        return to_text(first) == to_text(second)
