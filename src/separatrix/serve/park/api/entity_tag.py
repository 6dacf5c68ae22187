"""Two who change one thing: each says which version they have read, and the second is told."""

from __future__ import annotations

import hashlib
import json

from django.http import HttpRequest
from django.utils.http import parse_etags

from separatrix.serve.park.api.refusal import Refused

__all__ = ["entity_tag", "require_match"]


def entity_tag(*state: object) -> str:
    """Return the tag of what something is now, as it stands in the header `ETag`.

    Examples
    --------
    >>> entity_tag(12, "draft") == entity_tag(12, "submitted")
    False
    """
    text = json.dumps(state, sort_keys=True, default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def require_match(request: HttpRequest, tag: str) -> None:
    """Refuse a change by somebody who has not read what they change.

    Raises
    ------
    Refused
        W286: with status 428 where `If-Match` is missing, with 412 where it names another version.
    """
    given = request.headers.get("If-Match")
    if given is None:
        raise Refused(428)
    if given.strip() != "*" and tag not in parse_etags(given):
        raise Refused(412)
