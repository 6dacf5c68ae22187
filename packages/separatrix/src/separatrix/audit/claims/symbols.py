"""Which name of the game a paper's symbol stands for.

A paper prints π₁, `\\pi_{1}` or ``pi_1`` where the game file says ``pi1``, and it writes products without
a sign.  Every spelling is brought to one key; names with the same key are the same symbol.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from separatrix.expression.parser import symbol_key
from separatrix.game.model import Game

__all__ = ["ClaimSymbols"]


class ClaimSymbols:
    """The names that claims about a game can use.

    Parameters
    ----------
    game : Game
        Its parameters (with their ``latex`` fields), shorthands and shares.
    """

    def __init__(self, game: Game) -> None:
        self.names = frozenset((*game.parameters, *game.lets, *game.shares))
        self.shares = frozenset(game.shares)
        self._by_key: dict[str, list[str]] = {}
        self._by_latex: dict[str, list[str]] = {}
        for name in (*game.parameters, *game.lets, *game.shares):
            self._by_key.setdefault(symbol_key(name), []).append(name)
        for name, parameter in game.parameters.items():
            if parameter.latex:
                self._by_latex.setdefault(symbol_key(parameter.latex), []).append(name)
        self._longest = max(map(len, (*self._by_key, *self._by_latex)), default=0)

    def find(self, keys: Iterable[str], spelling: str = "") -> str | None:
        """Return the name that one of `keys` stands for, or None where there is none, or more than one.

        What the ``latex`` fields say comes first.  Where several names have a key, it is the one that is
        spelt like `spelling`, or like the key.
        """
        for key in keys:
            for table in (self._by_latex, self._by_key):
                if found := table.get(key):
                    if len(found) == 1:
                        return found[0]
                    for exact in (spelling, key):
                        if exact in found:
                            return exact
        return None

    def name(self, text: str) -> str | None:
        """Return the name that a word typed without LaTeX stands for."""
        return text if text in self.names else self.find((symbol_key(text),))

    def split(self, word: str) -> tuple[tuple[int, str], ...] | None:
        """Return a word as a product of known names, the longest first: their offsets, and the names.

        None where it is not one: ``qF`` is q times F where there is no ``qF``.
        """
        if len(word) > _LONGEST:
            return None
        cache: dict[int, tuple[tuple[int, str], ...] | None] = {len(word): ()}

        def rest(start: int) -> tuple[tuple[int, str], ...] | None:
            if start not in cache:
                cache[start] = None
                for end in range(len(word), start, -1):
                    piece = word[start:end]
                    if not piece[0].isidentifier() or piece[0] == "_":
                        continue
                    name = self.name(piece)
                    if name is not None and (tail := rest(end)) is not None:
                        cache[start] = ((start, name), *tail)
                        break
            return cache[start]

        return rest(0)

    def segments(
        self, atoms: Sequence[Sequence[str]], spellings: Sequence[str]
    ) -> list[tuple[int, int, str | None]]:
        """Return how neighbouring atoms of a formula form names, the longest first.

        Parameters
        ----------
        atoms : sequence of the keys under which each atom may be known
            The first key of each is the usual one; only it is joined with its neighbours'.
        spellings : sequence of str
            How each atom would be typed.

        Returns
        -------
        list of (first atom, the atom after the last, name or None)
            None for an atom that is not known.
        """
        count = len(atoms)
        # From each atom on: how many stay unknown at least, where its piece ends, and the piece's name.
        best: list[tuple[int, int, str | None]] = [(0, count, None)] * (count + 1)
        for start in range(count - 1, -1, -1):
            chosen: tuple[int, int, str | None] = (best[start + 1][0] + 1, start + 1, None)
            joined = ""
            for end in range(start + 1, count + 1):  # later, longer names win over equals
                joined += atoms[end - 1][0]
                if end > start + 1 and len(joined) > self._longest:
                    break
                alone = end == start + 1
                name = self.find(atoms[start] if alone else (joined,), spellings[start] if alone else "")
                if name is not None and best[end][0] <= chosen[0]:
                    chosen = (best[end][0], end, name)
            best[start] = chosen
        found: list[tuple[int, int, str | None]] = []
        start = 0
        while start < count:
            _, end, name = best[start]
            found.append((start, end, name))
            start = end
        return found


_LONGEST = 200
