"""Bifurcations in words: their kinds and values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from separatrix.document.numbers import readable
from separatrix.dynamics.bifurcation.bifurcation_kinds import CRITICALITY_WORDS, KIND_WORDS
from separatrix.expression.tree import Expression, Number, to_text
from separatrix.languages import Language

if TYPE_CHECKING:
    from separatrix.dynamics.bifurcation.result import NamedPoint

__all__ = ["FINE", "LONGEST", "PLACES", "exactly", "kind_in_words", "value_in_words"]

PLACES, FINE = 4, 6
"""Decimals of numbers, and of numbers without a short fraction."""


LONGEST = 28
"""Characters of a closed form that still says more than a decimal."""


def exactly(expression: Expression | None) -> str | None:
    """Return a closed form in the usual notation; None where none exists, or it is longer than a decimal.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> exactly(parse_expression("3/2 - 1/2*sqrt(57)"))
    '3/2 − 1/2·√57'
    """
    if expression is None:
        return None
    text = re.sub(r"sqrt\((\d+)\)", r"√\1", to_text(expression))
    text = text.replace("**2", "²").replace("**3", "³").replace("**", "^").replace("*", "·").replace("-", "−")
    return text if len(text) <= LONGEST else None


def kind_in_words(point: NamedPoint, words: Language) -> str:
    """Return what a point is called, such as ``Hopf (supercritical)``."""
    kind = words.tell(KIND_WORDS[point.kind])
    if point.criticality is None:
        return kind
    return words.BIFURCATION_KIND.format(kind=kind, how=words.tell(CRITICALITY_WORDS[point.criticality]))


def value_in_words(point: NamedPoint, words: Language) -> str:
    """Return a critical value in decimals, and exactly where that is short: ``1.333 (4/3)``."""
    rational = isinstance(point.exact, Number)
    text = readable(point.value, PLACES if rational else FINE)
    exact = exactly(point.exact)
    if exact is None or (isinstance(point.exact, Number) and _says_all(text, point.exact)):
        return text
    return words.BIFURCATION_VALUE.format(value=text, exact=exact)


def _says_all(text: str, exact: Number) -> bool:
    from fractions import Fraction

    try:
        return Fraction(text.replace("−", "-")) == exact.value
    except ValueError:
        return False
