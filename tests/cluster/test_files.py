"""Files as people save them: encodings, separators, decimal signs, workbooks; understood or refused."""

from __future__ import annotations

import codecs
import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from cluster.folders import DESCRIPTION, ENERGY, THREE, codes, found, park, write
from core.game.formats.test_tables import ods, ods_row
from separatrix.errors import InputError, NameProblem, SeparatrixError
from separatrix.io.csv import read_cells
from separatrix_cluster.accounts.accounts import carbon_accounts
from separatrix_cluster.tables.reader import load_cluster

CHINESE = "企业编号,年份,能源品种,消费量,单位\nE01,2023,柴油,1.5,万吨\nE02,2023年,电力,２０００,万千瓦时\n"


@pytest.mark.parametrize(
    ("encoding", "mark", "told"),
    [
        ("utf-8", b"", None),
        ("utf-8", codecs.BOM_UTF8, "UTF-8 with a byte order mark"),
        ("gb18030", b"", "GB18030"),
        ("gbk", b"", "GB18030"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "UTF-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "UTF-16"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_encodings_and_separators(
    tmp_path: Path, encoding: str, mark: bytes, told: str | None, separator: str, ends: str
) -> None:
    """The same table comes out of every way to save it; what is not the plainest way is stated."""
    text = CHINESE.replace(",", separator).replace("\n", ends)
    read = park(tmp_path, energy=mark + text.encode(encoding))
    table = read.table("energy")
    assert table.numbers("amount").tolist() == pytest.approx([15_000, 72_000])
    assert table.texts("carrier").tolist() == ["柴油", "电力"]
    assert table.rows.tolist() == [2, 3]
    assert codes(read.remarks) == set()
    notes = [str(r.what) for r in read.remarks if r.code == "K111"]
    name = {",": "comma", ";": "semicolon", "\t": "tab"}[separator]
    plain = told is None and separator == ","
    assert notes == (
        [] if plain else [f"read as {told or 'UTF-8'}, columns separated by {name}, decimal point"]
    )


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("Unternehmen;Jahr;Energieträger;Menge;Einheit\nE01;2023;Heizöl;1,5;t\n", "cp1252", "Windows-1252"),
        (
            "enterprise;year;carrier;amount;unit;remark\nE01;2023;diesel;1,5;t;Größe – Zähler\n",
            "cp1252",
            "Windows-1252",
        ),
        ("enterprise;year;carrier;amount;unit;remark\nE01;2023;diesel;1,5;t;朱镕基\n", "gbk", "GB18030"),
        ("企业编号;年份;能源品种;消费量;单位;备注\nE01;2023;柴油;1,5;t;珺 镕\n", "gbk", "GB18030"),
    ],
)
def test_western_and_chinese_bytes_are_told_apart(
    tmp_path: Path, text: str, encoding: str, told: str
) -> None:
    """Single bytes beyond ASCII are letters with accents, pairs of them are Chinese characters."""
    (tmp_path / "t.csv").write_bytes(text.encode(encoding))
    cells = read_cells(tmp_path / "t.csv")
    assert [list(cells.header), *map(list, zip(*cells.columns, strict=True))] == [
        line.split(";") for line in text.splitlines()
    ]
    assert [r.what.values["encoding"] for r in cells.remarks if r.code == "K111"] == [told]


def amounts(folder: Path, cells: list[str], separator: str) -> tuple[list[float], list[str]]:
    """Return the amounts of a table with these cells, and the codes of its remarks (without K111)."""
    lines = ["enterprise;year;carrier;amount;unit"]
    lines += [f'E01;{2000 + i};diesel;"{cell}";t' for i, cell in enumerate(cells)]
    read = park(folder, energy="\n".join(lines).replace(";", separator) + "\n")
    kept = dict(zip(read.table("energy").rows, read.table("energy").numbers("amount"), strict=True))
    told = [r.code for r in read.remarks if r.code not in ("K111", "K137")]
    return [kept.get(i + 2, float("nan")) for i in range(len(cells))], told


