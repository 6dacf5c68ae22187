"""Polynomials that order the payoffs of each population, and where payoffs have no value."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.affine_game import unplayed
from separatrix.analysis.branch_and_prune.cells import CellLayout, SearchCells
from separatrix.analysis.branch_and_prune.contraction import definite
from separatrix.analysis.branch_and_prune.face_equations import FaceSystem, Numerators
from separatrix.analysis.branch_and_prune.factors import scaled_coefficients
from separatrix.analysis.payoff_functions import Field
from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import as_expression
from separatrix.exact.bernstein import bases_of
from separatrix.exact.rational_functions import polynomial_expression
from separatrix.expression.tree import to_text
from separatrix.game.model import Game
from separatrix.run.deadline import poll

__all__ = ["Comparison", "compare", "sign_everywhere"]

MOST_CELLS = 20_000


@dataclass(frozen=True, eq=False)
class Comparison:
    """How the payoffs of each population compare.

    Attributes
    ----------
    numerators : for each population and strategy a polynomial in the reduced coordinates.  That of a strategy
        minus that of another one is the difference of their payoffs times the population's denominator.
    denominators : for each population a polynomial that is positive at every state
    """

    numerators: Numerators
    denominators: tuple[fmpq_mpoly, ...]

    def gains(self, system: FaceSystem) -> Iterator[tuple[tuple[int, int], fmpq_mpoly]]:
        """Yield for each strategy that a face leaves out what has the sign of what it earns more there."""
        for p, b in unplayed(system.field.sizes, system.face):
            row = self.numerators[p]
            yield (p, b), system.restrict(row[b] - row[system.face[p][-1]])

    def scales(self, system: FaceSystem) -> list[fmpq_mpoly]:
        """Return each population's speed over its denominator on a face, times one positive polynomial."""
        below = [system.restrict(d) for d in self.denominators]
        ring = system.field.ring
        whole, corner = ring.one, [0] * len(ring.names)
        for d in below:
            common = whole.gcd(d)
            # It divides what is positive, so it has one sign, but the library may choose the negative one.
            whole = whole * (d / common) * (1 if common(*corner) > 0 else -1)
        return [whole / d * speed for d, speed in zip(below, system.field.speeds, strict=True)]


def compare(game: Game, field: Field) -> Comparison:
    """Return the comparison of a field's payoffs.

    Raises
    ------
    InputError
        A508 where a payoff divides by something that vanishes at some state.
    """
    numerators, denominators = [], []
    for i, size in enumerate(field.sizes):
        ratios = [field.advantage(i, a, size - 1) for a in range(size)]
        common = field.ring.one
        for ratio in ratios:
            common = common * (ratio.denominator / common.gcd(ratio.denominator))
        turn, witness = sign_everywhere(field, common)
        if not turn:
            raise _pole(game, field, i, common, witness)
        common = common * turn
        numerators.append(tuple(r.numerator * (common / r.denominator) for r in ratios))
        denominators.append(common)
    return Comparison(tuple(numerators), tuple(denominators))


def _pole(
    game: Game, field: Field, i: int, below: fmpq_mpoly, witness: tuple[fmpq, ...] | None
) -> InputError:
    text = to_text(polynomial_expression(field.ring, below))
    name = game.populations[i].name
    if witness is None:
        where = "may vanish inside the state space"
    else:
        state = ", ".join(
            f"{share} = {to_text(as_expression(x))}"
            for share, x in zip(field.ring.names, witness, strict=True)
        )
        where = f"vanishes inside the state space, at {state} or near it"
    return InputError(
        "A508",
        f"payoffs of {name} divide by `{text}`, which {where}: there they have no value",
        hint="a denominator must keep its sign at all shares from 0 to 1; multiply it out, or add "
        "what keeps it away from zero",
    )


def sign_everywhere(field: Field, polynomial: fmpq_mpoly) -> tuple[int, tuple[fmpq, ...] | None]:
    """Return the sign that a polynomial has at every state, or 0 and a state where it fails.

    The state is None where neither a constant sign nor a failure was found.
    """
    if polynomial.is_constant():
        return (1 if polynomial.leading_coefficient() > 0 else -1), None
    bases = bases_of(field.spans, [polynomial])
    corners = itertools.product(*(range(size) for size in field.sizes))
    turns: dict[int, tuple[fmpq, ...]] = {}
    for corner in corners:
        state = tuple(
            fmpq(int(a == b)) for a, size in zip(corner, field.sizes, strict=True) for b in range(size - 1)
        )
        value = polynomial(*state)
        turns[(value > 0) - (value < 0)] = state
        if 0 in turns or len(turns) > 1:
            return 0, turns.get(0, state)
    (turn,) = turns
    values = scaled_coefficients(field.spans, bases, [polynomial])
    pending = SearchCells.whole(CellLayout(bases, ((True,) * len(bases),)), [values[None]])
    count = 0
    while len(pending):
        poll()
        count += len(pending)
        left = pending.take(~definite(pending))
        if not len(left):
            return turn, None
        # The centre of a cell that is left: exact arithmetic may find the other sign there.
        probe = [fmpq(*float(x).as_integer_ratio()) for c in left.middle(0) for x in c[:-1]]
        value = polynomial(*probe)
        if ((value > 0) - (value < 0)) != turn:
            return 0, tuple(fmpq(round(float(int(x.p) / int(x.q)) * 1000), 1000) for x in probe)
        if count > MOST_CELLS:
            return 0, None
        pending = left.halves(0.5)
    return turn, None
