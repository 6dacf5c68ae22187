"""Equations of a face taken apart: multiples dropped, factors without zeros struck out, choices listed.

A product vanishes where one of its factors does.  So the zeros of a system are those of the systems that take
one irreducible factor of each equation; where equations share a factor, fewer equations are left.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from flint import fmpq, fmpq_mat, fmpq_mpoly

from separatrix.analysis.branch_and_prune.face_equations import FaceSystem
from separatrix.exact.bernstein import Basis, Floats, Spans, bases_of, coefficients
from separatrix.run.deadline import poll

__all__ = ["choices", "one_signed", "scaled_coefficients"]

MOST_CHOICES = 64


def scaled_coefficients(spans: Spans, bases: Sequence[Basis], polynomials: Sequence[fmpq_mpoly]) -> Floats:
    """Return the Bernstein coefficients of polynomials as floats, each times a power of two: at most one."""
    tensors = []
    for polynomial in polynomials:
        values = coefficients(spans, bases, polynomial)
        largest = max(abs(v) for v in values.flat)
        scale = fmpq(2) ** (int(largest.q).bit_length() - int(largest.p).bit_length() - 1)
        scaled = [v * scale for v in values.flat]
        tensors.append(np.array([int(v.p) / int(v.q) for v in scaled]).reshape(values.shape))
    return np.stack(tensors)


def one_signed(system: FaceSystem, polynomial: fmpq_mpoly) -> bool:
    """Return whether coefficients of one sign show that a polynomial has no zero inside the face."""
    values = coefficients(system.spans, bases_of(system.spans, [polynomial]), polynomial)
    low, high = min(values.flat), max(values.flat)
    return bool(low >= 0 and high > 0) or bool(high <= 0 and low < 0)


def independent(polynomials: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
    """Return polynomials that span the same space over the rationals, none a combination of the others.

    Equations in the same shares are combined so that terms of high degree cancel where they can.
    """
    groups: dict[tuple[bool, ...], list[fmpq_mpoly]] = {}
    for polynomial in polynomials:
        groups.setdefault(tuple(bool(d) for d in polynomial.degrees()), []).append(polynomial)
    result: list[fmpq_mpoly] = []
    for group in groups.values():
        result.extend(_echelon(group) if len(group) > 1 else group)
    rank = _matrix(result)[0].rank()
    return result if rank == len(result) else _echelon(result)


def _matrix(polynomials: Sequence[fmpq_mpoly]) -> tuple[fmpq_mat, list[tuple[int, ...]]]:
    """Coefficients of the polynomials (rows) by monomials of falling degree."""
    terms = [p.to_dict() for p in polynomials]
    monomials = sorted({m for t in terms for m in t}, key=lambda m: (-sum(m), [-e for e in m]))
    rows = [[t.get(m, fmpq(0)) for m in monomials] for t in terms]
    return fmpq_mat(rows) if rows else fmpq_mat(0, 0), monomials


def _echelon(polynomials: Sequence[fmpq_mpoly]) -> list[fmpq_mpoly]:
    rows, monomials = _matrix(polynomials)
    reduced, rank = rows.rref()
    context = polynomials[0].context()
    return [
        context.from_dict({m: reduced[r, c] for c, m in enumerate(monomials) if reduced[r, c] != 0})
        for r in range(rank)
    ]


def choices(system: FaceSystem, polynomials: Sequence[fmpq_mpoly]) -> Iterator[tuple[fmpq_mpoly, ...]] | None:
    """Return the systems of irreducible equations whose zeros inside the face are those of a given system.

    None where there would be too many.
    """
    options: list[list[fmpq_mpoly]] = []
    for polynomial in independent([p for p in polynomials if p]):
        poll()
        factors = [f / f.leading_coefficient() for f, _ in polynomial.factor()[1]]
        factors = [f for f in factors if not f.is_constant() and not one_signed(system, f)]
        options.append(factors)
    count = 1
    for factors in options:
        count *= len(factors)
    if count > MOST_CHOICES:
        return None
    # A factor that two equations share solves both; sets drop what is said twice.
    unique: dict[frozenset[str], tuple[fmpq_mpoly, ...]] = {}
    for choice in itertools.product(*options):
        distinct = {str(f): f for f in choice}
        unique.setdefault(frozenset(distinct), tuple(distinct.values()))
    smallest = [choice for key, choice in unique.items() if not any(other < key for other in unique)]
    return iter(smallest)
