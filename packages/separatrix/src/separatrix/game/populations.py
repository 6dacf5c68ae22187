"""Who plays: the populations of a file and their strategies.

A game translated into another language: the same game, in other words.

A translation replaces only words: title, source, the names of populations and strategies, meanings and
units of parameters, names of scenarios. Parameters, shares, the ids of strategies and the keys of scenarios
stay, so code that uses them works on the translated game as on the original, and gives the same answers.

Reading the section `translations`: what people read of a game, in other languages.

Sections that are read, checked for their shape and kept, and that later verbs will use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from separatrix.expression.tree import ONE, Expression, Number, names_in
from separatrix.game.documents import QUOTE_HINT, Reading, Vocabulary
from separatrix.game.model import Game, Instrument, Parameter, Population, Strategy, Translation
from separatrix.game.payoff_forms import implied_sizes
from separatrix.io.yaml import Path
from separatrix.io.yaml_output import as_text
from separatrix.sentences import say

__all__ = [
    "CLAIM_LISTS",
    "LANGUAGE",
    "LATER_SECTIONS",
    "MAX_STRATEGIES",
    "PARTS",
    "read_later",
    "read_populations",
    "read_speeds",
    "read_translations",
    "scenario_name",
    "translate",
]

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


_Told = TypeVar("_Told", Parameter, Instrument)


def translate(game: Game, language: str) -> Game:
    """Return the game in another language.

    Parameters
    ----------
    game : Game
        In its file's own words, or translated already.
    language : str
        Such as ``zh`` or ``zh-TW``.  Where the very code is missing, another translation into the same
        language serves.

    Returns
    -------
    Game
        The game in its file's own words where it has no such translation.

    Notes
    -----
    ``scenarios`` keeps its keys, so ``analyze(translated, scenario="bistable")`` works in every language;
    `scenario_name` gives the displayed name. A YAML file written from a translated game is its original
    file, with all its languages; a table has one language only, that of the translated game.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = translate(load("shi-chen-2018"), "zh")
    >>> [p.name for p in game.populations], [s.name for s in game.populations[0].strategies]
    (['企业A', '企业B'], ['合作', '不合作'])
    >>> game.parameters["C1"].meaning
    '合作成本'
    """
    original = game.told_from or game
    translation = _translation(original, language)
    if translation is None:
        return original
    parameters = original.parameters.values()
    return replace(
        original,
        title=translation.title or original.title,
        source=translation.source or original.source,
        populations=tuple(_population(p, translation) for p in original.populations),
        parameters={p.name: _parameter(p, translation) for p in parameters},
        instruments={name: _parameter(i, translation) for name, i in original.instruments.items()},
        scenario_names=translation.scenarios,
        told_from=original,
    )


def scenario_name(game: Game, scenario: str) -> str:
    """Return what people read for a scenario, a key of ``game.scenarios``.

    Parameters
    ----------
    game : Game
    scenario : str
        A key of ``game.scenarios``.

    Returns
    -------
    str
        The name in the language of the game, else the key itself.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load("shi-chen-2018")
    >>> scenario_name(game, "bistable"), scenario_name(translate(game, "zh"), "bistable")
    ('bistable', '双稳态')
    """
    return game.scenario_names.get(scenario, scenario)


def _translation(game: Game, language: str) -> Translation | None:
    wanted = language.replace("_", "-").lower()
    by_code = {code.lower(): translation for code, translation in game.translations.items()}
    if wanted in by_code:
        return by_code[wanted]
    base = wanted.partition("-")[0]
    if base in by_code:
        return by_code[base]
    return next((t for code, t in by_code.items() if code.partition("-")[0] == base), None)


def _population(population: Population, translation: Translation) -> Population:
    names = translation.names
    strategies = tuple(replace(s, name=names.get(s.name, s.name)) for s in population.strategies)
    return replace(population, name=names.get(population.name, population.name), strategies=strategies)


def _parameter(parameter: _Told, translation: Translation) -> _Told:
    meaning = translation.meanings.get(parameter.name) or parameter.meaning
    unit = parameter.unit and (translation.units.get(parameter.unit) or parameter.unit)
    return replace(parameter, meaning=meaning, unit=unit)


LANGUAGE = "^[a-z]{2}(-[A-Z]{2})?$"
"""The code of a language: two letters, and a country where that matters."""

PARTS = ("title", "source", "names", "meanings", "units", "scenarios")
"""What a translation may hold."""

_Text = Callable[[object, Path, str], str]
_Member = tuple[str, str | None]
"""The name of a population, or the name and the id of a strategy."""


def read_translations(
    reading: Reading,
    value: object,
    populations: tuple[Population, ...],
    parameters: Mapping[str, Parameter | Instrument],
    scenarios: Sequence[str],
) -> dict[str, Translation]:
    """Return the translations of a game, by language.

    Raises
    ------
    InputError
        G123 for an invalid language code; G114 for two populations, or two strategies of one, with the
        same name in a language.
    NameProblem
        G122 for what the game does not have; G107 for an unknown key.
    """
    if value is None:
        return {}
    path: Path = ("translations",)
    names = dict.fromkeys(n for p in populations for n in (p.name, *(s.name for s in p.strategies)))
    known = {
        "names": list(names),
        "meanings": list(parameters),
        "units": list(dict.fromkeys(p.unit for p in parameters.values() if p.unit)),
        "scenarios": list(scenarios),
    }
    translations = {}
    for code, item in reading.mapping(value, path, "`translations`").items():
        here = (*path, code)
        if not re.fullmatch(LANGUAGE, code):
            raise reading.fault(
                "G123",
                f"`{code}` is not a language code",
                here,
                key=True,
                hint="write two letters, as in zh, and a country where that matters, as in zh-TW",
            )
        translation = Translation() if item is None else _read_one(reading, item, here, populations, known)
        _check_names(reading, translation, here, populations, scenarios)
        translations[code] = translation
    return translations


def _read_one(
    reading: Reading,
    value: object,
    path: Path,
    populations: tuple[Population, ...],
    known: Mapping[str, list[str]],
) -> Translation:
    given = reading.mapping(value, path, f"the translation `{path[-1]}`")
    reading.only(given, path, PARTS, f"the translation `{path[-1]}`")

    def text(value: object, path: Path, what: str) -> str:
        return reading.text(value, path, what).strip()

    def head(key: str) -> str | None:
        return None if given.get(key) is None else text(given[key], (*path, key), f"`{key}`") or None

    def part(key: str, read: _Text, stranger: str) -> dict[str, str]:
        if given.get(key) is None:
            return {}
        told = {}
        for name, item in reading.mapping(given[key], (*path, key), f"`{key}`").items():
            here = (*path, key, name)
            if name not in known[key]:
                meant = ids.get(name, name) if key == "names" else name
                raise reading.unknown(
                    "G122", f"{stranger} `{name}`", here, name=meant, known=known[key], key=True
                )
            if item is not None:  # an entry without text is still to be done
                told[name] = read(item, here, f"the translation of `{name}`")
        return {name: text for name, text in told.items() if text}

    ids = {s.id: s.name for p in populations for s in p.strategies}
    return Translation(
        title=head("title"),
        source=head("source"),
        names=part("names", reading.name, "no population and no strategy is called"),
        meanings=part("meanings", text, "no parameter is called"),
        units=part("units", text, "no parameter has the unit"),
        scenarios=part("scenarios", reading.name, "no scenario is called"),
    )


def _check_names(
    reading: Reading,
    translation: Translation,
    path: Path,
    populations: tuple[Population, ...],
    scenarios: Sequence[str],
) -> None:
    """Refuse a translation that gives two populations, scenarios or strategies of a population the same
    name."""
    groups: list[tuple[str, str, list[_Member]]] = [
        ("two populations", "names", [(p.name, None) for p in populations]),
        ("two scenarios", "scenarios", [(s, None) for s in scenarios]),
    ]
    for p in populations:
        groups.append((f"two strategies of {p.name}", "names", [(s.name, s.id) for s in p.strategies]))
    for what, key, members in groups:
        told = translation.names if key == "names" else translation.scenarios
        for first, second, text in _alike(members, told):
            raise reading.fault(
                "G114",
                f"in the language `{path[-1]}` {what} are called `{text}`: `{first}` and `{second}`",
                (*path, key, second if second in told else first),
            )


def _alike(members: Sequence[_Member], names: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield pairs of names with the same translation, and that translation.

    Tables may call a strategy by its id, so no other strategy may go by that word.
    """
    taken: dict[str, str] = {}
    for name, id_ in members:
        for text in dict.fromkeys((names.get(name, name), id_)):
            if text is not None and text in taken:
                yield taken[text], name, text
            elif text is not None:
                taken[text] = name


