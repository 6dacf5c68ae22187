"""The library's checks of a report, before other people see it.

The report is checked together with the enterprise's earlier reports, as in the cluster folder. Findings
that appear only with this report are assigned to it. An error must be corrected, because the library cannot
read the row; a doubt may stay, with a reason.

The rows of a report as they are kept: known columns, trimmed texts, plain numbers.

Numbers are stored in plain form, for 1,234.5 and １２３４．５ are the same. Other text is stored
as written: a draft may contain it, and the checks report it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cache

from separatrix.errors import SeparatrixError
from separatrix.io.cells import Cells, Remark, Severity
from separatrix.languages import LANGUAGES
from separatrix.sentences import Sentence, say
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.accounts.results import CarbonAccounts
from separatrix_cluster.tables.carriers import carrier_name, carrier_spellings
from separatrix_cluster.tables.cells import carrier_in_words, read_choices, read_numbers, read_yes
from separatrix_cluster.tables.description import Description
from separatrix_cluster.tables.layout import FieldLayout, layout_of
from separatrix_cluster.tables.members import Members, members_of
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import cluster_of
from separatrix_cluster.tables.table import ClusterTable
from separatrix_cluster.tables.table_reader import read_table
from separatrix_park.reporting.tables import ReportedTable, Row, reported_table

__all__ = [
    "Background",
    "Examination",
    "LONGEST_TEXT",
    "MOST_ROWS",
    "ReportIssue",
    "Reports",
    "amount_of",
    "blocking",
    "doubts",
    "examination",
    "examined",
    "form_findings",
    "is_formula",
    "kept_rows",
    "kept_text",
    "plain_number",
]

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
    >>> from separatrix_park.reporting.tables import reported_table
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
    >>> from separatrix_park.reporting.tables import reported_table
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


Reports = Mapping[tuple[str, int], Sequence[Row]]
"""Rows by table and year."""

_FACTORS = "factors"
_BEFORE = 1_000_000
"""From this number on, rows are those of other reports."""


@dataclass(frozen=True)
class Background:
    """The background for checking a report.

    Attributes
    ----------
    description : Description
        Of the park: its currency and factors.
    enterprise : str
        Id of the reporting enterprise.
    profile : mapping of str to str
        The row of `enterprises`, such as sector and first year of operation.
    known : frozenset of str
        Ids of other enterprises that the report names and that exist.
    before : mapping of (table, year) to rows
        Other reports of the enterprise.
    running : int or None
        The current year, for which incomplete data raise no doubt.
    factors : tuple of Row
        The park's own emission factors; their issues are reported to the office.
    """

    description: Description
    enterprise: str
    profile: Row = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    before: Reports = field(default_factory=dict)
    running: int | None = None
    factors: tuple[Row, ...] = ()


@dataclass(frozen=True)
class ReportIssue:
    """One issue in a report.

    Attributes
    ----------
    severity : str
        ``error`` must be mended, ``warning`` is a doubt that may stay with a reason, ``note`` says how the
        report was understood.
    code : str
    row : int or None
        The position of the row in the report, from 0.
    column : str or None
    what : Sentence
    hint : Sentence or None
    """

    severity: Severity
    code: str
    row: int | None
    column: str | None
    what: Sentence
    hint: Sentence | None = None

    @property
    def key(self) -> str:
        """What a reason for keeping it is tied to: with other numbers it is another doubt."""
        told = "\n".join((self.code, self.column or "", str(self.what)))
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def examined(
    table: ReportedTable, year: int, rows: Sequence[Row], background: Background
) -> list[ReportIssue]:
    """Return the issues in a report, the most serious first.

    Examples
    --------
    >>> park = Background(Description("A park"), "E01")
    >>> rows = [{"carrier": "raw_coal", "amount": "12 t", "unit": "t"}]
    >>> [
    ...     (f.severity, f.row, f.column, str(f.what))
    ...     for f in examined(reported_table("energy"), 2024, rows, park)
    ... ]
    [('error', 0, 'amount', '`12 t` is not a number')]
    """
    return list(examination(table, year, rows, background).findings)


@dataclass(frozen=True)
class Examination:
    """What the checks find in a report, the gravest first, and the energy of its year and the one before.

    Energy is in GJ, as the library counts it; None where it is not known, or the report is of something else.
    """

    findings: tuple[ReportIssue, ...]
    energy: float | None = None
    energy_before: float | None = None


def examination(table: ReportedTable, year: int, rows: Sequence[Row], background: Background) -> Examination:
    """Return the issues in a report, and its sums."""
    own = list(form_findings(table, rows))
    energy = energy_before = None
    if rows:
        key = (table.name, year)
        without, _ = _remarks_and_accounts(
            {k: r for k, r in background.before.items() if k != key}, background
        )
        told = Counter((remark.code, str(remark.what)) for remark in without)
        with_it, accounts = _remarks_and_accounts({**background.before, key: rows}, background, key)
        for remark in with_it:
            known = (remark.code, str(remark.what))
            if told[known]:
                told[known] -= 1
            elif remark.code not in _OF_OTHERS and remark.file != _FACTORS:
                own.append(_finding(table, remark, running=year == background.running))
        if table.name == "energy":
            energy, energy_before = (_energy(accounts, y, background.enterprise) for y in (year, year - 1))
    order = {"error": 0, "warning": 1, "note": 2}
    found = sorted(dict.fromkeys(own), key=lambda f: (order[f.severity], f.row is None, f.row or 0))
    return Examination(tuple(found), energy, energy_before)


def _energy(accounts: CarbonAccounts | None, year: int, enterprise: str) -> float | None:
    if accounts is None:
        return None
    value = float(accounts.energy_by_enterprise(year)[accounts.enterprises.tolist().index(enterprise)])
    return value if value == value else None


def blocking(findings: Iterable[ReportIssue]) -> list[ReportIssue]:
    """Return the findings with which a report cannot be submitted."""
    return [finding for finding in findings if finding.severity == "error"]


def doubts(findings: Iterable[ReportIssue]) -> list[ReportIssue]:
    """Return the findings that may stay with a reason."""
    return [finding for finding in findings if finding.severity == "warning"]


# --------------------------------------------------------------------------- the form of a report


def form_findings(table: ReportedTable, rows: Sequence[Row]) -> Iterator[ReportIssue]:
    """Yield the findings that need no more than the rows of one report."""
    if len(rows) > MOST_ROWS:
        what = say("this report has {n} rows; the maximum is {most}", most=MOST_ROWS, n=len(rows))
        yield ReportIssue(
            "error", "W241", None, None, what, say("split it by carrier or by site into fewer rows")
        )
    if table.single and len(rows) > 1:
        what = say("one row is expected, and there are {n}", n=len(rows))
        yield ReportIssue("error", "W241", 1, None, what, say("add them up into one"))
    for place, row in enumerate(rows):
        for name, text in row.items():
            if is_formula(text):
                what = say("`{text}` is a formula; a number or a text was expected", text=text[:40])
                yield ReportIssue("error", "W242", place, name, what, say("write what it gives"))
    if table.monthly:
        yield from _months_beside_year(rows)


def _months_beside_year(rows: Sequence[Row]) -> Iterable[ReportIssue]:
    """Report a carrier with both a yearly amount and monthly ones, which would be added."""
    whole: dict[tuple[tuple[str, str], ...], int] = {}
    for place, row in enumerate(rows):
        if not row.get("month"):
            whole.setdefault(_line(row), place)
    for row in rows:
        if row.get("month") and _line(row) in whole:
            what = say(
                "{carrier}: months and the whole year are both given and would be counted twice",
                carrier=carrier_in_words(row.get("carrier", "–")),
            )
            yield ReportIssue(
                "error", "W243", whole.pop(_line(row)), "amount", what, say("keep one of the two")
            )


def _line(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, text) for name, text in row.items() if name not in ("month", "amount")))


# --------------------------------------------------------------------------- the library's checks


def _remarks_and_accounts(
    reports: Reports, background: Background, first: tuple[str, int] | None = None
) -> tuple[Sequence[Remark], CarbonAccounts | None]:
    """Return what the library remarks on reports, and their carbon accounts."""
    cluster, unread = _cluster(reports, background, first)
    try:
        accounts = carbon_accounts(cluster)
    except SeparatrixError as problem:
        return (*unread, *cluster.remarks, _unread(problem, "")), None
    return (*unread, *cluster.remarks, *accounts.remarks), accounts


def _cluster(
    reports: Reports, background: Background, first: tuple[str, int] | None
) -> tuple[Cluster, list[Remark]]:
    """Return the reports as a cluster of one enterprise; rows of the first report are numbered from 1."""
    remarks: list[Remark] = []
    unread: list[Remark] = []
    profile = {"name": background.enterprise, **background.profile, "id": background.enterprise}
    if first is not None and first[0] == "enterprises":
        profile |= {n: t for row in reports[first][:1] for n, t in row.items()}
    listed = [profile, *({"id": other} for other in sorted(background.known - {background.enterprise}))]
    numbers = [1, *range(_BEFORE, _BEFORE + len(listed) - 1)]
    tables: dict[str, ClusterTable] = {}
    members: Members | None = None
    reported = dict.fromkeys(table for table, _ in reports if table != "enterprises")
    for name in ("enterprises", *([_FACTORS] if background.factors else []), *reported):
        if name == "enterprises":
            cells = _examination_cells(name, listed, numbers)
        elif name == _FACTORS:
            rows = background.factors
            cells = _examination_cells(name, rows, range(_BEFORE, _BEFORE + len(rows)))
        else:
            parts = [key for key in reports if key[0] == name]
            cells = _examination_cells(name, *_numbered(parts, reports, background.enterprise, first))
        try:
            tables[name], amiss = read_table(cells, name, background.description, members)
        except SeparatrixError as problem:  # a column is missing in all rows, as of a draft just begun
            unread.append(
                Remark(
                    problem.code,
                    "error",
                    name,
                    None,
                    None,
                    say("the table cannot be read: {why}", why=problem.message),
                )
            )
            continue
        remarks.extend(amiss)
        if name == "enterprises":
            members = members_of(tables[name].texts("id").tolist(), tables[name].texts("name").tolist())
    return cluster_of(background.description, tables, remarks), unread


def _unread(problem: SeparatrixError, table: str) -> Remark:
    why = say("the table cannot be read: {why}", why=problem.message)
    return Remark(problem.code, "error", table, None, None, why)


def _numbered(
    parts: Sequence[tuple[str, int]], reports: Reports, enterprise: str, first: tuple[str, int] | None
) -> tuple[list[dict[str, str]], list[int]]:
    rows: list[dict[str, str]] = []
    numbers: list[int] = []
    for key in sorted(parts, key=lambda part: part != first):
        table, year = key
        more = reported_table(table).cluster_rows(enterprise, year, reports[key])
        start = 1 if key == first else _BEFORE + len(rows)
        numbers.extend(range(start, start + len(more)))
        rows.extend(more)
    return rows, numbers


def _examination_cells(name: str, rows: Sequence[Row], numbers: Sequence[int]) -> Cells:
    # A column that all rows lack is a fault of each of them, and not of the table.
    needed = [column.name for column in layout_of(name).columns.values() if column.required]
    header = tuple(dict.fromkeys([*(column for row in rows for column in row), *needed]))
    columns = tuple(tuple(row.get(column, "") for row in rows) for column in header)
    return Cells(name, header, columns, numbers)


_OF_THE_PARK = frozenset({"K137", "K142", "K172", "K210", "K211", "K216", "K219", "K225", "K233", "K263"})
"""Remarks on factors and rates, which the office chooses, and on years without reports."""


_OF_OTHERS = frozenset({"K218"})
"""Remarks that depend on other enterprises' reports, which are not read here; the answers show them."""
_OF_BOTH = frozenset({"K215"})
"""An amount in a unit for which the park has no factor: either of them may have to change, so it may stay."""


_OF_A_PART = frozenset({"K154", "K156", "K157", "K235", "K236", "K238"})
"""Remarks that a year makes which is not over: one has no more months than have passed."""


def _finding(table: ReportedTable, remark: Remark, *, running: bool) -> ReportIssue:
    """Return a remark for a report: with the position of the row and the name of the column."""
    own = remark.file == table.name and remark.row is not None and remark.row < _BEFORE
    column = remark.column if own and remark.column and table.column(remark.column) is not None else None
    noted = remark.code in _OF_THE_PARK or (running and remark.code in _OF_A_PART)
    severity: Severity = "note" if noted else remark.severity
    if severity == "error" and remark.code in _OF_BOTH:
        severity = "warning"
    found = ReportIssue(severity, remark.code, None, column, remark.what, remark.hint)
    return replace(found, row=remark.row - 1) if own and remark.row is not None else found
