"""Enterprises: a table in which any column may be a payoff parameter of that enterprise.

Some columns have a meaning of their own: who an enterprise is (``enterprise``, ``population``), where it
stands (``strategy``, ``aware``, ``member``), and how it revises (``leader``, ``pace``, ``noise``, ``delay``,
``missing``, ``outside``).  A column with the name of a parameter of the game is that parameter; a cell that
is empty takes the game's own value.  Other columns are carried along, and decide nothing.

What each strategy of each enterprise earns from a partner; any parameter may be an enterprise's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.payoffs import compiled
from separatrix.errors import ComesLater, InputError, NameProblem, Place, nearest
from separatrix.expression.tree import Expression, Number, names_in, substitute
from separatrix.game.fitness import folded
from separatrix.game.model import Game, PairwiseForm, ProfileTable, SelfMatrix
from separatrix.game.values import evaluate_in, expand, missing, no_value_for, resolve
from separatrix.io.csv import read_cells
from separatrix.population.networks.link_files import number_in

__all__ = [
    "Enterprises",
    "NAME_COLUMNS",
    "PayoffTables",
    "TRAITS",
    "enterprises",
    "payoff_tables",
    "read_enterprises",
]

Floats = NDArray[np.float64]

NAME_COLUMNS = ("enterprise", "id", "name")
"""The first of these that is there names the enterprises."""

WORDS = ("population", "strategy", "leader")
"""Columns of words."""

FLAGS = ("aware", "member")
"""Columns of yes and no; empty cells are neither."""

NUMBERS = ("pace", "noise", "delay", "missing", "outside")
"""Columns of numbers with a meaning of their own."""

TRAITS = (*WORDS, *FLAGS, *NUMBERS)

YES, NO = ("yes", "y", "true", "1", "是"), ("no", "n", "false", "0", "否")


@dataclass(frozen=True)
class Enterprises:
    """Enterprises and what is known of each.

    Attributes
    ----------
    names : tuple of str
        N names, each once.
    numbers : mapping of column to ndarray, shape (N,)
        NaN where a cell is empty.
    texts : mapping of column to tuple of str
        Columns of words; '' where a cell is empty.
    source : str or None
        The file.
    rows : sequence of int
        The line of each enterprise in it; empty without a file.
    """

    names: tuple[str, ...]
    numbers: Mapping[str, Floats] = field(default_factory=dict)
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    source: str | None = None
    rows: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.names)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of all columns except the one of the names."""
        return (*self.texts, *self.numbers)

    def place(self, at: int) -> Place | None:
        """Return the place of an enterprise in its file."""
        return Place(self.source, self.rows[at]) if self.source and len(self.rows) else None

    def with_columns(self, more: Enterprises) -> Enterprises:
        """Return the same with the columns of another table, which go before; it may name a part of them.

        Raises
        ------
        NameProblem
            N101 for one that is not here.
        """
        where = {name: k for k, name in enumerate(self.names)}
        for at, name in enumerate(more.names):
            if name not in where:
                close = nearest(name, list(where)[:2000])
                raise NameProblem(
                    "N101",
                    f"`{name}` is not an enterprise of the network",
                    where=more.place(at),
                    hint=f"did you mean `{close}`?" if close else None,
                )
        order = [where[name] for name in more.names]
        numbers, texts = dict(self.numbers), dict(self.texts)
        for column, values in more.numbers.items():
            own = self.numbers.get(column, np.full(len(self), np.nan)).copy()
            own[order] = values
            numbers[column] = own
        for column, words in more.texts.items():
            old = list(self.text(column))
            for k, word in zip(order, words, strict=True):
                old[k] = word
            texts[column] = tuple(old)
        return Enterprises(self.names, numbers, texts, self.source, self.rows)

    def number(self, column: str, default: float) -> Floats:
        """Return a column of numbers; empty cells, and a column that is not there, hold the default."""
        if column not in self.numbers:
            return np.full(len(self), default)
        values = self.numbers[column]
        return np.where(np.isnan(values), default, values)

    def text(self, column: str) -> tuple[str, ...]:
        """Return a column of words; '' everywhere where it is not there."""
        return self.texts.get(column, ("",) * len(self))

    def flag(self, column: str, default: bool) -> NDArray[np.bool_]:
        """Return a column of yes and no; empty cells hold the default."""
        if column not in self.texts:
            return np.full(len(self), default)
        return np.array(
            [default if not text else text.lower() in YES for text in self.texts[column]], dtype=bool
        )


