"""Games of more symbols than can be multiplied out: answers in named coefficients are right."""

from __future__ import annotations

import itertools
import random
import re

import pytest

import separatrix
from core.analysis.symbolic.many_symbols import Told, game_file, game_of_sums, random_values
from separatrix.analysis.results import Analysis
from separatrix.expression.conditions import TRUE
from separatrix.game.model import Game
from separatrix.run.limits import time_limit
from thinning import thinned


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
            inner += sum(len(s) == 2 for s in point["support"]) > 2
        # Of four parties that all mix nothing is listed in symbols, and it is said.
        if answer["completeness"]["status"] == "complete":
            assert not left, "a rest point is missing in symbols"
        assert all(len(s) == 2 for p in left.values() for s in p["support"])
        met = [r for r in answer["regimes"] if told.value(r["condition"])]
        assert len(met) == 1 or answer["regimes_completeness"]["status"] == "incomplete"
        if not met:
            continue
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


@thinned(
    ("count", "products", "assumed"),
    [(18, False, True), (24, True, True), (32, False, False), (40, False, True), (40, True, True)],
    each_run=1,
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


@pytest.mark.parametrize("products", [False, True])
def test_two_parties(products: bool) -> None:
    """Two parties need no names for any number of symbols."""
    game = game_of_sums(40, 11, parties=2, products=products)
    symbolic = separatrix.analyze(game, symbolic=True)
    assert not symbolic.definitions
    assert symbolic.completeness.status == "complete"
    _assert_told_right(game, symbolic, seed=3, times=25)


@pytest.mark.soak
def test_four_parties() -> None:
    """Faces on which three of four parties mix are answered in named coefficients."""
    game = game_of_sums(40, 13, parties=4)
    symbolic = separatrix.analyze(game, symbolic=True, budget=5)
    assert symbolic.definitions
    assert sum(len(p.free) == 3 for p in symbolic.rest_points) == 16
    assert _assert_told_right(game, symbolic, seed=4, times=5) > 0


@pytest.mark.soak
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
    rng = random.Random(3)
    met = 0
    for _ in range(6):
        values = random_values(game, rng)
        both = separatrix.analyze(game, values, symbolic=True, budget=0)  # regimes are not asked for
        numbers = separatrix.analyze(game, values)
        there = [p for p in both.rest_points if p.state is not None]
        assert all(p.exact is not None and p.exists is not None for p in both.rest_points)
        assert sorted(p.state for p in there) == sorted(p.state for p in numbers.rest_points)
        met += any(len(p.free) == 3 for p in there)
    assert met > 1


def test_claims_are_checked() -> None:
    """A paper of forty symbols is refereed: what is right passes, a wrong sign in a rest point is found."""
    game = game_of_sums(40, 7)
    point = separatrix.analyze(game, symbolic=True, budget=0).to_dict()["rest_points"][8]
    right = list(point["exact"].values())
    wrong = [right[0], right[1].replace(" + ", " - ", 1), right[2]]
    claims = [{"id": "P", "at": right}, {"id": "Q", "at": wrong}]
    paper = separatrix.load({**game_file(40, 7), "published": {"rest_points": claims}})
    found = separatrix.check(paper)
    assert [(f.code, f.claim) for f in found] == [("P603", f"({', '.join(wrong)})")]


def test_regime_map_of_many_symbols() -> None:
    """Over two of forty parameters the map shows at each node the states that the numbers call stable."""
    game = game_of_sums(40, 7)
    values = random_values(game, random.Random(5))
    found = separatrix.regime_map(game, {"s1": (0.25, 9), "s2": (0.25, 9)}, grid=(3, 3), values=values)
    for i, j in itertools.product(range(3), repeat=2):
        here = {**values, "s1": found.axes[0].node(i), "s2": found.axes[1].node(j)}
        points = separatrix.analyze(game, here).rest_points
        stable = {p.support for p in points if p.stability == "asymptotically stable"}
        assert {found.states[k].support for k in found.regimes[found.labels[i, j]].stable} == stable


def _high_powers(exponent: int = 8) -> separatrix.Game:
    file = game_file(20, 3)
    rng = random.Random(1)
    for entry in file["payoffs"]:
        sums = [" + ".join(rng.sample(list(file["parameters"]), 10)) for _ in range(3)]
        entry["pay"] = [f"({each})^{exponent}" for each in sums]
    return separatrix.load(file)


@pytest.mark.soak
def test_payoffs_of_hundreds_of_terms() -> None:
    """Long payoffs are never printed multiplied out: names stand for sums of payoffs as the file has them."""
    game = _high_powers(3)
    symbolic = separatrix.analyze(game, symbolic=True, budget=5)
    assert symbolic.completeness.status == "complete" and len(symbolic.rest_points) == 16
    definitions = symbolic.to_dict()["definitions"]
    assert any("**3" in text for text in definitions.values())
    assert max(map(len, definitions.values())) < 1_000
    _assert_told_right(game, symbolic, seed=1, times=5)


def test_symbols_to_high_powers_leave_the_rest_of_the_answer() -> None:
    """Payoffs of too many terms in symbols: pure profiles say why no more is told, and numbers are whole."""
    game = _high_powers()
    symbols = separatrix.analyze(game, symbolic=True)
    assert len(symbols.rest_points) == 8
    assert {p.stability for p in symbols.rest_points} == {"undecided"}
    assert all("too many terms" in str(p.reason) for p in symbols.rest_points)
    _assert_left_open(symbols)
    assert "too many terms" in symbols.completeness.proof and symbols.completeness.status == "incomplete"
    values = random_values(game, random.Random(1))
    both, numbers = (separatrix.analyze(game, values, symbolic=s) for s in (True, False))
    told, truth = ({p.state: (p.stability, p.nash) for p in a.rest_points} for a in (both, numbers))
    assert told == truth and len(told) >= 8


def test_without_time_no_profile_is_said_to_be_never_stable() -> None:
    """Where time ends before anything is known of stability, it is left open for all parameters."""
    with time_limit(-1):
        answer = separatrix.analyze(game_of_sums(20, 3), symbolic=True)
    assert len(answer.rest_points) == 8
    _assert_left_open(answer)


def _assert_left_open(answer: Analysis) -> None:
    """No condition of stability alone would mean that there is none."""
    for point in answer.rest_points:
        assert (point.exists, point.stable_when, point.open_when) == (TRUE, None, TRUE)


def test_payoffs_too_long_to_multiply_out() -> None:
    """With values, equations that would have too many terms in symbols are told as sums of payoffs."""
    game = _high_powers()
    answer = separatrix.analyze(game, random_values(game, random.Random(1)))
    assert set(answer.equations) == set(answer.advantages) == set(game.shares)
    assert len(answer.rest_points) >= 8
