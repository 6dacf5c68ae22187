"""Rows that are each well formed and hardly all true: which they are, and how much of them may be wrong."""

from __future__ import annotations

from dataclasses import dataclass

from separatrix.io.cells import Remark

__all__ = ["SuspectRows"]


@dataclass(frozen=True)
class SuspectRows:
    """Rows of one table and year that a remark doubts.

    Attributes
    ----------
    remark : Remark
        The same for several years where one fault runs through them.
    table : str
        Which table they are of.
    year : int
        Whose total they may have made wrong; where they may belong into another year, also that one.
    rows : tuple of int
        Their positions in the table.
    low, high : float
        By which share of what they add up to the year may be too high (`low` <= 0) or too low (`high` >= 0).
    """

    remark: Remark
    table: str
    year: int
    rows: tuple[int, ...]
    low: float
    high: float
