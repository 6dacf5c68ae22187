"""The server for assistants, driven as a program drives it: as a process of its own, by the SDK's client."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from mcp import Client, StdioServerParameters, stdio_client

import separatrix
from event_loops import run_in_thread
from separatrix.game.catalogue_files import catalogue_path
from separatrix.mcp.tools import MOST

HAWKS = """\
title: Hawk and dove
parameters: {gain: 2, cost: {value: 4, range: [1, 9]}}
payoff_matrix: [['(gain - cost)/2', gain], [0, 'gain/2']]
"""
WRONG = """\
title: Two enterprises
populations: [{name: Enterprise A, share: x}, {name: Enterprise B, share: y}]
parameters: {a: 3, b: 1}
advantages: {x: 'a*y - b', y: 'a*x - b'}
published: {replicator: {x: 'x(1-x)(a y + b)', y: 'y(1-y)(a x - b)'}}
"""
MANY = "populations:\n" + "".join(f"  - {{name: P{k}, share: x{k}}}\n" for k in range(7))
MANY += "payoff_functions:\n" + "".join(f"  P{k}: {{yes: 'x{(k + 1) % 7} - 1/3', no: 0}}\n" for k in range(7))
FREE = "populations: [{name: A, share: x}]\nparameters: {a: {}}\n"
FREE += "payoff_functions: {A: {yes: 'x^a', no: 0}}\n"

SHI = "shi-chen-2018"
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "load": ("load", {"model": SHI}),
    "analyze": ("analyze", {"model": SHI, "values": {"C1": "1/3"}}),
    "analyze in symbols": ("analyze", {"model": SHI, "symbolic": True}),
    "analyze a file": ("analyze", {"model": "hawks.yaml"}),
    "analyze a text": ("analyze", {"model": HAWKS}),
    "analyze in Chinese": ("analyze", {"model": SHI, "lang": "zh"}),
    "analyze much": ("analyze", {"model": MANY}),
    "check": ("check", {"model": "wrong.yaml"}),
    "check nothing": ("check", {"model": HAWKS}),
    "basins": ("basins", {"model": SHI}),
    "basins by samples": ("basins", {"model": "wang-2023", "scenario": "stage-4", "samples": 256}),
    "sweep": ("sweep", {"model": SHI, "over": ["C1=1:8:8"]}),
    "sweep too fine": ("sweep", {"model": SHI, "over": ["C1=1:8:80", "C2=1:8:80"]}),
    "report": ("report", {"model": SHI}),
    "report as a file": ("report", {"model": SHI, "format": "html", "out": "written.html", "lang": "zh"}),
    "report over a file": ("report", {"model": SHI, "format": "html", "out": "kept.html"}),
    "report outside": ("report", {"model": SHI, "format": "html", "out": "../out.html"}),
    "report through a link": ("report", {"model": SHI, "format": "html", "out": "away/out.html"}),
    "report with pictures": ("report", {"model": SHI, "format": "md", "out": "told.md"}),
    "report through a link beside it": ("report", {"model": SHI, "format": "md", "out": "linked.md"}),
    "report of nothing": ("report", {"model": FREE}),
    "report as another kind": ("report", {"model": SHI, "format": "pdf", "out": "a.html"}),
    "pdf as text": ("report", {"model": SHI, "format": "pdf"}),
    "examples": ("examples", {"words": "rock scissors"}),
    "explain": ("explain", {"code": "s012"}),
    "explain nothing": ("explain", {"code": "s01x"}),
    "above": ("analyze", {"model": "../secret.yaml"}),
    "above, absent": ("analyze", {"model": "../absent.yaml"}),
    "absolute": ("load", {"model": "/etc/passwd"}),
    "a link to a file": ("load", {"model": "link.yaml"}),
    "through a link": ("load", {"model": "away/secret.yaml"}),
    "a zero byte": ("load", {"model": "a\0.yaml"}),
    "a long name": ("load", {"model": "a" * 5000 + ".yaml"}),
    "absent": ("load", {"model": "absent.yaml"}),
    "a folder": ("load", {"model": "./"}),
    "a pipe": ("load", {"model": "pipe.yaml"}),
    "a huge text": ("load", {"model": "title: a\n" + "# \n" * 500_000}),
    "a huge file": ("load", {"model": "huge.yaml"}),
    "an unknown example": ("analyze", {"model": "shi-chen"}),
    "an unknown parameter": ("analyze", {"model": SHI, "values": {"C9": 1}}),
    "a broken game": ("analyze", {"model": HAWKS.replace("gain/2", "gian/2")}),
    "no budget": ("analyze", {"model": SHI, "budget": 0}),
    "no model": ("analyze", {}),
}
"""What is asked, in this order and in one session."""


def parameters(folder: Path) -> StdioServerParameters:
    """Return how a program starts the server."""
    kept = {name: os.environ[name] for name in ("PYTHONPATH", "OMP_NUM_THREADS") if name in os.environ}
    return StdioServerParameters(
        command=sys.executable, args=["-m", "separatrix", "mcp"], cwd=folder, env=kept
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of games; beside it lies what nobody may see."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.yaml").write_text(HAWKS.replace("Hawk and dove", "SECRET"), "utf-8")
    inside = outside / "games"
    inside.mkdir()
    (inside / "hawks.yaml").write_text(HAWKS, "utf-8")
    (inside / "wrong.yaml").write_text(WRONG, "utf-8")
    (inside / "kept.html").write_text("kept", "utf-8")
    (inside / "huge.yaml").write_bytes(b"title: a\n" + b"#" * 2_000_000)
    (inside / "link.yaml").symlink_to(outside / "secret.yaml")
    for name in ("away", "linked-figures"):
        (inside / name).symlink_to(outside, target_is_directory=True)
    os.mkfifo(inside / "pipe.yaml")
    return inside


Session = Mapping[str, Any]


@pytest.fixture(scope="module")
def session(folder: Path) -> Session:
    """Return the results of all calls, with the tools under ``tools``."""

    async def run() -> dict[str, Any]:
        async with Client(stdio_client(parameters(folder))) as client:
            found: dict[str, Any] = {"tools": (await client.list_tools()).tools}
            found["instructions"] = client.instructions
            for name, (tool, arguments) in CALLS.items():
                found[name] = await client.call_tool(tool, arguments)
            return found

    return run_in_thread(run)


def answer(session: Session, name: str) -> dict[str, Any]:
    """Return what was answered to a call that went well."""
    result = session[name]
    assert not result.is_error, result.content[0].text
    found: dict[str, Any] = result.structured_content
    assert json.loads(result.content[0].text) == found
    return copy.deepcopy(found)


def refusal(session: Session, name: str) -> str:
    """Return the error of a call that was refused, as a person reads it."""
    result = session[name]
    assert result.is_error
    text: str = result.content[0].text
    assert "Traceback" not in text
    assert "SECRET" not in text
    return text


def test_the_tools_are_those_that_are_promised(session: Session) -> None:
    """There are load, analyze, check, basins, sweep and report, each described, with how to use them."""
    tools = {tool.name: tool for tool in session["tools"]}
    assert {"load", "analyze", "check", "basins", "sweep", "report", "explain", "examples"} == set(tools)
    assert all(len(tool.description) > 30 for tool in tools.values())
    assert all(tool.input_schema["properties"] for tool in tools.values())
    assert "Do not state from memory" in session["instructions"]


@pytest.mark.parametrize("name", ["load", "analyze", "check", "basins", "sweep", "report"])
def test_each_answer_says_how_certain_it_is_why_and_by_whom(session: Session, name: str) -> None:
    """Certainty, reason, references and provenance stand beside each answer, as its schema says."""
    found = answer(session, name)
    tool = next(tool for tool in session["tools"] if tool.name == name)
    jsonschema.validate(found, tool.output_schema)
    assert found["certainty"]["level"] in ("proven", "partly proven", "as written")
    assert len(found["certainty"]["reason"]) > 20
    assert any("Separatrix" in work["text"] or name == "load" for work in found["references"])
    assert found["provenance"]["version"] == separatrix.__version__


def test_an_analysis_is_that_of_the_library(session: Session) -> None:
    """The answer of the tool and that of `separatrix.analyze` are one."""
    expected = separatrix.analyze(separatrix.load(SHI), {"C1": "1/3"}).to_dict()
    assert answer(session, "analyze")["answer"] == json.loads(json.dumps(expected))
    symbols = answer(session, "analyze in symbols")["answer"]
    assert len(symbols["regimes"]) == len(separatrix.analyze(separatrix.load(SHI), symbolic=True).regimes)


def test_its_command_gives_the_same_at_a_terminal(
    session: Session, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command beside an answer reproduces it, in the folder of the server."""
    from separatrix.cli.app import run

    monkeypatch.chdir(folder)
    for name in ("analyze", "basins", "sweep", "check"):
        found = answer(session, name)
        assert run(found["command"].split()[1:]) in (0, 1)
        printed = json.loads(capsys.readouterr().out)
        for volatile in ("provenance", "attributes"):
            printed.pop(volatile, None)
            found["answer"].pop(volatile, None)
        assert printed == found["answer"], name


