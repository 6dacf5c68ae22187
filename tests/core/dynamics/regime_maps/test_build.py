"""Regime maps beside analyses at single values, beside z3's regimes, and beside results by hand."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import separatrix
from separatrix.analysis.analyze import with_fixed
from separatrix.dynamics.exact_regime_maps import regime_map
from separatrix.dynamics.regime_maps import RegimeMap
from separatrix.errors import ComesLater, InputError, NameProblem
from separatrix.expression.conditions import Relation
from separatrix.expression.tree import names_in
from separatrix.game.values import resolve, violated
from thinning import thinned

WINDOW = {"a": (-3, 3), "b": (-2, 4)}


def plays(found: RegimeMap, regime: int) -> frozenset[tuple[tuple[str, ...], ...]] | str:
    """Return what is played in the stable states of a regime, or its kind."""
    own = found.regimes[regime]
    if own.kind != "stable":
        return own.kind
    return frozenset(found.states[k].support for k in own.stable)


def truth(found: RegimeMap, at: Mapping[str, Any]) -> frozenset[tuple[tuple[str, ...], ...]] | str:
    """Return the same from an analysis at exact values."""
    values = {**found.fixed, **at}
    if violated(found.game, values):
        return "outside"
    try:
        analysis = separatrix.analyze(found.game, values)
    except InputError as problem:
        if problem.code != "S003":
            raise
        return "pole"
    if any(p.stability == "undecided" for p in analysis.rest_points):
        return "undecided"
    return frozenset(p.support for p in analysis.rest_points if p.stability == "asymptotically stable")


def between(source: random.Random, low: Fraction, high: Fraction) -> Fraction:
    """Return a fraction in an interval."""
    return low + (high - low) * Fraction(source.randint(1, 9999), 10000)


def inside(outline: Any, x: float, y: float) -> bool:
    """Say whether a polygon holds a point."""
    found = False
    for (ax, ay), (bx, by) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            found = not found
    return found


def polynomial(source: random.Random, degree: int = 2) -> str:
    """Return a polynomial in a and b with small coefficients."""
    powers = [(m, n) for m, n in itertools.product(range(degree + 1), repeat=2) if m + n <= degree]
    terms = [f"{source.randint(-4, 4)}*a^{m}*b^{n}" for m, n in powers if source.random() < 0.6]
    return " + ".join(terms) or "1"


def two_by_two(source: random.Random) -> separatrix.Game:
    """Return two populations whose advantages hold polynomials."""
    return separatrix.load(
        {
            "populations": ["A", "B"],
            "parameters": {"a": {}, "b": {}},
            "advantages": {
                "x": f"{polynomial(source)} + y*({polynomial(source)})",
                "y": f"{polynomial(source)} + x*({polynomial(source)})",
            },
        }
    )


def bimatrix_of_three(source: random.Random) -> separatrix.Game:
    """Return two populations of three strategies with linear payoffs."""
    return separatrix.load(
        {
            "parameters": {"a": {}, "b": {}},
            "bimatrix": [
                [[polynomial(source, 1), polynomial(source, 1)] for _ in range(3)] for _ in range(3)
            ],
        }
    )


def one_of_three(source: random.Random) -> separatrix.Game:
    """Return one population of three strategies with linear payoffs."""
    return separatrix.load(
        {
            "parameters": {"a": {}, "b": {}},
            "payoff_matrix": [[polynomial(source, 1) for _ in range(3)] for _ in range(3)],
        }
    )


def one_of_two(source: random.Random) -> separatrix.Game:
    """Return one population of two strategies."""
    return separatrix.load(
        {
            "parameters": {"a": {}, "b": {}},
            "payoff_matrix": [[polynomial(source) for _ in range(2)] for _ in range(2)],
        }
    )


MAKERS = [two_by_two, bimatrix_of_three, one_of_three, one_of_two]
RANDOM = [(maker, seed) for maker in MAKERS for seed in range(5)]


def random_map(maker: Any, seed: int) -> tuple[random.Random, RegimeMap]:
    """Return a map of a random game, on nodes that are whole numbers often."""
    source = random.Random(f"{maker.__name__} {seed}")
    found = regime_map(maker(source), WINDOW, grid=(25, 13))
    assert found.method == "exact"
    return source, found


@thinned(("maker", "seed"), RANDOM, each_run=6)
def test_labels_at_nodes_are_those_of_analyses(maker: Any, seed: int) -> None:
    """The grid holds whole numbers, so that many nodes lie exactly on borders; these are right too."""
    source, found = random_map(maker, seed)
    first, second = found.axes
    for _ in range(25):
        i, j = source.randrange(first.count), source.randrange(second.count)
        at = dict(zip(found.over, (first.node(i), second.node(j)), strict=True))
        assert plays(found, int(found.labels[i, j])) == truth(found, at), at


@thinned(("maker", "seed"), RANDOM, each_run=6)
def test_regions_hold_what_analyses_say(maker: Any, seed: int) -> None:
    """At random fractions the region that holds them has the regime of an exact analysis there."""
    source, found = random_map(maker, seed)
    for _ in range(15):
        place = [between(source, axis.low, axis.high) for axis in found.axes]
        held = [k for k, outline in found.regions if inside(outline, *map(float, place))]
        # Polylines stray by 1e-4 of the window at most; a place so near to a border may be held by none.
        assert len(held) <= 1
        if held and distance(found, place) > 2e-3:
            assert plays(found, held[0]) == truth(found, dict(zip(found.over, place, strict=True)))


def distance(found: RegimeMap, place: Any) -> float:
    """Return how far the nearest point of any border is, in sizes of the window."""
    sizes = [float(axis.high - axis.low) for axis in found.axes]
    at = np.array([float(v) for v in place])
    nearest = 1.0
    for border in found.borders:
        for piece in border.pieces:
            p, q = piece.points[:-1] / sizes, piece.points[1:] / sizes
            along = np.clip(
                (((at / sizes) - p) * (q - p)).sum(1) / np.maximum(((q - p) ** 2).sum(1), 1e-30), 0, 1
            )
            nearest = min(nearest, float(np.hypot(*(p + along[:, None] * (q - p) - at / sizes).T).min()))
    return nearest


@thinned(("maker", "seed"), RANDOM, each_run=6)
def test_beside_every_piece_the_regimes_are_those_that_it_names(maker: Any, seed: int) -> None:
    """A millionth off a border, on the side where its polynomial is positive, its second regime holds."""
    from separatrix.expression.evaluation import evaluate
    from separatrix.expression.parser import parse_expression

    source, found = random_map(maker, seed)
    first, second = found.over
    for border in found.borders:
        assert border.polynomial is not None
        own = parse_expression(border.polynomial)
        for piece in border.pieces:
            steps = np.hypot(*np.diff(piece.points, axis=0).T)
            if steps.sum() < 0.02:
                continue
            k = int(np.argmax(steps))
            if len(piece.points) == 2:
                t = source.uniform(0.2, 0.8)
                place = piece.points[0] * (1 - t) + piece.points[1] * t
            else:
                place = piece.points[min(max(k, 1), len(piece.points) - 2)]
            x, y = (Fraction(float(v)) for v in place)
            h = Fraction(1, 10**9)

            def value(a: Fraction, b: Fraction, own: Any = own) -> Fraction:
                return evaluate(own, {first: a, second: b})

            slope = [
                float((value(x + h, y) - value(x - h, y)) / (2 * h)),
                float((value(x, y + h) - value(x, y - h)) / (2 * h)),
            ]
            size = float(np.hypot(*slope))
            for side, regime in ((1, piece.positive), (-1, piece.negative)):
                a, b = (v + Fraction(side * 1e-6 * s / size) for v, s in zip((x, y), slope, strict=True))
                assert (value(a, b) > 0) == (side > 0)
                assert plays(found, regime) == truth(found, {first: a, second: b}), border.polynomial
            gained = set(found.regimes[piece.positive].stable) - set(found.regimes[piece.negative].stable)
            if piece.kind == "stability":
                assert gained == set(piece.gained)
                assert piece.gained or piece.lost


@thinned(("maker", "seed"), RANDOM, each_run=6)
def test_every_change_along_a_line_is_met_by_a_border(maker: Any, seed: int) -> None:
    """Between neighbouring places of a random line that differ, a piece passes."""
    source, found = random_map(maker, seed)
    sizes = [axis.high - axis.low for axis in found.axes]
    ends = [[between(source, axis.low, axis.high) for axis in found.axes] for _ in range(2)]
    places = [[p + (q - p) * Fraction(k, 60) for p, q in zip(*ends, strict=True)] for k in range(61)]
    held = [truth(found, dict(zip(found.over, place, strict=True))) for place in places]
    for one, other, before, after in zip(places, places[1:], held, held[1:], strict=False):
        if before != after:
            middle = [(p + q) / 2 for p, q in zip(one, other, strict=True)]
            gap = max(float(abs(p - q) / s) for p, q, s in zip(one, other, sizes, strict=True))
            assert distance(found, middle) < 0.75 * gap + 2e-4


def names_of(condition: Any) -> set[str]:
    """Return the parameters of a condition."""
    if isinstance(condition, Relation):
        return {*names_in(condition.left), *names_in(condition.right)}
    return {name for part in condition.parts for name in names_of(part)}


@pytest.mark.parametrize(
    ("slug", "over"),
    [
        ("shi-chen-2018", {"C1": (0, 40), "C2": (0, 40)}),
        ("coal-safety", {"H": (0, 60), "F": (0, 60)}),
        ("hawk-dove-one-population", {"V": (0, 10), "C": (0, 10)}),
        ("wang-2023", {"beta": (0, 1), "CG1": (0, 100)}),
        ("rock-paper-scissors-one-population", {"w": (0, 5), "l": (0, 5)}),
    ],
)
def test_regimes_are_those_of_z3(slug: str, over: dict[str, Any]) -> None:
    """The regimes with an area are those that z3 finds with an interior, in windows that hold all of them."""
    game = separatrix.load(slug)
    found = regime_map(game, over)
    known = {n: v for n, v in resolve(game).items() if n not in over and v is not None}
    fixed = with_fixed(game, known)
    # z3 calls a regime generic where the assumptions are strict, also those that hold numbers alone by now.
    fixed = replace(fixed, assumptions=tuple(a for a in fixed.assumptions if set(over) & names_of(a[0])))
    regimes = separatrix.analyze(fixed, symbolic=True).regimes
    ours = {
        frozenset(tuple((found.states[s].shares or {}).values()) for s in r.stable)
        for r in found.regimes
        if r.kind == "stable" and r.generic
    }
    assert ours == {frozenset(r.stable) for r in regimes if r.generic}


def test_the_paper_has_its_two_borders() -> None:
    """Over both costs the two pure equilibria lose stability on two parallel lines."""
    found = regime_map(separatrix.load("shi-chen-2018"), {"C1": (0, 8), "C2": (0, 4)})
    lines = {b.polynomial: b for b in found.borders if b.pieces[0].kind == "stability"}
    assert set(lines) == {"C1 - C2 - 5", "C1 - C2 + 1"}
    (piece,) = lines["C1 - C2 - 5"].pieces
    assert piece.points.tolist() == [[5, 0], [8, 3]]
    assert [found.states[k].name for k in piece.lost] == ["cooperate, cooperate"]
    assert found.today == (4.0, 1.0) and found.regimes[found.today_regime or 0].letter == "A"
    assert {c.factors for c in found.conditions} == {("C1 - C2 - 5",), ("C1 - C2 + 1",)}


def test_points_at_which_two_eigenvalues_vanish_are_named_exactly() -> None:
    """In the coal mines' game three regimes meet at fractions."""
    found = regime_map(separatrix.load("coal-safety"), {"H": (0, 20), "F": (0, 20)})
    assert [p.exact for p in found.points] == [
        (Fraction(27, 10), Fraction(15, 2)),
        (Fraction(9), Fraction(15, 2)),
    ]
    assert all(len(p.regimes) == 3 and len(p.borders) == 2 for p in found.points)


