"""A problem, stored in all languages until it is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from separatrix.errors import InputError, SeparatrixError
from separatrix.sentences import say
from separatrix.studio.error_json import error_json
from separatrix_park.language import library_language

__all__ = ["ProblemText", "text_of", "read_problem", "text_of_all"]


@dataclass(frozen=True)
class ProblemText:
    """What went wrong, in the language of the page.

    Attributes
    ----------
    code, text : str
    hint : str or None
    """

    code: str
    text: str
    hint: str | None = None


def text_of(problem: SeparatrixError) -> str:
    """Return an error as a column of text keeps it.

    Examples
    --------
    >>> from separatrix.errors import InputError
    >>> read_problem(text_of(InputError("W310", "an address"))).code
    'W310'
    """
    found = error_json(problem)
    return json.dumps({"code": found["code"], "told": found["told"]}, ensure_ascii=False)


def text_of_all(problems: Sequence[SeparatrixError]) -> str:
    """Return several errors as a column of text keeps them: how many, and the first; empty for none.

    Examples
    --------
    >>> from separatrix.errors import InputError
    >>> read_problem(text_of_all([InputError("W317", "one"), InputError("K220", "two")])).text
    '2 records were refused; the first: one'
    """
    if len(problems) < 2:
        return text_of(problems[0]) if problems else ""
    first = problems[0]
    what = say("{count} records were refused; the first: {why}", count=len(problems), why=first.message)
    return text_of(InputError(first.code, what, hint=first.hint))


def read_problem(text: str) -> ProblemText | None:
    """Return what was kept; None where nothing was."""
    if not text:
        return None
    try:
        found = json.loads(text)
        told = found["told"][library_language()]
        return ProblemText(str(found["code"]), str(told["text"]), told.get("hint"))
    except (ValueError, LookupError, TypeError, AttributeError):
        return ProblemText("", text)
