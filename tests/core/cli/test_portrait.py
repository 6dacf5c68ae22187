"""``separatrix portrait`` at the command line: formats, panels, and what is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from core.present.games import HOSTILE, HOSTILE_THREE
from separatrix.cli.app import run
from thinning import thinned

Capture = pytest.CaptureFixture[str]
SVG = "{http://www.w3.org/2000/svg}"


def texts(path: Path) -> list[str]:
    """Return the words of a figure."""
    return [
        t for e in ElementTree.fromstring(path.read_text("utf-8")).iter(f"{SVG}text") for t in e.itertext()
    ]


def test_the_text_says_where_each_share_stands_still(capsys: Capture) -> None:
    """Rest points with their labels, nullclines as equations, and the separatrix."""
    assert run(["portrait", "shi-chen-2018"]) == 0
    text = capsys.readouterr().out
    assert "y = 2/3" in text and "x = 2/3" in text
    assert "saddle" in text and "The separatrix runs from" in text
    assert "exact" in text


def test_the_text_is_told_in_chinese(capsys: Capture) -> None:
    """No English sentence is left."""
    adjusted = ["--field", "payoff-adjusted", "--option", "background=9"]
    for arguments in (
        ["wang-2023", "--scenario", "stage-4"],
        ["shi-chen-2018", "--field", "smith"],
        ["shi-chen-2018", "--field", "logit", "--option", "eta=1/2"],
        ["hawk-dove-two-populations", *adjusted],
    ):
        assert run(["portrait", *arguments, "--lang", "zh"]) == 0
        text = capsys.readouterr().out
        assert "均衡点" in text and "零斜线" in text
        assert not [
            word for word in ("rest point", "nullclines", "stands still", "left open") if word in text
        ]


def test_data_are_written_by_their_ending(tmp_path: Path) -> None:
    """JSON is one portrait, or several; CSV is long, and names the portrait where there are several."""
    one, two, table = tmp_path / "one.json", tmp_path / "two.json", tmp_path / "two.csv"
    assert run(["portrait", "shi-chen-2018", "--grid", "3", "--out", str(one)]) == 0
    told = json.loads(one.read_text("utf-8"))
    assert told["shape"] == "square" and len(told["field"]["states"]) == 9 and told["courses"]
    asked = ["portrait", "shi-chen-2018", "--scenario", "bistable", "--set", "C1=3,4", "--grid", "3"]
    assert run([*asked, "--out", str(two)]) == 0
    several = json.loads(two.read_text("utf-8"))["portraits"]
    assert [p["model"]["parameters"]["C1"] for p in several] == [3, 4]
    assert run([*asked, "--out", str(table)]) == 0
    rows = list(csv.DictReader(table.open(encoding="utf-8", newline="")))
    names = list(dict.fromkeys(row["portrait"] for row in rows))
    assert names == ["bistable, C1 = 3", "bistable, C1 = 4"]


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_figures_are_written_by_their_ending(kind: str, tmp_path: Path) -> None:
    """Of one portrait, and of several side by side."""
    start = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}[kind]
    for more in ([], ["--all-scenarios"]):
        path = tmp_path / f"portrait{len(more)}.{kind}"
        assert run(["portrait", "hawk-dove-one-population", *more, "--out", str(path)]) == 0
        assert path.read_bytes().startswith(start)


def test_every_scenario_has_a_panel(tmp_path: Path) -> None:
    """Each under its name in the language, with one legend for all."""
    path = tmp_path / "panels.svg"
    assert run(["portrait", "wang-2023", "--all-scenarios", "--lang", "zh", "--out", str(path)]) == 0
    shown = texts(path)
    assert [t for t in shown if t.startswith("阶段")] == [f"阶段 {k}" for k in range(5)]
    assert shown.count("渐近稳定") == 1
    assert shown.count("E1") == 5


def test_trajectories_in_time_share_their_axis(tmp_path: Path) -> None:
    """One panel a scenario; the same last time for all, when the slowest has settled, written once."""
    path = tmp_path / "time.svg"
    assert run(["portrait", "coal-safety", "--all-scenarios", "--time", "--out", str(path)]) == 0
    shown = texts(path)
    assert [t for t in shown if t in ("H0", "H8", "H10", "H12", "H14")] == ["H0", "H8", "H10", "H12", "H14"]
    assert shown.count("time") == 1
    settled = tmp_path / "settled.svg"
    asked = [
        "portrait",
        "shi-chen-2018",
        "--all-scenarios",
        "--time",
        "--from",
        "0.4,0.5",
        "--out",
        str(settled),
    ]
    assert run(asked) == 0
    assert max(float(t) for t in texts(settled) if t.replace(".", "").isdecimal()) == 8
    four = tmp_path / "four.svg"
    start = "x_1=0.4,x_2=0.3,x_3=0.2,x_4=0.1"
    assert run(["portrait", "hypercycle-four", "--time", "--from", start, "--out", str(four)]) == 0
    assert "x_4" in " ".join(texts(four))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["hypercycle-four"], "D641"),
        (["rock-paper-scissors-two-populations"], "D641"),
        (["shi-chen-2018", "--grid", "1"], "D642"),
        (["shi-chen-2018", "--grid", "100000"], "D642"),
        (["shi-chen-2018", "--set", "C1=1,2,3,4,5,6,7,8,9,10,11,12,13", "--format", "svg"], "D643"),
        (["shi-chen-2018", "--set", "C1=" + ",".join(map(str, range(101)))], "U901"),
        (["shi-chen-2018", "--set", "C1=1,,2"], "U901"),
        (["shi-chen-2018", "--set", "C9=1"], "V302"),
        (["shi-chen-2018", "--scenario", "bistabel"], "V303"),
        (["shi-chen-2018", "--field", "smth"], "V320"),
        (["shi-chen-2018", "--field", "logit", "--option", "eta=0"], "V321"),
        (["shi-chen-2018", "--option", "eta=1"], "V321"),
        (["shi-chen-2018", "--option", "eta"], "U901"),
        (["shi-chen-2018", "--option", "eta=1", "--option", "eta=2"], "U901"),
        (["shi-chen-2018", "--out", "portrait.bmp"], "U902"),
        (["shi-chen-2018", "--time"], "U902"),
        (["hypercycle-four", "--time", "--format", "svg"], "U901"),
        (["shi-chen-2018", "--time", "--from", "x=2,y=0", "--format", "svg"], "D601"),
        (["shi-chen-2018", "--time", "--until", "0", "--format", "svg"], "D602"),
        (["shi-chen-2018", "--out", "no/such/folder/portrait.svg"], "U903"),
        (["hawk-dove-one-population", "--field", "payoff-adjusted"], "V322"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_code(
    arguments: list[str], code: str, capsys: Capture
) -> None:
    """The exit code is 2, nothing is printed, and the code is explained."""
    assert run(["portrait", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"{code} ")
    assert run(["explain", code]) == 0


def test_a_portrait_is_not_written_over_its_game(tmp_path: Path, capsys: Capture) -> None:
    """The file named by --out is the game itself."""
    model = tmp_path / "game.csv"
    model.write_text("x,y,pay:A,pay:B\n", "utf-8")
    assert run(["portrait", str(model), "--out", str(model)]) == 2
    capsys.readouterr()
    assert model.read_text("utf-8").startswith("x,y")


@thinned("source", [HOSTILE, HOSTILE_THREE], each_run=1)
@pytest.mark.parametrize("kind", ["txt", "json", "csv", "svg"])
def test_hostile_names_come_out_inert(source: dict[str, object], kind: str, tmp_path: Path) -> None:
    """No script, no formula, no control character, whatever the format."""
    model = tmp_path / "hostile.yaml"
    parameters = {**source.get("parameters", {}), "p": {"value": 1}}
    scenarios = {"=cmd|' /C calc'!A0": {"p": 1}, "<script>alert(1)</script>": {"p": 2}}
    model.write_text(json.dumps({**source, "parameters": parameters, "scenarios": scenarios}), "utf-8")
    for more in ([], ["--all-scenarios"]):
        out = tmp_path / f"out.{kind}"
        assert run(["portrait", str(model), *more, "--out", str(out)]) == 0
        told = out.read_text("utf-8")
        allowed = "\n\u00a0\u200b"
        assert not [c for c in told if not c.isprintable() and c not in allowed and kind != "json"]
        if kind == "json":
            json.loads(told)
        if kind == "svg":
            assert "<script" not in told
            ElementTree.fromstring(told)
        if kind == "csv":
            rows = csv.reader(told.splitlines())
            assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "@")]
