"""Results at a prompt and in a notebook: reprs, plots on the user's axes, tables, datasets and formulas."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import matplotlib
import numpy as np
import pytest

import separatrix
from separatrix.notebook.summary import MOST_LINES, Summary, SummaryTable, text_of_summary
from thinning import thinned

matplotlib.use("agg")

PAPER = separatrix.load("shi-chen-2018")
THREE = separatrix.load(
    {
        "title": "Three <b>parties</b>",
        "populations": [{"name": name, "share": name.lower()} for name in ("X", "Y", "Z")],
        "advantages": {"x": "3*y*z - 1", "y": "3*x*z - 1", "z": "3*x*y - 1"},
    }
)
UNVALUED = {"payoff_matrix": [["v - c", "2*v"], [0, "v"]], "parameters": {"v": {}, "c": {}}}
CYCLE = separatrix.load("rock-paper-scissors-one-population")
GLOVES = separatrix.coalition_game(["left", "r1", "r2"], lambda who: "left" in who and len(who) > 1)
MADE: Mapping[str, Callable[[], Any]] = {
    "game": lambda: PAPER,
    "analysis": lambda: separatrix.analyze(PAPER),
    "symbols": lambda: separatrix.analyze(separatrix.load("wang-2023"), symbolic=True, budget=5),
    "many states": lambda: separatrix.analyze({"payoff_matrix": np.eye(6).tolist()}),
    "basins": lambda: separatrix.basins(PAPER),
    "outcome": lambda: separatrix.outcome(PAPER, [0.2, 0.3]),
    "shock": lambda: separatrix.critical_shock(PAPER),
    "trajectory": lambda: separatrix.trajectory(PAPER, [0.2, 0.3]),
    "trajectories": lambda: separatrix.trajectories(PAPER, {"C1": [2, 4], "start": [[0.2, 0.3], [0.8, 0.7]]}),
    "portrait": lambda: separatrix.portrait(PAPER, trajectories=False),
    "triangle": lambda: separatrix.portrait(CYCLE, trajectories=False),
    "cube": lambda: separatrix.portrait(THREE, trajectories=False),
    "line": lambda: separatrix.portrait({"payoff_matrix": [[-1, 4], [0, 2]]}),
    "curve": lambda: separatrix.separatrix_curve(PAPER),
    "surface": lambda: separatrix.separatrix_surface(THREE, cells=6),
    "map": lambda: separatrix.regime_map(PAPER, {"C1": (0, 8), "C2": (0, 4)}, grid=(8, 6)),
    "tipping surface": lambda: separatrix.tipping_surface(PAPER, ["C1=0:4", "C2=0:4"], points=3),
    "tipping": lambda: separatrix.tipping_values(PAPER, "C1=0:4"),
    "diagram": lambda: separatrix.bifurcation_diagram(PAPER, ("C1", 0, 8)),
    "sensitivity": lambda: separatrix.sensitivity(PAPER, "basin:E4", spread="10%", samples=16),
    "fan": lambda: separatrix.fan_chart(PAPER, spread="10%", samples=8),
    "fixation": lambda: separatrix.fixation(CYCLE, "rock", "paper", population_size=20),
    "rare mutation": lambda: separatrix.small_mutation_limit(CYCLE, population_size=20),
    "long run": lambda: separatrix.stationary_distribution(CYCLE, population_size=20),
    "drift": lambda: separatrix.gradient_of_selection({"payoff_matrix": [[-1, 4], [0, 2]]}),
    "path": lambda: separatrix.finite_path(CYCLE, updates=1_000, points=11),
    "network": lambda: separatrix.network(
        PAPER, separatrix.link_graph(3, [("1", "2"), ("2", "3")]), start=[0.5, 0.5], until=2, replicas=2
    ),
    "level costs": lambda: separatrix.level_costs(
        PAPER, "subsidy", 0.9, population_size=9, scenario="bistable"
    ),
    "finite programme": lambda: separatrix.finite_programme(
        separatrix.finite_population({"payoff_matrix": [[3, 0], [5, 1]]}, population_size=9), 0.9
    ),
    "front": lambda: separatrix.pareto_front(
        PAPER, ["subsidy"], objectives=["public_cost", "time"], samples=2, horizon=5
    ),
    "robust": lambda: separatrix.robust_programme(PAPER, ["subsidy"], spread="10%", draws=100, inputs=False),
    "leaders": lambda: separatrix.leaders(
        PAPER,
        separatrix.link_graph(3, [("1", "2"), ("2", "3")], undirected=True),
        start=[0, 0],
        share=1.0,
        by=9,
        replicas=20,
        fresh=40,
        sets=9,
    ),
    "findings": lambda: separatrix.check(separatrix.load("coal-safety"), notes=True),
    "cluster": lambda: separatrix.load_cluster("synthetic-park"),
    "accounts": lambda: separatrix.carbon_accounts("synthetic-park"),
    "diagnosis": lambda: separatrix.diagnose("synthetic-park"),
    "game of coalitions": lambda: GLOVES,
    "core": lambda: separatrix.core(GLOVES),
    "cost of stability": lambda: separatrix.cost_of_stability(GLOVES),
    "nucleolus": lambda: separatrix.nucleolus(GLOVES),
    "shapley": lambda: separatrix.shapley(GLOVES),
    "sampled shapley": lambda: separatrix.sampled_shapley("abcdef", len, orders=20),
    "rivals": lambda: separatrix.adoption_rivals("synthetic-park", draws=29),
    "exchanges": lambda: separatrix.optimal_exchange(separatrix.exchange_problem("synthetic-park")),
    "adoption": lambda: separatrix.fit_adoption("synthetic-park", draws=29),
}
KNOWN: dict[str, Any] = {}


def made(name: str) -> Any:
    """Return a result, each made once."""
    if name not in KNOWN:
        KNOWN[name] = MADE[name]()
    return KNOWN[name]


@thinned("name", MADE, each_run=16)
def test_every_result_is_told_in_one_screen(name: str) -> None:
    """No repr has more than 40 lines, or wider ones than 100 characters; what users name is inert in HTML."""
    told = repr(made(name)).splitlines()
    assert 1 <= len(told) <= MOST_LINES
    assert max(map(len, told)) <= 100
    html = made(name)._repr_html_()
    assert html.startswith("<div><strong>") and "<b>" not in html


def test_a_screen_tells_how_much_it_leaves_out() -> None:
    """Tables are cut, with the number of further rows, so that all of them have some room."""
    rows = tuple((str(k), "x" * 200) for k in range(1000))
    told = text_of_summary(Summary("T", (("a", "b"),), (SummaryTable(("k", "v"), rows),) * 3)).splitlines()
    assert len(told) <= MOST_LINES
    assert sum("more" in line for line in told) >= 1
    assert max(map(len, told)) <= 100


def test_rest_points_and_regimes_are_short_too() -> None:
    """A rest point, a piece of a rest set and a regime tell their id, place and label."""
    found = made("symbols")
    assert repr(found.rest_points[0]).startswith("RestPoint E1 (0, 0, 0)")
    for item in (*found.rest_points, *found.rest_sets, *found.regimes):
        assert len(repr(item).splitlines()) <= 3


ONE = [
    "analysis",
    "basins",
    "shock",
    "trajectory",
    "portrait",
    "triangle",
    "cube",
    "line",
    "curve",
    "surface",
    "map",
    "sensitivity",
    "rare mutation",
    "long run",
    "drift",
    "path",
    "network",
    "rivals",
    "front",
    "robust",
    "tipping",
    "tipping surface",
]
SEVERAL = ["trajectories", "diagram", "fan"]


@thinned("name", ONE, each_run=8)
def test_a_plot_stands_on_the_axes_that_are_given(name: str) -> None:
    """`plot` returns matplotlib axes: new ones, or the given one with something drawn on it."""
    from matplotlib import pyplot
    from matplotlib.axes import Axes

    figure, (left, right) = pyplot.subplots(1, 2)
    before = len(right.get_children())
    assert made(name).plot(ax=left) is left
    assert len(left.get_children()) > before and len(right.get_children()) == before
    own = made(name).plot()
    assert isinstance(own, Axes) and own.get_figure() is not figure
    figure.canvas.draw()
    pyplot.close("all")


@pytest.mark.parametrize("name", SEVERAL)
def test_a_plot_with_a_panel_for_each_share_takes_as_many_axes(name: str) -> None:
    """It returns them as an array, or draws the one share that is asked for; else it says what fits."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 1)
    told = made(name).plot(ax=axes)
    assert [a is b for a, b in zip(told, axes, strict=True)] == [True, True]
    _, single = pyplot.subplots()
    assert made(name).plot(single, share="y") is single
    with pytest.raises(separatrix.InputError, match="U911") as raised:
        made(name).plot(single)
    assert "share='x'" in str(raised.value)
    with pytest.raises(separatrix.InputError, match="U911"):
        made(name).plot(share="w")
    figure.canvas.draw()
    pyplot.close("all")


