"""The answer in symbols: every candidate on every face, with the conditions under which it exists.

A population's advantage at a corner of the cube is a polynomial in the parameters.  Its signs decide
existence and stability: an advantage that is linear in one share has a zero inside the face exactly
where its two corner values have opposite signs.  No equation is solved by trial.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import fmpq_mpoly

from separatrix.analysis.assumptions import Assumptions, require_consistent
from separatrix.analysis.corners import CornerTable, symbolic_corners
from separatrix.analysis.found import Found, support_of
from separatrix.analysis.regimes import Literal, State, enumerate_regimes
from separatrix.analysis.rest_states import Face, faces
from separatrix.analysis.result import Completeness, Label, Regime, RestPoint, RestSet, Warning
from separatrix.analysis.ring import Ratio, polynomial_expression
from separatrix.game.condition import FALSE, TRUE, Condition, Relation, all_of, condition_text
from separatrix.game.expression import Call, Expression, Name, add, divide, multiply, negate, number, to_text
from separatrix.game.model import Game

__all__ = ["SignPolynomials", "Symbols", "opposite_signs", "solve_symbolic"]

NEVER = "never asymptotically stable: only strict Nash equilibria are (Ritzberger & Weibull)"


@dataclass(frozen=True)
class Symbols:
    """The symbolic part of an analysis."""

    found: Found
    regimes: tuple[Regime, ...]
    regimes_completeness: Completeness
    warnings: tuple[Warning, ...] = ()


def solve_symbolic(game: Game, known: Mapping[str, Fraction] | None, budget: float) -> Symbols:
    """Return every candidate with its conditions, and the regimes.

    Raises
    ------
    ComesLater
        A501, A502, A503 for payoffs that have no symbolic analysis in this version.
    InputError
        A504 for assumptions that contradict each other.
    """
    table = symbolic_corners(game)
    assumptions = Assumptions(game, table.ring)
    poles = assumptions.exclude_poles(table.poles)
    require_consistent(game, assumptions)
    favourites = list(_favourites(game, known))
    if game.plays_itself:
        from separatrix.analysis.symbolic_one import candidates_of_one, states_of_one

        found = candidates_of_one(game, table, assumptions)
        polynomials, states = states_of_one(game, table, assumptions)
    else:
        found = _Candidates(game, table, assumptions).found()
        polynomials, states = _strict_states(game, table, assumptions)
    regimes, completeness = enumerate_regimes(assumptions, polynomials, states, budget, favourites)
    return Symbols(found, regimes, completeness, tuple(_pole_warnings(table, poles)))


def _favourites(game: Game, known: Mapping[str, Fraction] | None) -> Iterator[Mapping[str, Fraction]]:
    base = {n: p.value for n, p in game.parameters.items() if p.value is not None}
    for values in (
        ([] if known is None else [known]) + [base] + [{**base, **s} for s in game.scenarios.values()]
    ):
        if len(values) == len(game.parameters):
            yield values


def _pole_warnings(table: CornerTable, poles: list[fmpq_mpoly]) -> Iterator[Warning]:
    for pole in poles:
        text = to_text(polynomial_expression(table.ring, pole))
        yield Warning("A506", f"a payoff divides by `{text}`; parameters at which that is 0 are left out")


# --------------------------------------------------------------------------- regimes


class SignPolynomials:
    """Sign polynomials without repetition: multiples share one entry."""

    def __init__(self, assumptions: Assumptions) -> None:
        self.assumptions = assumptions
        self.items: list[fmpq_mpoly] = []
        self._index: dict[str, int] = {}

    def literal(self, polynomial: fmpq_mpoly, sign: int) -> Literal | bool:
        """Return the literal "polynomial has this sign", or whether it holds always or never."""
        outer, rest = self.assumptions.stripped(polynomial)
        if not rest:
            return outer == sign
        core = self.assumptions.ring.one
        for factor, exponent in rest:
            core = core * factor**exponent
        key = str(core)
        if key not in self._index:
            self._index[key] = len(self.items)
            self.items.append(core)
        return (self._index[key], sign * outer)


def _strict_states(
    game: Game, table: CornerTable, assumptions: Assumptions
) -> tuple[list[fmpq_mpoly], list[State]]:
    """The pure profiles and the corner signs that make each a strict Nash equilibrium."""
    polynomials = SignPolynomials(assumptions)
    states = []
    n = len(game.shares)
    for profile in itertools.product((0, 1), repeat=n):
        literals = []
        for i in range(n):
            corner = (*profile[:i], *profile[i + 1 :])
            wanted = 1 if profile[i] else -1
            literals.append(polynomials.literal(table.corners[i][corner].sign_polynomial, wanted))
        if not any(x is False for x in literals):
            clause = tuple(x for x in dict.fromkeys(literals) if not isinstance(x, bool))
            states.append(State(tuple(number(s) for s in profile), (clause,)))
    return polynomials.items, states


# --------------------------------------------------------------------------- candidates


class _Candidates:
    """Lists the candidates of an n-population game, face by face."""

    def __init__(self, game: Game, table: CornerTable, assumptions: Assumptions) -> None:
        self.game = game
        self.table = table
        self.assumptions = assumptions
        self.n = len(game.shares)
        self.points: list[RestPoint] = []
        self.sets: list[RestSet] = []

    def found(self) -> Found:
        for face in faces(self.n):
            free = [i for i, pure in enumerate(face) if pure is None]
            if not free:
                self._pure(face)
            elif len(free) == 1:
                self._edge(face, free[0])
            elif len(free) == 2:
                self._plane(face, free[0], free[1])
            else:
                from separatrix.analysis.symbolic_interior import interior_candidates

                points, sets = interior_candidates(self.game, self.table, self.assumptions)
                for point in points:
                    self._add_point(point)
                for piece in sets:
                    self._add_set(piece)
        proof = (
            f"Each of the {3**self.n} faces was solved in symbols; what lies on it exists exactly where its "
            "condition holds. Points are listed first, then the sets that exist only where an equation "
            "between the parameters holds."
        )
        if any(piece.exists is None for piece in self.sets):
            proof += (
                " The last set gathers what only degenerate parameters have inside the cube; for it the "
                "condition given is necessary, and values show what there is."
            )
        return Found(tuple(self.points), tuple(self.sets), (), Completeness("complete", proof))

    def _add_point(self, point: RestPoint) -> None:
        if point.exists != FALSE:
            self.points.append(replace(point, id=f"E{len(self.points) + 1}"))

    def _add_set(self, piece: RestSet) -> None:
        if piece.exists != FALSE and piece.possible_when != FALSE:
            self.sets.append(replace(piece, id=f"S{len(self.sets) + 1}"))

    def corner(self, i: int, face: Face, at: Mapping[int, int]) -> Ratio:
        """The advantage of i where the others play as on the face and in `at`."""
        shares = []
        for k in range(self.n):
            if k != i:
                share = at.get(k, face[k])
                assert share is not None
                shares.append(share)
        return self.table.corners[i][tuple(shares)]

    def is_(self, value: Ratio, operator: str) -> Condition:
        return self.assumptions.relation(value.sign_polynomial, operator)

    def opposite(self, a: Ratio, b: Ratio) -> Condition:
        """The condition that two corner values have opposite signs, kept as a product of two sums."""
        return opposite_signs(self.assumptions, a, b)

    def _pure(self, face: Face) -> None:
        outward = []
        for i, pure in enumerate(face):
            value = self.corner(i, face, {})
            outward.append(-value if pure else value)
        signs = [self.assumptions.signs(v.sign_polynomial) for v in outward]
        stable = all_of(*(self.is_(v, "<") for v in outward))
        label, reason = _label_from_signs(signs)
        nash = True if all(s <= {-1, 0} for s in signs) else False if any(s == {1} for s in signs) else None
        strict = True if stable == TRUE else False if stable == FALSE else None
        self._add_point(
            RestPoint(
                id="",
                support=support_of(self.game, face),
                free=(),
                state=tuple(float(p or 0) for p in face),
                exact=tuple(number(p or 0) for p in face),
                isolated=True if all(0 not in s for s in signs) else None,
                eigenvalues_exact=tuple(v.expression() for v in outward),
                stability=label,
                reason=reason,
                stable_when=None if stable == FALSE else stable,
                exists=TRUE,
                nash=nash,
                strict_nash=strict,
                ess=strict,
            )
        )

    def _edge(self, face: Face, free: int) -> None:
        value = self.corner(free, face, {})
        shares = [Name(s) for s in self.game.shares]
        ends = [tuple(float(end if p is None else p) for p in face) for end in (0, 1)]
        self._add_set(
            RestSet(
                id="",
                support=support_of(self.game, face),
                free=(free,),
                dimension=1,
                equations=tuple(_fixed(shares, face)) + _between(shares[free]),
                corners=tuple(ends),
                samples=tuple(ends),
                reason="the mixing population is indifferent along the whole edge; single states of it are "
                + NEVER,
                exists=self.is_(value, "=="),
            )
        )

    def _plane(self, face: Face, i: int, j: int) -> None:
        low_i, high_i = (self.corner(i, face, {j: s}) for s in (0, 1))
        low_j, high_j = (self.corner(j, face, {i: s}) for s in (0, 1))
        shares = [Name(s) for s in self.game.shares]
        support = support_of(self.game, face)
        inside_i, inside_j = self.opposite(low_i, high_i), self.opposite(low_j, high_j)
        exists = all_of(inside_i, inside_j)
        rest_i, rest_j = self._both_zero(low_i, high_i), self._both_zero(low_j, high_j)
        if exists != FALSE:
            coordinates: dict[int, Ratio] = {j: low_i / (low_i - high_i), i: low_j / (low_j - high_j)}
            exact = [number(p) if p is not None else coordinates[k].expression() for k, p in enumerate(face)]
            values, square = self._plane_eigenvalues(face, i, j, (low_i, high_i, low_j, high_j), coordinates)
            label, reason = None, NEVER
            if self.n == 2:
                slopes = (high_i - low_i) * (high_j - low_j)
                label, reason = _saddle_or_centre(self.is_(slopes, ">"), square)
            self._add_point(
                RestPoint(
                    id="",
                    support=support,
                    free=(i, j),
                    exact=tuple(exact),
                    eigenvalues_exact=values,
                    stability=label,
                    reason=reason,
                    stable_when=None,
                    exists=exists,
                    nash=True if self.n == 2 else None,
                    strict_nash=False,
                    ess=False,
                    isolated=True if self.n == 2 else None,
                )
            )
        base = tuple(_fixed(shares, face))
        for rests, inside, low, high, moving, fixed in (
            (rest_i, inside_j, low_j, high_j, j, i),
            (rest_j, inside_i, low_i, high_i, i, j),
        ):
            condition = all_of(rests, inside)
            if condition == FALSE or self._contradict(face, moving, fixed):
                continue
            level = (low / (low - high)).expression()
            self._add_set(
                RestSet(
                    id="",
                    support=support,
                    free=(i, j),
                    dimension=1,
                    equations=(*base, Relation(shares[fixed], "==", level), *_between(shares[moving])),
                    reason="one population is indifferent on the whole face, the other along this line; "
                    + NEVER,
                    exists=condition,
                )
            )
        corners = [
            tuple(float(at.get(k, p) or 0) for k, p in enumerate(face))
            for at in ({i: a, j: b} for a in (0, 1) for b in (0, 1))
        ]
        self._add_set(
            RestSet(
                id="",
                support=support,
                free=(i, j),
                dimension=2,
                equations=(*base, *_between(shares[i]), *_between(shares[j])),
                corners=tuple(corners),
                samples=tuple(corners),
                reason="both populations are indifferent on the whole face",
                exists=all_of(rest_i, rest_j),
            )
        )

    def _both_zero(self, low: Ratio, high: Ratio) -> Condition:
        """The condition that an advantage vanishes on a whole face."""
        if self.is_(high - low, "==") == FALSE:
            return FALSE
        return all_of(self.is_(low, "=="), self.is_(high, "=="))

    def _contradict(self, face: Face, moving: int, fixed: int) -> bool:
        """Whether the zeros that let `moving` drift make the other population indifferent throughout."""
        zeros = [self.corner(fixed, face, {moving: s}) for s in (0, 1)]
        needed = [self.corner(moving, face, {fixed: s}) for s in (0, 1)]
        return any(a == b or a == -b for a in zeros for b in needed)

    def _plane_eigenvalues(
        self, face: Face, i: int, j: int, corners: tuple[Ratio, ...], coordinates: Mapping[int, Ratio]
    ) -> tuple[tuple[Expression, ...], bool]:
        """The eigenvalues in order of populations, and whether those in the face are real for sure.

        With f_i linear in x_j, x_j(1-x_j) = -low·high/(low-high)², so the square of the pair is
        low_i·high_i·low_j·high_j / (slope_i·slope_j).
        """
        low_i, high_i, low_j, high_j = corners
        above = [low_i, high_i, low_j, high_j]
        below = [high_i - low_i, high_j - low_j]
        root = perfect_root(above, below)
        if root is not None:
            pair = root.expression()
        else:
            pair = Call(
                "sqrt",
                (
                    divide(
                        multiply(*(a.expression() for a in above)), multiply(*(b.expression() for b in below))
                    ),
                ),
            )
        values: dict[int, Expression] = {i: pair, j: negate(pair)}
        for k, pure in enumerate(face):
            if pure is not None:
                growth = self._advantage_at(k, i, j, face, coordinates)
                values[k] = negate(growth) if pure else growth
        return tuple(values[k] for k in sorted(values)), root is not None

    def _advantage_at(
        self, k: int, i: int, j: int, face: Face, coordinates: Mapping[int, Ratio]
    ) -> Expression:
        """f_k at the mixed point of a face, written in its coefficients (expanded it would be a wall)."""
        c = {(a, b): self.corner(k, face, {i: a, j: b}) for a in (0, 1) for b in (0, 1)}
        x, y = coordinates[i].expression(), coordinates[j].expression()
        constant, by_i, by_j = c[0, 0], c[1, 0] - c[0, 0], c[0, 1] - c[0, 0]
        both = c[1, 1] - c[1, 0] - c[0, 1] + c[0, 0]
        return add(
            constant.expression(),
            multiply(by_i.expression(), x),
            multiply(by_j.expression(), y),
            multiply(both.expression(), x, y),
        )


def _saddle_or_centre(saddle: Condition, square: bool) -> tuple[Label | None, str]:
    """The label of the mixed point of two populations: its eigenvalues' square is positive or negative."""
    if square or saddle == TRUE:
        return "saddle", "where it exists its eigenvalues are real and of opposite signs"
    if saddle == FALSE:
        return "centre", "where it exists the conserved quantity H has a strict extremum at it"
    return None, f"where it exists: a saddle if {condition_text(saddle)}, else a centre; {NEVER}"


