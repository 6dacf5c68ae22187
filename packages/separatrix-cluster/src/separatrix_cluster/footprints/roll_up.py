"""Footprints of products that go into one another, circles included: p = own + A p, solved with a proof.

A gives the amount of each product in one unit of another (Leontief 1970; Heijungs & Suh 2002, ch. 2). The
equation has a meaningful solution exactly where I − A is a nonsingular M-matrix, that is where the spectral
radius of A is below 1; which holds if and only if some x > 0 has (I − A) x > 0 (Berman & Plemmons 1994,
theorem 6.2.3, I27). Such an x proves more: for any p with residual r, no element of it is further from the
solution than x times the largest |r| / ((I − A) x). Both are computed in doubles with every rounding
counted (Higham 2002, section 3.1), so that the bound holds for the exact solution of the equation as given.
The x chosen has (I − A) x in proportion to the footprints: residuals are, too, so that the bound is small
relative to each footprint, whether of a kilogram or of a ship.

Circles are the strongly connected components of A; A has a spectral radius below 1 if each of them has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.tables.cells import Floats

__all__ = ["Circle", "RollUp", "circles_in_doubt", "circles_without_answer", "exact_roll_up", "roll_up"]

MOST_EXACT = 300  # members of one circle that are solved in rationals: a second or so
MOST_FACTORED = 3000  # products that hang together in any way: the factors of more of them fill
ROUNDS = 200
TRIAL = 40
REFINEMENTS = 3  # solutions, each of what the last ones left
UNIT = 2.0**-53
TRACE = 1e-40


@dataclass(frozen=True)
class Circle:
    """Products that need at least as much of one another as they make, so that no footprint exists.

    Attributes
    ----------
    members : tuple of int
        The products of the circle.
    proven : bool
        False where the circle is so near to the limit that it could not be decided, or that doubles cannot
        reach its answer.
    """

    members: tuple[int, ...]
    proven: bool


@dataclass(frozen=True)
class RollUp:
    """Footprints, and how far they can be from the exact ones.

    Attributes
    ----------
    footprint : ndarray of shape (products, quantities)
    error : ndarray of the same shape
        No element is further than this from the exact answer.
    """

    footprint: Floats
    error: Floats


def roll_up(
    own: Floats, users: Sequence[int], suppliers: Sequence[int], amounts: Sequence[float]
) -> RollUp | Circle:
    """Solve p = own + A p for all products at once.

    Parameters
    ----------
    own : ndarray of shape (products, quantities)
        What each product bears by itself, for one unit of it: emissions, its transport, what of it rests
        on primary data, and so on; each column is passed on by itself.
    users, suppliers : sequences of int
        The product that takes and the one that is taken, of each input.
    amounts : sequence of float
        How much of the supplier goes into one unit of the user; zero or more.

    Returns
    -------
    RollUp or Circle
        A `Circle` where no solution exists.

    Raises
    ------
    InputError
        K257 where a number is none, or an amount is negative.

    References
    ----------
    Berman & Plemmons (1994), Nonnegative Matrices in the Mathematical Sciences, theorem 6.2.3; Higham
    (2002), Accuracy and Stability of Numerical Algorithms, section 3.1.

    Examples
    --------
    >>> found = roll_up(np.array([[3.0], [1.0]]), [0, 1], [1, 0], [0.1, 0.2])
    >>> found.footprint.ravel().round(6).tolist()
    [3.163265, 1.632653]
    >>> roll_up(np.array([[3.0], [1.0]]), [0, 1], [1, 0], [2.0, 0.5])
    Circle(members=(0, 1), proven=True)
    """
    from scipy.sparse import csr_array

    own = np.asarray(own, dtype=float)
    if own.ndim != 2:
        raise InputError(
            "K257",
            say(
                "what products bear by themselves has the shape {shape}; expected a row for each product and "
                "a column for each quantity",
                shape=str(own.shape),
            ),
        )
    n = len(own)
    for k, j, amount in zip(users, suppliers, amounts, strict=True):
        _require_amount(k, j, amount)
    if not np.isfinite(own).all():
        k = int(np.flatnonzero(~np.isfinite(own).all(axis=1))[0])
        raise InputError(
            "K257", say("the own emissions of product {product} are not a finite number", product=k)
        )
    matrix = csr_array((np.asarray(amounts, dtype=float), (users, suppliers)), shape=(n, n))
    system = _System(matrix)
    found = system.solve(np.c_[np.ones(n), np.abs(own).sum(axis=1), own])
    certificate = None if found is None else system.certificate(found[:, 0], found[:, 1])
    if found is None or certificate is None:
        for circle in _unproductive(matrix):
            return circle
        # Each circle is within the reach of doubles, but along the chains numbers pass all bounds.
        return Circle(tuple(range(n)), proven=False)
    (x, margin), footprint = certificate, found[:, 2:]
    error = _largest_residual(matrix, own, footprint, margin) * x[:, None] * (1 + 4 * UNIT)
    return RollUp(footprint, error)


def circles_without_answer(
    products: int, users: Sequence[int], suppliers: Sequence[int], amounts: Sequence[float]
) -> tuple[Circle, ...]:
    """Return every circle that has no answer, where `roll_up` returns the first.

    Parameters
    ----------
    products : int
        How many there are.
    users, suppliers, amounts
        As of `roll_up`.

    Returns
    -------
    tuple of Circle

    Raises
    ------
    InputError
        K257 as `roll_up`.

    References
    ----------
    Berman & Plemmons (1994), Nonnegative Matrices in the Mathematical Sciences, theorem 6.2.3.

    Examples
    --------
    >>> circles_without_answer(3, [0, 1, 2], [1, 0, 2], [2.0, 0.5, 0.1])
    (Circle(members=(0, 1), proven=True),)
    """
    from scipy.sparse import csr_array

    for k, j, amount in zip(users, suppliers, amounts, strict=True):
        _require_amount(k, j, amount)
    shape = (products, products)
    return tuple(
        _unproductive(csr_array((np.asarray(amounts, dtype=float), (users, suppliers)), shape=shape))
    )


def circles_in_doubt(
    found: RollUp, users: Sequence[int], suppliers: Sequence[int], *, doubt: float = 1e-6
) -> tuple[Circle, ...]:
    """Return the circles whose rounding may change footprints by more than this fraction.

    Parameters
    ----------
    found : RollUp
    users, suppliers
        As of `roll_up`.
    doubt : float
        Relative to the largest quantity of a product.

    Returns
    -------
    tuple of Circle
        Their ``proven`` is false.

    Raises
    ------
    ValueError
        Where a user or a supplier is none of the products.

    References
    ----------
    Higham (2002), Accuracy and Stability of Numerical Algorithms, section 3.1.

    Examples
    --------
    >>> found = roll_up(np.array([[3.0], [1.0], [1.0]]), [0, 1, 2], [1, 0, 0], [1.0, 1 - 1e-13, 0.5])
    >>> circles_in_doubt(found, [0, 1, 2], [1, 0, 0])
    (Circle(members=(0, 1), proven=False),)
    """
    from scipy.sparse import csr_array

    size, error = (np.abs(v).max(axis=1, initial=0.0) for v in (found.footprint, found.error))
    wrong = (error > doubt * size) & (size > 0)  # nothing in all is nothing for sure
    if not wrong.any():
        return ()
    matrix = csr_array((np.ones(len(users)), (users, suppliers)), shape=(len(size), len(size)))
    return tuple(
        Circle(tuple(members.tolist()), proven=False)
        for members in _circles(matrix)
        if wrong[members].any() and matrix[members][:, members].nnz
    )


class _System:
    """The equation p = own + matrix p, whose large factors are computed once."""

    def __init__(self, matrix: Any) -> None:
        self.matrix = matrix
        self._factors: Any = None

    def solve(self, own: Floats) -> Floats | None:
        """Return p in doubles, or nothing where none was reached.

        Round by round, as goods go from product to product, which ends soon unless nearly all of a product
        goes back into it; else by factors of the matrix, which large networks fill, and so are left to GMRES.
        """
        found, matrix = own, self.matrix
        with np.errstate(over="ignore", invalid="ignore"):
            for count in range(ROUNDS):
                after = own + matrix @ found
                change, size = (np.abs(v).max(axis=0, initial=0.0) for v in (after - found, after))
                if np.all(change <= 1e-15 * size) and self._is_settled(own, found, after):
                    return np.asarray(after)
                if count == TRIAL and np.any(change > 1e-3 * size):
                    break  # at this rate the rounds that are left would not do
                found = after
            from scipy.sparse.csgraph import connected_components

            together = np.bincount(connected_components(matrix, directed=False)[1], minlength=1)
            by_factors = together.max() <= MOST_FACTORED
            solved = self._by_factors(own) if by_factors else self._by_gmres(own)
        return solved if solved is not None and np.all(np.isfinite(solved)) else None

    def certificate(self, depth: Floats, size: Floats) -> tuple[Floats, Floats] | None:
        """Return some x > 0 and a lower bound of (I − matrix) x > 0, near to how large footprints are.

        ``depth`` is what products bear if each bears 1 by itself; what bears nothing has a trace of it.
        """
        if not np.all((depth > 0) & (depth < np.inf)):
            return None
        trace = TRACE * float((size / depth).max(initial=0.0)) or 1.0
        x = self.solve((size + trace * depth)[:, None])
        margin = None if x is None else _margin(self.matrix, x[:, 0])
        return None if x is None or margin is None else (x[:, 0], margin)

    def _is_settled(self, own: Floats, before: Floats, after: Floats) -> bool:
        """Whether a round changed no element by more than rounding: those of small units end later."""
        return bool(np.all(np.abs(after - before) <= 1e-15 * (np.abs(own) + self.matrix @ np.abs(before))))

    def _by_factors(self, own: Floats) -> Floats | None:
        from scipy.sparse import eye_array
        from scipy.sparse.linalg import splu

        if self._factors is None:
            try:
                self._factors = splu((eye_array(len(own)) - self.matrix).tocsc())
            except RuntimeError:  # exactly singular
                return None
        return self._refined(own, self._factors.solve)

    def _by_gmres(self, own: Floats) -> Floats:
        from scipy.sparse import eye_array
        from scipy.sparse.linalg import gmres

        system = (eye_array(len(own)) - self.matrix).tocsc()

        def solve_gmres(left: Floats) -> Floats:
            # A tolerance near the rounding would never be met; what is left over is solved for once more.
            return np.stack([gmres(system, c, rtol=1e-8, restart=60, maxiter=5)[0] for c in left.T], axis=1)

        return self._refined(own, solve_gmres)

    def _refined(self, own: Floats, near: Callable[[Floats], Floats]) -> Floats:
        solved = near(own)
        for _ in range(REFINEMENTS - 1):
            solved = solved + near(own + self.matrix @ solved - solved)
        return solved


def _margin(matrix: Any, x: Floats) -> Floats | None:
    """Return a lower bound of (I − matrix) x if it is above zero everywhere, as it is for x > 0 alone."""
    if not np.all((x > 0) & (x < np.inf)):
        return None
    taken = matrix @ x
    low = (x - taken) - _rounding(matrix) * (x + taken)
    return low if np.all(low > 0) else None


def _largest_residual(matrix: Any, own: Floats, footprint: Floats, margin: Floats) -> Floats:
    residual = np.abs(own + matrix @ footprint - footprint)
    size = np.abs(own) + matrix @ np.abs(footprint) + np.abs(footprint)
    whole = residual + _rounding(matrix)[:, None] * size
    return np.asarray((whole / margin[:, None]).max(axis=0, initial=0.0)) * (1 + 4 * UNIT)


def _rounding(matrix: Any) -> Floats:
    """Return the largest relative error of a sum of a row's products and two more terms."""
    terms = np.diff(matrix.indptr) + 4.0
    return np.asarray(terms * UNIT / (1 - terms * UNIT))


