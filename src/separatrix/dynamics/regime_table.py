"""The regimes of a map in the order in which they are listed."""

from __future__ import annotations

import string
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from separatrix.dynamics.regime_map import MapRegime, PieceKind, RegimeKind
from separatrix.dynamics.verdicts import OPEN, OUTSIDE, POLE, members

__all__ = ["in_order", "kind_of", "letters", "piece_kind", "regimes_of"]


def kind_of(code: int) -> RegimeKind:
    """Return the kind of a verdict."""
    kinds: dict[int, RegimeKind] = {OUTSIDE: "outside", POLE: "pole", OPEN: "undecided"}
    return kinds.get(code, "stable")


def letters(index: int) -> str:
    """Return A, B, …, Z, A2, B2, …

    Examples
    --------
    >>> letters(0), letters(27)
    ('A', 'B2')
    """
    round_, letter = divmod(index, 26)
    return string.ascii_uppercase[letter] + (str(round_ + 1) if round_ else "")


def piece_kind(negative: int, positive: int, on: int | None) -> PieceKind | None:
    """Return what the border between two verdicts is; None where nothing is admissible at all."""
    key = {negative, positive} | (set() if on is None else {on})
    if key == {OUTSIDE}:
        return None
    if OUTSIDE in key:
        return "assumption"
    if POLE in key:
        return "pole"
    if OPEN in (negative, positive) or (on == OPEN and negative == positive):
        return "undecided"
    return "line" if negative == positive else "stability"


def in_order(found: Collection[int], areas: Collection[int], shares: Mapping[int, float]) -> list[int]:
    """Return verdicts: regimes first, those with an area before those on lines, the larger first."""
    return sorted(
        found,
        key=lambda code: (code < 0, code not in areas, -shares.get(code, 0.0), -len(members(code)), code),
    )


def regimes_of(
    order: Sequence[int],
    areas: Collection[int],
    shares: Mapping[int, float],
    witnesses: Mapping[int, Mapping[str, Fraction]],
    numbers: Mapping[int, int],
) -> tuple[MapRegime, ...]:
    """Return the regimes; ``numbers`` tells the index of each state among those listed."""
    return tuple(
        MapRegime(
            letter=letters(k) if code >= 0 else "",
            kind=kind_of(code),
            stable=tuple(numbers[s] for s in members(code)),
            generic=code in areas,
            witness=witnesses.get(code),
            share=shares.get(code, 0.0),
        )
        for k, code in enumerate(order)
    )
