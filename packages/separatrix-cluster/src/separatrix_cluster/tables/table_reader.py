"""Cells as a table: every column by its kind, every fault named by row and column, and the rest kept.

A row without its required data is excluded; an invalid cell counts as unknown. Nothing is filled in.

Templates of a cluster's files: every table with its columns explained and an example that is not read.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from separatrix.errors import InputError, NameProblem, Place, nearest
from separatrix.io.cells import Cells, Remark
from separatrix.run.csv_output import csv_text
from separatrix.run.files import write_files
from separatrix.sentences import Sentence, say
from separatrix_cluster.tables.cells import MISSING, Floats, short
from separatrix_cluster.tables.columns import (
    TableReading,
    blank_texts,
    column_values,
    money_unit,
    parts_aside,
)
from separatrix_cluster.tables.description import DESCRIPTION, Description, currency_code, read_description
from separatrix_cluster.tables.input_output_tables import RegionTable, benchmark_scale, is_share
from separatrix_cluster.tables.layout import FieldLayout, TableLayout, layout_of, layouts
from separatrix_cluster.tables.members import Members, is_outside
from separatrix_cluster.tables.reshaping import arranged
from separatrix_cluster.tables.sheets import sums_of_all, unequal_totals
from separatrix_cluster.tables.shipped import shipped_cluster
from separatrix_cluster.tables.table import ClusterTable
from separatrix_cluster.tables.units import BASE, RowUnits, likely, unit_of

__all__ = ["copy_example", "description_template", "read_table", "table_template", "write_templates"]

_ADDS_UP = frozenset({"energy", "emissions", "trade", "streams", "purchases"})
"""Tables whose rows with the same key are several bills, which add up; elsewhere one of them is wrong."""


def read_table(
    cells: Cells, name: str, description: Description, members: Members | None
) -> tuple[ClusterTable, list[Remark]]:
    """Return a table with its issues.

    Parameters
    ----------
    cells : Cells
        What the file holds.
    name : str
        Which table it is.
    description : Description
        The cluster's currency, money unit and exchange rates.
    members : Members or None
        Who may be referred to; None while `enterprises` itself is read.

    Raises
    ------
    InputError
        K120 where a column is missing without which no row says anything.
    """
    layout = layout_of(name)
    table = arranged(cells, layout, members)
    reading = TableReading(table, layout, description, members, list(table.cells.remarks))
    placed = table.placed
    for column in layout.columns.values():
        if column.required and column.name not in placed:
            others = ", ".join(f"`{h}`" for h in cells.header if h) or "none"
            raise InputError(
                "K120",
                say(
                    "{file} has no column `{column}` ({meaning})",
                    file=cells.file,
                    column=column.name,
                    meaning=column.meaning,
                ),
                hint=_missing_column_hint(column, cells.header, others),
            )
    values: dict[str, npt.NDArray[Any]] = {}
    units = _units(reading, placed)
    rates = _rates(reading, placed)
    for column, place in placed.values():
        values[column.name] = column_values(reading, column, place, units, rates)
    if units is not None:
        values["dimension"] = units.dimension
    if name == "facilities" and "may_connect" in placed:
        _check_members(reading, placed["may_connect"][1])
    if name == "benchmarks":
        values["scale"] = _benchmark_scales(reading, placed, values)
    if name in ("energy", "emissions"):
        _sums_aside(reading, placed, values)
    _leave_out_the_empty(reading, placed, values)
    if "month" in placed:
        values["from_month"] = parts_aside(reading, values)
    if name == "energy" and "supplier" in placed:
        outside = [is_outside(text) for text in reading.texts("supplier")]
        values["outside"] = np.array(outside, dtype=float)
    _leave_out_doubles(reading, values)
    reading.lost -= reading.aside
    rows = np.asarray(table.cells.rows, dtype=np.int64)
    kept = np.ones(len(rows), dtype=bool)
    kept[[*reading.lost, *reading.aside]] = False
    whole = ClusterTable(name, cells.file, values, rows, len(rows) - len(reading.aside))
    found = replace(whole.select(kept), left_out=_left_out(reading, whole))
    if table.published is not None:
        passed = {table.cells.rows[row] for row in reading.aside - table.totals.keys()}
        reading.note("K128", "note", None, None, _published(table.published.title, len(passed)))
    if table.totals:
        rows_aside = len({table.cells.rows[row] for row in table.totals})
        summed = say("totals and headings among the rows ({n}) were not read as data", n=rows_aside)
        reading.note("K125", "note", None, None, summed)
        of_all = [row for row, every in table.totals.items() if every]
        headings = {row: {n: table.heading(p, row) for n, (_, p) in placed.items()} for row in of_all}
        money = {
            row: {
                column.name: unit
                for column, place in placed.values()
                if column.kind == "money" and (unit := money_unit(reading, place, row)) is not None
            }
            for row in of_all
        }
        reading.remarks.extend(unequal_totals(found, whole, headings, money))
    # A cell that is fixed for several amounts of a row is amiss once.
    remarks = dict.fromkeys(reading.remarks)
    return found, sorted(remarks, key=lambda remark: remark.row or 0)


_DATES = re.compile(r"日期|时间|月份|\bdate\b|\bmonth\b|\bday\b|\bdatum\b", re.IGNORECASE)


def _missing_column_hint(column: FieldLayout, header: Sequence[str], others: str) -> Sentence:
    """Return what to do where a column is missing."""
    date = next((h for h in header if _DATES.search(h)), None)
    if column.name == "year" and date is not None:
        return say(
            "a year is needed, not days: make `{date}` a column `year` with the year alone, as 2024; the "
            "amounts of a year add up",
            date=date,
        )
    return say("its columns are {others}; `separatrix cluster new` writes templates", others=others)


def _published(title: Sentence, others: int) -> Sentence:
    if others:
        return say(
            "read as {title}; rows of others than the cluster's enterprises ({n}) were passed over",
            title=title,
            n=others,
        )
    return say("read as {title}", title=title)


def _left_out(reading: TableReading, whole: ClusterTable) -> ClusterTable:
    """Return what is known of the excluded rows; a repeated row is not a loss where one of two is wrong."""
    gone = np.zeros(len(whole), dtype=bool)
    gone[list(reading.lost - reading.doubles)] = True
    table = whole.select(gone)
    if reading.copies:
        copies = np.isin(np.flatnonzero(gone), list(reading.copies)).astype(float)
        table = replace(table, columns={**table.columns, "copy": copies})
    if any(reading.meant.values()):
        meant = [reading.meant.get(row, "") for row in np.flatnonzero(gone).tolist()]
        table = replace(table, columns={**table.columns, "meant": np.array(meant, dtype=object)})
    # Behind a cell too many all cells stand one column too far: of such a row only its enterprise is known.
    spoilt = np.isin(np.flatnonzero(gone), list(reading.cells.spoilt))
    for name, column in table.columns.items():
        if name != "enterprise":
            column[spoilt] = "" if column.dtype == object else np.nan
    return table


def _check_members(reading: TableReading, place: int) -> None:
    """Report ids in a list of enterprises that are not in the cluster."""
    for row, text in enumerate(reading.cells.columns[place]):
        for name in re.split(r"[\s,;，；、]+", text):
            if name and name.casefold() not in MISSING and not _is_member(reading, name):
                reading.note(
                    "K130",
                    "error",
                    row,
                    place,
                    say("`{name}` is not an enterprise of the cluster", name=short(name)),
                )


def _is_member(reading: TableReading, name: str) -> bool:
    return reading.members is None or name in reading.members.ids


def _units(reading: TableReading, placed: Mapping[str, tuple[FieldLayout, int]]) -> RowUnits | None:
    """Return the unit of each row, where the table has amounts."""
    quantities = [c for c in reading.layout.columns.values() if c.kind == "quantity"]
    if not quantities or "unit" not in placed:
        return None
    column, place = placed["unit"]
    texts = reading.cells.columns[place]
    known = {text: unit_of(text) if text else None for text in dict.fromkeys(texts)}
    if any(unit is None and text for text, unit in known.items()):
        for row, text in enumerate(texts):
            if known[text] is None and text:
                reading.note("K131", "error", row, place, *_no_unit(text))
                if column.required:
                    reading.lost.add(row)
    factors = {text: np.nan if unit is None else unit.factor for text, unit in known.items()}
    dimensions = {text: "" if unit is None else unit.dimension for text, unit in known.items()}
    return RowUnits(
        np.fromiter(map(dimensions.__getitem__, texts), dtype=object, count=len(texts)),
        np.fromiter(map(factors.__getitem__, texts), dtype=float, count=len(texts)),
    )


def _no_unit(text: str) -> tuple[Sentence, Sentence]:
    own, differs, other = text.partition(" ≠ ")
    if differs:
        return (
            say("the row is in {own} and the heading in {other}", own=short(own), other=short(other)),
            say("write one of them"),
        )
    return say("`{text}` is not a known unit", text=short(text)), _hint(text)


def _hint(unit: str) -> Sentence:
    if "co2" in unit.casefold() or "co₂" in unit.casefold():
        return say("enter the mass only, as t or kt; enter the gas in the column `gas`")
    meant = likely(unit)
    if meant:
        return say("did you mean `{name}`?", name=meant)
    return say("known are {units} and many more", units=", ".join(sorted(set(BASE.values()))))


def _benchmark_scales(
    reading: TableReading,
    placed: Mapping[str, tuple[FieldLayout, int]],
    values: Mapping[str, npt.NDArray[Any]],
) -> Floats:
    """Return what each row's unit is in base units; rows whose unit or quartiles make no sense go."""
    blank = np.full(len(reading.cells.rows), "", dtype=object)
    unknown = np.full(len(blank), np.nan)
    quartiles = [values.get(k, unknown) for k in ("q1", "median", "q3")]
    scales = unknown.copy()
    for row, (unit, indicator) in enumerate(zip(values.get("unit", blank), values["indicator"], strict=True)):
        scale = benchmark_scale(str(unit), str(indicator), reading.description)
        known = [float(q[row]) for q in quartiles if q[row] == q[row]]
        if isinstance(scale, Sentence):
            reading.lost.add(row)
            reading.note("K131", "error", row, placed["unit"][1] if "unit" in placed else "unit", scale)
        elif is_share(str(indicator)) and max(known, default=0.0) * scale > 1:
            reading.lost.add(row)
            reading.note(
                "K131",
                "error",
                row,
                placed["unit"][1] if "unit" in placed else "unit",
                say("{indicator} is a share, and a quartile of it is above 1", indicator=str(indicator)),
                say("write % as the unit where the quartiles are in percent"),
            )
        elif known != sorted(known):
            reading.lost.add(row)
            reading.note(
                "K130",
                "error",
                row,
                placed["median"][1],
                say("the quartiles are not in order: q1 is at most the median, and that at most q3"),
            )
        else:
            scales[row] = scale
    return scales


