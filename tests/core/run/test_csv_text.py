"""What a user names is no formula in any table that is written, and there is one function that sees to it."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separatrix.run.csv_output import csv_text, inert, of_inert
from source_files import source_files


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "＝1+1",
        "+1+1",
        "＋A1",
        "-A1",
        "－A1",
        "@SUM(A1)",
        "＠SUM(A1)",
        "﹦1+1",
        " =1",
        "\t=1",
        "\r=1",
        "\ufeff=1",
        "\u3000＝1",
        "'=1",
        "\n=1",
        "=",
        "\u200b=1",
        "-1+cmd|' /C calc'!A0",
    ],
)
def test_formulas_get_an_apostrophe(text: str) -> None:
    """Signs of Western and Chinese keyboards count alike, behind blanks and signs without width too."""
    assert inert(text) == f"'{text}".replace("\r", "\n")
    assert of_inert(inert(text)) == text.replace("\r", "\n")


@pytest.mark.parametrize(
    "cell", ["-1", "-1.5e-05", "+2", "-1/2", "-.5", "cooperate", "合作", "", "a=b", "'tis", -1, 2.5, None]
)
def test_numbers_and_plain_texts_stay(cell: object) -> None:
    """A negative number is a number, whether it comes as a number or as a text."""
    assert inert(cell) == cell


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2)))
def test_every_text_survives(rows: list[list[str]]) -> None:
    """What is written inert is read back as it was, with the ends of its lines alike."""
    text = csv_text(["a", "b"], rows)
    read = [[of_inert(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
    assert read[1:] == [[re.sub("\r\n?", "\n", cell) for cell in row] for row in rows]


def test_a_carriage_return_begins_no_row() -> None:
    """A name that holds one stays one cell, and what follows in it is no formula."""
    rows = list(csv.reader(io.StringIO(csv_text(["name"], [["a\r=1+1"]]), newline="")))
    assert rows == [["name"], ["a\n=1+1"]]


def test_no_other_place_writes_csv() -> None:
    """`csv.writer` stands in one file, so that no table is written past `inert`."""
    writer = re.compile(r"csv\.(Dict)?[wW]riter|\.to_csv\(")
    writers = [p.name for p in source_files().values() if writer.search(p.read_text("utf-8"))]
    assert writers == ["csv_output.py"]


def test_brackets_of_extras_are_quoted() -> None:
    """A shell such as zsh takes unquoted brackets for a pattern, so every hint quotes them."""
    bare = re.compile(r"pip install [^'\"`\n]*\[")
    assert not [p.name for p in source_files().values() if bare.search(p.read_text("utf-8"))]