def test_what_has_no_portrait_says_so() -> None:
    """Four populations, and an analysis without values, have none."""
    with pytest.raises(separatrix.InputError, match="U911"):
        made("many states").plot()
    with pytest.raises(separatrix.InputError, match="U911"):
        separatrix.analyze(UNVALUED, symbolic=True).plot()


def test_tables_hold_the_numbers_of_the_results() -> None:
    """Each table of pandas has the numbers of the result it is made of, under their names."""
    found = made("analysis")
    table = found.to_dataframe()
    assert list(table.index) == [p.id for p in found.rest_points]
    assert table.loc["E5", "x"] == found.rest_points[-1].state[0] and table.loc["E5", "stability"] == "saddle"
    assert made("symbols").to_dataframe().loc["E15", "x"] != ""
    orbit = made("trajectory").to_dataframe()
    assert np.array_equal(orbit.to_numpy(), made("trajectory").states) and orbit.index.name == "time"
    basins = made("basins").to_dataframe()
    assert basins["share"].to_dict() == dict(made("basins").fractions)
    fan = made("fan").to_dataframe()
    assert np.array_equal(fan.loc[0.5].to_numpy(), made("fan").quantiles[2])
    curves = made("trajectories").to_dataframe()
    assert len(curves) == sum(len(c.trajectory.times) for c in made("trajectories").curves)
    assert set(curves.columns) == {"C1", "start", "time", "x", "y"}
    diagram = made("diagram").to_dataframe()
    assert set(diagram["branch"]) == {b.id for b in made("diagram").branches}
    indices = made("sensitivity").to_dataframe()
    assert indices["total"].to_dict() == dict(made("sensitivity").total)
    assert len(made("front").to_dataframe()) == len(made("front").evaluated)
    assert len(made("robust").to_dataframe()) == 100
    assert made("shock").to_dataframe().loc["all together", "size"] == made("shock").smallest.size
    assert len(made("surface").to_dataframe()) == len(made("surface").states)
    assert made("map").to_dataframe()["stable"].iloc[0] == "E4, E1"
    assert len(made("findings").to_dataframe()) == len(made("findings"))
    assert len(made("accounts").to_dataframe()) == len(made("accounts").year)
    assert len(made("diagnosis").to_dataframe()) == 4
    assert len(made("rivals").to_dataframe()) == 3 * 15
    assert made("adoption").to_dataframe()["value"].iloc[0] == made("adoption").advantage_when_all.value
    assert len(made("portrait").to_dataframe()) > 441
    assert made("fixation").to_dataframe()["log_probability"][0] == made("fixation").log_probability
    assert len(made("rare mutation").to_dataframe()) == 6
    assert made("long run").to_dataframe()["weight"].to_list() == made("long run").weights.tolist()
    assert made("drift").to_dataframe()["drift yes"].to_list() == made("drift").drift[0][:, 0].tolist()
    assert made("path").to_dataframe()["rock"].to_list() == made("path").counts[0][:, 0].tolist()
    assert np.array_equal(made("curve").to_dataframe().to_numpy(), made("curve").states)


