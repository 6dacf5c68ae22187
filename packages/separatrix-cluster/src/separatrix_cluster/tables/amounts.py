"""Amounts as arrays: known numbers in the shape that a formula takes; what is none is refused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix_cluster.tables.cells import Floats

__all__ = ["amounts"]


def amounts(
    values: npt.ArrayLike,
    code: str,
    what: str,
    shape: Sequence[int | None],
    *,
    low: float | None = 0.0,
    above: bool = False,
    gaps: bool = False,
) -> Floats:
    """Return numbers as an array of a shape.

    Parameters
    ----------
    values : array_like
    code, what : str
        Of the error where they are none, and what they are, in the plural.
    shape : sequence of int or None
        None where any length will do.
    low : float or None
        None of them is below; None where any number will do.
    above : bool
        Whether all must be above `low`.
    gaps : bool
        Whether some may be `nan`, for not known.

    Raises
    ------
    InputError
        With that code.

    Examples
    --------
    >>> amounts([[1, 2]], "K303", "the inputs", (None, 2)).tolist()
    [[1.0, 2.0]]
    >>> amounts([1, -2], "K303", "the inputs", (2,))
    Traceback (most recent call last):
    ...
    separatrix.errors.InputError: K303 the inputs hold -2 at position 2; known numbers from 0 up are needed
    """
    try:
        found = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise InputError(code, f"{what} are not numbers, or their rows differ in length") from None
    if len(found.shape) != len(shape) or any(
        n is not None and n != m for n, m in zip(shape, found.shape, strict=True)
    ):
        wanted = " × ".join("any" if n is None else str(n) for n in shape)
        has = " × ".join(map(str, found.shape)) or "a single number"
        raise InputError(code, f"{what} have the shape {has}; {wanted} was expected")
    with np.errstate(invalid="ignore"):
        wrong = np.isinf(found) if gaps else ~np.isfinite(found)
        if low is not None:
            wrong |= found <= low if above else found < low
    if wrong.any():
        at = tuple(np.argwhere(wrong)[0].tolist())
        bound = "" if low is None else f" above {low:g}" if above else f" from {low:g} up"
        place = ", ".join(str(k + 1) for k in at)
        raise InputError(
            code, f"{what} hold {found[at]:g} at position {place}; known numbers{bound} are needed"
        )
    return found