def test_a_file_and_its_text_are_one_game(session: Session) -> None:
    """A game may be named or given; only where it came from differs."""
    file, text = (answer(session, f"analyze a {kind}")["answer"] for kind in ("file", "text"))
    assert file["rest_points"] == text["rest_points"]
    assert [point["exact"]["x"] for point in text["rest_points"]] == ["0", "1", "1/2"]
    assert answer(session, "analyze a text")["command"].startswith("separatrix analyze - ")


def test_reasons_are_told_in_chinese(session: Session) -> None:
    """`lang` chooses the language of reasons; the data are the same."""
    found = answer(session, "analyze in Chinese")
    reasons = [point["reason"] for point in found["answer"]["rest_points"]]
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in reason) for reason in reasons)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found["certainty"]["reason"])


def test_claims_that_contradict_the_table_come_with_a_witness(session: Session) -> None:
    """What a paper gets wrong is named with values at which it differs."""
    findings = answer(session, "check")["answer"]["findings"]
    wrong = [finding for finding in findings if finding["severity"] == "error"]
    assert [(finding["code"], finding["where"], finding["term"]) for finding in wrong] == [
        (wrong[0]["code"], "wrong.yaml:5:29", wrong[0]["term"])
    ]
    assert set(wrong[0]["witness"]) == {"a", "b", "x", "y"}
    assert "published" in refusal(session, "check nothing")


