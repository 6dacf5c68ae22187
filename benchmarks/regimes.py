"""Regime maps: labels and exact borders of a 2×2×2 game beside batched eigenvalues by numpy."""

from __future__ import annotations

import itertools
import json
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from timing import Plan, Row, seconds, shown

PEER = Path(__file__).with_name("peer_regimes.py")
OVER = {"beta": (0, 1), "CG1": ("1/7", 60)}
"""Chosen so that no node lies on a border, where eigenvalues in floats have no sign."""

NODES = 400

__all__ = ["WORKLOADS"]


def regime_map(plan: Plan) -> list[Row]:
    """Time a regime map of the 2×2×2 game with 24 symbols over two of them."""
    import numpy as np

    import separatrix
    from separatrix.analysis.analyze import with_fixed
    from separatrix.analysis.symbolic.factorization import corner_table, read_formulas
    from separatrix.game.values import exact, resolve

    game = separatrix.load("wang-2023")
    known = {n: v for n, v in resolve(game).items() if n not in OVER and v is not None}
    table = corner_table(read_formulas(with_fixed(game, known)))
    assert table is not None

    def terms(i: int, corner: tuple[int, ...]) -> list[list[float]]:
        found = table.corners[i][corner].numerator.to_dict()
        return [[int(m), int(n), int(v.p) / int(v.q)] for (m, n), v in found.items()]

    def ours() -> Any:
        return separatrix.regime_map(game, OVER, grid=(NODES, NODES))

    ours()
    mine = statistics.median(seconds(ours) for _ in range(max(plan.repeats, 5)))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "labels.npy"
        order = {
            "corners": [[terms(i, c) for c in itertools.product((0, 1), repeat=2)] for i in range(3)],
            "window": [[float(exact(end, name)) for end in ends] for name, ends in OVER.items()],
            "nodes": NODES,
            "repeats": 5,
            "labels": str(file),
        }
        done = subprocess.run(
            [plan.peer, str(PEER)],
            input=json.dumps(order),
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=True,
        )
        peer = statistics.median(json.loads(done.stdout)["seconds"])
        theirs = np.load(file)
    found = ours()
    bits = np.array([_bits(game, [found.states[k].support for k in r.stable]) for r in found.regimes])
    differ = int((bits[found.labels] != theirs).sum())
    work = (
        f"regime map of wang-2023 over 2 of 24 symbols, {NODES} × {NODES}, from the game to labels and "
        f"{sum(len(b.pieces) for b in found.borders)} exact pieces of borders; {differ} labels differ"
    )
    told = f"`numpy.linalg.eigvals` at 8 states a node, labels alone: {shown(peer)}"
    return [Row(work, shown(mine), told, f"{peer / mine:.0f}× as fast", "≥ 10×, none differs")]


def _bits(game: Any, stable: list[Any]) -> int:
    """The pure states among 000, 001, … of the shares."""
    total = 0
    for support in stable:
        shares = [int(p.strategies[0].name == s[0]) for p, s in zip(game.populations, support, strict=True)]
        total |= 1 << (4 * shares[0] + 2 * shares[1] + shares[2])
    return total


WORKLOADS = (regime_map,)
