"""Games that are left on a face when all others play pure: their exact routes label degenerate states.

Where every strategy outside a face earns less at a state than the played ones, the face holds a centre
manifold, and the state's label is that within the face (reduction principle: Pliss 1964; Carr 1981, theorem
2).  On the face only those populations still choose that have more than one strategy there; if their payoffs
are affine, or if they are at most three with two strategies each, the exact routes take over.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from flint import fmpq, fmpq_mat

from separatrix.analysis.affine.labels import Judge
from separatrix.analysis.affine.rest_family_labels import pieces
from separatrix.analysis.affine.solve import search
from separatrix.analysis.affine_game import AffineGame, mixing
from separatrix.analysis.binary.labels import judge
from separatrix.analysis.binary.linearisation import linearise
from separatrix.analysis.binary.rest_states import branches
from separatrix.analysis.binary.solve import labelled_pieces
from separatrix.analysis.branch_and_prune.face_equations import FaceSystem
from separatrix.analysis.branch_and_prune.faces import Face
from separatrix.analysis.branch_and_prune.payoff_comparison import Comparison
from separatrix.analysis.multilinear import Multilinear
from separatrix.analysis.stability.verdict import Verdict
from separatrix.exact.algebraic_numbers import Exact, compare, distinct_in_order
from separatrix.run.cached_property import cached_property

__all__ = ["Subgame"]

SECONDS = 2.0  # for the rest sets of one game on a face


class Subgame:
    """The game on a face.

    Parameters
    ----------
    comparison : how payoffs compare
    system : the face's equations
    """

    def __init__(self, comparison: Comparison, system: FaceSystem) -> None:
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
        found = self._judge.at(support, rational)
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
