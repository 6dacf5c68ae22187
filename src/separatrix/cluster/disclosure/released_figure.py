"""A figure that somebody learns: bounds on a weighted sum of the values of enterprises.

A total that is published says what its members add up to, within its rounding; a ranking says that one
value is at most another; a feedback sheet says its reader alone where it stands.  All are of one kind, which
is what an audit needs: whoever knows several of them knows all that follows from them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

__all__ = ["Cell", "ReleasedFigure", "ranking", "total"]


@dataclass(frozen=True, order=True)
class Cell:
    """One value of one enterprise.

    Attributes
    ----------
    enterprise : str
    quantity : str
        What it is, with its year and the version of the report, so that a corrected value is another cell.
    """

    enterprise: str
    quantity: str


@dataclass(frozen=True)
class ReleasedFigure:
    """What one figure says: low <= sum of weight · value <= high.

    Attributes
    ----------
    name : str
        By which the office knows it: the table and its line.
    terms : Mapping of Cell to float
    low, high : float
    reader : str
        The enterprise that alone learns it; empty where everybody does.
    """

    name: str
    terms: Mapping[Cell, float] = field(compare=False)
    low: float
    high: float
    reader: str = ""


def total(
    name: str, cells: Iterable[Cell], values: Mapping[Cell, float], *, rounding: float = 0.0, reader: str = ""
) -> ReleasedFigure:
    """Return a published total.

    Parameters
    ----------
    name : str
    cells : iterable of Cell
    values : Mapping of Cell to float
        The true values.
    rounding : float
        The unit to which the total is rounded before it is shown; 0 where it is shown as it is.
    reader : str
        The enterprise that alone learns it.

    Examples
    --------
    >>> a, b = Cell("A", "energy 2024"), Cell("B", "energy 2024")
    >>> shown = total("energy", [a, b], {a: 4.0, b: 3.2}, rounding=1.0)
    >>> shown.low, shown.high
    (6.5, 7.5)
    """
    terms = dict.fromkeys(cells, 1.0)
    exact = sum(values[c] for c in terms)
    if rounding <= 0:
        return ReleasedFigure(name, terms, exact, exact, reader)
    shown = round(exact / rounding) * rounding
    return ReleasedFigure(name, terms, shown - rounding / 2, shown + rounding / 2, reader)


def ranking(
    name: str, cells: Iterable[Cell], values: Mapping[Cell, float], *, reader: str = ""
) -> list[ReleasedFigure]:
    """Return what a ranking says: that each value is at most the next one.

    Examples
    --------
    >>> a, b = Cell("A", "energy 2024"), Cell("B", "energy 2024")
    >>> [f.terms for f in ranking("rank", [a, b], {a: 4.0, b: 3.2})] == [{b: 1.0, a: -1.0}]
    True
    """
    ordered = sorted(cells, key=lambda c: values[c])
    return [
        ReleasedFigure(name, {low: 1.0, high: -1.0}, -float("inf"), 0.0, reader)
        for low, high in pairwise(ordered)
    ]
