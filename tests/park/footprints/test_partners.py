"""Two people want each partner, and each new address of one; a secret is shown once and kept by nobody."""

from __future__ import annotations

from typing import Any

import pytest

from park_set_up import ON_ONE
from separatrix.errors import InputError


def log_of(people: Any) -> list[str]:
    """Return what the log tells of the enterprise, in order."""
    from separatrix_park.models import LogEntry

    entries = LogEntry.objects.filter(about=people.enterprise.pk).order_by("number")
    return list(entries.values_list("action", flat=True))


def test_a_partner_is_approved_by_a_second_person(people: Any) -> None:
    """Until then it neither signs in nor is called; then it has a client and a secret of its own."""
    from separatrix_park.footprints.pages import hash_of_secret
    from separatrix_park.footprints.partner_client import node_of
    from separatrix_park.footprints.partners import approve, propose, read_connection

    told = read_connection(people.node.connection())
    with people.speaking():
        proposed = propose(" Cement works ", told, people.approval)
        assert (proposed.name, proposed.state, proposed.client_id) == ("Cement works", "proposed", None)
        with pytest.raises(InputError, match="W316"):
            approve(proposed, people.approval)
        with pytest.raises(InputError, match="W316"):
            node_of(proposed)
        proposed.proposer = people.entry
        proposed.save()
        partner, connection = approve(proposed, people.approval)
        node_of(partner)
    assert connection is not None
    assert partner.state == "approved"
    assert partner.secret_hash == hash_of_secret(connection.secret)
    assert read_connection(str(connection)) == connection
    assert connection.address == "https://park.example/pact/E01"
    assert connection.company == "River Steel"
    assert "hush" not in str([getattr(partner, f.attname) for f in partner._meta.fields])
    assert log_of(people) == ["partner proposed", "partner approved"]


def test_a_person_who_enters_proposes_and_cannot_approve(people: Any) -> None:
    """Nor can somebody of another enterprise do anything."""
    from django.core.exceptions import PermissionDenied

    from separatrix_park.footprints.partners import approve, propose, reject, remove, renew_secret

    with people.speaking():
        proposed = propose("Cement works", None, people.approval)
    with people.speaking("entry"):
        for refused in (
            lambda: approve(proposed, people.entry),
            lambda: reject(proposed, "", people.entry),
            lambda: remove(proposed, "", people.entry),
            lambda: renew_secret(proposed, people.entry),
        ):
            with pytest.raises(PermissionDenied):
                refused()


@ON_ONE
def test_a_partner_is_proposed_once_and_is_somebody_else(partnered: Any) -> None:
    """Neither its node nor its name a second time, nor the enterprise's own connection text."""
    from dataclasses import replace

    from separatrix_park.footprints.partners import approve, enter_connection, propose, read_connection

    told = read_connection(partnered.node.connection())
    own = replace(told, address="https://park.example/pact/E01/")
    with partnered.speaking("entry"):
        for name, connection, why in (
            ("Another name", told, "already"),
            ("Cement works", None, "already"),
            ("Ourselves", own, "your own enterprise"),
        ):
            with pytest.raises(InputError, match=why):
                propose(name, connection, partnered.entry)
        with pytest.raises(InputError, match="your own enterprise"):
            enter_connection(partnered.partner, own, partnered.entry)
    with partnered.speaking(), pytest.raises(InputError, match="nothing of Cement works waits"):
        approve(partnered.fresh(), partnered.approval, seen="what was looked at in another window")


def test_a_new_address_waits_for_a_second_person_while_the_old_one_holds(partnered: Any) -> None:
    """And whoever entered it cannot approve it alone."""
    from separatrix_park.footprints.partners import approve, enter_connection, read_connection, reject

    other = read_connection(partnered.node.connection("other").replace("/auth", "/elsewhere"))
    before = partnered.fresh()
    with partnered.speaking():
        enter_connection(partnered.partner, other, partnered.approval)
        assert partnered.fresh().token_address == before.token_address
        with pytest.raises(InputError, match="W316"):
            approve(partnered.partner, partnered.approval)
        assert reject(partnered.partner, "", partnered.approval).pending == {}
    with partnered.speaking("entry"):
        enter_connection(partnered.partner, other, partnered.entry)
    with partnered.speaking():
        after, connection = approve(partnered.partner, partnered.approval)
    assert after.token_address.endswith("/elsewhere/token")
    assert (after.secret_hash, connection, after.pending) == (before.secret_hash, None, {})


