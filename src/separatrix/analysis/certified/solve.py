"""Every rest state of a game outside the exact routes, labelled, with the argument that none is missing."""

from __future__ import annotations

from separatrix.analysis.certified.clock import Clock
from separatrix.analysis.certified.comparison import compare
from separatrix.analysis.certified.explore import Exploration, explore
from separatrix.analysis.certified.game_words import game_words
from separatrix.analysis.certified.local import Local
from separatrix.analysis.certified.proof import completeness
from separatrix.analysis.certified.set_labels import components_of, label_patch
from separatrix.analysis.certified.verdict import Labeller
from separatrix.analysis.certified.words import rest_point, rest_set
from separatrix.analysis.field import Field
from separatrix.analysis.found import Found
from separatrix.game.model import Game

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
    found = explore(field, comparison, Clock(budget))
    groups = components_of(found)
    member = {k: number for number, group in enumerate(groups, 1) for k in group.patches}
    labeller = Labeller(comparison, found.system)
    points, locals_ = [], []
    for k, root in enumerate(found.points):
        local = Local(comparison, found.system(root.face), root)
        verdict = labeller.label(local, found.sides.get(k))
        words = game_words(local, verdict, field.tabled)
        locals_.append(local)
        points.append(rest_point(game, f"E{k + 1}", local, verdict, words, _isolated(found, local)))
    sets = []
    for k, patch in enumerate(found.patches):
        sets.append(rest_set(game, f"S{k + 1}", patch, label_patch(found, patch), member[k]))
    components = tuple(group.component(number, sets, points) for number, group in enumerate(groups, 1))
    return Found(
        tuple(points), tuple(sets), components, completeness(game, found, points, locals_, sets, components)
    )


def _isolated(found: Exploration, local: Local) -> bool | None:
    """Whether no other rest state lies arbitrarily close, or None where that is not known."""
    if all(o.turn for o in local.outside) and (not local.system.free or local.determinant_sign()):
        return True
    touching = [patch.touches(local.root) for patch in found.patches]
    if any(touching):
        return False
    if None in touching or not found.complete:
        return None
    return True
