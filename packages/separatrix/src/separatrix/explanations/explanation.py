"""The long form of every code that an error, a remark or a finding can carry.

The texts are TOML files in the packages named by plug-ins, one file for each subject. Each code is a table
with ``title``, ``meaning``, ``example`` and ``remedy``. Lines of prose may be broken anywhere; those of an
example are kept. Each other language has a folder with files of the same codes; missing texts and examples
are shown in English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from separatrix.plugins import explanation_packages

__all__ = ["EXPLANATIONS", "Explanation", "explanations"]


@dataclass(frozen=True)
class Explanation:
    """What a code means: a line, a paragraph, an example, and what to do."""

    title: str
    meaning: str
    example: str
    remedy: str


def _read(language: str = "") -> dict[str, dict[str, str]]:
    """Return the tables of all codes, of every plug-in; a code that two explain is a fault of theirs."""
    tables: dict[str, dict[str, str]] = {}
    for package in explanation_packages():
        folder = files(package).joinpath(language) if language else files(package)
        for file in folder.iterdir() if folder.is_dir() else ():
            if file.name.endswith(".toml"):
                own = tomllib.loads(file.read_text("utf-8"))
                if twice := tables.keys() & own.keys():
                    raise ValueError(f"{package}: {file.name} explains {min(twice)} again")
                tables |= own
    return dict(sorted(tables.items()))


EXPLANATIONS: Mapping[str, Explanation] = {code: Explanation(**table) for code, table in _read().items()}
"""Every code, in the order of the alphabet, in English."""


@cache
def explanations(language: str) -> Mapping[str, Explanation]:
    """Return every code in a language; missing translations are in English.

    Examples
    --------
    >>> explanations("zh")["K131"].title, explanations("zh")["K131"].example == EXPLANATIONS["K131"].example
    ('不认识的单位', True)
    """
    own = _read(language)
    return {code: replace(known, **own.get(code, {})) for code, known in EXPLANATIONS.items()}
