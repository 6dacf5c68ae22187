"""The faces of the state space, which are products of supports, and those that exact signs leave empty.

The payoffs of a field as Bernstein coefficients over the product of the populations' simplices.

Each population's payoffs are taken relative to its last strategy and multiplied by one positive number and,
where they are quotients, by one polynomial that is positive at every state.  Neither changes where two of
them are equal, nor which one is larger.  What is left are whole numbers, so signs are exact.

The exact equations of one face: equal payoffs of the played strategies, in the free shares.

Two types are distinguished. A `FaceSystem` is the game on a face: its equations and their derivatives are
the game's own, and every statement about a state comes from them. A `Locus` is the set of common zeros of
polynomials; these may be factors of the game's equations, or the equations with a share eliminated, so
their derivatives say nothing about the game.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq, fmpq_mpoly
from numpy.typing import NDArray

from separatrix.analysis.payoff_functions import Field
from separatrix.exact.algebraic_numbers import Exact
from separatrix.exact.bernstein import Basis, bases_of, basis, coefficients
from separatrix.run.cached_property import cached_property

__all__ = [
    "Compiled",
    "Face",
    "FaceFamily",
    "FaceSystem",
    "Forms",
    "Integers",
    "Locus",
    "Numerators",
    "count_faces",
    "evaluate_exactly",
    "families",
    "forms_of",
    "remainder",
    "shapes",
]

Integers = NDArray[Any]
"""Whole numbers: int64 where they are small enough, else Python's own."""

LARGE = 2**60  # two coefficients can be subtracted in 64 bits


@dataclass(frozen=True, eq=False)
class Forms:
    """The payoffs in Bernstein form.

    Attributes
    ----------
    sizes : strategies of each population
    bases : for each population the basis on its simplex; all payoffs share them
    payoffs : for each population an array of whole numbers (strategy, coefficient of population 0, of
        population 1, ...); an axis has length 1 where the payoffs do not depend on those shares
    """

    sizes: tuple[int, ...]
    bases: tuple[Basis, ...]
    payoffs: tuple[Integers, ...]

    @property
    def n(self) -> int:
        """The number of populations."""
        return len(self.sizes)

    @cached_property
    def uses(self) -> tuple[tuple[bool, ...], ...]:
        """Whether the payoffs of the first population depend on the shares of the second."""
        return tuple(tuple(payoff.shape[1 + q] > 1 for q in range(self.n)) for payoff in self.payoffs)

    @cached_property
    def multiaffine(self) -> bool:
        """Whether payoffs are affine in each other population's shares and independent of the own ones."""
        return all(b.degree <= 1 for b in self.bases) and not any(self.uses[i][i] for i in range(self.n))

    def sign_on(self, face: Sequence[tuple[int, ...]], p: int, a: int, b: int) -> int | None:
        """Return the sign of one payoff of p minus another one inside a face, or None where it may change."""
        index = tuple(
            np.array(full.places(played)) if used else np.zeros(1, dtype=np.int64)
            for full, played, used in zip(self.bases, face, self.uses[p], strict=True)
        )
        values = (self.payoffs[p][a] - self.payoffs[p][b])[np.ix_(*index)]
        low, high = values.min(), values.max()
        if low == high == 0:
            return 0
        return 1 if low >= 0 else -1 if high <= 0 else None


def forms_of(field: Field, numerators: Sequence[Sequence[fmpq_mpoly]]) -> Forms:
    """Return the Bernstein coefficients of polynomials that compare a field's payoffs.

    Parameters
    ----------
    field : Field
    numerators : for each population and strategy a polynomial in the field's reduced coordinates; that
        of a strategy minus that of another one has the sign of the difference of their payoffs
    """
    bases = bases_of(field.spans, (u for row in numerators for u in row))
    return Forms(field.sizes, bases, tuple(_population(field, bases, row) for row in numerators))


def _population(field: Field, bases: tuple[Basis, ...], row: Sequence[fmpq_mpoly]) -> Integers:
    used = bases_of(field.spans, row)
    own = tuple(b if u.degree else basis(b.k, 0) for b, u in zip(bases, used, strict=True))
    tensors = [coefficients(field.spans, own, polynomial) for polynomial in row]
    scale = math.lcm(*(int(v.q) for tensor in tensors for v in tensor.flat))
    whole = [[int((v * scale).p) for v in tensor.flat] for tensor in tensors]
    small = all(abs(v) < LARGE for values in whole for v in values)
    shape = tuple(b.size for b in own)
    return np.array(whole, dtype=np.int64 if small else object).reshape(len(row), *shape)


