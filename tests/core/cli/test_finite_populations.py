"""`separatrix fixation` and `separatrix stationary`: their formats, figures, languages and errors."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from separatrix.cli.app import run

Capture = pytest.CaptureFixture[str]
CONVENTIONS = ["stag-hunt-two-populations", "--size", "12"]


def answered(arguments: list[str], capsys: Capture) -> str:
    """Return what a command prints."""
    assert run(arguments) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_fixation_of_one_mutant_in_every_format(capsys: Capture) -> None:
    """Text, JSON and CSV tell the same probability; JSON has the logarithm and the times."""
    asked = ["fixation", "hawk-dove-one-population", "--invader", "hawk", "--resident", "dove", "-z", "30"]
    told = json.loads(answered([*asked, "-f", "json"], capsys))
    assert told["population_sizes"] == {"Players": 30}
    assert told["verdict"] == "favoured" and told["log_probability"] < 0
    assert told["times"]["conditional"] > 0 and told["times"]["updates_a_unit"] == 30
    (row,) = csv.DictReader(io.StringIO(answered([*asked, "-f", "csv"], capsys)))
    assert float(row["probability"]) == told["probability"]
    assert "favours" in answered(asked, capsys)
    assert "固定概率" in answered([*asked, "--lang", "zh"], capsys)


def test_neutral_mutants_are_told_as_once_as_likely(capsys: Capture) -> None:
    """Without selection a mutant is 1 times as likely as a neutral one, without the noise of rounding."""
    asked = ["fixation", "hawk-dove-one-population", "--invader", "hawk", "--resident", "dove", "--beta", "0"]
    (row,) = [row for row in answered([*asked, "-z", "49"], capsys).splitlines() if "times neutral" in row]
    assert row.split()[-1] == "1"


def test_states_that_tie_are_all_told(tmp_path: Path, capsys: Capture) -> None:
    """Where all strategies earn the same no state is called the most frequent one."""
    path = tmp_path / "alike.yaml"
    path.write_text(
        "title: Alike\npopulations: [{name: P, share: x, strategies: [a, b, c]}]\n"
        "payoff_matrix: [[1, 1, 1], [1, 1, 1], [1, 1, 1]]\n",
        "utf-8",
    )
    assert run(["fixation", str(path), "--size", "7"]) == 0
    assert "33.33 % of the time" in (told := capsys.readouterr().out) and "a or b or c" in told
    assert run(["stationary", str(path), "--size", "6", "--mu", "0.1"]) == 0
    lead = capsys.readouterr().out.split("equally often: ")[1].split(",")[0]
    assert sorted(lead.split(" or ")) == ["6 a", "6 b", "6 c"]


def test_every_invasion_and_the_limit_of_rare_mutation(capsys: Capture) -> None:
    """Without an invader there is a row for each mutant in each state, and weights that add up to 1."""
    told = json.loads(answered(["fixation", *CONVENTIONS, "-f", "json"], capsys))
    assert len(told["states"]) == 4 and len(told["invasions"]) == 8
    assert sum(state["weight"] for state in told["states"]) == pytest.approx(1)
    assert {state["strong_selection"] for state in told["states"]} <= {"0", "1", "1/2"}
    assert "Stochastically stable" in answered(["fixation", *CONVENTIONS], capsys)


def test_the_long_run_in_every_format(capsys: Capture) -> None:
    """JSON and CSV hold every state with its weight; the text names the likeliest and where it drifts."""
    asked = ["stationary", "hawk-dove-one-population", "-z", "30", "--beta", "0.3"]
    told = json.loads(answered([*asked, "--mu", "1/20", "-f", "json"], capsys))
    assert len(told["states"]) == 31 and told["mu"] == 0.05
    assert sum(state["weight"] for state in told["states"]) == pytest.approx(1)
    rows = list(csv.DictReader(io.StringIO(answered([*asked, "--mu", "0.05", "-f", "csv"], capsys))))
    assert [float(row["weight"]) for row in rows] == [state["weight"] for state in told["states"]]
    assert "drifts towards" in answered(asked, capsys)
    rare = json.loads(answered([*asked, "--mu", "0", "-f", "json"], capsys))
    assert rare["all_play_the_same"] == pytest.approx(1) and len(rare["states"]) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["stationary", "hawk-dove-one-population", "-z", "20"],
        ["stationary", "rock-paper-scissors-one-population", "-z", "12"],
        ["stationary", *CONVENTIONS],
        ["fixation", *CONVENTIONS],
        ["fixation", "rock-paper-scissors-one-population", "-z", "12"],
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_figures_have_a_title_and_a_description(arguments: list[str], lang: str, capsys: Capture) -> None:
    """Each figure is whole SVG that tells what it shows to those who do not see it."""
    figure = ElementTree.fromstring(answered([*arguments, "-f", "svg", "--lang", lang], capsys))
    said = [child.text for child in figure if child.tag.endswith(("title", "desc"))]
    assert len(said) == 2 and all(said)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["fixation", "shi-chen-2018", "--invader", "cooperate"], "U901"),
        (["fixation", "shi-chen-2018", "--mutants", "3"], "U901"),
        (["fixation", "shi-chen-2018", "--size", "1"], "N201"),
        (["fixation", "shi-chen-2018", "--size", "Enterprise A=4"], "N201"),
        (["fixation", "shi-chen-2018", "--size", "Enterprise C=4"], "N203"),
        (["fixation", "shi-chen-2018", "--process", "moran-bd"], "N204"),
        (["fixation", "shi-chen-2018", "--exploration", "cooperate=1"], "U901"),
        (["stationary", "shi-chen-2018", "--mu", "2"], "N208"),
        (["stationary", "wang-2023", "--size", "6", "-f", "svg"], "U902"),
        (["stationary", "shi-chen-2018", "--mu", "0", "-f", "svg"], "U902"),
        (["stationary", "shi-chen-2018", "--beta", "inf"], "N207"),
    ],
)
def test_calls_that_cannot_be_answered_say_why(arguments: list[str], code: str, capsys: Capture) -> None:
    """Each ends with code 2 and one error with its code."""
    assert run(arguments) == 2
    assert capsys.readouterr().err.startswith(code)


def test_a_file_says_which_format(tmp_path: Path) -> None:
    """The ending of --out decides, as for every verb."""
    out = tmp_path / "long-run.png"
    assert run(["stationary", "hawk-dove-one-population", "-z", "10", "-o", str(out)]) == 0
    assert out.read_bytes().startswith(b"\x89PNG")
