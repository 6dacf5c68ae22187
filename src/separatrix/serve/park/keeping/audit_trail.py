"""The log as people read it: whose entries somebody may see, and whether the whole of it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db.models import QuerySet

from separatrix.serve.park.keeping.chain import ChainReport, Head, head_of, verified
from separatrix.serve.park.models import LogEntry, Publication, Report
from separatrix.serve.park.scope import Scope, whole_park

__all__ = ["check_log", "current_head", "entries_for"]

BATCH = 500
UNLOGGED = (Report.State.DRAFT, Report.State.DELETED)
"""Of drafts the log does not speak yet; of what was deleted nothing is there to be held against it."""


def entries_for(scope: Scope) -> QuerySet[LogEntry]:
    """Return the entries that a scope may read: all, those of one enterprise, or none."""
    entries: QuerySet[LogEntry] = LogEntry.objects.order_by("-number")
    if scope.sees_all:
        return entries
    return entries.filter(about=scope.enterprise) if scope.enterprise else entries.none()


def current_head() -> Head | None:
    """Return the head of the log."""
    return head_of(LogEntry.objects.order_by("-number").first())


def check_log(heads: Iterable[Head] = ()) -> ChainReport:
    """Go through the whole log: against itself, against publications and reports, and against heads.

    Parameters
    ----------
    heads : iterable of Head
        Heads that were printed, besides those that publications carry.
    """
    with whole_park("the log is held against all reports; only numbers of reports are told"):
        # One statement sees one moment, so that what is appended meanwhile comes as a whole or not at all.
        last = LogEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0
        published = [Head(p.chain_number, p.chain_head) for p in Publication.objects.all()]
        reports = Report.objects.exclude(state__in=UNLOGGED).order_by("pk")
        return verified(
            LogEntry.objects.filter(number__lte=last).order_by("number").iterator(chunk_size=BATCH),
            [*published, *heads],
            list(_known(reports.iterator(chunk_size=BATCH))),
        )


def _known(reports: Iterator[Report]) -> Iterator[tuple[int, bool]]:
    while batch := list(islice(reports, BATCH)):
        digests = {report.pk: report.digest() for report in batch}
        found = set(LogEntry.objects.filter(subject__in=digests.values()).values_list("subject", flat=True))
        yield from ((number, digest in found) for number, digest in digests.items())
