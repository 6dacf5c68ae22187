"""Every rest state of a game outside the exact routes, labelled, with the argument that none is missing.

Connected sets of rest states, and how each behaves as a whole.

The argument that the list of rest states is whole, or what is missing.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, partial

from flint import arb

from separatrix.analysis.answer import (
    STABLE,
    Gain,
    Groups,
    Labelling,
    RestStateAnswer,
    SetVerdict,
    completeness,
    counts,
    index_sum,
    judge_set,
    plural,
    point_number,
    rest_components,
    strict_equilibrium_set,
    whole_space,
)
from separatrix.analysis.branch_and_prune.elimination import common_zeros, same
from separatrix.analysis.branch_and_prune.enumeration import INTERRUPTED, Exploration, compare, explore
from separatrix.analysis.branch_and_prune.faces import Face, FaceSystem, Forms, count_faces
from separatrix.analysis.branch_and_prune.krawczyk import CertifiedRoot, as_ball
from separatrix.analysis.branch_and_prune.rest_sets import Patch
from separatrix.analysis.branch_and_prune.search import SEARCH_SHARE, Clock, duration
from separatrix.analysis.certified.centre_manifold import CertifiedLocal
from separatrix.analysis.certified.rest_set_labels import PatchPiece, pieces_of
from separatrix.analysis.certified.results import GameWords, face_text, game_words, rest_point, rest_set
from separatrix.analysis.certified.stability import Labeller
from separatrix.analysis.payoff_functions import Field
from separatrix.analysis.results import Completeness, RestComponent, RestPoint
from separatrix.analysis.stability.classification import Verdict
from separatrix.analysis.theorems import BRANCH_AND_PRUNE, FACES
from separatrix.exact.algebraic_numbers import Exact, sign
from separatrix.exact.matrices import kernel
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.precision import precision
from separatrix.game.model import Game
from separatrix.run.limits import LATE, afresh, poll, time_limit
from separatrix.sentences import say, together

__all__ = [
    "completeness_of",
    "connected",
    "solve_certified",
    "verdict_on",
]

MOST_FACES = 5000


def connected(patches: Sequence[Patch], clock: Clock | None = None) -> list[list[int]]:
    """Return the numbers of the patches, grouped into connected sets.

    In most cases their ends and corners decide. Patches of one face may also cross inside it, and where
    ends are not known a patch may reach others on the border of its face; there the common states are
    computed, if there is a clock to do so.
    """
    groups = Groups(len(patches))
    holders: dict[tuple[Exact, ...], int] = {}
    for k, patch in enumerate(patches):  # most of what touches has an end in common
        for end in _tips(patch):
            state = tuple(x for row in patch.system.shares(end) for x in row)
            groups.join(k, holders.setdefault(state, k))

    @cache
    def ends(k: int) -> list[CertifiedRoot]:
        return [_state(patches[k], end) for end in _tips(patches[k])]

    def touch(a: int, b: int) -> bool:
        return any(patches[b].touches(end) for end in ends(a)) or any(
            patches[a].touches(end) for end in ends(b)
        )

    def meet(a: int, b: int) -> bool:
        one, other = patches[a], patches[b]
        return clock is not None and _may_meet_elsewhere(one, other) and _meet(one, other, clock)

    for test in (touch, meet):
        for one, other in itertools.combinations(groups.members(), 2):
            poll()
            for a, b in itertools.product(one, other):
                if groups.root(a) == groups.root(b):
                    break
                if not _apart(patches[a].system.face, patches[b].system.face) and test(a, b):
                    groups.join(a, b)
    return groups.members()


def _may_meet_elsewhere(a: Patch, b: Patch) -> bool:
    """Whether two patches may have common states other than known ends or corners."""
    if not all(
        set(one.system.face[q]) <= set(other.system.face[q])
        for one, other in ((a, b), (b, a))
        for q in one.persistent
    ):
        return False
    if a.system.face == b.system.face:
        return bool(a.dimension and b.dimension)
    return any(patch.dimension and not patch.whole and len(_tips(patch)) < 2 for patch in (a, b))


def _meet(a: Patch, b: Patch, clock: Clock) -> bool:
    """Whether some state certainly lies on the closures of both patches."""
    common = tuple(tuple(sorted(set(x) & set(y))) for x, y in zip(a.system.face, b.system.face, strict=True))
    persistent = a.persistent | b.persistent
    open_to = [played for q, played in enumerate(common) if q not in persistent]
    if count_faces([len(played) for played in open_to]) > MOST_FACES:
        return False
    for face in _subfaces(common, persistent):
        system = FaceSystem(a.system.field, a.system.numerators, face)
        equations = [f for f in map(system.restrict, (*a.equations, *b.equations)) if f]
        if any(f.is_constant() for f in equations):
            continue
        points, patches, _ = (
            common_zeros(system, equations, clock)
            if system.free
            else ([CertifiedRoot.at_exactly(system, ())], [], [])
        )
        points += [CertifiedRoot.at_exactly(p.system, p.sample) for p in patches if p.sample is not None]
        if any(_holds(a, point) and _holds(b, point) for point in points):
            return True
    return False


def _holds(patch: Patch, state: CertifiedRoot) -> bool:
    """Whether a zero of a patch's equations certainly lies on its closure."""
    known = patch.touches(state)
    if known is not None:
        return known
    if any(state.sign(f) not in (0, 1) for f in patch.positive):
        return False
    if patch.interval is not None:
        k, low, high = patch.interval
        q, a = patch.system.free[k]
        with precision(232):
            at = arb(state.system.shares(state.refine(192))[q][a])
            if at < as_ball(low, 192) or at > as_ball(high, 192):
                return False
    return state.face == patch.system.face or patch.whole or _crosses_border(patch, state)


