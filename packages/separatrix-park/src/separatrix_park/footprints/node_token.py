"""How a partner's program signs in at the node of an enterprise: a secret for a token that lives a while.

The token holds no right of its own.  It names the partner and the secret that it was got by, so that a new
secret and the partner's removal end it at once; whether the partner is approved is looked up at each request.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from separatrix.sentences import say
from separatrix_park.footprints.node_error import NodeError
from separatrix_park.models.footprints import Partner
from separatrix_park.scope import whole_park

__all__ = ["LIFETIME", "hash_of_secret", "partner_of", "token_for"]

LIFETIME = 900
"""Seconds that a token lives."""

LONGEST = 1000
"""Characters of a header that are looked at."""

_SALT = "separatrix.park.pact token"
_NO_SECRET = "0" * 64


def hash_of_secret(secret: str) -> str:
    """Return what is kept of a partner's secret, which is long and random.

    Examples
    --------
    >>> len(hash_of_secret("secret"))
    64
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def token_for(header: str, key: str) -> str | None:
    """Return a token for the client and secret of a header ``Authorization: Basic``; None for wrong ones.

    Parameters
    ----------
    header : str
    key : str
        Of the enterprise that owns the node.
    """
    client, secret = _client_of(header)
    with whole_park("a partner's program signs in: no identity is known before"):
        found = Partner.objects.select_related("enterprise").filter(client_id=client).first()
    # An unknown client takes as long as a known one with a wrong secret.
    kept = found.secret_hash if found is not None and found.secret_hash else _NO_SECRET
    good = constant_time_compare(kept, hash_of_secret(secret))
    if not good or found is None or not _stands(found, key):
        return None
    return signing.dumps([found.pk.hex, _print_of(found)], salt=_SALT)


def partner_of(header: str, key: str) -> Partner:
    """Return whose program sends a header ``Authorization: Bearer`` to the node of an enterprise.

    Raises
    ------
    NodeError
        400 where the token is none of this node; 401 where it holds no longer.
    """
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST:
        raise NodeError(400, say("the header Authorization carries no token of this node"))
    try:
        number, told = signing.loads(token.strip(), salt=_SALT, max_age=LIFETIME)
        pk = uuid.UUID(hex=number)
    except signing.SignatureExpired:
        raise _expired_token_error() from None
    except (signing.BadSignature, ValueError, TypeError):
        raise NodeError(400, say("the header Authorization carries no token of this node")) from None
    with whole_park("whose token it is: no identity is known before"):
        found: Partner | None = Partner.objects.select_related("enterprise").filter(pk=pk).first()
    if found is not None and found.enterprise.key != key:
        raise NodeError(400, say("the header Authorization carries no token of this node"))
    if found is None or not _stands(found, key) or not constant_time_compare(told, _print_of(found)):
        raise _expired_token_error()
    return found


def _client_of(header: str) -> tuple[str, str]:
    scheme, _, told = header.partition(" ")
    try:
        if scheme.lower() != "basic" or len(told) > LONGEST:
            return "", ""
        client, _, secret = base64.b64decode(told.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return ("", "") if "\0" in client else (client, secret)


def _stands(partner: Partner, key: str) -> bool:
    enterprise = partner.enterprise
    return partner.state == "approved" and enterprise.key == key and enterprise.left is None


def _print_of(partner: Partner) -> str:
    return str(salted_hmac(_SALT, partner.secret_hash, algorithm="sha256").hexdigest()[:32])


def _expired_token_error() -> NodeError:
    return NodeError(
        401,
        say("the token holds no longer; ask for another one"),
        {"WWW-Authenticate": 'Bearer realm="pact"'},
    )
