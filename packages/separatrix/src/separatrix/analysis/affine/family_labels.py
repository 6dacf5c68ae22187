"""The labels of rest sets: families cut into pieces on which the label of single states is constant.

The gain of a strategy that is not played is affine in the state, so hyperplanes cut a family into cells
on which the signs of all these gains are constant.  What else decides are signs of a few polynomials: a
cell that is a segment is cut at their roots; on a larger one they must keep their signs.  Cells that turn
out alike are joined.

Polynomials whose signs decide how the label of single states can change along a rest family.

The characteristic polynomial of the Jacobian along the face has coefficients that are polynomials in the
family's parameters t.  Split it over Q into irreducible factors f(t, λ), each monic in λ.  With
f = E(λ²) + λ·O(λ²), a root iω is a common root of E and O, and conversely.  So the number of roots of f in
each half-plane is constant on a connected set of t on which f(t, 0) has no zero and

* the resultant of E and O has none, where both are there;
* where f is even, f = E(λ²), the discriminant of E has none: its real roots stay apart and real.

The factor λ itself, once a dimension, belongs to the family's own directions.

The label of a rest state among its neighbours, and of a whole cell of rest states at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly, fmpq_mpoly_ctx

from separatrix.analysis.affine.rest_states import RestFamily
from separatrix.analysis.answer import is_subset
from separatrix.analysis.payoff_functions import AffineGame, Support
from separatrix.analysis.results import LABEL_WORDS
from separatrix.analysis.stability.centre_manifold import drifts, rest_set_verdict
from separatrix.analysis.stability.classification import Verdict, growing, localise
from separatrix.analysis.stability.degenerate_points import Judgement, judge
from separatrix.analysis.theorems import NORMALLY_HYPERBOLIC
from separatrix.exact.algebraic_numbers import (
    Exact,
    distinct_in_order,
    interpolate,
    rational_between,
    real_roots,
)
from separatrix.exact.bernstein import constant_sign, value_at
from separatrix.exact.matrices import (
    Point,
    PolyhedralCell,
    Polytope,
    Wall,
    affine_rank,
    cells,
    characteristic,
    necessary_walls,
    separating,
)
from separatrix.exact.rational_functions import root_signs
from separatrix.run.limits import poll
from separatrix.sentences import say

__all__ = [
    "CHANGES",
    "FaceChart",
    "Judge",
    "PolytopePiece",
    "drift_polynomial",
    "gain_walls",
    "nash_throughout",
    "pieces",
    "signs_along_face",
    "turning_polynomials",
]


class FaceChart:
    """Parameters t on the affine hull of a polytope: x = p_0 + t_1·(p_1 - p_0) + … + t_d·(p_d - p_0).

    Attributes
    ----------
    corners : d + 1 vertices that are affinely independent
    dimension : d
    context : polynomials in t_1, …, t_d and λ

    Examples
    --------
    >>> from separatrix.exact.matrices import simplex
    >>> FaceChart(simplex(2)).parameters((fmpq(1, 2), fmpq(1, 3)))
    (1/2, 1/3)
    """

    def __init__(self, polytope: Polytope) -> None:
        corners = [polytope.vertices[0]]
        for vertex in polytope.vertices[1:]:
            if len(corners) > polytope.dimension:
                break
            if affine_rank([*corners, vertex]) == len(corners):
                corners.append(vertex)
        self.corners = tuple(corners)
        self.dimension = polytope.dimension
        names = [*(f"t{k}" for k in range(self.dimension)), "lam"]
        self.context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        first, *others = self.corners
        edges = [[p - q for p, q in zip(other, first, strict=True)] for other in others]
        _, rank = fmpq_mat(edges).rref()
        reduced = fmpq_mat(edges).rref()[0]
        columns = [next(a for a in range(len(first)) if reduced[k, a] != 0) for k in range(rank)]
        self._columns = columns
        self._inverse = fmpq_mat([[edge[a] for edge in edges] for a in columns]).inv()

    def share(self, a: int) -> fmpq_mpoly:
        """Return share a as an affine polynomial in the parameters."""
        first, *others = (corner[a] for corner in self.corners)
        width = self.dimension + 1
        terms = {(0,) * width: first}
        for k, other in enumerate(others):
            terms[tuple(int(m == k) for m in range(width))] = other - first
        return self.context.from_dict({e: v for e, v in terms.items() if v})

    def parameters(self, state: Point) -> Point:
        """Return the parameters of a state on the affine hull."""
        first = self.corners[0]
        column = self._inverse * fmpq_mat([[state[a] - first[a]] for a in self._columns])
        return tuple(column[k, 0] for k in range(self.dimension))


def turning_polynomials(game: AffineGame, family: RestFamily, chart: FaceChart) -> list[fmpq_mpoly]:
    """Return polynomials in the chart's parameters; between their zeros no eigenvalue changes sign.

    Only the eigenvalues along the face of the family are meant.  No polynomial is constant.
    """
    rank = sum(len(played) - 1 for played in family.support)
    if rank == family.dimension:
        return []  # the whole face is at rest
    found: dict[str, fmpq_mpoly] = {}
    coefficients = _characteristic(_jacobian(game, family, chart), chart)
    lam = chart.context.gens()[-1]
    whole = sum((c * lam**k for k, c in enumerate(coefficients)), chart.context.from_dict({}))
    for factor, _ in whole.factor()[1]:
        for polynomial in _of_factor(factor, chart):
            if not polynomial.is_constant():
                found[str(polynomial)] = polynomial
    return list(found.values())


def _of_factor(factor: fmpq_mpoly, chart: FaceChart) -> Iterator[fmpq_mpoly]:
    even: dict[tuple[int, ...], fmpq] = {}
    odd: dict[tuple[int, ...], fmpq] = {}
    for exponents, value in factor.to_dict().items():
        *rest, power = exponents
        (odd if power % 2 else even)[(*rest, power // 2)] = value
    e, o = chart.context.from_dict(even), chart.context.from_dict(odd)
    yield factor.subs({"lam": 0})
    if not odd:
        if e.degrees()[-1] > 1:
            yield e.discriminant("lam")
    elif even:
        if o.degrees()[-1] == 0:
            yield o
        elif e.degrees()[-1] > 0:
            yield e.resultant(o, "lam")


def signs_along_face(
    game: AffineGame, family: RestFamily, chart: FaceChart, parameters: Sequence[Exact]
) -> tuple[int, int, int] | None:
    """Return how many eigenvalues along the face have negative, zero and positive real part at a state.

    None where some eigenvalue other than zero may be imaginary.
    """
    values: list[Exact] = []
    for coefficient in _characteristic(_jacobian(game, family, chart), chart):
        total: Exact = fmpq(0)
        for exponents, value in coefficient.to_dict().items():
            term: Exact = value
            for t, exponent in zip(parameters, exponents[:-1], strict=True):
                for _ in range(int(exponent)):
                    term = term * t
            total = total + term
        values.append(total)
    return root_signs(values)


def drift_polynomial(game: AffineGame, family: RestFamily, chart: FaceChart, b: int) -> fmpq_mpoly:
    """Return a polynomial with the sign of the rate at which the gain of b grows while b is played a little.

    Parameters
    ----------
    b : the index, among all K, of a strategy that is not played

    Where the face contracts towards the family, a small share w of b drifts with the state along it:
    after division by w, t' = ψ(t) and w' = speed·h(t), h being what b earns more.  The sign of h' = ∇h·ψ
    is that of a coefficient of the bordered Jacobian's characteristic polynomial.
    """
    bordered = _jacobian(game, family, chart, (b,))
    return -_characteristic(bordered, chart)[family.dimension - 1]


def _jacobian(
    game: AffineGame, family: RestFamily, chart: FaceChart, besides: tuple[int, ...] = ()
) -> list[list[fmpq_mpoly]]:
    """The Jacobian along the face in the shares of all played strategies but the last of each population.

    The rate of x_a changes with x_b by speed·x_a·(m_ab - Σ_c x_c m_cb), m_ab = M_ab - M_a,last of b's.
    For each strategy in `besides`, which is not played, a column of the same kind and a row for the
    change of its rate of growth.
    """
    groups = [
        [offset + a for a in played] for offset, played in zip(game.offsets, family.support, strict=True)
    ]
    owner = {offset + a: i for i, offset in enumerate(game.offsets) for a in range(game.sizes[i])}
    rows = [a for group in groups for a in group[:-1]] + list(besides)
    matrix = game.matrix
    zero = chart.context.from_dict({})
    shares = [{a: chart.share(a) for a in group} for group in groups]
    averages = [
        {
            b: sum((x * (matrix[c, b] - matrix[c, groups[owner[b]][-1]]) for c, x in shares[i].items()), zero)
            for b in rows
        }
        for i in range(len(groups))
    ]
    result = []
    for a in rows:
        i = owner[a]
        weight = zero + game.speeds[i] if a in besides else shares[i][a] * game.speeds[i]
        result.append(
            [
                zero
                if a in besides and b in besides
                else weight * (matrix[a, b] - matrix[a, groups[owner[b]][-1]] - averages[i][b])
                for b in rows
            ]
        )
    return result


def _characteristic(matrix: list[list[fmpq_mpoly]], chart: FaceChart) -> list[fmpq_mpoly]:
    """The coefficients of the characteristic polynomial, that of 1 first."""
    zero = chart.context.from_dict({})
    return [*reversed(characteristic(matrix, zero, zero + 1)), zero + 1]


CHANGES = say("an eigenvalue may change the sign of its real part on it")


class Judge:
    """Judges the states of one game; it knows on which rest sets a state lies.

    Parameters
    ----------
    game : AffineGame
    families : the rest families of dimension 1 or more, by their support
    """

    def __init__(self, game: AffineGame, families: Mapping[Support, RestFamily]) -> None:
        self.game = game
        self.families = families

    def largest_dimension(self, support: Support, state: Point) -> int:
        """Return the dimension of the largest rest set that holds the state, 0 where it is isolated.

        A family whose support adds only strategies that earn the same holds the state in its closure.
        """
        if not self.families:
            return 0
        neutral = set(localise(self.game, support, state).neutral)
        extended = tuple(
            tuple(a for a in range(size) if a in played or offset + a in neutral)
            for offset, size, played in zip(self.game.offsets, self.game.sizes, support, strict=True)
        )
        whole = self.families.get(extended)
        if whole is not None:
            return whole.dimension
        return max(
            (
                f.dimension
                for s, f in self.families.items()
                if is_subset(support, s) and is_subset(s, extended)
            ),
            default=0,
        )

    def judge_state(self, support: Support, state: Point) -> Judgement:
        """Return what is known of a rest state that plays `support`.

        Raises `OutOfTime`.
        """
        poll()
        along = self.largest_dimension(support, state)
        found = judge(self.game, support, state, along)
        _, zero, positive = found.signs
        if found.label == "undecided" and not positive:
            verdict = rest_set_verdict(localise(self.game, support, state))
            if verdict is not None:
                found = replace(found, label=verdict.label, reason=verdict.reason, pointwise=True)
        return replace(found, positive=positive > 0, attracting=positive == 0 and zero == along)

    def neutral(self, support: Support, state: Point) -> tuple[int, ...]:
        """Return the strategies, among all K, that are not played and earn the same as the played ones."""
        return localise(self.game, support, state).neutral

    def gains(self, support: Support, state: Point) -> tuple[fmpq, ...]:
        """Return the eigenvalues that belong to the strategies that are not played."""
        return tuple(localise(self.game, support, state).outside.values())

    def on_cell(
        self,
        family: RestFamily,
        samples: Sequence[Point],
        constant: bool,
        trusted: Collection[int],
        everywhere: bool,
    ) -> Verdict:
        """Return the verdict on a cell on which no gain of an unplayed strategy changes its sign.

        Parameters
        ----------
        samples : states inside the cell; the first one is judged, the others serve as a check
        constant : whether no eigenvalue along the face changes its sign on the cell
        trusted : neutral strategies with the same local behaviour at all states of the cell
        everywhere : whether the cell is open in the family

        Eigenvalues decide for the whole cell where their signs are constant.  Where they leave the label
        open, arguments that use payoff differences between played and neutral strategies hold at every state
        of the cell, for these are the same there; arguments that use the state itself do not, unless all that
        they use are equations that hold at so many states of a segment that they hold on all of it.
        """
        found = self.judge_state(family.support, samples[0])
        local = localise(self.game, family.support, samples[0])
        gains = local.outside.values()
        growing = any(v > 0 for v in gains)
        if growing and any(v < 0 for v in gains):
            return found
        if not constant:
            if growing:
                return Verdict("unstable", say("a strategy that is not played earns more"), positive=True)
            return Verdict("undecided", CHANGES)
        if found.positive or found.attracting:
            return found
        proven = rest_set_verdict(local, everywhere, trusted)
        if proven is not None:
            return Verdict(proven.label, proven.reason)
        # on a line polynomials vanish throughout if they do at more states than their degree
        enough = 0 < found.degree < len(samples) and affine_rank(samples) == 1
        if found.label != "undecided" and (enough or not found.pointwise):
            others = [self.judge_state(family.support, state) for state in samples[1:]]
            same = (found.label, found.pointwise, found.degree)
            if all((other.label, other.pointwise, other.degree) == same for other in others):
                return found
        return Verdict(
            "undecided",
            say(
                "at one state of it: {label}, because {why}", label=LABEL_WORDS[found.label], why=found.reason
            ),
        )


NORMAL = say(
    "rest states fill every direction with eigenvalue zero, and the others contract (normally hyperbolic)"
).resting_on(NORMALLY_HYPERBOLIC)


@dataclass(frozen=True)
class PolytopePiece:
    """Part of a rest family, relatively open, with the verdict on its single states.

    Attributes
    ----------
    corners : of its closure, in all K shares; just the state itself where the dimension is 0
    facets : for each corner, as bits, the facets that it lies on
    nash : whether all of its states are Nash equilibria; False: none is; None: it was not cut where that
        changes
    """

    family: RestFamily
    dimension: int
    corners: tuple[tuple[Exact, ...], ...]
    facets: tuple[int, ...]
    verdict: Verdict
    nash: bool | None


def gain_walls(game: AffineGame, family: RestFamily) -> list[Wall]:
    """Return the gains of unplayed strategies that change sign on a family, one of each hyperplane."""
    return separating(family.closure, _gains(game, family))


def _gains(game: AffineGame, family: RestFamily) -> Iterator[Wall]:
    """What each strategy that is not played earns more than the played ones."""
    width = sum(game.sizes)
    for offset, size, played in zip(game.offsets, game.sizes, family.support, strict=True):
        reference = offset + played[0]
        for b in range(offset, offset + size):
            if b - offset not in played:
                yield tuple(game.matrix[b, c] - game.matrix[reference, c] for c in range(width))


def nash_throughout(game: AffineGame, family: RestFamily, corners: Iterable[Point]) -> bool | None:
    """Return whether all states between some corners are Nash equilibria, False: none; None: some are.

    Parameters
    ----------
    family : the rest states that play one support
    corners : of a closed part of it
    """
    points = tuple(corners)
    undecided = False
    for gain in _gains(game, family):
        values = [sum((g * x for g, x in zip(gain, p, strict=True) if g and x), fmpq(0)) for p in points]
        if any(v > 0 for v in values):
            if all(v >= 0 for v in values):
                return False  # inside the part it is positive
            undecided = True
    return None if undecided else True


def pieces(judge: Judge, family: RestFamily) -> list[PolytopePiece]:
    """Return the pieces of a rest family of dimension 1 or more."""
    return list(_Cut(judge, family).pieces())


class _Cut:
    """One family, and what is known of all of it."""

    def __init__(self, judge: Judge, family: RestFamily) -> None:
        self.judge, self.family = judge, family
        self.chart = FaceChart(family.closure)
        self.turning = turning_polynomials(judge.game, family, self.chart)
        self.always = set(judge.neutral(family.support, family.closure.centre))

    def pieces(self) -> Iterator[PolytopePiece]:
        closure, first = self.family.closure, sum(self.judge.game.sizes)
        walls = gain_walls(self.judge.game, self.family)
        parts = {cell: self._parts(cell.closure) for cell in cells(closure, walls, first)}
        kinds: dict[PolyhedralCell, Hashable] = {
            cell: (p[0].verdict.label, p[0].verdict.positive, p[0].nash) if len(p) == 1 else cell
            for cell, p in parts.items()
        }
        kept = necessary_walls(len(walls), kinds)
        by_sides: dict[tuple[int, ...], list[PolytopePiece]] = {}
        for cell, found in parts.items():
            by_sides.setdefault(tuple(cell.sides[k] for k in kept), []).extend(found)
        for cell in cells(closure, [walls[k] for k in kept], first):
            found = by_sides[cell.sides]
            verdict = _common(piece.verdict for piece in sorted(found, key=lambda p: -p.dimension))
            if verdict is not None:
                yield self._piece(cell.closure, verdict, found[0].nash)
            else:
                yield from found

    def _parts(self, cell: Polytope) -> list[PolytopePiece]:
        """The verdict on a cell, or on its parts where it is a segment."""
        support = self.family.support
        nash = localise(self.judge.game, support, cell.centre).nash
        if cell.dimension == 0:
            return [self._piece(cell, self.judge.judge_state(support, cell.centre), nash)]
        crossed = [b for b in self.judge.neutral(support, cell.centre) if b not in self.always]
        deciding = {b: drift for b in crossed if (drift := self._drift(cell, b)) is not None}
        if cell.dimension == 1:
            return list(
                self._pieces_of_cell(
                    cell, [*self.turning, *deciding.values()], {*self.always, *deciding}, nash
                )
            )
        inside = cell.map(self.chart.parameters)
        constant = all(constant_sign(p, inside) for p in self.turning)
        alike = {b for b, p in deciding.items() if p.is_constant() or constant_sign(p, inside)}
        everywhere = cell.dimension == self.family.dimension
        verdict = self.judge.on_cell(
            self.family, _samples(cell), constant, {*self.always, *alike}, everywhere
        )
        return [self._piece(cell, verdict, nash)]

    def _drift(self, cell: Polytope, b: int) -> fmpq_mpoly | None:
        """A polynomial whose sign gives the effect of b near a wall that its gain crosses, or None."""
        game, family = self.judge.game, self.family
        if drifts(localise(game, family.support, cell.centre), b):
            return drift_polynomial(game, family, self.chart, b)
        if family.dimension == sum(len(played) - 1 for played in family.support):
            # The face is all at rest: nothing depends on the state.
            return self.chart.context.from_dict({}) + 1
        return None

    def _piece(self, cell: Polytope, verdict: Verdict, nash: bool | None) -> PolytopePiece:
        return PolytopePiece(self.family, cell.dimension, cell.vertices, cell.facets, verdict, nash)

    # ----------------------------------------------------------------------- segments

    def _pieces_of_cell(
        self, cell: Polytope, deciding: Sequence[fmpq_mpoly], trusted: Collection[int], nash: bool
    ) -> Iterator[PolytopePiece]:
        start, end = cell.vertices
        first, last = self.chart.parameters(start), self.chart.parameters(end)
        cuts: list[Exact] = []
        constant = True
        for polynomial in deciding:
            terms = {e[:-1]: v for e, v in polynomial.to_dict().items()}
            degree = max((sum(e) for e in terms), default=0)
            steps = [fmpq(k, degree + 1) for k in range(degree + 1)]
            values = [value_at(terms, _interpolate(first, last, s)) for s in steps]
            try:
                cuts.extend(real_roots(interpolate(steps, values), fmpq(0), fmpq(1)))
            except ArithmeticError:
                constant = False
        low, high = fmpq(0), fmpq(1)
        ends: list[Exact] = [low, *distinct_in_order(cuts), high]
        parts: list[tuple[Exact, Exact, Verdict]] = []
        for k, (left, right) in enumerate(itertools.pairwise(ends), 2):
            samples = [_interpolate(start, end, s) for s in _inside(left, right)]
            verdict = self.judge.on_cell(self.family, samples, constant, trusted, self.family.dimension == 1)
            parts.append((left, right, verdict))
            if right is not high:
                near = rational_between(left, right), rational_between(right, ends[k])
                parts.append((right, right, self._verdict_at_cut(start, end, right, near)))
            joined = _common(v for _, _, v in parts[-3:])
            if len(parts) >= 3 and joined is not None:
                parts[-3:] = [(parts[-3][0], parts[-1][1], joined)]
        for left, right, verdict in parts:
            both = [left] if left is right else [left, right]
            corners = tuple(_exactly_between(start, end, t) for t in both)
            yield PolytopePiece(self.family, len(corners) - 1, corners, (1, 2)[: len(corners)], verdict, nash)

    def _verdict_at_cut(self, start: Point, end: Point, t: Exact, beside: tuple[fmpq, fmpq]) -> Verdict:
        """The verdict on a state that cuts a segment, between two parameters to its left and right."""
        support = self.family.support
        if isinstance(t, fmpq):
            return self.judge.judge_state(support, _interpolate(start, end, t))
        gains = self.judge.gains(support, _interpolate(start, end, fmpq(1, 2)))  # of the same signs all along
        first, last = self.chart.parameters(start), self.chart.parameters(end)
        inside = signs_along_face(self.judge.game, self.family, self.chart, _exactly_between(first, last, t))
        negative, zero, positive = inside or (0, 0, 0)
        found = growing(negative or any(v < 0 for v in gains), True, positive or any(v > 0 for v in gains))
        if found is not None:
            return found
        if inside and all(gains) and zero == self.family.dimension:
            return Verdict("stable", NORMAL, attracting=True)
        if inside and zero == self.family.dimension + 1:
            left, right = (
                localise(self.judge.game, support, _interpolate(start, end, s)).spectrum.signs for s in beside
            )
            if left[2] != right[2]:
                return Verdict("unstable", say("a real eigenvalue changes its sign along the set there"))
        return Verdict("undecided", say("an eigenvalue reaches the imaginary axis at this irrational state"))


def _common(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The verdict on neighbours that are alike, with the first one's reason; None where they differ."""
    first, *others = verdicts
    if any((v.label, v.positive) != (first.label, first.positive) for v in others):
        return None
    return replace(first, attracting=first.attracting and all(v.attracting for v in others))


def _interpolate(start: Point, end: Point, t: fmpq) -> Point:
    return tuple(p + t * (q - p) for p, q in zip(start, end, strict=True))


def _exactly_between(start: Point, end: Point, t: Exact) -> tuple[Exact, ...]:
    """A state between two others; what they share stays rational."""
    return tuple(p if p == q else p + t * (q - p) for p, q in zip(start, end, strict=True))


def _inside(left: Exact, right: Exact) -> list[fmpq]:
    """The middle of an interval first, then parameters on both sides of it."""
    middle = rational_between(left, right)
    inner, outer = rational_between(left, middle), rational_between(middle, right)
    return [middle, inner, outer, rational_between(left, inner), rational_between(outer, right)]


def _samples(polytope: Polytope) -> list[Point]:
    """The centre first, then states between it and the corners."""
    centre = polytope.centre
    weights = itertools.cycle((fmpq(1, 2), fmpq(4, 5), fmpq(1, 7)))
    return [
        centre,
        *(_interpolate(centre, v, w) for w, v in zip(weights, polytope.vertices[:6], strict=False)),
    ]
