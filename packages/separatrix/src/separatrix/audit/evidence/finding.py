"""What `check` finds: one disagreement between a paper and its payoff table, as a compiler reports it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from separatrix.errors import Place
from separatrix.game.model import Game
from separatrix.io.yaml_output import decimal_text
from separatrix.run.results import Tabled

__all__ = ["SCHEMA", "Finding", "Findings", "Severity", "findings_to_dict", "ordered"]

SCHEMA = 1

Severity = Literal["error", "note"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One disagreement, or one thing worth knowing.

    Attributes
    ----------
    code : str
        Explained at length by ``separatrix explain CODE``.
    severity : 'error' or 'note'
        An error contradicts a claim; a note does not.
    where : str
        File, line and column, or the path of keys where the game came as data.
    text : str
        One sentence: what is wrong.
    claim : str
        The claim as its author wrote it; empty where nothing was claimed.
    correct : str
        What follows from the table; empty where there is nothing to put in its place.
    witness : mapping of str to number, or None
        Values of parameters and shares at which claim and truth differ.
    term : str or None
        The smallest term by which they differ: claim minus truth, without what both have as a factor.
    difference : str or None
        Claim minus truth, all of it.
    details : tuple of (str, str)
        More rows for people, such as the value of both sides at the witness.
    place : Place or None
        ``where``, with the line of the file.
    """

    code: str
    severity: Severity
    where: str
    text: str
    claim: str = ""
    correct: str = ""
    witness: Mapping[str, Any] | None = None
    term: str | None = None
    difference: str | None = None
    details: tuple[tuple[str, str], ...] = ()
    place: Place | None = field(default=None, compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain data for JSON; exact numbers become texts where they must."""
        return {
            "code": self.code,
            "severity": self.severity,
            "where": self.where,
            "text": self.text,
            "claim": self.claim,
            "correct": self.correct,
            "term": self.term,
            "difference": self.difference,
            "witness": None if self.witness is None else {k: _plain(v) for k, v in self.witness.items()},
            "details": dict(self.details),
        }


class Findings(Tabled, list[Finding]):
    """A list of findings that is told in one screen, and as a table."""


def _plain(value: Any) -> Any:
    """Return whole numbers as they are, other exact numbers as texts."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else decimal_text(value)
    return value


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings in the order of the file, errors before notes at one place, each once."""

    def key(finding: Finding) -> tuple[bool, int, int, bool, str]:
        place = finding.place
        line = None if place is None else place.line
        column = None if place is None else place.column
        return (line is None, line or 0, column or 0, finding.severity != "error", finding.code)

    unique = {(f.code, f.where, f.text): f for f in findings}
    return sorted(unique.values(), key=key)


def findings_to_dict(game: Game, findings: Sequence[Finding], claims: int) -> dict[str, Any]:
    """Return the findings on a game as plain data for JSON (schema 1; keys are added, never renamed).

    Parameters
    ----------
    game : Game
    findings : sequence of Finding
    claims : int
        How many claims were read.
    """
    return {
        "schema": SCHEMA,
        "model": {
            "title": game.title,
            "source": game.source,
            "origin": game.origin,
            "populations": [
                {"name": p.name, "share": p.share, "strategies": [s.name for s in p.strategies]}
                for p in game.populations
            ],
        },
        "findings": [finding.to_dict() for finding in findings],
        "counts": {
            "claims": claims,
            "errors": sum(f.severity == "error" for f in findings),
            "notes": sum(f.severity == "note" for f in findings),
        },
    }
