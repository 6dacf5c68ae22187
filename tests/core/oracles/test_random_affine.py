"""Games with payoffs affine in the shares, against exact enumeration of supports and against the flow.

Two hundred games always; thousands of each kind in the long run (``make soak``).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest

from core.oracles.affine_kinds import KINDS, draw
from core.oracles.agree import Tally, differences, show
from core.oracles.answers import Answer, ask
from core.oracles.at_point import jacobian
from core.oracles.components import component_differences, groups, set_refuted
from core.oracles.exact_supports import RestStates, rest_states
from core.oracles.flow_judge import contradicted
from core.oracles.inertia import inertia
from core.oracles.share_games import ShareGame
from thinning import thinned

LONG = pytest.mark.soak
SIZES = [pytest.param(14, id="few"), pytest.param(700, id="many", marks=LONG)]


@pytest.mark.parametrize("count", SIZES)
@thinned("kind", KINDS, each_run=5)
def test_every_rest_state_is_found_and_labelled(kind: str, count: int) -> None:
    """Places, flags, eigenvalues and labels equal what exact arithmetic says; none is left undecided idly."""
    tally = Tally()
    for k in range(count):
        name, game = draw(kind, 0, k)
        answer, truth = ask(game), rest_states(game)
        differences(name, answer, truth, tally)
        if answer.complete:
            tally.wrong += [f"{name}: {text}" for text in component_differences(answer, truth)]
    print(f"\n{kind}: {tally.text()}")
    assert not tally.wrong, "\n".join(tally.wrong[:20])
    assert tally.undecided_hyperbolic == 0 and tally.pieces_undecided_normal == 0
    assert tally.incomplete_plain <= 0.01 * max(tally.plain, 1)
    assert tally.incomplete <= 0.01 * tally.games


@pytest.mark.parametrize(
    ("kinds", "count"),
    [
        pytest.param(tuple(KINDS), 2, id="few"),
        *(pytest.param((kind,), 300, id=f"{kind} many", marks=LONG) for kind in KINDS),
    ],
)
def test_labels_that_eigenvalues_leave_open(kinds: Sequence[str], count: int) -> None:
    """The orbits around a rest state do not refute a label that rests on more than eigenvalues."""
    claims: list[tuple[ShareGame, Any, str]] = []
    names: list[str] = []
    for kind in kinds:
        for k in range(count):
            name, game = draw(kind, 1, k)
            for state, label, identity in _open_labels(name, ask(game), rest_states(game)):
                claims.append((game, state, label))
                names.append(f"{name}: {identity} {show(state)} is called {label}")
    order = list(range(len(claims)))
    random.Random(0).shuffle(order)
    chosen = order[: count * len(kinds)]
    bad = contradicted([claims[k] for k in chosen])
    assert not bad, "\n".join(names[chosen[k]] for k in bad)


def _open_labels(name: str, answer: Answer, truth: RestStates) -> list[tuple[Any, str, str]]:
    rng = random.Random(name)
    result = []
    for point in answer.points:
        if point.exact is not None and point.label != "undecided":
            signs = inertia(jacobian(answer.game, point.exact))
            if not signs.hyperbolic and not (signs.positive and signs.negative):
                result.append((point.exact, point.label, point.entry["id"]))
    for continuum in truth.continua:
        state = continuum.middle([Fraction(rng.randint(1, 9)) for _ in continuum.corners])
        for piece in answer.pieces:
            if piece.dimension and piece.label != "undecided" and piece.holds(state):
                signs = inertia(jacobian(answer.game, state))
                if not (signs.positive and signs.negative):
                    result.append((state, piece.label, piece.entry["id"]))
    return result


@pytest.mark.parametrize(
    ("kinds", "count"),
    [
        pytest.param(("circulant", "zero sum"), 2, id="few"),
        *(pytest.param((kind,), 60, id=f"{kind} many", marks=LONG) for kind in KINDS),
    ],
)
def test_sets_as_a_whole(kinds: Sequence[str], count: int) -> None:
    """Orbits that start near a connected set of rest states do not refute what is said of the whole."""
    refuted = []
    for kind in kinds:
        for k in range(count):
            name, game = draw(kind, 2, k)
            answer = ask(game)
            for group in groups(game, rest_states(game))[:1]:
                (number,) = {
                    p.entry["component"]
                    for p in answer.pieces
                    if p.dimension and p.support == group[0].support
                }
                (said,) = (c for c in answer.raw["rest_components"] if c["id"] == number)
                label = said["set_stability"]
                if set_refuted(game, group, label) and set_refuted(game, group, label, seed=1, time=3e3):
                    refuted.append(f"{name}: component {number} is called {label}")
    assert not refuted, "\n".join(refuted)
