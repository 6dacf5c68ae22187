"""Every rest state of a game with affine payoffs, labelled, with the argument that none is missing.

Cycles of pure states along the boundary, each followed by the one state that invades it.

At every state of such a cycle exactly one strategy of one population grows, and the edge that it opens has
no rest state, so the edge leads to the next one. The *characteristic matrix* C has a row for each state of
the cycle and a column for each strategy played somewhere on it, and holds the growth rate of the strategy
where it is not played, else 0. If C·p < 0 for some p > 0, then the product of the shares to the powers p
falls along the cycle and the cycle attracts; if C·p > 0 for some p > 0, it repels (Hofbauer & Sigmund 1998,
theorem 17.5.1; Hofbauer 1994). All other strategies must shrink along it.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from flint import fmpq

from separatrix.analysis.affine.family_labels import Judge, PolytopePiece, nash_throughout, pieces
from separatrix.analysis.affine.rest_states import (
    AffineRestStates,
    Dominance,
    RestFamily,
    count_supports,
    supports,
)
from separatrix.analysis.affine.results import connected, independent_shares, rest_point, rest_set, verdict_on
from separatrix.analysis.answer import (
    Labelling,
    RestStateAnswer,
    SetVerdict,
    completeness,
    counts,
    index_sum,
    point_number,
    rest_components,
)
from separatrix.analysis.payoff_functions import AffineGame, Support
from separatrix.analysis.results import BoundaryCycle, Completeness, RestComponent, RestPoint, RestSet
from separatrix.analysis.stability.classification import Verdict, localise
from separatrix.analysis.stability.degenerate_points import Judgement
from separatrix.analysis.theorems import (
    CHARACTERISTIC_MATRIX,
    CONSERVED_QUANTITY,
    HETEROCLINIC_CYCLE,
    LINEAR_SUPPORTS,
    WEIGHTS_OF_CYCLE,
)
from separatrix.exact.algebraic_numbers import Exact
from separatrix.exact.copositivity import maximise
from separatrix.exact.matrices import Point
from separatrix.game.model import Game
from separatrix.run.limits import LATE, OutOfTime, afresh, poll, seconds_left, time_limit
from separatrix.sentences import say

__all__ = [
    "Cycle",
    "SupportSearch",
    "boundary_cycles",
    "search",
    "solve_affine",
]

Profile = tuple[int, ...]
Direction = tuple[int, int]
"""A population and one of its strategies."""

LARGEST = 20_000


@dataclass(frozen=True)
class Cycle:
    """A heteroclinic cycle of pure states.

    Attributes
    ----------
    states : for each state the strategy of every population, in the order in which they are visited
    attracting : whether every orbit that starts near enough ends on it; None where that is open
    reason : the criterion that says so
    """

    states: tuple[Profile, ...]
    attracting: bool | None
    reason: str


def boundary_cycles(game: AffineGame) -> list[Cycle]:
    """Return the cycles of pure states, each with exactly one growing strategy.

    Examples
    --------
    >>> from flint import fmpq_mat
    >>> bad = AffineGame((3,), (fmpq(1),), fmpq_mat([[0, -2, 1], [1, 0, -2], [-2, 1, 0]]))
    >>> [(cycle.states, cycle.attracting) for cycle in boundary_cycles(bad)]
    [(((0,), (1,), (2,)), True)]
    """
    if math.prod(game.sizes) > LARGEST:
        return []
    following: dict[Profile, Profile] = {}
    rates: dict[Profile, dict[Direction, fmpq]] = {}
    for profile in itertools.product(*(range(size) for size in game.sizes)):
        poll()
        rates[profile] = _rates(game, profile)
        growing = [d for d, rate in rates[profile].items() if rate > 0]
        if len(growing) == 1:
            (i, a) = growing[0]
            following[profile] = (*profile[:i], a, *profile[i + 1 :])
    for profile, after in list(following.items()):
        (i,) = (j for j in range(len(profile)) if profile[j] != after[j])
        if rates[after][i, profile[i]] >= 0:
            del following[profile]  # the edge holds a rest state, or more
    return [_judged(game, cycle, rates) for cycle in _loops(following)]


def _rates(game: AffineGame, profile: Profile) -> dict[Direction, fmpq]:
    """The growth rate of every strategy that is not played at a pure state."""
    columns = [offset + a for offset, a in zip(game.offsets, profile, strict=True)]
    result = {}
    for i, (offset, size) in enumerate(zip(game.offsets, game.sizes, strict=True)):
        here = sum((game.matrix[columns[i], c] for c in columns), fmpq(0))
        for a in range(size):
            if a != profile[i]:
                there = sum((game.matrix[offset + a, c] for c in columns), fmpq(0))
                result[i, a] = game.speeds[i] * (there - here)
    return result


def _loops(following: dict[Profile, Profile]) -> Iterator[tuple[Profile, ...]]:
    """The cycles of a map, each from its first state on."""
    seen: set[Profile] = set()
    for start in sorted(following):
        path: list[Profile] = []
        state: Profile | None = start
        while state is not None and state not in seen:
            seen.add(state)
            path.append(state)
            state = following.get(state)
        if state in path:
            loop = path[path.index(state) :]
            first = loop.index(min(loop))
            yield tuple(loop[first:] + loop[:first])


def _judged(
    game: AffineGame, cycle: tuple[Profile, ...], rates: dict[Profile, dict[Direction, fmpq]]
) -> Cycle:
    if any(rate == 0 for profile in cycle for rate in rates[profile].values()):
        return Cycle(cycle, None, say("a strategy is neutral at one of its states"))
    used = sorted({(i, a) for profile in cycle for i, a in enumerate(profile)})
    matrix = [[rates[profile].get(d, fmpq(0)) for d in used] for profile in cycle]
    if len(game.sizes) == 1 and len(cycle) == 3:
        return _triangle(cycle, matrix)
    if _sign_weights(matrix, -1):
        return Cycle(
            cycle,
            True,
            say(
                "weights p > 0 make the characteristic matrix C·p < 0 "
                "(Hofbauer & Sigmund 1998, theorem 17.5.1)"
            ).resting_on(HETEROCLINIC_CYCLE, CHARACTERISTIC_MATRIX, WEIGHTS_OF_CYCLE),
        )
    if _sign_weights(matrix, 1):
        return Cycle(
            cycle,
            False,
            say(
                "weights p > 0 make the characteristic matrix C·p > 0, so it repels "
                "(Hofbauer & Sigmund 1998, theorem 17.5.1)"
            ).resting_on(HETEROCLINIC_CYCLE, CHARACTERISTIC_MATRIX, WEIGHTS_OF_CYCLE),
        )
    if len(cycle) == 4 and not any(game.own_play):
        return Cycle(
            cycle,
            False,
            say("a conserved quantity keeps nearby orbits at their distance").resting_on(CONSERVED_QUANTITY),
        )
    return Cycle(
        cycle,
        None,
        say("no weights give the characteristic matrix one sign: attraction is balanced").resting_on(
            CHARACTERISTIC_MATRIX
        ),
    )


def _triangle(cycle: tuple[Profile, ...], matrix: list[list[fmpq]]) -> Cycle:
    """Three strategies: one product decides (Hofbauer & Sigmund 1998, section 7.7)."""
    inflow, outflow = fmpq(1), fmpq(1)
    for row in matrix:
        inflow *= -min(row)
        outflow *= max(row)
    if inflow == outflow:
        return Cycle(
            cycle,
            False,
            say(
                "the product of its rates of attraction equals that of its rates of repulsion: "
                "nearby orbits of the three strategies are closed"
            ),
        )
    if inflow > outflow:
        return Cycle(
            cycle, True, say("the product of its rates of attraction exceeds that of its rates of repulsion")
        )
    return Cycle(
        cycle, False, say("the product of its rates of repulsion exceeds that of its rates of attraction")
    )


def _sign_weights(matrix: list[list[fmpq]], sign: int) -> bool:
    """Whether sign·C·p > 0 for some p > 0; by homogeneity, sign·C·p >= 1 and p >= 1."""
    at_most = []
    for row in matrix:
        total = sum(row, fmpq(0)) * sign
        at_most.append(([-sign * v for v in row], total - 1))  # p = 1 + q, q >= 0
    return maximise([fmpq(0)] * len(matrix[0]), at_most) is not None


SEARCH_SHARE = 0.6
"""The part of the budget that the search may use."""

JUDGE_SHARE = 0.9
"""The part of the budget after which nothing more is classified; the rest is for writing the answer."""

FAMILY_SHARE = 0.125
"""The part of the time left that cutting a single rest set may use, so that the others have their turn."""

TELLING = 3e-4
"""Seconds to write a rest set that was not classified."""

GRACE = 0.5
"""Seconds to write the answer, however short the budget."""

INTERRUPTED_GRACE = 2.0
"""Seconds for judging what was found after an interruption."""

INTERRUPTED = say("the search was interrupted")

MOST = 10_000
"""Rest points and rest sets that are looked for at most."""

MOST_CORNERS = 60_000
"""Corners that all rest sets may have together."""

LATE_SET = SetVerdict("undecided", None, LATE)


@dataclass
class SupportSearch:
    """The rest states found, by support, and how far the search came.

    Attributes
    ----------
    families : points and polytopes, those that play few strategies first
    corners : for each family the numbers of its vertices; equal ones have one number
    done, total : supports looked at, and supports in all
    seconds : how long that took
    stopped : why the list may not be whole, else empty
    """

    total: int
    families: list[RestFamily] = field(default_factory=list)
    corners: dict[Support, tuple[int, ...]] = field(default_factory=dict)
    done: int = 0
    seconds: float = 0.0
    stopped: str = ""


def search(game: AffineGame, seconds: float) -> SupportSearch:
    """Return the rest states of every support, or of those that the time allows.

    Examples
    --------
    >>> from flint import fmpq, fmpq_mat
    >>> hawk_dove = AffineGame((2,), (fmpq(1),), fmpq_mat([[-1, 4], [0, 2]]))
    >>> [family.support for family in search(hawk_dove, 10).families]
    [((0,),), ((1,),), ((0, 1),)]
    """
    found = SupportSearch(count_supports(game.sizes))
    started = time.monotonic()
    try:
        with time_limit(seconds):
            _search(game, found)
    except OutOfTime:
        found.stopped = say("the {seconds:.3g} seconds that the search may take ran out", seconds=seconds)
    except KeyboardInterrupt:
        found.stopped = INTERRUPTED
    found.seconds = time.monotonic() - started
    return found


def _search(game: AffineGame, found: SupportSearch) -> None:
    dominance, rest_states = Dominance(game), AffineRestStates(game)
    numbers: dict[Point, int] = {}
    count = 0
    for support in supports(game.sizes):
        poll()
        if len(found.families) >= MOST:
            found.stopped = say(
                "no more than {most:,} rest points and continua of equilibria are looked for", most=MOST
            )
            return
        if count > MOST_CORNERS:
            found.stopped = say(
                "the continua of equilibria have more than {most:,} corners", most=MOST_CORNERS
            )
            return
        if not dominance.excludes(support):
            try:
                family = rest_states.on(support)
            except OverflowError as trouble:
                found.stopped = say("{what}; this support was skipped", what=trouble.args[0])
                family = None
            if family is not None:
                corners = tuple(numbers.setdefault(v, len(numbers)) for v in family.closure.vertices)
                found.corners[support] = corners
                found.families.append(family)
                count += len(corners) if len(corners) > 1 else 0
        found.done += 1


def solve_affine(game: Game, affine: AffineGame, tabled: bool, budget: float) -> RestStateAnswer:
    """Return every rest state of a game whose payoffs are affine in the shares.

    Parameters
    ----------
    game : Game
        For the names.
    affine : AffineGame
        Its payoffs at exact numbers.
    tabled : bool
        Whether they are payoffs of a game; where only equations were given, ESS and neutral stability
        are not defined.
    budget : float
        Seconds.  A search that would take longer, or that is interrupted from the keyboard, returns what it
        found, as incomplete.
    """
    with time_limit(budget) as whole:
        result = search(affine, SEARCH_SHARE * whole.seconds_left)
        answer = _AffineAnswer(game, affine, tabled, result)
        if result.stopped == INTERRUPTED:
            with afresh(INTERRUPTED_GRACE):
                answer.judge()
        else:
            with time_limit(whole.seconds_left - max((1 - JUDGE_SHARE) * budget, TELLING * len(answer.sets))):
                answer.judge()
        with afresh(max(GRACE, whole.seconds_left)):
            return answer.to_answer()


class _AffineAnswer(Labelling):
    """Judges what a search found and says it in the words of the output."""

    def __init__(self, game: Game, affine: AffineGame, tabled: bool, result: SupportSearch) -> None:
        self.game, self.affine, self.tabled, self.result = game, affine, tabled, result
        self.sets = [f for f in result.families if f.dimension]
        self.judged_by = Judge(affine, {f.support: f for f in self.sets})
        self.on_sets = {number for f in self.sets for number in result.corners[f.support]}
        singles = [f for f in result.families if not f.dimension]
        pure = [f for f in singles if _pure(f)]
        self.listed = [
            *sorted(pure, key=lambda f: _order(affine, f)),
            *(f for f in singles if not _pure(f) and self._number(f) not in self.on_sets),
        ]
        self.loose = [f for f in singles if not _pure(f) and self._number(f) in self.on_sets]
        self.cycles: list[Cycle] = []

    def _number(self, family: RestFamily) -> int:
        """The number of a single state."""
        return self.result.corners[family.support][0]

    # ----------------------------------------------------------------------- judging

    def judge(self) -> None:
        """Classify all results; without enough time the rest stay undecided, with that reason."""
        self.judged = [self._judged(f) for f in self.listed]
        corners, alone = self.result.corners, [[f] for f in self.sets]
        self.groups = self.grouped(lambda: connected(self.affine, self.sets, corners), alone)
        component = {f.support: k for k, members in enumerate(self.groups, 1) for f in members}
        self.by_corner = {n: component[f.support] for f in self.sets for n in corners[f.support]}
        self.cut: list[tuple[int, PolytopePiece]] = []
        for family in self.sets:
            self.cut.extend((component[family.support], piece) for piece in self._pieces(family))
        for family in self.loose:
            verdict = self._judged(family)
            nash = nash_throughout(self.affine, family, family.closure.vertices)
            piece = PolytopePiece(family, 0, family.closure.vertices, (0,), verdict, nash)
            self.cut.append((self.by_corner[self._number(family)], piece))
        verdicts: list[list[Verdict]] = [[] for _ in self.groups]
        for k, piece in self.cut:
            verdicts[k - 1].append(piece.verdict)
        for family, verdict in zip(self.listed, self.judged, strict=True):
            if self._number(family) in self.by_corner:
                verdicts[self.by_corner[self._number(family)] - 1].append(verdict)
        self.whole = [
            self.in_time(partial(verdict_on, self.affine, members, every), LATE_SET)
            for members, every in zip(self.groups, verdicts, strict=True)
        ]
        if not self.result.stopped:
            self.in_time(lambda: self.cycles.extend(boundary_cycles(self.affine)), None)
        judged = zip(self.listed, self.judged, strict=True)
        indices = (_index_of(self.affine, f, j) for f, j in judged if isinstance(j, Judgement) and j.nash)
        self.indices = None if self.sets else self.in_time(lambda: index_sum(indices), None)

    def _judged(self, family: RestFamily) -> Verdict:
        late = Verdict("undecided", LATE)
        return self.in_time(
            lambda: self.judged_by.judge_state(family.support, family.closure.vertices[0]), late
        )

    def _pieces(self, family: RestFamily) -> Sequence[PolytopePiece]:
        c, share = family.closure, 0.0 if self.over else FAMILY_SHARE * seconds_left()

        def cut() -> Sequence[PolytopePiece]:
            poll()
            with time_limit(share):
                return pieces(self.judged_by, family)

        def whole(why: str) -> Sequence[PolytopePiece]:
            nash = None if self.over else nash_throughout(self.affine, family, c.vertices)
            return [PolytopePiece(family, c.dimension, c.vertices, c.facets, Verdict("undecided", why), nash)]

        try:
            return self.in_time(cut, ()) or whole(LATE)
        except OverflowError as trouble:
            return whole(trouble.args[0])

    # ----------------------------------------------------------------------- telling

    def to_answer(self) -> RestStateAnswer:
        """Return the answer in the words of the output."""
        points = [
            self._point(k, f, verdict)
            for k, (f, verdict) in enumerate(zip(self.listed, self.judged, strict=True), 1)
        ]
        cut = ((k if self.connected else None, piece) for k, piece in self.cut)
        sets = self.rest_sets(cut, partial(rest_set, self.game, self.affine))
        corners = ((self.by_corner.get(self._number(f), 0), k) for k, f in enumerate(self.listed))
        components: tuple[RestComponent, ...] = ()
        if self.connected:
            every = not self.result.stopped
            components = rest_components(points, sets, corners, self.whole, every, self.tabled)
        count = len(self.groups) if self.connected else None
        proof = _completeness_of(self.affine, self.result, points, len(sets), count, self.indices, self.late)
        cycles, places = tuple(self._told_cycles()), self._places(points, sets)
        return RestStateAnswer(tuple(points), tuple(sets), components, proof, cycles, places=places)

    def _places(
        self, points: Sequence[RestPoint], sets: Sequence[RestSet]
    ) -> dict[str, tuple[tuple[Exact, ...], ...]]:
        """The exact corners of everything that was found."""
        places: dict[str, tuple[tuple[Exact, ...], ...]] = {
            p.id: (independent_shares(self.affine, f.closure.vertices[0]),)
            for p, f in zip(points, self.listed, strict=True)
        }
        for found, (_, piece) in zip(sets, self.cut, strict=True):
            places[found.id] = tuple(independent_shares(self.affine, c) for c in piece.corners)
        return places

    def _told_cycles(self) -> Iterator[BoundaryCycle]:
        for cycle in self.cycles:
            states = tuple(tuple(map(float, self.affine.space.corner(profile))) for profile in cycle.states)
            yield BoundaryCycle(states, cycle.attracting, cycle.reason)

    def _point(self, k: int, family: RestFamily, verdict: Verdict) -> RestPoint:
        (state,) = family.closure.vertices
        isolated: bool | None = self._number(family) not in self.on_sets
        if isolated and self.result.stopped and not (isinstance(verdict, Judgement) and not verdict.signs[1]):
            isolated = None  # it may lie on a rest set of a support that was not reached
        return rest_point(
            self.game, self.affine, point_number(k), family.support, state, verdict, isolated, self.tabled
        )


def _pure(family: RestFamily) -> bool:
    return all(len(played) == 1 for played in family.support)


def _order(game: AffineGame, family: RestFamily) -> tuple[int, ...]:
    """By the shares of pure profiles: of two strategies the first one has share 1, so it comes last."""
    return tuple(
        -played[0] if size == 2 else played[0]
        for size, played in zip(game.sizes, family.support, strict=True)
    )


# --------------------------------------------------------------------------- that none is missing


def _completeness_of(
    game: AffineGame,
    search: SupportSearch,
    points: Sequence[RestPoint],
    pieces: int,
    components: int | None,
    indices: int | None,
    late: str,
) -> Completeness:
    """Return the status and the proof.

    Parameters
    ----------
    points : the rest points listed
    pieces, components : the numbers of pieces of rest sets and of connected sets, None if there was not
        enough time to count these
    indices, late : as for `completeness`
    """
    parts: list[str] = [
        _supports(game, search),
        say(
            "A state that plays just these strategies is at rest where those of a population earn the same: "
            "a linear system over the rationals, solved exactly."
        ).resting_on(LINEAR_SUPPORTS),
        *counts(points, pieces, components),
    ]
    missing = [say("Not complete: {why}.", why=search.stopped), _pace(search)] if search.stopped else []
    return completeness(parts, indices, len(game.sizes) == 1, missing=missing, late=late)


def _supports(game: AffineGame, search: SupportSearch) -> str:
    what = say("sets of strategies") if len(game.sizes) == 1 else say("combinations of strategies")
    if search.stopped:
        return say(
            "{done:,} of the {total:,} {supports} that can be played together were looked at.",
            done=search.done,
            total=search.total,
            supports=what,
        )
    return say(
        "All {total:,} {supports} that can be played together were looked at.",
        total=search.total,
        supports=what,
    )


_UNITS = (
    (1.0, say("seconds")),
    (60.0, say("minutes")),
    (3600.0, say("hours")),
    (86_400.0, say("days")),
    (31_557_600.0, say("years")),
)


def _pace(search: SupportSearch) -> str:
    """How long all would take at the pace so far."""
    if not search.done or search.done == search.total:
        return ""
    whole = search.seconds * search.total / search.done
    size, unit = next((u for u in reversed(_UNITS) if whole >= 2 * u[0]), _UNITS[0])
    return say("At this pace all would take about {count:.2g} {unit}.", count=whole / size, unit=unit)


def _index_of(game: AffineGame, family: RestFamily, judgement: Judgement) -> int | None:
    """Return sign det(-J) at a Nash rest point, None where it has a zero eigenvalue."""
    local = localise(game, family.support, family.closure.vertices[0])
    if local.neutral or (local.inner and local.block.det() == 0):
        return None
    return -1 if judgement.signs[2] % 2 else 1
