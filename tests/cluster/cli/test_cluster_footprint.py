"""``separatrix cluster footprint``: what it writes and reads, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from cluster.folders import write
from cluster.pact.schema import faults
from cluster.test_cradle_to_gate import CLINKER, ENERGY, PURCHASES
from cluster.test_footprints import CEMENT
from separatrix.cli.app import run

Capture = pytest.CaptureFixture[str]
PARK = ["cluster", "footprint", "synthetic-park", "--allocation", "value"]


def test_every_format_in_both_languages(tmp_path: Path, capsys: Capture) -> None:
    """Every ending gives its format; the JSON and the CSV of a product add up to its footprint."""
    for ending in ("json", "csv", "html", "md", "txt"):
        target = tmp_path / f"x.{ending}"
        assert run([*PARK, "--enterprise", "E12", "--out", str(target), "--lang", "zh"]) == 0
        assert target.stat().st_size > 100
    assert capsys.readouterr().out == ""
    assert "产品碳足迹" in (tmp_path / "x.txt").read_text("utf-8")
    answer = json.loads((tmp_path / "x.json").read_text("utf-8"))
    (steel,) = answer["footprints"]
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text("utf-8-sig"))))
    carbon = [float(r["排放（kg CO2e）"]) for r in rows]
    assert carbon[0] == pytest.approx(steel["kg_co2e"]) and rows[0]["类别"] == "足迹"
    assert sum(carbon[1:]) == pytest.approx(steel["kg_co2e"])
    assert sum(c["kg_co2e"] for c in steel["contributions"]) == pytest.approx(steel["kg_co2e"])
    assert "synthetic" in rows[0]["数据来源"]


def test_records_go_out_and_in_again(tmp_path: Path, capsys: Capture) -> None:
    """One bare, several in the envelope; both are valid and are read by the same verb."""
    one, all_ = tmp_path / "steel.json", tmp_path / "all.json"
    chosen = ["--product", "steel", "--enterprise", "E12"]
    assert run([*PARK, *chosen, "--record", str(one), "--standard", "PACT-3.0"]) == 0
    assert run([*PARK, "--record", str(all_), "--standard", "PACT-3.0", "--format", "csv"]) == 0
    capsys.readouterr()
    record, envelope = (json.loads(p.read_text("utf-8")) for p in (one, all_))
    assert faults(record) == [] and [faults(r) for r in envelope["data"]] == [[]] * 30
    assert run(["cluster", "footprint", str(one)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "steel" in shown and "Hill Iron 1" in shown
    assert run(["cluster", "footprint", str(all_), "--format", "json"]) == 0
    read = json.loads(capsys.readouterr().out)["records"]
    assert [r["id"] for r in read] == [r["id"] for r in envelope["data"]]
    assert run(["cluster", "footprint", str(all_), "--format", "csv", "--product", "sugar"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 6
    again = tmp_path / "again.json"
    assert run(["cluster", "footprint", str(one), "--record", str(again), "--format", "md"]) == 0
    assert json.loads(again.read_text("utf-8")) == record


def test_a_factor_beyond_all_bounds_is_no_number(tmp_path: Path, capsys: Capture) -> None:
    """Of 10^300 kg for 10^-300 kg: JSON has no word for what that is for one."""
    file = tmp_path / "x.json"
    file.write_text(replace(CEMENT, amount=1e-300, carbon=1e300, fossil=0.0).to_json(), "utf-8")
    assert run(["cluster", "footprint", str(file), "--format", "json"]) == 0
    said = capsys.readouterr().out
    (record,) = json.loads(said)["records"]
    assert record["kg_co2e_per_unit"] is None and "Infinity" not in said
    assert run(["cluster", "footprint", str(file)]) == 0
    assert " inf " not in capsys.readouterr().out


def test_what_is_missing_is_shown_and_not_handed_on(tmp_path: Path, capsys: Capture) -> None:
    """The text says "at least" and names what is missing; a record wants the percentage left out."""
    folder = write(tmp_path / "p", energy=ENERGY, products=CLINKER, purchases=PURCHASES)
    assert run(["cluster", "footprint", str(folder)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "at least" in shown and "Missing data for clinker" in shown and "≥" in shown
    record = tmp_path / "r.json"
    arguments = ["cluster", "footprint", str(folder), "--record", str(record), "--standard", "PACT-3.0"]
    assert run(arguments) == 2
    assert "K256" in capsys.readouterr().err and not record.exists()
    assert run([*arguments, "--exempted", "4"]) == 0
    assert json.loads(record.read_text("utf-8"))["pcf"]["exemptedEmissionsPercent"] == "4"


def test_a_year_in_which_nothing_was_made_is_told_as_that(tmp_path: Path, capsys: Capture) -> None:
    """And not as an enterprise of no name that makes nothing."""
    write(tmp_path, energy=ENERGY, products=CLINKER.replace(",10000,", ",0,"), purchases=PURCHASES)
    assert run(["cluster", "footprint", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "K255" in said and "None" not in said and "no amount was made" in said


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["synthetic-park"], "K254", "--allocation"),
        (["rotterdam"], "K255", "products"),
        (["synthetic-park", "--year", "1999"], "K255", "2024"),
        ([*PARK[2:], "--product", "steal"], "K255", "steel"),
        ([*PARK[2:], "--product", "steel"], "K255", "E12"),
        ([*PARK[2:], "--enterprise", "E99"], "K255", "E99"),
        ([*PARK[2:], "--product", "steel", "--enterprise", "E01"], "K255", "E01 makes no `steel`"),
        (["none.json", "--exempted", "3"], "U901", "--exempted"),
        (["none.json", "--basis", "location"], "U901", "--basis"),
        ([*PARK[2:], "--record", "x.json"], "K220", "standards"),
        (
            [*PARK[2:], "--record", "x.json", "--standard", "PACT-3.0", "--geography", "Chna"],
            "K256",
            "`Chna` is no",
        ),
        ([*PARK[2:], "--record", "x.json", "--standard", "PACT-3.0", "--exempted", "300"], "K220", "100"),
        (["none.json"], "G100", "none.json"),
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: list[str],
    code: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    """With exit code 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert run(["cluster", "footprint", *arguments]) == 2
    said = capsys.readouterr().err
    assert code in said and words in said and not list(tmp_path.iterdir())


def test_no_record_is_written_over_what_it_is_made_of(tmp_path: Path, capsys: Capture) -> None:
    """Neither over a supplier's record in the folder nor over the file that is read."""
    rows = f"{PURCHASES}E01,2024,cement,5,t,,,cement.json,,,,\n"
    folder = write(tmp_path / "p", energy=ENERGY, products=CLINKER, purchases=rows)
    (folder / "cement.json").write_text(CEMENT.to_json(), encoding="utf-8")
    given = str(folder / "cement.json")
    for source in (str(folder), given):
        for option in ("--record", "--out"):
            assert run(["cluster", "footprint", source, option, given]) == 2
            assert "U903" in capsys.readouterr().err
