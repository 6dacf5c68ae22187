"""Whether numbers in a file have a decimal comma or a decimal point, from the numbers themselves.

``12,5`` is unambiguous, and so are ``1,234,567`` and ``1.234,5``; ``1,234`` is ambiguous. Unambiguous
numbers in a file decide the others. Without any, the separator of columns decides (decimal commas go with
semicolons), with a warning; and if that does not decide either, such numbers are not read at all, for one
reading is a thousand times the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["ColumnSigns", "column_signs", "decimal_sign", "has_decimal_points"]

Cell = tuple[int, int]

_GROUP = r"[-+]?[1-9]\d{0,2}"
_TAIL = r"\s*%?\Z"
_EITHER_COMMA = re.compile(rf"{_GROUP},\d{{3}}{_TAIL}")
# Of lakhs and crores (1,23,45,678) the first groups have two digits.
_THOUSANDS_COMMA = re.compile(
    rf"{_GROUP}(,\d{{3}}){{2,}}(\.\d+)?{_TAIL}|{_GROUP}(,\d{{3}})+\.\d+{_TAIL}"
    rf"|[-+]?[1-9]\d?(,\d{{2}})+,\d{{3}}(\.\d+)?{_TAIL}"
)
_DECIMAL_COMMA = re.compile(rf"([-+]?\d+|{_GROUP}(\.\d{{3}})+),\d+{_TAIL}")
_EITHER_POINT = re.compile(rf"{_GROUP}\.\d{{3}}{_TAIL}")
_THOUSANDS_POINT = re.compile(rf"{_GROUP}(\.\d{{3}}){{2,}}{_TAIL}")
_APART = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3}(?!\d))")
"""Thousands set apart by a blank or an apostrophe, which says nothing of the decimal sign."""

_DECIMAL_POINT = re.compile(rf"[-+]?\d*\.\d+{_TAIL}")


def decimal_sign(columns: Sequence[Sequence[str]], separator: str) -> tuple[bool, str, Cell | None]:
    """Return how the numbers of a table are written.

    Returns
    -------
    comma : bool
        Whether commas are decimal signs (and points set thousands apart).
    doubtful : str
        The signs that may be either, so that a number with one before three digits is not to be read.
    guessed : (row, column) or None
        A cell that was decided by the separator alone, or that a number written the other way contradicts.

    Examples
    --------
    >>> decimal_sign([["12,5", "1.234"]], ";")
    (True, '', (1, 0))
    >>> decimal_sign([["1,234"]], "\\t"), decimal_sign([["1,234"]], ",")
    ((False, ',', None), (False, '', (0, 0)))
    """
    found = _evidence(columns, points=separator != ",")
    comma = "decimal comma" in found or "thousands point" in found
    if "thousands comma" in found:
        # Numbers written the other way are faults, and what could be either is not read.
        return False, "," if comma and "either comma" in found else "", None
    if comma:
        mixed = "decimal point" in found and "thousands point" not in found
        either = found.get("either point")
        if "either comma" in found and not _three_decimals(columns):
            return True, "." if mixed and either is not None else ",", None
        if "either comma" in found and _few_decimals(columns):
            either = either if either is not None and not mixed else found["either comma"]
            return True, "." if mixed and "either point" in found else "", either
        return True, "." if mixed and either is not None else "", None if mixed else either
    if "either comma" in found:
        if "decimal point" in found or separator == ",":
            return False, "", found["either comma"]
        if separator == "\t" and _whole_numbers(columns):
            return False, "", None
        return (True, "", found["either comma"]) if separator == ";" else (False, ",", None)
    if "either point" in found and "decimal point" not in found and separator == ";":
        return False, ".", None
    return _thousands_by_points(columns)


_MANY = 20
"""Of so many decimals some would have fewer than three digits, if none is filled up with zeros."""


def _thousands_by_points(columns: Sequence[Sequence[str]]) -> tuple[bool, str, Cell | None]:
    """Return whether points before three digits set thousands apart, by the whole numbers below a thousand.

    Of decimals that are filled up with zeros none would be without a point; of others none would end in 0.
    """
    either: set[str] = set()
    others = False
    for column in columns:
        cells = {cell for cell in set(column) if cell and cell[-1].isdigit() and cell[0] in "+-0123456789"}
        pointed = {cell for cell in cells if "." in cell}
        if not pointed:
            continue
        if not all(map(_EITHER_POINT.match, pointed)):
            return False, "", None
        either |= pointed
        rest = cells - pointed
        if rest and not all(re.fullmatch(r"[-+]?\d{1,3}", cell) for cell in rest):
            return False, "", None
        others |= bool(rest)
    if len(either) < _SEVERAL or not others:
        return False, "", None
    if any(cell.endswith("0") for cell in either):
        return True, "", None
    return False, "." if len(either) >= _MANY else "", None


_SEVERAL = 3
"""From this count on, the digits of the numbers show how the file is written."""


def _sure_decimals(columns: Sequence[Sequence[str]]) -> list[str]:
    """Return the numbers with a decimal comma beyond doubt."""
    return [
        cell.strip(" %")
        for column in columns
        for cell in column
        if "," in cell and _DECIMAL_COMMA.match(cell) and not _EITHER_COMMA.match(cell)
    ]


def _few_decimals(columns: Sequence[Sequence[str]]) -> bool:
    """Return whether so few decide that one slip of the keyboard would decide."""
    return len(_sure_decimals(columns)) < _SEVERAL


def _three_decimals(columns: Sequence[Sequence[str]]) -> bool:
    """Return whether decimals of three digits are usual, by numbers with a decimal comma beyond doubt."""
    sure = _sure_decimals(columns)
    return len(sure) < _SEVERAL or any(len(cell) - cell.index(",") > _SEVERAL for cell in sure)


def _whole_numbers(columns: Sequence[Sequence[str]]) -> bool:
    """Return whether numbers with commas are thousands, judged by the whole numbers below a thousand.

    Of decimals some would have fewer digits, or all as many: then none would be without a comma.
    """
    held = [column for column in columns if any("," in cell for cell in column)]
    cells = [cell for column in held for cell in column if cell and cell[-1].isdigit()]
    either = {cell for cell in cells if _EITHER_COMMA.match(cell)}
    others = {cell for cell in cells if cell not in either}
    trimmed = not any(cell.endswith("0") for cell in either)
    whole = bool(others) and all(re.fullmatch(r"\d{1,3}", cell) for cell in others)
    return len(either) >= _SEVERAL and not trimmed and whole


def _evidence(columns: Sequence[Sequence[str]], *, points: bool) -> dict[str, Cell]:
    """Return the first cell of every informative kind of number."""
    found: dict[str, Cell] = {}
    commas = [p for p, column in enumerate(columns) if "," in "".join(column)]
    if not commas and not points:
        return found
    kinds = (
        (",", "thousands comma", _THOUSANDS_COMMA),
        (",", "either comma", _EITHER_COMMA),
        (",", "decimal comma", _DECIMAL_COMMA),
        (".", "thousands point", _THOUSANDS_POINT),
        (".", "either point", _EITHER_POINT),
        (".", "decimal point", _DECIMAL_POINT),
    )
    for place, column in enumerate(columns):
        whole = "".join(column)
        for row, cell in enumerate(column) if "," in whole or "." in whole else ():
            if "," not in cell and "." not in cell:
                continue
            sign = "," if "," in cell else "."
            plain = _APART.sub("", cell)
            for own, kind, form in kinds:
                if own == sign and form.match(plain):
                    found.setdefault(kind, (row, place))
                    break
    return found


@dataclass(frozen=True)
class ColumnSigns:
    """The signs in the numbers of one column, if its own cells or neighbouring ones show them.

    Attributes
    ----------
    comma : bool
        Whether commas are decimal signs.
    sure : str
        A number of the column that can be read in this way alone; '' where only other columns decide.
    either : int or None
        The first cell that could be read in both ways.
    plain : dict of int to str
        The cells whose text changes, with a decimal point and without thousands separators.
    unread : tuple of int
        Cells that could be read in both ways, in a column in which numbers of both kinds stand.
    """

    comma: bool
    sure: str
    either: int | None
    plain: dict[int, str]
    unread: tuple[int, ...] = ()


def column_signs(columns: Sequence[Sequence[str]]) -> dict[int, ColumnSigns]:
    """Return, by place, the columns whose numbers have decimal commas or are written in both ways.

    A column decides for itself.  One that holds no more than numbers such as ``12.000`` follows the other
    columns, where those have decimal commas and none of them decimal points.

    Examples
    --------
    >>> column_signs([["12.000", "1.234,5"], ["0.125", "12.000"]])[0].plain
    {0: '12000', 1: '1234.5'}
    >>> list(column_signs([["12.000", "1.234,5"], ["0.125", "12.000"]]))
    [0]
    """
    kinds = {place: _kinds(column) for place, column in enumerate(columns)}
    signs = {place: _signs(kinds[place]) for place in kinds if kinds[place].get("comma")}
    if signs and not any(found.get("point") for found in kinds.values()):
        follow = [p for p, found in kinds.items() if p not in signs and found.get("either point")]
        signs |= {place: _signs(kinds[place]) for place in follow}
    return signs


def has_decimal_points(columns: Sequence[Sequence[str]]) -> bool:
    """Return whether some column has numbers that no decimal comma explains: ``0.5``, ``1,234.5``."""
    return any(_kinds(column).get("point") for column in columns)


_Kinds = dict[str, list[tuple[int, str]]]


def _kinds(column: Sequence[str]) -> _Kinds:
    """Return the numbers of a column that have a sign, by their kind; none where most cells are words."""
    whole = "".join(column)
    if "," not in whole and "." not in whole:
        return {}
    kinds: _Kinds = {}
    words = 0
    for row, cell in enumerate(column):
        if "," not in cell and "." not in cell:
            words += any(map(str.isalpha, cell))
            continue
        plain = _APART.sub("", cell)
        for kind, form in _OF_COLUMNS:
            if form.match(plain):
                kinds.setdefault(kind, []).append((row, plain))
                break
        else:
            words += 1
    return kinds if words <= sum(map(len, kinds.values())) else {}


_OF_COLUMNS = (
    ("point", _THOUSANDS_COMMA),
    ("either comma", _EITHER_COMMA),
    ("comma", _DECIMAL_COMMA),
    ("comma", _THOUSANDS_POINT),
    ("either point", _EITHER_POINT),
    ("point", _DECIMAL_POINT),
)


def _signs(kinds: _Kinds) -> ColumnSigns:
    sure, either = kinds.get("comma", []), kinds.get("either point", [])
    mixed = bool(kinds.get("point"))
    shown = next((text for _, text in sure if "." in text), sure[0][1] if sure else "")
    if not mixed and len(sure) >= _SEVERAL and _three_decimals([[text for _, text in sure]]):
        sure = [*sure, *kinds.get("either comma", [])]
    read = sure if mixed else sorted([*sure, *either])
    plain = {row: text.replace(".", "").replace(",", ".") for row, text in read}
    unread = tuple(row for row, _ in either) if mixed else ()
    return ColumnSigns(not mixed, shown, either[0][0] if either else None, plain, unread)
