"""A request that is sent again: done once, whoever is first, and answered as the first time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from park.programs import program
from separatrix_park.folder import ParkFolder


@pytest.fixture
def somebody(park: ParkFolder) -> Any:
    """Return a person of the office."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park

    program("office@example.org", "office")
    with whole_park("the tests look on"):
        return Person.objects.get()


def done(person: Any, key: str | None, content: str, work: Callable[[], dict[str, Any]]) -> Any:
    """Do something once on somebody's behalf, as a request does."""
    from separatrix_park.api.idempotency import done_once
    from separatrix_park.models.people import scope_of
    from separatrix_park.scope import scoped

    with scoped(scope_of(person)):
        return done_once(person, key, content, work)


def test_of_two_at_once_one_does_the_work_and_both_are_answered(somebody: Any) -> None:
    """The second waits for the end of the first, and does nothing itself."""
    from django.db import connection

    begun, answers, works = threading.Event(), list[Any](), list[int]()

    def work() -> dict[str, Any]:
        works.append(1)
        begun.set()
        second.start()
        second.join(0.3)  # it has to wait: the key is written, and what comes of it is not known yet
        return {"id": 7}

    def again() -> None:
        assert begun.wait(10)
        answers.append(done(somebody, "july", "the bills of july", work))
        connection.close()

    second = threading.Thread(target=again)
    answers.append(done(somebody, "july", "the bills of july", work))
    second.join(20)
    assert works == [1]
    assert sorted(answers, key=lambda told: told[1]) == [({"id": 7}, False), ({"id": 7}, True)]


def test_what_was_refused_may_come_again_corrected(somebody: Any) -> None:
    """An error leaves no key behind; another person's key and one of last week are other keys."""
    from django.utils import timezone

    from separatrix_park.api.errors import Refused
    from separatrix_park.models import Person, RepeatableRequest
    from separatrix_park.scope import whole_park

    def refuse() -> dict[str, Any]:
        raise Refused(422)

    with pytest.raises(Refused, match="W289"):
        done(somebody, "july", "wrong", refuse)
    assert done(somebody, "july", "right", lambda: {"id": 1}) == ({"id": 1}, False)
    with pytest.raises(Refused, match="W285"):
        done(somebody, "july", "another", lambda: {"id": 2})
    program("auditor@example.org", "auditor")
    with whole_park("the tests look on"):
        other = Person.objects.get(role="auditor")
    assert done(other, "july", "another", lambda: {"id": 3}) == ({"id": 3}, False)
    with whole_park("the tests look on"):
        RepeatableRequest.objects.update(made=timezone.now() - timedelta(days=7))
    assert done(somebody, "july", "another", lambda: {"id": 4}) == ({"id": 4}, False)
    assert done(somebody, None, "another", lambda: {"id": 5}) == ({"id": 5}, False)