def _crosses_border(patch: Patch, state: CertifiedRoot) -> bool:
    """Whether a curve runs from a state of its face's border, at which it is regular, into the face.

    There all shares that vanish change with the same sign along its tangent, whose components are the
    minors of the equations' derivatives.
    """
    system, count = patch.system, len(patch.system.free)
    if patch.dimension != 1 or len(patch.equations) != count - 1:
        return False
    ring = system.field.ring
    rows = [[Ratio(ring, f.derivative(v), ring.one) for v in system.variables] for f in patch.equations]
    tangent = [entry.numerator for entry in kernel(rows, count, ring.constant(1))]
    turns: set[int | None] = set()
    for q, played in enumerate(system.face):
        moves = {a: t for (p, a), t in zip(system.free, tangent, strict=True) if p == q}
        moves[played[-1]] = -sum(moves.values(), ring.zero)
        turns |= {state.sign(moves[a]) for a in played if a not in state.face[q]}
    return turns in ({1}, {-1})


def _apart(a: Face, b: Face) -> bool:
    return any(not set(x) & set(y) for x, y in zip(a, b, strict=True))


def _tips(patch: Patch) -> list[tuple[Exact, ...]]:
    return [patch.sample] if patch.dimension == 0 and patch.sample is not None else patch.ends()


def _state(patch: Patch, free: Sequence[Exact]) -> CertifiedRoot:
    """A state of the closed face of a patch, as a root of the face that it lies in."""
    shares = patch.system.shares(free)
    face = tuple(tuple(a for a, x in enumerate(row) if sign(x)) for row in shares)
    system = FaceSystem(patch.system.field, patch.system.numerators, face)
    return CertifiedRoot.at_exactly(system, tuple(shares[q][a] for q, a in system.free))


