"""Cells as values: numbers, shares, years, choices, with what could not be read named by its row.

A number is not guessed: what is neither a number nor a sign for "not known" is a remark, and the cell counts
as not known.

Texts of a column as whole numbers, which are counted, sorted and compared at once.

A column of a hundred thousand rows names a few carriers, or each enterprise once a year: operations on its
texts are done once for each different one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.carriers import carrier_called, carrier_entries, plain_name

__all__ = [
    "Fault",
    "Floats",
    "MISSING",
    "OF_WHICH",
    "Texts",
    "carrier_in_words",
    "is_total",
    "looks_like_total",
    "read_choices",
    "read_numbers",
    "read_yes",
    "short",
    "text_codes",
]

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]

MISSING = frozenset(
    {"", "-", "--", "–", "—", "/", "n/a", "na", "nan", "none", "null", "无", "缺", "未知", "?"}
)
"""Cells that say that a value is not known (in lower case)."""

_TOTALS = frozenset(
    "total totals grandtotal sum sumtotal all gesamt insgesamt summe 合计 总计 共计 总和 全部 全园区".split()
)
_PARTIAL = frozenset(
    "subtotal subtotals 小计 分计 累计 平均 平均值 average mean cumulative zwischensumme".split()
)
_INITIALS = frozenset(name[0] for name in _TOTALS | _PARTIAL)
_TOTALS_OF_ALL = re.compile(r"[全本]?(?:园区|集群|开发区|工业区|企业|单位|行业)?(?:合计|总计|共计|总和)")
_LOOKS_LIKE_TOTAL = re.compile(
    r".*[(]?(?:合计|总计|共计|小计|累计|平均值?)[)]?(?:[(].*[)])?|(?:合计|总计|小计|累计|平均)[:(].*"
    r"|(?:其中|of which|davon)[:\s].*|.*[\s(](?:grand ?total|sub-?total|total|totals|gesamt)[)]?"
    r"|(?:total|sum|average) (?:of|for|over) .*"
)
_OF_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)\s*(?:年度|年)?")
_BETWEEN = re.compile(r"[\s:_-]")
OF_WHICH = re.compile(r"\s*(?:其中|of which|davon)\s*[:：]?\s*", re.IGNORECASE)
"""What stands before a name in a list of the parts of a total."""


def is_total(text: str, *, partial: bool = True) -> bool:
    """Return whether a name says that its row is the sum of the others, or, if `partial`, of some of them.

    Examples
    --------
    >>> is_total("合 计"), is_total("Grand total:"), is_total("Sum 2023"), is_total("Total Steel")
    (True, True, True, False)
    """
    plain = (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()
    if plain[:1].isascii() and plain[:1].isalpha() and plain[0] not in _INITIALS:
        return False
    name = _BETWEEN.sub("", _OF_YEAR.sub("", plain) or plain)
    return name in _TOTALS or _TOTALS_OF_ALL.fullmatch(name) is not None or (partial and name in _PARTIAL)


def looks_like_total(text: str) -> bool:
    """Return whether a name that no enterprise has can only be that of a total, of a part of one, or a mean.

    Examples
    --------
    >>> [looks_like_total(t) for t in ("甲厂小计", "其中：外购", "Park total", "Total Steel", "合计科技")]
    [True, True, True, False, False]
    """
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    return is_total(text) or _LOOKS_LIKE_TOTAL.fullmatch(plain) is not None


Fault = Callable[[int, Sentence, "Sentence | None"], None]
"""Called with the position of a cell that cannot be taken, why, and what to do."""

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’]")
_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\Z")
_GROUPED = {
    # Thousands set apart, and then the decimal sign: by commas and a point, by points and a comma.
    False: re.compile(r"[-+]?([1-9]\d{0,2}(,\d{3})+|[1-9]\d?(,\d{2})+,\d{3})(\.\d+)?\Z"),
    True: re.compile(r"[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?\Z"),
}
_COMMA = re.compile(r"[-+]?\d+,\d+([eE][-+]?\d+)?\Z")
_EITHER = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}\Z")

_ENDLESS = (float("inf"), float("-inf"))

MOST = 1e18
"""Larger numbers are slips of the keyboard, in whatever unit: sums and squares of them would overflow."""


def read_numbers(
    texts: Sequence[str],
    fault: Fault,
    *,
    decimal_comma: bool = False,
    doubtful: str = "",
    share: bool = False,
    low: float | None = None,
    high: float | None = None,
) -> Floats:
    """Return the numbers of a column; `nan` where a cell is empty or cannot be taken.

    Parameters
    ----------
    texts : sequence of str
        The cells.
    fault : callable
        Called for every cell with other content, or a number outside the bounds.
    decimal_comma : bool
        Whether 3,5 means three and a half.
    doubtful : str
        The signs that may set thousands apart or be decimal (`Cells.doubtful`).
    share : bool
        Whether the number must lie from 0 to 1; a percentage with its sign is understood.
    low, high : float, optional
        Bounds.
    """
    values = None if decimal_comma or doubtful else _fast(texts)
    if values is None:
        values = np.full(len(texts), np.nan)
        for i, text in enumerate(texts):
            found = _number(text, decimal_comma, doubtful, share)
            if isinstance(found, float):
                values[i] = found
            else:
                fault(i, *found)
    if share:
        low, high = 0.0, 1.0
    if low is not None:
        for i in np.flatnonzero(values < low).tolist():
            fault(i, _too_low(texts[i], low), None)
            values[i] = np.nan
    if high is not None:
        for i in np.flatnonzero(values > high).tolist():
            hint = say("write 0.45 or 45 % for forty-five per cent") if share else None
            fault(i, say("`{text}` is above {high:g}", text=short(texts[i]), high=high), hint)
            values[i] = np.nan
    for i in np.flatnonzero(np.abs(values) > MOST).tolist():
        fault(i, say("`{text}` is larger than any amount can be", text=short(texts[i])), None)
        values[i] = np.nan
    return values


def _too_low(text: str, low: float) -> Sentence:
    if low == 0:
        return say("`{text}` is negative", text=short(text))
    return say("`{text}` is below {low:g}", text=short(text), low=low)


def _fast(texts: Sequence[str]) -> Floats | None:
    """Return the numbers of a column at once, or nothing where any cell needs a closer look."""
    distinct = set(texts)
    try:
        read = dict(zip(distinct, map(float, [text or "nan" for text in distinct]), strict=True))
    except ValueError:
        return None
    if "_" in "".join(distinct):
        return None
    for text, value in read.items() if not all(map(isfinite, read.values())) else ():
        # -nan is not a way to say that a value is not known.
        if value in _ENDLESS or (value != value and text.casefold() not in MISSING):
            return None
    return np.fromiter(map(read.__getitem__, texts), dtype=float, count=len(texts))


def _number(
    text: str, decimal_comma: bool, doubtful: str, share: bool
) -> float | tuple[Sentence, Sentence | None]:
    """Return the number a cell holds, `nan` for none; or why it holds none, and what to do."""
    if text.casefold() in MISSING:
        return float("nan")
    plain = unicodedata.normalize("NFKC", text).replace("−", "-")
    percent = plain.endswith("%")
    plain = _SPACES.sub("", plain.removesuffix("%"))
    if any(sign in plain for sign in doubtful) and _EITHER.match(plain):
        return (
            say(
                "`{text}` may be thousands or a decimal; the file does not show which",
                text=short(text),
            ),
            say("write such numbers without a thousands separator"),
        )
    if _GROUPED[decimal_comma].match(plain):
        plain = plain.replace("." if decimal_comma else ",", "").replace(",", ".")
    elif decimal_comma and _COMMA.match(plain):
        plain = plain.replace(",", ".")
    if not _PLAIN.match(plain):
        return say("`{text}` is not a number", text=short(text)), None
    if percent and not share:
        return say("`{text}` is a percentage; a plain number was expected", text=short(text)), None
    value = float(plain)
    if value in (float("inf"), float("-inf")):
        return say("`{text}` is larger than any amount can be", text=short(text)), None
    return value / 100 if percent else value


def read_choices(
    texts: Sequence[str], choices: Sequence[str], fault: Fault, also: Mapping[str, str] | None = None
) -> Texts:
    """Return the choices of a column, '' where there is none; ``also`` are other words for them."""
    from separatrix.errors import nearest

    known = {_plain(choice): choice for choice in choices} | dict(also or {})
    read = {text: "" if text.casefold() in MISSING else known.get(_plain(text)) for text in set(texts)}
    strange = {text for text, chosen in read.items() if chosen is None}
    for i, text in enumerate(texts) if strange else ():
        if text in strange:
            meant = nearest(text, list(choices))
            hint = say("did you mean `{name}`?", name=meant) if meant else None
            fault(i, say("`{text}` is none of {choices}", text=short(text), choices=", ".join(choices)), hint)
    chosen = {text: choice or "" for text, choice in read.items()}
    return np.fromiter(map(chosen.__getitem__, texts), dtype=object, count=len(texts))


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
            fault(i, say("`{text}` is neither yes nor no", text=short(text)), None)
    return values


def short(text: Any, length: int = 40) -> str:
    """Return a text as it is shown in a remark, cut where it is long."""
    shown = str(text)
    return shown if len(shown) <= length else shown[: length - 1] + "…"


def carrier_in_words(text: str) -> str:
    """Return how a sentence calls the carrier of a cell: ours by name in each language, others as written.

    Examples
    --------
    >>> carrier_in_words("natural_gas"), carrier_in_words("power")
    ('natural gas', 'power')
    """
    name = plain_name(text)
    return carrier_called(name) if name in carrier_entries() else short(text)


def text_codes(texts: Texts) -> tuple[Texts, npt.NDArray[np.int64]]:
    """Return the different texts in order, and of each row the place of its text among them.

    As `numpy.unique` with its inverse, which compares all texts with one another.

    Examples
    --------
    >>> names, codes = text_codes(np.array(["heat", "coal", "heat"], dtype=object))
    >>> names.tolist(), codes.tolist()
    (['coal', 'heat'], [1, 0, 1])
    """
    listed = texts.tolist()
    names = sorted(set(listed))
    place = {name: k for k, name in enumerate(names)}
    found = np.empty(len(names), dtype=object)
    found[:] = names
    return found, np.fromiter(map(place.__getitem__, listed), dtype=np.int64, count=len(listed))
