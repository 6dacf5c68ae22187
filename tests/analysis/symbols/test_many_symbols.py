"""Games of more symbols than can be multiplied out: answers in named coefficients are right."""

from __future__ import annotations

import random
import re

import pytest

import separatrix
from analysis.symbols.many_symbols import Told, game_of_sums, random_values
from separatrix.analysis.result import Analysis
from separatrix.game.model import Game


def _assert_told_right(game: Game, symbolic: Analysis, seed: int, times: int) -> int:
    """Compare an answer in symbols with the answer in numbers; return how many inner points were met."""
    answer = symbolic.to_dict()
    rng = random.Random(seed)
    inner = 0
    for _ in range(times):
        values = random_values(game, rng)
        told = Told(answer, values)
        numbers = separatrix.analyze(game, values).to_dict()
        assert not numbers["rest_sets"], "random values are not degenerate"
        left = {tuple(p["state"].values()): p for p in numbers["rest_points"]}
        for point in answer["rest_points"]:
            if not told.value(point["exists"]):
                continue
            state = [float(told.value(text)) for text in point["exact"].values()]
            place = min(left, key=lambda s: sum(abs(a - b) for a, b in zip(s, state, strict=True)))
            assert place == pytest.approx(state, abs=1e-6)
            truth = left.pop(place)
            assert truth["support"] == point["support"]
            stable = point["stable_when"] is not None and told.value(point["stable_when"])
            assert stable == (truth["stability"] == "asymptotically stable")
            assert point["stability"] in (None, truth["stability"])
            for flag in ("nash", "strict_nash", "ess", "nss"):
                assert point[flag] in (None, truth[flag])
            if point["eigenvalues_exact"] is not None:
                _assert_eigenvalues(told, point["eigenvalues_exact"], truth["eigenvalues"])
            inner += all(len(s) == 2 for s in point["support"])
        assert not left, "a rest point is missing in symbols"
        met = [r for r in answer["regimes"] if told.value(r["condition"])]
        (regime,) = met
        assert regime["generic"]
        attracting = [p["state"] for p in numbers["rest_points"] if p["stability"] == "asymptotically stable"]
        assert sorted(map(str, regime["stable"])) == sorted(
            str({share: int(value) for share, value in state.items()}) for state in attracting
        )
    return inner


def _assert_eigenvalues(told: Told, texts: list[str], truth: list[list[float]]) -> None:
    """Compare eigenvalues; a pair that is imaginary in numbers has a negative radicand in symbols."""
    real = sorted(re_ for re_, im in truth if abs(im) < 1e-9)
    found = []
    for text in texts:
        try:
            found.append(float(told.value(text)))
        except ValueError:
            assert "sqrt" in text
    assert sorted(found) == pytest.approx(real, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("count", "products", "assumed"),
    [(18, False, True), (24, True, True), (32, False, False), (40, False, True), (40, True, True)],
)
def test_three_parties(count: int, products: bool, assumed: bool) -> None:
    """Rest points, labels, eigenvalues and regimes in named coefficients are those of the numbers."""
    game = game_of_sums(count, count, products=products, assumed=assumed)
    symbolic = separatrix.analyze(game, symbolic=True)
    assert symbolic.definitions
    assert symbolic.completeness.status == "complete"
    assert symbolic.regimes_completeness is not None
    assert symbolic.regimes_completeness.status == "complete"
    assert _assert_told_right(game, symbolic, seed=count, times=20) > 1


def test_few_symbols_keep_theirs() -> None:
    """What can be multiplied out is written in the parameters."""
    game = game_of_sums(12, 3)
    symbolic = separatrix.analyze(game, symbolic=True)
    assert not symbolic.definitions
    _assert_told_right(game, symbolic, seed=1, times=15)


def test_every_name_is_defined() -> None:
    """Exactly the names in an answer that are no shares and no parameters are defined."""
    game = game_of_sums(40, 7)
    answer = separatrix.analyze(game, symbolic=True).to_dict()
    texts = str([answer["rest_points"], answer["rest_sets"], answer["regimes"]])
    names = set(re.findall(r"\b[kxyz]\d*\b|\bs\d+\b", texts))
    assert {n for n in names if n.startswith("k")} == set(answer["definitions"])
    for meaning in answer["definitions"].values():
        assert set(re.findall(r"[a-z]\w*", meaning)) <= set(game.parameters)


def test_values_fill_in_numbers() -> None:
    """With values, candidates in named coefficients are matched with the rest points of the numbers."""
    game = game_of_sums(30, 5)
    rng = random.Random(2)
    met = 0
    for _ in range(30):
        values = random_values(game, rng)
        both = separatrix.analyze(game, values, symbolic=True)
        numbers = separatrix.analyze(game, values)
        there = [p for p in both.rest_points if p.state is not None]
        assert all(p.exact is not None and p.exists is not None for p in both.rest_points)
        assert sorted(p.state for p in there) == sorted(p.state for p in numbers.rest_points)
        met += any(len(p.free) == 3 for p in there)
    assert met > 1
