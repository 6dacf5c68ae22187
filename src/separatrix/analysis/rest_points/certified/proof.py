"""The argument that the list of rest states is whole, or what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from separatrix.analysis.rest_points.branch_and_prune.clock import duration
from separatrix.analysis.rest_points.branch_and_prune.explore import INTERRUPTED, Exploration
from separatrix.analysis.rest_points.certified.local import CertifiedLocal
from separatrix.analysis.rest_points.certified.words import face_text
from separatrix.analysis.rest_points.completeness import checked_by_indices, plural
from separatrix.analysis.result import Completeness, RestComponent, RestPoint, RestSet
from separatrix.analysis.theorems import BRANCH_AND_PRUNE, FACES
from separatrix.game.model import Game
from separatrix.sentence import say, together

__all__ = ["completeness", "index_sum"]

NAMED = 3  # faces that an incomplete answer names


def completeness(
    game: Game,
    found: Exploration,
    points: Sequence[RestPoint],
    sets: Sequence[RestSet],
    components: Sequence[RestComponent],
    indices: int | None,
    late: bool,
) -> Completeness:
    """Return the status and the proof.

    Parameters
    ----------
    indices : the `index_sum` of the points; None where it says nothing
    late : whether time ran out before all that was found was labelled
    """
    parts = [_looked_at(found)]
    if late:
        parts.append(
            say(
                "{count:,} rest point{s} outside continua or pure were found.",
                count=len(points),
                s=plural(len(points)),
            )
        )
    else:
        isolated = sum(p.isolated is True for p in points)
        parts.append(say("{count:,} isolated rest point{s}.", count=isolated, s=plural(isolated)))
    if sets and not late:
        parts.append(
            say(
                "The continua are {pieces:,} piece{s} in {sets:,} connected set{t}.",
                pieces=len(sets),
                s=plural(len(sets)),
                sets=len(components),
                t=plural(len(components)),
            )
        )
    if not found.complete:
        return Completeness("incomplete", together([*parts, _open(game, found)]))
    if late:
        why = say("the time ran out before everything that was found was judged")
        parts.append(say("No rest state is missing, but not complete: {why}.", why=why))
        return Completeness("incomplete", together(parts))
    return checked_by_indices(parts, indices, game.plays_itself)


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
            ).by(BRANCH_AND_PRUNE)
        )
    if found.looked_at < found.total:
        return say(
            "{done:,} of the {total:,} faces of the state space were looked at: {ways}.",
            done=found.looked_at,
            total=found.total,
            ways=together(ways, "; "),
        ).by(FACES)
    return say(
        "All {total:,} faces of the state space were looked at: {ways}.",
        total=found.total,
        ways=together(ways, "; "),
    ).by(FACES)


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


def index_sum(points: Sequence[tuple[CertifiedLocal, bool | None]]) -> int | None:
    """Return Σ sign det(-J) over the Nash rest points, None where one of them has a zero eigenvalue.

    Parameters
    ----------
    points : each with whether it is Nash

    It is 1 if the list of Nash rest points is whole (Hofbauer & Sigmund 1998, theorem 13.4.1; Ritzberger
    1994 for several populations).
    """
    total = 0
    for local, nash in points:
        if nash is False:
            continue
        if nash is None or any(o.turn == 0 for o in local.outside):
            return None
        turn = local.determinant_sign()
        if not turn:
            return None
        total += turn
    return total
