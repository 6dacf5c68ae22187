"""The Bernstein basis on a simplex, and what cells need of it.

A form of degree d in the barycentric coordinates λ of a simplex with k corners is Σ b_α·(d!/α!)·λ^α over the
exponents α with sum d.  Its values lie between the least and the largest b_α; on a face of the simplex only
the b_α with α supported there count; and on a smaller simplex the coefficients are those of its blossom.
Reference: Boudaoud, Caruso & Roy (2008), Certificates of positivity in the Bernstein basis.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mpoly
from numpy.typing import NDArray

from separatrix.run.cached_property import cached_property
from separatrix.run.deadline import poll

__all__ = ["Basis", "Exponents", "Floats", "Spans", "bases_of", "basis", "coefficients", "multinomial"]

Exponents = tuple[int, ...]
Floats = NDArray[np.float64]
Spans = Sequence[Sequence[int]]
"""For each of several simplices the generators of a ring that are its coordinates, all but the last one."""


def multinomial(exponents: Exponents) -> int:
    """Return d!/α!, where d is the sum of the exponents.

    Examples
    --------
    >>> multinomial((2, 1))
    3
    """
    result = math.factorial(sum(exponents))
    for e in exponents:
        result //= math.factorial(e)
    return result


def _exponents(k: int, degree: int) -> Iterator[Exponents]:
    """Yield the exponents of k variables with a given sum, largest first."""
    if k == 1:
        yield (degree,)
        return
    for first in range(degree, -1, -1):
        yield from ((first, *rest) for rest in _exponents(k - 1, degree - first))


@dataclass(frozen=True)
class Basis:
    """The Bernstein basis of one degree on a simplex with k corners; for degree 1 that is the corners.

    Attributes
    ----------
    k : corners of the simplex
    degree : of the forms
    """

    k: int
    degree: int

    @cached_property
    def exponents(self) -> tuple[Exponents, ...]:
        """The exponents α, in the order of all coefficient arrays."""
        return tuple(_exponents(self.k, self.degree))

    @cached_property
    def index(self) -> Mapping[Exponents, int]:
        """The place of each exponent."""
        return {a: n for n, a in enumerate(self.exponents)}

    @property
    def size(self) -> int:
        """The number of coefficients."""
        return len(self.exponents)

    @cached_property
    def middle(self) -> Floats:
        """(size,): the weights that give the value at the centroid."""
        return np.array([multinomial(a) / self.k**self.degree for a in self.exponents])

    @cached_property
    def slopes(self) -> Floats:
        """(size, k): the weights that give, at the centroid, the derivative by each λ."""
        result = np.zeros((self.size, self.k))
        for n, a in enumerate(self.exponents):
            for j in range(self.k):
                if a[j]:
                    lower = (*a[:j], a[j] - 1, *a[j + 1 :])
                    result[n, j] = self.degree * multinomial(lower) / self.k ** (self.degree - 1)
        return result

    @cached_property
    def along(self) -> Mapping[tuple[int, int], tuple[slice | list[int], slice | list[int]]]:
        """For each edge (i, j) the places of the coefficients that follow each other along it."""
        result: dict[tuple[int, int], tuple[slice | list[int], slice | list[int]]] = {}
        for i, j in itertools.combinations(range(self.k), 2):
            if self.degree == 1:
                result[i, j] = slice(i, i + 1), slice(j, j + 1)
                continue
            first, second = [], []
            for n, a in enumerate(self.exponents):
                if a[i]:
                    moved = list(a)
                    moved[i], moved[j] = moved[i] - 1, moved[j] + 1
                    first.append(n)
                    second.append(self.index[tuple(moved)])
            result[i, j] = first, second
        return result

    @cached_property
    def coordinates(self) -> Floats:
        """(k, size): the coefficients of each λ itself."""
        if not self.degree:
            return np.full((self.k, 1), 1 / self.k)
        return np.array([[a[j] / self.degree for a in self.exponents] for j in range(self.k)])

    def places(self, corners: tuple[int, ...]) -> tuple[int, ...]:
        """Return where the coefficients of a face, given by its corners, stand among all coefficients.

        Examples
        --------
        >>> basis(3, 1).places((0, 2))
        (0, 2)
        """
        result = []
        for a in basis(len(corners), self.degree).exponents:
            full = [0] * self.k
            for corner, e in zip(corners, a, strict=True):
                full[corner] = e
            result.append(self.index[tuple(full)])
        return tuple(result)

    def onto(self, corners: Floats) -> Floats:
        """Return the matrices that take coefficients to those on smaller simplices.

        Parameters
        ----------
        corners : (B, k, k); row j holds the barycentric coordinates of the new corner j

        Returns
        -------
        (B, size, size) array
        """
        if self.degree == 1:
            return corners
        count = len(corners)
        if not self.degree:
            return np.ones((count, 1, 1))
        # The new coefficient of α is the blossom at its corners: multiply one linear form a corner.
        products: dict[Exponents, dict[Exponents, Any]] = {(0,) * self.k: {(0,) * self.k: np.ones(count)}}
        for _ in range(self.degree):
            poll()
            longer: dict[Exponents, dict[Exponents, Any]] = {}
            for (a, terms), j in itertools.product(products.items(), range(self.k)):
                target = (*a[:j], a[j] + 1, *a[j + 1 :])
                if target in longer:
                    continue
                raised: dict[Exponents, Any] = {}
                for b, weight in terms.items():
                    for i in range(self.k):
                        c = (*b[:i], b[i] + 1, *b[i + 1 :])
                        raised[c] = raised.get(c, 0.0) + weight * corners[:, j, i]
                longer[target] = raised
            products = longer
        result = np.zeros((count, self.size, self.size))
        for a, terms in products.items():
            for b, weight in terms.items():
                result[:, self.index[a], self.index[b]] = weight
        return result

    @cached_property
    def from_powers(self) -> tuple[tuple[Exponents, ...], list[list[fmpq]]]:
        """The powers of the first k-1 coordinates up to the degree, and each one's coefficients."""
        powers = (
            tuple(a for e in range(self.degree + 1) for a in _exponents(self.k - 1, e))
            if self.k > 1
            else ((),)
        )
        rows = []
        for power in powers:
            poll()
            row = []
            for a in self.exponents:
                if self.degree > 64:  # the factorials are long
                    poll()
                rest = (*(x - y for x, y in zip(a[:-1], power, strict=True)), a[-1])
                fits = all(e >= 0 for e in rest)
                row.append(fmpq(multinomial(rest), multinomial(a)) if fits else fmpq(0))
            rows.append(row)
        return powers, rows

    def raised(self, tensor: NDArray[Any], axis: int) -> NDArray[Any]:
        """Return the coefficients from those of the powers (`from_powers`) along one axis, exactly."""
        if self.degree == 0:
            return tensor
        moved = np.moveaxis(tensor, axis, 0)
        if self.degree == 1:
            result = np.concatenate([moved[1:] + moved[:1], moved[:1]])
        else:
            result = _combined(self.from_powers[1], moved)
        return np.moveaxis(result, 0, axis)


