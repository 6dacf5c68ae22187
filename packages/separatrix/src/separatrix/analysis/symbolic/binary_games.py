"""Candidates of n populations with two strategies each, face by face.

A population's advantage at a corner of the cube is a polynomial in the parameters.  Its signs decide
existence and stability: an advantage that is linear in one share has a zero inside the face exactly
where its two corner values have opposite signs.  No equation is solved by trial.

One population against itself in symbols.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from flint import fmpq_mpoly

from separatrix.analysis.answer import RestStateAnswer, point_number, set_number
from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.binary.rest_states import Face, faces
from separatrix.analysis.binary.solve import PROOF, support_of
from separatrix.analysis.regime_conditions import (
    Formula,
    SignPolynomials,
    any_formula,
    describe_cells,
    every_formula,
)
from separatrix.analysis.regimes import State
from separatrix.analysis.replicator_equations import CornerTable
from separatrix.analysis.results import Completeness, Label, RestPoint, RestSet
from separatrix.analysis.symbolic.classification import ONLY_STRICT, isolated_of, nash_of, strict_nash_of
from separatrix.analysis.symbolic.coefficients import Coefficients, name_coefficients
from separatrix.analysis.symbolic.interior import interior_candidates
from separatrix.analysis.theorems import (
    CONSERVED_QUANTITY,
    EVOLUTIONARILY_STABLE,
    LINEARISATION,
    NASH,
    STRICT_NASH,
)
from separatrix.errors import InputError
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import FALSE, TRUE, Condition, Relation, all_of, condition_text
from separatrix.expression.tree import Call, Expression, Name, add, divide, multiply, negate, number
from separatrix.game.model import Game
from separatrix.sentences import say, together

__all__ = [
    "candidates_of_faces",
    "candidates_of_one",
    "opposite_signs",
    "perfect_root",
    "states_of_one",
]

MOST_FREE = 3
"""Populations that mix on a face whose rest points have closed forms in general."""

MOST_TERMS = 200
"""Terms of an advantage at a corner up to which candidates are sought in the parameters themselves."""


def candidates_of_faces(
    game: Game, table: CornerTable, assumptions: Assumptions
) -> tuple[RestStateAnswer, Coefficients | None]:
    """Return every candidate on the faces with up to three populations that mix, with its conditions.

    Where these would be too long, they are written in named coefficients.

    Parameters
    ----------
    game : Game
        Of n populations with two strategies each, without own play.
    table, assumptions
        In the game's parameters.

    Returns
    -------
    found : RestStateAnswer
    named : Coefficients or None
        What these are in; None where everything is in the parameters.
    """
    terms = max(len(v.numerator) + len(v.denominator) for part in table.corners for v in part.values())
    if terms <= MOST_TERMS:
        try:
            return _Candidates(game, table, assumptions).to_answer(), None
        except InputError as problem:
            if problem.code != "S002":
                raise
    named = name_coefficients(game, table, assumptions)
    return _Candidates(game, named.table, named.assumptions, (table, assumptions)).to_answer(), named


class _Candidates:
    """Lists the candidates of an n-population game, face by face."""

    def __init__(
        self,
        game: Game,
        table: CornerTable,
        assumptions: Assumptions,
        plain: tuple[CornerTable, Assumptions] | None = None,
    ) -> None:
        self.game = game
        self.table = table
        self.assumptions = assumptions
        self.plain = plain or (table, assumptions)
        self.speeds = [table.ring.read(speed) for speed in game.speeds]
        self.n = len(game.shares)
        self.points: list[RestPoint] = []
        self.sets: list[RestSet] = []

    def to_answer(self) -> RestStateAnswer:
        closed = 0
        # First, because what is too long shows here.
        inner = {face: self._inside(face) for face in faces(self.n) if face.count(None) >= MOST_FREE}
        for face in faces(self.n):
            free = [i for i, pure in enumerate(face) if pure is None]
            if not free:
                self._pure(face)
            elif len(free) == 1:
                self._edge(face, free[0])
            elif len(free) == 2:
                self._plane(face, free[0], free[1])
            else:
                inside = inner[face]
                if inside is None:
                    continue
                for point in inside[0]:
                    self._add_point(point)
                for piece in inside[1]:
                    self._add_set(piece)
            closed += 1
        return RestStateAnswer(tuple(self.points), tuple(self.sets), (), self._completeness(closed))

    def _inside(self, face: Face) -> tuple[list[RestPoint], list[RestSet]] | None:
        if face.count(None) == MOST_FREE:
            return interior_candidates(self.game, self.table, self.assumptions, face)
        # Only where advantages fall into factors, which shows in the parameters.
        table, assumptions = self.plain
        try:
            return interior_candidates(self.game, table, assumptions, face)
        except InputError as problem:
            if problem.code != "S002":
                raise
            return None

    def _completeness(self, closed: int) -> Completeness:
        everything = closed == 3**self.n
        solved = (
            say("Each of the {count} faces was solved in symbols", count=closed)
            if everything
            else say(
                "Each of the {count} faces on which at most {most} populations mix was solved in symbols",
                count=closed,
                most=MOST_FREE,
            )
        )
        parts = [
            say(
                "{solved}; what lies on it exists exactly where its condition holds. Points are listed "
                "first, then the sets that exist only where an equation between the parameters holds.",
                solved=solved,
            )
        ]
        if any(piece.exists is None for piece in self.sets):
            parts.append(
                say(
                    "The last set gathers what only degenerate parameters have inside the cube; for it the "
                    "condition given is necessary, and values show what there is."
                )
                if self.n == 3
                else say(
                    "What only degenerate parameters have inside a face of three populations or more that "
                    "mix is gathered in one set a face; for it the condition given is necessary, and "
                    "values show what there is."
                )
            )
        if everything:
            return Completeness("complete", together(parts))
        parts.append(
            say(
                "States at which more than {most} populations mix are not enumerated in symbols: "
                "they are roots of polynomials of higher degree. None of them is asymptotically "
                "stable (Ritzberger–Weibull theorem), and values show them all.",
                most=MOST_FREE,
            ).resting_on(STRICT_NASH)
        )
        return Completeness("incomplete", together(parts))

    def _add_point(self, point: RestPoint) -> None:
        if point.exists != FALSE:
            self.points.append(replace(point, id=point_number(len(self.points) + 1)))

    def _add_set(self, piece: RestSet) -> None:
        if piece.exists != FALSE and piece.possible_when != FALSE:
            self.sets.append(replace(piece, id=set_number(len(self.sets) + 1)))

    def corner(self, i: int, face: Face, at: Mapping[int, int]) -> Ratio:
        """The advantage of i where the others play as on the face and in `at`."""
        shares = tuple(at.get(k, face[k]) for k in range(self.n) if k != i)
        return next(value for corner, value in self.table.corners[i].items() if corner == shares)

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
                eigenvalues_exact=tuple(
                    (c * v).expression() for c, v in zip(self.speeds, outward, strict=True)
                ),
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
                equations=tuple(_fixed(shares, face)) + _interior_conditions(shares[free]),
                corners=tuple(ends),
                samples=tuple(ends),
                reason=say(
                    "the mixing population is indifferent along the whole edge; single states of it are "
                    "{never}",
                    never=ONLY_STRICT,
                ),
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
            label: Label | None = None
            reason: str = ONLY_STRICT
            if self.n == 2:
                rising = self._rising(low_i, high_i) * self._rising(low_j, high_j)
                label, reason = _saddle_or_centre(self.is_(rising, ">"), square)
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
                    equations=(
                        *base,
                        Relation(shares[fixed], "==", level),
                        *_interior_conditions(shares[moving]),
                    ),
                    reason=say(
                        "one population is indifferent on the whole face, the other along this line; {never}",
                        never=ONLY_STRICT,
                    ),
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
                equations=(*base, *_interior_conditions(shares[i]), *_interior_conditions(shares[j])),
                corners=tuple(corners),
                samples=tuple(corners),
                reason=say("both populations are indifferent on the whole face"),
                exists=all_of(rest_i, rest_j),
            )
        )

    def _both_zero(self, low: Ratio, high: Ratio) -> Condition:
        """The condition that an advantage vanishes on a whole face."""
        if self.is_(high - low, "==") == FALSE:
            return FALSE
        return all_of(self.is_(low, "=="), self.is_(high, "=="))

    def _rising(self, low: Ratio, high: Ratio) -> Ratio:
        """The shortest quantity with the sign of ``high - low`` where the two have opposite signs."""
        slope = high - low
        known = len(self.assumptions.signs(slope.sign_polynomial)) == 1
        return slope if known else min((slope, high, -low), key=lambda v: len(v.numerator))

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
        low_i·high_i·low_j·high_j / (slope_i·slope_j), times the speeds.
        """
        low_i, high_i, low_j, high_j = corners
        above = [*(self.speeds[k] for k in (i, j) if self.speeds[k].value != 1), *corners]
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
                growth = multiply(self.speeds[k].expression(), self._advantage_at(k, i, j, face, coordinates))
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
        return "saddle", say("where it exists its eigenvalues are real and of opposite signs")
    if saddle == FALSE:
        return "centre", say("where it exists a conserved quantity has a strict extremum at it").resting_on(
            CONSERVED_QUANTITY
        )
    return None, say(
        "where it exists: a saddle if {condition}, else a centre; {never}",
        condition=condition_text(saddle),
        never=ONLY_STRICT,
    )


