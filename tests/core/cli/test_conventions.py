"""What people expect of a command line: standard input and output, formats, starts, completion."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import separatrix
from separatrix.cli.app import COMMANDS, run
from separatrix.game.catalogue_files import catalogue_path
from separatrix.game.formats.document import document_of
from separatrix.io.yaml_output import yaml_text
from separatrix.reports.portraits import bifurcation_csv

Capture = pytest.CaptureFixture[str]

HUB_AND_SPOKES = str(Path(__file__).parents[1] / "population" / "hub-and-spokes.csv")

FRONT = ["--instrument", "subsidy", "--samples", "4", "--horizon", "5"]
NETWORK = ["--links", HUB_AND_SPOKES, "--replicas", "2", "--until", "2"]
SEEDS = ["--links", HUB_AND_SPOKES, "-k", "1", "--order", "degree", "--replicas", "2", "--until", "2"]
LEADERS = ["--links", HUB_AND_SPOKES, "--by", "2", "--replicas", "9", "--fresh", "40", "--sets", "40"]
LEADERS += ["--share", "0.6"]

FAST = {
    "analyze": ["shi-chen-2018"],
    "check": ["shi-chen-2018"],
    "report": ["hawk-dove-one-population"],
    "trajectory": ["shi-chen-2018"],
    "portrait": ["shi-chen-2018"],
    "basins": ["shi-chen-2018"],
    "bifurcation": ["coal-safety", "--over", "H=0:15"],
    "regimes": ["shi-chen-2018", "--over", "C1=0:8", "--over", "C2=0:4"],
    "shock": ["shi-chen-2018"],
    "sensitivity": ["shi-chen-2018", "--spread", "10%", "--samples", "64"],
    "sweep": ["shi-chen-2018", "--over", "C1=2:6:3"],
    "network": ["shi-chen-2018", *NETWORK],
    "seed": ["shi-chen-2018", *SEEDS],
    "leaders": ["shi-chen-2018", *LEADERS],
    "tip": ["shi-chen-2018", "-i", "C1=0:4"],
    "programme": ["shi-chen-2018", "--instrument", "subsidy", "--require", "selected"],
    "fixation": ["shi-chen-2018"],
    "agree": ["shi-chen-2018", "--size", "8", "--until", "1", "--replicas", "20"],
    "stationary": ["shi-chen-2018", "--size", "20"],
    "pareto": ["shi-chen-2018", *FRONT],
    "cite": ["hawk-dove-one-population"],
    "examples": [],
    "convert": ["shi-chen-2018"],
    "explain": ["S012"],
    "instruments": ["shi-chen-2018"],
    "cluster check": ["kalundborg"],
    "cluster account": ["houston"],
    "cluster diagnose": ["kalundborg"],
    "cluster symbiosis": ["kalundborg"],
    "calibrate": ["synthetic-park"],
    "brief": ["kalundborg"],
}
"""Each verb that prints an answer, with what makes it quick."""


def fed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a text on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode("utf-8")), encoding="utf-8"))


def test_every_verb_that_prints_is_here() -> None:
    """New verbs are added to the table above, or are known to write files alone, or to serve."""
    told = {name.split()[0] for name in FAST}
    assert set(COMMANDS) - told == {"new", "completion", "studio", "export-html", "mcp", "park"}


@pytest.mark.parametrize("verb", FAST)
def test_out_minus_is_standard_output(verb: str, capsys: Capture) -> None:
    """`--out -` prints what no --out prints; with --format json where the verb has JSON."""
    arguments = [*verb.split(), *FAST[verb]]
    form = {"report": "md", "convert": "yaml"}.get(verb, "json")
    if verb == "convert":
        assert run([*arguments, "-", "--format", form]) == 0
        assert capsys.readouterr().out == catalogue_text("shi-chen-2018")
        return
    assert run([*arguments, "--out", "-", "--format", form]) in (0, 1)
    printed = capsys.readouterr().out
    if form == "json":
        json.loads(printed)
    else:
        assert printed.startswith("# ")
    assert not Path("-").exists()


def catalogue_text(slug: str) -> str:
    """Return a game of the catalogue as it is written."""
    return yaml_text(document_of(separatrix.load(slug)))


@pytest.mark.parametrize(
    "verb",
    [
        v
        for v in FAST
        if v not in ("explain", "report", "convert", "cite") and not v.startswith(("cluster", "calibrate"))
    ],
)
def test_every_verb_that_prints_speaks_chinese(verb: str, capsys: Capture) -> None:
    """`--lang zh` gives Chinese text."""
    assert run([*verb.split(), *FAST[verb], "--lang", "zh"]) in (0, 1)
    printed = capsys.readouterr().out
    assert any("\u4e00" <= c <= "\u9fff" for c in printed)


def test_the_uses_of_references_are_told_in_chinese(capsys: Capture) -> None:
    """`cite --format text --lang zh` says what each work was used for."""
    assert run(["cite", "shi-chen-2018", "--format", "text", "--lang", "zh"]) == 0
    assert "用途：" in capsys.readouterr().out


def test_a_picture_goes_to_standard_output_as_bytes(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """A PNG that is piped is the PNG."""
    assert run(["portrait", "shi-chen-2018", "--format", "png", "--out", "-"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"\x89PNG")


DRAWN = {
    "portrait": [],
    "portrait --time": [],
    "shock": [],
    "trajectory": [],
    "bifurcation": ["--over", "C1=0:8"],
    "regimes": ["--over", "C1=1:9", "--over", "C2=1:5", "--grid", "5"],
    "sensitivity": ["--spread", "10%", "--samples", "64", "--measure", "basin"],
    "sweep": ["--over", "C1=2:6:3", "--measure", "basin"],
    "fixation": [],
    "stationary": ["--size", "20"],
    "network": NETWORK,
    "seed": SEEDS,
    "leaders": LEADERS,
    "pareto": FRONT,
    "tip": ["-i", "C1=0:4"],
}
"""Each verb that draws, with what makes it quick."""


@pytest.mark.parametrize("verb", DRAWN)
def test_every_verb_that_draws_prints_as_wide_as_is_asked_for(verb: str, capsys: Capture) -> None:
    """`--width 12.7` is five inches, in the same proportions."""
    sizes = []
    name, *flags = verb.split()
    for more in ([], ["--width", "12.7"]):
        assert run([name, "shi-chen-2018", *flags, *DRAWN[verb], "--format", "svg", *more]) == 0
        root = ElementTree.fromstring(capsys.readouterr().out)
        sizes.append([float(root.attrib[side].removesuffix("pt")) for side in ("width", "height")])
    (width, height), (asked, tall) = sizes
    assert asked == pytest.approx(5 * 72) and tall / asked == pytest.approx(height / width)


@pytest.mark.parametrize("verb", FAST)
def test_verbs_that_write_a_png_take_its_width(verb: str, capsys: Capture) -> None:
    """Help offers `--width` and `--dpi` where it offers PNG, and nowhere else."""
    assert run([*verb.split(), "--help"]) == 0
    told = " ".join(capsys.readouterr().out.replace("│", "").split())
    drawn = verb in {name.split()[0] for name in DRAWN}
    assert drawn == ("svg, png, pdf" in told) == ("--width" in told) == ("--dpi" in told), told


def test_a_picture_is_not_thrown_on_a_terminal(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where standard output is a terminal, it is refused with what to do."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run(["portrait", "shi-chen-2018", "--format", "png"]) == 2
    assert "give --out FILE" in capsys.readouterr().err


@pytest.mark.parametrize(
    "verb",
    [
        v
        for v in FAST
        if v not in ("examples", "explain") and not v.startswith(("cluster", "calibrate", "brief"))
    ],
)
def test_a_game_comes_from_standard_input(
    verb: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-` as MODEL reads the file from standard input, with every verb that takes a game."""
    slug = FAST[verb][0]
    fed(catalogue_path(slug).read_text("utf-8"), monkeypatch)
    more = ["-"] if verb == "convert" else []
    if verb == "report":
        more = ["--out", "-", "--format", "md"]
    assert run([*verb.split(), "-", *FAST[verb][1:], *more]) in (0, 1)
    assert len(capsys.readouterr().out) > 30


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "G106", "nothing came"),
        ("title: [", "G103", "standard input:1"),
        ("x" * 1_000_001, "G101", "larger than"),
        ("title: t\npayoff_matrix: [[Q, 1], [2, 3]]\n", "S012", "standard input:2:18"),
    ],
)
def test_faults_of_standard_input_have_a_place(
    text: str, code: str, said: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The errors are those of a file, and call it standard input."""
    fed(text, monkeypatch)
    assert run(["analyze", "-"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(code) and said in error


def test_a_start_is_a_list_of_numbers(capsys: Capture) -> None:
    """`--from 0.2,0.3` is the start in the order of the shares, with every verb that takes one."""
    for verb in (["trajectory", "shi-chen-2018"], ["shock", "shi-chen-2018"]):
        told = []
        for start in ("0.2,0.3", "x=0.2,y=0.3"):
            assert run([*verb, "--from", start]) == 0
            told.append(capsys.readouterr().out)
        assert told[0] == told[1]


@pytest.mark.parametrize("start", ["0.2", "0.2,", "0.2,0.3,0.4", ",0.3"])
def test_a_start_of_another_length_is_refused(start: str, capsys: Capture) -> None:
    """The message says how many values are given, for which shares, and shows one that is right."""
    assert run(["trajectory", "shi-chen-2018", "--from", start]) == 2
    error = capsys.readouterr().err
    assert "of the 2 values are given, for x, y" in error and "--from 0.5,0.5" in error


def test_bifurcation_gives_the_diagram_of_python(tmp_path: Path, capsys: Capture) -> None:
    """CSV and JSON are those of the function; a figure is drawn; the range of the file is the default."""
    asked = ["bifurcation", "coal-safety", "--over", "H=0:15"]
    diagram = separatrix.bifurcation_diagram(separatrix.load("coal-safety"), ("H", 0, 15))
    assert run([*asked, "-f", "csv"]) == 0
    assert capsys.readouterr().out == bifurcation_csv(diagram)
    assert run([*asked, "-f", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["points"][0]["kind"] == "edge"
    assert run([*asked, "--out", str(tmp_path / "h.svg")]) == 0
    ElementTree.fromstring((tmp_path / "h.svg").read_text("utf-8"))
    assert run(["bifurcation", "shi-chen-2018", "--over", "C1", "-f", "json"]) == 0
    low, high = separatrix.load("shi-chen-2018").parameters["C1"].range or (0, 0)
    answer = json.loads(capsys.readouterr().out)
    assert [answer["over"]["low"], answer["over"]["high"]] == [float(low), float(high)]


def test_regimes_gives_the_map_of_python(capsys: Capture) -> None:
    """The CSV names the regime at each node."""
    assert (
        run(["regimes", "shi-chen-2018", "--over", "C1=1:9", "--over", "C2=1:5", "--grid", "5", "-f", "csv"])
        == 0
    )
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 25
    assert [r["regime"] for r in rows if r["C2"] == "1.0"] == ["A", "A", "A", "C", "C"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["bifurcation", "shi-chen-2018", "--over", "C1=0"], "U901", "NAME=LOW:HIGH"),
        (["bifurcation", "shi-chen-2018", "--over", "C9=0:1"], "V302", "did you mean"),
        (["regimes", "shi-chen-2018", "--over", "C1,C2"], "V302", "--over C1 --over C2"),
        (["bifurcation", "shi-chen-2018", "--over", "C1=3:3"], "D661", ""),
        (["regimes", "shi-chen-2018", "--over", "C1"], "U901", "bifurcation"),
        (["regimes", "shi-chen-2018", "--over", "C1", "--over", "C1=0:1"], "U901", "two parameters"),
        (["new", "a.yaml", "--parties", "9"], "U901", "1 to 8"),
        (["new", "a.yaml", "--parties", "3", "--kind", "table"], "U901", "one of them"),
        (["sweep", "shi-chen-2018", "--over", "C1=2:6:3", "--format", "nc"], "U901", "--out FILE.nc"),
        (["examples", "shi-chen-2018", "--format", "json"], "U901", "separatrix convert"),
    ],
)
def test_wrong_calls_are_told(
    arguments: list[str],
    code: str,
    said: str,
    capsys: Capture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The exit code is 2, nothing is printed, and the message says what to do."""
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    streams = capsys.readouterr()
    assert streams.out == "" and streams.err.startswith(code) and said in streams.err


def test_a_sweep_is_printed_in_any_format(capsys: Capture, tmp_path: Path) -> None:
    """`--format csv` prints what --out sweep.csv writes, and --format decides over the ending."""
    asked = ["sweep", "shi-chen-2018", "--over", "C1=2:6:3"]
    assert run([*asked, "--format", "csv"]) == 0
    printed = capsys.readouterr().out
    assert run([*asked, "--out", str(tmp_path / "a.csv"), "-q"]) == 0
    assert run([*asked, "--out", str(tmp_path / "a.dat"), "--format", "csv", "-q"]) == 0
    assert printed == (tmp_path / "a.csv").read_text("utf-8") == (tmp_path / "a.dat").read_text("utf-8")


@pytest.mark.parametrize("parties", [4, 5])
def test_a_template_for_more_parties_can_be_analysed(
    parties: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every rest point is proven and isolated, all or none joining are stable; so says a workbook."""
    assert run(["new", str(tmp_path / "a.yaml"), "--parties", str(parties)]) == 0
    assert run(["new", str(tmp_path / "a.xlsx"), "--parties", str(parties)]) == 0
    capsys.readouterr()
    answers = []
    for name in ("a.yaml", "a.xlsx"):
        assert run(["analyze", str(tmp_path / name), "--format", "json"]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0]["rest_points"] == answers[1]["rest_points"]
    assert answers[0]["completeness"]["status"] == "complete" and not answers[0]["rest_sets"]
    stable = [p for p in answers[0]["rest_points"] if p["stability"] == "asymptotically stable"]
    assert sorted(set(p["state"].values()) for p in stable) == [{0}, {1}]


def test_three_parties_have_a_template(tmp_path: Path, capsys: Capture) -> None:
    """`--parties 3` is `--kind tripartite`: eight profiles, a proven answer, and `-` prints it."""
    assert run(["new", str(tmp_path / "a.yaml"), "--parties", "3"]) == 0
    assert run(["new", "-", "--kind", "tripartite"]) == 0
    assert capsys.readouterr().out == (tmp_path / "a.yaml").read_text("utf-8")
    game = separatrix.load(tmp_path / "a.yaml")
    assert game.space.sizes == (2, 2, 2)
    base = separatrix.analyze(game).to_dict()
    stable = [p["exact"] for p in base["rest_points"] if p["stability"] == "asymptotically stable"]
    assert stable == [{"x": "0", "y": "0", "z": "0"}]
    cheap = separatrix.analyze(game, scenario="cheap innovation").to_dict()
    assert [p["exact"] for p in cheap["rest_points"] if p["stability"] == "asymptotically stable"] == [
        {"x": "1", "y": "0", "z": "0"}
    ]


# --------------------------------------------------------------------------- completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_every_verb_and_option(shell: str, capsys: Capture, tmp_path: Path) -> None:
    """The script names all verbs, and the shell itself, where it is installed, finds no fault in it."""
    assert run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert [verb for verb in COMMANDS if verb not in script] == []
    for option in ("scenario", "symbolic", "lang"):
        assert option in script
    if (found := shutil.which(shell)) is not None:
        file = tmp_path / "script"
        file.write_text(script, encoding="utf-8")
        assert subprocess.run([found, "-n", str(file)], check=False).returncode == 0


def asked_while_typing(*words: str, capsys: Capture) -> list[str]:
    """Return what the program offers for the last word."""
    assert run(["__complete", *words]) == 0
    lines = capsys.readouterr().out.splitlines()
    return [line.partition("\t")[0] for line in lines if line and not line.startswith("\x1f")]


def test_games_scenarios_and_parameters_are_completed(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MODEL is a name of the catalogue or a file here; what follows is looked up in that game."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("payoff_matrix: [[1, 2], [3, 4]]\n", encoding="utf-8")
    (tmp_path / "notes.doc").write_text("", encoding="utf-8")
    games = asked_while_typing("analyze", "", capsys=capsys)
    assert "wang-2023" in games and "mine.yaml" in games and "notes.doc" not in games
    assert asked_while_typing("analyze", "wang-2023", "--scenario", "", capsys=capsys) == list(
        separatrix.load("wang-2023").scenarios
    )
    assert "C1=" in asked_while_typing("basins", "shi-chen-2018", "--set", "", capsys=capsys)
    assert "C1" in asked_while_typing("bifurcation", "shi-chen-2018", "--over", "", capsys=capsys)
    assert "rotterdam" in asked_while_typing("cluster", "diagnose", "", capsys=capsys)
    assert asked_while_typing("analyze", "no-such-game", "--scenario", "", capsys=capsys) == []


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_a_verb(tmp_path: Path, capsys: Capture) -> None:
    """In bash itself, `separatrix bif` becomes `bifurcation`."""
    assert run(["completion", "bash", "--out", str(tmp_path / "c.bash")]) == 0
    asked = "COMP_WORDS=(separatrix bif); COMP_CWORD=1; _separatrix; echo ${COMPREPLY[@]}"
    done = subprocess.run(
        ["bash", "-c", f"source {tmp_path / 'c.bash'}; {asked}"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.split() == ["bifurcation"]