def enterprises(names: Sequence[str] | int, columns: Mapping[str, Any] | None = None) -> Enterprises:
    """Return enterprises from columns.

    Parameters
    ----------
    names : sequence of str, or int
        Their names, or how many there are: they are called 1, 2, … then.
    columns : mapping of column to sequence
        Of numbers or words, one of each enterprise.

    Returns
    -------
    Enterprises

    Raises
    ------
    InputError
        N105 for none, or for one that is there twice; N110 for a column of another length, or with a number
        that is not finite.

    Examples
    --------
    >>> park = enterprises(["hub", "a"], {"C1": [1.0, 4.0], "leader": ["yes", ""]})
    >>> park.number("C1", 0.0).tolist(), park.text("leader")
    ([1.0, 4.0], ('yes', ''))
    """
    told = tuple(str(k + 1) for k in range(names)) if isinstance(names, int) else tuple(map(str, names))
    numbers: dict[str, Floats] = {}
    texts: dict[str, tuple[str, ...]] = {}
    for column, values in (columns or {}).items():
        own = values.tolist() if isinstance(values, np.ndarray) else list(values)
        if len(own) != len(told):
            raise InputError(
                "N110", f"the column `{column}` has {len(own):,} values for {len(told):,} enterprises"
            )
        words = column in WORDS + FLAGS or any(isinstance(value, str) for value in own)
        if words:
            texts[column] = tuple(
                "" if v is None else str(v) if not isinstance(v, bool) else "yes" if v else "no" for v in own
            )
        else:
            numbers[column] = np.array([np.nan if v is None else float(v) for v in own])
            for at in np.flatnonzero([v is not None and not np.isfinite(v) for v in own])[:1]:
                raise _not_finite(told[at], column, own[at], None)
    made = Enterprises(told, numbers, texts)
    return _checked(made)


def read_enterprises(path: str | Path, sheet: str | None = None) -> Enterprises:
    """Return the enterprises of a table.

    Parameters
    ----------
    path : str or Path
        A .csv, .tsv, .xlsx or .ods file with a column ``enterprise``, ``id`` or ``name``.
    sheet : str, optional
        Of a workbook; by default its first.

    Returns
    -------
    Enterprises

    Raises
    ------
    InputError
        N105 for none, or for one that is there twice; N110 for a table without a column of names, and for a
        cell that is not what its column holds, with its line; K110, K116, G100, G101 as `read_cells` does.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "enterprises.csv"
    >>> written = path.write_text("enterprise,C1,leader\\nhub,2,yes\\na,,\\n")
    >>> read_enterprises(path).number("C1", 4.0).tolist()
    [2.0, 4.0]
    """
    path = Path(path)
    cells = read_cells(path, sheet)
    header = [heading.strip() for heading in cells.header]
    lower = [heading.lower() for heading in header]
    own = next((name for name in NAME_COLUMNS if name in lower), None)
    if own is None:
        raise InputError(
            "N110",
            f"{path.name} has no column `enterprise`; found: {', '.join(h for h in header if h) or 'none'}",
            where=Place(str(path), 1),
            hint="name the column of the enterprises `enterprise`, `id` or `name`",
        )
    for remark in cells.remarks:
        if remark.severity == "error":
            raise InputError("N110", str(remark.what), where=Place(str(path), remark.row))
    numbers: dict[str, Floats] = {}
    texts: dict[str, tuple[str, ...]] = {}
    for place, column in enumerate(header):
        if not column or lower[place] == own:
            continue
        if column in texts or column in numbers:
            raise InputError(
                "N110", f"{path.name} has two columns `{column}`", where=Place(str(path), 1), hint="keep one"
            )
        column = lower[place] if lower[place] in TRAITS else column
        written = cells.columns[place]
        read = [number_in(text, cells.decimal_comma) if text else np.nan for text in written]
        odd = next((at for at, value in enumerate(read) if value is None), None)
        if column in NUMBERS and odd is not None:
            raise InputError(
                "N110",
                f"`{column}` of `{cells.columns[lower.index(own)][odd]}` is `{written[odd]}`; "
                "expected a number",
                where=Place(str(path), cells.rows[odd]),
                hint="leave the cell empty for an enterprise without this trait",
            )
        if column in WORDS + FLAGS or odd is not None:
            texts[column] = tuple(written)
            continue
        for at, value in enumerate(read):
            if written[at] and value is not None and not np.isfinite(value):
                where = Place(str(path), cells.rows[at])
                raise _not_finite(cells.columns[lower.index(own)][at], column, written[at], where)
        numbers[column] = np.array(read, float)
    names = cells.columns[lower.index(own)]
    made = Enterprises(tuple(names), numbers, texts, str(path), cells.rows)
    return _checked(made)


