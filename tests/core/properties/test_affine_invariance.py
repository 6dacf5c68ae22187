"""Changes of games with any number of strategies that must not change the answer, or must permute it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import separatrix
from core.oracles.share_games import bimatrix, own_matrix

PAYOFF = st.one_of(st.integers(-1, 1), st.integers(-4, 4))
Rows = list[list[int]]
FEWER = settings(max_examples=settings().max_examples // 2)
FLAGS = ("stability", "isolated", "nash", "strict_nash", "ess", "nss")


@st.composite
def squares(draw: st.DrawFn, most: int = 4) -> Rows:
    """Draw the payoffs of one population of three or more strategies."""
    size = draw(st.integers(3, most))
    return [draw(st.lists(PAYOFF, min_size=size, max_size=size)) for _ in range(size)]


@st.composite
def tables(draw: st.DrawFn) -> tuple[Rows, Rows]:
    """Draw the payoffs of two populations of two and three strategies."""
    return tuple([draw(st.lists(PAYOFF, min_size=3, max_size=3)) for _ in range(2)] for _ in range(2))


def solve(file: Any) -> Any:
    """What the package says."""
    return separatrix.analyze(separatrix.load(dict(file)))


def points(answer: Any, order: Sequence[int] | None = None, keys: Sequence[str] = FLAGS) -> list[Any]:
    """The rest points with their flags, the shares put into an order."""
    rows = []
    for p in answer.rest_points:
        state = p.state if order is None else tuple(p.state[k] for k in order)
        rows.append((tuple(round(v, 9) for v in state), *(getattr(p, key) for key in keys)))
    return sorted(rows, key=lambda r: r[0])


def pieces(answer: Any, order: Sequence[int] | None = None) -> list[Any]:
    """Ends, dimension and label of the rest sets, and what is said of their components."""
    rows = []
    for s in answer.rest_sets:
        corners = [c if order is None else tuple(c[k] for k in order) for c in s.corners]
        component = next(c for c in answer.rest_components if c.id == s.component)
        rows.append(
            (
                sorted(tuple(round(v, 9) for v in c) for c in corners),
                s.dimension,
                s.stability,
                component.set_stability,
                str(component.es_set),
            )
        )
    return sorted(rows)


@given(squares(), st.data())
@FEWER
def test_one_population_columns_and_scale(rows: Rows, data: st.DataObject) -> None:
    """A constant in a column and a common factor move nothing, and change no label or flag."""
    size = len(rows)
    added = data.draw(st.lists(st.integers(-9, 9), min_size=size, max_size=size))
    factor = data.draw(st.integers(1, 5))
    changed = [[factor * (v + c) for v, c in zip(row, added, strict=True)] for row in rows]
    before, after = solve(own_matrix(rows).file), solve(own_matrix(changed).file)
    assert points(before) == points(after)
    assert pieces(before) == pieces(after)


@given(squares(), st.data())
@FEWER
def test_one_population_renamed(rows: Rows, data: st.DataObject) -> None:
    """Listing the strategies in another order permutes the shares."""
    order = data.draw(st.permutations(range(len(rows))))
    turned = [[rows[i][j] for j in order] for i in order]
    before, after = solve(own_matrix(rows).file), solve(own_matrix(turned).file)
    assert points(before, order) == points(after)
    assert pieces(before, order) == pieces(after)


@given(squares())
@FEWER
def test_one_population_backwards(rows: Rows) -> None:
    """With all payoffs negated time runs backwards: sinks and sources change places, saddles stay."""
    turned = {"asymptotically stable": "source", "source": "asymptotically stable"}
    keep = ("saddle", "centre")
    before = solve(own_matrix(rows).file)
    after = solve(own_matrix([[-v for v in row] for row in rows]).file)
    backwards = {tuple(round(v, 9) for v in p.state): p for p in after.rest_points}
    assert len(before.rest_points) == len(after.rest_points)
    for p in before.rest_points:
        q = backwards[tuple(round(v, 9) for v in p.state)]
        assert p.isolated == q.isolated
        if p.stability in turned:
            assert q.stability in (turned[p.stability], "undecided")
        if p.stability in keep:
            assert q.stability in (p.stability, "undecided")


@given(tables(), st.data())
@FEWER
def test_two_populations_renamed(table: tuple[Rows, Rows], data: st.DataObject) -> None:
    """Exchanging the populations, and the order of strategies, permutes the shares."""
    first, second = table
    columns = data.draw(st.permutations(range(3)))
    turned = ([[r[j] for j in columns] for r in first], [[r[j] for j in columns] for r in second])
    before = solve(bimatrix(first, second).file)
    after = solve(bimatrix(*turned).file)
    order = [0, *(1 + j for j in columns)]
    assert points(before, order) == points(after)
    assert pieces(before, order) == pieces(after)
    transposed = [[list(column) for column in zip(*m, strict=True)] for m in (second, first)]
    exchanged = solve(bimatrix(*transposed).file)
    assert points(before, [1, 2, 3, 0]) == points(exchanged)
    assert pieces(before, [1, 2, 3, 0]) == pieces(exchanged)


BESIDE_A_LOSER = {
    "asymptotically stable": {"asymptotically stable"},
    "saddle": {"saddle"},
    "source": {"saddle"},
    "centre": {"stable"},
    "stable": {"stable"},
    "unstable": {"saddle", "unstable"},
}


@given(st.lists(PAYOFF, min_size=8, max_size=8), st.lists(PAYOFF, min_size=2, max_size=2))
@FEWER
def test_a_strategy_that_always_loses(pay: list[int], met: list[int]) -> None:
    """A third strategy that earns far less adds a negative eigenvalue to all states without it.

    Games of two by two strategies and of three by two are solved in different ways, and must agree.
    """
    first, second = [pay[0:2], pay[2:4]], [pay[4:6], pay[6:8]]
    small = solve(bimatrix(first, second).file)
    large = solve(bimatrix([*first, [-50, -50]], [*second, met]).file)
    without = [p for p in large.rest_points if p.state[2] == 0]
    assert len(small.rest_points) == len(without)
    for p in small.rest_points:
        (q,) = (q for q in without if max(abs(q.state[0] - p.state[0]), abs(q.state[3] - p.state[1])) < 1e-9)
        assert (p.nash, p.strict_nash, p.ess, p.isolated) == (q.nash, q.strict_nash, q.ess, q.isolated)
        if "undecided" not in (p.stability, q.stability):
            assert q.stability in BESIDE_A_LOSER[p.stability], (p, q)
