"""Tables in several sheets and below each other: all that is shown is read once, and the rest is told."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from cluster.folders import DESCRIPTION, codes, write
from separatrix.languages import language_of
from separatrix_cluster.diagnosis.diagnosis import diagnose
from separatrix_cluster.documents.summary_page import page_one
from separatrix_cluster.tables.panel import Cluster
from separatrix_cluster.tables.reader import load_cluster

FIRMS = "企业名称,行业\n甲厂,C30\n乙厂,C26\n"
HEADING = ["企业名称", "电力（MWh）", "原煤（吨）"]
Rows = list[list[object]]


def read(folder: Path, sheets: dict[str, Rows], hidden: tuple[str, ...] = ()) -> Cluster:
    """Write a workbook of these sheets as the table `energy`, and read it."""
    book = openpyxl.Workbook()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    book.remove(book.worksheets[0])
    write(folder, DESCRIPTION, enterprises=FIRMS)
    book.save(folder / "energy.xlsx")
    return load_cluster(folder)


def sums(cluster: Cluster) -> dict[int, tuple[float, float]]:
    """Return GJ of power and t of coal by year."""
    table = cluster.table("energy")
    found: dict[int, tuple[float, float]] = {}
    for year, dimension, amount in zip(
        table.numbers("year"), table.texts("dimension"), table.numbers("amount"), strict=True
    ):
        power, coal = found.get(int(year), (0.0, 0.0))
        found[int(year)] = (power + amount, coal) if dimension == "energy" else (power, coal + amount)
    return {year: (round(a / 3.6, 6), round(b, 6)) for year, (a, b) in found.items()}


def block(scale: float, title: str = "") -> Rows:
    """Return a table of two enterprises, below its title."""
    head: Rows = [[title], [*HEADING]] if title else [[*HEADING]]
    return [*head, ["甲厂", 10 * scale, 5 * scale], ["乙厂", 20 * scale, None]]


def first_page(cluster: Cluster) -> str:
    """Return what page one says."""
    return "\n".join(map(str, page_one(diagnose(cluster), language_of("en"))))


def test_halves_of_years_and_hidden_sheets(tmp_path: Path) -> None:
    """Two sheets a year are both read, by their names; a hidden one is not, and page one says so."""
    sheets = {f"{y}年{h}半年": block(k, f"{y}年能源") for y, k in ((2023, 1), (2024, 2)) for h in "上下"}
    cluster = read(tmp_path, {**sheets, "2024年(旧)": block(9)}, hidden=("2024年(旧)",))
    assert sums(cluster) == {2023: (60, 10), 2024: (120, 20)}
    assert codes(cluster.remarks) == {"K105"}
    assert "2024年(旧)" in first_page(cluster)


def test_a_second_sheet_of_a_year_that_tells_it_again(tmp_path: Path) -> None:
    """Two sheets that are shown and tell of the same are one, and page one names the other."""
    cluster = read(tmp_path, {"2023年": block(1), "2024年": block(2), "2024年修订": block(3)})
    assert sums(cluster) == {2023: (30, 5), 2024: (60, 10)}
    assert "2024年修订" in first_page(cluster)


def test_sheets_since_january(tmp_path: Path) -> None:
    """Of sheets that each hold the one before only the longest counts."""
    sheets = {f"2024年1-{m}月": block(m) for m in (3, 6, 12)}
    cluster = read(tmp_path, sheets)
    assert (sums(cluster), codes(cluster.remarks)) == ({2024: (360, 60)}, set())


def test_a_sheet_whose_title_names_another_year(tmp_path: Path) -> None:
    """The name of the sheet goes before the title that was copied, with a warning."""
    cluster = read(tmp_path, {"2023年": block(1, "2023年能源"), "2024年": block(2, "2023年能源")})
    assert (sums(cluster), codes(cluster.remarks)) == ({2023: (30, 5), 2024: (60, 10)}, {"K127"})


@pytest.mark.parametrize(
    "second",
    [
        [["企业名称", "原煤（kg）", "电力（kWh）"], ["乙厂", None, 20000]],
        [["乡镇企业部分"], ["企业名称", "用电量（kWh）"], ["乙厂", 20000]],
        [[*HEADING], ["乙厂", 20, None]],
    ],
    ids=["other columns", "other units", "same headings"],
)
def test_a_table_pasted_below_is_read_by_its_own_headings(tmp_path: Path, second: Rows) -> None:
    """Whatever its columns and units: it counts as if it stood in the first one, and in its year."""
    first: Rows = [["2024年能源消费"], [*HEADING], ["甲厂", 10, 5]]
    cluster = read(tmp_path, {"能源": [*first, *second]})
    assert (sums(cluster), codes(cluster.remarks)) == ({2024: (30, 5)}, set())


def test_a_table_a_year_below_each_other(tmp_path: Path) -> None:
    """The title above each of them tells its year."""
    rows = [
        row for k, year in enumerate((2022, 2023, 2024), 1) for row in block(k, f"{year}年能源消费情况表")
    ]
    cluster = read(tmp_path, {"能源": rows})
    assert sums(cluster) == {2022: (30, 5), 2023: (60, 10), 2024: (90, 15)}
    assert codes(cluster.remarks) == set()


def test_halves_of_a_table_side_by_side(tmp_path: Path) -> None:
    """Where the headings stand twice in a row, the second half is below the first."""
    rows: Rows = [["2024年能源"], [*HEADING, *HEADING], ["甲厂", 10, 5, "乙厂", 20, None]]
    cluster = read(tmp_path, {"能源": rows})
    table = cluster.table("energy")
    assert (sums(cluster), codes(cluster.remarks)) == ({2024: (30, 5)}, set())
    assert table.texts("enterprise").tolist() == ["甲厂", "甲厂", "乙厂"]


def test_this_month_and_since_january_side_by_side(tmp_path: Path) -> None:
    """The title tells which month it is, and what is since January holds the month."""
    rows: Rows = [
        ["2024年12月能源消费情况"],
        ["企业名称", "电力（MWh）", "", "原煤（吨）", ""],
        ["", "本月", "本年累计", "本月", "本年累计"],
        ["甲厂", 1, 10, 0.5, 5],
        ["乙厂", 2, 20, None, None],
    ]
    assert sums(read(tmp_path, {"能源": rows})) == {2024: (30, 5)}


def test_who_stood_still_and_parts_of_an_enterprise(tmp_path: Path) -> None:
    """停产 in a cell is 0, and a plant in brackets behind a name is the enterprise's."""
    rows: Rows = [
        ["2024年能源"],
        [*HEADING],
        ["甲厂（一厂区）", 4, 5],
        ["甲厂（二厂区）", 6, 0],
        ["乙厂", "停产", "停产"],
    ]
    cluster = read(tmp_path, {"能源": rows})
    assert sums(cluster) == {2024: (10, 5)}
    assert set(cluster.table("energy").texts("enterprise")) == {"甲厂", "乙厂"}
    assert codes(cluster.remarks) <= {"K134"}