def _rates(
    reading: TableReading, placed: Mapping[str, tuple[FieldLayout, int]]
) -> npt.NDArray[np.float64] | None:
    """Return one unit of money of each row in the cluster's currency; rows without one are removed."""
    if "currency" not in placed:
        return None
    place = placed["currency"][1]
    description = reading.description
    rates = np.full(len(reading.cells.rows), description.money_factor)
    for row, text in enumerate(reading.cells.columns[place]):
        code = currency_code(text)
        if text.casefold() in MISSING or code == description.currency:
            continue
        rate = description.exchange_rates.get(code)
        if rate is None:
            reading.lost.add(row)
            reading.note(
                "K132",
                "error",
                row,
                place,
                say(
                    "the row is in {found}, the cluster in {expected}; two currencies do not add up",
                    found=short(code),
                    expected=description.currency,
                ),
                say("give the rate in cluster.yaml: exchange_rates: {{{code}: …}}", code=short(code)),
            )
        else:
            rates[row] = rate * description.money_factor
    return rates


def _leave_out_the_empty(
    reading: TableReading,
    placed: Mapping[str, tuple[FieldLayout, int]],
    values: Mapping[str, npt.NDArray[Any]],
) -> None:
    for column, place in placed.values():
        if not column.required:
            continue
        texts = reading.cells.columns[place]
        blank = blank_texts(texts)
        for row, text in enumerate(texts) if blank else ():
            if text in blank:
                if row not in reading.lost and (row, place) not in reading.cells.empty:
                    reading.note(
                        "K133",
                        "error",
                        row,
                        place,
                        say("the required cell is empty; the row was excluded"),
                    )
                reading.lost.add(row)