def _fixed(shares: list[Name], face: Face) -> Iterator[Condition]:
    for share, pure in zip(shares, face, strict=True):
        if pure is not None:
            yield Relation(share, "==", number(pure))


def _between(share: Name) -> tuple[Condition, ...]:
    return (Relation(number(0), "<", share), Relation(share, "<", number(1)))


def opposite_signs(assumptions: Assumptions, a: Ratio, b: Ratio) -> Condition:
    """Return the condition that two quantities have opposite signs, kept as a product of two sums."""
    if a == -b:
        return assumptions.relation(a.sign_polynomial, "!=")
    first, second = assumptions.signs(a.sign_polynomial), assumptions.signs(b.sign_polynomial)
    for one, other in ((first, b), (second, a)):
        if one == {1}:
            return assumptions.relation(other.sign_polynomial, "<")
        if one == {-1}:
            return assumptions.relation(other.sign_polynomial, ">")
    return assumptions.relation(a.sign_polynomial * b.sign_polynomial, "<")


def perfect_root(above: list[Ratio], below: list[Ratio]) -> Ratio | None:
    """Return the square root of a quotient of products where it is rational, else None."""
    ring = above[0].ring
    quotient = ring.constant(1)
    for value in above:
        quotient = quotient * value
    for value in below:
        quotient = quotient / value
    roots = []
    for polynomial in (quotient.numerator, quotient.denominator):
        constant, factors = polynomial.factor()
        if constant < 0 or any(exponent % 2 for _, exponent in factors):
            return None
        from separatrix.analysis.surd import Surd, square_root

        outer = square_root(constant)
        if outer is None or isinstance(outer, Surd):
            return None
        root = ring.one * outer
        for factor, exponent in factors:
            root = root * factor ** (exponent // 2)
        roots.append(root)
    return Ratio(ring, roots[0], roots[1])


def _label_from_signs(signs: list[frozenset[int]]) -> tuple[Label | None, str]:
    """The label of a pure profile where it is the same for all admissible parameters."""
    if all(s == {-1} for s in signs):
        return "asymptotically stable", "strict Nash equilibrium for all admissible parameters"
    if all(s == {1} for s in signs):
        return "source", "all eigenvalues are positive for all admissible parameters"
    if any(s == {1} for s in signs) and any(s == {-1} for s in signs):
        return "saddle", "eigenvalues of both signs for all admissible parameters"
    if any(s == {1} for s in signs) and not any(-1 in s for s in signs):
        return None, "not a Nash equilibrium for any admissible parameters"
    return None, "asymptotically stable exactly where it is a strict Nash equilibrium (Ritzberger & Weibull)"
