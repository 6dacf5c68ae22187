"""The rows of a report as they are kept: known columns, trimmed texts, plain numbers.

Numbers are stored in plain form, for 1,234.5 and １２３４．５ are the same. Other text is stored
as written: a draft may contain it, and the checks report it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache

from separatrix.languages import LANGUAGES
from separatrix_cluster.tables.carriers import carrier_name, carrier_spellings
from separatrix_cluster.tables.cell_values import read_choices, read_numbers, read_yes
from separatrix_cluster.tables.layout import FieldLayout
from separatrix_park.reporting.reported_table import ReportedTable, Row

__all__ = ["LONGEST_TEXT", "MOST_ROWS", "amount_of", "is_formula", "kept_rows", "kept_text", "plain_number"]

MOST_ROWS = 2_000
"""Rows of one report; a year of monthly bills of thirty carriers has 360."""
LONGEST_TEXT = 500
"""Characters of a cell."""

_FAR_OUT = 308
"""Powers of ten that a float reaches."""

_NUMERIC = frozenset({"quantity", "money", "number", "per_unit"})


def plain_number(text: str, *, decimal_comma: bool = False, doubtful: str = "") -> str | None:
    """Return a number as it is kept, with as many digits as it was written with; None where it is none.

    Examples
    --------
    >>> [plain_number(text) for text in ("1,234.50", "１２", "-0.5", "12 t", "3,5")]
    ['1234.5', '12', '-0.5', None, None]
    >>> plain_number("1.234,5", decimal_comma=True)
    '1234.5'
    """
    faults: list[int] = []
    (value,) = read_numbers(
        [text.strip()],
        lambda row, what, hint: faults.append(row),
        decimal_comma=decimal_comma,
        doubtful=doubtful,
    ).tolist()
    if faults or value != value:
        return None
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def amount_of(text: str) -> Decimal | None:
    """Return a number as it was written, None where it is none, or none that a float could hold.

    A draft may hold what cannot be read: a sum of that, or all of its digits, would take the page with it.

    Examples
    --------
    >>> [str(amount_of(text)) for text in ("7.50", "many", "NaN", "1e999", "1e-99999999")]
    ['7.50', 'None', 'None', 'None', 'None']
    """
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) <= _FAR_OUT else None


_FORMULA = re.compile(r"[=@]|[-+][^(]*[(!|]")
"""How a text begins that a spreadsheet would compute; a dash before a word is none."""


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would take a text for a formula.

    Examples
    --------
    >>> [is_formula(text) for text in ("=A1*2", "＝A1", "+SUM(A1:A9)", "-12.5", "- of which", "raw coal")]
    [True, True, True, False, False, False]
    """
    if text[:1].isalnum():  # nearly all
        return False
    plain = unicodedata.normalize("NFKC", text).lstrip("'")
    return _FORMULA.match(plain) is not None


def kept_rows(table: ReportedTable, rows: Iterable[Mapping[str, object]]) -> list[Row]:
    """Return rows as a report keeps them: without empty cells, empty rows and columns that are not known.

    Examples
    --------
    >>> from separatrix_park.reporting.reported_table import reported_table
    >>> kept_rows(
    ...     reported_table("energy"), [{"carrier": " heat ", "amount": "1,200", "unit": ""}, {"x": "1"}]
    ... )
    [{'carrier': 'heat', 'amount': '1200'}]
    """
    kept = (dict(_cells(table, row)) for row in rows)
    return [row for row in kept if row]


def _cells(table: ReportedTable, row: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    for name, given in row.items():
        column = table.column(name)
        text = " ".join(str(given).split())[:LONGEST_TEXT] if given is not None else ""
        if column is None or not text:
            continue
        yield column.name, kept_text(column, text)


@cache
def _carriers() -> Mapping[str, str]:
    """Return the carriers by what people call them in each language; other spellings stay as they are."""
    named = {carrier_name(name, code).casefold(): name for name in carrier_spellings() for code in LANGUAGES}
    return named | {name.casefold(): name for name in carrier_spellings()}


def kept_text(column: FieldLayout, text: str) -> str:
    """Return a cell as it is kept: a plain number, one of the choices, else what was written.

    Examples
    --------
    >>> from separatrix_park.reporting.reported_table import reported_table
    >>> use = reported_table("energy").column("use")
    >>> kept_text(use, "外售"), kept_text(use, "given away")
    ('sold', 'given away')
    >>> [
    ...     kept_text(reported_table("energy").column("carrier"), text)
    ...     for text in ("原煤", "Raw coal", "steam")
    ... ]
    ['raw_coal', 'raw_coal', 'steam']
    >>> kept_text(reported_table("measures").column("carrier"), "热;原煤")
    'heat;raw_coal'
    """
    faults: list[int] = []
    if column.name == "carrier":
        return ";".join(_carriers().get(one.strip().casefold(), one) for one in text.split(";"))
    if column.kind in _NUMERIC:
        return plain_number(text) or text
    if column.kind == "choice":
        (choice,) = read_choices([text], column.choices, lambda row, what, hint: None, column.also)
        return str(choice) or text
    if column.kind == "yes":
        (yes,) = read_yes([text], lambda row, what, hint: faults.append(row)).tolist()
        return text if faults or yes != yes else "yes" if yes else "no"
    return text
