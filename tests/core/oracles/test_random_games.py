"""The package against the oracle on random games: counts, places, flags and labels.

Two hundred games of each kind always; ten thousand in the long run (``make soak``).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import mpmath
import pytest

import separatrix
from core.oracles.bridge import disagreements, distance, on_piece, samples, to_mapping
from core.oracles.faces import RestStates, rest_states
from core.oracles.games import OracleGame, Point, random_game
from core.oracles.judge import Case, judge, observe
from core.oracles.special_games import KINDS
from core.oracles.verdicts import settled
from thinning import thinned

LONG = pytest.mark.soak


def answers(kind: str, count: int, seed: int = 0) -> Iterator[tuple[str, OracleGame, RestStates, Any]]:
    """Yield random games of a kind with what the oracle and the package say; the name finds one again."""
    for k in range(count):
        name = f"{kind}-{seed}-{k}"
        game = KINDS[kind](random.Random(name))
        yield name, game, rest_states(game), separatrix.analyze(separatrix.load(to_mapping(game)))


def compare(kind: str, count: int) -> tuple[Counter[str], list[str]]:
    """Return how often each label was given to a rest point, and all that is wrong."""
    labels: Counter[str] = Counter()
    wrong: list[str] = []
    for name, game, truth, answer in answers(kind, count):
        labels.update(p.stability for p in answer.rest_points)
        for point in answer.rest_points:
            if point.free and point.stability == "asymptotically stable":
                wrong.append(f"{name}: mixed point {point.state} is called asymptotically stable")
            if point.stability == "undecided" and not point.reason:
                wrong.append(f"{name}: {point.id} is undecided without a reason")
        wrong += [f"{name}: {text}" for text in disagreements(game, answer, truth)]
    return labels, wrong


SIZES = [pytest.param(200, id="200"), pytest.param(10_000, id="10000", marks=LONG)]


@pytest.mark.parametrize("count", SIZES)
@thinned(
    ("kind", "most"), [("nine", 0.01), ("one", 0.10), ("square nine", 0.01), ("square one", 0.10)], each_run=2
)
def test_games_with_integer_payoffs(kind: str, most: float, count: int) -> None:
    """Counts, places, flags and labels equal the oracle's; few are undecided, and none incomplete."""
    labels, wrong = compare(kind, count)
    print(f"\n{kind}: {dict(labels.most_common())}")
    assert not wrong, "\n".join(wrong[:20])
    assert labels["undecided"] <= most * sum(labels.values())


@pytest.mark.parametrize("count", [pytest.param(60, id="60"), pytest.param(2000, id="2000", marks=LONG)])
@thinned("kind", ["zero or one", "sparse", "products", "curves"], each_run=2)
def test_degenerate_games(kind: str, count: int) -> None:
    """Games full of rest edges, surfaces and curves are described as the oracle describes them."""
    _, wrong = compare(kind, count)
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("count", [pytest.param(15, id="15"), pytest.param(400, id="400", marks=LONG)])
@thinned("kind", ["one", "square one", "sparse", "products", "curves"], each_run=2)
def test_labels_against_integration(kind: str, count: int) -> None:
    """No label of a point or piece that theory leaves open is refuted by the orbits around it."""
    cases, claims = [], []
    for name, game, truth, answer in answers(kind, count, seed=1):
        for point, given in labelled(name, truth, answer):
            if settled(game.advantages(), point)[0] is None:
                cases.append(Case(game.advantages(), point, 0.05))
                claims.append((name, given.id, given.stability, given.reason))
    order = list(range(len(cases)))
    random.Random(0).shuffle(order)
    order = order[: 3 * count]
    refuted = []
    for start in range(0, len(order), 200):
        part = order[start : start + 200]
        for k, seen in zip(part, observe([cases[k] for k in part], steps=500, count=24), strict=True):
            if judge(claims[k][2], seen) == "contradicted":
                near = Case(cases[k].advantages, cases[k].point, cases[k].limit / 400)
                (closer,) = observe([near], steps=3000, count=64, seed=1)
                if judge(claims[k][2], closer) == "contradicted":
                    refuted.append((*claims[k], [mpmath.nstr(v, 6) for v in cases[k].point]))
    assert not refuted


def labelled(name: str, truth: RestStates, answer: Any) -> Iterator[tuple[Point, Any]]:
    """Yield exact points with what the package says about them, isolated and on pieces."""
    for point in (*truth.isolated, *truth.pure_on_continua):
        yield point, min(answer.rest_points, key=lambda r: distance(r.state, point))
    rng = random.Random(name)
    for piece in truth.pieces:
        for point in samples(piece, rng, 1):
            for given in answer.rest_sets:
                if given.dimension > 0 and on_piece(given, point):
                    yield point, given


@pytest.mark.parametrize("kind", ["one", "sparse", "products", "curves", "zero or one"])
def test_pieces_do_not_overlap(kind: str) -> None:
    """A random state of a continuum lies on exactly one piece, and the label there is what theory says."""
    for name, game, truth, answer in answers(kind, 25, seed=2):
        rng = random.Random(name)
        for piece in truth.pieces:
            for point in samples(piece, rng, 2):
                found = [s for s in answer.rest_sets if s.dimension > 0 and on_piece(s, point)]
                assert len(found) == 1, (name, point)
                label, _ = settled(game.advantages(), point)
                assert found[0].stability in ((label, "undecided") if label else LEFT_OPEN), (name, point)


LEFT_OPEN = ("centre", "stable", "unstable", "undecided")


def test_a_random_game_is_what_it_says() -> None:
    """Payoffs are integers within their bounds."""
    game = random_game(random.Random(1), 3, -9, 9)
    assert all(-9 <= v <= 9 for pay in game.pay.values() for v in pay)