@pytest.mark.parametrize(
    ("separator", "cells", "values", "told"),
    [
        (";", ["12,5", "0,125", "3"], [12.5, 0.125, 3], []),
        (";", ["12,5", "1.234,5", "1.234.567"], [12.5, 1234.5, 1234567], []),
        (";", ["12,5", "1.234"], [12.5, 1234], ["K112"]),
        (";", ["12,5", "12.5"], [12.5, 12.5], []),
        (";", ["12,5", "12.5", "1.234"], [12.5, 12.5, np.nan], ["K130"]),
        (";", ["1,234", "5,678"], [1.234, 5.678], ["K112"]),
        (";", ["1.234", "5.678"], [np.nan, np.nan], ["K130", "K130"]),
        (";", ["1.234", "0.5"], [1.234, 0.5], []),
        ("\t", ["1,234"], [np.nan], ["K130"]),
        ("\t", ["1.234", "5.678"], [1.234, 5.678], ["K112"]),
        ("\t", ["1,234", "1,234,567"], [1234, 1234567], []),
        ("\t", ["1,234", "2.5"], [1234, 2.5], ["K112"]),
        ("\t", ["12,5"], [12.5], []),
        (",", ["1,234", "7"], [1234, 7], ["K112"]),
        (",", ["1,234.5", "1,234,567"], [1234.5, 1234567], []),
        (",", ["12,5", "7.25"], [12.5, 7.25], []),
        (",", ["12,5", "1,234.5"], [np.nan, 1234.5], ["K130"]),
        (",", ["12,34,5"], [np.nan], ["K130"]),
        (
            ",",
            ["１２３．５", "1 234", "1'234", "1\u202f234", "+5", ".5", "5."],
            [123.5, 1234, 1234, 1234, 5, 0.5, 5],
            [],
        ),
        (",", ["１，２３４，５６７"], [1234567], []),
        (";", ["1,5", "1,234.5"], [np.nan, 1234.5], ["K130"]),
    ],
)
def test_decimal_signs_and_thousands(
    tmp_path: Path, separator: str, cells: list[str], values: list[float], told: list[str]
) -> None:
    """What can mean one thing is read so; what can mean two is decided by the rest or refused."""
    read, remarks = amounts(tmp_path, cells, separator)
    np.testing.assert_allclose(read, values)
    assert [code for code in remarks if code != "K154"] == told  # the years differ as they will


def test_a_separator_that_excel_names(tmp_path: Path) -> None:
    """The line `sep=;` is no heading, and rows keep their numbers."""
    read = park(tmp_path, energy="sep=;\n" + (ENERGY + "E01,2023,diesel,-5,t\n").replace(",", ";"))
    assert found(read.remarks, "K130") == [("energy.csv", 3, "amount", "error")]


def test_comments_blank_lines_and_quotes(tmp_path: Path) -> None:
    """None of them moves the numbers of rows."""
    text = '# a, b; c\n\n"id",name\n# E00,none\nE01, "River, Inc"\n\n,,\nE02,"two\nlines"\nE02,twice\n'
    read = park(tmp_path, enterprises=text)
    assert read.table("enterprises").texts("name").tolist() == ["River, Inc", "two\nlines"]
    assert read.table("enterprises").rows.tolist() == [5, 8]
    assert found(read.remarks, "K134") == [("enterprises.csv", 10, None, "error")]


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "K116", "empty"),
        (b"\n \n", "K116", "empty"),
        (b"# only a comment\n", "K116", "empty"),
        (b"PK\x03\x04\x00\x00binary", "K110", "binary"),
        (bytes(range(256)) * 8, "K110", "binary"),
        (b"\xff\xfe\x00\xd8", "K110", "binary"),
        (b"id\n\xff\xff\xff", "K110", "neither UTF-8 nor GB18030"),
        (
            b'enterprise,year,carrier,amount,unit\nE01,2023,"diesel,5,t\nE02,2023,diesel,5,t\n',
            "K110",
            "row 2",
        ),
        (b'enterprise,year,carrier,amount,unit\nE01,2023,"die"sel,5,t\n', "K110", "row 2"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, content: bytes, code: str, words: str) -> None:
    """The table is left out with the reason; the others are computed."""
    read = park(tmp_path, energy=content, emissions="enterprise,year,amount,unit\nE01,2023,7,t\n")
    (remark,) = [r for r in read.remarks if r.severity == "error"]
    assert (remark.code, remark.file) == (code, "energy.csv") and words in str(remark.what)
    assert read.broken == {"energy": "energy.csv"}
    assert carbon_accounts(read).total(2023) == 7


