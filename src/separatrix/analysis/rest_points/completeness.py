"""What the arguments that a list of rest states is whole have in common."""

from __future__ import annotations

from collections.abc import Sequence

from separatrix.analysis.result import Completeness
from separatrix.sentence import say, together

__all__ = ["checked_by_indices", "plural"]


def checked_by_indices(parts: Sequence[str], total: int | None) -> Completeness:
    """Return a proof, and what the sum of the indices of the Nash rest points adds to it.

    Parameters
    ----------
    parts : the sentences of the proof
    total : the sum, or None where it says nothing; it is 1 if the list of Nash rest points is whole
    """
    if total is None:
        return Completeness("complete", together(parts))
    if total != 1:
        failure = say("But the indices of the Nash rest points add up to {total}, not to 1.", total=total)
        return Completeness("incomplete", together([*parts, failure]))
    right = say("The indices of the Nash rest points add up to 1, as they must.")
    return Completeness("complete", together([*parts, right]))


def plural(count: int) -> str:
    """Return the ending of an English noun; other languages leave it out."""
    return "" if count == 1 else "s"
