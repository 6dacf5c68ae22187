"""The connection text: what the other side needs to call a node, as a small piece of JSON to paste.

It holds a secret.  It is shown once, to the person who approved the partner, who hands it over by a way that
both sides trust.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.footprints.pact_kinds import is_urn
from separatrix_park.footprints.https_client import require_address
from separatrix_park.strict_json import strict_json

__all__ = ["Connection", "read_connection"]

LONGEST = 20_000
"""Maximum length in characters; no generated text is longer."""

_CURLED = dict.fromkeys(map(ord, "\u201c\u201d\u201e\uff02"), '"')

_VISIBLE = re.compile(r"[!-~]+")


@dataclass(frozen=True)
class Connection:
    """How a node is called.

    Attributes
    ----------
    address : str
        Below which ``/3/footprints`` lies.
    token_address : str
        Where it hands out tokens.
    client, secret : str
        How one signs in there.
    company : str
        Whose node it is, as its own people call it; may be empty.
    company_ids : tuple of str
        URNs by which the enterprise is known; may be none.
    """

    address: str
    token_address: str
    client: str
    secret: str
    company: str = ""
    company_ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        return json.dumps(
            {
                "node": self.address,
                "token": self.token_address,
                "client_id": self.client,
                "client_secret": self.secret,
                "company": self.company,
                "company_ids": list(self.company_ids),
            },
            ensure_ascii=False,
            indent=1,
        )


def read_connection(text: str) -> Connection:
    """Return what a connection text says.

    Raises
    ------
    InputError
        W315 where it cannot be read, with what is lacking; W310 where an address of it may not be called.

    Examples
    --------
    >>> made = Connection("https://p.example/pact", "https://p.example/token", "us", "hush", "Partner")
    >>> read_connection(str(made)) == made
    True
    """
    # Mail and chat put words around it, and curl its quotes.
    inner = text[text.find("{") : text.rfind("}") + 1]
    told = _parsed(inner) or _parsed(inner.translate(_CURLED))
    if not isinstance(told, dict):
        raise _unread(say("the connection text is not valid JSON with the four parts of a PACT connection"))
    node, token, client, secret = (_word(told, name, most) for name, most in _WORDS.items())
    require_address(node)
    require_address(token)
    if ":" in client:  # by which the two are joined where one signs in
        raise _lacks("client_id")
    company = told.get("company", "")
    ids = told.get("company_ids", [])
    if not isinstance(company, str):
        raise _lacks("company")
    if not isinstance(ids, list) or any(is_urn(one) for one in ids):
        raise _lacks("company_ids")
    return Connection(node, token, client, secret, " ".join(company.split())[:200], tuple(ids[:50]))


def _parsed(text: str) -> Any:
    try:
        return strict_json(text.encode()) if len(text) <= LONGEST else None
    except ValueError:  # half a character is one as well
        return None


_WORDS = {"node": 500, "token": 500, "client_id": 200, "client_secret": 1000}
"""What it has to hold, and how long each may be."""


def _word(told: dict[str, Any], name: str, most: int) -> str:
    found = told.get(name)
    if not isinstance(found, str) or len(found) > most or not _VISIBLE.fullmatch(found):
        raise _lacks(name)
    return found


def _lacks(name: str) -> InputError:
    return _unread(say("`{name}` is lacking, or cannot be one", name=name))


def _unread(why: str) -> InputError:
    return InputError(
        "W315",
        say("the connection text cannot be read: {why}", why=why),
        hint=say("paste the whole of it, from the first brace to the last"),
    )
