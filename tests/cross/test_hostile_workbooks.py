"""Workbooks that would fill the memory are refused by counts, before a parser of workbooks sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
import python_calamine

from cluster.folders import write
from core.reading.hostile import HEAD, HOSTILE, SHEET, SHEET_END, cells, ods, xlsx
from separatrix.cli.app import run
from separatrix.errors import InputError, SeparatrixError
from separatrix.explanations.explanation import EXPLANATIONS
from separatrix.game.reader import load
from separatrix.io.workbook import Workbook
from separatrix_cluster.tables.reader import load_cluster

SMALL = [name for name in HOSTILE if not name.startswith(("zeros", "many", "prefixed", "one-", "deep"))]
LARGE = [name for name in HOSTILE if name not in SMALL]


@pytest.fixture
def no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test where calamine is asked to read anything."""

    def read(*_: object) -> None:
        raise AssertionError("the parser saw the file")

    monkeypatch.setattr(python_calamine.CalamineWorkbook, "from_filelike", read)


@pytest.mark.usefixtures("no_parser")
@pytest.mark.parametrize("name", [*SMALL, *(pytest.param(name, marks=pytest.mark.soak) for name in LARGE)])
def test_hostile_workbooks_are_refused_before_they_are_parsed(name: str, tmp_path: Path) -> None:
    """A game and a cluster refuse each with a code, the file and what to do, from counts alone."""
    content = HOSTILE[name]()
    path = tmp_path / f"game{Path(name).suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        load(path)
    assert refused.value.code in ("T200", "T206") and refused.value.code in EXPLANATIONS
    assert str(path) in str(refused.value.where) and refused.value.hint
    write(tmp_path / "park")
    (tmp_path / "park" / f"energy{Path(name).suffix}").write_bytes(content)
    told = [r for r in load_cluster(tmp_path / "park").remarks if r.severity == "error"]
    assert [r.code for r in told] == [refused.value.code]


@pytest.mark.parametrize("verb", ["analyze", "check", "convert"])
def test_every_verb_says_what_is_wrong(verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the sheet, the reference and the way out, and the exit code is 2."""
    path = tmp_path / "game.xlsx"
    path.write_bytes(HOSTILE["far-reference.xlsx"]())
    assert run([verb, str(path), *(["new.yaml"] if verb == "convert" else [])]) == 2
    told = capsys.readouterr().err
    assert "T206" in told and "AAAAAAAA99999999999" in told and "game.xlsx[enterprises]" in told
    assert "help: " in told


@pytest.mark.usefixtures("no_parser")
def test_a_game_has_fewer_cells_than_a_cluster(tmp_path: Path) -> None:
    """A workbook of 250,000 cells is too large for a game, which says so at once; a cluster may be larger."""
    content = cells((b"<row>" + b"<c><v>1</v></c>" * 100 + b"</row>") * 2_500)
    path = tmp_path / "game.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match="more than 200,000 cells") as refused:
        load(path)
    assert refused.value.code == "T206" and refused.value.hint
    assert Workbook(content, "a.xlsx", ods=False).sheets == ["enterprises"]


def test_what_is_read_is_what_was_counted() -> None:
    """A sheet of which two parts have nearly one name, or a list of sheets elsewhere, is not read unseen."""
    book = Workbook(cells(b'<row r="3"><c r="B3"><v>2</v></c></row>'), "a.xlsx", ods=False)
    assert book.rows("enterprises") == [["id", ""], ["", ""], ["", 2.0]]
    assert (book.look_through("enterprises").rows, book.look_through("enterprises").columns) == (3, 2)
    with pytest.raises(SeparatrixError, match="twice"):
        Workbook(HOSTILE["twice.xlsx"](), "a.xlsx", ods=False)


def test_blank_cells_far_out_do_no_harm() -> None:
    """Formats without content in the last column, and blanks to the end of an .ods sheet, are common."""
    far = cells(b'<row r="1048576"><c r="XFD1048576" s="1"/></row>')
    assert Workbook(far, "a.xlsx", ods=False).rows("enterprises") == [["id"]]
    blanks = (
        '<table:table-row><table:table-cell office:value-type="string"><text:p>id</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="16383"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048575">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert Workbook(ods(blanks), "a.ods", ods=True).rows("enterprises") == [["id"]]


def test_shared_texts_are_read_whole() -> None:
    """A text that cells refer to by its number is found wherever the workbook keeps it."""
    sheet = SHEET + HEAD + b'<row r="2"><c r="A2" t="s"><v>1</v></c></row>' + SHEET_END
    book = Workbook(
        xlsx(sheet, sharedStrings=b"<sst><si><t>a</t></si><si><r><t>b</t></r><r><t>c</t></r></si></sst>"),
        "a.xlsx",
        ods=False,
    )
    assert book.rows("enterprises") == [["id"], ["bc"]]
