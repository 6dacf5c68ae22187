"""Reading the section `translations`: what people read of a game, in other languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from separatrix.game.document_reading import Reading
from separatrix.game.model import Instrument, Parameter, Population, Translation
from separatrix.io.source import Path

__all__ = ["LANGUAGE", "PARTS", "read_translations"]

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
        G123 for a key that is no language; G114 for two populations, or two strategies of one, with the
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
                f"`{code}` is no code of a language",
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
    """Refuse a translation in which two populations, strategies of one, or scenarios cannot be told apart."""
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
    """Yield pairs of names that are told by one text, with that text.

    Tables may call a strategy by its id, so no other strategy may go by that word.
    """
    taken: dict[str, str] = {}
    for name, id_ in members:
        for text in dict.fromkeys((names.get(name, name), id_)):
            if text is not None and text in taken:
                yield taken[text], name, text
            elif text is not None:
                taken[text] = name
