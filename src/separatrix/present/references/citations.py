"""Which theorems, methods and libraries an answer used, to be cited beside it.

What was used is decided from what was found, not from what was asked:
`separatrix.present.references.citation_rules`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from separatrix.analysis.result import Analysis
from separatrix.audit.evidence.finding import Finding
from separatrix.present.references.bibliography import Reference, authors_of, bibtex, references, text
from separatrix.present.references.citation_rules import RULES
from separatrix.present.references.citation_signs import Answer
from separatrix.sentence import together

__all__ = ["Reference", "bibtex", "cite", "cited", "text", "used_for"]


def cite(analysis: Analysis | None = None) -> str:
    """Return BibTeX of what an answer used: theorems, methods, libraries, and this program.

    Parameters
    ----------
    analysis : Analysis, optional
        From `separatrix.analyze`; without one, only the entry of the program is returned.

    Examples
    --------
    >>> import separatrix
    >>> analysis = separatrix.analyze(separatrix.load("shi-chen-2018"))
    >>> [line for line in separatrix.cite(analysis).splitlines() if line.startswith("@book")]
    ['@book{HofbauerSigmund1998,']
    """
    return bibtex((references()["separatrix"],) if analysis is None else cited(analysis))


def cited(
    analysis: Analysis, findings: Sequence[Finding] = (), *, figures: bool = False
) -> tuple[Reference, ...]:
    """Return what an answer used, this program first and the rest by author and year.

    Parameters
    ----------
    analysis : Analysis
    findings : sequence of Finding
        Those of `separatrix.check` that are shown beside it.
    figures : bool
        Whether its portrait is shown too.

    Examples
    --------
    >>> import separatrix
    >>> found = cited(separatrix.analyze(separatrix.load("hawk-dove-one-population")))
    >>> [(reference.key, str(used_for(reference))) for reference in found][:2]
    [('separatrix', 'the analysis'), ('Hart2010', 'exact arithmetic with FLINT')]
    """
    answer = Answer(analysis, tuple(findings), figures)
    uses: dict[str, list[str]] = {}
    for rule in RULES:
        if rule.used(answer):
            for key in rule.keys:
                uses.setdefault(key, []).append(rule.purpose)
    known = references()
    found = [replace(known[key], uses=tuple(purposes)) for key, purposes in uses.items()]
    return tuple(sorted(found, key=_place))


def used_for(reference: Reference) -> str:
    """Return what an answer used a reference for, as a sentence that other languages can tell."""
    return together(reference.uses, "; ")


def _place(reference: Reference) -> tuple[bool, tuple[str, ...], str]:
    authors = tuple(name.casefold() for name in authors_of(reference))
    return (reference.key != "separatrix", authors, reference.fields["year"])