def test_an_estimate_is_called_one(session: Session) -> None:
    """Shares from samples are `estimated`, with their intervals."""
    found = answer(session, "basins by samples")
    assert found["certainty"]["level"] == "estimated"
    assert found["answer"]["intervals"]
    assert answer(session, "basins")["certainty"]["level"] == "proven"


def test_a_sweep_tells_what_is_stable_at_each_point(session: Session) -> None:
    """Points are those of the library; too many are refused with the command that writes them to a file."""
    swept = answer(session, "sweep")["answer"]["variables"]["stable"]
    names = [swept["words"][code] for code in swept["values"]]
    expected = separatrix.sweep(separatrix.load(SHI), {"C1": "1:8:8"}).stable
    words = expected.attrs["flag_meanings"].split()
    assert names == [words[code] for code in expected.values]
    assert "separatrix sweep shi-chen-2018 --over C1=1:8:80" in refusal(session, "sweep too fine")


def test_reports_are_told_or_written_as_new_files(session: Session, folder: Path) -> None:
    """A report is a text, or a file of the folder that was not there before."""
    assert answer(session, "report")["answer"]["text"].startswith("# Cooperative innovation")
    told = answer(session, "report as a file")["answer"]
    assert (folder / "written.html").stat().st_size == told["bytes"]
    assert 'lang="zh"' in (folder / "written.html").read_text("utf-8")[:200]
    assert refusal(session, "report over a file").startswith("U910 ")
    assert (folder / "kept.html").read_text("utf-8") == "kept"
    for name in ("report outside", "report through a link"):
        assert refusal(session, name).startswith("U920 ")
    assert not list(folder.parent.glob("*.html"))
    pictures = answer(session, "report with pictures")["answer"]["beside"]
    assert pictures
    assert all((folder / picture).is_file() for picture in pictures)
    assert refusal(session, "report through a link beside it").startswith("U910 ")
    assert not (folder / "linked.md").exists()
    assert {path.name for path in folder.parent.iterdir()} == {"secret.yaml", "games"}
    assert refusal(session, "report as another kind").startswith("U902 ")
    assert refusal(session, "pdf as text").startswith("U902 ")
    assert refusal(session, "report of nothing").startswith("U922 ")


