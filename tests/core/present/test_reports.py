"""Reports in every format: complete, narrow enough, and deaf to what names try to do."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from core.present.games import (
    CURVED,
    FOUR,
    HOSTILE,
    HOSTILE_THREE,
    OWN_PLAY,
    REST_EDGES,
    REST_SIDE,
    REST_SURFACE,
    WIDE,
)
from core.present.rendered import (
    render_html,
    render_latex,
    render_markdown,
    render_plain,
    render_terminal,
)
from published_cases import analysed
from separatrix.analysis.results import BoundaryCycle
from separatrix.figures.phase_portrait import why_no_figure

CASES: list[tuple[Any, bool]] = [
    ("shi-chen-2018", False),
    ("shi-chen-2018", True),
    ("hawk-dove-one-population", False),
    ("hawk-dove-one-population", True),
    (HOSTILE, False),
    (REST_EDGES, False),
    (REST_SURFACE, False),
    ("wang-2023", True),
    ("rock-paper-scissors-one-population", True),
    ("hypercycle-four", False),
    (HOSTILE_THREE, False),
    (REST_SIDE, False),
    (WIDE, False),
    (OWN_PLAY, False),
    (FOUR, False),
    ("dynamic-penalty", False),
    ("collective-risk", False),
    (CURVED, False),
]


@pytest.mark.parametrize(("source", "symbolic"), CASES)
@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_report_keeps_to_its_width(source: Any, symbolic: bool, width: int) -> None:
    """No line is wider than the screen, Chinese names included, and no control character gets through."""
    text = render_plain(analysed(source, symbolic), width)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_terminal_report_tells_what_was_found() -> None:
    """The answer, the exact state and the labels are there to read."""
    text = render_plain(analysed("shi-chen-2018"))
    assert "Two populations playing each other: Enterprise A and Enterprise B." in text
    assert "Two rest points are asymptotically stable" in text
    assert "dx/dt = x(1 − x)" in text
    assert "π₁ − C₁ = 6" in text
    assert "● asymptotically stable" in text
    assert "◆ saddle" in text
    assert "2/3" in text
    assert "Complete." in text


def test_the_terminal_report_manages_without_unicode() -> None:
    """On a console that knows ASCII only, labels and signs have ASCII forms."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    console = Console(file=stream, width=80, highlight=False)
    render_terminal(analysed("shi-chen-2018", True), console)
    render_terminal(analysed(HOSTILE), console)
    stream.seek(0)
    text = stream.read()
    assert "* asymptotically stable" in text
    assert "pi1 - R1 - R2 + pi2" in text


