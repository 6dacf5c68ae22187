"""What a symbolic analysis hands back, and what every one of them says of values and poles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq_mpoly

from separatrix.analysis.found import Found
from separatrix.analysis.result import Completeness, Regime, Warning
from separatrix.analysis.ring import Ring, polynomial_expression
from separatrix.game.expression import to_text
from separatrix.game.model import Game
from separatrix.sentence import say

__all__ = ["Symbols", "favourites", "pole_warnings"]


@dataclass(frozen=True)
class Symbols:
    """The symbolic part of an analysis."""

    found: Found
    regimes: tuple[Regime, ...]
    regimes_completeness: Completeness
    warnings: tuple[Warning, ...] = ()


def favourites(game: Game, known: Mapping[str, Fraction] | None) -> Iterator[Mapping[str, Fraction]]:
    """Yield the values that a reader knows: the ones asked for, the file's, those of the scenarios."""
    base = {n: p.value for n, p in game.parameters.items() if p.value is not None}
    for values in (
        ([] if known is None else [known]) + [base] + [{**base, **s} for s in game.scenarios.values()]
    ):
        if len(values) == len(game.parameters):
            yield values


def pole_warnings(ring: Ring, poles: Iterable[fmpq_mpoly]) -> Iterator[Warning]:
    """Yield a warning for each denominator that the assumptions do not keep from zero."""
    for pole in poles:
        text = to_text(polynomial_expression(ring, pole))
        yield Warning(
            "A506",
            say("a payoff divides by `{divisor}`; parameters at which that is 0 are left out", divisor=text),
        )
