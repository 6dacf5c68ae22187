"""How many states can be stable at once: what all regimes together say.

The condition of a regime: few, short inequalities that hold exactly where it is met.

Which states have to be excluded: where those of a regime are stable, few others can be besides.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from separatrix.analysis.regime_conditions import (
    Formula,
    Sign,
    SignPolynomials,
    describe_cells,
    propagated,
    restricted,
    satisfied,
)
from separatrix.analysis.results import Coexistence, Completeness, Regime
from separatrix.expression.conditions import All, Condition, Either, all_of
from separatrix.expression.tree import Expression, to_text
from separatrix.game.model import Game
from separatrix.sentences import listed, say, together

__all__ = [
    "FEW",
    "RegimeDescription",
    "coexistence",
    "excluded_states",
]

FEW = 4
"""Up to this number, states or pairs of states are listed one by one."""

LONGEST = 40
"""Characters up to which a state is written by its shares."""

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
    told = together(_count_sentences(states, least, most, generic_least, exclusive))
    return Coexistence(least, most, generic_least, exclusive, told)


def _deviations(game: Game, one: State, other: State) -> int:
    """How many populations play otherwise at another state; of a single one, how many shares differ."""
    if len(game.populations) == 1:
        return sum(a != b for a, b in zip(one, other, strict=True))
    return sum(one[place] != other[place] for place in game.space.slices)


def _count_sentences(
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


"""So many deciding quantities have few enough sign patterns to describe them one by one."""

Pair = tuple[Formula, Formula]
"""Where a state is asymptotically stable, and where it is known not to be."""


class RegimeDescription:
    """Writes down where exactly some states are asymptotically stable and the others are not.

    Parameters
    ----------
    polynomials : SignPolynomials
    states : for each state, where it is asymptotically stable and where it is known not to be
    possible : the signs that each polynomial can have
    """

    def __init__(
        self, polynomials: SignPolynomials, states: Sequence[Pair], possible: Sequence[frozenset[int]]
    ) -> None:
        self.polynomials = polynomials
        self.states = states
        self.possible = possible

    def set_of(self, signs: Sequence[int]) -> tuple[int, ...] | None:
        """Return the states that are stable where the polynomials have these signs; None if left open."""
        stable = []
        for k, (holds, fails) in enumerate(self.states):
            if satisfied(holds, signs):
                stable.append(k)
            elif not satisfied(fails, signs):
                return None
        return tuple(stable)

    def condition(self, chosen: tuple[int, ...], excluded: Sequence[int]) -> Condition:
        """Return where the chosen states are stable and no others.

        Parameters
        ----------
        chosen, excluded
            Wherever the chosen states are stable and the excluded ones are not, no others are, too.
        """
        if len(self.possible) <= FEW:
            return describe_cells(
                self.possible, lambda s: self.set_of(s) == chosen, self.polynomials.relation
            )
        required = propagated([self.states[k][0] for k in chosen]) or {}

        def possible(index: int) -> frozenset[int]:
            return self.possible[index] & required.get(index, self.possible[index])

        wanted = [Sign(index, allowed) for index, allowed in sorted(required.items())]
        rest: list[Formula] = [restricted(self.states[k][0], possible) for k in chosen]
        for k in excluded:
            failing = restricted(self.states[k][1], possible)
            rest.extend(failing.parts if isinstance(failing, All) else (failing,))
        formulas = [restricted(f, lambda k: self.possible[k]) for f in wanted]
        for clause in rest:
            parts = _parts(clause)
            if not any(_parts(other) < parts for other in rest):  # else a shorter clause implies it
                formulas.append(_in_order(clause))
        return all_of(*(self.polynomials.condition(f) for f in formulas))


def _parts(formula: Formula) -> frozenset[Formula]:
    return frozenset(formula.parts) if isinstance(formula, Either) else frozenset((formula,))


def _in_order(formula: Formula) -> Formula:
    """The parts of a disjunction of signs in the order of the polynomials."""
    if isinstance(formula, Either) and all(isinstance(p, Sign) for p in formula.parts):
        return Either(tuple(sorted(formula.parts, key=lambda p: p.index if isinstance(p, Sign) else -1)))
    return formula


def excluded_states(chosen: frozenset[int], possible: Iterable[frozenset[int]]) -> tuple[int, ...]:
    """Return states whose instability leaves only the chosen one of all possible sets.

    No state is redundant: for each, some possible set contains it and none of the others.

    Parameters
    ----------
    chosen : states that are stable
    possible : all sets of states that are stable together somewhere

    Examples
    --------
    >>> sets = [frozenset(s) for s in ((), (0,), (1,), (0, 1), (0, 2), (0, 1, 2))]
    >>> excluded_states(frozenset((0,)), sets)
    (1, 2)
    >>> excluded_states(frozenset((1,)), sets)
    (0,)
    """
    more = [s - chosen for s in possible if chosen < s]
    least = [s for s in more if not any(other < s for other in more)]
    found: list[int] = []
    left = least
    while left:
        best = min({k for s in left for k in s}, key=lambda k: (-sum(k in s for s in left), k))
        found.append(best)
        left = [s for s in left if best not in s]
    return tuple(sorted(_without_surplus(found, least)))


def _without_surplus(found: Sequence[int], sets: Sequence[frozenset[int]]) -> list[int]:
    """Remove the redundant states of a hitting set."""
    kept = list(found)
    for k in found:
        rest = [other for other in kept if other != k]
        if all(s & set(rest) for s in sets):
            kept = rest
    return kept