def test_what_is_not_admissible_is_a_class_of_its_own() -> None:
    """The part of the window that an assumption excludes is grey ground, cut off along its border."""
    found = regime_map(separatrix.load("hawk-dove-one-population"), {"V": (-2, 4), "C": (-3, 3)}, grid=(7, 7))
    kinds = {r.kind: k for k, r in enumerate(found.regimes)}
    assert {found.labels[i, j] for i in range(3) for j in range(7)} == {kinds["outside"]}
    assert found.regimes[kinds["outside"]].generic
    ends = {b.polynomial for b in found.borders if b.pieces[0].kind == "assumption"}
    assert ends == {"V", "C"}
    assert found.regimes[found.labels[5, 3]].kind == "outside", "C = 0 is not admissible"


def test_an_assumed_equation_leaves_a_line() -> None:
    """Where the two parameters must be equal, the plane is not admissible, and the line has its regime."""
    game = separatrix.load(
        {
            "populations": ["A", "B"],
            "parameters": {"a": {}, "b": {}},
            "assume": ["a == b"],
            "advantages": {"x": "a", "y": "b"},
        }
    )
    found = regime_map(game, {"a": (-1, 1), "b": (-1, 1)}, grid=(3, 3))
    assert [found.regimes[k].kind for k in np.diag(found.labels)] == ["stable"] * 3
    assert {found.regimes[k].kind for k in found.labels[[0, 0, 1], [1, 2, 2]]} == {"outside"}
    assert plays(found, int(found.labels[2, 2])) == {(("yes",), ("yes",))}
    assert not any(r.generic for r in found.regimes if r.kind == "stable")


