"""The long form of every code that an error, a remark or a finding can carry.

The texts stand in the TOML files of this folder, one file a subject: each code is a table with ``title``,
``meaning``, ``example`` and ``remedy``.  Lines of prose may be broken anywhere; those of an example are kept.
Other languages have a folder of their code with files of the same codes; an example that is not there is the
English one, and so is a text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

__all__ = ["EXPLANATIONS", "Explanation", "explanations"]


@dataclass(frozen=True)
class Explanation:
    """What a code means: a line, a paragraph, an example, and what to do."""

    title: str
    meaning: str
    example: str
    remedy: str


def _read(folder: Traversable) -> dict[str, dict[str, str]]:
    tables = {
        code: table
        for file in folder.iterdir()
        if file.name.endswith(".toml")
        for code, table in tomllib.loads(file.read_text("utf-8")).items()
    }
    return dict(sorted(tables.items()))


EXPLANATIONS: Mapping[str, Explanation] = {
    code: Explanation(**table) for code, table in _read(files(__package__)).items()
}
"""Every code, in the order of the alphabet, in English."""


@cache
def explanations(language: str) -> Mapping[str, Explanation]:
    """Return every code in a language; what is not told in it is told in English.

    Examples
    --------
    >>> explanations("zh")["K131"].title, explanations("zh")["K131"].example == EXPLANATIONS["K131"].example
    ('不认识的单位', True)
    """
    folder = files(__package__).joinpath(language)
    own = _read(folder) if folder.is_dir() else {}
    return {code: replace(known, **own.get(code, {})) for code, known in EXPLANATIONS.items()}
