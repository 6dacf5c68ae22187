"""Payoffs multiplied by one positive function of the state: other payoffs, the same orbits at another pace.

The factor moves no rest point and changes no sign of an eigenvalue, so that labels stay.  Games whose
payoffs are linear in the shares, or multilinear, then are no longer, and are solved in quite another way.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

import separatrix
from core.oracles.answers import Answer, ask
from core.oracles.share_games import (
    ShareGame,
    bimatrix,
    own_matrix,
    random_integers,
    random_profiles,
    share_names,
)

LONG = pytest.mark.soak


# one side may have proven less than the other
WEAKER = ({"asymptotically stable", "stable"}, {"centre", "stable"}, {"source", "unstable"})


def written_out(game: ShareGame, factor: str) -> dict[str, Any]:
    """Return the game file in which each payoff is a formula, times a factor."""
    names = [n for names in share_names(game.sizes) for n in names]
    if any(size == 2 for size in game.sizes):
        names = []
        for i, size in enumerate(game.sizes):
            (*own,) = share_names(game.sizes)[i]
            names += own if size > 2 else [own[0], f"(1 - {own[0]})"]
    table = {}
    for i, population in enumerate(game.file["populations"]):
        rows = {}
        for a, strategy in enumerate(population["strategies"]):
            terms = ["*".join([f"({c})", *(names[k] for k in m)]) for m, c in game.payoffs[i][a].items()]
            rows[strategy] = f"({' + '.join(terms) or '0'})*({factor})"
        table[population["name"]] = rows
    return {"title": "at another pace", "populations": game.file["populations"], "payoff_functions": table}


def same(first: Answer, second: Answer) -> list[str]:
    """Return differences in places, flags and labels; a label that one side leaves open is none."""
    wrong = []
    if len(first.points) != len(second.points):
        return [f"{len(first.points)} and {len(second.points)} points"]
    for p in first.points:
        gap, q = min(
            ((max(abs(u - v) for u, v in zip(p.state, q.state, strict=True)), q) for q in second.points),
            key=lambda pair: pair[0],
        )
        if gap > 1e-9:
            wrong.append(f"{p.state} is listed once only")
            continue
        for key in ("nash", "strict_nash", "isolated"):
            if p.entry[key] != q.entry[key]:
                wrong.append(f"{p.state}: {key} {p.entry[key]} and {q.entry[key]}")
        if "undecided" not in (p.label, q.label) and p.label != q.label and {p.label, q.label} not in WEAKER:
            wrong.append(f"{p.state}: {p.label} and {q.label}")
    reach = [
        {(tuple(sorted(s.support)), s.dimension) for s in a.pieces if s.dimension} for a in (first, second)
    ]
    if {s for s, _ in reach[0]} != {s for s, _ in reach[1]}:
        wrong.append(f"rest sets on {sorted(reach[0])} and {sorted(reach[1])}")
    return wrong


def draw(kind: str, k: int) -> tuple[ShareGame, str]:
    """Return a game and a positive function of its state."""
    rng = random.Random(f"time-{kind}-{k}")
    most = rng.choice((1, 3, 9))
    if kind == "one":
        return own_matrix(random_integers(rng, 3, 3, most)), rng.choice(
            ("1 + x_a", "2 - x_b*x_c", "1/(1 + x_a)")
        )
    factor = rng.choice(("1 + x", "1/(2 - x)", "1 + x*y"))
    if kind == "square":
        return bimatrix(random_integers(rng, 2, 2, most), random_integers(rng, 2, 2, most)), factor
    if kind == "cube":
        return random_profiles(rng, (2, 2, 2), most), factor
    return bimatrix(random_integers(rng, 2, 3, most), random_integers(rng, 2, 3, most)), rng.choice(
        ("1 + x", "1 + y_a")
    )


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        *(pytest.param(kind, 6, id=kind) for kind in ("one", "square", "cube", "two by three")),
        *(
            pytest.param(kind, 300, id=f"{kind}, many", marks=LONG)
            for kind in ("one", "square", "cube", "two by three")
        ),
    ],
)
def test_another_pace(kind: str, count: int) -> None:
    """Rest points, flags and labels are those of the game without the factor."""
    wrong: list[str] = []
    for k in range(count):
        game, factor = draw(kind, k)
        plain = ask(game)
        slowed = Answer(game, separatrix.analyze(separatrix.load(written_out(game, factor))).to_dict())
        if plain.complete and slowed.complete:
            wrong += [f"time-{kind}-{k}: {text}" for text in same(plain, slowed)]
    assert not wrong, "\n".join(wrong[:20])
