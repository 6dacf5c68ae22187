"""Findings in the reader's language."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest
from rich.cells import cell_len

import separatrix.audit
from core.present.wrong_claims import CASES, corpus
from separatrix.audit.evidence.findings import Finding
from separatrix.cli.app import run
from separatrix.document.tree import Heading, Paragraph, Table, Words
from separatrix.game.model import Game
from separatrix.game.reader import load
from separatrix.languages import language_of
from separatrix.reports.findings import (
    CheckReport,
    finding_blocks,
    findings_document,
    findings_text,
)
from separatrix.sentences import say
from separatrix.writers.registry import write_html

CHINESE = language_of("zh")
WING = Path(separatrix.audit.__file__).parent
OURS = re.compile(
    r"\b(the|is|are|of|at|where|and|or|it|not|no|never|always|saddle|centre|source|unstable|stable)\b"
)
"""Words that the wing says, and that no formula of the corpus holds."""


def said_templates() -> list[tuple[str, ast.expr]]:
    """Return the first argument of every call of `say` in the wing, and where it stands."""
    found = []
    for path in sorted(WING.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                found.append((f"{path.name}:{node.lineno}", node.args[0]))
    return found


def names_in(template: str) -> set[str]:
    """Return what stands in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def without_names(text: str, game: Game) -> str:
    """Return a text without code in backticks, and without what the author of the game wrote."""
    text = re.sub(r"[A-Z]\d{3} .*", "", text)  # an error, as it stands for every reader
    text = re.sub(r"`[^`]*`", "`", text)
    for parameter in game.parameters.values():
        text = text.replace(f"（{parameter.meaning}）", "")
    for claim in game.raw.get("published", {}).get("stability", ()):
        text = text.replace(f"为{claim.get('label')}", "")
    known = (*game.parameters, *game.lets, *game.shares)
    return re.sub(r"\b[A-Za-z_]\w*\b", lambda word: "_" if word[0] in known else word[0], text)


def test_the_wing_says_literal_templates_that_chinese_has() -> None:
    """Every template of the wing is a literal, and Chinese tells it with names that it has."""
    templates = said_templates()
    assert len(templates) > 200
    for where, node in templates:
        assert isinstance(node, ast.Constant) and isinstance(node.value, str), where
        told = CHINESE.sentences.get(node.value) or CHINESE.labels.get(node.value)
        assert told, f"{where}: zh.toml lacks {node.value!r}"
        assert names_in(told) <= names_in(node.value), where


def test_the_corpus_has_nearly_every_code() -> None:
    """What follows is tested on all kinds of findings."""
    found = {finding.code for _, findings in corpus() for finding in findings}
    assert found == {f"P{number}" for number in range(601, 630)}


def test_findings_are_told_in_chinese_throughout() -> None:
    """Sentences, what is correct, and details hold no English but names, code and the author's own words."""
    for game, findings in corpus():
        for finding in findings:
            names, texts = zip(*finding.details, strict=True) if finding.details else ((), ())
            for text in (finding.text, finding.correct, *names, *texts):
                told = without_names(CHINESE.tell(text), game)
                assert not re.search(r"[A-Za-z]{2,}([ ,;:]+[A-Za-z]{2,}){2,}", told), told
                assert not OURS.search(told), told


def test_english_findings_are_their_own_telling() -> None:
    """English needs no templates: what is told is what was said."""
    english = language_of("en")
    for _, findings in corpus():
        for finding in findings:
            texts = (
                finding.text,
                finding.claim,
                finding.correct,
                *(part for row in finding.details for part in row),
            )
            assert [english.tell(text) for text in texts] == list(texts)


def test_a_larger_report_includes_findings_one_level_down() -> None:
    """Errors and notes stand below a heading of the first level, each finding below these."""
    found = [
        Finding(code="P601", severity="error", where="a.yaml:1", text=say("The list"), correct=say("never")),
        Finding(code="P622", severity="note", where="a.yaml:2", text="`b`", witness={"b": 1}),
    ]
    blocks = finding_blocks(found, CHINESE)
    heads = [(block.text, block.level) for block in blocks if isinstance(block, Heading)]
    assert heads == [("错误", 2), ("P601：a.yaml:1", 3), ("提示", 2), ("P622：a.yaml:2", 3)]
    first, second = (block for block in blocks if isinstance(block, Paragraph))
    assert (first.content, second.content) == ((Words("该列表"),), (Words("b", "code"),))
    rows = [row for block in blocks if isinstance(block, Table) for row in block.rows]
    assert [row[0][0].text for row in rows] == ["正确", "取值"]
    assert rows[0][1] == (Words("从不", "code"),)


@pytest.mark.parametrize(
    ("claims", "hidden", "against", "said"),
    [
        (0, 0, False, "没有可核查的结论：博弈文件中没有 `published` 一节"),
        (4, 0, False, "4 项结论中没有错误"),
        (1, 2, False, "1 项结论中没有错误，另有 2 条提示未显示"),
        (2, 0, True, "2 项结论中及两个版本之间没有错误"),
    ],
)
def test_the_summary_is_told_in_chinese(claims: int, hidden: int, against: bool, said: str) -> None:
    """How much was compared, and what came of it."""
    game = load("hawk-dove-one-population")
    report = CheckReport(game, [], claims, hidden, game if against else None)
    assert report.summary_in(CHINESE) == said
    lead = findings_document(report, CHINESE).blocks[0]
    assert isinstance(lead, Paragraph) and lead.content[0] == Words(f"{said}。")


def test_lines_of_chinese_break_where_they_may() -> None:
    """On a terminal lines keep to the width, and none begins with a closing sign."""
    for game, findings in corpus()[:8]:
        text = findings_text(CheckReport(game, findings, 3), 60, CHINESE)
        for row in text.splitlines():
            if " | " not in row and "-->" not in row and "项结论" not in row:
                assert cell_len(row) <= 60, row
                assert row.strip()[:1] not in tuple("，。；：、）”"), row


def test_hostile_names_stay_inert_in_chinese() -> None:
    """Braces in names are no fields of a template, and markup does nothing."""
    hostile = "{names}{0} <script>alert(1)</script>"
    game = load(
        {
            "populations": ["A"],
            "parameters": {"a": 1, "b": {"value": 2, "meaning": hostile}},
            "advantages": {"x": "a"},
            "published": {"stability": [{"at": [1], "label": "saddle", "where": hostile}]},
        }
    )
    found = separatrix.check(game, notes=True)
    page = write_html(findings_document(CheckReport(game, found, 1), CHINESE))
    assert "<script>alert" not in page
    assert "{names}{0} &lt;script&gt;" in page


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_the_command_line_tells_findings_in_chinese(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--lang zh` is for text, Markdown and HTML; English stays the default."""
    case = str(CASES / "L14.yaml")
    assert run(["check", case, "--format", form]) == 1
    assert "regime is missed" in capsys.readouterr().out
    assert run(["check", case, "--format", form, "--lang", "zh"]) == 1
    out = capsys.readouterr().out
    assert "遗漏了一种情形" in out
    assert "反例取值" in out
