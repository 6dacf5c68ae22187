"""The theorems, methods and libraries that an answer used, for citation.

What was used is decided from what was found, not from what was asked:
`separatrix.reports.citation_rules`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from separatrix.analysis.results import Analysis
from separatrix.audit.evidence.findings import Finding
from separatrix.languages import Language, language_of
from separatrix.reports.bibliography import Reference, authors_of, bibtex, references, text
from separatrix.reports.citation_rules import RULES
from separatrix.reports.citation_signs import CitedAnalysis
from separatrix.sentences import together

__all__ = ["Reference", "bibliography", "bibtex", "cite", "cited", "references_to_dict", "text", "used_for"]


def cite(analysis: Analysis | None = None) -> str:
    """Return BibTeX of what an answer used: theorems, methods, libraries, and this program.

    Parameters
    ----------
    analysis : Analysis, optional
        From `separatrix.analyze`; without one, only the entry of the program is returned.  What
        `separatrix.load` takes stands for the analysis of that game, with its own values.

    Returns
    -------
    str
        Entries of BibTeX: this program first, the rest by author and year.

    Raises
    ------
    SeparatrixError
        As `separatrix.load` and `separatrix.analyze` raise it, where a source is given.

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
        Those of `separatrix.check` that are shown with it.
    figures : bool
        Whether its portrait is shown too.

    Returns
    -------
    tuple of Reference
        Each with what it was used for.

    Examples
    --------
    >>> import separatrix
    >>> found = cited(separatrix.analyze(separatrix.load("hawk-dove-one-population")))
    >>> [(reference.key, str(used_for(reference))) for reference in found][:2]
    [('separatrix', 'the analysis'), ('Hart2010', 'exact arithmetic with FLINT')]
    """
    answer = CitedAnalysis(analysis, tuple(findings), figures)
    uses: dict[str, dict[str, None]] = {}  # each purpose once, in the order of the rules
    for rule in RULES:
        if rule.used(answer):
            for key in rule.keys:
                uses.setdefault(key, {})[rule.purpose] = None
    known = references()
    found = [replace(known[key], uses=tuple(purposes)) for key, purposes in uses.items()]
    return tuple(sorted(found, key=_place))


def used_for(reference: Reference) -> str:
    """Return what an answer used a reference for, as a translatable sentence.

    Parameters
    ----------
    reference : Reference
        As `cited` returns it.

    Returns
    -------
    str
        A sentence of `separatrix.sentences`.

    Examples
    --------
    >>> from separatrix import analyze, load
    >>> str(used_for(cited(analyze(load("shi-chen-2018")))[0]))
    'the analysis'
    """
    return together(reference.uses, "; ")


def bibliography(works: Sequence[Reference], words: Language | None = None) -> str:
    """Return references as text, each with what it was used for, in English by default."""
    words = words or language_of("en")
    lines = []
    for work in works:
        lines.append(text(work))
        if work.uses:
            lines.append(f"    {words.USED_FOR.format(what=words.tell(used_for(work)))}")
    return "\n".join(lines) + "\n"


def references_to_dict(analysis: Analysis | None, works: Sequence[Reference]) -> dict[str, Any]:
    """Return references as plain data (schema 1; keys are added, never renamed)."""
    model = None if analysis is None else {"title": analysis.game.title, "source": analysis.game.source}
    return {
        "schema": 1,
        "model": model,
        "references": [
            {
                "key": work.key,
                "type": work.kind,
                "fields": dict(work.fields),
                "text": text(work),
                "used_for": str(used_for(work)) if work.uses else None,
            }
            for work in works
        ],
    }


def _place(reference: Reference) -> tuple[bool, tuple[str, ...], str]:
    authors = tuple(name.casefold() for name in authors_of(reference))
    return (reference.key != "separatrix", authors, reference.fields["year"])
