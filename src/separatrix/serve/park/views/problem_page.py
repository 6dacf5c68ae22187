"""A problem of the library as a page: such as a description of the park that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from separatrix.errors import SeparatrixError

__all__ = ["with_problem_told"]

View = Callable[..., HttpResponse]


def with_problem_told(view: View) -> View:
    """Return a view that shows what the library refuses, with what to do; nothing of it is kept."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        # A savepoint, so that what was begun goes back and the page can still ask who looks.
        begun = transaction.atomic() if connection.in_atomic_block else nullcontext()
        try:
            with begun:
                return view(request, *args, **named)
        except SeparatrixError as problem:
            return render(request, "park/answers/problem.html", {"problem": problem}, status=503)

    return told
