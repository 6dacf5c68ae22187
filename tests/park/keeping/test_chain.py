"""The log: a chain that grows under many hands and that the database refuses to change."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from separatrix.errors import InputError
from separatrix_park.folder import ParkFolder
from separatrix_park.records.chain import Head, Kind, verified


def entries(count: int) -> list[Any]:
    """Append entries, and return the log."""
    from separatrix_park.models import LogEntry

    for k in range(count):
        LogEntry.append("tests", "did", f"{k:064x}")
    return list(LogEntry.objects.order_by("number"))


def test_a_log_holds_and_its_head_is_what_was_appended_last(park: ParkFolder) -> None:
    """An empty log has no head; of others the head is the last entry, and can be read as it is printed."""
    assert verified([]).whole and verified([]).head is None
    log = entries(5)
    found = verified(log)
    assert found.whole and found.entries == 5
    assert found.head == Head(5, log[-1].digest) == Head.read(f" {found.head} ")
    assert verified(log, [Head(3, log[2].digest)]).whole


@pytest.mark.parametrize("text", ["", "5", "5:xyz", "-1:" + "0" * 64, "5:" + "0" * 63])
def test_a_head_that_is_none_is_refused(text: str) -> None:
    """What is typed from paper is told what it lacks."""
    with pytest.raises(InputError, match="W260"):
        Head.read(text)


def test_each_kind_of_forgery_is_told(park: ParkFolder) -> None:
    """A changed entry, one taken out, one put in, a log made anew, and one cut short."""
    log = entries(6)
    head = Head(6, log[5].digest)

    def kinds(changed: list[Any], *heads: Head) -> list[tuple[Kind, int]]:
        return [(b.kind, b.number) for b in verified(changed, heads).breaks]

    assert kinds([*log[:2], *log[3:]]) == [(Kind.NUMBER, 4), (Kind.LINK, 4)]
    assert kinds([*log, log[5]])[0] == (Kind.NUMBER, 6)
    assert kinds(log[:5], head) == [(Kind.HEAD, 6)]
    log[2].actor = "somebody else"
    assert kinds(log) == [(Kind.CONTENT, 3)]
    log[2].digest = log[2].computed()
    assert kinds(log) == [(Kind.LINK, 4)]
    for before, entry in pairwise(log[2:]):  # the administrator makes all of it anew
        entry.before = before.digest
        entry.digest = entry.computed()
    assert kinds(log) == []
    assert kinds(log, head) == [(Kind.HEAD, 6)]


def test_a_clock_that_goes_backwards_is_told_and_breaks_nothing(park: ParkFolder) -> None:
    """The order is that of the numbers; which entry was behind, and by how much, is said."""
    log = entries(3)
    for before, entry in zip([None, *log], log, strict=False):
        entry.at += timedelta(hours=-entry.number)
        entry.before = before.digest if before else ""
        entry.digest = entry.computed()
    found = verified(log)
    assert found.whole
    assert [number for number, _ in found.clock_steps] == [2, 3]
    assert all(timedelta(minutes=59) < behind < timedelta(minutes=61) for _, behind in found.clock_steps)
    assert any("was 3600 s behind" in told for told in found.to_sentences())


def test_many_hands_append_to_one_chain(park: ParkFolder) -> None:
    """Eight threads, each with a connection of its own: no number twice, none missing, no entry lost."""
    from django.db import connection, transaction

    from separatrix_park.models import LogEntry

    problems: list[BaseException] = []

    def append(name: int) -> None:
        try:
            for k in range(10):
                with transaction.atomic():
                    LogEntry.append(str(name), "did", f"{k:064x}")
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=append, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    found = verified(LogEntry.objects.order_by("number"))
    assert found.whole and found.entries == 80
    assert found.clock_steps == ()


def test_an_entry_goes_with_what_it_tells_of(park: ParkFolder) -> None:
    """Where a transaction comes to nothing, so does its entry, and the next one takes its number."""
    from django.db import transaction

    from separatrix_park.models import LogEntry

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        LogEntry.append("tests", "did", "0" * 64)
        _ = 1 / 0
    assert [e.number for e in entries(2)] == [1, 2]


def test_many_entries_at_once_are_one_chain_with_those_before_and_after(park: ParkFolder) -> None:
    """Each tells of its own enterprise; none at all changes nothing."""
    from uuid import uuid4

    from separatrix_park.models import LogEntry

    whose = [uuid4(), None, uuid4()]
    LogEntry.append("tests", "did", "0" * 64)
    made = LogEntry.append_all("tests", "did", [(f"{k:064x}", about) for k, about in enumerate(whose)])
    assert LogEntry.append_all("tests", "did", []) == []
    LogEntry.append("tests", "did", "1" * 64)
    log = list(LogEntry.objects.order_by("number"))
    assert verified(log).whole and verified(log).entries == 5
    assert [e.about for e in log[1:4]] == [e.about for e in made] == whose


def test_the_database_refuses_to_change_the_log(park: ParkFolder) -> None:
    """Neither the model nor a query of the service's role changes or deletes an entry."""
    from django.core.exceptions import PermissionDenied
    from django.db import DatabaseError, connection, transaction

    from separatrix_park.models import LogEntry

    log = entries(2)
    with pytest.raises(PermissionDenied):
        log[0].save()
    with pytest.raises(PermissionDenied):
        log[0].delete()
    statements = [
        "UPDATE park_logentry SET actor = 'x'",
        "DELETE FROM park_logentry",
        "TRUNCATE park_logentry",
    ]
    for statement in statements[: 3 if connection.vendor == "postgresql" else 2]:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        LogEntry.objects.update(actor="x")
    assert [e.digest for e in LogEntry.objects.order_by("number")] == [e.digest for e in log]
