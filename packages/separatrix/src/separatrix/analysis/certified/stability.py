"""The label of a certified rest state.

Eigenvalues decide where their signs are certain.  Zero real parts never decide; what remains then are:

* without own play, and with constant speeds, a mixed state is never asymptotically stable, and a pure one
  only if it is a strict Nash equilibrium (Ritzberger & Weibull 1995, proposition 2);
* the states of a rest set whose dimension is the number of zero eigenvalues, while the others are negative:
  stable (normally hyperbolic);
* the edge of a pure profile that belongs to its only zero eigenvalue: it is invariant, so a centre manifold;
* states at which a common factor of all rates vanishes: see `flow_box`;
* the game on the face of the strategies that earn as much as the played ones, where its exact route labels
  the state (reduction principle: Carr 1981, theorem 2);
* Lyapunov's and Chetaev's functions near a face of rest states (`neutral_strategies`).

Games that are left on a face when all others play pure: their exact routes label degenerate states.

Where every strategy outside a face earns less at a state than the played ones, the face holds a centre
manifold, and the state's label is that within the face (reduction principle: Pliss 1964; Carr 1981, theorem
2).  On the face only those populations still choose that have more than one strategy there; if their payoffs
are affine, or if they are at most three with two strategies each, the exact routes take over.

Certified rest states with one pair of imaginary eigenvalues and no other real part zero.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

from flint import fmpq, fmpq_mat

from separatrix.analysis.affine.family_labels import Judge, pieces
from separatrix.analysis.affine.solve import search
from separatrix.analysis.binary.family_labels import linearise
from separatrix.analysis.binary.rest_states import branches
from separatrix.analysis.binary.solve import labelled_pieces
from separatrix.analysis.binary.stability import judge
from separatrix.analysis.branch_and_prune.enumeration import PayoffComparison
from separatrix.analysis.branch_and_prune.faces import Face, FaceSystem
from separatrix.analysis.branch_and_prune.rest_sets import Patch, beside_end
from separatrix.analysis.certified.centre_manifold import CertifiedLocal, face_rates, settle
from separatrix.analysis.certified.flow_box import FlowBox
from separatrix.analysis.certified.regions import Single
from separatrix.analysis.payoff_functions import AffineGame, mixing
from separatrix.analysis.replicator_equations import Multilinear
from separatrix.analysis.stability.classification import Verdict, because, growing
from separatrix.analysis.stability.focal_values import (
    Series,
    WeakFocus,
    evaluate_series,
    judge_weak_focus,
    weak_focus,
)
from separatrix.analysis.theorems import (
    CENTRE_MANIFOLD,
    CONSERVED_QUANTITY,
    LINEARISATION,
    NASH,
    NORMALLY_HYPERBOLIC,
)
from separatrix.exact.algebraic_numbers import Exact, compare, distinct_in_order
from separatrix.run.cached_property import cached_property
from separatrix.sentences import say

__all__ = ["Labeller", "Sides", "Subgame", "label_oscillation", "reduced"]


def label_oscillation(local: CertifiedLocal) -> Verdict | None:
    """Return the label of a state by its focal values, or None where they do not decide it."""
    turns = [o.turn for o in local.outside]
    if 0 in turns or None in turns:
        return None
    focus = _focus(local)
    if focus is None:
        return None
    along = local.internal_eigenvalues
    return judge_weak_focus(focus, along.negative > 0 or -1 in turns, along.positive > 0 or 1 in turns)


def _focus(local: CertifiedLocal) -> WeakFocus | None:
    """The field on the face, all rates times one positive function, which changes no orbit."""
    system, point = local.system, local.root.exact
    if point is None or len(system.free) < 2:
        return None
    rates = face_rates(local.comparison, Single(local.root))
    jacobian = [[system.value(rate.derivative(v), point) for v in system.variables] for rate in rates]

    def rates_along(change: Sequence[Series], degree: int) -> list[Series]:
        at: list[Series] = [{} for _ in system.field.ring.names]
        for v, x, series in zip(system.variables, point, change, strict=True):
            at[v] = {(0, 0): x, **series}
        return [evaluate_series(rate, at, degree) for rate in rates]

    return weak_focus(jacobian, rates_along)


SECONDS = 2.0  # for the rest sets of one game on a face


class Subgame:
    """The game on a face.

    Parameters
    ----------
    comparison : how payoffs compare
    system : the face's equations
    """

    def __init__(self, comparison: PayoffComparison, system: FaceSystem) -> None:
        self.comparison, self.system = comparison, system
        self.choosing = mixing(system.face)

    @cached_property
    def _scales(self) -> dict[int, fmpq] | None:
        """Speed over denominator of each choosing population, where that is constant on the face."""
        result = {}
        for q in self.choosing:
            below = self.system.restrict(self.comparison.denominators[q])
            if not below.is_constant():
                return None
            result[q] = self.system.field.speeds[q] / below.leading_coefficient()
        return result

    @cached_property
    def affine(self) -> AffineGame | None:
        """The game as a matrix, where all payoffs on the face are affine."""
        scales = self._scales
        if scales is None or any(f.total_degree() > 1 for f in self.system.equations):
            return None
        face = self.system.face
        columns = [(q, a) for q in self.choosing for a in face[q]]
        variable = dict(zip(self.system.variables, self.system.free, strict=True))
        rows = []
        for q, a in columns:
            row = dict.fromkeys(columns, fmpq(0))
            if a != face[q][-1]:
                equation = self.system.equations[self.system.free.index((q, a))]
                home = next((p for p in self.choosing if p != q), q)
                for exponents, value in equation.to_dict().items():
                    used = [v for v, e in enumerate(exponents) if e]
                    for column in [variable[used[0]]] if used else [(home, b) for b in face[home]]:
                        row[column] += value * scales[q]
            rows.append(list(row.values()))
        sizes = tuple(len(face[q]) for q in self.choosing)
        return AffineGame(sizes, (fmpq(1),) * len(sizes), fmpq_mat(rows))  # the speeds are in the payoffs

    @cached_property
    def multilinear(self) -> Multilinear | None:
        """The game by its corners, where at most three populations choose, between two strategies each."""
        scales, system = self._scales, self.system
        if scales is None or len(self.choosing) > 3 or len(system.free) != len(self.choosing):
            return None
        tables = []
        for k, (q, equation) in enumerate(zip(self.choosing, system.equations, strict=True)):
            degrees = [int(equation.degrees()[v]) for v in system.variables]
            if degrees[k] or max(degrees) > 1:
                return None
            others = [v for m, v in enumerate(system.variables) if m != k]
            table = {}
            for corner in itertools.product((0, 1), repeat=len(others)):
                point = [fmpq(0)] * len(system.field.ring.names)
                for v, c in zip(others, corner, strict=True):
                    point[v] = fmpq(c)
                table[corner] = equation(*point) * scales[q]
            tables.append(table)
        return Multilinear(tuple(tables))

    @cached_property
    def _judge(self) -> Judge | None:
        if self.affine is None:
            return None
        families = search(self.affine, SECONDS)
        if families.stopped:
            return None
        return Judge(self.affine, {f.support: f for f in families.families if f.dimension})

    def label(self, face: Face, shares: list[list[Exact]]) -> Verdict | None:
        """Return the label within the face of an exact rest state, or None where no exact route applies.

        Parameters
        ----------
        face : the strategies that it plays
        shares : of all strategies
        """
        if self.multilinear is not None:
            return self._by_corners(self.multilinear, face, shares)
        if self._judge is None:
            return None
        whole = self.system.face
        state: list[Exact] = []
        for q in self.choosing:
            state.extend(shares[q][a] for a in whole[q])
        rational = tuple(x for x in state if isinstance(x, fmpq))
        if len(rational) < len(state):
            return None
        support = tuple(tuple(whole[q].index(a) for a in face[q]) for q in self.choosing)
        found = self._judge.judge_state(support, rational)
        return Verdict(found.label, found.reason, found.pointwise)

    def on_curve(
        self, face: Face, inside: Sequence[list[list[Exact]]], ends: Sequence[list[list[Exact]]]
    ) -> Verdict | None:
        """Return the label of all states of a stretch, where one piece of the exact route holds it.

        Parameters
        ----------
        face : the strategies that they play
        inside : the shares at so many states of it that a rest set of the exact route that holds them all
            holds the stretch
        ends : the shares at its ends
        """
        game, whole = self.multilinear, self.system.face
        if game is None:
            return self._on_segment(face, ends)
        inner = tuple(None if len(face[q]) > 1 else int(face[q][0] == whole[q][0]) for q in self.choosing)
        within, last = (
            [tuple(shares[q][whole[q][0]] for q in self.choosing) for shares in states]
            for states in (inside, ends)
        )
        for branch in branches(game):
            if branch.dimension != 1 or branch.face != inner or not all(map(branch.contains, within)):
                continue
            (t,) = branch.moving
            for found in labelled_pieces(game, branch):
                low, high = found.piece.low, found.piece.high
                if found.piece.dimension == 1 and low is not None and high is not None:
                    if all(compare(low, end[t]) <= 0 <= compare(high, end[t]) for end in last):
                        return None if found.verdict.label == "undecided" else found.verdict
        return None

    def _on_segment(self, face: Face, ends: Sequence[list[list[Exact]]]) -> Verdict | None:
        """The label between two states, where payoffs are affine: a face has one rest set, a polytope."""
        whole = self.system.face
        support = tuple(tuple(whole[q].index(a) for a in face[q]) for q in self.choosing)
        family = None if self._judge is None else self._judge.families.get(support)
        if self._judge is None or family is None or family.dimension != 1:
            return None
        last = [[shares[q][a] for q in self.choosing for a in whole[q]] for shares in ends]
        for piece in pieces(self._judge, family):
            if piece.dimension != 1:
                continue
            start, end = piece.corners
            k = next(k for k, (p, q) in enumerate(zip(start, end, strict=True)) if compare(p, q))
            low, high = distinct_in_order([start[k], end[k]])
            if all(compare(low, state[k]) <= 0 <= compare(high, state[k]) for state in last):
                found = piece.verdict
                if found.label == "undecided":
                    return None
                return Verdict(found.label, found.reason)
        return None

    def _by_corners(self, game: Multilinear, face: Face, shares: list[list[Exact]]) -> Verdict:
        whole = self.system.face
        state = tuple(shares[q][whole[q][0]] for q in self.choosing)
        inner = tuple(None if len(face[q]) > 1 else int(face[q][0] == whole[q][0]) for q in self.choosing)
        through = [b for b in branches(game) if b.dimension and b.face == inner and b.contains(state)]
        branch = max(through, key=lambda b: b.dimension, default=None)
        return judge(game, inner, state, linearise(game, inner, state), branch)


Sides = tuple[int, int]
"""The sign of the advantage just below and just above a mixed point of an edge."""


class Labeller:
    """Labels the rest states of one game.

    Parameters
    ----------
    comparison : how payoffs compare
    system : from a face to its equations
    continua : the rest sets of dimension one or more
    """

    def __init__(
        self, comparison: PayoffComparison, system: Callable[[Face], FaceSystem], continua: Sequence[Patch]
    ) -> None:
        self.comparison, self.system, self.continua = comparison, system, continua
        self._subgames: dict[Face, Subgame] = {}
        self._flow_boxes: dict[Face, FlowBox] = {}

    def flow_boxes(self, face: Face, tied: Sequence[tuple[int, int]] | None) -> Iterator[FlowBox]:
        """Yield the rates on faces of strategies that do not lose, as a common factor times a field.

        The first has all of them, none if some strategy wins or may do so; then come its faces with fewer,
        which orbits do not leave, so that instability there is instability.
        """
        for size in range(len(tied), -1, -1) if tied is not None else ():
            for chosen in itertools.combinations(tied or (), size):
                large = _extended_face(face, chosen)
                if large not in self._flow_boxes:
                    self._flow_boxes[large] = FlowBox(self.system(large), self.comparison)
                yield self._flow_boxes[large]

    def label(self, local: CertifiedLocal, sides: Sides | None = None, dimension: int = 0) -> Verdict:
        """Return the label of a rest state and the reason for it; for the parameters see `by_eigenvalues`."""
        verdict = self.by_eigenvalues(local, sides, dimension)
        if verdict.label == "undecided":
            for k, box in enumerate(self.flow_boxes(local.system.face, local.tied)):
                found = box.label(local.root)
                if found is not None and (k == 0 or found.label == "unstable"):
                    return reduced(local.loses, found)
        return verdict

    def by_eigenvalues(
        self, local: CertifiedLocal, sides: Sides | None = None, dimension: int = 0
    ) -> Verdict:
        """Return the label of a rest state and the reason for it.

        Parameters
        ----------
        local : what is certain about its neighbourhood
        sides : for a mixed point of an edge
        dimension : of the rest set that it lies on, inside its own face; 0 for an isolated point
        """
        along = local.internal_eigenvalues
        turns = [o.turn for o in local.outside]
        negative = along.negative + turns.count(-1)
        positive = along.positive + turns.count(1)
        unknown = along.unknown + turns.count(None)
        zero = along.zero + turns.count(0)
        found = growing(negative, zero or unknown, positive)
        if found is not None:
            backwards = zero == 2 and not negative and not unknown and not dimension
            return (label_oscillation(local) if backwards else None) or found
        if not unknown and not zero:
            return Verdict("asymptotically stable", _sink(local))
        if unknown:
            return Verdict("undecided", _unclear(local))
        if dimension and zero == dimension:
            why = say(
                "it lies on a set of rest states and every other direction contracts (normally hyperbolic)"
            ).resting_on(NORMALLY_HYPERBOLIC)
            return Verdict("stable", why if negative else say("every state near it is at rest"))
        verdict = self._with_zeros(local, sides, say("every other direction contracts") if negative else "")
        if verdict.label == "undecided":
            oscillating = None if dimension else label_oscillation(local)
            if oscillating is not None:
                return oscillating
            return settle(self.comparison, Single(local.root), self.continua).verdict or verdict
        return verdict

    def _with_zeros(self, local: CertifiedLocal, sides: Sides | None, rest: str) -> Verdict:
        """The eigenvalues have negative or zero real parts."""
        neutral = local.tied or ()
        if not neutral and sides is not None:
            return _reduced(_on_segment(sides), rest)
        if not local.system.free and len(neutral) == 1:
            return self._beside_corner(local, neutral[0], rest)
        face = _extended_face(local.system.face, neutral)
        if local.root.exact is not None:
            shares = local.system.shares(local.root.exact)
            verdict = self._subgame(face).label(local.system.face, shares)
            if verdict is not None:
                return _reduced(verdict, rest)
        return self._circling(local, neutral, rest)

    def _subgame(self, face: Face) -> Subgame:
        if face not in self._subgames:
            self._subgames[face] = Subgame(self.comparison, self.system(face))
        return self._subgames[face]

    def along_curve(
        self, local: CertifiedLocal, inside: Sequence[Sequence[Exact]], ends: Sequence[Sequence[Exact]]
    ) -> Verdict | None:
        """Return the label of all states of a stretch by the game of the strategies that do not lose on it.

        Parameters
        ----------
        local : one of them
        inside, ends : free shares of states that determine its curve, and of its ends
        """
        if local.tied is None:
            return None
        shares = local.system.shares
        found = self._subgame(_extended_face(local.system.face, local.tied)).on_curve(
            local.system.face, [shares(s) for s in inside], [shares(s) for s in ends]
        )
        return None if found is None else reduced(local.loses, found)

    def _circling(self, local: CertifiedLocal, neutral: Sequence[tuple[int, int]], rest: str) -> Verdict:
        """Two populations that mix two strategies each have a conserved quantity if their rates separate.

        Where x' = a(x)α(y) and y' = b(x)β(y), ∫ b/a dx - ∫ α/β dy is constant along orbits; without own play
        rates are of this form.  At imaginary eigenvalues a and β are not zero, and it has a strict extremum.
        """
        free, along = local.system.free, local.internal_eigenvalues
        turning = along.zero == 2 and any(v != 0 for v in along.values)
        if turning and not neutral and len(free) == 2 and free[0][0] != free[1][0]:
            if local.balanced or _separable(local):
                why = say(
                    "a conserved quantity of its face has a strict extremum there, so orbits circle it"
                ).resting_on(CONSERVED_QUANTITY)
                return _reduced(Verdict("centre", why), rest)
        if neutral:
            return Verdict("undecided", say("unplayed strategies earn as much as the played ones"))
        return Verdict(
            "undecided", say("eigenvalues along its face have zero real part, and nothing else decides")
        )

    def _beside_corner(self, local: CertifiedLocal, edge: tuple[int, int], rest: str) -> Verdict:
        """One zero eigenvalue at a pure profile."""
        q, b = edge
        (a,) = local.system.face[q]
        face = tuple(
            tuple(sorted((a, b))) if p == q else played for p, played in enumerate(local.system.face)
        )
        line = self.system(face)
        if not line.equations[0]:
            why = say("one edge of rest states leads away from it (normally hyperbolic)").resting_on(
                NORMALLY_HYPERBOLIC
            )
            return Verdict("stable", because(rest, why))
        end = int(a == face[q][0])  # the free share is that of the first strategy
        drift = beside_end(line, end)
        if drift > 0 if end else drift < 0:
            why = say(
                "the advantage near it drives the share back along the edge of the zero eigenvalue"
            ).resting_on(CENTRE_MANIFOLD)
            return Verdict("asymptotically stable", because(rest, why))
        if not rest:
            return Verdict("source", say("the advantage near it drives the share away"))
        return Verdict("unstable", say("the advantage near it drives the share away along an edge"))


def _separable(local: CertifiedLocal) -> bool:
    """Return whether the rate of each of two free shares is a product of functions of one share."""
    one, other = local.system.variables
    for rate in face_rates(local.comparison, Single(local.root)):
        rows: dict[int, dict[int, fmpq]] = {}
        for powers, coefficient in rate.terms():
            rows.setdefault(powers[one], {})[powers[other]] = coefficient
        first, *rest = rows.values()
        for row in rest:
            if row.keys() != first.keys() or len({row[k] / first[k] for k in row}) > 1:
                return False
    return True


def _extended_face(face: Face, others: Sequence[tuple[int, int]]) -> Face:
    """A face with some more strategies."""
    return tuple(tuple(sorted({*row, *(b for q, b in others if q == p)})) for p, row in enumerate(face))


def reduced(loses: bool, verdict: Verdict) -> Verdict:
    """Return the label of a state from that within the face of the strategies that do not lose."""
    return _reduced(verdict, say("every other direction contracts") if loses else "")


def _sink(local: CertifiedLocal) -> str:
    if not local.system.free:
        return say("strict Nash equilibrium: every eigenvalue is negative").resting_on(LINEARISATION, NASH)
    return say("every eigenvalue has negative real part").resting_on(LINEARISATION)


def _unclear(local: CertifiedLocal) -> str:
    if any(o.turn is None for o in local.outside):
        return say(
            "it is not proven that the payoff of an unplayed strategy differs from that of the played ones"
        )
    return say("it is not proven that no eigenvalue has zero real part")


def _reduced(verdict: Verdict, rest: str) -> Verdict:
    """The label of a state from that within a face, when all directions out of the face contract."""
    if not rest:
        return verdict
    label = verdict.label
    if label == "undecided":
        return verdict
    if label in ("source", "saddle", "unstable"):
        return Verdict("unstable", say("within a face, {why}", why=verdict.reason), verdict.pointwise)
    if label == "centre":
        label = "stable"
    return Verdict(
        label,
        say("{rest}; within the face of the others, {why}", rest=rest, why=verdict.reason).resting_on(
            CENTRE_MANIFOLD
        ),
        verdict.pointwise,
    )


def _on_segment(sides: Sides) -> Verdict:
    """A mixed point of an edge, where the flow is one-dimensional."""
    before, after = sides
    if before > 0 > after:
        return Verdict("asymptotically stable", say("the advantage drives the share back from both sides"))
    if before < 0 < after:
        return Verdict("source", say("the advantage drives the share away on both sides"))
    return Verdict("unstable", say("the advantage drives the share back on one side and away on the other"))
