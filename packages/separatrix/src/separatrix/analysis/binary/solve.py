"""The whole answer at given numbers, for up to three populations with two strategies each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from flint import fmpq

from separatrix.analysis.answer import (
    Gain,
    Groups,
    SetVerdict,
    is_subset,
    judge_set,
    strict_equilibrium_set,
)
from separatrix.analysis.binary.family_labels import CubePiece, Linearisation, cut, linearise
from separatrix.analysis.binary.rest_states import Face, Linked, RestBranch, branches, played
from separatrix.analysis.binary.stability import judge
from separatrix.analysis.multilinear import Multilinear
from separatrix.analysis.payoff_functions import Support
from separatrix.analysis.stability.classification import Verdict
from separatrix.analysis.theorems import CONSERVED_QUANTITY
from separatrix.exact.algebraic_numbers import Exact, Surd, interpolate, real_roots, sign
from separatrix.expression.constants import Constant, Unseparated
from separatrix.sentences import say

__all__ = ["BinarySolution", "Component", "LabelledPiece", "LabelledPoint", "solve"]


@dataclass(frozen=True)
class LabelledPoint:
    """A pure profile or an isolated mixed rest point, with its exact local data."""

    face: Face
    state: tuple[Exact, ...]
    local: Linearisation
    verdict: Verdict
    isolated: bool


@dataclass(frozen=True)
class LabelledPiece:
    """Part of a rest set on which the label of single states is constant."""

    piece: CubePiece
    verdict: Verdict
    positive: bool
    """Whether its states have an eigenvalue with positive real part."""
    nash: bool
    """Whether its states are Nash equilibria."""


@dataclass(frozen=True)
class Component:
    """A connected set of rest states that is more than a point.

    ``pieces`` and ``corners`` are indices into the answer's pieces and points.
    """

    pieces: tuple[int, ...]
    corners: tuple[int, ...]
    verdict: SetVerdict


@dataclass(frozen=True)
class BinarySolution:
    """Every rest state: isolated points and pure profiles, pieces of continua, their components."""

    points: tuple[LabelledPoint, ...]
    pieces: tuple[LabelledPiece, ...]
    components: tuple[Component, ...]
    open_faces: tuple[Face, ...] = ()
    """Faces whose rest states are unknown: the sign of a constant could not be separated from 0."""


def solve(game: Multilinear) -> BinarySolution:
    """Return every rest state of a game of at most three populations, labelled."""
    open_faces: list[Face] = []
    every = branches(game, open_faces)
    sets = [b for b in every if b.dimension]
    points: list[LabelledPoint] = []
    loose: list[RestBranch] = []  # mixed points that lie on the closure of a rest set
    for branch in every:
        if branch.dimension:
            continue
        state = branch.state({})
        on_set = any(s.contains(state, closed=True) for s in sets)
        if on_set and branch.free:
            loose.append(branch)
            continue
        local = linearise(game, branch.face, state)
        points.append(
            LabelledPoint(branch.face, state, local, _judged(game, branch.face, state, local), not on_set)
        )
    labelled: list[LabelledPiece] = []
    for branch in sets:
        labelled.extend(labelled_pieces(game, branch))
    for branch in loose:
        state = branch.state({})
        labelled.append(_label(game, CubePiece(branch, state, 0, None, None)))
    unique = _without_repetition(labelled)
    components = tuple(_components(game, sets, loose, points, unique)) if sets else ()
    return BinarySolution(tuple(points), tuple(unique), components, tuple(open_faces))


def _judged(
    game: Multilinear,
    face: Face,
    state: tuple[Exact, ...],
    local: Linearisation,
    branch: RestBranch | None = None,
) -> Verdict:
    """The label of a state; undecided where it depends on the sign of a constant that is unknown."""
    try:
        return judge(game, face, state, local, branch)
    except Unseparated as problem:
        return Verdict("undecided", problem.message)


def _label(game: Multilinear, piece: CubePiece) -> LabelledPiece:
    branch = piece.branch
    local = linearise(game, branch.face, piece.sample)
    verdict = _judged(game, branch.face, piece.sample, local, branch if piece.dimension else None)
    if verdict.pointwise and piece.dimension:
        verdict = _everywhere(game, piece, verdict)
    return LabelledPiece(piece, verdict, local.signs()[2] > 0, _nash(local))


def _nash(local: Linearisation) -> bool:
    """Whether no unplayed strategy earns more than the played one."""
    return all(sign(value) <= 0 for value in local.pure.values())


def _on_ground(value: Exact | None) -> TypeGuard[fmpq]:
    return isinstance(value, fmpq | Constant)


def _everywhere(game: Multilinear, piece: CubePiece, verdict: Verdict) -> Verdict:
    """Keep a verdict that relies on equalities only if they hold along the whole piece.

    The equalities are polynomial in the parameter, of degree at most twelve, and the signs they use
    change only at the ends of the piece; so thirteen states decide.
    """
    branch = piece.branch
    if piece.dimension == 1 and _on_ground(piece.low) and _on_ground(piece.high):
        (t,) = branch.moving
        for k in range(1, 14):
            value = piece.low + (piece.high - piece.low) * fmpq(k, 14)
            state = branch.state({t: value})
            local = linearise(game, branch.face, state)
            if judge(game, branch.face, state, local, branch).label != verdict.label:
                break
        else:
            return verdict
    return Verdict(
        "undecided",
        say("a conserved quantity was found at single states of it only").resting_on(CONSERVED_QUANTITY),
    )


def labelled_pieces(game: Multilinear, branch: RestBranch) -> Iterator[LabelledPiece]:
    """Label the pieces of a branch; neighbours along a curve with one label are joined again."""
    pending: list[LabelledPiece] = []
    try:
        parts = cut(game, branch)
    except ArithmeticError as trouble:
        yield _whole(game, branch, trouble.args[0])
        return
    for piece in parts:
        pending.append(_label(game, piece))
        while len(pending) >= 3 and _joinable(pending[-3:]):
            left, _, right = pending[-3:]
            joined = CubePiece(
                branch, left.piece.sample, 1, left.piece.low, right.piece.high, left.piece.side
            )
            pending[-3:] = [LabelledPiece(joined, left.verdict, left.positive, left.nash)]
    yield from pending


def _whole(game: Multilinear, branch: RestBranch, trouble: str) -> LabelledPiece:
    """A branch that could not be cut: one piece, without a label.

    Only curves that bend inside the cube are of that kind, so every strategy is played.
    """
    middle = {i: sum(branch.range(i), fmpq(0)) / 2 for i in branch.moving}
    low, high = branch.range(branch.moving[0]) if branch.dimension == 1 else (None, None)
    piece = CubePiece(branch, branch.state(middle), branch.dimension, low, high)
    local = linearise(game, branch.face, piece.sample)
    verdict = Verdict("undecided", say("the label changes along it: {why}", why=trouble))
    return LabelledPiece(piece, verdict, local.signs()[2] > 0, _nash(local))


def _joinable(three: list[LabelledPiece]) -> bool:
    left, cut_point, right = three
    shapes = (left.piece.dimension, cut_point.piece.dimension, right.piece.dimension)
    return (
        shapes == (1, 0, 1)
        and left.piece.branch == right.piece.branch
        and left.verdict.label == cut_point.verdict.label == right.verdict.label
        and left.positive == cut_point.positive == right.positive
        and left.nash == cut_point.nash == right.nash
    )


def _without_repetition(pieces: list[LabelledPiece]) -> list[LabelledPiece]:
    seen: set[tuple[Face, tuple[Exact, ...]]] = set()
    result = []
    for labelled in pieces:
        if labelled.piece.dimension == 0:
            key = (labelled.piece.branch.face, labelled.piece.sample)
            if key in seen:
                continue
            seen.add(key)
        result.append(labelled)
    return result


# --------------------------------------------------------------------------- components


def _components(
    game: Multilinear,
    sets: list[RestBranch],
    loose: list[RestBranch],
    points: list[LabelledPoint],
    pieces: list[LabelledPiece],
) -> Iterator[Component]:
    groups = Groups(len(sets))
    for a, b in itertools.combinations(range(len(sets)), 2):
        if groups.root(a) != groups.root(b) and (_meet(sets[a], sets[b]) or _meet(sets[b], sets[a])):
            groups.join(a, b)
    for group in groups.members():
        members = [sets[k] for k in group]
        inside = tuple(
            k for k, p in enumerate(pieces) if any(m.contains(p.piece.sample, closed=True) for m in members)
        )
        corners = tuple(
            k for k, p in enumerate(points) if any(m.contains(p.state, closed=True) for m in members)
        )
        yield Component(
            inside, corners, _verdict(members, [points[k] for k in corners], [pieces[k] for k in inside])
        )


def _meet(a: RestBranch, b: RestBranch) -> bool:
    """Whether the closures of two branches meet, as far as the ends of `a` and `b`'s values show."""
    grids: list[list[Exact]] = []
    for i in a.moving:
        low, high = a.range(i)
        values: list[Exact] = [low, high]
        other = b.coordinates[i]
        if isinstance(other, fmpq | Surd | Constant) and low < other < high:
            values.append(other)
        grids.append(values)
    for values_at in itertools.product(*grids):
        if b.contains(a.state(dict(zip(a.moving, values_at, strict=True))), closed=True):
            return True
    return a.dimension == 1 and a.face == b.face and _cross(a, b)


