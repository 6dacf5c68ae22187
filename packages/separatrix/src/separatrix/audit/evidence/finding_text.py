"""How a disagreement is told: the place, the two sides, a witness, and words that read as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from separatrix.audit.claims.claim import Claim, Claimed, ConditionClaim, StateClaim
from separatrix.audit.claims.numerals import show
from separatrix.audit.evidence.finding import Finding, Severity
from separatrix.game.model import Game
from separatrix.sentences import say, together

__all__ = ["about", "not_checked", "of_game", "path_text", "state_text", "values_text", "within"]


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
    """Return a finding about the game itself; ``path`` leads to the part it speaks of."""
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


def named(state: StateClaim) -> str:
    """Return a claimed state with its id, if it has one."""
    at = f"({', '.join(c.text for c in state.at)})"
    if len(at) > LONG and state.id:
        return state.id
    return f"{state.id} {at}" if state.id else at


def values_text(values: Mapping[str, Any], names: Iterable[str] | None = None) -> str:
    """Return values as ``a = 1, b = 2``."""
    wanted = values if names is None else [n for n in names if n in values]
    return ", ".join(f"{n} = {show(values[n])}" for n in wanted)


def within(claim: Claim) -> str:
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
