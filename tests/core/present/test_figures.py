"""Figures: what they show, and that they are exact where they can be."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import separatrix
from core.present.games import CURVED, HOSTILE, HOSTILE_THREE, REST_EDGES, REST_SIDE, REST_SURFACE, WIDE
from published_cases import analysed
from separatrix.document.fonts import installed_cjk_font
from separatrix.dynamics.bimatrix_separatrix import separatrix_arms
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.trajectory import follow
from separatrix.dynamics.streamlines import even_streamlines
from separatrix.figures.canvas import places_of_names, shortened, style, width_of, wrapped
from separatrix.figures.phase_portrait import (
    Portrait,
    caption_of,
    draw,
    portrait_svg,
    save_figure,
    title_of,
    why_no_figure,
)
from separatrix.figures.square import place, sides
from separatrix.languages import LANGUAGES, language_of
from thinning import thinned

SVG = "{http://www.w3.org/2000/svg}"
SOURCES = [
    "shi-chen-2018",
    "matching-pennies",
    "hawk-dove-one-population",
    "mckelvey-mclennan",
    HOSTILE,
    REST_EDGES,
    REST_SURFACE,
    HOSTILE_THREE,
    REST_SIDE,
    "rock-paper-scissors-one-population",
    CURVED,
    "dynamic-penalty",
    "n-person-stag-hunt",
]


@pytest.mark.parametrize("source", SOURCES)
def test_a_figure_is_sound_and_says_what_it_shows(source: Any) -> None:
    """It is XML with a title, a description and text that stays text; drawn twice it is the same."""
    analysis = analysed(source)
    svg = portrait_svg(analysis)
    root = ElementTree.fromstring(svg)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text is not None
    assert analysis.game.title in title.text
    assert description is not None
    assert description.text is not None
    assert "E1" in description.text
    words = " ".join(t for t in root.itertext())
    assert analysis.game.populations[0].strategies[0].name[:4] in words
    assert svg == portrait_svg(analysis)


@pytest.mark.parametrize("scenario", ["bistable", "anti-coordination"])
def test_the_separatrix_is_a_level_set_and_divides_what_it_should(scenario: str) -> None:
    """H is constant along it; starts a hair to either side end in different corners."""
    field = replicator(separatrix.load("shi-chen-2018"), scenario=scenario)
    arms = separatrix_arms(field)
    assert arms is not None
    (f0, f1), (g0, g1) = field.corners
    p, q, r, s = f1 - f0, -f0, g1 - g0, -g0
    inside = arms[(arms > 1e-9).all(axis=1) & (arms < 1 - 1e-9).all(axis=1)]
    x, y = inside.T
    level = s * np.log(x) + (r - s) * np.log(1 - x) - q * np.log(y) - (p - q) * np.log(1 - y)
    assert len(inside) > 40
    assert level == pytest.approx(level[0], abs=1e-6)
    for point in inside[::12]:
        if (abs(point - 0.5) < 0.499).all():
            ends = [follow(field, point + np.array([0, side]), points=2).states[-1] for side in (1e-3, -1e-3)]
            assert ends[0].round().tolist() != ends[1].round().tolist()


@pytest.mark.parametrize("scenario", ["cooperation-dominant", "decline-dominant"])
def test_without_an_interior_saddle_there_is_no_separatrix(scenario: str) -> None:
    """Where one strategy dominates, one corner takes all."""
    assert separatrix_arms(replicator(separatrix.load("shi-chen-2018"), scenario=scenario)) is None


def test_a_game_without_numbers_has_no_portrait_and_says_why() -> None:
    """Symbols alone cannot be drawn."""
    game = separatrix.load({"title": "t", "parameters": {"a": {}}, "payoff_matrix": [["a", 0], [1, 2]]})
    analysis = separatrix.analyze(game, symbolic=True)
    reason = why_no_figure(analysis)
    assert reason is not None
    assert "have no value" in reason
    with pytest.raises(ValueError, match="have no value"):
        portrait_svg(analysis)


def test_figures_are_saved_by_their_suffix(tmp_path: Path) -> None:
    """SVG, PNG and PDF are written; anything else is refused."""
    analysis = analysed("shi-chen-2018")
    for suffix, start in ((".svg", b"<svg"), (".png", b"\x89PNG"), (".pdf", b"%PDF")):
        assert save_figure(analysis, tmp_path / f"figure{suffix}").read_bytes().startswith(start)
    with pytest.raises(ValueError, match=r"svg, \.png or \.pdf"):
        save_figure(analysis, tmp_path / "figure.bmp")


def test_axis_labels_wrap_chinese_by_its_width() -> None:
    """A Chinese character is two Latin ones wide and may end a line."""
    lines = wrapped("x: share of 企业集群中的低碳创新合作主体甲 that plays", 20)
    assert len(lines) == 3
    assert "".join(lines).replace(" ", "") == "x:shareof企业集群中的低碳创新合作主体甲thatplays"


def test_corners_of_the_triangle_are_equally_far_apart() -> None:
    """The three pure states stand at the corners of a triangle with sides of length one."""
    corners = place(np.eye(3))
    for a, b in ((0, 1), (1, 2), (2, 0)):
        assert np.hypot(*(corners[a] - corners[b])) == pytest.approx(1)
    assert place([1 / 3, 1 / 3, 1 / 3]) == pytest.approx(corners.mean(axis=0))


def test_arrows_on_the_sides_point_to_the_better_strategy() -> None:
    """Paper beats rock, scissors beat paper, rock beats scissors; where all earn the same is no arrow."""
    analysis = analysed("rock-paper-scissors-one-population")
    found = list(sides(replicator(analysis.game), list(analysis.rest_points), []))
    better = {
        tuple(sorted((int(a.argmax()), int(b.argmax())))): int((b if way > 0 else a).argmax())
        for a, b, way in found
    }
    assert better == {(0, 1): 1, (1, 2): 2, (0, 2): 0}
    flat = separatrix.analyze(separatrix.load(REST_SIDE))
    stretches = list(sides(replicator(flat.game), list(flat.rest_points), list(flat.rest_sets)))
    assert all(a[2] > 0 or b[2] > 0 for a, b, _ in stretches)
    assert len(stretches) == 3  # the stable state between the first and the third strategy divides their side


def test_a_separatrix_is_promised_only_where_it_is_drawn() -> None:
    """With payoffs that bend nothing is conserved, and the caption speaks of no separatrix."""
    assert "separatrix" in caption_of(analysed("shi-chen-2018"))
    curved = separatrix.analyze(separatrix.load(CURVED))
    assert any(p.stability == "saddle" and len(p.free) == 2 for p in curved.rest_points)
    assert "separatrix" not in caption_of(curved)


def test_a_game_of_another_shape_has_no_portrait_and_says_why() -> None:
    """Two populations of five strategies do not fit on a page."""
    reason = why_no_figure(separatrix.analyze(separatrix.load(WIDE)))
    assert reason is not None
    assert "one population of three strategies" in reason


# --------------------------------------------------------------------------- languages and formats

TRIPARTITE: dict[str, Any] = {
    "title": "企业、公众与政府",
    "populations": [
        {
            "name": "长三角生态绿色一体化发展示范区内的高耗能制造业企业集群",
            "share": "x_of_the_enterprises",
            "strategies": ["积极参与低碳技术合作创新并披露信息", "不合作"],
        },
        {"name": "W" * 60, "share": "y", "strategies": ["W" * 40, "不参与"]},
        {"name": "政府", "share": "zeta", "strategies": ["监管", "不监管"]},
    ],
    "advantages": {
        "x_of_the_enterprises": "(y - 1/2)*(zeta - 1/3)",
        "y": "(x_of_the_enterprises - 1/2)*(zeta - 2/3)",
        "zeta": "(x_of_the_enterprises - 1/4)*(y - 1/3)",
    },
    "today": {"x_of_the_enterprises": "1/2", "y": "1/2", "zeta": "1/2"},
}
PAIR: dict[str, Any] = {
    "title": "两个集群",
    "populations": TRIPARTITE["populations"][:2],
    "bimatrix": [[[1000000, 2], [0, 1]], [[0, 1], [1, 2]]],
}
LINE: dict[str, Any] = {
    "title": "鹰鸽博弈",
    "populations": [{"name": "参与人" * 20, "share": "x", "strategies": ["鹰" * 40, "鸽"]}],
    "payoff_matrix": [[-2000000, 4000000], [0, "7/3"]],
}
MANY_POINTS: dict[str, Any] = {
    "title": "Forty-eight rest points",
    "populations": [{"name": s.upper(), "share": s, "strategies": ["a", "b"]} for s in "xyz"],
    "advantages": {"x": "(x - 1/3)*(x - 2/3)", "y": "(y - 1/3)*(y - 2/3)", "z": "z - 1/2"},
}


@pytest.mark.parametrize("language", LANGUAGES)
@thinned("source", [*SOURCES, "wang-2023", TRIPARTITE, PAIR, LINE, MANY_POINTS], each_run=9)
def test_all_words_stay_on_the_page(source: Any, language: str) -> None:
    """Long names, names without spaces and dozens of rest points leave nothing cut off at the edges."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    portrait = Portrait(analysed(source), language_of(language))
    with style():
        renderer = FigureCanvasAgg(portrait.figure).get_renderer()
        width, height = portrait.figure.bbox.size
        for text in portrait.figure.findobj(Text):
            if text.get_text() and text.get_visible():
                box = text.get_window_extent(renderer)
                assert min(box.x0, box.y0) > -1, text.get_text()
                assert box.x1 < width + 1, text.get_text()
                assert box.y1 < height + 1, text.get_text()


