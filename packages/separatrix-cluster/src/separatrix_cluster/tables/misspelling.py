"""What a name was most likely meant to be, where it can only be a slip of the hand.

To take a name for the likest one is harmless among headings, and harmful among units and fuels: 千升 is a
thousand 升, hydrogen (氢气) no biogas (沼气), and washed coal no raw coal.  So a name is offered only where
the two differ by letters that the hand confuses, never by a word, a prefix or a character with a meaning of
its own (Damerau, F. J. (1964), Communications of the ACM 7, 171-176, on slips in words).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Mapping
from functools import lru_cache
from itertools import pairwise

__all__ = ["misspelt"]

_ALIKE = (
    "气汽氣",
    "碳炭",
    "然燃",
    "油由",
    "煤媒霉",
    "焦蕉",
    "蒸烝",
    "吨顿噸",
    "力立",
    "沼召",
    "柴拆",
    "准淮準",
    "标標",
    "万萬",
    "亿億",
    "电電",
    "热熱",
    "烟煙",
    "无無",
)
"""Characters that sound or look alike, or are each other's older form: what a keyboard confuses."""

_FOLD = {ord(other): group[0] for group in _ALIKE for other in group[1:]}
_WORD = re.compile(r"[^\W\d_]+|\d+")
_SHORTEST, _LONG = 5, 8
"""Letters from which on a word is long enough for one slip, and for two; what is shorter is a symbol."""


def misspelt(text: str, known: Mapping[str, Hashable]) -> str | None:
    """Return the known name that a text is a slip of, or nothing; nothing, too, between two meanings.

    Examples
    --------
    >>> misspelt("elektricity", {"electricity": 1, "heat": 2}), misspelt("天燃气", {"天然气": 1, "煤气": 2})
    ('electricity', '天然气')
    >>> misspelt("ktce", {"ktoe": 1}), misspelt("氢气", {"沼气": 1}), misspelt("washed coal", {"coal": 1})
    (None, None, None)
    """
    words = _words(text)
    found = [name for name in known if _one_slip(words, _words(name))]
    return found[0] if len({known[name] for name in found}) == 1 else None


@lru_cache(maxsize=4096)  # the same names are known at every call
def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _one_slip(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return len(words) == len(others) > 0 and all(
        a == b or _is_slip(a, b) for a, b in zip(words, others, strict=True)
    )


def _is_slip(word: str, other: str) -> bool:
    if not (word.isascii() and other.isascii()):
        return len(word) > 1 and word.translate(_FOLD) == other.translate(_FOLD)
    if word.isdigit() or other.isdigit() or word[0] != other[0]:
        return False
    least = min(len(word), len(other))
    return least >= _SHORTEST and _slips(word, other) <= (2 if least >= _LONG else 1)


def _slips(word: str, other: str) -> int:
    """Return how many letters were omitted, inserted, changed or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, (previous, letter) in enumerate(pairwise(" " + word), 1):
        new = [i]
        for j, (left, right) in enumerate(pairwise(" " + other), 1):
            best = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (letter != right))
            if i > 1 and j > 1 and letter == left and previous == right:
                best = min(best, before[j - 2] + 1)
            new.append(best)
        before, row = row, new
    return row[-1]
