"""The form in which enterprises in China report energy purchased, used and in stock (能源购进、消费与库存).

Form 205-1 of the National Bureau of Statistics (能源统计报表制度): one row a carrier, with stocks, purchases
and several uses side by side.  What was used for energy is the whole consumption less what went into products
(用于原材料), which is feedstock.

Parts of a year as people write them: 3月, 第一季度, Q1, 上半年, 1-9月累计, Jan-Mar, 2024年1-12月.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from separatrix.io.cells import Cells, Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import say
from separatrix_cluster.tables.carriers import is_carrier
from separatrix_cluster.tables.cells import MISSING, carrier_in_words

__all__ = ["Period", "balance_rows", "is_balance_form", "is_day", "period_in", "period_of"]

_FIELDS = {
    "carrier": ("能源名称",),
    "unit": ("计量单位",),
    "opening": ("年初库存量", "期初库存量", "年初库存", "期初库存"),
    "bought": ("实物量", "购进量实物量", "购进量"),
    "whole": ("合计", "消费量合计", "消费合计"),
    "industrial": ("工业生产消费", "工业生产消费量"),
    "feedstock": ("用于原材料", "用作原材料", "用于原材料消费"),
    "other": ("非工业生产消费", "非工业生产消费量"),
    "closing": ("期末库存量", "年末库存量", "期末库存", "年末库存"),
}
_NUMBERED = re.compile(r"^[(（]?[\d一二三四五六七八九十]+[)）]?[.、．]|^其中[:：]?|^#")
_SUMS = frozenset(("能源合计", "合计", "甲"))
_COAL = "原煤"
_RANKS = ("无烟煤", "炼焦烟煤", "一般烟煤", "烟煤", "褐煤")
_NEAR = 0.01


def is_balance_form(cells: Cells) -> bool:
    """Return whether a table is such a form: stocks and uses of energy side by side."""
    found = _places(cells)
    return {"carrier", "unit", "closing"} <= found.keys() and bool({"whole", "industrial"} & found.keys())


def _places(cells: Cells) -> dict[str, int]:
    """Return where each field of the form stands, by what its heading says last."""
    found: dict[str, int] = {}
    for place, levels in enumerate(cells.levels):
        last = _plain(levels[-1]) if levels else ""
        for name, spellings in _FIELDS.items():
            if last in spellings:
                found.setdefault(name, place)
    return found


def _plain(text: str) -> str:
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    return _NUMBERED.sub("", plain)


@dataclass(frozen=True)
class _Form:
    cells: Cells
    places: Mapping[str, int]

    def number(self, name: str, row: int) -> float | None:
        """Return an amount; None where it is empty or not a number."""
        if name not in self.places:
            return None
        text = self.cells.columns[self.places[name]][row].replace(",", "")
        try:
            return None if text.casefold() in MISSING else float(text)
        except ValueError:
            return None

    def text(self, name: str, row: int) -> str:
        return self.cells.columns[self.places[name]][row]


def balance_rows(cells: Cells) -> Cells:
    """Return the form as rows of `energy`: carrier, amount, unit and use, with its other columns as they are.

    A whole that is not a sum of numbers is kept as written, so that the reader of numbers reports it.
    """
    form = _Form(cells, _places(cells))
    carriers = [_carrier_text(form.text("carrier", row)) for row in range(len(cells.rows))]
    aside = {row for row, name in enumerate(carriers) if name in _SUMS or not name} | _coal_told_twice(
        form, carriers
    )
    remarks = list(_unbalanced(form, carriers, aside))
    kept = [k for k in range(len(cells.header)) if k not in form.places.values()]
    rows: list[tuple[int, str, str]] = []
    for row in range(len(cells.rows)):
        if row in aside:
            continue
        feedstock = form.number("feedstock", row)
        rows.append((row, _used(form, row, feedstock), "used"))
        if feedstock:
            rows.append((row, repr(feedstock), "feedstock"))
    rows = [entry for entry in rows if entry[1].casefold() not in MISSING]
    names = ("carrier", "amount", "unit", "use")
    columns = [tuple(cells.columns[k][row] for row, _, _ in rows) for k in kept]
    columns += [
        tuple(carriers[row] for row, _, _ in rows),
        tuple(amount for _, amount, _ in rows),
        tuple(form.text("unit", row) for row, _, _ in rows),
        tuple(use for _, _, use in rows),
    ]
    spoilt = frozenset(k for k, (row, _, _) in enumerate(rows) if row in cells.spoilt)
    told = Remark(
        "K128",
        "note",
        cells.file,
        None,
        None,
        say("read as the form 205-1 of energy purchased, used and in stock"),
    )
    return replace(
        cells,
        header=(*(cells.header[k] for k in kept), *names),
        columns=tuple(columns),
        rows=[cells.rows[row] for row, _, _ in rows],
        spoilt=spoilt,
        empty=frozenset(),
        levels=(*(cells.levels[k] for k in kept), *((name,) for name in names)),
        remarks=(*cells.remarks, told, *remarks),
    )


def _carrier_text(text: str) -> str:
    plain = _plain(text)
    bare = re.split("[(（]", plain, maxsplit=1)[0] if plain.endswith((")", "）")) else plain
    return bare if not is_carrier(plain) and is_carrier(bare) else plain


def _used(form: _Form, row: int, feedstock: float | None) -> str:
    whole = form.number("whole", row)
    parts = [form.number(name, row) for name in ("industrial", "other")]
    if whole is None and "whole" in form.places and form.text("whole", row).casefold() not in MISSING:
        return form.text("whole", row)
    if whole is None:
        known = [part for part in parts if part is not None]
        whole = sum(known) if known else None
    return "" if whole is None else repr(whole - (feedstock or 0.0))


def _coal_told_twice(form: _Form, carriers: list[str]) -> set[int]:
    """Return the rows of raw coal whose ranks add up to it and are named, or those of ranks that do not."""
    below: dict[int, list[int]] = {}
    for row, name in enumerate(carriers):
        if name == _COAL:
            below[row] = []
        elif name in _RANKS and below and _amount(form, row):
            next(reversed(below.values())).append(row)  # the ranks of one report follow their sum
    aside: set[int] = set()
    for whole, ranks in below.items():
        if not ranks:
            continue
        total = sum(_amount(form, row) for row in ranks)
        alike = abs(total - _amount(form, whole)) <= _NEAR * max(total, _amount(form, whole))
        by_rank = alike and all(is_carrier(carriers[row]) for row in ranks)
        aside |= {whole} if by_rank else set(ranks)
    return aside


def _amount(form: _Form, row: int) -> float:
    parts = [form.number(name, row) or 0.0 for name in ("industrial", "other")]
    return form.number("whole", row) or sum(parts)


def _unbalanced(form: _Form, carriers: list[str], aside: set[int]) -> Iterator[Remark]:
    """Yield remarks on rows whose stocks do not determine the consumption."""
    for row in range(len(form.cells.rows)):
        opening, bought, closing = (form.number(name, row) for name in ("opening", "bought", "closing"))
        if row in aside or opening is None or bought is None or closing is None:
            continue
        used, left = _amount(form, row), opening + bought - closing
        if abs(used - left) > _NEAR * max(abs(used), abs(left)):
            yield Remark(
                "K155",
                "warning",
                form.cells.file,
                form.cells.rows[row],
                form.cells.header[form.places["closing"]],
                say(
                    "{carrier}: opening stock and purchases less closing stock are {left}; {used} was used",
                    carrier=carrier_in_words(carriers[row]),
                    left=rounded(left, 6),
                    used=rounded(used, 6),
                    ratio=left / used if used else float("inf"),
                ),
                say("what was used was taken; check stocks, purchases and what was sold or made on site"),
            )


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