@pytest.mark.parametrize("source", [*SOURCES, "wang-2023"])
def test_figures_speak_the_language_of_the_report(source: Any) -> None:
    """Title, description, legend and axes are Chinese; names stay as the file has them."""
    analysis = analysed(source)
    words = language_of("zh")
    root = ElementTree.fromstring(portrait_svg(analysis, words))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert (title.text or "").startswith(title_of(analysis, words)[:4])
    assert description is not None
    assert (description.text or "").startswith(caption_of(analysis, words))
    assert "均衡点：E1" in (description.text or "")
    shown = {t for element in root.iter(f"{SVG}text") for t in element.itertext()}
    labels = {p.stability for p in analysis.rest_points if p.stability is not None}
    assert {words.labels[label] for label in labels} <= shown
    english = ("stable", "saddle", "source", "share of", "stands still", "courses", "today", "continu")
    assert not [word for word in english for text in shown if word in text]


def test_a_figure_without_numbers_is_explained_in_the_language() -> None:
    """The reason is told in Chinese where the report is."""
    game = separatrix.load({"title": "t", "parameters": {"a": {}}, "payoff_matrix": [["a", 0], [1, 2]]})
    reason = why_no_figure(separatrix.analyze(game, symbolic=True), language_of("zh"))
    assert reason is not None
    assert "取值" in reason


