"""What waits to be sent to partners: kept with what caused it, sent by the process beside the server."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from separatrix.serve.park.footprints.cloud_event import cloud_event, node_address
from separatrix.serve.park.models.footprints import Partner, SentEvent
from separatrix.serve.park.models.people import Enterprise
from separatrix.serve.park.scope import current, whole_park

__all__ = ["enqueue"]


def enqueue(partner: Partner, kind: str, data: Mapping[str, Any]) -> SentEvent:
    """Let an event wait for a partner, in the caller's transaction: it is sent if that comes about.

    Where we may not call the partner, because it told no address or is approved no more, the event is kept
    as given up, so that people see what could not be told.

    Parameters
    ----------
    partner : Partner
        Of the enterprise that the scope speaks for, or the one whose own program is asking.
    kind : str
        One of `cloud_event.TYPES`.
    data : mapping
        Of the event.

    Raises
    ------
    PermissionDenied
        Where the scope is another enterprise's or another partner's.
    """
    scope = current()
    if scope.partner not in (None, partner.pk) or scope.enterprise not in (None, partner.enterprise_id):
        raise PermissionDenied
    identifier, now = uuid.uuid4(), timezone.now()
    with whole_park("an event waits for a partner, also where its own program caused it"):
        source = node_address(Enterprise.objects.get(pk=partner.enterprise_id))
        waits = partner.state == "approved" and bool(partner.address)
        made: SentEvent = SentEvent.objects.create(
            enterprise_id=partner.enterprise_id,
            partner=partner,
            event_id=identifier,
            kind=kind,
            content=cloud_event(str(identifier), kind, source, data),
            state="waiting" if waits else "given up",
            next_try=now if waits else None,
            ended=None if waits else now,
        )
    return made