@pytest.mark.parametrize(
    "name",
    [
        "above",
        "above, absent",
        "absolute",
        "a link to a file",
        "through a link",
        "a zero byte",
        "a long name",
    ],
)
def test_no_file_outside_the_folder_is_read(session: Session, name: str) -> None:
    """Names, links and tricks that lead out are refused alike, whether something is there or not."""
    told = refusal(session, name)
    assert told.startswith("U920 ")
    assert "lies outside the folder of this server" in told
    assert len(told) < 400


@pytest.mark.parametrize("name", ["absent", "a folder", "a pipe", "a huge text", "a huge file"])
def test_what_cannot_be_read_is_told_in_a_sentence(session: Session, name: str, folder: Path) -> None:
    """An absent, huge or strange file ends neither the server nor the patience, and no full path is told."""
    told = refusal(session, name)
    assert told.startswith("G")
    assert str(folder) not in told


def test_errors_are_those_of_the_command_line(session: Session) -> None:
    """An error has its code, its place and its hint, as text and as data."""
    assert "did you mean `shi-chen-2018`?" in refusal(session, "an unknown example")
    assert refusal(session, "an unknown parameter").startswith("V302 ")
    told = refusal(session, "a broken game")
    assert "^" in told
    parts = session["a broken game"].structured_content["error"]
    assert (parts["code"], parts["line"]) == ("S012", 3)
    assert "gain" in parts["hint"]
    assert "greater than or equal to 1" in refusal(session, "no budget")
    assert "model" in refusal(session, "no model")


def test_long_answers_are_cut_and_say_so(session: Session) -> None:
    """What is too long for a language model is cut where it is longest; what is left out is told."""
    found = answer(session, "analyze much")
    assert len(json.dumps(found["answer"], ensure_ascii=False)) <= MOST
    assert any(text.startswith("rest_points: the first ") for text in found["left_out"])
    assert len(json.dumps(found)) < 2 * MOST
    assert answer(session, "analyze")["left_out"] == []


def test_the_catalogue_is_searched_by_words(session: Session) -> None:
    """All words must be held by name, title or source."""
    games = session["examples"].structured_content["games"]
    assert {game["name"] for game in games} >= {"rock-paper-scissors-one-population"}
    assert len(games) < 10


def test_codes_are_explained(session: Session) -> None:
    """A code is explained at length; an unknown one is met with the nearest."""
    assert answer(session, "explain")["title"]
    assert refusal(session, "explain nothing").startswith("U904 ")


def test_the_server_ends_with_its_input(folder: Path) -> None:
    """Where the program that asks is gone, the server ends well, and prints nothing that is no message."""
    done = subprocess.run(
        [sys.executable, "-m", "separatrix", "mcp"],
        cwd=folder,
        input=b"this is no message\n",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in done.stdout.splitlines())


def test_the_catalogue_is_no_way_out(folder: Path) -> None:
    """Files of the catalogue are read by their names alone."""
    from separatrix.mcp.folder import WorkingFolder

    with pytest.raises(separatrix.InputError, match="U920"):
        WorkingFolder.at(folder).source(str(catalogue_path(SHI)))
