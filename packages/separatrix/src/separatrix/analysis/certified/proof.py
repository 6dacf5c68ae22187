"""The argument that the list of rest states is whole, or what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from separatrix.analysis.answer import completeness, counts, plural
from separatrix.analysis.branch_and_prune.clock import duration
from separatrix.analysis.branch_and_prune.explore import INTERRUPTED, Exploration
from separatrix.analysis.certified.words import face_text
from separatrix.analysis.results import Completeness, RestPoint
from separatrix.analysis.theorems import BRANCH_AND_PRUNE, FACES
from separatrix.game.model import Game
from separatrix.sentences import say, together

__all__ = ["completeness_of"]

NAMED = 3  # faces that an incomplete answer names


def completeness_of(
    game: Game,
    found: Exploration,
    points: Sequence[RestPoint],
    pieces: int,
    components: int | None,
    indices: int | None,
    late: str,
) -> Completeness:
    """Return the status and the proof.

    Parameters
    ----------
    pieces, components : how many pieces of rest sets there are, and how many connected sets, None where
        there was no time to tell
    indices, late : as for `completeness`
    """
    parts = [_looked_at(found)]
    if late:
        parts.append(
            say(
                "{count:,} rest point{s} outside continua of equilibria, or pure, were found.",
                count=len(points),
                s=plural(len(points)),
            )
        )
    else:
        parts.extend(counts(points, pieces, components))
    missing = [] if found.complete else [_open(game, found)]
    return completeness(parts, indices, game.plays_itself, missing=missing, late=late)


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
