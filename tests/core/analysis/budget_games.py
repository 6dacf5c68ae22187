"""Games of sizes and structures at which some search, recursion or expansion is long."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

__all__ = ["CORPUS", "Content"]

Content = dict[str, Any]
Table = list[list[int]]


def _random(rows: int, columns: int, most: int, seed: int) -> Table:
    rng = random.Random(seed)
    return [[rng.randint(-most, most) for _ in range(columns)] for _ in range(rows)]


def _tables(rows: int, columns: int, seed: int) -> Iterator[tuple[str, Table]]:
    """Random payoffs, and the structures that make rest points degenerate."""
    few = _random(max(1, rows // 2), columns, 3, seed + 1)
    yield "random", _random(rows, columns, 9, seed)
    yield "small", _random(rows, columns, 1, seed + 2)
    yield "equal", [[1] * columns for _ in range(rows)]
    yield "identity", [[int(i == j) for j in range(columns)] for i in range(rows)]
    yield "circulant", [[(j - i) % columns for j in range(columns)] for i in range(rows)]
    yield "duplicates", [few[i % len(few)] for i in range(rows)]


def _bimatrix(first: Table, second: Table) -> Content:
    return {
        "bimatrix": [
            [list(pair) for pair in zip(*rows, strict=True)] for rows in zip(first, second, strict=True)
        ]
    }


def _profiles(sizes: Sequence[int], pay: Callable[[int, tuple[int, ...]], int]) -> Content:
    names = [[f"s{i}{k}" for k in range(size)] for i, size in enumerate(sizes)]
    populations = [{"name": f"P{i}", "share": "xyzuvw"[i], "strategies": own} for i, own in enumerate(names)]
    payoffs = [
        {
            "play": [names[i][k] for i, k in enumerate(profile)],
            "pay": [pay(i, profile) for i in range(len(sizes))],
        }
        for profile in itertools.product(*map(range, sizes))
    ]
    return {"populations": populations, "payoffs": payoffs}


def _moving(*formulas: str) -> Content:
    names = "ABC"[: len(formulas)]
    return {
        "populations": [
            {"name": n, "share": s, "strategies": ["a", "b"]} for n, s in zip(names, "xyz", strict=False)
        ],
        "payoff_functions": {n: {"a": f, "b": "0"} for n, f in zip(names, formulas, strict=True)},
    }


def _corpus() -> Iterator[tuple[str, Content]]:
    for rows, columns in ((8, 8), (9, 8), (5, 12), (4, 16), (28, 7)):
        pairs = zip(_tables(rows, columns, 1), _tables(rows, columns, 7), strict=True)
        for (kind, first), (_, second) in pairs:
            yield f"{rows}x{columns} {kind}", _bimatrix(first, second)
    zero = _random(8, 8, 9, 5)
    yield "8x8 zero-sum", _bimatrix(zero, [[-v for v in row] for row in zero])
    for size in (10, 14, 20, 40, 200):
        for kind, table in _tables(size, size, 3):
            yield f"{size} {kind}", {"payoff_matrix": table}
    for sizes in ((2, 5, 5), (3, 3, 3), (4, 4, 4), (2, 2, 2, 2, 2, 2)):
        rng = random.Random(4)
        name = "x".join(map(str, sizes))
        yield f"{name} random", _profiles(sizes, lambda i, p, rng=rng: rng.randint(-9, 9))
        yield f"{name} small", _profiles(sizes, lambda i, p, rng=rng: rng.randint(0, 1))
        yield f"{name} equal", _profiles(sizes, lambda i, p: 1)
        yield f"{name} coordination", _profiles(sizes, lambda i, p: int(len(set(p)) == 1))
    for formula in (
        "((x+2*y+1)^8)^8",
        "(x+y+1)^64",
        "(x+2*y+1)^30-3^20",
        "(x-y+1/3)^16*(x+y)^16-1/7",
        "((x/2+1/2)^64)^64-y/3",
        "(x+y)^20*(x-2*y)^20*(1+x*y)^20-1/3",
        "1/(1+(x+y)^30)-1/2",
        "*".join(["(x/2+1/2)^64"] * 20),
    ):
        turned = formula.replace("x", "#").replace("y", "x").replace("#", "y")
        yield formula[:40], _moving(formula, turned)
    yield "three high powers", _moving("(x+y+z-1)^12-1/9", "(x-y+2*z)^12-1/3", "(x*y-z)^10-1/99")


CORPUS: dict[str, Content] = dict(_corpus())
