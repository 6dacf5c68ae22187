"""The verb `trajectory`: what it prints, its formats, and its errors."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib.text import Text

import separatrix
from core.present.games import HOSTILE, HOSTILE_THREE
from separatrix.cli.app import run
from separatrix.dynamics.integration.trajectory import trajectory
from separatrix.figures.canvas import style
from separatrix.figures.time_series import time_series_svg
from separatrix.figures.trajectory_set import draw_trajectory_set
from separatrix.game.formats.document import document_of
from separatrix.io.yaml_output import yaml_text
from separatrix.languages import language_of

Capture = pytest.CaptureFixture[str]
PAPER = separatrix.load("shi-chen-2018")
BISTABLE = ["trajectory", "shi-chen-2018", "--scenario", "bistable"]


def test_without_a_start_the_trajectory_begins_today(capsys: Capture) -> None:
    """The game file says where the cluster stands; the table has that state first, and eleven times."""
    assert run(["trajectory", "shi-chen-2018"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "From x = 0.2, y = 0.3: at rest at the end."
    assert lines[2].split() == ["time", "x", "y"]
    assert lines[3].split() == ["0", "0.200000", "0.300000"]
    assert len(lines) == 14


def test_every_start_has_its_trajectory(capsys: Capture) -> None:
    """Two starts on two sides of the separatrix end in two corners, as from Python."""
    starts = ["--from", "x=0.3,y=0.3", "--from", "y=4/5, x=0.7"]
    assert run([*BISTABLE, *starts, "--until", "20", "--points", "3", "-f", "csv"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows[0] == ["course", "time", "x", "y"]
    game = separatrix.load("shi-chen-2018")
    for number, start in ((1, [0.3, 0.3]), (2, [0.7, 0.8])):
        orbit = trajectory(game, start, scenario="bistable", until=20, points=3)
        found = [[float(v) for v in row[2:]] for row in rows[1:] if row[0] == str(number)]
        assert found == orbit.states.tolist()


def test_json_tells_how_each_trajectory_ended(capsys: Capture) -> None:
    """The keys are a contract; the states stand by share."""
    assert run([*BISTABLE, "--from", "x=0,y=1/2", "--points", "2", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == 1
    assert answer["model"] == {"title": separatrix.load("shi-chen-2018").title}
    (orbit,) = answer["trajectories"]
    assert orbit["start"] == {"x": 0.0, "y": 0.5}
    assert orbit["status"] == "end"
    assert orbit["message"] == "at rest at the end; stays on the face x = 0"
    assert orbit["states"]["x"] == [0.0, 0.0]
    assert orbit["times"][-1] == orbit["end_time"]


def test_chinese_is_told_in_chinese(capsys: Capture) -> None:
    """`--lang zh` translates the message, the face among it, and the head of the table."""
    assert run([*BISTABLE, "--from", "x=0,y=0.5", "--points", "2", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("自 x = 0, y = 0.5 出发：终止时已静止；始终停留在面 x = 0 上。")
    assert "时间" in out


def test_the_ending_of_the_file_names_the_format(tmp_path: Path) -> None:
    """The figure has a title, a description with the trajectories, and one line a share and start."""
    target = tmp_path / "trajectories.svg"
    assert run([*BISTABLE, "--from", "x=0.3,y=0.3", "--from", "x=0.7,y=0.8", "--out", str(target)]) == 0
    root = ElementTree.fromstring(target.read_text("utf-8"))
    name = "{http://www.w3.org/2000/svg}"
    title, description = root.find(f"{name}title"), root.find(f"{name}desc")
    assert title is not None
    assert description is not None
    assert (title.text or "").startswith("Trajectories over time: ")
    assert (description.text or "").count("at rest at the end") == 2


@pytest.mark.parametrize("document", [HOSTILE, HOSTILE_THREE])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_names_are_inert_in_the_figure(document: dict[str, object], language: str) -> None:
    """Names reach the SVG as text alone: it parses, and no element comes from a name."""
    game = separatrix.load(document)
    assert game.today is not None
    svg = time_series_svg(game, [trajectory(game, dict(game.today))], language_of(language))
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(svg).iter()}
    known = {"svg", "title", "desc", "defs", "style", "g", "path", "use", "text", "clipPath", "rect", "tspan"}
    assert tags <= known
    assert "\u202e" not in svg


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["matching-pennies"], "U901", "--from"),
        (["shi-chen-2018", "--from", "x=0.2"], "D601", "lacks y"),
        (["shi-chen-2018", "--from", "x=0.2,z=0.2"], "U901", "no share `z`"),
        (["wang-2023", "--from", "x=0.2,y=0.2,Z=1"], "U901", "did you mean `z`?"),
        (["shi-chen-2018", "--from", "x=0.2,x=0.3"], "U901", "twice"),
        (["shi-chen-2018", "--from", "0.2,y=0.3"], "U901", "SHARE=VALUE"),
        (["shi-chen-2018", "--from", "x=1.2,y=0"], "D601", "x = 1.2"),
        (["shi-chen-2018", "--until", "0"], "D602", "t = 0"),
        (["shi-chen-2018", "--until", "inf"], "D602", "finite"),
        (["shi-chen-2018", "--points", "1"], "D602", "at least 2"),
        (["shi-chen-2018", "--points", "1000000000"], "D602", "fewer points"),
        (["shi-chen-2018", "--out", "trajectories.docx"], "U902", ".docx"),
        (["shi-chen-2018", "-f", "svg", *(["--from", "x=0.2,y=0.3"] * 13)], "U901", "room for 12"),
    ],
)
def test_wrong_calls_are_told(arguments: list[str], code: str, said: str, capsys: Capture) -> None:
    """The exit code is 2, and the message says what was found and what to do."""
    assert run(["trajectory", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(code)
    assert said in told.err


def test_a_schedule_in_the_file_is_followed(tmp_path: Path, capsys: Capture) -> None:
    """A subsidy that starts and ends leads every enterprise to cooperate; the text says when it changed."""
    text = yaml_text(document_of(separatrix.load("shi-chen-2018")))
    file = tmp_path / "policy.yaml"
    file.write_text(text + "\nschedule:\n  C1: {steps: [[0, 0], [2, 4]]}\n", encoding="utf-8")
    assert run(["trajectory", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "From x = 0.2, y = 0.3: at rest at the end; parameters change at t = 0, 2."
    assert lines[-1].split()[1:] == ["1.000000", "1.000000"]
    assert run(["trajectory", str(file), "--until", "-1"]) == 2
    assert "D605" in capsys.readouterr().err


def test_a_tolerance_can_be_asked_for(capsys: Capture) -> None:
    """A finer one gives the states that Python gives at it; one that cannot be kept is refused."""
    asked = ["trajectory", "matching-pennies", "--from", "x=0.2,y=0.3", "--until", "300", "--points", "3"]
    assert run([*asked, "--tolerance", "1e-13", "-f", "json"]) == 0
    (orbit,) = json.loads(capsys.readouterr().out)["trajectories"]
    game = separatrix.load("matching-pennies")
    fine = trajectory(game, [0.2, 0.3], until=300, points=3, tolerance=1e-13)
    usual = trajectory(game, [0.2, 0.3], until=300, points=3)
    assert orbit["states"]["x"] == fine.states[:, 0].tolist() != usual.states[:, 0].tolist()
    assert run([*asked, "--tolerance", "0"]) == 2
    assert "from 1e-15 to 0.1" in capsys.readouterr().err


def test_other_dynamics_can_be_followed(capsys: Capture) -> None:
    """Under logit the face is left, as from Python; unknown fields and options are refused."""
    asked = ["trajectory", "shi-chen-2018", "--from", "x=0,y=1/2", "--points", "3"]
    assert run([*asked, "--field", "logit", "--option", "eta=1/2", "-f", "json"]) == 0
    (orbit,) = json.loads(capsys.readouterr().out)["trajectories"]
    game = separatrix.load("shi-chen-2018")
    same = trajectory(game, [0, "1/2"], field="logit", eta="1/2", points=3)
    assert orbit["states"]["x"] == same.states[:, 0].tolist()
    assert orbit["message"] == "at rest at the end"
    for wrong in (
        ["--field", "logti"],
        ["--field", "logit", "--option", "kind=1"],
        ["--option", "eta=1"],
        ["--field", "logit", "--option", "eta"],
        ["--field", "logit", "--option", "eta=hot"],
    ):
        assert run([*asked, *wrong]) == 2, wrong
        assert capsys.readouterr().err
    assert run([*asked, "--field", "best-response"]) == 0


def test_a_start_on_the_separatrix_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The table goes where rounding leads, and the line above it says so."""
    assert (
        run(["trajectory", "shi-chen-2018", "--set", "C1=3", "--from", "x=0.25,y=0.75", "--points", "2"]) == 0
    )
    assert "starts on the separatrix" in capsys.readouterr().out


