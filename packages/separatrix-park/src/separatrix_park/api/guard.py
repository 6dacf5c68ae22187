"""Who may call what: each operation names its roles once, for the description and for the check."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from separatrix.sentences import say
from separatrix_park.api.refusal import Refused
from separatrix_park.scope import PUBLIC, Role

__all__ = ["EVERYBODY", "OF_ENTERPRISE", "PUBLIC", "for_roles", "guarded"]

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
