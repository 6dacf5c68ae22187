"""All faces of the state space, each by the cheapest way that settles it."""

from __future__ import annotations

from dataclasses import dataclass, field

from separatrix.analysis.branch_and_prune.bernstein_payoffs import Forms, forms_of
from separatrix.analysis.branch_and_prune.cells import CellLayout, layout_of
from separatrix.analysis.branch_and_prune.clock import Clock
from separatrix.analysis.branch_and_prune.closed_forms import solve_small, solved_exactly
from separatrix.analysis.branch_and_prune.degenerate_zeros import solve_degenerate
from separatrix.analysis.branch_and_prune.edges import zeros_on_line
from separatrix.analysis.branch_and_prune.face_equations import FaceSystem
from separatrix.analysis.branch_and_prune.faces import (
    Face,
    FaceFamily,
    count_faces,
    families,
    shapes,
)
from separatrix.analysis.branch_and_prune.payoff_comparison import Comparison
from separatrix.analysis.branch_and_prune.rest_sets import Patch
from separatrix.analysis.branch_and_prune.root import CertifiedRoot
from separatrix.analysis.branch_and_prune.search import SearchResult, search
from separatrix.analysis.payoff_functions import Field
from separatrix.run.deadline import OutOfTime
from separatrix.sentences import say, together

__all__ = ["INTERRUPTED", "Exploration", "explore"]

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
    comparison: Comparison
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


def explore(payoffs: Field, comparison: Comparison, clock: Clock) -> Exploration:
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
