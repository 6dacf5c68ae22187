"""Tables: CSV, XLSX, ODS and Gambit's .nfg."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from separatrix.cli.app import run
from separatrix.errors import InputError, SeparatrixError
from separatrix.expression.tree import to_text
from separatrix.game.formats.gambit import nfg_text, parse_nfg
from separatrix.game.formats.table_writer import csv_table
from separatrix.game.formats.workbook import parse_csv
from separatrix.game.model import Game, ProfileTable, SelfMatrix
from separatrix.game.reader import load, read_document

ROWS: list[list[Any]] = [
    ["A", "B", "pay:A", "pay:B"],
    ["c", "c", "R1 - C1", 0.1],
    ["c", "d", 1, 2],
    ["d", "c", 1, 2],
    ["d", "d", 1, 2],
]


def csv_game(text: str) -> Game:
    """Read a CSV text."""
    return read_document(*parse_csv(text, "table.csv"))


def nfg_game(text: str) -> Game:
    """Read a text in Gambit's format."""
    return read_document(*parse_nfg(text, "game.nfg"))


def workbook(path: Path, rows: list[list[Any]], change: Callable[[Any, Any], object] | None = None) -> Path:
    """Write a workbook with the sheet `payoffs`."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "payoffs"
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(book, sheet)
    book.save(path)
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_csv_in_all_its_dialects(tmp_path: Path, separator: str, mark: str, line_end: str) -> None:
    """Comma, semicolon or tab, with or without byte order mark, with blank lines: the same game."""
    lines = [
        "",
        *(separator.join(map(str, row)) for row in ROWS[:3]),
        "",
        *(separator.join(map(str, r)) for r in ROWS[3:]),
    ]
    path = tmp_path / "game.csv"
    path.write_bytes((mark + line_end.join(lines)).encode())
    game = load(path)
    assert isinstance(game.form, ProfileTable)
    assert list(game.parameters) == ["R1", "C1"]
    assert [to_text(e) for e in game.form.pay[0, 0]] == ["R1 - C1", "1/10"]
    assert game.title == "game"


def test_one_population_has_a_column_meets() -> None:
    """A table of one population says which strategy is met."""
    game = csv_game("Birds,meets,pay:Birds\nhawk,hawk,-1\nhawk,dove,4\ndove,hawk,0\ndove,dove,2\n")
    assert isinstance(game.form, SelfMatrix)
    assert [[to_text(e) for e in row] for row in game.form.rows] == [["-1", "4"], ["0", "2"]]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("A,B,pay:A,pay:B\nc,c,R1 + * 2,0\nd,d,0,0\n", "S001", 2, 10),
        ('A,B,pay:A,pay:B\nc,c,0,"max(1, ""2)"\nd,d,0,0\n', "S001", 2, 15),
        ("A,B,pay:A,pay:B\nc,c,=1+1,0\n", "T203", 2, 5),
        ("A,B,pay:A,pay:C\nc,c,1,0\n", "T202", 1, 11),
        ("A,B,pay:A\nc,c,1\n", "T201", 1, 3),
        ("A,B\nc,c\n", "T201", 1, 1),
        ("A,B,pay:A,pay:B\nc,c,1,\n", "T205", 2, 7),
        ("A,B,pay:A,pay:B\nc,c,1,0,9\n", "T202", 2, 9),
        ("A,B,pay:A,pay:B\nc,c,1,0\nc,d,1,0\nd,c,1,0\nd,c,1,0\n", "G117", 5, 1),
        ("A,B,pay:A,pay:B\nc,c,1,0\nd,d,1,0\n", "G116", 1, 1),
        ("A,A,pay:A,pay:B\nc,c,1,0\n", "T202", 1, 3),
        ("A,B,pay:A,pay:B\nc,c,nan,0\nd,d,0,0\n", "V301", 2, 5),
        ("", "T201", None, None),
    ],
)
def test_faults_in_csv_have_a_line_and_a_column(
    text: str, code: str, line: int | None, column: int | None
) -> None:
    """Each fault of a table is found in its cell, and within the cell."""
    with pytest.raises(SeparatrixError) as caught:
        csv_game(text)
    where = caught.value.where
    assert (caught.value.code, where and where.line, where and where.column) == (code, line, column)


def test_hostile_text_is_inert_in_csv() -> None:
    """No cell of a CSV file starts with a character that makes it a formula."""
    game = load(
        {
            "populations": [
                {"name": "=1+1", "strategies": ["@SUM(A1)", "=cmd|'/c calc'!A1"]},
                {"name": "+B"},
            ],
            "parameters": {"C1": 1},
            "payoffs": [
                {"play": [a, b], "pay": ["-C1", -2]}
                for a in ("@SUM(A1)", "=cmd|'/c calc'!A1")
                for b in ("yes", "no")
            ],
        }
    )
    text = csv_table(game)
    for cell in text.replace("\n", ",").split(","):
        assert cell[:1] not in ("=", "+", "@"), cell
        assert not cell.startswith("-") or cell == "-2"
    assert csv_game(text).populations == game.populations


def test_a_workbook_is_read(tmp_path: Path) -> None:
    """Sheets are found by their names, blank rows are skipped, numbers are exact."""

    def more(book: Any, sheet: Any) -> None:
        sheet.insert_rows(3)
        rows: dict[str, list[list[Any]]] = {
            "Parameters": [
                ["name", "value", "meaning", "low", "high"],
                ["R1", 3, "return", 0, "1/3"],
                ["C1", None, None],
            ],
            "populations": [["name", "share", "strategies"], ["B", "q", "d; c"], ["A", "p", "c; d"]],
            "scenarios": [["name", "good", "bad"], ["R1", 5, None]],
            "assume": [["assume"], ["R1 > 0"]],
            "let": [["name", "expression"], ["P", "R1/2"]],
            "today": [["share", "value"], ["p", 0.1], ["q", 1]],
            "game": [["key", "value"], ["title", "A game"], ["source", "Me (2020)"]],
        }
        for name, content in rows.items():
            page = book.create_sheet(name)
            for row in content:
                page.append(row)

    game = load(workbook(tmp_path / "game.xlsx", ROWS, more))
    assert game.title == "A game"
    assert game.source == "Me (2020)"
    assert game.shares == ("q", "p")
    assert game.parameters["R1"].range == (Fraction(0), Fraction(1, 3))
    assert game.scenarios == {"good": {"R1": 5}, "bad": {}}
    assert game.today == {"p": Fraction(1, 10), "q": Fraction(1)}
    assert isinstance(game.form, ProfileTable)
    # B is declared first, so its column comes first; its first strategy is d.
    assert [to_text(e) for e in game.form.pay[1, 0]] == ["1/10", "R1 - C1"]


@pytest.mark.parametrize(
    ("rows", "change", "code", "cell"),
    [
        ([*ROWS[:4], ["d", "d", "=1+1", 2]], None, "T203", "C5"),
        (ROWS, lambda b, s: s.merge_cells("A2:A3"), "T204", "A2:A3"),
        ([*ROWS[:4], ["d", "d", datetime.date(2020, 3, 1), 2]], None, "T208", "C5"),
        ([*ROWS[:4], ["d", "d", True, 2]], None, "G110", "C5"),
        ([*ROWS[:4], ["d", "d", "R1 + * 2", 2]], None, "S001", "C5"),
        ([*ROWS[:4], ["d", "d", None, 2]], None, "T205", "C5"),
        (ROWS, lambda b, s: s.cell(1048576, 16384, "x"), "T206", None),
        (ROWS, lambda b, s: b.create_sheet("parametres"), "T207", None),
        ([[]], None, "T201", None),
    ],
)
def test_faults_in_workbooks_name_the_cell(
    tmp_path: Path,
    rows: list[list[Any]],
    change: Callable[[Any, Any], object] | None,
    code: str,
    cell: str | None,
) -> None:
    """Formulas, merged cells, dates, empty cells, stray cells: refused with their address."""
    with pytest.raises(SeparatrixError) as caught:
        load(workbook(tmp_path / "game.xlsx", rows, change))
    assert caught.value.code == code
    if cell is not None:
        assert f"game.xlsx[payoffs!{cell}]" in str(caught.value)


def test_zip_bombs_are_not_unpacked(tmp_path: Path) -> None:
    """A workbook that would unzip to more than 50 MB is refused from its directory."""
    path = tmp_path / "game.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<a/>")
        with archive.open("xl/sheet.xml", "w") as member:
            for _ in range(51):
                member.write(b"0" * 1_000_000)
    with pytest.raises(InputError, match="T206"):
        load(path)


def test_error_cells_are_refused_with_their_address(tmp_path: Path) -> None:
    """A cell that holds #DIV/0! is no missing value: it is named and refused."""
    path = tmp_path / "game.xlsx"
    assert run(["new", str(path)]) == 0
    book = openpyxl.load_workbook(path)
    cell = book["parameters"].cell(2, 2)
    cell.value, cell.data_type = "#DIV/0!", "e"
    book.save(path)
    with pytest.raises(InputError, match="the cell B2 holds an error"):
        load(path)


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    """XML that declares entities is refused before any is unfolded."""
    path = tmp_path / "game.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>')
    with pytest.raises(InputError, match="declares entities"):
        load(path)


OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"


def ods(path: Path, cells: str) -> Path:
    """Write an OpenDocument spreadsheet; `cells` are the rows of its table."""
    content = (
        f'<office:document-content xmlns:office="{OFFICE}office:1.0" xmlns:table="{OFFICE}table:1.0" '
        f'xmlns:text="{OFFICE}text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="payoffs">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{OFFICE}manifest:1.0"/>'
        )
        archive.writestr("content.xml", content)
    return path


def ods_row(*values: object) -> str:
    """Return a row of an OpenDocument table."""
    cells = (
        f'<table:table-cell office:value-type="float" office:value="{v}"/>'
        if isinstance(v, (int, float))
        else f'<table:table-cell office:value-type="string"><text:p>{v}</text:p></table:table-cell>'
        for v in values
    )
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def test_an_open_document_is_read(tmp_path: Path) -> None:
    """An .ods file gives the same game as the same table in CSV."""
    cell = '<table:table-cell table:number-columns-repeated="1000"/>'
    blank = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    game = load(ods(tmp_path / "table.ods", "".join(ods_row(*row) for row in ROWS) + blank))
    assert game == csv_game("\n".join(",".join(map(str, row)) for row in ROWS))


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ('table:formula="of:=1+1"', "T203"),
        ('table:number-columns-spanned="2"', "T204"),
        ('table:number-columns-repeated="99999"', "T206"),
    ],
)
def test_faults_in_open_documents(tmp_path: Path, attributes: str, code: str) -> None:
    """Formulas, merged cells and endless repetition are refused in .ods files too."""
    rows = "".join(ods_row(*row) for row in ROWS)
    at = rows.rindex("<table:table-cell") + len("<table:table-cell")
    with pytest.raises(InputError) as caught:
        load(ods(tmp_path / "game.ods", f"{rows[:at]} {attributes}{rows[at:]}"))
    assert caught.value.code == code
    if code != "T206":
        assert "payoffs!D5" in str(caught.value)


