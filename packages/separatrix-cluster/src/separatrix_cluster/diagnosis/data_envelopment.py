"""Data envelopment analysis by linear programming (HiGHS): who makes more from less.

Radial models (Charnes, Cooper & Rhodes 1978; Banker, Charnes & Cooper 1984), the cost model, the slacks-based
measure of Tone (2001), and Tone's measure with undesirable outputs such as carbon.

References
----------
Ali, A. I. (1993). Streamlined computation for data envelopment analysis. EJOR 64, 61–67.
Charnes, A., Cooper, W. W. & Rhodes, E. (1978). Measuring the efficiency of decision making units. EJOR 2,
429–444.
Banker, R. D., Charnes, A. & Cooper, W. W. (1984). Management Science 30, 1078–1092.
Coelli, T., Rao, D. S. P. & Battese, G. E. (1998). An Introduction to Efficiency and Productivity Analysis.
Dulá, J. H. & Thrall, R. M. (2001). A computational framework for accelerating DEA. J. Productivity Analysis
16, 63–78.
Tone, K. (2001). A slacks-based measure of efficiency in data envelopment analysis. EJOR 130, 498–509.
Tone, K. (2003). Dealing with undesirable outputs in DEA: a slacks-based measure (SBM) approach. GRIPS
Research Report I-2003-0005.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError
from separatrix_cluster.tables.amounts import amounts
from separatrix_cluster.tables.cells import Floats

__all__ = ["Returns", "cost_efficiency", "radial_efficiency", "slacks_based_efficiency"]

Returns = Literal["constant", "variable"]


def radial_efficiency(
    inputs: npt.ArrayLike,
    outputs: npt.ArrayLike,
    *,
    returns: Returns = "constant",
    orientation: Literal["input", "output"] = "input",
) -> Floats:
    """Return by how much each unit could shrink its inputs (or stretch its outputs) to the frontier.

    Parameters
    ----------
    inputs, outputs : array_like, shape (units, goods)
        Numbers from 0 up; a single good may be given as one dimension.
    returns : str
        constant or variable returns to scale.
    orientation : str
        input: θ ≤ 1, the share of the inputs that would do.  output: φ ≥ 1, the factor of the outputs that
        were possible.

    Returns
    -------
    array, shape (units,)

    Raises
    ------
    InputError
        K303 for tables of different lengths, a number that is negative or not known, a unit without any
        input, or a frontier that has no answer, as of outputs that are all zero.

    References
    ----------
    Charnes, Cooper & Rhodes (1978), EJOR 2, 429–444 (constant returns); Banker, Charnes & Cooper (1984),
    Management Science 30, 1078–1092 (variable returns).

    Examples
    --------
    >>> x = [[2, 5], [2, 4], [6, 6], [3, 2], [6, 2]]
    >>> radial_efficiency(x, [1, 2, 3, 1, 2]).round(3).tolist()
    [0.5, 1.0, 0.833, 0.714, 1.0]
    """
    x, y = _goods(inputs), _goods(outputs)
    _check(x, y)
    _refuse_idle(x)
    if orientation not in ("input", "output"):
        raise InputError("K303", f"the orientation is input or output; found `{orientation}`")
    x, y = _even(x), _even(y)
    scores = []
    for k in range(len(x)):
        if orientation == "input":
            # minimise θ: Σ λ x ≤ θ x_k, Σ λ y ≥ y_k
            cost = np.r_[1.0, np.zeros(len(x))]
            upper = np.block([[-x[k][:, None], x.T], [np.zeros((y.shape[1], 1)), -y.T]])
            bound = np.r_[np.zeros(x.shape[1]), -y[k]]
            scores.append(_solve(cost, upper, bound, returns, len(x)))
        else:
            # maximise φ: Σ λ x ≤ x_k, Σ λ y ≥ φ y_k
            cost = np.r_[-1.0, np.zeros(len(x))]
            upper = np.block([[np.zeros((x.shape[1], 1)), x.T], [y[k][:, None], -y.T]])
            bound = np.r_[x[k], np.zeros(y.shape[1])]
            scores.append(-_solve(cost, upper, bound, returns, len(x)))
    return np.array(scores)


def cost_efficiency(
    inputs: npt.ArrayLike, outputs: npt.ArrayLike, prices: npt.ArrayLike, *, returns: Returns = "constant"
) -> Floats:
    """Return the least cost of each unit's outputs at the given prices over what its inputs cost.

    Parameters
    ----------
    inputs, outputs : array_like, shape (units, goods)
        Numbers from 0 up; a single good may be given as one dimension.
    prices : array_like, shape (inputs,)
        From 0 up, in money per unit of each input.
    returns : str
        constant or variable returns to scale.

    Returns
    -------
    array, shape (units,)
        From 0 to 1; 1 where no unit, or mixture of units, makes as much for less.

    Raises
    ------
    InputError
        K303 as `radial_efficiency`, for prices of another number than the inputs, and where the inputs of a
        unit cost nothing.

    References
    ----------
    Coelli, Rao & Battese (1998), An Introduction to Efficiency and Productivity Analysis.

    Examples
    --------
    >>> x = [[2, 5], [2, 4], [6, 6], [3, 2], [6, 2]]
    >>> cost_efficiency(x, [1, 2, 3, 1, 2], [1, 3]).round(3).tolist()
    [0.353, 0.857, 0.75, 0.667, 1.0]
    """
    x, y = _goods(inputs), _goods(outputs)
    _check(x, y)
    p = amounts(prices, "K303", "the prices", (x.shape[1],))
    paid = x @ p
    if (paid <= 0).any():
        raise InputError("K303", f"the inputs of unit {int(np.argmin(paid)) + 1} cost nothing")
    goods = x.shape[1]
    scores = []
    for k in range(len(x)):
        # minimise p·z: Σ λ x ≤ z, Σ λ y ≥ y_k
        cost = np.r_[p, np.zeros(len(x))]
        upper = np.block([[-np.eye(goods), x.T], [np.zeros((y.shape[1], goods)), -y.T]])
        bound = np.r_[np.zeros(goods), -y[k]]
        scores.append(_solve(cost, upper, bound, returns, len(x), free=goods) / float(paid[k]))
    return np.array(scores)


def slacks_based_efficiency(
    inputs: npt.ArrayLike,
    outputs: npt.ArrayLike,
    undesirable: npt.ArrayLike | None = None,
    *,
    returns: Returns = "constant",
) -> Floats:
    """Return Tone's slacks-based efficiency of each unit, from 0 to 1.

    ρ = (1 − mean of s⁻/x) / (1 + mean of the shortfalls s⁺/y and of the excesses s_b/b), over all points of
    the frontier; a unit is efficient where ρ = 1.  The fraction is made linear by Charnes and Cooper's
    change of scale.

    Parameters
    ----------
    inputs, outputs, undesirable : array_like, shape (units, goods)
        Positive numbers; `undesirable` are outputs where less is better, such as carbon.
    returns : str
        constant or variable returns to scale.

    Returns
    -------
    array, shape (units,)

    Raises
    ------
    InputError
        K303 for tables of different lengths, or a number that is zero, negative or not known.

    References
    ----------
    Tone (2001), A slacks-based measure of efficiency in data envelopment analysis, EJOR 130, 498–509; with
    undesirable outputs Tone (2003), GRIPS Research Report I-2003-0005.

    Examples
    --------
    >>> x, y = [[4, 3], [6, 3], [8, 1], [8, 1], [2, 4]], [[2, 3], [2, 3], [6, 2], [6, 1], [1, 4]]
    >>> slacks_based_efficiency(x, y).round(4).tolist()
    [0.798, 0.5682, 1.0, 0.6667, 1.0]
    """
    x, y = _goods(inputs), _goods(outputs)
    b = np.zeros((len(x), 0)) if undesirable is None else _goods(undesirable)
    _check(x, y, b)
    if (x <= 0).any() or (y <= 0).any() or (b <= 0).any():
        raise InputError(
            "K303",
            "the slacks-based measure divides by every input and output; one is zero",
            hint="leave the unit out, or drop the good that it lacks",
        )
    x, y, b = _even(x), _even(y), _even(b)
    return _slacks_based(x, y, b, _efficient(x, y, b, returns), np.arange(len(x)), returns)


_SAMPLE = 100
_EFFICIENT = 1 - 1e-7
"""From here up a unit may be efficient; one too many among the columns changes no score."""
_ENTRIES = 20_000
"""Columns of one programme at most, about: more take longer than several programmes do."""


def _efficient(x: Floats, y: Floats, b: Floats, returns: Returns) -> npt.NDArray[np.int64]:
    """Return the units that the frontier is made of, and few others.

    A mixture that contains an inefficient unit is no better than one without it, so inefficient units are
    excluded from the programmes (Ali 1993; Dulá & Thrall 2001). They are found in steps: units dominated in
    every good; units inefficient against the efficient ones of a sample, and then against all that remain.
    """
    left = _undominated(np.c_[x, b, -y])
    if len(left) > _SAMPLE:
        sample = left[:: len(left) // _SAMPLE]
        best = sample[_slacks_based(x, y, b, sample, sample, returns) > _EFFICIENT]
        left = left[_slacks_based(x, y, b, best, left, returns) > _EFFICIENT]
    return left[_slacks_based(x, y, b, left, left, returns) > _EFFICIENT]


def _undominated(goods: Floats) -> npt.NDArray[np.int64]:
    """Return the rows that no other matches in every good, less being better; of equals the first."""
    order = np.lexsort(goods.T[::-1])
    front = np.empty_like(goods)
    kept: list[int] = []
    for k in order.tolist():
        if not np.any(np.all(front[: len(kept)] <= goods[k], axis=1)):
            front[len(kept)] = goods[k]
            kept.append(k)
    return np.array(sorted(kept), dtype=np.int64)


def _slacks_based(
    x: Floats,
    y: Floats,
    b: Floats,
    frontier: npt.NDArray[np.int64],
    units: npt.NDArray[np.int64],
    returns: Returns,
) -> Floats:
    """Return the measure of some units against mixtures of the frontier and of each unit itself."""
    step = max(1, _ENTRIES // (len(frontier) + 10) // 4)
    parts = [units[k : k + step] for k in range(0, len(units), step)]
    return np.concatenate([_programme(x, y, b, frontier, part, returns) for part in parts])


def _programme(
    x: Floats,
    y: Floats,
    b: Floats,
    frontier: npt.NDArray[np.int64],
    units: npt.NDArray[np.int64],
    returns: Returns,
) -> Floats:
    """Solve the programmes of several units as one: they share nothing, and one call costs less than many."""
    from scipy.optimize import linprog
    from scipy.sparse import block_diag

    m, s, r = x.shape[1], y.shape[1], b.shape[1]
    goods, signs = np.c_[x, y, b], np.r_[np.ones(m), -np.ones(s), np.ones(r)]
    n, whole = len(signs), len(frontier) + 1
    # unknowns of each: t, S⁻ (m), S⁺ (s), S_b (r), Λ of the frontier and of the unit itself, all from 0 up
    costs = np.zeros((len(units), 1 + n + whole))
    costs[:, 0] = 1.0
    costs[:, 1 : 1 + m] = -1.0 / (m * x[units])
    blocks = []
    for k in units.tolist():
        equal = np.zeros((1 + n + _variable(returns), 1 + n + whole))
        equal[0, 0] = 1.0
        equal[0, 1 + m : 1 + n] = 1.0 / ((s + r) * goods[k, m:])
        equal[1 : 1 + n, 0] = -goods[k]
        equal[1 : 1 + n, 1 : 1 + n] = np.diag(signs)
        equal[1 : 1 + n, 1 + n : -1] = goods[frontier].T
        equal[1 : 1 + n, -1] = goods[k]
        if _variable(returns):
            equal[-1, 0], equal[-1, 1 + n :] = -1.0, 1.0
        blocks.append(equal)
    right = np.zeros((len(units), len(blocks[0])))
    right[:, 0] = 1.0
    equals: Any = block_diag(blocks, format="csr")
    answer = linprog(costs.ravel(), A_eq=equals, b_eq=right.ravel(), method="highs")
    if (answer.status != 0 or answer.x is None) and len(units) > 1:
        # Numbers of very different size may be too much at once, and not one by one.
        halves = np.array_split(units, 2)
        return np.concatenate([_programme(x, y, b, frontier, half, returns) for half in halves])
    if answer.status != 0 or answer.x is None:
        raise InputError("K303", f"the frontier has no answer: {answer.message}")
    return np.asarray((answer.x.reshape(costs.shape) * costs).sum(axis=1))


def _goods(values: npt.ArrayLike) -> Floats:
    one_good = np.ndim(values[0]) == 0 if isinstance(values, Sequence) and values else np.ndim(values) == 1
    found = amounts(values, "K303", "the inputs or outputs", (None,) if one_good else (None, None))
    return found.reshape(len(found), -1)


def _even(goods: Floats) -> Floats:
    """Return goods in units of their largest: no efficiency changes, and the solver's tolerances fit."""
    largest = goods.max(axis=0, initial=0.0)
    return np.asarray(goods / np.where(largest > 0, largest, 1.0))