def _sums_aside(
    reading: TableReading,
    placed: Mapping[str, tuple[FieldLayout, int]],
    values: Mapping[str, npt.NDArray[Any]],
) -> None:
    """Set rows aside whose name no enterprise has and whose amounts are the sums of all others."""
    names = reading.texts("enterprise")
    strange = {row for row in reading.lost if values["enterprise"][row] == "" and names[row]}
    sums = sums_of_all(values, names, strange - reading.aside, reading.lost | reading.aside)
    if not sums:
        return
    heading = placed["enterprise"][1]
    told = {(reading.cells.rows[row], reading.table.heading(heading, row)) for row in sums}
    reading.remarks[:] = [r for r in reading.remarks if r.code != "K130" or (r.row, r.column) not in told]
    what = say(
        "{names}: no enterprise is called so, and the amounts are the sums of all others",
        names=", ".join(dict.fromkeys(short(names[row]) for row in sorted(sums))),
    )
    reading.note("K125", "note", None, heading, what)
    reading.aside.update(sums)


def _repeated(keys: Sequence[npt.NDArray[Any]]) -> npt.NDArray[np.int64]:
    """Return the rows whose key another row has as well, by numbers that represent the values."""
    whole, most = np.zeros(len(keys[0]), dtype=np.int64), 1
    for column in keys:
        listed = column.tolist()
        if column.dtype != object and np.isnan(column).any():
            listed = ["" if k != k else k for k in listed]
        places = {value: i for i, value in enumerate(dict.fromkeys(listed))}
        if most * len(places) >= 2**62:
            whole = np.unique(whole, return_inverse=True)[1]
            most = len(whole)
        most *= len(places)
        whole = whole * len(places) + np.fromiter(map(places.__getitem__, listed), np.int64, len(listed))
    ordered = np.sort(whole)
    return np.flatnonzero(np.isin(whole, ordered[1:][ordered[1:] == ordered[:-1]]))


