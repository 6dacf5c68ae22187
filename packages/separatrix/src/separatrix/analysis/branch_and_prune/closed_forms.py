"""Faces whose equations are solved exactly: few mixing populations, payoffs affine in each one's shares.

With two mixing populations what one plays must leave the other one indifferent: two linear systems.  Three
populations with two strategies each are the exact route of `rest_states`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from flint import fmpq

from separatrix.analysis.affine.rest_states import positive_solutions
from separatrix.analysis.binary.rest_states import RestBranch, branches_inside
from separatrix.analysis.branch_and_prune.face_equations import FaceSystem
from separatrix.analysis.branch_and_prune.faces import FaceFamily
from separatrix.analysis.branch_and_prune.rest_sets import Patch
from separatrix.analysis.branch_and_prune.root import CertifiedRoot
from separatrix.analysis.multilinear import Multilinear
from separatrix.exact.algebraic_numbers import Exact
from separatrix.exact.matrices import Polytope

__all__ = ["solve_small", "solved_exactly"]


def solved_exactly(family: FaceFamily) -> bool:
    """Return whether `solve_small` takes the faces of a family."""
    if not family.forms.multiaffine:
        return False
    mixing = [family.played[q] for q in family.mixing]
    return len(mixing) <= 2 or (len(mixing) == 3 and max(mixing) == 2)


def solve_small(family: FaceFamily, number: int, system: FaceSystem) -> Iterator[CertifiedRoot | Patch]:
    """Yield the rest points and rest sets inside one face.

    Parameters
    ----------
    family : one that `solved_exactly` accepts
    number : which of its faces
    system : that face's equations
    """
    equations = [s[number] for s in family.systems]
    if len(family.mixing) == 3:
        yield from _three(family, equations, system)
    else:
        yield from _linear(family, equations, system)


def _linear(
    family: FaceFamily, equations: list[np.ndarray], system: FaceSystem
) -> Iterator[CertifiedRoot | Patch]:
    """Each population's shares from the other one's equations."""
    sides: list[Polytope] = []
    for q, k in enumerate(family.played[m] for m in family.mixing):
        rows: list[list[int]] = []
        for p, block in enumerate(equations):
            if p != q:
                rows = [[int(v) for v in row] for row in block.reshape(len(block), -1)]
                if block.shape[1 + q] == 1:
                    rows = [[row[0]] * k for row in rows]
        solutions = positive_solutions([*rows, [1] * k], [0] * len(rows) + [1], list(range(k)))
        if solutions is None:
            return
        sides.append(solutions)
    order = sorted(range(len(sides)), key=lambda q: family.mixing[q])
    points = [
        tuple(x for vertex in choice for x in vertex[:-1])
        for choice in itertools.product(*(sides[q].vertices for q in order))
    ]
    dimension = sum(side.dimension for side in sides)
    if not dimension:
        yield CertifiedRoot.at_exactly(system, points[0])
    else:
        yield Patch.polytope(system, dimension, points)


def _three(
    family: FaceFamily, equations: list[np.ndarray], system: FaceSystem
) -> Iterator[CertifiedRoot | Patch]:
    """Three populations of two strategies: points and curves in rational and quadratic numbers."""
    order = sorted(range(3), key=lambda q: family.mixing[q])
    tables = []
    for p in order:
        block = np.broadcast_to(equations[p][0], tuple(1 if q == p else 2 for q in range(3)))
        others = [q for q in order if q != p]
        table = {}
        for corner in itertools.product((0, 1), repeat=2):
            # A share of 1 is the first strategy, which stands first among the coefficients.
            index = [0, 0, 0]
            for q, c in zip(others, corner, strict=True):
                index[q] = 1 - c
            table[corner] = fmpq(int(block[tuple(index)]))
        tables.append(table)
    for branch in branches_inside(Multilinear(tuple(tables))):
        if branch.dimension:
            yield Patch.branch(system, branch)
        else:
            yield CertifiedRoot.at_exactly(system, _point(branch))


def _point(branch: RestBranch) -> tuple[Exact, ...]:
    return branch.state({})
