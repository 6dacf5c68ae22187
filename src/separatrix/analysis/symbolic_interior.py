"""The inside of the cube in symbols: three populations, all mixing.

f_y = 0 and f_z = 0 give z and y as Möbius functions of x; in f_x = 0 they leave a quadratic A·x² + B·x + C.
Where an advantage does not depend on some share the system is solved from the known shares to the
unknown.  Everything is written in the coefficients of the advantages: multiplied out, a 24-parameter
model fills pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.corners import CornerTable
from separatrix.analysis.equations import coefficients
from separatrix.analysis.found import support_of
from separatrix.analysis.result import RestPoint, RestSet
from separatrix.analysis.ring import Ratio
from separatrix.game.condition import FALSE, TRUE, Condition, Relation, all_of, any_of
from separatrix.game.expression import (
    Call,
    Expression,
    Name,
    add,
    divide,
    multiply,
    negate,
    number,
)
from separatrix.game.model import Game

__all__ = ["interior_candidates"]

FACE = (None, None, None)
SHORT = 40
"""A polynomial of at most so many terms is multiplied out; a longer one stays a product of sums."""


@dataclass(frozen=True)
class _Quantity:
    """A quotient, exact, with a readable way to write it."""

    ratio: Ratio
    text: Expression

    @property
    def is_zero(self) -> bool:
        return self.ratio.is_zero


def _exact(ratio: Ratio) -> _Quantity:
    return _Quantity(ratio, ratio.expression())


def _combine(*terms: tuple[int, tuple[_Quantity, ...]]) -> _Quantity:
    """Return Σ sign·Π factors; written multiplied out only where that is short."""
    ring = terms[0][1][0].ratio.ring
    total = ring.constant(0)
    texts = []
    for sign, factors in terms:
        product = ring.constant(sign)
        for factor in factors:
            product = product * factor.ratio
        total = total + product
        if not product.is_zero:
            written = multiply(*(f.text for f in factors))
            texts.append(written if sign > 0 else negate(written))
    short = len(total.numerator) + len(total.denominator) <= SHORT or not texts
    return _Quantity(total, total.expression() if short else add(*texts))


def interior_candidates(
    game: Game, table: CornerTable, assumptions: Assumptions
) -> tuple[list[RestPoint], list[RestSet]]:
    """Return the candidates inside the cube: points, and one entry for whatever is degenerate."""
    return _Interior(game, table, assumptions).candidates()


class _Interior:
    def __init__(self, game: Game, table: CornerTable, assumptions: Assumptions) -> None:
        self.game = game
        self.assumptions = assumptions
        self.ring = table.ring
        self.zero = _exact(self.ring.constant(0))
        parts = coefficients(table)
        # c[i][{j, k}]: the coefficient of x_j·x_k in f_i.
        self.c: list[dict[frozenset[int], _Quantity]] = []
        for i in range(3):
            others = [k for k in range(3) if k != i]
            self.c.append(
                {
                    frozenset(k for k, on in zip(others, corner, strict=True) if on): _exact(v)
                    for corner, v in parts[i].items()
                }
            )

    def get(self, i: int, *others: int) -> _Quantity:
        return self.c[i].get(frozenset(others), self.zero)

    def is_(self, quantity: _Quantity, operator: str) -> Condition:
        polynomial = quantity.ratio.sign_polynomial
        if len(polynomial) <= SHORT:
            return self.assumptions.relation(polynomial, operator)
        return Relation(quantity.text, operator, number(0))

    def determinant(self, i: int) -> _Quantity:
        """Zero exactly where f_i falls into factors of one share each."""
        j, k = (m for m in range(3) if m != i)
        return _combine((1, (self.get(i), self.get(i, j, k))), (-1, (self.get(i, j), self.get(i, k))))

    def candidates(self) -> tuple[list[RestPoint], list[RestSet]]:
        determinants = [self.determinant(i) for i in range(3)]
        if all(not d.is_zero for d in determinants):
            points, degenerate = self._cycle(determinants)
        else:
            points, degenerate = [], TRUE
        if degenerate == FALSE:
            return points, []
        shares = [Name(s) for s in self.game.shares]
        equations: list[Condition] = [
            Relation(self._advantage(i, shares), "==", number(0)) for i in range(3) if self.c[i]
        ]
        for share in shares:
            equations += [Relation(number(0), "<", share), Relation(share, "<", number(1))]
        return points, [
            RestSet(
                id="",
                support=support_of(self.game, FACE),
                free=(0, 1, 2),
                dimension=1,
                equations=tuple(equations),
                reason="further rest states inside the cube, single or in continua, that can exist only "
                "where this condition holds; give values to see which there are",
                exists=degenerate,
            )
        ]

    def _advantage(self, i: int, shares: list[Name]) -> Expression:
        terms = sorted(self.c[i].items(), key=lambda t: (-len(t[0]), sorted(t[0])))
        return add(*(multiply(q.text, *(shares[j] for j in sorted(s))) for s, q in terms))

    def _cycle(self, determinants: list[_Quantity]) -> tuple[list[RestPoint], Condition]:
        """Every advantage depends on both other shares: at most two points, from a quadratic in x."""
        get = self.get
        # y = -(c0 + c1·x)/(c2 + c3·x) from f_z; z = -(b0 + b1·x)/(b2 + b3·x) from f_y.
        y_top, y_below = (get(2), get(2, 0)), (get(2, 1), get(2, 0, 1))
        z_top, z_below = (get(1), get(1, 0)), (get(1, 2), get(1, 0, 2))
        a0, a1, a2, a3 = get(0), get(0, 1), get(0, 2), get(0, 1, 2)
        parts = [
            (1, a0, y_below, z_below),
            (-1, a1, y_top, z_below),
            (-1, a2, y_below, z_top),
            (1, a3, y_top, z_top),
        ]
        quadratic = [
            _combine(*((s, (w, f[m], g[k - m])) for s, w, f, g in parts for m in (0, 1) if 0 <= k - m <= 1))
            for k in range(3)
        ]
        constant, linear, square = quadratic
        degenerate = any_of(
            *(self.is_(d, "==") for d in determinants),
            all_of(*(self.is_(q, "==") for q in quadratic)),
        )
        points = [
            self._point(x, guard, y_top, y_below, z_top, z_below)
            for x, guard in self._roots(constant, linear, square)
        ]
        return [p for p in points if p.exists != FALSE], degenerate

    def _roots(
        self, constant: _Quantity, linear: _Quantity, square: _Quantity
    ) -> Iterator[tuple[Expression, Condition]]:
        """Yield the roots of the quadratic with the conditions under which each is one.

        Written as 2C/(-B ± sqrt(B² - 4AC)), they stay right where A vanishes.
        """
        if square.is_zero:
            if not linear.is_zero:
                yield divide(negate(constant.text), linear.text), self.is_(linear, "!=")
            return
        if constant.is_zero:
            # x = 0 is no interior root; the other is -B/A.
            yield divide(negate(linear.text), square.text), self.is_(square, "!=")
            return
        four = _exact(self.ring.constant(4))
        discriminant = _combine((1, (linear, linear)), (-1, (four, square, constant)))
        real = self.is_(discriminant, ">=")
        if real == FALSE:
            return
        root = Call("sqrt", (discriminant.text,))
        double = discriminant.is_zero
        for sign in (1,) if double else (1, -1):
            tail = root if sign > 0 else negate(root)
            below = add(negate(linear.text), tail)
            guard = all_of(real, Relation(below, "!=", number(0)))
            yield divide(multiply(number(2), constant.text), below), guard

    def _point(
        self,
        x: Expression,
        guard: Condition,
        y_top: tuple[_Quantity, _Quantity],
        y_below: tuple[_Quantity, _Quantity],
        z_top: tuple[_Quantity, _Quantity],
        z_below: tuple[_Quantity, _Quantity],
    ) -> RestPoint:
        def line(pair: tuple[_Quantity, _Quantity]) -> Expression:
            return add(pair[0].text, multiply(pair[1].text, x))

        below_y, below_z = line(y_below), line(z_below)
        y, z = divide(negate(line(y_top)), below_y), divide(negate(line(z_top)), below_z)
        conditions = [guard, *(Relation(number(0), "<", x), Relation(x, "<", number(1)))]
        for value, below in ((y, below_y), (z, below_z)):
            conditions.append(Relation(below, "!=", number(0)))
            conditions += [Relation(number(0), "<", value), Relation(value, "<", number(1))]
        return RestPoint(
            id="",
            support=support_of(self.game, FACE),
            free=(0, 1, 2),
            exact=(x, y, z),
            reason="never asymptotically stable: its eigenvalues add up to zero",
            stable_when=None,
            exists=all_of(*conditions),
            nash=True,
            strict_nash=False,
            ess=False,
        )
