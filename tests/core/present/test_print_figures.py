"""Figures that survive print: what is told apart without colour, and nothing that lies on something else."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text

import separatrix
from separatrix.dynamics.basin_boundaries.critical_shock import CriticalShock, Push
from separatrix.dynamics.statistics import free_letters
from separatrix.errors import SeparatrixError
from separatrix.figures.bifurcation import draw_bifurcation
from separatrix.figures.canvas import line_style, style
from separatrix.figures.critical_shock import draw_shock_by_share, shock_picture
from separatrix.figures.cube import CORNERS, USUAL, View, view_of
from separatrix.figures.phase_portrait import Portrait
from separatrix.figures.regime_map import CLEAR, regime_map_figure
from separatrix.figures.sensitivity import draw_fan, ends_of
from separatrix.figures.small_multiples import Multiples
from separatrix.figures.trajectory_set import draw_case_trajectories
from separatrix.game.model import Game
from separatrix.languages import LANGUAGES, language_of

ENGLISH = language_of("en")
PAPER = separatrix.load("shi-chen-2018")
CENTRED: dict[str, Any] = {
    "title": "A hawk and a dove",
    "payoff_matrix": [["(B - A)/2", "B"], [0, "B/2"]],
    "parameters": {"A": {"value": 3, "range": [0, 6]}, "B": {"value": 2, "range": [0, 4]}},
}
"""Its parameters are called by the letters that regimes would have."""


def texts(figure: Any) -> list[str]:
    """Return what a reader of a figure reads."""
    return [t.get_text() for t in figure.findobj(Text) if t.get_text()]


@pytest.mark.parametrize("scale", ["1", "30", "100000", "1/1000", "1/1000000"])
def test_times_on_an_axis_stand_apart(scale: str) -> None:
    """Payoffs in thousands settle in ten-thousandths: labels are fewer then, and none lies on another."""
    pay = [[f"3*{scale}", f"1*{scale}"], [0, f"2*{scale}"]]
    game = {"populations": ["A", "B"], "bimatrix": [[[a, a] for a in row] for row in pay]}
    found = separatrix.trajectories(separatrix.load(game), {"start": [(0.3, 0.4), (0.6, 0.9)]})
    with style():
        figure = draw_case_trajectories(["one", "two"], [found, found], ENGLISH)
        figure.canvas.draw()
    for axes in figure.axes:
        shown = [t.get_window_extent() for t in axes.get_xticklabels() if t.get_text()]
        assert len(shown) > 1
        assert all(a.x1 < b.x0 for a, b in pairwise(shown))


@pytest.mark.parametrize("place", [(1.5, 3.0), (3.0, 1.0), (5.0, 1.0), (2.0, 3.9)])
def test_letters_of_a_regime_map_keep_off_the_star(place: tuple[float, float]) -> None:
    """Wherever the values lie, also where the letter would stand best."""
    a, b = place
    source = CENTRED | {"parameters": {"A": {"value": a}, "B": {"value": b}}}
    found = separatrix.regime_map(separatrix.load(source), {"A": (0, 6), "B": (0, 4)}, grid=(60, 60))
    with style():
        figure = regime_map_figure(found, ENGLISH)
        figure.canvas.draw()
    axes = figure.axes[0]
    star = axes.transData.transform(place) * 72 / figure.dpi
    letters = [t for t in axes.texts if t.get_text() in {r.letter for r in found.regimes}]
    assert letters
    for letter in letters:
        middle = axes.transData.transform(letter.get_position()) * 72 / figure.dpi
        assert np.hypot(*(middle - star)) > CLEAR - 2  # a pixel of the raster on which places are looked for


def test_no_letter_is_also_a_symbol_of_the_game() -> None:
    """Neither of regimes nor of what happens along a parameter."""
    game = separatrix.load(CENTRED)
    found = separatrix.regime_map(game, {"A": (0, 6), "B": (0, 4)}, grid=(20, 20))
    letters = [r.letter for r in found.regimes if r.letter]
    assert letters[:2] == ["C", "D"]
    taken = separatrix.load({"payoff_matrix": [["4 - a", "-a"], [0, 0]], "parameters": {"a": 1}})
    diagram = separatrix.bifurcation_diagram(taken, ("a", -2, 6))
    assert [p.id for p in diagram.points] == ["b", "c"]
    names = free_letters(taken, "ab")
    assert [next(names) for _ in range(4)] == ["b", "a2", "b2", "a3"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("source", "scenario"), [(CENTRED, None), ("shi-chen-2018", "bistable")])
def test_todays_values_are_told_only_where_the_game_says_what_is_today(
    source: Any, scenario: str | None, language: str
) -> None:
    """Values of a file without `today` are the baseline, those of a scenario its own."""
    words = language_of(language)
    game = separatrix.translate(separatrix.load(source), language)
    first, second = list(game.parameters)[:2]
    found = separatrix.regime_map(game, {first: (0, 6), second: (0, 20)}, scenario=scenario, grid=(20, 20))
    diagram = separatrix.bifurcation_diagram(game, (first, 0, 12), scenario=scenario)
    with style():
        shown = texts(regime_map_figure(found, words)) + texts(draw_bifurcation(diagram, words))
    assert not any(words.STANDING_TODAY in text for text in shown)


def test_branches_of_pure_states_lie_on_their_shares() -> None:
    """On 0 and 1 exactly, however many coincide; what happens there is named in the legend."""
    diagram = separatrix.bifurcation_diagram(PAPER, ("pi1", 0, 20))
    with style():
        figure = draw_bifurcation(diagram, ENGLISH)
    for share, axes in enumerate(a for a in figure.axes if a.get_ylim() == (-0.05, 1.05)):
        drawn = {tuple(np.asarray(line.get_ydata(), float).tolist()) for line in axes.lines}
        for branch in diagram.branches:
            for piece in branch.pieces:
                assert tuple(state[share] for state in piece.states) in drawn
            if branch.pure:
                assert {state[share] for piece in branch.pieces for state in piece.states} <= {0.0, 1.0}
    shown = texts(figure)
    assert "edge at rest" in shown
    assert any("π₁" in text for text in shown)
    assert not any("pi1" in text for text in shown)


def test_lines_of_all_labels_differ_without_colour() -> None:
    """Sources, saddles and other unstable states have dashes of their own."""
    looks = [str(line_style(label)["linestyle"]) for label in ("asymptotically stable", "saddle", "source")]
    looks += [str(line_style(label)["linestyle"]) for label in ("unstable", "undecided", "centre")]
    assert len(set(looks)) == len(looks)


def test_a_fan_with_two_ends_has_bands_for_each() -> None:
    """No band covers what lies between, where no trajectory ends; bars have an axis of percentages."""
    chart = separatrix.fan_chart(PAPER, start=[0.4, 0.4], spread="40%", samples=200)
    assert set(ends_of(chart)) == {"E1", "E4"}
    for name, end in (("E1", 0.0), ("E4", 1.0)):
        own = chart.by_outcome[name]
        assert own.shape == chart.quantiles.shape
        assert own[:, -1] == pytest.approx(end, abs=0.05)
        assert (np.diff(own, axis=0) >= -1e-12).all()
    with style():
        figure = draw_fan(chart, ENGLISH)
    panel = figure.axes[1]
    assert len(panel.collections) == 4
    assert len(panel.lines) == 2
    bars = figure.axes[-1]
    assert [t.get_text() for t in bars.get_xticklabels()] == ["0", "25", "50", "75", "100"]
    assert set(chart.to_dict()["quantiles_by_outcome"]) == {"E1", "E4"}


def test_a_fan_with_one_end_has_one_band() -> None:
    """Half of the draws and nine tenths of them, as before."""
    chart = separatrix.fan_chart(PAPER, spread="5%", samples=100)
    assert ends_of(chart) == []
    with style():
        figure = draw_fan(chart, ENGLISH)
    assert len(figure.axes[1].collections) == 2


@pytest.mark.parametrize(
    ("slug", "start"),
    [
        ("shi-chen-2018", [0.4, 0.5]),
        ("mckelvey-mclennan", [0.4, 0.5, 0.45]),
        ("hawk-dove-one-population", [0.3]),
    ],
)
def test_a_shock_is_drawn_from_the_start_to_where_another_outcome_begins(slug: str, start: Any) -> None:
    """One arrow for all shares together and one for each party that can do it alone."""
    game = separatrix.load(slug)
    shock = separatrix.critical_shock(game, start)
    picture: Any = shock_picture(shock)
    figure = picture.__self__.figure
    arrows = [a for axes in figure.axes for a in axes.texts if getattr(a, "arrow_patch", None) is not None]
    able = [p for p in shock.alone.values() if p is not None] if len(shock.alone) > 1 else []
    wanted = [p for p in (shock.smallest, *able) if p is not None]
    assert len(arrows) == len(wanted)
    if len(game.shares) == 2:
        assert {tuple(np.round(a.xy, 9)) for a in arrows} == {tuple(np.round(p.to, 9)) for p in wanted}
        assert all(tuple(a.xyann) == tuple(start) for a in arrows)
    assert picture("svg")[:4] == b"<svg"


FOUR: dict[str, Any] = {
    "populations": [{"name": n, "share": s} for n, s in zip("ABCD", "xyzw", strict=True)],
    "advantages": {"x": "y - 1/2", "y": "x - 1/2", "z": "w - 1/2", "w": "z - 1/2"},
}


def test_a_shock_of_four_parties_has_a_row_for_each_share() -> None:
    """One arrow in each share that the shock of all moves, one in the share of each party that can alone."""
    start, together, alone = (0.2, 0.3, 0.4, 0.5), (0.35, 0.65, 0.4, 0.5), (0.2, 0.8, 0.4, 0.5)
    analysis = separatrix.analyze(separatrix.load(FOUR))
    pushes = {"A": None, "B": Push(alone, 0.5, "E4"), "C": None, "D": None}
    shock = CriticalShock(analysis, start, "E1", Push(together, 0.38, "E4"), pushes, None, "sampled", 0.0, "")
    with style():
        figure = draw_shock_by_share(shock, ENGLISH)
    arrows = {
        (*a.xyann, *a.xy)
        for axes in figure.axes
        for a in axes.texts
        if getattr(a, "arrow_patch", None) is not None
    }
    assert {(x, round(y), u, round(v)) for x, y, u, v in arrows} == {
        (0.2, 0, 0.35, 0),
        (0.3, 1, 0.65, 1),
        (0.3, 1, 0.8, 1),
    }
    assert len({y for _, y, *_ in arrows if round(y) == 1}) == 2
    assert {"all together: 0.38", "B alone: 0.5"} <= set(texts(figure))
    picture = shock_picture(shock)
    assert "all together: 0.38; B alone: 0.5" in picture("svg").decode() and picture("png")[1:4] == b"PNG"


@pytest.mark.parametrize(
    ("outcome", "method", "told"),
    [
        ("E1", "exact", "no shock changes the outcome"),
        ("E1", "sampled", "no shock that changes the outcome was found"),
        ("separatrix", "exact", "on the separatrix: the smallest perturbation decides the outcome"),
        ("undecided", "sampled", "the outcome is undecided"),
    ],
)
def test_why_a_shock_has_no_arrow_is_said_in_its_figure(outcome: str, method: Any, told: str) -> None:
    """Over a portrait as well as share by share."""
    for source, start in ((PAPER, (0.4, 0.5)), (separatrix.load(FOUR), (0.4, 0.5, 0.5, 0.5))):
        shock = CriticalShock(separatrix.analyze(source), start, outcome, None, {}, None, method, 0.0, "")
        with style():
            said = texts(
                draw_shock_by_share(shock, ENGLISH)
                if len(start) == 4
                else shock_picture(shock).__self__.figure
            )
        assert told in " ".join(said)


def test_chosen_starts_are_where_trajectories_begin() -> None:
    """In the square and in the cube, in the order in which they were given."""
    for slug, starts in (
        ("shi-chen-2018", [[0.2, 0.3], [0.9, 0.4]]),
        ("wang-2023", [[0.1, 0.2, 0.3], [0, 0.5, 0.5]]),
    ):
        game: Game = separatrix.load(slug)
        scenario = next(iter(game.scenarios))
        found = separatrix.portrait(game, scenario=scenario, starts=starts)
        begun = np.array([orbit.states[0] for orbit in found.trajectories])
        assert begun == pytest.approx(np.array(starts), abs=1e-12)
        assert found.starts == tuple(tuple(float(v) for v in s) for s in starts)
    with pytest.raises(SeparatrixError, match="between 0 and 1"):
        separatrix.portrait(PAPER, starts=[[2, 0]])


@pytest.mark.parametrize("view", [USUAL, View(35, 30), View(-120, 60), View(20, -25), View(200, 45)])
def test_a_cube_keeps_its_scales_outside_from_every_side(view: View) -> None:
    """The corner that is hidden is the farthest one, and numbers stand on edges of the outline."""
    assert view.depth(view.hidden) == min(view.depth(corner) for corner in CORNERS)
    middle = view.project((0.5, 0.5, 0.5))
    for axis, begin in view.scales():
        other = tuple(1.0 if k == axis else v for k, v in enumerate(begin))
        assert begin != view.hidden != other
        edge = view.project([begin, other])
        normal = np.array([-(edge[1] - edge[0])[1], (edge[1] - edge[0])[0]])
        sides = (view.project(CORNERS) - edge[0]) @ normal
        assert (sides >= -1e-9).all() or (sides <= 1e-9).all()
        assert abs((middle - edge[0]) @ normal) > 0


@pytest.mark.parametrize("text", ["", "30", "a,b", "0,0", "30,90", "nan,3", "1,2,3"])
def test_a_view_that_shows_no_cube_is_refused(text: str) -> None:
    """One share would be seen end on, or there are no two numbers."""
    with pytest.raises(SeparatrixError, match="--view"):
        view_of(text)


def test_cubes_are_seen_from_the_side_that_is_asked_for() -> None:
    """Alone and side by side: what is drawn differs, and its numbers stand at the edges."""
    game = separatrix.load("mckelvey-mclennan")
    phase = separatrix.portrait(game, starts=[[0.3, 0.4, 0.6]])
    drawn = [Portrait.of(phase, view=view).write("svg") for view in (USUAL, View(35, 30))]
    assert drawn[0] != drawn[1]
    assert {"0", "0.5", "1"} <= set(texts(Portrait.of(phase).figure))
    panels = [Multiples([phase, phase], ["a", "b"], view=view).write("svg") for view in (USUAL, View(35, 30))]
    assert panels[0] != panels[1]
