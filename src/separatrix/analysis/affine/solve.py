"""Every rest state of a game with affine payoffs, labelled, with the argument that none is missing."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flint import fmpq

from separatrix.analysis.affine.components import connected, judge_set
from separatrix.analysis.affine.cycles import boundary_cycles
from separatrix.analysis.affine.game import AffineGame
from separatrix.analysis.affine.judge import Judgement
from separatrix.analysis.affine.pieces import Piece, pieces
from separatrix.analysis.affine.proof import completeness
from separatrix.analysis.affine.rest_states import RestFamily, RestStates
from separatrix.analysis.affine.supports import Dominance, count_supports, supports
from separatrix.analysis.affine.verdicts import Judge, Verdict
from separatrix.analysis.affine.words import rest_point, rest_set, shown
from separatrix.analysis.found import Found
from separatrix.analysis.result import BoundaryCycle, RestComponent, RestPoint
from separatrix.analysis.surd import as_float
from separatrix.game.model import Game
from separatrix.sentence import say

__all__ = ["Search", "search", "solve_affine"]

SEARCH_SHARE = 0.6
"""The part of the budget that the search may use; the rest is for judging what it found."""

GRACE = 2.0
"""Seconds for judging what was found after an interruption."""

INTERRUPTED = say("the search was interrupted")

MOST = 10_000
"""Rest points and rest sets that are looked for at most."""


@dataclass
class Search:
    """The rest states found, by support, and how far the search came.

    Attributes
    ----------
    families : points and polytopes, those that play few strategies first
    done, total : supports looked at, and supports in all
    seconds : how long that took
    stopped : why the list may not be whole, else empty
    """

    total: int
    families: list[RestFamily] = field(default_factory=list)
    done: int = 0
    seconds: float = 0.0
    stopped: str = ""


def search(game: AffineGame, seconds: float) -> Search:
    """Return the rest states of every support, or of those that the time allows.

    Examples
    --------
    >>> from flint import fmpq, fmpq_mat
    >>> hawk_dove = AffineGame((2,), (fmpq(1),), fmpq_mat([[-1, 4], [0, 2]]))
    >>> [family.support for family in search(hawk_dove, 10).families]
    [((0,),), ((1,),), ((0, 1),)]
    """
    found = Search(count_supports(game.sizes))
    started = time.monotonic()
    dominance, rest_states = Dominance(game), RestStates(game)
    try:
        for support in supports(game.sizes):
            if time.monotonic() - started > seconds:
                found.stopped = say(
                    "the {seconds:.3g} seconds that the search may take ran out", seconds=seconds
                )
                break
            if len(found.families) >= MOST:
                found.stopped = say(
                    "no more than {most:,} rest points and rest sets are looked for", most=MOST
                )
                break
            if not dominance.excludes(support):
                try:
                    family = rest_states.on(support)
                except OverflowError as trouble:
                    found.stopped = say("{what}, which was left out", what=trouble.args[0])
                    family = None
                if family is not None:
                    found.families.append(family)
            found.done += 1
    except KeyboardInterrupt:
        found.stopped = INTERRUPTED
    found.seconds = time.monotonic() - started
    return found


def solve_affine(game: Game, affine: AffineGame, tabled: bool, budget: float) -> Found:
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
    started = time.monotonic()
    result = search(affine, SEARCH_SHARE * budget)
    deadline = time.monotonic() + GRACE if result.stopped == INTERRUPTED else started + budget
    return _Answer(game, affine, tabled, result, deadline).found()


class _Answer:
    """Judges what a search found and says it in the words of the output."""

    def __init__(self, game: Game, affine: AffineGame, tabled: bool, result: Search, deadline: float) -> None:
        self.game, self.affine, self.tabled, self.result = game, affine, tabled, result
        self.sets = [f for f in result.families if f.dimension]
        self.judge = Judge(affine, {f.support: f for f in self.sets}, deadline)
        self.on_sets = {vertex for f in self.sets for vertex in f.closure.vertices}
        singles = [f for f in result.families if not f.dimension]
        pure = [f for f in singles if _pure(f)]
        self.listed = [
            *sorted(pure, key=lambda f: _order(affine, f)),
            *(f for f in singles if not _pure(f) and f.closure.vertices[0] not in self.on_sets),
        ]
        self.loose = [f for f in singles if not _pure(f) and f.closure.vertices[0] in self.on_sets]

    def found(self) -> Found:
        judged = [self._judged(f) for f in self.listed]
        points = [
            self._point(k, f, judgement)
            for k, (f, (judgement, _)) in enumerate(zip(self.listed, judged, strict=True), 1)
        ]
        groups = connected(self.affine, self.sets)
        component = {f.support: k for k, members in enumerate(groups, 1) for f in members}
        by_vertex = {v: component[f.support] for f in self.sets for v in f.closure.vertices}
        cut: list[tuple[int, Piece]] = []
        for family in self.sets:
            cut.extend((component[family.support], piece) for piece in self._pieces(family))
        for family in self.loose:
            _, verdict = self._judged(family)
            piece = Piece(family, 0, family.closure.vertices, (0,), verdict)
            cut.append((by_vertex[family.closure.vertices[0]], piece))
        sets = [rest_set(self.game, self.affine, f"S{k}", c, p) for k, (c, p) in enumerate(cut, 1)]
        components = []
        for k, members in enumerate(groups, 1):
            corners = [
                (p, v)
                for p, f, (_, v) in zip(points, self.listed, judged, strict=True)
                if by_vertex.get(f.closure.vertices[0]) == k
            ]
            verdicts = [p.verdict for c, p in cut if c == k] + [v for _, v in corners]
            names = [s.id for s in sets if s.component == k] + [p.id for p, _ in corners]
            components.append(self._component(k, members, verdicts, names))
        proof = completeness(self.affine, self.result, points, len(sets), len(groups), self._nash(judged))
        return Found(tuple(points), tuple(sets), tuple(components), proof, tuple(self._cycles()))

    def _cycles(self) -> Iterator[BoundaryCycle]:
        if self.result.stopped:
            return
        for cycle in boundary_cycles(self.affine):
            states = [
                [fmpq(int(a == played)) for size, played in zip(self.affine.sizes, profile, strict=True)
                 for a in range(size)]
                for profile in cycle.states
            ]  # fmt: skip
            yield BoundaryCycle(
                tuple(tuple(as_float(v) for v in shown(self.affine, state)) for state in states),
                cycle.attracting,
                cycle.reason,
            )

    def _judged(self, family: RestFamily) -> tuple[Judgement | None, Verdict]:
        try:
            return self.judge.at(family.support, family.closure.vertices[0])
        except TimeoutError as late:
            return None, Verdict("undecided", late.args[0])
        except KeyboardInterrupt:
            self.judge.deadline = -math.inf
            return None, Verdict("undecided", say("the judging of the rest states was interrupted"))

    def _point(self, k: int, family: RestFamily, judgement: Judgement | None) -> RestPoint:
        (state,) = family.closure.vertices
        isolated: bool | None = not (self.on_sets and state in self.on_sets)
        if isolated and self.result.stopped and (judgement is None or judgement.signs[1]):
            isolated = None  # it may lie on a rest set of a support that was not reached
        return rest_point(
            self.game, self.affine, f"E{k}", family.support, state, judgement, isolated, self.tabled
        )

    def _pieces(self, family: RestFamily) -> Sequence[Piece]:
        try:
            return pieces(self.judge, family)
        except (TimeoutError, OverflowError) as trouble:
            why = trouble.args[0]
        except KeyboardInterrupt:
            self.judge.deadline = -math.inf
            why = say("the judging of the rest states was interrupted")
        c = family.closure
        return [Piece(family, c.dimension, c.vertices, c.facets, Verdict("undecided", why))]

    def _component(
        self, k: int, members: list[RestFamily], verdicts: list[Verdict], names: list[str]
    ) -> RestComponent:
        verdict = judge_set(self.affine, members, verdicts)
        label, es_set, reason = verdict.label, verdict.es_set, verdict.reason
        if self.result.stopped and label != "unstable":
            label, es_set, reason = (
                "undecided",
                None,
                say("the search did not end, so there may be more of it"),
            )
        return RestComponent(k, tuple(names), label, es_set if self.tabled else None, reason)

    def _nash(self, judged: list[tuple[Judgement | None, Verdict]]) -> list[tuple[RestFamily, Judgement]]:
        return [
            (f, judgement)
            for f, (judgement, _) in zip(self.listed, judged, strict=True)
            if judgement is not None and judgement.nash
        ]


def _pure(family: RestFamily) -> bool:
    return all(len(played) == 1 for played in family.support)


def _order(game: AffineGame, family: RestFamily) -> tuple[int, ...]:
    """By the shares of pure profiles: of two strategies the first one has share 1, so it comes last."""
    return tuple(
        -played[0] if size == 2 else played[0]
        for size, played in zip(game.sizes, family.support, strict=True)
    )
