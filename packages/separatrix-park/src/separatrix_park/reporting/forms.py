"""The form of a report: its rows as the lines that people fill in, and what was sent back as rows.

Energy bills form a grid of months; a short table is shown as a table; a table with many columns, or one
row, is shown as labelled fields. An empty line is ignored.

Bills of a year as people have them: one line a carrier, with its twelve months or the year as a whole.

A workbook to fill in: the headings of a table in the reader's language, and what is known already.

It is read back by the same reader as the spreadsheets that people have.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from separatrix.game.formats.table_writer import xlsx_bytes
from separatrix.languages import language_of
from separatrix.run.cached_property import cached_property
from separatrix_cluster.tables.carriers import carrier_name, carrier_spellings
from separatrix_cluster.tables.energy_balance_form import period_of
from separatrix_cluster.tables.layout import FieldLayout
from separatrix_park.reporting.checks import MOST_ROWS, ReportIssue, amount_of, kept_rows
from separatrix_park.reporting.spreadsheet import NOTES
from separatrix_park.reporting.tables import STANDING, ReportedTable, Row, column_name, meaning_in

__all__ = [
    "EntryCell",
    "EntryForm",
    "EntryLine",
    "FieldPlace",
    "GridLine",
    "MONTHS",
    "Posted",
    "WORKBOOK",
    "cell_text",
    "fits_grid",
    "form_of_post",
    "form_of_rows",
    "grid_lines",
    "layout_for",
    "rows_of_grid",
    "template_workbook",
    "workbook_name",
]

MONTHS = tuple(str(month) for month in range(1, 13))


@dataclass(frozen=True)
class GridLine:
    """One line of the grid.

    Attributes
    ----------
    told : mapping of str to str
        The other columns, such as carrier and unit.
    amounts : mapping of str to str
        By month, 1 to 12; '' is the year as a whole.
    places : mapping of str to int
        By month, the position of the amount's row.
    """

    told: Row
    amounts: Mapping[str, str]
    places: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> str:
        """The sum of the amounts, '' if one of them is not a number."""
        told = [amount_of(text) for text in self.amounts.values() if text]
        known = [amount for amount in told if amount is not None]
        if not told or len(known) < len(told):
            return ""
        return format(sum(known, Decimal(0)).normalize(), "f")


def fits_grid(rows: Iterable[Row]) -> bool:
    """Return whether each row is of one month or of the whole year; quarters need a list of their own.

    Examples
    --------
    >>> fits_grid([{"month": "3"}, {}]), fits_grid([{"month": "Q1"}])
    (True, False)
    """
    return all(_month(row) is not None for row in rows)


def _month(row: Row) -> str | None:
    text = row.get("month", "")
    if not text:
        return ""
    found = period_of(text)
    if found is None or (found.first is not None and found.first != found.last):
        return None
    return str(found.last)


def grid_lines(rows: Sequence[Row]) -> list[GridLine]:
    """Return rows that fit the grid as its lines; a second bill of the same month begins a line of its own.

    Examples
    --------
    >>> coal = {"carrier": "raw_coal", "unit": "t"}
    >>> [line] = grid_lines([coal | {"month": "1", "amount": "5"}, coal | {"month": "2", "amount": "7.5"}])
    >>> line.told["carrier"], line.amounts, line.total
    ('raw_coal', {'1': '5', '2': '7.5'}, '12.5')
    """
    lines: list[tuple[dict[str, str], dict[str, str], dict[str, int]]] = []
    alike: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for place, row in enumerate(rows):
        told = {name: text for name, text in row.items() if name not in ("month", "amount")}
        month = _month(row) or ""
        same = alike.setdefault(tuple(sorted(told.items())), [])
        at = next((k for k in same if _free(lines[k][1], month)), None)
        if at is None:
            at = len(lines)
            same.append(at)
            lines.append((told, {}, {}))
        lines[at][1][month], lines[at][2][month] = row.get("amount", ""), place
    return [GridLine(*line) for line in lines]


def _free(amounts: Mapping[str, str], month: str) -> bool:
    """Return whether a line has room for a month: the year as a whole stands alone."""
    return month not in amounts and "" not in amounts and (month != "" or not amounts)


def rows_of_grid(lines: Iterable[GridLine]) -> list[Row]:
    """Return the lines of a grid as rows, one an amount; a line without any amount is one row.

    Examples
    --------
    >>> rows_of_grid([GridLine({"carrier": "heat"}, {"2": "7", "": ""})])
    [{'carrier': 'heat', 'month': '2', 'amount': '7'}]
    """
    rows: list[Row] = []
    for line in lines:
        amounts = {month: text for month, text in line.amounts.items() if text}
        for month, text in amounts.items():
            rows.append({**line.told, **({"month": month} if month else {}), "amount": text})
        if not amounts and line.told:
            rows.append(dict(line.told))
    return rows


GRID, LIST, SHEET = "grid", "list", "sheet"
_MOST_IN_A_LIST = 11
_BLANK = {GRID: 3, LIST: 3, SHEET: 1}
"""How many empty lines stand below those that are filled."""

_UNITS: Mapping[str, tuple[str, ...]] = {
    "mass": ("t", "1e4 t", "kg"),
    "volume": ("m3", "1e4 m3", "1e4 Nm3"),
    "energy": ("kWh", "MWh", "1e4 kWh", "GJ", "tce"),
    "count": ("piece",),
}
"""The units offered; other units in a report are offered as well."""


class Posted(Protocol):
    """What a browser sent: the values of each name, in order."""

    def getlist(self, key: str) -> list[str]:
        """Return all values of a name."""
        ...


@dataclass(frozen=True)
class EntryCell:
    """One field of a line.

    Attributes
    ----------
    name : str
        Under which it is sent.
    column : FieldLayout
    label, help : str
    value : str
    text : str
        The content as a reader reads it: carriers and choices by their words.
    choices : tuple of (value, label)
        Where there are any, one of them is chosen.
    listed : str
        The id of a list of proposals, '' for none.
    faults, doubts : tuple of ReportIssue
    """

    name: str
    column: FieldLayout
    label: str
    help: str
    value: str
    text: str
    choices: tuple[tuple[str, str], ...] = ()
    listed: str = ""
    faults: tuple[ReportIssue, ...] = ()
    doubts: tuple[ReportIssue, ...] = ()

    @property
    def number(self) -> bool:
        """Whether a number is expected."""
        return self.column.kind in ("quantity", "money", "number", "per_unit")

    @property
    def needed(self) -> bool:
        """Whether a row says nothing without it."""
        return self.column.required and self.name == self.column.name


@dataclass(frozen=True)
class EntryLine:
    """One line of the form, with the issues of the whole line; ``number`` counts from 1."""

    number: int
    cells: tuple[EntryCell, ...]
    findings: tuple[ReportIssue, ...] = ()
    filled: bool = True

    @property
    def first(self) -> tuple[EntryCell, ...]:
        """The fields without which a row says nothing, and those that hold something."""
        return tuple(cell for cell in self.cells if cell.needed or cell.value or cell.faults) or self.cells

    @property
    def more(self) -> tuple[EntryCell, ...]:
        """The others."""
        return tuple(cell for cell in self.cells if cell not in self.first)


@dataclass(frozen=True)
class FieldPlace:
    """Position of a finding in the form: the line, from 1, and the id and label of the field, if any."""

    line: int
    id: str
    label: str


@dataclass(frozen=True)
class _Line:
    """The content of a line, by field name, and the report row of each amount."""

    values: Mapping[str, str]
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class EntryForm:
    """The form of a report, with its content.

    Attributes
    ----------
    table : ReportedTable
    layout : str
        ``grid``, ``list`` or ``sheet``.
    rows : tuple of Row
        What the content is as rows of a report.
    """

    table: ReportedTable
    layout: str
    rows: tuple[Row, ...]
    filled: tuple[_Line, ...]
    blank: int
    language: str

    @property
    def headings(self) -> tuple[EntryCell, ...]:
        """The columns, as cells without content."""
        return self._line(0, _Line({}), {}).cells

    def lines(self, findings: Iterable[ReportIssue] = ()) -> tuple[EntryLine, ...]:
        """Return the lines to fill in, with the issues of each field."""
        found: dict[int, dict[str, list[ReportIssue]]] = {}
        for finding in self.told_once(findings):
            if (at := self._cell_of(finding)) is not None:
                found.setdefault(at[0], {}).setdefault(self._field_of(finding, at[1]), []).append(finding)
        filled = [self._line(k, line, found.get(k, {})) for k, line in enumerate(self.filled, 1)]
        count = self.blank if not self.table.single or not filled else 0
        empty = [self._line(len(filled) + k, _Line({}), {}) for k in range(1, count + 1)]
        return (*filled, *empty)

    def filled_lines(self, findings: Iterable[ReportIssue] = ()) -> list[tuple[EntryCell, ...]]:
        """Return the lines that are filled, without the fields that are empty in all of them."""
        filled = [line.cells for line in self.lines(findings) if line.filled]
        used = {cell.name for cells in filled for cell in cells if cell.value}
        return [tuple(cell for cell in cells if cell.name in used) for cells in filled]

    def told_once(self, findings: Iterable[ReportIssue]) -> list[ReportIssue]:
        """Return the findings without duplicates in a line: twelve months are twelve rows."""
        once: dict[tuple[object, str], ReportIssue] = {}
        for finding in findings:
            at = self._cell_of(finding)
            place = finding.row if at is None else (at[0], self._field_of(finding, at[1]))
            once.setdefault((place, finding.key), finding)
        return list(once.values())

    def place_of(self, finding: ReportIssue) -> FieldPlace | None:
        """Return the line, and the field of it, that a finding is about; None where it is about none."""
        at = self._cell_of(finding)
        if at is None:
            return None
        name = self._field_of(finding, at[1])
        return FieldPlace(at[0], f"{name}-{at[0]}" if name else "", self._labels.get(name or at[1], ""))

    @cached_property
    def _rows(self) -> Mapping[int, tuple[int, str]]:
        """Of each row of the report its line, from 1, and the field of the line that holds its amount."""
        return {
            place: (k, name) for k, line in enumerate(self.filled, 1) for name, place in line.rows.items()
        }

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return {cell.name: cell.label for cell in self.headings}

    def _cell_of(self, finding: ReportIssue) -> tuple[int, str] | None:
        return None if finding.row is None else self._rows.get(finding.row)

    def _field_of(self, finding: ReportIssue, amount: str) -> str:
        """Return the field of a line that a finding is about; '' for the line as a whole."""
        if finding.column is None:
            return ""
        return amount if finding.column in ("amount", "month") and self.layout == GRID else finding.column

    def _line(self, number: int, line: _Line, about: Mapping[str, Sequence[ReportIssue]]) -> EntryLine:
        cells = tuple(
            self._cell(name, column, line.values.get(name, ""), about.get(name, ()))
            for name, column in self._fields
        )
        return EntryLine(number, cells, tuple(about.get("", ())), bool(line.values))

    @cached_property
    def _fields(self) -> list[tuple[str, FieldLayout]]:
        columns = self.table.columns_of(self.rows)
        if self.layout != GRID:
            return [(column.name, column) for column in columns]
        amount = next(column for column in columns if column.name == "amount")
        first = [c for c in columns if c.name in ("carrier", "unit", "use")]
        order = {"carrier": 0, "unit": 1, "use": 2}
        first.sort(key=lambda column: order[column.name])
        last = [c for c in columns if c not in first and c.name not in ("amount", "month")]
        months = [(f"m{month}", amount) for month in (*MONTHS, "0")]
        return [*((c.name, c) for c in first), *months, *((c.name, c) for c in last)]

    def _cell(self, name: str, column: FieldLayout, value: str, findings: Sequence[ReportIssue]) -> EntryCell:
        label, told = column_name(column, self.language), meaning_in(column, self.language)
        if column.name == "carrier":
            value = cell_text(column, value, self.language)
        if self.layout == GRID and name[1:].isdigit() and name.startswith("m"):
            label, told = _month_label(name[1:], self.language), ""
        return EntryCell(
            name,
            column,
            label,
            told,
            value,
            cell_text(column, value, self.language),
            _choices(column, value, self.language),
            "carriers" if column.name == "carrier" and self.table.name == "energy" else "",
            tuple(f for f in findings if f.severity == "error"),
            tuple(f for f in findings if f.severity == "warning"),
        )

    @property
    def carriers(self) -> tuple[str, ...]:
        """What people call the carriers that are proposed."""
        return _carriers(self.language)


def layout_for(table: ReportedTable, rows: Sequence[Row]) -> str:
    """Return how a report is laid out.

    Examples
    --------
    >>> from separatrix_park.reporting.tables import reported_table
    >>> energy = reported_table("energy")
    >>> (
    ...     layout_for(energy, []),
    ...     layout_for(energy, [{"month": "Q1"}]),
    ...     layout_for(reported_table("accounts"), []),
    ... )
    ('grid', 'list', 'sheet')
    """
    if table.monthly:
        return GRID if fits_grid(rows) else LIST
    return SHEET if table.single or len(table.columns) > _MOST_IN_A_LIST else LIST


def form_of_rows(
    table: ReportedTable, rows: Sequence[Row], language: str, more: int = 0, layout: str = ""
) -> EntryForm:
    """Return the form of a report that is kept, with so many more empty lines."""
    layout = layout or layout_for(table, rows)
    if layout == GRID:
        lines = [_of_grid(line) for line in grid_lines(rows)]
    else:
        lines = [_Line(row, {"": place}) for place, row in enumerate(rows)]
    return EntryForm(table, layout, tuple(rows), tuple(lines), _BLANK[layout] + more, language)


def form_of_post(table: ReportedTable, post: Posted, language: str, more: int = 0) -> EntryForm:
    """Return the form that was sent, with its rows as a report keeps them."""
    layout = layout_for(table, ())
    if layout == GRID and GRID not in post.getlist("layout"):
        layout = LIST
    families = [f"{pattern.name}{k}" for pattern in table.layout.patterns for k in range(1, 31)]
    told = [column.name for column in table.columns] + families
    names = [n for n in told if layout != GRID or n not in ("amount", "month")]
    if layout == GRID:
        names += [f"m{month}" for month in (*MONTHS, "0")]
    sent = {name: post.getlist(name)[: MOST_ROWS + 1] for name in names}
    count = max(map(len, sent.values()), default=0)
    rows: list[Row] = []
    lines: list[_Line] = []
    for k in range(count):
        values = {
            name: texts[k].strip() for name, texts in sent.items() if k < len(texts) and texts[k].strip()
        }
        if not values:
            continue
        own = kept_rows(table, _rows_of(values, layout))
        places = _places(own, layout, len(rows))
        rows.extend(own)
        lines.append(_Line(values, places))
    return EntryForm(table, layout, tuple(rows), tuple(lines), _BLANK[layout] + more, language)


def _of_grid(line: GridLine) -> _Line:
    named = {month: f"m{month or '0'}" for month in line.amounts}
    values = {**line.told, **{named[month]: text for month, text in line.amounts.items() if text}}
    return _Line(values, {named[month]: place for month, place in line.places.items()})


def _rows_of(values: Mapping[str, str], layout: str) -> list[Row]:
    if layout != GRID:
        return [values]
    amounts = {m: values[f"m{m or '0'}"] for m in (*MONTHS, "") if f"m{m or '0'}" in values}
    told = {name: text for name, text in values.items() if not (name[0] == "m" and name[1:].isdigit())}
    return rows_of_grid([GridLine(told, amounts)])


def _places(rows: Sequence[Row], layout: str, start: int) -> dict[str, int]:
    if layout != GRID:
        return {"": start}
    return {f"m{row.get('month') or '0'}": start + k for k, row in enumerate(rows)}


_MONTH_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _month_label(month: str, language: str) -> str:
    if month == "0":
        return "全年" if language.startswith("zh") else "Whole year"
    return f"{month}月" if language.startswith("zh") else _MONTH_NAMES[int(month) - 1]


def _choices(column: FieldLayout, value: str, language: str) -> tuple[tuple[str, str], ...]:
    chinese = language.startswith("zh")
    if column.kind == "unit":
        words = language_of("zh" if chinese else "en")
        known = [(unit, words.unit(unit)) for units in _UNITS.values() for unit in units]
    elif column.kind == "yes":
        known = [("yes", "是" if chinese else "yes"), ("no", "否" if chinese else "no")]
    elif column.kind == "choice":
        called: dict[str, str] = {}
        for word, choice in column.also.items():
            called.setdefault(choice, word)
        known = [(choice, called.get(choice, choice) if chinese else choice) for choice in column.choices]
    else:
        return ()
    if value and value not in dict(known):
        known.append((value, value))
    return (("", ""), *known)


def cell_text(column: FieldLayout, text: str, language: str) -> str:
    """Return a cell as a reader reads it: carriers and choices by their words in the language.

    Examples
    --------
    >>> from separatrix_park.reporting.tables import reported_table
    >>> columns = {column.name: column for column in reported_table("energy").columns}
    >>> cell_text(columns["carrier"], "raw_coal", "zh"), cell_text(columns["use"], "sold", "zh")
    ('原煤', '外售')
    >>> cell_text(columns["unit"], "1e4 m3", "zh"), cell_text(columns["unit"], "1e4 m3", "en")
    ('万m³', '1e4 m3')
    """
    if column.name in ("carrier", "input", "product"):
        names = carrier_spellings()  # of a measure there may be several
        return ";".join(carrier_name(one, language) if one in names else one for one in text.split(";"))
    return dict(_choices(column, text, language)).get(text, text)


def _carriers(language: str) -> tuple[str, ...]:
    return tuple(sorted({carrier_name(name, language) for name in carrier_spellings()}))


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of what is handed out."""

