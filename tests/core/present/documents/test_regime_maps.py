"""Regime maps for people: the figure, the tables, and names that mean harm."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

import separatrix
from core.present.games import HOSTILE
from separatrix.dynamics.regime_maps import RegimeMap
from separatrix.figures.regime_map import draw_regime_map
from separatrix.languages import language_of
from separatrix.reports.portraits import regime_map_csv, regime_map_document, regime_map_json, regime_map_text
from separatrix.writers.registry import write_html

SVG = "{http://www.w3.org/2000/svg}"

BAD: dict[str, Any] = {
    **HOSTILE,
    "parameters": {
        **HOSTILE["parameters"],
        "b_max": {"meaning": "<script>alert(4)</script> \u202e \\input{x}", "unit": "=cmd|'x'", "value": 2},
    },
    "bimatrix": [[["a - 成本", "b_max - a"], [0, 1]], [[1, 0], ["b_max", "1/3"]]],
}


def coal(language: str = "en") -> RegimeMap:
    """Return a map with four regimes and two points."""
    game = separatrix.translate(separatrix.load("coal-safety"), language)
    return separatrix.regime_map(game, {"H": (0, 20), "F": (0, 20)}, grid=(41, 41))


def hostile() -> RegimeMap:
    """Return a map of a game whose names mean harm."""
    return separatrix.regime_map(separatrix.load(BAD), {"a": (0, 4), "b_max": (0, 4)}, grid=(9, 9))


def texts(svg: bytes) -> list[str]:
    """Return what a reader of the picture reads."""
    return ["".join(node.itertext()).strip() for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_figure_says_what_it_shows() -> None:
    """It has letters in areas, equations, meanings on its axes, a title, and a description."""
    svg = draw_regime_map(coal())
    seen = texts(svg)
    assert {"A", "B", "C", "D"} <= set(seen)
    assert "H = 9" in seen and "F = 12 − 5/3·H" in seen
    assert any(text.startswith("F: fine for an unsafe mine") for text in seen)
    assert "borders meet" in seen
    assert any(text.startswith(("today: H", "baseline: H")) for text in seen)
    root = ElementTree.fromstring(svg)
    title, description = (root.find(f"{SVG}{name}") for name in ("title", "desc"))
    assert title is not None and "Regimes over H and F" in (title.text or "")
    assert description is not None and "C: no stable state" in (description.text or "")


def test_areas_differ_by_pattern_and_not_by_colour_alone() -> None:
    """Whoever sees no colours tells the areas apart by their hatching."""
    root = ElementTree.fromstring(draw_regime_map(coal()))
    assert len(list(root.iter(f"{SVG}pattern"))) >= 3


def test_the_figure_in_chinese_has_no_english_left() -> None:
    """Names come from the translation of the game, everything else from the language."""
    seen = texts(draw_regime_map(coal("zh"), "svg", language_of("zh")))
    assert any("安全投入" in text for text in seen)
    assert not [t for t in seen if any(w in t for w in ("stable", "today", "border", "supervision"))]


@pytest.mark.parametrize("format", ["png", "pdf"])
def test_other_formats_are_written(format: Any) -> None:
    """PNG and PDF begin as such files do."""
    assert draw_regime_map(coal(), format)[:4] in (b"\x89PNG", b"%PDF")


def test_the_same_map_is_drawn_to_the_same_bytes() -> None:
    """Figures go into papers under version control."""
    assert draw_regime_map(coal()) == draw_regime_map(coal())


def test_an_unknown_format_is_refused() -> None:
    """The message names those that there are."""
    with pytest.raises(ValueError, match=r"\.svg, \.png or \.pdf"):
        draw_regime_map(coal(), "gif")


def test_hostile_names_come_out_inert() -> None:
    """No markup in SVG and HTML, no formula in CSV, no sign that turns text around in the figure."""
    found = hostile()
    svg = draw_regime_map(found).decode()
    assert "<script" not in svg and "\u202e" not in svg
    ElementTree.fromstring(svg)
    assert "<script" not in write_html(regime_map_document(found, language_of("en")))
    rows = list(csv.reader(io.StringIO(regime_map_csv(found))))
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "@")]
    assert len(regime_map_text(found, language_of("zh")).splitlines()) > 10


def test_the_table_tells_regimes_borders_and_how_sure() -> None:
    """The text holds each regime, what changes on each border, where borders meet, and the argument."""
    told = regime_map_text(coal())
    assert "F = 15/2" in told and "(27/10, 15/2)" in told
    assert "H − 9 > 0: E4 (invest in safety, strict supervision) becomes stable" in told
    assert "Today (H = 0, F = 10): D" in told.replace("\u00a0", " ")
    assert "Certainty: Exact" in told and "Ritzberger" in told


def test_a_regime_beyond_the_window_is_told_as_such() -> None:
    """On the window's edge the far side of a border is named, and not as if it were inside."""
    game = separatrix.load("coal-safety")
    found = separatrix.regime_map(game, {"H": (9, 20), "F": ("15/2", 20)}, grid=(4, 4))
    told = regime_map_text(found)
    assert "The whole window is one regime: E4 (invest in safety, strict supervision)." in told
    assert "(beyond the window)" in told


def test_json_is_the_answer_as_data() -> None:
    """The same as `to_dict`, in one line."""
    import json

    found = coal()
    assert json.loads(regime_map_json(found)) == json.loads(json.dumps(found.to_dict()))
