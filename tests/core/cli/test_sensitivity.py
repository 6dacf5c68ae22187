"""``separatrix sensitivity`` at the command line."""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from core.present.games import HOSTILE
from separatrix.cli.app import run

FEW = ["--samples", "64"]
SPREAD = ["--spread", "10%"]


def hostile(tmp_path: Path) -> str:
    """Write a game of hostile names to a file, all its parameters uncertain."""
    parameters = {n: (p | {"uncertain": {"triangular": "20%"}}) for n, p in HOSTILE["parameters"].items()}
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(HOSTILE | {"parameters": parameters}, ensure_ascii=False), "utf-8")
    return str(path)


def test_what_matters_most_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The lead names the parameter, a table has all of them with intervals, doubts are listed."""
    assert run(["sensitivity", "shi-chen-2018", "--measure", "basin:E4", *FEW, *SPREAD]) == 0
    text = capsys.readouterr().out
    assert "π₁ has the largest effect on the share of all starts that ends at E4" in text.replace(
        " │\n │ ", " "
    )
    assert (
        "95 % interval" in text
        and "Certainty: " in text
        and "an assumption made for this run" in text.lower()
    )


def test_indices_are_given_as_data(tmp_path: Path) -> None:
    """JSON and CSV hold the same numbers; the ending of --out chooses."""
    command = ["sensitivity", "coal-safety", "--scenario", "H10", "--measure", "stable:E4", *FEW]
    assert run([*command, "--out", str(tmp_path / "a.json")]) == 0
    assert run([*command, "--out", str(tmp_path / "a.csv")]) == 0
    answer = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert answer["samples"] == 64 and answer["evaluations"] == 64 * 12
    assert answer["uncertain"]["H"] == "triangular(8, 10, 12)"
    rows = list(csv.DictReader((tmp_path / "a.csv").open(encoding="utf-8", newline="")))
    assert {r["parameter"]: float(r["total"]) for r in rows} == answer["total"]
    assert [float(rows[0][k]) for k in ("first_low", "first_high")] == answer["first_intervals"][
        rows[0]["parameter"]
    ]


def test_a_fan_chart_is_told_and_given_as_data(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`fate` alone tells where draws end; CSV has the quantiles in time."""
    command = ["sensitivity", "coal-safety", "--scenario", "H10", "--measure", "fate", "--samples", "200"]
    assert run(command) == 0
    text = capsys.readouterr().out
    assert "end at E4" in text and "a cycle" in text and "x: median (5 – 95 %)" in text
    assert run([*command, "--until", "3", "--out", str(tmp_path / "fan.csv")]) == 0
    rows = list(csv.reader((tmp_path / "fan.csv").open(encoding="utf-8", newline="")))
    assert rows[0] == ["time", *(f"{s}_{q}" for s in "xy" for q in (5, 25, 50, 75, 95))]
    assert [float(cell) for cell in rows[1]] == pytest.approx([0.0, *[0.3] * 10])
    assert rows[-1][0] == "3.0" and len(rows) == 202


