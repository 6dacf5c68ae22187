"""Three populations and more that meet all at once: equations, theory, Newton and the flow."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from core.oracles.agree import Tally, show
from core.oracles.agree_numbers import differences, normal_label, polished, signs_at
from core.oracles.answers import Answer, ask
from core.oracles.flow_judge import contradicted
from core.oracles.multistart import placed
from core.oracles.share_games import ShareGame, random_profiles
from thinning import thinned

LONG = pytest.mark.soak

# strategies of each population, with the number of games of the long run for payoffs up to 3 and up to 9
SIZES: dict[Sequence[int], int] = {
    (2, 2, 2): 400,
    (2, 2, 3): 300,
    (2, 3, 3): 80,
    (2, 2, 5): 60,
    (3, 3, 3): 25,
    (2, 4, 5): 8,
    (4, 4, 4): 3,
    (2, 2, 2, 2): 100,
    (2, 2, 2, 2, 2): 10,
}


def draw(sizes: Sequence[int], most: int, seed: int, k: int) -> tuple[str, ShareGame]:
    """Return the k-th game with integer payoffs up to `most`, with the name that finds it again."""
    name = f"three-{'x'.join(map(str, sizes))}-{most}-{seed}-{k}"
    return name, random_profiles(random.Random(name), sizes, most)


@thinned(
    ("sizes", "most", "count"),
    [
        pytest.param((2, 2, 2), 3, 8, id="2x2x2"),
        pytest.param((2, 2, 3), 3, 6, id="2x2x3"),
        pytest.param((2, 2, 3), 9, 4, id="2x2x3 wide"),
        pytest.param((2, 3, 3), 9, 1, id="2x3x3"),
        *(
            pytest.param(sizes, most, count, id=f"{'x'.join(map(str, sizes))} {most} many", marks=LONG)
            for sizes, count in SIZES.items()
            for most in (3, 9)
        ),
    ],
    each_run=2,
)
def test_every_rest_point(sizes: Sequence[int], most: int, count: int) -> None:
    """What is listed is at rest and labelled as theory allows; Newton's method finds nothing else."""
    tally = Tally()
    for k in range(count):
        name, game = draw(sizes, most, 0, k)
        differences(name, ask(game), tally)
    print(f"\n{sizes} up to {most}: {tally.text()}")
    assert not tally.wrong, "\n".join(tally.wrong[:20])
    assert tally.undecided_hyperbolic == 0
    assert tally.incomplete_plain <= 0.01 * max(tally.plain, 1)


@pytest.mark.parametrize("count", [pytest.param(3, id="few"), pytest.param(150, id="many", marks=LONG)])
def test_labels_that_eigenvalues_leave_open(count: int) -> None:
    """The orbits around a rest point do not refute a label that rests on more than eigenvalues."""
    claims: list[tuple[ShareGame, Any, str]] = []
    names = []
    for k in range(count):
        name, game = draw((2, 2, 3), 1, 1, k)
        answer = ask(game)
        for state, label, identity in [*_open_labels(answer), *_open_piece_labels(name, answer)]:
            claims.append((game, state, label))
            names.append(f"{name}: {identity} {show([float(v) for v in state])} is called {label}")
    chosen = list(range(len(claims)))
    random.Random(0).shuffle(chosen)
    chosen = chosen[: 6 * count]
    bad = contradicted([claims[k] for k in chosen])
    assert not bad, "\n".join(names[chosen[k]] for k in bad)


def _open_labels(answer: Answer) -> list[tuple[Any, str, str]]:
    result = []
    for point in answer.points:
        state = polished(answer.game, point)
        if state is None or point.label == "undecided":
            continue
        signs = signs_at(answer.game, state)
        if not signs.hyperbolic and not (signs.positive and signs.negative):
            result.append((state, point.label, point.entry["id"]))
    return result


def _open_piece_labels(name: str, answer: Answer) -> list[tuple[Any, str, str]]:
    result = []
    for state, on in placed(answer, random.Random(name), most_faces=20, starts=6):
        if len(on) == 1 and on[0].label != "undecided":
            if normal_label(answer.game, list(state), on[0].dimension) is None:
                result.append(([float(v) for v in state], on[0].label, on[0].entry["id"]))
    return result
