"""Portraits drawn from their data: exact nullclines, surfaces, other dynamics, and small multiples."""

from __future__ import annotations

from functools import cache
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import separatrix
from core.present.games import CURVED, HOSTILE, HOSTILE_THREE, REST_EDGES, REST_SIDE, REST_SURFACE, WIDE
from core.present.test_figures import LINE, MANY_POINTS, PAIR, TRIPARTITE
from separatrix.dynamics.fields import DYNAMICS
from separatrix.dynamics.fields.registry import dynamic_of
from separatrix.dynamics.portraits import PhasePortrait
from separatrix.errors import ComesLater, InputError
from separatrix.figures.canvas import style
from separatrix.figures.phase_portrait import Portrait
from separatrix.figures.small_multiples import MOST_PANELS, Multiples
from separatrix.languages import LANGUAGES, language_of
from separatrix.reports.portraits import portraits_document
from separatrix.writers.registry import write_html
from thinning import thinned

SVG = "{http://www.w3.org/2000/svg}"
SOURCES: list[Any] = [
    "shi-chen-2018",
    "hawk-dove-one-population",
    "mckelvey-mclennan",
    "wang-2023",
    "zeeman-1980",
    "rock-paper-scissors-one-population",
    "coordination-123",
    CURVED,
    HOSTILE,
    HOSTILE_THREE,
    REST_EDGES,
    REST_SIDE,
    REST_SURFACE,
    TRIPARTITE,
    PAIR,
    LINE,
    MANY_POINTS,
]


@cache
def portrait_of(number: int) -> PhasePortrait:
    """Return the portrait of one of the sources."""
    return separatrix.portrait(separatrix.load(SOURCES[number]))


def outside(figure: Any) -> list[str]:
    """Return the words of a figure that are cut off at the edges of the page."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    with style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        width, height = figure.bbox.size
        cut = []
        for text in figure.findobj(Text):
            if text.get_text() and text.get_visible():
                box = text.get_window_extent(renderer)
                if min(box.x0, box.y0) < -1 or box.x1 > width + 1 or box.y1 > height + 1:
                    cut.append(text.get_text())
        return cut


@pytest.mark.parametrize("language", LANGUAGES)
@thinned("number", range(len(SOURCES)), each_run=6)
def test_all_words_of_a_whole_portrait_stay_on_the_page(number: int, language: str) -> None:
    """With nullclines in the triangle and surfaces below the cube nothing is cut off."""
    assert outside(Portrait.of(portrait_of(number), language_of(language)).figure) == []


@pytest.mark.parametrize("language", LANGUAGES)
@thinned("number", [1, 8, 9, 13, 14, 15], each_run=3)
def test_all_words_of_small_multiples_stay_on_the_page(number: int, language: str) -> None:
    """Names of any length above the panels, and at their corners."""
    portrait = portrait_of(number)
    names = ["a", "企业集群中的低碳创新合作" * 8, "W" * 80, "<script>", "5"]
    assert outside(Multiples([portrait] * 5, names, language_of(language)).figure) == []


@pytest.mark.parametrize("kind", sorted(DYNAMICS))
@thinned("source", ["stag-hunt-two-populations", "rock-paper-scissors-one-population", LINE], each_run=1)
def test_every_kind_of_dynamics_is_drawn_under_its_name(source: Any, kind: str) -> None:
    """The title names the dynamics, but for the replicator, in both languages."""
    options: dict[str, Any] = {
        "logit": {"eta": 0.5},
        "replicator-mutator": {"mu": 0.05, "when": "always"},
        "payoff-adjusted": {"background": 10_000_000},
    }.get(kind, {})
    portrait = separatrix.portrait(separatrix.load(source), field=kind, **options)
    for code in LANGUAGES:
        words = language_of(code)
        svg = Portrait.of(portrait, words).write("svg").decode()
        title = ElementTree.fromstring(svg).find(f"{SVG}title")
        assert title is not None and title.text is not None
        assert (words.tell(dynamic_of(kind).title) in title.text) is (kind != "replicator")


def test_what_is_left_open_is_drawn_as_such() -> None:
    """Rest points of Smith's dynamics bear no label of the replicator."""
    portrait = separatrix.portrait(separatrix.load("shi-chen-2018"), field="smith")
    shown = " ".join(ElementTree.fromstring(Portrait.of(portrait).write("svg").decode()).itertext())
    assert "undecided" in shown
    assert "asymptotically" not in shown and "saddle" not in shown


