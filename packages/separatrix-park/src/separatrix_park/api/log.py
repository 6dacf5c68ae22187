"""The log, which holds hashes and never values, and whether its chain holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema

from separatrix_park.api.errors import EVERYBODY, for_roles
from separatrix_park.api.paging import Page, Paging, page_of
from separatrix_park.models import Role
from separatrix_park.records.audit_trail import check_log, current_head, entries_for, told_entries
from separatrix_park.records.chain import Head
from separatrix_park.scope import current, translate_sentence

__all__ = ["router"]

router = Router(tags=["keeping"])


class EntryTold(Schema):
    """One thing that was done."""

    number: int
    at: datetime
    actor: str = Field(description="Who did it, as far as one may know that.")
    action: str
    meaning: str = Field(description="What people call the action.")
    subject: str = Field(description="The salted hash of what it was done to, or the id of its row.")
    before: str = Field(description="The hash of the entry before.")
    digest: str = Field(description="The hash of this entry.")


class LogAsked(Paging):
    """Filters for the log, the newest entry first."""

    action: str | None = Field(None, max_length=40)


class HeadTold(Schema):
    """The last entry of the chain. Anyone who keeps it can later check that no earlier entry was changed."""

    number: int
    digest: str
    head: str = Field(description="Both, as a publication prints them.")


class CheckAsked(Schema):
    """The printed head to compare the chain with."""

    head: str = Field("", max_length=100, description="As a publication prints it; empty for none.")


class CheckTold(Schema):
    """Whether the chain holds."""

    whole: bool
    entries: int
    head: HeadTold | None
    broken: int = Field(description="At how many places it does not hold.")
    told: list[str] = Field(description="What was found, in sentences.")


def _head(found: Head | None) -> HeadTold | None:
    if found is None:
        return None
    return HeadTold(number=found.number, digest=found.digest, head=str(found))


@router.get(
    "/log",
    response=Page[EntryTold],
    summary=_("The activity log"),
    openapi_extra=for_roles(*EVERYBODY),
)
def list_log(request: HttpRequest, asked: Query[LogAsked]) -> dict[str, Any]:
    """List entries: for the office and auditors all, for an enterprise those that are about it."""
    entries = entries_for(current())
    if asked.action is not None:
        entries = entries.filter(action=asked.action)
    page = page_of(entries, asked, lambda entry: entry)
    items = [
        {
            "number": entry.entry.number,
            "at": entry.entry.at,
            "actor": str(entry.actor),
            "action": entry.entry.action,
            "meaning": str(entry.action),
            "subject": entry.entry.subject,
            "before": entry.entry.before,
            "digest": entry.entry.digest,
        }
        for entry in told_entries(page["items"])
    ]
    return {**page, "items": items}


@router.get(
    "/log/head",
    response=HeadTold | None,
    summary=_("The head of the log's chain"),
    openapi_extra=for_roles(*EVERYBODY),
)
def get_log_head(request: HttpRequest) -> HeadTold | None:
    """Return the last entry, to be kept elsewhere."""
    return _head(current_head())


@router.get(
    "/log/check",
    response=CheckTold,
    summary=_("Whether the chain of the log is intact"),
    openapi_extra=for_roles(Role.OFFICE, Role.AUDITOR),
)
def check_chain(request: HttpRequest, asked: Query[CheckAsked]) -> CheckTold:
    """Hold the whole log against itself, against reports and publications, and against a printed head."""
    found = check_log([Head.read(asked.head)] if asked.head.strip() else [])
    return CheckTold(
        whole=found.whole,
        entries=found.entries,
        head=_head(found.head),
        broken=found.broken,
        told=[translate_sentence(sentence) for sentence in found.to_sentences()],
    )
