"""Findings as people see them: narrow, inert, and readable on every terminal."""

from __future__ import annotations

import io
from fractions import Fraction

import pytest
from rich.cells import cell_len
from rich.console import Console

from core.present.walk import plain
from separatrix.audit.evidence.findings import Finding, findings_to_dict, ordered
from separatrix.document.tree import Heading, Paragraph, Table
from separatrix.errors import Place
from separatrix.game.reader import load
from separatrix.languages import language_of
from separatrix.reports.findings import (
    CheckReport,
    finding_blocks,
    findings_document,
    findings_text,
    print_findings,
)
from separatrix.writers.registry import write, write_html

LONG = " + ".join(f"a{k}*b{k}" for k in range(200))
HOSTILE = "<script>alert(1)</script> \x1b[2J | `x` \\input{y}"
GAME = load(
    {"title": HOSTILE.replace("\x1b", ""), "payoff_matrix": [["C1", 0], [0, 1]], "parameters": {"C1": 1}}
)


def finding(line: int, severity: str = "error", **more: object) -> Finding:
    """Return a finding at a line of a file."""
    place = Place("game.yaml", line, 5, 6, f"x: 'C1 + 1'  # {HOSTILE}")
    given = {"code": "P601", "text": "The printed equation differs.", **more}
    return Finding(severity=severity, where=str(place), place=place, **given)


FINDINGS = [
    finding(7, "note", code="P621", text="C1 is inert."),
    finding(
        9, claim="x(1-x)" * 30, correct=LONG, term="2*C1", witness={"C1": Fraction(1, 3), "x": 0.123456789}
    ),
    finding(3, text=f"A `{HOSTILE}` is no name.", details=(("here", HOSTILE),)),
    finding(3, text=f"A `{HOSTILE}` is no name.", details=(("here", HOSTILE),)),
]


def test_findings_come_in_the_order_of_the_file_and_once() -> None:
    """Findings are sorted by their place, and one that is found twice is told once."""
    found = ordered(FINDINGS)
    assert [f.place.line for f in found if f.place is not None] == [3, 7, 9]


def test_what_is_right_is_set_in_the_symbols_of_the_game() -> None:
    """Formulas, comparisons and states are set; what a paper prints stays as it is typed."""
    game = load({"payoff_matrix": [["pi1 - C1", 0], [0, 1]], "parameters": {"pi1": 1, "C1": 1}})
    given = ["pi1 - C1", "C1 < pi1", "(0, C1/(pi1 + 1))；(1, 0)；(x*, 0)", "no formula at all"]
    found = [finding(k, claim="pi_1-C_1", correct=text) for k, text in enumerate(given)]
    tables = [b for b in findings_document(CheckReport(game, found, 4)).blocks if isinstance(b, Table)]
    assert [plain(table.rows[1][1]) for table in tables] == [
        "π₁ − C₁",
        "C₁ < π₁",
        "(0, C₁/(π₁ + 1)); (1, 0); (x*, 0)",
        "no formula at all",
    ]
    assert {plain(table.rows[0][1]) for table in tables} == {"pi_1-C_1"}


@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_keep_to_the_width_but_for_source_lines(width: int) -> None:
    """Sentences and formulas fold; places and lines of the file stay whole."""
    text = findings_text(CheckReport(GAME, FINDINGS, 3), width)
    for row in text.splitlines():
        if " | " not in row and "-->" not in row and "in 3 claims" not in row:
            assert cell_len(row) <= min(width, 110), row
    assert "\x1b" not in text
    assert "\u200b" not in text
    assert "\u00a0" not in text


def test_errors_come_before_notes_and_sentences_follow_the_code() -> None:
    """On a terminal errors come first; an ordinary first word is small after the colon, a name is not."""
    rows = findings_text(CheckReport(GAME, FINDINGS, 3)).splitlines()
    heads = [row for row in rows if row.startswith("P6")]
    assert heads[0] == "P601 error: the printed equation differs."
    assert heads[-1] == "P621 note: C1 is inert."


def test_numbers_are_short_and_long_formulas_are_cut() -> None:
    """Decimals have six digits, and of a very long formula the terminal shows the beginning."""
    text = findings_text(CheckReport(GAME, FINDINGS, 3), 100)
    assert "C1 = 1/3, x = 0.123457" in text
    assert "characters; --format json has all)" in text.replace("\n", " ").replace("  ", " ")
    assert findings_to_dict(GAME, FINDINGS, 3)["findings"][1]["correct"] == LONG


def test_a_terminal_without_unicode_can_show_everything() -> None:
    """Signs that an ASCII terminal lacks are spelt."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    report = CheckReport(GAME, [finding(3, text="π₁ − C₁ ≤ 0 … 鞍点")], 1)
    print_findings(report, Console(file=stream, width=80, force_terminal=False))
    stream.flush()


def test_documents_are_inert() -> None:
    """What a user typed does nothing in HTML and Markdown."""
    document = findings_document(CheckReport(GAME, FINDINGS, 3, hidden=2))
    page = write_html(document)
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    markdown = write(document, "md").content.decode()
    assert "\n## Errors\n" in markdown
    assert "\n## Notes\n" in markdown
    for row in markdown.splitlines():
        if row.startswith("|"):
            assert row.replace("\\|", "").count("|") == 3, row


@pytest.mark.parametrize(
    ("findings", "claims", "hidden", "against", "said"),
    [
        ([], 0, 0, False, "nothing is claimed: the game has no section `published`"),
        ([], 4, 0, False, "no error in 4 claims"),
        ([], 1, 2, False, "no error in 1 claim, 2 notes not shown"),
        (FINDINGS[:2], 2, 0, False, "1 error in 2 claims, 1 note"),
        ([], 0, 0, True, "no error between two versions"),
        (FINDINGS[1:3], 2, 0, True, "2 errors in 2 claims and between two versions"),
    ],
)
def test_the_summary_counts(
    findings: list[Finding], claims: int, hidden: int, against: bool, said: str
) -> None:
    """The last line says how much was compared and what came of it."""
    report = CheckReport(GAME, findings, claims, hidden, GAME if against else None)
    assert report.summary == said


def test_a_document_names_parameters_by_their_symbols_and_a_finding_by_its_place_in_the_paper() -> None:
    """What the file calls kappa is κ in sentences and witnesses; file and line stand below."""
    game = load("wang-2023")
    found = Finding(
        code="P603",
        severity="error",
        where="/home/someone/wang-2023.yaml:7:3",
        text="Where `kappa > 0`, `nobody` and `stage-1` differ.",
        witness={"kappa": Fraction(4, 5), "to": "O"},
        details=(("in the paper", "Table 3"),),
    )
    heading, sentence, table = finding_blocks([found], language_of("en"), game)[1:]
    assert isinstance(heading, Heading) and heading.text == "P603: Table 3"
    assert isinstance(sentence, Paragraph) and "kappa" not in plain(sentence.content)
    assert "κ" in plain(sentence.content) and "nobody" in plain(sentence.content)
    assert isinstance(table, Table)
    rows = {plain(head): plain(told) for head, told in table.rows}
    assert "κ" in rows["witness"] and "to = O" in rows["witness"]
    assert rows["in the file"] == "wang-2023.yaml:7:3"