def test_a_portrait_is_drawn_once_for_all_its_formats() -> None:
    """Each format writes the same figure, and none of them changes what the next one writes."""
    analysis = separatrix.analyze(separatrix.load(TRIPARTITE))
    portrait = Portrait(analysis, language_of("zh"))
    svg, figure = portrait.write("svg"), portrait.figure
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert portrait.write("png").startswith(b"\x89PNG")
        assert portrait.write("pdf").startswith(b"%PDF")
    assert portrait.figure is figure
    assert portrait.write("svg") == svg == draw(analysis, "svg", language_of("zh"))
    with pytest.raises(ValueError, match=r"svg, \.png or \.pdf"):
        portrait.write("bmp")


def test_a_title_of_ones_own_is_what_the_file_says() -> None:
    """A document that shows several scenarios tells them apart; control characters are left out."""
    analysis = analysed("shi-chen-2018")
    root = ElementTree.fromstring(draw(analysis, title="Scenario <b> & \u202e\x0b of mine"))
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == "Scenario <b> &    of mine"


def test_chinese_in_a_picture_has_a_font_or_a_warning() -> None:
    """Where no font with Chinese characters is installed, the warning names the package that has one."""
    portrait = Portrait(separatrix.analyze(separatrix.load(TRIPARTITE)), language_of("zh"))
    for kind in ("png", "pdf"):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            portrait.write(kind)
        if installed_cjk_font() is None:
            assert any("fonts-noto-cjk" in str(w.message) for w in told)
        else:
            assert [str(w.message) for w in told] == []


def test_figures_of_one_page_share_no_identifier() -> None:
    """Scenarios with the same title stand in one HTML page; their clips and marks do not mix."""
    game = separatrix.load("coal-safety")
    found = []
    for scenario in game.scenarios:
        root = ElementTree.fromstring(portrait_svg(separatrix.analyze(game, scenario=scenario)))
        names = {e.attrib["id"] for e in root.iter() if "id" in e.attrib}
        references = {
            value.split("#")[1].rstrip(")")
            for e in root.iter()
            for name, value in e.attrib.items()
            if (name.endswith("href") or name == "clip-path") and "#" in value
        }
        assert references <= names
        found.append(names)
    assert len(set().union(*found)) == sum(len(names) for names in found)


# --------------------------------------------------------------------------- words and places


def test_chinese_punctuation_begins_no_line() -> None:
    """Commas and closing quotation marks stay with the character before, opening ones with that after."""
    text = "其中采取“合作创新”策略的企业，以及“不合作”的企业、公众。"
    for width in range(6, 40):
        lines = wrapped(text, width)
        assert "".join(lines) == text
        assert not [row for row in lines if row[0] in "，、。”" or row[-1] == "“"]