def _check(*tables: Floats) -> None:
    for table in tables:
        if len(table) != len(tables[0]):
            raise InputError("K303", "inputs and outputs are of different numbers of units")


def _refuse_idle(inputs: Floats) -> None:
    idle = np.flatnonzero(~(inputs > 0).any(axis=1))
    if len(idle):
        raise InputError("K303", f"unit {int(idle[0]) + 1} has no input: nothing is made from nothing")


def _solve(
    cost: Floats, upper: Floats, bound: Floats, returns: Returns, units: int, *, free: int = 1
) -> float:
    if _variable(returns):
        equal = np.r_[np.zeros(free), np.ones(units)][None, :]
        return _minimum_cost(cost, upper, bound, equal, np.ones(1))
    return _minimum_cost(cost, upper, bound, None, None)


def _variable(returns: str) -> bool:
    if returns not in get_args(Returns):
        raise InputError("K303", f"returns to scale are constant or variable; found `{returns}`")
    return returns == "variable"


def _minimum_cost(
    cost: Floats, upper: Floats | None, bound: Floats | None, equal: Floats | None, right: Floats | None
) -> float:
    from scipy.optimize import linprog

    answer = linprog(cost, A_ub=upper, b_ub=bound, A_eq=equal, b_eq=right, method="highs")
    if answer.status != 0 or answer.fun is None:
        raise InputError("K303", f"the frontier has no answer: {answer.message}")
    return float(answer.fun)
