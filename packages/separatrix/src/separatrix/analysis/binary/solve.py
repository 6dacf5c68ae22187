"""The whole answer at given numbers, for up to three populations with two strategies each.

The numeric answer in the words of the output: rest points, rest sets, components, and the proof.

One population of two strategies against itself: x' = x(1-x)·f(x) with f linear.

The flow is one-dimensional, so the sign of f near a rest point decides everything, also where the
eigenvalue is zero. ESS and neutral stability are Maynard Smith's (1982): again the sign of f near the
point, because (first strategy's payoff - second's) is f.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeGuard

from flint import fmpq

from separatrix.analysis.answer import (
    Gain,
    Groups,
    RestStateAnswer,
    SetVerdict,
    completeness,
    counted_sets,
    is_subset,
    judge_set,
    labelled_point,
    labelled_set,
    plural,
    point_number,
    rest_components,
    set_number,
    strict_equilibrium_set,
)
from separatrix.analysis.binary.family_labels import CubePiece, Linearisation, cut, linearise
from separatrix.analysis.binary.rest_states import Face, Free, Linked, RestBranch, branches, played
from separatrix.analysis.binary.stability import judge
from separatrix.analysis.payoff_functions import Support
from separatrix.analysis.replicator_equations import Multilinear
from separatrix.analysis.results import Completeness, Label, RestComponent, RestPoint, RestSet
from separatrix.analysis.stability.classification import Verdict
from separatrix.analysis.theorems import CONSERVED_QUANTITY
from separatrix.exact.algebraic_numbers import (
    Exact,
    Surd,
    as_expression,
    as_float,
    exact,
    interpolate,
    real_roots,
    sign,
)
from separatrix.expression.conditions import Condition, Relation
from separatrix.expression.constants import MOST_BITS, Constant, Unseparated
from separatrix.expression.tree import Expression, Name, add, divide, multiply, number
from separatrix.game.model import Game
from separatrix.sentences import say

__all__ = [
    "BinarySolution",
    "Component",
    "LabelledPiece",
    "LabelledPoint",
    "find_one_population",
    "find_rest_states",
    "solve",
    "support_of",
]


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


def support_of(game: Game, face: Face) -> tuple[tuple[str, ...], ...]:
    """Return the strategies played on an open face, by population."""
    return game.strategy_names(played(face))


def find_rest_states(game: Game, numbers: Multilinear) -> RestStateAnswer:
    """Return every rest state of an n-population game at given numbers, in the words of the output."""
    answer = solve(numbers)
    points = tuple(_point(game, k, p) for k, p in enumerate(answer.points, 1))
    numbered = list(enumerate(answer.components, 1))
    home = {place: k for k, component in numbered for place in component.pieces}
    sets = tuple(_set(game, numbers, k, p, home.get(k - 1)) for k, p in enumerate(answer.pieces, 1))
    corners = ((k, place) for k, component in numbered for place in component.corners)
    components = rest_components(points, sets, corners, (c.verdict for c in answer.components))
    places: dict[str, tuple[tuple[Exact, ...], ...]] = {
        p.id: (q.state,) for p, q in zip(points, answer.points, strict=True)
    }
    for piece, labelled in zip(sets, answer.pieces, strict=True):
        places[piece.id] = tuple(_exact_corners(numbers, labelled.piece))
    proof = _completeness(numbers.n, answer)
    return RestStateAnswer(points, sets, components, proof, places=places)


def _point(game: Game, k: int, point: LabelledPoint) -> RestPoint:
    values = list(point.local.pure.values())
    nash: bool | None = None
    strict: bool | None = None
    with suppress(Unseparated):
        nash = all(sign(v) <= 0 for v in values)
        strict = not point.local.free and all(sign(v) < 0 for v in values)
    return labelled_point(
        game,
        point_number(k),
        played(point.face),
        point.verdict,
        state=tuple(as_float(v) for v in point.state),
        exact=_closed_forms(point.state),
        isolated=point.isolated,
        eigenvalues=point.local.eigenvalues(),
        eigenvalues_exact=_exact_eigenvalues(point),
        nash=nash,
        strict_nash=strict,
        ess=strict,
    )


def _closed_forms(state: tuple[Exact, ...]) -> tuple[Expression, ...] | None:
    """A state in formulas; None where they would be too long."""
    try:
        return tuple(as_expression(v) for v in state)
    except ValueError:
        return None


def _exact_eigenvalues(point: LabelledPoint) -> tuple[Expression, ...] | None:
    try:
        return point.local.eigenvalues_exact()
    except ValueError:
        return None


def _set(game: Game, numbers: Multilinear, k: int, labelled: LabelledPiece, component: int | None) -> RestSet:
    piece = labelled.piece
    return labelled_set(
        game,
        set_number(k),
        played(piece.branch.face),
        labelled.verdict,
        dimension=piece.dimension,
        equations=_equations(game, numbers, piece),
        corners=tuple(_floats(c) for c in _exact_corners(numbers, piece)),
        samples=tuple(_samples(numbers, piece)),
        component=component,
        nash=labelled.nash,
    )


def _equations(game: Game, numbers: Multilinear, piece: CubePiece) -> Iterator[Condition]:
    shares = [Name(s) for s in game.shares]
    branch = piece.branch
    if piece.dimension == 0:
        for share, value in zip(shares, piece.sample, strict=True):
            yield Relation(share, "==", as_expression(value))
        return
    for i, coordinate in enumerate(branch.coordinates):
        if isinstance(coordinate, Linked):
            t = shares[coordinate.master]
            yield Relation(
                shares[i],
                "==",
                divide(_linear(coordinate.p, coordinate.q, t), _linear(coordinate.r, coordinate.s, t)),
            )
        elif not isinstance(coordinate, Free):
            yield Relation(shares[i], "==", as_expression(coordinate))
    for i in branch.moving:
        ends: tuple[Exact, Exact] = branch.range(i)
        if piece.dimension == 1 and piece.low is not None and piece.high is not None:
            ends = piece.low, piece.high
        yield Relation(as_expression(ends[0]), "<", shares[i])
        yield Relation(shares[i], "<", as_expression(ends[1]))
    if piece.side and piece.dimension == 2 and len(branch.free) == 2:
        (w,) = (i for i in range(numbers.n) if i not in branch.free)
        yield Relation(_advantage(numbers, w, branch.face, shares), "<" if piece.side < 0 else ">", number(0))


def _linear(constant: fmpq, slope: fmpq, variable: Expression) -> Expression:
    return add(multiply(as_expression(slope), variable), as_expression(constant))


def _advantage(numbers: Multilinear, w: int, face: Face, shares: list[Name]) -> Expression:
    fixed = {i: fmpq(pure) for i, pure in enumerate(face) if pure is not None}
    terms = numbers.restricted(w, fixed)
    ordered = sorted(terms.items(), key=lambda t: (-len(t[0]), sorted(t[0])))
    return add(*(multiply(as_expression(v), *(shares[j] for j in sorted(s))) for s, v in ordered))


def _floats(state: tuple[Exact, ...]) -> tuple[float, ...]:
    return tuple(as_float(v) for v in state)


def _grid(numbers: Multilinear, branch: RestBranch, steps: int) -> Iterator[tuple[Exact, ...]]:
    axes = []
    for i in branch.moving:
        low, high = branch.range(i)
        axes.append([low + (high - low) * fmpq(k, steps) for k in range(steps + 1)])
    for values in itertools.product(*axes):
        yield branch.state(dict(zip(branch.moving, values, strict=True)))


def _exact_corners(numbers: Multilinear, piece: CubePiece) -> Iterator[tuple[Exact, ...]]:
    """The ends or corners of a piece that is a polytope, or a single state."""
    branch = piece.branch
    if piece.dimension == 0:
        yield piece.sample
        return
    if any(isinstance(c, Linked) for c in branch.coordinates):
        return
    if piece.low is not None and piece.high is not None:
        (t,) = branch.moving
        yield branch.state({t: piece.low})
        yield branch.state({t: piece.high})
        return
    corners = list(_grid(numbers, branch, 1))
    if piece.side and len(branch.free) == 2:
        (w,) = (i for i in range(numbers.n) if i not in branch.free)
        if any(sign(numbers.at(w, c)) == -piece.side for c in corners):
            return  # cut by a line on which the third population is indifferent
    yield from corners


def _samples(numbers: Multilinear, piece: CubePiece) -> Iterator[tuple[float, ...]]:
    """States for drawing: the state itself, a polyline along a curve, a cloud on a surface."""
    branch = piece.branch
    if piece.dimension == 0:
        yield _floats(piece.sample)
    elif piece.low is not None and piece.high is not None:
        straight = not any(isinstance(c, Linked) for c in branch.coordinates)
        steps = 1 if straight else 40
        low, high = as_float(piece.low), as_float(piece.high)
        for k in range(steps + 1):
            value = low + (high - low) * k / steps
            yield tuple(
                (as_float(c.p) + as_float(c.q) * value) / (as_float(c.r) + as_float(c.s) * value)
                if isinstance(c, Linked)
                else value
                if isinstance(c, Free)
                else as_float(c)
                for c in branch.coordinates
            )
    else:
        w = next((i for i in range(numbers.n) if i not in branch.free), None)
        for state in _grid(numbers, branch, 10 if piece.dimension == 2 else 4):
            if w is None or not piece.side or sign(numbers.at(w, state)) == piece.side:
                yield _floats(state)


_FACES = {2: "9", 3: "27"}
_BOUND = {2: 5, 3: 16}


def _completeness(n: int, answer: BinarySolution) -> Completeness:
    isolated = sum(p.isolated for p in answer.points)
    parts = [
        say(
            "Each of the {faces} faces of the state space was solved exactly: on a face the advantages of "
            "the mixing populations vanish, each is a product of factors linear in one share or "
            "one-to-one between two, and every choice of factors was followed to its solutions in rational "
            "or quadratic numbers.",
            faces=_FACES[n],
        ),
        say(
            "{count} isolated rest point{s}; the bound is {bound}.",
            count=isolated,
            s=plural(isolated),
            bound=_BOUND[n],
        ),
        *counted_sets(len(answer.pieces), len(answer.components)),
    ]
    missing = []
    if answer.open_faces:
        missing.append(
            say(
                "Not complete: on {count} of the faces the sign of an irrational constant could not be "
                "separated from 0 at {bits} bits.",
                count=len(answer.open_faces),
                bits=MOST_BITS,
            )
        )
    return completeness(parts, missing=missing)


PROOF = say(
    "On the line segment of states the rest points are its two ends and the zeros of the advantage inside, "
    "which is linear: one, none, or all of the segment."
)


def find_one_population(game: Game, at_zero: Fraction, at_one: Fraction) -> RestStateAnswer:
    """Return the rest states from the advantage at share 0 and at share 1.

    Parameters
    ----------
    game : Game
    at_zero, at_one : Fraction
        Payoff of the first strategy minus that of the second where no one, and where everyone, plays
        the first.
    """
    low, high = exact(at_zero), exact(at_one)
    everywhere = low == high == 0
    points = [
        _one_population_point(game, 1, fmpq(0), low, high),
        _one_population_point(game, 2, fmpq(1), low, high),
    ]
    if sign(low) * sign(high) < 0:
        points.append(_one_population_point(game, 3, low / (low - high), low, high))
    completeness = Completeness("complete", PROOF)
    if not everywhere:
        return RestStateAnswer(tuple(points), (), (), completeness)
    share = Name(game.shares[0])
    segment = RestSet(
        id=set_number(1),
        support=support_of(game, (None,)),
        free=(0,),
        dimension=1,
        equations=(Relation(number(0), "<", share), Relation(share, "<", number(1))),
        corners=((0.0,), (1.0,)),
        samples=((0.0,), (1.0,)),
        stability="stable",
        reason=say("every state is at rest"),
        component=1,
        nash=True,
    )
    whole = RestComponent(
        1,
        (set_number(1), point_number(1), point_number(2)),
        "asymptotically stable",
        True,
        say("it is the whole state space, so nothing is outside"),
    )
    return RestStateAnswer(tuple(points), (segment,), (whole,), completeness)


def _one_population_point(game: Game, k: int, x: fmpq, low: fmpq, high: fmpq) -> RestPoint:
    slope = high - low
    value = low + slope * x
    face = (int(x) if x in (0, 1) else None,)
    eigenvalue = value * (1 - 2 * x) + x * (1 - x) * slope
    # Which way x moves just above and just below, as far as there are states there.
    above = sign(value) or sign(slope) if x < 1 else None
    below = sign(value) or -sign(slope) if x > 0 else None
    towards = [s for s in (None if above is None else -above, below) if s is not None]
    label, reason = _one_population_label(towards, sign(eigenvalue))
    nash = (x == 0 and value <= 0) or (x == 1 and value >= 0) or value == 0
    return RestPoint(
        id=point_number(k),
        support=support_of(game, face),
        free=(0,) if face == (None,) else (),
        state=(as_float(x),),
        exact=(as_expression(x),),
        isolated=not (low == high == 0),
        eigenvalues=(complex(as_float(eigenvalue)),),
        eigenvalues_exact=(as_expression(eigenvalue),),
        stability=label,
        reason=reason,
        nash=nash,
        strict_nash=(x == 0 and value < 0) or (x == 1 and value > 0),
        ess=all(s > 0 for s in towards),
        nss=all(s >= 0 for s in towards),
    )


def _one_population_label(towards: list[int], eigenvalue: int) -> tuple[Label, str]:
    """The label, from whether nearby states move towards the point (1), rest (0) or move away (-1)."""
    if all(s == 0 for s in towards):
        return "stable", say("every state is at rest")
    label: Label = "source"
    why = say("the advantage drives the share away")
    if all(s > 0 for s in towards):
        label = "asymptotically stable"
        why = (
            say("the advantage drives the share back from both sides")
            if len(towards) == 2
            else say("the advantage drives the share back")
        )
    if not eigenvalue:
        why = say("{why}; the eigenvalue is zero, the advantage near it decides", why=why)
    return label, why
