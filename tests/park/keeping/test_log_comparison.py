"""The log is compared with rows of the park: what somebody changed past it is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from park.conftest import Join
from park.keeping.filled_park import fill
from park_set_up import ON_ONE
from separatrix_park.folder import ParkFolder
from separatrix_park.records.chain import Kind


def approved() -> Any:
    """Return the first approved report."""
    from separatrix_park.models import Report

    return Report.objects.filter(state="approved").order_by("pk").first()


def person(email: str) -> Any:
    """Return somebody by their address."""
    from separatrix_park.models import Person

    return Person.objects.get(email=email)


def _written(row: Any, **values: object) -> None:
    type(row).objects.filter(pk=row.pk).update(**values)


def _another_judge() -> None:
    report = approved()
    _written(report, judge_id=report.author_id)


def _moved() -> None:
    from separatrix_park.members import admit

    _written(approved(), enterprise_id=admit("NEW", "NEW", "", person("office@own.example")).pk)


def another(pk: Any) -> Any:
    """Return the other one of the two enterprises."""
    from separatrix_park.models import Enterprise

    return Enterprise.objects.exclude(pk=pk).order_by("key")[0]


def _approved_alone() -> None:
    from separatrix_park.models import LogEntry

    report = approved()
    report.pk, report.version, report._state.adding = None, 7, True
    report.submitter_id = report.judge_id
    report.save()
    for action in ("submitted", "approved"):
        LogEntry.append(str(report.judge_id), action, report.digest(), report.enterprise_id)


def _member() -> None:
    from separatrix_park.models import Enterprise

    Enterprise.objects.create(key="NEW", name="NEW")


def _gone_member() -> None:
    from django.db import transaction

    from separatrix_park.members import admit
    from separatrix_park.models import Enterprise

    with transaction.atomic():
        made = admit("NEW", "NEW", "", person("office@own.example"))
    assert kinds() == set()
    Enterprise.objects.filter(pk=made.pk).delete()


def _hidden_member() -> None:
    from django.utils import timezone

    _written(another(None), left=timezone.now())


def _second_factor() -> None:
    from allauth.mfa.models import Authenticator

    kind = Authenticator.Type.TOTP
    Authenticator.objects.create(user=person("joined@e.example"), type=kind, data={"secret": "x"})


def _lost_second_factor() -> None:
    from separatrix_park.models import LogEntry

    joined = person("joined@e.example")
    LogEntry.append(str(joined.pk), "second factor on", f"person {joined.pk}")


def _partner() -> None:
    from separatrix_park.models import Partner

    Partner.objects.create(enterprise=another(approved().enterprise_id), name="P", state="approved")


def _entered() -> None:
    report = approved()
    report.pk, report.version, report._state.adding = None, 7, True
    report.save()


def _bare_auditor() -> None:
    from separatrix_park.models import Person

    made = Person.objects.create_user("spy@own.example", "auditor")
    made.set_password("a horse that counts batteries")
    made.save()


def _invited(role: str = "auditor") -> Any:
    from datetime import timedelta

    from django.utils import timezone

    from separatrix_park.models import Invitation

    until = timezone.now() + timedelta(days=1)
    return Invitation.objects.create(token_hash="f" * 64, email="spy@x.example", role=role, expires=until)


def _joined(invitation: Any) -> None:
    from separatrix_park.accounts.invitations import accept

    assert accept(invitation, "a horse that counts batteries") is not None


def _promoted_invitation() -> Any:
    from separatrix_park.accounts.invitations import invite
    from separatrix_park.models import Invitation

    invite("new@x.example", "auditor", None, "tests")
    made = Invitation.objects.get(email="new@x.example")
    _written(made, role="office")
    made.refresh_from_db()
    return made


def _reopened_invitation() -> None:
    from separatrix_park.accounts.invitations import invite, withdraw
    from separatrix_park.models import Invitation

    invite("new@x.example", "auditor", None, "tests")
    made = Invitation.objects.get(email="new@x.example")
    withdraw(made, "tests")
    _written(made, withdrawn=None)


def _account_of_the_provider() -> None:
    from dataclasses import replace

    from django.conf import settings

    from separatrix_park.access import SignOn
    from separatrix_park.models import Person

    Person.objects.create_user("spy@own.example", "office")
    before, known = settings.PARK, SignOn("Login", "https://login.example", "park")
    settings.PARK = replace(before, access=replace(before.access, sign_on=known))
    try:
        assert kinds() >= {Kind.PERSON}
    finally:
        settings.PARK = before
    Person.objects.filter(email="spy@own.example").delete()


def _prolonged_invitation() -> None:
    from datetime import timedelta

    from django.utils import timezone

    from separatrix_park.accounts.invitations import invite
    from separatrix_park.models import Invitation

    invite("new@x.example", "auditor", None, "tests")
    assert kinds() == set()
    made = Invitation.objects.get(email="new@x.example")
    _written(made, expires=timezone.now() + timedelta(days=30))


def _prolonged_token() -> None:
    from datetime import timedelta

    from separatrix_park.models import Token
    from separatrix_park.models.people import scope_of
    from separatrix_park.scope import scoped
    from separatrix_park.tokens import issue

    joined = person("joined@e.example")
    with scoped(scope_of(joined)):
        issue(joined, "program", 30, reads_only=True)
    assert kinds() == set()
    made = Token.objects.get(person=joined)
    _written(made, expires=made.expires + timedelta(days=366))


def _token() -> None:
    from datetime import timedelta

    from django.utils import timezone

    from separatrix_park.models import Token
    from separatrix_park.models.people import standing

    joined, now = person("joined@e.example"), timezone.now()
    ends = {"made": now, "expires": now + timedelta(days=1)}
    Token.objects.create(person=joined, secret_hash="a" * 64, stands_for=standing(joined), **ends)


def _sharing() -> None:
    from separatrix_park.models import Enterprise, Sharing

    one, other = Enterprise.objects.order_by("key")
    Sharing.objects.create(enterprise=one, recipient=other, called="E1", table="energy", since=0)


def _publication() -> Any:
    from django.utils import timezone

    from separatrix_park.models import LogEntry, Publication

    made = Publication(number=1, title="2025", year=2025, content={"total": 1.5}, made=timezone.now())
    entry = LogEntry.append("tests", "published", made.digest())
    made.chain_number, made.chain_head = entry.number, entry.digest
    made.save(force_insert=True)
    assert kinds() == set()
    return made


def _another_publication() -> None:
    made = _publication()
    made.pk, made.number, made._state.adding = None, 2, True
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
    "who entered it judges": (_approved_alone, {Kind.ALONE}),
    "an enterprise is made": (_member, {Kind.MEMBER}),
    "an enterprise is deleted": (_gone_member, {Kind.MEMBER_GONE}),
    "an enterprise is hidden": (_hidden_member, {Kind.MEMBER_HIDDEN}),
    "a second factor is set up": (_second_factor, {Kind.SECOND_FACTOR}),
    "a second factor is taken away": (_lost_second_factor, {Kind.SECOND_FACTOR}),
    "a partner is approved": (_partner, {Kind.PARTNER}),
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
    "an account without a password is made": (_account_of_the_provider, set()),
    "an invitation is made": (_invited, {Kind.INVITATION}),
    "somebody joins by it": (lambda: _joined(_invited()), {Kind.JOINED}),
    "an invitation is to the office": (_promoted_invitation, {Kind.INVITATION}),
    "somebody joins the office by it": (lambda: _joined(_promoted_invitation()), {Kind.JOINED}),
    "a withdrawn invitation is open": (_reopened_invitation, {Kind.INVITATION}),
    "an invitation is prolonged": (_prolonged_invitation, {Kind.INVITATION}),
    "a token is made": (_token, {Kind.TOKEN}),
    "a token is prolonged": (_prolonged_token, {Kind.TOKEN}),
    "a table is shared": (_sharing, {Kind.SHARING}),
    "a publication is changed": (
        lambda: _written(_publication(), content={"total": 1}),
        {Kind.PUBLICATION, Kind.PUBLICATION_GONE},
    ),
    "a publication is made": (_another_publication, {Kind.PUBLICATION}),
    "a publication is deleted": (lambda: _publication().delete(), {Kind.PUBLICATION_GONE}),
    "a publication is withdrawn": (
        lambda: _written(_publication(), withdrawn=approved().judged),
        {Kind.WITHDRAWAL},
    ),
}


@pytest.fixture
def settled(park: ParkFolder, join: Join) -> ParkFolder:
    """Return a park with reports, and with people who joined."""
    from separatrix_park.models import LogEntry
    from separatrix_park.scope import whole_park

    office = join("office@own.example", "office")
    with whole_park("the tests admit members"):
        for member in fill(park.path, (500, 400)):
            LogEntry.append("tests", "enterprise admitted", str(member.pk))
    join("joined@e.example", "entry", "E0", office)
    return park


def kinds() -> set[Kind]:
    """Return what does not hold."""
    from separatrix_park.records.audit_trail import check_log

    return {one.kind for one in check_log().breaks}


def test_each_change_past_the_log_is_told(settled: ParkFolder) -> None:
    """Whatever somebody changed in the database, each kind by its name."""
    from django.db import transaction

    from separatrix_park.scope import whole_park

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
    from separatrix_park.accounts.memberships import change_role, set_active
    from separatrix_park.models import Enterprise
    from separatrix_park.records.export import delete_enterprise, delete_report
    from separatrix_park.scope import whole_park

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


def test_second_factors_that_a_restore_left_out_are_no_break(settled: ParkFolder) -> None:
    """Without the key of the park they are not restored; what is set up afterwards is in the log again."""
    from separatrix_park.models import LogEntry
    from separatrix_park.scope import whole_park

    with whole_park("the tests act for a person"):
        _lost_second_factor()
        assert kinds() == {Kind.SECOND_FACTOR}
        LogEntry.append("tests", "restored", "0" * 64)
        assert kinds() == set()
        _lost_second_factor()
        assert kinds() == {Kind.SECOND_FACTOR}


def test_what_people_do_with_second_factors_is_no_break(settled: ParkFolder, join: Join) -> None:
    """Set up, removed by themselves, set up anew, and dropped by the office."""
    from allauth.mfa.models import Authenticator

    from park.accounts.conftest import enrol
    from separatrix_park.accounts.memberships import drop_second_factor
    from separatrix_park.scope import whole_park

    other = join("other@own.example", "office")
    enrol(other)
    assert kinds() == set()
    with whole_park("the tests look on, and act for the office"):
        found = person("other@own.example")
        assert Authenticator.objects.filter(user=found).exists()
        drop_second_factor(found, "tests")
    assert kinds() == set()


@ON_ONE
def test_each_table_is_compared_or_the_page_of_threats_names_it(park: ParkFolder) -> None:
    """Nobody takes silence of `verify` about a table for a word on it."""
    from django.apps import apps

    from separatrix_park.records.audit_trail import COMPARED

    page = (Path(__file__).parents[3] / "docs" / "reference" / "park-threats.md").read_text("utf-8")
    (line,) = (line for line in page.split("\n- ") if "does not compare" in line)
    named = set(re.findall(r"`(park_\w+)`", line))
    tables = {model._meta.db_table for model in apps.get_app_config("park").get_models()}
    compared = {model._meta.db_table for model in COMPARED}
    assert named == tables - compared - {"park_logentry"}
