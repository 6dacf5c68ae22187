"""What is certain about the neighbourhood of a rest point: signs of payoffs and of eigenvalues.

An unplayed strategy b contributes the eigenvalue speed·(payoff of b - average payoff).  Along the face, with
g_a the payoff of a played strategy minus that of the last played one, the rate of a has the derivatives

    speed·x_a·(∂g_a - Σ_c x_c ∂g_c),

because all g vanish at the point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, arb_mat, fmpq, fmpq_mat

from separatrix.analysis.affine_game import unplayed
from separatrix.analysis.branch_and_prune.face_equations import FaceSystem
from separatrix.analysis.branch_and_prune.payoff_comparison import Comparison
from separatrix.analysis.branch_and_prune.root import LADDER, CertifiedRoot
from separatrix.analysis.certified.eigenvalue_signs import Along, along_balls, along_exact
from separatrix.exact.algebraic_numbers import Exact, as_float, sign
from separatrix.expression.precision import precision
from separatrix.run.cached_property import cached_property

__all__ = ["CertifiedLocal", "Outside"]


@dataclass(frozen=True)
class Outside:
    """An unplayed strategy at a rest point.

    Attributes
    ----------
    population, strategy : indices
    turn : the sign of its payoff minus the average one, or None where it could not be told from zero
    value : the eigenvalue, as a float
    exact : the eigenvalue, where it is known
    """

    population: int
    strategy: int
    turn: int | None
    value: float
    exact: Exact | None


@dataclass(frozen=True, eq=False)
class CertifiedLocal:
    """A rest point and its linearisation, by the game's own equations on the point's face.

    Attributes
    ----------
    comparison : how payoffs compare
    root : where it lies
    """

    comparison: Comparison
    root: CertifiedRoot

    @property
    def system(self) -> FaceSystem:
        """The game on the point's face."""
        return self.root.system

    @property
    def balanced(self) -> bool:
        """Whether no population's payoffs depend on its own shares."""
        return not any(self.system.field.own_play)

    @cached_property
    def outside(self) -> tuple[Outside, ...]:
        """The unplayed strategies."""
        return tuple(self._outside(p, b) for p, b in unplayed(self.system.field.sizes, self.system.face))

    @property
    def tied(self) -> list[tuple[int, int]] | None:
        """The unplayed strategies that earn as much as the played ones; None if some may earn more."""
        if any(o.turn not in (0, -1) for o in self.outside):
            return None
        return [(o.population, o.strategy) for o in self.outside if o.turn == 0]

    @property
    def loses(self) -> bool:
        """Whether some unplayed strategy earns less than the played ones."""
        return any(o.turn == -1 for o in self.outside)

    def _outside(self, p: int, b: int) -> Outside:
        row = self.comparison.numerators[p]
        difference = row[b] - row[self.system.face[p][-1]]
        speed = self.system.field.speeds[p]
        point = self.root.exact
        if point is not None:
            above = self.system.value(difference, point)
            exact = above * speed / self.system.value(self.comparison.denominators[p], point)
            return Outside(p, b, sign(exact), as_float(exact), exact)
        with precision(LADDER[0] + 40):
            below = self.root.ball(self.comparison.denominators[p], LADDER[0])
            value = self.root.ball(difference, LADDER[0]) / below
            number = float((arb(speed) * value).mid())
        turn = 1 if value > 0 else -1 if value < 0 else self.root.sign(difference)
        number = number if turn else 0.0
        return Outside(p, b, turn, number, fmpq(0) if turn == 0 else None)

    @cached_property
    def along(self) -> Along:
        """The eigenvalues along the face."""
        if not self.system.free:
            return Along((), 0, 0, 0, ())
        exact = self.exact_block
        rational = _rational(exact)
        if rational is not None:
            return along_exact(rational)
        result = Along((), 0, 0, 0)
        for bits in LADDER:
            with precision(bits + 40):
                result = along_balls(self.ball_block(bits), exact, self.balanced)
            if not result.unknown or (result.negative and result.positive) or exact is not None:
                break
        return result

    @cached_property
    def exact_block(self) -> list[list[Exact]] | None:
        """The Jacobian along the face in exact numbers, where the point is exact."""
        point = self.root.exact
        if point is None:
            return None
        slopes = [
            [self.system.value(f.derivative(v), point) for v in self.system.variables]
            for f in self.system.equations
        ]
        factors = [
            speed / self.system.value(d, point)
            for speed, d in zip(self.system.field.speeds, self.comparison.denominators, strict=True)
        ]
        return self.block_from(self.system, slopes, point, factors)

    def ball_block(self, bits: int) -> list[list[arb]]:
        """Return the Jacobian along the face in balls, from shares of radius about 2**-bits."""
        shares = self.root.at(bits)
        factors = [
            arb(speed) / self.root.ball(d, bits)
            for speed, d in zip(self.system.field.speeds, self.comparison.denominators, strict=True)
        ]
        return self.block_from(self.system, self.system.jacobian(shares).tolist(), shares, factors)

    @staticmethod
    def block_from(
        system: FaceSystem, slopes: Sequence[Sequence[Any]], shares: Sequence[Any], factors: Sequence[Any]
    ) -> list[list[Any]]:
        """Return the Jacobian along a face, in numbers or functions of any one field.

        Parameters
        ----------
        slopes : derivatives of the equations (rows) by the free shares
        shares : the free shares
        factors : for each population its speed over its denominator
        """
        free = system.free
        rows = []
        for k, (q, _) in enumerate(free):
            mates = [m for m, (r, _) in enumerate(free) if r == q]
            factor = shares[k] * factors[q]
            row = []
            for t in range(len(free)):
                rest = slopes[k][t]
                for m in mates:
                    rest = rest - shares[m] * slopes[m][t]
                row.append(factor * rest)
            rows.append(row)
        return rows

    def payoff_form_sign(self) -> int | None:
        """Return whether the payoffs' derivative is negative definite along the face.

        It is that of one population; for a tangent vector d of the face the form is Σ d_a (∂g_a·d).

        Returns
        -------
        -1 where it is, 1 where it takes a positive value, None where neither is certain
        """
        size = len(self.system.free)
        for bits in LADDER[:2]:
            with precision(bits + 40):
                slopes = self.system.jacobian(self.root.at(bits)).tolist()
                form = [[-(slopes[i][j] + slopes[j][i]) for j in range(size)] for i in range(size)]
                minors = [arb_mat([row[:k] for row in form[:k]]).det() for k in range(1, size + 1)]
                if all(m > 0 for m in minors):
                    return -1
                for i in range(size):
                    if form[i][i] < 0:
                        return 1
                    for j in range(i):
                        if form[i][i] * form[j][j] - form[i][j] ** 2 < 0:
                            return 1
        return None

    def determinant_sign(self) -> int | None:
        """Return the sign of det(-block), or None where it is not certain."""
        size = len(self.system.free)
        if not size:
            return 1
        turn = -1 if size % 2 else 1
        rational = _rational(self.exact_block)
        if rational is not None:
            value = rational.det()
            return turn * (int(value > 0) - int(value < 0))
        for bits in LADDER:
            with precision(bits + 40):
                ball = arb_mat(self.ball_block(bits)).det()
            if ball > 0 or ball < 0:
                return turn if ball > 0 else -turn
        return None

    @property
    def index(self) -> int | None:
        """The sign of det(-J), or None where it is not certain that some eigenvalue is not zero."""
        return None if any(o.turn == 0 for o in self.outside) else self.determinant_sign()


def _rational(block: list[list[Exact]] | None) -> fmpq_mat | None:
    """A block of exact numbers as a matrix, where all are rational."""
    if block is None:
        return None
    rows = [[x for x in row if isinstance(x, fmpq)] for row in block]
    return fmpq_mat(rows) if all(len(row) == len(block) for row in rows) else None
