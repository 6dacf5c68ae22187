"""Events wait for partners with what caused them, and are sent when they can be."""

from __future__ import annotations

from typing import Any

import pytest

from park.footprints.partner_server import tell
from separatrix_park.folder import ParkFolder


@pytest.fixture
def partners(park: ParkFolder) -> dict[str, Any]:
    """Return partners of two enterprises."""
    from separatrix_park.models import Enterprise, Partner
    from separatrix_park.scope import whole_park

    with whole_park("the tests fill a park"):
        return {
            key: Partner.objects.create(
                enterprise=Enterprise.objects.create(key=key, name=key),
                name=key,
                client_id=key,
                state="approved",
                address="https://partner.example",
            )
            for key in ("A", "B")
        }


def test_an_event_waits_with_its_envelope(partners: dict[str, Any]) -> None:
    """By people of the enterprise as by the partner's own program."""
    from separatrix_park.footprints.outbox import enqueue
    from separatrix_park.footprints.partner_client import PUBLISHED
    from separatrix_park.scope import PARTNER, Role, Scope, scoped

    partner = partners["A"]
    for scope in (
        Scope(Role.APPROVAL, enterprise=partner.enterprise_id),
        Scope(PARTNER, partner=partner.pk),
    ):
        with scoped(scope):
            made = enqueue(partner, PUBLISHED, {"pfIds": ["1"]})
        assert (made.state, made.tries) == ("waiting", 0)
        assert made.content["id"] == str(made.event_id)
        assert made.content["type"] == PUBLISHED
        assert made.content["data"] == {"pfIds": ["1"]}
        assert made.content["source"].endswith("/pact/A/3/events")


def test_nobody_lets_an_event_wait_for_anothers_partner(partners: dict[str, Any]) -> None:
    """Neither people of another enterprise nor another partner's program."""
    from django.core.exceptions import PermissionDenied

    from separatrix_park.footprints.outbox import enqueue
    from separatrix_park.footprints.partner_client import PUBLISHED
    from separatrix_park.scope import PARTNER, Role, Scope, scoped

    other = partners["B"]
    for scope in (Scope(Role.ENTRY, enterprise=other.enterprise_id), Scope(PARTNER, partner=other.pk)):
        with scoped(scope), pytest.raises(PermissionDenied):
            enqueue(partners["A"], PUBLISHED, {})


@pytest.mark.parametrize("changed", [{"state": "removed"}, {"address": ""}])
def test_what_cannot_be_sent_is_kept_as_given_up(partners: dict[str, Any], changed: dict[str, str]) -> None:
    """A partner that told no address, or is none any more."""
    from separatrix_park.footprints.outbox import enqueue
    from separatrix_park.footprints.partner_client import PUBLISHED
    from separatrix_park.models import Partner
    from separatrix_park.scope import whole_park

    with whole_park("the tests change a partner"):
        Partner.objects.filter(pk=partners["A"].pk).update(**changed)
        assert enqueue(Partner.objects.get(pk=partners["A"].pk), PUBLISHED, {}).state == "given up"


def sent(partnered: Any) -> list[Any]:
    """Return the events of the partner, the oldest first."""
    from separatrix_park.models import SentEvent

    with partnered.speaking():
        return list(SentEvent.objects.order_by("pk"))


def let_wait(partnered: Any, *pf_ids: str) -> None:
    """Let a notice of each footprint wait."""
    from separatrix_park.footprints.outbox import enqueue
    from separatrix_park.footprints.partner_client import PUBLISHED

    with partnered.speaking():
        for pf_id in pf_ids:
            enqueue(partnered.partner, PUBLISHED, {"pfIds": [pf_id]})


