"""Errors as a page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from separatrix.errors import Place, SeparatrixError
from separatrix.languages import LANGUAGES, language_of

__all__ = ["error_json"]


def error_json(problem: SeparatrixError) -> Mapping[str, Any]:
    """Return an error as the page shows it: place, excerpt and hint, in all languages.

    Examples
    --------
    >>> from separatrix.game.reader import read_text
    >>> try:
    ...     read_text("payoff_matrix: [[1, 2], [Rr, 4]]", "game.yaml")
    ... except SeparatrixError as problem:
    ...     told = error_json(problem)
    >>> told["code"], told["where"], told["line"]
    ('S012', 'game.yaml', 1)
    """
    where = problem.where or Place()
    return {
        "code": problem.code,
        "where": where.source,
        "line": where.line,
        "column": where.column,
        "width": where.width,
        "quoted": where.text,
        "text": str(problem.message),
        "hint": None if problem.hint is None else str(problem.hint),
        "told": {
            code: {
                "text": language_of(code).tell(problem.message),
                "hint": None if problem.hint is None else language_of(code).tell(problem.hint),
            }
            for code in LANGUAGES
        },
    }
