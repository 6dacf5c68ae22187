"""The pure state that policy aims at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from separatrix.analysis.rest_state_ids import ids_of
from separatrix.dynamics.state_labels import profile_label
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.game.model import Game, Profile
from separatrix.sentences import say

__all__ = ["named_profile", "target_of"]


def named_profile(game: Game, profile: Profile) -> str:
    """Return what all of each population play, by the names of the strategies.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> named_profile(load("shi-chen-2018"), (0, 1))
    'cooperate · decline'
    """
    return " · ".join(p.strategies[a].name for p, a in zip(game.populations, profile, strict=True))


def target_of(game: Game, given: str | Mapping[str, str] | Sequence[str] | None = None) -> Profile:
    """Return the strategy that all of each population shall play, as indices.

    Parameters
    ----------
    game : Game
    given : str, mapping or sequence, optional
        The names of strategies, in the order of the populations or by the names of these; one name where it
        is meant for all; or the name of a state, as E4 or ``x=1,y=1``.  By default the first strategy of
        each.

    Raises
    ------
    NameProblem
        P120 for a name that is not known.
    InputError
        P121 where not every population has a strategy.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("shi-chen-2018")
    >>> target_of(game), target_of(game, "E4"), target_of(game, "x=1,y=0"), target_of(game, "decline")
    ((0, 0), (0, 0), (0, 1), (1, 1))
    """
    if given is None:
        return (0,) * len(game.populations)
    parts: list[str]
    if isinstance(given, str):
        known = _named_states(game)
        if given in known:
            return known[given]
        parts = [part.strip() for part in given.split(",")]
        if len(parts) == 1:
            parts *= len(game.populations)
    elif isinstance(given, Mapping):
        parts = [str(given[p.name]) for p in game.populations if p.name in given]
    else:
        parts = [str(part) for part in given]
    if len(parts) != len(game.populations):
        raise InputError(
            "P121",
            say(
                "the target gives strategies for {given} of {count} populations",
                given=len(parts),
                count=len(game.populations),
            ),
            hint=say(
                "give one strategy for each of {populations}, in this order, or the name of a pure state",
                populations=", ".join(p.name for p in game.populations),
            ),
        )
    return tuple(_strategy(game, i, name) for i, name in enumerate(parts))


def _named_states(game: Game) -> dict[str, Profile]:
    if game.space.dimension > 12:
        return {}
    ids = ids_of(game)
    return {
        name: profile
        for profile in game.profiles()
        for name in (ids.point(tuple((a,) for a in profile)), profile_label(game, profile))
        if name is not None
    }


def _strategy(game: Game, i: int, name: str) -> int:
    population = game.populations[i]
    for names in ([s.id for s in population.strategies], [s.name for s in population.strategies]):
        if name in names:
            return names.index(name)
    known = [s.name for s in population.strategies]
    close = nearest(name, known)
    raise NameProblem(
        "P120",
        say(
            "{population} has no strategy `{name}`; it has: {known}",
            population=population.name,
            name=name,
            known=", ".join(known),
        ),
        hint=say("did you mean `{close}`?", close=close)
        if close
        else say("the target is a pure state, such as E4, x=1,y=1 or one strategy for each population"),
    )