class _AmountsOfRows:
    """The amounts that each row of the file gave so far, by source and unit."""

    def __init__(self, reading: TableReading, values: Mapping[str, npt.NDArray[Any]]) -> None:
        self.numbers = reading.cells.rows
        self.amounts, self.units = values.get("amount"), values.get("unit")
        self.before: dict[tuple[Any, ...], dict[str, list[float]]] = {}

    def tells_again(self, row: int, key: tuple[Any, ...]) -> bool:
        """Return whether a row of the file gave this amount before, under another heading in its unit."""
        if self.amounts is None or self.units is None or (amount := self.amounts[row]) != amount:
            return False
        by_unit = self.before.setdefault((self.numbers[row], *key), {})
        near = 1e-6 * abs(amount)
        again = any(
            (at := bisect_left(amounts, amount - near)) < len(amounts) and amounts[at] <= amount + near
            for unit, amounts in by_unit.items()
            if unit != self.units[row]
        )
        insort(by_unit.setdefault(self.units[row], []), amount)
        return again


_MONEY_AND_STAFF = ("output", "value_added", "staff")
"""What doubts of a second row of accounts are about."""


def _leave_out_doubles(reading: TableReading, values: Mapping[str, npt.NDArray[Any]]) -> None:
    keys = [values[name] for name in reading.layout.key if name in values]
    if not keys:
        return
    repeated = _repeated(keys)
    listed = [["" if k != k else k for k in column[repeated].tolist()] for column in keys]
    first: dict[tuple[Any, ...], int] = {}
    alike: dict[tuple[Any, ...], int] = {}
    amounts = _AmountsOfRows(reading, values)
    columns = reading.cells.columns
    for row, plain in zip(repeated.tolist(), zip(*listed, strict=True), strict=True):
        if row in reading.lost or row in reading.aside:
            continue
        again = reading.layout.name in _ADDS_UP and amounts.tells_again(row, plain)
        copied = alike.setdefault((plain, *(column[row] for column in columns)), row)
        if first.setdefault(plain, row) == row:
            continue
        named = short(
            ", ".join(str(int(k)) if isinstance(k, float) else str(k) for k in plain if k != ""), 80
        )
        same = copied != row
        other = reading.cells.rows[copied if same else first[plain]]
        if again:
            reading.lost.add(row)
            reading.doubles.add(row)
            what = say("{key} is already in this row in another unit; it was counted once", key=named)
            reading.note("K134", "warning", row, reading.table.placed["amount"][1], what)
            continue
        if reading.layout.name in _ADDS_UP and not same:
            reading.note(
                "K134",
                "warning",
                row,
                None,
                say("{key} is already in row {other}; both were added up", key=named, other=other),
            )
            continue
        reading.lost.add(row)
        if reading.layout.name in _ADDS_UP:  # four equal bills look like one bill copied three times
            reading.copies.add(row)
            reading.note(
                "K134",
                "error",
                row,
                None,
                say(
                    "{key} is already in row {other} with the same amount; this row was excluded",
                    key=named,
                    other=other,
                ),
                say("delete it where it is a copy; where it is a bill of its own, put both into one row"),
            )
            continue
        if reading.layout.name != "products":  # of which two rows may be two batches of the same
            reading.doubles.add(row)
        reading.note(
            "K134",
            "error",
            row,
            None,
            say(
                "{key} is already in row {other}; this row was excluded",
                key=named,
                other=other,
                cells=tuple((c, float(values[c][row])) for c in _MONEY_AND_STAFF if c in values),
                first=reading.cells.rows[first[plain]],
            ),
            say("keep one of them, or the sum of parts of a year"),
        )


