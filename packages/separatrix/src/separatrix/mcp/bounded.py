"""Answers of a bounded size: the longest parts are cut first, and cuts are reported."""

from __future__ import annotations

import json
import math
from typing import Any

from separatrix.sentences import say

__all__ = ["MOST", "bounded", "plain"]

MOST = 48_000
"""Characters of an answer as JSON: about what a language model can be given at once."""

ROUNDS = 400
"""Cuts after which an answer is given up as one of many small parts; each cut halves something at most."""

FEWEST_KEYS = 40
"""Number of keys from which a mapping counts as a list, so that entries can be omitted."""

SHORTEST_TEXT = 600
"""Characters up to which no text is cut."""


def plain(data: Any) -> Any:
    """Return what JSON can hold, with null for numbers that are none.

    Examples
    --------
    >>> plain({"time": float("inf"), "at": (0.5, 1)})
    {'time': None, 'at': [0.5, 1]}
    """
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [plain(value) for value in data]
    if isinstance(data, float) and not math.isfinite(data):
        return None
    return data if data is None or isinstance(data, (bool, int, float)) else str(data)


def bounded(data: dict[str, Any], most: int = MOST) -> tuple[dict[str, Any], list[str]]:
    """Return plain data of at most `most` characters as JSON, and sentences on what was omitted.

    Parameters
    ----------
    data : dict
        As `plain` returns it; it is not changed.
    most : int

    Examples
    --------
    >>> bounded({"numbers": list(range(1000)), "title": "short"}, 200)[1]
    ['numbers: the first 36 of 1,000 are shown']
    """
    kept = data
    whole: dict[tuple[str, ...], int] = {}
    for _ in range(ROUNDS):
        size = _size(kept)
        if size <= most:
            break
        found = _longest(kept, ())
        if found is None:
            break
        path, length, own = found
        whole.setdefault(path, length)
        others = size - own
        fits = max(1, int(length * max(most - others, 0) / own * 0.9))
        kept = _cut(kept, path, min(max(fits, length // 8, 1), length - 1))
    return kept, [_truncation_note(path, kept, length) for path, length in whole.items()]


def _size(data: Any) -> int:
    return len(json.dumps(data, ensure_ascii=False))


def _longest(data: Any, path: tuple[str, ...]) -> tuple[tuple[str, ...], int, int] | None:
    """Return the largest part that can be cut: its place, how many items it has, and its size."""
    best: tuple[tuple[str, ...], int, int] | None = None
    size = _size(data)
    if isinstance(data, str):
        return (path, len(data), size) if len(data) > SHORTEST_TEXT else None
    if isinstance(data, list) and len(data) > 1:
        return path, len(data), size
    if isinstance(data, dict) and path and len(data) > FEWEST_KEYS:
        return path, len(data), size
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, part in parts:
        found = _longest(part, (*path, str(key)))
        if found is not None and (best is None or found[2] > best[2]):
            best = found
    return best


def _cut(data: Any, path: tuple[str, ...], keep: int) -> Any:
    if not path:
        if isinstance(data, dict):
            return dict(list(data.items())[:keep])
        return data[:keep]
    key, rest = path[0], path[1:]
    if isinstance(data, dict):
        return {name: _cut(part, rest, keep) if name == key else part for name, part in data.items()}
    return [_cut(part, rest, keep) if str(place) == key else part for place, part in enumerate(data)]


def _truncation_note(path: tuple[str, ...], data: Any, length: int) -> str:
    for key in path:
        data = data[key] if isinstance(data, dict) else data[int(key)]
    unit = say(" characters") if isinstance(data, str) else ""
    return say(
        "{place}: the first {shown:,} of {length:,}{unit} are shown",
        place="/".join(path),
        shown=len(data),
        length=length,
        unit=unit,
    )
