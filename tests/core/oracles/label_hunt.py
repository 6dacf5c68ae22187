"""The hunt for wrong labels: every label of random state-dependent games, beside what the payoffs say.

    python tests/core/oracles/label_hunt.py FIRST LAST   # games FIRST to LAST-1 of those `factor_games` draws

Eigenvalues come from derivatives of the payoffs' polynomials, taken here; points are polished to 50 digits,
states of continua projected on them.  Labels that eigenvalues leave open are put to the orbits of many nearby
starts.  Whatever differs is printed with the number of the game; `show NUMBER` prints its file and answer.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np

if __name__ == "__main__":  # as a program: the folder of the tests is not on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core.oracles import exact_texts
from core.oracles.agree import Tally, show
from core.oracles.agree_numbers import differences, normal_label, polished, signs_at
from core.oracles.answers import Answer, Piece, ask
from core.oracles.at_point import allowed_labels
from core.oracles.factor_games import draw
from core.oracles.flow_judge import contradicted, leaves_set
from core.oracles.inertia import Inertia
from core.oracles.multistart import jacobian_at, projected
from core.oracles.share_games import ShareGame

__all__ = ["Hunt", "game"]

State = tuple[Any, ...]


def game(number: int) -> ShareGame:
    """Return a game of the hunt."""
    return draw(random.Random(f"factors-{number}"))


@dataclass
class Hunt:
    """What was seen over many games."""

    tally: Tally = field(default_factory=Tally)
    crashes: list[str] = field(default_factory=list)
    claims: list[tuple[str, ShareGame, State, str]] = field(default_factory=list)
    states: int = 0
    undecided_normal: int = 0
    components: int = 0
    components_undecided: int = 0
    components_undecided_normal: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def look_at(self, number: int) -> None:
        """Compare one game's answer with theory; what theory leaves open is kept for `judge`."""
        name = f"game {number}"
        drawn = game(number)
        try:
            answer = ask(drawn)
        except Exception as error:  # a crash is what is looked for
            self.crashes.append(f"{name}: {type(error).__name__}: {error}")
            return
        differences(name, answer, self.tally, starts=8, most_faces=20)
        self._points(name, answer)
        wrong = [*self._pieces(name, answer), *self._components(answer)]
        self.tally.wrong += [f"{name}: {text}" for text in wrong]
        self.reasons.update(str(p.entry["reason"]) for p in answer.pieces if p.label == "undecided")

    def judge(self) -> None:
        """Put the labels that eigenvalues leave open to the orbits around them."""
        for k in contradicted([(g, _alike(state), label) for _, g, state, label in self.claims]):
            name, _, state, label = self.claims[k]
            self.tally.wrong.append(f"{name}: {show(state)} is {label}, but orbits beside it say otherwise")
        self.claims.clear()

    def _points(self, name: str, answer: Answer) -> None:
        for point in answer.points:
            state = polished(answer.game, point) or point.state
            signs = signs_at(answer.game, state)
            if point.label != "undecided" and not _settled(signs, point.label):
                self.claims.append((f"{name}, {point.entry['id']}", answer.game, state, point.label))

    def _pieces(self, name: str, answer: Answer) -> Iterator[str]:
        for piece in answer.pieces:
            if not piece.dimension:
                yield from self._single(name, answer.game, piece)
                continue
            own = list(states_on(answer.game, piece))
            self.states += len(own)
            labels = [normal_label(answer.game, state, piece.dimension) for state in own]
            self.undecided_normal += piece.label == "undecided" and len(set(labels) - {None}) == 1
            for state, label in zip(own, labels, strict=True):
                if label is not None and piece.label not in (label, "undecided"):
                    yield f"{piece.entry['id']} is {piece.label}, but {show(state)} on it is {label}"
            if (
                own
                and piece.label in ("stable", "unstable")
                and normal_label(answer.game, own[0], piece.dimension) is None
            ):
                self.claims.append((f"{name}, {piece.entry['id']}", answer.game, tuple(own[0]), piece.label))

    def _single(self, name: str, drawn: ShareGame, piece: Piece) -> Iterator[str]:
        state = _stated(piece)
        if state is None:
            return
        signs = signs_at(drawn, state)
        self.states += 1
        allowed, decided = allowed_labels(drawn, state, isolated=False, dimension=1, signs=signs)
        self.undecided_normal += decided and piece.label == "undecided"
        if piece.label not in allowed and piece.label != "undecided":
            text = f"{piece.entry['id']} at {show(state)} is {piece.label}"
            yield f"{text}, should be {' or '.join(sorted(allowed))}"
        elif not decided and piece.label != "undecided" and not _settled(signs, piece.label):
            self.claims.append((f"{name}, {piece.entry['id']}", drawn, state, piece.label))

    def _components(self, answer: Answer) -> Iterator[str]:
        for component in answer.raw["rest_components"]:
            pieces = [p for p in answer.pieces if p.entry["id"] in component["pieces"]]
            points = [p for p in answer.points if p.entry["id"] in component["pieces"]]
            label, name = component["set_stability"], f"component {component['id']}"
            places = [(s, p.dimension) for p in pieces if p.dimension for s in states_on(answer.game, p)]
            single = [_stated(p) for p in pieces if not p.dimension]
            places += [(np.array([float(v) for v in s]), 1) for s in single if s is not None]
            places += [(np.array([float(v) for v in p.state]), 1) for p in points]
            self.components += 1
            self.components_undecided += label == "undecided"
            every = [largest(answer.game, s) for s, _ in places]
            if max(every, default=0.0) > 1e-4 and label != "unstable":
                if label != "undecided":
                    yield f"{name} is {label}, but a state of it has the eigenvalue {max(every):.3g}"
                continue
            normal = all(normal_label(answer.game, s, d) == "stable" for s, d in places)
            self.components_undecided_normal += normal and label == "undecided" and answer.complete
            if label in ("stable", "asymptotically stable") and leaves_set(
                answer.game, [s for s, _ in places]
            ):
                yield f"{name} is {label}, but orbits that start beside it leave"

    def text(self) -> str:
        """The counts in a few lines."""
        share = self.tally.pieces_undecided / max(self.tally.pieces, 1)
        return "\n".join(
            [
                self.tally.text(),
                f"{self.states} states on pieces; {share:.1%} of the pieces undecided, "
                f"{self.undecided_normal} though eigenvalues settle the states seen; {self.components} "
                f"components, {self.components_undecided} undecided ({self.components_undecided_normal} "
                f"normally hyperbolic); {len(self.crashes)} crashes",
            ]
        )


