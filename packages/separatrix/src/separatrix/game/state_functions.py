"""Payoffs, advantages and equations as functions of the state, and payoffs in groups drawn at random."""

from __future__ import annotations

import itertools
from dataclasses import replace

from separatrix.expression.tree import Expression, Number
from separatrix.game.document_reading import Reading, Vocabulary
from separatrix.game.model import (
    AdvantageForm,
    Form,
    FunctionForm,
    GroupForm,
    Population,
    ProfileTable,
    ReplicatorForm,
    SelfMatrix,
)
from separatrix.game.payoff_matrices import one_population
from separatrix.game.profiles import check_count, strategy_indices
from separatrix.io.source import Path
from separatrix.sentences import say

__all__ = ["read_advantages", "read_group", "read_payoff_functions", "read_replicator"]


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
                say("`{key}` under `{kind}` is no share", key=key, kind=kind),
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
