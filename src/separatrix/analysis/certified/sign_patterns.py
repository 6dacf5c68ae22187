"""Whether polynomials take given signs together somewhere inside a face, by z3."""

from __future__ import annotations

from collections.abc import Sequence

import z3
from flint import fmpq, fmpq_mpoly

from separatrix.analysis.certified.system import FaceSystem

__all__ = ["occurs"]

PATIENCE = 2000  # milliseconds a question


def occurs(system: FaceSystem, polynomials: Sequence[fmpq_mpoly], signs: Sequence[int]) -> bool | None:
    """Return whether some state inside a face gives polynomials in its free shares the given signs.

    None where z3 does not know.
    """
    shares = {v: z3.Real(f"x{v}") for v in system.variables}
    solver = z3.Solver()
    solver.set("timeout", PATIENCE)
    for q, played in enumerate(system.face):
        mine = [shares[v] for v, (p, _) in zip(system.variables, system.free, strict=True) if p == q]
        for x in mine:
            solver.add(x > 0)
        if len(played) > 1:
            solver.add(z3.Sum(mine) < 1)
    for polynomial, sign in zip(polynomials, signs, strict=True):
        value = z3.Sum([_term(exponents, c, shares) for exponents, c in polynomial.to_dict().items()])
        solver.add(value > 0 if sign > 0 else value < 0 if sign < 0 else value == 0)
    answer = solver.check()
    return None if answer == z3.unknown else bool(answer == z3.sat)


def _term(exponents: Sequence[int], value: fmpq, shares: dict[int, z3.ArithRef]) -> z3.ArithRef:
    product = z3.RealVal(f"{int(value.p)}/{int(value.q)}")
    for v, e in enumerate(exponents):
        for _ in range(int(e)):
            product = product * shares[v]
    return product
