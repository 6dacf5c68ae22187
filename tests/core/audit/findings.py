"""What a check says of a document, in short."""

from __future__ import annotations

from typing import Any

from separatrix.audit.check import check
from separatrix.audit.evidence.findings import Finding
from separatrix.game.reader import load


def errors(document: dict[str, Any]) -> list[Finding]:
    """Return the errors."""
    return check(load(document))


def everything(document: dict[str, Any]) -> list[Finding]:
    """Return errors and notes."""
    return check(load(document), notes=True)


def codes(document: dict[str, Any], notes: bool = False) -> list[str]:
    """Return the codes of the errors, with `notes` those of all findings."""
    return [f.code for f in check(load(document), notes=notes)]
