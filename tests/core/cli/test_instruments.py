"""Instruments on the command line: every verb takes the level of one as it takes a parameter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from separatrix.cli.app import run

GAME = "shi-chen-2018"
HALF = ["--set", "subsidy=1/2"]

VERBS = {
    "analyze": [],
    "cite": [],
    "basins": [],
    "portrait": [],
    "trajectory": ["--until", "1"],
    "shock": [],
    "bifurcation": ["--over", "C2=0:4"],
    "regimes": ["--over", "C2=0:4", "--over", "pi1=5:15"],
    "sweep": ["--over", "C2=0:4:3"],
    "fixation": ["--size", "5"],
    "stationary": ["--size", "5"],
    "agree": ["--size", "5", "--replicas", "10", "--until", "1"],
    "sensitivity": ["--over", "C2=uniform(0, 2)", "--measure", "stable:E4", "--samples", "16"],
}


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what a command prints; it answers."""
    code = run(list(arguments))
    shown = capsys.readouterr()
    assert code == 0, shown.err
    return shown.out


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_sets_a_level(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--set with the name of an instrument puts it in force: half of a cost of 4 is a cost of 2."""
    supported = printed(capsys, verb, GAME, *VERBS[verb], *HALF)
    plain = printed(capsys, verb, GAME, *VERBS[verb], "--set", "C1=2")
    assert supported
    if verb in ("basins", "fixation", "stationary", "agree", "sweep"):
        assert supported == plain


def test_an_axis_may_be_a_level(capsys: pytest.CaptureFixture[str]) -> None:
    """--over and --vary with the name of an instrument go over its range, or the interval that is given."""
    diagram = json.loads(printed(capsys, "bifurcation", GAME, "--over", "subsidy", "--format", "json"))
    assert diagram["over"]["parameter"] == "subsidy"
    swept = printed(capsys, "sweep", GAME, "--over", "subsidy=0:1:5", "--over", "C2=0:2:3", "--format", "csv")
    assert swept.splitlines()[0].startswith("subsidy,C2,")
    map_ = json.loads(
        printed(capsys, "regimes", GAME, "--over", "subsidy", "--over", "fine", "--format", "json")
    )
    assert [axis["parameter"] for axis in map_["over"]] == ["subsidy", "fine"]
    varied = printed(capsys, "trajectory", GAME, "--vary", "subsidy=0,0.7", "--format", "csv")
    assert "subsidy" in varied.splitlines()[0]


def test_what_is_in_force_in_the_file_stays_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A level that is set on the command line joins those that the file puts in force."""
    file = tmp_path / "game.yaml"
    assert run(["convert", GAME, str(file)]) == 0
    text = file.read_text("utf-8")
    file.write_text(text + "\nin_force: [fine]\n", "utf-8")
    capsys.readouterr()
    found = json.loads(printed(capsys, "analyze", str(file), *HALF, "--format", "json"))
    assert {"fine", "subsidy"} <= set(found["model"]["parameters"])


def test_a_strategy_stands_for_its_instruments(capsys: pytest.CaptureFixture[str]) -> None:
    """--instrument with one of the four strategies asks of each of its instruments."""
    found = json.loads(
        printed(capsys, "tip", GAME, "--instrument", "technology", "--no-noise", "--format", "json")
    )
    assert [one["instrument"] for one in found["instruments"]] == ["value_added", "subsidy", "accuracy"]


def test_a_level_that_is_set_is_no_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    """With a fine of 1 in force the subsidy need only bear what is left, and the fine is not moved."""
    fined = ["--set", "fine=1", "--format", "json"]
    tipping = json.loads(printed(capsys, "tip", GAME, "--instrument", "subsidy", "--no-noise", *fined))
    plain = json.loads(
        printed(
            capsys,
            *("tip", GAME, "--instrument", "subsidy", "--no-noise", "--set", "C2=2", "--format", "json"),
        )
    )
    assert tipping["instruments"] == plain["instruments"]
    programme = json.loads(
        printed(capsys, "programme", GAME, "--instrument", "technology", "--require", "basin", *fined)
    )
    assert set(programme["limit"]["levels"]) == {"value_added", "subsidy", "accuracy"}
    held = json.loads(printed(capsys, "programme", GAME, "--hold", "subsidy=1/2", *fined))
    assert held["instruments"] == ["subsidy"]


def test_a_wrong_name_is_led_to_the_instrument(capsys: pytest.CaptureFixture[str]) -> None:
    """A slip in the name of an instrument is guessed like one in that of a parameter."""
    assert run(["analyze", GAME, "--set", "subsidi=0.5"]) == 2
    assert "did you mean `subsidy`" in capsys.readouterr().err


def test_the_game_tells_its_instruments(capsys: pytest.CaptureFixture[str]) -> None:
    """Text groups them by strategy, CSV and JSON have one entry for each, with what they cost whom."""
    text = printed(capsys, "instruments", GAME)
    assert text.index("Understanding") < text.index("Growth pattern") < text.index("Low-carbon park")
    data = json.loads(printed(capsys, "instruments", GAME, "--format", "json"))
    (subsidy,) = [one for one in data["instruments"] if one["name"] == "subsidy"]
    assert subsidy["changes"] == {"C1": "C1*(1 - subsidy)"}
    assert set(subsidy["cost"]) == {"public", "enterprises"}
    assert data["ready_made"] == []
    rows = printed(capsys, "instruments", GAME, "--format", "csv").splitlines()
    assert len(rows) == 1 + len(data["instruments"])
    assert "补贴" not in printed(capsys, "instruments") and "公共部门" in printed(
        capsys, "instruments", "--lang", "zh"
    )


def test_ready_made_instruments_are_added_to_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """--add writes a game file that other verbs take levels of."""
    out = tmp_path / "supported.yaml"
    printed(
        capsys,
        *("instruments", "shi-chen-2018-one-population", "--add", "subsidy", "carbon_price"),
        *("--emitted", "100", "--money", "10000", "--unit", "CNY/t", "--out", str(out)),
    )
    cheap = printed(capsys, "basins", str(out), "--set", "subsidy=1/2")
    assert cheap == printed(capsys, "basins", str(out), "--set", "C1=2")
    taxed = printed(capsys, "basins", str(out), "--set", "carbon_price=200")
    assert taxed == printed(capsys, "basins", str(out), "--set", "C2=3")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((GAME, "--emitted", "3"), "U901"),
        (("--add", "subsidy"), "U901"),
        ((GAME, "--add", "fine", "--format", "json"), "U901"),
        (("hawk-dove-one-population", "--add", "subsidy"), "G131"),
        (("shi-chen-2018-one-population", "--add", "carbon_price", "--emitted", "1,2"), "G133"),
        (("shi-chen-2018-one-population", "--add", "subsidy", "--role", "C1"), "U901"),
    ],
)
def test_wrong_calls_are_told(
    arguments: tuple[str, ...], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What goes only with --add, and what does not fit, is told with its code."""
    assert run(["instruments", *arguments]) == 2
    assert capsys.readouterr().err.startswith(code)
