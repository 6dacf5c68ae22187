"""All evolutionarily stable strategies of one population with a payoff matrix, exactly.

An ESS with support S makes v^T A v negative for every v ≠ 0 on S that adds up to zero (Haigh 1975), and
every subset of a support with that property has it too; so supports grow one strategy at a time while an
exact Cholesky step stays positive. On such a support there is at most one rest state. It is an ESS if no
strategy earns more and the form stays negative on the best replies (Abakuks 1980). No ESS has its support
among the best replies of another one (Bishop & Cannings 1976), which prunes the rest (Bomze 1992).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mat

from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.exact.copositivity import copositivity
from separatrix.game.values import exact
from separatrix.io.yaml_output import is_list, kind_of
from separatrix.run.limits import poll

__all__ = ["Ess", "ess_search"]


@dataclass(frozen=True)
class Ess:
    """An evolutionarily stable strategy.

    Attributes
    ----------
    state : the share of every strategy
    support : the strategies with a positive share
    best_replies : the strategies that earn the most against it; the support is among them
    """

    state: tuple[fmpq, ...]
    support: tuple[int, ...]
    best_replies: tuple[int, ...]


def ess_search(matrix: fmpq_mat | Sequence[Sequence[object]]) -> list[Ess]:
    """Return every evolutionarily stable strategy of a payoff matrix, small supports first.

    Parameters
    ----------
    matrix : (n, n), symmetric or not; row = own strategy
        Rows of numbers (floats and texts mean their decimal), or FLINT's matrix of rationals.

    Returns
    -------
    list of Ess
        Exact states, one share a strategy.

    Raises
    ------
    InputError
        G119 for an invalid or non-square matrix, V301 for an entry that is not a finite number.

    References
    ----------
    Bomze (1992), Detecting all evolutionarily stable strategies, J. Optim. Theory Appl. 75, 313-329.

    Examples
    --------
    >>> [ess.state for ess in ess_search([[-1, 4], [0, 2]])]
    [(2/3, 1/3)]
    """
    if not isinstance(matrix, fmpq_mat):
        matrix = _exactly(matrix)
    found: list[Ess] = []
    level = [_Support((k,), ()) for k in range(matrix.nrows())]
    while level:
        following: list[_Support] = []
        for support in level:
            poll()
            strategies = set(support.strategies)
            if any(strategies.issuperset(ess.support) for ess in found):
                continue
            if not any(strategies.issubset(ess.best_replies) for ess in found):
                ess = _with_support(matrix, support.strategies)
                if ess is not None:
                    found.append(ess)
                    continue
            following.extend(support.grown(matrix))
        level = following
    return found


def _exactly(rows: Sequence[Sequence[object]]) -> fmpq_mat:
    if not is_list(rows) or not all(is_list(row) for row in rows):
        raise InputError("G119", f"a payoff matrix is a list of rows of numbers; found {kind_of(rows)}")
    size = len(rows)
    if not size or any(len(row) != size for row in rows):
        raise InputError(
            "G119", f"a payoff matrix must be square; found {size} rows of {[len(r) for r in rows]}"
        )
    return fmpq_mat([[rational(exact(value, "a payoff")) for value in row] for row in rows])


@dataclass(frozen=True)
class _Support:
    """A support on which the form is negative, with the rows of its Cholesky factorisation.

    The form is -v^T A v in the coordinates v_k of all strategies but the first.  With the factors L·D·L^T a
    row holds L·D, left of the pivot, and the pivot.
    """

    strategies: tuple[int, ...]
    rows: tuple[tuple[fmpq, ...], ...]

    def grown(self, matrix: fmpq_mat) -> Iterator[_Support]:
        """Yield the supports with one more, later strategy on which the form is still negative."""
        first = self.strategies[0]
        for new in range(self.strategies[-1] + 1, matrix.nrows()):
            row: list[fmpq] = []
            for above, k in zip(self.rows, self.strategies[1:], strict=True):
                value = _coefficient(matrix, first, k, new)
                for j, left in enumerate(row):
                    value -= above[j] * left / self.rows[j][j]
                row.append(value)
            pivot = _coefficient(matrix, first, new, new)
            for j, left in enumerate(row):
                pivot -= left * left / self.rows[j][j]
            if pivot > 0:
                yield _Support((*self.strategies, new), (*self.rows, (*row, pivot)))


def _coefficient(matrix: fmpq_mat, r: int, a: int, b: int) -> fmpq:
    """The coefficient of v_a·v_b (twice that of v_a²) in -v^T A v, with v_r = -Σ v_k."""
    return (
        matrix[a, r]
        + matrix[r, a]
        + matrix[b, r]
        + matrix[r, b]
        - matrix[a, b]
        - matrix[b, a]
        - 2 * matrix[r, r]
    )


def _with_support(matrix: fmpq_mat, support: tuple[int, ...]) -> Ess | None:
    """The ESS with a support on which the form is negative, if there is one."""
    n, size = matrix.nrows(), len(support)
    first = support[0]
    # Equal payoffs and shares that add up to one; the form's sign makes the solution unique.
    rows = [[matrix[a, b] - matrix[first, b] for b in support] for a in support[1:]]
    system = fmpq_mat([*rows, [1] * size])
    shares = system.solve(fmpq_mat([[0]] * (size - 1) + [[1]]))
    if not all(shares[k, 0] > 0 for k in range(size)):
        return None
    state = [fmpq(0)] * n
    for k, a in enumerate(support):
        state[a] = shares[k, 0]
    payoffs = [sum((matrix[a, b] * state[b] for b in support), fmpq(0)) for a in range(n)]
    best = payoffs[first]
    if any(u > best for u in payoffs):
        return None
    replies = tuple(a for a in range(n) if payoffs[a] == best)
    if len(replies) > size:
        others = [a for a in replies if a not in support]
        coordinates = [*support[1:], *others]
        form = fmpq_mat([[_coefficient(matrix, first, a, b) for b in coordinates] for a in coordinates])
        if copositivity(form, size - 1).kind != "strict":
            return None
    return Ess(tuple(state), support, replies)
