"""Who belongs to a cluster, by id and by name: tables name an enterprise either way.

What a name was most likely meant to be, where it can only be a slip of the hand.

To take a name for the likest one is harmless among headings, and harmful among units and fuels: 千升 is a
thousand 升, hydrogen (氢气) no biogas (沼气), and washed coal no raw coal.  So a name is offered only where
the two differ by letters that the hand confuses, never by a word, a prefix or a character with a meaning of
its own (Damerau, F. J. (1964), Communications of the ACM 7, 171-176, on slips in words).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise, takewhile

from separatrix.errors import nearest

__all__ = ["Members", "is_outside", "members_of", "misspelt", "plain_name_of"]

_MOST_COMPARED = 5000
_BRACKETS = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_LEGAL_FORM = re.compile(
    r"(?:股份有限公司|有限责任公司|有限公司|[\s,，]+(?:co\.?\s*,?\s*ltd|gmbh(?:\s*&\s*co\.?\s*kg)?|ltd|limited|inc|llc|ag|kg|corp)"
    r"\.?)\s*$",
    re.IGNORECASE,
)
"""What says how a firm is constituted: it is alike in firms that have nothing else in common."""
_SERIES = tuple(
    frozenset(signs)
    for signs in ("甲乙丙丁戊己庚辛壬癸", "一二三四五六七八九十", "东西南北中上下", "大小老新")
)


@dataclass(frozen=True)
class Members:
    """The enterprises of a cluster.

    Attributes
    ----------
    ids : set of str
    named : mapping of str to tuple of str
        The ids of the enterprises of a name or an id, as `plain_name_of` has it; several where they share it.
    spelt : mapping of str to str
        Such a name as `enterprises` has it.
    """

    ids: frozenset[str]
    named: Mapping[str, tuple[str, ...]]
    spelt: Mapping[str, str] = field(default_factory=dict)

    def has(self, text: str) -> bool:
        """Return whether a text is the id or the name of an enterprise."""
        return text in self.ids or plain_name_of(text) in self.named

    def nearest(self, text: str) -> str | None:
        """Return the id or name that a text was most likely meant to be, as `enterprises` spells it.

        Never another of a series: E03 is not a misspelt E01, nor 丙厂 a misspelt 甲厂.
        Legal forms, as 有限公司 and GmbH, are not compared, and a town or a trade in common is not enough.

        Examples
        --------
        >>> firms = members_of(["E01", "E02", "E3"], ["Plant", "东湖水泥", "丁厂"])
        >>> [firms.nearest(t) for t in ("Plnt", "东胡水泥", "丁厂（原丁公司）", "E04", "丙厂")]
        ['Plant', '东湖水泥', '丁厂', None, None]
        """
        bare = plain_name_of(_BRACKETS.sub("", text))
        if bare in self.named:
            return self.spelt.get(bare, bare)
        # A set has another order in every run.
        known = {plain_name_of(name): name for name in sorted(self.ids)[:_MOST_COMPARED]}
        known |= {plain: self.spelt.get(plain, plain) for plain in list(self.named)[:_MOST_COMPARED]}
        stems: dict[str, str] = {}
        for name in known.values():
            if not _of_a_series(_stem(text), _stem(name)) and _is_alike(text, name):
                stems.setdefault(plain_name_of(_stem(name)), name)
        found = nearest(plain_name_of(_stem(text)), list(stems))
        return None if found is None else stems[found]


def _stem(name: str) -> str:
    """Return a name without its legal form."""
    return _LEGAL_FORM.sub("", unicodedata.normalize("NFKC", name)) or name


def _is_alike(text: str, other: str) -> bool:
    """Return whether names are alike in what is between the beginning and the end that they share."""
    one, two = plain_name_of(_stem(text)), plain_name_of(_stem(other))
    begin = _length_of_prefix(one, two)
    one, two = one[begin:], two[begin:]
    end = _length_of_prefix(one[::-1], two[::-1])
    left, right = one[: len(one) - end], two[: len(two) - end]
    slip = max(len(left), len(right)) == 1 and begin + end >= _SHARED
    return not left or not right or slip or nearest(left, [right]) is not None


def _length_of_prefix(one: str, two: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False)))


_SHARED = 3
"""So many signs in common, and one that differs, are a slip."""


def _of_a_series(text: str, other: str) -> bool:
    """Return whether two names differ by design: a number, a letter alone, a sign that counts."""
    if _signs(text) != _signs(other):
        return True
    text, other = plain_name_of(text), plain_name_of(other)
    if len(text) != len(other):
        return False
    differ = [(a, b) for a, b in zip(text, other, strict=True) if a != b]
    if len(differ) != 1:
        return False
    (pair,) = differ
    counts = any(signs.issuperset(pair) for signs in _SERIES)
    return counts or len(text) < 3


def _signs(text: str) -> list[str]:
    """Return the numbers of a name, and the letters that stand alone or in a name of other signs."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return [sign.lstrip("0") for sign in re.findall(r"\d+|(?<![a-z])[a-z](?![a-z])", plain)]


def plain_name_of(name: str) -> str:
    """Return a name without what differs from table to table: blanks, capitals, width of brackets.

    Examples
    --------
    >>> plain_name_of("东湖水泥（集团） 有限公司") == plain_name_of("东湖水泥(集团)有限公司")
    True
    """
    return "".join((name if name.isascii() else unicodedata.normalize("NFKC", name)).split()).casefold()


def members_of(ids: Iterable[str], names: Iterable[str] = ()) -> Members:
    """Return the enterprises of these ids and names, in the same order.

    Examples
    --------
    >>> members_of(["E01", "E02"], ["East Lake Cement", ""]).named
    {'eastlakecement': ('E01',), 'e01': ('E01',), 'e02': ('E02',)}
    """
    known = list(ids)
    named: dict[str, tuple[str, ...]] = {}
    spelt: dict[str, str] = {}
    for identity, name in zip(known, names, strict=False):
        if name:
            plain = plain_name_of(name)
            named[plain] = (*named.get(plain, ()), identity)
            spelt.setdefault(plain, name)
    for identity in known:  # an id in small letters, or in signs of full width, is that id
        plain = plain_name_of(identity)
        if identity not in named.get(plain, ()):
            named[plain] = (*named.get(plain, ()), identity)
            spelt.setdefault(plain, identity)
    return Members(frozenset(known), named, spelt)


_OUTSIDE = frozenset(
    "outside external extern 园外 园区外 集群外 外部 外购 区外 市政 市政热网 公共电网 电网 grid".split()
)
"""What people write for a supplier that is none of the cluster, without its name."""


def is_outside(text: str) -> bool:
    """Return whether a supplier is said to be none of the cluster, without a name.

    Examples
    --------
    >>> is_outside("园外"), is_outside("Outside"), is_outside("东湖热电")
    (True, True, False)
    """
    return text.strip().casefold() in _OUTSIDE


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
