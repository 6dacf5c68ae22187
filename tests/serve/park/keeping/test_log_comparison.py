"""The log is compared with reports, judgements and memberships: what somebody changed past it is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from separatrix.serve.park.folder import ParkFolder
from separatrix.serve.park.keeping.chain import Kind
from serve.park.conftest import Join
from serve.park.keeping.filled_park import fill


def approved() -> Any:
    """Return the first approved report."""
    from separatrix.serve.park.models import Report

    return Report.objects.filter(state="approved").order_by("pk").first()


def person(email: str) -> Any:
    """Return somebody by their address."""
    from separatrix.serve.park.models import Person

    return Person.objects.get(email=email)


def _written(row: Any, **values: object) -> None:
    type(row).objects.filter(pk=row.pk).update(**values)


def _another_judge() -> None:
    report = approved()
    _written(report, judge_id=report.author_id)


def _moved() -> None:
    from separatrix.serve.park.models import Enterprise

    _written(approved(), enterprise_id=Enterprise.objects.create(key="NEW", name="NEW").pk)


def _entered() -> None:
    report = approved()
    report.pk, report.version, report._state.adding = None, 7, True
    report.save()


def _bare_auditor() -> None:
    from separatrix.serve.park.models import Person

    made = Person.objects.create_user("spy@own.example", "auditor")
    made.set_password("a horse that counts batteries")
    made.save()


FORGERIES: dict[str, tuple[Callable[[], object], set[Kind]]] = {
    "an approved report is deleted": (lambda: approved().delete(), {Kind.GONE}),
    "an approved report is returned": (lambda: _written(approved(), state="returned"), {Kind.STATE}),
    "an approved report waits again": (lambda: _written(approved(), state="submitted"), {Kind.STATE}),
    "an approved report is a draft": (lambda: _written(approved(), state="draft"), {Kind.STATE}),
    "an approved report is called deleted": (
        lambda: _written(approved(), state="deleted", salt=b"", rows=[]),
        {Kind.GONE},
    ),
    "its figures are changed": (
        lambda: _written(approved(), rows=[{"amount": "1"}]),
        {Kind.REPORT, Kind.GONE},
    ),
    "its salt is changed": (lambda: _written(approved(), salt=b"s" * 32), {Kind.REPORT, Kind.GONE}),
    "its year is changed": (lambda: _written(approved(), year=2001), {Kind.REPORT, Kind.GONE}),
    "another version is entered": (_entered, {Kind.REPORT}),
    "another judge": (_another_judge, {Kind.JUDGE}),
    "no judge": (lambda: _written(approved(), judge_id=None), {Kind.JUDGE}),
    "another enterprise": (_moved, {Kind.OWNER}),
    "a person is promoted": (lambda: _written(person("joined@e.example"), role="approval"), {Kind.ROLE}),
    "a person speaks for another enterprise": (
        lambda: _written(person("joined@e.example"), enterprise_id=person("a1@e.example").enterprise_id),
        {Kind.ROLE},
    ),
    "a person is of the office": (
        lambda: _written(person("joined@e.example"), role="office", enterprise_id=None),
        {Kind.ROLE},
    ),
    "an account is closed": (lambda: _written(person("joined@e.example"), is_active=False), {Kind.ACTIVE}),
    "an account is deleted": (lambda: person("joined@e.example").delete(), {Kind.PERSON_GONE}),
    "an account is made": (_bare_auditor, {Kind.PERSON}),
}


@pytest.fixture
def settled(park: ParkFolder, join: Join) -> ParkFolder:
    """Return a park with reports, and with people who joined."""
    office = join("office@own.example", "office")
    fill(park.path, (500, 400))
    join("joined@e.example", "entry", "E0", office)
    return park


def kinds() -> set[Kind]:
    """Return what does not hold."""
    from separatrix.serve.park.keeping.audit_trail import check_log

    return {one.kind for one in check_log().breaks}


def test_each_change_past_the_log_is_told(settled: ParkFolder) -> None:
    """Reports, judgements and memberships that somebody changed in the database, each kind by its name."""
    from django.db import transaction

    from separatrix.serve.park.scope import whole_park

    class Undone(Exception):
        """Takes a forgery back."""

    assert kinds() == set()
    for name, (forge, expected) in FORGERIES.items():
        with pytest.raises(Undone), whole_park("the tests forge rows"), transaction.atomic():
            forge()
            assert kinds() == expected, name
            raise Undone
    assert kinds() == set()


def test_what_the_office_does_is_no_break(settled: ParkFolder) -> None:
    """A changed role, another enterprise, a closed account, a deletion of a report and a member."""
    from separatrix.serve.park.accounts.membership import change_role, set_active
    from separatrix.serve.park.keeping.deletion import delete_enterprise, delete_report
    from separatrix.serve.park.models import Enterprise
    from separatrix.serve.park.scope import whole_park

    with whole_park("the tests act for the office"):
        one, other = Enterprise.objects.order_by("key")
        joined = person("joined@e.example")
        for role, enterprise in (("approval", one), ("auditor", None), ("office", None), ("entry", other)):
            change_role(joined, role, enterprise, "tests")
            assert kinds() == set(), role
        set_active(joined, False, "tests")
        assert kinds() == set()
        _written(joined, is_active=True)
        assert kinds() == {Kind.ACTIVE}
        set_active(joined, True, "tests")
        assert kinds() == set()
        _written(joined, role="approval")
        assert kinds() == {Kind.ROLE}
        _written(joined, role="entry")
    delete_report(settled, one.pk, "energy", 2025, "tests", "the tests say why")
    assert kinds() == set()
    delete_enterprise(settled, other.pk, "tests")
    assert kinds() == set()