def test_a_table_ends_where_the_trajectory_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Beyond a pole of the payoffs there are no rows, and a sentence says when it was met."""
    path = tmp_path / "pole.yaml"
    path.write_text(
        "title: Pole\npopulations: [{name: A, share: x, strategies: [a, b]}]\n"
        "payoff_functions: {A: {a: '1/(1/2-x)', b: '0'}}\n",
        "utf-8",
    )
    assert run(["trajectory", str(path), "--from", "x=0.3", "--until", "0.2", "--points", "41"]) == 0
    told = capsys.readouterr().out
    assert "nan" not in told and "It ends at t = 0.0" in told
    assert 5 < len([line for line in told.splitlines() if line.startswith("  ")]) < 40


def test_values_side_by_side_are_told_in_a_table(capsys: Capture) -> None:
    """One row a value: where it rests and when it has settled."""
    assert run(["trajectory", "shi-chen-2018", "--vary", "C1=2,4"]) == 0
    out = capsys.readouterr().out
    assert "C₁" in out
    assert "(0, 0)" in out


def test_a_set_of_trajectories_has_its_values_as_columns(capsys: Capture) -> None:
    """CSV: the number of the trajectory, what varies, the time and the shares; several starts vary too."""
    starts = ["--from", "x=0.2,y=0.3", "--from", "x=0.7,y=0.8"]
    asked = ["trajectory", "shi-chen-2018", "--vary", "C1=2,3", *starts, "--until", "1", "--points", "2"]
    assert run([*asked, "-f", "csv"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows[0] == ["trajectory", "C1", "time", "x", "y"]
    assert [row[0] for row in rows[1:]] == ["1", "1", "2", "2", "3", "3", "4", "4"]
    assert [float(v) for v in rows[3][1:]] == pytest.approx([2.0, 0.0, 0.7, 0.8])
    assert run([*asked, "-f", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [t["at"]["C1"] for t in answer["trajectories"]] == [2.0, 2.0, 3.0, 3.0]


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        (["C1=2,3,4"], 3),
        (["scenario"], 4),
        (["start"], 5),
        (["C1=2,3,4", "pi1=8,10"], 6),
        (["C1=2,3", "C2=1,2", "pi1=8,10,12"], 12),
        (["start=0.1:0.9:30"], 30),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_figure_has_a_panel_a_share_and_a_curve_a_value(
    more: list[str], lines: int, language: str
) -> None:
    """As many lines in each panel as there are values, told apart; the legend has what varies, by symbol."""
    game = separatrix.translate(PAPER, language)
    found = separatrix.trajectories(game, more, until=2, points=21)
    with style():
        figure = draw_trajectory_set(found, language_of(language))
    panels = [axes for axes in figure.axes if axes.get_ylim() == (-0.02, 1.02)]
    assert [len(axes.lines) for axes in panels] == [lines, lines]
    looks = {(line.get_color(), line.get_linestyle(), str(line._dash_pattern)) for line in panels[0].lines}
    assert len(looks) == (lines if lines <= 12 else 1)
    text = " ".join(t.get_text() for t in figure.findobj(Text))
    assert ("C₁" in text) == any("C1" in part for part in more)
    assert "C1" not in text


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        (["--vary", "C1=0:4:400", "-f", "svg"], "D607", "at most 12 are distinguishable"),
        (["--vary", "C1=0:4:8", "--vary", "C2=1,2", "-f", "svg"], "D607", "16 curves"),
        (["--vary", "start=0.1:0.9:80", "-f", "svg"], "D607", "60"),
        (["--vary", "C1=two,three"], "V301", "not a number"),
        (["--vary", "Cl=2,3"], "D606", "did you mean `C1`"),
        (["--vary", "start=0.2", "--from", "x=0.2,y=0.3", "--from", "x=0.1,y=0.3"], "D606", "twice"),
        (["--vary", "C1=2,3", "--width", "0.1", "-f", "svg"], "U901", "centimetres"),
    ],
)
def test_what_cannot_be_varied_or_read_says_what_to_do(
    more: list[str], code: str, told: str, capsys: Capture
) -> None:
    """Nothing is followed for a figure that nobody could read."""
    assert run(["trajectory", "shi-chen-2018", *more]) == 2
    err = capsys.readouterr().err
    assert code in err
    assert told in err


@pytest.mark.parametrize("ending", ["png", "pdf"])
def test_figures_are_written_in_the_width_that_is_asked_for(ending: str, tmp_path: Path) -> None:
    """Twice the width has twice the dots, or a page twice as wide; SVG says it in its size."""
    sizes = []
    for width in ("8", "16"):
        target = tmp_path / f"a{width}.{ending}"
        asked = ["trajectory", "shi-chen-2018", "--vary", "C1=2,4", "--until", "2", "--points", "9"]
        assert run([*asked, "--width", width, "--dpi", "100", "-o", str(target)]) == 0
        content = target.read_bytes()
        if ending == "png":
            sizes.append(int.from_bytes(content[16:20], "big") / 100 * 2.54)
        else:
            box = content.split(b"/MediaBox [")[-1].split(b"]")[0].split()
            sizes.append(float(box[2]) / 72 * 2.54)
    assert sizes == pytest.approx([8, 16], rel=0.01)
