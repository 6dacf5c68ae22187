"""Error responses of the API: one form for every error, whatever its origin.

Who may call what: each operation names its roles once, for the description and for the check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema

from separatrix.errors import InputError, Place, SeparatrixError
from separatrix.sentences import Sentence, say
from separatrix_park.scope import PUBLIC, Role
from separatrix_park.scope import translate_sentence as translated

__all__ = [
    "EVERYBODY",
    "Fault",
    "OF_ENTERPRISE",
    "PUBLIC",
    "Refusal",
    "Refused",
    "fault_of",
    "fault_of_input",
    "for_roles",
    "guarded",
    "placed",
    "require_valid",
    "usual",
]

LONGEST_FOUND = 80
"""Maximum number of characters of an invalid value that are returned."""


class Fault(Schema):
    """One thing that is wrong."""

    code: str = Field(description="Four characters; `separatrix explain CODE` shows the details.")
    message: str = Field(description="One sentence, in the language requested with Accept-Language.")
    where: str | None = Field(None, description="The place in the request: a field, or a row and a column.")
    found: str | None = Field(None, description="The value found, shortened.")
    expected: str | None = Field(None, description="The value expected.")
    hint: str | None = Field(None, description="How to fix it.")


class Refusal(Schema):
    """Why a request was refused; nothing of it was done."""

    errors: list[Fault]


class Refused(SeparatrixError):
    """A request that is refused, with the status of the answer.

    Parameters
    ----------
    status : int
        HTTP status; it determines the code, and the default message and hint.
    message : str or None
    where, found, expected, hint : str or None
        As in `Fault`.
    headers : mapping of str to str or None
        Additional headers of the response, such as ``WWW-Authenticate``.
    code : str or None
    more : sequence of Fault
        Further errors.
    """

    def __init__(
        self,
        status: int,
        message: str | None = None,
        *,
        where: str | None = None,
        found: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
        headers: Mapping[str, str] | None = None,
        code: str | None = None,
        more: Sequence[Fault] = (),
    ) -> None:
        usual_code, usual_message, usual_hint = USUAL[status]
        super().__init__(
            code or usual_code,
            message or usual_message,
            where=None if where is None else Place(where),
            hint=hint or (None if message else usual_hint),
        )
        self.status = status
        self.found, self.expected = found, expected
        self.headers = dict(headers or {})
        self.more = tuple(more)


USUAL: Mapping[int, tuple[str, Sentence, Sentence | None]] = {
    400: ("W280", say("the request cannot be read"), None),
    401: (
        "W281",
        say("a valid token is required"),
        say("create one on the page `Programs`, and send it as `Authorization: Bearer TOKEN`"),
    ),
    403: ("W282", say("this token does not have the right to do that"), None),
    404: ("W283", say("not found, or not visible to this token"), None),
    405: ("W284", say("this address does not support that method"), None),
    409: (
        "W285",
        say("this idempotency key was used for another request"),
        say("use a new key for a new request"),
    ),
    410: ("W283", say("not found, or not visible to this token"), None),
    412: (
        "W286",
        say("another person or program has changed this since you read it"),
        say("read it again, and send the new `ETag` as `If-Match`"),
    ),
    413: ("W287", say("the request is too large"), say("send it in parts")),
    415: ("W288", say("this content type is not supported"), None),
    422: ("W289", say("invalid value"), None),
    428: (
        "W286",
        say("the version that you have read is required"),
        say("read it first, and send its `ETag` as `If-Match`"),
    ),
    429: ("W290", say("too many requests"), say("wait, then try again")),
    500: ("W291", say("internal error; it was logged, and nothing was changed"), None),
    503: ("W292", say("the database is not available now"), say("wait, then try again")),
}
"""Default texts of a status."""


def fault_of(problem: SeparatrixError) -> Fault:
    """Return a library error in the form of the API, in the reader's language."""
    expected = getattr(problem, "expected", None)
    return Fault(
        code=problem.code,
        message=translated(problem.message),
        where=None if problem.where is None else str(problem.where),
        found=_short(getattr(problem, "found", None)),
        expected=None if expected is None else translated(expected),
        hint=None if problem.hint is None else translated(problem.hint),
    )


@contextmanager
def placed(where: str) -> Iterator[None]:
    """Raise a library error without a place again, with the field it concerns."""
    try:
        yield
    except InputError as problem:
        if problem.where is not None:
            raise
        raise Refused(422, problem.message, where=where, hint=problem.hint, code=problem.code) from problem


def _short(found: str | None) -> str | None:
    return found if found is None or len(found) <= LONGEST_FOUND else found[: LONGEST_FOUND - 1] + "…"


def usual(status: int) -> Refusal:
    """Return the default texts of a status.

    Examples
    --------
    >>> usual(404).errors[0].code
    'W283'
    """
    return Refusal(errors=[fault_of(Refused(status if status in USUAL else 500 if status >= 500 else 400))])


EXPECTED: Mapping[str, Sentence] = {
    "missing": say("a value"),
    "int": say("a whole number"),
    "float": say("a number"),
    "decimal": say("a number"),
    "bool": say("true or false"),
    "string_type": say("text"),
    "string_unicode": say("text"),
    "uuid": say("an id from a list"),
    "datetime": say("a time such as 2026-03-31T12:00:00Z"),
    "date": say("a date such as 2026-03-31"),
    "list": say("a list"),
    "dict": say("an object with names and values"),
    "model": say("an object with names and values"),
    "extra_forbidden": say("no such field"),
}
"""The expected value, by the beginning of the type of pydantic's error."""