def test_a_triangle_of_dynamics_that_leave_faces_promises_no_arrows_on_its_sides() -> None:
    """The description speaks of arrows on the sides only where they are drawn."""
    game = separatrix.load("rock-paper-scissors-one-population")
    for kind, promised in (("replicator", True), ("smith", False)):
        portrait = Portrait.of(separatrix.portrait(game, field=kind))
        description = ElementTree.fromstring(portrait.write("svg").decode()).find(f"{SVG}desc")
        assert description is not None and description.text is not None
        assert ("Arrows on the sides" in description.text) is promised


def test_nullclines_are_drawn_where_they_are() -> None:
    """The dashed lines of the figure are the branches of the data."""
    portrait = separatrix.portrait(separatrix.load(CURVED))
    (axes,) = [a for a in Portrait.of(portrait).figure.axes if a.get_xlim() == (0.0, 1.0)]
    drawn = [line.get_xydata() for line in axes.lines]
    for null in portrait.nullclines:
        for line in null.lines:
            found = any(d.shape == line.shape and np.allclose(d, line) for d in drawn)
            assert found is (null.kind == "advantage")


def test_a_cube_shows_the_nullclines() -> None:
    """One small cube for each share that has one inside."""
    portrait = separatrix.portrait(separatrix.load("wang-2023"), scenario="stage-4")
    svg = Portrait.of(portrait).write("svg").decode()
    shown = [t for e in ElementTree.fromstring(svg).iter(f"{SVG}text") for t in e.itertext()]
    assert [t for t in shown if t.startswith("nullcline of")] == ["nullcline of x", "nullcline of z"]


# --------------------------------------------------------------------------- small multiples


def test_panels_have_one_legend_and_shared_axes() -> None:
    """Labels of all panels stand in it once; ticks are written at the outer panels only."""
    game = separatrix.load("shi-chen-2018")
    scenarios = list(game.scenarios)
    portraits = [separatrix.portrait(game, scenario=s) for s in scenarios]
    figure = Multiples(portraits, scenarios)
    shown = [
        t
        for e in ElementTree.fromstring(figure.write("svg").decode()).iter(f"{SVG}text")
        for t in e.itertext()
    ]
    assert [t for t in shown if t in scenarios] == scenarios
    for word in ("asymptotically stable", "saddle", "source", "separatrix", "today"):
        assert shown.count(word) == 1
    assert shown.count("0.5") == 4
    panels = [a for a in figure.figure.axes if a.get_xlim() == (0.0, 1.0)]
    assert len({round(a.get_position().width, 9) for a in panels}) == 1


def test_too_many_panels_are_refused() -> None:
    """A page has room for twelve; none at all is no figure either."""
    portrait = separatrix.portrait(separatrix.load("hawk-dove-one-population"))
    for count in (0, MOST_PANELS + 1):
        with pytest.raises(InputError) as refused:
            _ = Multiples([portrait] * count, ["a"] * count).figure
        assert refused.value.code == "D643"
    with pytest.raises(ValueError, match=r"svg, \.png or \.pdf"):
        Multiples([portrait], ["a"]).write("bmp")


def test_the_description_tells_each_panel() -> None:
    """Whoever cannot see the figure learns where the rest points of every panel are."""
    game = separatrix.load("hawk-dove-one-population")
    names = ["costly-fight", "worthwhile-fight"]
    figure = Multiples([separatrix.portrait(game, scenario=n) for n in names], names, language_of("zh"))
    description = ElementTree.fromstring(figure.write("svg").decode()).find(f"{SVG}desc")
    assert description is not None and description.text is not None
    assert "costly-fight：均衡点 E1 (0) 为源点" in description.text


# --------------------------------------------------------------------------- documents


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("number", range(len(SOURCES)))
def test_the_summary_is_a_document_of_any_format(number: int, language: str) -> None:
    """Equations, labels and hostile names come out inert."""
    portrait = portrait_of(number)
    page = write_html(portraits_document([portrait] * 2, ["<b>one</b>", "two"], language_of(language)))
    assert "<b>one</b>" not in page and "<script>alert" not in page
    for null in portrait.nullclines:
        if null.kind != "everywhere":
            assert (null.solved or null.equation).replace(" ", "\u00a0").replace("<", "&lt;") in page


def test_a_game_of_another_shape_has_no_portrait() -> None:
    """It is refused before anything is analysed."""
    with pytest.raises(ComesLater) as refused:
        separatrix.portrait(separatrix.load(WIDE))
    assert refused.value.code == "D641"