@pytest.mark.parametrize("above", [",,energy,,,remarks", "Energy of 2023,,,,,remarks", "park,,,,,remarks"])
def test_a_column_that_is_headed_in_the_upper_row_alone(tmp_path: Path, above: str) -> None:
    """A remark in it discards no row; a row with a cell more than it is still left out."""
    heading = f"{above}\nenterprise,year,carrier,amount,unit\n"
    rows = "E01,2023,diesel,5,t,checked\nE02,2023,diesel,6,t,\nE03,2023,diesel,7,t,\n"
    read = park(tmp_path, energy=heading + rows + "E01,2022,diesel,1,234,t,\n")
    assert read.table("energy").numbers("amount").tolist() == [5, 6, 7]
    assert {(r.row, r.severity) for r in read.remarks if r.severity == "error"} == {(6, "error")}


def test_a_note_beyond_the_title_lets_no_number_be_split(tmp_path: Path) -> None:
    """Where the other rows end with the headings, a longer row has an amount that is split in two."""
    heading = "Energy,,,,,Remark\nenterprise,year,carrier,amount,unit\n"
    rows = "E01,2023,diesel,5,t\nE02,2023,diesel,6,t\nE03,2023,diesel,1,234,t\n"
    read = park(tmp_path, energy=heading + rows)
    assert read.table("energy").numbers("amount").tolist() == [5, 6]
    assert found(read.remarks, "K117") == [("energy.csv", 5, None, "error")]


# --------------------------------------------------------------------------- workbooks


def book(path: Path, rows: list[list[Any]], sheet: str = "energy", merged: str | None = None) -> Path:
    """Write a workbook of one sheet."""
    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.title = sheet
    for row in rows:
        made.active.append(row)
    if merged:
        made.active.merge_cells(merged)
    made.save(path)
    return path


HEADING = ["enterprise", "year", "carrier", "amount", "unit"]


def test_numbers_dates_and_percentages_of_a_workbook(tmp_path: Path) -> None:
    """A year may be a date, a share a cell that shows per cent, a truth value yes or no."""
    write(tmp_path)
    rows = [
        ["enterprise", "year", "reports", "trained"],
        ["E01", datetime.date(2023, 1, 1), True, 0.15],
        ["E02", 2023.0, False, "15 %"],
        ["E03", datetime.date(2023, 5, 1), "yes", 15],
    ]
    book(tmp_path / "awareness.xlsx", rows)
    read = load_cluster(tmp_path)
    table = read.table("awareness")
    np.testing.assert_array_equal(table.numbers("year"), [2023, 2023, np.nan])
    np.testing.assert_array_equal(table.numbers("reports"), [1, 0, 1])
    np.testing.assert_array_equal(table.numbers("trained"), [0.15, 0.15, np.nan])
    assert found(read.remarks, "K130") == [
        ("awareness.xlsx[energy]", 4, "year", "error"),
        ("awareness.xlsx[energy]", 4, "trained", "error"),
    ]


