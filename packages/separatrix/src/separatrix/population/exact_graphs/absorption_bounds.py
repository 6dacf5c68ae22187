"""Who takes over and when on many states: Krylov iterations, and a proven bound of what is left of the error.

On the transient states A = I - P is a nonsingular M-matrix, so that its inverse is not negative: x <= y
follows from A x <= A y (Collatz's monotone systems). Let h, near the probabilities, and c, near the updates
until those that fix have done so, be positive. If the residual of h, the fixation probabilities' system, is
in each state at most k times A(h c), then the error of h is at most k h c in each state, which is a
relative error of k c. The times are compared with themselves in the same way. Residuals are sums of
differences, whose rounding is bounded by that of their terms; rows of a stochastic matrix add up to one, so
that nothing else is lost.

The moves between the states of an invasion in floating-point numbers, with a bound of their rounding.

Fitness is a product (exponential) or a sum (linear) of numbers that are each rounded once from exact ones,
and probabilities are made of it without a subtraction; so each has a relative error that is bounded by the
number of operations (Higham, N. J. (2002), Accuracy and Stability of Numerical Algorithms, section 3.1).

References
----------
Collatz, L. (1952), Aufgaben monotoner Art, Archiv der Mathematik 3, 366-376; Berman, A. and Plemmons, R. J.
(1994), Nonnegative Matrices in the Mathematical Sciences, chapter 6, theorem 2.3; Saad, Y. and Schultz, M. H.
(1986), GMRES, SIAM Journal on Scientific and Statistical Computing 7, 856-869.  Each update changes the
parity of the number of mutants, so that the odd states are eliminated first (Young, D. M. (1971), Iterative
Solution of Large Linear Systems, section 5.1).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.expression.precision import DOUBLE, precision
from separatrix.population.exact_graphs.processes import (
    Absorption,
    CertifiedNumber,
    Invasion,
    Pair,
    Replacement,
    certified_number,
    no_fitness,
    reaching,
    replacement_of,
)
from separatrix.run.limits import poll

__all__ = ["JumpChain", "UNIT", "certified_absorption", "jump_chain"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

UNIT = 2.0**-53
"""The largest relative error of one operation."""

CHUNK = 2**15
"""States whose transitions are computed at once: arrays that fit a cache."""

LARGEST_EXPONENT = 500
"""Of a fitness; products of fitness and weights stay well within floats."""


@dataclass(frozen=True)
class JumpChain:
    """Where an invasion moves from each state when it does, in compressed sparse rows.

    Attributes
    ----------
    indptr, targets : ndarray
        The moves from state i lead to ``targets[indptr[i]:indptr[i + 1]]``.
    chances : ndarray
        With these probabilities, given that something changes.
    waiting : ndarray, shape (M,)
        Expected updates until something changes; 0 where nothing ever does.
    error : float
        A bound of the relative error of all chances and of waiting.
    """

    indptr: Integers
    targets: NDArray[np.int32]
    chances: Array
    waiting: Array
    error: float


def jump_chain(invasion: Invasion) -> JumpChain:
    """Return the moves of an invasion.

    Raises
    ------
    InputError
        N305 for a fitness that is not positive; N306 for one that floats do not hold.
    """
    count = invasion.states.count
    tables = _exponential_tables(invasion) if invasion.fitness == "exponential" else _linear_tables(invasion)
    replacement = replacement_of(invasion.graph, float)
    lengths, targets, chances, waiting = [], [], [], []
    cancelled = 1.0
    for begin in range(0, count, CHUNK):
        poll()
        mutants = invasion.states.mutants[begin : begin + CHUNK]
        counts = [(size - m, m) for size, m in zip(invasion.graph.sizes, mutants.T, strict=True)]
        if invasion.fitness == "exponential":
            fit: list[Pair] = [(_product(own[0], mutants), _product(own[1], mutants)) for own in tables]
        else:
            fit, lost = _sums(tables, mutants)
            cancelled = max(cancelled, lost)
        to, probability = _moves(invasion, replacement, mutants, counts, fit)
        total = probability.sum(1)
        moves = probability > 0
        lengths.append(moves.sum(1))
        targets.append(to[moves].astype(np.int32))
        with np.errstate(divide="ignore"):
            waiting.append(np.where(total > 0, 1 / total, 0.0))
        chances.append((probability * waiting[-1][:, None])[moves])
    classes = len(invasion.graph.sizes)
    # At most 18 C + 9 roundings a probability, as many again and 2 C for their sum, and a quotient of both.
    return JumpChain(
        np.concatenate([[0], np.cumsum(np.concatenate(lengths))]),
        np.concatenate(targets),
        np.concatenate(chances),
        np.concatenate(waiting),
        40 * (classes + 1) * UNIT * cancelled,
    )


def _moves(
    invasion: Invasion,
    replacement: Replacement,
    mutants: Integers,
    counts: Sequence[Pair],
    fit: Sequence[Pair],
) -> tuple[Integers, Array]:
    """Return where one update may lead from some states, (n, 2C), and its probabilities."""
    states = invasion.states
    key = mutants @ states.strides
    to = np.zeros((len(mutants), 2 * len(counts)), np.int64)
    probability = np.zeros(to.shape)
    for c, pair in enumerate(invasion.process.flips(replacement, counts, fit)):
        for focal, sign in ((0, 1), (1, -1)):
            there = counts[c][focal] > 0
            column = 2 * c + focal
            probability[:, column] = np.where(there, pair[focal], 0.0)
            to[there, column] = states.orbit[key[there] + sign * states.strides[c]]
    return to, probability


# --------------------------------------------------------------------------- fitness

Table = list[tuple[int, Array]]
"""For each class that is met, a number by how many mutants there are."""


def _exponential_tables(invasion: Invasion) -> list[tuple[Table, Table]]:
    """Return for each class and each strategy the factors of its fitness."""
    for c in range(len(invasion.graph.sizes)):
        for focal in (0, 1):
            most = sum(max(map(abs, terms)) for _, terms in _terms(invasion, c, focal))
            if most > LARGEST_EXPONENT:
                raise InputError(
                    "N306",
                    f"fitness is exp(beta payoff), and beta payoff may be {float(most):.6g}; on a graph with "
                    f"so many states numbers are floats, and {LARGEST_EXPONENT} is the most",
                    hint="choose a smaller beta, or a graph with fewer states",
                )
    with precision(2 * DOUBLE):
        return [
            (
                [(d, np.array([float(arb(rational(t)).exp().mid()) for t in terms])) for d, terms in own],
                [(d, np.array([float(arb(rational(t)).exp().mid()) for t in terms])) for d, terms in other],
            )
            for own, other in _payoff_terms_by_class(invasion)
        ]


def _linear_tables(invasion: Invasion) -> list[tuple[Table, Table]]:
    """Return for each class and each strategy the terms of its fitness but 1."""
    return [
        (
            [(d, np.array([float(t) for t in terms])) for d, terms in own],
            [(d, np.array([float(t) for t in terms])) for d, terms in other],
        )
        for own, other in _payoff_terms_by_class(invasion)
    ]


Terms = list[tuple[int, list[Fraction]]]


def _payoff_terms_by_class(invasion: Invasion) -> Iterator[tuple[Terms, Terms]]:
    for c in range(len(invasion.graph.sizes)):
        yield list(_terms(invasion, c, 0)), list(_terms(invasion, c, 1))


def _terms(invasion: Invasion, c: int, focal: int) -> Iterator[tuple[int, list[Fraction]]]:
    """Return beta times what a member of class c earns from each class it meets, by the mutants there."""
    earned = invasion.matrix[focal]
    for d, weight in invasion.met[c]:
        size = invasion.graph.sizes[d]
        terms = []
        for mutants in range(size + 1):
            there = [size - mutants, mutants]
            there[focal] -= c == d and there[focal] > 0
            terms.append(invasion.beta * weight * (there[0] * earned[0] + there[1] * earned[1]))
        yield d, terms


def _product(table: Table, mutants: Integers) -> Array:
    result = np.ones(len(mutants))
    for d, factors in table:
        result *= factors[mutants[:, d]]
    return result


def _sums(tables: Sequence[tuple[Table, Table]], mutants: Integers) -> tuple[list[Pair], float]:
    """Return fitness, and by how much more it is rounded than a sum of positive terms would be."""
    fit: list[Pair] = []
    lost = 1.0
    for own in tables:
        pair = []
        for table in own:
            value, size = np.ones(len(mutants)), np.ones(len(mutants))
            for d, terms in table:
                term = terms[mutants[:, d]]
                value += term
                size += np.abs(term)
            if value.min() <= 0:
                raise no_fitness(float(value.min()))
            lost = max(lost, float((size / value).max()))
            pair.append(value)
        fit.append(pair)
    return fit, lost


Mask = NDArray[np.bool_]

ROUNDS = 40
"""Of refinement: each gains the digits of one solution; guesses that are far off take some more."""

SWEEPS = 4
"""Of positive numbers after each solution."""

SOLVED = 1e-9
"""Relative residual of one solution: refinement gains as many digits a round."""

RESTART, RESTARTS = 60, 30
"""Krylov vectors that are kept, and how often they are begun again: memory, and time that is given up."""

SMALLEST = 1e-280
"""Of probabilities whose products and quotients floats hold with all digits."""

SLACK = 1.0001
"""For the rounding of the bounds themselves."""


@dataclass(frozen=True)
class _System:
    """The transient states, those with an even number of mutants first.

    ``odd`` leads from even to odd states and ``even`` back; ``fix`` and ``leave`` are the chances of moving
    to where mutants have taken over, and to where they never do.
    """

    states: NDArray[np.int64]
    split: int
    odd: Any
    even: Any
    fix: Array
    leave: Array
    waiting: Array

    def differences(self, x: Array) -> tuple[Array, Array]:
        """Return the sums of chance times (x there - x here), and of its size, over inner moves."""
        result, size = np.zeros_like(x), np.zeros_like(x)
        first, last = slice(0, self.split), slice(self.split, None)
        for matrix, here, there in ((self.odd, first, last), (self.even, last, first)):
            _add_differences(matrix, x[here], x[there], result[here], size[here])
        return result, size

    def swept(self, h: Array) -> Array:
        """Return fixation probabilities after a few sweeps, which only add and multiply what is positive."""
        first, last = h[: self.split], h[self.split :]
        for _ in range(SWEEPS):
            last = self.even @ first + self.fix[self.split :]
            first = self.odd @ last + self.fix[: self.split]
        return np.concatenate([first, last])

    def solve(self, scale: Array, right: Array) -> Array:
        """Return about y with y - (P (scale y)) / scale = right."""
        own, other = scale[: self.split], scale[self.split :]
        first, last = right[: self.split], right[self.split :]

        def apply(y: Array) -> Array:
            poll()
            return np.asarray(y - self.odd @ (self.even @ (own * y)) / own)

        reduced = first + self.odd @ (other * last) / own
        y = _gmres(apply, reduced)
        return np.concatenate([y, last + self.even @ (own * y) / other])


def _gmres(apply: Callable[[Array], Array], right: Array) -> Array:
    """Return about y with apply(y) = right, by restarted GMRES with two passes of Gram and Schmidt's method.

    Products are sums of einsum and not of a BLAS: whose threads take turns in vectors of some thousand
    numbers, and wait for one another ten times longer than they compute.
    """
    y, left = np.zeros_like(right), right
    goal = SOLVED * _norm(right)
    basis = np.empty((RESTART + 1, len(right)))
    for _ in range(RESTARTS):
        size = _norm(left)
        if not size > goal:
            break
        basis[0] = left / size
        # The rotated Hessenberg matrix, and the rotated right side, whose last entry is the residual.
        triangle, rotated = np.zeros((RESTART, RESTART)), np.zeros(RESTART + 1)
        rotations: list[tuple[float, float]] = []
        rotated[0], used = size, 0
        while used < RESTART and abs(rotated[used]) > goal:
            w = apply(basis[used])
            before, column = _norm(w), np.zeros(used + 1)
            for _ in range(2):
                part = np.einsum("ij,j->i", basis[: used + 1], w)
                w = w - np.einsum("i,ij->j", part, basis[: used + 1])
                column += part
            length = _norm(w)
            for k, (c, s) in enumerate(rotations):
                column[k], column[k + 1] = (
                    c * column[k] + s * column[k + 1],
                    c * column[k + 1] - s * column[k],
                )
            radius = math.hypot(column[used], length)
            if not radius > 0:
                break
            c, s = float(column[used]) / radius, length / radius
            rotations.append((c, s))
            column[used] = radius
            triangle[: used + 1, used] = column
            rotated[used], rotated[used + 1] = c * rotated[used], -s * rotated[used]
            used += 1
            if length <= UNIT * before:
                break
            basis[used] = w / length
        if not used:
            break
        # Back substitution.
        parts = np.zeros(used)
        for k in range(used - 1, -1, -1):
            parts[k] = (rotated[k] - np.dot(triangle[k, k + 1 : used], parts[k + 1 :])) / triangle[k, k]
        y = y + np.einsum("i,ij->j", parts, basis[:used])
        left = right - apply(y)
    return y


def _norm(vector: Array) -> float:
    return math.sqrt(float(np.einsum("i,i->", vector, vector)))


def _add_differences(matrix: Any, here: Array, there: Array, result: Array, size: Array) -> None:
    step = max(1, 2**20 // max(1, matrix.nnz // max(1, len(here)) + 1))
    for begin in range(0, len(here), step):
        poll()
        end = min(begin + step, len(here))
        lengths = np.diff(matrix.indptr[begin : end + 1])
        inside = slice(matrix.indptr[begin], matrix.indptr[end])
        moved = matrix.data[inside] * (there[matrix.indices[inside]] - np.repeat(here[begin:end], lengths))
        some = np.flatnonzero(lengths)
        if len(some):
            begins = (matrix.indptr[begin:end] - matrix.indptr[begin])[some]
            result[begin + some] = np.add.reduceat(moved, begins)
            size[begin + some] = np.add.reduceat(np.abs(moved), begins)


def certified_absorption(invasion: Invasion, asked: Sequence[int]) -> Absorption:
    """Return what becomes of mutants in some states, with proven bounds.

    Raises
    ------
    InputError
        N305 for a fitness that is not positive; N306 where selection is too strong for floats.
    """
    chain = jump_chain(invasion)
    count = invasion.states.count
    fix, undecided = _reachable_absorption(chain, count)
    parity = invasion.states.mutants.sum(1) % 2 == 1
    bound = 2 * chain.error + 4 * (len(invasion.graph.sizes) + 2) * UNIT
    system = _system(chain, fix, parity)
    probability: list[CertifiedNumber] = []
    chance, fixing, chance_error, fixing_error = _fixation(system, _guess(invasion, chain, system), bound)
    place = {state: k for k, state in enumerate(system.states.tolist())}
    zero = CertifiedNumber(0.0, 0.0, 0.0, -math.inf)
    during: list[CertifiedNumber | None] = []
    for state in asked:
        at = place.get(state)
        probability.append(
            zero if at is None else certified_number(float(chance[at]), float(chance_error[at]))
        )
        during.append(None if at is None else certified_number(float(fixing[at]), fixing_error))
    if not np.array_equal(fix, ~undecided):
        system = _system(chain, ~undecided, parity)
        place = {state: k for k, state in enumerate(system.states.tolist())}
    time, time_error = _time(system, bound)
    until = [
        None if state not in place else certified_number(float(time[place[state]]), time_error)
        for state in asked
    ]
    return Absorption("iterative", probability, during, until)


def _reachable_absorption(chain: JumpChain, count: int) -> tuple[Mask, Mask]:
    """Return from which transient states mutants may fix, and from which the end may stay open."""
    sources = np.repeat(np.arange(count), np.diff(chain.indptr))
    moves = (sources, chain.targets.astype(np.int64))
    fix = reaching(moves, [count - 1], count)
    vanish = reaching(moves, [0], count)
    undecided = reaching(moves, np.flatnonzero(~(fix | vanish)), count)
    fix[[0, -1]] = False
    undecided[[0, -1]] = True
    return fix, undecided


def _system(chain: JumpChain, inner: Mask, parity: Mask) -> _System:
    even, odd = np.flatnonzero(inner & ~parity), np.flatnonzero(inner & parity)
    states = np.concatenate([even, odd])
    place = np.full(len(inner), -1, np.int64)
    place[even], place[odd] = np.arange(len(even)), np.arange(len(odd))
    halves, fixes, leaves = [], [], []
    for own, other in ((even, odd), (odd, even)):
        lengths = (chain.indptr[own + 1] - chain.indptr[own]).astype(np.int64)
        begins = np.concatenate([[0], np.cumsum(lengths)])
        picked = np.arange(begins[-1]) + np.repeat(chain.indptr[own] - begins[:-1], lengths)
        to, chance = chain.targets[picked], chain.chances[picked]
        rows = np.repeat(np.arange(len(own), dtype=np.int32), lengths)
        stays = inner[to]
        taken = to == len(inner) - 1
        fixes.append(np.bincount(rows[taken], chance[taken], len(own)))
        leaves.append(np.bincount(rows[~stays & ~taken], chance[~stays & ~taken], len(own)))
        indptr = np.concatenate([[0], np.cumsum(np.bincount(rows[stays], minlength=len(own)))])
        columns = place[to[stays]].astype(np.int32)
        halves.append(csr_matrix((chance[stays], columns, indptr), shape=(len(own), len(other))))
    return _System(
        states,
        len(even),
        halves[0],
        halves[1],
        np.concatenate(fixes),
        np.concatenate(leaves),
        chain.waiting[states],
    )


def _guess(invasion: Invasion, chain: JumpChain, system: _System) -> Array:
    """Return fixation probabilities of a chain on the number of mutants alone, averaged over states."""
    number = invasion.states.mutants.sum(1)
    sources = np.repeat(np.arange(len(number)), np.diff(chain.indptr))
    up = number[chain.targets] > number[sources]
    top = int(number[-1])
    ups = np.bincount(number[sources[up]], chain.chances[up], top + 1)[1:top]
    downs = np.bincount(number[sources[~up]], chain.chances[~up], top + 1)[1:top]
    ratios = np.cumsum(np.log(np.maximum(downs, 1e-300)) - np.log(np.maximum(ups, 1e-300)))
    sums = np.logaddexp.accumulate(np.concatenate([[0.0], ratios]))
    logs = sums - sums[-1]
    return np.asarray(np.maximum(np.exp(logs[number[system.states] - 1]), SMALLEST))


# --------------------------------------------------------------------------- solutions and their bounds


def _fixation(system: _System, guess: Array, bound: float) -> tuple[Array, Array, Array, float]:
    """Return probabilities of fixing, times of those that fix, and the relative errors of both."""
    h, best = guess, math.inf
    for _ in range(ROUNDS):
        moved, size = system.differences(h)
        residual = (moved + system.fix * (1 - h) - system.leave * h) / h
        worst = float(np.abs(residual).max(initial=0.0))
        if worst >= best / 2 and best < SOLVED:
            break
        best = min(best, worst)
        y = system.solve(h, residual)
        # Corrections of a poor guess may overshoot. Probabilities are positive, and what is too small for a
        # correction to see follows from larger ones nearby.
        h = system.swept(h * np.clip(1 + y, 1e-3, 1e3))
    if not h.min(initial=1.0) > SMALLEST:
        raise _too_strong()
    time = system.solve(h, system.waiting)
    for _ in range(ROUNDS):
        residual, rounding = _time_residual(system, h, time, bound)
        worst = float((np.abs(residual) / system.waiting).max(initial=0.0))
        if worst < 1e-12 or worst < 4 * float((rounding / system.waiting).max(initial=0.0)):
            break
        time = time + system.solve(h, residual)
    residual, rounding = _time_residual(system, h, time, bound)
    spent = SLACK * float(((np.abs(residual) + rounding) / system.waiting).max(initial=0.0))
    if not spent < 0.5 or not time.min(initial=1.0) > 0:
        raise _too_strong()
    moved, size = system.differences(h)
    left = np.abs(moved + system.fix * (1 - h) - system.leave * h)
    left += bound * (size + system.fix * np.abs(1 - h) + system.leave * h)
    compared = SLACK * float((left / (h * system.waiting)).max(initial=0.0)) / (1 - spent)
    chance_error = SLACK * compared * time
    worst = float(chance_error.max(initial=0.0))
    if not worst < 0.5:
        raise _too_strong()
    return h, time, chance_error, SLACK * ((1 + (worst + spent) / (1 - worst)) / (1 - worst) - 1)


def _time_residual(system: _System, h: Array, time: Array, bound: float) -> tuple[Array, Array]:
    """Return by how much times of those that fix miss their equations, over h, and its rounding."""
    weighted = h * time
    moved, size = system.differences(weighted)
    lost = (system.fix + system.leave) * weighted
    rounding = bound * (size + lost) / h + bound * system.waiting
    return system.waiting + (moved - lost) / h, rounding


def _time(system: _System, bound: float) -> tuple[Array, float]:
    """Return the times until either strategy has taken over, and a bound of their relative error."""
    one = np.ones(len(system.states))
    time = system.solve(one, system.waiting)
    for last in (*[False] * ROUNDS, True):
        residual, rounding = _time_residual(system, one, time, bound)
        worst = SLACK * float(((np.abs(residual) + rounding) / system.waiting).max(initial=0.0))
        if last or float((np.abs(residual) / system.waiting).max(initial=0.0)) < 1e-12:
            break
        time = time + system.solve(one, residual)
    if not worst < 0.5:
        raise _too_strong()
    return time, worst / (1 - worst)


def _too_strong() -> InputError:
    return InputError(
        "N306",
        "selection is so strong that rounding errors dominate the answer in floating point",
        hint="choose a smaller beta, or a graph with fewer states",
    )
