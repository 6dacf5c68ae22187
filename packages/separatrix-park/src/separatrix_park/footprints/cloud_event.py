"""The PACT events between nodes, as CloudEvents of version 1.0."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings

from separatrix_park.models.people import Enterprise

__all__ = [
    "MEDIA_TYPE",
    "PUBLISHED",
    "REQUEST_CREATED",
    "REQUEST_FULFILLED",
    "REQUEST_REJECTED",
    "TYPES",
    "cloud_event",
    "node_address",
    "without_records",
]

REQUEST_CREATED = "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3"
REQUEST_FULFILLED = "org.wbcsd.pact.ProductFootprint.RequestFulfilledEvent.3"
REQUEST_REJECTED = "org.wbcsd.pact.ProductFootprint.RequestRejectedEvent.3"
PUBLISHED = "org.wbcsd.pact.ProductFootprint.PublishedEvent.3"
TYPES = (REQUEST_CREATED, REQUEST_FULFILLED, REQUEST_REJECTED, PUBLISHED)
"""The four types of events that a node takes."""

MEDIA_TYPE = "application/cloudevents+json"
"""Of an event in the structured mode of JSON."""


def node_address(enterprise: Enterprise) -> str:
    """Return the address of an enterprise's node, below which ``/3/footprints`` lies.

    Without a host if park.toml sets no address: then the node cannot be reached from outside.
    """
    return f"{settings.PARK.access.address}/pact/{quote(enterprise.key)}"


def cloud_event(identifier: str, kind: str, source: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event in the structured mode of JSON.

    Parameters
    ----------
    identifier : str
        Unlike those of all other events of the same source.
    kind : str
        One of `TYPES`.
    source : str
        The address of the node that speaks.
    data : mapping

    Examples
    --------
    >>> event = cloud_event("1", PUBLISHED, "https://park.example.cn/pact/E01", {"pfIds": []})
    >>> event["specversion"], event["source"]
    ('1.0', 'https://park.example.cn/pact/E01/3/events')
    """
    return {
        "type": kind,
        "specversion": "1.0",
        "id": identifier,
        "source": f"{source}/3/events",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "data": dict(data),
    }


def without_records(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event with the ids of the footprints that it carries in their place, for those are kept.

    Examples
    --------
    >>> without_records({"id": "1", "data": {"requestEventId": "2", "pfs": [{"id": "3", "pcf": {}}]}})
    {'id': '1', 'data': {'requestEventId': '2', 'pfs': [{'id': '3'}]}}
    """
    data = event["data"]
    if not isinstance(data.get("pfs"), list):
        return dict(event)
    ids = [{"id": record.get("id")} for record in data["pfs"] if isinstance(record, Mapping)]
    return {**event, "data": {**data, "pfs": ids}}
