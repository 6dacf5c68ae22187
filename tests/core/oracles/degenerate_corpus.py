"""A fixed corpus of degenerate games: small whole payoffs, so that ties and zero eigenvalues abound.

Three shares are counted over it: of the pieces of continua that are left undecided in games of 2, 3 and 3
strategies and in games of four populations with two strategies each, and of the isolated rest points that are
left undecided in games of every kind.  The games are those of the seeds below, whatever becomes of the
program; what was counted at first stands in `FIRST`, so that a share can be compared with itself.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import separatrix
from core.oracles import affine_kinds
from core.oracles.share_games import ShareGame, polynomial_square, profiles

__all__ = ["FIRST", "PARTS", "Count", "count", "games"]

PAYOFFS: Mapping[str, tuple[int, ...]] = {
    "small": (-1, 0, 1),
    "zero or one": (0, 1),
    "sparse": (-1, 0, 0, 0, 1),
    "rare": (0, 0, 0, 1),
}
"""What a payoff is drawn from; a number that stands there twice is drawn twice as often."""


def drawn(rng: Random, sizes: Sequence[int], payoffs: Sequence[int]) -> ShareGame:
    """Return populations that meet all at once, with independent payoffs out of a few."""
    every = itertools.product(*(range(s) for s in sizes))
    return profiles(sizes, {profile: [rng.choice(payoffs) for _ in sizes] for profile in every})


def common(rng: Random, sizes: Sequence[int]) -> ShareGame:
    """Return populations that meet all at once and earn the same, -1, 0 or 1."""
    every = itertools.product(*(range(s) for s in sizes))
    return profiles(sizes, {profile: [rng.randint(-1, 1)] * len(sizes) for profile in every})


Draw = Callable[[Random], ShareGame]


def _profiles(sizes: Sequence[int], kind: str) -> Draw:
    return lambda rng: drawn(rng, sizes, PAYOFFS[kind])


PARTS: Mapping[str, Mapping[str, Draw]] = {
    "2x3x3": {kind: _profiles((2, 3, 3), kind) for kind in ("small", "zero or one", "sparse")},
    "2x2x2x2": {kind: _profiles((2, 2, 2, 2), kind) for kind in ("zero or one", "sparse", "rare")},
    "points": {
        **affine_kinds.KINDS,
        **{
            f"{'x'.join(map(str, sizes))} {kind}": _profiles(sizes, kind)
            for sizes in ((2, 2, 2), (2, 2, 3), (2, 3, 3), (2, 2, 2, 2))
            for kind in ("small", "sparse")
        },
        "common interest of four": lambda rng: common(rng, (2, 2, 2, 2)),
        "quadratic": lambda rng: polynomial_square(rng, 2, 1),
        "cubic": lambda rng: polynomial_square(rng, 3, 2),
    },
}
"""The kinds of games whose pieces, or in the last part whose isolated points, are counted."""


@dataclass
class Count:
    """How many pieces of continua, or isolated points, there are, and why how many are undecided."""

    every: int = 0
    undecided: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, label: str, reason: str) -> None:
        """Count a label."""
        self.every += 1
        if label == "undecided":
            self.undecided += 1
            self.reasons[reason] += 1

    def text(self) -> str:
        """Return the counts in a line, and the reasons below it."""
        share = self.undecided / max(self.every, 1)
        lines = [f"{self.undecided} of {self.every} undecided ({share:.2%})"]
        return "\n".join([*lines, *(f"  {n} {why}" for why, n in self.reasons.most_common())])


FIRST: Mapping[tuple[str, int], tuple[int, int]] = {
    ("2x3x3", 2): (84, 362),
    ("2x3x3", 30): (759, 4329),
    ("2x2x2x2", 4): (70, 401),
    ("2x2x2x2", 60): (1138, 6015),
    ("points", 40): (27, 3986),
}
"""Undecided ones and all, by part and number of games of each kind, as `count` gave them at revision 80cc7a5,
before `separatrix.analysis.certified.neutral_strategies` was written."""


def games(part: str, number: int, seed: int = 0) -> Iterator[tuple[str, ShareGame]]:
    """Yield the first games of each kind of a part with the names that draw them; seed 0 is counted."""
    for kind, draw in PARTS[part].items():
        for k in range(number):
            name = f"degenerate-{part}-{kind}-{k}" + f"-{seed}" * (seed > 0)
            yield name, draw(Random(name))


def count(part: str, number: int) -> Count:
    """Return what is undecided among the first games of each kind of a part."""
    total = Count()
    for _, game in games(part, number):
        answer = separatrix.analyze(separatrix.load(game.file))
        if part == "points":
            for point in answer.rest_points:
                if point.isolated:
                    total.add(str(point.stability), point.reason)
        else:
            for piece in answer.rest_sets:
                total.add(str(piece.stability), piece.reason)
    return total
