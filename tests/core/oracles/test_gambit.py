"""The games that ship with Gambit, against Gambit: no equilibrium is missed, the Nash components are equal.

Needs ``pip install --pre pygambit`` (version 17 or later), which is no part of the usual set-up: its wheels
have 40 MB, and it is under the GPL.  Nothing is fetched.  Savani, R. and Turocy, T. L. (2026), Gambit: the
package for computation in game theory.
"""

from __future__ import annotations

import math
import multiprocessing
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import separatrix
from core.oracles.exact_texts import holds, value

pytestmark = pytest.mark.soak

SECONDS = 60
"""What Gambit may take for a game."""

Profile = tuple[tuple[Any, ...], ...]


def _equilibria(name: str, pipe: Any) -> None:
    """Send a game as text and what Gambit says of it: exact cliques of two players, else floats, one each."""
    import io

    import pygambit

    # A game tree is solved in its strategic form, in which Gambit also takes imperfect recall.
    text = pygambit.catalog.load(name).to_nfg()
    game = pygambit.read_nfg(io.BytesIO(text.encode()))

    def shares(profile: Any) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(str(profile[p][s]) for s in game.get_strategies(p)) for p in game.players)

    pipe.send(text)
    if len(game.players) == 2:
        found = pygambit.nash.enummixed_solve(game, rational=True, cliques=True)
        pipe.send([[shares(e) for e in clique] for clique in found.cliques])
    else:
        pipe.send([[shares(e)] for e in pygambit.nash.enumpoly_solve(game, use_strategic=True).equilibria])


def _ask_gambit(name: str) -> tuple[str, list[list[tuple[tuple[str, ...], ...]]]] | None:
    """Return the game as `.nfg` and its equilibria, or None where Gambit takes too long."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=_equilibria, args=(name, theirs), daemon=True)
    worker.start()
    theirs.close()
    try:
        text = ours.recv() if ours.poll(SECONDS) else None
        found = ours.recv() if text is not None and ours.poll(SECONDS) else None
    finally:
        worker.kill()
        worker.join()
    return None if text is None or found is None else (text, found)


def _shown(profile: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    """The shares that an answer names: of two strategies only the first one's."""
    return tuple(x for row in profile for x in (row[:1] if len(row) == 2 else row))


def _exact(clique: Sequence[Sequence[Sequence[str]]]) -> frozenset[tuple[Any, ...]]:
    return frozenset(_shown([[value(x) for x in row] for row in profile]) for profile in clique)


def _listed(answer: dict[str, Any], state: dict[str, float]) -> bool:
    """Whether a state, in floats, is a Nash point or on a piece of Nash equilibria."""
    for point in answer["rest_points"]:
        if point["nash"] and all(math.isclose(point["state"][s], v, abs_tol=1e-6) for s, v in state.items()):
            return True
    for piece in answer["rest_sets"]:
        near = all(
            holds(text.replace(" < ", " <= ").replace(" > ", " >= "), state, 1e-6)
            for text in piece["equations"]
        )
        if piece["nash"] and near:
            return True
    return False


def test_the_games_that_ship_with_gambit(tmp_path: Path) -> None:
    """Every equilibrium that Gambit lists in a minute is in the answer, and of two players no other."""
    pygambit = pytest.importorskip("pygambit", reason="pygambit is not installed; see the top of this file")
    if not hasattr(pygambit, "catalog"):
        pytest.skip("pygambit 17 or later is needed")
    wrong: list[str] = []
    compared = late = 0
    for name in pygambit.catalog.games()["Game"]:
        asked = _ask_gambit(name)
        if asked is None:
            late += 1
            continue
        text, found = asked
        path = tmp_path / "game.nfg"
        path.write_text(text, encoding="utf-8")
        game = separatrix.load(path)
        answer: Any = separatrix.analyze(game).to_dict()
        compared += 1
        if len(game.populations) == 2:
            ours = [
                frozenset(tuple(value(c[s]) for s in game.shares) for c in n["exact"])
                for n in answer["nash_components"]
            ]
            if sorted(map(sorted, ours)) != sorted(map(sorted, map(_exact, found))):
                wrong.append(f"{name}: {len(ours)} components, Gambit has {len(found)}")
            continue
        for (profile,) in found:
            state = dict(
                zip(game.shares, map(float, _shown([[value(x) for x in r] for r in profile])), strict=True)
            )
            if answer["completeness"]["status"] == "complete" and not _listed(answer, state):
                wrong.append(f"{name}: {state} is missing")
    print(f"\n{compared} games compared, {late} took Gambit more than {SECONDS} s")
    assert not wrong, "\n".join(wrong)
    assert compared >= 38