def _not_finite(name: str, column: str, value: object, where: Place | None) -> InputError:
    return InputError(
        "N110",
        f"`{column}` of `{name}` is {value}; expected a finite number",
        where=where,
        hint="leave the cell empty for the value of the game",
    )


def _checked(made: Enterprises) -> Enterprises:
    if not made.names:
        raise InputError("N105", "no enterprises are given", hint="name one at least")
    first: dict[str, int] = {}
    for at, name in enumerate(made.names):
        if not name:
            raise InputError("N110", "an enterprise without a name", where=made.place(at))
        if name in first:
            raise InputError(
                "N105",
                f"the enterprise `{name}` is there twice",
                where=made.place(at),
                hint="name each enterprise once",
            )
        first[name] = at
    for column, (low, high, what) in _BOUNDS.items():
        for at in np.flatnonzero(~_in_range_or_missing(made.numbers.get(column, np.zeros(0)), low, high))[:1]:
            raise InputError(
                "N110",
                f"`{column}` of `{made.names[at]}` is {made.numbers[column][at]:g}; expected {what}",
                where=made.place(int(at)),
            )
    for column in FLAGS:
        for at, text in enumerate(made.texts.get(column, ())):
            if text and text.lower() not in YES + NO:
                raise InputError(
                    "N110",
                    f"`{column}` of `{made.names[at]}` is `{text}`; expected yes or no",
                    where=made.place(at),
                )
    return made


_BOUNDS = {
    "pace": (0.0, 1.0, "a number from 0 to 1: how many of its turns it uses"),
    "noise": (
        0.0,
        np.inf,
        "a number of 0 or more: the standard deviation of what it sees of others' payoffs",
    ),
    "missing": (0.0, 1.0, "a number from 0 to 1: the share of its turns at which it sees nothing"),
    "delay": (0.0, 1000.0, "a whole number from 0 to 1000: how many units of time old is what it sees"),
}


def _in_range_or_missing(values: Floats, low: float, high: float) -> NDArray[np.bool_]:
    return np.isnan(values) | ((values >= low) & (values <= high))


def near_column(enterprises_: Enterprises, parameters: Sequence[str]) -> tuple[str, str] | None:
    """Return a column that decides nothing, and the parameter or trait that it was probably meant to be."""
    known = [*parameters, *TRAITS]
    for column in enterprises_.columns:
        if column not in known:
            meant = nearest(column, known, least=0.75)
            if meant is not None:
                return column, meant
    return None


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
