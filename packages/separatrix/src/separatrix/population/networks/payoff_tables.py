"""What each strategy of each enterprise earns from a partner; any parameter may be an enterprise's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.payoffs import compiled
from separatrix.errors import ComesLater, InputError, Place
from separatrix.expression.tree import Expression, Number, names_in, substitute
from separatrix.game.fitness import folded
from separatrix.game.model import Game, PairwiseForm, ProfileTable, SelfMatrix
from separatrix.game.values import evaluate_in, expand, missing, no_value_for, resolve
from separatrix.population.networks.enterprises import TRAITS, Enterprises

__all__ = ["PayoffTables", "payoff_tables"]

Floats = NDArray[np.float64]
Matrices = Mapping[tuple[int, int], Sequence[Sequence[Expression]]]


@dataclass(frozen=True)
class PayoffTables:
    """Payoffs by type: a strategy of a population, counted through all populations.

    Attributes
    ----------
    tables : ndarray, shape (G, T, W)
        What the strategy of a row earns for each unit of weight of a partner of the type of a column; W is T,
        or one more where there is a constant.
    table_of : ndarray of int32, shape (N,)
        Which table each enterprise has.
    bounds : tuple of int
        The types of population p are ``bounds[p]`` to ``bounds[p + 1] - 1``.
    outside : tuple of int
        The types that do not belong to the park.
    own : tuple of str
        The parameters that are columns of the table of enterprises.
    merged : bool
        Whether the two populations of a symmetric game are played by one.
    """

    tables: Floats
    table_of: NDArray[np.int32]
    bounds: tuple[int, ...]
    outside: tuple[int, ...]
    own: tuple[str, ...]
    merged: bool


def payoff_tables(
    game: Game,
    members: Enterprises,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
) -> PayoffTables:
    """Return the payoffs of each enterprise.

    Raises
    ------
    ComesLater
        N114 for payoffs that are not a sum over encounters in pairs.
    InputError
        N111 for a payoff of an enterprise that is not a finite number; V304 for a parameter without a value;
        N113 for two populations with different payoffs where no column gives the population.
    """
    matrices = _matrices(game)
    own = tuple(name for name in game.parameters if name in members.numbers)
    _no_words(game, members)
    given = resolve(game, values, scenario)
    empty = {name for name in own if np.isnan(members.numbers[name]).any()}
    lacking = [name for name in missing(given) if name not in own or name in empty]
    if lacking:
        raise no_value_for(lacking, "or as a column of the enterprises, or choose a scenario")
    known = {name: value for name, value in given.items() if value is not None}
    rows, table_of = _distinct(members, own, known)
    written = _Entries(game, members, own, known, rows, table_of)
    sizes = [len(p.strategies) for p in game.populations]
    merged = len(sizes) == 2 and "population" not in members.texts
    if merged:
        one, other = written.matrix(matrices, (0, 1)), written.matrix(matrices, (1, 0))
        if sizes[0] != sizes[1] or not np.array_equal(one, other):
            raise InputError(
                "N113",
                f"{game.populations[0].name} and {game.populations[1].name} earn different payoffs, and no "
                "column gives the population of each enterprise",
                hint="add a column `population` to the enterprises",
            )
        blocks, sizes = {(0, 0): one}, sizes[:1]
    else:
        blocks = {pair: written.matrix(matrices, pair) for pair in matrices}
    return _gathered(members, blocks, sizes, table_of, own, merged)


def _gathered(
    members: Enterprises,
    blocks: Mapping[tuple[int, int], Floats],
    sizes: Sequence[int],
    table_of: NDArray[np.int32],
    own: tuple[str, ...],
    merged: bool,
) -> PayoffTables:
    leaving = "outside" in members.numbers or "member" in members.texts
    bounds = np.concatenate([[0], np.cumsum([size + leaving for size in sizes])]).tolist()
    count = bounds[-1]
    groups = next(iter(blocks.values())).shape[0]
    if not leaving:
        tables = np.zeros((groups, count, count))
        outside: tuple[int, ...] = ()
    else:
        # What an enterprise earns outside the park is its own, so that each distinct one has its own table.
        earned = members.number("outside", 0.0)
        pairs, inverse = np.unique(np.stack([table_of, earned], 1), axis=0, return_inverse=True)
        table_of = inverse.reshape(-1).astype(np.int32)
        blocks = {pair: block[pairs[:, 0].astype(int)] for pair, block in blocks.items()}
        tables = np.zeros((len(pairs), count, count + 1))
        outside = tuple(bound - 1 for bound in bounds[1:])
        for kind in outside:
            tables[:, kind, count] = pairs[:, 1]
    for (i, j), block in blocks.items():
        tables[:, bounds[i] : bounds[i] + sizes[i], bounds[j] : bounds[j] + sizes[j]] = block
    return PayoffTables(tables, table_of, tuple(bounds), outside, own, merged)


def _matrices(game: Game) -> Matrices:
    """Return the payoffs as matrices of encounters, by who earns and whom it meets."""
    match game.form:
        case SelfMatrix(rows):
            found: Matrices = {(0, 0): rows}
        case PairwiseForm(matrices):
            found = matrices
        case ProfileTable() if len(game.populations) == 2:
            one, other = (range(len(p.strategies)) for p in game.populations)
            found = {
                (0, 1): [[game.pay[a, b][0] for b in other] for a in one],
                (1, 0): [[game.pay[a, b][1] for a in one] for b in other],
            }
        case _:
            raise ComesLater(
                "N114",
                "the payoffs of this game are not a sum over encounters of two enterprises",
                hint="a network needs a payoff matrix, a table of two populations, or matrices of pairs",
            )
    if any(set(game.shares) & set(names_in(e)) for m in found.values() for row in m for e in row):
        raise ComesLater("N114", "the payoffs depend on shares, which an encounter of two does not know")
    return found


def _no_words(game: Game, members: Enterprises) -> None:
    for name in game.parameters:
        if name in TRAITS and name in members.columns:
            raise InputError(
                "N110",
                f"the column `{name}` may be the parameter of the game, or how enterprises revise",
                where=Place(members.source, 1) if members.source else None,
                hint="rename the parameter of the game",
            )
        if name in members.texts:
            at, text = next((k, t) for k, t in enumerate(members.texts[name]) if t)
            raise InputError(
                "N110",
                f"`{name}` of `{members.names[at]}` is `{text}`; it is a parameter of the game, and a number "
                "was expected",
                where=members.place(at),
            )


def _distinct(
    members: Enterprises, own: Sequence[str], known: Mapping[str, Fraction]
) -> tuple[Mapping[str, Floats], NDArray[np.int32]]:
    """Return the distinct rows of the columns that are parameters, and which of them each enterprise has."""
    if not own:
        return {}, np.zeros(len(members), np.int32)
    filled = np.stack([members.number(name, float(known.get(name, Fraction(0)))) for name in own], 1)
    rows, inverse = np.unique(filled, axis=0, return_inverse=True)
    return (
        {name: rows[:, k] for k, name in enumerate(own)},
        inverse.reshape(-1).astype(np.int32),
    )


class _Entries:
    """The entries of payoff matrices as numbers, one for each distinct row of the enterprises."""

    def __init__(
        self,
        game: Game,
        members: Enterprises,
        own: Sequence[str],
        known: Mapping[str, Fraction],
        rows: Mapping[str, Floats],
        table_of: NDArray[np.int32],
    ) -> None:
        self.game, self.members, self.own, self.rows, self.table_of = game, members, own, rows, table_of
        self.known = {name: value for name, value in known.items() if name not in own}
        self.fixed: dict[str, Expression] = {name: Number(value) for name, value in self.known.items()}
        self.count = len(next(iter(rows.values()))) if rows else 1

    def matrix(self, matrices: Matrices, pair: tuple[int, int]) -> Floats:
        entries = matrices[pair]
        made = np.empty((self.count, len(entries), len(entries[0])))
        for a, row in enumerate(entries):
            for b, entry in enumerate(row):
                made[:, a, b] = self.value(entry, self.game.populations[pair[0]].name)
        return made

    def value(self, entry: Expression, population: str) -> Any:
        expression = expand(self.game, entry)
        if not set(names_in(expression)).intersection(self.own):
            return float(evaluate_in(self.game, f"a payoff of {population}", expression, self.known))
        with np.errstate(all="ignore"):
            found = np.broadcast_to(
                compiled(folded(substitute(expression, self.fixed)))(self.rows), (self.count,)
            )
        for row in np.flatnonzero(~np.isfinite(found))[:1]:
            at = int(np.flatnonzero(self.table_of == row)[0])
            told = ", ".join(f"{name} = {self.rows[name][row]:g}" for name in self.own)
            raise InputError(
                "N111",
                f"a payoff of `{self.members.names[at]}` is not a finite number at {told}",
                where=self.members.place(at),
                hint="mend the numbers of that enterprise",
            )
        return found
