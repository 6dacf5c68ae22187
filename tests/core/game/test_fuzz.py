"""Whatever a file holds, reading it ends in a game or in an error for people."""

from __future__ import annotations

import copy
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from separatrix.errors import SeparatrixError
from separatrix.explanations.explanation import EXPLANATIONS
from separatrix.expression.conditions import condition_text, parse_condition
from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import parse_expression
from separatrix.expression.tree import names_in, to_text
from separatrix.game.catalogue import template_text
from separatrix.game.formats.document import document_of
from separatrix.game.formats.gambit import parse_nfg
from separatrix.game.formats.table_writer import sheets_of, xlsx_bytes
from separatrix.game.formats.workbook import parse_csv
from separatrix.game.model import Game
from separatrix.game.reader import load, read_document
from separatrix.io.yaml import parse_yaml
from separatrix.io.yaml_output import yaml_text

GARBAGE = "[]{}()'\"*&!|>%@`#:,-+/^=<> \n\t\\.0123456789eEabxyRC_~?合é\u2028\x00\x85\ufeff"
TOKENS = [
    "payoffs:",
    "play:",
    "pay:",
    "parameters:",
    "populations:",
    "let:",
    "assume:",
    "scenarios:",
    "today:",
    "- ",
    "  ",
    "\n",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    ": ",
    ", ",
    "c",
    "x",
    "1e400",
    ".nan",
    "0x",
    "-1",
    "1/0",
    "9**9**9",
    "null",
    "range:",
    "value:",
    "published:",
    "starts:",
    "speeds:",
    "group:",
    "size:",
    "advantages:",
    "replicator:",
    "payoff_matrix:",
    "bimatrix:",
    "payoff_functions:",
    "payoff_matrices:",
    "|",
    ">",
    "---",
    "...",
    "? ",
    "<<:",
    "*a",
    "&a",
    "!!int",
    "%YAML 9.9\n---\n",
    "\\x",
    "\\U00110000",
    "\ud83d",
    "uncertain:",
    "x_1",
    "format: 1\n",
    "translations:",
    "zh:",
    "names:",
]


def must_end_well(read: Any, *arguments: Any) -> None:
    """Call `read`; anything but an answer or an explained error is a failure."""
    try:
        read(*arguments)
    except SeparatrixError as problem:
        assert problem.code in EXPLANATIONS
        assert problem.render()


def mutated(text: str) -> st.SearchStrategy[str]:
    """Texts that differ from `text` in a few places."""
    edit = st.tuples(
        st.sampled_from(range(len(text))),
        st.sampled_from([0, 0, 1, 1, 2, 8]),
        st.one_of(st.sampled_from(TOKENS), st.text(GARBAGE, max_size=4)),
    )

    def apply(edits: list[tuple[int, int, str]]) -> str:
        result = text
        for at, cut, insert in edits:
            result = result[:at] + insert + result[at + cut :]
        return result

    return st.lists(edit, min_size=1, max_size=3).map(apply)


expression_texts = st.one_of(
    st.text(GARBAGE, max_size=40),
    st.lists(
        st.sampled_from(
            [
                "x",
                "2",
                "0.5",
                "(",
                ")",
                "[",
                "]",
                "+",
                "-",
                "*",
                "/",
                "^",
                "**",
                "max(",
                ",",
                "exp(",
                " ",
                "1e9",
            ]
        ),
        max_size=25,
    ).map("".join),
)
yaml_texts = st.one_of(
    st.text(GARBAGE, max_size=80),
    st.lists(st.sampled_from(TOKENS), max_size=30).map("".join),
    mutated(template_text()),
)
TABLE = 'A,B,pay:A,pay:B\nc,c,R1 - C1,"max(1, 2)"\nc,d,1,2\nd,c,1,0.5\nd,d,-1,2\n'
NFG = (
    'NFG 1 R "Duel" { "A" "B" } { { "1" "2" } { "a" "b" } } "note" { { "" 1, -1 } { "o" 1/3 0.5 } } 1 2 0 1\n'
)


def read_yaml_text(text: str) -> Game:
    """Read a game from a YAML text."""
    return read_document(*parse_yaml(text))


def read_expression(text: str) -> None:
    """Read an expression both ways, print it, read it again, and give it a value."""
    for implicit in (False, True):
        expression = parse_expression(text, implicit=implicit)
        again = parse_expression(to_text(expression))
        assert to_text(parse_expression(to_text(again))) == to_text(again)
        from fractions import Fraction

        evaluate(expression, dict.fromkeys(names_in(expression), Fraction(3, 7)))


def read_mapping(value: Any) -> None:
    """Read a game from Python data that are no game."""
    load(value if isinstance(value, dict) else {"payoffs": value})


plain = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(GARBAGE, max_size=6),
        st.sampled_from(TOKENS),
        st.binary(max_size=3),
        st.just(10**2000),
        st.complex_numbers(max_magnitude=2),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(st.sampled_from([t.rstrip(":") for t in TOKENS if t.endswith(":")]), st.integers()),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=15,
)


