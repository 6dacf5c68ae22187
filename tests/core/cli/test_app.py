"""The command line: exit codes, streams, help, and the small verbs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import separatrix
from separatrix.cli import options
from separatrix.cli.app import COMMANDS, run
from separatrix.dynamics.fields.registry import DYNAMICS
from separatrix.errors import InputError
from separatrix.explanations.explanation import explanations
from separatrix.game.catalogue import KINDS
from separatrix.game.reader import load
from separatrix.writers.registry import FORMATS
from source_files import source_files

Capture = pytest.CaptureFixture[str]


def separatrix_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "separatrix", *arguments], capture_output=True, encoding="utf-8", check=False
    )


def test_help_lists_every_verb(capsys: Capture) -> None:
    """The help names each verb in its group, and goes to standard output."""
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    for name, (_, line, group) in COMMANDS.items():
        assert name in out
        assert f" {group} " in out
        assert line.split(",")[0][:20] in out


@pytest.mark.parametrize("verb", sorted(COMMANDS))
def test_every_verb_has_help(verb: str, capsys: Capture) -> None:
    """Each verb explains its arguments."""
    assert run([verb, "--help"]) == 0
    assert f"separatrix {verb}" in capsys.readouterr().out


def test_version(capsys: Capture) -> None:
    """The version is that of the package."""
    assert run(["--version"]) == 0
    assert separatrix.__version__ in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["analyse", "x"], "did you mean `separatrix analyze`?"),
        (["game.yaml"], "separatrix analyze game.yaml"),
        (["convert", "a.yaml"], "U901"),
        (["convert", "--bogus", "a", "b"], "U901"),
        (["convert", "nothing.yaml", "b.yaml"], "G100"),
        (["convert", "shi-chen-2018", "b.doc"], "U902"),
        (["convert", "shi-chen-2018", "--out", "b.doc"], "U902"),
        (["convert", "shi-chen-2018", "no/such/b.yaml"], "U903"),
        (["examples", "shi-chan-2018"], "did you mean `shi-chen-2018`?"),
        (["explain", "S999"], "U904"),
        (["explain", "S012", "--schema"], "U901"),
        (["new", "game.pdf"], "U902"),
    ],
)
def test_wrong_calls_end_with_2(
    arguments: list[str], said: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong call is explained on standard error, and nothing is on standard output."""
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert said in streams.err
    assert "Traceback" not in streams.err


@pytest.mark.parametrize("name", ["game.yaml", "game.xlsx"])
def test_the_template_can_be_read_and_is_never_overwritten(
    name: str, tmp_path: Path, capsys: Capture
) -> None:
    """`new` writes a game that loads; a file that is there is kept unless --force says otherwise."""
    path = tmp_path / name
    assert run(["new", str(path)]) == 0
    assert capsys.readouterr().out == ""
    game = load(path)
    assert [p.name for p in game.populations] == ["Enterprise", "Regulator"]
    assert list(game.scenarios) == ["cheap abatement", "weak fine"]
    before = path.read_bytes()
    assert run(["new", str(path)]) == 2
    assert path.read_bytes() == before
    assert "U910" in capsys.readouterr().err
    assert run(["new", str(path), "--force"]) == 0


@pytest.mark.parametrize("kind", ["table", "matrix"])
def test_both_templates_are_the_same_game(kind: str, tmp_path: Path) -> None:
    """The workbook holds the game of the YAML template."""
    for name in ("game.yaml", "game.xlsx"):
        run(["new", str(tmp_path / name), "--kind", kind])
    assert load(tmp_path / "game.yaml") == load(tmp_path / "game.xlsx")


@pytest.mark.parametrize("kind", KINDS)
def test_the_templates_can_be_analysed(kind: str, tmp_path: Path) -> None:
    """Every template is analysed as it is."""
    run(["new", str(tmp_path / "game.yaml"), "--kind", kind])
    answer = separatrix.analyze(load(tmp_path / "game.yaml")).to_dict()
    assert answer["completeness"]["status"] == "complete"


def test_convert_and_back(tmp_path: Path) -> None:
    """Converting to a workbook and back keeps the game."""
    assert run(["convert", "zeeman-1980", str(tmp_path / "a.xlsx"), "-q"]) == 0
    assert run(["convert", str(tmp_path / "a.xlsx"), str(tmp_path / "b.yaml"), "-q"]) == 0
    assert load(tmp_path / "b.yaml") == load("zeeman-1980")


def test_examples_lists_and_prints(capsys: Capture) -> None:
    """The list has a line a game; a single game is printed as it stands."""
    assert run(["examples"]) == 0
    listing = capsys.readouterr().out
    assert "wang-2023" in listing
    assert "2 × 2 × 2" in listing
    assert "3 (one population)" in listing
    assert run(["examples", "shi-chen-2018"]) == 0
    assert capsys.readouterr().out.startswith("format: 1")