def test_words_that_are_wider_than_a_line_are_cut() -> None:
    """A name without spaces is broken, and what does not fit ends in an ellipsis."""
    assert wrapped("W" * 25, 10) == ["W" * 10, "W" * 10, "W" * 5]
    lines = shortened("W" * 500, 100, 2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(width_of(row) <= 100 for row in lines)


def test_lines_of_a_label_are_about_as_long() -> None:
    """No last line of a single character."""
    lines = shortened("产业集群中的龙头企业乙中采取合作创新策略的比例", 210, 3)
    assert len(lines) == 2
    assert abs(len(lines[0]) - len(lines[1])) <= 2


@pytest.mark.parametrize(
    "source",
    ["mckelvey-mclennan", "wang-2023", "coordination-123", CURVED, TRIPARTITE, HOSTILE_THREE],
)
def test_names_of_rest_points_overlap_neither_each_other_nor_marks(source: Any) -> None:
    """Every rest point that is drawn can be told by its name."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Annotation

    portrait = Portrait(analysed(source))
    with style():
        renderer = FigureCanvasAgg(portrait.figure).get_renderer()
        names = [t for t in portrait.figure.findobj(Annotation) if t.get_text().startswith("E")]
        boxes = [t.get_window_extent(renderer) for t in names]
        places = [t.axes.transData.transform(t.xy) for t in names]
    assert len(names) == sum(p.state is not None for p in portrait.analysis.rest_points)
    for k, box in enumerate(boxes):
        for j, other in enumerate(boxes):
            if j != k:
                wide, high = (
                    min(getattr(box, side + "1"), getattr(other, side + "1"))
                    - max(getattr(box, side + "0"), getattr(other, side + "0"))
                    for side in "xy"
                )
                # The boxes hold room for descenders, which no name has.
                assert min(wide, high) < 4, (names[k].get_text(), names[j].get_text())
        for x, y in places:
            assert not (box.x0 < x < box.x1 and box.y0 < y < box.y1), names[k].get_text()


def test_a_name_stands_where_it_is_wished_unless_something_is_there() -> None:
    """Alone it keeps its direction; a mark in the way turns it aside."""
    inside = (0.0, 0.0, 100.0, 100.0)
    ((x, y),) = places_of_names([(50, 50)], [(12, 8)], [(1, 0)], inside)
    assert y == pytest.approx(50)
    assert x > 50
    (first, _) = places_of_names([(50, 50), (64, 50)], [(12, 8)] * 2, [(1, 0)] * 2, inside)
    assert abs(first[1] - 50) > 4 or first[0] < 50


def test_trajectories_keep_their_distance() -> None:
    """Trajectories cover the square evenly: none comes near another, and no place is far from all."""
    flow = replicator(separatrix.load("shi-chen-2018"))
    grid = (np.arange(20) + 0.5) / 20
    starts = [(float(x), float(y)) for x in grid for y in grid]
    trajectories = even_streamlines(flow, starts, np.asarray)
    assert len(trajectories) > 10
    for k, orbit in enumerate(trajectories):
        others = np.concatenate([c for j, c in enumerate(trajectories) if j != k])
        assert np.sqrt(((orbit[:, None] - others) ** 2).sum(axis=-1)).min() > 0.015
    every = np.concatenate(trajectories)
    far = np.sqrt(((np.array(starts)[:, None] - every) ** 2).sum(axis=-1)).min(axis=1)
    assert far.max() < 0.1


def test_the_name_of_a_step_is_nearest_to_its_own_dot() -> None:
    """Of two dots close to each other as of ten anywhere, no name is nearer to another dot."""
    import random

    from matplotlib.text import Annotation

    from separatrix_cluster.diagnosis.decomposition import STATES
    from separatrix_cluster.figures.diagnosis import draw_decoupling_plane

    rng = random.Random(4)
    drawn = [[(rng.uniform(-0.1, 0.1), rng.uniform(-0.1, 0.1)) for _ in range(3)] for _ in range(8)]
    for dots in ([(0.0316, 0.0222), (0.0187, 0.0218)], *drawn):
        steps = [(f"{2020 + k}–{2021 + k}", x, y) for k, (x, y) in enumerate(dots)]
        figure = draw_decoupling_plane(steps, {s: str(s) for s in STATES}, "x", "y")
        figure.draw_without_rendering()
        axes = figure.axes[0]
        places = axes.transData.transform(dots)
        for own, name in enumerate(t for t in axes.texts if isinstance(t, Annotation)):
            box = name.get_window_extent()
            apart = [
                max(box.x0 - x, x - box.x1, 0.0) ** 2 + max(box.y0 - y, y - box.y1, 0.0) ** 2
                for x, y in places
            ]
            assert apart[own] == min(apart), (dots, own)