def test_a_pole_is_a_border() -> None:
    """Where a payoff divides by zero there is no game, and stability changes across."""
    game = separatrix.load(
        {
            "populations": ["A", "B"],
            "parameters": {"a": {}, "b": {}},
            "advantages": {"x": "b/a", "y": "1 + 0*x"},
        }
    )
    found = regime_map(game, {"a": (-1, 1), "b": (-1, 1)}, grid=(5, 5))
    poles = [b for b in found.borders if any(p.kind == "pole" for p in b.pieces)]
    assert [b.polynomial for b in poles] == ["a"]
    assert {found.regimes[k].kind for k in found.labels[2]} == {"pole"}
    assert {plays(found, int(found.labels[i, 3])) for i in (1, 3)} == {
        frozenset({(("yes",), ("yes",))}),
        frozenset({(("no",), ("yes",))}),
    }


def test_a_border_on_the_edge_of_the_window_is_there() -> None:
    """Its far side lies beyond the window, and is told all the same."""
    found = regime_map(separatrix.load("coal-safety"), {"H": (9, 20), "F": (8, 20)}, grid=(3, 3))
    (border,) = (b for b in found.borders if b.polynomial == "H - 9")
    (piece,) = border.pieces
    assert piece.points.tolist() == [[9, 8], [9, 20]]
    assert plays(found, piece.negative) == frozenset()
    assert not found.regimes[piece.negative].generic
    assert plays(found, int(found.labels[0, 1])) == frozenset(), "at H = 9 exactly nothing is strict"
    assert plays(found, int(found.labels[1, 1])) == plays(found, piece.positive)


