"""The versions of a report: a draft that is saved, submitted, and judged by a second person; corrections.

A person who saves states the stamp of the version they edited. If another person has saved meanwhile,
nothing is written, and the error contains the stored version, so that the page can show both.

The background for checking a report: the park, the enterprise's other reports, and the enterprises it
names.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from separatrix.errors import InputError
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.members import plain_name_of
from separatrix_park.folder import ParkFolder
from separatrix_park.members import current_members, take_sectors
from separatrix_park.models.people import Enterprise, OfficeTable, Person
from separatrix_park.models.records import LogEntry
from separatrix_park.models.reports import Evidence, Report
from separatrix_park.reporting.checks import MOST_ROWS, Background, ReportIssue, blocking, doubts, kept_rows
from separatrix_park.reporting.description import park_description
from separatrix_park.reporting.evidence import drop_unused, hand_on_evidence
from separatrix_park.reporting.tables import DONE, Row, reported_table, reported_tables
from separatrix_park.scope import Role, whole_park

__all__ = [
    "SavedMeanwhile",
    "background_of",
    "discard_draft",
    "has_second_person",
    "judge_report",
    "may_judge",
    "members_named",
    "newest_report",
    "own_factors",
    "reports_of",
    "save_draft",
    "standing_report",
    "submit_report",
    "withdraw_report",
]


class SavedMeanwhile(InputError):
    """Another person saved the report during editing; ``now`` is the stored version."""

    def __init__(self, now: Report | None) -> None:
        super().__init__(
            "W246",
            say("another person saved this report while you were editing it"),
            hint=say("nothing of yours is lost: look at both, and save again what holds"),
        )
        self.now = now

    def __reduce__(self) -> tuple[Any, ...]:
        return SavedMeanwhile, (self.now,)


def reports_of(enterprise: UUID, table: str | None = None, year: int | None = None) -> QuerySet[Report]:
    """Return the reports of one enterprise, the newest version first."""
    found: QuerySet[Report] = Report.objects.filter(enterprise_id=enterprise)
    if table is not None:
        found = found.filter(table=table)
    if year is not None:
        found = found.filter(year=year)
    return found.order_by("table", "-year", "-version")


def newest_report(enterprise: UUID, table: str, year: int) -> Report | None:
    """Return the newest version of a report."""
    return reports_of(enterprise, table, year).first()


def standing_report(enterprise: UUID, table: str, year: int) -> Report | None:
    """Return the version of a report that counts: the newest that was approved."""
    return reports_of(enterprise, table, year).filter(state=Report.State.APPROVED).first()


def save_draft(
    person: Person,
    table: str,
    year: int,
    rows: Iterable[Mapping[str, object]],
    stamp: str,
    *,
    why: str = "",
    nothing: bool = False,
    reasons: Mapping[str, str] | None = None,
    origin: str = "form",
) -> Report:
    """Save a draft of a report of one's own enterprise; the first one after a judgement is a new version.

    Parameters
    ----------
    person : Person
        Who saves; of the enterprise.
    table, year
        Which report.
    rows : iterable of mapping
        As they were written.
    stamp : str
        Of the version that the person had before them; '' where there was none.
    why : str
        Of a correction, why it is made.
    nothing : bool
        Whether there is nothing to report.
    reasons : mapping of str to str, optional
        Why doubts stay, by `Finding.key`.
    origin : str

    Raises
    ------
    SavedMeanwhile
        W246 where the stamp is no longer that of the newest version.
    InputError
        W241 for more rows than a report holds; W247 where the newest version waits for approval.
    """
    enterprise = _enterprise(person)
    kept = kept_rows(reported_table(table), rows)
    if len(kept) > MOST_ROWS:
        raise InputError(
            "W241",
            say("this report has {n} rows; the maximum is {most}", most=MOST_ROWS, n=len(kept)),
            hint=say("add up rows of one carrier or site; nothing was kept"),
        )
    content = {
        "rows": kept,
        "why": why.strip(),
        "nothing": nothing,
        "reasons": {key: text.strip() for key, text in (reasons or {}).items() if text.strip()},
        "origin": origin,
        "editor": person,
        "edited": timezone.now(),
    }
    try:
        with transaction.atomic():
            newest = reports_of(enterprise, table, year).select_for_update().first()
            if (newest.stamp if newest else "") != stamp:
                raise SavedMeanwhile(newest)
            if newest is not None and newest.state == Report.State.SUBMITTED:
                raise _wrong_step(newest)
            if newest is not None and newest.state == Report.State.DRAFT:
                draft = newest
                draft.revision += 1
                for name, value in content.items():
                    setattr(draft, name, value)
            else:
                draft = Report(
                    enterprise_id=enterprise,
                    table=table,
                    year=year,
                    version=newest.version + 1 if newest else 1,
                    salt=secrets.token_bytes(32),
                    author=person,
                    **content,
                )
            draft.hands = sorted({*draft.hands, person.pk})
            begun = draft.pk is None
            draft.save()
            if begun and newest is not None:
                hand_on_evidence(newest, draft)
            LogEntry.append(str(person.pk), "saved", draft.digest())
    except IntegrityError:  # somebody else made the same version in the same moment
        raise SavedMeanwhile(newest_report(enterprise, table, year)) from None
    return draft


def submit_report(person: Person, number: int, stamp: str, findings: Sequence[ReportIssue]) -> Report:
    """Hand a draft to the second person.

    Parameters
    ----------
    person : Person
    number : int
        Of the draft.
    stamp : str
        Of what the person had before them.
    findings : sequence of ReportIssue
        Of the draft, as `examined` returns them.

    Raises
    ------
    SavedMeanwhile
        W246 if it was saved again since.
    InputError
        W247 if it is not a draft; W248 if an error, or a doubt without a reason, remains; W241 if it is empty
        and does not state that there is nothing to report.
    """
    with transaction.atomic():
        draft = _locked(person, number)
        _same(draft, stamp)
        if draft.state != Report.State.DRAFT:
            raise _wrong_step(draft)
        _require_complete(draft, findings)
        draft.state, draft.submitter, draft.submitted = Report.State.SUBMITTED, person, timezone.now()
        draft.hands = sorted({*draft.hands, person.pk})
        draft.revision += 1
        draft.save()
        LogEntry.append(str(person.pk), "submitted", draft.digest())
    return draft


def _require_complete(draft: Report, findings: Sequence[ReportIssue]) -> None:
    if not draft.rows and not draft.nothing:
        what = say("a report without rows is submitted only where it says that there is nothing to report")
        raise InputError("W241", what)
    if blocking(findings):
        raise InputError("W248", say("the report has errors and cannot be submitted"))
    if unsaid := [finding for finding in doubts(findings) if finding.key not in draft.reasons]:
        what = say("the report cannot be submitted; doubts without a reason: {n}", n=len(unsaid))
        raise InputError("W248", what, hint=say("mend the figure, or say why it is right"))
    corrects = standing_report(draft.enterprise_id, draft.table, draft.year) is not None
    if corrects and not draft.why:
        raise InputError("W248", say("a correction requires a reason"))


def withdraw_report(person: Person, number: int) -> Report:
    """Take a report back that waits for approval; it is a draft again.

    Raises
    ------
    InputError
        W247 where it does not wait.
    """
    with transaction.atomic():
        report = _locked(person, number)
        if report.state != Report.State.SUBMITTED:
            raise _wrong_step(report)
        report.state, report.submitter, report.submitted = Report.State.DRAFT, None, None
        report.revision += 1
        report.save()
        LogEntry.append(str(person.pk), "withdrawn", report.digest())
    return report


def discard_draft(park: ParkFolder, person: Person, number: int, stamp: str) -> None:
    """Throw a draft away with its files; what was approved before it stands.

    Raises
    ------
    SavedMeanwhile
        W246 if it was saved again since.
    InputError
        W247 if it is not a draft.
    """
    with transaction.atomic():
        draft = _locked(person, number)
        _same(draft, stamp)
        if draft.state != Report.State.DRAFT:
            raise _wrong_step(draft)
        digests = set(Evidence.objects.filter(report=draft).values_list("sha256", flat=True))
        LogEntry.append(str(person.pk), "discarded", draft.digest())
        draft.delete()
        for digest in digests:
            transaction.on_commit(partial(drop_unused, park, digest))


def has_second_person(person: Person) -> bool:
    """Return whether another person of the enterprise could approve a person's reports."""
    own = Person.objects.filter(enterprise_id=person.enterprise_id, role=Role.APPROVAL, is_active=True)
    return bool(own.exclude(pk=person.pk).exists())


