"""Where a continuum of rest points lies, in one line of plain text."""

from __future__ import annotations

from collections.abc import Sequence

from separatrix.analysis.results import RestSet
from separatrix.expression.conditions import condition_text

__all__ = ["joined_bounds", "rest_set_text"]


def rest_set_text(piece: RestSet) -> str:
    """Return the equations and bounds of a piece of a continuum, as ``y = 0, 0 < x < 1/2``."""
    told = [condition_text(equation).replace("==", "=") for equation in piece.equations]
    return ", ".join(part.replace(" ", "\u00a0") for part in joined_bounds(told))


def joined_bounds(told: Sequence[str]) -> list[str]:
    """Return conditions in which a lower and an upper bound of the same quantity are joined.

    Examples
    --------
    >>> joined_bounds(["y = 0", "0 < x", "x < 1/2"])
    ['y = 0', '0 < x < 1/2']
    """
    result: list[str] = []
    for condition in told:
        first, _, last = condition.partition(" < ")
        before = next(
            (k for k, earlier in enumerate(result) if last and earlier.endswith(f" < {first}")), None
        )
        if before is None or result[before].count(" < ") > 1:
            result.append(condition)
        else:
            result[before] = f"{result[before]} < {last}"
    return result
