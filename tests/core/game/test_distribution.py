"""Distributions of parameters: read, checked, drawn and written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import separatrix
from separatrix.errors import SeparatrixError
from separatrix.game.distribution import DISTRIBUTIONS, Distribution, distribution_document, distribution_text
from separatrix.game.distributions import distribution_of, spread_of
from separatrix.game.formats.document import document_of
from separatrix.game.model import Game
from separatrix.game.reader import read_document
from separatrix.io.yaml import SourceDocument

LEVELS = np.array([0.01, 0.2, 0.5, 0.77, 0.999])
NUMBERS = st.fractions(min_value=-50, max_value=50, max_denominator=20)
POSITIVE = st.fractions(min_value="1/20", max_value=20, max_denominator=20)

EXAMPLES: dict[str, Any] = {
    "uniform": [1, 3],
    "loguniform": [1, 100],
    "triangular": [0, 1, 3],
    "normal": [2, 1],
    "truncated_normal": [2, 1, 0, 3],
    "lognormal": [0, 1],
    "beta": [2, 5],
    "choice": [1, 2, 5],
    "discrete": [[1, 3], [2, 1]],
}


def with_law(law: object, **more: object) -> Game:
    """Return a game whose parameter `a` has a distribution."""
    return separatrix.load(
        {
            "title": "t",
            "parameters": {"a": {"value": 2, "uncertain": law, **more}},
            "payoff_matrix": [["a", 0], [0, 1]],
        }
    )


@given(st.tuples(NUMBERS, POSITIVE, POSITIVE), st.tuples(POSITIVE, POSITIVE))
def test_quantiles_are_those_of_scipy(numbers: tuple[Fraction, ...], shapes: tuple[Fraction, ...]) -> None:
    """Each distribution, in this program's numbers, has the quantiles that scipy's has in its own."""
    a, b, c = numbers
    p, q = shapes
    low, mode, high = a, a + b, a + b + c
    f = [float(x) for x in (a, b, c, low, mode, high, p, q)]
    pairs = [
        ({"uniform": [low, high]}, stats.uniform(f[3], f[5] - f[3])),
        ({"triangular": [low, mode, high]}, stats.triang((f[4] - f[3]) / (f[5] - f[3]), f[3], f[5] - f[3])),
        ({"normal": [a, b]}, stats.norm(f[0], f[1])),
        ({"lognormal": [a, min(b, 9)]}, stats.lognorm(min(f[1], 9), scale=np.exp(f[0]))),
        ({"beta": [p, q]}, stats.beta(f[6], f[7])),
        ({"beta": [p, q, low, high]}, stats.beta(f[6], f[7], f[3], f[5] - f[3])),
        ({"loguniform": [b, b + c]}, stats.loguniform(f[1], f[1] + f[2])),
        (
            {"truncated_normal": [mode, c, low, high]},
            stats.truncnorm((f[3] - f[4]) / f[2], (f[5] - f[4]) / f[2], f[4], f[2]),
        ),
    ]
    for document, law in pairs:
        found = distribution_of(document, "a").quantile(LEVELS)
        assert found == pytest.approx(law.ppf(LEVELS), rel=1e-9, abs=1e-9), document


def test_discrete_values_come_as_often_as_their_weights_say() -> None:
    """Of evenly spaced levels each value takes the part that its weight is of all weights."""
    levels = (np.arange(1000) + 0.5) / 1000
    drawn = distribution_of({"discrete": [[7, 1], [-2, "3"], [0, 6]]}, "a").quantile(levels)
    assert {v: int((drawn == v).sum()) for v in (7.0, -2.0, 0.0)} == {7.0: 100, -2.0: 300, 0.0: 600}
    even = distribution_of("choice(1, 2, 4)", "a").quantile(levels)
    assert [int((even == v).sum()) for v in (1, 2, 4)] == pytest.approx([333, 333, 333], abs=1)


@given(st.floats(-3, 3), st.floats(0.01, 3))
def test_cutting_off_is_rejecting_what_lies_beyond(low: float, width: float) -> None:
    """Quantiles within limits are those of scipy's truncated normal, in either tail."""
    law = distribution_of("normal(0, 1)", "a")
    found = law.quantile(LEVELS, low, low + width)
    assert found == pytest.approx(stats.truncnorm(low, low + width).ppf(LEVELS), rel=1e-7, abs=1e-7)
    assert law.inside(low, low + width) == pytest.approx(stats.norm.cdf(low + width) - stats.norm.cdf(low))


def test_limits_far_out_in_a_tail_keep_their_digits() -> None:
    """Beyond eight standard deviations quantiles still rise, and stay within the limits."""
    found = distribution_of("normal(0, 1)", "a").quantile(LEVELS, 8, 9)
    assert (np.diff(found) > 0).all() and 8 <= found[0] and found[-1] <= 9
    assert found == pytest.approx(stats.truncnorm(8, 9).ppf(LEVELS), rel=1e-6)


@pytest.mark.parametrize("kind", DISTRIBUTIONS)
def test_every_distribution_survives_the_file_and_the_line_of_text(kind: str, tmp_path: Path) -> None:
    """A document, a line of text, a game built in Python and a workbook all read as the same distribution."""
    game = with_law({kind: EXAMPLES[kind]})
    law = game.parameters["a"].uncertain
    assert law is not None
    assert distribution_of(distribution_document(law), "a") == law
    assert distribution_of(distribution_text(law), "a") == law
    bare = Game(game.title, game.populations, game.form, parameters=game.parameters)
    assert read_document(document_of(bare), SourceDocument()).parameters["a"].uncertain == law
    from separatrix.game.formats.table_writer import write_game

    write_game(game, tmp_path / "game.xlsx")
    assert separatrix.load(tmp_path / "game.xlsx").parameters["a"].uncertain == law


