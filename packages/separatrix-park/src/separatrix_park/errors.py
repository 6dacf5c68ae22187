"""What people see where nothing else can be shown: one page for each status, without a trace or a value.

The page asks the database nothing, so that it can be shown when that is what failed.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

__all__ = [
    "RefusalMiddleware",
    "bad_request",
    "failed",
    "forbidden",
    "forged",
    "is_full",
    "locked_out",
    "not_found",
    "page_of",
    "path_for_the_log",
    "error_response",
]

_log = logging.getLogger("separatrix.serve.park.refusals")

TOLD = {
    400: (
        _("This request cannot be read"),
        _("The address or the data sent with it are damaged. Go back and reload the page."),
    ),
    403: (
        _("You do not have permission to view this page"),
        _("Your role does not have access to this page. If it should, contact the park office."),
    ),
    404: (
        _("There is nothing here for you to see"),
        _("The address is wrong, or the page belongs to another enterprise or no longer exists."),
    ),
    405: (
        _("This address does not support this action"),
        _("Go back to the page you came from, and use its buttons."),
    ),
    408: (
        _("The upload took too long"),
        _("Nothing was saved. Check the connection, then send it again."),
    ),
    413: (
        _("This is too large"),
        _("Nothing was saved. Send fewer rows or a smaller file."),
    ),
    429: (
        _("Too many attempts"),
        _("Wait a while, then try again. If it was not you, inform the park office."),
    ),
    500: (
        _("Something went wrong"),
        _(
            "The error has been logged for the administrator. Data saved earlier are still there; "
            "check them before you try again."
        ),
    ),
    503: (
        _("The service is unavailable"),
        _("The database does not respond, or maintenance is in progress. Try again in a minute."),
    ),
}
"""The title and the sentence of each status."""

_LINKS = re.compile(r"^(/join/|/account/password/reset/key/)[^/]+")
"""Addresses that end in a secret, which is not logged: logs have many readers and are kept long."""

AGAIN = {429: "60", 503: "30"}
"""After how many seconds programs may ask again."""

FULL = (
    _("No storage space left"),
    _("The server's disk is full. Nothing you sent was saved: inform the administrator, then try again."),
)

FORGED = (
    _("The form was not sent from a page of this session"),
    _(
        "You may have logged in or out since then, or cookies are disabled. Reload the page, then "
        "send it again."
    ),
)


def page_of(status: int, told: tuple[Any, Any] | None = None, reference: str = "") -> str:
    """Return the page of a status, in the language that is set."""
    title, sentence = told or TOLD[status]
    context = {
        "park": settings.PARK,
        "status": status,
        "title": title,
        "sentence": sentence,
        "reference": reference,
    }
    page: str = render_to_string("park/refused.html", context)
    return page


def error_response(status: int, told: tuple[Any, Any] | None = None, reference: str = "") -> HttpResponse:
    """Return the answer of a status."""
    answer = HttpResponse(page_of(status, told, reference), status=status)
    if status in AGAIN:
        answer["Retry-After"] = AGAIN[status]
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what cannot be read, or is too large."""
    large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return error_response(413 if large else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Respond to a person without permission."""
    return error_response(403)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without the token of its session."""
    return error_response(403, FORGED)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Respond to a missing or invisible page; the two cannot be distinguished."""
    return error_response(404)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer after an error of the program; its number leads to the trace in the service's own output.

    A database that does not respond, or is full, is not a program error: the client should wait.
    """
    reference = secrets.token_hex(4)
    where = path_for_the_log(request.path)
    _log.error("answered %s %s with error page %s", request.method, where, reference, exc_info=True)
    problem = sys.exception()
    if isinstance(problem, OperationalError | InterfaceError):
        return error_response(503, FULL if is_full(problem) else None, reference)
    return error_response(500, reference=reference)


def path_for_the_log(path: str) -> str:
    """Return an address as the service's log may hold it: in one line, and without a link that lets in.

    Examples
    --------
    >>> path_for_the_log("/join/not-used-yet/"), path_for_the_log("/people/\\n1")
    ('/join/.../', '/people/%0A1')
    """
    return quote(_LINKS.sub(r"\1...", path))


def is_full(problem: BaseException) -> bool:
    """Return whether a database could not write for lack of room; each of the two has a code for that."""
    cause = problem.__cause__
    return (
        getattr(cause, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(cause, "sqlstate", "") == "53100"
    )


class RefusalMiddleware:
    """Gives a page to refusals that have none, such as of a form's address that is opened by itself.

    A part of a page that is fetched after its session ended would get the page of the log-in into itself:
    it is refused, and the page says so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with a page where a person is left with nothing to read."""
        answer = self.get_response(request)
        if "HX-Request" in request.headers and answer.get("Location", "").startswith(
            resolve_url("account_login")
        ):
            return HttpResponse(status=401)
        bare = answer.status_code in TOLD and not answer.streaming and not answer.content
        if bare and request.method != "HEAD" and "text/html" in request.headers.get("Accept", ""):
            answer.content = page_of(answer.status_code)
            answer["Content-Type"] = "text/html; charset=utf-8"
        return answer


class PlainTextMiddleware:
    """Refuses an address, a query or a form with a zero byte: SQLite would take it, and PostgreSQL fail."""

    FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """Look at what was sent, once it is known to come from a page of the platform."""
        if "\0" in request.path_info:
            raise SuspiciousOperation
        sent = [request.GET]
        if request.method == "POST" and request.content_type in self.FORMS:
            sent.append(request.POST)
        if any("\0" in text for form in sent for name, values in form.lists() for text in (name, *values)):
            raise SuspiciousOperation


def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """Answer who has tried too often."""
    return error_response(429)