def _circles(matrix: Any) -> list[Any]:
    """Return the strongly connected components, each after all that go into it."""
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(matrix, directed=True, connection="strong")
    order = np.argsort(label, kind="stable")
    ends = np.cumsum(np.bincount(label, minlength=count))[:-1]
    # Tarjan's algorithm finishes a component only when all that it points to, its suppliers, are finished.
    return np.split(order, ends)


def _unproductive(matrix: Any) -> Iterator[Circle]:
    """Yield the circles that have no answer, or could not be decided."""
    for members in _circles(matrix):
        block = matrix[members][:, members]
        if not block.nnz:
            continue
        system = _System(block)
        found = system.solve(np.ones((len(members), 1)))
        if found is not None and system.certificate(found[:, 0], found[:, 0]) is not None:
            continue
        if len(members) > MOST_EXACT:
            yield Circle(tuple(members.tolist()), proven=_grows(block))
            continue
        own = [fmpq(1)] * len(members)
        rows: list[dict[int, fmpq]] = [{} for _ in members]
        for i, j, value in zip(*block.nonzero(), block[block.nonzero()], strict=True):
            rows[int(i)][int(j)] = _rational(float(value))
        # An answer that rationals alone can reach is one that the smallest change of an amount takes away.
        yield Circle(tuple(members.tolist()), proven=_solve_circle(rows, own) is None)


