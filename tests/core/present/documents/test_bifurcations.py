"""Bifurcation diagrams as people see them: words, tables, pictures."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import xml.etree.ElementTree as ElementTree

import pytest

import separatrix
from core.present.games import HOSTILE, HOSTILE_THREE
from separatrix.document.state_names import exactly, value_in_words
from separatrix.dynamics.bifurcation.result import BifurcationDiagram
from separatrix.expression.parser import parse_expression
from separatrix.figures.bifurcation import bifurcation_svg, draw_bifurcation
from separatrix.figures.canvas import raster_or_pdf, style
from separatrix.languages import Language, language_of
from separatrix.reports.portraits import bifurcation_csv, bifurcation_document, bifurcation_json
from separatrix.writers.registry import write

EN, ZH = language_of("en"), language_of("zh")


@pytest.fixture(scope="module")
def coal() -> BifurcationDiagram:
    """The coal-safety game over the reward from above."""
    return separatrix.bifurcation_diagram(separatrix.load("coal-safety"), ("H", 0, 15))


@pytest.fixture(scope="module")
def hostile() -> BifurcationDiagram:
    """A game whose names try to break out of every format."""
    return separatrix.bifurcation_diagram(separatrix.load(HOSTILE), ("a", 0, 3))


def written(diagram: BifurcationDiagram, words: Language, format: str) -> str:
    """The document in one format."""
    return write(bifurcation_document(diagram, words), format).content.decode()


def test_every_format_tells_the_named_points(coal: BifurcationDiagram) -> None:
    """The text says where, what and why."""
    for words, needed in (
        (EN, ["edge at rest", r"\frac{5 H - 6}{39}"]),
        (ZH, ["整条边静止", "渐近稳定"]),
    ):
        text = written(coal, words, "md")
        for part in ("1.2", "E5", *needed):
            assert part in text, (words.code, part)


def test_no_english_is_left_in_chinese() -> None:
    """Everything that a diagram with folds, exchanges and a Hopf point says is told in Chinese."""
    from core.dynamics.bifurcation.games import own_shares

    diagram = separatrix.bifurcation_diagram(own_shares(), ("m", 0, 4))
    for point in diagram.points:
        told = ZH.tell(point.reason)
        assert not any(word in told for word in ("and", "the", "branch", "state")), told
    assert "exact" not in ZH.tell(diagram.how_sure)


def test_csv_holds_every_sample(coal: BifurcationDiagram) -> None:
    """One line a sample, with numbers that read back exactly."""
    rows = list(csv.DictReader(io.StringIO(bifurcation_csv(coal))))
    assert len(rows) == sum(len(p.values) for b in coal.branches for p in b.pieces)
    centre = [r for r in rows if r["branch"] == "E5"]
    assert {r["stability"] for r in centre} == {"centre"}
    for row in centre:
        assert float(row["x"]) == pytest.approx(5 / 39 * float(row["H"]) - 2 / 13, abs=1e-12)


def test_json_is_the_plain_data(coal: BifurcationDiagram) -> None:
    """What is written is what `to_dict` says, with exact values and provenance."""
    told = json.loads(bifurcation_json(coal))
    assert told == json.loads(json.dumps(coal.to_dict()))
    assert told["schema"] == 1 and told["provenance"]["program"] == "separatrix"
    assert [(p["kind"], p["exact"]) for p in told["points"]] == [("edge", "6/5"), ("edge", "9")]


@pytest.mark.parametrize(
    ("text", "shown"), [("6/5", "6/5"), ("7/2 - 3/2*sqrt(5)", "7/2 − 3/2·√5"), ("sqrt(2)", "√2")]
)
def test_closed_forms_are_short(text: str, shown: str) -> None:
    """Exact values are written as people write them."""
    assert exactly(parse_expression(text)) == shown


def test_a_decimal_that_says_all_stands_alone(coal: BifurcationDiagram) -> None:
    """1.2 is exact; no fraction beside it."""
    assert [value_in_words(p, EN) for p in coal.points] == ["1.2", "9"]


# --------------------------------------------------------------------------- pictures


def texts(svg: str) -> list[str]:
    """The texts of a picture."""
    root = ElementTree.fromstring(svg)
    return ["".join(e.itertext()).strip() for e in root.iter() if e.tag.endswith(("text", "title", "desc"))]


def test_the_picture_names_points_and_branches(coal: BifurcationDiagram) -> None:
    """Letters, branches, labels and today's value are in the picture, and in its description."""
    found = texts(bifurcation_svg(coal))
    for needed in ("a", "b", "E5", "E3, E4", "asymptotically stable", "today: H = 0"):
        assert needed in found
    title, description = found[:2]
    assert title == "Bifurcation diagram: Safety investment by coal mines under supervision"
    assert "E5 is centre from 1.2 to 9." in description and "a  H = 1.2, edge at rest" in description


def test_the_picture_is_the_same_every_time(coal: BifurcationDiagram) -> None:
    """Two drawings of one diagram are the same bytes."""
    assert bifurcation_svg(coal) == bifurcation_svg(coal)


def test_chinese_pictures() -> None:
    """A Chinese picture has Chinese words for lines and points."""
    game = separatrix.translate(separatrix.load("coal-safety"), "zh")
    found = texts(bifurcation_svg(separatrix.bifurcation_diagram(game, ("H", 0, 15)), ZH))
    assert "渐近稳定" in found and any("整条边静止" in t for t in found)


@pytest.mark.parametrize("code", ["en", "zh"])
def test_hostile_names_stay_inert(hostile: BifurcationDiagram, code: str) -> None:
    """Names of scripts and commands are text in pictures and pages."""
    words = language_of(code)
    svg = bifurcation_svg(hostile, words)
    ElementTree.fromstring(svg)
    assert "<script" not in svg and "\u202e" not in svg
    page = written(hostile, words, "html")
    assert "<script>alert" not in page
    assert "\\input{/etc" not in written(hostile, words, "tex")
    with style():
        for kind in ("png", "pdf"):
            assert raster_or_pdf(draw_bifurcation(hostile, words), kind, hostile.game.title)


def test_three_hostile_strategies() -> None:
    """One panel a strategy, whatever the strategies are called."""
    raw = {**HOSTILE_THREE, "parameters": {"k": 1}, "payoff_matrix": [[0, 6, -4], [-3, 0, "5*k"], [-1, 3, 0]]}
    diagram = separatrix.bifurcation_diagram(separatrix.load(raw), ("k", "1/2", 2))
    svg = bifurcation_svg(diagram)
    ElementTree.fromstring(svg)
    assert "<script" not in svg


def test_too_many_shares_are_refused() -> None:
    """Eleven panels do not fit on a page."""
    diagram = separatrix.bifurcation_diagram(separatrix.load("coal-safety"), ("H", 0, 1))
    wide = dataclasses.replace(diagram.game.populations[0], share="s")
    many = dataclasses.replace(diagram.game, populations=(wide,) * 11)
    with pytest.raises(ValueError, match="11 shares"):
        draw_bifurcation(dataclasses.replace(diagram, game=many), EN)