RICH: list[dict[str, Any]] = [
    {
        "format": 1,
        "title": "t",
        "source": "s",
        "note": "n",
        "populations": [
            {"name": "A", "share": "x", "strategies": ["c", {"id": "d", "name": "don't"}]},
            {"name": "B", "strategies": ["c", "d"]},
        ],
        "parameters": {
            "R1": {
                "value": 3,
                "latex": "R",
                "meaning": "m",
                "unit": "u",
                "range": [0, 5],
                "uncertain": {"triangular": [1, 2, 3]},
            },
            "C1": None,
            "q": "1/3",
        },
        "let": {"P": "R1*q", "Q": "P + 1"},
        "assume": ["0 < R1 < 5", "P >= q"],
        "payoffs": [
            {"play": ["c", "c"], "pay": ["R1 - C1", 1]},
            {"play": ["c", "d"], "pay": ["P", "-Q"]},
            {"play": ["d", "c"], "pay": ["max(R1, 2)", 0.5]},
            {"play": ["d", "d"], "pay": ["R1/(C1 + 1)", 0]},
        ],
        "scenarios": {"a": {"R1": 1, "C1": "2/3"}, "b": None},
        "today": {"x": 0.2, "y": 0.3},
        "starts": [{"x": 0, "y": 1}],
        "speeds": {"A": 2},
        "schedule": {
            "R1": {"steps": [[0, 1], [5, 2]]},
            "q": {"table": [[0, 1]]},
            "C1": {"ramp": {"from": 0, "to": "1/3", "start": -1, "end": 2}},
        },
        "instruments": {"s": {"range": [0, 1], "changes": {"R1": "R1*(1 + s)"}, "cost": {"public": "s*x"}}},
        "in_force": ["s"],
        "emissions": "2 - x - s",
        "published": {
            "replicator": {"x": "x(1-x)"},
            "rest_points": [{"id": "O", "at": [0, 0]}],
            "jacobian": [["1"]],
            "complete": {"regimes": True},
            "regimes": [{"when": ["a > 0"], "stable": ["O"]}],
        },
    },
    {
        "populations": [{"name": "A", "strategies": ["1", "b", "c d"]}],
        "parameters": {"v": 1},
        "payoff_matrix": [["v", 0, 1], [0, 1, 2], [3, 4, 5]],
        "today": {"x_1": 0, "x_b": "1/2", "x_3": 0.5},
    },
    {
        "populations": [{"name": "A"}, {"name": "B"}],
        "payoff_matrices": {"A,B": [[1, 2], [3, 4]], "B,A": [[1, 2], [3, 4]], "A,A": [[0, 0], [0, 1]]},
    },
    {
        "populations": [{"name": "A"}],
        "parameters": {"r": 2},
        "group": {"size": 5, "payoff": {"yes": "r*(k + 1)/5 - 1", "no": "r*k/5"}},
    },
    {"populations": ["A", "B"], "payoff_functions": {"A": {"yes": "x*y", "no": 1}, "B": {"yes": 1, "no": 0}}},
    {"advantages": {"x": "y - 1/2", "y": "1/2 - x"}},
    {"replicator": {"x": "x*(1-x)*(2*y - 1)", "y": "0"}},
    {"bimatrix": [[[1, 2], [3, 4], [5, 6]], [[1, "2"], [3, 4], [5, 6]]]},
]

WORDS = [
    *(t.rstrip(": \n") for t in TOKENS),
    "R1",
    "C1",
    "A",
    "B",
    "P",
    "Q",
    "x",
    "y",
    "yes",
    "x > 0",
    "P + P",
    "nan",
    "1e400",
    "x*",
    "9**9**9",
    "1/0",
    "triangular",
    "k",
    "exp",
    "合",
    "A,B",
    "x" * 300,
    "log(0)",
    "min()",
    "sqrt(-1)",
    "\u2028",
]


def _spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all parts of `value` but itself."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [p for key, item in items for p in ((*path, key), *_spots(item, (*path, key)))]