_TEMPLATE_WORKBOOK_MONTH_NAMES = (
    "January February March April May June July August September October November December".split()
)


def template_workbook(table: ReportedTable, year: int, rows: Sequence[Row], language: str) -> bytes:
    """Return a workbook with a sheet to fill in, and one that says what its columns mean.

    Parameters
    ----------
    table : ReportedTable
    year : int
    rows : sequence of Row
        What is known already.
    language : str
        Of the headings, ``en`` or ``zh``.
    """
    form = form_of_rows(table, rows, language)
    fields = form.headings
    heading = [_heading(cell.name, cell.label, form.layout, language) for cell in fields]
    lines = [
        [_value(cell.value, number=cell.number) for cell in line.cells]
        for line in form.lines()
        if line.filled
    ]
    if len(heading) == 1:  # beside one heading alone a first row could be the second row of headings
        heading.append("年份" if language.startswith("zh") else "year")
        lines = [[*line, str(year)] for line in lines]
    comments = {(table.name, 1, k): cell.help for k, cell in enumerate(fields, 1) if cell.help}
    sheets: dict[str, list[list[Any]]] = {
        table.name: [heading, *lines],
        NOTES["zh" if language.startswith("zh") else "en"]: _columns(table, language),
    }
    return xlsx_bytes(sheets, comments)


