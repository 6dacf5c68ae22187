"""The frame of every check: a claim is judged, or a note says why it was not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from separatrix.audit.claims.claim import Claim
from separatrix.audit.claims.numerals import NoValue
from separatrix.audit.claims.wording import UNDECIDED_IN_TIME, VANISHES, why
from separatrix.audit.evidence.admissible import Unknown
from separatrix.audit.evidence.derived_equations import NotChecked
from separatrix.audit.evidence.finding import Finding
from separatrix.audit.evidence.finding_text import not_checked
from separatrix.errors import SeparatrixError

__all__ = ["judged"]


def judged(
    claim: Claim,
    what: str,
    findings: Iterable[Finding],
    *,
    pole: str = VANISHES,
    undecided: str = UNDECIDED_IN_TIME,
) -> Iterator[Finding]:
    """Yield the findings on a claim; where it cannot be judged, the note that it was not checked.

    Parameters
    ----------
    claim : Claim
        Where the note stands.
    what : str
        What was not checked, as the subject of a sentence.
    findings : iterable of Finding
        Worked out one by one; what they raise ends them.
    pole, undecided : str
        Why it was not checked where something divides by zero, and where z3 does not decide.
    """
    try:
        yield from findings
    except (NotChecked, SeparatrixError) as problem:
        yield not_checked(claim, what, why(problem))
    except Unknown:
        yield not_checked(claim, what, undecided)
    except (NoValue, ZeroDivisionError):
        yield not_checked(claim, what, pole)
