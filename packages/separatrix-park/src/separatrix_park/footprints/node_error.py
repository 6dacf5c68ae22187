"""What a node of PACT says when it refuses: a status, one of the protocol's codes, and a sentence."""

from __future__ import annotations

from django.http import JsonResponse

from separatrix.sentences import say
from separatrix_park.language import translate_sentence

__all__ = ["NodeError", "usual"]

CODES = {
    401: "TokenExpired",
    403: "AccessDenied",
    404: "NotFound",
    500: "InternalError",
    501: "NotImplemented",
    503: "InternalError",
}
"""The codes of the protocol; of all other statuses it is ``BadRequest``."""

USUAL = {
    403: say("you may not do this"),
    404: say("there is nothing at this address"),
    405: say("this address knows no such method"),
    408: say("the request took too long to arrive"),
    413: say("the request is too large"),
    429: say("there are too many requests; ask again later"),
    500: say("something went wrong here; it is noted"),
    503: say("the service cannot answer now; ask again later"),
}


class NodeError(Exception):
    """A refusal by a node.

    Parameters
    ----------
    status : int
        Of HTTP.
    message : str
    headers : dict, optional
    """

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers or {}

    @property
    def body(self) -> dict[str, str]:
        """What the protocol calls an Error."""
        return {"code": CODES.get(self.status, "BadRequest"), "message": translate_sentence(self.message)}

    def response(self) -> JsonResponse:
        """Return the answer."""
        return JsonResponse(
            self.body, status=self.status, headers=self.headers, json_dumps_params={"ensure_ascii": False}
        )


def usual(status: int) -> NodeError:
    """Return what is said of a status where nothing else is known of it."""
    return NodeError(status, USUAL.get(status, say("the request cannot be read")))
