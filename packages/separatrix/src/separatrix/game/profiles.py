"""Payoffs by profiles, and what every form makes of a table whose entries move with the shares."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Any, cast

from separatrix.expression.tree import Expression
from separatrix.game.document_reading import QUOTE_HINT, Reading, Vocabulary
from separatrix.game.fitness import expected_from_pairs, expected_from_profiles
from separatrix.game.model import (
    Form,
    FunctionForm,
    PairwiseForm,
    Population,
    Profile,
    ProfileTable,
    SelfMatrix,
)
from separatrix.io.plain_values import is_list
from separatrix.io.source import Path
from separatrix.sentences import say

__all__ = ["MAX_PROFILES", "check_count", "profile_count", "read_profiles", "settled", "strategy_indices"]

MAX_PROFILES = 20_000


def strategy_indices(populations: tuple[Population, ...]) -> list[dict[str, int]]:
    """Return for each population the index of each strategy, by its name and by its id."""
    return [{text: i for i, s in enumerate(p.strategies) for text in (s.name, s.id)} for p in populations]


def _profile_text(populations: tuple[Population, ...], profile: Profile) -> str:
    return ", ".join(p.strategies[i].name for p, i in zip(populations, profile, strict=True))


def profile_count(populations: tuple[Population, ...]) -> int:
    """Return how many profiles these populations have."""
    return math.prod(len(p.strategies) for p in populations)


def check_count(reading: Reading, populations: tuple[Population, ...], path: Path) -> None:
    """Refuse more profiles than are read."""
    if profile_count(populations) > MAX_PROFILES:
        raise reading.fault(
            "G119",
            say(
                "{value:,} profiles; at most {most:,} are read",
                value=profile_count(populations),
                most=MAX_PROFILES,
            ),
            path,
            key=True,
        )


def read_profiles(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> Form:
    """Return the payoffs of a list of profiles."""
    path: Path = ("payoffs",)
    # One population meets itself: a profile is its own strategy and that of the one it meets.  One player
    # alone meets nobody: a profile is its own strategy.
    alone = len(populations) == 1 and _is_alone(value)
    players = populations * 2 if len(populations) == 1 and not alone else populations
    earners = len(populations)
    check_count(reading, players, path)
    indices = strategy_indices(players)
    pay: dict[Profile, tuple[Expression, ...]] = {}
    first_place: dict[Profile, Path] = {}
    for number, item in enumerate(reading.items(value, path, "`payoffs`")):
        here = (*path, number)
        if not isinstance(item, Mapping) or len(item) != 2 or "play" not in item or "pay" not in item:
            item = reading.mapping(item, here, "an entry of `payoffs`")
            reading.only(item, here, ("play", "pay"), "an entry of `payoffs`")
            missing = "play" if "play" not in item else "pay"
            raise reading.fault(
                "G111", say("an entry of `payoffs` needs the key `{missing}`", missing=missing), here
            )
        profile = _read_play(reading, item["play"], (*here, "play"), players, indices)
        if profile in pay:
            first = reading.source.line(first_place[profile])
            raise reading.fault(
                "G117",
                say("the profile [{value}] is given twice", value=_profile_text(players, profile)),
                (*here, "play"),
                hint="a population that plays itself names two: its own and the one it meets"
                if alone
                else f"first given on line {first}"
                if first
                else "keep one of the two",
            )
        pay[profile] = _read_pay(reading, item["pay"], (*here, "pay"), earners, words)
        first_place[profile] = (*here, "play")
    if len(pay) != profile_count(players):
        raise _missing_profile(reading, players, pay, path)
    moving = any(words.depends_on_shares(e) for row in pay.values() for e in row)
    if earners == 1:
        size = range(len(populations[0].strategies))
        if alone:
            constant = tuple((pay[i,][0],) * len(size) for i in size)
            return settled(populations, SelfMatrix(constant), moving)
        rows = tuple(tuple(pay[i, j][0] for j in size) for i in size)
        return settled(populations, SelfMatrix(rows), moving)
    return settled(populations, ProfileTable(pay), moving)


def _is_alone(value: object) -> bool:
    """Whether the first entry of `payoffs` names one strategy only."""
    entries = list(cast("Iterable[Any]", value)) if is_list(value) else []
    play = entries[0].get("play") if entries and isinstance(entries[0], Mapping) else None
    return is_list(play) and len(list(cast("Iterable[Any]", play))) == 1


def settled(
    populations: tuple[Population, ...], table: ProfileTable | SelfMatrix | PairwiseForm, moving: bool
) -> Form:
    """Return a table, or the expected payoffs of one whose entries move with the shares."""
    if not moving:
        return table
    if isinstance(table, ProfileTable):
        return FunctionForm(expected_from_profiles(populations, table.pay), table)
    matrices = {(0, 0): table.rows} if isinstance(table, SelfMatrix) else table.matrices
    return FunctionForm(expected_from_pairs(populations, matrices), table)


def _read_play(
    reading: Reading,
    value: object,
    path: Path,
    players: tuple[Population, ...],
    indices: list[dict[str, int]],
) -> Profile:
    items = reading.items(value, path, "`play`")
    if len(items) != len(players):
        raise reading.fault(
            "G119",
            f"`play` names {len(items)} strategies; {len(players)} are needed, "
            + ("its own and that of the one it meets" if players[0] is players[-1] else "one a population"),
            path,
        )
    profile = []
    for i, item in enumerate(items):
        found = indices[i].get(item) if isinstance(item, str) else None
        if found is None:
            text = reading.text(item, (*path, i), "a strategy").strip()
            found = indices[i].get(text)
        if found is None:
            names = [s.name for s in players[i].strategies]
            raise reading.unknown(
                "G118",
                say("{name} has no strategy `{text}`", name=players[i].name, text=text),
                (*path, i),
                name=text,
                known=names,
            )
        profile.append(found)
    return tuple(profile)


def _read_pay(
    reading: Reading, value: object, path: Path, earners: int, words: Vocabulary
) -> tuple[Expression, ...]:
    items = reading.items(value, path, "`pay`")
    if len(items) != earners:
        raise reading.fault(
            "G119",
            say(
                "`pay` holds {count} payoff{plural}; {earners} {verb} needed, one a population",
                count=len(items),
                plural="" if len(items) == 1 else "s",
                earners=earners,
                verb="is" if earners == 1 else "are",
            ),
            path,
            hint=QUOTE_HINT,
        )
    return tuple([reading.expression(item, (*path, i), words) for i, item in enumerate(items)])


def _missing_profile(
    reading: Reading, players: tuple[Population, ...], pay: Mapping[Profile, Any], path: Path
) -> Exception:
    everything = itertools.product(*(range(len(p.strategies)) for p in players))
    first = next(profile for profile in everything if profile not in pay)
    others = profile_count(players) - len(pay) - 1
    more = f" and {others} more {'is' if others == 1 else 'are'}" if others else " is"
    return reading.fault(
        "G116",
        f"no payoffs for the profile [{_profile_text(players, first)}]{more if others else ''}"
        + (" missing" if others else ""),
        path,
        key=True,
        hint=say(
            "every one of the {value} combinations of strategies needs an entry", value=profile_count(players)
        ),
    )
