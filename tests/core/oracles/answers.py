"""A public answer, `analyze(game).to_dict()`, read back into states with one share a strategy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import separatrix
from core.oracles import exact_texts
from core.oracles.share_games import ShareGame, share_names

__all__ = ["Answer", "Piece", "Point", "ask"]


@dataclass(frozen=True)
class Point:
    """One entry of `rest_points`; ``state`` in floats, ``exact`` in fractions or 50 digits, if given."""

    entry: Mapping[str, Any]
    state: tuple[float, ...]
    exact: tuple[Any, ...] | None

    @property
    def label(self) -> str:
        return str(self.entry["stability"])

    @property
    def rational(self) -> bool:
        return self.exact is not None and all(isinstance(v, Fraction) for v in self.exact)


@dataclass(frozen=True)
class Piece:
    """One entry of `rest_sets`."""

    entry: Mapping[str, Any]
    support: frozenset[int]
    corners: tuple[tuple[float, ...], ...]
    names: tuple[tuple[str, ...], ...]
    samples: tuple[tuple[float, ...], ...] = ()

    @property
    def label(self) -> str:
        return str(self.entry["stability"])

    @property
    def dimension(self) -> int:
        return int(self.entry["dimension"])

    def holds(self, state: Sequence[Any], slack: Any = exact_texts.ZERO) -> bool:
        """Whether a state is on the piece: what it plays, and all equations."""
        played = frozenset(k for k, v in enumerate(state) if v)
        if played != self.support:
            return False
        values: dict[str, Any] = {}
        at = 0
        for names in self.names:
            for offset, name in enumerate(names):
                values[name] = state[at + offset]
            at += 2 if len(names) == 1 else len(names)
        return all(exact_texts.holds(text, values, slack) for text in self.entry["equations"])


@dataclass(frozen=True)
class Answer:
    """An answer about a `ShareGame`."""

    game: ShareGame
    raw: Mapping[str, Any]
    samples: Mapping[str, Sequence[Sequence[float]]] = field(default_factory=dict)

    @cached_property
    def names(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(row) for row in share_names(self.game.sizes))

    @property
    def complete(self) -> bool:
        return bool(self.raw["completeness"]["status"] == "complete")

    @cached_property
    def points(self) -> tuple[Point, ...]:
        return tuple(
            Point(
                entry,
                self._state(entry["state"]),
                None
                if entry["exact"] is None
                else self._state({n: exact_texts.value(t) for n, t in entry["exact"].items()}),
            )
            for entry in self.raw["rest_points"]
        )

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(
            Piece(
                entry,
                self.support(entry["support"]),
                tuple(self._state(c) for c in entry["corners"]),
                self.names,
                tuple(self._spread(s) for s in self.samples.get(entry["id"], ())),
            )
            for entry in self.raw["rest_sets"]
        )

    def exact_corners(self, corners: Sequence[Mapping[str, str]]) -> list[tuple[Any, ...]]:
        """Return states that are given as texts, with one share a strategy."""
        return [self._state({n: exact_texts.value(t) for n, t in c.items()}) for c in corners]

    def support(self, names: Sequence[Sequence[str]]) -> frozenset[int]:
        """Return the indices of the shares of the strategies named, population by population."""
        listed = self.game.file["populations"]
        return frozenset(
            self.game.offsets[i] + listed[i]["strategies"].index(name)
            for i, row in enumerate(names)
            for name in row
        )

    def _state(self, shares: Mapping[str, Any]) -> tuple[Any, ...]:
        assert set(shares) == {n for names in self.names for n in names}, f"shares named {sorted(shares)}"
        return self._spread([shares[n] for names in self.names for n in names])

    def _spread(self, shown: Sequence[Any]) -> tuple[Any, ...]:
        """The shares of all strategies from those that the answer shows, in order."""
        values = iter(shown)
        result: list[Any] = []
        for names in self.names:
            mine = [next(values) for _ in names]
            result += [mine[0], 1 - mine[0]] if len(mine) == 1 else mine
        return tuple(result)


def ask(game: ShareGame, **options: Any) -> Answer:
    """Return what the package says about a game."""
    found = separatrix.analyze(separatrix.load(dict(game.file)), **options)
    return Answer(game, found.to_dict(), {s.id: s.samples for s in found.rest_sets})
