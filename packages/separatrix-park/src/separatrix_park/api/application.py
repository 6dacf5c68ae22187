"""The API as one django-ninja application: its routers, access control and error responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationErrorContext
from ninja.errors import ValidationError as InputErrors
from ninja.operation import Operation
from ninja.renderers import JSONRenderer
from ninja.security import HttpBearer

from separatrix import __version__
from separatrix.errors import SeparatrixError
from separatrix.sentences import say
from separatrix_park.api import (
    answers,
    drafts,
    duties,
    energy,
    enterprises,
    evidence,
    export,
    footprint_requests,
    log,
    me,
    own_footprints,
    products,
    publications,
    purchases,
    received_footprints,
    reports,
    sharings,
    tables,
)
from separatrix_park.api.errors import Refusal, Refused, fault_of, fault_of_input, guarded, usual
from separatrix_park.api.parser import StrictParser
from separatrix_park.api.reports import tag_of
from separatrix_park.errors import AGAIN, is_full
from separatrix_park.reporting.versions import SavedMeanwhile

__all__ = ["PREFIX", "ParkApi", "api", "refusal_of"]

STATUSES = {"W101": 413, "W247": 409, "W249": 403, "W301": 409, "W316": 409}
"""Codes of library errors that are not caused by an invalid value."""

PREFIX = "api/v1/"
"""Where it begins; what programs rely on changes only together with this."""


class Token(HttpBearer):
    """A personal access token in the header `Authorization`."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return what `ProgramMiddleware` found for the header; it alone looks tokens up."""
        return getattr(request, "token", None)


class Readable(JSONRenderer):
    """JSON that writes Chinese characters without escapes."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False, "allow_nan": False}


class ParkApi(NinjaAPI):
    """Django-ninja, with short names of operations and one form of errors."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of an operation, by which generated clients call it."""
        return operation.view_func.__name__

    def validation_error_from_error_contexts(self, error_contexts: list[Any]) -> InputErrors:
        """Keep the values found, which django-ninja drops."""
        errors = []
        for context in error_contexts:
            errors += _placed(context)
        return InputErrors(errors)

    def get_openapi_schema(self, **options: Any) -> Any:
        """Describe the API, with what is refused."""
        described = super().get_openapi_schema(**options)
        schemas = described["components"]["schemas"]
        told_by = Refusal.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= told_by.pop("$defs") | {"Refusal": told_by}
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
        for methods in described["paths"].values():
            for operation in methods.values():
                for status, why in (("4XX", "Refused; nothing was done"), ("503", "Ask again later")):
                    operation["responses"].setdefault(status, {"description": why, "content": content})
        return described


def _placed(context: ValidationErrorContext[Any]) -> list[dict[str, Any]]:
    source = context.model.__ninja_param_source__
    flattened = context.model.__ninja_flatten_map_reverse__
    # A body that is one object is known to whoever sent it without the name that we have for it.
    single = getattr(context.model, "__read_from_single_attr__", None)
    placed = []
    for error in context.pydantic_validation_error.errors(include_url=False):
        loc = flattened.get(error["loc"], error["loc"])
        placed.append({**error, "loc": (source, *(loc[1:] if loc[:1] == (single,) else loc))})
    return placed


def refusal_of(problem: BaseException) -> tuple[int, Refusal, dict[str, str]] | None:
    """Return the status, body and headers for an exception; None for an internal error."""
    headers: dict[str, str] = {}
    match problem:
        case HttpError() if isinstance(problem.__cause__, Refused):
            return refusal_of(problem.__cause__)
        case HttpError():
            status = problem.status_code
            headers = {"WWW-Authenticate": 'Bearer realm="park"'} if status == 401 else {}
        case Refused():
            return problem.status, Refusal(errors=[fault_of(problem), *problem.more]), problem.headers
        case SavedMeanwhile():
            headers = {} if problem.now is None else {"ETag": tag_of(problem.now)}
            return 412, Refusal(errors=[fault_of(problem)]), headers
        case SeparatrixError():
            return STATUSES.get(problem.code, 422), Refusal(errors=[fault_of(problem)]), headers
        case InputErrors():
            return 422, Refusal(errors=[fault_of_input(e) for e in problem.errors]), headers
        case Http404() | ObjectDoesNotExist():
            status = 404
        case PermissionDenied():
            status = 403
        case RequestDataTooBig():
            status = 413
        case SuspiciousOperation() | MultiPartParserError() | UnreadablePostError():
            status = 400
        case ValidationError():
            status = 422
        case OperationalError() | InterfaceError():
            headers = {"Retry-After": AGAIN[503]}
            if is_full(problem):  # to wait does not help there
                what = say("the disk of the service is full; nothing of this was saved")
                hint = say("inform the administrator, and send it again once there is room")
                return 503, Refusal(errors=[fault_of(Refused(503, what, hint=hint))]), headers
            status = 503
        case _:
            return None
    return status, usual(status), headers


def _refuse(request: HttpRequest, problem: Any) -> HttpResponse:
    found = refusal_of(problem)
    if found is None:
        raise problem
    status, body, headers = found
    response: HttpResponse = api.create_response(request, body.model_dump(), status=status)
    for name, value in headers.items():
        response[name] = value
    return response


api = ParkApi(
    title=f"{settings.PARK.name}",
    version=__version__,
    urls_namespace="api",
    docs_url=None,
    auth=Token(),
    parser=StrictParser(),
    renderer=Readable(),
)
for kind in (Exception, Http404, HttpError, InputErrors):  # the last three have handlers of django-ninja
    api.add_exception_handler(kind, _refuse)
api.add_decorator(guarded, mode="view")
AREAS = (
    *(me, tables, enterprises, reports, drafts, sharings, evidence, duties),
    *(answers, energy, log, export, publications),
    *(products, purchases, footprint_requests, received_footprints, own_footprints),
)
for area in AREAS:
    api.add_router("", area.router)