def _grows(block: Any) -> bool:
    """Whether some y > 0 has block y >= y for sure, which proves a spectral radius of 1 or more."""
    y = np.ones(block.shape[0])
    rounding = _rounding(block)
    for _ in range(ROUNDS):
        after = block @ y
        if np.all(after * (1 - rounding) >= y):
            return True
        # The mean of both goes to the same vector and does not swing on circles of even length.
        y = (y + after) / np.max(y + after)
    return False


def exact_roll_up(
    own: Sequence[Fraction], inputs: Sequence[Mapping[int, Fraction]]
) -> list[Fraction] | Circle:
    """Solve p = own + A p in rational numbers, circle by circle.

    Parameters
    ----------
    own : sequence of Fraction
        The own emissions of each product, for one unit of it.
    inputs : sequence of mappings
        For each product, the amounts of other products in one unit of it.

    Returns
    -------
    list of Fraction or Circle
        A `Circle` where no solution exists, or where a circle has more than 300 members and is left to
        `roll_up` (then ``proven`` is false).

    Raises
    ------
    InputError
        K257 where an amount is negative.

    References
    ----------
    Berman & Plemmons (1994), Nonnegative Matrices in the Mathematical Sciences, theorem 6.2.3.

    Examples
    --------
    >>> exact_roll_up([Fraction(3), Fraction(1)], [{1: Fraction(1, 10)}, {0: Fraction(1, 5)}])
    [Fraction(155, 49), Fraction(80, 49)]
    """
    from scipy.sparse import csr_array

    n = len(own)
    for k, row in enumerate(inputs):
        for j, amount in row.items():
            _require_amount(k, j, amount)
    users = [k for k, row in enumerate(inputs) for _ in row]
    suppliers = [j for row in inputs for j in row]
    found: list[fmpq] = [fmpq(0)] * n
    rows = [{j: _rational(v) for j, v in row.items()} for row in inputs]
    for part in _circles(csr_array((np.ones(len(users)), (users, suppliers)), shape=(n, n))):
        members: list[int] = part.tolist()
        place = {k: i for i, k in enumerate(members)}
        bears = [
            sum((v * found[j] for j, v in rows[k].items() if j not in place), _rational(own[k]))
            for k in members
        ]
        if len(members) == 1 and members[0] not in rows[members[0]]:
            found[members[0]] = bears[0]
            continue
        if len(members) > MOST_EXACT:
            return Circle(tuple(members), proven=False)
        inner = [{place[j]: v for j, v in rows[k].items() if j in place} for k in members]
        solved = _solve_circle(inner, bears)
        if solved is None:
            return Circle(tuple(members), proven=True)
        for k, value in zip(members, solved, strict=True):
            found[k] = value
    return [Fraction(int(v.p), int(v.q)) for v in found]


