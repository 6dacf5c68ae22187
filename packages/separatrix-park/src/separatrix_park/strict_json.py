"""JSON without what its readers disagree on, and with texts that every database can hold."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any, NoReturn

__all__ = ["holdable", "same_number", "strict_json"]


def strict_json(body: bytes) -> Any:
    """Read JSON that says each name once and each number finitely.

    Raises
    ------
    ValueError
        Otherwise, also where it is nested too deep, or holds a text that no database can hold.

    Examples
    --------
    >>> strict_json(b'{"amount": 1.5}')
    {'amount': 1.5}
    >>> strict_json(b'{"amount": 1, "amount": 2}')
    Traceback (most recent call last):
    ValueError: a name stands twice
    """
    try:
        read = json.loads(
            body.decode(), object_pairs_hook=_object, parse_constant=_no_number, parse_float=_finite
        )
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    waiting = [read]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += [*part, *part.values()]
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, str) and not holdable(part):
            raise ValueError("a text holds what no database can hold")
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


def holdable(text: str) -> bool:
    """Return whether a database can hold a text: none holds half a character, and PostgreSQL no NUL."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def same_number(digits: str) -> int | float:
    """Return a number as each database gives it back: PostgreSQL has no -0.0, and writes 1e16 out.

    Examples
    --------
    >>> [json.loads(text, parse_float=same_number) for text in ("-0.0", "1e+16", "1e-7", "2.0")]
    [0.0, 10000000000000000, 1e-07, 2.0]
    """
    number = float(digits)
    return int(Decimal(digits)) if 1e16 <= abs(number) < math.inf else number + 0.0