PAYOFFS = (
    'NFG 1 R "Duel" { "A" "B" } { { "l" "r" } { "u" "v" "w" } } "A note"\n1 -1 0 0 0.5 1/3 2 2 3 3 1e2 -4'
)
OUTCOMES = 'NFG 1 D "Duel" { "A" "B" } { 2 2 }\n{ { "one" 1, -1 } { "" 2/4 3 } }\n1 2 0 1'


def test_gambit_files_are_read() -> None:
    """Payoffs, or outcomes, in the order in which the first player varies fastest."""
    game = nfg_game(PAYOFFS)
    assert isinstance(game.form, ProfileTable)
    assert [to_text(e) for e in game.form.pay[1, 0]] == ["0", "0"]
    assert [to_text(e) for e in game.form.pay[0, 1]] == ["1/2", "1/3"]
    assert [to_text(e) for e in game.form.pay[1, 2]] == ["100", "-4"]
    outcomes = nfg_game(OUTCOMES)
    assert isinstance(outcomes.form, ProfileTable)
    assert [to_text(e) for e in outcomes.form.pay[1, 0]] == ["1/2", "3"]
    assert [to_text(e) for e in outcomes.form.pay[0, 1]] == ["0", "0"]


@pytest.mark.parametrize("slug", ["mckelvey-mclennan", "matching-pennies"])
def test_gambit_files_survive(slug: str) -> None:
    """What is written for Gambit is read as the same payoffs."""
    from separatrix.expression.evaluation import evaluate

    game = load(slug)
    copy = nfg_game(nfg_text(game))
    values = {name: p.value for name, p in game.parameters.items() if p.value is not None}
    assert isinstance(game.form, ProfileTable)
    assert isinstance(copy.form, ProfileTable)
    for profile, pay in game.form.pay.items():
        assert [evaluate(e, {}) for e in copy.form.pay[profile]] == [evaluate(e, values) for e in pay]
    assert [p.strategies for p in copy.populations] == [p.strategies for p in game.populations]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "T210"),
        ("EFG 2 R", "T211"),
        ("NFG 2 R", "T210"),
        (PAYOFFS[:-3], "T210"),
        (PAYOFFS + " 5", "T210"),
        (PAYOFFS.replace("1/3", "1/0"), "V301"),
        (PAYOFFS.replace("1e2", "1e999"), "V301"),
        (OUTCOMES.replace("0 1", "9 1"), "T210"),
        (OUTCOMES.replace("{ 2 2 }", "{ 2 0 }"), "G115"),
        (OUTCOMES.replace("{ 2 2 }", "{ 99999999 2 }"), "T210"),
        (OUTCOMES.replace("{ 2 2 }", "{ 20000 20000 }"), "T210"),
    ],
)
def test_faults_in_gambit_files(text: str, code: str) -> None:
    """Each fault of a .nfg file is refused with its place."""
    with pytest.raises(SeparatrixError) as caught:
        nfg_game(text)
    assert caught.value.code == code


def test_gambit_files_hold_numbers_only() -> None:
    """A parameter without a value, and one population, cannot be written as .nfg."""
    with pytest.raises(InputError, match="T212"):
        nfg_text(csv_game("\n".join(",".join(map(str, row)) for row in ROWS)))
    with pytest.raises(InputError, match="T213"):
        nfg_text(load({"payoff_matrix": [[1, 2], [3, 4]]}))
