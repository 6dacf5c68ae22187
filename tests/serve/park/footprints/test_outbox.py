"""Events wait for partners with what caused them, and are sent when they can be."""

from __future__ import annotations

from typing import Any

import pytest

from separatrix.serve.park.folder import ParkFolder


@pytest.fixture
def partners(park: ParkFolder) -> dict[str, Any]:
    """Return partners of two enterprises."""
    from separatrix.serve.park.models import Enterprise, Partner
    from separatrix.serve.park.scope import whole_park

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
    from separatrix.serve.park.footprints.cloud_event import PUBLISHED
    from separatrix.serve.park.footprints.outbox import enqueue
    from separatrix.serve.park.scope import PARTNER, Role, Scope, scoped

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

    from separatrix.serve.park.footprints.cloud_event import PUBLISHED
    from separatrix.serve.park.footprints.outbox import enqueue
    from separatrix.serve.park.scope import PARTNER, Role, Scope, scoped

    other = partners["B"]
    for scope in (Scope(Role.ENTRY, enterprise=other.enterprise_id), Scope(PARTNER, partner=other.pk)):
        with scoped(scope), pytest.raises(PermissionDenied):
            enqueue(partners["A"], PUBLISHED, {})


@pytest.mark.parametrize("changed", [{"state": "removed"}, {"address": ""}])
def test_what_cannot_be_sent_is_kept_as_given_up(partners: dict[str, Any], changed: dict[str, str]) -> None:
    """A partner that told no address, or is none any more."""
    from separatrix.serve.park.footprints.cloud_event import PUBLISHED
    from separatrix.serve.park.footprints.outbox import enqueue
    from separatrix.serve.park.models import Partner
    from separatrix.serve.park.scope import whole_park

    with whole_park("the tests change a partner"):
        Partner.objects.filter(pk=partners["A"].pk).update(**changed)
        assert enqueue(Partner.objects.get(pk=partners["A"].pk), PUBLISHED, {}).state == "given up"
