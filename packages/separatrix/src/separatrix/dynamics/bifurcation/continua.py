"""Continua of rest points at an irrational value of the parameter, where no exact analysis is possible.

On an edge every state rests where the polynomial of the edge vanishes.  On a face with linear equations a
segment rests where these have a line of solutions that meets the face: decided in the field of the value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from flint import fmpq, fmpq_poly
from numpy.typing import NDArray

from separatrix.dynamics.bifurcation.branch_points import Resting, in_face
from separatrix.dynamics.bifurcation.elimination import LinearSolution, univariate
from separatrix.dynamics.bifurcation.family import Face, GameFamily, Support
from separatrix.dynamics.bifurcation.tolerances import END_BITS, INSIDE, INTO_FACE, NEAR
from separatrix.exact.algebraic_numbers import AlgebraicNumber, rational

__all__ = ["resting_at"]

Array = NDArray[np.float64]

Rows = list[list[fmpq_poly]]


def resting_at(
    family: GameFamily, solutions: Mapping[Support, LinearSolution], value: AlgebraicNumber
) -> list[Resting]:
    """Return the edges and segments on which every state rests at a value, but not at nearby values."""
    found = []
    for support, face in family.faces.items():
        solution = solutions.get(support)
        if face.dimension == 1 and face.equations[0].numerator:
            if _vanishes(face, value):
                found.append(Resting((support,), 1, holds=_on_edge(face)))
        elif solution is not None and any(value.is_root_of(univariate(p)) for p in solution.special):
            line = None if solution.free is None and solution.many else _line(face, value)
            if line is not None:
                found.append(Resting((support,), 1, holds=_on_line(face, *line)))
    return found


def _vanishes(face: Face, value: AlgebraicNumber) -> bool:
    parts: dict[int, dict[int, fmpq]] = {}
    for exponents, coefficient in face.equations[0].numerator.to_dict().items():
        parts.setdefault(int(exponents[0]), {})[int(exponents[1])] = coefficient
    polynomials = (_polynomial(part) for part in parts.values())
    return all(value.is_root_of(p) for p in polynomials)


def _polynomial(part: Mapping[int, fmpq]) -> fmpq_poly:
    return fmpq_poly([part.get(k, fmpq(0)) for k in range(max(part, default=-1) + 1)])


def _on_edge(face: Face) -> Callable[[Array], bool]:
    return lambda place: in_face(face.family.game, place, face.support)


# --------------------------------------------------------------------------- lines


def _line(face: Face, value: AlgebraicNumber) -> tuple[list[float], list[float]] | None:
    """A solution and a direction where the solutions of the face's equations are a line; else None."""
    size, modulus = face.dimension, value.polynomial
    rows: Rows = []
    for equation in face.equations:
        parts: list[dict[int, fmpq]] = [{} for _ in range(size + 1)]
        for exponents, coefficient in equation.numerator.to_dict().items():
            k = next((k for k in range(size) if exponents[k]), size)
            parts[k][int(exponents[-1])] = coefficient if k < size else -coefficient
        rows.append([_polynomial(part) % modulus for part in parts])
    order: list[int] = []
    for column in range(size):
        pivot = next((k for k in range(len(order), size) if rows[k][column].degree() >= 0), None)
        if pivot is None:
            continue
        top = len(order)
        rows[top], rows[pivot] = rows[pivot], rows[top]
        inverse = _inverse(rows[top][column], modulus)
        rows[top] = [v * inverse % modulus for v in rows[top]]
        for k in range(size):
            if k != top:
                factor = rows[k][column]
                rows[k] = [(a - factor * b) % modulus for a, b in zip(rows[k], rows[top], strict=True)]
        order.append(column)
    if len(order) != size - 1 or any(row[-1].degree() >= 0 for row in rows[len(order) :]):
        return None
    (loose,) = (k for k in range(size) if k not in order)
    base, direction = [0.0] * size, [0.0] * size
    direction[loose] = 1.0
    for row, column in zip(rows, order, strict=False):
        base[column] = _float(row[-1], value)
        direction[column] = -_float(row[loose], value)
    return base, direction


def _inverse(element: fmpq_poly, modulus: fmpq_poly) -> fmpq_poly:
    common, factor, _ = element.xgcd(modulus)
    return factor / common[0] % modulus


def _float(element: fmpq_poly, value: AlgebraicNumber) -> float:
    result = element(rational(value.enclosure(END_BITS)[0]))
    return int(result.p) / int(result.q)


def _on_line(face: Face, base: Sequence[float], direction: Sequence[float]) -> Callable[[Array], bool]:
    """Whether a state is on the line, and the line runs from there into the open face."""
    at, along = np.array(base), np.array(direction)

    def whole(free: Array) -> list[float]:
        given = dict(zip(face.free, free.tolist(), strict=True))
        shares = []
        for i, played in enumerate(face.support):
            row = [given[i, a] for a in played[:-1]]
            shares += [*row, 1 - sum(row)]
        return shares

    def holds(place: Array) -> bool:
        from separatrix.dynamics.bifurcation.tracks import free_of_state

        if not in_face(face.family.game, place, face.support):
            return False
        free = np.array(free_of_state(face, place.tolist()))
        step = float((free - at) @ along / (along @ along))
        if float(np.max(np.abs(free - at - step * along))) > NEAR:
            return False
        return any(min(whole(free + s * along)) > INSIDE for s in (INTO_FACE, -INTO_FACE))

    return holds
