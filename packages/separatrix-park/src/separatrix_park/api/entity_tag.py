"""Concurrent changes: each client states the version it has read, and a conflicting change is rejected."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from separatrix_park.api.refusal import Refused

__all__ = ["MAY_CHANGE", "MUST_MATCH", "TAGGED", "entity_tag", "read_version", "tagged"]

_TAG = {"schema": {"type": "string"}, "description": "What a change of this has to send as `If-Match`."}
TAGGED = {"responses": {200: {"headers": {"ETag": _TAG}}}}
"""What the description says of an answer that bears a tag."""


def _if_match(required: bool) -> dict[str, Any]:
    return {
        "parameters": [
            {
                "in": "header",
                "name": "If-Match",
                "required": required,
                "schema": {"type": "string"},
                "description": "The `ETag` of what you have read.",
            }
        ]
    }


MUST_MATCH = _if_match(True)
"""What the description says of a change of something that one has read."""
MAY_CHANGE = _if_match(False)
"""The same where there may be nothing yet."""


def entity_tag(*state: object) -> str:
    """Return the current tag, in the form of the header `ETag`.

    Examples
    --------
    >>> entity_tag(12, "draft") == entity_tag(12, "submitted")
    False
    """
    text = json.dumps(state, sort_keys=True, default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def tagged(response: HttpResponse, told: dict[str, Any]) -> dict[str, Any]:
    """Return a response with a tag, so that clients need not download an unchanged response again."""
    response["ETag"] = entity_tag(told)
    return told


def read_version(request: HttpRequest, tag: str | None, stamp: str) -> str:
    """Return the stamp of the version that the client has read and is about to change.

    Parameters
    ----------
    request : HttpRequest
    tag : str or None
        Of what there is now; None where there is nothing, and nothing had to be read.
    stamp : str
        By which the functions of the pages call the same state.

    Raises
    ------
    Refused
        W286: with status 428 where `If-Match` is missing, with 412 where it names another state.
    """
    given = request.headers.get("If-Match")
    if given is None:
        if tag is not None:
            raise Refused(428)
        return stamp
    if tag is None or (given.strip() != "*" and tag not in parse_etags(given)):
        raise Refused(412, headers=None if tag is None else {"ETag": tag})
    return stamp
