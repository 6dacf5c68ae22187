"""Who plays: the populations of a file and their strategies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from separatrix.expression.tree import ONE, Expression, Number, names_in
from separatrix.game.document_reading import Reading, Vocabulary
from separatrix.game.model import Population, Strategy
from separatrix.game.registry import implied_sizes
from separatrix.io.source import Path
from separatrix.sentences import say

__all__ = ["MAX_STRATEGIES", "read_populations", "read_speeds"]

DEFAULT_SHARES = ("x", "y", "z", "w", "v", "u")
DEFAULT_STRATEGIES = (Strategy("yes", "yes"), Strategy("no", "no"))
MAX_STRATEGIES = 200


def read_populations(reading: Reading, document: Mapping[str, Any], kind: str) -> tuple[Population, ...]:
    sizes = implied_sizes(kind, document[kind])
    if document.get("populations") is None:
        return _default_populations(reading, document, kind, sizes)
    path: Path = ("populations",)
    items = reading.items(document["populations"], path, "`populations`")
    if not items:
        raise reading.fault("G115", say("`populations` is empty; a game needs at least one"), path, key=True)
    populations: list[Population] = []
    for i, item in enumerate(items):
        here = (*path, i)
        size = sizes[i] if sizes and len(sizes) == len(items) else None
        if isinstance(item, str):
            item = {"name": item}
        item = reading.mapping(item, here, "a population")
        reading.only(item, here, ("name", "share", "strategies"), "a population")
        if "name" not in item:
            raise reading.fault("G111", say("a population needs the key `name`"), here)
        name = reading.name(item["name"], (*here, "name"), "the name of a population")
        if item.get("share") is not None:
            share = reading.identifier(item["share"], (*here, "share"), "a share")
        else:
            share = DEFAULT_SHARES[i] if i < len(DEFAULT_SHARES) else f"x{i + 1}"
        strategies = _read_strategies(reading, item.get("strategies"), (*here, "strategies"), name, size)
        populations.append(Population(name, share, strategies))
    _check_population_names(reading, populations)
    return tuple(populations)


def _default_populations(
    reading: Reading, document: Mapping[str, Any], kind: str, sizes: tuple[int, ...] | None
) -> tuple[Population, ...]:
    if sizes is None:
        given = document[kind]
        if kind in ("advantages", "replicator") and isinstance(given, Mapping) and given:
            sizes = (2,) * len(given)
            shares = [reading.identifier(s, (kind, s), "a share", key=True) for s in given]
        else:
            raise reading.fault("G111", say("a game with these payoffs needs the key `populations`"), ())
    else:
        shares = list(DEFAULT_SHARES[: len(sizes)])
    if len(sizes) == 1:
        return (Population("population", shares[0], _numbered(sizes[0])),)
    return tuple(
        Population(f"population {i + 1}", share, _numbered(size))
        for i, (share, size) in enumerate(zip(shares, sizes, strict=True))
    )


def _numbered(size: int) -> tuple[Strategy, ...]:
    if size == 2:
        return DEFAULT_STRATEGIES
    return tuple(Strategy(str(i + 1), str(i + 1)) for i in range(size))


def _read_strategies(
    reading: Reading, value: object, path: Path, owner: str, size: int | None
) -> tuple[Strategy, ...]:
    if value is None:
        return _numbered(size or 2)
    items = reading.items(value, path, f"the strategies of {owner}")
    if not items:
        raise reading.fault("G115", say("{owner} needs a strategy, found none", owner=owner), path)
    if len(items) > MAX_STRATEGIES:
        raise reading.fault(
            "G115",
            say(
                "{owner} has {count} strategies; at most {most}",
                owner=owner,
                count=len(items),
                most=MAX_STRATEGIES,
            ),
            path,
        )
    strategies: list[Strategy] = []
    taken: dict[str, int] = {}
    names = {item.strip() for item in items if isinstance(item, str)}
    for i, item in enumerate(items):
        here = (*path, i)
        if type(item) is str:
            name, identity = item.strip(), None
            if not (name and name.isprintable() and len(name) <= 200):
                reading.name(item, here, "the name of a strategy")
        elif isinstance(item, Mapping):
            reading.only(reading.mapping(item, here, "a strategy"), here, ("id", "name"), "a strategy")
            if "id" not in item and "name" not in item:
                raise reading.fault("G111", say("a strategy needs a `name` or an `id`"), here)
            identity = reading.text(item["id"], (*here, "id"), "an id") if "id" in item else None
            if identity is not None and not f"a{identity}".isidentifier():
                raise reading.fault(
                    "G113",
                    say(
                        "{identity} cannot be an id: it must consist of letters, digits and _",
                        identity=repr(identity),
                    ),
                    (*here, "id"),
                )
            name = reading.name(item.get("name", identity), (*here, "name"), "the name of a strategy")
        else:
            name, identity = reading.name(item, here, "the name of a strategy"), None
        if identity is None:
            identity = name if f"a{name}".isidentifier() else _free_number(i + 1, names, taken)
        for text in {name, identity}:
            if text in taken:
                raise reading.fault(
                    "G114", say("two strategies of {owner} are called `{text}`", owner=owner, text=text), here
                )
            taken[text] = i
        strategies.append(Strategy(name, identity))
    return tuple(strategies)


def _free_number(number: int, names: Collection[str], taken: Collection[str]) -> str:
    """The number of a strategy as its id, or where another one is called so, that number with a mark."""
    identity = str(number)
    while identity in names or identity in taken:
        identity += "_"
    return identity


def _check_population_names(reading: Reading, populations: list[Population]) -> None:
    names: set[str] = set()
    shares: set[str] = set()
    for i, population in enumerate(populations):
        here: Path = ("populations", i)
        if population.name in names:
            raise reading.fault(
                "G114", say("two populations are called `{name}`", name=population.name), (*here, "name")
            )
        names.add(population.name)
        for share in (population.share, *population.shares):
            if share in shares:
                raise reading.fault(
                    "G114", say("two shares are called `{share}`", share=share), (*here, "share")
                )
        shares.update((population.share, *population.shares))


def read_speeds(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> tuple[Expression, ...]:
    """Return the speed of each population, one where none is given."""
    if value is None:
        return ()
    speeds: dict[int, Expression] = {}
    owner = {text: i for i, p in enumerate(populations) for text in (p.share, p.name)}
    for key, item in reading.mapping(value, ("speeds",), "`speeds`").items():
        here: Path = ("speeds", key)
        if key not in owner:
            raise reading.unknown(
                "G118",
                say("no population is called `{key}`", key=key),
                here,
                name=key,
                known=list(owner),
                key=True,
            )
        if owner[key] in speeds:
            raise reading.fault(
                "G117",
                say("the speed of {name} is given twice", name=populations[owner[key]].name),
                here,
                key=True,
            )
        speed = reading.expression(item, here, words, "a speed", shares=False)
        if not names_in(speed):
            speed = Number(reading.number(item, here, f"the speed of {key}"))
            if speed.value <= 0:
                raise reading.fault(
                    "V301",
                    say("the speed of {key} is {value}; speeds are positive", key=key, value=speed.value),
                    here,
                )
        speeds[owner[key]] = speed
    return tuple(speeds.get(i, ONE) for i in range(len(populations)))
