"""Spreadsheets that people have, read into rows of reports."""

from __future__ import annotations

import io
import zipfile

import pytest

from separatrix.errors import SeparatrixError
from separatrix_cluster.tables.description import Description
from separatrix_cluster.tables.members import members_of
from separatrix_park.reporting.checks import kept_rows
from separatrix_park.reporting.forms import template_workbook
from separatrix_park.reporting.spreadsheet import Spreadsheet, read_spreadsheet
from separatrix_park.reporting.tables import Row, reported_table, reported_tables

PARK = Description("A park", money_unit="10k CNY", money_factor=1e4)
OWN = members_of(["E01"], ["东湖水泥"])


def read(text: str, table: str = "energy", name: str = "list.csv", **given: object) -> Spreadsheet:
    """Read a CSV of one enterprise."""
    told = {"enterprise": "E01", "year": 2024} | given
    data = text.encode() if isinstance(text, str) else text
    return read_spreadsheet(name, data, reported_table(table), PARK, OWN, **told)  # type: ignore[arg-type]


def plain(rows: list[Row]) -> list[tuple[tuple[str, str], ...]]:
    """Return rows without their order."""
    return sorted(tuple(sorted(row.items())) for row in rows)


ENERGY = [
    {"carrier": "raw_coal", "unit": "t", "use": "used", "month": "5", "amount": "12.5"},
    {"carrier": "raw_coal", "unit": "t", "use": "used", "month": "12", "amount": "7"},
    {"carrier": "electricity", "unit": "MWh", "amount": "900", "market": "contract", "market_factor": "0.1"},
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", list(reported_tables()))
def test_a_template_that_is_filled_in_comes_back_as_it_was(name: str, language: str) -> None:
    """What is written into the workbook of each table is read from it, in both languages."""
    table = reported_table(name)
    sample = {
        "text": "x",
        "id": "x",
        "yes": "yes",
        "year": "2024",
        "unit": "t",
        "share": "0.5",
        "enterprise": "E01",
    }
    row = {
        column.name: column.choices[0] if column.choices else sample.get(column.kind, "1")
        for column in table.columns
        if column.name != "currency"
    }
    rows = ENERGY if name == "energy" else kept_rows(table, [row])
    year = 2024 if table.dated else 0
    data = template_workbook(table, year, rows, language)
    found = read_spreadsheet(f"{name}.xlsx", data, table, PARK, OWN, enterprise="E01", year=year)
    assert found.errors == ()
    assert plain(kept_rows(table, [r.cells for r in found.rows])) == plain(rows)
    assert {(r.enterprise, r.year) for r in found.rows} == {("E01", year)}


def test_an_empty_template_has_no_row() -> None:
    """A workbook that nobody filled in is told as such."""
    data = template_workbook(reported_table("energy"), 2024, [], "en")
    with pytest.raises(SeparatrixError, match="K116"):
        read_spreadsheet(
            "energy.xlsx", data, reported_table("energy"), PARK, OWN, enterprise="E01", year=2024
        )


def test_a_wide_table_of_an_office_is_read_amount_by_amount() -> None:
    """Carriers side by side, units in the headings, a sum below, names in place of ids."""
    found = read("企业名称,年份,用电量(万kWh),原煤（吨）\n东湖水泥,2023,12,300\n合计,2023,12,300\n")
    assert found.errors == ()
    assert [(r.number, r.enterprise, r.year) for r in found.rows] == [(2, "E01", 2023)] * 2
    assert [(r.cells["carrier"], r.cells["amount"], r.cells["unit"]) for r in found.rows] == [
        ("电", "12", "万kWh"),
        ("原煤", "300", "吨"),
    ]


def test_money_and_people_under_headings_of_another_unit_are_converted() -> None:
    """52,000,000 yuan are 5200 in units of ten thousand; 1.5 ten thousand people are 15000."""
    found = read("年份,总产值（元）,从业人数（万人）\n2024,52000000,1.5\n", "accounts")
    assert [dict(r.cells) for r in found.rows] == [{"output": "5200", "staff": "15000"}]


def test_a_decimal_comma_is_kept_as_a_point() -> None:
    """What is read by the sign of one file is written for all."""
    found = read("carrier;amount;unit\nraw_coal;1.234,5;t\ndiesel;0,25;t\n")
    assert [r.cells["amount"] for r in found.rows] == ["1234.5", "0.25"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16-be", "utf-16-le"])
def test_what_excel_writes_in_western_europe_is_read(encoding: str) -> None:
    """A list as ANSI, as Unicode text in either order of bytes, and as UTF-8 with its mark."""
    mark = "\ufeff" if encoding.startswith("utf-16") else ""
    text = f"{mark}Jahr;Energieträger;Menge;Einheit\n2024;Heizöl;1.234,5;t\n"
    found = read(text.encode(encoding))  # type: ignore[arg-type]
    assert [(r.year, r.cells["carrier"], r.cells["amount"]) for r in found.rows] == [
        (2024, "Heizöl", "1234.5")
    ]


def test_errors_stand_at_their_row_and_column() -> None:
    """The row of the file, the heading, what was found; the other rows are shown as fine."""
    found = read("carrier,amount,unit\nraw_coal,12,t\nraw_coal,twelve,t\ndiesel,=A1,t\nheat,3,parsec\n")
    assert {(r.row, r.column, r.code) for r in found.errors} == {
        (3, "amount", "K130"),
        (4, "amount", "W242"),
        (4, "amount", "K130"),
        (5, "unit", "K131"),
    }
    assert [f.number for f in found.faulty] == [3, 4, 5]
    assert dict(found.faulty[0].cells)["amount"] == "twelve"


def test_rows_of_another_enterprise_are_refused_by_row() -> None:
    """Even where the other one is known by name, its rows are not for this enterprise to send."""
    text = "enterprise,carrier,amount,unit\nE01,heat,1,GJ\nE02,heat,2,GJ\n"
    both = read_spreadsheet(
        "a.csv",
        text.encode(),
        reported_table("energy"),
        PARK,
        members_of(["E01", "E02"]),
        enterprise="E01",
        year=2024,
    )
    assert [(r.row, r.code) for r in both.errors] == [(3, "W245")]
    assert [(r.row, r.column) for r in read(text).errors] == [(3, "enterprise")]


def test_a_formula_of_a_workbook_counts_by_the_value_it_showed() -> None:
    """That it was a formula is told; one that was never computed is an error."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["carrier", "amount", "unit"], ["raw_coal", "=6*7", "t"]):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    found = read_spreadsheet(
        "a.xlsx", stream.getvalue(), reported_table("energy"), PARK, OWN, enterprise="E01", year=2024
    )
    assert "K115" in {r.code for r in found.errors}
    with zipfile.ZipFile(stream) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    page = "xl/worksheets/sheet1.xml"
    parts[page] = (
        parts[page]
        .replace(b"<v></v>", b"<v>42</v>")
        .replace(b"<v />", b"<v>42</v>")
        .replace(b"<v/>", b"<v>42</v>")
    )
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    found = read_spreadsheet(
        "a.xlsx", again.getvalue(), reported_table("energy"), PARK, OWN, enterprise="E01", year=2024
    )
    assert [r.cells["amount"] for r in found.rows] == ["42"]
    assert "K115" in {r.code for r in found.remarks if r.severity == "note"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("energy.exe", b"MZ"),
        ("energy.xlsx", b"carrier,amount"),
        ("energy.csv", b"PK\x03\x04"),
        ("energy.xls", b"\xd0\xcf\x11\xe0"),
        ("../../energy.csv", b""),
        ("", b"x"),
        ("energy.csv", b"\0\1\2\3" * 50),
        ("energy.xlsx", b"PK\x03\x04 broken"),
        ("energy.csv", b"x" * 30_000_001),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(name: str, data: bytes) -> None:
    """Whatever is sent, the answer is an error of the library and never one of the program."""
    with pytest.raises(SeparatrixError) as raised:
        read_spreadsheet(name, data, reported_table("energy"), PARK, OWN, enterprise="E01", year=2024)
    assert raised.value.message


def test_a_zip_bomb_is_refused_by_what_it_states() -> None:
    """A workbook that would unfold past all bounds is not unfolded."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<workbook>" + b" " * 60_000_000)
    with pytest.raises(SeparatrixError):
        read_spreadsheet(
            "a.xlsx", stream.getvalue(), reported_table("energy"), PARK, OWN, enterprise="E01", year=2024
        )


def test_what_was_not_read_of_a_file_is_told() -> None:
    """A column that is unknown, a number that may be two: no row tells of them later."""
    found = read('carrier,amount,unit,shoe size\nraw_coal,"1,234",t,44\ndiesel,"12,5",t,45\n')
    assert found.errors == ()
    assert {remark.code for remark in found.understood} >= {"K112", "K121"}
    assert found.understood[0].severity == "warning"


def test_sums_among_months_are_no_months() -> None:
    """Half years and the year below the months are passed over; a sum of months that nobody told is not."""
    months = "".join(f"{month}月,{10 * month}\n" for month in range(1, 7))
    found = read(f"月份,原煤（吨）\n{months}上半年小计,210\n全年合计,210\n")
    assert found.errors == ()
    assert [row.cells["amount"] for row in found.rows] == ["10", "20", "30", "40", "50", "60"]
    assert {remark.code for remark in read("月份,原煤（吨）\n全年合计,210\n").errors} == {"K130"}


def test_a_year_beside_its_months_counts_once() -> None:
    """Where it is their sum it is left out, which is told; where it is not, both stay, and the form asks."""
    head = "能源品种,单位,1月,2月,3月,全年\n"
    found = read(f"{head}原煤,吨,1,2,3,6\n电力,MWh,1,2,3,9\n")
    kept = [(row.cells["carrier"], row.cells.get("month", ""), row.cells["amount"]) for row in found.rows]
    assert sorted(kept) == [
        ("原煤", "1", "1"),
        ("原煤", "2", "2"),
        ("原煤", "3", "3"),
        ("电力", "", "9"),
        ("电力", "1", "1"),
        ("电力", "2", "2"),
        ("电力", "3", "3"),
    ]
    assert "K125" in {remark.code for remark in found.understood}


def test_a_cover_before_the_table_is_passed_over() -> None:
    """The first sheet of which headings are understood is read, and the cover is told as not read."""
    from openpyxl import Workbook

    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.title, cover["B3"] = "封面", "能源报表"
    sheet = book.create_sheet("能源消费")
    for line in (("能源品种", "单位", "数量"), ("原煤", "吨", 14814)):
        sheet.append(line)
    held = io.BytesIO()
    book.save(held)
    found = read_spreadsheet(
        "报表.xlsx", held.getvalue(), reported_table("energy"), PARK, OWN, enterprise="E01", year=2024
    )
    assert [row.cells["amount"] for row in found.rows] == ["14814"]
    assert "K105" in {remark.code for remark in found.understood}


def test_headings_that_are_not_known_are_told_with_those_of_the_file() -> None:
    """No command of a terminal is named to somebody who has a browser."""
    with pytest.raises(SeparatrixError, match="K120") as told:
        read("能源品种,单位,本期\n原煤,吨,3\n")
    assert "`本期`" in str(told.value.hint) and "separatrix" not in str(told.value.hint)