def _fixed(shares: list[Name], face: Face) -> Iterator[Condition]:
    for share, pure in zip(shares, face, strict=True):
        if pure is not None:
            yield Relation(share, "==", number(pure))


def _interior_conditions(share: Name) -> tuple[Condition, ...]:
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
        from flint import fmpq

        from separatrix.exact.algebraic_numbers import square_root

        outer = square_root(constant)
        if not isinstance(outer, fmpq):
            return None
        root = ring.one * outer
        for factor, exponent in factors:
            root = root * factor ** (exponent // 2)
        roots.append(root)
    return Ratio(ring, roots[0], roots[1])


def _label_from_signs(signs: list[frozenset[int]]) -> tuple[Label | None, str]:
    """The label of a pure profile where it is the same for all admissible parameters."""
    if all(s == {-1} for s in signs):
        return "asymptotically stable", say(
            "strict Nash equilibrium for all admissible parameters"
        ).resting_on(NASH)
    if all(s == {1} for s in signs):
        return "source", say("all eigenvalues are positive for all admissible parameters").resting_on(
            LINEARISATION
        )
    if any(s == {1} for s in signs) and any(s == {-1} for s in signs):
        return "saddle", say("eigenvalues of both signs for all admissible parameters").resting_on(
            LINEARISATION
        )
    if any(s == {1} for s in signs) and not any(-1 in s for s in signs):
        return None, say("not a Nash equilibrium for any admissible parameters").resting_on(NASH)
    return None, say(
        "asymptotically stable exactly where it is a strict Nash equilibrium (Ritzberger–Weibull theorem)"
    ).resting_on(STRICT_NASH, NASH)


ENDS = say("asymptotically stable, and an ESS, where the advantage near it drives the share back").resting_on(
    EVOLUTIONARILY_STABLE
)


def candidates_of_one(
    game: Game, table: CornerTable, assumptions: Assumptions, speed: Ratio
) -> RestStateAnswer:
    """Return the ends of the segment, the mixed point, and the segment itself, with their conditions."""
    low, high = table.corners[0][(0,)], table.corners[0][(1,)]

    def is_(value: fmpq_mpoly, operator: str) -> Condition:
        return assumptions.relation(value, operator)

    p, q = low.sign_polynomial, high.sign_polynomial
    exists = opposite_signs(assumptions, low, high)
    mixed_stable = all_of(is_(p, ">"), is_(q, "<"))
    below, above = (speed * low).expression(), (-(speed * high)).expression()
    points = [
        _end(game, point_number(1), 0, below, _stable_end(assumptions, p, q, -1), assumptions.signs(p)),
        _end(game, point_number(2), 1, above, _stable_end(assumptions, q, p, 1), assumptions.signs(-q)),
    ]
    if exists != FALSE:
        ess = True if mixed_stable == TRUE else False if mixed_stable == FALSE else None
        points.append(
            RestPoint(
                id=point_number(3),
                support=support_of(game, (None,)),
                free=(0,),
                exact=((low / (low - high)).expression(),),
                isolated=True,
                eigenvalues_exact=((speed * low * high / (low - high)).expression(),),
                stability="asymptotically stable" if ess else "source" if ess is False else None,
                reason=say(
                    "the advantage falls through zero where it is stable; then it is an ESS too"
                ).resting_on(EVOLUTIONARILY_STABLE),
                stable_when=None if mixed_stable == FALSE else mixed_stable,
                exists=exists,
                nash=True,
                strict_nash=False,
                ess=ess,
                nss=ess,
            )
        )
    share = Name(game.shares[0])
    segment = RestSet(
        id=set_number(1),
        support=support_of(game, (None,)),
        free=(0,),
        dimension=1,
        equations=(Relation(number(0), "<", share), Relation(share, "<", number(1))),
        corners=((0.0,), (1.0,)),
        samples=((0.0,), (1.0,)),
        reason=say("both strategies always earn the same"),
        exists=all_of(is_(p, "=="), is_(q, "==")),
    )
    sets = () if segment.exists == FALSE else (segment,)
    return RestStateAnswer(tuple(points), sets, (), Completeness("complete", PROOF))


def _stable_end(assumptions: Assumptions, here: fmpq_mpoly, beyond: fmpq_mpoly, sign: int) -> Condition:
    """Return when the advantage has the given sign at an end, or vanishes there and has it beyond."""
    values = here, beyond
    return describe_cells(
        [assumptions.signs(value) for value in values],
        lambda s: s[0] == sign or (s[0] == 0 and s[1] == sign),
        lambda index, operator: assumptions.relation(values[index], operator),
    )


def _end(
    game: Game, name: str, share: int, eigenvalue: Expression, stable: Condition, signs: frozenset[int]
) -> RestPoint:
    label: Label | None = "asymptotically stable" if stable == TRUE else "source" if signs == {1} else None
    return RestPoint(
        id=name,
        support=support_of(game, (share,)),
        free=(),
        state=(float(share),),
        exact=(number(share),),
        eigenvalues_exact=(eigenvalue,),
        stability=label,
        reason=ENDS,
        stable_when=None if stable == FALSE else stable,
        exists=TRUE,
        nash=nash_of([signs]),
        strict_nash=strict_nash_of([signs]),
        ess=True if stable == TRUE else False if stable == FALSE else None,
        isolated=isolated_of([signs]),
    )


def states_of_one(
    game: Game, table: CornerTable, assumptions: Assumptions
) -> tuple[SignPolynomials, list[State]]:
    """Return the deciding quantities and the states that can be asymptotically stable."""
    low, high = table.corners[0][(0,)], table.corners[0][(1,)]
    polynomials = SignPolynomials(assumptions)
    p, q = low.sign_polynomial, high.sign_polynomial

    def both_signs(one: str, other: str) -> Formula:
        return every_formula(polynomials.sign(p, one), polynomials.sign(q, other))

    mixed = (low / (low - high)).expression() if low != high else number(0)
    described = [
        (number(0), any_formula(polynomials.sign(p, "<"), both_signs("==", "<"))),
        (number(1), any_formula(polynomials.sign(q, ">"), both_signs(">", "=="))),
        (mixed, both_signs(">", "<")),
    ]
    states = [State((coordinate,), formula) for coordinate, formula in described if formula != FALSE]
    return polynomials, states
