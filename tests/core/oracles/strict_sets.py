"""Which sets of pure states can be stable together: by enumeration of the independent sets of the cube.

A set of strict profiles never holds two that differ in one strategy.  Every other set is handed to z3
with all conditions written out as sums of monomials.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import sympy
import z3

from core.oracles.bridge import condition_to_z3, to_sympy
from separatrix.game.model import Game, ProfileTable

Corner = tuple[int, ...]


def gains(game: Game) -> dict[Corner, list[Any]]:
    """Return at each pure state, as z3 terms, what each population loses by changing its strategy.

    A state is written in shares: 1 where everybody plays the first strategy.
    """
    assert isinstance(game.form, ProfileTable)
    names = [*game.parameters, *game.lets]
    lets = {sympy.Symbol(k): to_sympy(v, names) for k, v in game.lets.items()}
    result = {}
    for profile, pay in game.form.pay.items():
        losses = []
        for i in range(len(profile)):
            other = tuple(1 - c if j == i else c for j, c in enumerate(profile))
            difference = to_sympy(pay[i], names) - to_sympy(game.form.pay[other][i], names)
            losses.append(_monomials(sympy.expand(difference.subs(lets)), list(game.parameters)))
        result[tuple(1 - c for c in profile)] = losses
    return result


def _monomials(expression: Any, names: list[str]) -> Any:
    symbols = [sympy.Symbol(n) for n in names]
    total = z3.RealVal(0)
    for powers, coefficient in sympy.Poly(expression, *symbols).terms():
        term = z3.RealVal(str(coefficient))
        for name, power in zip(names, powers, strict=True):
            for _ in range(power):
                term = term * z3.Real(name)
        total = total + term
    return total


def independent_sets(n: int) -> Iterator[frozenset[Corner]]:
    """Yield every set of corners of the n-cube without neighbours; 7 of the square, 35 of the cube."""
    corners = list(itertools.product((0, 1), repeat=n))
    for size in range(2 ** (n - 1) + 1):
        for chosen in itertools.combinations(corners, size):
            pairs = itertools.combinations(chosen, 2)
            if all(sum(a != b for a, b in zip(p, q, strict=True)) > 1 for p, q in pairs):
                yield frozenset(chosen)


def possible_stable_sets(game: Game, seconds: int = 20) -> set[frozenset[Corner]]:
    """Return the sets of strict profiles that occur for some admissible parameters."""
    losses = gains(game)
    strict = {corner: z3.And([v > 0 for v in values]) for corner, values in losses.items()}
    found = set()
    for chosen in independent_sets(len(game.populations)):
        solver = z3.Solver()
        solver.set("timeout", seconds * 1000)
        solver.add(*(condition_to_z3(c) for c, _ in game.assumptions))
        solver.add(*(s if corner in chosen else z3.Not(s) for corner, s in strict.items()))
        answer = solver.check()
        assert answer != z3.unknown, f"z3 gave up on {chosen}"
        if answer == z3.sat:
            found.add(chosen)
    return found
