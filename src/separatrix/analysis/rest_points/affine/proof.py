"""The argument that the list of rest states of a game with affine payoffs is whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from separatrix.analysis.equations.affine_game import AffineGame
from separatrix.analysis.rest_points.affine.rest_states import RestFamily
from separatrix.analysis.rest_points.completeness import checked_by_indices, plural
from separatrix.analysis.result import Completeness, RestPoint
from separatrix.analysis.stability.label import Judgement
from separatrix.analysis.stability.local import localise
from separatrix.analysis.theorems import LINEAR_SUPPORTS
from separatrix.run.deadline import poll
from separatrix.sentence import say, together

if TYPE_CHECKING:
    from separatrix.analysis.rest_points.affine.solve import SupportSearch

__all__ = ["completeness", "index_sum"]


def completeness(
    game: AffineGame,
    search: SupportSearch,
    points: Sequence[RestPoint],
    pieces: int,
    components: int,
    indices: int | None,
    late: str,
) -> Completeness:
    """Return the status and the proof.

    Parameters
    ----------
    points : the rest points listed
    pieces, components : how many pieces of rest sets there are, and how many connected sets
    indices : the `index_sum` of the states that are Nash; None where it says nothing
    late : why not all that was found was judged, else empty
    """
    isolated = sum(p.isolated is True for p in points)
    parts: list[str] = [
        _supports(game, search),
        say(
            "A state that plays just these strategies is at rest where those of a population earn the same: "
            "a linear system over the rationals, solved exactly."
        ).by(LINEAR_SUPPORTS),
        say("{count} isolated rest point{s}.", count=isolated, s=plural(isolated)),
    ]
    if components:
        parts.append(
            say(
                "The continua are {pieces} piece{s} in {sets} connected set{t}.",
                pieces=pieces,
                s=plural(pieces),
                sets=components,
                t=plural(components),
            )
        )
    if search.stopped:
        parts.append(say("Not complete: {why}.", why=search.stopped))
        return Completeness("incomplete", together([*parts, _pace(search)]))
    if late:
        parts.append(say("No rest state is missing, but not complete: {why}.", why=late))
        return Completeness("incomplete", together(parts))
    return checked_by_indices(parts, indices, len(game.sizes) == 1)


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


def index_sum(game: AffineGame, nash: Sequence[tuple[RestFamily, Judgement]]) -> int | None:
    """Return Σ sign det(-J) over the Nash rest points, None where one of them has a zero eigenvalue.

    It is 1 if the list of Nash rest points is whole (Hofbauer & Sigmund 1998, theorem 13.4.1; Ritzberger
    1994 for several populations).
    """
    total = 0
    for family, judgement in nash:
        poll()
        local = localise(game, family.support, family.closure.vertices[0])
        if local.neutral or (local.inner and local.block.det() == 0):
            return None
        total += -1 if judgement.signs[2] % 2 else 1
    return total