def workbook_name(table: str, year: int) -> str:
    """Return what the workbook of a table is called; a list that holds for no one year names none.

    Examples
    --------
    >>> workbook_name("energy", 2025), workbook_name("streams", 0)
    ('energy-2025.xlsx', 'streams.xlsx')
    """
    return f"{table}.xlsx" if year == STANDING else f"{table}-{year}.xlsx"


def _heading(name: str, label: str, layout: str, language: str) -> str:
    chinese = language.startswith("zh")
    if layout != "grid" or not (name[0] == "m" and name[1:].isdigit()):
        return label if chinese else name
    if chinese or name == "m0":
        return label
    return _TEMPLATE_WORKBOOK_MONTH_NAMES[MONTHS.index(name[1:])]


def _value(text: str, *, number: bool) -> str | Fraction | None:
    if not number or not text:
        return text or None
    amount = amount_of(text)
    return text if amount is None else Fraction(amount)


def _columns(table: ReportedTable, language: str) -> list[list[str]]:
    chinese = language.startswith("zh")
    head = ["列", "必填", "含义", "可选值"] if chinese else ["column", "needed", "meaning", "choices"]
    rows = [head]
    for column in table.columns:
        label = column_name(column, language) if chinese else column.name
        needed = ("是" if chinese else "yes") if column.required else ""
        words = {choice: word for word, choice in reversed(list(column.also.items()))} if chinese else {}
        choices = "、".join(words.get(c, c) for c in column.choices) if chinese else ", ".join(column.choices)
        rows.append([label, needed, meaning_in(column, language), choices])
    return rows
