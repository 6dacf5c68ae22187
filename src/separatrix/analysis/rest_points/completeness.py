"""What the arguments that a list of rest states is whole have in common."""

from __future__ import annotations

from collections.abc import Sequence

from separatrix.analysis.result import Completeness
from separatrix.analysis.theorems import INDEX, INDEX_OF_ONE, NASH
from separatrix.sentence import say, together

__all__ = ["checked_by_indices", "plural"]


def checked_by_indices(parts: Sequence[str], total: int | None, alone: bool) -> Completeness:
    """Return a proof, and what the sum of the indices of the Nash rest points adds to it.

    Parameters
    ----------
    parts : the sentences of the proof
    total : the sum, or None where it says nothing; it is 1 if the list of Nash rest points is whole
    alone : whether there is one population
    """
    if total is None:
        return Completeness("complete", together(parts))
    index = INDEX_OF_ONE if alone else INDEX
    if total != 1:
        failure = say("But the indices of the Nash rest points add up to {total}, not to 1.", total=total).by(
            INDEX, NASH
        )
        return Completeness("incomplete", together([*parts, failure]))
    right = say("The indices of the Nash rest points add up to 1, as they must.").by(index, NASH)
    return Completeness("complete", together([*parts, right]))


def plural(count: int) -> str:
    """Return the ending of an English noun; other languages leave it out."""
    return "" if count == 1 else "s"
