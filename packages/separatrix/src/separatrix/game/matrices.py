"""Games from matrices of numbers, as numpy and other programs hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.game.reader import load
from separatrix.io.plain_values import without_arrays

__all__ = ["game_of_matrices"]


def game_of_matrices(
    first: Any,
    second: Any = None,
    *,
    title: str | None = None,
    populations: Sequence[str] | None = None,
    strategies: Sequence[Any] | None = None,
) -> Game:
    """Return the game of one population that plays itself, or of two populations.

    The parameters are those of `separatrix.Game.from_matrices`.

    Raises
    ------
    InputError
        G119 for what is no matrix, or for two of different shapes; V301 for what is no finite number.
    """
    rows = _rows(first, "the first matrix")
    content: dict[str, Any] = {} if title is None else {"title": title}
    if second is None:
        if any(len(row) != len(rows) for row in rows):
            raise InputError(
                "G119",
                f"one population plays itself by a square matrix; found {len(rows)} × {len(rows[0])}",
                hint="give two matrices for two populations",
            )
        content["payoff_matrix"] = rows
        sizes = [len(rows)]
    else:
        others = _rows(second, "the second matrix")
        shapes = (len(rows), len(rows[0])), (len(others), len(others[0]))
        if shapes[0] != shapes[1]:
            told = " and ".join(f"{a} × {b}" for a, b in shapes)
            raise InputError(
                "G119",
                f"matrices of {told}; both have a row for each strategy of the first population and a column "
                "for each of the second",
                hint="transpose the second one, if its rows are the second population's strategies",
            )
        content["bimatrix"] = [
            [list(pair) for pair in zip(row, other, strict=True)]
            for row, other in zip(rows, others, strict=True)
        ]
        sizes = list(shapes[0])
    if populations is not None or strategies is not None or max(sizes) > 2 or min(sizes) < 2:
        content["populations"] = _populations(sizes, populations, strategies)
    return load(content)


def _rows(given: Any, what: str) -> list[list[Any]]:
    plain = without_arrays(given)
    rows = [list(row) for row in plain] if _is_matrix(plain) else []
    if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise InputError("G119", f"{what} is no matrix of numbers: rows of the same length were expected")
    return rows


def _is_matrix(plain: Any) -> bool:
    return isinstance(plain, list | tuple) and all(isinstance(row, list | tuple) for row in plain)


def _populations(
    sizes: Sequence[int], names: Sequence[str] | None, strategies: Sequence[Any] | None
) -> list[Mapping[str, Any]]:
    usual = ["population"] if len(sizes) == 1 else [f"population {k + 1}" for k in range(len(sizes))]
    told = list(names or usual)
    own = list(strategies or [])
    if len(sizes) == 1 and own and all(isinstance(name, str) for name in own):
        own = [own]
    if len(told) != len(sizes) or (own and [len(part) for part in own] != list(sizes)):
        raise InputError(
            "G119",
            f"names for {len(told)} populations with {[len(part) for part in own] or 'no'} strategies do not "
            f"fit matrices for {list(sizes)}",
        )
    return [
        {
            "name": name,
            "share": share,
            "strategies": own[k] if own else [str(a + 1) for a in range(sizes[k])],
        }
        for k, (name, share) in enumerate(zip(told, "xy", strict=False))
    ]
