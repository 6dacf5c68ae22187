"""The argument that the list of rest states is whole, or what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from separatrix.analysis.certified.clock import duration
from separatrix.analysis.certified.explore import Exploration
from separatrix.analysis.certified.local import Local
from separatrix.analysis.certified.words import face_text
from separatrix.analysis.result import Completeness, RestComponent, RestPoint, RestSet
from separatrix.game.model import Game

__all__ = ["completeness", "index_sum"]

NAMED = 3  # faces that an incomplete answer names


def _many(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


def completeness(
    game: Game,
    found: Exploration,
    points: Sequence[RestPoint],
    locals_: Sequence[Local],
    sets: Sequence[RestSet],
    components: Sequence[RestComponent],
) -> Completeness:
    """Return the status and the proof."""
    parts = [
        f"{found.looked_at:,} of the {found.total:,} faces of the state space were looked at: "
        if found.looked_at < found.total
        else f"All {found.total:,} faces of the state space were looked at: "
    ]
    ways = []
    if found.excluded:
        ways.append(f"on {found.excluded:,} one played strategy earns more than another one throughout")
    if found.exact:
        ways.append(f"{found.exact:,} were solved in exact numbers")
    if found.searched:
        ways.append(
            f"{found.searched:,} were searched by branch and prune ({found.cells:,} cells), with Bernstein "
            "bounds that allow for rounding, every zero certified by Krawczyk's test in ball arithmetic"
        )
    text = parts[0] + "; ".join(ways) + "."
    isolated = sum(p.isolated is True for p in points)
    if found.clock.over:
        text += f" {_many(len(points), 'rest point', 'rest points')} outside continua or pure were found."
    else:
        text += f" {_many(isolated, 'isolated rest point', 'isolated rest points')}."
    if sets and not found.clock.over:
        text += (
            f" The continua are {_many(len(sets), 'piece', 'pieces')} in "
            f"{_many(len(components), 'connected set', 'connected sets')}."
        )
    if not found.complete:
        return Completeness("incomplete", f"{text} {_open(game, found)}")
    total = None if sets else index_sum(locals_, points)
    if total is None:
        return Completeness("complete", text)
    if total != 1:
        return Completeness(
            "incomplete", f"{text} But the indices of the Nash rest points add up to {total}, not to 1."
        )
    return Completeness("complete", f"{text} The indices of the Nash rest points add up to 1, as they must.")


def _open(game: Game, found: Exploration) -> str:
    reasons = Counter(found.open.values())
    sentences = []
    for reason, count in reasons.most_common():
        faces = [face for face, why in found.open.items() if why == reason][:NAMED]
        named = " | ".join(face_text(game, face) for face in faces)
        more = "" if count <= NAMED else f", and {count - NAMED:,} more"
        sentences.append(f"{_many(count, 'face', 'faces')}: {reason} ({named}{more})")
    left = found.total - found.looked_at
    if left:
        why = (
            "the search was interrupted"
            if found.clock.interrupted
            else (f"the budget of {found.clock.budget:.3g} seconds ran out")
        )
        sentences.append(f"{_many(left, 'face was', 'faces were')} not looked at: {why}")
        whole = found.clock.estimate(found.payoffs.sizes)
        sentences.append(f"all of them would take about {duration(whole)} on this machine")
    return "Not complete. " + "; ".join(sentences) + "."


def index_sum(locals_: Sequence[Local], points: Sequence[RestPoint]) -> int | None:
    """Return Σ sign det(-J) over the Nash rest points, None where one of them has a zero eigenvalue.

    It is 1 if the list of Nash rest points is whole (Hofbauer & Sigmund 1998, theorem 13.4.1; Ritzberger
    1994 for several populations).
    """
    total = 0
    for local, point in zip(locals_, points, strict=True):
        if point.nash is False:
            continue
        if point.nash is None or any(o.turn == 0 for o in local.outside):
            return None
        turn = local.determinant_sign()
        if not turn:
            return None
        total += turn
    return total