def test_hidden_rows_and_columns_are_told(tmp_path: Path) -> None:
    """They are read like all others, for a filter may have been left on."""
    rows: Rows = [["企业名称", "2023年原煤（吨）", "2024年原煤（吨）"], ["甲厂", 10, 11], ["乙厂", 20, 21]]
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    write(tmp_path, DESCRIPTION, enterprises=FIRMS)
    for name, hides in (("none", False), ("all", True)):
        sheet.row_dimensions[3].hidden = sheet.column_dimensions["B"].hidden = hides
        book.save(tmp_path / "energy.xlsx")
        cluster = load_cluster(tmp_path)
        told = {(r.row, r.column) for r in cluster.remarks if r.code == "K171"}
        assert told == ({(3, None), (None, "2023年原煤（吨）")} if hides else set()), name
        assert len(cluster.table("energy")) == 4


def test_a_hidden_sheet_of_an_ods_workbook_is_not_read(tmp_path: Path) -> None:
    """A draft of a year that is not shown is no second sheet of it."""
    write(tmp_path, DESCRIPTION, enterprises=FIRMS)
    style = '<style:style style:name="{}"><style:table-properties table:display="{}"/></style:style>'
    cell = '<table:table-cell office:value-type="string"><text:p>{0}</text:p></table:table-cell>'
    sheets = ""
    for name, shown, amount in (("2024年初稿", 0, 99), ("2023年", 1, 10), ("2024年", 1, 11)):
        rows = "".join(
            "<table:table-row>" + "".join(map(cell.format, row)) + "</table:table-row>"
            for row in (("企业名称", "原煤（吨）"), ("甲厂", str(amount)), ("乙厂", "20"))
        )
        sheets += f'<table:table table:name="{name}" table:style-name="ta{shown}">{rows}</table:table>'
    styles = style.format("ta1", "true") + style.format("ta0", "false")
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "style", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces} office:version="1.2">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f"{sheets}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "energy.ods", "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        packed.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    cluster = load_cluster(tmp_path)
    table = cluster.table("energy")
    assert sorted(table.numbers("amount").tolist()) == [10, 11, 20, 20]
    assert "K105" in codes(cluster.remarks)
