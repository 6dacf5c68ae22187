"""Long answers by jobs: computed once for each version of the data, by processes that can be killed.

The queue is django-tasks on the park's own database, the framework adopted by Django 6. Its database
backend runs on SQLite and PostgreSQL, claims jobs with SKIP LOCKED and survives a restart. The alternatives
do not fit: django-q2 starts its processes from a settings module, which a park does not have; procrastinate
requires PostgreSQL; huey keeps its queue outside the database, so that an answer could be requested and not
queued.

A job is one row of `Answer`: its process records that it is alive and how far it is, and checks whether the
answer is still wanted. Jobs of a killed server are restarted by another server, or by the next one.

The data version behind a page; it is brought up to date first.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error, transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from separatrix.errors import InputError, SeparatrixError
from separatrix.sentences import say
from separatrix.studio.error_json import error_json
from separatrix.studio.upload import Upload
from separatrix.studio.worker_process import Limits, TaskEnd, TaskOrder, WorkerProcess, cancelled
from separatrix_park.answers.approved_data import ApprovedData, approved, cluster_files
from separatrix_park.answers.enterprise_accounts import (
    Links,
    bring_one_up_to_date,
    bring_up_to_date,
    outdated,
    rework,
)
from separatrix_park.answers.kinds import kind_named
from separatrix_park.models.people import Answer, Person
from separatrix_park.models.records import LogEntry
from separatrix_park.releases.ledger import Ledger
from separatrix_park.releases.publication_table import Wish, check, source_of
from separatrix_park.releases.rankings import ReportedData, due, places_draft, tell_places
from separatrix_park.scope import SEE_ALL, whole_park

__all__ = [
    "ACCOUNTS",
    "AUDIT",
    "DataVersion",
    "LONG",
    "QUICK",
    "ask",
    "ask_for_accounts",
    "ask_for_audit",
    "cancel",
    "data_version_for",
    "end_process",
    "find",
    "prune",
    "recover",
    "whole_check",
    "work_out",
]

LONG, QUICK = "long", "quick"
"""The queues: what many wait for does not stand behind what one person asked."""

ACCOUNTS = "accounts"
"""The kind of the job that brings the accounts of many enterprises and their places up to date."""

AUDIT = "audit"
"""The kind of the job that audits a table of a publication."""

WHY = "a job calculates an answer from the approved data of the whole park"

OFTEN = 1.0
"""Seconds between two looks at the database by a job that runs."""

SILENT = timedelta(seconds=30)
"""A job without a sign of life for this time is considered abandoned."""

NOT_AGAIN = timedelta(minutes=15)
"""So long what failed for everybody is not tried again on the same data."""

TRIES = 2

TOGETHER = 10
"""Maximum number of enterprises calculated in one transaction."""

KEPT = timedelta(days=30)
"""So long an answer on a version that is not the newest is kept."""

_DOCUMENTS = "separatrix_park.answers.documents:answer"
_OPEN_LINES = "separatrix_park.releases.open_lines:open_lines"
_PLACES = "separatrix_park.answers.enterprise_books:places"


# --------------------------------------------------------------------------- asking


def ask(
    kind: str,
    language: str,
    format: str,
    options: Mapping[str, Any],
    version: str,
    person: Person | None,
) -> Answer:
    """Return the answer of a kind on a version of the data: one that there is, or one that is queued now.

    Raises
    ------
    InputError
        W270 if the kind is unknown.
    """
    known = kind_named(kind)
    if known is None:
        raise InputError("W270", say("unknown kind of answer"))
    arguments = {"format": format, "options": dict(options)}
    there = find(kind, language, format, options, version)
    if there is not None and there.state not in (Answer.State.CANCELLED, Answer.State.FAILED):
        return there
    return _queued(kind, language, arguments, version, person)


def find(
    kind: str, language: str, format: str, options: Mapping[str, Any], version: str | None
) -> Answer | None:
    """Return the newest answer of a kind for a version, or the last one calculated if no version is given."""
    rows = Answer.objects.filter(kind=kind, language=language, enterprise=None).order_by("-pk")
    rows = rows.filter(state=Answer.State.DONE) if version is None else rows.filter(data_version=version)
    wanted = {"format": format, "options": dict(options)}
    # JSON is compared here: databases differ in what they call equal.
    found: Answer | None = next((a for a in rows.defer("result") if a.arguments == wanted), None)
    return found


def ask_for_accounts(version: str) -> Answer:
    """Return the job that brings all accounts up to date, queued now where none waits or runs.

    An answer that has just failed on the same data is not restarted for every reader.
    """
    open_states = Q(state__in=(Answer.State.WAITING, Answer.State.RUNNING))
    failed = Q(state=Answer.State.FAILED, data_version=version, ended__gt=timezone.now() - NOT_AGAIN)
    with whole_park(WHY):
        jobs = Answer.objects.filter(kind=ACCOUNTS).defer("result")
        there: Answer | None = jobs.filter(open_states).first() or jobs.filter(failed).last()
        if there is None:
            there = _queued(ACCOUNTS, "", {}, version, None)
    return there


def ask_for_audit(wish: Wish, last: int, version: str) -> Answer:
    """Return the job that audits a table together with all figures up to a release; queue it if there is
    none.

    A job that has just failed is not restarted for every reader.
    """
    options = {"wish": wish.to_dict(), "last": last, "protection": asdict(settings.PARK.publication)}
    plain = json.loads(json.dumps(options))
    with whole_park(WHY):
        there = find(AUDIT, "", "", plain, version)
        if (
            there is None
            or there.state == Answer.State.CANCELLED
            or (there.state == Answer.State.FAILED and there.ended < timezone.now() - NOT_AGAIN)
        ):
            there = _queued(AUDIT, "", {"format": "", "options": plain}, version, None)
    return there


def whole_check() -> Answer | None:
    """Return the newest check of all reports together: how whole the years of the park are."""
    found: Answer | None = Answer.objects.filter(kind=ACCOUNTS, state=Answer.State.DONE).order_by("pk").last()
    return found


def _queued(
    kind: str, language: str, arguments: dict[str, Any], version: str, person: Person | None
) -> Answer:
    with whole_park("an answer is requested; jobs write it"), transaction.atomic():
        made: Answer = Answer.objects.create(
            kind=kind,
            language=language,
            data_version=version,
            arguments=arguments,
            asked_by=person,
        )
        _enqueue(made)
    return made


def _enqueue(answer: Answer) -> None:
    work_out.using(queue_name=QUICK if answer.kind == ACCOUNTS else LONG).enqueue(answer.pk)


def cancel(answer: Answer) -> None:
    """Give up a job: one that waits at once, one that runs as soon as it looks."""
    with whole_park("a job is given up on behalf of who asked"), transaction.atomic():
        Answer.objects.filter(pk=answer.pk, state=Answer.State.WAITING).update(
            state=Answer.State.CANCELLED, ended=timezone.now()
        )
        Answer.objects.filter(pk=answer.pk, state=Answer.State.RUNNING).update(cancel=True)


# --------------------------------------------------------------------------- working


_own = threading.local()
"""The process of each thread that works: kept for the next answer, with the cluster that it has read."""


@task(queue_name=LONG)
def work_out(number: int) -> None:
    """Work out the answer of a number, unless it is not wanted any more."""
    job = _Job(number)
    if not job.begin():
        return
    process: WorkerProcess | None = getattr(_own, "process", None)
    if process is None:
        process = _own.process = WorkerProcess(Limits())
    try:
        with whole_park(WHY):
            data = approved()
        if job.kind == ACCOUNTS:
            content, data = _accounts(job, process, data)
        elif job.kind == AUDIT:
            content = _audit(job, data)
        else:
            content = _answer(job, process, data)
        job.end(Answer.State.DONE, {"value": content, "data": _about(data)}, data.version)
    except TaskEnd as ended:
        code = ended.error.code
        state = Answer.State.CANCELLED if code == "W116" else Answer.State.FAILED
        job.end(state, {"error": dict(error_json(ended.error))})
    except _Refused as refused:
        job.end(Answer.State.FAILED, {"error": refused.error, "data": _about(data)}, data.version)
    except SeparatrixError as problem:  # such as a description of the park that cannot be read
        job.end(Answer.State.FAILED, {"error": dict(error_json(problem))})
    except Error:  # the database is gone: the work is begun anew when it is back
        raise
    except Exception as problem:
        fault = InputError(
            "U999", say("a fault of the program and not of your input: {what}", what=type(problem).__name__)
        )
        job.end(Answer.State.FAILED, {"error": dict(error_json(fault))})
        raise


def end_process() -> None:
    """End the process of this thread."""
    process: WorkerProcess | None = getattr(_own, "process", None)
    if process is not None:
        process.close()
        _own.process = None


def _about(data: ApprovedData) -> dict[str, Any]:
    """Return an answer's description of its data."""
    return {
        "version": data.version,
        "until": None if data.until is None else data.until.isoformat(),
        "reports": data.reports,
        "enterprises": sum(1 for m in data.members if data.of.get(m.id)),
        "members": len(data.members),
    }


