"""What the page hands on reproduces what it shows: commands and programs are run, and give its labels."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import random
import shlex
import subprocess
import sys
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import separatrix
from separatrix.cli.app import run
from separatrix.formulas.layout import Layout
from separatrix.formulas.tex import tex_text, to_tex
from separatrix.game.catalogue_files import catalogue_path
from separatrix.studio import page_json
from separatrix.studio.page_json import model_json
from separatrix.studio.page_model import page_model
from thinning import thinned

from .page_computing import asked

EMPTY: dict[str, Any] = {
    "page": "phase",
    "scenario": None,
    "positions": {},
    "levels": {},
    "starts": [],
    "selected": None,
    "layers": [],
    "pinned": None,
    "pulses": [],
    "axes": None,
    "helpers": [],
    "more": {},
}
GAMES = ["shi-chen-2018", "shi-chen-2018-one-population", "coal-safety", "wang-2023", "three-parties"]


@cache
def shown(slug: str) -> dict[str, Any]:
    """Return a game as the page has it."""
    return model_json(page_model(separatrix.load(slug)))


def drawn(slug: str, count: int) -> list[dict[str, Any]]:
    """Return views with scenarios, levers, instruments and starts."""
    draw = random.Random(5)
    game = shown(slug)
    shares = [share for population in game["populations"] for share in population["shares"]]
    views = []
    for number in range(count):
        moved = draw.sample(game["parameters"], min(len(game["parameters"]), draw.randint(0, 3)))
        raised = draw.sample(game["instruments"], min(len(game["instruments"]), draw.randint(0, 2)))
        scenarios = [None, *(s["name"] for s in game["scenarios"])]
        views.append(
            EMPTY
            | {
                "page": ("phase", "time", "regimes", "equations")[number % 4],
                "scenario": draw.choice(scenarios),
                "positions": {p["name"]: value_in(draw, p["range"]) for p in moved},
                "levels": {i["name"]: value_in(draw, i["range"]) for i in raised},
                "starts": [{"state": [f"{draw.randint(1, 9)}/10" for _ in shares], "backward": True}]
                * (number % 2),
                "axes": [p["name"] for p in game["parameters"] if p["range"]][:2]
                if number % 4 == 2
                else None,
            }
        )
    return views


def value_in(draw: random.Random, limits: list[str] | None) -> str:
    low, high = map(Fraction, limits or ("1", "9"))
    return str(low + (high - low) * Fraction(draw.randint(1, 11), 12))


def answered(
    slug: str, views: list[dict[str, Any]], over: list[dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """Return what the page hands on for each view, and its labels there."""
    named = {"kind": "game", "name": shown(slug)["catalogue"]}
    question = {"model": shown(slug), "named": named, "views": views, "over": over}
    found: list[dict[str, Any]] = asked("share.ts", {"views": [question]})["views"][0]
    return found


def same_labels(page: dict[str, str | None], found: dict[str, str]) -> int:
    """Hold the page's labels to others; return how many it had."""
    known = {name: label for name, label in page.items() if label is not None}
    assert known.items() <= found.items()
    return len(known)