def _cross(a: RestBranch, b: RestBranch) -> bool:
    """Whether a curve meets another branch of the same face at a parameter of its own."""
    (t,) = a.moving
    low, high = a.range(t)
    links = [c for c in a.coordinates if isinstance(c, Linked)]
    points = [low + (high - low) * fmpq(k, 8) for k in range(1, 8)]
    for i, coordinate in enumerate(b.coordinates):
        values: list[fmpq] = []
        for p in points:
            state = a.state({t: p})
            if isinstance(coordinate, Linked):
                u = state[coordinate.master]
                gap = state[i] * (coordinate.r + coordinate.s * u) - (coordinate.p + coordinate.q * u)
            elif isinstance(coordinate, fmpq | Surd | Constant):
                gap = state[i] - coordinate
            else:
                break
            for link in links:
                gap = gap * (link.r + link.s * p) ** 2
            if not _on_ground(gap):
                break  # an irrational constant: a curve with rational coefficients does not stay there
            values.append(gap)
        if len(values) == len(points) and any(v != 0 for v in values):
            roots = real_roots(interpolate(points, values), low, high)
            return any(b.contains(a.state({t: r}), closed=True) for r in roots)
    return False


def _verdict(
    members: list[RestBranch], corners: list[LabelledPoint], pieces: list[LabelledPiece]
) -> SetVerdict:
    """The verdict on a component, from its pieces and the pure profiles on it."""

    def gains(face: Support) -> Iterator[Gain]:
        on_face = [p for p in corners if is_subset(played(p.face), face)]
        for j, own in enumerate(face):
            turns = {sign(p.local.pure[j]) for p in on_face} if len(own) == 1 else set()
            # Where a gain is zero on a smaller face alone, that face is looked at by itself.
            if 1 in turns or turns == {0}:
                yield j, 1 - own[0], max(turns), face

    whole = [played(b.face) for b in members if len(b.free) == b.dimension and b.interval is None]
    verdicts = [p.verdict for p in corners] + [p.verdict for p in pieces]
    return judge_set(
        strict_equilibrium_set((played(b.face) for b in members), whole, gains),
        positive=any(p.positive for p in pieces) or any(p.local.signs()[2] for p in corners),
        attracting=False,
        stable={v.label for v in verdicts} <= {"stable", "centre"},
        otherwise=say("not a strict equilibrium set, so not asymptotically stable; more is not proven"),
    )
