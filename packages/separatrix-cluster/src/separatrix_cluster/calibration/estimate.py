"""A number of a calibration: its value, interval, basis, and the rows it came from.

Intervals are added and multiplied end by end (Moore, R. E., 1966, Interval Analysis, Prentice-Hall, ch. 3),
so that what comes out holds the truth wherever what went in does; they are never narrower than a draw would
be. Numbers are rational, as in the game file that is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from separatrix.game.model import BASES
from separatrix.io.cells import located, row_runs
from separatrix.sentences import Sentence
from separatrix_cluster.tables.table import ClusterTable

__all__ = ["FileRow", "Estimate", "exact_estimate", "product_of", "rows_of", "sum_of", "weakest"]


FileRow = tuple[str, int | None]


@dataclass(frozen=True)
class Estimate:
    """A number and its basis.

    Attributes
    ----------
    value, low, high : Fraction
        ``low`` and ``high`` hold the truth as far as is known; both the value where nothing is uncertain.
    basis : str
        One of `separatrix.game.model.BASES`.
    how : Sentence
        Where it comes from, for people.
    rows : tuple of (str, int or None)
        The files and their rows that it came from; None for a file without rows.
    """

    value: Fraction
    low: Fraction
    high: Fraction
    basis: str
    how: Sentence
    rows: tuple[FileRow, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The files with their rows as a reader looks them up, as ``measures.csv: 2–4, 7``."""
        found: dict[str, list[int]] = {}
        for file, row in self.rows:
            found.setdefault(file, []).extend(() if row is None else (row,))
        return tuple(f"{file}: {row_runs(rows)}" if rows else file for file, rows in found.items())

    @property
    def certain(self) -> bool:
        """Whether its interval has no width."""
        return self.low == self.high

    def times(self, factor: Fraction) -> Estimate:
        """Return the same, multiplied by a number that is known."""
        low, high = sorted((self.low * factor, self.high * factor))
        return replace(self, value=self.value * factor, low=low, high=high)

    def reworded(self, how: Sentence) -> Estimate:
        """Return the same number with another description."""
        return replace(self, how=how)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "value": float(self.value),
            "interval": [float(self.low), float(self.high)],
            "basis": self.basis,
            "how": str(self.how),
            "rows": list(self.sources),
        }


def weakest(bases: Iterable[str]) -> str:
    """Return the least firm of several bases.

    Examples
    --------
    >>> weakest(["measured", "assumed", "literature"])
    'assumed'
    """
    return max(bases, key=BASES.index, default="measured")


def exact_estimate(
    value: Fraction, how: Sentence, rows: Sequence[FileRow] = (), basis: str = "measured"
) -> Estimate:
    """Return a number without uncertainty."""
    return Estimate(value, value, value, basis, how, tuple(rows))


def sum_of(parts: Sequence[Estimate], how: Sentence) -> Estimate:
    """Return a sum; it is as firm as the weakest of its parts that are not zero.

    Examples
    --------
    >>> from separatrix.sentences import say
    >>> one = Estimate(Fraction(1), Fraction(0), Fraction(2), "assumed", say("n"))
    >>> found = sum_of([one, exact_estimate(Fraction(3), say("n"))], say("n"))
    >>> found.value, found.low, found.high, found.basis
    (Fraction(4, 1), Fraction(3, 1), Fraction(5, 1), 'assumed')
    """
    value, low, high = (
        sum((getattr(p, end) for p in parts), Fraction(0)) for end in ("value", "low", "high")
    )
    count = [p for p in parts if p.value or not p.certain] or parts
    rows = tuple(dict.fromkeys(row for p in count for row in p.rows))
    return Estimate(value, low, high, weakest(p.basis for p in count), how, rows)


def product_of(one: Estimate, other: Estimate, how: Sentence) -> Estimate:
    """Return a product; zero for certain where either is."""
    ends = [a * b for a in (one.low, one.high) for b in (other.low, other.high)]
    parts = [p for p in (one, other) if p.certain and not p.value] or [one, other]
    rows = tuple(dict.fromkeys(row for p in parts for row in p.rows))
    basis = weakest(p.basis for p in parts)
    return Estimate(one.value * other.value, min(ends), max(ends), basis, how, rows)


def rows_of(table: ClusterTable, places: Iterable[int]) -> tuple[FileRow, ...]:
    """Return the files, and their rows, that some rows of a table come from."""
    return tuple(located(table.file, int(table.rows[place])) for place in places)