@thinned("slug", GAMES, each_run=2)
def test_commands_give_the_labels_of_the_page(
    slug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command that is copied runs, and the analysis among them has the page's labels."""
    monkeypatch.chdir(tmp_path)
    compared = 0
    for view, handed in zip(views := drawn(slug, 4), answered(slug, views), strict=True):
        for command in handed["commands"]:
            program, verb, *rest = shlex.split(command)
            assert program == "separatrix"
            capsys.readouterr()
            code = run([verb, *rest, *(["--format", "json"] if verb == "analyze" else [])])
            printed = capsys.readouterr()
            if view["page"] == "phase" and verb == "portrait" and code == 2:
                assert "U902" in printed.err or "portrait" in printed.err  # no figure of so many shares
                continue
            assert code == 0, f"{command}\n{printed.err}"
            if verb == "analyze":
                points = json.loads(printed.out)["rest_points"]
                compared += same_labels(handed["labels"], {p["id"]: p["stability"] for p in points})
            elif verb == "trajectory":
                rows = printed.out.splitlines()
                courses = len(view["starts"]) + (shown(slug)["today"] is not None)
                assert rows[-1].split(",")[0] == str(courses)
    assert compared >= 12


@thinned("slug", GAMES, each_run=2)
def test_python_gives_the_labels_of_the_page(slug: str) -> None:
    """The program that is copied runs, and finds the page's labels and where each start goes."""
    compared = 0
    for view, handed in zip(views := drawn(slug, 4), answered(slug, views), strict=True):
        names: dict[str, Any] = {}
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(handed["python"], names)
        found = {p.id: str(p.stability) for p in names["analysis"].rest_points}
        compared += same_labels(handed["labels"], found)
        starts = len(view["starts"]) + (shown(slug)["today"] is not None)
        assert len(printed.getvalue().splitlines()) == len(found) + 1 + starts
    assert compared >= 12


def test_a_regime_map_is_asked_for_with_its_two_levers(tmp_path: Path) -> None:
    """What is varied is not set as well, and the command runs as a process of its own."""
    view = EMPTY | {"page": "regimes", "positions": {"C1": "1", "R1": "2"}}
    over = [{"name": "C1", "range": ["0", "20"]}, {"name": "C2", "range": ["0", "39/2"]}]
    command = shlex.split(answered("shi-chen-2018", [view], over)[0]["commands"][-1])
    varied = ["--over", "C1=0:20", "--over", "C2=0:39/2"]
    assert command == ["separatrix", "regimes", "shi-chen-2018", *varied, "--set", "R1=2"]
    done = subprocess.run(
        [sys.executable, "-m", *command, "--format", "json"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["schema"] == 1


def test_support_for_a_time_is_a_schedule_in_python() -> None:
    """Pulses become steps of the levels: the later one counts, and outside them the standing level."""
    pulses = [
        {"instrument": "subsidy", "level": "1/2", "from": "1", "until": "5"},
        {"instrument": "subsidy", "level": "3/4", "from": "3", "until": "4"},
        {"instrument": "fine", "level": "1", "from": "0", "until": "2"},
    ]
    game = shown("shi-chen-2018")
    instruments = {i["name"] for i in game["instruments"]}
    pulses = [p for p in pulses if p["instrument"] in instruments]
    assert pulses
    view = EMPTY | {"pulses": pulses, "levels": {"subsidy": "1/10"}}
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(answered("shi-chen-2018", [view])[0]["python"], names)
    steps = names["moving"].schedule["subsidy"].points
    expected = [(0, "1/10"), (1, "1/2"), (3, "3/4"), (4, "1/2"), (5, "1/10")]
    assert list(steps) == [(Fraction(time), Fraction(level)) for time, level in expected]
    assert names["game"].parameters["subsidy"]


def test_names_of_strangers_stay_words(tmp_path: Path) -> None:
    """A file or a scenario with quotes, semicolons or line ends is one word of the command and one text."""
    evil = """it's "$(touch x)"; `y`\n\\ 中文.yaml"""
    game = shown("shi-chen-2018") | {"scenarios": [{"name": evil, "values": {}}]}
    named = {"kind": "game", "name": evil}
    handed = asked(
        "share.ts", {"views": [{"model": game, "named": named, "views": [EMPTY | {"scenario": evil}]}]}
    )["views"][0][0]
    assert shlex.split(handed["commands"][0]) == ["separatrix", "analyze", evil, "--scenario", evil]
    texts = {
        node.value
        for node in ast.walk(ast.parse(handed["python"]))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert evil in texts


def test_a_cluster_is_calibrated_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a cluster the commands make its game first; all of them run, one after the other."""
    monkeypatch.chdir(tmp_path)
    game = model_json(page_model(separatrix.calibrate("synthetic-park").game))
    named = {"kind": "cluster", "name": "synthetic-park"}
    handed = asked(
        "share.ts", {"views": [{"model": game, "named": named, "views": [EMPTY | {"page": "time"}]}]}
    )
    commands = [shlex.split(command)[1:] for command in handed["views"][0][0]["commands"]]
    assert commands[0] == ["calibrate", "synthetic-park", "--out", "synthetic-park.game.yaml"]
    with contextlib.redirect_stdout(io.StringIO()):
        assert [run(command) for command in commands] == [0] * len(commands)


@thinned(
    ("where", "name"),
    [
        ("brief", "kalundborg"),
        ("carbon", "synthetic-park"),
        ("difficulties", "kalundborg"),
        ("measures", "synthetic-park"),
        ("calibration", "synthetic-park"),
        pytest.param("exchanges", "synthetic-park", marks=pytest.mark.soak),
    ],
    each_run=2,
)
def test_pages_of_a_cluster_are_commands_and_programs(
    where: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is copied on a page of a cluster runs and prints what the page tells of."""
    command, python = asked("share.ts", {"clusters": [{"page": where, "name": name}]})["clusters"][0]
    assert run(shlex.split(command)[1:]) in (0, 1)
    assert len(capsys.readouterr().out) > 200
    assert (python is None) == (where == "brief")
    if python is not None:
        exec(python, {})
        assert len(capsys.readouterr().out) > 100


def test_a_page_that_no_command_shows_hands_none_on() -> None:
    """Diffusion played on a network is the page's own; an unknown page is none."""
    questions = [{"page": page, "name": "kalundborg"} for page in ("diffusion", "nothing")]
    assert asked("share.ts", {"clusters": questions})["clusters"] == [[None, None], [None, None]]


def test_a_changed_game_is_no_game_of_the_catalogue(tmp_path: Path) -> None:
    """A game is called by its name in the catalogue only where it is that game; else by its file."""
    copied = tmp_path / "shi-chen-2018.yaml"
    text = catalogue_path("shi-chen-2018").read_text("utf-8")
    copied.write_text(text, "utf-8")
    same = model_json(page_model(separatrix.load(copied)))
    copied.write_text(text.replace("value: 10", "value: 11", 1), "utf-8")
    changed = model_json(page_model(separatrix.load(copied)))
    assert (same["catalogue"], changed["catalogue"]) == ("shi-chen-2018", None)
    assert changed["file"] == "shi-chen-2018.yaml"


# --------------------------------------------------------------------------- TeX


def test_formulas_in_tex_are_those_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page writes every formula of a game in TeX as the report does."""
    layouts: list[Layout] = []
    kept = page_json.layout_json

    def noted(node: Layout) -> Any:
        layouts.append(node)
        return kept(node)

    monkeypatch.setattr(page_json, "layout_json", noted)
    for slug in ("shi-chen-2018", "wang-2023", "hawk-dove-one-population"):
        model_json(page_model(separatrix.load(slug)))
    assert len(layouts) > 200
    answer = asked("share.ts", {"tex": [kept(node) for node in layouts]})
    assert answer["tex"] == [to_tex(node) for node in layouts]


def test_texts_in_tex_are_those_of_the_program() -> None:
    """What a user names is printed by TeX and obeyed by none of it, letter for letter as in the report."""
    letters = [
        chr(c) for c in (*range(0x20, 0x7F), *range(0xA0, 0x17F), *range(0x370, 0x400), 0x2026, 0x4E2D)
    ]
    texts = [r"\input{/etc/passwd} & 5% --out ''x'' `y`", "".join(letters), *letters, "“a” — b₁²"]
    assert asked("share.ts", {"texts": texts})["texts"] == [tex_text(text) for text in texts]
