"""Errors point at the very token: file, line, column, caret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from separatrix.errors import InputError, SeparatrixError
from separatrix.game.reader import load, read_document
from separatrix.io.yaml import parse_yaml

GAME = """\
populations:
  - {name: A, share: x, strategies: [c, d]}
  - {name: B, share: y, strategies: [c, d]}
parameters:
  R1: {meaning: 'return of a lone cooperator', value: 3}
payoffs:
  - {play: [c, c], pay: [@, 0]}
  - {play: [c, d], pay: [0, 0]}
  - {play: [d, c], pay: [0, 0]}
  - {play: [d, d], pay: [0, 0]}
"""


def fault(text: str) -> SeparatrixError:
    """Return the error of a YAML text."""
    with pytest.raises(SeparatrixError) as caught:
        read_document(*parse_yaml(text, "cluster.game.yaml"))
    return caught.value


def test_an_unknown_parameter_looks_like_a_compiler_error() -> None:
    """The error quotes the line, underlines the name, and says which one was meant, and where it is."""
    assert str(fault(GAME.replace("@", "'1 + Rr'"))) == (
        "S012 unknown parameter `Rr` in a payoff\n"
        "  --> cluster.game.yaml:7:31\n"
        "  7 |   - {play: [c, c], pay: ['1 + Rr', 0]}\n"
        "    |                               ^^\n"
        "help: did you mean `R1` (return of a lone cooperator, line 5)?"
    )


@pytest.mark.parametrize(
    "scalar",
    [
        "Rr + 1",
        "'Rr + 1'",
        '"Rr + 1"',
        '"\\x31 + Rr"',
        "'1 +\n      Rr'",
        '"1 +\\\n     Rr"',
        "1 + (2 + Rr)",
        "'1   + Rr'",
    ],
)
def test_carets_hit_the_token_in_every_kind_of_scalar(scalar: str) -> None:
    """Quotes, escapes and folded lines do not move the caret off the token."""
    where = fault(GAME.replace("@", scalar)).where
    assert where is not None
    assert where.text is not None
    assert where.column is not None
    assert where.text[where.column - 1 :][: where.width] == "Rr"


@pytest.mark.parametrize("style", ["|", ">", ">-", "|2"])
def test_carets_hit_the_token_in_block_scalars(style: str) -> None:
    """In a block scalar the caret stands in the block's own line."""
    where = fault(GAME.replace("@", "0") + f"let:\n  P: {style}\n    R1 + 1\n    + Rr\n").where
    assert where is not None
    assert (where.line, where.column, where.width) == (14, 7, 2)


def test_a_doubled_quote_before_the_token() -> None:
    """A quote that is doubled in YAML counts twice in the column."""
    where = fault(GAME.replace("@", "'R1 '' Rr'")).where
    assert where is not None
    assert where.column == GAME.split("\n")[6].index("@") + 5


def test_the_end_of_an_expression() -> None:
    """An expression that breaks off is underlined behind its last character."""
    where = fault(GAME.replace("@", "'R1 - '")).where
    assert where is not None
    assert where.line == 7
    assert where.text is not None
    assert where.text[(where.column or 0) - 1] == "'"


@pytest.mark.parametrize(
    ("text", "code", "line", "hint"),
    [
        (GAME.replace("@", "max(R1, 1)"), "G119", 7, "quote expressions"),
        (GAME.replace("@", "[R1]"), "G110", 7, "quote expressions"),
        (GAME.replace("@", "*R1"), "G104", 7, "starts with *"),
        (
            GAME.replace("@", "0").replace("meaning: 'return of a lone cooperator'", "meaning: a, strict"),
            "G107",
            5,
            "comma",
        ),
        (GAME.replace("@", "0").replace("  R1:", "\tR1:"), "G103", 5, "tabs"),
        (GAME.replace("@", "0") + "title: a\ntitle: b\n", "G108", 12, "line 11"),
        (GAME.replace("@", "0").replace("[d, d]", "[d, c]"), "G117", 10, "line 9"),
        (GAME.replace("@", "0").replace("play: [d, d]", "play: [d, e]"), "G118", 10, None),
        (GAME.replace("@", "!!python/object/apply:os.system ['true']"), "G104", 7, None),
        (GAME.replace("@", "0").replace("value: 3", "value: 1e400"), "V301", 5, None),
        (GAME.replace("@", "0").replace("value: 3", "value: .inf"), "V301", 5, None),
        (GAME.replace("@", "0") + "---\na: 1\n", "G103", 12, None),
    ],
)
def test_lines_and_hints(text: str, code: str, line: int, hint: str | None) -> None:
    """Each fault of a file is found on its line, with advice where there is some."""
    problem = fault(text)
    assert problem.code == code
    assert problem.where is not None
    assert problem.where.line == line
    assert hint is None or hint in (problem.hint or "")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a: " + b"x" * 20_000_000, "G101"),
        (b"[" * 20_000 + b"]" * 20_000, "G105"),
        (b"payoffs: " + b"{a: " * 20_000, "G105"),
        (b"- " * 20_000, "G105"),
        (bytes(range(256)) * 20, "G102"),
        ("format: 1\n".encode("utf-16"), "G102"),
        ("title: 合作\n".encode("gbk"), "G102"),
        (b"", "G106"),
        (b"# nothing\n", "G106"),
        (b"just words", "G110"),
        (b"a: &a [1, 1]\nb: &b [*a, *a]\nc: [*b, *b]\n", "G104"),
        (b"payoff_matrix: [['9**9**9', 0], [0, " + b"9" * 5000 + b"]]", "V301"),
    ],
)
@pytest.mark.parametrize("suffix", [".yaml", ".csv", ".nfg"])
def test_files_that_are_no_games(tmp_path: Path, content: bytes, code: str, suffix: str) -> None:
    """Huge, nested, binary, wrongly encoded and empty files are refused by name."""
    path = tmp_path / f"game{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load(path)
    if suffix == ".yaml":
        assert caught.value.code == code
    assert str(path) in str(caught.value)


def test_folders_and_missing_files(tmp_path: Path) -> None:
    """A folder is no game, and a misspelt name finds its neighbour."""
    (tmp_path / "cluster.yaml").write_text(GAME.replace("@", "0"), encoding="utf-8")
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        load(tmp_path / "folder.yaml")
    with pytest.raises(InputError, match=r"did you mean .*cluster\.yaml"):
        load(tmp_path / "clutser.yaml")
    with pytest.raises(InputError, match="G121"):
        load(tmp_path / "game.docx")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything"
)
def test_permission_denied(tmp_path: Path) -> None:
    """A file that may not be read says so."""
    path = tmp_path / "secret.yaml"
    path.write_text(GAME, encoding="utf-8")
    path.chmod(0)
    with pytest.raises(InputError, match="permission denied"):
        load(path)
