"""Four populations of two strategies each in symbols, against the exact answers for three of them."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import pytest

import separatrix
from core.analysis.symbolic.families import precise
from core.oracles.high_precision import holds_at, value_at
from separatrix.expression.tree import Number

SHARES = "xyzw"
TERMS = [c for size in range(4) for c in itertools.combinations(range(3), size)]
NAMES = [f"{s}{k}" for s in SHARES for k in range(len(TERMS))]


def advantage(own: str, fixed: tuple[str, int] | None = None) -> str:
    """The advantage of a population, multilinear in the others' shares, one of which may be fixed."""
    others = [s for s in SHARES if s != own]
    terms = []
    for k, chosen in enumerate(TERMS):
        factors = [f"{own}{k}"]
        for m in chosen:
            factors.append(str(fixed[1]) if fixed and others[m] == fixed[0] else others[m])
        terms.append("*".join(factors))
    return " + ".join(terms)


def document(shares: str, fixed: tuple[str, int] | None = None) -> dict[str, Any]:
    """A game file of these populations."""
    return {
        "title": "test",
        "populations": [{"name": s.upper(), "share": s, "strategies": ["yes", "no"]} for s in shares],
        "advantages": {s: advantage(s, fixed) for s in shares},
    }


@cache
def family() -> Any:
    """All games of four populations, in symbols."""
    game = separatrix.load({**document(SHARES), "parameters": {n: {} for n in NAMES}})
    return separatrix.analyze(game, symbolic=True, budget=1)


def test_it_says_what_is_not_enumerated() -> None:
    """The inside of the cube has no closed form in general; that is said, and everything else listed."""
    analysis = family()
    assert analysis.completeness.status == "incomplete"
    assert "more than 3 populations mix" in analysis.completeness.proof
    counts = [sum(len(p.free) == k for p in analysis.rest_points) for k in range(5)]
    # 16 corners, one point on each of 24 squares, two on each of 8 cubes.
    assert counts == [16, 0, 24, 16, 0]


@pytest.mark.parametrize("count", [6, pytest.param(200, marks=pytest.mark.soak)])
@pytest.mark.parametrize("most", [9, 2])
def test_every_face_agrees_with_three_populations(most: int, count: int) -> None:
    """With one population pure, points and their coordinates are those of the game of the other three."""
    symbols = family().rest_points
    for k in range(count):
        rng = random.Random(f"{most} {k}")
        drawn = {n: Fraction(0 if rng.random() < 0.15 else rng.randint(-most, most)) for n in NAMES}
        values = precise(drawn)
        present = [
            tuple(float(mpmath.re(value_at(e, values))) for e in p.exact)
            for p in symbols
            if holds_at(p.exists, values)
        ]
        at, pure = rng.randrange(4), rng.randrange(2)
        shares = SHARES.replace(SHARES[at], "")
        game = separatrix.load(
            {**document(shares, (SHARES[at], pure)), "parameters": {n: {"value": 0} for n in NAMES}}
        )
        numeric = separatrix.analyze(game, values=drawn)
        claimed = {tuple(round(v, 7) for s, v in enumerate(p) if s != at) for p in present if p[at] == pure}
        exact = {tuple(round(v, 7) + 0.0 for v in p.state or ()) for p in numeric.rest_points}
        assert exact <= claimed, drawn
        assert claimed == exact or numeric.rest_sets, drawn


def test_strict_equilibria_of_the_corners() -> None:
    """Conditions and eigenvalues at the corners are those of a strict Nash equilibrium."""
    for point in family().rest_points[:16]:
        assert all(isinstance(e, Number) for e in point.exact)
        assert len(point.eigenvalues_exact) == 4
        assert point.stable_when is not None


@pytest.mark.soak
def test_regimes_of_four_populations_are_all_sets_of_distant_corners() -> None:
    """Every advantage at every corner its own symbol: 743 sets of pairwise distant corners, each a regime."""
    names: dict[str, Any] = {}
    advantages = {}
    for s in SHARES:
        others = [o for o in SHARES if o != s]
        terms = []
        for corner in itertools.product((0, 1), repeat=3):
            name = s + "".join(map(str, corner))
            names[name] = {}
            terms.append(
                "*".join([name, *(o if c else f"(1-{o})" for o, c in zip(others, corner, strict=True))])
            )
        advantages[s] = " + ".join(terms)
    game = separatrix.load({**document(SHARES), "advantages": advantages, "parameters": names})
    analysis = separatrix.analyze(game, symbolic=True, budget=600)
    assert analysis.regimes_completeness is not None
    assert analysis.regimes_completeness.status == "complete"
    assert len(analysis.regimes) == 743
    assert max(len(r.stable) for r in analysis.regimes) == 8


def test_a_chain_of_advantages_is_solved_inside_too() -> None:
    """Where each advantage fixes one share after another the answer is whole."""
    content = {
        **document(SHARES),
        "advantages": {"x": "a*y - b", "y": "c*x*z - d", "z": "(w - e)*(x + 1)", "w": "y*z - f"},
        "parameters": {n: {} for n in "abcdef"},
        "assume": [f"{n} > 0" for n in "abcdef"],
    }
    analysis = separatrix.analyze(separatrix.load(content), symbolic=True, budget=5)
    assert analysis.completeness.status == "complete"
    (inside,) = [p for p in analysis.rest_points if len(p.free) == 4]
    drawn = dict(zip("abcdef", map(Fraction, ("2", "1", "2", "1/2", "1/3", "1/4")), strict=True))
    values = precise(drawn)
    assert holds_at(inside.exists, values)
    x, y, z, w = (value_at(e, values) for e in inside.exact or ())
    assert [x, y, z, w] == [mpmath.mpf(1) / 2, mpmath.mpf(1) / 2, mpmath.mpf(1) / 2, mpmath.mpf(1) / 3]
