"""The argument that the list of rest states of a game with affine payoffs is whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from separatrix.analysis.equations.affine_game import AffineGame
from separatrix.analysis.rest_points.affine.rest_states import RestFamily
from separatrix.analysis.rest_points.answer import completeness, counts
from separatrix.analysis.result import Completeness, RestPoint
from separatrix.analysis.stability.label import Judgement
from separatrix.analysis.stability.local import localise
from separatrix.analysis.theorems import LINEAR_SUPPORTS
from separatrix.sentence import say

if TYPE_CHECKING:
    from separatrix.analysis.rest_points.affine.solve import SupportSearch

__all__ = ["completeness_of", "index_of"]


def completeness_of(
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
    pieces, components : how many pieces of rest sets there are, and how many connected sets, None where
        there was no time to tell
    indices, late : as for `completeness`
    """
    parts: list[str] = [
        _supports(game, search),
        say(
            "A state that plays just these strategies is at rest where those of a population earn the same: "
            "a linear system over the rationals, solved exactly."
        ).by(LINEAR_SUPPORTS),
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


def index_of(game: AffineGame, family: RestFamily, judgement: Judgement) -> int | None:
    """Return sign det(-J) at a Nash rest point, None where it has a zero eigenvalue."""
    local = localise(game, family.support, family.closure.vertices[0])
    if local.neutral or (local.inner and local.block.det() == 0):
        return None
    return -1 if judgement.signs[2] % 2 else 1
