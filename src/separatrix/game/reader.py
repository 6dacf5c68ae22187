"""Reading games: from Python data, from a file, from the catalogue."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path as FilePath
from typing import Any

from separatrix.errors import InputError, Place
from separatrix.game.condition import Condition
from separatrix.game.expression import Expression, Name, names_in
from separatrix.game.forms import FORMS, implied_sizes, read_form
from separatrix.game.later import LATER_SECTIONS, check_uncertain, read_later, unequal_speeds
from separatrix.game.model import Game, LaterForm, Parameter, Population, Strategy
from separatrix.game.reading import Reading, Vocabulary, kind_of
from separatrix.game.source import Path, Source

__all__ = ["TOP_LEVEL", "load", "read_document"]

NOTES = ("note", "notes", "doi", "url", "licence", "origin")
"""Keys that speak to people only."""

TOP_LEVEL = (
    "format", "title", "source", "populations", "parameters", "let", "assume", "scenarios", "today",
    *FORMS, *LATER_SECTIONS, *NOTES,
)  # fmt: skip

DEFAULT_SHARES = ("x", "y", "z", "w", "v", "u")
DEFAULT_STRATEGIES = (Strategy("yes", "yes"), Strategy("no", "no"))
MAX_STRATEGIES = 200


def load(source: Mapping[str, Any] | str | os.PathLike[str]) -> Game:
    """Read a game.

    Parameters
    ----------
    source : mapping, str or path
        The content of a game file as Python data; else the path of a file if it has a suffix or a
        separator; else the name of a game in the catalogue.

    Returns
    -------
    Game

    Raises
    ------
    InputError
        If the game cannot be understood; the error knows the place.
    NameProblem
        If it uses a name that is not known, or the catalogue has no such game.

    Examples
    --------
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> game.shares, game.plays_itself
    (('x',), True)
    """
    if isinstance(source, Mapping):
        return read_document(source, Source())
    if not isinstance(source, (str, os.PathLike)):
        raise InputError(
            "G106", f"a game is a mapping, a path or the name of a catalogue entry; found {kind_of(source)}"
        )
    text = os.fspath(source)
    if isinstance(text, bytes):
        text = os.fsdecode(text)
    is_path = isinstance(source, os.PathLike) or FilePath(text).suffix or "/" in text or os.sep in text
    if not is_path:
        from separatrix.game.catalogue import catalogue_path

        game = _load_file(catalogue_path(text))
        object.__setattr__(game, "origin", text)
        return game
    return _load_file(FilePath(text))


def _load_file(path: FilePath) -> Game:
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml", ".json", ""):
        from separatrix.game.yaml_source import read_yaml

        return read_document(*read_yaml(path), origin=str(path))
    if suffix in (".csv", ".tsv", ".txt"):
        from separatrix.game.tables import read_csv

        return read_document(*read_csv(path), origin=str(path))
    if suffix in (".xlsx", ".xlsm", ".ods"):
        from separatrix.game.workbook import read_workbook

        return read_document(*read_workbook(path), origin=str(path))
    if suffix == ".nfg":
        from separatrix.game.nfg import read_nfg

        return read_document(*read_nfg(path), origin=str(path))
    raise InputError(
        "G121",
        f"no game can be read from a file of the kind `{path.suffix}`",
        where=Place(str(path)),
        hint="games are read from .yaml, .json, .csv, .tsv, .xlsx, .ods and .nfg files",
    )


def read_document(data: object, source: Source, *, origin: str = "game") -> Game:
    """Return the game that a document describes.

    Parameters
    ----------
    data : object
        The document as plain data: mappings, lists, texts and numbers.
    source : Source
        Tells where each part of it stands.
    origin : str
        The path or the name it came from.

    Raises
    ------
    InputError, NameProblem
        See `load`.
    """
    reading = Reading(source)
    if data is None:
        raise reading.fault("G106", "the document is empty; a game was expected", ())
    document = reading.mapping(data, (), "a game")
    reading.only(document, (), TOP_LEVEL, "a game")
    _check_format(reading, document)
    kind = _form_key(reading, document)
    populations = _read_populations(reading, document, kind)
    shares = frozenset(s for p in populations for s in p.shares)
    parameters = _read_parameters(reading, document.get("parameters"), shares)
    words = Vocabulary(parameters, {}, shares)
    words.lets, words.moving_lets = _read_lets(reading, document.get("let"), words)
    form = read_form(reading, kind, document[kind], populations, words)
    later = read_later(reading, document, populations, words)
    if unequal_speeds(reading, document, populations):
        form = LaterForm("speeds", "populations that change at different speeds")
    title = reading.text(document["title"], ("title",), "`title`").strip() if "title" in document else ""
    citation = document.get("source")
    return Game(
        title=title or source.title,
        populations=populations,
        form=form,
        parameters=parameters,
        lets=words.lets,
        assumptions=_read_assumptions(reading, document.get("assume"), words),
        scenarios=_read_scenarios(reading, document.get("scenarios"), words),
        today=_read_today(reading, document.get("today"), populations),
        source=None if citation is None else reading.text(citation, ("source",), "`source`").strip(),
        later=later,
        raw=document,
        origin=origin,
    )


def _check_format(reading: Reading, document: Mapping[str, Any]) -> None:
    version = document.get("format", 1)
    if version is None or isinstance(version, bool) or version != 1:
        raise reading.fault(
            "G109", f"format {version} is not known; this version reads format 1", ("format",),
            hint="a newer version of the program may read it",
        )  # fmt: skip


def _form_key(reading: Reading, document: Mapping[str, Any]) -> str:
    given = [key for key in document if key in FORMS]
    if not given:
        raise reading.fault(
            "G112", "the game has no payoffs", (), hint=f"give one of {', '.join(f'`{f}`' for f in FORMS)}"
        )
    if len(given) > 1:
        raise reading.fault(
            "G112", f"payoffs are given twice, as `{given[0]}` and as `{given[1]}`", (given[1],), key=True,
            hint="keep one; the equations a paper prints beside its table belong under `published`",
        )  # fmt: skip
    return given[0]


# --------------------------------------------------------------------------- populations


def _read_populations(
    reading: Reading, document: Mapping[str, Any], kind: str
) -> tuple[Population, ...]:
    sizes = implied_sizes(kind, document[kind])
    if document.get("populations") is None:
        return _default_populations(reading, document, kind, sizes)
    path: Path = ("populations",)
    items = reading.items(document["populations"], path, "`populations`")
    if not items:
        raise reading.fault("G115", "`populations` is empty; a game needs at least one", path, key=True)
    populations: list[Population] = []
    for i, item in enumerate(items):
        here = (*path, i)
        size = sizes[i] if sizes and len(sizes) == len(items) else None
        if isinstance(item, str):
            item = {"name": item}
        item = reading.mapping(item, here, "a population")
        reading.only(item, here, ("name", "share", "strategies"), "a population")
        if "name" not in item:
            raise reading.fault("G111", "a population needs the key `name`", here)
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
            raise reading.fault("G111", "a game with these payoffs needs the key `populations`", ())
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
    if len(items) < 2:
        found = "none" if not items else "one"
        raise reading.fault("G115", f"{owner} needs at least two strategies, found {found}", path)
    if len(items) > MAX_STRATEGIES:
        raise reading.fault("G115", f"{owner} has {len(items)} strategies; at most {MAX_STRATEGIES}", path)
    strategies: list[Strategy] = []
    taken: dict[str, int] = {}
    for i, item in enumerate(items):
        here = (*path, i)
        if type(item) is str:
            name, identity = item.strip(), None
            if not (name and name.isprintable() and len(name) <= 200):
                reading.name(item, here, "the name of a strategy")
        elif isinstance(item, Mapping):
            reading.only(reading.mapping(item, here, "a strategy"), here, ("id", "name"), "a strategy")
            if "id" not in item and "name" not in item:
                raise reading.fault("G111", "a strategy needs a `name` or an `id`", here)
            identity = reading.text(item["id"], (*here, "id"), "an id") if "id" in item else None
            if identity is not None and not f"a{identity}".isidentifier():
                raise reading.fault(
                    "G113", f"{identity!r} cannot be an id: it must consist of letters, digits and _", (*here, "id")
                )
            name = reading.name(item.get("name", identity), (*here, "name"), "the name of a strategy")
        else:
            name, identity = reading.name(item, here, "the name of a strategy"), None
        if identity is None:
            identity = name if f"a{name}".isidentifier() else str(i + 1)
        for text in {name, identity}:
            if text in taken:
                raise reading.fault("G114", f"two strategies of {owner} are called `{text}`", here)
            taken[text] = i
        strategies.append(Strategy(name, identity))
    return tuple(strategies)


def _check_population_names(reading: Reading, populations: list[Population]) -> None:
    names: set[str] = set()
    shares: set[str] = set()
    for i, population in enumerate(populations):
        here: Path = ("populations", i)
        if population.name in names:
            raise reading.fault("G114", f"two populations are called `{population.name}`", (*here, "name"))
        names.add(population.name)
        for share in (population.share, *population.shares):
            if share in shares:
                raise reading.fault("G114", f"two shares are called `{share}`", (*here, "share"))
        shares.update((population.share, *population.shares))


# --------------------------------------------------------------------------- parameters and shorthands

_PARAMETER_KEYS = ("value", "latex", "meaning", "unit", "range", "uncertain")


def _read_parameters(reading: Reading, value: object, shares: frozenset[str]) -> dict[str, Parameter]:
    if value is None:
        return {}
    path: Path = ("parameters",)
    parameters: dict[str, Parameter] = {}
    for name, item in reading.mapping(value, path, "`parameters`").items():
        here = (*path, name)
        reading.identifier(name, here, "a parameter", key=True)
        if name in shares:
            raise reading.fault(
                "G114", f"`{name}` is a share and cannot be a parameter too", here, key=True,
                hint="rename one of the two",
            )  # fmt: skip
        line = reading.source.line(here)
        if item is None:
            parameters[name] = Parameter(name, line=line)
        elif isinstance(item, Mapping):
            parameters[name] = _read_parameter(reading, name, item, here, line)
        else:
            number = reading.number(item, here, f"the value of {name}")
            parameters[name] = Parameter(name, number, line=line)
    return parameters


def _read_parameter(
    reading: Reading, name: str, item: Mapping[str, Any], path: Path, line: int | None
) -> Parameter:
    reading.only(reading.mapping(item, path, f"the parameter {name}"), path, _PARAMETER_KEYS, f"the parameter {name}")

    def note(key: str) -> str | None:
        return None if item.get(key) is None else reading.text(item[key], (*path, key), f"`{key}` of {name}").strip()

    value = item.get("value")
    limits = item.get("range")
    if item.get("uncertain") is not None:
        check_uncertain(reading, item["uncertain"], (*path, "uncertain"), name)
    return Parameter(
        name,
        value=None if value is None else reading.number(value, (*path, "value"), f"the value of {name}"),
        latex=note("latex"),
        meaning=note("meaning"),
        unit=note("unit"),
        range=None if limits is None else _read_range(reading, limits, (*path, "range"), name),
        line=line,
    )


def _read_range(reading: Reading, value: object, path: Path, name: str) -> tuple[Fraction, Fraction]:
    items = reading.items(value, path, f"the range of {name}")
    if len(items) != 2:
        raise reading.fault("G119", f"the range of {name} holds {len(items)} numbers; 2 are needed", path)
    low, high = (reading.number(item, (*path, i), f"the range of {name}") for i, item in enumerate(items))
    if low >= high:
        state = "is empty" if low == high else "is upside down"
        raise reading.fault(
            "V310", f"the range of {name} {state}: from {low} to {high}", path, hint="write [lowest, highest]"
        )
    return low, high


def _read_lets(
    reading: Reading, value: object, words: Vocabulary
) -> tuple[dict[str, Expression], frozenset[str]]:
    if value is None:
        return {}, frozenset()
    path: Path = ("let",)
    given = reading.mapping(value, path, "`let`")
    for name in given:
        reading.identifier(name, (*path, name), "a shorthand", key=True)
        if name in words.parameters or name in words.shares:
            kind = "a parameter" if name in words.parameters else "a share"
            raise reading.fault("G114", f"`{name}` is {kind} and cannot be a shorthand too", (*path, name), key=True)
    everything = Vocabulary(words.parameters, dict.fromkeys(given, Name("")), words.shares)
    expressions = {
        name: reading.expression(item, (*path, name), everything, f"the shorthand `{name}`")
        for name, item in given.items()
    }
    ordered = _in_order(reading, expressions)
    moving: set[str] = set()
    for name, expression in ordered.items():
        if any(n in words.shares or n in moving for n in names_in(expression)):
            moving.add(name)
    return ordered, frozenset(moving)


def _in_order(reading: Reading, expressions: dict[str, Expression]) -> dict[str, Expression]:
    """Sort shorthands so that each uses earlier ones only (depth first, without recursion)."""
    uses = {name: [n for n in names_in(e) if n in expressions] for name, e in expressions.items()}
    ordered: dict[str, Expression] = {}
    for root in expressions:
        trail: list[tuple[str, list[str]]] = [(root, list(uses[root]))] if root not in ordered else []
        while trail:
            name, pending = trail[-1]
            following = next((n for n in pending if n not in ordered), None)
            if following is None:
                ordered[name] = expressions[name]
                trail.pop()
                continue
            open_names = [n for n, _ in trail]
            if following in open_names:
                circle = [*open_names[open_names.index(following) :], following]
                raise reading.fault(
                    "S013", f"shorthands go round in a circle: {' → '.join(circle)}", ("let", following), key=True
                )
            trail.append((following, list(uses[following])))
    return ordered


# --------------------------------------------------------------------------- assumptions, scenarios, today


def _read_assumptions(
    reading: Reading, value: object, words: Vocabulary
) -> tuple[tuple[Condition, str], ...]:
    if value is None:
        return ()
    path: Path = ("assume",)
    items = [value] if isinstance(value, str) else reading.items(value, path, "`assume`")
    assumptions = []
    for i, item in enumerate(items):
        here = path if item is value else (*path, i)
        text = item if isinstance(item, str) else reading.text(item, here, "an assumption")
        assumptions.append((reading.condition(text, here, words, "an assumption"), text.strip()))
    return tuple(assumptions)


def _read_scenarios(
    reading: Reading, value: object, words: Vocabulary
) -> dict[str, dict[str, Fraction]]:
    if value is None:
        return {}
    path: Path = ("scenarios",)
    scenarios: dict[str, dict[str, Fraction]] = {}
    for name, values in reading.mapping(value, path, "`scenarios`").items():
        here = (*path, name)
        if not name.strip():
            raise reading.fault("G113", "the name of a scenario is empty", here, key=True)
        scenarios[name] = {}
        for key, item in ({} if values is None else reading.mapping(values, here, f"the scenario `{name}`")).items():
            if key not in words.parameters:
                what = "a shorthand; set the parameters it is made of" if key in words.lets else "no parameter"
                raise reading.unknown(
                    "G120", f"`{key}` in the scenario `{name}` is {what}", (*here, key),
                    name=key, known=list(words.parameters), key=True,
                )  # fmt: skip
            scenarios[name][key] = reading.number(item, (*here, key), f"`{key}` in the scenario `{name}`")
    return scenarios


def _read_today(
    reading: Reading, value: object, populations: tuple[Population, ...]
) -> dict[str, Fraction] | None:
    return None if value is None else reading.state(value, ("today",), populations, "`today`")