def test_datasets_have_the_names_of_parameters_shares_and_time() -> None:
    """Arrays come as datasets of xarray over their coordinates."""
    orbit = made("trajectory").to_xarray()
    assert orbit.x.dims == ("time",) and float(orbit.x[0]) == 0.2
    curves = made("trajectories").to_xarray()
    assert curves.y.dims == ("C1", "start", "time")
    last = made("trajectories").curves[-1].trajectory
    assert np.array_equal(curves.y[1, 1], last.states[:, 1])
    regimes = made("map").to_xarray()
    assert regimes.regime.shape == (8, 6) and regimes.C1[-1] == 8 and "E4|E1" in regimes.stable.values
    assert made("fan").to_xarray().x.dims == ("level", "time")
    portrait = made("portrait").to_xarray()
    assert np.array_equal(portrait.y_rate, made("portrait").velocities[:, 1])


def test_formulas_of_sympy_have_the_values_of_the_analysis() -> None:
    """States, eigenvalues, equations and conditions in symbols agree with the analysis at values."""
    sympy = pytest.importorskip("sympy", reason="comes with the extra `sympy`")
    game = separatrix.load("wang-2023")
    found = made("symbols").to_sympy()
    scenario = next(iter(game.scenarios))
    numbers = separatrix.analyze(game, scenario=scenario)
    values = {name: sympy.Rational(v.numerator, v.denominator) for name, v in numbers.values.items()}
    told = found["rest_points"]
    for point in numbers.rest_points:
        own = told[point.id]
        assert [float(e.subs(values)) for e in own["state"].values()] == pytest.approx(point.state)
        reals = sorted(float(sympy.re(sympy.N(e.subs(values)))) for e in own["eigenvalues"])
        assert reals == pytest.approx(sorted(v.real for v in point.eigenvalues), abs=1e-9)
        if "stable_when" in own:
            assert bool(own["stable_when"].subs(values)) == (point.stability == "asymptotically stable")
    rate, x = found["equations"]["x"], found["symbols"]["x"]
    assert sympy.simplify(sympy.diff(rate, x) - found["jacobian"][0, 0]) == 0
    branches = made("diagram").to_sympy()
    assert float(branches["E5"]["x"].subs("C1", 4)) == pytest.approx(2 / 3)


def test_without_sympy_the_error_says_how_to_add_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """`to_sympy` names the library and the extra."""
    monkeypatch.setitem(sys.modules, "sympy", None)
    with pytest.raises(separatrix.InputError, match="sympy") as raised:
        made("analysis").to_sympy()
    assert raised.value.code == "U905" and "extra `sympy`" in str(raised.value)


def test_a_repr_loads_no_library_of_plots_or_tables() -> None:
    """An analysis is shown without matplotlib, pandas, xarray or sympy."""
    from cross.test_imports import loaded_by

    code = "import separatrix; repr(separatrix.analyze('shi-chen-2018')); repr(separatrix.load('wang-2023'))"
    assert loaded_by(code).isdisjoint({"matplotlib", "pandas", "xarray", "sympy"})