def test_a_window_with_one_regime_has_one_region() -> None:
    """Nothing changes, so there is no border."""
    found = regime_map(separatrix.load("shi-chen-2018"), {"C1": (2, 3), "C2": (1, "3/2")}, grid=(4, 4))
    assert found.borders == () and found.points == () and len(found.regions) == 1
    assert [r.share for r in found.regimes] == [1.0]


def test_a_game_in_which_nothing_moves_has_no_stable_state() -> None:
    """All polynomials vanish identically: no state is asymptotically stable anywhere."""
    game = separatrix.load(
        {"populations": ["A", "B"], "parameters": {"a": {}, "b": {}}, "advantages": {"x": "0*a", "y": "0*b"}}
    )
    found = regime_map(game, WINDOW, grid=(3, 3))
    assert [r.stable for r in found.regimes] == [()]
    assert found.states == ()


def test_a_regime_on_a_line_alone_is_marked() -> None:
    """Under (a - b)² > 0 the state attracts on both sides of a line, and on the line nothing does."""
    game = separatrix.load(
        {
            "populations": ["A", "B"],
            "parameters": {"a": {}, "b": {}},
            "advantages": {"x": "-(a - b)^2", "y": "-1 + 0*x"},
        }
    )
    found = regime_map(game, {"a": (0, 1), "b": (0, 1)}, grid=(3, 3))
    (border,) = found.borders
    (piece,) = border.pieces
    assert piece.kind == "line" and piece.negative == piece.positive != piece.on
    assert plays(found, int(found.labels[1, 1])) == frozenset()
    assert [r.generic for r in found.regimes] == [True, False]


