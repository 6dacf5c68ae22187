"""The price of the externality: welfare before transfers never falls under it, in any game."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import separatrix
from separatrix.cli.app import run
from separatrix.errors import SeparatrixError
from separatrix.expression.evaluation import evaluate
from separatrix.game.formats.document import document_of
from separatrix.policy.externality_price import PRICE, externalities, externality_price, welfare
from thinning import thinned

Welfare = Callable[[Any], float]


def bimatrix(rng: np.random.Generator) -> tuple[Any, Welfare, int]:
    """Return two parties with random payoffs, what they earn together, and how many shares there are."""
    pay = rng.integers(-5, 6, (2, 2, 2))

    def together(state: Any) -> float:
        x, y = (np.array([s, 1 - s]) for s in state)
        return float(np.einsum("i,j,ijk->", x, y, pay))

    return {"bimatrix": [[pay[a, b].tolist() for b in range(2)] for a in range(2)]}, together, 2


def three_strategies(rng: np.random.Generator) -> tuple[Any, Welfare, int]:
    """Return one population of three strategies."""
    pay = rng.integers(-5, 6, (3, 3))
    return {"payoff_matrix": pay.tolist()}, lambda state: float(state @ pay @ state), 3


def tripartite(rng: np.random.Generator) -> tuple[Any, Welfare, int]:
    """Return three parties of two strategies."""
    pay = rng.integers(-5, 6, (2, 2, 2, 3))
    names = ["yes", "no"]
    game = {
        "populations": [{"name": f"P{k}", "share": s, "strategies": names} for k, s in enumerate("xyz")],
        "payoffs": [
            {"play": [names[i] for i in profile], "pay": pay[profile].tolist()}
            for profile in product((0, 1), repeat=3)
        ],
    }

    def together(state: Any) -> float:
        return float(
            sum(
                np.prod([s if i == 0 else 1 - s for s, i in zip(state, profile, strict=True)])
                * pay[profile].sum()
                for profile in product((0, 1), repeat=3)
            )
        )

    return game, together, 3


def curved(rng: np.random.Generator) -> tuple[Any, Welfare, int]:
    """Return two parties whose payoffs are quadratic in the shares, their own too."""
    c = rng.integers(-4, 5, (2, 2, 6))

    def earned(p: int, a: int, x: float, y: float) -> float:
        return float(c[p, a] @ np.array([1, x, y, x * x, x * y, y * y]))

    terms = ["1", "x", "y", "x^2", "x*y", "y^2"]
    game = {
        "populations": [
            {"name": n, "share": s, "strategies": ["C", "D"]} for n, s in (("A", "x"), ("B", "y"))
        ],
        "payoff_functions": {
            name: {
                strategy: " + ".join(f"({c[p, a, k]})*{term}" for k, term in enumerate(terms))
                for a, strategy in enumerate("CD")
            }
            for p, name in enumerate("AB")
        },
    }

    def together(state: Any) -> float:
        x, y = state
        mixes = ((x, 1 - x), (y, 1 - y))
        return sum(mixes[p][a] * earned(p, a, x, y) for p in range(2) for a in range(2))

    return game, together, 2


KINDS = [bimatrix, three_strategies, tripartite, curved]


def starts(rng: np.random.Generator, kind: Any, shares: int) -> list[float]:
    """Return a random state inside."""
    if kind is three_strategies:
        return [float(part) for part in rng.dirichlet(np.ones(3))]
    return [float(part) for part in rng.uniform(0.05, 0.95, shares)]


def largest_fall(game: Any, together: Welfare, start: list[float], level: int, field: str) -> float:
    """Return by how much welfare falls below its highest value before, along a trajectory."""
    found = separatrix.trajectory(game, start, {PRICE: level}, until=6.0, points=121, field=field)
    worth = np.array([together(state) for state in found.states])
    return float((np.maximum.accumulate(worth) - worth).max())


@thinned("kind", KINDS, each_run=2)
def test_welfare_never_falls_under_the_price_and_does_without_it(kind: Any) -> None:
    """Random games, by the replicator and Smith's dynamics: at level 1 never, at level 0 in some."""
    rng = np.random.default_rng(20051)
    without = []
    for number in range(12):
        document, together, shares = kind(rng)
        game = separatrix.with_instruments(externality_price(document), [PRICE])
        start = starts(rng, kind, shares)
        field = "smith" if number % 3 == 0 else "replicator"
        assert largest_fall(game, together, start, 1, field) < 1e-6
        without.append(largest_fall(game, together, start, 0, field))
    assert max(without) > 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_the_transfer_is_what_others_gain(kind: Any) -> None:
    """The slope of welfare by a share is what the strategy earns more, transfers counted."""
    rng = np.random.default_rng(7)
    document, together, shares = kind(rng)
    priced = separatrix.with_instruments(externality_price(document), [PRICE])
    rates = separatrix.vector_field(priced, {PRICE: 1})
    for _ in range(5):
        state = np.array(starts(rng, kind, shares))
        step = 1e-6
        found = np.asarray(rates(0.0, state))
        if kind is three_strategies:
            slopes = np.array([(together(state + step * e) - together(state - step * e)) for e in np.eye(3)])
            slopes /= 2 * step
            assert found == pytest.approx(state * (slopes - state @ slopes), abs=1e-6)
        else:
            slopes = np.array(
                [(together(state + step * e) - together(state - step * e)) for e in np.eye(shares)]
            )
            assert found == pytest.approx(state * (1 - state) * slopes / (2 * step), abs=1e-6)


