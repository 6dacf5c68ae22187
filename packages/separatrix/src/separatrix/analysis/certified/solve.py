"""Every rest state of a game outside the exact routes, labelled, with the argument that none is missing."""

from __future__ import annotations

from functools import partial

from separatrix.analysis.answer import (
    Labelling,
    RestStateAnswer,
    index_sum,
    point_number,
    rest_components,
)
from separatrix.analysis.branch_and_prune.clock import SEARCH_SHARE, Clock
from separatrix.analysis.branch_and_prune.degenerate_zeros import same
from separatrix.analysis.branch_and_prune.explore import Exploration, explore
from separatrix.analysis.branch_and_prune.payoff_comparison import compare
from separatrix.analysis.branch_and_prune.rest_sets import Patch
from separatrix.analysis.branch_and_prune.root import CertifiedRoot
from separatrix.analysis.certified.components import connected, verdict_on
from separatrix.analysis.certified.game_words import GameWords, game_words
from separatrix.analysis.certified.labels import Labeller
from separatrix.analysis.certified.local import CertifiedLocal
from separatrix.analysis.certified.patch_labels import pieces_of
from separatrix.analysis.certified.patch_pieces import PatchPiece
from separatrix.analysis.certified.proof import completeness_of
from separatrix.analysis.certified.words import rest_point, rest_set
from separatrix.analysis.payoff_functions import Field
from separatrix.analysis.rest_set_labels import SetVerdict
from separatrix.analysis.results import RestComponent
from separatrix.analysis.stability.verdict import Verdict
from separatrix.game.model import Game
from separatrix.run.deadline import LATE, afresh, within

__all__ = ["solve_certified"]

JUDGE_SHARE = 0.9
"""The part of the budget after which nothing more is labelled; the rest is for telling what was found."""

TELLING = 5e-4
"""Seconds for telling a rest set that was not judged."""

GRACE = 0.5
"""Seconds for telling what was found, however short the budget."""


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
    with within(budget):
        clock = Clock(budget)
        comparison = compare(game, field)
        with within(SEARCH_SHARE * budget):
            explored = explore(field, comparison, clock)
        answer = _CertifiedAnswer(game, field, explored)
        telling = TELLING * len(explored.patches)
        with within(min(JUDGE_SHARE * budget, budget - telling) - clock.elapsed):
            answer.judge()
        with afresh(max(GRACE, budget - clock.elapsed)):
            return answer.found()


def _once(pieces: list[list[PatchPiece]]) -> list[list[PatchPiece]]:
    """Tell a single state that lies on several continua of a face once, with its label if that is known."""
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
        """Label all that was found; what there is no time for stays undecided, with that reason."""
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
        self.pieces = _once([self._pieces(patch) for patch in self.patches])
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

    def found(self) -> RestStateAnswer:
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