def _solve_circle(rows: Sequence[Mapping[int, fmpq]], own: Sequence[fmpq]) -> list[fmpq] | None:
    """Return the exact solution of one circle, or None where I − A is not an M-matrix."""
    n = len(own)
    system = fmpq_mat(n, n)
    for i, row in enumerate(rows):
        system[i, i] = fmpq(1)
        for j, value in row.items():
            system[i, j] = system[i, j] - value
    right = fmpq_mat(n, 2)
    for i, value in enumerate(own):
        right[i, 0], right[i, 1] = value, fmpq(1)
    try:
        solved = system.solve(right)
    except ZeroDivisionError:
        return None
    # The second column is (I − A)^-1 of ones, which is positive for M-matrices alone.
    if any(solved[i, 1] <= 0 for i in range(n)):
        return None
    return [solved[i, 0] for i in range(n)]


def _require_amount(user: int, supplier: int, amount: Fraction | float) -> None:
    """Refuse invalid amounts: the proofs do not hold for negative ones."""
    if not 0 <= amount < np.inf:
        raise InputError(
            "K257",
            say(
                "{amount} of product {supplier} goes into product {user}; expected zero or more",
                amount=str(amount),
                supplier=supplier,
                user=user,
            ),
        )


def _rational(value: Fraction | float) -> fmpq:
    exact = Fraction(value)
    return fmpq(exact.numerator, exact.denominator)
