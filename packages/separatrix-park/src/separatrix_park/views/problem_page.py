"""A problem of the library as a page, or on a line of one: such as a description that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from separatrix.errors import SeparatrixError
from separatrix_park.language import translate_sentence

__all__ = ["problem_line", "shows_problems"]

View = Callable[..., HttpResponse]


def shows_problems(view: View) -> View:
    """Return a view that shows what the library refuses, with what to do; nothing of it is kept."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        # A savepoint, so that what was begun goes back and the page can still ask who looks.  Whoever only
        # looks begins nothing: what is brought up to date for them is kept all or not at all by itself.
        writes = request.method not in ("GET", "HEAD")
        begun = transaction.atomic() if writes and connection.in_atomic_block else nullcontext()
        try:
            with begun:
                return view(request, *args, **named)
        except SeparatrixError as problem:
            return render(request, "park/answers/problem.html", {"problem": problem}, status=503)

    return answered


def problem_line(problem: SeparatrixError) -> str:
    """Return what is wrong, and what to do, in the reader's language, on one line.

    Examples
    --------
    >>> problem_line(SeparatrixError("W302", "there is no reason given", hint="say why"))
    'there is no reason given (say why)'
    """
    hint = f" ({translate_sentence(problem.hint)})" if problem.hint else ""
    return f"{translate_sentence(problem.message)}{hint}"