def may_judge(person: Person, report: Report) -> bool:
    """Return whether a person may approve or return a report of their enterprise: they must not have edited
    it."""
    return (
        person.role == "approval"
        and person.is_active
        and person.enterprise_id == report.enterprise_id
        and report.state == Report.State.SUBMITTED
        and person.pk not in report.hands
        and person.pk not in (report.author_id, report.editor_id, report.submitter_id)
    )


def judge_report(person: Person, number: int, stamp: str, *, approve: bool, reason: str = "") -> Report:
    """Approve or return a report that another person of the enterprise entered.

    Raises
    ------
    SavedMeanwhile
        W246 if it is not the version that the person read.
    InputError
        W247 if it does not wait for approval; W249 if the person edited it, or returns it without a reason.
    """
    with transaction.atomic():
        report = _locked(person, number)
        if report.state != Report.State.SUBMITTED:
            raise _wrong_step(report)
        _same(report, stamp)
        if not may_judge(person, report):
            raise InputError(
                "W249",
                say("you edited this report, so you cannot approve or return it"),
                hint=say("ask a second person of the enterprise"),
            )
        if not approve and not reason.strip():
            raise InputError("W249", say("returning a report requires a reason"))
        report.state = Report.State.APPROVED if approve else Report.State.RETURNED
        report.judge, report.judged, report.judgement = person, timezone.now(), reason.strip()
        report.revision += 1
        report.save()
        LogEntry.append(str(person.pk), str(report.state), report.digest())
        if approve:
            take_sectors([report])
    return report


