"""Parts of a year as people write them: 3月, 第一季度, Q1, 上半年, 1-9月累计, Jan-Mar, 2024年1-12月."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Period", "is_day", "period_in", "period_of"]

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)\s*(?:年度|年)?\s*[-/.]?\s*")
_DAY = re.compile(r"((?:19|20)\d{2})[-/.](\d{1,2})[-/.]\d{1,2}(?:[ t][\d:]+)?")
_DIGITS = str.maketrans("一二三四五六七八九", "123456789")
_DASH = r"\s*(?:-|–|—|~|〜|至|到|to|bis)\s*"
_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_GERMAN = {"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12}
_MONTHS = {name: k for k, name in enumerate(_NAMES, 1)} | _GERMAN
_MONTH = re.compile(r"(\d{1,2})\s*月?(?:份)?")
_MONTH_STATED = re.compile(r"(\d{1,2})\s*月(?:份)?")
_SEVERAL = re.compile(rf"(\d{{1,2}})\s*月?(?:份)?{_DASH}(\d{{1,2}})\s*月(?:份)?")
_SEVERAL_BARE = re.compile(rf"(\d{{1,2}}){_DASH}(\d{{1,2}})")
_WORDS = re.compile(rf"([a-zäö]{{3,9}})\.?(?:{_DASH}([a-zäö]{{3,9}})\.?)?")
_QUARTER = re.compile(
    r"(?:q\s*([1-4])|([1-4])\s*q|第?\s*([1-4])\s*季度?|([1-4])(?:st|nd|rd|th|\.)?\s*(?:quarter|quartal)"
    r"|(?:quarter|quartal)\s*([1-4]))"
)
_QUARTERS = re.compile(
    rf"(?:前\s*([1-4])\s*个?季度?|第?\s*1\s*季?度?{_DASH}第?\s*([1-4])\s*季度?|q?1{_DASH}q([1-4]))"
)
_SO_FAR = re.compile(r"累计|本年累计|cumulative|year to date|ytd|kumuliert", re.IGNORECASE)
_WHOLE = frozenset(
    {"", "全年", "全年度", "年", "年度", "year", "whole year", "full year", "annual", "gesamtjahr"}
)
_HALVES = {"上半年": (1, 6), "下半年": (7, 12), "h1": (1, 6), "h2": (7, 12), "1h": (1, 6), "2h": (7, 12)}


@dataclass(frozen=True)
class Period:
    """A part of a year: its first month, `None` where only the last one is given, and its last."""

    year: int | None
    first: int | None
    last: int


def is_day(text: str) -> bool:
    """Return whether a text is a day, as a workbook writes it."""
    return _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip().casefold()) is not None


_STATED = re.compile(
    r"\d{1,2}\s*月?\s*(?:-|–|—|~|至|到)\s*\d{1,2}\s*月(?:份)?(?:累计)?|[上下]半年|前[一二三1-3]个?季度"
    r"|第?[一二三四1-4]季度|\d{1,2}\s*月份?(?![-–—~至到\d日])|\bq[1-4]\b|\bh[12]\b|\b[1-4]q\b",
    re.IGNORECASE,
)


def period_in(text: str) -> Period | None:
    """Return the part of a year that a title or the name of a sheet states, if it is one below a year.

    Examples
    --------
    >>> period_in("2024年上半年能源消费"), period_in("2024年能源消费情况表")
    (Period(year=None, first=1, last=6), None)
    """
    plain = unicodedata.normalize("NFKC", text)
    found = {period for part in _STATED.findall(plain) if (period := period_of(part)) is not None}
    period = found.pop() if len(found) == 1 else None
    return None if period is None or (period.first, period.last) == (1, 12) else period


@lru_cache(maxsize=10_000)
def period_of(text: str, *, quarters: bool = False) -> Period | None:
    """Return the part of a year that a text names; a number alone is a month, or a quarter of `quarters`.

    Examples
    --------
    >>> period_of("1-9月累计"), period_of("2024年第三季度")
    (Period(year=None, first=1, last=9), Period(year=2024, first=7, last=9))
    >>> period_of("3"), period_of("3", quarters=True), period_of("13")
    (Period(year=None, first=None, last=3), Period(year=None, first=7, last=9), None)
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if (day := _DAY.fullmatch(plain)) is not None:
        return Period(int(day[1]), None, int(day[2])) if 1 <= int(day[2]) <= 12 else None
    if re.fullmatch(r"[\d.]*", plain) and not plain.isdigit():
        return None
    year = None
    if (found := _YEAR.search(plain)) is not None:
        year, plain = int(found[1]), (plain[: found.start()] + plain[found.end() :]).strip(" -/.,()")
    so_far = _SO_FAR.search(plain) is not None
    plain = _SO_FAR.sub("", plain).strip(" -/.,()").translate(_DIGITS).removesuffix("份")
    span = _span(plain, quarters=quarters, dated=year is not None)
    if span is None or not (span[0] or 1) <= span[1]:
        return None
    return Period(year, 1 if so_far else span[0], span[1])


def _span(plain: str, *, quarters: bool, dated: bool) -> tuple[int | None, int] | None:
    if plain in _WHOLE:
        return (1, 12) if plain or dated else None
    if plain in _HALVES:
        return _HALVES[plain]
    if (found := _QUARTERS.fullmatch(plain)) is not None:
        return 1, 3 * int(next(part for part in found.groups() if part))
    quarter = _QUARTER.fullmatch(plain)
    if quarter is None and quarters:
        quarter = re.fullmatch("([1-4])", plain)
    if quarter is not None:
        number = int(next(part for part in quarter.groups() if part))
        return 3 * number - 2, 3 * number
    several = _SEVERAL.fullmatch(plain) or _SEVERAL_BARE.fullmatch(plain)
    if several is not None and 1 <= int(several[1]) <= int(several[2]) <= 12:
        return int(several[1]), int(several[2])
    month = None if quarters else _MONTH.fullmatch(plain)
    month = month or _MONTH_STATED.fullmatch(plain)
    if month is not None:
        return (None, int(month[1])) if 1 <= int(month[1]) <= 12 else None
    if (words := _WORDS.fullmatch(plain)) is not None:
        ends = [_MONTHS.get(word[:3]) for word in words.groups() if word]
        if all(ends) and ends[-1] is not None:
            return (ends[0] if len(ends) > 1 else None), ends[-1]
    return None