def test_the_terminal_report_loads_nothing_heavy() -> None:
    """Text needs no array library and no plotting."""
    code = (
        "import sys, separatrix; from separatrix.reports.report import build_report;"
        "from separatrix.writers.terminal import plain_text;"
        "plain_text(build_report(separatrix.analyze(separatrix.load('shi-chen-2018'))));"
        "print([m for m in ('matplotlib', 'numpy', 'scipy', 'sympy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_symbolic_report_of_a_large_model_is_no_wall() -> None:
    """Twenty-four symbols, 27 faces and 15 regimes fit a few screens, in named advantages."""
    text = render_plain(analysed("wang-2023", symbolic=True, scenario="stage-4"))
    assert "Δ_x(0,0) < 0, Δ_y(0,0) < 0, Δ_z(0,0) < 0" in text
    assert "15 regimes" in text
    assert len(text.splitlines()) < 260
    assert "Degenerate (non-generic) continua of equilibria" in text


# --------------------------------------------------------------------------- HTML


class _Page(HTMLParser):
    """Collects tags and checks that they nest."""

    VOID = ("meta", "br", "wbr", "img", "link")

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag


@pytest.mark.parametrize(("source", "symbolic"), CASES)
def test_the_html_report_is_self_contained_and_inert(source: Any, symbolic: bool) -> None:
    """Tags nest; nothing runs, nothing is fetched; the page says its language."""
    page = _Page()
    analysis = analysed(source, symbolic)
    text = render_html(analysis)
    page.feed(text)
    assert page.stack == []
    assert {"math", "table", "title"} <= page.tags
    assert ("svg" in page.tags) is (why_no_figure(analysis) is None)
    assert not page.tags & {"script", "iframe", "object", "embed", "link", "img", "form"}
    assert all(not name.startswith("on") for name, _ in page.attributes)
    fetched = [
        v for n, v in page.attributes if n in ("src", "href", "xlink:href") and not (v or "").startswith("#")
    ]
    assert fetched == []
    assert "default-src 'none'" in text.replace("&#x27;", "'")
    assert '<html lang="en">' in text


def test_two_figures_on_one_page_do_not_share_identifiers() -> None:
    """The identifiers inside a figure carry a key of its own."""
    one, two = (render_html(analysed("shi-chen-2018", scenario=s)) for s in ("bistable", "anti-coordination"))
    ids = [set(re.findall(r'\bid="([^"]+)"', t)) for t in (one, two)]
    assert ids[0]
    assert not ids[0] & ids[1]


# --------------------------------------------------------------------------- LaTeX and Markdown


@pytest.mark.parametrize(("source", "symbolic"), CASES)
def test_the_latex_report_is_balanced_and_inert(source: Any, symbolic: bool) -> None:
    """Braces and environments match, and the only commands are this program's."""
    text = render_latex(analysed(source, symbolic))
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")
    assert re.findall(r"\\begin\{(\w+\*?)\}", text).count("document") == 1
    for name in set(re.findall(r"\\begin\{([\w*]+)\}", text)):
        assert text.count(rf"\begin{{{name}}}") == text.count(rf"\end{{{name}}}")
    assert not re.search(r"\\(input|write18|include|def|catcode|immediate)\b", text)


@pytest.mark.parametrize(("source", "symbolic"), [CASES[1], CASES[7]])
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs a TeX distribution")
def test_the_latex_report_compiles(source: Any, symbolic: bool, tmp_path: Path) -> None:
    """pdfLaTeX makes a document of it without an error."""
    (tmp_path / "report.tex").write_text(render_latex(analysed(source, symbolic)), encoding="utf-8")
    command = ["pdflatex", "-no-shell-escape", "-halt-on-error", "-interaction=batchmode", "report.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0
    assert (tmp_path / "report.pdf").stat().st_size > 10_000


@pytest.mark.parametrize(("source", "symbolic"), CASES)
def test_markdown_tables_have_as_many_cells_as_columns(source: Any, symbolic: bool) -> None:
    """A bar in a name does not open a new cell, and no HTML gets through."""
    text = render_markdown(analysed(source, symbolic))
    blocks = [b.splitlines() for b in text.split("\n\n") if b.lstrip().startswith("|")]
    assert blocks
    for rows in blocks:
        bars = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
        assert len(bars) == 1
    assert not re.search(r"(?<!\\)<\w", re.sub(r"\$[^$]*\$", "", text))


@pytest.mark.parametrize("width", [50, 64, 72, 80, 100, 140])
@pytest.mark.parametrize("slug", ["shi-chen-2018", "mckelvey-mclennan"])
def test_tables_keep_every_word_at_any_width(slug: str, width: int) -> None:
    """No cell is cropped: the words of the last column are all there, however narrow the terminal is."""
    analysis = analysed(slug)
    text = render_plain(analysis, width)
    section = text[text.index("Rest points") : text.index("Basis for each label")]
    assert section.count("Nash") == len(analysis.rest_points)
    assert section.count("strict") == sum(p.strict_nash is True for p in analysis.rest_points)


def test_a_report_without_values_says_nothing_about_values() -> None:
    """A game of symbols alone has no answer "at the given values"."""
    game = {
        "title": "t",
        "parameters": {"a": {}},
        "populations": [
            {"name": "A", "share": "x", "strategies": ["p", "q"]},
            {"name": "B", "share": "y", "strategies": ["p", "q"]},
        ],
        "advantages": {"x": "1", "y": "1 - a"},
    }
    assert "given values" not in render_plain(analysed(game, True))


def test_a_state_of_more_than_two_strategies_has_a_share_for_each() -> None:
    """Shares are named in the introduction, listed in the table, and set apart by population."""
    text = render_plain(analysed("zeeman-1980"))
    assert "x_first, x_second, x_third: shares of Players" in text
    assert "(4/5, 0, 1/5)" in text
    assert "(1/3, 1/3, 1/3) (all mixed)" in text
    own = render_plain(analysed(OWN_PLAY), 120)
    assert "(1; 0, 0, 1)" in own
    assert "Speeds of change: Mills s, Forges 1." in own
    assert "Payoff of Forges in an encounter with Mills." in own


def test_a_rest_set_between_pure_states_is_told_by_its_ends() -> None:
    """With more than two strategies a line of rest points is named by its ends."""
    text = render_plain(analysed(REST_SIDE))
    assert "between (1, 0, 0) and (0, 1, 0)" in text
    assert "S1 ∪ E1 ∪ E2" in text


def test_long_lists_of_rest_points_show_what_matters_first() -> None:
    """Of many rest points the terminal shows those that are stable, or Nash; HTML has them all."""
    analysis = analysed(WIDE)
    text = render_plain(analysis)
    assert "29 further rest points" in text
    shown = re.findall(r"^ +(E\d+) ", text, re.MULTILINE)
    told = {
        p.id for p in analysis.rest_points if p.nash or p.stability in ("asymptotically stable", "stable")
    }
    assert set(shown) == told
    page = render_html(analysis)
    assert all(f">{p.id}<" in page for p in analysis.rest_points)


def test_a_cycle_on_the_boundary_is_told_by_the_strategies_played_in_turn() -> None:
    """Rings of pure states are named, with the verdict on them; the answer mentions one that attracts."""
    found = analysed("rock-paper-scissors-one-population", scenario="bad")
    corners = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    ring = replace(found, cycles=(BoundaryCycle(corners, True, "losers lose more than winners win"),))
    text = render_plain(ring, 120)
    assert "rock → paper → scissors → rock: it attracts the trajectories near it (losers lose more" in text
    assert "The heteroclinic cycle rock → paper → scissors → rock on the" in text


def test_a_game_in_groups_says_what_is_counted_and_at_which_numbers() -> None:
    """The size and the threshold stand in the formulas as numbers, and the report says which."""
    text = render_plain(analysed("n-person-stag-hunt"), 100)
    assert "One population, playing in groups drawn at random: Enterprises." in text
    assert "Groups of N members are drawn at random; k is how many of the others play “invest”." in text
    assert "For N = 6 and M = 3:" in text
    assert "x ≈ 0.723" in text


def test_payoffs_that_move_are_shown_as_they_were_written() -> None:
    """A table whose entries depend on the shares is shown as a table, with its shorthands below."""
    text = render_plain(analysed("dynamic-penalty"), 100)
    assert re.search(r"pollute +−P,  P − k +0,  −d", text)
    assert "P = F + s(1 − x)" in text
    functions = {
        "title": "t",
        "populations": ["A"],
        "payoff_functions": {"A": {"yes": "1 - x^2", "no": "x/2"}},
    }
    text = render_plain(analysed(functions))
    assert "The payoff of a strategy depends on the state." in text
    assert "1 − x²" in text