@pytest.mark.parametrize("measure", ["basin:E4", "fate"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_figures_speak_both_languages(measure: str, lang: str, tmp_path: Path) -> None:
    """They have a title, a description, and no phrase left in braces."""
    target = tmp_path / "figure.svg"
    command = ["sensitivity", "coal-safety", "--scenario", "H10", "--measure", measure, *FEW, "--lang", lang]
    assert run([*command, "--out", str(target)]) == 0
    tree = ElementTree.fromstring(target.read_text("utf-8"))
    words = " ".join(tree.itertext())
    assert ("监管" in words) == (lang == "zh")
    assert not re.search(r"\{\w+\}", words)
    assert [child.tag.rpartition("}")[2] for child in tree][:2] == ["title", "desc"]


@pytest.mark.parametrize("format", ["text", "json", "csv", "svg"])
@pytest.mark.parametrize("measure", ["basin:E4", "fate"])
def test_hostile_names_come_out_inert(
    format: str, measure: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No script, no markup, no sign that turns text around, in any format."""
    command = ["sensitivity", hostile(tmp_path), "--measure", measure, *FEW, "--format", format]
    assert run(command) == 0
    out = capsys.readouterr().out
    if format == "svg":
        tree = ElementTree.fromstring(out)
        assert not [e for e in tree.iter() if e.tag.rpartition("}")[2] == "script"]
        assert "\u202e" not in out
    elif format == "csv":
        assert not [cell for row in csv.reader(out.splitlines()) for cell in row if cell[:1] in ("=", "@")]
    elif format == "text":
        assert "\u202e" not in out and "\x1b" not in out


def test_chinese_is_told_throughout(capsys: pytest.CaptureFixture[str]) -> None:
    """No English sentence is left, warnings included."""
    assert (
        run(
            [
                "sensitivity",
                "coal-safety",
                "--scenario",
                "H10",
                "--measure",
                "stable:E4",
                *FEW,
                "--lang",
                "zh",
            ]
        )
        == 0
    )
    text = capsys.readouterr().out
    assert "尚未收敛" in text
    assert not any(word in text for word in ("interval", "rows", "estimated", "matters"))


def test_over_and_fix_choose_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    """--over brings distributions, --fix holds what the file draws, --set moves a percentage."""
    base = ["sensitivity", "coal-safety", "--measure", "stable:E4", "--format", "json", *FEW]
    assert run([*base, "--set", "H=10", "--over", "H", "--over", "Cr=normal(5%)"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["uncertain"] == {"Cr": "normal(12, 0.6)", "H": "triangular(8, 10, 12)"}
    assert run([*base, "--scenario", "H10", "--fix", "H"]) == 0
    assert "H" not in json.loads(capsys.readouterr().out)["uncertain"]


def test_pairs_are_shown_where_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """--second adds a table of what two parameters explain together."""
    assert run(["sensitivity", "shi-chen-2018", *FEW, *SPREAD, "--measure", "basin:E4", "--second"]) == 0
    assert "two parameters" in capsys.readouterr().out


BAD: list[tuple[list[str], str]] = [
    (["shi-chen-2018"], "D651"),
    (["shi-chen-2018", "--spread", "0"], "V330"),
    (["shi-chen-2018", *SPREAD, "--measure", "basin:E9"], "D653"),
    (["shi-chen-2018", *SPREAD, "--measure", "fates"], "D653"),
    (["shi-chen-2018", *SPREAD, "--samples", "2"], "D654"),
    (["shi-chen-2018", *SPREAD, "--seed", "-3"], "D654"),
    (["shi-chen-2018", "--over", "C9=normal(1, 2)"], "V302"),
    (["shi-chen-2018", "--over", "C1=normal(1, -2)"], "V330"),
    (["shi-chen-2018", "--over", "=normal(1, 2)"], "U901"),
    (["shi-chen-2018", "--over", "C1=normal(1, 2)", "--over", "C1"], "U901"),
    (["shi-chen-2018", *SPREAD, "--until", "3"], "U901"),
    (["shi-chen-2018", *SPREAD, "--measure", "fate", "--second"], "U901"),
    (["shi-chen-2018", *SPREAD, "--measure", "fate", "--from", "x=2,y=0"], "D601"),
    (["shi-chen-2018", *SPREAD, "--measure", "fate", "--from", "z=2"], "U901"),
    (["shi-chen-2018", *SPREAD, "--measure", "fate", "--until", "-3"], "D602"),
    (["shi-chen-2018", *SPREAD, "--out", "a.docx"], "U902"),
    (
        ["coal-safety", "--scenario", "H10", "--over", "F", "--measure", "basin:E4", *FEW, "--format", "svg"],
        "U902",
    ),
]


@pytest.mark.parametrize(("arguments", "code"), BAD, ids=[" ".join(b[0][1:])[:60] for b in BAD])
def test_wrong_calls_are_refused(arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and an error with its code and what to do."""
    assert run(["sensitivity", *arguments]) == 2
    message: Any = capsys.readouterr().err
    assert message.startswith(code) and "help:" in message


def test_the_game_file_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--out may not be the model itself."""
    path = hostile(tmp_path)
    assert run(["sensitivity", path, "--out", path]) == 2
    assert "U903" in capsys.readouterr().err