def _combined(rows: list[list[fmpq]], tensor: NDArray[Any]) -> NDArray[Any]:
    """Σ_n rows[n][m]·tensor[n] for each m, in steps between which the time can run out."""
    columns = []
    for weights in zip(*rows, strict=True):
        poll()
        columns.append(sum(w * tensor[n] for n, w in enumerate(weights) if w))
    return np.stack([np.asarray(c, dtype=object) for c in columns])


@functools.cache
def basis(k: int, degree: int) -> Basis:
    """Return the basis of a degree on the simplex with k corners.

    Examples
    --------
    >>> basis(2, 3).exponents
    ((3, 0), (2, 1), (1, 2), (0, 3))
    """
    return Basis(k, degree)


def bases_of(spans: Spans, polynomials: Iterable[fmpq_mpoly]) -> tuple[Basis, ...]:
    """Return, for each of several simplices, the least basis in which polynomials can be written."""
    terms = [exponents for polynomial in polynomials for exponents in polynomial.to_dict()]
    degrees = (max((sum(int(e[v]) for v in span) for e in terms), default=0) for span in spans)
    return tuple(basis(len(span) + 1, degree) for span, degree in zip(spans, degrees, strict=True))


def coefficients(spans: Spans, bases: Sequence[Basis], polynomial: fmpq_mpoly) -> NDArray[Any]:
    """Return the Bernstein coefficients of a polynomial on a product of simplices.

    Returns
    -------
    array of rationals, one axis a simplex
    """
    powers = [b.from_powers for b in bases]
    places = [{power: n for n, power in enumerate(p[0])} for p in powers]
    tensor = np.full(tuple(len(p[0]) for p in powers), fmpq(0), dtype=object)
    for exponents, value in polynomial.to_dict().items():
        key = tuple(
            place[tuple(int(exponents[v]) for v in span)] for place, span in zip(places, spans, strict=True)
        )
        tensor[key] = value
    for q, b in enumerate(bases):
        tensor = b.raised(tensor, q)
    return tensor
