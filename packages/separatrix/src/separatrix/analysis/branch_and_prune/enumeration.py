"""All faces of the state space, each by the cheapest way that settles it.

Faces whose equations are solved exactly: few mixing populations, payoffs affine in each one's shares.

With two mixing populations what one plays must leave the other one indifferent: two linear systems.  Three
populations with two strategies each are the exact route of `rest_states`.

Polynomials that order the payoffs of each population, and where payoffs have no value.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from flint import fmpq, fmpq_mpoly

from separatrix.analysis.affine.rest_states import positive_solutions
from separatrix.analysis.binary.rest_states import RestBranch, branches_inside
from separatrix.analysis.branch_and_prune.cells import CellLayout, SearchCells, definite, layout_of
from separatrix.analysis.branch_and_prune.elimination import solve_degenerate
from separatrix.analysis.branch_and_prune.faces import (
    Face,
    FaceFamily,
    FaceSystem,
    Forms,
    Numerators,
    count_faces,
    families,
    forms_of,
    shapes,
)
from separatrix.analysis.branch_and_prune.krawczyk import CertifiedRoot
from separatrix.analysis.branch_and_prune.rest_sets import Patch, zeros_on_line
from separatrix.analysis.branch_and_prune.search import Clock, SearchResult, scaled_coefficients, search
from separatrix.analysis.payoff_functions import Field, unplayed
from separatrix.analysis.replicator_equations import Multilinear
from separatrix.errors import InputError
from separatrix.exact.algebraic_numbers import Exact, as_expression
from separatrix.exact.bernstein import bases_of
from separatrix.exact.matrices import Polytope
from separatrix.exact.rational_functions import polynomial_expression
from separatrix.expression.tree import to_text
from separatrix.game.model import Game
from separatrix.run.limits import OutOfTime, poll
from separatrix.sentences import say, together

__all__ = [
    "PayoffComparison",
    "Exploration",
    "INTERRUPTED",
    "compare",
    "explore",
    "sign_everywhere",
    "solve_small",
    "solved_exactly",
]


def solved_exactly(family: FaceFamily) -> bool:
    """Return whether `solve_small` takes the faces of a family."""
    if not family.forms.multiaffine:
        return False
    mixing = [family.played[q] for q in family.mixing]
    return len(mixing) <= 2 or (len(mixing) == 3 and max(mixing) == 2)


def solve_small(family: FaceFamily, number: int, system: FaceSystem) -> Iterator[CertifiedRoot | Patch]:
    """Yield the rest points and rest sets inside one face.

    Parameters
    ----------
    family : one that `solved_exactly` accepts
    number : which of its faces
    system : that face's equations
    """
    equations = [s[number] for s in family.systems]
    if len(family.mixing) == 3:
        yield from _three(family, equations, system)
    else:
        yield from _linear(family, equations, system)


def _linear(
    family: FaceFamily, equations: list[np.ndarray], system: FaceSystem
) -> Iterator[CertifiedRoot | Patch]:
    """Each population's shares from the other one's equations."""
    sides: list[Polytope] = []
    for q, k in enumerate(family.played[m] for m in family.mixing):
        rows: list[list[int]] = []
        for p, block in enumerate(equations):
            if p != q:
                rows = [[int(v) for v in row] for row in block.reshape(len(block), -1)]
                if block.shape[1 + q] == 1:
                    rows = [[row[0]] * k for row in rows]
        solutions = positive_solutions([*rows, [1] * k], [0] * len(rows) + [1], list(range(k)))
        if solutions is None:
            return
        sides.append(solutions)
    order = sorted(range(len(sides)), key=lambda q: family.mixing[q])
    points = [
        tuple(x for vertex in choice for x in vertex[:-1])
        for choice in itertools.product(*(sides[q].vertices for q in order))
    ]
    dimension = sum(side.dimension for side in sides)
    if not dimension:
        yield CertifiedRoot.at_exactly(system, points[0])
    else:
        yield Patch.polytope(system, dimension, points)


def _three(
    family: FaceFamily, equations: list[np.ndarray], system: FaceSystem
) -> Iterator[CertifiedRoot | Patch]:
    """Three populations of two strategies: points and curves in rational and quadratic numbers."""
    order = sorted(range(3), key=lambda q: family.mixing[q])
    tables = []
    for p in order:
        block = np.broadcast_to(equations[p][0], tuple(1 if q == p else 2 for q in range(3)))
        others = [q for q in order if q != p]
        table = {}
        for corner in itertools.product((0, 1), repeat=2):
            # A share of 1 is the first strategy, which stands first among the coefficients.
            index = [0, 0, 0]
            for q, c in zip(others, corner, strict=True):
                index[q] = 1 - c
            table[corner] = fmpq(int(block[tuple(index)]))
        tables.append(table)
    for branch in branches_inside(Multilinear(tuple(tables))):
        if branch.dimension:
            yield Patch.branch(system, branch)
        else:
            yield CertifiedRoot.at_exactly(system, _point(branch))


def _point(branch: RestBranch) -> tuple[Exact, ...]:
    return branch.state({})


MOST_CELLS = 20_000


@dataclass(frozen=True, eq=False)
class PayoffComparison:
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
        """Yield, for each unplayed strategy of a face, a polynomial with the sign of its gain there."""
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


def compare(game: Game, field: Field) -> PayoffComparison:
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
    return PayoffComparison(tuple(numerators), tuple(denominators))


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


PORTION = 4096  # faces searched side by side
INTERRUPTED = say("the search was interrupted")
OUT_OF_TIME = say("the budget of time ran out")


@dataclass(eq=False)
class Exploration:
    """What was found on all faces, and what was left open.

    Attributes
    ----------
    payoffs, comparison : the game, and how its payoffs compare
    points : rest points, the pure profiles first, then by the number of free shares
    patches : continua, each in one face
    open : faces that were not settled, and why
    hard : faces with too few equations, before they are taken apart
    total, looked_at : the number of faces, and of those that were looked at
    excluded : faces on which a played strategy earns more than another one throughout
    exact : faces solved in exact numbers
    searched : faces searched by branch and prune
    cells : cells that the search looked at
    """

    payoffs: Field
    comparison: PayoffComparison
    forms: Forms
    clock: Clock
    points: list[CertifiedRoot] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)
    open: dict[Face, str] = field(default_factory=dict)
    hard: list[Face] = field(default_factory=list)
    total: int = 0
    looked_at: int = 0
    excluded: int = 0
    exact: int = 0
    searched: int = 0
    cells: int = 0
    systems: dict[Face, FaceSystem] = field(default_factory=dict)

    def fresh(self, face: Face) -> FaceSystem:
        """Return the equations of a face."""
        return FaceSystem(self.payoffs, self.comparison.numerators, face)

    def system(self, face: Face) -> FaceSystem:
        """Return the equations of a face, and keep them."""
        if face not in self.systems:
            self.systems[face] = self.fresh(face)
        return self.systems[face]

    @property
    def complete(self) -> bool:
        """Whether every face was settled."""
        return not self.open and self.looked_at == self.total

    def take(self, item: CertifiedRoot | Patch) -> None:
        """Add a rest point or a rest set."""
        if isinstance(item, Patch):
            self.patches.append(item)
        else:
            self.points.append(item)

    def look_at(self, family: FaceFamily) -> FaceFamily | None:
        """Settle the faces of a family that exact means settle, and return those to be searched."""
        self.looked_at += len(family.faces)
        if family.dimension == 0:
            self.exact += len(family.faces)
            faces = sorted(family.faces, key=lambda f: _order(self.payoffs.sizes, f))
            self.points.extend(CertifiedRoot.at_exactly(self.system(face), ()) for face in faces)
            return None
        self.excluded += int(family.dominated.sum())
        family = family.only(~family.dominated)
        if not family.faces:
            return None
        if solved_exactly(family):
            self.exact += len(family.faces)
            for number, face in enumerate(family.faces):
                for item in solve_small(family, number, self.fresh(face)):
                    self.take(item)
            return None
        for face in family.only(family.vanishing).faces:
            self._vanishing(face)
        family = family.only(~family.vanishing)
        if family.faces and family.dimension == 1:
            self.exact += len(family.faces)
            for face in family.faces:
                self.points.extend(zeros_on_line(self.fresh(face)))
            return None
        return family if family.faces else None

    def search(self, group: list[FaceFamily]) -> None:
        """Search the faces of some families of one layout."""
        self.searched += sum(len(f.faces) for f in group)
        try:
            outcomes, cells = search(group, self.fresh, self.clock)
        except KeyboardInterrupt:
            self.open.update((face, INTERRUPTED) for f in group for face in f.faces)
            raise
        self.cells += cells
        for outcome in outcomes:
            try:
                self.settle(outcome)
            except OutOfTime:
                self.open[outcome.face] = OUT_OF_TIME

    def _vanishing(self, face: Face) -> None:
        """A face on which two strategies of some population earn the same throughout."""
        system = self.system(face)
        if not any(system.equations):
            self.exact += 1
            self.patches.append(Patch.whole_face(system))
        else:
            self.hard.append(face)

    def take_apart(self, face: Face) -> None:
        """Settle a face on which the search found too few equations, or got stuck."""
        try:
            points, patches, reasons = solve_degenerate(self.system(face), self.clock)
        except OutOfTime:
            self.open[face] = OUT_OF_TIME
            return
        self.points.extend(points)
        self.patches.extend(patches)
        if reasons:
            self.open[face] = together(reasons, "; ")

    def settle(self, outcome: SearchResult) -> None:
        """Take over what a search found on one face."""
        face = outcome.face
        if not outcome.finished:
            self.open[face] = OUT_OF_TIME
        elif outcome.stuck or outcome.exhausted:
            self.take_apart(face)
            return
        for root in outcome.roots:
            if root.place == "inside":
                root.recognise()
                self.points.append(root)
            elif root.place == "unknown":
                self.open[face] = say(
                    "a zero so close to the border of the face that its side is not certain"
                )


def explore(payoffs: Field, comparison: PayoffComparison, clock: Clock) -> Exploration:
    """Look for the rest states on every face, until the time for it is spent."""
    forms = forms_of(payoffs, comparison.numerators)
    result = Exploration(payoffs, comparison, forms, clock, total=count_faces(payoffs.sizes))
    try:
        for played in shapes(forms):
            _shape(result, played)
            if clock.stopped:
                break
        for face in result.hard:
            if clock.stopped:
                result.open[face] = OUT_OF_TIME
            else:
                result.take_apart(face)
    except KeyboardInterrupt:
        clock.interrupted = True
        for face in result.hard:
            result.open.setdefault(face, INTERRUPTED)
    return result


def _shape(result: Exploration, played: list[tuple[int, ...]]) -> None:
    """Settle the faces of one shape, in portions."""
    started, before = result.clock.elapsed, result.looked_at
    waiting: dict[CellLayout, list[FaceFamily]] = {}
    for family in families(result.forms, played):
        # The pure profiles cost nothing, and are what is known of any game.
        if result.clock.stopped and (family.dimension or result.looked_at):
            break
        try:
            left = result.look_at(family)
        except OutOfTime:
            result.open.update((face, OUT_OF_TIME) for face in family.faces)
            continue
        if left is not None:
            group = waiting.setdefault(layout_of(left), [])
            group.append(left)
            if sum(len(f.faces) for f in group) >= PORTION:
                result.search(waiting.pop(layout_of(left)))
    for group in waiting.values():
        result.search(group)
    dimension = sum(played[0]) - len(played[0])
    result.clock.note(dimension, result.looked_at - before, result.clock.elapsed - started)


def _order(sizes: tuple[int, ...], face: Face) -> tuple[int, ...]:
    """Pure profiles in the order of their shares; of two strategies the first one has share 1."""
    return tuple(-played[0] if size == 2 else played[0] for size, played in zip(sizes, face, strict=True))
