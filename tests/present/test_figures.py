"""Figures: what they show, and that they are exact where they can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import separatrix
from present.games import CURVED, HOSTILE, HOSTILE_THREE, REST_EDGES, REST_SIDE, REST_SURFACE, WIDE
from separatrix.dynamics.replicator import replicator
from separatrix.dynamics.trajectory import follow
from separatrix.present.figures import caption_of, portrait_svg, save_figure, why_no_figure
from separatrix.present.figures.canvas import wrapped
from separatrix.present.figures.square import separatrix_arms
from separatrix.present.figures.triangle import place, sides

SVG = "{http://www.w3.org/2000/svg}"
SOURCES = ["shi-chen-2018", "matching-pennies", "hawk-dove-one-population", "mckelvey-mclennan",
           HOSTILE, REST_EDGES, REST_SURFACE, HOSTILE_THREE, REST_SIDE,
           "rock-paper-scissors-one-population", CURVED, "dynamic-penalty", "n-person-stag-hunt"]  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
def test_a_figure_is_sound_and_says_what_it_shows(source: Any) -> None:
    """It is XML with a title, a description and text that stays text; drawn twice it is the same."""
    analysis = separatrix.analyze(separatrix.load(source))
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
        ends = [follow(field, point + np.array([0, side]), points=2).states[-1] for side in (1e-3, -1e-3)]
        if (abs(point - 0.5) < 0.499).all():
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
    assert "needs numbers" in reason
    with pytest.raises(ValueError, match="needs numbers"):
        portrait_svg(analysis)


def test_figures_are_saved_by_their_suffix(tmp_path: Path) -> None:
    """SVG, PNG and PDF are written; anything else is refused."""
    analysis = separatrix.analyze(separatrix.load("shi-chen-2018"))
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
    analysis = separatrix.analyze(separatrix.load("rock-paper-scissors-one-population"))
    found = list(sides(replicator(analysis.game), list(analysis.rest_points), []))
    better = {tuple(sorted((int(a.argmax()), int(b.argmax())))): int((b if way > 0 else a).argmax())
              for a, b, way in found}  # fmt: skip
    assert better == {(0, 1): 1, (1, 2): 2, (0, 2): 0}
    flat = separatrix.analyze(separatrix.load(REST_SIDE))
    stretches = list(sides(replicator(flat.game), list(flat.rest_points), list(flat.rest_sets)))
    assert all(a[2] > 0 or b[2] > 0 for a, b, _ in stretches)
    assert len(stretches) == 3  # the stable state between the first and the third strategy divides their side


def test_a_separatrix_is_promised_only_where_it_is_drawn() -> None:
    """With payoffs that bend nothing is conserved, and the caption speaks of no separatrix."""
    assert "separatrix" in caption_of(separatrix.analyze(separatrix.load("shi-chen-2018")))
    curved = separatrix.analyze(separatrix.load(CURVED))
    assert any(p.stability == "saddle" and len(p.free) == 2 for p in curved.rest_points)
    assert "separatrix" not in caption_of(curved)


def test_a_game_of_another_shape_has_no_portrait_and_says_why() -> None:
    """Two populations of five strategies do not fit on a page."""
    reason = why_no_figure(separatrix.analyze(separatrix.load(WIDE)))
    assert reason is not None
    assert "one population of three strategies" in reason