def _alike(state: State) -> State:
    """A state in fractions, or all of it in floats."""
    return state if all(isinstance(v, Fraction) for v in state) else tuple(float(v) for v in state)


def _settled(signs: Inertia, label: str) -> bool:
    """Whether eigenvalues alone prove a label or refute it."""
    return signs.hyperbolic or bool(signs.positive and (signs.negative or label == "unstable"))


def largest(drawn: ShareGame, state: Sequence[float]) -> float:
    """Return the largest real part of the eigenvalues at a state."""
    return float(np.linalg.eigvals(jacobian_at(drawn, state)).real.max(initial=-np.inf))


def states_on(drawn: ShareGame, piece: Piece) -> Iterator[Any]:
    """Yield rest states on a piece of dimension one or more, between its samples and projected on it."""
    samples = np.array(piece.samples)
    rng = np.random.default_rng(0)
    if piece.dimension == 1 and len(samples) > 1:
        picks = range(0, len(samples) - 1, max(1, (len(samples) - 1) // 8))
        parts = (0.08, 0.33, 0.5, 0.71, 0.93) if len(samples) == 2 else (0.41,)
        starts = [samples[k] * (1 - w) + samples[k + 1] * w for k in picks for w in parts]
    else:
        weights = rng.dirichlet(np.ones(len(samples)) / 2, 8) if len(samples) > 1 else []
        starts = [
            *(w @ samples for w in weights),
            *samples[:1],
            *_anywhere(drawn, piece, 0 if len(samples) > 1 else 30),
        ]
    face = sorted(piece.support)
    for start in starts:
        state = projected(drawn, start, face)
        if state is not None and piece.holds([float(v) for v in state], slack=1e-7):
            yield state


def _anywhere(drawn: ShareGame, piece: Piece, count: int) -> Iterator[Any]:
    """Yield random states of the face of a piece."""
    rng = np.random.default_rng(1)
    for _ in range(count):
        state = np.zeros(len(drawn.owner))
        for i in range(len(drawn.sizes)):
            part = [k for k in drawn.members(i) if k in piece.support]
            state[part] = rng.dirichlet(np.ones(len(part)))
        yield state


def _stated(piece: Piece) -> State | None:
    """The shares of a single state, exactly or to 50 digits, where its equations tell them."""
    values = {}
    for text in piece.entry["equations"]:
        name, _, right = text.partition(" == ")
        if name.isidentifier() and right and not any(n in right for names in piece.names for n in names):
            values[name] = exact_texts.value(right)
    for name in (name for names in piece.names for name in names):
        if name not in values and piece.entry["corners"]:
            values[name] = _root(piece, name)
        if values.get(name) is None:
            return None
    shares: list[Any] = []
    for names in piece.names:
        shares += [values[names[0]], 1 - values[names[0]]] if len(names) == 1 else [values[n] for n in names]
    return tuple(shares)


def _root(piece: Piece, name: str) -> Any:
    """The share that is a root of a polynomial of its own, to 50 digits, or None."""
    left = [text.removesuffix(" == 0") for text in piece.entry["equations"] if text.endswith(" == 0")]
    for text in left:
        if name in text and not any(n in text for names in piece.names for n in names if n != name):
            start = mpmath.mpf(piece.entry["corners"][0][name])
            found = mpmath.findroot(lambda v, text=text: exact_texts.value(text, {name: v}), start)
            assert all(
                exact_texts.holds(bound, {name: found})
                for bound in piece.entry["equations"]
                if bound.endswith(f" < {name}") or bound.startswith(f"{name} < ")
            ), "the bounds of a root do not hold it"
            return found
    return None


def main(arguments: Sequence[str]) -> int:
    """Run a part of the hunt, or show one game of it."""
    if arguments[:1] == ["show"]:
        answer = ask(game(int(arguments[1])))
        print(json.dumps({"file": answer.game.file, "answer": answer.raw}, indent=1, default=str))
        return 0
    first, last = map(int, arguments)
    hunt = Hunt()
    for number in range(first, last):
        hunt.look_at(number)
        if number % 100 == 99 or number == last - 1:
            hunt.judge()
            print(f"to {number}: {hunt.text()}", file=sys.stderr, flush=True)
    print("\n".join([*hunt.crashes, *hunt.tally.wrong, hunt.text()]))
    print("\n".join(f"{count:6} {reason}" for reason, count in hunt.reasons.most_common(12)))
    return 1 if hunt.crashes or hunt.tally.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