def verdict_on(
    forms: Forms, patches: Sequence[Patch], pieces: Sequence[PatchPiece], balanced: bool
) -> SetVerdict:
    """Return the verdict on a connected set of rest states.

    Parameters
    ----------
    forms : payoffs in Bernstein form
    patches : its continua
    pieces : the pieces of all of them, and the pure profiles on them as single states
    balanced : whether payoffs are independent of the own population's shares
    """
    dimension = sum(forms.sizes) - len(forms.sizes)
    if any(p.whole and p.dimension == dimension for p in patches):
        return whole_space(True if balanced else None)
    return judge_set(
        _is_strict(forms, patches) if balanced and len(forms.sizes) > 1 else None,
        positive=any(p.positive for p in pieces),
        leaves=any(p.leaves for p in pieces),
        attracting=all(p.attracting for p in pieces),
        stable=all(p.verdict.label in STABLE for p in pieces),
    )


def _is_strict(forms: Forms, patches: Sequence[Patch]) -> bool | None:
    """Whether it is a strict equilibrium set; None where signs on a face are not certain."""

    def gains(face: Face) -> Iterator[Gain]:
        if count_faces([len(played) for played in face]) > MOST_FACES:
            raise OverflowError
        for small in _subfaces(face):
            for p, played in enumerate(small):
                for b in set(range(forms.sizes[p])).difference(face[p]):
                    yield p, b, forms.sign_on(small, p, b, played[-1]), small

    faces = [p.system.face for p in patches if p.whole]
    try:
        found = strict_equilibrium_set((p.system.face for p in patches), faces, gains)
    except OverflowError:
        return None
    return False if found is None and forms.multiaffine else found  # corners say it all, or do not


def _subfaces(face: Face, whole: frozenset[int] = frozenset()) -> Iterator[Face]:
    """Yield the faces of a closed face that keep every strategy of the populations in `whole`."""
    supports = [
        [
            s
            for k in range(1, len(played) + 1)
            for s in itertools.combinations(played, k)
            if q not in whole or s == played
        ]
        for q, played in enumerate(face)
    ]
    yield from itertools.product(*supports)


NAMED = 3  # faces that an incomplete answer names


def completeness_of(
    game: Game,
    found: Exploration,
    points: Sequence[RestPoint],
    pieces: int,
    components: int | None,
    indices: int | None,
    late: str,
) -> Completeness:
    """Return the status and the proof.

    Parameters
    ----------
    pieces, components : the numbers of pieces of rest sets and of connected sets, None if there was not
        enough time to count these
    indices, late : as for `completeness`
    """
    parts = [_looked_at(found)]
    if late:
        parts.append(
            say(
                "{count:,} rest point{s} outside continua of equilibria, or pure, were found.",
                count=len(points),
                s=plural(len(points)),
            )
        )
    else:
        parts.extend(counts(points, pieces, components))
    missing = [] if found.complete else [_open(game, found)]
    return completeness(parts, indices, game.plays_itself, missing=missing, late=late)


def _looked_at(found: Exploration) -> str:
    ways = []
    if found.excluded:
        ways.append(
            say(
                "on {count:,} one played strategy earns more than another one throughout",
                count=found.excluded,
            )
        )
    if found.exact:
        ways.append(say("{count:,} were solved in exact numbers", count=found.exact))
    if found.searched:
        ways.append(
            say(
                "{count:,} were searched by branch and prune ({cells:,} cells), with Bernstein bounds that "
                "allow for rounding, every zero certified by Krawczyk's test in ball arithmetic",
                count=found.searched,
                cells=found.cells,
            ).resting_on(BRANCH_AND_PRUNE)
        )
    if found.looked_at < found.total:
        return say(
            "{done:,} of the {total:,} faces of the state space were looked at: {ways}.",
            done=found.looked_at,
            total=found.total,
            ways=together(ways, "; "),
        ).resting_on(FACES)
    return say(
        "All {total:,} faces of the state space were looked at: {ways}.",
        total=found.total,
        ways=together(ways, "; "),
    ).resting_on(FACES)