class _Refused(Exception):
    """The library refused; the error says why, in each language."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error)
        self.error = error


class _Job:
    """An answer during its calculation: its row records that the job is alive, and shows whether it is
    still wanted."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.kind, self.language = "", ""
        self.arguments: dict[str, Any] = {}
        self._looked = 0.0
        self._wanted = True
        self._part = 0.0

    def begin(self) -> bool:
        """Take the job; false if it was cancelled or another process has it."""
        now = timezone.now()
        with whole_park(WHY), transaction.atomic():
            waiting = Answer.objects.filter(pk=self.number, state=Answer.State.WAITING)
            if not waiting.update(state=Answer.State.RUNNING, started=now, seen=now, progress=0.0):
                return False
            row = Answer.objects.get(pk=self.number)
        self.kind, self.language, self.arguments = row.kind, row.language, row.arguments
        return True

    def is_wanted(self) -> bool:
        """Return whether it is still wanted, and note that it lives; looks once in a while."""
        if time.monotonic() < self._looked + OFTEN:
            return self._wanted
        self._looked = time.monotonic()
        with whole_park(WHY), transaction.atomic():
            running = Answer.objects.filter(pk=self.number, state=Answer.State.RUNNING, cancel=False)
            self._wanted = bool(running.update(seen=timezone.now(), progress=self._part))
        return self._wanted

    def progress(self, part: float) -> None:
        """Note how far it is."""
        self._part = part

    def end(self, state: str, result: dict[str, Any], version: str | None = None) -> None:
        """Write what came of it; where the row was deleted meanwhile, nothing."""
        # What is no number comes back from JSON as none, on both databases.
        plain = json.loads(json.dumps(result))
        values = {"state": state, "result": plain, "ended": timezone.now(), "progress": 1.0}
        if version is not None:
            values["data_version"] = version
        with whole_park(WHY), transaction.atomic():
            Answer.objects.filter(pk=self.number, state=Answer.State.RUNNING).update(**values)


