"""A released figure: bounds on a weighted sum of the values of enterprises.

A published total gives the sum of its members, within its rounding; an average, that a sum is at least and
at most a multiple of another; a ranking, that one value is at most another. All have the same form, which
is what an audit needs: a reader of several figures knows everything that follows from them together. Only a
place among others, such as the better half, has another form: it states nothing about any single one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from math import fsum, inf
from typing import Literal

__all__ = [
    "Cell",
    "Release",
    "ReleasedFigure",
    "ReleasedPlace",
    "average",
    "place",
    "ranking",
    "rounding_interval",
    "total",
]


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


@dataclass(frozen=True)
class ReleasedPlace:
    """The place that one enterprise is given: for how many others a weighted sum of values is below zero.

    Attributes
    ----------
    name : str
    others : tuple of Mapping of Cell to float
        The sum of each other, below zero if that one is on one side of the reader.
    least, most : int
        The bounds of their number.
    reader : str
    """

    name: str
    others: tuple[Mapping[Cell, float], ...] = field(compare=False)
    least: int
    most: int
    reader: str


Release = ReleasedFigure | ReleasedPlace
"""All that an audit understands."""


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

    Returns
    -------
    ReleasedFigure

    Raises
    ------
    KeyError
        Where a cell has no value.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, section 4.2.

    Examples
    --------
    >>> a, b = Cell("A", "energy 2024"), Cell("B", "energy 2024")
    >>> shown = total("energy", [a, b], {a: 4.0, b: 3.2}, rounding=1.0)
    >>> shown.low, shown.high
    (6.5, 7.5)
    """
    terms = dict.fromkeys(cells, 1.0)
    exact = fsum(values[c] for c in terms)
    if rounding <= 0:
        return ReleasedFigure(name, terms, exact, exact, reader)
    shown = round(exact / rounding) * rounding
    return ReleasedFigure(name, terms, shown - rounding / 2, shown + rounding / 2, reader)


def ranking(
    name: str, cells: Iterable[Cell], values: Mapping[Cell, float], *, reader: str = ""
) -> list[ReleasedFigure]:
    """Return what a ranking says: that each value is at most the next one.

    Parameters
    ----------
    name : str
    cells : iterable of Cell
        In any order.
    values : Mapping of Cell to float
        The true values.
    reader : str
        The enterprise that alone learns it.

    Returns
    -------
    list of ReleasedFigure
        One less than there are cells.

    Raises
    ------
    KeyError
        Where a cell has no value.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, section 4.2.

    Examples
    --------
    >>> a, b = Cell("A", "energy 2024"), Cell("B", "energy 2024")
    >>> [f.terms for f in ranking("rank", [a, b], {a: 4.0, b: 3.2})] == [{b: 1.0, a: -1.0}]
    True
    """
    ordered = sorted(cells, key=lambda c: values[c])
    return [
        ReleasedFigure(name, {low: 1.0, high: -1.0}, -inf, 0.0, reader) for low, high in pairwise(ordered)
    ]


def average(
    name: str,
    pairs: Iterable[tuple[Cell, Cell]],
    values: Mapping[Cell, float],
    *,
    digits: int,
    reader: str = "",
) -> list[ReleasedFigure]:
    """Return what an average says: that a sum is so many times another, within its rounding.

    Parameters
    ----------
    name : str
    pairs : iterable of (Cell, Cell)
        Of each enterprise what is divided, and by what.
    values : Mapping of Cell to float
        The true values.
    digits : int
        To how many significant digits it is rounded before it is shown.
    reader : str
        The enterprise that alone learns it.

    Returns
    -------
    list of ReleasedFigure
        Two; one where the average is nothing.

    Raises
    ------
    KeyError
        Where a cell has no value.
    ZeroDivisionError
        Where what is divided by is nothing in all.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, section 4.2.

    Examples
    --------
    >>> a, b = ((Cell(e, "carbon"), Cell(e, "value added")) for e in "AB")
    >>> values = {a[0]: 4.0, a[1]: 2.0, b[0]: 3.0, b[1]: 4.0}  # 7 / 6, shown as 1.2
    >>> low, high = average("carbon per value added", [a, b], values, digits=2)
    >>> round(low.terms[a[1]], 3), round(high.terms[a[1]], 3)
    (-1.15, -1.25)
    """
    both = list(dict.fromkeys(pairs))
    ratio = fsum(values[a] for a, _ in both) / fsum(values[b] for _, b in both)
    if ratio == 0:
        return [ReleasedFigure(name, {a: 1.0 for a, _ in both}, 0.0, 0.0, reader)]
    least, most = rounding_interval(ratio, digits)
    ends = (least, 0.0, inf), (most, -inf, 0.0)
    return [
        ReleasedFigure(name, {a: 1.0 for a, _ in both} | {b: -end for _, b in both}, low, high, reader)
        for end, low, high in ends
    ]


def rounding_interval(value: float, digits: int) -> tuple[float, float]:
    """Return between which numbers all lie that are shown like a value in so many significant digits.

    Under a power of ten numbers are shown ten times as finely as over it.

    Parameters
    ----------
    value : float
        Above zero, as it is or as it is shown.
    digits : int

    Examples
    --------
    >>> rounding_interval(0.4567, 2), rounding_interval(9.96, 2)
    ((0.455, 0.465), (9.95, 10.5))
    """
    shown = f"{value:.{digits - 1}e}"
    exponent = int(shown.partition("e")[2]) - digits + 1
    step, middle = Decimal(10) ** exponent / 2, Decimal(shown)
    below = step / 10 if float(shown.partition("e")[0]) == 1 else step
    return float(middle - below), float(middle + step)


def place(
    name: str,
    own: float,
    others: Iterable[tuple[Cell, Cell]],
    told: Literal["better half", "middle", "worse half"],
    *,
    reader: str,
    less_is_better: bool = True,
) -> ReleasedPlace:
    """Return what an enterprise learns from the half of others in which its ratio is.

    Parameters
    ----------
    name : str
    own : float
        The ratio of the reader.
    others : iterable of (Cell, Cell)
        Numerator and denominator of each other.
    told : str
        The better half where fewer than half of the others do better, the worse where more do.
    reader : str
    less_is_better : bool

    Returns
    -------
    ReleasedPlace

    Raises
    ------
    KeyError
        If ``told`` is not a place.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, section 4.2.

    Examples
    --------
    >>> others = [(Cell(e, "carbon"), Cell(e, "value added")) for e in "ABCDE"]
    >>> told = place("carbon per value added", 1.5, others, "better half", reader="F")
    >>> told.least, told.most, list(told.others[0].values())
    (0, 2, [1.0, -1.5])
    """
    sign = 1.0 if less_is_better else -1.0
    sides = tuple({above: sign, below: -sign * own} for above, below in others)
    n = len(sides)
    ends = {"better half": (0, (n - 1) // 2), "middle": (n // 2, (n + 1) // 2), "worse half": (n // 2 + 1, n)}
    return ReleasedPlace(name, sides, *ends[told], reader)