_DESCRIPTION = """\
# A cluster: this file describes it, and the tables in this folder hold its data. Only `name` and the table
# `enterprises` are required; more tables allow more results (`separatrix cluster check` lists them).
format: 1
name: Our park
place: ''                     # town, county
country: CN                   # two letters
grid_area: East               # the grid: North, Northeast, East, Central, Northwest, South, Southwest, CN
money_unit: 10k CNY           # how money is written in the tables: 10k CNY, million EUR, USD
price_year: 2024              # the price year of deflated amounts
# deflators: {2022: 100, 2023: 101.2, 2024: 102.0}  # price level by year; without it: current prices
# exchange_rates: {USD: 7.12}                         # our currency for one of another, if rows name one
factor_set: cn-guideline      # cn-guideline or ipcc-2006; factors of your own go into the table `factors`
gwp: AR5                      # global warming potentials: AR4, AR5, AR6 (SAR, TAR of old reports)
park_standard: cn-zero-carbon-park-2025               # the scorecard for the gap; '' for none
# complete: [2022, 2023]       # years in which what is not in the tables energy and emissions is zero; or all
# carbon_price: 96            # currency per t CO2e that enterprises pay
# discount_rate: 0.08         # a year; spreads an investment over its life
# support: 0.1                # the share of the yearly cost of a measure that the public bears
# survey_scale: [1, 5]        # lowest and highest answer in `awareness`
# region_area: Our county     # which area of the table `region` the cluster is
# region_sector: C25         # and which sector, for its value added where `accounts` has none
# region_covers_country: false
sources:
  - own records               # where the data come from; printed with every result
"""


