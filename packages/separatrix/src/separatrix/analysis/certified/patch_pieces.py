"""Parts of rest sets with the label of their single states, and single states of rest sets as such parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from separatrix.analysis.affine_game import unplayed
from separatrix.analysis.branch_and_prune.bernstein_payoffs import Forms
from separatrix.analysis.branch_and_prune.rest_sets import Patch
from separatrix.analysis.branch_and_prune.root import CertifiedRoot
from separatrix.analysis.certified.labels import Labeller
from separatrix.analysis.certified.local import CertifiedLocal
from separatrix.analysis.stability.verdict import Verdict
from separatrix.exact.algebraic_numbers import Exact
from separatrix.sentences import say

__all__ = [
    "DEEP",
    "PatchPiece",
    "kind_of",
    "labelled_root",
    "nash_at",
    "nash_by",
    "nash_throughout",
    "state_on",
]

DEEP = say("payoff differences vanish throughout it, so that eigenvalues leave its label open")


@dataclass(frozen=True)
class PatchPiece:
    """Part of a rest set.

    Attributes
    ----------
    patch : where it is
    verdict : the label of its single states
    positive : whether every state of it certainly has an eigenvalue with positive real part
    attracting : whether all eigenvalues are negative but for one zero a dimension
    nash : whether all of its states are Nash equilibria; False: none is; None: not decided
    leaves : whether from beside every state of it orbits certainly lead to states that are not at rest
    """

    patch: Patch
    verdict: Verdict
    positive: bool = False
    attracting: bool = False
    nash: bool | None = None
    leaves: bool = False


def state_on(labeller: Labeller, patch: Patch, state: Sequence[Exact], dimension: int) -> PatchPiece:
    """Return a state of a rest set, given by its free shares, as a piece of dimension 0."""
    return labelled_root(labeller, CertifiedRoot.at_exactly(patch.system, tuple(state)), dimension)


def labelled_root(labeller: Labeller, root: CertifiedRoot, dimension: int) -> PatchPiece:
    """Return a state that lies on a rest set of its own face, labelled."""
    local = CertifiedLocal(labeller.comparison, root)
    verdict = labeller.label(local, dimension=dimension)
    positive, attracting = kind_of(local, dimension)
    boxes = () if positive or attracting else labeller.flow_boxes(root.face, local.tied)
    leaves = any(box.leaves(root.face, root.sign) for box in boxes)
    return PatchPiece(Patch.state(root), verdict, positive, attracting, nash_at(local), leaves)


def nash_by(turns: Sequence[int | None]) -> bool | None:
    """Return whether no unplayed strategy earns more, by the signs of what they earn more."""
    return False if 1 in turns else None if None in turns else True


def nash_at(local: CertifiedLocal) -> bool | None:
    """Return whether a state is a Nash equilibrium."""
    return nash_by([o.turn for o in local.outside])


def nash_throughout(forms: Forms, patch: Patch) -> bool | None:
    """Return the same of all states of a set, from the signs of payoff differences on its whole face."""
    face = patch.system.face
    return nash_by([forms.sign_on(face, p, b, face[p][-1]) for p, b in unplayed(forms.sizes, face)])


def kind_of(local: CertifiedLocal, dimension: int) -> tuple[bool, bool]:
    """Return whether an eigenvalue is surely positive, and whether all but `dimension` zeros are negative."""
    turns = [o.turn for o in local.outside]
    positive = local.along.positive + turns.count(1)
    negative = local.along.negative + turns.count(-1)
    zero = local.along.zero + turns.count(0)
    return positive > 0, zero == dimension and zero + negative == len(turns) + len(local.along.values)