def test_formulas_and_errors_of_a_workbook(tmp_path: Path) -> None:
    """A cell without a value is told once, by its address, and its row is left out."""
    write(tmp_path)
    path = book(
        tmp_path / "energy.xlsx",
        [
            HEADING,
            ["E01", 2023, "diesel", "=2+3", "t"],
            ["E02", 2023, "diesel", "x", "t"],
            ["E03", 2023, "diesel", 5, "t"],
        ],
    )
    made = openpyxl.load_workbook(path)
    made.active["D3"].value, made.active["D3"].data_type = "#DIV/0!", "e"
    made.save(path)
    read = load_cluster(tmp_path)
    assert [(r.code, r.row, r.column) for r in read.remarks if r.severity == "error"] == [
        ("K115", 2, "amount"),
        ("K114", 3, "amount"),
    ]
    assert read.table("energy").texts("enterprise").tolist() == ["E03"]


@pytest.mark.parametrize(
    ("amounts", "read", "severity"),
    [
        (["12.000", "1.234,5", "8.500,25"], [12000, 1234.5, 8500.25], "note"),
        (["12.000", "3,5", 7.25], [12000, 3.5, 7.25], "note"),
        (["12.000", "0.125", "3.333"], [12, 0.125, 3.333], None),
        (["1.234.567", "-2,5", "0,125"], [1234567, -2.5, 0.125], "note"),
        (["12.000", 12.125, "900"], [12, 12.125, 900], None),
        (["12.000", "7.500", "3.250"], [12, 7.5, 3.25], "warning"),
    ],
)
def test_a_column_of_german_texts_in_a_workbook(
    tmp_path: Path, amounts: list[Any], read: list[float], severity: str | None
) -> None:
    """Numbers that are written in one way only decide how the others of their column are read."""
    write(tmp_path)
    rows = [["E01", 2021 + k, "diesel", amount, "t"] for k, amount in enumerate(amounts)]
    book(tmp_path / "energy.xlsx", [HEADING, *rows])
    told = load_cluster(tmp_path)
    expected = [value for value in read if value >= 0]
    assert told.table("energy").numbers("amount").tolist() == expected
    assert [f[3] for f in found(told.remarks, "K112")] == ([] if severity is None else [severity])


def test_a_column_of_thousands_beside_a_german_column(tmp_path: Path) -> None:
    """Where the other columns have decimal commas, 12.000 is read as thousands, with a warning."""
    write(tmp_path)
    heading = [*HEADING, "low", "high"]
    rows = [["E01", 2021, "diesel", "12.000", "t", "11.000,5", "13.000,5"]]
    book(tmp_path / "energy.xlsx", [heading, *rows])
    told = load_cluster(tmp_path)
    assert told.table("energy").numbers("amount").tolist() == [12000]
    assert ("energy.xlsx[energy]", 2, "amount", "warning") in found(told.remarks, "K112")


def test_a_column_that_is_written_in_both_ways(tmp_path: Path) -> None:
    """What can be read in one way is read; 12.000 is left out, with a remark."""
    write(tmp_path)
    amounts = ["1.234,5", "0.5", "12.000"]
    rows = [["E01", 2021 + k, "diesel", amount, "t"] for k, amount in enumerate(amounts)]
    book(tmp_path / "energy.xlsx", [HEADING, *rows])
    told = load_cluster(tmp_path)
    assert told.table("energy").numbers("amount").tolist() == [1234.5, 0.5]
    assert found(told.remarks, "K112") == [("energy.xlsx[energy]", 4, "amount", "error")]


def test_columns_of_a_text_file_that_are_written_in_different_ways(tmp_path: Path) -> None:
    """Each column decides for itself: German amounts beside English shares."""
    content = "enterprise;year;carrier;amount;unit;low;high\n" + "".join(
        f"E01;{year};diesel;{amount};t;{low};{high}\n"
        for year, amount, low, high in (
            (2021, "12.000", "11.000,5", "14.000,5"),
            (2022, "1.234,5", "", ""),
            (2023, "15.000", "", ""),
        )
    )
    content = (
        content.replace(";high\n", ";high;note\n").replace("t;;\n", "t;;;0.5\n").replace("0,5\n", "0,5;0.5\n")
    )
    told = park(tmp_path, energy=content)
    assert told.table("energy").numbers("amount").tolist() == [12000, 1234.5, 15000]
    assert ("energy.csv", None, "amount", "note") in found(told.remarks, "K112")


