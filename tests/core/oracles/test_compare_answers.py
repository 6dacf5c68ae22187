"""The comparison of answers before and after a change: what it finds, and what its tables let pass."""

from __future__ import annotations

import json
import string
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from core.oracles import compare_answers
from core.oracles.compare_answers import differences, main, random_game, reworded
from core.present.said_templates import templates

TABLE = tomllib.loads((Path(compare_answers.__file__).parent / "reworded.toml").read_text("utf-8"))[
    "sentence"
]
MENDED = tomllib.loads((Path(compare_answers.__file__).parent / "mended.toml").read_text("utf-8"))["mended"]
GAME = {"title": "t", "payoff_matrix": [[0, 2], [1, 0]]}


def test_reworded_sentences_are_those_that_are_said() -> None:
    """The table ends at what the program says now, and begins with what it no longer says."""
    said = templates().keys()
    old = [row["old"] for row in TABLE]
    assert [o for o in old if o in said] == []
    assert [row["new"] for row in TABLE if row["new"] not in said and row["new"] not in old] == []
    assert len(old) == len(set(old))


@pytest.mark.parametrize("row", TABLE, ids=[row["old"][:40] for row in TABLE])
def test_an_old_sentence_is_put_into_its_new_words(row: Mapping[str, str]) -> None:
    """Filled with the same values, alone and inside another sentence."""
    names = {name for _, name, _, _ in string.Formatter().parse(row["old"]) if name is not None}
    given = {name: 7 + k for k, name in enumerate(sorted(names))}
    old, new = row["old"].format_map(given), row["new"].format_map(given)
    renew = reworded([row])
    assert renew(old) == new != old
    assert renew(f"in reversed time, {old}") == f"in reversed time, {new}"


@pytest.mark.parametrize(
    ("before", "after", "places"),
    [
        ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}, []),
        ({"a": [1, {"b": None}]}, {"a": [1, {"b": 0}]}, ["/a/1/b"]),
        ({"a": [1, 2]}, {"a": [1]}, ["/a"]),
        ({"a": 1}, {"a": 1, "b": 2}, ["/b"]),
        ({"proof": "The fate is 3."}, {"proof": "The outcome is 3."}, []),
        ({"proof": "The fate is 3."}, {"proof": "The outcome is 4."}, ["/proof"]),
    ],
)
def test_differences_have_their_place(before: Any, after: Any, places: list[str]) -> None:
    """A key, a value, a length; words only where the table does not tell of them."""
    renew = reworded([{"old": "The fate is {which}.", "new": "The outcome is {which}."}])
    assert [place for place, _, _ in differences(before, after, renew)] == places


def test_games_are_drawn_alike_every_time() -> None:
    """A number stands for one game, and ten in a row for ten kinds."""
    games = [random_game(number) for number in range(10)]
    assert [g.file for g in games] == [random_game(number).file for number in range(10)]
    assert len({json.dumps(g.file, default=str) for g in games}) == 10


def test_answers_are_asked_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same tree gives the same answers; a label that changed is printed with its place."""
    games, before, after = (str(tmp_path / name) for name in ("games.json", "before.jsonl", "after.jsonl"))
    asked = [{"id": name, "game": GAME, "symbolic": False} for name in ("one", "two")]
    Path(games).write_text(json.dumps(asked), "utf-8")
    assert main(["ask", games, before]) == 0 and main(["ask", games, after]) == 0
    assert main(["compare", before, after]) == 0
    text = Path(after).read_text("utf-8")
    changed = text.replace('"asymptotically stable"', '"stable"', 1)
    assert changed != text
    Path(after).write_text(changed, "utf-8")
    assert main(["compare", before, after]) == 1
    assert "one/rest_points/2/stability: asymptotically stable -> stable" in capsys.readouterr().out


def test_mended_games_stand_once() -> None:
    """Each game has one cause, and is one of those that are drawn."""
    games = [game for row in MENDED for game in row["games"]]
    assert len(games) == len(set(games)) and all(row["by"].strip() for row in MENDED)
    numbers = [int(game.removeprefix("random ")) for game in games if game.startswith("random ")]
    assert max(numbers) < compare_answers.RANDOM_GAMES
