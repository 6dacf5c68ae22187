"""What is written can be read again, and is the same game."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from core.game.every_form import FORMS, POINT
from core.game.random_games import documents
from separatrix.errors import InputError
from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import names_in, to_text
from separatrix.game.catalogue_files import catalogue_slugs
from separatrix.game.fitness import strategy_payoffs
from separatrix.game.formats.document import document_of
from separatrix.game.formats.table_writer import write_game
from separatrix.game.model import Game, GroupForm
from separatrix.game.reader import load, read_document
from separatrix.io.yaml import SourceDocument


def read_or_skip(document: dict[str, Any]) -> Game | None:
    """Return the game of a random document; None where two of its names collide."""
    try:
        return load(document)
    except InputError as problem:
        if problem.code in ("G114", "S001"):
            return None
        raise


def again(game: Game, suffix: str) -> Game:
    """Write `game` to a file of the kind `suffix` and read it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"game{suffix}"
        write_game(game, path)
        return load(path)


@given(documents())
def test_every_game_survives_yaml(document: dict[str, Any]) -> None:
    """A game written as YAML is read as an equal game, hostile names and all."""
    game = read_or_skip(document)
    if game is not None:
        assert again(game, ".yaml") == game


@settings(max_examples=15)
@given(documents())
def test_every_game_survives_workbooks(document: dict[str, Any]) -> None:
    """A game written as a workbook is read as an equal game, hostile names and all."""
    game = read_or_skip(document)
    if game is not None:
        assert again(game, ".xlsx") == game


@given(documents(plain=True))
def test_tables_survive_csv(document: dict[str, Any]) -> None:
    """Populations, strategies and payoffs in symbols survive CSV, hostile names and all."""
    game = read_or_skip(document | {"parameters": dict.fromkeys(_names(document))})
    if game is None:
        return
    copy = again(game, ".csv")
    assert copy.populations == game.populations
    assert copy.form == game.form
    assert set(copy.parameters) == set(game.parameters)


@pytest.mark.parametrize(
    "names",
    [
        ("a; b", "c;d"),
        ("a;b;c", "d"),
        (";", "a; b"),
        ("a; b; c",),
        ('say "no";;;', "; pay"),
    ],
)
def test_names_with_semicolons_survive_csv(names: tuple[str, ...]) -> None:
    """A heading with more semicolons in its names than commas between them is still divided by commas."""
    strategies = [["0", "=cmd|'/c calc'!A1"], ["e;f", "g"]][: len(names)]
    payoffs: dict[str, Any] = {"payoff_matrix": [[1, 2], [3, "4"]]}
    if len(names) > 1:
        profiles = product(*strategies)
        payoffs = {"payoffs": [{"play": list(play), "pay": [i, -i]} for i, play in enumerate(profiles)]}
    populations = [
        {"name": name, "share": share, "strategies": own}
        for name, share, own in zip(names, "xy", strategies, strict=False)
    ]
    game = load({"title": "semicolons", "populations": populations, "parameters": {}, **payoffs})
    copy = again(game, ".csv")
    assert copy.populations == game.populations
    assert copy.form == game.form


def _names(document: dict[str, Any]) -> list[str]:
    rows = document.get("payoff_matrix") or [entry["pay"] for entry in document["payoffs"]]
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    return list(dict.fromkeys(n for text in texts for n in names_in(parse_expression(text))))


@given(documents())
def test_a_game_without_a_file_is_written_from_its_parts(document: dict[str, Any]) -> None:
    """A game built in Python, without the content of a file, gives a document that reads as an equal game."""
    game = read_or_skip(document)
    if game is None:
        return
    bare = Game(
        title=game.title,
        populations=game.populations,
        form=game.form,
        parameters=game.parameters,
        lets=game.lets,
        assumptions=game.assumptions,
        scenarios=game.scenarios,
        today=game.today,
        source=game.source,
    )
    copy = read_document(document_of(bare), SourceDocument())
    assert copy.populations == game.populations
    assert copy.parameters == game.parameters
    assert copy.assumptions == game.assumptions
    assert copy.scenarios == game.scenarios
    assert copy.today == game.today
    assert {n: to_text(e) for n, e in copy.lets.items()} == {n: to_text(e) for n, e in game.lets.items()}


@pytest.mark.parametrize("slug", catalogue_slugs())
@pytest.mark.parametrize("suffix", [".yaml", ".xlsx"])
def test_the_catalogue_survives(slug: str, suffix: str) -> None:
    """Every game of the catalogue is the same after YAML, and after a workbook but for its later sections."""
    game = load(slug)
    if suffix == ".xlsx" and isinstance(game.form, GroupForm):
        with pytest.raises(InputError, match="T213 games played in groups"):
            again(game, suffix)
        return
    copy = again(game, suffix)
    if suffix == ".xlsx":
        assert set(game.later) <= {"published", "starts", "uncertain"}
        copy = Game(**{**_fields(copy), "later": game.later})
    assert copy == game


@pytest.mark.parametrize("name", FORMS)
def test_every_form_survives_yaml_and_python(name: str) -> None:
    """A game of any form is the same after YAML, and after being written from its parts alone."""
    game = load({"title": name, **FORMS[name]})
    assert again(game, ".yaml") == game
    copy = read_document(document_of(Game(**{**_fields(game), "raw": {}})), SourceDocument())
    assert copy.speeds == game.speeds
    assert document_of(Game(**{**_fields(copy), "raw": {}})) == document_of(
        Game(**{**_fields(game), "raw": {}})
    )
    state = {share: Fraction(POINT[share]) for share in game.shares}
    values = {n: p.value for n, p in game.parameters.items() if p.value is not None}
    if name == "functions":  # exp has no rational value
        return
    for row, same in zip(strategy_payoffs(copy, values), strategy_payoffs(game, values), strict=True):
        for one, other in zip(row, same, strict=True):
            assert evaluate(one, {**values, **state}) == evaluate(other, {**values, **state})


@pytest.mark.parametrize("name", FORMS)
def test_workbooks_hold_a_form_whole_or_refuse_it(name: str) -> None:
    """A workbook holds tables, moving ones too, and equations; anything else is refused with a sentence."""
    game = load({"title": name, **FORMS[name]})
    if name in ("pairwise", "functions", "group", "large group"):
        with pytest.raises(InputError, match="T213"):
            again(game, ".xlsx")
    else:
        assert again(game, ".xlsx") == game


def test_csv_holds_no_payoffs_that_move() -> None:
    """A CSV file does not keep the names of the shares, so payoffs that use them are refused."""
    with pytest.raises(InputError, match="T213"):
        again(load({"title": "t", **FORMS["dynamic table"]}), ".csv")


def _fields(game: Game) -> dict[str, Any]:
    return {name: getattr(game, name) for name in game.__dataclass_fields__}


def test_what_a_table_cannot_hold_is_said(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """Converting to CSV names the sections that are left out."""
    import logging

    logging.getLogger("separatrix").propagate = True
    with caplog.at_level("WARNING"):
        write_game(load("shi-chen-2018"), tmp_path / "game.csv")
    assert "parameters" in caplog.text
    assert "published" in caplog.text


@pytest.mark.soak
@settings(max_examples=1500)
@given(documents())
def test_many_games_survive_yaml(document: dict[str, Any]) -> None:
    """As above, for many games."""
    game = read_or_skip(document)
    if game is not None:
        assert again(game, ".yaml") == game