def test_a_removed_partner_is_called_no_more_and_signs_in_no_more(partnered: Any) -> None:
    """What waits for it is given up, and keeps no records; it can be rejected or removed only once."""
    from separatrix_park.footprints.outbox import enqueue
    from separatrix_park.footprints.partner_client import PUBLISHED, REQUEST_FULFILLED
    from separatrix_park.footprints.partners import reject, remove, renew_secret
    from separatrix_park.models import SentEvent

    with partnered.speaking():
        event = enqueue(partnered.partner, PUBLISHED, {"pfIds": []})
        record = {"id": "3", "pcf": {"declaredUnitOfMeasurement": "kilogram"}}
        answer = enqueue(partnered.partner, REQUEST_FULFILLED, {"requestEventId": "2", "pfs": [record]})
        gone = remove(partnered.partner, "sold", partnered.approval)
        assert (gone.state, gone.client_id, gone.secret_hash, gone.remote_secret) == ("removed", None, "", "")
        assert SentEvent.objects.get(pk=event.pk).state == "given up"
        ended = SentEvent.objects.get(pk=answer.pk)
        assert (ended.state, ended.next_try, ended.content["data"]["pfs"]) == (
            "given up",
            None,
            [{"id": "3"}],
        )
        assert ended.ended is not None
        for again in (
            lambda: remove(gone, "", partnered.approval),
            lambda: reject(gone, "", partnered.approval),
            lambda: renew_secret(gone, partnered.approval),
        ):
            with pytest.raises(InputError, match="W316"):
                again()


def test_a_new_secret_ends_the_one_before(partnered: Any) -> None:
    """The client stays the same."""
    from separatrix_park.footprints.partners import renew_secret

    before = partnered.fresh()
    with partnered.speaking():
        made = renew_secret(partnered.partner, partnered.approval)
    after = partnered.fresh()
    assert after.secret_hash != before.secret_hash
    assert made.client == after.client_id == before.client_id


@ON_ONE
def test_a_park_that_is_not_reached_over_https_hands_out_no_text(people: Any, park: Any) -> None:
    """The partner can be approved all the same, to be called by us."""
    from django.conf import settings

    from separatrix_park.footprints.partners import approve, propose, renew_secret

    settings.PARK = park
    with people.speaking("entry"):
        proposed = propose("Cement works", None, people.entry)
    with people.speaking():
        partner, connection = approve(proposed, people.approval)
        assert (partner.state, partner.client_id, connection) == ("approved", None, None)
        with pytest.raises(InputError, match="W316"):
            renew_secret(partner, people.approval)


def test_secrets_of_partners_are_encrypted_anew_with_the_key(partnered: Any) -> None:
    """After the key was changed the partner is called as before, and the old key opens nothing."""
    from django.conf import settings

    from separatrix_park.accounts.keys import change_key
    from separatrix_park.accounts.settings import PARTNERS, KeyFile
    from separatrix_park.footprints.partners import enter_connection, read_connection

    with partnered.speaking("entry"):
        enter_connection(
            partnered.partner, read_connection(partnered.node.connection("new")), partnered.entry
        )
    before = partnered.fresh()
    change_key(settings.PARK, "tests")
    after, file = partnered.fresh(), KeyFile(settings.PARK.key_file)
    assert after.remote_secret != before.remote_secret
    assert file.decrypt(after.remote_secret, PARTNERS) == "hush"
    assert file.decrypt(after.pending["remote_secret"], PARTNERS) == "new"
    with pytest.raises(InputError, match="W232"):
        file.decrypt(before.remote_secret, PARTNERS)


FULL = '"node": "https://p.example", "token": "https://p.example"'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"node": 1, "token": "https://p.example", "client_id": "a", "client_secret": "b"}',
        f'{{{FULL}, "client_id": "a"}}',
        f'{{{FULL}, "client_id": "a:b", "client_secret": "b"}}',
        f'{{{FULL}, "client_id": "a", "client_secret": "b c"}}',
        f'{{{FULL}, "client_id": "a", "client_secret": "b", "company_ids": ["no urn"]}}',
        f'{{{FULL}, "client_id": "a", "client_secret": "b", "company": null}}',
        '{"node": "https://p.example", "node": "https://q.example"}',
        "x" * 30_000,
    ],
)
def test_a_connection_text_that_is_none_is_told_as_that(text: str) -> None:
    """With what is lacking."""
    from separatrix_park.footprints.partners import read_connection

    with pytest.raises(InputError, match="W315"):
        read_connection(text)


def test_a_connection_text_may_come_out_of_a_letter() -> None:
    """With words before and after it, and with quotes that a program has curled."""
    from separatrix_park.footprints.partners import Connection, read_connection

    made = Connection("https://p.example", "https://p.example/token", "us", "hush", "Partner \u201cP\u201d")
    assert read_connection(f"Dear all,\n{made}\nYours") == made
    plain = Connection("https://p.example", "https://p.example/token", "us", "hush", "Partner")
    curled = str(plain).replace('"', "\u201d")
    assert read_connection(curled) == plain


def test_a_connection_text_leads_to_https_alone() -> None:
    """Both of its addresses."""
    from separatrix_park.footprints.partners import read_connection

    for node, token in (
        ("http://p.example", "https://p.example"),
        ("https://p.example", "https://u@p.example"),
    ):
        text = f'{{"node": "{node}", "token": "{token}", "client_id": "a", "client_secret": "b"}}'
        with pytest.raises(InputError, match="W310"):
            read_connection(text)
