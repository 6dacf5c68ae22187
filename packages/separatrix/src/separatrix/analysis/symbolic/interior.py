"""Three populations or more that mix in symbols: the inside of the cube, or of one of its faces.

f_y = 0 and f_z = 0 give z and y as Möbius functions of x; in f_x = 0 they leave a quadratic A·x² + B·x + C.
Where an advantage falls into factors of one share each, the system is solved from the known shares to
the unknown, with more than three populations too.  Everything is written in the coefficients of the
advantages: multiplied out, a 24-parameter model fills pages.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.binary.rest_states import Face
from separatrix.analysis.binary.solve import support_of
from separatrix.analysis.replicator_equations import CornerTable, coefficients
from separatrix.analysis.results import RestPoint, RestSet
from separatrix.analysis.symbolic.factorization import (
    SHORT,
    BilinearLink,
    ChainStep,
    ReadableQuotient,
    SolvedChain,
    combine,
    evaluate_constant_condition,
    exact,
    follow,
    inside,
    solve_factored,
)
from separatrix.analysis.theorems import LINEARISATION
from separatrix.expression.conditions import FALSE, TRUE, Condition, Relation, all_of, any_of
from separatrix.expression.tree import Call, Expression, Name, add, divide, multiply, negate, number
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = ["interior_candidates"]


def interior_candidates(
    game: Game, table: CornerTable, assumptions: Assumptions, face: Face
) -> tuple[list[RestPoint], list[RestSet]] | None:
    """Return the candidates inside a face: points, and one entry for whatever is degenerate.

    Parameters
    ----------
    game, table, assumptions
        The game in symbols.
    face : Face
        Three populations mix on it, or more.

    Returns
    -------
    (points, sets) or None
        None where no closed form exists in general, which happens with more than three.
    """
    return _Interior(game, table, assumptions, face).candidates()


def _on_face(table: CornerTable, face: Face) -> CornerTable:
    """The advantages of the populations that mix, among themselves."""
    free = [i for i, pure in enumerate(face) if pure is None]
    corners = []
    for i in free:
        others = [k for k in range(len(face)) if k != i]
        restricted = {}
        for corner, value in table.corners[i].items():
            at = dict(zip(others, corner, strict=True))
            if all(pure is None or k == i or at[k] == pure for k, pure in enumerate(face)):
                restricted[tuple(at[k] for k in free if k != i)] = value
        corners.append(restricted)
    return CornerTable(table.ring, tuple(corners), table.poles)


class _Interior:
    def __init__(self, game: Game, table: CornerTable, assumptions: Assumptions, face: Face) -> None:
        self.game = game
        self.face = face
        self.free = tuple(i for i, pure in enumerate(face) if pure is None)
        self.assumptions = assumptions
        self.ring = table.ring
        self.zero = exact(self.ring.constant(0))
        parts = coefficients(_on_face(table, face))
        # c[i][{j, k}]: the coefficient of x_j·x_k in f_i; 0, 1, 2, … are the populations that mix.
        self.c: list[dict[frozenset[int], ReadableQuotient]] = []
        for i in range(len(self.free)):
            others = [k for k in range(len(self.free)) if k != i]
            self.c.append(
                {
                    frozenset(k for k, on in zip(others, corner, strict=True) if on): exact(v)
                    for corner, v in parts[i].items()
                }
            )

    def get(self, i: int, *others: int) -> ReadableQuotient:
        return self.c[i].get(frozenset(others), self.zero)

    def vanishes(self, quantity: ReadableQuotient) -> bool:
        return self.assumptions.vanishes(quantity.ratio.numerator)

    def is_(self, quantity: ReadableQuotient, operator: str) -> Condition:
        polynomial = quantity.ratio.sign_polynomial
        if len(polynomial) <= SHORT:
            return self.assumptions.relation(polynomial, operator)
        return Relation(quantity.text, operator, number(0))

    def determinant(self, i: int) -> ReadableQuotient:
        """Zero exactly where f_i falls into factors of one share each."""
        j, k = (m for m in range(3) if m != i)
        return combine((1, (self.get(i), self.get(i, j, k))), (-1, (self.get(i, j), self.get(i, k))))

    def candidates(self) -> tuple[list[RestPoint], list[RestSet]] | None:
        if len(self.free) > 3:
            advantages = [{s: q.ratio for s, q in c.items()} for c in self.c]
            solved = solve_factored(advantages, self.ring, self.is_)
            if solved is None:
                return None
            found = [self._mixed(p.shares, list(p.conditions)) for p in solved[0]]
            return self._with_rest([p for p in found if p.exists != FALSE], solved[1])
        determinants = [self.determinant(i) for i in range(3)]
        if not any(self.vanishes(d) for d in determinants):
            points, degenerate = self._cycle(determinants)
        else:
            points, degenerate = self._chains(determinants)
        return self._with_rest(points, degenerate)

    def _with_rest(
        self, points: list[RestPoint], degenerate: Condition
    ) -> tuple[list[RestPoint], list[RestSet]]:
        """The points, and one entry for what else there may be."""
        if degenerate == FALSE:
            return points, []
        shares = [Name(self.game.shares[i]) for i in self.free]
        equations: list[Condition] = [
            Relation(Name(share), "==", number(pure))
            for share, pure in zip(self.game.shares, self.face, strict=True)
            if pure is not None
        ]
        equations += [
            Relation(self._advantage(i, shares), "==", number(0)) for i in range(len(self.c)) if self.c[i]
        ]
        for share in shares:
            equations += [Relation(number(0), "<", share), Relation(share, "<", number(1))]
        return points, [
            RestSet(
                id="",
                support=support_of(self.game, self.face),
                free=self.free,
                dimension=1,
                equations=tuple(equations),
                reason=say(
                    "whatever else is at rest inside the {where}: single states, curves (the usual case), "
                    "surfaces. Only degenerate parameters have it, those of `possible_when`; that condition "
                    "is necessary, not sufficient, so give values to see what there is",
                    where=say("cube") if len(self.face) == len(self.free) else say("face"),
                ),
                possible_when=degenerate,
            )
        ]

    def _advantage(self, i: int, shares: list[Name]) -> Expression:
        terms = sorted(self.c[i].items(), key=lambda t: (-len(t[0]), sorted(t[0])))
        return add(*(multiply(q.text, *(shares[j] for j in sorted(s))) for s, q in terms))

    def _cycle(self, determinants: list[ReadableQuotient]) -> tuple[list[RestPoint], Condition]:
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
            combine(*((s, (w, f[m], g[k - m])) for s, w, f, g in parts for m in (0, 1) if 0 <= k - m <= 1))
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
        self, constant: ReadableQuotient, linear: ReadableQuotient, square: ReadableQuotient
    ) -> Iterator[tuple[Expression, Condition]]:
        """Yield the roots of the quadratic with the conditions under which each is one.

        Written as 2C/(-B ± sqrt(B² - 4AC)), they stay right where A vanishes.
        """
        if self.vanishes(square):
            if not self.vanishes(linear):
                yield divide(negate(constant.text), linear.text), self.is_(linear, "!=")
            return
        if self.vanishes(constant):
            # x = 0 is no interior root; the other is -B/A.
            yield divide(negate(linear.text), square.text), self.is_(square, "!=")
            return
        four = exact(self.ring.constant(4))
        discriminant = combine((1, (linear, linear)), (-1, (four, square, constant)))
        real = self.is_(discriminant, ">=")
        if real == FALSE:
            return
        root = Call("sqrt", (discriminant.text,))
        double = self.vanishes(discriminant)
        for sign in (1,) if double else (1, -1):
            tail = root if sign > 0 else negate(root)
            below = add(negate(linear.text), tail)
            guard = all_of(real, Relation(below, "!=", number(0)))
            yield divide(multiply(number(2), constant.text), below), guard

    def _chains(self, determinants: list[ReadableQuotient]) -> tuple[list[RestPoint], Condition]:
        """Some advantage falls into factors of one share each: solve from the known shares on.

        What is over- or underdetermined for generic parameters goes into the degenerate entry.
        """
        options: list[list[ChainStep | BilinearLink]] = []
        degenerate: list[Condition] = []
        for i in range(3):
            j, k = (m for m in range(3) if m != i)
            p, q, r, s = self.get(i), self.get(i, j), self.get(i, k), self.get(i, j, k)
            if not self.vanishes(determinants[i]):
                options.append([BilinearLink(j, k, p, q, r, s)])
                degenerate.append(self.is_(determinants[i], "=="))
            elif not s.is_zero:  # s·(x_j + r/s)·(x_k + q/s)
                options.append([ChainStep(j, r, s), ChainStep(k, q, s)])
                degenerate.append(self.is_(s, "=="))
            elif not q.is_zero or not r.is_zero:
                variable, slope = (j, q) if r.is_zero else (k, r)
                options.append([ChainStep(variable, p, slope)])
                degenerate.append(all_of(self.is_(p, "=="), self.is_(slope, "==")))
            elif p.is_zero:
                options.append([])  # this advantage vanishes everywhere
            else:
                return [], self.is_(p, "==")
        points: list[RestPoint] = []
        for choice in itertools.product(*(o for o in options if o)):
            solved = follow(choice, 3, self.is_)
            if isinstance(solved, SolvedChain):
                points.append(self._mixed(solved.shares, list(solved.conditions)))
            else:
                degenerate.append(TRUE if solved is None else solved)
        return [p for p in points if p.exists != FALSE], any_of(*degenerate)

    def _point(
        self,
        x: Expression,
        guard: Condition,
        y_top: tuple[ReadableQuotient, ReadableQuotient],
        y_below: tuple[ReadableQuotient, ReadableQuotient],
        z_top: tuple[ReadableQuotient, ReadableQuotient],
        z_below: tuple[ReadableQuotient, ReadableQuotient],
    ) -> RestPoint:
        def line(pair: tuple[ReadableQuotient, ReadableQuotient]) -> Expression:
            return add(pair[0].text, multiply(pair[1].text, x))

        below_y, below_z = line(y_below), line(z_below)
        y, z = divide(negate(line(y_top)), below_y), divide(negate(line(z_top)), below_z)
        conditions = [guard, *inside(x)]
        for value, below in ((y, below_y), (z, below_z)):
            conditions += [Relation(below, "!=", number(0)), *inside(value)]
        return self._mixed((x, y, z), conditions)

    def _mixed(self, place: tuple[Expression, ...], conditions: list[Condition]) -> RestPoint:
        values = dict(zip(self.free, place, strict=True))
        whole = len(self.face) == len(self.free)
        return RestPoint(
            id="",
            support=support_of(self.game, self.face),
            free=self.free,
            exact=tuple(number(p) if p is not None else values[i] for i, p in enumerate(self.face)),
            reason=say("never asymptotically stable: its eigenvalues add up to zero")
            if whole
            else say(
                "never asymptotically stable: its eigenvalues within the face add up to zero"
            ).resting_on(LINEARISATION),
            stable_when=None,
            exists=all_of(*(evaluate_constant_condition(c) for c in conditions)),
            nash=True if whole else None,
            strict_nash=False,
            ess=False,
        )