LATER_SECTIONS = ("published", "starts")

_ANY_CLAIM = ("scenario", "when", "note", "where")

CLAIM_LISTS: Mapping[str, tuple[str, ...]] = {
    "rest_points": ("id", "at", *_ANY_CLAIM),
    "stability": ("at", "label", "ess", "eigenvalues", "stable_when", *_ANY_CLAIM),
    "regimes": ("stable", *_ANY_CLAIM),
    "outcomes": ("from", "to", *_ANY_CLAIM),
    "thresholds": ("parameter", "equals", "value", *_ANY_CLAIM),
    "curves": ("zero_of", "equals", *_ANY_CLAIM),
    "effects": ("parameter", "on", "sign", *_ANY_CLAIM),
}
"""Under `published`, the lists of claims and the keys that a claim may have."""


def read_later(
    reading: Reading, document: Mapping[str, Any], populations: tuple[Population, ...], words: Vocabulary
) -> tuple[str, ...]:
    """Check the shape of the sections in `LATER_SECTIONS` and return the names of those present."""
    present = tuple(s for s in LATER_SECTIONS if document.get(s) is not None)
    for section in present:
        _CHECKS[section](reading, document[section], populations, words)
    return present


# --------------------------------------------------------------------------- starts


def _check_starts(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> None:
    if isinstance(value, Mapping):
        entries: list[tuple[str | int, Any]] = [*reading.mapping(value, ("starts",), "`starts`").items()]
    else:
        entries = [*enumerate(reading.items(value, ("starts",), "`starts`"))]
    for key, state in entries:
        reading.state(state, ("starts", key), populations, f"the start `{key}`")


# --------------------------------------------------------------------------- what a paper claims


def _check_published(
    reading: Reading, value: object, populations: tuple[Population, ...], words: Vocabulary
) -> None:
    path: Path = ("published",)
    given = reading.mapping(value, path, "`published`")
    reading.only(given, path, (*CLAIM_LISTS, "replicator", "jacobian", "complete", "note"), "`published`")
    for key, section in given.items():
        here = (*path, key)
        if section is None:
            continue
        if key in CLAIM_LISTS:
            for i, claim in enumerate(reading.items(section, here, f"`{key}`")):
                what = f"a claim under `{key}`"
                reading.only(reading.mapping(claim, (*here, i), what), (*here, i), CLAIM_LISTS[key], what)
        elif key == "replicator":
            for share, claim in reading.mapping(section, here, "`replicator`").items():
                _check_claim(reading, claim, (*here, share))
        elif key == "jacobian":
            for i, row in enumerate(reading.items(section, here, "`jacobian`")):
                for j, claim in enumerate(reading.items(row, (*here, i), "a row of `jacobian`")):
                    _check_claim(reading, claim, (*here, i, j))
        elif key == "complete":
            for name, truth in reading.mapping(section, here, "`complete`").items():
                if not isinstance(truth, bool):
                    raise reading.fault("G110", f"`{name}` must be true or false", (*here, name))


def _check_claim(reading: Reading, value: object, path: Path) -> None:
    """Check a printed expression: a text, a number, or a mapping with its LaTeX."""
    if isinstance(value, Mapping):
        reading.only(reading.mapping(value, path, "a claim"), path, ("latex", *_ANY_CLAIM), "a claim")
    elif as_text(value) is None and not isinstance(value, float):
        raise reading.fault("G110", "a claim must be an expression", path, hint=QUOTE_HINT)


_CHECKS: Mapping[str, Callable[[Reading, object, tuple[Population, ...], Vocabulary], None]] = {
    "published": _check_published,
    "starts": _check_starts,
}
