"""Maximal Nash subsets of degenerate games of two players, against brute force over all labels."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import pytest

from core.oracles.agree import nash_missing
from core.oracles.answers import Answer, ask
from core.oracles.best_replies import Mixed, maximal_nash_subsets
from core.oracles.share_games import ShareGame, bimatrix

Matrix = list[list[Fraction]]

LONG = pytest.mark.soak
SIZES = [pytest.param(60, id="few"), pytest.param(1500, id="many", marks=LONG)]


def _draw(rng: random.Random) -> tuple[Matrix, Matrix]:
    """Payoffs from a few whole numbers, so that ties abound; sometimes with a strategy that occurs twice."""
    rows, columns = rng.choice([(2, 2), (2, 3), (3, 2), (3, 3), (2, 4), (4, 3)])
    most = rng.choice([1, 1, 2, 3])

    def matrix() -> Matrix:
        return [[Fraction(rng.randint(0, most)) for _ in range(columns)] for _ in range(rows)]

    first, second = matrix(), matrix()
    kind = rng.randrange(5)
    if kind == 0:
        second = [[-v for v in row] for row in first]
    elif kind == 1:
        second = [list(row) for row in first]
    elif kind == 2 and rows > 1:
        first[-1], second[-1] = list(first[0]), list(second[0])
    return first, second


def _split(game: ShareGame, corner: Sequence[Fraction]) -> tuple[Mixed, Mixed]:
    return tuple(corner[: game.sizes[0]]), tuple(corner[game.sizes[0] :])


def _factors(answer: Answer, entry: dict[str, Any]) -> tuple[frozenset[Mixed], frozenset[Mixed]]:
    corners = [_split(answer.game, c) for c in answer.exact_corners(entry["exact"])]
    xs, ys = frozenset(x for x, _ in corners), frozenset(y for _, y in corners)
    assert len(corners) == len(xs) * len(ys), "the corners are no product"
    return xs, ys


def _differences(answer: Answer, first: Matrix, second: Matrix) -> Iterator[str]:
    given = answer.raw["nash_components"]
    factors = [_factors(answer, entry) for entry in given]
    truth = maximal_nash_subsets(first, second)
    if set(factors) != truth or len(factors) != len(truth):
        yield f"{sorted(map(str, factors))} instead of {sorted(map(str, truth))}"
        return
    groups = _connected(truth)
    told = {f: entry["connected"] for f, entry in zip(factors, given, strict=True)}
    if len({frozenset(f for f in truth if told[f] == n) for n in told.values()} ^ groups):
        yield f"connected: {[entry['connected'] for entry in given]}"
    for entry, (xs, ys) in zip(given, factors, strict=True):
        if not entry["pieces"]:
            yield f"{entry['id']} has no rest state"
        single = next(iter(xs)), next(iter(ys))
        strict = len(xs) == len(ys) == 1 and _strict(first, second, *single)
        if entry["strict"] is not strict:
            yield f"{entry['id']}: strict is {entry['strict']}"
    equilibria = {p.entry["id"] for p in answer.points if p.entry["nash"]}
    equilibria |= {p.entry["id"] for p in answer.pieces if p.entry["nash"]}
    if equilibria != {name for entry in given for name in entry["pieces"]}:
        yield f"the equilibria are {sorted(equilibria)}, but {[entry['pieces'] for entry in given]}"
    yield from nash_missing(answer)


def _strict(first: Matrix, second: Matrix, x: Mixed, y: Mixed) -> bool:
    if {*x, *y} != {0, 1}:
        return False
    a, b = x.index(Fraction(1)), y.index(Fraction(1))
    return all(row[b] < first[a][b] for k, row in enumerate(first) if k != a) and all(
        v < second[a][b] for k, v in enumerate(second[a]) if k != b
    )


def _connected(subsets: set[tuple[frozenset[Mixed], frozenset[Mixed]]]) -> set[frozenset[Any]]:
    """Subsets joined as long as two of them have a corner in common."""
    groups = [{s} for s in subsets]
    while True:
        pair = next(
            (
                (g, h)
                for g in groups
                for h in groups
                if g is not h and any(a[0] & b[0] and a[1] & b[1] for a in g for b in h)
            ),
            None,
        )
        if pair is None:
            return {frozenset(g) for g in groups}
        pair[0].update(pair[1])
        groups.remove(pair[1])


@pytest.mark.parametrize("count", SIZES)
def test_all_equilibria_of_two_players(count: int) -> None:
    """Extreme equilibria, maximal subsets, their connection and rest states are what brute force says."""
    wrong = []
    for k in range(count):
        first, second = _draw(random.Random(k))
        answer = ask(bimatrix(first, second))
        wrong += [f"{k} {first} {second}: {text}" for text in _differences(answer, first, second)]
    assert not wrong, "\n".join(wrong[:10])


def test_other_games_have_none() -> None:
    """One population, three, and payoffs that depend on the own shares: no answer, not an empty one."""
    import separatrix

    for slug in ("hawk-dove-one-population", "mckelvey-mclennan", "dynamic-penalty"):
        assert separatrix.analyze(separatrix.load(slug)).to_dict()["nash_components"] is None
