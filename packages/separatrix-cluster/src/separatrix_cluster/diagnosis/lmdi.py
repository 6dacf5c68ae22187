"""Logarithmic mean Divisia index, LMDI-I: what changed an aggregate, factor by factor, without a residual.

The aggregate is V = Σ_i V_i with V_i = x_1i x_2i … x_ni.
Additive: ΔV_k = Σ_i L(V_i^T, V_i^0) ln(x_ki^T/x_ki^0);
multiplicative: D_k = exp(Σ_i L(V_i^T, V_i^0)/L(V^T, V^0) ln(x_ki^T/x_ki^0)), with the logarithmic mean
L(a, b) = (a − b)/(ln a − ln b).

References
----------
Ang, B. W. (2005). The LMDI approach to decomposition analysis: a practical guide. Energy Policy 33, 867–871,
eq. 4–5.
Ang, B. W., Zhang, F. Q. & Choi, K.-H. (1998). Factorizing changes in energy and environmental indicators
through decomposition. Energy 23, 489–495, Table 2 (the limits at zero).
Wood, R. & Lenzen, M. (2006). Zero-value problems of the logarithmic mean Divisia index decomposition method.
Energy Policy 34, 1326–1331 (why limits and not a small number in place of zero).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix_cluster.tables.cell_values import Floats

__all__ = ["Decomposition", "decompose", "log_mean"]


@dataclass(frozen=True)
class Decomposition:
    """The change of an aggregate, split by factor.

    Attributes
    ----------
    factors : tuple of str
        Their names.
    before, after : float
        The aggregate at both times.
    additive : array, shape (factors,)
        In the unit of the aggregate; they sum to ``after - before``.
    multiplicative : array, shape (factors,), or None
        They multiply to ``after / before``; None where the aggregate is zero at either time, or a
        factor is larger than a number can be.
    by_category : array, shape (categories, factors)
        The additive parts of every category.
    """

    factors: tuple[str, ...]
    before: float
    after: float
    additive: Floats
    multiplicative: Floats | None
    by_category: Floats

    def to_dict(self) -> dict[str, Any]:
        """Return the decomposition as plain data."""
        return {
            "before": self.before,
            "after": self.after,
            "additive": dict(zip(self.factors, self.additive.tolist(), strict=True)),
            "multiplicative": None
            if self.multiplicative is None
            else dict(zip(self.factors, self.multiplicative.tolist(), strict=True)),
        }


def log_mean(a: npt.ArrayLike, b: npt.ArrayLike) -> Floats:
    """Return the logarithmic mean of numbers that are not negative: L(a, a) = a, L(0, b) = 0.

    Examples
    --------
    >>> float(log_mean(2.0, 2.0)), float(log_mean(0.0, 3.0)), round(float(log_mean(1.0, np.e)), 6)
    (2.0, 0.0, 1.718282)
    """
    first, second = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    low, high = np.minimum(first, second), np.maximum(first, second)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        gap = high - low
        # Where both are close, ln a − ln b loses digits that log1p keeps; far apart, it is the other
        # way round.
        logarithm = np.where(gap < low, np.log1p(gap / low), np.log(high) - np.log(low))
        mean = np.where(gap == 0, first, gap / logarithm)
    return np.where((first == 0) | (second == 0), 0.0, mean)


def decompose(
    before: npt.ArrayLike, after: npt.ArrayLike, factors: Sequence[str] | None = None
) -> Decomposition:
    """Split the change of Σ_i Π_k x_ki by factor.

    Parameters
    ----------
    before, after : array_like, shape (categories, factors)
        The factors of every category at both times, in units that make their product the aggregate.
    factors : sequence of str, optional
        Their names.

    Returns
    -------
    Decomposition

    Raises
    ------
    InputError
        K301 where a factor is negative or not finite: a change of sign has no logarithm; and for shapes that
        do not fit.

    Notes
    -----
    A category that appears or vanishes because a factor is zero at one time gets the limits of Ang, Zhang &
    Choi (1998): the whole of its change belongs to the factors that are zero there, in equal parts where
    several are; that is what the terms tend to when these go to zero together.

    References
    ----------
    Ang (2005), The LMDI approach to decomposition analysis, Energy Policy 33, 867–871, eq. 4–5.
    Ang, Zhang & Choi (1998), Energy 23, 489–495, table 2.

    Examples
    --------
    >>> parts = decompose([[1, 10, 2], [4, 5, 3]], [[4, 5, 3], [5, 6, 4]])
    >>> parts.additive.round(4).tolist(), parts.after - parts.before
    ([69.7901, -9.4551, 39.6651], 100.0)
    """
    first = np.atleast_2d(np.asarray(before, dtype=float))
    last = np.atleast_2d(np.asarray(after, dtype=float))
    if first.shape != last.shape or first.ndim != 2:
        raise InputError("K301", f"{first.shape} factors before and {last.shape} after do not compare")
    names = tuple(factors) if factors is not None else tuple(f"factor {k + 1}" for k in range(first.shape[1]))
    if len(names) != first.shape[1]:
        raise InputError("K301", f"{len(names)} names are given for {first.shape[1]} factors")
    for values in (first, last):
        wrong = np.argwhere(~np.isfinite(values) | (values < 0))
        if len(wrong):
            i, k = (int(n) for n in wrong[0])
            raise InputError(
                "K301",
                f"{names[k]} of category {i + 1} is {values[i, k]:g}; LMDI needs numbers from 0 up",
                hint="a change of sign has no logarithm: leave that category out, or use another identity",
            )
    each_before, each_after = first.prod(axis=1), last.prod(axis=1)
    weights = log_mean(each_after, each_before)
    whole = (first > 0).all(axis=1) & (last > 0).all(axis=1)
    parts = np.zeros(first.shape)
    parts[whole] = weights[whole, None] * np.log(last[whole] / first[whole])
    for i in np.flatnonzero(~whole).tolist():
        parts[i] = _at_zero(first[i], last[i], each_after[i] - each_before[i])
    total_before, total_after = float(each_before.sum()), float(each_after.sum())
    additive = parts.sum(axis=0)
    multiplicative = None
    if total_before > 0 and total_after > 0:
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            multiplicative = np.exp(additive / float(log_mean(total_after, total_before)))
        multiplicative = multiplicative if np.isfinite(multiplicative).all() else None
    return Decomposition(names, total_before, total_after, additive, multiplicative, parts)


def _at_zero(before: Floats, after: Floats, change: float) -> Floats:
    """Return the parts of a category with a zero: its change, shared by the factors that are zero once."""
    once = (before == 0) != (after == 0)
    parts = np.zeros(len(before))
    if change and once.any():
        parts[once] = change / once.sum()
    return parts
