"""Answers of the library on what is approved: page one at once, the others by jobs, each with its version."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema, Status
from pydantic import JsonValue

from separatrix_park.answers import jobs
from separatrix_park.answers.enterprise_accounts import bring_up_to_date
from separatrix_park.answers.kinds import KINDS, AnswerKind, given_options, kind_named, options_form
from separatrix_park.answers.park_totals import park_sums
from separatrix_park.api.errors import Fault, Refused, for_roles, require_valid
from separatrix_park.api.paging import Number
from separatrix_park.models import Answer, Role
from separatrix_park.reporting.description import park_description
from separatrix_park.scope import library_language

__all__ = ["DataTold", "router"]

router = Router(tags=["answers"])

READERS = for_roles(Role.OFFICE, Role.AUDITOR)
ASKERS = for_roles(Role.OFFICE, Role.AUDITOR, reads=False)
State = Literal["waiting", "running", "done", "failed", "cancelled"]
Format = Literal["page", "pdf", "docx", "html", "md", "csv"]


class DataTold(Schema):
    """On which data an answer rests."""

    version: str | None = Field(description="Changes after each approval, deletion and new member.")
    until: datetime | None = Field(description="Time of the latest approval.")
    waiting: int = Field(description="Number of enterprises whose accounts are still being calculated.")


class YearTold(Schema):
    """A year of the park: t CO2e and tce.

    `sign` marks incomplete figures: "≥" is a lower bound, "~" comes from reports that contradict
    themselves.
    """

    year: int
    sign: str
    energy_sign: str
    complete: bool
    total: float = Field(description="Scope 1 and 2 by the grid, t CO2e.")
    scope_1: float
    scope_2: float = Field(description="Without what enterprises of the park supplied to one another.")
    energy: float = Field(description="tce, without what they passed to one another.")
    told: int = Field(description="Of how many enterprises anything is known.")
    whole: int = Field(description="Of how many everything is, without contradiction.")
    members: int
    doubted: int
    nothing_missing: int = Field(description="Of how many nothing is missing, also in doubt; as diagnosed.")
    held: float = Field(description="The share of the last known emissions that the year holds at most.")
    intensity: float | None = Field(description="t CO2e a money unit of value added.")
    intensity_of: int = Field(description="Of how many enterprises the intensity is.")
    energy_intensity: float | None
    energy_intensity_of: int
    change: float | None = Field(description="Against the year before, of those that are whole in both.")
    change_of: int
    low: float | None = Field(None, description="The total at least, with what is missing or in doubt.")
    high: float | None = Field(None, description="The total at most; null where nothing bounds it.")
    share: float | None = Field(None, description="The share of the estimated emissions that is counted.")


class EmitterTold(Schema):
    """An enterprise among those that emit the most."""

    enterprise: str
    carbon: float
    share: float
    sign: str


class MissingTold(Schema):
    """An enterprise with missing data."""

    enterprise: str
    reports: dict[str, str] = Field(description="How far its reports have come, by table.")
    last: float | None = Field(description="What it last emitted, t CO2e.")


class PageOneTold(Schema):
    """Page one: the years of the park, and of one of them the parts."""

    data: DataTold
    money_unit: str
    years: list[YearTold]
    year: int | None = Field(description="Which year the parts are of.")
    reporting_year: int | None = Field(description="The year that the diagnosis and other answers report.")
    checked: bool = Field(description="Whether all reports were checked together since the last change.")
    emitters: list[EmitterTold]
    missing: list[MissingTold]


class PageOneAsked(Schema):
    """The year of the breakdown."""

    year: int | None = Field(None, ge=1900, le=2200)


class OptionTold(Schema):
    """What may be asked beyond a kind."""

    name: str
    title: str
    of: str = Field(description="year, number, text or choice.")
    choices: list[str]


class KindTold(Schema):
    """A kind of answer."""

    name: str
    title: str
    question: str
    tables: list[str] = Field(description="Tables without which no answer is possible.")
    options: list[OptionTold]


class AnswerAsked(Schema, extra="forbid"):
    """The requested answer."""

    kind: str = Field(max_length=40)
    format: Format = Field(
        "page", description=("page for text and figures in the response; otherwise a file.")
    )
    options: dict[str, str | float] = Field({}, max_length=20)


class AnswerTold(Schema):
    """An answer, and how far the work on it is."""

    id: int
    kind: str
    format: str
    language: str
    options: dict[str, JsonValue]
    state: State
    progress: float = Field(description="From 0 to 1.")
    data_version: str = Field(description="Version of the data used.")
    current: bool = Field(description="Whether this is the currently approved version.")
    asked: datetime
    ended: datetime | None
    problem: Fault | None = Field(description="Reason for missing content.")
    content: dict[str, JsonValue] | None = Field(
        description="For a finished page: title, html, and the data used."
    )


def _answer_data(answer: Answer, current: str) -> dict[str, Any]:
    result = answer.result or {}
    value = result.get("value") or {}
    page = answer.state == Answer.State.DONE and "html" in value
    return {
        "id": answer.pk,
        "kind": answer.kind,
        "format": answer.arguments.get("format", ""),
        "language": answer.language,
        "options": answer.arguments.get("options", {}),
        "state": answer.state,
        "progress": answer.progress,
        "data_version": answer.data_version,
        "current": answer.data_version == current,
        "asked": answer.asked,
        "ended": answer.ended,
        "problem": _problem(result.get("error")),
        "content": {"title": value["title"], "html": value["html"], "data": result["data"]} if page else None,
    }


def _problem(error: Mapping[str, Any] | None) -> Fault | None:
    if not error:
        return None
    told = error.get("told", {}).get(library_language(), {})
    return Fault(
        code=error.get("code", ""),
        message=told.get("text") or error.get("text", ""),
        where=error.get("where"),
        found=None,
        expected=None,
        hint=told.get("hint"),
    )


def _kind(kind: AnswerKind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "title": str(kind.title),
        "question": str(kind.question),
        "tables": list(kind.tables),
        "options": [
            {"name": o.name, "title": str(o.title), "of": o.of, "choices": [c for c, _title in o.choices]}
            for o in kind.options
        ],
    }


def _options(kind: AnswerKind, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a request, as the page of the answer would read them."""
    known = [option.name for option in kind.options]
    for name in given:
        if name not in known:
            raise Refused(422, where="body.options", found=name, expected=", ".join(known) or None)
    form = options_form(kind, given)
    require_valid(form, "body.options")
    return given_options(form)