def test_numbers_written_as_texts_in_a_workbook(tmp_path: Path) -> None:
    """A text with a comma before three digits may be either, and is not read."""
    write(tmp_path)
    rows = [
        ["E01", 2021, "diesel", "1,234", "t"],
        ["E01", 2022, "diesel", "12", "t"],
        ["E01", 2023, "diesel", 1.234, "t"],
    ]
    book(tmp_path / "energy.xlsx", [HEADING, *rows])
    read = load_cluster(tmp_path)
    assert found(read.remarks, "K130") == [("energy.xlsx[energy]", 2, "amount", "error")]
    assert read.table("energy").numbers("amount").tolist() == [12, 1.234]


@pytest.mark.parametrize("merged", [None, "A1:E1", "D1:E1"])
def test_a_title_above_the_headings_is_no_heading(tmp_path: Path, merged: str | None) -> None:
    """However its cells are merged; where the headings are is told."""
    write(tmp_path)
    book(tmp_path / "energy.xlsx", [["Energy 2023"], HEADING, ["E01", 2023, "diesel", 5, "t"]], merged=merged)
    read = load_cluster(tmp_path)
    assert [(r.code, r.severity) for r in read.remarks] == [("K123", "note")]
    assert read.table("energy").rows.tolist() == [3]


def test_a_title_over_a_heading_takes_its_name(tmp_path: Path) -> None:
    """The cell below is gone from the workbook, and no column is the enterprise: the table is refused."""
    write(tmp_path)
    rows = [["Energy 2023"], HEADING, ["E01", 2023, "diesel", 5, "t"]]
    book(tmp_path / "energy.xlsx", rows, merged="A1:A2")
    (remark,) = [r for r in load_cluster(tmp_path).remarks if r.severity == "error"]
    assert remark.code == "K120" and "enterprise" in str(remark.what)


def test_merged_names_hold_for_every_row_and_merged_amounts_for_the_first(tmp_path: Path) -> None:
    """An enterprise is written once for its rows; an amount would count as often as there are rows."""
    write(tmp_path)
    rows = [HEADING, ["E01", 2023, "diesel", 5, "t"], [None, None, "gasoline", 7, "t"]]
    path = book(tmp_path / "energy.xlsx", rows, merged="A2:A3")
    made = openpyxl.load_workbook(path)
    made.active.merge_cells("B2:B3")
    made.save(path)
    read = load_cluster(tmp_path)
    assert read.table("energy").texts("enterprise").tolist() == ["E01", "E01"]
    assert read.table("energy").numbers("year").tolist() == [2023, 2023]
    assert not found(read.remarks, "K113")

    made.active.merge_cells("D2:D3")
    made.save(path)
    read = load_cluster(tmp_path)
    assert found(read.remarks, "K113") == [("energy.xlsx[energy]", 2, None, "warning")]
    assert found(read.remarks, "K133") == [("energy.xlsx[energy]", 3, "amount", "error")]
    assert read.table("energy").numbers("amount").tolist() == [5]


def test_a_stray_cell_far_out_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    """Column XFD of row 1048576 would be seventeen billion cells."""
    write(tmp_path)
    path = book(tmp_path / "energy.xlsx", [HEADING])
    made = openpyxl.load_workbook(path)
    made.active["XFD1048576"] = "x"
    made.save(path)
    (remark,) = [r for r in load_cluster(tmp_path).remarks if r.severity == "error"]
    assert remark.code == "T206" and "1,048,576" in str(remark.what)