@pytest.mark.parametrize("kind", ["uniform", "triangular", "normal"])
def test_a_percentage_is_of_the_value_at_hand(kind: str) -> None:
    """It follows a scenario's value, for negative values too, and is nothing around 0."""
    law = with_law({kind: "±20 %"}).parameters["a"].uncertain
    assert law is not None and law.relative and distribution_of(distribution_text(law), "a") == law
    for value in (10, -10):
        drawn = law.around(Fraction(value), "a").quantile(LEVELS)
        assert drawn[2] == pytest.approx(value) and (np.diff(drawn) > 0).all()
    assert law.around(Fraction(-10), "a").numbers[-1] == (2 if kind == "normal" else -8)
    with pytest.raises(SeparatrixError, match="V331 `a` is 0"):
        law.around(Fraction(0), "a")


BAD: list[tuple[object, str, str]] = [
    ({"gaussian": [0, 1]}, "G107", "gaussian"),
    ({"triangle": [0, 1, 2]}, "G107", "did you mean `triangular`"),
    ({"normal": [0, 1], "uniform": [0, 1]}, "G119", "2 distributions"),
    ({}, "G119", "0 distributions"),
    ([1, 2], "G110", "must be a mapping"),
    ("10", "G119", "no distribution"),
    ("nonsense(1, 2)", "G107", "nonsense"),
    ({"triangular": [1, 2]}, "G119", "takes 3 numbers, found 2"),
    ({"beta": [1, 2, 3]}, "G119", "2 or 4"),
    ({"triangular": [3, 2, 1]}, "V330", "3 comes before 2"),
    ({"uniform": [1, 1]}, "V330", "both 1"),
    ({"triangular": [0, 5, 3]}, "V330", "5 comes before 3"),
    ({"loguniform": [0, 1]}, "V330", "the lowest is 0"),
    ({"normal": [0, 0]}, "V330", "standard deviation is 0"),
    ({"normal": [0, -1]}, "V330", "standard deviation is -1"),
    ({"truncated_normal": [0, 1, 2, 1]}, "V330", "2 comes before 1"),
    ({"truncated_normal": [0, 1, 50, 60]}, "V330", "30 standard deviations"),
    ({"beta": [0, 1]}, "V330", "a shape is 0"),
    ({"lognormal": [1000, 1]}, "V330", "out of bounds"),
    ({"choice": [1]}, "G119", "holds 1 values"),
    ({"choice": [1, 1]}, "V330", "1 twice"),
    ({"discrete": [[1, 0], [2, 1]]}, "V330", "weight 0"),
    ({"discrete": [[1, -1], [2, 1]]}, "V330", "weight -1"),
    ({"discrete": [1, 2]}, "G110", "must be a list"),
    ({"discrete": [[1, 2, 3], [1, 2]]}, "G119", "holds 3 numbers"),
    ({"uniform": [0, "x"]}, "V301", "found `x`"),
    ({"uniform": [0, float("nan")]}, "V301", "finite"),
    ({"uniform": [0, float("inf")]}, "V301", "finite"),
    ({"uniform": "0%"}, "V330", "nothing is uncertain"),
    ({"uniform": "-5%"}, "G119", "expected a list"),
    ({"beta": "20%"}, "G119", "expected a list"),
    ({"uniform": "20"}, "G119", "expected a list"),
    ({"uniform": None}, "G110", "must be a list"),
    ("uniform(1, *2)", "S001", ""),
]


@pytest.mark.parametrize(("law", "code", "part"), BAD, ids=[str(b[0])[:40] for b in BAD])
def test_impossible_distributions_are_refused(law: object, code: str, part: str) -> None:
    """Every fault has its code, and says what was found."""
    with pytest.raises(SeparatrixError) as caught:
        with_law(law)
    assert caught.value.code == code
    assert part in str(caught.value)


def test_a_fault_has_its_place_in_the_file(tmp_path: Path) -> None:
    """The error points at the distribution, with line and column."""
    path = tmp_path / "game.yaml"
    path.write_text(
        "parameters:\n  a: {value: 2, uncertain: {triangular: [3, 2, 1]}}\n"
        "payoff_matrix: [['a', '0'], ['0', '1']]\n",
        "utf-8",
    )
    with pytest.raises(SeparatrixError) as caught:
        separatrix.load(path)
    assert caught.value.where is not None and caught.value.where.line == 2
    assert caught.value.where.column == 41


@pytest.mark.parametrize("given_", ["0%", "100%", "-5%", 0, 1, -0.1, "ten", None, float("nan"), [1]])
def test_impossible_spreads_are_refused(given_: object) -> None:
    """A spread is more than 0 % and less than 100 %."""
    with pytest.raises(SeparatrixError, match="V330"):
        spread_of(given_)


def test_a_spread_is_a_percentage_or_a_number() -> None:
    """Both ways of writing it are exact."""
    assert spread_of("10%") == spread_of(0.1) == spread_of("± 10 %") == Fraction(1, 10)


def test_an_uncertain_game_is_analysed_at_its_values() -> None:
    """A distribution changes no analysis, and is no section that is left unused."""
    game = with_law("uniform(1, 3)")
    assert separatrix.analyze(game).to_dict()["model"]["parameters"] == {"a": 2}
    assert game.later == ()
    assert Distribution("uniform", (Fraction(1), Fraction(3))) == game.parameters["a"].uncertain