def _answer(job: _Job, process: WorkerProcess, data: ApprovedData) -> Any:
    known = kind_named(job.kind)
    if known is None:
        raise _Refused(dict(error_json(InputError("W270", say("unknown kind of answer")))))
    with whole_park(WHY):
        files = cluster_files(data)
    arguments = {"kind": job.kind, "language": job.language, **job.arguments}
    return _child(process, job, files, _DOCUMENTS, arguments, known.seconds, known.memory)


def _accounts(job: _Job, process: WorkerProcess, data: ApprovedData) -> tuple[Any, ApprovedData]:
    """Bring the accounts of all enterprises up to date, then their places among others."""

    with whole_park(WHY):
        late = outdated(data)
        todo = [m.id for m in data.members if m.id in late]
        links, done = Links(data), set[UUID]()
    # Each batch stands by itself: a transaction of all would keep others waiting who write.
    for k in range(0, len(todo), TOGETHER):
        job.progress(0.7 * k / len(todo))
        if not job.is_wanted():
            raise TaskEnd(cancelled())
        with whole_park(WHY):
            done |= rework(data, [e for e in todo[k : k + TOGETHER] if e not in done], links)
    with whole_park(WHY):
        files = cluster_files(data)
    found = _child(process, job, files, _PLACES, {}, 600, 3_000_000_000, progress=False)
    with whole_park(WHY):
        ids = {m.key: m.id for m in data.members}
        reported = ReportedData(data.version, ids, {e: data.version_of(e) for e in ids.values()})
        draft = places_draft(reported, found) if found["year"] and due(found["year"]) else None
    if draft is not None:
        # With many enterprises that is long: in the process, so that this job is heard of meanwhile.
        asked = draft.arguments()
        answered = _child(process, job, files, _OPEN_LINES, asked, 600, 3_000_000_000, progress=False)
        with whole_park(WHY), transaction.atomic():
            LogEntry.hold()
            # Of what was deleted or corrected while it was audited nothing is told: the next time will do.
            if approved().version == data.version:
                tell_places(reported, draft, answered)
    return {"enterprises": len(late), "year": found["year"], "years": found["years"]}, data


