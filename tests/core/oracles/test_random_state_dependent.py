"""Payoffs that depend on the state: one population against sympy, more against Newton's method and orbits."""

from __future__ import annotations

import random
from typing import Any

import pytest

import separatrix
from core.oracles import own_share
from core.oracles.agree import Tally
from core.oracles.agree_numbers import differences
from core.oracles.answers import ask
from core.oracles.exact_texts import value
from core.oracles.label_hunt import Hunt
from core.oracles.share_games import polynomial_square

LONG = pytest.mark.soak


def compare(line: own_share.LineGame) -> list[str]:
    """Return every difference between the answer and the exact zeros of the advantage."""
    answer = separatrix.analyze(separatrix.load(line.file)).to_dict()
    truth = own_share.rest_points(line)
    entries: list[Any] = sorted(answer["rest_points"], key=lambda p: p["state"]["x"])
    if answer["completeness"]["status"] != "complete":
        return ["incomplete"]
    if len(entries) != len(truth):
        return [f"{len(entries)} rest points, not {len(truth)}"]
    wrong = []
    for point, given in zip(truth, entries, strict=True):
        name = f"{given['id']} at {float(point.place):.9g}"
        if abs(given["state"]["x"] - float(point.place)) > 1e-12:
            wrong.append(f"{name}: state is {given['state']['x']}")
        if point.exact is not None and (given["exact"] is None or value(given["exact"]["x"]) != point.exact):
            wrong.append(f"{name}: exact is {given['exact']}, should be {point.exact}")
        expected = {
            "stability": point.label,
            "nash": point.nash,
            "strict_nash": point.strict,
            "isolated": True,
        }
        wrong += [
            f"{name}: {key} is {given[key]}, should be {v}" for key, v in expected.items() if given[key] != v
        ]
        ((real, imaginary),) = given["eigenvalues"]
        if imaginary or abs(real - float(point.eigenvalue)) > 1e-9 * max(1.0, abs(float(point.eigenvalue))):
            wrong.append(f"{name}: eigenvalue {real}, should be {float(point.eigenvalue)}")
        if given["ess"] is not None and given["ess"] != (point.label == "asymptotically stable"):
            wrong.append(f"{name}: ess is {given['ess']}, but it is {point.label}")
    return wrong


@pytest.mark.parametrize("count", [pytest.param(40, id="few"), pytest.param(1500, id="many", marks=LONG)])
def test_one_share(count: int) -> None:
    """Rest points are the zeros of the advantage, and its signs beside them decide the labels."""
    wrong = []
    for k in range(count):
        line = own_share.draw(random.Random(f"line-0-{k}"))
        if any(line.numerator):
            wrong += [f"line-0-{k}: {text}" for text in compare(line)]
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize(
    ("numerator", "labels"),
    [
        # x' = x(1-x)(2x-1)²: touches zero at 1/2
        ([1, -4, 4], ["source", "unstable", "asymptotically stable"]),
        # x' = -x(1-x)(2x-1)³: a threefold zero that attracts with eigenvalue 0
        ([1, -6, 12, -8], ["source", "asymptotically stable", "source"]),
        # x' = x²(1-x): the end 0 repels with eigenvalue 0
        ([0, 1], ["source", "asymptotically stable"]),
        # x' = -x³(1-x)²: the ends attract and repel with eigenvalue 0
        ([0, 0, -1, 1], ["asymptotically stable", "source"]),
        # zeros at (3 ± √5)/2, of which one lies inside
        ([1, -3, 1], ["source", "asymptotically stable", "source"]),
    ],
)
def test_zero_eigenvalues_on_a_line(numerator: list[int], labels: list[str]) -> None:
    """Where the eigenvalue vanishes the signs beside the point decide."""
    line = own_share.game(numerator)
    assert not compare(line)
    answer = separatrix.analyze(separatrix.load(line.file))
    assert [p.stability for p in sorted(answer.rest_points, key=lambda p: p.state)] == labels


def test_a_line_at_rest() -> None:
    """Where both strategies always earn the same every state is at rest."""
    answer = separatrix.analyze(separatrix.load(own_share.game([0], (1,), (1, 2, 3)).file))
    assert [(s.dimension, s.stability) for s in answer.rest_sets] == [(1, "stable")]
    assert not any(p.isolated for p in answer.rest_points)


@pytest.mark.parametrize(
    ("degree", "count"),
    [
        pytest.param(2, 10, id="quadratic"),
        pytest.param(3, 5, id="cubic"),
        pytest.param(2, 300, id="quadratic, many", marks=LONG),
        pytest.param(3, 200, id="cubic, many", marks=LONG),
    ],
)
def test_two_populations(degree: int, count: int) -> None:
    """What is listed is at rest and labelled as theory allows; Newton's method finds nothing else."""
    tally = Tally()
    for k in range(count):
        name = f"square-{degree}-0-{k}"
        game = polynomial_square(random.Random(name), degree, 3)
        differences(name, ask(game), tally, starts=60)
    print(f"\ndegree {degree}: {tally.text()}")
    assert not tally.wrong, "\n".join(tally.wrong[:20])
    assert tally.undecided_hyperbolic == 0
    assert tally.incomplete_plain <= 0.01 * max(tally.plain, 1)


HUNTED = range(0, 20_000, 500)


@pytest.mark.parametrize(
    "games",
    [
        pytest.param(range(6), id="few"),
        *(pytest.param(range(k, k + 500), id=f"{k} to {k + 499}", marks=LONG) for k in HUNTED),
    ],
)
def test_products_of_factors(games: range) -> None:
    """Labels agree with derivatives taken here and with orbits nearby; at most 3 % of pieces have none."""
    hunt = Hunt()
    for number in games:
        hunt.look_at(number)
    hunt.judge()
    print(f"\ngames {games.start} to {games.stop - 1}: {hunt.text()}")
    assert not hunt.crashes, "\n".join(hunt.crashes[:20])
    assert not hunt.tally.wrong, "\n".join(hunt.tally.wrong[:20])
    assert hunt.tally.undecided_hyperbolic == 0
    assert hunt.undecided_normal <= 0.005 * hunt.tally.pieces  # where labels change on them, and time ends
    assert hunt.tally.pieces_undecided <= 0.03 * hunt.tally.pieces
    assert hunt.tally.nash_open <= 0.002 * hunt.tally.points