@st.composite
def broken_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A game with one to three parts exchanged, left out, renamed or doubled."""
    document: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(RICH)))
    for _ in range(draw(st.integers(1, 3))):
        spots = _spots(document)
        if not spots:
            break
        *path, key = draw(st.sampled_from(spots))
        parent: Any = document
        for step in path:
            parent = parent[step]
        action = draw(st.integers(0, 4))
        if action == 0:
            del parent[key]
        elif action == 1 and isinstance(parent, dict):
            parent[draw(st.sampled_from(WORDS))] = parent.pop(key)
        elif action == 2 and isinstance(parent, list):
            parent.append(parent[key])
        else:
            parent[key] = draw(
                st.one_of(
                    st.sampled_from(WORDS),
                    st.none(),
                    st.booleans(),
                    st.integers(-3, 3),
                    st.floats(),
                    st.just([]),
                    st.just({}),
                    st.just([[1, 2], [3, 4]]),
                    st.just({"a": 1}),
                    st.just(10**2000),
                    st.fractions(),
                    st.decimals(),
                )
            )
    return document


def read_and_write(document: dict[str, Any]) -> None:
    """Read a game; what can be read can be written as YAML, and read again."""
    game = load(document)
    again = read_yaml_text(yaml_text(document_of(game)))
    assert again == game


@given(broken_documents())
def test_broken_games_never_crash_the_reader(document: dict[str, Any]) -> None:
    """A game with a few faults is read and written, or refused with an explained error."""
    must_end_well(read_and_write, document)


@given(expression_texts)
def test_the_expression_parser_never_crashes(text: str) -> None:
    """Any text is an expression or an explained error."""
    must_end_well(read_expression, text)
    must_end_well(lambda t: condition_text(parse_condition(t)), text)


@given(yaml_texts)
def test_the_yaml_reader_never_crashes(text: str) -> None:
    """Any text is a game or an explained error."""
    must_end_well(read_yaml_text, text)


@given(plain)
def test_python_data_never_crash_the_reader(value: Any) -> None:
    """Any Python data are a game or an explained error."""
    must_end_well(read_mapping, value)


@given(st.one_of(st.text(GARBAGE, max_size=60), mutated(TABLE)))
def test_the_csv_reader_never_crashes(text: str) -> None:
    """Any text is a table or an explained error."""
    must_end_well(lambda t: read_document(*parse_csv(t)), text)


@given(st.one_of(st.text(GARBAGE, max_size=60), mutated(NFG)))
def test_the_reader_of_gambit_files_never_crashes(text: str) -> None:
    """Any text is a strategic game or an explained error."""
    must_end_well(lambda t: read_document(*parse_nfg(t)), text)


def _workbook() -> dict[str, bytes]:
    """Return the members of a workbook that holds the template."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "game.xlsx"
        path.write_bytes(xlsx_bytes(sheets_of(read_yaml_text(template_text()))))
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


WORKBOOK = _workbook()
XML_EDITS = [
    b"<f>1+1</f>",
    b"<c r='ZZZ9999999'><v>1</v></c>",
    b"<v>1e999</v>",
    b't="s"',
    b't="d"',
    b't="e"',
    b"<v>99</v>",
    b"<",
    b">",
    b"\xff",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&b;",
    b'r="A0"',
    b'r="-1"',
    b"<mergeCell ref='A1:B2'/>",
    b"",
    b"</row>",
    b"NaN",
]


def read_workbook_of(members: dict[str, bytes], cut: int | None, suffix: str) -> None:
    """Read a workbook made of `members`, of which only the first `cut` bytes are there."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"game{suffix}"
        path.write_bytes(packed.getvalue()[:cut])
        load(path)


@st.composite
def workbooks(draw: st.DrawFn) -> tuple[dict[str, bytes], int | None]:
    """A workbook with a few faults."""
    members = dict(WORKBOOK)
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(sorted(members)))
        content = members[name]
        # At the borders of tags, so that some faults survive the parser of XML.
        borders = [i for i in range(len(content)) if content[i : i + 1] == b"<"] or [0]
        at, cut = draw(st.sampled_from(borders)), draw(st.sampled_from([0, 0, 0, 3, 30]))
        insert = draw(st.one_of(st.sampled_from(XML_EDITS), st.binary(max_size=5)))
        members[name] = content[:at] + insert + content[at + cut :]
    if draw(st.integers(0, 5)) == 0:
        del members[draw(st.sampled_from(sorted(members)))]
    return members, draw(st.sampled_from([None] * 12 + [0, 100, 1000, 5000]))


@settings(max_examples=40)
@given(workbooks(), st.sampled_from([".xlsx", ".xlsx", ".ods"]))
def test_the_workbook_reader_never_crashes(
    workbook: tuple[dict[str, bytes], int | None], suffix: str
) -> None:
    """Any damage to a workbook ends in a game or an explained error."""
    must_end_well(read_workbook_of, *workbook, suffix)


@pytest.mark.soak
@settings(max_examples=20_000)
@given(st.data())
def test_nothing_crashes_for_long(data: st.DataObject) -> None:
    """All of the above, many times."""
    kind = data.draw(st.integers(0, 9))
    if kind > 5:
        must_end_well(read_and_write, data.draw(broken_documents()))
    elif kind == 0:
        must_end_well(read_expression, data.draw(expression_texts))
    elif kind == 1:
        must_end_well(read_yaml_text, data.draw(yaml_texts))
    elif kind == 2:
        must_end_well(read_mapping, data.draw(plain))
    elif kind == 3:
        must_end_well(lambda t: read_document(*parse_csv(t)), data.draw(mutated(TABLE)))
    elif kind == 4:
        must_end_well(lambda t: read_document(*parse_nfg(t)), data.draw(mutated(NFG)))
    else:
        must_end_well(read_workbook_of, *data.draw(workbooks()), ".xlsx")
