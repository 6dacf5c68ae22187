"""What `check` finds: one disagreement between a paper and its payoff table, as a compiler reports it.

How a disagreement is reported: the place, the two sides, a witness and a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from separatrix.audit.claims.claims import Claim, Claimed, ConditionClaim, StateClaim
from separatrix.audit.claims.numerals import show
from separatrix.errors import Place
from separatrix.game.model import Game
from separatrix.io.yaml_output import decimal_text
from separatrix.run.results import Tabled
from separatrix.sentences import say, together

__all__ = [
    "Finding",
    "Findings",
    "SCHEMA",
    "Severity",
    "about",
    "findings_to_dict",
    "not_checked",
    "of_game",
    "ordered",
    "path_text",
    "state_text",
    "values_text",
    "claim_circumstances",
]

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
    """A list of findings, shown as a short text and as a table."""


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


def path_text(path: Sequence[str | int]) -> str:
    """Return keys and indices as people write them.

    Examples
    --------
    >>> path_text(("published", "stability", 0, "label"))
    'published.stability[0].label'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def about(subject: Claim, /, code: str, severity: Severity, text: str, **more: Any) -> Finding:
    """Return a finding about a claim."""
    where = str(subject.place) if subject.place.line is not None else path_text(subject.path)
    finding = Finding(code=code, severity=severity, where=where, text=text, place=subject.place, **more)
    if isinstance(subject, Claimed | ConditionClaim) and subject.read_as:
        finding = replace(finding, details=((say("read as"), subject.read_as), *finding.details))
    if subject.cited:
        finding = replace(finding, details=(*finding.details, (say("in the paper"), subject.cited)))
    return finding


def of_game(
    game: Game, /, code: str, severity: Severity, text: str, path: Sequence[str | int], **more: Any
) -> Finding:
    """Return a finding about the game itself; ``path`` leads to the part concerned."""
    place = game.places.place(tuple(path), key=True)
    where = str(place) if place.line is not None else path_text(path)
    return Finding(code=code, severity=severity, where=where, text=text, place=place, **more)


def not_checked(claim: Claim, what: str, why: str) -> Finding:
    """Return the note that a claim was not checked."""
    return about(claim, "P628", "note", say("{what} was not checked: {why}.", what=what, why=why))


def state_text(values: Iterable[Any]) -> str:
    """Return a state as a bracket of numbers or formulas.

    Examples
    --------
    >>> state_text([Fraction(1, 2), "x"])
    '(0.5, x)'
    """
    return f"({', '.join(v if isinstance(v, str) else show(v) for v in values)})"


LONG = 60
"""Coordinates longer than this are left to the file where the state has a name."""


def state_name(state: StateClaim) -> str:
    """Return a claimed state with its id, if it has one."""
    at = f"({', '.join(c.text for c in state.at)})"
    if len(at) > LONG and state.id:
        return state.id
    return f"{state.id} {at}" if state.id else at


def values_text(values: Mapping[str, Any], names: Iterable[str] | None = None) -> str:
    """Return values as ``a = 1, b = 2``."""
    wanted = values if names is None else [n for n in names if n in values]
    return ", ".join(f"{n} = {show(values[n])}" for n in wanted)


def claim_circumstances(claim: Claim) -> str:
    """Return in which circumstances a claim is made, as the beginning of a sentence, or nothing."""
    parts = []
    if claim.scenario is not None:
        parts.append(say("in the scenario `{scenario}`", scenario=claim.scenario))
    if claim.when:
        parts.append(say("where {conditions}", conditions=claim.when_text))
    return together(parts)


def plain(value: Fraction) -> Fraction | int:
    """Return a whole number as an int."""
    return int(value) if value.denominator == 1 else value