def _open(game: Game, found: Exploration) -> str:
    reasons = Counter(found.open.values())
    sentences = []
    for reason, count in reasons.most_common():
        faces = [face for face, why in found.open.items() if why == reason][:NAMED]
        named = together((face_text(game, face) for face in faces), " | ")
        if count > NAMED:
            named = say("{faces}, and {count:,} more", faces=named, count=count - NAMED)
        sentences.append(
            say(
                "{count:,} face{s}: {why} ({faces})",
                count=count,
                s=plural(count),
                why=reason,
                faces=named,
            )
        )
    left = found.total - found.looked_at
    if left:
        why = (
            INTERRUPTED
            if found.clock.interrupted
            else say("the budget of {seconds:.3g} seconds ran out", seconds=found.clock.budget)
        )
        sentences.append(
            say("{count:,} face was not looked at: {why}", count=left, why=why)
            if left == 1
            else say("{count:,} faces were not looked at: {why}", count=left, why=why)
        )
        whole = found.clock.estimate(found.payoffs.sizes)
        sentences.append(say("all of them would take about {time} on this machine", time=duration(whole)))
    return say("Not complete. {what}.", what=together(sentences, "; "))


JUDGE_SHARE = 0.9
"""The part of the budget after which nothing more is labelled; the rest is for writing the answer."""

TELLING = 5e-4
"""Seconds to write a rest set that was not classified."""

GRACE = 0.5
"""Seconds to write the answer, however short the budget."""


def solve_certified(game: Game, field: Field, budget: float) -> RestStateAnswer:
    """Return every rest state of a game whose payoffs are quotients of polynomials in the shares.

    Parameters
    ----------
    game : Game
        For the names.
    field : Field
        Its payoffs at exact numbers.
    budget : float
        Seconds.  A search that would take longer, or that is interrupted from the keyboard, returns what it
        found, as incomplete.

    Raises
    ------
    InputError
        A508 where a payoff has a pole in the state space.
    """
    with time_limit(budget):
        clock = Clock(budget)
        comparison = compare(game, field)
        with time_limit(SEARCH_SHARE * budget):
            explored = explore(field, comparison, clock)
        answer = _CertifiedAnswer(game, field, explored)
        telling = TELLING * len(explored.patches)
        with time_limit(min(JUDGE_SHARE * budget, budget - telling) - clock.elapsed):
            answer.judge()
        with afresh(max(GRACE, budget - clock.elapsed)):
            return answer.to_answer()


def _merge_repeated_states(pieces: list[list[PatchPiece]]) -> list[list[PatchPiece]]:
    """List a single state that lies on several continua of a face once, with its label if that is known."""
    kept: list[list[PatchPiece]] = []
    states: list[tuple[list[PatchPiece], int]] = []
    for row in pieces:
        kept.append([])
        for piece in row:
            places = [(r, k) for r, k in states if _same_state(piece, r[k])] if piece.patch.root else []
            for r, k in places:
                if r[k].verdict.label == "undecided":
                    r[k] = piece
            if not places:
                kept[-1].append(piece)
                if piece.patch.root:
                    states.append((kept[-1], len(kept[-1]) - 1))
    return kept


def _same_state(a: PatchPiece, b: PatchPiece) -> bool:
    one, other = a.patch.root, b.patch.root
    return one is not None and other is not None and one.face == other.face and same(one, other)