def _enterprise(person: Person) -> UUID:
    if person.enterprise_id is None:
        raise InputError("W247", say("`{email}` speaks for no enterprise", email=person.email))
    return person.enterprise_id


def _locked(person: Person, number: int) -> Report:
    """Return a report of one's own enterprise, locked until the transaction ends.

    If another person has just deleted it, the result is 404.
    """
    own = reports_of(_enterprise(person)).select_for_update()
    found: Report = get_object_or_404(own, pk=number)
    return found


def _same(report: Report, stamp: str) -> None:
    if report.stamp != stamp:
        raise SavedMeanwhile(report)


_STATES: Mapping[str, Sentence] = {
    "draft": say("a draft"),
    "submitted": say("waiting for approval"),
    "approved": say("approved"),
    "returned": say("returned"),
}


def _wrong_step(report: Report) -> InputError:
    state = _STATES[str(report.state)]
    return InputError("W247", say("this report is {state}, and cannot be changed so", state=state))


def background_of(park: ParkFolder, enterprise: Enterprise, rows: Iterable[Row]) -> Background:
    """Return the background for checking the rows of a report.

    What the enterprise reported otherwise is there as it counts: the newest version of each report that is
    approved or waits for it.
    """
    before: dict[tuple[str, int], list[Row]] = {}
    for report in reports_of(enterprise.pk).filter(state__in=DONE).order_by("version"):
        if report.table in reported_tables():
            before[report.table, report.year] = list(report.rows)
    profile = dict(next(iter(before.get(("enterprises", 0), ())), {}))
    named = {"name": enterprise.name, "sector": enterprise.sector}
    told = [*rows, *(row for other in before.values() for row in other)]
    return Background(
        park_description(park),
        enterprise.key,
        {name: text for name, text in {**profile, **named}.items() if text},
        members_named(_references(told)),
        before,
        timezone.localtime().year,
        tuple(own_factors()),
    )


def own_factors() -> list[Row]:
    """Return the emission factors that the park keeps itself, in their newest version.

    No enterprise reads them; the checks of its report count with them, as its accounts do.
    """
    with whole_park("the checks of a report count with the factors of the park, as its accounts do"):
        newest = OfficeTable.objects.filter(name="factors").order_by("-version").first()
        return list(newest.rows) if newest else []


def _references(rows: Iterable[Row]) -> set[str]:
    return {text for row in rows for name, text in row.items() if name in ("supplier", "to") and text}


def members_named(texts: Iterable[str]) -> frozenset[str]:
    """Return those of some texts that are the id or the name of an enterprise of the park.

    An enterprise does not see the list of members. It may name its business partners and needs to know if a
    name does not exist. Nothing else about them is read.
    """
    asked = {text: plain_name_of(text) for text in texts}
    if not asked:
        return frozenset()
    with whole_park("whether those exist whom a report names; nothing else of them is read"):
        known = current_members().values_list("key", "name")
        plain = {plain_name_of(text) for pair in known for text in pair}
    return frozenset(text for text, name in asked.items() if name in plain)
