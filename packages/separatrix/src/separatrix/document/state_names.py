"""Bifurcations in words: their kinds and values.

States of finite populations in words: how many play what, and where the drift changes its sign.

How a stability label looks everywhere: by a symbol and a colour.

Outcomes, starts and indices in words.

Strategy profiles in words, next to the ids of states.

Where a continuum of rest points lies, in one line of plain text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.analysis.results import RestPoint, RestSet
from separatrix.document.numerals import percent, readable
from separatrix.expression.conditions import condition_text
from separatrix.expression.tree import Expression, Number, to_text
from separatrix.game.model import Game, Population
from separatrix.languages import Language

if TYPE_CHECKING:
    from separatrix.analysis.results import Label
    from separatrix.dynamics.bifurcation.result import NamedPoint
    from separatrix.dynamics.integration.results import Trajectory
    from separatrix.population.finite.stationary_distribution import Balance, StationaryDistribution

__all__ = [
    "FINE",
    "LABELS",
    "LONGEST",
    "LabelLook",
    "PLACES",
    "balance_words",
    "exactly",
    "index_text",
    "joined_bounds",
    "kind_in_words",
    "named_state",
    "outcome_words",
    "profile_words",
    "rest_set_text",
    "start_in_words",
    "state_in_words",
    "stationary_lead",
    "tied_states",
    "value_in_words",
    "with_ids",
]

PLACES, FINE = 4, 6
"""Decimals of numbers, and of numbers without a short fraction."""


LONGEST = 28
"""Characters of a closed form that still says more than a decimal."""


def exactly(expression: Expression | None) -> str | None:
    """Return a closed form in the usual notation; None where none exists, or it is longer than a decimal.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> exactly(parse_expression("3/2 - 1/2*sqrt(57)"))
    '3/2 − 1/2·√57'
    """
    if expression is None:
        return None
    text = re.sub(r"sqrt\((\d+)\)", r"√\1", to_text(expression))
    text = text.replace("**2", "²").replace("**3", "³").replace("**", "^").replace("*", "·").replace("-", "−")
    return text if len(text) <= LONGEST else None


def kind_in_words(point: NamedPoint, words: Language) -> str:
    """Return what a point is called, such as ``Hopf (supercritical)``."""
    from separatrix.dynamics.bifurcation.branch_points import CRITICALITY_WORDS, KIND_WORDS

    kind = words.tell(KIND_WORDS[point.kind])
    if point.criticality is None:
        return kind
    return words.BIFURCATION_KIND.format(kind=kind, how=words.tell(CRITICALITY_WORDS[point.criticality]))


def value_in_words(point: NamedPoint, words: Language) -> str:
    """Return a critical value in decimals, and exactly where that is short: ``1.333 (4/3)``."""
    rational = isinstance(point.exact, Number)
    text = readable(point.value, PLACES if rational else FINE)
    exact = exactly(point.exact)
    if exact is None or (isinstance(point.exact, Number) and _says_all(text, point.exact)):
        return text
    return words.BIFURCATION_VALUE.format(value=text, exact=exact)


def _says_all(text: str, exact: Number) -> bool:
    from fractions import Fraction

    try:
        return Fraction(text.replace("−", "-")) == exact.value
    except ValueError:
        return False


MOST_TIED = 4
"""States of one frequency that are named."""


def balance_words(balance: Balance, words: Language) -> str:
    """Return where the drift changes its sign, in words."""
    place = f"{balance.after:,}"
    if balance.before != balance.after:
        place = f"{balance.after:,} – {balance.before:,}"
    return (words.STATIONARY_TO if balance.stable else words.STATIONARY_AWAY).format(place=place)


def state_in_words(found: StationaryDistribution, index: int, words: Language) -> str:
    """Return how many play each strategy at a state."""
    parts = []
    for p, own in zip(found.game.populations, found.state_of(index), strict=True):
        held = [f"{count:,} {s.name}" for count, s in zip(own, p.strategies, strict=True) if count]
        parts.append(words.separators[", "].join(held))
    return words.separators["; "].join(parts)


def tied_states(tied: Sequence[int], called: Callable[[int], str], words: Language) -> str:
    """Return states that are equally frequent: a few by their names, and how many others there are."""
    told = [called(i) for i in tied[:MOST_TIED]]
    if len(tied) > MOST_TIED:
        told.append(words.TIED_MORE.format(n=f"{len(tied) - MOST_TIED:,}"))
    return words.separators[" or "].join(told)


def stationary_lead(found: StationaryDistribution, words: Language) -> str:
    """Return where the population is most often; of states that tie, all of them."""
    tied = found.modes
    text = words.STATIONARY_LEAD if len(tied) == 1 else words.STATIONARY_TIED
    return text.format(
        state=tied_states(tied, lambda i: state_in_words(found, i, words), words),
        share=percent(float(found.weights[tied[0]])),
        uniform=percent(found.uniform),
    )


@dataclass(frozen=True)
class LabelLook:
    """Symbols for text with and without Unicode, colours for light and dark pages."""

    symbol: str
    ascii_symbol: str
    light: str
    dark: str
    terminal: str


# Okabe & Ito's palette, told apart by every common kind of colour vision; darkened where text needs it.
LABELS: Mapping[Label, LabelLook] = {
    "asymptotically stable": LabelLook("●", "*", "#0b6e4f", "#35c796", "green"),
    "centre": LabelLook("◉", "@", "#8a4a73", "#e39ac6", "magenta"),
    "stable": LabelLook("◐", "%", "#0063a0", "#6cb6ee", "blue"),
    "saddle": LabelLook("◆", "+", "#a35c00", "#f0ad4e", "yellow"),
    "source": LabelLook("○", "o", "#b8400a", "#ff8a5c", "red"),
    "unstable": LabelLook("△", "^", "#b8400a", "#ff8a5c", "red"),
    "undecided": LabelLook("?", "?", "#5c5c5c", "#a8a8a8", "white"),
}


def start_in_words(orbit: Trajectory) -> str:
    """Return where a trajectory starts: ``x = 0.2, y = 0.3``."""
    return ", ".join(f"{s} = {x:.6g}" for s, x in zip(orbit.shares, orbit.states[0].tolist(), strict=True))


def index_text(value: float) -> str:
    """Return an index to three decimals, as intervals of sampling deserve.

    Examples
    --------
    >>> index_text(0.61234), index_text(-0.0004), index_text(-0.02)
    ('0.612', '0.000', '−0.020')
    """
    return f"{round(value, 3) + 0.0:.3f}".replace("-", "−")


def outcome_words(name: str, words: Language) -> str:
    """Return where trajectories end, for people."""
    known = {
        "cycle": words.OUTCOME_CYCLE,
        "separatrix": words.OUTCOME_SEPARATRIX,
        "undecided": words.OUTCOME_UNDECIDED,
        "other": words.OUTCOME_OTHER,
    }
    return known.get(name, name)


def with_ids(label: str, ids: Mapping[str, str]) -> str:
    """Return the states that a sweep names by their shares, each with its id, with room for lines to break.

    Examples
    --------
    >>> with_ids("x=0,y=0|cycle", {"x=0,y=0": "E1"})
    'E1 x=0,y=0 | cycle'
    """
    return " | ".join(f"{ids[part]} {part}" if part in ids else part for part in label.split("|"))


PROFILES_PLACES = 3
"""Decimals of a share next to an id."""

MOST_SHARES = 8
"""Number of shares from which a state is written by its profile alone."""


def profile_words(
    populations: Sequence[Population], support: Sequence[Sequence[str]], words: Language
) -> str:
    """Return the strategy profile, such as ``cooperate · mixed``, in the order of the populations.

    It is empty for a state without known played strategies, as the rest states of logit dynamics.

    Examples
    --------
    >>> import separatrix
    >>> from separatrix.languages import language_of
    >>> game = separatrix.load("shi-chen-2018")
    >>> profile_words(game.populations, [("cooperate",), ("cooperate", "decline")], language_of("en"))
    'cooperate · mixed'
    """
    if not support:
        return ""
    return " · ".join(
        _played(population, strategies, words)
        for population, strategies in zip(populations, support, strict=True)
    )


def _played(population: Population, strategies: Sequence[str], words: Language) -> str:
    """Return what a population plays: a strategy, some of more than two, or a mixture of all."""
    names = {s.id: s.name for s in population.strategies}
    told = [names.get(s, s) for s in strategies]
    if len(told) == 1:
        return told[0]
    if len(told) == len(names):
        return words.MIXED if len(names) == 2 else words.MIXED_ALL
    return " + ".join(told)


def named_state(game: Game, point: RestPoint, words: Language) -> str:
    """Return an id with its state and profile: ``E8 (1, 1, 1) cooperate · cooperate · regulate``."""
    parts = [point.id]
    if point.state is not None and len(point.state) <= MOST_SHARES:
        shares = [readable(x, PROFILES_PLACES) for x in point.state]
        parts.append(f"({', '.join(shares)})" if len(shares) > 1 else f"{game.shares[0]} = {shares[0]}")
    profile = profile_words(game.populations, point.support, words)
    return " ".join([*parts, profile] if profile else parts)


def rest_set_text(piece: RestSet) -> str:
    """Return the equations and bounds of a piece of a continuum, as ``y = 0, 0 < x < 1/2``."""
    told = [condition_text(equation).replace("==", "=") for equation in piece.equations]
    return ", ".join(part.replace(" ", "\u00a0") for part in joined_bounds(told))


def joined_bounds(told: Sequence[str]) -> list[str]:
    """Return conditions in which a lower and an upper bound of the same quantity are joined.

    Examples
    --------
    >>> joined_bounds(["y = 0", "0 < x", "x < 1/2"])
    ['y = 0', '0 < x < 1/2']
    """
    result: list[str] = []
    for condition in told:
        first, _, last = condition.partition(" < ")
        before = next(
            (k for k, earlier in enumerate(result) if last and earlier.endswith(f" < {first}")), None
        )
        if before is None or result[before].count(" < ") > 1:
            result.append(condition)
        else:
            result[before] = f"{result[before]} < {last}"
    return result