def description_template() -> str:
    """Return a commented `cluster.yaml`."""
    return _DESCRIPTION


def table_template(layout: TableLayout) -> str:
    """Return a table as CSV: its headings, with comments that say what each means and an example row.

    Rows that start with ``#`` are not read.
    """
    rows = []
    for column in (*layout.columns.values(), *layout.patterns):
        name = f"{column.name}…" if column in layout.patterns else column.name
        needed = " (needed)" if column.required else ""
        choices = f": {', '.join(column.choices)}" if column.choices else ""
        rows.append([f"# {name}{needed}: {column.meaning}{choices}"])
    rows.append([*layout.columns, *(f"{p.name}1" for p in layout.patterns)])
    examples = [column.example for column in layout.columns.values()]
    rows.append([f"# example: {examples[0]}", *examples[1:]])
    return csv_text([f"# {layout.name}: {layout.meaning}"], rows)


def write_templates(
    folder: Path, tables: Sequence[str] | None = None, region: RegionTable | None = None
) -> list[Path]:
    """Write `cluster.yaml` and the templates of tables into a folder, and return their paths.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    tables : sequence of str, optional
        Only these, and `enterprises`.
    region : RegionTable, optional
        Its input-output table is written in place of the templates of `io` and `io_sectors`; into a folder
        that is a cluster already, these two alone, in its money.

    Raises
    ------
    InputError
        K104 where a file is there already; nothing is overwritten.  K106 where the money does not fit.
    NameProblem
        K104 for an unknown table.
    """
    if region is not None and (folder / DESCRIPTION).is_file():
        files = region.files(read_description(folder / DESCRIPTION))
        return _write(folder, {folder / name: text.encode("utf-8-sig") for name, text in files.items()})
    chosen = list(layouts()) if tables is None else list(tables)
    for name in chosen:
        if name not in layouts():
            meant = nearest(name, list(layouts()))
            raise NameProblem(
                "K104",
                say("unknown table `{name}`", name=name),
                hint=say("did you mean `{name}`?", name=meant)
                if meant
                else say("the tables are {names}", names=", ".join(layouts())),
            )
    if "enterprises" not in chosen:
        chosen.insert(0, "enterprises")
    contents = {folder / DESCRIPTION: description_template()}
    contents |= {folder / f"{name}.csv": table_template(layouts()[name]) for name in chosen}
    # Excel takes a CSV for UTF-8 only with a byte order mark.
    marked = {".csv": "utf-8-sig"}
    if region is not None:
        told = f"money_unit: {region.money_unit}"
        contents[folder / DESCRIPTION] = _DESCRIPTION.replace("money_unit: 10k CNY", told)
        contents |= {folder / name: text for name, text in region.files().items()}
    return _write(folder, {p: text.encode(marked.get(p.suffix, "utf-8")) for p, text in contents.items()})


def copy_example(folder: Path, name: str) -> list[Path]:
    """Copy the files of a shipped cluster into a folder, to change them there, and return their paths.

    Raises
    ------
    InputError, NameProblem
        K104 where a file is there already; K100 where no such cluster is shipped.
    """
    files = sorted(p for p in shipped_cluster(name).iterdir() if p.suffix in (".yaml", ".csv", ".json"))
    return _write(folder, {folder / p.name: p.read_bytes() for p in files})


def _write(folder: Path, contents: Mapping[Path, bytes]) -> list[Path]:
    for path in contents:
        if path.exists() or path.is_symlink():
            raise InputError(
                "K104",
                say("{file} is there already; nothing was written", file=path),
                where=Place(str(path)),
                hint=say("name a new folder, or move the file away"),
            )
    return write_files(folder, {path.name: data for path, data in contents.items()})
