"""Enterprises: a table in which any column may be a payoff parameter of that enterprise.

Some columns have a meaning of their own: who an enterprise is (``enterprise``, ``population``), where it
stands (``strategy``, ``aware``, ``member``), and how it revises (``leader``, ``pace``, ``noise``, ``delay``,
``missing``, ``outside``).  A column with the name of a parameter of the game is that parameter; a cell that
is empty takes the game's own value.  Other columns are carried along, and decide nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.errors import InputError, NameProblem, Place, nearest
from separatrix.io.csv import read_cells
from separatrix.population.networks.link_files import number_in

__all__ = ["NAME_COLUMNS", "TRAITS", "Enterprises", "enterprises", "read_enterprises"]

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
