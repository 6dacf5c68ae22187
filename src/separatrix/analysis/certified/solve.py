"""Every rest state of a game outside the exact routes, labelled, with the argument that none is missing."""

from __future__ import annotations

from separatrix.analysis.certified.clock import Clock
from separatrix.analysis.certified.comparison import compare
from separatrix.analysis.certified.explore import Exploration, explore
from separatrix.analysis.certified.game_words import game_words
from separatrix.analysis.certified.local import Local
from separatrix.analysis.certified.proof import completeness
from separatrix.analysis.certified.root import Root
from separatrix.analysis.certified.set_components import connected, judge_set
from separatrix.analysis.certified.set_pieces import Piece, pieces_of
from separatrix.analysis.certified.sets import Patch
from separatrix.analysis.certified.verdict import Labeller
from separatrix.analysis.certified.words import LATE, rest_point, rest_set, unlabelled
from separatrix.analysis.field import Field
from separatrix.analysis.found import Found
from separatrix.analysis.result import RestComponent, RestPoint, RestSet
from separatrix.analysis.stability import Verdict
from separatrix.game.model import Game
from separatrix.sentence import say

__all__ = ["solve_certified"]


def solve_certified(game: Game, field: Field, budget: float) -> Found:
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
    comparison = compare(game, field)
    return _Answer(game, field, explore(field, comparison, Clock(budget))).found()


class _Answer:
    """Labels what was found and says it in the words of the output."""

    def __init__(self, game: Game, field: Field, explored: Exploration) -> None:
        self.game, self.field, self.explored = game, field, explored
        self.labeller = Labeller(explored.comparison, explored.system)
        self.balanced = not any(field.own_play)
        continua = list(explored.patches)
        self.listed: list[tuple[Local, bool | None, Verdict | None]] = []
        self.patches = continua
        loose: list[Patch] = []
        for root in explored.points:
            local = Local(explored.comparison, root)
            isolated = None if explored.clock.over else self._isolated(local, continua)
            if isolated is False and root.system.free and root.exact is not None:
                loose.append(Patch.state(root))
            else:
                verdict = None if explored.clock.over else self.labeller.label(local, root.sides)
                self.listed.append((local, isolated, verdict))
        self.patches = [*continua, *loose]

    def _isolated(self, local: Local, continua: list[Patch]) -> bool | None:
        """Whether no other rest state lies arbitrarily close, or None where that is not known."""
        if all(o.turn for o in local.outside) and (not local.system.free or local.determinant_sign()):
            return True
        touching = [patch.touches(local.root) for patch in continua]
        if any(touching):
            return False
        return None if None in touching or not self.explored.complete else True

    def found(self) -> Found:
        points: list[RestPoint] = []
        pure: list[tuple[Root, str, Piece]] = []
        for k, (local, isolated, verdict) in enumerate(self.listed, 1):
            if verdict is None:
                points.append(unlabelled(self.game, f"E{k}", local))
                continue
            words = game_words(local, verdict, self.field.tabled)
            points.append(rest_point(self.game, f"E{k}", local, verdict, words, isolated))
            if isolated is False:
                pure.append((local.root, f"E{k}", self._pieces(Patch.state(local.root))[0]))
        pieces = [self._pieces(patch) for patch in self.patches]
        sets: list[RestSet] = []
        components: list[RestComponent] = []
        late = self.explored.clock.over
        groups = [[k] for k in range(len(pieces))] if late else connected(self.patches)
        for number, members in enumerate(groups, 1):
            own = [piece for k in members for piece in pieces[k]]
            first = len(sets)
            for piece in own:
                sets.append(rest_set(self.game, f"S{len(sets) + 1}", piece.patch, piece.verdict, number))
            on_it = [
                (name, p) for root, name, p in pure if any(self.patches[k].touches(root) for k in members)
            ]
            names = [s.id for s in sets[first:]] + [name for name, _ in on_it]
            components.append(self._component(number, members, [*own, *(p for _, p in on_it)], names))
        locals_ = [local for local, _, _ in self.listed]
        proof = completeness(self.game, self.explored, points, locals_, sets, components)
        return Found(tuple(points), tuple(sets), tuple(components), proof)

    def _pieces(self, patch: Patch) -> list[Piece]:
        if self.explored.clock.over:
            return [Piece(patch, Verdict("undecided", LATE))]
        return pieces_of(self.labeller, self.explored.forms, patch)

    def _component(
        self, number: int, members: list[int], pieces: list[Piece], names: list[str]
    ) -> RestComponent:
        if self.explored.clock.over:
            return RestComponent(number, tuple(names), "undecided", None, LATE)
        patches = [self.patches[k] for k in members]
        verdict = judge_set(self.explored.forms, patches, pieces, self.balanced)
        if not self.explored.complete and verdict.label != "unstable":
            why = say("the search did not end, so there may be more of it")
            return RestComponent(number, tuple(names), "undecided", None, why)
        es_set = verdict.es_set if self.field.tabled else None
        return RestComponent(number, tuple(names), verdict.label, es_set, verdict.reason)
