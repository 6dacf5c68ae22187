"""A game translated into another language: the same game, in other words.

Only what people read is replaced: title, source, the names of populations and strategies, meanings and
units of parameters, names of scenarios.  Parameters, shares, the ids of strategies and the keys of scenarios
stay, so everything that calls them by name works on the told game as on the original, and gives the same
answers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from separatrix.game.model import Game, Instrument, Parameter, Population, Translation

__all__ = ["scenario_name", "translate"]

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
    ``scenarios`` keeps its keys, so ``analyze(told, scenario="bistable")`` works in every language; what
    people read is `scenario_name`.  A YAML file written from a told game is the one that it came from, with
    all its languages; a table, which holds one language only, is written in the words of the told game.

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
