"""How a body is read: JSON without what its readers disagree on, and text that every database can hold."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from separatrix.serve.park.api.refusal import Refused

__all__ = ["StrictParser", "strict_json"]


class StrictParser(Parser):
    """Reads what a program sends, and refuses what could be understood in two ways."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the JSON of a body."""
        if request.content_type != "application/json":
            raise Refused(415)
        return strict_json(request.body)

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Return the fields of a query or a form, each given once."""
        for name, values in data.lists():
            if isinstance(data, QueryDict) and not all(map(_holdable, (name, *values))):
                raise Refused(400)
            if name not in list_fields and len(values) > 1:
                raise Refused(400)
        return super().parse_querydict(data, list_fields, request)


def strict_json(body: bytes) -> Any:
    """Read JSON that says each name once and each number finitely.

    Raises
    ------
    Refused
        W280 otherwise.

    Examples
    --------
    >>> strict_json(b'{"amount": 1.5}')
    {'amount': 1.5}
    >>> for bad in (b'{"a": 1, "a": 2}', b"[NaN]", b"[1e999]", rb'["\\u0000"]', b"[", b"\\xff"):
    ...     try:
    ...         strict_json(bad)
    ...     except Refused as problem:
    ...         print(problem.code, end=" ")
    W280 W280 W280 W280 W280 W280
    """
    try:
        read = json.loads(
            body.decode(), object_pairs_hook=_object, parse_constant=_no_number, parse_float=_finite
        )
    except (ValueError, RecursionError):
        raise Refused(400) from None
    waiting = [read]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += [*part, *part.values()]
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, str) and not _holdable(part):
            raise Refused(400)
    return read


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name stands twice")
    return made


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits)
    return number


def _holdable(text: str) -> bool:
    """Whether a database can hold a text: PostgreSQL holds no NUL, and nothing holds half a character."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