def _expected(error: Mapping[str, Any]) -> Sentence | str:
    kind, bounds = str(error["type"]), error.get("ctx", {})
    match kind:
        case "greater_than_equal" | "less_than_equal":
            bound = bounds["ge"] if kind == "greater_than_equal" else bounds["le"]
            least = kind == "greater_than_equal"
            return say("at least {bound}", bound=bound) if least else say("at most {bound}", bound=bound)
        case "string_too_short" | "too_short":
            return say("at least {count} characters or entries", count=bounds["min_length"])
        case "string_too_long" | "too_long":
            return say("at most {count} characters or entries", count=bounds["max_length"])
        case "literal_error" | "enum":
            return say("one of {choices}", choices=str(bounds["expected"]))
    known = max((k for k in EXPECTED if kind.startswith(k)), key=len, default=None)
    return EXPECTED[known] if known else str(error["msg"])


def fault_of_input(error: Mapping[str, Any]) -> Fault:
    """Return one pydantic error in the form of the API.

    Examples
    --------
    >>> error = {"type": "int_parsing", "loc": ("query", "year"), "msg": "…", "input": "MMXXV"}
    >>> fault = fault_of_input(error)
    >>> fault.where, fault.found, fault.expected
    ('query.year', 'MMXXV', 'a whole number')
    """
    place = ""
    for part in error["loc"]:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    found = None if error["type"] == "missing" or "input" not in error else str(error["input"])
    return fault_of(Refused(422, where=place, found=found, expected=_expected(error)))


def require_valid(form: Form, where: str) -> None:
    """Refuse what a form of a page refuses, each field with its place.

    Parameters
    ----------
    form : Form
        With data under the names used in the request, too.
    where : str
        Prefix of these names, such as ``body``.

    Raises
    ------
    Refused
        W289.
    """
    faults = [
        Refused(
            422,
            where=where if name == NON_FIELD_ERRORS else f"{where}.{name}",
            found=None if form.data.get(name) is None else str(form.data[name]),
            expected=str(sentence),
        )
        for name, sentences in form.errors.items()
        for sentence in sentences
    ]
    if faults:
        first, *more = faults
        first.more = tuple(fault_of(one) for one in more)
        raise first


ROLES = "x-roles"
READS = "x-reads"
OWN_TRANSACTION = "x-own-transaction"
EVERYBODY = (Role.OFFICE, Role.ENTRY, Role.APPROVAL, Role.AUDITOR)
OF_ENTERPRISE = (Role.ENTRY, Role.APPROVAL)
"""Roles that act for an enterprise, on pages closed to all other roles."""


def for_roles(*roles: str, reads: bool | None = None, own_transaction: bool = False) -> dict[str, Any]:
    """Return the part of an operation's description that lists its roles; `guarded` enforces it.

    Parameters
    ----------
    *roles : str
    reads : bool or None
        Whether a token that may only read may call it; by default where the method is GET.
    own_transaction : bool
        Whether it says itself where its transaction begins, since it has long to read before.

    Examples
    --------
    >>> for_roles("office", "auditor")
    {'x-roles': ['office', 'auditor']}
    """
    told: dict[str, Any] = {ROLES: [str(role) for role in roles]}
    if reads is not None:
        told[READS] = reads
    if own_transaction:
        told[OWN_TRANSACTION] = True
    return told


def guarded(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap the running of an operation: its roles, the names in its query and its form, and all or nothing.

    An operation that names no roles is a mistake of ours and fails as the API is put together.
    """
    operation = run.__self__  # type: ignore[attr-defined]
    roles = frozenset(operation.openapi_extra[ROLES])
    own_transaction = operation.openapi_extra.get(OWN_TRANSACTION, False)
    query, form = _names(operation, "query"), _names(operation, "form") | _names(operation, "file")
    reads = operation.openapi_extra.get(READS, operation.methods == ["GET"])

    @wraps(run)
    def answer(request: HttpRequest, **path: Any) -> HttpResponse:
        try:
            _check_role(request, roles, reads)
            _check_names("query", request.GET, query)
            if form:
                _check_names("form", [*request.POST, *request.FILES], form)
        except Exception as problem:  # a form that cannot be read is told as elsewhere
            refused: HttpResponse = operation.api.on_exception(request, problem)
            return refused
        if reads or own_transaction:
            return run(request, **path)
        with transaction.atomic():
            response = run(request, **path)
            if response.status_code >= 400:  # an error is an answer by now, and nothing of the rest may stay
                transaction.set_rollback(True)
        return response

    return answer


def _names(operation: Any, source: str) -> frozenset[str]:
    """Return the names allowed in one part of a request to an operation."""
    models = [m for m in operation.models if m.__ninja_param_source__ == source]
    flat = [getattr(m, "__ninja_flatten_map__", None) or m.model_fields for m in models]
    return frozenset(name for names in flat for name in names)


def _check_role(request: HttpRequest, roles: frozenset[str], reads: bool) -> None:
    if request.token is None:  # who has none is refused by the operation itself, unless it is public
        return
    if request.user.role not in roles and PUBLIC not in roles:
        raise Refused(403, say("this is not for the role `{role}`", role=str(request.user.role)))
    if request.token.reads_only and not reads:
        raise Refused(403, say("this token may only read"))


def _check_names(where: str, given: Iterable[str], known: frozenset[str]) -> None:
    """Refuse a name that is not known: a filter or an `only_check` that is misspelt would do nothing."""
    for name in given:
        if name not in known:
            choices = say("one of {choices}", choices=", ".join(sorted(known)))
            raise Refused(
                400,
                say("unknown parameter"),
                where=where,
                found=name,
                expected=choices if known else None,
            )