MOST_FACES = 4096  # of a family
MOST_NUMBERS = 1_000_000  # coefficients of one population's equations on all faces of a family

Face = tuple[tuple[int, ...], ...]
"""For each population the strategies that are played, ascending."""


def count_faces(sizes: Sequence[int]) -> int:
    """Return the number of faces: of populations with k strategies, 2**k - 1 each.

    Examples
    --------
    >>> count_faces((2, 2, 2, 2))
    81
    """
    return math.prod(2**size - 1 for size in sizes)


@dataclass(frozen=True, eq=False)
class FaceFamily:
    """Faces with equally many strategies played by each population; they are treated side by side.

    Attributes
    ----------
    forms : payoffs in Bernstein form
    played : strategies played by each population
    faces : the faces of the family
    """

    forms: Forms
    played: tuple[int, ...]
    faces: tuple[Face, ...]

    @cached_property
    def mixing(self) -> tuple[int, ...]:
        """The populations that play more than one strategy, those with few first."""
        every = (q for q, m in enumerate(self.played) if m > 1)
        return tuple(sorted(every, key=lambda q: (self.played[q], self.forms.bases[q].degree)))

    @cached_property
    def bases(self) -> tuple[Basis, ...]:
        """For each mixing population the basis on the simplex of the strategies that it plays."""
        return tuple(basis(self.played[q], self.forms.bases[q].degree) for q in self.mixing)

    @property
    def dimension(self) -> int:
        """The number of free shares."""
        return sum(self.played) - len(self.played)

    def only(self, keep: NDArray[np.bool_]) -> FaceFamily:
        """Return the family of the faces that are kept."""
        return FaceFamily(self.forms, self.played, tuple(itertools.compress(self.faces, keep)))

    def differences(self, p: int) -> Integers:
        """Return the payoffs of a population's played strategies minus that of the last one it plays.

        Returns
        -------
        (faces, m-1, ...) array of whole numbers, one axis a mixing population, in the order of `mixing`
        """
        supports = np.array([face[p] for face in self.faces])
        payoff = self.forms.payoffs[p]
        index: list[NDArray[np.int64]] = [supports.reshape(*supports.shape, *([1] * self.forms.n))]
        for q in range(self.forms.n):
            if self.forms.uses[p][q]:
                full = self.forms.bases[q]
                places = np.array([full.places(face[q]) for face in self.faces])
            else:
                places = np.zeros((len(self.faces), 1), dtype=np.int64)
            shape = [len(self.faces)] + [1] * (self.forms.n + 1)
            shape[2 + q] = places.shape[1]
            index.append(places.reshape(shape))
        values = payoff[tuple(index)]
        values = values[:, :-1] - values[:, -1:]
        pure = [q for q in range(self.forms.n) if q not in self.mixing]
        values = values.transpose(0, 1, *(2 + q for q in (*self.mixing, *pure)))
        return values.reshape(values.shape[: 2 + len(self.mixing)])

    @cached_property
    def systems(self) -> tuple[Integers, ...]:
        """For each mixing population its `differences`."""
        return tuple(self.differences(p) for p in self.mixing)

    @cached_property
    def vanishing(self) -> NDArray[np.bool_]:
        """For each face whether two strategies of some population earn the same throughout."""
        result = np.zeros(len(self.faces), dtype=bool)
        for system in self.systems:
            pairs = all_pairs(system)
            result |= (pairs.reshape(len(self.faces), pairs.shape[1], -1) == 0).all(axis=2).any(axis=1)
        return result

    @cached_property
    def dominated(self) -> NDArray[np.bool_]:
        """For each face whether a played strategy earns more than another one at all its states.

        Coefficients of one sign, not all zero, give a positive value wherever all shares are positive.
        """
        result = np.zeros(len(self.faces), dtype=bool)
        for system in self.systems:
            pairs = all_pairs(system)
            flat = pairs.reshape(len(self.faces), pairs.shape[1], -1)
            low, high = flat.min(axis=2), flat.max(axis=2)
            result |= (((low >= 0) & (high > 0)) | ((high <= 0) & (low < 0))).any(axis=1)
        return result