def test_in_the_papers_game_the_price_moves_the_separatrix() -> None:
    """Bistable scenario: the saddle goes from 2/3 to 1/4; the public pays what the enterprises receive."""
    game = externality_price("shi-chen-2018")
    saddles = []
    for level in (0, 1):
        found = separatrix.analyze(separatrix.with_instruments(game, [PRICE]), {PRICE: level}, "bistable")
        saddles += [p.state[0] for p in found.rest_points if p.stability == "saddle"]
    assert saddles == pytest.approx([2 / 3, 1 / 4])
    cost = game.instruments[PRICE].cost
    known = {
        **{name: Fraction(k + 1) for k, name in enumerate(("pi1", "pi2", "R1", "R2", "C1", "C2"))},
        **{PRICE: Fraction(1), "x": Fraction(1, 3), "y": Fraction(1, 5)},
    }
    public, enterprises = (evaluate(cost[payer], known) for payer in ("public", "enterprises"))
    assert public == -enterprises != 0
    gains = {share: evaluate(gain, known) for share, gain in externalities("shi-chen-2018").items()}
    assert public == gains["x"] * known["x"] + gains["y"] * known["y"]


def test_idle_the_game_is_what_it_was() -> None:
    """With the price idle the rest points are those of the game itself, and the file comes back the same."""
    game = externality_price("shi-chen-2018")
    before, after = (separatrix.analyze(g, scenario="bistable") for g in ("shi-chen-2018", game))
    assert [(p.state, p.stability) for p in before.rest_points] == [
        (p.state, p.stability) for p in after.rest_points
    ]
    again = separatrix.load(document_of(game))
    assert list(again.instruments) == list(game.instruments) and again.form == game.form


def test_sizes_weigh_what_populations_earn() -> None:
    """Ten enterprises of one kind to one of the other: theirs counts ten times for the other one's choice."""
    document = {"bimatrix": [[[1, 0], [0, 2]], [[0, 3], [2, 0]]], "parameters": {}}
    names = [p.name for p in separatrix.load(document).populations]
    even, uneven = externalities(document), externalities(document, {names[0]: 10})
    at, shares = {"x": Fraction(1, 3), "y": Fraction(1, 4)}, list(even)
    assert evaluate(uneven[shares[1]], at) == 10 * evaluate(even[shares[1]], at)
    assert evaluate(uneven[shares[0]], at) == evaluate(even[shares[0]], at) / 10
    assert evaluate(welfare(document), at) != evaluate(welfare(document, {names[0]: 10}), at)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: welfare({"populations": ["A", "B"], "advantages": {"x": "y", "y": "x"}}), "P168"),
        (lambda: externality_price("shi-chen-2018", {"Enterprise A": 0}), "P169"),
        (lambda: externality_price("shi-chen-2018", {"Enterprise Z": 1}), "P169"),
        (lambda: externality_price(externality_price("shi-chen-2018")), "P169"),
    ],
)
def test_what_cannot_be_priced_is_told(call: Any, code: str) -> None:
    """No payoffs, sizes that cannot be, a price that is there already."""
    with pytest.raises(SeparatrixError, match=code):
        call()


def test_convert_writes_the_price_into_a_game_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Any verb moves its level then; a table has no room for instruments."""
    file = tmp_path / "priced.yaml"
    assert run(["convert", "shi-chen-2018", str(file), "--externality-price"]) == 0
    asked = ["analyze", str(file), "--scenario", "bistable", "--format", "json"]
    assert run([*asked, "--set", f"{PRICE}=1"]) == 0
    told = json.loads(capsys.readouterr().out)
    states = [p["state"] for p in told["rest_points"] if p["stability"] == "saddle"]
    assert states == [{"x": 0.25, "y": 0.25}]
    assert run(["convert", "shi-chen-2018", str(tmp_path / "a.csv"), "--externality-price"]) == 2
    assert "U901" in capsys.readouterr().err
