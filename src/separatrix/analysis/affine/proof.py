"""The argument that the list of rest states of a game with affine payoffs is whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from separatrix.analysis.affine.game import AffineGame
from separatrix.analysis.affine.judge import Judgement
from separatrix.analysis.affine.local import localise
from separatrix.analysis.affine.rest_states import RestFamily
from separatrix.analysis.result import Completeness, RestPoint

if TYPE_CHECKING:
    from separatrix.analysis.affine.solve import Search

__all__ = ["completeness", "index_sum"]


def completeness(
    game: AffineGame,
    search: Search,
    points: Sequence[RestPoint],
    pieces: int,
    components: int,
    nash: Sequence[tuple[RestFamily, Judgement]],
) -> Completeness:
    """Return the status and the proof.

    Parameters
    ----------
    points : the rest points listed
    pieces, components : how many pieces of rest sets there are, and how many connected sets
    nash : the listed states that are Nash
    """
    isolated = sum(p.isolated is True for p in points)
    text = (
        f"{_supports(game, search)} A state that plays just these strategies is at rest where those of a "
        "population earn the same: a linear system over the rationals, solved exactly. "
        f"{isolated} isolated rest {'point' if isolated == 1 else 'points'}."
    )
    if components:
        text += (
            f" The continua are {pieces} {'piece' if pieces == 1 else 'pieces'} in {components} connected "
            f"{'set' if components == 1 else 'sets'}."
        )
    if search.stopped:
        return Completeness("incomplete", f"{text} Not complete: {search.stopped}.{_pace(search)}")
    total = None if components else index_sum(game, nash)
    if total is None:
        return Completeness("complete", text)
    if total != 1:
        return Completeness(
            "incomplete", f"{text} But the indices of the Nash rest points add up to {total}, not to 1."
        )
    return Completeness("complete", f"{text} The indices of the Nash rest points add up to 1, as they must.")


def _supports(game: AffineGame, search: Search) -> str:
    what = "sets of strategies" if len(game.sizes) == 1 else "combinations of strategies"
    if search.stopped:
        return f"{search.done:,} of the {search.total:,} {what} that can be played together were looked at."
    return f"All {search.total:,} {what} that can be played together were looked at."


_UNITS = ((1.0, "seconds"), (60.0, "minutes"), (3600.0, "hours"), (86_400.0, "days"), (31_557_600.0, "years"))


def _pace(search: Search) -> str:
    """How long all would take at the pace so far."""
    if not search.done or search.done == search.total:
        return ""
    whole = search.seconds * search.total / search.done
    size, unit = next((u for u in reversed(_UNITS) if whole >= 2 * u[0]), _UNITS[0])
    return f" At this pace all would take about {whole / size:.2g} {unit}."


def index_sum(game: AffineGame, nash: Sequence[tuple[RestFamily, Judgement]]) -> int | None:
    """Return Σ sign det(-J) over the Nash rest points, None where one of them has a zero eigenvalue.

    It is 1 if the list of Nash rest points is whole (Hofbauer & Sigmund 1998, theorem 13.4.1; Ritzberger
    1994 for several populations).
    """
    total = 0
    for family, judgement in nash:
        local = localise(game, family.support, family.closure.vertices[0])
        if local.neutral or (local.inner and local.block.det() == 0):
            return None
        total += -1 if judgement.signs[2] % 2 else 1
    return total