def test_what_is_due_to_a_node_that_answers_waits_for_one_silent_node_at_most(
    partners: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what comes about while a silent one is waited for, and however much waits for the silent ones."""
    from separatrix.errors import InputError
    from separatrix_park.footprints import outbox
    from separatrix_park.footprints.partner_client import PUBLISHED
    from separatrix_park.models import Partner, SentEvent
    from separatrix_park.scope import whole_park

    live, heard = partners["A"], list[str]()
    with whole_park("the tests add partners"):
        silent = [partners["B"]] + [
            Partner.objects.create(
                enterprise=partners["B"].enterprise,
                name=f"silent {k}",
                client_id=f"silent {k}",
                state="approved",
                address="https://silent.example",
                trouble="it said nothing",
            )
            for k in range(3)
        ]
        Partner.objects.filter(pk=partners["B"].pk).update(trouble="it said nothing")
        for partner in silent:
            for _ in range(30):
                outbox.enqueue(partner, PUBLISHED, {"pfIds": ["1"]})
        outbox.enqueue(live, PUBLISHED, {"pfIds": ["1"]})

    class Node:
        def __init__(self, name: str) -> None:
            self.name = name

        def take(self, content: Any) -> None:
            heard.append(self.name)
            if self.name == live.name:
                return
            with whole_park("something comes about meanwhile"):
                outbox.enqueue(live, PUBLISHED, {"pfIds": ["2"]})
            raise InputError("W311", "nothing was said")

    def node(identifier: Any) -> Node:
        with whole_park("the tests look"):
            return Node(Partner.objects.get(pk=identifier).name)

    monkeypatch.setattr(outbox, "_node", node)
    assert outbox.send_due() == 5
    assert [name == live.name for name in heard] == [True, False] * 4 + [True]
    assert len(set(heard)) == 5
    with whole_park("the tests look"):
        waiting = SentEvent.objects.filter(state="waiting")
        assert waiting.count() == 120 and sum(waiting.values_list("tries", flat=True)) == 4


def test_what_waits_is_sent_in_order_and_once(partnered: Any) -> None:
    """With a token that was asked for once, and an entry in the log."""
    from separatrix_park.footprints.outbox import send_due
    from separatrix_park.models import LogEntry

    let_wait(partnered, "1", "2", "3")
    assert send_due() == 3
    assert send_due() == 0
    assert [event["data"]["pfIds"] for event in partnered.node.events] == [["1"], ["2"], ["3"]]
    assert [event["id"] for event in partnered.node.events] == [str(e.event_id) for e in sent(partnered)]
    assert {(e.state, e.tries, e.trouble) for e in sent(partnered)} == {("sent", 1, "")}
    assert [path for _, path in partnered.node.asked].count("/auth/token") == 1
    assert LogEntry.objects.filter(action="event sent", about=partnered.enterprise.pk).count() == 3
    assert partnered.fresh().heard is not None


def test_a_node_that_fails_is_tried_again_with_growing_pauses_and_given_up(partnered: Any) -> None:
    """For three days, under the same id; then people see that it did not arrive."""
    from datetime import timedelta

    from django.utils import timezone

    from separatrix_park.footprints.outbox import read_problem, send_due
    from separatrix_park.models import LogEntry

    partnered.node.answers["/3/events"] = lambda handler: tell(handler, 503, {"message": "later"})
    let_wait(partnered, "1")
    now = begun = timezone.now()
    pauses = []
    while sent(partnered)[0].state == "waiting":
        assert send_due(now) == 0
        (event,) = sent(partnered)
        if event.next_try is not None:
            pauses.append(event.next_try - now)
            now = event.next_try
    assert timedelta(days=3) - timedelta(minutes=1) < now - begun <= timedelta(days=3, minutes=1)
    assert pauses[:3] == [timedelta(minutes=k) for k in (1, 2, 4)]
    assert max(pauses) == timedelta(hours=6)
    (event,) = sent(partnered)
    assert (event.state, event.tries) == ("given up", len(pauses) + 1)
    problem = read_problem(event.trouble)
    assert problem is not None
    assert "later" in problem.text
    assert read_problem(partnered.fresh().trouble) == problem
    assert LogEntry.objects.filter(action="event given up", about=partnered.enterprise.pk).count() == 1
    assert len({path for _, path in partnered.node.asked}) == 2


def test_an_event_that_is_refused_itself_is_not_sent_again(partnered: Any) -> None:
    """The ones after it are."""
    from separatrix_park.footprints.outbox import send_due

    answers = [400, 200]
    partnered.node.answers["/3/events"] = lambda handler: tell(handler, answers.pop(0), {"message": "no"})
    let_wait(partnered, "1", "2")
    assert send_due() == 1
    assert [event.state for event in sent(partnered)] == ["given up", "sent"]


def test_what_waits_for_a_node_that_fails_waits_as_long_as_what_failed(partnered: Any) -> None:
    """It is asked once a round, and not for each event."""
    from separatrix_park.footprints.outbox import send_due

    partnered.node.answers["/auth"] = lambda handler: tell(handler, 500)
    let_wait(partnered, *"123456")
    assert send_due() == 0
    assert send_due() == 0
    assert len(partnered.node.asked) == 1
    assert len({event.next_try for event in sent(partnered)}) == 1
    assert [event.tries for event in sent(partnered)] == [1, 0, 0, 0, 0, 0]


def test_what_was_begun_by_a_process_that_died_is_sent_again_under_the_same_id(partnered: Any) -> None:
    """After a while; the partner knows by the id whether it has it."""
    from datetime import timedelta

    from django.utils import timezone

    from separatrix_park.footprints.outbox import LEASE, _claimed, send_due

    let_wait(partnered, "1")
    now = timezone.now()
    assert _claimed(sent(partnered)[0].pk, now) is not None
    assert _claimed(sent(partnered)[0].pk, now) is None
    assert send_due(now + timedelta(seconds=1)) == 0
    assert send_due(now + LEASE) == 1


def test_no_transaction_is_open_while_a_node_is_called(
    partnered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow node holds no lock, and no connection that others wait for."""
    from django.db import connection

    from separatrix_park.footprints.https_client import GuardedHttps
    from separatrix_park.footprints.outbox import send_due
    from separatrix_park.scope import current_scope

    seen = []
    call = GuardedHttps.call

    def looked_at(self: Any, *args: Any) -> Any:
        seen.append((connection.in_atomic_block, current_scope()))
        return call(self, *args)

    monkeypatch.setattr(GuardedHttps, "call", looked_at)
    let_wait(partnered, "1")
    assert send_due() == 1
    assert set(seen) == {(False, None)}
