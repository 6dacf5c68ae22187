"""The form in which enterprises in China report energy purchased, used and in stock (能源购进、消费与库存).

Form 205-1 of the National Bureau of Statistics (能源统计报表制度): one row a carrier, with stocks, purchases
and several uses side by side.  What was used for energy is the whole consumption less what went into products
(用于原材料), which is feedstock.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from separatrix.io.cells import Cells, Remark
from separatrix.languages.number_text import rounded
from separatrix.sentences import say
from separatrix_cluster.tables.carriers import is_carrier
from separatrix_cluster.tables.cell_values import MISSING, carrier_in_words

__all__ = ["balance_rows", "is_balance_form"]

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
