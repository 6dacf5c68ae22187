"""Names of rest states that are the same for all parameter values: by which strategies are played.

They give in words the state that an id such as E5 gives by number; `id_of` returns the id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from separatrix.analysis.rest_state_ids import ids_of
from separatrix.analysis.results import Analysis
from separatrix.game.model import Game, Profile

__all__ = [
    "NONE",
    "UNDECIDED",
    "id_of",
    "outcome_label",
    "profile_label",
    "set_label",
    "stable_label",
    "support_label",
]

NONE, UNDECIDED = "none", "undecided"


def support_label(game: Game, played: Sequence[Collection[int]]) -> str:
    """Return the name of a state from the indices of the strategies that each population plays.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> support_label(load("shi-chen-2018"), [{0}, {0, 1}])
    'x=1,y=mixed'
    >>> support_label(load("rock-paper-scissors-one-population"), [{0, 2}])
    'x=rock+scissors'
    """
    parts = []
    for population, own in zip(game.populations, played, strict=True):
        if population.binary:
            played_names = "mixed" if len(own) > 1 else "1" if 0 in own else "0"
        else:
            played_names = "+".join(population.strategies[k].id for k in sorted(own))
        parts.append(f"{population.share}={played_names}")
    return ",".join(parts)


def id_of(game: Game, label: str) -> str | None:
    """Return the id of the state that a label names, one of `support_label` or ``set:`` and that; else None.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("shi-chen-2018")
    >>> id_of(game, "x=1,y=1"), id_of(game, "x=mixed,y=mixed"), id_of(game, "set:x=1,y=mixed")
    ('E4', 'E5', 'S2')
    """
    told = label.removeprefix("set:")
    played: list[tuple[int, ...]] = []
    for population, part in zip(game.populations, told.split(","), strict=False):
        own = part.removeprefix(f"{population.share}=")
        if population.binary and own in _BINARY:
            played.append(_BINARY[own])
            continue
        numbers = {s.id: k for k, s in enumerate(population.strategies)}
        if own == part or not all(name in numbers for name in own.split("+")):
            return None
        played.append(tuple(sorted(numbers[name] for name in own.split("+"))))
    if len(played) < len(game.populations) or told.count(",") >= len(played):
        return None
    ids = ids_of(game)
    return ids.rest_set(tuple(played)) if label.startswith("set:") else ids.point(tuple(played))


_BINARY = {"1": (0,), "0": (1,), "mixed": (0, 1)}
"""The strategies that a label of a population of two means: the first has the share 1. Other places: ids of
other states."""


def profile_label(game: Game, profile: Profile) -> str:
    """Return the name of a pure profile."""
    return support_label(game, [(k,) for k in profile])


def set_label(states: Iterable[str]) -> str:
    """Return the name of a set of states.

    Examples
    --------
    >>> set_label(["x=1,y=1", "x=0,y=0"]), set_label([])
    ('x=0,y=0|x=1,y=1', 'none')
    """
    return "|".join(sorted(states)) or NONE


def _of_names(game: Game, support: Sequence[Sequence[str]]) -> str:
    played = []
    for population, own in zip(game.populations, support, strict=True):
        played.append([k for k, s in enumerate(population.strategies) if s.name in own or s.id in own])
    return support_label(game, played)


def stable_label(analysis: Analysis) -> str:
    """Return the name of the set of asymptotically stable states, with ``undecided`` where one is open."""
    stable = [p for p in analysis.rest_points if p.stability == "asymptotically stable"]
    label = set_label(_of_names(analysis.game, p.support) for p in stable)
    # What does not lie alone may be stable or not, but never asymptotically.
    unclear = any(p.stability == "undecided" and p.isolated is not False for p in analysis.rest_points)
    if (unclear or analysis.completeness.status != "complete") and not _only_strict(analysis):
        return UNDECIDED if label == NONE else f"{label}|{UNDECIDED}"
    return label


def _only_strict(analysis: Analysis) -> bool:
    """Whether nothing but strict Nash equilibria can be asymptotically stable (Ritzberger & Weibull 1995)."""
    from separatrix.analysis.payoff_functions import field_of
    from separatrix.game.values import with_lets

    game = analysis.game
    if len(game.populations) < 2 or analysis.values is None:
        return False
    return not any(field_of(game, with_lets(game, analysis.values)).own_play)


def outcome_label(analysis: Analysis, name: str) -> str:
    """Return the name of an outcome from the id that an analysis gave it.

    The prefix ``set:`` distinguishes a rest set from a rest point of the same strategies; outcomes without
    an id, such as ``cycle``, keep their names.
    """
    for point in analysis.rest_points:
        if point.id == name:
            return _of_names(analysis.game, point.support)
    for piece in analysis.rest_sets:
        if piece.id == name:
            return "set:" + _of_names(analysis.game, piece.support)
    return name
