"""How many states can be stable at once: what all regimes together say."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from separatrix.analysis.results import Coexistence, Completeness, Regime
from separatrix.expression.tree import Expression, to_text
from separatrix.game.model import Game
from separatrix.sentences import listed, say, together

__all__ = ["coexistence"]

FEW = 4
"""States, or pairs of them, up to which they are told one by one."""

LONGEST = 40
"""Characters of a state that is told by its shares."""

State = tuple[Expression, ...]


def coexistence(
    game: Game, regimes: Sequence[Regime], completeness: Completeness | None
) -> Coexistence | None:
    """Return how many states are stable at once; None where the regimes are not known to be all.

    Examples
    --------
    >>> import separatrix
    >>> game = separatrix.load("shi-chen-2018")
    >>> found = separatrix.analyze(game, symbolic=True)
    >>> coexistence(game, found.regimes, found.regimes_completeness).most
    2
    """
    if not regimes or completeness is None or completeness.status != "complete":
        return None
    counts = [len(r.stable) for r in regimes]
    generic = [len(r.stable) for r in regimes if r.generic] or counts
    states = tuple(dict.fromkeys(s for r in regimes for s in r.stable))
    joint = {pair for r in regimes for pair in itertools.permutations(r.stable, 2)}
    exclusive = tuple(
        (one, other)
        for one, other in itertools.combinations(states, 2)
        if (one, other) not in joint and _deviations(game, one, other) > 1
    )
    least, most, generic_least = min(counts), max(counts), min(generic)
    told = together(_told(states, least, most, generic_least, exclusive))
    return Coexistence(least, most, generic_least, exclusive, told)


def _deviations(game: Game, one: State, other: State) -> int:
    """How many populations play otherwise at another state; of a single one, how many shares differ."""
    if len(game.populations) == 1:
        return sum(a != b for a, b in zip(one, other, strict=True))
    return sum(one[place] != other[place] for place in game.space.slices)


def _told(
    states: Sequence[State],
    least: int,
    most: int,
    generic_least: int,
    exclusive: Sequence[tuple[State, State]],
) -> Iterator[str]:
    if not most:
        yield say("No state is asymptotically stable for any admissible parameters.")
        return
    if most > 1:
        yield (
            say(
                "At least {least} and at most {most} states are asymptotically stable at once, whatever the "
                "admissible parameters.",
                least=least,
                most=most,
            )
            if least
            else say(
                "At most {most} states are asymptotically stable at once, whatever the admissible "
                "parameters.",
                most=most,
            )
        )
        if generic_least > least:
            yield say("Except for degenerate parameters, the least number is {count}.", count=generic_least)
        yield from _never_both(exclusive)
    elif not least:
        yield say(
            "At most one state is asymptotically stable for all admissible parameters: never two at once."
        )
        if generic_least:
            yield say("Except for degenerate parameters, exactly one is.")
    elif len(states) == 1:
        yield say("The same one state is asymptotically stable for all admissible parameters.")
    elif len(states) <= FEW and (texts := _texts(states)):
        yield say(
            "Exactly one of {states} is asymptotically stable, whatever the admissible parameters.",
            states=listed(texts),
        )
    else:
        yield say("Exactly one state is asymptotically stable, whatever the admissible parameters.")


def _never_both(exclusive: Sequence[tuple[State, State]]) -> Iterator[str]:
    if not 0 < len(exclusive) <= FEW:
        return
    for pair in exclusive:
        if texts := _texts(pair):
            yield say("Never both at once: {states}.", states=listed(texts))


def _texts(states: Iterable[State]) -> list[str]:
    """States by their shares; none where one of them is long."""
    texts = [f"({', '.join(map(to_text, s))})" for s in states]
    return texts if all(len(t) <= LONGEST for t in texts) else []