def _audit(job: _Job, data: ApprovedData) -> dict[str, Any]:
    """Audit a table of a publication together with all figures released for the year."""
    wish = Wish.from_dict(job.arguments["options"]["wish"])
    with whole_park(WHY):
        sectors = {m.id: m.sector for m in data.members}
        source = source_of(wish.year, sectors, {e: data.version_of(e) for e in sectors})
        ledger = Ledger(wish.year)
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(check, wish, source, ledger, settings.PARK.publication)
        while not found.done():
            job.is_wanted()  # that it is heard of: what was begun is ended
            wait([found], timeout=OFTEN)
    return found.result().audit_data()


def _child(
    process: WorkerProcess,
    job: _Job,
    files: tuple[tuple[str, bytes], ...],
    function: str,
    arguments: Mapping[str, Any],
    seconds: float,
    memory: int,
    *,
    progress: bool = True,
) -> Any:
    """Return what a function answers on the cluster of some files, in a process of its own."""
    if not job.is_wanted():
        raise TaskEnd(cancelled())
    upload = Upload("cluster", "park", files)
    order = TaskOrder(0, upload.digest, "cluster", function, json.dumps(arguments), seconds, memory)
    heard: Callable[[float], None] = job.progress if progress else lambda part: None
    try:
        answered, content = process.run(order, upload, job.is_wanted, heard)
    except TaskEnd as ended:
        # Something else ended it, perhaps while it waited since the answer before: once more, in another.
        if not ended.again or not job.is_wanted():
            raise
        answered, content = process.run(order, upload, job.is_wanted, heard)
    told = json.loads(content)
    if not answered:
        raise _Refused(told)
    return told


# --------------------------------------------------------------------------- what was left behind


def recover() -> int:
    """Queue again what was begun and is not heard of any more; returns how much that was.

    What fails to end twice is given up: it may be what ended the server.
    """
    silent = Q(seen__lt=timezone.now() - SILENT) | Q(seen=None, started__lt=timezone.now() - SILENT)
    found = 0
    with whole_park("jobs of stopped servers are restarted"), transaction.atomic():
        for row in Answer.objects.filter(silent, state=Answer.State.RUNNING).defer("result"):
            mine = Answer.objects.filter(pk=row.pk, state=Answer.State.RUNNING, seen=row.seen)
            if row.tries + 1 >= TRIES or row.cancel:
                error = InputError("W115", say("the process that worked on it was ended from outside"))
                mine.update(
                    state=Answer.State.CANCELLED if row.cancel else Answer.State.FAILED,
                    result={"error": dict(error_json(error))},
                    ended=timezone.now(),
                )
            elif mine.update(state=Answer.State.WAITING, tries=row.tries + 1):
                _enqueue(row)
                found += 1
    return found


def prune(version: str) -> int:
    """Delete answers on former versions that are older than `KEPT`."""
    with whole_park("old answers are deleted"), transaction.atomic():
        old = Answer.objects.filter(ended__lt=timezone.now() - KEPT).exclude(data_version=version)
        return int(old.delete()[0])


@dataclass(frozen=True)
class DataVersion:
    """The data version behind a page.

    Attributes
    ----------
    version : str or None
        Of the approved data, of the whole park or of the one visible enterprise; None without data.
    until : datetime or None
        Time of the latest approval.
    late : int
        Number of enterprises whose accounts are still being calculated.
    """

    version: str | None
    until: datetime | None
    late: int


def data_version_for(person: Person) -> DataVersion:
    """Bring the visible accounts up to date, and return their data version."""
    if str(person.role) in SEE_ALL:
        data, late = bring_up_to_date()
        if late:
            ask_for_accounts(data.version)
        return DataVersion(data.version, data.until, late)
    account = bring_one_up_to_date(person.enterprise_id) if person.enterprise_id else None
    return DataVersion(None if account is None else account.basis[:16], None, 0)