@pytest.mark.parametrize("grid", [(9, 9), (31, 17)])
def test_numerical_borders_lie_where_they_belong(grid: tuple[int, int]) -> None:
    """An advantage a x - x² - b has a stable mixed state where a² > 4 b: the fold is found to its error."""
    game = separatrix.load(
        {
            "populations": ["A"],
            "parameters": {"a": {"value": 1}, "b": {"value": "1/8"}},
            "advantages": {"x": "a*x - x^2 - b"},
        }
    )
    found = regime_map(game, {"a": ("1/2", "3/2"), "b": ("1/100", "1/5")}, grid=grid, budget=30)
    assert found.method == "numerical" and found.error is not None
    folds = 0
    for border in found.borders:
        for piece in border.pieces:
            states = {s for k in (piece.negative, piece.positive) for s in found.regimes[k].stable}
            for a, b in piece.points.tolist():
                off = min(abs(b - a * a / 4), abs(b - (a - 1)))
                assert off < 3 * sum(found.error) or on_no_edge(found, a, b), (a, b)
            folds += len(states) > 1
    assert folds
    first, second = found.axes
    for i, j in itertools.product(range(0, first.count, 3), range(0, second.count, 3)):
        at = {"a": first.node(i), "b": second.node(j)}
        assert plays(found, int(found.labels[i, j])) == truth(found, at)


def on_no_edge(found: RegimeMap, a: float, b: float) -> bool:
    """Say whether a point is the middle of a square, where three regimes meet."""
    return not any(
        abs(v - float(axis.node(round(float((Fraction(v) - axis.low) / axis.step)))))
        < float(axis.step) * 1e-3
        for v, axis in zip((a, b), found.axes, strict=True)
    )


def test_the_answer_is_plain_data() -> None:
    """It becomes JSON, with the polynomials, the labels and where it comes from."""
    found = regime_map(separatrix.load("coal-safety"), {"H": (0, 20), "F": (0, 20)}, grid=(5, 4))
    told = json.loads(json.dumps(found.to_dict()))
    assert np.array(told["labels"]).shape == (5, 4)
    assert told["borders"][0]["polynomial"] == "2*F - 15"
    assert told["regimes"][0]["witness"] == {"H": "12", "F": "11"}
    assert told["provenance"]["program"] == "separatrix"
    assert told["method"] == "exact" and "Ritzberger" in told["how_sure"]


@pytest.mark.parametrize(
    ("over", "grid", "code"),
    [
        ({"C1": (0, 8)}, (9, 9), "D631"),
        ({"C1": (0, 8), "C2": (4, 0)}, (9, 9), "D631"),
        ({"C1": (0, 8), "C2": (4, 4)}, (9, 9), "D631"),
        ({"C1": (0, 8), "C2": "04"}, (9, 9), "D631"),
        ({"C1": (0, 8), "C2": (0, 4, 5)}, (9, 9), "D631"),
        ({"C1": (0, 8), "C2": (0, float("nan"))}, (9, 9), "V301"),
        ({"C1": (0, 8), "C2": (0, float("inf"))}, (9, 9), "V301"),
        ({"C1": (0, 8), "C2": (0, 4)}, (1, 9), "D631"),
        ({"C1": (0, 8), "C2": (0, 4)}, (50_000, 50_000), "D631"),
        ({"C1": (0, 8), "C2": (0, 4)}, (9,), "D631"),
        ({"C1": (0, 8), "C2": (0, 4)}, 9, "D631"),
        ({"C1": (0, 8), "C3": (0, 4)}, (9, 9), "V302"),
    ],
)
def test_windows_that_cannot_be_are_refused(over: Any, grid: Any, code: str) -> None:
    """The error says what was given and what is expected."""
    with pytest.raises((InputError, NameProblem)) as caught:
        regime_map(separatrix.load("shi-chen-2018"), over, grid=grid)
    assert caught.value.code == code


def test_other_parameters_need_values_and_the_two_do_not() -> None:
    """A parameter that is varied may be without a value; any other one may not."""
    game = separatrix.load(
        {
            "populations": ["A", "B"],
            "parameters": {"a": {}, "b": {}, "c": {}},
            "advantages": {"x": "a*c - y", "y": "b - x"},
        }
    )
    assert regime_map(game, WINDOW, values={"c": 1}, grid=(3, 3)).today is None
    with pytest.raises(InputError, match="`c`") as caught:
        regime_map(game, WINDOW, grid=(3, 3))
    assert caught.value.code == "V304"


def test_a_game_that_cannot_be_analysed_is_refused_as_such() -> None:
    """Payoffs that are no rational functions of the shares have no analysis, and no map."""
    game = separatrix.load(
        {
            "populations": ["A"],
            "parameters": {"a": {}, "b": {}},
            "advantages": {"x": "a*exp(x) - b"},
        }
    )
    with pytest.raises(ComesLater):
        regime_map(game, WINDOW, grid=(3, 3))
