"""Payoffs by profiles, and what every form makes of a table whose entries move with the shares.

Payoffs by matrices: of one population, of two, or of several that meet in pairs.

Payoffs, advantages and equations as functions of the state, and payoffs in groups drawn at random.

The forms in which a file gives payoffs, each read into one of the forms of `separatrix.game.model`.

A form that says nothing about the shares becomes a table of profiles wherever that is the same game:
a bimatrix, pairwise matrices without own play, payoffs that are constant.  A table whose entries depend on
the shares becomes the expected payoffs that follow from it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from separatrix.expression.tree import Expression, Number, add
from separatrix.game.documents import QUOTE_HINT, Reading, Vocabulary
from separatrix.game.fitness import expected_from_pairs, expected_from_profiles
from separatrix.game.model import (
    AdvantageForm,
    Form,
    FunctionForm,
    GroupForm,
    PairwiseForm,
    Population,
    Profile,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
)
from separatrix.io.yaml import Path
from separatrix.io.yaml_output import is_list
from separatrix.sentences import say

__all__ = [
    "FORMS",
    "MAX_PROFILES",
    "check_count",
    "implied_sizes",
    "one_population",
    "profile_count",
    "read_advantages",
    "read_bimatrix",
    "read_form",
    "read_group",
    "read_payoff_functions",
    "read_payoff_matrices",
    "read_payoff_matrix",
    "read_profiles",
    "read_replicator",
    "payoff_form",
    "strategy_indices",
]

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
            return payoff_form(populations, SelfMatrix(constant), moving)
        rows = tuple(tuple(pay[i, j][0] for j in size) for i in size)
        return payoff_form(populations, SelfMatrix(rows), moving)
    return payoff_form(populations, ProfileTable(pay), moving)


def _is_alone(value: object) -> bool:
    """Whether the first entry of `payoffs` names one strategy only."""
    entries = list(cast("Iterable[Any]", value)) if is_list(value) else []
    play = entries[0].get("play") if entries and isinstance(entries[0], Mapping) else None
    return is_list(play) and len(list(cast("Iterable[Any]", play))) == 1


def payoff_form(
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


MAX_PAIRED_PROFILES = 200
"""Encounters in pairs with more profiles stay in pairs: a table of profiles would only be long."""


def _read_matrix(
    reading: Reading,
    value: object,
    path: Path,
    shape: tuple[int, int],
    cell: Callable[[object, Path], Any],
    what: str,
) -> tuple[tuple[Any, ...], ...]:
    rows = reading.items(value, path, what)
    if len(rows) != shape[0]:
        raise reading.fault(
            "G119",
            say("{what} has {count} rows; {needed} are needed", what=what, count=len(rows), needed=shape[0]),
            path,
        )
    matrix = []
    for i, row in enumerate(rows):
        cells = reading.items(row, (*path, i), f"a row of {what}")
        if len(cells) != shape[1]:
            raise reading.fault(
                "G119",
                say(
                    "row {row} of {what} holds {count} entries; {needed} are needed",
                    row=i + 1,
                    what=what,
                    count=len(cells),
                    needed=shape[1],
                ),
                (*path, i),
                hint=QUOTE_HINT,
            )
        matrix.append(tuple(cell(item, (*path, i, j)) for j, item in enumerate(cells)))
    return tuple(matrix)


def one_population(reading: Reading, populations: tuple[Population, ...], kind: str) -> Population:
    """Return the one population that plays itself; refuse several."""
    if len(populations) != 1:
        raise reading.fault(
            "G119",
            say(
                "`{kind}` is for one population that plays itself; {count} populations are declared",
                kind=kind,
                count=len(populations),
            ),
            (kind,),
            key=True,
            hint=say("give `payoffs` or, for two populations, `bimatrix`"),
        )
    return populations[0]


def read_payoff_matrix(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> Form:
    """Return the payoffs of one population against itself."""
    size = len(one_population(reading, populations, "payoff_matrix").strategies)
    rows = _read_matrix(
        reading,
        value,
        ("payoff_matrix",),
        (size, size),
        lambda item, path: reading.expression(item, path, words),
        "`payoff_matrix`",
    )
    return payoff_form(
        populations, SelfMatrix(rows), any(words.depends_on_shares(e) for row in rows for e in row)
    )


def read_bimatrix(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> Form:
    """Return the payoffs of two populations, a pair an entry."""
    if len(populations) != 2:
        raise reading.fault(
            "G119",
            say("`bimatrix` is for two populations; declared: {count}", count=len(populations)),
            ("bimatrix",),
            key=True,
        )

    def pair(item: object, path: Path) -> tuple[Expression, ...]:
        entries = reading.items(item, path, "an entry of `bimatrix`")
        if len(entries) != 2:
            raise reading.fault(
                "G119",
                say("an entry of `bimatrix` holds {count} payoffs; 2 are needed", count=len(entries)),
                path,
                hint=QUOTE_HINT,
            )
        return tuple(reading.expression(e, (*path, i), words) for i, e in enumerate(entries))

    shape = (len(populations[0].strategies), len(populations[1].strategies))
    rows = _read_matrix(reading, value, ("bimatrix",), shape, pair, "`bimatrix`")
    pay: dict[Profile, tuple[Expression, ...]] = {
        (i, j): cell for i, row in enumerate(rows) for j, cell in enumerate(row)
    }
    moving = any(words.depends_on_shares(e) for cell in pay.values() for e in cell)
    return payoff_form(populations, ProfileTable(pay), moving)


def read_payoff_matrices(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> Form:
    """Return the payoffs of populations that meet in pairs, a matrix a pair."""
    path: Path = ("payoff_matrices",)
    by_name = {p.name: i for i, p in enumerate(populations)}
    matrices: dict[tuple[int, int], tuple[tuple[Expression, ...], ...]] = {}
    for key, item in reading.mapping(value, path, "`payoff_matrices`").items():
        pair = _pair(reading, key, by_name, (*path, key))
        if pair in matrices:
            raise reading.fault("G108", say("a second matrix for `{key}`", key=key), (*path, key), key=True)
        shape = (len(populations[pair[0]].strategies), len(populations[pair[1]].strategies))
        matrices[pair] = _read_matrix(
            reading,
            item,
            (*path, key),
            shape,
            lambda entry, at: reading.expression(entry, at, words),
            f"the matrix `{key}`",
        )
    n = len(populations)
    needed = [(i, j) for i in range(n) for j in range(n) if i != j or n == 1]
    for i, j in needed:
        if (i, j) not in matrices:
            wanted = f"{populations[i].name},{populations[j].name}"
            raise reading.fault(
                "G111", say("`payoff_matrices` needs the matrix '{wanted}'", wanted=wanted), path, key=True
            )
    moving = any(words.depends_on_shares(e) for m in matrices.values() for row in m for e in row)
    if n == 1:
        return payoff_form(populations, SelfMatrix(matrices[0, 0]), moving)
    if moving or any(i == j for i, j in matrices) or profile_count(populations) > MAX_PAIRED_PROFILES:
        return payoff_form(populations, PairwiseForm(matrices), moving)
    check_count(reading, populations, path)
    return ProfileTable(
        {
            profile: tuple(
                add(*(matrices[i, j][profile[i]][profile[j]] for j in range(n) if j != i)) for i in range(n)
            )
            for profile in itertools.product(*(range(len(p.strategies)) for p in populations))
        }
    )


def _pair(reading: Reading, key: str, by_name: Mapping[str, int], path: Path) -> tuple[int, int]:
    for at, character in enumerate(key):
        if character == ",":
            row, column = key[:at].strip(), key[at + 1 :].strip()
            if row in by_name and column in by_name:
                return by_name[row], by_name[column]
    row, _, column = (part.strip() for part in key.partition(","))
    stranger = column if row in by_name else row
    raise reading.unknown(
        "G118",
        say("`{key}` is not a pair of populations", key=key),
        path,
        name=stranger,
        known=list(by_name),
        key=True,
    )


def _share_keys(
    reading: Reading,
    value: object,
    kind: str,
    populations: tuple[Population, ...],
    words: Vocabulary,
    what: str,
) -> dict[str, Expression]:
    path: Path = (kind,)
    shares = [s for p in populations for s in p.shares]
    given = reading.mapping(value, path, f"`{kind}`")
    for key in given:
        if key not in shares:
            raise reading.unknown(
                "G118",
                say("`{key}` under `{kind}` is not a share", key=key, kind=kind),
                (*path, key),
                name=key,
                known=shares,
                key=True,
            )
    for share in shares:
        if share not in given:
            raise reading.fault(
                "G111",
                say("`{kind}` needs an entry for the share `{share}`", kind=kind, share=share),
                path,
                key=True,
            )
    return {s: reading.expression(given[s], (*path, s), words, what) for s in shares}


def read_advantages(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> Form:
    """Return advantages, one a share of two strategies."""
    for population in populations:
        if not population.binary:
            raise reading.fault(
                "G119",
                say(
                    "`advantages` are of one strategy over another; {name} has {count} strategies",
                    name=population.name,
                    count=len(population.strategies),
                ),
                ("advantages",),
                key=True,
                hint=say("give `payoffs` or `payoff_functions`"),
            )
    return AdvantageForm(_share_keys(reading, value, "advantages", populations, words, "an advantage"))


def read_replicator(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> Form:
    """Return equations, one a share."""
    return ReplicatorForm(_share_keys(reading, value, "replicator", populations, words, "an equation"))


def read_payoff_functions(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> Form:
    """Return payoffs by population and strategy, as functions of the state."""
    path: Path = ("payoff_functions",)
    given = reading.mapping(value, path, "`payoff_functions`")
    names = [p.name for p in populations]
    for key in given:
        if key not in names:
            raise reading.unknown(
                "G118",
                say("no population is called `{key}`", key=key),
                (*path, key),
                name=key,
                known=names,
                key=True,
            )
    table = []
    for population in populations:
        if population.name not in given:
            raise reading.fault(
                "G111",
                say("`payoff_functions` needs an entry for {name}", name=population.name),
                path,
                key=True,
            )
        table.append(
            _strategy_keys(reading, given[population.name], (*path, population.name), population, words)
        )
    if any(words.depends_on_shares(e) for row in table for e in row):
        return FunctionForm(tuple(table))
    if len(populations) == 1:
        return SelfMatrix(tuple((e,) * len(table[0]) for e in table[0]))
    check_count(reading, populations, path)
    profiles = itertools.product(*(range(len(p.strategies)) for p in populations))
    return ProfileTable({p: tuple(row[i] for row, i in zip(table, p, strict=True)) for p in profiles})


def _strategy_keys(
    reading: Reading, value: object, path: Path, population: Population, words: Vocabulary
) -> tuple[Expression, ...]:
    given = reading.mapping(value, path, f"the payoffs of {population.name}")
    indices = strategy_indices((population,))[0]
    found: dict[int, Expression] = {}
    for key, item in given.items():
        if key not in indices:
            raise reading.unknown(
                "G118",
                say("{name} has no strategy `{key}`", name=population.name, key=key),
                (*path, key),
                name=key,
                known=[s.name for s in population.strategies],
                key=True,
            )
        if indices[key] in found:
            raise reading.fault(
                "G117", say("the strategy `{key}` is given twice", key=key), (*path, key), key=True
            )
        found[indices[key]] = reading.expression(item, (*path, key), words)
    for i, strategy in enumerate(population.strategies):
        if i not in found:
            raise reading.fault(
                "G116", say("no payoff for the strategy `{name}`", name=strategy.name), path, key=True
            )
    return tuple(found[i] for i in range(len(population.strategies)))


def read_group(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> Form:
    """Return the payoffs in groups that are drawn at random."""
    path: Path = ("group",)
    population = one_population(reading, populations, "group")
    given = reading.mapping(value, path, "`group`")
    reading.only(given, path, ("size", "payoff"), "`group`")
    for key in ("size", "payoff"):
        if key not in given:
            raise reading.fault("G111", say("`group` needs the key `{key}`", key=key), path, key=True)
    size = given["size"]
    members = reading.expression(size, (*path, "size"), words, "the size of a group", shares=False)
    if isinstance(members, Number) and (members.value.denominator != 1 or members.value < 2):
        raise reading.fault(
            "V301",
            say("the size of a group must be a whole number from 2 on, found {value}", value=members.value),
            (*path, "size"),
        )
    count = GroupForm.COUNT
    if count in words.parameters or count in words.lets or count in words.shares:
        kind = "share" if count in words.shares else "parameter"
        raise reading.fault(
            "G114",
            say(
                "`{count}` counts the cooperators of a group and cannot be a {kind} too",
                count=count,
                kind=kind,
            ),
            path,
            key=True,
        )
    counting = replace(words, shares=words.shares | {count})
    return GroupForm(
        members, _strategy_keys(reading, given["payoff"], (*path, "payoff"), population, counting)
    )


def read_form(
    reading: Reading, kind: str, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> Form:
    """Return the payoffs under the key `kind`, a member of `FORMS`."""
    return FORMS[kind](reading, value, populations, words)


def implied_sizes(kind: str, value: object) -> tuple[int, ...] | None:
    """Return the number of strategies of each population, if the payoffs alone determine it."""
    if not is_list(value):
        return None
    rows = list(cast("Iterable[Any]", value))
    if not rows or not hasattr(rows[0], "__len__") or isinstance(rows[0], (str, Mapping)):
        return None
    if kind == "payoff_matrix":
        return (len(rows),)
    return (len(rows), len(rows[0])) if kind == "bimatrix" else None


FORMS: Mapping[str, Callable[[Reading, object, tuple[Population, ...], Vocabulary], Form]] = {
    "payoffs": read_profiles,
    "payoff_matrix": read_payoff_matrix,
    "bimatrix": read_bimatrix,
    "payoff_matrices": read_payoff_matrices,
    "payoff_functions": read_payoff_functions,
    "advantages": read_advantages,
    "replicator": read_replicator,
    "group": read_group,
}
"""The keys under which a file may give its payoffs, with their readers."""