def test_one_workbook_of_all_tables(tmp_path: Path) -> None:
    """Sheets are tables by their names; another sheet is told; a table twice is refused."""
    write(tmp_path)
    (tmp_path / "enterprises.csv").unlink()
    made = openpyxl.Workbook()
    made.active.title = "Enterprises"
    for row in THREE.splitlines():
        made.active.append(row.split(","))
    sheet = made.create_sheet("energy")
    sheet.append(HEADING)
    sheet.append(["E01", 2023, "diesel", 5, "t"])
    made.create_sheet("Notes")
    made.save(tmp_path / "cluster.xlsx")
    read = load_cluster(tmp_path)
    assert read.table("energy").file == "cluster.xlsx[energy]" and len(read.enterprises) == 3
    assert found(read.remarks, "K105") == [("cluster.xlsx[Notes]", None, None, "note")]
    (tmp_path / "tables.xlsx").write_bytes((tmp_path / "cluster.xlsx").read_bytes())
    with pytest.raises(InputError, match="appears in") as refused:
        load_cluster(tmp_path)
    assert refused.value.code == "K103"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no workbook", b"plain text", THREE.encode()])
@pytest.mark.parametrize("name", ["energy.xlsx", "energy.ods", "cluster.xlsx"])
def test_broken_workbooks(tmp_path: Path, content: bytes, name: str) -> None:
    """They are told, and the rest is read."""
    write(tmp_path, emissions="enterprise,year,amount,unit\nE01,2023,7,t\n")
    (tmp_path / name).write_bytes(content)
    read = load_cluster(tmp_path)
    assert [(r.code, r.file) for r in read.remarks if r.severity == "error"] == [("T200", name)]
    assert carbon_accounts(read).total(2023) == 7


def test_workbooks_of_libreoffice(tmp_path: Path) -> None:
    """An .ods file is read as an .xlsx file is, with formulas told and endless blank rows passed over."""
    write(tmp_path)
    rows = ods_row(*HEADING) + ods_row("E01", 2023, "diesel", 5, "t")
    rows = rows.replace('office:value="5"', 'table:formula="of:=2+3" office:value="5"')
    blank = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
    ods(tmp_path / "energy.ods", rows + blank)
    read = load_cluster(tmp_path)
    assert codes(read.remarks) == set() and read.table("energy").numbers("amount").tolist() == [5]
    assert [str(r.what) for r in read.remarks] == ["formulas in the sheet (1): what they last gave was read"]


# --------------------------------------------------------------------------- the folder


def test_tables_under_other_names(tmp_path: Path) -> None:
    """`tables` in cluster.yaml names the file and the sheet, and decides between two files."""
    write(
        tmp_path,
        DESCRIPTION + "tables: {energy: bills.xlsx#Sheet 2, accounts: books.csv}\n",
        accounts="enterprise,year,output\nE01,2023,1\n",
    )
    (tmp_path / "books.csv").write_text("enterprise,year,output\nE01,2023,2\n", encoding="utf-8")
    made = openpyxl.Workbook()
    sheet = made.create_sheet("Sheet 2")
    sheet.append(HEADING)
    sheet.append(["E01", 2023, "diesel", 5, "t"])
    made.save(tmp_path / "bills.xlsx")
    read = load_cluster(tmp_path)
    assert codes(read.remarks) == set()
    assert read.table("energy").file == "bills.xlsx[Sheet 2]" and len(read.table("energy")) == 1
    assert read.table("accounts").numbers("output").tolist() == [20_000]


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    """The message lists those that are."""
    write(tmp_path, DESCRIPTION + "tables: {energy: bills.xlsx#Sheet 9}\n")
    book(tmp_path / "bills.xlsx", [HEADING], sheet="2023")
    (remark,) = [r for r in load_cluster(tmp_path).remarks if r.severity == "error"]
    assert "no sheet `Sheet 9`" in str(remark.what) and "2023" in str(remark.hint)


