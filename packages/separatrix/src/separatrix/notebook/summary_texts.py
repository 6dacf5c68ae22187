"""What summaries of results are put together from: values, states and profiles in few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from separatrix.document.numbers import readable
from separatrix.document.profiles import profile_words
from separatrix.game.model import Game
from separatrix.languages import language_of

__all__ = ["PLACES", "facts_of", "model_facts", "profile_text", "reached_text", "state_text", "values_text"]

PLACES = 4
MOST_VALUES = 12
MOST_SHARES = 8


def values_text(values: Mapping[str, Any]) -> str:
    """Return parameters with their values, the first dozen of them."""
    told = [
        f"{name} = {readable(float(value), PLACES)}" for name, value in list(values.items())[:MOST_VALUES]
    ]
    more = len(values) - len(told)
    return ", ".join([*told, f"… and {more} more"] if more > 0 else told)


def state_text(shares: Sequence[str], state: Iterable[float] | None) -> str:
    """Return a state: one share by its name, few as a tuple, many by those that are present."""
    if state is None:
        return ""
    values = [readable(float(x), PLACES) for x in state]
    if len(values) == 1:
        return f"{shares[0]} = {values[0]}"
    if len(values) > MOST_SHARES:
        present = [f"{s} = {v}" for s, v in zip(shares, values, strict=True) if v != "0"]
        return ", ".join(present)
    return f"({', '.join(values)})"


def reached_text(shares: Sequence[str], state: Iterable[float] | None) -> str:
    """Return the limit state of a trajectory, to the digits that its error allows."""
    return state_text(shares, None if state is None else [round(float(x), 6) + 0.0 for x in state])


def profile_text(game: Game, support: Sequence[Sequence[str]]) -> str:
    """Return the strategies of a support in words."""
    return profile_words(game.populations, support, language_of("en"))


def facts_of(*pairs: tuple[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the informative pairs."""
    return tuple((name, str(told)) for name, told in pairs if told not in (None, "", ()))


def model_facts(
    game: Game, values: Mapping[str, Any] | None, scenario: str | None
) -> tuple[tuple[str, object], ...]:
    """Return at which scenario and parameters a result holds."""
    return (("scenario", scenario), ("parameters", "" if not values else values_text(values)))
