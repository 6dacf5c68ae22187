"""``separatrix cluster``: exit codes, formats, refusals, and a template that becomes a cluster."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from cluster.folders import DESCRIPTION, ENERGY, write
from cluster.present.test_cluster_documents import hostile
from separatrix.cli.app import run
from separatrix_cluster.tables.layout import layouts
from separatrix_cluster.tables.shipped import shipped_names
from thinning import thinned

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("verb", ["check", "account", "diagnose"])
@thinned("name", shipped_names(), each_run=5)
def test_shipped_clusters_are_answered(name: str, verb: str, capsys: Capture) -> None:
    """As text with exit code 0 where nothing in them is left out; JSON has no number that is none."""
    code = 1 if name == "messy-park" else 0
    assert run(["cluster", verb, name]) == code
    assert capsys.readouterr().out.strip()
    assert run(["cluster", verb, name, "--format", "json"]) == code
    answer = json.loads(capsys.readouterr().out, parse_constant=lambda text: pytest.fail(text))
    assert answer["remarks"] is not None


def test_the_format_follows_the_name_of_the_file(tmp_path: Path, capsys: Capture) -> None:
    """Every ending that is listed gives its format, in both languages; text is the default."""
    for ending in ("json", "csv", "html", "htm", "docx", "tex", "md", "svg", "png", "txt"):
        target = tmp_path / f"x.{ending}"
        assert run(["cluster", "diagnose", "synthetic-park", "--out", str(target), "--lang", "zh"]) == 0
        assert target.stat().st_size > 100
    assert capsys.readouterr().out == ""
    assert "四大困难" in (tmp_path / "x.txt").read_text("utf-8")
    ElementTree.fromstring((tmp_path / "x.svg").read_text("utf-8"))
    assert (tmp_path / "x.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text("utf-8-sig"))))
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")  # or Excel shows no Chinese
    assert {r["困难"] for r in rows} == {"认识不足", "粗放增长", "处于价值链低端", "技术与创新薄弱"}


@pytest.mark.parametrize("verb", ["check", "account", "diagnose"])
def test_only_chinese_files_of_csv_begin_with_a_mark(verb: str, tmp_path: Path, capsys: Capture) -> None:
    """What is printed, and files in English, begin with the first heading, for programs that read them."""
    assert run(["cluster", verb, "synthetic-park", "--format", "csv", "--lang", "zh"]) == 0
    assert not capsys.readouterr().out.startswith("\ufeff")
    for lang, mark in (("zh", True), ("en", False)):
        target = tmp_path / f"{lang}.csv"
        assert run(["cluster", verb, "synthetic-park", "--out", str(target), "--lang", lang]) == 0
        assert target.read_text("utf-8").startswith("\ufeff") is mark


@pytest.mark.parametrize(
    "arguments",
    [
        ["account", "messy-park"],
        ["account", "synthetic-park", "--inventory"],
        ["diagnose", "synthetic-park"],
        ["check", "messy-park"],
        ["feedback", "synthetic-park", "E05"],
        ["footprint", "synthetic-park", "--allocation", "mass"],
    ],
)
def test_chinese_csv_has_chinese_headings_and_the_same_numbers(arguments: list[str], capsys: Capture) -> None:
    """Every heading is Chinese; numbers are those of the English file, without binary noise."""
    tables = []
    for lang in ("zh", "en"):
        run(["cluster", *arguments, "--format", "csv", "--lang", lang])
        tables.append(list(csv.reader(io.StringIO(capsys.readouterr().out))))
    chinese, english = tables
    assert all(any("\u4e00" <= c <= "\u9fff" for c in heading) for heading in chinese[0])
    assert len(chinese) == len(english) > 1
    numbers = 0
    for own, other in zip(chinese[1:], english[1:], strict=True):
        for a, b in zip(own, other, strict=True):
            if re.fullmatch(r"-?[0-9]+\.[0-9]+(e-?[0-9]+)?", b):
                assert a == b and len(re.sub(r"e.*|[-.]", "", b).strip("0")) <= 10
                numbers += 1
    assert numbers > 0 or arguments[0] == "check"


def test_accounts_as_csv_add_up_to_the_total(capsys: Capture) -> None:
    """A line for each enterprise, year and source; without internal lines they sum to the JSON total."""
    assert run(["cluster", "account", "synthetic-park", "--format", "csv"]) == 0
    rows = [r for r in csv.DictReader(io.StringIO(capsys.readouterr().out)) if r["year"] == "2024"]
    total = sum(float(r["t_co2e_location"]) for r in rows if r["internal"] == "False")
    assert run(["cluster", "account", "synthetic-park", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert total == pytest.approx(answer["totals"]["2024"]["total"])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["check", "roterdam"], "K100", "did you mean `rotterdam`"),
        (["account", "./nowhere"], "K100", "does not exist"),
        (["account", "rotterdam", "--year", "1990"], "K240", "2005"),
        (["account", "kalundborg", "--year", "2020"], "K240", "none"),
        (["account", "kalundborg", "--format", "svg"], "K231", ""),
        (["diagnose", "rotterdam", "--standard", "zero"], "K230", "shipped are"),
        (["diagnose", "kalundborg", "--standard", "zero"], "K230", "shipped are"),
        (["diagnose", "rotterdam", "--out", "x.xyz"], "U902", ".docx"),
        (["check", "rotterdam", "--out", "x.svg"], "U902", "not written as svg"),
        (["check", "rotterdam", "--out", "x.png"], "U902", "not written as png"),
        (["diagnose", "rotterdam", "--out", "nowhere/x.md"], "U903", "folder"),
        (["check", "rotterdam", "--out", "nowhere/x.csv"], "U903", "folder"),
        (["new", "x", "--table", "enegry"], "K104", "did you mean `energy`"),
    ],
)
def test_refusals(
    arguments: list[str],
    code: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    """Exit code 2, the code and what to do on standard error, nothing on standard output and no file."""
    monkeypatch.chdir(tmp_path)
    assert run(["cluster", *arguments]) == 2
    shown = capsys.readouterr()
    assert code in shown.err and words in shown.err and shown.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["diagnose", "rotterdam", "--lang", "fr"],
        ["check", "rotterdam", "--format", "docx"],
        ["account", "rotterdam", "--year", "soon"],
        ["chek", "rotterdam"],
    ],
)
def test_calls_that_are_wrong(arguments: list[str], capsys: Capture) -> None:
    """They end with 2, too."""
    assert run(["cluster", *arguments]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("verb", ["check", "account", "diagnose"])
@pytest.mark.parametrize("name", ["energy.csv", "enterprises.csv", "cluster.yaml"])
def test_the_data_are_never_written_over(tmp_path: Path, verb: str, name: str, capsys: Capture) -> None:
    """Not by their own name, not by a link to them; another file of the folder may be written."""
    write(tmp_path, energy=ENERGY + "E01,2023,diesel,5,t\n")
    before = (tmp_path / name).read_bytes()
    assert run(["cluster", verb, str(tmp_path), "--format", "json", "--out", str(tmp_path / name)]) == 2
    assert "U903" in capsys.readouterr().err and (tmp_path / name).read_bytes() == before
    assert run(["cluster", verb, str(tmp_path), "--out", str(tmp_path / "answer.json")]) == 0


def test_rows_left_out_give_exit_code_1(tmp_path: Path, capsys: Capture) -> None:
    """And the table of remarks names file, row and column; CSV has one row for each."""
    write(tmp_path, energy=ENERGY + "E01,2023,diesel,-5,t\nE01,2023,disel,5,t\nE02,2023,diesel,5,t\n")
    assert run(["cluster", "check", str(tmp_path)]) == 1
    text = capsys.readouterr().out
    assert "2 of 6 rows were skipped" in " ".join(text.split()) and "K130" in text and "K214" in text
    assert run(["cluster", "check", str(tmp_path), "--format", "csv"]) == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(r["code"], r["file"], r["row"], r["column"]) for r in rows] == [
        ("K130", "energy.csv", "2", "amount"),
        ("K214", "energy.csv", "3", "carrier"),
    ]
    assert "diesel" in rows[1]["hint"]
    for verb in ("account", "diagnose"):
        assert run(["cluster", verb, str(tmp_path), "--format", "json"]) == 1


def test_a_template_becomes_a_cluster(tmp_path: Path, capsys: Capture) -> None:
    """As written it lacks an enterprise; with one row added nothing is amiss, in any language."""
    folder = tmp_path / "park"
    assert run(["cluster", "new", str(folder)]) == 0
    written = capsys.readouterr().out.split()
    assert len(written) == len(layouts()) + 1 and all(Path(p).is_file() for p in written)
    assert run(["cluster", "check", str(folder)]) == 2
    assert "K102" in capsys.readouterr().err
    with (folder / "enterprises.csv").open("a", encoding="utf-8") as file:
        file.write("E01,River Cement\n")
    assert run(["cluster", "check", str(folder), "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {r["severity"] for r in answer["remarks"]} <= {"note"}
    assert answer["cluster"]["enterprises"] == 1
    for verb in ("account", "diagnose"):
        assert run(["cluster", verb, str(folder), "--lang", "zh"]) == 0


def test_the_examples_of_the_templates_are_a_cluster(tmp_path: Path, capsys: Capture) -> None:
    """Each example row, read as data, is in order; so are Chinese headings for all columns."""
    folder = tmp_path / "park"
    assert run(["cluster", "new", str(folder)]) == 0
    for name in layouts():
        path = folder / f"{name}.csv"
        path.write_text(path.read_text("utf-8-sig").replace("# example: ", ""), encoding="utf-8")
    with (folder / "enterprises.csv").open("a", encoding="utf-8") as file:
        file.write("E02,Second\n")
    capsys.readouterr()
    assert run(["cluster", "check", str(folder), "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [r["text"] for r in answer["remarks"] if r["severity"] == "error"] == []
    assert all(t["rows"] >= 1 for t in answer["tables"].values())


def test_templates_overwrite_nothing(tmp_path: Path, capsys: Capture) -> None:
    """One file that is there stops all; what is a link to nowhere is there, too."""
    folder = tmp_path / "park"
    folder.mkdir()
    (folder / "energy.csv").write_text("mine", encoding="utf-8")
    assert run(["cluster", "new", str(folder)]) == 2
    assert "K104" in capsys.readouterr().err
    assert [p.name for p in folder.iterdir()] == ["energy.csv"] and (folder / "energy.csv").read_text(
        "utf-8"
    ) == "mine"
    assert run(["cluster", "new", str(folder), "--table", "accounts"]) == 0
    assert sorted(p.name for p in folder.iterdir()) == [
        "accounts.csv",
        "cluster.yaml",
        "energy.csv",
        "enterprises.csv",
    ]
    other = tmp_path / "other"
    other.mkdir()
    try:
        (other / "cluster.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    except OSError:
        return
    assert run(["cluster", "new", str(other)]) == 2
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_templates_in_places_that_cannot_be(tmp_path: Path, capsys: Capture) -> None:
    """A file in place of the folder, or of its parent."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place in (tmp_path / "file", tmp_path / "file" / "park"):
        assert run(["cluster", "new", str(place)]) == 2
        assert "U903 cannot write" in capsys.readouterr().err


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path, capsys: Capture) -> None:
    """A hostile name is a text to every spreadsheet, in all three verbs."""
    hostile(tmp_path)
    for verb in ("check", "account", "diagnose"):
        run(["cluster", verb, str(tmp_path), "--format", "csv"])
        rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
        assert len(rows) > 1 and len({len(row) for row in rows}) == 1
        for cell in (cell for row in rows for cell in row):
            assert cell[:1] not in "=+-@\t\r＝＋－＠" or cell == "" or _is_number(cell)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_a_cluster_is_named_by_its_folder_or_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Both give the same answer; a folder beside a shipped name needs a separator only where both exist."""
    write(tmp_path / "park", energy=ENERGY + "E01,2023,diesel,5,t\n")
    monkeypatch.chdir(tmp_path)
    answers = []
    for name in ("park", f".{os.sep}park", str(Path("park") / "cluster.yaml")):
        assert run(["cluster", "account", name, "--format", "json"]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1] == answers[2]


def test_the_gap_is_measured_against_the_standard_that_is_asked_for(tmp_path: Path, capsys: Capture) -> None:
    """A shipped one by name, one of one's own by its file in the folder; unverified thresholds say so."""
    whole = DESCRIPTION + "complete: all\n"
    folder = write(tmp_path / "park", whole, energy=ENERGY + "E01,2023,raw_coal,500,t\n")
    (folder / "own.yaml").write_text(
        "title: Ours\nindicators:\n"
        "- {id: a, text: carbon, unit: tCO2/tce, op: '<=', value: 1, measure: carbon_per_energy}\n",
        encoding="utf-8",
    )
    assert run(["cluster", "diagnose", str(folder), "--standard", "own.yaml"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Gap to Ours" in text and "not met" in text and "were not compared with this publication" in text
    assert run(["cluster", "diagnose", str(folder), "--standard", "cn-zero-carbon-park-2025"]) == 0
    assert "were not compared" not in " ".join(capsys.readouterr().out.split())


def gappy(folder: Path, energy: str, grid: str = "East") -> Path:
    """Write a park of three enterprises with these rows of energy."""
    folder.mkdir()
    (folder / "cluster.yaml").write_text(
        f"name: Gappy\nfactor_set: cn-guideline\ngrid_area: {grid}\n", "utf-8"
    )
    (folder / "enterprises.csv").write_text("id\nE01\nE02\nE03\n", "utf-8")
    (folder / "energy.csv").write_text(f"enterprise,year,carrier,amount,unit\n{energy}", "utf-8")
    return folder


@pytest.mark.parametrize("verb", ["check", "account", "diagnose"])
def test_power_of_an_unknown_grid_is_told_with_its_size(
    tmp_path: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No verb says that no table tells of energy: it says how much is missing."""
    park = gappy(
        tmp_path / "park", "".join(f"E0{i},2023,electricity,1000,MWh\n" for i in (1, 2, 3)), "Brazil"
    )
    assert run(["cluster", verb, str(park)]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "No energy or emissions data" not in told
    assert "0 t" in told and "missing" in told


def test_rows_left_out_add_up_in_a_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rows of the tables sum to those of the head, whether reading or accounting left them out."""
    rows = "E01,2023,diesel,1,t\nE02,2023,disel,1,t\nE03,2023,diesel,1,carts\nE09,2023,diesel,1,t\n"
    park = gappy(tmp_path / "park", rows)
    assert run(["cluster", "check", str(park), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["rows_left_out"] == 3 == sum(t["left_out"] for t in told["tables"].values())
    assert told["completeness"]["gaps_in_all"] == 3


@pytest.mark.parametrize("verb", ["check", "account", "diagnose"])
def test_a_table_that_cannot_be_read_is_named(
    tmp_path: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not as if there were none."""
    park = gappy(tmp_path / "park", "")
    (park / "energy.csv").write_text("enterprise,year,carrier,amount\nE01,2023,diesel,4\n", "utf-8")
    assert run(["cluster", verb, str(park)]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "No energy or emissions data" not in told and "energy.csv" in told and "cannot be read" in told


@pytest.mark.parametrize("verb", ["check", "account", "diagnose"])
def test_the_year_is_an_option_of_every_verb(
    tmp_path: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A hardly filled year is reported only where it is asked for; one that is not known is refused."""
    rows = "".join(f"E0{i},2022,diesel,{i}00,t\n" for i in (1, 2, 3)) + "E01,2023,diesel,100,t\n"
    park = gappy(tmp_path / "park", rows)
    for asked, year in (([], 2022), (["--year", "2023"], 2023)):
        run(["cluster", verb, str(park), "--format", "json", *asked])
        assert json.loads(capsys.readouterr().out)["completeness"]["reporting_year"] == year
    assert run(["cluster", verb, str(park), "--year", "1999"]) == 2
    assert "K240" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "synthetik-park"], "未知的集群 `synthetik-park`"),
        (["account", "synthetic-park", "--year", "1999"], "没有 1999 年的数据"),
        (["feedback", "synthetic-park", "E99"], "集群中没有企业 `E99`"),
        (["footprint", "rotterdam"], "产品（`products`）表没有数据行"),
    ],
)
def test_errors_of_clusters_are_told_in_the_language_asked_for(
    arguments: list[str], said: str, capsys: Capture
) -> None:
    """With --lang zh the message and the help are Chinese, under the same code; English has none of it."""
    assert run(["cluster", *arguments, "--lang", "zh"]) == 2
    chinese = capsys.readouterr().err
    assert said in chinese and "提示：" in chinese and "help" not in chinese
    assert run(["cluster", *arguments]) == 2
    english = capsys.readouterr().err
    assert english[:4] == chinese[:4] and "help:" in english and english.isascii()


def test_a_folder_without_a_list_of_enterprises_names_what_it_holds(tmp_path: Path, capsys: Capture) -> None:
    """A file that no table is called like is named, and so is the way to say what it is."""
    (tmp_path / "cluster.yaml").write_text("name: x\n", "utf-8")
    (tmp_path / "firms-of-ours.csv").write_text("id,name\nE1,One\n", "utf-8")
    assert run(["cluster", "check", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "firms-of-ours.csv" in told and "tables:" in told