@pytest.mark.parametrize(
    "text",
    [
        "tables: {energy: ../energy.csv}",
        "tables: {energy: /etc/passwd}",
        "tables: {energy: a/../../b.csv}",
        "park_standard: ../own.yaml",
        "park_standard: /tmp/own.yaml",
    ],
)
def test_files_outside_the_folder_are_refused(tmp_path: Path, text: str) -> None:
    """A cluster that somebody hands on reads nothing of one's own."""
    with pytest.raises(InputError, match="outside") as refused:
        park(tmp_path, DESCRIPTION + text + "\n")
    assert refused.value.code == "K101" and refused.value.where is not None and refused.value.where.line == 6


@pytest.mark.parametrize("named", [True, False])
def test_links_out_of_the_folder_are_refused(tmp_path: Path, named: bool) -> None:
    """Neither by the table's own name nor by one in cluster.yaml."""
    secret = tmp_path / "secret.csv"
    secret.write_text("password\nhunter2\n", encoding="utf-8")
    folder = write(tmp_path / "park", DESCRIPTION + ("tables: {energy: other.csv}\n" if named else ""))
    try:
        (folder / ("other.csv" if named else "energy.csv")).symlink_to(secret)
    except OSError:
        pytest.skip("this system makes no symbolic links")
    with pytest.raises(InputError) as refused:
        load_cluster(folder)
    assert refused.value.code == "K103" and "hunter2" not in str(refused.value)


def test_links_within_the_folder_are_followed(tmp_path: Path) -> None:
    """They lead nowhere else."""
    folder = write(tmp_path / "park", bills=ENERGY + "E01,2023,diesel,5,t\n")
    try:
        (folder / "energy.csv").symlink_to(folder / "bills.csv")
    except OSError:
        pytest.skip("this system makes no symbolic links")
    assert len(load_cluster(folder).table("energy")) == 1