def all_pairs(system: Integers) -> Integers:
    """Return the differences of all pairs of strategies from those with the last one (axis 1)."""
    count = system.shape[1]
    if count == 1:
        return system
    first, second = zip(*itertools.combinations(range(count), 2), strict=True)
    return np.concatenate([system, system[:, list(first)] - system[:, list(second)]], axis=1)


def shapes(forms: Forms) -> Iterator[list[tuple[int, ...]]]:
    """Yield the numbers of strategies that populations can play, those that give alike equations together.

    Few free shares come first.
    """
    groups: dict[tuple[tuple[int, int], ...], list[tuple[int, ...]]] = {}
    for played in itertools.product(*(range(1, size + 1) for size in forms.sizes)):
        key = sorted((m, b.degree) for m, b in zip(played, forms.bases, strict=True) if m > 1)
        groups.setdefault(tuple(key), []).append(played)
    yield from sorted(groups.values(), key=lambda g: (sum(g[0]), g[0]))


def families(forms: Forms, shape: Sequence[tuple[int, ...]]) -> Iterator[FaceFamily]:
    """Yield all faces of a shape, in families that fit into memory."""
    for played in shape:
        numbers = math.prod(basis(m, b.degree).size for m, b in zip(played, forms.bases, strict=True))
        most = max(1, min(MOST_FACES, MOST_NUMBERS // (numbers * max(played))))
        supports = [
            list(itertools.combinations(range(size), m)) for size, m in zip(forms.sizes, played, strict=True)
        ]
        pending = itertools.product(*supports)
        while faces := tuple(itertools.islice(pending, most)):
            yield FaceFamily(forms, played, faces)


Numerators = tuple[tuple[fmpq_mpoly, ...], ...]
"""For each population and strategy a polynomial in the reduced coordinates that orders the payoffs."""


class Compiled:
    """A polynomial prepared for evaluation at balls, with its gradient.

    Parameters
    ----------
    polynomial : fmpq_mpoly
    variables : the generators that occur, in the order of the arguments
    """

    def __init__(self, polynomial: fmpq_mpoly, variables: Sequence[int]) -> None:
        place = {v: n for n, v in enumerate(variables)}
        self.count = len(place)
        self.terms = [
            (value, [(place[v], int(e)) for v, e in enumerate(exponents) if e])
            for exponents, value in polynomial.to_dict().items()
        ]

    def value(self, point: Sequence[arb]) -> arb:
        """Return the value at a point."""
        total = arb(0)
        for value, factors in self.terms:
            term = arb(value)
            for n, e in factors:
                term = term * (point[n] if e == 1 else point[n] ** e)
            total = total + term
        return total

    def gradient(self, point: Sequence[arb]) -> list[arb]:
        """Return the derivatives by all variables at a point."""
        result = [arb(0)] * self.count
        for value, factors in self.terms:
            for k, (n, e) in enumerate(factors):
                term = arb(value * e if e > 1 else value)
                if e > 1:
                    term = term * point[n] ** (e - 1)
                for m, (other, power) in enumerate(factors):
                    if m != k:
                        term = term * (point[other] if power == 1 else point[other] ** power)
                result[n] = result[n] + term
        return result


def evaluate_exactly(polynomial: fmpq_mpoly, point: Sequence[Exact]) -> Exact:
    """Return the value at a point of exact coordinates, one a generator.

    Raises
    ------
    ValueError
        Where the coordinates lie in different quadratic fields.
    """
    plain = [x for x in point if isinstance(x, fmpq)]
    if len(plain) == len(point):
        value: fmpq = polynomial(*plain) if plain else polynomial.leading_coefficient()
        return value
    total: Exact = fmpq(0)
    for exponents, coefficient in polynomial.to_dict().items():
        term: Exact = coefficient
        for x, e in zip(point, exponents, strict=True):
            for _ in range(int(e)):
                term = term * x
        total = total + term
    return total


def remainder(polynomial: fmpq_mpoly, equations: Sequence[fmpq_mpoly]) -> fmpq_mpoly:
    """Return a polynomial less multiples of equations: the same on their common zeros."""
    for equation in equations:
        polynomial = polynomial % equation
    return polynomial


@dataclass(frozen=True, eq=False)
class FaceSystem:
    """The equations of a face in its free shares.

    In each population the last strategy that is played has the share that the others leave.

    Attributes
    ----------
    field : Field
    numerators : polynomials that order the payoffs of each population
    face : strategies played by each population
    """

    field: Field
    numerators: Numerators
    face: Face

    @cached_property
    def free(self) -> tuple[tuple[int, int], ...]:
        """The strategies whose shares are free, as (population, strategy)."""
        return tuple((q, a) for q, played in enumerate(self.face) for a in played[:-1])

    @cached_property
    def variables(self) -> tuple[int, ...]:
        """The generator of the field's ring for each free share."""
        return tuple(self.field.offsets[q] + a for q, a in self.free)

    @cached_property
    def polynomials(self) -> list[list[fmpq_mpoly]]:
        """The shares of all strategies in the free shares, population by population."""
        generators, ring = self.field.ring.context.gens(), self.field.ring
        shares = self.shares([generators[v] for v in self.variables])
        return [[ring.zero + x for x in row] for row in shares]

    @cached_property
    def spans(self) -> tuple[tuple[int, ...], ...]:
        """The generators of the free shares of each population that mixes."""
        mixing = ((q, played[:-1]) for q, played in enumerate(self.face) if len(played) > 1)
        return tuple(tuple(self.field.offsets[q] + a for a in kept) for q, kept in mixing)

    @cached_property
    def substitution(self) -> list[fmpq_mpoly]:
        """What each generator of the ring is on the face."""
        return self.reduced(self.polynomials)

    def restrict(self, polynomial: fmpq_mpoly) -> fmpq_mpoly:
        """Return a polynomial of the field's ring as one in the free shares."""
        if not self.field.ring.names:
            return polynomial
        return polynomial.compose(*self.substitution, ctx=self.field.ring.context)

    @cached_property
    def equations(self) -> tuple[fmpq_mpoly, ...]:
        """Payoffs of the played strategies minus those of the last one, times a positive polynomial.

        They vanish at the face's rest states: one a free share.
        """
        return tuple(
            self.restrict(self.numerators[q][a] - self.numerators[q][self.face[q][-1]]) for q, a in self.free
        )

    @cached_property
    def locus(self) -> Locus:
        """Where the game's own equations vanish."""
        return Locus(self, self.equations)

    def jacobian(self, point: Sequence[arb]) -> arb_mat:
        """Return the derivatives of the game's equations (rows) by the free shares (columns)."""
        return self.locus.jacobian(point)

    def shares(self, point: Sequence[Any]) -> list[list[Any]]:
        """Return the shares of all strategies, population by population, at given free shares.

        The free shares are exact or balls, and so are the results.
        """
        values = iter(point)
        result = []
        for size, played in zip(self.field.sizes, self.face, strict=True):
            row: list[Any] = [fmpq(0)] * size
            rest: Any = 1
            for a in played[:-1]:
                row[a] = next(values)
                rest = rest - row[a]
            row[played[-1]] = rest if len(played) > 1 else fmpq(1)
            result.append(row)
        return result

    def value(self, polynomial: fmpq_mpoly, point: Sequence[Exact]) -> Exact:
        """Return the value of a polynomial in the ring's coordinates at exact free shares."""
        return evaluate_exactly(polynomial, self.reduced(self.shares(point)))

    def reduced(self, shares: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the coordinates of the field's ring at given shares."""
        return [x for row in shares for x in row[:-1]]


@dataclass(frozen=True, eq=False)
class Locus:
    """Common zeros of polynomials on a face; at those that are looked for, the game is at rest.

    Attributes
    ----------
    system : the game on the face
    polynomials : in the free shares; the game's equations, or others with fewer or simpler zeros
    """

    system: FaceSystem
    polynomials: tuple[fmpq_mpoly, ...]

    @cached_property
    def _compiled(self) -> tuple[Compiled, ...]:
        return tuple(Compiled(f, self.system.variables) for f in self.polynomials)

    def values(self, point: Sequence[arb]) -> list[arb]:
        """Return the polynomials' values where the free shares have given values."""
        return [f.value(point) for f in self._compiled]

    def jacobian(self, point: Sequence[arb]) -> arb_mat:
        """Return the polynomials' derivatives (rows) by the free shares (columns)."""
        return arb_mat([f.gradient(point) for f in self._compiled])
