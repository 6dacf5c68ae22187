"""Cells as values: numbers, shares, years, choices, with what could not be read named by its row.

A number is not guessed: what is neither a number nor a sign for "not known" is a remark, and the cell counts
as not known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.sentence import Sentence, say

__all__ = ["MISSING", "Fault", "Floats", "Texts", "read_choices", "read_numbers", "read_yes"]

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]

MISSING = frozenset(
    {"", "-", "--", "–", "—", "/", "n/a", "na", "nan", "none", "null", "无", "缺", "未知", "?"}
)
"""Cells that say that a value is not known (in lower case)."""

Fault = Callable[[int, Sentence, "Sentence | None"], None]
"""Called with the position of a cell that cannot be taken, why, and what to do."""

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’_]")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\Z")


def read_numbers(
    texts: Sequence[str], fault: Fault, *, decimal_comma: bool = False, share: bool = False,
    low: float | None = None, high: float | None = None,
) -> Floats:  # fmt: skip
    """Return the numbers of a column; `nan` where a cell is empty or cannot be taken.

    Parameters
    ----------
    texts : sequence of str
        The cells.
    fault : callable
        Told of every cell that holds something else, or a number outside the bounds.
    decimal_comma : bool
        Whether 3,5 means three and a half.
    share : bool
        Whether the number must lie from 0 to 1; a percentage with its sign is understood.
    low, high : float, optional
        Bounds.
    """
    values = _fast(texts)
    if values is None:
        values = np.array([_number(text, decimal_comma) for text in texts], dtype=float)
        for i in np.flatnonzero(np.isinf(values)).tolist():
            fault(i, say("`{text}` is no number", text=_short(texts[i])), None)
        values[np.isinf(values)] = np.nan
    if share:
        low, high = 0.0, 1.0
    if low is not None:
        for i in np.flatnonzero(values < low).tolist():
            fault(i, _too_low(texts[i], low), None)
            values[i] = np.nan
    if high is not None:
        for i in np.flatnonzero(values > high).tolist():
            hint = say("write 0.45 or 45 % for forty-five per cent") if share else None
            fault(i, say("`{text}` is above {high:g}", text=_short(texts[i]), high=high), hint)
            values[i] = np.nan
    return values


def _too_low(text: str, low: float) -> Sentence:
    if low == 0:
        return say("`{text}` is negative", text=_short(text))
    return say("`{text}` is below {low:g}", text=_short(text), low=low)


def _fast(texts: Sequence[str]) -> Floats | None:
    """Return the numbers of a column without faults at once, or nothing."""
    try:
        values = np.array([text or "nan" for text in texts], dtype=object).astype(float)
    except ValueError:
        return None
    if np.isinf(values).any() or any("_" in text for text in texts):
        return None
    return values


def _number(text: str, decimal_comma: bool) -> float:
    """Return the number a cell holds, `nan` for none, infinity for something else."""
    if text.casefold() in MISSING:
        return float("nan")
    plain = unicodedata.normalize("NFKC", text).replace("−", "-")
    percent = plain.endswith("%")
    plain = _SPACES.sub("", plain.removesuffix("%"))
    plain = plain.replace(".", "").replace(",", ".") if decimal_comma and "," in plain else plain
    if "," in plain and re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    if not _NUMBER.match(plain):
        return float("inf")
    value = float(plain)
    return value / 100 if percent else value


def read_choices(texts: Sequence[str], choices: Sequence[str], fault: Fault) -> Texts:
    """Return the choices of a column, '' where there is none."""
    from separatrix.errors import nearest

    known = {_plain(choice): choice for choice in choices}
    values = np.empty(len(texts), dtype=object)
    cache: dict[str, str | None] = {}
    for i, text in enumerate(texts):
        if text not in cache:
            cache[text] = "" if text.casefold() in MISSING else known.get(_plain(text))
        chosen = cache[text]
        if chosen is None:
            meant = nearest(text, list(choices))
            hint = say("did you mean `{name}`?", name=meant) if meant else None
            fault(
                i, say("`{text}` is none of {choices}", text=_short(text), choices=", ".join(choices)), hint
            )
        values[i] = chosen or ""
    return values


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


_YES = frozenset({"yes", "y", "true", "1", "x", "是", "有", "√", "✓"})
_NO = frozenset({"no", "n", "false", "0", "否", "没有"})


def read_yes(texts: Sequence[str], fault: Fault) -> Floats:
    """Return 1 for yes, 0 for no, `nan` where a cell is empty."""
    values = np.full(len(texts), np.nan)
    for i, text in enumerate(texts):
        plain = text.casefold()
        if plain in _YES:
            values[i] = 1.0
        elif plain in _NO:
            values[i] = 0.0
        elif plain not in MISSING:
            fault(i, say("`{text}` is neither yes nor no", text=_short(text)), None)
    return values


def _short(text: Any) -> str:
    shown = str(text)
    return shown if len(shown) <= 40 else shown[:39] + "…"
