"""Rest points of four to six populations against msolve, face by face."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from core.oracles import msolve
from core.oracles.games import OracleGame, random_game
from separatrix.analysis.answer import RestStateAnswer

from .games import profiles, solve

pytestmark = pytest.mark.skipif(not msolve.available(), reason="msolve is not installed")

PATIENCE = 5  # seconds; on some systems msolve does not come back


def answer_of(game: OracleGame) -> RestStateAnswer:
    return solve(profiles((2,) * game.n, [list(row) for row in game.pay.values()]))


def compare(game: OracleGame, folder: Path) -> int:
    """Assert that the mixed rest points are msolve's; return the number of faces compared."""
    answer = answer_of(game)
    points: dict[msolve.Face, list[tuple[float, ...]]] = {}
    for point in answer.points:
        face = tuple(None if len(s) > 1 else int(s == ("s0",)) for s in point.support)
        assert point.state is not None
        points.setdefault(face, []).append(tuple(point.state[i] for i in point.free))
    with_sets = {tuple(None if len(s) > 1 else int(s == ("s0",)) for s in r.support) for r in answer.sets}
    compared = 0
    for task in msolve.face_tasks(game):
        msolve.write(task, folder / "face.ms")
        try:
            boxes = msolve.solve(folder / "face.ms", folder / "face.out", PATIENCE)
        except subprocess.TimeoutExpired:
            continue
        if boxes is None:  # infinitely many complex solutions
            continue
        compared += 1
        inside, unclear = msolve.roots_inside(boxes)
        mine = points.get(task.face, [])
        assert task.face not in with_sets
        for box in inside:
            assert sum(msolve.in_box(p, box) for p in mine) == 1, task.face
        for p in mine:
            assert sum(msolve.in_box(p, box) for box in inside + unclear) == 1, task.face
    return compared


@pytest.mark.parametrize(
    ("n", "count"),
    [
        (4, 3),
        (5, 1),
        pytest.param(4, 200, marks=pytest.mark.soak),
        pytest.param(5, 40, marks=pytest.mark.soak),
        pytest.param(6, 2, marks=pytest.mark.soak),
    ],
)
def test_same_points(n: int, count: int, tmp_path: Path) -> None:
    """Every mixed rest point lies in one of msolve's isolating boxes, and each box inside holds one."""
    source = random.Random(n)
    assert sum(compare(random_game(source, n, -9, 9), tmp_path) for _ in range(count)) > 20 * count
