"""The languages of reports: one file each, with every phrase and every sentence that a report can say.

``phrases`` holds what reports themselves say, by key; ``separators`` what stands between items; ``labels``
the words for stability, also where a wing says one of them alone, and ``meanings`` what they mean; ``names``
the words that writers need.  ``sentences`` tells what the computing wings say (`separatrix.sentence`); its
key is the English template, so that English needs none.

For developers
--------------
A new language is one more file with the same keys; `tests/present/test_languages.py` says what it lacks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from separatrix.errors import InputError
from separatrix.sentence import Sentence, Together

__all__ = ["LANGUAGES", "Language", "language_of"]

LANGUAGES = tuple(
    sorted(f.name.removesuffix(".toml") for f in resources.files(__package__).iterdir() if ".toml" in f.name)
)
"""The codes of all languages: one for each file of this folder."""


@dataclass(frozen=True)
class Language:
    """The phrases of one language; those of the report are attributes, such as ``words.REST_POINTS``."""

    code: str
    phrases: Mapping[str, str]
    separators: Mapping[str, str]
    labels: Mapping[str, str]
    meanings: Mapping[str, str]
    names: Mapping[str, str]
    sentences: Mapping[str, str] = field(repr=False)

    def __getattr__(self, key: str) -> str:
        try:
            return self.phrases[key]
        except KeyError:
            raise AttributeError(key) from None

    def tell(self, text: str) -> str:
        """Return what a computing wing says, in this language; other texts as they are."""
        if isinstance(text, Sentence):
            template = self.sentences.get(text.template) or self.labels.get(text.template, text.template)
            return template.format_map({name: self._value(v) for name, v in text.values.items()})
        if isinstance(text, Together):
            between = self.separators.get(text.between, text.between)
            return between.join(self.tell(part) for part in text.parts)
        return text

    def _value(self, value: Any) -> Any:
        return self.tell(value) if isinstance(value, str) else value

    def count(self, number: int, key: str) -> str:
        """Return ``3 regimes`` from the phrases ``REGIME`` and ``REGIMES``."""
        return str(getattr(self, key if number == 1 else key + "S")).format(count=number)

    def numeral(self, number: int) -> str:
        """Return a number as a sentence begins with it."""
        words = self.NUMERALS.split()
        return words[number] if number < len(words) else str(number)

    def listed(self, items: Sequence[str]) -> str:
        """Return ``a``, ``a and b`` or ``a, b and c``."""
        if len(items) < 2:
            return "".join(items)
        return self.separators[", "].join(items[:-1]) + self.separators[" and "] + items[-1]


@cache
def language_of(code: str) -> Language:
    """Return a language by its code.

    Raises
    ------
    InputError
        U906 where there is no such language.

    Examples
    --------
    >>> language_of("zh").labels["saddle"]
    '鞍点'
    """
    if code not in LANGUAGES:
        raise InputError(
            "U906",
            f"there are no reports in the language `{code}`",
            hint=f"choose one of {', '.join(LANGUAGES)}",
        )
    text = resources.files(__package__).joinpath(f"{code}.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    return Language(
        code,
        phrases=tables["phrases"],
        separators=tables["separators"],
        labels=tables["labels"],
        meanings=tables["meanings"],
        names=tables["names"],
        sentences=tables.get("sentences", {}),
    )