def test_two_files_of_one_table(tmp_path: Path) -> None:
    """Neither is chosen; the hint shows how to."""
    write(tmp_path, energy=ENERGY)
    (tmp_path / "Energy.tsv").write_text(ENERGY.replace(",", "\t"), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_cluster(tmp_path)
    assert refused.value.code == "K103" and "tables: {energy: " in str(refused.value.hint)


def test_a_misspelt_file_is_told(tmp_path: Path) -> None:
    """It is not read, and the hint says what it was meant to be; other files of one's own are a note."""
    read = park(tmp_path, enegry=ENERGY, suppliers_of_2023="a\n")
    assert found(read.remarks, "K105") == [
        ("enegry.csv", None, None, "warning"),
        ("suppliers_of_2023.csv", None, None, "note"),
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("roterdam", "did you mean `rotterdam`"),
        ("zzz", "shipped are"),
        ("./nowhere", "does not exist"),
        ("x" * 5000, "cannot be opened"),
        ("a/" + "x" * 5000, "cannot be opened"),
        ("", "cluster.yaml"),
    ],
)
def test_clusters_that_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    """Each is an error in words, with what to do."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises((InputError, NameProblem)) as refused:
        load_cluster(name)
    assert refused.value.code == "K100" and words in str(refused.value)


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("format: 2", "K101", "`format` is 2"),
        ("factor_set: ipcc", "K201", "ipcc-2006"),
        ("curency: CNY", "G107", "currency"),
        ("money_unit: ten thousand", "K101", "10k CNY"),
        ("money_unit: 10k CNY\ncurrency: EUR", "K101", "EUR"),
        ("price_year: soon", None, "price_year"),
        ("price_year: 3000", "K101", "must be a year"),
        ("deflators: {2020: 0}", "K101", "positive"),
        ("deflators: {2020: 100}\nprice_year: 2023", "K101", "no price level of 2023"),
        ("deflators: {soon: 100}", "K101", "each year"),
        ("exchange_rates: {USD: -1}", "K101", "positive"),
        ("exchange_rates: [7]", "G110", "mapping"),
        ("gwp: AR3", "K101", "AR4"),
        ("survey_scale: [5, 1]", "K101", "lowest"),
        ("survey_scale: 5", "G110", "list"),
        ("survey_scale: [1, .inf]", None, "survey_scale"),
        ("synthetic: perhaps", "K101", "true or false"),
        ("weights: {patents: 1}", "G107", "patents per 1000 staff"),
        ("weights: {R&D staff: 0}", "K101", "zero"),
        ("weights: {R&D staff: -1}", "K101", "negative"),
        ("eu_carbon_price: -5", "K101", "negative"),
        ("sources: {a: b}", "G110", "list"),
        ("tables: {enegry: a.csv}", "G107", "energy"),
        ("tables: {energy: a.csv}", "K103", "does not exist"),
        ("name: [a", None, "cluster.yaml"),
        ("name: ''", "G113", "empty"),
        ('place: "\\0"', "G110", "control character"),
    ],
)
def test_faults_of_the_description(tmp_path: Path, line: str, code: str | None, words: str) -> None:
    """Each is refused, with its place, for everything else would be computed from it."""
    text = line if line.startswith("name") else f"name: Test\n{line}"
    with pytest.raises(SeparatrixError) as refused:
        park(tmp_path, text + "\n")
    assert words in str(refused.value)
    assert code is None or refused.value.code == code
    assert refused.value.where is not None


@pytest.mark.parametrize("text", ["", "a list\n", "- a\n", "\x00", "name: a\nname: b\n", "name: &x [*x]\n"])
def test_descriptions_that_are_none(tmp_path: Path, text: str) -> None:
    """An empty file, a text, a list, a name twice and a loop are errors in words."""
    with pytest.raises(SeparatrixError):
        park(tmp_path, text)


def test_all_ways_to_say_that_a_value_is_not_known(tmp_path: Path) -> None:
    """They leave the cell empty and no remark."""
    cells = ["", "-", "–", "/", "n/a", "NA", "NaN", "none", "null", "无", "未知", "?"]
    rows = "".join(f"E{i:02},2023,,{cell}\n" for i, cell in enumerate(cells, 1))
    firms = "id\n" + "".join(f"E{i:02}\n" for i in range(1, len(cells) + 1))
    read = park(tmp_path, enterprises=firms, accounts="enterprise,year,currency,output\n" + rows)
    assert codes(read.remarks) == set() and np.isnan(read.table("accounts").numbers("output")).all()


def test_a_column_of_the_workbook_is_read_by_its_place(tmp_path: Path) -> None:
    """Rows and columns that are empty before the table do not shift it."""
    path = book(tmp_path / "x.xlsx", [[], [None, "id", "name"], [], [None, "E01", "First"]])
    cells = read_cells(path)
    assert cells.header == ("", "id", "name") and list(cells.rows) == [4]
    assert cells.columns[1:] == (("E01",), ("First",))


@pytest.mark.parametrize(
    ("text", "years"), [("[2022, 2023]", (2022, 2023)), ("2022", (2022,)), ("all", None), ("[]", ())]
)
def test_years_that_are_declared_complete(tmp_path: Path, text: str, years: tuple[int, ...] | None) -> None:
    """A list of years, one year, or all of them."""
    assert park(tmp_path, DESCRIPTION + f"complete: {text}\n").description.complete == years


@pytest.mark.parametrize("text", ["[soon]", "yes", "{2022: true}", "[22]"])
def test_years_declared_complete_that_are_no_years(tmp_path: Path, text: str) -> None:
    """The file is refused at the place."""
    with pytest.raises(InputError) as refused:
        park(tmp_path, DESCRIPTION + f"complete: {text}\n")
    assert refused.value.code in ("K101", "G110") and "cluster.yaml" in str(refused.value.where)