def _answer_of_scope(number: int) -> Answer:
    found: Answer = get_object_or_404(Answer.objects, pk=number, enterprise=None)
    return found


@router.get(
    "/page-one",
    response=PageOneTold,
    summary=_("Emissions and energy of the park by year"),
    openapi_extra=READERS,
)
def get_page_one(request: HttpRequest, asked: Query[PageOneAsked]) -> dict[str, Any]:
    """Return the years of the park, based on approved data, with the missing data."""
    data, late = bring_up_to_date()
    if late:
        jobs.ask_for_accounts(data.version)
    sums = park_sums(data, asked.year)
    return {
        "data": {"version": data.version, "until": data.until, "waiting": late},
        "money_unit": park_description(settings.PARK).money_unit,
        "years": [YearTold.from_orm(year) for year in sums.years],
        "year": None if sums.year is None else sums.year.year,
        "reporting_year": sums.reporting_year,
        "checked": sums.checked,
        "emitters": [
            {"enterprise": e.member.key, "carbon": e.carbon, "share": e.share, "sign": e.sign}
            for e in sums.emitters
        ],
        "missing": [
            {"enterprise": m.member.key, "reports": dict(m.reports), "last": m.last} for m in sums.missing
        ],
    }


@router.get(
    "/answers/kinds",
    response=list[KindTold],
    summary=_("Available answers"),
    openapi_extra=READERS,
)
def list_kinds(request: HttpRequest) -> list[dict[str, Any]]:
    """List the kinds of answers and their options."""
    return [_kind(kind) for kind in KINDS]


@router.post(
    "/answers",
    response={202: AnswerTold, 200: AnswerTold},
    summary=_("Request an answer"),
    openapi_extra=ASKERS,
)
def ask_for_answer(request: HttpRequest, given: AnswerAsked) -> Status[dict[str, Any]]:
    """Request an answer based on the approved data, in the language of Accept-Language.

    An existing answer is returned (200); otherwise it is queued (202). Repeating a request starts no second
    job.
    """
    kind = kind_named(given.kind)
    if kind is None:
        raise Http404
    options = _options(kind, given.options)
    data, _late = bring_up_to_date()
    answer = jobs.ask(kind.name, library_language(), given.format, options, data.version, request.user)
    status = 200 if answer.state == Answer.State.DONE else 202
    return Status(status, _answer_data(_answer_of_scope(answer.pk), data.version))


@router.get(
    "/answers/{number}",
    response=AnswerTold,
    summary=_("Show an answer or its progress"),
    openapi_extra=READERS,
)
def get_answer(request: HttpRequest, number: Number) -> dict[str, Any]:
    """Return an answer; repeat the request while its state is waiting or running."""
    answer = _answer_of_scope(number)
    data, _late = bring_up_to_date()
    return _answer_data(answer, data.version)


@router.post(
    "/answers/{number}/cancel",
    response=AnswerTold,
    summary=_("Cancel a job"),
    openapi_extra=ASKERS,
)
def cancel_answer(request: HttpRequest, number: Number) -> dict[str, Any]:
    """Cancel a queued or running answer; the office and the person who requested it may do so."""
    found = _answer_of_scope(number)
    if found.asked_by_id != request.user.pk and request.user.role != Role.OFFICE:
        raise Refused(403)
    jobs.cancel(found)
    data, _late = bring_up_to_date()
    return _answer_data(_answer_of_scope(number), data.version)


@router.get(
    "/answers/{number}/file",
    summary=_("The file of an answer"),
    openapi_extra=READERS
    | {
        "responses": {
            200: {
                "description": "The answer, in the requested format",
                "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def get_answer_file(request: HttpRequest, number: Number) -> HttpResponse:
    """Fetch the file of an answer that is done; its name says on which version of the data it rests."""
    answer = _answer_of_scope(number)
    value = (answer.result or {}).get("value") or {}
    if answer.state != Answer.State.DONE or "base64" not in value:
        raise Http404
    name, _dot, ending = value["name"].rpartition(".")
    return HttpResponse(
        base64.b64decode(value["base64"]),
        content_type=value["media"],
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{answer.data_version}.{ending}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