def test_explain(capsys: Capture) -> None:
    """A code is explained in small letters too; without a code all are listed; the schema is JSON."""
    assert run(["explain", "s012"]) == 0
    assert "did you mean R1?" in capsys.readouterr().out
    assert run(["explain"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 40
    assert run(["explain", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["additionalProperties"] is False


def test_codes_of_clusters_of_the_studio_and_of_commands_are_explained_in_chinese(capsys: Capture) -> None:
    """All of them, with title, meaning and what to do; a code without Chinese is explained in English."""
    english, chinese = explanations("en"), explanations("zh")
    assert list(english) == list(chinese)
    for code in (c for c in english if c.startswith(("K", "W", "U"))):
        for part in ("title", "meaning", "remedy"):
            assert re.search("[一-鿿]", getattr(chinese[code], part)), (code, part)
    assert run(["explain", "k131", "--lang", "zh"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("K131：不认识的单位") and english["K131"].example in told
    assert chinese["S012"] == english["S012"]


def broken(*_: object, **__: object) -> None:
    """Fail as only a fault of the program can."""
    raise RuntimeError("a fault\nin two lines")


def test_internal_errors_end_with_3(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """An internal error is one line, with the traceback on request only."""
    monkeypatch.delenv("SEPARATRIX_DEBUG", raising=False)
    monkeypatch.setattr("separatrix.game.reader.load", broken)
    assert run(["convert", "shi-chen-2018", "out.yaml"]) == 3
    err = capsys.readouterr().err
    assert err.startswith("U999 ")
    assert len(err.splitlines()) == 1
    assert run(["convert", "shi-chen-2018", "out.yaml", "-v"]) == 3
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raised", "code"), [(KeyboardInterrupt, 130), (BrokenPipeError, 0), (InputError("G100", "gone"), 2)]
)
def test_interruptions(
    raised: BaseException, code: int, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C and a closed pipe are quiet; errors for people are told."""

    def interrupt(*_: object) -> None:
        raise raised

    monkeypatch.setattr("separatrix.game.reader.load", interrupt)
    stdout = sys.stdout
    try:
        assert run(["convert", "shi-chen-2018", "out.yaml"]) == code
    finally:
        sys.stdout = stdout
    err = capsys.readouterr().err
    assert ("G100 gone" in err) if code == 2 else err == ""


def test_the_process_ends_with_the_exit_code(tmp_path: Path) -> None:
    """`python -m separatrix` gives the exit code to the shell."""
    done = separatrix_process("convert", str(tmp_path / "nothing.yaml"), str(tmp_path / "out.yaml"))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("G100 ")


def test_chinese_names_come_out_of_a_pipe(tmp_path: Path) -> None:
    """Whatever the locale, what is piped is UTF-8."""
    path = tmp_path / "博弈.yaml"
    path.write_text("title: 合作\npayoff_matrix: [[收益, 2], [3, 4]]\n", encoding="utf-8")
    done = separatrix_process("convert", str(path), str(tmp_path / "b.yaml"))
    assert "收益" in done.stderr
    assert done.returncode == 2


def test_an_answer_never_overwrites_its_own_game(tmp_path: Path) -> None:
    """--out that names the game file is refused, and the file stays as it was."""
    game = tmp_path / "game.json"
    game.write_text('{"title": "t", "payoff_matrix": [[1, 2], [3, 4]]}', encoding="utf-8")
    before = game.read_text(encoding="utf-8")
    assert run(["analyze", str(game), "--out", str(game)]) == 2
    assert game.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    "verb", [["analyze", "shi-chen-2018"], ["check", "shi-chen-2018"], ["cluster", "check", "kalundborg"]]
)
def test_a_format_has_the_same_names_with_every_verb(verb: list[str], capsys: Capture) -> None:
    """`markdown` is `md` wherever a document is written, and gives the same answer."""
    told = []
    for name in ("md", "markdown"):
        assert run([*verb, "--format", name]) in (0, 1)
        told.append(capsys.readouterr().out)
    assert told[0] == told[1] and told[0].startswith("# ")


def test_every_verb_that_offers_formats_takes_them_from_the_registry() -> None:
    """What a verb offers is a format of the registry, which alone knows its names and endings."""
    verbs = source_files("separatrix/cli", "separatrix_cluster/cli", "separatrix_park/cli")
    for path in verbs.values():
        source = path.read_text(encoding="utf-8")
        for offered in re.findall(r"^Format = Literal\[(.+)\]$", source, re.MULTILINE):
            assert set(re.findall(r'"(\w+)"', offered)) <= set(FORMATS), path.name
        assert "suffix" not in source, path.name


def test_the_help_names_every_dynamic() -> None:
    """What `--field` takes is what the records of dynamics say; the help does not load them to tell."""
    told = " ".join(str(part.help) for part in get_args(options.Field)[1:])
    assert [name for name in DYNAMICS if name not in told] == []