class _CertifiedAnswer(Labelling):
    """Labels what was found and says it in the words of the output."""

    def __init__(self, game: Game, field: Field, explored: Exploration) -> None:
        self.game, self.field, self.explored = game, field, explored
        self.labeller = Labeller(explored.comparison, explored.system, explored.patches)
        self.balanced = not any(field.own_play)
        self.listed: list[tuple[CertifiedLocal, bool | None, Verdict | None, GameWords | None]] = []
        self.patches = list(explored.patches)

    def judge(self) -> None:
        """Label all results; without enough time the rest stay undecided, with that reason."""
        explored, continua = self.explored, list(self.explored.patches)
        loose: list[Patch] = []
        for root in explored.points:
            local = CertifiedLocal(explored.comparison, root)
            isolated = self.in_time(partial(self._isolated, local, continua), None)
            if isolated is False and root.system.free and root.exact is not None:
                loose.append(Patch.state(root))
            else:
                verdict = self.in_time(partial(self.labeller.label, local, root.sides), None)
                words = None
                if verdict is not None:
                    words = self.in_time(partial(game_words, local, verdict, self.field.tabled), None)
                self.listed.append((local, isolated, verdict, words))
        self.patches = [*continua, *loose]
        self.pieces = _merge_repeated_states([self._pieces(patch) for patch in self.patches])
        none: list[list[int]] = []
        self.groups = self.in_time(partial(connected, self.patches, Clock(self.explored.clock.budget)), none)
        if not self.groups:  # what ends show costs little
            alone = [[k] for k in range(len(self.patches))]
            self.groups = self.grouped(partial(connected, self.patches), alone)
        self.on_sets: list[
            tuple[CertifiedRoot, int, PatchPiece]
        ] = []  # the pure profiles on rest sets, by their place
        for k, (local, isolated, _, words) in enumerate(self.listed):
            if isolated is False and words is not None:
                self.on_sets.append((local.root, k, self._pieces(Patch.state(local.root))[0]))
        self.whole = [self._judge_set(members) for members in self.groups]
        self.indices = None if self.patches else self.in_time(self._index_sum, None)

    def _isolated(self, local: CertifiedLocal, continua: list[Patch]) -> bool | None:
        """Whether no other rest state lies arbitrarily close, or None where that is not known."""
        if all(o.turn for o in local.outside) and (not local.system.free or local.determinant_sign()):
            return True
        touching = [patch.touches(local.root) for patch in continua]
        if any(touching):
            return False
        return None if None in touching or not self.explored.complete else True

    def _pieces(self, patch: Patch) -> list[PatchPiece]:
        late = [PatchPiece(patch, Verdict("undecided", LATE))]
        return self.in_time(partial(pieces_of, self.labeller, self.explored.forms, patch), late)

    def _judge_set(self, members: list[int]) -> tuple[SetVerdict, list[int]]:
        """The verdict on a connected set, and the places of the pure profiles on it."""
        patches = [self.patches[k] for k in members]

        late: tuple[SetVerdict, list[int]] = SetVerdict("undecided", None, LATE), []

        def verdict() -> tuple[SetVerdict, list[int]]:
            on_it = [(k, p) for root, k, p in self.on_sets if any(patch.touches(root) for patch in patches)]
            pieces = [*(piece for k in members for piece in self.pieces[k]), *(p for _, p in on_it)]
            found = verdict_on(self.explored.forms, patches, pieces, self.balanced)
            return found, [k for k, _ in on_it]

        return self.in_time(verdict, late)

    def _index_sum(self) -> int | None:
        if any(words is None or words.nash is None for *_, words in self.listed):
            return None
        return index_sum(local.index for local, _, _, words in self.listed if words and words.nash)

    def to_answer(self) -> RestStateAnswer:
        """Return the answer in the words of the output."""
        points = [rest_point(self.game, point_number(k), *found) for k, found in enumerate(self.listed, 1)]
        numbered = [(number, k) for number, members in enumerate(self.groups, 1) for k in members]
        pieces = (
            (number if self.connected else None, piece) for number, k in numbered for piece in self.pieces[k]
        )
        sets = self.rest_sets(pieces, partial(rest_set, self.game))
        corners = ((number, k) for number, (_, on_it) in enumerate(self.whole, 1) for k in on_it)
        components: tuple[RestComponent, ...] = ()
        if self.connected:
            verdicts = (verdict for verdict, _ in self.whole)
            components = rest_components(
                points, sets, corners, verdicts, self.explored.complete, self.field.tabled
            )
        count = len(components) if self.connected else None
        proof = completeness_of(self.game, self.explored, points, len(sets), count, self.indices, self.late)
        return RestStateAnswer(tuple(points), tuple(sets), components, proof)
